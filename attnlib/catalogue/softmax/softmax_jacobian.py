"""The Jacobian of the softmax, from its weights."""

import numpy as np

from attnlib import probability
from attnlib.catalogue.softmax import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def only_the_diagonal(weights):
    p = np.asarray(weights)
    return np.eye(p.shape[-1]) * (p * (1 - p))[..., None]


def no_outer_product(weights):
    p = np.asarray(weights)
    return np.eye(p.shape[-1]) * p[..., None]


def outer_product_added(weights):
    p = np.asarray(weights)
    return np.eye(p.shape[-1]) * p[..., None] + p[..., :, None] * p[..., None, :]


def delta_forgotten(weights):
    p = np.asarray(weights)
    return p[..., :, None] * (1 - p[..., None, :])


def one_number_for_each_weight(weights):
    p = np.asarray(weights)
    return p * (1 - p)


def sign_turned(weights):
    p = np.asarray(weights)
    return p[..., :, None] * p[..., None, :] - np.eye(p.shape[-1]) * p[..., None]


def one_row_only(weights):
    p = np.asarray(weights)
    return np.diag(p) - np.outer(p, p)


def delta_for_every_row(weights):
    p = np.asarray(weights)
    return np.eye(p.shape[-1]) - p[..., :, None] * p[..., None, :]


def outer_product_only(weights):
    p = np.asarray(weights)
    return -p[..., :, None] * p[..., None, :]


def _jacobian_visible():
    return [
        Case((np.array([0.5, 0.5]),)),
        Case((np.array([0.2, 0.3, 0.5]),)),
        Case((np.array([1.0, 0.0, 0.0]),)),
        Case((np.array([[0.2, 0.3, 0.5], [0.7, 0.2, 0.1]]),)),
        Case((np.array([[0.5, 0.3, 0.2], [0.7, 0.2, 0.1], [0.1, 0.3, 0.6]]),)),
        Case((np.array([[[0.5, 0.5], [0.9, 0.1]], [[0.25, 0.75], [0.6, 0.4]]]).swapaxes(0, 1),)),
    ]


def _jacobian_hidden(rng):
    return [
        Case((rng.dirichlet(np.ones(7)),)),
        Case((rng.dirichlet(np.ones(3), size=3),)),
        Case((rng.dirichlet(np.ones(5), size=(2, 3)),)),
        Case((rng.dirichlet(np.ones(2), size=(1, 4)),)),
        Case((np.array([1.0]),)),
    ]


EXERCISE = Exercise(
    name="softmax_jacobian",
    section=f"{PAGE}#softmax-jacobian",
    reference=probability.softmax_jacobian,
    visible=_jacobian_visible,
    hidden=_jacobian_hidden,
    seals=(probability.softmax_jacobian,),
    misconceptions=(
        Misconception(
            "only the diagonal",
            "Only the diagonal is filled, but raising one score also lowers every other weight.",
            only_the_diagonal,
        ),
        Misconception(
            "outer product forgotten",
            "The weights stand on the diagonal, but the product of each pair is not subtracted.",
            no_outer_product,
        ),
        Misconception(
            "outer product added",
            "The product of each pair of weights is added; raising one score must lower the others.",
            outer_product_added,
        ),
        Misconception(
            "delta forgotten",
            "The 1 stands in every entry; it belongs on the diagonal only, where i = j.",
            delta_forgotten,
        ),
        Misconception(
            "one number for each weight",
            "The answer has one derivative for each weight; the Jacobian has one for each pair.",
            one_number_for_each_weight,
        ),
        Misconception(
            "sign turned round",
            "Every sign is the wrong way round: raising a score raises its own weight.",
            sign_turned,
        ),
        Misconception(
            "only one row",
            "Right for one row of weights, but np.diag and np.outer don't take a stack of rows.",
            one_row_only,
        ),
        Misconception(
            "weights missing on the diagonal",
            "The diagonal begins with 1 and not with the weight; the factor p_i belongs to the 1 as "
            "well as to p_j.",
            delta_for_every_row,
        ),
        Misconception(
            "diagonal forgotten",
            "The product of each pair is there, but the weights themselves are missing on the diagonal.",
            outer_product_only,
        ),
    ),
    properties=(
        Property(
            "Each row must sum to 0: the weights always sum to 1, so what one gains the others lose.",
            lambda case, got: np.allclose(got.sum(axis=-1), 0.0, atol=1e-5),
        ),
        Property(
            "The matrix must be symmetric.",
            lambda case, got: np.allclose(got, got.swapaxes(-1, -2), atol=1e-5),
        ),
    ),
)
