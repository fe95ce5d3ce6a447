"""Pairs of features turned by an angle that grows with the position."""

import numpy as np

from attnlib.catalogue.block import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.layers import positions as layers


def _rotate(x, positions):
    return layers.rotate(np.asarray(x, dtype=float), positions=positions)


def turned_backwards(x, positions):
    angles = positions[:, None] / 10000 ** (np.arange(0, x.shape[-1], 2) / x.shape[-1])
    a, b = x[..., 0::2], x[..., 1::2]
    turned = a * np.cos(angles) + b * np.sin(angles), b * np.cos(angles) - a * np.sin(angles)
    return np.stack(turned, axis=-1).reshape(x.shape)


def halves_paired(x, positions):
    angles = positions[:, None] / 10000 ** (np.arange(0, x.shape[-1], 2) / x.shape[-1])
    a, b = np.split(x, 2, axis=-1)
    turned = a * np.cos(angles) - b * np.sin(angles), a * np.sin(angles) + b * np.cos(angles)
    return np.concatenate(turned, axis=-1)


def neighbours_turned_into_halves(x, positions):
    angles = positions[:, None] / 10000 ** (np.arange(0, x.shape[-1], 2) / x.shape[-1])
    a, b = x[..., 0::2], x[..., 1::2]
    turned = a * np.cos(angles) - b * np.sin(angles), a * np.sin(angles) + b * np.cos(angles)
    return np.concatenate(turned, axis=-1)


def pair_not_doubled(x, positions):
    angles = positions[:, None] / 10000 ** (np.arange(x.shape[-1] // 2) / x.shape[-1])
    a, b = x[..., 0::2], x[..., 1::2]
    turned = a * np.cos(angles) - b * np.sin(angles), a * np.sin(angles) + b * np.cos(angles)
    return np.stack(turned, axis=-1).reshape(x.shape)


def an_angle_for_every_feature(x, positions):
    angles = positions[:, None] / 10000 ** (np.arange(x.shape[-1]) / x.shape[-1])
    a, b = x[..., 0::2], x[..., 1::2]
    first, second = angles[:, 0::2], angles[:, 1::2]
    turned = a * np.cos(first) - b * np.sin(first), a * np.sin(second) + b * np.cos(second)
    return np.stack(turned, axis=-1).reshape(x.shape)


def one_angle_for_all(x, positions):
    angles = positions[:, None]
    a, b = x[..., 0::2], x[..., 1::2]
    turned = a * np.cos(angles) - b * np.sin(angles), a * np.sin(angles) + b * np.cos(angles)
    return np.stack(turned, axis=-1).reshape(x.shape)


def places_in_the_array(x, positions):
    places = np.arange(x.shape[-2])
    angles = places[:, None] / 10000 ** (np.arange(0, x.shape[-1], 2) / x.shape[-1])
    a, b = x[..., 0::2], x[..., 1::2]
    turned = a * np.cos(angles) - b * np.sin(angles), a * np.sin(angles) + b * np.cos(angles)
    return np.stack(turned, axis=-1).reshape(x.shape)


def one_position_on(x, positions):
    angles = (positions[:, None] + 1) / 10000 ** (np.arange(0, x.shape[-1], 2) / x.shape[-1])
    a, b = x[..., 0::2], x[..., 1::2]
    turned = a * np.cos(angles) - b * np.sin(angles), a * np.sin(angles) + b * np.cos(angles)
    return np.stack(turned, axis=-1).reshape(x.shape)


def faster_pairs(x, positions):
    angles = positions[:, None] * 10000 ** (np.arange(0, x.shape[-1], 2) / x.shape[-1])
    a, b = x[..., 0::2], x[..., 1::2]
    turned = a * np.cos(angles) - b * np.sin(angles), a * np.sin(angles) + b * np.cos(angles)
    return np.stack(turned, axis=-1).reshape(x.shape)


def first_overwritten(x, positions):
    angles = positions[:, None] / 10000 ** (np.arange(0, x.shape[-1], 2) / x.shape[-1])
    y = np.array(x, dtype=float)
    y[..., 0::2] = y[..., 0::2] * np.cos(angles) - y[..., 1::2] * np.sin(angles)
    y[..., 1::2] = y[..., 0::2] * np.sin(angles) + y[..., 1::2] * np.cos(angles)
    return y


def minus_sign_lost(x, positions):
    angles = positions[:, None] / 10000 ** (np.arange(0, x.shape[-1], 2) / x.shape[-1])
    a, b = x[..., 0::2], x[..., 1::2]
    turned = a * np.cos(angles) + b * np.sin(angles), a * np.sin(angles) + b * np.cos(angles)
    return np.stack(turned, axis=-1).reshape(x.shape)


def waves_added(x, positions):
    angles = positions[:, None] / 10000 ** (np.arange(0, x.shape[-1], 2) / x.shape[-1])
    return x + np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(x.shape[-2:])


def _drawn(rng, *shape):
    x = rng.normal(size=shape)
    return Case((x, rng.permutation(50)[: shape[-2]].astype(float)))


def _visible():
    rng = np.random.default_rng(10)
    return [
        Case((np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([0.0, np.pi / 2]))),
        Case((np.array([[2.0, 1.0, 0.0, 3.0]] * 3), np.arange(3.0))),
        _drawn(rng, 5, 6),
        _drawn(rng, 2, 3, 4),
    ]


def _hidden(rng):
    return [
        _drawn(rng, 7, 8),
        _drawn(rng, 2, 3, 5, 4),
        _drawn(rng, 1, 2),
        Case((rng.integers(-4, 5, size=(3, 6)), np.array([2, 0, 9]))),
        Case((rng.normal(size=(4, 4)), np.array([0.5, -3.0, 100.0, 7.0]))),
    ]


EXERCISE = Exercise(
    name="rotate",
    section=f"{PAGE}#block-rotary",
    reference=_rotate,
    visible=_visible,
    hidden=_hidden,
    seals=(layers.rotate, layers.rotate.vjp, layers._angles),
    axes=("token", "feature"),
    misconceptions=(
        Misconception(
            "turned backwards",
            "The pairs turn the other way round. Scores would still depend on the distance alone, but the "
            "formula that is given turns by plus phi.",
            turned_backwards,
            section=f"{PAGE}#block-rotation",
        ),
        Misconception(
            "halves instead of pairs",
            "The first half of the features is paired with the second, as in some models; here a pair is "
            "two neighbours.",
            halves_paired,
        ),
        Misconception(
            "pairs torn apart",
            "Each pair is turned rightly and then taken apart: all first features stand before all second.",
            neighbours_turned_into_halves,
        ),
        Misconception(
            "number of the pair not doubled",
            "The exponent is the number of the pair divided by d; it is twice that number.",
            pair_not_doubled,
        ),
        Misconception(
            "an angle for every feature",
            "The two features of a pair are given different angles, so the pair isn't turned as a whole.",
            an_angle_for_every_feature,
        ),
        Misconception(
            "one angle for all pairs",
            "Every pair turns at the same speed; each later pair turns slower.",
            one_angle_for_all,
        ),
        Misconception(
            "positions not used",
            "Tokens are taken to stand at 0, 1, 2 and so on; they stand at `positions`.",
            places_in_the_array,
        ),
        Misconception(
            "one position on",
            "Every token is turned one position too far. Scores would stay the same, but a token at "
            "position 0 isn't to be turned.",
            one_position_on,
        ),
        Misconception(
            "faster and faster",
            "The position is multiplied by the power of 10000; it is divided, so that later pairs "
            "turn slower.",
            faster_pairs,
        ),
        Misconception(
            "first feature overwritten",
            "The second feature of a pair is computed from the first after that has been turned; both come "
            "from the features as they were.",
            first_overwritten,
        ),
        Misconception(
            "minus sign lost",
            "Both rows of the turn are added up with plus; without the minus a pair changes its length.",
            minus_sign_lost,
        ),
        Misconception(
            "waves added",
            "Sines and cosines are added to the features; here nothing is added, the pairs are turned.",
            waves_added,
        ),
    ),
    properties=(
        Property(
            "Turning changes no length: each pair must be as long as before.",
            lambda case, got: np.allclose(
                got[..., 0::2] ** 2 + got[..., 1::2] ** 2,
                case.args[0][..., 0::2] ** 2 + case.args[0][..., 1::2] ** 2,
            ),
        ),
    ),
)
