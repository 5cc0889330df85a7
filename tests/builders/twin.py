"""The suite that every place with a key passes, read from a twin of its interface on this machine.

class TestYouTube(KeyedConformance):
    kind, key, url, cursor = "youtube", "youtube", "https://www.googleapis.com/youtube/v3/", "pageToken"
    settings = {"query": '"Oakfield Primary School"'}

    def answer(self, path, query, page): …the documented JSON of page 0, which leads to page 1…
    faults = {"wrong": (400, {}, {…}), "used_up": (403, {}, {…})}
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import pytest
from builders.fetcher import ANY_NUMBER, NOW, fetcher_for
from support.checkout import FIXTURES
from support.web_server import Answer, serve

from data.types import Outcome, Response, Source, SourceState
from monitor.pipeline.collect import Collected, collect
from sources.keys import Key, Purse, key_kinds
from sources.registry import collector
from sources.walls import KEY_USED_UP, asked_too_often

SECRET = "s3cret-of-the-twin"
REFUSED = ("wrong", "expired", "revoked", "unapproved", "unpaid", "clock")


class _Every(dict):
    """One route for every address."""

    def get(self, key, default=None):
        return self["*"]


class KeyedConformance:
    """`faults` are the interface's answers by what they mean: status, headers, JSON; `refused_empty` is the
    answer to the first ask that shows less than there is. `cursor` is the parameter that leads to page 1.
    """

    kind: ClassVar[str]
    key: ClassVar[str]
    url: ClassVar[str]
    cursor: ClassVar[str]
    settings: ClassVar[Mapping[str, object]] = {}
    faults: ClassVar[Mapping[str, tuple[int, Mapping[str, str], object]]] = {}
    refused_empty: ClassVar[object] = None
    needs: ClassVar[Mapping[str, object]] = {"user": "oakfield.example.org"}

    def answer(self, path: str, query: Mapping[str, str], page: int) -> object:
        """The documented answer to an ask."""
        raise NotImplementedError

    def read(
        self,
        fault: str = "",
        purse: Purse = ANY_NUMBER,
        state: SourceState | None = None,
        first: object = None,
    ) -> Collected:
        """What is read of the twin, which answers with that fault, or first with `first`; `asked` is kept."""
        kind, asked, tokens = key_kinds()[self.key], [], []
        session = kind.session and urlsplit(kind.session.url).path

        def route(exchange: Any) -> Answer:
            parts = urlsplit(exchange.asked.path)
            if session and parts.path == session:
                tokens.append(f"token-{len(tokens)}")
                return _json(200, {}, {kind.session.token: tokens[-1], "expires_in": 3600})
            asked.append(exchange.asked)
            if fault and (fault != "expired" or not session or len(tokens) < 2):
                return _json(*self.faults[fault])
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            if first is not None and len(asked) == 1:
                return _json(200, {}, first)
            return _json(200, {}, self.answer(parts.path, query, int(self.cursor in query)))

        with serve(_Every({"*": route})) as site:
            source = Source(
                "twin", self.kind, f"{site}{urlsplit(self.url).path}", ("900001",), max_pages=4,
                settings={"credential": "mine", **self.settings},
            )  # fmt: skip
            here = replace(kind, hosts=("127.0.0.1",))
            if session:
                here = replace(here, session=replace(kind.session, url=f"{site}{session}"))
            key = Key("mine", here, SECRET, "mine.key", pence_a_month=500.0, **self.needs)
            fetcher = fetcher_for(site, keys={"mine": key}.get, purse=purse)
            found = collect(
                source, state or SourceState("twin"), collector(self.kind), fetcher.fetch, lambda: NOW
            )
        self.asked, self.tokens = asked, tokens
        return found

    def test_every_page_is_read_once_with_the_key_in_a_header_and_never_in_an_address(self):
        found = self.read()
        assert found.mentions
        assert found.run.outcome in (Outcome.OK, Outcome.PARTLY), found.run.detail
        paths = [one.path for one in self.asked]
        assert len(paths) == len(set(paths)) > 1
        proof = self.tokens[0] if self.tokens else SECRET
        assert all(any(proof in value for value in one.headers.values()) for one in self.asked)
        assert not any(proof in one.path or SECRET in one.path for one in self.asked)
        assert len({m.id for m in found.mentions}) == len(found.mentions)
        assert all(m.url.startswith("https://") for m in found.mentions)

    def test_a_fault_of_the_key_says_what_it_is_and_what_to_do_and_never_the_secret(self):
        for fault in (name for name in REFUSED if name in self.faults):
            if fault == "expired" and key_kinds()[self.key].session:
                assert self.read(fault).mentions, "a session that is over is opened again"
                assert len(self.tokens) == 2
                continue
            run = self.read(fault).run
            assert run.outcome is Outcome.MISCONFIGURED, (fault, run)
            assert key_kinds()[self.key].title in run.detail
            assert "mine" in run.detail
            assert SECRET not in str(run)

    def test_what_is_used_up_or_asked_too_often_says_when_it_goes_on(self):
        if "used_up" in self.faults:
            run = self.read("used_up").run
            assert run.outcome is Outcome.BLOCKED
            assert run.detail.startswith(KEY_USED_UP)
            assert 0 < (run.retry_after_s or 0) <= timedelta(days=31).total_seconds()
        for fault, later in (("too_often", False), ("too_often_later", True)):
            if fault in self.faults:
                run = self.read(fault).run
                assert run.outcome is Outcome.BLOCKED
                assert asked_too_often(run.detail)
                assert bool(run.retry_after_s) is later

    def test_a_fault_of_the_platforms_own_is_none_of_the_keys(self):
        run = self.read("broken").run
        assert run.outcome is Outcome.UNREACHABLE
        assert KEY_USED_UP not in run.detail

    def test_an_answer_that_is_empty_because_something_was_refused_is_said(self):
        if self.refused_empty is None:
            pytest.skip("its documentation knows no such answer")
        run = self.read(first=self.refused_empty).run
        assert run.outcome not in (Outcome.OK, Outcome.EMPTY, Outcome.NOT_MODIFIED)
        assert run.detail or run.warnings

    def test_what_fails_after_the_first_page_is_said(self):
        refused = []

        def reserve(ask):
            refused.append(ask)
            return "day" if len(refused) > 1 else ""

        run = self.read(purse=Purse(reserve, lambda ask, pence: None)).run
        if len(refused) > 1:
            assert run.outcome in (Outcome.PARTLY, Outcome.BLOCKED)
            assert KEY_USED_UP in run.detail

    def test_nothing_is_asked_once_the_budget_is_used_up(self):
        run = self.read(purse=Purse(lambda ask: "day", lambda ask, pence: None)).run
        assert (self.asked, run.outcome) == ([], Outcome.BLOCKED)
        assert run.detail.startswith(KEY_USED_UP)
        assert "goes on on" in run.detail


def keyed_json(name: str) -> Any:
    """An answer of an interface, from `fixtures/keyed`."""
    return json.loads((FIXTURES / "keyed" / f"{name}.json").read_text())


def answered(url: str, found: object, at: datetime = NOW) -> Response:
    """The response with that JSON."""
    return Response(url, 200, (), json.dumps(found).encode(), at)


def _json(status: int, headers: Mapping[str, str], body: object) -> Answer:
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
