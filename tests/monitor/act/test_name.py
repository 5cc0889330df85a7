"""Whom a matter is aimed at and about, as whoever decides names them, and what was said at the door."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from builders.home import begun_as, do_in, do_on, rows_of
from builders.judges import OAKFIELD
from builders.mention import NOW, POLICY, Clock, a_batch, a_mention, a_store, a_verdict, an_alert, save

from alerts.links import Links
from classifiers.verdicts.by_people import Naming
from data.cases import Event
from data.ids import digest
from data.judged import NAMED
from data.matters import Mistake, SaidWrong, WrongKind
from data.privacy import TermKind, term
from data.steps.acts import Done, Refused
from data.steps.classes import Conflicted
from data.steps.codes import StepKind
from data.store import alerts as alert_store
from data.store import owners as owner_store
from data.store.cases import steps_of_case
from data.store.engine import audit_chain
from data.store.outbox import put_outbox
from data.store.privacy import find_held
from data.store.verdicts import story_verdicts
from data.store.weekly import count_actions
from data.types import (
    About,
    Alert,
    Harm,
    Mark,
    Marked,
    Meant,
    OutboxMessage,
    Person,
    Reason,
    Role,
    Route,
    Severity,
)
from monitor.act.mark import Handling
from monitor.act.matter import Happened, own_matters, own_posts, own_word, say_for_oneself, say_what_happened
from monitor.act.step import open_case, take_step
from monitor.act.wrong import NOBODY, THREATENED, Marking, answer, correct, name, say_wrong
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.matters.reader import Reader, Session
from monitor.pipeline.supplied import CHILD_IMAGE

HEAD = Person("head", "Mrs Tamsin Quillfeather", (Role.HEAD,), "head@example.org")
DSL = Person("dsl", "Ms Imogen Larkspur", (Role.DSL,), "dsl@example.org")
DEPUTY = Person("deputy", "Ms Noor Ashdown", (Role.DEPUTY_DSL,), "deputy@example.org")
CHAIR = Person("chair", "Mr Edmund Saltmarsh", (Role.CHAIR,), "chair@example.org")
TEACHER = Person("teacher", "Mr Barnaby Thistlewood", (Role.STAFF,), "teacher@example.org")
OTHER = Person("other", "Mr Alan Wraith", (Role.STAFF,), "other@example.org")
PEOPLE = (HEAD, DSL, DEPUTY, CHAIR, TEACHER, OTHER)
LATER = NOW + timedelta(hours=1)
AGREED = LATER + timedelta(hours=1)
POST = a_mention("one", channel="local_forum", text="Somebody there grabbed my boy and left marks on him.")
HARMED = {
    "severity": Severity.THIS_HOUR, "route": Route.SAFEGUARDING, "abuse": ("safeguarding",),
    "about": About.HEAD, "content_class": "C10", "restricted": True,
    "endangers": (Meant("child", 1.0, "model:safeguarding", Harm.CHILD),),
    "accuses": (Meant("office:head", 0.25, "nobody_named"),),
}  # fmt: skip
"""An allegation that may mean the head, since nobody said who it was."""
LOOK = {"severity": Severity.NOTE, "route": Route.NOTE, "look": True, "look_rank": 0.5, "about": About.STAFF}


class Home:
    story = "s-one"

    def __init__(self, home: Path, key: tuple, people=PEOPLE):
        """A copy of the home that `begin` made, and what was done `first`: once for each key."""
        self.clock = Clock(LATER)
        self.config = Config(Path("schoolgate.toml"), (OAKFIELD,), people=people)
        ours = a_store(home, self.clock)
        begun_as(ours, (type(self).__name__, people, *key), self.fill)
        self.store = ours

    def fill(self, store):
        self.store = store
        self.begin()

    def session(self, person: Person) -> Session:
        context = Context(self.config, self.store.home, Links())
        return Session(self.config, self.store, person, context)

    @property
    def alert(self) -> Alert:
        with self.store.open_reader() as con:
            (found,) = alert_store.list_alerts(con, open_only=False)
        return found

    def asked(self):
        """What waits for a second person."""
        with self.store.open_reader() as con:
            return owner_store.list_asked(con, self.story, OAKFIELD.urn, ())

    def answer(self, by=HEAD, *, agrees=True, why="So do I"):
        (asked,) = self.asked()
        return self.do(by, AGREED, answer, asked, why, agrees=agrees)

    def do(self, by, at, act, *given, **named):
        return do_on(self.session(by), self.story, OAKFIELD.urn, at, act, *given, **named)

    def rows(self, sql):
        return rows_of(self.store, sql)

    def judged(self, story="s-one"):
        with self.store.open_reader() as con:
            (found,) = story_verdicts(con, [story])[story]
        return found


class Desk(Home):
    """A home with one post, judged as said, and the alert that it led to."""

    def __init__(
        self, home: Path, *, told=("dsl", "deputy", "chair"), kept_out=("head",), people=PEOPLE,
        first=lambda desk: None, **judged,
    ):  # fmt: skip
        self.begun = told, kept_out, first, tuple(sorted(judged.items()))
        super().__init__(home, self.begun, people)

    def begin(self):
        told, kept_out, first, judged = self.begun
        v = a_verdict(POST, **dict(judged))
        alert = an_alert(
            "s-one", severity=v.severity, route=v.route, content_class=v.content_class,
            restricted=v.restricted, audience=told, excluded=kept_out,
        )  # fmt: skip
        raised = [alert] if v.severity >= Severity.TODAY else []
        said = ("instant", "…", "…", LATER, LATER + timedelta(days=1), alert.id)
        mails = tuple(
            OutboxMessage(digest("outbox", alert.id, str(alert.times), p), OAKFIELD.urn, p, *said)
            for p in (told if raised else ())
        )
        with self.store.write("test") as con:
            batch = a_batch(POST, verdicts=[v], alerts=raised)
            save(con, replace(batch, outbox=mails), now=NOW, policy=POLICY)
        first(self)

    def name(self, by=DSL, why="I know him", at=LATER, **said):
        return self.do(by, at, name, Naming(**said), why)

    def correct(self, kind, route=None, by=DSL, why="I know better", at=LATER):
        return self.do(by, at, correct, Marking(kind, route), why)

    def waiting(self):
        sql = (
            "SELECT DISTINCT person_id FROM outbox WHERE sent_at IS NULL AND withdrawn_at IS NULL ORDER BY 1"
        )
        return [person for (person,) in self.rows(sql)]

    def case(self):
        """The one that is open about it."""
        reader = Reader(self.config, self.store, DSL)
        with self.store.open_reader() as con:
            (found,) = reader.look(con, {"s-one": OAKFIELD.urn}).cases
        return found


def opened(desk, by=DSL):
    return open_case(desk.session(by), "s-one", "", LATER)


@pytest.fixture
def allegation(tmp_path) -> Desk:
    return Desk(tmp_path, **HARMED)


@pytest.fixture
def with_case(tmp_path) -> Desk:
    return Desk(tmp_path, **HARMED, first=opened)


def test_whom_it_is_about_is_left_out_at_once_and_whom_it_only_may_have_meant_told_once_two_say_so(
    allegation,
):
    """Meanwhile it is on record with who said it and why, the words of before are kept, and the mail to who
    was told in the head's place is withdrawn while it waits; a case that is opened after it has them too."""
    words = "SELECT reasons FROM restricted_texts"
    kept = allegation.rows(words)[0][0][OAKFIELD.urn]
    said = {"about": ("teacher",), "aimed_at": ("other",), "why": "His mother told me his name"}
    assert isinstance(allegation.name(**said), Done)
    assert {*allegation.alert.excluded} == {"teacher", "head"}
    assert "head" not in allegation.waiting()
    assert "chair" in allegation.waiting()
    with allegation.store.open_reader() as con:
        (entry,) = [link.entry for link in audit_chain.links(con) if link.entry.action == "who_was_named"]
        assert (entry.actor, entry.subject) == ("dsl", allegation.alert.id)
        assert "subjects:teacher" in entry.codes
        assert con.execute("SELECT note FROM audit_notes").fetchall() == [("His mother told me his name",)]
    assert allegation.rows(words)[0][0][OAKFIELD.urn][: len(kept)] == kept
    assert allegation.rows("SELECT reason_texts FROM verdicts") == [([],)]
    assert isinstance(allegation.answer(DEPUTY), Done)
    alert, judged = allegation.alert, allegation.judged()
    assert (alert.excluded, alert.times) == (("teacher",), 1)
    assert {"head", "dsl"} <= {*alert.audience}
    assert "head" in allegation.waiting()
    assert "chair" not in (*allegation.waiting(), *alert.audience)
    assert (judged.accuses, judged.about) == ((Meant("person:teacher", 1.0, NAMED),), About.STAFF)
    case = opened(allegation).made.case
    assert (case.target, case.subjects) == ("other", ("teacher",))


def test_who_was_told_and_turns_out_to_be_accused_is_told_no_more_and_their_mail_is_withdrawn(tmp_path):
    desk = Desk(tmp_path, **HARMED | {"about": About.STAFF, "accuses": ()}, told=("dsl", "head"), kept_out=())
    desk.name(about=("head",))
    assert desk.alert.excluded == ("head",)
    assert "head" not in (*desk.alert.audience, *desk.waiting())
    assert "chair" in desk.waiting()
    assert desk.alert.times == 2


def test_where_two_say_that_it_is_about_nobody_of_the_school_nobody_is_left_out(allegation):
    allegation.name(about=())
    assert allegation.alert.excluded == ("head",)
    allegation.answer(DEPUTY)
    assert allegation.alert.excluded == ()
    assert allegation.judged().about is About.OTHER


def test_at_whom_it_is_aimed_becomes_a_target_and_is_told_of_the_danger(tmp_path):
    """Words with a surname that is nobody's reached only the digest."""
    desk = Desk(tmp_path, **LOOK)
    desk.name(aimed_at=("other",))
    alert = desk.alert
    assert (alert.severity, alert.route) == (Severity.TODAY, Route.POLICE_NOW)
    assert {"other", "head", "dsl"} <= {*alert.audience}
    assert {"other", "head", "dsl"} <= {*desk.waiting()}
    assert Meant("person:other", 1.0, NAMED, Harm.VIOLENCE) in desk.judged().endangers


def test_at_whom_a_childs_matter_is_aimed_makes_no_allegation_of_it(tmp_path):
    desk = Desk(tmp_path, **HARMED | {"about": About.PUPIL, "accuses": ()}, told=("dsl",), kept_out=())
    desk.name(aimed_at=("head",))
    assert "head" in desk.alert.audience
    assert "chair" not in desk.alert.audience
    assert desk.judged().about is About.PUPIL


def test_who_was_told_already_is_not_mailed_again_and_keeps_it_in_hand(allegation):
    alert_id = allegation.alert.id
    with allegation.store.write("test") as con:
        alert_store.ack(con, alert_id, "dsl", NOW)
        con.execute("UPDATE outbox SET sent_at = due_at")
    allegation.name(about=("teacher",))
    allegation.answer(DEPUTY)
    with allegation.store.open_reader() as con:
        assert alert_store.owners_of_alerts(con, [alert_id])[alert_id].person == "dsl"
        told = con.execute("SELECT person_id FROM outbox WHERE kind = 'instant' AND sent_at IS NULL")
        assert told.fetchall() == [("head",)]


def test_who_may_be_accused_or_may_not_read_it_does_not_say_who_is_meant_and_it_wants_a_reason(allegation):
    before = allegation.rows("SELECT * FROM alerts")
    for by in (HEAD, TEACHER):
        assert isinstance(allegation.name(by=by, about=("other",)), Refused)
    for said in ({"why": " ", "about": ("teacher",)}, {"about": ("stranger",)}, {}):
        assert isinstance(allegation.name(**said), Refused)
    assert allegation.rows("SELECT * FROM alerts") == before


def test_who_was_taken_to_be_the_target_and_is_not_is_told_no_more(tmp_path):
    threat = {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW, "content_class": "C6"}
    wraith = Meant("person:other", 1.0, "signal:threat", Harm.VIOLENCE)
    desk = Desk(tmp_path, **threat, endangers=(wraith,), told=("dsl", "head", "other"), kept_out=())
    desk.name(aimed_at=("teacher",))
    assert "other" not in (*desk.alert.audience, *desk.waiting())
    assert "teacher" in desk.waiting()


def test_a_case_that_is_open_has_everybody_at_whom_it_is_aimed_and_whom_it_accuses(with_case):
    """It keeps its target."""
    with_case.name(about=("teacher",), aimed_at=("other", "deputy"))
    assert {*with_case.case().subjects} == {"head", "teacher"}
    with_case.name(aimed_at=("chair", "other"))
    with_case.answer(DEPUTY)
    case = with_case.case()
    assert (case.subjects, case.accused) == (("teacher",), ("teacher",))
    with with_case.store.open_reader() as con:
        said = [s.said.beside for s in steps_of_case(con, case.id) if s.said.kind is StepKind.TARGET]
        found = find_held(con, [OAKFIELD.urn], term(TermKind.HANDLE, "nobody"), ("deputy",))
    assert case.target == "other"
    assert said == [("deputy",), ("chair",)]
    assert found.cases == (case.id,)


def with_words_anew(desk):
    threat = a_verdict(
        POST, 2, severity=Severity.THIS_HOUR, route=Route.POLICE_NOW, content_class="C6", about=About.STAFF,
        endangers=(Meant("person:teacher", 1.0, "name", Harm.VIOLENCE),),
    )  # fmt: skip
    words = replace(POST, text="I will burn his car tonight.")
    do_in(desk.store, save, a_batch(words, verdicts=[threat], version=2), now=NOW, policy=POLICY)


@pytest.fixture
def edited(tmp_path) -> Desk:
    """A post whose former words accuse the teacher, and whose words of now are a threat to him alone."""
    accused = HARMED | {"about": About.STAFF, "accuses": (Meant("person:teacher", 1.0, "name"),)}
    return Desk(tmp_path, **accused, told=("dsl", "head"), kept_out=("teacher",), first=with_words_anew)


def test_at_whom_it_is_aimed_lets_nobody_in_whom_former_words_accuse(edited):
    edited.name(aimed_at=("teacher",))
    assert (edited.alert.excluded, edited.alert.warned) == (("teacher",), ("teacher",))


def test_whom_it_is_about_takes_the_place_of_whom_former_words_accuse_once_two_say_so(edited):
    edited.name(about=("other",))
    assert {*edited.alert.excluded} == {"other", "teacher"}
    edited.answer(HEAD)
    assert edited.alert.excluded == ("other",)


TAKEN_FOR_AN_ALLEGATION = HARMED | {
    "route": Route.POLICE_NOW, "abuse": ("threat", "safeguarding"), "about": About.STAFF,
    "endangers": (
        Meant("person:teacher", 1.0, "name", Harm.VIOLENCE), Meant("child", 0.6, "linking", Harm.CHILD),
    ),
    "accuses": (Meant("person:teacher", 0.25, "linking"),),
}  # fmt: skip
"""A threat to a teacher who put a child in isolation, which leaves her out as accused."""
TO_POLICE = (WrongKind.WRONG_LANE, Route.POLICE_NOW)


@pytest.fixture
def mistaken(tmp_path) -> Desk:
    return Desk(
        tmp_path, **TAKEN_FOR_AN_ALLEGATION, told=("head", "dsl"), kept_out=("teacher",), first=opened
    )


@pytest.fixture
def caseless(tmp_path) -> Desk:
    """The same, of which nobody opened a case."""
    return Desk(tmp_path, **TAKEN_FOR_AN_ALLEGATION, told=("head", "dsl"), kept_out=("teacher",))


def lane(desk):
    with desk.store.open_reader() as con:
        known = Reader(desk.config, desk.store, DSL).look(con, {"s-one": OAKFIELD.urn})
    return known.stored.by_story["s-one"].bypass


def how(desk):
    alert = desk.alert
    return alert.route, alert.content_class, alert.restricted, alert.excluded, lane(desk)


def test_a_threat_taken_for_an_allegation_is_in_another_lane_once_a_second_person_agrees(mistaken):
    """That is a second who says the same; its case, its words and its record follow."""
    before = how(mistaken)
    assert isinstance(mistaken.correct(*TO_POLICE, by=HEAD), Done)
    mistaken.correct(*TO_POLICE, by=HEAD, at=AGREED)
    assert (how(mistaken), asked_by_mail(mistaken)) == (before, [("deputy",), ("dsl",)]), "asked once"
    assert isinstance(mistaken.correct(*TO_POLICE, by=DSL), Done)
    assert how(mistaken) == (Route.POLICE_NOW, "C6", False, (), None)
    assert "teacher" in mistaken.waiting()
    case = mistaken.case()
    assert (case.lane, case.content_class, case.subjects, case.restricted) == (None, "C6", (), False)
    assert mistaken.rows(
        "SELECT restricted, text FROM mentions JOIN mention_versions ON mention_id = id"
    ) == [(False, POST.text)]
    with mistaken.store.open_reader() as con:
        agreed = [x.entry for x in audit_chain.links(con) if x.entry.action == "who_was_named"][-1]
    assert (agreed.actor, agreed.codes[:3]) == ("dsl", ("kind:wrong_lane", "person:head", "given:teacher"))


ALLEGED = TAKEN_FOR_AN_ALLEGATION | {"route": Route.SAFEGUARDING, "endangers": HARMED["endangers"]}


def test_whom_one_word_says_is_threatened_is_told_and_the_second_person_asked_at_once(tmp_path):
    """She was taken to be accused: she is told the bare fact alone, and let in once the second agrees."""
    desk = Desk(tmp_path, **ALLEGED, told=("head", "dsl"), kept_out=("teacher",))
    said = (Mistake.ACCUSED, THREATENED, "She set a detention")
    came = desk.do(HEAD, LATER, say_wrong, *said)
    assert isinstance(came, Done)
    assert desk.rows("SELECT kind FROM outbox WHERE person_id = 'teacher'") == [("warning",)]
    assert asked_by_mail(desk) == [("deputy",), ("dsl",)]
    assert desk.alert.excluded == ("teacher",)
    desk.answer(DSL)
    assert (desk.alert.route, desk.alert.excluded, lane(desk)) == (Route.POLICE_NOW, (), None)
    assert "teacher" in desk.waiting()


def test_whom_one_word_warned_is_told_by_which_office_it_is_withdrawn_once_a_second_refuses(tmp_path):
    desk = Desk(tmp_path, **ALLEGED, told=("head", "dsl"), kept_out=("teacher",))
    said = (Mistake.ACCUSED, THREATENED, "She set a detention")
    desk.do(HEAD, LATER, say_wrong, *said)
    desk.answer(DSL, agrees=False, why="It is of another")
    (mail,) = desk.rows("SELECT body FROM outbox WHERE person_id = 'teacher' AND kind = 'account'")
    assert "the designated safeguarding lead (DSL) withdraws that warning" in mail[0]
    assert not [m for m in desk.judged().endangers if m.person == "teacher"]
    assert (desk.alert.excluded, desk.alert.warned) == (("teacher",), ())
    with desk.store.open_reader() as con:
        (note,) = owner_store.notes_of(con, "s-one", OAKFIELD.urn)
    assert (note.person_id, "It is of another" in note.note) == ("dsl", True)


def test_no_refusal_withdraws_the_warning_of_whom_it_leaves_in_or_the_words_themselves_endanger(tmp_path):
    aimed = (*HARMED["endangers"], Meant("person:teacher", 1.0, "name", Harm.VIOLENCE))
    desk = Desk(tmp_path / "in", **HARMED | {"endangers": aimed})
    desk.name(aimed_at=("teacher",), about=())  # the head is let in only if a second agrees
    desk.answer(CHAIR, agrees=False)
    out = Desk(tmp_path / "out", **ALLEGED | {"endangers": aimed}, kept_out=("teacher",))
    warning = OutboxMessage("k", OAKFIELD.urn, "teacher", "warning", "…", "…", NOW, AGREED, out.alert.id)
    do_in(out.store, put_outbox, [warning], NOW)
    said = (Mistake.ACCUSED, THREATENED, "She set a detention")
    out.do(DSL, LATER, say_wrong, *said)
    out.answer(CHAIR, agrees=False)
    for one in (desk, out):
        assert [m.harm for m in one.judged().endangers if m.person == "teacher"] == [Harm.VIOLENCE]
        assert one.rows("SELECT key FROM outbox WHERE person_id = 'teacher' AND kind = 'account'") == []


def test_what_a_home_of_before_asked_of_what_was_said_at_the_door_still_waits_and_lets_in(tmp_path):
    by_door = HARMED | {"accuses": (Meant("person:teacher", 1.0, "person_said"),), "about": About.STAFF}
    desk = Desk(tmp_path, **by_door, told=("head", "dsl"), kept_out=("teacher",))
    for who in ("head", "dsl"):
        said = SaidWrong(POST.id, OAKFIELD.urn, who, None, "", None, "So", LATER, "withdrawn")
        do_in(desk.store, owner_store.put_said_wrong, said, "s-one")
    first, _ = desk.asked()
    assert isinstance(desk.do(DEPUTY, AGREED, answer, first, "So do I", agrees=True), Done)
    assert desk.alert.excluded == ()


def test_nobody_ends_a_danger_alone_by_saying_that_it_puts_nobody_in_danger_or_goes_another_way(tmp_path):
    hour = ASIDE | {"severity": Severity.THIS_HOUR, "accuses": ()}
    desk = Desk(tmp_path, **hour, told=("head", "dsl"), kept_out=())
    assert isinstance(desk.do(HEAD, LATER, say_wrong, Mistake.DANGER, NOBODY, ""), Refused)
    desk.do(HEAD, LATER, say_wrong, Mistake.DANGER, NOBODY, "A joke")
    assert ([one.kind for one in desk.asked()], len(open_alerts(desk))) == (["too_grave"], 1)
    assert asked_by_mail(desk) == [("deputy",), ("dsl",)]
    desk.do(HEAD, AGREED, say_wrong, Mistake.LANE, "platform_report", "A joke")
    assert desk.alert.route is Route.REQUEST_REMOVAL
    assert asked_by_mail(desk) == [("deputy",), ("deputy",), ("dsl",), ("dsl",)]


def test_once_a_second_person_agrees_that_nobody_is_in_danger_it_is_none(tmp_path):
    hour = ASIDE | {"severity": Severity.THIS_HOUR, "accuses": ()}
    desk = Desk(tmp_path, **hour, told=("head", "dsl"), kept_out=())
    desk.do(HEAD, LATER, say_wrong, Mistake.DANGER, NOBODY, "A joke")
    assert isinstance(desk.do(DSL, AGREED, say_wrong, Mistake.DANGER, NOBODY, "So it is"), Done)
    assert open_alerts(desk) == []


def test_what_was_never_raised_is_raised_by_a_graver_way_alone(tmp_path):
    desk = Desk(tmp_path, severity=Severity.RESPOND, route=Route.RESPOND)
    came, raised = [], []
    for way in ("respond", "platform_report"):
        came.append(type(desk.do(DSL, LATER, say_wrong, Mistake.LANE, way, "So")))
        raised.append(len(desk.rows("SELECT id FROM alerts")))
    assert (came, raised) == ([Refused, Done], [0, 1])


def test_whoever_may_agree_is_asked_by_mail_and_refused_it_stays_as_it_was_and_whoever_asked_reads_so(
    caseless,
):
    """Nobody agrees who asked, is left out, may not decide or gives no reason."""
    before = how(caseless)
    caseless.correct(*TO_POLICE, by=HEAD)
    mails = "SELECT person_id FROM outbox WHERE kind = 'answer' AND body LIKE '%{}%' ORDER BY 1"
    assert caseless.rows(mails.format("asks you to agree")) == [("deputy",), ("dsl",)]
    for by, why in ((HEAD, "So do I"), (TEACHER, "So do I"), (OTHER, "So do I"), (DSL, " ")):
        assert isinstance(caseless.answer(by, why=why), Refused)
    caseless.answer(DSL, agrees=False)
    assert caseless.rows(mails.format("does not agree")) == [("head",)]
    assert (how(caseless), caseless.asked()) == (before, [])


def open_alerts(desk):
    with desk.store.open_reader() as con:
        return alert_store.list_alerts(con)


def asked_by_mail(desk):
    sql = "SELECT person_id FROM outbox WHERE kind = 'answer' AND body LIKE '%asks you to agree%' ORDER BY 1"
    return desk.rows(sql)


def test_nobody_is_asked_twice_for_the_same_and_who_asked_reads_that_a_second_agrees(caseless):
    assert caseless.correct(WrongKind.WRONG_LANE, Route.SAFEGUARDING).guard == "same_lane"
    caseless.name(about=("other",), by=HEAD)
    caseless.name(about=("other",), by=HEAD, at=AGREED)
    assert asked_by_mail(caseless) == [("deputy",), ("dsl",)]
    caseless.name(about=("other",), by=DSL, at=AGREED)
    assert (asked_by_mail(caseless), caseless.asked()) == ([("deputy",), ("dsl",)], [])
    assert caseless.rows("SELECT person_id FROM outbox WHERE subject LIKE '%: agreed%'") == [("head",)]


def test_a_picture_that_may_show_a_child_stays_the_leads(tmp_path):
    desk = Desk(tmp_path, **HARMED | {"reasons": (Reason(CHILD_IMAGE.name, ""),)}, told=("dsl",), kept_out=())
    assert desk.correct(*TO_POLICE).guard == "child_image"


ALONE = replace(HEAD, roles=(Role.HEAD, Role.DSL))


def test_in_a_small_school_the_chair_is_asked_and_reads_it(tmp_path):
    desk = Desk(
        tmp_path, **TAKEN_FOR_AN_ALLEGATION, told=("head",), kept_out=("teacher",),
        people=(ALONE, CHAIR, TEACHER),
    )  # fmt: skip
    desk.correct(*TO_POLICE, by=ALONE)
    assert "chair" in desk.waiting()
    assert isinstance(desk.answer(CHAIR), Done)
    assert lane(desk) is None


def test_where_there_is_no_other_nothing_is_asked_and_who_is_wanted_is_said(tmp_path):
    related = replace(CHAIR, related_to=("teacher",))
    desk = Desk(
        tmp_path, **TAKEN_FOR_AN_ALLEGATION, told=("head",), kept_out=("teacher",),
        people=(ALONE, related, TEACHER),
    )  # fmt: skip
    refused = desk.correct(*TO_POLICE, by=ALONE)
    assert (refused.guard, desk.asked()) == ("no_second", [])
    assert "name a deputy safeguarding lead" in refused.reason


def opened_by_the_head(desk):
    opened(desk, HEAD)


ASIDE = {
    "severity": Severity.TODAY, "route": Route.REQUEST_REMOVAL, "abuse": ("defamation",),
    "content_class": "C7", "about": About.STAFF, "accuses": (Meant("person:teacher", 0.25, "name"),),
}  # fmt: skip


def test_one_person_raises_it_at_once_and_lets_nobody_in(tmp_path):
    desk = Desk(tmp_path, **ASIDE, told=("head",), kept_out=("teacher",))
    desk.correct(WrongKind.WRONG_LANE, Route.POLICE_NOW, by=HEAD)
    assert (desk.alert.severity, desk.alert.route) == (Severity.THIS_HOUR, Route.POLICE_NOW)
    assert desk.alert.excluded == ("teacher",)


def test_what_is_to_be_answered_after_all_is_so_once_two_say_it_and_stays_on_the_lists(tmp_path):
    desk = Desk(tmp_path, **ASIDE, told=("head",), kept_out=())
    desk.correct(WrongKind.WRONG_LANE, Route.RESPOND, by=HEAD)
    assert desk.alert.route is Route.REQUEST_REMOVAL
    desk.answer(DSL)
    assert (desk.alert.severity, desk.alert.route) == (Severity.RESPOND, Route.RESPOND)
    with desk.store.open_reader() as con:
        assert len(alert_store.list_alerts(con)) == 1


THEFT = ASIDE | {"endangers": (Meant("person:teacher", 0.9, "name", Harm.WRONGED),), "accuses": ()}


def test_whom_it_accuses_of_a_theft_is_its_target_and_no_danger_and_nobody_need_say_that_it_accuses_nobody(
    tmp_path,
):
    desk = Desk(tmp_path, **THEFT, told=("head",), kept_out=(), first=opened_by_the_head)
    desk.name(by=HEAD, wronged=("teacher",))
    assert Meant("person:teacher", 1.0, NAMED, Harm.WRONGED) in desk.judged().endangers
    assert (desk.alert.severity, desk.alert.route) == (Severity.TODAY, Route.REQUEST_REMOVAL)
    case = desk.case()
    assert (case.target, case.subjects) == ("teacher", ())
    desk.name(by=HEAD, wronged=("teacher",), at=AGREED)
    assert len(desk.rows("SELECT body FROM outbox WHERE person_id = 'teacher'")) == 1, "mailed once"


def test_a_case_asks_a_second_person_to_let_in_whom_it_left_out_accused_or_with_a_conflict(with_case):
    take = partial(take_step, with_case.session(DSL), with_case.case().id, now=AGREED)
    take(event=Event(Conflicted(person="chair"), "dsl", "Her husband"))
    refused = take(event=Event(Conflicted(person="chair", stands=False), "dsl", "He is not"))
    assert (refused.guard, [one.label for one in with_case.asked()]) == ("two_let_in", ["chair"])
    mails = len(asked_by_mail(with_case))
    take(event=Event(Conflicted(person="chair", stands=False), "dsl", "As I said"), now=AGREED + timedelta(1))
    assert len(asked_by_mail(with_case)) == mails
    with_case.answer(DEPUTY)
    assert with_case.case().subjects == ("head",)


def test_all_whom_two_let_in_and_it_is_aimed_at_are_targets_of_the_case(tmp_path):
    accused = {"accuses": (Meant("person:teacher", 0.25, "name"), Meant("person:other", 0.25, "name"))}
    out = ("teacher", "other")
    desk = Desk(tmp_path, **ASIDE | accused, told=("head",), kept_out=out, first=opened_by_the_head)
    desk.name(by=HEAD, wronged=("teacher", "other"), aimed_at=("deputy",), about=())
    desk.answer(DSL)
    case = desk.case()
    with desk.store.open_reader() as con:
        said = [s.said for s in steps_of_case(con, case.id) if s.said.kind is StepKind.TARGET]
    assert {"teacher", "other"} <= {p for one in said for p in (one.person, *one.beside)}
    assert (case.target, case.subjects) == ("deputy", ())


# --------------------------------------------------------- what the person it is aimed at reads and says


def own(desk, person=TEACHER, at=AGREED):
    with desk.store.open_reader() as con:
        return own_word(Handling(con, desk.session(person), "s-one", OAKFIELD.urn, at))


def say(desk, *codes, person=TEACHER):
    return desk.do(person, AGREED, say_for_oneself, codes)


def listed(desk, person=TEACHER):
    """What stands in their Today as aimed at them."""
    with desk.store.open_reader() as con:
        return [one.story_id for one in own_matters(con, desk.session(person), [OAKFIELD.urn], AGREED)]


def test_a_defamed_teacher_has_a_page_of_her_own_once_two_say_that_she_is_not_alleged(tmp_path):
    """A post that calls a teacher a thief, whose alert took her to be accused and left her out: she is let
    in, reads what was posted and no other does, and says yes to the police for herself."""
    defamed = Desk(tmp_path, **ASIDE, told=("head",), kept_out=("teacher",), first=opened_by_the_head)
    defamed.name(by=HEAD, wronged=("teacher",), about=())
    assert (defamed.alert.excluded, defamed.case().target) == (("teacher",), None)
    assert (own(defamed), listed(defamed)) == (None, [])
    week = OAKFIELD.urn, AGREED - timedelta(days=3), AGREED + timedelta(days=3)
    with defamed.store.open_reader() as con:
        assert count_actions(con, *week)["let_in"] == 0
    defamed.answer(DSL)
    with defamed.store.open_reader() as con:
        assert count_actions(con, *week)["let_in"] == 1, "the governors' report counts it"
    assert (defamed.alert.excluded, defamed.case().target, defamed.case().subjects) == ((), "teacher", ())
    hers = own(defamed)
    assert listed(defamed) == ["s-one"]
    assert hers.open_to == ("safe", "ring_me", "accepted", "declined", "given", "refused")
    mails = "SELECT body FROM outbox WHERE person_id = 'teacher'"
    ((body,),) = defamed.rows(mails)
    assert "Somebody has posted something about you" in " ".join(body.split())
    with defamed.store.open_reader() as con:
        assert [post.text for post in own_posts(con, hers)] == [POST.text]
    assert own(defamed, OTHER) is None
    assert isinstance(say(defamed, "given"), Done)
    assert (defamed.case().consent.value, defamed.case().consent_by) == ("given", "teacher")
    do_in(
        defamed.store, owner_store.record_mark, Marked("s-one", OAKFIELD.urn, Mark.ANSWERED, "head", AGREED)
    )
    assert listed(defamed) == [], "it is over with the matter"


BARE = ("safe", "not_safe", "ring_me", "accepted")
THREAT_ALONE = TAKEN_FOR_AN_ALLEGATION | {"accuses": (), "about": About.PUPIL}


def test_whom_a_threat_in_a_leads_matter_warned_says_that_she_is_safe_and_reads_nothing(tmp_path):
    desk = Desk(tmp_path, **THREAT_ALONE, told=("dsl",), kept_out=())
    hers = own(desk)
    assert (hers.bare, hers.reads, hers.open_to) == (True, False, BARE)
    said = Happened("asked_yes", "In my office", "")
    asked = desk.do(DSL, AGREED, say_what_happened, said)
    assert isinstance(asked, Refused), "she is threatened alone, and asked by nobody"
    assert isinstance(say(desk, "safe", "accepted"), Done)
    hers = own(desk)
    assert (hers.safe_at, hers.open_to) == (AGREED, BARE[:3])
    ((body,),) = desk.rows("SELECT body FROM outbox WHERE kind = 'answer' AND person_id = 'dsl'")
    assert "They say that they are safe. They would like support" in " ".join(body.split())


def test_who_is_threatened_and_alleged_says_the_same_and_nothing_of_the_police(mistaken):
    hers = own(mistaken)
    assert (hers.bare, hers.open_to, listed(mistaken)) == (True, BARE, ["s-one"])
    assert isinstance(say(mistaken, "given"), Refused)
    assert isinstance(say(mistaken, "safe"), Done)


def test_whoever_deals_with_it_asks_her_in_person_and_records_the_answer_with_a_reason(mistaken):
    def record(what, why="In my office"):
        return mistaken.do(DSL, AGREED, say_what_happened, Happened(what, why, ""))

    assert isinstance(record("asked_yes", " "), Refused)
    assert isinstance(record("asked_yes"), Done)
    with mistaken.store.open_reader() as con:
        (why,) = [s.why for s in steps_of_case(con, mistaken.case().id) if s.said.kind is StepKind.NOTED]
    assert "without the words: the police may be told (Mr Barnaby Thistlewood): In my office" in why


def test_whom_to_ring_is_somebody_once_they_have_it(caseless):
    assert own(caseless, HEAD) is None, "she is neither threatened nor alleged"
    assert own(caseless).has == ""
    do_in(caseless.store, alert_store.ack, caseless.alert.id, "head", LATER)
    assert own(caseless).has == "head"
