"""One head that learns to look at the Witches, whoever asks: the worked example, trained."""

import numpy as np

from attnlib.byhand import MACBETH
from attnlib.data.witches import cast, scenes
from attnlib.dot_product import attention_weights
from attnlib.layers import cross_entropy, linear
from attnlib.trained.experiment import Experiment

D_K = 3


def begin(rng):
    """Return two small random matrices in the shapes of the worked example's: 36 numbers."""
    shape = (len(MACBETH.features), D_K)
    return {name: 0.1 * rng.standard_normal(shape) for name in ("w_q", "w_k")}


def batches(rng):
    """Yield 16 scenes at a time, and who the Witches are in each."""
    while True:
        yield scenes(rng, 16)


def loss(params, x, witches):
    """Return the mean of -ln of the weight that somebody gives the Witches.

    Parameters
    ----------
    params : dict of str to array of float, shape (6, 3)
        ``w_q`` and ``w_k``.
    x, witches
        As `attnlib.data.witches.scenes` draws them.

    Returns
    -------
    array of float, shape ()
        In nats a look.

    Notes
    -----
    The scores of the keys are logits, and the Witches the word that should have come.
    """
    q, k = linear(x, params["w_q"]), linear(x, params["w_k"])
    scores = q @ k.swapaxes(-2, -1) * D_K**-0.5  # (n, T, T)
    return cross_entropy(scores, np.repeat(witches[:, None], x.shape[1], axis=1))


def weights_on_witches(params, x, witches):
    """Return the weight that each in each scene gives the Witches.

    Parameters
    ----------
    params, x, witches
        As in `loss`; the parameters are plain arrays.

    Returns
    -------
    ndarray of float, shape (n, T)
        The weights.
    """
    weights = attention_weights(x @ params["w_q"], x @ params["w_k"])
    return np.take_along_axis(weights, witches[:, None, None], axis=-1)[..., 0]


def evaluate(params):
    """Return the mean weight on the Witches, and how often it is the most, in new scenes and the play's."""
    x, witches = scenes(np.random.default_rng(9), 500)
    most = attention_weights(x @ params["w_q"], x @ params["w_k"]).argmax(axis=-1) == witches[:, None]
    return {
        "weight": float(weights_on_witches(params, x, witches).mean()),
        "most": float(most.mean()),
        "weight in the play": float(weights_on_witches(params, *cast()).mean()),
    }


def baselines():
    """Return the same of a head that looks at all alike, and of the worked example's matrices."""
    worked = {"w_q": MACBETH.w_q, "w_k": MACBETH.w_k}
    return {
        "weight of an even share": 0.25,
        "weight of the worked example": float(
            weights_on_witches(worked, *scenes(np.random.default_rng(9), 500)).mean()
        ),
        "weight of the worked example in the play": float(weights_on_witches(worked, *cast()).mean()),
    }


EXPERIMENT = Experiment(begin, batches, loss, evaluate, baselines, steps=300, rate=5e-2)
