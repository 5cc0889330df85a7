"""A page with a form for whoever is not signed in yet: the form is bound to what their browser keeps."""

from __future__ import annotations

import re
from secrets import token_urlsafe

from starlette.responses import Response

from monitor.desk import session
from monitor.desk.page import shown
from monitor.desk.routes import DeskRequest


def shown_to_visitor(asking: DeskRequest, template: str, status: int, /, **view: object) -> Response:
    """The page that a template makes of a view, whose form counts for this browser alone."""
    visit = asking.kept.get("visit") or token_urlsafe(16)
    token = asking.token or session.form_token(visit)
    answer = shown(template, asking.language, status, who=asking.who, token=token, **view)
    if not asking.token:
        session.set_cookie(answer, asking.context.links.base_url, "visit", visit, None)
    return answer


_LOCAL = re.compile(r"/(?![/\\])[\w/.~-]*", re.ASCII)


def way_back(to: str) -> str:
    """Where somebody wanted to go, where that is a page of ours; else Today."""
    return to if _LOCAL.fullmatch(to) else "/"
