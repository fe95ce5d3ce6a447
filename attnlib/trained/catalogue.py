"""The experiments, by the names of their weights."""

from attnlib.trained import (
    archive,
    bert,
    captions,
    castle,
    copying,
    detection,
    induction,
    macbeth,
    notices,
    park,
    reports,
    speech,
    t5,
    translation,
    vision,
    witches,
)

EXPERIMENTS = {
    "witches": witches.EXPERIMENT,
    **{f"copying-{positions}": experiment for positions, experiment in copying.EXPERIMENTS.items()},
    "park": park.EXPERIMENT,
    "macbeth": macbeth.EXPERIMENT,
    **{f"castle-{hops}": experiment for hops, experiment in castle.EXPERIMENTS.items()},
    **{f"archive-{pool}": experiment for pool, experiment in archive.EXPERIMENTS.items()},
    **{f"reports-{way}": experiment for way, experiment in reports.EXPERIMENTS.items()},
    "speech": speech.EXPERIMENT,
    **{f"translation-{attention}": experiment for attention, experiment in translation.EXPERIMENTS.items()},
    **{f"bert-{side}": experiment for side, experiment in bert.EXPERIMENTS.items()},
    "t5": t5.EXPERIMENT,
    **{f"detr-{way}": experiment for way, experiment in detection.EXPERIMENTS.items()},
    **{f"captions-{model}": experiment for model, experiment in captions.EXPERIMENTS.items()},
    **vision.EXPERIMENTS,
    **{f"induction-{name}": experiment for name, experiment in induction.EXPERIMENTS.items()},
    **{f"notices-{name}": experiment for name, experiment in notices.EXPERIMENTS.items()},
}
