"""How often a query's own document is among the k that are fetched."""

import numpy as np

from attnlib.catalogue.questions import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import retrieval


def _recall_at_k(scores, own, k):
    fetched = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return (fetched == own[:, None]).any(axis=1).mean()


def smallest_first(scores, own, k):
    fetched = np.argsort(scores, axis=1, kind="stable")[:, :k]
    return (fetched == own[:, None]).any(axis=1).mean()


def the_kth_alone(scores, own, k):
    fetched = np.argsort(-scores, axis=1, kind="stable")[:, min(k, scores.shape[1]) - 1]
    return (fetched == own).mean()


def one_too_many(scores, own, k):
    fetched = np.argsort(-scores, axis=1, kind="stable")[:, : k + 1]
    return (fetched == own[:, None]).any(axis=1).mean()


def one_too_few(scores, own, k):
    fetched = np.argsort(-scores, axis=1, kind="stable")[:, : k - 1]
    return (fetched == own[:, None]).any(axis=1).mean()


def own_unused(scores, own, k):
    fetched = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return (fetched == np.arange(len(scores))[:, None]).any(axis=1).mean()


def ties_lost(scores, own, k):
    mine = np.take_along_axis(scores, own[:, None], axis=1)
    return ((scores >= mine).sum(axis=1) <= k).mean()


def ties_won(scores, own, k):
    mine = np.take_along_axis(scores, own[:, None], axis=1)
    return ((scores > mine).sum(axis=1) < k).mean()


def last_of_ties_first(scores, own, k):
    fetched = np.argsort(scores, axis=1, kind="stable")[:, ::-1][:, :k]
    return (fetched == own[:, None]).any(axis=1).mean()


def count(scores, own, k):
    fetched = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return (fetched == own[:, None]).any(axis=1).sum()


def divided_by_k(scores, own, k):
    fetched = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return (fetched == own[:, None]).mean()


def divided_by_the_documents(scores, own, k):
    fetched = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return (fetched == own[:, None]).any(axis=1).sum() / scores.shape[1]


def any_query(scores, own, k):
    fetched = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return float((fetched == own[:, None]).any())


def documents_fetch(scores, own, k):
    fetched = np.argsort(-scores, axis=0, kind="stable")[:k]
    return np.mean([i in fetched[:, document] for i, document in enumerate(own)])


def places_for_documents(scores, own, k):
    places = np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1, kind="stable")[:, :k]
    return (places == own[:, None]).any(axis=1).mean()


def reciprocal_rank(scores, own, k):
    fetched = np.argsort(-scores, axis=1, kind="stable")
    places = (fetched == own[:, None]).argmax(axis=1) + 1
    return np.where(places <= k, 1 / places, 0).mean()


def _visible():
    scores = np.array([[0.0, 5.0, 3.0, 4.0], [9.0, 1.0, 2.0, 8.0], [2.0, 6.0, 7.0, 1.0]])
    tied = np.array([[1.0, 4.0, 4.0, 4.0, 0.0], [2.0, 2.0, 2.0, 2.0, 2.0], [5.0, 3.0, 3.0, 5.0, 1.0]])
    return [
        Case((scores, np.array([2, 0, 1]), 1)),
        Case((scores, np.array([2, 0, 1]), 2)),
        Case((scores, np.array([3, 2, 0]), 3)),
        Case((tied, np.array([2, 1, 3]), 1)),
        Case((tied, np.array([2, 1, 3]), 2)),
        Case((tied, np.array([1, 0, 4]), 9)),
    ]


def _hidden(rng):
    scores = rng.standard_normal((7, 11))
    own = rng.integers(0, 11, size=7)
    whole = rng.integers(0, 3, size=(13, 5)).astype(float)
    right = rng.integers(0, 5, size=13)
    long = rng.integers(0, 4, size=(9, 60)).astype(float)  # NumPy sorts short rows stably in any case
    theirs = rng.integers(0, 60, size=9)
    return [
        *(Case((scores, own, k)) for k in (1, 3, 5, 11)),
        *(Case((whole, right, k)) for k in (1, 2, 4)),
        *(Case((long, theirs, k)) for k in (10, 20, 30)),
        Case((np.ones((6, 4)), np.array([0, 1, 2, 3, 1, 0]), 2)),
        Case((scores[:1], own[:1], 20)),
    ]


EXERCISE = Exercise(
    name="recall_at_k",
    section=f"{PAGE}#questions-measures",
    reference=_recall_at_k,
    visible=_visible,
    hidden=_hidden,
    seals=(retrieval.fetch, retrieval.ranks),
    misconceptions=(
        Misconception(
            "smallest first",
            "The documents with the smallest scores are fetched; the largest score fits best.",
            smallest_first,
        ),
        Misconception(
            "the k-th alone",
            "Only the document in place k counts; all of the first k do.",
            the_kth_alone,
        ),
        Misconception(
            "one too many",
            "One document more than k is fetched; a place counted from 0 is below k.",
            one_too_many,
        ),
        Misconception(
            "one too few",
            "One document less than k is fetched.",
            one_too_few,
        ),
        Misconception(
            "own unused",
            "Query i is taken to belong to document i; `own` says to which it belongs.",
            own_unused,
        ),
        Misconception(
            "ties lost",
            "A document that fits as well as the right one always counts as better; of these, the one that "
            "stands first is fetched first.",
            ties_lost,
        ),
        Misconception(
            "ties won",
            "A document that fits as well as the right one never counts as better; if it stands before it, "
            "it is fetched before it.",
            ties_won,
        ),
        Misconception(
            "the last of ties first",
            "Of documents that fit equally well, the last is fetched first, as it is when a sorted order "
            "is turned round; the first should be.",
            last_of_ties_first,
        ),
        Misconception(
            "count",
            "This counts the queries; divide by how many there are.",
            count,
        ),
        Misconception(
            "divided by k",
            "The hits are divided by k as well; a query's document is fetched or not.",
            divided_by_k,
        ),
        Misconception(
            "divided by the documents",
            "The hits are divided by the number of documents; divide by the number of queries.",
            divided_by_the_documents,
        ),
        Misconception(
            "any query",
            "This asks whether any query at all finds its document; ask it of each, and take the mean.",
            any_query,
        ),
        Misconception(
            "documents fetch queries",
            "The scores are ranked down the columns; a query's documents are its row.",
            documents_fetch,
        ),
        Misconception(
            "places for documents",
            "The places of the first k documents are compared with `own`; compare the documents in the "
            "first k places.",
            places_for_documents,
        ),
        Misconception(
            "reciprocal rank",
            "A hit counts 1 over its place; for the recall each counts 1.",
            reciprocal_rank,
        ),
    ),
    properties=(Property("A share lies between 0 and 1.", lambda case, got: bool(0 <= got <= 1)),),
)
