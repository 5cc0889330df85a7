"""From a reading, or a list that was handed in, to what is stored and who is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from unittest.mock import patch

import pytest
from builders.case_desk import SETTINGS, Desk
from builders.hand_in import CHILD_IMAGE, hand_in_lines
from builders.home import a_migrated_store, do_in, migrated, open_session
from builders.judges import CALM, INSULT, OAKFIELD, Words, judges
from support.rows import rows as query
from support.statements import CountedStatements

from data.cases import Event
from data.digest import Window
from data.effects import utc_now
from data.evidence.handed_in import Danger, Says
from data.steps.classes import Noted
from data.store import mentions as mention_store
from data.store import weekly as weekly_store
from data.store.cases import posts_of
from data.store.digest import fresh_stories
from data.store.engine.open import Store
from data.store.engine.turn import turn_of
from data.types import (
    Mention,
    MentionKind,
    Outcome,
    Person,
    Relevance,
    Response,
    Role,
    Route,
    Severity,
    Source,
    SourceRun,
    Via,
)
from monitor.act.step import open_case, take_step
from monitor.matters.reader import load_case
from monitor.pipeline import judges as recent
from monitor.pipeline.collect import Collected, is_on_own_place
from monitor.pipeline.conclude import conclude
from monitor.pipeline.judge import judge, judge_readings, keep_all, load_context
from monitor.pipeline.judges import Judges
from sources.registry import collector

NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
NEWS = "The choir sang at the hospice this afternoon, and everybody was given a biscuit."
SCAM = "First 100 families get a free voucher! Click the link below to claim."
SPANISH = "Gana dinero desde casa con este método que los bancos no quieren que conozcas para tu familia"
GRAVE = {
    "sentiment:neutral": 0.95, "abuse:safeguarding": 0.97, "about:pupil": 0.95, "relevant": 0.98,
    "route:safeguarding": 0.97, "severity:3": 0.99, "severity:4": 0.95,
}  # fmt: skip
IT = Person("it", "Jo Fern", (Role.IT_LEAD,), "it@example.org")


@pytest.fixture
def store(tmp_path):
    return a_migrated_store(tmp_path)


def with_it(*aliases: str) -> Judges:
    found = judges(replace(OAKFIELD, aliases=(*OAKFIELD.aliases, *aliases)))
    return replace(found, people=(*found.people, IT))


def test_an_address_is_on_an_account_of_our_own_below_it_or_on_our_website():
    urls = {
        "https://m.social.example.org/oakfield/posts/7": True,
        "https://www.social.example.org/oakfield?post=7": True,
        "https://social.example.org/oakfield-parents/posts/7": False,
        "https://news.oakfield.example.sch.uk/7": True,
        "": False,
    }
    school = replace(OAKFIELD, domain="oakfield.example.sch.uk")
    ours = Source("page", "own.page", "https://social.example.org/oakfield", (school.urn,), own=True)
    news = Source("news", "feed", "https://social.example.org/oakfield-parents", (school.urn,))
    assert {url: is_on_own_place(url, school, [ours, news]) for url in urls} == urls
    another = replace(school, urn="900009", domain="")
    assert not [url for url in urls if is_on_own_place(url, another, [ours, news])]


@pytest.mark.parametrize("own", [True, False])
def test_what_a_person_saw_on_our_account_is_told_where_it_is_a_scam_and_never_taken_for_our_own(store, own):
    handed_in = Source("report-in", "report-in", "", (OAKFIELD.urn,), listing=True, own=own)

    def handed(mention: Mention):
        run = SourceRun(handed_in.id, NOW, NOW, Outcome.OK)
        judged = judge(Collected(handed_in, run, (mention,)), store, with_it(), NOW)
        with store.open_reader() as con:
            (batch,) = conclude(con, [judged], with_it(), NOW)
        return batch

    batch = handed(post(1, SCAM, author=None))
    assert [v.content_class == "C14" for v in batch.verdicts] == [own]
    assert [a.audience[0] for a in batch.alerts] == (["it"] if own else [])
    (insult,) = handed(post(2, INSULT, author=None)).verdicts
    assert insult.severity >= Severity.TODAY
    assert insult.content_class != "C14"


def post(n: int, text: str, **changes) -> Mention:
    base = Mention(
        id=f"{n:016x}", url=f"https://social.example.org/oakfield/{n}", channel="facebook",
        kind=MentionKind.POST, title="", text=text, fetched_at=NOW, author="Our page",
        published=NOW - timedelta(hours=2, minutes=-n),
    )  # fmt: skip
    return replace(base, **changes)


def read(
    store: Store, *mentions: Mention, own: bool = True, at: datetime = NOW, handle: str = "@oakfieldpage"
) -> mention_store.Batch:
    source = Source(
        "own", "own.page", "https://social.example.org/oakfield", urns=("900001",), name="Our page", own=own
    )
    run = SourceRun("own", at, at, Outcome.OK, pages=1, mentions_read=len(mentions))
    found = with_it(handle)
    judged = judge(Collected(source, run, mentions), store, found, at)
    (batch,) = do_in(store, keep_all, [judged], found, at)
    return batch


def test_the_schools_own_news_is_kept_but_joins_no_story(store):
    batch = read(store, post(1, NEWS))
    (verdict,) = batch.verdicts
    ignored = (Relevance.ABOUT, Route.IGNORE, Severity.NOTHING)
    assert (verdict.relevance, verdict.route, verdict.severity) == ignored
    assert (batch.stories, batch.folded, batch.alerts) == ((), (), ())


def test_the_notice_of_our_own_page_is_never_judged_whatever_a_model_makes_of_it(store):
    with patch.object(Words, "_shares", lambda _, text: GRAVE):
        notice, other = read(
            store,
            post(1, "This page is not watched around the clock. In danger ring 999.", author="Our page"),
            post(2, "Help me, I am in danger at home.", author="Our page"),
        ).verdicts
    assert (notice.route, notice.severity, notice.restricted) == (Route.IGNORE, Severity.NOTHING, False)
    assert other.route is Route.SAFEGUARDING


def test_the_schools_own_news_is_counted_in_no_digest_and_no_report(store):
    read(store, post(1, NEWS), post(2, CALM, kind=MentionKind.COMMENT, author="Sam W"))
    window = Window(NOW - timedelta(days=7), NOW + timedelta(days=1))
    with store.open_reader() as con:
        assert [story.mentions for story in fresh_stories(con, "900001", window)] == [1]
        counted = weekly_store.count_kept(con, "900001", NOW - timedelta(days=7), NOW + timedelta(days=1))
    assert sum(counted.values()) == 1


def test_the_same_words_on_another_page_are_judged_as_ever(store):
    batch = read(store, post(1, CALM), own=False)
    assert [v.route for v in batch.verdicts] == [Route.NOTE]
    assert len(batch.stories) == 1


def test_an_odd_post_raises_an_alert_at_once_to_it_and_the_leadership(store):
    night = NOW.replace(hour=2)
    batch = read(store, post(1, SCAM), at=night)
    assert read(store, post(1, SCAM), at=night + timedelta(hours=1)).outbox == (), "it is told once"
    (alert,) = batch.alerts
    told = (alert.content_class, alert.severity, alert.route)
    assert told == ("C14", Severity.THIS_HOUR, Route.PLATFORM_REPORT)
    assert set(alert.audience) == {"it", "head", "dsl"}  # the deputy head is the DSL here
    assert {m.due_at for m in batch.outbox} == {night}
    assert not [m for m in batch.outbox if "voucher" in m.body or "voucher" in m.subject]


def test_what_others_write_on_an_own_page_is_about_the_school_without_naming_it(store):
    words = "Does anybody know when the winter fair of the primary is?"
    (verdict,) = read(store, post(2, words, kind=MentionKind.COMMENT, author="Sam W")).verdicts
    assert (verdict.relevance, verdict.route) == (Relevance.ABOUT, Route.NOTE)


def test_abuse_in_a_comment_gets_its_usual_verdict(store):
    batch = read(store, post(2, INSULT, kind=MentionKind.COMMENT, author="Sam W"))
    (alert,) = batch.alerts
    assert alert.content_class == "C2"
    assert "it" not in alert.audience


@pytest.mark.parametrize("own", [True, False], ids=["a comment", "a tag elsewhere"])
def test_a_scam_by_others_is_told_to_it_and_the_leadership_by_mail_at_once(store, own):
    night = NOW.replace(hour=3)
    text = f"{SCAM} Ask @oakfieldpage, Oakfield Primary in Northvale"
    batch = read(store, post(2, text, kind=MentionKind.COMMENT, author="Sam W"), own=own, at=night)
    (alert,) = batch.alerts
    # a visitor has not taken over the account
    assert (alert.content_class, alert.severity) == ("C12" if own else "C14", Severity.TODAY)
    assert set(alert.audience) == {"it", "head", "dsl"}
    assert {m.due_at for m in batch.outbox} == {night}
    assert all(("password" in m.body) is not own for m in batch.outbox if m.via is Via.MAIL)


def test_a_scam_elsewhere_that_tags_no_account_is_judged_as_ever(store):
    batch = read(store, post(2, f"{SCAM} Oakfield Primary in Northvale"), own=False)
    assert batch.alerts == ()


@pytest.mark.parametrize("kept", [3, 0])
def test_a_strange_language_is_odd_after_posts_that_were_kept_and_not_on_a_new_account(store, kept):
    if kept:
        read(store, *(post(n, f"{NEWS} {n}") for n in range(1, 1 + kept)), at=NOW - timedelta(days=1))
    batch = read(store, post(9, SPANISH))
    assert [a.content_class for a in batch.alerts] == (["C14"] if kept else [])


def test_an_own_post_edited_into_an_odd_one_is_told(store):
    read(store, post(1, NEWS))
    batch = read(store, post(1, SCAM), at=NOW + timedelta(hours=1))
    assert [a.content_class for a in batch.alerts] == ["C14"]


def test_a_childs_danger_in_an_own_post_still_goes_to_the_safeguarding_lead(store):
    text = (
        "A pupil of Oakfield Primary wrote this: my stepdad hits me every night and I am scared to go home."
    )
    batch = read(store, post(1, text))
    (verdict,) = batch.verdicts
    assert (verdict.route, verdict.restricted) == (Route.SAFEGUARDING, True)
    (alert,) = batch.alerts
    assert alert.audience[0] == "dsl"
    assert "it" not in alert.audience
    assert OAKFIELD.urn == alert.urn


COMMENTS = b"""<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Comments for Oakfield Primary</title><link>https://oakfield.example.sch.uk</link>
<item><title>Comment on Book fair by Sam W</title>
<link>https://oakfield.example.sch.uk/book-fair/#comment-7</link><dc:creator>Sam W</dc:creator>
<pubDate>Tue, 17 Nov 2026 09:00:00 +0000</pubDate><guid>https://oakfield.example.sch.uk/?p=3#comment-7</guid>
<description>Does anybody know when the winter fair of the primary is this year?</description></item>
</channel></rss>"""


def test_comments_on_the_schools_website_are_mentions_of_the_school(store):
    source = Source(
        "comments", "feed", "https://oakfield.example.sch.uk/comments/feed", ("900001",), own=True
    )
    answer = Response(source.url, 200, (("content-type", "application/rss+xml"),), COMMENTS, NOW)
    page = collector("feed").parse(source, answer)
    with_site = judges(replace(OAKFIELD, domain="oakfield.example.sch.uk"))
    run = SourceRun("comments", NOW, NOW, Outcome.OK, pages=1, mentions_read=1)
    (verdict,) = judge(Collected(source, run, page.mentions), store, with_site, NOW).verdicts
    assert (verdict.relevance, verdict.route) == (Relevance.ABOUT, Route.NOTE)


TO_LOOK, TO_SAVE, TO_ALERT = 2, 23, 43
"""Statements for a group, however many its sources: whoever needs one more says here why. Of the 43, one asks
who has what rises, one which press matters are open, and, as of the 23, one whether anything was corrected
and one what people put into another story."""


@pytest.fixture
def counted(tmp_path, monkeypatch):
    monkeypatch.setattr(recent, "turn_of", lambda con: turn_of(getattr(con, "con", con)))
    return migrated(Store(tmp_path / "home", clock=lambda: NOW, sleep=lambda s: None))


def apart(*of):
    """Words that keep a post from being taken for a copy of another."""
    draw = Random(repr(of))
    return " ".join("".join(draw.choices("aeioulmnrst", k=6)) for _ in range(30))


def reading(n, at, *texts, tag=""):
    """What the n-th source gave."""
    posts = [
        Mention(
            id=f"{tag}{n:08x}{k:04x}", url=f"https://{n}.example.org/{tag}{k}", channel="local_forum",
            kind=MentionKind.POST, title="", text=f"{text} {apart(tag, n, k)}", fetched_at=at, author=f"p{n}",
            published=at - timedelta(hours=1),
        )
        for k, text in enumerate(texts)
    ]  # fmt: skip
    where = Source(f"feed:{n}", "feed", f"https://{n}.example.org/feed", urns=("900001",), surfaced=True)
    return Collected(where, SourceRun(where.id, at, at, Outcome.OK, mentions_read=len(posts)), tuple(posts))


def asked(store, readings, by, at):
    """How many statements a look and a saving take."""
    with store.open_reader() as con:
        looking = CountedStatements(con)
        before = load_context(looking, readings, by, at)
    judged = judge_readings(readings, before, by)
    with store.write("test") as con:
        saving = CountedStatements(con)
        batches = keep_all(saving, judged, by, at)
    return looking.asked, saving.asked, batches


def in_turn(store, sizes, *texts):
    """What groups of these many sources ask, after one in which a process asks what it asks but once."""
    by, found = judges(), []
    for turn, size in enumerate((1, *sizes)):
        at = NOW + timedelta(minutes=turn)
        readings = [reading(n, at, *texts, tag=f"t{turn}") for n in range(size)]
        found.append(asked(store, readings, by, at))
    return found[1:]


def test_a_group_of_ordinary_posts_asks_as_much_for_two_sources_as_for_many(counted):
    (few_looks, few, _), (many_looks, many, _) = in_turn(counted, (2, 6), CALM, CALM)
    assert (len(many_looks), len(many)) == (len(few_looks), len(few))
    assert len(many_looks) <= TO_LOOK, many_looks
    assert len(many) <= TO_SAVE, many


def test_a_group_that_alerts_asks_as_much_for_two_alerts_as_for_many(counted):
    (_, few, some), (_, many, more) = in_turn(counted, (2, 5), INSULT, CALM)
    assert [sum(len(b.alerts) for b in batches) for batches in (some, more)] == [2, 5]
    assert len(many) == len(few)
    assert len(many) <= TO_ALERT, many


# A list: many posts at once, each a report of its own, and all one matter.


AT = "https://www.tiktok.com/@thornleigh_exposed/video"
INSULTS = (
    "Mr Thistlewood at Oakfield is a fat useless moron and an ugly pig, everybody laugh at him.",
    "look at the state of Thistlewood from Oakfield Primary, what an ugly pathetic clown, post your pictures",
    "Oakfield Primary teachers are thick as mince and Thistlewood is the thickest moron of the lot of them",
)
THREAT = "I am going to stab Mr Thistlewood of Oakfield Primary at the gate tomorrow at half past three."
CHILD = (
    "im in year 5 at oakfield primary. my stepdad hits me every night and i am scared to go home, please help"
)


def films(*words, start=1):
    return [(f"{AT}/{n}", said) for n, said in enumerate(words, start=start)]


@pytest.fixture
def home(tmp_path):
    """A home of one school."""
    home, other = Desk(tmp_path).home, SETTINGS.index('[[schools]]\nurn = "900002"')
    settings = home / "schoolgate.toml"
    settings.write_text(settings.read_text("utf-8").replace(SETTINGS[other:], ""), "utf-8")
    return home


def run(home, lines, **said):
    """Hands in a list of addresses and words."""
    rows = ["address,words", *(f'{address},"{words}"' for address, words in lines)]
    hand_in_lines(home, "\n".join(rows), **said)


def handed_in(home):
    sql = """SELECT x.story_id, m.url, x.how FROM matches x JOIN mentions m ON m.id = x.mention_id
        WHERE m.id IN (SELECT subject FROM audit WHERE action = 'reported_in') AND m.channel = 'tiktok'
        ORDER BY m.url"""
    return query(home, sql)


@pytest.mark.parametrize("words", [THREAT, CHILD])
def test_what_the_words_of_a_line_show_that_cannot_wait_is_a_matter_of_its_own(home, words):
    run(home, films(INSULTS[0], words, INSULTS[2]))
    sql = """SELECT a.route, count(DISTINCT x.mention_id), bool_or(s.restricted) FROM alerts a
        JOIN stories s ON s.id = a.story_id JOIN matches x ON x.story_id = a.story_id
        WHERE a.story_id IN (SELECT story_id FROM matches WHERE mention_id IN
            (SELECT subject FROM audit WHERE action = 'reported_in' AND done_at >=
                (SELECT max(done_at) - INTERVAL 1 MINUTE FROM audit)))
        GROUP BY a.route, a.story_id"""
    found = {route: rest for route, *rest in query(home, sql)}
    urgent = {"police_now", "safeguarding"} & set(found)
    assert len(urgent) == 1
    assert found[urgent.pop()][0] == 1
    (others,) = [rest for route, rest in found.items() if route not in ("police_now", "safeguarding")]
    assert others == [2, False]


def test_what_is_said_of_the_whole_list_holds_for_the_one_matter(home):
    run(home, films(*INSULTS), says=Says(Danger.SOON, "vale"))
    (story,) = {story for story, _, _ in handed_in(home)}
    assert query(home, f"SELECT route FROM alerts WHERE story_id = '{story}'") == [("police_now",)]


def test_the_words_of_pictures_of_a_child_are_not_kept_and_each_is_told_by_itself(home):
    run(home, films("one", "two"), says=CHILD_IMAGE)
    assert len({story for story, _, _ in handed_in(home)}) == 2
    assert query(home, "SELECT count(*) FROM restricted_texts WHERE text IN ('one', 'two')") == [(0,)]


def places(session, case):
    """The addresses of a case's places."""
    with session.store.open_reader() as con:
        ids = [place.mention_id for place in load_case(con, case).places]
        return [post.url for post in posts_of(con, ids)]


def opened(home, lines=INSULTS, **said):
    """A case that the head opens of a list: who is at work, and its number."""
    run(home, films(*lines), **said)
    session = open_session("holt", home, None)
    story = next(story for story, _, _ in handed_in(home))
    return session, open_case(session, story, "", utc_now()).made.case.id


def test_a_case_about_it_has_every_line_that_is_no_matter_of_its_own(home):
    """One that comes later is in its open case from the next step."""
    session, case = opened(home, (*INSULTS[:2], THREAT), by="vale")
    assert sorted(places(session, case)) == [f"{AT}/1", f"{AT}/2"]
    run(home, films(*INSULTS[:2], THREAT, INSULTS[2]), by="vale")
    take_step(session, case, Event(Noted(), "holt", "The office found a fourth"), utc_now())
    assert sorted(places(session, case)) == [f"{AT}/1", f"{AT}/2", f"{AT}/4"]


def test_two_lines_of_an_address_that_was_known_without_words_are_two_posts(home):
    run(home, [(f"{AT}/1", "")])
    run(home, [(f"{AT}/1", words) for words in INSULTS[:2]])
    kept = query(
        home,
        f"SELECT text FROM mention_versions n JOIN mentions m ON m.id = n.mention_id \
        AND m.version = n.n WHERE m.url = '{AT}/1'",
    )
    assert {*INSULTS[:2]} <= {text for (text,) in kept}
