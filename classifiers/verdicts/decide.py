"""The verdict on one mention for one school: relevance, tone, labels, severity, route, and why.

Pure. Severity and route follow the project's labelling rules, checked in this order: not relevant, police,
child protection, removal asked for or reported, answer, thank, note. Fair criticism is answered, never
removed: a removal needs a label other than profanity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from classifiers.linking.match_reasons import UNTIED
from classifiers.signals.rule import REVIEWS
from classifiers.text.language import Language, find_tongue
from classifiers.verdicts.danger import (
    FACT,
    HARMS_A_CHILD,
    LOW,
    by_model_alone,
    evidence_of,
    find_accused,
    find_endangered,
    find_wronged,
    harms_beside,
    labels_with_allegation,
    raised_by_danger,
    weigh_allegation,
)
from classifiers.verdicts.named_people import is_named, replace_school_name, strictly_named
from classifiers.verdicts.press.events import (
    MAY_ASK,
    asks_for_comment,
    inspection_grade,
    is_press,
    read_press,
    read_shared,
)
from classifiers.verdicts.press.outcome import judge_press, judge_shared
from classifiers.verdicts.press.same_event import MAY_END, says_ended
from classifiers.verdicts.relevance import grave_elsewhere, has_reason, settle_relevance
from classifiers.verdicts.severity import (
    NEVER,
    URGENT_LABELS,
    SeverityOutcome,
    asks_a_look,
    content_class,
    few_words,
    in_doubt_by_words,
    judge_severity,
    keep_in_sight,
    look_rank,
    noted_and_shown,
    too_few_words,
)
from classifiers.verdicts.stack import Stack, judge, was_read
from classifiers.verdicts.subject import find_subject
from classifiers.verdicts.verdict_reasons import (
    Thresholds,
    explain,
    explain_not_about,
    in_words_of_a_school,
    read_thresholds,
    themes_of,
    without_themes,
)
from classifiers.verdicts.weigh import CALM, WeighedEvidence, weigh
from data.content_class import BYPASSING
from data.people import people_of
from data.types import (
    ADULTS_OF_THE_SCHOOL,
    SURE,
    About,
    Match,
    Mention,
    Person,
    Policy,
    PressEvent,
    Relevance,
    Route,
    School,
    Sentiment,
    Severity,
    Signal,
    Verdict,
)

__all__ = ["Thresholds", "decide", "read_thresholds"]

_WELSH = 0.85
"""From here the models alone alert of Welsh, of which they learnt little."""
_ASKED = SeverityOutcome(Route.RESPOND, Severity.TODAY, (), Sentiment.NEUTRAL)
"""The outcome of an enquiry of the press: it is told the same day, and never removed."""
_NOTED = SeverityOutcome(Route.NOTE, Severity.NOTE, (), Sentiment.NEUTRAL, unsure=True)


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
    stack: Stack | None = None,
) -> Verdict:
    """The verdict on `version` of a mention for the school of `match`, with every number behind it.

    `scores` are the probabilities by label from the model named `model`; without them signals alone decide;
    where a second reader gave some of them, its own `thresholds` hold.
    `stack` weighs the evidence, the shipped one by default. An uncertain match is judged as if it were about
    the school. A signal of immediate danger alerts whatever the model thinks. Themes are what is praised or
    criticised: restricted posts, posts to be removed, posts of a word or two and posts in a language the
    model hardly learnt get none.
    """
    thresholds = (was_read(scores) and thresholds.read) or thresholds
    text = f"{mention.title}\n{mention.text}"
    spoken = find_tongue(text)
    if school.is_trust:
        mention, text = in_words_of_a_school(mention, school)
    language = spoken.language
    likely = judge(scores, signals, match, language, mention.channel, stack)
    weighed = in_doubt_by_words(mention, weigh(scores, signals, thresholds, likely))
    here = people_of(school, people)
    text = replace_school_name(text, school, here)
    named_here = strictly_named(here, text)
    relevance = settle_relevance(
        match, scores, signals, weighed, thresholds, language, named=bool(named_here)
    )
    if relevance is Relevance.NOT_ABOUT:
        grave = grave_elsewhere(mention, match, weighed, signals, thresholds)
        return _not_about(mention, version, match, model, _stored_scores(scores, weighed), grave=grave)
    about, person = find_subject(text, scores, signals, school, people, named_here)
    if person is None and mention.parent and named_here:  # “it was Ms N”, to what says no name
        person = named_here[0].id
    press = is_press(mention)
    welsh = language is Language.WELSH
    line = _alert_line(match, weighed, thresholds, ours=bool(named_here), welsh=welsh)
    reading = read_press(mention) if press else None
    reported = weighed if weighed.dangers else replace(weighed, severe=likely.grave)
    passed_on = False
    if press:
        outcome = judge_press(scores, reported, about, thresholds, line, reading)
    else:
        own = _judge_post(mention, scores, signals, weighed, about, thresholds, line, language)
        outcome = own
        if found := read_shared(mention):
            news = judge_press(scores, reported, about, thresholds, line, found[0])
            outcome = judge_shared(own, news, adds=found[1])
            passed_on = outcome is not own
    few = too_few_words(mention, signals, outcome)
    outcome = _NOTED if few else keep_in_sight(outcome, weighed, line, signals)
    whole = f"{text}\n{replace_school_name(mention.quoted, school, here)}" if mention.quoted else text
    evidence = evidence_of(whole, scores, signals, school, here, weighed.severe)
    if outcome.route is Route.THANK:  # never for what may have happened to a child
        harmed = evidence.fact(*HARMS_A_CHILD)
        low = evidence.score("safeguarding") >= LOW["safeguarding"]
        outcome = noted_and_shown(outcome) if (low if harmed is None else harmed >= FACT) else outcome
    beside, asserted = frozenset[str](), frozenset[str]()
    allegation = weigh_allegation(outcome, beside, evidence, weighed.cleared)
    if press and by_model_alone(allegation) and not (about in ADULTS_OF_THE_SCHOOL and allegation[0] >= SURE):
        allegation = (0.0, "")  # a fall or a theft in the papers is no allegation of a child's harm
    if not press:  # an article reports a danger after others were told of it
        beside, asserted = harms_beside(outcome, evidence, weighed.cleared), weighed.asserted
        allegation = weigh_allegation(outcome, beside, evidence, weighed.cleared)
        beside = labels_with_allegation(beside, allegation, evidence)
        if line != NEVER and not few_words(mention, signals):
            sure = beside if line <= thresholds.alert else ()
            outcome = raised_by_danger(outcome, sure, evidence, weighed.cleared, about)
    endangers = find_endangered(outcome, asserted, beside, allegation, evidence, about, person)
    # who must not be told is found generously: a surname that may be a thing counts
    likeliest = find_subject(
        text, scores, signals, school, people, [p for p in here if is_named(p.name, text)]
    )
    accuses = find_accused(allegation, endangers, evidence, *likeliest, school, people)
    if press and not accuses and allegation[1].startswith("model:"):  # nobody there is said to have done it
        endangers = find_endangered(outcome, asserted, beside, (0.0, ""), evidence, about, person)
    if not press:  # an article reports what a court or a panel heard
        endangers = (*endangers, *find_wronged(outcome, endangers, accuses, evidence))
    look = policy.look_share > 0 and asks_a_look(outcome, weighed, language, thresholds)
    plain = f"{text} {mention.author or ''}".lower()
    enquiry = bool(MAY_ASK.find_matches_as_indexes(plain)) and asks_for_comment(mention)
    answered = enquiry and not outcome.route.urgent  # whatever it tells: whom that accuses stays found
    outcome = _ASKED if answered else outcome
    about = About.SCHOOL if answered and not accuses and about in ADULTS_OF_THE_SCHOOL else about
    code = content_class(outcome.route, outcome.abuse, about, {s.name for s in signals})
    restricted = code in BYPASSING
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
        look_rank=look_rank(weighed, thresholds) if look else 0.0,
        subject_person=person,
        endangers=endangers,
        accuses=accuses,
        content_class=code,
        restricted=restricted,
        reasons=explain(
            match,
            relevance,
            signals,
            outcome.route,
            spoken if look or outcome.severity >= Severity.TODAY or language is Language.OTHER else None,
            look=look,
            restricted=restricted,
            few_words=few,
            placed=outcome.placed,
            press=press or passed_on,
            passed_on=passed_on,
            over=reading is not None and reading.over,
            clears=reading is not None and reading.clears,
            grade=inspection_grade(mention),
            enquiry=enquiry,
            ended=bool(MAY_END.find_matches_as_indexes(plain)) and says_ended(mention, printed=press),
        ),
        scores=_stored_scores(scores, weighed, themes),
        model=model,
        themes=themes,
        event=(PressEvent.OTHER if reading is None else reading.event) if press else None,
    )


def _judge_post(
    mention: Mention,
    scores: Mapping[str, float],
    signals: Sequence[Signal],
    weighed: WeighedEvidence,
    about: About,
    t: Thresholds,
    line: float,
    language: Language,
) -> SeverityOutcome:
    """The outcome of what is no article, by its own words. A review that the model alone takes for a false
    account, and for no more, is calm: it is no account."""
    known = language is Language.ENGLISH or any(URGENT_LABELS & {*s.labels} for s in signals if not s.hint)
    outcome = judge_severity(scores, weighed, about, t, line, read=known)
    alone = {*outcome.abuse} - {"profanity"} == {"impersonation"}
    if not (alone and mention.channel in REVIEWS and "impersonation" not in weighed.asserted):
        return outcome
    return keep_in_sight(judge_severity(scores, weighed, about, t, NEVER), weighed, NEVER, signals)


def _not_about(
    mention: Mention,
    version: int,
    match: Match,
    model: str,
    scores: tuple[tuple[str, float], ...],
    *,
    grave: bool,
) -> Verdict:
    """The verdict on what is about somebody else, `grave` or not."""
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
        scores=scores,
        model=model,
    )


def _alert_line(match: Match, weighed: WeighedEvidence, t: Thresholds, *, ours: bool, welsh: bool) -> float:
    """The likelihood from which it alerts.

    Where nothing ties the text to the school, and it names none of `ours` either, the model alone does not
    raise an alert: a person looks. A signal of danger or of severity 3 counts as always.
    """
    told = bool(weighed.dangers) or weighed.grave_signal
    if has_reason(match, {UNTIED}) and not (ours or told):
        return NEVER
    return max(t.alert, _WELSH) if welsh and not told else t.alert


def _stored_scores(
    scores: Mapping[str, float], weighed: WeighedEvidence, themes: tuple[str, ...] = ()
) -> tuple[tuple[str, float], ...]:
    led_here = [(label, round(value, 4)) for label, value in without_themes(scores, themes)]
    own = {"severe": weighed.severe, "this_hour": weighed.this_hour, "ours": weighed.ours}
    return (*led_here, *((f"weighed:{name}", round(value, 4)) for name, value in own.items()))
