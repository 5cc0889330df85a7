"""A step of a case as one question, made from its class; and the first, which says several steps. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.access.guidance import OF_ALLEGATIONS, places_in, staff_places
from alerts.access.knowing import Access, Act, reads_whole
from alerts.ladder.advance import TABLE, Refusal, advance
from alerts.ladder.guards import find_smeared
from alerts.ladder.rules import Rules
from alerts.wording.cases import code_words, places_words
from alerts.wording.matters import channel_name
from data.cases import Case, CaseFile, CaseState, Event
from data.content_class import BYPASSING, CLASSES, ContentClass
from data.errors import InputError
from data.evidence.handed_in import PictureShows
from data.frozen import freeze
from data.register.calendar import read_moment
from data.rungs import Rung
from data.steps.classes import KINDS, Closed, Noted, Step, StepField, facts_of_kind, fields_of
from data.steps.codes import BypassRoute, Decision, Ending, Relationship, StepKind, Support, ValueKind
from data.store import cases as case_store
from data.store.engine.connect import Connection
from data.types import About
from data.web.channels import CHANNELS, channel
from data.web.urls import visible
from data.words.say import Words, asking_words, capital, place_words, words
from monitor.act.casework import (
    RECLASSIFY_LEAST,
    NextStep,
    confirmed_step,
    copies_of,
    danger_at,
    in_form,
    least_reason_length,
    next_steps,
    school_rules,
    turn_to_place,
    without_place,
)
from monitor.act.keeping import case_verdicts, picture_refusal
from monitor.matters.reader import Session, access_to, found_case, look_for_no_case, matter_of
from monitor.matters.views import case_as_far
from monitor.pipeline.supplied import checked_url


@freeze
class Lead:
    """The way on from here: what it says, and the address."""

    said: str
    to: str


@freeze
class AskedField:
    """One field: its name and label, how it is answered (`pick`, `tick`, `choose`, `line`, `words`, `when`,
    `file`, `ready`), its options, each a value and what it says, what is `chosen`; `long`: a whole letter."""

    name: str
    label: str
    how: str
    options: tuple[tuple[str, str], ...] = ()
    chosen: str = ""
    needed: bool = False
    long: bool = False


@freeze
class CaseForm:
    """One form: what it does (`act`, as in its address), its buttons (a name, a value and words each), its
    fields, `more` of them in a fold, what goes along unseen; a `quiet` one is not what is done first."""

    act: str
    buttons: tuple[tuple[str, str, str], ...]
    fields: tuple[AskedField, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    more: tuple[AskedField, ...] = ()
    heading: str = ""
    hint: str = ""
    quiet: bool = False

    @property
    def brings(self) -> bool:
        """Does it bring a file?"""
        return any(each.how == "file" for each in (*self.fields, *self.more))


@freeze
class LadderRung:
    """A rung that may be asked: its `state` in words, what bars it, what would help, where to go for that."""

    name: str
    state: str
    told: tuple[str, ...] = ()
    barred: str = ""
    remedy: str = ""
    leads: tuple[Lead, ...] = ()


@freeze
class CasePage:
    """A page of a case: its `heading`, by when, what is said (`lines`), a letter, `forms`, else `choices` or
    `leads`.
    The case's own page adds its other questions (`parts`), people, places, post, steps; `barred` are letters
    that do not fit.

    `readable`: its words are shown after a tap on record; `status` stands for all of it where they may know
    no more; `told` is what became of an act, `wrong` where that was nothing, `typed` what had been typed.
    `version` goes into forms."""

    number: str
    state: str
    version: str
    heading: str
    by: str = ""
    back: str = ""
    here: str = ""
    status: str = ""
    danger: str = ""
    told: str = ""
    wrong: bool = False
    remedy: str = ""
    remedy_leads: tuple[Lead, ...] = ()
    typed: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    letter: str = ""
    letter_title: str = ""
    warnings: tuple[str, ...] = ()
    forms: tuple[CaseForm, ...] = ()
    choices: tuple[Lead, ...] = ()
    leads: tuple[Lead, ...] = ()
    barred: tuple[str, ...] = ()
    readable: bool = False
    parts: tuple[tuple[str, tuple[str, ...], Lead], ...] = ()
    rungs: tuple[LadderRung, ...] = ()
    people: tuple[tuple[str, str], ...] = ()
    post: tuple[tuple[str, str], ...] = ()
    words: str = ""
    places: tuple[tuple[str, str, Lead], ...] = ()
    steps: tuple[Mapping[str, str], ...] = ()
    more: str = ""


# A case as far as one person may know it.


@freeze
class SeenCase:
    """A case as far as one person may know it now: `whole`, `unread` where its words want a tap on record,
    `access` where they may know less. `keeps`: evidence may be kept now, `pictures`: a picture may."""

    session: Session
    case: Case
    file: CaseFile
    rules: Rules
    now: datetime
    whole: bool
    unread: bool
    access: Access = Access.WORDS
    keeps: bool = False
    pictures: bool = False

    @property
    def w(self) -> Words:
        """The words that its school reads."""
        return words(self.rules.school.language)

    @property
    def me(self) -> str:
        """The id of its reader."""
        return self.session.person.id

    @property
    def zone(self) -> ZoneInfo:
        """The clock that its reader reads by."""
        return self.session.config.zone

    @property
    def version(self) -> str:
        """The state that its forms were made from; exhibits that were made since change nothing in them."""
        packs = (s for s in self.file.steps if isinstance(s.said, Noted) and s.said.pack)
        return str(self.case.steps - len([*packs]))

    @property
    def ways(self) -> tuple[NextStep, ...]:
        """The steps that its reader could ask next."""
        return next_steps(self.case, self.me, self.now, self.rules)

    def may(self, act: Act) -> bool:
        """May its reader do that in the case?"""
        return any(person.id == self.me for person in self.rules.who_may(act, self.case))

    def step_refusal(self, said: Step, why: str = "") -> Refusal | None:
        """Return what the ladder would say to that step of its reader; None where it may be taken."""
        done = advance(self.case, Event(said, self.me, why), self.now, self.rules)
        return done if isinstance(done, Refusal) else None

    def at(self, place: int) -> SeenCase:
        """The same at another of its places."""
        case = turn_to_place(self.case, place)
        return replace(self, case=case, file=replace(self.file, case=case))

    def name(self, person_id: str | None) -> str:
        """Return what somebody is called; the program by its own name."""
        found = next((p.name for p in self.session.config.all_people if p.id == person_id), None)
        return found or self.w("pack.value.program")


def see(
    con: Connection, session: Session, number: str, now: datetime, *, read: bool = False
) -> SeenCase | None:
    """Find a case as far as somebody may know it; `read`: their reading of its words is on record."""
    number, place = without_place(number)
    case = found_case(con, number) if number.isalnum() else None
    much = access_to(case, session.person, session.config) if case else Access.NOTHING
    if case is None:
        look_for_no_case(con)
    if case is None or much < Access.STATUS or place not in [here.n for here in case.places]:
        return None
    case = turn_to_place(case, place)
    if much is Access.STATUS:
        far, rules = case_as_far(case, much), school_rules(session.context, case.urn)
        return SeenCase(
            session, far, CaseFile(far, (), None), rules, now, whole=False, unread=True, access=much
        )
    matter, people = matter_of(case, session.config), session.config.people
    sealed = case.restricted or case.locked
    whole = not case.locked or reads_whole(session.person, matter, people, recorded=True)
    file = case_store.whole_file(con, case, restricted=read and whole)
    rules = school_rules(session.context, case.urn)
    rules = replace(rules, danger_at=danger_at(con, case, rules))
    if case.state is CaseState.CONFIRMING:
        rules = replace(rules, copies=copies_of(con, case))
    seen = SeenCase(session, case, file, rules, now, whole, sealed and not read)
    keeps = whole and (case.state, StepKind.EVIDENCE) in TABLE
    pictures = keeps and picture_refusal(case, case_verdicts(con, case)) is None
    return replace(seen, keeps=keeps, pictures=pictures)


def when(moment: datetime, seen: SeenCase) -> str:
    w, zone = seen.w, seen.zone
    return w("ladder.moment", day=w.day(moment, seen.now, zone), clock=w.clock(moment, zone))


def place_on_page(seen: SeenCase) -> str:
    """Say which of its places its page is about, where it has several: what it is and its address."""
    if seen.unread or not seen.whole:
        return ""
    at = (where for number, where, _ in places_words(seen.file, seen.w) if number == seen.case.number)
    return visible(capital(next(at, "")))


ASKED_HERE = frozenset(k for k, of in KINDS.items() if of.by_hand) - {StepKind.SAFE}
"""What is asked here, beside the answer to a proposal: people say for themselves that they are safe."""
_TABLES = {
    "relationship": "author", "decision": "decision", "status": "supported", "result": "answer",
    "ending": "ending", "lane": "lane", "what": "staff_matter",
}  # fmt: skip
"""Where the words of a code are, if they are not those of every surface."""
_READY = ("visible", "spread", "impact")
"""What is weighed beside what it says; there are sentences that most people would write."""
Options = Iterable[tuple[str, str]]
SUBJECTS, NOBODY = "subjects", "nobody"
"""Said in place of a person: it accuses nobody."""
COPY, INSIDE = "file", "inside"
"""The copy of a letter, which a form may bring; and what is said of the files within it."""
OWN = "_own"
"""After the name of a field: what was typed in place of a sentence that is ready."""


class NotSaid(Exception):
    """Something that must be said is not, or is none of what may be."""


def does(words: str, value: str = "record", name: str = "do") -> tuple[str, str, str]:
    """A button."""
    return name, value, words


def step_question(kind: StepKind, given: Mapping[str, str], at: SeenCase) -> CaseForm:
    """Make the question of that step, with what is `given`, settled where it cannot be otherwise."""
    of, w = KINDS[kind], at.w
    reason, given = _propose_staff_matter(at, given) if kind is StepKind.STAFF_POST else ("", given)
    settled = {name: given[name] for name in _SETTLED.get(kind, ()) if given.get(name) is not None}
    if kind is StepKind.TURNED_DOWN:
        yes_no = tuple((code, w(f"ladder.confirm.{code}")) for code in ("yes", "no"))
        agree = w("ladder.confirm.label")
        asked = [AskedField("agree", agree, "pick", yes_no, given.get("agree", ""), needed=True)]
    else:
        facts = (
            f for f in fields_of(of) if f.name not in {*settled, "mention"} and _fits(f, settled, kind, at)
        )
        asked = [step_field(fact, kind, given, at) for fact in facts]
    needs_why = "reason" in given or given.get("why") or (kind is StepKind.TARGET and at.case.subjects)
    needs_why = needs_why or of.wants_why or (kind is StepKind.STAFF_POST and at.case.stays_up)
    label = _asks_why("ladder.why" if needs_why else "ladder.why_may", kind, at)
    why = AskedField("why", label, "words", chosen=given.get("why", ""), needed=bool(needs_why))
    first = [f for f in asked if f.needed or f.name in _OF_ONE_WAY]
    more = [*(f for f in asked if f not in first), *_letter_fields(kind, settled, at)]
    more += [AskedField("at", w("ladder.when"), "when")] if of.dated else []
    more += [why] if of.wants_why is False and not needs_why else []
    pressed = next((f for f in first if f.name == _PRESSED.get(kind)), None)
    if pressed is not None:  # one tap says it, and whose word it is, is settled
        settled |= {f.name: f.chosen for f in first if f is not pressed and f.chosen}
        first = [f for f in first if f is not pressed and not f.chosen]
    buttons = (does(said, value, pressed.name) for value, said in pressed.options) if pressed else ()
    key, of_looks = f"ladder.hint.{kind.value}", kind is StepKind.CLOSED
    sought = at.case.decision in (Decision.SEEK, Decision.REPORT_ONLY)
    return CaseForm(
        kind.value,
        (*buttons,)
        or (does(w(do) if w.has(do := f"ladder.button.{kind.value}") else w("ladder.button.record")),),
        (*first, *((why,) if needs_why else ())),
        tuple(settled.items()),
        tuple(more),
        _heading(kind, settled, w),
        " ".join(filter(None, (reason, at.w(key) if at.w.has(key) and (sought or not of_looks) else ""))),
    )


def _asks_why(label: str, kind: StepKind, at: SeenCase) -> str:
    """The label of a reason; and how long that is at least, where fair comment may become something else."""
    if not at.case.fair or kind not in (StepKind.CLASSIFIED, StepKind.RECLASSIFIED):
        return at.w(label)
    return f"{at.w(label)}. {at.w('ladder.why_least', n=RECLASSIFY_LEAST)}"


def _propose_staff_matter(at: SeenCase, given: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """Propose what somebody who works here did, and why; nothing of what was answered or may not be read."""
    post, case = at.file.post, at.case
    if post is None or at.unread or case.staff_matter:
        return "", given
    from classifiers.verdicts.staff import read_staff_post  # late: few cases ask for it

    what, quote = read_staff_post(f"{post.title or ''}\n{post.text or ''}", at.rules.school)
    reason = at.w(f"ladder.staff.because.{what.value if what else 'unsure'}", words=visible(quote))
    return reason, {"what": what or "", "relationship": case.author_says or "", **given}


def _letter_fields(kind: StepKind, settled: Mapping[str, str], at: SeenCase) -> Iterator[AskedField]:
    """Ask what the file of a letter shows, and for the letter that was sent or came back."""
    rung, way = settled.get("rung", ""), settled.get("kind", "")
    spoken = rung in list(Rung) and Rung(rung).spec.is_spoken(way)
    if at.pictures and kind in (StepKind.ASKED, StepKind.ANSWERED) and not spoken:
        yield AskedField("shows", at.w("desk.tell.ask.picture"), "pick", shows_words(at.w))
        yield AskedField(COPY, at.w("ladder.copy.file"), "file", long=True)


def shows_words(w: Words) -> tuple[tuple[str, str], ...]:
    """List what may be said of what a file shows."""
    return tuple((said.value, w(f"desk.tell.answer.picture.{said.value}")) for said in PictureShows)


def inside_field(names: Iterable[str], w: Words) -> AskedField:
    """Ask what must be said of the files within those that were chosen."""
    label = f"{w('tell.inside')} {w.list_items([visible(name)[:80] for name in names])}"
    return AskedField(INSIDE, label, "pick", shows_words(w), needed=True)


_PRESSED = {StepKind.CONSENT_ASKED: "how", StepKind.WARNED: "who"}
"""Steps of one question, whose answers are buttons."""
_OF_ONE_WAY = {"talked_at": "conversation", "poster_told_at": "s5"}
"""What is asked of an answer to one way of asking, and there plainly: who was talked to, who passed it on."""


def _fits(field: StepField, settled: Mapping[str, str], kind: StepKind, at: SeenCase) -> bool:
    """Leave out what is known: the way they were asked, what belongs to another way, who they are."""
    if field.name == "relationship" and kind is StepKind.STAFF_POST:
        return at.case.relationship is Relationship.UNKNOWN
    if field.name == "kind" and kind in _SETTLED:
        return False
    if field.name == "became":
        return at.case.threatens
    way = _OF_ONE_WAY.get(field.name)
    return way is None or "rung" not in settled or settled.get("kind") == way


_SETTLED = dict.fromkeys((StepKind.ASKED, StepKind.ANSWERED), ("rung", "kind"))
"""What its page is about: it is not asked there."""


def _heading(kind: StepKind, settled: Mapping[str, str], w: Words) -> str:
    if (rung := settled.get("rung", "")) not in list(Rung):
        return w(f"ladder.do.{kind.value}")
    return w(f"ladder.of.{kind.value}", who=asking_words(Rung(rung), settled.get("kind", ""), w))


def step_field(fact: StepField, kind: StepKind, given: Mapping[str, str], at: SeenCase) -> AskedField:
    """Ask for one fact of a step, as a field."""
    options = tuple(_options(fact, kind, at))
    chosen = given.get(fact.name, "")
    if not chosen and fact.kind is ValueKind.WHOSE and fact.required and not at.unread:
        chosen = at.case.target or ""
    how, needed = _how(fact, kind, options), _is_needed(fact, kind, at.case)
    return AskedField(fact.name, at.w(fact.label), how, options, chosen, needed)


def _is_needed(fact: StepField, kind: StepKind, case: Case) -> bool:
    """Check whether without it there is nothing to record; whom it accuses only where it may accuse."""
    if fact.name == "sent":  # what the press is told
        return case.enquiry
    named = fact.name == "person" and kind in (StepKind.TARGET, StepKind.ACCUSED)
    named |= fact.name in ("url", "became", "relationship")
    return (
        fact.required or named or (fact.name == SUBJECTS and kind is StepKind.TARGET and bool(case.subjects))
    )


def _how(fact: StepField, kind: StepKind, options: Sequence[tuple[str, str]]) -> str:
    if _is_open(fact, kind):
        return "ready"
    if fact.many:
        return "tick"
    if options:
        return "pick" if len(options) <= _MOST_TO_PICK else "choose"
    return {ValueKind.TIME: "when", ValueKind.WORDS: "words"}.get(fact.kind, "line")


def _is_open(fact: StepField, kind: StepKind) -> bool:
    """May anything be typed in place of what is offered?"""
    return (kind is StepKind.WEIGHED and fact.name in _READY) or fact.kind is ValueKind.NAMED


_A_DAY = timedelta(days=1)
_MOST_TO_PICK = 8
"""So many options stand below one another; more are a list."""


def _options(fact: StepField, kind: StepKind, at: SeenCase) -> Iterator[tuple[str, str]]:
    if kind is StepKind.WEIGHED and fact.name in _READY:
        who = _whom_it_hurts(at)
        said = [at.w(f"ladder.ready.{key}", who=who) for key in _ready_sentences(fact.name, who, at)]
        yield from zip(said, said, strict=True)
    elif fact.name == SUBJECTS:
        yield NOBODY, at.w("ladder.ask.nobody")
        yield from _people(at)
    elif (of := _OF_KIND.get(fact.kind)) is not None:
        yield from of(at)
    elif fact.name == "ending":
        yield from ((code, code_words("ending", code, at.w)) for code in fact.choices if _ends_as(code, at))
    else:
        table = _TABLES.get(fact.name, fact.name)
        yield from ((code, code_words(table, code, at.w)) for code in fact.choices)


def _ends_as(code: str, at: SeenCase) -> bool:
    """Does that ending fit what it is, whatever else must come first?"""
    refused = at.step_refusal(Closed(ending=Ending(code)), "-")
    return refused is None or refused.guard != "ending_fits"


def _ready_sentences(name: str, who: str, at: SeenCase) -> Iterator[str]:
    """List the sentences that fit what is known: since when it stands, who can see it, where else it is, and
    whether it is about a person (`who`) at all."""
    place, post = channel(at.case.channel), at.file.post
    hours = at.now - post.published if post and post.published else None
    fits = {
        "visible_1": hours is None or hours < _A_DAY,
        "visible_2": (hours is None or hours >= _A_DAY) and not place.has_operator,
        "visible_3": (hours is None or hours >= _A_DAY) and place.public,
        "spread_1": not at.file.copies and not at.case.others,
        "impact_1": bool(who), "impact_2": bool(who), "all_1": not who, "all_2": not who,
    }  # fmt: skip
    kinds = ("all", name) if name == "impact" else (name,)
    for key in (f"{kind}_{n}" for kind in kinds for n in (1, 2, 3)):
        if fits.get(key, at.w.has(f"ladder.ready.{key}")):
            yield key


def _whom_it_hurts(at: SeenCase) -> str:
    """Say in a few words which person it is about; "" where it is about none."""
    case = at.case
    about = case.about if case.about is not About.SCHOOL else About.STAFF if case.target else None
    personal = about is not About.OTHER or case.spec.personal
    return at.w(f"ladder.about.{about.value}") if about and personal else ""


def _people(at: SeenCase) -> Options:
    return ((person.id, person.name) for person in at.rules.people)


def _places(at: SeenCase) -> list[str]:
    """Bodies that a matter may be handed to: first who takes on what this one is, then by name."""
    case, first = at.case, [*staff_places(at.case, at.rules.school.nation, at.rules.people)]
    if case.lane is BypassRoute.STAFF_ALLEGATION:
        first = [*OF_ALLEGATIONS[at.rules.school.nation]]
    elif case.relationship is Relationship.PUPIL:
        first = ["pastoral", "dsl"]
    rest = sorted(
        set(places_in(at.rules.school.nation)) - {*first},
        key=lambda place: place_words(place, at.w).casefold(),
    )
    return [*first, *rest]


_OF_KIND: Mapping[ValueKind, Callable[[SeenCase], Options]] = {
    ValueKind.CLASS: lambda at: ((code, at.w(ContentClass(code).key)) for code in CLASSES),
    ValueKind.YES_NO: lambda at: ((code, at.w(f"pack.code.{code}")) for code in ("yes", "no")),
    **dict.fromkeys((ValueKind.PERSON, ValueKind.WHOSE, ValueKind.NAMED), _people),
    ValueKind.REFERRAL: lambda at: ((place, place_words(place, at.w)) for place in _places(at)),
    ValueKind.CHANNEL: lambda at: ((key, channel_name(key, at.w)) for key in CHANNELS),
    ValueKind.RUNG: lambda at: (
        (f"{rung.value} {way}".strip(), asking_words(rung, way, at.w))
        for rung in Rung
        for way in ("", *rung.spec.kinds)
        if way in {each.kind for each in rung.spec.ways}
    ),
}


def event_from_form(kind: StepKind, form: Mapping[str, str], at: SeenCase) -> Event:
    """Read what was said by its form, as the ladder takes it. Raises NotSaid."""
    rung, _, way = form.get("rung", "").partition(" ")
    form = {**form, "rung": rung, "kind": way} if way else form
    said, why = in_form(at.case, _step_from_form(kind, form, at)), form.get("why", "").strip()
    if len(why) < (least := least_reason_length(said)):
        raise NotSaid("why", least)
    return Event(said, at.me, why, _moment(form.get("at", ""), at) if said.dated else None)


def _step_from_form(kind: StepKind, form: Mapping[str, str], at: SeenCase) -> Step:
    if kind is StepKind.TURNED_DOWN:
        if form.get("agree") not in ("yes", "no"):
            raise NotSaid("agree")
        if form["agree"] == "yes" and (agreed := confirmed_step(at.case)) is not None:
            return agreed
    values = {}
    for fact in (f for f in fields_of(KINDS[kind]) if f.name != "mention"):  # nobody types an id
        said = form.get(fact.name + OWN, "").strip() or form.get(fact.name, "").strip()
        said = " ".join((*said.split(), *_ticked_values(fact.name, form))) if fact.many else said
        options = {
            value.partition(" ")[0] if fact.name == "rung" else value for value, _ in _options(fact, kind, at)
        }
        each = said.split() if fact.many else [said]
        odd = said and options and not options.issuperset(each) and not _is_open(fact, kind)
        needed = fact.required or (fact.many and _is_needed(fact, kind, at.case))  # no browser demands a tick
        needed |= fact.name == "became" and at.case.threatens
        if odd or (needed and not said):
            raise NotSaid(fact.name)
        if said:
            values[fact.attribute] = _value(fact, said, at)
    made: Step = KINDS[kind](**values)
    return made


def _value(fact: StepField, said: str, at: SeenCase) -> object:
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


def _moment(said: str, at: SeenCase) -> datetime | None:
    """A time as a browser says it, or as people write it, where the school is. Raises NotSaid."""
    if not said.strip():
        return None
    try:
        return read_moment(said, at.now, at.zone)
    except InputError:
        raise NotSaid("at") from None


def _ticked_values(name: str, form: Mapping[str, str]) -> list[str]:
    return [given.removeprefix(f"{name}-") for given in form if given.startswith(f"{name}-")]


def refill_form(form: CaseForm, said: Mapping[str, str]) -> CaseForm:
    """Return the form with what was said in it before."""

    def refill_field(field: AskedField) -> AskedField:
        own = said.get(field.name + OWN, "") or " ".join(_ticked_values(field.name, said))
        return replace(field, chosen=own or said.get(field.name, field.chosen))

    return replace(
        form, fields=tuple(map(refill_field, form.fields)), more=tuple(map(refill_field, form.more))
    )


# The first question of a case, one form: its class, who is wronged, how serious it is, and what is decided.

WHAT, SETTLED = "what", "settled"
_FIELDS: dict[str, StepKind] = {
    "class": StepKind.CLASSIFIED, "target": StepKind.TARGET, "status": StepKind.SUPPORT,
    "relationship": StepKind.AUTHOR, **dict.fromkeys(_READY, StepKind.WEIGHED), "decision": StepKind.DECIDED,
}  # fmt: skip
"""Of which step each field is, by the name of the fact; but for `target`, a person."""
_MORE = {"lane": StepKind.CLASSIFIED, "contact_safe": StepKind.AUTHOR}
_WANTED: Mapping[str, tuple[Iterable[str], Iterable[str]]] = {
    "": (_FIELDS, _MORE),
    Decision.SEEK: (("class", "relationship", *_READY), ("target", "status", *_MORE)),
    Decision.REPORT_ONLY: (("class", "target", "relationship"), ("status", *_MORE)),
}
_LEAST = ("class",), ("lane",)
"""The fields of every other decision. Why is asked always; the first are asked plainly, the others in a fold;
"" stands for the page before a decision."""


def may_decide(seen: SeenCase) -> bool:
    """Is a decision for its reader?"""
    return seen.may(Act.DECIDE_ON_REPORT)


def decisions(seen: SeenCase) -> tuple[Decision, ...]:
    """List what its reader may decide: a delegate on a report alone, nobody the removal of what stays up."""
    if not seen.may(Act.DECIDE):
        reports = seen.case.own_site or channel(seen.case.channel).reports
        seeks = may_decide(seen) and reports and not seen.case.stays_up
        return (Decision.SEEK,) if seeks else ()
    return tuple(d for d in Decision if d is not Decision.SEEK or not seen.case.stays_up)


def what_form(seen: SeenCase, decision: str = "") -> CaseForm:
    """The form as far as it is answered: one page, one button; of a `decision` only what that needs."""
    known, w = {} if seen.unread else _known_answers(seen.case), seen.w
    wanted, beside = _WANTED.get(decision, _LEAST)
    fields = [_field(_FIELDS[name], name, known, seen) for name in wanted if _is_asked(name, seen)]
    settled = seen.case.classified_by is not None and (seen.case.decision or not may_decide(seen))
    label = _asks_why("ladder.what.why" if decision in _WANTED else "ladder.why", StepKind.CLASSIFIED, seen)
    why = AskedField(
        "why", label, "words", chosen="" if settled else known.get("why", ""), needed=not settled
    )
    fields = sorted((*fields, why), key=lambda field: field.name == "decision")
    more = tuple(
        _field((_FIELDS | _MORE)[name], name, known, seen) for name in beside if _is_asked(name, seen)
    )
    hidden = (("decision", decision), (SETTLED, decision)) if decision else ()
    button, hint = does(w("ladder.what.do")), w("ladder.hint.classified")
    return CaseForm(WHAT, (button,), tuple(fields), hidden, more, hint=hint)


def _is_asked(name: str, seen: SeenCase) -> bool:
    """Check whether that is asked: a decision of who may decide, a target where nobody is left out, or one
    whom this reader lets in alone."""
    if name == "decision":
        return bool(decisions(seen))
    if name != "target":
        return True
    lets_in = find_smeared(seen.case) is not None and seen.may(Act.SAY_WHO)
    return not seen.unread and (lets_in or not seen.case.subjects)


def _field(kind: StepKind, name: str, known: Mapping[str, str], seen: SeenCase) -> AskedField:
    fact = "person" if name == "target" else name
    field = step_field(facts_of_kind(kind)[fact], kind, {fact: known.get(name, "")}, seen)
    options = field.options
    if name == "decision":
        options = tuple(each for each in options if each[0] in decisions(seen))
    if name == "status" and seen.case.support is Support.NOT_OFFERED:
        options = options[:3]  # what can be said of support that was not offered before
    label = seen.w(own) if seen.w.has(own := f"ladder.what.{name}") else field.label
    return replace(field, name=name, label=label, options=options, needed=name == "class")


def _known_answers(case: Case) -> Mapping[str, str]:
    weighed = case.weighed
    return {
        "class": "" if case.is_unjudged else case.content_class,
        "target": case.target or "",
        "status": "" if case.support is Support.NOT_OFFERED else case.support,
        "relationship": "" if case.relationship is Relationship.UNKNOWN else case.relationship,
        "decision": case.decision or "",
        **({"why": weighed.nature} | {n: getattr(weighed, n) for n in _READY} if weighed else {}),
    }


def new_events(form: Mapping[str, str], seen: SeenCase) -> tuple[Event, ...]:
    """List what the form says that was not known. Raises NotSaid, also where that is nothing."""
    said = {n: (form.get(n + OWN, "") or form.get(n, "")).strip() for n in (*_FIELDS, *_MORE)}
    said |= {"why": form.get("why", "").strip()}
    events = tuple(_events(said, seen))
    if not events:
        raise NotSaid("why", 0)
    return events


def _events(said: Mapping[str, str], seen: SeenCase) -> Iterator[Event]:
    case, known, why = seen.case, _known_answers(seen.case), said["why"]
    new = {name for name in said if said[name] and said[name] != known.get(name, "")}
    if new & {"class", "lane"} or case.classified_by is None:
        yield event_from_form(
            StepKind.CLASSIFIED, {"class": said["class"], "lane": said["lane"], "why": why}, seen
        )
        if said["lane"] or said["class"] in BYPASSING:
            return  # it leaves the ladder: what else was said is asked where it goes
    if "target" in new and _is_asked("target", seen):
        freed = {SUBJECTS: NOBODY} if said["target"] == find_smeared(case) else {}
        yield event_from_form(StepKind.TARGET, {"person": said["target"], "why": why, **freed}, seen)
    if "status" in new:
        if not (whose := said["target"] or case.target or ""):
            raise NotSaid("target")
        yield event_from_form(StepKind.SUPPORT, {"status": said["status"], "person": whose}, seen)
    if new & {"relationship", "contact_safe"}:
        who = said["relationship"] or case.relationship
        yield event_from_form(
            StepKind.AUTHOR, {"relationship": who, "contact_safe": said["contact_safe"]}, seen
        )
    fair = said["class"] == ContentClass.FAIR_COMMENT
    if new & {*_READY} and not fair:
        nature = why or (case.weighed.nature if case.weighed else "")
        yield event_from_form(
            StepKind.WEIGHED, {"nature": nature, **{n: said[n] or known.get(n, "") for n in _READY}}, seen
        )
    decides = bool(said["decision"]) and "decision" in new and may_decide(seen)
    works_here = said["relationship"] in [r for r in Relationship if r.may_disclose]
    decides = decides and not (works_here and case.staff_matter is None)  # it is asked first what it is
    if decides and not (fair and said["decision"] != Decision.SEEK):  # what is fair is answered anyhow
        yield event_from_form(StepKind.DECIDED, {"decision": said["decision"], "why": why}, seen)
