"""The reference implementation of the course: attention in NumPy, and the checks of its exercises."""

from attnlib.checking import CheckFailed, check
from attnlib.dot_product import attention, attention_scores, attention_weights
from attnlib.probability import entropy, softmax, softmax_jacobian
from attnlib.sealing import SealedReference

__all__ = [
    "CheckFailed",
    "SealedReference",
    "attention",
    "attention_scores",
    "attention_weights",
    "check",
    "entropy",
    "softmax",
    "softmax_jacobian",
]
