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
# # Exercise: scaling
#
# You measure how scores grow with the size of the vectors, find the factor that stops it, and see what
# happens to the attention of those who leave it out.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | A variance by hand | ●○○ | 5 | 1 |
# | 2 | The scale by hand | ●○○ | 5 | 1 |
# | 3 | Three sizes, two scales | ●●○ | 10 | 2 |
# | 4 | The variance of scores | ●○○ | 10 | 2 |
# | 5 | The right factor | ●●○ | 15 | 3 |
# | 6 | Attention scores | ●●○ | 15 | 4 |
# | 7 | How saturated is it? | ●●● | 15 | 3 |
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
# The chapter is [Scaling](../../chapters/04-scaling.md).

# %%
import numpy as np

from attnlib import check, softmax

# %% [markdown]
# ## 1 · A variance by hand
#
# ●○○ · about 5 minutes · 1 point
#
# Another scene, another query of Macbeth's: the four of the cast have the scores -4, 0, 4 and 4. Find
# the variance of the four scores with a pencil: the mean of the squared deviations from the mean.
#
# <details><summary>Hint</summary>
#
# First the mean of the scores. Then how far each score is from it. Square, add, divide by how many there
# are.
#
# </details>

# %% nbgrader={"grade_id": "variance_by_hand", "solution": true}
variance_by_hand = None  # your number in place of None
### BEGIN SOLUTION
variance_by_hand = 11
### END SOLUTION

# %% nbgrader={"grade_id": "variance_by_hand_visible", "points": 1}
check(variance_by_hand, "variance_by_hand")

# %% [markdown]
# ## 2 · The scale by hand
#
# ●○○ · about 5 minutes · 1 point
#
# With pencil and paper nobody wants to divide by the root of 3. The worked example of this course halves
# each score instead, and rounds down to a whole number. Do that with the scores 7, 9, 4, 1 and -3.
#
# <details><summary>Hint</summary>
#
# To round down is to go left on the number line, to the nearest whole number. Where is -3/2?
#
# </details>

# %% nbgrader={"grade_id": "floor_by_hand", "solution": true}
floor_by_hand = [None, None, None, None, None]  # your five numbers in place of None
### BEGIN SOLUTION
floor_by_hand = [3, 4, 2, 0, -2]
### END SOLUTION

# %% nbgrader={"grade_id": "floor_by_hand_visible", "points": 1}
check(floor_by_hand, "floor_by_hand")

# %% [markdown]
# ## 3 · Three sizes, two scales
#
# ●●○ · about 10 minutes · 2 points
#
# The entries of the queries and keys are independent, with mean 0 and variance 1. For d_k = 4, 16 and 64,
# what do you expect of the scores? Fill in a row for each size, with
#
# - A: the variance of the raw scores,
# - B: their standard deviation,
# - C: the variance after all scores are divided by the root of d_k,
# - D: the variance after all scores are divided by d_k instead.
#
# | $d_k$ | A | B | C | D |
# |---:|---:|---:|---:|---:|
# | 4 | | | | |
# | 16 | | | | |
# | 64 | | | | |
#
# <details><summary>Hint: the raw scores</summary>
#
# A score is the sum of d_k products, and each product has mean 0 and variance 1. What happens to the
# variances of independent numbers when the numbers are added?
#
# </details>
#
# <details><summary>Hint: dividing</summary>
#
# Take the numbers -2 and 2, and divide both by 2. What becomes of their variance?
#
# </details>

# %% nbgrader={"grade_id": "scale_table_by_hand", "solution": true}
scale_table_by_hand = [
    [None, None, None, None],  # d_k = 4
    [None, None, None, None],  # d_k = 16
    [None, None, None, None],  # d_k = 64
]
### BEGIN SOLUTION
scale_table_by_hand = [[4, 2, 1, 1 / 4], [16, 4, 1, 1 / 16], [64, 8, 1, 1 / 64]]
### END SOLUTION

# %% nbgrader={"grade_id": "scale_table_by_hand_visible", "points": 2}
check(scale_table_by_hand, "scale_table_by_hand")

# %% [markdown]
# ## 4 · The variance of scores
#
# ●○○ · about 10 minutes · 2 points
#
# Write `score_variance(q, k)`, which measures what question 3 expects:
#
# - `q` has shape `(T_q, d_k)` and `k` has shape `(T_k, d_k)`;
# - every query is scored with every key by their plain dot product;
# - the result is one number: the variance of all these scores together, the mean of the squared
#   deviations from their mean.
#
# When the test passes, try it: with `rng = np.random.default_rng(0)`, let `q` and `k` each be drawn by
# `rng.standard_normal((200, 4))`; then put 16 and 64 in place of 4. Was question 3 right?
#
# <details><summary>Hint</summary>
#
# One matrix product gives all the scores, in a matrix of shape `(T_q, T_k)`. NumPy has a function for
# the variance of an array.
#
# </details>


# %% nbgrader={"grade_id": "score_variance", "solution": true}
def score_variance(q, k):
    """Return the variance of the plain dot products of all queries with all keys."""
    ### BEGIN SOLUTION
    raw = q @ k.T  # (T_q, T_k)
    return np.var(raw)
    ### END SOLUTION


# %% nbgrader={"grade_id": "score_variance_visible", "points": 1}
check(score_variance, "score_variance")

# %% nbgrader={"grade_id": "score_variance_hidden", "points": 1}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(score_variance, "score_variance", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · The right factor
#
# ●●○ · about 15 minutes · 3 points
#
# The entries of all queries and keys are independent and have mean 0, but not always variance 1. Write
# `score_scale(d_k, q_variance=1.0, k_variance=1.0)`:
#
# - `q_variance` is the variance of the entries of the queries, and `k_variance` that of the keys;
# - the result is the positive factor to multiply the scores by, so that they have variance 1.
#
# For example, `score_scale(1)` is 1.
#
# <details><summary>Hint: one product</summary>
#
# The variance of the product of two independent numbers with mean 0 is the product of their variances.
#
# </details>
#
# <details><summary>Hint: the factor</summary>
#
# Numbers times c have c squared times their variance. Write "c squared times the variance of the scores
# is 1", and solve it for c.
#
# </details>


# %% nbgrader={"grade_id": "score_scale", "solution": true}
def score_scale(d_k, q_variance=1.0, k_variance=1.0):
    """Return the factor that brings the variance of the scores to 1."""
    ### BEGIN SOLUTION
    return 1 / np.sqrt(d_k * q_variance * k_variance)
    ### END SOLUTION


# %% nbgrader={"grade_id": "score_scale_visible", "points": 1}
check(score_scale, "score_scale")

# %% nbgrader={"grade_id": "score_scale_hidden", "points": 2}
# Hidden tests: more sizes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(score_scale, "score_scale", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · Attention scores
#
# ●●○ · about 15 minutes · 4 points
#
# Write `attention_scores(q, k, *, scale=None)`, as the whole course uses it:
#
# - `q` has shape `(..., T_q, d_k)` and `k` has shape `(..., T_k, d_k)`, with the same leading axes;
# - the result has shape `(..., T_q, T_k)`: the entry `[..., i, j]` is the dot product of query i and key j,
#   multiplied by `scale`;
# - with `scale=None` the factor is the usual one, for entries with variance 1; any number given for
#   `scale` takes its place;
# - `q` and `k` stay as they were.
#
# For example, with one feature, `attention_scores(np.array([[2.0]]), np.array([[3.0]]))` is `[[6.0]]`.
#
# <details><summary>Hint: which size?</summary>
#
# A score is a sum over the features. Which axis of `q` are they on, however many axes there are?
#
# </details>
#
# <details><summary>Hint: 0 and None</summary>
#
# To Python, both 0 and `None` count as false. `scale is None` is true for one of them only.
#
# </details>


# %% nbgrader={"grade_id": "attention_scores", "solution": true}
def attention_scores(q, k, *, scale=None):
    """Return the score of every key for every query, times the scale."""
    ### BEGIN SOLUTION
    if scale is None:
        scale = 1 / np.sqrt(q.shape[-1])
    return scale * (q @ k.swapaxes(-1, -2))  # (..., T_q, T_k)
    ### END SOLUTION


# %% nbgrader={"grade_id": "attention_scores_visible", "points": 2}
check(attention_scores, "attention_scores")

# %% nbgrader={"grade_id": "attention_scores_hidden", "points": 2}
# Hidden tests: more shapes and scales, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(attention_scores, "attention_scores", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 7 · How saturated is it?
#
# ●●● · about 15 minutes · 3 points
#
# A softmax is saturated when one weight is nearly 1 and nothing is left for the others: then it hardly
# learns. Write `mean_top_weight(q, k, *, scale=1.0)`, which measures that:
#
# - `q` has shape `(T_q, d_k)` and `k` has shape `(T_k, d_k)`;
# - the scores are the dot products of every query with every key, times the number `scale`;
# - the softmax turns each query's scores into weights that sum to 1 over the keys; `softmax` is imported
#   above, works along the last axis, and copes with scores such as 1000 and -1000, which occur here;
# - the result is one number: the greatest weight of each query, averaged over the queries.
#
# When the test passes, try it: 50 random queries and keys of size 512, with `scale=1.0` and with the
# factor of question 5. How much is left for the second-best key?
#
# <details><summary>Hint</summary>
#
# Write the shapes: scores, weights, greatest weights, mean. Which axis does each step remove?
#
# </details>


# %% nbgrader={"grade_id": "mean_top_weight", "solution": true}
def mean_top_weight(q, k, *, scale=1.0):
    """Return the greatest weight of each query, averaged over the queries."""
    ### BEGIN SOLUTION
    weights = softmax(scale * (q @ k.T))  # (T_q, T_k)
    return weights.max(axis=-1).mean()
    ### END SOLUTION


# %% nbgrader={"grade_id": "mean_top_weight_visible", "points": 1}
check(mean_top_weight, "mean_top_weight")

# %% nbgrader={"grade_id": "mean_top_weight_hidden", "points": 2}
# Hidden tests: more shapes and scales, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(mean_top_weight, "mean_top_weight", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 04-scaling.ipynb`. Hand in this one file
# under the name it has.
