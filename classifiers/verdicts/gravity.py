"""Ask how grave a post is and what for: by its own words, by news that it passes on, or as an article; and
what harm it tells of beside that. Pure.

Harm is found for recall, since no single label may decide who is protected. What a firm signal, the words or
the verdict assert is sure; so is a low line of the model's with a hint beside it, or with somebody named. The
low line or a hint alone is no more than perhaps: it leaves more people out, and a person looks.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from classifiers.linking.match_reasons import UNTIED
from classifiers.signals.patterns import REVIEWS
from classifiers.text.language import Language
from classifiers.text.words import WordFile
from classifiers.verdicts.parts import ACCUSED, THREATENED
from classifiers.verdicts.post import NOTED, ReadPost
from classifiers.verdicts.press import PressReading, judge_press, judge_shared, read_shared
from classifiers.verdicts.subject import roles_said
from classifiers.verdicts.weigh import (
    LIMBS,
    MAYBE_GRAVE,
    NEVER,
    URGENT_LABELS,
    SeverityOutcome,
    few_words,
    for_a_person,
    judge_severity,
    keep_in_sight,
    noted_and_shown,
    settle_by_signal,
    too_few_words,
    was_read,
)
from classifiers.verdicts.whose import has_reason
from data.judged import DATA_OUT, PUPILS_PICTURED
from data.types import ADULTS_OF_THE_SCHOOL, PERHAPS, SURE, Harm, Route, Severity

HARM_OF = {
    "threat": Harm.VIOLENCE,
    "safeguarding": Harm.CHILD,
    "self_harm": Harm.SELF_HARM,
    "extremism": Harm.EXTREMISM,
}
"""The harm that each label tells of."""
LOW = {"threat": 0.0229, "safeguarding": 0.085, "self_harm": 0.0064, "extremism": 0.004}
"""The probability that 95 of 100 posts with each label reach on `triage/dev.jsonl`; seven of the eight of
extremism."""
NAMED = 0.2
"""From here somebody named makes a threat of it, and a hint what concerns a child: at the low line too many
harmless posts have those beside it."""
CHILD_SHARE = 0.5
"""From this share of what speaks of a threat, what speaks of a child makes it a child's matter too: with less
it would be hidden from all but the leads, though it is an adult who is waited for."""
LOOK = 2
"""At so many times the low line a post is a look: at the line itself more than one in eight would be."""
BESIDE_GRAVE = 0.1
"""From here what is grave threatens somebody named, or who holds an office, as well, or harms a child."""
FACT = 0.3
"""From here a fact that the second reader finds holds: it is learnt for recall."""
LIMB = 0.15
"""From here one of KCSIE's limbs holds in what is grave: four in five allegations reach it, and three in a
hundred other posts."""
HARMS_A_CHILD = ("danger:child", *LIMBS)
"""The facts that tell of what may have happened to a child."""
_FACTS_OF = {"threat": ("wronged:threatened", "danger:person", "danger:site"), "safeguarding": HARMS_A_CHILD}
"""The facts that tell of the harm of a label."""
LINE = 0.3
"""From here the model alone finds an allegation, where it finds nothing else as likely."""
SURELY = 0.9
"""From here the model alone finds one where an act of the job is complained of."""
WRONGS = ("harassment", "hate", "sexual", "defamation", "privacy", "impersonation")
"""The labels of what wrongs somebody."""
REASON = "reason"
"""By what somebody is accused whom a threat gives a reason for."""
(_REASON_GIVEN,) = WordFile(Path(__file__).with_name("threat_reason.toml")).patterns("reason")
_WELSH = 0.85
"""From here the models alone alert of Welsh, of which they learnt little."""


def ask_how_grave(post: ReadPost) -> ReadPost:
    """The post with its outcome, the allegation in it, and the labels of harm beside it."""
    line = _alert_line(post)
    post = _shown_in_doubt(_judge_words(post, line), line)
    return _allege_by_report(post) if post.is_press else _raise_by_danger(post, line)


def _alert_line(post: ReadPost) -> float:
    """The likelihood from which it alerts. Where nothing ties the text to the school, and it names nobody of
    the school either, the model alone does not raise an alert: a person looks. A signal of danger or of
    severity 3 counts as always."""
    line = post.weighed.t.alert
    if post.weighed.dangers or post.weighed.grave_signal:
        return line
    if has_reason(post.match, {UNTIED}) and not post.surely_named:
        return NEVER
    return max(line, _WELSH) if post.tongue.language is Language.WELSH else line


def _judge_words(post: ReadPost, line: float) -> ReadPost:
    """The post with the outcome of its own words, or of news that it passes on where that is graver."""
    if post.is_press:
        return replace(post, outcome=_judge_news(post, line, post.press))
    own = settle_by_signal(_judge_own(post, line), post.weighed)
    if (shared := read_shared(post.mention)) is None:
        return replace(post, outcome=own)
    news, adds = shared
    graver = judge_shared(own, _judge_news(post, line, news), adds=adds)
    return replace(post, outcome=graver, passes_on=graver is not own)


def _judge_own(post: ReadPost, line: float) -> SeverityOutcome:
    """The outcome of its own words; a review that only the model takes for false is calm."""
    weighed = post.weighed
    urgent = any(URGENT_LABELS & {*s.labels} for s in weighed.signals if not s.hint)
    read = urgent or post.tongue.language is Language.ENGLISH
    outcome = judge_severity(weighed, post.about, line, read=read)
    if post.mention.channel not in REVIEWS or "impersonation" in weighed.asserted:
        return outcome
    alone = {*outcome.abuse} - {"profanity"} == {"impersonation"}
    return judge_severity(weighed, post.about, NEVER) if alone else outcome


def _judge_news(post: ReadPost, line: float, news: PressReading | None) -> SeverityOutcome:
    """The outcome of news; without a signal of danger it is as grave as the models find it."""
    weighed = post.weighed if post.weighed.dangers else replace(post.weighed, severe=post.grave)
    return judge_press(weighed, post.about, line, news)


def _shown_in_doubt(post: ReadPost, line: float) -> ReadPost:
    """The post; noted where there are too few words, and shown where calm hides a grave sign."""
    if too_few_words(post.mention, post.weighed.signals, post.outcome):
        return replace(post, outcome=NOTED, few=True)
    outcome = keep_in_sight(post.outcome, post.weighed, line)
    if outcome.route is Route.THANK and _may_harm_a_child(post):
        outcome = noted_and_shown(outcome)
    return replace(post, outcome=outcome)


def _may_harm_a_child(post: ReadPost) -> bool:
    """May it tell of what happened to a child, so that nobody is thanked for it?"""
    harmed = post.fact(*HARMS_A_CHILD)
    if harmed is None:
        return post.weighed.label("safeguarding") >= LOW["safeguarding"]
    return harmed >= FACT


def _allege_by_report(post: ReadPost) -> ReadPost:
    """The article with what it alleges; what the model alone finds counts only surely, of an adult of the
    school: a fall or a theft in the papers is no allegation of a child's harm."""
    allegation = weigh_allegation(post)
    surely = post.about in ADULTS_OF_THE_SCHOOL and allegation[0] >= SURE
    return post if is_by_model_alone(allegation) and not surely else replace(post, allegation=allegation)


def _raise_by_danger(post: ReadPost, line: float) -> ReadPost:
    """The post with what it alleges, its outcome raised or shown by danger, unless it never alerts or has too
    few words; raised only where its line is no higher than usual."""
    post = replace(post, beside=harms_beside(post))
    post = replace(post, allegation=weigh_allegation(post))
    post = replace(post, beside=labels_with_allegation(post))
    if line == NEVER or few_words(post.mention, post.weighed.signals):
        return post
    unread, calm = not was_read(post.scores), post.outcome.severity < Severity.TODAY
    if unread and calm and post.beside and line <= post.weighed.t.alert:  # for a person
        labels = {*post.outcome.abuse, *post.beside}
        post = replace(post, outcome=for_a_person(labels, post.weighed, post.about))
    return replace(post, outcome=shown_for_danger(post))


def weigh_allegation(post: ReadPost) -> tuple[float, str]:
    """Weigh how surely it says of somebody who works with children there that they harmed one or may, and by
    what. A threat does so by its reason alone, which the second reader hardly finds (of 32 it doubted one):
    what its writer was told off for is no allegation, and a limb must be plainer there."""
    outcome, weighed = post.outcome, post.weighed
    about = [s for s in weighed.signals if s.about in ADULTS_OF_THE_SCHOOL and "safeguarding" in s.labels]
    if firm := next((s for s in about if not s.hint), None):
        return 1.0, f"signal:{firm.name}"
    likely = weighed.label("safeguarding")
    if accused := post.with_part("harm", least=ACCUSED):
        return max(SURE, *(round(post.part(p.id, "harm"), 2) for p in accused)), "reader"
    fired = {s.name for s in weighed.signals}
    of_others = fired & DATA_OUT or (PUPILS_PICTURED in fired and not post.people_meant)
    grave = outcome.severity >= Severity.TODAY or weighed.severe >= MAYBE_GRAVE or likely >= SURE
    if of_others or not grave:  # data got out, or a parent put up pictures: the model alone accuses nobody
        return 0.0, ""
    threat = "threat" in {*post.beside, *outcome.abuse} and weighed.label("threat") >= CHILD_SHARE * likely
    threat = threat or outcome.route is Route.POLICE_NOW
    found = _weigh_by_model(post, threat=threat)
    reason = threat and not found[0] and _REASON_GIVEN.search(post.reading.plain)
    return (PERHAPS, REASON) if reason else found


def _weigh_by_model(post: ReadPost, *, threat: bool) -> tuple[float, str]:
    """Weigh a grave text, a `threat` or not, by what the model finds, where nothing else is sure."""
    likely, limb = post.weighed.label("safeguarding"), post.limb
    if limb is not None:
        return (
            (max(PERHAPS, round(limb, 2)), "model:limb") if limb >= (FACT if threat else LIMB) else (0.0, "")
        )
    if threat or post.has_hint("privacy"):  # whom it names is left out, and warned as well
        return (PERHAPS, "model:safeguarding") if likely >= LINE and post.people_meant else (0.0, "")
    raised = post.outcome.route is Route.SAFEGUARDING and post.outcome.severity >= Severity.TODAY
    of_a_child = likely >= LINE and (raised or "safeguarding" in post.beside)
    if post.may_be_adult and (of_a_child or (raised and post.people_meant)):
        return max(PERHAPS, round(likely, 2)), "model:route"
    alone = post.scores.get("about:pupil", 0.0) >= SURELY  # it is about a child, and about nobody else
    wrongs = (post.weighed.label(label) for label in WRONGS if label != "sexual")
    if not alone and likely >= max(LINE, *wrongs):
        return round(likely, 2), "model:safeguarding"
    return 0.0, ""


def is_by_model_alone(allegation: tuple[float, str]) -> bool:
    """Is it the model alone that finds it, neither a signal nor the words?"""
    return allegation[1].startswith("model:")


def harms_beside(post: ReadPost) -> frozenset[str]:
    """The labels of harm that are likely enough, the outcome's own among them, less those that a signal
    argues away."""
    possible = HARM_OF.keys() - post.weighed.cleared
    return frozenset(label for label in possible if _is_beside(post, label))


def _is_beside(post: ReadPost, label: str) -> bool:
    """Is there enough of this harm beside what it is judged for? The second reader says so, where it read;
    else a hint of the same and some likelihood, or somebody of ours in what may be grave."""
    threat, p = label == "threat", post.weighed.label(label)
    if threat and post.with_part("threatened", least=THREATENED):
        return True
    grave = post.outcome.severity >= Severity.TODAY or post.weighed.severe >= MAYBE_GRAVE
    if (read := post.fact(*_FACTS_OF.get(label, ()))) is not None:
        return (grave and read >= FACT) or (post.has_hint(label) and p >= NAMED)
    if post.has_hint(label):
        return p >= (LOW[label] if threat else NAMED)
    if not (post.people_meant or roles_said(post.reading.plain)):
        return False
    return grave and label in _FACTS_OF and p >= BESIDE_GRAVE


def labels_with_allegation(post: ReadPost) -> frozenset[str]:
    """The labels of `harms_beside`, with a child's harm where one is surely alleged; without it where a
    threat to one of the staff alleges nothing."""
    sure = post.allegation[0]
    if sure >= SURE and not is_by_model_alone(post.allegation):
        return post.beside | {"safeguarding"}
    if not sure and "threat" in post.beside and (post.people_meant or roles_said(post.reading.plain)):
        return post.beside - {"safeguarding"}
    return post.beside


def shown_for_danger(post: ReadPost) -> SeverityOutcome:
    """The outcome; a look where somebody may be in danger, or is accused, and it does not alert."""
    if post.outcome.severity >= Severity.TODAY:
        return post.outcome
    possible, likely = HARM_OF.keys() - post.weighed.cleared, post.weighed.label
    perhaps = any(post.has_hint(label) or likely(label) >= LOOK * LOW[label] for label in possible)
    accused = any(post.part(p.id, "harm", "crime") >= ACCUSED for p in post.here)
    return replace(post.outcome, unsure=True) if post.beside or accused or perhaps else post.outcome
