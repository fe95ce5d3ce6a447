"""Measure attnlib.attention beside PyTorch, and online_attention on a long sequence."""

import argparse
import importlib.util
import multiprocessing
import os
import resource
import statistics
import time

N_HEADS, D = 8, 64
INSTALL = "torch is not installed, so there is nothing to compare with: pip install torch==2.13.0"


def main():
    """Print one line for each length."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lengths", type=int, nargs="+", default=[128, 512, 1024, 2048], metavar="T")
    parser.add_argument(
        "--long", type=int, default=16384, metavar="T", help="the length for online_attention"
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=15)
    options = parser.parse_args()
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(options.threads)  # read when NumPy or torch is first imported
    has_torch = importlib.util.find_spec("torch") is not None
    if not has_torch:
        print(INSTALL)
    print(
        f"{N_HEADS} heads, d = {D}, float32, {options.threads} threads: best (median) of {options.repeats}"
    )
    print("     T             attnlib                     torch          time   memory")
    for t in options.lengths:
        ours = measured("attention", t, options)
        line = f"{t:6}  {text(ours)}"
        if has_torch:
            theirs = measured("torch", t, options)
            time_ratio, memory_ratio = ours[0] / theirs[0], ours[2] / max(theirs[2], 1)
            line += f"  {text(theirs)}  {time_ratio:5.2f} x  {memory_ratio:5.2f} x"
        print(line, flush=True)
    options.repeats = 1
    print(f"online_attention, T = {options.long}: {text(measured('online', options.long, options))}")


def text(measurement):
    """Return a measurement as text."""
    best, median, memory = measurement
    return f"{best * 1e3:8.1f} ({median * 1e3:6.1f}) ms {memory / 2**20:6.1f} MiB"


def measured(name, t, options):
    """Return the best time, the median time and the peak memory above the inputs, in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (name, t, options.threads, options.repeats))


def measure(name, t, threads, repeats):
    """Do what `measured` says, in this process."""
    import numpy as np

    rng = np.random.default_rng(0)
    q, k, v = (rng.standard_normal((1, N_HEADS, t, D), dtype=np.float32) for _ in range(3))
    run = {"attention": numpy_runner, "online": online_runner, "torch": torch_runner}[name](threads)
    run(*(x[:, :, :16] for x in (q, k, v)))  # starts the threads
    before = peak_memory()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        run(q, k, v)
        seconds.append(time.perf_counter() - start)
    return min(seconds), statistics.median(seconds), peak_memory() - before


def peak_memory():
    """Return the most memory that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # Linux counts in KiB


def numpy_runner(_):
    """Return attnlib.attention."""
    from attnlib import attention

    return attention


def online_runner(_):
    """Return attnlib.online_attention."""
    from attnlib import online_attention

    return online_attention


def torch_runner(threads):
    """Return PyTorch's attention as a function of arrays."""
    import torch

    torch.set_num_threads(threads)

    @torch.no_grad()
    def run(*arrays):
        return torch.nn.functional.scaled_dot_product_attention(*map(torch.from_numpy, arrays)).numpy()

    return run


if __name__ == "__main__":
    main()
