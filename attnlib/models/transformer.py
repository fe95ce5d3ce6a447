"""The Transformer: a block, stacks of blocks that encode, decode or go on with a text."""

import math

import numpy as np

from attnlib._arrays import require_count
from attnlib.autodiff import take, value_of
from attnlib.layers import (
    alibi,
    attend,
    cross_entropy,
    embedding,
    layer_norm,
    linear,
    relative_bias,
    relu,
    rotate,
    sinusoids,
)
from attnlib.masks import causal_mask

#: What tells the blocks where a token stands.
POSITIONS = ("none", "learned", "sinusoidal", "rotary", "alibi", "relative")
#: The base of RoPE's wavelengths. Our texts are short, and waves that are longer than they can't be learnt
#: from them: with 10,000, as in long texts, copying beyond the trained length is right two times in three.
ROTARY_BASE = 100.0


def transformer_params(
    rng,
    *,
    n_words,
    d_model,
    n_layers,
    n_heads,
    positions="learned",
    length=None,
    d_hidden=None,
    cross=False,
):
    """Draw the parameters that a stack of blocks begins with.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n_words : int
        The size of the vocabulary.
    d_model : int
        The feature size of the tokens.
    n_layers : int
        The number of blocks.
    n_heads : int
        The number of heads; it divides `d_model`.
    positions : str, default "learned"
        One of `POSITIONS`.
    length : int, optional
        For "learned", the number of positions; for "relative", the reach.
    d_hidden : int, optional
        The feature size between the two products of a block: by default four times `d_model`.
    cross : bool, default False
        Whether the blocks attend to a memory as well, as a decoder's do.

    Returns
    -------
    dict of str to ndarray of float32
        By name: ``tokens``, ``positions`` or ``relative`` where they are learned, ``block0.self.w_q`` and
        so on, and ``norm`` and ``out`` at the end.

    Raises
    ------
    TypeError
        If a size isn't an integer.
    ValueError
        If a size is less than 1, `n_heads` doesn't divide `d_model`, or `positions` is none of those.

    Notes
    -----
    Matrices are drawn from the Glorot uniform distribution; those that add to the running sum are made
    smaller by the root of twice the number of blocks, so that the sum is as large however many there are.

    References
    ----------
    Radford et al., "Language models are unsupervised multitask learners" (GPT-2), 2019, section 2.3.
    """
    sizes = {"n_words": n_words, "d_model": d_model, "n_layers": n_layers, "n_heads": n_heads}
    for name, size in sizes.items():
        require_count(name, size, 1)
    if d_model % n_heads:
        raise ValueError(f"n_heads must divide d_model: expected a divisor of {d_model}, got {n_heads}")
    _require_positions(positions)
    d_hidden = 4 * d_model if d_hidden is None else require_count("d_hidden", d_hidden, 1)

    def drawn(d_in, d_out, share=1.0):
        return rng.uniform(-1, 1, (d_in, d_out)) * share * math.sqrt(6 / (d_in + d_out))

    def norm(name):
        return {f"{name}.gain": np.ones(d_model), f"{name}.shift": np.zeros(d_model)}

    params = {"tokens": 0.1 * rng.standard_normal((n_words, d_model))}
    if positions == "learned":
        params["positions"] = 0.1 * rng.standard_normal((require_count("length", length, 1), d_model))
    if positions == "relative":
        params["relative"] = np.zeros((2 * require_count("length", length, 1) + 1, n_heads))
    share = 1 / math.sqrt(2 * n_layers)
    for i in range(n_layers):
        for kind in ("self", "cross") if cross else ("self",):
            params |= norm(f"block{i}.{kind}.norm")
            params |= {f"block{i}.{kind}.{w}": drawn(d_model, d_model) for w in ("w_q", "w_k", "w_v")}
            params[f"block{i}.{kind}.w_o"] = drawn(d_model, d_model, share)
        params |= norm(f"block{i}.feed.norm")
        params[f"block{i}.feed.w_1"], params[f"block{i}.feed.b_1"] = (
            drawn(d_model, d_hidden),
            np.zeros(d_hidden),
        )
        params[f"block{i}.feed.w_2"], params[f"block{i}.feed.b_2"] = (
            drawn(d_hidden, d_model, share),
            np.zeros(d_model),
        )
    params |= norm("norm") | {"out.w": drawn(d_model, n_words), "out.b": np.zeros(n_words)}
    return {name: value.astype(np.float32) for name, value in params.items()}


class Cache:
    """Keys and values of the tokens that a stack has seen, so that they aren't computed again.

    Attributes
    ----------
    length : int
        How many tokens it holds.
    """

    def __init__(self):
        self.length = 0
        self._arrays = {}

    def extend(self, name, new):
        """Put a layer's new keys or values behind its old ones, and return them all.

        Parameters
        ----------
        name : str
            Whose they are.
        new : ndarray of float, shape (..., T, d)
            Those of the new tokens.

        Returns
        -------
        ndarray of float, shape (..., length + T, d)
            A view that is valid until the next call.
        """
        end = self.length + new.shape[-2]
        held = self._arrays.get(name)
        if held is None or held.shape[-2] < end:
            grown = np.empty((*new.shape[:-2], max(2 * end, 16), new.shape[-1]), new.dtype)
            if held is not None:
                grown[..., : self.length, :] = held[..., : self.length, :]
            held = self._arrays[name] = grown
        held[..., self.length : end, :] = new
        return held[..., :end, :]


def attention_layer(params, name, x, memory=None, *, n_heads, mask=None, bias=None, turn=None, cache=None):
    """Return what attention adds to each token.

    Parameters
    ----------
    params : dict of str to array of float
        The parameters.
    name : str
        Which of them: ``block0.self``.
    x : array of float, shape (..., T_q, d_model)
        Tokens.
    memory : array of float, shape (..., T_k, d_model), optional
        What is attended to: by default the tokens themselves.
    n_heads : int
        The number of heads.
    mask, bias
        As in `attend`.
    turn : array of int, shape (T_q,), optional
        The positions by which queries and keys are rotated.
    cache : Cache, optional
        Keys and values of the tokens before.

    Returns
    -------
    array of float, shape (..., T_q, d_model)
        To be added to `x`.
    """
    y = layer_norm(x, params[f"{name}.norm.gain"], params[f"{name}.norm.shift"])
    source = y if memory is None else memory
    q = linear(y, params[f"{name}.w_q"])
    k, v = linear(source, params[f"{name}.w_k"]), linear(source, params[f"{name}.w_v"])
    if turn is not None:
        q, k = (rotate(z, positions=turn, n_heads=n_heads, base=ROTARY_BASE) for z in (q, k))
    if cache is not None:
        k, v = cache.extend(f"{name}.k", k), cache.extend(f"{name}.v", v)
    return linear(attend(q, k, v, bias, n_heads=n_heads, mask=mask), params[f"{name}.w_o"])


def feed_forward(params, name, x):
    """Return what the feed-forward network adds to each token, on its own.

    Parameters
    ----------
    params : dict of str to array of float
        The parameters.
    name : str
        Which of them: ``block0.feed``.
    x : array of float, shape (..., T, d_model)
        Tokens.

    Returns
    -------
    array of float, shape of `x`
        To be added to `x`.
    """
    y = layer_norm(x, params[f"{name}.norm.gain"], params[f"{name}.norm.shift"])
    hidden = relu(linear(y, params[f"{name}.w_1"], params[f"{name}.b_1"]))
    return linear(hidden, params[f"{name}.w_2"], params[f"{name}.b_2"])


def block(params, name, x, memory=None, *, n_heads, memory_mask=None, **options):
    r"""Return tokens after attention between them, and a network on each of them.

    .. math:: x \leftarrow x + \mathrm{Attention}(\mathrm{Norm}(x)), \qquad
        x \leftarrow x + \mathrm{FeedForward}(\mathrm{Norm}(x))

    Parameters
    ----------
    params : dict of str to array of float
        The parameters.
    name : str
        Which of them: ``block0``.
    x : array of float, shape (..., T, d_model)
        Tokens.
    memory : array of float, shape (..., T_k, d_model), optional
        What a decoder attends to, between the two steps.
    n_heads : int
        The number of heads.
    memory_mask : array of bool, optional
        The mask on the memory.
    **options
        ``mask, bias, turn, cache`` of the attention between the tokens, as in `attention_layer`.

    Returns
    -------
    array of float, shape of `x`
        The tokens, each step added to what it was given.

    Notes
    -----
    The norm stands before each step and not after the sum, as in GPT-2, so that the sum runs through all
    blocks untouched; Vaswani et al. put it after.

    References
    ----------
    Vaswani et al., "Attention is all you need", 2017, section 3.1; Xiong et al., "On layer normalization in
    the Transformer architecture", 2020.
    """
    x = x + attention_layer(params, f"{name}.self", x, n_heads=n_heads, **options)
    if memory is not None:
        x = x + attention_layer(params, f"{name}.cross", x, memory, n_heads=n_heads, mask=memory_mask)
    return x + feed_forward(params, f"{name}.feed", x)


def stack(
    params, ids, memory=None, *, n_heads, positions="learned", mask=None, memory_mask=None, cache=None
):
    """Return the tokens of a text after all blocks and a last norm.

    Parameters
    ----------
    params : dict of str to array of float
        The parameters, as from `transformer_params`.
    ids : array_like of int, shape (..., T)
        The text, as the numbers of its words.
    memory : array of float, shape (..., T_k, d_model), optional
        What a decoder attends to.
    n_heads : int
        The number of heads that the parameters were made for.
    positions : str, default "learned"
        One of `POSITIONS`: that which they were made for.
    mask, memory_mask : array of bool, optional
        As in `attend`.
    cache : Cache, optional
        What the tokens before `ids` have left. It is extended by these.

    Returns
    -------
    array of float, shape (..., T, d_model)
        The tokens.

    Raises
    ------
    TypeError
        If `ids` doesn't hold integers.
    ValueError
        If a number is outside the vocabulary, the text is longer than the learned positions, or the
        parameters are those of another model.
    """
    n_layers = _require_params(params, positions, cross=memory is not None)
    ids = np.asarray(ids)
    t, start = ids.shape[-1], 0 if cache is None else cache.length
    x, turn, bias = embedding(params["tokens"], ids), None, None
    if positions == "learned":
        n_positions = params["positions"].shape[0]
        if start + t > n_positions:
            raise ValueError(f"ids must be at most {n_positions} tokens long, got {start + t}")
        x = x + take(params["positions"], index=slice(start, start + t))
    elif positions == "sinusoidal":
        x = x + sinusoids(start + t, x.shape[-1])[start:].astype(value_of(x).dtype)
    elif positions == "rotary":
        turn = np.arange(start, start + t)
    elif positions == "alibi":
        bias = alibi(t, start + t, n_heads=n_heads)
    elif positions == "relative":
        bias = relative_bias(params["relative"], t, start + t)
    options = {"mask": mask, "bias": bias, "turn": turn, "cache": cache}
    for i in range(n_layers):
        x = block(params, f"block{i}", x, memory, n_heads=n_heads, memory_mask=memory_mask, **options)
    if cache is not None:
        cache.length += t
    return layer_norm(x, params["norm.gain"], params["norm.shift"])


def encoder(params, ids, *, n_heads, positions="learned", mask=None):
    """Return the tokens of a text, each informed by all the others: `stack`, with no mask but `mask`."""
    return stack(params, ids, n_heads=n_heads, positions=positions, mask=mask)


def gpt(params, ids, memory=None, *, n_heads, positions="learned", memory_mask=None, cache=None):
    """Return, at each token of a text, a score for each word that may come next.

    Parameters
    ----------
    params, ids, memory, n_heads, positions, memory_mask, cache
        As in `stack`.

    Returns
    -------
    array of float, shape (..., T, n_words)
        The logits, for `softmax` or `cross_entropy`.

    Raises
    ------
    TypeError, ValueError
        As in `stack`.

    Notes
    -----
    The causal mask lets every token see itself and those before it, so that one pass over a text asks as
    many questions as it has words. With a memory it is the decoder of a translator.

    References
    ----------
    Radford et al., "Improving language understanding by generative pre-training", 2018, section 3.1.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> params = transformer_params(rng, n_words=11, d_model=8, n_layers=2, n_heads=2, length=7)
    >>> gpt(params, [[3, 1, 4, 1, 5]], n_heads=2).shape
    (1, 5, 11)
    """
    t, start = np.shape(ids)[-1], 0 if cache is None else cache.length
    options = {"n_heads": n_heads, "positions": positions, "memory_mask": memory_mask, "cache": cache}
    x = stack(params, ids, memory, mask=causal_mask(t, start + t), **options)
    return linear(x, params["out.w"], params["out.b"])


def decoder(params, ids, memory, **options):
    """Return, at each token of a text, a score for each next word, given a memory: `gpt` with a memory."""
    return gpt(params, ids, memory, **options)


def next_word_loss(params, ids, keep=None, *, n_heads, positions="learned"):
    """Return the mean surprise at each word of a text after its first, given the words before it.

    Parameters
    ----------
    params, n_heads, positions
        As in `stack`.
    ids : array_like of int, shape (..., T + 1)
        Texts: each word is a question and, but for the first, an answer.
    keep : array_like of bool, shape (..., T + 1), optional
        False where a word is padding and not to be learnt.

    Returns
    -------
    array of float, shape ()
        In nats a word.
    """
    ids = np.asarray(ids)
    logits = gpt(params, ids[..., :-1], n_heads=n_heads, positions=positions)
    return cross_entropy(logits, ids[..., 1:], keep=None if keep is None else keep[..., 1:])


def part(params, name):
    """Return the parameters under a name, without it: ``part(params, "encoder")["tokens"]``."""
    return {key[len(name) + 1 :]: value for key, value in params.items() if key.startswith(f"{name}.")}


def _require_positions(positions):
    if positions not in POSITIONS:
        raise ValueError(f"positions must be one of {', '.join(POSITIONS)}, got {positions!r}")


def _require_params(params, positions, cross):
    _require_positions(positions)
    n_layers = sum(name.endswith(".feed.w_1") for name in params)
    needed = {"tokens", "norm.gain", "norm.shift"}
    for i in range(max(1, n_layers)):
        needed |= {f"block{i}.self.{w}" for w in ("w_q", "w_k", "w_v", "w_o")}
        needed |= {f"block{i}.cross.{w}" for w in ("w_q", "w_k", "w_v", "w_o")} if cross else set()
    needed |= {"positions"} if positions == "learned" else set()
    needed |= {"relative"} if positions == "relative" else set()
    missing = sorted(needed - set(params))
    if missing:
        raise ValueError(f"params must be those of this model: {missing[0]!r} is missing")
    for name, kind in (("positions", "learned"), ("relative", "relative")):
        if name in params and positions != kind:
            raise ValueError(
                f"params must be those of this model: they have {kind} positions, not {positions}"
            )
    return n_layers
