"""How well documents fit a question by the words that they share: BM25."""

import numpy as np

from attnlib.catalogue.questions import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import bm25 as library


def _bm25_scores(counts, asked, *, k1=1.2, b=0.75):
    asked = np.unique(asked)
    rarity = np.log((len(counts) + 1) / ((counts > 0).sum(axis=0) + 0.5))
    lengths = counts.sum(axis=1, keepdims=True)
    fits = counts * (k1 + 1) / (counts + k1 * (1 - b + b * lengths / lengths.mean()))
    return (rarity * fits)[:, asked].sum(axis=1)


def rarity_without_one(counts, asked, *, k1=1.2, b=0.75):
    n_with = (counts > 0).sum(axis=0)
    rarity = np.log((len(counts) - n_with + 0.5) / (n_with + 0.5))
    lengths = counts.sum(axis=1, keepdims=True)
    fits = counts * (k1 + 1) / (counts + k1 * (1 - b + b * lengths / lengths.mean()))
    return (rarity * fits)[:, np.unique(asked)].sum(axis=1)


def rarity_upside_down(counts, asked, *, k1=1.2, b=0.75):
    rarity = np.log(((counts > 0).sum(axis=0) + 0.5) / (len(counts) + 1))
    lengths = counts.sum(axis=1, keepdims=True)
    fits = counts * (k1 + 1) / (counts + k1 * (1 - b + b * lengths / lengths.mean()))
    return (rarity * fits)[:, np.unique(asked)].sum(axis=1)


def rarity_of_occurrences(counts, asked, *, k1=1.2, b=0.75):
    rarity = np.log((len(counts) + 1) / (counts.sum(axis=0) + 0.5))
    lengths = counts.sum(axis=1, keepdims=True)
    fits = counts * (k1 + 1) / (counts + k1 * (1 - b + b * lengths / lengths.mean()))
    return (rarity * fits)[:, np.unique(asked)].sum(axis=1)


def rarity_left_out(counts, asked, *, k1=1.2, b=0.75):
    lengths = counts.sum(axis=1, keepdims=True)
    fits = counts * (k1 + 1) / (counts + k1 * (1 - b + b * lengths / lengths.mean()))
    return fits[:, np.unique(asked)].sum(axis=1)


def logarithm_forgotten(counts, asked, *, k1=1.2, b=0.75):
    rarity = (len(counts) + 1) / ((counts > 0).sum(axis=0) + 0.5)
    lengths = counts.sum(axis=1, keepdims=True)
    fits = counts * (k1 + 1) / (counts + k1 * (1 - b + b * lengths / lengths.mean()))
    return (rarity * fits)[:, np.unique(asked)].sum(axis=1)


def logarithm_of_base_two(counts, asked, *, k1=1.2, b=0.75):
    rarity = np.log2((len(counts) + 1) / ((counts > 0).sum(axis=0) + 0.5))
    lengths = counts.sum(axis=1, keepdims=True)
    fits = counts * (k1 + 1) / (counts + k1 * (1 - b + b * lengths / lengths.mean()))
    return (rarity * fits)[:, np.unique(asked)].sum(axis=1)


def length_ignored(counts, asked, *, k1=1.2, b=0.75):
    rarity = np.log((len(counts) + 1) / ((counts > 0).sum(axis=0) + 0.5))
    fits = counts * (k1 + 1) / (counts + k1)
    return (rarity * fits)[:, np.unique(asked)].sum(axis=1)


def length_upside_down(counts, asked, *, k1=1.2, b=0.75):
    rarity = np.log((len(counts) + 1) / ((counts > 0).sum(axis=0) + 0.5))
    lengths = counts.sum(axis=1, keepdims=True)
    fits = counts * (k1 + 1) / (counts + k1 * (1 - b + b * lengths.mean() / lengths))
    return (rarity * fits)[:, np.unique(asked)].sum(axis=1)


def length_of_distinct_words(counts, asked, *, k1=1.2, b=0.75):
    present = counts > 0
    rarity = np.log((len(counts) + 1) / (present.sum(axis=0) + 0.5))
    lengths = present.sum(axis=1, keepdims=True)
    fits = counts * (k1 + 1) / (counts + k1 * (1 - b + b * lengths / lengths.mean()))
    return (rarity * fits)[:, np.unique(asked)].sum(axis=1)


def length_not_compared(counts, asked, *, k1=1.2, b=0.75):
    rarity = np.log((len(counts) + 1) / ((counts > 0).sum(axis=0) + 0.5))
    lengths = counts.sum(axis=1, keepdims=True)
    fits = counts * (k1 + 1) / (counts + k1 * (1 - b + b * lengths))
    return (rarity * fits)[:, np.unique(asked)].sum(axis=1)


def b_the_other_way(counts, asked, *, k1=1.2, b=0.75):
    rarity = np.log((len(counts) + 1) / ((counts > 0).sum(axis=0) + 0.5))
    lengths = counts.sum(axis=1, keepdims=True)
    fits = counts * (k1 + 1) / (counts + k1 * (b + (1 - b) * lengths / lengths.mean()))
    return (rarity * fits)[:, np.unique(asked)].sum(axis=1)


def no_saturation(counts, asked, *, k1=1.2, b=0.75):
    rarity = np.log((len(counts) + 1) / ((counts > 0).sum(axis=0) + 0.5))
    return (rarity * counts)[:, np.unique(asked)].sum(axis=1)


def present_or_not(counts, asked, *, k1=1.2, b=0.75):
    present = counts > 0
    rarity = np.log((len(counts) + 1) / (present.sum(axis=0) + 0.5))
    lengths = counts.sum(axis=1, keepdims=True)
    fits = present * (k1 + 1) / (present + k1 * (1 - b + b * lengths / lengths.mean()))
    return (rarity * fits)[:, np.unique(asked)].sum(axis=1)


def top_without_k1(counts, asked, *, k1=1.2, b=0.75):
    rarity = np.log((len(counts) + 1) / ((counts > 0).sum(axis=0) + 0.5))
    lengths = counts.sum(axis=1, keepdims=True)
    fits = counts / (counts + k1 * (1 - b + b * lengths / lengths.mean()))
    return (rarity * fits)[:, np.unique(asked)].sum(axis=1)


def options_unused(counts, asked, *, k1=1.2, b=0.75):
    rarity = np.log((len(counts) + 1) / ((counts > 0).sum(axis=0) + 0.5))
    lengths = counts.sum(axis=1, keepdims=True)
    fits = counts * 2.2 / (counts + 1.2 * (0.25 + 0.75 * lengths / lengths.mean()))
    return (rarity * fits)[:, np.unique(asked)].sum(axis=1)


def repeated_words_again(counts, asked, *, k1=1.2, b=0.75):
    rarity = np.log((len(counts) + 1) / ((counts > 0).sum(axis=0) + 0.5))
    lengths = counts.sum(axis=1, keepdims=True)
    fits = counts * (k1 + 1) / (counts + k1 * (1 - b + b * lengths / lengths.mean()))
    return (rarity * fits)[:, asked].sum(axis=1)


def all_words(counts, asked, *, k1=1.2, b=0.75):
    rarity = np.log((len(counts) + 1) / ((counts > 0).sum(axis=0) + 0.5))
    lengths = counts.sum(axis=1, keepdims=True)
    fits = counts * (k1 + 1) / (counts + k1 * (1 - b + b * lengths / lengths.mean()))
    return (rarity * fits).sum(axis=1)


def mean_over_the_words(counts, asked, *, k1=1.2, b=0.75):
    rarity = np.log((len(counts) + 1) / ((counts > 0).sum(axis=0) + 0.5))
    lengths = counts.sum(axis=1, keepdims=True)
    fits = counts * (k1 + 1) / (counts + k1 * (1 - b + b * lengths / lengths.mean()))
    return (rarity * fits)[:, np.unique(asked)].mean(axis=1)


def _visible():
    counts = np.array([[1, 1, 0, 0, 0], [1, 0, 1, 1, 0], [1, 0, 2, 0, 1]])
    return [
        Case((counts, np.array([0, 2]))),
        Case((counts, np.array([2, 2, 0]))),
        Case((counts, np.array([2, 0])), {"k1": 2.0, "b": 0.0}),
        Case((counts, np.array([1, 2])), {"b": 1.0}),
    ]


def _hidden(rng):
    counts = rng.poisson(0.9, size=(7, 11))
    counts[:, 3] += 1  # a word that is everywhere
    counts[:, 5] = 0  # and one that is nowhere
    few = rng.integers(0, 4, size=(2, 5))
    few[:, 0] += 1
    return [
        Case((counts, np.array([3, 5, 8]))),
        Case((counts, rng.integers(0, 11, size=6)), {"k1": 0.5, "b": 0.25}),
        Case((counts, np.array([9, 2, 9, 9])), {"k1": 3.0}),
        Case((few, np.array([0, 4]))),
        Case((few, np.array([1])), {"b": 0.5}),
    ]


EXERCISE = Exercise(
    name="bm25_scores",
    section=f"{PAGE}#questions-bm25",
    reference=_bm25_scores,
    visible=_visible,
    hidden=_hidden,
    seals=(library.bm25,),
    axes=("documents",),
    misconceptions=(
        Misconception(
            "rarity below 0",
            "The rarity is ln((N − n + 1/2) / (n + 1/2)), which is negative for words of more than half of "
            "the documents; add 1 to the fraction.",
            rarity_without_one,
        ),
        Misconception(
            "rarity upside down",
            "The fraction of the rarity stands on its head, so that common words count most, with a minus.",
            rarity_upside_down,
        ),
        Misconception(
            "occurrences for documents",
            "The rarity counts how often a word comes; count in how many documents it comes.",
            rarity_of_occurrences,
        ),
        Misconception(
            "rarity left out",
            "All words count alike; multiply each by its rarity.",
            rarity_left_out,
        ),
        Misconception(
            "logarithm forgotten",
            "The rarity is the fraction itself; take its logarithm.",
            logarithm_forgotten,
        ),
        Misconception(
            "logarithm of base 2",
            "The rarity has the logarithm of base 2; take the natural one.",
            logarithm_of_base_two,
        ),
        Misconception(
            "length ignored",
            "The length of a document makes no difference, as if b were 0.",
            length_ignored,
        ),
        Misconception(
            "length upside down",
            "The mean length is divided by the document's, which favours long documents; divide the "
            "document's by the mean.",
            length_upside_down,
        ),
        Misconception(
            "distinct words for length",
            "The length counts each word of a document once; count all that stand there.",
            length_of_distinct_words,
        ),
        Misconception(
            "length not compared",
            "The length is taken as it is; divide it by the mean length of all documents.",
            length_not_compared,
        ),
        Misconception(
            "b the other way round",
            "The weights b and 1 − b have changed places; b belongs to the length.",
            b_the_other_way,
        ),
        Misconception(
            "no saturation",
            "A word that comes ten times counts ten times; divide by the count plus the part with k1.",
            no_saturation,
        ),
        Misconception(
            "present or not",
            "A word that comes again counts no more than once; it does, less and less.",
            present_or_not,
        ),
        Misconception(
            "k1 + 1 forgotten",
            "The factor k1 + 1 on top of the fit is missing.",
            top_without_k1,
        ),
        Misconception(
            "options unused",
            "Right for the usual k1 and b, but other ones make no difference.",
            options_unused,
        ),
        Misconception(
            "repeated words again",
            "A word that stands twice in the question counts twice; here it counts once.",
            repeated_words_again,
        ),
        Misconception(
            "all words",
            "All words of the vocabulary are added up, whatever is asked; add up those of the question.",
            all_words,
        ),
        Misconception(
            "mean for sum",
            "The words' parts are averaged; add them up.",
            mean_over_the_words,
        ),
    ),
    properties=(Property("A score is never negative.", lambda case, got: bool((got >= 0).all())),),
)
