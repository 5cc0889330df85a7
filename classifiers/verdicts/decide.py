"""The verdict on one mention for one school: relevance, tone, labels, severity, route, and why.

Pure. Severity and route follow the project's labelling rules, checked in this order: not relevant, police,
child protection, removal asked for or reported, answer, thank, note. Fair criticism is answered, never
removed: a removal needs a label other than profanity.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

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
from classifiers.scoring.network import TextScorer
from classifiers.signals.patterns import REVIEWS
from classifiers.text.language import Language, find_tongue
from classifiers.text.model_text import is_article
from classifiers.verdicts.danger import (
    FACT,
    HARMS_A_CHILD,
    LOW,
    DangerEvidence,
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
from classifiers.verdicts.press import (
    MAY_ASK,
    MAY_END,
    asks_for_comment,
    inspection_grade,
    is_press,
    judge_press,
    judge_shared,
    read_press,
    read_shared,
    says_ended,
)
from classifiers.verdicts.subject import find_subject, is_named, replace_school_name, strictly_named
from classifiers.verdicts.verdict_reasons import (
    CLEARS,
    DECIDED_BY_A_PERSON,
    ENDED,
    ENQUIRED,
    LOOK,
    OVER,
    PASSED_ON,
    Thresholds,
    explain,
    explain_not_about,
    in_words_of_a_school,
    say_grade,
    themes_of,
    without_themes,
)
from classifiers.verdicts.weigh import (
    CALM,
    MAYBE_GRAVE,
    NEVER,
    URGENT_LABELS,
    SeverityOutcome,
    Stack,
    WeighedEvidence,
    asks_a_look,
    content_class,
    few_words,
    in_doubt_by_words,
    judge,
    judge_severity,
    keep_in_sight,
    log_odds,
    look_rank,
    noted_and_shown,
    too_few_words,
    was_read,
    weigh,
    with_reading,
)
from data.content_class import BYPASSING
from data.errors import SchoolgateError
from data.judged import never_cut
from data.people import people_of
from data.types import (
    ADULTS_OF_THE_SCHOOL,
    SURE,
    About,
    Match,
    Meant,
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

# Whether it is about the school, once the model has read it: linking's answer, or one step from it.

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

    Match and verdict are both stored with it. `named` says that the text has somebody of the school. That
    beside our name, or how likely it is ours beside our name or place, settles which school is meant where
    nobody else is named. What a person handed in, and what stands where only this school is talked about, is
    never dismissed, unless another school that is watched is meant.
    """
    likely = "relevant" in weighed.scores and weighed.ours >= _LIKELY_OURS
    likely = likely and not has_reason(match, {"many_bearers"})
    ours = (named and has_reason(match, NAMES_US)) or (likely and has_reason(match, _TELLS_OF_US))
    if has_reason(match, {UNTIED, SEARCHED}) and not has_reason(match, NAMES_ANOTHER):
        found = _without_school(match, weighed, named=named)
    elif (
        ours
        and match.relevance is Relevance.UNSURE
        and not has_reason(match, NAMES_ANOTHER | {"other_place"})
    ):
        found = Relevance.ABOUT
    else:
        found = _with_school(match, weighed, language)
    stays = has_reason(match, OURS_TO_JUDGE) and not has_reason(match, {OTHER_OF_YOURS})
    return Relevance.UNSURE if stays and found is Relevance.NOT_ABOUT else found


def _without_school(match: Match, weighed: WeighedEvidence, *, named: bool) -> Relevance:
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


def _with_school(match: Match, weighed: WeighedEvidence, language: Language) -> Relevance:
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


# The verdict.

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
    relevance = settle_relevance(match, weighed, language, named=bool(named_here))
    if relevance is Relevance.NOT_ABOUT:
        return Verdict(
            mention_id=mention.id,
            version=version,
            urn=match.urn,
            relevance=relevance,
            sentiment=Sentiment.NEUTRAL,
            abuse=(),
            about=About.OTHER,
            severity=Severity.NOTHING,
            route=Route.IGNORE,
            reasons=explain_not_about(match, grave=grave_elsewhere(mention, match, weighed)),
            scores=_stored_scores(weighed),
            model=model,
        )
    about, person = find_subject(text, scores, signals, school, people, named_here)
    if person is None and mention.parent and named_here:  # “it was Ms N”, to what says no name
        person = named_here[0].id
    press = is_press(mention)
    welsh = language is Language.WELSH
    line = _alert_line(match, weighed, ours=bool(named_here), welsh=welsh)
    reading = read_press(mention) if press else None
    reported = weighed if weighed.dangers else replace(weighed, severe=likely.grave)
    as_press = partial(judge_press, reported, about, line)
    passed_on = False
    if press:
        outcome = as_press(reading)
    else:
        outcome = own = _judge_post(mention, weighed, about, line, language)
        if found := read_shared(mention):
            outcome = judge_shared(own, as_press(found[0]), adds=found[1])
            passed_on = outcome is not own
    few = too_few_words(mention, signals, outcome)
    outcome = _NOTED if few else keep_in_sight(outcome, weighed, line)
    # who must not be told is found generously: a surname that may be a thing counts
    likeliest = find_subject(
        text, scores, signals, school, people, [p for p in here if is_named(p.name, text)]
    )
    whole = f"{text}\n{replace_school_name(mention.quoted, school, here)}" if mention.quoted else text
    evidence = evidence_of(whole, weighed, school, people, (about, person), likeliest)
    if outcome.route is Route.THANK:  # never for what may have happened to a child
        harmed = evidence.fact(*HARMS_A_CHILD)
        low = weighed.label("safeguarding") >= LOW["safeguarding"]
        outcome = noted_and_shown(outcome) if (low if harmed is None else harmed >= FACT) else outcome
    if press:
        endangers, accuses = _find_reported(outcome, evidence)
    else:
        alerts, sure = line != NEVER and not few_words(mention, signals), line <= thresholds.alert
        outcome, endangers, accuses = _find_in_report(outcome, evidence, alerts=alerts, sure=sure)
    look = policy.look_share > 0 and asks_a_look(outcome, weighed, language)
    plain = f"{text} {mention.author or ''}".lower()
    enquiry = bool(MAY_ASK.find_matches_as_indexes(plain)) and asks_for_comment(mention)
    answered = enquiry and not outcome.route.urgent  # whatever it tells: whom that accuses stays found
    outcome = _ASKED if answered else outcome
    about = About.SCHOOL if answered and not accuses and about in ADULTS_OF_THE_SCHOOL else about
    code = content_class(outcome.route, outcome.abuse, about, {s.name for s in signals})
    restricted = code in BYPASSING
    named = language is Language.ENGLISH and outcome.route in CALM and not restricted and not few
    themes = themes_of(scores) if named else ()
    grade, clears = inspection_grade(mention), reading is not None and reading.clears
    ended = bool(MAY_END.find_matches_as_indexes(plain)) and says_ended(mention, printed=press)
    said = (
        *[DECIDED_BY_A_PERSON] * (not outcome.placed),
        *[ENQUIRED] * enquiry,
        *[ENDED] * ended,
        *([say_grade(grade)] if grade else []),
        *[CLEARS] * clears,
        *[OVER] * (reading is not None and reading.over and not clears),
        *[PASSED_ON] * passed_on,
    )
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
        look_rank=look_rank(weighed) if look else 0.0,
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
            press=press or passed_on,
            beside=said,
        ),
        scores=_stored_scores(weighed, themes),
        model=model,
        themes=themes,
        event=(PressEvent.OTHER if reading is None else reading.event) if press else None,
    )


def _find_reported(
    outcome: SeverityOutcome, evidence: DangerEvidence
) -> tuple[tuple[Meant, ...], tuple[Meant, ...]]:
    """Tell who is in danger by an article, and whom it accuses: it reports a danger after others were told
    of it, and what a court or a panel heard; a fall or a theft in the papers is no allegation of a child's
    harm.
    """
    allegation = weigh_allegation(outcome, evidence)
    surely = evidence.about in ADULTS_OF_THE_SCHOOL and allegation[0] >= SURE
    if by_model_alone(allegation) and not surely:
        allegation = (0.0, "")
    endangers = find_endangered(outcome, evidence, allegation)
    accuses = find_accused(allegation, endangers, evidence)
    if not accuses and by_model_alone(allegation):  # nobody there is said to have done it
        endangers = find_endangered(outcome, evidence, (0.0, ""))
    return endangers, accuses


def _find_in_report(
    outcome: SeverityOutcome, evidence: DangerEvidence, *, alerts: bool, sure: bool
) -> tuple[SeverityOutcome, tuple[Meant, ...], tuple[Meant, ...]]:
    """The outcome of a post, raised by a danger where it `alerts` of one (`sure`: of harm that is only likely
    too), who is in danger by it or wronged, and whom it accuses."""
    beside = harms_beside(outcome, evidence)
    allegation = weigh_allegation(outcome, evidence, beside)
    beside = labels_with_allegation(beside, allegation, evidence)
    if alerts:
        outcome = raised_by_danger(outcome, beside if sure else (), evidence)
    endangers = find_endangered(outcome, evidence, allegation, evidence.weighed.asserted, beside)
    accuses = find_accused(allegation, endangers, evidence)
    return outcome, (*endangers, *find_wronged(outcome, endangers, accuses, evidence)), accuses


def _judge_post(
    mention: Mention, weighed: WeighedEvidence, about: About, line: float, language: Language
) -> SeverityOutcome:
    """The outcome of a post by its own words; a review that only the model takes for false is calm."""
    urgent = any(URGENT_LABELS & {*s.labels} for s in weighed.signals if not s.hint)
    outcome = judge_severity(weighed, about, line, read=urgent or language is Language.ENGLISH)
    alone = {*outcome.abuse} - {"profanity"} == {"impersonation"}
    if not (alone and mention.channel in REVIEWS and "impersonation" not in weighed.asserted):
        return outcome
    return keep_in_sight(judge_severity(weighed, about, NEVER), weighed, NEVER)


def _alert_line(match: Match, weighed: WeighedEvidence, *, ours: bool, welsh: bool) -> float:
    """The likelihood from which it alerts. Where nothing ties the text to the school, and it names none of
    `ours` either, the model alone does not raise an alert: a person looks. A signal of danger or of severity
    3 counts as always."""
    told = bool(weighed.dangers) or weighed.grave_signal
    if has_reason(match, {UNTIED}) and not (ours or told):
        return NEVER
    return max(weighed.t.alert, _WELSH) if welsh and not told else weighed.t.alert


def _stored_scores(weighed: WeighedEvidence, themes: tuple[str, ...] = ()) -> tuple[tuple[str, float], ...]:
    led_here = [(label, round(value, 4)) for label, value in without_themes(weighed.scores, themes)]
    own = {"severe": weighed.severe, "this_hour": weighed.this_hour, "ours": weighed.ours}
    return (*led_here, *((f"weighed:{name}", round(value, 4)) for name, value in own.items()))


# Which posts the second reader reads, and what its opinion may change. N-grams, the small network, signals
# and linking judge every post. What may be about the school and is not surely harmless is read again, with
# more care, and judged anew; so is all that would alert. What was found first holds where the reader fails,
# and wherever it is graver in a way that no reading may undo.

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


def read_again(
    firsts: Sequence[Sequence[Verdict]],
    texts: Sequence[str | None],
    rows: Sequence[Mapping[str, float]],
    reader: TextScorer,
    judge: Callable[[int, Mapping[str, float], str], Sequence[Verdict]],
    sure: float,
) -> list[Sequence[Verdict]]:
    """The verdicts on each text, those worth it judged again with what the reader finds in it.

    `rows` are the first scores of each text; `judge` gives the verdicts on the text of a place by other
    scores, and the name of the reader; `sure` is as in `after_reading`. Where the reader fails, which is
    logged, all stays as it was found first.
    """
    found = list(firsts)
    chosen = [i for i, some in enumerate(firsts) if texts[i] is not None and any(map(worth_reading, some))]
    wanted = list(dict.fromkeys(text for i in chosen if (text := texts[i]) is not None))
    if not wanted:
        return found
    try:
        readings = reader.score(wanted)
    except Exception as fault:  # noqa: BLE001 - no fault of the reader may cost an alert
        why = fault if isinstance(fault, SchoolgateError) else type(fault).__name__
        log.warning("the second reader could not read: %s", why)
        return found
    place = {text: n for n, text in enumerate(wanted)}
    for i in chosen:
        row = with_reading(rows[i], readings.row(place[str(texts[i])]))
        found[i] = combine_readings(firsts[i], judge(i, row, readings.model), sure)
    return found


def combine_readings(firsts: Sequence[Verdict], seconds: Sequence[Verdict], sure: float) -> list[Verdict]:
    """The verdicts of both readings of a text, one for each match: all the first, or all the second, since
    who is told of one hangs on the others.

    Where the first must hold for any match, it holds for all. Whoever either finds in danger or accused stays
    so in what is held or lowered, and a person looks at every alert that is none any more.
    """
    pairs = list(zip(firsts, seconds, strict=True))
    if any(_holds(first, second, sure) for first, second in pairs):
        return [_with_those_of(first, second) for first, second in pairs]
    return [_lower_verdict(*pair) if _alerts(pair[0]) > _alerts(pair[1]) else pair[1] for pair in pairs]


def _holds(first: Verdict, second: Verdict, sure: float) -> bool:
    """Must the first verdict stay? Immediate danger, child protection and the police are lowered only where
    the small network alone raised it, is not sure (`sure`: likely from here on), and the reader finds it
    unlikely."""
    if not _alerts(first) or (second.route.urgent and second.severity >= first.severity):
        return False
    likely, again = (dict(v.scores).get("weighed:severe", 1.0) for v in (first, second))
    said = any(not meant.by.startswith("model:") for meant in first.endangers)
    doubted = not said and likely < sure and again < MAYBE_GRAVE
    return (first.route.urgent and not doubted) or second.relevance is Relevance.NOT_ABOUT


def _alerts(verdict: Verdict) -> bool:
    return verdict.severity >= Severity.TODAY


def _lower_verdict(first: Verdict, second: Verdict) -> Verdict:
    """The second verdict as one that a person looks at, as closed to others as the first."""
    found = replace(_with_those_of(second, first), look=True, look_rank=never_cut(second.look_rank))
    if LOOK not in found.reasons:
        found = replace(found, reasons=(*found.reasons, LOOK))
    if not first.restricted:
        return found
    return replace(found, restricted=True, content_class=first.content_class)


def _with_those_of(one: Verdict, other: Verdict) -> Verdict:
    """One verdict with all whom either finds in danger or accused."""
    return replace(
        one,
        endangers=_unite_people(one.endangers, other.endangers),
        accuses=_unite_people(one.accuses, other.accuses),
    )


def _unite_people(some: Sequence[Meant], others: Sequence[Meant]) -> tuple[Meant, ...]:
    known = {(m.who, m.harm) for m in some}
    return (*some, *(m for m in others if (m.who, m.harm) not in known))
