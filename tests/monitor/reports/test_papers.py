"""The papers that data protection law asks of a school, drafted from settings; the rest stays a question."""

import ast
import re
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from builders.alert import DPO as DATA_OFFICER
from builders.alert import HEAD, raised, verdict
from builders.case import a_case, a_step
from builders.case_desk import Desk, disclosure, insult
from builders.config import SCHOOL, write
from builders.home import a_migrated_store
from builders.ladder import Climb, with_target
from builders.mention import NOW as LATEST
from builders.mention import URN, a_mention
from builders.privacy import an_office
from support.checkout import ROOT
from support.every_command import leaves
from typer.main import get_command

from classifiers.scoring.onnx_scorer import read_figures
from data.content_class import CLASSES, EIGHTEEN_MONTHS, SIX_YEARS, ContentClass
from data.errors import InputError
from data.register.calendar import Calendar, Term
from data.rungs import Rung
from data.steps.codes import Relationship, StepKind
from data.store import cases as case_store
from data.store.engine.migrations import MIGRATIONS
from data.types import About, Policy, Route
from monitor.cli.app import app
from monitor.config.hosts import by_purpose
from monitor.config.load import load_file
from monitor.home.wiring import open_store
from monitor.reports.papers import (
    Basis,
    Paper,
    compose_paper,
    draft_paper,
    paper_facts,
    paper_page,
    privacy_notice,
    read_since,
    retention_words,
)
from monitor.reports.weekly import term_papers, year

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SECRETS = {
    "MAIL": "mail-secret-1",
    "SIGN_IN": "sign-in-secret-5",
    "CHAT": "ntfys://ntfy.example.org/topic-secret-2",
}
SETTINGS = """
contact = "office@oakfield.example.sch.uk"
base_url = "https://desk.oakfield.example.sch.uk"

[dpia]
recorded_on = 2026-09-01
recorded_by = "Mrs A Example"

[policy]
unmatched_hours = 12
criticism_days = 21
retain_days = 300

[mail]
host = "smtp.example.org"
sender = "schoolgate@oakfield.example.sch.uk"
password_env = "MAIL"

[sign_in]
provider = "google"
domain = "oakfield.example.sch.uk"
client_id = "1"
secret_env = "SIGN_IN"

[serve]
heartbeat_url = "https://beats.example.org/heartbeat-secret-3"

[evidence]
timestamp_url = "https://timestamp.example.org/tsr"

[[sources]]
id = "forum"
name = "Northvale forum"
kind = "feed"
url = "https://forum.example.org/feed/address-secret-4"
schools = ["900001"]

[[sources]]
id = "ours"
name = "Our news page"
kind = "own.page"
url = "https://oakfield.example.sch.uk/news"
own = true
schools = ["900001"]

[[sources]]
id = "theirs"
name = "Hexley forum"
kind = "feed"
url = "https://hexley.example.org/feed"
schools = ["900002"]
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("papers"))
    insult(desk)
    disclosure(desk)
    toml = desk.home / "schoolgate.toml"
    chat = toml.read_text("utf-8").replace('id = "pike"\n', 'id = "pike"\nchat_env = "CHAT"\n')
    toml.write_text(SETTINGS + chat, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        for name, secret in SECRETS.items():
            patched.setenv(name, secret)
        return an_office(desk)


def at(office):
    return office.school, office.config, office.store


def of(office, **school):
    return replace(office, school=replace(office.school, **school))


@pytest.fixture
def independent(office):
    return of(office, sector="independent")


def said(office, paper, basis=None):
    """As it is drafted, without what differs by machine and release."""
    here = {"version": "0.1.0", "store": "HOME/schoolgate.duckdb", "evidence": "HOME/evidence", "signed": 2}
    given = paper_facts(*at(office), NOW, basis, by_purpose(office.config))
    return compose_paper(paper, {**given, **here, "read_since": read_since(*at(office), NOW)})


@pytest.mark.parametrize("paper", Paper, ids=lambda paper: paper.value)
def test_a_paper_reads(independent, paper, snapshot):
    """Each whole, as its reader has it: a draft with questions, and no secret, name, post or other school."""
    text = said(independent, paper)
    assert text == snapshot
    numbers = re.findall(r"(?m)^> \*\*Question (\d+)\.\*\* .+\n>\n> Answer:$", text)
    assert "**Draft, for your data protection officer.**" in text
    assert numbers == [str(n) for n in range(1, len(numbers) + 1)]
    assert len(numbers) >= 4
    posts = [a_mention(name) for name in ("insult", "disclosure")]
    never = [*(f"secret-{n}" for n in range(1, 6)), "Hexley forum", "Jane Holt", "Robin Pike", "ntfys"]
    never += [part for post in posts for part in (post.text, post.title, post.author, post.url) if part]
    assert not [part for part in never if part in text]


def test_the_times_are_those_that_are_configured(office):
    policy = Policy(criticism_days=7, retain_days=90, unmatched_hours=3)
    here = replace(office, config=replace(office.config, policy=policy))
    for paper in (Paper.DPIA, Paper.NOTICE, Paper.APD, Paper.RETENTION, Paper.ROPA, Paper.BRIEFING):
        text = said(here, paper)
        assert f"{policy.criticism_days} days" in text
        assert f"{policy.retain_days} days" in text
    retention = said(here, Paper.RETENTION)
    assert f"| Posts that are not about the school | {policy.unmatched_hours} hours |" in retention
    assert f"| Anything else about the school | {policy.retain_days} days |" in retention


def test_no_class_is_kept_for_a_time_that_the_table_lacks():
    """Its rows for false statements and for threats and hate are all that have a time of their own."""
    own = {code: spec.kept for code, spec in CLASSES.items() if spec.kept is not None}
    longest = dict.fromkeys((ContentClass.HATE, ContentClass.THREAT), SIX_YEARS)
    assert own == {ContentClass.DEFAMATION: EIGHTEEN_MONTHS, **longest}
    times = retention_words(Policy())
    assert (times["defamation"], times["grave"], times["stub"]) == ("18 months", "6 years", "6 years")


@pytest.mark.parametrize(
    ("school", "why"),
    [
        ({"sector": "maintained"}, "is “maintained” by the settings"),
        ({"sector": "academy"}, "is “academy” by the settings"),
        ({"trust": "Brightwater Learning Trust"}, "is “academy” by the settings"),
        ({}, "say so on the page “Schools”"),
    ],
    ids=["maintained", "academy", "of a trust", "nobody said"],
)
def test_legitimate_interests_is_refused_with_the_reason_to_all_but_independent_schools(office, school, why):
    for paper, basis in ((Paper.LIA, None), (Paper.DPIA, Basis.LEGITIMATE_INTERESTS)):
        with pytest.raises(InputError) as refused:
            draft_paper(*at(of(office, **school)), paper, NOW, basis, {})
        assert "closed to a public authority for its public tasks" in str(refused.value)
        assert why in str(refused.value)


@pytest.mark.parametrize("sector", ["", "maintained", "academy", "independent"])
def test_what_nobody_said_is_asked_and_nothing_chosen(office, sector):
    text = said(of(office, sector=sector), Paper.DPIA)
    assert ("Is the school maintained, an academy or independent?" in text) is not sector
    assert ("If it is public task: which task" in text) is (sector != "independent")
    assert "Lawful basis: not chosen yet." in text
    assert "Which lawful basis do you choose" in text


def test_the_basis_that_was_chosen_is_printed_and_asked_where_it_is_recorded(office):
    text = said(of(office, sector="academy"), Paper.ROPA, basis=Basis.PUBLIC_TASK)
    assert "| Lawful basis | public task (UK GDPR, Article 6(1)(e)) |" in text
    assert "Where is it recorded that you chose this basis" in text


IN_LAW = (
    ({"sector": "academy", "trust": "Brightwater Trust"}, "Brightwater Trust, which runs Oakfield"),
    ({"sector": "maintained", "nation": "scotland", "local_authority": "Arden"}, "Arden, which runs"),
    ({"sector": "maintained", "nation": "scotland", "local_authority": ""}, "The body that runs Oakfield"),
    ({"sector": "maintained", "nation": "northern_ireland"}, "Oakfield Primary School is responsible"),
    ({"sector": "independent", "nation": "scotland"}, "Oakfield Primary School is responsible"),
)  # fmt: skip


@pytest.mark.parametrize(("school", "who"), IN_LAW)
def test_the_notice_says_who_answers_in_law(office, school, who):
    assert f"## Who we are\n\n{who}" in said(of(office, **school), Paper.NOTICE)


def test_public_task_is_asked_beside_the_law_of_the_nation(office):
    laws = {
        "england": "Independent School Standards", "wales": "in force in Wales since 1 September 2006",
        "scotland": "Education (Scotland) Act 1980", "northern_ireland": "Order 2003, Articles 17 and 18",
    }  # fmt: skip
    for nation, law in laws.items():
        text = said(of(office, nation=nation, sector="maintained"), Paper.DPIA)
        assert law in text
        assert ("section 141F" in text) is (nation in ("england", "wales"))


def test_the_assessment_gives_the_figures_of_the_model_that_judges(office):
    ours = office.config.model.model_copy(update={"name": "example/another"})
    config = replace(office.config, model=ours)
    other = replace(office, config=config)
    card = read_figures()
    assert f"of 100 serious ones {card['grave_alerted'] * 100:.0f} raise an alert at once" in said(
        office, Paper.DPIA
    )
    assert "How often that model is wrong is not known" in said(other, Paper.DPIA)


def test_the_assessment_says_that_no_email_is_a_choice_where_it_is(office):
    draft = said(replace(office, config=replace(office.config, mail=None, without_mail=True)), Paper.DPIA)
    assert ("as the school chose" in draft, "nobody is told anything yet" in draft) == (True, False)


def test_the_assessment_counts_the_posts_that_were_read_and_a_new_home_none(office, tmp_path):
    new = replace(office, store=open_store(tmp_path))
    assert re.search(r"counted since .*: [1-9]\d*\.", said(office, Paper.DPIA))
    assert "Nothing was read yet" in said(new, Paper.DPIA)


def test_whether_the_disk_is_encrypted_is_asked_and_no_paper_says_that_nobody_can_search_what_is_kept(office):
    for paper in (Paper.DPIA, Paper.APD, Paper.DUE_DILIGENCE):
        assert re.search(r"Question \d+\..*disks? encrypted", said(office, paper)), paper
    for paper in (Paper.DPIA, Paper.DUE_DILIGENCE, Paper.NOTICE, Paper.BRIEFING):
        text = said(office, paper)
        assert "without a record" in text or "in public" in text, paper
        assert not re.search(r"[Nn]o search by person|signs in nowhere|log in anywhere", text), paper


def test_the_notice_in_a_copy_of_somebodys_data_has_no_questions_and_no_draft(office):
    paragraphs = privacy_notice(*at(office), NOW)
    text = "\n".join(paragraphs)
    assert paragraphs[0] == "What Oakfield Primary School reads in public, and what that means for you"
    assert "To ask about your data: moss@example.org." in text
    assert not re.search(r"(?m)Question|Draft|^#|\[1\]|Before you publish", text)


# ------------------------------- what the schools' own policies oblige where no other test holds it

ROOMS = ("data", "sources", "classifiers", "alerts", "monitor")


@pytest.mark.parametrize("at_once", [False, True])
def test_the_helpline_may_be_asked_at_once_where_the_policy_says_so(at_once: bool) -> None:
    case = Climb(by=with_target(posh_at_once=at_once)).sought()
    case.author(Relationship.THIRD_PARTY.value, contact_safe="no").ask(Rung.PLATFORM_REPORT)
    if not at_once:
        assert case.not_asked(Rung.POSH) == "posh_after_platform"
        case.now += timedelta(hours=48)
    case.ask(Rung.POSH)


def test_a_person_may_set_each_class_of_prohibited_content() -> None:
    for code in (f"C{n}" for n in range(15)):
        case = Climb("C4").classed(code, "dsl")
        assert case.case.content_class == code
        assert case.refused(StepKind.CLASSIFIED, "dsl", **{"class": "C15"}) == "facts"


def test_personal_data_is_told_to_the_data_protection_officer_too() -> None:
    for code in ("C1", "C11"):
        leaked = verdict(Route.PLATFORM_REPORT, About.STAFF, content_class=code, abuse=("privacy",))
        assert {HEAD.id, DATA_OFFICER.id} <= set(raised(leaked).audience)


def test_no_command_answers_a_post_or_searches_for_a_person() -> None:
    groups = get_command(app).commands  # type: ignore[attr-defined]
    assert not {"reply", "post", "comment", "message", "publish"} & set(groups)
    options = {
        name
        for group in groups.values()
        for command in getattr(group, "commands", {"": group}).values()
        if command.name in ("list", "scan", "find", "show")
        for param in command.params
        for name in param.opts
    }
    assert options
    assert not {"--author", "--handle", "--profile"} & options


def _imported(wanted: set[str]) -> set[str]:
    """Those of these packages that anything here imports."""
    named, found = re.compile(rf"\b({'|'.join(wanted)})\b"), set()
    for path in (p for room in ROOMS for p in (ROOT / room).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text if named.search(text) else "")):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found & wanted


def test_out_of_scope_nothing_here_taps_keys_networks_screens_or_anybodys_password() -> None:
    """Two policies foresee that; it is left out on purpose."""
    tapping = {"pynput", "keyboard", "mouse", "scapy", "pcapy", "pyshark", "socketserver", "mss", "keyring"}
    assert _imported({"ssl", *tapping}) == {"ssl"}
    schema = "\n".join(str(migration) for migration in MIGRATIONS).lower()
    assert not re.findall(r"\b(password|passphrase|keystroke|screen_time)\b", schema)


# -------------------------- the templates of papers on data protection, and the law with its source

ROOM = Path(__file__).resolve().parents[3] / "monitor" / "reports" / "templates"
TEMPLATES = {path.name: path.read_text("utf-8") for path in ROOM.glob("*.md")}
LAWS = tomllib.loads((ROOM / "law.toml").read_text("utf-8"))
TAG = re.compile(r"(?m)\{[{%].*?[}%]\}|^% .*$")


def test_there_is_a_template_of_every_paper_without_quotation_marks_of_a_typewriter():
    assert {f"{paper.value.replace('-', '_')}.md" for paper in Paper} <= TEMPLATES.keys()
    texts = [*TEMPLATES.values(), *(law["text"] for law in LAWS.values())]
    assert not [text for text in texts if re.search(r"[\"'`\t]", TAG.sub("", text))]


def test_every_command_that_a_paper_names_exists():
    every = {" ".join(words) for words, _ in leaves()}
    named = re.compile(r"schoolgate (\w+ [a-z-]+)\b[^:”]?")
    found = {name for text in TEMPLATES.values() for name in named.findall(text)}
    assert found
    assert found <= every


def test_every_sentence_on_the_law_is_used_and_has_its_source_and_day():
    text = "\n".join(TEMPLATES.values())
    used = set(re.findall(r"law\.(?!citations|source)(\w+)|law\.source\(\"(\w+)", text))
    assert {key for pair in used for key in pair if key} == LAWS.keys()
    for law in LAWS.values():
        assert law.keys() == {"text", "source", "read"}
        assert isinstance(law["read"], date)


def test_no_paper_calls_an_article_of_law_without_a_source():
    """What law asks stands in law.toml: a template names articles only as headings of what a paper is."""
    named = re.compile(r"Article \d+|section \d+\w*|paragraph \d+|Schedule \d+")
    found = {hit for text in TEMPLATES.values() for hit in named.findall(text)}
    assert found == {"Article 30", "Article 9", "Schedule 1", "section 141F"}


def test_a_page_says_its_language_and_title_and_escapes_what_it_is_made_of():
    page = paper_page("# A <b>title</b>\n\n<script>alert(1)</script>\n\n| a |\n|---|\n| b |\n")
    assert '<html lang="en">' in page
    assert "<title>A &lt;b&gt;title&lt;/b&gt;</title>" in page
    assert "<script>" not in page
    assert "<td>b</td>" in page


# ------------------------------------------------------------------------------------ a year's cases


def test_cases_opened_in_the_year_are_counted_and_none_that_is_for_a_few(tmp_path):
    path = write(tmp_path, SCHOOL)
    store, config = a_migrated_store(tmp_path), load_file(path, {})
    with store.write("cases") as con:
        for n in range(9):
            opened = LATEST - timedelta(days=30 * n)
            steps = [a_step(1, StepKind.OPENED, case_id=f"000{n}", at=opened)]
            few = {"restricted": n == 0, "locked": n == 1}
            case_store.append_steps(
                con, a_case(f"000{n}", steps=1, opened_at=opened, **few), steps, (), LATEST
            )
        months = tuple(date(2026, month, 1) for month in range(1, 13))
        read = year(con, config, config.schools[0], months, LATEST)
        terms = (Term(date(2026, 9, 1), LATEST.date() - timedelta(days=1)),)
        config = replace(config, calendars={URN: Calendar(terms=terms)})
        papers = term_papers(con, config, config.schools[0], LATEST)
    assert (URN, read.blocks[0].text) == (config.schools[0].urn, "Cases opened: 7.")
    assert papers["term"].blocks[0].text.endswith("closed: fewer than 5.")
    assert papers["safeguarding-term"].blocks[0].text.endswith("record: fewer than 5.")
