"""The loss of a model that guesses hidden words: at the places asked for, and nowhere else."""

import numpy as np

from attnlib import layers
from attnlib.catalogue.bert import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import bert


def _masked_loss(logits, ids, asked):
    return layers.cross_entropy(logits, ids, keep=asked)


def loss_everywhere(logits, ids, asked):
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0].mean()


def loss_divided_by_all(logits, ids, asked):
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return -(np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0] * asked).mean()


def loss_at_the_others(logits, ids, asked):
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][~asked].mean()


def loss_shifted(logits, ids, asked):
    logits, ids, asked = logits[..., :-1, :], ids[..., 1:], asked[..., 1:]
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][asked].mean()


def loss_mean_of_means(logits, ids, asked):
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    surprise = -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0]
    counts = np.maximum(asked.sum(axis=-1), 1)
    return np.mean((surprise * asked).sum(axis=-1) / counts)


def loss_sum(logits, ids, asked):
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][asked].sum()


def loss_in_bits(logits, ids, asked):
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][asked].mean() / np.log(2)


def loss_over_tokens(logits, ids, asked):
    top = logits.max(axis=-2, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-2, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][asked].mean()


def loss_without_maximum(logits, ids, asked):
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][asked].mean()


def loss_log_after(logits, ids, asked):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = powers / powers.sum(axis=-1, keepdims=True)
    return -np.log(np.take_along_axis(p, ids[..., None], axis=-1)[..., 0][asked]).mean()


def loss_with_epsilon(logits, ids, asked):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = powers / powers.sum(axis=-1, keepdims=True)
    return -np.log(np.take_along_axis(p, ids[..., None], axis=-1)[..., 0][asked] + 1e-9).mean()


def loss_minus_forgotten(logits, ids, asked):
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][asked].mean()


def loss_without_softmax(logits, ids, asked):
    log_p = logits
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][asked].mean()


def loss_of_the_mean(logits, ids, asked):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = powers / powers.sum(axis=-1, keepdims=True)
    return -np.log(np.take_along_axis(p, ids[..., None], axis=-1)[..., 0][asked].mean())


def loss_perplexity(logits, ids, asked):
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return np.exp(-np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][asked].mean())


def loss_one_maximum(logits, ids, asked):
    top = logits.max()
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][asked].mean()


def loss_share_wrong(logits, ids, asked):
    return (logits.argmax(axis=-1) != ids)[asked].mean()


def loss_first_only(logits, ids, asked):
    first = asked & (asked.cumsum(axis=-1) == 1)
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][first].mean()


def _visible():
    one = np.array([[0.0, 2.0, 1.0], [1.0, 0.0, 3.0], [2.0, 2.0, 0.0], [0.0, 1.0, 0.0]])
    two = np.stack([one, 2.0 - one[::-1]])
    ids = np.array([[0, 1, 2, 0], [2, 2, 1, 1]])
    asked = np.array([[True, False, True, True], [False, True, False, False]])
    far = one + np.array([[900.0], [0.0], [-900.0], [0.0]])
    return [
        Case((one, ids[0], asked[0])),
        Case((two, ids, asked)),
        Case((two[:, :3], ids[:, :3], asked[:, :3])),
        Case((far, ids[0], asked[0])),
        Case(
            (
                np.array([[0.0, 1000.0, -1000.0], [3.0, 2.0, 0.0], [1.0, 0.0, 2.0]]),
                np.array([0, 0, 1]),
                np.array([True, False, True]),
            )
        ),
    ]


def _hidden(rng):
    def drawn(*shape, n_words, size=2.0):
        asked = rng.random(shape) < 0.4
        asked[..., 1] = True
        asked[..., -1] = False
        return size * rng.standard_normal((*shape, n_words)), rng.integers(n_words, size=shape), asked

    return [
        Case(drawn(3, 7, n_words=5)),
        Case(drawn(2, 3, 5, n_words=7)),
        Case(drawn(4, n_words=4, size=1500.0)),
        Case(drawn(5, n_words=4)),
        Case(drawn(2, 11, n_words=9)),
    ]


EXERCISE = Exercise(
    name="masked_loss",
    section=f"{PAGE}#bert-loss",
    reference=_masked_loss,
    visible=_visible,
    hidden=_hidden,
    seals=(layers.cross_entropy, layers.cross_entropy.vjp, bert.masked_word_loss),
    misconceptions=(
        Misconception(
            "loss everywhere",
            "The argument `asked` makes no difference: the mean is taken over all words, most of "
            "which the model was shown.",
            loss_everywhere,
        ),
        Misconception(
            "divided by all places",
            "Only the words asked for are added up, but the sum is divided by the number of all places.",
            loss_divided_by_all,
        ),
        Misconception(
            "asked turned round",
            "The loss is taken where the model was shown the word; take it where it was asked.",
            loss_at_the_others,
        ),
        Misconception(
            "shifted as in GPT",
            "Each place is compared with the next word; the question is which word stands at the "
            "place itself.",
            loss_shifted,
            section=f"{PAGE}#bert-masks",
        ),
        Misconception(
            "mean of means",
            "Each text has its own mean, and these are averaged; every word asked for counts the same.",
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
            "The softmax runs down the columns, over the tokens; each place shares a whole among "
            "the words.",
            loss_over_tokens,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "overflow",
            "Right for small logits, but exp(1000) is more than a float can hold; subtract the "
            "largest of each row first.",
            loss_without_maximum,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "logarithm of a rounded 0",
            "The softmax comes first and its logarithm after; a probability that is too small for"
            " a float has become 0, whose logarithm is infinite. Write the logarithm of the "
            "softmax as one formula.",
            loss_log_after,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "epsilon in the logarithm",
            "A small number is added to the probability, so that no surprise can be larger than a"
            " certain one; write the logarithm of the softmax as one formula.",
            loss_with_epsilon,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "minus forgotten",
            "The logarithm of a probability is negative, and the minus sign that mends it is missing.",
            loss_minus_forgotten,
        ),
        Misconception(
            "softmax forgotten",
            "The logits are taken for logarithms of probabilities; the softmax makes "
            "probabilities of them.",
            loss_without_softmax,
        ),
        Misconception(
            "logarithm of the mean",
            "The probabilities are averaged, and the logarithm is taken of their mean; it is "
            "taken of each, before the mean.",
            loss_of_the_mean,
        ),
        Misconception(
            "perplexity",
            "This is the perplexity, e to the power of the loss; the question asks for the loss.",
            loss_perplexity,
        ),
        Misconception(
            "one maximum for all rows",
            "The largest logit of the whole array is subtracted from every row; a row far below "
            "it underflows to 0. Each row needs its own maximum.",
            loss_one_maximum,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "share of wrong guesses",
            "This is the share of guesses that are wrong; the loss is the mean of −ln p.",
            loss_share_wrong,
        ),
        Misconception(
            "one question a text",
            "Only the first word asked for in each text counts; every one of them does.",
            loss_first_only,
        ),
    ),
    properties=(
        Property("A mean of surprises is never negative.", lambda case, got: bool((got >= 0).all())),
    ),
)
