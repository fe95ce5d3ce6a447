"""The bytes that the keys and values of a text take."""

from attnlib.catalogue.long import PAGE
from attnlib.exercise import Case, Exercise, Misconception
from attnlib.long import KeyValueCache


def _cache_bytes(t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1):
    cache = KeyValueCache(n_layers, n_kv_heads, n_kv_heads, d_head, window, n_windowed)
    return n_readers * cache.nbytes(t, n_bytes=n_bytes)


def cache_of_keys_alone(
    t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1
):
    kept = t if window is None else min(t, window)
    tokens = (n_layers - n_windowed) * t + n_windowed * kept
    return tokens * n_kv_heads * d_head * n_bytes * n_readers


def cache_of_numbers(t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1):
    kept = t if window is None else min(t, window)
    tokens = (n_layers - n_windowed) * t + n_windowed * kept
    return 2 * tokens * n_kv_heads * d_head * n_readers


def cache_of_two_bytes(
    t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1
):
    kept = t if window is None else min(t, window)
    tokens = (n_layers - n_windowed) * t + n_windowed * kept
    return 2 * tokens * n_kv_heads * d_head * 2 * n_readers


def cache_of_one_reader(
    t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1
):
    kept = t if window is None else min(t, window)
    tokens = (n_layers - n_windowed) * t + n_windowed * kept
    return 2 * tokens * n_kv_heads * d_head * n_bytes


def cache_without_windows(
    t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1
):
    return 2 * n_layers * t * n_kv_heads * d_head * n_bytes * n_readers


def cache_all_windowed(
    t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1
):
    kept = t if window is None else min(t, window)
    return 2 * n_layers * kept * n_kv_heads * d_head * n_bytes * n_readers


def cache_of_full_windows(
    t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1
):
    kept = t if window is None else window
    tokens = (n_layers - n_windowed) * t + n_windowed * kept
    return 2 * tokens * n_kv_heads * d_head * n_bytes * n_readers


def cache_windows_left_out(
    t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1
):
    return 2 * (n_layers - n_windowed) * t * n_kv_heads * d_head * n_bytes * n_readers


def cache_windows_on_top(
    t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1
):
    kept = t if window is None else min(t, window)
    return 2 * (n_layers * t + n_windowed * kept) * n_kv_heads * d_head * n_bytes * n_readers


def cache_windows_exchanged(
    t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1
):
    kept = t if window is None else min(t, window)
    tokens = n_windowed * t + (n_layers - n_windowed) * kept
    return 2 * tokens * n_kv_heads * d_head * n_bytes * n_readers


def cache_of_pairs(t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1):
    kept = t if window is None else min(t, window)
    pairs = (n_layers - n_windowed) * t * t + n_windowed * t * kept
    return pairs * n_kv_heads * n_bytes * n_readers


def cache_in_bits(t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1):
    kept = t if window is None else min(t, window)
    tokens = (n_layers - n_windowed) * t + n_windowed * kept
    return 2 * tokens * n_kv_heads * d_head * n_bytes * 8 * n_readers


SMALL = {"n_layers": 6, "n_kv_heads": 2, "d_head": 4}
MIXED = {"n_layers": 7, "n_kv_heads": 3, "d_head": 5, "window": 8, "n_windowed": 4}


def _visible():
    return [
        Case((1,), {"n_layers": 1, "n_kv_heads": 1, "d_head": 1, "n_bytes": 1}),
        Case((30,), SMALL),
        Case((20,), SMALL | {"n_bytes": 1, "n_readers": 3}),
        Case((40,), MIXED),
        Case((5,), MIXED | {"n_bytes": 4}),
        Case((32,), MIXED | {"n_windowed": 7}),
    ]


def _hidden(rng):
    def drawn(low, high):
        return int(rng.integers(low, high))

    cases = []
    for longest in (6, 12, 18, 24, 30):
        t, n_layers = drawn(longest // 2, longest), drawn(3, 8)
        sizes = {"n_layers": n_layers, "n_kv_heads": drawn(1, 4), "d_head": drawn(3, 8)}
        window = {"window": drawn(2, 20), "n_windowed": drawn(1, n_layers)}
        more = {"n_bytes": drawn(1, 5), "n_readers": drawn(2, 4)}
        cases += [Case((t,), sizes | more), Case((t,), sizes | window), Case((t,), sizes | window | more)]
    return cases


EXERCISE = Exercise(
    name="cache_bytes",
    section=f"{PAGE}#long-cache",
    reference=_cache_bytes,
    visible=_visible,
    hidden=_hidden,
    seals=(KeyValueCache.nbytes, KeyValueCache.of_token),
    misconceptions=(
        Misconception(
            "keys alone",
            "Only keys are counted, or only values; both are kept.",
            cache_of_keys_alone,
        ),
        Misconception(
            "numbers for bytes",
            "Numbers are counted and not bytes; each takes `n_bytes`.",
            cache_of_numbers,
        ),
        Misconception(
            "always two bytes",
            "A number always takes two bytes here; it takes `n_bytes`.",
            cache_of_two_bytes,
        ),
        Misconception(
            "one reader",
            "One reader is counted; each has a cache of its own.",
            cache_of_one_reader,
        ),
        Misconception(
            "window ignored",
            "All layers keep all tokens; those with a window keep the last `window` alone.",
            cache_without_windows,
        ),
        Misconception(
            "all layers windowed",
            "All layers have the window here; `n_windowed` of them do, the others keep everything.",
            cache_all_windowed,
        ),
        Misconception(
            "window always full",
            "A layer with a window keeps `window` tokens even of a shorter text; it can't keep more than "
            "there are.",
            cache_of_full_windows,
        ),
        Misconception(
            "windowed layers left out",
            "The layers with a window keep nothing here; they keep the last `window` tokens.",
            cache_windows_left_out,
        ),
        Misconception(
            "windows on top",
            "Windows are counted on top of the whole text in every layer; a layer has one or the other.",
            cache_windows_on_top,
        ),
        Misconception(
            "layers exchanged",
            "Layers with a window keep everything, and the others the window; it is the other way round.",
            cache_windows_exchanged,
        ),
        Misconception(
            "table for cache",
            "This is the size of the tables of weights, which have an entry for each pair; the cache "
            "holds features of tokens.",
            cache_of_pairs,
            section=f"{PAGE}#long-price",
        ),
        Misconception(
            "bits",
            "These are bits; eight of them are a byte.",
            cache_in_bits,
        ),
    ),
)
