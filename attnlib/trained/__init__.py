"""Models that were trained, with what they reached; each can be trained again by `make train`."""

from attnlib.trained.experiment import Experiment, Trained, load, names

__all__ = ["Experiment", "Trained", "load", "names"]
