"""Folding: one story however many places carry it."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each
from support.sentences import sentences

from classifiers.stories import (
    ALIKE,
    Anywhere,
    Shelf,
    bands,
    fingerprint_likeness,
    fold,
    parts_of,
    runs,
    sketch,
)
from data.ids import digest
from data.types import Folded, Match, Mention, MentionKind, Relevance, Sketch

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ABOUT = (Match("900001", Relevance.ABOUT, 0.9),)
CONCERT = (
    "The choir of Oakfield Primary sang for an hour at the hospice on Friday and raised four hundred pounds "
    "for its garden, said the head, who conducted in a paper crown."
)
FLOOD = (
    "A burst pipe has closed the hall of Oakfield Primary until the new year, and lunches are served in "
    "classrooms while the floor is taken up and dried."
)


def mention(id_: str, text: str, **given: object) -> Mention:
    made = Mention(
        id=id_,
        url=f"https://{id_}.example.org/news",
        channel="news",
        kind=MentionKind.ARTICLE,
        title="",
        text=text,
        fetched_at=NOW,
        published=NOW - timedelta(hours=2),
    )
    return replace(made, **given)


def folded(*mentions: Mention, recent: tuple[Sketch, ...] = ()) -> list[Folded]:
    return fold(mentions, [ABOUT] * len(mentions), {"900001": Shelf(recent)}, NOW)


def stories(*mentions: Mention) -> list[str]:
    return [f.story_id for f in folded(*mentions)]


def test_a_copy_or_an_edited_version_stays_in_its_story() -> None:
    found = folded(mention("a", CONCERT), mention("b", CONCERT.replace("Friday", "Saturday")))
    assert found[0].story_id == found[1].story_id
    assert "copy" in {f.how for f in found}
    (first,) = folded(mention("a", CONCERT))
    (again,) = folded(mention("a", FLOOD), recent=(first.sketch,))
    assert (again.story_id, again.how) == (first.story_id, "edit")


def reworded(text: str, nth: int) -> str:
    """The text with every so many words replaced."""
    return " ".join(f"other{i}" if i % nth == 0 else word for i, word in enumerate(text.split()))


@for_each("nth", range(10, 20))
def test_texts_with_a_clue_in_common_are_one_story_only_where_they_are_as_alike_as_copies(nth: int) -> None:
    text = " ".join(f"word{i}" for i in range(60))
    one, other = (parts_of(sketch(runs(words)))[0] for words in (text, reworded(text, nth)))
    assert set(bands(one)) & set(bands(other))
    found = stories(mention("a", text), mention("b", reworded(text, nth)))
    assert (len(set(found)) == 1) is (fingerprint_likeness(one, other) >= ALIKE)


TEARS, BOTH = "Choir brings tears and smiles to hospice", "Choir brings smiles and tears to the hospice"
TRACKED = "https://www.example.org/choir?utm_source=feed"
LAST_YEAR = {"published": NOW - timedelta(days=364)}
POST = {"kind": MentionKind.POST}
REVIEW = {"kind": MentionKind.REVIEW, "url": "https://example.org/r"}
PAIRS = {
    "an address with tracking parameters": (
        mention("a", "Choir sings.", url="https://example.org/choir"), mention("b", "Sung.", url=TRACKED), 1,
    ),
    "an edited headline within three days": (mention("a", "", title=TEARS), mention("b", "", title=BOTH), 1),
    "the name of the paper behind a headline": (
        mention("a", "", title=TEARS), mention("b", "", title=f"{TEARS} - Northvale Gazette"), 1,
    ),
    "two different reports": (mention("a", CONCERT), mention("b", FLOOD), 2),
    "the same words a year later": (mention("a", CONCERT, **LAST_YEAR), mention("b", CONCERT), 2),
    "short posts that are alike": (mention("a", "oakfield", **POST), mention("b", "oakfield", **POST), 2),
    "two reviews": (mention("a", CONCERT, **REVIEW), mention("b", CONCERT, **REVIEW), 2),
}  # fmt: skip


@for_each(("one", "other", "number"), PAIRS.values())
def test_of_two_that_are_alike_it_is_told_whether_they_are_one_story(one, other, number):
    assert len(set(stories(one, other))) == number


def test_neither_a_feeds_one_title_nor_a_common_footer_joins_what_is_not_one_story() -> None:
    title = "Oakfield Primary School, Northvale: one star of five"
    given = {"title": title, "channel": "school_review_site", "url": "https://reviews.example.org/oakfield"}
    assert len(set(stories(*(mention(i, CONCERT, **given) for i in "abc")))) == 3
    footer = (
        "read more from us every week by signing up to the letter that we send to all our readers for nothing"
    )
    words = ("gate", "hall", "bus", "coat", "song", "cake", "rain", "lamp", "desk", "chalk", "frog", "kite")
    posts = [mention(f"m{i}", f"the {w} at oakfield was {w} {footer}") for i, w in enumerate(words)]
    assert len(set(stories(*posts))) == len(posts)


def test_a_reply_or_a_quotation_joins_the_story_of_what_it_answers() -> None:
    post = mention("z", FLOOD, kind=MentionKind.POST)
    reply = mention("a", "Ours ate in the library.", kind=MentionKind.REPLY, parent="z")
    found = folded(reply, post)
    assert found[0].story_id == found[1].story_id
    assert found[0].how == "thread"
    post = mention("a", CONCERT, kind=MentionKind.POST)
    quoting = mention(
        "b", "So proud of them.", kind=MentionKind.POST, quoted=CONCERT, published=NOW - timedelta(hours=1)
    )
    found = folded(quoting, post)
    assert found[0].story_id == found[1].story_id
    assert found[0].how == "quote"


def test_two_schools_never_share_a_story_and_what_is_not_about_one_has_none() -> None:
    both = (*ABOUT, Match("900002", Relevance.UNSURE, 0.5))
    found = fold([mention("a", CONCERT)], [both], {}, NOW)
    assert len({f.story_id for f in found}) == 2
    assert fold([mention("a", CONCERT)], [(Match("900001", Relevance.NOT_ABOUT, 0.1),)], {}, NOW) == []


def test_a_sketch_holds_at_most_512_bytes_and_no_text() -> None:
    (found,) = folded(mention("a", CONCERT, title="Choir brings tears and smiles to hospice"))
    assert 0 < len(found.sketch.minhash) <= 512
    assert b"choir" not in found.sketch.minhash.lower()


TEXTS = st.sampled_from([CONCERT, FLOOD, CONCERT.replace("Friday", "Sunday"), FLOOD[:90], "oakfield lol", ""])
BATCHES = st.lists(
    st.tuples(
        TEXTS, st.sampled_from(list(MentionKind)), st.integers(0, 40), st.sampled_from(["", "m0", "m1"])
    ),
    max_size=10,
)


def _batch(drawn: list[tuple[str, MentionKind, int, str]]) -> list[Mention]:
    return [
        mention(
            f"m{i}",
            text,
            kind=kind,
            published=NOW - timedelta(days=days),
            parent=parent or None,
            title=text[:30],
        )
        for i, (text, kind, days, parent) in enumerate(drawn)
    ]


@given(BATCHES, st.randoms())
def test_the_order_of_the_mentions_does_not_matter(drawn, random) -> None:
    batch = _batch(drawn)
    shuffled = list(batch)
    random.shuffle(shuffled)
    plain = {f.mention_id: f.story_id for f in folded(*batch)}
    assert plain == {f.mention_id: f.story_id for f in folded(*shuffled)}


@given(BATCHES)
def test_folding_twice_gives_the_same_stories(drawn) -> None:
    batch = _batch(drawn)
    first = folded(*batch)
    again = folded(*batch, recent=tuple(f.sketch for f in first))
    assert [f.story_id for f in again] == [f.story_id for f in first]


HEADINGS = sentences("press/headings")


def test_a_heading_joins_only_what_has_a_body_in_common() -> None:
    found = Counter()
    for group, lines in HEADINGS.items():
        parts = (line.partition(" | ") for line in lines)
        articles = [mention(f"m{i}", text, title=title) for i, (title, _, text) in enumerate(parts)]
        kind = group.partition(": ")[0]
        for one, other in permutations(articles, 2):
            (first,) = folded(one)
            (second,) = folded(other, recent=(first.sketch,))
            found[kind, (first.story_id == second.story_id) is (kind == "one")] += 1
    assert not found["apart", False]
    assert found["one", False] <= 0.04 * found.total()


PLACE = "Northvale Community: Oakfield Primary"
BODIES = st.permutations(
    [*(line.partition(" | ")[2] for line in HEADINGS["apart: the place is the heading"]), ""]
)


@given(BODIES)
def test_under_a_heading_seen_over_unlike_bodies_nothing_is_folded_in_whatever_order_it_comes(bodies) -> None:
    recent: tuple[Sketch, ...] = ()
    for i, body in enumerate(bodies):
        (one,) = folded(mention(f"m{i}", body, title=PLACE), recent=recent)
        recent = (*recent, one.sketch)
    with_body = [one.story_id for one, body in zip(recent, bodies, strict=True) if body]
    assert len(set(with_body)) == len(with_body)


class ByLetter(Anywhere):
    """A rule by which mentions of one letter fit the stories that they begin alone."""

    def fits(self, mention_id: str, urn: str, story_id: str, how: str) -> bool:
        return story_id in {digest(urn, f"{mention_id[0]}{n}")[:16] for n in range(3)}


@given(st.permutations([f"{letter}{n}" for letter in "abc" for n in range(3)]))
def test_near_copies_that_tell_of_other_dangers_are_other_stories_in_whatever_order_they_come(ids) -> None:
    recent: tuple[Sketch, ...] = ()
    for one in ids:
        said = mention(one, CONCERT.replace("Friday", f"day {one}"))
        (found,) = fold([said], [ABOUT], {"900001": Shelf(recent)}, NOW, ByLetter())
        recent = (*recent, found.sketch)
    matters = {(known.mention_id[0], known.story_id) for known in recent}
    assert len(matters) == len({story for _, story in matters}) == 3
