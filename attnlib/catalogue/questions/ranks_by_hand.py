"""Recall and the mean reciprocal rank of five requests, by hand."""

import numpy as np

from attnlib.catalogue.questions import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property

SCORES = (
    (7, 2, 4, 1, 3, 5),
    (4, 6, 9, 8, 1, 2),
    (2, 8, 5, 1, 4, 3),
    (6, 5, 9, 2, 7, 1),
    (1, 3, 2, 4, 8, 6),
)


def _measures():
    scores = np.array(SCORES)
    places = (scores >= scores.diagonal()[:, None]).sum(axis=1)
    return np.array([np.mean(places <= 1), np.mean(places <= 2), np.mean(1 / places)])


def smallest_first():
    scores = np.array([(7, 2, 4, 1, 3, 5), (4, 6, 9, 8, 1, 2), (2, 8, 5, 1, 4, 3), (6, 5, 9, 2, 7, 1)])
    scores = np.vstack([scores, (1, 3, 2, 4, 8, 6)])
    places = (scores <= scores.diagonal()[:, None]).sum(axis=1)
    return [np.mean(places <= 1), np.mean(places <= 2), np.mean(1 / places)]


def down_the_columns():
    scores = np.array([(7, 2, 4, 1, 3, 5), (4, 6, 9, 8, 1, 2), (2, 8, 5, 1, 4, 3), (6, 5, 9, 2, 7, 1)])
    scores = np.vstack([scores, (1, 3, 2, 4, 8, 6)])
    places = (scores[:, :5] >= scores.diagonal()).sum(axis=0)
    return [np.mean(places <= 1), np.mean(places <= 2), np.mean(1 / places)]


def one_too_far():
    places = 1 + np.array([1, 3, 2, 5, 1])
    return [np.mean(places <= 1), np.mean(places <= 2), np.mean(1 / places)]


def reciprocal_one_too_far():
    places = np.array([1, 3, 2, 5, 1])
    return [np.mean(places <= 1), np.mean(places <= 2), np.mean(1 / (places + 1))]


def one_over_the_mean_rank():
    places = np.array([1, 3, 2, 5, 1])
    return [np.mean(places <= 1), np.mean(places <= 2), 1 / np.mean(places)]


def mean_rank():
    places = np.array([1, 3, 2, 5, 1])
    return [np.mean(places <= 1), np.mean(places <= 2), np.mean(places)]


def only_the_second():
    places = np.array([1, 3, 2, 5, 1])
    return [np.mean(places == 1), np.mean(places == 2), np.mean(1 / places)]


def precision():
    places = np.array([1, 3, 2, 5, 1])
    return [np.mean(places <= 1), np.mean(places <= 2) / 2, np.mean(1 / places)]


def counts():
    places = np.array([1, 3, 2, 5, 1])
    return [np.sum(places <= 1), np.sum(places <= 2), np.sum(1 / places)]


def divided_by_the_documents():
    places = np.array([1, 3, 2, 5, 1])
    return [np.sum(places <= 1) / 6, np.sum(places <= 2) / 6, np.sum(1 / places) / 6]


EXERCISE = Exercise(
    name="ranks_by_hand",
    section=f"{PAGE}#questions-measures",
    reference=_measures,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "smallest score first",
            "The documents are ranked from the smallest score up; the largest score fits best.",
            smallest_first,
        ),
        Misconception(
            "down the columns",
            "Each document ranks the requests; each request ranks the documents, along its row.",
            down_the_columns,
        ),
        Misconception(
            "places from 2",
            "Every place is one too large; the first place is 1.",
            one_too_far,
        ),
        Misconception(
            "reciprocals from 1/2",
            "The reciprocals are one over the place plus one; the first place is 1 and counts 1/1.",
            reciprocal_one_too_far,
        ),
        Misconception(
            "one over the mean",
            "The last number is 1 over the mean place; take 1 over each place first, then the mean.",
            one_over_the_mean_rank,
        ),
        Misconception(
            "the mean place",
            "The last number is the mean place itself; take the mean of 1 over the places.",
            mean_rank,
        ),
        Misconception(
            "exactly the second",
            "Only documents in the second place count for the recall at 2; those in the first do, too.",
            only_the_second,
        ),
        Misconception(
            "divided by k",
            "The recall at 2 is divided by 2; that is what share of the fetched is right, and not how "
            "often the right one is fetched.",
            precision,
        ),
        Misconception(
            "counts",
            "These are sums over the requests; divide them by how many requests there are.",
            counts,
        ),
        Misconception(
            "divided by the documents",
            "The sums are divided by the number of documents; divide them by the number of requests.",
            divided_by_the_documents,
        ),
    ),
    properties=(
        Property(
            "All three lie between 0 and 1.",
            lambda case, got: bool(((got >= 0) & (got <= 1)).all()),
        ),
        Property(
            "Who is among the first two may be the first: the second number is at least the first.",
            lambda case, got: bool(got[1] >= got[0]),
        ),
    ),
)
