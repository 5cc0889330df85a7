"""A fetcher for the tests: real sockets, a time of day that stands, sleeping that only notes."""

from datetime import UTC, datetime

from sources.fetch import SITES_AT_ONCE, Fetcher
from sources.http.politeness import HostJob, Limits

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


def unknown(host, port):
    """What resolves names where only the proxy knows any."""
    if host == "127.0.0.1":
        return [host]
    raise OSError(host, port)


def fetch_each(fetcher, requests, workers=SITES_AT_ONCE):
    """Each request with its answer or failure, as they complete."""
    jobs = (HostJob(one.url, lambda one=one: (one, fetcher.fetch(one)), one.auth is None) for one in requests)
    return fetcher.spread(jobs, workers)
