"""Find who may be in danger by a text, who may be wronged and who may be accused in it, each apart. Pure.

All are found for recall, since no single label may decide who is protected. What a firm signal, the words or
the verdict assert is sure; so is a low line of the model's with a hint beside it, or with somebody named. The
low line or a hint alone is no more than perhaps: it leaves more people out, and a person looks.
"""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from classifiers.text.words import undisguise
from classifiers.verdicts.staff import (
    BULLIED,
    DENIED,
    HURTS,
    NO_WORDS,
    TITLED,
    StaffWords,
    read_staff_words,
)
from classifiers.verdicts.subject import (
    ADULT_SHARE,
    OF_TRUST,
    ROLE_OF,
    NameReading,
    chiefs_of,
    held_by,
    only_a_thing,
    people_named,
    possible_subjects,
    prepare_names,
    roles_said,
)
from classifiers.verdicts.weigh import MAYBE_GRAVE, SeverityOutcome, WeighedEvidence, for_a_person
from data.judged import OF_A_CHILD
from data.people import people_of
from data.register.school_names import separate_names
from data.types import (
    ADULTS_OF_THE_SCHOOL,
    PERHAPS,
    SURE,
    About,
    Harm,
    Meant,
    Person,
    Role,
    Route,
    School,
    Severity,
)

HARM_OF = {
    "threat": Harm.VIOLENCE,
    "safeguarding": Harm.CHILD,
    "self_harm": Harm.SELF_HARM,
    "extremism": Harm.EXTREMISM,
}
"""The harm that each label tells of."""
LOW = {"threat": 0.0229, "safeguarding": 0.085, "self_harm": 0.0064, "extremism": 0.004}
"""The probability that 95 of 100 posts with each label reach on `triage/dev.jsonl`; seven of the eight of extremism."""
NAMED = 0.2
"""From here somebody named makes a threat of it, and a hint what concerns a child: at the low line too many
harmless posts have those beside it."""
OFFICE = 0.3
"""From here an office that is said makes an allegation of what concerns a child, as a name does."""
SHARE = 0.1
"""From this share of what speaks of a child, what speaks of violence is meant as well: nine in ten threats are
above it, and nine in ten allegations below."""
CHILD_SHARE = 0.5
"""From this share of what speaks of a threat, what speaks of a child makes it a child's matter too: with less it
would be hidden from all but the leads, though it is an adult who is waited for."""
LOOK = 2
"""At so many times the low line a post is a look: at the line itself more than one in eight would be."""
BESIDE_GRAVE = 0.1
"""From here what is grave threatens somebody named, or who holds an office, as well, or harms a child."""
FACT = 0.3
"""From here a fact that the second reader finds holds: it is learnt for recall."""
LIMB = 0.15
"""From here one of KCSIE's limbs holds in what is grave: four in five allegations reach it, and three in a hundred
other posts."""
_LIMBS = ("limb:harmed", "limb:offence", "limb:risk", "limb:unsuitable")
HARMS_A_CHILD = ("danger:child", *_LIMBS)
"""The facts that tell of what may have happened to a child."""
_FACTS_OF = {"threat": ("wronged:threatened", "danger:person", "danger:site"), "safeguarding": HARMS_A_CHILD}
"""The facts that tell of the harm of a label."""
LINE = 0.3
"""From here the model alone finds an allegation, where it finds nothing else as likely."""
HEARD = 0.01
"""Below it, what names nobody and says no office is not read for an allegation, unless it says what hurts."""
SURELY = 0.9
"""From here the model alone finds one where an act of the job is complained of."""
NEAR = 0.06
"""From here a deed of which nobody is said to have done it, or a child who is hurt, makes an allegation."""
WRONG = 0.3
"""From here the model alone finds that somebody is wronged."""
_WRONGS = ("harassment", "hate", "sexual", "defamation", "privacy", "impersonation")
"""The labels of what wrongs somebody."""
_WRONGED = ("wronged:filmed", "wronged:impersonated", "wronged:exposed", "wronged:smeared")
"""The facts that tell of it."""


@dataclass(frozen=True, slots=True)
class DangerEvidence:
    """The evidence that the answers are made of: the text prepared for names, what its words say of the
    staff, all that was weighed, and those of the school's people who may be named. `heads` are the numbers of
    those among the names of `words` who head the school. It is `about` whom, and that `person` (an id); found
    generously it is about the `likeliest`.
    """

    reading: NameReading
    words: StaffWords
    heads: frozenset[int]
    weighed: WeighedEvidence
    named: Sequence[Person]
    school: School
    people: Sequence[Person]
    about: About
    person: str | None
    likeliest: tuple[About, str | None]

    @property
    def scores(self) -> Mapping[str, float]:
        """The model's, by label."""
        return self.weighed.scores

    def fact(self, *names: str) -> float | None:
        """Give how likely the second reader finds one of these facts; None where it did not read."""
        found = [value for name in names if (value := self.scores.get(name)) is not None]
        return max(found, default=None)

    @property
    def limb(self) -> float | None:
        """Give how likely somebody on the staff did it; 0 where others are twice as likely to have."""
        limb, staff = self.fact(*_LIMBS), self.fact("wrong:staff", "wrong:head") or 0.0
        return limb and (limb if 2 * staff >= (self.fact("wrong:other", "wrong:pupil") or 0.0) else 0.0)

    @property
    def may_be_adult(self) -> bool:
        """May it be about an adult of the school, as the model finds?"""
        return sum(self.scores.get(f"about:{a}", 0.0) for a in ADULTS_OF_THE_SCHOOL) >= ADULT_SHARE

    def has_hint(self, label: str) -> bool:
        """Does any signal speak of it, were it only a hint?"""
        return any(label in s.labels for s in self.weighed.signals)

    def beside(self, label: str, outcome: SeverityOutcome, *, accusing: bool) -> bool:
        """Is it over its line with a hint of the same, or a likely threat; with somebody of ours, or an office;
        or is it violence beside what is grave for a child?"""
        threat, p, grave = label == "threat", self.weighed.label(label), outcome.severity >= Severity.TODAY
        severe = self.weighed.severe
        if threat and self.words.threatens and (self.named or self.words.some):
            return True
        if (read := self.fact(*_FACTS_OF.get(label, ()))) is not None:
            likely = grave or severe >= MAYBE_GRAVE
            return (likely and read >= FACT) or (self.has_hint(label) and p >= NAMED)
        if self.has_hint(label):
            return p >= (LOW[label] if threat else NAMED)
        office = bool(roles_said(self.reading.plain))
        if threat and accusing and (office or self.named):  # an allegation alone warns nobody
            return p >= NAMED
        if threat and outcome.route is Route.SAFEGUARDING and not self.has_hint("extremism"):
            return p >= max(LOW[label], SHARE * self.weighed.label("safeguarding"))
        child = label == "safeguarding" and self.may_be_adult
        if grave and (threat or label == "safeguarding") and (office or self.named):
            share = CHILD_SHARE if outcome.route is Route.POLICE_NOW and not threat else 0.0
            return p >= max(BESIDE_GRAVE, share * self.weighed.label("threat"))
        if not grave and severe >= MAYBE_GRAVE and (self.named or (office and child)):
            return p >= (LOW[label] if self.named else OFFICE)
        someone = office or self.named or severe >= MAYBE_GRAVE or TITLED.search(self.reading.plain)
        return threat and p >= NAMED and bool(someone)


def evidence_of(
    text: str,
    weighed: WeighedEvidence,
    school: School,
    people: Sequence[Person],
    subject: tuple[About, str | None],
    likeliest: tuple[About, str | None],
) -> DangerEvidence:
    """The evidence in a text and its quotation, which is about this `subject`: of what kind, and who."""
    reading = prepare_names(text)
    named = people_named(reading, people_of(school, people))
    names = [*(p.name for p in named), *separate_names(school.head)]
    heads = [n for n, _ in enumerate(names) if n >= len(named) or held_by(named[n], {Role.HEAD})]
    office = roles_said(reading.plain) or OF_TRUST.search(reading.plain)
    heard = named or office or HURTS.search(reading.plain) or weighed.label("safeguarding") >= HEARD
    words = read_staff_words(undisguise(text).text, names) if heard or weighed.signals else NO_WORDS
    known = (reading, words, frozenset(heads), weighed, named, school, people)
    return DangerEvidence(*known, *subject, likeliest)


def weigh_allegation(
    outcome: SeverityOutcome, of: DangerEvidence, beside: Collection[str] = ()
) -> tuple[float, str]:
    """Weigh how surely it says of somebody who works with children there that they harmed one or may, and by
    what.

    A threat does so by its reason alone: what its writer was told off for is no allegation, and a limb must be
    plainer there. `beside` are the labels of `harms_beside`.
    """
    words, weighed, likely = of.words, of.weighed, of.weighed.label("safeguarding")
    if words.others and not (words.some or words.by_writer):
        return 0.0, ""
    about = [s for s in weighed.signals if s.about in ADULTS_OF_THE_SCHOOL and "safeguarding" in s.labels]
    if firm := next((s for s in about if not s.hint), None):
        return 1.0, f"signal:{firm.name}"
    threat = "threat" in {*beside, *outcome.abuse} and weighed.label("threat") >= CHILD_SHARE * likely
    threat = threat or outcome.route is Route.POLICE_NOW
    doubt = "safeguarding" in weighed.cleared or DENIED.search(words.text)
    own = words.by_writer and any(m.signs for m in words.mentions)
    slur = words.calls_names and any(s.name == "slur" for s in weighed.signals)
    if (words.clear or own or slur) and (not doubt or likely >= NEAR):
        return 1.0, "words"
    if words.some and (threat or of.has_hint("threat") or likely >= NEAR):
        return max(SURE, round(likely, 2)), "words"
    grave = outcome.severity >= Severity.TODAY or weighed.severe >= MAYBE_GRAVE or likely >= SURE
    if not grave:
        return 0.0, ""
    limb = of.limb
    if limb is not None and limb >= (FACT if threat else LIMB):
        return max(PERHAPS, round(limb, 2)), "model:limb"
    helped = bool(words.mentions) and all(m.saw for m in words.mentions)
    job = words.job or words.wrongs or of.has_hint("privacy")
    if threat or helped or (job and (limb is not None or likely < SURELY)):
        return 0.0, ""
    if words.hints_at_deed and likely >= NEAR:
        return max(PERHAPS, round(likely, 2)), "words"
    raised = outcome.route is Route.SAFEGUARDING and outcome.severity >= Severity.TODAY
    of_a_child = limb is None and likely >= LINE and (raised or "safeguarding" in beside)
    if of.may_be_adult and (of_a_child or (raised and of.named)):
        return max(PERHAPS, round(likely, 2)), "model:route"
    alone = of.scores.get("about:pupil", 0.0) >= SURELY  # it is about a child, and about nobody else
    wrongs = (weighed.label(label) for label in _WRONGS if label != "sexual")
    if limb is None and not alone and likely >= max(LINE, *wrongs):
        return round(likely, 2), "model:safeguarding"
    return 0.0, ""


def by_model_alone(allegation: tuple[float, str]) -> bool:
    """Is it the model alone that finds it, neither a signal nor the words?"""
    return allegation[1].startswith("model:")


def harms_beside(outcome: SeverityOutcome, of: DangerEvidence) -> frozenset[str]:
    """The labels of harm likely enough beside the outcome's, less those that a signal argues away."""
    accusing = weigh_allegation(outcome, of)[0] > 0
    plain = of.words.threatens and of.words.clear  # no figure of speech there
    cleared = of.weighed.cleared - ({"threat"} if plain else frozenset())
    return frozenset(
        label for label in HARM_OF if label not in cleared and of.beside(label, outcome, accusing=accusing)
    )


def labels_with_allegation(
    beside: frozenset[str], allegation: tuple[float, str], of: DangerEvidence
) -> frozenset[str]:
    """The labels of `harms_beside`, with a child's harm where one is surely alleged; without it where a threat
    to one of the staff alleges nothing."""
    if allegation[0] >= SURE and not by_model_alone(allegation):
        return beside | {"safeguarding"}
    if not allegation[0] and "threat" in beside and (of.named or roles_said(of.reading.plain)):
        return beside - {"safeguarding"}
    return beside


def raised_by_danger(
    outcome: SeverityOutcome, beside: Collection[str], of: DangerEvidence
) -> SeverityOutcome:
    """The outcome, or severity 3 for a person where somebody may be in danger; a look where perhaps."""
    if outcome.severity >= Severity.TODAY:
        return outcome
    if beside:
        return for_a_person({*outcome.abuse, *beside}, of.weighed, of.about)
    possible = (label for label in HARM_OF if label not in of.weighed.cleared)
    perhaps = any(of.has_hint(label) or of.weighed.label(label) >= LOOK * LOW[label] for label in possible)
    return replace(outcome, unsure=True) if perhaps else outcome


def find_endangered(
    outcome: SeverityOutcome,
    of: DangerEvidence,
    allegation: tuple[float, str],
    asserted: Collection[str] = (),
    beside: Collection[str] = (),
) -> tuple[Meant, ...]:
    """Find who may be in danger, and how. `asserted` are the labels that firm signals assert, `beside` those
    of `harms_beside`. A child is, surely, by what is surely alleged of somebody there, and not by a threat to
    one of the staff that alleges nothing."""
    found: list[Meant] = []
    for label, harm in HARM_OF.items():
        sure, by = _weigh_danger(label, outcome, of, asserted, beside)
        if label == "safeguarding" and allegation[0] >= (
            0.01 if outcome.severity >= Severity.TODAY else SURE
        ):
            sure, by = 1.0, by or allegation[1]
        whom = _targets(of) if harm is Harm.VIOLENCE else ("child",)
        found += [Meant(who, sure, by, harm) for who in whom if by]
    return tuple(found)


def _weigh_danger(
    label: str,
    outcome: SeverityOutcome,
    of: DangerEvidence,
    asserted: Collection[str],
    beside: Collection[str],
) -> tuple[float, str]:
    """Weigh how sure it is, and by what; by nothing where nothing speaks of it."""
    signal = next((f"signal:{s.name}" for s in of.weighed.signals if label in s.labels), "")
    p = of.weighed.label(label)
    if label in asserted or (label in outcome.abuse and outcome.severity >= Severity.TODAY):
        return 1.0, signal or f"model:{label}"
    if outcome.route is Route.POLICE_NOW and label == "threat" and "extremism" not in outcome.abuse:
        return 1.0, signal or "model:route"
    if label in beside:
        return max(SURE, round(p, 2)), signal or f"model:{label}"
    if p >= LOW[label] or signal:
        return min(PERHAPS, max(round(p, 2), 0.01)), signal or f"model:{label}"
    return 0.0, ""


def _targets(of: DangerEvidence) -> tuple[str, ...]:
    """At whom violence may be aimed: who is named, or whose office is; a child, or else the school."""
    things = {p.id for p in of.named if only_a_thing(p.name, of.reading)}
    named = [i for i in dict.fromkeys([of.person, *(p.id for p in of.named)]) if i and i not in things]
    said = roles_said(of.reading.plain)
    offices = [role for role in ROLE_OF.values() if role in said or (role == of.about.value and not named)]
    found = (*(f"person:{i}" for i in named), *(f"office:{role}" for role in offices))
    return found or (("child",) if of.about is About.PUPIL else ("school",))


def find_wronged(
    outcome: SeverityOutcome, danger: Sequence[Meant], accuses: Sequence[Meant], of: DangerEvidence
) -> tuple[Meant, ...]:
    """Find who of those named, or whose office is said, may be wronged by it: posed as, filmed in secret,
    exposed, smeared or mocked. Nobody who is surely threatened or may be accused by it, nor who only was told
    of it or signs."""
    words, already = of.words, {*(m.who for m in danger if m.sure >= SURE), *(m.who for m in accuses)}
    likely = max(map(of.weighed.label, _WRONGS))
    read = (of.fact(*_WRONGED) or 0.0) >= SURE
    signal = next((f"signal:{s.name}" for s in of.weighed.signals if {*_WRONGS} & {*s.labels}), "")
    by = "words" if words.poses or words.wrongs else signal
    grave = outcome.severity >= Severity.TODAY and of.may_be_adult and not accuses
    if not (by or grave or likely >= WRONG or read):
        return ()
    sure = max(round(likely, 2), SURE if by else PERHAPS)
    first = [m for m in words.mentions if m.signs and words.wrongs]
    meant = [*first, *(m for m in words.mentions if m.saw or not m.beside)]
    meant = meant or [m for m in words.mentions if by]  # whom a recorder met
    placed, told = {m.person for m in meant}, {m.person for m in words.mentions}
    whom = [f"person:{p.id}" for n, p in enumerate(of.named) if n in placed or n not in told]
    offices = sorted({f"office:{r}" for m in meant for r in m.offices}) if not whom else []
    return tuple(
        Meant(who, sure, by or "model:wrong", Harm.WRONGED) for who in (*whom, *offices) if who not in already
    )


def find_accused(
    allegation: tuple[float, str], danger: Sequence[Meant], of: DangerEvidence
) -> tuple[Meant, ...]:
    """Find who may be accused: those of whom the words say it, by name or office; all whom linking finds
    where that cannot be told; the head where nobody is said. With the head who is said to have known and not
    acted."""
    sure, about = allegation[0], of.likeliest[0]
    found: tuple[Meant, ...] = ()
    if sure:
        pool = possible_subjects(of.reading, *of.likeliest, of.school, of.people)
        chiefs = chiefs_of(of.school, of.people)
        whom = (p.id for p in of.people if _is_meant(p, of, pool, chiefs))
        found = tuple(Meant(f"person:{i}", sure, "linking") for i in whom)
        if not (found or of.people) and about in ROLE_OF:
            found = (Meant(f"office:{about.value}", sure, "linking"),)
        if not found and _may_mean_the_head(of, about):
            found = (Meant(f"office:{Role.HEAD}", PERHAPS, "nobody_named"),)
    harmed = any(m.harm in OF_A_CHILD and m.sure >= SURE for m in danger) and not BULLIED.search(
        of.words.text
    )
    called = [name.lower().split()[0] for name in separate_names(of.school.head) if " " in name.strip()]
    if (sure or harmed) and of.words.untold_by(of.heads, called, alleged=sure > 0):
        found = (*found, Meant(f"office:{Role.HEAD}", SURE, "covered_up"))
    return found


def _is_meant(one: Person, of: DangerEvidence, pool: Collection[str], chiefs: Collection[str]) -> bool:
    """Is it said of them, by name or office? Or cannot it be told of whom of the `pool`, them among it? The
    `chiefs` of a trust (ids) are meant by the words for its head."""
    said = of.words.whom()
    if said is None:
        return one.id in pool
    numbers, roles = said
    own = {n for n, p in enumerate(of.named) if p.id == one.id}
    own |= of.heads if held_by(one, {Role.HEAD}) else frozenset()
    free = {m.person for m in of.words.mentions if not m.beside}
    holders = {n for n, p in enumerate(of.named) if n in free | numbers and held_by(p, roles)}
    if holders:  # “a governor”, and then which
        numbers, roles = numbers | holders, frozenset()
    unplaced = one in of.named and own.isdisjoint(m.person for m in of.words.mentions)
    head = Role.HEAD in roles and one.id in chiefs
    return unplaced or not own.isdisjoint(numbers) or held_by(one, roles) or head


def _may_mean_the_head(of: DangerEvidence, about: About) -> bool:
    """Is it an adult of the school who is said to have harmed a child, and nobody said who?"""
    if about not in ADULTS_OF_THE_SCHOOL and not of.may_be_adult:
        return False
    of_pupil = (s for s in of.weighed.signals if s.about is About.PUPIL)
    if about is About.PUPIL and any("sexual" in s.labels for s in of_pupil):
        return False  # of a picture nothing says who made it
    said = of.words
    others = (
        [m for m in said.mentions if not m.beside] if not said.some else [m for d in said.deeds for m in d.by]
    )
    return not others and not roles_said(of.reading.plain)
