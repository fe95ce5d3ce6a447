"""Three tasks that one model is asked for in words: to translate, to summarise and to answer.

"answer : where is ross ? banquo is in the hall . ross is in the camp . lennox is in the cave ." asks for
"in the camp". Each task is drawn by a function of its own name.
"""

from typing import NamedTuple

from attnlib.data.translation import pair

NAMES = ("macbeth", "banquo", "duncan", "macduff", "malcolm", "ross", "fleance", "lennox")
ROOMS = ("hall", "tower", "camp", "cave", "garden", "chapel")
FOES = ("norway", "cawdor", "macdonwald", "siward")
FIELDS = ("forres", "fife", "dunsinane", "birnam")
THINGS = ("dagger", "crown", "letter", "cup", "drum", "torch")
#: What is said of the battle, and the verb of the summary.
WON, LOST = ("won", "beats"), ("lost", "loses-to")


class Task(NamedTuple):
    """What is asked, and what is to be said.

    Attributes
    ----------
    asked, said : str
        Words with a space between each; what is asked begins with the name of the task.
    """

    asked: str
    said: str


def translate(rng):
    """Draw a clause to translate, from `attnlib.data.translation`.

    Examples
    --------
    >>> import numpy as np
    >>> print(*translate(np.random.default_rng(8)), sep=" = ")
    translate english to french : the raven kills the green night = le corbeau tue la nuit verte
    """
    english, french, _ = pair(rng, 1)
    return Task(f"translate english to french : {english}", french)


def translate_back(rng):
    """Draw a clause to translate from French: a task for which nothing but the words is known.

    Examples
    --------
    >>> import numpy as np
    >>> print(*translate_back(np.random.default_rng(8)), sep=" = ")
    translate french to english : le corbeau tue la nuit verte = the raven kills the green night
    """
    english, french, _ = pair(rng, 1)
    return Task(f"translate french to english : {french}", english)


def summarise(rng):
    """Draw four pieces of news in any order, of which one is of a battle, told in one of three ways.

    Examples
    --------
    >>> import numpy as np
    >>> drawn = summarise(np.random.default_rng(1))
    >>> for piece in drawn.asked.split(" . "):
    ...     print(piece)
    summarise : malcolm rode to the tower
    malcolm slept in the chapel
    the letter of malcolm is lost
    the battle of forres was lost by macduff against siward .
    >>> drawn.said
    'macduff loses-to siward at forres'
    """
    (winner, other), (foe,), (field,) = (
        _some(rng, of, n) for of, n in ((NAMES, 2), (FOES, 1), (FIELDS, 1))
    )
    told, verb = WON if rng.random() < 0.5 else LOST
    battle = (
        f"the battle of {field} was {told} by {winner} against {foe}",
        f"at {field} {winner} met {foe} and {told}",
        f"against {foe} {winner} {told} the field of {field}",
    )[rng.integers(3)]
    (room, bed), (thing,) = _some(rng, ROOMS, 2), _some(rng, THINGS, 1)
    small = (
        f"{other} rode to the {room}",
        f"{other} slept in the {bed}",
        f"the {thing} of {other} is lost",
        "the night was dark",
    )
    pieces = [*_some(rng, small, 3), battle]
    return Task(f"summarise : {' . '.join(_some(rng, pieces, 4))} .", f"{winner} {verb} {foe} at {field}")


def answer(rng):
    """Draw who is in which room, and ask for one of them or for one of the rooms.

    Examples
    --------
    >>> import numpy as np
    >>> drawn = answer(np.random.default_rng(0))
    >>> for part in drawn.asked.split(" ? "):
    ...     print(part)
    answer : who is in the garden
    malcolm is in the chapel . lennox is in the garden . ross is in the hall .
    >>> drawn.said
    'lennox'
    """
    names, rooms = _some(rng, NAMES, 3), _some(rng, ROOMS, 3)
    i = rng.integers(3)
    ask, said = (
        (f"where is {names[i]}", f"in the {rooms[i]}"),
        (f"who is in the {rooms[i]}", names[i]),
    )[rng.integers(2)]
    facts = " ".join(f"{name} is in the {room} ." for name, room in zip(names, rooms, strict=True))
    return Task(f"answer : {ask} ? {facts}", said)


def _some(rng, words, n):
    return [words[i] for i in rng.choice(len(words), n, replace=False)]
