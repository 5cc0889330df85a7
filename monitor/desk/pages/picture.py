"""What a safeguarding lead says afterwards of a picture: a file that was not taken shows nothing of the kind,
or an image at an address does, or does not.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from data.effects import Clock
from data.steps.acts import Done, Refused
from data.store.engine.connect import Connection
from data.words.say import words
from monitor.act.report_in import hand_in_picture, judge_image
from monitor.config.home.paths import Paths
from monitor.desk.handing import file_faults
from monitor.desk.page import shown
from monitor.desk.routes import DeskRequest

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
