"""A post handed in is what was said, not where: another's words at its address are another post."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from builders.home import migrated
from builders.judges import CALM, INSULT, OAKFIELD, PEOPLE, judges
from builders.mention import URN, Clock, a_mention, a_store, a_verdict
from builders.taken_in import taken_in
from hypothesis import given
from hypothesis import strategies as st

from alerts.links import Links
from classifiers.verdicts.by_people.said import BY, as_said_before
from data.errors import InputError
from data.evidence.handed_in import Danger, Says, Whom
from data.judged import route_rank
from data.store.alerts import alerts as alert_store
from data.store.cases.case_posts import post, stories_of_posts
from data.store.cases.cases import whole_file
from data.store.messages.outbox import SELECTED, message
from data.store.sealing import seal_posts
from data.store.verdicts.restrict import restrict_matter
from data.store.verdicts.stories import story
from data.store.verdicts.verdicts import former_verdicts
from data.types import Harm, Meant, Outcome, Route, Severity, Source, SourceRun
from data.web.channels import of_many_posts
from monitor.act.name import settle_said
from monitor.act.report_in import judge_image
from monitor.act.step import open_case
from monitor.config.home.context import Context
from monitor.config.home.paths import Paths
from monitor.config.load import Config
from monitor.home.wiring import Session
from monitor.matters.replaying import found_case
from monitor.pipeline.collect import Collected
from monitor.pipeline.judge import judge, keep
from monitor.pipeline.sighting import Report, without_image

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
def store(tmp_path, clock):
    store = a_store(tmp_path, clock)
    migrated(store)
    return store


def reported(store, clock, words, url=GROUP, says=None, **more):
    report = Report(words, url, "facebook", None, None, clock(), says=says or Says(), **more)
    return taken(store, clock, report)


def taken(store, clock, report, content=None):
    clock.sleep(60)
    return taken_in(store, clock, report, URN, content)


def held(store, answer):
    """The post as whoever may read all of it sees it."""
    with store.read() as con:
        return post(con, answer.mention, restricted=True)


@pytest.mark.parametrize("url", [GROUP, POST])
def test_another_report_with_its_address_leaves_a_knife_threat_as_it_is(store, clock, url):
    threat = reported(store, clock, KNIFE, url)
    concert = reported(store, clock, CONCERT, url)
    assert concert.mention != threat.mention
    assert (held(store, threat).text, held(store, threat).version) == (KNIFE, 1)
    assert held(store, concert).text == CONCERT
    with store.read() as con:
        (told,) = stories_of_posts(con, URN, threat.mention)[threat.mention]
        assert story(con, told).row.top.route is Route.POLICE_NOW
        assert stories_of_posts(con, URN, concert.mention)[concert.mention] != (told,)


def test_a_near_copy_is_a_sighting_of_the_post_whose_words_stay(store, clock):
    first = reported(store, clock, CALM)
    again = reported(store, clock, SAID_AGAIN)
    assert (again.mention, again.verdict, again.new) == (first.mention, None, False)
    assert (held(store, first).text, held(store, first).version) == (CALM, 1)


def test_a_near_copy_that_is_graver_is_a_post_of_its_own(store, clock):
    known = reported(store, clock, CALM)
    threat = reported(store, clock, WORSE)
    assert known.verdict.severity < threat.verdict.severity == Severity.TODAY
    assert threat.raised
    assert (held(store, known).text, held(store, threat).text) == (CALM, WORSE)


RUMOUR = (
    "They say that Ned Larch did take the money of Oakfield Primary in Northvale to Ann Reed at 4 on Friday."
)


@pytest.mark.parametrize(
    ("said", "otherwise"),
    [("did", "did not"), ("did", "didn’t"), ("Larch", "Birch"), ("Ned", "Ann"), ("at 4", "at 5"),
     ("on Friday", "tomorrow"), ("They", "Parents")],
)  # fmt: skip
def test_a_near_copy_with_another_name_number_or_time_or_a_not_is_a_post_of_its_own_in_the_story(
    store, clock, said, otherwise
):
    first, words = reported(store, clock, RUMOUR), RUMOUR.replace(said, otherwise)
    again = reported(store, clock, words)
    assert (held(store, first).text, held(store, again).text) == (RUMOUR, words)
    with store.read() as con:
        of = [stories_of_posts(con, URN, i)[i] for i in (first.mention, again.mention)]
    assert of[0] == of[1]


@pytest.mark.parametrize(
    ("said", "otherwise"),
    [("jayden smith", "kayden jones"), ("at four", "at nine"), ("must", "mustn't"), ("ann hit", "hit ann")],
)
def test_a_near_copy_in_small_letters_in_which_a_word_is_another_is_a_post_of_its_own(
    store, clock, said, otherwise
):
    words = (
        "everyone must meet at the park at four we r gonna get jayden smith because of what he said "
        "after ann hit him bring ur phones pls"
    )
    reported(store, clock, words)
    again = reported(store, clock, words.replace(said, otherwise))
    assert held(store, again).text == words.replace(said, otherwise)


def test_a_near_copy_of_what_a_person_hid_in_a_group_is_hidden_too_with_another_time(store, clock):
    first = reported(store, clock, RUMOUR)
    with store.write("test") as con:
        ((hidden,),) = con.execute("SELECT story_id FROM matches").fetchall()
        restrict_matter(con, hidden, URN, ("head",), clock())
    again = reported(store, clock, RUMOUR.replace("at 4", "at 5"))
    assert (again.mention == first.mention, again.restricted) == (False, True)


def test_a_list_shows_the_gravest_words_of_a_story(store, clock):
    threat = reported(store, clock, WORSE)
    milder = reported(store, clock, CALM, POST)
    with store.read() as con:
        (told,) = stories_of_posts(con, URN, threat.mention)[threat.mention]
        assert stories_of_posts(con, URN, milder.mention)[milder.mention] == (told,)
        assert story(con, told).row.title == WORSE[:80]


def test_the_same_words_at_another_address_are_another_post(store, clock):
    assert reported(store, clock, CALM).mention != reported(store, clock, CALM, POST).mention


@pytest.mark.parametrize("channel", ["facebook", "manual_report"])
def test_where_it_has_an_address_its_place_is_no_part_of_what_it_is(store, clock, channel):
    one = reported(store, clock, CONCERT, POST)
    assert taken(store, clock, Report(CONCERT, POST, channel, None, None, clock())).mention == one.mention


def test_a_few_words_said_again_in_a_group_are_said_again(store, clock):
    of_group = [reported(store, clock, "He hit me again.").mention for _ in range(2)]
    of_post = [reported(store, clock, "He hit me again.", POST).mention for _ in range(2)]
    assert (len({*of_group}), len({*of_post})) == (2, 1)


def test_an_address_alone_changes_no_words_at_it(store, clock):
    known = reported(store, clock, KNIFE, POST)
    assert reported(store, clock, "", POST).mention == known.mention
    assert held(store, known).text == KNIFE


@pytest.mark.parametrize("words", [CALM, KNIFE])
def test_words_at_an_address_that_was_handed_in_without_any_are_that_post(store, clock, words):
    bare = taken(store, clock, Report("", POST, "facebook", "Lee", None, clock()))
    told = reported(store, clock, words, POST)
    assert told.mention == bare.mention
    assert (held(store, told).text, held(store, told).author) == (words, "Lee")
    assert told.raised is (words is KNIFE)
    assert reported(store, clock, words, POST).mention == told.mention
    assert reported(store, clock, CONCERT, POST).mention != told.mention


@pytest.mark.parametrize("known", ["danger", "a case", "another school"])
def test_words_at_an_address_of_which_something_was_raised_are_a_post_of_their_own(store, clock, known):
    bare = reported(store, clock, "", POST, Says(Danger.NOW, "teacher") if known == "danger" else None)
    if known == "another school":
        with store.write("test") as con:
            con.execute("UPDATE verdicts SET urn = '900002'")
    if known == "a case":
        with store.write("test") as con:
            seal_posts(con, [bare.mention], clock(), "0001")
    told = reported(store, clock, KNIFE, POST)
    assert told.raised
    assert (held(store, bare).text, held(store, told).text) == ("", KNIFE)


def test_calm_words_of_a_post_make_the_danger_that_was_said_of_it_no_smaller():
    danger = (Meant("person:teacher", 1.0, BY, Harm.VIOLENCE),)
    urgent = {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW, "content_class": "C6"}
    former = a_verdict(a_mention("one"), **urgent, endangers=danger)
    found = as_said_before(a_verdict(a_mention("one"), severity=Severity.NOTE, route=Route.NOTE), former)
    assert (found.severity, found.route) == (Severity.THIS_HOUR, Route.POLICE_NOW)


def test_what_is_said_of_an_address_leaves_out_who_is_accused_of_its_words_too(store, clock):
    reported(store, clock, "", POST, Says(Danger.NOW, "teacher"))
    told = reported(store, clock, KNIFE, POST)
    reported(store, clock, "", POST, Says(Danger.NOW, "child", Whom.HEAD))
    with store.read() as con:
        kept_out = {a.story_id: a.excluded for a in alert_store.list_alerts(con, open_only=False)}
        (story_id,) = stories_of_posts(con, URN, told.mention)[told.mention]
    assert "head" in kept_out[story_id]


def test_what_is_restricted_in_a_group_hides_nothing_else_that_is_said_there(store, clock):
    assert reported(store, clock, "My stepdad hits me, I am at Oakfield Primary in Northvale.").restricted
    assert not reported(store, clock, INSULT).restricted


def test_an_image_said_to_be_in_a_group_hides_nothing_else_that_is_said_there(store, clock):
    threat = reported(store, clock, KNIFE)
    taken(store, clock, without_image(Report("", GROUP, "facebook", None, None, clock()), None))
    with store.read() as con:
        assert post(con, threat.mention).text == KNIFE


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
    assert of_many_posts(url) is many


# ------------------------------------------------------------------ whatever anybody hands in

WORDS = (
    KNIFE, CONCERT, CALM, SAID_AGAIN, INSULT, f"{INSULT} Lovely concert though, and nice weather.", "",
    "My stepdad hits me, I am at Oakfield Primary in Northvale.", "He hit me.",
    WORSE,
)  # fmt: skip
SAYS = st.sampled_from([Says(), Says(), Says(Danger.NOW, "teacher"), Says(Danger.NO, "", Whom.HEAD)])
REPORTS = st.tuples(st.sampled_from(WORDS), st.sampled_from([GROUP, POST]), SAYS, st.booleans())
BY_A_LEAD = ("shows", "shows nothing", "confirm", "withdraw", "open")
ACTS = st.tuples(st.sampled_from(["flag", *BY_A_LEAD]), st.sampled_from([GROUP, POST]))
READ = st.tuples(st.just("read"), st.sampled_from(WORDS))
SEQUENCES = st.lists(st.one_of(REPORTS, REPORTS, ACTS, READ), min_size=2, max_size=7)


class Home:
    """To which anybody reports, of whose posts a source reads one, and whose safeguarding lead acts."""

    def __init__(self, folder):
        self.clock = Clock()
        self.store = a_store(folder, self.clock)
        migrated(self.store)
        self.config = Config(Path("schoolgate.toml"), (OAKFIELD,), people=PEOPLE)
        self.session = Session(self.config, Context(self.config, folder, Links()), self.store, PEOPLE[1])

    def act(self, what, of, *more):
        """Does one of the above; gives the post that it brought."""
        self.clock.sleep(60)
        if what == "read":
            return self.read(of)
        if more or what == "flag":
            report = Report(what, of, "facebook", "Pat", None, self.clock(), says=more[0] if more else Says())
            flag = what == "flag" or (more[1] and not what)
            report = without_image(replace(report, text=""), None) if flag else report
            return taken(self.store, self.clock, report).mention
        if what == "open":
            self.open_cases()
        elif what in ("shows", "shows nothing"):
            self.judge_image(of, shows=what == "shows")
        else:
            self.settle(holds=what == "confirm")
        return None

    def read(self, words):
        read = a_mention("read", url=POST, channel="facebook", text=words, title="", fetched_at=self.clock())
        source = Source("town", "feed", "https://talk.example.org/", urns=(URN,))
        run = SourceRun("town", self.clock(), self.clock(), Outcome.OK, pages=1, mentions_read=1)
        judged = judge(Collected(source, run, (read,)), self.store, judges(), self.clock())
        with self.store.write("test") as con:
            keep(con, judged, judges(), self.clock())
        return read.id

    def judge_image(self, url, *, shows):
        home = Paths(self.store.home, self.store.home / "schoolgate.toml")
        with patch("monitor.act.report_in.judging", lambda *_: judges()):
            judge_image(self.config, home, PEOPLE[1], (URN, url), "I looked.", self.clock(), shows=shows)

    def open_cases(self):
        with self.store.read() as con:
            alerts = alert_store.list_alerts(con, open_only=False)
        for alert in alerts:
            with suppress(InputError):  # one is open
                open_case(self.session, alert.id, None, "", self.clock())

    def settle(self, *, holds):
        with self.store.write("test") as con, patch("monitor.act.name.judging", lambda *_: judges()):
            said = con.execute("SELECT DISTINCT story_id FROM handed_in JOIN matches USING (mention_id, urn)")
            for (story_id,) in sorted(said.fetchall()):
                settle_said(con, self.session, story_id, URN, "I asked.", self.clock(), holds=holds)

    def seen(self, mentions):
        """What everybody sees of these posts: their words, people, times, and how grave."""
        with self.store.read() as con:
            verdicts = {i: former_verdicts(con, [i])[-1] for i in mentions}
            posts = {i: post(con, i, restricted=True) for i in verdicts}
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


@given(SEQUENCES)
def test_no_report_makes_a_graver_one_unseen_withdraws_an_alert_or_changes_what_is_shown(
    tmp_path_factory, acts
):
    """It takes seconds: each act of ten drawn orders is judged and saved as it is at the door.

    Of its own post a source may bring other words, which are judged for themselves; a safeguarding lead takes
    back who may know.
    """
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
