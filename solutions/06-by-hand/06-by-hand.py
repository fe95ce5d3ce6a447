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
# # Exercise: attention by hand
#
# You work one attention head with a pencil, from the scores to the context. Then you write it in code,
# once with a token in each row and once with a token in each column, and at last with the root and e.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | The scores by hand | ●○○ | 10 | 1 |
# | 2 | The weights by hand | ●○○ | 10 | 1 |
# | 3 | The context by hand | ●●○ | 15 | 1 |
# | 4 | A head that is new to you | ●●○ | 10 | 2 |
# | 5 | The same head in code | ●●○ | 15 | 4 |
# | 6 | A token in each column | ●●● | 15 | 4 |
# | 7 | With the root and e | ●●○ | 15 | 4 |
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
# The chapter is [Attention by hand](../../chapters/06-by-hand.md).

# %%
import numpy as np

from attnlib import check
from attnlib.byhand import MACBETH, example

# %% [markdown]
# This is the cast with its queries, keys and values. Questions 1 to 3 start from these three matrices.
# They are those of the chapter: find the numbers yourself, then compare. Question 4 has its own matrices.

# %%
q = MACBETH.x @ MACBETH.w_q
k = MACBETH.x @ MACBETH.w_k
v = MACBETH.x @ MACBETH.w_v

print(f"{'':13}query    key      value")
for name, *rows in zip(MACBETH.tokens, q, k, v, strict=True):
    print(f"{name:13}{'  '.join(map(str, rows))}")

# %% [markdown]
# ## 1 · The scores by hand
#
# ●○○ · about 10 minutes · 1 point
#
# Compare every query with every key. Row 1 is what Macbeth asks: his query with the key of Macbeth,
# of Lady Macbeth, of Banquo, of the Witches. Row 2 is what Lady Macbeth asks, and so on. Nothing is
# scaled yet.
#
# <details><summary>Hint</summary>
#
# A score is a dot product: multiply the two vectors number by number, and add. (0, 1, 4) with
# (3, 2, 1) gives 0 + 2 + 4 = 6.
#
# </details>

# %% nbgrader={"grade_id": "scores_by_hand", "solution": true}
scores_by_hand = [
    [None, None, None, None],  # Macbeth asks
    [None, None, None, None],  # Lady Macbeth asks
    [None, None, None, None],  # Banquo asks
    [None, None, None, None],  # the Witches ask
]
### BEGIN SOLUTION
scores_by_hand = q @ k.T
### END SOLUTION

# %% nbgrader={"grade_id": "scores_by_hand_visible", "points": 1}
check(scores_by_hand, "scores_by_hand")

# %% [markdown]
# ## 2 · The weights by hand
#
# ●○○ · about 10 minutes · 1 point
#
# Turn your scores into weights, in three steps that need no calculator:
#
# 1. halve each score and round down: that stands for dividing by the root of d_k;
# 2. raise 3 to each of these numbers: that stands for the powers of e;
# 3. divide each power by the sum of its row.
#
# Write fractions, such as `5/7`. The places are those of question 1.
#
# <details><summary>Hint: is it right?</summary>
#
# Add up each row. What must come out?
#
# </details>

# %% nbgrader={"grade_id": "weights_by_hand", "solution": true}
weights_by_hand = [
    [None, None, None, None],  # Macbeth asks
    [None, None, None, None],  # Lady Macbeth asks
    [None, None, None, None],  # Banquo asks
    [None, None, None, None],  # the Witches ask
]
### BEGIN SOLUTION
halves = q @ k.T // 2
weights_by_hand = 3**halves / (3**halves).sum(axis=1, keepdims=True)
### END SOLUTION

# %% nbgrader={"grade_id": "weights_by_hand_visible", "points": 1}
check(weights_by_hand, "weights_by_hand")

# %% [markdown]
# ## 3 · The context by hand
#
# ●●○ · about 15 minutes · 1 point
#
# Mix the values with your weights. The context of a token is a row of three numbers: the four values,
# each times the weight that this token gives it, added up.
#
# <details><summary>Hint: fewer fractions</summary>
#
# All weights of a row have the same denominator, if you don't reduce them. Multiply the values by the
# powers of 3, add up, and divide once at the end.
#
# </details>

# %% nbgrader={"grade_id": "context_by_hand", "solution": true}
context_by_hand = [
    [None, None, None],  # what Macbeth gathers
    [None, None, None],  # what Lady Macbeth gathers
    [None, None, None],  # what Banquo gathers
    [None, None, None],  # what the Witches gather
]
### BEGIN SOLUTION
powers = 3 ** (q @ k.T // 2)
context_by_hand = powers @ v / powers.sum(axis=1, keepdims=True)
### END SOLUTION

# %% nbgrader={"grade_id": "context_by_hand_visible", "points": 1}
check(context_by_hand, "context_by_hand")

# %% [markdown]
# ## 4 · A head that is new to you
#
# ●●○ · about 10 minutes · 2 points
#
# The same cast with other matrices, which the book doesn't work through:

# %%
another = example(2)

print(f"{'':13}query    key      value")
for name, x in zip(another.tokens, another.x, strict=True):
    print(f"{name:13}{x @ another.w_q}  {x @ another.w_k}  {x @ another.w_v}")

# %% [markdown]
# What do the Witches gather? Find their context with a pencil: the scores of their query, the halves
# rounded down, the powers of 3, the weights, the mixture. It is one row of three numbers.
#
# <details><summary>Hint: what you need</summary>
#
# One query, all four keys, all four values. The other queries don't matter to the Witches.
#
# </details>

# %% nbgrader={"grade_id": "witches_by_hand", "solution": true}
witches_by_hand = [None, None, None]  # what the Witches gather, in place of None
### BEGIN SOLUTION
powers_of_one = 3 ** ((another.x @ another.w_k) @ (another.x[3] @ another.w_q) // 2)
witches_by_hand = powers_of_one @ (another.x @ another.w_v) / powers_of_one.sum()
### END SOLUTION

# %% nbgrader={"grade_id": "witches_by_hand_visible", "points": 2}
check(witches_by_hand, "witches_by_hand")

# %% [markdown]
# ## 5 · The same head in code
#
# ●●○ · about 15 minutes · 4 points
#
# Write `hand_attention(q, k, v)`, which does with any queries, keys and values what you did with a
# pencil: it halves the scores and rounds them down, takes powers of 3, divides by the sum, and
# mixes the values.
#
# - `q` has shape `(..., T_q, d_k)`, `k` has `(..., T_k, d_k)`, `v` has `(..., T_k, d_v)`: a token is a
#   row, and there may be a batch of such matrices.
# - The result has shape `(..., T_q, d_v)`.
# - Scores may be negative here. Rounding down means towards minus infinity. The arrays may hold integers.
# - Write it with NumPy alone; what attnlib has for it is closed while your answer is checked.
#
# <details><summary>Hint: a batch of matrices</summary>
#
# `k.T` turns all axes round. `np.swapaxes(k, -1, -2)` exchanges the last two and leaves the batch alone.
#
# </details>
#
# <details><summary>Hint: powers of negative numbers</summary>
#
# NumPy refuses `3 ** -1` for whole numbers, and computes `3.0 ** -1`.
#
# </details>


# %% nbgrader={"grade_id": "hand_attention", "solution": true}
def hand_attention(q, k, v):
    """Return the context of each query: halves rounded down, powers of 3, a token in each row."""
    ### BEGIN SOLUTION
    scores = q @ np.swapaxes(k, -1, -2)  # (..., T_q, T_k)
    powers = 3.0 ** np.floor(scores / 2)
    weights = powers / powers.sum(axis=-1, keepdims=True)
    return weights @ v  # (..., T_q, d_v)
    ### END SOLUTION


# %% nbgrader={"grade_id": "hand_attention_visible", "points": 2}
check(hand_attention, "hand_attention")

# %% nbgrader={"grade_id": "hand_attention_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(hand_attention, "hand_attention", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · A token in each column
#
# ●●● · about 15 minutes · 4 points
#
# Many texts put a token in each column. Write `hand_attention_columns(q, k, v)`, the same head for them:
#
# - `q` has shape `(..., d_k, T_q)`, `k` has `(..., d_k, T_k)`, `v` has `(..., d_v, T_k)`;
# - the result has shape `(..., d_v, T_q)`: what a token gathers is a column again.
#
# Find the formula before you write: what must stand on the left of the product for the scores, so that
# each *column* belongs to the token that asks?
#
# <details><summary>Hint: the order</summary>
#
# The transpose of a product is the product of the transposes, in the opposite order. Transpose each
# step of question 5.
#
# </details>
#
# <details><summary>Hint: the sum</summary>
#
# The weights of one query now stand below each other. Along which axis do they sum to 1?
#
# </details>


# %% nbgrader={"grade_id": "hand_attention_columns", "solution": true}
def hand_attention_columns(q, k, v):
    """Return the context of each query: halves rounded down, powers of 3, a token in each column."""
    ### BEGIN SOLUTION
    scores = np.swapaxes(k, -1, -2) @ q  # (..., T_k, T_q)
    powers = 3.0 ** np.floor(scores / 2)
    weights = powers / powers.sum(axis=-2, keepdims=True)
    return v @ weights  # (..., d_v, T_q)
    ### END SOLUTION


# %% nbgrader={"grade_id": "hand_attention_columns_visible", "points": 2}
check(hand_attention_columns, "hand_attention_columns")

# %% nbgrader={"grade_id": "hand_attention_columns_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(hand_attention_columns, "hand_attention_columns", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 7 · With the root and e
#
# ●●○ · about 15 minutes · 4 points
#
# The half stood for the root, and 3 for e. Write `attention(q, k, v)` as it is used, with a token in
# each row:
#
# $$\mathrm{softmax}\left(\frac{Q K^\top}{\sqrt{d_k}}\right) V$$
#
# The shapes are those of question 5, the arrays may hold integers, and nothing is rounded. It must also
# work where scores are above 1000 or below -1000. Write it with NumPy alone, and leave `q`, `k` and `v` as
# they were.
#
# <details><summary>Hint: d_k</summary>
#
# `d_k` is the number of features of a query: the last entry of its shape. It isn't always 3.
#
# </details>
#
# <details><summary>Hint: large scores</summary>
#
# Weights don't change when the same number is subtracted from all scores of a row. The chapter on the
# softmax says which number to take.
#
# </details>


# %% nbgrader={"grade_id": "attention", "solution": true}
def attention(q, k, v):
    """Return, for each query, the mean of the values, weighted by how well their keys match it."""
    ### BEGIN SOLUTION
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])  # (..., T_q, T_k)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    return weights @ v  # (..., T_q, d_v)
    ### END SOLUTION


# %% nbgrader={"grade_id": "attention_visible", "points": 2}
check(attention, "attention")

# %% nbgrader={"grade_id": "attention_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(attention, "attention", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 06-by-hand.ipynb`. Hand in this one
# file under the name it has.
