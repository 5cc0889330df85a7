"""The words of a screenshot, proposed to its bringer: read in a process of its own for each picture.

What is read counts for nothing until somebody sends it. A reader that is missing, slow or broken changes
nothing but that they type the words themselves.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Lock

from data.web.urls import visible
from sources.capture.picture_words import can_read_pictures, words_on
from sources.parser_process import Bounds, ParserProcess

Reads = Callable[[bytes], str]
"""Gives the words on a picture, "" where there are none to propose."""
MOST_READ = 10_000
"""So many characters are taken from a picture: more words than a telephone shows."""
_WORK_S, _WHOLE_S, _MEMORY_MB = 12.0, 25.0, 512
"""Seconds of the processor, seconds by the clock, and the memory that a reading may take: three times the
seconds of a screenshot, and twice its memory."""
_TURN_S = 2.0

log = logging.getLogger("schoolgate.desk")


def picture_reader() -> Reads | None:
    """What reads the words on a picture; None without the extra `ocr`."""
    if not can_read_pictures():
        return None
    return PictureReader(ParserProcess(time.monotonic, Bounds(_WORK_S, _WHOLE_S, _MEMORY_MB)))


class PictureReader:
    """Reads one picture at a time, and ends the process after each: nothing of it stays in memory. Nobody
    waits for more than a moment for somebody else's."""

    def __init__(self, apart: ParserProcess, turn_s: float = _TURN_S) -> None:
        self._apart, self._turn, self._turn_s = apart, Lock(), turn_s

    def __call__(self, content: bytes) -> str:
        """The words, a line each; "" where there are none, or they could not be read in time. What reads
        them saw a stranger's picture, so what it says is a stranger's too."""
        if not self._turn.acquire(timeout=self._turn_s):
            return ""
        try:
            return visible(self._apart(words_on, content)[:MOST_READ])[:MOST_READ].strip()
        except Exception as error:  # noqa: BLE001 - an edge: whatever a picture does to its reader
            log.warning("a picture was not read: fault=%s", type(error).__name__)
            return ""
        finally:
            self._apart.let_go(0.0)
            self._turn.release()
