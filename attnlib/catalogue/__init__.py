"""The catalogue of exercises: one module for each topic, all of it data."""

from attnlib.catalogue import byhand as _byhand
from attnlib.catalogue import heads as _heads
from attnlib.catalogue import masks as _masks
from attnlib.catalogue import projections as _projections
from attnlib.catalogue import scaling as _scaling
from attnlib.catalogue import similarity as _similarity
from attnlib.catalogue import softmax as _softmax
from attnlib.exercise import Case, Exercise, Misconception, Property

_TOPICS = (_similarity, _projections, _scaling, _softmax, _byhand, _masks, _heads)

EXERCISES = {exercise.name: exercise for topic in _TOPICS for exercise in topic.EXERCISES}

__all__ = ["EXERCISES", "Case", "Exercise", "Misconception", "Property"]
