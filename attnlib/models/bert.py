"""BERT: a Transformer that sees both sides of a word; with a causal mask, the same that sees one."""

import numpy as np

from attnlib._arrays import require_shape
from attnlib.layers import cross_entropy, linear
from attnlib.masks import causal_mask
from attnlib.models.transformer import encoder, n_tokens


def bert(params, ids, keep=None, *, n_heads, causal=False):
    """Return, at each token of a text, a score for each word that may stand there.

    Parameters
    ----------
    params : dict of str to array of float
        The parameters, as from `attnlib.models.parameters.transformer_params`, with learned positions.
    ids : array_like of int, shape (..., T)
        The text; the words asked for are hidden.
    keep : array_like of bool, shape (..., T), optional
        False at padding, which no token sees.
    n_heads : int
        The number of heads that the parameters were made for.
    causal : bool, default False
        Let every token see only itself and those before it, as `gpt` does. Nothing else changes.

    Returns
    -------
    array of float, shape (..., T, n_words)
        The logits.

    Raises
    ------
    TypeError, ValueError
        As in `attnlib.models.transformer.stack`, or if `keep` has another shape than `ids`.

    References
    ----------
    Devlin et al., "BERT: pre-training of deep bidirectional Transformers for language understanding", 2019,
    section 3. Theirs has the norm after each sum, learns from pairs of texts as well, and uses gelu.

    Examples
    --------
    >>> from attnlib.models.parameters import transformer_params
    >>> rng = np.random.default_rng(0)
    >>> params = transformer_params(rng, n_words=11, d_model=8, n_layers=2, n_heads=2, length=7)
    >>> bert(params, [[3, 1, 4, 1, 5]], n_heads=2).shape
    (1, 5, 11)
    """
    t = n_tokens(ids)
    mask = causal_mask(t) if causal else np.ones((t, t), dtype=bool)
    if keep is not None:
        keep = np.asarray(keep, dtype=bool)
        require_shape("keep", keep, np.shape(ids), "the shape of ids")
        mask = mask & keep[..., None, :]
    return linear(encoder(params, ids, n_heads=n_heads, mask=mask), params["out.w"], params["out.b"])


def masked_word_loss(params, hidden, ids, keep, asked, *, n_heads, causal=False):
    """Return the mean surprise at the words that were asked for.

    Parameters
    ----------
    params, n_heads, causal
        As in `bert`.
    hidden : array_like of int, shape (n, T)
        Texts of which some words are hidden.
    ids : array_like of int, shape (n, T)
        The same texts, whole.
    keep, asked : array_like of bool, shape (n, T)
        Where there are words, and where the model is asked for them. The others are no questions: the
        model sees them.

    Returns
    -------
    array of float, shape ()
        In nats a word that was asked for.
    """
    return cross_entropy(bert(params, hidden, keep, n_heads=n_heads, causal=causal), ids, keep=asked)
