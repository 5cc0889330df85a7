"""Pictures that are handed in."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from threading import Lock

from starlette.responses import Response

from data.effects import Clock
from data.steps.acts import Done, Refused
from data.store.engine.connect import Connection
from data.web.urls import visible
from data.words.say import words
from monitor.act.report_in import hand_in_picture, judge_image
from monitor.config.home.paths import Paths
from monitor.desk.handing import file_faults
from monitor.desk.page import shown
from monitor.desk.routes import DeskRequest
from sources.capture.picture_words import can_read_pictures, words_on
from sources.parser_process import Bounds, ParserProcess

# What a safeguarding lead says afterwards of a picture: a file that was not taken shows nothing of the kind,
# or an image at an address does, or does not.

_WHY = 500
_TYPED = ("number", "url", "why_file", "why_url")


def show(asking: DeskRequest, con: Connection) -> Response:
    """Asks of which."""
    return _page(asking, typed={"number": asking.query.get("number", "")[:16]})


def take(clock: Clock, asking: DeskRequest) -> Response:
    """Keeps the file, or settles what was said of the address; a lead does so at each of their schools."""
    form, typed = asking.form, {name: asking.form.get(name, "").strip() for name in _TYPED}
    do, home = form.get("do", ""), Paths(asking.context.home, asking.context.config.path)
    given = (asking.context.config, home, asking.signed_in.person)
    if do == "keep":
        of, why = typed["number"], typed["why_file"][:_WHY]
        if asking.cut:
            return _page(asking, "too_large", typed)
        if faults := file_faults(asking.files, asking.names, words(asking.language)):
            return _page(asking, typed=typed, faults=faults)
        if not (of and why and len(asking.files) == 1):
            return _page(asking, "unsaid", typed)
    else:
        of, why = typed["url"], typed["why_url"][:_WHY]
        if not (of and why and do in ("shows", "nothing")):
            return _page(asking, "unsaid", typed)
    done, no = False, None
    for school in asking.signed_in.schools:
        one: Done[str] | Done[int] | Refused
        if do == "keep":
            one = hand_in_picture(*given, (school.urn, of), asking.files[0], why, clock)
        else:
            one = judge_image(*given, (school.urn, of), why, asking.now, shows=do == "shows")
        if isinstance(one, Refused):
            no = one if no is None or no.guard == "one_post" else no
            continue
        done = True
        if do == "keep":
            break
    return _page(asking, done=do) if done else _page(asking, typed=typed, refused=no)


def _page(
    asking: DeskRequest,
    wrong: str = "",
    typed: dict[str, str] | None = None,
    *,
    done: str = "",
    refused: Refused | None = None,
    faults: Sequence[str] = (),
) -> Response:
    typed = dict.fromkeys(_TYPED, "") | (typed or {})
    view = {"wrong": wrong, "typed": typed, "done": done, "refused": refused, "faults": faults}
    return shown("tell_picture.html", asking.language, who=asking.signed_in, page="school", **view)


# The words of a screenshot, proposed to its bringer: read in a process of its own for each picture.

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
