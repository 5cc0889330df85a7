"""Ask whose a post is, once the model has read it: linking's answer, or one step from it. Pure."""

from __future__ import annotations

from collections.abc import Collection

from classifiers.linking.match_reasons import (
    BESIDE,
    BORNE,
    HERE,
    LIFE,
    NAMES,
    NAMES_ANOTHER,
    NAMES_ANOTHER_SCHOOL,
    NAMES_US,
    OTHER_OF_YOURS,
    OURS_TO_JUDGE,
    SEARCHED,
    TIES,
    UNTIED,
)
from classifiers.text.language import Language
from classifiers.text.model_text import is_article
from classifiers.verdicts.weigh import WeighedEvidence, log_odds
from data.types import Match, Mention, Relevance, Route, Severity

LIKELIER_THAN_NOT = 0.5
_TELLS_OF_US = NAMES | HERE | TIES | {"place_name", "review"}
_HARDLY_TIED = (BORNE - {"only_bearer"}) | {"place_alone", "unnamed"}
"""Codes of a match with a name that several bear, or with no name. A review was found under our name."""
_GRAVE_DOUBT = 1.5
_SURELY_ANOTHERS = 0.02
_PERHAPS_GRAVE = 0.2
_LIKELY_OURS = 0.8
"""From here on what linking is unsure of is ours, where nothing in the text speaks for another."""


def settle_relevance(match: Match, weighed: WeighedEvidence, language: Language, *, named: bool) -> Relevance:
    """Relevance after the model has read the text: linking's answer, or one step from it.

    `named` says that the text has somebody of the school. That beside our name, or how likely it is ours
    beside our name or place, settles which school is meant where nobody else is named. What a person handed
    in, and what stands where only this school is talked about, is never dismissed, unless another school that
    is watched is meant.
    """
    untied = has_reason(match, {UNTIED, SEARCHED}) and not has_reason(match, NAMES_ANOTHER)
    unsure = match.relevance is Relevance.UNSURE and not has_reason(match, NAMES_ANOTHER | {"other_place"})
    likely = "relevant" in weighed.scores and weighed.ours >= _LIKELY_OURS
    likely = likely and not has_reason(match, {"many_bearers"})
    ours = (named and has_reason(match, NAMES_US)) or (likely and has_reason(match, _TELLS_OF_US))
    if ours and unsure and not untied:
        return Relevance.ABOUT
    found = (
        _judge_without_school(match, weighed, named=named)
        if untied
        else _judge_with_school(match, weighed, language)
    )
    stays = has_reason(match, OURS_TO_JUDGE) and not has_reason(match, {OTHER_OF_YOURS})
    return Relevance.UNSURE if stays and found is Relevance.NOT_ABOUT else found


def _judge_without_school(match: Match, weighed: WeighedEvidence, *, named: bool) -> Relevance:
    """Relevance of what names no school and is tied to none.

    It is unsure in a place of the school's own where a signal says severity 4, a child may be in danger, or
    somebody of the school is `named` beside school life; where it may be grave and was found by a search for
    the school or names somebody of it; else dismissed.
    """
    lane = max(weighed.label("safeguarding"), weighed.route(Route.SAFEGUARDING))
    child = weighed.severe >= weighed.t.alert and lane >= LIKELIER_THAN_NOT
    danger = child or bool(weighed.dangers) or _says_this_hour(weighed)
    here = has_reason(match, HERE) and (danger or (named and has_reason(match, LIFE | {"school_hint"})))
    doubt = here or (weighed.severe >= _PERHAPS_GRAVE and (named or has_reason(match, {SEARCHED})))
    return Relevance.UNSURE if doubt else Relevance.NOT_ABOUT


def _judge_with_school(match: Match, weighed: WeighedEvidence, language: Language) -> Relevance:
    """Relevance of what names the school, or is tied to it, or names another.

    What linking rules out may still be unsure where the text reads like a school's, the more readily the
    graver it is, but never where it names another school: that is another school's matter. A street, a church
    or a club of the same name gives way only to something possibly grave. Anything about school life in a
    language that the model hardly learnt counts as possibly grave. What linking is unsure of may be ruled
    out, unless there is danger in it; what is calm and hardly tied to us unless it is likelier ours than not.
    """
    dismissed = match.relevance is Relevance.NOT_ABOUT
    if dismissed and _anothers(match):
        return match.relevance
    # a word beside the name (“Church”, which may begin a sentence) is all that speaks for another
    only_a_word = has_reason(match, BESIDE) and not has_reason(match, NAMES_ANOTHER - BESIDE)
    unread = language is not Language.ENGLISH and only_a_word and has_reason(match, LIFE)
    if match.relevance is not Relevance.ABOUT and (_danger_said(match, weighed) or unread):
        return Relevance.UNSURE
    grave, calm = weighed.severe >= weighed.t.alert, weighed.severe < _PERHAPS_GRAVE
    anothers = dismissed and has_reason(match, NAMES_ANOTHER | {"estate_agent"})
    if "relevant" not in weighed.scores or (anothers and not grave):
        return match.relevance
    line = weighed.t.ours - (_GRAVE_DOUBT if grave else 0.0)
    if calm and (dismissed or (has_reason(match, _HARDLY_TIED) and not has_reason(match, {"review"}))):
        line = max(line, log_odds(LIKELIER_THAN_NOT))
    odds = log_odds(weighed.ours)
    if grave and only_a_word:  # how much likelier it is ours where that word counts for nothing
        odds += log_odds(max(match.score, LIKELIER_THAN_NOT)) - log_odds(match.score)
    if odds >= line:
        return Relevance.UNSURE if dismissed else match.relevance
    if match.relevance is Relevance.ABOUT or weighed.dangers or not (calm or match.score < _LIKELY_OURS):
        return match.relevance
    return Relevance.NOT_ABOUT


def _anothers(match: Match) -> bool:
    """Does it name another school, or somebody else while our name is not in it?"""
    if has_reason(match, NAMES_ANOTHER_SCHOOL):
        return True
    return has_reason(match, NAMES_ANOTHER) and not has_reason(match, BESIDE | NAMES_US)


def _danger_said(match: Match, weighed: WeighedEvidence) -> bool:
    """Does a signal find danger in a text that contains our name, even beside a word like “Church”?
    Not where that word is of what is in another town."""
    if has_reason(match, BESIDE) and not has_reason(match, {"rival_place"}):
        return bool(weighed.dangers) or weighed.grave_signal
    return bool(weighed.dangers) and has_reason(match, NAMES_US)


def worth_scoring(match: Match) -> bool:
    """Could a model still change the verdict? Not where the text is certainly another's and no school need be
    told. Where it names another school that is not watched, the model may still find it grave for that
    school."""
    if match.relevance is not Relevance.NOT_ABOUT:
        return True
    if _anothers(match):
        return has_reason(match, NAMES_ANOTHER_SCHOOL) and not has_reason(match, {OTHER_OF_YOURS})
    return match.score >= _SURELY_ANOTHERS or has_reason(match, BESIDE | NAMES_US)


def grave_elsewhere(mention: Mention, match: Match, weighed: WeighedEvidence) -> bool:
    """Would it be severity 4 for the other school it names, so that somebody should pass it on?

    A signal of severity 4 or the model is enough; in an article, which reports what is already known, only
    both together. Where it is about a school but names nobody, only a signal of danger counts. A school that
    is watched is told itself.
    """
    if has_reason(match, {OTHER_OF_YOURS}):
        return False
    if not has_reason(match, NAMES_ANOTHER_SCHOOL):
        return bool(weighed.dangers) and has_reason(match, LIFE) and not has_reason(match, NAMES_ANOTHER)
    sign = _says_this_hour(weighed)
    seen = weighed.severe >= weighed.t.alert and weighed.this_hour >= weighed.t.this_hour
    return (sign and seen) if is_article(mention) else (sign or seen)


def _says_this_hour(weighed: WeighedEvidence) -> bool:
    """Does a signal say severity 4 that no other argues away?"""
    grave = (s for s in weighed.signals if s.severity >= Severity.THIS_HOUR)
    return any(s.danger or weighed.asserted & set(s.labels) for s in grave)


def has_reason(match: Match, codes: Collection[str]) -> bool:
    """Is one of these codes among its reasons?"""
    return any(reason.code in codes for reason in match.reasons)
