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
# # Exercise: BERT
#
# You count what anyone could know of a hidden word, hide words, take the loss where it belongs, write the
# mask that is the whole difference between BERT and GPT, and make one vector of a text.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | Ceilings by hand | ●○○ | 10 | 1 |
# | 2 | Hide some words | ●●○ | 20 | 5 |
# | 3 | The loss where it belongs | ●●○ | 20 | 4 |
# | 4 | Who may look where | ●○○ | 15 | 4 |
# | 5 | One vector for a text | ●○○ | 10 | 3 |
# | 6 | Why it doesn't write | ●●○ | 10 | 3 |
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
# The chapter is [BERT](../../chapters/13-bert.md).

# %%
import numpy as np

from attnlib import check

# %% [markdown]
# ## 1 · Ceilings by hand
#
# ●○○ · about 10 minutes · 1 point
#
# In a very small language there are ten sentences, all equally likely:
#
# | | |
# |---|---|
# | old cat mews | young cat mews |
# | old owl eats | young owl eats |
# | old owl sleeps | young owl hoots |
# | young cat eats | young wolf eats |
# | young wolf howls | young wolf sleeps |
#
# The animal is hidden. In which share of the sentences is the best guess right, if you see
#
# 1. neither of the other words,
# 2. the word on the left alone,
# 3. the word on the right alone,
# 4. both?
#
# <details><summary>Hint</summary>
#
# Put the sentences in heaps that look the same to who guesses. In each heap the most frequent animal is
# guessed: how often is that right?
#
# </details>

# %% nbgrader={"grade_id": "ceilings_by_hand", "solution": true}
ceilings_by_hand = [None, None, None, None]  # seeing neither, the left, the right, both
### BEGIN SOLUTION
ceilings_by_hand = [4 / 10, (2 + 3) / 10, (2 + 2 + 1 + 1 + 1) / 10, 8 / 10]
### END SOLUTION

# %% nbgrader={"grade_id": "ceilings_by_hand_visible", "points": 1}
check(ceilings_by_hand, "ceilings_by_hand")

# %% [markdown]
# ## 2 · Hide some words
#
# ●●○ · about 20 minutes · 5 points
#
# Write `mask_words(ids, keep, chance, fate, other, *, mask, rate=0.15)`, which prepares texts for the
# training of a BERT. It returns two arrays: the texts as the model sees them, and where it is asked.
#
# All five arrays have the shape `(..., T)`:
#
# - `ids`, whole numbers, are the texts;
# - `keep`, booleans, is False at padding, which is never hidden and never asked for;
# - `chance`, numbers from 0 to 1: a word is asked for if its chance is below `rate`;
# - `fate`, numbers from 0 to 1: a word asked for becomes `mask`, the number of the mask, if its fate is
#   below 0.8; it stays as it is from 0.8 on; and from 0.9 on it is exchanged;
# - `other`, whole numbers: the words that it is exchanged for.
#
# The first result holds whole numbers; the second is True at every word that is asked for, whatever
# became of it. `ids` itself must stay as it was: it holds the answers.
#
# So that anyone can check it, the numbers that would be drawn at random are given.
#
# <details><summary>Hint</summary>
#
# Find first where the model is asked. Then begin with the texts as they are, and change them only there.
#
# </details>


# %% nbgrader={"grade_id": "mask_words", "solution": true}
def mask_words(ids, keep, chance, fate, other, *, mask, rate=0.15):
    """Return the texts with some words hidden, and where words are asked for."""
    ### BEGIN SOLUTION
    asked = keep & (chance < rate)
    hidden = np.where(asked & (fate < 0.8), mask, ids)
    return np.where(asked & (fate >= 0.9), other, hidden), asked
    ### END SOLUTION


# %% nbgrader={"grade_id": "mask_words_visible", "points": 3}
check(mask_words, "mask_words")

# %% nbgrader={"grade_id": "mask_words_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(mask_words, "mask_words", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · The loss where it belongs
#
# ●●○ · about 20 minutes · 4 points
#
# Write `masked_loss(logits, ids, asked)`, the loss of a BERT in nats: the mean of −ln p over the words
# that it is asked for.
#
# - `logits`, of shape `(..., T, n_words)`, holds at each place a score for each word that may stand
#   *there*; the softmax of a row is what the model thinks;
# - `ids`, whole numbers of shape `(..., T)`, are the whole texts, with nothing hidden;
# - `asked`, booleans of shape `(..., T)`, is True at the words that the model is asked for. Each of them
#   counts the same, in whichever text it stands; nothing else counts. There is one at least;
# - logits may be above 1000 and below −1000, so that a probability can be too small for a float;
# - the result is one number.
#
# Write it with NumPy alone; attnlib's own losses are closed while your answer is checked.
#
# <details><summary>Hint</summary>
#
# You may take the rows that are asked for out of the array first. −ln of a softmax is the logarithm of a
# sum of powers, minus one logit; subtract the largest logit of the row from all of them before.
#
# </details>


# %% nbgrader={"grade_id": "masked_loss", "solution": true}
def masked_loss(logits, ids, asked):
    """Return the mean surprise at the words that are asked for, in nats."""
    ### BEGIN SOLUTION
    rows, words = logits[asked], ids[asked]
    rows = rows - rows.max(axis=-1, keepdims=True)
    surprise = np.log(np.exp(rows).sum(axis=-1)) - rows[np.arange(len(rows)), words]
    return surprise.mean()
    ### END SOLUTION


# %% nbgrader={"grade_id": "masked_loss_visible", "points": 2}
check(masked_loss, "masked_loss")

# %% nbgrader={"grade_id": "masked_loss_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(masked_loss, "masked_loss", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · Who may look where
#
# ●○○ · about 15 minutes · 4 points
#
# Write `who_may_look(keep, causal=False)`, the mask of one model or the other for texts with padding.
#
# - `keep`, booleans of shape `(..., T)`, is False at padding;
# - without `causal`, a token may look at every word of its text, before and after it, as in BERT;
# - with `causal`, it may look at itself and what stands before it, as in GPT;
# - nobody may look at padding. The rows of padding itself follow the same rules as those of words; what
#   comes out of them isn't used;
# - the result holds booleans, True where a query may look at a key, and has the shape `(..., T, T)`:
#   queries first, keys last.
#
# attnlib's own masks are closed while your answer is checked.


# %% nbgrader={"grade_id": "who_may_look", "solution": true}
def who_may_look(keep, causal=False):
    """Return which token may attend to which."""
    ### BEGIN SOLUTION
    t = keep.shape[-1]
    mask = np.tri(t, dtype=bool) if causal else np.ones((t, t), dtype=bool)
    return mask & keep[..., None, :]
    ### END SOLUTION


# %% nbgrader={"grade_id": "who_may_look_visible", "points": 2}
check(who_may_look, "who_may_look")

# %% nbgrader={"grade_id": "who_may_look_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(who_may_look, "who_may_look", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · One vector for a text
#
# ●○○ · about 10 minutes · 3 points
#
# To classify a text you need one vector for all of it. Write `mean_vector(x, keep)`: the mean of the
# vectors of its words. `x` has the shape `(..., T, d_model)`, `keep`, booleans, `(..., T)`; it is False at
# padding, which takes no part, and every text has at least one word. The result has the shape
# `(..., d_model)`.


# %% nbgrader={"grade_id": "mean_vector", "solution": true}
def mean_vector(x, keep):
    """Return the mean of the vectors of each text's words."""
    ### BEGIN SOLUTION
    return (x * keep[..., None]).sum(axis=-2) / keep.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %% nbgrader={"grade_id": "mean_vector_visible", "points": 2}
check(mean_vector, "mean_vector")

# %% nbgrader={"grade_id": "mean_vector_hidden", "points": 1}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(mean_vector, "mean_vector", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · Why it doesn't write
#
# ●●○ · about 10 minutes · 3 points, marked by a person
#
# A friend says: "BERT sees both sides and so knows more. Let us train it to predict every next word, as a
# GPT is trained, and it will write better than any GPT." In three to five sentences: what happens to the
# loss in this training, and why? What would the model do when it has to write? And why does hiding 15 %
# of the words avoid that, and what does this cost?

# %% [markdown] nbgrader={"grade_id": "no_writer", "solution": true, "points": 3}
# The loss goes to almost 0, because each word sees the next one, which is its answer, and learns to copy
# it. When the model writes there is no next word to look at: what it learnt to use is missing, and what it
# writes is rubbish. Hidden words can't be copied, since they aren't there to be seen by anyone, so the
# model has to infer them from both sides. The price is that only the hidden words are questions: one word
# in seven teaches, where in a GPT nearly every word does. And the model has learnt to fill gaps in a text
# that is there, not to go on with one.
#
# ### BEGIN MARK SCHEME
# 1 point: the loss falls to about 0, because the answer is among what the model sees (it copies).
# "It overfits" earns nothing.
#
# 1 point: in writing, the right-hand side isn't there, so that the model has nothing to go by.
#
# 1 point: a hidden word isn't in the input, so it can't be copied (half a point); fewer questions a text,
# or a mask that is never seen in use (half a point).
# ### END MARK SCHEME

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 13-bert.ipynb`. Hand in this one
# file under the name it has.
