"""What a kernel sends can't fill the grader's memory, and what it says can't command a terminal."""

import asyncio
import logging
import math
import queue

import pytest

from grader.sandbox.guard import guarded
from grader.text import PlainLog, plain


def never():
    return math.inf


def test_guard_ends_what_makes_memory_grow():
    reasons = queue.Queue()
    with guarded(reasons.put, 50 * 2**20, never):
        held = bytearray(b"x") * (100 * 2**20)
        assert "too much memory" in reasons.get(timeout=5)
    assert held


def test_guard_ends_what_keeps_the_event_loop_from_its_clock():
    reasons = queue.Queue()

    async def starve():
        while reasons.empty():
            pass

    with guarded(reasons.put, 50 * 2**20, lambda: -math.inf):
        asyncio.run(starve())
    assert "too long" in reasons.get()
    assert reasons.empty()


def test_guard_lets_small_things_be():
    reasons = queue.Queue()
    with guarded(reasons.put, 50 * 2**20, never), pytest.raises(queue.Empty):
        reasons.get(timeout=0.3)


def test_text_for_a_terminal_keeps_lines_and_loses_commands():
    hostile = "a\tb\n\x1b[31mred\x07 \u202etxt\ud800 é"
    assert plain(hostile) == "a\tb\n\\x1b[31mred\\x07 \\u202etxt\\ud800 é"
    assert plain(hostile, lines=False) == r"a\tb\n\x1b[31mred\x07 \u202etxt\ud800 é"


def test_log_is_plain(caplog):
    log = logging.getLogger("hostile")
    log.addFilter(PlainLog())
    log.warning("%s was graded", "\x1b]0;owned\x07")
    assert caplog.messages == [r"\x1b]0;owned\x07 was graded"]
