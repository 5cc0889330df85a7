"""A step of a case as one question, made from its class: its labels, its choices, what must be said. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.access.guidance import OF_ALLEGATIONS, places_in
from alerts.wording.cases import code_words
from alerts.wording.matters import channel_name
from data.cases import Case, Event
from data.content_class import CLASSES, ContentClass
from data.errors import InputError
from data.evidence.handed_in import PictureShows
from data.register.calendar import read_moment
from data.rungs import Rung
from data.steps.codes import BypassRoute, Relationship, StepKind, ValueKind
from data.steps.stored import KINDS, Step, StepField, fields_of
from data.types import Person
from data.web.channels import CHANNELS
from data.web.urls import visible
from data.words.say import Words, asking_words, place_words
from monitor.act.casework.steps import confirmed, in_form, least_why
from monitor.pipeline.sighting import checked_url

ASKED_HERE = frozenset(k for k, of in KINDS.items() if of.by_hand) - {StepKind.SAFE}
"""What is asked here, beside the answer to a proposal: people say for themselves that they are safe."""
_TABLES = {
    "relationship": "author", "decision": "decision", "status": "supported", "result": "answer",
    "ending": "ending", "lane": "lane",
}  # fmt: skip
"""Where the words of a code are, if they are not those of every surface."""
_READY = frozenset((("weighed", "visible"), ("weighed", "spread")))
"""What there are sentences for that most people would write."""
Options = Iterable[tuple[str, str]]
SUBJECTS, NOBODY = "subjects", "nobody"
"""Said in place of a person: it accuses nobody."""
COPY, INSIDE = "file", "inside"
"""The copy of a letter, which a form may bring; and what is said of the files within it."""
OWN = "_own"
"""After the name of a field: what was typed in place of a sentence that is ready."""


@dataclass(frozen=True, slots=True)
class CaseSetting:
    """The case that is asked about, the people of its school, its nation, who asks, the words and the clock
    that they read by; may a `copy` of a letter be kept?"""

    case: Case
    people: Sequence[Person]
    nation: str
    me: str
    w: Words
    zone: ZoneInfo
    now: datetime
    copy: bool = False


@dataclass(frozen=True, slots=True)
class AskedField:
    """One field: its name and label, how it is answered (`pick`, `press`, `tick`, `choose`, `line`, `words`,
    `when`, `ready`), its options, each a value and what it says, what is `chosen`; `long`: a whole letter."""

    name: str
    label: str
    how: str
    options: tuple[tuple[str, str], ...] = ()
    chosen: str = ""
    needed: bool = False
    long: bool = False


@dataclass(frozen=True, slots=True)
class StepQuestion:
    """One step to take: `kind` says which. `fields` must be said, `more` may be, `hidden` is settled; `why`
    is "needed", "may" or "" for nothing."""

    kind: str
    heading: str
    hint: str
    do: str
    fields: tuple[AskedField, ...] = ()
    more: tuple[AskedField, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    why: str = ""
    filled: str = ""
    dated: bool = False


class NotSaid(Exception):
    """Something that must be said is not, or is none of what may be."""


def question(kind: StepKind, given: Mapping[str, str], at: CaseSetting) -> StepQuestion:
    """The question of that step, with what is `given` settled where it cannot be otherwise, else chosen."""
    of, w = KINDS[kind], at.w
    settled = {name: given[name] for name in _SETTLED.get(kind, ()) if given.get(name) is not None}
    if kind is StepKind.TURNED_DOWN:
        yes_no = tuple((code, w(f"ladder.confirm.{code}")) for code in ("yes", "no"))
        agree = AskedField(
            "agree", w("ladder.confirm.label"), "pick", yes_no, given.get("agree", ""), needed=True
        )
        fields: tuple[AskedField, ...] = (agree,)
    else:
        asked = (_asking(f, kind, given, at) for f in fields_of(of) if f.name not in {*settled, "mention"})
        fields = tuple(_of_rung(field, kind, settled, w) for field in asked if _fits(field, settled))
    return StepQuestion(
        kind.value,
        _heading(kind, settled, w),
        w(hint) if w.has(hint := f"ladder.hint.{kind.value}") else "",
        w(do) if w.has(do := f"ladder.button.{kind.value}") else w("ladder.button.record"),
        tuple(f for f in fields if f.needed or f.name in _OF_ONE_WAY),
        (*(f for f in fields if not f.needed and f.name not in _OF_ONE_WAY), *_of_letter(kind, settled, at)),
        tuple(settled.items()),
        "needed"
        if "reason" in given or given.get("why") or (kind is StepKind.TARGET and at.case.subjects)
        else {True: "needed", False: "may", None: ""}[of.wants_why],
        given.get("why", ""),
        of.dated,
    )


def _of_letter(kind: StepKind, settled: Mapping[str, str], at: CaseSetting) -> Iterator[AskedField]:
    """The letter that was sent, or what came back, as a file; and first what it shows."""
    rung, way = settled.get("rung", ""), settled.get("kind", "")
    spoken = rung in list(Rung) and Rung(rung).spec.spoken(way)
    if at.copy and kind in (StepKind.ASKED, StepKind.ANSWERED) and not spoken:
        shows = tuple((said.value, at.w(f"desk.tell.answer.picture.{said.value}")) for said in PictureShows)
        yield AskedField("shows", at.w("desk.tell.ask.picture"), "pick", shows)
        yield AskedField(COPY, at.w("ladder.copy.file"), "file", long=True)


def asks_within(names: Iterable[str], w: Words) -> AskedField:
    """What must be said of the files within those that were chosen."""
    answers = tuple((said.value, w(f"desk.tell.answer.picture.{said.value}")) for said in PictureShows)
    label = f"{w('tell.inside')} {w.listed([visible(name)[:80] for name in names])}"
    return AskedField(INSIDE, label, "pick", answers, needed=True)


def _of_rung(field: AskedField, kind: StepKind, settled: Mapping[str, str], w: Words) -> AskedField:
    """In which way one rung is asked: it has few, and one is said."""
    if kind is not StepKind.ASKED or field.name != "kind" or settled.get("rung") not in list(Rung):
        return field
    rung = Rung(settled["rung"])
    options = tuple((way, asking_words(rung, way, w)) for way in rung.spec.kinds)
    return replace(field, options=options, needed=True, how="pick") if options else field


_OF_ONE_WAY = {"talked_at": "conversation", "poster_told_at": "s5"}
"""What is asked of an answer to one way of asking, and there plainly: who was talked to, who passed it on."""


def _fits(field: AskedField, settled: Mapping[str, str]) -> bool:
    if field.name == "kind" and settled.get("rung") in list(Rung):
        return bool(Rung(settled["rung"]).spec.kinds)  # the police are asked in one way
    way = _OF_ONE_WAY.get(field.name)
    return way is None or "rung" not in settled or settled.get("kind") == way


_SETTLED: Mapping[StepKind, tuple[str, ...]] = {
    StepKind.ASKED: ("rung", "kind", "imminent"),
    StepKind.ANSWERED: ("rung", "kind"),
}
"""What its page is about: it is not asked there."""


def _heading(kind: StepKind, settled: Mapping[str, str], w: Words) -> str:
    try:
        rung = Rung(settled.get("rung", ""))
    except ValueError:
        return w(f"ladder.do.{kind.value}")
    way = "emergency" if settled.get("imminent") == "yes" else settled.get("kind", "")
    return w(f"ladder.of.{kind.value}", who=asking_words(rung, way, w))


def _asking(fact: StepField, kind: StepKind, given: Mapping[str, str], at: CaseSetting) -> AskedField:
    options = tuple(_options(fact, kind, at))
    chosen = given.get(fact.name, "")
    if not chosen and fact.kind is ValueKind.WHOSE and fact.required:
        chosen = at.case.target or ""
    return AskedField(
        fact.name, at.w(fact.label), _how(fact, kind, options), options, chosen, _needed(fact, kind, at.case)
    )


def _needed(fact: StepField, kind: StepKind, case: Case) -> bool:
    """Without it there is nothing to record; whom a support or a target is for is asked beside it, and whom
    it accuses where it may accuse somebody."""
    named = fact.name == "url" or (fact.name == "person" and kind in (StepKind.TARGET, StepKind.ACCUSED))
    return (
        fact.required or named or (fact.name == SUBJECTS and kind is StepKind.TARGET and bool(case.subjects))
    )


def _how(fact: StepField, kind: StepKind, options: Sequence[tuple[str, str]]) -> str:
    if _is_open(fact, kind):
        return "ready"
    if kind is StepKind.DECIDED:
        return "press"  # its reason is typed first, so that no slip of a finger decides
    if fact.many:
        return "tick"
    if options:
        return "pick" if len(options) <= _MOST_TO_PICK else "choose"
    return {ValueKind.TIME: "when", ValueKind.WORDS: "words"}.get(fact.kind, "line")


def _is_open(fact: StepField, kind: StepKind) -> bool:
    """May anything be typed in place of what is offered?"""
    return (kind.value, fact.name) in _READY or fact.kind is ValueKind.NAMED


_MOST_TO_PICK = 7
"""So many options stand below one another; more are a list."""


def _options(fact: StepField, kind: StepKind, at: CaseSetting) -> Iterator[tuple[str, str]]:
    """What may be said, each value with its words."""
    if (kind.value, fact.name) in _READY:
        said = [at.w(f"ladder.ready.{fact.name}_{n}") for n in ("1", "2", "3")]
        yield from zip(said, said, strict=True)
    elif fact.name == SUBJECTS:
        yield NOBODY, at.w("ladder.ask.nobody")
        yield from _people(at)
    elif (of := _OF_KIND.get(fact.kind)) is not None:
        yield from of(at)
    else:
        table = _TABLES.get(fact.name, fact.name)
        yield from ((code, code_words(table, code, at.w)) for code in fact.choices)


def _people(at: CaseSetting) -> Options:
    return ((person.id, person.name) for person in at.people)


def _places(at: CaseSetting) -> list[str]:
    """Bodies that a matter may be handed to: first who takes on what this one is, then by name."""
    case, first = at.case, []
    if case.lane is BypassRoute.STAFF_ALLEGATION:
        first = [*OF_ALLEGATIONS[at.nation]]
    elif case.relationship is Relationship.PUPIL:
        first = ["pastoral", "dsl"]
    rest = sorted(set(places_in(at.nation)) - {*first}, key=lambda place: place_words(place, at.w).casefold())
    return [*first, *rest]


_OF_KIND: Mapping[ValueKind, Callable[[CaseSetting], Options]] = {
    ValueKind.CLASS: lambda at: ((code, at.w(ContentClass(code).key)) for code in CLASSES),
    ValueKind.YES_NO: lambda at: ((code, at.w(f"pack.code.{code}")) for code in ("yes", "no")),
    **dict.fromkeys((ValueKind.PERSON, ValueKind.WHOSE, ValueKind.NAMED), _people),
    ValueKind.REFERRAL: lambda at: ((place, place_words(place, at.w)) for place in _places(at)),
    ValueKind.CHANNEL: lambda at: ((key, channel_name(key, at.w)) for key in CHANNELS),
    ValueKind.RUNG: lambda at: ((rung.value, at.w(rung.key)) for rung in Rung),
}


def event_of(kind: StepKind, form: Mapping[str, str], at: CaseSetting) -> Event:
    """What was said by its form, as the ladder takes it. Raises NotSaid."""
    said, why = in_form(at.case, _said(kind, form, at)), form.get("why", "").strip()
    if len(why) < (least := least_why(said)):
        raise NotSaid("why", least)
    return Event(said, at.me, why, _moment(form.get("at", ""), at) if said.dated else None)


def _said(kind: StepKind, form: Mapping[str, str], at: CaseSetting) -> Step:
    if kind is StepKind.TURNED_DOWN:
        if form.get("agree") not in ("yes", "no"):
            raise NotSaid("agree")
        if form["agree"] == "yes" and (agreed := confirmed(at.case)) is not None:
            return agreed
    values = {}
    for fact in (f for f in fields_of(KINDS[kind]) if f.name != "mention"):  # nobody types an id
        said = form.get(fact.name + OWN, "").strip() or form.get(fact.name, "").strip()
        said = " ".join((*said.split(), *_ticked(fact.name, form))) if fact.many else said
        options = {value for value, _ in _options(fact, kind, at)}
        each = said.split() if fact.many else [said]
        odd = said and options and not options.issuperset(each) and not _is_open(fact, kind)
        needed = fact.required or (fact.many and _needed(fact, kind, at.case))  # no browser demands a tick
        if odd or (needed and not said):
            raise NotSaid(fact.name)
        if said:
            values[fact.attribute] = _value(fact, said, at)
    made: Step = KINDS[kind](**values)
    return made


def _value(fact: StepField, said: str, at: CaseSetting) -> object:
    """One fact of its true type; that it accuses nobody is no people. Raises NotSaid."""
    if fact.many:
        each = tuple(dict.fromkeys(said.split()))
        if NOBODY in each and len(each) > 1:  # it cannot accuse nobody and somebody
            raise NotSaid(fact.name)
        return () if each == (NOBODY,) else each
    if fact.kind is ValueKind.YES_NO:
        return said == "yes"
    try:
        checked_url(said if fact.name == "url" else "")
        return _moment(said, at) if fact.kind is ValueKind.TIME else fact.type(said)
    except (ValueError, InputError):
        raise NotSaid(fact.name) from None


def _moment(said: str, at: CaseSetting) -> datetime | None:
    """A time as a browser says it, or as people write it, where the school is. Raises NotSaid."""
    if not said.strip():
        return None
    try:
        return read_moment(said, at.now, at.zone)
    except InputError:
        raise NotSaid("at") from None


def _ticked(name: str, form: Mapping[str, str]) -> list[str]:
    """What was ticked of a field of which several may be."""
    return [given.removeprefix(f"{name}-") for given in form if given.startswith(f"{name}-")]


def refilled(asked: StepQuestion, form: Mapping[str, str]) -> StepQuestion:
    """The question with what was said in it before."""

    def again(field: AskedField) -> AskedField:
        own = form.get(field.name + OWN, "") or " ".join(_ticked(field.name, form))
        return replace(field, chosen=own or form.get(field.name, field.chosen))

    fields, more = tuple(map(again, asked.fields)), tuple(map(again, asked.more))
    return replace(asked, fields=fields, more=more, filled=form.get("why", asked.filled))
