"""Find what is held about somebody who asks, and the entries that a copy shows of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from mimetypes import guess_extension

from alerts.access.knowing import Act, access, who_may
from alerts.access.matter import Matter, has_conflict, keys_of
from data.cases import Case
from data.content_class import Police, class_spec
from data.errors import InputError
from data.evidence.faults import MANIFEST
from data.evidence.vault import Vault
from data.frozen import freeze
from data.judged import dangers, harms, maybe_grave
from data.people import PeopleBySchool, people_of
from data.privacy import CopyKind, PrivacyRequest, SearchTerm, TermKind, fold, kinds_of, strip_title
from data.retention.deleting import Preview
from data.steps.classes import Answered, Asked, Step
from data.store import cases as case_store
from data.store import privacy as privacy_store
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.privacy import FoundPost, TypedNote
from data.types import Person, School, Verdict
from data.words.say import words
from monitor.config.load import Config
from monitor.matters.reader import matter_of, read_matters, replay_cases


@freeze
class Office:
    """A person who protects the data of a school, at work in its home."""

    store: Store
    config: Config
    holder: Person
    school: School

    @property
    def person(self) -> str:
        """Return who acts, by id."""
        return self.holder.id

    def request(self, con: Connection, number: str, *, open_only: bool = True) -> PrivacyRequest:
        """The request of that number at this school. Raises InputError where there is none, or none open."""
        found = privacy_store.request(con, number)
        if found is None or found.urn != self.school.urn:
            raise InputError(f"There is no request {number} at {self.school.name}.")
        if open_only and not found.open:
            day = f"{found.answered_at:%Y-%m-%d}"
            raise InputError(words("en")("requests.refused.answered", number=number, day=day))
        return found


def list_offices(store: Store, config: Config, person: Person) -> tuple[Office, ...]:
    """The offices of a person: one for each school whose data they protect."""
    people = PeopleBySchool(config.people)
    theirs = (s for s in config.schools if person.id in protectors(config, s, people.of(s)))
    return tuple(Office(store, config, person, school) for school in theirs)


def office_of(con: Connection, ours: Iterable[Office], number: str) -> tuple[Office, PrivacyRequest] | None:
    """The request of that number, with the office that answers it; None for one of another school."""
    found = privacy_store.request(con, number)
    return next(((one, found) for one in ours if found and found.urn == one.school.urn), None)


def protectors(config: Config, school: School, people: Sequence[Person] | None = None) -> tuple[str, ...]:
    """The ids of those who protect the data of a school, whose people these are."""
    plain = Matter(keys_of(school), fair=True, policy=config.profile(school.urn))
    return tuple(p.id for p in who_may(Act.PROTECT_DATA, plain, people_of(school, people or config.people)))


# What is held about somebody who asked, as far as the officer who answers may handle it.

MOST_OF_A_NAME = 50
"""A name that stands in more posts is not one person's: a handle or an address tells them apart."""


class Withheld(StrEnum):
    """Why a person decides on what was found. RESTRICTED: it is with the lead. ACCUSES: it may accuse who
    asked. LOCKED: it could show which teacher a pupil accuses (Education Act 2002, section 141F)."""

    RESTRICTED = "restricted"
    ACCUSES = "accuses"
    LOCKED = "locked"


@freeze
class HeldData:
    """The data found that may be handled; `withheld` counts the rest by why, `people` are ids who ask."""

    posts: tuple[FoundPost, ...] = ()
    notes: tuple[TypedNote, ...] = ()
    cases: tuple[Case, ...] = ()
    withheld: Mapping[Withheld, int] = field(default_factory=dict)
    people: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Count the things that were found, withheld ones too."""
        return len(self.posts) + len(self.notes) + len(self.cases) + sum(self.withheld.values())


def held_about(con: Connection, office: Office, wanted: SearchTerm) -> HeldData:
    """Find all that is held about them here, without what may be about the officer. Raises InputError for a
    name that finds too many, unless somebody of the school has it."""
    keys = sorted(keys_of(office.school))
    people = asking_people(office, wanted)
    school = office.school
    own = (school.name, *school.aliases, *school.former_names)
    if wanted.kind is TermKind.NAME and any(wanted.text in fold(name) for name in own):
        raise InputError("That is the name of the school: it finds everything. Give the person’s name.")
    found = privacy_store.find_held(con, keys, wanted, people)
    handling = _Handling(office, people)
    posts = handling.known_posts(con, found.posts)
    n = len(posts)
    if wanted.kind is TermKind.NAME and not people and n > MOST_OF_A_NAME:
        raise InputError(words("en")("requests.refused.common_name", count=n))
    _refuse_a_shared_address([post for post, _ in posts], wanted)
    cases = replay_cases(con, *[s for i in found.cases if (s := case_store.steps_of_case(con, i))])
    urn = handling.office.school.urn
    matters = read_matters(
        con, handling.office.config, {s: urn for n in found.notes for s in n.stories}
    ).by_story
    return _sorted_out(
        handling,
        posts,
        [n for n in found.notes if all(handling.knows(matters[s]) for s in n.stories if s in matters)],
        cases,
    )


def asking_people(office: Office, wanted: SearchTerm) -> tuple[str, ...]:
    """List ids of those of the school, of old too, who have that name, with Mr, Mrs or without."""
    if wanted.kind is not TermKind.NAME:
        return ()
    here = people_of(office.school, office.config.all_people)
    return tuple(p.id for p in here if wanted.text in (fold(p.name), fold(strip_title(p.name))))


def _refuse_a_shared_address(found: Sequence[FoundPost], wanted: SearchTerm) -> None:
    """A page of reviews is the address of them all: they are not one person's."""
    posts = [p.post for p in found if p.theirs and wanted.kind is TermKind.ADDRESS]
    if len(posts) > 1 and (None in (authors := {p.author for p in posts}) or len(authors) > 1):
        raise InputError(words("en")("requests.refused.shared_address", count=len(posts)))


def _sorted_out(
    handling: _Handling, found: Sequence[Known], notes: Sequence[TypedNote], cases: Sequence[Case]
) -> HeldData:
    posts = [post for post, matters in found if handling.may(matters, post)]
    of_cases = {c.id: matter_of(c, handling.office.config) for c in cases}
    shown = [c for c in cases if handling.may([of_cases[c.id]])]
    noted = [n for n in notes if n.case_id is None or handling.knows(of_cases.get(n.case_id))]
    return HeldData(tuple(posts), tuple(noted), tuple(shown), dict(handling.withheld), handling.people)


Known = tuple[FoundPost, Sequence[Matter]]
"""A post that the officer may know of, with the matters that it is in."""


@dataclass(slots=True)
class _Handling:
    """Sorts what was found by who may handle it, and counts what is withheld."""

    office: Office
    people: tuple[str, ...]
    withheld: dict[Withheld, int] = field(default_factory=dict)

    def known_posts(self, con: Connection, posts: Sequence[FoundPost]) -> list[Known]:
        """List those of these posts that may be known of; all others are as if not there."""
        stories = {s: self.office.school.urn for p in posts for s in p.stories}
        matters = read_matters(con, self.office.config, stories).by_story
        found = [(p, [matters[s] for s in p.stories if s in matters]) for p in posts]
        return [(post, of) for post, of in found if all(map(self._is_theirs, of))]

    def may(self, matters: Sequence[Matter], post: FoundPost | None = None) -> bool:
        """May all of it be handled? What is withheld, but may be known of, is counted."""
        if not all(map(self._is_theirs, matters)):
            return False
        why = self._why(matters, post)
        if why is not None:
            self.withheld[why] = self.withheld.get(why, 0) + 1
        return why is None

    def knows(self, matter: Matter | None) -> bool:
        """The same of a note in a case, which is withheld with its case."""
        return matter is not None and self._is_theirs(matter) and self._why([matter], None) is None

    def _is_theirs(self, matter: Matter) -> bool:
        """Check whether it is for the officer, as far as it may not be about themselves."""
        person, people = self.office.holder, self.office.config.people
        if matter.restricted:
            return not has_conflict(person, matter, people)
        return person in who_may(Act.PROTECT_DATA, matter, people)

    def _why(self, matters: Sequence[Matter], post: FoundPost | None) -> Withheld | None:
        if (post is not None and post.restricted) or any(m.restricted for m in matters):
            return Withheld.RESTRICTED
        if any(m.subjects.intersection(self.people) for m in matters):
            return Withheld.ACCUSES
        return Withheld.LOCKED if any(m.locked for m in matters) else None


def one_post(con: Connection, office: Office, mention_id: str) -> FoundPost:
    """Return this school's post for its officer. Raises InputError for none, or one with the lead."""
    handling = _Handling(office, ())
    found = handling.known_posts(
        con, privacy_store.find_held_post(con, sorted(keys_of(office.school)), mention_id)
    )
    if not found:
        raise InputError("There is no such post.")
    held = _sorted_out(handling, found, (), ())
    if held.withheld:
        raise InputError("That post is with the safeguarding lead, who decides on it.")
    return held.posts[0]


def cases_known(con: Connection, office: Office, found: Preview) -> Preview:
    """The same without the cases that the officer may not know of."""
    numbers = {c.id for c in found.cases} | {k.case.id for k in found.kept_back}
    cases = replay_cases(con, *[s for i in sorted(numbers) if (s := case_store.steps_of_case(con, i))])
    person, config = office.holder, office.config
    known = {c.id for c in cases if access(person, matter_of(c, config), config.people)}
    return replace(
        found,
        cases=tuple(c for c in found.cases if c.id in known),
        kept_back=tuple(k for k in found.kept_back if k.case.id in known),
    )


# What was done and typed about somebody who asked, entry by entry: of which kinds that a person decides on,
# whether it is about them, and the files beside a copy.

Decided = Mapping[CopyKind, bool]
"""Whether a kind is given; what is not in it is still to be decided."""


@freeze
class CopyEntry:
    """One step of a case (`said`), words that somebody typed, or what was made of a `post`; `theirs` where it
    concerns the person who asked, whom the case or step is about."""

    at: datetime
    case_id: str | None
    n: int
    said: Step | None
    words: str
    kinds: frozenset[CopyKind]
    theirs: bool
    post: str = ""

    def is_given(self, decided: Decided) -> bool:
        """Is it in the copy?"""
        return all(decided.get(kind, False) for kind in self.kinds)


def entries_of(con: Connection, held: HeldData) -> tuple[CopyEntry, ...]:
    """The steps of the cases that may be handled, each followed by what was typed in it; then all else."""
    typed = {(note.case_id, note.n): note for note in held.notes if note.case_id}
    found, told = list[CopyEntry](), set[tuple[str | None, int]]()
    for case in held.cases:
        for step in case_store.steps_of_case(con, case.id):
            of = {getattr(step.said, "person", "") or case.target}
            about = (step.done_at, case.id, step.n, step.said)
            theirs = not of.isdisjoint(held.people)
            found.append(CopyEntry(*about, "", kinds_of(step.said, ""), theirs))
            if note := typed.get((case.id, step.n)):
                told.add((case.id, step.n))
                found.append(CopyEntry(*about, note.words, kinds_of(step.said, note.words), theirs))
    rest = (note for note in held.notes if (note.case_id, note.n) not in told)
    found += [
        CopyEntry(note.at, note.case_id, note.n, None, note.words, kinds_of(None, note.words), theirs=False)
        for note in rest
    ]
    return tuple(found)


def may_tip_off(verdict: Verdict) -> bool:
    """Check whether telling could hinder that crime is prevented or found, or endanger somebody."""
    spec = class_spec(verdict.content_class)
    grave = verdict.restricted or verdict.route.urgent or maybe_grave(verdict)
    return grave or spec.bypasses or spec.police is Police.AT_ONCE or bool(harms(verdict) or dangers(verdict))


def by_kind(entries: Sequence[CopyEntry]) -> Mapping[CopyKind, list[CopyEntry]]:
    """The entries of each kind that there is."""
    found = {kind: [one for one in entries if kind in one.kinds] for kind in CopyKind}
    return {kind: of for kind, of in found.items() if of}


def is_proposed(entries: Sequence[CopyEntry]) -> bool:
    """Is it proposed that entries of one kind be given: where each is about the person who asked?"""
    return all(one.theirs for one in entries)


def to_author(one: CopyEntry) -> bool:
    """Was the author asked, or did they answer?"""
    return isinstance(one.said, Asked | Answered) and one.said.rung.spec.order == 1


def enclosed_files(
    con: Connection, office: Office, held: HeldData, entries: Sequence[CopyEntry]
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Letters that went to the author of their post or came from them, and all other evidence that may show
    them, each by a name that says where it belongs. Of a lost file there is nothing."""
    vault = Vault(office.store.evidence)
    ids = [p.post.mention_id for p in held.posts]
    own = {p.post.mention_id for p in held.posts if p.theirs}
    of_author = {
        one.said.capture
        for one in entries
        if isinstance(one.said, Asked | Answered) and to_author(one) and one.said.capture
    }
    letters, shown = dict[str, bytes](), dict[str, bytes]()
    for n, file in enumerate(privacy_store.files_showing(con, ids, [c.id for c in held.cases]), 1):
        if file.name == MANIFEST or (content := vault.content(file.sha256)) is None:
            continue
        theirs = file.capture_id in of_author and file.mention_id in own
        where = f"case-{file.case_id}" if file.case_id else f"post-{(file.mention_id or '')[:8]}"
        name = file.name or f"file{guess_extension(file.media_type) or ''}"
        (letters if theirs else shown)[f"{where}-{file.captured_at:%Y-%m-%d}-{n}-{name}"] = content
    return letters, shown
