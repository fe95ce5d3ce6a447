"""Write torch_vectors.npz: what PyTorch and ONNX return, for the golden tests.

Run it in an environment of its own; nothing else here needs these packages:

    python -m venv /tmp/torch && /tmp/torch/bin/pip install torch==2.13.0 onnx==1.23.2
    /tmp/torch/bin/python tests/golden/make_torch_vectors.py

An array is stored under "case/name". The part of the case before the first colon says which function
it tests; every other array than the expected ones is an argument.
"""

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

OUT = Path(__file__).with_name("torch_vectors.npz")
DTYPES = ("float16", "float32", "float64")
#: lead, T_q, T_k, d_k, d_v
SHAPES = {
    "plain": ((), 5, 7, 11, 13),
    "batch": ((2, 3), 5, 7, 3, 2),
    "one query": ((3,), 1, 11, 5, 7),
    "one key": ((3,), 11, 1, 5, 7),
    "one feature": ((2,), 5, 7, 1, 3),
}


def main():
    """Write every case."""
    torch.manual_seed(0)
    rng = np.random.default_rng(20170612)
    cases = {
        **attention_cases(rng),
        **attention_gradients(rng),
        **multi_head_cases(rng),
        **softmax_cases(rng),
        **cosine_cases(rng),
        **onnx_cases(rng),
    }
    np.savez_compressed(
        OUT, **{f"{case}/{name}": array for case, arrays in cases.items() for name, array in arrays.items()}
    )
    print(f"{OUT.name}: {len(cases)} cases, {OUT.stat().st_size / 1000:.0f} kB, torch {torch.__version__}")


def drawn(rng, shape, dtype):
    """Return normal numbers of a dtype."""
    return rng.standard_normal(shape).astype(dtype)


def drawn_qkv(rng, shape, dtype):
    """Return q, k and v of a shape of SHAPES."""
    lead, t_q, t_k, d_k, d_v = shape
    return {
        "q": drawn(rng, (*lead, t_q, d_k), dtype),
        "k": drawn(rng, (*lead, t_k, d_k), dtype),
        "v": drawn(rng, (*lead, t_k, d_v), dtype),
    }


def as_tensors(arrays):
    """Return named arrays as named tensors."""
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


def sdpa(arrays, mask=None, scale=None):
    """Return PyTorch's context for named arrays."""
    t = as_tensors(arrays)
    mask = None if mask is None else torch.from_numpy(mask)
    return functional.scaled_dot_product_attention(t["q"], t["k"], t["v"], attn_mask=mask, scale=scale)


def attention_cases(rng):
    """Return `scaled_dot_product_attention` for every dtype, shape and kind of mask."""
    cases = {}
    for dtype in DTYPES:
        for name, shape in SHAPES.items():
            arrays = drawn_qkv(rng, shape, dtype)
            cases[f"attention:{name}:{dtype}"] = {**arrays, "context": sdpa(arrays).numpy()}

        arrays = drawn_qkv(rng, SHAPES["batch"], dtype)
        mask = rng.random((2, 3, 5, 7)) < 0.5
        cases[f"attention:mask:{dtype}"] = {**arrays, "mask": mask, "context": sdpa(arrays, mask).numpy()}
        mask = np.arange(7) < 4
        mask = mask & (np.arange(5) % 2 == 0)[:, None]
        cases[f"attention:fully masked rows:{dtype}"] = {
            **arrays,
            "mask": mask,
            "context": sdpa(arrays, mask).numpy(),
        }
        cases[f"attention:scale:{dtype}"] = {
            **arrays,
            "scale": np.array(0.75),
            "context": sdpa(arrays, scale=0.75).numpy(),
        }
        arrays = drawn_qkv(rng, ((2,), 7, 7, 5, 3), dtype)
        context = functional.scaled_dot_product_attention(*as_tensors(arrays).values(), is_causal=True)
        cases[f"attention:causal:{dtype}"] = {
            **arrays,
            "mask": np.tri(7, dtype=bool),
            "context": context.numpy(),
        }
    return cases


def attention_gradients(rng):
    """Return autograd's gradients of `scaled_dot_product_attention`."""
    cases = {}
    for dtype in ("float32", "float64"):
        masks = {
            "plain": None,
            "mask": rng.random((5, 7)) < 0.5,
            "fully masked rows": np.zeros((5, 7), bool),
        }
        masks["mask"][0] = masks["fully masked rows"][3, 2:] = True
        for name, mask in masks.items():
            arrays = drawn_qkv(rng, SHAPES["batch"], dtype)
            leaves = {key: tensor.requires_grad_() for key, tensor in as_tensors(arrays).items()}
            context = functional.scaled_dot_product_attention(
                *leaves.values(), attn_mask=None if mask is None else torch.from_numpy(mask)
            )
            dcontext = drawn(rng, context.shape, dtype)
            context.backward(torch.from_numpy(dcontext))
            cases[f"attention_vjp:{name}:{dtype}"] = {
                **arrays,
                **({} if mask is None else {"mask": mask}),
                "dcontext": dcontext,
                **{f"d{key}": tensor.grad.numpy() for key, tensor in leaves.items()},
            }
    return cases


def multi_head_cases(rng):
    """Return `nn.MultiheadAttention` in self- and cross-attention, with its gradients."""
    cases = {}
    d_model, n_heads, batch, t_q, t_k = 12, 3, 2, 5, 7
    for dtype in ("float32", "float64"):
        for name, cross, masked in (
            ("self", False, False),
            ("self, mask", False, True),
            ("cross", True, False),
            ("cross, mask", True, True),
        ):
            d_context = 11 if cross else d_model
            layer = torch.nn.MultiheadAttention(
                d_model,
                n_heads,
                bias=False,
                kdim=d_context,
                vdim=d_context,
                batch_first=True,
                dtype=getattr(torch, dtype),
            )
            x = torch.from_numpy(drawn(rng, (batch, t_q, d_model), dtype)).requires_grad_()
            context = x
            if cross:
                context = torch.from_numpy(drawn(rng, (batch, t_k, d_context), dtype)).requires_grad_()
            mask = rng.random((t_q, context.shape[1])) < 0.6
            mask[:, 0] = True
            y, weights = layer(
                x,
                context,
                context,
                attn_mask=torch.from_numpy(~mask) if masked else None,  # there, True = may not attend
                average_attn_weights=False,
            )
            dy = drawn(rng, y.shape, dtype)
            y.backward(torch.from_numpy(dy))
            if layer.in_proj_weight is None:
                projections = [layer.q_proj_weight, layer.k_proj_weight, layer.v_proj_weight]
                matrices = [p.detach() for p in projections]
                gradients = [p.grad for p in projections]
            else:
                matrices = layer.in_proj_weight.detach().chunk(3)
                gradients = layer.in_proj_weight.grad.chunk(3)
            matrices = [*matrices, layer.out_proj.weight.detach()]
            gradients = [*gradients, layer.out_proj.weight.grad]
            names = ("w_q", "w_k", "w_v", "w_o")
            cases[f"multi_head:{name}:{dtype}"] = {
                "x": x.detach().numpy(),
                **(
                    {"context": context.detach().numpy(), "dcontext": context.grad.numpy()} if cross else {}
                ),
                **({"mask": mask} if masked else {}),
                "n_heads": np.array(n_heads),
                **{key: matrix.numpy().T for key, matrix in zip(names, matrices, strict=True)},
                "y": y.detach().numpy(),
                "weights": weights.detach().numpy(),
                "dy": dy,
                "dx": x.grad.numpy(),
                **{f"d{key}": matrix.numpy().T for key, matrix in zip(names, gradients, strict=True)},
            }
    return cases


def softmax_cases(rng):
    """Return `softmax` with its gradient along every axis."""
    cases = {}
    for dtype in ("float32", "float64"):
        for axis in (0, 1, -1):
            x = torch.from_numpy(3 * drawn(rng, (3, 5, 7), dtype)).requires_grad_()
            weights = torch.softmax(x, dim=axis)
            dweights = drawn(rng, weights.shape, dtype)
            weights.backward(torch.from_numpy(dweights))
            cases[f"softmax:axis {axis}:{dtype}"] = {
                "x": x.detach().numpy(),
                "axis": np.array(axis),
                "dweights": dweights,
                "weights": weights.detach().numpy(),
                "dx": x.grad.numpy(),
            }
    return cases


def cosine_cases(rng):
    """Return `cosine_similarity`, with vectors of zeros."""
    cases = {}
    for dtype in ("float32", "float64"):
        a, b = drawn(rng, (3, 5, 7), dtype), drawn(rng, (5, 7), dtype)
        a[1, 2] = 0
        cosine = functional.cosine_similarity(torch.from_numpy(a), torch.from_numpy(b), dim=-1)
        cases[f"cosine_similarity:zeros:{dtype}"] = {"a": a, "b": b, "cosine": cosine.numpy()}
    return cases


def onnx_cases(rng):
    """Return what ONNX's reference evaluator gives for its operator Attention (opset 23)."""
    from onnx import TensorProto, helper
    from onnx.reference import ReferenceEvaluator

    cases = {}
    for dtype in ("float32", "float64"):
        kind = TensorProto.FLOAT if dtype == "float32" else TensorProto.DOUBLE
        masks = {
            "plain": None,
            "mask": rng.random((5, 7)) < 0.5,
            "fully masked rows": np.zeros((5, 7), bool),
        }
        masks["mask"][:, 0] = masks["fully masked rows"][3, 2:] = True
        for name, mask in masks.items():
            arrays = drawn_qkv(rng, SHAPES["batch"], dtype)
            if mask is not None:
                arrays["mask"] = mask
            node = helper.make_node("Attention", list(arrays), ["context"])
            kinds = {key: TensorProto.BOOL if key == "mask" else kind for key in arrays}
            graph = helper.make_graph(
                [node],
                "attention",
                [
                    helper.make_tensor_value_info(key, kinds[key], array.shape)
                    for key, array in arrays.items()
                ],
                [helper.make_tensor_value_info("context", kind, None)],
            )
            model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 23)])
            (context,) = ReferenceEvaluator(model).run(None, arrays)
            cases[f"attention:onnx {name}:{dtype}"] = {**arrays, "context": context}
    return cases


if __name__ == "__main__":
    main()
