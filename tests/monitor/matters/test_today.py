"""What is due today for somebody: the matters of their digest, and no more of any than they may know.

What is open stays there until it is done, answered or put off; danger comes first."""

import itertools
import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from builders.case import a_step
from builders.digest import (
    CHAIR,
    DEPUTY,
    DSL,
    HEAD,
    LONDON,
    TUESDAY,
    URN,
    a_home,
    alert_on,
    grave,
    news,
    praise,
    ran,
    restricted,
    say,
    story_id,
    together,
    two_grave,
)
from builders.digest_reader import everything, flat, of, parts, sections, whole
from builders.home import a_migrated_store, do_in, do_on, rows_of, tend
from builders.judges import OAKFIELD, PEOPLE
from builders.kept_open import kept_open
from builders.mention import Clock
from builders.page import BASE
from builders.press import NOW, TOWN, article, post, read
from builders.verdict import SCHOOL, mention
from support.for_each import for_each

from alerts.facts import Selection
from alerts.ladder.replay import replay
from alerts.links import Links
from classifiers.verdicts.press import find_ending, says_ended, weigh_ending
from data.matters import Access, ActKind, MatterView
from data.retention.deleting import purge
from data.steps.acts import Done
from data.steps.codes import StepKind
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import owners as owner_store
from data.store.alerts import ack
from data.types import (
    About,
    Escalation,
    Mark,
    Marked,
    Owner,
    Person,
    Policy,
    Relevance,
    Role,
    Route,
    Severity,
)
from monitor.act.matter import end_as_said
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.desk.pages.today import make_day
from monitor.matters.reader import Reader, Session
from monitor.matters.searching import State, Wanted, matters_page, state_of
from monitor.matters.today import open_today
from monitor.matters.views import read_matter
from monitor.service.reminders import endings

READERS = [HEAD, DEPUTY, DSL, CHAIR]
BEFORE, DAY, HOUR = TUESDAY - timedelta(hours=14), timedelta(days=1), timedelta(hours=1)
FRIDAY = TUESDAY + 3 * DAY
DANGER = {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW}
UNANSWERED = "Three emails about my son being bullied and not one reply"


# ------------------------------------------------------------- no more than access says, and no less


def all_of(chosen: Selection) -> list[MatterView]:
    """All that it holds, under whatever it stands."""
    return [one.view for one in chosen.matters]


def least(view: MatterView) -> Access:
    """How much somebody must be let know of a case to be told of it, of anything else, and of a number."""
    return view.access if view.restricted else Access.STATUS if view.cases else Access.WORDS


@pytest.fixture(scope="module")
def days(tmp_path_factory, config):
    """Of a random day with two grave matters what each reader is shown today, and what their digest tells."""
    with kept_open(a_home(tmp_path_factory.mktemp("day"))) as store:
        two_grave(store, TUESDAY)
        with together(store) as one:
            # posts, any of them grave, restricted, in the press, about anybody
            draw = random.Random()
            for n in range(14):
                at = TUESDAY - timedelta(minutes=draw.randrange(10, 1400))
                about = draw.choice([About.STAFF, About.HEAD, About.CHAIR, About.PUPIL, About.SCHOOL])
                who = draw.choice([(), (), ("head",), ("deputy",)])
                match n % 7:
                    case 0:
                        grave(one, f"g{n}", at, about=about, subjects=who)
                    case 1:
                        restricted(one, f"r{n}", at)
                    case 2:
                        news(one, f"n{n}", at, f"Fair number {n}", look=draw.random() < 0.5, about=about)
                    case 3:
                        praise(one, f"p{n}", at, themes=("meals",))
                    case 4:
                        say(one, f"l{n}", at, look=True, look_rank=draw.random(), about=about, subjects=who)
                    case 5:
                        say(one, f"u{n}", at, relevance=Relevance.UNSURE, severity=Severity.NOTE)
                    case _:
                        say(one, f"a{n}", at, themes=(draw.choice(["traffic", "uniform"]),), about=about)
        told = parts(store, config, READERS, TUESDAY)
        with store.open_reader() as con, everything():
            shown = {p.id: open_today(con, config, p, TUESDAY)[0] for p in READERS}
            assert open_today(con, config, HEAD, TUESDAY) == (shown["head"],)
            listed = {p.id: set[str]() for p in READERS}
            for p, state in itertools.product(READERS, (State.OPEN, State.HELD)):
                wanted = Wanted(state=state, urns=[URN])
                views, _ = matters_page(con, Reader(config, store, p), wanted, None, 99)
                listed[p.id] |= {view.story_id for view in views}
            known = {
                p.id: Reader(config, store, p).look(
                    con, {v.story_id: URN for v in all_of(shown[p.id].chosen)}
                )
                for p in READERS
            }
    return shown, told, known, listed


@pytest.mark.parametrize("person", READERS, ids=lambda person: person.id)
def test_it_holds_the_matters_of_each_readers_digest_and_nothing_that_access_withholds(days, person):
    shown, told, known, _ = (of_all[person.id] for of_all in days)
    matters = {view.story_id: view for view in all_of(shown.chosen)}
    assert matters or person is CHAIR
    assert sections(told).keys() == matters.keys()
    assert all(known.access[story] >= least(view) for story, view in matters.items())


@pytest.mark.parametrize("person", [HEAD, DEPUTY], ids=["head", "deputy"])
def test_nothing_that_is_open_is_missing_from_it(days, person):
    chosen = days[0][person.id].chosen
    missing = days[3][person.id] - {view.story_id for view in all_of(chosen)}
    assert len(missing) <= chosen.more_looks + chosen.with_dsl + chosen.long_open


def test_nothing_of_a_matter_is_there_for_whom_it_accuses(days):
    alerts = {who: {v.alert_id for v in all_of(days[0][who].chosen)} for who in ("head", "deputy")}
    assert ("deadbeef00" in alerts["head"], "deadbeef00" in alerts["deputy"]) == (True, False)


# ------------------------------------------------------------------- what is open, morning by morning


def marked(store, name, mark, at=BEFORE, by="deputy"):
    do_in(store, owner_store.record_mark, Marked(story_id(name), URN, mark, by, at))


def owned(store, name, by, at=BEFORE, ask_at=None):
    do_in(store, owner_store.own, story_id(name), URN, Owner(by, at, by, None, ask_at))


EVERY_MORNING, ENDED, PUT_OFF = (1, 1, 1, 1), (1, 0, 0, 0), (1, 0, 1, 1)
STANDS = {
    "unanswered": EVERY_MORNING, "answered": ENDED, "not us": ENDED, "put off": PUT_OFF,
    "raised, put off": PUT_OFF, "danger, put off": EVERY_MORNING, "had": EVERY_MORNING,
}  # fmt: skip
"""Whether, for the deputy who put some off, a line of it stands on Tuesday, when it is new, on Wednesday,
on Friday, to which some is put off, and on the Wednesday after."""


@pytest.fixture(scope="module")
def mornings(tmp_path_factory, config):
    with kept_open(a_home(tmp_path_factory.mktemp("mornings"))) as store:
        with together(store) as one:
            for name in ("unanswered", "answered", "not us", "put off"):
                say(one, name, BEFORE, text=UNANSWERED)
            for name, changes in (("raised, put off", {}), ("danger, put off", DANGER), ("had", {})):
                raised = grave(one, name, BEFORE, alert_on(name, BEFORE, **changes))
            ack(one.con, raised.id, "head", BEFORE + HOUR)
        first = parts(store, config, [HEAD, DEPUTY], TUESDAY)
        marked(store, "answered", Mark.ANSWERED, TUESDAY + HOUR)
        marked(store, "not us", Mark.NOT_US, TUESDAY + HOUR)
        for name in ("put off", "raised, put off", "danger, put off"):
            owned(store, name, "deputy", TUESDAY + HOUR, ask_at=FRIDAY + timedelta(minutes=30))
        say(store, "had-more", TUESDAY + 30 * HOUR, story="had")
        later = (TUESDAY + DAY, FRIDAY, TUESDAY + 8 * DAY)
        return [first, *(parts(store, config, [HEAD, DEPUTY], at) for at in later)]


@pytest.mark.parametrize("name", STANDS)
def test_what_is_open_is_told_each_morning_until_it_is_done_and_not_while_it_is_put_off(mornings, name):
    for told, stands in zip(mornings, STANDS[name], strict=True):
        assert (story_id(name) in sections(told["deputy"])) == bool(stands)


@pytest.mark.parametrize("name", STANDS)
def test_what_somebody_put_off_stands_for_the_others_as_before(mornings, name):
    wanted = EVERY_MORNING if "put off" in name else STANDS[name]
    for told, stands in zip(mornings, wanted, strict=True):
        assert (story_id(name) in sections(told["head"])) == bool(stands)


def test_what_may_be_danger_is_put_off_by_nobody_and_stands_first(mornings):
    assert all(whole(part).sections[0].grave for told in mornings for part in told.values())


def test_it_needs_whoever_answers_on_today_and_is_folded_for_the_others(store, config):
    say(store, "emails", BEFORE, text=UNANSWERED)
    told = parts(store, config, [DEPUTY, HEAD], TUESDAY + 2 * DAY + HOUR, so_far=True)
    days = {who: make_day(part.facts, part.chosen, sent=True) for who, part in told.items()}
    assert [card.said for group in days["deputy"].needs for card in group.cards] == [f"“{UNANSWERED}”"]
    assert not days["head"].needs
    assert [group.key for group in days["head"].folded] == ["others", "not_seen"]


_KEYS = {
    "mentions": ("id",), "mention_versions": ("mention_id",), "verdicts": ("mention_id",),
    "matches": ("mention_id", "story_id"), "stories": ("id",),
}  # fmt: skip


def again(store, times):
    """All that was said is said so many times more, by others and of other matters."""
    for table, keys in _KEYS.items():
        others = ", ".join(f"{key} || r.n AS {key}" for key in keys)
        store.con.execute(
            f"INSERT INTO {table} SELECT t.* REPLACE ({others}) FROM {table} t, range({times}) r(n)"
        )


def test_of_hundreds_a_few_have_a_line_and_the_rest_is_counted_with_a_way_to_it(store, config):
    say(store, "old", BEFORE, text="Nobody answers")
    again(store, 129)
    letter = of(store, config, DEPUTY, TUESDAY + DAY)
    assert flat(letter).count("Nobody answers") == 7
    assert "93 to answer, 30 more that are open." in flat(letter)
    assert len(letter.letter.body) < 5000
    (part,) = parts(store, config, [DEPUTY], TUESDAY + DAY, so_far=True).values()
    (group,) = make_day(part.facts, part.chosen, sent=True).needs
    assert (group.count, len(group.cards)) == (100, 7)


def test_what_asks_for_nothing_is_not_open_in_the_list_of_all_matters(store, config):
    praise(store, "thanks", BEFORE)
    say(store, "emails", BEFORE)
    marked(store, "emails", Mark.TAKEN)
    say(store, "queue", BEFORE)
    with store.open_reader() as con:
        found = matters_page(con, Reader(config, store, HEAD), Wanted(urns=[URN]), None, 9)[0]
    states = {"thanks": State.CALM, "emails": State.HELD, "queue": State.OPEN}
    assert {view.story_id: state_of(view) for view in found} == {
        story_id(name): state for name, state in states.items()
    }


def test_what_was_taken_long_ago_is_counted_for_whoever_was_told_of_it_alone(store, config):
    raised = grave(store, "street", BEFORE, alert_on("street", BEFORE, audience=("head", "deputy")))
    do_in(store, ack, raised.id, "head", BEFORE + HOUR)
    told = parts(store, config, [HEAD, DEPUTY, CHAIR], TUESDAY + 20 * DAY)
    assert [(len(sections(part)), part.chosen.long_open) for part in told.values()] == [
        (0, 1),
        (0, 1),
        (0, 0),
    ]
    assert "1 more that is open." in flat(whole(told["head"]))


def test_the_line_stays_when_the_words_are_deleted(tmp_path, config):
    store = a_home(tmp_path)
    say(store, "emails", BEFORE, text=UNANSWERED)
    grave(store, "raised", BEFORE, content_class="C0", abuse=())
    at = TUESDAY + 31 * DAY
    purge(store, at - HOUR, Policy())
    said = flat(of(store, config, DEPUTY, at))
    assert UNANSWERED not in said
    assert said.count("words deleted on 18 Dec") == 2
    assert "A complaint about the school, 16 Nov · words deleted on 18 Dec." in said
    with store.open_reader() as con:
        view = read_matter(con, Reader(config, store, HEAD), story_id("emails"), at)
    assert [(p.words_deleted_at, p.text, p.author, p.url) for p in view.posts] == [
        (at - HOUR, None, None, None)
    ]


def test_of_a_post_that_was_taken_down_the_line_says_so_and_it_is_no_old_matter(tmp_path, config):
    store = a_home(tmp_path)
    say(store, "emails", BEFORE, text=UNANSWERED)
    do_in(store, lambda con: con.execute("UPDATE mentions SET gone_at = $at", {"at": TUESDAY}))
    purge(store, TUESDAY, Policy())
    said = flat(of(store, config, DEPUTY, TUESDAY + DAY))
    assert UNANSWERED not in said
    assert "taken down by its author, platform or website, seen gone on 17 Nov" in said
    assert "seen gone" not in flat(of(store, config, DEPUTY, TUESDAY + 31 * DAY))
    assert purge(store, TUESDAY + 31 * DAY, Policy()).deleted == 1


def test_what_is_of_this_hour_and_nobody_has_leaves_a_line_for_whoever_leads(store, config):
    grave(store, "threat", BEFORE, alert_on("threat", BEFORE, **DANGER))
    restricted(store, "child", BEFORE)
    odd = alert_on("odd", BEFORE, severity=Severity.THIS_HOUR, content_class="C14")
    grave(store, "odd", BEFORE, odd, content_class="C14")
    for hours in (1, 26):
        (part,) = parts(store, config, [HEAD], BEFORE + hours * HOUR, so_far=True).values()
        assert sections(part).keys() == set(map(story_id, ("threat", "child", "odd")))


# ----------------------------------------------------------------- what a safeguarding lead gave back


def test_a_threat_given_back_stands_first_that_very_morning_until_it_is_raised_anew(store, config):
    raised = restricted(store, "gate", BEFORE)
    opened = {
        "story": story_id("gate"), "route": "safeguarding", "proposed_class": "C10", "about": "pupil",
        "lane": "safeguarding", "alert": raised.id, "audience": "dsl",
    }  # fmt: skip
    judged = {"class": "C6", "about": "staff"}
    steps = (
        a_step(case_id="0007", at=BEFORE, facts=opened, actor="dsl"),
        a_step(2, StepKind.CLASSIFIED, case_id="0007", at=BEFORE + HOUR, actor="dsl", facts=judged),
    )
    for n in (1, 2):
        do_in(store, case_store.append_steps, replay(steps[:n]), steps[n - 1 : n], (), BEFORE)
    praise(store, "thanks", BEFORE)
    for part in parts(store, config, [HEAD, DEPUTY]).values():
        view = whole(part)
        assert view.subject.startswith("Threat: with safeguarding lead")
        assert view.sections[0].grave
        assert "A threat is made against a member of staff." in flat(view)
        assert "With the safeguarding lead" not in flat(view)
        assert "Secret" not in flat(view)

    def known():
        with store.open_reader() as con:
            return Reader(config, store, HEAD).look(con, {story_id("gate"): URN})

    assert known().words(story_id("gate"))
    assert known().stored.alerts[story_id("gate")].restricted  # its words are sealed until they are read
    restricted(store, "gate", TUESDAY - HOUR, times=2)
    assert not known().words(story_id("gate"))
    for part in parts(store, config, [HEAD, DSL], TUESDAY).values():
        assert story_id("gate") in sections(part)


# ------------------------------------------------------------------------------------ what was read


def test_at_any_hour_the_digest_says_what_was_read(store, config):
    for place in ("gazette", "mumsnet", "forum", "page"):
        ran(store, place, TUESDAY + 4 * HOUR)
    say(store, "parking", TUESDAY + 4 * HOUR, themes=("traffic",))
    for hour, minute in ((15, 0), (18, 1), (22, 50)):
        letter = of(store, config, HEAD, datetime(2026, 11, 17, hour, minute, tzinfo=LONDON))
        assert "we read 1 new post from 4 sources; 1 was about you" in flat(letter)
        assert "Nothing could be read" not in letter.letter.subject


def test_no_place_is_counted_as_read_and_as_not_seen(store, config):
    for place in ("gazette", "mumsnet", "forum"):
        ran(store, place, TUESDAY - 9 * HOUR)
    (part,) = parts(store, config, [HEAD], TUESDAY).values()
    assert "Nothing new about you from 3 sources" in flat(whole(part))
    assert whole(part).subject.endswith("1 source not seen (Tuesday)")
    assert part.facts.places + len(part.facts.unseen) == 4
    assert len(part.facts.not_seen) == 4


LINKS, LATER = Links(BASE, b"k" * 32), NOW + timedelta(hours=5)
THREAT = "I will be at the gate of Oakfield Primary, Northvale with a knife at half three, watch me"
HOAX = "Police: knife threat to Oakfield Primary, Northvale was a hoax"


@pytest.fixture
def home(tmp_path):
    store = a_migrated_store(tmp_path, Clock(NOW))
    read(store, post("", THREAT), source=TOWN)
    config = Config(Path("schoolgate.toml"), (OAKFIELD,), people=PEOPLE, base_url=BASE)
    return store, Context(config, store.home, LINKS)


def may_say_so(store, context):
    """Who finds, on Today, that a matter may be over, without a word of it."""
    found = set()
    with store.open_reader() as con:
        for person in PEOPLE:
            for part in open_today(con, context.config, person, LATER + timedelta(minutes=5), LINKS):
                needs = make_day(part.facts, part.chosen, sent=True).needs
                lines = [line for group in needs if group.key == "over" for line in group.cards]
                found |= {person.id for line in lines if "hoax" not in line.said}
    return found


def seen(store, context, now=LATER + timedelta(minutes=5), of=PEOPLE[0]):
    with store.open_reader() as con:
        (alert,) = (a for a in alert_store.list_alerts(con, finished=True) if a.severity == 4)
        return read_matter(con, Reader(context.config, store, of), alert.story_id, now)


def mailed(store, context, now):
    tend(store, endings, context, now)
    return rows_of(store, "SELECT person_id, subject FROM outbox WHERE subject LIKE 'May be over%'")


def test_a_hoax_that_the_press_tells_of_is_shown_and_told_and_ends_by_one_tap_of_who_may(home):
    store, context = home
    read(store, article(HOAX, LATER), at=LATER)
    view = seen(store, context)
    assert [(e.text, e.reasons) for e in view.endings] == [(HOAX, ("hoax",))]
    assert view.severity == 4
    assert view.ending_mark is None
    assert view.may(ActKind.ENDED)
    told = mailed(store, context, LATER + timedelta(minutes=5))
    assert {person for person, _ in told} == {"head", "dsl"}
    able = {p.id for p in PEOPLE if (known := seen(store, context, of=p)) and known.may(ActKind.ENDED)}
    assert may_say_so(store, context) == able
    assert "head" in able
    assert mailed(store, context, LATER + timedelta(minutes=6)) == told
    session = Session(context.config, store, PEOPLE[0], context)
    done = do_on(session, view.story_id, view.urn, LATER, end_as_said, "A hoax, as the paper says.")
    assert isinstance(done, Done)


@pytest.mark.parametrize("apart", [timedelta(0), HOUR])
def test_of_two_posts_that_say_that_one_matter_is_over_each_is_sent_one_mail(home, apart):
    store, context = home
    again, then = HOAX.replace("was a hoax", "a hoax, pupils told"), LATER + apart
    read(store, article(HOAX, LATER), at=LATER)
    told = mailed(store, context, LATER + timedelta(minutes=5)) if apart else []
    read(store, article(again, then), at=then)
    assert {e.text for e in seen(store, context, then + HOUR).endings} == {HOAX, again}
    mails = mailed(store, context, then + timedelta(minutes=5))
    assert {person for person, _ in mails} == {"head", "dsl"}
    assert len(mails) == 2
    assert told in ([], mails)


def test_who_is_asked_after_what_may_end_it_came_finds_that_on_its_page_alone(home):
    store, context = home
    next_in_turn = Person("stands-in", "Mr Rowan Sedge", (Role.DEPUTY_HEAD,), "stands-in@example.org")
    context = replace(context, config=replace(context.config, people=(*PEOPLE, next_in_turn)))
    read(store, article(HOAX, LATER), at=LATER)
    asked = seen(store, context).alert_id, "900001", 1, 1, "stands-in", LATER + timedelta(minutes=4)
    do_in(store, alert_store.put_step, Escalation(*asked))
    assert {who for who, _ in mailed(store, context, LATER + timedelta(minutes=5))} == {"head", "dsl"}
    assert seen(store, context, of=next_in_turn).endings


def test_what_is_raised_with_what_may_end_it_is_told_once(tmp_path):
    store = a_migrated_store(tmp_path, Clock(NOW))
    context = Context(
        Config(Path("schoolgate.toml"), (OAKFIELD,), people=PEOPLE, base_url=BASE), store.home, LINKS
    )
    threat = replace(post("", THREAT), published=NOW)
    read(store, threat, article(HOAX, LATER), at=LATER, source=TOWN)
    assert seen(store, context).endings
    assert mailed(store, context, LATER + timedelta(minutes=5)) == []


HAMMER = "I will be at the gate of Oakfield Primary, Northvale with a hammer at half three, wait for me"
KIAN = "I will stab Kian Holt at the gate of Oakfield Primary, Northvale at half three, watch me"
AT_THE_GATE = "Police: threat {}at the gate of Oakfield Primary, Northvale at half three was a hoax"


def say_over(store, context):
    """The posts of the matters of which a mail says that they may be over."""
    told = {subject for _, subject in mailed(store, context, LATER + timedelta(minutes=5))}
    posts = rows_of(store, """SELECT a.number, n.text FROM alerts a JOIN matches x USING (story_id)
        JOIN mention_versions n USING (mention_id) WHERE a.severity = 4""")  # fmt: skip
    return {text for number, text in posts if any(number in subject for subject in told)}


@pytest.mark.parametrize(("whom", "over"), [("to Kian Holt ", {KIAN}), ("", set())])
def test_of_several_matters_the_one_that_a_later_post_surely_means_may_be_over(home, whom, over):
    store, context = home
    read(store, post("", HAMMER), post("", KIAN), source=TOWN)
    assert len(rows_of(store, "SELECT id FROM alerts WHERE severity = 4")) == 3
    read(store, article(AT_THE_GATE.format(whom), LATER), at=LATER)
    assert say_over(store, context) == over


def test_what_is_put_with_a_matter_says_nothing_of_another_that_has_the_same_words(home):
    store, context = home
    read(store, article("Police at Oakfield Primary, Northvale over knife threat at gate", NOW + HOUR))
    read(store, article("Police: Oakfield Primary, Northvale knife threat at gate a hoax", LATER), at=LATER)
    (press,) = {number for (number,) in rows_of(store, "SELECT number FROM alerts WHERE severity < 4")}
    told = mailed(store, context, LATER + timedelta(minutes=5))
    assert {subject for _, subject in told} == {f"May be over: please look ({press})"}


def test_what_ends_a_matter_that_is_done_with_says_nothing_of_another(home):
    store, context = home
    ended = seen(store, context)
    read(store, post("", HAMMER), source=TOWN)
    do_in(store, owner_store.record_mark, Marked(ended.story_id, ended.urn, Mark.NOT_US, "head", NOW))
    read(store, article(HOAX, LATER), at=LATER)
    assert say_over(store, context) == set()


RUMOUR = "Mr Thistlewood at Oakfield Primary, Northvale touched a girl in year 5 at swimming, keep yours home"
CLEARED = "Police clear Oakfield Primary, Northvale teacher Barnaby Thistlewood after swimming lesson"
BLAMED = "Police charge Oakfield Primary, Northvale teacher Barnaby Thistlewood after swimming lesson"


@pytest.mark.parametrize(("headline", "told"), [(CLEARED, True), (BLAMED, False)])
def test_that_somebody_is_cleared_is_told_to_those_who_hold_a_sealed_matter_and_not_to_them(
    tmp_path, headline, told
):
    store = a_migrated_store(tmp_path, Clock(NOW))
    read(store, post("", RUMOUR), source=TOWN)
    context = Context(
        Config(Path("schoolgate.toml"), (OAKFIELD,), people=PEOPLE, base_url=BASE), store.home, LINKS
    )
    ((audience,),) = rows_of(store, "SELECT audience FROM alerts WHERE restricted")
    read(store, article(headline, LATER), at=LATER)
    tend(store, endings, context, LATER + timedelta(minutes=5))
    sent = rows_of(store, "SELECT person_id, subject, body FROM outbox WHERE subject LIKE '%cleared%'")
    assert {person for person, *_ in sent} == (set(audience) if told else set())
    assert not [body for _, _, body in sent if "Thistlewood after" in body or "swimming" in body]


def test_neither_the_author_nor_a_stranger_ends_anything(home):
    store, context = home
    read(store, post("", f"{HOAX}, only joking"), at=LATER, source=TOWN)
    read(store, article("Was the knife threat to Oakfield Primary, Northvale a hoax?", LATER), at=LATER)
    assert seen(store, context).endings == ()
    assert mailed(store, context, LATER + timedelta(minutes=5)) == []


MISSING = "Has anyone seen Ava Wren? 13, missing from Oakfield since yesterday lunchtime. Please share"
THEFT = "Mr Dunmore at Oakfield nicked the trip money, he wants locking up"
MUSEUM = "an oakfield teacher was arrested on the museum trip"
VAN = "A man in a white van tried to grab a child at the Oakfield gate"
KITCHEN = "Oakfield pupils served mouldy sandwiches, kitchen closed by council inspectors"


@for_each(("said", "author", "printed", "matter"), [
    ("Officers are satisfied that last night’s message was a hoax.", "Northvale Police", False, THREAT),
    ("There was no credible threat to our school. We open as normal.", "Oakfield", True, THREAT),
    ("UPDATE: Ava, 13, has been found safe and well. Thank you.", "Northvale Police", False, MISSING),
    ("We wrongly reported that inspectors had closed the kitchen at Oakfield.", "", True, KITCHEN),
    ("Paul Dunmore, 44, was found not guilty of stealing trip money.", "", True, THEFT),
    ("A judge granted an injunction against Paul Dunmore, of Oakfield.", "", True, THEFT),
    ("Gwen Pugh of Oakfield was cleared over a museum trip.", "", True, MUSEUM),
    ("No offence was committed: the man in the white van near the gate is known.", "Police", False, VAN),
])  # fmt: skip
def test_what_may_end_a_matter(said, author, printed, matter):
    assert says_ended(mention(said, author=author), printed=printed)
    assert _may_end(said, matter)


CRASH = "A lorry hit a year 9 on Larch Road outside Oakfield at half three, ambulance took her away"


@for_each(("said", "matter"), [
    ("Police: the knife seen on Larch Road outside Oakfield at half three was a hoax.", CRASH),
    ("Ava has still not been found safe.", MISSING), ("We hope Ava is found safe soon.", MISSING),
    ("Boy, 9, found safe after search in Hexley.", MISSING), ("If this is a hoax we will prosecute.", THREAT),
    ("Three years ago today the Oakfield bomb threat was a hoax.", THREAT), ("Yeah right, a hoax 🙄", THREAT),
    ("Anna Lyle, a teacher, was cleared of assault.", THEFT),
    ("Gwen Pugh was cleared by a panel.", "some teacher at oakfield is well dodgy with the year 9s"),
    ("Gwen Pugh of Larchwood Primary was cleared over a museum trip. Oakfield’s goes on.", MUSEUM),
    ("The school seeks an injunction against Paul Dunmore of Oakfield.", THEFT),
    ("Threats to schools across Hexley and Marfield were a hoax.", THREAT), ("Dog Ava found safe.", MISSING),
    ("We apologise to Ms Rees for a report on her bakery.", KITCHEN), ("Larchwood High: a hoax.", THREAT),
])  # fmt: skip
def test_what_ends_no_matter(said, matter):
    assert not _may_end(said, matter)


def test_who_takes_down_what_the_police_said_may_know_and_old_news_ends_nothing():
    said = "Sgt Amin phoned to say that the threat was a hoax."
    assert says_ended(mention(said, channel="telephone"), printed=False)
    assert not says_ended(mention(said, author="Dave K"), printed=False)
    assert not says_ended(mention(said, author="Hexley Spoof"), printed=True)
    assert not any(_may_end(said, THREAT, after=timedelta(days=days)) for days in (-2, 40))


def _may_end(said, matter, after=timedelta(days=1)):
    ended = find_ending("", said)
    return ended and weigh_ending(*ended, said, matter, SCHOOL, after, violent=matter is THREAT)
