"""Posts that were taken down where they were read: when that is asked, and what becomes of their words."""

import json
from dataclasses import replace
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from builders.case_desk import NOW, Desk, disclosure, insult, words_in
from builders.home import do_in, rows_of
from builders.mention import POLICY, URN, a_batch, a_mention, a_run, an_alert, keep

from data.effects import here
from data.errors import Unreadable
from data.evidence.vault import Vault
from data.matters import MatterNote
from data.retention.deleting import purge
from data.steps.codes import Check, Looker, StepKind
from data.store import alerts as alert_store
from data.store.mentions import find_known
from data.store.owners import own, put_note
from data.store.sources import count_ask
from data.types import FetchFailure, Lookup, Outcome, Owner, Request, Response, Source
from data.words.say import words
from monitor.act.proving import prove, read_evidence
from monitor.desk.matter.facts import show_posts
from monitor.desk.matter.page import Moment
from monitor.matters.views import read_matter
from monitor.service import gone
from monitor.service.step import Service
from sources.keys import Key, KeyKind

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
        self.gone, self.answers, self.asked = set(), [], []

    def lookups(self, source, posts):
        own = {post.id: post.url.rpartition("/")[2] for post in posts if post.url.startswith("https://forum")}
        parts = [dict(list(own.items())[n : n + 2]) for n in range(0, len(own), 2)]
        return [Lookup(Request(f"{source.url}?{','.join(part.values())}"), part) for part in parts]

    def standing(self, source, response):
        if response.body == b"too much":
            raise Unreadable
        found = json.loads(response.body)
        return frozenset(found["items"]) if "items" in found else None

    def fetch(self, request):
        ids = request.url.partition("?")[2].split(",")
        self.asked.append(ids)
        if self.answers:
            return self.answers.pop(0)
        return answer({"items": sorted(set(ids) - self.gone)})


def answer(said):
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return Response("https://example.org/", 200, (), body, NOW)


FAULT = FetchFailure(Outcome.MISCONFIGURED, "https://example.org/", "The key was revoked.", NOW, 403)


class Town:
    """A home whose posts were read on a platform that wants deleted ones gone within two days."""

    def __init__(self, home):
        self.desk, self.platform, self.at = Desk(home), Platform(), NOW
        self.desk.apart()
        self.store, self.clock = self.desk.store, lambda: self.at
        context = self.desk.session("holt").context
        config = replace(context.config, sources=(SOURCE, OTHER), keys={"test": Key("test", KIND, "secret")})
        self.context = replace(context, config=config, apart=here)

    def post(self, name="insult", **fields):
        """One more post; gives its id."""
        mention = a_mention(name, **{"text": f"Oakfield {WORDS}", "title": WORDS, "author": WORDS} | fields)
        keep(self.store, a_batch(mention, story_id=f"story-{name}", run=a_run(SOURCE.id)))
        return mention.id

    def ask(self, at):
        """The round that much later; how many were seen gone in it."""
        self.at = NOW + at
        with patch.object(gone, "collector", lambda _: self.platform):
            return gone.look_for_gone(self.store, self.context, self.platform.fetch, self.clock)

    def take_down(self, *names):
        """The platform has them no more, and is asked twice."""
        self.platform.gone |= set(names or ("insult",))
        self.ask(DAY)
        return self.ask(2 * DAY)

    def purge(self, at=2 * DAY):
        self.at = NOW + at
        return purge(self.store, self.at, POLICY)

    def words(self):
        """The names of the files that hold the words in their bytes."""
        wanted = WORDS.encode()
        return [p.name for p in self.store.home.rglob("*") if p.is_file() and wanted in p.read_bytes()]

    def texts(self):
        return rows_of(self.store, "SELECT mention_id FROM mention_versions ORDER BY ALL")

    def page(self):
        """The words of the matter's page, as the head sees it."""
        with self.store.open_reader() as con:
            view = read_matter(con, self.desk.reader("holt"), "story-insult", self.at)
        moment = Moment(self.at, None)
        return "\n".join(words_in(tuple(show_posts(view.posts, moment, words("en")))))

    def faults(self):
        with self.store.open_reader() as con:
            return prove(read_evidence(con), Vault(self.store.evidence)).faults


@pytest.fixture
def town(tmp_path):
    return Town(tmp_path)


# ------------------------------------------------------------------------- when it is asked


@pytest.mark.parametrize(
    ("rule", "first", "again"),
    [
        ({"deleted_after_h": 24}, 9 * HOUR, 12 * HOUR),
        ({"deleted_after_h": 48}, 21 * HOUR, 24 * HOUR),
        ({"refresh_days": 30, "deleted_after_h": 0}, 29 * DAY - 3 * HOUR, DAY),
    ],
)
def test_both_asks_and_the_purge_are_within_the_time_that_the_platform_sets(rule, first, again):
    assert gone.wait_for(replace(KIND, **rule)) == (first, again)


def test_a_platform_without_a_rule_is_asked_for_nothing(town):
    town.post()
    town.context.config.keys["test"] = Key("test", replace(KIND, deleted_after_h=0), "secret")
    assert (town.ask(9 * DAY), town.platform.asked) == (0, [])


def test_of_what_costs_money_no_more_than_half_of_the_months_goes_on_it(town):
    town.post()
    key = Key("test", replace(KIND, pence_each=0.4), "secret", pence_a_month=500.0)
    town.context.config.keys["test"] = key
    do_in(town.store, count_ask, "test", "", NOW.date(), 251.0)
    town.ask(DAY)
    assert town.platform.asked == []
    do_in(town.store, count_ask, "test", "", NOW.date(), -1.0)
    town.ask(DAY)
    assert len(town.platform.asked) == 1


def test_a_post_is_asked_for_once_it_was_not_shown_for_so_long_and_a_few_asks_are_made(town):
    for name in map(str, range(8)):
        town.post(name)
    town.post("elsewhere", url="https://other.example.org/1")
    assert (town.ask(20 * HOUR), town.platform.asked) == (0, [])
    shown = replace(a_batch(run=a_run(SOURCE.id)), seen=(a_mention("7").id,))
    keep(town.store, shown, now=NOW + 20 * HOUR)
    town.ask(21 * HOUR)
    assert list(map(len, town.platform.asked)) == [2, 2, 2], "the rest another time"
    town.ask(22 * HOUR)
    assert {i for ids in town.platform.asked for i in ids} == set("0123456")
    assert len(town.platform.asked) == 4, "what stood is not asked for again"


def test_a_source_that_is_off_and_a_post_whose_words_are_gone_are_asked_for_nothing(town):
    town.post()
    town.context = replace(
        town.context, config=replace(town.context.config, sources=(replace(SOURCE, disabled="off"),))
    )
    town.ask(DAY)
    do_in(town.store, lambda con: con.execute("UPDATE mentions SET stub = TRUE"))
    town.context = replace(town.context, config=replace(town.context.config, sources=(SOURCE,)))
    town.ask(DAY)
    assert town.platform.asked == []


@pytest.mark.parametrize(("keys", "asks"), [(True, 2), (False, 0)])
def test_the_service_asks_each_hour_where_it_has_a_key(town, keys, asks):
    asked = []
    config = town.context.config if keys else replace(town.context.config, keys={})
    service = Service(
        store=town.store, context=replace(town.context, config=config), judges=None, deliver_due=None,
        tasks={}, fetcher=town.platform.fetch, clock=town.clock,
    )  # fmt: skip
    with patch.object(gone, "look_for_gone", lambda *given: asked.append(given)):
        for minutes in (0, 30, 60):
            town.at = NOW + timedelta(minutes=minutes)
            service.recheck()
    assert (len(asked), service.health.faults) == (asks, {})


# ---------------------------------------------------------------------- when a post is gone


def test_a_post_is_gone_when_it_is_missing_twice_a_day_apart(town):
    post = town.post()
    town.platform.gone.add("insult")
    assert [town.ask(at) for at in (21 * HOUR, 22 * HOUR, 44 * HOUR)] == [0, 0, 0]
    assert len(town.platform.asked) == 1
    assert town.ask(45 * HOUR) == 1
    (entry,) = town.desk.entries("seen_gone")
    assert (entry.subject, entry.actor, entry.codes, entry.urn) == (post, "schoolgate", (), None)
    assert (town.ask(9 * DAY), len(town.platform.asked)) == (0, 2), "it is asked for no more"


@pytest.mark.parametrize("how", ["asked", "read"])
def test_a_post_that_was_shown_in_between_is_missing_anew(town, how):
    post = town.post()
    town.platform.gone.add("insult")
    town.ask(DAY)
    if how == "asked":
        town.platform.gone.clear()
        town.ask(2 * DAY)
    else:
        keep(town.store, replace(a_batch(run=a_run(SOURCE.id)), seen=(post,)), now=NOW + 2 * DAY)
    town.platform.gone.add("insult")
    assert [town.ask(at * DAY) for at in (3, 4)] == [0, 1]


@pytest.mark.parametrize("said", [FAULT, {"error": "refused"}, b"too much"])
def test_a_fault_and_an_answer_that_does_not_say_mark_nothing(town, said):
    town.post()
    town.platform.gone.add("insult")
    town.platform.answers = [said if said is FAULT else answer(said) for _ in range(4)]
    assert [town.ask(n * DAY) for n in (1, 2, 3, 4)] == [0, 0, 0, 0]
    assert rows_of(town.store, "SELECT missing_at, gone_at FROM mentions") == [(None, None)]
    town.purge(4 * DAY)
    assert len(town.texts()) == 1
    assert [town.ask(n * DAY) for n in (5, 6)] == [0, 1]


def test_a_fault_of_one_ask_leaves_the_others_to_another_time(town):
    for name in "0123":
        town.post(name)
    town.platform.answers = [FAULT]
    town.ask(DAY)
    assert len(town.platform.asked) == 1
    town.ask(DAY + HOUR)
    assert len(town.platform.asked) == 3


# ----------------------------------------------------------------- what becomes of its words


def test_its_words_go_with_the_next_purge_and_address_verdict_and_day_stay(town):
    post = town.post()
    town.post("reply", parent=post, quoted=f"“{WORDS}”", title="", text="No.", author="b")
    note = MatterNote("n1", "story-insult", URN, "holt", "I rang them.", NOW)
    do_in(town.store, put_note, note)
    assert town.words() == ["schoolgate.duckdb"]
    assert (town.take_down(), town.words()) == (1, ["schoolgate.duckdb"])
    report = town.purge()
    assert (report.stubs, report.deleted, report.rewritten, town.words()) == (1, 0, True, [])
    (row,) = rows_of(
        town.store,
        f"SELECT url, author, stub, epoch(gone_at), severity, len(score_values) FROM mentions "
        f"JOIN verdicts ON mention_id = id WHERE id = '{post}'",
    )
    assert row == ("https://forum.example.org/insult", None, True, (NOW + 2 * DAY).timestamp(), 2, 2)
    deleted = [(e.subject, e.codes) for e in town.desk.entries("text_deleted")]
    assert deleted == [(post, ("C0", "authority:platform"))]
    assert not town.faults()
    with town.store.open_reader() as con:
        assert not find_known(con, [post])[post].purged, "the same words are nothing new"
    assert town.purge(3 * DAY).stubs == 0


def test_its_row_goes_when_its_time_is_over_and_leaves_a_fingerprint(town):
    post = town.post()
    town.take_down()
    town.purge()
    town.purge(31 * DAY)
    assert rows_of(town.store, "SELECT id FROM mentions") == []
    with town.store.open_reader() as con:
        assert find_known(con, [post])[post].purged


def test_a_post_that_says_something_new_is_a_post_again(town):
    post = town.post()
    town.take_down()
    town.purge()
    again = a_batch(a_mention("insult", text="Oakfield, once more."), version=2, run=a_run(SOURCE.id))
    keep(town.store, again, now=NOW + 3 * DAY)
    assert rows_of(town.store, "SELECT id, stub, gone_at FROM mentions") == [(post, False, None)]


def test_the_desk_says_that_it_was_taken_down_and_when(town):
    town.post()
    town.take_down()
    town.purge()
    with town.store.open_reader() as con:
        view = read_matter(con, town.desk.reader("holt"), "story-insult", town.at)
    assert [(p.gone_at, p.words_deleted_at, p.text) for p in view.posts] == [
        (NOW + 2 * DAY, NOW + 2 * DAY, None)
    ]


# ----------------------------------------------------------------------------- what is evidence


def test_an_open_case_is_told_and_keeps_its_words_until_it_ends(town):
    insult(town.desk)
    do_in(town.store, lambda con: con.execute(f"UPDATE mention_versions SET text = '{WORDS}'"))
    town.desk.now = NOW
    town.desk.open("story-insult", "pike")
    assert town.take_down() == 1
    (step,) = town.desk.steps("1", StepKind.CHECKED)
    assert (step.said.result, step.said.looked, step.actor) == (Check.GONE, Looker.PROGRAM, "schoolgate")
    assert "Its platform, asked for it twice" in step.why
    assert (town.purge().stubs, len(town.texts())) == (0, 1)
    assert "taken down by its author or platform, and seen gone on Thursday 19 November" in town.page()
    town.desk.now = NOW + 4 * DAY
    town.desk.look("gone", "pike")
    town.desk.take("closed", "pike", why="It is gone.", ending="removed")
    assert town.purge(4 * DAY).stubs == 1
    assert (town.words(), town.texts(), town.faults()) == ([], [], ())
    assert "Its words are deleted here too." in town.page()


def test_a_closed_case_on_hold_keeps_its_words_until_it_is_released(town):
    insult(town.desk)
    town.desk.now = NOW
    town.desk.open("story-insult", "pike")
    town.desk.take(StepKind.HELD, "pike", review="2027-02-01", why="A claim may follow.")
    town.take_down()
    town.desk.now = NOW + 2 * DAY
    town.desk.take("closed", "pike", why="It is over.", ending="mistaken")
    assert town.purge().stubs == 0
    town.desk.take(StepKind.RELEASED, "holt", why="None does.")
    assert (town.purge().stubs, town.faults()) == (1, ())


def test_an_alert_that_nobody_has_taken_keeps_its_words(town):
    story = insult(town.desk)
    town.take_down()
    assert town.purge().stubs == 0
    do_in(town.store, own, story, URN, Owner("pike", NOW + 2 * DAY, "pike"))
    assert town.purge().stubs == 1


def test_what_is_the_safeguarding_leads_keeps_its_words_until_it_is_handed_over(town):
    disclosure(town.desk)
    assert town.take_down("disclosure") == 1
    assert (town.purge().stubs, rows_of(town.store, "SELECT count(*) FROM restricted_texts")) == (0, [(1,)])
    alert = an_alert("story-disclosure").id
    do_in(town.store, alert_store.hand_over_alert, alert, "pike", NOW + 3 * DAY)
    assert (town.purge(3 * DAY).stubs, rows_of(town.store, "SELECT count(*) FROM restricted_texts")) == (
        1,
        [(0,)],
    )


def test_what_a_person_handed_in_is_theirs_and_stays(town):
    post = town.post()
    keep(town.store, replace(a_batch(run=a_run("report-in")), seen=(post,)))
    assert town.take_down() == 1
    assert (town.purge().stubs, len(town.texts())) == (0, 1)
