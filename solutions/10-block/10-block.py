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
# # Exercise: the block, and order
#
# You tell attention where words stand, in three ways, build the feed-forward network and the block around
# it, and work a block with pencil and paper.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | Waves for positions | ●●○ | 15 | 3 |
# | 2 | Turn the pairs | ●●○ | 20 | 4 |
# | 3 | A bias that falls with the distance | ●●○ | 15 | 3 |
# | 4 | The feed-forward network | ●○○ | 10 | 2 |
# | 5 | A block by hand | ●●● | 35 | 3 |
# | 6 | The block | ●●● | 30 | 6 |
# | 7 | What the plus sign is for | ●●○ | 10 | 3 |
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
# The chapter is [The block, and order](../../chapters/10-block.md).

# %%
import numpy as np

from attnlib import attention, check

# %% [markdown]
# ## 1 · Waves for positions
#
# ●●○ · about 15 minutes · 3 points
#
# Write `sinusoidal_positions(t, d_model)`, which returns a row for each of `t` positions, from 0 on, with
# `d_model` features. Features come in pairs, the sine before the cosine:
#
# $$p_{t,\,2i} = \sin\!\left(t / 10000^{2i/d}\right), \qquad
# p_{t,\,2i+1} = \cos\!\left(t / 10000^{2i/d}\right)$$
#
# `t` and `d_model` are integers; `d_model` is even. Write it with NumPy alone; what attnlib has for it is
# closed while your answer is checked.
#
# <details><summary>Hint: the angles</summary>
#
# There are `d_model / 2` angles at each position. `np.arange(0, d_model, 2)` counts 0, 2, 4 and so on,
# which is `2i`.
#
# </details>
#
# <details><summary>Hint: side by side</summary>
#
# `waves[:, 0::2]` is every second column, beginning with the first. You can assign to it.
#
# </details>


# %% nbgrader={"grade_id": "sinusoidal_positions", "solution": true}
def sinusoidal_positions(t, d_model):
    """Return sines and cosines of each position, (t, d_model)."""
    ### BEGIN SOLUTION
    angles = np.arange(t)[:, None] / 10000 ** (np.arange(0, d_model, 2) / d_model)  # (t, d_model / 2)
    waves = np.empty((t, d_model))
    waves[:, 0::2], waves[:, 1::2] = np.sin(angles), np.cos(angles)
    return waves
    ### END SOLUTION


# %% nbgrader={"grade_id": "sinusoidal_positions_visible", "points": 2}
check(sinusoidal_positions, "sinusoidal_positions")

# %% nbgrader={"grade_id": "sinusoidal_positions_hidden", "points": 1}
# Hidden tests: more sizes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(sinusoidal_positions, "sinusoidal_positions", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 2 · Turn the pairs
#
# ●●○ · about 20 minutes · 4 points
#
# Write `rotate(x, positions)`, the turn of RoPE for one head:
#
# - `x` has shape `(..., T, d)` with an even `d`, and `positions` has shape `(T,)`: token `t` stands at
#   `positions[t]`, which need not be a whole number;
# - each pair of neighbouring features $(x_{2i}, x_{2i+1})$ is turned by the angle
#   $\phi = \text{position} / 10000^{2i/d}$:
#
# $$y_{2i} = x_{2i}\cos\phi - x_{2i+1}\sin\phi, \qquad y_{2i+1} = x_{2i}\sin\phi + x_{2i+1}\cos\phi$$
#
# `x` may hold integers; the result holds floats, in the shape of `x`.
#
# <details><summary>Hint</summary>
#
# Take all first features of the pairs with `x[..., 0::2]` and all second ones with `x[..., 1::2]` before
# you compute anything. The angles have shape `(T, d / 2)`, like each of these in their last two axes.
#
# </details>


# %% nbgrader={"grade_id": "rotate", "solution": true}
def rotate(x, positions):
    """Return `x` with every pair of features turned by the angle of its token's position."""
    ### BEGIN SOLUTION
    d = x.shape[-1]
    angles = positions[:, None] / 10000 ** (np.arange(0, d, 2) / d)  # (T, d / 2)
    first, second = x[..., 0::2], x[..., 1::2]
    y = np.empty(x.shape)
    y[..., 0::2] = first * np.cos(angles) - second * np.sin(angles)
    y[..., 1::2] = first * np.sin(angles) + second * np.cos(angles)
    return y
    ### END SOLUTION


# %% nbgrader={"grade_id": "rotate_visible", "points": 2}
check(rotate, "rotate")

# %% nbgrader={"grade_id": "rotate_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(rotate, "rotate", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · A bias that falls with the distance
#
# ●●○ · about 15 minutes · 3 points
#
# Write `linear_bias(t_q, t_k, slopes)`, which ALiBi adds to the scores. Its shape is
# `(n_heads, t_q, t_k)`, where `slopes` is an array with a positive slope for each head:
#
# - a key loses its head's slope for each step that it is away from the query, before it or after it;
# - the queries are the newest tokens: the last query stands where the last key stands. There may be more
#   queries than keys; the last ones still line up, and the first stand before all keys.
#
# It is no mask: keys after the query get their bias, too.
#
# <details><summary>Hint</summary>
#
# At which place among the keys does query `i` stand? You have seen the same in the exercise on masks.
#
# </details>


# %% nbgrader={"grade_id": "linear_bias", "solution": true}
def linear_bias(t_q, t_k, slopes):
    """Return what each key loses for its distance from each query, (n_heads, t_q, t_k)."""
    ### BEGIN SOLUTION
    query = np.arange(t_k - t_q, t_k)[:, None]  # (t_q, 1)
    return -slopes[:, None, None] * np.abs(query - np.arange(t_k))
    ### END SOLUTION


# %% nbgrader={"grade_id": "linear_bias_visible", "points": 2}
check(linear_bias, "linear_bias")

# %% nbgrader={"grade_id": "linear_bias_hidden", "points": 1}
# Hidden tests: more sizes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(linear_bias, "linear_bias", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · The feed-forward network
#
# ●○○ · about 10 minutes · 2 points
#
# Write `feed_forward(x, w_1, b_1, w_2, b_2)`: what the network *adds* to each token of `x`, shape
# `(..., d_model)`. The first product gives `d_hidden` features, to which `b_1` is added; negative numbers
# become 0; the second product goes back to `d_model`, and `b_2` is added. Neither a norm nor the sum with
# `x` is asked for here.


# %% nbgrader={"grade_id": "feed_forward", "solution": true}
def feed_forward(x, w_1, b_1, w_2, b_2):
    """Return what the feed-forward network adds to each token."""
    ### BEGIN SOLUTION
    return np.maximum(x @ w_1 + b_1, 0) @ w_2 + b_2
    ### END SOLUTION


# %% nbgrader={"grade_id": "feed_forward_visible", "points": 1}
check(feed_forward, "feed_forward")

# %% nbgrader={"grade_id": "feed_forward_hidden", "points": 1}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(feed_forward, "feed_forward", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · A block by hand
#
# ●●● · about 35 minutes · 3 points
#
# Take the block that ends [the chapter](../../chapters/10-block.md), and paper. This time the *man*
# bites the *dog*: the words have changed places, the positions haven't. The tokens are
#
# | | dog | man | first | last |
# |---|---:|---:|---:|---:|
# | man | 0 | 2 | 2 | 0 |
# | bites | 2 | 2 | 0 | 0 |
# | dog | 2 | 0 | 0 | 2 |
#
# All matrices are those of the chapter. Work the block to its end, and write down its result, a row for
# each word. Fractions may be written as `3 / 4` or as decimals.
#
# <details><summary>Hint: where to be careful</summary>
#
# A word sees itself and those before it. Each step reads a *normalised* copy and is added to what was there
# *before* the norm.
#
# </details>

# %% nbgrader={"grade_id": "block_by_hand", "solution": true}
block_by_hand = [
    [None, None, None, None],  # man
    [None, None, None, None],  # bites
    [None, None, None, None],  # dog
]
### BEGIN SOLUTION
block_by_hand = [[-1, 3, 4, -1], [-3 / 4, 19 / 4, 3 / 4, -3 / 4], [8 / 5, 2 / 5, 2 / 5, 13 / 5]]
### END SOLUTION

# %% nbgrader={"grade_id": "block_by_hand_visible", "points": 3}
check(block_by_hand, "block_by_hand")

# %% [markdown]
# ## 6 · The block
#
# ●●● · about 30 minutes · 6 points
#
# Write `block(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None)`, a block with one head and the norm
# *before* each step:
#
# $$y = x + \operatorname{Attention}(\operatorname{Norm}(x)), \qquad
# \text{result} = y + \operatorname{FeedForward}(\operatorname{Norm}(y))$$
#
# - `x` has shape `(..., T, d_model)`; the norm takes each token's mean off and divides by
#   $\sqrt{\operatorname{var} + 10^{-5}}$, the variance being the mean of the squares; there is no gain
#   and no shift;
# - queries are the normalised tokens times `w_q`, keys and values likewise; the context is multiplied by
#   `w_o`;
# - `mask`, where one is given, holds True where a query may attend to a key;
# - the feed-forward network is that of question 4.
#
# You may use your functions, and `attention` from attnlib, which takes `mask=`. What attnlib has for norms
# and blocks is closed.
#
# <details><summary>Hint: two lines</summary>
#
# With a function `norm` of your own, the block is two lines, one for each sum. Give the results of the
# lines different names, and read the formula again: which name stands where?
#
# </details>


# %% nbgrader={"grade_id": "block", "solution": true}
def block(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    """Return the tokens after attention between them and a network on each of them."""

    ### BEGIN SOLUTION
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    n = norm(x)
    y = x + attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o
    return y + np.maximum(norm(y) @ w_1 + b_1, 0) @ w_2 + b_2
    ### END SOLUTION


# %% nbgrader={"grade_id": "block_visible", "points": 3}
check(block, "block")

# %% nbgrader={"grade_id": "block_hidden", "points": 3}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(block, "block", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 7 · What the plus sign is for
#
# ●●○ · about 10 minutes · 3 points, marked by a person
#
# Somebody builds a model of 24 blocks and forgets both plus signs. In three to five sentences: what
# happens to the tokens from block to block, and why? What happens on the way back, when the model is to
# learn? Would a larger feed-forward network help?

# %% [markdown] nbgrader={"grade_id": "plus_sign", "solution": true, "points": 3} Without the sum a token
# is replaced by what attention brings, which is a mean of all tokens. The mean of means is the same for
# everybody, so after a few blocks all tokens are alike and nothing tells them apart. On the way back the
# gradient goes through the product of 24 steps, with no 1 from the sum that would let it pass, and what
# arrives at the first blocks says little about each token. A larger feed-forward network doesn't help: it
# works on each token alone, and from equal tokens it makes equal tokens.
#
# ### BEGIN MARK SCHEME
# 1 point: tokens become alike (or lose what they were), with the reason: a token is replaced by a mean.
#
# 1 point: the way back: without the sum the gradient passes through a product of many steps; with it
# there is a path that lets it through. "It trains badly" alone earns nothing.
#
# 1 point: no, with the reason: the feed-forward network treats each token by itself, so equal tokens stay
# equal, or what was lost can't be brought back.
# ### END MARK SCHEME

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 10-block.ipynb`. Hand in this one
# file under the name it has.
