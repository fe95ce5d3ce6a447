"""Write learning_vectors.npz: what PyTorch's autograd gives for layers and for a GPT, and its Adam's steps.

Run it in an environment of its own; nothing else here needs this package:

    python -m venv /tmp/torch && /tmp/torch/bin/pip install torch==2.13.0 numpy
    /tmp/torch/bin/python tests/golden/make_learning_vectors.py

An array is stored under "case/name": the result as "y", gradients with "d" before a name, options by
theirs; every other array is an argument. The models are written here with PyTorch's own functions, and
with nothing of attnlib.
"""

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as f

OUT = Path(__file__).with_name("learning_vectors.npz")
N_WORDS, D_MODEL, N_HEADS, N_LAYERS, T, BATCH = 13, 12, 3, 2, 7, 2


def main():
    """Write every case."""
    torch.manual_seed(0)
    rng = np.random.default_rng(20150101)
    cases = {**layers(rng), **capped(rng), "gpt": gpt(rng), "adam": adam(rng)}
    np.savez_compressed(
        OUT, **{f"{case}/{name}": array for case, arrays in cases.items() for name, array in arrays.items()}
    )
    print(f"{OUT.name}: {len(cases)} cases, {OUT.stat().st_size / 1000:.0f} kB, torch {torch.__version__}")


def differentiated(function, arrays, rng, **integers):
    """Return arguments, result and gradients of a function of named tensors."""
    leaves = {name: torch.from_numpy(array).requires_grad_() for name, array in arrays.items()}
    y = function(**leaves, **{name: torch.from_numpy(array) for name, array in integers.items()})
    dy = rng.standard_normal(tuple(y.shape))
    y.backward(torch.from_numpy(np.asarray(dy)))
    gradients = {f"d{name}": leaf.grad.numpy() for name, leaf in leaves.items()}
    return {**arrays, **integers, "y": y.detach().numpy(), "dy": np.asarray(dy), **gradients}


def layers(rng):
    """Return one case for each layer that PyTorch has as well."""

    def drawn(**shapes):
        return {name: rng.standard_normal(shape) for name, shape in shapes.items()}

    def lstm(x, h, c, w_x, w_h, b):
        zeros = torch.zeros_like(b)
        return torch.cat(torch.lstm_cell(x, (h, c), w_x.T, w_h.T, b, zeros), dim=-1)

    keep = rng.random((3, 5)) < 0.7
    targets = rng.integers(11, size=(3, 5))

    def cross_entropy(logits, targets, keep):
        marked = torch.where(keep, targets, -1)
        return f.cross_entropy(logits.reshape(-1, 11), marked.reshape(-1), ignore_index=-1)

    return {
        "linear": differentiated(
            lambda x, w, b: f.linear(x, w.T, b), drawn(x=(2, 5, 3), w=(3, 7), b=(7,)), rng
        ),
        "layer_norm": differentiated(
            lambda x, gain, shift: f.layer_norm(x, (7,), gain, shift),
            drawn(x=(2, 5, 7), gain=(7,), shift=(7,)),
            rng,
        ),
        "gelu": differentiated(lambda x: f.gelu(x, approximate="tanh"), drawn(x=(3, 5)), rng),
        "embedding": differentiated(
            lambda table, ids: f.embedding(ids, table),
            drawn(table=(11, 3)),
            rng,
            ids=rng.integers(11, size=(2, 7)),
        ),
        "cross_entropy": differentiated(
            cross_entropy, drawn(logits=(3, 5, 11)), rng, targets=targets, keep=keep
        ),
        "lstm_step": differentiated(
            lstm, drawn(x=(2, 5), h=(2, 3), c=(2, 3), w_x=(5, 12), w_h=(3, 12), b=(12,)), rng
        ),
    }


def capped(rng):
    """Return attention with a bias, without and with a cap on the scores."""
    shapes = {"q": (2, 3, 5, 7), "k": (2, 3, 11, 7), "v": (2, 3, 11, 2), "bias": (3, 5, 11)}

    def attention(q, k, v, bias, softcap=None):
        scores = q @ k.mT / 7**0.5
        if softcap is not None:
            scores = softcap * torch.tanh(scores / softcap)
        return torch.softmax(scores + bias, dim=-1) @ v

    cases = {}
    for name, softcap in (("attention", None), ("attention, capped", 1.5)):
        arrays = {key: rng.standard_normal(shape) for key, shape in shapes.items()}
        arrays["bias"][:, 1, 3:] = -np.inf
        cases[name] = differentiated(
            lambda q, k, v, bias, softcap=softcap: attention(q, k, v, bias, softcap), arrays, rng
        )
        if softcap is not None:
            cases[name]["softcap"] = np.array(softcap)
    return cases


def gpt(rng):
    """Return the loss of a whole GPT on two texts, and the gradient of every parameter."""
    shapes = {"tokens": (N_WORDS, D_MODEL), "positions": (T, D_MODEL)}
    for i in range(N_LAYERS):
        shapes |= {f"block{i}.self.{w}": (D_MODEL, D_MODEL) for w in ("w_q", "w_k", "w_v", "w_o")}
        shapes |= {
            f"block{i}.{part}.norm.{kind}": (D_MODEL,)
            for part in ("self", "feed")
            for kind in ("gain", "shift")
        }
        shapes |= {f"block{i}.feed.w_1": (D_MODEL, 19), f"block{i}.feed.b_1": (19,)}
        shapes |= {f"block{i}.feed.w_2": (19, D_MODEL), f"block{i}.feed.b_2": (D_MODEL,)}
    shapes |= {"norm.gain": (D_MODEL,), "norm.shift": (D_MODEL,)}
    shapes |= {"out.w": (D_MODEL, N_WORDS), "out.b": (N_WORDS,)}
    arrays = {name: 0.4 * rng.standard_normal(shape) for name, shape in shapes.items()}
    ids = rng.integers(N_WORDS, size=(BATCH, T + 1))
    p = {name: torch.from_numpy(array).requires_grad_() for name, array in arrays.items()}
    words = torch.from_numpy(ids)
    x = p["tokens"][words[:, :-1]] + p["positions"]
    for i in range(N_LAYERS):
        at = f"block{i}.self"
        y = f.layer_norm(x, (D_MODEL,), p[f"{at}.norm.gain"], p[f"{at}.norm.shift"])
        q, k, v = (
            (y @ p[f"{at}.{w}"]).unflatten(-1, (N_HEADS, -1)).transpose(1, 2) for w in ("w_q", "w_k", "w_v")
        )
        context = f.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(-2)
        x = x + context @ p[f"{at}.w_o"]
        at = f"block{i}.feed"
        y = f.layer_norm(x, (D_MODEL,), p[f"{at}.norm.gain"], p[f"{at}.norm.shift"])
        x = x + torch.relu(y @ p[f"{at}.w_1"] + p[f"{at}.b_1"]) @ p[f"{at}.w_2"] + p[f"{at}.b_2"]
    logits = f.layer_norm(x, (D_MODEL,), p["norm.gain"], p["norm.shift"]) @ p["out.w"] + p["out.b"]
    loss = f.cross_entropy(logits.flatten(0, 1), words[:, 1:].flatten())
    loss.backward()
    gradients = {f"d{name}": leaf.grad.numpy() for name, leaf in p.items()}
    return {**arrays, "ids": ids, "n_heads": np.array(N_HEADS), "y": loss.detach().numpy(), **gradients}


def adam(rng):
    """Return two parameters after each of five steps of AdamW, with the gradient clipped."""
    params = {"matrix": rng.standard_normal((3, 5)), "vector": rng.standard_normal(7)}
    leaves = {name: torch.from_numpy(value.copy()).requires_grad_() for name, value in params.items()}
    options = {"lr": 0.01, "betas": (0.9, 0.99), "eps": 1e-8}
    optimiser = torch.optim.AdamW(
        [
            {"params": [leaves["matrix"]], "weight_decay": 0.1},
            {"params": [leaves["vector"]], "weight_decay": 0.0},
        ],
        **options,
    )
    case = dict(params)
    for step in range(5):
        for name, leaf in leaves.items():
            gradient = 10.0**-step * rng.standard_normal(leaf.shape)
            case[f"d{name} {step}"] = gradient
            leaf.grad = torch.from_numpy(gradient.copy())
        torch.nn.utils.clip_grad_norm_(leaves.values(), 1.0)
        optimiser.step()
        case |= {f"{name} {step}": leaf.detach().numpy().copy() for name, leaf in leaves.items()}
    return case


if __name__ == "__main__":
    main()
