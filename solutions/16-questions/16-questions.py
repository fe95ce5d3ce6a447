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
# # Exercise: retrieval and questions
#
# You rank documents and measure how well they are ranked, by hand and in code, write the loss by which a
# search learns, and let a question hop from fact to fact.
#
# | | question | how hard | minutes | points |
# |---|---|---|---:|---:|
# | 1 | Ranks by hand | ●○○ | 10 | 1 |
# | 2 | BM25 | ●●○ | 25 | 5 |
# | 3 | In-batch contrast | ●●○ | 25 | 5 |
# | 4 | Recall at k | ●●○ | 15 | 4 |
# | 5 | Hops | ●●● | 30 | 6 |
# | 6 | Sure, and wrong | ●●○ | 10 | 3 |
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
# The chapter is [Retrieval and questions](../../chapters/16-questions.md).

# %%
import numpy as np

from attnlib import check

# %% [markdown]
# ## 1 · Ranks by hand
#
# ●○○ · about 10 minutes · 1 point
#
# Five requests and six documents. Request a belongs to document A, b to B, and so on; nobody asks for F.
# A larger score fits better:
#
# | | A | B | C | D | E | F |
# |---|---:|---:|---:|---:|---:|---:|
# | **a** | 7 | 2 | 4 | 1 | 3 | 5 |
# | **b** | 4 | 6 | 9 | 8 | 1 | 2 |
# | **c** | 2 | 8 | 5 | 1 | 4 | 3 |
# | **d** | 6 | 5 | 9 | 2 | 7 | 1 |
# | **e** | 1 | 3 | 2 | 4 | 8 | 6 |
#
# Find three numbers: the recall at 1, the recall at 2, and the mean reciprocal rank.
#
# <details><summary>Hint</summary>
#
# Write down the place of each request's own document first, five whole numbers.
#
# </details>

# %% nbgrader={"grade_id": "ranks_by_hand", "solution": true}
ranks_by_hand = [None, None, None]  # recall at 1, recall at 2, mean reciprocal rank
### BEGIN SOLUTION
ranks_by_hand = [2 / 5, 3 / 5, (1 + 1 / 3 + 1 / 2 + 1 / 5 + 1) / 5]
### END SOLUTION

# %% nbgrader={"grade_id": "ranks_by_hand_visible", "points": 1}
check(ranks_by_hand, "ranks_by_hand")

# %% [markdown]
# ## 2 · BM25
#
# ●●○ · about 25 minutes · 5 points
#
# Write `bm25_scores(counts, asked, *, k1=1.2, b=0.75)`: how well each document fits a question.
#
# - `counts`, whole numbers of shape `(n_documents, n_words)`, says how often each word of the vocabulary
#   comes in each document; no document is empty;
# - `asked`, whole numbers of shape `(T_q,)`, are the words of the question: columns of `counts`. A word
#   that stands in it twice counts once;
# - the score is the sum, over the words of the question, of rarity times fit, as in the chapter: the
#   rarity ln((N + 1) / (n + 1/2)) with n the number of documents that have the word at all, and the fit
#   with `k1` and `b`. A word may be in no document;
# - the result has shape `(n_documents,)`.
#
# <details><summary>Hint: two tables</summary>
#
# The rarity has a number for each word, the fit one for each document and word. Multiply them, and add up
# some of the columns.
#
# </details>


# %% nbgrader={"grade_id": "bm25_scores", "solution": true}
def bm25_scores(counts, asked, *, k1=1.2, b=0.75):
    """Return how well each document fits the question, by the words that they share."""
    ### BEGIN SOLUTION
    n_with = (counts > 0).sum(axis=0)
    rarity = np.log((len(counts) + 1) / (n_with + 0.5))  # (n_words,)
    length = counts.sum(axis=1, keepdims=True)
    fit = counts * (k1 + 1) / (counts + k1 * (1 - b + b * length / length.mean()))
    return (rarity * fit)[:, np.unique(asked)].sum(axis=1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "bm25_scores_visible", "points": 3}
check(bm25_scores, "bm25_scores")

# %% nbgrader={"grade_id": "bm25_scores_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(bm25_scores, "bm25_scores", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · In-batch contrast
#
# ●●○ · about 25 minutes · 5 points
#
# Write `in_batch_loss(queries, keys, *, temperature=0.1)`: how surprising it is which key each query
# belongs to, when it chooses among all keys of the batch.
#
# - `queries` and `keys` have shape `(n, d)`; query i belongs to key i. They come in all lengths;
# - a score is the cosine of a query and a key, divided by the temperature;
# - each query chooses by a softmax over the keys. The loss is the mean of −ln p of its own key, in nats.
#   Only the queries choose: leave the other direction out;
# - the temperature may be so low that scores are above 1000, and that a probability is too small for a
#   float;
# - the result is one number.
#
# For example, three queries that are all alike, with three keys that are all alike, give ln 3.
#
# Write it with NumPy alone; attnlib's own losses are closed while your answer is checked.
#
# <details><summary>Hint: which places</summary>
#
# There are n times n scores. The right ones stand on the diagonal, and each of them is also one of those
# that its query chooses among.
#
# </details>
#
# <details><summary>Hint: small probabilities</summary>
#
# −ln of a softmax is the logarithm of a sum of powers, minus one score. Subtract the largest score of the
# row from all of them first.
#
# </details>


# %% nbgrader={"grade_id": "in_batch_loss", "solution": true}
def in_batch_loss(queries, keys, *, temperature=0.1):
    """Return the mean surprise at each query's own key among all keys, in nats."""
    ### BEGIN SOLUTION
    q = queries / np.linalg.norm(queries, axis=-1, keepdims=True)
    k = keys / np.linalg.norm(keys, axis=-1, keepdims=True)
    scores = q @ k.T / temperature  # (n, n)
    behind = scores - scores.max(axis=1, keepdims=True)
    return (np.log(np.exp(behind).sum(axis=1)) - np.diag(behind)).mean()
    ### END SOLUTION


# %% nbgrader={"grade_id": "in_batch_loss_visible", "points": 3}
check(in_batch_loss, "in_batch_loss")

# %% nbgrader={"grade_id": "in_batch_loss_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(in_batch_loss, "in_batch_loss", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · Recall at k
#
# ●●○ · about 15 minutes · 4 points
#
# Write `recall_at_k(scores, own, k)`: the share of queries whose own document is among the k that are
# fetched.
#
# - `scores`, of shape `(n_queries, n_documents)`, says how well each document fits each query;
# - `own`, whole numbers of shape `(n_queries,)`, says which document each query belongs to;
# - the documents with the largest scores are fetched. Of several that fit equally well, the one that
#   stands first is fetched first;
# - `k` is a whole number from 1. If it is more than there are documents, all are fetched;
# - the result is one number.
#
# <details><summary>Hint: ties</summary>
#
# Sort in a way that keeps equal scores in their order: `kind="stable"`. Turning the result round
# afterwards would undo that.
#
# </details>


# %% nbgrader={"grade_id": "recall_at_k", "solution": true}
def recall_at_k(scores, own, k):
    """Return how often a query's own document is among the first k."""
    ### BEGIN SOLUTION
    fetched = np.argsort(-scores, axis=1, kind="stable")[:, :k]  # (n_queries, k)
    return (fetched == own[:, None]).any(axis=1).mean()
    ### END SOLUTION


# %% nbgrader={"grade_id": "recall_at_k_visible", "points": 2}
check(recall_at_k, "recall_at_k")

# %% nbgrader={"grade_id": "recall_at_k_hidden", "points": 2}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(recall_at_k, "recall_at_k", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · Hops
#
# ●●● · about 30 minutes · 6 points
#
# Write `answer_by_hops(u, keys, values, w)`, which lets a question look among facts as often as `w` has
# matrices. It returns two arrays: what the question has become, and where each hop looked.
#
# - `u`, of shape `(..., d)`, is the question;
# - `keys`, of shape `(..., n_facts, d)`, are the facts as every hop finds them;
# - `values`, of shape `(n_hops, ..., n_facts, d)`, are the facts as each hop reads them;
# - `w`, of shape `(n_hops, d, d)`, turns the question after each hop has looked: the next one looks with
#   `u @ w[h]` plus what hop h has read;
# - scores are divided by the root of d and may be above 1000; each question's softmax is over the facts
#   of its own story;
# - the first result has shape `(..., d)`, the second, the weights, `(n_hops, ..., n_facts)`.
#
# You may import `attention` from attnlib.
#
# <details><summary>Hint: one question as one query</summary>
#
# Attention wants an axis of queries. `u[..., None, :]` has one, of length 1; take it away again from what
# comes out.
#
# </details>
#
# <details><summary>Hint: by hand first</summary>
#
# The first visible case is the torch of the chapter. Which fact has nearly all the weight at each hop?
#
# </details>


# %% nbgrader={"grade_id": "answer_by_hops", "solution": true}
def answer_by_hops(u, keys, values, w):
    """Return the question after its last hop, and the weights of all hops."""
    ### BEGIN SOLUTION
    seen = []
    for h in range(len(w)):
        scores = (keys @ u[..., None])[..., 0] / np.sqrt(u.shape[-1])  # (..., n_facts)
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights = powers / powers.sum(axis=-1, keepdims=True)
        read = (weights[..., None, :] @ values[h])[..., 0, :]  # (..., d)
        seen.append(weights)
        u = u @ w[h] + read
    return u, np.stack(seen)
    ### END SOLUTION


# %% nbgrader={"grade_id": "answer_by_hops_visible", "points": 3}
check(answer_by_hops, "answer_by_hops")

# %% nbgrader={"grade_id": "answer_by_hops_hidden", "points": 3}
# Hidden tests: more shapes, tried when your work is graded. There is nothing to do here.
### BEGIN HIDDEN TESTS
check(answer_by_hops, "answer_by_hops", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · Sure, and wrong
#
# ●●○ · about 10 minutes · 3 points, marked by a person
#
# A library puts a search by learnt vectors in front of a reader that answers questions. In a test the
# reader was right 99 times in 100. In use, one answer in ten is wrong, and the wrong ones come with a
# probability of 0.99, too. In three to five sentences: how can both numbers be true? What would you
# measure to find out where it fails? Name one change that would let the library's visitors see a wrong
# answer for what it is.

# %% [markdown] nbgrader={"grade_id": "sure_and_wrong", "solution": true, "points": 3}
# In the test the reader was probably given the right document; in use it is given what the search
# fetches, and answers from a wrong document as if it were the right one. Its probability says how sure it
# is given the document, not whether the document is the one that was asked for, and a softmax must give
# all its weight to something. So measure the recall of the search, and the answers from the right
# document and from a wrong one apart: right answers are about the recall times the first, plus the rest
# times the second. Show the source beside the answer, and how far its score is ahead of the next one's;
# or mix the answers from several documents by their weights.
#
# ### BEGIN MARK SCHEME
# 1 point: the reader was tested on the right documents (or the like), and its probability is conditional
# on the document it was given. "It overfits" earns nothing.
#
# 1 point: measures search and reader apart: the recall at k, and the answers from right documents and
# from wrong ones.
#
# 1 point: a change that shows the doubt: the source beside the answer, the document's score or its
# distance to the next, answers mixed over several documents, a threshold on the score for "not found".
# "Train longer" earns nothing.
# ### END MARK SCHEME

# %% [markdown]
# ## Before you hand in
#
# Restart the kernel and run everything, from the menu *Kernel*. Save. Press *Validate* above the
# notebook, or in a terminal in this folder: `nbgrader validate 16-questions.ipynb`. Hand in this one
# file under the name it has.
