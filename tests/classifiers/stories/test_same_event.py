"""Articles that tell of one event in other words are one matter; their look-alikes are not."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each
from support.sentences import rows, sentences, yes

from classifiers.verdicts.press import (
    Article,
    EventFacts,
    is_same_event,
    matter_of,
    read_event,
    read_press,
    shared_in,
)
from data.types import Mention, MentionKind, PressEvent, School

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
SCHOOL = School(
    "900001", "Thornbeck Academy", ("Thornbeck",), locality="Hexley", town="Hexley", street="Mill Road"
)
EVENTS = sentences("press/same_event")
"""The headlines of each event."""
LATER = sentences("press/later")
ITEMS = [(name, title) for name, titles in EVENTS.items() for title in titles]


def told(title: str, hours: float = 0.0, text: str = "") -> EventFacts:
    at = NOW + timedelta(hours=hours)
    mention = Mention("m", "https://echo.example.org/1", "news", MentionKind.ARTICLE, title, text, at)
    reading = read_press(mention)
    return read_event(title, text, reading.event if reading else PressEvent.OTHER, at, SCHOOL)


def matters(items: list[tuple[str, str]]) -> set[frozenset[tuple[str, str]]]:
    """The groups of these articles, as they arrive in this order, an hour apart."""
    known: list[Article] = []
    for n, (_, title) in enumerate(items):
        found = told(title, n)
        known.append(Article(matter_of(found, known) or str(n), title, found))
    groups: dict[str, set[tuple[str, str]]] = {}
    for item, article in zip(items, known, strict=True):
        groups.setdefault(article.story_id, set()).add(item)
    return {frozenset(group) for group in groups.values()}


WANTED = {frozenset((name, title) for title in titles) for name, titles in EVENTS.items()}


@given(st.permutations(ITEMS))
def test_in_whatever_order_they_arrive_articles_are_of_the_same_matters(items: list[tuple[str, str]]) -> None:
    assert matters(items) == WANTED


def test_whichever_of_two_is_asked_of_the_other_says_the_same() -> None:
    for one, other in combinations([told(title) for _, title in ITEMS], 2):
        assert is_same_event(one, other) is is_same_event(other, one)


def test_what_only_speaks_of_the_event_joins_it_for_three_days() -> None:
    first = told("Girl, 9, hit by car outside Thornbeck Academy, Hexley")
    assert is_same_event(first, told("Vigil held for girl hurt outside Thornbeck Academy", 8))
    assert is_same_event(first, told("Driver in Hexley school crash was not a teacher, say police", 8))
    one, other = EVENTS["coach crash"][:2]
    assert is_same_event(told(one), told(other, 72))
    assert not is_same_event(told(one), told(other, 72.1))


def test_a_heading_over_unlike_bodies_tells_of_no_one_event() -> None:
    lights, choir = "The crossing lights went dark.", "The choir sang at the lunch club."
    bodies = (lights, choir, f"{lights} Nobody came to mend the lights.")
    first, other, again = (told("Letters from our readers this week", text=body) for body in bodies)
    assert (is_same_event(first, other), is_same_event(first, again)) == (False, True)


@for_each(("first", "later"), rows(LATER["one more"]))
def test_one_more_of_the_kind_is_another_matter(first: str, later: str) -> None:
    known = [Article("s", first, told(first))]
    assert matter_of(told(later, 48), known) is None
    assert shared_in(later, NOW, known) is None
    more = [Article("t", later, told(later, 48))]
    assert matter_of(told(f"{later}, police say", 50), known + more) == "t"


@for_each("later", LATER["news of the fire in the kitchen"])
def test_news_of_the_same_event_stay_with_it(later: str) -> None:
    title = "Fire at Thornbeck Academy kitchen"
    assert matter_of(told(later, 20), [Article("s", title, told(title))]) == "s"


def test_nothing_joins_a_matter_that_also_tells_of_something_else() -> None:
    known = [
        Article("s", title, told(title))
        for title in ("Fire at Thornbeck Academy kitchen", "Girl, 9, hurt in fire at Thornbeck Academy")
    ]
    assert matter_of(told("Boy, 14, hurt in kitchen fire at Thornbeck Academy"), known) is None


@for_each("line", LATER["shares the headline of the blaze"])
def test_a_post_shares_an_article_where_it_bears_its_headline(line: str) -> None:
    said, _, shares = line.rpartition(" | ")
    title = EVENTS["fire in the hall"][1]
    known = [Article("s", title, told(title))]
    assert (shared_in(said, NOW, known) == "s") is yes(shares)
