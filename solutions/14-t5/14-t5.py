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
# # Exercise: T5
#
# You count right answers, prepare what a decoder reads and should say, build the masks of an encoder and
# a decoder, let one look at the other, and look distances up in a table.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | Whole answers by hand | ●○○ | 10 | 1 |
# | 2 | What it reads and what it says | ●●○ | 25 | 5 |
# | 3 | Three masks | ●●○ | 20 | 4 |
# | 4 | Cross-attention | ●●○ | 25 | 5 |
# | 5 | Rows for distances | ●●○ | 15 | 4 |
# | 6 | Does it read the task? | ●●○ | 10 | 3 |
#
# **How it works.** Write your answer where it says `YOUR CODE HERE`, or put your numbers in place of
# `None`. Delete the line `raise NotImplementedError()`, and run the cell, then the test cell below it.
# If something is wrong, the test says what, and which section of the book to read again; a line that
# begins with *Try* is a call to copy into a cell of your own. Change your answer and run both cells
# again, as often as you like: the test sees what you ran last. The cells marked *hidden tests* look
# empty to you; when your work is graded, more inputs are tried there. Your functions are given NumPy
# arrays; they return NumPy arrays, and leave what they were given as it was.
#
# The chapter is [T5](../../chapters/14-t5.md).

# %%
import numpy as np

from attnlib import check

# %% [markdown]
# ## 1 · Whole answers by hand
#
# ●○○ · about 10 minutes · 1 point
#
# Four answers, with the full stop for the token that ends them:
#
# | should be said | was said |
# |---|---|
# | in the hall . | in the hall . |
# | ross . | lennox . |
# | macbeth beats norway at fife . | macbeth loses-to norway at fife . |
# | le roi froid . | le roi froid . |
#
# Write down three numbers between 0 and 1:
#
# 1. Which share of the answers is right as a whole?
# 2. Which share of all tokens is right, the full stops included?
# 3. A model says each token right with the probability 0.9, whatever happened before. How often is all of
#    the third answer right, its full stop included?
#
# <details><summary>Hint</summary>
#
# The third answer has six tokens, and all must come right: this and this and this.
#
# </details>

# %% nbgrader={"grade_id": "whole_answers_by_hand", "solution": true}
whole_answers_by_hand = [None, None, None]  # of the answers, of the tokens, of the third answer
### BEGIN SOLUTION
whole_answers_by_hand = [2 / 4, 14 / 16, 0.9**6]
### END SOLUTION

# %% nbgrader={"grade_id": "whole_answers_by_hand_visible", "points": 1}
check(whole_answers_by_hand, "whole_answers_by_hand")

# %% [markdown]
# ## 2 · What it reads and what it says
#
# ●●○ · about 25 minutes · 5 points
#
# Write `teacher_forcing(said, *, start, end, padding)`, which prepares known answers for the training of
# a decoder. `said`, whole numbers of shape `(..., T)`, holds the words of each answer, and padding after
# them where an answer is shorter. No word has the number of the padding. Return three arrays of shape
# `(..., T + 1)`:
#
# - the inputs: `start`, then `said` as it is, padding included;
# - the targets: what should be said at each place: the words, then `end` right after the last of them,
#   then padding;
# - which targets are to be learnt, as booleans: True at words and at the end, False at padding.
#
# For example, with start 1, end 2 and padding 0, the answer `[4, 0]` has the inputs `[1, 4, 0]`, the
# targets `[4, 2, 0]`, and `[True, True, False]`. An answer may be all padding; its only target is the end.
#
# <details><summary>Hint: where the end goes</summary>
#
# Count the words of each row. That number is also the place of its end, since places are counted from 0.
#
# </details>


# %% nbgrader={"grade_id": "teacher_forcing", "solution": true}
def teacher_forcing(said, *, start, end, padding):
    """Return what a decoder reads, what it should say, and where that is to be learnt."""
    ### BEGIN SOLUTION
    column = np.zeros_like(said[..., :1])
    lengths = (said != padding).sum(axis=-1, keepdims=True)
    places = np.arange(said.shape[-1] + 1)
    inputs = np.concatenate([column + start, said], axis=-1)
    targets = np.concatenate([said, column + padding], axis=-1)
    return inputs, np.where(places == lengths, end, targets), places <= lengths
    ### END SOLUTION


# %% nbgrader={"grade_id": "teacher_forcing_visible", "points": 3}
check(teacher_forcing, "teacher_forcing")

# %% nbgrader={"grade_id": "teacher_forcing_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(teacher_forcing, "teacher_forcing", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · Three masks
#
# ●●○ · about 20 minutes · 4 points
#
# Write `three_masks(keep, t_out)`, which returns three arrays of booleans, True where a query may attend
# to a key. Queries are rows, keys columns.
#
# - `keep`, booleans of shape `(n, T)`, is False at the padding of n source texts;
# - the first, of shape `(n, T, T)`, is for the encoder;
# - the second, of shape `(t_out, t_out)`, for the words that the decoder says, among themselves;
# - the third, of shape `(n, t_out, T)`, for these words and the source.
#
# Padding is hidden as a key. As a query it sees what the words of its text see, so that no row is empty.
# What the decoder says has no padding here.
#
# You may import `causal_mask` from attnlib.
#
# <details><summary>Hint</summary>
#
# One of the three depends on the order of words, two on `keep`. Those two differ in nothing but the number
# of their rows.
#
# </details>


# %% nbgrader={"grade_id": "three_masks", "solution": true}
def three_masks(keep, t_out):
    """Return the masks of the encoder, of the decoder, and from the one to the other."""
    ### BEGIN SOLUTION
    t = keep.shape[-1]
    encoder = np.repeat(keep[:, None, :], t, axis=1)
    cross = np.repeat(keep[:, None, :], t_out, axis=1)
    return encoder, np.tri(t_out, dtype=bool), cross
    ### END SOLUTION


# %% nbgrader={"grade_id": "three_masks_visible", "points": 2}
check(three_masks, "three_masks")

# %% nbgrader={"grade_id": "three_masks_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(three_masks, "three_masks", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · Cross-attention
#
# ●●○ · about 25 minutes · 5 points
#
# Write `cross_attention(x, memory, keep, w_q, w_k, w_v)`: what the words that a decoder has said gather
# from the source, with one head.
#
# - `x`, of shape `(..., T_out, d_model)`, are the decoder's words;
# - `memory`, of shape `(..., T, d_model)`, is what the encoder made of the source;
# - `keep`, booleans of shape `(..., T)`, is False at the padding of the source; each text has a word at
#   least;
# - `w_q` and `w_k` have the shape `(d_model, d_k)`, `w_v` has `(d_model, d_v)`;
# - scores are scaled as you know it, and may be above 1000;
# - the result has the shape `(..., T_out, d_v)`.
#
# You may import `attention` and `softmax` from attnlib.
#
# <details><summary>Hint: who asks</summary>
#
# The result has a row for each word of the decoder. Rows belong to queries.
#
# </details>
#
# <details><summary>Hint: the mask</summary>
#
# Scores have the shape `(..., T_out, T)`, and `keep` lacks one of these axes. Which?
#
# </details>


# %% nbgrader={"grade_id": "cross_attention", "solution": true}
def cross_attention(x, memory, keep, w_q, w_k, w_v):
    """Return what each word of the decoder gathers from the source."""
    ### BEGIN SOLUTION
    scores = x @ w_q @ (memory @ w_k).swapaxes(-2, -1) / np.sqrt(w_k.shape[-1])
    scores = np.where(keep[..., None, :], scores, -np.inf)  # (..., T_out, T)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ (memory @ w_v)
    ### END SOLUTION


# %% nbgrader={"grade_id": "cross_attention_visible", "points": 3}
check(cross_attention, "cross_attention")

# %% nbgrader={"grade_id": "cross_attention_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(cross_attention, "cross_attention", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · Rows for distances
#
# ●●○ · about 15 minutes · 4 points
#
# A head keeps its biases in a table of `2 * reach + 1` rows: row 0 is for keys that stand `reach` words
# before the query, or more; the middle row for the query's own place; the last row for keys that stand
# `reach` words after it, or more. Write `relative_rows(t_q, t_k, reach)`: whole numbers of shape
# `(t_q, t_k)` that say which row each query takes for each key.
#
# With fewer queries than keys, the queries are the newest words: the last query stands at the last key.
# (With more queries than keys, too.) `reach` is at least 1.
#
# For example, `relative_rows(1, 4, 2)` is `[[0, 0, 1, 2]]`.
#
# <details><summary>Hint</summary>
#
# First the place of each query, then an array of distances, key minus query; cut off what is beyond the
# reach on both sides, and move the rest so that no number is negative.
#
# </details>


# %% nbgrader={"grade_id": "relative_rows", "solution": true}
def relative_rows(t_q, t_k, reach):
    """Return the row of the table that each query takes for each key."""
    ### BEGIN SOLUTION
    distances = np.arange(t_k) - np.arange(t_k - t_q, t_k)[:, None]
    return np.clip(distances, -reach, reach) + reach
    ### END SOLUTION


# %% nbgrader={"grade_id": "relative_rows_visible", "points": 2}
check(relative_rows, "relative_rows")

# %% nbgrader={"grade_id": "relative_rows_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(relative_rows, "relative_rows", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · Does it read the task?
#
# ●●○ · about 10 minutes · 3 points, marked by a person
#
# A friend has trained one model on three tasks, each asked for by its name, and all 600 answers that it
# gave to new inputs were right. "So it understands what it is asked to do", says your friend. In three to
# five sentences: why doesn't this follow? Which experiment shows whether the name of the task matters?
# And how would you make training data that force a model to read it?

# %% [markdown] nbgrader={"grade_id": "reads_the_task", "solution": true, "points": 3}
# In these data, each task has words of its own, so the input gives the task away even without its name; a
# model that never looks at the name can be right every time. Take inputs that it answers right, delete the
# name or put another in its place, and count how many answers stay as they were: if nearly all do, the
# name doesn't matter. To force it, train on the same input under several names with different answers,
# for instance the same English clause to be translated, and to be repeated.
#
# ### BEGIN MARK SCHEME
# 1 point: the input itself tells which task it is (the name and the words always go together), so right
# answers don't show that the name is read. "It may have overfitted" earns nothing: the inputs are new.
#
# 1 point: an experiment that changes the name alone and keeps the rest, with what either result means.
#
# 1 point: the same or like inputs under different names, with different answers. "More data" or "more
# tasks" alone earns nothing.
# ### END MARK SCHEME

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 14-t5.ipynb`. Hand in this one
# file under the name it has.
