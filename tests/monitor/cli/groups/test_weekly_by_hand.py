"""The governors' report of a school that looks at no place: what people handed in, and what became of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders.case_desk import NOW, a_desk, review, run
from builders.mention import POLICY, a_batch, a_mention, a_run, a_verdict

from alerts.layout.pdf import Paragraph
from alerts.weekly.weeks import named
from alerts.weekly.wording import document
from data.errors import InputError
from data.store.mentions.batch import save
from monitor.config.load import load
from monitor.reports.weekly import gather

WEEK = named("2026-W47")
LATER = NOW + timedelta(days=5)
LONG = "It names her and says that she steals from the tuck shop, which is false."


def facts(desk):
    config = load(desk.home / "schoolgate.toml", {})
    with desk.store.read() as con:
        return gather(con, config, config.schools[0], WEEK, LATER).facts


def handed_in(desk, **verdict):
    mention = a_mention("handed", channel="manual_report", fetched_at=NOW)
    batch = a_batch(
        mention, verdicts=[a_verdict(mention, **verdict)], story_id="handed", run=a_run("by:hand", NOW)
    )
    with desk.store.write("test") as con:
        save(con, batch, now=NOW, policy=POLICY)


@pytest.fixture
def desk(tmp_path):
    return a_desk(tmp_path, lambda desk: None)


def test_what_was_handed_in_is_something_to_report(desk):
    with pytest.raises(InputError, match="nothing had been looked at or handed in by then"):
        facts(desk)
    handed_in(desk)
    assert facts(desk).week == "2026-W47"


def test_what_was_handed_in_for_the_safeguarding_lead_alone_is_not(desk):
    handed_in(desk, content_class="C10", restricted=True)
    with pytest.raises(InputError, match="nothing had been looked at or handed in by then"):
        facts(desk)


def test_a_reclassification_of_it_is_told_exactly_and_none_as_none(desk, monkeypatch):
    handed_in(desk)
    assert facts(desk).reclassified == 0
    review(desk)
    monkeypatch.setattr(
        "monitor.cli.commands.case.record.utc_now", lambda: NOW + timedelta(hours=1)
    )  # loaded first: it keeps the clock it finds
    monkeypatch.setattr("data.effects.utc_now", lambda: NOW)  # opening reads it when it is run
    assert desk("open", "story-review", "--as", "holt").code == 0
    ran = run(*f"case classify 1 C7 --as holt --home {desk.home} --why".split(), LONG)
    assert ran.code == 0, ran.err
    made = facts(desk)
    assert made.reclassified == 1
    told = [b.text for b in document(made, desk_zone(desk)).blocks if isinstance(b, Paragraph)]
    assert [t for t in told if t.endswith("How often that was done this week: 1.")]


def desk_zone(desk):
    return load(desk.home / "schoolgate.toml", {}).zone
