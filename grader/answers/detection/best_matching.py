"""Right answers to best_matching."""

import itertools

import numpy as np


def matched_by_searching(costs):
    n_queries, n_objects = costs.shape[-2:]
    out = np.zeros((*costs.shape[:-2], n_objects), dtype=int)
    for scene in np.ndindex(costs.shape[:-2]):
        table = costs[scene]
        out[scene] = min(
            itertools.permutations(range(n_queries), n_objects),
            key=lambda way, table=table: sum(table[i, j] for j, i in enumerate(way)),
        )
    return out


def matched_keeping_the_best(costs):
    lead, (n_queries, n_objects) = costs.shape[:-2], costs.shape[-2:]
    best, found = np.full(lead, np.inf), np.zeros((*lead, n_objects), dtype=int)
    for way in itertools.permutations(range(n_queries), n_objects):
        price = sum((costs[..., i, j] for j, i in enumerate(way)), np.zeros(lead))
        better = price < best
        best = np.where(better, price, best)
        found = np.where(better[..., None], way, found)
    return found


def matched_by_recursion(costs):
    def cheapest(table, free):
        if table.shape[1] == 0:
            return 0.0, ()
        tries = []
        for i in free:
            price, rest = cheapest(table[:, 1:], [other for other in free if other != i])
            tries.append((table[i, 0] + price, (i, *rest)))
        return min(tries)

    scenes = costs.reshape(-1, *costs.shape[-2:])
    ways = [cheapest(table, list(range(costs.shape[-2])))[1] for table in scenes]
    return np.array(ways).reshape(*costs.shape[:-2], costs.shape[-1])


def matched_by_all_tuples(costs):
    n_queries, n_objects = costs.shape[-2:]
    tuples = np.stack(np.meshgrid(*[np.arange(n_queries)] * n_objects, indexing="ij"), axis=-1)
    tuples = tuples.reshape(-1, n_objects)
    different = np.array([len(set(row)) == n_objects for row in tuples.tolist()])
    allowed = tuples[different]
    prices = np.zeros((*costs.shape[:-2], len(allowed)))
    for j in range(n_objects):
        prices += costs[..., allowed[:, j], j]
    return allowed[np.argmin(prices, axis=-1)]


def matched_over_sets(costs):
    out = np.zeros((*costs.shape[:-2], costs.shape[-1]), dtype=int)
    for scene in np.ndindex(costs.shape[:-2]):
        known = {frozenset(): (0.0, ())}
        for column in costs[scene].T:
            longer = {}
            for used, (price, way) in known.items():
                for i, more in enumerate(column):
                    if i not in used:
                        told = (price + more, (*way, i))
                        longer[used | {i}] = min(longer.get(used | {i}, told), told)
            known = longer
        out[scene] = min(known.values())[1]
    return out


def matched_by_matrices(costs):
    n_queries, n_objects = costs.shape[-2:]
    ways = list(itertools.permutations(range(n_queries), n_objects))
    choices = np.stack([np.eye(n_queries)[:, list(way)] for way in ways])  # (n_ways, n_queries, n_objects)
    prices = np.einsum("...ij,wij->...w", costs, choices)
    return choices.argmax(axis=1)[prices.argmin(axis=-1)]


ANSWERS = (
    matched_by_searching,
    matched_keeping_the_best,
    matched_by_recursion,
    matched_by_all_tuples,
    matched_over_sets,
    matched_by_matrices,
)
