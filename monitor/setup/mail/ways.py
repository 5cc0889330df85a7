"""The ways in which a school's mail goes out: what each fixes beforehand, and which page tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.config.model import MailSettings

MICROSOFT, GOOGLE, OWN = "Microsoft 365", "Google Workspace", "a server or relay of our own"
PROVIDERS = (MICROSOFT, GOOGLE, OWN)

NO_MAIL = "no mail server is set up. To set one up: schoolgate mail setup"
"""What every command says where mail waits for one."""
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
    """One of them. `host` and `port` are those that everybody has; without, the school has its own.

    `secret` is what it signs in with, as a person knows it; "" where that is nothing, or may be nothing.
    """

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


_MICROSOFT_PAGE, _GOOGLE_PAGE = "microsoft-365", "google-workspace"
OFFICE = "smtp.office365.com"
WAYS = {
    way.name: way
    for way in (
        SendingWay(
            WayName.GRAPH, MICROSOFT,
            "Microsoft Graph: no password, and it may send from this one mailbox alone (recommended)",
            _MICROSOFT_PAGE, "1. Microsoft Graph", sign_in="graph", secret="the Value of the client secret",
        ),
        SendingWay(
            WayName.XOAUTH2, MICROSOFT,
            "a mail server with a token (XOAUTH2): where web addresses are blocked and port 587 is open",
            _MICROSOFT_PAGE, "2. A mail server with a token", host=OFFICE, sign_in="xoauth2",
            secret="the Value of the client secret",
        ),
        SendingWay(
            WayName.CONNECTOR, MICROSOFT,
            "a relay by connector: no secret at all, for a network with a fixed public address",
            _MICROSOFT_PAGE, "3. A relay by connector", port=25,
        ),
        SendingWay(
            WayName.PASSWORD, MICROSOFT,
            "an account's password: Microsoft switches that off at the end of December 2026; an "
            "administrator can switch it on again, until a day that it will name in the second half of 2027",
            _MICROSOFT_PAGE, "4. A password, until it ends", host=OFFICE, secret="the account's password",
        ),
        SendingWay(
            WayName.APP_PASSWORD, GOOGLE,
            "an app password of 16 letters: works from any network (recommended)",
            _GOOGLE_PAGE, "1. An app password", host="smtp.gmail.com", secret="the app password",
        ),
        SendingWay(
            WayName.GOOGLE_RELAY, GOOGLE,
            "Google's relay: no secret at all, for a network with a fixed public address",
            _GOOGLE_PAGE, "2. The relay, by address", host="smtp-relay.gmail.com",
        ),
        SendingWay(
            WayName.RELAY, OWN, "a server or relay of our own, the council's or another provider's",
            "mail-relay", "Set it up",
        ),
    )
}  # fmt: skip


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
