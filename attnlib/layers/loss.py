"""Cross-entropy: how surprised a model is by what came."""

import numpy as np

from attnlib._arrays import require_axis, require_shape, shape_text
from attnlib.autodiff import differentiable
from attnlib.layers.dense import require_ids


@differentiable
def cross_entropy(logits, targets, *, keep=None):
    r"""Return the mean of -log p over the targets, p being the softmax of the logits.

    .. math:: L = -\frac{1}{n} \sum_t \ln p_{t, y_t}, \qquad dZ = \frac{1}{n} (P - Y)

    with Y the rows that are 1 at the target and 0 elsewhere.

    Parameters
    ----------
    logits : array of float, shape (..., n_words)
        A score for each word.
    targets : array_like of int, shape (...)
        The words that came.
    keep : array_like of bool, shape (...), optional
        False leaves a target out of the mean: padding, or what isn't asked for.

    Returns
    -------
    array of float, shape ()
        The mean surprise, in nats: 0 for certainty that was right, ln n_words for a blind guess.

    Raises
    ------
    TypeError
        If `targets` doesn't hold integers.
    ValueError
        If the shapes don't fit, a target is outside the vocabulary, or none is kept.

    Notes
    -----
    Together the logarithm and the softmax have a plainer gradient than either: what was predicted minus
    what came. The logarithm of a sum of exponentials is taken with the largest logit in front, so that no
    probability is rounded to 0 before its logarithm.

    References
    ----------
    Shannon, "A mathematical theory of communication", 1948, section 6.

    Examples
    --------
    >>> float(cross_entropy(np.zeros((2, 8)), [3, 5]) - np.log(8))
    0.0
    """
    require_axis("logits", logits)
    targets = require_ids("targets", targets, logits.shape[-1])
    require_shape("targets", targets, logits.shape[:-1], "one word for each row of logits")
    keep = np.ones(targets.shape, bool) if keep is None else np.asarray(keep, bool)
    require_shape("keep", keep, targets.shape, "the shape of targets")
    n = int(keep.sum())
    if n == 0:
        raise ValueError(f"keep must leave a target, got none of shape {shape_text(keep.shape)}")
    at = targets[..., None]
    shifted = logits - logits.max(axis=-1, keepdims=True)
    powers = np.exp(shifted)
    totals = powers.sum(axis=-1, keepdims=True)
    surprise = np.log(totals) - np.take_along_axis(shifted, at, axis=-1)  # (..., 1)

    def back(dy):
        dlogits = powers / totals
        np.put_along_axis(dlogits, at, np.take_along_axis(dlogits, at, axis=-1) - 1, axis=-1)
        dlogits *= keep[..., None] * (dy / n)
        return dlogits, None

    return np.asarray(surprise[..., 0].sum(where=keep) / n), back
