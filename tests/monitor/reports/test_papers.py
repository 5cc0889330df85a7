"""The papers that data protection law asks of a school, drafted from its settings: what is its alone to
answer stays a question."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders.case_desk import Desk, disclosure, insult
from builders.mention import a_mention
from builders.privacy import DPO, privacy

from classifiers.scoring.model_card import measured_of
from data.content_class import CLASSES, EIGHTEEN_MONTHS, SIX_YEARS, ContentClass
from data.errors import InputError
from data.types import Policy
from monitor.act.requests.office import open_office
from monitor.home.wiring import open_store
from monitor.reports.papers import Basis, Paper, composed, drafted, facts, kept, published, read_since
from monitor.setup.hosts import by_purpose

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
SECTOR = 'nation = "england"\n'


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("papers"))
    insult(desk)
    disclosure(desk)
    toml = desk.home / "schoolgate.toml"
    chat = toml.read_text("utf-8").replace('id = "pike"\n', 'id = "pike"\nchat_env = "CHAT"\n')
    toml.write_text(SETTINGS + chat, encoding="utf-8")
    return desk.home


@pytest.fixture(scope="module")
def office(home):
    with pytest.MonkeyPatch.context() as patched:
        for name, secret in SECRETS.items():
            patched.setenv(name, secret)
        return open_office(DPO, home, None, "900001")


def at(office):
    return office.school, office.config, office.session.store


def of(office, **school):
    return replace(office, school=replace(office.school, **school))


@pytest.fixture
def independent(office):
    return of(office, sector="independent")


def said(office, paper, basis=None):
    """As it is drafted, without what differs by machine and release."""
    here = {"version": "0.1.0", "store": "HOME/schoolgate.duckdb", "evidence": "HOME/evidence", "signed": 2}
    given = facts(*at(office), NOW, basis, by_purpose(office.config))
    return composed(paper, {**given, **here, "read_since": read_since(*at(office), NOW)})


@pytest.mark.parametrize("paper", Paper, ids=lambda paper: paper.value)
def test_a_paper_reads(independent, paper, snapshot):
    """Each whole, as its reader has it."""
    assert said(independent, paper) == snapshot


@pytest.mark.parametrize("paper", Paper, ids=lambda paper: paper.value)
def test_a_paper_says_that_it_is_a_draft_and_leaves_questions_without_an_answer(independent, paper):
    text = said(independent, paper)
    numbers = re.findall(r"(?m)^> \*\*Question (\d+)\.\*\* .+\n>\n> Answer:$", text)
    assert "**Draft, for your data protection officer.**" in text
    assert numbers == [str(n) for n in range(1, len(numbers) + 1)]
    assert len(numbers) >= 4


@pytest.mark.parametrize("paper", Paper, ids=lambda paper: paper.value)
def test_no_paper_holds_a_secret_a_name_a_posts_words_or_another_schools_places(independent, paper):
    text = said(independent, paper)
    posts = [a_mention(name) for name in ("insult", "disclosure")]
    never = [*(f"secret-{n}" for n in range(1, 6)), "Hexley forum", "Jane Holt", "Robin Pike", "ntfys"]
    never += [part for post in posts for part in (post.text, post.title, post.author, post.url) if part]
    assert not [part for part in never if part in text]


def test_every_host_but_the_places_is_named_for_what_goes_there(independent):
    text = said(independent, Paper.DPIA)
    for line in (
        "- to smtp.example.org: mails to the people named in the settings.",
        "- to ntfy.example.org: short messages at night, without a word of the post",
        "- to timestamp.example.org: a hash of evidence",
        "- to beats.example.org: that the program runs, and nothing else",
        "accounts.google.com",
    ):
        assert line in text


@pytest.mark.parametrize("policy", [Policy(), Policy(criticism_days=7, retain_days=90, unmatched_hours=3)])
def test_the_times_are_those_that_are_configured(office, policy):
    here = replace(office, session=replace(office.session, config=replace(office.config, policy=policy)))
    for paper in (Paper.DPIA, Paper.NOTICE, Paper.APD, Paper.RETENTION, Paper.ROPA, Paper.BRIEFING):
        text = said(here, paper)
        assert f"{policy.criticism_days} days" in text
        assert f"{policy.retain_days} days" in text
    retention = said(here, Paper.RETENTION)
    assert f"| What is not about the school | {policy.unmatched_hours} hours |" in retention
    assert f"| Anything else about the school | {policy.retain_days} days |" in retention


def test_no_class_is_kept_for_a_time_that_the_table_lacks():
    """Its rows for false statements and for threats and hate are all that have a time of their own."""
    own = {code: spec.kept for code, spec in CLASSES.items() if spec.kept is not None}
    longest = dict.fromkeys((ContentClass.HATE, ContentClass.THREAT), SIX_YEARS)
    assert own == {ContentClass.DEFAMATION: EIGHTEEN_MONTHS, **longest}
    times = kept(Policy())
    assert (times["defamation"], times["grave"], times["stub"]) == ("18 months", "6 years", "6 years")


@pytest.mark.parametrize(
    ("school", "why"),
    [
        ({"sector": "maintained"}, "is “maintained” by the settings"),
        ({"sector": "academy"}, "is “academy” by the settings"),
        ({"trust": "Brightwater Learning Trust"}, "is “academy” by the settings"),
        (
            {},
            "If it is independent: schoolgate schools change 900001 sector=independent",
        ),
    ],
    ids=["maintained", "academy", "of a trust", "nobody said"],
)
def test_legitimate_interests_is_refused_with_the_reason_to_all_but_independent_schools(office, school, why):
    for paper, basis in ((Paper.LIA, None), (Paper.DPIA, Basis.LEGITIMATE_INTERESTS)):
        with pytest.raises(InputError) as refused:
            drafted(*at(of(office, **school)), paper, NOW, basis, {})
        assert "closed to a public authority for its public tasks" in str(refused.value)
        assert why in str(refused.value)


def test_an_independent_school_has_its_assessment(independent):
    text = drafted(*at(independent), Paper.LIA, NOW, None, {})
    for test in ("Purpose: is there", "Necessity: is the processing", "Balance: do people’s interests"):
        assert test in text


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


@pytest.mark.parametrize(
    ("school", "who"),
    [
        ({"sector": "academy", "trust": "Brightwater Trust"}, "Brightwater Trust, which runs Oakfield"),
        (
            {"sector": "maintained", "nation": "scotland", "local_authority": "Larchshire"},
            "Larchshire, which runs",
        ),
        (
            {"sector": "maintained", "nation": "scotland", "local_authority": ""},
            "The body that runs Oakfield",
        ),
        ({"sector": "maintained", "nation": "northern_ireland"}, "Oakfield Primary School is responsible"),
        ({"sector": "independent", "nation": "scotland"}, "Oakfield Primary School is responsible"),
    ],
    ids=["academy", "scotland", "scotland, council not said", "northern ireland", "independent in scotland"],
)
def test_the_notice_says_who_answers_in_law(office, school, who):
    assert f"## Who we are\n\n{who}" in said(of(office, **school), Paper.NOTICE)


@pytest.mark.parametrize(
    ("nation", "law"),
    [
        ("england", "Independent School Standards"),
        ("wales", "in force in Wales since 1 September 2006"),
        ("scotland", "Education (Scotland) Act 1980"),
        ("northern_ireland", "Order 2003, Articles 17 and 18"),
    ],
)
def test_public_task_is_asked_beside_the_law_of_the_nation(office, nation, law):
    text = said(of(office, nation=nation, sector="maintained"), Paper.DPIA)
    assert law in text
    assert ("section 141F" in text) is (nation in ("england", "wales"))


def test_the_assessment_gives_the_figures_of_the_model_that_judges(office):
    ours = replace(office.config.model, name="example/another")
    config = replace(office.config, model=ours)
    other = replace(office, session=replace(office.session, config=config))
    card = measured_of()
    assert f"of 100 grave ones {card['grave_alerted'] * 100:.0f} alert at once" in said(office, Paper.DPIA)
    assert "How often that model is wrong is not known" in said(other, Paper.DPIA)


def test_the_assessment_counts_the_posts_that_were_read_and_a_new_home_none(office, tmp_path):
    new = replace(office, session=replace(office.session, store=open_store(tmp_path)))
    assert re.search(r"counted since .*: [1-9]\d*\.", said(office, Paper.DPIA))
    assert "Nothing was read yet" in said(new, Paper.DPIA)


@pytest.mark.parametrize("paper", [Paper.DPIA, Paper.APD, Paper.DUE_DILIGENCE])
def test_whether_the_disk_is_encrypted_is_asked(office, paper):
    assert re.search(r"Question \d+\..*disks? encrypted", said(office, paper))


@pytest.mark.parametrize("paper", [Paper.DPIA, Paper.DUE_DILIGENCE, Paper.NOTICE, Paper.BRIEFING])
def test_no_paper_says_that_nobody_can_search_what_is_kept(office, paper):
    text = said(office, paper)
    assert "without a record" in text or "in public" in text
    assert not re.search(r"[Nn]o search by person|signs in nowhere|log in anywhere", text)


def test_the_notice_in_a_copy_of_somebodys_data_has_no_questions_and_no_draft(office):
    paragraphs = published(*at(office), NOW)
    text = "\n".join(paragraphs)
    assert paragraphs[0] == "What Oakfield Primary School reads in public, and what that means for you"
    assert "To ask about your data: moss@example.org." in text
    assert not re.search(r"(?m)Question|Draft|^#|\[1\]|Before you publish", text)


def test_one_page_is_enough_for_governors(independent):
    assert len(said(independent, Paper.BRIEFING).split()) < 560


def test_a_command_writes_a_new_page_and_never_over_answers(home, tmp_path):
    to = tmp_path / "dpia.html"
    done = privacy(home, "dpia", "--as", DPO, "--school", "900001", "--to", str(to))
    assert (done.code, done.out) == (0, f"Written: {to}\n")
    assert "Questions left open in it: " in done.err
    assert "<blockquote>" in to.read_text("utf-8")
    to.write_text("answered", encoding="utf-8")
    again = privacy(home, "dpia", "--as", DPO, "--school", "900001", "--to", str(to))
    assert (again.code, "perhaps with answers. Name another file" in again.err) == (2, True)
    assert to.read_text("utf-8") == "answered"


@pytest.mark.parametrize(
    ("to", "why"),
    [("dpia.docx", "its name ends in .html or .md"), ("nowhere/dpia.md", "it is not there. Check the name")],
)
def test_a_file_that_cannot_be_is_refused(home, tmp_path, to, why):
    done = privacy(home, "dpia", "--as", DPO, "--school", "900001", "--to", str(tmp_path / to))
    assert (done.code, why in done.err) == (2, True)
