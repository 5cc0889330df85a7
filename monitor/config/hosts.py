"""Hosts that must be let through a school's filter, by the settings as they are; and what each is for."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from urllib.parse import urlsplit

from alerts.delivery.chat import asked_at
from alerts.delivery.web import AUTHORITY, GRAPH
from data.frozen import freeze
from data.shipped import read_table
from data.store.engine.rows import group_pairs
from monitor.config.load import Config
from monitor.config.model import GOOGLE, MICROSOFT
from sources.mailbox.address import is_graph, is_mailbox, mailbox_at

_GOOGLE_TOO = ("https://oauth2.googleapis.com", "https://www.googleapis.com")
"""Where Google's discovery document says that a sign-in goes on."""
_IANA = "https://data.iana.org/rdap/"
_PORTS = {"http": 80, "https": 443}

Reached = tuple[str, int]


class Purpose(StrEnum):
    """The purpose that a host is asked for, as the list says it; a mailbox’s name follows its own."""

    PLACES = "sources that are read"
    MAILBOX = "the mailbox"
    MAIL = "sending mail"
    MAIL_SIGN_IN = "signing in to send email"
    DESK_SIGN_IN = "signing in at the desk"
    CHAT = "short messages"
    TIME_STAMPS = "time stamps"
    HEARTBEAT = "the heartbeat"
    RDAP = "who hosts a page (RDAP)"


@freeze
class AllowedHost:
    """A host and port, and what for; `proxied`: it is asked through the proxy where there is one."""

    host: str
    port: int
    what_for: tuple[str, ...]
    proxied: bool = True


Told = tuple[Reached, str, bool]


def hosts(config: Config) -> list[AllowedHost]:
    """All of them, each once, in the order of what they are for."""
    found = group_pairs(((reached, proxied), why) for reached, why, proxied in _list_hosts(config))
    return [AllowedHost(*at, tuple(dict.fromkeys(why)), proxied) for (at, proxied), why in found.items()]


def by_purpose(config: Config) -> dict[str, tuple[str, ...]]:
    """The names of those hosts by what for, as `Purpose` names it in small letters; each of all of them."""
    told = [(host, why) for (host, _), why, _ in _list_hosts(config)]
    found = {p: dict.fromkeys(host for host, why in told if why.startswith(p)) for p in Purpose}
    return {purpose.name.lower(): tuple(hosts) for purpose, hosts in found.items()}


def _list_hosts(config: Config) -> Iterator[Told]:
    yield from (*_places(config), *_mail(config), *_people(config), *_besides(config))


def _places(config: Config) -> Iterator[Told]:
    for source in (source for source in config.sources if source.disabled is None):
        if is_graph(source.url):
            for url in (AUTHORITY, GRAPH):
                yield from _web(url, f"{Purpose.MAILBOX} {source.name}")
        elif is_mailbox(source.url):
            target = mailbox_at(source.url).target
            yield (target.host, target.port), f"{Purpose.MAILBOX} {source.name}", True
        else:
            yield from _web(source.url, Purpose.PLACES)


def _mail(config: Config) -> Iterator[Told]:
    mail = config.mail
    if mail is None:
        return
    if mail.host and mail.sign_in != "graph":
        yield (mail.host, mail.port), Purpose.MAIL, False
    if mail.sign_in != "password":
        yield from _web(AUTHORITY, Purpose.MAIL_SIGN_IN)
    if mail.sign_in == "graph":
        yield from _web(GRAPH, Purpose.MAIL)


def _people(config: Config) -> Iterator[Told]:
    if config.sign_in is not None:
        google = config.sign_in.provider == "google"
        for url in (GOOGLE, *_GOOGLE_TOO) if google else (MICROSOFT,):
            yield from _web(url, Purpose.DESK_SIGN_IN)
    for address in config.chats.values():
        for url in asked_at(address.get_secret_value()):
            yield from _web(url, Purpose.CHAT)


def _besides(config: Config) -> Iterator[Told]:
    if config.evidence.timestamp_url:
        yield from _web(config.evidence.timestamp_url, Purpose.TIME_STAMPS)
    if config.heartbeat is not None:
        yield from _web(config.heartbeat.get_secret_value(), Purpose.HEARTBEAT)
    known = read_table("sources", "registries.toml")
    for url in (_IANA, *known["dns"].values(), *(region["server"] for region in known["regions"])):
        yield from _web(url, Purpose.RDAP)


def _web(url: str, why: str) -> Iterator[Told]:
    parts = urlsplit(url)
    if parts.hostname:
        yield (parts.hostname, parts.port or _PORTS.get(parts.scheme, 443)), why, True
