"""A fetcher for the tests: real sockets, a time of day that stands, sleeping that only notes."""

from dataclasses import replace
from datetime import UTC, date, datetime

from sources.fetch import SITES_AT_ONCE, Fetcher
from sources.http.politeness import HostJob, Limits
from sources.keys import Key, KeyKind, Purse

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
QUICK = Limits(connect_s=2, deadline_s=5, per_host_interval_s=0)


def fetcher_for(*sites, **kwargs):
    """A fetcher that may visit these sites."""
    allowed = frozenset().union(*(site.allowed for site in sites)) if sites else frozenset()
    settings = {
        "agent": "Schoolgate/0 (+office@oakfield.example.sch.uk)", "clock": lambda: NOW,
        "sleep": lambda seconds: None, "limits": QUICK, "allow_loopback": allowed,
    }  # fmt: skip
    return Fetcher(**(settings | kwargs))


A_KEY_KIND = KeyKind(
    "api", "The Interface", "bearer", ("127.0.0.1",), "/trial", "https://api.example.org/keys", (),
    ("secret",), "key", "", "", "", "", "https://api.example.org/terms", date(2026, 11, 28),
)  # fmt: skip
ANY_NUMBER = Purse(reserve=lambda ask: "", settle=lambda ask, pence: None)


def with_key(name, host="127.0.0.1", kind=A_KEY_KIND, secret="abc", purse=ANY_NUMBER, **changes):
    """What a fetcher is given of one key, which is for that host alone."""
    key = Key(name, replace(kind, hosts=(host,)), secret, f"{name}.key", **changes)
    return {"keys": {name: key}.get, "purse": purse}


def unknown(host, port):
    """What resolves names where only the proxy knows any."""
    if host == "127.0.0.1":
        return [host]
    raise OSError(host, port)


def fetch_each(fetcher, requests, workers=SITES_AT_ONCE):
    """Each request with its answer or failure, as they complete."""
    jobs = (HostJob(one.url, lambda one=one: (one, fetcher.fetch(one)), one.auth is None) for one in requests)
    return fetcher.spread(jobs, workers)
