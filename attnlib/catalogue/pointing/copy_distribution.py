"""How likely each word is to come next, written from a vocabulary or copied from a text."""

import numpy as np

from attnlib.catalogue.pointing import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import pointers


def _copy_distribution(written, weights, gate, text, n_extended):
    p = np.zeros((len(written), n_extended))
    p[:, : written.shape[1]] = gate * written
    np.add.at(p, (slice(None), text), (1 - gate) * weights)
    return p


def overwritten(written, weights, gate, text, n_extended):
    p = np.zeros((len(written), n_extended))
    p[:, : written.shape[1]] = gate * written
    p[:, text] += (1 - gate) * weights
    return p


def put_in_place_of_what_is_written(written, weights, gate, text, n_extended):
    p = np.zeros((len(written), n_extended))
    p[:, : written.shape[1]] = gate * written
    p[:, text] = (1 - gate) * weights
    return p


def overwritten_and_divided(written, weights, gate, text, n_extended):
    p = np.zeros((len(written), n_extended))
    p[:, : written.shape[1]] = gate * written
    p[:, text] += (1 - gate) * weights
    return p / p.sum(axis=-1, keepdims=True)


def gate_turned(written, weights, gate, text, n_extended):
    p = np.zeros((len(written), n_extended))
    p[:, : written.shape[1]] = (1 - gate) * written
    np.add.at(p, (slice(None), text), gate * weights)
    return p


def gate_unused(written, weights, gate, text, n_extended):
    p = np.zeros((len(written), n_extended))
    p[:, : written.shape[1]] = written
    np.add.at(p, (slice(None), text), weights)
    return p


def gate_on_writing_alone(written, weights, gate, text, n_extended):
    p = np.zeros((len(written), n_extended))
    p[:, : written.shape[1]] = gate * written
    np.add.at(p, (slice(None), text), weights)
    return p


def gate_as_a_switch(written, weights, gate, text, n_extended):
    gate = np.where(gate >= 0.5, 1.0, 0.0)
    p = np.zeros((len(written), n_extended))
    p[:, : written.shape[1]] = gate * written
    np.add.at(p, (slice(None), text), (1 - gate) * weights)
    return p


def unknown_clipped(written, weights, gate, text, n_extended):
    p = np.zeros((len(written), n_extended))
    p[:, : written.shape[1]] = gate * written
    np.add.at(p, (slice(None), np.minimum(text, written.shape[1] - 1)), (1 - gate) * weights)
    return p


def unknown_dropped(written, weights, gate, text, n_extended):
    known = text < written.shape[1]
    p = np.zeros((len(written), n_extended))
    p[:, : written.shape[1]] = gate * written
    np.add.at(p, (slice(None), text[known]), ((1 - gate) * weights)[:, known])
    return p


def unknown_taken_for_one(written, weights, gate, text, n_extended):
    p = np.zeros((len(written), n_extended))
    p[:, : written.shape[1]] = gate * written
    np.add.at(p, (slice(None), np.minimum(text, written.shape[1])), (1 - gate) * weights)
    return p


def known_not_copied(written, weights, gate, text, n_extended):
    new = text >= written.shape[1]
    p = np.zeros((len(written), n_extended))
    p[:, : written.shape[1]] = gate * written
    np.add.at(p, (slice(None), text[new]), ((1 - gate) * weights)[:, new])
    return p


def mean_of_places(written, weights, gate, text, n_extended):
    p = np.zeros((len(written), n_extended))
    p[:, : written.shape[1]] = gate * written
    np.add.at(p, (slice(None), text), (1 - gate) * weights / np.bincount(text)[text])
    return p


def vocabulary_alone(written, weights, gate, text, n_extended):
    n_words = written.shape[1]
    p = gate * written
    known = text < n_words
    np.add.at(p, (slice(None), text[known]), ((1 - gate) * weights)[:, known])
    return p


def one_gate_for_all(written, weights, gate, text, n_extended):
    gate = gate.mean()
    p = np.zeros((len(written), n_extended))
    p[:, : written.shape[1]] = gate * written
    np.add.at(p, (slice(None), text), (1 - gate) * weights)
    return p


def changes_what_was_given(written, weights, gate, text, n_extended):
    written *= gate
    p = np.zeros((len(written), n_extended))
    p[:, : written.shape[1]] = written
    np.add.at(p, (slice(None), text), (1 - gate) * weights)
    return p


def _visible():
    written = np.array([[0.5, 0.25, 0.25, 0.0]])
    weights = np.array([[0.125, 0.375, 0.125, 0.375, 0.0]])
    text = np.array([4, 5, 2, 5, 3])
    two = np.array([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125]])
    looked = np.array([[0.5, 0.25, 0.125, 0.125], [0.0625, 0.5, 0.25, 0.1875]])
    sure = np.array([[0.0, 0.5, 0.0, 0.5], [0.0625, 0.5, 0.25, 0.1875]])
    return [
        Case((written, weights, np.array([[0.25]]), text, 6)),
        Case((two, looked, np.array([[0.75], [0.125]]), np.array([1, 3, 3, 1]), 4)),
        Case((two, sure, np.array([[0.0], [1.0]]), np.array([0, 4, 3, 4]), 6)),
    ]


def _case(rng, t_s, n_words, t, n_new):
    written = rng.dirichlet(np.ones(n_words), size=t_s)
    weights = rng.dirichlet(np.ones(t), size=t_s)
    text = rng.integers(n_words + n_new, size=t)
    text[:2] = text[-1]
    return Case((written, weights, rng.uniform(0.1, 0.9, size=(t_s, 1)), text, n_words + n_new))


def _hidden(rng):
    sizes = ((3, 5, 7, 2), (2, 7, 5, 4), (4, 4, 4, 3), (1, 2, 11, 1), (5, 3, 6, 0), (3, 6, 3, 5))
    return [_case(rng, *each) for each in sizes]


EXERCISE = Exercise(
    name="copy_distribution",
    section=f"{PAGE}#pointing-copy",
    reference=_copy_distribution,
    visible=_visible,
    hidden=_hidden,
    seals=(pointers.copy_distribution,),
    axes=("words of the summary", "words of the extended vocabulary"),
    misconceptions=(
        Misconception(
            "places overwritten",
            "A word that stands in several places gets the weight of the last alone: `p[:, ids] += w` adds "
            "once for each number. `np.add.at` adds each time.",
            overwritten,
            section=f"{PAGE}#pointing-mistakes",
        ),
        Misconception(
            "what is written replaced",
            "What is copied replaces what was written, and of several places the last wins; both are "
            "added.",
            put_in_place_of_what_is_written,
            section=f"{PAGE}#pointing-mistakes",
        ),
        Misconception(
            "overwritten and divided",
            "A word that stands in several places gets the weight of the last alone, and a division by the "
            "sum covers it up.",
            overwritten_and_divided,
            section=f"{PAGE}#pointing-mistakes",
        ),
        Misconception(
            "gate the other way",
            "The gate is how much is written; here it is how much is copied.",
            gate_turned,
            section=f"{PAGE}#pointing-mistakes",
        ),
        Misconception(
            "gate unused",
            "The gate makes no difference, and each row sums to 2.",
            gate_unused,
        ),
        Misconception(
            "copied in full",
            "The gate multiplies what is written, and nothing multiplies what is copied.",
            gate_on_writing_alone,
        ),
        Misconception(
            "gate as a switch",
            "The gate is rounded to 0 or 1; it mixes both.",
            gate_as_a_switch,
        ),
        Misconception(
            "unknown words clipped",
            "Words that the vocabulary doesn't hold are taken for its last word; they have places of their "
            "own after it.",
            unknown_clipped,
            section=f"{PAGE}#pointing-mistakes",
        ),
        Misconception(
            "unknown words dropped",
            "Words that the vocabulary doesn't hold get nothing; to copy them is what copying is for.",
            unknown_dropped,
            section=f"{PAGE}#pointing-names",
        ),
        Misconception(
            "all unknown words alike",
            "All words that the vocabulary doesn't hold are taken for the first of them.",
            unknown_taken_for_one,
            section=f"{PAGE}#pointing-strangers",
        ),
        Misconception(
            "known words not copied",
            "Only words that the vocabulary doesn't hold are copied; a word of the vocabulary collects "
            "from both sides.",
            known_not_copied,
        ),
        Misconception(
            "mean of the places",
            "A word that stands in several places gets the mean of their weights; add them.",
            mean_of_places,
        ),
        Misconception(
            "vocabulary alone",
            "There are columns for the words of the vocabulary alone; there must be `n_extended`.",
            vocabulary_alone,
            section=f"{PAGE}#pointing-names",
        ),
        Misconception(
            "one gate for all",
            "The mean of the gates is used for every word; each has its own.",
            one_gate_for_all,
        ),
        Misconception(
            "changes its input",
            "The caller's `written` is changed; work on a copy.",
            changes_what_was_given,
        ),
    ),
    properties=(
        Property(
            "Each row must sum to 1.",
            lambda case, got: np.allclose(got.sum(axis=-1), 1, atol=1e-5),
        ),
    ),
)
