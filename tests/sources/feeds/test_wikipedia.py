"""Wikipedia and other wikis: an article as it stands; of its edits what they add. Inspectorates."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from conformance import FETCHED_AT, CollectorConformance, Document
from support.checkout import FIXTURES
from support.for_each import for_each

from data.errors import InputError
from data.types import Mention, MentionKind, Page, Request, Response, Source, SourceState
from monitor.pipeline.collect import collect
from sources.blocks import recognise_block
from sources.parse import parse_document
from sources.registry import collector

ADDRESS = "https://en.wikipedia.org/wiki/Oakfield_Primary_School"
ARTICLE = Document("feeds/wikipedia_article.html", ADDRESS, 2, words="It was opened in 1931.")
EDITS = (FIXTURES / "feeds/wikipedia_history.xml").read_bytes()
HISTORY = EDITS.replace(b"wikipedia.example.org", b"wikipedia.org")
SOURCE = Source("wiki", "wikipedia", ADDRESS)
HTML = (("content-type", "text/html; charset=utf-8"),)


class TestWikipediaArticle(CollectorConformance):
    kind = "wikipedia"
    documents = (ARTICLE,)


def read(body: bytes = ARTICLE.body, url: str = ADDRESS) -> Page:
    return collector("wikipedia").parse(SOURCE, Response(url, 200, HTML, body, FETCHED_AT))


def test_what_stands_in_the_article_is_read_by_its_sections_as_it_was_last_edited() -> None:
    lead, history = read().mentions
    assert lead.title == "Oakfield Primary School"
    assert lead.text.endswith("Oakfield Primary School is a primary school in Northvale.")
    assert "disambiguation" not in lead.text
    assert (history.title, history.url) == ("Oakfield Primary School: History", f"{ADDRESS}#History")
    assert history.text == "It was opened in 1931.\nThe caretaker sells the lost property on the market."
    assert {m.channel for m in (lead, history)} == {"wikipedia"}
    assert {m.published for m in read().mentions} == {datetime(2026, 11, 3, 10, 2, tzinfo=UTC)}
    changed = ARTICLE.body.replace(b"in 1931", b"in 1932")
    before, after = read().mentions, read(changed).mentions
    assert [m.id for m in before] == [m.id for m in after]
    assert [a.text == b.text for a, b in zip(before, after, strict=True)] == [True, False]


@for_each("language", ["en", "cy"])
def test_article_and_edits_are_asked_for_where_robots_leave_them_open(language: str) -> None:
    url = ADDRESS.replace("//en.", f"//{language}.")
    asked = collector("wikipedia").requests(Source("w", "wikipedia", url), SourceState("w"), FETCHED_AT)
    assert [r.url for r in asked] == [url, f"{url}?action=history&feed=atom"]


@for_each(
    "url",
    [
        "https://en.wikipedia.org/w/index.php?title=X",
        "https://wiki.example.org/wiki/X",
        "https://en.wikipedia.org/wiki/Special:Search",
        f"{ADDRESS}?action=history",
    ],
)
def test_another_address_is_refused_with_what_to_give(url: str) -> None:
    with pytest.raises(InputError, match="Give the address of the article itself"):
        collector("wikipedia").requests(Source("w", "wikipedia", url), SourceState("w"), FETCHED_AT)


def test_one_reading_brings_the_article_and_its_edits_which_keep_the_ids_that_the_feed_gives_them() -> None:
    feed_url = f"{ADDRESS}?action=history&feed=atom"
    answers = {ADDRESS: ARTICLE.body, feed_url: HISTORY}

    def fetch(request: Request, _: SourceState | None) -> Response:
        return Response(request.url, 200, HTML, answers[request.url], FETCHED_AT)

    found = collect(SOURCE, SourceState("wiki"), collector("wikipedia"), fetch, lambda: FETCHED_AT).mentions
    alone = (
        collector("feed")
        .parse(Source("f", "feed", feed_url), Response(feed_url, 200, HTML, HISTORY, FETCHED_AT))
        .mentions
    )
    assert [m.id for m in found] == [*(m.id for m in read().mentions), *(m.id for m in alone)]
    assert {m.kind for m in found} == {MentionKind.EDIT}


# --- histories: an edit says what it adds, never what it removes or leaves standing


XML = "application/atom+xml; charset=utf-8"
ENGLISH = Document(
    "feeds/wikipedia_history.xml",
    "https://en.wikipedia.example.org/w/index.php?title=Oakfield_Primary_School&action=history&feed=atom",
    6,
    words="Its gate is green.",
    escape="xml",
    content_type=XML,
)
WELSH = Document(
    "feeds/wikipedia_hanes.xml",
    "https://cy.wikipedia.example.org/w/index.php?title=Ysgol_Dolwen&action=history&feed=atom",
    2,
    content_type=XML,
)


class TestWikiHistory(CollectorConformance):
    kind = "feed"
    test_a_page_made_to_exhaust_is_read_in_no_time = None  # as the others of its kind
    documents = (ENGLISH, WELSH)


def edits(document: Document, old: str = "", new: str = "") -> Page:
    body = document.body.replace(old.encode(), new.encode())
    return parse_document(body, document.url, kind="feed", fetched_at=FETCHED_AT)


def said(document: Document) -> dict[str | None, list[str]]:
    told: dict[str | None, list[str]] = {}
    for mention in edits(document).mentions:
        told.setdefault(mention.author, []).append(mention.text)
    return told


def test_an_edit_says_what_it_adds_and_never_what_it_takes_out_or_moves() -> None:
    reader = " ".join(said(ENGLISH)["Northvale Reader"])
    assert "thief" not in reader
    assert "lost property" not in reader
    assert "mould" not in reader
    assert "glass" not in reader
    assert said(ENGLISH)["192.0.2.7"] == [
        "a thief who empties the charity tin\nThe caretaker sells the lost property."
    ]
    assert said(WELSH)["192.0.2.9"] == [", a lle ofnadwy i blant"]
    revert, libel = edits(ENGLISH).mentions[1:3]
    assert libel.quoted == "The head is a thief who empties the charity tin."
    assert (revert.text, revert.quoted) == ("Ms Pell", "The head is Ms Pell.")
    assert said(ENGLISH)["Northvale Reader"][1] == "removed a claim without a source"
    assert said(WELSH)["Darllenydd"] == ["Dadwneud y golygiad 2001 gan 192.0.2.9 (sgwrs)"]
    assert said(ENGLISH)["Old Scholar"][0] == "widely"
    words = said(ENGLISH)["Old Scholar"][1]
    assert words.startswith("Oakfield Primary School is a primary school in Northvale.")
    assert "New page" not in words


def test_a_title_names_the_page_and_why_it_was_edited_and_never_the_editor() -> None:
    titles = [mention.title for mention in edits(ENGLISH).mentions]
    assert titles[1] == "Oakfield Primary School: Undid revision 1004 by 192.0.2.7 (talk)"
    assert edits(WELSH).mentions[0].title.startswith("Ysgol Dolwen: Dadwneud y golygiad 2001")
    mentions = edits(ENGLISH).mentions
    assert (mentions[2].author, mentions[2].title) == ("192.0.2.7", "Oakfield Primary School")
    assert not [m for m in (*mentions, *edits(WELSH).mentions) if m.title.count(m.author or "?")]
    (nameless,) = {
        m.title for m in edits(ENGLISH, "Oakfield Primary School - ", "").mentions if m.text == "widely"
    }
    assert "Old Scholar" not in nameless


def test_an_edit_too_large_for_the_feed_is_said_and_one_of_recent_changes_says_no_more() -> None:
    page = edits(ENGLISH)
    assert page.mentions[0].text == "→History: updated"
    assert "Edits too large for the feed to show, which were not read: 1." in page.warnings
    other = b"title=Special:RecentChanges"
    body = ENGLISH.body.replace(b"action=history", other).replace(b"wikipedia.example", b"wiki.example")
    page = parse_document(body, "https://wiki.example.org/feed", kind="feed", fetched_at=FETCHED_AT)
    assert page.mentions[1].text == "Ms Pell"


@for_each(("host", "channel"), [("wikipedia.example.org", "blog"), ("wikipedia.org", "wikipedia")])
def test_wikipedia_s_own_history_stands_on_wikipedia(host: str, channel: str) -> None:
    url = ENGLISH.url.replace("wikipedia.example.org", host)
    body = ENGLISH.body.replace(b"wikipedia.example.org", host.encode())
    page = parse_document(body, url, kind="feed", fetched_at=FETCHED_AT)
    assert {mention.channel for mention in page.mentions} == {channel}


def test_the_classes_of_the_wiki_s_own_page_are_read_like_the_feed_s_marks() -> None:
    added = '<td class="diff-marker">+</td><td class="diff-addedline"><div>Its bell is cracked.</div></td>'
    gone = '<td class="diff-marker">−</td><td class="diff-deletedline"><div>Its bell rang.</div></td>'
    blank = '<td colspan="2">&#160;</td>'
    table = f"<table><tr>{blank}{added}</tr><tr>{gone}{blank}</tr></table>".replace("<", "&lt;")
    body = (
        '<rss version="2.0"><channel><title>Oakfield - Revision history</title><link>'
        "https://wiki.example.org/index.php?title=Oakfield&amp;action=history</link>"
        f"<item><title>Kit: bell</title><description>&lt;p>bell&lt;/p>{table}</description></item>"
        "</channel></rss>"
    )
    (edit,) = parse_document(
        body.encode(), "https://wiki.example.org/feed", kind="feed", fetched_at=FETCHED_AT
    ).mentions
    assert edit.text == "Its bell is cracked."


# -------- inspectorates’ pages of one school: each report is one mention


OFSTED = Document(
    "inspections/ofsted.html",
    "https://reports.ofsted.gov.uk/provider/21/900001",
    2,
    words="School inspection: report card",
)
ESTYN = Document("inspections/estyn.html", "https://estyn.gov.wales/education-providers/ysgol-derwen", 3)
SCOTTISH = "https://education.gov.scot/inspection-reports/northshire/5999901"
SCOTLAND = tuple(
    Document(f"inspections/scotland_{n}.html", f"{SCOTTISH}{at}", held)
    for n, at, held in ((1, "", 2), (2, "?page=2", 1))
)


class TestInspectionPage(CollectorConformance):
    kind = "inspection"
    documents = (OFSTED, ESTYN, SCOTLAND[0])
    pages = SCOTLAND


def reports(document: Document) -> tuple[Mention, ...]:
    return (
        collector("inspection").parse(Source("s", "inspection", document.url), document.response()).mentions
    )


def days(mentions: tuple[Mention, ...]) -> list[date | None]:
    london = ZoneInfo("Europe/London")
    return [m.published.astimezone(london).date() if m.published else None for m in mentions]


def test_each_report_of_ofsteds_timeline_is_a_mention_with_its_address_and_its_judgement() -> None:
    new, old = reports(OFSTED)  # and nothing of the judgement of the whole school
    assert new.url == "https://files.ofsted.gov.uk/v1/file/50999003"
    assert new.title == "School inspection"
    assert "report card" in new.text
    assert "Good" not in new.text
    assert old.text.startswith("School inspection: Good")
    assert "overall outcome" not in new.text + old.text
    assert days((new, old)) == [date(2026, 11, 12), date(2022, 5, 20)]


def test_estyns_reports_are_read_in_english_and_in_welsh_and_its_guidance_is_not() -> None:
    found = reports(ESTYN)
    assert [m.title for m in found] == [
        "Inspection report - Ysgol Derwen 2026",
        "Adroddiad arolygiad - Ysgol Derwen 2026",
        "Inspection report - Ysgol Derwen 2019",
    ]
    assert days(found) == [date(2026, 11, 10), date(2026, 11, 10), date(2019, 3, 13)]


def test_a_new_report_has_an_id_of_its_own_and_a_wall_before_the_page_is_a_wall() -> None:
    shorter = OFSTED.body.replace(b"50999003", b"50999004")
    page = collector("inspection").parse(Source("s", "inspection", OFSTED.url), OFSTED.response(shorter))
    assert [m.id for m in page.mentions][1:] == [m.id for m in reports(OFSTED)][1:]
    assert page.mentions[0].id != reports(OFSTED)[0].id
    body = b"<html><head><title>Just a moment...</title></head><body id='challenge-form'></body></html>"
    at = datetime(2026, 11, 17, tzinfo=UTC)
    assert recognise_block(Response(OFSTED.url, 403, (("content-type", "text/html"),), body, at)) is not None


@for_each(
    "url",
    [
        "https://reports.ofsted.gov.uk/search?q=Oakfield",
        "https://www.etini.gov.uk/publications/type/inspection-reports",
        "https://education.gov.scot/inspection-and-review/find-an-inspection-report/",
        "https://www.isi.net/school-search",
        "https://careinspectorate.wales/service-directory",
    ],
)
def test_a_list_of_all_schools_gives_nothing_and_says_so(url: str) -> None:
    response = Response(url, 200, (("content-type", "text/html"),), ESTYN.body, FETCHED_AT)
    page = collector("inspection").parse(Source("s", "inspection", url), response)
    assert page.mentions == ()
    assert page.warnings == ("This is a list of many schools. Give the page of your own.",)
