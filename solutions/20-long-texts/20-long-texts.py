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
# # Exercise: long texts
#
# You take a softmax in blocks, by hand and in code, let tokens see the last few alone, share heads of keys,
# and count the bytes of a cache.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | A softmax in three blocks | ●●○ | 15 | 2 |
# | 2 | One block's step | ●●○ | 20 | 4 |
# | 3 | A window | ●○○ | 15 | 4 |
# | 4 | Shared heads | ●●○ | 15 | 4 |
# | 5 | The bytes of a cache | ●○○ | 15 | 4 |
# | 6 | A book in one reading | ●●● | 15 | 4 |
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
# The chapter is [Long texts](../../chapters/20-long-texts.md).

# %%
import numpy as np

from attnlib import check

# %% [markdown]
# ## 1 · A softmax in three blocks
#
# ●●○ · about 15 minutes · 2 points
#
# Six scores come two at a time, each with a value:
#
# | | block 1 | block 2 | block 3 |
# |---|---|---|---|
# | scores | 3, 3 | 5, 4 | 4, 6 |
# | values | 6, 2 | 4, 6 | 4, 8 |
#
# With **powers of 2**, write down what is kept after each block: the largest score so far, the sum of the
# powers so far, and the sum of the powers times the values so far. Each power is that of a score minus the
# largest score so far.
#
# If you like, divide in the end, and compare with the softmax of all six at once.
#
# <details><summary>Hint</summary>
#
# Where the largest score rises by 2, everything that was summed before is to be multiplied by 1/4.
#
# </details>

# %% nbgrader={"grade_id": "online_by_hand", "solution": true}
online_by_hand = [  # the largest score, the sum, the mixture
    [None, None, None],  # after block 1
    [None, None, None],  # after block 2
    [None, None, None],  # after block 3
]
### BEGIN SOLUTION
online_by_hand = [[3, 1 + 1, 6 + 2], [5, 2 / 4 + 1.5, 8 / 4 + 4 + 6 / 2], [6, 1 + 1.25, 9 / 2 + 4 / 4 + 8]]
### END SOLUTION

# %% nbgrader={"grade_id": "online_by_hand_visible", "points": 2}
check(online_by_hand, "online_by_hand")

# %% [markdown]
# ## 2 · One block's step
#
# ●●○ · about 20 minutes · 4 points
#
# Write `block_step(peak, total, context, scores, v)`: what is kept of all keys up to now, a block of new
# keys comes, and what is kept afterwards is returned, as three arrays in the same order. Powers are those
# of $e$.
#
# - `peak`, of shape `(..., T_q, 1)`, is the largest score of each query so far. Before the first block it
#   is −∞;
# - `total`, of the same shape, is the sum of the powers so far, each of its score minus `peak`; before the
#   first block it is 0;
# - `context`, of shape `(..., T_q, d_v)`, is the sum of the values so far, each times its power. It isn't
#   divided by the sum; before the first block it is 0;
# - `scores`, of shape `(..., T_q, n)`, are those of the new block, scaled already and finite; they can be
#   above 1000 and below −1000;
# - `v`, of shape `(..., n, d_v)`, are its values.
#
# <details><summary>Hint</summary>
#
# First the new largest score. Then what the old sums have to be multiplied by. Then the block's own powers.
#
# </details>


# %% nbgrader={"grade_id": "block_step", "solution": true}
def block_step(peak, total, context, scores, v):
    """Return the largest score, the sum and the mixture with a block added."""
    ### BEGIN SOLUTION
    new_peak = np.maximum(peak, scores.max(axis=-1, keepdims=True))
    shrink = np.exp(peak - new_peak)
    powers = np.exp(scores - new_peak)
    new_total = shrink * total + powers.sum(axis=-1, keepdims=True)
    new_context = shrink * context + powers @ v
    return new_peak, new_total, new_context
    ### END SOLUTION


# %% nbgrader={"grade_id": "block_step_visible", "points": 2}
check(block_step, "block_step")

# %% nbgrader={"grade_id": "block_step_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(block_step, "block_step", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · A window
#
# ●○○ · about 15 minutes · 4 points
#
# Write `window_context(q, k, v, *, before)`: self-attention in which each token sees itself and the
# `before` tokens before it, and nothing else.
#
# - `q` and `k` have the shape `(..., T, d_k)`, `v` has `(..., T, d_v)`;
# - `before` is a whole number, 0 or more; it can be larger than the text is long;
# - scores are divided by the root of `d_k` as always.
#
# The result is the context, of the shape `(..., T, d_v)`. You may use attnlib's `attention`; its windows
# are closed while your answer is checked. For these short texts it doesn't matter how much you compute.


# %% nbgrader={"grade_id": "window_context", "solution": true}
def window_context(q, k, v, *, before):
    """Return attention in which each token sees itself and `before` tokens before it."""
    ### BEGIN SOLUTION
    t = q.shape[-2]
    distance = np.arange(t)[:, None] - np.arange(t)
    scores = q @ k.swapaxes(-2, -1) / np.sqrt(q.shape[-1])
    scores = np.where((distance >= 0) & (distance <= before), scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True)
    return weights @ v
    ### END SOLUTION


# %% nbgrader={"grade_id": "window_context_visible", "points": 2}
check(window_context, "window_context")

# %% nbgrader={"grade_id": "window_context_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(window_context, "window_context", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · Shared heads
#
# ●●○ · about 15 minutes · 4 points
#
# Write `shared_heads(q, k, v)`: attention with more heads of queries than heads of keys and values.
#
# - `q` has the shape `(..., n_heads, T_q, d_k)`;
# - `k` has `(..., n_kv_heads, T_k, d_k)` and `v` has `(..., n_kv_heads, T_k, d_v)`, with the same leading
#   axes as `q`; `n_kv_heads` divides `n_heads`;
# - neighbours share: with eight heads of queries and two of keys, the first four read the first head of
#   keys and values, the last four the second.
#
# There is no mask. The result has the shape `(..., n_heads, T_q, d_v)`. You may use attnlib's `attention`.


# %% nbgrader={"grade_id": "shared_heads", "solution": true}
def shared_heads(q, k, v):
    """Return attention in which groups of heads of queries share a head of keys and values."""
    ### BEGIN SOLUTION
    n_shared = q.shape[-3] // k.shape[-3]
    k, v = np.repeat(k, n_shared, axis=-3), np.repeat(v, n_shared, axis=-3)
    scores = q @ k.swapaxes(-2, -1) / np.sqrt(q.shape[-1])
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True)
    return weights @ v
    ### END SOLUTION


# %% nbgrader={"grade_id": "shared_heads_visible", "points": 2}
check(shared_heads, "shared_heads")

# %% nbgrader={"grade_id": "shared_heads_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(shared_heads, "shared_heads", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · The bytes of a cache
#
# ●○○ · about 15 minutes · 4 points
#
# Write `cache_bytes`, which returns how many bytes the keys and values of a text of `t` tokens take:
#
# - `n_layers` layers each keep keys and values in `n_kv_heads` heads of `d_head` features;
# - `n_windowed` of the layers have a window and keep the last `window` tokens alone, or as many as there
#   are; where `window` is None, no layer has one;
# - a number takes `n_bytes` bytes;
# - `n_readers` texts of this length are read at the same time, each with a cache of its own.
#
# All are whole numbers, and so is the result. Try your function on a model of the chapter.


# %% nbgrader={"grade_id": "cache_bytes", "solution": true}
def cache_bytes(t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1):
    """Return the bytes of the keys and values of texts of `t` tokens."""
    ### BEGIN SOLUTION
    kept = t if window is None else min(t, window)
    tokens = (n_layers - n_windowed) * t + n_windowed * kept
    return 2 * tokens * n_kv_heads * d_head * n_bytes * n_readers
    ### END SOLUTION


# %% nbgrader={"grade_id": "cache_bytes_visible", "points": 2}
check(cache_bytes, "cache_bytes")

# %% nbgrader={"grade_id": "cache_bytes_hidden", "points": 2}
# Hidden tests: more sizes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(cache_bytes, "cache_bytes", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · A book in one reading
#
# ●●● · about 15 minutes · 4 points, marked by a person
#
# A company has a finished model with plain attention. It reads 4,000 tokens, and is to answer questions on
# books of 200,000 tokens. Four people have an idea each:
#
# - Ann: "Compute the softmax in blocks. Then the time for a book grows only in proportion to its length."
# - Ben: "Let each token see the last 4,000 alone. Nothing gets lost, because layers pass things on."
# - Cem: "Put linear attention in place of the softmax. It is the same, only faster."
# - Dee: "Let eight heads of queries share keys and values. Then the cache is an eighth."
#
# For each of the four, say in one to three sentences what is right in it and what is wrong, and, where the
# model would have to be trained on, say so.

# %% [markdown] nbgrader={"grade_id": "a_book", "solution": true, "points": 4}
# Ann: the result is exact, no training is needed, and the table of weights is never held, so that memory
# grows in proportion to the length. The time doesn't: every query still meets every key.
#
# Ben: time and cache do become proportional to the length. But what stands outside the window reaches a
# token only by many layers, each of which mixes; a name at the beginning may well be lost. The model was
# trained without a window and should be trained on with one.
#
# Cem: it is faster, and needs a fixed memory. But it is another function and no approximation: it can't
# single out one key among many. The trained weights don't fit it, so the model would have to be trained
# anew or for long.
#
# Dee: the cache is an eighth, and reading it takes an eighth of the time. Scores are as many as before. The
# keys and values of eight heads can't be one head's without loss, so after pooling them the model has to be
# trained on for a while.
#
# ### BEGIN MARK SCHEME
# 1 point each.
#
# Ann: half a point for "exact, saves memory", half for "the time stays quadratic". Who adds that it is
# faster where memory is slow is right as well.
#
# Ben: half a point for "proportional time, or cache", half for "distant things can be lost, since every
# layer mixes" or "the model wasn't trained so".
#
# Cem: half a point for "fast, fixed memory", half for "another function, which can't look something up
# exactly" or "needs training". "An approximation" earns nothing for the second half.
#
# Dee: half a point for the eighth, half for "needs training on" or "the scores are as many as before".
# ### END MARK SCHEME

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the notebook,
# or in a terminal in this folder: `nbgrader validate 20-long-texts.ipynb`. Hand in this one file under the
# name it has.
