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
# # Exercise: captions
#
# You draw a look, estimate by REINFORCE what its scores should learn from it, compute what these estimates
# come to on average, and make a baseline that costs nothing.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | Estimates by hand | ●●○ | 15 | 1 |
# | 2 | Draw a look | ●○○ | 15 | 4 |
# | 3 | What a look teaches | ●●○ | 15 | 4 |
# | 4 | What the estimates come to | ●●○ | 15 | 4 |
# | 5 | What the others earned | ●●○ | 15 | 4 |
# | 6 | Blame and praise | ●●○ | 10 | 3 |
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
# The chapter is [captions that look](../../chapters/19-captions.md).

# %%
import numpy as np

from attnlib import check

# %% [markdown]
# ## 1 · Estimates by hand
#
# ●●○ · about 15 minutes · 1 point
#
# A word may look at one of three cells. It draws them with the weights 1/4, 1/2 and 1/4. A look at the
# first cell earns 8, at the second 6, at the third nothing. REINFORCE estimates from one draw how the
# expected reward changes with a score: the reward, times (choice − weight). All these questions are about
# the score of the **second** cell.
#
# 1. What is the estimate if the second cell is drawn?
# 2. What is it if the first cell is drawn?
# 3. What is the mean of the estimate, each draw counted as often as it happens?
# 4. What is its variance?
# 5. What is its variance if the expected reward is subtracted from each reward as a baseline?
#
# <details><summary>Hint</summary>
#
# The choice is 1 where the second cell was drawn, and 0 where another was. The variance is the mean of the
# squares, minus the square of the mean.
#
# </details>

# %% nbgrader={"grade_id": "estimates_by_hand", "solution": true}
estimates_by_hand = [None, None, None, None, None]
### BEGIN SOLUTION
draws, second = np.array([1 / 4, 1 / 2, 1 / 4]), np.array([0, 1, 0])
earned = np.array([8, 6, 0])
without = earned * (second - 1 / 2)
with_baseline = (earned - draws @ earned) * (second - 1 / 2)
mean = draws @ without
spreads = [draws @ drawn**2 - mean**2 for drawn in (without, with_baseline)]
estimates_by_hand = [without[1], without[0], mean, *spreads]
### END SOLUTION

# %% nbgrader={"grade_id": "estimates_by_hand_visible", "points": 1}
check(estimates_by_hand, "estimates_by_hand")

# %% [markdown]
# ## 2 · Draw a look
#
# ●○○ · about 15 minutes · 4 points
#
# Write `draw_looks(weights, marks)`, which draws a cell for each word.
#
# - `weights`, of shape `(..., n_cells)`, are attention weights: at least 0, and each row sums to 1;
# - `marks`, of shape `(...)`, holds for each word a number from 0 up to 1, without 1. Lay the weights of
#   a row end to end, from the first cell on: the word looks at the cell in whose stretch its mark falls.
#   A mark where two stretches meet belongs to the later one;
# - the result has the shape of `weights` and holds floats: 1 at the cell looked at, and 0 elsewhere.
#
# With marks that are spread evenly, each cell is drawn as often as its weight says, and a cell with the
# weight 0 never. attnlib's own functions that draw are closed while your answer is checked.
#
# <details><summary>Hint</summary>
#
# `weights.cumsum(axis=-1)` holds the ends of the stretches. Which is the first end that is greater than
# the mark?
#
# </details>


# %% nbgrader={"grade_id": "draw_looks", "solution": true}
def draw_looks(weights, marks):
    """Return 1 at the cell that each word looks at, and 0 elsewhere."""
    ### BEGIN SOLUTION
    beyond = weights.cumsum(axis=-1) > marks[..., None]
    first = beyond & (beyond.cumsum(axis=-1) == 1)
    return first.astype(float)
    ### END SOLUTION


# %% nbgrader={"grade_id": "draw_looks_visible", "points": 2}
check(draw_looks, "draw_looks")

# %% nbgrader={"grade_id": "draw_looks_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(draw_looks, "draw_looks", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · What a look teaches
#
# ●●○ · about 15 minutes · 4 points
#
# Write `reinforce_gradient(weights, choice, reward, baseline=0.0)`: the estimate of how the expected reward
# changes with each *score*, the weights being the softmax of the scores.
#
# - `weights`, of shape `(..., n_cells)`, are what the cells were drawn with;
# - `choice`, of the same shape, is 1 at the cell that was drawn and 0 elsewhere;
# - `reward`, of shape `(...)`, is what each word earned with its look;
# - `baseline`, one number or an array that broadcasts to the shape of `reward`, is what it was expected to
#   earn. What counts is how much more came;
# - the result has the shape of `weights`.
#
# `attnlib.variants.reinforce_gradient` is closed while your answer is checked.


# %% nbgrader={"grade_id": "reinforce_gradient", "solution": true}
def reinforce_gradient(weights, choice, reward, baseline=0.0):
    """Return REINFORCE's estimate of the gradient with respect to the scores."""
    ### BEGIN SOLUTION
    surplus = reward - baseline
    of_the_logarithm = choice - weights
    return of_the_logarithm * surplus[..., None]
    ### END SOLUTION


# %% nbgrader={"grade_id": "reinforce_gradient_visible", "points": 2}
check(reinforce_gradient, "reinforce_gradient")

# %% nbgrader={"grade_id": "reinforce_gradient_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(reinforce_gradient, "reinforce_gradient", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · What the estimates come to
#
# ●●○ · about 15 minutes · 4 points
#
# If you know what *every* cell would earn, you need no draws. Write `expected_gradient(weights, rewards)`:
# the gradient of the expected reward, the sum of weight times reward, with respect to the scores.
#
# - `weights` and `rewards`, both of shape `(..., n_cells)`, hold for each word what its cells are drawn
#   with, and what each would earn;
# - the weights are the softmax of the scores;
# - the result has the shape of `weights`.
#
# It is the mean of your answer to question 3, each choice counted with its weight, whatever the baseline:
# you may check it with that. attnlib's softmax gradients are closed while your answer is checked.
#
# <details><summary>Hint</summary>
#
# If a score rises, its own weight rises and all others fall. What is won is how much more this cell earns
# than is expected, times how often it is drawn.
#
# </details>


# %% nbgrader={"grade_id": "expected_gradient", "solution": true}
def expected_gradient(weights, rewards):
    """Return the gradient of the expected reward with respect to the scores."""
    ### BEGIN SOLUTION
    share = weights * rewards
    return share - weights * share.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %% nbgrader={"grade_id": "expected_gradient_visible", "points": 2}
check(expected_gradient, "expected_gradient")

# %% nbgrader={"grade_id": "expected_gradient_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(expected_gradient, "expected_gradient", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · What the others earned
#
# ●●○ · about 15 minutes · 4 points
#
# A baseline must not depend on the draw that it judges. In a batch of captions there is one for nothing:
# what the same word earned in the *other* captions. Write `others_mean(rewards, keep)`.
#
# - `rewards`, of shape `(n, T)`, holds for each of n captions what each of its T words earned;
# - `keep`, booleans of the same shape, is False at padding, which isn't counted;
# - the result, of the same shape, holds for each caption and word the mean reward of that word in the other
#   captions that have it, and 0 where no other has. That goes for padding as well: there the others are all
#   captions that have the word.
#
# `attnlib.models.captions.others_mean` is closed while your answer is checked.


# %% nbgrader={"grade_id": "others_mean", "solution": true}
def others_mean(rewards, keep):
    """Return the mean reward of each word in the other captions."""
    ### BEGIN SOLUTION
    earned = np.where(keep, rewards, 0.0)
    n_others = keep.sum(axis=0) - keep
    return (earned.sum(axis=0) - earned) / np.maximum(n_others, 1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "others_mean_visible", "points": 2}
check(others_mean, "others_mean")

# %% nbgrader={"grade_id": "others_mean_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(others_mean, "others_mean", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · Blame and praise
#
# ●●○ · about 10 minutes · 3 points, marked by a person
#
# The reward of a look is ln p, the logarithm of the probability that the right word got after it. It is
# never positive. A friend says: "So REINFORCE only ever blames. Every cell that is looked at gets a lower
# score, even the right one, and nothing can be learnt." In three to five sentences: what does a single
# step do to the score of the right cell, and what do many steps do, and why? What does a baseline change
# of this? And why must the baseline not be the reward of the look itself?

# %% [markdown] nbgrader={"grade_id": "blame_and_praise", "solution": true, "points": 3}
# A single step without a baseline does lower the score of the cell that was looked at, the right one
# too, because the reward is negative. But a wrong cell is blamed more than the right one, and when a
# cell is blamed the others rise; in the mean over the draws the step is the gradient of the expected
# reward, so that over many steps the cell that is blamed least wins. The baseline takes the mean blame
# away: now a look that was better than expected is praised at once, the mean of the steps is the same as
# before, and they vary less. If the baseline were the reward of the look itself, the difference would
# always be 0 and nothing would be learnt: a baseline that depends on the choice changes the mean.
#
# ### BEGIN MARK SCHEME
# 1 point: a single step blames even the right cell, but wrong ones more, so that in the mean (or: relative
# to the others) the right one rises.
#
# 1 point: a baseline leaves the mean of the estimates as it is (half a point) and makes them vary less
# (half a point).
#
# 1 point: with its own reward subtracted every estimate is 0, or: the mean is no longer that of the
# gradient, because the baseline depends on the choice.
# ### END MARK SCHEME

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 19-captions.ipynb`. Hand in this one
# file under the name it has.
