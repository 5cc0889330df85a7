"""A post on its way to its verdict: what was read, and the answer to each question. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from classifiers.text.language import Tongue, find_tongue
from classifiers.text.model_text import in_plain_letters
from classifiers.verdicts.parts import FRAME, FRAMED, MEANT, NO_PARTS, Parts
from classifiers.verdicts.press import PressReading, is_press
from classifiers.verdicts.subject import (
    ADULT_SHARE,
    NameReading,
    prepare_names,
    replace_school_name,
    strictly_named,
)
from classifiers.verdicts.verdict_reasons import Thresholds, in_words_of_a_school
from classifiers.verdicts.weigh import (
    LIMBS,
    SeverityOutcome,
    Stack,
    WeighedEvidence,
    in_doubt_by_words,
    judge,
    was_read,
    weigh,
)
from data.frozen import freeze
from data.people import people_of
from data.types import (
    ADULTS_OF_THE_SCHOOL,
    About,
    Match,
    Meant,
    Mention,
    Person,
    Policy,
    Relevance,
    Route,
    School,
    Sentiment,
    Severity,
    Signal,
)

NOTED = SeverityOutcome(Route.NOTE, Severity.NOTE, (), Sentiment.NEUTRAL, unsure=True)
"""The outcome of what says too little."""
_POLICY = Policy()
_NO_NAMES = prepare_names("")


@freeze
class ReadPost:
    """A mention for one school, from what was read to what is decided.

    Read: its `text`, in the words of a school and less the school's own name, the `tongue`, those
    `surely_named` of the people `here`, the model's `scores` by label, and what was `weighed`; `grave` is how
    grave the models find it, and `is_press` whether it is an article; `parts` is what the second reader
    answered of those here whom it was asked about, empty where it was not asked.

    Whose it is: `relevance`.

    Who is named: `reading`, the text prepared for names; `named` are those of the school's people who may be,
    `framed` the ids of those who are only addressed, sign, were told, or whose name is a word there, and
    `by_name` those of whom a name is said, were it only the first. It is
    `about` whom, and that `person` (an id); found generously it is about the `likeliest`.

    How grave: the `outcome`, because of its own words, unless they are too `few` to tell, or of news that it
    `passes_on`; an article tells of `press`. `allegation` is how surely it says of somebody there that they
    harmed a child, and by what; `beside` are the labels of harm that are likely enough.

    Who is in it: whom it `endangers` or wrongs, and whom it `accuses`.
    """

    mention: Mention
    match: Match
    school: School
    people: Sequence[Person]
    policy: Policy
    model: str
    text: str
    tongue: Tongue
    here: Sequence[Person]
    surely_named: Sequence[Person]
    scores: Mapping[str, float]
    weighed: WeighedEvidence
    grave: float
    is_press: bool
    relevance: Relevance = Relevance.UNSURE
    parts: Parts = field(default_factory=dict)
    reading: NameReading = _NO_NAMES
    named: Sequence[Person] = ()
    framed: frozenset[str] = frozenset()
    by_name: frozenset[str] = frozenset()
    about: About = About.SCHOOL
    person: str | None = None
    likeliest: tuple[About, str | None] = (About.SCHOOL, None)
    press: PressReading | None = None
    outcome: SeverityOutcome = NOTED
    few: bool = False
    passes_on: bool = False
    allegation: tuple[float, str] = (0.0, "")
    beside: frozenset[str] = frozenset()
    endangers: tuple[Meant, ...] = ()
    accuses: tuple[Meant, ...] = ()

    def fact(self, *names: str) -> float | None:
        """Give how likely the second reader finds one of these facts; None where it did not read."""
        found = [value for name in names if (value := self.scores.get(name)) is not None]
        return max(found, default=None)

    @property
    def limb(self) -> float | None:
        """Give how likely somebody on the staff did it; 0 where others are more than twice as likely to have,
        None where it was not read."""
        limb, staff = self.fact(*LIMBS), self.fact("wrong:staff", "wrong:head") or 0.0
        return limb and (limb if 2 * staff >= (self.fact("wrong:other", "wrong:pupil") or 0.0) else 0.0)

    @property
    def may_be_adult(self) -> bool:
        """May it be about an adult of the school, as the model finds? What is only written to one is not."""
        if self.named and not self.people_meant:
            return False
        return sum(self.scores.get(f"about:{a}", 0.0) for a in ADULTS_OF_THE_SCHOOL) >= ADULT_SHARE

    @property
    def people_meant(self) -> tuple[Person, ...]:
        """Those of whom it speaks, by name."""
        return tuple(p for p in self.named if p.id not in self.framed)

    def part(self, who: str, *names: str) -> float:
        """Give how likely this person (an id) has one of these parts; 0 where the reader was not asked."""
        answers = self.parts.get(who, {})
        return max((answers.get(name, 0.0) for name in names), default=0.0)

    def with_part(self, name: str, *, least: float) -> list[Person]:
        """List those whom the reader finds to have this part, at `least` so likely."""
        return [p for p in self.here if self.part(p.id, name) >= least]

    def is_framed(self, who: str) -> bool:
        """Is this person (an id) only addressed, or signs, or was told, or is their name a word?"""
        frame = self.part(who, *FRAME)
        return frame >= FRAMED and frame > 2 * self.part(who, *MEANT)

    def has_hint(self, label: str) -> bool:
        """Does any signal speak of it, were it only a hint?"""
        return any(label in s.labels for s in self.weighed.signals)


def read_post(
    mention: Mention,
    match: Match,
    scores: Mapping[str, float],
    signals: Sequence[Signal],
    school: School,
    people: Sequence[Person],
    thresholds: Thresholds,
    *,
    policy: Policy = _POLICY,
    model: str = "",
    stack: Stack | None = None,
    parts: Parts = NO_PARTS,
) -> ReadPost:
    """Read a mention for the school of its match: whom it names, and all that was found weighed together.

    `scores` are the probabilities by label from the model named `model`; without them signals alone decide;
    where a second reader gave some of them, its own `thresholds` hold. `stack` weighs them, the shipped one
    by default; `parts` are its answers of persons.
    """
    thresholds = (was_read(scores) and thresholds.read) or thresholds
    mention = in_plain_letters(mention)
    text = f"{mention.title}\n{mention.text}"
    tongue = find_tongue(text)
    if school.is_trust:
        mention, text = in_words_of_a_school(mention, school)
    likely = judge(scores, signals, match, tongue.language, mention.channel, stack)
    weighed = in_doubt_by_words(mention, weigh(scores, signals, thresholds, likely))
    here = people_of(school, people)
    text = replace_school_name(text, school, here)
    return ReadPost(
        mention,
        match,
        school,
        people,
        policy,
        model,
        text=text,
        tongue=tongue,
        here=here,
        surely_named=strictly_named(here, text),
        scores=scores,
        weighed=weighed,
        grave=likely.grave,
        is_press=is_press(mention),
        parts={p.id: parts[p.id] for p in here if p.id in parts},
    )
