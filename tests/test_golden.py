"""Agreement with PyTorch and ONNX: with the vectors in golden/, and live where torch is installed."""

from pathlib import Path

import numpy as np
import pytest
from numeric import relative_error

from attnlib import (
    MultiHeadAttention,
    attention,
    attention_vjp,
    cosine_similarity,
    multi_head_vjp,
    online_attention,
    softmax,
    softmax_vjp,
)

GOLDEN = Path(__file__).parent / "golden" / "torch_vectors.npz"
TOLERANCE = {"float16": 1e-3, "float32": 1e-6, "float64": 1e-12}  # float16 has 11 bits: 2 ** -11 is 5e-4


def load():
    """Return the arrays of each case, by name."""
    cases = {}
    with np.load(GOLDEN) as stored:
        for key in stored.files:
            case, name = key.rsplit("/", 1)
            cases.setdefault(case, {})[name] = stored[key]
    return cases


CASES = load()


def agree(actual, expected, dtype):
    assert actual.dtype == expected.dtype == dtype
    assert relative_error(actual, expected) <= TOLERANCE[dtype]


def options(case):
    """Return the mask and the scale of a case that has them."""
    chosen = {"mask": case["mask"]} if "mask" in case else {}
    return chosen | ({"scale": float(case["scale"])} if "scale" in case else {})


def compare_attention(case, dtype):
    inputs = [case[name] for name in "qkv"]
    agree(attention(*inputs, **options(case)), case["context"], dtype)
    agree(attention(*inputs, **options(case), return_weights=True)[0], case["context"], dtype)
    agree(online_attention(*inputs, **options(case), block_size=3), case["context"], dtype)


def compare_attention_vjp(case, dtype):
    gradients = attention_vjp(*(case[name] for name in ("q", "k", "v", "dcontext")), **options(case))
    for name, gradient in zip(("dq", "dk", "dv"), gradients, strict=True):
        agree(gradient, case[name], dtype)


def compare_multi_head(case, dtype):
    names = ("w_q", "w_k", "w_v", "w_o")
    layer = MultiHeadAttention(*(case[name] for name in names), n_heads=int(case["n_heads"]))
    inputs = [case[name] for name in ("x", "context") if name in case]
    y, weights = layer(*inputs, **options(case), return_weights=True)
    agree(y, case["y"], dtype)
    agree(weights, case["weights"], dtype)
    gradients = multi_head_vjp(layer, case["dy"], *inputs, **options(case))
    for name in ("x", *(["context"] if "context" in case else []), *names):
        agree(getattr(gradients, f"d{name}"), case[f"d{name}"], dtype)


def compare_softmax(case, dtype):
    axis = int(case["axis"])
    agree(softmax(case["x"], axis), case["weights"], dtype)
    agree(softmax_vjp(case["weights"], case["dweights"], axis), case["dx"], dtype)


def compare_cosine_similarity(case, dtype):
    agree(cosine_similarity(case["a"], case["b"]), case["cosine"], dtype)


COMPARE = {
    "attention": compare_attention,
    "attention_vjp": compare_attention_vjp,
    "multi_head": compare_multi_head,
    "softmax": compare_softmax,
    "cosine_similarity": compare_cosine_similarity,
}


@pytest.mark.parametrize("case", CASES)
def test_golden(case):
    function, _, dtype = case.split(":")
    COMPARE[function](CASES[case], dtype)


def test_there_are_golden_cases_of_every_kind():
    assert len(CASES) >= 40
    assert {case.split(":")[0] for case in CASES} == set(COMPARE)
    assert sum(":onnx " in case for case in CASES) >= 4


@pytest.fixture(scope="module")
def torch():
    try:
        import torch
    except ModuleNotFoundError:
        pytest.skip("torch is not installed: nothing to compare live; the golden vectors still were")
    return torch


@pytest.mark.parametrize("seed", range(30))
def test_live_on_random_shapes(torch, seed):
    rng = np.random.default_rng(seed)
    dtype = ("float32", "float64")[seed % 2]
    lead = tuple(rng.integers(1, 4, size=rng.integers(0, 3)))
    t_q, t_k, d_k, d_v = (int(n) for n in rng.integers(1, 40, size=4))
    shapes = {"q": (*lead, t_q, d_k), "k": (*lead, t_k, d_k), "v": (*lead, t_k, d_v)}
    case = {name: rng.standard_normal(shape).astype(dtype) for name, shape in shapes.items()}
    if seed % 3:
        case["mask"] = rng.random((t_q, t_k)) < 0.5
    leaves = {name: torch.from_numpy(case[name]).requires_grad_() for name in shapes}
    mask = torch.from_numpy(case["mask"]) if "mask" in case else None
    context = torch.nn.functional.scaled_dot_product_attention(*leaves.values(), attn_mask=mask)
    case["dcontext"] = rng.standard_normal(context.shape).astype(dtype)
    context.backward(torch.from_numpy(case["dcontext"]))
    case |= {"context": context.detach().numpy()} | {
        f"d{name}": t.grad.numpy() for name, t in leaves.items()
    }
    compare_attention(case, dtype)
    compare_attention_vjp(case, dtype)
