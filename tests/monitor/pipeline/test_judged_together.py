"""Readings judged and saved together, as if one after another; and what new mentions are folded with."""

import tempfile
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from builders.home import a_migrated_store, do_in, migrated
from builders.judges import (
    CALM,
    HEXLEY,
    INSULT,
    NOW,
    OAKFIELD,
    OTHER_INSULT,
    Words,
    brought,
    judges,
    posted,
    read_in,
)
from builders.kept_open import Undone
from builders.mention import Clock
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.retention.deleting import purge, rewrite
from data.store import privacy as privacy_store
from data.store import stories as story_store
from data.store.engine.open import Store
from data.store.privacy import Suppression
from data.types import (
    ArticleRead,
    Match,
    Mention,
    MentionKind,
    Outcome,
    Policy,
    Relevance,
    Route,
    Severity,
    Source,
)
from data.web.urls import article_key
from monitor.pipeline import judges as recent
from monitor.pipeline.collect import Collected
from monitor.pipeline.judge import is_urgent, judge, judge_readings, keep_all, load_context
from monitor.pipeline.judges import FOLD_DAYS, Recent

LATER = NOW + timedelta(hours=1)
HOUR = timedelta(hours=1)
OURS, THEIRS = OAKFIELD.urn, HEXLEY.urn
GRAVE = "Her stepdad comes into her room at night, says my daughter at Oakfield Primary, Northvale."
ACCUSES = "A member of staff at Oakfield Primary, Northvale hit my child, says my stepdad."
NAMES = "Mrs Quillfeather of Oakfield Primary, Northvale, was there with us and saw all of it."
THREAT = "I will wait for Mr Thistlewood of Oakfield Primary, Northvale at the gate with a knife tonight."
BOTH = "Hexley Primary in Hexley and Oakfield Primary in Northvale are both closed by snow today."
NOBODY = "Does anybody know a good plumber near here, please?"
REPLY = "That moron of a teacher again, everybody says so, and he will not stop until he is made to."
FOOTER = "Comments are open until midnight and our usual rules apply to everybody who writes here, as ever."
ARTICLE = "Parents of Oakfield Primary School in Northvale were told that the moron who taught there is gone."


def reading(source: str, *mentions: Mention, at=NOW, urns=(OURS,), articles=None, **of) -> Collected:
    where = Source(source, of.pop("kind", "feed"), f"https://{source}.example.org/", urns=urns, **of)
    return brought(where, *mentions, at=at, articles=articles or {})


class Counted(Words):
    """A model that notes what it was given."""

    def __init__(self):
        self.calls = []

    def score(self, texts):
        self.calls.append(list(texts))
        return super().score(texts)


@dataclass
class Home:
    """A store, what judges for it, and what was saved in it last."""

    store: Store | Undone
    model: Counted = field(default_factory=Counted)

    def __post_init__(self):
        self.judges = replace(judges(OAKFIELD, HEXLEY), scorer=lambda: self.model)

    def one_by_one(self, *readings, at=NOW):
        return [read_in(self.store, self.judges, one, at) for one in readings]

    def together(self, *readings, at=NOW, looks=1):
        """Judges them, in so many parts, and saves them at once."""
        judged = []
        for n in range(looks):
            part = readings[len(readings) * n // looks : len(readings) * (n + 1) // looks]
            with self.store.open_reader() as con:
                before = load_context(con, part, self.judges, at, judged)
            judged += judge_readings(part, before, self.judges)
        return do_in(self.store, keep_all, judged, self.judges, at)

    def suppress(self, author):
        key = privacy_store.author_key(b"", "local_forum", author)
        do_in(self.store, privacy_store.add_suppressions, [(Suppression.AUTHOR, key)], "r1", NOW)

    def held(self):
        """All that is compared, read at once."""
        with self.store.open_reader() as con:
            found = {
                table: con.execute(
                    f"SELECT {columns.replace(' ', ', ')} FROM {table} ORDER BY ALL"
                ).fetchall()
                for table, columns in SAME.items()
            }
            alerts = con.execute("SELECT story_id, urn, severity, times FROM alerts").fetchall()
            told = con.execute("SELECT alert_id, person_id, withdrawn_at FROM outbox").fetchall()
        return found | {
            "alerts": {row[:2]: row[2:] for row in alerts},
            "told": {row[:2] for row in told if row[2] is None},
            "ever told": {row[:2] for row in told},
        }


@pytest.fixture
def home(undone):
    return Home(undone)


SAME = {
    "mentions": "id version text_hash url channel kind author published parent first_seen restricted stub "
    "retain_until",
    "mention_versions": "mention_id n text_hash title text quoted canonical_url body_hash article",
    "restricted_texts": "mention_id n url author text article",
    "sightings": "*",
    "matches": "mention_id version urn relevance score reason_codes reason_texts story_id how seen_at",
    "verdicts": "mention_id version urn relevance sentiment abuse about severity route look look_rank "
    "subject_person subjects content_class restricted reason_codes reason_texts judged_at themes history",
    "stories": "*",
    "beginnings": "*",
    "source_runs": "*",
    "article_reads": "*",
}
"""What is the same, whether readings came together or one after another. Not what the model gave a text where
it could change nothing, nor when a mention that several brought was fetched."""


def same(apart: Home, together: Home) -> None:
    """What is told may differ only in that it is told once, and as grave or graver. Graver is told anew: of a
    group all places count at once, where the last of them alone is no reason to look again."""
    one, other = together.held(), apart.held()
    for table in SAME:
        assert [r for r in one[table] if r not in other[table]] == [
            r for r in other[table] if r not in one[table]
        ], table
    assert one["alerts"].keys() == other["alerts"].keys()
    for key, (severity, times) in one["alerts"].items():
        assert severity >= other["alerts"][key][0]
        assert times <= other["alerts"][key][1] + (severity > other["alerts"][key][0])
    assert one["told"] <= other["ever told"]


TEXTS = (CALM, INSULT, OTHER_INSULT, GRAVE, ACCUSES, NAMES, THREAT, BOTH, NOBODY, REPLY)
POSTS = st.tuples(st.integers(1, 6), st.sampled_from(TEXTS), st.booleans())
READINGS = st.lists(
    st.tuples(
        st.lists(POSTS, max_size=4, unique_by=lambda post: post[0]),
        st.sampled_from([(OURS,), (OURS,), (THEIRS,), (OURS, THEIRS)]),
        st.booleans(),
        st.integers(0, 1),
        st.sampled_from([None, None, None, 3]),
    ),
    min_size=2,
    max_size=4,
)
REPLIES = {2: 1, 4: 3, 5: 2}
"""Which of the invented posts reply to which."""
LONG_AGO = {6: NOW - timedelta(days=40)}


def readings_of(drawn, prefix, at=NOW):
    return [
        reading(
            f"{prefix}{n}", *(_post(*post, at=at + timedelta(seconds=late)) for post in posts), urns=urns,
            surfaced=surfaced, at=at, articles=_articles(posts, article, at),
        )
        for n, (posts, urns, surfaced, late, article) in enumerate(drawn)
    ]  # fmt: skip


def _post(n, text, footer, at):
    parent = f"{REPLIES[n]:016x}" if n in REPLIES else None
    kind = MentionKind.REPLY if parent else MentionKind.POST
    if n == 3:
        return posted(n, "In short.", title=text, kind=MentionKind.ARTICLE, channel="news", fetched_at=at)
    return posted(
        n, f"{text} {FOOTER}" if footer else text, parent=parent, kind=kind, fetched_at=at,
        published=LONG_AGO.get(n, NOW - n * HOUR),
    )  # fmt: skip


def _articles(posts, article, at):
    wanted = {f"{n:016x}" for n, _, _ in posts if n == article}
    key = article_key("https://talk.example.org/3")
    return {i: ArticleRead(key, i, at, Outcome.OK, ARTICLE, new=True) for i in wanted}


@example(
    first=[([], (OURS,), False, 0, None), ([], (OURS,), False, 0, None)],
    second=[([(1, CALM, False)], (OURS,), False, 0, None), ([(1, INSULT, False)], (OURS,), False, 0, None)],
    suppressed=True,
    looks=1,
)
@example(  # the last has other words of what is told of: it is no place that carries those
    first=[([(1, CALM, False), (2, REPLY, False)], (OURS,), False, 0, None), ([], (OURS,), False, 0, None)],
    second=[
        ([], (OURS,), False, 0, None),
        ([(2, INSULT, False)], (OURS,), False, 0, None),
        ([(2, CALM, False)], (OURS,), False, 0, None),
    ],
    suppressed=False,
    looks=1,
)
@example(  # a reply to an article whose text came with a reading before
    first=[([], (OURS,), False, 0, None), ([], (OURS,), False, 0, None)],
    second=[
        ([(3, BOTH, False)], (OURS,), False, 0, 3),
        ([(3, BOTH, False), (4, CALM, False)], (OURS,), False, 0, None),
    ],
    suppressed=False,
    looks=1,
)
@settings(max_examples=settings.default.max_examples // 12)
@given(READINGS, READINGS, st.booleans(), st.integers(1, 2))
def test_a_group_leaves_the_store_as_its_readings_one_after_another(first, second, suppressed, looks):
    with tempfile.TemporaryDirectory() as a, tempfile.TemporaryDirectory() as b:
        apart, together = (Home(a_migrated_store(Path(folder), Clock(NOW))) for folder in (a, b))
        for home in (apart, together):
            if suppressed:
                home.suppress("person1")
        for drawn, at in ((first, NOW), (second, LATER)):
            apart.one_by_one(*readings_of(drawn, "s", at), at=at)
            together.together(*readings_of(drawn, "s", at), at=at, looks=looks)
            same(apart, together)


def id_of(n):
    return f"{n:016x}"


@pytest.mark.parametrize("looks", [1, 2], ids=["brings", "brought and is not saved yet"])
def test_a_reply_knows_the_thread_that_another_source(home, looks):
    thread = reading("a", posted(1, CALM), surfaced=False)
    reply = posted(2, REPLY, kind=MentionKind.REPLY, parent=id_of(1))
    _, batch = home.together(thread, reading("b", reply, surfaced=False), looks=looks)
    assert "thread" in {reason.code for _, _, match in batch.matches for reason in match.reasons}
    assert batch.alerts


def test_a_reply_to_what_was_left_out_as_suppressed_in_a_reading_before_knows_no_thread(home):
    home.suppress("person1")
    reply = posted(2, REPLY, kind=MentionKind.REPLY, parent=id_of(1))
    thread = reading("a", posted(1, CALM), surfaced=False)
    _, batch = home.together(thread, reading("b", reply, surfaced=False), looks=2)
    assert ([v.relevance for v in batch.verdicts], batch.alerts) == ([Relevance.NOT_ABOUT], ())


def test_where_a_post_was_seen_before_it_was_edited_counts_among_the_places_of_its_story(home):
    home.together(reading("s1", posted(1, CALM)))
    rude = posted(
        1, "That moron of a teacher again, everybody says so, and he will not stop until he is made to."
    )
    reply = posted(2, BOTH, kind=MentionKind.REPLY, parent=id_of(1))
    home.together(
        reading("s0", rude, urns=(THEIRS,), surfaced=True), reading("s3", reply, surfaced=False), at=LATER
    )
    assert [severity for severity, _ in home.held()["alerts"].values()] == [4]


def test_a_story_of_three_sources_is_told_once_and_as_spreading(home):
    copies = [
        reading(f"s{n}", posted(n, INSULT, url=f"https://s{n}.example.org/1"), surfaced=True)
        for n in (1, 2, 3)
    ]
    batches = home.together(*copies)
    (alert,) = [alert for batch in batches for alert in batch.alerts]
    assert (alert.severity, alert.times) == (Severity.THIS_HOUR, 1)
    assert sorted(m.person_id for batch in batches for m in batch.outbox) == ["dsl", "head"]


def test_a_place_that_only_sights_a_story_again_counts_among_those_that_carry_it(home):
    home.together(reading("s1", posted(1, INSULT)), reading("s2", posted(2, INSULT)))
    batches = home.together(reading("s3", posted(1, INSULT)), reading("s4", posted(4, INSULT)), at=LATER)
    assert [a.severity for batch in batches for a in batch.alerts] == [Severity.THIS_HOUR]


def test_a_story_that_a_group_raises_twice_is_told_once_as_it_was_raised_last(home):
    """Whether it was told before or not; and whom the second finds accused is kept out of the first too."""
    named = f"{THREAT} Mr Thistlewood hit her as well."
    batches = home.together(reading("a", posted(1, INSULT)), reading("b", posted(1, named)))
    (alert,) = [alert for batch in batches for alert in batch.alerts]
    assert (alert.route, alert.times, alert.because[0].code) == (Route.POLICE_NOW, 1, "severity_4")
    told = [m.person_id for batch in batches for m in batch.outbox]
    assert sorted(told) == sorted(set(told)) == sorted(person for _, person in home.held()["ever told"])
    home.together(reading("s1", posted(2, OTHER_INSULT)), at=LATER)
    two = reading("c", posted(2, GRAVE)), reading("d", posted(2, f"{GRAVE} Mr Thistlewood hit her as well."))
    (again, *more) = [alert for batch in home.together(*two, at=LATER + HOUR) for alert in batch.alerts]
    assert (again.times, again.excluded, more) == (2, ("teacher",), [])


@pytest.mark.parametrize("accusing_first", [True, False])
def test_whom_one_source_names_is_not_told_of_what_another_accuses_somebody_of(home, accusing_first):
    accuses = reading("a", posted(1, GRAVE), surfaced=True)
    names = reading("b", posted(2, f"{GRAVE} Ms Larkspur hit her as well."), surfaced=True)
    both = (accuses, names) if accusing_first else (names, accuses)
    batches = home.together(*both)
    (alert,) = [alert for batch in batches for alert in batch.alerts]
    assert "dsl" in alert.excluded
    assert "dsl" not in {person for _, person in home.held()["ever told"]}


def test_a_calm_reply_from_another_source_keeps_whom_it_names_from_being_told(home):
    accuses = posted(1, "A teacher at Oakfield Primary, Northvale touched my daughter.")
    names = posted(2, "It was Ms Larkspur of that primary.", kind=MentionKind.REPLY, parent=accuses.id)
    home.together(reading("a", accuses), reading("b", names))
    assert "dsl" not in {person for _, person in home.held()["ever told"]}


def test_what_is_restricted_for_one_source_is_kept_apart_for_all(home):
    home.together(reading("a", posted(1, GRAVE)), reading("b", posted(1, GRAVE)))
    held = home.held()
    assert [row[3] for row in held["mention_versions"]] == [None]
    assert [row[4] for row in held["restricted_texts"]] == [GRAVE]


def test_what_is_suppressed_comes_with_no_source_unless_it_is_grave(home):
    home.suppress("person1")
    home.suppress("person2")
    calm, grave = posted(1, CALM), posted(2, INSULT)
    batches = home.together(reading("a", calm, grave), reading("b", calm, grave))
    assert [[m.id for m in batch.mentions] for batch in batches] == [[grave.id], []]


def test_the_schools_own_news_is_judged_beside_other_places_as_by_itself(home):
    own = Source(
        "own", "own.page", "https://social.example.org/oakfield", urns=(OURS,), name="Our page", own=True
    )
    news = replace(reading("own", posted(1, "Our winter fair is on Friday.", author="Our page")), source=own)
    batches = home.together(news, reading("b", posted(2, CALM, url="https://b.example.org/2")))
    assert [[v.route for v in batch.verdicts] for batch in batches] == [[Route.IGNORE], [Route.NOTE]]
    assert batches[0].folded == ()


@pytest.mark.parametrize(("permitted", "route"), [(False, Route.NOTE), (True, Route.IGNORE)])
def test_a_pupils_full_name_in_the_schools_own_news_is_noted_and_nothing_worse(home, permitted, route):
    own = Source("own", "own.page", "https://social.example.org/oakfield", (OURS,), "Our page", own=True)
    news = posted(1, "Well done to Amelia Hartley, Year 4! The fair is on Friday.", author="Our page")
    home.judges = replace(home.judges, policy=replace(home.judges.policy, names_permitted=permitted))
    (batch,) = home.together(replace(reading("own", news), source=own))
    (found,) = batch.verdicts
    assert (found.route, batch.alerts, len(batch.folded)) == (route, (), 0 if permitted else 1)
    assert permitted or "“Well done to Amelia Hartley, Year 4!”" in found.reasons[0].text


def headline(n=3):
    return posted(
        n, "In short.", title="Oakfield Primary, Northvale: parents told", kind=MentionKind.ARTICLE,
        channel="news",
    )  # fmt: skip


def with_article(source, text=ARTICLE, **of):
    head = headline()
    read = ArticleRead(article_key(head.url), head.id, NOW, Outcome.OK, text, new=True)
    return reading(source, head, articles={head.id: read}, **of)


def test_an_article_that_was_read_for_one_source_is_judged_once_for_all(home):
    first, second = home.together(with_article("a"), with_article("b"))
    assert "moron" in "".join(home.model.calls[0])
    assert (len(first.verdicts), second.verdicts, second.mentions) == (1, (), ())
    assert [v.version for v in first.verdicts] == [1]


def test_a_headline_is_judged_with_the_article_that_another_source_brings(home):
    _, second = home.together(with_article("a"), reading("b", headline(), urns=(THEIRS,)))
    assert second.mentions == ()
    assert all("moron" in text for text in home.model.calls[0])  # then what is left without a sentence


def test_a_group_is_one_call_of_the_model_with_each_text_once(home):
    home.together(*(reading(f"s{n}", posted(n, CALM), posted(n + 100, INSULT)) for n in range(1, 4)))
    (texts,) = home.model.calls
    assert len(texts) == len(set(texts)) == 2


def test_what_is_told_at_any_hour_is_urgent(home):
    for n, (text, urgent) in enumerate({CALM: False, INSULT: False, GRAVE: True, THREAT: True}.items()):
        judged = judge(reading("a", posted(n, text)), home.store, home.judges, NOW)
        assert is_urgent(judged) is urgent, text


# ------------- what new mentions are folded with: kept between transactions, and right whoever else writes


SINCE = NOW - timedelta(days=FOLD_DAYS)
NEWS = "The choir of Oakfield Primary sang for an hour at the hospice in Northvale, and all of it was lovely."


@pytest.fixture
def store(tmp_path):
    return another(tmp_path)


def another(home):
    store = Store(home, clock=lambda: NOW, sleep=lambda s: None)
    migrated(store)
    return store


@pytest.fixture
def asked(monkeypatch):
    """The schools whose prints were read from the store."""
    found = []
    real = story_store.sketches
    monkeypatch.setattr(
        recent.story_store, "sketches", lambda con, urns, since: found.extend(urns) or real(con, urns, since)
    )
    return found


def read(store, judges, *mentions, source="town", urns=("900001",)):
    """Judge and save what one source gave."""
    where = Source(source, "feed", "https://talk.example.org/", urns=urns, surfaced=True)
    return read_in(store, judges, brought(where, *mentions))


def in_vain(store, recent, *mentions):
    """Place them in a transaction that is rolled back."""
    with store.write("in vain") as con:
        placed(con, recent, *mentions)
        raise ZeroDivisionError


def shelves(store, recent, *urns):
    return do_in(store, recent.shelves, urns, SINCE)


def counts(store, recent, *urns):
    return [len(shelf) for shelf in shelves(store, recent, *urns).values()]


def test_it_is_read_once_and_knows_what_was_saved_since(store, asked):
    all_of_it = judges()
    first = read(store, all_of_it, posted(1, NEWS))
    second = read(store, all_of_it, posted(2, NEWS), source="other")
    assert asked == ["900001"]
    assert second.folded[0].story_id == first.folded[0].story_id
    assert counts(store, all_of_it.recent, "900001") == [2]


def test_only_what_is_matched_is_read(store, asked):
    read(store, judges(OAKFIELD, HEXLEY), posted(1, NEWS), urns=())
    assert asked == ["900001"]


def test_what_was_rolled_back_is_forgotten(store, asked):
    recent = Recent()
    with pytest.raises(ZeroDivisionError):
        in_vain(store, recent, posted(1, NEWS))
    assert counts(store, recent, "900001") == [0]
    assert asked == ["900001"]
    with store.write("test") as con:
        (one,), (two,) = placed(con, recent, posted(1, NEWS)), placed(con, recent, posted(2, NEWS))
    assert one.story_id == two.story_id, "of one transaction a later reading knows the former"


def placed(con, recent, *mentions):
    return recent.fold(con, mentions, [(Match("900001", Relevance.ABOUT, 0.9),)] * len(mentions), NOW)


def test_what_another_store_object_wrote_makes_it_be_read_again(store, asked):
    ours, theirs = judges(), judges()
    read(store, ours, posted(1, NEWS))
    read(another(store.home), theirs, posted(2, NEWS), source="other")
    assert counts(store, ours.recent, "900001") == [2]
    assert asked == ["900001"] * 3


@pytest.mark.parametrize("change", ["purge", "rewrite"])
def test_what_is_purged_is_found_no_more(store, change):
    ours = judges()
    first = read(store, ours, posted(1, NEWS))
    if change == "rewrite":
        rewrite(store)
        assert counts(store, ours.recent, "900001") == [1]
        return
    purge(store, NOW + timedelta(days=400), Policy())
    assert counts(store, ours.recent, "900001") == [0]
    again = read(store, ours, posted(2, NEWS), source="other")
    assert again.folded[0].story_id != first.folded[0].story_id


def test_where_the_clock_was_set_back_the_older_ones_are_read_too(store, asked):
    ours = judges()
    read(store, ours, posted(1, NEWS, published=NOW - timedelta(days=13)))
    with store.write("look") as con:
        assert len(ours.recent.shelves(con, ["900001"], NOW - timedelta(days=12))["900001"]) == 0
    shelves(store, ours.recent, "900001")
    assert counts(store, ours.recent, "900001") == [1]


def test_no_more_are_kept_than_it_may_hold_those_asked_for_last(store, asked):
    recent, both = Recent(most=2), judges(OAKFIELD, HEXLEY)
    both = replace(both, recent=recent)
    for n, urn in enumerate(("900001", "900002", "900002", "900001"), start=1):
        text = f"Number {n} of {'Oakfield' if urn == '900001' else 'Hexley'} Primary is out, said {n} of us."
        read(store, both, posted(n, text), urns=(urn,), source=f"s{n}")
    del asked[:]
    assert counts(store, recent, "900001") == [2]
    assert asked == []
    assert counts(store, recent, "900002") == [2]
    assert asked == ["900002"]


def test_a_mention_judged_for_one_school_more_keeps_its_print(store):
    both = judges(OAKFIELD, HEXLEY)
    read(store, both, posted(1, NEWS))
    with store.open_reader() as con:
        before = story_store.sketches(con, ["900001"], SINCE)
    read(store, both, posted(1, NEWS), source="broad", urns=())
    with store.open_reader() as con:
        assert story_store.sketches(con, ["900001"], SINCE) == before != []


def test_of_what_was_saved_before_the_print_of_then_counts_in_the_next_transaction(store, asked):
    recent, one = Recent(), posted(1, NEWS)
    do_in(store, recent.fold, [one], [(Match("900001", Relevance.ABOUT, 0.9),)], NOW, again=[one.id])
    assert counts(store, recent, "900001") == [0], "the store has none"
    assert asked == ["900001"] * 2
