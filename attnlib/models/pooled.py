"""A text read by attention into one vector and judged: over its words as they are, or read by two LSTMs."""

import math

import numpy as np

from attnlib._arrays import require_count, require_shape
from attnlib.autodiff import value_of
from attnlib.layers import additive_attend, concat, cross_entropy, embedding, linear, lstm_step


def pooled_params(rng, *, n_words, n_classes, d_model, d_hidden, reads):
    """Draw the parameters to begin with.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n_words, n_classes : int
        How many words there are, and how many verdicts.
    d_model : int
        The feature size of words.
    d_hidden : int
        That of an LSTM's output, and of what scores the words.
    reads : bool
        Whether two LSTMs read the words first, from the left and from the right.

    Returns
    -------
    dict of str to ndarray of float32
        By name: ``tokens``, ``forward.w_x`` and so on, ``key.w``, ``w_score``, ``out.w``.

    Raises
    ------
    TypeError, ValueError
        If a size isn't an integer from 1 on.
    """
    sizes = {"n_words": n_words, "n_classes": n_classes, "d_model": d_model, "d_hidden": d_hidden}
    for name, size in sizes.items():
        require_count(name, size, 1)

    def drawn(d_in, d_out):
        return rng.uniform(-1, 1, (d_in, d_out)) * math.sqrt(6 / (d_in + d_out))

    params = {"tokens": 0.3 * rng.standard_normal((n_words, d_model))}
    for side in ("forward", "backward") if reads else ():
        params |= {
            f"{side}.w_x": drawn(d_model, 4 * d_hidden),
            f"{side}.w_h": drawn(d_hidden, 4 * d_hidden),
            f"{side}.b": np.repeat([0.0, 1.0, 0.0, 0.0], d_hidden),
        }
    d_state = 2 * d_hidden if reads else d_model
    params |= {"key.w": drawn(d_state, d_hidden), "key.b": np.zeros(d_hidden)}
    params["w_score"] = rng.standard_normal(d_hidden) / math.sqrt(d_hidden)
    params |= {"out.w": drawn(d_state, n_classes), "out.b": np.zeros(n_classes)}
    return {name: value.astype(np.float32) for name, value in params.items()}


def states(params, ids):
    """Return what there is to attend to: the words' vectors, or what the LSTMs have read at each.

    Parameters
    ----------
    params : dict of str to array of float
        The parameters, as from `pooled_params`.
    ids : array_like of int, shape (n, T)
        Texts of one length.

    Returns
    -------
    array of float, shape (n, T, d_model) or (n, T, 2 * d_hidden)
        A vector a word. Read by the LSTMs, each holds something of the whole text.

    Raises
    ------
    ValueError
        If `ids` aren't texts of at least one word, or leave the vocabulary.
    """
    ids = np.asarray(ids)
    if ids.ndim != 2 or not ids.shape[1]:
        raise ValueError(f"ids must be texts of at least one word: expected (n, T), got {ids.shape}")
    if "forward.w_h" not in params:
        return embedding(params["tokens"], ids)
    n, t = ids.shape
    d_hidden = params["forward.w_h"].shape[0]
    outputs = {}
    for side, places in (("forward", range(t)), ("backward", reversed(range(t)))):
        matrices = [params[f"{side}.{part}"] for part in ("w_x", "w_h", "b")]
        state = np.zeros((n, 2 * d_hidden), value_of(params["tokens"]).dtype)
        for i in places:
            word = embedding(params["tokens"], ids[:, i])
            state = lstm_step(word, state[:, :d_hidden], state[:, d_hidden:], *matrices)
            outputs[side, i] = state[:, :d_hidden]
    both = (concat(outputs["forward", i], outputs["backward", i]) for i in range(t))
    return concat(*(x.reshape(n, 1, 2 * d_hidden) for x in both), axis=1)


def pooled(params, ids, *, weights=None):
    r"""Return a score for each verdict on a text.

    .. math::

        a &= \mathrm{softmax}(w \cdot \tanh(H W_K + b_K)) \\
        z &= \Big(\sum_j a_j h_j\Big) W + b

    Parameters
    ----------
    params : dict of str to array of float
        The parameters.
    ids : array_like of int, shape (n, T)
        Texts.
    weights : array of float, shape (n, T), optional
        Weights to take in place of the model's own.

    Returns
    -------
    array of float, shape (n, n_classes)
        The logits.

    Raises
    ------
    ValueError
        If the shapes don't fit, or a number is outside the vocabulary.

    Notes
    -----
    `attnlib.layers.watching` sees its weights, of shape (n, 1, 1, T).

    References
    ----------
    Jain and Wallace, "Attention is not explanation", 2019, section 2; Wiegreffe and Pinter, "Attention is
    not not explanation", 2019, section 3.
    """
    return judged(params, states(params, ids), weights=weights)


def judged(params, read, *, weights=None):
    """Return the scores from `states` that are there already: `pooled` without the reading.

    Parameters
    ----------
    params, weights
        As in `pooled`.
    read : array of float, shape (n, T, d_state)
        What `states` returned.

    Returns
    -------
    array of float, shape (n, n_classes)
        The logits.

    Raises
    ------
    ValueError
        If the shapes don't fit.
    """
    n, t, d_state = read.shape
    if weights is None:
        keys = linear(read, params["key.w"], params["key.b"])
        nothing_asked = np.zeros((n, 1, keys.shape[-1]), value_of(keys).dtype)
        context = additive_attend(nothing_asked, keys, read, params["w_score"])
    else:
        require_shape("weights", weights, (n, t), "a weight for each word")
        context = weights.reshape(n, 1, t) @ read
    return linear(context.reshape(n, d_state), params["out.w"], params["out.b"])


def verdict_loss(params, ids, verdicts, weights=None):
    """Return the mean surprise at the right verdicts, in nats; arguments as in `pooled`."""
    return cross_entropy(pooled(params, ids, weights=weights), verdicts)
