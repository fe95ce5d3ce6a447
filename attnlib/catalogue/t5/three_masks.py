"""The three masks of an encoder and a decoder."""

import numpy as np

from attnlib import masks
from attnlib.catalogue.t5 import PAGE
from attnlib.exercise import Case, Exercise, Misconception


def _three_masks(keep, t_out):
    n, t = keep.shape
    among, across = (np.broadcast_to(keep[:, None], (n, rows, t)).copy() for rows in (t, t_out))
    return among, masks.causal_mask(t_out), across


def encoder_causal(keep, t_out):
    n, t = keep.shape
    across = np.broadcast_to(keep[:, None], (n, t_out, t)).copy()
    return keep[:, None] & np.tri(t, dtype=bool), np.tri(t_out, dtype=bool), across


def decoder_sees_all(keep, t_out):
    n, t = keep.shape
    among, across = (np.broadcast_to(keep[:, None], (n, rows, t)).copy() for rows in (t, t_out))
    return among, np.ones((t_out, t_out), dtype=bool), across


def decoder_not_itself(keep, t_out):
    n, t = keep.shape
    among, across = (np.broadcast_to(keep[:, None], (n, rows, t)).copy() for rows in (t, t_out))
    return among, np.tri(t_out, k=-1, dtype=bool), across


def decoder_sees_the_future(keep, t_out):
    n, t = keep.shape
    among, across = (np.broadcast_to(keep[:, None], (n, rows, t)).copy() for rows in (t, t_out))
    return among, np.tri(t_out, dtype=bool).T, across


def cross_causal(keep, t_out):
    n, t = keep.shape
    among = np.broadcast_to(keep[:, None], (n, t, t)).copy()
    return among, np.tri(t_out, dtype=bool), keep[:, None] & np.tri(t_out, t, dtype=bool)


def cross_sees_padding(keep, t_out):
    n, t = keep.shape
    among = np.broadcast_to(keep[:, None], (n, t, t)).copy()
    return among, np.tri(t_out, dtype=bool), np.ones((n, t_out, t), dtype=bool)


def encoder_sees_padding(keep, t_out):
    n, t = keep.shape
    across = np.broadcast_to(keep[:, None], (n, t_out, t)).copy()
    return np.ones((n, t, t), dtype=bool), np.tri(t_out, dtype=bool), across


def padding_seen_everywhere(keep, t_out):
    n, t = keep.shape
    return np.ones((n, t, t), dtype=bool), np.tri(t_out, dtype=bool), np.ones((n, t_out, t), dtype=bool)


def padding_hides_rows(keep, t_out):
    n, t = keep.shape
    among = np.broadcast_to(keep[:, :, None], (n, t, t)).copy()
    across = np.broadcast_to(keep[:, None], (n, t_out, t)).copy()
    return among, np.tri(t_out, dtype=bool), across


def padding_asks_nothing(keep, t_out):
    n, t = keep.shape
    across = np.broadcast_to(keep[:, None], (n, t_out, t)).copy()
    return keep[:, None] & keep[:, :, None], np.tri(t_out, dtype=bool), across


def only_padding_seen(keep, t_out):
    n, t = keep.shape
    among, across = (np.broadcast_to(~keep[:, None], (n, rows, t)).copy() for rows in (t, t_out))
    return among, np.tri(t_out, dtype=bool), across


def keys_in_the_rows(keep, t_out):
    n, t = keep.shape
    among, across = (np.broadcast_to(keep[:, None], (n, rows, t)).copy() for rows in (t, t_out))
    return among, np.tri(t_out, dtype=bool), across.swapaxes(1, 2)


def encoder_and_cross_exchanged(keep, t_out):
    n, t = keep.shape
    among, across = (np.broadcast_to(keep[:, None], (n, rows, t)).copy() for rows in (t, t_out))
    return across, np.tri(t_out, dtype=bool), among


def _visible():
    keep = np.array([[True, True, True], [True, True, False]])
    return [
        Case((keep, 4)),
        Case((keep[1:], 2)),
        Case((keep, 3)),
        Case((np.array([[True, False, False, False], [True] * 4, [True, True, True, False]]), 2)),
    ]


def _hidden(rng):
    def kept(n, t):
        return np.arange(t) < rng.integers(1, t + 1, size=(n, 1))

    some, square = kept(3, 5), kept(4, 4)
    some[0], square[1] = np.arange(5) < 2, np.arange(4) < 3
    return [
        Case((some, 7)),
        Case((some, 2)),
        Case((square, 4)),
        Case((kept(2, 6), 1)),
        Case((kept(1, 1), 3)),
    ]


EXERCISE = Exercise(
    name="three_masks",
    section=f"{PAGE}#t5-masks",
    reference=_three_masks,
    visible=_visible,
    hidden=_hidden,
    same_dtype=True,
    misconceptions=(
        Misconception(
            "encoder causal",
            "The encoder's words see only what stands before them; the source is all there, and they may "
            "see all of it.",
            encoder_causal,
        ),
        Misconception(
            "decoder sees all",
            "The decoder's words see what comes after them, which is what they should say.",
            decoder_sees_all,
            section=f"{PAGE}#t5-unshifted",
        ),
        Misconception(
            "decoder doesn't see itself",
            "The decoder's mask is one diagonal too small, so that the first word sees nothing; each sees "
            "itself.",
            decoder_not_itself,
            section="chapters/07-masks#masks-causal",
        ),
        Misconception(
            "decoder turned round",
            "The decoder's words see themselves and those after them; they may see those before.",
            decoder_sees_the_future,
            section="chapters/07-masks#masks-causal",
        ),
        Misconception(
            "cross causal",
            "A word that is said sees only as many words of the source as stand before it; it may see all "
            "of them.",
            cross_causal,
            section="chapters/07-masks#masks-cross",
        ),
        Misconception(
            "cross sees padding",
            "The decoder may look at the padding of the source; the third mask hides it.",
            cross_sees_padding,
            section="chapters/07-masks#masks-cross",
        ),
        Misconception(
            "encoder sees padding",
            "The words of the source may look at its padding; the first mask hides it, too.",
            encoder_sees_padding,
            section="chapters/07-masks#masks-padding",
        ),
        Misconception(
            "padding seen everywhere",
            "The argument `keep` is used for its shape alone; padding must be hidden in the encoder and "
            "across.",
            padding_seen_everywhere,
            section="chapters/07-masks#masks-padding",
        ),
        Misconception(
            "padding hides rows",
            "In the encoder the rows of the padding are hidden, and its columns seen; columns are keys.",
            padding_hides_rows,
            section="chapters/07-masks#masks-padding",
        ),
        Misconception(
            "padding asks nothing",
            "In the encoder the rows of the padding are empty as well; hide columns only, since a row "
            "needs something to see.",
            padding_asks_nothing,
            section="chapters/07-masks#masks-padding",
        ),
        Misconception(
            "polarity inverted",
            "Only padding is seen: True means may attend.",
            only_padding_seen,
            section="chapters/07-masks#masks-true",
        ),
        Misconception(
            "keys in the rows",
            "The third mask has a row for each word of the source; the decoder asks, so its words are the "
            "rows.",
            keys_in_the_rows,
            section=f"{PAGE}#t5-cross",
        ),
        Misconception(
            "encoder and cross exchanged",
            "The first mask and the third stand in each other's place: encoder, decoder, cross.",
            encoder_and_cross_exchanged,
        ),
    ),
)
