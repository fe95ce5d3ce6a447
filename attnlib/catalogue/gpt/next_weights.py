"""The probabilities of the next word, at a temperature and among the k likeliest."""

import numpy as np

from attnlib import probability
from attnlib.catalogue.gpt import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def _next_weights(logits, *, temperature=1.0, top_k=None):
    k = logits.shape[-1] if top_k is None else top_k
    least = np.sort(logits, axis=-1)[..., -k, None]
    kept = np.where(logits >= least, logits, -np.inf)
    if temperature == 0:
        top = kept == kept.max(axis=-1, keepdims=True)
        return top / top.sum(axis=-1, keepdims=True)
    return probability.softmax(kept, temperature=temperature)


def times_temperature(logits, *, temperature=1.0, top_k=None):
    k = logits.shape[-1] if top_k is None else top_k
    kept = np.where(logits >= np.sort(logits, axis=-1)[..., -k, None], logits, -np.inf)
    scaled = (kept - kept.max(axis=-1, keepdims=True)) * temperature
    powers = np.exp(scaled)
    return powers / powers.sum(axis=-1, keepdims=True)


def temperature_on_probabilities(logits, *, temperature=1.0, top_k=None):
    k = logits.shape[-1] if top_k is None else top_k
    kept = np.where(logits >= np.sort(logits, axis=-1)[..., -k, None], logits, -np.inf)
    powers = np.exp(kept - kept.max(axis=-1, keepdims=True))
    p = powers / powers.sum(axis=-1, keepdims=True)
    scaled = p / max(temperature, 1e-9)
    again = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return again / again.sum(axis=-1, keepdims=True)


def temperature_unused(logits, *, temperature=1.0, top_k=None):
    k = logits.shape[-1] if top_k is None else top_k
    kept = np.where(logits >= np.sort(logits, axis=-1)[..., -k, None], logits, -np.inf)
    powers = np.exp(kept - kept.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def top_k_unused(logits, *, temperature=1.0, top_k=None):
    scaled = (logits - logits.max(axis=-1, keepdims=True)) / max(temperature, 1e-9)
    powers = np.exp(scaled)
    return powers / powers.sum(axis=-1, keepdims=True)


def tail_cut_not_divided_again(logits, *, temperature=1.0, top_k=None):
    k = logits.shape[-1] if top_k is None else top_k
    kept = logits >= np.sort(logits, axis=-1)[..., -k, None]
    powers = np.exp((logits - logits.max(axis=-1, keepdims=True)) / max(temperature, 1e-9))
    return np.where(kept, powers / powers.sum(axis=-1, keepdims=True), 0)


def k_unlikeliest(logits, *, temperature=1.0, top_k=None):
    k = logits.shape[-1] if top_k is None else top_k
    kept = np.where(logits <= np.sort(logits, axis=-1)[..., k - 1, None], logits, -np.inf)
    powers = np.exp((kept - kept.max(axis=-1, keepdims=True)) / max(temperature, 1e-9))
    return powers / powers.sum(axis=-1, keepdims=True)


def tail_scores_zero(logits, *, temperature=1.0, top_k=None):
    k = logits.shape[-1] if top_k is None else top_k
    kept = np.where(logits >= np.sort(logits, axis=-1)[..., -k, None], logits, 0)
    powers = np.exp((kept - kept.max(axis=-1, keepdims=True)) / max(temperature, 1e-9))
    return powers / powers.sum(axis=-1, keepdims=True)


def ties_cut(logits, *, temperature=1.0, top_k=None):
    k = logits.shape[-1] if top_k is None else top_k
    first = np.argsort(-logits, axis=-1, kind="stable")[..., :k]
    kept = np.full_like(logits, -np.inf)
    np.put_along_axis(kept, first, np.take_along_axis(logits, first, axis=-1), axis=-1)
    powers = np.exp((kept - kept.max(axis=-1, keepdims=True)) / max(temperature, 1e-9))
    return powers / powers.sum(axis=-1, keepdims=True)


def one_too_few(logits, *, temperature=1.0, top_k=None):
    kept = logits
    if top_k is not None:
        kept = np.where(logits > np.sort(logits, axis=-1)[..., -top_k, None], logits, -np.inf)
    powers = np.exp((kept - kept.max(axis=-1, keepdims=True)) / max(temperature, 1e-9))
    return powers / powers.sum(axis=-1, keepdims=True)


def one_too_many(logits, *, temperature=1.0, top_k=None):
    k = logits.shape[-1] if top_k is None else min(top_k + 1, logits.shape[-1])
    kept = np.where(logits >= np.sort(logits, axis=-1)[..., -k, None], logits, -np.inf)
    powers = np.exp((kept - kept.max(axis=-1, keepdims=True)) / max(temperature, 1e-9))
    return powers / powers.sum(axis=-1, keepdims=True)


def k_of_all_rows(logits, *, temperature=1.0, top_k=None):
    k = logits.size if top_k is None else top_k
    kept = np.where(logits >= np.sort(logits, axis=None)[-k], logits, -np.inf)
    powers = np.exp((kept - kept.max(axis=-1, keepdims=True)) / max(temperature, 1e-9))
    return powers / powers.sum(axis=-1, keepdims=True)


def along_the_first_axis(logits, *, temperature=1.0, top_k=None):
    k = logits.shape[-1] if top_k is None else top_k
    kept = np.where(logits >= np.sort(logits, axis=-1)[..., -k, None], logits, -np.inf)
    powers = np.exp((kept - kept.max(axis=0, keepdims=True)) / max(temperature, 1e-9))
    return powers / powers.sum(axis=0, keepdims=True)


def without_maximum(logits, *, temperature=1.0, top_k=None):
    k = logits.shape[-1] if top_k is None else top_k
    kept = np.where(logits >= np.sort(logits, axis=-1)[..., -k, None], logits, -np.inf)
    if temperature == 0:
        top = kept == kept.max(axis=-1, keepdims=True)
        return top / top.sum(axis=-1, keepdims=True)
    powers = np.exp(kept / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


def divided_by_zero(logits, *, temperature=1.0, top_k=None):
    k = logits.shape[-1] if top_k is None else top_k
    kept = np.where(logits >= np.sort(logits, axis=-1)[..., -k, None], logits, -np.inf)
    scaled = (kept - kept.max(axis=-1, keepdims=True)) / np.float64(temperature)
    powers = np.exp(scaled)
    return powers / powers.sum(axis=-1, keepdims=True)


def zero_taken_for_one(logits, *, temperature=1.0, top_k=None):
    k = logits.shape[-1] if top_k is None else top_k
    kept = np.where(logits >= np.sort(logits, axis=-1)[..., -k, None], logits, -np.inf)
    powers = np.exp((kept - kept.max(axis=-1, keepdims=True)) / (temperature or 1.0))
    return powers / powers.sum(axis=-1, keepdims=True)


def first_takes_all_at_zero(logits, *, temperature=1.0, top_k=None):
    k = logits.shape[-1] if top_k is None else top_k
    kept = np.where(logits >= np.sort(logits, axis=-1)[..., -k, None], logits, -np.inf)
    if temperature == 0:
        return np.eye(logits.shape[-1])[kept.argmax(axis=-1)]
    powers = np.exp((kept - kept.max(axis=-1, keepdims=True)) / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


def changes_its_input(logits, *, temperature=1.0, top_k=None):
    k = logits.shape[-1] if top_k is None else top_k
    logits[logits < np.sort(logits, axis=-1)[..., -k, None]] = -np.inf
    powers = np.exp((logits - logits.max(axis=-1, keepdims=True)) / max(temperature, 1e-9))
    return powers / powers.sum(axis=-1, keepdims=True)


def not_normalised(logits, *, temperature=1.0, top_k=None):
    k = logits.shape[-1] if top_k is None else top_k
    kept = np.where(logits >= np.sort(logits, axis=-1)[..., -k, None], logits, -np.inf)
    return np.exp((kept - kept.max(axis=-1, keepdims=True)) / max(temperature, 1e-9))


def _visible():
    row = np.log(np.array([8.0, 1.0, 4.0, 2.0]))
    rows = np.array([[2.0, 0.0, 1.0, -1.0], [0.5, 3.0, -2.0, 1.0]])
    return [
        Case((row,)),
        Case((row,), {"temperature": 0.5}),
        Case((row,), {"temperature": 2.0}),
        Case((row,), {"top_k": 2}),
        Case((rows,), {"top_k": 3, "temperature": 2.0}),
        Case((np.array([1.0, 2.0, 0.0, 2.0, 2.0]),), {"top_k": 2}),
        Case((np.array([[1000.0, 1001.0, 0.0], [-1000.0, -3000.0, -1001.0]]),)),
        Case((rows,), {"temperature": 0}),
        Case((np.array([1.0, 2.0, 0.0, 2.0]),), {"temperature": 0}),
    ]


def _hidden(rng):
    block = 2.0 * rng.standard_normal((2, 3, 5))
    whole = rng.integers(-2, 3, size=(4, 6)).astype(float)
    whole[0] = [2.0, 1.0, 1.0, 1.0, 0.0, -1.0]
    far = 700.0 * rng.standard_normal((3, 4))
    return [
        Case((block,)),
        Case((block,), {"temperature": 0.25, "top_k": 2}),
        Case((block,), {"temperature": 3.0, "top_k": 5}),
        Case((block,), {"top_k": 1}),
        Case((whole,), {"top_k": 2}),
        Case((whole,), {"top_k": 3, "temperature": 0.5}),
        Case((whole,), {"temperature": 0}),
        Case((whole,), {"temperature": 0, "top_k": 4}),
        Case((far,), {"temperature": 0.5}),
        Case((far,), {"top_k": 3, "temperature": 500.0}),
        Case((rng.standard_normal((4, 4)) - 3.0,), {"top_k": 3}),
    ]


def _sums_to_one(case, got):
    return np.allclose(got.sum(axis=-1), 1, atol=1e-5)


def _keeps_the_order(case, got):
    order = np.argsort(case.args[0], axis=-1, kind="stable")
    return bool((np.diff(np.take_along_axis(got, order, axis=-1), axis=-1) >= -1e-9).all())


EXERCISE = Exercise(
    name="next_weights",
    section=f"{PAGE}#gpt-temperature",
    reference=_next_weights,
    visible=_visible,
    hidden=_hidden,
    misconceptions=(
        Misconception(
            "temperature multiplies",
            "The logits are multiplied by the temperature; divide them, so that a low one makes the likely "
            "words likelier.",
            times_temperature,
        ),
        Misconception(
            "temperature on probabilities",
            "The temperature divides the probabilities, and a second softmax follows; it divides the "
            "logits, before the only softmax.",
            temperature_on_probabilities,
        ),
        Misconception(
            "temperature unused",
            "The temperature makes no difference. One that divides probabilities, which are then divided "
            "by their sum, makes none either.",
            temperature_unused,
        ),
        Misconception(
            "top_k unused",
            "The argument `top_k` makes no difference; all words but the k likeliest must get 0.",
            top_k_unused,
            section=f"{PAGE}#gpt-top-k",
        ),
        Misconception(
            "not divided again",
            "The unlikely words get 0, and the others keep what they had among all; the k likeliest share "
            "the whole.",
            tail_cut_not_divided_again,
            section=f"{PAGE}#gpt-top-k",
        ),
        Misconception(
            "the k unlikeliest",
            "The k smallest logits stay; keep the k largest.",
            k_unlikeliest,
            section=f"{PAGE}#gpt-top-k",
        ),
        Misconception(
            "0 in place of minus infinity",
            "The unlikely words get the logit 0, which is a logit like others; minus infinity has the "
            "power 0.",
            tail_scores_zero,
            section=f"{PAGE}#gpt-top-k",
        ),
        Misconception(
            "ties cut",
            "Exactly k words stay, and of several with the same logit some are left out; those that tie "
            "with the last of the k stay, too.",
            ties_cut,
            section=f"{PAGE}#gpt-top-k",
        ),
        Misconception(
            "one too few",
            "The last of the k is left out, and all that tie with it: a word stays if its logit is at "
            "least the k-th largest.",
            one_too_few,
            section=f"{PAGE}#gpt-top-k",
        ),
        Misconception(
            "one too many",
            "One word more than k stays.",
            one_too_many,
            section=f"{PAGE}#gpt-top-k",
        ),
        Misconception(
            "k words of all rows",
            "The k largest logits of the whole array stay; each row has its own.",
            k_of_all_rows,
            section=f"{PAGE}#gpt-top-k",
        ),
        Misconception(
            "along the first axis",
            "The softmax runs along the first axis, over texts or tokens; the words are the last.",
            along_the_first_axis,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "overflow",
            "Right for small logits, but exp(1000) is more than a float can hold; subtract the largest "
            "of each row first.",
            without_maximum,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "divided by 0",
            "Right above 0; at a temperature of 0 this divides by 0. There the likeliest words share the "
            "whole.",
            divided_by_zero,
        ),
        Misconception(
            "0 taken for 1",
            "A temperature of 0 is treated like 1, as `temperature or 1` does: 0 counts as false in "
            "Python.",
            zero_taken_for_one,
        ),
        Misconception(
            "first of several",
            "Right but for ties at a temperature of 0, where the first of the likeliest words takes all; "
            "they share the whole.",
            first_takes_all_at_zero,
        ),
        Misconception(
            "changes its input",
            "The caller's logits are overwritten; work on a copy.",
            changes_its_input,
        ),
        Misconception(
            "not normalised",
            "The powers are not divided by their sum.",
            not_normalised,
            section="chapters/05-softmax#softmax-normalise",
        ),
    ),
    properties=(
        Property("Each row must sum to 1.", _sums_to_one),
        Property("A larger logit must never have the smaller weight.", _keeps_the_order),
    ),
)
