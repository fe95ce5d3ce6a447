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
# # Exercise: learning
#
# You find a gradient with a pencil, measure one by differences, take layer normalisation there and back,
# and write a step of Adam.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | Back to the scores | ●○○ | 10 | 1 |
# | 2 | Back to a matrix | ●●○ | 15 | 2 |
# | 3 | Measure it | ●●○ | 15 | 4 |
# | 4 | Layer norm | ●○○ | 10 | 4 |
# | 5 | The gradient of layer norm | ●●● | 30 | 5 |
# | 6 | A step of Adam | ●●○ | 15 | 4 |
# | 7 | Sure, and wrong | ●●○ | 10 | 3 |
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
# The chapter is [Learning: the gradient by hand](../../chapters/09-learning.md).

# %%
import numpy as np

from attnlib import byhand, check
from attnlib.layers import cross_entropy

# %% [markdown]
# ## 1 · Back to the scores
#
# ●○○ · about 10 minutes · 1 point
#
# Macbeth again, as in the book. His scores for himself, his wife, Banquo and the Witches are 0, 2, 2 and 4;
# halved they are 0, 1, 1 and 2, the powers of 3 are 1, 3, 3 and 9, and his weights 1/16, 3/16, 3/16 and
# 9/16.
#
# This time he should look at **Lady Macbeth**. The surprise is minus the logarithm, to the base 3, of the
# weight that she gets. What is its gradient with respect to the four *scores*, before they were halved?
# Write fractions such as `3 / 8`; those below zero as `-3 / 8`.
#
# <details><summary>Hint: two steps back</summary>
#
# One through the softmax, to the halved scores: what was given, minus what was wanted. One through the
# half.
#
# </details>

# %% nbgrader={"grade_id": "dscores_by_hand", "solution": true}
dscores_by_hand = [None, None, None, None]  # Macbeth, Lady Macbeth, Banquo, the Witches
### BEGIN SOLUTION
dscores_by_hand = [(1 / 16) / 2, (3 / 16 - 1) / 2, (3 / 16) / 2, (9 / 16) / 2]
### END SOLUTION

# %% nbgrader={"grade_id": "dscores_by_hand_visible", "points": 1}
check(dscores_by_hand, "dscores_by_hand")

# %% [markdown]
# ## 2 · Back to a matrix
#
# ●●○ · about 15 minutes · 2 points
#
# Go on to the gradient of $W_Q$, of shape (6, 3). Macbeth's features and the four keys are

# %%
head = byhand.MACBETH

print("features of Macbeth:", dict(zip(head.features, head.x[0].tolist(), strict=True)))
for name, key in zip(head.tokens, head.x @ head.w_k, strict=True):
    print(f"key of {name:13}", key)

# %% [markdown]
# All that is asked of the head is that Macbeth look at his wife; the queries of the others have no part in
# it.
#
# <details><summary>Hint: the query first</summary>
#
# The query is in four dot products, with four keys. Multiply each key by the gradient of its score, and add
# up.
#
# </details>
#
# <details><summary>Hint: from the query to the matrix</summary>
#
# The query is Macbeth's features times $W_Q$. A row of the gradient belongs to a feature. What does a
# feature that he doesn't have contribute to his query, whatever stands in its row?
#
# </details>

# %% nbgrader={"grade_id": "dw_q_by_hand", "solution": true}
dw_q_by_hand = [
    [None, None, None],  # soldier
    [None, None, None],  # ambitious
    [None, None, None],  # foretold
    [None, None, None],  # tempts
    [None, None, None],  # guilty
    [None, None, None],  # uncanny
]
### BEGIN SOLUTION
dq = np.array(dscores_by_hand) @ (head.x @ head.w_k)
dw_q_by_hand = np.outer(head.x[0], dq)
### END SOLUTION

# %% nbgrader={"grade_id": "dw_q_by_hand_visible", "points": 2}
check(dw_q_by_hand, "dw_q_by_hand")

# %% [markdown]
# ## 3 · Measure it
#
# ●●○ · about 15 minutes · 4 points
#
# `cross_entropy(logits, targets)` is the mean surprise of a model that gives its words these logits, where
# the words that came are `targets`; you have imported it. Write `numeric_gradient(logits, targets, h)`,
# which measures its gradient with respect to `logits`:
#
# - for each entry, by the difference from **both sides**: with the entry at a distance of `h` above and of
#   `h` below, and all others as they were;
# - `logits` has shape `(..., n_words)`, with any axes in front or none, and so has the result;
# - `h` may be large: give the slope that is measured with it, not the exact one;
# - `logits` stays as it was.
#
# <details><summary>Hint: any number of axes</summary>
#
# `for place in np.ndindex(logits.shape)` goes through all entries; `logits[place]` is one of them.
#
# </details>
#
# <details><summary>Hint: only one entry is nudged</summary>
#
# Begin each time with a fresh copy of `logits`.
#
# </details>


# %% nbgrader={"grade_id": "numeric_gradient", "solution": true}
def numeric_gradient(logits, targets, h):
    """Return the gradient of the cross-entropy with respect to the logits, measured from both sides."""
    ### BEGIN SOLUTION
    gradient = np.zeros(logits.shape)
    for place in np.ndindex(logits.shape):
        up, down = logits.copy(), logits.copy()
        up[place] += h
        down[place] -= h
        gradient[place] = (cross_entropy(up, targets) - cross_entropy(down, targets)) / (2 * h)
    return gradient
    ### END SOLUTION


# %% nbgrader={"grade_id": "numeric_gradient_visible", "points": 2}
check(numeric_gradient, "numeric_gradient")

# %% nbgrader={"grade_id": "numeric_gradient_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(numeric_gradient, "numeric_gradient", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · Layer norm
#
# ●○○ · about 10 minutes · 4 points
#
# Write `layer_norm(x, gain, shift)`:
#
# $$y = g \, \frac{x - \bar x}{\sqrt{\operatorname{var}(x) + \epsilon}} + b$$
#
# - `x` has shape `(..., d_model)`: tokens, each with a mean and a variance of its own;
# - `gain` and `shift`, $g$ and $b$, have shape `(d_model,)`;
# - the variance is the mean of the squared distances from the mean;
# - $\epsilon$ is `1e-5`.
#
# Write it with NumPy alone; what attnlib has for it is closed while your answer is checked.
#
# <details><summary>Hint: the axis</summary>
#
# With `keepdims=True` a mean keeps an axis of size 1, so that it can be subtracted from every feature.
#
# </details>


# %% nbgrader={"grade_id": "layer_norm", "solution": true}
def layer_norm(x, gain, shift):
    """Return every token with mean 0 and variance 1, times the gain, plus the shift."""
    ### BEGIN SOLUTION
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred * centred).mean(axis=-1, keepdims=True)
    return gain * centred / np.sqrt(variance + 1e-5) + shift
    ### END SOLUTION


# %% nbgrader={"grade_id": "layer_norm_visible", "points": 2}
check(layer_norm, "layer_norm")

# %% nbgrader={"grade_id": "layer_norm_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(layer_norm, "layer_norm", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · The gradient of layer norm
#
# ●●● · about 30 minutes · 5 points
#
# Write `layer_norm_gradient(x, gain, dy)`, the step back: `dy` is the gradient of some loss with respect to
# the result of question 4, and what you return is the gradient with respect to `x`. Both have the shape of
# `x`. The shift plays no part, and the gain's own gradient isn't asked for.
#
# Each entry of a token acts in three ways: in itself, through the mean and through the variance. You can
# take the chain link by link, or find the formula first; the book has it.
#
# <details><summary>Hint: check it yourself</summary>
#
# A loss is missing? Take the sum of `dy * layer_norm(x, gain, shift)`: its gradient with respect to the
# result is `dy`. Nudge an entry of `x` from both sides and compare.
#
# </details>
#
# <details><summary>Hint: the order</summary>
#
# On the way there the gain came last, so on the way back it comes first. That makes `dn`, the gradient
# with respect to n, out of `dy`.
#
# </details>


# %% nbgrader={"grade_id": "layer_norm_gradient", "solution": true}
def layer_norm_gradient(x, gain, dy):
    """Return the gradient with respect to the tokens, from that with respect to the normalised ones."""
    ### BEGIN SOLUTION
    deviation = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
    n = (x - x.mean(axis=-1, keepdims=True)) / deviation
    dn = gain * dy
    through_the_mean = dn.mean(axis=-1, keepdims=True)
    through_the_variance = n * (dn * n).mean(axis=-1, keepdims=True)
    return (dn - through_the_mean - through_the_variance) / deviation
    ### END SOLUTION


# %% nbgrader={"grade_id": "layer_norm_gradient_visible", "points": 3}
check(layer_norm_gradient, "layer_norm_gradient")

# %% nbgrader={"grade_id": "layer_norm_gradient_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(layer_norm_gradient, "layer_norm_gradient", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · A step of Adam
#
# ●●○ · about 15 minutes · 4 points
#
# Write `adam_step(theta, g, m, v, t, rate)`, which returns the tuple `(theta, m, v)` after one step:
#
# - `theta` holds parameters, `g` their gradient, `m` and `v` the two running means, all of one shape;
# - `t` is the number of this step, 1 for the first;
# - $\beta_1 = 0.9$, $\beta_2 = 0.999$, $\epsilon = 10^{-8}$;
# - the means that you return are those without the correction;
# - the arrays that you are given stay as they were.
#
# Write it with NumPy alone.
#
# <details><summary>Hint: an order that works</summary>
#
# New `m` and `v` first; then two more numbers, corrected; then the step.
#
# </details>


# %% nbgrader={"grade_id": "adam_step", "solution": true}
def adam_step(theta, g, m, v, t, rate):
    """Return parameters and running means after a step against the gradient, (theta, m, v)."""
    ### BEGIN SOLUTION
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    m_hat = m / (1 - 0.9**t)
    v_hat = v / (1 - 0.999**t)
    return theta - rate * m_hat / (np.sqrt(v_hat) + 1e-8), m, v
    ### END SOLUTION


# %% nbgrader={"grade_id": "adam_step_visible", "points": 2}
check(adam_step, "adam_step")

# %% nbgrader={"grade_id": "adam_step_hidden", "points": 2}
# Hidden tests: more inputs, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(adam_step, "adam_step", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 7 · Sure, and wrong
#
# ●●○ · about 10 minutes · 3 points, marked by a person
#
# A head gives a weight of nearly 1 to a wrong key. In three to five sentences: what gradient do its
# scores get if the loss is the surprise of the right key's weight? What if the loss looks at the
# context alone, and why? What has the scale $1/\sqrt{d_k}$ to do with it?

# %% [markdown] nbgrader={"grade_id": "sure_and_wrong", "solution": true, "points": 3}
# The gradient of the surprise is what was given minus what was wanted: nearly 1 for the wrong key and
# nearly -1 for the right one, so the head learns quickly. If the loss looks at the context, the
# gradient has to pass the Jacobian of the softmax, whose entries are p_i (1 - p_i) or -p_i p_j. With
# one weight near 1 and the others near 0 all of them are near 0, so that almost nothing reaches the
# scores, however wrong the context is. Without the scale the scores of random queries and keys spread
# like the root of d_k, and many heads begin in this state; divided by the root they have a variance of
# 1 and the softmax can be moved.
#
# ### BEGIN MARK SCHEME
# 1 point: with the surprise the gradient is large (given minus wanted, near 1 and -1). "It learns"
# without a reason earns nothing.
#
# 1 point: through the context it is nearly 0, because every entry of the softmax's Jacobian has a
# factor near 0 (saturation). "The gradient vanishes" alone earns nothing.
#
# 1 point: without the scale the scores' spread grows with d_k (variance d_k), so heads are saturated
# before they have learnt anything; the scale keeps it at 1.
# ### END MARK SCHEME

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 09-learning.ipynb`. Hand in this one
# file under the name it has.
