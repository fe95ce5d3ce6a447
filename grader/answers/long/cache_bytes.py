"""Right answers to cache_bytes."""

import math

import numpy as np


def cache_term_by_term(
    t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1
):
    of_a_layer_and_token = 2 * n_kv_heads * d_head * n_bytes
    if window is None:
        n_windowed = 0
    whole = (n_layers - n_windowed) * t * of_a_layer_and_token
    near = n_windowed * min(t, window or 0) * of_a_layer_and_token
    return (whole + near) * n_readers


def cache_layer_by_layer(
    t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1
):
    total = 0
    for layer in range(n_layers):
        kept = min(window, t) if window is not None and layer < n_windowed else t
        keys = values = kept * n_kv_heads * d_head
        total += (keys + values) * n_bytes
    return n_readers * total


def cache_less_what_is_dropped(
    t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1
):
    dropped = 0 if window is None else n_windowed * max(0, t - window)
    return (n_layers * t - dropped) * math.prod([2, n_kv_heads, d_head, n_bytes, n_readers])


def cache_of_an_array_of_lengths(
    t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1
):
    kept = np.full(n_layers, t, dtype=np.int64)
    if window is not None:
        kept[:n_windowed] = np.minimum(kept[:n_windowed], window)
    return kept.sum() * n_readers * n_bytes * d_head * n_kv_heads * 2


def cache_with_an_endless_window(
    t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1
):
    reach = math.inf if window is None else window
    tokens = sum([min(t, reach)] * n_windowed, start=t * (n_layers - n_windowed))
    return int(tokens) * n_kv_heads * n_readers * (d_head + d_head) * n_bytes


def cache_as_a_product(
    t, *, n_layers, n_kv_heads, d_head, window=None, n_windowed=0, n_bytes=2, n_readers=1
):
    layers, lengths = [n_layers], [t]
    if window is not None:
        layers, lengths = [n_layers - n_windowed, n_windowed], [t, sorted((t, window))[0]]
    a_token = n_bytes * d_head * 2 * n_kv_heads
    return int(np.dot(layers, lengths)) * a_token * n_readers


ANSWERS = (
    cache_term_by_term,
    cache_layer_by_layer,
    cache_less_what_is_dropped,
    cache_of_an_array_of_lengths,
    cache_with_an_endless_window,
    cache_as_a_product,
)
