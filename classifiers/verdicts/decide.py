"""The verdict on one mention for one school: relevance, tone, labels, severity, route, and why.

Pure. Severity and route follow the project's labelling rules, checked in this order: not relevant, police,
child protection, removal asked for or reported, answer, thank, note. Fair criticism is answered, never
removed: a removal needs a label other than profanity.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from classifiers.scoring.persons import PersonReader
from classifiers.text.language import Language
from classifiers.verdicts.gravity import ask_how_grave
from classifiers.verdicts.parts import Parts, Question
from classifiers.verdicts.post import ReadPost
from classifiers.verdicts.press import (
    asks_for_comment,
    inspection_grade,
    read_press,
    says_ended,
)
from classifiers.verdicts.verdict_reasons import (
    ARREST,
    CLEARS,
    DECIDED_BY_A_PERSON,
    ENDED,
    ENQUIRED,
    IN_DOUBT,
    LOOK,
    OVER,
    PASSED_ON,
    explain,
    explain_not_about,
    say_grade,
    themes_of,
    without_themes,
)
from classifiers.verdicts.weigh import (
    CALM,
    SeverityOutcome,
    WeighedEvidence,
    asks_a_look,
    content_class,
    look_rank,
    with_reading,
)
from classifiers.verdicts.who import OF_NOBODY, ask_names, ask_who, doubts_a_name
from classifiers.verdicts.whose import grave_elsewhere, settle_relevance
from data.content_class import BYPASSING
from data.errors import SchoolgateError
from data.frozen import freeze
from data.judged import PUPILS_DATA, may_be_grave, never_cut
from data.types import (
    ADULTS_OF_THE_SCHOOL,
    About,
    Meant,
    PressEvent,
    Reason,
    Relevance,
    Route,
    Scores,
    Sentiment,
    Severity,
    Verdict,
)

_ASKED = SeverityOutcome(Route.RESPOND, Severity.TODAY, (), Sentiment.NEUTRAL)
"""The outcome of an enquiry of the press: it is answered the same day, and never removed."""
_ARRESTED = (
    r"^(?!.*\bnear (?:[\w'’]+ ){0,4}?(?:school|academy|college|primary|infants?|juniors?)\b)"
    r".*(?<!cardiac )(?<!house )\barrest(?:s|ed)?\b"
)
"""By what a headline tells of an arrest, not merely near the school."""


def decide(post: ReadPost) -> Verdict:
    """The verdict on a post for the school of its match, with every number behind it.

    An uncertain match is judged as if it were about the school. Without a second reader a signal of immediate
    danger alerts. Themes are what is praised or criticised: restricted posts, posts to be removed, posts of a
    word or two and posts in a language the model hardly learnt get none.
    """
    relevance = settle_relevance(
        post.match, post.weighed, post.tongue.language, named=bool(post.surely_named)
    )
    post = replace(post, relevance=relevance)
    if post.relevance is Relevance.NOT_ABOUT:
        return _dismiss(post)
    post = ask_names(post)
    post = replace(post, press=read_press(post.mention))
    post = ask_how_grave(post)
    post = ask_who(post)
    enquiry = asks_for_comment(post.mention)
    if enquiry and not post.outcome.route.urgent:  # whatever it tells: whom that accuses stays found
        school = post.about in ADULTS_OF_THE_SCHOOL and not post.accuses
        post = replace(post, outcome=_ASKED, about=About.SCHOOL if school else post.about)
    if post.outcome.route.removal and any(s.name == PUPILS_DATA for s in post.weighed.signals):
        post = replace(post, about=About.PUPIL)
    return _conclude(post, enquiry=enquiry)


def _dismiss(post: ReadPost) -> Verdict:
    """The verdict on what is not about the school."""
    grave = grave_elsewhere(post.mention, post.match, post.weighed)
    return Verdict(
        mention_id=post.mention.id,
        version=1,
        urn=post.match.urn,
        relevance=post.relevance,
        sentiment=Sentiment.NEUTRAL,
        abuse=(),
        about=About.OTHER,
        severity=Severity.NOTHING,
        route=Route.IGNORE,
        reasons=explain_not_about(post.match, grave=grave),
        scores=_stored_scores(post.weighed),
        model=post.model,
    )


def _conclude(post: ReadPost, *, enquiry: bool) -> Verdict:
    """The verdict on what may be about the school, with its reasons."""
    outcome, tongue = post.outcome, post.tongue
    calm = outcome.severity < Severity.TODAY
    look = post.policy.look_share > 0 and asks_a_look(outcome, post.weighed, tongue.language)
    signals = {s.name for s in post.weighed.signals}
    code = content_class(outcome.route, outcome.abuse, post.about, signals)
    restricted = code in BYPASSING
    named = tongue.language is Language.ENGLISH and outcome.route in CALM and not restricted and not post.few
    themes = themes_of(post.scores) if named else ()
    event = PressEvent.OTHER if post.press is None else post.press.event
    strange = look or not calm or tongue.language is Language.OTHER
    return Verdict(
        mention_id=post.mention.id,
        version=1,
        urn=post.match.urn,
        relevance=post.relevance,
        sentiment=outcome.sentiment,
        abuse=outcome.abuse,
        about=post.about,
        severity=outcome.severity,
        route=outcome.route,
        look=look,
        look_rank=look_rank(post.weighed) if look else 0.0,
        subject_person=post.person,
        endangers=post.endangers,
        accuses=post.accuses,
        content_class=code,
        restricted=restricted,
        reasons=explain(
            post.match,
            post.relevance,
            post.weighed.signals,
            outcome.route,
            tongue if strange else None,
            look=look,
            restricted=restricted,
            few_words=post.few,
            press=post.is_press or post.passes_on,
            beside=tuple(_say_beside(post, enquiry=enquiry)),
        ),
        scores=_stored_scores(post.weighed, themes),
        model=post.model,
        themes=themes,
        event=event if post.is_press else None,
    )


def _say_beside(post: ReadPost, *, enquiry: bool) -> Iterator[Reason]:
    """Say what it is beside its signals: who decides, an enquiry, an end, what an article tells, news passed
    on, a name in doubt."""
    if not post.outcome.placed:
        yield DECIDED_BY_A_PERSON
    if enquiry:
        yield ENQUIRED
    if says_ended(post.mention, printed=post.is_press):
        yield ENDED
    if post.is_press:
        yield from _say_of_article(post)
    if post.passes_on:
        yield PASSED_ON
    if doubts_a_name(post):
        yield IN_DOUBT


def _say_of_article(post: ReadPost) -> Iterator[Reason]:
    """Say what an article tells beside its event: a grade, whom it clears, that it is over, an arrest."""
    title = post.mention.title
    if grade := inspection_grade(post.mention):
        yield say_grade(grade)
    if post.press is not None and post.press.clears:
        yield CLEARS
        return
    if post.press is not None and post.press.over:
        yield OVER
    if "arrest" in title.lower() and re.search(_ARRESTED, title, re.IGNORECASE):
        yield ARREST


def _stored_scores(weighed: WeighedEvidence, themes: tuple[str, ...] = ()) -> tuple[tuple[str, float], ...]:
    led_here = [(label, round(value, 4)) for label, value in without_themes(weighed.scores, themes)]
    own = {"severe": weighed.severe, "this_hour": weighed.this_hour, "ours": weighed.ours}
    return (*led_here, *((f"weighed:{name}", round(value, 4)) for name, value in own.items()))


# Which posts the second reader reads, and what its opinion may change. N-grams, the small network, signals
# and linking judge every post. What may be about the school and is not surely harmless is read again, with
# more care, and judged again; so is all that would alert. Where the reader fails, what was found first holds.

log = logging.getLogger(__name__)

SURELY_HARMLESS = 0.04
"""Below this likelihood of needing action a post is not read again, unless somebody is to look at it."""
HINTED = 0.2
"""From here the n-grams' likelihood of severity 4 alone has a post read: codes and hints are words before
they are sense, and of a thousand harmless posts two more are read for it."""


def worth_reading(first: Verdict) -> bool:
    """May it be about the school, and is it not surely harmless?"""
    if first.relevance is Relevance.NOT_ABOUT:
        return False
    if first.severity >= Severity.TODAY or first.look:
        return True
    scores = dict(first.scores)
    return (
        scores.get("weighed:severe", 0.0) >= SURELY_HARMLESS or scores.get("ngram:severity:4", 0.0) >= HINTED
    )


@freeze
class TextReading:
    """The scores of a text by label, the name of the model that gave them, and what the second reader
    answered of persons in it."""

    scores: Mapping[str, float]
    model: str
    parts: Parts = field(default_factory=dict)


Judge = Callable[[int, TextReading], Sequence[Verdict]]
"""Gives the verdicts on the text of a place by a reading of it."""
Meet = Callable[[int], Sequence[Question]]
"""Gives whom the reader is to be asked about in the text of a place, by id, with the question."""


def read_again(
    firsts: Sequence[Sequence[Verdict]],
    texts: Sequence[str | None],
    rows: Sequence[Mapping[str, float]],
    reader: PersonReader,
    judge: Judge,
    meet: Meet,
) -> list[Sequence[Verdict]]:
    """The verdicts on each text, those worth it judged again with what the reader finds in it; where that may
    be grave, both times with the part that it finds each person to have.

    `rows` are the first scores of each text. Where the reader fails, which is logged, all stays as it was
    found before that.
    """
    found = list(firsts)
    chosen = [i for i, some in enumerate(firsts) if texts[i] is not None and any(map(worth_reading, some))]
    wanted = list(dict.fromkeys(text for i in chosen if (text := texts[i]) is not None))
    if not wanted:
        return found
    scores = _ask_reader(lambda: reader.score(wanted))
    if scores is None:
        return found
    place = {text: n for n, text in enumerate(wanted)}
    found_in = {i: with_reading(rows[i], scores.row(place[str(texts[i])])) for i in chosen}
    readings = {i: TextReading(row, scores.model) for i, row in found_in.items()}
    for i, reading in readings.items():
        found[i] = combine_readings(firsts[i], judge(i, reading))
    grave = [i for i in chosen if any(map(may_mean_somebody, found[i]))]
    for i, parts in _find_parts(reader, grave, meet).items():
        second = replace(readings[i], parts=parts)
        first = replace(second, scores=rows[i])
        found[i] = combine_readings(judge(i, first), judge(i, second))
    return found


def may_mean_somebody(verdict: Verdict) -> bool:
    """Is it to be read for each person: does it alert, or may it, endanger or accuse somebody?"""
    return may_be_grave(verdict) or bool(verdict.endangers or verdict.accuses)


def _find_parts(reader: PersonReader, places: Sequence[int], meet: Meet) -> Mapping[int, Parts]:
    """The reader's answers of persons, by the place of the text; none where it was asked about nobody."""
    asked = [(i, who, question) for i in places for who, question in meet(i)]
    if not asked:
        return {}
    answers = _ask_reader(lambda: reader.read_persons([question for *_, question in asked]))
    if answers is None:
        return {}
    found = defaultdict[int, dict[str, Mapping[str, float]]](dict)
    for n, (i, who, _) in enumerate(asked):
        found[i][who] = answers.row(n)
    return found


def _ask_reader(question: Callable[[], Scores]) -> Scores | None:
    """The reader's answer; None where it fails, which is logged: no fault of it may cost an alert."""
    try:
        return question()
    except Exception as fault:  # noqa: BLE001 - as above
        why = fault if isinstance(fault, SchoolgateError) else type(fault).__name__
        log.warning("the second reader could not read: %s", why)
        return None


def combine_readings(firsts: Sequence[Verdict], seconds: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts of the second reading of a text, one for each match. What alerted at first and no longer
    does is a look. That, and what an urgent first reading alerted of, is closed to all whom the first
    accused."""
    return [_combine(*pair) for pair in zip(firsts, seconds, strict=True)]


def _combine(first: Verdict, second: Verdict) -> Verdict:
    if first.severity < Severity.TODAY:
        return second
    if second.severity < Severity.TODAY:
        return _lower_to_look(first, second)
    return _keep_closed(second, first) if first.route.urgent else second


def _lower_to_look(first: Verdict, second: Verdict) -> Verdict:
    """The second verdict as a look that no cap cuts, as closed to others as the first; perhaps ours still
    where only the reader takes it for another school's."""
    if second.relevance is Relevance.NOT_ABOUT:
        second = replace(second, severity=Severity.NOTE, route=Route.NOTE, relevance=Relevance.UNSURE)
    reasons = tuple(dict.fromkeys((*second.reasons, LOOK)))
    found = replace(second, look=True, look_rank=never_cut(second.look_rank), reasons=reasons)
    return _keep_closed(found, first)


def _keep_closed(found: Verdict, first: Verdict) -> Verdict:
    """The verdict with all whom either finds in danger or accused, and as closed to others as the first."""
    found = replace(
        found,
        endangers=_unite_people(found.endangers, first.endangers),
        accuses=_unite_people(found.accuses, first.accuses),
    )
    if found.restricted or not first.restricted:
        return found
    return replace(found, restricted=True, content_class=first.content_class)


def accuse_as_answer(verdict: Verdict, read: Verdict) -> Verdict:
    """The verdict on a reply, with whom it means and accuses as it is `read` with what it answers. It is as
    grave as its own words are: what it answers has a verdict of its own."""
    if read.relevance is Relevance.NOT_ABOUT:
        return verdict
    if verdict.relevance is Relevance.NOT_ABOUT:
        verdict = replace(verdict, relevance=read.relevance, severity=Severity.NOTE, route=Route.NOTE)
    verdict = replace(verdict, subject_person=verdict.subject_person or read.subject_person)
    accuses = _unite_people(verdict.accuses, [m for m in read.accuses if m.by not in OF_NOBODY])
    if accuses == verdict.accuses:
        return verdict
    route = Route.NOTE if verdict.route is Route.THANK else verdict.route
    rank = max(verdict.look_rank, read.look_rank)
    return replace(verdict, accuses=accuses, route=route, look=True, look_rank=rank)


def _unite_people(some: Sequence[Meant], others: Sequence[Meant]) -> tuple[Meant, ...]:
    known = {(m.who, m.harm) for m in some}
    return (*some, *(m for m in others if (m.who, m.harm) not in known))
