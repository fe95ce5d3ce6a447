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
# # Exercise: spotlight and similarity
#
# You mix values by the light that falls on them, and measure how alike two vectors are. Then you
# build two things from that: a dictionary that answers every question a little, and a search.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | A mixture by hand | ●○○ | 5 | 1 |
# | 2 | Four cosines by hand | ●○○ | 10 | 1 |
# | 3 | Cosine similarity | ●●○ | 15 | 3 |
# | 4 | The best key | ●●○ | 15 | 3 |
# | 5 | A soft dictionary | ●●○ | 15 | 4 |
# | 6 | A small search engine | ●●● | 20 | 3 |
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
# The chapters are [In the spotlight](../../chapters/01-spotlight.md) and
# [Similarity](../../chapters/02-similarity.md).

# %%
import numpy as np

from attnlib import check, softmax

# %% [markdown]
# ## 1 · A mixture by hand
#
# ●○○ · about 5 minutes · 1 point
#
# On the eve of the battle Macbeth listens once more to the three others, with other shares than in the
# chapter. Each brings a value of two numbers, how much fear and how much hope, and each stands in a part
# of the light:
#
# | | Lady Macbeth | Banquo | the Witches |
# |---|---:|---:|---:|
# | weight | 1/2 | 1/3 | 1/6 |
# | value: fear | 6 | 12 | 0 |
# | value: hope | 0 | 3 | 18 |
#
# What does Macbeth take with him? Find the two numbers, fear and hope, with a pencil.
#
# <details><summary>Hint</summary>
#
# Do the row of fear first. Multiply each number by the weight above it, and add the three products.
#
# </details>

# %% nbgrader={"grade_id": "mixture_by_hand", "solution": true}
mixture_by_hand = [None, None]  # fear and hope in place of None
### BEGIN SOLUTION
mixture_by_hand = [7, 4]
### END SOLUTION

# %% nbgrader={"grade_id": "mixture_by_hand_visible", "points": 1}
check(mixture_by_hand, "mixture_by_hand")

# %% [markdown]
# ## 2 · Four cosines by hand
#
# ●○○ · about 10 minutes · 1 point
#
# The query is (3, 4). Find its cosine with each of these keys, with a pencil:
#
# | | key 0 | key 1 | key 2 | key 3 |
# |---|---:|---:|---:|---:|
# | first number | 4 | 6 | -4 | -3 |
# | second number | 3 | 8 | 3 | -4 |
#
# Write the four cosines in the order of the table; a fraction such as `1/2` is as good as `0.5`.
#
# <details><summary>Hint</summary>
#
# The length of (3, 4) is the root of 9 + 16. All the lengths here are whole numbers. Draw the arrows
# before you calculate: which key points the same way as the query, and which the opposite way?
#
# </details>

# %% nbgrader={"grade_id": "cosine_by_hand", "solution": true}
cosine_by_hand = [None, None, None, None]  # your four cosines in place of None
### BEGIN SOLUTION
cosine_by_hand = [24 / 25, 1, 0, -1]
### END SOLUTION

# %% nbgrader={"grade_id": "cosine_by_hand_visible", "points": 1}
check(cosine_by_hand, "cosine_by_hand")

# %% [markdown]
# ## 3 · Cosine similarity
#
# ●●○ · about 15 minutes · 3 points
#
# Write `cosine_similarity(a, b, axis=-1)`, where `a` and `b` are arrays of floats:
#
# - the vectors lie along `axis`, and the result has the shape of `a * b` without that axis;
# - the other axes broadcast, so that vectors of shape `(3, 1, 5)` and `(1, 2, 5)` give all 3 × 2 pairs;
# - `axis` counts the axes of `a * b`, where `a` and `b` have different numbers of them;
# - a vector of zeros has the similarity 0 with every vector, and a very short one that of its direction;
# - `a` and `b` stay as they were.
#
# For example, with `a = np.array([1.0, 0.0])` and `b = np.array([0.0, 2.0])` it is 0.
#
# <details><summary>Hint: the lengths</summary>
#
# `np.linalg.norm(x, axis=axis)` is the length of each vector along `axis`. If `a` and `b` have
# different numbers of axes, `np.broadcast_arrays(a, b)` returns both in their common shape.
#
# </details>
#
# <details><summary>Hint: a vector of zeros</summary>
#
# Its length is 0, and 0/0 is NaN. Its dot product is 0 with everything, so any length but 0 gives the
# right result: put another number where a length is 0, for example with `np.where`.
#
# </details>


# %% nbgrader={"grade_id": "cosine_similarity", "solution": true}
def cosine_similarity(a, b, axis=-1):
    """Return the cosine of the angle between the vectors of `a` and `b` along `axis`."""
    ### BEGIN SOLUTION
    a, b = np.broadcast_arrays(a, b)
    lengths = np.linalg.norm(a, axis=axis) * np.linalg.norm(b, axis=axis)
    return (a * b).sum(axis=axis) / np.where(lengths > 0, lengths, 1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "cosine_similarity_visible", "points": 1}
check(cosine_similarity, "cosine_similarity")

# %% nbgrader={"grade_id": "cosine_similarity_hidden", "points": 2}
# Hidden tests: more shapes and axes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(cosine_similarity, "cosine_similarity", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · The best key
#
# ●●○ · about 15 minutes · 3 points
#
# A long key has a great dot product with every query that points roughly its way. A cosine ignores
# lengths. Write `best_key(q, k, *, cosine=False)`, which finds the best key for each query:
#
# - `q` has shape `(..., T_q, d)` and `k` has shape `(..., T_k, d)`, with the same leading axes;
# - the result has shape `(..., T_q)`: for each query the position of its best key, counted from 0;
# - the best key is the one with the greatest dot product, or, with `cosine=True`, the greatest cosine.
#
# No key is all zeros, and no two keys are equally good. For example, with
# `q = np.array([[1.0, 0.0]])` and `k = np.array([[0.0, 9.0], [1.0, 0.0]])` it is `[1]` both ways.
#
# <details><summary>Hint: all scores at once</summary>
#
# The matrix `scores[..., i, j]` holds the score of key j for query i. A matrix product with the keys
# turned makes it: `k.swapaxes(-1, -2)` turns the last two axes, and leaves those of a batch alone.
#
# </details>
#
# <details><summary>Hint: the cosine</summary>
#
# All the scores of one query are divided by the length of that same query. Does that change which key
# wins? Then one division less will do.
#
# </details>


# %% nbgrader={"grade_id": "best_key", "solution": true}
def best_key(q, k, *, cosine=False):
    """Return the position of the best key for each query."""
    ### BEGIN SOLUTION
    if cosine:
        k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    scores = q @ k.swapaxes(-1, -2)  # (..., T_q, T_k)
    return scores.argmax(axis=-1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "best_key_visible", "points": 1}
check(best_key, "best_key")

# %% nbgrader={"grade_id": "best_key_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(best_key, "best_key", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · A soft dictionary
#
# ●●○ · about 15 minutes · 4 points
#
# A Python dictionary wants the exact key, and returns one value. A soft one takes any query, and
# returns a mixture of all values: the better a key matches, the more its value counts. Write
# `soft_lookup(q, k, v)`:
#
# - `q` has shape `(..., T_q, d)`, `k` has shape `(..., T_k, d)`, and `v` has shape `(..., T_k, d_v)`,
#   one row for each key;
# - the score of a key for a query is their plain dot product;
# - `softmax` turns the scores of each query into weights that sum to 1 (it raises e to each score and
#   divides by the sum; assignment 05 takes it apart). It is imported above, works along the last
#   axis, and you may use it or write the same yourself; scores may
#   be 1000 and -1000, with which it copes;
# - the result has shape `(..., T_q, d_v)`: for each query the values, mixed with its weights.
#
# For example, a query of zeros has the score 0 with every key, and gets the mean of the values.
#
# <details><summary>Hint</summary>
#
# Three lines: scores, weights, mixture. Write the shape of each as a comment behind it. Question 1 did
# the last line by hand for one query; a matrix product does it for all.
#
# </details>


# %% nbgrader={"grade_id": "soft_lookup", "solution": true}
def soft_lookup(q, k, v):
    """Return the values, mixed for each query by how well their keys match it."""
    ### BEGIN SOLUTION
    scores = q @ k.swapaxes(-1, -2)  # (..., T_q, T_k)
    weights = softmax(scores)  # (..., T_q, T_k)
    return weights @ v  # (..., T_q, d_v)
    ### END SOLUTION


# %% nbgrader={"grade_id": "soft_lookup_visible", "points": 2}
check(soft_lookup, "soft_lookup")

# %% nbgrader={"grade_id": "soft_lookup_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(soft_lookup, "soft_lookup", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · A small search engine
#
# ●●● · about 20 minutes · 3 points
#
# Search engines keep a vector for each document and sort by similarity. Write
# `retrieve(query, keys, n)`:
#
# - `query` has shape `(d,)` and `keys` has shape `(T_k, d)`, one row for each document;
# - the result is an array of shape `(n,)`: the positions of the `n` keys with the greatest cosine, the
#   best first.
#
# No key is all zeros, no two keys are equally good, and `n` is from 1 to `T_k`, which may be thousands.
# For example, with `query = np.array([1.0, 0.0])`,
# `keys = np.array([[0.0, 1.0], [2.0, 0.0], [1.0, 1.0]])` and `n = 2`
# it is `[1, 2]`.
#
# <details><summary>Hint: sorting</summary>
#
# `np.argsort(x)` returns the positions of the numbers of `x`, the smallest number's first. What must
# you do to `x`, or to the result, to get the greatest first?
#
# </details>


# %% nbgrader={"grade_id": "retrieve", "solution": true}
def retrieve(query, keys, n):
    """Return the positions of the n keys most similar to the query, the best first."""
    ### BEGIN SOLUTION
    closeness = keys @ query / np.linalg.norm(keys, axis=-1)  # (T_k,)
    return np.argsort(-closeness)[:n]
    ### END SOLUTION


# %% nbgrader={"grade_id": "retrieve_visible", "points": 1}
check(retrieve, "retrieve")

# %% nbgrader={"grade_id": "retrieve_hidden", "points": 2}
# Hidden tests: more documents, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(retrieve, "retrieve", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 01-spotlight.ipynb`. Hand in this one
# file under the name it has.
