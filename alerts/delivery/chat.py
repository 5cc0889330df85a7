"""A short message: a text by GOV.UK Notify, or by apprise to Teams, Slack, ntfy, a gateway. One line and a
link; for Teams an Adaptive Card with `Action.OpenUrl`, for Slack blocks: school, number, what is tapped.

Apprise does the network. It is imported late (it takes 44 MB), and is silent from then on: its log may name
addresses, and these hold tokens. `post` asks a process of its own to do it: all that memory goes again,
one that a service keeps waiting is ended, and `chat_guard` binds it to the public internet.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import queue
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Collection, Mapping
from dataclasses import asdict, field
from html import escape
from ipaddress import ip_address
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import certifi
import requests
import truststore
from requests.adapters import HTTPAdapter

from alerts.delivery.mail import header_line
from alerts.delivery.results import SENT, Cause, Result, SendOutcome, retry
from data.frozen import freeze
from data.types import OutboxMessage
from data.web.channels import host_of
from data.web.public_addresses import may_be_own, public_name, why_closed

_LOOK_UP_S = 2.0
_DIALS = frozenset(("socket.connect", "socket.sendto", "socket.sendmsg"))
_USUAL = (80, 443)


@freeze
class Way:
    """The way to services. `own` are hosts that may be in a private network; `proxy` has its password.
    `ca_file` is a PEM file of authorities that are trusted beside the world's and this machine's."""

    own: tuple[str, ...] = ()
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None


class Guard:
    """Binds the process that it enters, for good. `refused` says whether something was not let through."""

    def __init__(self, address: str, way: Way) -> None:
        self.refused = False
        self._way = way
        self._own = _place(address) if host_of(address) in {h.lower() for h in way.own} else None
        self._open: set[tuple[str, int]] = set()

    def enter(self) -> None:
        """From now on nothing else is dialled, whoever asks."""
        if self._own is not None:  # the school's own server, where this message goes there
            host, ports = self._own
            self._open |= {(ip, port) for ip in _addresses(host) if may_be_own(ip) for port in ports}
        if self._way.proxy is not None:
            parts = urlsplit(self._way.proxy)
            self._open |= {(ip, parts.port or 80) for ip in _addresses(parts.hostname or "")}
        self._say_the_way()
        _trust(self._way.ca_file)
        if self._way.proxy is not None:
            self._judge_what_the_proxy_is_asked()
        sys.addaudithook(self._check_dial)

    def _check_dial(self, event: str, given: tuple[Any, ...]) -> None:
        """Refuse an address that may not be dialled. Without one, the connection was judged when opened."""
        if event in _DIALS and given[1] is not None and not self.may(given[1]):
            self.refused = True
            raise PermissionError("not an address of the public internet")

    def may(self, address: object) -> bool:
        """May it be dialled? Not by a name, which can mean anything once it is looked up; nor by a path."""
        if not isinstance(address, tuple) or len(address) < 2:
            return False
        return address[:2] in self._open or why_closed(str(address[0])) is None

    def may_ask_proxy(self, url: str) -> bool:
        """May the proxy be asked for this? Messages to the school's own server do not go through it."""
        host = host_of(url)
        own = self._own is not None and host == self._own[0]
        return own or (public_name(host) and all(why_closed(ip) is None for ip in _addresses(host)))

    def _say_the_way(self) -> None:
        """To requests, by the environment of this process: this proxy or none, and no one's passwords."""
        for name in [n for n in os.environ if n.lower().endswith("_proxy")]:
            del os.environ[name]
        os.environ["NETRC"] = os.devnull
        if self._way.proxy is None:
            os.environ["NO_PROXY"] = "*"
            return
        os.environ["HTTP_PROXY"] = os.environ["HTTPS_PROXY"] = self._way.proxy
        if self._own is not None:
            os.environ["NO_PROXY"] = self._own[0]

    def _judge_what_the_proxy_is_asked(self) -> None:
        send = HTTPAdapter.send

        def judge_then_send(adapter: HTTPAdapter, request: Any, *given: Any, **named: Any) -> Any:
            if not self.may_ask_proxy(str(request.url)):
                self.refused = True
                raise PermissionError("not a name of the public internet")
            return send(adapter, request, *given, **named)

        HTTPAdapter.send = judge_then_send  # type: ignore[assignment,method-assign]


def stays_inside(address: str, own: Collection[str]) -> bool:
    """Does it name this machine or a private address outright, without being in `own`? Looks nothing up."""
    host = host_of(address)
    if host in {name.lower() for name in own}:
        return False
    try:
        return why_closed(str(ip_address(host))) is not None
    except ValueError:
        return host == "localhost"


def _place(url: str) -> tuple[str, tuple[int, ...]]:
    try:
        port = urlsplit(url).port
    except ValueError:
        port = None
    return host_of(url), (port,) if port else _USUAL


def _addresses(host: str) -> list[str]:
    """Those that this machine knows within two seconds; none where it knows none."""
    found: queue.SimpleQueue[list[str]] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found.put([str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)])
        except (OSError, UnicodeError):
            found.put([])

    threading.Thread(target=look_up, daemon=True).start()
    try:
        return found.get(timeout=_LOOK_UP_S)
    except queue.Empty:
        return []


def _trust(ca_file: str | None) -> None:
    """This machine's authorities beside certifi's, which requests takes; and those of the file."""
    truststore.inject_into_ssl()
    os.environ.pop("REQUESTS_CA_BUNDLE", None)
    os.environ.pop("CURL_CA_BUNDLE", None)
    if ca_file is None:
        return
    try:
        content = Path(certifi.where()).read_bytes() + b"\n" + Path(ca_file).read_bytes()
    except OSError:
        return
    with tempfile.NamedTemporaryFile(suffix=".pem", delete=False) as both:
        both.write(content)
    atexit.register(os.unlink, both.name)
    os.environ["REQUESTS_CA_BUNDLE"] = both.name


LONGEST = 300
"""Letters of a line: two text messages at most."""

POST_S = 30.0
"""So long one service may take. Apprise waits four seconds for each byte, some of its plug-ins for ever."""

_RESULTS = (
    SENT, retry(Cause.CHAT_REFUSED), Result(SendOutcome.FAILED, Cause.BAD_ADDRESS),
    Result(SendOutcome.FAILED, Cause.CHAT_PRIVATE),
)  # fmt: skip
"""What the process ends with: 0 to 3."""
_OPEN = Way()
_LINE = re.compile(r"(?P<matter>.+?)(?:\s+(?P<label>[^.:]+): (?P<url>https?://\S+))?", re.DOTALL)
_OURSELVES = "Schoolgate. "
_LINK = re.compile(r"https?://[^\s()\[\]]+")


def post(
    message: OutboxMessage,
    address: str,
    way: Way = _OPEN,
    wait_s: float = POST_S,
    schools: Mapping[str, str] = MappingProxyType({}),
) -> Result:
    """Sends the message's body as one line, in a process of its own, which has so many seconds. `schools` are
    their names by urn, for services of the school's own. An address that apprise does not know fails for
    good, and so does one that leads into a private network (`Way.own` names what may); whatever else goes
    wrong is tried again."""
    given = json.dumps(  # others see its arguments
        [address, header_line(message.body, LONGEST), asdict(way), schools.get(message.urn, "")]
    )
    try:
        ended = subprocess.run(
            [sys.executable, "-P", "-m", __name__], input=given.encode(), timeout=wait_s, check=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except (subprocess.TimeoutExpired, OSError):
        return _RESULTS[1]
    return _RESULTS[ended.returncode if ended.returncode in range(len(_RESULTS)) else 1]


def _send_guarded(address: str, line: str, way: dict[str, Any], school: str) -> Result:
    guard = Guard(address, Way(**way))
    guard.enter()
    result = notify(address, line, school)
    return _RESULTS[3] if guard.refused and result is not SENT else result


def notify(address: str, line: str, school: str = "") -> Result:
    """Sends the line from this process, to Teams and Slack with the school’s name."""
    if address.startswith(_NOTIFY):
        return send_text(address, line)
    to = _service(address)
    if to is None:
        return _RESULTS[2]
    # Has Teams and Slack sent what we make of the line, by apprise’s own requests.
    service = to[0]
    if "workflows" in service.secure_protocol:
        service.gen_payload = lambda **_: card(line, school)
    elif "slack" in service.secure_protocol:
        send = service._send
        service._send = lambda url, payload, **more: send(url, _in_blocks(payload, line, school), **more)
    given = {"body": line, "body_format": "text"}
    if service.notify_format == "markdown":
        # As text apprise writes a “\” before the dots of an address there. The words are ours, so the line
        # goes as Markdown; a card of Teams is told which part of it is a link.
        is_card = "workflows" in service.secure_protocol
        linked = _LINK.sub(r"[\g<0>](\g<0>)", line) if is_card else line
        given = {"body": linked, "body_format": "markdown"}
    try:
        taken = bool(to.notify(**given))
    except Exception:  # noqa: BLE001 - any of a hundred plug-ins; its words may hold the address
        taken = False
    return _RESULTS[0 if taken else 1]


GOV_UK = "https://api.notifications.service.gov.uk"
_NOTIFY = "govuk-notify://"
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TEXT = re.compile(
    rf"{_NOTIFY}(?P<to>\+?[0-9]{{10,15}})/(?P<template>{_UUID})/[\w.-]{{1,200}}-(?P<iss>{_UUID})-(?P<secret>{_UUID})"
)
"""A number, the template, and an API key: its name, the service that issued it, and the secret."""


def is_text(address: str) -> bool:
    return bool(_TEXT.fullmatch(address))


def send_text(address: str, line: str, base: str = GOV_UK) -> Result:
    """Send the line as a text by GOV.UK Notify, which sends what a template of the school says. As its
    documentation has it (docs.notifications.service.gov.uk/rest-api.html, November 2026): 201 took it; 400
    never will: no British mobile number, another template, a service that is still on trial; 403 (a key
    withdrawn, a clock half a minute out), 429 (a limit) and 500 may pass."""
    found = _TEXT.fullmatch(address)
    if found is None:
        return _RESULTS[2]
    from joserfc import jwk, jwt  # late: most homes send no texts

    claims = {"iss": found["iss"], "iat": int(time.time())}
    token = jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, jwk.OctKey.import_key(found["secret"]))
    given = {"message": line.removeprefix(_OURSELVES)}
    try:
        answer = requests.post(
            f"{base}/v2/notifications/sms",
            json={"phone_number": found["to"], "template_id": found["template"], "personalisation": given},
            headers={"Authorization": f"Bearer {token}"},
            timeout=POST_S / 2,
            allow_redirects=False,
        )
    except requests.RequestException:
        return _RESULTS[1]
    return {201: SENT, 400: _RESULTS[2]}.get(answer.status_code, _RESULTS[1])


def _in_blocks(payload: Any, line: str, school: str) -> Any:
    """Slack’s message in blocks; what else it is asked stays as it is."""
    if "attachments" not in payload:
        return payload
    return {key: value for key, value in payload.items() if key == "channel"} | blocks(line, school)


def _parts(line: str, school: str) -> tuple[str, str, str]:
    """Split “Schoolgate. The matter: read now. Open it: https://…” into matter, tap and address, else ""."""
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
    return {"type": "message", "attachments": [{"contentType": kind, "contentUrl": None, "content": content}]}


def blocks(line: str, school: str) -> dict[str, Any]:
    """For Slack; `text` is what a notification shows. Its link is no button, which would want an answer."""
    matter, label, url = _parts(line, school)
    shown = [{"type": "plain_text", "text": text} for text in (school, matter) if text]
    if url:
        shown.append({"type": "mrkdwn", "text": f"<{url}|{escape(label, quote=False)}>"})
    sections = [{"type": "section", "text": text} for text in shown]
    return {"text": escape(matter, quote=False), "blocks": sections, "unfurl_links": False}


def is_known_address(address: str) -> bool:
    """Do we, or apprise, know what to do with the address? Asks no service."""
    return is_text(address) or _service(address) is not None


_OF_APPRISE = frozenset(("app_url", "request_url", "service_url", "setup_url"))


def asked_at(address: str) -> tuple[str, ...]:
    """The web addresses at which that service is asked, as far as their hosts; none where it is not known.
    What stands in the address may be a token: its host is taken only where the service has none of its
    own."""
    if address.startswith(_NOTIFY):
        return (GOV_UK,)
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

        asset = apprise.AppriseAsset(async_mode=False, image_url_mask="", image_url_logo="")
        to = apprise.Apprise(asset=asset)
        return to if to.add(address) and len(to) else None


if __name__ == "__main__":
    sys.exit(_RESULTS.index(_send_guarded(*json.load(sys.stdin))))
