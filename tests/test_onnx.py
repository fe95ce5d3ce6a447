"""Agreement with ONNX: the node tests of its operator Attention, opsets 23 to 25, in golden/."""

import json
from pathlib import Path

import numpy as np
import pytest

from attnlib import attention, attention_scores, split_heads, window_mask
from attnlib import merge_heads as merged

with np.load(Path(__file__).parent / "golden" / "onnx_vectors.npz") as stored:
    ARRAYS = {key: stored[key] for key in stored.files if key != "cases"}
    CASES = json.loads(str(stored["cases"]))
TOLERANCE = {"float16": 2e-3, "float32": 1e-6}  # their float16 is computed in float16


def seen_keys(t_q, t_k, offset, before, after):
    """Return the window of queries that begin at key `offset`, which may lie before the first key."""
    size = max(t_k, offset + t_q) + max(0, -offset)
    start = max(0, -offset)  # queries before the first key
    mask = window_mask(size, before=before, after=after)
    return mask[start + offset : start + offset + t_q, start : start + t_k]


def masks_of(inputs, attributes, t_q, t_k):
    """Return the mask and the bias that a node's inputs and attributes come to."""
    past = inputs["past_key"].shape[-2] if "past_key" in inputs else 0
    lengths = inputs.get("nonpad_kv_seqlen")
    offsets = [past] if lengths is None else [int(n) - t_q for n in lengths]
    sides = [attributes.get(f"{side}_window_size", -1) for side in ("left", "right")]
    before, after = (None if size < 0 else size for size in sides)
    if attributes.get("is_causal"):
        after = 0
    mask = np.stack([seen_keys(t_q, t_k, offset, before, after) for offset in offsets])[:, None]
    if lengths is not None:
        mask = mask & (np.arange(t_k) < lengths[:, None, None, None])
    given = inputs.get("attn_mask")
    if given is None:
        return mask, None
    missing = [(0, 0)] * (given.ndim - 1) + [(0, t_k - given.shape[-1])]
    if given.dtype == bool:
        return mask & np.pad(given, missing), None
    return mask, np.pad(given, missing, constant_values=-np.inf)


def grouped(x, n_groups):
    """Return heads (batch, n_heads, T, d) as (batch, n_groups, heads of a group, T, d)."""
    batch, n_heads, *rest = x.shape
    return x.reshape(batch, n_groups, n_heads // n_groups, *rest)


def node(inputs, attributes):
    """Return what ONNX's Attention gives, computed by attnlib."""
    flat = inputs["Q"].ndim == 3
    q, k, v = (inputs[name] for name in "QKV")
    if flat:
        q = split_heads(q, attributes["q_num_heads"])
        k, v = (split_heads(x, attributes["kv_num_heads"]) for x in (k, v))
    if "past_key" in inputs:
        k = np.concatenate([inputs["past_key"], k], axis=-2)
        v = np.concatenate([inputs["past_value"], v], axis=-2)
    n_heads, n_groups, t_q, t_k = q.shape[1], k.shape[1], q.shape[-2], k.shape[-2]
    mask, bias = masks_of(inputs, attributes, t_q, t_k)
    whole = (q.shape[0], n_heads, t_q, t_k)  # some masks have an axis of heads, none of groups
    mask = grouped(np.broadcast_to(mask, whole), n_groups)
    bias = None if bias is None else grouped(np.broadcast_to(bias, whole), n_groups)
    scale, softcap = attributes.get("scale"), attributes.get("softcap") or None
    q, k, v = grouped(q, n_groups), k[:, :, None], v[:, :, None]
    options = {"mask": mask, "bias": bias, "scale": scale, "softcap": softcap}
    context, weights = attention(q, k, v, **options, return_weights=True)
    np.testing.assert_allclose(attention(q, k, v, **options), context, rtol=1e-6)
    context = context.reshape(q.shape[0], n_heads, t_q, v.shape[-1])
    mode = attributes.get("qk_matmul_output_mode", 0)
    scores = weights if mode == 3 else attention_scores(q, k, scale=scale)
    if mode in (1, 2) and softcap:
        scores = softcap * np.tanh(scores / softcap)
    if mode == 2:
        scores = scores + np.where(mask, 0.0 if bias is None else bias, -np.inf)
    return {"Y": merged(context) if flat else context, "qk_matmul_output": scores.reshape(whole)}


@pytest.mark.parametrize("name", CASES)
def test_node(name):
    case = CASES[name]
    inputs = {key: ARRAYS[str(i)] for key, i in case["inputs"].items()}
    actual = node(inputs, case["attributes"])
    for key, i in case["outputs"].items():
        expected = ARRAYS[str(i)]
        assert actual[key].shape == expected.shape
        largest = np.abs(expected, where=np.isfinite(expected), out=np.zeros_like(expected)).max(initial=0)
        np.testing.assert_allclose(
            actual[key], expected, rtol=0, atol=TOLERANCE[str(inputs["Q"].dtype)] * max(1, float(largest))
        )
        if key == "Y":
            assert actual[key].dtype == expected.dtype


def test_every_node_test_that_numpy_can_hold_is_here():
    assert len(CASES) == 88  # of 93: five are in bfloat16
    used = {key for case in CASES.values() for key in case["attributes"]}
    assert used >= {"scale", "softcap", "is_causal", "left_window_size", "right_window_size"}
