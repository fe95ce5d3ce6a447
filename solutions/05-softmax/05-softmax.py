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
# # Exercise: the softmax
#
# You turn scores into weights: once by hand, once in code. Then you measure how sharp the weights
# are, and find out where a softmax stops learning.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | Softmax by hand | ●○○ | 5 | 1 |
# | 2 | The softmax function | ●●○ | 15 | 4 |
# | 3 | How sharp is the attention? | ●○○ | 10 | 2 |
# | 4 | What one score does to every weight | ●●● | 20 | 3 |
# | 5 | Why a saturated softmax stops learning | ●●○ | 10 | 3 |
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
# The chapter is [Softmax](../../chapters/05-softmax.md).

# %%
import numpy as np

from attnlib import check

# %% [markdown]
# ## 1 · Softmax by hand
#
# ●○○ · about 5 minutes · 1 point
#
# The banquet, later in the play. Banquo's ghost sits in Macbeth's chair, and Macbeth's query scores the
# four of the cast anew:
#
# | | Macbeth | Lady Macbeth | Banquo | the Witches |
# |---|---:|---:|---:|---:|
# | score | 1 | 0 | 2 | 1 |
#
# Find the four weights with a pencil. Use 3 in place of e, so that every weight is a fraction.
# Write them in the order of the table; `1/2` is as good as `0.5`.
#
# <details><summary>Hint</summary>
#
# Raise 3 to each score. Add the four powers. Divide each power by that sum.
#
# </details>

# %% nbgrader={"grade_id": "softmax_by_hand", "solution": true}
softmax_by_hand = [None, None, None, None]  # your four fractions in place of None
### BEGIN SOLUTION
softmax_by_hand = [3 / 16, 1 / 16, 9 / 16, 3 / 16]
### END SOLUTION

# %% nbgrader={"grade_id": "softmax_by_hand_visible", "points": 1}
check(softmax_by_hand, "softmax_by_hand")

# %% [markdown]
# ## 2 · The softmax function
#
# ●●○ · about 15 minutes · 4 points
#
# Write `softmax(x, axis=-1, *, temperature=1.0)`:
#
# - it divides the scores `x`, an array of floats or of integers of any shape, by `temperature`;
# - it returns weights of the same shape that sum to 1 along `axis`;
# - it works for scores such as 1000 and -1000 in the same row, and leaves `x` as it was.
#
# For example, `softmax(np.array([0.0, 0.0]))` is `[0.5, 0.5]`.
#
# <details><summary>Hint: the axis</summary>
#
# `x.sum(axis=axis)` has one axis fewer than `x`, and NumPy then lines up the wrong axes.
# `keepdims=True` keeps it, with size 1.
#
# </details>
#
# <details><summary>Hint: large scores</summary>
#
# `np.exp(1000)` is infinite. Adding the same number to all scores changes no weight. Which number
# makes the largest score 0?
#
# </details>


# %% nbgrader={"grade_id": "softmax", "solution": true}
def softmax(x, axis=-1, *, temperature=1.0):
    """Return weights that sum to 1 along `axis`: the softmax of x / temperature."""
    ### BEGIN SOLUTION
    scaled = x / temperature
    powers = np.exp(scaled - scaled.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)
    ### END SOLUTION


# %% nbgrader={"grade_id": "softmax_visible", "points": 2}
check(softmax, "softmax")

# %% nbgrader={"grade_id": "softmax_hidden", "points": 2}
# Hidden tests: more shapes and axes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(softmax, "softmax", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · How sharp is the attention?
#
# ●○○ · about 10 minutes · 2 points
#
# Write `entropy(weights, axis=-1)`: minus the sum along `axis` of each weight times its natural
# logarithm. It is 0 where one key has all the weight, and ln n where n keys share it equally. A key
# with the weight 0 contributes 0, and a very small weight little, but not 0.
#
# <details><summary>Hint: a weight of 0</summary>
#
# `np.log(0)` is minus infinity, and 0 times minus infinity is NaN. Take the logarithm only where
# the weight is positive, for example with `np.where`. A harmless number can stand in for the rest.
#
# </details>


# %% nbgrader={"grade_id": "entropy", "solution": true}
def entropy(weights, axis=-1):
    """Return the entropy of the weights along `axis`, in nats."""
    ### BEGIN SOLUTION
    positive = np.where(weights > 0, weights, 1.0)
    return -np.sum(weights * np.log(positive), axis=axis)
    ### END SOLUTION


# %% nbgrader={"grade_id": "entropy_visible", "points": 1}
check(entropy, "entropy")

# %% nbgrader={"grade_id": "entropy_hidden", "points": 1}
# Hidden tests: more shapes and axes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(entropy, "entropy", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · What one score does to every weight
#
# ●●● · about 20 minutes · 3 points
#
# Raise the score of one key a little, and the weight of every key changes. Write
# `softmax_jacobian(weights)`, where `weights` has shape `(..., n)` and holds the weights $p$ that a
# softmax over the last axis makes of scores $s$. Return all the derivatives, of shape `(..., n, n)`:
#
# $$\frac{\partial p_i}{\partial s_j} = p_i\,(\delta_{ij} - p_j)$$
#
# Here $\delta_{ij}$ is 1 if $i = j$, and 0 otherwise.
#
# Start with one row of weights; then let it take a stack of rows.
#
# <details><summary>Hint: one row</summary>
#
# Two matrices: one with the weights on its diagonal, one with the product of each pair.
#
# </details>
#
# <details><summary>Hint: a stack of rows</summary>
#
# `np.diag` and `np.outer` know only one row. With `weights[..., :, None]` of shape `(..., n, 1)` and
# `weights[..., None, :]` of shape `(..., 1, n)`, broadcasting makes every pair.
#
# </details>


# %% nbgrader={"grade_id": "softmax_jacobian", "solution": true}
def softmax_jacobian(weights):
    """Return the derivative of every weight (row) with respect to every score (column)."""
    ### BEGIN SOLUTION
    column = weights[..., :, None]  # (..., n, 1)
    row = weights[..., None, :]  # (..., 1, n)
    return column * (np.eye(weights.shape[-1]) - row)
    ### END SOLUTION


# %% nbgrader={"grade_id": "softmax_jacobian_visible", "points": 1}
check(softmax_jacobian, "softmax_jacobian")

# %% nbgrader={"grade_id": "softmax_jacobian_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(softmax_jacobian, "softmax_jacobian", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · Why a saturated softmax stops learning
#
# ●●○ · about 10 minutes · 3 points, marked by a person
#
# Someone trains attention on scores of 0, 5 and 60. After an hour nothing has changed. In three to
# five sentences: which weights does the softmax give here, what does its Jacobian look like there
# (use question 4), and why does that stop the learning? Name one change that helps.

# %% [markdown] nbgrader={"grade_id": "saturation", "solution": true, "points": 3}
# The third weight is 1 and the others are 0, to the precision of a float. Each entry of the Jacobian
# is a weight times one minus a weight, or minus a product of two weights, so all of them are 0. The
# gradient that reaches the scores is the incoming one times this matrix: it is 0, whatever the loss
# says, and the weights that make queries and keys don't move. Smaller scores help: divide them by
# the root of d_k, or by a higher temperature.
#
# ### BEGIN MARK SCHEME
# 1 point: the weights are about (0, 0, 1), or "one is about 1 and the rest about 0".
#
# 1 point: every entry of the Jacobian is about 0, with the reason (a factor p or 1 - p, or a product
# of two weights, is about 0 in each).
#
# 1 point: the gradient of the scores passes through the Jacobian and vanishes, and one change that
# helps: dividing by the root of d_k, a higher temperature, smaller initial weights. "A higher learning
# rate" earns nothing for the change: it multiplies 0.
# ### END MARK SCHEME

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 05-softmax.ipynb`. Hand in this one
# file under the name it has.
