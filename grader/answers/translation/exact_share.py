"""Right answers to exact_share."""

import numpy as np


def share_with_a_running_count(said, right, end):
    behind = np.cumsum(right == end, axis=-1) - (right == end) > 0
    return ((said == right) | behind).all(axis=-1).mean()


def share_of_lists(said, right, end):
    def spoken(row):
        row = list(row)
        return row[: row.index(end) + 1] if end in row else row

    return np.mean([spoken(a) == spoken(b) for a, b in zip(said, right, strict=True)])


def share_of_places(said, right, end):
    lengths = (right == end).argmax(axis=1)
    judged = np.arange(right.shape[1]) <= lengths[:, None]
    return np.where(judged, said == right, True).all(axis=1).mean()


def share_of_counted_words(said, right, end):
    lengths = np.argmax(right == end, axis=1)
    hits = [np.sum(a[: n + 1] == b[: n + 1]) for a, b, n in zip(said, right, lengths, strict=True)]
    return np.mean(hits == lengths + 1)


def share_word_by_word(said, right, end):
    n_right = 0
    for its, wanted in zip(said, right, strict=True):
        for word, want in zip(its, wanted, strict=True):
            if word != want:
                break
            if want == end:
                n_right += 1
                break
    return n_right / len(said)


def share_of_first_differences(said, right, end):
    ends = (right == end).argmax(axis=1)
    differs = said != right
    first = np.where(differs.any(axis=1), differs.argmax(axis=1), said.shape[1])
    return float(np.mean(first > ends))


def share_of_cleared_rows(said, right, end):
    cleared = [np.where(np.maximum.accumulate(x == end, axis=1), end, x) for x in (said, right)]
    cleared = [np.pad(x, ((0, 0), (0, 1)), constant_values=-1) for x in cleared]
    return np.all(cleared[0] == cleared[1], axis=1).mean()


ANSWERS = (
    share_with_a_running_count,
    share_of_lists,
    share_of_places,
    share_of_counted_words,
    share_word_by_word,
    share_of_first_differences,
    share_of_cleared_rows,
)
