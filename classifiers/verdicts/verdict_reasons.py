"""Reasons of a verdict, its trust and its thresholds."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from functools import lru_cache
from pathlib import Path

from classifiers.linking.match_reasons import OF_TRUST, OTHER_OF_YOURS, spoken_trust_names
from classifiers.text.language import NAMES, Language, Tongue
from classifiers.text.words import WordFile
from data.errors import InputError
from data.frozen import freeze
from data.judged import (
    A_PERSON_DECIDES,
    ENQUIRY,
    GRADED,
    OF_A_CHILD,
    PASSES_ON_NEWS,
    PRESS_ARREST,
    PRESS_CLEARS,
    PRESS_OVER,
    SAYS_ENDED,
    WORD_OR_NAME,
    calls_for_alert,
    dangers,
    harms,
)
from data.types import (
    ABUSE_LABELS,
    KEY_OF_A_TRUST,
    SURE,
    THEMES,
    About,
    Match,
    Mention,
    PressEvent,
    Reason,
    Relevance,
    Role,
    Route,
    School,
    Signal,
    Verdict,
)

# Why a verdict is what it is, in sentences for people. Never the post's own words. Pure.

MOST = 5
"""Nobody reads more reasons than this."""

CHILD_IDENTIFIABLE = "child_identifiable"
"""The code that may raise a story's severity; it is never left out."""

OTHER_SCHOOL_DANGER = "other_school_danger"
"""The code of a danger about another school: a person may pass it on."""


def passed_on(verdict: Verdict) -> bool:
    """Is it grave and about another school, so that our safeguarding lead may pass it on?"""
    return any(reason.code == OTHER_SCHOOL_DANGER for reason in verdict.reasons)


WORTH_A_LOOK = "worth_a_look"
"""The code of the reason that asks for a person's look."""

_TOO_FEW = Reason("too_few_words", "Too few words to judge; a person should look.")
DECIDED_BY_A_PERSON = Reason(
    A_PERSON_DECIDES, "It may be serious, and we cannot tell what it is: a person decides."
)
OVER = Reason(PRESS_OVER, "What the article tells of is over, came to nothing or was only practised.")
CLEARS = Reason(PRESS_CLEARS, "The article clears somebody: nobody of the school, or not to blame.")
ARREST = Reason(PRESS_ARREST, "The article tells of an arrest.")
PASSED_ON = Reason(PASSES_ON_NEWS, "It passes on what a paper or a broadcaster tells.")
ENDED = Reason(SAYS_ENDED, "Somebody who may know says that something has ended.")
ENQUIRED = Reason(ENQUIRY, "Somebody of the press asks the school for comment.")
IN_DOUBT = Reason(WORD_OR_NAME, "A word in it may be the surname of somebody who would be told of it.")
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
    press: bool = False,
    beside: Iterable[Reason] = (),
) -> tuple[Reason, ...]:
    """Up to five reasons: which school, what else is said of it (`beside`), the route, the signals, the
    language, whether a person looks. `press`: it is an article, or judged as one since it passes on news."""
    meaning = _OF_THE_PRESS.get(route, _ROUTES[route]) if press else _ROUTES[route]
    found = [_about(match, relevance, restricted), *beside, Reason(f"route_{route.value}", meaning)]
    found += [Reason(s.name, s.reason) for s in sorted(signals, key=_place)]
    if spoken and spoken.language is not Language.ENGLISH:
        said = "It is in a language that we do not judge: please have somebody read it."
        if name := NAMES.get(spoken.code):
            said = f"It seems to be in {name}, which we do not judge: please have somebody read it."
        if spoken.language is Language.WELSH:
            said = "It is in Welsh, and we know only plain words of Welsh: please read it yourself."
        found.insert(2, Reason(f"language_{spoken.language.value}", said))
    if few_words or look:
        found.insert(2, _TOO_FEW if few_words else LOOK)
    return _first(found)


def say_grade(grade: str) -> Reason:
    return Reason(GRADED, f"It tells what inspectors judged the school to be: {grade}.")


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


def _about(match: Match, relevance: Relevance, restricted: bool) -> Reason:
    if relevance is Relevance.UNSURE:
        whose = "trust" if match.urn.startswith(KEY_OF_A_TRUST) else "school"
        return Reason(
            "perhaps_another_school", f"Perhaps about another {whose}: nothing shows which is meant."
        )
    if relevance is not match.relevance and not restricted:
        return Reason(
            "our_people", "It gives your name or place, and names your people or reads as if about you."
        )
    if restricted or not match.reasons:
        return Reason("about_you", "It is about the school, its people or its site.")
    return match.reasons[0]


def _place(signal: Signal) -> tuple[bool, bool, int, bool, bool, str]:
    """The gravest first; signals that clear something come before those that only hint."""
    named = signal.name == CHILD_IDENTIFIABLE
    return not named, not signal.danger, -signal.severity, not signal.clears, not signal.labels, signal.name


def _first(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    by_code = {r.code: r for r in reversed(list(reasons))}
    return tuple(list(reversed(by_code.values()))[:MOST])


# What is said of an academy trust: read as of a school, its chief executive as its head. A danger is told to
# its schools, all else once, to the trust. Pure.

_ITS_SCHOOLS = Reason(OTHER_OF_YOURS, "It may be a danger at the trust's schools: each of them is told.")
_ITS_OWN = Reason(OTHER_OF_YOURS, "It is about the trust itself, and names no school of it.")
_HEADS, _CHIEF = WordFile(Path(__file__).with_name("trusts.toml")).patterns("heads", "chief")

_HARMS = (PressEvent.INJURY, PressEvent.WEAPON)
_NAMES = ("full_name", "alias", "about_you", "perhaps_another_school")


@lru_cache(maxsize=4)
def _trust_pattern(trust: School) -> re.Pattern[str]:
    names = (r"\W+".join(map(re.escape, name.split())) for name in spoken_trust_names(trust))
    return re.compile(rf"\b(?:the )?(?:{'|'.join(names)})\b", re.IGNORECASE)


def in_words_of_a_school(mention: Mention, trust: School) -> tuple[Mention, str]:
    """The mention with “the trust” for its name, as of a school that the chief executive leads."""
    title, text = (_trust_pattern(trust).sub("the trust", part) for part in (mention.title, mention.text))
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
        found = found if calls_for_alert(found) else _judge_as_school(own, match, chief)
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


def _judge_as_school(own: Verdict, match: Match, chief: Collection[str]) -> Verdict:
    """Judge what is the trust's as a school's: grave by its name alone; its chief is not the head."""
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


# The numbers behind the decision, kept apart from its rules, and the themes that pass theirs.

THEME_LINE = 0.5
"""The probability from which a theme is named. The shipped model's is set so that most named are right."""

MOST_THEMES = 2

_THEME = "theme:"
_END = len(_THEME)


def themes_of(scores: Mapping[str, float]) -> tuple[str, ...]:
    """A text's themes, surest first, from its probabilities by label, as far as they are scored."""
    sure = [theme for theme in THEMES if scores.get(f"theme:{theme}", 0.0) >= THEME_LINE]
    return tuple(sorted(sure, key=lambda theme: -scores[f"theme:{theme}"])[:MOST_THEMES])


def without_themes(scores: Mapping[str, float], named: tuple[str, ...]) -> list[tuple[str, float]]:
    """The scores without those of themes that are not named: a verdict keeps what led to it."""
    return [pair for pair in scores.items() if pair[0][:_END] != _THEME or pair[0][_END:] in named]


THRESHOLDS_FILE = Path(__file__).with_name("thresholds.toml")


@freeze
class Thresholds:
    """The thresholds of the verdict. Probabilities are in 0..1; `*_bias` and `signal_*` are in log-odds.

    `alert`: from here a mention needs action (severity 3). `removal`: from here a removal may be offered,
    which takes more. `look`: from here a person looks. `this_hour`: from here a safeguarding matter is
    severity 4. `urgent_bias` favours the routes safeguarding and police_now over removal, `police_bias`
    police_now over safeguarding, `request_bias` request_removal over platform_report. `respond_bias` favours
    respond over note and thank, `thank_bias` thank over note. `removal_floor`: below it no label is grounds
    for a removal. `ours`: from here, in log-odds, what the stack makes of it is about the school.
    `signal_strong` is what a signal's vote for a route counts. `read` are the lines for posts that were read
    again: its `alert` alone decides of them.
    """

    alert: float = 0.5
    removal: float = 0.7
    look: float = 0.2
    this_hour: float = 0.5
    urgent_bias: float = 0.0
    police_bias: float = 0.0
    request_bias: float = 0.0
    respond_bias: float = 0.0
    thank_bias: float = 0.0
    neutral_bias: float = 0.0
    positive_bias: float = 0.0
    removal_floor: float = 0.15
    ours: float = 0.0
    signal_strong: float = 1.5
    abuse: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(ABUSE_LABELS, 0.5))
    read: Thresholds | None = None

    def label(self, name: str) -> float:
        """The probability from which an abuse label holds; 0.5 where none is given."""
        return self.abuse.get(name, 0.5)


def read_thresholds(path: Path = THRESHOLDS_FILE) -> Thresholds:
    """The thresholds of a TOML file: numbers by field name, labels under `[abuse]`, and under `[read]` those
    for posts that were read again. Raises InputError, naming the file and the key, where something is
    missing, unknown or not a number."""
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: cannot be read as thresholds ({error}).") from error
    held.pop("measured", None)
    again, found = held.pop("read", None), None
    for table in (again, held) if again else (held,):
        abuse = table.pop("abuse", {})
        known = set(Thresholds.__dataclass_fields__) - {"abuse", "read"}
        for key in sorted(set(table) ^ known):
            raise InputError(f"{path}: “{key}” is {'missing' if key in known else 'not a threshold'}.")
        for key in sorted(set(abuse) - set(ABUSE_LABELS)):
            raise InputError(f"{path}, [abuse]: “{key}” is not an abuse label.")
        for key, value in (*table.items(), *abuse.items()):
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise InputError(f"{path}: “{key}” must be a number.")
        numbers = {key: float(value) for key, value in table.items()}
        labels = {key: float(value) for key, value in abuse.items()}
        found = replace(Thresholds(abuse=labels, read=found), **numbers)  # type: ignore[arg-type]
    return found or Thresholds()
