"""What a trained model is: how it was trained, its weights, and what was recorded of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from typing import NamedTuple

import numpy as np

from attnlib._arrays import shape_text
from attnlib.optimise import fit

#: How many of the first losses are recorded exactly, for the test that trains again.
N_FIRST = 20


@dataclass(frozen=True)
class Experiment:
    """A model, what it learns from and how it is judged.

    Parameters
    ----------
    begin : callable
        ``begin(rng)`` draws the first parameters.
    batches : callable
        ``batches(rng)`` yields a tuple of arrays for each step.
    loss : callable
        ``loss(params, *batch)``, as in `fit`.
    evaluate : callable
        ``evaluate(params)`` returns numbers by name, on data that was held out.
    baselines : callable
        ``baselines()`` returns what simpler means reach, and what no means can pass, by name.
    steps : int
        The number of steps.
    rate : float
        The highest learning rate.
    decay : float, default 0.0
        The weight decay.
    snapshot : callable, optional
        ``snapshot(params)`` returns an array to be recorded while the model is trained: what shows how it
        learns.
    snapshot_at : tuple of int, default ()
        After how many steps.
    """

    begin: Callable
    batches: Callable
    loss: Callable
    evaluate: Callable
    baselines: Callable
    steps: int
    rate: float
    decay: float = 0.0
    snapshot: Callable | None = None
    snapshot_at: tuple = ()

    def train(self, *, seed=0, steps=None, progress=False, watch=None):
        """Train the model, or take the first steps of it.

        Parameters
        ----------
        seed : int, default 0
            Of the first parameters and of the batches, which have a generator each; the data itself is
            always the same.
        steps : int, optional
            How many steps to take: by default all.
        progress : bool, default False
            Print a bar.
        watch : callable, optional
            As in `fit`.

        Returns
        -------
        attnlib.optimise.Fitted
            ``params, losses``.
        """
        first, batches = (np.random.default_rng([seed, part]) for part in range(2))
        return fit(
            self.loss,
            self.begin(first),
            self.batches(batches),
            self.steps if steps is None else steps,
            rate=self.rate,
            total=self.steps,
            decay=self.decay,
            progress=progress,
            watch=watch,
        )


class Trained(NamedTuple):
    """What `load` returns.

    Attributes
    ----------
    params : dict of str to ndarray of float32
        The weights.
    record : dict
        ``seed, steps, n_params, first_losses, curve, results, baselines``: the curve has the mean loss of
        each hundredth of the steps. Where an experiment has them, ``snapshots``: the number of steps (as
        text) and what the experiment's ``snapshot`` returned after them.
    """

    params: dict
    record: dict


def names():
    """Return the names of the trained models."""
    return sorted(_records())


def load(name, experiment=None):
    """Return the shipped weights of a model, and what was recorded when it was trained.

    Parameters
    ----------
    name : str
        One of `names`.
    experiment : Experiment, optional
        What the weights are to fit.

    Returns
    -------
    Trained
        ``params, record``.

    Raises
    ------
    ValueError
        If there is no such model, or its weights are not those of the experiment.
    """
    records = _records()
    if name not in records:
        raise ValueError(f"name must be one of {', '.join(sorted(records))}, got {name!r}")
    with (
        resources.as_file(resources.files("attnlib.trained") / f"{name}.npz") as path,
        np.load(path) as stored,
    ):
        params = {key: stored[key].astype(np.float32) for key in stored.files}
    if experiment is not None:
        require_fitting(params, experiment)
    return Trained(params, records[name])


def require_fitting(params, experiment):
    """Raise ValueError unless weights have the names and shapes of an experiment's."""
    expected = {key: value.shape for key, value in experiment.begin(np.random.default_rng(0)).items()}
    actual = {key: np.shape(value) for key, value in params.items()}
    for key in sorted(expected.keys() | actual.keys()):
        if expected.get(key) != actual.get(key):
            shapes = [shape_text(s[key]) if key in s else "nothing" for s in (expected, actual)]
            raise ValueError(
                f"params must be those of this model: expected {shapes[0]} as {key!r}, got {shapes[1]}"
            )


def _records():
    return json.loads((resources.files("attnlib.trained") / "trained.json").read_text("utf-8"))
