# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Exercise: queries, keys and values
#
# You turn tokens into queries and keys, follow their shapes through an attention head, and score one
# sequence against itself and against another. Then you write the same for tokens in columns.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | Two queries by hand | ●○○ | 5 | 1 |
# | 2 | Seven shapes | ●○○ | 10 | 2 |
# | 3 | A projection | ●○○ | 10 | 2 |
# | 4 | A sequence asks itself | ●●○ | 15 | 3 |
# | 5 | A sequence asks another | ●●○ | 10 | 3 |
# | 6 | Tokens in columns | ●●● | 20 | 3 |
# | 7 | Why three matrices? | ●●○ | 10 | 3 |
#
# **How it works.** Write your answer where it says `YOUR CODE HERE`, or put your numbers in place of
# `None`. Delete the line `raise NotImplementedError()`, and run the cell, then the test cell below it.
# If something is wrong, the test says what, and which section of the book to read again; a line that
# begins with *Try* is a call to copy into a cell of your own. Change your answer and run both cells
# again, as often as you like: the test sees what you ran last. The cells marked *hidden tests* look
# empty to you; when your work is graded, more inputs are tried there. Your functions are given NumPy
# arrays, of floats unless the question says otherwise; they return a NumPy array (or a number, where
# one is asked for), and leave what they were given as it was.
#
# The chapter is [Queries, keys and values](../../chapters/03-queries-keys-values.md).

# %%
import numpy as np

from attnlib import check

# %% [markdown]
# ## 1 · Two queries by hand
#
# ●○○ · about 5 minutes · 1 point
#
# Two tokens, each a row with three features:
#
# | | brave | royal | haunted |
# |---|---:|---:|---:|
# | Macbeth | 1 | 0 | 2 |
# | Duncan | 0 | 1 | 1 |
#
# The matrix $W_Q$ has a row for each feature:
#
# | | | | |
# |---|---:|---:|---:|
# | brave | 1 | 0 | 2 |
# | royal | 3 | 1 | 0 |
# | haunted | 0 | 2 | 1 |
#
# Find the two queries, $x\,W_Q$, with a pencil. Write Macbeth's in the first row and Duncan's in the
# second.
#
# <details><summary>Hint</summary>
#
# A feature says how many times its row of $W_Q$ is taken. Add the rows that a token takes.
#
# </details>

# %% nbgrader={"grade_id": "projection_by_hand", "solution": true}
projection_by_hand = [[None, None, None], [None, None, None]]  # your six numbers in place of None
### BEGIN SOLUTION
projection_by_hand = [[1, 4, 4], [3, 3, 1]]
### END SOLUTION

# %% nbgrader={"grade_id": "projection_by_hand_visible", "points": 1}
check(projection_by_hand, "projection_by_hand")

# %% [markdown]
# ## 2 · Seven shapes
#
# ●○○ · about 10 minutes · 2 points
#
# A sequence of 5 tokens asks, and another of 7 tokens answers. Every token has 8 features. Queries and
# keys have 3 entries, values have 2. The result is the values, mixed for each query by the scores (after
# a softmax, which changes no shape). Tokens are rows.
#
# Write the shape of each array as a pair: rows, columns.
#
# <details><summary>Hint</summary>
#
# In a product of two matrices, the inner sizes are equal and vanish: (a, b) times (b, c) is (a, c).
# Ask of each array: does it have a row for each token that asks, or for each that answers?
#
# </details>

# %% nbgrader={"grade_id": "shapes_by_hand", "solution": true}
shapes_by_hand = [
    (None, None),  # W_Q, which makes the queries
    (None, None),  # W_V, which makes the values
    (None, None),  # the queries
    (None, None),  # the keys
    (None, None),  # the values
    (None, None),  # the scores
    (None, None),  # the result
]
### BEGIN SOLUTION
shapes_by_hand = [(8, 3), (8, 2), (5, 3), (7, 3), (7, 2), (5, 7), (5, 2)]
### END SOLUTION

# %% nbgrader={"grade_id": "shapes_by_hand_visible", "points": 2}
check(shapes_by_hand, "shapes_by_hand")

# %% [markdown]
# ## 3 · A projection
#
# ●○○ · about 10 minutes · 2 points
#
# Write `project(x, w)`, which makes queries, keys or values of tokens, whichever `w` says:
#
# - `x` has shape `(..., T, d_model)`: tokens in rows, perhaps with axes of a batch before them;
# - `w` has shape `(d_model, d_out)`;
# - the result has shape `(..., T, d_out)`: row t is what `w` makes of token t;
# - the result of float32 arrays is float32.
#
# For example, `project(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]))` is `[[11.0]]`.
#
# <details><summary>Hint</summary>
#
# NumPy's matrix product works on the last two axes, and keeps the dtype of its factors. Which of the
# two must stand on the left, so that the inner sizes are equal?
#
# </details>


# %% nbgrader={"grade_id": "project", "solution": true}
def project(x, w):
    """Return what `w` makes of each token of `x`."""
    ### BEGIN SOLUTION
    return x @ w  # (..., T, d_out)
    ### END SOLUTION


# %% nbgrader={"grade_id": "project_visible", "points": 1}
check(project, "project")

# %% nbgrader={"grade_id": "project_hidden", "points": 1}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(project, "project", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · A sequence asks itself
#
# ●●○ · about 15 minutes · 3 points
#
# In self-attention every token asks, and every token of the same sequence may answer. Write
# `self_scores(x, w_q, w_k)`:
#
# - `x` has shape `(..., T, d_model)`, and `w_q` and `w_k` have shape `(d_model, d_k)`;
# - `w_q` makes the queries and `w_k` the keys;
# - the result has shape `(..., T, T)`: the entry `[..., i, j]` is the plain dot product of the query of
#   token i and the key of token j.
#
# <details><summary>Hint: every pair at once</summary>
#
# Of the queries, `(T, d_k)`, and the keys, `(T, d_k)`, you want `(T, T)`. One of the two must be turned.
#
# </details>
#
# <details><summary>Hint: a batch</summary>
#
# `.T` turns all axes round: `(2, 5, 3)` becomes `(3, 5, 2)`. `np.swapaxes(a, -1, -2)` exchanges the last
# two, and leaves the others alone.
#
# </details>


# %% nbgrader={"grade_id": "self_scores", "solution": true}
def self_scores(x, w_q, w_k):
    """Return the score of every token of `x` for every token of `x`."""
    ### BEGIN SOLUTION
    q, k = x @ w_q, x @ w_k  # (..., T, d_k) each
    return q @ np.swapaxes(k, -1, -2)  # (..., T, T)
    ### END SOLUTION


# %% nbgrader={"grade_id": "self_scores_visible", "points": 1}
check(self_scores, "self_scores")

# %% nbgrader={"grade_id": "self_scores_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(self_scores, "self_scores", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · A sequence asks another
#
# ●●○ · about 10 minutes · 3 points
#
# In cross-attention one sequence asks and another answers: a translation in progress asks the original.
# Write `cross_scores(x, other, w_q, w_k)`:
#
# - `x`, the sequence that asks, has shape `(..., T_q, d_model)`, and `w_q` has shape `(d_model, d_k)`;
# - `other`, the one that answers, has shape `(..., T_k, d_other)`, and `w_k` has shape
#   `(d_other, d_k)`; the tokens of the two may have different widths;
# - the result has shape `(..., T_q, T_k)`: the entry `[..., i, j]` is the plain dot product of query i and
#   key j.
#
# <details><summary>Hint</summary>
#
# Take your answer to question 4 and ask of each `x` in it: is this the one who asks, or the one who
# answers? The shapes decide which matrix can go with which sequence.
#
# </details>


# %% nbgrader={"grade_id": "cross_scores", "solution": true}
def cross_scores(x, other, w_q, w_k):
    """Return the score of every token of `other` for every token of `x`."""
    ### BEGIN SOLUTION
    queries, keys = x @ w_q, other @ w_k
    return queries @ keys.swapaxes(-1, -2)  # (..., T_q, T_k)
    ### END SOLUTION


# %% nbgrader={"grade_id": "cross_scores_visible", "points": 1}
check(cross_scores, "cross_scores")

# %% nbgrader={"grade_id": "cross_scores_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(cross_scores, "cross_scores", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · Tokens in columns
#
# ●●● · about 20 minutes · 3 points
#
# Many texts write each token as a column: $Q = W_Q X$, $K = W_K X$, and the scores are $K^\top Q$. Write
# `column_scores(x, w_q, w_k)` for them, the self-attention scores in that convention:
#
# - `x` has shape `(..., d_model, T)`, and `w_q` and `w_k` have shape `(d_k, d_model)`;
# - the result has shape `(..., T, T)`: the entry `[..., j, i]` is the plain dot product of the query of
#   token i and the key of token j, so that each query has a column.
#
# <details><summary>Hint: which way?</summary>
#
# Write the shapes under the formula, and let `d_k` and `T` be different numbers.
#
# </details>
#
# <details><summary>Hint: another way</summary>
#
# This is the transpose of what you have written for rows, if each matrix that goes in is turned too.
#
# </details>


# %% nbgrader={"grade_id": "column_scores", "solution": true}
def column_scores(x, w_q, w_k):
    """Return the scores of tokens in columns: a row for each key, a column for each query."""
    ### BEGIN SOLUTION
    q, k = w_q @ x, w_k @ x  # (..., d_k, T) each
    return k.swapaxes(-1, -2) @ q  # (..., T, T)
    ### END SOLUTION


# %% nbgrader={"grade_id": "column_scores_visible", "points": 1}
check(column_scores, "column_scores")

# %% nbgrader={"grade_id": "column_scores_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(column_scores, "column_scores", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 7 · Why three matrices?
#
# ●●○ · about 10 minutes · 3 points, marked by a person
#
# Someone wants to save memory and uses one matrix W for queries, keys and values. In three to five
# sentences: what is then true of the score of j for i and that of i for j? Give an example, from a play or
# a sentence, where that is wrong. And what does it cost that the values are the same vectors as the keys?

# %% [markdown] nbgrader={"grade_id": "why_three", "solution": true, "points": 3}
# With one matrix the scores are symmetric: both scores are the dot product of the same two vectors, so
# they are equal. But Macbeth hangs on every word of the Witches, and they hardly need him; a pronoun looks
# for its noun, and the noun doesn't look for the pronoun. With two matrices, what a token seeks and what it
# offers can differ. Where values are the keys, a token can only hand over what it is found by: the name on
# the spine of a book would be all its text. A matrix for the values lets it be found by one thing and
# contribute another.
#
# ### BEGIN MARK SCHEME
# 1 point: the matrix of scores is symmetric, s_ij = s_ji (before the softmax), because both are the dot
# product of the same two vectors.
#
# 1 point: an example in which i needs j more than j needs i, or "a token would like itself" (each token's
# score with itself is a squared length, and so never negative).
#
# 1 point: a token could hand over only what it is matched by; with values of their own it can be found by
# one thing and contribute another. "It has fewer parameters" alone earns nothing.
# ### END MARK SCHEME

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 03-queries-keys-values.ipynb`. Hand in
# this one file under the name it has.
