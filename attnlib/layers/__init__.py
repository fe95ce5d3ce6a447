"""The parts that models are made of, each with its step back; all take variables or plain arrays."""

from attnlib.layers.activations import gelu, relu, sigmoid, softmax, tanh
from attnlib.layers.attending import additive_attend, attend, watching
from attnlib.layers.dense import concat, embedding, linear
from attnlib.layers.loss import cross_entropy
from attnlib.layers.normalising import layer_norm
from attnlib.layers.positions import alibi, relative_bias, rotate, sinusoids
from attnlib.layers.recurrent import lstm_step
from attnlib.layers.reinforcing import reinforce

__all__ = [
    "additive_attend",
    "alibi",
    "attend",
    "concat",
    "cross_entropy",
    "embedding",
    "gelu",
    "layer_norm",
    "linear",
    "lstm_step",
    "reinforce",
    "relative_bias",
    "relu",
    "rotate",
    "sigmoid",
    "sinusoids",
    "softmax",
    "tanh",
    "watching",
]
