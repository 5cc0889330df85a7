"""Taking in one report of a person: judged like everything else, and saved whole or not at all."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from alerts.access.matter import bypass_of
from classifiers.linking.match_reasons import OTHER_OF_YOURS
from classifiers.stories import ALIKE, runs
from classifiers.verdicts.by_people import apply_disclosure, apply_report, raises
from data.content_class import class_spec
from data.effects import Clock
from data.errors import SchoolgateError
from data.evidence.handed_in import BY_HAND, Says, is_file_alone, judged_part
from data.evidence.vault import Vault
from data.frozen import freeze
from data.ids import digest, mention_id, text_hash
from data.judged import may_be_grave, may_picture_a_child, route_rank
from data.steps.codes import BypassRoute, EvidenceKind
from data.store import cases as case_store
from data.store.cases import restricted_among, stories_of_posts
from data.store.engine.audit_chain import Code, note, record_act
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.evidence import is_kept, more_than
from data.store.mentions import (
    Batch,
    PostThere,
    alert_of,
    find_known,
    images_withdrawn,
    posts_there,
    put_file_not_taken,
    put_says,
    shown_at,
)
from data.store.owners import draw_number
from data.store.sealing import list_sealed, restrict
from data.store.verdicts import former_verdicts, story_verdicts
from data.types import Mention, MentionKind, Outcome, SchoolNaming, Signal, Source, SourceRun, Verdict
from data.web.channels import is_of_many_posts
from data.web.urls import canonical_url, is_profile
from monitor.pipeline import supplied as spool
from monitor.pipeline.collect import Collected, is_on_own_place
from monitor.pipeline.judged import Judged, Listed, has_own_lane
from monitor.pipeline.judges import Judges
from monitor.pipeline.supplied import (
    CHILD_IMAGE,
    FILE_KEPT,
    FILE_REFUSED,
    Added,
    Report,
    child_image_id,
    keep_files,
    kind_of,
    report_capture,
    restricted_addresses,
)

HOW = {EvidenceKind.SUPPLIED: "supplied by a person", EvidenceKind.TOLD: "told by a person"}
log = logging.getLogger("schoolgate.report")


@freeze
class Intake:
    """The means of taking a report in: the store, what judges it, where files are kept, by which settings."""

    store: Store
    judges: Callable[[], Judges]
    vault: Path
    sources: Sequence[Source]


def take_in(kept: spool.Kept, intake: Intake, clock: Clock) -> Batch:
    """Judges and saves a report at its moment. Raises StoreError or OSError, and nothing of it is saved."""
    (batch,) = take_in_list([kept], None, intake, clock)
    return batch


def take_in_list(
    lines: Sequence[spool.Kept], before: Collection[str] | None, intake: Intake, clock: Clock
) -> list[Batch]:
    """Judges and saves the lines of a list as one matter; what was saved of each. `before` are the posts
    (ids) of the list that its bringer has handed in already, None where it is no list. A line whose words
    show what has a lane of its own is a matter of its own. Raises as `take_in` does; then none is saved."""
    listed = None if before is None else frozenset(before)
    at, batches = [canonical_url(kept.report.url) for kept in lines], None
    pairs = [*zip(lines, at, strict=True)]
    while batches is None:  # again, where another was taken in there, or restricted, while it was judged
        read = [(one, *read_report(one, intake, listed, once=at.count(a) == 1)) for one, a in pairs]
        batches = _save(read, intake, clock)
    return batches


def read_report(
    kept: spool.Kept, intake: Intake, listed: frozenset[str] | None = None, *, once: bool = True
) -> tuple[Judged, Sequence[PostThere]]:
    """The report as judged, and what else is known at its address; `once` says that nothing else that is
    handed in with it is of that address."""
    report, urn, at = kept.report, kept.urn, kept.at
    with intake.store.open_reader() as con:
        there = posts_there(con, report.url) if report.url else []
        # the post here of which its words are likeliest a copy, with the same names, numbers, times and
        # “not”s, since no judgement may weigh these
        alike = [post for post in there if not _says_otherwise(report.text, post.text)]
        same, copied = same_post(report, there), likeliest(report, alike)
        mention = make_mention(report, same, at)
        if report.child_image and report.url:  # of one that was withdrawn a person is told anew
            mention = replace(mention, id=child_image_id(report.url, images_withdrawn(con)))
        if same is None and once and (bare := _without_words(con, report, there, urn)):
            mention = replace(
                make_mention(report, bare, at), text=report.text, author=report.author or bare.author
            )
        refused = bool(report.handed.file_at) and not report.child_image and _is_warned_of(con, report)
        if (refused or raises(report.says)) and find_known(con, [mention.id]):
            mention = apart(mention, report)
        before = former_verdicts(con, [copied.mention_id]) if copied and not same else ()
        beside = False
        if report.child_image:  # is a file of a post here kept, from before somebody said so?
            ids = {*(post.mention_id for post in there), *(shown_at(con, report.url) if report.url else ())}
            beside = more_than(con, HOW[EvidenceKind.TOLD], sorted(ids))
    extra = (CHILD_IMAGE,) if report.child_image else (FILE_REFUSED,) if refused else ()
    judged = _judge_report(mention, report, urn, intake, extra, listed)
    if not judged.fresh:  # in vain, so that the time it takes does not tell that it was known
        _judge_report(apart(mention, report), report, urn, intake, extra)
    if before and copied and not adds_to(judged.verdicts, before):
        judged = _judge_report(make_mention(report, copied, at), report, urn, intake, extra, listed)
    hidden = _is_hidden(report, there, same)
    verdicts = (
        replace(v, reasons=(*v.reasons, *([FILE_KEPT] if beside else ())), restricted=v.restricted or hidden)
        for v in judged.verdicts
    )
    return replace(judged, verdicts=tuple(verdicts)), there


def _without_words(con: Connection, report: Report, there: Sequence[PostThere], urn: str) -> PostThere | None:
    """The post known by this address alone, of no other school’s, of which nothing was raised or opened."""
    bare = there[0] if len(there) == 1 and not is_address_of_many(report.url) else None
    if bare is None or bare.text or bare.restricted or report.child_image or not report.text:
        return None
    others = any(v.urn != urn for v in former_verdicts(con, [bare.mention_id]))
    return (
        None if others or alert_of(con, bare.mention_id, urn) or list_sealed(con, [bare.mention_id]) else bare
    )


def _is_hidden(report: Report, there: Sequence[PostThere], same: PostThere | None) -> bool:
    """Is it of a post that is restricted, or like one, or does one stand at its address, that of one post?"""
    hidden = [post for post in there if post.restricted]
    if same in hidden or likeliest(report, hidden):
        return True
    return not is_address_of_many(report.url) and bool(hidden)


def take_waiting(home: Path, intake: Intake, clock: Clock) -> int:
    """Takes in what waits; how many reports. Raises the first fault, once all were tried."""
    done = 0
    first: Exception | None = None
    for path in spool.spooled_reports(home):
        try:
            with spool.hold_report(path) as kept:
                if kept is not None:
                    take_in(replace(kept, at=clock()), intake, clock)
                    path.unlink()
                    done += 1
        except Exception as error:  # noqa: BLE001 - whatever keeps one from being saved, it stays where it is
            log.warning("a report that had been kept could not be taken in: %s", type(error).__name__)
            first = first or error
    if done:
        log.info("%d reports that had been kept are taken in", done)  # whoever reports next is told nothing
    if first is not None:
        raise first
    return done


def _judge_report(
    mention: Mention,
    report: Report,
    urn: str,
    intake: Intake,
    extra: tuple[Signal, ...],
    listed: frozenset[str] | None = None,
) -> Judged:
    # late: what judges takes 0.4 to 1.5 s to load, and a start needs none of it
    from classifiers.verdicts.decide import may_mean_somebody
    from classifiers.verdicts.staff import discloses
    from monitor.pipeline.judge import judge

    now, judges = mention.fetched_at, intake.judges()
    own = is_on_own_place(report.url, judges.schools[urn], intake.sources)
    how = SchoolNaming.NAMED if report.school_named else SchoolNaming.HERE
    source = Source(
        BY_HAND, BY_HAND, url="", urns=(urn,), name="Reported by a person", own=own, handed_in=how
    )
    run = SourceRun(BY_HAND, now, now, Outcome.OK, pages=1, mentions_read=1)
    collected = Collected(source, run, (mention,))
    # where an image of a child lies is nobody's words: a folder's name accuses and threatens nobody
    is_ours = report.child_image or is_file_alone(report.text)
    words = report.judged or judged_part(report.text, (BY_HAND,)) if is_ours else None
    judged = judge(collected, intake.store, judges, now, extra, words)
    if not judged.verdicts:  # it is known: the time that it takes is not to say so
        unknown = replace(collected, mentions=(replace(mention, id=""),))
        judge(unknown, intake.store, judges, now, extra, words)
    if listed is not None:  # by its own words, not by what was said of the whole list
        judged = replace(judged, listed=Listed(listed, alone=any(map(has_own_lane, judged.verdicts))))
    said = tuple(apply_report(v, report.says) for v in judged.verdicts)
    if any(map(may_mean_somebody, said)):
        writer = _own_deed(report, mention, judges)
        said = tuple(apply_report(v, report.says, writer) for v in judged.verdicts)
    # what names the trust alone is not each school's to look at, unless somebody is in danger
    calm = {v.urn for v in said if not v.route.urgent and any(r.code == OTHER_OF_YOURS for r in v.reasons)}
    pairs = zip(judged.verdicts, said, strict=True)
    said = tuple(v if v.urn in calm - {urn} else after for v, after in pairs)
    if discloses(report.text, judges.schools[urn]):
        said = tuple(map(apply_disclosure, said))
    return replace(judged, verdicts=said, seen_at=report.seen_at)


def _own_deed(report: Report, mention: Mention, judges: Judges) -> str | None:
    """The id of whoever hands it in, where the second reader finds that they tell of harm of their own: what
    they wrote is read as signed by them. None where they wrote nothing, where it was not asked or could not
    read, which is logged."""
    from classifiers.scoring.persons import AskedPerson, PostText, reader_of
    from classifiers.verdicts.parts import ACCUSED
    from classifiers.verdicts.subject import describe_person

    who = next((p for p in judges.people if p.id == report.by), None)
    reader = reader_of(judges.scorer())
    if who is None or reader is None or report.child_image or not report.text:
        return None
    if is_file_alone(report.text):
        return None
    signed = PostText(mention.channel, "", f"{report.text}\n{who.name}")
    try:
        answers = reader.read_persons([AskedPerson(signed, describe_person(who, {}))]).row(0)
    except SchoolgateError as fault:
        log.warning("who hands a report in could not be read for: %s", fault)
        return None
    return who.id if min(answers["harm"], answers["writer"]) >= ACCUSED else None


def _save(
    read: Sequence[tuple[spool.Kept, Judged, Sequence[PostThere]]], intake: Intake, clock: Clock
) -> list[Batch] | None:
    """Save what was read; None where other posts have come since it was judged, and nothing is saved."""
    from monitor.pipeline.judge import keep_all  # late, as above

    judges = intake.judges()
    with intake.store.write("report-in") as con:
        for kept, _, there in read:
            if kept.report.url and posts_there(con, kept.report.url) != there:
                return None
        now = clock()  # the moment of saving, within the lock: a digest composed since could not tell of them
        batches = keep_all(con, [judged for _, judged, _ in read], judges, now)
        for (kept, judged, _), batch in zip(read, batches, strict=True):
            _save_report(con, kept, judged, batch, intake, now)
    return batches


def _save_report(
    con: Connection, kept: spool.Kept, judged: Judged, batch: Batch, intake: Intake, now: datetime
) -> None:
    """Save who brought it and what they said of it, with the evidence."""
    report, urn, mention = kept.report, kept.urn, batch.seen[0]
    if report.child_image and report.url and not is_address_of_many(report.url):
        restrict(con, shown_at(con, report.url), now)
    files = () if kept.files and _is_shut(con, kept, mention) else kept.files
    seen: tuple[str, ...] = ()
    if report.seen_at != judged.collected.run.started_at:
        seen = (Code.SEEN_AT.of(f"{report.seen_at:%Y-%m-%dT%H:%M:%SZ}"),)
    told_by = (note(con, report.seen_by),) if report.seen_by else ()
    number = kept.number or draw_number(con)
    brought = (Code.BROUGHT.of(report.by),) if report.by else ()
    codes = (Code.NUMBER.of(number), *brought, *seen, *told_by)
    record_act(con, now, "report-in", "reported_in", mention, urn, codes)
    if report.says != Says():
        put_says(con, mention, urn, report.says.to_json, now)
    if report.handed.file_at and not files:
        put_file_not_taken(con, number, mention, urn, report.handed.file_at)
    new = bool(batch.verdicts) or report.text not in ("", judged.collected.mentions[0].text)
    _keep_evidence(con, report, files, mention, urn, intake, now, new=new)


def is_kept_apart(kept: spool.Kept, intake: Intake) -> bool:
    """Is no picture kept of it, by its words and what was said of it alone? Nothing known is asked."""
    unknown = replace(make_mention(kept.report, None, kept.at), id="", url="")
    judged = _judge_report(unknown, kept.report, kept.urn, intake, ())
    return not all(class_spec(v.content_class).pictures for v in judged.verdicts)


def _is_shut(con: Connection, kept: spool.Kept, mention: str) -> bool:
    """Is no file of this post taken: because of its address, of what was said of it, or of its class?"""
    if _is_warned_of(con, kept.report) or shut_to_pictures(con, mention, kept.urn):
        return True
    if may_be_extremist(con, mention, kept.urn):
        return True
    judged, _ = known_of(con, mention, kept.urn)
    return not all(class_spec(v.content_class).pictures for v in judged)


def _is_warned_of(con: Connection, report: Report) -> bool:
    """Did somebody say that an image at its address may show a child?"""
    return bool(report.url) and restricted_addresses(con).warns_of(report.url)


def _keep_evidence(
    con: Connection,
    report: Report,
    contents: Sequence[bytes],
    mention: str,
    urn: str,
    intake: Intake,
    now: datetime,
    *,
    new: bool,
) -> None:
    """Seals what was handed in: the file, the words as typed, what is known of them; the case gets it later.
    Without a file nothing, where they are not `new` words.

    Of what is restricted the words are in no file; of a child’s image there is none. Nothing is kept where
    somebody reported that an image at its address may show a child.
    """
    if _is_warned_of(con, report):
        return
    by, vault = report.by or BY_HAND, Vault(intake.vault)
    how = HOW[kind_of(contents)]
    if report.child_image and not report.judged:
        return
    if contents or new:
        known = report.post_facts
        if restricted_among(con, [mention]):
            known = replace(known, words=None)
        known = replace(known, file_at="") if contents else known
        hashes = (sha256(one).hexdigest() for one in contents)
        capture_id = digest("handed in", urn, mention, repr(known), *hashes)[:12]
        if is_kept(con, capture_id):
            return
        people = {p.id for p in intake.judges().people}
        added = Added(capture_id, urn, by, known, secrets.token_hex(16), people=people)
        files = report_capture(added, contents, {"mention": mention, "channel": report.channel}, now)
        keep_files(con, vault, files, (urn, mention, None), capture_id, at=now, by=by, how=how)


def may_be_extremist(con: Connection, mention_id: str, urn: str) -> bool:
    """Was this post judged, or made a case, as extremist: is no file of it kept, by whichever door?"""
    judged, lanes = known_of(con, mention_id, urn)
    ways = {bypass_of(v.content_class, v.abuse, v.route, alleged=False) for v in judged}
    return BypassRoute.TERRORISM in lanes | ways


def shut_to_pictures(con: Connection, mention_id: str, urn: str) -> bool:
    """May a picture of this post show a child undressed, as it was judged or as a person says?"""
    judged, lanes = _said_still(con, mention_id, urn)
    return BypassRoute.CHILD_IMAGE in lanes or any(map(may_picture_a_child, judged))


def may_be_opened_by_nobody(con: Connection, mention_id: str, urn: str) -> bool:
    """Is it more than a guess that a picture of this post shows a child: do its words or a person say so?"""
    judged, lanes = _said_still(con, mention_id, urn)
    said = _picture_types() | {CHILD_IMAGE.name}
    return BypassRoute.CHILD_IMAGE in lanes or any(r.code in said for v in judged for r in v.reasons)


def _picture_types() -> frozenset[str]:
    from classifiers.signals.catalogue import OF_PICTURES  # late: as above

    return OF_PICTURES


def _said_still(con: Connection, mention_id: str, urn: str) -> tuple[list[Verdict], set[BypassRoute]]:
    """Give the facts of a post, less what was said of an image and withdrawn, unless words tell of one."""
    judged, lanes = known_of(con, mention_id, urn)
    gone = images_withdrawn(con)
    words = _picture_types() if gone else frozenset()
    by_words = (v for v in judged if v.mention_id in gone and any(r.code in words for r in v.reasons))
    return [*(v for v in judged if v.mention_id not in gone), *by_words], lanes


def known_of(con: Connection, mention_id: str, urn: str) -> tuple[list[Verdict], set[BypassRoute]]:
    """Give what was judged of a post and its stories, and the ways past the ladder that its cases take."""
    stories = stories_of_posts(con, urn, mention_id).get(mention_id, ())
    judged = [v for found in story_verdicts(con, stories).values() for v in found]
    return [*judged, *former_verdicts(con, [mention_id])], case_store.lanes_about(con, stories)


# Which post a report is of: what was said there, not where. Pure.


def is_address_of_many(url: str) -> bool:
    """Check whether it is the address of a group, a chat or a page, and so of many posts."""
    return is_of_many_posts(url) or is_profile(url)


def same_post(report: Report, there: Sequence[PostThere]) -> PostThere | None:
    """The post at its address that was known in the very words; of an address alone the first with words."""
    if report.child_image:
        return None
    if not report.text or _has_too_few_words(report):
        first = next((post for post in there if post.text), there[0] if there else None)
        return None if is_address_of_many(report.url) else first
    said = text_hash("", report.text)
    return next((post for post in there if text_hash("", post.text) == said), None)


def likeliest(report: Report, posts: Sequence[PostThere]) -> PostThere | None:
    """The one of these posts of which its words are likeliest a copy, be it with other names; or None."""
    mine = frozenset() if report.child_image else runs(report.text)
    theirs = [(runs(post.text), post) for post in posts] if mine else []
    shares = [(len(mine & said) / len(mine | said) if said else 0.0, post) for said, post in theirs]
    share, post = max(shares, key=lambda one: one[0], default=(0.0, None))
    return post if share >= ALIKE else None


_WORD = re.compile(r"(^|[.!?:\n]\W*)?([\w'’]+)")
_TELLS = re.compile(
    r".*\d|(?:ai|are|ca|could|did|do|does|had|has|have|is|should|was|were|wo|would)n['’]?t"
    r"|not?|never|nobody|none|nothing|neither|nor|without|cannot|now|soon|noon|midnight"
    r"|today|tonight|tomorrow|yesterday|morning|afternoon|evening|night|week|weekend|before|after"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day",
    re.IGNORECASE,
)


def _says_otherwise(one: str, other: str) -> bool:
    """Is a word replaced or moved, be it a name in small letters? Or is one of those above there, or not?"""
    (said, words), (known, others) = _telling_words(one), _telling_words(other)
    less, more = sorted((words, others), key=len)
    rest = iter(more)
    return said != known or not all(word in rest for word in less)


def _telling_words(text: str) -> tuple[list[str], list[str]]:
    """List what a text tells by single words within its sentences, and all its words, in their order."""
    tells, words = [], []
    for match in _WORD.finditer(text):
        word = match[2]
        words.append(word.casefold())
        if match[1] is None and (word[0].isupper() or _TELLS.fullmatch(word)):
            tells.append(word.casefold())
    return tells, words


def make_mention(report: Report, same: PostThere | None, now: datetime) -> Mention:
    """Make a mention of the report; of a post that is known, that one in the words in which it is known."""
    # its id by its address and words, by its place and words where it has none
    words = text_hash("", report.text)
    if _has_too_few_words(report):
        words = f"{words} {report.seen_at.isoformat()}"
    at = f"{report.seen_at.isoformat()}{report.text}{report.handed.file_at}"
    address = (canonical_url(report.url) if report.url else "") or report.channel
    mention = Mention(
        id=child_image_id(report.url or at)
        if report.child_image
        else mention_id(BY_HAND, f"{address} {words}"),
        url=report.url,
        channel=report.channel,
        kind=MentionKind.POST,
        title="",
        text=report.text,
        fetched_at=now,
        author=report.author,
        published=None,
    )
    if same is None:
        return mention
    return replace(
        mention,
        id=same.mention_id,
        channel=same.channel,
        kind=same.kind,
        parent=same.parent,
        title=same.title,
        text=same.text,
    )


def apart(mention: Mention, report: Report) -> Mention:
    """The same as a mention of its own: its words are known, and a person says more of them now."""
    said = f"{report.says.danger} {report.says.who} {report.says.about}"
    return replace(mention, id=mention_id(BY_HAND, f"{mention.id} {said}"))


def adds_to(judged: Iterable[Verdict], known: Iterable[Verdict]) -> bool:
    """Is it graver than what is `known` of the post that it copies, or may it mean somebody more?"""
    before = {v.urn: v for v in known}
    for one in judged:
        if (other := before.get(one.urn)) is None:
            return True
        rises = (
            one.severity > other.severity,
            route_rank(one.route) > route_rank(other.route),
            one.restricted > other.restricted,
            one.look and not may_be_grave(other),
            not {*one.abuse} <= {*other.abuse},
        )
        meant, known_to_be = ({(m.who, m.harm) for m in (*of.endangers, *of.accuses)} for of in (one, other))
        if any(rises) or not meant <= known_to_be:
            return True
    return False


def _has_too_few_words(report: Report) -> bool:
    """Are these too few words to be known by, so that they are another post at another moment?"""
    return not runs(report.text) and (not report.url or is_address_of_many(report.url))
