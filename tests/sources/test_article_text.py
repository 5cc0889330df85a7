"""The text of an article on a newspaper's page, and of real ones beside the project."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.corpus import corpus_path
from support.for_each import for_each
from support.processor import within
from support.sentences import rows, sentences, yes

from data.ids import squeeze
from data.types import Response
from sources import dates as page_dates
from sources.base import PageSettings
from sources.dates import MONTHS, UNITS, WEEKDAYS, PageDates, learn_order, parse_date
from sources.html.markup import plain
from sources.parse import MOST_CHARS, article_text, cut_to_sentences, may_lead_to_article

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
LETTER = "Parents were sent a letter on Monday, which says that lessons go on as usual this week. " * 3
REAL = {name: words for name, *words in rows(sentences("feeds/said")["real articles"])}
"""Words of the first and of a later paragraph of each, read by eye."""


def page(body: str, head: str = "") -> Response:
    html = f"<html><head><title>T</title>{head}</head><body>{body}</body></html>"
    kind = (("content-type", "text/html; charset=utf-8"),)
    return Response("https://gazette.example.org/1", 200, kind, html.encode(), NOW)


@pytest.mark.corpus
@pytest.mark.parametrize("name", REAL)
def test_real_articles_give_their_first_and_later_sentences_quickly(name: str) -> None:
    body = corpus_path("samples", "news_article", name).read_bytes()
    plain = gzip.decompress(body) if name.endswith(".gz") else body
    response = Response("https://paper.example.org/a", 200, (("content-type", "text/html"),), plain, NOW)
    article_text(page(LETTER))  # the library is loaded
    with within(1.0):
        found = article_text(response)
    for words in REAL[name]:
        assert words in found.text
    assert "cookie" not in found.text.lower()
    assert len(found.text) <= MOST_CHARS


def test_menus_comments_and_active_markup_are_not_the_article() -> None:
    comments = f"<div id='comments' class='comments'><p>{LETTER.replace('Parents', 'Trolls')}</p></div>"
    found = article_text(
        page(f"<nav><a href='/'>Home page of all</a></nav><article><p>{LETTER}</p></article>{comments}")
    )
    assert found.text.startswith("Parents were sent")
    assert "Home page" not in found.text
    assert "Trolls" not in found.text
    found = article_text(page(f"<article><p>{LETTER}<img src=x onerror=stolen()></p></article>"))
    assert "stolen" not in found.text
    assert "<" not in found.text


@for_each(("around", "said"), rows(sentences("feeds/said")["an article's pictures"], str, yes))
def test_what_describes_an_articles_pictures_is_read_with_it_not_what_leads_elsewhere(around, said) -> None:
    found = article_text(page(around.replace("…", LETTER).format("<img src=a alt='The gate on fire'>"))).text
    assert ("[Picture] The gate on fire" in found.splitlines()) is said
    assert ("[Picture] Ms Holt at noon" in found) is ("Ms Holt" in around)


_WHOSE = sentences("html/whose_words")
_OTHERS = [*_WHOSE["added to a post, and quoted"], *_WHOSE["other stories, and quoted"]]


@for_each(("what", "added"), rows(_OTHERS))
def test_what_an_article_shows_of_another_story_is_not_its_words(what, added) -> None:
    second = LETTER.replace("Parents", "Governors")
    found = article_text(page(f"<article><h1>Gate</h1><p>{LETTER}</p>{added}<p>{second}</p></article>")).text
    assert "Farwick" not in found
    assert found.splitlines()[-2:] == [LETTER.strip(), second.strip()]


@for_each("said", _WHOSE["somebody's own words"])
def test_a_paragraph_that_only_begins_as_a_link_to_another_story_stays(said) -> None:
    found = article_text(page(f"<article><p>{LETTER}</p><p>{said}</p><p>{LETTER}</p></article>")).text
    assert squeeze(plain(said)) in squeeze(found)


HEADLINE = "Appeal after morning at gates"
OPENING = (
    "A man who waited at the gate of Oakfield Primary on three days told a girl of nine that her mother had "
    "sent him, the police said."
)
NEXT = "She ran back into the playground and told a dinner lady, who shut the gate and rang the office."
REST = (
    f"<div class=remainder><p>{LETTER}</p><p>The police ask anybody who saw a grey van to ring 101.</p></div>"
)
BEGINNING = f"<p>{OPENING}</p><p>{NEXT}</p>"


@for_each(
    "body",
    [
        f"<div class=teaser-content>{BEGINNING}</div>{REST}",
        f"<div class=related-intro>{BEGINNING}</div>{REST}",
        f"<p class=teaser-text>{OPENING}</p><p class=teaser-text>{NEXT}</p>{REST}",
        f"<section id=share-lead><div class=social-promo>{BEGINNING}</div></section>{REST}",
        f"<aside class=lead>{BEGINNING}</aside>{REST}",
        f"<header class=article-meta><h1>{HEADLINE}</h1>{BEGINNING}</header>{REST}",
        f"<div class=slide-text>{OPENING}<br><br>{NEXT}</div>{REST}",
        f"<div class=banner><span class=author-note>By Wren Alder</span>{BEGINNING}</div>{REST}",
    ],
)
def test_an_articles_beginning_is_read_whatever_its_frame_is_called(body: str) -> None:
    headline = "" if "<h1>" in body else f"<h1>{HEADLINE}</h1>"
    for frame in ("<main><article>{}</article></main>", "<div class=wrap>{}</div>"):
        found = article_text(page(frame.format(headline + body))).text
        assert [words in found for words in (OPENING, NEXT, LETTER.strip())] == [True] * 3


NAMES = (
    "teaser promo aside intro related share social banner meta sidebar widget menu author slide footer next-"
)


@given(
    st.sampled_from(NAMES.split()),
    st.sampled_from(("div", "section", "p", "span", "aside")),
    st.sampled_from(("class", "id")),
    st.sampled_from(("{}", "{}-content", "article-{}", "article__{}")),
)
def test_no_name_of_its_frame_hides_an_articles_first_paragraph(name, tag, attribute, form) -> None:
    frame = f"<{tag} {attribute}='{form.format(name)}'>{OPENING}</{tag}>"
    assert OPENING in article_text(page(f"<article><h1>{HEADLINE}</h1>{frame}{REST}</article>")).text


def test_what_a_pages_description_tells_of_is_read_where_it_has_no_headline() -> None:
    head = f"<meta name=description content='{OPENING}'>"
    found = article_text(page(f"<main><div class=teaser>{BEGINNING}</div>{REST}</main>", head))
    assert OPENING in found.text


@for_each(
    "beside",
    [
        "<aside><p>{} <a href=/bees>More</a></p></aside>",
        "<div class=teaser><p><a href=/bees>{}</a></p></div>",
        "<div class=newsletter><p>Sign up to our letter. {}</p></div>",
        "<nav><p>{}</p></nav>",
        "<div class=teaser-list style='display:none'><p>{}</p></div>",
        "<div class='paywall teaser'><p>{}</p></div>",
        "<form class=teaser><p>{}</p></form>",
    ],
)
def test_what_stands_between_a_headline_and_its_article_is_not_its_beginning(beside: str) -> None:
    other = "Read what Mrs Quill, who has kept bees for fifty years, says of the summer that is gone."
    found = article_text(
        page(f"<article><h1>{HEADLINE}</h1>{beside.format(other)}{BEGINNING}{REST}</article>")
    )
    assert (OPENING in found.text, "Mrs Quill" in found.text) == (True, False)


@for_each("free", ['"isAccessibleForFree":false', '"isAccessibleForFree" : "False"'])
def test_what_is_for_those_who_pay_is_not_read_though_the_page_holds_it(free: str) -> None:
    found = article_text(
        page(f"<article><p>{LETTER}</p></article>", f'<script type="application/ld+json">{{{free}}}</script>')
    )
    assert (found.paid, found.text) == (True, "")


@for_each(
    "body", ["", "<p>Sign in.</p>", "<div id=root></div><script>x()</script>", "\x00<<<p", "<p>" * 5_000]
)
def test_a_page_without_an_article_gives_none(body: str) -> None:
    assert article_text(page(body)).text == ""


def test_a_long_article_ends_with_a_whole_sentence() -> None:
    assert cut_to_sentences("One, two, three. " * 1_000).endswith("three.")
    assert len(cut_to_sentences("x" * 9_000)) <= MOST_CHARS


@for_each(("url", "may"), rows(sentences("addresses/behind")["may_lead_to_an_article"], str, yes))
def test_which_addresses_may_lead_to_an_article(url: str, may: bool) -> None:
    assert may_lead_to_article(url) is may


SAID = sentences("pages/dates")

FETCHED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # a Friday


def read(text: str, zone: str = "Europe/London", day_first: bool | None = None) -> str | None:
    found = parse_date(text, zone=zone, fetched_at=FETCHED_AT, day_first=day_first)
    return found.strftime("%Y-%m-%d %H:%M:%S") if found else None


@for_each(("text", "utc"), rows(SAID["a_shown_time_is_read"]))
def test_a_shown_time_is_read(text: str, utc: str) -> None:
    assert read(text) == utc


@for_each("text", ["", "   ", *SAID["no time"]])
def test_what_is_no_time_is_none(text: str) -> None:
    assert read(text) is None


ORDERS = {"yes": True, "no": False, "": None}


@for_each(("utc", "zone", "text", "day_first"), rows(SAID["in their zone and order"]))
def test_what_a_time_means_in_its_zone_and_order(utc, zone, text, day_first):
    assert read(text, zone, ORDERS[day_first]) == utc


@for_each(("order", "dates"), rows(SAID["the order of the document"]))
def test_the_order_is_learnt_from_the_document(order: str, dates: str) -> None:
    assert learn_order(dates.split("; ")) is ORDERS[order]
    assert learn_order([]) is None


def test_settings_overrule_the_document_and_a_page_writes_of_no_day_that_has_not_come() -> None:
    settings = PageSettings(dates="month_first")
    dates = PageDates.learn(settings, FETCHED_AT, ["21/03/2026", "22/03/2026"])
    assert dates.read_date("03/04/2026") == datetime(2026, 3, 4, tzinfo=UTC)
    assert dates.read_date(None) is None
    soon = FETCHED_AT + timedelta(hours=20)
    assert PageDates("UTC", FETCHED_AT).read_date(soon.isoformat()) == soon


@for_each(
    ("texts", "utc"),
    [
        (["03/12/2026 10:00"], "2026-03-12 10:00"),  # 3 December has not been yet
        (["03/11/2026 10:00"], "2026-11-03 10:00"),
        (["03/12/2025 10:00"], "2025-12-03 10:00"),
    ],
)
def test_an_order_that_puts_dates_after_the_fetch_is_not_the_page_s(texts: list[str], utc: str) -> None:
    found = PageDates.learn(PageSettings(), FETCHED_AT, texts).read_date(texts[0])
    assert found.strftime("%Y-%m-%d %H:%M") == utc


WORDS = st.sampled_from(
    [*MONTHS, *WEEKDAYS, *UNITS, "ago", "at", "yesterday", "today", ",", ":", "/", "-", ".", "T"]
)
DATELIKE = st.lists(st.one_of(WORDS, st.integers(0, 99999).map(str), st.text(max_size=3)), max_size=9)
MOMENTS = st.integers(700_000_000, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(st.one_of(st.text(max_size=60), DATELIKE.map(" ".join), DATELIKE.map("".join)), MOMENTS)
def test_it_never_raises_and_gives_utc_or_nothing(text: str, fetched_at: datetime) -> None:
    for zone in ("Europe/London", "Pacific/Apia", "nonsense"):
        found = parse_date(text, zone=zone, fetched_at=fetched_at)
        assert found is None or found.utcoffset() == timedelta(0)


@given(MOMENTS)
def test_machine_times_come_back_as_they_went(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    for text in (
        moment.isoformat(),
        moment.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        moment.strftime("%d %B %Y %T Z"),
    ):
        assert parse_date(text, zone="Europe/London", fetched_at=max(moment, FETCHED_AT)) == moment


@given(MOMENTS, MOMENTS)
def test_a_date_without_a_year_is_never_ahead(shown: datetime, fetched_at: datetime) -> None:
    found = parse_date(shown.strftime("%d %B"), zone="Europe/London", fetched_at=fetched_at)
    assert found is None or found <= fetched_at + timedelta(days=2)


@given(
    moment=st.integers(-100_000, 2_000_000_000).map(
        lambda s: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
    ),
    zone=st.sampled_from(("GMT", "+0000", "-0530", "+1400", "Z", "EST", "")),
    form=st.sampled_from(("%a, %d %b %Y %H:%M:%S", "%d %b %Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S")),
)
def test_a_time_with_everything_there_is_read_as_by_looking_for_its_parts(moment, zone, form):
    text = f"{moment:{form}}{zone if 'T' in form else f' {zone}'}"
    quick = parse_date(text, zone="Europe/London", fetched_at=FETCHED_AT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_dates, "_in_full", lambda words: None)
        assert parse_date(text, zone="Europe/London", fetched_at=FETCHED_AT) == quick


@for_each("text", ["2028-03-03T19:44:46+00:00", "3 March 2028", "2026-11-22T09:00:00Z"])
def test_a_page_writes_nothing_of_a_day_that_has_not_come(text: str) -> None:
    assert parse_date(text, zone="UTC", fetched_at=FETCHED_AT) is not None
    assert PageDates("UTC", FETCHED_AT).read_date(text) is None
