"""One step of an online softmax: a block of scores and values, and what was kept of those before."""

import numpy as np

from attnlib.catalogue.long import PAGE
from attnlib.exercise import Case, Exercise, Misconception
from attnlib.long import online_steps
from attnlib.variants import online_attention


def _block_step(peak, total, context, scores, v):
    new = np.maximum(peak, scores.max(axis=-1, keepdims=True))
    shrink, powers = np.exp(peak - new), np.exp(scores - new)
    return new, shrink * total + powers.sum(axis=-1, keepdims=True), shrink * context + powers @ v


def step_never_mends(peak, total, context, scores, v):
    new = np.maximum(peak, scores.max(axis=-1, keepdims=True))
    powers = np.exp(scores - new)
    return new, total + powers.sum(axis=-1, keepdims=True), context + powers @ v


def step_leaves_the_context(peak, total, context, scores, v):
    new = np.maximum(peak, scores.max(axis=-1, keepdims=True))
    powers = np.exp(scores - new)
    return new, np.exp(peak - new) * total + powers.sum(axis=-1, keepdims=True), context + powers @ v


def step_leaves_the_total(peak, total, context, scores, v):
    new = np.maximum(peak, scores.max(axis=-1, keepdims=True))
    powers = np.exp(scores - new)
    return new, total + powers.sum(axis=-1, keepdims=True), np.exp(peak - new) * context + powers @ v


def step_mends_upwards(peak, total, context, scores, v):
    new = np.maximum(peak, scores.max(axis=-1, keepdims=True))
    r, powers = np.exp(np.where(np.isinf(peak), 0.0, np.minimum(new - peak, 500.0))), np.exp(scores - new)
    return new, r * total + powers.sum(axis=-1, keepdims=True), r * context + powers @ v


def step_forgets_the_old_peak(peak, total, context, scores, v):
    new = scores.max(axis=-1, keepdims=True)
    r, powers = np.exp(np.minimum(peak - new, 500.0)), np.exp(scores - new)
    return new, r * total + powers.sum(axis=-1, keepdims=True), r * context + powers @ v


def step_block_from_its_own_peak(peak, total, context, scores, v):
    new = np.maximum(peak, scores.max(axis=-1, keepdims=True))
    r, powers = np.exp(peak - new), np.exp(scores - scores.max(axis=-1, keepdims=True))
    return new, r * total + powers.sum(axis=-1, keepdims=True), r * context + powers @ v


def step_one_peak_for_all(peak, total, context, scores, v):
    new = np.full_like(peak, max(peak.max(), scores.max()))
    r, powers = np.exp(peak - new), np.exp(scores - new)
    return new, r * total + powers.sum(axis=-1, keepdims=True), r * context + powers @ v


def step_divides(peak, total, context, scores, v):
    new = np.maximum(peak, scores.max(axis=-1, keepdims=True))
    r, powers = np.exp(peak - new), np.exp(scores - new)
    total = r * total + powers.sum(axis=-1, keepdims=True)
    return new, total, (r * context + powers @ v) / total


def step_block_alone(peak, total, context, scores, v):
    new = np.maximum(peak, scores.max(axis=-1, keepdims=True))
    powers = np.exp(scores - new)
    return new, powers.sum(axis=-1, keepdims=True), powers @ v


def step_mean_of_contexts(peak, total, context, scores, v):
    new = np.maximum(peak, scores.max(axis=-1, keepdims=True))
    r, powers = np.exp(peak - new), np.exp(scores - new)
    weights = powers / powers.sum(axis=-1, keepdims=True)
    return new, r * total + powers.sum(axis=-1, keepdims=True), r * context + weights @ v


def step_overflows(peak, total, context, scores, v):
    new = np.maximum(peak, scores.max(axis=-1, keepdims=True))
    with np.errstate(over="ignore", invalid="ignore"):
        r, powers = np.exp(peak) / np.exp(new), np.exp(scores) / np.exp(new)
        return new, r * total + powers.sum(axis=-1, keepdims=True), r * context + powers @ v


def step_without_the_axis(peak, total, context, scores, v):
    new = np.maximum(peak, scores.max(axis=-1, keepdims=True))
    r, powers = np.exp(peak - new), np.exp(scores - new)
    total = r * total + powers.sum(axis=-1, keepdims=True)
    return new[..., 0], total[..., 0], r * context + powers @ v


def step_in_place(peak, total, context, scores, v):
    new = np.maximum(peak, scores.max(axis=-1, keepdims=True))
    r, powers = np.exp(peak - new), np.exp(scores - new)
    total *= r
    total += powers.sum(axis=-1, keepdims=True)
    context *= r
    context += powers @ v
    return new, total, context


def _state(rng, *shape, d_v, seen=4):
    scores = 2 * rng.standard_normal((*shape, seen))
    last = online_steps(scores, rng.standard_normal((seen, d_v)), block_size=seen)[-1]
    return last.peak, last.total, last.context


def _nothing(*shape, d_v):
    return np.full((*shape, 1), -np.inf), np.zeros((*shape, 1)), np.zeros((*shape, d_v))


def _visible():
    rng = np.random.default_rng(1)
    v = np.array([[4.0, 0.0], [8.0, 2.0]])
    rising, falling = np.array([[2.0, 3.0], [-3.0, 1.0]]), np.array([[-4.0, -3.0], [-5.0, -2.0]])
    held = np.array([[1.0], [0.0]]), np.array([[1.5], [1.25]]), np.array([[6.0, 1.0], [2.0, 4.0]])
    return [
        Case((*_nothing(2, d_v=2), rising, v)),
        Case((*held, rising, v)),
        Case((*held, falling, v)),
        Case(
            (*_state(rng, 3, 5, d_v=4), 3 * rng.standard_normal((3, 5, 2)), rng.standard_normal((3, 2, 4)))
        ),
        Case(
            (
                np.array([[1000.0]]),
                np.array([[2.0]]),
                np.array([[3.0]]),
                np.array([[1001.0, -1000.0]]),
                v[:, :1],
            )
        ),
    ]


def _hidden(rng):
    cases = []
    for shape, n, d_v in (((3,), 5, 2), ((2, 7), 1, 3), ((1,), 11, 1), ((2, 3, 5), 4, 7)):
        block = 3 * rng.standard_normal((*shape, n)), rng.standard_normal((*shape[:-1], n, d_v))
        cases += [Case((*_state(rng, *shape, d_v=d_v), *block)), Case((*_nothing(*shape, d_v=d_v), *block))]
    peak, total, context = _state(rng, 4, d_v=3)
    far = 900 * rng.standard_normal((4, 6)), rng.standard_normal((6, 3))
    return [
        *cases,
        Case((peak - 2000.0, total, context, *far)),
        Case((peak + 3000.0, total, context, *far)),
    ]


EXERCISE = Exercise(
    name="block_step",
    section=f"{PAGE}#long-online",
    reference=_block_step,
    visible=_visible,
    hidden=_hidden,
    seals=(online_steps, online_attention),
    misconceptions=(
        Misconception(
            "never mended",
            "Where the largest score rises, what was summed before stays as it was; it was measured from "
            "the old largest score and has to be multiplied by r.",
            step_never_mends,
        ),
        Misconception(
            "context not mended",
            "The sum is multiplied by r and the mixture of the values isn't; both were measured from the "
            "old largest score.",
            step_leaves_the_context,
        ),
        Misconception(
            "total not mended",
            "The mixture of the values is multiplied by r and the sum isn't; both were measured from the "
            "old largest score.",
            step_leaves_the_total,
        ),
        Misconception(
            "mended the wrong way",
            "What was summed before grows where the largest score rises; measured from a larger score, "
            "powers are smaller.",
            step_mends_upwards,
        ),
        Misconception(
            "old peak forgotten",
            "The largest score of the block is taken for the largest of all; it may have stood in an "
            "earlier block.",
            step_forgets_the_old_peak,
        ),
        Misconception(
            "block measured from its own peak",
            "The powers of the block are measured from the block's own largest score; measure them from "
            "the largest of all so far, as the sums are.",
            step_block_from_its_own_peak,
        ),
        Misconception(
            "one peak for all queries",
            "All queries share one largest score; each has its own, along the last axis.",
            step_one_peak_for_all,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "divided too early",
            "The mixture is divided by the sum already; the next step needs it undivided, and the "
            "division comes once, in the end.",
            step_divides,
        ),
        Misconception(
            "block alone",
            "What was kept of the earlier blocks is lost; add it, multiplied by r.",
            step_block_alone,
        ),
        Misconception(
            "weights of the block",
            "The values are mixed with weights that sum to 1 in the block; mix them with the powers, and "
            "divide by the sum of all blocks in the end.",
            step_mean_of_contexts,
        ),
        Misconception(
            "overflow",
            "Right for small scores, but exp(1000) is more than a float holds; subtract before the power "
            "is taken.",
            step_overflows,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "axis of the keys dropped",
            "The largest score and the sum have lost their last axis; keep it, of size 1, so that they "
            "can be given to the next step.",
            step_without_the_axis,
        ),
        Misconception(
            "changes its input",
            "The caller's arrays are changed; return new ones.",
            step_in_place,
        ),
    ),
)
