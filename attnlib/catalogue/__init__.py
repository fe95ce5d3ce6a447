"""The catalogue of exercises: one module for each topic, all of it data."""

from attnlib.catalogue import projections as _projections
from attnlib.catalogue import scaling as _scaling
from attnlib.catalogue import similarity as _similarity
from attnlib.catalogue import softmax as _softmax
from attnlib.catalogue.model import Case, Exercise, Misconception, Property

EXERCISES = {
    exercise.name: exercise
    for exercise in (
        *_similarity.EXERCISES,
        *_projections.EXERCISES,
        *_scaling.EXERCISES,
        *_softmax.EXERCISES,
    )
}

__all__ = ["EXERCISES", "Case", "Exercise", "Misconception", "Property"]
