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
# # Exercise: masks
#
# You decide who may attend to whom, on paper and in code, and build attention weights that keep to it,
# even where nothing is left to attend to.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | A causal mask by hand | ●○○ | 5 | 1 |
# | 2 | The causal mask | ●●○ | 15 | 3 |
# | 3 | The padding mask | ●●○ | 10 | 3 |
# | 4 | Masked weights by hand | ●●○ | 10 | 2 |
# | 5 | Masked attention weights | ●●● | 25 | 5 |
# | 6 | A model that is too good | ●●○ | 10 | 3 |
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
# In this course a mask holds booleans, a row for each query and a column for each key, and **True means
# may attend**. The chapter is [Masks](../../chapters/07-masks.md).

# %%
import numpy as np

from attnlib import check

# %% [markdown]
# ## 1 · A causal mask by hand
#
# ●○○ · about 5 minutes · 1 point
#
# A model writes a play word by word. Three words are there, with their keys. Two new words come, and
# now there are five keys; only the two new words ask. A word may attend to itself and to all words
# before it. Fill in the mask: `True` or `False`, or 1 or 0.
#
# <details><summary>Hint</summary>
#
# Number the words from 1 to 5. Which of these numbers do the two rows have?
#
# </details>

# %% nbgrader={"grade_id": "causal_by_hand", "solution": true}
causal_by_hand = [
    [None, None, None, None, None],  # the first of the two new words
    [None, None, None, None, None],  # the last word
]
### BEGIN SOLUTION
causal_by_hand = np.arange(1, 6) <= np.array([[4], [5]])
### END SOLUTION

# %% nbgrader={"grade_id": "causal_by_hand_visible", "points": 1}
check(causal_by_hand, "causal_by_hand")

# %% [markdown]
# ## 2 · The causal mask
#
# ●●○ · about 15 minutes · 3 points
#
# Write `causal_mask(t_q, t_k=None)`. It returns an array of booleans, True and False and not 1
# and 0, of shape `(t_q, t_k)`:
#
# - the `t_k` keys are all the tokens there are, in their order;
# - the `t_q` queries are the newest of them: the last query belongs to the last key;
# - each query may attend to its own key and to those before it;
# - without `t_k` there are as many keys as queries;
# - with more queries than keys, the last ones still line up; the first queries stand before all keys
#   and may attend to none.
#
# Write it with NumPy alone; what attnlib has for it is closed while your answer is checked.
#
# <details><summary>Hint: start with a square</summary>
#
# Where there are as many keys as queries, the mask is True on the diagonal and below it. `np.tri` and
# `np.tril` make such a triangle; read what their argument `k` does.
#
# </details>
#
# <details><summary>Hint: fewer queries than keys</summary>
#
# At which position among the keys does query `i` stand? Compare that with every position
# `np.arange(t_k)`.
#
# </details>


# %% nbgrader={"grade_id": "causal_mask", "solution": true}
def causal_mask(t_q, t_k=None):
    """Return True where query i may attend to key j: at its own position and before it."""
    ### BEGIN SOLUTION
    t_k = t_q if t_k is None else t_k
    position = np.arange(t_q)[:, None] + t_k - t_q  # (t_q, 1)
    return np.arange(t_k) <= position
    ### END SOLUTION


# %% nbgrader={"grade_id": "causal_mask_visible", "points": 2}
check(causal_mask, "causal_mask")

# %% nbgrader={"grade_id": "causal_mask_hidden", "points": 1}
# Hidden tests: more sizes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(causal_mask, "causal_mask", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · The padding mask
#
# ●●○ · about 10 minutes · 3 points
#
# Sentences of different lengths share one array: the short ones are filled up with padding at their
# end. Write `padding_mask(lengths, t_k)`:
#
# - `lengths` is an array of integers, the number of real tokens of each sentence, and `t_k` the number
#   of places;
# - it returns an array of booleans of shape `(len(lengths), 1, t_k)`, True at the real tokens;
# - the axis of size 1 stands for the queries: all queries of a sentence see the same keys.
#
# A length may be 0.
#
# <details><summary>Hint</summary>
#
# The places are numbered from 0: `np.arange(t_k)`. A sentence of length 2 has its tokens at 0 and 1.
# Give `lengths` two more axes of size 1, and NumPy compares every length with every place.
#
# </details>


# %% nbgrader={"grade_id": "padding_mask", "solution": true}
def padding_mask(lengths, t_k):
    """Return True at the real tokens of each sentence, with an axis of size 1 for the queries."""
    ### BEGIN SOLUTION
    return np.arange(t_k) < lengths[:, None, None]  # (batch, 1, t_k)
    ### END SOLUTION


# %% nbgrader={"grade_id": "padding_mask_visible", "points": 2}
check(padding_mask, "padding_mask")

# %% nbgrader={"grade_id": "padding_mask_hidden", "points": 1}
# Hidden tests: more lengths, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(padding_mask, "padding_mask", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · Masked weights by hand
#
# ●●○ · about 10 minutes · 2 points
#
# Another head has scored the cast of Macbeth. Its scores are scaled already:

# %%
from attnlib.byhand import example

head = example(33)
scaled_scores = head.x @ head.w_q @ (head.x @ head.w_k).T // 2
for name, row in zip(head.tokens, scaled_scores, strict=True):
    print(f"{name:13}{row}")

# %% [markdown]
# The rows ask, and the columns are the keys, in the same order. Two rules hold:
#
# - each of them may attend only to itself and to those before it in this order;
# - Macbeth has left the stage: nobody may attend to him, and neither may he.
#
# Find the weights with a pencil, with powers of 3. Write fractions, such as `2/5`. A row with nobody to
# attend to has weights of 0.
#
# <details><summary>Hint</summary>
#
# Strike out what is forbidden. What power has a score that is struck out? Then divide what is left in a
# row by its own sum.
#
# </details>

# %% nbgrader={"grade_id": "masked_by_hand", "solution": true}
masked_by_hand = [
    [None, None, None, None],  # Macbeth asks
    [None, None, None, None],  # Lady Macbeth asks
    [None, None, None, None],  # Banquo asks
    [None, None, None, None],  # the Witches ask
]
### BEGIN SOLUTION
powers = np.tri(4) * [0, 1, 1, 1] * 3.0**scaled_scores
masked_by_hand = powers / [[1], [powers[1].sum()], [powers[2].sum()], [powers[3].sum()]]
### END SOLUTION

# %% nbgrader={"grade_id": "masked_by_hand_visible", "points": 2}
check(masked_by_hand, "masked_by_hand")

# %% [markdown]
# ## 5 · Masked attention weights
#
# ●●● · about 25 minutes · 5 points
#
# Write `attention_weights(q, k, *, mask=None)`: the softmax of the scores divided by the root of `d_k`,
# over the keys that may be attended to.
#
# - `q` has shape `(..., T_q, d_k)`, `k` has `(..., T_k, d_k)`; the result has `(..., T_q, T_k)`.
# - `mask` is a boolean array that broadcasts to the shape of the result. Where it is False the weight
#   is 0, and each row sums to 1. Without a mask every query may attend to every key.
# - A row without a single True has the weights 0.
# - Scores may be of any size, above 1000 or below any number that you might fill in for minus infinity.
# - Leave `q`, `k` and `mask` as they were.
#
# Write it with NumPy alone. Begin without the empty row; then think about what happens there.
#
# <details><summary>Hint: masking</summary>
#
# `np.exp(-np.inf)` is 0, and `np.where(mask, a, b)` chooses entry by entry.
#
# </details>
#
# <details><summary>Hint: the empty row</summary>
#
# There the largest score is minus infinity, and minus infinity minus minus infinity is NaN. Take another
# number in place of that maximum. The sum is then 0, and so are the powers: by what may you divide?
#
# </details>


# %% nbgrader={"grade_id": "attention_weights", "solution": true}
def attention_weights(q, k, *, mask=None):
    """Return each key's share of each query's attention; masked keys have none."""
    ### BEGIN SOLUTION
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])  # (..., T_q, T_k)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    largest = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(largest == -np.inf, 0, largest))
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total == 0, 1, total)
    ### END SOLUTION


# %% nbgrader={"grade_id": "attention_weights_visible", "points": 3}
check(attention_weights, "attention_weights")

# %% nbgrader={"grade_id": "attention_weights_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(attention_weights, "attention_weights", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · A model that is too good
#
# ●●○ · about 10 minutes · 3 points, marked by a person
#
# Someone trains a model to say, at each word of a text, which word comes next. After an hour it is
# almost never wrong in training. Then it writes a text of its own, word by word, and produces nonsense.
# You suspect its mask. In three to five sentences: which mistake in the mask explains both, and why?
# Describe an experiment with one changed word that shows whether you are right.

# %% [markdown] nbgrader={"grade_id": "too_good", "solution": true, "points": 3}
# The mask lets a word attend to the words after it, for example because the triangle is one diagonal
# too large. In training the next word is there to be read, so the model copies it and learns nothing
# else. When it writes by itself, there is no next word to copy. The experiment: run the model on a text,
# change only one word, run it again, and compare what it says at the places before that word. With a
# right mask nothing changes there; with this one it does.
#
# ### BEGIN MARK SCHEME
# 1 point: the mask lets words attend to later words (one diagonal too many, or no causal mask at all,
# or its polarity inverted).
#
# 1 point: both halves explained: in training the answer is visible and is copied; in writing it isn't
# there yet.
#
# 1 point: change a late word and compare the outputs, or the weights, at earlier places: they must not
# change. "Look at the mask" alone earns nothing here, since no word is changed.
# ### END MARK SCHEME

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 07-masks.ipynb`. Hand in this one
# file under the name it has.
