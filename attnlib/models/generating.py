"""Going on with a text: choosing a word, and the next, with or without a cache."""

import numpy as np

from attnlib._arrays import require_axis, require_count
from attnlib.layers.dense import require_ids
from attnlib.models.cache import Cache
from attnlib.models.transformer import gpt
from attnlib.probability import softmax


def choose(logits, *, temperature=1.0, top_k=None, rng=None):
    """Return a word for each row of scores: the likeliest, or one drawn.

    Parameters
    ----------
    logits : array_like of float, shape (..., n_words)
        A score for each word.
    temperature : float, default 1.0
        The divisor of the scores, greater than 0: below 1 the likely words gain, above 1 the unlikely.
    top_k : int, optional
        Draw only from the k likeliest words (and those that tie with the last of them).
    rng : numpy.random.Generator, optional
        Draw with it. Without it the likeliest word is taken, the first of several.

    Returns
    -------
    ndarray of int, shape (...)
        The words' numbers.

    Raises
    ------
    TypeError
        If `logits` isn't real, or `top_k` not an integer.
    ValueError
        If `temperature` isn't greater than 0 and finite, `top_k` is less than 1 or more than there are
        words, or a score is NaN.

    References
    ----------
    Fan, Lewis and Dauphin, "Hierarchical neural story generation", 2018, section 5.4 (top-k).

    Examples
    --------
    >>> int(choose([0.0, 2.0, 1.0]))
    1
    >>> choose([[0.0, 2.0, 1.0]] * 8, top_k=2, rng=np.random.default_rng(0))
    array([1, 1, 1, 1, 2, 2, 1, 1])
    """
    logits = np.asarray(logits)
    require_axis("logits", logits)
    weights = softmax(logits, temperature=temperature)
    if np.isnan(weights).any():
        raise ValueError("logits must hold numbers: one is NaN or infinite")
    if top_k is not None:
        top_k = require_count("top_k", top_k, 1)
        if top_k > logits.shape[-1]:
            raise ValueError(f"top_k must be at most {logits.shape[-1]}, the number of words, got {top_k}")
        least = np.partition(logits, -top_k, axis=-1)[..., -top_k, None]
        weights = np.where(logits >= least, weights, 0)
    if rng is None:
        return weights.argmax(axis=-1)
    cumulative = weights.cumsum(axis=-1, dtype=np.float64)
    mark = rng.random(weights.shape[:-1])[..., None] * cumulative[..., -1:]
    return (cumulative > mark).argmax(axis=-1)


def likeliest(step, n_texts, n, *, start, end):
    """Say the likeliest word, tell it to the model, and say the next, until the end.

    Parameters
    ----------
    step : callable
        ``step(words)`` is told the last word of each text, of shape (n_texts,), and returns a score for
        each word that may come next, of shape (n_texts, n_words). It remembers the words before.
    n_texts : int
        How many texts are said side by side.
    n : int
        How many words to say at most.
    start, end : int
        The word that is told first, and the one after which nothing more is said.

    Returns
    -------
    ndarray of int, shape (n_texts, T)
        The words; behind the first end of a row, only ends.

    Raises
    ------
    TypeError
        If `n` isn't an integer.
    ValueError
        If it is less than 1.

    Examples
    --------
    >>> likeliest(lambda words: np.eye(5)[words + 1], 2, 9, start=0, end=3)
    array([[1, 2, 3],
           [1, 2, 3]])
    """
    words, said, ended = np.full(n_texts, start), [], np.zeros(n_texts, dtype=bool)
    for _ in range(require_count("n", n, 1)):
        words = np.where(ended, end, step(words).argmax(axis=-1))
        ended |= words == end
        said.append(words)
        if ended.all():
            break
    return np.stack(said, axis=1)


def generate(
    params,
    prompt,
    n,
    *,
    n_heads,
    positions="learned",
    temperature=1.0,
    top_k=None,
    rng=None,
    length=None,
    cache=True,
):
    """Go on with a text, word by word.

    Parameters
    ----------
    params, n_heads, positions
        As in `gpt`.
    prompt : array_like of int, shape (..., T)
        What to go on with: at least one word.
    n : int
        How many words to add.
    temperature, top_k, rng
        As in `choose`.
    length : int, optional
        How many words the model looks back on, at least 2. Learned positions have a length of their own;
        otherwise, by default, there is no end.
    cache : bool, default True
        Keep the keys and values of the words that have been, instead of computing them for every word.

    Returns
    -------
    ndarray of int, shape (..., T + n)
        The prompt and the new words; the same with and without the cache.

    Raises
    ------
    TypeError
        If `prompt` doesn't hold integers.
    ValueError
        If the prompt is empty, or a number is out of range.

    Notes
    -----
    When the length is used up, the older half is forgotten and the rest read again. To forget one word at
    a time would shift the position of all, and every word would be read again at every step.

    Without a cache, word t costs a pass over t words, and n of them about n² / 2; with it, each costs one
    pass over itself and a look at the keys of the others.

    References
    ----------
    Shazeer, "Fast Transformer decoding: one write-head is all you need", 2019, section 2.4.
    """
    prompt = require_ids("prompt", prompt, params["tokens"].shape[0])
    n = require_count("n", n, 0)
    if prompt.ndim == 0 or prompt.shape[-1] == 0:
        raise ValueError(f"prompt must hold at least one word, got the shape {prompt.shape}")
    if positions == "learned" and "positions" in params:
        n_positions = params["positions"].shape[0]
        length = n_positions if length is None else min(length, n_positions)
    if length is not None:
        length = require_count("length", length, 2)
    t, n_all = prompt.shape[-1], prompt.shape[-1] + n
    ids = np.concatenate([prompt, np.zeros((*prompt.shape[:-1], n), dtype=prompt.dtype)], axis=-1)
    first = read = 0 if length is None else max(0, t - length)
    held = Cache()
    for end in range(t, n_all):
        if length is not None and end - first > length:
            first = read = end - length // 2
            held = Cache()
        seen = ids[..., read if cache else first : end]
        logits = gpt(params, seen, n_heads=n_heads, positions=positions, cache=held if cache else None)
        ids[..., end] = choose(logits[..., -1, :], temperature=temperature, top_k=top_k, rng=rng)
        read = end
    return ids
