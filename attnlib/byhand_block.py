"""The second worked example: a whole Transformer block over three words, in whole numbers and fractions.

A dog bites a man. The numbers are chosen so that every deviation that a norm divides by is a fraction. As
in `attnlib.byhand` 3 takes the place of e; nothing else is replaced, and nothing is rounded.
"""

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from attnlib._arrays import require_shape

#: The common mistakes of `mistakes`, each with what it does.
MISTAKES = {
    "no_residual": "neither step is added to the tokens",
    "no_first_residual": "what attention brings replaces the tokens",
    "no_second_residual": "what the feed-forward network brings replaces the tokens",
    "added_to_the_normalised": "each step is added to the normalised tokens",
    "added_to_the_first": "the second step is added to the tokens that the block was given",
    "no_norm": "nothing is normalised",
    "norm_after": "the norm stands after each sum",
    "norm_across_tokens": "each feature is normalised over the tokens",
    "one_norm_for_both": "the feed-forward network is given what attention was given",
    "no_mask": "every word sees every word",
    "no_relu": "negative numbers go on to the second matrix",
}


@dataclass(frozen=True, eq=False)
class WorkedBlock:
    """A block in small numbers: one head, then a feed-forward network, a norm before each.

    Parameters
    ----------
    tokens : sequence of str
        The T words.
    features : sequence of str
        The names of the d_model features.
    words : array_like, shape (T, d_model)
        A row for each word, wherever it stands.
    positions : array_like, shape (T, d_model)
        A row for each place, whatever stands there.
    w_q, w_k : array_like, shape (d_model, d_k)
        What turns tokens into queries and keys.
    w_v : array_like, shape (d_model, d_v)
        What turns tokens into values.
    w_o : array_like, shape (d_v, d_model)
        What brings the context back to the features.
    w_1, b_1 : array_like, shapes (d_model, d_hidden) and (d_hidden,)
        The first product of the feed-forward network, and what is added to it.
    w_2 : array_like, shape (d_hidden, d_model)
        The second product.

    Raises
    ------
    ValueError
        If the shapes don't fit.

    Notes
    -----
    The arrays hold `fractions.Fraction` and are read-only.
    """

    tokens: tuple
    features: tuple
    words: np.ndarray
    positions: np.ndarray
    w_q: np.ndarray
    w_k: np.ndarray
    w_v: np.ndarray
    w_o: np.ndarray
    w_1: np.ndarray
    b_1: np.ndarray
    w_2: np.ndarray

    def __post_init__(self):
        object.__setattr__(self, "tokens", tuple(self.tokens))
        object.__setattr__(self, "features", tuple(self.features))
        for name in MATRICES:
            matrix = _fractions(getattr(self, name))
            matrix.flags.writeable = False
            object.__setattr__(self, name, matrix)
        d_model, d_k, d_v, d_hidden = (
            len(self.features),
            *(getattr(self, name).shape[-1] for name in ("w_k", "w_v", "w_1")),
        )
        shapes = {
            "words": (len(self.tokens), d_model),
            "positions": (len(self.tokens), d_model),
            "w_q": (d_model, d_k),
            "w_k": (d_model, d_k),
            "w_v": (d_model, d_v),
            "w_o": (d_v, d_model),
            "w_1": (d_model, d_hidden),
            "b_1": (d_hidden,),
            "w_2": (d_hidden, d_model),
        }
        for name, shape in shapes.items():
            require_shape(name, getattr(self, name), shape, "tokens, features, hidden features")


MATRICES = ("words", "positions", "w_q", "w_k", "w_v", "w_o", "w_1", "b_1", "w_2")
HALF = Fraction(1, 2)


def _fractions(matrix):
    return np.vectorize(Fraction, otypes=[object])(np.asarray(matrix, dtype=object))


#: The block of chapter 10. Words that don't come first look for the one that does; the feed-forward network
#: notices that a dog bites, or a man, and marks the first word and the last.
BLOCK = WorkedBlock(
    tokens=("dog", "bites", "man"),
    features=("dog", "man", "first", "last"),
    words=[[2, 0, 0, 0], [2, 2, 0, 0], [0, 2, 0, 0]],  # both can bite
    positions=[[0, 0, 2, 0], [0, 0, 0, 0], [0, 0, 0, 2]],
    w_q=[[0], [0], [-HALF], [0]],
    w_k=[[0], [0], [1], [0]],
    w_v=[[HALF, 0], [-HALF, 0], [0, HALF], [0, -HALF]],
    w_o=[[1, -1, 0, 0], [0, 0, 1, -1]],
    w_1=[[5, 0, 0, 0], [0, 5, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
    b_1=[-5, -5, 0, 0],
    w_2=[[1, -1, 0, 0], [-1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
)


def read(sentence, worked=BLOCK):
    """Return the block with another sentence of its words.

    Parameters
    ----------
    sentence : str
        As many words as before, each of them one that the block knows.
    worked : WorkedBlock, default `BLOCK`
        The block.

    Returns
    -------
    WorkedBlock
        The same matrices and other words.

    Raises
    ------
    ValueError
        If a word is unknown, or there are more of them or fewer.

    Notes
    -----
    "man bites dog" can be worked by hand as well. "dog bites dog" has a deviation that is no fraction.

    Examples
    --------
    >>> read("man bites dog").words[0].tolist() == BLOCK.words[2].tolist()
    True
    """
    words = sentence.split()
    unknown = [word for word in words if word not in worked.tokens]
    if unknown or len(words) != len(worked.tokens):
        known = ", ".join(worked.tokens)
        raise ValueError(f"sentence must be {len(worked.tokens)} of the words {known}, got {sentence!r}")
    return replace(worked, tokens=words, words=worked.words[[worked.tokens.index(word) for word in words]])


def example(seed):
    """Draw another block, as good to work by hand as the first.

    Parameters
    ----------
    seed : int
        The same seed gives the same block.

    Returns
    -------
    WorkedBlock
        A dog bites a man, or a man a dog, with the features in another order, larger words, and another
        second product of the feed-forward network.

    Examples
    --------
    >>> steps(example(7))["out"].shape
    (3, 4)
    """
    rng = np.random.default_rng(seed)
    worked = read(rng.choice(["dog bites man", "man bites dog"]))
    order, size = rng.permutation(4), int(rng.integers(1, 4))
    w_2 = rng.integers(-2, 3, size=(4, 4))
    w_2[np.arange(4), rng.integers(4, size=4)] = rng.choice([-3, 3], size=4)
    return replace(
        worked,
        features=[worked.features[i] for i in order],
        words=size * worked.words[:, order],
        positions=size * worked.positions[:, order],
        w_o=size * worked.w_o[:, order],
        **{name: getattr(worked, name)[order] for name in ("w_q", "w_k", "w_v", "w_1")},
        w_2=[[int(entry) for entry in row] for row in w_2],
    )


def steps(worked=BLOCK, *, mode="hand"):
    r"""Return every matrix of the block, by name, in the order in which it is computed.

    .. math:: Y = X + \mathrm{Attention}(\mathrm{Norm}(X)), \qquad
        Z = Y + \mathrm{FeedForward}(\mathrm{Norm}(Y))

    Parameters
    ----------
    worked : WorkedBlock, default `BLOCK`
        The block.
    mode : {"hand", "standard"}
        "hand" takes powers of 3, in fractions; "standard" takes powers of e, in float64. Both divide the
        scores by the root of d_k, which is 1, and let each word see itself and those before it.

    Returns
    -------
    dict of str to ndarray
        ``x, mean_x, deviation_x, normed_x, q, k, v, scores, powers, totals, weights, context, attended, y,
        mean_y, deviation_y, normed_y, before_relu, hidden, fed, out``. A power that the mask hides is 0.

    Raises
    ------
    ValueError
        If `mode` is none of those named, or by hand a deviation is no fraction.

    Notes
    -----
    By hand a power is 3 to how far its score lies above the lowest of its row: the same number taken from
    a whole row changes no weight.

    Examples
    --------
    >>> print(*steps()["weights"][2])
    3/5 1/5 1/5
    >>> print(*steps()["out"][1])
    19/4 -3/4 3/4 -3/4
    """
    if mode not in ("hand", "standard"):
        raise ValueError(f"mode must be one of hand, standard, got {mode!r}")
    m = {name: getattr(worked, name) for name in MATRICES}
    if mode == "standard":
        m = {name: matrix.astype(float) for name, matrix in m.items()}
    x = m["words"] + m["positions"]
    mean_x, deviation_x, normed_x = _norm(x)
    q, k, v = (normed_x @ m[name] for name in ("w_q", "w_k", "w_v"))
    scores = q @ k.T
    if mode == "standard":
        scores = scores / math.sqrt(q.shape[-1])
    powers = _powers(scores)
    totals = powers.sum(axis=-1, keepdims=True)
    weights = powers / totals
    context = weights @ v
    attended = context @ m["w_o"]
    y = x + attended
    mean_y, deviation_y, normed_y = _norm(y)
    before_relu = normed_y @ m["w_1"] + m["b_1"]
    hidden = np.maximum(before_relu, 0 * before_relu)
    fed = hidden @ m["w_2"]
    return {
        "x": x,
        "mean_x": mean_x,
        "deviation_x": deviation_x,
        "normed_x": normed_x,
        "q": q,
        "k": k,
        "v": v,
        "scores": scores,
        "powers": powers,
        "totals": totals,
        "weights": weights,
        "context": context,
        "attended": attended,
        "y": y,
        "mean_y": mean_y,
        "deviation_y": deviation_y,
        "normed_y": normed_y,
        "before_relu": before_relu,
        "hidden": hidden,
        "fed": fed,
        "out": y + fed,
    }


def mistakes(worked=BLOCK):
    """Return what the block gives if one common mistake is made, with powers of 3.

    Parameters
    ----------
    worked : WorkedBlock, default `BLOCK`
        The block.

    Returns
    -------
    dict of str to ndarray of float64, each of shape (T, d_model)
        A wrong ``out`` for each name of `MISTAKES`; the deviations of a wrong block are not fractions.

    Examples
    --------
    >>> print(*mistakes()["no_residual"][0], "instead of", *steps()["out"][0])
    0.0 0.0 1.0 0.0 instead of 3 -1 4 -1
    """
    m = {name: getattr(worked, name).astype(float) for name in MATRICES}
    x = m["words"] + m["positions"]

    def attended(n, *, mask=True):
        powers = _powers(n @ m["w_q"] @ (n @ m["w_k"]).T, base=3.0, mask=mask)
        return powers / powers.sum(axis=-1, keepdims=True) @ n @ m["w_v"] @ m["w_o"]

    def fed(n, *, relu=True):
        hidden = n @ m["w_1"] + m["b_1"]
        return (np.maximum(hidden, 0) if relu else hidden) @ m["w_2"]

    def norm(z):
        return _norm(z)[-1]

    def unchanged(z):
        return z

    def across(z):
        return _norm(z.T)[-1].T

    def block(norm=norm, **options):
        y = x + attended(norm(x), **options)
        return y + fed(norm(y))

    y = x + attended(norm(x))
    return {
        "no_residual": fed(norm(attended(norm(x)))),
        "no_first_residual": attended(norm(x)) + fed(norm(attended(norm(x)))),
        "no_second_residual": fed(norm(y)),
        "added_to_the_normalised": norm(norm(x) + attended(norm(x)))
        + fed(norm(norm(x) + attended(norm(x)))),
        "added_to_the_first": x + fed(norm(y)),
        "no_norm": block(unchanged),
        "norm_after": norm(norm(x + attended(x)) + fed(norm(x + attended(x)))),
        "norm_across_tokens": block(across),
        "one_norm_for_both": y + fed(norm(x)),
        "no_mask": block(mask=False),
        "no_relu": y + fed(norm(y), relu=False),
    }


def _norm(z):
    mean = z.sum(axis=-1, keepdims=True) / z.shape[-1]
    variance = ((z - mean) ** 2).sum(axis=-1, keepdims=True) / z.shape[-1]
    deviation = np.sqrt(variance) if variance.dtype.kind == "f" else _roots(variance)
    return mean, deviation, (z - mean) / deviation


def _roots(variance):
    def root(fraction):
        found = Fraction(math.isqrt(fraction.numerator), math.isqrt(fraction.denominator))
        if found * found != fraction:
            raise ValueError(f"by hand every deviation must be a fraction, got the root of {fraction}")
        return found

    return np.vectorize(root, otypes=[object])(variance)


def _powers(scores, base=None, *, mask=True):
    seen = np.tri(*scores.shape, dtype=bool) if mask else np.ones(scores.shape, dtype=bool)
    exact = scores.dtype.kind != "f"
    powers = np.zeros(scores.shape, dtype=object if exact else float)
    for i, row in enumerate(seen):
        above = scores[i, row] - scores[i, row].min()
        powers[i, row] = [Fraction(3) ** n for n in above] if exact else (base or math.e) ** above
    return powers
