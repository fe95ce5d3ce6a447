"""The reference implementation of the course: attention in NumPy, and the checks of its exercises."""

from attnlib import byhand
from attnlib.checking import CheckFailed, check
from attnlib.dot_product import attention, attention_scores, attention_vjp, attention_weights
from attnlib.exercise import SealedReference
from attnlib.heads import (
    MultiHeadAttention,
    MultiHeadGradients,
    merge_heads,
    multi_head_vjp,
    split_heads,
)
from attnlib.masks import causal_mask, padding_mask, window_mask
from attnlib.probability import entropy, softmax, softmax_jacobian, softmax_vjp
from attnlib.similarity import cosine_similarity
from attnlib.variants import additive_scores, hard_attention, online_attention, reinforce_gradient

__version__ = "1.0.0"  # of both distributions: this package and the grader

__all__ = [
    "CheckFailed",
    "MultiHeadAttention",
    "MultiHeadGradients",
    "SealedReference",
    "additive_scores",
    "attention",
    "attention_scores",
    "attention_vjp",
    "attention_weights",
    "byhand",
    "causal_mask",
    "check",
    "cosine_similarity",
    "entropy",
    "hard_attention",
    "merge_heads",
    "multi_head_vjp",
    "online_attention",
    "padding_mask",
    "reinforce_gradient",
    "softmax",
    "softmax_jacobian",
    "softmax_vjp",
    "split_heads",
    "window_mask",
]
