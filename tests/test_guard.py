"""What a kernel sends can't fill the grader's memory, and what it says can't command a terminal."""

import logging
import threading

from grader.sandbox.guard import guarded
from grader.text import PlainLog, plain


def test_guard_ends_what_makes_memory_grow():
    ended = threading.Event()
    with guarded(ended.set, 50 * 2**20):
        held = bytearray(b"x") * (100 * 2**20)
        assert ended.wait(5)
    assert held


def test_guard_lets_small_things_be():
    ended = threading.Event()
    with guarded(ended.set, 50 * 2**20):
        assert not ended.wait(0.3)


def test_text_for_a_terminal_keeps_lines_and_loses_commands():
    hostile = "a\tb\n\x1b[31mred\x07 \u202etxt\ud800 é"
    assert plain(hostile) == "a\tb\n\\x1b[31mred\\x07 \\u202etxt\\ud800 é"
    assert plain(hostile, lines=False) == r"a\tb\n\x1b[31mred\x07 \u202etxt\ud800 é"


def test_log_is_plain(caplog):
    log = logging.getLogger("hostile")
    log.addFilter(PlainLog())
    log.warning("%s was graded", "\x1b]0;owned\x07")
    assert caplog.messages == [r"\x1b]0;owned\x07 was graded"]
