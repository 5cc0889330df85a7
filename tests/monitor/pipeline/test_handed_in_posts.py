"""What somebody hands in: what was said, not where; what they say of it; and what changes meanwhile."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from builders.home import a_migrated_store, do_in, migrated
from builders.judges import CALM, INSULT, OAKFIELD, PEOPLE, Words, brought, judges, read_in
from builders.mention import NOW, URN, Clock, a_mention, a_store, a_verdict
from builders.taken_in import taken_in
from hypothesis import given, settings
from hypothesis import strategies as st
from support.command_call import called

from alerts.access.matter import alleges
from alerts.links import Links
from classifiers.scoring.persons import PARTS
from classifiers.verdicts.by_people import BY, apply_report, carry_over
from data.digest import Window
from data.errors import InputError
from data.evidence.handed_in import Danger, PictureShows, Says, Whom
from data.judged import HANDED_IN, calls_for_alert, may_picture_a_child, route_rank
from data.retention.deleting import drop_texts
from data.store import alerts as alert_store
from data.store.cases import find_post, posts_of, stories_of_posts, whole_file
from data.store.digest import fresh_stories
from data.store.mentions import find_reports as reports_of
from data.store.outbox import SELECTED, message
from data.store.sealing import restrict_matter, seal_posts
from data.store.stories import story
from data.store.verdicts import former_verdicts
from data.types import (
    SURE,
    About,
    Harm,
    Meant,
    Mention,
    MentionKind,
    Relevance,
    Route,
    Scores,
    Severity,
    Source,
)
from data.web.channels import is_of_many_posts
from monitor.act.report_in import judge_image
from monitor.act.step import open_case
from monitor.cli.commands.model import triage
from monitor.config.home.context import Context
from monitor.config.home.paths import Paths
from monitor.config.load import Config
from monitor.matters.reader import Session, found_case
from monitor.pipeline import supplied as spool
from monitor.pipeline.beforehand import complete_item, facts_of, is_reported, try_posts
from monitor.pipeline.intake import Intake
from monitor.pipeline.supplied import FILE_KEPT, Kept, Report, without_image

GROUP = "https://www.facebook.com/groups/northvale.example"
POST = f"{GROUP}/posts/77"
KNIFE = "I will stab Mr Thistlewood at the gate of Oakfield Primary in Northvale tomorrow, I have the knife."
CONCERT = "What a lovely harvest concert at Oakfield Primary School in Northvale today."
SAID_AGAIN = f"{CALM} Thank you."
WORSE = f"Mr Thistlewood is a moron. {CALM}"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(undone):
    undone.judges = judges()  # as a service has the same ones for long
    return undone


def reported(store, clock, words, url=GROUP, says=None, **more):
    report = Report(words, url, "facebook", None, None, clock(), says=says or Says(), **more)
    return taken(store, clock, report)


def taken(store, clock, report, content=None):
    clock.sleep(60)
    return taken_in(store, clock, report, URN, content, judges=lambda: store.judges)


def held(store, answer):
    """The post as whoever may read all of it sees it."""
    with store.open_reader() as con:
        return find_post(con, answer.mention, restricted=True)


@pytest.mark.parametrize("url", [GROUP, POST])
def test_another_report_with_its_address_leaves_a_knife_threat_as_it_is(store, clock, url):
    threat = reported(store, clock, KNIFE, url)
    concert = reported(store, clock, CONCERT, url)
    assert concert.mention != threat.mention
    assert (held(store, threat).text, held(store, threat).version) == (KNIFE, 1)
    assert held(store, concert).text == CONCERT
    with store.open_reader() as con:
        (told,) = stories_of_posts(con, URN, threat.mention)[threat.mention]
        assert story(con, told).row.top.route is Route.POLICE_NOW
        assert stories_of_posts(con, URN, concert.mention)[concert.mention] != (told,)


def test_a_near_copy_is_a_sighting_of_the_post_whose_words_stay_and_a_graver_one_a_post(store, clock):
    first, again = reported(store, clock, CALM), reported(store, clock, SAID_AGAIN)
    assert (again.mention, again.verdict, again.new) == (first.mention, None, False)
    assert (held(store, first).text, held(store, first).version) == (CALM, 1)
    threat = reported(store, clock, WORSE)
    assert first.verdict.severity < threat.verdict.severity == Severity.TODAY
    assert threat.raised
    assert (held(store, first).text, held(store, threat).text) == (CALM, WORSE)


RUMOUR = (
    "They say that Ned Larch did take the money of Oakfield Primary in Northvale to Ann Reed at 4 on Friday."
)


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        (RUMOUR, [("did", "did not"), ("Larch", "Birch"), ("at 4", "at 5"), ("on Friday", "tomorrow")]),
        (
            "everyone must meet at the park at four we r gonna get jayden smith because of what he said "
            "after ann hit him bring ur phones pls",
            [("jayden smith", "kayden jones"), ("at four", "at nine"), ("must", "mustn't")],
        ),
    ],
    ids=["written well", "in small letters"],
)
def test_a_near_copy_with_another_name_number_or_time_or_a_not_is_a_post_of_its_own_in_the_story(
    store, clock, words, changes
):
    first = reported(store, clock, words)
    others = {words.replace(*change): reported(store, clock, words.replace(*change)) for change in changes}
    assert {text: held(store, answer).text for text, answer in others.items()} == {t: t for t in others}
    ids = [first.mention, *(answer.mention for answer in others.values())]
    assert len({*ids}) == len(changes) + 1
    with store.open_reader() as con:
        assert len({stories_of_posts(con, URN, i)[i] for i in ids}) == 1 or words is not RUMOUR


def test_a_near_copy_of_what_a_person_hid_in_a_group_is_hidden_too_with_another_time(store, clock):
    first = reported(store, clock, RUMOUR)
    with store.write("test") as con:
        ((hidden,),) = con.execute("SELECT story_id FROM matches").fetchall()
        restrict_matter(con, hidden, URN, ("head",), clock())
    again = reported(store, clock, RUMOUR.replace("at 4", "at 5"))
    assert (again.mention == first.mention, again.restricted) == (False, True)


def test_a_list_shows_the_gravest_words_of_a_story_of_which_another_address_is_another_post(store, clock):
    threat, milder = reported(store, clock, WORSE), reported(store, clock, CALM, POST)
    assert threat.mention != milder.mention
    with store.open_reader() as con:
        (told,) = stories_of_posts(con, URN, threat.mention)[threat.mention]
        assert stories_of_posts(con, URN, milder.mention)[milder.mention] == (told,)
        assert story(con, told).row.title == WORSE[:80]


def test_where_it_has_an_address_its_place_is_no_part_of_what_it_is_nor_an_address_alone_a_change(
    store, clock
):
    one = reported(store, clock, CONCERT, POST)
    elsewhere = Report(CONCERT, POST, "manual_report", None, None, clock())
    assert taken(store, clock, elsewhere).mention == one.mention
    assert reported(store, clock, "", POST).mention == one.mention
    assert held(store, one).text == CONCERT


def test_a_few_words_said_again_in_a_group_are_said_again(store, clock):
    of_group = [reported(store, clock, "He hit me again.").mention for _ in range(2)]
    of_post = [reported(store, clock, "He hit me again.", POST).mention for _ in range(2)]
    assert (len({*of_group}), len({*of_post})) == (2, 1)


@pytest.mark.parametrize("words", [CALM, KNIFE])
def test_words_at_an_address_that_was_handed_in_without_any_are_that_post(store, clock, words):
    bare = taken(store, clock, Report("", POST, "facebook", "Lee", None, clock()))
    told = reported(store, clock, words, POST)
    assert told.mention == bare.mention
    assert (held(store, told).text, held(store, told).author) == (words, "Lee")
    assert told.raised is (words is KNIFE)
    if words is KNIFE:
        assert reported(store, clock, words, POST).mention == told.mention
        assert reported(store, clock, CONCERT, POST).mention != told.mention


@pytest.mark.parametrize("known", ["danger", "a case", "another school"])
def test_words_at_an_address_of_which_something_was_raised_are_a_post_of_their_own(store, clock, known):
    bare = reported(store, clock, "", POST, Says(Danger.NOW, "teacher") if known == "danger" else None)
    if known == "another school":
        do_in(store, lambda con: con.execute("UPDATE verdicts SET urn = '900002'"))
    if known == "a case":
        do_in(store, seal_posts, [bare.mention], clock(), "0001")
    told = reported(store, clock, KNIFE, POST)
    assert told.raised
    assert (held(store, bare).text, held(store, told).text) == ("", KNIFE)


def test_calm_words_of_a_post_make_the_danger_that_was_said_of_it_no_smaller():
    danger = (Meant("person:teacher", 1.0, BY, Harm.VIOLENCE),)
    urgent = {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW, "content_class": "C6"}
    former = a_verdict(a_mention("one"), **urgent, endangers=danger)
    found = carry_over(a_verdict(a_mention("one"), severity=Severity.NOTE, route=Route.NOTE), former)
    assert (found.severity, found.route) == (Severity.THIS_HOUR, Route.POLICE_NOW)


def test_what_is_said_of_an_address_leaves_out_who_is_accused_of_its_words_too(store, clock):
    reported(store, clock, "", POST, Says(Danger.NOW, "teacher"))
    told = reported(store, clock, KNIFE, POST)
    reported(store, clock, "", POST, Says(Danger.NOW, "child", Whom.HEAD))
    with store.open_reader() as con:
        kept_out = {a.story_id: a.excluded for a in alert_store.list_alerts(con, open_only=False)}
        (story_id,) = stories_of_posts(con, URN, told.mention)[told.mention]
    assert "head" in kept_out[story_id]


def test_what_is_restricted_or_said_to_be_an_image_in_a_group_hides_nothing_else_that_is_said_there(
    store, clock
):
    assert reported(store, clock, "My stepdad hits me, I am at Oakfield Primary in Northvale.").restricted
    taken(store, clock, without_image(Report("", GROUP, "facebook", None, None, clock())))
    insult = reported(store, clock, INSULT)
    assert not insult.restricted
    with store.open_reader() as con:
        assert find_post(con, insult.mention).text == INSULT


@pytest.mark.parametrize(
    ("url", "many"),
    [
        (GROUP, True), (f"{GROUP}/?ref=share", True), (f"{GROUP}/about", True), (POST, False),
        ("https://chat.whatsapp.com/AbCdEfGhIjK", True), ("https://whatsapp.com/channel/0029Va/101", False),
        ("https://www.reddit.com/r/northvale", True),
        ("https://www.reddit.com/r/northvale/comments/1x2/what", False),
        ("https://www.trustpilot.com/review/oakfield.example", True),
        ("https://www.trustpilot.com/reviews/65f0", False), ("https://discord.gg/oakfield", True),
        ("https://discord.com/channels/1/2/3", False), ("https://talk.example.org/", True),
        ("https://talk.example.org/t/7", False), ("", False),
    ],
)  # fmt: skip
def test_the_address_of_a_group_is_told_from_that_of_a_post(url, many):
    assert is_of_many_posts(url) is many


# ------------------------------------------------------------------ whatever anybody hands in

WORDS = (
    KNIFE, CONCERT, CALM, SAID_AGAIN, INSULT, f"{INSULT} Lovely concert though, and nice weather.", "",
    "My stepdad hits me, I am at Oakfield Primary in Northvale.", "He hit me.",
    WORSE,
)  # fmt: skip
SAYS = st.sampled_from([Says(), Says(), Says(Danger.NOW, "teacher"), Says(Danger.NO, "", Whom.HEAD)])
REPORTS = st.tuples(st.sampled_from(WORDS), st.sampled_from([GROUP, POST]), SAYS, st.booleans())
BY_A_LEAD = ("shows", "shows nothing", "open")
ACTS = st.tuples(st.sampled_from(["flag", *BY_A_LEAD]), st.sampled_from([GROUP, POST]))
READ = st.tuples(st.just("read"), st.sampled_from(WORDS))
SEQUENCES = st.lists(st.one_of(REPORTS, REPORTS, ACTS, READ), min_size=2, max_size=6)
FEW = settings.default.max_examples // 6
"""Each act is judged and saved as it is at the door, which takes long."""


class Home:
    """To which anybody reports, of whose posts a source reads one, and whose safeguarding lead acts."""

    def __init__(self, folder):
        self.clock = Clock()
        self.store = a_store(folder, self.clock)
        migrated(self.store)
        self.store.judges = judges()
        self.config = Config(Path("schoolgate.toml"), (OAKFIELD,), people=PEOPLE)
        self.session = Session(self.config, self.store, PEOPLE[1], Context(self.config, folder, Links()))

    def act(self, what, of, *more):
        """Does one of the above; gives the post that it brought."""
        self.clock.sleep(60)
        if what == "read":
            return self.read(of)
        if more or what == "flag":
            report = Report(what, of, "facebook", "Pat", None, self.clock(), says=more[0] if more else Says())
            flag = what == "flag" or (more[1] and not what)
            report = without_image(replace(report, text="")) if flag else report
            return taken(self.store, self.clock, report).mention
        if what == "open":
            self.open_cases()
        else:
            self.judge_image(of, shows=what == "shows")
        return None

    def read(self, words):
        read = a_mention("read", url=POST, channel="facebook", text=words, title="", fetched_at=self.clock())
        source = Source("town", "feed", "https://talk.example.org/", urns=(URN,))
        read_in(self.store, judges(), brought(source, read, at=self.clock()), self.clock())
        return read.id

    def judge_image(self, url, *, shows):
        home = Paths(self.store.home, self.store.home / "schoolgate.toml")
        with patch("monitor.act.report_in.make_judges", lambda *_: judges()):
            judge_image(self.config, home, PEOPLE[1], (URN, url), "I looked.", self.clock(), shows=shows)

    def open_cases(self):
        with self.store.open_reader() as con:
            alerts = alert_store.list_alerts(con, open_only=False)
        for alert in alerts:
            with suppress(InputError):  # one is open
                open_case(self.session, alert.story_id, "", self.clock())

    def seen(self, mentions):
        """What everybody sees of these posts: their words, people, times, and how grave."""
        with self.store.open_reader() as con:
            verdicts = {i: former_verdicts(con, [i])[-1] for i in mentions}
            posts = {i: find_post(con, i, restricted=True) for i in verdicts}
            alerts = {a.id: a for a in alert_store.list_alerts(con, open_only=False)}
            sql = f"SELECT {SELECTED} FROM outbox WHERE withdrawn_at IS NULL AND kind = 'instant'"
            cases = [found_case(con, i) for (i,) in con.execute("SELECT id FROM cases").fetchall()]
            first = {case.id: whole_file(con, case, restricted=True).post for case in cases}
            mails = {(m.alert_id, m.person_id) for m in map(message, con.execute(sql).fetchall())}
        shown = {
            i: (p.url, p.author, p.title, p.text, p.published, p.first_seen)
            for i, p in (posts | first).items()
        }
        return verdicts, shown, alerts, mails


@settings(max_examples=FEW)
@given(SEQUENCES)
def test_no_report_makes_a_graver_one_unseen_withdraws_an_alert_or_changes_what_is_shown(
    tmp_path_factory, acts
):
    """Of its own post a source may bring other words, which are judged for themselves; a safeguarding lead
    takes back who may know."""
    home = Home(tmp_path_factory.mktemp("home"))
    mentions = set()
    for what, *more in acts:
        before = home.seen(mentions)
        mentions |= {home.act(what, *more)} - {None}
        after = home.seen(mentions)
        for mention, verdict in before[0].items():
            if what == "read" and mention == a_mention("read").id:
                continue
            now = after[0][mention]
            assert now.severity >= verdict.severity
            assert route_rank(now.route) >= route_rank(verdict.route)
        for shown, held in before[1].items():  # of posts, and of cases the first page
            if shown in mentions and not held[3]:  # the words of what had none
                after[1][shown] = (*after[1][shown][:3], "", *after[1][shown][4:])
            assert after[1][shown] == held or (what == "read" and shown == a_mention("read").id)
        for alert_id, alert in before[2].items():
            assert after[2][alert_id].severity >= alert.severity
            assert route_rank(after[2][alert_id].route) >= route_rank(alert.route)
            assert after[2][alert_id].audience
        for alert_id, person in before[3] - after[3]:  # whom it may accuse, as somebody says now
            anew = what == "read" and after[2][alert_id].times > before[2][alert_id].times
            assert anew or what in BY_A_LEAD or person in after[2][alert_id].excluded


# ---------------- what somebody says when they hand it in: it only raises, and only widens who is left out


NOTED = a_verdict(a_mention(), severity=Severity.NOTE, route=Route.NOTE)
BY_A_PERSON = "person_said"


def said(danger="", who="", about="", verdict=NOTED):
    says = Says(Danger(danger) if danger else None, who, Whom(about) if about else None)
    return apply_report(verdict, says)


@pytest.mark.parametrize(
    ("danger", "who", "route", "severity", "meant"),
    [
        ("now", "child", Route.SAFEGUARDING, 4, Meant("child", 1.0, BY_A_PERSON, Harm.CHILD)),
        ("soon", "child", Route.SAFEGUARDING, 3, Meant("child", 1.0, BY_A_PERSON, Harm.CHILD)),
        ("now", "teacher", Route.POLICE_NOW, 4, Meant("person:teacher", 1.0, BY_A_PERSON, Harm.VIOLENCE)),
        ("soon", "school", Route.POLICE_NOW, 3, Meant("school", 1.0, BY_A_PERSON, Harm.VIOLENCE)),
        ("now", "staff", Route.POLICE_NOW, 4, Meant("school", 1.0, BY_A_PERSON, Harm.VIOLENCE)),
        ("now", "", Route.POLICE_NOW, 4, Meant("school", 1.0, BY_A_PERSON, Harm.VIOLENCE)),
    ],
)
def test_somebody_in_danger_as_a_person_says_is_an_alert_that_says_who(danger, who, route, severity, meant):
    found = said(danger, who)
    assert calls_for_alert(found)
    assert (found.route, found.severity, found.endangers) == (route, severity, (meant,))
    assert f"said_danger_{danger}" in {reason.code for reason in found.reasons}


def test_a_child_in_danger_by_the_head_accuses_the_head_and_is_for_the_safeguarding_lead():
    found = said("now", "child", "head")
    assert Meant("office:head", 1.0, BY_A_PERSON) in found.accuses
    assert (found.about, found.restricted, found.content_class) == (About.HEAD, True, "C10")


def test_a_danger_to_the_head_accuses_nobody_and_is_the_heads():
    found = said("now", "staff", "head")
    assert (*found.accuses, *found.endangers) == (Meant("office:head", 1.0, BY_A_PERSON, Harm.VIOLENCE),)


def test_a_danger_to_the_staff_is_also_one_to_whom_the_words_name_and_that_is_told():
    named = replace(NOTED, accuses=(Meant("person:teacher", 0.25, "surname"),))
    found = said("now", "staff", "child", named)
    assert Meant("person:teacher", SURE, BY_A_PERSON, Harm.VIOLENCE) in found.endangers
    assert all(m.who == "school" for m in said("now", "school", "child", named).endangers)


def test_a_danger_to_staff_is_about_staff_unless_the_words_surely_show_a_child_in_danger():
    guessed = replace(NOTED, about=About.PUPIL)
    assert said("now", "teacher", "staff", guessed).about is About.STAFF
    assert said("now", "school", "staff", guessed).about is About.PUPIL
    shown = replace(guessed, endangers=(Meant("child", 1.0, "model:safeguarding", Harm.CHILD),))
    assert said("now", "teacher", "staff", shown).about is About.PUPIL
    of_a_child = replace(guessed, abuse=("safeguarding",), content_class="C10", restricted=True)
    assert said("now", "teacher", "staff", of_a_child).about is About.PUPIL


def test_what_is_about_an_office_may_accuse_it_and_is_looked_at():
    for about in ("head", "dsl", "chair"):
        found = said(about=about)
        assert Meant(f"office:{about}", 0.25, BY_A_PERSON) in found.accuses
        assert (found.look, calls_for_alert(found)) == (True, False)
    assert said(about="staff").route is Route.RESPOND
    harmed = replace(NOTED, endangers=(Meant("child", 1.0, "model:limb", Harm.CHILD),))
    harmful = apply_report(harmed, Says(about=Whom.STAFF))
    assert (harmful.restricted, calls_for_alert(harmful), harmful.about) == (True, True, About.STAFF)
    assert Meant("staff", 1.0, BY_A_PERSON) in harmful.accuses
    smeared = Meant("person:teacher", 0.8, "words", Harm.WRONGED)
    smears = replace(harmed, endangers=(*harmed.endangers, smeared))
    assert alleges(apply_report(smears, Says(about=Whom.STAFF)))


def test_who_tries_to_befriend_staff_is_for_the_safeguarding_lead_and_accuses_no_member_of_staff():
    found = said(about="befriends-staff")
    assert (found.route, found.severity, found.restricted) == (Route.SAFEGUARDING, Severity.TODAY, True)
    assert (found.about, found.accuses) == (About.OTHER, NOTED.accuses)


def test_what_is_handed_in_is_looked_at_though_nobody_says_anything():
    found = said()
    assert (found.look, HANDED_IN in {reason.code for reason in found.reasons}) == (True, True)
    thanked = a_verdict(a_mention(), severity=Severity.NOTE, route=Route.THANK)
    assert apply_report(thanked, Says()) == thanked
    elsewhere = apply_report(
        a_verdict(a_mention(), relevance=Relevance.NOT_ABOUT, route=Route.IGNORE), Says()
    )
    assert (elsewhere.look, elsewhere.relevance) == (True, Relevance.UNSURE)


@given(
    st.sampled_from([None, *Danger]), st.sampled_from(["", "child", "staff", "school", "teacher"]),
    st.sampled_from([None, *Whom]), st.sampled_from(list(Route)), st.sampled_from(list(Severity)),
)  # fmt: skip
def test_whatever_is_said_lowers_nothing_and_leaves_nobody_in_who_was_left_out(
    danger, who, about, route, severity
):
    before = a_verdict(a_mention(), route=route, severity=severity, about=About.STAFF, subjects=("teacher",))
    after = apply_report(before, Says(danger, who if danger else "", about))
    assert after.severity >= before.severity
    assert route_rank(after.route) >= route_rank(before.route)
    assert {*after.accuses} >= {*before.accuses}
    assert {*after.endangers} >= {*before.endangers}
    assert after.restricted >= before.restricted


# ------------------------------------------------------------------ taken in


def handed_in(store, clock, report, content=None, file=None):
    return taken_in(store, clock, report, "900001", content, file, judges=lambda: store.judges)


def a_report(clock, text, says=None, url="https://talk.example.org/7", seen_by=None):
    return Report(text, url, "other", None, seen_by, clock(), says=says or Says())


EXTREME = "Join Islamic State and bomb the unbelievers of Oakfield Primary School, brothers."


def test_of_what_may_be_extremist_no_file_is_kept_though_it_lies_here(store, clock, tmp_path):
    leaflet = b"\x89PNG\r\n\x1a\n leaflet"
    for text, kept in ((EXTREME, 0), (CALM, 1)):
        report = a_report(clock, text, url=f"https://talk.example.org/{kept}")
        handed_in(store, clock, report, leaflet, tmp_path / "leaflet.png")
        with store.open_reader() as con:
            found = con.execute("SELECT count(*) FROM evidence WHERE media_type = 'image/png'").fetchone()
        assert found == (kept,)


def test_a_danger_said_of_what_is_known_already_is_an_alert_all_the_same(store, clock):
    first = handed_in(store, clock, a_report(clock, CALM))
    assert first.alert is None
    told = handed_in(store, clock, a_report(clock, CALM, Says(Danger.NOW, "teacher")))
    assert told.raised
    assert told.verdict.severity == Severity.THIS_HOUR


def test_what_is_said_of_restricted_words_writes_them_nowhere_openly(store, clock):
    assert handed_in(store, clock, a_report(clock, CALM, Says(Danger.NOW, "child"))).restricted
    again = handed_in(store, clock, a_report(clock, "", Says(Danger.NOW, "teacher")))
    assert again.verdict.restricted
    with store.open_reader() as con:
        assert con.execute("SELECT text FROM mention_versions WHERE text IS NOT NULL").fetchall() == []
        assert con.execute("SELECT title FROM stories WHERE title <> ''").fetchall() == []


def test_what_was_said_of_a_post_holds_of_its_later_words(store, clock):
    says = Says(Danger.SOON, "child", Whom.HEAD)
    first = handed_in(store, clock, a_report(clock, CALM, says))
    later = handed_in(store, clock, a_report(clock, f"{CALM} Nobody came."))
    assert (later.mention, later.verdict) == (first.mention, None)
    with store.open_reader() as con:
        (standing,) = former_verdicts(con, [first.mention])
    assert Meant("office:head", 1.0, BY_A_PERSON) in standing.accuses
    assert Meant("child", 1.0, BY_A_PERSON, Harm.CHILD) in standing.endangers
    assert calls_for_alert(standing)


FAKE = "They are passing round a fake nude of a girl in year 6 at Oakfield Primary in Northvale."
PICTURE = b"\x89PNG NOT A PICTURE OF ANYBODY"


def files_with(store, content):
    return [p for p in store.home.rglob("*") if p.is_file() and content in p.read_bytes()]


def test_where_a_file_lies_that_was_not_taken_is_kept_apart_from_the_words_and_deleted_with_them(
    store, clock, tmp_path
):
    names = ("refused", "unsure", "taken")
    at = {name: (tmp_path / f"{name}.png") for name in names}
    refused = handed_in(store, clock, a_report(clock, FAKE), PICTURE, at["refused"])
    assert (refused.shut, refused.restricted) == (True, True)
    report = without_image(a_report(clock, INSULT, url="", seen_by="Office"), unsure=True)
    handed_in(store, clock, report, None, at["unsure"])
    assert files_with(store, PICTURE) == [], "no byte of a picture of a child is written"
    taken = handed_in(
        store, clock, a_report(clock, CALM, url="https://talk.example.org/8"), PICTURE, at["taken"]
    )
    assert not taken.shut
    assert files_with(store, PICTURE) != []
    known = {name: bool(files_with(store, f'"file_at":"{at[name].as_uri()}"'.encode())) for name in names}
    assert known == {"refused": True, "unsure": True, "taken": False}
    with store.open_reader() as con:
        (told,) = reports_of(con, [refused.mention])[refused.mention]
        assert told.file_at == at["refused"].as_uri()
    with store.write("purge") as con:
        drop_texts(con, [refused.mention])
        (left,) = reports_of(con, [refused.mention])[refused.mention]
    assert (left.number, left.file_at) == (told.number, None)


def test_the_safeguarding_lead_is_told_of_a_file_kept_before_somebody_said_what_it_may_show(
    store, clock, tmp_path
):
    handed_in(store, clock, a_report(clock, INSULT), PICTURE)
    image = without_image(a_report(clock, ""))
    answer = handed_in(store, clock, image, None, tmp_path / "shot.png")
    assert FILE_KEPT in answer.verdict.reasons
    other = without_image(a_report(clock, "", url="https://talk.example.org/9"))
    assert FILE_KEPT not in handed_in(store, clock, other).verdict.reasons


@pytest.mark.parametrize(
    ("scores", "shut"),
    [
        ((("abuse:sexual", 0.1), ("about:pupil", 0.4)), True),
        ((("abuse:sexual", 0.3), ("abuse:safeguarding", 0.1)), True),
        ((("abuse:sexual", 0.9), ("about:pupil", 0.05)), False),
        ((("abuse:sexual", 0.09), ("about:pupil", 0.9)), False),
    ],
)
def test_a_picture_is_left_out_from_a_low_likelihood_that_it_is_sexual_and_of_a_child(scores, shut):
    assert may_picture_a_child(a_verdict(a_mention(), scores=scores)) is shut


def test_words_that_came_with_a_file_of_which_nobody_is_sure_are_judged_and_only_for_the_few(
    store, clock, tmp_path
):
    shot = tmp_path / "kill-them-all.png"
    report = without_image(
        a_report(clock, "I will stab Mr Thistlewood at the gate of Oakfield Primary tomorrow."), unsure=True
    )
    answer = handed_in(store, clock, report, None, shot)
    assert answer.restricted
    assert answer.verdict.route is Route.POLICE_NOW
    assert {"threat", "sexual", "safeguarding"} <= {*answer.verdict.abuse}


def test_what_was_said_waits_with_the_report_that_could_not_be_saved(tmp_path):
    says = Says(Danger.SOON, "teacher", Whom.HEAD, PictureShows.NO)
    kept = Kept(Report("It says so.", "", "other", None, None, NOW, says=says), "900001", NOW)
    with spool.spool_report(tmp_path, kept):
        pass
    (path,) = spool.spooled_reports(tmp_path)
    with spool.hold_report(path) as read:
        assert read == kept


# ---------------------------- while others work on the same store: what changed while it was judged counts


URL = "https://talk.example.org/7"
HELP_ME = "im at oakfield primary in northvale. my stepdad hits me, please help"


class Meanwhile(Words):
    """A model that takes its time: something else is done before it has its first answer."""

    def __init__(self, done):
        self._done = [done]

    def score(self, texts):
        if self._done:
            self._done.pop()()
        return super().score(texts)


def reported_meanwhile(store, clock, text, meanwhile, url=URL):
    """A report that is taken in, while `meanwhile` is done."""
    model = Meanwhile(meanwhile)
    report = Report(text, url, "other", None, None, clock())
    meant = replace(judges(), scorer=lambda: model)
    return taken_in(store, clock, report, "900001", judges=lambda: meant)


def scanned(store, text, url=URL):
    """The same address as a scan reads it."""
    mention = Mention("7" * 16, url, "local_forum", MentionKind.POST, "", text, NOW)
    source = Source("town", "feed", "https://talk.example.org/", urns=("900001",))
    read_in(store, judges(), brought(source, mention, at=NOW), NOW)


def test_words_that_are_known_are_judged_all_the_same_so_that_the_time_does_not_tell(store, clock):
    judged = []
    for n in (1, 2):
        reported_meanwhile(store, clock, INSULT, lambda n=n: judged.append(n))
    assert judged == [1, 2]


def test_what_is_reported_while_a_digest_is_composed_is_in_the_next_one(store, clock):
    def digest_is_composed():
        clock.at += timedelta(seconds=20)

    composed = clock() + timedelta(seconds=10)
    reported_meanwhile(store, clock, INSULT, digest_is_composed)
    with store.open_reader() as con:
        assert fresh_stories(con, "900001", Window(NOW - timedelta(days=1), composed)) == ()
        assert len(fresh_stories(con, "900001", Window(composed, NOW + timedelta(days=1)))) == 1


def test_a_report_about_what_was_restricted_while_it_was_judged_is_restricted_too(store, clock):
    answer = reported_meanwhile(store, clock, CALM, lambda: scanned(store, HELP_ME))
    assert answer.restricted
    with store.open_reader() as con:
        left = con.execute("SELECT text FROM mention_versions WHERE text IS NOT NULL").fetchall()
        assert left == []
        assert con.execute("SELECT count(*) FROM mentions WHERE restricted").fetchall() == [(2,)]


def of_an_image(store, clock, address):
    """The verdict on a report that this is an image of a child."""
    report = without_image(Report("", address, "website", None, None, clock(), school_named=True))
    answer = taken_in(store, clock, report, "900001")
    assert answer.alert
    with store.open_reader() as con:
        assert [(m.text, m.url) for m in posts_of(con, [answer.mention], restricted=True)] == [
            (report.text, address)
        ]
    return answer.verdict


def test_where_an_image_of_a_child_lies_is_no_word_about_anybody(store, clock):
    """Its address accuses or threatens nobody: nobody is told, or kept out, by it."""
    named = ("1", "the-headteacher-touches-boys", "Mrs Quillfeather/hit/my/son", "kill/him/tonight/bomb")
    verdicts = [of_an_image(store, clock, f"https://talk.example.org/{place}") for place in named]
    assert {(v.about, v.subjects, v.abuse, v.route, v.content_class, v.reasons) for v in verdicts} == {
        (About.PUPIL, (), ("sexual", "safeguarding"), Route.SAFEGUARDING, "C10", verdicts[0].reasons)
    }


class Confessions(Words):
    """A second reader that finds whoever signs a text with “slapped” in it to have harmed a child."""

    def read_persons(self, asked):
        values = np.zeros((len(asked), len(PARTS)), np.float32)
        for row, (post, person) in zip(values, asked, strict=True):
            if "slapped" in post.text and post.text.endswith(person.name):
                row[[PARTS.index("harm"), PARTS.index("writer")]] = 0.9
        return Scores(PARTS, values)


def test_whoever_hands_in_what_they_did_to_a_child_is_left_out_and_no_other_bringer_is(store, clock):
    model = Words()
    model.reader = Confessions()
    store.judges = replace(store.judges, scorer=lambda: model)
    told = {
        "A boy in 7B has sent me a friend request.": False,
        "I slapped a boy in 7B across the face, the moron.": True,
    }
    for words, accused in told.items():
        taken(store, clock, replace(Report(words, "", "facebook", None, None, clock()), by="teacher"))
        with store.open_reader() as con:
            out = {p for a in alert_store.list_alerts(con, open_only=False) for p in a.excluded}
        assert ("teacher" in out) is accused


def test_whoever_hands_in_the_address_of_what_another_did_is_not_read_as_its_writer(store, clock):
    model = Words()
    model.reader = Confessions()
    reported(store, clock, f"I slapped a boy. {KNIFE}", POST)
    store.judges = replace(store.judges, scorer=lambda: model)
    taken(store, clock, replace(Report("", POST, "facebook", None, None, clock()), by="teacher"))
    with store.open_reader() as con:
        assert not any("teacher" in a.excluded for a in alert_store.list_alerts(con, open_only=False))


HOME = f"""
contact = "office@example.org"
base_url = "https://desk.example.org"
[[schools]]
urn = "{OAKFIELD.urn}"
name = "{OAKFIELD.name}"
aliases = ["Oakfield Primary"]
locality = "{OAKFIELD.locality}"
""" + "".join(
    f'[[people]]\nid = "{p.id}"\nname = "{p.name}"\nroles = {json.dumps(list(p.roles))}\n'
    + (f'email = "{p.email}"\n' if p.email else "")
    for p in PEOPLE
)
THREAT = "I will wait for Mr Thistlewood of Oakfield Primary, Northvale at the gate with a bat tomorrow."
SCHOOLS = {OAKFIELD.urn: OAKFIELD}


def item(text=INSULT, **more):
    return {"id": "1", "channel": "local_forum", "school": OAKFIELD.urn, "text": text, **more}


@pytest.fixture
def tried(tmp_path):
    store = a_migrated_store(tmp_path, Clock())
    intake = Intake(store, judges, store.evidence, ())
    return lambda *items: list(try_posts(items, SCHOOLS, intake, Clock()))


def test_an_answer_says_who_would_be_told_of_what(tried):
    (answer,) = tried(item())
    assert (answer["route"], answer["alert"], answer["told"]) == ("platform_report", True, ["head", "dsl"])
    assert answer["title"] == "Something about somebody at the school needs a decision."
    assert answer["facts"]["asks"] == "removal"


def test_who_is_threatened_is_in_danger(tried):
    (answer,) = tried(item(THREAT))
    assert answer["facts"]["danger"]["teacher"] == answer["facts"]["wronged"]["teacher"] == 1.0


def test_of_what_nobody_is_told_an_answer_names_nobody(tried):
    (answer,) = tried(item(CALM))
    told = [answer[key] for key in ("alert", "title", "told", "warned", "left_out")]
    assert told == [False, "", [], [], []]


def test_each_stands_alone_so_that_a_copy_is_told_like_the_first(tried):
    first, again = tried(item(), item(id="2"))
    assert first | {"id": "2"} == again


@pytest.mark.parametrize(
    ("given", "reported"),
    [({"channel": "facebook"}, False), ({"channel": "forum"}, False), ({"channel": "report"}, True),
     ({"channel": "email"}, True),
     ({"channel": "facebook", "how": "reported"}, True), ({"channel": "letter", "how": "collected"}, False),
     ({"channel": "facebook", "by": "teacher"}, True)],
)  # fmt: skip
def test_it_is_handed_in_as_it_says_or_where_there_is_no_other_way_to_learn_of_it(given, reported):
    assert is_reported(item(**given)) is reported


def test_what_is_handed_in_is_read_by_a_person_and_its_title_is_words_too(tried):
    read, reported = tried(item(CALM, how="collected"), item(CALM, how="reported", by="teacher"))
    assert (read["look"], reported["look"]) == (False, True)
    assert tried(item("At school.", title=INSULT, how="reported"))[0]["alert"]


@pytest.mark.parametrize(
    ("given", "told"),
    [({"how": "heard"}, "line 3: “how” is heard. Write “reported” or “collected”"),
     ({"by": "nobody"}, "line 3: “by” is nobody, and the settings name nobody so. They have: head, dsl"),
     ({"by": ["head"]}, "line 3: “by” is"),
     ({"school": "9"}, "line 3: “school” is 9. Write one of the settings: 900001")],
)  # fmt: skip
def test_a_line_that_cannot_be_tried_is_named_with_what_to_write(given, told):
    with pytest.raises(InputError, match=told):
        complete_item(item(**given), "line 3", SCHOOLS, PEOPLE)


def test_the_only_school_need_not_be_named():
    bare = {"id": "1"}
    complete_item(bare, "line 1", SCHOOLS, PEOPLE)
    assert bare["school"] == OAKFIELD.urn


def facts(**said):
    return facts_of(a_verdict(a_mention(), **said), PEOPLE)


@pytest.mark.parametrize(
    ("meant", "about", "key"),
    [(Meant("office:head", 0.9, "x", Harm.VIOLENCE), About.HEAD, "head"),
     (Meant("office:chair", 0.9, "x", Harm.VIOLENCE), About.CHAIR, "staff"),
     (Meant("child", 0.9, "x", Harm.CHILD), About.PUPIL, "child"),
     (Meant("school", 0.9, "x", Harm.VIOLENCE), About.SCHOOL, "site"),
     (Meant("school", 0.9, "x", Harm.VIOLENCE), About.STAFF, "staff")],
)  # fmt: skip
def test_danger_names_who_is_meant_or_a_child_the_staff_or_the_site(meant, about, key):
    assert facts(endangers=(meant,), about=about)["danger"] == {key: 0.9}


def test_who_is_posed_as_is_wronged_and_neither_in_danger_nor_wrong():
    posed = Meant("person:teacher", 0.8, "x", Harm.WRONGED)
    said = facts(endangers=(posed,), about=About.STAFF, subject_person="teacher")
    assert (said["wronged"], said["danger"], "teacher" in said["wrong"]) == ({"teacher": 0.8}, {}, False)


def test_who_is_called_a_thief_is_wronged_and_said_to_have_done_wrong():
    smeared = Meant("person:teacher", 0.8, "x", Harm.WRONGED)
    said = facts(endangers=(smeared,), abuse=("defamation",))
    assert (said["wronged"]["teacher"], said["wrong"]["teacher"]) == (0.8, 0.8)


def test_an_office_that_somebody_holds_is_theirs_and_the_head_is_named_by_both():
    said = facts(accuses=(Meant("office:head", 0.7, "x"), Meant("office:chair", 0.4, "x")))
    assert said["wrong"] == {"head": 0.7, "staff": 0.4}


def test_a_complaint_is_of_whoever_it_is_about_as_far_as_its_tone_is_bad():
    scores = (("sentiment:negative", 0.5), ("about:pupil", 0.4), ("about:other", 0.06))
    assert facts(scores=scores, route=Route.RESPOND)["wrong"] == {"pupil": 0.2}


def test_at_a_home_nothing_is_left_behind(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("monitor.pipeline.judges.scorer", lambda model: Words())
    home, items, out = tmp_path / "home", tmp_path / "items.jsonl", tmp_path / "out.jsonl"
    home.mkdir(mode=0o700)
    (home / "schoolgate.toml").write_text(HOME)
    items.write_text(json.dumps(item(how="reported", by="teacher")))
    code, said = called(triage, home=home, items=items, out=out)
    assert (code, said[0]) == (0, "1 items, 1 schools.")
    assert [file.name for file in home.iterdir()] == ["schoolgate.toml"]
    assert json.loads(out.read_text())["told"] == ["head", "dsl"]


def test_a_register_belongs_to_a_list_of_schools(tmp_path: Path):
    with pytest.raises(InputError, match="--register goes with --schools"):
        called(triage, items=tmp_path / "i", out=tmp_path / "o", register=tmp_path / "r.csv")
