"""Right answers to matching_by_hand."""

import itertools

import numpy as np


def matched_written_out():
    return [2, 0, 1, 10, 12]


def matched_as_sums():
    best = 4 + 3 + 3  # answer 2, answer 0, answer 1
    greedy = 1 + 2 + 9
    return np.array([2, 0, 1, best, greedy], dtype=float)


def matched_by_listing_all():
    table = {"square": (2, 7, 4), "disc": (3, 1, 6), "cone": (6, 3, 9)}
    prices = {
        way: sum(column[answer] for column, answer in zip(table.values(), way, strict=True))
        for way in itertools.permutations(range(3))
    }
    cheapest = min(prices, key=prices.get)
    return (*cheapest, prices[cheapest], prices[0, 1, 2])


ANSWERS = (matched_written_out, matched_as_sums, matched_by_listing_all)
