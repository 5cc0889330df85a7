"""Whether the impact assessment is recorded, and what a home does without one."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from builders.home import do_in, migrated
from builders.judges import OAKFIELD
from builders.mention import NOW, Clock, a_run, a_store

from data.store.sources import record_runs
from monitor.config.load import Config
from monitor.config.model import DpiaSettings
from monitor.matters.assessment import OLDEST, ImpactAssessment, find_assessment, may_be_of

BARE = Config(Path("schoolgate.toml"), schools=(OAKFIELD,))


TODAY, DAY = BARE.day_of(NOW), timedelta(days=1)


@pytest.fixture
def store(tmp_path):
    return migrated(a_store(tmp_path, Clock(NOW)))


def assessment_of(store, signed_on=None):
    dpia = DpiaSettings(recorded_on=signed_on, recorded_by="Mrs Quillfeather")
    with store.open_reader() as con:
        return find_assessment(con, replace(BARE, dpia=dpia), NOW)


@pytest.mark.parametrize(("signed_on", "is_recorded"), [(None, False), (TODAY, True), (TODAY + DAY, False)])
def test_without_one_signed_by_today_a_new_home_only_looks(store, signed_on, is_recorded):
    wanted = ImpactAssessment.RECORDED if is_recorded else ImpactAssessment.ONLY_LOOKS
    assert assessment_of(store, signed_on) is wanted


def test_a_home_whose_places_were_read_goes_on_without_it(store):
    do_in(store, record_runs, [a_run("gazette", NOW)])
    assert assessment_of(store) is ImpactAssessment.MISSING
    assert assessment_of(store, TODAY) is ImpactAssessment.RECORDED


@pytest.mark.parametrize(
    ("after_set_up", "may_be"), [(-OLDEST - DAY, False), (-OLDEST, True), (10 * DAY, True), (11 * DAY, False)]
)
def test_it_is_from_five_years_before_set_up_to_today(after_set_up, may_be):
    assert may_be_of(TODAY + after_set_up, TODAY, TODAY + 10 * DAY) is may_be
