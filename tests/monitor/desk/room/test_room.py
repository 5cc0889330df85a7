"""The safeguarding room: a list without words, a sheet after a check and a tap, and the hand-over."""

import html
import os
import re
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.case import a_case, a_step
from builders.case_page import FALSE, ON_FACEBOOK
from builders.desk import OpenDesk, come, settle
from builders.home import do_in, rows_of
from builders.mention import URN
from builders.page import CHILD, POST, SCHOOL, WORDS, form_of, words_of
from support.case_numbers import number_of

from classifiers.linking.linker import Linker
from data.cases import Profile
from data.evidence.vault import Vault
from data.judged import ENQUIRY
from data.retention.deleting import drop_copies, purge
from data.steps.codes import StepKind
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store.evidence import evidence_file, put_files
from data.store.mentions import handed_in
from data.types import About, Person, Reason, Role
from monitor.act import report_in as act
from monitor.act.casework import make_judges
from monitor.config.home.paths import Paths
from monitor.desk.page import form_token
from monitor.home import wiring
from monitor.pipeline.intake import take_waiting
from monitor.pipeline.raising import write_messages
from monitor.pipeline.supplied import Kept, Report

ALLEGATION = CHILD | {"about": About.STAFF}


@pytest.fixture
def desk(tmp_path):
    desk = OpenDesk(tmp_path, told=("dsl",), **CHILD)
    come(desk, "dsl", desk.browser)
    return desk


def sheet_path(desk):
    return "/room/" + desk.context.links.at_desk("s-one").rpartition("/")[2]


def send(desk, path=None, page=None, **form):
    path = path or sheet_path(desk)
    page = page or desk.browser.get(path)
    desk.wait(seconds=5)
    return desk.browser.post(path, data={**form_of(page), **form})


def text_of(page, part):
    return html.unescape(re.search(rf'id="{part}">(.*?)</p>', page.text, re.S)[1])


def steps(desk):
    return rows_of(desk.store, "SELECT step, detail FROM case_steps ORDER BY case_id, n")


def test_the_list_says_since_when_who_has_it_and_whether_it_was_read_the_oldest_first_and_no_word_of_it(desk):
    old = replace(
        desk.alert, id="older", story_id="s-old", number="700001", raised_at=desk.clock() - timedelta(days=2)
    )
    do_in(desk.store, alert_store.put_alerts, [old], desk.clock())
    page = desk.browser.get("/room")
    assert "09:00. Nobody is dealing with it yet. Nobody has read it yet." in words_of(page)
    assert page.text.index(number_of(old.id)) < page.text.index(number_of(desk.alert.id))
    assert WORDS[:20] not in page.text
    assert not desk.audited("restricted_read")


def test_a_sheet_asks_for_a_check_once_ten_minutes_are_over(desk):
    desk.wait(minutes=11)
    answer = desk.browser.get(sheet_path(desk))
    assert answer.headers["location"] == f"/check?to={sheet_path(desk)}"


def test_before_a_tap_the_sheet_says_nothing_after_it_lines_of_plain_text_and_each_reading_is_on_record(desk):
    shown = desk.browser.get(sheet_path(desk))
    assert WORDS[:20] not in shown.text
    assert not desk.audited("restricted_read")
    page = send(desk, page=shown, do="show")
    assert desk.audited("restricted_read") == [("restricted_read", "dsl", "s-one")]
    assert "You read it last on" in words_of(desk.browser.get("/room"))
    lines = text_of(page, "incident").splitlines()
    assert lines[0].startswith("Number in Schoolgate: ")
    assert f"| {WORDS}" in lines
    assert [*re.findall(r'class="words" id="(\w+)"', page.text)] == [
        *("people", "when", "where", "incident", "category", "actions", "by"),
    ]
    assert text_of(page, "people").splitlines()[-1] == "Written under the name: larch-dad"
    assert re.fullmatch(r"Posted 17 November 2026 at \d\d:\d\d\.", text_of(page, "when"))
    assert text_of(page, "where").splitlines()[1:] == ["Address: https://forum.example.org/one"]
    assert re.fullmatch(r"Written down by .+ on 17 November 2026 at .+", text_of(page, "by"))
    assert text_of(page, "category") == "A child who may be at risk"
    assert "Each school has its own categories" in words_of(page)
    assert "We found" not in words_of(page)
    assert "read it." in text_of(page, "actions")
    parts = "\n".join(text_of(page, part) for part in ("where", "incident", "category", "actions"))
    assert not re.search(r"<|>|&\w+;|\t|  ", parts)
    answer = send(desk, page=page, do="pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert b"/Count 1" in answer.content
    assert len(desk.audited("restricted_read")) == 2
    settle(desk, profiles={URN: Profile(categories=(("safeguarding", "Cause for concern"),))})
    page = send(desk, page=page, do="show")
    assert text_of(page, "category") == "Cause for concern"
    assert "Each school has its own categories" not in words_of(page)


def test_its_number_there_closes_it_once_as_a_line_without_words_where_the_sheet_was_shown(desk):
    unread = desk.browser.get(sheet_path(desk))
    assert "Show the sheet once more" in words_of(send(desk, page=unread, do="done", number="CP-1"))
    page = send(desk, page=unread, do="show")
    assert "Type the number" in words_of(send(desk, page=page, do="done", number=" "))
    elsewhere = desk.browser.post("/room/" + "a" * 40, data={**form_of(page), "do": "done", "number": "1"})
    assert (elsewhere.status_code, desk.audited("handed_over")) == (404, [])
    answer = send(desk, page=page, do="done", number="CP-2611-18")
    assert answer.headers["location"].startswith("/room?over=")
    taken = steps(desk)
    assert [step for step, _ in taken][-2:] == ["referred", "closed"]
    assert "CP-2611-18" in taken[-2][1]
    send(desk, page=page, do="done", number="CP-2")
    again = send(desk, page=send(desk, page=page, do="show"), do="done", number="CP-2")
    assert "It is handed over already." in words_of(again)
    assert steps(desk) == taken
    assert len(desk.audited("handed_over")) == 1
    page = desk.browser.get(answer.headers["location"])
    said = words_of(page)
    assert "is handed over" in said
    assert "Handed over by" in said
    assert "Nothing is open." in said
    assert WORDS[:20] not in page.text
    purge(desk.store, desk.clock(), desk.context.config.policy)
    assert rows_of(desk.store, "SELECT count(*) FROM restricted_texts")[0] == (0,)


def test_what_is_raised_again_after_its_hand_over_is_open_and_unread(desk):
    send(desk, page=send(desk, do="show"), do="done", number="CP-2611-18")
    desk.wait(minutes=5)
    do_in(
        desk.store,
        alert_store.put_alerts,
        [replace(desk.alert, times=2, raised_at=desk.clock())],
        desk.clock(),
    )
    said = words_of(desk.browser.get("/room"))
    assert "Handed over" not in said
    assert "Nobody is dealing with it yet. Nobody has read it yet." in said


def test_where_its_case_is_held_nobody_is_told_that_the_words_go(desk):
    case = desk.open("s-one", "dsl")
    desk.take(StepKind.HELD, "dsl", case.id, review="2027-06-01", why="The police asked.")
    page = send(desk, do="show")
    assert "the words stay until somebody ends the hold" in words_of(page)
    answer = send(desk, page=page, do="done", number="CP-2611-18")
    said = words_of(desk.browser.get(answer.headers["location"]))
    assert "its words stay until somebody ends the hold" in said
    assert "No words are kept here" not in said


def test_no_line_that_somebody_wrote_passes_for_one_of_the_sheet_nor_breaks_the_pdf(tmp_path):
    forged = "Posted 1 May 2026, on Facebook, under the name: Jane Holt\nI hit him. 😀 漢字"
    post = replace(POST, title="Address: https://a.test", text=forged, author="x\nAddress: b")
    desk = OpenDesk(tmp_path, told=("dsl",), post=post, **CHILD)
    come(desk, "dsl", desk.browser)
    page = send(desk, do="show")
    parts = [text_of(page, part) for part in ("people", "when", "where", "incident")]
    ours = [line for line in "\n".join(parts).splitlines() if not line.startswith("| ")]
    assert sum(line.startswith("Posted ") for line in ours) == 1
    assert [line for line in ours if line.startswith("Address:")] == [f"Address: {POST.url}"]
    assert not [line for line in ours if "I hit him." in line]
    assert send(desk, page=page, do="pdf").content.startswith(b"%PDF")


def test_what_has_come_and_what_somebody_noted_since_the_sheet_was_shown_is_not_handed_over_unread(desk):
    page = send(desk, do="show")
    do_in(desk.store, alert_store.put_alerts, [replace(desk.alert, times=2)], desk.clock())
    assert "Show the sheet once more" in words_of(send(desk, page=page, do="done", number="CP-1"))
    settle(desk, SECOND)
    page, deputy, own = (
        send(desk, page=page, do="show"),
        come(desk, "second"),
        desk.context.links.at_desk("s-one"),
    )
    read = deputy.post(own, data={**form_of(deputy.get(own)), "do": "read"})
    deputy.post(own, data={**form_of(read), "do": "note", "why": "Her mother rang: the aunt has her."})
    assert "Show the sheet once more" in words_of(send(desk, page=page, do="done", number="CP-1"))
    assert not desk.audited("handed_over")
    page = send(desk, page=page, do="show")
    assert "the aunt has her" in text_of(page, "actions")
    assert "/room?over=" in send(desk, page=page, do="done", number="CP-1").headers["location"]


def test_a_number_typed_after_the_ten_minutes_waits_behind_the_code_and_a_reopened_case_is_open(desk):
    page = send(desk, do="show")
    desk.wait(minutes=11)
    answer = send(desk, page=page, do="done", number="CP-2611-18")
    where = answer.headers["location"]
    assert where.startswith("/check?to=/room/")
    assert "CP-2611-18" not in where
    check = desk.browser.get(where)
    sent = desk.browser.post("/check", data={**form_of(check), "do": "send_code"})
    back = desk.browser.post("/check", data={**form_of(sent), "code": desk.code(), "do": "prove"}).headers[
        "location"
    ]
    page = desk.browser.get(back)
    assert 'value="CP-2611-18"' in page.text
    send(desk, path=back, page=page, do="done", number="CP-2611-18")
    assert len(desk.audited("handed_over")) == 1
    assert "Handed over" in words_of(desk.browser.get("/room"))
    ((case,),) = desk.read("SELECT id FROM cases")
    desk.take(StepKind.REOPENED, "dsl", case, why="There is more.")
    assert "Handed over" not in words_of(desk.browser.get("/room"))


def test_of_an_allegation_it_says_that_the_lado_was_not_told(tmp_path):
    desk = OpenDesk(tmp_path, told=("dsl", "head"), **ALLEGATION)
    come(desk, "dsl", desk.browser)
    assert "No record shows that the LADO was told." in words_of(desk.browser.get(sheet_path(desk)))
    with desk.store.write("test") as con:
        told = [a_step(), a_step(2, StepKind.REFERRED, facts={"to": "lado", "reference": "L-7"})]
        case_store.append_steps(con, a_case(steps=2, referred_to=("lado",)), told, [], desk.clock())
    page = send(desk, do="show")
    assert "No record shows" not in words_of(page)
    assert "Their number: L-7." in text_of(page, "actions")


def test_the_number_for_allegations_is_a_link_on_the_page_and_before_the_sheet(tmp_path):
    desk = OpenDesk(
        tmp_path, told=("dsl",), school=replace(SCHOOL, allegations="01632 960 107"), **ALLEGATION
    )
    come(desk, "dsl", desk.browser)
    link, unknown = '<a href="tel:01632960107">01632 960 107</a>', "is on the local authority’s website"
    page = press(desk, do="read")
    assert (link in page.text, unknown in words_of(page)) == (True, False)
    assert link in desk.browser.get(sheet_path(desk)).text


def test_an_allegation_that_is_locked_bears_the_date_by_which_the_lado_is_told(tmp_path):
    desk = OpenDesk(tmp_path, told=("dsl", "head"), **ALLEGATION)
    come(desk, "dsl", desk.browser)
    assert desk.open("s-one", "dsl").locked
    page = words_of(desk.browser.get("/room"))
    assert "Locked: the law forbids naming an accused teacher." in page
    assert "designated officer (LADO) has to be told by the end of" in page


SECOND = Person("second", "Lou Ash", (Role.DEPUTY_DSL,), "ash@example.org")


def press(desk, **form):
    """A form of the page of the matter, whose words were read."""
    own = desk.context.links.at_desk("s-one")
    read = desk.browser.post(own, data={**form_of(desk.browser.get(own)), "do": "read"})
    return desk.browser.post(own, data={**form_of(read), **form})


def test_the_sheet_says_who_told_the_lado_when_and_by_which_number(tmp_path):
    desk = OpenDesk(tmp_path, told=("dsl", "head"), **ALLEGATION)
    settle(desk, SECOND)
    come(desk, "dsl", desk.browser)
    desk.wait(minutes=5)
    said = {"what": "lado", "by": "second", "when": "2026-11-17T09:02", "reference": "L-7", "why": "Rang."}
    press(desk, do="happened", **said)
    told = next(line for line in text_of(send(desk, do="show"), "actions").splitlines() if "L-7" in line)
    assert told.startswith("17 November 2026 at 09:02")
    assert "“Lou Ash: Rang.”" in told


def test_the_sheet_says_who_is_at_the_gate(tmp_path):
    desk = OpenDesk(tmp_path, told=("dsl", "head"), **ALLEGATION)
    come(desk, "dsl", desk.browser)
    press(desk, do="happened", main_gate="yes", names="Mr Pell")
    told = text_of(send(desk, do="show"), "actions")
    assert "Somebody was warned of the danger. “Main gate: Mr Pell.”" in told


def test_what_the_lead_gives_to_the_deputy_lead_stands_in_their_room_as_theirs(desk):
    settle(desk, SECOND)
    press(desk, do="give", to="second")
    assert "You are dealing with it." in words_of(come(desk, "second").get("/room"))
    assert "Lou Ash is dealing with it." in words_of(desk.browser.get("/room"))


def test_a_lead_whom_it_may_accuse_finds_it_in_no_list_and_at_no_address(tmp_path):
    desk = OpenDesk(tmp_path, told=("head",), **(ALLEGATION | {"subjects": ("dsl",)}))
    come(desk, "dsl", desk.browser)
    room = desk.browser.get("/room")
    assert "Nothing is open." in words_of(room)
    assert number_of(desk.alert.id) not in room.text
    nothing = desk.browser.get("/nothing-here")
    answer = desk.browser.get(sheet_path(desk))
    assert (answer.status_code, answer.text) == (404, nothing.text)
    form = {"form": form_token(desk.browser.cookies["__Host-desk"]), "do": "show"}
    assert WORDS[:20] not in desk.browser.post(sheet_path(desk), data=form).text
    assert not desk.audited("restricted_read")


# ----------------------------- after a hand-over and the next clearing no file of the home holds the words


GRABBED = "The head of Oakfield Primary School grabbed my boy in the corridor and bruised his arm badly."


def holding(home):
    """The files of that home, by their place in it, that hold the words in their bytes."""
    found = (p for p in sorted(home.rglob("*")) if p.is_file() and GRABBED.encode() in p.read_bytes())
    return sorted(p.relative_to(home).as_posix() for p in found)


def waiting(desk, monkeypatch):
    """The words are brought, and lie in the spool: they could not be saved."""
    said = Report(GRABBED, "", "facebook", None, "Sam Vale", desk.clock(), by="vale")
    kept, config = Kept(said, URN, desk.clock()), desk.context.config
    with monkeypatch.context() as within:
        within.setattr(act, "take_in", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
        with pytest.raises(act.NotYetTaken) as failed:
            act.report_in(config, Paths(desk.context.home, config.path), kept, desk.clock)
    return failed.value.number


def test_after_the_hand_over_and_a_clearing_no_file_of_the_home_holds_the_words(
    tmp_path, monkeypatch
) -> None:
    """Over a second: the rules that judge are loaded."""
    desk = OpenDesk(tmp_path, raised=False)
    home, config, store = desk.context.home, desk.context.config, desk.store
    number = waiting(desk, monkeypatch)
    (spooled,) = holding(home)
    assert spooled.startswith("spool/")
    take_waiting(home, wiring.make_intake(config, Paths(home, config.path), store, make_judges), desk.clock)
    in_vault = Vault(store.evidence).store_bytes(GRABBED.encode())
    with store.write("test") as con:
        (mention,) = handed_in(con, URN, number)
        kept = evidence_file(
            URN, mention, in_vault, "text/plain", len(GRABBED), desk.clock(), "vale", "typed"
        )
        put_files(con, [kept])  # as words are kept until somebody knows how grave they are
        con.execute("UPDATE restricted_texts SET title = $words", {"words": GRABBED})
        con.execute("COMMIT")  # the log is taken into the file once that is let go
        con.execute("BEGIN")
        in_log = holding(home)
        sql = "SELECT story_id FROM matches WHERE mention_id = $id"
        ((story,),) = con.execute(sql, {"id": mention}).fetchall()
    before = store.path.with_name(f"{store.path.name}.before-0001")
    shutil.copy(store.path, before)
    os.utime(before, (desk.clock().timestamp(),) * 2)
    vault = Vault(store.evidence).path(in_vault).relative_to(home).as_posix()
    assert in_log == [vault, f"{store.path.name}.wal"]
    assert holding(home) == [vault, store.path.name, before.name]
    come(desk, "dsl", desk.browser)
    path = "/room/" + desk.context.links.at_desk(story).rpartition("/")[2]
    page = desk.browser.get(path)
    for said in ({"do": "show"}, {"do": "done", "number": "CP-2611-18"}):
        desk.wait(seconds=5)
        page = desk.browser.post(path, data={**form_of(page), **said})
    assert page.headers["location"].startswith("/room?over=")
    desk.wait(days=8)
    purge(store, desk.clock(), config.policy)
    drop_copies(store, desk.clock())
    assert holding(home) == []


# ----------------------------------------------------- of whoever acts for a lead whom a matter may accuse


CHAIR = Person("chair", "Una Reed", (Role.CHAIR,), "chair@example.org")
ACCUSES = CHILD | {"about": About.STAFF, "subjects": ("dsl",)}


def desk_of(home, *people, **judged):
    desk = OpenDesk(home, told=("head",), **judged)
    settle(desk, *people)
    return desk


def nothing_for(desk, who):
    browser = come(desk, who)
    nothing = browser.get("/nothing-here")
    answers = [browser.get(path) for path in ("/room", sheet_path(desk))]
    return all((a.status_code, a.text) == (404, nothing.text) for a in answers)


@pytest.mark.parametrize(("people", "who"), [((), "head"), ((CHAIR,), "chair")])
def test_who_decides_for_an_accused_lead_finds_it_in_a_room_and_hands_it_over(tmp_path, people, who):
    desk = desk_of(tmp_path, *people, **ACCUSES)
    come(desk, who, desk.browser)
    assert number_of(desk.alert.id) in desk.browser.get("/room").text
    own = desk.browser.get(desk.context.links.at_desk("s-one"))
    assert f'href="{sheet_path(desk)}"' in own.text
    form = form_of(desk.browser.get(sheet_path(desk)))
    shown = desk.browser.post(sheet_path(desk), data={**form, "do": "show"})
    assert WORDS in shown.text
    sent = {**form_of(shown), "do": "done", "number": "CP-7"}
    assert desk.browser.post(sheet_path(desk), data=sent).headers["location"].startswith("/room?over=")
    assert len(desk.audited("handed_over")) == 1
    assert "dsl" not in str(rows_of(desk.store, "SELECT person_id FROM outbox"))


def test_the_accused_lead_and_who_only_reads_it_have_none_of_it(tmp_path):
    desk = desk_of(tmp_path, CHAIR, **ACCUSES)
    assert nothing_for(desk, "head")
    assert "Nothing is open." in words_of(come(desk, "dsl").get("/room"))


def test_a_matter_that_accuses_no_lead_is_in_the_leads_room_alone(tmp_path):
    desk = desk_of(tmp_path, CHAIR, **(CHILD | {"about": About.STAFF}))
    assert [who for who in ("chair", "head", "deputy") if not nothing_for(desk, who)] == []


def test_a_locked_case_that_is_not_restricted_has_a_sheet_and_no_form_that_cannot_close_it(tmp_path):
    desk = OpenDesk(tmp_path, told=("head", "dsl"), post=ON_FACEBOOK, **FALSE)
    desk.take(StepKind.LOCKED, "head", desk.open("s-one", "head").id, why="The law forbids making him known.")
    come(desk, "dsl", desk.browser)
    shown = send(desk, do="show")
    assert "is a thief" in shown.text
    assert 'name="number"' not in shown.text


# ----------------------------- the press asks, and a child is in it

ASKS = "I’m a reporter at the Gazette. A teacher slapped a boy. Would the school comment by 4pm tomorrow?"


def test_the_hour_of_the_press_stands_in_the_mail_of_the_lead_and_of_the_contact_who_is_told_its_number(
    tmp_path,
):
    asks = replace(POST, title="", text=ASKS, channel="email")
    desk = OpenDesk(tmp_path, told=("dsl",), post=asks, **CHILD, reasons=(Reason(ENQUIRY, "It asks."),))
    settle(desk, Person("press", "Ms Rae Quill", (Role.PRESS,), "press@example.org", urns=(URN,)))
    config = desk.context.config
    judges = make_judges(config, desk.context.home, Linker(config.schools))
    alert = replace(desk.alert, because=(Reason(ENQUIRY, "It asks."),))
    sent = {m.person_id: m.body for m in do_in(desk.store, write_messages, [alert], judges, desk.clock())}
    assert "Say nothing to them yet." in sent["press"]
    for body in (sent["press"], sent["dsl"]):
        assert "The press wants an answer by 16:00 on Wednesday 18 November." in body
        assert "slapped" not in body
