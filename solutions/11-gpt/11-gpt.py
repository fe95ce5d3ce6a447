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
# # Exercise: GPT
#
# You measure how surprised a language model is, by hand and in code, turn its scores into a choice, let
# it go on with a text from a cache, and count what it costs.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | Perplexity by hand | ●○○ | 10 | 1 |
# | 2 | The loss of the next token | ●●○ | 25 | 5 |
# | 3 | Temperature and top-k | ●●○ | 20 | 4 |
# | 4 | One step with a cache | ●●● | 30 | 6 |
# | 5 | How large is it? | ●○○ | 10 | 1 |
# | 6 | Too good to be true | ●●○ | 10 | 3 |
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
# The chapter is [GPT](../../chapters/11-gpt.md).

# %%
import numpy as np

from attnlib import check

# %% [markdown]
# ## 1 · Perplexity by hand
#
# ●○○ · about 10 minutes · 1 point
#
# A model read two texts, filled up to one length. These are the probabilities that it gave, each time, to
# the word that came:
#
# | | | | | |
# |---|---:|---:|---:|---:|
# | long text | 1/2 | 1/8 | 1 | 1 |
# | short text | 1/16 | 1/16 | padding | padding |
#
# Find three perplexities: of the long text, of the short text, and of the words of both together.
#
# <details><summary>Hint</summary>
#
# Write each probability as a power of 1/2. The exponent is the surprise in bits, and with 2 in place of e
# everything stays a whole number.
#
# </details>

# %% nbgrader={"grade_id": "perplexity_by_hand", "solution": true}
perplexity_by_hand = [None, None, None]  # of the long text, of the short one, of both together
### BEGIN SOLUTION
perplexity_by_hand = [2 ** (4 / 4), 2 ** (8 / 2), 2 ** (12 / 6)]
### END SOLUTION

# %% nbgrader={"grade_id": "perplexity_by_hand_visible", "points": 1}
check(perplexity_by_hand, "perplexity_by_hand")

# %% [markdown]
# ## 2 · The loss of the next token
#
# ●●○ · about 25 minutes · 5 points
#
# Write `next_token_loss(logits, ids, keep=None)`, the loss of a language model in nats: the mean of −ln p
# over all answers.
#
# - `ids`, whole numbers of shape `(..., T)`, are the tokens of the texts;
# - `logits`, of shape `(..., T, n_words)`, holds at each token a score for each word that may come
#   *next*; the softmax of a row is what the model thinks;
# - `keep`, booleans of shape `(..., T)`, is False where a token is padding. Padding is no answer. Every
#   real answer counts the same, in whichever text it stands. Without `keep` all tokens are real;
# - logits may be above 1000 and below −1000, so that a probability can be too small for a float;
# - the result is one number.
#
# For example, three tokens with `np.zeros((3, 8))` for logits give ln 8, whatever the tokens are.
#
# Write it with NumPy alone; attnlib's own losses are closed while your answer is checked.
#
# <details><summary>Hint: who answers whom</summary>
#
# The first token answers nobody, and nobody answers the last. Two slices put each question beside its
# answer. Which of them does `keep` go with?
#
# </details>
#
# <details><summary>Hint: small probabilities</summary>
#
# −ln of a softmax is the logarithm of a sum of powers, minus one logit. Subtract the largest logit of the
# row from all of them first; nothing changes.
#
# </details>


# %% nbgrader={"grade_id": "next_token_loss", "solution": true}
def next_token_loss(logits, ids, keep=None):
    """Return the mean surprise at each real token after the first, in nats."""
    ### BEGIN SOLUTION
    questions, answers = logits[..., :-1, :], ids[..., 1:]
    shifted = questions - questions.max(axis=-1, keepdims=True)
    came = np.take_along_axis(shifted, answers[..., None], axis=-1)[..., 0]
    surprise = np.log(np.exp(shifted).sum(axis=-1)) - came  # (..., T - 1)
    return surprise.mean() if keep is None else surprise[keep[..., 1:]].mean()
    ### END SOLUTION


# %% nbgrader={"grade_id": "next_token_loss_visible", "points": 3}
check(next_token_loss, "next_token_loss")

# %% nbgrader={"grade_id": "next_token_loss_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(next_token_loss, "next_token_loss", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · Temperature and top-k
#
# ●●○ · about 20 minutes · 4 points
#
# Write `next_weights(logits, *, temperature=1.0, top_k=None)`: the probabilities with which the next word
# is drawn. `logits` has shape `(..., n_words)`, and so has the result; each row sums to 1.
#
# - The logits are divided by the temperature before the softmax.
# - With `top_k`, a whole number from 1 to `n_words`, only the k likeliest words of each row have a
#   chance. Words that tie with the last of the k stay in, too.
# - Many programs let a temperature of 0 mean "always the likeliest". Yours does: at 0 the likeliest word
#   has the weight 1; several that tie for the first place share it alike. A temperature below 0 is not
#   tried.
# - Logits may be above 1000 and below −1000.
#
# For example, `next_weights(np.log([8.0, 4.0, 2.0]), top_k=2)` is 2/3, 1/3, 0.
#
# You may import `softmax` from attnlib.
#
# <details><summary>Hint: the k likeliest</summary>
#
# Sort a copy. In it, which place from the end has the smallest logit that stays? What must the others
# become, so that their power is 0?
#
# </details>


# %% nbgrader={"grade_id": "next_weights", "solution": true}
def next_weights(logits, *, temperature=1.0, top_k=None):
    """Return the probability of each word at a temperature, among the k likeliest."""
    ### BEGIN SOLUTION
    if top_k is not None:
        least = np.sort(logits, axis=-1)[..., -top_k, None]
        logits = np.where(logits >= least, logits, -np.inf)
    behind = logits - logits.max(axis=-1, keepdims=True)
    powers = np.exp(behind / temperature) if temperature > 0 else np.where(behind == 0, 1.0, 0.0)
    return powers / powers.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %% nbgrader={"grade_id": "next_weights_visible", "points": 2}
check(next_weights, "next_weights")

# %% nbgrader={"grade_id": "next_weights_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(next_weights, "next_weights", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · One step with a cache
#
# ●●● · about 30 minutes · 6 points
#
# A head of causal self-attention has read some tokens and kept their keys and values. Now new tokens
# come, one or a few. Write `cached_step(x, positions, w_q, w_k, w_v, k_cache, v_cache)`, which returns
# three arrays: the contexts of the new tokens, and both caches with the new keys and values in them.
#
# - `x`, of shape `(..., n, d_model)`, are the embeddings of the n new tokens;
# - `positions`, of shape `(length, d_model)`, has a row for each position, counted from 0. Add to each
#   new token the row of the place where it stands in the whole text;
# - queries, keys and values are products of these tokens with `w_q`, `w_k` and `w_v`;
# - `k_cache` and `v_cache`, of shape `(..., t, d_k)` and `(..., t, d_v)`, come from the t tokens before.
#   t may be 0;
# - a new token attends to all tokens before it, old and new, and to itself, with the softmax and the
#   scale that you know; scores may be above 1000;
# - `k_cache` and `v_cache` stay as they were: what you return is new, of length t + n.
#
# You may import `attention` and `causal_mask` from attnlib.
#
# <details><summary>Hint: the order of things</summary>
#
# Positions, then queries, keys and values, then the longer caches, and attention last: the new tokens see
# themselves.
#
# </details>
#
# <details><summary>Hint: the mask</summary>
#
# There are n queries and t + n keys. The last query belongs to the last key. With n = 1 there is nothing
# to hide.
#
# </details>


# %% nbgrader={"grade_id": "cached_step", "solution": true}
def cached_step(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    """Return the contexts of the new tokens, and the caches of keys and values with theirs."""
    ### BEGIN SOLUTION
    t, n = k_cache.shape[-2], x.shape[-2]
    placed = x + positions[t : t + n]
    k = np.concatenate([k_cache, placed @ w_k], axis=-2)
    v = np.concatenate([v_cache, placed @ w_v], axis=-2)
    scores = placed @ w_q @ k.swapaxes(-2, -1) / np.sqrt(k.shape[-1])  # (..., n, t + n)
    scores = np.where(np.tri(n, t + n, t, dtype=bool), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, k, v
    ### END SOLUTION


# %% nbgrader={"grade_id": "cached_step_visible", "points": 3}
check(cached_step, "cached_step")

# %% nbgrader={"grade_id": "cached_step_hidden", "points": 3}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(cached_step, "cached_step", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · How large is it?
#
# ●○○ · about 10 minutes · 1 point
#
# A GPT has a vocabulary of 20 words and can read up to 10 tokens. It has 3 blocks of 2 heads and
# `d_model = 6`; its feed-forward networks have four times as many features inside. There is a table of
# words, a table of positions, and a matrix of its own that turns the last features into a score for each
# word. Leave biases and norms out, and write down three numbers:
#
# 1. How many parameters has one block?
# 2. How many has the whole model?
# 3. It has read 4 tokens. How many numbers are in its cache, in all blocks together?
#
# <details><summary>Hint</summary>
#
# Attention has four square matrices, the feed-forward network two that aren't square. The cache has two
# vectors for each token and block.
#
# </details>

# %% nbgrader={"grade_id": "gpt_size", "solution": true}
gpt_size = [None, None, None]  # parameters of a block, of the whole, numbers in the cache
### BEGIN SOLUTION
gpt_size = [12 * 6 * 6, 3 * 12 * 6 * 6 + 20 * 6 + 10 * 6 + 6 * 20, 2 * 3 * 4 * 6]
### END SOLUTION

# %% nbgrader={"grade_id": "gpt_size_visible", "points": 1}
check(gpt_size, "gpt_size")

# %% [markdown]
# ## 6 · Too good to be true
#
# ●●○ · about 10 minutes · 3 points, marked by a person
#
# A friend trains a GPT on a novel. After a few minutes its loss is 0.02 nats a word, on chapters that it
# has not trained on as well. The text that it writes is rubbish. In three to five sentences: why can no
# honest model have such a loss on a new chapter? Name two mistakes that explain both the loss and the
# rubbish. How does your friend find out which of them it is?

# %% [markdown] nbgrader={"grade_id": "too_good", "solution": true, "points": 3}
# Nobody can foretell almost every word of a new chapter: text has an entropy of its own, and no loss gets
# below it. So the model sees the answers. Either the causal mask is missing, and a word attends to the
# next one, which is its answer; or the targets are not shifted, and each word is asked for itself. While
# it writes there is no next word to look at, and a model that repeats what it is given has nothing to
# say. Change the last word of a text: if an earlier answer moves, the mask is missing. If none moves,
# look whether the likeliest word at each place is the word that stands there: then the shift is missing.
#
# ### BEGIN MARK SCHEME
# 1 point: a new text can't be foretold to such a degree; there is a floor (entropy) that no model passes.
# "It has overfitted" earns nothing: the chapters are new.
#
# 1 point: both the missing causal mask and the missing shift (half a point each), with the reason that
# the answer is in what the model sees.
#
# 1 point: a test that tells them apart, such as changing a later word and watching earlier results, or
# looking at what is predicted at each place. "Look at the code" alone earns nothing.
# ### END MARK SCHEME

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 11-gpt.ipynb`. Hand in this one
# file under the name it has.
