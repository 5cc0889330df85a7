"""Requests about personal data: who may answer them, until when, and the copy that is handed over."""

from __future__ import annotations

import inspect
import json
import os
import stat
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from builders.case_desk import NOW, PEOPLE, PNG, Desk, disclosure, insult, run
from builders.home import a_migrated_store
from builders.mention import POLICY, URN, a_batch, a_mention, a_run, a_verdict
from builders.pack import a_kept_case, another, do
from builders.privacy import DPO, a_request, privacy

from alerts.links import Links
from data.errors import InputError
from data.privacy.requests import PrivacyRequest, RequestEnding, RequestKind, request_due
from data.privacy.sorting import CopyKind, kinds_of
from data.privacy.terms import SearchTerm, TermKind, redaction, sentences
from data.register.calendar import Calendar, months_after
from data.steps.acts import Done, Refused, Remedy
from data.steps.asking import Referred, SupportStep
from data.steps.codes import Support
from data.store.engine.audit_chain import AuditEntry, links, verify
from data.store.mentions.batch import save
from data.store.privacy import requests as request_store
from data.store.reporting.signed_reports import WeeklyReport, put_report, sign
from data.types import Person, Role, School
from monitor.act import privacy as acts
from monitor.act.privacy import answer_request, record_request, uphold, withdraw
from monitor.act.requests import copying
from monitor.act.requests.office import open_office
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.service.serve import PERIODIC_TASKS
from monitor.setup.doctor import state as doctor_state
from monitor.setup.doctor.findings import Level


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "home").mkdir()
    return Desk(tmp_path / "home")


def post(desk, name, version=1, **fields):
    mention = a_mention(name, **fields)
    with desk.store.write("a post") as con:
        run = a_run(f"feed:{name}", NOW + timedelta(hours=version))
        judged = [a_verdict(mention, version)]
        batch = a_batch(mention, verdicts=judged, story_id=f"s-{name}", version=version, run=run)
        save(con, batch, now=NOW, policy=POLICY)
    return mention.id


def copy(desk, by, said, *more, to=None, number=None):
    to = to or desk.home.parent / "copy"
    number = number or a_request(desk)
    return privacy(desk, "sar", number, "--by", by, "--to", str(to), "--as", DPO, *more, said=said)


def told(desk, name="to-send/held.txt"):
    return (desk.home.parent / "copy" / name).read_text(encoding="utf-8")


def test_it_holds_their_own_words_whole_in_every_wording_and_what_was_made_of_them(desk):
    post(desk, "a", text="Mr Vale at Oakfield never rings back.", author="Larch Dad")
    post(desk, "a", 2, text="Oakfield never rings back.", author="Larch Dad")
    assert copy(desk, "handle", "Larch Dad").code == 0
    held = told(desk)
    assert "Oakfield never rings back.\nIn an earlier wording:\nMr Vale at Oakfield never rings back." in held
    assert "criticism, opinion, complaint or praise" in held
    assert "It criticises a decision." in held
    assert "A person decides." in held
    assert json.loads((desk.home.parent / "copy" / "to-send" / "held.json").read_text())["theirs"]


def test_a_folder_within_one_that_is_not_there_yet_is_made_for_its_owner_alone(desk):
    post(desk, "a", text="Oakfield never rings back.", author="Larch Dad")
    folder = desk.home.parent / "copies" / "P0001"
    done = copy(desk, "handle", "Larch Dad", to=folder)
    assert done.code == 0, done.err
    assert {stat.S_IMODE(p.stat().st_mode) for p in folder.rglob("*") if p.is_file()} == {0o600}
    assert {stat.S_IMODE(p.stat().st_mode) for p in (folder, *folder.iterdir()) if p.is_dir()} == {0o700}


def test_of_anothers_post_it_holds_what_names_them_without_anybody_else(desk):
    words = "Jane Harrow was rude. Mrs Fenton and Sam Vale saw it, ask @gatemum. My son is ill."
    post(desk, "b", text=words, author="Somebody Else", title="Robin Pike again")
    copy(desk, "name", "Jane Harrow")
    held = told(desk)
    assert "Jane Harrow was rude." in held
    others = ("Fenton", "Vale", "gatemum", "Somebody Else", "Robin", "My son is ill", "forum.example.org")
    for other in others:
        assert other not in held


def test_what_was_typed_in_a_case_about_their_post_is_in_it_without_other_names(desk):
    insult(desk)
    desk("open", "story-insult", "--as", "holt")
    desk("note", "1", "He rang; Mr Vale and Jo Fern heard him. Ring 01632 960 123.", "--as", "holt")
    copy(desk, "handle", "poster-insult")
    held = told(desk)
    assert "He rang; [name withheld] and [name withheld] heard him." in held
    assert "960 123" not in held
    assert "Case 0001" in held
    assert "A note was made." in held


def test_what_is_with_the_safeguarding_lead_stands_in_what_the_school_checks_and_not_in_the_copy(desk):
    disclosure(desk)
    copy(desk, "handle", "poster-disclosure")
    folder = desk.home.parent / "copy"
    assert "paragraph 21 (child abuse data)" in (folder / "for-the-school" / "check-first.txt").read_text()
    sent = "".join(p.read_text() for p in (folder / "to-send").iterdir())
    assert "child abuse" not in sent
    assert "mentioned here as disclosure" not in sent
    assert "Nothing is held about you that you are entitled to a copy of." in sent


@pytest.mark.parametrize("there", ["folder", "file", "link"])
def test_nothing_is_written_over(desk, there):
    to = desk.home.parent / "copy"
    {"folder": to.mkdir, "file": to.touch, "link": lambda: to.symlink_to("/nowhere")}[there]()
    done = copy(desk, "handle", "Larch Dad")
    assert (done.code, "is there already" in done.err) == (2, True)


def test_a_copy_that_is_broken_off_leaves_nothing_and_is_not_recorded(desk, monkeypatch):
    real = copying.keep

    def broken(path: Path, held: bytes) -> None:
        if path.name == "held.txt":
            raise KeyboardInterrupt
        real(path, held)

    monkeypatch.setattr(copying, "keep", broken)
    copy(desk, "handle", "Larch Dad")
    assert [p.name for p in desk.home.parent.iterdir()] == ["home"]
    with desk.store.read() as con:
        assert "data_copied" not in [link.entry.action for link in links(con)]


def test_where_it_cannot_be_written_that_is_said(desk):
    (desk.home.parent / "a-file").write_text("no folder", encoding="utf-8")
    done = copy(desk, "handle", "Larch Dad", to=desk.home.parent / "a-file" / "place")
    assert (done.code, "nothing of it is left" in done.err) == (1, True)


def test_it_is_recorded_once_with_how_much_was_found_and_no_word(desk):
    post(desk, "a", author="Larch Dad")
    copy(desk, "handle", "Larch Dad")
    with desk.store.read() as con:
        last = links(con)[-1].entry
    assert (last.actor, last.action, last.subject) == (DPO, "data_copied", "P0001")
    assert last.codes == ("kind:handle", "found:1")


def test_what_somebody_says_of_a_post_stands_beside_it_and_the_post_is_as_it_was(desk):
    mention = post(desk, "a", text="Jane Harrow was sacked in 2019.")
    number = a_request(desk, "rectification")
    words = ("rectify", number, "--post", mention[:6], "--as", DPO, "--said", "-")
    assert privacy(desk, *words, said="She retired.").code == 0
    shown = run("story", "show", "s-a", "--as", "holt", "--home", str(desk.home)).out
    assert "Jane Harrow was sacked in 2019." in shown
    assert "She retired." in shown
    copy(desk, "name", "Jane Harrow", number=a_request(desk))
    assert "What you said about it:\nShe retired." in told(desk)


def test_nothing_is_put_beside_what_is_with_the_safeguarding_lead(desk):
    disclosure(desk)
    number = a_request(desk, "rectification")
    mention = a_mention("disclosure").id
    done = privacy(desk, "rectify", number, "--post", mention, "--as", DPO, "--said", "It is wrong")
    assert (done.code, "with the safeguarding lead" in done.err) == (2, True)


def test_the_notice_names_the_places_the_times_and_whom_to_ask(desk):
    assert "The places that we read" not in privacy(desk, "notice", "--as", DPO).out
    toml = desk.home / "schoolgate.toml"
    toml.write_text(
        toml.read_text()
        + '\n[policy]\ncriticism_days = 21\n\n[[sources]]\nid = "f"\nname = "Northvale forum"\n'
        'kind = "feed"\nurl = "https://forum.example.org/feed"\nschools = ["900001"]\n',
        encoding="utf-8",
    )
    done = privacy(desk, "notice", "--as", DPO)
    assert done.code == 0, done.err
    for said in ("- Northvale forum", "criticism, opinion, praise: 21 days", "data: moss@example.org."):
        assert said in done.out
    assert "Questions left open in it: " in done.err
    assert "public task (UK" in privacy(desk, "notice", "--as", DPO, "--basis", "public-task").out


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Ask Mrs Fenton-Lee.", "Ask ‹n›."),
        ("Dr. Pryce and Jane Harrow", "‹n› and Jane Harrow"),
        ("Mrs Harrow", "Mrs Harrow"),
        ("ROBIN PIKE said, and Pike too, but a pike swam", "‹n› said, and ‹n› too, but a pike swam"),
        ("write to a.b@example.org or @gatemum", "write to ‹c› or ‹c›"),
        ("ring +44 1632 960123 in 2019", "ring ‹c› in 2019"),
        ("see https://example.org/p/1 now", "see ‹c› now"),
        ("Mrs Harrow knows Mrs. Odell, Odell and Tamsin", "Mrs Harrow knows ‹n›, ‹n› and ‹n›"),
        ("@janeharrow and jane@harrow.example", "‹c› and jane@harrow.example"),
    ],
)
def test_other_peoples_names_are_taken_out_and_ones_own_are_not(said, left):
    assert redaction(["Robin Pike", "Mrs Tamsin Odell"], ["Jane Harrow"], "‹n›", "‹c›").of(said) == left


def test_a_text_is_cut_at_sentences_and_lines():
    assert sentences("One. Two!  Three?\n\nFour") == ["One.", "Two!", "Three?", "Four"]


def test_what_a_killed_command_left_of_a_copy_goes_with_the_next(desk):
    post(desk, "a", text="Oakfield never rings back.", author="Larch Dad")
    left = desk.home.parent / ".unfinished-copy-1"
    (left / "to-send").mkdir(parents=True)
    (left / "to-send" / "held.txt").write_text("Larch Dad")
    os.utime(left, (0, 0))
    assert copy(desk, "handle", "Larch Dad").code == 0
    assert not left.exists()


AUTHOR = "poster-insult"
WEIGHED = (
    "--nature", "It calls him a thief", "--visible", "Two days, the town group", "--spread", "Not passed on",
    "--impact", "He is off sick, and his union has written",
)  # fmt: skip


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A case about an insult, with support, a weighing and a referral."""
    (home := tmp_path_factory.mktemp("kinds") / "home").mkdir()
    desk = Desk(home)
    insult(desk)
    for words in (
        ("open", "story-insult", "--as", "holt"),
        ("step", "target", "1", "--person", "vale", "--accuses-nobody", "--as", "holt"),
        ("support", "offered", "1", "--person", "vale", "--as", "holt"),
        ("step", "weigh", "1", *WEIGHED, "--as", "holt"),
        ("step", "referred", "1", "--to", "police", "--as", "holt"),
        ("note", "1", "He rang the office.", "--as", "holt"),
    ):
        do(desk, *words)
    return desk


@pytest.fixture
def weighed(before, tmp_path):
    return another(before, tmp_path / "home")


def all_of(option, *but):
    return [word for kind in CopyKind if kind not in but for word in (option, kind.value)]


def test_nothing_is_written_before_each_kind_is_decided_on(weighed):
    done = copy(weighed, "handle", AUTHOR)
    assert (done.code, (weighed.home.parent / "copy").exists()) == (1, False)
    for said in (
        "support: support that somebody was offered, 1 entry.",
        "withhold it: it is about another person, and is not their data (UK GDPR, Article 15).",
        "He is off sick, and his union has written",
        "Schedule 2, paragraph 16",
        "--withhold KIND added for each of these (support, health, union, weighing, police):",
    ):
        assert said in done.out
    assert "consent:" not in done.out
    assert "He rang the office." not in done.out
    again = copy(weighed, "handle", AUTHOR, *all_of("--withhold", CopyKind.UNION))
    assert (again.code, "union: " in again.out, "health: " in again.out) == (1, True, False)


def test_what_a_person_withheld_is_not_in_the_copy_which_names_recipients_by_their_office(weighed):
    done = copy(weighed, "handle", AUTHOR, *all_of("--withhold"))
    assert "schoolgate privacy answer P0001 part" in done.out
    held = told(weighed)
    assert "He rang the office." in held
    for said in ("off sick", "union has written", "Support for the member", "weighed", "referred"):
        assert said not in held
    assert "Some of what is held is left out: what is about other people, and not your data; other" in held
    check = told(weighed, "for-the-school/check-first.txt")
    assert "this is withheld: support that somebody was offered (one entry)" in check
    assert "this is withheld: the police and other agencies (one entry)" in check
    with weighed.store.read() as con:
        codes = links(con)[-1].entry.codes
    assert {"withheld:support", "withheld:police", "withheld:health"} <= set(codes)
    assert "Who was told of it or given it" in held
    assert "At the school, by their office: Headteacher; Designated safeguarding lead" in held
    assert "Outside the school" not in held
    assert "Robin Pike" not in held


def test_what_a_person_gave_is_in_the_copy_and_recorded_so(weighed):
    assert copy(weighed, "handle", AUTHOR, *all_of("--give")).code == 0
    held = told(weighed)
    for said in ("He is off sick", "Support for the member of staff", "weighed", "It was referred."):
        assert said in held
    assert "Outside the school: the police" in held
    assert "left out:" not in held
    with weighed.store.read() as con:
        assert "given:support" in links(con)[-1].entry.codes


def test_to_whom_the_case_is_aimed_at_their_own_support_is_proposed(weighed):
    done = copy(weighed, "name", "Sam Vale")
    assert "Proposed: give it: it is about the person asking." in done.out.split("support: ")[1]


def test_one_kind_is_not_both_given_and_withheld(weighed):
    done = copy(weighed, "handle", AUTHOR, "--give", "support", "--withhold", "support")
    assert (done.code, "“support” is both to be given and withheld" in done.err) == (2, True)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    desk = a_kept_case(tmp_path_factory.mktemp("kept"), stamped=False)
    do(desk, "step", "author", "1", "--relationship", "governor", "--as", "holt")
    return desk


def test_evidence_is_copied_to_be_looked_at_under_names_and_letters_to_them_go_with_the_copy(kept, tmp_path):
    desk = another(kept, tmp_path / "home")
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Ms Example, would you please come in?", encoding="utf-8")
    asked = ("step", "ask", "1", "--rung", "author-request", "--kind", "letter", "--as", "holt")
    do(desk, *asked, "--letter", str(letter), "--no-child-image")
    with desk.store.read() as con:
        (author,) = con.execute("SELECT author FROM mentions WHERE author IS NOT NULL").fetchone()
    assert copy(desk, "handle", author, *all_of("--withhold")).code == 0
    folder = desk.home.parent / "copy"
    (sent,) = (folder / "to-send" / "letters").iterdir()
    assert sent.read_bytes() == letter.read_bytes()
    shown = {path.name: path for path in (folder / "for-the-school" / "evidence").iterdir()}
    check = told(desk, "for-the-school/check-first.txt")
    assert shown
    for name, path in shown.items():
        assert name.startswith(("case-0001-2026-", "post-"))
        assert f"  evidence/{name}" in check
        assert path.stat().st_size
    assert any(path.read_bytes().startswith(PNG[:4]) or path.suffix for path in shown.values())
    assert f"  letters/{sent.name}" in check


def test_an_author_who_was_written_to_without_a_copy_is_named_to_whoever_checks(kept, tmp_path):
    desk = another(kept, tmp_path / "home")
    do(desk, "step", "ask", "1", "--rung", "author-request", "--kind", "conversation", "--as", "holt")
    with desk.store.read() as con:
        (author,) = con.execute("SELECT author FROM mentions WHERE author IS NOT NULL").fetchone()
    copy(desk, "handle", author, *all_of("--withhold"))
    assert "Case 0001: the author was written or spoken to on" in told(desk, "for-the-school/check-first.txt")


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("He is off sick", {CopyKind.HEALTH}),
        ("Her GP signed her off", {CopyKind.HEALTH}),
        ("y meddyg", {CopyKind.HEALTH}),
        ("The NEU rep came", {CopyKind.UNION}),
        ("Sent by his union’s solicitor", {CopyKind.UNION, CopyKind.LEGAL}),
        ("We unite, and went into it", set()),
        ("The post was seen by 40 people", set()),
    ],
)
def test_words_that_were_typed_show_a_kind(words, kinds):
    assert kinds_of(None, words) == kinds


def test_a_step_shows_its_kind():
    assert kinds_of(SupportStep(status=Support.OFFERED), "") == {CopyKind.SUPPORT}
    assert kinds_of(Referred(to="police"), "") == {CopyKind.POLICE}


PDF, PAGE = b"%PDF-1.7 of the week", b"<html>of the week</html>"


def signed(desk, week):
    """A report of that week, signed; its numbers are named by the week."""
    (desk.home / "reports").mkdir(exist_ok=True)
    for ending, content in ((".pdf", PDF), (".html", PAGE)):
        (desk.home / "reports" / f"900001-{week}{ending}").write_bytes(content)
    with desk.store.write("a report") as con:
        put_report(con, "900001", week, json.dumps({"week": week}), NOW)
        hashes = (sha256(PDF).hexdigest(), sha256(PAGE).hexdigest())
        sign(con, WeeklyReport("900001", week, json.dumps({"week": week}), NOW, NOW, "holt", *hashes))


def settings(desk, *lines):
    toml = desk.home / "schoolgate.toml"
    said = toml.read_text("utf-8")
    toml.write_text(said.replace('nation = "england"\n', "".join(f"{line}\n" for line in lines)), "utf-8")


def exported(desk, *more):
    to = desk.home.parent / "foi"
    return privacy(desk, "foi", "--to", str(to), "--as", DPO, *more), to


def test_signed_reports_and_their_numbers_leave_and_no_draft(desk):
    signed(desk, "2026-W46")
    with desk.store.write("a draft") as con:
        put_report(con, "900001", "2026-W47", '{"week": "2026-W47"}', NOW)
    done, to = exported(desk)
    assert (done.code, "signed reports (1)" in done.out) == (0, True), done.err
    sent = to / "to-send"
    assert {path.name for path in sent.rglob("*") if path.is_file()} == {
        "900001-2026-W46.pdf", "900001-2026-W46.html", "counts.json",
    }  # fmt: skip
    assert (sent / "reports" / "900001-2026-W46.pdf").read_bytes() == PDF
    assert json.loads((sent / "counts.json").read_text("utf-8")) == [{"week": "2026-W46"}]


def test_a_report_that_is_not_what_was_signed_is_not_exported(desk):
    signed(desk, "2026-W46")
    (desk.home / "reports" / "900001-2026-W46.pdf").write_bytes(b"another")
    done, to = exported(desk)
    assert (done.code, "somebody has changed it" in done.err, to.exists()) == (1, True, False)


@pytest.mark.parametrize(
    ("nation", "act", "personal", "lock"),
    [
        ("england", "Freedom of Information Act 2000", "personal data (40)", True),
        ("northern_ireland", "Freedom of Information Act 2000", "personal data (40)", False),
        ("scotland", "Freedom of Information (Scotland) Act 2002", "personal information (38)", False),
    ],
)
def test_the_act_and_the_exemptions_are_those_of_the_nation(desk, nation, act, personal, lock):
    settings(desk, f'nation = "{nation}"', 'sector = "maintained"')
    done, to = exported(desk)
    page = (to / "for-the-school" / "check-first.html").read_text("utf-8")
    assert (done.code, act in page, personal in page, "section 141F" in page) == (0, True, True, lock), (
        done.err
    )
    assert "No report was signed yet" in page


def test_an_independent_school_is_refused(desk):
    settings(desk, 'nation = "england"', 'sector = "independent"')
    done, to = exported(desk)
    assert (done.code, "Private schools are not under it" in done.err, to.exists()) == (2, True, False)


def test_where_nobody_said_who_runs_the_school_that_is_asked(desk):
    _, to = exported(desk)
    page = (to / "for-the-school" / "check-first.html").read_text("utf-8")
    assert "An independent school is not under the Act." in page


# What people ask about their own data: who may answer it, until when it is owed, and who is
# reminded.


LONDON = ZoneInfo("Europe/London")
CALENDAR = Calendar("england")


def due(kind, received, *, extended=False):
    """The last day on which it is in time."""
    moment = request_due(kind, received, CALENDAR, LONDON, extended=extended)
    assert moment.astimezone(LONDON).hour == 0
    return date.fromordinal(moment.astimezone(LONDON).date().toordinal() - 1)


@pytest.mark.parametrize(
    ("received", "last"),
    [
        ("2026-11-17T09:00+00:00", date(2026, 12, 17)),
        ("2026-11-17T23:59+00:00", date(2026, 12, 17)),
        ("2026-07-01T23:30+00:00", date(2026, 8, 3)),  # the 2nd in London; 2 August is a Sunday
        ("2027-01-31T09:00+00:00", date(2027, 3, 1)),  # 28 February is a Sunday
        ("2026-11-25T09:00+00:00", date(2026, 12, 29)),  # Christmas, Boxing Day, and what stands for it
    ],
)
def test_a_request_is_answered_within_a_month_or_by_the_next_working_day(received, last):
    assert due(RequestKind.ACCESS, datetime.fromisoformat(received)) == last


def test_it_may_be_extended_by_two_months_and_a_complaint_has_thirty_days_whatever_the_day():
    assert due(RequestKind.ERASURE, NOW, extended=True) == date(2027, 2, 17)
    assert due(RequestKind.RESTRICTION, NOW) == due(RequestKind.ACCESS, NOW)
    assert due(RequestKind.COMPLAINT, datetime(2026, 11, 25, 9, tzinfo=UTC)) == date(2026, 12, 25)


def test_a_month_after_the_last_of_one_is_the_last_of_the_next():
    assert months_after(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert months_after(date(2026, 10, 31), 3) == date(2027, 1, 31)


def test_a_request_is_listed_by_what_is_due_first_and_answered(desk):
    first = a_request(desk, "access", NOW)
    second = a_request(desk, "complaint", NOW, received="2026-11-16")
    listed = privacy(desk, "requests", "--as", DPO, now=NOW).out.splitlines()
    said = " ".join(" ".join(listed).split())
    assert "a complaint, received Mon 16 Nov 2026: acknowledge it by Wednesday 16 December 2026" in said
    assert [line[:5] for line in listed if line[:1] == "P"] == [second, first]
    reminded = privacy(desk, "answer", second, "acknowledged", "--as", DPO, "--why", "Written today", now=NOW)
    assert "acknowledged; to be answered" in reminded.out


def test_what_is_overdue_says_so_and_doctor_does_too(desk):
    a_request(desk, "access", NOW)
    for day, reminded in ((17, []), (18, ["privacy"])):
        at = datetime(2026, 12, day, 9, tzinfo=UTC)
        found = doctor_state.store(desk.home, (), clock=lambda at=at: at, sleep=lambda seconds: None)
        assert [f.check for f in found if f.level is Level.WARN and f.check != "clock"] == reminded
    listed = privacy(desk, "requests", "--as", DPO, now=datetime(2026, 12, 18, 9, tzinfo=UTC))
    assert "OVERDUE since Thursday 17 December 2026" in " ".join(listed.out.split())


@pytest.mark.parametrize("person", [p for p in PEOPLE if p != DPO])
def test_nobody_but_the_data_protection_officer_may(desk, person):
    for words in (("requests",), ("record", "access", "--reference", "R", "--why", "By letter")):
        done = privacy(desk, *words, "--as", person)
        assert done.code == 2
        assert "is for the data protection officer" in done.err
    assert privacy(desk, "requests", "--as", DPO).out.startswith("Nobody has asked")


def test_whoever_answers_for_another_school_may_not_for_this_one(desk):
    number = a_request(desk)
    assert number not in privacy(desk, "requests", "--as", "elsewhere").out
    done = privacy(desk, "requests", "--as", "elsewhere", "--school", "900001")
    assert (done.code, "is for the data protection officer" in done.err) == (2, True)
    answered = privacy(desk, "answer", number, "granted", "--as", "elsewhere", "--why", "x")
    assert (answered.code, "There is no request" in answered.err) == (2, True)


def test_the_officer_of_all_schools_sees_all_requests_and_each_next_command_bears_its_school(desk):
    toml = desk.home / "schoolgate.toml"
    everywhere = '[[people]]\nid = "r-lowe"\nname = "Ruth Lowe"\nroles = ["dpo"]\nemail = "r@example.org"\n'
    toml.write_text(toml.read_text() + everywhere, encoding="utf-8")
    by = ("--as", "r-lowe")
    empty = privacy(desk, "requests", *by)
    assert "privacy record KIND --reference NUMBER --as r-lowe --school URN" in empty.out
    recorded = ("record", "erasure", "--reference", "R", "--why", "By letter", *by, "--school")
    for number, urn in (("P0001", "900001"), ("P0002", "900002")):
        done = privacy(desk, *recorded, urn, now=NOW)
        assert f"search {number} --by handle --as r-lowe --school {urn}" in done.out
    said = " ".join(privacy(desk, "requests", *by, now=NOW).out.split())
    assert "P0001 R Oakfield Primary School (URN 900001): erasure" in said
    assert "P0002 R Hexley Primary School (URN 900002): erasure" in said
    assert [one["urn"] for one in privacy(desk, "requests", *by, "--json").data] == ["900001", "900002"]
    one = privacy(desk, "requests", *by, "--school", "900002", now=NOW).out
    assert ("P0001" in one, "P0002" in one) == (False, True)
    assert "P0002" not in privacy(desk, "requests", "--as", DPO).out
    elsewhere = privacy(desk, "erase", "P0002", "--by", "handle", *by, "--school", "900001", said="x")
    assert "schoolgate privacy requests --as r-lowe --school 900001" in elsewhere.err


def test_where_none_is_named_the_head_does(desk):
    toml = desk.home / "schoolgate.toml"
    toml.write_text(toml.read_text().replace('roles = ["dpo"]', 'roles = ["slt"]'), encoding="utf-8")
    assert privacy(desk, "requests", "--as", "holt").code == 0
    assert privacy(desk, "requests", "--as", DPO).code == 2


def test_the_audit_holds_who_and_what_kind_and_no_word_of_it(desk):
    number = a_request(desk, "erasure", NOW, why="Quincunx rang")
    privacy(desk, "answer", number, "refused", "--as", DPO, "--why", "Kestrel is open", now=NOW)
    with desk.store.read() as con:
        chain = links(con)
        notes = con.execute("SELECT * FROM audit_notes").fetchall()
    done = [(link.entry.actor, link.entry.action, link.entry.subject, link.entry.codes) for link in chain]
    assert done[-2:] == [
        (DPO, "request_recorded", number, ("kind:erasure",)),
        (DPO, "request_answered", number, ("result:refused",)),
    ]
    assert notes == []


@pytest.mark.parametrize(
    "words",
    [
        ("record", "fortune", "--reference", "R", "--why", "x"),
        ("record", "access", "--reference", " ", "--why", "x"),
        ("record", "access", "--reference", "R", "--why", "x", "--received", "2999-01-01"),
        ("answer", "P0009", "granted", "--why", "x"),
        ("answer", "1' OR '1'='1", "granted", "--why", "x"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(desk, words):
    done = privacy(desk, *words, "--as", DPO)
    assert done.code == 2
    assert done.err.strip()


MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HANDLE = SearchTerm(TermKind.HANDLE, "somebody")


@pytest.fixture
def office(tmp_path):
    desk = Desk(tmp_path)
    insult(desk)
    return open_office("moss", tmp_path, None, "900001")


def asked(office, kind=RequestKind.OBJECTION):
    return record_request(office, kind, "R-1", "By letter", None, MONDAY).made


def kept_request(office, number):
    with office.session.store.read() as con:
        assert verify(con) == []
        return request_store.request(con, number)


def test_a_request_is_written_down_and_its_time_runs_from_when_it_came(office):
    came = MONDAY - timedelta(days=3)
    one = record_request(office, RequestKind.ACCESS, "R-1", "By letter", came, MONDAY).made
    assert one == kept_request(office, one.id)
    assert (one.received_at, one.recorded_by) == (came, "moss")
    with pytest.raises(InputError) as refused:
        record_request(office, RequestKind.ACCESS, "R-2", "By letter", MONDAY + timedelta(days=1), MONDAY)
    assert refused.value.field == "received"


def test_a_request_is_answered_once(office):
    number = asked(office).id
    done = answer_request(office, number, "granted", "Told at the office", MONDAY)
    assert isinstance(done, Done)
    assert (done.made.ending, done.made.answered_at) == (RequestEnding.GRANTED, MONDAY)
    assert done.made == kept_request(office, number)
    with pytest.raises(InputError, match="was answered on 2026-11-23"):
        answer_request(office, number, "granted", "Again", MONDAY)


def test_its_time_is_extended_once_and_not_after_its_month(office):
    number = asked(office).id
    assert isinstance(answer_request(office, number, "extended", "Three years of posts", MONDAY), Done)
    again = answer_request(office, number, "extended", "Again", MONDAY)
    assert again == Refused("may_be_extended", f"Request {number} was extended already, and may be once.")
    late = answer_request(office, asked(office).id, "extended", "Late", MONDAY + timedelta(days=60))
    assert isinstance(late, Refused)
    assert "its month is over" in late.reason
    complaint = asked(office, RequestKind.COMPLAINT).id
    assert isinstance(answer_request(office, complaint, "extended", "No", MONDAY), Refused)
    assert kept_request(office, complaint).extended_at is None


def test_an_objection_is_upheld_and_taken_back(office):
    number = asked(office).id
    assert uphold(office, number, HANDLE, "local_forum", MONDAY) == Done(number)
    assert withdraw(office, number, MONDAY) == Done(1)
    assert withdraw(office, number, MONDAY) == Done(0)


@pytest.mark.parametrize(
    "kind", [RequestKind.ACCESS, RequestKind.RECTIFICATION, RequestKind.COMPLAINT, RequestKind.TOLD]
)
def test_nothing_is_kept_out_for_a_request_that_is_no_objection_and_the_remedy_is_to_record_one(office, kind):
    number = asked(office, kind).id
    refused = uphold(office, number, HANDLE, "local_forum", MONDAY)
    assert isinstance(refused, Refused)
    assert f"{number} is of kind {kind}" in refused.reason
    said = (("kind", RequestKind.OBJECTION),)
    remedy = Remedy("record_request", said, ("reference", "why"), "moss")
    assert (refused.guard, refused.remedies) == ("kind_of_request", (remedy,))
    fields = inspect.signature(getattr(acts, remedy.act)).parameters
    assert {*dict(remedy.values), *remedy.wanted} <= set(fields)
    with office.session.store.read() as con:
        assert con.execute("SELECT count(*) FROM suppressions").fetchone() == (0,)


DUE = datetime(2026, 12, 18, 0, 0, tzinfo=UTC)
CAME = DUE - timedelta(days=31)
WEEK = timedelta(days=7)
HEAD = Person("head", "Jane Holt", (Role.HEAD,), "head@example.org")
OFFICER = Person("officer", "Ira Moss", (Role.DPO,), "moss@example.org")


@pytest.fixture
def store(tmp_path: Path):
    with a_migrated_store(tmp_path).write("test") as con:
        yield con


def recorded(con, kind=RequestKind.ACCESS, **fields):
    given = PrivacyRequest("", URN, kind, "SAR Jane Harrow", "By letter", CAME, CAME, "officer", DUE)
    return request_store.record(con, replace(given, **fields))


def reminded(con, now, people=(OFFICER, HEAD)):
    """Whom the task tells now, and what."""
    config = Config(Path("schoolgate.toml"), schools=(School(URN, "Oakfield"),), people=people)
    for write in PERIODIC_TASKS["owed"](con, Context(config, Path(), Links()), now):
        write(con)
    return con.execute("SELECT person_id, subject, body FROM outbox ORDER BY written_at").fetchall()


def test_nobody_is_reminded_earlier_than_a_week_before(store):
    recorded(store)
    assert reminded(store, DUE - WEEK - timedelta(minutes=1)) == []


def test_the_data_protection_officer_is_reminded_once_by_number_without_the_reference(store):
    recorded(store)
    ((person, subject, body),) = reminded(store, DUE - WEEK)
    assert (person, subject) == ("officer", "Request P0001: due within a week")
    assert "Request P0001 (a copy of what is held) is to be answered by the end of 17 December 2026." in body
    assert "Harrow" not in body + subject
    assert len(reminded(store, DUE - timedelta(days=1))) == 1


def test_the_head_is_reminded_where_there_is_no_officer(store):
    recorded(store)
    assert [person for person, *_ in reminded(store, DUE - WEEK, (HEAD,))] == ["head"]


def test_a_complaint_is_to_be_acknowledged(store):
    recorded(store, RequestKind.COMPLAINT)
    assert "(a complaint) is to be acknowledged by" in reminded(store, DUE - WEEK)[0][2]


def test_what_was_answered_is_not_reminded_of_and_what_was_extended_is_again(store):
    one = recorded(store)
    entry = AuditEntry(DUE - WEEK, "officer", "request_answered", one.id, URN)
    reminded(store, DUE - WEEK)
    later = replace(one, due_at=DUE + timedelta(days=60), extended_at=DUE - WEEK)
    request_store.change(store, later, entry)
    assert len(reminded(store, DUE)) == 1
    assert len(reminded(store, DUE + timedelta(days=54))) == 2
    answered = recorded(store, RequestKind.ERASURE)
    request_store.change(store, replace(answered, answered_at=CAME, due_at=None), entry)
    assert len(reminded(store, DUE - timedelta(days=2))) == 2
