import math

import numpy as np
import pytest

from attnlib import cosine_similarity, entropy, softmax, softmax_jacobian, softmax_vjp


def test_softmax_of_a_row_worked_by_hand():
    np.testing.assert_allclose(softmax([0, 1, 1, 2], base=3), [1 / 16, 3 / 16, 3 / 16, 9 / 16], rtol=1e-15)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
def test_softmax_sums_to_one_along_its_axis(axis):
    x = np.random.default_rng(0).standard_normal((2, 3, 5))
    weights = softmax(x, axis)
    np.testing.assert_allclose(weights.sum(axis=axis), 1.0, rtol=1e-14)
    assert weights.shape == x.shape


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_softmax_is_finite_at_the_largest_numbers_of_a_dtype(dtype):
    largest = np.finfo(dtype).max
    np.testing.assert_array_equal(softmax(np.array([largest, largest, -largest], dtype)), [0.5, 0.5, 0.0])
    np.testing.assert_array_equal(softmax(np.array([-largest, -largest], dtype)), [0.5, 0.5])


def test_softmax_at_the_smallest_temperature_is_one_hot():
    weights = softmax(np.array([1, 2, 3], np.float32), temperature=5e-324)
    np.testing.assert_array_equal(weights, [0, 0, 1])


def test_softmax_temperature_divides_the_scores():
    x = np.random.default_rng(1).standard_normal(7)
    np.testing.assert_allclose(softmax(x, temperature=2.5), softmax(x / 2.5), rtol=1e-14)


def test_softmax_base_is_a_temperature():
    x = np.random.default_rng(2).standard_normal(7)
    np.testing.assert_allclose(softmax(x, base=3), softmax(x, temperature=1 / math.log(3)), rtol=1e-14)


def test_scores_of_minus_infinity_get_zero_and_a_row_of_them_is_zero():
    inf = np.inf
    weights = softmax([[0.0, -inf, 0.0], [-inf, -inf, -inf]])
    np.testing.assert_array_equal(weights, [[0.5, 0, 0.5], [0, 0, 0]])


@pytest.mark.parametrize("base_and_temperature", [(math.e, 1.0), (3, 1.0), (math.e, 0.25), (2, 7.0)])
def test_softmax_vjp_is_the_jacobian_times_the_gradient(base_and_temperature):
    base, temperature = base_and_temperature
    rng = np.random.default_rng(3)
    x, dweights = rng.standard_normal((2, 5, 7))
    weights = softmax(x, base=base, temperature=temperature)
    expected = (softmax_jacobian(weights) @ dweights[..., None])[..., 0] * math.log(base) / temperature
    actual = softmax_vjp(weights, dweights, base=base, temperature=temperature)
    np.testing.assert_allclose(actual, expected, atol=1e-15)


def test_entropy_from_none_to_uniform():
    np.testing.assert_allclose(entropy([[1, 0, 0, 0], [0.25] * 4]), [0, math.log(4)], rtol=1e-15)


def test_cosine_similarity_worked_by_hand():
    np.testing.assert_allclose(
        cosine_similarity([[3, 4], [1, 0], [-2, 0]], [1, 0]), [0.6, 1, -1], rtol=1e-15
    )


def test_cosine_similarity_ignores_lengths_even_the_largest_and_smallest():
    a, b = np.array([3e300, 4e300]), np.array([1e-300, 0.0])
    assert cosine_similarity(a, b) == pytest.approx(0.6, rel=1e-15)


def test_cosine_similarity_with_zeros_is_zero():
    np.testing.assert_array_equal(cosine_similarity([[0, 0], [1, 0]], [0, 0]), [0, 0])


def test_cosine_similarity_never_passes_one():
    a = np.random.default_rng(4).standard_normal((1000, 3))
    assert np.abs(cosine_similarity(a, a)).max() <= 1
    assert np.isfinite(np.arccos(cosine_similarity(a, 3 * a))).all()


def test_cosine_similarity_along_another_axis():
    a, b = np.random.default_rng(5).standard_normal((2, 3, 5))
    np.testing.assert_allclose(cosine_similarity(a, b, 0), cosine_similarity(a.T, b.T), rtol=1e-14)
