"""The loss of a language model: each token asks, the next one answers."""

import numpy as np

from attnlib import layers
from attnlib.catalogue.gpt import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import transformer


def _next_token_loss(logits, ids, keep=None):
    answers = None if keep is None else keep[..., 1:]
    return layers.cross_entropy(logits[..., :-1, :], ids[..., 1:], keep=answers)


def loss_without_shift(logits, ids, keep=None):
    keep = np.ones(ids.shape, bool) if keep is None else keep
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][keep].mean()


def loss_shifted_the_wrong_way(logits, ids, keep=None):
    logits, ids = logits[..., 1:, :], ids[..., :-1]
    keep = np.ones(ids.shape, bool) if keep is None else keep[..., 1:]
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][keep].mean()


def loss_of_padding_too(logits, ids, keep=None):
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1).mean()


def loss_divided_by_all(logits, ids, keep=None):
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    keep = np.ones(ids.shape, bool) if keep is None else keep[..., 1:]
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return -(np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0] * keep).mean()


def loss_mean_of_means(logits, ids, keep=None):
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    keep = np.ones(ids.shape, bool) if keep is None else keep[..., 1:]
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    surprise = -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0]
    return np.mean((surprise * keep).sum(axis=-1) / keep.sum(axis=-1))


def loss_sum(logits, ids, keep=None):
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    keep = np.ones(ids.shape, bool) if keep is None else keep[..., 1:]
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][keep].sum()


def loss_in_bits(logits, ids, keep=None):
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    keep = np.ones(ids.shape, bool) if keep is None else keep[..., 1:]
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][keep].mean() / np.log(2)


def loss_softmax_over_tokens(logits, ids, keep=None):
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    keep = np.ones(ids.shape, bool) if keep is None else keep[..., 1:]
    top = logits.max(axis=-2, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-2, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][keep].mean()


def loss_without_maximum(logits, ids, keep=None):
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    keep = np.ones(ids.shape, bool) if keep is None else keep[..., 1:]
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][keep].mean()


def loss_log_after_softmax(logits, ids, keep=None):
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    keep = np.ones(ids.shape, bool) if keep is None else keep[..., 1:]
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = powers / powers.sum(axis=-1, keepdims=True)
    return -np.log(np.take_along_axis(p, ids[..., None], axis=-1)[..., 0][keep]).mean()


def loss_with_epsilon(logits, ids, keep=None):
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    keep = np.ones(ids.shape, bool) if keep is None else keep[..., 1:]
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = powers / powers.sum(axis=-1, keepdims=True)
    return -np.log(np.take_along_axis(p, ids[..., None], axis=-1)[..., 0][keep] + 1e-9).mean()


def loss_minus_forgotten(logits, ids, keep=None):
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    keep = np.ones(ids.shape, bool) if keep is None else keep[..., 1:]
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][keep].mean()


def loss_where_questions_are_real(logits, ids, keep=None):
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    keep = np.ones(ids.shape, bool) if keep is None else keep[..., :-1]
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][keep].mean()


def loss_of_padding_alone(logits, ids, keep=None):
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    keep = np.ones(ids.shape, bool) if keep is None else ~keep[..., 1:]
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][keep].mean()


def loss_without_softmax(logits, ids, keep=None):
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    keep = np.ones(ids.shape, bool) if keep is None else keep[..., 1:]
    return -np.take_along_axis(logits, ids[..., None], axis=-1)[..., 0][keep].mean()


def loss_of_the_mean_probability(logits, ids, keep=None):
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    keep = np.ones(ids.shape, bool) if keep is None else keep[..., 1:]
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = powers / powers.sum(axis=-1, keepdims=True)
    return -np.log(np.take_along_axis(p, ids[..., None], axis=-1)[..., 0][keep].mean())


def loss_is_perplexity(logits, ids, keep=None):
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    keep = np.ones(ids.shape, bool) if keep is None else keep[..., 1:]
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return np.exp(-np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][keep].mean())


def loss_one_maximum(logits, ids, keep=None):
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    keep = np.ones(ids.shape, bool) if keep is None else keep[..., 1:]
    shifted = logits - logits.max()
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][keep].mean()


def loss_keepdims_forgotten(logits, ids, keep=None):
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    keep = np.ones(ids.shape, bool) if keep is None else keep[..., 1:]
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][keep].mean()


def loss_truth_of_keep(logits, ids, keep=None):
    keep = keep[..., 1:] if keep else np.ones(ids[..., 1:].shape, bool)
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][keep].mean()


def _visible():
    one = np.array([[0.0, 2.0, 1.0], [1.0, 0.0, 3.0], [2.0, 2.0, 0.0], [0.0, 1.0, 0.0]])
    two = np.stack([one, 2.0 - one[::-1]])
    ids = np.array([[0, 1, 2, 0], [2, 2, 1, 1]])
    keep = np.array([[True, True, True, True], [True, True, False, False]])
    return [
        Case((one, ids[0])),
        Case((two, ids)),
        Case((two, ids, keep)),
        Case((two[:, :3], ids[:, :3], keep[:, :3])),
        Case((one + np.array([[900.0], [0.0], [-900.0], [0.0]]), ids[0])),
        Case((np.array([[0.0, 1000.0, -1000.0], [3.0, 2.0, 0.0]]), np.array([1, 0]))),
    ]


def _drawn(rng, *shape, n_words, size=2.0):
    return size * rng.standard_normal((*shape, n_words)), rng.integers(n_words, size=shape)


def _hidden(rng):
    logits, ids = _drawn(rng, 3, 6, n_words=5)
    keep = np.arange(6) < np.array([6, 2, 4])[:, None]
    many, their_ids = _drawn(rng, 2, 3, 5, n_words=7)
    ragged = np.arange(5) < rng.integers(2, 6, size=(2, 3))[..., None]
    ragged[0, 0], ragged[1, 2] = np.arange(5) < 5, np.arange(5) < 2
    far, far_ids = _drawn(rng, 4, n_words=4, size=1500.0)
    square, square_ids = _drawn(rng, 5, n_words=4)
    holes = np.array([[True, False, True, True, False, True]] * 3)
    holes[1] = [False, True, True, False, True, True]
    return [
        Case((logits, ids)),
        Case((logits, ids), {"keep": keep}),
        Case((logits, ids, holes)),
        Case((many, their_ids, ragged)),
        Case((many, their_ids), {"keep": None}),
        Case((far, far_ids)),
        Case((square, square_ids)),
        Case(_drawn(rng, 2, n_words=9)),
    ]


EXERCISE = Exercise(
    name="next_token_loss",
    section=f"{PAGE}#gpt-loss",
    reference=_next_token_loss,
    visible=_visible,
    hidden=_hidden,
    seals=(layers.cross_entropy, layers.cross_entropy.vjp, transformer.next_word_loss),
    misconceptions=(
        Misconception(
            "no shift",
            "Each token is asked for itself, which it was given; the answer to it is the next token.",
            loss_without_shift,
            section=f"{PAGE}#gpt-shift",
        ),
        Misconception(
            "shifted the wrong way",
            "Each token is asked for the one before it, which it has seen; the answer is the one after it.",
            loss_shifted_the_wrong_way,
            section=f"{PAGE}#gpt-shift",
        ),
        Misconception(
            "padding learnt too",
            "The argument `keep` makes no difference; answers that are padding must be left out.",
            loss_of_padding_too,
        ),
        Misconception(
            "divided by all places",
            "Padding adds nothing to the sum, but the sum is divided by the number of all places; divide "
            "it by the number of real answers.",
            loss_divided_by_all,
        ),
        Misconception(
            "mean of means",
            "Each text has its own mean, and these are averaged, so that the words of a short text count "
            "more; every word counts the same.",
            loss_mean_of_means,
        ),
        Misconception(
            "sum for mean",
            "The surprises are added up; the loss is their mean.",
            loss_sum,
        ),
        Misconception(
            "bits",
            "The logarithm has base 2; the question asks for nats, the natural logarithm.",
            loss_in_bits,
        ),
        Misconception(
            "softmax over the tokens",
            "The softmax runs down the columns, over the tokens; each token shares a whole among "
            "the words.",
            loss_softmax_over_tokens,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "overflow",
            "Right for small logits, but exp(1000) is more than a float can hold; subtract the largest "
            "of each row first.",
            loss_without_maximum,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "logarithm of a rounded 0",
            "The softmax comes first and its logarithm after; a probability that is too small for a float "
            "has become 0, whose logarithm is infinite. Write the logarithm of the softmax as one formula.",
            loss_log_after_softmax,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "epsilon in the logarithm",
            "A small number is added to the probability, so that no surprise can be larger than a certain "
            "one; write the logarithm of the softmax as one formula.",
            loss_with_epsilon,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "minus forgotten",
            "The logarithm of a probability is negative, and the minus sign that mends it is missing.",
            loss_minus_forgotten,
        ),
        Misconception(
            "questions kept for answers",
            "An answer counts here where its question is a real word; it must count where it is one "
            "itself, so `keep` is shifted with the answers.",
            loss_where_questions_are_real,
        ),
        Misconception(
            "keep turned round",
            "The padding is learnt and the words are left out: True in `keep` means a real word.",
            loss_of_padding_alone,
        ),
        Misconception(
            "softmax forgotten",
            "The logits are taken for logarithms of probabilities; the softmax makes "
            "probabilities of them.",
            loss_without_softmax,
        ),
        Misconception(
            "logarithm of the mean",
            "The probabilities are averaged, and the logarithm is taken of their mean; it is taken of "
            "each, before the mean.",
            loss_of_the_mean_probability,
        ),
        Misconception(
            "perplexity",
            "This is the perplexity, e to the power of the loss; the question asks for the loss.",
            loss_is_perplexity,
        ),
        Misconception(
            "one maximum for all rows",
            "The largest logit of the whole array is subtracted from every row; a row far below it "
            "underflows to 0. Each row needs its own maximum.",
            loss_one_maximum,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "keepdims forgotten",
            "The sum of the powers has lost its axis, so NumPy lines it up with the wrong one or not at "
            "all; pass keepdims=True.",
            loss_keepdims_forgotten,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "if keep:",
            "Right without `keep`; an array with more than one number is neither true nor false. Ask "
            "`keep is None`.",
            loss_truth_of_keep,
        ),
    ),
    properties=(
        Property("A surprise is never negative, nor is their mean.", lambda case, got: bool(got >= -1e-9)),
    ),
)
