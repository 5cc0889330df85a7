"""Who is in danger is told, who may be accused is not, and nobody away is waited for."""

import tomllib
from dataclasses import fields, replace
from datetime import timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import builders.alert
import pytest
from builders.alert import (
    CHAIR,
    DEPUTY,
    DEPUTY_DSL,
    DSL,
    EVERYBODY,
    HEAD,
    IT,
    LA,
    NOW,
    SCHOOL,
    VICE,
    any_people,
    any_verdict,
    codes,
    opened,
    raised,
    story_now,
    told,
    verdict,
)
from builders.ladder import Climb
from builders.mention import by_labels
from hypothesis import given
from hypothesis import strategies as st
from support.case_numbers import number_of

from alerts.access.guidance import guidance, office_named
from alerts.access.knowing import (
    Access,
    Act,
    access,
    access_of_all,
    access_unnamed,
    deciders,
    delegates,
    first_assessors,
    heads,
    missing_offices,
    reports_to_one,
    wanted_offices,
    who_may,
)
from alerts.access.matter import (
    Matter,
    ReaderPart,
    concern,
    has_conflict,
    is_of_school,
    keys_of,
    list_related,
    list_threatened,
    matter_of_story,
    matter_to_raise,
    part_of,
    targets,
)
from alerts.access.offices import FACTS, OFFICERS, Concern, Fact, FactRow, hold
from alerts.access.recipients import asked_next, recipients
from alerts.escalation import TABLE, Open, call
from alerts.next_date import Means, SchoolDays
from alerts.raise_alert import Decline, raise_alert
from alerts.wording.instant import Unanswered, alert_messages, compose_call, telling
from alerts.wording.matters import Seen, describe_lane, next_of_alert, what_next, who_is_away
from data.cases import Profile
from data.judged import A_PERSON_DECIDES, LETS_OUT, MISCONDUCT, ON_OWN_ACCOUNT, PRESS_ARREST, WORD_OR_NAME
from data.people import away
from data.register.calendar import Calendar
from data.steps.codes import BypassRoute, StepKind
from data.types import (
    ABUSE_LABELS,
    ADULTS_OF_THE_SCHOOL,
    SURE,
    About,
    Alert,
    Harm,
    Meant,
    Person,
    Policy,
    PressEvent,
    Reason,
    Role,
    Route,
    School,
    Severity,
    StillOpen,
    Via,
)
from data.words.say import words

TEACHER = Person("wraith", "Owen Wraith", (Role.STAFF,), "wraith@example.org")
PEOPLE = (*EVERYBODY, TEACHER)
LEADS = ("dsl", "deputy_dsl")
BOTH = Person("both", "Jane Holt", (Role.HEAD, Role.DSL), "both@example.org")
AN_INSULT = verdict(Route.PLATFORM_REPORT, About.STAFF, severity=Severity.THIS_HOUR)
FILM = Route.PLATFORM_REPORT
GOVERNOR = Person("governor", "Gale Orme", (Role.GOVERNOR,), "governor@example.org")
KIN = Person("kin", "Ash Wraith", (Role.SLT,), "kin@example.org", related_to=("wraith",))
ALL = (*PEOPLE, GOVERNOR, KIN)
WRAITH, THE_HEAD = "person:wraith", "office:head"
CHAIRS_WAY = ("chair", "dsl", "deputy_dsl")
HUSBAND = replace(CHAIR, related_to=("head",))
OF_THE_LEAD = verdict(about=About.DSL, subjects=("dsl",))
IDS = [p.id for p in PEOPLE]
anybody = st.sampled_from([*(f"person:{i}" for i in IDS), *(f"office:{r}" for r in Role), "child", "school"])
some_meant = st.builds(
    Meant,
    who=anybody,
    sure=st.sampled_from([0.1, 0.25, 0.5, 1.0]),
    by=st.sampled_from(["linking", "nobody_named", "signal:violence", "person_said"]),
    harm=st.sampled_from(list(Harm)),
)
some_accused = st.builds(
    Meant,
    who=anybody,
    sure=st.sampled_from([0.1, 0.25, 0.5, 1.0]),
    by=st.sampled_from(["linking", "nobody_named", "surname", "person_said"]),
)
some_verdict = st.builds(
    verdict,
    route=st.sampled_from([Route.RESPOND, Route.SAFEGUARDING, Route.POLICE_NOW, Route.PLATFORM_REPORT]),
    about=st.sampled_from(list(About)),
    endangers=st.lists(some_meant, max_size=3).map(tuple),
    accuses=st.lists(some_accused, max_size=3).map(tuple),
    severity=st.sampled_from([Severity.TODAY, Severity.THIS_HOUR]),
    content_class=st.sampled_from(["C0", "C6", "C9", "C10"]),
)
some_fact = st.one_of(
    some_meant.map(lambda meant: ("endangers", meant)),
    some_accused.map(lambda meant: ("accuses", meant)),
    st.sampled_from(["C1", "C8", "C9", "C10", "C11", "C14"]).map(lambda code: ("content_class", code)),
    st.sampled_from([About.PUPIL, About.HEAD, About.CHAIR]).map(lambda about: ("about", about)),
)
some_people = builders.alert.some_people(
    IDS, related_to=st.sampled_from([(), (), (), ("head",), ("chair",), ("it",)])
)
BACK = NOW + timedelta(days=3)
DAYS = SchoolDays("england", ZoneInfo("Europe/London"), Calendar())
INSULT = verdict(Route.PLATFORM_REPORT, About.STAFF)
CHILD = verdict(severity=Severity.THIS_HOUR)
ids = [p.id for p in EVERYBODY]


def violence(who, sure=1.0):
    return Meant(who, sure, "signal:violence", Harm.VIOLENCE)


def child(harm=Harm.CHILD):
    return Meant("child", 1.0, "signal:child", harm)


def accused(who, sure=0.25, by="linking"):
    return Meant(who, sure, by)


def meant(*endangers, accuses=(), **more):
    """A severe verdict whose route says nothing: a person decides."""
    about, route = more.pop("about", About.OTHER), more.pop("route", Route.RESPOND)
    given = {"severity": Severity.TODAY, "content_class": "C0", "restricted": False, **more}
    return verdict(route, about, endangers=endangers, accuses=accuses, **given)


SMASH = meant(violence("person:wraith"), child(), accuses=(accused("person:wraith"),))
"""“gonna smash Wraiths face in after what he said to my lad”"""
GRABBED = meant(child(), accuses=(accused("office:head", by="nobody_named"),))
"""“somebody there grabbed my 7 year old”, no office said."""
AT_WRAITH = meant(violence("person:wraith"))


def alert_of(*verdicts, people=PEOPLE, **more):
    return raised(*verdicts, people=people, **more)


def mails(alert, *verdicts, people=PEOPLE):
    """What each is sent by mail: subject and text."""
    aimed = targets(verdicts, people), list_threatened(verdicts, people)
    sent = alert_messages(telling(alert, people, SCHOOL, Means(), NOW, Seen(), *aimed))
    return {m.person_id: f"{m.subject}\n{m.body}\n{m.html}" for m in sent if m.via is Via.MAIL}


def wrongs(who):
    return Meant(who, 1.0, "signal:film", Harm.WRONGED)


def alleged(who, by="signal:restraint"):
    return Meant(who, 1.0, by)


def post(*endangers, accuses=(), about=About.STAFF, **more):
    """A post of a kind that may be removed, from which no label tells who is told."""
    given = {"content_class": "C7", **more}
    return verdict(FILM, about, endangers=endangers, accuses=accuses, **given)


UNKNOWN_ADULT, A_WORD = post(child()), Reason(WORD_OR_NAME, "A word may be a surname.")
RULES = {
    # what is said: whom it may be, then who is told, warned, left out, and who decides first
    "alleged, whatever the route and labels": (
        post(accuses=(alleged(WRAITH),), about=About.PUPIL), ("head", "dsl"), (), ("wraith",), "head",
    ),
    "alleged and threatened: the bare fact": (
        post(violence(WRAITH), accuses=(alleged(WRAITH),)), ("head", "dsl"), ("wraith",), ("wraith",), "head",
    ),
    "alleged and secretly filmed": (
        post(wrongs(WRAITH), accuses=(alleged(WRAITH),)), ("head", "dsl"), (), ("wraith",), "head",
    ),
    "threatened over a detention": (post(violence(WRAITH)), ("head", "dsl", "wraith"), (), (), "head"),
    "secretly filmed, smeared or posed as": (post(wrongs(WRAITH)), ("head", "deputy"), (), (), "head"),
    "posed as, to lure a child": (post(wrongs(WRAITH), child()), ("dsl", "deputy_dsl"), (), (), "dsl"),
    "the head threatened": (post(violence(THE_HEAD)), ("dsl", "chair", "head"), (), (), "chair"),
    "the head secretly filmed": (post(wrongs(THE_HEAD)), ("chair", "head"), (), (), "chair"),
    "the head, as only the label has it": (post(about=About.HEAD), ("chair", "head"), (), (), "chair"),
    "the head alleged": (post(accuses=(alleged(THE_HEAD),)), CHAIRS_WAY, (), ("head",), "chair"),
    "the head alleged and secretly filmed": (
        post(wrongs(THE_HEAD), accuses=(alleged(THE_HEAD),)), CHAIRS_WAY, (), ("head",), "chair",
    ),
    "the head alleged and threatened": (
        post(violence(THE_HEAD), accuses=(alleged(THE_HEAD),)), CHAIRS_WAY, ("head",), ("head",), "chair",
    ),
    "alleged, and the head threatened": (
        post(violence(THE_HEAD), accuses=(alleged(WRAITH),)), ("head", "dsl"), (), ("wraith",), "dsl",
    ),
    "alleged, and the head covered it up": (
        post(accuses=(alleged(WRAITH), alleged(THE_HEAD, "covered_up"))),
        CHAIRS_WAY, (), ("head", "wraith"), "chair",
    ),
    "a child in danger, and the head did nothing": (
        post(child(), accuses=(Meant(THE_HEAD, 0.25, "covered_up"),)), CHAIRS_WAY, (), ("head",), "chair",
    ),
    "nobody named": (
        post(child(), accuses=(Meant(THE_HEAD, 0.25, "nobody_named"),)), CHAIRS_WAY, (), ("head",), "chair",
    ),
    "the safeguarding lead alleged": (
        post(accuses=(alleged("person:dsl"),)), ("head", "deputy_dsl"), (), ("dsl",), "deputy_dsl",
    ),
    "the lead’s deputy alleged": (
        post(accuses=(alleged("person:deputy_dsl"),)), ("head", "dsl"), (), ("deputy_dsl",), "head",
    ),
    "the safeguarding lead smeared": (
        post(wrongs("person:dsl"), about=About.DSL), ("head", "deputy"), (), (), "head",
    ),
    "a thief, and the head knows it": (
        post(wrongs(WRAITH), about=About.HEAD), ("head", "deputy"), (), (), "head",
    ),
    "no reply from the head": (
        meant(about=About.HEAD), ("head", "deputy"), (), (), "head",
    ),
    "gossip about a governor": (
        post(wrongs("person:governor"), about=About.GOVERNOR), ("head", "deputy"), (), (), "head",
    ),
    "the chair smeared: no authority at once": (
        post(wrongs("person:chair"), about=About.CHAIR), ("vice", "head"), (), (), "vice",
    ),
    "chair and vice-chair alleged": (
        post(accuses=(alleged("person:chair"), alleged("person:vice")), about=About.GOVERNOR),
        ("la", "dsl"), (), ("chair", "vice"), "la",
    ),
    "an allegation in which a word may be somebody’s surname": (
        post(accuses=(alleged(WRAITH),), reasons=(A_WORD,)), ("head", "dsl", "deputy_dsl"), (), ("wraith",),
        "head",
    ),
    "an adult here whom nobody knows": (UNKNOWN_ADULT, ("head", "dsl"), (), (), "head"),
    "a child at risk, of no adult here": (
        post(child(), about=About.PUPIL), ("dsl", "deputy_dsl"), (), (), "dsl",
    ),
    "a child in it, and a weapon for the school": (
        post(violence("school"), child(), about=About.PUPIL), ("dsl", "deputy_dsl", "head"), (), (), "head",
    ),
    "a child in it, and a threat to a pupil": (
        meant(violence("child"), child(), about=About.PUPIL, route=Route.POLICE_NOW),
        ("dsl", "deputy_dsl", "head"), (), (), "head",
    ),
    "a child in it, and violence against that child": (
        post(violence("child"), child(), about=About.PUPIL), ("dsl", "deputy_dsl"), ("head",), (), "dsl",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("of", "told_first", "warned", "out", "decides"), RULES.values(), ids=RULES)
def test_alleged_first_then_endangered_then_wronged(of, told_first, warned, out, decides):
    alert = alert_of(of, people=ALL)
    assert (alert.audience, alert.warned, alert.excluded) == (told_first, warned, out)
    matter = matter_of_story([of], alert, SCHOOL, ALL)
    assert who_may(Act.DECIDE, matter, ALL)[0].id == decides
    known = {p.id: access(p, matter, ALL) for p in ALL}
    assert all(known[i] is Access.NOTHING for i in out)
    assert known["kin"] is Access.NOTHING or "wraith" not in out
    assert all(known[i] is Access.WORDS for i in told_first if i != "wraith")
    alleging = matter.bypass is BypassRoute.STAFF_ALLEGATION
    assert alleging is bool(out or of is UNKNOWN_ADULT)
    assert not alleging or matter.about in ADULTS_OF_THE_SCHOOL


def test_a_word_in_doubt_is_told_to_the_deputy_lead_too_and_without_one_to_the_chair():
    few = tuple(p for p in ALL if p.id != "deputy_dsl")
    doubted = post(child(), about=About.PUPIL, reasons=(A_WORD,))
    assert alert_of(doubted, people=few).audience == ("dsl", "chair")
    theft = replace(INSULT, reasons=(A_WORD,))
    for people, other in ((ALL, "deputy_dsl"), (few, "chair")):
        assert {*told(theft, people=people)} == {"head", other}


IN_DOUBT = {
    "a child": (post(child(), about=About.PUPIL, reasons=(A_WORD,)), {"dsl", "deputy_dsl"}),
    "a theft": (replace(INSULT, reasons=(A_WORD,)), {"head"}),
    "an allegation": (post(accuses=(alleged(WRAITH),), reasons=(A_WORD,)), {"head", "dsl"}),
}


def among(ids):
    """Those whose names may be words."""
    return lambda person: person.id in ids


@pytest.mark.parametrize(("found", "whole"), IN_DOUBT.values(), ids=IN_DOUBT)
@pytest.mark.parametrize(("doubted", "adds"), [
    ((), "deputy_dsl"), (("head", "dsl"), "deputy_dsl"), (("deputy_dsl",), "chair"),
    (("head", "deputy_dsl"), "chair"),
    (("dsl", "head", "deputy_dsl", "chair"), "vice"), (("dsl", "head", "deputy_dsl", "chair", "vice"), "la"),
])  # fmt: skip
def test_whose_name_is_a_word_is_not_who_is_told_beside_those_in_doubt_but_the_next_and_nobody_is_taken_away(
    found, whole, doubted, adds
):
    assert {*alert_of(found, doubts=among(doubted)).audience} == whole | {adds}
    clear = replace(found, reasons=())
    assert alert_of(clear, doubts=among(doubted)).audience == alert_of(clear).audience


def test_beyond_the_chair_nobody_is_told_where_somebody_who_is_has_a_name_that_is_none():
    theft = replace(INSULT, reasons=(A_WORD,))
    assert "vice" not in alert_of(theft, doubts=among(("deputy_dsl", "chair"))).audience
    of_chair = replace(
        post(child(), accuses=(accused("office:chair"),), about=About.CHAIR), reasons=(A_WORD,)
    )
    assert "vice" in alert_of(of_chair, doubts=among(("deputy_dsl",))).audience
    assert "chair" not in alert_of(of_chair, doubts=among(("deputy_dsl",))).audience


@pytest.mark.parametrize(("verdicts", "audience"), [
    # violence without a route is told to head, lead and who is named
    ([meant(violence("office:chair"))], ("head", "dsl", "chair")),
    # of private facts with a threat the data protection officer is told too
    ([replace(AT_WRAITH, content_class="C11")], ("head", "dsl", "dpo", "wraith")),
    # the other posts of a story count, and not the gravest alone
    ([AN_INSULT, AT_WRAITH], ("head", "dsl", "wraith")),
    # extremism is the safeguarding leads’ whatever its route
    ([meant(Meant("school", 1.0, "signal:creed", Harm.EXTREMISM))], LEADS),
    # an office that cannot be the head’s leaves the head in
    ([meant(child(), accuses=(accused("person:it", by="office_words"),))], ("head", "dsl")),
])  # fmt: skip
def test_who_is_told_of_danger_without_a_route(verdicts, audience):
    assert alert_of(*verdicts).audience == audience


def test_a_childs_safety_is_the_leads_alone_and_of_violence_in_it_the_head_is_told_the_bare_fact():
    for harm in [Harm.CHILD, Harm.SELF_HARM]:
        alert = alert_of(meant(child(harm)))
        assert alert.audience == LEADS
        assert alert.restricted
        assert alert.warned == ()
        matter = matter_of_story([meant(child(harm))], alert, SCHOOL, PEOPLE)
        assert access(HEAD, matter, PEOPLE) is Access.EXISTS
    alert = alert_of(meant(violence("child"), child()))
    assert (alert.audience, alert.warned) == (LEADS, ("head",))
    sent = mails(alert)["head"]
    assert "Somebody at the school may be in danger." in sent
    assert "ring 999" in sent
    assert "wish you harm" not in sent


def test_whom_a_childs_matter_leaves_out_is_given_notice_by_number_of_what_is_theirs():
    alert = alert_of(meant(child(), content_class="C1"), meant(violence("school"), content_class="C14"))
    assert alert.audience == (*LEADS, "head")
    sent = mails(alert)
    assert {*sent} == {*alert.audience, "dpo", "it", "deputy"}
    assert (
        "told by 10:00 on Monday 23 November: 72 hours after it was first seen, nights and weekends included"
        in sent["dpo"]
    )
    assert all(f"matter {alert.number}, which is with the" in sent[i] for i in ("dpo", "it", "deputy"))
    of_head = alert_of(meant(child(), accuses=(alleged(THE_HEAD),), content_class="C1"))
    assert {*mails(of_head)} == {*of_head.audience, "dpo"}
    assert not [said for said in ("head", "llegation", "/m/") if said in mails(of_head)["dpo"].split("<")[0]]
    smeared = alert_of(meant(wrongs(THE_HEAD), content_class="C1", route=FILM, about=About.HEAD))
    assert "The person who deals with it knows that you were told" in mails(smeared)["dpo"]
    assert "Told only its number" in mails(smeared)["chair"]
    lost = alert_of(post(event=PressEvent.DATA_BREACH))  # as an article tells, at any hour
    sent = alert_messages(telling(lost, PEOPLE, SCHOOL, Means(), NOW.replace(hour=2)))
    night = {m.due_at for m in sent if m.person_id == "dpo"}
    assert night == {NOW.replace(hour=2)}
    assert (
        "told by 10:00 on Monday 23 November: 72 hours after it was first seen, nights and weekends included"
        in mails(lost)["dpo"]
    )
    assert "it" not in mails(alert_of(meant(child(), about=About.HEAD, content_class="C14")))


def found_by(code, *more):
    reasons = (Reason(code, "."), *more)
    return replace(verdict(FILM, About.SCHOOL), severity=Severity.TODAY, reasons=reasons)


OF_PUPILS = replace(found_by("pupils_data_out"), content_class="C1")


def let_out_by(who):
    return replace(OF_PUPILS, accuses=(Meant(who, 1.0, LETS_OUT),))


@pytest.mark.parametrize(("found", "audience"), [
    (replace(found_by("data_out"), content_class="C1"), ("head", "dpo")),
    (replace(OF_PUPILS, about=About.PUPIL), ("head", "dpo", "dsl")),
    (replace(found_by("fraud_in_our_name"), content_class="C13"), ("head", "it")),
    (replace(found_by("false_account_asks_money"), content_class="C12"), ("head", "it")),
    # a list of pupils that the head let out, or the lead, or the officer: somebody else acts
    (let_out_by("person:head"), ("chair", "dsl")),
    (let_out_by("person:dsl"), ("head", "dpo")),
    (let_out_by("person:dpo"), ("head", "dsl")),
])  # fmt: skip
def test_data_out_and_fraud_are_told_at_any_hour_to_these_and_never_to_who_may_have_done_it(found, audience):
    alert = alert_of(found)
    assert alert.audience == audience
    at_night = NOW.replace(day=22, hour=3)  # on a Sunday
    sent = alert_messages(telling(alert, PEOPLE, SCHOOL, Means(), at_night, Seen(found)))
    assert {m.due_at for m in sent} == {at_night}
    assert {m.person_id for m in sent}.isdisjoint(m.person for m in found.accuses)


@pytest.mark.parametrize(("way", "by"), [
    ("fraud_by_mail", {"head": [Via.CHAT], "it": [Via.MAIL]}),
    ("fraud_by_text", {"head": [Via.MAIL], "it": [Via.MAIL]}),
    ("fraud_in_our_name", {"head": [Via.MAIL, Via.CHAT], "it": [Via.MAIL]}),
])  # fmt: skip
def test_of_a_fraud_nobody_is_told_by_the_way_it_comes_where_there_is_another(way, by):
    found = replace(found_by("fraud_in_our_name", Reason(way, ".")), content_class="C13")
    alert, means = alert_of(found), Means(chats=frozenset({"head"}))
    sent = alert_messages(telling(alert, PEOPLE, SCHOOL, means, NOW.replace(day=22, hour=3), Seen(found)))
    assert {i: [m.via for m in sent if m.person_id == i] for i in by} == by
    at_once = [m for m in sent if m.via is Via.MAIL or way == "fraud_by_mail"]
    assert {m.due_at.day for m in at_once} == {22}


@pytest.mark.parametrize("way", ["fraud_by_mail", "fraud_by_text"])
def test_an_armed_threat_beside_a_fraud_is_called_a_threat_and_comes_by_every_way(way):
    more = (Reason("fraud_in_our_name", "."), Reason(way, "."), Reason("own_comment", "."))
    found = by_labels(
        replace(found_by("coming_armed", *more), content_class="C6"),
        route=Route.POLICE_NOW, severity=Severity.THIS_HOUR, abuse=("threat",),
    )  # fmt: skip
    means = Means(chats=frozenset({"head"}))
    sent = alert_messages(telling(alert_of(found), PEOPLE, SCHOOL, means, NOW, Seen(found)))
    to_head = [m for m in sent if m.person_id == "head"]
    assert {m.via for m in to_head} == {Via.MAIL, Via.CHAT}
    assert all(m.subject.startswith("Threat") for m in to_head if m.via is Via.MAIL)


THEIRS = {
    "fraud": replace(found_by("fraud_in_our_name"), content_class="C13"),
    "a false account that asks for money": replace(found_by("false_account_asks_money"), content_class="C12"),
    "a false account": post(about=About.SCHOOL, content_class="C12"),
    "our pictures": post(about=About.SCHOOL, content_class="C8"),
}
ENDANGERED = [violence(WRAITH), violence(THE_HEAD), violence("office:chair"), violence("school")]


@pytest.mark.parametrize("found", THEIRS.values(), ids=THEIRS)
@pytest.mark.parametrize("aimed", ENDANGERED, ids=[m.who for m in ENDANGERED])
@pytest.mark.parametrize("posts", [1, 2])
def test_of_what_stands_beside_a_threat_it_hears_what_is_theirs_by_number_and_not_of_the_threat(
    found, aimed, posts
):
    one = replace(found, endangers=(*found.endangers, aimed))
    of = [one] if posts == 1 else [found, meant(aimed)]
    alert, alone, threat = alert_of(*of), alert_of(found), alert_of(meant(aimed))
    assert "it" in alone.audience
    assert {*alert.audience} == {*threat.audience}
    sent = mails(alert, *of)
    assert {*sent} == {*alert.audience, "it"}
    subject = sent["it"].partition("\n")[0]
    assert subject.startswith(("Fraud: matter", "A false account: matter", "The school’s pictures: matter"))
    for word in ("hreat", "danger now", "999 first", "Wraith", "Marsh", "alerts ack"):
        assert word not in sent["it"].split("<")[0]
    assert ("159" in sent["it"]) is ("fraud" in codes(alert))
    assert "Told only its number: Jo Fern." in sent["dsl"]


def test_it_hears_of_an_odd_post_of_ours_that_threatens_as_it_is_and_of_a_fraud_by_it_nothing():
    assert "it" in alert_of(meant(violence(WRAITH), content_class="C14")).audience
    by_it = replace(
        THEIRS["fraud"], endangers=(violence(WRAITH),), accuses=(alleged("person:it", MISCONDUCT),)
    )
    assert "it" not in mails(alert_of(by_it), by_it)


@pytest.mark.parametrize(("found", "subject", "step"), [
    (OF_PUPILS, "Pupils’ data out", "who has seen it"),
    (replace(found_by("data_out"), content_class="C1"), "Data has got out", "who has seen it"),
    (replace(found_by("fraud_in_our_name"), content_class="C13"), "Fraud", "ring the bank now (159)"),
])  # fmt: skip
def test_the_mail_says_what_it_is_and_what_to_do_first(found, subject, step):
    sent = alert_messages(telling(alert_of(found), PEOPLE, SCHOOL, Means(), NOW, Seen(found)))
    assert all(m.subject.startswith(subject) for m in sent)
    assert all(step in " ".join(m.body.split()) for m in sent)


def test_a_target_who_may_be_accused_is_told_the_bare_fact_alone_and_one_who_is_not_stays_among_those_told():
    alert = alert_of(SMASH)
    assert (alert.audience, alert.warned) == ((*LEADS, "head"), ("wraith",))
    sent = mails(alert, SMASH)["wraith"]
    assert "Somebody may wish you harm." in sent
    for word in ("http", "schoolgate", number_of(alert.id), "public", "post", "safeguarding", "accus"):
        assert word not in sent.partition("<style")[0].lower() + sent.partition("</style>")[2].lower()
    matter = matter_of_story([SMASH], alert, SCHOOL, PEOPLE)
    assert access(TEACHER, matter, PEOPLE) is Access.NOTHING
    alert = alert_of(meant(violence("person:wraith"), child()))
    assert alert.audience == (*LEADS, "head", "wraith")
    assert "Owen Wraith" in mails(alert, meant(violence("person:wraith"), child()))["wraith"]
    alert = alert_of(meant(violence("person:head"), accuses=(accused("person:head"),)))
    assert alert.warned == ("head",)
    assert not any("subject" in reason.text for reason in alert.because)


def test_a_person_is_warned_once_and_of_101_where_nobody_is_left_to_ask():
    both = meant(violence("person:wraith"), accuses=(accused("person:wraith", 1.0),))
    alone = alert_of(both, people=(TEACHER,))
    assert alone.audience == ()
    assert "ring 101" in mails(alone, people=(TEACHER,))["wraith"]
    sent = 2 * alert_messages(telling(alert_of(SMASH), PEOPLE, SCHOOL, Means(), NOW))
    keys = [m.key for m in sent if m.kind == "warning"]
    assert len(set(keys)) == 1


def test_somebody_who_becomes_a_target_or_is_newly_warned_raises_it_anew_and_a_low_line_makes_nobody_one():
    before = alert_of(meant(violence("school")))
    later = alert_of(meant(violence("school")), meant(violence("person:wraith")), existing=before)
    assert "target_found" in codes(later)
    assert "wraith" in later.audience
    known = raise_alert(story_now(meant(violence("person:wraith")), existing=later, people=PEOPLE))
    assert isinstance(known, Decline)
    later = alert_of(meant(violence("child"), child()), existing=alert_of(meant(child())))
    assert later.warned == ("head",)
    assert later.because[0] == Reason(
        "target_found", "Somebody who must know about the danger had not been told."
    )
    assert "danger" in codes(alert_of(AT_WRAITH))
    alert = alert_of(meant(violence("person:wraith", 0.2)))
    assert "wraith" not in (*alert.audience, *alert.warned)
    assert "danger" not in codes(alert)


def test_where_head_or_lead_may_be_meant_the_next_above_is_told_at_once_and_decides():
    alert = alert_of(GRABBED)
    matter = matter_of_story([GRABBED], alert, SCHOOL, PEOPLE)
    said = guidance(matter, PEOPLE, "england", words("en"))
    assert "chair of governors" in said.first
    assert "(LADO) is told within one working day" in said.then
    assert "The LADO’s number is on the local authority’s website." in said.then
    known = (*PEOPLE[:6], replace(LA, phone="01632 960 107"), *PEOPLE[7:])
    then = guidance(matter, known, "england", words("en")).then
    assert "The local authority’s number is 01632 960 107 (Council contact)." in then
    decides, informed = deciding(verdict(about=About.HEAD, subjects=("both",)), (BOTH, DEPUTY_DSL, CHAIR, LA))
    assert decides == informed == {"deputy_dsl", "chair"}
    decides, informed = deciding(OF_THE_LEAD, (HEAD, DSL, CHAIR, LA))
    assert (decides, informed) == ({"chair", "la"}, {"head", "chair", "la"})


def test_where_the_chair_is_related_meant_or_missing_the_next_office_is_told_and_nobody_calls_them_accused():
    for relation in [("head",), (HEAD.id,)]:
        people = (HEAD, DSL, replace(CHAIR, related_to=relation), VICE, LA)
        alert = alert_of(GRABBED, people=people)
        assert (alert.audience, alert.excluded) == (("vice", "dsl"), ("head",))
        assert "related_excluded" in codes(alert)
        matter = matter_of_story([GRABBED], alert, SCHOOL, people)
        assert matter.subjects == {"head"}
        assert access(people[2], matter, people) is Access.NOTHING
        assert "chair" not in asked_next(alert, people, SCHOOL, NOW)
    people = (HEAD, DSL, DEPUTY_DSL, HUSBAND, VICE, LA)
    assert "head" not in told(verdict(about=About.CHAIR, subjects=("chair",)), people=people)
    for chair in [(), (CHAIR,)]:
        both = meant(child(), accuses=(accused("office:head"), accused("office:chair")), about=About.STAFF)
        assert set(alert_of(both, people=(HEAD, DSL, *chair, VICE, LA)).audience) >= {"vice", "dsl"}
        assert alert_of(both, people=(HEAD, DSL, *chair, LA)).audience == ("la", "dsl")


def of_the_chair(accuses, **more):
    return meant(*more.pop("endangers", (child(),)), accuses=accuses, about=About.CHAIR, **more)


ON_MONEY = {"endangers": (), "route": FILM, "abuse": ("defamation",)}
ACCUSING = {
    "harm": lambda who, sure: of_the_chair([accused(who, sure, "signal:restraint")]),
    "named as the one": lambda who, sure: of_the_chair([accused(who, sure, "linking")]),
    "a theft": lambda who, sure: of_the_chair([accused(who, sure, MISCONDUCT)], **ON_MONEY),
    "a list let out": lambda who, sure: replace(
        OF_PUPILS, about=About.CHAIR, accuses=(Meant(who, sure, LETS_OUT),)
    ),
    "a headline": lambda who, sure: of_the_chair(
        [accused(who, sure, "headline")], endangers=(), event=PressEvent.STAFF
    ),
    "as a person says": lambda who, sure: of_the_chair([accused(who, sure, "person_said")]),
}


@pytest.mark.parametrize("found", ACCUSING.values(), ids=ACCUSING)
@pytest.mark.parametrize(
    ("who", "others"), [(WRAITH, (TEACHER,)), ("office:it_lead", (IT,)), (THE_HEAD, (HEAD,))]
)
def test_what_names_the_chair_and_accuses_somebody_else_is_told_to_a_chair_who_is_alone(found, who, others):
    people = (CHAIR, *others)
    of = found(who, 1.0)
    alert = alert_of(of, people=people)
    assert (alert.audience, alert.excluded) == (("chair",), (others[0].id,))
    matter = matter_of_story([of], alert, SCHOOL, people)
    assert who_may(Act.DECIDE, matter, people) == (CHAIR,)
    assert access(others[0], matter, people) is Access.NOTHING


@pytest.mark.parametrize("found", ACCUSING.values(), ids=ACCUSING)
@pytest.mark.parametrize("also", [("office:chair", 0.25), ("person:chair", 0.25), ("person:chair", 1.0)])
def test_a_chair_who_is_alone_and_whom_it_may_mean_too_is_told_nothing(found, also):
    of = found(WRAITH, 1.0)
    for doubted in (found(WRAITH, 0.25), replace(of, accuses=(*of.accuses, Meant(*also, of.accuses[0].by)))):
        alert = alert_of(doubted, people=(CHAIR, TEACHER))
        assert "chair" not in alert.audience
        matter = matter_of_story([doubted], alert, SCHOOL, (CHAIR, TEACHER))
        assert access(CHAIR, matter, (CHAIR, TEACHER)) is Access.NOTHING


def deciding(of, people):
    """Who decides, and who is told."""
    alert = alert_of(of, people=people)
    matter = matter_of_story([of], alert, SCHOOL, people)
    assert matter.bypass is BypassRoute.STAFF_ALLEGATION
    return {p.id for p in who_may(Act.DECIDE, matter, people)}, set(alert.audience)


def test_danger_without_a_route_says_so_and_goes_out_at_once_at_night():
    press = meant(violence("school"), event=PressEvent.WEAPON, reasons=(Reason(A_PERSON_DECIDES, ""),))
    alert = alert_of(press)
    night = NOW.replace(hour=2)
    sent = alert_messages(telling(alert, PEOPLE, SCHOOL, Means(), night, Seen(press, ("local_forum",))))
    (mail,) = (m for m in sent if m.person_id == "dsl")
    assert mail.due_at == night
    assert "Somebody at the school may be in danger" in mail.body
    assert "ring 999 first" in mail.body
    assert mail.subject.startswith("Possible threat on a local forum: read now")
    assert "Press" not in mail.subject + mail.body
    assert "cannot tell how serious" not in mail.body
    assert next_of_alert(alert, words("en")).startswith("if anybody is in danger now, ring 999")


def ids_of(found, people):
    """Said again, apart from the code: whom these name, or whose office."""
    who = {m.who for m in found}
    return {p.id for p in people if f"person:{p.id}" in who or any(f"office:{r}" in who for r in p.roles)}


@given(st.lists(some_verdict, min_size=1, max_size=3), some_people)
def test_nobody_in_danger_is_without_notice_and_nobody_who_may_be_accused_has_words(verdicts, people):
    alert = raise_alert(story_now(*verdicts, people=people))
    assert isinstance(alert, Alert)
    aimed = [m for v in verdicts for m in v.endangers if m.harm is Harm.VIOLENCE and m.sure >= SURE]
    accuses = [m for v in verdicts for m in v.accuses]
    reached = {p.id for p in people if p.email}
    targets, may_be = ids_of(aimed, people) & reached, ids_of(accuses, people)
    on_site = {p.id for p in people if {Role.HEAD, Role.DSL} & {*p.roles}}
    on_site = on_site & reached if any(m.who == "school" for m in aimed) else set()
    assert targets | on_site <= {*alert.audience, *alert.warned} <= reached
    assert not ids_of([m for m in accuses if m.sure >= SURE], people) & {*alert.audience}
    heads = {p.id for p in people if Role.HEAD in p.roles and p.id not in may_be}
    assert {*alert.audience} & {*alert.warned} <= heads - targets
    perhaps = ids_of([m for v in verdicts for m in v.endangers if m.harm is Harm.VIOLENCE], people)
    assert {*alert.warned} <= perhaps | heads | on_site
    if may_be & {*alert.audience}:  # the last resort of a matter that merely mentions them
        leads = [p for p in people if p.email and Role.DSL in p.roles and p.id not in may_be]
        assert not [p for p in leads if not any(q.related_to for q in people)]
    whom = list_threatened(verdicts, people)
    sent = alert_messages(
        telling(alert, people, SCHOOL, Means(chats=frozenset(reached)), NOW, Seen(), whom, whom)
    )
    for m in sent:
        assert (m.kind == "warning") is (m.person_id in alert.warned) or m.person_id in alert.audience
        assert m.kind == "warning" or m.person_id not in alert.excluded
        assert m.kind != "warning" or ("http" not in m.body and "⟪" not in m.body)


LEADING = {Role.HEAD, Role.DEPUTY_HEAD, Role.DEPUTY_DSL, Role.CHAIR, Role.VICE_CHAIR}


@given(st.lists(some_verdict, min_size=1, max_size=3), some_people)
def test_where_nobody_is_told_no_leader_whom_it_does_not_mean_could_be(verdicts, people):
    alert = alert_of(*verdicts, people=people)
    matter = matter_of_story(verdicts, alert, SCHOOL, people)
    if not alert.audience:
        assert "nobody_left" in codes(alert)
        out = {*alert.excluded, *list_related(matter.subjects, people)}
        # of head or chair, one who is not in the settings too, the deputy gets the number alone
        led = any(p.id in out and {Role.HEAD, Role.CHAIR} & {*p.roles} for p in people)
        led = led or any(v.about in (About.HEAD, About.CHAIR) for v in verdicts)
        led = led or any(m.who in ("office:head", "office:chair") for v in verdicts for m in v.accuses)
        leading = LEADING - {Role.DEPUTY_HEAD} if led else LEADING
        # about the chair, and it surely accuses nobody: it may mean them
        of_chair = [v for v in verdicts if v.about is About.CHAIR]
        leading -= {Role.CHAIR for v in of_chair if all(m.sure < SURE for m in v.accuses)}
        assert not [p for p in people if p.email and p.id not in out and leading & {*p.roles}]


@given(st.lists(some_verdict, min_size=1, max_size=3), some_fact, some_people)
def test_no_word_that_is_added_lets_in_whom_a_fact_leaves_out(verdicts, more, people):
    (first, *others), (field, value) = verdicts, more
    if isinstance(value, str):  # of another post: no post has two classes
        posts = [*verdicts, replace(first, **{field: value})]
    else:
        posts = [replace(first, **{field: (*getattr(first, field), value)}), *others]
    before, after = alert_of(*verdicts, people=people), alert_of(*posts, people=people)
    # but where nobody is left whom it does not mention
    mentioned = ids_of([m for v in posts for m in v.accuses], people)
    assert not {*before.excluded} & {*after.audience} or {*after.audience} <= mentioned


@given(st.lists(some_verdict, min_size=1, max_size=3), st.lists(some_verdict, max_size=3), some_people)
def test_what_judges_by_itself_lets_nobody_in_who_is_left_out(verdicts, later, people):
    alert = alert_of(*verdicts, people=people)
    again = raise_alert(story_now(*later, existing=alert, people=people))
    for known in (alert, *([again] if isinstance(again, Alert) else [])):
        matter = matter_of_story(later, known, SCHOOL, people)
        assert {*alert.excluded} <= {*known.excluded}
        assert all(access(p, matter, people) is Access.NOTHING for p in people if p.id in alert.excluded)


def test_an_upgrade_makes_an_insult_no_allegation_nor_is_one_who_may_be_meant_told_for_want_of_others():
    insult = replace(AN_INSULT, accuses=(accused("person:wraith", 1.0, "linking"),))
    matter = matter_of_story([insult], alert_of(insult), SCHOOL, PEOPLE)
    assert (matter.bypass, matter.restricted) == (None, False)
    later = post(accuses=(alleged(WRAITH),))
    assert matter_of_story([later], alert_of(insult), SCHOOL, PEOPLE).bypass is None
    assert matter_of_story([later], alert_of(later), SCHOOL, PEOPLE).restricted
    insult = alert_of(post(wrongs(WRAITH)))
    later = alert_of(post(accuses=(alleged("person:it"),)), existing=insult)
    assert "lane_found" in codes(later)
    assert later.audience == ("head", "dsl")
    may_be = meant(child(), accuses=(accused("person:both", by="nobody_named"),))
    assert alert_of(may_be, people=(BOTH,)).audience == ()


def test_whoever_is_threatened_and_has_no_address_is_told_in_person_and_a_wronged_head_asked_for_nothing():
    people = (*EVERYBODY, replace(TEACHER, email=None))
    alert = alert_of(AT_WRAITH, people=people)
    assert "Jane Holt must tell them in person" in next(
        r.text for r in alert.because if r.code == "tell_target"
    )
    sent = mails(alert, AT_WRAITH, people=people)
    assert "Jane Holt is asked to tell them in person, now" in sent["dsl"]
    assert "You are asked to tell them in person, now" in sent["head"]
    assert "tell_target" not in codes(alert_of(SMASH))
    film = post(wrongs(THE_HEAD))
    alert = alert_of(film)
    sent = alert_messages(telling(alert, PEOPLE, SCHOOL, Means(), NOW, targets=targets([film], PEOPLE)))
    to_head = next(m for m in sent if m.person_id == "head" and m.via is Via.MAIL)
    assert "Because it is about you, somebody else decides" in to_head.body
    assert "999" not in to_head.subject
    matter = matter_of_story([film], alert, SCHOOL, PEOPLE)
    assert access(HEAD, matter, PEOPLE) is Access.WORDS
    assert HEAD not in who_may(Act.WORK, matter, PEOPLE)


def test_a_head_whom_it_wrongs_while_another_is_in_danger_hears_of_each_as_what_it_is():
    both, night = post(wrongs(THE_HEAD), violence(WRAITH)), NOW.replace(hour=23)
    alert = alert_of(both)
    aimed = targets([both], PEOPLE), list_threatened([both], PEOPLE)
    sent = alert_messages(telling(alert, PEOPLE, SCHOOL, Means(), night, Seen(), *aimed))
    own, bare = (m for m in sent if m.person_id == "head")
    assert (own.kind, bare.kind, bare.due_at) == ("instant", "warning", night)
    assert own.due_at > night
    assert not [said for said in ("999 now", "may be a threat") if said in own.body]
    assert "Somebody at the school may be in danger." in bare.body
    assert "may be a threat" in next(m.body for m in sent if m.person_id == "wraith")
    it = Open(alert, matter_of_story([both], alert, SCHOOL, PEOPLE))
    later = call(it, PEOPLE, SCHOOL, DAYS, NOW + TABLE[2].after)
    assert set(later.fact) == {"wraith", "head"}


def test_a_new_head_who_is_threatened_where_a_former_one_is_accused_has_the_bare_fact_and_no_kin_has_any():
    school = replace(SCHOOL, former=(Person("old", "Jo Vale", (Role.HEAD,)),))
    of_old = meant(violence("person:head"), child(), accuses=(alleged("person:old"),))
    alert = raise_alert(story_now(of_old, people=PEOPLE, school=school))
    assert ("head" in alert.audience, "head" in alert.warned) == (False, True)
    assert access(HEAD, matter_of_story([of_old], alert, school, PEOPLE), PEOPLE) < Access.STATUS
    alert = alert_of(meant(violence("person:it"), child(), accuses=(alleged(WRAITH),)), people=ALL)
    assert "it" in {*alert.audience, *alert.warned}
    assert not {"kin", "wraith"} & {*alert.audience, *alert.warned}


def gone(person, cover=None):
    return replace(person, away_until=BACK, cover=cover)


def audience_of(of, *people):
    return raised(of, people=people).audience


def test_whoever_is_away_is_covered_unless_they_may_not_know_and_told_where_nobody_else_is():
    other = replace(DEPUTY, id="second", name="Mo Dale")
    assert audience_of(INSULT, HEAD, DEPUTY, other)[0] == "head"
    assert audience_of(INSULT, gone(HEAD, "second"), DEPUTY, other)[0] == "second"
    assert audience_of(INSULT, gone(HEAD), DEPUTY, CHAIR) == ("deputy",)
    assert audience_of(CHILD, gone(DSL, "it"), DEPUTY_DSL, HEAD, IT) == ("deputy_dsl",)
    of_deputy = verdict(about=About.STAFF, subject_person="deputy", abuse=("sexual",))
    found = audience_of(of_deputy, gone(HEAD, "deputy"), DSL, DEPUTY, DEPUTY_DSL)
    assert found == ("dsl", "deputy_dsl")
    people = (gone(HEAD), DSL)
    assert away(people, BACK - timedelta(seconds=1)) == {"head"}
    assert away(people, BACK) == frozenset()
    zone, people, w = ZoneInfo("Europe/London"), (gone(HEAD, "deputy"), DEPUTY), words("en")
    said = "Jane Holt is away until Monday 23 November; Lee Ash covers."
    assert who_is_away(people, NOW, zone, w) == [said]
    assert who_is_away(people, BACK, zone, w) == []
    assert audience_of(CHILD, gone(DSL)) == ("dsl",)
    assert audience_of(CHILD, gone(DSL), HEAD) == ("head",)
    teacher = Person("teacher", "Sam Fell", (Role.STAFF,), "fell@example.org", away_until=BACK)
    threat = verdict(Route.POLICE_NOW, About.STAFF, subject_person="teacher", abuse=("threat",))
    assert "teacher" in audience_of(threat, HEAD, DSL, teacher)
    assert audience_of(threat, gone(HEAD), gone(DSL), teacher) == ("head", "dsl", "teacher")
    alert = raised(CHILD)
    people = (gone(HEAD, "deputy"), DEPUTY, DSL, DEPUTY_DSL, CHAIR)
    assert asked_next(alert, people, SCHOOL, NOW) == ("dsl", "deputy_dsl", "deputy")
    assert asked_next(alert, people, SCHOOL, BACK) == ("dsl", "deputy_dsl", "head", "deputy")


@given(
    st.lists(st.sampled_from(ids), max_size=6, unique=True),
    st.dictionaries(st.sampled_from(ids), st.sampled_from(ids)),
    st.sampled_from([CHILD, INSULT, verdict(about=About.HEAD, subject_person="head")]),
    st.sampled_from([None, *ids]),
)
def test_nobody_away_is_waited_for_and_nobody_accused_covers(absent, covers, of, accused):
    people = tuple(gone(p, covers.get(p.id)) if p.id in absent else p for p in EVERYBODY)
    verdicts = [of] if accused is None else [of, verdict(about=About.STAFF, subject_person=accused)]
    alert = raise_alert(story_now(*verdicts, people=people))
    assert isinstance(alert, Alert)
    made = []
    for n in range(1, 30):
        due = call(opened(alert, people, made), people, SCHOOL, DAYS, NOW + n * timedelta(minutes=15))
        made += due.steps if due else ()
    asked = {*alert.audience, *(s.person_id for s in made if s.person_id)}
    assert not asked & set(alert.excluded)
    assert not asked & set(absent) or asked <= set(absent)


TWO_SITES = School("900001", "Oakfield Primary School", members=("900001", "900002"))
KEYS = frozenset(("900001", "900002"))
ELSEWHERE = ("900009",)
LETTERS = tuple("abcdefg")
MAIL = "somebody@example.org"
some_ids = st.frozensets(st.sampled_from(LETTERS), max_size=3)
some_urns = st.sampled_from([(), (), ("900001",), ("900002",), ELSEWHERE])
drawn_people = builders.alert.some_people(LETTERS, urns=some_urns)
some_policy = st.builds(
    Profile,
    first_assessor=st.sampled_from([Role.HEAD, Role.IT_LEAD, Role.DSL]),
    decider=st.sampled_from([Role.HEAD, Role.DEPUTY_HEAD, Role.IT_LEAD, Role.CHAIR]),
    delegates=st.sampled_from([(Role.DEPUTY_HEAD, Role.IT_LEAD), (Role.GOVERNOR,), ()]),
)
some_matter = st.builds(
    Matter,
    school=st.just(KEYS),
    about=st.sampled_from(list(About)),
    subjects=some_ids,
    threatened=st.frozensets(st.sampled_from(LETTERS), max_size=1),
    bypass=st.sampled_from([None, None, *BypassRoute]),
    restricted=st.booleans(),
    locked=st.booleans(),
    fair=st.booleans(),
    facts=st.sampled_from([frozenset(), frozenset((Fact.PRIVATE,))]),
    told=some_ids.map(lambda ids: tuple(sorted(ids))),
    assigned_to=st.sampled_from([None, None, *LETTERS]),
    policy=some_policy,
).map(
    lambda m: replace(
        m,
        threatened=m.threatened - m.subjects,
        restricted=m.restricted or m.bypass is not None,
        fair=m.fair and m.bypass is None,
    )
)
drawn_verdict = st.builds(
    verdict,
    route=st.sampled_from([r for r in Route if r is not Route.IGNORE]),
    about=st.sampled_from(list(About)),
    subject_person=st.sampled_from([None, *LETTERS]),
    subjects=some_ids.map(lambda ids: tuple(sorted(ids))),
    abuse=st.lists(st.sampled_from(ABUSE_LABELS), max_size=2, unique=True).map(tuple),
    content_class=st.sampled_from(["C0", "C2", "C6", "C9", "C10", "C11", "C12", "C14"]),
    severity=st.sampled_from([Severity.TODAY, Severity.THIS_HOUR]),
)
_NAMEABLE = [r for r in OFFICERS if r not in (Role.SLT, Role.IT_LEAD, Role.DPO)]
DPO = next(p for p in EVERYBODY if p.id == "dpo")
BOTH_OUT = verdict(about=About.HEAD, subjects=("head", "chair"))
SMALL = (HEAD, DEPUTY, DSL, CHAIR)
SECOND = Person("second", "Ola Fenn", (Role.HEAD, Role.DSL), "second@example.org")
ROUTED_INSULT, A_THREAT = Route.PLATFORM_REPORT, Route.POLICE_NOW
NEWS = verdict(Route.RESPOND, About.SCHOOL, severity=Severity.TODAY, event=PressEvent.INJURY)
AUDIENCES = {
    "a head who is the lead too is kept out of both": (verdict(about=About.HEAD, subject_person="both"),
     (BOTH, DEPUTY_DSL, CHAIR, VICE), ("chair", "deputy_dsl")),
    "where it is said which head, another is told": (verdict(about=About.HEAD, subjects=("head",)),
     (HEAD, SECOND), ("second",)),
    "an allegation against the chair": (verdict(about=About.CHAIR, subject_person="chair"), EVERYBODY,
     ("vice", "dsl")),
    "an insult to a pupil": (verdict(ROUTED_INSULT, About.PUPIL), EVERYBODY, ("head", "dsl")),
    "private facts": (verdict(ROUTED_INSULT, About.STAFF, content_class="C11"), EVERYBODY, ("head", "dpo")),
    "data out, as the press tells": (replace(NEWS, event=PressEvent.DATA_BREACH), EVERYBODY, ("head", "dpo")),
    "an odd post of ours, a threat too": (verdict(A_THREAT, About.SCHOOL, content_class="C14"), EVERYBODY,
     ("head", "dsl", "it", "deputy")),
    "a harmful reply on our own account": (
        verdict(ROUTED_INSULT, About.STAFF, reasons=(Reason(ON_OWN_ACCOUNT, ""),)), EVERYBODY,
        ("head", "deputy"),
    ),
    "a threat to the only person": (verdict(A_THREAT, About.HEAD, subject_person="both"), (BOTH,), ("both",)),
    "extremism": (verdict(A_THREAT, About.SCHOOL, content_class="C9", restricted=True), EVERYBODY,
     ("dsl", "deputy_dsl", "head")),
    "an empty address is none": (verdict(), (replace(DSL, email=""), DEPUTY_DSL), ("deputy_dsl",)),
    "nobody of another school": (verdict(), (replace(DSL, id="elsewhere", urns=("900009",)), DEPUTY_DSL),
     ("deputy_dsl",)),
}  # fmt: skip
any_post = any_verdict([r for r in Route if r is not Route.IGNORE], list(Severity))
PRESS = Person("press", "Sam Elm", (Role.PRESS,), "press@example.org")
THREAT = Matter(keys_of(SCHOOL), About.STAFF, threatened=frozenset((IT.id,)), told=(HEAD.id, DSL.id))


def test_each_fact_has_a_row_of_columns_that_are_read():
    rows = tomllib.loads(files("alerts.access").joinpath("facts.toml").read_text(encoding="utf-8"))
    assert list(rows) == list(FACTS) == list(Fact)
    assert {column for row in rows.values() for column in row} <= {column.name for column in fields(FactRow)}


@given(some_matter, drawn_people)
def test_of_any_matter_a_subject_learns_nothing_and_whoever_acts_or_was_told_reads_it(matter, people):
    for person in people:
        if person.id in matter.subjects or person.urns == ELSEWHERE:
            assert access(person, matter, people) is Access.NOTHING
            assert not any(person in who_may(act, matter, people) for act in Act)
    here = tuple(p for p in people if is_of_school(p, matter))
    assert [access(p, matter, people) for p in here] == [access(p, matter, here) for p in here]
    assert who_may(Act.DECIDE, matter, people) == who_may(Act.DECIDE, matter, here)
    asked = {f(matter, people) for f in (deciders, delegates, heads, first_assessors)}
    for person in {p for found in asked for p in found}:
        assert access(person, matter, people) is Access.WORDS
    for person in people:
        theirs = person.id in (*matter.told, matter.assigned_to)
        if theirs and is_of_school(person, matter) and not has_conflict(person, matter, people):
            assert access(person, matter, people) is Access.WORDS
    for person in people:
        if person.id in matter.threatened and is_of_school(person, matter):
            assert access(person, matter, people) >= (Access.EXISTS if matter.bypass else Access.STATUS)
            others = [p for p in deciders(matter, people) if p != person]
            assert not (others and person in who_may(Act.DECIDE, matter, people))
    assert access_unnamed(matter, people) <= (Access.EXISTS if matter.restricted else Access.STATUS)
    accused = [p for p in people if is_of_school(p, matter) and has_conflict(p, matter, people)]
    if any(hold(p, OFFICERS) for p in accused):
        assert access_unnamed(matter, people) is Access.NOTHING


@given(some_matter, drawn_people)
def test_somebody_may_always_act_or_the_office_that_is_missing_is_named(matter, people):
    if who_may(Act.DECIDE, matter, people):
        assert who_may(Act.WORK, matter, people)
        return
    for role in wanted_offices(matter, people):
        named = (*people, Person("new", "Somebody New", (role,), MAIL))
        assert [p.id for p in who_may(Act.DECIDE, matter, named)] == ["new"]


@given(some_matter, drawn_people)
def test_guidance_names_no_office_of_which_every_holder_has_a_conflict(matter, people):
    if matter.bypass is None:
        return
    w, here = words("en"), [p for p in people if is_of_school(p, matter)]
    told, about = guidance(matter, people, "england", w).first, concern(matter, here)
    if about is not Concern.NEITHER:
        told = told.removesuffix(w(f"lane.told_nothing.{about.value}"))
    deputy = office_named(Role.DEPUTY_DSL, "england", w)
    for role in _NAMEABLE:
        held = [p for p in here if role in p.roles]
        if held and all(has_conflict(p, matter, here) for p in held):
            said = told if role is Role.DEPUTY_DSL else told.replace(deputy, "")
            assert w("lane.the", office=office_named(role, "england", w)) not in said


@given(some_matter, drawn_people)
def test_the_data_protection_officer_reads_what_is_of_personal_data_and_of_the_rest_its_state(matter, people):
    for person in people:
        by_office = person.roles == (Role.DPO,) and not has_conflict(person, matter, people)
        given_it = person.id in (*matter.told, matter.assigned_to, *matter.threatened)
        if not by_office or given_it or not is_of_school(person, matter):
            continue
        open_to_them = matter.fair or concern(matter, people) is Concern.NEITHER
        level = access(person, matter, people)
        if matter.restricted or not open_to_them:
            assert level is (Access.EXISTS if matter.restricted and open_to_them else Access.NOTHING)
        else:
            assert level is (Access.WORDS if Fact.PRIVATE in matter.facts else Access.STATUS)


def test_of_an_open_case_the_data_protection_officer_reads_c1_and_c11_and_what_is_owed_or_given_to_them():
    for content_class, reads in [("C1", True), ("C11", True), ("C2", False), ("C6", False)]:
        climb = Climb(content_class)
        level = climb.rules.access(DPO, climb.case)
        assert level is (Access.WORDS if reads else Access.STATUS)
        assert (DPO in climb.rules.who_may(Act.WORK, climb.case)) is reads
        assert DPO in climb.rules.who_may(Act.HOLD, climb.case)
        judged = verdict(Route.PLATFORM_REPORT, About.STAFF, content_class=content_class)
        story = matter_of_story([judged], None, SCHOOL, EVERYBODY)
        assert access(DPO, story, EVERYBODY) is level
    climb = Climb("C2")
    climb.take(StepKind.NOTED, "dpo", "She complains of it", starts="dp_complaint_30d")
    assert climb.rules.access(DPO, climb.case) is Access.WORDS
    climb.take(StepKind.NOTED, "dpo", "Acknowledged", ends="dp_complaint_30d")
    assert climb.rules.access(DPO, climb.case) is Access.STATUS
    climb = Climb("C10", About.PUPIL, route=Route.SAFEGUARDING)
    assert climb.rules.access(DPO, climb.case) is Access.EXISTS
    climb.take(StepKind.ASSIGNED, "dsl", person="dpo")
    assert climb.rules.access(DPO, climb.case) is Access.WORDS


def test_among_many_schools_those_of_its_own_are_asked_and_the_answers_are_the_same(monkeypatch):
    roles = list(Role)

    def somebody(n):
        urns = (str(n % 100),) if n > 2 else ()
        return Person(f"p{n}", "Somebody", (roles[n % len(roles)], roles[n % 7]), MAIL, urns=urns)

    people, asked, answers = tuple(somebody(n) for n in range(300)), [], set()
    matters = [
        Matter(frozenset((str(n),)), list(About)[n % len(About)], frozenset((f"p{n + 100}",)),
               bypass=[None, *BypassRoute][n % 5], told=(f"p{n}",))
        for n in range(100)
    ]  # fmt: skip

    def counted(person, matter):
        asked.append(person.id)
        return is_of_school(person, matter)

    for person in (people[1], people[107], people[250]):
        right = [access(person, matter, people) for matter in matters]
        answers.update(right)
        with monkeypatch.context() as watched:
            watched.setattr("alerts.access.matter.is_of_school", counted)
            assert access_of_all(person, matters, people) == right
    assert len(asked) < 3 * len(matters) * len(people) / 5
    assert answers >= {Access.NOTHING, Access.WORDS}


def told_of(verdicts, people):
    """An alert on these as it is raised, and the matter that it is from then on."""
    raised = matter_to_raise(verdicts, verdicts[0], people, TWO_SITES, Policy())
    who = recipients(raised, people)
    lead = verdicts[0]
    alert = Alert(
        *("a1", "s1", "900001", lead.severity, lead.route, lead.content_class),
        restricted=any(v.restricted for v in verdicts), audience=who.audience, excluded=who.excluded,
        because=who.because, raised_at=None,
    )  # fmt: skip
    return alert, matter_of_story(verdicts, alert, TWO_SITES, people)


@given(st.lists(drawn_verdict, min_size=1, max_size=3), drawn_people)
def test_whoever_is_told_may_read_it_and_somebody_above_the_accused_is_told(verdicts, people):
    alert, matter = told_of(verdicts, people)
    for person in people:
        level = access(person, matter, people)
        if person.id in alert.audience:
            assert level is Access.WORDS or person.id in matter.threatened
        if person.id in alert.excluded or person.urns == ELSEWHERE:
            assert level is Access.NOTHING
            assert person.id not in asked_next(alert, people, TWO_SITES, NOW)
    here = [p for p in people if is_of_school(p, matter)]
    if concern(matter, here) is Concern.NEITHER or alert.content_class == "C14":
        return
    above = {Role.CHAIR, Role.VICE_CHAIR, Role.LA_CONTACT, Role.TRUST_CONTACT}
    free = [p for p in here if p.email and hold(p, above) and p.id not in alert.excluded]
    free = [p for p in free if not reports_to_one(p, matter.subjects, here)]
    accused = [v for v in verdicts if v.route is Route.SAFEGUARDING and v.about in (About.HEAD, About.CHAIR)]
    if free and accused and verdicts[0] in accused:
        told = [p for p in here if p.id in alert.audience]
        assert any(not reports_to_one(p, matter.subjects, here) for p in told)


def test_where_the_chair_cannot_be_told_or_is_accused_those_above_are_or_the_head_alone():
    for route in (Route.SAFEGUARDING, Route.PLATFORM_REPORT):
        both = replace(
            BOTH_OUT, route=route, content_class="C10" if route.urgent else "C7", restricted=route.urgent
        )
        raised = matter_to_raise([both], both, EVERYBODY, SCHOOL, Policy())
        assert {"vice", "la"} <= set(recipients(raised, EVERYBODY).audience)
    people = (HEAD, DEPUTY, DSL, DEPUTY_DSL, CHAIR)
    who = recipients(matter_to_raise([BOTH_OUT], BOTH_OUT, people, SCHOOL, Policy()), people)
    assert who.audience == ("dsl", "deputy_dsl")
    assert "nobody_above" in {reason.code for reason in who.because}
    of_chair = Matter(KEYS, About.CHAIR, frozenset((CHAIR.id,)))
    assert who_may(Act.DECIDE, of_chair, SMALL) == (HEAD,)
    assert access(HEAD, of_chair, SMALL) is Access.WORDS
    assert access(DEPUTY, of_chair, SMALL) is Access.NOTHING
    with_vice = (*SMALL, VICE)
    assert who_may(Act.DECIDE, of_chair, with_vice) == (VICE,)
    assert access(HEAD, of_chair, with_vice) is Access.NOTHING
    assert access(LA, of_chair, (*with_vice, LA)) is Access.WORDS
    missing = {m.about: m.wanted for m in missing_offices(SCHOOL, SMALL)}
    outside = (Role.LA_CONTACT, Role.TRUST_CONTACT)
    assert missing == {(About.HEAD, About.CHAIR): (Role.VICE_CHAIR, *outside)}
    assert missing_offices(SCHOOL, (*SMALL, VICE)) == ()
    assert (About.SCHOOL,) in {m.about for m in missing_offices(SCHOOL, (IT,))}


def test_a_story_that_was_not_raised_is_read_by_all_who_work_but_whom_it_may_mean():
    look = replace(verdict(Route.NOTE, About.HEAD), look=True)
    matter = matter_of_story([look], None, SCHOOL, EVERYBODY)
    assert access(HEAD, matter, EVERYBODY) is Access.NOTHING
    assert access(DEPUTY, matter, EVERYBODY) is Access.WORDS
    calm = matter_of_story([verdict(Route.RESPOND, About.HEAD)], None, SCHOOL, EVERYBODY)
    assert access(HEAD, calm, EVERYBODY) is Access.WORDS
    assert access(Person("g", "A Governor", (Role.GOVERNOR,)), calm, EVERYBODY) is Access.NOTHING


@pytest.mark.parametrize(("of", "people", "who"), AUDIENCES.values(), ids=AUDIENCES)
def test_who_is_told_of_what(of, people, who):
    assert told(of, people=people) == who


def test_an_allegation_against_the_head_goes_to_chair_and_lead_and_a_threat_that_accuses_them_too():
    alert = raised(verdict(about=About.HEAD, subject_person="head"))
    assert (alert.audience, alert.excluded) == (("chair", "dsl", "deputy_dsl"), ("head",))
    assert "subject_excluded" in codes(raised(verdict(about=About.STAFF, subject_person="head")))
    assert "head" not in told(verdict(about=About.HEAD))
    alert = raised(verdict(about=About.HEAD, subject_person="head", subjects=("head", "dsl")))
    assert (alert.audience, alert.excluded) == (("chair", "deputy_dsl"), ("head", "dsl"))
    accused = verdict(
        Route.POLICE_NOW, About.HEAD, subject_person="head", subjects=("head",), abuse=("threat", "sexual")
    )
    alert = raised(accused)
    assert alert.audience == ("dsl", "chair")
    assert alert.excluded == alert.warned == ("head",)
    assert told(accused, people=without_address("chair")) == ("dsl", "vice")


def misconduct(who, about=About.STAFF, **more):
    accuses = (Meant(who, 1.0, MISCONDUCT),)
    return verdict(Route.PLATFORM_REPORT, about, accuses=accuses, endangers=(), abuse=("defamation",), **more)


@pytest.mark.parametrize(
    ("who", "people", "audience"),
    [
        ("person:wraith", PEOPLE, ("head", "deputy")),
        ("person:deputy", PEOPLE, ("head", "chair")),
        ("office:deputy_head", PEOPLE, ("head", "chair")),
        ("person:head", PEOPLE, ("chair", "vice")),
        ("office:head", (HEAD, DEPUTY, LA), ("la",)),
        ("person:chair", PEOPLE, ("vice", "la")),
        ("person:chair", (HEAD, CHAIR, LA), ("la",)),
    ],
)
def test_whoever_is_accused_of_anything_neither_reads_nor_decides_and_who_does_is_asked_to_tell_them(
    who, people, audience
):
    found = misconduct(who)
    alert = raised(found, people=people)
    assert alert.audience == audience
    matter = matter_of_story([found], alert, SCHOOL, people)
    accused_one = next(p for p in people if who in (f"person:{p.id}", *(f"office:{r}" for r in p.roles)))
    assert alert.excluded == (accused_one.id,)
    assert access(accused_one, matter, people) is Access.NOTHING
    assert [p.id for p in who_may(Act.DECIDE, matter, people)] == [audience[0]]
    assert matter.bypass is None
    assert not alert.restricted
    mails = {m.person_id: m.body for m in alert_messages(telling(alert, people, SCHOOL, Means(), NOW))}
    asked = words("en")("instant.accused")
    assert {p for p, body in mails.items() if asked in " ".join(body.split())} == {audience[0]}
    # an insult, and criticism that wants an answer, leave the same person in
    insult = verdict(Route.PLATFORM_REPORT, About.STAFF, endangers=(Meant(who, 1.0, "words", Harm.WRONGED),))
    assert "accused" not in codes(raised(insult, people=people))
    assert accused_one.id not in raised(insult, people=people).excluded
    calm = verdict(Route.RESPOND, About.HEAD)
    assert access(HEAD, matter_of_story([calm], None, SCHOOL, people), people) is Access.WORDS


def test_what_accuses_a_leader_beside_a_child_at_risk_stays_the_leads_and_leaves_them_out():
    beside = (verdict(about=About.PUPIL), misconduct("person:head", About.HEAD))
    alert = raised(*beside)
    assert alert.excluded == ("head",)
    assert set(alert.audience) <= {"dsl", "deputy_dsl", "chair"}


@pytest.mark.parametrize("sealed", [True, False])
def test_what_is_sealed_is_mailed_at_once_on_a_friday_evening_and_what_is_not_waits(sealed):
    of = verdict(Route.PLATFORM_REPORT, About.STAFF, content_class="C2")
    alert = replace(raised(of), restricted=sealed)
    night = NOW.replace(hour=20)
    due = {m.due_at for m in alert_messages(telling(alert, EVERYBODY, SCHOOL, Means(), night))}
    assert (due == {night}) is sealed


REPORTER = Person("press", "Wren Sole", (Role.PRESS,), "press@example.org")
IN_PRINT = verdict(event=PressEvent.WEAPON)


@pytest.mark.parametrize(
    ("of", "hear"),
    [
        (IN_PRINT, {"head", "press"}),
        (replace(IN_PRINT, event=PressEvent.OTHER, reasons=(Reason(PRESS_ARREST, ""),)), {"head", "press"}),
        (replace(IN_PRINT, event=PressEvent.CLOSURE), set()),
        (verdict(), set()),
        (verdict(about=About.HEAD, subjects=("head",), event=PressEvent.WEAPON), set()),
        (verdict(about=About.STAFF, subjects=("press",), event=PressEvent.WEAPON), set()),
        (verdict(about=About.STAFF, event=PressEvent.WEAPON), set()),
    ],
)
def test_that_the_press_reports_a_weapon_or_an_arrest_reaches_head_and_press_contact_unless_it_may_mean_them(
    of, hear
):
    people = (*EVERYBODY, REPORTER)
    alert = raised(of, people=people)
    assert alert.restricted
    sent = alert_messages(telling(alert, people, SCHOOL, Means(), NOW.replace(hour=23)))
    said = {m.person_id: m for m in sent if "The press reports a weapon" in m.body}
    assert said.keys() == hear
    assert {m.due_at for m in said.values()} <= {NOW.replace(hour=23)}
    matter = matter_of_story([of], alert, SCHOOL, people)
    assert access(REPORTER, matter, people) < Access.STATUS  # the words stay the lead’s


OF_HEAD = verdict(about=About.HEAD, subject_person="head", subjects=("head",))
VIOLENT_HEAD = verdict(
    Route.POLICE_NOW, About.HEAD, subject_person="head", subjects=("head",), abuse=("threat", "sexual")
)
ABOVE = (CHAIR, VICE, LA)


@pytest.mark.parametrize(
    "of", [OF_HEAD, VIOLENT_HEAD, verdict(about=About.HEAD)], ids=["harm", "threat", "office"]
)
@pytest.mark.parametrize("above", [ABOVE, (CHAIR,), (LA,), ()], ids=["all", "chair", "authority", "nobody"])
@pytest.mark.parametrize("leads", [(DSL, DEPUTY_DSL), (DSL,), ()], ids=["both", "lead", "none"])
def test_the_deputy_of_an_accused_head_is_not_asked_as_such_and_a_lead_keeps_their_place(of, above, leads):
    people = (HEAD, DEPUTY, *above, *leads)
    alert = raised(of, people=people)
    asked = {*alert.audience, *asked_next(alert, people, SCHOOL, NOW)}
    assert asked.isdisjoint({"head", "deputy"})
    assert asked <= {p.id for p in (*above, *leads)}
    assert {p.id for p in leads} <= asked
    assert bool(asked) is bool(above or leads)
    both = replace(DEPUTY, roles=(Role.DEPUTY_HEAD, Role.DEPUTY_DSL))
    assert "deputy" in asked_of(of, (HEAD, both, *above))
    # of one that is no leader's the deputy is asked as ever
    of_staff = verdict(about=About.STAFF, subject_person="it", subjects=("it",))
    assert "deputy" in asked_of(of_staff, (*people, IT))
    aimed = meant(violence("office:head"), about=About.HEAD, route=Route.POLICE_NOW)
    assert "deputy" in asked_of(aimed, (HEAD, DEPUTY, DSL))


def asked_of(of, people):
    alert = raised(of, people=people)
    return {*alert.audience, *asked_next(alert, people, SCHOOL, NOW)}


@pytest.mark.parametrize("severity", [Severity.TODAY, Severity.THIS_HOUR])
def test_where_nobody_can_be_told_those_who_remain_get_its_number_at_once_and_whom_to_ring(severity):
    people, days = (HEAD, DEPUTY, IT), DAYS
    alert = replace(raised(OF_HEAD, people=people), severity=severity)
    assert alert.audience == ()
    at_once = call(opened(alert, people, verdicts=[OF_HEAD]), people, SCHOOL, days, NOW)
    assert [(s.person_id, s.about) for s in at_once.steps] == [("deputy", StillOpen.BY_NUMBER)]
    again = opened(alert, people, at_once.steps, verdicts=[OF_HEAD])
    later = call(again, people, SCHOOL, days, NOW + timedelta(minutes=20))
    assert later is None or [s.person_id for s in later.steps] == [None]
    for nation, officer in OFFICERS_FOR_ALLEGATIONS.items():
        school = replace(SCHOOL, nation=nation, allegations="01632 960 107")
        t = telling(alert, people, school, Means(), NOW)
        (mail, *_) = compose_call(Unanswered(again, at_once, t))
        assert officer in mail.body
        assert ", 01632 960 107, advises" in " ".join(mail.body.split())
        assert "999 only if somebody is in danger now" in mail.body
        assert "allegation about" not in mail.body.lower()
    # where a lead is left, nobody is asked by number at once
    people = (HEAD, DEPUTY, DSL)
    alert = replace(raised(OF_HEAD, people=people), severity=severity)
    assert call(opened(alert, people, verdicts=[OF_HEAD]), people, SCHOOL, days, NOW) is None


OFFICERS_FOR_ALLEGATIONS = {
    "england": "(LADO)",
    "wales": "designated officer for safeguarding",
    "scotland": "police or social work",
    "northern_ireland": "(CPSS)",
}


def test_somebody_threatened_is_told_in_person_and_both_numbers_and_each_has_a_part():
    unknown = raised(verdict(Route.POLICE_NOW, About.STAFF))
    no_address = raised(
        verdict(Route.POLICE_NOW, About.CHAIR, subject_person="chair"), people=without_address("chair")
    )
    assert "tell_target" in codes(unknown) & codes(no_address)
    assert "tell_target" not in codes(raised(verdict(Route.POLICE_NOW, About.SCHOOL)))
    assert "tell_target" not in codes(raised(verdict(Route.POLICE_NOW, About.HEAD)))
    assert "tell_target" not in codes(raised(verdict(about=About.STAFF)))
    for by, personally in (("signal:bomb_threat", False), ("person_said", False), ("model:threat", True)):
        site = (Meant("school", 1.0, by, Harm.VIOLENCE),)
        of = verdict(Route.POLICE_NOW, About.STAFF, endangers=site)
        assert ("tell_target" in codes(raised(of))) is personally
    for person, part in [
        (HEAD, ReaderPart.ASKS), (DSL, ReaderPart.ASKS), (IT, ReaderPart.TARGET), (None, ReaderPart.OTHER),
    ]:  # fmt: skip
        assert part_of(person, THREAT) is part
    for about in (About.PUPIL, About.SCHOOL, About.OTHER):
        assert part_of(HEAD, replace(THREAT, about=about, threatened=frozenset())) is ReaderPart.ACTS
    aimed_at_head = replace(THREAT, about=About.HEAD, threatened=frozenset((HEAD.id,)))
    assert part_of(HEAD, aimed_at_head) is ReaderPart.ACTS
    assert part_of(DSL, aimed_at_head) is ReaderPart.ASKS
    for part in [part for part in ReaderPart if part is not ReaderPart.RECORD]:
        said = what_next(Route.POLICE_NOW, words("en"), part=part)
        assert said.index("999") < said.index("101")
        assert "decide" not in said
    for lane in BypassRoute:
        assert all(describe_lane(lane, About.STAFF, words("en")))


def test_the_only_person_is_told_of_what_only_mentions_them_or_does_not_say_whom_it_accuses():
    mentioned = verdict(about=About.PUPIL, subject_person="both", subjects=("both",))
    assert told(mentioned, people=(BOTH,)) == ("both",)
    assert told(mentioned, people=(BOTH, DEPUTY_DSL)) == ("deputy_dsl",)
    assert told(mentioned, verdict(about=About.STAFF, subjects=("both",)), people=(BOTH,)) == ()
    unclear = verdict(
        Route.POLICE_NOW, About.HEAD, subject_person="both", subjects=("both",), abuse=("threat",)
    )
    assert told(unclear, people=(BOTH,)) == ("both",)
    assert told(unclear, people=(BOTH, CHAIR)) == ("chair",)
    assert told(by_labels(unclear, abuse=("threat", "safeguarding")), people=(BOTH,)) == ()
    found = verdict(Route.PLATFORM_REPORT, About.STAFF, subject_person="it", subjects=("it", "head"))
    assert told(found, people=(IT, HEAD)) == ("head",)
    assert told(found) == ("chair", "vice")


def test_of_several_subjects_the_most_powerful_decides_and_of_two_heads_the_other_has_no_conflict():
    head = verdict(about=About.HEAD, subject_person="head")
    of_all = told(verdict(about=About.PUPIL), head, verdict(about=About.STAFF))
    assert of_all == ("chair", "dsl", "deputy_dsl")
    assert told(verdict(about=About.PUPIL), verdict(about=About.STAFF)) == ("head", "dsl")
    chair = verdict(about=About.CHAIR, subject_person="chair")
    assert told(verdict(about=About.STAFF), chair) == ("vice", "dsl")
    second = Person("second", "Ola Fenn", (Role.HEAD,), MAIL)
    named = Matter(KEYS, About.HEAD, frozenset(("head",)))
    assert has_conflict(HEAD, named, (HEAD, second))
    assert not has_conflict(second, named, (HEAD, second))
    assert has_conflict(second, replace(named, subjects=frozenset()), (HEAD, second))


def without_address(*ids):
    return tuple(replace(p, email=None) if p.id in ids else p for p in EVERYBODY)


def test_an_insult_goes_to_the_first_assessor_of_any_member_and_pupils_pictures_to_the_data_officer_too():
    assert told(verdict(Route.PLATFORM_REPORT, About.STAFF)) == ("head", "deputy")
    policy = Policy(first_assessor=Role.IT_LEAD)
    by_it = raise_alert(story_now(verdict(Route.PLATFORM_REPORT, About.STAFF), policy=policy))
    assert by_it.audience == ("it", "head")
    found = verdict(Route.REQUEST_REMOVAL, About.PUPIL, content_class="C8")
    assert told(found) == ("head", "it", "dsl", "dpo")
    assert "dpo" not in told(verdict(Route.REQUEST_REMOVAL, About.SCHOOL, content_class="C8"))
    school = replace(SCHOOL, members=("900001", "900002"))
    member = replace(DSL, urns=("900002",))
    found = raise_alert(story_now(verdict(), people=(member,), school=school))
    assert found.audience == ("dsl",)


def test_who_has_no_address_is_passed_over_and_where_nobody_is_left_it_is_said_loudly():
    alert = raised(verdict(about=About.HEAD, subject_person="head"), people=(HEAD,))
    assert alert.audience == ()
    assert "nobody_left" in codes(alert)
    alert = raised(verdict(), people=(replace(DSL, email=None), HEAD, CHAIR))
    assert alert.audience == ("head", "chair")
    assert {"no_address", "fallback"} <= codes(alert)
    alert = raised(verdict(about=About.STAFF), people=without_address("head"))
    assert alert.audience == ("dsl", "deputy_dsl")
    assert "no_address" in codes(alert)
    assert "no_address" not in codes(raised(verdict(about=About.STAFF)))
    alert = raised(verdict(about=About.HEAD, subject_person="head"), people=without_address("head"))
    assert "no_address" not in codes(alert)
    alert = raised(verdict(), people=(HEAD, DSL, CHAIR))
    assert alert.audience == ("dsl",)
    assert "one_person_only" in codes(alert)


@given(st.lists(any_post, min_size=1, max_size=4), any_people)
def test_whoever_is_mentioned_is_told_only_where_nobody_else_of_the_school_can_be(verdicts, people):
    """Whom calm words beside an allegation speak of is no better placed than whom the grave words name."""
    found = raise_alert(story_now(*verdicts, people=people))
    grave = [v for v in verdicts if v.severity >= Severity.TODAY or v.route.urgent]
    mentioned = set().union(*(v.subjects for v in grave))
    mentioned |= {v.subject_person for v in grave if v.subject_person and v.route is not Route.POLICE_NOW}
    if isinstance(found, Decline) or not mentioned & set(found.audience):
        return
    beside = set().union(*(v.subjects for v in verdicts)) | {v.subject_person for v in verdicts}
    others = [p for p in people if p.id not in {*mentioned, *beside, *found.excluded} and p.email]
    assert not [p for p in others if LEADING & set(p.roles)]


def test_whoever_speaks_to_the_press_reads_articles_and_is_told_of_them_but_not_what_is_restricted():
    people = (*EVERYBODY, PRESS)
    assert "press" in told(NEWS, people=people)
    assert "press" not in told(verdict(Route.RESPOND, About.SCHOOL, severity=Severity.TODAY), people=people)
    assert "press" not in told(verdict(event=PressEvent.STAFF), people=people)
    assert "press" not in told(replace(NEWS, about=About.HEAD), people=people)

    def known(*verdicts):
        return access(PRESS, matter_of_story(verdicts, None, SCHOOL, EVERYBODY), people)

    calm = replace(NEWS, severity=Severity.NOTE, route=Route.NOTE)
    assert (known(calm), known(replace(calm, event=None))) == (Access.WORDS, Access.NOTHING)
    assert known(calm, replace(calm, event=None)) is Access.NOTHING
    assert known(replace(calm, restricted=True)) is not Access.WORDS
