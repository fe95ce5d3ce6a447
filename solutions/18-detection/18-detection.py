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
# # Exercise: DETR
#
# You match answers with objects by hand, write what a match costs, find the cheapest matching by trying
# all, take the loss of a set, and measure how much two boxes have in common.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | A matching by hand | ●○○ | 10 | 1 |
# | 2 | What a match costs | ●●○ | 20 | 4 |
# | 3 | The cheapest matching | ●●○ | 20 | 4 |
# | 4 | The loss of a set | ●●● | 25 | 5 |
# | 5 | What two boxes have in common | ●●○ | 20 | 4 |
# | 6 | Why not in order | ●●○ | 10 | 3 |
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
# The chapter is [DETR](../../chapters/18-detection.md).

# %%
import itertools

import numpy as np

from attnlib import check

# %% [markdown]
# ## 1 · A matching by hand
#
# ●○○ · about 10 minutes · 1 point
#
# A model gave three answers, and there are three objects. This is what it costs to take an answer for an
# object:
#
# | | square | disc | cone |
# |---|---:|---:|---:|
# | answer 0 | 2 | 3 | 6 |
# | answer 1 | 7 | 1 | 3 |
# | answer 2 | 4 | 6 | 9 |
#
# Find the cheapest way to give each object an answer of its own. Then go about it greedily: the cheapest
# pair first, then the cheapest of what is left, and so on. Give five numbers: the answer that the square
# is given to, that of the disc, that of the cone; what this costs in all; and what the greedy way costs.
#
# <details><summary>Hint</summary>
#
# There are six ways. Or subtract from each row its smallest number, then from each column, and look for
# three zeros.
#
# </details>

# %% nbgrader={"grade_id": "matching_by_hand", "solution": true}
matching_by_hand = [None, None, None, None, None]  # square's, disc's, cone's answer; cost; greedy cost
### BEGIN SOLUTION
square, disc, cone = 2, 0, 1
matching_by_hand = [square, disc, cone, 4 + 3 + 3, 1 + 2 + 9]
### END SOLUTION

# %% nbgrader={"grade_id": "matching_by_hand_visible", "points": 1}
check(matching_by_hand, "matching_by_hand")

# %% [markdown]
# ## 2 · What a match costs
#
# ●●○ · about 20 minutes · 4 points
#
# Write `match_costs(likely, boxes, kinds, true_boxes, box_weight=5.0)`: what it costs to take each answer
# for each object. That is `box_weight` times the distance of the two boxes, minus the probability that
# the answer gives to the object's kind. The distance of two boxes is the sum of their four differences
# without sign.
#
# - `likely`, of shape `(..., n_queries, n_kinds + 1)`, holds how likely each answer finds each kind; the
#   last is "nothing";
# - `boxes`, of shape `(..., n_queries, 4)`, are the boxes of the answers;
# - `kinds`, whole numbers of shape `(..., n_objects)`, are the kinds of the objects, and `true_boxes`, of
#   shape `(..., n_objects, 4)`, their boxes. All leading axes are the same;
# - the result has the shape `(..., n_queries, n_objects)`.
#
# attnlib's own costs are closed while your answer is checked.
#
# <details><summary>Hint</summary>
#
# Give the boxes of the answers an axis for the objects, and those of the objects one for the answers.
# `np.take_along_axis(likely, kinds[..., None, :], axis=-1)` takes for each answer the columns that `kinds`
# names.
#
# </details>


# %% nbgrader={"grade_id": "match_costs", "solution": true}
def match_costs(likely, boxes, kinds, true_boxes, box_weight=5.0):
    """Return what it costs to take each answer for each object."""
    ### BEGIN SOLUTION
    named = np.take_along_axis(likely, kinds[..., None, :], axis=-1)
    differences = np.abs(boxes[..., :, None, :] - true_boxes[..., None, :, :])
    return box_weight * differences.sum(axis=-1) - named
    ### END SOLUTION


# %% nbgrader={"grade_id": "match_costs_visible", "points": 2}
check(match_costs, "match_costs")

# %% nbgrader={"grade_id": "match_costs_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(match_costs, "match_costs", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · The cheapest matching
#
# ●●○ · about 20 minutes · 4 points
#
# Write `best_matching(costs)`: the cheapest way to give each object an answer of its own, by trying all
# ways. `costs` has the shape `(..., n_queries, n_objects)`, with at least as many answers as objects, and
# few enough of both; each of the leading axes' scenes has a best way of its own. The result holds whole
# numbers, of shape `(..., n_objects)`: number j is the answer that object j is given to. No two ways cost
# the same.
#
# attnlib's own matchings are closed while your answer is checked.
#
# <details><summary>Hint</summary>
#
# `itertools.permutations(range(5), 3)` gives all ways to choose three different answers of five, one for
# each object.
#
# </details>


# %% nbgrader={"grade_id": "best_matching", "solution": true}
def best_matching(costs):
    """Return the answer that each object is given to in the cheapest matching."""
    ### BEGIN SOLUTION
    n_queries, n_objects = costs.shape[-2:]
    ways = np.array(list(itertools.permutations(range(n_queries), n_objects)))
    totals = costs[..., ways, np.arange(n_objects)].sum(axis=-1)
    return ways[totals.argmin(axis=-1)]
    ### END SOLUTION


# %% nbgrader={"grade_id": "best_matching_visible", "points": 2}
check(best_matching, "best_matching")

# %% nbgrader={"grade_id": "best_matching_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(best_matching, "best_matching", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · The loss of a set
#
# ●●● · about 25 minutes · 5 points
#
# Write `scene_loss(logits, boxes, kinds, true_boxes, queries, box_weight=5.0)`, the loss of one scene whose
# matching is known. It is the sum of three parts:
#
# 1. the mean over the objects of −ln p of the object's kind, in the answer that it was given to;
# 2. the mean over all answers that were left over of −ln p of "nothing", which is the last kind;
# 3. `box_weight` times the mean over the objects of the distance between its box and that of its answer:
#    the sum of the four differences without sign.
#
# Here p is the softmax of a row of `logits`, which has the shape `(n_queries, n_kinds + 1)` and numbers
# between −50 and 50. `boxes` has the shape `(n_queries, 4)`, `kinds` `(n_objects,)` and `true_boxes`
# `(n_objects, 4)`. `queries`, whole numbers of shape `(n_objects,)`, is the matching: number j is the
# answer that object j was given to. There is at least one object, and at least one answer is left over.
# The result is one number.
#
# Write it with NumPy alone; attnlib's own losses are closed while your answer is checked.
#
# <details><summary>Hint</summary>
#
# `logits[queries]` are the rows of the answers that were matched, in the order of the objects. Which are
# left over? Begin with an array of True for all answers.
#
# </details>


# %% nbgrader={"grade_id": "scene_loss", "solution": true}
def scene_loss(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    """Return the loss of a scene whose matching is known."""
    ### BEGIN SOLUTION
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    left = np.ones(len(logits), dtype=bool)
    left[queries] = False
    named = -log_p[queries, kinds].mean()
    silent = -log_p[left, -1].mean()
    apart = np.abs(boxes[queries] - true_boxes).sum(axis=-1).mean()
    return named + silent + box_weight * apart
    ### END SOLUTION


# %% nbgrader={"grade_id": "scene_loss_visible", "points": 3}
check(scene_loss, "scene_loss")

# %% nbgrader={"grade_id": "scene_loss_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(scene_loss, "scene_loss", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · What two boxes have in common
#
# ●●○ · about 20 minutes · 4 points
#
# Write `box_overlap(a, b)`: the area that two boxes have in common, divided by the area that belongs to
# either (or both). `a` and `b` have the same shape `(..., 4)`; a box is the place of its centre, across and
# down, its width and its height, all of them in the same unit and the last two above 0. The result has
# the shape `(...)`: 1 for a box and itself, 0 for boxes that don't meet.
#
# attnlib's own is closed while your answer is checked.
#
# <details><summary>Hint</summary>
#
# Where does each box begin and end, across and down? What they have in common begins where the later one
# begins and ends where the earlier one ends, unless that is before it has begun.
#
# </details>


# %% nbgrader={"grade_id": "box_overlap", "solution": true}
def box_overlap(a, b):
    """Return how much two boxes have in common."""
    ### BEGIN SOLUTION
    begin = np.maximum(a[..., :2] - a[..., 2:] / 2, b[..., :2] - b[..., 2:] / 2)
    end = np.minimum(a[..., :2] + a[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2)
    both = np.maximum(end - begin, 0).prod(axis=-1)
    either = a[..., 2:].prod(axis=-1) + b[..., 2:].prod(axis=-1) - both
    return both / either
    ### END SOLUTION


# %% nbgrader={"grade_id": "box_overlap_visible", "points": 2}
check(box_overlap, "box_overlap")

# %% nbgrader={"grade_id": "box_overlap_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(box_overlap, "box_overlap", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · Why not in order
#
# ●●○ · about 10 minutes · 3 points, marked by a person
#
# A friend says: "Why all this matching? Sort the objects from left to right, give the first to the first
# answer, the second to the second, and take away the attention between the answers, which costs time."
# In three to five sentences: what is hard about the order from left to right, and what does matching
# make easy? Who can use the attention between answers, and for what?

# %% [markdown] nbgrader={"grade_id": "why_matching", "solution": true, "points": 3}
# To give the second object from the left, an answer has to know what else is in the picture and how many
# things are left of it; and where two things stand above each other, a shift of a pixel turns the order
# round, so that nearly the same picture has quite another right answer. With matching the order makes no
# difference: the answer that is nearest to an object is the one that is asked for it, so each can become
# good at a region, whatever else is there. Then two answers may see the same object at the border of
# their regions. Only by attention to each other can they tell who speaks; without it objects are said
# twice, or not at all.
#
# ### BEGIN MARK SCHEME
# 1 point: the order asks each answer for more than it should (how many are to the left), or jumps where
# two objects are nearly equally far left. "It is slower" earns nothing.
#
# 1 point: with matching, order makes no difference (half a point), and answers can specialise (half).
#
# 1 point: attention between answers decides who speaks, against duplicates.
# ### END MARK SCHEME

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 18-detection.ipynb`. Hand in this one
# file under the name it has.
