"""Captions: an LSTM that looks at the cells of a picture for each word, at many or at one."""

import itertools
import math
from typing import NamedTuple

import numpy as np

from attnlib._arrays import require_count, require_shape, shape_text
from attnlib.autodiff import value_of
from attnlib.dot_product import attention_weights
from attnlib.layers import (
    attend,
    concat,
    cross_entropy,
    embedding,
    linear,
    lstm_step,
    reinforce,
    relu,
    tanh,
)
from attnlib.models.generating import likeliest
from attnlib.probability import softmax
from attnlib.variants import hard_attention

#: How a word looks: at all cells by their weights, at one of them, or at the mean of all.
WAYS = ("soft", "hard", "mean")


class Seen(NamedTuple):
    """What the eye hands on.

    Attributes
    ----------
    state : array of float, shape (n, 2 * d_hidden)
        The decoder's first output and memory, side by side: of the mean of all cells.
    keys : array of float, shape (n, n_cells, d_model)
        The cells as the decoder's queries meet them.
    values : array of float, shape (n, n_cells, 2 * d_model)
        What is in each cell, and then where it is.
    """

    state: object
    keys: object
    values: object


class Step(NamedTuple):
    """What one step of the decoder gives.

    Attributes
    ----------
    logits : array of float, shape (n, n_words)
        A score for each word that may come next.
    state : array of float, shape (n, 2 * d_hidden)
        The decoder's output and memory after.
    q : array of float, shape (n, 1, d_model)
        What was looked for.
    choice : ndarray of float, shape (n, 1, n_cells) or None
        1 at the cell that was looked at; None where the look isn't hard.
    """

    logits: object
    state: object
    q: object
    choice: np.ndarray | None


class Captioned(NamedTuple):
    """What `captions` returns.

    Attributes
    ----------
    ids : ndarray of int, shape (n, T)
        The words; behind the first end of a row, only ends.
    weights : ndarray of float, shape (n, T, n_cells)
        How much each word looked at each cell; for a hard look, with which probability it would be drawn.
    """

    ids: np.ndarray
    weights: np.ndarray


def caption_params(rng, *, n_words, n_cells, d_cell, d_model, d_hidden):
    """Draw the parameters that a model begins with.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n_words : int
        The size of the vocabulary.
    n_cells, d_cell : int
        How many cells a picture has, and how many numbers a cell.
    d_model : int
        The feature size of cells, places and words.
    d_hidden : int
        The feature size of the LSTM's output, and of its memory.

    Returns
    -------
    dict of str to ndarray of float32
        By name: ``eye.w1``, ``places``, ``decoder.w_x`` and so on.

    Raises
    ------
    TypeError
        If a size isn't an integer.
    ValueError
        If a size is less than 1.
    """
    sizes = {"n_words": n_words, "n_cells": n_cells, "d_cell": d_cell}
    for name, size in (sizes | {"d_model": d_model, "d_hidden": d_hidden}).items():
        require_count(name, size, 1)

    def drawn(d_in, d_out):
        return rng.uniform(-1, 1, (d_in, d_out)) * math.sqrt(6 / (d_in + d_out))

    def dense(name, *widths):
        layers = {}
        for i, (d_in, d_out) in enumerate(itertools.pairwise(widths), start=1):
            layers |= {f"{name}.w{i}": drawn(d_in, d_out), f"{name}.b{i}": np.zeros(d_out)}
        return layers

    params = dense("eye", d_cell, d_model, d_model)
    params |= {"places": 0.3 * rng.standard_normal((n_cells, d_model))}
    params |= {"words": 0.3 * rng.standard_normal((n_words, d_model))}
    params |= dense("first", d_model, 2 * d_hidden)
    params |= {"w_q": drawn(d_hidden, d_model), "w_k": drawn(d_model, d_model)}
    params |= {
        "decoder.w_x": drawn(2 * d_model, 4 * d_hidden),
        "decoder.w_h": drawn(d_hidden, 4 * d_hidden),
    }
    params |= {"decoder.b": np.repeat([0.0, 1.0, 0.0, 0.0], d_hidden)}
    params |= dense("out", d_hidden + 2 * d_model, d_hidden, n_words)
    return {name: value.astype(np.float32) for name, value in params.items()}


def see(params, cells):
    r"""Look at a picture for the first time: all cells alike.

    .. math::

        e_j &= \mathrm{eye}(x_j), \quad k_j = (e_j + p_j) \, W^K, \quad v_j = [e_j, p_j] \\
        s_0 &= \tanh \Bigl( \frac{1}{n} \sum_j (e_j + p_j) \, W + b \Bigr)

    Parameters
    ----------
    params : dict of str to array of float
        The parameters.
    cells : array_like of float, shape (n, n_cells, d_cell)
        Pictures, cut into their cells.

    Returns
    -------
    Seen
        ``state, keys, values``.

    Raises
    ------
    ValueError
        If the pictures have other cells than the parameters were made for.

    References
    ----------
    Xu et al., "Show, attend and tell", 2015, section 3.1. Their eye is a large network trained to name what
    is in photographs; this one has two layers and learns with the rest.
    """
    cells = np.asarray(cells, dtype=value_of(params["places"]).dtype)
    expected = (params["places"].shape[0], params["eye.w1"].shape[0])
    if cells.ndim != 3 or cells.shape[1:] != expected:
        raise ValueError(f"cells must be (n, {expected[0]}, {expected[1]}), got {shape_text(cells.shape)}")
    what = relu(linear(cells, params["eye.w1"], params["eye.b1"]))
    what = relu(linear(what, params["eye.w2"], params["eye.b2"]))
    both = what + params["places"]
    where = params["places"] + np.zeros((len(cells), 1, 1), dtype=cells.dtype)
    state = tanh(linear(both.mean(axis=1), params["first.w1"], params["first.b1"]))
    return Seen(state, linear(both, params["w_k"]), concat(what, where))


def caption_step(params, words, state, seen, *, way, rng=None):
    r"""Take one step of the decoder: look, and read the word that was said last.

    .. math::

        [e_t, p_t] &= \mathrm{look}(h_{t-1} W^Q, K, V) \\
        h_t, c_t &= \mathrm{LSTM}([y_{t-1}, p_t], h_{t-1}, c_{t-1}) \\
        z_t &= \mathrm{out}([h_t, e_t, p_t])

    Parameters
    ----------
    params : dict of str to array of float
        The parameters.
    words : array_like of int, shape (n,)
        The last words.
    state : array of float, shape (n, 2 * d_hidden)
        The decoder's output and memory before.
    seen : Seen
        The pictures.
    way : str
        One of `WAYS`.
    rng : numpy.random.Generator, optional
        What draws the cells of a hard look; without it, the one with the greatest weight is taken.

    Returns
    -------
    Step
        ``logits, state, q, choice``.

    Raises
    ------
    ValueError
        If `way` is none of those.

    Notes
    -----
    What was seen goes to the word alone, and where it was to the memory as well. The model knows where it
    has been, and has to look for every word that speaks of what is there.

    References
    ----------
    Xu et al., 2015, sections 3.1.2 and 4. There all that was seen goes into the LSTM, and the scores are
    additive.
    """
    if way not in WAYS:
        raise ValueError(f"way must be one of {', '.join(WAYS)}, got {way!r}")
    d_hidden, d_model = params["w_q"].shape
    n, choice = len(words), None
    q = linear(state[:, :d_hidden], params["w_q"]).reshape(n, 1, d_model)
    if way == "hard":
        looked = (value_of(x) for x in (q, seen.keys, seen.values))
        _, choice = hard_attention(*looked, rng=rng, return_weights=True)
        context = choice @ seen.values
    elif way == "soft":
        context = attend(q, seen.keys, seen.values)
    else:
        context = seen.values.mean(axis=1)
    context = context.reshape(n, 2 * d_model)
    told = concat(embedding(params["words"], words), context[:, d_model:])
    gates = (params[f"decoder.{part}"] for part in ("w_x", "w_h", "b"))
    state = lstm_step(told, state[:, :d_hidden], state[:, d_hidden:], *gates)
    features = linear(concat(state[:, :d_hidden], context), params["out.w1"], params["out.b1"])
    return Step(linear(relu(features), params["out.w2"], params["out.b2"]), state, q, choice)


def caption_loss(params, cells, ids, keep, *, way):
    """Return the mean surprise at the words of the right captions, each told the right words before.

    Parameters
    ----------
    params, way
        As in `caption_step`. A hard look is at the greatest weight, which can't be learnt from: see
        `hard_loss`.
    cells : array_like of float, shape (n, n_cells, d_cell)
        Pictures.
    ids, keep : array_like, shape (n, T)
        Their captions, between a start and an end, and where they have words.

    Returns
    -------
    array of float, shape ()
        In nats a word.
    """
    logits, _, _ = _told(params, cells, ids, way=way)
    return cross_entropy(logits, np.asarray(ids)[:, 1:], keep=np.asarray(keep)[:, 1:])


def hard_loss(params, cells, ids, keep, seed, *, baseline=True, strength=1.0):
    r"""Return the loss of one drawn look at each word, whose gradient knows of the looks not taken.

    Each word's reward is the logarithm of the probability that it got, :math:`R_t = \ln p_t`, and the
    baseline the mean reward of the same word in the batch's other captions.

    Parameters
    ----------
    params, cells, ids, keep
        As in `caption_loss`.
    seed : int
        What draws the looks.
    baseline : bool, default True
        Whether to subtract it.
    strength : float, default 1.0
        How much the looks learn beside the words; 1 makes the mean of the gradients that of the expected
        loss.

    Returns
    -------
    array of float, shape ()
        In nats a word. The value is that of the words alone.

    Notes
    -----
    The others' mean knows nothing of a caption's own looks, so it changes no gradient's mean. A look is
    credited with its own word; that it may help with later words, through the memory, is left out.

    References
    ----------
    Xu et al., 2015, section 4.1 (the strength is their λ); Kool, van Hoof and Welling, "Buy 4 REINFORCE
    samples, get a baseline for free!", 2019 (the mean of the others).
    """
    ids, keep = np.asarray(ids), np.asarray(keep, dtype=bool)[:, 1:]
    logits, seen, looks = _told(params, cells, ids, way="hard", rng=np.random.default_rng(seed))
    loss = cross_entropy(logits, ids[:, 1:], keep=keep)
    likely = np.take_along_axis(softmax(value_of(logits)), ids[:, 1:, None], axis=-1)[..., 0]
    rewards = np.where(keep, np.log(np.maximum(likely, 1e-30)), 0)  # (n, T - 1)
    expected = others_mean(rewards, keep) if baseline else np.zeros_like(rewards)
    gained = strength * np.where(keep, rewards - expected, 0) / keep.sum()
    for t, (q, choice) in enumerate(looks):
        loss = loss + reinforce(q, seen.keys, choice=choice, reward=gained[:, t, None])
    return loss


def others_mean(rewards, keep):
    """Return for each number of a column the mean of the other numbers of that column.

    Parameters
    ----------
    rewards : ndarray of float, shape (n, T)
        Numbers.
    keep : ndarray of bool, shape (n, T)
        Which count.

    Returns
    -------
    ndarray of float, shape (n, T)
        0 where there is no other.

    Examples
    --------
    >>> others_mean(np.array([[1.0], [2.0], [6.0]]), np.ones((3, 1), dtype=bool)).ravel()
    array([4. , 3.5, 1.5])
    """
    counted = np.where(keep, rewards, 0)
    others = keep.sum(axis=0) - keep
    return (counted.sum(axis=0) - counted) / np.maximum(others, 1)


def mixed_loss(params, cells, ids, keep, seed, *, soft=0.5, **options):
    """Return `hard_loss` of some of the pictures and the soft `caption_loss` of the others.

    Parameters
    ----------
    params, cells, ids, keep, seed
        As in `hard_loss`.
    soft : float, default 0.5
        Which share of the pictures, the first ones, is looked at softly.
    **options
        Of `hard_loss`.

    Returns
    -------
    array of float, shape ()
        In nats a word.

    Raises
    ------
    ValueError
        If the share isn't between 0 and 1.

    References
    ----------
    Xu et al., 2015, section 4.1: every other picture is looked at softly, on average, which makes
    training by drawn looks more robust.
    """
    if not 0 <= soft <= 1:
        raise ValueError(f"soft must be between 0 and 1, got {soft}")
    n = round(soft * len(ids))
    first, rest = ([part[:n] for part in (cells, ids, keep)], [part[n:] for part in (cells, ids, keep)])
    if n == len(ids):
        return caption_loss(params, *first, way="soft")
    hard = hard_loss(params, *rest, seed, **options)
    return hard if n == 0 else soft * caption_loss(params, *first, way="soft") + (1 - soft) * hard


def _told(params, cells, ids, *, way, rng=None):
    """Return the logits after each word of the right captions, what was seen, and the looks."""
    ids = np.asarray(ids)
    if ids.ndim != 2 or ids.shape[1] < 2:
        raise ValueError(f"ids must have a start and a word: expected (n, T), got {shape_text(ids.shape)}")
    require_shape(
        "cells", np.asarray(cells), (len(ids), *np.shape(cells)[1:]), "a picture for each caption"
    )
    seen = see(params, cells)
    state, logits, looks = seen.state, [], []
    for words in ids[:, :-1].T:
        step = caption_step(params, words, state, seen, way=way, rng=rng)
        state = step.state
        logits.append(step.logits.reshape(len(ids), 1, step.logits.shape[1]))
        looks.append((step.q, step.choice))
    return concat(*logits, axis=1), seen, looks


def captions(params, cells, n, *, start, end, way, rng=None):
    """Say what is in pictures: the likeliest word, then the next, until the end.

    Parameters
    ----------
    params, cells
        As in `see`.
    n : int
        How many words to say at most.
    start, end : int
        The word that is read first, and the one after which nothing more is said.
    way, rng
        As in `caption_step`.

    Returns
    -------
    Captioned
        ``ids, weights``.

    Raises
    ------
    TypeError, ValueError
        As in `see`, `caption_step` and `attnlib.models.generating.likeliest`.
    """
    seen = see(params, cells)
    state, looks = seen.state, []

    def say(words):
        nonlocal state
        step = caption_step(params, words, state, seen, way=way, rng=rng)
        state = step.state
        weights = attention_weights(step.q, seen.keys)[:, 0]  # (n, n_cells)
        looks.append(np.full_like(weights, 1 / weights.shape[-1]) if way == "mean" else weights)
        return step.logits

    said = likeliest(say, len(seen.keys), n, start=start, end=end)
    return Captioned(said, np.stack(looks, axis=1))
