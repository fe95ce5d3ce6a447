"""Where the GPT stands, and states in which its numbers are compared with attnlib's."""

import numpy as np

from attnlib.data import park as sentences
from attnlib.layers import watching
from attnlib.live import GPT
from attnlib.models.generating import choose
from attnlib.models.transformer import gpt
from attnlib.trained import load, park

CHAPTER = "11-gpt"
TEXTS = (
    "",
    "i",
    "we like to go to the kitchen and tom",
    "anna likes to go to the park and i like to go to the theatre today so i see",
    "tom likes to go to the station and we like to go to the beach when it is warm so we read novels .",
    "when when poems",
)
OFF = ((), ((0, 0),), ((1, 2), (0, 3)), ((0, 1), (1, 0), (1, 1), (1, 3)))


def states():
    """Yield figures, each with the numbers that its script should give."""
    params = load("park").params
    assert all((array == array.astype(np.float16)).all() for array in params.values())
    exact = {name: array.astype(np.float64) for name, array in params.items()}
    place = 0
    for text in TEXTS:
        for off in OFF:
            for temperature in (0.5, 1.7):
                place += 1
                shown = GPT(text, off=[*off], temperature=temperature, seed=place)
                yield shown, numbers(exact, text, off, temperature, place)
    yield GPT(TEXTS[3], query=4, off=[(0, 0)]), numbers(exact, TEXTS[3], [(0, 0)], 1.0, 1)
    every = [(layer, head) for layer in range(2) for head in range(park.N_HEADS)]
    yield GPT(TEXTS[3], temperature=10.0, off=every), numbers(exact, TEXTS[3], every, 10.0, 1)


def numbers(params, text, off, temperature, seed):
    """Return what a script should give, from the shipped weights in float64."""
    read = text.removesuffix(".").split()
    ids = park.VOCABULARY.encode(" ".join([sentences.START, *read]))
    less = {name: array.copy() for name, array in params.items()}
    for layer, head in off:
        less[f"block{layer}.self.w_o"].reshape(park.N_HEADS, -1, 48)[head] = 0
    with watching() as weights:
        logits = gpt(less, ids, n_heads=park.N_HEADS)
    return {
        "likely": likely(logits, temperature),
        "likely_with_all": likely(gpt(params, ids, n_heads=park.N_HEADS), temperature),
        "weights": np.stack(weights),
        "ending": [] if text.endswith(".") else ending(less, ids, temperature, Mulberry(seed)),
    }


def likely(logits, temperature):
    """Return the probabilities of next words, in the plain way."""
    powers = np.exp((logits - logits.max(axis=-1, keepdims=True)) / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


def ending(params, ids, temperature, rng):
    """Return the words that are drawn up to a full stop, or as many as the model has room for."""
    added, (stop,) = [], park.VOCABULARY.encode(".")
    while stop not in added:
        logits = gpt(params, np.append(ids, added).astype(int), n_heads=park.N_HEADS)[-1]
        logits[:2] = -np.inf  # padding and start
        word = int(choose(logits, temperature=temperature, rng=rng))
        if len(ids) + len(added) == len(params["positions"]) and word != stop:
            break
        added.append(word)
    return added


class Mulberry:
    """The page's draws: Tommy Ettinger's Mulberry32, as far as `choose` needs a generator."""

    def __init__(self, seed):
        self.state = seed

    def random(self, shape):
        """Return the next number."""
        assert shape == ()
        self.state = (self.state + 0x6D2B79F5) % 2**32
        bits = (self.state ^ self.state >> 15) * (self.state | 1) % 2**32
        bits ^= (bits + (bits ^ bits >> 7) * (bits | 61)) % 2**32
        return np.float64((bits ^ bits >> 14) / 2**32)
