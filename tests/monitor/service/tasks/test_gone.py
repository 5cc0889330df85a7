"""Posts that were taken down where they were read: when that is asked, and what becomes of their words."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from builders.case_desk import NOW, Desk, disclosure, insult, words_in
from builders.home import do_in, rows_of
from builders.judges import INSULT, brought, judges, posted, read_in
from builders.mention import POLICY, URN, a_batch, a_mention, a_run, a_verdict, an_alert, keep

from data.effects import here
from data.errors import CaseMoved, Unreadable
from data.evidence.vault import Vault
from data.matters import MatterNote
from data.retention.deleting import LOOKED_UP_WITHIN, purge
from data.steps.codes import Check, Looker, StepKind
from data.store.alerts import hand_over_alert
from data.store.owners import own, put_note, record_mark
from data.store.sources import count_ask
from data.types import FetchFailure, Lookup, Mark, Marked, Outcome, Owner, Request, Response, Source
from data.words.say import words
from monitor.act.proving import prove, read_evidence
from monitor.desk.matter.facts import show_posts
from monitor.desk.matter.page import Moment
from monitor.matters.views import read_matter
from monitor.service import gone
from monitor.service.step import Service
from sources.keys import Key, KeyKind, key_kinds

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WORDS = "quincunx-plant-" + "kestrel" * 3
KIND = KeyKind(
    "test", "Test", "header", ("example.org",), "https://example.org/", "", (), (), "key", "", "", "", "", "",
    date(2026, 11, 28), deleted_after_h=48,
)  # fmt: skip
SOURCE = Source("feed:insult", "feed", "https://example.org/", settings={"credential": "test"})
OTHER = replace(SOURCE, id="feed:disclosure")


class Platform:
    """A platform that is asked for two posts at once, by the last part of their addresses."""

    def __init__(self):
        self.gone, self.fault, self.asked, self.auth, self.failing = set(), None, [], "test", {}

    def lookups(self, source, posts):
        own = {post.id: post.url.rpartition("/")[2] for post in posts}
        parts = [dict(list(own.items())[n : n + 2]) for n in range(0, len(own), 2)]
        url = f"{source.url}?"
        return [Lookup(Request(url + ",".join(p.values()), auth=self.auth), p) for p in parts]

    def standing(self, source, response):
        if response.body == b"too much":
            raise Unreadable
        return None if response.body == b"refused" else frozenset(response.body.decode().split(","))

    def fetch(self, request):
        self.asked.append(request.url.partition("?")[2].split(","))
        if failing := next(filter(None, map(self.failing.get, self.asked[-1])), None):
            return replace(FAULT, outcome=failing)
        body = self.fault or ",".join(sorted(set(self.asked[-1]) - self.gone)).encode()
        return FAULT if self.fault is FAULT else Response(request.url, 200, (), body, NOW)


FAULT = FetchFailure(Outcome.MISCONFIGURED, "https://example.org/", "The key was revoked.", NOW, 403)


def shown_again(post, source=SOURCE.id):
    return replace(a_batch(run=a_run(source)), seen=(post,))


class Town:
    """A home whose posts were read on a platform that wants deleted ones gone within two days."""

    def __init__(self, home):
        self.desk, self.platform, self.at = Desk(home), Platform(), NOW
        self.store, self.clock = self.desk.store, lambda: self.at
        context, keys = self.desk.session("holt").context, {"test": Key("test", KIND, "secret")}
        config = replace(context.config, sources=(SOURCE, OTHER), keys=keys)
        self.context = replace(context, config=config, apart=here)

    def post(self, name="insult", **fields):
        mention = a_mention(name, **{"text": f"Oakfield {WORDS}", "title": WORDS, "author": WORDS} | fields)
        keep(self.store, a_batch(mention, story_id="story-insult", run=a_run(SOURCE.id)))
        return mention.id

    def ask(self, at):
        self.at = NOW + at
        with patch.object(gone, "collector", lambda _: self.platform):
            return gone.look_for_gone(self.store, self.context, self.platform.fetch, self.clock)

    def take_down(self, *names):
        self.platform.gone |= set(names or ("insult",))
        self.ask(DAY)
        return self.ask(2 * DAY)

    def purge(self, at=2 * DAY):
        self.at = NOW + at
        return purge(self.store, self.at, POLICY)

    def words(self):
        files = (p for p in self.store.home.rglob("*") if p.is_file())
        return [p.name for p in files if WORDS.encode() in p.read_bytes()]

    def texts(self):
        sql = "SELECT text FROM mention_versions UNION ALL SELECT text FROM restricted_texts"
        return len(rows_of(self.store, f"SELECT 1 FROM ({sql}) WHERE text IS NOT NULL"))

    def page(self):
        with self.store.open_reader() as con:
            view = read_matter(con, self.desk.reader("holt"), "story-insult", self.at)
        return "\n".join(words_in(tuple(show_posts(view.posts, Moment(self.at, None), words("en")))))

    def faults(self):
        with self.store.open_reader() as con:
            return prove(read_evidence(con), Vault(self.store.evidence)).faults


@pytest.fixture
def town(tmp_path):
    return Town(tmp_path)


def test_both_asks_and_the_purge_are_within_the_time_that_the_platform_sets():
    waits = [gone.wait_for(replace(KIND, deleted_after_h=hours)) for hours in (24, 48, 30 * 24)]
    assert waits == [(9 * HOUR, 12 * HOUR), (21 * HOUR, DAY), (29 * DAY - 3 * HOUR, DAY)]
    assert gone.wait_for(replace(KIND, deleted_after_h=0, refresh_days=30)) == waits[-1]
    assert gone.wait_for(replace(KIND, deleted_after_h=0)) is None
    assert max(kind.refresh_days for kind in key_kinds().values()) <= LOOKED_UP_WITHIN.days


@pytest.mark.parametrize("changed", [{"keys": {}}, {"sources": (replace(SOURCE, disabled="off"),)}])
def test_nothing_is_asked_without_a_key_or_of_a_place_that_is_off(town, changed):
    town.post()
    town.context = replace(town.context, config=replace(town.context.config, **changed))
    assert (town.ask(DAY), town.platform.asked) == (0, [])


def test_of_what_costs_money_no_more_than_half_of_the_months_goes_on_it(town):
    town.post()
    paid = Key("test", replace(KIND, pence_each=0.4), "secret", pence_a_month=500.0)
    town.context.config.keys["test"] = paid
    for pence, asks in (251.0, 0), (-1.0, 1):
        do_in(town.store, count_ask, "test", "", NOW.date(), pence)
        town.ask(DAY)
        assert len(town.platform.asked) == asks


def test_a_post_is_asked_for_once_it_was_not_shown_for_so_long_and_a_few_asks_are_made(town):
    for name in map(str, range(8)):
        town.post(name)
    assert (town.ask(20 * HOUR), town.platform.asked) == (0, [])
    keep(town.store, shown_again(a_mention("7").id), now=NOW + 20 * HOUR)
    town.ask(21 * HOUR)
    assert list(map(len, town.platform.asked)) == [2, 2, 2], "the rest another time"
    town.ask(22 * HOUR)
    assert {i for ids in town.platform.asked for i in ids} == set("0123456")
    assert len(town.platform.asked) == 4, "what stood is not asked for again"


def test_the_service_asks_each_hour(town):
    given = {"judges": None, "deliver_due": None, "tasks": {}, "fetcher": None, "clock": town.clock}
    service = Service(store=town.store, context=town.context, **given)
    with patch.object(gone, "look_for_gone") as asked:
        for minutes in (0, 30, 60):
            town.at = NOW + timedelta(minutes=minutes)
            service.recheck()
    assert (asked.call_count, service.health.faults) == (2, {})


def test_a_post_is_gone_when_it_is_missing_twice_a_day_apart(town):
    post = town.post()
    town.platform.gone.add("insult")
    assert [town.ask(at) for at in (21 * HOUR, 22 * HOUR, 44 * HOUR)] == [0, 0, 0]
    assert len(town.platform.asked) == 1
    assert town.ask(45 * HOUR) == 1
    (entry,) = town.desk.entries("seen_gone")
    assert (entry.subject, entry.actor, entry.codes, entry.urn) == (post, "schoolgate", (), None)
    assert (town.ask(9 * DAY), len(town.platform.asked)) == (0, 2), "it is asked for no more"


def test_a_post_that_was_shown_in_between_is_missing_anew(town):
    post = town.post()
    for day, missing in (1, True), (2, False), (3, True):
        town.platform.gone = {"insult"} if missing else set()
        assert town.ask(day * DAY) == 0
    keep(town.store, shown_again(post), now=NOW + 4 * DAY)
    assert [town.ask(day * DAY) for day in (5, 6)] == [0, 1]


@pytest.mark.parametrize("auth", ["test", None])
def test_where_an_ask_fails_for_one_that_is_gone_each_is_asked_alone_and_no_other_waits_for_it(town, auth):
    for name in "0123":
        town.post(name)
    town.platform.failing, town.platform.auth = {"0": Outcome.GONE}, auth
    assert (town.ask(DAY), town.ask(DAY + HOUR)) == (0, 0)
    assert sorted(map(len, town.platform.asked)) == [1, 1, 2, 2]
    assert town.ask(2 * DAY) == (1 if auth else 0), "a page that is not there says nothing of the post"


@pytest.mark.parametrize("outcome", [Outcome.UNREACHABLE, Outcome.BLOCKED, Outcome.MISCONFIGURED])
def test_an_ask_that_fails_lets_the_next_be_made_unless_the_key_is_refused(town, outcome):
    for name in map(str, range(8)):
        town.post(name)
    first = min(map(str, range(8)), key=lambda name: a_mention(name).id)
    town.platform.failing = {first: outcome}
    town.ask(DAY), town.ask(DAY + HOUR)
    one_each = outcome is not Outcome.UNREACHABLE
    assert [first in some for some in town.platform.asked] == (
        [True] * 2 if one_each else [True, *[False] * 3]
    )


def test_what_was_not_answered_is_asked_for_again_a_day_later_however_long_the_platform_allows(town):
    town.post()
    kind = replace(KIND, deleted_after_h=0, refresh_days=30)
    town.context.config.keys["test"] = Key("test", kind, "secret")
    town.platform.failing = {"insult": Outcome.UNREACHABLE}
    asks = [town.ask(29 * DAY + n * HOUR) or len(town.platform.asked) for n in (0, 1, 23, 24)]
    assert asks == [1, 1, 1, 2]


@pytest.mark.parametrize("fault", [FAULT, b"refused", b"too much"])
def test_a_fault_and_an_answer_that_does_not_say_mark_nothing(town, fault):
    town.post()
    town.platform.gone, town.platform.fault = {"insult"}, fault
    assert [town.ask(n * DAY) for n in (1, 2, 3, 4)] == [0, 0, 0, 0]
    assert rows_of(town.store, "SELECT missing_at, gone_at FROM mentions") == [(None, None)]
    assert (town.purge(4 * DAY).stubs, town.texts()) == (0, 1)
    town.platform.fault = None
    assert [town.ask(n * DAY) for n in (5, 6)] == [0, 1]


def test_its_words_and_address_go_with_the_next_purge_and_verdict_and_day_stay(town):
    post = town.post()
    town.post("reply", parent=post, quoted=f"“{WORDS}”", title="", text="No.", author="b")
    do_in(town.store, put_note, MatterNote("n1", "story-insult", URN, "holt", "I rang them.", NOW))
    assert (town.take_down(), town.words()) == (1, ["schoolgate.duckdb"])
    report = town.purge()
    assert (report.stubs, report.deleted, report.rewritten, town.words()) == (1, 0, True, [])
    sql = f"""SELECT url, author, stub, epoch(gone_at), severity, len(score_values)
        FROM mentions JOIN verdicts ON mention_id = id WHERE id = '{post}'"""
    when = (NOW + 2 * DAY).timestamp()
    assert rows_of(town.store, sql) == [(None, None, True, when, 2, 2)]
    deleted = [(e.subject, e.codes) for e in town.desk.entries("text_deleted")]
    assert (deleted, town.faults()) == ([(post, ("C0", "authority:platform"))], ())
    assert len(rows_of(town.store, "SELECT id FROM notes")) == 1, "the other post of the matter stays"


def test_what_is_shown_again_in_the_same_words_is_taken_in_again_in_its_story_and_alarms_nobody_twice(town):
    """Both posts of a story were gone; the later of them comes back first."""
    with_, source, posts = judges(), replace(SOURCE, settings={}), [posted(n, INSULT) for n in (1, 2)]
    (alert,) = read_in(town.store, with_, brought(source, *posts, at=NOW), NOW).alerts
    do_in(town.store, record_mark, Marked(alert.story_id, URN, Mark.ANSWERED, "head", NOW))
    town.take_down("1", "2")
    assert town.purge().stubs == 2
    back = read_in(town.store, with_, brought(source, posts[1], at=NOW + 3 * DAY), NOW + 3 * DAY)
    assert ([f.story_id for f in back.folded], back.alerts, back.outbox) == ([alert.story_id], (), ())
    sql = "SELECT stub, gone_at, missing_at, url FROM mentions ORDER BY id"
    assert rows_of(town.store, sql)[1] == (False, None, None, posts[1].url)
    assert (town.purge(3 * DAY).stubs, town.texts()) == (0, 1)


def test_an_open_case_is_told_and_keeps_its_words_until_it_ends_and_is_on_hold_no_more(town):
    insult(town.desk)
    do_in(town.store, lambda con: con.execute(f"UPDATE mention_versions SET text = '{WORDS}'"))
    town.desk.now = NOW
    town.desk.open("story-insult", "pike")
    assert town.take_down() == 1
    (step,) = town.desk.steps("1", StepKind.CHECKED)
    assert (step.said.result, step.said.looked, step.actor) == (Check.GONE, Looker.PROGRAM, "schoolgate")
    assert (town.purge().stubs, town.texts()) == (0, 1)
    assert "its author, platform or website, and seen gone on Thursday 19 November" in town.page()
    town.desk.now = NOW + 4 * DAY
    town.desk.look("gone", "pike")
    town.desk.take(StepKind.HELD, "pike", review="2027-02-01", why="A claim may follow.")
    town.desk.take(StepKind.CLOSED, "pike", why="It is gone.", ending="removed")
    assert town.purge(4 * DAY).stubs == 0
    town.desk.take(StepKind.RELEASED, "holt", why="None does.")
    assert town.purge(4 * DAY).stubs == 1
    assert rows_of(town.store, "SELECT url FROM mentions") == [(a_mention("insult").url,)], "it is a place"
    assert (town.words(), town.texts(), town.faults()) == ([], 0, ())
    assert "Its words are deleted here too." in town.page()


@pytest.mark.parametrize("moved", [nullcontext(), patch.object(gone, "record_gone", side_effect=CaseMoved)])
def test_an_open_case_that_moved_meanwhile_or_was_opened_later_is_told_in_another_round_once(town, moved):
    insult(town.desk)
    town.desk.now = NOW
    town.desk.open("story-insult", "pike")
    with moved:
        town.take_down()
    told = [town.ask(2 * DAY + n * HOUR) or len(town.desk.steps("1", StepKind.CHECKED)) for n in (1, 2)]
    assert told == [1, 1]


def test_an_alert_keeps_its_words_until_it_is_ended_whoever_has_it(town):
    story = insult(town.desk)
    town.take_down()
    assert town.purge().stubs == 0
    do_in(town.store, own, story, URN, Owner("pike", NOW + 2 * DAY, "pike"))
    assert town.purge().stubs == 0
    do_in(town.store, record_mark, Marked(story, URN, Mark.ANSWERED, "pike", NOW + 2 * DAY))
    assert town.purge().stubs == 1


def test_what_is_the_safeguarding_leads_keeps_its_words_until_it_is_handed_over(town):
    disclosure(town.desk)
    assert town.take_down("disclosure") == 1
    assert (town.purge().stubs, town.texts()) == (0, 1)
    do_in(town.store, hand_over_alert, an_alert("story-disclosure").id, "pike", NOW + 3 * DAY)
    assert (town.purge(3 * DAY).stubs, town.texts()) == (1, 0)


NOT_LOOKED_UP = [{"keys": {}}, {"sources": (replace(SOURCE, disabled="off"),)}, {"sources": ()}]


@pytest.mark.parametrize("changed", [*NOT_LOOKED_UP, {}])
def test_words_of_what_cannot_be_looked_up_for_thirty_days_go(town, changed):
    post, plain = a_mention("insult", text=WORDS), a_mention("plain")
    for one, source in ((post, SOURCE.id), (plain, "feed:plain")):
        judged = [a_verdict(one, content_class="C2")]
        keep(town.store, a_batch(one, verdicts=judged, run=a_run(source), story_id=f"story-{one.url[-6:]}"))
    town.ask(HOUR)
    town.context = replace(town.context, config=replace(town.context.config, **changed))
    town.ask(29 * DAY)
    assert town.purge(30 * DAY - HOUR).stubs == 0
    report, goes = town.purge(30 * DAY), bool(changed)
    assert (report.stubs, report.deleted, report.rewritten, town.texts()) == (goes, 0, goes, 2 - goes)
    assert ("Its words were deleted on" in town.page()) is goes


def test_a_post_that_its_place_shows_again_is_gone_no_more(town):
    post = town.post()
    town.take_down()
    keep(town.store, shown_again(post), now=NOW + 3 * DAY)
    assert (town.purge(3 * DAY).stubs, rows_of(town.store, "SELECT gone_at FROM mentions")) == (0, [(None,)])


def test_what_a_person_handed_in_is_theirs_and_stays(town):
    post = town.post()
    keep(town.store, shown_again(post, "report-in"))
    assert town.take_down() == 1
    assert (town.purge().stubs, town.texts()) == (0, 1)
