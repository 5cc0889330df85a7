"""The way to Microsoft 365, and how its mailboxes are signed in to for reading."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

from alerts.delivery.results import OF_THE_TOKEN, Cause, Unready
from alerts.delivery.web import GRAPH_SCOPE, Application, Token, Tokens, WebAccess
from data.effects import utc_now
from data.types import Outcome
from data.words.say import words
from monitor.config.load import Config, Network, SignIn
from sources.http.connection import trust
from sources.http.guard import FetchAborted
from sources.mailbox.reading import MailboxAccess


def proxy_address(network: Network) -> str | None:
    """The proxy's whole address, with the password that is wanted there."""
    if not network.proxy or not network.proxy_user:
        return network.proxy
    password = network.proxy_password.get_secret_value() if network.proxy_password else ""
    signed_in = f"{quote(network.proxy_user, safe='')}:{quote(password, safe='')}"
    return network.proxy.replace("://", f"://{signed_in}@", 1)


def web_access(network: Network) -> WebAccess:
    """The way to Microsoft: whoever is trusted for pages is trusted there."""
    return WebAccess(trust(network.ca_file), proxy_address(network))


def graph_inboxes(config: Config) -> dict[str, MailboxAccess]:
    """Return how Graph is signed in to for each mailbox at Microsoft 365, by its source's id."""
    return {key: _access(box, config.network) for key, box in config.mailboxes.items() if box.client_id}


def _access(box: SignIn, network: Network) -> MailboxAccess:
    secret = box.password.get_secret_value() if box.password else None
    tokens = _tokens(Application(box.tenant, box.client_id, GRAPH_SCOPE, secret, box.certificate), network)

    def token() -> Token:
        try:
            return tokens.token()
        except Unready as unready:
            raise _without(unready) from None

    return MailboxAccess(token, tokens.throw_away, box.other)


@cache
def _tokens(application: Application, network: Network) -> Tokens:
    """One for each application as long as the process lasts: a service asks once an hour."""
    return Tokens(application, None, web_access(network), utc_now)


def _without(unready: Unready) -> FetchAborted:
    """Why there is no token, as a reading that failed says it."""
    result = unready.result
    said = words("en")(f"failure.cause.{result.cause or Cause.OURS}")
    code = f" ({result.code})" if result.code else ""
    ours = result.cause in OF_THE_TOKEN | {Cause.APP_NO_RIGHT}
    return FetchAborted(
        Outcome.MISCONFIGURED if ours else Outcome.UNREACHABLE,
        f"{said[0].upper()}{said[1:]}{code}. {_SEE}",
        retry_after_s=result.wait_s,
    )


_SEE = "What that means and what to do: ⟪docs⟫ microsoft-365, “What the server says”."
