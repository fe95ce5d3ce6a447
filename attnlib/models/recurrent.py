"""Translators of two LSTMs: one vector between them, or attention to every word of the source."""

import math
from typing import NamedTuple

import numpy as np

from attnlib._arrays import require_count, require_shape
from attnlib.autodiff import value_of
from attnlib.layers import (
    additive_attend,
    attend,
    concat,
    cross_entropy,
    embedding,
    linear,
    lstm_step,
    tanh,
    watching,
)
from attnlib.models.generating import likeliest

#: How the decoder looks back at the source: not at all, or by which scores.
ATTENTION = ("none", "additive", "dot")


class Encoded(NamedTuple):
    """What an encoder hands on.

    Attributes
    ----------
    state : array of float, shape (n, 2 * d_hidden)
        The decoder's first output and memory, side by side. Without attention this is all there is.
    memory : array of float, shape (n, T, 2 * d_hidden) or None
        What was read at each word, from the left and from the right.
    keys : array of float, shape (n, T, d_hidden) or None
        The memory as the decoder's queries meet it.
    keep : ndarray of bool, shape (n, T)
        False at padding.
    """

    state: object
    memory: object
    keys: object
    keep: np.ndarray


class Translated(NamedTuple):
    """What `greedy` returns.

    Attributes
    ----------
    ids : ndarray of int, shape (n, T_out)
        The words; behind the first end of a row, only ends.
    weights : ndarray of float, shape (n, T_out, T) or None
        How much each word looked at each word of the source; None without attention.
    """

    ids: np.ndarray
    weights: np.ndarray | None


def recurrent_params(rng, *, n_source, n_target, d_model, d_hidden, attention):
    """Draw the parameters that a translator begins with.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n_source, n_target : int
        The sizes of the two vocabularies.
    d_model : int
        The feature size of words.
    d_hidden : int
        The feature size of an LSTM's output, and of its memory.
    attention : str
        One of `ATTENTION`.

    Returns
    -------
    dict of str to ndarray of float32
        By name: ``source``, ``forward.w_x`` and so on.

    Raises
    ------
    TypeError
        If a size isn't an integer.
    ValueError
        If a size is less than 1, or `attention` is none of those.

    Notes
    -----
    The forget gates begin open, by a bias of 1: what isn't kept can't be learnt from.

    References
    ----------
    Jozefowicz, Zaremba and Sutskever, "An empirical exploration of recurrent network architectures", 2015,
    section 2.2 (the bias).
    """
    sizes = {"n_source": n_source, "n_target": n_target, "d_model": d_model, "d_hidden": d_hidden}
    for name, size in sizes.items():
        require_count(name, size, 1)
    looks = require_attention(attention) != "none"
    d_memory = 2 * d_hidden if looks else 0

    def drawn(d_in, d_out):
        return rng.uniform(-1, 1, (d_in, d_out)) * math.sqrt(6 / (d_in + d_out))

    def lstm(name, d_in):
        return {
            f"{name}.w_x": drawn(d_in, 4 * d_hidden),
            f"{name}.w_h": drawn(d_hidden, 4 * d_hidden),
            f"{name}.b": np.repeat([0.0, 1.0, 0.0, 0.0], d_hidden),
        }

    params = {
        "source": 0.3 * rng.standard_normal((n_source, d_model)),
        "target": 0.3 * rng.standard_normal((n_target, d_model)),
    }
    params |= lstm("forward", d_model)
    if looks:
        params |= lstm("backward", d_model)
        params |= {"first.w": drawn(d_memory, 2 * d_hidden), "first.b": np.zeros(2 * d_hidden)}
        params |= {"w_q": drawn(d_hidden, d_hidden), "w_k": drawn(d_memory, d_hidden)}
    if attention == "additive":
        params["w_score"] = rng.standard_normal(d_hidden) / math.sqrt(d_hidden)
    params |= lstm("decoder", d_model + d_memory)
    params |= {"out.w": drawn(d_hidden + d_memory, n_target), "out.b": np.zeros(n_target)}
    return {name: value.astype(np.float32) for name, value in params.items()}


def require_attention(attention):
    """Return `attention`; raise ValueError unless it is one of `ATTENTION`."""
    if attention not in ATTENTION:
        raise ValueError(f"attention must be one of {', '.join(ATTENTION)}, got {attention!r}")
    return attention


def encode(params, ids, keep, *, attention):
    """Read a source sentence.

    Parameters
    ----------
    params : dict of str to array of float
        The parameters.
    ids : array_like of int, shape (n, T)
        Sentences, padded at their ends.
    keep : array_like of bool, shape (n, T)
        False at padding, which changes nothing.
    attention : str
        One of `ATTENTION`: that which the parameters were made for.

    Returns
    -------
    Encoded
        ``state, memory, keys, keep``.

    Raises
    ------
    TypeError
        If `ids` doesn't hold integers.
    ValueError
        If the shapes don't fit, `ids` leaves the vocabulary, or the parameters are those of another model.

    References
    ----------
    Sutskever, Vinyals and Le, "Sequence to sequence learning with neural networks", 2014, section 2 (one
    vector); Bahdanau, Cho and Bengio, "Neural machine translation by jointly learning to align and
    translate", 2015, section 3.2 (both directions).
    """
    _require_params(params, attention)
    ids, keep = np.asarray(ids), np.asarray(keep, dtype=bool)
    if ids.ndim != 2 or not ids.shape[1]:
        raise ValueError(f"ids must be sentences of at least one word: expected (n, T), got {ids.shape}")
    require_shape("keep", keep, ids.shape, "the shape of ids")
    places = range(ids.shape[1])
    outputs, state = _read(params, "forward", ids, keep, places)
    if attention == "none":
        return Encoded(state, None, None, keep)
    backward, _ = _read(params, "backward", ids, keep, reversed(places))
    n, d_hidden = outputs[0].shape
    memory = concat(*(concat(outputs[t], backward[t]).reshape(n, 1, 2 * d_hidden) for t in places), axis=1)
    ends = concat(outputs[places[-1]], backward[0])
    state = tanh(linear(ends, params["first.w"], params["first.b"]))
    return Encoded(state, memory, linear(memory, params["w_k"]), keep)


def _read(params, name, ids, keep, places):
    """Return an LSTM's output at each place, and its last state; at padding it stays as it is."""
    d_hidden = params[f"{name}.w_h"].shape[0]
    state = np.zeros((len(ids), 2 * d_hidden), value_of(params["source"]).dtype)
    outputs = {}
    for t in places:
        moved = _step(params, name, embedding(params["source"], ids[:, t]), state)
        stays = keep[:, t, None]
        state = moved if stays.all() else moved * stays + state * ~stays
        outputs[t] = state[:, :d_hidden]
    return outputs, state


def _step(params, name, x, state):
    d_hidden = params[f"{name}.w_h"].shape[0]
    matrices = (params[f"{name}.{part}"] for part in ("w_x", "w_h", "b"))
    return lstm_step(x, state[:, :d_hidden], state[:, d_hidden:], *matrices)


def decode_step(params, words, state, encoded, *, attention):
    r"""Take one step of the decoder: look back, and read the word that was said last.

    .. math::

        c_t &= \mathrm{Attention}(s_{t-1}, K, M) \\
        s_t &= \mathrm{LSTM}([y_{t-1}, c_t], s_{t-1}) \\
        z_t &= [s_t, c_t] W + b

    Parameters
    ----------
    params : dict of str to array of float
        The parameters.
    words : array_like of int, shape (n,)
        The last words.
    state : array of float, shape (n, 2 * d_hidden)
        The decoder's output and memory before.
    encoded : Encoded
        The source.
    attention : str
        One of `ATTENTION`.

    Returns
    -------
    features : array of float, shape (n, d_hidden) or (n, 3 * d_hidden)
        What the next word is told from: the output, and behind it the context where there is one.
    state : array of float, shape (n, 2 * d_hidden)
        The decoder's output and memory after.

    Notes
    -----
    The query is the state before the word: the decoder looks for what it is about to say.

    References
    ----------
    Bahdanau, Cho and Bengio, 2015, section 3.1 (without the maxout layer at the end); Luong, Pham and
    Manning, "Effective approaches to attention-based neural machine translation", 2015, section 3.1 (the
    dot product; theirs asks with the state after).
    """
    d_hidden = params["decoder.w_h"].shape[0]
    x = embedding(params["target"], words)
    if attention == "none":
        state = _step(params, "decoder", x, state)
        return state[:, :d_hidden], state
    n, mask = state.shape[0], encoded.keep[:, None, :]
    q = linear(state[:, :d_hidden], params["w_q"]).reshape(n, 1, d_hidden)
    if attention == "additive":
        context = additive_attend(q, encoded.keys, encoded.memory, params["w_score"], mask=mask)
    else:
        context = attend(q, encoded.keys, encoded.memory, mask=mask)
    context = context.reshape(n, 2 * d_hidden)
    state = _step(params, "decoder", concat(x, context), state)
    return concat(state[:, :d_hidden], context), state


def translation_loss(params, source, source_keep, target, target_keep, *, attention):
    """Return the mean surprise at the words of the right translations, each told the right words before.

    Parameters
    ----------
    params, attention
        As in `encode`.
    source, source_keep : array_like, shape (n, T)
        Sentences and where they have words.
    target, target_keep : array_like, shape (n, T_out)
        Their translations, between a start and an end.

    Returns
    -------
    array of float, shape ()
        In nats a word.

    Notes
    -----
    To be told the right words before, and not one's own, is teacher forcing.

    References
    ----------
    Williams and Zipser, "A learning algorithm for continually running fully recurrent neural networks",
    1989 (teacher forcing).
    """
    target = np.asarray(target)
    encoded = encode(params, source, source_keep, attention=attention)
    state, features = encoded.state, []
    for t in range(target.shape[1] - 1):
        told, state = decode_step(params, target[:, t], state, encoded, attention=attention)
        features.append(told.reshape(len(target), 1, told.shape[1]))
    logits = linear(concat(*features, axis=1), params["out.w"], params["out.b"])
    return cross_entropy(logits, target[:, 1:], keep=np.asarray(target_keep)[:, 1:])


def greedy(params, ids, keep, n, *, start, end, attention):
    """Translate: say the likeliest word, read it, and say the next, until the end.

    Parameters
    ----------
    params, ids, keep, attention
        As in `encode`.
    n : int
        How many words to say at most.
    start, end : int
        The word that is read first, and the one after which nothing more is said.

    Returns
    -------
    Translated
        ``ids, weights``.

    Raises
    ------
    TypeError, ValueError
        As in `encode`.
    """
    encoded = encode(params, ids, keep, attention=attention)
    state = encoded.state

    def step(words):
        nonlocal state
        features, state = decode_step(params, words, state, encoded, attention=attention)
        return linear(features, params["out.w"], params["out.b"])

    with watching() as seen:
        said = likeliest(step, len(encoded.keep), n, start=start, end=end)
    weights = np.concatenate([w[:, 0] for w in seen], axis=1) if seen else None
    return Translated(said, weights)


def _require_params(params, attention):
    looks = require_attention(attention) != "none"
    needed = {"source", "target", "forward.w_h", "decoder.w_h", "out.w"}
    needed |= {"backward.w_h", "w_q", "w_k"} if looks else set()
    needed |= {"w_score"} if attention == "additive" else set()
    missing = sorted(needed - set(params))
    if missing:
        raise ValueError(f"params must be those of this model: {missing[0]!r} is missing")
    if ("w_q" in params) != looks or ("w_score" in params) != (attention == "additive"):
        raise ValueError(f"params must be those of this model: they have other attention than {attention}")
