"""Measure attnlib.attention and its gradient beside PyTorch, and online_attention on a long sequence.

The gradient is `attention_vjp`, which computes the weights and their sums again, beside PyTorch's step
back, which has kept the sums from its step forward.
"""

import argparse
import importlib.util
import multiprocessing
import os
import resource
import statistics
import time

N_HEADS, D = 8, 64
INSTALL = "torch is not installed, so there is nothing to compare with: pip install torch==2.13.0"
#: Seconds in which the threads of a library stop waiting busily for more to do.
PAUSE = 0.03


def main():
    """Print two lines for each length."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lengths", type=int, nargs="+", default=[128, 512, 1024, 2048], metavar="T")
    parser.add_argument(
        "--long", type=int, default=16384, metavar="T", help="the length for online_attention, or 0"
    )
    parser.add_argument("--threads", type=int, default=2, help="on as many processors")
    parser.add_argument("--repeats", type=int, default=15)
    options = parser.parse_args()
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(options.threads)  # read when NumPy or torch is first imported
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-options.threads :])
    has_torch = importlib.util.find_spec("torch") is not None
    if not has_torch:
        print(INSTALL)
    print(
        f"{N_HEADS} heads, d = {D}, float32, {options.threads} threads: best (median) of {options.repeats}"
    )
    print("     T                          attnlib                        torch       time          memory")
    for t in options.lengths:
        for what in ("attention", "gradient"):
            line = f"{t:6}  {what:9}"
            names = [
                f"{what} by {whose}" for whose in (("attnlib", "torch") if has_torch else ("attnlib",))
            ]
            seconds = apart(in_turn, names, t, options.threads, options.repeats)
            memory = [apart(memory_of, name, t, options.threads) for name in names]
            line += "".join(f"  {text(*both)}" for both in zip(seconds, memory, strict=True))
            if has_torch:
                best, median = (statistic(seconds[0]) / statistic(seconds[1]) for statistic in STATISTICS)
                line += f"  {best:5.2f} ({median:5.2f}) x  {memory[0] / max(memory[1], 1):5.2f} x"
            print(line, flush=True)
    if options.long:
        seconds = apart(in_turn, ["online"], options.long, options.threads, 1)[0]
        memory = apart(memory_of, "online", options.long, options.threads)
        print(f"online_attention, T = {options.long}: {text(seconds, memory)}")


STATISTICS = min, statistics.median


def text(seconds, memory):
    """Return a measurement as text."""
    best, median = (statistic(seconds) * 1e3 for statistic in STATISTICS)
    return f"{best:8.1f} ({median:6.1f}) ms {memory / 2**20:6.1f} MiB"


def apart(measure, *given):
    """Return what `measure` returns in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, given)


def in_turn(names, t, threads, repeats):
    """Return the seconds of each repeat of each way: one of each after the other, so that load hits all."""
    ways = [WAYS[name](*inputs(t), threads) for name in names]
    seconds = [[] for _ in ways]
    for way in ways:
        way()  # starts the threads
    for _ in range(repeats):
        for way, taken in zip(ways, seconds, strict=True):
            time.sleep(PAUSE)
            start = time.perf_counter()
            way()
            taken.append(time.perf_counter() - start)
    return seconds


def memory_of(name, t, threads):
    """Return the peak memory of a way above that of its inputs."""
    WAYS[name](*inputs(16), threads)()  # loads what is loaded once
    way = WAYS[name](*inputs(t), threads)
    before = peak_memory()
    way()
    return peak_memory() - before


def inputs(t):
    """Return q, k, v and the gradient with respect to the context."""
    import numpy as np

    rng = np.random.default_rng(0)
    return [rng.standard_normal((1, N_HEADS, t, D), dtype=np.float32) for _ in range(4)]


def peak_memory():
    """Return the most memory that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # Linux counts in KiB


def attention_by_attnlib(q, k, v, _dcontext, _threads):
    """Return attnlib.attention of these arrays, to be called."""
    from attnlib import attention

    return lambda: attention(q, k, v)


def gradient_by_attnlib(q, k, v, dcontext, _threads):
    """Return attnlib.attention_vjp of these arrays, to be called."""
    from attnlib import attention_vjp

    return lambda: attention_vjp(q, k, v, dcontext)


def online(q, k, v, _dcontext, _threads):
    """Return attnlib.online_attention of these arrays, to be called."""
    from attnlib import online_attention

    return lambda: online_attention(q, k, v)


def attention_by_torch(q, k, v, _dcontext, threads):
    """Return PyTorch's attention of these arrays, to be called."""
    import torch

    torch.set_num_threads(threads)
    tensors = [torch.from_numpy(x) for x in (q, k, v)]
    return torch.no_grad()(lambda: torch.nn.functional.scaled_dot_product_attention(*tensors))


def gradient_by_torch(q, k, v, dcontext, threads):
    """Return PyTorch's step back through attention of these arrays, to be called."""
    import torch

    torch.set_num_threads(threads)
    tensors = [torch.from_numpy(x).requires_grad_() for x in (q, k, v)]
    context = torch.nn.functional.scaled_dot_product_attention(*tensors)
    of_context = torch.from_numpy(dcontext)
    return lambda: torch.autograd.grad(context, tensors, of_context, retain_graph=True)


WAYS = {
    "attention by attnlib": attention_by_attnlib,
    "attention by torch": attention_by_torch,
    "gradient by attnlib": gradient_by_attnlib,
    "gradient by torch": gradient_by_torch,
    "online": online,
}


if __name__ == "__main__":
    main()
