"""Which way messages go out: by a mail server or by Microsoft Graph, as configured; short ones by apprise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import quote

from alerts.delivery import chat, deadline_smtp, graph
from alerts.delivery.chat_guard import Way
from alerts.delivery.deadline_smtp import Server
from alerts.delivery.graph import GraphCourier, GraphMailbox
from alerts.delivery.results import Courier, Result
from alerts.delivery.smtp import SmtpCourier
from alerts.delivery.tokens import GRAPH_SCOPE, SMTP_SCOPE, Application, Tokens
from alerts.delivery.web import WebAccess
from data.effects import Clock, utc_now
from data.types import OutboxMessage
from monitor.config.home.private_file import keep
from monitor.config.load import Config, Network
from monitor.config.settings import MailSettings
from monitor.home.wiring import text_of

TOKEN_FILE = "mail-token.json"
"""In the home: the token of the moment. In no backup, as it is asked for anew."""

MailWay = Server | GraphMailbox
Post = Callable[[OutboxMessage, str], Result]


def mail_way(config: Config, home: Path, clock: Clock = utc_now) -> MailWay | None:
    """How mail goes out as configured, None where nothing is."""
    mail = config.mail
    if mail is None:
        return None
    if mail.sign_in == "graph":
        web = _web(config.network)
        return GraphMailbox(mail.sender, _tokens(config, mail, GRAPH_SCOPE, home, web, clock), web, clock)
    password = config.mail_password.get_secret_value() if config.mail_password else None
    hello = mail.sender.rpartition("@")[2]
    host = mail.host or ""
    if mail.sign_in == "password":
        return Server(host, mail.port, mail.security, hello, mail.user, password)
    tokens = _tokens(config, mail, SMTP_SCOPE, home, _web(config.network), clock)
    return Server(host, mail.port, mail.security, hello, mail.user or mail.sender, tokens=tokens)


def courier(way: MailWay) -> Courier:
    """What hands mails over in this way."""
    return GraphCourier(way) if isinstance(way, GraphMailbox) else SmtpCourier(way)


def probe(way: MailWay, wait_s: float) -> Result:
    """How a mail would fare, as far as shows without sending one: that we are signed in.

    So long each answer may take, and three times as long all of it.
    """
    if isinstance(way, GraphMailbox):
        return graph.probe(replace(way, token_s=3 * wait_s))
    hurried = replace(way, connect_s=wait_s, command_s=wait_s, message_s=3 * wait_s)
    return deadline_smtp.probe(hurried)


def poster(network: Network) -> Post:
    """What posts a short message by the configured way."""
    return partial(chat.post, way=Way(network.own_servers, _proxy(network), text_of(network.ca_file)))


def _proxy(network: Network) -> str | None:
    """The proxy's whole address, with the password that is wanted there."""
    if not network.proxy or not network.proxy_user:
        return network.proxy
    password = network.proxy_password.get_secret_value() if network.proxy_password else ""
    signed_in = f"{quote(network.proxy_user, safe='')}:{quote(password, safe='')}"
    return network.proxy.replace("://", f"://{signed_in}@", 1)


def _web(network: Network) -> WebAccess:
    """The way to Microsoft: whoever is trusted for pages is trusted there."""
    from sources.http.sockets import trust

    return WebAccess(trust(text_of(network.ca_file)), _proxy(network))


def _tokens(
    config: Config, mail: MailSettings, scope: str, home: Path, web: WebAccess, clock: Clock
) -> Tokens:
    secret = config.mail_secret.get_secret_value() if config.mail_secret else None
    certificate = config.near(mail.certificate_file) if mail.certificate_file else None
    application = Application(mail.tenant or "", mail.client_id or "", scope, secret, certificate)
    return Tokens(application, home / TOKEN_FILE, web, clock, keep)
