"""What is held about somebody who asked, as far as whoever answers may handle it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from alerts.access.acts import Act, who_may
from alerts.access.knowing import access
from alerts.access.matter import Matter, conflicted, keys_of
from data.cases import Case
from data.errors import InputError
from data.people import people_of
from data.privacy.terms import SearchTerm, TermKind, folded, untitled
from data.retention.purge import Preview
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from data.store.privacy import held as held_store
from data.store.privacy.held import FoundPost, TypedNote
from monitor.act.requests.office import Office
from monitor.config.home.lookup import whole_id
from monitor.matters.reader import matter_of, read_matters, replay_cases

MOST_OF_A_NAME = 50
"""A name that stands in more posts is not one person's: a handle or an address tells them apart."""


class Withheld(StrEnum):
    """Why something that was found is left to a person to decide on.

    RESTRICTED: it is with the safeguarding lead. ACCUSES: it may accuse whoever asked. LOCKED: it could show
    which teacher a pupil accuses (Education Act 2002, section 141F).
    """

    RESTRICTED = "restricted"
    ACCUSES = "accuses"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class HeldData:
    """What was found and may be handled; `withheld` counts the rest, by why.

    `people` are ids of whoever asked, where they are of the school.
    """

    posts: tuple[FoundPost, ...] = ()
    notes: tuple[TypedNote, ...] = ()
    cases: tuple[Case, ...] = ()
    withheld: Mapping[Withheld, int] = field(default_factory=dict)
    people: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many things were found, withheld ones too."""
        return len(self.posts) + len(self.notes) + len(self.cases) + sum(self.withheld.values())


def held_about(con: Connection, office: Office, wanted: SearchTerm) -> HeldData:
    """Everything that is held about them at this school.

    What may be about whoever answers is left out as if it were not there. Raises InputError where a name
    finds too many, unless somebody of the school bears it.
    """
    keys = sorted(keys_of(office.school))
    people = asking_people(office, wanted)
    school = office.school
    own = (school.name, *school.aliases, *school.former_names)
    if wanted.kind is TermKind.NAME and any(wanted.text in folded(name) for name in own):
        raise InputError("That is the name of the school: it finds everything. Give the person’s name.")
    found = held_store.find(con, keys, wanted, people)
    handling = _Handling(office, people)
    posts = handling.known(con, found.posts)
    n = len(posts)
    if wanted.kind is TermKind.NAME and not people and n > MOST_OF_A_NAME:
        raise InputError(
            f"That name is in {n} posts, which is too many to be one person’s. Give more of it, or search by "
            "their handle or by the address of a post."
        )
    _refuse_a_shared_address([post for post, _ in posts], wanted)
    cases = replay_cases(con, *[s for i in found.cases if (s := case_store.steps(con, i))])
    return _sorted_out(handling, posts, handling.noted(con, found.notes), cases)


def asking_people(office: Office, wanted: SearchTerm) -> tuple[str, ...]:
    """The ids of those of the school who bear that whole name, with Mr, Mrs and the like or without; also of
    who has left."""
    if wanted.kind is not TermKind.NAME:
        return ()
    here = people_of(office.school, office.config.named)
    return tuple(p.id for p in here if wanted.text in (folded(p.name), folded(untitled(p.name))))


def _refuse_a_shared_address(found: Sequence[FoundPost], wanted: SearchTerm) -> None:
    """A page of reviews is the address of them all: they are not one person's."""
    posts = [p.post for p in found if p.theirs and wanted.kind is TermKind.ADDRESS]
    if len(posts) > 1 and (None in (authors := {p.author for p in posts}) or len(authors) > 1):
        raise InputError(
            f"{len(posts)} posts by several people have that address. Search by handle, or give the "
            "address of the one post."
        )


def _sorted_out(
    handling: _Handling, found: Sequence[Known], notes: Sequence[TypedNote], cases: Sequence[Case]
) -> HeldData:
    posts = [post for post, matters in found if handling.may(matters, post)]
    of_cases = {c.id: matter_of(c, handling.office.config) for c in cases}
    shown = [c for c in cases if handling.may([of_cases[c.id]])]
    noted = [n for n in notes if n.case_id is None or handling.knows(of_cases.get(n.case_id))]
    return HeldData(tuple(posts), tuple(noted), tuple(shown), dict(handling.withheld), handling.people)


Known = tuple[FoundPost, Sequence[Matter]]
"""A post that whoever answers may know of, with the matters that it is in."""


@dataclass(slots=True)
class _Handling:
    """Sorts what was found by who may handle it, and counts what is withheld."""

    office: Office
    people: tuple[str, ...]
    withheld: dict[Withheld, int] = field(default_factory=dict)

    def known(self, con: Connection, posts: Sequence[FoundPost]) -> list[Known]:
        """Those of these posts that may be known of: what follows from all others is as if they were not
        there."""
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

    def noted(self, con: Connection, notes: Sequence[TypedNote]) -> list[TypedNote]:
        """Those of these notes that are on no story, or on stories that may be handled."""
        urn = self.office.school.urn
        matters = read_matters(con, self.office.config, {s: urn for n in notes for s in n.stories}).by_story
        return [n for n in notes if all(self.knows(matters[s]) for s in n.stories if s in matters)]

    def _is_theirs(self, matter: Matter) -> bool:
        """Is it for whoever answers, as far as it may not be about themselves? Of a restricted one that it is
        there."""
        person, people = self.office.session.person, self.office.config.people
        if matter.restricted:
            return not conflicted(person, matter, people)
        return person in who_may(Act.PROTECT_DATA, matter, people)

    def _why(self, matters: Sequence[Matter], post: FoundPost | None) -> Withheld | None:
        if (post is not None and post.restricted) or any(m.restricted for m in matters):
            return Withheld.RESTRICTED
        if any(m.subjects.intersection(self.people) for m in matters):
            return Withheld.ACCUSES
        return Withheld.LOCKED if any(m.locked for m in matters) else None


def one_post(con: Connection, office: Office, beginning: str) -> FoundPost:
    """The post of this school whose id begins so, where whoever answers may handle it.

    Raises InputError where there is none, and where it is with the safeguarding lead.
    """
    keys = sorted(keys_of(office.school))
    handling = _Handling(office, ())
    found = handling.known(con, held_store.posts_beginning(con, keys, beginning.strip().lower()))
    wanted = whole_id(beginning, (p.post.mention_id for p, _ in found), "post", "story")
    held = _sorted_out(handling, [one for one in found if one[0].post.mention_id == wanted], (), ())
    if held.withheld:
        raise InputError(f"Post {wanted[:8]} is with the safeguarding lead, who decides on it.")
    return held.posts[0]


def cases_known(con: Connection, office: Office, found: Preview) -> Preview:
    """The same without the cases that whoever asks may not know of."""
    numbers = {c.id for c in found.cases} | {k.case.id for k in found.kept_back}
    cases = replay_cases(con, *[s for i in sorted(numbers) if (s := case_store.steps(con, i))])
    person, config = office.session.person, office.config
    known = {c.id for c in cases if access(person, matter_of(c, config), config.people)}
    return replace(
        found,
        cases=tuple(c for c in found.cases if c.id in known),
        kept_back=tuple(k for k in found.kept_back if k.case.id in known),
    )
