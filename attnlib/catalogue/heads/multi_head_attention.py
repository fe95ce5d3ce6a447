"""Attention with many heads, within one sequence or between two."""

import numpy as np

from attnlib import heads
from attnlib.catalogue.heads import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def heads_split_by_reshape_only(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        y.reshape(*y.shape[:-2], n_heads, y.shape[-2], -1) for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_merged_by_reshape_only(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = powers / powers.sum(axis=-1, keepdims=True) @ v
    return mixed.reshape(*mixed.shape[:-3], mixed.shape[-2], -1) @ w_o


def heads_dealt_out_in_turn(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.moveaxis(y.reshape(*y.shape[:-1], -1, n_heads), -1, -3)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_features_interleaved(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.moveaxis(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -1)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_without_w_o(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1)


def heads_averaged(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.mean(axis=-2) @ w_o.reshape(n_heads, -1, w_o.shape[-1]).sum(axis=0)


def heads_mean_of_outputs(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o / n_heads


def heads_sharing_the_first_weights(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    mixed = np.swapaxes(weights[..., :1, :, :] @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_sharing_the_mean_weights(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    mixed = np.swapaxes(weights.mean(axis=-3, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_ignored(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (y[..., None, :, :] for y in (x @ w_q, context @ w_k, context @ w_v))
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_root_of_d_model(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(x.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_root_of_all_columns(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(w_q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_without_scale(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_softmax_over_queries(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-2, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-2, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_context_ignored(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2) for y in (x @ w_q, x @ w_k, x @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_roles_exchanged(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (context @ w_q, x @ w_k, x @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_values_from_x(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, x @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_values_are_keys(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_k)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_of_one_sequence(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    t, _d_model = x.shape
    context = x if context is None else context
    d_head = w_q.shape[-1] // n_heads
    mixed = np.zeros((t, n_heads * d_head))
    for h in range(n_heads):
        own = slice(h * d_head, (h + 1) * d_head)
        scores = x @ w_q[:, own] @ (context @ w_k[:, own]).T / np.sqrt(d_head)
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed[:, own] = powers / powers.sum(axis=-1, keepdims=True) @ (context @ w_v[:, own])
    return mixed @ w_o


def heads_keys_from_x(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, x @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_all_from_context(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (context @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_matrices_exchanged(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_k, context @ w_q, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_matrices_as_in_a_linear_layer(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q.T, context @ w_k.T, context @ w_v.T)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o.T


def heads_divided_by_d_head(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / q.shape[-1]
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_power_halved(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) * q.shape[-1] ** -1 / 2
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_truth_of_context(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = context if context else x
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_overflow(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores)
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_shifted_by_the_mean(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.mean(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_keepdims_forgotten(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_reshaped_both_ways(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        y.reshape(*y.shape[:-2], n_heads, y.shape[-2], -1) for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = powers / powers.sum(axis=-1, keepdims=True) @ v
    return mixed.reshape(*mixed.shape[:-3], mixed.shape[-2], -1) @ w_o


def heads_not_swapped(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (y.reshape(*y.shape[:-1], n_heads, -1) for y in (x @ w_q, context @ w_k, context @ w_v))
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = powers / powers.sum(axis=-1, keepdims=True) @ v
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_maximum_before_the_scale(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2)
    powers = np.exp(scores / np.sqrt(q.shape[-1]) - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_with_a_residual(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return x + mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_multiplied_by_the_root(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) * np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_root_of_d_v(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(v.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_root_of_their_number(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(n_heads)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def _layer(rng, *lead, t, t_k=None, d=4, d_context=None, n_heads=2, d_head=None, d_v=None, d_out=None):
    """Return a case: tokens of size d, and of size d_context where there is a t_k."""
    d_head = d // n_heads if d_head is None else d_head
    d_v = d_head if d_v is None else d_v
    d_from = d if d_context is None else d_context
    x, w_q, w_k, w_v, w_o = (
        rng.standard_normal(shape)
        for shape in (
            (*lead, t, d),
            (d, n_heads * d_head),
            (d_from, n_heads * d_head),
            (d_from, n_heads * d_v),
            (n_heads * d_v, d if d_out is None else d_out),
        )
    )
    options = {} if t_k is None else {"context": rng.standard_normal((*lead, t_k, d_from))}
    return Case((x, w_q, w_k, w_v, w_o, n_heads), options)


def _with_large_scores(rng, size):
    """Return a case whose heads score 0, and far above and below 0, exactly."""
    x = size * rng.permutation([[1.0, 0, 1, 0], [-1, 0, -1, 0], [0, 1, 0, 1], [0, 0.5, 0, 0.5]])
    w_v, w_o = rng.standard_normal((2, 4, 4))
    return Case((x, np.eye(4), np.eye(4), w_v, w_o, 2))


def _layer_visible():
    rng = np.random.default_rng(8)
    return [
        _layer(rng, t=2, d=4),
        _layer(rng, t=5, d=6, n_heads=3),
        _layer(rng, 2, t=3, d=6, n_heads=2),
        _layer(rng, 2, t=4, t_k=4, d=4),
        _layer(rng, t=3, t_k=5, d=6, n_heads=3),
        _layer(rng, 2, 3, t=5, d=7, n_heads=3, d_head=2, d_v=5, d_out=11),
        _layer(rng, 2, t=3, t_k=7, d=6, d_context=5, n_heads=3, d_v=4),
        _with_large_scores(rng, 40),
        _with_large_scores(rng, 80),
    ]


def _layer_hidden(rng):
    return [
        _layer(rng, t=7, d=10, n_heads=5),
        _layer(rng, t=4, d=4, n_heads=2),
        _layer(rng, 3, t=5, d=6, n_heads=2, d_head=7, d_v=3, d_out=2),
        _layer(rng, 2, 3, t=2, t_k=5, d=4),
        _layer(rng, 2, t=1, t_k=3, d=6, d_context=11, n_heads=3),
        _layer(rng, t=3, d=5, n_heads=1),
        _with_large_scores(rng, 40),
        _with_large_scores(rng, 80),
    ]


def _within_reach(case, got):
    x, _, _, w_v, w_o, n_heads = case.args
    values = heads.split_heads(case.options.get("context", x) @ w_v, n_heads)
    found = values @ w_o.reshape(n_heads, values.shape[-1], -1)  # (..., n_heads, T_k, d_out)
    low, high = found.min(axis=-2).sum(axis=-2), found.max(axis=-2).sum(axis=-2)  # (..., d_out)
    return bool(((got >= low[..., None, :] - 1e-4) & (got <= high[..., None, :] + 1e-4)).all())


def _attend(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    return heads.MultiHeadAttention(w_q, w_k, w_v, w_o, n_heads)(x, context)


EXERCISE = Exercise(
    name="multi_head_attention",
    section=f"{PAGE}#heads-output",
    reference=_attend,
    visible=_layer_visible,
    hidden=_layer_hidden,
    axes=("token", "feature"),
    seals=(
        heads.MultiHeadAttention.__call__,
        heads.multi_head_vjp,
        heads._project,
        heads.split_heads,
        heads.merge_heads,
    ),
    misconceptions=(
        Misconception(
            "split by reshape",
            "Queries, keys and values are cut into heads in reading order, which mixes up tokens "
            "and heads; cut the features in two axes, then swap.",
            heads_split_by_reshape_only,
            section=f"{PAGE}#heads-split",
        ),
        Misconception(
            "merged without transpose",
            "The heads are joined in reading order, which mixes up tokens and heads; swap heads "
            "and tokens first.",
            heads_merged_by_reshape_only,
            section=f"{PAGE}#heads-merge",
        ),
        Misconception(
            "features dealt out in turn",
            "The features are dealt out to the heads in turn; head 0 has the first d_head columns "
            "of each matrix, head 1 the next.",
            heads_dealt_out_in_turn,
            section=f"{PAGE}#heads-split",
        ),
        Misconception(
            "merged in turn",
            "When the heads are merged their features alternate; all features of head 0 come "
            "first, then all of head 1.",
            heads_features_interleaved,
            section=f"{PAGE}#heads-merge",
        ),
        Misconception(
            "W_O forgotten",
            "The merged heads are returned as they are; multiply by W_O, which lets the heads mix.",
            heads_without_w_o,
        ),
        Misconception(
            "heads averaged",
            "The heads are averaged instead of put side by side, so W_O has nothing left to choose from.",
            heads_averaged,
            section=f"{PAGE}#heads-merge",
        ),
        Misconception(
            "results averaged",
            "What the heads give through W_O is divided by their number; put side by side, they add up.",
            heads_mean_of_outputs,
        ),
        Misconception(
            "one head's weights for all",
            "All heads use the weights of the first; each has its own.",
            heads_sharing_the_first_weights,
            section=f"{PAGE}#heads-different",
        ),
        Misconception(
            "mean weights for all",
            "The weights are averaged over the heads before they mix the values; each head uses its own.",
            heads_sharing_the_mean_weights,
            section=f"{PAGE}#heads-different",
        ),
        Misconception(
            "a single head",
            "This is one head over all features; the argument `n_heads` makes no difference.",
            heads_ignored,
            section=f"{PAGE}#heads-why",
        ),
        Misconception(
            "root of d_model",
            "The scores are divided by the root of d_model; a head's dot products run over d_head "
            "features only.",
            heads_root_of_d_model,
            section=f"{PAGE}#heads-split",
        ),
        Misconception(
            "root of all heads' features",
            "The scores are divided by the root of the number of columns of W_Q, all heads "
            "together; a head's dot products run over d_head features only.",
            heads_root_of_all_columns,
            section=f"{PAGE}#heads-split",
        ),
        Misconception(
            "no scale",
            "The scores are not divided by the root of d_head.",
            heads_without_scale,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "softmax over the queries",
            "The softmax runs down the columns and shares each key out among the queries; the "
            "weights of each query must sum to 1.",
            heads_softmax_over_queries,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "context ignored",
            "The argument `context` makes no difference; keys and values must come from it.",
            heads_context_ignored,
            section="chapters/03-queries-keys-values#qkv-self-cross",
        ),
        Misconception(
            "x and context exchanged",
            "The context asks and x answers; queries come from x, keys and values from the context.",
            heads_roles_exchanged,
            section="chapters/03-queries-keys-values#qkv-self-cross",
        ),
        Misconception(
            "values from x",
            "Keys come from the context but values from x; the values must come from the tokens "
            "attended to.",
            heads_values_from_x,
            section="chapters/03-queries-keys-values#qkv-self-cross",
        ),
        Misconception(
            "weights on keys",
            "The weights mix the keys; they are there to mix the values.",
            heads_values_are_keys,
            section="chapters/06-by-hand#byhand-context",
        ),
        Misconception(
            "only one sequence",
            "Right for one sequence, but a batch has more axes in front; leave them where they are.",
            heads_of_one_sequence,
            section=f"{PAGE}#heads-split",
        ),
        Misconception(
            "reshaped both ways without a swap",
            "Both the split and the merge only cut the array anew in reading order, so that heads get "
            "mixed-up tokens; cut the features in two axes, then swap heads and tokens, and swap back "
            "before you join them.",
            heads_reshaped_both_ways,
            section=f"{PAGE}#heads-split",
        ),
        Misconception(
            "heads attend to heads",
            "The features are cut into heads, but the heads still come after the tokens, so that the "
            "heads of each token attend to each other; swap heads and tokens first.",
            heads_not_swapped,
            section=f"{PAGE}#heads-split",
        ),
        Misconception(
            "keys from x",
            "Values come from the context but keys from x; the keys must come from the tokens attended to.",
            heads_keys_from_x,
            section="chapters/03-queries-keys-values#qkv-self-cross",
        ),
        Misconception(
            "all from the context",
            "Queries, keys and values all come from the context, which then attends to itself; the "
            "queries come from x.",
            heads_all_from_context,
            section="chapters/03-queries-keys-values#qkv-self-cross",
        ),
        Misconception(
            "W_Q and W_K exchanged",
            "The queries are made with `w_k` and the keys with `w_q`; it is the other way round.",
            heads_matrices_exchanged,
            section="chapters/03-queries-keys-values#qkv-projections",
        ),
        Misconception(
            "matrices as in nn.Linear",
            "The matrices are transposed, as a linear layer of PyTorch stores them; here they have a "
            "row for each feature, so the tokens meet them as they are.",
            heads_matrices_as_in_a_linear_layer,
            section="chapters/03-queries-keys-values#qkv-rows-columns",
        ),
        Misconception(
            "divided by d_head",
            "The scores are divided by d_head, which is its root twice over; divide them once by the root.",
            heads_divided_by_d_head,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "** -1/2",
            "The scores are divided by twice d_head: Python reads `d_head ** -1/2` as `(d_head ** -1) / "
            "2`, so write `d_head ** -0.5`.",
            heads_power_halved,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "if context:",
            "Right without a context; an array with more than one number is neither true nor false. Ask "
            "`context is None`.",
            heads_truth_of_context,
        ),
        Misconception(
            "overflow",
            "Right for small scores, but exp(1000) is more than a float can hold; subtract the largest "
            "score of each row first.",
            heads_overflow,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "shift by the mean",
            "The mean is subtracted instead of the largest score; where scores lie far apart, the "
            "largest is still far above it and its exponential overflows.",
            heads_shifted_by_the_mean,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "keepdims forgotten",
            "The sum of the powers has lost its axis, so NumPy divides along the wrong one or not at "
            "all; pass keepdims=True.",
            heads_keepdims_forgotten,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "maximum before the scale",
            "The largest score is taken before the scores are divided by the root and subtracted after; "
            "take the maximum of what goes into the exponential.",
            heads_maximum_before_the_scale,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "tokens added",
            "The tokens are added to the result, as a block of a transformer does; the question asks "
            "for the attention alone.",
            heads_with_a_residual,
        ),
        Misconception(
            "multiplied by the root",
            "The scores are multiplied by the root of d_head; divide, so that they stay moderate.",
            heads_multiplied_by_the_root,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "root of d_v",
            "The scores are divided by the root of the values' feature size; a head's dot products run "
            "over the d_head features of its queries and keys.",
            heads_root_of_d_v,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "root of the number of heads",
            "The scores are divided by the root of the number of heads; a head's dot products run over "
            "its d_head features.",
            heads_root_of_their_number,
            section="chapters/04-scaling#scaling-root",
        ),
    ),
    properties=(
        Property(
            "The result is out of reach: each head must give a mixture of its own values, and W_O adds "
            "up what the heads give.",
            _within_reach,
        ),
    ),
)
