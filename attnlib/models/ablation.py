"""Taking heads out of a trained model, to see what they were good for."""

from attnlib._arrays import require_count


def without_heads(params, heads, *, n_heads):
    r"""Return the parameters of the same model with some heads switched off.

    What the heads of a block have gathered is multiplied by W_O and summed, head by head; a head whose rows
    of W_O are 0 adds nothing.

    .. math:: [C_1, \ldots, C_n] \, W_O = \sum_h C_h \, W_O^{(h)}, \qquad W_O^{(h)} \leftarrow 0

    Parameters
    ----------
    params : dict of str to ndarray of float
        The parameters of a stack of blocks. They stay as they are.
    heads : iterable of (int, int)
        The block and the head of each, counted from 0.
    n_heads : int
        The number of heads in a block.

    Returns
    -------
    dict of str to ndarray of float
        The parameters, of which those that don't change are the same arrays.

    Raises
    ------
    TypeError
        If a number isn't an integer.
    ValueError
        If there is no such block or head.

    References
    ----------
    Michel, Levy and Neubig, "Are sixteen heads really better than one?", 2019, section 2.3.

    Examples
    --------
    >>> import numpy as np
    >>> without_heads({"block0.self.w_o": np.ones((4, 3))}, [(0, 1)], n_heads=2)["block0.self.w_o"]
    array([[1., 1., 1.],
           [1., 1., 1.],
           [0., 0., 0.],
           [0., 0., 0.]])
    """
    n_heads = require_count("n_heads", n_heads, 1)
    left = dict(params)
    for block, head in heads:
        block, head = require_count("block", block, 0), require_count("head", head, 0)
        name = f"block{block}.self.w_o"
        if name not in params:
            raise ValueError(f"heads must be of blocks that are there: no {name!r} in params")
        if head >= n_heads:
            raise ValueError(f"heads must be 0 to {n_heads - 1}, got {head} in block {block}")
        size = params[name].shape[0] // n_heads
        left[name] = left[name].copy()
        left[name][head * size : (head + 1) * size] = 0
    return left
