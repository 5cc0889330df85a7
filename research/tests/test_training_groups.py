"""What belongs together is never parted by a split; days, names and identities change, nothing else."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from research.training.own_posts.groups import groups
from research.training.own_posts.swaps import masked, swapped

OWN = {"name": "Ashgrove Academy", "aliases": ["Ashgrove"], "locality": "Millbeck", "head": "Mrs Jane Hale"}
OTHER = {"name": "The Larches School", "aliases": ["Larches"], "locality": "Dunford", "head": "Mr Ravi Shah"}


def item(number: int, text: str, **more: Any) -> dict[str, Any]:
    return {"id": f"tr-{number}", "school": "s1", "title": "", "text": text, "pair": None} | more


def test_a_masked_post_has_no_name_place_or_day_in_it() -> None:
    text = "The Ashgrove Academy in Millbeck: Mrs Jane Hale told Jayden and Mr Pike on Monday."
    said = "the school in the town: the head told a child and a teacher on that day."
    assert masked(item(1, text, quoted="Ashgrove again"), OWN)["text"] == said
    assert masked(item(1, text, quoted="Ashgrove again"), OWN)["quoted"] == "the school again"


def changed(text: str, seed: int = 1) -> str:
    return str(swapped(item(1, text), [OTHER], OWN, seed)["text"])


def test_pairs_threads_copies_and_near_copies_stand_together() -> None:
    long = "the coach was late back from the museum again and nobody rang us to say so"
    found = groups(
        [
            item(1, "one thing", pair="p"),
            item(2, "quite another", pair="p"),
            item(3, "first reply", title="Parents of Ashgrove"),
            item(4, "second reply", title="Parents of Ashgrove"),
            item(5, "Same words!"),
            item(6, "same WORDS"),
            item(7, long),
            item(8, long.replace("museum", "theatre")),
            item(9, "something of its own"),
            item(10, "third reply", title="Parents of Ashgrove", school="s2"),
        ]
    )
    assert found == ["tr-1", "tr-1", "tr-3", "tr-3", "tr-5", "tr-5", "tr-7", "tr-7", "tr-9", "tr-10"]


def test_posts_without_words_have_nothing_in_common() -> None:
    assert len(set(groups([item(1, ""), item(2, ""), item(3, "👍")]))) == 3


def test_the_reviews_of_a_listing_are_no_thread() -> None:
    reviews = [item(n, f"review number {n} says {n * 7}", title="Ashgrove Academy") for n in range(50)]
    assert len(set(groups(reviews))) == 50


@given(st.lists(st.text("ab ", max_size=12), max_size=8))
def test_a_group_bears_the_smallest_id_of_its_members(texts: list[str]) -> None:
    items = [item(n, text) for n, text in enumerate(texts)]
    found = groups(items)
    for group in set(found):
        assert group == min(one["id"] for one, of in zip(items, found, strict=True) if of == group)


def test_the_school_its_place_and_its_head_become_anothers() -> None:
    text = "Ashgrove Academy in Millbeck: Mrs Hale has left Ashgrove"
    assert changed(text) == "Larches School in Dunford: Mr Shah has left Larches"


def test_a_day_an_identity_and_a_child_become_others_of_their_kind() -> None:
    text = "Amira is Sikh and starts on Monday"
    seen = {changed(text, seed) for seed in range(40)}
    assert len(seen) > 20
    for one in seen:
        name, _, religion, *_, day = one.split()
        assert name[0].isupper()
        assert religion[0].isupper()
        assert day.endswith("day")


@given(st.integers(0, 99))
def test_what_is_planned_never_becomes_past(seed: int) -> None:
    assert changed("I will be outside tonight", seed).split()[-1] in ("tonight", "tomorrow", "evening")


def test_black_shoes_and_an_english_lesson_are_no_persons() -> None:
    text = "black shoes for the English lesson, and polish them"
    assert {changed(text, seed) for seed in range(20)} == {text}


def test_the_same_seed_gives_the_same_words() -> None:
    text = "the Polish family came tonight, the Polish family"
    assert changed(text, 7) == changed(text, 7)
    assert len(set(changed(text, 7).split(" family")[:2])) <= 2
