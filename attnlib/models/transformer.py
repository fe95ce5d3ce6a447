"""The Transformer: a block, stacks of blocks that encode, decode or go on with a text."""

import numpy as np

from attnlib._arrays import require_axis
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
from attnlib.models.parameters import require_params

#: The base of RoPE's wavelengths. Waves that are much longer than our short texts can't be learnt from
#: them: with 10,000, made for long ones, copying beyond the trained length is right a little less often.
ROTARY_BASE = 100.0


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

    Raises
    ------
    ValueError
        If the shapes don't fit.
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

    Raises
    ------
    ValueError
        If the shapes don't fit.
    """
    y = layer_norm(x, params[f"{name}.norm.gain"], params[f"{name}.norm.shift"])
    hidden = relu(linear(y, params[f"{name}.w_1"], params[f"{name}.b_1"]))
    return linear(hidden, params[f"{name}.w_2"], params[f"{name}.b_2"])


def block(params, name, x, memory=None, *, n_heads, memory_mask=None, **options):
    r"""Return tokens after attention between them, and a network on each of them.

    .. math::

        x &\leftarrow x + \mathrm{Attention}(\mathrm{Norm}(x)) \\
        x &\leftarrow x + \mathrm{FeedForward}(\mathrm{Norm}(x))

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
        The parameters, as from `attnlib.models.parameters.transformer_params`.
    ids : array_like of int, shape (..., T)
        The text, as the numbers of its words.
    memory : array of float, shape (..., T_k, d_model), optional
        What a decoder attends to.
    n_heads : int
        The number of heads that the parameters were made for.
    positions : str, default "learned"
        One of `attnlib.models.parameters.POSITIONS`: that which they were made for.
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
        If `ids` is a single number, a number is outside the vocabulary, the text is longer than the learned
        positions, or the parameters are those of another model.
    """
    n_layers = require_params(params, positions, cross=memory is not None)
    t, start = n_tokens(ids), 0 if cache is None else cache.length
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
    """Return the tokens of a text, each informed by all the others: `stack`, with no mask but `mask`.

    Parameters
    ----------
    params, ids, n_heads, positions
        As in `stack`.
    mask : array_like of bool, broadcastable to (..., T, T), optional
        False where there is padding.

    Returns
    -------
    array of float, shape (..., T, d_model)
        The tokens: a memory for `decoder`.

    Raises
    ------
    TypeError, ValueError
        As in `stack`.
    """
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
    >>> from attnlib.models.parameters import transformer_params
    >>> rng = np.random.default_rng(0)
    >>> params = transformer_params(rng, n_words=11, d_model=8, n_layers=2, n_heads=2, length=7)
    >>> gpt(params, [[3, 1, 4, 1, 5]], n_heads=2).shape
    (1, 5, 11)
    """
    t, start = n_tokens(ids), 0 if cache is None else cache.length
    options = {"n_heads": n_heads, "positions": positions, "memory_mask": memory_mask, "cache": cache}
    x = stack(params, ids, memory, mask=causal_mask(t, start + t), **options)
    return linear(x, params["out.w"], params["out.b"])


def decoder(params, ids, memory, **options):
    """Return, at each token of a text, a score for each next word, given a memory: `gpt` with a memory.

    Parameters
    ----------
    params, ids, **options
        As in `gpt`.
    memory : array of float, shape (..., T_k, d_model)
        What `encoder` made of the other text.

    Returns
    -------
    array of float, shape (..., T, n_words)
        The logits.

    Raises
    ------
    TypeError, ValueError
        As in `stack`.
    """
    return gpt(params, ids, memory, **options)


def n_tokens(ids):
    """Return how long texts are; ValueError for a number that is no text."""
    require_axis("ids", np.asarray(ids))
    return np.shape(ids)[-1]


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

    Raises
    ------
    TypeError, ValueError
        As in `stack` and `cross_entropy`.
    """
    ids = np.asarray(ids)
    logits = gpt(params, ids[..., :-1], n_heads=n_heads, positions=positions)
    return cross_entropy(logits, ids[..., 1:], keep=None if keep is None else keep[..., 1:])
