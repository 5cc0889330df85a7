"""The verdict on one mention for one school: relevance, tone, labels, severity, route, and why.

Pure. The rules of severity and route are those of the project's labelling rules, taken from
above: not relevant, police, child protection, removal asked or reported, answer, thank, note.
Fair criticism is answered, never removed: a removal stands on a label other than profanity, or
is none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from classifiers.content_class import RESTRICTED, content_class
from classifiers.language import Language, recognise
from classifiers.linking_reasons import (
    BESIDE,
    NAMES_ANOTHER,
    NAMES_ANOTHER_SCHOOL,
    NAMES_US,
    OTHER_OF_YOURS,
    UNTIED,
)
from classifiers.named import is_named
from classifiers.reasons import explain, explain_not_about
from classifiers.severity import Outcome, judge_severity
from classifiers.subject import possible_subjects, subject
from classifiers.themes import themes_of, without_themes
from classifiers.thresholds import Thresholds, read_thresholds
from classifiers.undisguise import undisguise
from classifiers.weigh import CALM, Weighed, log_odds, weigh
from data.people import people_of
from data.types import (
    About,
    Match,
    Mention,
    MentionKind,
    Person,
    Policy,
    Relevance,
    Route,
    School,
    Sentiment,
    Severity,
    Signal,
    Verdict,
)

__all__ = ["Thresholds", "decide", "read_thresholds"]

_LIKELIER_THAN_NOT = 0.5
"""In a language the model hardly learnt it alerts only where that is likelier than not; else look."""

_NEVER = math.inf
_FOREIGN_FIRST = 0.3
_ENOUGH_WORDS = 3
_GRAVE_WORD = re.compile(
    r"\b(?:kill|stab|shank|shoot|bomb|burn|torch|hang|gun|knife|die|dead|murder|rape|suicid|nonce|p(?:a)?edo)"
    r"|[🔪🔫💣🧨]",
    re.IGNORECASE,
)
_OF_A_SCHOOL = frozenset(("school_words", "school_words_many"))
_ANSWERS = (MentionKind.REPLY, MentionKind.COMMENT)
_GRAVE_DOUBT = 1.5
_SURELY_ANOTHERS = 0.02
_EVEN = 0.5


def decide(
    mention: Mention,
    version: int,
    match: Match,
    scores: Mapping[str, float],
    signals: Sequence[Signal],
    policy: Policy,
    school: School,
    people: Sequence[Person],
    thresholds: Thresholds,
    model: str = "",
) -> Verdict:
    """What to think of `version` of a mention for the school of `match`, with every number kept.

    `scores` are the probabilities by label of the model named `model`; without them signals alone
    decide. Unsure of the school is judged like about. A signal of immediate danger alerts whatever
    the model thinks. Themes are what is praised or criticised: none of what is restricted or to be
    removed, of a word or two, or in a language that the model hardly learnt.
    """
    weighed = weigh(scores, signals, thresholds)
    relevance = settle(match, scores, weighed, thresholds)
    if relevance is Relevance.NOT_ABOUT:
        grave = grave_elsewhere(mention, match, scores, weighed, signals, thresholds)
        dismissed = _not_about(mention, version, match, scores, weighed, grave=grave)
        return replace(dismissed, model=model)
    text = f"{mention.title}\n{mention.text}"
    language = recognise(text)
    about, person = subject(text, scores, signals, school, people)
    ours = any(is_named(person.name, text) for person in people_of(school, people))
    line = _alert_line(match, weighed, language, thresholds, ours=ours)
    outcome = judge_severity(scores, weighed, about, thresholds, line)
    few = _too_few_words(mention, signals, outcome)
    if few:
        outcome = Outcome(Route.NOTE, Severity.NOTE, (), Sentiment.NEUTRAL, unsure=True)
    elif (weighed.grave_signal or line == _NEVER) and outcome.severity < Severity.TODAY:
        outcome = _not_praise(outcome)
    code = content_class(outcome.route, outcome.abuse, about, {s.name for s in signals})
    look = policy.look_share > 0 and _look(outcome, weighed, language, thresholds)
    restricted = code in RESTRICTED
    named = language is Language.ENGLISH and outcome.route in CALM and not restricted and not few
    themes = themes_of(scores) if named else ()
    return Verdict(
        mention_id=mention.id,
        version=version,
        urn=match.urn,
        relevance=relevance,
        sentiment=outcome.sentiment,
        abuse=outcome.abuse,
        about=about,
        severity=outcome.severity,
        route=outcome.route,
        look=look,
        look_rank=_rank(weighed, language) if look else 0.0,
        subject_person=person,
        subjects=possible_subjects(
            f"{text}\n{mention.quoted}", outcome.route, outcome.abuse, about, person, school, people
        ),
        content_class=code,
        restricted=restricted,
        reasons=explain(
            match,
            relevance,
            signals,
            weighed.severe,
            outcome.route,
            language,
            look=look,
            restricted=restricted,
            few_words=few,
        ),
        scores=_kept(scores, weighed, themes),
        model=model,
        themes=themes,
    )


def settle(match: Match, scores: Mapping[str, float], weighed: Weighed, t: Thresholds) -> Relevance:
    """Relevance after the model has read the text: linking's word, or one step from it.

    What linking rules out may still be unsure where the text reads like a school's, and the sooner
    the graver it is, but never where it names another school: that school's matter is no other's.
    A street, a church or a club of the name gives way only to what may be grave. What linking is
    unsure of may be ruled out, unless there is danger in it.
    """
    dismissed = match.relevance is Relevance.NOT_ABOUT
    if dismissed and _anothers(match):
        return match.relevance
    if match.relevance is not Relevance.ABOUT and _danger_said(match, weighed):
        return Relevance.UNSURE
    seen = scores.get("relevant")
    if seen is None or (
        dismissed and _names(match, NAMES_ANOTHER) and weighed.severe < _grave_from(match, t)
    ):
        return match.relevance
    grave = weighed.severe >= t.alert
    linked = max(match.score, _EVEN) if grave and _only_a_word(match) else match.score
    if likely_relevant(linked, seen, t) >= t.relevant_line - (_GRAVE_DOUBT if grave else 0.0):
        return Relevance.UNSURE if dismissed else match.relevance
    if match.relevance is Relevance.ABOUT or weighed.dangers:
        return match.relevance
    return Relevance.NOT_ABOUT


def _anothers(match: Match) -> bool:
    """Does it name another school, or somebody else while our name stands nowhere in it?"""
    if _names(match, NAMES_ANOTHER_SCHOOL):
        return True
    return _names(match, NAMES_ANOTHER) and not _names(match, BESIDE | NAMES_US)


def _danger_said(match: Match, weighed: Weighed) -> bool:
    """Does a signal find danger in a text that bears our name, if only beside a word like “Church”?"""
    if _names(match, BESIDE):
        return bool(weighed.dangers) or weighed.grave_signal
    return bool(weighed.dangers) and _names(match, NAMES_US)


def _grave_from(match: Match, t: Thresholds) -> float:
    """From how likely on it may be grave: where only the street or the church is named, likelier than not."""
    return max(t.alert, _LIKELIER_THAN_NOT) if _names(match, {"named_thing"}) else t.alert


def _only_a_word(match: Match) -> bool:
    """True where all that speaks for somebody else is a word beside the name.

    “Church”, “Park” or “Farm” may begin the next thing said, so that it is not held against a grave text.
    """
    return _names(match, BESIDE) and not _names(match, NAMES_ANOTHER - BESIDE)


def _alert_line(match: Match, weighed: Weighed, language: Language, t: Thresholds, *, ours: bool) -> float:
    """From how likely on it alerts.

    Where nothing ties the text to the school, and it names none of `ours` either, the model alone raises
    no alert: a person looks. A signal of danger or of severity 3 counts as ever.
    """
    if _names(match, {UNTIED}) and not (ours or weighed.dangers or weighed.grave_signal):
        return _NEVER
    return t.alert if language is Language.ENGLISH else max(t.alert, _LIKELIER_THAN_NOT)


def worth_scoring(match: Match) -> bool:
    """False where no model could change the verdict: it is surely another's, and no school's to be told.

    Where another school is named that is not watched, the model may still find it grave there.
    """
    if match.relevance is not Relevance.NOT_ABOUT:
        return True
    if _anothers(match):
        return _names(match, NAMES_ANOTHER_SCHOOL) and not _names(match, {OTHER_OF_YOURS})
    return match.score >= _SURELY_ANOTHERS or _names(match, BESIDE | NAMES_US)


def grave_elsewhere(
    mention: Mention,
    match: Match,
    scores: Mapping[str, float],
    weighed: Weighed,
    signals: Sequence[Signal],
    t: Thresholds,
) -> bool:
    """Would it be severity 4 for the other school that it names, so that somebody should pass it on?

    A signal of severity 4 or the model says so; in an article, which tells of what others know
    already, only both together. Where it speaks of a school and names nobody, only a signal of
    danger counts. A school that is watched is told itself.
    """
    if _names(match, {OTHER_OF_YOURS}):
        return False
    if not _names(match, NAMES_ANOTHER_SCHOOL):
        return bool(weighed.dangers) and _names(match, _OF_A_SCHOOL) and not _names(match, NAMES_ANOTHER)
    sign = any(s.severity >= Severity.THIS_HOUR and _stands(s, weighed) for s in signals)
    seen = weighed.severe >= t.alert and scores.get("severity:4", 0.0) >= t.this_hour
    return (sign and seen) if mention.kind is MentionKind.ARTICLE else (sign or seen)


def _stands(signal: Signal, weighed: Weighed) -> bool:
    return signal.danger or bool(weighed.asserted & set(signal.labels))


def _names(match: Match, codes: Collection[str]) -> bool:
    return any(reason.code in codes for reason in match.reasons)


def likely_relevant(linked: float, seen: float, t: Thresholds) -> float:
    """Linking's score and the model's probability together, in log-odds; higher is likelier."""
    return log_odds(linked) + t.relevant_model * log_odds(seen)


def _not_about(
    mention: Mention,
    version: int,
    match: Match,
    scores: Mapping[str, float],
    weighed: Weighed,
    *,
    grave: bool,
) -> Verdict:
    return Verdict(
        mention_id=mention.id,
        version=version,
        urn=match.urn,
        relevance=Relevance.NOT_ABOUT,
        sentiment=Sentiment.NEUTRAL,
        abuse=(),
        about=About.OTHER,
        severity=Severity.NOTHING,
        route=Route.IGNORE,
        reasons=explain_not_about(match, grave=grave),
        scores=_kept(scores, weighed),
    )


def _too_few_words(mention: Mention, signals: Sequence[Signal], outcome: Outcome) -> bool:
    """Of a word or two the model's guess is worth nothing, unless one of them is a grave one."""
    own = mention.text if mention.kind in _ANSWERS else f"{mention.title} {mention.text}"
    if len(own.split()) >= _ENOUGH_WORDS or any(s.labels or s.severity for s in signals):
        return False
    if not own.split():
        return True
    if _GRAVE_WORD.search(undisguise(own).text):
        return False
    return outcome.severity > (Severity.RESPOND if signals else Severity.NOTE)


def _rank(weighed: Weighed, language: Language) -> float:
    """What a person looks at first: a grave signal, then a language that is not guessed at, then doubt."""
    foreign = _FOREIGN_FIRST if language is not Language.ENGLISH else 0.0
    return round(weighed.severe + weighed.grave_signal + foreign, 4)


def _not_praise(outcome: Outcome) -> Outcome:
    """Where something grave may stand in it, it is shown, and neither thanked for nor filed as praise."""
    route = Route.NOTE if outcome.route is Route.THANK else outcome.route
    tone = Sentiment.NEUTRAL if outcome.sentiment is Sentiment.POSITIVE else outcome.sentiment
    return replace(outcome, route=route, sentiment=tone, unsure=True)


def _look(outcome: Outcome, weighed: Weighed, language: Language, t: Thresholds) -> bool:
    """Does a person have to look? Where it cannot tell, or was not trained for the language."""
    if outcome.severity >= Severity.TODAY:
        return False
    return outcome.unsure or weighed.severe >= t.look or language is not Language.ENGLISH


def _kept(
    scores: Mapping[str, float], weighed: Weighed, themes: tuple[str, ...] = ()
) -> tuple[tuple[str, float], ...]:
    led_here = without_themes(scores, themes)
    numbers = {**led_here, "weighed:severe": weighed.severe, "weighed:this_hour": weighed.this_hour}
    return tuple((label, round(value, 4)) for label, value in numbers.items())
