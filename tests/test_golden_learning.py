"""Agreement with PyTorch's gradients and with its Adam: the vectors in golden/."""

from pathlib import Path

import numpy as np
import pytest
from numeric import relative_error

from attnlib import attention, attention_vjp, layers
from attnlib.autodiff import Variable, backward, value_and_grad
from attnlib.models.transformer import next_word_loss
from attnlib.optimise import Adam

TOLERANCE = 1e-10  # everything is in float64
LAYERS = ("linear", "layer_norm", "gelu", "embedding", "cross_entropy", "lstm_step")


def load():
    """Return the arrays of each case, by name."""
    cases = {}
    with np.load(Path(__file__).parent / "golden" / "learning_vectors.npz") as stored:
        for key in stored.files:
            case, name = key.split("/", 1)
            cases.setdefault(case, {})[name] = stored[key]
    return cases


CASES = load()


def agree(actual, expected):
    assert relative_error(np.asarray(actual), expected) <= TOLERANCE


@pytest.mark.parametrize("name", LAYERS)
def test_layer(name):
    case = CASES[name]
    options = {"keep": case["keep"]} if "keep" in case else {}
    taken = [key for key in case if key not in ("y", "dy", "keep") and not key.startswith("d")]
    inputs = [Variable(case[key]) if f"d{key}" in case else case[key] for key in taken]
    y = getattr(layers, name)(*inputs, **options)
    agree(y.value, case["y"])
    gradients = backward((y * case["dy"]).sum())
    for key, variable in zip(taken, inputs, strict=True):
        if f"d{key}" in case:
            agree(gradients[variable], case[f"d{key}"])


@pytest.mark.parametrize("name", ["attention", "attention, capped"])
def test_attention_with_a_bias(name):
    case = CASES[name]
    inputs = {key: case[key] for key in ("q", "k", "v", "bias")}
    softcap = float(case["softcap"]) if "softcap" in case else None
    agree(attention(**inputs, softcap=softcap), case["y"])
    gradients = attention_vjp(**inputs, dcontext=case["dy"], softcap=softcap)
    for key, gradient in zip(inputs, gradients, strict=True):
        agree(gradient, case[f"d{key}"])


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", TOLERANCE), ("float32", 1e-5)])
def test_gradient_of_a_whole_gpt(dtype, tolerance):
    case = CASES["gpt"]
    names = [key[1:] for key in case if key.startswith("d")]
    params = {name: case[name].astype(dtype) for name in names}
    loss, gradients = value_and_grad(
        lambda params: next_word_loss(params, case["ids"], n_heads=int(case["n_heads"])), params
    )
    assert loss == pytest.approx(case["y"].item(), rel=tolerance)
    assert len(names) == 30
    for name in names:
        assert gradients[name].dtype == dtype
        assert relative_error(gradients[name], case[f"d{name}"]) <= tolerance, name


def test_adam_takes_the_steps_of_adamw_behind_a_clipped_gradient():
    case, adam = CASES["adam"], Adam(rate=0.01, decay=0.1)
    params = {name: case[name] for name in ("matrix", "vector")}
    for step in range(5):
        params = adam.step(params, {name: case[f"d{name} {step}"] for name in params})
        for name in params:
            # PyTorch divides by the gradient's length plus 1e-6 where it clips
            assert relative_error(params[name], case[f"{name} {step}"]) < 1e-8
