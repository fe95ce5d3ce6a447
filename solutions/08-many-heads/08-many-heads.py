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
# # Exercise: many heads
#
# You cut tokens into heads and put them together again, count what the heads cost, and write multi-head
# attention from its four matrices.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | Split by hand | ●○○ | 5 | 1 |
# | 2 | Split the heads | ●●○ | 15 | 3 |
# | 3 | Merge the heads | ●●○ | 10 | 3 |
# | 4 | What do heads cost? | ●○○ | 10 | 1 |
# | 5 | Multi-head attention | ●●● | 30 | 6 |
# | 6 | What eight heads can do | ●●○ | 10 | 3 |
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
# The chapter is [Many heads](../../chapters/08-many-heads.md).

# %%
import numpy as np

from attnlib import check

# %% [markdown]
# ## 1 · Split by hand
#
# ●○○ · about 5 minutes · 1 point
#
# Two tokens have six features each:
#
# | | | | | | | |
# |---|---:|---:|---:|---:|---:|---:|
# | first token | 0 | 1 | 2 | 3 | 4 | 5 |
# | second token | 10 | 11 | 12 | 13 | 14 | 15 |
#
# Share them out among three heads. Each head sees both tokens, one in each row, but only its own part
# of the features; the features of a head stand next to each other in the table.
#
# <details><summary>Hint</summary>
#
# Cut the table with two vertical strokes.
#
# </details>

# %% nbgrader={"grade_id": "split_by_hand", "solution": true}
split_by_hand = [
    [[None, None], [None, None]],  # head 0: its part of the first token, of the second token
    [[None, None], [None, None]],  # head 1
    [[None, None], [None, None]],  # head 2
]
### BEGIN SOLUTION
split_by_hand = [[[a, a + 1], [a + 10, a + 11]] for a in (0, 2, 4)]
### END SOLUTION

# %% nbgrader={"grade_id": "split_by_hand_visible", "points": 1}
check(split_by_hand, "split_by_hand")

# %% [markdown]
# ## 2 · Split the heads
#
# ●●○ · about 15 minutes · 3 points
#
# Write `split_heads(x, n_heads)`, which does the same with any tokens:
#
# - `x` has shape `(..., T, d_model)`, with any axes in front, or none;
# - the result has shape `(..., n_heads, T, d_head)`, where `d_head` is `d_model / n_heads`;
# - head 0 has the first `d_head` features of every token, head 1 the next, and so on;
# - float32 stays float32.
#
# Write it with NumPy alone; what attnlib has for it is closed while your answer is checked.
#
# <details><summary>Hint: two steps</summary>
#
# `reshape` keeps the order in which numbers are read: from left to right, then down. Which axis may it
# cut in two, so that no number changes its token? What must follow?
#
# </details>
#
# <details><summary>Hint: any axes in front</summary>
#
# `*lead, t, d_model = x.shape` gives you the axes in front as a list, and `x.reshape(*lead, ...)` puts
# them back. Count axes from the end: `-1`, `-2`, `-3`.
#
# </details>


# %% nbgrader={"grade_id": "split_heads", "solution": true}
def split_heads(x, n_heads):
    """Return the heads of every token, (..., n_heads, T, d_head)."""
    ### BEGIN SOLUTION
    *front, t, d_model = x.shape
    cut = x.reshape(*front, t, n_heads, d_model // n_heads)  # (..., T, n_heads, d_head)
    return cut.swapaxes(-3, -2)
    ### END SOLUTION


# %% nbgrader={"grade_id": "split_heads_visible", "points": 2}
check(split_heads, "split_heads")

# %% nbgrader={"grade_id": "split_heads_hidden", "points": 1}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(split_heads, "split_heads", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · Merge the heads
#
# ●●○ · about 10 minutes · 3 points
#
# Write `merge_heads(x)`, which takes it all back: from `(..., n_heads, T, d_head)` to
# `(..., T, n_heads * d_head)`. The features of head 0 come first, then those of head 1. float32 stays
# float32.
#
# <details><summary>Hint</summary>
#
# Undo your two steps of question 2, the last one first.
#
# </details>


# %% nbgrader={"grade_id": "merge_heads", "solution": true}
def merge_heads(x):
    """Return the tokens with their heads side by side, (..., T, n_heads * d_head)."""
    ### BEGIN SOLUTION
    *lead, n_heads, t, d_head = x.shape
    return x.swapaxes(-3, -2).reshape(*lead, t, n_heads * d_head)
    ### END SOLUTION


# %% nbgrader={"grade_id": "merge_heads_visible", "points": 2}
check(merge_heads, "merge_heads")

# %% nbgrader={"grade_id": "merge_heads_hidden", "points": 1}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(merge_heads, "merge_heads", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · What do heads cost?
#
# ●○○ · about 10 minutes · 1 point
#
# A layer of self-attention has `d_model = 12` and 3 heads, no biases, and gives back tokens of the size
# that it was given. It reads 6 tokens. Write down three numbers:
#
# 1. How many features has a query of one head?
# 2. How many parameters has the layer, in all its matrices together?
# 3. How many attention weights does it compute for the 6 tokens, in all heads together?
#
# <details><summary>Hint</summary>
#
# Draw the matrices. The columns of all heads stand side by side in one matrix, and one more matrix comes
# after the heads.
#
# </details>

# %% nbgrader={"grade_id": "head_counts", "solution": true}
head_counts = [None, None, None]  # features of a query, parameters, weights
### BEGIN SOLUTION
head_counts = [12 // 3, 4 * 12 * 12, 3 * 6 * 6]
### END SOLUTION

# %% nbgrader={"grade_id": "head_counts_visible", "points": 1}
check(head_counts, "head_counts")

# %% [markdown]
# ## 5 · Multi-head attention
#
# ●●● · about 30 minutes · 6 points
#
# Write `multi_head_attention(x, w_q, w_k, w_v, w_o, n_heads, *, context=None)`:
#
# - queries are `x @ w_q`; keys and values are made in the same way, with `w_k` and `w_v`, from
#   `context`, or from `x` where no context is given (self-attention);
# - each head attends by itself, with the softmax and the scale that you know, to its own part of the
#   features;
# - the heads are merged and multiplied by `w_o`;
# - scores may be above 1000 and below -1000.
#
# `x` has shape `(..., T_q, d_model)` and `context` has `(..., T_k, d_context)`. The matrices need not be
# square: `w_q` and `w_k` have `n_heads * d_head` columns, `w_v` has `n_heads * d_v`.
#
# You may use your functions of questions 2 and 3, and import `attention` from attnlib. What attnlib has
# for heads is closed.
#
# <details><summary>Hint: all heads at once</summary>
#
# After the split the heads are one more axis in front of the tokens, and `attention` takes any axes in
# front. No loop is needed. A loop over the heads is right, too.
#
# </details>
#
# <details><summary>Hint: the scale</summary>
#
# A head knows nothing of the others: its dot products run over its own features. How many are they?
#
# </details>


# %% nbgrader={"grade_id": "multi_head_attention", "solution": true}
def multi_head_attention(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    """Return what each token of `x` gathers from `context`, or from `x` itself, with all heads."""
    ### BEGIN SOLUTION
    if context is None:
        context = x

    def cut(tokens):  # (..., T, n_heads * d) -> (..., n_heads, T, d)
        return tokens.reshape(*tokens.shape[:-1], n_heads, -1).swapaxes(-3, -2)

    q, k, v = cut(x @ w_q), cut(context @ w_k), cut(context @ w_v)
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])  # (..., n_heads, T_q, T_k)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    found = (powers / powers.sum(axis=-1, keepdims=True) @ v).swapaxes(-3, -2)
    return found.reshape(*found.shape[:-2], -1) @ w_o
    ### END SOLUTION


# %% nbgrader={"grade_id": "multi_head_attention_visible", "points": 3}
check(multi_head_attention, "multi_head_attention")

# %% nbgrader={"grade_id": "multi_head_attention_hidden", "points": 3}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(multi_head_attention, "multi_head_attention", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · What eight heads can do
#
# ●●○ · about 10 minutes · 3 points, marked by a person
#
# A layer with `d_model = 64` can have one head of 64 features or eight heads of 8. In three to five
# sentences: compare the number of parameters. What can a token do with eight heads and not with one?
# What does each head lose?

# %% [markdown] nbgrader={"grade_id": "eight_heads", "solution": true, "points": 3}
# Both layers have four square matrices of 64 by 64, so the number of parameters is the same. One head
# gives one row of weights for each token, and so one mixture of the values. With eight heads a token has
# eight rows of weights, and can attend sharply to eight different tokens for different reasons. Each
# head pays for it with its size: its queries and keys have 8 features, which tell apart less than 64.
#
# ### BEGIN MARK SCHEME
# 1 point: the number of parameters is the same, with a reason (the heads share out the columns).
#
# 1 point: several rows of weights for one token: it can attend to different tokens, or for different
# reasons, at the same time. "It is faster" or "it sees more" alone earns nothing.
#
# 1 point: each head has fewer features (8 instead of 64) to compare queries with keys, or to bring back
# values.
# ### END MARK SCHEME

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 08-many-heads.ipynb`. Hand in this one
# file under the name it has.
