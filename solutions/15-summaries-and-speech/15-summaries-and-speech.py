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
# # Exercise: summaries and speech
#
# You mix writing and copying, by hand and in code, turn a sound into a matrix, and count how much of a
# spelling is wrong.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | Written or copied, by hand | ●○○ | 10 | 1 |
# | 2 | The copy distribution | ●●○ | 20 | 5 |
# | 3 | The picture of a sound | ●●○ | 20 | 4 |
# | 4 | The edit distance | ●●● | 25 | 5 |
# | 5 | A stranger in the news | ●●○ | 10 | 3 |
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
# The chapter is [Summaries and speech](../../chapters/15-summaries-and-speech.md).

# %%
import numpy as np

from attnlib import check

# %% [markdown]
# ## 1 · Written or copied, by hand
#
# ●○○ · about 10 minutes · 1 point
#
# A summary is being written. The text reads *banquo rode forres banquo*, and the vocabulary has three
# words:
#
# | | beats | forres | rode |
# |---|---:|---:|---:|
# | written | 1/2 | 1/3 | 1/6 |
#
# | place | 1 banquo | 2 rode | 3 forres | 4 banquo |
# |---|---:|---:|---:|---:|
# | weight | 1/8 | 0 | 1/4 | 5/8 |
#
# The gate is 3/4. How likely is each of the four words *beats*, *forres*, *rode* and *banquo* to come next?
#
# <details><summary>Hint</summary>
#
# Make one row for what is written and one for what is copied, over all four words. Each of them sums to 1.
#
# </details>

# %% nbgrader={"grade_id": "copying_by_hand", "solution": true}
copying_by_hand = [None, None, None, None]  # beats, forres, rode, banquo
### BEGIN SOLUTION
copying_by_hand = [6 / 16, 5 / 16, 2 / 16, 3 / 16]
### END SOLUTION

# %% nbgrader={"grade_id": "copying_by_hand_visible", "points": 1}
check(copying_by_hand, "copying_by_hand")

# %% [markdown]
# ## 2 · The copy distribution
#
# ●●○ · about 20 minutes · 5 points
#
# Write `copy_distribution(written, weights, gate, text, n_extended)`: how likely each word is to come
# next, for each word of a summary. There is one text.
#
# - `written`, of shape `(T_s, n_words)`: how likely each word of the vocabulary is to be written;
# - `weights`, of shape `(T_s, T)`: the attention to the places of the text;
# - `gate`, of shape `(T_s, 1)`: how much is written; the rest is copied;
# - `text`, whole numbers of shape `(T,)`: which word stands at each place. Words that the vocabulary
#   doesn't hold have numbers from `n_words` on. A word may stand in several places;
# - `n_extended`: how many words there are, those of the text among them; all numbers of `text` are below.
#
# The result has shape `(T_s, n_extended)`. For example, with `written` [[0.5, 0.5]], `weights`
# [[0.6, 0.1, 0.3]], a gate of 0.5, `text` [2, 1, 2] and three words it is [[0.25, 0.3, 0.45]].
#
# Write it with NumPy alone; attnlib's own function is closed while your answer is checked.
#
# <details><summary>Hint: several places</summary>
#
# `p[ids] += w` with a number twice in `ids` adds once. Look up `np.add.at`, or make a matrix of zeros and
# ones that says which word stands where.
#
# </details>


# %% nbgrader={"grade_id": "copy_distribution", "solution": true}
def copy_distribution(written, weights, gate, text, n_extended):
    """Return how likely each word of the extended vocabulary is, written or copied."""
    ### BEGIN SOLUTION
    new = np.zeros((len(written), n_extended - written.shape[1]))
    places = np.eye(n_extended)[text]  # (T, n_extended)
    return gate * np.concatenate([written, new], axis=1) + (1 - gate) * (weights @ places)
    ### END SOLUTION


# %% nbgrader={"grade_id": "copy_distribution_visible", "points": 3}
check(copy_distribution, "copy_distribution")

# %% nbgrader={"grade_id": "copy_distribution_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(copy_distribution, "copy_distribution", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · The picture of a sound
#
# ●●○ · about 20 minutes · 4 points
#
# Write `log_spectrum(wave, window, hop)`: how loud each pitch is in each frame.
#
# - `wave`, of shape `(n,)`, is the sound; `window`, a whole number from 3 to n, is how many samples a
#   frame has; `hop`, a whole number from 1 on, how far it is from the beginning of one frame to that of
#   the next. Only whole frames count: what doesn't fill one at the end is left out;
# - each frame is multiplied by `np.hanning(window)`;
# - its power at each of the `window // 2 + 1` pitches is the squared absolute value of its Fourier
#   transform, `np.fft.rfft`;
# - the result is the natural logarithm of 0.001 plus the power, with a row for each frame and a column for
#   each pitch. There are no mel bands here, and nothing is divided by the spread.
#
# For example, twelve samples of silence, with frames of 8 and a hop of 2, give 3 rows of 5 numbers, all
# equal to ln 0.001.
#
# <details><summary>Hint: the frames</summary>
#
# The last frame begins at n − window at the latest. How many beginnings are there from 0 on, in steps of
# `hop`?
#
# </details>


# %% nbgrader={"grade_id": "log_spectrum", "solution": true}
def log_spectrum(wave, window, hop):
    """Return the logarithm of the power of each pitch in each frame."""
    ### BEGIN SOLUTION
    starts = range(0, len(wave) - window + 1, hop)
    frames = np.array([wave[start : start + window] for start in starts]) * np.hanning(window)
    return np.log(1e-3 + np.abs(np.fft.rfft(frames, axis=1)) ** 2)
    ### END SOLUTION


# %% nbgrader={"grade_id": "log_spectrum_visible", "points": 2}
check(log_spectrum, "log_spectrum")

# %% nbgrader={"grade_id": "log_spectrum_hidden", "points": 2}
# Hidden tests: more sounds, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(log_spectrum, "log_spectrum", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · The edit distance
#
# ●●● · about 25 minutes · 5 points
#
# Write `edit_distance(heard, said)`: the fewest edits that make the one word of the other. An edit changes
# a letter into another, puts one in or leaves one out, and each counts 1. `heard` and `said` are arrays of
# whole numbers, a number for each letter; either may be empty. Return a whole number.
#
# For example, it is 2 from *sir* to *sue*, and 3 from *salmon* to *lemon*.
#
# <details><summary>Hint: a table</summary>
#
# The cell in row i and column j says how far the first i letters of the one word are from the first j of
# the other. What stands in row 0 and in column 0? There are three ways into every other cell.
#
# </details>


# %% nbgrader={"grade_id": "edit_distance", "solution": true}
def edit_distance(heard, said):
    """Return the fewest changes, insertions and omissions that make one word of the other."""
    ### BEGIN SOLUTION
    row = list(range(len(said) + 1))
    for i, a in enumerate(heard, start=1):
        above, row = row, [i]
        for j, b in enumerate(said, start=1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + int(a != b)))
    return row[-1]
    ### END SOLUTION


# %% nbgrader={"grade_id": "edit_distance_visible", "points": 3}
check(edit_distance, "edit_distance")

# %% nbgrader={"grade_id": "edit_distance_hidden", "points": 2}
# Hidden tests: more words, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(edit_distance, "edit_distance", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · A stranger in the news
#
# ●●○ · about 10 minutes · 3 points, marked by a person
#
# A newspaper lets a pointer-generator write its headlines. All names in its vocabulary come out right. Of
# names that it has never read, about half of those who *lost* a match come out wrong, and the winner
# stands there twice: "Banquo beats Banquo". In three to five sentences: what does the model not see? Why is
# only about half of it wrong, and why not the winner? What would you change, and what would still be wrong
# after that in a text with a word such as *lost* that it has never read?

# %% [markdown] nbgrader={"grade_id": "a_stranger", "solution": true, "points": 3}
# All names that aren't in the vocabulary are read as the same token, so the model can't see which of two
# mentions is the same person. The winner stands at a place that the sentence marks, before "won", and can
# be copied from there. The loser is one of the two named before; nothing tells which of them isn't the
# winner, so it guesses, and is right half of the time. Number the unknown names of each text in the order
# in which they come. Then it can tell who is who, but what an unknown word means stays unknown: if "lost"
# isn't in the vocabulary, it is one more stranger, and the one before it may be taken for the winner.
#
# ### BEGIN MARK SCHEME
# 1 point: unknown names share one token, so the model can't tell whether two mentions are the same
# person. "It hasn't learnt these names" alone earns nothing: a pointer needn't know them.
#
# 1 point: the winner is marked by the place before "won"; the loser is a guess between two.
#
# 1 point: unknown names are numbered within each text (half a point), and copying a word isn't
# understanding it (half a point).
# ### END MARK SCHEME

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 15-summaries-and-speech.ipynb`. Hand in
# this one file under the name it has.
