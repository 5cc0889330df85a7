"""`schoolgate.toml`: what it gives, how far its numbers go, and which policies a decision cites."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import pytest
from builders.config import MAIL, PERSON, SCHOOL, SOURCE, faults, read
from builders.home import a_migrated_store
from builders.mention import NOW as DECIDED_AT
from builders.mention import URN, by_labels
from builders.steps import an_event, names_of_facts
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from support.for_each import for_each

from alerts.ladder.advance import Advance, begin
from alerts.letters.kinds import LetterKind
from alerts.letters.layout import source
from alerts.links import Links
from alerts.notices.upkeep import Missing, notice_words
from alerts.raise_alert import StoryNow, raise_alert
from data.errors import ConfigError
from data.steps.classes import facts_to_store
from data.steps.codes import StepKind
from data.store import cases as case_store
from data.types import (
    About,
    Alert,
    Namesake,
    Person,
    Relevance,
    Role,
    Route,
    School,
    Sentiment,
    Severity,
    Story,
    Verdict,
)
from data.words.say import words
from monitor.act.casework import apply_event, school_rules
from monitor.config import model as config_model
from monitor.config.home.context import Context
from monitor.config.home.lookup import held_by, in_force, with_policy
from monitor.config.load import Config, load_file
from monitor.config.toml_text import toml
from monitor.home import wiring
from monitor.matters.reader import load_case
from monitor.reports.manual import setting_lines

WHOLE = (
    """
contact = "office@oakfield.example.sch.uk"
register_file = "gias.csv.gz"

[[schools]]
urn = "900001"
name = "Oakfield Primary School"
members = ["900001", "900002"]
aliases = ["Oakfield"]
former_names = ["Larch Road Infants"]
locality = "Larch Green"
county = "North Yorkshire"
postcode = "za42qr"
trust = "Brightwater Learning Trust"
domain = "oakfield.example.sch.uk"
head = "Mrs A Example"
namesakes = [{ name = "Oakfield FC", place = "Northvale", kind = "club" }]

[[sources]]
id = "gazette"
kind = "feed"
url = "https://example.org/feed.xml"
interval = "90 minutes"
channel = "google_news"
disabled = "asked us to stop"

[[people]]
id = "head"
name = "Mrs A Example"
roles = ["head", "dsl"]
email = "head@example.sch.uk"
schools = ["900001"]

[policy]
first_assessor = "it_lead"

[dpia]
recorded_on = 2026-09-01
recorded_by = "Mrs A Example"

[[policies]]
title = "Social media policy"
review_due = 2027-09-01

"""
    + MAIL
)


def test_a_whole_file_becomes_the_types_of_the_stages(tmp_path: Path) -> None:
    config = read(tmp_path, WHOLE)
    school = config.schools[0]
    assert (school.urn, school.members, school.postcode) == ("900001", ("900001", "900002"), "ZA4 2QR")
    assert school.namesakes == (Namesake("Oakfield FC", "Northvale", "club"),)
    source = config.sources[0]
    assert (source.interval_s, source.urns, source.name) == (5400.0, ("900001",), "gazette")
    assert source.disabled == "asked us to stop"
    assert config.people[0].roles == (Role.HEAD, Role.DSL)
    assert config.people[0].urns == ("900001",)
    assert config.policy.first_assessor is Role.IT_LEAD
    assert config.register == tmp_path / "gias.csv.gz"
    assert config.zone.key == "Europe/London"
    assert config.dpia.recorded_on is not None
    assert config.school("900002") is school


def test_a_school_alone_is_enough_and_a_day_in_quotes_is_one_as_people_write_it(tmp_path: Path) -> None:
    config = read(tmp_path, f"{SCHOOL}closed = ['1 September 2026']\n")
    assert (config.sources, config.people, config.mail, config.contact) == ((), (), None, "")
    assert config.calendar("900001").closed == {date(2026, 9, 1)}


def test_a_source_is_watched_for_all_schools_unless_it_names_some_and_a_member_stands_for_its_school(
    tmp_path: Path,
) -> None:
    second = SCHOOL.replace("900001", "900003")
    assert read(tmp_path, SCHOOL + second + SOURCE).sources[0].urns == ("900001", "900003")
    school = SCHOOL + 'members = ["900001", "900002"]\n'
    config = read(tmp_path, school + SOURCE + 'schools = ["900002"]\n' + PERSON + 'schools = ["900002"]\n')
    assert config.sources[0].urns == config.people[0].urns == ("900001",)


def test_an_email_address_is_read_without_what_is_not_seen(tmp_path: Path) -> None:
    config = read(tmp_path, WHOLE.replace("head@example", "\u200bhead＠ex\u00adample"))
    assert config.people[0].email == "head@example.sch.uk"


def test_an_email_address_in_letters_that_only_look_alike_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="mail servers need plain letters"):
        read(tmp_path, WHOLE.replace("head@example", "hеad@example"))


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "schoolgate.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SCHOOL.replace("\n", "\r\n").encode())
    assert load_file(path, {}).schools[0].urn == "900001"


def test_all_faults_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        "zone = 'Mars'\n"
        + SCHOOL.replace('"900001"', "1")
        + SOURCE.replace('"feed"', '"feeed"')
        + PERSON.replace("roles", "rolls")
        + MAIL.replace("smtp.example.org", "")
    )
    lines = [int(found) for fault in faults(tmp_path, text) for found in re.findall(r"\(line (\d+)\)", fault)]
    assert lines == [1, 3, 7, 9, 12, 14]


def test_a_missing_file_a_folder_in_its_place_and_letters_of_another_encoding_are_told(
    tmp_path: Path,
) -> None:
    path = tmp_path / "schoolgate.toml"
    with pytest.raises(ConfigError, match=r"is not there\. To write one: schoolgate setup --home \S+$"):
        load_file(path, {})
    with pytest.raises(ConfigError, match="it is a folder where a file is needed"):
        load_file(tmp_path, {})
    path.write_bytes(SCHOOL.encode() + b'head = "Ren\xe9e"\n')
    with pytest.raises(ConfigError, match="line 4: a letter is not UTF-8"):
        load_file(path, {})


JARGON = re.compile(
    r"pydantic|Input should|Field required|type=|validation|https://errors|Value error|None|tuple|dict"
)
SCALARS = st.one_of(
    st.text("abz /:.@é\n\x1b“", max_size=12),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
)
KEYS = [
    "urn", "name", "id", "kind", "url", "schools", "roles", "email", "port", "host", "aliases", "namesakes",
    "labels", "x",
]  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
TABLES = [
    "zone", "contact", "schools", "sources", "people", "policy", "mail", "model", "dpia", "policies", "odd",
]  # fmt: skip


@settings(deadline=None)
@given(document=st.dictionaries(st.sampled_from(TABLES), VALUES, max_size=5))
def test_whatever_stands_in_the_file_is_told_in_plain_words(
    tmp_path_factory: pytest.TempPathFactory, document: dict[str, object]
) -> None:
    text = "".join(f"{key} = {toml(value)}\n" for key, value in document.items())
    assert tomllib.loads(text).keys() == document.keys()
    told = faults(tmp_path_factory.mktemp("any"), text)
    assert told
    for fault in told:
        assert not JARGON.search(fault)
        assert "\n" not in fault
        assert "\x1b" not in fault


PIECES = [*"=[]{},#\\ \n1“\"'", "[[schools]]", "[mail]", "[a.b]", "zone", "urn", "x", '"""']


@settings(deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=14))
def test_whatever_the_file_is_its_faults_have_a_file_and_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    for fault in faults(tmp_path_factory.mktemp("any"), "".join(pieces)):
        assert re.match(r"schoolgate\.toml, (line \d+|“|\[)", fault)
        assert not JARGON.search(fault)


def test_a_model_that_is_a_folder_beside_the_file_is_that_folder(tmp_path: Path) -> None:
    text = SCHOOL + '[model]\nname = "ours"\nlabels = { toxic = "abuse:harassment" }\n'
    assert read(tmp_path, text).model.name == "ours"
    (tmp_path / "ours").mkdir()
    assert read(tmp_path, text).model.name == str(tmp_path / "ours")


@pytest.mark.parametrize(
    ("url", "surfaced"),
    [
        ("https://news.google.com/rss/search?q=oakfield", True),
        ("https://www.google.co.uk/alerts/feeds/1/2", True),
        ("https://www.bing.com/news/search?q=oakfield&format=rss", True),
        ("https://gazette.example.org/rss", False),
    ],
)
def test_a_search_for_the_name_is_known_by_its_address(tmp_path: Path, url: str, surfaced: bool) -> None:
    config = read(tmp_path, SCHOOL + SOURCE.replace("https://example.org/feed.xml", url))
    assert config.sources[0].surfaced is surfaced


@pytest.mark.parametrize(
    "url",
    [
        "https://x.com/ann_example",
        "https://forum.example.org/member.php?u=7",
        "https://www.flickr.com/people/kid",
        "https://forum.example.org/search.php?author=kid",
        "https://www.roblox.com/users/1/profile",
        "https://news.example.org/author/jane-smith/feed",
        "https://kid.tumblr.com/rss",
        "https://t.me/s/kid_example",
    ],
)
def test_a_persons_profile_is_not_watched_unless_it_is_the_schools_own(tmp_path: Path, url: str) -> None:
    source = SOURCE.replace("https://example.org/feed.xml", url)
    (fault,) = faults(tmp_path, SCHOOL + source)
    assert "is somebody's profile, and we watch nobody's." in fault
    assert read(tmp_path, SCHOOL + source + "own = true\n").sources[0].own


@pytest.mark.parametrize("sign", ["\u202e", "\u2028", "\x85", "\x7f", "\x00", "\U000e0041", "\u200d"])
def test_what_an_editor_would_not_show_is_written_by_its_number_and_half_a_sign_as_unknown(sign: str) -> None:
    written = toml(f"Oakfield{sign}School")
    assert written.isprintable()
    assert tomllib.loads(f"name = {written}") == {"name": f"Oakfield{sign}School"}
    assert tomllib.loads(f"name = {toml('a' + chr(0xD800))}") == {"name": "a\ufffd"}


def test_a_persons_telephone_kin_absence_and_cover_are_kept(tmp_path: Path) -> None:
    second = PERSON.replace('"head"', '"deputy"', 1)
    of_first = 'phone = "01632 960 001"\nrelated_to = ["chair", "head"]\naway_until = 2026-07-13\n'
    person, _ = read(tmp_path, SCHOOL + PERSON + of_first + 'cover = "deputy"\n' + second).people
    assert (person.phone, person.related_to) == ("01632 960 001", ("chair", "head"))
    assert (person.away_until, person.cover) == (datetime(2026, 7, 12, 23, tzinfo=UTC), "deputy")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('cover = "deputi"\n', "nobody else here has the id “deputi”"),
        ('related_to = ["chiar"]\n', "Did you mean “chair”?"),
    ],
)
def test_who_covers_or_is_close_is_a_person_of_the_settings_or_an_office(
    tmp_path: Path, line: str, said: str
) -> None:
    (told,) = faults(tmp_path, SCHOOL + PERSON + line)
    assert said in told


def test_a_file_of_before_may_hold_a_table_of_plugins(tmp_path: Path) -> None:
    assert read(tmp_path, SCHOOL + '[plugins]\nallow = ["noticeboard"]\n').schools


# ---------------- five invented schools, each with the set-up of one of the policies that were read

FIXTURES = Path(__file__).parents[2] / "fixtures" / "policies"
NAMES = sorted(p.stem for p in FIXTURES.glob("*.toml"))
GUIDE = (Path(__file__).parents[3] / "docs" / "policies.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 17, 10, tzinfo=UTC)


def policy(name: str) -> Config:
    return load_file(FIXTURES / f"{name}.toml", {})


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
    raised = raise_alert(StoryNow(story, school, judges.people, judges.policy_of(urn), NOW, (verdict,)))
    assert isinstance(raised, Alert)
    return raised.audience


FIVE = {
    "senior_manager": (
        ("senior", "head"), (), Role.HEAD, False, 1, True, "Social networking policy, version 2",
    ),
    "helpline": (
        ("head", "deputy"), (Role.DEPUTY_HEAD,), Role.HEAD, True, 0, True,
        "Social media policy, version June 2021",
    ),
    "head_and_ict": (("head", "deputy"), (), Role.HEAD, False, 1, False, None),
    "director_of_it": (("director", "head"), (Role.IT_LEAD,), Role.IT_LEAD, False, 1, False, None),
    "wales": (("pennaeth", "dsp"), (), Role.HEAD, False, 1, False, "Polisi cyfryngau cymdeithasol"),
}  # fmt: skip
"""Of each who is told first of a matter for removal, who decides beside the head, who answers the press,
whether the helpline may be asked at once, an author's days, whether complaints have a page, what is cited."""


@pytest.mark.parametrize("name", FIVE)
def test_each_policy_says_who_is_told_who_decides_whom_to_ask_and_for_how_long(name: str) -> None:
    """The head decides and a host has 24 hours in each; test_papers.py holds what a case makes of it."""
    config, urn = of(name)
    first, delegates, press, at_once, days, complaints, cited = FIVE[name]
    profile = config.profile(urn)
    assert told(name) == first
    assert (profile.decider, profile.delegates, profile.press) == (Role.HEAD, delegates, press)
    assert (profile.host_hours, profile.author_days) == (24, days)
    assert (profile.posh_at_once, bool(profile.complaints_url)) == (at_once, complaints)
    assert cited in (None, in_force(config, config.schools[0]))
    heads = {p.id for p in config.people if Role.HEAD in p.roles}
    assert heads.isdisjoint(told(name, about=About.HEAD))
    wanted = {Role.IT_LEAD, Role.HEAD, Role.DEPUTY_HEAD, Role.SLT}
    odd_post = {p.id for p in config.people if wanted & set(p.roles)}
    assert set(told(name, content_class="C14")) == odd_post


def test_there_are_no_others() -> None:
    assert sorted(FIVE) == NAMES


def test_the_first_assessor_of_one_school_is_not_that_of_its_neighbour(tmp_path: Path) -> None:
    """One home, two schools: the rule is the school's, not the home's."""
    it_first = (FIXTURES / "director_of_it.toml").read_text()
    second = '[[schools]]\nurn = "900017"\nname = "Fernhollow School"\n'
    (tmp_path / "schoolgate.toml").write_text(it_first + second)
    judges = wiring.judges(load_file(tmp_path / "schoolgate.toml", {}), tmp_path)
    assert judges.policy_of("900015").first_assessor is Role.IT_LEAD
    assert judges.policy_of("900017").first_assessor is Role.HEAD


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


BLOCKS = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)


def _loaded(folder: Path, block: str) -> Config:
    path = folder / "schoolgate.toml"
    path.write_text(block, encoding="utf-8")
    return load_file(path, {})


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


# ------------------------------------- docs/configuration.md against the models that check the file

PAGE = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text(encoding="utf-8")
TABLES = config_model.Table.__subclasses__()


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.model_config["title"])
def test_a_section_tables_every_key_with_its_sentence_example_and_default(
    model: type[config_model.Table],
) -> None:
    name = str(model.model_config["title"])
    title = "At the top of the file" if name == "top" else rf"`\[+{re.escape(name)}\]+`"
    (section,) = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert f"<!-- made: keys_{name.replace('.', '_')} -->" in section
    _, _, *rows = setting_lines(model)
    assert [row.split("`")[1] for row in rows] == [*model.model_fields]
    assert all(f.description and f.examples is not None for f in model.model_fields.values())


def test_the_smallest_file_loads(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "schoolgate.toml").write_text(block)
    assert load_file(tmp_path / "schoolgate.toml", {}).schools[0].urn == "900001"


EXAMPLES = [
    (model, key, field.examples[0])
    for model in TABLES
    for key, field in model.model_fields.items()
    if field.examples
]


@for_each(("model", "key", "example"), EXAMPLES)
def test_every_example_is_accepted(model: type[config_model.Table], key: str, example: object) -> None:
    needed = {k: f.examples[0] for k, f in model.model_fields.items() if f.is_required() and f.examples}
    if model is config_model.TomlFile:
        needed["schools"] = [{"urn": "900001", "name": "Oakfield"}]
    assert getattr(model.model_validate({**needed, key: example}), key)


# ------------------- a decision in a case cites the written policy in force, with its version

OURS = School(URN, "Oakfield Primary School", members=(URN, "900002"))
HEAD = Person("head", "Jane Holt", (Role.HEAD,), "head@example.org")
SOCIAL = config_model.WrittenPolicy(title="Social media policy", version="3", review_due=date(2026, 9, 1))
DATED = config_model.WrittenPolicy(title="Online safety", approved_on=date(2025, 9, 1))
DECIDED = an_event(StepKind.DECIDED, "head", "It is untrue.", {"decision": "seek"})


def config(*policies: config_model.WrittenPolicy) -> Config:
    return Config(Path("schoolgate.toml"), schools=(OURS,), people=(HEAD,), policies=policies)


def test_a_decision_alone_cites_the_policies_in_force_by_version_or_day() -> None:
    event = with_policy(DECIDED, config(SOCIAL), OURS)
    assert facts_to_store(event.said) == {"decision": "seek", "policy": "Social media policy, version 3"}
    assert "policy" in names_of_facts(StepKind.DECIDED)[1]
    both = "Social media policy, version 3; Online safety, approved 2025-09-01"
    assert in_force(config(SOCIAL, DATED), OURS) == both
    noted = an_event(StepKind.NOTED, "head", "Rang them.")
    assert with_policy(noted, config(SOCIAL), OURS) == noted
    assert with_policy(DECIDED, config(), OURS) == DECIDED


def test_a_policy_of_a_member_holds_for_its_school_and_another_schools_does_not() -> None:
    of_a_member = SOCIAL.model_copy(update={"schools": ("900002",)})
    of_another = DATED.model_copy(update={"schools": ("900009",)})
    assert held_by(config(of_a_member, of_another), OURS) == (of_a_member,)


def test_what_is_stored_of_a_decision_names_the_policy_that_it_was_made_under(tmp_path: Path) -> None:
    context = Context(config(SOCIAL), tmp_path, Links())
    opening = {"story": "s", "route": "platform_report", "proposed_class": "C2", "about": "staff"}
    opened = an_event(StepKind.OPENED, "schoolgate", facts=opening)
    with a_migrated_store(tmp_path).write("test") as con:
        begun = begin("0001", URN, opened, DECIDED_AT, school_rules(context, URN))
        assert isinstance(begun, Advance)
        case_store.append_steps(con, begun.case, begun.steps, (), DECIDED_AT)
        four = dict.fromkeys(("nature", "visible", "spread", "impact"), "As told.")
        classified = an_event(StepKind.CLASSIFIED, "head", facts={"class": "C2"})
        for n, event in enumerate((classified, an_event(StepKind.WEIGHED, "head", facts=four), DECIDED), 1):
            when = DECIDED_AT + timedelta(minutes=n)
            done = apply_event(con, context, load_case(con, "0001"), event, when)
            assert isinstance(done, Advance), done
        (*_, decision) = case_store.steps_of_case(con, "0001")
    assert decision.stored_facts["policy"] == "Social media policy, version 3"


# ------------------------------------ how far each number of the file may go, and no further

BOUNDS: dict[tuple[type[config_model.Table], str], tuple[float, float, float]] = {
    (config_model.LadderTable, "host_hours"): (1, 168, 1),
    (config_model.LadderTable, "author_days"): (0, 10, 1),
    (config_model.SourceTable, "max_pages"): (1, 50, 1),
    (config_model.CredentialTable, "asks_a_day"): (1, 100_000, 1),
    (config_model.CredentialTable, "pounds_a_month"): (0.01, 1_000, 0.01),
    (config_model.PolicyTable, "look_share"): (0, 0.125, 0.001),
    (config_model.PolicyTable, "criticism_days"): (1, 90, 1),
    (config_model.PolicyTable, "retain_days"): (1, 2555, 1),
    (config_model.PolicyTable, "unmatched_hours"): (1, 24, 1),
    (config_model.MailSettings, "port"): (1, 65535, 1),
    (config_model.ModelSettings, "threads"): (1, 256, 1),
    (config_model.ServeSettings, "health_port"): (1, 65535, 1),
}


@pytest.mark.parametrize(("table", "key"), BOUNDS)
def test_a_number_may_go_as_far_as_its_bounds_and_no_further(
    table: type[config_model.Table], key: str
) -> None:
    least, most, step = BOUNDS[table, key]
    # What checks a value of that key alone, without the rest of its table
    field = table.model_fields[key]
    check = TypeAdapter(Annotated[field.annotation, *field.metadata])
    assert [check.validate_python(n) for n in (least, most)] == [least, most]
    for beyond in (least - step, most + step):
        with pytest.raises(ValidationError):
            check.validate_python(beyond)


def test_no_number_has_bounds_that_are_not_held_here() -> None:
    limited = {
        (table, key)
        for table in TABLES
        for key, field in table.model_fields.items()
        if any(hasattr(one, limit) for one in field.metadata for limit in ("ge", "le", "gt", "lt"))
    }
    assert limited == set(BOUNDS)
