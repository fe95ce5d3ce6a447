"""Waves for each position, in pairs of a sine and a cosine."""

import numpy as np

from attnlib.catalogue.block import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.layers import positions


def _sinusoidal_positions(t, d_model):
    return positions.sinusoids(t, d_model)


def sines_then_cosines(t, d_model):
    angles = np.arange(t)[:, None] / 10000 ** (np.arange(0, d_model, 2) / d_model)
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=-1)


def cosines_before_sines(t, d_model):
    angles = np.arange(t)[:, None] / 10000 ** (np.arange(0, d_model, 2) / d_model)
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1).reshape(t, d_model)


def every_feature_its_own_wave(t, d_model):
    angles = np.arange(t)[:, None] / 10000 ** (np.arange(d_model) / d_model)
    return np.where(np.arange(d_model) % 2 == 0, np.sin(angles), np.cos(angles))


def number_of_the_pair_not_doubled(t, d_model):
    angles = np.arange(t)[:, None] / 10000 ** (np.arange(d_model // 2) / d_model)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(t, d_model)


def counted_from_one(t, d_model):
    angles = np.arange(1, t + 1)[:, None] / 10000 ** (np.arange(0, d_model, 2) / d_model)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(t, d_model)


def faster_and_faster(t, d_model):
    angles = np.arange(t)[:, None] * 10000 ** (np.arange(0, d_model, 2) / d_model)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(t, d_model)


def whole_turns(t, d_model):
    angles = 2 * np.pi * np.arange(t)[:, None] / 10000 ** (np.arange(0, d_model, 2) / d_model)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(t, d_model)


def one_wave_for_all(t, d_model):
    angles = np.repeat(np.arange(t)[:, None] / 1.0, d_model // 2, axis=-1)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(t, d_model)


def sines_alone(t, d_model):
    angles = np.arange(t)[:, None] / 10000 ** (np.arange(0, d_model, 2) / d_model)
    return np.repeat(np.sin(angles), 2, axis=-1)


def _hidden(rng):
    return [
        Case((int(rng.integers(3, 20)), 6)),
        Case((int(rng.integers(20, 90)), 10)),
        Case((5, 2)),
        Case((1, 4)),
        Case((7, 12)),
    ]


EXERCISE = Exercise(
    name="sinusoidal_positions",
    section=f"{PAGE}#block-sinusoids",
    reference=_sinusoidal_positions,
    visible=lambda: [Case((4, 4)), Case((7, 6)), Case((50, 8)), Case((3, 2))],
    hidden=_hidden,
    seals=(positions.sinusoids, positions._angles),
    axes=("position", "feature"),
    misconceptions=(
        Misconception(
            "sines first, then cosines",
            "All sines stand before all cosines; here the sine and the cosine of a pair stand side "
            "by side.",
            sines_then_cosines,
        ),
        Misconception(
            "cosines before sines",
            "Each pair begins with its cosine; it begins with the sine.",
            cosines_before_sines,
        ),
        Misconception(
            "a wave for every feature",
            "The angle changes from feature to feature; the sine and the cosine of a pair have the same.",
            every_feature_its_own_wave,
        ),
        Misconception(
            "number of the pair not doubled",
            "The exponent is the number of the pair divided by d_model; it is twice that number.",
            number_of_the_pair_not_doubled,
        ),
        Misconception(
            "counted from 1",
            "The first position is taken as 1; positions begin at 0.",
            counted_from_one,
        ),
        Misconception(
            "faster and faster",
            "The position is multiplied by the power of 10000; it is divided, so that later pairs "
            "turn slower.",
            faster_and_faster,
        ),
        Misconception(
            "whole turns",
            "The angle is multiplied by 2 pi; here the position counts in radians as it is.",
            whole_turns,
        ),
        Misconception(
            "one wave for all",
            "Every pair turns at the same speed; each later pair turns slower.",
            one_wave_for_all,
        ),
        Misconception(
            "sines alone",
            "Both features of a pair are the sine; the second is the cosine.",
            sines_alone,
        ),
    ),
    properties=(
        Property(
            "In each pair, the squares of the two features must sum to 1.",
            lambda case, got: np.allclose(got[:, 0::2] ** 2 + got[:, 1::2] ** 2, 1),
        ),
        Property(
            "At position 0 every sine is 0 and every cosine 1.",
            lambda case, got: np.allclose(got[0], np.arange(got.shape[1]) % 2),
        ),
    ),
)
