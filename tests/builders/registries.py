"""Registers of names and networks for the tests: documents we wrote in the shape of the real ones."""

import json
from datetime import UTC, datetime

from support.checkout import FIXTURES

from data.types import FetchFailure, Outcome, Request, Response

RDAP = FIXTURES / "rdap"
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
PUBLIC = "93.184.216.34"
NOMINET = "https://rdap.nominet.uk/uk/domain/"
VERISIGN = "https://rdap.verisign.com/com/v1/domain/"
RIPE = "https://rdap.db.ripe.net/ip/"


def document(name):
    return (RDAP / f"{name}.json").read_bytes()


class Registers:
    """A `Fetch` that answers from a table of addresses, and notes what it was asked; 404 for all others."""

    def __init__(self, answers):
        self.answers = dict(answers)
        self.asked: list[Request] = []

    @property
    def urls(self):
        return [request.url for request in self.asked]

    def __call__(self, request):
        self.asked.append(request)
        answer = self.answers.get(request.url, 404)
        if isinstance(answer, FetchFailure):
            return answer
        if isinstance(answer, int):
            return a_failure(answer, request.url)
        return Response(request.url, 200, (("content-type", "application/rdap+json"),), answer, NOW)


def a_failure(status, url="https://rdap.example/"):
    outcome = {404: Outcome.GONE, 429: Outcome.BLOCKED, 400: Outcome.MISCONFIGURED}.get(
        status, Outcome.UNREACHABLE
    )
    return FetchFailure(outcome, url, f"It answered {status}.", NOW, status)


def resolving(*addresses):
    def resolve(host, port):
        if not addresses:
            raise OSError("no such name")
        return list(addresses)

    return resolve


def iana(**services):
    """IANA's three lists, each with these services."""
    return {
        f"https://data.iana.org/rdap/{name}.json": json.dumps(
            {"version": "1.0", "services": services.get(name, [])}
        ).encode()
        for name in ("dns", "ipv4", "ipv6")
    }
