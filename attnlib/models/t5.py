"""T5: an encoder and a decoder that are told in words what to do."""

import numpy as np

from attnlib.layers import cross_entropy
from attnlib.models.cache import Cache
from attnlib.models.generating import likeliest
from attnlib.models.parameters import part, transformer_params
from attnlib.models.transformer import decoder, encoder

#: A bias of some units parts near from far, but each step of Adam moves a number by its rate at most: the
#: tables hold eighths, so that the biases can move eight times as fast as what else is learnt.
BIAS_SCALE = 8.0


def t5_params(rng, *, n_words, d_model, n_layers, n_heads, reach, d_hidden=None):
    """Draw the parameters that an encoder and a decoder begin with.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n_words, d_model, n_layers, n_heads, d_hidden
        As in `transformer_params`, for each of the two.
    reach : int
        Up to which distance words have biases of their own.

    Returns
    -------
    dict of str to ndarray of float32
        ``tokens``, which both share, and the others by name: ``encoder.relative``, ``decoder.out.w`` and so
        on.

    Raises
    ------
    TypeError, ValueError
        As in `transformer_params`.

    Notes
    -----
    Words begin as long as T5's, ten times as long as in `transformer_params`: which word stands somewhere
    then weighs more than what the first layers add, and to find who is in which room is learnt sooner.
    """
    sizes = {"n_words": n_words, "d_model": d_model, "n_layers": n_layers, "n_heads": n_heads}
    sizes |= {"d_hidden": d_hidden, "positions": "relative", "length": reach}
    halves = {
        name: transformer_params(rng, **sizes, cross=name == "decoder") for name in ("encoder", "decoder")
    }
    params = {"tokens": rng.standard_normal((n_words, d_model)).astype(np.float32)}
    for half, of in halves.items():
        unused = ("tokens", "out.w", "out.b") if half == "encoder" else ("tokens",)
        params |= {f"{half}.{name}": value for name, value in of.items() if name not in unused}
    return params


def read(params, ids, keep, *, n_heads):
    """Return the words of a text, each informed by all the others: what the decoder looks at.

    Parameters
    ----------
    params : dict of str to array of float
        The parameters.
    ids : array_like of int, shape (n, T)
        Texts.
    keep : array_like of bool, shape (n, T)
        False at padding, which nobody sees.
    n_heads : int
        The number of heads that the parameters were made for.

    Returns
    -------
    array of float, shape (n, T, d_model)
        The memory.

    Raises
    ------
    TypeError, ValueError
        As in `attnlib.models.transformer.stack`.
    """
    mask = np.asarray(keep, dtype=bool)[..., None, :]
    return encoder(_half(params, "encoder"), ids, n_heads=n_heads, positions="relative", mask=mask)


def say(params, ids, memory, keep, *, n_heads, cache=None):
    """Return, at each word of what has been said, a score for each word that may come next.

    Parameters
    ----------
    params, n_heads
        As in `read`.
    ids : array_like of int, shape (n, T_out)
        What has been said; a word sees itself and those before it.
    memory : array of float, shape (n, T, d_model)
        What was read.
    keep : array_like of bool, shape (n, T)
        Where it has words: a word sees them all.
    cache : Cache, optional
        Of the words said before `ids`.

    Returns
    -------
    array of float, shape (n, T_out, n_words)
        The logits.

    Raises
    ------
    TypeError, ValueError
        As in `attnlib.models.transformer.stack`.
    """
    options = {"n_heads": n_heads, "positions": "relative", "cache": cache}
    mask = np.asarray(keep, dtype=bool)[..., None, :]
    return decoder(_half(params, "decoder"), ids, memory, memory_mask=mask, **options)


def t5_loss(params, source, source_keep, target, target_keep, *, n_heads):
    """Return the mean surprise at the words that should be said, each told the right words before.

    Parameters
    ----------
    params, n_heads
        As in `read`.
    source, source_keep : array_like, shape (n, T)
        What is asked, and where it has words.
    target, target_keep : array_like, shape (n, T_out)
        What should be said, between a start and an end.

    Returns
    -------
    array of float, shape ()
        In nats a word.

    References
    ----------
    Raffel et al., "Exploring the limits of transfer learning with a unified text-to-text Transformer",
    2020, section 2. Theirs has no shifts in its norms, and learns from masked spans first.
    """
    target = np.asarray(target)
    memory = read(params, source, source_keep, n_heads=n_heads)
    logits = say(params, target[:, :-1], memory, source_keep, n_heads=n_heads)
    return cross_entropy(logits, target[:, 1:], keep=np.asarray(target_keep)[:, 1:])


def reply(params, ids, keep, n, *, start, end, n_heads):
    """Read texts, and say the likeliest word, and the next, until the end.

    Parameters
    ----------
    params, ids, keep, n_heads
        As in `read`.
    n : int
        How many words to say at most.
    start, end : int
        The word that is read first, and the one after which nothing more is said.

    Returns
    -------
    ndarray of int, shape (n, T_out)
        The words; behind the first end of a row, only ends.

    Raises
    ------
    TypeError, ValueError
        As in `attnlib.models.transformer.stack`.
    """
    memory, cache = read(params, ids, keep, n_heads=n_heads), Cache()

    def step(words):
        return say(params, words[:, None], memory, keep, n_heads=n_heads, cache=cache)[:, 0]

    return likeliest(step, len(memory), n, start=start, end=end)


def _half(params, name):
    half = part(params, name)
    return half | {"tokens": params["tokens"], "relative": half["relative"] * BIAS_SCALE}
