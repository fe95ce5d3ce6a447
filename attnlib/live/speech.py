"""The listener of chapter 15: a word that a made-up voice says, and where each letter comes from."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from attnlib import plots
from attnlib.data import spectrogram as pictures
from attnlib.data import voice
from attnlib.live.chance import Draws
from attnlib.live.figure import LiveFigure
from attnlib.live.params import ship
from attnlib.models.greedy import END
from attnlib.models.speech import STRIDE, alignment, transcribe
from attnlib.trained import load, speech
from attnlib.trained.experiment import require_fitting

MOST = 6
#: Where the first band of `attnlib.data.spectrogram.mel_filters` begins, in hertz.
LOWEST = 80.0
EXAMPLES = ("romeo", "lear", "emilia", "orsino", "moon", "memera", "sinel")
VOICE = {
    "sampling_rate": voice.SAMPLING_RATE,
    "formants": {letter: list(formants) for letter, formants in voice.FORMANTS.items()},
    "third": voice.THIRD,
    "widths": list(voice.WIDTHS),
    "loudness": list(voice.LOUDNESS),
    "hum": voice.HUM,
    "hiss": voice.HISS,
    "noise": voice.NOISE,
    "glide": voice.GLIDE,
    "paces": list(voice.PACES),
    "uneven": list(voice.UNEVEN),
    "pitches": list(voice.PITCHES),
    "sizes": list(voice.SIZES),
    "window": pictures.WINDOW,
    "hop": pictures.HOP,
    "n_bands": pictures.N_BANDS,
    "floor": pictures.FLOOR,
    "lowest": LOWEST,
}


class Speech(LiveFigure, script="speech"):
    """A word that is said and spelt: its sound, its picture, and where the listener looks for each letter.

    Parameters
    ----------
    text : str, optional
        The word.
    params : dict of str to ndarray of float, optional
        Other weights of the model `attnlib.trained.speech`; by default those that are shipped.
    **traits
        The traits below, by name.

    Attributes
    ----------
    text : str
        The word: one to six letters that the voice can say.
    seed : int
        Of the voice: its pitch, size, pace and melody.
    noise : float
        How much noise is added, beside the loudest moment: 0 to 1.
    shown : int or None
        How many letters of what was spelt are shown. None shows all.
    examples : list of str
        Words to begin with.
    words : list of str
        The letters that the model knows, the special ones first. Read-only, as are `voice`, what the voice
        and its picture are made from, `stride`, `n_heads`, and `shapes` and `numbers`, the parameters as
        `attnlib.live.params.pack` writes them.

    Examples
    --------
    >>> Speech("romeo").heard()
    'romeo'
    """

    text = traitlets.Unicode(EXAMPLES[-1]).tag(sync=True)
    seed = traitlets.Int(3, min=0, max=2**32 - 1).tag(sync=True)
    noise = traitlets.Float(0.0, min=0.0, max=1.0).tag(sync=True)
    shown = traitlets.Int(None, allow_none=True, min=0).tag(sync=True)
    examples = traitlets.List(traitlets.Unicode(), EXAMPLES).tag(sync=True)
    words = traitlets.List(traitlets.Unicode(), speech.VOCABULARY.words, read_only=True).tag(sync=True)
    voice = traitlets.Dict(default_value=VOICE, read_only=True).tag(sync=True)
    stride = traitlets.Int(STRIDE, read_only=True).tag(sync=True)
    n_heads = traitlets.Int(speech.N_HEADS, read_only=True).tag(sync=True)
    shapes = traitlets.Dict(read_only=True).tag(sync=True)
    numbers = traitlets.Unicode(read_only=True).tag(sync=True)
    beside = ("numbers",)

    def __init__(self, text=None, params=None, **traits):
        if params is None:
            params = load("speech").params
        require_fitting(params, speech.EXPERIMENT)
        self._params = ship(self, params)
        super().__init__(**({} if text is None else {"text": text}), **traits)

    @traitlets.validate("text", "examples")
    def _can_be_said(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        for text in value if name == "examples" else [value]:
            if not 1 <= len(text) <= MOST or set(text) - set(voice.FORMANTS):
                letters = " ".join(sorted(voice.FORMANTS))
                raise traitlets.TraitError(f"{name} must be 1 to {MOST} letters of {letters}, got {text!r}")
        return value

    def said(self):
        """Return the word as it is said, noise and all: an `attnlib.data.voice.Spoken`."""
        draws = Draws(self.seed)
        spoken = voice.speak(draws, self.text)
        louder = self.noise * draws.standard_normal(len(spoken.wave))
        return spoken._replace(wave=(spoken.wave + louder).astype(np.float32))

    def heard(self):
        """Return the word that is spelt."""
        return speech.VOCABULARY.decode([i for i in self._listened()[0] if i > END])

    def picture(self):
        """Draw the sound, and where the listener looks for each letter, with `attnlib.plots`."""
        ids, weights, said = self._listened()
        picture = pictures.spectrogram(said.wave)
        shade = np.clip((picture.T + 1) / 3.5, 0, 1)  # (n_bands, n_frames)
        ink = np.broadcast_to(np.array(plots.tint(1.0)), (*shade.shape, 4)).copy()
        ink[..., 3] = shade
        with plots.style():
            _, (ax, below) = plt.subplots(2, 1, figsize=(5.6, 5.4), height_ratios=(3, 2.6))
            ax.imshow(ink, origin="lower", aspect="auto", extent=(-0.5, weights.shape[1] - 0.5, 0, 1))
            ax.set(xticks=[], yticks=[], ylabel="low to high pitch", title=f"“{self.text}” is said")
            rows = [speech.VOCABULARY.words[i] if i > END else "end" for i in ids]
            plots.heatmap(weights, rows, [""] * weights.shape[1], ax=below, fmt=lambda weight: "")
            below.set(xlabel="", ylabel="letters that are spelt")
        return ax

    def description(self):
        """Say which word is said, what is heard, and where the listener looks."""
        ids, weights, said = self._listened()
        seconds = len(said.wave) / voice.SAMPLING_RATE
        middles = weights.argmax(axis=1) * STRIDE * pictures.HOP / voice.SAMPLING_RATE
        looks = ", ".join(
            f"{speech.VOCABULARY.words[i]} at {middle:.2f}"
            for i, middle in zip(ids, middles, strict=True)
            if i > END
        )
        return (
            f"A voice says “{self.text}” in {seconds:.2f} seconds, and the listener spells "
            f"“{self.heard()}”. It looks most, in seconds, for {looks}."
        )

    def _listened(self):
        said = self.said()
        sound, present, _ = speech.as_arrays([pictures.spectrogram(said.wave)], [""])
        options = {"n_heads": self.n_heads}
        letters = transcribe(self._params, sound, present, speech.N_LETTERS, **options)
        weights = alignment(self._params, sound, present, letters, **options)[0].mean(axis=0)
        n = np.count_nonzero(letters[0, 1:])
        return letters[0, 1 : n + 1], weights[:n, : present.sum()], said
