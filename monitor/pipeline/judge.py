"""From collected mentions to batches for the store: link, score, decide; then fold and alert, group by group.

`load_context` reads what judging a group of readings needs, `judge_readings` does what takes long, outside
any transaction, and `keep_all` does the rest inside the one that saves the group, by what the store holds
by then: another process may have judged the same meanwhile. A group is saved as its readings would be one
by one.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TypeAlias

from alerts.access.offices import holders, over_the_head
from classifiers.linking.match_reasons import BORNE_BY_OTHERS, SAYS_WHOSE
from classifiers.scoring.persons import reader_of
from classifiers.signals.catalogue import find_signals
from classifiers.text.language import Language
from classifiers.text.model_text import mention_text, with_answered, with_weightiest
from classifiers.verdicts.by_people import LEADERS, apply_disclosure, apply_forwarding, leading_offices
from classifiers.verdicts.decide import TextReading, accuse_as_answer, decide, read_again
from classifiers.verdicts.parts import Question, choose_questions, questions_about
from classifiers.verdicts.post import read_post
from classifiers.verdicts.subject import means_somebody, people_named, prepare_names
from classifiers.verdicts.verdict_reasons import judged_once
from classifiers.verdicts.whose import worth_scoring
from data.errors import SchoolgateError
from data.frozen import freeze
from data.ids import PLAIN_FEED
from data.judged import calls_for_alert, may_be_grave, not_read_whole
from data.store import mentions as mention_store
from data.store.alerts import put_alerts
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.mentions import HeldCopy, article_texts, copies_at, outranked_articles
from data.store.outbox import put_outbox
from data.types import (
    KEY_OF_A_TRUST,
    Match,
    Mention,
    MentionKind,
    Reason,
    Relevance,
    Role,
    School,
    Severity,
    Signal,
    Verdict,
)
from data.web.channels import ELSEWHERE, PRESS
from data.web.urls import canonical_url
from monitor.config.model import MAILBOX
from monitor.pipeline.collect import Collected, adjust_for_own_account, languages_before, source_for_linking
from monitor.pipeline.conclude import (
    Words,
    article_words,
    articles_in,
    channels_of,
    conclude,
    with_fullest_words,
    with_strongest_copies,
)
from monitor.pipeline.judged import (
    Judged,
    Left,
    LeftOut,
    find_unjudged,
    fit_to_stored,
    left_out,
    mentions_with_articles,
    note_words,
    press_in,
    texts_beside,
    with_article,
    with_basis,
)
from monitor.pipeline.judges import Judges
from monitor.pipeline.raising import verdict_to_report, write_messages

log = logging.getLogger("schoolgate.scan")

_Linked: TypeAlias = tuple[Mention, Mention, tuple[Match, ...]]
"""A mention as it was read, as it is judged, and its matches."""

Scored: TypeAlias = Mapping[str | None, tuple[Mapping[str, float], str, bool]]
"""What the model gives each text, its name, and whether the text was longer than what is read of one."""
NOTHING_SCORED: Scored = {}


def in_turns(waiting: Sequence[Judged]) -> list[list[int]]:
    """The places of the readings in turns: all in the first, but those that reply to an earlier one."""
    turn_of: dict[str, int] = {}
    turns: dict[int, list[int]] = defaultdict(list)
    for i, one in enumerate(waiting):
        if one.left:
            turn = max((turn_of[p] + 1 for p in one.parents if p in turn_of), default=0)
            turns[turn].append(i)
            turn_of |= {m: max(turn, turn_of.get(m, 0)) for m in one.left}
    return [turns[n] for n in sorted(turns)]


def parents_about_us(
    one: Judged, before: Collection[tuple[str, str]], earlier: Sequence[Judged]
) -> set[tuple[str, str]]:
    """List what it replies to, with the schools (urns) that is about: as it was known `before`, and as
    `earlier` readings that are not saved yet were judged."""
    parents = one.parents
    about = {pair for pair in before if pair[0] in parents}
    for judged in _list_bringing(parents, earlier):
        _update_about(about, judged, parents)
    return about


def words_answered(one: Judged, before: JudgingContext, earlier: Sequence[Judged]) -> dict[str, str]:
    """The words of what it replies to, by id: as it brings them, else as the last of `earlier` readings that
    are not saved yet did, else as they are held."""
    found, parents = dict(before.words), one.parents
    for judged in _list_bringing(parents, [*earlier, one]):
        kept = (mention for mention, _ in _list_kept(judged, parents))
        found |= {m.id: said for m in kept if (said := m.text or m.title)}
    return found


def _list_bringing(parents: frozenset[str], readings: Sequence[Judged]) -> list[Judged]:
    return [judged for judged in readings if not parents.isdisjoint(judged.left)]


def _list_kept(judged: Judged, parents: Collection[str]) -> Iterator[tuple[Mention, tuple[Match, ...]]]:
    """List those of `parents` that it brings and that are kept: what is suppressed where it calls for an
    alert."""
    grave = {v.mention_id for v in judged.verdicts if calls_for_alert(v)}
    for mention, matches in judged.fresh:
        if mention.id in parents and (mention.id in grave or not judged.left[mention.id].suppressed):
            yield mention, matches


def _update_about(about: set[tuple[str, str]], judged: Judged, parents: Collection[str]) -> None:
    """Carry on with what is about us."""
    verdicts = {v.pair: v for v in judged.verdicts if v.mention_id in parents}
    for mention, matches in _list_kept(judged, parents):
        edited = judged.left[mention.id].edited
        pairs = {(mention.id, match.urn): {reason.code for reason in match.reasons} for match in matches}
        about -= {pair for pair in about if pair in pairs or (edited and pair[0] == mention.id)}
        for pair, codes in pairs.items():  # as `data.store.mentions.about` asks of what is kept
            ours = verdicts[pair].relevance is not Relevance.NOT_ABOUT
            if "thread" in codes or (ours and "unnamed" not in codes):
                about.add(pair)


@freeze
class JudgingContext:
    """The facts of some readings, each of another source, that judging needs.

    `left` are the mentions still to be judged, by source and id; `languages` those that an account of the
    school's own posted in, by source; `articles` the texts behind headlines, by mention; `about` the posts
    that are replied to, with the school they are about, and `words` what is held of them; `copies` are those
    that are held of their articles. `unsaved` were judged before, and are not in the store yet. `places` are
    the sources, with the school, where nearly all posts were about it.
    """

    left: Mapping[str, Mapping[str, Left]]
    about: frozenset[tuple[str, str]]
    languages: Mapping[str, Sequence[Language]]
    articles: Mapping[str, str]
    words: Mapping[str, str]
    copies: Sequence[HeldCopy] = ()
    unsaved: Sequence[Judged] = ()
    places: Collection[tuple[str, str]] = ()


def load_context(
    con: Connection,
    readings: Sequence[Collected],
    judges: Judges,
    now: datetime,
    unsaved: Sequence[Judged] = (),
) -> JudgingContext:
    """Load what judging needs to know of these readings, by the store and what was judged, `unsaved`."""
    ids = {m.id for one in readings for m in one.mentions}
    back = any(one.run.back for one in readings)
    known = mention_store.find_known(con, sorted(ids), unmatched=not back) if ids else {}
    for judged in unsaved:
        note_words(known, [m for m, _ in judged.fresh], judged.left)
    unplaced = sorted({i for one in readings for i in one.unplaced if i in known})
    anew = mentions_with_articles(con, readings) | outranked_articles(con, unplaced)
    left: dict[str, dict[str, Left]] = {}
    for one in readings:
        left[one.source.id] = find_unjudged(one.mentions, known, urns_of(one, judges), now, anew)
        note_words(known, one.mentions, left[one.source.id])
    news = [one for one in readings if left[one.source.id]]
    out = left_out(con, [(one, left[one.source.id]) for one in news], judges) if news else {}
    for (source, mention), why in out.items():
        if why is LeftOut.WORDS:
            del left[source][mention]
        else:
            left[source][mention] = replace(left[source][mention], suppressed=True)
    fresh = {i for of in left.values() for i in of}
    parents = {m.parent for one in news for m in one.mentions if m.parent and m.id in left[one.source.id]}
    read = (i for one in news for i in press_in(one, parents | left[one.source.id].keys()))
    articles = article_texts(con, list(read))
    return JudgingContext(
        left=left,
        about=mention_store.about(con, sorted(parents)) if parents else frozenset(),
        languages={one.source.id: languages_before(con, one, now) for one in news if one.source.own},
        copies=copies_at(con, {canonical_url(m.url) for m in articles_in(readings) if m.id in fresh}),
        articles=articles | {i: text for judged in unsaved for i, text in judged.texts.items()},
        words=mention_store.held_words(con, parents) if parents else {},
        unsaved=unsaved,
        places=mention_store.places_of_ours(
            con,
            [one.source.id for one in news if not one.source.surfaced],
            now,
            named=SAYS_WHOSE,
            shared=BORNE_BY_OTHERS,
        ),
    )


def urns_of(collected: Collected, judges: Judges) -> tuple[str, ...]:
    """The configured schools that a reading is judged for."""
    return tuple(u for u in (collected.source.urns or tuple(judges.schools)) if u in judges.schools)


@dataclass(slots=True)
class _Judging:
    """The judging of some readings in turns; `done` are these as far as they are judged, `words` what the
    copies of each article say, `extra` and `said` as for `judge_readings`."""

    done: list[Judged]
    before: JudgingContext
    judges: Judges
    words: Words
    extra: tuple[Signal, ...]
    said: str | None

    def judge_turn(self, places: Sequence[int]) -> None:
        """Judges those at these places."""
        with self.judges.timed("link"):
            linked = {i: self._link_reading(i) for i in places}
        with self.judges.timed("decide"):
            fresh = [(m, found) for some in linked.values() for _, m, found in some]
            verdicts = iter(explain_verdicts(fresh, self.judges, self.extra))
            for i, some in linked.items():
                mine = list(islice(verdicts, sum(len(found) for _, _, found in some)))
                one = replace(
                    self.done[i], fresh=tuple((m, found) for m, _, found in some), verdicts=tuple(mine)
                )
                if one.parents:
                    answered = words_answered(one, self.before, [*self.before.unsaved, *self.done[:i]])
                    judged = [(mention, found) for _, mention, found in some]
                    mine = accuse_as_answers(judged, mine, answered, self.judges)
                self.done[i] = self._complete_reading(one, some, mine)

    def _link_reading(self, place: int) -> list[_Linked]:
        one, about = self.done[place], set[tuple[str, str]]()
        if one.parents:
            about = parents_about_us(one, self.before.about, [*self.before.unsaved, *self.done[:place]])
        kept = {**self.before.articles, **one.texts}  # also behind what others of it reply to
        mentions, source = one.collected.mentions, source_for_linking(one.collected.source)
        # of one school: where several are watched, a place may be one school's and a post another's
        if (source.id, *one.urns) in self.before.places:
            source = replace(source, listing=True)
        read = [
            with_fullest_words(with_article(m, kept.get(m.id, "")), self.words)
            if self.said is None
            else replace(m, text=self.said)
            for m in mentions
        ]
        found = self.judges.linker.link(read, source, about)
        return [
            (m, words, tuple(x for x in matches if x.urn not in one.left[m.id].done))
            for m, words, matches in zip(mentions, read, found, strict=True)
            if m.id in one.left
        ]

    def _complete_reading(
        self, one: Judged, linked: Sequence[_Linked], verdicts: Sequence[Verdict]
    ) -> Judged:
        """The reading as judged, with what is known of whose place it is, and of the articles."""
        judges, collected = self.judges, one.collected
        languages = self.before.languages.get(collected.source.id, ())
        posts = {m.id: (m, words) for m, words, _ in linked}
        told = []
        for verdict in adjust_for_own_account(verdicts, collected, languages, judges):
            kept, words = posts[verdict.mention_id]
            found = with_basis(verdict, words, one.texts, collected.articles)
            found = fit_to_stored(found, words, kept, one.texts)
            if found.accuses or found.about in LEADERS:
                found = _raise_disclosed(found, words.text, judges.schools[found.urn])
            if collected.source.kind == MAILBOX and _is_sent_on(words):
                found = apply_forwarding(found)
            told.append(found)
        doubted = [
            (replace(m, channel=PLAIN_FEED), found)
            for _, m, found in linked
            if m.id in one.collected.unplaced and m.channel in PRESS
        ]
        if doubted:
            own = {v.pair: v for v in verdicts_on(doubted, judges, again=False)}
            told = [_doubt_article(v, own.get(v.pair, v)) for v in told]
        return replace(one, verdicts=tuple(told))


def _raise_disclosed(verdict: Verdict, text: str, school: School) -> Verdict:
    """The verdict, raised where staff say there what the head or the chair did wrong."""
    from classifiers.verdicts.staff import discloses  # late: few posts are about them

    if leading_offices(verdict) and discloses(text, school):
        return apply_disclosure(verdict)
    return verdict


def _is_sent_on(mention: Mention) -> bool:
    """Did somebody send it on who did not write it, as far as a mail tells?"""
    return mention.sent_on or (mention.channel == ELSEWHERE and mention.kind is not MentionKind.ARTICLE)


def judge_readings(
    readings: Sequence[Collected],
    before: JudgingContext,
    judges: Judges,
    extra: tuple[Signal, ...] = (),
    said: str | None = None,
) -> list[Judged]:
    """Judge the new and edited mentions of these readings, in their order; the others will only be sighted.

    `extra` are signals that a person has given with every mention; `said` is all that is judged of them,
    where what is kept holds more than what somebody said. Looks are kept as they are: how many are shown is
    the business of those who show them.
    """
    kept = dict(before.articles)
    done = []
    known = channels_of([*(one.collected for one in before.unsaved), *readings], before.copies)
    for one in (with_strongest_copies(one, known) for one in readings):
        left = before.left[one.source.id]
        texts = texts_beside(one, left, kept)  # its own, or those kept from before or of those before it
        kept |= texts
        done.append(Judged(one, urns_of(one, judges), left, texts))
    words = article_words([*before.unsaved, *done], before.copies) if said is None else {}
    judging = _Judging(done, before, judges, words, extra, said)
    for places in in_turns(done):
        judging.judge_turn(places)
    return judging.done


def judge(
    collected: Collected,
    store: Store,
    judges: Judges,
    now: datetime,
    extra: tuple[Signal, ...] = (),
    said: str | None = None,
) -> Judged:
    """Judges one reading by what the store knows now; `extra` and `said` are said at `judge_readings`."""
    with store.open_reader() as con:
        before = load_context(con, [collected], judges, now)
    (judged,) = judge_readings([collected], before, judges, extra, said)
    return judged


def is_urgent(judged: Judged) -> bool:
    """Is there something in it that is told at any hour, so that it is to wait for no other reading?"""
    told = map(verdict_to_report, judged.verdicts)
    return any(calls_for_alert(v) and (v.severity >= Severity.THIS_HOUR or v.route.urgent) for v in told)


def keep_all(
    con: Connection, judged: Sequence[Judged], judges: Judges, now: datetime
) -> list[mention_store.Batch]:
    """Saves what is concluded of these readings, and tells whoever must know, in the caller's transaction.
    They are concluded together as far as none has other words of what another brings: those come after it. A
    story that both raise is told once, as it was raised last."""
    kept: list[mention_store.Batch] = []
    while len(kept) < len(judged):
        rest = judged[len(kept) :]
        batches = conclude(con, rest, judges, now, [a for b in kept for a in b.alerts])
        mention_store.save_all(con, [replace(b, alerts=()) for b in batches], now=now, policy=judges.policy)
        kept += batches
    alerts = {a.id: a for b in kept for a in b.alerts}
    if not alerts:
        return kept
    saved = put_alerts(con, list(alerts.values()), now)
    told = write_messages(con, saved, judges, now)
    put_outbox(con, told, now)
    told_as = {a.id: a for a in saved}
    for i, batch in enumerate(kept):  # each with those of its alerts that were told as it raised them
        mine = {a.id: told_as[a.id] for a in batch.alerts if alerts[a.id] is a}
        messages = tuple(m for m in told if m.alert_id in mine)
        kept[i] = replace(batch, alerts=tuple(mine.values()), outbox=messages)
    return kept


def _doubt_article(verdict: Verdict, own: Verdict) -> Verdict:
    """The verdict on an article of a site that nobody knows: as the press's none is sealed; where it would be
    graver as somebody's `own` words a person looks, so that it is shown no less."""
    shown, as_own = ((may_be_grave(v), v.severity >= Severity.RESPOND) for v in (verdict, own))
    if as_own <= shown or verdict.relevance is Relevance.NOT_ABOUT:
        return verdict
    return replace(verdict, look=True, look_rank=own.look_rank, reasons=(*verdict.reasons, _WHOSE))


_WHOSE = Reason("whose_words", "Nobody has said whether a paper or somebody writes there.")


def explain_verdicts(
    fresh: Sequence[tuple[Mention, tuple[Match, ...]]],
    judges: Judges,
    extra: tuple[Signal, ...] = (),
) -> tuple[Verdict, ...]:
    """Judge as `verdicts_on`, those that call for an alert or a look with the part that weighed most; none
    where a person's word weighs more (`extra`), or where it cannot be found, which is logged: no alert waits.
    """
    scored = score_texts(texts_to_score(fresh), judges)
    verdicts = verdicts_on(fresh, judges, extra, scored)
    try:
        # to read each part again would take too long
        first = partial(verdicts_on, judges=judges, scored=scored, again=False)
        return verdicts if extra else with_weightiest(fresh, verdicts, first)
    except SchoolgateError as error:
        log.warning("what weighed most could not be found: %s", error)
        return verdicts


def accuse_as_answers(
    fresh: Sequence[tuple[Mention, tuple[Match, ...]]],
    verdicts: Sequence[Verdict],
    answered: Mapping[str, str],
    judges: Judges,
) -> list[Verdict]:
    """The verdicts, each on a reply that speaks of somebody with whom it means by what it answers too
    (`answered` are the words, by id)."""
    answers = [
        (answer, found)
        for mention, found in fresh
        if (answer := with_answered(mention, answered)) is not mention
        and any(means_somebody(mention, judges.people_of(match.urn)) for match in found)
    ]
    read = {v.pair: v for v in verdicts_on(answers, judges)} if answers else {}
    return [accuse_as_answer(v, read[v.pair]) if v.pair in read else v for v in verdicts]


def verdicts_on(
    fresh: Sequence[tuple[Mention, tuple[Match, ...]]],
    judges: Judges,
    extra: tuple[Signal, ...] = (),
    scored: Scored = NOTHING_SCORED,
    *,
    again: bool = True,
) -> tuple[Verdict, ...]:
    """Judge each mention for each school that it was matched with, in their order; the model is asked for
    what it has not `scored`, and the second reader reads what is worth it `again`."""
    texts = texts_to_score(fresh)
    known = score_texts(texts, judges, scored)
    rows = [known.get(text, ({}, "", False)) for text in texts]

    def judge(i: int, reading: TextReading) -> list[Verdict]:
        mention, matches = fresh[i]

        def on(match: Match) -> Verdict:
            school, people = judges.schools[match.urn], judges.people_of(match.urn)
            signals = (*find_signals(mention, school, people), *extra)
            given = (mention, match, reading.scores, signals, school, people, judges.thresholds)
            return decide(read_post(*given, policy=judges.policy, model=reading.model, parts=reading.parts))

        trust = next((match.urn for match in matches if match.urn.startswith(KEY_OF_A_TRUST)), None)
        if trust is None:
            found = [on(match) for match in matches]
        else:
            people, name = judges.people_of(trust), judges.schools[trust].head or ""
            chiefs = [*holders(people, Role.HEAD), *people_named(prepare_names(name), people)]
            over = over_the_head(people)
            found = judged_once(matches, on, [p.id for p in chiefs], [p.id for p in over])
        return [not_read_whole(judged) if rows[i][2] else judged for judged in found]

    def meet(i: int) -> Sequence[Question]:
        ours = [v.urn for v in found[i] if v.relevance is not Relevance.NOT_ABOUT]
        return choose_questions(
            questions_about(fresh[i][0], judges.schools[urn], judges.people_of(urn)) for urn in ours
        )

    readings = [TextReading(row, model) for row, model, _ in rows]
    found: Sequence[Sequence[Verdict]] = [judge(i, reading) for i, reading in enumerate(readings)]
    reader = reader_of(judges.scorer()) if again and any(row for row, _, _ in rows) else None
    if reader is not None:
        scores = [row for row, _, _ in rows]
        with judges.timed("reader"):
            found = read_again(found, texts, scores, reader, judge, meet)
    return tuple(verdict for some in found for verdict in some)


def texts_to_score(fresh: Sequence[tuple[Mention, tuple[Match, ...]]]) -> list[str | None]:
    """List what the model is asked of each; None where it could change nothing, or there are no words."""
    return [
        mention_text(mention)
        if any(map(worth_scoring, matches)) and (mention.text + mention.title).strip()
        else None
        for mention, matches in fresh
    ]


def score_texts(texts: Sequence[str | None], judges: Judges, scored: Scored = NOTHING_SCORED) -> Scored:
    """Ask the model for what is not `scored` yet, each text once; give both."""
    new = [text for text in dict.fromkeys(texts) if text is not None and text not in scored]
    if not new:
        return scored
    with judges.timed("network"):
        scores = judges.scorer().score(new)
    return {**scored, **{text: (scores.row(i), scores.model, scores.is_cut(i)) for i, text in enumerate(new)}}
