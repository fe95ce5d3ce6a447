"""The reference implementation of the course: attention in NumPy, and the checks of its exercises."""

from attnlib.dot_product import attention, attention_scores, attention_weights
from attnlib.probability import entropy, softmax, softmax_jacobian, softmax_vjp
from attnlib.similarity import cosine_similarity

__all__ = [
    "attention",
    "attention_scores",
    "attention_weights",
    "cosine_similarity",
    "entropy",
    "softmax",
    "softmax_jacobian",
    "softmax_vjp",
]
