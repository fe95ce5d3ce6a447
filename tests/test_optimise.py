import re

import numpy as np
import pytest

from attnlib.optimise import Adam, fit, schedule

TARGET = np.array([[1.0, -2.0], [3.0, 0.5]])


def loss(params, target):
    error = params["w"] - target
    return (error * error).sum()


def forever(*batch):
    while True:
        yield batch


def test_the_first_step_is_as_long_as_the_rate_whatever_the_gradient():
    for size in (1e-4, 1.0, 1e4):
        adam = Adam(rate=0.1, clip=None)
        moved = adam.step({"w": np.zeros(2)}, {"w": np.array([size, -size])})
        np.testing.assert_allclose(moved["w"], [-0.1, 0.1], rtol=1e-3)


def test_two_steps_worked_by_hand():
    adam = Adam(rate=1.0, betas=(0.5, 0.75), clip=None, epsilon=1e-12)
    params = adam.step({"w": np.array([0.0])}, {"w": np.array([2.0])})  # m^ = 2, v^ = 4
    params = adam.step(params, {"w": np.array([0.0])})  # m = 1/2, m^ = 2/3; v = 3/4, v^ = 12/7
    np.testing.assert_allclose(params["w"], -1 - (2 / 3) / np.sqrt(12 / 7), rtol=1e-12)


def test_clipping_shortens_all_gradients_together():
    clipped, free = Adam(clip=1.0), Adam(clip=None)
    gradients = {"a": np.array([3.0]), "b": np.array([[4.0]])}  # length 5
    clipped.step({"a": np.zeros(1), "b": np.zeros((1, 1))}, gradients)
    free.step({"a": np.zeros(1), "b": np.zeros((1, 1))}, {k: g / 5 for k, g in gradients.items()})
    for name in gradients:
        np.testing.assert_allclose(clipped.means[name], free.means[name], rtol=1e-12)


def test_decay_pulls_matrices_and_leaves_vectors():
    params = {"matrix": np.ones((2, 2)), "vector": np.ones(2)}
    moved = Adam(rate=0.1, decay=0.5).step(params, {k: np.zeros_like(v) for k, v in params.items()})
    np.testing.assert_allclose(moved["matrix"], 0.95)
    np.testing.assert_array_equal(moved["vector"], 1)


def test_schedule_rises_to_its_peak_and_falls():
    rates = [schedule(step, 200, 3.0, warm_up=0.1) for step in range(200)]
    assert np.argmax(rates) in (19, 20)
    assert max(rates) == 3.0
    assert np.all(np.diff(rates[:20]) > 0)
    assert np.all(np.diff(rates[20:]) < 0)
    assert 0 < rates[-1] < 0.1
    assert schedule(0, 1, 3.0) == 3.0


def test_fit_finds_the_minimum_and_leaves_its_inputs():
    params = {"w": np.zeros((2, 2)), "number": np.array(7.0)}
    for value in params.values():
        value.flags.writeable = False
    fitted = fit(loss, params, forever(TARGET), 300, rate=0.1)
    np.testing.assert_allclose(fitted.params["w"], TARGET, atol=1e-2)
    assert fitted.params["number"] == 7
    assert fitted.losses[0] == (TARGET**2).sum()
    assert fitted.losses[-1] < 1e-3
    assert len(fitted.losses) == 300


def test_float32_stays_float32():
    params = {"w": np.zeros((2, 2), np.float32), "number": np.float32(1.0) * np.ones((), np.float32)}
    fitted = fit(loss, params, forever(TARGET.astype(np.float32)), 3, decay=0.1)
    assert {value.dtype for value in fitted.params.values()} == {np.dtype(np.float32)}


def test_the_first_steps_of_a_longer_fit_are_the_same():
    whole = fit(loss, {"w": np.zeros((2, 2))}, forever(TARGET), 50, rate=0.1)
    first = fit(loss, {"w": np.zeros((2, 2))}, forever(TARGET), 7, rate=0.1, total=50)
    assert first.losses == whole.losses[:7]


def test_fit_passes_the_decay_on():
    still = {"w": np.zeros((2, 2)), "unused": np.ones((2, 2))}
    decayed = fit(loss, still, forever(TARGET), 5, rate=0.1, decay=0.5)
    assert (decayed.params["unused"] < 1).all()
    assert (fit(loss, still, forever(TARGET), 5, rate=0.1).params["unused"] == 1).all()


def test_a_gradient_shorter_than_the_clip_is_left_alone():
    adam = Adam(clip=1.0)
    adam.step({"w": np.zeros(2)}, {"w": np.array([0.3, 0.4])})
    np.testing.assert_allclose(adam.means["w"], [0.03, 0.04], rtol=1e-12)


def test_progress_ends_with_a_full_bar_and_the_loss(capsys):
    fitted = fit(loss, {"w": np.zeros((2, 2))}, forever(TARGET), 7, rate=0.1, progress=True)
    printed = capsys.readouterr()
    last = printed.out.split("\r")[-1]
    assert re.fullmatch(rf"█{{30}} 7/7  loss {fitted.losses[-1]:.3f}  \d+ s\n", last)
    assert printed.err == ""


def test_fit_shows_the_parameters_before_every_step_and_after_the_last():
    seen = {}
    fitted = fit(loss, {"w": np.zeros((2, 2))}, forever(TARGET), 3, watch=seen.__setitem__)
    assert list(seen) == [0, 1, 2, 3]
    assert [float(loss(seen[step], TARGET)) for step in range(3)] == fitted.losses
    assert seen[3] is fitted.params


def test_bad_input():
    params = {"w": np.zeros((2, 2))}
    with pytest.raises(ValueError, match="batches must hold one for each step: expected 3, got 2"):
        fit(loss, params, [(TARGET,)] * 2, 3)
    with pytest.raises(FloatingPointError, match="the loss is nan after 1 steps"):
        fit(loss, params, [(TARGET,), (TARGET * np.nan,)], 2)
    with pytest.raises(ValueError, match="total must be at least 3, got 2"):
        fit(loss, params, forever(TARGET), 3, total=2)
    with pytest.raises(ValueError, match="clip must be greater than 0, got 0"):
        Adam(clip=0)
    with pytest.raises(ValueError, match="the second of betas must be at least 0 and less than 1, got 1"):
        Adam(betas=(0.9, 1))
