"""Five invented schools, each with the set-up of one of the policies that were read: what differs holds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders.mention import by_labels

from alerts.instant.raise_alert import raise_alert
from alerts.letters.kinds import LetterKind
from alerts.letters.templates import source
from alerts.notices.upkeep import Missing, notice_words
from data.types import About, Alert, Relevance, Role, Route, Sentiment, Severity, Story, Verdict
from data.words.say import words
from monitor.config.home.lookup import held_by, in_force
from monitor.config.load import Config, load
from monitor.home import wiring

FIXTURES = Path(__file__).parents[2] / "fixtures" / "policies"
NAMES = sorted(p.stem for p in FIXTURES.glob("*.toml"))
GUIDE = (Path(__file__).parents[3] / "docs" / "policies.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 17, 10, tzinfo=UTC)


def policy(name: str) -> Config:
    return load(FIXTURES / f"{name}.toml", {})


def of(name: str) -> tuple[Config, str]:
    config = policy(name)
    return config, config.schools[0].urn


def told(name: str, content_class: str = "C2", about: About = About.STAFF) -> tuple[str, ...]:
    """Whom an insult to a member of staff is told to, as the judging is wired."""
    config, urn = of(name)
    judges = wiring.judges(config, FIXTURES)
    bare = Verdict(
        mention_id="m", version=1, urn=urn, relevance=Relevance.ABOUT, sentiment=Sentiment.NEGATIVE, abuse=(),
        about=about, severity=Severity.TODAY, route=Route.PLATFORM_REPORT, content_class=content_class,
    )  # fmt: skip
    verdict = by_labels(bare)
    story = Story("s", urn, "Something", NOW, NOW, ("m",))
    school = judges.schools[urn]
    raised = raise_alert(story, [verdict], None, judges.people, school, judges.policy_of(urn), NOW)
    assert isinstance(raised, Alert)
    return raised.audience


def test_there_are_the_five() -> None:
    assert NAMES == ["director_of_it", "head_and_ict", "helpline", "senior_manager", "wales"]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("senior_manager", ("senior", "head")),
        ("helpline", ("head", "deputy")),
        ("head_and_ict", ("head", "deputy")),
        ("director_of_it", ("director", "head")),
        ("wales", ("pennaeth", "dsp")),
    ],
)
def test_a_matter_for_removal_is_told_first_to_whom_the_schools_own_policy_names(
    name: str, first: tuple[str, ...]
) -> None:
    assert told(name) == first


@pytest.mark.parametrize("name", NAMES)
def test_in_none_of_them_is_the_head_told_of_a_matter_about_the_head(name: str) -> None:
    config = policy(name)
    heads = {p.id for p in config.people if Role.HEAD in p.roles}
    assert heads.isdisjoint(told(name, about=About.HEAD))


def test_the_first_assessor_of_one_school_is_not_that_of_its_neighbour(tmp_path: Path) -> None:
    """One home, two schools: the rule is the school's, not the home's."""
    it_first = (FIXTURES / "director_of_it.toml").read_text()
    second = '[[schools]]\nurn = "900017"\nname = "Fernhollow School"\n'
    (tmp_path / "schoolgate.toml").write_text(it_first + second)
    judges = wiring.judges(load(tmp_path / "schoolgate.toml", {}), tmp_path)
    assert judges.policy_of("900015").first_assessor is Role.IT_LEAD
    assert judges.policy_of("900017").first_assessor is Role.HEAD


@pytest.mark.parametrize(
    ("name", "delegates", "press", "helpline_at_once", "author_days", "complaints"),
    [
        ("senior_manager", (), Role.HEAD, False, 1, True),
        ("helpline", (Role.DEPUTY_HEAD,), Role.HEAD, True, 0, True),
        ("head_and_ict", (), Role.HEAD, False, 1, False),
        ("director_of_it", (Role.IT_LEAD,), Role.IT_LEAD, False, 1, False),
        ("wales", (), Role.HEAD, False, 1, False),
    ],
)
def test_each_policy_says_who_decides_who_answers_the_press_whom_to_ask_and_for_how_long(
    name: str,
    delegates: tuple[Role, ...],
    press: Role,
    helpline_at_once: bool,
    author_days: int,
    complaints: bool,
) -> None:
    """The head decides and a host has 24 hours in each; test_obligations.py holds what a case makes of it."""
    config, urn = of(name)
    profile = config.profile(urn)
    assert (profile.decider, profile.delegates, profile.press) == (Role.HEAD, delegates, press)
    assert (profile.host_hours, profile.author_days) == (24, author_days)
    assert (profile.posh_at_once, bool(profile.complaints_url)) == (helpline_at_once, complaints)


def test_support_is_offered_in_the_schools_own_words() -> None:
    config, urn = of("senior_manager")
    assert "stress counselling" in config.profile(urn).support


def test_two_registered_numbers_share_one_policy() -> None:
    config, _ = of("helpline")
    school = config.school("900013")
    assert school is not None
    assert config.profile(school.urn).posh_at_once


@pytest.mark.parametrize(
    ("name", "folder", "kind", "begins"),
    [
        ("director_of_it", "northvale-letters", LetterKind.HOLDING_LINE, "For the press"),
        ("wales", "llythyrau", LetterKind.THANKS, "Diolch"),
    ],
)
def test_a_school_may_have_letters_of_its_own_and_ours_for_the_rest(
    name: str, folder: str, kind: LetterKind, begins: str
) -> None:
    config, urn = of(name)
    letters = config.profile(urn).letters
    assert letters == FIXTURES / folder
    path, text = source(kind, "en", config.schools[0].nation, letters)
    assert path.startswith(str(FIXTURES))
    assert text.startswith(begins)
    ours, _ = source(LetterKind.PARENT_INVITATION, "en", config.schools[0].nation, letters)
    assert ours == "en/any/parent_invitation.txt"


def test_an_account_has_the_notice_of_its_own_that_the_policy_asks_for() -> None:
    config, _ = of("director_of_it")
    (source,) = config.sources
    missing = Missing(source.id, source.name, NOW, notice=source.notice)
    assert notice_words(missing, words("en")) == source.notice


@pytest.mark.parametrize("name", NAMES)
def test_odd_posts_on_the_schools_own_accounts_are_told_to_ict_and_the_leadership(name: str) -> None:
    config = policy(name)
    wanted = {Role.IT_LEAD, Role.HEAD, Role.DEPUTY_HEAD, Role.SLT}
    assert set(told(name, content_class="C14")) == {p.id for p in config.people if wanted & set(p.roles)}


@pytest.mark.parametrize(
    ("name", "cited"),
    [
        ("senior_manager", "Social networking policy, version 2"),
        ("helpline", "Social media policy, version June 2021"),
        ("wales", "Polisi cyfryngau cymdeithasol"),
    ],
)
def test_the_policy_that_holds_is_known_with_its_version(name: str, cited: str) -> None:
    config = policy(name)
    assert in_force(config, config.schools[0]) == cited


def test_two_are_past_their_review_and_two_bear_no_date_as_those_that_were_read() -> None:
    today = NOW.date()
    reviews = [p.review_due for name in NAMES for p in held_by(policy(name), policy(name).schools[0])]
    assert sum(day is None for day in reviews) == 2
    assert sum(day is not None and day < today - timedelta(365) for day in reviews) == 2


BLOCKS = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)


def _loaded(folder: Path, block: str) -> Config:
    path = folder / "schoolgate.toml"
    path.write_text(block, encoding="utf-8")
    return load(path, {})


def test_the_guide_shows_each_of_the_five(tmp_path: Path) -> None:
    shown = {_loaded(tmp_path, block).schools[0].name for block in BLOCKS}
    assert shown == {policy(name).schools[0].name for name in NAMES}


@pytest.mark.parametrize("block", BLOCKS, ids=lambda text: re.findall(r'urn = "(\d+)"', text)[0])
def test_what_the_guide_shows_is_the_set_up_that_is_tested(tmp_path: Path, block: str) -> None:
    shown = _loaded(tmp_path, block)
    urn = shown.schools[0].urn
    held = next(c for c in map(policy, NAMES) if c.schools[0].urn == urn)
    ours = shown.profile(urn)
    assert ours.letters is None or ours.letters.name == held.profile(urn).letters.name  # type: ignore[union-attr]
    fields = [f for f in ours.__dataclass_fields__ if f != "letters"]
    assert [getattr(ours, f) for f in fields] == [getattr(held.profile(urn), f) for f in fields]
    assert [p.title for p in shown.policies] == [p.title for p in held.policies]
