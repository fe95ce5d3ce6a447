"""Attention to long texts: the same result with less memory, or another result for less time."""

from attnlib.long.caches import CACHES, KeyValueCache
from attnlib.long.grouped import grouped_attention, pool_heads
from attnlib.long.linear import linear_attention, positive_features
from attnlib.long.online import OnlineStep, online_steps
from attnlib.long.window import windowed_attention

__all__ = [
    "CACHES",
    "KeyValueCache",
    "OnlineStep",
    "grouped_attention",
    "linear_attention",
    "online_steps",
    "pool_heads",
    "positive_features",
    "windowed_attention",
]
