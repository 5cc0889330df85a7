"""Requests about personal data: who may answer them, until when, and the copy that is handed over."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from builders.case_desk import NOW, Desk, disclosure, insult
from builders.home import a_migrated_store, do_in, rows_of
from builders.letters import CAPITALS, WAYS
from builders.mention import POLICY, URN, a_batch, a_mention, a_run, a_verdict, save
from builders.pack import a_kept_case, another
from builders.privacy import DPO, PAGE, PDF, a_request, an_office, by, copy, signed
from support.for_each import for_each

from alerts.links import Links
from data.errors import InputError
from data.ids import digest
from data.privacy import (
    CopyKind,
    PrivacyRequest,
    RequestEnding,
    RequestKind,
    SearchTerm,
    TermKind,
    kinds_of,
    redaction,
    request_due,
    term,
)
from data.register.calendar import Calendar, Term
from data.steps.acts import Done, Refused
from data.steps.classes import Referred, SupportStep
from data.steps.codes import StepKind, Support
from data.store import privacy as privacy_store
from data.store.engine.audit_chain import AuditEntry, links, verify
from data.store.weekly import put_report
from data.types import Person, Reason, Role, Route, School, Severity
from monitor.act import privacy as acts
from monitor.act.keeping import copy_of
from monitor.act.privacy import answer_request, draft_copy, export_reports, record_request, uphold
from monitor.act.requests import is_proposed
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.reports.weekly import NotFit
from monitor.service.serve import PERIODIC_TASKS
from monitor.setup import check_machine as doctor_state
from monitor.setup.findings import Level


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


def told(made, name="to-send/held.txt"):
    return made.files[name].decode()


def all_(given):
    return dict.fromkeys(CopyKind, given)


def test_it_holds_their_own_words_whole_in_every_wording_and_what_was_made_of_them(desk):
    """It is saved as one zip, and recorded once with how much was found and no word."""
    post(desk, "a", text="Mr Vale at Oakfield never rings back.", author="Larch Dad")
    post(desk, "a", 2, text="Oakfield never rings back.", author="Larch Dad")
    made = copy(desk, "handle", "Larch Dad")
    held = told(made)
    assert "Oakfield never rings back.\nIn an earlier version:\nMr Vale at Oakfield never rings back." in held
    assert "criticism, opinion, complaint or praise" in held
    assert "It criticises a decision." in held
    assert "A person decides." in held
    assert json.loads(told(made, "to-send/held.json"))["theirs"]
    with ZipFile(BytesIO(made.zip_file)) as saved:
        assert {name: saved.read(name) for name in saved.namelist()} == made.files
    with desk.store.open_reader() as con:
        last = links(con)[-1].entry
    assert (last.actor, last.action, last.subject) == (DPO, "data_copied", "P0001")
    assert last.codes == ("kind:handle", "found:1")


def test_of_anothers_post_it_holds_what_names_them_without_anybody_else(desk):
    words = "Jane Harrow was rude. Mrs Fenton and Sam Vale saw it, ask @gatemum. My son is ill."
    post(desk, "b", text=words, author="Somebody Else", title="Robin Pike again")
    held = told(copy(desk, "name", "Jane Harrow"))
    assert "Jane Harrow was rude." in held
    others = ("Fenton", "Vale", "gatemum", "Somebody Else", "Robin", "My son is ill", "forum.example.org")
    for other in others:
        assert other not in held


def test_what_was_typed_in_a_case_about_their_post_is_in_it_without_other_names(desk):
    insult(desk)
    desk.open("story-insult", "holt")
    desk.take(StepKind.NOTED, "holt", why="He rang; Mr Vale and Jo Fern heard him. Ring 01632 960 123.")
    held = told(copy(desk, "handle", "poster-insult"))
    assert "He rang; [name withheld] and [name withheld] heard him." in held
    assert "960 123" not in held
    assert "Case 0001" in held
    assert "A note was made." in held


def test_what_is_with_the_safeguarding_lead_stands_in_what_the_school_checks_and_not_in_the_copy(desk):
    disclosure(desk)
    made = copy(desk, "handle", "poster-disclosure")
    assert "paragraph 21 (child abuse data)" in "".join(made.check)
    sent = "".join(told(made, name) for name in made.files if name.startswith("to-send/"))
    assert "child abuse" not in sent
    assert "mentioned here as disclosure" not in sent
    assert "We hold nothing about you that you are entitled to a copy of." in sent
    number, mention = a_request(desk, "rectification"), a_mention("disclosure").id
    with pytest.raises(InputError, match="with the safeguarding lead"):  # nothing is put beside it either
        acts.rectify(an_office(desk), number, mention, "It is wrong", NOW)


def test_what_somebody_says_of_a_post_is_in_their_copy_and_the_post_is_as_it_was(desk):
    mention = post(desk, "a", text="Jane Harrow was sacked in 2019.")
    number = a_request(desk, "rectification")
    acts.rectify(an_office(desk), number, mention, "She retired.", NOW)
    held = told(copy(desk, "name", "Jane Harrow"))
    assert "Jane Harrow was sacked in 2019." in held
    assert "What you said about it:\nShe retired." in held


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


AUTHOR = "poster-insult"
WEIGHED = {
    "nature": "It calls him a thief", "visible": "Two days, the town group", "spread": "Not passed on",
    "impact": "He is off sick, and his union has written",
}  # fmt: skip


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A case about an insult, with support, a weighing and a referral."""
    (home := tmp_path_factory.mktemp("kinds") / "home").mkdir()
    desk = Desk(home)
    desk.open(insult(desk), "holt")
    desk.take(StepKind.TARGET, "holt", person="vale", subjects="")
    desk.take(StepKind.SUPPORT, "holt", status="offered")
    desk.take(StepKind.WEIGHED, "holt", **WEIGHED)
    desk.take(StepKind.REFERRED, "holt", to="police")
    desk.take(StepKind.NOTED, "holt", why="He rang the office.")
    return desk


@pytest.fixture
def weighed(before, tmp_path):
    return another(before, tmp_path / "home")


def test_nothing_is_made_before_each_kind_is_decided_on(weighed):
    number = a_request(weighed)
    made = acts.hand_copy(an_office(weighed), number, by("handle", AUTHOR), {CopyKind.UNION: False}, NOW)
    assert isinstance(made, Refused)
    with weighed.store.open_reader() as con:
        asked = privacy_store.request(con, number)
        draft = draft_copy(con, an_office(weighed), asked, by("handle", AUTHOR), {}, NOW)
        assert "data_copied" not in [link.entry.action for link in links(con)]
    assert [*draft.undecided] == [
        CopyKind.SUPPORT, CopyKind.HEALTH, CopyKind.UNION, CopyKind.WEIGHING, CopyKind.POLICE,
    ]  # fmt: skip
    assert draft.files == {}
    assert not any("He rang the office." in e.words for of in draft.kinds.values() for e in of)


def test_what_a_person_withheld_is_not_in_the_copy_which_names_recipients_by_their_office(weighed):
    made = copy(weighed, "handle", AUTHOR, all_(False))
    held = told(made)
    assert "He rang the office." in held
    for said in ("off sick", "union has written", "Support for the member", "was assessed", "referred"):
        assert said not in held
    assert (
        "We have left out some of what we hold: what is about other people, and not your data; other" in held
    )
    check = told(made, "for-the-school/check-first.txt")
    assert "this is withheld: support that somebody was offered (one entry)" in check
    assert "this is withheld: the police and other agencies (one entry)" in check
    with weighed.store.open_reader() as con:
        codes = links(con)[-1].entry.codes
    assert {"withheld:support", "withheld:police", "withheld:health"} <= set(codes)
    assert "Who was told about it or given it" in held
    assert "At the school, by their office: Headteacher; Designated safeguarding lead" in held
    assert "Outside the school" not in held
    assert "Robin Pike" not in held


def test_what_a_person_gave_is_in_the_copy_and_recorded_so(weighed):
    """To whom the case is aimed at their own support is proposed."""
    held = told(copy(weighed, "handle", AUTHOR, all_(True)))
    for said in ("He is off sick", "Support for the member of staff", "was assessed", "It was referred."):
        assert said in held
    assert "Outside the school: the police" in held
    assert "left out:" not in held
    with weighed.store.open_reader() as con:
        assert "given:support" in links(con)[-1].entry.codes
    assert is_proposed(copy(weighed, "name", "Sam Vale", all_(True)).kinds[CopyKind.SUPPORT])


def test_the_author_of_a_threat_is_not_told_what_was_made_of_it_unless_a_person_gives_it(desk):
    grave = {"route": Route.POLICE_NOW, "severity": Severity.THIS_HOUR, "content_class": "C6"}
    reasons = (Reason("route_police_now", "Think of the police now."),)
    desk.story("threat", abuse=("threat",), alert=True, reasons=reasons, **grave)
    with desk.store.open_reader() as con:
        (address,) = con.execute("SELECT url FROM mentions").fetchone()
    made = copy(desk, "address", address, {CopyKind.DANGER: False})
    sent = "".join(told(made, name) for name in made.files if name.startswith("to-send/"))
    assert "mentioned here as threat" in sent
    assessed = ("telling the police", "of the police now", "It proposed", "Kept until")
    for said in (*assessed, "Designated safeguarding lead", "left out:"):
        assert said not in sent
    assert "this is withheld: what was made of a threat or a danger (one entry)" in "".join(made.check)
    assert "Think of the police now." in told(copy(desk, "address", address, all_(True)))


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    desk = a_kept_case(tmp_path_factory.mktemp("kept"), stamped=False)
    desk.take(StepKind.AUTHOR, "holt", relationship="third_party")
    return desk


def test_evidence_is_copied_to_be_looked_at_under_names_and_letters_to_them_go_with_the_copy(kept, tmp_path):
    desk = another(kept, tmp_path / "home")
    letter = b"Dear Ms Example, would you please come in?"
    sent = copy_of(letter, StepKind.ASKED, ())
    desk.take(StepKind.ASKED, "holt", rung="author_request", kind="letter", copy=sent)
    with desk.store.open_reader() as con:
        (author,) = con.execute("SELECT author FROM mentions WHERE author IS NOT NULL").fetchone()
    made = copy(desk, "handle", author, all_(False))
    (sent,) = (name for name in made.files if name.startswith("to-send/letters/"))
    assert made.files[sent] == letter
    shown = [name for name in made.files if name.startswith("for-the-school/evidence/")]
    check = told(made, "for-the-school/check-first.txt")
    assert shown
    for name in shown:
        assert name.rpartition("/")[2].startswith(("case-0001-2026-", "post-"))
        assert f"  {name.removeprefix('for-the-school/')}" in check
        assert made.files[name]
    assert f"  {sent.removeprefix('to-send/')}" in check


def test_an_author_who_was_written_to_without_a_copy_is_named_to_the_checker(kept, tmp_path):
    desk = another(kept, tmp_path / "home")
    desk.take(StepKind.ASKED, "holt", rung="author_request", kind="conversation")
    with desk.store.open_reader() as con:
        (author,) = con.execute("SELECT author FROM mentions WHERE author IS NOT NULL").fetchone()
    check = copy(desk, "handle", author, all_(False)).check
    assert any("Case 0001: somebody wrote or spoke to the author on" in said for said in check)


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("He is off sick", {CopyKind.HEALTH}), ("Her GP signed her off", {CopyKind.HEALTH}),
        ("y meddyg", {CopyKind.HEALTH}), ("The NEU rep came", {CopyKind.UNION}),
        ("Sent by his union’s solicitor", {CopyKind.UNION, CopyKind.LEGAL}),
        ("We unite, and went into it", set()), ("The post was seen by 40 people", set()),
    ],
)  # fmt: skip
def test_words_that_were_typed_show_a_kind(words, kinds):
    assert kinds_of(None, words) == kinds
    assert kinds_of(SupportStep(status=Support.OFFERED), "") == {CopyKind.SUPPORT}
    assert kinds_of(Referred(to="police"), "") == {CopyKind.POLICE}


def settings(desk, *lines):
    toml = desk.home / "schoolgate.toml"
    said = toml.read_text("utf-8")
    toml.write_text(said.replace('nation = "england"\n', "".join(f"{line}\n" for line in lines)), "utf-8")


CHECK = "for-the-school/check-first.html"


def export(desk):
    with desk.store.open_reader() as con:
        return export_reports(con, an_office(desk), NOW)


def test_signed_reports_and_their_numbers_leave_and_no_draft(desk):
    signed(desk, "2026-W46")
    do_in(desk.store, put_report, "900001", "2026-W47", '{"week": "2026-W47"}', NOW)
    made = export(desk)
    counts = json.loads(made.files.pop("to-send/counts.json"))
    assert (made.items, counts) == (1, [{"week": "2026-W46"}])
    assert {name: content for name, content in made.files.items() if name.startswith("to-send/")} == {
        "to-send/reports/900001-2026-W46.pdf": PDF, "to-send/reports/900001-2026-W46.html": PAGE,
    }  # fmt: skip
    (desk.home / "reports" / "900001-2026-W46.pdf").write_bytes(b"another")
    with pytest.raises(NotFit, match="somebody has changed it"):
        export(desk)


@pytest.mark.parametrize(
    ("nation", "act", "personal", "lock"),
    [
        ("england", "Freedom of Information Act 2000", "personal data (40)", True),
        ("northern_ireland", "Freedom of Information Act 2000", "personal data (40)", False),
        ("scotland", "Freedom of Information (Scotland) Act 2002", "personal information (38)", False),
    ],
)
def test_the_act_and_the_exemptions_are_those_of_the_nation(desk, nation, act, personal, lock):
    assert "The Act does not cover an independent school." in told(export(desk), CHECK), (
        "nobody said who runs it"
    )
    settings(desk, f'nation = "{nation}"', 'sector = "maintained"')
    page = told(export(desk), CHECK)
    assert (act in page, personal in page, "section 141F" in page) == (True, True, lock)
    assert "No report was signed yet" in page
    toml = desk.home / "schoolgate.toml"
    toml.write_text(toml.read_text("utf-8").replace('"maintained"', '"independent"'), "utf-8")
    with pytest.raises(InputError, match="The Act does not cover private schools"):
        export(desk)


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


def test_freedom_of_information_has_twenty_school_days_or_sixty_working_days():
    came = datetime(2026, 11, 17, 9, tzinfo=UTC)
    assert due(RequestKind.FREEDOM, came) == date(2026, 12, 15)
    pupils = [Term(date(2026, 11, 2), date(2026, 11, 20)), Term(date(2026, 11, 30), date(2027, 1, 29))]
    for terms, last in (
        (pupils, date(2026, 12, 22)),
        ([pupils[0], Term(date(2027, 6, 1), date(2027, 7, 1))], date(2027, 2, 12)),
    ):
        moment = request_due(RequestKind.FREEDOM, came, Calendar("england", tuple(terms)), LONDON)
        assert moment.date() == last + timedelta(days=1)


def test_for_freedom_of_information_nobody_is_searched_for(desk):
    number = a_request(desk, "freedom")
    for act in (acts.search_held, lambda *given: acts.hand_copy(*given[:3], {}, NOW)):
        with pytest.raises(InputError, match="we search for nobody"):
            act(an_office(desk), number, by("handle", "Larch Dad"), NOW)
    settings(desk, 'nation = "england"', 'sector = "independent"')
    with pytest.raises(InputError, match="The Act does not cover private schools"):
        a_request(desk, "freedom")


def test_what_is_overdue_is_told_by_doctor(desk):
    a_request(desk)
    for day, reminded in ((17, []), (18, ["privacy"])):
        at = datetime(2026, 12, day, 9, tzinfo=UTC)
        found = doctor_state.store(desk.home, (), clock=lambda at=at: at, sleep=lambda seconds: None)
        assert [f.check for f in found if f.level is Level.WARN and f.check != "clock"] == reminded


def test_where_no_officer_is_named_the_head_has_the_office(desk):
    toml = desk.home / "schoolgate.toml"
    toml.write_text(toml.read_text().replace('roles = ["dpo"]', 'roles = ["slt"]'), encoding="utf-8")
    assert an_office(desk, "holt").person == "holt"
    with pytest.raises(StopIteration):
        an_office(desk, DPO)


def test_the_audit_holds_who_and_what_kind_and_no_word_of_it(desk):
    number = a_request(desk, "erasure")
    answer_request(an_office(desk), number, "refused", "Kestrel is open", NOW)
    with desk.store.open_reader() as con:
        chain = links(con)
        notes = con.execute("SELECT * FROM audit_notes").fetchall()
    done = [(link.entry.actor, link.entry.action, link.entry.subject, link.entry.codes) for link in chain]
    assert done[-2:] == [
        (DPO, "request_recorded", number, ("kind:erasure",)),
        (DPO, "request_answered", number, ("result:refused", f"note:{digest('Kestrel is open')}")),
    ]
    assert notes == []


MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HANDLE = SearchTerm(TermKind.HANDLE, "somebody")


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """One in which each test writes down requests of its own."""
    return an_office(Desk(tmp_path_factory.mktemp("office")))


@for_each("write", [*WAYS.values(), *CAPITALS.values()])
def test_a_name_in_other_letters_is_the_authors(write):
    assert term(TermKind.NAME, "Ffion O'Fflynn-Stark").is_author(write("Ffion O'Fflynn-Stark"))


def asked(office, kind=RequestKind.OBJECTION):
    return record_request(office, kind, "R-1", "By letter", None, MONDAY).made


def kept_request(office, number):
    with office.store.open_reader() as con:
        assert verify(con) == []
        return privacy_store.request(con, number)


def test_a_request_is_written_down_and_its_time_runs_from_when_it_came(office):
    came = MONDAY - timedelta(days=3)
    one = record_request(office, RequestKind.ACCESS, "R-1", "By letter", came, MONDAY).made
    assert one == kept_request(office, one.id)
    assert (one.received_at, one.recorded_by) == (came, "moss")
    with pytest.raises(InputError) as refused:
        record_request(office, RequestKind.ACCESS, "R-2", "By letter", MONDAY + timedelta(days=1), MONDAY)
    assert "future" in str(refused.value)


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


def test_its_time_stands_still_until_it_is_proved_who_asks(office):
    number, later = asked(office, RequestKind.ACCESS).id, MONDAY + timedelta(days=20)
    assert isinstance(answer_request(office, number, "proof_came", "A passport", MONDAY), Refused)
    waits = answer_request(office, number, "proof_asked", "Asked by letter", MONDAY).made
    assert (waits.due_at, waits.waits_for_proof) == (None, True)
    early = MONDAY - timedelta(days=1)
    assert isinstance(answer_request(office, number, "proof_came", "A passport", later, early), Refused)
    came = MONDAY + timedelta(days=10)
    one = answer_request(office, number, "proof_came", "A passport", later, came).made
    assert one.due_at == datetime(2027, 1, 5, tzinfo=UTC)  # a month from 3 December, on a Sunday
    assert answer_request(office, number, "extended", "Many posts", later).made.due_at.month == 3
    assert isinstance(answer_request(office, number, "proof_asked", "Again", later), Refused)


def test_nothing_is_kept_out_for_a_request_that_is_no_objection(office):
    kept = rows_of(office.store, "SELECT count(*) FROM suppressions")
    for kind in (RequestKind.ACCESS, RequestKind.RECTIFICATION, RequestKind.COMPLAINT, RequestKind.TOLD):
        number = asked(office, kind).id
        refused = uphold(office, number, HANDLE, "local_forum", MONDAY)
        assert isinstance(refused, Refused)
        assert f"{number} is of kind {kind}" in refused.reason
        assert refused.guard == "kind_of_request"
    assert rows_of(office.store, "SELECT count(*) FROM suppressions") == kept


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
    return privacy_store.record_request(con, replace(given, **fields))


def reminded(con, now, people=(OFFICER, HEAD)):
    """Whom the task tells now, and what."""
    config = Config(Path("schoolgate.toml"), schools=(School(URN, "Oakfield"),), people=people)
    for write in PERIODIC_TASKS["owed"](con, Context(config, Path(), Links()), now):
        write(con)
    return con.execute("SELECT person_id, subject, body FROM outbox ORDER BY written_at").fetchall()


def test_the_data_protection_officer_is_reminded_once_by_number_without_the_reference(store):
    """Not earlier than a week before; the head, where there is no officer."""
    recorded(store)
    assert reminded(store, DUE - WEEK - timedelta(minutes=1)) == []
    ((person, subject, body),) = reminded(store, DUE - WEEK)
    assert (person, subject) == ("officer", "Request P0001: due within a week")
    assert "Answer request P0001 (a copy of what is held) by the end of 17 December 2026." in body
    assert "Harrow" not in body + subject
    assert len(reminded(store, DUE - timedelta(days=1))) == 1
    store.execute("DELETE FROM outbox")
    recorded(store)
    assert [person for person, *_ in reminded(store, DUE - WEEK, (HEAD,))][-1] == "head"


def test_a_complaint_is_to_be_acknowledged(store):
    recorded(store, RequestKind.COMPLAINT)
    assert "Acknowledge request P0001 (a complaint) by the end of" in reminded(store, DUE - WEEK)[0][2]


def test_what_was_answered_is_not_reminded_of_and_what_was_extended_is_again(store):
    one = recorded(store)
    entry = AuditEntry(DUE - WEEK, "officer", "request_answered", one.id, URN)
    reminded(store, DUE - WEEK)
    later = replace(one, due_at=DUE + timedelta(days=60), extended_at=DUE - WEEK)
    privacy_store.change(store, later, entry)
    assert len(reminded(store, DUE)) == 1
    assert len(reminded(store, DUE + timedelta(days=54))) == 2
    answered = recorded(store, RequestKind.ERASURE)
    privacy_store.change(store, replace(answered, answered_at=CAME, due_at=None), entry)
    assert len(reminded(store, DUE - timedelta(days=2))) == 2
