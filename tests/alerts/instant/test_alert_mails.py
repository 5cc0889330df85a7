"""The words of an alert, of an escalation and of what is asked again."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from builders.alert import DEPUTY_DSL, DSL, EVERYBODY, HEAD, NOW, SCHOOL, raised, verdict
from builders.mention import a_message, by_labels
from hypothesis import given
from hypothesis import strategies as st

from alerts.access.matter import matter_of_story
from alerts.delivery.results import Circle, Lost, urgent_message
from alerts.escalation import TABLE, Call, Occasion, Open
from alerts.links import Links
from alerts.next_date import Means
from alerts.wording.instant import (
    To,
    Unanswered,
    alert_messages,
    compose_call,
    compose_has_it,
    compose_morning,
    telling,
    to_target,
)
from alerts.wording.matters import NOTHING_SEEN, PHONE_CHARS, Seen, Topic, describe, next_of_alert, subject
from data.content_class import ContentClass
from data.judged import A_PERSON_DECIDES, DANGER
from data.matters import Having, Holder, PostView, SaidTime
from data.types import (
    About,
    Alert,
    Escalation,
    Person,
    PressEvent,
    Reason,
    Role,
    Route,
    Severity,
    StillOpen,
    Via,
)
from data.web.channels import CHANNELS
from data.words.say import words

ZONE = ZoneInfo("Europe/London")
LONDON = Means(ZONE)
FRIDAY_10 = datetime(2026, 11, 20, 10, 2, tzinfo=UTC)
LEADS = (Person("pike", "Robin Pike", (Role.DSL,)), Person("vane", "Noor Vane", (Role.DEPUTY_DSL,)))
ALERT = Alert(
    id="0042ab9f00112233", story_id="story-1", urn="900001", severity=Severity.THIS_HOUR,
    route=Route.SAFEGUARDING, content_class="C10", restricted=True, audience=("pike", "vane"), excluded=(),
    because=(), raised_at=FRIDAY_10, number="482913",
)  # fmt: skip
LINKED = Means(ZONE, links=Links("https://schoolgate.example.org", b"s" * 32), chats=frozenset({"pike"}))
AIMED = replace(ALERT, route=Route.POLICE_NOW, content_class="C6", restricted=False)
AIMED_AT_VANE, DSL_ALONE = frozenset(("vane",)), frozenset(("dsl",))
GRAVE = raised(verdict(severity=Severity.THIS_HOUR))
PAGED = Means(
    ZoneInfo("Europe/London"),
    links=Links("https://schoolgate.example.org", b"s" * 32),
    chats=frozenset({"head", "dsl"}),
)
AT_15, AT_30, AT_60 = TABLE[1:]
FIRST = Escalation(GRAVE.id, GRAVE.urn, 1, 1, "head", NOW + AT_15.after)
LAST = replace(FIRST, step=2, told_at=NOW + AT_60.after)
TO_CHAIR = replace(LAST, person_id="chair", about=StillOpen.BY_NUMBER)
ROWS = pytest.mark.parametrize("step", [FIRST, LAST, TO_CHAIR], ids=["first", "last", "by_number"])
NAMED = Seen(said_time=SaidTime(NOW.date(), time(15, 30)))
CALM = replace(GRAVE, id="calm", story_id="calm", number="0007", severity=Severity.TODAY)
WARNED = replace(GRAVE, warned=("vice",))
PAGES = Means(
    links=Links("https://schoolgate.example.org", b"s" * 32), chats=frozenset(p.id for p in EVERYBODY)
)
THREAT = verdict(Route.POLICE_NOW, About.STAFF, abuse=("threat",))
DETAILS = verdict(Route.REQUEST_REMOVAL, abuse=("privacy",), content_class="C11")
LABELS = sorted(
    {k.split(".")[2] for k in words("en").lines if k.startswith("instant.matter.")} - {"restricted"}
)
SEEN = st.builds(
    Seen,
    st.none()
    | st.builds(
        lambda about, abuse, route: verdict(route, about, abuse=abuse),
        st.sampled_from(About), st.sampled_from([(), ("threat",), ("sexual",), ("privacy",)]),
        st.sampled_from(Route),
    ),
    st.lists(st.sampled_from(sorted(CHANNELS)), max_size=3).map(tuple),
    st.none() | st.integers(0, 10**6).map(lambda m: NOW - timedelta(minutes=m)),
)  # fmt: skip
NOW_SAID = Reason("said_danger_now", "The person who reported it says that somebody is in danger now.")
SLT = Person("slt", "Uma Croft", (Role.SLT,), "slt@example.org")
PEOPLE = (*EVERYBODY, SLT)
ODD = verdict(Route.PLATFORM_REPORT, About.SCHOOL, content_class="C14", severity=Severity.THIS_HOUR)
OF_HEAD = raised(verdict(about=About.HEAD))
LOST = Lost(a_message(alert_id=OF_HEAD.id, person_id="chair"), "address_refused", OF_HEAD, number="0007")
CIRCLE = Circle((SCHOOL,), EVERYBODY, frozenset({"dsl"}), ZoneInfo("Europe/London"))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"severity": Severity.TODAY},
        {"route": Route.POLICE_NOW, "restricted": False, "content_class": "C6"},
        {"route": Route.PLATFORM_REPORT, "restricted": False, "severity": Severity.TODAY, "times": 2},
        {
            "route": Route.REQUEST_REMOVAL,
            "restricted": False,
            "severity": Severity.TODAY,
            "audience": ("vane",),
        },
    ],
    ids=["safeguarding_hour", "safeguarding_today", "police", "platform_again", "request_alone"],
)
def test_the_words_of_an_alert(changes, snapshot):
    found = alert_messages(telling(replace(ALERT, **changes), LEADS, SCHOOL, LONDON, FRIDAY_10))
    assert "\n---\n".join(f"{m.subject}\n\n{m.body}" for m in found) == snapshot


def sent(alert=ALERT, now=FRIDAY_10, means=LONDON, **more):
    more.setdefault("threatened", more.get("targets", frozenset()))
    return list(alert_messages(telling(alert, LEADS, SCHOOL, means, now, **more)))


def test_each_is_mailed_in_order_by_a_link_of_their_own_and_again_where_it_has_changed():
    keys, again = {m.key for m in sent()}, sent(replace(ALERT, times=2))
    assert keys == {m.key for m in sent(now=FRIDAY_10 + timedelta(hours=1))}
    assert not keys & {m.key for m in again}
    assert {m.times for m in again} == {2}
    assert again[0].subject == "Danger? Safeguarding matter: read it again (482913)"
    urgent, calm = (sent(replace(ALERT, severity=s))[0].body for s in (Severity.THIS_HOUR, Severity.TODAY))
    assert urgent.index("ring 999 first") < urgent.index("Please open it now")
    assert "ring 999 first" not in calm
    assert calm.rstrip().endswith("If a child is in danger, ring 999.")
    found = sent(means=LINKED)
    pages = {m.person_id: LINKED.links.page(ALERT.story_id, m.person_id, m.due_at) for m in found}
    assert len(set(pages.values())) == len(pages) == 2
    assert all(pages[m.person_id] in m.body for m in found)
    assert [(m.person_id, m.via) for m in sent(means=LINKED)] == [
        ("pike", Via.MAIL), ("pike", Via.CHAT), ("vane", Via.MAIL),
    ]  # fmt: skip
    assert sent(replace(ALERT, audience=())) == []


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_name_can_add_a_header_or_a_line(school, person):
    people = (Person("pike", person, (Role.DSL,)),)
    named = replace(SCHOOL, name=school)
    plain = alert_messages(telling(replace(ALERT, audience=("pike",)), LEADS, SCHOOL, LONDON, FRIDAY_10))[0]
    (found,) = alert_messages(telling(replace(ALERT, audience=("pike",)), people, named, LONDON, FRIDAY_10))
    assert len(found.subject.splitlines()) == 1
    assert found.body.count("\n") == plain.body.count("\n")


def test_with_a_page_the_words_are_these(snapshot):
    found = alert_messages(telling(ALERT, LEADS, SCHOOL, LINKED, FRIDAY_10, Seen()))
    assert "\n---\n".join(f"{m.via.value}: {m.subject}\n\n{m.body}" for m in found) == snapshot


def test_a_chat_message_is_one_line_and_goes_not_where_its_subject_reads_it_too():
    for links in [Links(), LINKED.links]:
        (said,) = [m.body for m in sent(means=replace(LINKED, links=links)) if m.via is Via.CHAT]
        assert len(said.splitlines()) == 1
        assert "482913" in said
        assert ("https://" in said) == (links.base_url is not None)
        assert not [word for word in ("Oakfield", "Pike", "Vane", ALERT.id[:6]) if word in said]
    beside = {"vane": frozenset({"holt"}), "holt": frozenset({"vane"})}
    means = Means(ZONE, chats=frozenset({"pike", "vane", "holt"}), beside=beside)

    def chatted(alert):
        return [m.person_id for m in sent(alert, means=means) if m.via is Via.CHAT]

    assert chatted(ALERT) == ["pike", "vane"]
    assert chatted(replace(ALERT, excluded=("holt",))) == ["pike"]
    means = replace(PAGED, beside={"head": frozenset({"deputy"})})
    found = messages(FIRST, means, excluded=("deputy",))
    assert [(m.person_id, m.via) for m in found] == [("head", Via.MAIL)]


def test_without_pages_one_command_is_left_and_what_may_wait_for_the_police_asks_the_same():
    for message in sent():
        assert "http" not in message.body
        assert f"schoolgate alerts ack {ALERT.number} --as {message.person_id}" in message.body
        assert message.body.count("schoolgate ") == 1
        assert message.body.index("at the desk") > message.body.index("By: ")
    unpaged = replace(PAGED, links=Links())
    for message in (m for step in (FIRST, LAST, TO_CHAIR) for m in messages(step, unpaged)):
        assert "http" not in message.body
        assert "alerts ack" in message.body or message.via is Via.CHAT
    (mail, _) = messages(FIRST, route=Route.POLICE_NOW)
    assert "If nobody is in danger now: read it, then ring 101." in mail.body


def test_whom_it_threatens_is_told_what_concerns_them_and_asked_for_nothing(snapshot):
    means = replace(LINKED, chats=frozenset(("vane",)))
    found = sent(AIMED, means=means, targets=AIMED_AT_VANE)
    theirs = [m for m in found if m.person_id == "vane"]
    assert "\n---\n".join(f"{m.via.value}: {m.subject}\n\n{m.body}" for m in theirs) == snapshot
    for message in theirs:
        assert "decide" not in message.body
        assert "schoolgate alerts" not in message.body
        assert ("/m/" in message.body) == (message.via is Via.MAIL)
        assert "ring 999" in message.body
    assert "It names a time: today, about 15:30." in told(raised(THREAT), NAMED, targets=DSL_ALONE)[2].body
    hidden = replace(raised(THREAT), restricted=True)
    assert "/m/" not in told(hidden, targets=DSL_ALONE)[2].body


def test_who_is_not_threatened_is_asked_as_ever_and_whoever_comes_first_acts_though_they_are():
    without, with_target = (sent(AIMED, means=LINKED, targets=t) for t in (frozenset[str](), AIMED_AT_VANE))
    assert [m for m in without if m.person_id == "pike"] == [m for m in with_target if m.person_id == "pike"]
    assert [m.key for m in without] == [m.key for m in with_target]
    first = sent(AIMED, means=LINKED, targets=frozenset(("pike",)))[0]
    assert first.person_id == "pike"
    assert "If nobody is in danger now: read it, then ring 101." in first.body


def escalated(alert, row, *steps, means=PAGED, school=SCHOOL, **more):
    """What is sent at that row to those of these steps; `more` is of the call, or of what is known of it."""
    targets, seen = more.pop("targets", frozenset()), more.pop("seen", NOTHING_SEEN)
    matter = replace(matter_of_story([], alert, SCHOOL, EVERYBODY), threatened=targets, endangered=targets)
    cases, people = more.pop("cases", ()), more.pop("people", EVERYBODY)
    it, now = Open(alert, matter), alert.raised_at + row.after
    t = telling(alert, people, school, means, now, seen, it.targets, matter.endangered, cases)
    return list(compose_call(Unanswered(it, Call(steps, row, **more), t)))


def messages(step, means=PAGED, **changes):
    return escalated(replace(GRAVE, **changes), AT_15 if step is FIRST else AT_60, step, means=means)


@ROWS
def test_the_words_of_an_escalation(step, snapshot):
    shown = [f"{m.via.value} to {m.person_id}: {m.subject}\n\n{m.body}" for m in messages(step)]
    assert "\n---\n".join(shown) == snapshot


def test_an_escalation_is_due_at_once_and_says_whom_to_ring_and_who_was_asked():
    assert [(m.person_id, m.via) for m in messages(FIRST)] == [("head", Via.MAIL), ("head", Via.CHAT)]
    for message in messages(FIRST):
        assert (message.kind, message.due_at, message.times) == ("escalation", FIRST.told_at, 1)
        assert (message.expires_at - message.due_at).total_seconds() == 86400
    keys = [m.key for m in (*messages(FIRST), *messages(LAST))]
    assert len(set(keys)) == len(keys)
    assert not set(keys) & {m.key for m in messages(replace(FIRST, times=2), times=2)}
    school = replace(SCHOOL, social_care="01632 960 777")
    for step in (LAST, TO_CHAIR):
        (mail, *_) = escalated(GRAVE, AT_60, step, school=school)
        assert mail.body.index("ring 999 first") < mail.body.index("If you cannot tell what to do, ring 101.")
        assert "01632 960 777" in mail.body
        (mail, *_) = escalated(replace(GRAVE, route=Route.POLICE_NOW), AT_60, step, school=school)
        assert "01632 960 777" not in mail.body
    assert "01632 960 777" not in escalated(GRAVE, AT_15, FIRST, school=school)[0].body
    assert "Asked so far: Jane Holt.\n" in aimed_at_dsl(AT_15, "head", "dsl")["head", Via.MAIL].body


def test_it_learn_that_an_alarm_is_unanswered_and_nothing_else():
    texts = {
        (m.subject, m.body, m.alert_id, m.thread)
        for alert in (GRAVE, raised(THREAT))
        for m in escalated(alert, AT_60, menders=("it",))
    }
    ((subject, body, *about),) = texts
    assert (about, subject) == ([None, None], "An alarm has had no answer for an hour")
    secrets = (GRAVE.number, "afeguarding", "hreat", "Holt", "/m/")
    assert not [word for word in secrets if word in subject + body]


def to_it(alert, *asked, people=EVERYBODY):
    """The mail to IT once these were asked in vain."""
    steps = [replace(LAST, person_id=p, step=n) for n, p in enumerate(asked, 2)]
    mails = escalated(alert, AT_60, *steps, TO_CHAIR, people=people, menders=("it",))
    (mail,) = (m for m in mails if m.person_id == "it")
    return mail.body


def test_it_is_told_two_people_to_ring_the_same_of_any_matter_and_nobody_who_was_not_asked():
    numbers = {"dsl": "01632 960 101", "head": "01632 960 102"}
    people = tuple(replace(p, phone=numbers.get(p.id)) for p in EVERYBODY)
    every = ("head", "deputy", "dsl", "deputy_dsl")
    bodies = {to_it(alert, *order, people=people) for alert, order in (
        (GRAVE, every), (raised(THREAT), every[::-1]),
    )}  # fmt: skip
    (body,) = bodies
    assert f"{DSL.name} ({numbers['dsl']}), {HEAD.name} ({numbers['head']})." in " ".join(body.split())
    assert not [p.name for p in EVERYBODY if p.id not in ("dsl", "head", "it") and p.name in body]
    without = to_it(GRAVE, *every)
    assert f"{DSL.name}, {DEPUTY_DSL.name}." in " ".join(without.split())
    left_out = to_it(replace(GRAVE, excluded=("head",)), "dsl", "deputy_dsl", people=people)
    assert HEAD.name not in left_out


def aimed_at_dsl(row, *audience, at=NOW):
    """What is sent of an alert to these of which the lead is the target."""
    alert = replace(GRAVE, audience=audience, raised_at=at)
    more = {"targets": frozenset({"dsl"}), "fact": ("dsl",) if row.fact else ()}
    people = (replace(HEAD, phone="01632 960 100"), *EVERYBODY[1:])
    means = replace(PAGED, support="Helpline: 01632 960 001")
    found = escalated(alert, row, FIRST, means=means, people=people, **more)
    return {(m.person_id, m.via): m for m in found}


@pytest.mark.parametrize("via", Via)
def test_whom_it_threatens_is_told_once_that_nobody_has_it_and_is_asked_for_nothing(via):
    told = aimed_at_dsl(AT_30, "head", "dsl")["dsl", via]
    said = told.subject or told.body
    assert "not taken on" in said
    assert "999" in told.body
    assert "http" not in told.body
    assert "take it on" not in told.body
    if via is Via.MAIL:
        office = "To speak to somebody now, ring the head’s office."
        assert f"asked: Jane Holt (01632 960 100).\n{office}" in told.body
        assert "are asked to deal with it" not in told.body
        assert "Helpline: 01632 960 001" in told.body
        night = aimed_at_dsl(AT_30, "head", "dsl", at=NOW.replace(hour=23))["dsl", via].body
        assert "head’s office" not in night
        assert "If you are worried, but not in danger, ring 101." in night
    assert {who for who, _ in aimed_at_dsl(AT_15, "head", "dsl")} == {"head"}


def morning(*of, why=Occasion.MORNING):
    """The one mail to the head for all of these."""
    later = NOW + timedelta(days=1)
    asked = [
        Unanswered(Open(a, matter), Call((step,), why=why), t)
        for a in of
        for step in [replace(FIRST, alert_id=a.id)]
        for matter in [matter_of_story([], a, SCHOOL, EVERYBODY)]
        for t in [telling(a, EVERYBODY, SCHOOL, PAGED, later, NAMED, matter.threatened, matter.endangered)]
    ]
    (made,) = compose_morning(asked, "head", later)
    return made


def test_of_all_that_is_open_danger_comes_first_and_before_a_near_time_why_it_comes():
    mail = morning(CALM, raised(THREAT))
    assert mail.subject == f"Threat: not taken on ({raised(THREAT).number})"
    assert mail.body.split("\n\n")[1].startswith(
        "Nobody is dealing with it yet. If anyone may be in danger, ring 999"
    )
    assert "Read it and take it on" in mail.body
    assert "asks for a code" in mail.body
    assert mail.alert_id == CALM.id
    near = morning(raised(THREAT), why=Occasion.NAMED).body
    assert "The post names 15:30: that is less than two hours away." in near


def test_who_is_warned_is_named_somebody_to_ring_once_that_person_has_it_by_every_way():
    (first,) = [
        m for m in alert_messages(telling(WARNED, EVERYBODY, SCHOOL, PAGED, NOW)) if m.kind == "warning"
    ]
    (later,) = escalated(WARNED, AT_30, fact=("vice",))
    for mail in (first, later):
        assert not [p.name for p in EVERYBODY if p.id != "vice" and p.name in mail.body]
        assert "ring the head’s office" in mail.body
    taken = Holder("dsl", NOW, Having.TAKEN)
    (has,) = compose_has_it(telling(WARNED, EVERYBODY, SCHOOL, PAGED, NOW), taken)
    assert "Robin Pike has been dealing with it since 10:00." in has.body
    theirs = replace(WARNED, audience=("head", "dsl", "deputy_dsl"), excluded=("dsl",))
    aimed = frozenset(("dsl", "deputy_dsl"))
    t = telling(theirs, EVERYBODY, SCHOOL, PAGED, NOW, targets=aimed, threatened=aimed)
    found = compose_has_it(t, replace(taken, person="head"))
    assert [m.person_id for m in found] == ["deputy_dsl", "vice"]
    assert {m.alert_id for m in (first, later, has)} == {GRAVE.id}
    assert not [
        word for m in (first, later, has) for word in (GRAVE.number, "/m/") if word in m.subject + m.body
    ]
    means = replace(PAGED, chats=frozenset({"vice"}))
    found = [
        m for m in alert_messages(telling(WARNED, EVERYBODY, SCHOOL, means, NOW)) if m.person_id == "vice"
    ]
    assert [(m.kind, m.via) for m in found] == [("warning", Via.MAIL), ("warning", Via.CHAT)]
    assert "/m/" not in found[1].body


def told(of, seen=NOTHING_SEEN, **more):
    more.setdefault("threatened", more.get("targets", frozenset()))
    return list(alert_messages(telling(of, EVERYBODY, SCHOOL, PAGES, NOW, seen, **more)))


def heading(*, of, channel):
    alert = raised(of)
    found = told(alert, Seen(of, (channel,)))[0].subject
    return found.replace(alert.number, "NUMBER")


def test_a_subject_says_matter_place_and_deed():
    assert heading(of=THREAT, channel="local_forum") == "Threat on a local forum: read now (NUMBER)"
    assert heading(of=DETAILS, channel="facebook") == "A pupil’s details on Facebook: decide today (NUMBER)"
    bare = verdict(Route.REQUEST_REMOVAL, About.SCHOOL, content_class="C4", themes=("meals",))
    assert heading(of=bare, channel="local_forum") == "Meals, local forum, mention: decide today (NUMBER)"
    unlawful = replace(bare, content_class="C13")
    assert heading(of=unlawful, channel="local_forum").startswith("Perhaps against the law: ")
    posing = Topic("0007", False, "impersonation", About.SCHOOL, "school_review_site")
    assert subject(posing, words("en"), "decided?") == "False school account: decided? (0007)"
    assert heading(of=verdict(), channel="facebook") == "Safeguarding matter: read now (NUMBER)"


def test_matter_and_deed_stand_whole_in_what_a_telephone_shows():
    w = words("en")
    does = sorted((w(k) for k in w.lines if k.startswith(("instant.do.", "case.do."))), key=len)[::-4]
    topics = [Topic("0007", False, *at) for at in product(LABELS, About, (*CHANNELS, ""))]
    topics += [Topic("0007", event=event) for event in PressEvent] + [Topic("0007", restricted=True)]
    long = {
        s
        for t, do, danger in product(topics, does, (False, True))
        if len(s := subject(t, w, do, danger=danger).removesuffix(" (0007)")) > PHONE_CHARS
    }
    assert not long


def test_a_matter_with_a_case_goes_by_its_number_in_one_thread_with_the_first_mail():
    alert = raised(THREAT)
    found = told(alert, cases=("482913", "100204"))
    found += escalated(alert, AT_15, FIRST, cases=("482913", "100204"))
    assert all("482913" in (m.subject or m.body) for m in found)
    assert not any(alert.number in m.subject + m.body for m in found)
    alert = raised(THREAT)
    first = told(alert)[0]
    again = told(replace(alert, times=2))[0]
    (asked, *_) = escalated(alert, AT_15, replace(FIRST, person_id=first.person_id))
    assert (first.thread, {again.thread, asked.thread}) == (first.key, {first.key})
    assert len({first.key, again.key, asked.key}) == 3


def everything(alert, seen):
    return [
        *told(alert, seen, targets=frozenset({"dsl"})),
        *escalated(alert, AT_15, FIRST, seen=seen),
        *escalated(alert, AT_60, LAST, TO_CHAIR, seen=seen, menders=("it",)),
    ]


@given(
    SEEN,
    st.sampled_from(Route),
    st.sampled_from(ContentClass),
    st.sampled_from(Severity),
    st.booleans(),
    st.sampled_from([(), (NOW_SAID,), (Reason(DANGER, ""),), (Reason(A_PERSON_DECIDES, ""),)]),
    st.integers(1, 2),
)
def test_a_subject_says_the_matter_in_43_letters_and_a_short_message_its_number_and_what_is_asked(
    seen, route, kind, severity, restricted, because, times
):
    seen = replace(seen, printed=(PostView("", title="zq-title of the post"),))
    alert = replace(
        raised(verdict()), route=route, content_class=kind, severity=severity, restricted=restricted,
        because=because, times=times, warned=("vice",),
    )  # fmt: skip
    lanes = [w for w in words("en").lines if w.startswith("instant.matter.")]
    named = [words("en")(key, number="").casefold() for key in lanes]
    for message in everything(alert, seen):
        first, _, ref = message.subject.partition(" (")
        assert len(first) <= PHONE_CHARS
        assert message.subject.splitlines() == ([message.subject] if message.subject else [])
        assert ref in ("", f"{alert.number})")
        said = message.subject or message.body
        assert not [p.name for p in EVERYBODY if p.name in said]
        assert "zq" not in said
        if message.via is Via.CHAT:
            assert alert.number in said or message.kind == "warning"
            assert not [lane for lane in named if lane in said.casefold()]


@pytest.mark.parametrize("clock", [2, 6, 7, 12, 21, 22])
def test_who_is_wronged_and_not_in_danger_hears_of_it_between_seven_and_ten_and_else_at_half_past_seven(
    clock,
):
    now = NOW.replace(hour=clock)
    calm = replace(raised(DETAILS), severity=Severity.RESPOND)
    for alert, waits in ((calm, not 7 <= clock < 22), (raised(THREAT), False)):
        t = telling(alert, EVERYBODY, SCHOOL, PAGES, now, NOTHING_SEEN, threatened=frozenset(("vice",)))
        due = to_target(t, To("vice", "question", "key"), ["head"]).due_at
        assert (due != now) == waits
        assert not waits or f"{due.astimezone(ZONE):%H:%M}" == "07:30"


@given(
    SEEN,
    st.sampled_from(ContentClass),
    st.sampled_from([Route.SAFEGUARDING, Route.POLICE_NOW, Route.PLATFORM_REPORT]),
    st.sampled_from([Severity.TODAY, Severity.THIS_HOUR]),
    st.none() | st.just(NOW - timedelta(days=900)),
    st.sampled_from([(), (Reason(A_PERSON_DECIDES, ""),), (Reason("perhaps_other_school", ""),)]),
)
def test_nothing_of_a_restricted_post_is_in_any_message(seen, kind, route, severity, old, because):
    plain = replace(raised(verdict(severity=severity)), route=route)
    other = replace(plain, content_class=kind, posted_at=old, because=because)
    assert [(m.subject, m.body, m.html) for m in everything(other, seen)] == [
        (m.subject, m.body, m.html) for m in everything(plain, Seen())
    ]


def test_the_page_says_what_the_text_says_and_its_first_line_not_the_subject():
    for of in [THREAT, DETAILS, verdict()]:
        (mail, *_) = told(raised(of), Seen(of, ("facebook",)))
        for paragraph in mail.body.split("\n\n")[:3]:
            assert mail.subject.partition(":")[0].casefold() not in paragraph.casefold()
    (mail, *_) = told(raised(THREAT), Seen(THREAT, ("facebook",), NOW - timedelta(hours=2)))
    assert mail.html is not None
    link = PAGES.links.page("story-1", mail.person_id, NOW)
    for line in filter(None, mail.body.splitlines()):
        assert line.strip().removesuffix(":").replace("&", "&amp;") in mail.html.replace("<br>", "\n")
    assert mail.html.count("<a ") == mail.html.count(f'href="{link}"') == 1
    assert 'class="danger"' in mail.html
    assert "schoolgate alerts" not in mail.body
    (mail, *_) = told(raised(DETAILS), Seen(DETAILS, ("facebook",)))
    assert 'class="danger"' not in (mail.html or "")
    assert "999" not in mail.subject


@pytest.mark.parametrize("of", [THREAT, verdict(severity=Severity.THIS_HOUR)])
def test_where_somebody_said_danger_now_every_message_by_mail_says_so_first_with_999(of):
    alert = replace(raised(replace(of, reasons=(NOW_SAID,))), warned=("it",))
    asked = Escalation(alert.id, alert.urn, alert.times, 1, "chair", NOW)
    sent = (*told(alert, targets=frozenset(("dsl",))), *escalated(alert, AT_15, asked))
    mails = [m for m in sent if m.subject]
    assert {m.kind for m in mails} == {"instant", "warning", "escalation"}
    for mail in mails:
        first = mail.body.split("\n\n")[1]
        assert first.startswith("The person who reported it says that somebody is in danger now."), (
            mail.subject
        )
        assert "999" in first
    assert not any("says that somebody is in danger now" in m.body for m in told(raised(of)))


def test_of_an_odd_post_the_leadership_is_told_to_take_the_account_back_and_of_no_danger():
    alert = raised(ODD, people=PEOPLE)
    assert set(alert.audience) == {"it", "head", "deputy", "slt"}
    night = NOW.replace(hour=2)
    assert {m.due_at for m in alert_messages(telling(alert, PEOPLE, SCHOOL, Means(), night))} == {night}
    accusing = by_labels(ODD, about=About.HEAD, subject_person="head", abuse=("defamation",))
    alert = raised(accusing, people=PEOPLE)
    assert set(alert.audience) == {"it", "deputy", "slt"}
    assert alert.excluded == ("head",)
    (mail, *_) = alert_messages(telling(raised(ODD, people=PEOPLE), PEOPLE, SCHOOL, Means(), NOW))
    assert "change its password" in mail.body
    assert "Somebody may be in danger" not in mail.body
    assert "ring 999 or 101" not in mail.body
    said = "Somebody else may be posting on one of the school’s own accounts"
    assert describe(ODD, words("en")) == f"{said}."
    (mail, *_) = alert_messages(
        telling(raised(ODD, people=PEOPLE), PEOPLE, SCHOOL, Means(), NOW, Seen(ODD, ("facebook",)))
    )
    assert f"{said}, on Facebook." in mail.body
    alert = raised(ODD, people=PEOPLE)
    then = next_of_alert(alert, words("en"))
    assert "change the password" in then
    assert "platform" not in then
    for step in (LAST, TO_CHAIR):
        (mail, *_) = escalated(alert, AT_60, replace(step, alert_id=alert.id))
        assert "101" not in mail.body.replace(alert.number, "")


def test_of_a_matter_lost_no_short_message_goes_where_its_subject_reads_it_and_its_link_is_timed():
    assert HEAD.id in OF_HEAD.excluded
    shared = replace(CIRCLE, beside={"dsl": frozenset({"head"}), "head": frozenset({"dsl"})})
    mail, short = urgent_message(LOST, DSL, CIRCLE, NOW)
    assert (mail.via, short.via) == (Via.MAIL, Via.CHAT)
    assert "0007" in short.body
    assert not [p.name for p in EVERYBODY if p.name in short.body]
    assert [m.via for m in urgent_message(LOST, DSL, shared, NOW)] == [Via.MAIL]
    paged = replace(CIRCLE, links=Links("https://schoolgate.example.org", b"k" * 32))
    (mail, _) = urgent_message(LOST, DSL, paged, NOW)
    assert "asks for a code. Each reading is recorded." in " ".join(mail.body.split())
    (without, _) = urgent_message(LOST, DSL, CIRCLE, NOW)
    assert "asks for a code" not in without.body
