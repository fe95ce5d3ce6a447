"""The parameters of a Transformer: their names, their first values, and whether they fit."""

import math

import numpy as np

from attnlib._arrays import require_count

#: What tells the blocks where a token stands.
POSITIONS = ("none", "learned", "sinusoidal", "rotary", "alibi", "relative")


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
    require_positions(positions)
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


def part(params, name):
    """Return the parameters under a name, without it: ``part(params, "encoder")["tokens"]``."""
    return {key[len(name) + 1 :]: value for key, value in params.items() if key.startswith(f"{name}.")}


def require_positions(positions):
    """Raise ValueError unless `positions` is one of `POSITIONS`."""
    if positions not in POSITIONS:
        raise ValueError(f"positions must be one of {', '.join(POSITIONS)}, got {positions!r}")


def require_params(params, positions, cross):
    """Return how many blocks there are in parameters.

    Raises
    ------
    ValueError
        Unless they are those of a stack with these positions, and with attention to a memory where asked.
    """
    require_positions(positions)
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
