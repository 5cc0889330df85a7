"""A short message by apprise: Teams, Slack, ntfy, a text message gateway. One line and a link; for Teams an
Adaptive Card with `Action.OpenUrl`, for Slack blocks: the school, the matter, and what is tapped.

Apprise does the network. It is imported late (it takes 44 MB), and is silent from then on: its log may name
addresses, and these hold tokens. `post` asks a process of its own to do it: all that memory goes again,
one that a service keeps waiting is ended, and `chat_guard` binds it to the public internet.
"""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import warnings
from collections.abc import Mapping
from dataclasses import asdict
from html import escape
from types import MappingProxyType
from typing import Any

from alerts.delivery.chat_guard import Guard, Way, host_of
from alerts.delivery.mail import one_line
from alerts.delivery.results import SENT, Cause, Result, SendOutcome
from data.types import OutboxMessage

LONGEST = 300
"""Letters of a line: two text messages at most."""


POST_S = 30.0
"""So long one service may take. Apprise waits four seconds for each byte, some of its plug-ins for ever."""

_RESULTS = (
    SENT, Result(SendOutcome.RETRY, Cause.CHAT_REFUSED), Result(SendOutcome.FAILED, Cause.BAD_ADDRESS),
    Result(SendOutcome.FAILED, Cause.CHAT_PRIVATE),
)  # fmt: skip
"""What the process ends with: 0 to 3."""
_OPEN = Way()
_LINE = re.compile(r"(?P<matter>.+?)(?:\s+(?P<label>[^.:]+): (?P<url>https?://\S+))?", re.DOTALL)
_OURSELVES = "Schoolgate. "
_LINK = re.compile(r"https?://[^\s()\[\]]+")
_PICTURES = re.compile(r"[?&]image=(yes|true|on|1)\b", re.IGNORECASE)


def post(
    message: OutboxMessage,
    address: str,
    way: Way = _OPEN,
    wait_s: float = POST_S,
    schools: Mapping[str, str] = MappingProxyType({}),
) -> Result:
    """Sends the message's body as one line, in a process of its own, which has so many seconds. `schools` are
    their names by urn, for services of the school's own.

    An address that apprise does not know fails for good, and so does one that leads into a private network
    (`Way.own` names what may); whatever else goes wrong is tried again.
    """
    given = json.dumps(  # others see its arguments
        [address, one_line(message.body, LONGEST), asdict(way), schools.get(message.urn, "")]
    )
    try:
        ended = subprocess.run(
            [sys.executable, "-P", "-m", __name__], input=given.encode(), timeout=wait_s, check=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except (subprocess.TimeoutExpired, OSError):
        return _RESULTS[1]
    return _RESULTS[ended.returncode if ended.returncode in range(len(_RESULTS)) else 1]


def _bound(address: str, line: str, way: dict[str, Any], school: str) -> Result:
    """Sends it from this process, which is bound by the guard from now on."""
    guard = Guard(address, Way(**way))
    guard.enter()
    result = notify(address, line, school)
    return _RESULTS[3] if guard.refused and result is not SENT else result


def notify(address: str, line: str, school: str = "") -> Result:
    """Sends the line from this process, to Teams and Slack with the school’s name."""
    to = _service(address)
    if to is None:
        return _RESULTS[2]
    if not _PICTURES.search(address):
        # Has Teams and Slack sent what we make of the line, by apprise’s own requests.
        service = to[0]
        if "workflows" in service.secure_protocol:
            service.gen_payload = lambda **_: card(line, school)
        elif "slack" in service.secure_protocol:
            send = service._send
            service._send = lambda url, payload, **more: send(url, _in_blocks(payload, line, school), **more)
    try:
        taken = bool(to.notify(**_written(line, to[0])))
    except Exception:  # noqa: BLE001 - any of a hundred plug-ins; its words may hold the address
        taken = False
    return _RESULTS[0 if taken else 1]


def _in_blocks(payload: Any, line: str, school: str) -> Any:
    """Slack’s message in blocks; what else it is asked stays as it is."""
    if "attachments" not in payload:
        return payload
    return {key: value for key, value in payload.items() if key == "channel"} | blocks(line, school)


def _parts(line: str, school: str) -> tuple[str, str, str]:
    """Of “Schoolgate. Threat on a local forum: read now. Open it: https://…” the matter, and what is to be
    tapped, with its address; "" where there is none."""
    found = _LINE.fullmatch(line.removeprefix(_OURSELVES).removeprefix(f"{school}: "))
    matter, label, url = found.group("matter", "label", "url") if found else (line, None, None)
    return matter, label or "", url or ""


def card(line: str, school: str) -> dict[str, Any]:
    """For Teams, as a flow “When a Teams webhook request is received” takes it."""
    matter, label, url = _parts(line, school)
    texts = [{"text": school, "weight": "Bolder"}, {"text": matter, "size": "Medium"}]
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "TextBlock", "wrap": True, **text} for text in texts if text["text"]],
        "actions": [{"type": "Action.OpenUrl", "title": label, "url": url}] if url else [],
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {
        "type": "message",
        "attachments": [{"contentType": kind, "contentUrl": None, "content": content}],
    }


def blocks(line: str, school: str) -> dict[str, Any]:
    """For Slack; `text` is what a notification shows. Its link is no button, which would want an answer."""
    matter, label, url = _parts(line, school)
    shown = [{"type": "plain_text", "text": text} for text in (school, matter) if text]
    if url:
        shown.append({"type": "mrkdwn", "text": f"<{url}|{escape(label, quote=False)}>"})
    return {
        "text": escape(matter, quote=False),
        "blocks": [{"type": "section", "text": text} for text in shown],
        "unfurl_links": False,
    }


def _written(line: str, service: Any) -> dict[str, str]:
    """The line for this service, so that its link can be tapped.

    As text apprise writes a “\\” before the dots of an address where the service reads Markdown. The words
    are ours, so there the line goes as Markdown; a card of Teams is told which part of it is a link.
    """
    if service.notify_format != "markdown":
        return {"body": line, "body_format": "text"}
    is_card = "workflows" in service.secure_protocol
    return {"body": _LINK.sub(r"[\g<0>](\g<0>)", line) if is_card else line, "body_format": "markdown"}


def known(address: str) -> bool:
    """Does apprise know what to do with the address? Asks no service."""
    return _service(address) is not None


_OF_APPRISE = frozenset(("app_url", "request_url", "service_url", "setup_url"))


def asked_at(address: str) -> tuple[str, ...]:
    """The web addresses at which that service is asked, as far as their hosts; none where it is not known.

    What stands in the address may be a token: its host is taken only where the service has none of its own.
    """
    to = next(iter(_service(address) or ()), None)
    urls = {name: str(getattr(to, name, "")) for name in dir(to) if name.endswith("_url")} if to else {}
    own = {name: url for name, url in urls.items() if name not in _OF_APPRISE and url.startswith("http")}
    fixed = [url for name, url in own.items() if not name.startswith("cloud_")]
    given = urls.get("request_url", "")
    return tuple(
        fixed or ([given] if "." in host_of(given) or host_of(given) == "localhost" else own.values())
    )


def _service(address: str) -> Any:
    logging.getLogger("apprise").disabled = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one of its plug-ins wants a module that Python will drop
        import apprise

        bare = {} if _PICTURES.search(address) else {"image_url_mask": "", "image_url_logo": ""}
        to = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False, **bare))
        return to if to.add(address) and len(to) else None


if __name__ == "__main__":
    sys.exit(_RESULTS.index(_bound(*json.load(sys.stdin))))
