import hashlib
import os
import subprocess
import sys
import threading
import tracemalloc

import numpy as np
import pytest

from attnlib import attention, attention_vjp, causal_mask, tiled

LEAD, T_Q, T_K, D_K, D_V = (2, 3), 43, 29, 5, 7
PLAINLY = {"bias": [0.0]}  # a bias takes the plain way, and adding 0 changes nothing


@pytest.fixture
def ways(monkeypatch):
    """Record which functions of `tiled` are called."""
    called = []
    for name in ("write_context", "gradients"):
        original = getattr(tiled, name)
        monkeypatch.setattr(
            tiled,
            name,
            lambda *given, name=name, original=original: called.append(name) or original(*given),
        )
    return called


@pytest.fixture
def small_tiles(monkeypatch):
    """Cut short sequences into tiles too: none of the sizes divides another."""
    sizes = {"FEWEST": 1, "SHORTEST": 20, "TILE": 4, "STACK": 8, "PIECE": 24, "SHARED": 4 * 8 * 11 + 1}
    for name, size in sizes.items():
        monkeypatch.setattr(tiled, name, size)


def draw(*shape, dtype=np.float64, seed=0):
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype(dtype)


def draw_all(lead=LEAD, t_q=T_Q, t_k=T_K, dtype=np.float64):
    sizes = ((t_q, D_K), (t_k, D_K), (t_k, D_V), (t_q, D_V))
    return [draw(*lead, *size, dtype=dtype, seed=i) for i, size in enumerate(sizes)]


def both(q, k, v, dcontext, **options):
    """Return the context and the gradients with respect to q, k and v."""
    return attention(q, k, v, **options), *attention_vjp(q, k, v, dcontext, **options)[:3]


def assert_close(got, expected):
    assert len(got) == len(expected)
    for one, other in zip(got, expected, strict=True):
        assert one.shape == other.shape
        assert one.dtype == other.dtype
        unit = 8 * np.finfo(max(one.dtype, np.dtype(np.float32))).eps  # float16 is computed in float32
        unit = max(unit, np.finfo(one.dtype).eps)
        np.testing.assert_allclose(one, other, rtol=8 * unit, atol=8 * unit * abs(other).max())


def hidden_rows():
    mask = draw(T_Q, T_K, seed=9) > 0
    mask[[0, 17]] = False
    return mask


MASKS = {
    "none": None,
    "causal": causal_mask(T_Q, T_K),
    "rows that see nothing": hidden_rows(),
    "of keys": np.arange(T_K) % 3 > 0,
    "of each head": draw(3, 1, T_K, seed=8) > 0,
    "of each query of each batch": draw(2, 1, T_Q, 1, seed=7) > 0,
    "nothing is seen": np.array(False),
}


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
@pytest.mark.parametrize("scale", [None, -0.3])
@pytest.mark.usefixtures("small_tiles")
def test_tiles_give_what_the_formula_gives(ways, dtype, mask, scale):
    arrays = draw_all(dtype=dtype)
    got = both(*arrays, mask=mask, scale=scale)
    assert ways == ["write_context", "gradients"]
    assert_close(got, both(*arrays, mask=mask, scale=scale, **PLAINLY))


@pytest.mark.parametrize("t_q", [20, 24, 25, 48, 53])
@pytest.mark.parametrize("t_k", [20, 21, 44])
@pytest.mark.usefixtures("small_tiles")
def test_lengths_need_not_be_multiples_of_a_tile(ways, t_q, t_k):
    arrays = draw_all((), t_q, t_k)
    got = both(*arrays)
    assert ways == ["write_context", "gradients"]
    assert_close(got, both(*arrays, **PLAINLY))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_long_sequences_go_by_tiles_of_the_real_size(ways, dtype):
    arrays = draw_all((4,), 1031, 523, dtype)
    mask = causal_mask(1031, 523)
    got = both(*arrays, mask=mask)
    assert ways == ["write_context", "gradients"]
    assert_close(got, both(*arrays, mask=mask, **PLAINLY))


@pytest.mark.usefixtures("small_tiles")
def test_leading_axes_broadcast_and_their_gradients_are_summed(ways):
    q, k, v = draw(2, 1, T_Q, D_K), draw(3, T_K, D_K), draw(T_K, D_V)
    dcontext = draw(2, 3, T_Q, D_V)
    got = both(q, k, v, dcontext)
    assert [x.shape for x in got] == [dcontext.shape, q.shape, k.shape, v.shape]
    assert ways == ["write_context", "gradients"]
    assert_close(got, both(q, k, v, dcontext, **PLAINLY))


@pytest.mark.usefixtures("small_tiles")
def test_no_sequences_have_no_contexts():
    arrays = [x[:0] for x in draw_all()]
    assert [x.shape for x in both(*arrays)] == [arrays[i].shape for i in (3, 0, 1, 2)]


@pytest.mark.parametrize("mask", [MASKS["none"], MASKS["rows that see nothing"]])
@pytest.mark.usefixtures("small_tiles")
def test_weights_that_were_kept_are_used_and_not_changed(ways, mask):
    arrays = draw_all()
    _, weights = attention(*arrays[:3], mask=mask, return_weights=True)
    expected = attention_vjp(*arrays, mask=mask, weights=0.5 * weights, **PLAINLY)[:3]
    half = 0.5 * weights
    half.flags.writeable = False
    got = attention_vjp(*arrays, mask=mask, weights=half)
    assert ways == ["gradients"]
    assert_close(got, expected)


@pytest.mark.usefixtures("small_tiles")
def test_arguments_are_not_changed_and_need_not_be_contiguous(ways):
    arrays = [np.asfortranarray(x).swapaxes(0, 1) for x in draw_all()]
    mask = MASKS["rows that see nothing"].copy()
    for x in (*arrays, mask):
        x.flags.writeable = False
    got = both(*arrays, mask=mask)
    assert ways == ["write_context", "gradients"]
    assert_close(got, both(*map(np.ascontiguousarray, arrays), mask=mask, **PLAINLY))


@pytest.mark.usefixtures("small_tiles")
def test_a_query_that_sees_nothing_has_no_context_and_no_gradient(ways):
    context, dq, *_ = both(*draw_all(), mask=hidden_rows())
    assert ways == ["write_context", "gradients"]
    assert (context[..., [0, 17], :] == 0).all()
    assert (dq[..., [0, 17], :] == 0).all()
    nothing = both(*draw_all(), mask=np.array(False))
    assert all((x == 0).all() for x in nothing)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("side", [-1.0, 1.0])
@pytest.mark.parametrize("size", tiled.MODERATE)
@pytest.mark.usefixtures("small_tiles")
def test_the_greatest_scores_and_values_that_go_by_tiles_lose_nothing(ways, dtype, side, size):
    q, k, v, dcontext = draw_all((), dtype=dtype)
    q /= np.linalg.norm(q, axis=-1, keepdims=True)
    q[::2] = q[0]
    k[:] = (
        side * q[0] * np.linspace(0.99, 0.9, T_K)[:, None]
    )  # every second query has all scores at the edge
    v *= dtype(0.99 * size) / abs(v).max() if size > 1 else dtype(1.01 * size) / abs(v).max()
    dcontext *= abs(v).max() / abs(dcontext).max()
    got = both(q, k, v, dcontext, scale=tiled.HIGHEST)
    assert ways == ["write_context", "gradients"]
    wide = (x.astype(np.float64) for x in (q, k, v, dcontext))
    for one, exact in zip(got, both(*wide, scale=tiled.HIGHEST, **PLAINLY), strict=True):
        np.testing.assert_allclose(one, exact, atol=300 * np.finfo(dtype).eps * abs(exact).max(), rtol=0)


def far(x):
    return 30 * x


def with_one(number):
    def change(x):
        x = x.copy()
        x[..., 3, 2] = number
        return x

    return change


PLAIN = {
    "scores too large": ({"q": far}, {}),
    "an infinite query": ({"q": with_one(np.inf)}, {}),
    "a key that isn't a number": ({"k": with_one(np.nan)}, {}),
    "an infinite value": ({"v": with_one(-np.inf)}, {}),
    "a value that isn't a number": ({"v": with_one(np.nan)}, {}),
    "values that overflow when added": ({"v": with_one(3e38)}, {}),
    "values next to nothing": ({"v": lambda x: 1e-30 * x}, {}),
    "values of 0": ({"v": np.zeros_like}, {}),
    "a wide head": ({"v": lambda x: np.repeat(x, 20, axis=-1)}, {}),
    "few scores": (
        {"q": lambda x: x[..., :20, :], "k": lambda x: x[..., :20, :], "v": lambda x: x[..., :20, :]},
        {},
    ),
    "few queries": ({"q": lambda x: x[..., :19, :]}, {}),
    "few keys": ({"k": lambda x: x[..., :19, :], "v": lambda x: x[..., :19, :]}, {}),
    "longer floats": ({"q": lambda x: x.astype(np.longdouble)}, {}),
    "a bias": ({}, {"bias": [0.0]}),
    "a cap": ({}, {"softcap": 3.0}),
    "a scale that isn't a number": ({}, {"scale": np.nan}),
    "a great scale": ({}, {"scale": 1e30}),
    "a great negative scale": ({}, {"scale": -1e30}),
}


@pytest.mark.parametrize(("changes", "options"), PLAIN.values(), ids=PLAIN)
@pytest.mark.usefixtures("small_tiles")
def test_what_tiles_do_not_suit_goes_the_plain_way(monkeypatch, ways, changes, options):
    arrays = dict(zip("qkv", draw_all((), dtype=np.float32)[:3], strict=True))
    monkeypatch.setattr(tiled, "FEWEST", 401)
    arrays |= {name: change(arrays[name]) for name, change in changes.items()}
    dcontext = draw(arrays["q"].shape[0], arrays["v"].shape[-1], dtype=np.float32)
    with np.errstate(all="ignore"):
        both(**arrays, dcontext=dcontext, **options)
    assert ways == []


@pytest.mark.usefixtures("small_tiles")
def test_a_gradient_out_of_range_goes_the_plain_way(ways):
    q, k, v, dcontext = draw_all(dtype=np.float32)
    attention_vjp(q, k, v, 1e-30 * dcontext)
    attention_vjp(q, k, v, with_one(np.nan)(dcontext))
    assert ways == []


@pytest.mark.usefixtures("small_tiles")
def test_bytes_do_not_depend_on_the_number_of_threads(monkeypatch):
    arrays, powers, found = draw_all(dtype=np.float32), tiled._powers, []
    for number in (1, 2, 3, 7, 2):
        used = set()

        def watched(*given, used=used):
            used.add(threading.get_ident())
            return powers(*given)

        monkeypatch.setattr(tiled, "_powers", watched)
        monkeypatch.setattr(tiled, "n_threads", lambda number=number: number)
        found.append([x.tobytes() for x in both(*arrays)])
        assert (used == {threading.get_ident()}) == (number == 1)
    assert found == found[:1] * 5


@pytest.mark.parametrize("granted", [0, 1])
@pytest.mark.usefixtures("small_tiles")
def test_where_there_are_no_more_threads_one_does_it_all(monkeypatch, granted):
    arrays = draw_all()
    monkeypatch.setattr(tiled, "n_threads", lambda: 3)
    expected = [x.tobytes() for x in both(*arrays)]
    starts = []
    start = threading.Thread.start

    def refuse(thread):
        starts.append(thread)
        if len(starts) % 3 > granted:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert [x.tobytes() for x in both(*arrays)] == expected
    assert starts


def test_the_environment_says_how_many_threads_there_are(monkeypatch):
    for name in tiled.THREADS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 2, 3, 5}, raising=False)
    assert tiled.n_threads() == 4
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert tiled.n_threads() == 3
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    assert tiled.n_threads() == 2
    for said, threads in {"9": 4, "0": 1, "": 3, "many": 3}.items():
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", said)
        assert tiled.n_threads() == threads
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert tiled.n_threads() == 1


def test_the_library_leaves_each_product_to_one_thread():
    program = (
        "import sys, numpy as np; from attnlib import attention, attention_vjp; "
        "rng = np.random.default_rng(0); "
        "q, k, v, d = rng.standard_normal((4, 2, 1056, 64), dtype=np.float32); "
        "sys.stdout.buffer.write(b''.join(x.tobytes() for x in "
        "(attention(q, k, v), *attention_vjp(q, k, v, d))))"
    )
    digests = {
        hashlib.sha256(
            subprocess.run(
                [sys.executable, "-c", program],
                env=os.environ | dict.fromkeys(tiled.THREADS, threads),
                capture_output=True,
                check=True,
            ).stdout
        ).hexdigest()
        for threads in ("1", "2", "4")
    }
    assert len(digests) == 1


def test_tiles_take_less_memory_than_the_formula(monkeypatch):
    arrays = draw_all((8,), 512, 512, np.float32)
    monkeypatch.setattr(tiled, "n_threads", lambda: 1)
    peaks = []
    for fewest in (tiled.FEWEST, 2**30):
        monkeypatch.setattr(tiled, "FEWEST", fewest)
        tracemalloc.start()
        attention(*arrays[:3])
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.reset_peak()
        attention_vjp(*arrays)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[0] < peaks[2]
    assert peaks[1] < 0.3 * peaks[3]
