"""Right answers to edit_distance."""

import numpy as np


def distance_row_by_row(heard, said):
    costs = np.arange(len(said) + 1).tolist()
    for letter in heard:
        corner, costs[0] = costs[0], costs[0] + 1
        for place, other in enumerate(said):
            change = corner + (letter != other)
            corner = costs[place + 1]
            costs[place + 1] = min(change, corner + 1, costs[place] + 1)
    return int(costs[-1])


def distance_in_a_table(heard, said):
    n, m = len(heard), len(said)
    table = np.zeros((n + 1, m + 1), dtype=int)
    table[:, 0], table[0, :] = np.arange(n + 1), np.arange(m + 1)
    for i in range(n):
        for j in range(m):
            ways = table[i, j + 1] + 1, table[i + 1, j] + 1, table[i, j] + (heard[i] != said[j])
            table[i + 1, j + 1] = min(ways)
    return int(table[n, m])


def distance_by_recursion(heard, said):
    known = {}

    def left(i, j):
        if i == len(heard) or j == len(said):
            return len(heard) - i + len(said) - j
        if (i, j) not in known:
            ways = left(i + 1, j) + 1, left(i, j + 1) + 1, left(i + 1, j + 1) + (heard[i] != said[j])
            known[i, j] = min(ways)
        return known[i, j]

    return int(left(0, 0))


def distance_column_by_column(heard, said):
    places = np.arange(len(heard) + 1)
    column = places.copy()
    for j, letter in enumerate(said, start=1):
        before = column
        column = np.append(j, np.minimum(before[1:] + 1, before[:-1] + (heard != letter)))
        column = np.minimum.accumulate(column - places) + places
    return column[-1]


def distance_by_cheapest_path(heard, said):
    n, m = len(heard), len(said)
    cost = {(i, j): n + m for i in range(n + 1) for j in range(m + 1)}
    cost[0, 0] = 0
    for (i, j), so_far in sorted(cost.items()):
        best = min(so_far, cost[i, j])
        for di, dj in ((1, 0), (0, 1), (1, 1)):
            there = (i + di, j + dj)
            if there in cost:
                same = di + dj == 2 and heard[i] == said[j]
                cost[there] = min(cost[there], best + (0 if same else 1))
    return cost[n, m]


def distance_along_antidiagonals(heard, said):
    n, m = len(heard), len(said)
    cost = {}
    for total in range(n + m + 1):
        for i in range(max(0, total - m), min(n, total) + 1):
            j = total - i
            if i == 0 or j == 0:
                cost[i, j] = total
            else:
                kept = cost[i - 1, j - 1] + (0 if heard[i - 1] == said[j - 1] else 1)
                cost[i, j] = min(kept, cost[i - 1, j] + 1, cost[i, j - 1] + 1)
    return cost[n, m]


ANSWERS = (
    distance_row_by_row,
    distance_in_a_table,
    distance_by_recursion,
    distance_column_by_column,
    distance_by_cheapest_path,
    distance_along_antidiagonals,
)
