"""What becomes of the mentions of one reading: versions, stories, verdicts, alerts, in one batch."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders.home import migrated
from builders.judges import CALM, HEXLEY, INSULT, OAKFIELD, OTHER_INSULT, Words, judges

from data.errors import SchoolgateError
from data.judged import part_at, was_judged
from data.store.engine.open import Store
from data.store.verdicts.verdicts import former_verdicts
from data.types import (
    Mention,
    MentionKind,
    Outcome,
    Person,
    Role,
    Route,
    Severity,
    Source,
    SourceRun,
)
from monitor.pipeline.collect import Collected
from monitor.pipeline.judge import judge, keep
from monitor.pipeline.judging.judged import as_kept

NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path, clock=lambda: NOW, sleep=lambda s: None)
    migrated(store)
    return store


def mention(n, text, **changes):
    base = Mention(
        id=f"{n:016x}", url=f"https://talk.example.org/{n}", channel="local_forum", kind=MentionKind.POST,
        title="", text=text, fetched_at=NOW, author=f"person{n}", published=NOW - timedelta(hours=1),
    )  # fmt: skip
    return replace(base, **changes)


def read(store, judges, *mentions, source="town", urns=("900001",), at=NOW, surfaced=True):
    """Judge and save what one source gave."""
    where = Source(source, "feed", "https://talk.example.org/", urns=urns, surfaced=surfaced)
    run = SourceRun(source, at, at, Outcome.OK, pages=1, mentions_read=len(mentions))
    return saved(store, judges, judge(Collected(where, run, mentions), store, judges, at), at)


def saved(store, judges, judged, at=NOW):
    with store.write("test") as con:
        batch = keep(con, judged, judges, at)
    return batch


class CutShort(Words):
    """A model that reads no text to its end."""

    def score(self, texts):
        return replace(super().score(texts), truncated=(True,) * len(texts))


def test_what_was_not_read_to_its_end_was_not_judged(store):
    cut = replace(judges(), scorer=CutShort)
    (verdict,) = read(store, cut, mention(1, CALM)).verdicts
    assert "not_read_whole" in {reason.code for reason in verdict.reasons}
    assert not was_judged(verdict)
    (verdict,) = read(store, judges(), mention(2, CALM)).verdicts
    assert was_judged(verdict)


def test_a_new_mention_is_judged_once(store):
    batch = read(store, judges(), mention(1, CALM))
    assert [v.route for v in batch.verdicts] == [Route.NOTE]
    assert batch.run.mentions_new == 1


def test_an_unchanged_mention_is_only_sighted_again(store):
    read(store, judges(), mention(1, CALM))
    again = read(store, judges(), mention(1, CALM))
    assert (again.mentions, again.verdicts, again.seen) == ((), (), (f"{1:016x}",))


def test_an_edit_is_a_second_version_in_the_same_story(store):
    first = read(store, judges(), mention(1, CALM))
    edited = read(store, judges(), mention(1, CALM + " Thank you."))
    assert dict(edited.versions) == {f"{1:016x}": 2}
    assert edited.folded[0].story_id == first.folded[0].story_id


def test_the_same_words_under_another_heading_are_one_story_whatever_stands_beside_them(store):
    """What stands in many texts of a reading counts as a footer there, and not in the next reading."""
    footer = "Comments on this page are open until midnight and our usual rules for them apply to everybody"
    posts = [
        f"{word} Oakfield Primary in Northvale. {footer}"
        for word in ("One", "Two", "Six", "Ten", "Red", "Blue")
    ]
    first = read(store, judges(), mention(1, posts[0], title="The harvest lunch"))
    others = [mention(n, text, title=f"Heading {n}") for n, text in enumerate(posts, start=11)]
    again = read(store, judges(), *others, source="other")
    assert again.folded[0].story_id == first.folded[0].story_id


REPLY = "That moron of a teacher again, everybody says so, and he will not stop until he is made to."


def test_a_reply_that_names_nobody_alerts_where_its_post_was_about_us_in_an_earlier_reading(store):
    read(store, judges(), mention(1, CALM), surfaced=False)
    reply = mention(2, REPLY, kind=MentionKind.REPLY, parent=f"{1:016x}")
    assert read(store, judges(), reply, surfaced=False, at=NOW + timedelta(days=1)).alerts


def test_a_reply_that_names_nobody_is_only_shown_where_its_post_was_not_about_us(store):
    read(store, judges(), mention(1, "Does anybody know a good plumber near here, please?"), surfaced=False)
    reply = mention(2, REPLY, kind=MentionKind.REPLY, parent=f"{1:016x}")
    batch = read(store, judges(), reply, surfaced=False, at=NOW + timedelta(days=1))
    assert [v.look for v in batch.verdicts] == [True]
    assert batch.alerts == ()


def test_an_edit_into_something_grave_alerts(store):
    read(store, judges(), mention(1, CALM))
    edited = read(store, judges(), mention(1, INSULT))
    assert [a.severity for a in edited.alerts] == [Severity.TODAY]


def test_a_grave_post_alerts_once_however_often_it_is_read(store):
    assert len(read(store, judges(), mention(1, INSULT)).alerts) == 1
    assert read(store, judges(), mention(1, INSULT)).alerts == ()


def judged_meanwhile(store, judges, *readings):
    """Several processes judge before any of them saves; then each saves in its turn."""
    run = SourceRun("", NOW, NOW, Outcome.OK, pages=1, mentions_read=1)
    found = []
    for source, mention in readings:
        where = Source(source, "feed", f"https://{source}.example.org/", urns=("900001",), surfaced=True)
        found.append(judge(Collected(where, replace(run, source_id=source), (mention,)), store, judges, NOW))
    return [saved(store, judges, judged, NOW + timedelta(minutes=1)) for judged in found]


def test_two_who_judge_the_same_post_at_once_save_it_once_and_alert_once(store):
    first, second = judged_meanwhile(
        store, judges(), ("town", mention(1, INSULT)), ("town", mention(1, INSULT))
    )
    assert (len(first.alerts), len(first.outbox) > 0, first.run.mentions_new) == (1, True, 1)
    assert (second.alerts, second.outbox, second.mentions, second.run.mentions_new) == ((), (), (), 0)
    assert second.seen == first.seen


def test_two_who_judge_copies_of_a_story_at_once_make_one_story_and_one_alert(store):
    copy = mention(2, INSULT, url="https://other.example.org/2")
    first, second = judged_meanwhile(store, judges(), ("town", mention(1, INSULT)), ("other", copy))
    assert [f.story_id for f in second.folded] == [f.story_id for f in first.folded]
    assert (len(first.alerts), second.alerts) == (1, ())


def test_an_edit_that_two_find_at_once_is_one_version(store):
    read(store, judges(), mention(1, CALM))
    edited = mention(1, INSULT)
    first, second = judged_meanwhile(store, judges(), ("town", edited), ("town", edited))
    assert (dict(first.versions), second.versions) == ({edited.id: 2}, {})
    assert {v.version for v in first.verdicts} == {2}


def test_what_was_fetched_before_an_edit_and_is_saved_after_it_takes_nothing_back(store):
    edited = mention(1, CALM, fetched_at=NOW + timedelta(seconds=5))
    first, second = judged_meanwhile(store, judges(), ("town", edited), ("town", mention(1, INSULT)))
    assert (dict(first.versions), dict(second.versions)) == ({edited.id: 1}, {})
    assert (second.alerts, second.seen) == ((), (edited.id,))


def test_after_a_clock_was_set_back_an_edit_is_a_version_all_the_same(store):
    read(store, judges(), mention(1, CALM, fetched_at=NOW + timedelta(days=30)))
    assert dict(read(store, judges(), mention(1, INSULT)).versions) == {f"{1:016x}": 2}


def test_what_was_restricted_while_its_edit_was_judged_stays_restricted(store):
    help_me = mention(1, "im at oakfield primary in northvale. my stepdad hits me, please help")
    first, second = judged_meanwhile(store, judges(), ("town", help_me), ("town", mention(1, CALM)))
    assert [v.restricted for v in first.verdicts] == [True]
    assert [(v.version, v.restricted) for v in second.verdicts] == [(2, True)]


def test_a_copy_elsewhere_joins_the_story_and_alerts_nobody_again(store):
    first = read(store, judges(), mention(1, INSULT))
    copy = read(store, judges(), mention(2, INSULT, url="https://other.example.org/2"), source="other")
    assert copy.folded[0].story_id == first.folded[0].story_id
    assert copy.alerts == ()


def test_every_alert_has_a_message_for_each_of_its_audience(store):
    batch = read(store, judges(), mention(1, INSULT))
    assert {m.person_id for m in batch.outbox} == set(batch.alerts[0].audience)


def thread(*texts):
    first = mention(10, CALM, title="Winter fair at Oakfield Primary, Northvale")
    replies = [
        mention(11 + n, text, title=first.title, parent=first.id, kind=MentionKind.REPLY)
        for n, text in enumerate(texts)
    ]
    return (first, *replies)


def test_the_chat_of_a_thread_is_one_story(store):
    batch = read(store, judges(), *thread("Same question here.", "I think it is on the fifth."))
    assert len({f.story_id for f in batch.folded}) == 1


def test_a_grave_reply_is_a_story_of_its_own(store):
    batch = read(store, judges(), *thread("Same question here.", INSULT))
    stories = {f.mention_id: f.story_id for f in batch.folded}
    assert stories[f"{12:016x}"] != stories[f"{10:016x}"]
    assert stories[f"{11:016x}"] == stories[f"{10:016x}"]


def test_a_second_insult_in_a_thread_alerts_again(store):
    assert len(read(store, judges(), *thread(INSULT)).alerts) == 1
    assert len(read(store, judges(), *thread(INSULT, OTHER_INSULT)).alerts) == 1


def test_a_mention_known_for_one_school_is_still_judged_for_another(store):
    both = judges(OAKFIELD, HEXLEY)
    text = "Our two schools, Hexley and Oakfield Primary in Northvale, are both closed by snow today."
    first = read(store, both, mention(1, text), source="oakfield-feed", urns=("900001",))
    assert [v.urn for v in first.verdicts] == ["900001"]
    batch = read(store, both, mention(1, text), source="hexley-feed", urns=("900002",))
    assert [v.urn for v in batch.verdicts] == ["900002"]
    assert dict(batch.versions) == {f"{1:016x}": 1}


def test_a_mention_of_two_schools_that_names_both_is_judged_for_both_at_once(store):
    both = judges(OAKFIELD, HEXLEY)
    text = "Hexley Primary in Hexley and Oakfield Primary in Northvale are both closed by snow today."
    first = read(store, both, mention(1, text), source="oakfield-feed", urns=("900001",))
    assert {v.urn for v in first.verdicts} == {"900001", "900002"}
    assert read(store, both, mention(1, text), source="hexley-feed", urns=("900002",)).verdicts == ()


def test_what_is_dismissed_belongs_to_no_story(store):
    batch = read(store, judges(), mention(1, "Tabby cat, answers to Biscuit, missing."), surfaced=False)
    assert [v.route for v in batch.verdicts] == [Route.IGNORE]
    assert batch.folded == ()


ELSEWHERE = (
    "There will be a shooting at Hexley Primary School in Hexley tomorrow at nine. I have the gun, "
    "I know which door is open, and everybody in the hall is going to get shot."
)


def test_a_danger_at_another_school_is_told_once_to_the_safeguarding_lead_alone(store):
    from data.types import Namesake

    here = replace(OAKFIELD, namesakes=(Namesake("Hexley Primary School", "Hexley", "school"),))
    batch = read(store, judges(here), mention(1, ELSEWHERE))
    (verdict,) = batch.verdicts
    assert (verdict.severity, verdict.route) == (Severity.NOTHING, Route.IGNORE)
    assert [a.audience for a in batch.alerts] == [("dsl",)]
    assert batch.alerts[0].restricted
    assert read(store, judges(here), mention(2, ELSEWHERE), source="other").alerts == ()


def test_three_sources_that_carry_it_make_a_story_spread(store):
    batches = [
        read(store, judges(), mention(n, INSULT, url=f"https://s{n}.example.org/1"), source=f"s{n}")
        for n in range(1, 4)
    ]
    assert [[a.severity for a in b.alerts] for b in batches] == [[Severity.TODAY], [], [Severity.THIS_HOUR]]


def test_a_threat_to_somebody_of_another_school_is_none_of_ours(store):
    elsewhere = Person("head2", "Mrs Cordelia Quillworthy", (Role.HEAD,), "h2@example.org", urns=("900002",))
    both = replace(judges(OAKFIELD, HEXLEY), people=(*judges().people, elsewhere))
    threat = "I am going to kill Quillworthy tomorrow, at the gates of the primary"
    ours, theirs = (
        read(store, both, mention(n, threat), source=f"s{n}", urns=(f"90000{n}",)) for n in (1, 2)
    )
    told = [[r.code == "threat_in_part" for r in batch.verdicts[0].reasons] for batch in (ours, theirs)]
    assert [any(codes) for codes in told] == [False, True]


def weighed(store, judges, text, **changes):
    """The words that are kept as what weighed most in a post."""
    post = mention(1, text, **changes)
    (verdict,) = read(store, judges, post).verdicts
    with store.read() as con:
        (kept,) = former_verdicts(con, [post.id])
    assert kept.weighed_most == verdict.weighed_most
    return part_at(kept.weighed_most, post.title, post.text)


def test_where_the_sentence_stands_that_weighed_most_is_kept_with_an_alert(store):
    assert weighed(store, judges(), f"{CALM} {INSULT} We shall all be there.") == INSULT


def test_of_what_is_calm_nothing_weighed_most(store):
    assert weighed(store, judges(), f"{CALM} {CALM}") == ""


class OnlyWhole(Words):
    """A model that fails over what holds no insult."""

    def score(self, texts):
        if not all("moron" in text for text in texts):
            raise SchoolgateError("A text could not be scored.")
        return super().score(texts)


def test_an_alert_does_not_wait_for_what_weighed_most_and_the_log_says_so(store, caplog):
    assert weighed(store, replace(judges(), scorer=OnlyWhole), f"{CALM} {INSULT}") == ""
    assert "what weighed most could not be found: A text could not be scored." in caplog.text


def test_what_weighed_most_is_kept_where_it_stands_in_the_article_and_not_in_a_copy_alone(store):
    head, (verdict,) = mention(1, "In short."), read(store, judges(), mention(2, f"{CALM} {INSULT}")).verdicts
    judged, behind = replace(head, text=f"In short.\n{CALM} {INSULT}"), {head.id: f"{CALM} {INSULT}"}
    start = judged.text.index(INSULT)
    verdict = replace(verdict, weighed_most=(start, start + len(INSULT)))
    found = as_kept(verdict, judged, head, behind).weighed_most
    assert part_at(found, "", head.text, behind[head.id]) == INSULT
    assert as_kept(verdict, judged, head, {}).weighed_most is None
