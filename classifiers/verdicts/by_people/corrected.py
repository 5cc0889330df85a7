"""What people marked as judged wrongly, carried over to what is nearly the same: at their school alone. Pure.

The same false alarm does not come twice: what is like one that people called another school's, or too grave,
raises no alert. What may be danger or a child's is never lowered by it, nor what is graver in any way than
what they marked. What is like a post that was missed is read by a person.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache

from classifiers.linking.document import COMMON_WORDS, DANGER, TITLES
from classifiers.linking.match_reasons import NAMES_ANOTHER, OTHER_OF_YOURS
from classifiers.scoring.ngram_features import STEP, count, damped
from classifiers.verdicts.by_people.said import as_like_missed
from classifiers.verdicts.stack import log_odds
from data.content_class import BYPASSING, ContentClass
from data.judged import HANDED_IN, calls_for_alert, dangers, never_cut
from data.matters import WrongKind
from data.register.school_names import INSTITUTION, normalise, words_of
from data.types import (
    Match,
    Mention,
    Reason,
    Relevance,
    Route,
    School,
    SchoolTold,
    Sentiment,
    Severity,
    Signal,
    Verdict,
)
from data.web.channels import ELSEWHERE

ALIKE = 0.7
"""Two texts of which words and pairs of words have so much in common (cosine) are nearly the same."""
_FAR_ABOVE = 2.0
"""In log-odds, some seven times: so much likelier to be grave, it is another matter, whatever it is like."""
_OTHERS = NAMES_ANOTHER - {OTHER_OF_YOURS} | {"other_place", "other_county"}
"""Codes of a match that name another place, another school, or whatever else bears the name."""
_OUR_TIES = words_of(
    "urn domain own_page listing listing_title thread head trust chief postcode street place name_and_place "
    "alias_handle"
)
"""Codes of a match that tie it to the school by more than its name."""
_SETTLE = words_of("local_board own_group source_place our_people")
"""Codes of a match, or of its verdict, that do so where it is surely about the school by them."""
_BY_HAND = frozenset((*SchoolTold, "reported", HANDED_IN))
"""Codes of what was handed in by a person: nothing lowers it."""
_NAME = re.compile(r"(?P<within>(?<=[\w,;:(] ))?\b[A-Z][\w'’-]{3,}")
_NO_NAMES = (
    COMMON_WORDS
    | INSTITUTION
    | TITLES
    | words_of(
        "monday tuesday wednesday thursday friday saturday sunday january february march april june july "
        "august september october november december easter christmas facebook twitter instagram tiktok "
        "snapchat youtube google reddit mumsnet ofsted england wales scotland britain english welsh "
        "british whatsapp year reception sats gcse that this they their there what when which with have from"
    )
)
"""Words with a capital that name no place and no school."""
_FILLERS = words_of(
    "a an the and or but so of on in at by to from for with over about is are was were be been am it "
    "its this that these those they them their there here he she his her him we our us you your i my me "
    "still again please just really all both even always now then today yesterday tonight monday "
    "tuesday wednesday thursday friday saturday sunday week morning as if what who how very too also "
    "anyone everyone everybody lol omg"
)
"""What may be said more while it is nearly the same."""
_DENIES = words_of("no not never none nobody dont didnt doesnt isnt wasnt wont cant aint")
_MILD = frozenset(("profanity", "harassment", "defamation"))
"""Labels in which one namesake's false alarm may differ from the next."""
_NEVER = frozenset(("threat", "safeguarding", "self_harm", "extremism"))
_NOT_US = Reason("like_not_us", "People said of one like it here that it is not about the school.")
_TOO_GRAVE = Reason("like_too_grave", "People said of one like it here that it was judged too gravely.")
_MISSED = Reason("like_missed", "People said of one like it here that it was missed: a person reads it.")


@dataclass(frozen=True, slots=True)
class Corrected:
    """What people marked: its kind, the post, its match and verdict as judged, the signals in it, and the
    `names` of another place or school in it that whoever marked it gave as the reason, in normal form; the
    `route` that is right where it was missed."""

    kind: str
    mention: Mention
    match: Match
    verdict: Verdict
    signals: tuple[Signal, ...] = ()
    names: frozenset[str] = frozenset()
    route: Route | None = None


def as_corrected(
    verdict: Verdict, mention: Mention, match: Match, signals: Sequence[Signal], made: Sequence[Corrected]
) -> Verdict:
    """The verdict on a later post of the same school, as what people `made` of its like says."""
    codes = {reason.code for reason in (*match.reasons, *verdict.reasons)}
    if not made or verdict.relevance is Relevance.NOT_ABOUT or _by_hand(codes, mention):
        return verdict
    near = [one for one in made if likeness(mention, one.mention) >= ALIKE]
    missed = [one for one in near if one.kind == WrongKind.MISSED]
    if lane := next((one.route for one in missed if one.route is not None and one.route.urgent), None):
        return as_like_missed(verdict, lane, _MISSED)
    if missed:
        found = verdict if calls_for_alert(verdict) or verdict.look else _looked_at(verdict, _MISSED)
        return replace(found, look_rank=never_cut(found.look_rank)) if found.look else found
    tied = bool(codes & (_OUR_TIES if verdict.relevance is Relevance.UNSURE else _OUR_TIES | _SETTLE))
    unsure = verdict.relevance is Relevance.UNSURE and not tied
    for one in made:
        not_us = one.kind == WrongKind.NOT_US
        same = one in near and verdict.event is None and _adds_nothing(mention, one.mention)
        other = not_us and not tied and _same_other(mention, match, one)
        if not (same or other) or not _no_graver(verdict, mention, signals, one):
            continue
        if calls_for_alert(verdict) and not (same and not_us and unsure):
            return _lower(verdict, _NOT_US if not_us else _TOO_GRAVE)
        if not_us and unsure and same:  # another place alone may lower an alert to a look, never dismiss
            return _not_about(verdict)
    return verdict


def _by_hand(codes: Set[str], mention: Mention) -> bool:
    return bool(codes & _BY_HAND) or mention.channel == ELSEWHERE


def _adds_nothing(mention: Mention, marked: Mention) -> bool:
    """Does it say nothing that the marked one did not, and deny nothing else?"""
    said, before = {*_words(mention)}, {*_words(marked)}
    stems = {word.removesuffix("s") for word in before}
    new = {word for word in said - before if word.removesuffix("s") not in stems}
    return new <= _FILLERS and said & _DENIES == before & _DENIES


def named_elsewhere(why: str, mention: Mention, school: School) -> frozenset[str]:
    """The names in a reason that stand in the post too, and are none of the school's own: in normal form.

    A word that only begins a sentence, here and there, is no name."""
    own = (school.name, school.town, school.street, school.head, school.trust, *school.aliases)
    ours = {word for name in own for word in normalise(name or "").split()}
    found = [
        {normalise(m[0]): m["within"] is not None for m in _NAME.finditer(text)}
        for text in (why, _said(mention))
    ]
    both = found[0].keys() & found[1].keys() - ours - _NO_NAMES
    return frozenset(name for name in both if any(of[name] for of in found))


def _said(mention: Mention) -> str:
    return f"{mention.title} {mention.text} {mention.quoted}"


def _words(mention: Mention) -> list[str]:
    return normalise(_said(mention)).split()


def likeness(one: Mention, other: Mention) -> float:
    """The likeness of two posts: the cosine of their words and pairs of words, 0..1.

    Days are all read as one word, and so are words for who somebody is (`ngram_features`).
    """
    first, second = _vector(_said(one)), _vector(_said(other))
    return sum(weight * second.get(key, 0.0) for key, weight in first.items())


@lru_cache(maxsize=1024)
def _vector(text: str) -> Mapping[str, float]:
    """Words and pairs of words, of length 1 in all; what is marked is asked for with every post."""
    found = count([text])
    heavy = zip(found.word, damped(found.times), strict=True)
    weights = {f"word {found.words[word]}": float(times) for word, times in heavy}
    weights |= {f"pair {pair}": float(STEP) for pair in found.pair}
    size = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {key: weight / size for key, weight in weights.items()} if size else {}


def _same_other(mention: Mention, match: Match, marked: Corrected) -> bool:
    """Does it name the same other place, school or thing that the marked one named?"""
    others = {reason for reason in marked.match.reasons if reason.code in _OTHERS}
    return any(reason in others for reason in match.reasons) or not marked.names.isdisjoint(_words(mention))


def _no_graver(verdict: Verdict, mention: Mention, signals: Sequence[Signal], marked: Corrected) -> bool:
    """May it be lowered: is it neither danger nor a child's, and in no way graver than the marked one?"""
    was, known = marked.verdict, {s.name for s in marked.signals}
    if verdict.severity >= Severity.THIS_HOUR or verdict.route.urgent or verdict.restricted:
        return False
    if verdict.content_class in BYPASSING or dangers(verdict) or _NEVER & {*verdict.abuse}:
        return False
    if {*_words(mention)} & DANGER - {*_words(marked.mention)}:
        return False
    if any(s.danger or _NEVER & {*s.labels} or (s.severity and s.name not in known) for s in signals):
        return False
    if not {*verdict.abuse} <= {*was.abuse} | _MILD or not _people(verdict) <= _people(was):
        return False
    return _odds(verdict) <= _odds(was) + _FAR_ABOVE


def _people(verdict: Verdict) -> set[str]:
    """Whom of the school it may accuse, or is likeliest about."""
    return {*verdict.subjects, *filter(None, [verdict.subject_person])}


def _odds(verdict: Verdict) -> float:
    return log_odds(dict(verdict.scores).get("weighed:severe", 0.0))


def _not_about(verdict: Verdict) -> Verdict:
    return replace(
        verdict,
        relevance=Relevance.NOT_ABOUT,
        sentiment=Sentiment.NEUTRAL,
        abuse=(),
        severity=Severity.NOTHING,
        route=Route.IGNORE,
        content_class=ContentClass.FAIR_COMMENT,
        look=False,
        look_rank=0.0,
        accuses=(),
        themes=(),
        reasons=(_NOT_US,),
        weighed_most=None,
    )


def _lower(verdict: Verdict, why: Reason) -> Verdict:
    """One step lower: for a person to look at."""
    kept = tuple(r for r in verdict.reasons if not r.code.startswith("route_"))
    lowered = replace(
        verdict, severity=Severity.RESPOND, route=Route.RESPOND, content_class=ContentClass.FAIR_COMMENT
    )
    return _looked_at(replace(lowered, reasons=kept), why)


def _looked_at(verdict: Verdict, why: Reason) -> Verdict:
    rank = max(verdict.look_rank, dict(verdict.scores).get("weighed:severe", 0.0))
    return replace(verdict, look=True, look_rank=rank, reasons=(why, *verdict.reasons))
