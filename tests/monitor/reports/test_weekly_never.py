"""No name, handle, title, quote, link or date of an event gets into a report from the store."""

import io
import re
import zlib
from datetime import timedelta

import pytest
from builders.home import migrated
from builders.mention import POLICY, a_batch, a_mention, a_message, a_run, a_store, a_verdict, an_alert, save
from builders.report import CONFIG, FRIDAY, SCHOOL, WEEK, a_home
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from alerts.weekly.facts import from_json, to_json
from data.store.sources import put_people, put_schools, put_sources, record_runs
from data.types import Person, Reason, Role, Route, Sentiment, Severity, Source
from monitor.config.load import load_file
from monitor.reports import weekly
from monitor.reports.weekly import mails

PLANTED = {
    "author": "Xanthippe Vulpine",
    "handle": "@gatewatcher_77",
    "title": "Quidnunc at the railings",
    "text": "The Year 6 teacher shouted zephyrous things on Tuesday 17 November",
    "quoted": "a quincunx of parents",
    "url": "https://forum.example.org/t/zanzibar-4711",
    "person": "Barnaby Thistlewood",
    "head": "Tamsin Quillfeather",
    "source": "Wolverley Whisperer’s blog",
    "reason": "Names the caretaker Jabberwock",
    "log": "Hid a remark of Snark Bandersnatch",
    "phone": "01632 960123",
}
SAYS = st.sampled_from(list(PLANTED.values()))
ORDINARY = {"caretaker", "parents", "things", "teacher", "Tuesday", "November", "remark"}
NEEDLES = {w for said in PLANTED.values() for w in re.findall(r"[A-Za-z0-9_]{6,}", said)} - ORDINARY
CASES = st.fixed_dictionaries(
    {
        "author": st.one_of(st.none(), SAYS),
        "title": SAYS,
        "text": SAYS,
        "quoted": SAYS,
        "reason": SAYS,
        "tone": st.sampled_from(list(Sentiment)),
        "route": st.sampled_from([Route.RESPOND, Route.THANK, Route.REQUEST_REMOVAL, Route.SAFEGUARDING]),
        "restricted": st.booleans(),
    }
)


def plant(store, cases):
    """A store with what was planted in every place that takes words."""
    migrated(store)
    with store.write("plant") as con:
        put_schools(con, [SCHOOL])
        put_people(con, [Person("p-one", PLANTED["person"], (Role.STAFF,), "thistlewood@example.org")])
        put_sources(con, [Source("gazette", "feed", PLANTED["url"], (SCHOOL.urn,), PLANTED["source"])])
        for n, case in enumerate(cases):
            seen = FRIDAY - timedelta(days=n % 6 + 1)
            mentions = [_mention(n, m, case, seen) for m in range(6)]
            verdicts = [_verdict(m, case) for m in mentions]
            story = f"s-{n}"
            batch = a_batch(
                *mentions, verdicts=verdicts, story_id=story, run=a_run("gazette", seen, detail=case["text"]),
                alerts=[an_alert(story, because=(Reason("named", case["reason"]),), raised_at=seen)],
                outbox=[a_message(f"m-{n}", body=case["reason"])],
            )  # fmt: skip
            save(con, batch, now=seen, policy=POLICY)
        con.execute(
            "INSERT INTO account_log VALUES ('l-1', $urn, 'gazette', $at, 'p-one', 'hidden', $why, $url)",
            {
                "urn": SCHOOL.urn,
                "at": FRIDAY - timedelta(days=1),
                "why": PLANTED["log"],
                "url": PLANTED["url"],
            },
        )


def _mention(n, m, case, seen):
    return a_mention(
        f"{n}-{m}", author=case["author"], title=case["title"], text=f"{case['text']} {m}",
        quoted=case["quoted"], url=f"{PLANTED['url']}/{n}/{m}", fetched_at=seen, published=seen,
        channel=["local_forum", "facebook", "google_review"][m % 3],
    )  # fmt: skip


def _verdict(mention, case):
    severity = Severity.TODAY if case["route"] is Route.REQUEST_REMOVAL else Severity.RESPOND
    return a_verdict(
        mention, sentiment=case["tone"], route=case["route"], severity=severity,
        restricted=case["restricted"], subject_person="p-one", subjects=("p-one",),
        content_class="C10" if case["route"] is Route.SAFEGUARDING else "C0",
        themes=("traffic",), reasons=(Reason("named", case["reason"]),),
    )  # fmt: skip


def everything(made, facts, config):
    """Every byte that leaves: the page, the PDF and its streams, text, metadata, stored facts and mails."""
    reader = PdfReader(io.BytesIO(made.pdf))
    streams = [_undone(part) for part in re.findall(rb"stream\r?\n(.*?)endstream", made.pdf, re.S)]
    text = "\n".join(page.extract_text() for page in reader.pages)
    letters = mails(config, SCHOOL, facts, FRIDAY)
    sent = "\n".join(f"{m.subject}\n{m.body}\n{m.html}\n{m.attachment}" for m in letters)
    held = [made.html, text, to_json(facts), sent, str(reader.metadata), *_strings(reader)]
    return "\n".join(held).encode() + made.pdf + b"\n".join(streams)


def _undone(stream):
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def _strings(reader):
    """Every text of every object, alternative texts and bookmarks among them."""
    return [str(reader.get_object(number)) for number in range(1, reader.trailer["/Size"])]


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    return load_file(a_home(tmp_path_factory.mktemp("never")) / "schoolgate.toml", {})


def _made(store, config, now=FRIDAY):
    with store.open_reader() as con:
        facts = from_json(weekly.gather_report(con, config, SCHOOL, WEEK, now).text)
        return facts, weekly.make_report(con, config, facts, now)


@example(
    cases=[
        dict.fromkeys(("author", "title", "text", "quoted", "reason"), " ".join(PLANTED.values()))
        | {"tone": Sentiment.NEGATIVE, "route": Route.REQUEST_REMOVAL, "restricted": False}
    ]
)
@settings(max_examples=1, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases=st.lists(CASES, min_size=1, max_size=4))
def test_nothing_planted_anywhere_gets_into_any_byte_of_it(cases, config, tmp_path_factory):
    store = a_store(tmp_path_factory.mktemp("planted"))
    plant(store, cases)
    facts, made = _made(store, config)
    out = everything(made, facts, config).decode("latin-1").casefold()
    assert not [needle for needle in sorted(NEEDLES) if needle.casefold() in out]
    assert made.findings == ()


def test_the_search_finds_what_is_there(config, tmp_path):
    """A name put into a policy's title is found in the page, in the PDF's text, and by the last look."""
    store = a_store(tmp_path)
    words = dict.fromkeys(("author", "title", "text", "quoted", "reason"), "x")
    plant(store, [{**words, "tone": Sentiment.NEUTRAL,
                   "route": Route.RESPOND, "restricted": False}])  # fmt: skip
    spoilt = CONFIG.replace("Social media policy", "Rules after Barnaby Thistlewood")
    _, made = _made(store, load_file(a_home(tmp_path, spoilt) / "schoolgate.toml", {}))
    assert "thistlewood" in made.html.casefold()
    text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(made.pdf)).pages)
    assert "Thistlewood" in text
    assert {f.said for f in made.findings} >= {"thistlewood", "barnaby"}


def test_a_week_with_restricted_matters_reads_like_one_without(config, tmp_path):
    """To the letter: what the safeguarding lead alone may see changes nothing at all."""
    case = {
        "author": "A", "title": "T", "text": "words", "quoted": "", "reason": "r",
        "tone": Sentiment.NEGATIVE, "route": Route.RESPOND, "restricted": False,
    }  # fmt: skip
    grave = {**case, "text": "grave", "route": Route.SAFEGUARDING, "restricted": True}
    read = []
    for name, cases in (("plain", [case] * 2), ("other", [case] * 2 + [grave] * 2)):
        store = a_store(tmp_path / name)
        plant(store, cases)
        with store.write("the same runs") as con:
            con.execute("DELETE FROM source_runs")
            record_runs(con, [a_run("gazette", FRIDAY - timedelta(days=2))])
        with store.open_reader() as con:
            made = weekly.gather_report(con, config, SCHOOL, WEEK, FRIDAY)
            read.append((made.text, made.counted))
    assert read[0] == read[1]


def test_all_that_is_said_in_a_story_with_a_restricted_post_is_left_out(config, tmp_path):
    store = a_store(tmp_path)
    migrated(store)
    seen = FRIDAY - timedelta(days=1)
    mentions = [a_mention(f"m{n}", fetched_at=seen, author=f"a{n}") for n in range(8)]
    verdicts = [a_verdict(m, themes=("safety",)) for m in mentions[:-1]]
    verdicts.append(a_verdict(mentions[-1], restricted=True, content_class="C10"))
    with store.write("one story") as con:
        put_schools(con, [SCHOOL])
        put_sources(con, [Source("gazette", "feed", "https://x.example.org", (SCHOOL.urn,))])
        save(con, a_batch(*mentions, verdicts=verdicts, run=a_run("gazette", seen)), now=seen, policy=POLICY)
        facts = weekly.gather_report(con, config, SCHOOL, WEEK, FRIDAY).facts
    assert set(facts.own.cells.values()) == {"few"}
    assert facts.themes == {"positive": (), "negative": ()}
