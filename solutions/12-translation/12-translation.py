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
# # Exercise: translation
#
# You score words with the first attention, by hand and in code, keep padding out of it, take one step of
# a decoder that looks back, and count which translations are right.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | Additive scores by hand | ●○○ | 10 | 1 |
# | 2 | Additive scores | ●●○ | 20 | 4 |
# | 3 | Attention past padding | ●●○ | 20 | 5 |
# | 4 | One step of the decoder | ●●● | 30 | 6 |
# | 5 | Right in every word | ●●○ | 15 | 4 |
# | 6 | A larger bottle | ●●○ | 10 | 3 |
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
# The chapter is [Translation](../../chapters/12-translation.md).

# %%
import numpy as np

from attnlib import check

# %% [markdown]
# ## 1 · Additive scores by hand
#
# ●○○ · about 10 minutes · 1 point
#
# Two queries are the rows of Q, three keys the rows of K. Each query is multiplied by W_Q, each key by W_K,
# and w weighs the features of the bent sum:
#
# $$
# Q = \begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix} \quad
# W^Q = \begin{pmatrix} 0 & 1 \\ 1 & 0 \end{pmatrix}
# $$
#
# $$
# K = \begin{pmatrix} 1 & 0 \\ 0 & 1 \\ 1 & 1 \end{pmatrix} \quad
# W^K = \begin{pmatrix} 1 & -1 \\ 0 & 1 \end{pmatrix} \quad
# w = (4, -2)
# $$
#
# Find the six scores. Take 3/4 for tanh 1 and 1 for tanh 2; tanh 0 is 0, and tanh(−x) is −tanh x. Write a
# row for each query.
#
# <details><summary>Hint</summary>
#
# Multiply first: a query keeps its numbers in another order. Each of the six sums has two features.
#
# </details>

# %% nbgrader={"grade_id": "additive_by_hand", "solution": true}
additive_by_hand = [  # a row for each query, a column for each key
    [None, None, None],
    [None, None, None],
]
### BEGIN SOLUTION
additive_by_hand = [[3, -2, 3 - 1.5], [4 + 1.5, 3 - 1.5, 4]]
### END SOLUTION

# %% nbgrader={"grade_id": "additive_by_hand_visible", "points": 1}
check(additive_by_hand, "additive_by_hand")

# %% [markdown]
# ## 2 · Additive scores
#
# ●●○ · about 20 minutes · 4 points
#
# Write `additive_scores(q, k, w_q, w_k, w_score)`, the score of the first attention for each query and
# each key.
#
# - `q` has the shape `(..., T_q, d_q)`, `k` the shape `(..., T_k, d_k)`, with the same axes in front;
# - `w_q`, of shape `(d_q, d_hidden)`, and `w_k`, of shape `(d_k, d_hidden)`, bring them to one size;
# - `w_score`, of shape `(d_hidden,)`, weighs the features after tanh;
# - the result has the shape `(..., T_q, T_k)`.
#
# For example, one query `[[0.0]]`, the keys `[[0.0], [1.0]]`, both matrices `[[1.0]]` and the weight
# `[2.0]` give 0 and 2 tanh 1.
#
# Write it with NumPy alone; attnlib's own additive scores are closed while your answer is checked.
#
# <details><summary>Hint: every query meets every key</summary>
#
# The hidden features have the shape `(..., T_q, T_k, d_hidden)`. Where do queries, and where do keys, need
# an axis of size 1, so that NumPy repeats them?
#
# </details>


# %% nbgrader={"grade_id": "additive_scores", "solution": true}
def additive_scores(q, k, w_q, w_k, w_score):
    """Return the additive score of each query and key."""
    ### BEGIN SOLUTION
    queries = (q @ w_q)[..., :, None, :]  # (..., T_q, 1, d_hidden)
    keys = (k @ w_k)[..., None, :, :]  # (..., 1, T_k, d_hidden)
    return np.tanh(queries + keys) @ w_score
    ### END SOLUTION


# %% nbgrader={"grade_id": "additive_scores_visible", "points": 2}
check(additive_scores, "additive_scores")

# %% nbgrader={"grade_id": "additive_scores_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(additive_scores, "additive_scores", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · Attention past padding
#
# ●●○ · about 20 minutes · 5 points
#
# Write `additive_attention(q, k, v, w_score, keep)`, which returns the context of each query.
#
# - `q`, of shape `(..., T_q, d_hidden)`, and `k`, of shape `(..., T_k, d_hidden)`, are multiplied by their
#   matrices already: a score is the product of `w_score` with the tanh of their sum;
# - `v`, of shape `(..., T_k, d_v)`, are the values;
# - `keep`, booleans of shape `(..., T_k)`, is False where the source has padding. What stands there must
#   change nothing. Each sentence has at least one word;
# - `w_score` may be so large that scores are above 1000 and below −1000;
# - the result has the shape `(..., T_q, d_v)`.
#
# You may import `softmax` from attnlib.
#
# <details><summary>Hint: the mask</summary>
#
# Which score has no power at all? And which axis does `keep` lack, beside the scores?
#
# </details>


# %% nbgrader={"grade_id": "additive_attention", "solution": true}
def additive_attention(q, k, v, w_score, keep):
    """Return what each query gathers from the words, and nothing from padding."""
    ### BEGIN SOLUTION
    scores = np.tanh(q[..., :, None, :] + k[..., None, :, :]) @ w_score  # (..., T_q, T_k)
    scores = np.where(keep[..., None, :], scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v
    ### END SOLUTION


# %% nbgrader={"grade_id": "additive_attention_visible", "points": 3}
check(additive_attention, "additive_attention")

# %% nbgrader={"grade_id": "additive_attention_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(additive_attention, "additive_attention", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · One step of the decoder
#
# ●●● · about 30 minutes · 6 points
#
# Write `decoder_step(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b)`. It takes a step in n
# sentences at once, and returns three arrays: the features that the next word is told from, and the new
# `h` and `c`.
#
# - `last`, of shape `(n, d_model)`, are the embeddings of the last words;
# - `h` and `c`, of shape `(n, d_hidden)`, are the decoder's output and memory before the step;
# - `memory`, of shape `(n, T, d_memory)`, is what the encoder read at each word, and `keys`, of shape
#   `(n, T, d_hidden)`, the same multiplied by its matrix already. There is no padding;
# - the query is `h`, multiplied by `w_q`; scores are additive, with `w_score`;
# - the LSTM, with `w_x`, `w_h` and `b`, reads the last word and behind it the context;
# - the features are the new `h` and behind it the context, `(n, d_hidden + d_memory)`.
#
# You may import `softmax` from attnlib and `lstm_step` from attnlib.layers. The call
# `lstm_step(x, h, c, w_x, w_h, b)` returns the new `h` and `c` side by side, `(n, 2 * d_hidden)`.
#
# <details><summary>Hint: the order of things</summary>
#
# Query, scores, weights, context, LSTM, features. Who asks is the state before the step.
#
# </details>
#
# <details><summary>Hint: one query a sentence</summary>
#
# `h @ w_q` has the shape `(n, d_hidden)` and the keys have `(n, T, d_hidden)`. One new axis makes them fit.
#
# </details>


# %% nbgrader={"grade_id": "decoder_step", "solution": true}
def decoder_step(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    """Return the features of the next word, and the decoder's new output and memory."""
    ### BEGIN SOLUTION
    from attnlib import softmax
    from attnlib.layers import lstm_step

    weights = softmax(np.tanh((h @ w_q)[:, None, :] + keys) @ w_score)  # (n, T)
    context = (weights[:, None, :] @ memory)[:, 0]  # (n, d_memory)
    state = lstm_step(np.concatenate([last, context], axis=-1), h, c, w_x, w_h, b)
    h, c = np.split(state, 2, axis=-1)
    return np.concatenate([h, context], axis=-1), h, c
    ### END SOLUTION


# %% nbgrader={"grade_id": "decoder_step_visible", "points": 3}
check(decoder_step, "decoder_step")

# %% nbgrader={"grade_id": "decoder_step_hidden", "points": 3}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(decoder_step, "decoder_step", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · Right in every word
#
# ●●○ · about 15 minutes · 4 points
#
# Write `exact_share(said, right, end)`: the share of translations that are right in every word, a number
# from 0 to 1.
#
# - `said` and `right`, whole numbers of shape `(n, T)`, hold a translation in each row, and the right one;
# - `end` is the number of the word that ends a translation. Each row of `right` has it; a row of `said` may
#   lack it. What stands behind the first end of a row was never said, and may be anything;
# - a translation is right if all its words are, and if it ends where it should.
#
# For example, `exact_share(np.array([[5, 1, 7]]), np.array([[5, 1, 1]]), 1)` is 1: the 7 stands behind the
# end.
#
# <details><summary>Hint</summary>
#
# Judge each place: it is right, or it stands behind the end of the right translation.
#
# </details>


# %% nbgrader={"grade_id": "exact_share", "solution": true}
def exact_share(said, right, end):
    """Return the share of rows that agree up to the end, and at it."""
    ### BEGIN SOLUTION
    length = (right == end).argmax(axis=-1)  # (n,)
    behind = np.arange(right.shape[-1]) > length[:, None]  # (n, T)
    return ((said == right) | behind).all(axis=-1).mean()
    ### END SOLUTION


# %% nbgrader={"grade_id": "exact_share_visible", "points": 2}
check(exact_share, "exact_share")

# %% nbgrader={"grade_id": "exact_share_hidden", "points": 2}
# Hidden tests: more translations, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(exact_share, "exact_share", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · A larger bottle
#
# ●●○ · about 10 minutes · 3 points, marked by a person
#
# A friend's translator has no attention. It is right up to 15 words and hopeless at 30. "I'll double the
# vector", says your friend. In three to five sentences: what will that change, and what not? What does
# attention keep that the vector doesn't, and what does it cost? Name something that goes wrong on
# sentences longer than any in training even *with* attention.

# %% [markdown] nbgrader={"grade_id": "larger_bottle", "solution": true, "points": 3}
# A larger vector holds more, so the accuracy will fall later; but its size is fixed, and there is a length
# at which it falls all the same, while parameters grow with the square. Attention keeps what was read at
# every word, so that the memory grows with the sentence, and a step's cost as well: each word that is
# written is scored against each that was read. On longer sentences than in training it can lose its
# place: it skips a clause or comes back to one, as where it is in the sentence is still kept in its state.
#
# ### BEGIN MARK SCHEME
# 1 point: the fall comes later and doesn't go away, because the size is fixed and the sentence's is not.
# Half of it for "it gets better" without the reason.
#
# 1 point: attention keeps an output for each word (memory grows with the length), and it costs scores for
# each pair of words, or time and memory that grow with the length.
#
# 1 point: something that fails beyond the trained lengths, such as clauses that are skipped or repeated, or
# that the state must count further than it ever did. "It's too long" alone earns nothing.
# ### END MARK SCHEME

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 12-translation.ipynb`. Hand in this one
# file under the name it has.
