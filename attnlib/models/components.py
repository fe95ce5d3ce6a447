"""A detector that learns nothing: what hangs together is an object, and its area tells which."""

import numpy as np

#: What is brighter than this isn't the ground.
BRIGHT = 0.28
#: Fewer pixels than this are noise.
LEAST = 6
#: A rectangle fills its box, an ellipse π/4 of it, a triangle half or, of few pixels, rather more: these
#: limits parted best what was drawn to try them on.
LIMITS = (0.94, 0.69)


def components(image, *, bright=BRIGHT, least=LEAST):
    """Return the sets of bright pixels that hang together by their sides.

    Parameters
    ----------
    image : array_like of float, shape (height, width)
        Greys.
    bright : float, default BRIGHT
        What is brighter belongs to something.
    least : int, default LEAST
        Smaller sets are left out.

    Returns
    -------
    list of ndarray of int, shape (n, 2)
        Row and column of each pixel, sorted; the largest set first.

    Examples
    --------
    >>> [part.tolist() for part in components([[1, 1, 0], [0, 0, 0], [0, 0, 1]], bright=0.5, least=1)]
    [[[0, 0], [0, 1]], [[2, 2]]]
    """
    waiting = set(map(tuple, np.argwhere(np.asarray(image) > bright).tolist()))
    parts = []
    while waiting:
        part, edge = [], [waiting.pop()]
        while edge:
            row, column = edge.pop()
            part.append((row, column))
            for pixel in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
                if pixel in waiting:
                    waiting.remove(pixel)
                    edge.append(pixel)
        if len(part) >= least:
            parts.append(np.array(sorted(part)))
    return sorted(parts, key=lambda part: (-len(part), part[0].tolist()))


def detect_components(image):
    """Return what `components` finds, each with its box and the kind that its area speaks for.

    Parameters
    ----------
    image : array_like of float, shape (height, width)
        A scene of `attnlib.data.shapes`.

    Returns
    -------
    list of tuple
        ``(kind, box)``, the largest first: which of `attnlib.data.shapes.KINDS`, and centre, width and
        height as shares of the sides.

    Notes
    -----
    Two shapes that touch are one to it.
    """
    sides = np.array(np.shape(image)[::-1])
    found = []
    for part in components(image):
        low, high = part.min(axis=0)[::-1], part.max(axis=0)[::-1] + 1  # across, down
        share = len(part) / (high - low).prod()
        kind = sum(share < limit for limit in LIMITS)
        found.append((kind, np.concatenate([(low + high) / 2 / sides, (high - low) / sides])))
    return found
