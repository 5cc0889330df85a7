"""The ways in which a school's mail goes out: what each fixes beforehand, and which page tells of it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

from monitor.config.model import MailSettings

MICROSOFT, GOOGLE, OWN = "Microsoft 365", "Google Workspace", "a server or relay of our own"
PROVIDERS = (MICROSOFT, GOOGLE, OWN)

CONNECTOR_ENDS = ".mail.protection.outlook.com"
"""How the name of a school's own entrance to Microsoft 365 ends."""


class WayName(StrEnum):
    """As `mail setup --way` takes it."""

    GRAPH = "graph"
    XOAUTH2 = "xoauth2"
    CONNECTOR = "connector"
    PASSWORD = "m365-password"
    APP_PASSWORD = "app-password"
    GOOGLE_RELAY = "google-relay"
    RELAY = "relay"


@dataclass(frozen=True, slots=True)
class SendingWay:
    """One of them, as `ways.toml` says; `secret` is what it signs in with, as a person knows it."""

    name: WayName
    provider: str
    said: str
    page: str
    heading: str
    host: str | None = None
    port: int = 587
    sign_in: str = "password"
    secret: str = ""

    @property
    def server(self) -> dict[str, object]:
        """What [mail] holds of the server that everybody has."""
        return {"host": self.host, "port": self.port, "security": "starttls"} if self.host else {}


OFFICE = "smtp.office365.com"
_ROWS = tomllib.loads(files("monitor.setup.mail").joinpath("ways.toml").read_text(encoding="utf-8"))["way"]
WAYS = {WayName(row["name"]): SendingWay(**row | {"name": WayName(row["name"])}) for row in _ROWS}


def ways_of(provider: str) -> tuple[SendingWay, ...]:
    """Those of one provider, the recommended one first."""
    return tuple(way for way in WAYS.values() if way.provider == provider)


def way_of(mail: MailSettings) -> SendingWay:
    if mail.sign_in == "graph":
        return WAYS[WayName.GRAPH]
    if mail.sign_in == "xoauth2":
        return WAYS[WayName.XOAUTH2]
    host = (mail.host or "").lower().rstrip(".")
    if host.endswith(CONNECTOR_ENDS):
        return WAYS[WayName.CONNECTOR]
    known = (way for way in WAYS.values() if way.host == host and way.sign_in == "password")
    return next(known, WAYS[WayName.RELAY])


def where(mail: MailSettings) -> str:
    """Where it hands mail over, as a person reads it."""
    return f"{mail.host}, port {mail.port}" if mail.host else "Microsoft Graph"
