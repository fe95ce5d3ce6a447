"""Item statistics: how hard each question is, and whether it tells strong students from weak ones.

Both are the textbook's, for instance in R. L. Ebel and D. A. Frisbie, *Essentials of Educational
Measurement* (5th edition, 1991), chapter 13.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

FEWEST = 10  # students; a correlation of fewer says more about chance than about the question


@dataclass(frozen=True)
class Item:
    r"""What the marks of a class say of one question.

    Parameters
    ----------
    difficulty : float or None
        The mean share of its points, :math:`\bar{x}_i / m_i`: 1 where everybody has all of them. None if
        nobody's answer is marked or it has no points.
    discrimination : float or None
        The correlation :math:`r(x_i, \sum_{j \neq i} x_j)` of its points with those of all other
        questions, which is the point-biserial one where an answer is right or wrong. None where the class
        is too small, or nobody differs in the one or the other.
    """

    difficulty: float | None
    discrimination: float | None


def item_statistics(scores, max_scores):
    """Return ``{question: Item}``.

    Parameters
    ----------
    scores : dict of str to dict
        For each question, ``{student: points}`` of those whose answers are marked.
    max_scores : dict of str to float
        The most points of each question.

    Notes
    -----
    A question is left out of the sum of the others while somebody's answer to it waits for a mark: as a 0
    it would make good students look weak.

    Examples
    --------
    >>> item_statistics({"softmax": {"anna": 0, "bert": 1}}, {"softmax": 2})
    {'softmax': Item(difficulty=0.25, discrimination=None)}
    """
    students = set().union(*scores.values())
    rest = defaultdict(float)
    complete = {question for question, marked in scores.items() if marked.keys() == students}
    for question in complete:
        for student, points in scores[question].items():
            rest[student] += points
    return {
        question: Item(
            difficulty=_share(marked.values(), max_scores[question]),
            discrimination=_correlation(
                list(marked.values()),
                [rest[one] - (points if question in complete else 0) for one, points in marked.items()],
            ),
        )
        for question, marked in scores.items()
    }


def _share(points, most):
    return float(np.mean(list(points)) / most) if points and most else None


def _correlation(points, rest):
    if len(points) < FEWEST or np.ptp(points) == 0 or np.ptp(rest) == 0:
        return None
    return float(np.corrcoef(points, rest)[0, 1])
