"""Right answers to block."""

import math

import numpy as np


def block_step_by_step(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def normed(z):
        centred = z - z.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)

    n = normed(x)
    scores = (n @ w_q) @ np.swapaxes(n @ w_k, -1, -2) / np.sqrt(w_k.shape[1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    x = x + weights @ (n @ w_v) @ w_o
    n = normed(x)
    return x + np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2


def block_with_var(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def scaled(z):
        return (z - z.mean(-1, keepdims=True)) / (z.var(-1, keepdims=True) + 1e-5) ** 0.5

    def heard(n):
        scores = n @ (w_q @ w_k.T) @ np.swapaxes(n, -1, -2) * len(w_k) ** -0.5
        scores = scores if mask is None else scores - 1e30 * ~mask
        weights = np.exp(scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True))
        return weights @ n @ (w_v @ w_o)

    y = x + heard(scaled(x))
    hidden = scaled(y) @ w_1 + b_1
    return y + np.where(hidden > 0, hidden, 0) @ w_2 + b_2


def block_token_by_token(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def read(token):
        centred = token - sum(token) / len(token)
        return centred / math.sqrt(sum(centred * centred) / len(token) + 1e-5)

    out = np.empty(x.shape)
    t = x.shape[-2]
    for text in np.ndindex(x.shape[:-2]):
        copies = [read(token) for token in x[text]]
        for i in range(t):
            seen = [j for j in range(t) if mask is None or mask[i, j]]
            scores = [(copies[i] @ w_q) @ (copies[j] @ w_k) / math.sqrt(w_q.shape[1]) for j in seen]
            powers = [math.exp(score - max(scores)) for score in scores]
            shares = [power / sum(powers) for power in powers]
            context = sum(share * (copies[j] @ w_v) for share, j in zip(shares, seen, strict=True))
            token = x[text][i] + context @ w_o
            hidden = read(token) @ w_1 + b_1
            out[(*text, i)] = token + hidden * (hidden > 0) @ w_2 + b_2
    return out


def block_by_einsum(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    def levelled(z):
        z = z - np.einsum("...d->...", z)[..., None] / z.shape[-1]
        return z / np.sqrt(np.einsum("...d,...d->...", z, z)[..., None] / z.shape[-1] + 1e-5)

    n = levelled(x)
    q, k, v = (np.einsum("...td,de->...te", n, w) for w in (w_q, w_k, w_v))
    powers = np.exp(np.einsum("...ie,...je->...ij", q, k) / math.sqrt(q.shape[-1]))
    powers = powers if mask is None else powers * mask
    heard = np.einsum("...ij,...je->...ie", powers, v) / powers.sum(axis=-1)[..., None]
    y = x + np.einsum("...te,ed->...td", heard, w_o)
    return y + np.einsum("...th,hd->...td", np.maximum(0, levelled(y) @ w_1 + b_1), w_2) + b_2


def block_with_one_running_sum(x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
    total = np.array(x, dtype=float)
    for step in range(2):
        n = (total - total.mean(axis=-1, keepdims=True)) / np.sqrt(total.var(axis=-1, keepdims=True) + 1e-5)
        if step:
            total += np.clip(n @ w_1 + b_1, 0, None) @ w_2 + b_2
            continue
        scores = np.matmul(n @ w_q, np.moveaxis(n @ w_k, -1, -2)) / w_q.shape[1] ** 0.5
        if mask is not None:
            scores[..., ~mask] = -np.inf
        powers = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
        total += powers @ (n @ w_v) / powers.sum(axis=-1, keepdims=True) @ w_o
    return total


class Block:
    """A block as an object with one step in each method."""

    def norm(self, z):
        """Bring each token to mean 0 and variance 1."""
        return (z - np.mean(z, axis=-1, keepdims=True)) / np.sqrt(np.var(z, axis=-1, keepdims=True) + 1e-5)

    def attend(self, q, k, v, mask):
        """Return what each query gathers."""
        scores = q @ np.swapaxes(k, -1, -2) / math.sqrt(k.shape[-1])
        if mask is not None:
            scores = np.where(mask, scores, -np.inf)
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True) @ v

    def __call__(self, x, w_q, w_k, w_v, w_o, w_1, b_1, w_2, b_2, *, mask=None):
        """Return the tokens after both steps."""
        for step in (
            lambda n: self.attend(n @ w_q, n @ w_k, n @ w_v, mask) @ w_o,
            lambda n: np.maximum(n @ w_1 + b_1, 0) @ w_2 + b_2,
        ):
            x = x + step(self.norm(x))
        return x


ANSWERS = (
    block_step_by_step,
    block_with_var,
    block_token_by_token,
    block_by_einsum,
    block_with_one_running_sum,
    Block(),
)
