"""How a letter names its post: by day and first words, so that nobody asks which one is meant. Pure.

Where the law, a child or somebody's confidence stands against it there are no words; while section 141F of
the Education Act 2002 may protect a teacher there is no day either, and the address alone says which it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time

from alerts.ladder.rules import Rules
from alerts.letters import forbidden_words
from alerts.letters.allowed import fair_comment
from alerts.letters.kinds import LetterCheck, LetterReader
from alerts.letters.signing import complainant
from alerts.wording.cases import is_account, place_name, places_words, where_done, words_of
from data.cases import Case, CaseFile, Post
from data.content_class import ContentClass
from data.evidence.handed_in import WhoseWords
from data.steps.codes import EvidenceKind, Relationship
from data.steps.keeping import CopyFound, EvidenceKept
from data.types import About
from data.web.channels import channel
from data.words.say import Words

_AUTHOR_CHARS, _FIRST_CHARS = 120, 60
_OF_A_POST = {
    LetterReader.AUTHOR,
    LetterReader.STRANGER,
    LetterReader.PLATFORM,
    LetterReader.OPERATOR,
    LetterReader.HOST,
    LetterReader.HELPLINE,
    LetterReader.POLICE,
}
"""Who is written to about one post. What the public, the press and staff read quotes nothing."""
_WITHIN = str.maketrans('“”"', "‘’’")
"""Quotation marks within quotation marks. It only says which post is meant; the words themselves are kept."""
_UNQUOTED = frozenset((ContentClass.CONFIDENTIAL, ContentClass.SEXUAL))


def of_the_post(check: LetterCheck, w: Words) -> dict[str, object]:
    """What a letter may say of the post: where it is, whose, of when, how it begins, what it may be."""
    case, post, rules, bare = check.case, check.file.post, check.rules, check.bare
    zone = rules.means.zone
    # a page is what we saw ourselves there; not what somebody handed in, and not a log-in wall
    pages = (
        s
        for s in check.file.steps
        if isinstance(s.said, EvidenceKept) and s.said.what is EvidenceKind.PAGE and _is_here(s.said, case)
    )
    seen = next((page.done_at for page in pages), None)
    place, code = f"letter.place.{case.channel}", (case.content_class).lower()
    shown = {
        "what": f"letter.what.{'c0' if fair_comment(case) else code}",
        "class_words": ContentClass(case.content_class).key,
    }
    dated = post.published if post and not bare else None
    first = first_seen(check) if post and not bare and not dated else None
    whose = words_of(check.file)
    return {
        "url": forbidden_words.plain(post.url or "") if post else "",
        "also_at": [forbidden_words.plain(copy.url) for copy in check.file.copies if copy.url],
        "all_places": list(_all_places(check, w)),
        "author": _author(post, case, rules),
        "posted": w.full_day(dated, zone) if dated else "",
        "posted_at": moment(dated, rules, w) if dated else "",
        "first_seen": w.full_day(first, zone) if first else "",
        "first_words": first_words(check),
        "as_reported": f" {w('letter.as_reported')}" if whose is WhoseWords.REPORTED else "",
        "exactly": w(f"letter.exactly.{'reported' if whose is WhoseWords.REPORTED else 'read'}"),
        "of_account": "" if withheld(case) or whose is not WhoseWords.OF_ACCOUNT else post_text(check.file),
        "is_account": is_account(case, post),
        "captured": moment(seen, rules, w) if seen and not bare else "",
        "exhibits": case.captures > 0,
        "public": channel(case.channel).public,
        "place": w(place if w.has(place) else "letter.place_other"),
        **{name: w(key) if w.has(key) else "" for name, key in shown.items()},
    }


def _all_places(check: LetterCheck, w: Words) -> Iterator[str]:
    """Each place of a case of several: its number, its address, when it was posted or is known since, how it
    stands.
    """
    file, rules = check.file, check.rules
    posts = {p.mention_id: p for p in (file.post, *file.copies) if p and p.mention_id}
    added = {where_done(file, s.said, w): s.done_at for s in file.steps if isinstance(s.said, CopyFound)}
    for here, (number, where, stands) in zip(file.case.places, places_words(file, w), strict=False):
        post = posts.get(here.mention_id or "")
        shown = post.published if post else None
        known = post.first_seen if post else added.get(place_name(file, here.n, w))
        at, how = (shown, "posted") if shown else (known, "known")
        if check.bare or at is None:
            at, how = at or file.case.opened_at, "bare"
        place = f"{number}, {forbidden_words.plain(where)}"
        yield w(f"letter.one_place.{how}", where=place, stands=stands, moment=moment(at, rules, w))


def first_seen(check: LetterCheck) -> datetime:
    """The first time (UTC) that it was seen by anybody: read or handed in, or before that as somebody says.
    Raises ValueError where nothing is held of the post.
    """
    if check.file.post is None:
        raise ValueError("there is no post that was seen")
    zone = check.rules.means.zone
    kept = (s.said for s in check.file.steps if isinstance(s.said, EvidenceKept))
    far = {said.manifest for said in kept if not _is_here(said, check.case)}
    here = (held for sha256, held in check.given.manifests.items() if sha256 not in far)
    said = (json.loads(held).get("handed_in") or {} for held in here)
    seen = (one.get("seen") or {} for one in said)
    times = (
        datetime.fromisoformat(one["utc"])
        if "utc" in one
        else datetime.combine(date.fromisoformat(one["day"]), time.max, zone)
        for one in seen
        if one
    )
    return min((check.file.post.first_seen, *times))


def _is_here(said: EvidenceKept, case: Case) -> bool:
    """Was it kept of the place at which the case is?"""
    return (said.place or 1) == case.place


def withheld(case: Case) -> bool:
    """May its words not be repeated: a child's, in confidence, of a sexual kind, or under the lock?"""
    child = case.about is About.PUPIL or case.relationship is Relationship.PUPIL
    return case.locked or case.restricted or child or case.content_class in _UNQUOTED


def posted_words(file: CaseFile) -> str:
    """What was posted, as it is held; its title where it has no more. Nothing is changed. "" where nobody
    holds any of it: what was said of an account, or of an image, was not posted."""
    return post_text(file) if words_of(file).are_posted else ""


def post_text(file: CaseFile) -> str:
    """What is held of the post in words, whosever these are."""
    return (file.post.text or file.post.title or "") if file.post else ""


def first_words(check: LetterCheck) -> str:
    """How the post begins, in one line; "" where its words are withheld or nobody is written to about it.

    Its author reads their own words. To others, as whoever takes a site's post in, it is not quoted where
    it begins with a name or a class.
    """
    spec, rules = check.spec, check.rules
    if spec.reader not in _OF_A_POST or withheld(check.case):
        return ""
    said = _cut(forbidden_words.plain(posted_words(check.file)).translate(_WITHIN))
    if spec.reader is LetterReader.AUTHOR or not said:
        return said
    theirs = spec.own_name or spec.reader is LetterReader.PLATFORM
    own = complainant(check.case, rules) if theirs else None
    others = [p for p in rules.people if own is None or p.id != own.id]
    telling = forbidden_words.named(said, others) or forbidden_words.year_group(said)
    return "" if telling else said


def _cut(said: str) -> str:
    if len(said) <= _FIRST_CHARS:
        return said.removesuffix(".")
    whole = said[:_FIRST_CHARS].rpartition(" ")[0] or said[:_FIRST_CHARS]
    return f"{whole.rstrip(' ,;:.–-')} …"


def named(known: Mapping[str, object], w: Words) -> str:
    """The post in a few words: “the post of 11 November 2026 on Facebook that begins “…””."""
    if known["is_account"]:
        return w("letter.the_post.account", address=known["url"])
    when = "posted" if known["posted"] else "seen" if known["first_seen"] else ""
    how = "_".join(part for part in (when, "begins" if known["first_words"] else "") if part) or "bare"
    return w(
        f"letter.the_post.{how}",
        day=known["posted"] or known["first_seen"],
        begins=known["first_words"],
        as_reported=known["as_reported"],
        place=known["place"],
        address=known["url"],
    )


def _author(post: Post | None, case: Case, rules: Rules) -> str:
    """As shown, in one line; never a pupil's, nor the name of one of our people, as a false account may
    use.
    """
    if post is None or case.relationship is Relationship.PUPIL:
        return ""
    shown = forbidden_words.plain(post.author or "")[:_AUTHOR_CHARS]
    own = None if case.locked else case.complainant_person
    return "" if forbidden_words.named(shown, [p for p in rules.people if p.id != own]) else shown


def with_place(said: str, where: str, w: Words) -> str:
    """A line with the place that it is about, where the case has several."""
    return w("letter.with_place", said=said, where=where) if where else said


def of_place(said: str, where: str, w: Words) -> str:
    """A sentence that begins with the place that it is about, where the case has several."""
    return w("letter.of_place", said=said, where=where) if where else said


def moment(at: datetime, rules: Rules, w: Words) -> str:
    """A day and a time of day, where the school is."""
    zone = rules.means.zone
    return w("letter.moment", day=w.full_day(at, zone), clock=w.clock(at, zone))
