"""A whole block from its parts: attention and a feed-forward network, a norm before each, two sums."""

import numpy as np

from attnlib.catalogue.block import PAGE
from attnlib.dot_product import attention
from attnlib.exercise import Case, Exercise, Misconception
from attnlib.layers import normalising
from attnlib.masks import causal_mask
from attnlib.models import transformer


def _block(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        return normalising.layer_norm(z, np.ones(z.shape[-1]), np.zeros(z.shape[-1]))

    n = norm(x)
    y = x + attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o
    return y + np.maximum(norm(y) @ w_1 + b_1, 0) @ w_2 + b_2


def residuals_missing(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    return feed(norm(attend(norm(x))))


def first_residual_missing(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    y = attend(norm(x))
    return y + feed(norm(y))


def second_residual_missing(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    y = x + attend(norm(x))
    return feed(norm(y))


def norm_after_the_sum(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    y = norm(x + attend(x))
    return norm(y + feed(y))


def one_sum_for_both(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    y = x + attend(norm(x))
    return x + feed(norm(y))


def added_to_the_normalised(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    n = norm(x)
    y = norm(n + attend(n))
    return y + feed(y)


def first_added_to_the_normalised(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    n = norm(x)
    y = n + attend(n)
    return y + feed(norm(y))


def second_added_to_the_normalised(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    y = x + attend(norm(x))
    n = norm(y)
    return n + feed(n)


def one_norm_for_both(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    n = norm(x)
    return x + attend(n) + feed(n)


def feed_before_attention(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    y = x + feed(norm(x))
    return y + attend(norm(y))


def no_norm(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    y = x + attend(x)
    return y + feed(y)


def no_first_norm(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    y = x + attend(x)
    return y + feed(norm(y))


def no_second_norm(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    y = x + attend(norm(x))
    return y + feed(y)


def norm_across_tokens(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-2, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-2, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    y = x + attend(norm(x))
    return y + feed(norm(y))


def norm_over_everything(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=(-2, -1), keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=(-2, -1), keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    y = x + attend(norm(x))
    return y + feed(norm(y))


def mean_not_taken_off(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return z / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    y = x + attend(norm(x))
    return y + feed(norm(y))


def divided_by_the_variance(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / ((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    y = x + attend(norm(x))
    return y + feed(norm(y))


def one_feature_less(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        return (z - z.mean(axis=-1, keepdims=True)) / np.sqrt(z.var(axis=-1, ddof=1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    y = x + attend(norm(x))
    return y + feed(norm(y))


def normalised_once_more(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    y = x + attend(norm(x))
    return norm(y + feed(norm(y)))


def mask_not_handed_on(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    y = x + attend(norm(x))
    return y + feed(norm(y))


def keys_not_normalised(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, x @ w_k, x @ w_v, mask=mask) @ w_o

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    y = x + attend(norm(x))
    return y + feed(norm(y))


def no_bend(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o

    def feed(n):
        return (n @ w_1 + b_1) @ w_2 + b_2

    y = x + attend(norm(x))
    return y + feed(norm(y))


def no_w_o(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    def attend(n):
        return attention(n @ w_q, n @ w_k, n @ w_v, mask=mask)

    def feed(n):
        return np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2

    y = x + attend(norm(x))
    return y + feed(norm(y))


def _drawn(rng, *shape, d_hidden, masked=False):
    d = shape[-1]
    x = 2 * rng.normal(size=shape) + rng.normal(size=(*shape[:-1], 1))
    w_q, w_k, w_v, w_o = rng.normal(size=(4, d, d)) / np.sqrt(d)
    w_1, w_2 = rng.normal(size=(d, d_hidden)), rng.normal(size=(d_hidden, d)) / np.sqrt(d_hidden)
    b_1, b_2 = rng.normal(size=d_hidden), rng.normal(size=d)
    options = {"mask": causal_mask(shape[-2])} if masked else {}
    return Case((x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2), options)


def _visible():
    rng = np.random.default_rng(12)
    return [
        _drawn(rng, 3, 4, d_hidden=5),
        _drawn(rng, 4, 6, d_hidden=7, masked=True),
        _drawn(rng, 2, 3, 5, d_hidden=11),
        _drawn(rng, 5, 3, d_hidden=3, masked=True),
        _drawn(rng, 4, 4, d_hidden=4),
    ]


def _hidden(rng):
    return [
        _drawn(rng, 5, 7, d_hidden=3, masked=True),
        _drawn(rng, 2, 3, 4, 6, d_hidden=5),
        _drawn(rng, 2, 4, 3, d_hidden=4, masked=True),
        _drawn(rng, 1, 3, d_hidden=2),
    ]


EXERCISE = Exercise(
    name="block",
    section=f"{PAGE}#block-norm",
    reference=_block,
    visible=_visible,
    hidden=_hidden,
    seals=(
        transformer.block,
        transformer.attention_layer,
        transformer.feed_forward,
        normalising.layer_norm,
        normalising.layer_norm.vjp,
    ),
    axes=("token", "feature"),
    misconceptions=(
        Misconception(
            "residual sums missing",
            "What each step brings replaces the tokens; it is to be added to them, twice.",
            residuals_missing,
            section=f"{PAGE}#block-residual",
        ),
        Misconception(
            "first residual sum missing",
            "What attention brings replaces the tokens; it is to be added to them.",
            first_residual_missing,
            section=f"{PAGE}#block-residual",
        ),
        Misconception(
            "second residual sum missing",
            "What the feed-forward network brings is returned alone; it is to be added to the tokens "
            "that it read.",
            second_residual_missing,
            section=f"{PAGE}#block-residual",
        ),
        Misconception(
            "norm after the sum",
            "The norm stands after each sum, as in the first Transformer; here it stands before each "
            "step, and the sum is left alone.",
            norm_after_the_sum,
            section=f"{PAGE}#block-norm",
        ),
        Misconception(
            "one sum for both halves",
            "The second step is added to the tokens that the block was given, so what attention brought "
            "is lost; add it to the first sum.",
            one_sum_for_both,
            section=f"{PAGE}#block-residual",
        ),
        Misconception(
            "added to the normalised tokens",
            "Each step is added to the normalised tokens; it is to be added to the tokens as they were.",
            added_to_the_normalised,
            section=f"{PAGE}#block-residual",
        ),
        Misconception(
            "first step added to the normalised tokens",
            "What attention brings is added to the normalised tokens; it is to be added to the tokens "
            "as they were.",
            first_added_to_the_normalised,
            section=f"{PAGE}#block-residual",
        ),
        Misconception(
            "second step added to the normalised tokens",
            "What the feed-forward network brings is added to its normalised input; it is to be added "
            "to the first sum as it was.",
            second_added_to_the_normalised,
            section=f"{PAGE}#block-residual",
        ),
        Misconception(
            "one norm for both halves",
            "The feed-forward network is given what attention was given; it reads the first sum, "
            "normalised.",
            one_norm_for_both,
            section=f"{PAGE}#block-norm",
        ),
        Misconception(
            "feed-forward network first",
            "The feed-forward network comes before attention; it comes after.",
            feed_before_attention,
        ),
        Misconception(
            "no norm",
            "Nothing is normalised; each step reads a normalised copy.",
            no_norm,
            section=f"{PAGE}#block-norm",
        ),
        Misconception(
            "first norm missing",
            "Attention reads the tokens as they are; it is to read a normalised copy.",
            no_first_norm,
            section=f"{PAGE}#block-norm",
        ),
        Misconception(
            "second norm missing",
            "The feed-forward network reads the first sum as it is; it is to read a normalised copy.",
            no_second_norm,
            section=f"{PAGE}#block-norm",
        ),
        Misconception(
            "norm across tokens",
            "The mean and the variance are taken over the tokens; each token has its own, over its "
            "features.",
            norm_across_tokens,
            section=f"{PAGE}#block-norm",
        ),
        Misconception(
            "norm over everything",
            "One mean and one variance are taken over all tokens together; each token has its own, over "
            "its features.",
            norm_over_everything,
            section=f"{PAGE}#block-norm",
        ),
        Misconception(
            "mean not taken off",
            "The norm divides and leaves the mean in; take it off first.",
            mean_not_taken_off,
            section=f"{PAGE}#block-norm",
        ),
        Misconception(
            "divided by the variance",
            "The norm divides by the variance; divide by its root.",
            divided_by_the_variance,
            section=f"{PAGE}#block-norm",
        ),
        Misconception(
            "divided by one feature less",
            "The variance is a sum divided by d_model - 1; here it is the mean of the squares.",
            one_feature_less,
            section=f"{PAGE}#block-norm",
        ),
        Misconception(
            "normalised once more",
            "The result is normalised as well; that is done once at the end of a model and not in a block.",
            normalised_once_more,
            section=f"{PAGE}#block-norm",
        ),
        Misconception(
            "mask not handed on",
            "The mask makes no difference; hand it on to attention.",
            mask_not_handed_on,
            section="chapters/07-masks#masks-true",
        ),
        Misconception(
            "keys and values not normalised",
            "Only the queries read the normalised tokens; keys and values come from them, too.",
            keys_not_normalised,
            section=f"{PAGE}#block-norm",
        ),
        Misconception(
            "no bend",
            "Nothing happens between the two products of the feed-forward network; negative numbers "
            "must become 0 there.",
            no_bend,
            section=f"{PAGE}#block-feed",
        ),
        Misconception(
            "no output matrix",
            "The context is added as it is; multiply it by w_o first.",
            no_w_o,
            section="chapters/08-many-heads#heads-output",
        ),
    ),
)
