"""The experiments, by the names of their weights."""

from attnlib.trained import bert, copying, macbeth, park, t5, translation, witches

EXPERIMENTS = {
    "witches": witches.EXPERIMENT,
    **{f"copying-{positions}": experiment for positions, experiment in copying.EXPERIMENTS.items()},
    "park": park.EXPERIMENT,
    "macbeth": macbeth.EXPERIMENT,
    **{f"translation-{attention}": experiment for attention, experiment in translation.EXPERIMENTS.items()},
    **{f"bert-{side}": experiment for side, experiment in bert.EXPERIMENTS.items()},
    "t5": t5.EXPERIMENT,
}
