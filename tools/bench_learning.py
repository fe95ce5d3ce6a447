"""Train the models of attnlib/trained with three seeds; time a step beside PyTorch, and the cache."""

import argparse
import importlib.util
import os
import time

os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import numpy as np

from attnlib.autodiff import value_and_grad
from attnlib.models.generating import generate
from attnlib.models.transformer import transformer_params
from attnlib.optimise import Adam
from attnlib.trained import park
from attnlib.trained.catalogue import EXPERIMENTS

INSTALL = "torch is not installed, so there is nothing to compare with: pip install torch==2.13.0"


def main():
    """Print three tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", nargs="*", default=list(EXPERIMENTS), metavar="NAME")
    parser.add_argument("--seeds", type=int, default=3, metavar="N")
    parser.add_argument("--repeats", type=int, default=40)
    options = parser.parse_args()
    for name in options.names:
        print_results(name, range(options.seeds))
    print_step(options.repeats)
    print_cache()


def print_results(name, seeds):
    """Train a model with each seed, and print what each reaches, and the baselines."""
    experiment, reached, seconds = EXPERIMENTS[name], [], []
    for seed in seeds:
        begun = time.perf_counter()
        params = experiment.train(seed=seed).params
        seconds.append(time.perf_counter() - begun)
        reached.append(experiment.evaluate(params))
    print(f"{name}: {experiment.steps} steps, {np.mean(seconds):.0f} s")
    for key in reached[0]:
        print(f"  {key:42} {'  '.join(f'{result[key]:.3f}' for result in reached)}")
    for key, value in experiment.baselines().items():
        print(f"    {key:40} {value:.3f}", flush=True)


def print_step(repeats):
    """Time a training step of the park GPT, in turns with the same model in PyTorch."""
    params = park.begin(np.random.default_rng(0))
    batch = next(park.batches(np.random.default_rng(1)))
    steps = {"attnlib": attnlib_step(params, batch)}
    if importlib.util.find_spec("torch") is None:
        print(INSTALL)
    else:
        steps["torch"] = torch_step(params, batch)
    seconds, losses = {name: [] for name in steps}, {name: [] for name in steps}
    for _ in range(repeats):
        for name, step in steps.items():
            begun = time.perf_counter()
            losses[name].append(step())
            seconds[name].append(time.perf_counter() - begun)
    print(f"a step of the park GPT, one thread, best (median) of {repeats}:")
    for name, times in seconds.items():
        best, median = min(times) * 1e3, float(np.median(times)) * 1e3
        print(
            f"  {name:8} {best:6.1f} ({median:6.1f}) ms, loss after {repeats} steps {losses[name][-1]:.4f}"
        )
    if "torch" in seconds:
        print(f"  ratio {np.median(seconds['attnlib']) / np.median(seconds['torch']):.2f}")


def attnlib_step(params, batch):
    """Return a function that takes a step of attnlib's and returns the loss before it."""
    state = {"params": params}
    adam = Adam(rate=1e-3)

    def step():
        value, gradients = value_and_grad(park.loss, state["params"], *batch)
        state["params"] = adam.step(state["params"], gradients)
        return value

    return step


def torch_step(params, batch):
    """Return the same with PyTorch's own functions."""
    import torch
    from torch.nn import functional as f

    torch.set_num_threads(1)
    p = {name: torch.from_numpy(value.copy()).requires_grad_() for name, value in params.items()}
    ids, keep = (torch.from_numpy(array) for array in batch)
    targets = torch.where(keep, ids, -1)[:, 1:].flatten()
    d_model = p["tokens"].shape[1]
    optimiser = torch.optim.Adam(p.values(), lr=1e-3, betas=(0.9, 0.99))

    def norm(x, name):
        return f.layer_norm(x, (d_model,), p[f"{name}.gain"], p[f"{name}.shift"])

    def heads(x, w):
        return (x @ w).unflatten(-1, (park.N_HEADS, -1)).transpose(1, 2)

    def step():
        x = p["tokens"][ids[:, :-1]] + p["positions"][: ids.shape[1] - 1]
        for i in range(sum(name.endswith("w_o") for name in p)):
            y = norm(x, f"block{i}.self.norm")
            q, k, v = (heads(y, p[f"block{i}.self.{w}"]) for w in ("w_q", "w_k", "w_v"))
            context = f.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + context.transpose(1, 2).flatten(-2) @ p[f"block{i}.self.w_o"]
            y = norm(x, f"block{i}.feed.norm")
            hidden = torch.relu(y @ p[f"block{i}.feed.w_1"] + p[f"block{i}.feed.b_1"])
            x = x + hidden @ p[f"block{i}.feed.w_2"] + p[f"block{i}.feed.b_2"]
        logits = norm(x, "norm") @ p["out.w"] + p["out.b"]
        loss = f.cross_entropy(logits.flatten(0, 1), targets, ignore_index=-1)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(p.values(), 1.0)
        optimiser.step()
        return loss.item()

    return step


def print_cache():
    """Time the generation of texts of several lengths with a cache and without."""
    print("words generated by 2 layers of 64 features, 4 heads: with a cache, without")
    for n in (64, 256, 512):
        sizes = {"n_words": 60, "d_model": 64, "n_layers": 2, "n_heads": 4, "length": n}
        params = transformer_params(np.random.default_rng(0), **sizes)
        seconds, texts = [], []
        for cache in (True, False):
            begun = time.perf_counter()
            texts.append(generate(params, [1], n - 1, n_heads=4, cache=cache))
            seconds.append(time.perf_counter() - begun)
        same = "the same words" if (texts[0] == texts[1]).all() else "other words"
        print(f"  {n:4}  {seconds[0]:6.2f} s  {seconds[1]:6.2f} s, {same}", flush=True)


if __name__ == "__main__":
    main()
