"""A listener: it hears a word as a spectrogram and spells it, looking at the sound for each letter."""

import math

import numpy as np

from attnlib._arrays import require_count, require_shape, shape_text
from attnlib.autodiff import value_of
from attnlib.layers import cross_entropy, layer_norm, linear, relative_bias, relu, sinusoids, watching
from attnlib.models.greedy import PADDING, greedy
from attnlib.models.parameters import part, transformer_params
from attnlib.models.transformer import block, decoder

#: How many frames of the sound become one token.
STRIDE = 2
POSITIONS, REACH = "relative", 16


def speech_params(rng, *, n_letters, n_bands, d_model, n_heads, n_layers=1, d_hidden=None):
    """Draw the parameters that a listener begins with.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n_letters : int
        The size of the vocabulary.
    n_bands : int
        The number of bands of a spectrogram.
    d_model, n_heads, d_hidden
        As in `transformer_params`.
    n_layers : int, default 1
        The number of blocks that listen; one block spells.

    Returns
    -------
    dict of str to ndarray of float32
        ``ear.w_1, ear.b_1, ear.w_2, ear.b_2``, and those of an encoder under ``encoder`` and of a decoder
        under ``decoder``.
    """
    d_in, d_ear = STRIDE * require_count("n_bands", n_bands, 1), 2 * d_model
    options = {"d_model": d_model, "n_heads": n_heads, "d_hidden": d_hidden}
    options |= {"positions": POSITIONS, "length": REACH}
    hearing = transformer_params(rng, **options, n_words=1, n_layers=n_layers)
    spelling = transformer_params(rng, **options, n_words=n_letters, n_layers=1, cross=True)
    params = {
        f"encoder.{name}": value
        for name, value in hearing.items()
        if not name.startswith(("tokens", "out"))
    }
    params |= {f"decoder.{name}": value for name, value in spelling.items()}
    for i, (rows, columns) in enumerate(((d_in, d_ear), (d_ear, d_model)), start=1):
        reach = math.sqrt(6 / (rows + columns))
        params[f"ear.w_{i}"] = rng.uniform(-reach, reach, (rows, columns)).astype(np.float32)
        params[f"ear.b_{i}"] = np.zeros(columns, np.float32)
    return params


def listen(params, sound, present, *, n_heads):
    """Return what is heard: a token for every `STRIDE` frames of each sound.

    Parameters
    ----------
    params : dict of str to array of float
        The parameters, as from `speech_params`.
    sound : array_like of float, shape (n, T, n_bands)
        Spectrograms; T is a multiple of `STRIDE`.
    present : array_like of bool, shape (n, T / STRIDE)
        Where there is sound, and not padding.
    n_heads : int
        The number of heads that the parameters were made for.

    Returns
    -------
    array of float, shape (n, T / STRIDE, d_model)
        The memory of the sound, and where in it each token stands.

    Raises
    ------
    ValueError
        If the shapes don't fit.

    Notes
    -----
    Who spells has to know where it has been in the sound; the waves that are added at the end tell it. The
    blocks that listen need only know how far sounds are from each other.
    """
    sound, present = np.asarray(sound), np.asarray(present)
    if sound.ndim != 3 or sound.shape[1] % STRIDE:
        raise ValueError(
            f"sound must have frames in {STRIDE}s: expected (n, {STRIDE} t, n_bands), "
            f"got {shape_text(sound.shape)}"
        )
    n, t, n_bands = sound.shape
    require_shape("present", present, (n, t // STRIDE), f"a truth value for every {STRIDE} frames")
    dtype = value_of(params["ear.w_1"]).dtype
    x = sound.reshape(n, t // STRIDE, STRIDE * n_bands).astype(dtype)
    x = linear(relu(linear(x, params["ear.w_1"], params["ear.b_1"])), params["ear.w_2"], params["ear.b_2"])
    encoder = part(params, "encoder")
    bias = relative_bias(encoder["relative"], x.shape[1])
    for i in range(sum(name.endswith(".feed.w_1") for name in encoder)):
        x = block(encoder, f"block{i}", x, n_heads=n_heads, mask=present[:, None, :], bias=bias)
    x = layer_norm(x, encoder["norm.gain"], encoder["norm.shift"])
    return x + sinusoids(*x.shape[1:]).astype(dtype)


def spell(params, letters, memory, present, *, n_heads):
    """Return, at each letter of a word, a score for each letter that may come next.

    Parameters
    ----------
    params, present, n_heads
        As in `listen`.
    letters : array_like of int, shape (n, T_s)
        The words so far, from `START` on.
    memory : array of float, shape (n, T / STRIDE, d_model)
        What was heard.

    Returns
    -------
    array of float, shape (n, T_s, n_letters)
        The logits.
    """
    mask = np.asarray(present)[:, None, :]
    options = {"n_heads": n_heads, "positions": POSITIONS, "memory_mask": mask}
    return decoder(part(params, "decoder"), letters, memory, **options)


def speech_loss(params, sound, present, letters, *, n_heads):
    """Return the mean surprise at each letter after `START`, given the sound and the letters before.

    Parameters
    ----------
    params, sound, present, n_heads
        As in `listen`.
    letters : array_like of int, shape (n, T_s + 1)
        The words, from `START` to `END` and padded.

    Returns
    -------
    array of float, shape ()
        In nats a letter.

    References
    ----------
    Chan et al., "Listen, attend and spell", 2016, section 2.
    """
    letters = np.asarray(letters)
    memory = listen(params, sound, present, n_heads=n_heads)
    logits = spell(params, letters[:, :-1], memory, present, n_heads=n_heads)
    return cross_entropy(logits, letters[:, 1:], keep=letters[:, 1:] != PADDING)


def transcribe(params, sound, present, n, *, n_heads):
    """Return the likeliest next letter again and again.

    Parameters
    ----------
    params, sound, present, n_heads
        As in `listen`.
    n : int
        How many letters to spell, `END` among them.

    Returns
    -------
    ndarray of int, shape (words, n + 1)
        From `START` on; after `END` comes `PADDING`.
    """
    memory = listen(params, sound, present, n_heads=n_heads)
    return greedy(lambda ids: spell(params, ids, memory, present, n_heads=n_heads), len(memory), n)


def alignment(params, sound, present, letters, *, n_heads):
    """Return where in the sound the listener looks as it spells each letter.

    Parameters
    ----------
    params, sound, present, n_heads
        As in `listen`.
    letters : array_like of int, shape (n, T_s + 1)
        The words, from `START` on.

    Returns
    -------
    ndarray of float, shape (n, n_heads, T_s, T / STRIDE)
        The weights, a row for each letter after `START`.
    """
    memory = listen(params, sound, present, n_heads=n_heads)
    with watching() as seen:
        spell(params, np.asarray(letters)[:, :-1], memory, present, n_heads=n_heads)
    return seen[-1]


def edit_distance(one, other):
    """Return how many letters must be changed, put in or left out to make one text of another.

    Parameters
    ----------
    one, other : sequence
        The texts.

    Returns
    -------
    int
        The number of edits.

    References
    ----------
    Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals", 1966.

    Examples
    --------
    >>> edit_distance("salmon", "lemon"), edit_distance("", "sun")
    (3, 3)
    """
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        above, row = row, [i]
        for j, b in enumerate(other, start=1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b)))
    return row[-1]
