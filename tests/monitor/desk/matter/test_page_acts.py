"""What is said and done on the signed page of a matter, by form, and what refuses it."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.alert import DEPUTY, DSL
from builders.case import a_case, a_step
from builders.matter_page import MatterPage
from builders.page import CHILD, DANGER, POST, STREET, WORDS, PageDesk, form_of, words_of

from alerts.select import list_unrecorded
from classifiers.verdicts.by_people import BY
from data.cases import Profile
from data.errors import InputError
from data.judged import DANGER as VIOLENCE
from data.judged import ENQUIRY
from data.matters import ActKind, DeedKind, SaidWrong, WrongKind
from data.privacy import SearchTerm, TermKind
from data.retention.deleting import purge
from data.steps.acts import Done, Refused
from data.steps.codes import StepKind, Support
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store.owners import put_said_wrong, said_wrong
from data.store.privacy import find_held
from data.types import About, Escalation, Harm, Mark, Meant, Policy, Reason, Route, Severity, StillOpen
from data.words.say import words
from monitor.act.casework import open_of_alert
from monitor.act.matter import end_as_said, own_matters
from monitor.act.wrong import Marking, correct
from monitor.desk.matter.forms import Pressed, carry_out, changes_since
from monitor.desk.matter.page import Moment, by_link
from monitor.desk.page import FormFields
from monitor.matters.reader import load_case

W = words("en")


@pytest.fixture
def at():
    """Makes a matter that is judged so; nothing of what is done to it stays."""
    with ExitStack() as stack:
        yield lambda **given: stack.enter_context(MatterPage.made(**given))


@pytest.fixture
def street(at):
    return at(told=("head", "deputy"), **STREET)


# ----------------------------------------------------- it is given to somebody, or asked about on another day


def test_giving_it_is_offered_to_those_alone_who_may_deal_with_it_and_what_happened_of_danger_alone(street):
    page = street.page(ask="give")
    assert "deputy" in page.offers("to")
    assert "vale" not in page.offers("to")
    assert "happened" not in page.buttons
    assert street.press("happened", **RANG).became == "not changed"
    assert street.steps() == []


def test_to_whom_it_was_passed_the_page_says_by_whom_and_their_note_with_the_words(street):
    street.press("give", to="deputy", note="Please ring Mrs Wren.")
    by = "Passed to you by Jane Holt (head) at 09:00"
    page = words_of(street.page("deputy", read=True))
    assert page.index(by) < page.index("“Please ring Mrs Wren.”") < page.index(WORDS)
    page = words_of(street.page("deputy"))
    assert (by in page, "Wren" in page, "Passed to you" in words_of(street.page())) == (True, False, False)


def test_what_is_restricted_is_given_to_nobody_outside_its_few(at):
    lead = at(told=("dsl",), **CHILD)
    assert lead.press("give", "dsl", to="deputy").became == "not changed"
    assert lead.has() == ""


def test_it_is_passed_on_until_no_day_that_is_none_or_over(street):
    for day in ("2026-02-30", "2026-11-01"):
        page = street.press("give", to="deputy", until=day)
        assert (page.became, page.page.wrong, street.has()) == ("not when", True, "")


def test_one_link_has_ten_mails_an_hour_sent_by_giving_and_a_person_thirty_whatever_their_links(tmp_path):
    """Nothing is behind these links: what is counted is counted before that is looked for."""
    desk = PageDesk(tmp_path, raised=False)
    desk.path()

    def give(n):
        token = desk.context.links.page(f"s-{n}", "head", desk.sent_at).rpartition("/")[2]
        form = {"do": "give", "proof": desk.context.links.proof(token, desk.clock())}
        desk.wait(seconds=5)
        return desk.browser.post(f"/m/{token}", data=form).status_code

    assert [give(0) for _ in range(11)] == [410] * 10 + [429]
    assert [give(n) for n in (1, 2) for _ in range(10)] == [410] * 20
    assert give(3) == 429
    desk.wait(hours=1)
    assert give(0) != 429


# ----------------------------------------------------------------- that it is judged wrongly, and why


TONE = {"what": "tone", "right": "positive", "why": "It is about opening hours"}
MILD = STREET | {"severity": Severity.RESPOND, "route": Route.RESPOND, "abuse": (), "content_class": "C1"}
AT_NINE = {"clock": "09:00", "day": "Tuesday 17 November"}


def standing(at):
    (found,) = said_wrong(at.con, [POST.id]).values() or ((),)
    return [(s.person_id, s.kind, s.tone, s.why) for s in found]


def test_who_else_may_read_it_sees_it_with_the_words_and_not_before_them(street):
    street.press("wrong", what="lane", right="police_now", why="He has a knife")
    assert "He has a knife" not in street.page("deputy").text
    # once it is in the lane that was said to be right it belongs in no other
    what = f"{W('page.said.lane')} · {W('page.right.lane_police_now')}"
    says = {"who": "Jane Holt", "what": what, "why": "He has a knife", **AT_NINE}
    assert W("page.said.corrected", **says) in words_of(street.page("deputy", read=True))


def test_what_a_home_of_before_let_somebody_only_say_is_shown_in_words(street):
    said = SaidWrong(
        POST.id, street.desk.alert.urn, "head", None, "criticism", Severity.RESPOND, "So", street.now
    )
    put_said_wrong(street.con, said, "s-one")
    what = f"{W('page.said.label.criticism')} · {W('page.said.severity.2')}"
    page = words_of(street.page("deputy", read=True))
    assert f"Judged wrongly, says Jane Holt (09:00, Tuesday 17 November): {what}. “So”" in page


def test_of_what_is_restricted_it_is_said_by_its_few_alone_and_shown_with_a_reading_alone(at):
    lead = at(told=("dsl",), **CHILD)
    assert lead.press("wrong", "head", **TONE).became == "not changed"
    assert lead.look("vale") is None or lead.press("wrong", "vale", **TONE).became == "not changed"
    assert standing(lead) == []
    lead.press("wrong", "dsl", **TONE)
    assert TONE["why"] not in lead.page("dsl").text
    read = words_of(lead.page("dsl", read=True))
    assert TONE["why"] in read
    assert WORDS in read


def test_said_again_it_takes_the_place_of_the_first_and_who_said_it_alone_takes_it_back(street):
    street.press("wrong", **TONE)
    street.press("wrong", **TONE | {"right": "neutral"})
    assert standing(street) == [("head", "tone", "neutral", "It is about opening hours")]
    assert "right_again" not in street.page("deputy", read=True).buttons
    assert street.press("right_again", "deputy").became == "not changed"
    assert len(standing(street)) == 1
    assert "right_again" in street.page(read=True).buttons
    assert street.press("right_again").became == "right_again"
    assert standing(street) == []
    assert street.audited("judged_wrongly_undone") == [("judged_wrongly_undone", "head", "s-one")]


def test_corrected_for_a_reason_it_leaves_the_lists_and_the_page_says_what_follows(tmp_path):
    desk = PageDesk(tmp_path, **STREET)
    form = {**desk.form(), "do": "wrong", "what": "lane", "right": "too_grave"}
    assert W("page.not.reason") in words_of(desk.browser.post(desk.path(), data=form))
    assert len(desk.open_alerts()) == 1
    page = words_of(desk.browser.post(desk.path(), data={**form, "why": "The van is a toy"}))
    assert "Its alert is closed" in page
    assert desk.open_alerts() == []


def test_what_was_raised_since_violence_is_meant_takes_two_below_severity_4_too(street):
    because = (Reason(VIOLENCE, "Somebody may be in danger."), *street.desk.alert.because)
    alert_store.put_alerts(street.con, [replace(street.desk.alert, because=because, times=2)], street.now)
    assert street.press("wrong", what="lane", right="too_grave", why="It is a song").became == "wrong"
    assert street.is_open()


def test_what_raised_no_alert_cannot_be_judged_too_gravely(at):
    mild = at(raised=False, **MILD)
    came = correct(mild.look().handling(mild.con, mild.now), Marking(WrongKind.TOO_GRAVE), "No")
    assert isinstance(came, Refused)
    assert came.guard == "too_grave"


def test_that_staff_blow_the_whistle_on_the_head_is_said_by_who_reads_it_and_tells_who_acts_instead(at):
    mild = at(raised=False, **MILD | {"about": About.HEAD, "accuses": (Meant("office:head", 0.5, BY),)})
    assert "whistle" in mild.page("dsl", ask="wrong", what="lane").offers("right")
    mild.press("wrong", "dsl", what="lane", right="whistle", why="She teaches here")
    ((alert,),) = [alert_store.by_story(mild.con, ["s-one"]).values()]
    assert ("head" in alert.audience, "head" in alert.excluded) == (False, True)


@pytest.mark.parametrize(("said", "by_staff"), [("I work at", True), ("My son goes to", False)])
def test_a_post_of_somebody_who_works_there_leads_to_a_case_that_asks_first_what_it_is(at, said, by_staff):
    post = replace(POST, text=f"{said} Oakfield Primary. The Year 4 teacher is lazy.")
    page = at(raised=False, post=post, **MILD).page(read=True, desk="d").page
    assert (W("page.by_staff") in page.notes) is by_staff
    assert page.begins


def test_of_danger_a_second_person_is_asked_by_name(at):
    danger = at(told=("dsl", "head"), **DANGER)
    version = danger.page().page.version
    page = danger.press("wrong", "dsl", what="lane", right="too_grave", why="It is from a play")
    assert page.became == "wrong"
    assert danger.is_open()
    asked = next(f for f in danger.page(read=True).page.forms if f.button.act == "agree")
    assert DSL.name in asked.heading
    assert "It is from a play" in asked.means
    since = changes_since(danger.look(), version, Moment(danger.now, None), W)
    assert W("page.since.said") in list(since)
    danger.press("agree", agrees="yes", why="I saw the play")
    assert not danger.is_open()


def test_it_goes_with_the_words_of_the_post(tmp_path):
    desk = PageDesk(tmp_path, **STREET)
    with desk.store.write("test") as con:
        it = MatterPage(desk, con)
        it.press("wrong", **TONE)
        assert len(standing(it)) == 1
    purge(desk.store, desk.clock() + timedelta(days=4000), Policy(), force=True)
    with desk.store.open_reader() as con:
        assert standing(MatterPage(desk, con)) == []


def test_a_request_for_access_finds_whoever_it_names_unless_the_post_is_restricted(at):
    for judged, found in ((STREET, 1), (CHILD, 0)):
        it = at(told=("dsl",), **judged)
        it.press("wrong", "dsl", **(TONE | {"why": "Mr Larchwood wrote it in anger"}))
        notes = find_held(it.con, [it.desk.alert.urn], SearchTerm(TermKind.NAME, "larchwood")).notes
        assert [note.words for note in notes] == ["Mr Larchwood wrote it in anger"] * found


# ------------------------------------------------------- what has happened: by the case's steps and guards


RANG = {
    "what": "rang_999", "by": "head", "when": "2026-11-17T08:50", "reference": "CAD 1234",
    "why": "They come at ten.",
}  # fmt: skip
RANG_101 = RANG | {"what": "rang_101"}
AIMED = (Meant("person:vale", 1.0, "x", Harm.VIOLENCE),)


@pytest.fixture
def danger(at):
    return at(told=("head", "deputy"), **DANGER)


def kinds(at):
    return [kind.value for kind, *_ in at.steps()]


def test_what_has_happened_is_a_step_with_when_their_number_and_who_told_them(danger):
    """101 is recorded though nothing is classified or decided yet."""
    for lack in (
        {"what": ""},
        {"what": "nonsense"},
        {"why": " "},
        {"when": "soon"},
        {"when": "2027-11-17T08:50"},
    ):
        page = danger.press("happened", **{**RANG, **lack})
        assert page.became == "not happened", lack
    assert (page.page.wrong, danger.steps()) == (True, [])
    missing = W("digest.danger.unrecorded", what="x").partition(":")[0]
    asked = {"rung": "police", "reference": "CAD 1234"}
    whys = {"deputy": f"{DEPUTY.name}: They come at ten.", "head": "They come at ten."}
    for said, kind, facts, why in (
        (RANG_101, StepKind.REFERRED, {"to": "police", "reference": "CAD 1234"}, whys["head"]),
        (RANG, StepKind.ASKED, asked | {"imminent": "yes"}, whys["head"]),
        (RANG | {"by": "deputy"}, StepKind.ASKED, asked | {"imminent": "yes"}, whys["deputy"]),
        ({"what": "needless", "why": "It is a song."}, StepKind.NOTED, {}, "It is a song."),
    ):
        assert danger.press("happened", **said).became == "happened"
        step = danger.steps()[-1]
        assert (step[0], step[1], step[3]) == (kind, "head", why)
        assert step[2].items() >= facts.items()
    assert missing in words_of(danger.page(read=True))
    assert missing not in words_of(danger.press("happened", what="warned_site", why="The office rang."))
    assert danger.steps()[-1][0] is StepKind.WARNED


def test_the_name_of_the_officer_stands_with_what_the_police_were_told(danger):
    danger.press("happened", **RANG, officer="PC Larkin 412")
    assert danger.steps()[-1][3] == "Officer: PC Larkin 412. They come at ten."


GATE = {"main_gate": "yes", "reception": "yes", "names": "Mr Pell, Ms Wren"}


def test_who_stands_where_is_that_the_gate_is_warned_alone_or_with_any_answer(danger):
    assert "site" in list_unrecorded(danger.look().view, ())
    for said, before, why in (
        ({}, [], "Main gate, Reception: Mr Pell, Ms Wren."),
        (RANG, ["asked"], "Main gate, Reception: Mr Pell, Ms Wren."),
        (RANG_101 | {"why": "Seen."}, ["referred"], "Main gate, Reception: Mr Pell, Ms Wren."),
        ({"what": "warned_site", "why": "At 7:45."}, [], "Main gate, Reception: Mr Pell, Ms Wren. At 7:45."),
    ):
        had = len(danger.steps())
        assert danger.press("happened", **said, **GATE).became == "happened"
        assert "site" not in list_unrecorded(danger.look().view, ())
        new = [kind for kind in kinds(danger)[had:] if kind != "opened"]
        assert new == [*before, "warned"], said
        _, _, facts, reason = danger.steps()[-1]
        assert (facts["who"], reason) == ("site", why)


def test_ticks_and_names_stand_in_the_form_again_after_a_refusal(tmp_path):
    desk = PageDesk(tmp_path, **DANGER)
    form = {**form_of(desk.press("read")), "do": "happened"}
    page = desk.browser.post(desk.path(), data=form | RANG | GATE | {"why": ""}).text
    assert 'name="main_gate" value="yes" checked' in page
    assert 'name="other_gates" value="yes" checked' not in page
    assert 'value="Mr Pell, Ms Wren"' in page
    with MatterPage.of(desk) as it:
        assert it.steps() == []


def test_the_gate_is_asked_about_where_violence_is_meant_and_not_of_a_child_at_risk(at):
    of_child = at(told=("dsl",), **CHILD)
    (form,) = of_child.page("dsl", ask="happened", read=True).page.forms
    assert (form.ticks, form.why_wanted) == ((), True)
    (form,) = at(told=("head",), **DANGER).page(ask="happened").page.forms
    assert [place for place, _ in form.ticks] == ["main_gate", "other_gates", "reception", "playground"]


def test_of_a_threat_to_an_adult_101_waits_for_their_word_and_999_does_not(tmp_path):
    desk = PageDesk(tmp_path, **(DANGER | {"about": About.STAFF}))
    form = {**form_of(desk.press("read")), "do": "happened"}
    page = desk.browser.post(desk.path(), data=form | RANG_101)
    assert W("page.not.in_case") in words_of(page)
    assert "CAD 1234" in page.text
    with MatterPage.of(desk) as it:
        assert it.steps() == []
    desk.browser.post(desk.path(), data=form | RANG)
    with MatterPage.of(desk) as it:
        assert kinds(it)[-1] == "asked"


def test_101_goes_with_the_word_of_whoever_is_threatened_where_they_gave_it_to_whoever_rang(at):
    aimed = DANGER | {"about": About.STAFF, "endangers": AIMED}
    it = at(told=("head", "deputy"), **aimed)
    with pytest.raises(InputError):
        it.press("happened", **RANG_101, agreed="by post")
    page = it.press("happened", **RANG_101, agreed="phone")
    assert page.became == "happened"
    assert kinds(it)[-3:] == ["consent_asked", "consent_given", "referred"]


def test_of_a_child_at_risk_the_lead_says_it_without_a_case_before_and_nobody_else(at):
    lead = at(told=("dsl",), **CHILD)
    assert lead.press("happened", "head", **RANG).became == "not changed"
    assert lead.steps() == []
    lead.press("happened", "dsl", what="needless", why="The family is known and safe.")
    assert kinds(lead) == ["opened", "noted"]
    lead.press("happened", "dsl", **RANG)  # of what bypasses the ladder the police are told by a referral
    kind, _, facts, _ = lead.steps()[-1]
    assert (kind, facts["to"], facts["reference"]) == (StepKind.REFERRED, "police", "CAD 1234")


@pytest.mark.parametrize(
    ("about", "bodies"), [(About.STAFF, ["lado", "social_care"]), (About.PUPIL, ["social_care"])]
)
def test_who_has_to_be_told_is_offered_by_what_it_is_the_lado_of_an_allegation_alone(at, about, bodies):
    it = at(told=("dsl",), **(CHILD | {"about": about, "severity": Severity.TODAY}))
    offered = it.page("dsl", ask="happened", read=True).offers("what")
    assert [one for one in offered if one in ("lado", "social_care", "warned_site")] == bodies
    for body in ("lado", "social_care"):
        page = it.press("happened", "dsl", what=body, by="dsl", why="The duty line.")
        assert page.became == ("happened" if body in bodies else "not happened")
    told = [facts.get("to") for kind, _, facts, _ in it.steps() if kind is StepKind.REFERRED]
    assert told == bodies


def test_whom_it_may_accuse_is_not_offered_as_who_told_others_and_is_refused(at):
    it = at(told=("dsl",), **(ALLEGED | {"about": About.STAFF}))
    assert "vale" not in it.page("dsl", ask="happened", read=True).offers("by")
    assert it.press("happened", "dsl", what="lado", by="vale", why="x").became == "not happened"


def test_consent_that_was_given_is_said_with_who_gave_it_and_not_asked_for_again(target):
    answer(target, police="given")
    page = target.page(ask="happened")
    assert page.offers("agreed") == []
    assert "Sam Vale said on their own page, at 09:00" in page.text


# ------------------------------------------------ what was done of all else: words on a note, whose it is now


CALLED = {"what": "rang", "whom": "Mrs Patel"}
WRITTEN = {"what": "statement", "why": "The gate was shut for an hour. Nobody was hurt."}
DUE = W("page.head.due")


def notes(at):
    return [note.note for note in at.look().view.notes]


def test_a_call_is_a_note_with_whom_and_when_and_who_made_it_deals_with_what_nobody_has(street):
    assert {"did", "note"} <= {*street.page("deputy", read=True).buttons}
    assert DUE in dict(street.page().page.facts)
    page = street.press("did", "deputy", **CALLED, when="2026-11-17T08:50")
    assert (page.became, street.has(), street.mark(), street.steps()) == ("did", "deputy", None, [])
    said = "Telephone call: Mrs Patel, 08:50, Tuesday 17 November"
    assert notes(street) == [said]
    assert f"Lee Ash (09:00, Tuesday 17 November): “{said}”" in words_of(page)
    assert DUE in dict(page.page.facts)  # perhaps nobody answered
    street.wait(minutes=5)
    page = street.press("did", "head", **WRITTEN)
    assert (notes(street)[-1], street.has()) == (f"Statement to parents: {WRITTEN['why']}", "deputy")
    assert DUE not in dict(page.page.facts)


@pytest.mark.parametrize("kind", DeedKind)
def test_what_was_done_is_stored_beside_its_words_and_decides_unless_it_was_a_call(street, kind):
    page = street.press("did", **WRITTEN | {"what": kind.value})
    assert [note.deed for note in street.look().view.notes] == [kind]
    assert (DUE in dict(page.page.facts)) is (kind is DeedKind.RANG)


def test_a_note_that_begins_as_what_was_done_does_decides_nothing(street):
    street.press("note", why=f"Statement to parents: {WRITTEN['why']}")
    assert [note.deed for note in street.look().view.notes] == [None]
    assert DUE in dict(street.page().page.facts)


def test_that_somebody_was_to_decide_is_said_again_once_it_is_raised_again(street):
    street.press("did", **WRITTEN)
    assert DUE not in dict(street.page().page.facts)
    street.wait(hours=1)
    alert_store.put_alerts(
        street.con, [replace(street.desk.alert, times=2, raised_at=street.now)], street.now
    )
    assert DUE in dict(street.page().page.facts)


def test_the_words_of_a_whole_letter_are_kept(street):
    lines = ["Dear parents, the gate is open again."] * 78
    page = street.press("did", **WRITTEN | {"why": "\r\n".join(lines)})
    assert notes(street) == ["Statement to parents: " + "\n".join(lines)]
    assert "\n".join(lines) in page.page.done[0].said


LACKING = ({"what": ""}, {"what": "x"}, {"why": " "}, {"why": "x" * 3001}, {"when": "2027-11-17T08:50"})


@pytest.mark.parametrize("lack", LACKING)
def test_what_was_done_is_refused_without_words_or_of_a_time_to_come(street, lack):
    page = street.press("did", **WRITTEN | lack)
    assert (page.became, page.page.said) == ("not did", (W("page.not.did"),))
    with pytest.raises(InputError):
        street.press("did", **WRITTEN, when="soon")
    assert (notes(street), street.has()) == ([], "")


@pytest.mark.parametrize(
    ("form", "said"),
    [(WRITTEN | {"ends": "yes"}, "Statement to parents: "), ({"what": "leave"}, "Decided to leave it")],
)
def test_what_is_done_with_leaves_the_lists_in_the_same_act_and_its_words_stay(street, form, said):
    assert "said that it is done with" in street.press("did", **form).page.said[0]
    assert (street.mark(), street.is_open(), street.has()) == ((Mark.ANSWERED, "head"), False, "")
    assert notes(street) == [f"{said}{form.get('why', '')}"]
    assert "did" not in street.page(read=True).buttons


def test_with_an_open_case_it_is_a_note_in_that_too_and_does_not_end_it(street):
    case_store.append_steps(street.con, a_case(), [a_step()], [], street.now)
    form = street.page(ask="did")
    assert (form.offers("ends"), "leave" in form.offers("what")) == ([], False)
    street.press("did", **WRITTEN)
    said = f"Statement to parents: {WRITTEN['why']}"
    assert street.steps()[-1][::3] == (StepKind.NOTED, said)
    assert (notes(street), street.mark()) == ([said], None)
    assert street.press("did", **WRITTEN, ends="yes").became == "not did"
    assert notes(street) == [said]


def test_what_the_press_asked_is_done_with_once_a_case_holds_what_was_sent(at):
    post = replace(POST, channel="email", text="I’m a reporter at the Gazette. Would you like to comment?")
    reasons = (Reason(ENQUIRY, "It asks."),)
    it = at(post=post, reasons=reasons, **MILD | {"severity": Severity.TODAY})
    alert_store.put_alerts(it.con, [replace(it.desk.alert, because=reasons)], it.now)
    answer = {"what": "press", "why": "The school opens at nine."}
    it.press("did", **answer)
    assert it.steps() == []
    it.wait(minutes=5)
    assert it.press("did", **answer, ends="yes").became == "did"
    assert it.steps()[-1][::3] == (StepKind.CLOSED, "Answer to the press: The school opens at nine.")
    assert not it.is_open()


@pytest.mark.parametrize(("approval", "ends"), [(False, ["answered"]), (True, [None])])
def test_an_enquiry_that_a_later_post_ends_is_answered_and_never_mistaken_where_approval_is_wanted(
    at, approval, ends
):
    post = replace(POST, channel="email", text="I’m a reporter at the Gazette. Would you like to comment?")
    reasons = (Reason(ENQUIRY, "It asks."),)
    it = at(post=post, reasons=reasons, **MILD | {"severity": Severity.TODAY})
    alert_store.put_alerts(it.con, [replace(it.desk.alert, because=reasons)], it.now)
    profiles = {it.desk.alert.urn: Profile(press_approval=approval)}
    it.context = replace(it.context, config=replace(it.context.config, profiles=profiles))
    came = end_as_said(it.look().handling(it.con, it.now), "The paper says so.")
    assert isinstance(came, Done) is not approval
    assert not approval or came.guard == "press_approved"
    assert [ending for (ending,) in it.rows("SELECT ending FROM cases")] == ends


def test_by_a_link_alone_it_is_a_note_and_neither_a_step_of_a_case_nor_the_end_of_the_matter(street):
    case_store.append_steps(street.con, a_case(), [a_step()], [], street.now)
    before, linked = street.steps(), by_link(street.look())
    assert linked.view.may(ActKind.DID)

    def send(**form):
        fields = FormFields({"told": linked.view.stamp, **form})
        return carry_out(Pressed(linked.handling(street.con, street.now), linked, fields), ActKind.DID)

    assert isinstance(send(**WRITTEN, ends="yes"), Refused)
    assert isinstance(send(what="leave"), Refused)
    assert notes(street) == []
    assert isinstance(send(**WRITTEN), Done)
    assert (len(notes(street)), street.mark(), street.steps()) == (1, None, before)


@pytest.mark.parametrize("judged", [DANGER, CHILD])
def test_of_what_is_grave_it_is_said_in_its_case_alone(at, judged):
    it = at(told=("dsl",), **judged)
    assert it.press("did", "dsl", **CALLED).became == "not changed"


# ----------------------------------------------------------------------- who is meant, and “not us” by two


ALLEGED = CHILD | {"accuses": (Meant("person:vale", 0.25, "surname"),)}
AT_SCHOOL = DANGER | {"endangers": (Meant("school", 1.0, "signal:threat", Harm.VIOLENCE),)}
NOT_US = {"what": "us", "right": "not_us", "why": "It is a pub in Wales"}


@pytest.fixture
def threat(at):
    return at(told=("dsl", "head"), **AT_SCHOOL)


def test_at_whom_it_is_aimed_is_asked_of_whoever_has_read_it_and_recorded(threat):
    assert "vale" in threat.page("dsl", ask="wrong", what="danger").offers("right")
    named = {"what": "danger", "right": "vale", "why": "She teaches that class"}
    assert threat.press("wrong", "dsl", **named | {"right": ""}).became == "not right"
    assert threat.press("wrong", "dsl", **named | {"why": ""}).became == "not reason"
    assert threat.press("wrong", "dsl", **named).became == "wrong"
    (meant,) = threat.rows("SELECT endangers FROM verdicts")[0]
    assert "person:vale 1.00 named violence" in meant
    assert [actor for _, actor, _ in threat.audited("who_was_named")] == ["dsl"]


def test_somebody_told_of_it_who_decides_nothing_is_not_asked(at):
    it = at(told=("dsl", "vale"), **CHILD)
    assert not it.page("vale", ask="wrong", what="accused").offers("right")
    assert it.press("wrong", "vale", what="accused", right="head", why="mine").became == "not changed"
    assert it.audited("who_was_named") == []


def test_of_a_restricted_matter_too_nobody_at_the_school_may_be_meant(at):
    it = at(told=("dsl",), **ALLEGED)
    assert "-" in it.page("dsl", ask="wrong", what="accused", read=True).offers("right")
    it.press("wrong", "dsl", what="accused", right="-", why="It was at home")
    assert it.follows("dsl") == [("waits", 0)]
    assert it.press("agree", "head", agrees="", why="So it was").became == "not right"
    assert it.press("agree", "head", agrees="yes", why="So it was").became == "agree"
    assert it.rows("SELECT accuses FROM verdicts") == [([],)]


def test_two_people_say_of_a_threat_that_it_is_not_about_the_school_and_one_alone_takes_it_back(threat):
    threat.press("wrong", "dsl", **NOT_US)
    threat.wait(minutes=2)
    assert threat.press("unmark", "dsl").became == "unmark"
    assert threat.mark() is None
    assert threat.press("wrong", "dsl", **NOT_US).became == "wrong"
    assert threat.mark() == (Mark.SAID_NOT_US, "dsl")
    assert threat.follows("dsl") == [("waits", 0)]
    assert "agree" in threat.page("head", read=True).buttons
    second = threat.press("agree", "head", agrees="yes", why="I asked: it is the pub")
    assert second.became == "agree"
    assert threat.mark() == (Mark.NOT_US, "head")


# -------------------- by whom a threat is aimed at: they answer for themselves, by the steps of their case


def aimed_at(who):
    """A threat to that person."""
    meant = (Meant(f"person:{who}", 1.0, "name", Harm.VIOLENCE),)
    return {**DANGER, "about": About.STAFF, "endangers": meant}


THREAT = aimed_at("vale")
ACCUSED = (Meant("person:vale", 1.0, "name"),)
SAFE, SUPPORT, POLICE = "safe", "support", "police"
HOW = ["safe", "not_safe", "ring_me"]


def begun(it):
    open_of_alert(it.con, it.context, it.desk.alert, it.now)
    return it


@pytest.fixture
def target(at):
    """A threat to a teacher, whose alert went to the head and to the teacher; its case is open."""
    return begun(at(told=("head", "vale"), **THREAT))


def answer(it, **answers):
    return it.press("own_word", "vale", **answers)


def own_steps(it):
    return [kind for kind, actor, *_ in it.steps() if actor == "vale"]


def mails(it):
    sql = "SELECT person_id, body FROM outbox WHERE kind = 'answer' AND withdrawn_at IS NULL ORDER BY ALL"
    return [(who, " ".join(body.split())) for who, body in it.rows(sql) if " has answered: " in body]


def test_their_page_says_how_far_it_is_and_what_they_may_say_and_no_word_of_it(target):
    page = target.page("vale")
    assert page.page.heading == W("page.own.what.threat")
    facts = dict(page.page.facts)
    assert facts[W("page.head.who")] == W("page.nobody")
    assert any(DSL.name in line.said for line in page.page.ring)
    assert (page.offers(SAFE), page.offers(SUPPORT)) == (HOW, ["accepted", "declined"])
    assert page.offers(POLICE) == ["given", "refused"]
    assert page.buttons == ["own_word"]
    hidden = (WORDS[:20], "larch-dad", "forum.example.org", "criticises", "Negative", "Holt")
    assert not [word for word in hidden if word in page.text]
    target.press("take")
    page = target.page("vale").page
    assert W("page.head.who") not in dict(page.facts)  # whom to ring says it, with the hour
    assert W("page.own.has", name="Jane Holt", **AT_NINE) in page.ring[0].said


def test_their_page_gives_the_hour_that_a_threat_to_them_names_and_none_of_its_words(at):
    post = replace(POST, text="At the gate, Thursday at 15:15.", published=None)
    it = begun(at(told=("head", "vale"), post=post, **THREAT))
    facts = dict(it.page("vale").page.facts)
    assert "15:15" in facts[W("page.head.names")]
    assert "gate" not in " ".join(facts.values())
    known = " ".join(said for said, _ in it.page("head").page.known)
    assert not [word for word in ("..", "We cannot tell whom") if word in known]


def test_what_they_say_is_recorded_as_their_own_steps_in_one_answer_and_shown_back_to_them(target):
    assert W("page.own.so_far") not in dict(target.page("vale").page.facts)
    page = answer(target, safe="safe", support="accepted", police="given")
    assert own_steps(target) == [StepKind.SAFE, StepKind.SUPPORT, StepKind.CONSENT_GIVEN]
    assert (page.became, page.page.wrong) == ("own_word", False)
    safe = W("page.own.safe", **AT_NINE)
    said = " ".join((safe, W("page.own.holds.accepted"), W("page.own.holds.given")))
    for each in (page, target.page("vale")):
        assert dict(each.page.facts)[W("page.own.so_far")] == said


def test_all_who_hold_it_are_told_by_name_in_one_mail_each(target):
    answer(target, safe="safe", support="accepted", police="refused")
    ((who, body),) = mails(target)
    assert who == "head"
    assert "Sam Vale has answered: They say that they are safe. They would like support" in body
    assert "They do not agree to the police being told." in body
    target.rows("DELETE FROM outbox")
    alert_store.ack(target.con, target.desk.alert.id, "deputy", target.now)
    answer(target, support="declined")
    assert [who for who, _ in mails(target)] == ["deputy", "head"]


@pytest.mark.parametrize(("police", "next_"), [("given", "acts"), ("refused", "refused")])
def test_who_deals_with_it_reads_what_they_said_and_when_and_what_follows_from_it(target, police, next_):
    answer(target, safe="safe", support="accepted", police=police)
    page = target.page("head", read=True, desk="d")
    facts, codes = dict(page.page.facts), ("safe", "accepted", police)
    said = (f"{W('page.at_time', **AT_NINE)}: {W(f'case.target.{code}')}" for code in codes)
    assert all(each in facts["Sam Vale"] for each in said)
    assert W(f"describe.next.police_now.{next_}") in facts[W("page.head.next")]
    assert "accepted:vale" in [line.key for line in page.page.wishes]


def test_once_it_is_closed_their_page_says_what_was_done_and_whom_to_ask_and_today_leads_there(target):
    answer(target, support="declined", police="given")
    target.press("happened", what="rang_101", why="It names a time.", reference="CR/118/26")
    urn, h = target.desk.alert.urn, target.look("deputy").handling(target.con, target.now)
    assert isinstance(end_as_said(h, "They have it."), Done)
    assert target.page("vale").page.heading == W("page.own.what.threat"), "one alone ends nothing"
    target.press("agree", "head", agrees="yes", why="So they say.")
    page = target.page("vale")
    assert page.page.heading == W("page.own.what.over")
    assert "CR/118/26" in dict(page.page.facts)[W("page.head.case")]
    assert any(DSL.name in line.said for line in page.page.ring)
    own = own_matters(target.con, target.desk.session("vale"), [urn], target.now)
    assert [one.story_id for one in own] == ["s-one"]
    later = target.now + timedelta(hours=3)
    alert_store.put_alerts(target.con, [replace(target.desk.alert, times=2, raised_at=later)], later)
    assert target.page("vale").page.heading != W("page.own.what.over")  # it is raised again


def test_they_take_back_what_they_agreed_to_and_only_that(target):
    before = target.steps()
    assert "withdrawn" not in target.page("vale").offers(POLICE)
    assert answer(target, police="withdrawn").became == "not offered"
    assert target.steps() == before
    answer(target, police="given")
    assert target.page("vale").offers(POLICE) == ["withdrawn"]
    answer(target, police="withdrawn")
    (number,) = target.rows("SELECT id FROM cases")[0]
    assert load_case(target.con, number).consent.value == "withdrawn"


def test_nothing_chosen_or_said_by_anybody_else_records_nothing(target):
    before, page = target.steps(), answer(target, safe="", support="")
    assert (page.became, page.page.wrong) == ("not own_word", True)
    for who in ("head", "deputy", "dsl"):
        assert target.press("own_word", who, safe="safe").became == "not offered"
    assert target.steps() == before


def test_where_no_case_is_open_their_word_begins_it_and_a_look_does_not(at):
    """Nobody who was told is told again."""
    it = at(told=("head", "vale"), **(THREAT | {"route": Route.REQUEST_REMOVAL}))
    it.page("vale")
    assert it.steps() == []
    answer(it, support="accepted")
    (number,) = it.rows("SELECT id FROM cases")[0]
    found = load_case(it.con, number)
    assert (found.target, found.support, found.support_by) == ("vale", Support.ACCEPTED, "vale")
    sent = "SELECT person_id FROM outbox WHERE kind = 'answer' AND withdrawn_at IS NULL"
    assert it.rows(sent) == [("head",)]


def test_whom_it_threatens_and_may_accuse_says_that_they_are_safe_and_reads_no_more_than_that(at):
    it = at(told=("head",), **THREAT, accuses=ACCUSED)
    page = it.page("vale")
    assert page.page.heading == W("page.own.what.bare_threat")
    assert (page.offers(SAFE), page.offers(POLICE)) == (HOW, [])
    assert page.offers(SUPPORT) == ["accepted"]
    said = words_of(page)
    assert not [word for word in (WORDS[:20], "forum", "larch-dad", "Jane Holt") if word in said]
    assert answer(it, safe="safe").became == "own_word"
    assert at(told=("head",), **STREET, accuses=ACCUSED).look("vale") is None  # not threatened: nothing


def test_their_page_and_what_their_today_says_of_it_open_to_them_alone(tmp_path):
    desk = PageDesk(tmp_path, told=("head",), **THREAT, accuses=ACCUSED)
    mailed = desk.context.links.page("s-one", "vale", desk.sent_at).rpartition("/")[2]
    assert W("page.code.heading") in words_of(desk.browser.get(f"/m/{mailed}"))
    desk.path("vale")
    page = desk.browser.get("/")
    said = "You may be in danger 1 If anyone is in danger, ring 999. Somebody may wish you harm."
    assert said in words_of(page)
    assert f'href="{desk.context.links.at_desk("s-one")}"' in page.text


def test_the_link_in_their_mail_works_once_a_newer_message_was_sent_and_for_who_must_act_too(at, target):
    again = replace(target.desk.alert, times=2, raised_at=target.now)
    alert_store.put_alerts(target.con, [again], target.now)
    assert target.page("vale").offers(SAFE) == HOW
    it = begun(at(told=("head",), **aimed_at("head")))
    assert it.page(read=True).offers(SAFE) == HOW


def test_whom_a_person_named_reads_what_was_posted_behind_a_tap_and_below_what_they_are_owed(tmp_path):
    desk = PageDesk(tmp_path, told=("head",), **STREET)
    assert desk.get("vale").status_code == 410
    with desk.store.write("test") as con:
        named = {"what": "wronged", "right": "vale", "why": "It gives her street"}
        assert MatterPage(desk, con).press("wrong", **named).became == "wrong"
    assert WORDS not in desk.get("vale").text
    read = words_of(desk.press("read", "vale"))
    assert read.index(W("page.own.support")[:30]) < read.index(WORDS[:20])


def test_whom_a_matter_of_the_leads_wrongs_and_does_not_threaten_is_promised_support_and_nobody_to_ring(at):
    it = at(told=("dsl",), **CHILD)
    it.press("wrong", "dsl", what="wronged", right="vale", why="It gives her street")
    page = it.page("vale")
    assert page.page.heading == W("page.own.what.bare_wrong")
    assert (page.page.danger, page.page.ring, page.offers(SAFE)) == ("", (), [])
    assert "accepted" in page.offers(SUPPORT)


def test_whoever_was_asked_by_number_has_one_button_and_reads_it_once_they_have_it(street):
    assert street.look("vale") is None or street.page("vale").buttons == []
    alert = street.desk.alert
    asked = Escalation(alert.id, alert.urn, 1, 1, "vale", street.now, StillOpen.BY_NUMBER)
    alert_store.put_step(street.con, asked)
    page = street.page("vale")
    assert (page.page.heading, page.buttons) == (W("page.by_number"), ["take"])
    assert WORDS[:20] not in page.text
    street.press("take", "vale")
    assert street.has() == "vale"
    assert "read" in street.page("vale").buttons


def test_where_nobody_could_be_told_the_page_of_the_number_names_the_officer_for_allegations(at):
    it = at(told=(), **CHILD)
    alert = it.desk.alert
    asked = Escalation(alert.id, alert.urn, 1, 1, "vale", it.now, StillOpen.BY_NUMBER)
    alert_store.put_step(it.con, asked)
    page = it.page("vale")
    assert (page.page.heading, page.buttons) == (W("page.left"), ["take"])
    assert "(LADO) advises" in page.text
    assert "999 only if somebody is in danger now" in page.text
