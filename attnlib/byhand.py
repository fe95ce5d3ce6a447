"""The worked example: one attention head over the cast of Macbeth, small enough for pencil and paper.

The scale 1/sqrt(3) is replaced by the half, rounded down, and e by 3. Every score is then a small
integer and every weight a fraction, and each step can be checked exactly.
"""

import html
import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from attnlib._arrays import require_shape
from attnlib.probability import softmax
from attnlib.similarity import cosine_similarity

#: The ten common mistakes of `mistakes`, each with what it does.
MISTAKES = {
    "no_scale": "the scores go into the softmax without the scale",
    "divide_by_d_k": "the scores are divided by dₖ instead of its root",
    "multiply_by_root": "the scores are multiplied by the root of dₖ instead of divided",
    "softmax_over_queries": "the softmax runs over the queries: the columns sum to 1 and not the rows",
    "uniform_weights": "every key gets the same weight",
    "hard_maximum": "the best key gets all the weight",
    "keys_times_queries": "the scores are K Qᵀ instead of Q Kᵀ",
    "weights_on_keys": "the weights mix the keys instead of the values",
    "cosine_scores": "the cosine takes the place of the scaled dot product",
    "sum_normalised": "the scaled scores are divided by their sum, with no exponential",
}


@dataclass(frozen=True, eq=False)
class WorkedExample:
    """One attention head in small integers.

    Parameters
    ----------
    tokens : sequence of str
        The T tokens: the rows of `x`.
    features : sequence of str
        The names of the d_model features: the columns of `x`.
    x : array_like of int, shape (T, d_model)
        One row for each token.
    w_q, w_k : array_like of int, shape (d_model, d_k)
        What turns tokens into queries and keys.
    w_v : array_like of int, shape (d_model, d_v)
        What turns tokens into values.

    Raises
    ------
    TypeError
        If an array doesn't hold integers.
    ValueError
        If the shapes don't fit.

    Notes
    -----
    The arrays are copied and made read-only, so that an example can be shared.
    """

    tokens: tuple
    features: tuple
    x: np.ndarray
    w_q: np.ndarray
    w_k: np.ndarray
    w_v: np.ndarray

    def __post_init__(self):
        object.__setattr__(self, "tokens", tuple(self.tokens))
        object.__setattr__(self, "features", tuple(self.features))
        for name in ("x", "w_q", "w_k", "w_v"):
            matrix = np.array(getattr(self, name))
            if matrix.dtype.kind not in "iu":
                raise TypeError(f"{name} must hold integers, got dtype {matrix.dtype}")
            matrix.flags.writeable = False
            object.__setattr__(self, name, matrix)
        d_model = len(self.features)
        d_k, d_v = self.w_k.shape[-1:], self.w_v.shape[-1:]
        require_shape(
            "x", self.x, (len(self.tokens), d_model), "a row for each token, a column for each feature"
        )
        require_shape("w_q", self.w_q, (d_model, *d_k), "a row for each feature, a column for each of w_k")
        require_shape("w_k", self.w_k, (d_model, *d_k), "a row for each feature")
        require_shape("w_v", self.w_v, (d_model, *d_v), "a row for each feature")


@lru_cache(maxsize=64)  # a check asks for the same ones again and again, and they are read-only
def example(seed):
    """Draw another head for the cast of Macbeth, as good to work by hand as the first.

    Parameters
    ----------
    seed : int
        The same seed gives the same example.

    Returns
    -------
    WorkedExample
        The tokens and features of `MACBETH` with new matrices. Queries and keys are at most 3 and
        values at most 6, every weight is a fraction with a denominator of at most 40, every token
        attends most to one token, and each of the ten mistakes changes an entry of the answer by 1/2
        or more and differs from each of the nine others by 1/4 or more.

    Examples
    --------
    >>> steps(example(5))["scaled_scores"].shape
    (4, 4)
    """
    rng = np.random.default_rng(seed)
    while True:
        for w_q, w_k in _small_heads(rng, MACBETH.x, n_draws=1000):
            w_v = rng.choice(4, size=w_q.shape, p=(0.5, 0.2, 0.15, 0.15))
            drawn = WorkedExample(MACBETH.tokens, MACBETH.features, MACBETH.x, w_q, w_k, w_v)
            if (drawn.x @ w_v).max() <= 6 and _tells_mistakes_apart(drawn):
                return drawn


def _small_heads(rng, x, n_draws):
    w_q, w_k = rng.choice(2, size=(2, n_draws, x.shape[-1], 3), p=(0.7, 0.3))
    q, k = x @ w_q, x @ w_k  # (n_draws, T, 3)
    scores = q @ k.swapaxes(-2, -1)
    powers = 3 ** (scores // 2)
    second, first = np.sort(powers, axis=-1)[..., -2:].transpose(2, 0, 1)  # (n_draws, T)
    small = np.maximum(q, k).max(axis=(-2, -1)) <= 3
    small &= powers.sum(axis=-1).max(axis=-1) <= 40
    one_favourite = (first > second).all(axis=-1)
    return zip(w_q[small & one_favourite], w_k[small & one_favourite], strict=True)


def _tells_mistakes_apart(drawn):
    right, *wrong = (a.astype(float) for a in (steps(drawn)["context"], *mistakes(drawn).values()))
    from_right = [np.abs(answer - right).max() for answer in wrong]
    from_another = [np.abs(a - b).max() for i, a in enumerate(wrong) for b in wrong[:i]]
    return min(from_right) >= 0.5 and min(from_another) >= 0.25


#: The first worked example. Soldiers and the ambitious look for temptation; the tempters look for the
#: guilty, and for those with something to win. Macbeth attends most to the Witches, then to Lady Macbeth
#: and Banquo; Lady Macbeth and the Witches to Macbeth; Banquo to the Witches.
MACBETH = WorkedExample(
    tokens=("Macbeth", "Lady Macbeth", "Banquo", "the Witches"),
    features=("soldier", "ambitious", "foretold", "tempts", "guilty", "uncanny"),
    x=[
        [1, 1, 1, 0, 1, 0],
        [0, 1, 0, 1, 1, 0],
        [1, 0, 1, 0, 0, 1],  # uncanny: Banquo's ghost
        [0, 0, 1, 1, 0, 1],
    ],
    w_q=[
        [0, 1, 0],
        [0, 1, 0],
        [0, 0, 0],
        [1, 0, 1],
        [0, 0, 0],
        [0, 0, 0],
    ],
    w_k=[
        [0, 0, 1],
        [0, 0, 1],
        [0, 0, 1],
        [0, 1, 0],
        [1, 0, 0],
        [0, 1, 0],
    ],
    w_v=[
        [2, 0, 0],
        [0, 0, 0],
        [0, 0, 3],
        [0, 3, 0],
        [0, 0, 0],
        [0, 3, 0],
    ],
)


def steps(worked=MACBETH, *, mode="hand", convention="row"):
    """Return every matrix of the head, by name, in the order in which it is computed.

    Parameters
    ----------
    worked : WorkedExample, default `MACBETH`
        The head.
    mode : {"hand", "standard"}
        "hand" halves each score, rounds down and takes powers of 3, in integers and fractions;
        "standard" divides by sqrt(d_k) and takes powers of e, in float64.
    convention : {"row", "column"}
        "row" has a token in each row, as everywhere in attnlib. "column" has a token in each column:
        the scores are Kᵀ Q, the softmax runs down each column, and every matrix is the transpose of
        its namesake.

    Returns
    -------
    dict of str to ndarray
        ``x, w_q, w_k, w_v, q, k, v, scores, scaled_scores, powers, totals, weights, context``. In
        hand mode the dtype is int up to ``scaled_scores``, then object: int for ``powers`` and
        ``totals``, `fractions.Fraction` for ``weights`` and ``context`` (and for all four where a
        score is negative).

    Raises
    ------
    ValueError
        If `mode` or `convention` is none of those named.

    Examples
    --------
    >>> weights = steps()["weights"]
    >>> print(*weights[0], "sum", sum(weights[0]))
    1/16 3/16 3/16 9/16 sum 1
    """
    _require_choice("mode", mode, ("hand", "standard"))
    _require_choice("convention", convention, ("row", "column"))
    x, w_q, w_k, w_v = worked.x, worked.w_q, worked.w_k, worked.w_v
    q, k, v = x @ w_q, x @ w_k, x @ w_v
    scores = q @ k.T
    if mode == "hand":
        scaled_scores = scores // 2
        powers = _powers_of_3(scaled_scores)
    else:
        scaled_scores = scores / math.sqrt(q.shape[-1])
        powers = np.exp(scaled_scores)
    totals = powers.sum(axis=-1, keepdims=True)
    weights = _ratio(powers, totals)
    named = {
        "x": x,
        "w_q": w_q,
        "w_k": w_k,
        "w_v": w_v,
        "q": q,
        "k": k,
        "v": v,
        "scores": scores,
        "scaled_scores": scaled_scores,
        "powers": powers,
        "totals": totals,
        "weights": weights,
        "context": weights @ v,
    }
    return named if convention == "row" else {name: matrix.T for name, matrix in named.items()}


def mistakes(worked=MACBETH, *, mode="hand"):
    """Return the wrong answer that each of ten common mistakes gives.

    Parameters
    ----------
    worked : WorkedExample, default `MACBETH`
        The head.
    mode : {"hand", "standard"}
        As in `steps`. In hand mode the stand-in for the root of d_k is 2, dividing by d_k rounds
        down, and the answers are fractions; only ``cosine_scores`` has no fractions and is float64.

    Returns
    -------
    dict of str to ndarray, each of shape (T, d_v)
        A wrong ``context`` for each name of `MISTAKES`, in row convention.

    Examples
    --------
    >>> print(*mistakes()["uniform_weights"][0], "instead of", *steps()["context"][0])
    1 3 9/4 instead of 1/2 9/2 39/16
    """
    right = steps(worked, mode=mode)
    q, k, v = right["q"], right["k"], right["v"]
    scores, scaled, weights = right["scores"], right["scaled_scores"], right["weights"]
    d_k = q.shape[-1]
    hand = mode == "hand"
    root = 2 if hand else math.sqrt(d_k)

    def mixed(scores, axis=-1):
        powers = _powers_of_3(scores) if hand else np.exp(scores)
        return _ratio(powers, powers.sum(axis=axis, keepdims=True)) @ v

    cosine = cosine_similarity(q[:, None, :], k[None, :, :])
    return {
        "no_scale": mixed(scores),
        "divide_by_d_k": mixed(scores // d_k if hand else scores / d_k),
        "multiply_by_root": mixed(scores * root),
        "softmax_over_queries": mixed(scaled, axis=0),
        "uniform_weights": _ratio(np.ones_like(weights), len(k)) @ v,
        "hard_maximum": np.eye(len(k), dtype=v.dtype)[scores.argmax(axis=-1)] @ v,
        "keys_times_queries": mixed(scaled.T),
        "weights_on_keys": weights @ k,
        "cosine_scores": softmax(cosine, base=3 if hand else math.e) @ v,
        "sum_normalised": _ratio(scaled, scaled.sum(axis=-1, keepdims=True)) @ v,
    }


def _powers_of_3(exponents):
    powers = [3 ** int(n) if n >= 0 else Fraction(1, 3 ** int(-n)) for n in exponents.flat]
    return np.array(powers, dtype=object).reshape(exponents.shape)


def _ratio(numerators, denominators):
    if numerators.dtype.kind == "f":
        return numerators / denominators
    exact = np.vectorize(Fraction, otypes=[object])
    return exact(np.asarray(numerators, dtype=object), np.asarray(denominators, dtype=object))


def _require_choice(name, value, choices):
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, got {value!r}")


@dataclass(frozen=True, eq=False)
class Table:
    """A matrix with labels, which a notebook shows as a table and a terminal as aligned text.

    Parameters
    ----------
    entries : array_like, shape (n, m)
        Written as they are; a float with three decimals.
    rows, columns : sequence of str, of length n and m
        The labels.
    corner : str, default ""
        What stands above the row labels.

    Raises
    ------
    ValueError
        If there isn't one label for each row and each column.

    Examples
    --------
    >>> Table(steps()["weights"][:1], ["Macbeth"], MACBETH.tokens, "query")
    query    Macbeth  Lady Macbeth  Banquo  the Witches
    Macbeth     1/16          3/16    3/16         9/16
    """

    entries: np.ndarray
    rows: tuple
    columns: tuple
    corner: str = ""

    def __post_init__(self):
        shape, labels = np.shape(self.entries), (len(self.rows), len(self.columns))
        if shape != labels:
            raise ValueError(
                f"entries must have one row and one column per label: expected {labels}, got {shape}"
            )

    def _lines(self):
        yield [self.corner, *self.columns]
        for label, row in zip(self.rows, self.entries, strict=True):
            yield [label, *(f"{entry:.3f}" if isinstance(entry, float) else str(entry) for entry in row)]

    def __repr__(self):
        lines = list(self._lines())
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        padded = ([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])] for line in lines)
        return "\n".join("  ".join(line).rstrip() for line in padded)

    def _repr_html_(self):
        head, *body = ([html.escape(text) for text in line] for line in self._lines())
        titles = "".join(f'<th scope="col">{text}</th>' for text in head)
        rows = "".join(
            f'<tr><th scope="row">{label}</th>{"".join(f"<td>{text}</td>" for text in line)}</tr>'
            for label, *line in body
        )
        return (
            '<div class="pst-scrollable-table-container"><table class="table worked">'
            f"<thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table></div>"
        )
