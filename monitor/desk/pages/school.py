"""The pages for looking after the school: those that its reader may come to, each with what it is for."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import Response

from monitor.desk.page import shown
from monitor.desk.routes import DeskPage, DeskRequest


def show(pages: Iterable[DeskPage], asking: DeskRequest) -> Response:
    """The list of them."""
    person, config = asking.signed_in.person, asking.context.config
    listed = [(page.path, page.listed) for page in pages if page.listed and page.is_for(person, config)]
    return shown("school.html", asking.language, who=asking.signed_in, page="school", pages=listed)
