"""What is due today for somebody: the matters of their digest, and no more of any than they may know."""

from __future__ import annotations

import random
from dataclasses import fields
from datetime import timedelta

import pytest
from builders.digest import (
    CHAIR,
    DEPUTY,
    DSL,
    HEAD,
    OAKFIELD,
    TUESDAY,
    a_busy_day,
    a_config,
    a_home,
    a_quiet_day,
    grave,
    news,
    praise,
    restricted,
    say,
    together,
)

from alerts.facts import Selection
from alerts.wording.digest.compose import compose
from alerts.wording.digest.view import Line
from data.matters import Access, MatterView
from data.types import About, Relevance, Severity
from monitor.matters.reader import Reader
from monitor.matters.today import Days, due_of, today

READERS = [HEAD, DEPUTY, DSL, CHAIR]


def all_of(chosen: Selection) -> list[MatterView]:
    """All that it holds, under whatever it stands."""
    held = (getattr(chosen, f.name) for f in fields(chosen))
    return [one for some in held if isinstance(some, tuple) for one in some if isinstance(one, MatterView)]


def least(view: MatterView) -> Access:
    """How much somebody must be let know of a case to be told of it, of anything else, and of a number."""
    return view.access if view.restricted else Access.STATUS if view.cases else Access.WORDS


def a_random_day(store, seed):
    """Twenty posts, any of them grave, restricted, in the press, about anybody."""
    draw = random.Random(seed)
    with together(store) as one:
        for n in range(20):
            at = TUESDAY - timedelta(minutes=draw.randrange(10, 1400))
            about = draw.choice([About.STAFF, About.HEAD, About.CHAIR, About.PUPIL, About.SCHOOL])
            who = draw.choice([(), (), ("head",), ("deputy",)])
            match draw.randrange(7):
                case 0:
                    grave(one, f"g{n}", at, about=about, subjects=who)
                case 1:
                    restricted(one, f"r{n}", at)
                case 2:
                    news(one, f"n{n}", at, f"Fair number {n}", look=draw.random() < 0.5, about=about)
                case 3:
                    praise(one, f"p{n}", at, themes=("meals",))
                case 4:
                    say(one, f"l{n}", at, look=True, look_rank=draw.random(), about=about, subjects=who)
                case 5:
                    say(one, f"u{n}", at, relevance=Relevance.UNSURE, severity=Severity.NOTE)
                case _:
                    say(one, f"a{n}", at, themes=(draw.choice(["traffic", "uniform"]),), about=about)


def all_lines(lines: tuple[Line, ...]):
    for line in lines:
        yield line
        yield from all_lines(line.under)


@pytest.mark.parametrize("day", [a_busy_day, a_quiet_day, *range(6)])
def test_it_holds_the_matters_of_each_readers_digest_and_nothing_that_access_withholds(tmp_path, day):
    config, store = a_config(tmp_path), a_home(tmp_path)
    _ = a_random_day(store, day) if isinstance(day, int) else day(store)
    found = 0
    for person in READERS:
        with store.read() as con:
            (part,) = today(con, config, person, TUESDAY)
            due = due_of(config, OAKFIELD, TUESDAY.date())
            (told,) = Days(con, config, TUESDAY).parts(OAKFIELD, due, [person])
            matters = {view.story_id: view for view in all_of(part.chosen)}
            known = Reader(config, store, person).look(con, dict.fromkeys(matters, OAKFIELD.urn))
        lines = [
            line for section in compose(told.facts, told.chosen).sections for line in all_lines(section.lines)
        ]
        shown = {line.matter.story_id for line in lines if line.matter is not None}
        grouped = {view.story_id for view in (*part.chosen.answer, *part.chosen.praise)}
        assert shown <= matters.keys()
        assert matters.keys() - shown <= grouped
        assert all(known.access[story] >= least(view) for story, view in matters.items())
        found += len(matters)
    assert found or day is a_quiet_day


def test_nothing_of_a_matter_is_there_for_whom_it_accuses(tmp_path):
    config, store = a_config(tmp_path), a_home(tmp_path)
    a_busy_day(store)
    with store.read() as con:
        seen = {p.id: all_of(today(con, config, p, TUESDAY)[0].chosen) for p in (HEAD, DEPUTY)}
    alerts = {who: {view.alert_id for view in matters} for who, matters in seen.items()}
    assert "deadbeef00" in alerts["head"]
    assert "deadbeef00" not in alerts["deputy"]


def test_asked_again_at_the_same_time_it_is_the_same(tmp_path):
    config, store = a_config(tmp_path), a_home(tmp_path)
    a_busy_day(store)
    with store.read() as con:
        first = today(con, config, HEAD, TUESDAY)
        assert today(con, config, HEAD, TUESDAY) == first
