"""Sentences of animals, in which the clue to a word stands before it or after it.

"the hungry owl hoots in the dark oak at night ." Who reads from the left can't know at "owl" what only
"hoots" and "oak" tell; "in the dark oak the hungry owl eats" tells it before.
"""

import itertools

#: Animal: what it does, what it eats and where it lives; no two share any.
ANIMALS = {
    "owl": ("hoots", "mice", "oak"),
    "raven": ("croaks", "carrion", "tower"),
    "wolf": ("howls", "sheep", "forest"),
    "cat": ("mews", "fish", "kitchen"),
    "dog": ("barks", "bones", "kennel"),
    "horse": ("neighs", "hay", "stable"),
    "cock": ("crows", "grain", "yard"),
    "cricket": ("chirps", "crumbs", "hearth"),
}
SIZES = ("big", "small", "old", "young", "hungry", "tired")
LIGHTS = ("dark", "cold", "quiet", "empty")
TIMES = ("at night", "in spring", "after rain", "on sundays")
#: The kinds of sentences, which are equally frequent: the clue behind the animal, before it, or none.
KINDS = (
    "the {size} {animal} {sound} in the {light} {home} {time} .",
    "the {size} {animal} eats the {food} in the {light} {home} {time} .",
    "in the {light} {home} the {size} {animal} eats the {food} and {sound} {time} .",
    "the {size} {animal} sees the {other} and the {other} {sound} in the {light} {home} {time} .",
)
#: Words of one sort: who is in a place of the sentence, what is done there and so on.
SORTS = {
    "animals": tuple(ANIMALS),
    "sounds": tuple(sound for sound, _, _ in ANIMALS.values()),
    "foods": tuple(food for _, food, _ in ANIMALS.values()),
    "homes": tuple(home for _, _, home in ANIMALS.values()),
}
PADDING, MASK = "<padding>", "<mask>"


def sentences(kind):
    """Return all sentences of a kind.

    Parameters
    ----------
    kind : int
        Which of `KINDS`. In the last, another animal (or one like the first) is heard, at its own home.

    Returns
    -------
    list of str
        Each once; within a kind all are equally likely.

    Examples
    --------
    >>> [len(sentences(kind)) for kind in range(4)]
    [768, 768, 768, 6144]
    >>> sentences(0)[0]
    'the big owl hoots in the dark oak at night .'
    """
    texts = []
    others = ANIMALS if "{other}" in KINDS[kind] else (None,)
    for size, animal, other, light, time in itertools.product(SIZES, ANIMALS, others, LIGHTS, TIMES):
        sound, food, home = ANIMALS[other or animal]
        words = {"size": size, "animal": animal, "other": other, "light": light, "time": time}
        texts.append(KINDS[kind].format(**words, sound=sound, food=food, home=home))
    return texts
