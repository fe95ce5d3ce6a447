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
# # Exercise: what weights mean
#
# You score a head by hand and in code, switch heads off, exchange the weights of a trained judge, and move
# weights without moving what comes of them.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | Two scores and a weight, by hand | ●○○ | 10 | 2 |
# | 2 | The induction score | ●●○ | 25 | 4 |
# | 3 | Switch heads off | ●○○ | 10 | 3 |
# | 4 | What exchanging the weights changes | ●●○ | 20 | 4 |
# | 5 | As far as weights can go | ●●● | 20 | 4 |
# | 6 | A fair explanation? | ●●○ | 15 | 4 |
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
# The chapter is [What weights mean](../../chapters/21-weights.md).

# %%
import numpy as np

from attnlib import check

# %% [markdown]
# ## 1 · Two scores and a weight, by hand
#
# ●○○ · about 10 minutes · 2 points
#
# A head read the text `a b a c a`. These are its weights, a row for each query:
#
# | | a | b | a | c | a |
# |---|---:|---:|---:|---:|---:|
# | **a** | 1 | | | | |
# | **b** | 0.5 | 0.5 | | | |
# | **a** | 0.1 | 0.8 | 0.1 | | |
# | **c** | 0.2 | 0.2 | 0.4 | 0.2 | |
# | **a** | 0 | 0.3 | 0.1 | 0.3 | 0.3 |
#
# 1. What is its previous-token score?
# 2. What is its induction score?
#
# Another head has the weights 1/2, 1/4 and 1/4 on three tokens whose values are the numbers 0, 1 and 4.
#
# 3. Weights on the first and the third token alone give the same context. How much has the third?
#
# <details><summary>Hint</summary>
#
# For the second number, ask of each query whether its letter has stood before, and if so, what stands
# directly behind each earlier copy. Only these queries count.
#
# </details>

# %% nbgrader={"grade_id": "induction_by_hand", "solution": true}
induction_by_hand = [None, None, None]  # previous-token score, induction score, weight of the third
### BEGIN SOLUTION
induction_by_hand = [(0.5 + 0.8 + 0.4 + 0.3) / 4, (0.8 + 0.6) / 2, 1.25 / 4]
### END SOLUTION

# %% nbgrader={"grade_id": "induction_by_hand_visible", "points": 2}
check(induction_by_hand, "induction_by_hand")

# %% [markdown]
# ## 2 · The induction score
#
# ●●○ · about 25 minutes · 4 points
#
# Write `induction_score(weights, ids)`.
#
# - `weights`, of shape `(..., T, T)`, are those of one head or of several, queries before keys. Rows sum
#   to 1, and no query attends to what comes after it;
# - `ids`, whole numbers of shape `(T,)`, is the text;
# - for each query whose letter has stood before, add up its weights on all keys that stand directly
#   behind an earlier copy of the letter. Such a key may be the query itself, as at the second letter of
#   `a a`;
# - the score is the mean of these sums over the queries for which there is such a key. There is one at
#   least;
# - the result has the shape `(...)`: a number for each head.
#
# attnlib's own score is closed while your answer is checked.
#
# <details><summary>Hint</summary>
#
# You may first make a table of shape `(T, T)` that is True at query i and key j if `ids[j - 1] == ids[i]`
# and j isn't later than i. Nothing stands before key 0.
#
# </details>


# %% nbgrader={"grade_id": "induction_score", "solution": true}
def induction_score(weights, ids):
    """Return how much each head looks behind earlier copies of the query's letter."""
    ### BEGIN SOLUTION
    t = len(ids)
    behind = np.zeros((t, t), dtype=bool)
    for i in range(t):
        behind[i, 1 : i + 1] = ids[:i] == ids[i]
    sums = np.where(behind, weights, 0).sum(axis=-1)
    return sums[..., behind.any(axis=-1)].mean(axis=-1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "induction_score_visible", "points": 2}
check(induction_score, "induction_score")

# %% nbgrader={"grade_id": "induction_score_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(induction_score, "induction_score", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · Switch heads off
#
# ●○○ · about 10 minutes · 3 points
#
# Write `switch_off(w_o, heads, n_heads)`: the output matrix of a block in which some heads add nothing.
#
# - `w_o`, of shape `(n_heads * d_head, d_model)`, is multiplied by the heads' contexts, which stand side by
#   side, in order: `contexts @ w_o`;
# - `heads` is a list of the heads to switch off, counted from 0;
# - all other heads add what they did before; and `w_o` itself stays as it was.
#
# attnlib's own function for this is closed while your answer is checked.


# %% nbgrader={"grade_id": "switch_off", "solution": true}
def switch_off(w_o, heads, n_heads):
    """Return the output matrix without some heads."""
    ### BEGIN SOLUTION
    off = w_o.copy()
    d_head = w_o.shape[0] // n_heads
    for head in heads:
        first = head * d_head
        off[first : first + d_head] = 0
    return off
    ### END SOLUTION


# %% nbgrader={"grade_id": "switch_off_visible", "points": 2}
check(switch_off, "switch_off")

# %% nbgrader={"grade_id": "switch_off_hidden", "points": 1}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(switch_off, "switch_off", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · What exchanging the weights changes
#
# ●●○ · about 20 minutes · 4 points
#
# A judge makes one vector of each text, the mean of its states by the attention weights, and from it the
# probabilities of several verdicts: the softmax of `context @ w + b`. Write
# `shuffled_change(weights, states, w, b, order)`: how far these probabilities move when the weights of
# each text are exchanged among its words, and nothing else.
#
# - `weights`, of shape `(n, T)`, are those of n texts; rows sum to 1;
# - `states` has the shape `(n, T, d)`, `w` `(d, n_verdicts)` and `b` `(n_verdicts,)`;
# - `order`, whole numbers of shape `(n, T)`, holds in each row the places of that text in another order:
#   after the exchange, word j has the weight that word `order[..., j]` had;
# - how far probabilities p and q are apart is half the sum of their differences, each taken without its
#   sign: $\tfrac12 \sum_c |p_c - q_c|$;
# - the result has the shape `(n,)`, a distance for each text.
#
# <details><summary>Hint</summary>
#
# A small function inside yours that gives the probabilities for any weights is called twice.
# `np.take_along_axis` puts each row into an order of its own.
#
# </details>


# %% nbgrader={"grade_id": "shuffled_change", "solution": true}
def shuffled_change(weights, states, w, b, order):
    """Return how far each text's verdict moves when its weights are exchanged."""

    ### BEGIN SOLUTION
    def probabilities(weights):
        context = np.einsum("nt,ntd->nd", weights, states)
        logits = context @ w + b
        logits -= logits.max(axis=-1, keepdims=True)
        shares = np.exp(logits)
        return shares / shares.sum(axis=-1, keepdims=True)

    exchanged = np.stack([row[places] for row, places in zip(weights, order, strict=True)])
    return np.abs(probabilities(exchanged) - probabilities(weights)).sum(axis=-1) / 2
    ### END SOLUTION


# %% nbgrader={"grade_id": "shuffled_change_visible", "points": 2}
check(shuffled_change, "shuffled_change")

# %% nbgrader={"grade_id": "shuffled_change_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(shuffled_change, "shuffled_change", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · As far as weights can go
#
# ●●● · about 20 minutes · 4 points
#
# A direction n with $\sum_j n_j = 0$ and $\sum_j n_j v_j = 0$ may be added to weights, once or many times,
# and the context stays the same. But no weight may become negative. Write
# `furthest_weights(weights, direction)`: the weights after the longest step along the direction.
#
# - `weights`, of shape `(T,)`, are at least 0 and sum to 1;
# - `direction`, of shape `(T,)`, sums to 0; at least one of its numbers is below 0;
# - go on until the first weight is 0, and no further. A weight that is 0 already and would fall allows no
#   step at all;
# - the result has the shape `(T,)`.
#
# <details><summary>Hint</summary>
#
# Of the weights that fall: after how many times the direction is each of them 0?
#
# </details>


# %% nbgrader={"grade_id": "furthest_weights", "solution": true}
def furthest_weights(weights, direction):
    """Return the weights moved along the direction until one of them is 0."""
    ### BEGIN SOLUTION
    times = [w / -n for w, n in zip(weights, direction, strict=True) if n < 0]
    return np.clip(weights + min(times) * direction, 0, None)
    ### END SOLUTION


# %% nbgrader={"grade_id": "furthest_weights_visible", "points": 2}
check(furthest_weights, "furthest_weights")

# %% nbgrader={"grade_id": "furthest_weights_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(furthest_weights, "furthest_weights", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · A fair explanation?
#
# ●●○ · about 15 minutes · 4 points, marked by a person
#
# A hospital uses a model that reads letters to doctors with two LSTMs, attends to what they have read and
# decides whether a patient is urgent. The maker shows heat maps: "As you see, the model decided by the word
# *chest*." In five to eight sentences: what do the weights show, and what not? Name two experiments on this
# model that would speak for or against the maker's sentence, and say for each what result would mean what.
# Finally, say what the heat map may be good for all the same.

# %% [markdown] nbgrader={"grade_id": "fair_explanation", "solution": true, "points": 4}
# The weights show how much of each place's vector went into the mean. After the LSTMs have read, the
# vector at *chest* holds something of the whole letter, so that the weight isn't one on the word. First
# experiment: shuffle the weights or make them equal. If the decisions stay, the weights don't matter
# for them, and the sentence has nothing to stand on; if they change, where the model takes its vector
# from does matter. Second: replace *chest* by a neutral word. If urgent letters are no longer called
# urgent, the word counts; if not, it isn't needed, though another word may say the same, so one should
# also take away both. The heat map may show where to look first, such as weights on a letterhead or a
# doctor's name.
#
# ### BEGIN MARK SCHEME
# 1 point: a weight is a share in a sum, and the vector at a place holds more than its word, because it
# was read before. Half a point for "correlation isn't causation" or the like.
#
# 2 points: two experiments that change something in this model (weights shuffled, equal or sought; the
# word occluded; head or attention removed; weights as guides of another model), for each half a point,
# and half a point for what either result means. "Ask doctors" or "compare with gradients" without a
# reason: half a point at most in all.
#
# 1 point: a modest use: where to look first, what to test, finding leaks; or an honest statement of the
# experiments' limits (a word can be said twice; other weights aren't trained weights).
# ### END MARK SCHEME

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 21-weights.ipynb`. Hand in this one
# file under the name it has.
