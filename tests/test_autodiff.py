import numpy as np
import pytest
from numeric import numeric_gradient

from attnlib.autodiff import Variable, backward, check_gradient, differentiable, value_and_grad
from attnlib.layers import tanh


def draw(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


EXPRESSIONS = {
    "sum and difference": lambda x, y: x + y - 3.0 * x + (2.0 - y) - draw(5),
    "product": lambda x, y: x * y * 2.0 * draw(3, 5, seed=3),
    "negative": lambda x, y: -x,
    "a number and an array first": lambda x, y: 2.0 + x + (draw(3, 5) + y) + 3.0 * y - (1.0 - x) * draw(5),
    "matrices": lambda x, y: x.swapaxes(-2, -1) @ y,
    "an array before a matrix": lambda x, y: draw(7, 3) @ x,
    "a matrix for a batch": lambda x, y: x.reshape(1, 3, 5) @ draw(2, 5, 3),
    "one row": lambda x, y: x[1],
    "rows, one of them twice": lambda x, y: x[np.array([0, 2, 2])],
    "a slice of columns": lambda x, y: x[:, 1:4] * y[:, 2:],
    "a slice with an axis more": lambda x, y: x[None, 1, ..., ::2] * y[:, 2:],
    "where it is true": lambda x, y: x[draw(3, 5) > 0],
    "sums": lambda x, y: x.sum(axis=0) * y.sum(axis=-1).sum() + x.sum(),
    "means": lambda x, y: x.mean(axis=1) * y.mean(),
    "another shape": lambda x, y: x.reshape(5, 3) @ y,
    "used three times": lambda x, y: tanh(x) * x + tanh(tanh(x)),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_gradients_agree_with_finite_differences(name):
    expression, arrays = EXPRESSIONS[name], {"x": draw(3, 5), "y": draw(3, 5, seed=1)}

    def loss(params):
        y = expression(params["x"], params["y"])
        return (y * draw(*y.shape, seed=2)).sum()

    value, gradients = value_and_grad(loss, arrays)
    plain = expression(*arrays.values())
    assert value == pytest.approx((plain * draw(*plain.shape, seed=2)).sum(), rel=1e-12)
    for key in arrays:
        expected = numeric_gradient(
            lambda z, key=key: value_and_grad(loss, {**arrays, key: z})[0], arrays[key]
        )
        assert np.abs(gradients[key] - expected).max() < 1e-7
    assert isinstance(value, float)


def test_broadcast_arguments_get_the_sum_over_their_copies():
    params = {"row": draw(5), "one": draw(1, 1, seed=1), "number": np.array(0.5)}

    def loss(p):
        return ((p["row"] + draw(3, 5)) * p["one"] + p["number"] * draw(3, 5, seed=2)).sum()

    assert check_gradient(loss, params) < 1e-8
    assert {k: g.shape for k, g in value_and_grad(loss, params)[1].items()} == {
        "row": (5,),
        "one": (1, 1),
        "number": (),
    }


def test_plain_arrays_give_plain_arrays():
    y = tanh(draw(3))
    assert type(y) is np.ndarray
    assert isinstance(tanh(Variable(draw(3))), Variable)


def test_a_parameter_that_is_not_used_has_the_gradient_zero():
    _, gradients = value_and_grad(lambda p: p["a"].sum(), {"a": draw(2), "b": draw(3)})
    np.testing.assert_array_equal(gradients["b"], np.zeros(3))


def test_gradients_are_the_same_bits_at_every_run():
    params, terms = {"x": draw(5).astype("f")}, draw(40, 5, seed=1).astype("f")

    def loss(p):
        return sum((tanh(p["x"] * term) for term in terms), np.float32(0)).sum()

    keeping_memory = [value_and_grad(loss, params) for _ in range(20)]
    for _, gradients in keeping_memory:
        np.testing.assert_array_equal(gradients["x"], keeping_memory[0][1]["x"])


def test_each_step_back_is_taken_once_and_after_all_that_lead_to_it():
    taken = []

    @differentiable
    def named(*arrays, name):
        def back(dy):
            taken.append((name, float(dy)))
            return (dy,) * len(arrays)

        return sum(arrays), back

    x = Variable(np.array(1.0))
    first = named(x, name="first")
    short, long = named(first, name="short"), named(named(first, name="long"), name="longer")
    gradients = backward(named(short, long, long, name="last"))
    assert taken[0] == ("last", 1.0)
    assert taken[-1] == ("first", 3.0)
    assert len(taken) == 5
    assert gradients == {x: 3.0}


def test_a_gradient_that_is_wrong_in_one_entry_is_found():
    @differentiable
    def square(x):
        def back(dy):
            dx = 2 * x * dy
            dx[1, 2] *= 1.001
            return (dx,)

        return x * x, back

    assert check_gradient(lambda p: square(p["x"]).sum(), {"x": draw(3, 5)}) > 1e-6


def test_inputs_are_not_modified():
    params = {"a": draw(3, 5), "b": draw(5, 2)}
    for value in params.values():
        value.flags.writeable = False
    value_and_grad(lambda p: (tanh(p["a"] @ p["b"])[1:] * 2.0).sum(), params)


def test_float32_stays_float32():
    params = {"a": draw(3, 5).astype(np.float32)}
    gradients = value_and_grad(lambda p: (p["a"] * 0.5 + 1.0 - p["a"]).mean(), params)[1]
    assert gradients["a"].dtype == np.float32


def test_a_loss_must_be_one_number_made_from_the_parameters():
    with pytest.raises(ValueError, match=r"the loss must be a single number, got the shape \(3,\)"):
        value_and_grad(lambda p: p["a"] * 2.0, {"a": draw(3)})
    with pytest.raises(TypeError, match="the loss must be computed from params, got float"):
        value_and_grad(lambda p: 1.0, {"a": draw(3)})


def test_a_variable_among_the_options_is_an_error():
    @differentiable
    def scaled(x, *, factor):
        return x * factor, lambda dy: (dy * factor,)

    with pytest.raises(TypeError, match="factor is an option of scaled and can't be a variable"):
        scaled(Variable(draw(3)), factor=Variable(np.array(2.0)))
