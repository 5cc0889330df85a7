"""Where a school's mail seems to live: proposed with the reason, never taken as known."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.config.load import Config
from monitor.setup.mail.ways import CONNECTOR_ENDS, GOOGLE, MICROSOFT
from sources.http.aborted import FetchAborted
from sources.http.address_guard import Resolve, Target, resolve_within, system_resolve

_WAIT_S = 3.0
"""So long the name server may take."""
_MICROSOFT_ENDS = ("onmicrosoft.com", "outlook.com", "hotmail.com", "live.com")
_GOOGLE_ENDS = ("gmail.com", "googlemail.com")


@dataclass(frozen=True, slots=True)
class ProposedProvider:
    """What is proposed and why; `provider` None where it cannot be known. `entrance` is the school's own
    server name at Microsoft 365, where the name server knows one.
    """

    provider: str | None
    why: str
    entrance: str | None = None


def own_domain(config: Config) -> str | None:
    """The domain that the school's own addresses end with."""
    addresses = [config.contact, *(person.email or "" for person in config.people)]
    at = next((address for address in addresses if "@" in address), "")
    return at.rpartition("@")[2] or next((s.domain for s in config.schools if s.domain), None)


def entrance_of(domain: str) -> str:
    """The name that Microsoft 365 gives to a domain's mail, as far as it follows from the domain."""
    return domain.replace(".", "-") + CONNECTOR_ENDS


def proposed(domain: str | None, resolve: Resolve = system_resolve) -> ProposedProvider:
    """By the domain itself, else by one question to this machine's name server, which asks nobody to sign in.

    Google gives no name of its own to a domain, so it is proposed only for its own addresses.
    """
    if not domain:
        return ProposedProvider(None, "no address of the school is in the settings")
    for ends, provider in ((_MICROSOFT_ENDS, MICROSOFT), (_GOOGLE_ENDS, GOOGLE)):
        if domain.lower().endswith(ends):
            return ProposedProvider(provider, f"{domain} is of {provider}")
    entrance = entrance_of(domain.lower())
    try:
        resolve_within(resolve, Target("smtp", entrance, 25), _WAIT_S)
    except FetchAborted:
        return ProposedProvider(None, f"the name server tells nothing of where {domain} has its mail")
    return ProposedProvider(MICROSOFT, f"the name server knows {entrance}", entrance)
