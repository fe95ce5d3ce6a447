"""Right answers to block."""

import math

import numpy as np

from attnlib.dot_product import attention, attention_weights


def block_step_by_step(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    n = norm(x)
    x = x + attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o
    n = norm(x)
    return x + np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2


def block_with_var(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        return (z - z.mean(-1, keepdims=True)) / (z.var(-1, keepdims=True) + 1e-5) ** 0.5

    n = norm(x)
    y = x + attention_weights(n @ w_q, n @ w_k, mask=mask) @ (n @ w_v) @ w_o
    hidden = norm(y) @ w_1 + b_1
    return y + np.where(hidden > 0, hidden, 0) @ w_2 + b_2


def block_with_its_own_softmax(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    total = x
    n = (total - total.mean(axis=-1, keepdims=True)) / np.sqrt(total.var(axis=-1, keepdims=True) + 1e-5)
    scores = n @ w_q @ np.swapaxes(n @ w_k, -1, -2) / math.sqrt(w_q.shape[1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    total = total + powers / powers.sum(axis=-1, keepdims=True) @ (n @ w_v) @ w_o
    n = (total - total.mean(axis=-1, keepdims=True)) / np.sqrt(total.var(axis=-1, keepdims=True) + 1e-5)
    return total + np.clip(n @ w_1 + b_1, 0, None) @ w_2 + b_2


def block_token_by_token(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(token):
        centred = token - sum(token) / len(token)
        return centred / math.sqrt(sum(centred * centred) / len(token) + 1e-5)

    out = np.empty(x.shape)
    for text in np.ndindex(x.shape[:-2]):
        read = np.array([norm(token) for token in x[text]])
        heard = attention(read @ w_q, read @ w_k, read @ w_v, mask=mask) @ w_o
        for i, token in enumerate(x[text] + heard):
            hidden = norm(token) @ w_1 + b_1
            out[(*text, i)] = token + hidden * (hidden > 0) @ w_2 + b_2
    return out


def block_by_einsum(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def norm(z):
        z = z - np.einsum("...d->...", z)[..., None] / z.shape[-1]
        return z / np.sqrt(np.einsum("...d,...d->...", z, z)[..., None] / z.shape[-1] + 1e-5)

    n = norm(x)
    q, k, v = (np.einsum("...td,de->...te", n, w) for w in (w_q, w_k, w_v))
    y = x + np.einsum("...te,ed->...td", attention(q, k, v, mask=mask), w_o)
    return y + np.einsum("...th,hd->...td", np.maximum(0, norm(y) @ w_1 + b_1), w_2) + b_2


class Block:
    """A block as an object with one step in each method."""

    def norm(self, z):
        """Bring each token to mean 0 and variance 1."""
        return (z - np.mean(z, axis=-1, keepdims=True)) / np.sqrt(np.var(z, axis=-1, keepdims=True) + 1e-5)

    def __call__(self, x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
        """Return the tokens after both steps."""
        for step in (
            lambda n: attention(n @ w_q, n @ w_k, n @ w_v, mask=mask) @ w_o,
            lambda n: np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2,
        ):
            x = x + step(self.norm(x))
        return x


ANSWERS = (
    block_step_by_step,
    block_with_var,
    block_with_its_own_softmax,
    block_token_by_token,
    block_by_einsum,
    Block(),
)
