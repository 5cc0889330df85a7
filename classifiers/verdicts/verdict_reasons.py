"""Why a verdict is what it is, in sentences for people. Never the post's own words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from classifiers.text.language import Language, Tongue
from classifiers.text.tongues import NAMES
from data.judged import A_PERSON_DECIDES, GRADED, PASSES_ON_NEWS, PRESS_CLEARS, PRESS_OVER
from data.types import KEY_OF_A_TRUST, Match, Reason, Relevance, Route, Signal

MOST = 5
"""Nobody reads more reasons than this."""

CHILD_IDENTIFIABLE = "child_identifiable"
"""The code that may raise a story's severity; it is never left out."""

OTHER_SCHOOL_DANGER = "other_school_danger"
"""The code of a danger about another school: a person may pass it on."""

WORTH_A_LOOK = "worth_a_look"
"""The code of the reason that asks for a person's look."""

_TOO_FEW = Reason("too_few_words", "Too few words to judge; a person should look.")
_DECIDED_BY_A_PERSON = Reason(
    A_PERSON_DECIDES, "It may be serious, and we cannot tell what it is: a person decides."
)
_OVER = Reason(PRESS_OVER, "What the article tells of is over, came to nothing or was only practised.")
_CLEARS = Reason(PRESS_CLEARS, "The article clears somebody: nobody of the school, or not to blame.")
_PASSED_ON = Reason(PASSES_ON_NEWS, "It passes on what a paper or a broadcaster tells.")
LOOK = Reason(WORTH_A_LOOK, "Not sure: worth a look.")
ARTICLE_READ = Reason("article_read", "The article behind the headline was read and judged with it.")
_HEADLINE_ONLY = {
    "paid": "Only the headline was judged: the article is for those who pay.",
    "hidden": "Only the headline was judged: Google News does not say where the article is.",
    "blocked": "Only the headline was judged: the site does not show the article to us.",
    "refused_by_robots": "Only the headline was judged: the site asks programs not to read the article.",
    "gone": "Only the headline was judged: the article is no longer there.",
    "unreachable": "Only the headline was judged: the site did not answer.",
}
_NO_ARTICLE = "Only the headline was judged: no article could be read behind it."
_ROUTES = {
    Route.IGNORE: "Nothing to do: it is not about the school.",
    Route.NOTE: "To note: it asks for nothing.",
    Route.THANK: "Worth a thank-you: praise at first hand.",
    Route.RESPOND: "To answer, not to remove: criticism or a question, however it is put.",
    Route.REQUEST_REMOVAL: "To ask for removal: the author seems to be known to the school.",
    Route.PLATFORM_REPORT: "To report to the platform: the author is not known to the school.",
    Route.SAFEGUARDING: "To the safeguarding lead at once: a child may be at risk.",
    Route.POLICE_NOW: "Think of the police now: it may be a threat or extremist content.",
}
_BY_AUTHOR = frozenset({Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT})
"""The ways that part by whether the author is known to the school."""

_OF_THE_PRESS = {
    Route.NOTE: "To note: it is in the press, and asks for nothing.",
    Route.RESPOND: "For whoever speaks to the press: what the press reports is answered, not removed.",
}


def explain(
    match: Match,
    relevance: Relevance,
    signals: Sequence[Signal],
    route: Route,
    spoken: Tongue | None,
    *,
    look: bool,
    restricted: bool,
    few_words: bool = False,
    placed: bool = True,
    press: bool = False,
    passed_on: bool = False,
    over: bool = False,
    clears: bool = False,
    grade: str | None = None,
) -> tuple[Reason, ...]:
    """Up to five reasons: which school, the route, the signals, the language, whether a person looks.

    `press` says that it is an article, or judged as one because it passes on news (`passed_on`), `over` that
    it tells of something that is over, `clears` that it clears somebody; `grade` is what inspectors
    gave the school.
    """
    meaning = _OF_THE_PRESS.get(route, _ROUTES[route]) if press else _ROUTES[route]
    found = [_about(match, relevance, restricted), Reason(f"route_{route.value}", meaning)]
    if passed_on:
        found.insert(1, _PASSED_ON)
    if over or clears:
        found.insert(1, _CLEARS if clears else _OVER)
    if grade:
        found.insert(1, Reason(GRADED, f"It tells what inspectors judged the school to be: {grade}."))
    if not placed:
        found[1:1] = [_DECIDED_BY_A_PERSON]
    found += [Reason(s.name, s.reason) for s in sorted(signals, key=_place) if not _denies(s, route)]
    if spoken and spoken.language is not Language.ENGLISH:
        found.insert(2, Reason(f"language_{spoken.language.value}", _language(spoken)))
    if few_words or look:
        found.insert(2, _TOO_FEW if few_words else LOOK)
    return _first(found)


def explain_not_about(match: Match, *, grave: bool) -> tuple[Reason, ...]:
    """Why it is not about the school, and whether somebody should pass it on to another."""
    reasons = list(match.reasons[: MOST - 2]) or [Reason("not_about", "Nothing ties it to the school.")]
    if grave:
        text = "It may mean danger at another school: pass it on?"
        reasons.insert(0, Reason(OTHER_SCHOOL_DANGER, text))
    return _first(reasons)


def headline_only(why: str) -> Reason:
    """Why the article was not judged: `paid`, `hidden`, or the outcome of asking for it."""
    return Reason("headline_only", _HEADLINE_ONLY.get(why, _NO_ARTICLE))


def _language(spoken: Tongue) -> str:
    if spoken.language is Language.WELSH:
        return "It is in Welsh, of which only plain words are known: please read it yourself."
    name = NAMES.get(spoken.code)
    if name is None:
        return "It is in a language that is not guessed at: please have it read."
    return f"It seems to be in {name}, which is not guessed at: please have it read."


def _about(match: Match, relevance: Relevance, restricted: bool) -> Reason:
    if relevance is Relevance.UNSURE:
        whose = "trust" if match.urn.startswith(KEY_OF_A_TRUST) else "school"
        return Reason(
            "perhaps_another_school", f"Perhaps about another {whose}: nothing settles which is meant."
        )
    if relevance is not match.relevance and not restricted:
        return Reason("our_people", "It gives your name, and names somebody of the school.")
    if restricted or not match.reasons:
        return Reason("about_you", "It is about the school, its people or its site.")
    return match.reasons[0]


def _denies(signal: Signal, route: Route) -> bool:
    """Does it only say whether the author is known to the school, and the opposite of the route?"""
    only_route = not (signal.danger or signal.severity or signal.labels or signal.clears)
    return only_route and route in _BY_AUTHOR and signal.route in _BY_AUTHOR - {route}


def _place(signal: Signal) -> tuple[bool, bool, int, bool, bool, str]:
    """The gravest first; signals that clear something come before those that only hint."""
    named = signal.name == CHILD_IDENTIFIABLE
    return not named, not signal.danger, -signal.severity, not signal.clears, not signal.labels, signal.name


def _first(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    by_code = {r.code: r for r in reversed(list(reasons))}
    return tuple(list(reversed(by_code.values()))[:MOST])
