"""Train the models of attnlib/trained again: all of them, or those that are named."""

import argparse
import json
import os
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # at these sizes faster, and the same bits at every run

import numpy as np

from attnlib.trained.catalogue import EXPERIMENTS
from attnlib.trained.experiment import N_FIRST

FOLDER = Path(__file__).resolve().parent.parent / "attnlib" / "trained"
RECORDS = FOLDER / "trained.json"
CLOSE = 1e-2  # half precision is kept where no result moves by more


def main():
    """Write NAME.npz and a record in trained.json for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(EXPERIMENTS)}")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    unknown = set(options.names) - set(EXPERIMENTS)
    if unknown:
        parser.error(f"there is no model called {', '.join(sorted(unknown))}")
    for name in options.names or EXPERIMENTS:
        records = json.loads(RECORDS.read_text("utf-8")) if RECORDS.exists() else {}
        records[name] = train(name, options.seed)
        in_order = {key: records[key] for key in EXPERIMENTS if key in records}
        RECORDS.write_text(_as_text(in_order), "utf-8")


def train(name, seed):
    """Train a model, write its weights, and return what is to be recorded."""
    experiment, begun = EXPERIMENTS[name], time.monotonic()
    print(name)
    snapshots = {}

    def watch(step, params):
        if step in experiment.snapshot_at:
            snapshots[step] = np.round(np.float64(experiment.snapshot(params)), 3).tolist()

    params, losses = experiment.train(seed=seed, progress=True, watch=watch)
    seconds = time.monotonic() - begun
    whole = experiment.evaluate(params)
    halved = {key: value.astype(np.float16) for key, value in params.items()}
    results = experiment.evaluate({key: value.astype(np.float32) for key, value in halved.items()})
    if any(abs(results[key] - whole[key]) > CLOSE for key in whole):
        halved, results = {key: value.astype(np.float32) for key, value in params.items()}, whole
    np.savez_compressed(FOLDER / f"{name}.npz", **halved)
    baselines = experiment.baselines()
    for key, value in (results | baselines).items():
        print(f"  {key:40} {value:.4f}")
    size = (FOLDER / f"{name}.npz").stat().st_size
    print(f"  {sum(v.size for v in params.values())} numbers, {size / 1000:.0f} kB, {seconds:.0f} s")
    record = {
        "seed": seed,
        "steps": experiment.steps,
        "n_params": sum(value.size for value in params.values()),
        "seconds": round(seconds),
        "results": {key: round(value, 4) for key, value in results.items()},
        "baselines": {key: round(value, 4) for key, value in baselines.items()},
        "first_losses": [round(value, 5) for value in losses[:N_FIRST]],
        "curve": [round(float(np.mean(some)), 4) for some in np.array_split(losses, 100)],
    }
    return record | ({"snapshots": snapshots} if snapshots else {})


def _as_text(records):
    lines = (f"  {json.dumps(name)}: {json.dumps(record)}" for name, record in records.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    main()
