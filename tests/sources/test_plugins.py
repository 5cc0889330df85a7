"""Kinds of source that other packages bring: allowed by the file, parsed in our readers' process."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import support.strain
from builders.config import SCHOOL, faults, read
from builders.plugin import READER, write_package
from support.checkout import paths

from data.errors import InputError, Unreadable
from data.types import Outcome, Page, Response, Source, SourceRun, SourceState
from monitor.pipeline.scanning.asking import asked
from sources.parse import parse_document
from sources.parser_process import ParserProcess
from sources.registry import collector, needs_leave

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
URL = "https://board.example.org/"
RESPONSE = Response(URL, 200, (), b"x", NOW)
BOARD = f'[[sources]]\nid = "board"\nkind = "{{}}"\nurl = "{URL}"\nsettings = {{{{ any = 1 }}}}\n'
GIVES_A_POST = """
from data.types import Mention, MentionKind


class Reader(Reader):
    def parse(self, source, response):
        url, when = response.url, response.fetched_at
        post = Mention("0" * 16, url, "local_forum", MentionKind.POST, "Gate", "It was\\0 shut.", when)
        return Page((post,))
"""
ALLOWED = '[plugins]\nallow = ["sg-board"]\n'


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ParserProcess]:
    """The readers' process, with some packages installed."""
    site = tmp_path_factory.mktemp("site")
    write_package(site, "sg-board")
    write_package(site, "sg-odd", READER.replace("return Page(", "return dict("))
    write_package(site, "sg-ill-typed", READER.replace('(f"got', '(1, f"got'))
    write_package(site, "sg-broken", "import a_module_that_nobody_has")
    write_package(site, "sg-post", READER + GIVES_A_POST)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", paths(site))
        patch.syspath_prepend(site)
        patch.setenv("SCHOOLGATE_MAIL_PASSWORD", "drowssap")
        process = ParserProcess(time.monotonic, command=support.strain.CHILD)
        yield process
        process.let_go(0.0)


def parse(apart: ParserProcess, does: str, kind: str = "sg-board:board") -> Page:
    source = Source("s", kind, URL, settings={"does": does})
    return apart(collector(kind).parse, source, RESPONSE)


def run_of(apart: ParserProcess, kind: str, fetch: object = None, **settings: object) -> SourceRun:
    """How a scan's reading of such a place ends."""
    reader = SimpleNamespace(apart=apart, fetch=fetch or (lambda request, state: RESPONSE))
    return asked(
        Source("s", kind, URL, settings=settings), SourceState("s"), reader, lambda: NOW
    ).collected.run


# ------------------------------------------------------------------------- allowed by the file


def test_a_kind_of_an_allowed_package_is_a_source_and_nothing_of_it_is_imported(tmp_path, monkeypatch):
    write_package(tmp_path / "site", "sg-board", "raise AssertionError('it was imported')\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    config = read(tmp_path, SCHOOL + BOARD.format("sg-board:board") + ALLOWED)
    assert (config.sources[0].kind, config.sources[0].disabled) == ("sg-board:board", None)
    assert "sg_board" not in sys.modules


@pytest.mark.parametrize(("table", "add"), [(ALLOWED, '"sg-board", "sg-other"'), ("", '"sg-other"')])
def test_a_kind_of_a_package_that_is_not_allowed_is_refused_with_what_allows_it(tmp_path, table, add):
    assert faults(tmp_path, SCHOOL + BOARD.format("sg-other:board") + table) == [
        "schoolgate.toml, [[sources]] number 1, “kind” (line 6): the package “sg-other” is not allowed. If "
        f"it may be, write: [plugins] allow = [{add}]"
    ]


def test_a_package_may_give_its_kind_the_name_of_one_of_ours(tmp_path):
    config = read(tmp_path, SCHOOL + BOARD.format("sg-board:feed") + ALLOWED)
    assert config.sources[0].kind == "sg-board:feed"


def test_its_place_stays_off_where_the_sites_terms_forbid_it(tmp_path):
    board = BOARD.format("sg-board:board").replace("board.example.org", "www.mumsnet.com")
    assert "its terms forbid" in str(read(tmp_path, SCHOOL + board + ALLOWED).sources[0].disabled)


def test_a_site_whose_terms_forbid_it_is_read_by_leave_alone():
    assert needs_leave("sg-board:board", "https://www.mumsnet.com/talk/12")
    assert not needs_leave("sg-board:board", URL)


def test_a_saved_document_is_not_read_by_a_package_that_no_file_allows():
    with pytest.raises(InputError, match=r"--kind sg-board:board: set it up as a source in schoolgate"):
        parse_document(b"x", URL, kind="sg-board:board", fetched_at=NOW)


# ------------------------------------------------------------------------- parsed apart


def test_it_parses_in_our_readers_process_and_is_imported_there_alone(apart):
    assert parse(apart, "__import__('os').getpid()").warnings == (f"got {apart.pid}",)
    assert apart.pid != os.getpid()
    assert "sg_board" not in sys.modules


def test_it_has_none_of_our_environment(apart):
    assert "drowssap" not in parse(apart, "dict(__import__('os').environ)").warnings[0]


def test_its_posts_are_cleaned_as_ours_are(apart):
    (post,) = parse(apart, "", "sg-post:board").mentions
    assert post.text == "It was shut."


def test_it_is_asked_for_the_address_of_the_settings_alone_and_claims_no_document(apart):
    kind = collector("sg-board:board")
    assert [r.url for r in kind.requests(Source("s", kind.kind, URL), SourceState("s"), NOW)] == [URL]
    assert kind.recognises(RESPONSE) == 0.0


# ------------------------------------------------------------------------- what goes wrong, in words


@pytest.mark.parametrize("kind", ["sg-nobody:board", "sg-board:bord"])
def test_one_that_is_allowed_and_not_installed_is_said_before_its_site_is_asked(apart, kind):
    run = run_of(apart, kind, fetch=pytest.fail)
    assert (run.outcome, run.detail) == (
        Outcome.MISCONFIGURED,
        f"{kind}: it is not installed. Install it, or remove the source.",
    )


def test_one_that_cannot_be_imported_is_said(apart):
    run = run_of(apart, "sg-broken:board")
    assert (run.outcome, run.detail) == (
        Outcome.MISCONFIGURED,
        "sg-broken:board: its package cannot be loaded (ModuleNotFoundError: No module named "
        "'a_module_that_nobody_has').",
    )


def test_settings_that_it_refuses_are_named(apart):
    run = run_of(apart, "sg-board:board", nonsense=1)
    assert (run.outcome, run.detail) == (
        Outcome.MISCONFIGURED,
        "sg-board:board: its settings are refused. “nonsense”: Extra inputs are not permitted",
    )


def test_one_that_raises_costs_that_document_alone_and_no_word_of_it_is_shown(apart):
    run = run_of(apart, "sg-board:board", does="{}['what somebody wrote']")
    assert run.outcome is Outcome.MALFORMED
    assert run.detail == (
        "sg-board:board: its package failed (KeyError, <string> line 1). Its authors need to know."
    )


def test_one_that_gives_no_page_has_failed(apart):
    with pytest.raises(Unreadable, match=r"^sg-odd:board: its package failed \(AttributeError, plugins\.py"):
        parse(apart, "1", "sg-odd:board")


def test_a_page_of_wrong_values_is_told_as_such(apart):
    with pytest.raises(Unreadable, match=r"gave something else than it should \(warnings\.0: "):
        parse(apart, "1", "sg-ill-typed:board")


def test_one_that_ends_its_process_is_said_and_the_next_document_is_read(apart):
    with pytest.raises(Unreadable, match=r"^It crashed the program that reads it\."):
        parse(apart, "__import__('os')._exit(3)")
    assert parse(apart, "1").warnings == ("got 1",)
