"""Says where an address leads that a post bears, before anybody goes there. It leads nowhere by itself, and
opens for no address but those that a page of ours was shown with.
"""

from __future__ import annotations

from starlette.responses import Response

from alerts.links import Links
from data.store.engine.connect import Connection
from data.web.urls import visible
from monitor.desk.matter.facts import site_of
from monitor.desk.page import shown
from monitor.desk.routes import DeskRequest

_SEALED_AS = "leave"
_LONGEST = 600
"""So many bytes of an address can be sealed; what is longer is shown, and not opened from here."""


def leaving(links: Links, root: str, address: str) -> str:
    """Where that address is told of first; "" where there is none, or it is too long. `root` is the path
    under which the site lies.
    """
    said = address.encode(errors="replace")
    return f"{root}/leave/{links.seal(_SEALED_AS, said)}" if 0 < len(said) <= _LONGEST else ""


def opens(links: Links, key: str) -> bool:
    """Did we make that key?"""
    return links.unseal(_SEALED_AS, key) is not None


def show(asking: DeskRequest, con: Connection) -> Response:
    """The page that says it."""
    address = (asking.context.links.unseal(_SEALED_AS, asking.key) or b"").decode()
    view = {"address": visible(address), "site": site_of(address), "leads": address}
    return shown("leave.html", asking.language, 200, who=asking.who, page="", **view)
