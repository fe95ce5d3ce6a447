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
# # Exercise: the Vision Transformer
#
# You cut pictures into patches and put them together again, make the tokens that the first block is
# given, and follow the weights through all blocks.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | Sizes by hand | ●○○ | 10 | 1 |
# | 2 | Cut a picture into patches | ●●○ | 20 | 4 |
# | 3 | Put the patches together | ●●○ | 20 | 4 |
# | 4 | The tokens | ●○○ | 15 | 3 |
# | 5 | Rollout | ●●○ | 20 | 4 |
# | 6 | Shuffled pictures | ●●○ | 10 | 3 |
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
# The chapter is [the Vision Transformer](../../chapters/17-vision-transformer.md).

# %%
import numpy as np

from attnlib import check

# %% [markdown]
# ## 1 · Sizes by hand
#
# ●○○ · about 10 minutes · 1 point
#
# A Vision Transformer with a class token reads grey pictures that are 48 pixels high and 72 pixels wide,
# in patches of 6 by 6 pixels.
#
# 1. How many patches has a picture?
# 2. How many numbers has a patch?
# 3. How many tokens are in a block?
# 4. How many weights has one head in one block?
# 5. And how many would it have with patches of 3 by 3 pixels?
#
# <details><summary>Hint</summary>
#
# Every token gives a weight to every token. The class token is one of them, in each case.
#
# </details>

# %% nbgrader={"grade_id": "patches_by_hand", "solution": true}
patches_by_hand = [None, None, None, None, None]  # patches, numbers, tokens, weights, weights
### BEGIN SOLUTION
patches_by_hand = [8 * 12, 36, 97, 97 * 97, 385 * 385]
### END SOLUTION

# %% nbgrader={"grade_id": "patches_by_hand_visible", "points": 1}
check(patches_by_hand, "patches_by_hand")

# %% [markdown]
# ## 2 · Cut a picture into patches
#
# ●●○ · about 20 minutes · 4 points
#
# Write `cut_patches(images, size)`, which makes a sentence of patches of each picture.
#
# - `images` has the shape `(..., H, W)`: there may be no leading axis, or several;
# - `size`, a whole number, divides both sides;
# - the result has the shape `(..., n, size²)`, with `n` patches that don't overlap. They come as words do:
#   from left to right, then the next row. The pixels of a patch come in the same way.
#
# Cut this picture into patches of 2 by 2 on paper first:
#
# | | | | |
# |---|---|---|---|
# | 0 | 1 | 2 | 3 |
# | 4 | 5 | 6 | 7 |
#
# <details><summary>Hint</summary>
#
# `reshape` can split an axis in two: `H` rows of pixels are `H / size` rows of patches times `size` rows
# in each. Do that with both sides. Which of the four axes have to be next to each other before you join
# them? A loop over the squares is as good.
#
# </details>


# %% nbgrader={"grade_id": "cut_patches", "solution": true}
def cut_patches(images, size):
    """Return the patches of each picture, one in a row."""
    ### BEGIN SOLUTION
    *leading, height, width = images.shape
    grid = images.reshape(*leading, height // size, size, width // size, size)
    return grid.swapaxes(-3, -2).reshape(*leading, -1, size * size)
    ### END SOLUTION


# %% nbgrader={"grade_id": "cut_patches_visible", "points": 2}
check(cut_patches, "cut_patches")

# %% nbgrader={"grade_id": "cut_patches_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(cut_patches, "cut_patches", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · Put the patches together
#
# ●●○ · about 20 minutes · 4 points
#
# Write `join_patches(patches, height, width)`, the way back: from patches of the shape `(..., n, size²)`,
# in the order of question 2, to pictures of the shape `(..., height, width)`. You find `size` in the shape
# of the patches. Pictures may be wider than high, or higher than wide.


# %% nbgrader={"grade_id": "join_patches", "solution": true}
def join_patches(patches, height, width):
    """Return the pictures that these patches were cut from."""
    ### BEGIN SOLUTION
    size = round(patches.shape[-1] ** 0.5)
    leading = patches.shape[:-2]
    grid = patches.reshape(*leading, height // size, width // size, size, size)
    return grid.swapaxes(-3, -2).reshape(*leading, height, width)
    ### END SOLUTION


# %% nbgrader={"grade_id": "join_patches_visible", "points": 2}
check(join_patches, "join_patches")

# %% nbgrader={"grade_id": "join_patches_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(join_patches, "join_patches", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · The tokens
#
# ●○○ · about 15 minutes · 3 points
#
# Write `with_class_token(x, class_token, positions)`: what the first block is given.
#
# - `x`, of shape `(..., n, d_model)`, holds the patches of each picture, brought to the size of a token;
# - `class_token`, of shape `(d_model,)`, is the same for all pictures, and stands before the patches;
# - `positions`, of shape `(n + 1, d_model)`, has a row for each token, the first one for the class token.
#   They are added;
# - the result has the shape `(..., n + 1, d_model)`.


# %% nbgrader={"grade_id": "with_class_token", "solution": true}
def with_class_token(x, class_token, positions):
    """Return the class token and the patches, each with its position."""
    ### BEGIN SOLUTION
    first = np.broadcast_to(class_token, (*x.shape[:-2], 1, x.shape[-1]))
    return np.concatenate([first, x], axis=-2) + positions
    ### END SOLUTION


# %% nbgrader={"grade_id": "with_class_token_visible", "points": 2}
check(with_class_token, "with_class_token")

# %% nbgrader={"grade_id": "with_class_token_hidden", "points": 1}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(with_class_token, "with_class_token", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · Rollout
#
# ●●○ · about 20 minutes · 4 points
#
# Write `roll_out(weights, kept=0.5)`: what each token is mixed from after all blocks, by the weights
# alone.
#
# - `weights` has the shape `(n_blocks, n_heads, T, T)`, the first block first; rows sum to 1;
# - in each block, take the mean of the heads. Of every token the share `kept` passes by the attention, and
#   the rest, 1 − `kept`, comes from the tokens that it attends to;
# - the result has the shape `(T, T)`: row i says what token i is mixed from, of the tokens that the first
#   block was given.
#
# <details><summary>Hint</summary>
#
# Before the first block every token is itself: which matrix is that? In a product of matrices, whose rows
# are mixed by the one on the left?
#
# </details>


# %% nbgrader={"grade_id": "roll_out", "solution": true}
def roll_out(weights, kept=0.5):
    """Return what each token is mixed from after all blocks."""
    ### BEGIN SOLUTION
    itself = np.eye(weights.shape[-1])
    sources = itself
    for block in weights:
        sources = (kept * itself + (1 - kept) * block.mean(axis=0)) @ sources
    return sources
    ### END SOLUTION


# %% nbgrader={"grade_id": "roll_out_visible", "points": 2}
check(roll_out, "roll_out")

# %% nbgrader={"grade_id": "roll_out_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(roll_out, "roll_out", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · Shuffled pictures
#
# ●●○ · about 10 minutes · 3 points, marked by a person
#
# Somebody shuffles the patches of all pictures, those to train on and those to test on, in *one and the
# same* order, trains a new Vision Transformer with positions on them, and finds it as good as before. "So
# it doesn't use where the patches are," they say. In three to five sentences: why is it as good as before?
# Does it follow what they say? And which experiment would tell?

# %% [markdown] nbgrader={"grade_id": "same_order", "solution": true, "points": 3}
# A Vision Transformer knows of no neighbourhood: a patch's place is a row of a table that is learnt. If all
# pictures are shuffled in the same way, patch 5 always stands at place 9, say, and the model learns for
# place 9 what it would have learnt for place 5; nothing else changes. So it doesn't follow that places
# don't matter: each patch can still be told by its place. To find out, one would shuffle each picture in an
# order of its own, or take the positions away: then which patch was where is lost, and a model that needs
# it gets worse. On the digits of the chapter it falls from about .95 to little more than a guess.
#
# ### BEGIN MARK SCHEME
# 1 point: with one order for all, a place still says which patch stands there; the table of positions is
# learnt for the new places, and attention knows of no neighbours that could be torn apart.
#
# 1 point: it doesn't follow; the positions may matter as much as before.
#
# 1 point: an order of its own for each picture, or a model without positions (half a point if it isn't said
# what one would expect to see).
# ### END MARK SCHEME

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 17-vision-transformer.ipynb`. Hand in
# this one file under the name it has.
