"""A pointer-generator: it writes a summary from its vocabulary, or copies words of the text into it."""

import math
from typing import NamedTuple

import numpy as np

from attnlib.autodiff import differentiable, value_of
from attnlib.layers import concat, linear, sigmoid, softmax
from attnlib.layers.dense import require_ids
from attnlib.masks import causal_mask
from attnlib.models.greedy import END, PADDING, greedy
from attnlib.models.parameters import part, transformer_params
from attnlib.models.transformer import encoder, stack

#: The numbers of the words that unknown ones are read as follow those of the other special words.
UNKNOWN, N_UNKNOWN = END + 1, 4
POSITIONS, REACH = "relative", 16


class Written(NamedTuple):
    """What a pointer-generator makes of a text and the beginnings of its summary.

    Attributes
    ----------
    probabilities : array of float, shape (n, T_s, n_extended)
        How likely each word is to come next: those of the vocabulary, then the text's unknown ones.
    weights : array of float, shape (n, T_s, T)
        From which place of the text it would copy.
    gate : array of float, shape (n, T_s, 1)
        How much it writes rather than copies.
    """

    probabilities: np.ndarray
    weights: np.ndarray
    gate: np.ndarray


def pointer_params(rng, *, n_words, d_model, n_heads, n_layers, d_hidden=None, copy=True):
    """Draw the parameters that a pointer-generator begins with.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n_words : int
        The size of the vocabulary.
    d_model, n_heads, d_hidden
        As in `transformer_params`.
    n_layers : int
        The number of blocks that read; one block writes.
    copy : bool, default True
        Whether it can copy, or only write from its vocabulary.

    Returns
    -------
    dict of str to ndarray of float32
        Those of an encoder under ``encoder``, of a decoder under ``decoder``; to copy, ``copy.w_q``,
        ``copy.w_k``, ``gate.w`` and ``gate.b`` as well.
    """
    sizes = {"n_words": n_words, "d_model": d_model, "n_heads": n_heads, "d_hidden": d_hidden}
    options = sizes | {"positions": POSITIONS, "length": REACH}
    reading = transformer_params(rng, **options, n_layers=n_layers)
    writing = transformer_params(rng, **options, n_layers=1, cross=True)
    params = {f"encoder.{name}": value for name, value in reading.items() if not name.startswith("out")}
    params |= {f"decoder.{name}": value for name, value in writing.items()}
    if copy:
        reach = math.sqrt(3 / d_model)
        for name in ("copy.w_q", "copy.w_k"):
            params[name] = rng.uniform(-reach, reach, (d_model, d_model)).astype(np.float32)
        params["gate.w"] = np.zeros((d_model, 1), np.float32)
        params["gate.b"] = np.zeros(1, np.float32)
    return params


def copy_distribution(written, weights, gate, text, n_extended):
    r"""Return how likely each word is, written or copied.

    .. math:: p(w) = g \, p_\mathrm{write}(w) + (1 - g) \sum_{i : \, x_i = w} a_i

    Parameters
    ----------
    written : array of float, shape (n, T_s, n_words)
        How likely each word of the vocabulary is to be written.
    weights : array of float, shape (n, T_s, T)
        The attention a to the places of the text.
    gate : array of float, shape (n, T_s, 1)
        The gate g: 1 where the word is only written, 0 where it is only copied.
    text : array_like of int, shape (n, T)
        The words of the text; the unknown ones have numbers from n_words on.
    n_extended : int
        How many words there are, the unknown ones among them.

    Returns
    -------
    array of float, shape (n, T_s, n_extended)
        The probabilities: they sum to 1 where the others do.

    Raises
    ------
    TypeError
        If `text` doesn't hold integers.
    ValueError
        If one is outside of the extended vocabulary, or the shapes don't fit.

    Notes
    -----
    A word that comes twice in the text collects the weights of both places; one that is in the vocabulary
    and in the text is written and copied at once. A word that is neither can't be said at all.

    References
    ----------
    See, Liu and Manning, "Get to the point: summarization with pointer-generator networks", 2017,
    equation 9; Vinyals, Fortunato and Jaitly, "Pointer networks", 2015.

    Examples
    --------
    >>> written, weights = np.array([[[0.5, 0.5]]]), np.array([[[0.6, 0.1, 0.3]]])
    >>> copy_distribution(written, weights, np.array([[[0.5]]]), [[2, 1, 2]], 3)
    array([[[0.25, 0.3 , 0.45]]])
    """
    text = require_ids("text", text, n_extended)
    n_words, dtype = written.shape[-1], value_of(written).dtype
    shape = (*written.shape[:-1], n_extended - n_words)
    places = (text[..., None] == np.arange(n_extended)).astype(dtype)  # (n, T, n_extended)
    copied = weights @ places
    return concat(written, np.zeros(shape, dtype)) * gate + copied * (1.0 - gate)


def read_as(ids, n_words, *, n_unknown=N_UNKNOWN):
    """Return words as the model reads them: the unknown ones as `UNKNOWN`, the next number, and so on.

    Parameters
    ----------
    ids : array_like of int
        Words; those from n_words on are unknown.
    n_words : int
        The size of the vocabulary.
    n_unknown : int, default N_UNKNOWN
        How many of them are told apart: with 1 all are read as the same.

    Returns
    -------
    ndarray of int, shape of `ids`
        Words of the vocabulary.

    References
    ----------
    Hermann et al., "Teaching machines to read and comprehend", 2015, section 2.2: there all names are read
    as numbers.

    Examples
    --------
    >>> read_as([5, 10, 11, 30], 10), read_as([5, 10, 11, 30], 10, n_unknown=1)
    (array([5, 3, 4, 6]), array([5, 3, 3, 3]))
    """
    ids = np.asarray(ids)
    return np.where(ids < n_words, ids, UNKNOWN + np.minimum(ids - n_words, n_unknown - 1))


def pointer_generator(params, text, summary, *, n_heads, n_extended=None, n_unknown=N_UNKNOWN):
    """Return what is to come after each word of the beginnings of summaries.

    Parameters
    ----------
    params : dict of str to array of float
        The parameters, as from `pointer_params`: without those to copy, it only writes.
    text : array_like of int, shape (n, T)
        The texts, 0 where there is no word; unknown words have numbers after those of the vocabulary.
    summary : array_like of int, shape (n, T_s)
        The summaries so far, from the start on.
    n_heads : int
        The number of heads that the parameters were made for.
    n_extended : int, optional
        How many words there are, the unknown ones among them: by default as many as come.
    n_unknown : int, default N_UNKNOWN
        As in `read_as`.

    Returns
    -------
    Written
        ``probabilities, weights, gate``; without copying the weights are 0 and the gate 1.

    Raises
    ------
    TypeError
        If the words aren't integers.
    ValueError
        If one is out of range or the shapes don't fit.

    Notes
    -----
    What an unknown word is can't be read, only which of the text's unknown words it is, and where it
    stands; that is enough to copy it.
    """
    text, summary = np.asarray(text), np.asarray(summary)
    n_words = params["decoder.tokens"].shape[0]
    if n_extended is None:
        n_extended = max(n_words, *(1 + int(ids.max(initial=0)) for ids in (text, summary)))
    require_ids("summary", summary, n_extended)
    present = (text != PADDING)[:, None, :]  # (n, 1, T)
    options = {"n_heads": n_heads, "positions": POSITIONS}
    read, said = (read_as(ids, n_words, n_unknown=n_unknown) for ids in (text, summary))
    memory = encoder(part(params, "encoder"), read, mask=present, **options)
    decoder = part(params, "decoder")
    masks = {"mask": causal_mask(summary.shape[1]), "memory_mask": present}
    x = stack(decoder, said, memory, **masks, **options)  # (n, T_s, d_model)
    written = softmax(linear(x, decoder["out.w"], decoder["out.b"]))
    dtype = value_of(x).dtype
    if "copy.w_q" in params:
        q, k = linear(x, params["copy.w_q"]), linear(memory, params["copy.w_k"])
        scores = q @ k.swapaxes(-2, -1) * x.shape[-1] ** -0.5
        weights = softmax(scores + np.where(present, 0.0, -np.inf).astype(dtype))
        gate = sigmoid(linear(x, params["gate.w"], params["gate.b"]))
    else:
        weights = np.zeros((*x.shape[:-1], text.shape[1]), dtype)
        gate = np.ones((*x.shape[:-1], 1), dtype)
    return Written(copy_distribution(written, weights, gate, text, n_extended), weights, gate)


def pointer_loss(params, text, summary, *, n_heads, n_unknown=N_UNKNOWN):
    """Return the mean surprise at each word of summaries after `START`, given the words before it.

    Parameters
    ----------
    params, text, n_heads, n_unknown
        As in `pointer_generator`.
    summary : array_like of int, shape (n, T_s + 1)
        The summaries, from `START` to `END` and padded. Who can't copy is to write `UNKNOWN` for each
        unknown word.

    Returns
    -------
    array of float, shape ()
        In nats a word.
    """
    summary = np.asarray(summary)
    words, n_words = summary[:, 1:], params["decoder.tokens"].shape[0]
    n_extended = max(n_words, *(1 + int(ids.max(initial=0)) for ids in (text, summary)))
    options = {"n_heads": n_heads, "n_extended": n_extended, "n_unknown": n_unknown}
    probabilities = pointer_generator(params, text, summary[:, :-1], **options).probabilities
    if "copy.w_q" not in params:
        words = read_as(words, n_words, n_unknown=1)
    return surprise(probabilities, words, keep=words != PADDING)


def summarise(params, text, n, *, n_heads, n_unknown=N_UNKNOWN):
    """Return the likeliest next word again and again, and how each was come by.

    Parameters
    ----------
    params, text, n_heads, n_unknown
        As in `pointer_generator`.
    n : int
        How many words to say.

    Returns
    -------
    summary : ndarray of int, shape (texts, n + 1)
        From `START` on, in the numbers of `text`; after `END` comes `PADDING`.
    written : Written
        ``probabilities, weights, gate`` of the n words.
    """
    n_extended = max(params["decoder.tokens"].shape[0], 1 + int(np.max(text)))
    options = {"n_heads": n_heads, "n_extended": n_extended, "n_unknown": n_unknown}

    def write(summary):
        return pointer_generator(params, text, summary, **options)

    summary = greedy(lambda ids: write(ids).probabilities, len(text), n)
    return summary, write(summary[:, :-1])


@differentiable
def surprise(probabilities, targets, *, keep):
    r"""Return the mean of -ln p over the targets that are kept.

    .. math:: L = -\frac{1}{n} \sum_t \ln p_{t, y_t}, \qquad dp_{t, y_t} = -\frac{1}{n \, p_{t, y_t}}

    Parameters
    ----------
    probabilities : array of float, shape (..., n_words)
        How likely each word is.
    targets : array_like of int, shape (...)
        The words that came.
    keep : array_like of bool, shape (...)
        False leaves a target out; at least one is kept.

    Returns
    -------
    array of float, shape ()
        In nats.

    Notes
    -----
    `cross_entropy` is more exact, but takes logits, which a mixture of writing and copying has none of. A
    probability is taken to be at least 1e-9, so that what can't be said is a great surprise, not an
    infinite one.

    Examples
    --------
    >>> float(surprise(np.array([[0.25, 0.75]]), [0], keep=[True]).round(3))
    1.386
    """
    targets, keep = require_ids("targets", targets, probabilities.shape[-1]), np.asarray(keep)
    at, n = targets[..., None], keep.sum()
    p = np.maximum(np.take_along_axis(probabilities, at, axis=-1), 1e-9)

    def back(dy):
        dprobabilities = np.zeros_like(probabilities)
        np.put_along_axis(dprobabilities, at, -(keep[..., None] * (dy / n)) / p, axis=-1)
        return dprobabilities, None

    return np.asarray(-np.log(p[..., 0]).sum(where=keep) / n), back
