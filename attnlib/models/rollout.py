"""What an output has from each token: weights followed through all blocks, and tokens taken away."""

import numpy as np

from attnlib._arrays import as_float, require_axis, require_real, require_shape, require_tokens, shape_text


def rollout(weights, *, kept=0.5):
    r"""Return how much of each token there is in every token after all blocks, by their weights alone.

    .. math::

        \hat A_\ell &= \kappa I + (1 - \kappa) \, \frac{1}{n} \sum_h A_{\ell h} \\
        R &= \hat A_L \cdots \hat A_2 \hat A_1

    Parameters
    ----------
    weights : sequence of array_like of float, shape (..., n_heads, T, T)
        The weights of each block, the first block first, as `attnlib.layers.watching` collects them.
    kept : float, default 0.5
        The share κ of a token that comes from itself past the attention, by the sum around it.

    Returns
    -------
    ndarray of float, shape (..., T, T)
        Row i: what token i is mixed from. Rows sum to 1.

    Raises
    ------
    TypeError
        If `kept` isn't a number.
    ValueError
        If there are no blocks, the weights of one aren't square or have another shape than those of the
        first, or `kept` is not from 0 to 1.

    Notes
    -----
    It knows nothing of what the values hold, of what W_O and the feed-forward network make of them, nor
    that heads may undo each other; and κ is an assumption, not a measurement. `occlusion` asks the model.

    References
    ----------
    Abnar and Zuidema, "Quantifying attention flow in Transformers", 2020, section 3.

    Examples
    --------
    >>> copies_the_first, looks_at_the_second = np.array([[[[1, 0], [1, 0]]], [[[0, 1], [0, 1]]]])
    >>> rollout([copies_the_first, looks_at_the_second])
    array([[0.75, 0.25],
           [0.5 , 0.5 ]])
    """
    kept = require_real("kept", kept)
    if not 0 <= kept <= 1:
        raise ValueError(f"kept must be a share from 0 to 1, got {kept}")
    blocks = [as_float("weights", block) for block in weights]
    if not blocks:
        raise ValueError("weights must hold those of one block at least, got none")
    for block in blocks:
        require_tokens("weights", block)
        if block.ndim < 3 or block.shape[-1] != block.shape[-2]:
            raise ValueError(
                "weights must be those of tokens that attend to each other: "
                f"expected (..., n_heads, T, T), got {shape_text(block.shape)}"
            )
        expected = (*blocks[0].shape[:-3], *blocks[0].shape[-2:])
        require_shape("weights", block[..., 0, :, :], expected, "the same tokens in every block")
    result = np.eye(blocks[0].shape[-1])
    for block in blocks:
        mixed = (1 - kept) * block.mean(axis=-3) + kept * np.eye(block.shape[-1])  # (..., T, T)
        result = mixed @ result
    return result


def occlusion(score, x, blank, *, parts=None):
    """Return how far a score falls when a token, or a part of several, is taken away.

    Parameters
    ----------
    score : callable
        ``score(stack)`` returns a number for each of several inputs like `x`: shape (n, T, ...) to (n,).
    x : array_like, shape (T, ...)
        The input: patches, vectors, or the numbers of words.
    blank : array_like, broadcastable to (T, ...)
        What stands in the place of what is taken away: 0 for dark patches, or the number of a mask.
    parts : array_like of bool, shape (n_parts, T), optional
        True at the tokens that are taken away together: by default each token is a part of its own.

    Returns
    -------
    ndarray of float, shape (n_parts,)
        The score of the whole minus that without each part: above 0 where the part spoke for it, below 0
        where it spoke against it.

    Raises
    ------
    ValueError
        If the shapes don't fit.

    Notes
    -----
    A part that is replaced may still speak: a dark patch in a bright picture is a thing to see. What two
    parts say both, neither misses alone.

    References
    ----------
    Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014, section 4.2.

    Examples
    --------
    >>> occlusion(lambda stack: stack.sum(axis=-1) ** 2, [3.0, 1.0, 0.0], 0.0)
    array([15.,  7.,  0.])
    """
    x = np.asarray(x)
    require_axis("x", x)
    parts = np.eye(len(x), dtype=bool) if parts is None else np.asarray(parts)
    if parts.dtype != np.bool_ or parts.shape[1:] != x.shape[:1]:
        raise ValueError(
            "parts must be True at the tokens of each part: "
            f"expected booleans of shape (n_parts, {len(x)}), "
            f"got {parts.dtype} of shape {shape_text(parts.shape)}"
        )
    chosen = parts.reshape(*parts.shape, *[1] * (x.ndim - 1))  # (n_parts, T, ...)
    stack = np.concatenate([x[None], np.where(chosen, blank, x)])
    scores = np.asarray(score(stack))
    require_shape("score(stack)", scores, stack.shape[:1], "one number for each input")
    return scores[0] - scores[1:]
