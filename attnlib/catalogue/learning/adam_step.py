"""One step of Adam, its state given and returned."""

import numpy as np

from attnlib import optimise
from attnlib.catalogue.learning import PAGE
from attnlib.exercise import Case, Exercise, Misconception


def _adam_step(theta, g, m, v, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return theta - rate * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


def without_bias_correction(theta, g, m, v, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    return theta - rate * m / (np.sqrt(v) + 1e-8), m, v


def only_m_corrected(theta, g, m, v, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    return theta - rate * m / (1 - 0.9**t) / (np.sqrt(v) + 1e-8), m, v


def t_from_0(theta, g, m, v, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    m_hat, v_hat = m / (1 - 0.9 ** (t - 1)), v / (1 - 0.999 ** (t - 1))
    return theta - rate * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


def one_step_ahead(theta, g, m, v, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    m_hat, v_hat = m / (1 - 0.9 ** (t + 1)), v / (1 - 0.999 ** (t + 1))
    return theta - rate * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


def first_correction_only(theta, g, m, v, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    m_hat, v_hat = m / (1 - 0.9), v / (1 - 0.999)
    return theta - rate * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


def epsilon_inside(theta, g, m, v, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return theta - rate * m_hat / np.sqrt(v_hat + 1e-8), m, v


def epsilon_forgotten(theta, g, m, v, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return theta - rate * m_hat / np.sqrt(v_hat), m, v


def means_exchanged(theta, g, m, v, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return theta - rate * m_hat / (np.sqrt(v_hat) + 1e-8), v, m


def betas_exchanged(theta, g, m, v, t, rate):
    m, v = 0.999 * m + 0.001 * g, 0.9 * v + 0.1 * g**2
    m_hat, v_hat = m / (1 - 0.999**t), v / (1 - 0.9**t)
    return theta - rate * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


def shares_exchanged(theta, g, m, v, t, rate):
    m, v = 0.1 * m + 0.9 * g, 0.001 * v + 0.999 * g**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return theta - rate * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


def square_forgotten(theta, g, m, v, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * np.abs(g)
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return theta - rate * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


def root_forgotten(theta, g, m, v, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return theta - rate * m_hat / (v_hat + 1e-8), m, v


def no_momentum(theta, g, m, v, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    v_hat = v / (1 - 0.999**t)
    return theta - rate * g / (np.sqrt(v_hat) + 1e-8), m, v


def upwards(theta, g, m, v, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return theta + rate * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


def corrected_means_kept(theta, g, m, v, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    m, v = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return theta - rate * m / (np.sqrt(v) + 1e-8), m, v


def state_changed(theta, g, m, v, t, rate):
    m *= 0.9
    m += 0.1 * g
    v *= 0.999
    v += 0.001 * g**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return theta - rate * m_hat / (np.sqrt(v_hat) + 1e-8), m, v


def parameters_alone(theta, g, m, v, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return theta - rate * m_hat / (np.sqrt(v_hat) + 1e-8)


def _adam_visible():
    zeros = np.zeros(3)
    return [
        Case((np.array([1.0, 2.0, 3.0]), np.array([4.0, -0.5, 0.0]), zeros, zeros.copy(), 1, 0.1)),
        Case(
            (
                np.array([1.0, -1.0]),
                np.array([2.0, 1.0]),
                np.array([0.5, -0.5]),
                np.array([0.25, 1.0]),
                2,
                0.5,
            )
        ),
        Case(
            (
                np.array([1.0, 2.0]),
                np.array([1e-6, 0.0]),
                np.array([1e-7, 0.0]),
                np.array([1e-15, 0]),
                3,
                0.1,
            )
        ),
        Case(
            (
                np.ones((2, 2)),
                np.array([[1.0, 2.0], [3.0, -4.0]]),
                np.ones((2, 2)),
                np.ones((2, 2)),
                100,
                0.01,
            )
        ),
    ]


def _adam_hidden(rng):
    def state(shape, size=1.0):
        theta, g, m, v = rng.standard_normal((4, *shape))
        return theta, size * g, size * m, size**2 * v**2

    return [
        Case((*state((5,)), 2, 0.1)),
        Case((*state((3, 4)), 7, 0.01)),
        Case((*state((2, 3, 2)), 1000, 0.5)),
        Case((*state((4,), size=1e-7), 5, 0.1)),
        Case((*(np.asarray(part) for part in state(())), 3, 0.2)),
        Case((rng.standard_normal(4), np.zeros(4), np.zeros(4), np.zeros(4), 1, 0.1)),
    ]


EXERCISE = Exercise(
    name="adam_step",
    section=f"{PAGE}#learning-adam",
    reference=_adam_step,
    visible=_adam_visible,
    hidden=_adam_hidden,
    seals=(optimise.Adam.step,),
    misconceptions=(
        Misconception(
            "no bias correction",
            "The means are used as they are; divide them by 1 - beta to the t, because they began at 0.",
            without_bias_correction,
        ),
        Misconception(
            "only m corrected",
            "The mean m is corrected for its beginning at 0 and v isn't; both began there.",
            only_m_corrected,
        ),
        Misconception(
            "t from 0",
            "The correction counts one step too few, and divides by 0 at the first; t is 1 there.",
            t_from_0,
        ),
        Misconception(
            "one step ahead",
            "The correction counts one step too many; t is the number of this step already.",
            one_step_ahead,
        ),
        Misconception(
            "correction of the first step",
            "The means are corrected as if every step were the first; raise the betas to the power t.",
            first_correction_only,
        ),
        Misconception(
            "epsilon inside the root",
            "Epsilon is added to v before the root is taken; it is added to the root.",
            epsilon_inside,
        ),
        Misconception(
            "epsilon forgotten",
            "Nothing is added to the root of v, so a gradient that is always 0 is divided by 0.",
            epsilon_forgotten,
        ),
        Misconception(
            "m and v exchanged",
            "The numbers are right, but v is returned before m.",
            means_exchanged,
        ),
        Misconception(
            "betas exchanged",
            "The mean m is kept by 0.999 and v by 0.9; it is the other way round.",
            betas_exchanged,
        ),
        Misconception(
            "old and new exchanged",
            "The means keep a small share of the old and take a large one of the new; it is the other way "
            "round.",
            shares_exchanged,
        ),
        Misconception(
            "not squared",
            "The mean v is that of the gradient's size; it should be that of its square.",
            square_forgotten,
        ),
        Misconception(
            "root forgotten",
            "The step is divided by v; divide by its root.",
            root_forgotten,
        ),
        Misconception(
            "no momentum",
            "The step follows the gradient of the moment; it should follow the mean m.",
            no_momentum,
        ),
        Misconception(
            "upwards",
            "The step is added; it goes against the gradient.",
            upwards,
        ),
        Misconception(
            "corrected means returned",
            "What is returned are the corrected means; the next step needs those without the correction.",
            corrected_means_kept,
        ),
        Misconception(
            "state changed",
            "The numbers are right, but m and v themselves are changed; make new arrays.",
            state_changed,
        ),
        Misconception(
            "parameters alone",
            "Only the parameters come back; without m and v there is no next step.",
            parameters_alone,
        ),
    ),
)
