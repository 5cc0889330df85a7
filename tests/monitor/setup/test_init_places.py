"""`init` and the places: proposed, read once, shown, and written on or off with the reason."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
from builders.fetcher import NOW, QUICK, fetcher_for, unknown
from builders.judges import CALM, INSULT, judges
from builders.judges import OAKFIELD as JUDGED
from builders.judges import judges as judging
from support.for_each import for_each
from support.stand_ins import REGISTERS, Town, town
from support.web_server import Answer, Route, free_port, serve

from data.errors import Unreadable
from data.register.national_lists import read_register
from data.types import Outcome, Relevance, School, Source, SourceRun, SourceState
from monitor.config.first_file import Draft, entries, render_file
from monitor.config.load import Config, load_file
from monitor.pipeline.looking import (
    InTime,
    PlacePreview,
    PlaceRead,
    decide_places,
    is_comment_feed,
    place_name,
    preview_place,
    say_outcome,
)
from monitor.setup.first_places import Setting, draft_places, without_network
from sources.http.connection import proxy_of, trust
from sources.places import Proposal
from sources.propose import Behind, by_address
from sources.runs import due

ENGLAND = read_register(REGISTERS["england"])
OAKFIELD = next(s for s in ENGLAND if s.urn == "900101")


@pytest.fixture(scope="module")
def northvale() -> Iterator[Town]:
    with town(NOW) as it:
        yield it


def drafted(*schools: School, **fields: object) -> Draft:
    drafted = entries(schools or (OAKFIELD,), ENGLAND)
    made = Draft(tuple(entry.school for entry in drafted))
    return replace(made, **fields)  # type: ignore[arg-type]


def setting(said: list[str], env: dict[str, str] | None = None):
    """What reads through the town's proxy, once the draft names it; without, nothing can be reached."""

    def opened(draft: Draft):
        through = proxy_of(draft.proxy) if draft.proxy else proxy_of(f"http://127.0.0.1:{free_port()}")
        tls = trust(draft.ca_file)
        return closing(fetcher_for(through=through, tls=tls, limits=QUICK, resolve=unknown))

    def judged(draft: Draft):
        return judging(*draft.schools)

    return Setting(said.append, lambda: NOW, opened, judged, env or {})


def flow(it: Town, draft: Draft | None = None) -> tuple[Draft, list[str]]:
    """The whole of it, reading through the town's proxy; and what was said."""
    said: list[str] = []
    through = replace(draft or drafted(), proxy=it.proxy_url, ca_file=str(it.ca_file))
    return draft_places(through, setting(said)), said


def written(folder: Path, draft: Draft) -> Config:
    (folder / "schoolgate.toml").write_text(render_file(draft), encoding="utf-8")
    return load_file(folder / "schoolgate.toml", {})


def source(draft: Draft, key: str) -> Source:
    return next(p.source for p in draft.places if p.source.id == key)


@pytest.fixture(scope="module")
def kept(northvale: Town) -> tuple[Draft, list[str]]:
    return flow(northvale)


def test_at_least_three_right_finds_are_shown_with_title_place_date_and_why(
    kept: tuple[Draft, list[str]],
) -> None:
    _, said = kept
    assert sum(line.startswith("  about you · ") for line in said) >= 3
    assert any(line.endswith("northvale-gazette.example.org") for line in said)
    assert "    Why: “Oakfield Primary School” and “Larch Road” (your street) together." in said


def test_what_terms_and_robots_txt_allow_is_on_and_the_rest_says_why_it_is_off(
    kept: tuple[Draft, list[str]],
) -> None:
    draft, _ = kept
    assert source(draft, "bing-news-1").disabled is None
    assert source(draft, "wikipedia").disabled is None
    robots = "asks programs not to read it (its robots.txt, 17 November 2026)"
    assert source(draft, "google-news-1").disabled == robots
    assert "permission" in str(source(draft, "reddit").disabled)


def test_a_place_that_the_schools_of_a_trust_share_is_read_before_it_is_switched_on(northvale: Town) -> None:
    closed = Source("trust-news", "feed", "https://news.google.com/rss/search?q=Lantern", name="Google News")
    own = Source("trust-website", "own.page", OAKFIELD.website, name="The trust's website", own=True)
    shared = tuple(Proposal(each, "it", "free", date(2026, 11, 17)) for each in (closed, own))
    draft, _ = flow(northvale, drafted(places=shared))
    assert "robots.txt" in str(source(draft, "trust-news").disabled)
    assert [p.source.id for p in draft.places].count("trust-website") == 1
    assert {"trust-news", "trust-website"} <= {p.source.id for p in without_network(draft).places}


def test_no_page_is_asked_whose_site_was_not_asked_first_whether_it_allows_it(
    northvale: Town, kept: tuple[Draft, list[str]]
) -> None:
    assert northvale.impolite == []
    assert set(northvale.asked_of("news.google.com")) == {"/robots.txt"}
    assert northvale.asked_of("www.reddit.com") == []


def test_it_says_how_the_readings_went(kept: tuple[Draft, list[str]]) -> None:
    _, said = kept
    assert any(line.endswith(" sources: read.") for line in said)
    assert any(": off: asks programs not to read it" in line for line in said)
    assert any(line.endswith(": off by its terms.") for line in said)


def test_the_file_gives_back_the_places_as_they_were_drafted(
    tmp_path: Path, kept: tuple[Draft, list[str]]
) -> None:
    draft, _ = kept
    found = written(tmp_path, draft)
    drafted_as = [replace(p.source, name=p.source.name or p.source.id) for p in draft.places]
    assert list(found.sources) == drafted_as
    assert found.network.proxy == draft.proxy


def test_where_nothing_can_be_reached_the_proxy_of_the_session_is_tried_without_the_password_in_it(
    northvale: Town,
) -> None:
    said: list[str] = []
    env = {"HTTPS_PROXY": northvale.proxy_url.replace("//", "//oak:planted@")}
    made = draft_places(drafted(ca_file=str(northvale.ca_file)), setting(said, env))
    assert made.proxy == northvale.proxy_url
    assert source(made, "bing-news-1").disabled is None
    assert f"Once more, through the proxy {northvale.proxy_url}." in said
    assert "planted" not in "".join(said)


def test_without_any_network_it_says_so_and_the_places_are_written_to_be_tried(tmp_path: Path) -> None:
    said: list[str] = []
    made = draft_places(drafted(), setting(said))
    assert any(line.startswith("Nothing could be reached: ") for line in said)
    assert source(made, "google-news-1").disabled is None
    assert source(made, "reddit").disabled is not None
    assert made.proxy is None
    assert "None of these has been tried yet" in render_file(made)
    assert written(tmp_path, made).sources


def test_where_the_web_filters_authority_is_not_known_the_places_are_written_to_be_tried_through_the_proxy(
    northvale: Town,
) -> None:
    said: list[str] = []
    made = draft_places(drafted(), setting(said, {"HTTPS_PROXY": northvale.proxy_url}))
    assert (made.proxy, made.untried) == (northvale.proxy_url, True)
    assert any("name the file as “ca_file” in [network]" in line for line in said)


def test_without_looking_nothing_is_read_and_no_page_that_needs_looking_up_is_proposed() -> None:
    made = without_network(drafted())
    assert "google-news-1" in {p.source.id for p in made.places}
    assert not any(p.source.id.startswith("wikipedia") for p in made.places)


def test_two_schools_have_places_of_their_own(tmp_path: Path) -> None:
    hexley = next(s for s in ENGLAND if s.urn == "900102")
    draft = without_network(drafted(OAKFIELD, hexley))
    assert source(draft, "bing-news-1-900101").urns == ("900101",)
    assert source(draft, "bing-news-1-900102").urns == ("900102",)
    assert written(tmp_path, draft).sources


def test_whatever_a_site_calls_itself_is_escaped(tmp_path: Path) -> None:
    wild = 'Gazette"\n[[people]]\nid = "x" \\ \x1b[2J'
    place = Proposal(
        Source("g", "feed", "https://g.example.org/", name=wild), "See.\n", "T.", date(2026, 1, 2)
    )
    draft = drafted(places=(replace(place, source=replace(place.source, urns=(OAKFIELD.urn,))),))
    found = written(tmp_path, draft)
    assert found.sources[0].name == wild
    assert found.people == ()


def test_each_place_stands_below_what_it_sees_how_often_and_its_terms_with_their_day(
    kept: tuple[Draft, list[str]],
) -> None:
    text = " ".join(render_file(kept[0]).replace("\n# ", " ").split())
    assert "The school's Wikipedia article, and every edit of it: the words that were added." in text
    assert "Looked at every hour. Its terms, as read on 20 September 2026: Free to read." in text
    feed = source(kept[0], "our-website-feed")
    assert (feed.kind, feed.own, feed.disabled) == ("feed", True, None)


@for_each(
    ("title", "name"),
    [
        ("Oakfield School » Feed", "Oakfield School"),
        ("Oakfield School RSS Feed", "Oakfield School"),
        ("www.oakfield.example.sch.uk » News", "News"),
        ("www.oakfield.example.sch.uk", "o.example.org"),
        ("Oakfield «School» » News", "Oakfield ‘School’ » News"),
    ],
)
def test_a_feed_is_called_what_its_site_is(title: str, name: str) -> None:
    assert place_name(Behind("feed", "https://o.example.org/feed/", title, "")) == name


@for_each(("title", "path"), [("Oakfield » Comments Feed", "/x/"), ("Oakfield » Ffrwd", "/comments/feed/")])
def test_what_people_write_below_the_schools_pages_is_not_the_schools_own(title: str, path: str) -> None:
    assert is_comment_feed(Behind("feed", f"https://o.example.org{path}", title, ""))
    assert not is_comment_feed(Behind("feed", "https://o.example.org/feed/", "Oakfield", ""))


@pytest.mark.parametrize("silent", ["www.oakfield.example.sch.uk", "en.wikipedia.org"])
def test_what_could_not_be_looked_up_is_said_with_how_to_make_up_for_it(
    northvale: Town, kept: tuple[Draft, list[str]], silent: str
) -> None:
    northvale.way.cut_off.update({silent})
    try:
        draft, said = flow(northvale)
    finally:
        northvale.way.cut_off.clear()
    assert (draft.to_look_up, kept[0].to_look_up) == ((silent,), ())
    how = [line for line in said if line.endswith("the desk’s page /setup/places")]
    assert [f": {silent}. " in line for line in how] == [True]


# A look at the places within the minute: what each part of it may take, and what a silent site is worth.


LOOKED_AT = datetime(2026, 11, 17, 16, 4, tzinfo=UTC)
SEARCH = "https://news.example.org/search?q="

FORBIDDEN = Proposal(
    Source("a", "feed", SEARCH), "News.", "Closed.", date(2026, 11, 1), "Its terms forbid it."
)


def read(key: str, outcome: Outcome, detail: str = "", url: str = SEARCH) -> PlaceRead:
    run = SourceRun(key, LOOKED_AT, LOOKED_AT, outcome, detail=detail)
    return PlaceRead(Proposal(Source(key, "feed", f"{url}{key}"), "News.", "Open.", date(2026, 11, 1)), run)


NOT_CLOSED = [one for one in Outcome if one is not Outcome.REFUSED_BY_ROBOTS]


def test_a_place_is_on_however_reading_it_ended_but_for_its_robots_txt_or_its_terms() -> None:
    ended = decide_places([read(str(n), outcome) for n, outcome in enumerate(NOT_CLOSED)], LOOKED_AT)
    assert {place.source.disabled for place in ended} == {None}
    forbidden = replace(read("a", Outcome.OK), run=None, proposal=FORBIDDEN)
    closed = read("b", Outcome.REFUSED_BY_ROBOTS)
    by_terms, _, by_robots = decide_places([forbidden, read("c", Outcome.OK), closed], LOOKED_AT)
    assert by_terms.source.disabled == "Its terms forbid it."
    assert "robots.txt" in (by_robots.source.disabled or "")


HOSTS = tuple("abcdefg")
DOWN = [
    set(),
    set(HOSTS),
    *({host} for host in HOSTS),
    *(set(Random(seed).sample(HOSTS, Random(seed).randint(2, 6))) for seed in range(8)),
]


@for_each("down", DOWN)
def test_whatever_was_down_while_it_was_set_up_is_asked_again_within_the_hour(down: set[str]) -> None:
    tried = [read(host, Outcome.UNREACHABLE if host in down else Outcome.OK) for host in HOSTS]
    for host, place in zip(HOSTS, decide_places(tried, LOOKED_AT), strict=True):
        failed = {"last_outcome": Outcome.UNREACHABLE, "failures_in_a_row": 1} if host in down else {}
        known = SourceState(host, first_run_at=LOOKED_AT, last_run_at=LOOKED_AT, **failed)
        assert place.source.disabled is None
        assert due(place.source, known, LOOKED_AT + timedelta(hours=1)) or host not in down


@for_each(
    ("outcome", "said"),
    [
        (Outcome.UNREACHABLE, "not yet: not reached"),
        (Outcome.BLOCKED, "not yet: blocked, asked once a day"),
        (Outcome.GONE, "not yet: page missing, looked for again within a week"),
        (Outcome.REFUSED_BY_ROBOTS, "off: asks programs not to read it"),
    ],
)
def test_it_is_said_what_is_off_and_what_is_only_not_read_yet(outcome: Outcome, said: str) -> None:
    assert say_outcome(read("a", outcome)) == said


def test_a_page_that_takes_too_much_to_read_is_one_where_nothing_is_found() -> None:
    def gave_up(*_: object) -> None:
        raise Unreadable("It was stopped.")

    reader = InTime(SimpleNamespace(apart=gave_up), 60.0, lambda: LOOKED_AT, lambda: 0.0)
    assert reader.find_in_time(by_address, "https://town.example.org/") == ()


# A place read once before it is watched: how it ended, what is about the school, what may be shown.


GAZETTE = "https://gazette.example.org"


def item(title: str, text: str = "", day: int = 16, guid: str = "") -> str:
    where = f"{GAZETTE}/{guid or title.replace(' ', '-')}"
    return (
        f"<item><title>{title}</title><link>{where}</link><guid>{where}</guid>"
        f"<pubDate>{day} Nov 2026 09:00:00 +0000</pubDate><description>{text}</description></item>"
    )


def feed(*items: str, title: str = "Northvale Gazette") -> Answer:
    body = f'<rss version="2.0"><channel><title>{title}</title>{"".join(items)}</channel></rss>'
    return Answer(200, body.encode(), {"Content-Type": "application/rss+xml"})


@contextmanager
def read_of(routes: Mapping[str, Route], judging=None, **source: object) -> Iterator[PlacePreview]:
    with serve(routes) as site, fetcher(site) as reader:
        where = Source("gazette", "feed", f"{site}/feed.xml", name="Northvale Gazette", urns=("900001",))
        yield preview_place(replace(where, **source), reader, judging or judges(), lambda: NOW)


@contextmanager
def fetcher(site):
    reader = fetcher_for(site)
    try:
        yield reader
    finally:
        reader.close()


def said(found: PlacePreview) -> list[str]:
    return [find.said for find in found.finds]


CHOIR = item("Choir of Oakfield Primary, Northvale sings in the square", day=10)
FAIR = item("Winter fair at Oakfield Primary in Northvale", day=12)
ELSEWHERE = item("A bridge is closed in Wexcombe", day=16)


def test_those_about_the_school_come_first_the_newest_first_and_say_where_when_and_whose() -> None:
    with read_of({"/feed.xml": feed(ELSEWHERE, CHOIR, FAIR)}) as found:
        assert said(found) == [
            "Winter fair at Oakfield Primary in Northvale",
            "Choir of Oakfield Primary, Northvale sings in the square",
            "A bridge is closed in Wexcombe",
        ]
        assert [f.relevance for f in found.finds] == [Relevance.ABOUT, Relevance.ABOUT, Relevance.NOT_ABOUT]
        assert (found.about, found.perhaps, found.run.mentions_read) == (2, 0, 3)
        fair = found.finds[0]
    assert fair.place == "Northvale Gazette"
    assert fair.published == datetime(2026, 11, 12, 9, tzinfo=UTC)
    assert fair.why == "“Oakfield Primary School” and “Northvale” together."


def test_an_article_that_two_searches_bring_is_shown_once() -> None:
    with read_of({"/feed.xml": feed(FAIR, FAIR.replace(GAZETTE, "https://other.example.org"))}) as found:
        assert len(found.finds) == 1


@for_each(
    "text",
    [
        "At Oakfield Primary in Northvale my stepdad hits me and I am scared to go home",
        "My stepdad hits me and I am scared to go home",
        INSULT,
    ],
)
def test_words_that_must_not_be_repeated_are_left_out_whosever_they_are(text: str) -> None:
    with read_of({"/feed.xml": feed(item(text), title="Town blog")}, channel="local_forum") as found:
        (find,) = found.finds
        assert (find.said, find.why) == ("", "")
        assert found.run.mentions_read == 1


def test_words_that_look_like_an_outlets_name_are_not_shown_either() -> None:
    title = "Oakfield Primary, Northvale - my stepdad hits me and I am scared to go home"
    searched = item(title).replace(GAZETTE, "https://news.google.com/rss/articles")
    with read_of({"/feed.xml": feed(searched)}, surfaced=True, channel="google_news") as found:
        (find,) = found.finds
    assert (find.said, "stepdad" in find.place) == ("", False)
    assert find.place.startswith("news.google.com")


def test_no_reply_is_quoted_from_a_thread_that_holds_a_childs_disclosure() -> None:
    def post(n: int, title: str, text: str) -> str:
        parent = f'<thr:in-reply-to ref="{GAZETTE}/1"/>' if n > 1 else ""
        return (
            f"<entry><id>{GAZETTE}/{n}</id><title>{title}</title><link href='{GAZETTE}/{n}'/>"
            f"<updated>2026-11-1{n}T09:00:00Z</updated><content>{text}</content>{parent}</entry>"
        )

    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">'
        f"<title>Town blog</title>{post(1, 'Home', CALM)}{post(2, 'Home', CALM)}"
        f"{post(3, 'Home', 'at Oakfield Primary, Northvale, my stepdad hits me')}</feed>"
    )
    with read_of({"/feed.xml": Answer(200, body.encode(), {"Content-Type": "text/xml"})}) as found:
        assert len(found.finds) >= 2
        assert set(said(found)) == {""}


def test_a_source_that_cannot_be_read_as_it_is_set_up_says_so() -> None:
    with read_of({"/feed.xml": feed(FAIR)}, kind="forum.nosuch") as found:
        assert found.run.outcome is Outcome.MISCONFIGURED
        assert "forum.nosuch" in found.run.detail


def test_nothing_that_steers_a_terminal_comes_out_of_a_title() -> None:
    wild = item("Oakfield Primary, Northvale \u202egnp.exe\u202c &#27;[2J fair", guid="wild")
    with read_of({"/feed.xml": feed(wild)}) as found:
        (find,) = found.finds
        assert find.said.isprintable()


def test_only_the_first_page_of_a_list_is_read() -> None:
    atom = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><link rel="next" href="/2"/></feed>'
    pages = {"/feed.xml": Answer(200, atom, {"Content-Type": "application/atom+xml"})}
    with serve(pages) as site, fetcher(site) as reader:
        where = Source("g", "feed", f"{site}/feed.xml", urns=(JUDGED.urn,))
        found = preview_place(where, reader, judges(), lambda: NOW)
        assert site.paths == ["/feed.xml"]
        assert found.source.max_pages == where.max_pages
