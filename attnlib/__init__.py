"""The reference implementation of the course: attention in NumPy, and the checks of its exercises."""

from attnlib.dot_product import attention, attention_scores, attention_vjp, attention_weights
from attnlib.heads import MultiHeadAttention, MultiHeadGradients, merge_heads, multi_head_vjp, split_heads
from attnlib.masks import causal_mask, padding_mask
from attnlib.probability import entropy, softmax, softmax_jacobian, softmax_vjp
from attnlib.similarity import cosine_similarity

__all__ = [
    "MultiHeadAttention",
    "MultiHeadGradients",
    "attention",
    "attention_scores",
    "attention_vjp",
    "attention_weights",
    "causal_mask",
    "cosine_similarity",
    "entropy",
    "merge_heads",
    "multi_head_vjp",
    "padding_mask",
    "softmax",
    "softmax_jacobian",
    "softmax_vjp",
    "split_heads",
]
