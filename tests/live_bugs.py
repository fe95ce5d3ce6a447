"""Where the game stands, and the rounds of some days, drawn here as its script should draw them."""

from attnlib.live import Bugs

CHAPTER = "find-the-bug"
LENGTH = 10
DAYS = [20261121 + day for day in range(8)] + [20270100 + day for day in range(1, 29)] + [20280229]


def drawn(seed, n):
    """Return a whole number below n, by Murmur's last steps on 32 bits."""
    x = (seed + 0x9E3779B9) & 0xFFFFFFFF
    x = (x ^ x >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    x = (x ^ x >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return (x ^ x >> 16) % n


def round_of(exhibits, day):
    """Return the places of a day's exhibits: one of each tenth, of exercises that weren't drawn yet."""
    chosen, used = [], set()
    for tenth in range(LENGTH):
        start, stop = (len(exhibits) * (tenth + more) // LENGTH for more in (0, 1))
        first = drawn(LENGTH * day + tenth, stop - start)
        order = [*range(start + first, stop), *range(start, start + first)]
        chosen.append(next((at for at in order if exhibits[at]["exercise"] not in used), order[0]))
        used.add(exhibits[chosen[-1]]["exercise"])
    return chosen


def states():
    """Yield figures, each with the numbers that its script should give."""
    for day in DAYS:
        figure = Bugs(day=day)
        # a page takes long over all of their numbers, which decide nothing
        figure.set_trait("exhibits", [{"exercise": one["exercise"]} for one in figure.exhibits])
        yield figure, {"round": round_of(figure.exhibits, day)}
