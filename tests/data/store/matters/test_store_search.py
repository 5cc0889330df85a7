"""What a search finds in the store, and that nothing finds what was taken away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders.mention import NOW, POLICY, a_batch, a_mention, a_run, a_verdict
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.retention.deleting import scrub
from data.retention.purge import purge
from data.store.mentions.batch import save
from data.store.verdicts.restrict import restrict_matter
from data.store.verdicts.search import COLUMNS, bits_asked, bits_of, searched, stories_holding
from data.types import MentionKind

URN = "900001"
DAY = timedelta(days=1)


def keep(store, *batches, now=NOW):
    with store.write("save") as con:
        for batch in batches:
            save(con, batch, now=now, policy=POLICY)


def post(name: str, **fields):
    return a_batch(a_mention(name, **fields), story_id=f"s-{name}", run=a_run(f"feed:{name}"))


def found(store, asked: str):
    with store.read() as con:
        stories = [row[0] for row in con.execute("SELECT DISTINCT story_id FROM matches").fetchall()]
        return sorted(stories_holding(con, searched(asked), stories))


def bits(store):
    with store.read() as con:
        return con.execute(f"SELECT {', '.join(COLUMNS)} FROM mention_versions").fetchall()


def test_a_story_is_found_by_text_title_quotation_author_and_address(store):
    keep(
        store,
        post("1", text="Parking at the gate"),
        post("2", title="Parking, again"),
        post("3", quoted="“no parking”"),
        post("4", author="ParkingMad"),
        post("5", url="https://parking.example.org/5"),
        post("6"),
    )
    assert found(store, "parking") == ["s-1", "s-2", "s-3", "s-4", "s-5"]


def test_words_may_stand_in_different_parts_of_one_post_but_not_in_two_posts(store):
    keep(
        store,
        post("1", title="Parking", text="at the gate"),
        post("2", title="Parking"),
        post("3", text="gate"),
    )
    assert found(store, "parking gate") == ["s-1"]


def test_only_the_newest_wording_is_found(store):
    keep(store, post("1", text="Parking at the gate"))
    edited = a_mention("1", text="I take it back entirely")
    keep(store, a_batch(edited, story_id="s-1", run=a_run("feed:1"), version=2))
    assert found(store, "parking") == []
    assert found(store, "entirely") == ["s-1"]


def test_what_is_restricted_is_not_found_and_leaves_no_bits(store):
    mention = a_mention("1", text="Parking")
    hidden = a_verdict(mention, restricted=True, content_class="C10")
    keep(store, a_batch(mention, verdicts=[hidden], story_id="s-1"))
    assert found(store, "parking") == []
    assert bits(store) == [(0,) * 8]


def test_what_is_restricted_later_is_not_found_any_more(store):
    keep(store, post("1", text="Parking"))
    with store.write("hide") as con:
        restrict_matter(con, "s-1", URN, ["p-dsl"], NOW)
    assert found(store, "parking") == []
    assert bits(store) == [(0,) * 8]


def test_the_title_of_a_thread_with_a_restricted_post_is_not_found(store):
    opening = a_mention("0", title="Bruises", text="secret")
    reply = a_mention("1", title="Bruises", text="Ring somebody", parent=opening.id, kind=MentionKind.REPLY)
    keep(store, a_batch(reply, story_id="s-1", run=a_run("feed:1")))
    hidden = a_verdict(opening, restricted=True, content_class="C10")
    keep(store, a_batch(opening, verdicts=[hidden], story_id="s-0", run=a_run("feed:0")))
    assert found(store, "bruises") == []
    assert found(store, "ring") == ["s-1"]


def test_what_is_deleted_is_gone_with_its_bits(store):
    keep(store, post("1", text="Parking"))
    purge(store, NOW + 40 * DAY, POLICY)
    assert found(store, "parking") == []
    assert bits(store) == []


def test_words_that_are_taken_out_of_a_reply_are_not_found_and_leave_no_bits(store):
    opening = a_mention("0", text="Parking")
    reply = a_mention("1", text="Quite so", quoted="Parking", parent=opening.id)
    keep(store, a_batch(opening, story_id="s-0"), a_batch(reply, story_id="s-1", run=a_run("feed:1")))
    with store.write("scrub") as con:
        scrub(con, [opening.id], NOW)
        con.execute("DELETE FROM mention_versions WHERE mention_id = $id", {"id": opening.id})
    assert found(store, "parking") == []
    assert found(store, "quite") == ["s-1"]
    assert bits(store) == [(None,) * 8]


def test_a_post_from_before_there_were_bits_is_found(store):
    keep(store, post("1", text="Párking at the gate"))
    with store.write("as an older version wrote it") as con:
        con.execute("UPDATE mention_versions SET " + ", ".join(f"{c} = NULL" for c in COLUMNS))
    assert found(store, "parking gate") == ["s-1"]
    assert found(store, "uniform") == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [("strasse", "Die Straße"), ("bully", "𝐁ully"), ("marys", "St Mary’s"), ("parking", "par\u00adking")],
)
def test_such_a_post_is_found_however_its_words_are_written(store, asked, said):
    keep(store, post("1", text=said), post("2", text="“Nothing” – at £5 …"))
    with store.write("as an older version wrote it") as con:
        con.execute("UPDATE mention_versions SET " + ", ".join(f"{c} = NULL" for c in COLUMNS))
    assert found(store, asked) == ["s-1"]


# ------------------------------------------------------------ words as somebody looks for them


POST = ("Parking again", "Nobody rang back about it. Café Zoë, Larch Road!", "Is it Tuesday?", "Tamsin P.")


def may_hold(asked: str, fields) -> bool:
    held = dict(zip(COLUMNS, bits_of(fields), strict=True))
    return all(held[column] & bits == bits for column, bits in bits_asked(searched(asked)).items())


@pytest.mark.parametrize(
    "asked",
    [
        "parking",
        "PARK",
        "cafe zoe",
        "café",
        "road larch",
        '"larch road"',
        "larch-road",
        "tamsin tuesday",
        "“rang back”",
        "it nobody",
    ],
)
def test_a_post_is_found_by_its_words_wherever_they_stand_in_it(asked):
    assert searched(asked).found_in(POST)
    assert may_hold(asked, POST)


@pytest.mark.parametrize(
    "asked", ["arking", "parking gate", '"road larch"', '"park"', "larch-ro-ad", '"again nobody"', "parkings"]
)
def test_a_post_is_not_found_by_what_does_not_stand_in_it_so(asked):
    assert not searched(asked).found_in(POST)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("St Mary's", "at st marys again"),
        ("marys", "St Mary’s"),
        ("mary", "St Mary's"),
        ("dont", "I don't"),
        ("o'brien", "Mrs O’Brien"),
        ("brien", "Mrs O'Brien"),
        ("o'r ysgol", "o’r Ysgol"),
        ("bully", "𝐁𝐔𝐋𝐋𝐘"),
        ("parking", "par\u00adking"),
        ("strasse", "Straße"),
    ],
)
def test_a_word_is_found_however_it_is_written(asked, said):
    assert searched(asked).found_in([said])
    assert may_hold(asked, [said])


@pytest.mark.parametrize("asked", ["", "   ", "it", "a b", '""', "!!!", '"it is"'])
def test_too_little_is_refused_without_repeating_it(asked):
    with pytest.raises(InputError, match="at least one word of 3 letters") as refused:
        searched(asked)
    assert asked.strip() not in str(refused.value) or len(asked.strip()) < 3


@given(st.lists(st.text(min_size=1, max_size=12), max_size=4), st.text(max_size=30))
def test_the_bits_never_hide_a_post_that_holds_the_words(fields, asked):
    try:
        wanted = searched(asked)
    except InputError:
        return
    for whole in (fields, [*fields, asked]):
        if wanted.found_in(whole):
            assert may_hold(asked, whole)


@given(st.text(alphabet="abcdeéß ", min_size=3, max_size=40), st.integers(0, 30), st.integers(3, 8))
def test_any_beginning_of_any_word_finds_it(text, start, length):
    words = [w for w in text.split() if len(w) >= 3]
    if words:
        word = words[start % len(words)]
        assert searched(word[:length]).found_in([text])
        assert may_hold(word[:length], [text])


def test_hardly_any_other_post_has_all_the_bits():
    others = [f"word{n} gate{n * 7} school{n * 13} again{n * 31} larch{n % 9}" for n in range(2000)]
    assert sum(may_hold("uniform prices", [other]) for other in others) < 20
