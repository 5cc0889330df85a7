"""What is said of an academy trust: read as of a school, its chief executive as its head. A danger is told to
its schools, all else once, to the trust. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import lru_cache

from classifiers.linking.match_reasons import OTHER_OF_YOURS
from classifiers.linking.trusts.named import OF_TRUST, spoken
from data.judged import OF_A_CHILD, calls_for_alert, dangers, harms
from data.types import (
    KEY_OF_A_TRUST,
    SURE,
    About,
    Match,
    Mention,
    PressEvent,
    Reason,
    Relevance,
    Role,
    School,
    Verdict,
)

_ITS_SCHOOLS = Reason(OTHER_OF_YOURS, "It may be a danger at the trust's schools: each of them is told.")
_ITS_OWN = Reason(OTHER_OF_YOURS, "It is about the trust itself, and names no school of it.")
_HEADS = re.compile(
    r"\b(?:deputy |assistant |acting )?(?:head\s*-?\s*(?:teacher|master|mistress)|principal)", re.I
)
_CHIEF = re.compile(
    r"\b(?:the |its |our |a )?(?:(?:academy |multi[- ]academy |schools? )?trust['’]?s? |academy )?"
    r"(?<!police )(?<!fire )(?<!council )(?:chief(?: executive)?(?: officer)?\b|ceo\b|exec(?:utive)? head\b)"
    r"|\btrust (?:boss|leader|head)\b",
    re.IGNORECASE,
)

_HARMS = (PressEvent.INJURY, PressEvent.WEAPON)
_NAMES = ("full_name", "alias", "about_you", "perhaps_another_school")


@lru_cache(maxsize=4)
def _named(trust: School) -> re.Pattern[str]:
    names = (r"\W+".join(map(re.escape, name.split())) for name in spoken(trust))
    return re.compile(rf"\b(?:the )?(?:{'|'.join(names)})\b", re.IGNORECASE)


def in_words_of_a_school(mention: Mention, trust: School) -> tuple[Mention, str]:
    """The mention with “the trust” for its name, so that no word of that counts; its words as of a school
    that the chief executive leads: heads of schools are staff there."""
    title, text = (_named(trust).sub("the trust", part) for part in (mention.title, mention.text))
    whole = _HEADS.sub("teacher", f"{title}\n{text}")
    return replace(mention, title=title, text=text), _CHIEF.sub("the headteacher", whole)


def judged_once(
    matches: Sequence[Match],
    judge: Callable[[Match], Verdict],
    chiefs: Collection[str],
    over: Collection[str],
) -> list[Verdict]:
    """The verdicts on these matches of one text, in their order.

    What is about a trust is no school's that it names only as a school of the trust. A danger is each such
    school's, as what names none of several, and not the trust's unless it is aimed at the chief. One that
    accuses the chief, and does not merely name them, is the trust's alone, where somebody over them can be
    told. `chiefs` and those `over` them are people by id.
    """
    of = next(m for m in matches if m.urn.startswith(KEY_OF_A_TRUST))
    own, chief = judge(of), {f"office:{Role.HEAD}", *(f"person:{i}" for i in chiefs)}
    accused = {meant.who for meant in own.accuses}
    surely = own.about is About.HEAD or any(m.sure >= SURE and m.who in chief for m in own.accuses)
    heard = surely and not accused.isdisjoint(chief) and any(f"person:{i}" not in accused for i in over)
    # is it the safeguarding leads', or might somebody come to harm, or have come to it? In an article also a
    # child, perhaps
    told = own.event in _HARMS or any(meant.harm in OF_A_CHILD for meant in own.endangers)
    grave = own.restricted or own.route.urgent or harms(own) or (own.event and told)
    to_schools = (calls_for_alert(own) and bool(grave)) and not heard

    def on(match: Match) -> Verdict:
        if not _through(match):
            return judge(match)
        if not to_schools:
            return judge(_not_about(match, _ITS_OWN))
        found = judge(match)
        found = found if calls_for_alert(found) else _as_of_a_school(own, match, chief)
        known = {meant.who for meant in found.accuses}
        return replace(
            found, accuses=(*found.accuses, *(m for m in own.accuses if m.person and m.who not in known))
        )

    found = {match.urn: on(match) for match in matches if match is not of}
    aimed = not chief.isdisjoint(meant.who for meant in dangers(own))
    theirs = to_schools and not aimed and any(map(_through, matches))
    found[of.urn] = judge(_not_about(of, _ITS_SCHOOLS)) if theirs else own
    return [found[match.urn] for match in matches]


def _through(match: Match) -> bool:
    return [reason.code for reason in match.reasons] == [OF_TRUST]


def _as_of_a_school(own: Verdict, match: Match, chief: Collection[str]) -> Verdict:
    """What is judged of the trust, as a school's: its words are grave by the trust's name alone, “outside
    Brightwater Trust with a gun”. The chief is not the school's head."""
    return replace(
        own,
        urn=match.urn,
        relevance=Relevance.UNSURE,
        about=About.STAFF if own.about is About.HEAD else own.about,
        subject_person=None,
        reasons=(*match.reasons, *(r for r in own.reasons if r.code not in _NAMES)),
        accuses=(),
        endangers=tuple(replace(m, who="school") if m.who in chief else m for m in dangers(own)),
    )


def _not_about(match: Match, why: Reason) -> Match:
    return replace(match, relevance=Relevance.NOT_ABOUT, score=0.0, reasons=(why,))
