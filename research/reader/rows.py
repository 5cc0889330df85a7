"""What the second reader learns from: posts with labels, and posts read for each person with their part.

Own posts, those of the hands here and of the corpus's folder roles, public posts whose licence allows it, and
the twins of tests/fixtures/beforehand. A post of a sealed set is refused. One hand is kept apart, with
whatever is nearly a copy of one of its posts.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers.scoring.network import cut_windows, tokenise
from classifiers.scoring.onnx_scorer import file_digest
from classifiers.scoring.persons import PARTS, DescribedPerson, PersonWindows, PostText
from classifiers.text.model_text import family_of
from data.errors import InputError
from data.types import Role
from research.evaluation.labelled_items import normal_form, read_items
from research.reader.settings import ReaderSettings
from research.training.examples import (
    COLUMNS,
    OWN_DATA,
    UNKNOWN,
    Example,
    distress_items,
    own_example,
    own_items,
    without_context,
)
from research.training.own_posts.groups import groups
from research.training.own_posts.swaps import masked, own_schools, swapped
from research.training.public_sets import PUBLIC, evaluation_forms, public_examples, sealed

HANDS = Path(__file__).with_name("hands")
SCHOOLS = "schools.json"
BEFOREHAND = Path(__file__).parents[2] / "tests" / "fixtures" / "beforehand"

_CHANNELS = {"staff_note": "manual_report", "news": "google_news", "review_site": "school_review_site"}
"""What the hands call a place, and the program."""
_ASKED = {"alleged": "harm", "threatened": "threatened", "wronged": "wronged"}
"""What a twin expects of a person, and the part that this is."""
_TWO_LETTERS = 2
"""So short a text, or none beneath a headline, is nobody's."""
_NONE = (0.0,) * len(PARTS)

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """Token ids and their targets: of labels `[len(COLUMNS)]` or of parts `[len(PARTS)]`, NaN where unknown.

    One of the two is empty. `weight` says how much a row of labels counts.
    """

    ids: list[int]
    labels: Sequence[float] = ()
    parts: Sequence[float] = ()
    weight: float = 1.0

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of a school, and the ids by which its posts name them: one for each office."""

    who: DescribedPerson
    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Meeting:
    """A post, a person, and the parts that they have in it `[len(PARTS)]`, NaN where unknown."""

    said: PostText
    who: DescribedPerson
    parts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Strangers:
    """A post, and those of its school who are not meant in it: so many of them are drawn each time."""

    said: PostText
    who: tuple[DescribedPerson, ...]
    drawn: int

    def draw(self, rng: random.Random) -> list[Meeting]:
        """Some of them, each without any part."""
        chosen = rng.sample(self.who, min(self.drawn, len(self.who)))
        return [Meeting(self.said, who, _NONE) for who in chosen]


@dataclass(frozen=True, slots=True)
class Material:
    """All that may be learnt from, and what is kept apart to choose by. `schools` are those of the posts."""

    own: list[Item]
    told: list[Item]
    public: list[Example]
    meetings: list[Meeting]
    strangers: list[Strangers]
    apart: list[Item]
    apart_meetings: list[Meeting]
    held: list[Item]
    schools: Mapping[str, Mapping[str, Any]]
    sources: list[dict[str, Any]]


def gather(corpus: Path, apart: Sequence[str], twins: bool) -> Material:
    """Reads everything. `apart` are the names of the hands' files that are kept for choosing.

    Raises InputError where one of them is not there, or where a post is of a sealed set.
    """
    kept, held = own_items()
    own = [*kept, *distress_items(corpus)]
    excluded = evaluation_forms(corpus)
    public = {chosen.name: public_examples(corpus, chosen, excluded) for chosen in PUBLIC}
    files = [*sorted(HANDS.glob("h*.jsonl")), *sorted((corpus / "roles").glob("w*.jsonl"))]
    if missing := [name for name in apart if not any(path.name == name for path in files)]:
        raise InputError(f"{HANDS}: {', '.join(missing)} is not there to be kept apart.")
    chosen, learnt = split(files, apart)
    people = {path: read_people(path) for path in {path.with_name(SCHOOLS) for path in files}}
    told, meetings, strangers, sources = [], [], [], []
    for path, items in learnt.items():
        met, absent = meet(items, people[path.with_name(SCHOOLS)])
        told += items
        meetings += met
        strangers += absent
        sources.append(_source(path, len(items)))
    apart_meetings: list[Meeting] = []
    for path, items in chosen.items():
        met, absent = meet(items, people[path.with_name(SCHOOLS)])
        apart_meetings += [*met, *(one for few in absent for one in few.draw(random.Random(path.name)))]
    if twins:
        path = BEFOREHAND / "posts.jsonl"
        meetings += meet_twins(BEFOREHAND)
        refuse_sealed(read_items(path))
        sources.append(_source(path, len(read_items(path))))
    refuse_sealed([*own, *told])  # of the public posts none is taken that is sealed
    sources += [_source(path, _count(path, own)) for path in sorted(OWN_DATA.glob("*.jsonl"))]
    for one in PUBLIC:
        path = corpus / "datasets" / f"{one.name}.parquet"
        sources.append(_source(path, len(public[one.name]), one.licence))
    return Material(
        own=own,
        told=told,
        public=[example for examples in public.values() for example in examples],
        meetings=meetings,
        strangers=strangers,
        apart=[item for items in chosen.values() for item in items],
        apart_meetings=apart_meetings,
        held=held,
        schools={**own_schools(), **_as_own({path.parent for path in files})},
        sources=sources,
    )


def split(
    files: Sequence[Path], apart: Sequence[str]
) -> tuple[dict[Path, list[Item]], dict[Path, list[Item]]]:
    """The posts of each file as (kept apart, learnt from).

    A hand is on one side as a whole, and so are its twins. What is nearly a copy of a post that is kept apart
    is left out.
    """
    read = {path: told_items(path) for path in files}
    chosen = {path: items for path, items in read.items() if path.name in apart}
    rest = {path: items for path, items in read.items() if path.name not in apart}
    known = [item for items in chosen.values() for item in items]
    others = [item for items in rest.values() for item in items]
    # schools are the same for all hands: one title of two hands is no thread
    found = groups([item | {"title": "", "pair": None} for item in (*known, *others)])
    beside = set(found[: len(known)])
    copies = {item["id"] for item, group in zip(others, found[len(known) :], strict=True) if group in beside}
    return chosen, {path: [i for i in items if i["id"] not in copies] for path, items in rest.items()}


def told_items(path: Path) -> list[Item]:
    """The posts of a hand in the form of the project's own: with the program's channels, what a post answers
    in `quoted`, and the parts of persons in `people`.
    """
    return [
        item
        | {
            "channel": _CHANNELS.get(item["channel"], item["channel"]),
            "quoted": item.get("parent") or "",
            "rating": item.get("rating"),
        }
        for item in read_items(path)
    ]


def read_people(path: Path) -> dict[str, list[Known]]:
    """The people of each school of a file, by the school's id; who holds two offices is one person."""
    found: dict[str, list[Known]] = {}
    for school in json.loads(path.read_text(encoding="utf-8")):
        offices: dict[str, list[dict[str, str]]] = {}
        for person in school["people"]:
            offices.setdefault(person["name"], []).append(person)
        found[school["id"]] = [
            Known(
                DescribedPerson(name, tuple(one["role"] for one in held)),
                frozenset(one["id"] for one in held),
            )
            for name, held in offices.items()
        ]
    return found


def meet(
    items: Sequence[Item], people: Mapping[str, Sequence[Known]]
) -> tuple[list[Meeting], list[Strangers]]:
    """Who is meant in each post, with their parts; and of each post those who are not.

    Of these, two are drawn of a post in which somebody is meant, one of another.
    """
    meetings: list[Meeting] = []
    strangers: list[Strangers] = []
    for item in items:
        said, absent = said_of(item), []
        for known in people[item["school"]]:
            named = [item["people"][one] for one in sorted(known.ids) if one in item["people"]]
            if not named:
                absent.append(known.who)
                continue
            parts = {part for some in named for part in some}
            meetings.append(Meeting(said, known.who, tuple(float(part in parts) for part in PARTS)))
        strangers.append(Strangers(said, tuple(absent), 2 if item["people"] else 1))
    return meetings, strangers


def meet_twins(folder: Path) -> list[Meeting]:
    """The posts of the folder and those of whom they expect something, with the three parts that are told.

    One other person whose name is nowhere in the post has no part at all.
    """
    people = {
        person["id"]: DescribedPerson(person["name"], tuple(person["roles"]))
        for person in tomllib.loads((folder / "schoolgate.toml").read_text(encoding="utf-8"))["people"]
    }
    meetings: list[Meeting] = []
    for item in told_items(folder / "posts.jsonl"):
        said, expected = said_of(item), item["expect"]
        met = {one for asked in _ASKED for one in expected.get(asked) or () if one in people}
        for one in sorted(met):
            parts = {part: one in expected[asked] for asked, part in _ASKED.items() if asked in expected}
            meetings.append(
                Meeting(said, people[one], tuple(float(parts.get(part, UNKNOWN)) for part in PARTS))
            )
        words = f"{item['title']} {item['text']}".lower()
        absent = [who for one, who in people.items() if one not in met and not _is_there(who, words)]
        meetings += [Meeting(said, who, _NONE) for who in absent[:1]]
    return meetings


def as_configured(person: DescribedPerson) -> DescribedPerson:
    """The same person as a school's settings describe them: a teacher or a driver is of the staff."""
    known = (office if office in set(Role) else Role.STAFF.value for office in person.offices)
    return DescribedPerson(person.name, tuple(dict.fromkeys(known)))


def said_of(item: Mapping[str, Any]) -> PostText:
    """The post of an item as it is read for a person."""
    return PostText(item["channel"], item["title"] or "", item["text"], item.get("quoted") or "")


def refuse_sealed(items: Iterable[Mapping[str, Any]]) -> None:
    """Raises InputError where a post, or what it answers, is in a sealed set: nothing may learn from it."""
    found = [
        item["id"]
        for item in items
        if any(
            len(normal_form(text)) > _TWO_LETTERS and sealed(text)
            for text in (item["text"], item.get("quoted") or "")
        )
    ]
    if found:
        raise InputError(f"Of a sealed set, never to be learnt from: {', '.join(found[:10])}. Take them out.")


class Plan:
    """The rows of each epoch, the same ones in the same order whenever they are asked for."""

    def __init__(self, material: Material, settings: ReaderSettings, windows: PersonWindows) -> None:
        self.settings, self.windows = settings, windows
        self._material = material
        press = [item for item in material.own if family_of(item["channel"]) == "news"]
        rest = [item for item in material.own if family_of(item["channel"]) != "news"]
        self._press, self._rest = press, rest
        self._few = round(settings.own * len(rest))
        public = list(material.public)
        random.Random(settings.seed).shuffle(public)
        self._public = public

    @property
    def size(self) -> int:
        """How many rows an epoch has."""
        material, settings = self._material, self.settings
        posts = len(self._press) + self._few + settings.told_times * len(material.told)
        drawn = sum(min(few.drawn, len(few.who)) for few in material.strangers)
        persons = settings.person_times * (len(material.meetings) + drawn)
        return posts + persons + len(self._public) // settings.public_parts

    @property
    def digest(self) -> str:
        """What tells these rows from others: of the files that they come from, and their number."""
        said = json.dumps([self._material.sources, self.size])
        return hashlib.sha256(said.encode("utf-8")).hexdigest()

    def rows(self, epoch: int) -> list[Row]:
        """The rows of an epoch, counted from 0, before they are shuffled."""
        rng = random.Random(f"{self.settings.seed}.{epoch}")
        own = [*self._press, *rng.sample(self._rest, self._few)]
        told = self._material.told * self.settings.told_times
        examples = [self._form(item, rng, epoch) for item in (*own, *told)]
        posts = self.labelled(examples)
        posts = [self._mixed(row, posts, rng) for row in posts]
        part, parts = epoch % self.settings.public_parts, self.settings.public_parts
        few = self._public[part::parts][: len(self._public) // parts]
        public = self.labelled(few, self.settings.public_tokens, self.settings.public_weight)
        return [*posts, *public, *self.met(self._meetings(rng), rng)]

    def label_targets(self) -> list[list[float]]:
        """The targets of every post that may be learnt from `[n, len(COLUMNS)]`."""
        material = self._material
        mine = [own_example(item) for item in (*material.own, *material.told)]
        return [example.row() for example in (*mine, *material.public)]

    def part_targets(self) -> list[tuple[float, ...]]:
        """The targets of every person `[n, len(PARTS)]`, those who are not meant among them."""
        return [meeting.parts for meeting in self._meetings(random.Random(self.settings.seed))]

    def labelled(self, examples: Sequence[Example], size: int = 0, weight: float = 1.0) -> list[Row]:
        """Rows of labels: the first window of each text, of at most `size` tokens."""
        size, marks = size or self.settings.post_tokens, self.windows.pieces.marks
        cut = tokenise(self.windows.pieces, [example.text for example in examples])
        return [
            Row(cut_windows(*parts, size, 0, marks)[0], labels=example.row(), weight=weight)
            for parts, example in zip(cut, examples, strict=True)
        ]

    def met(self, meetings: Sequence[Meeting], rng: random.Random | None = None) -> list[Row]:
        """Rows of persons. Some, drawn by `rng`, are described by their own office, the others as a school's
        settings describe them; without it all are.
        """
        described = [
            meeting.who if rng and rng.random() < self.settings.own_offices else as_configured(meeting.who)
            for meeting in meetings
        ]
        return [
            Row(self.windows.learnt(who, meeting.said), parts=meeting.parts)
            for who, meeting in zip(described, meetings, strict=True)
        ]

    def _meetings(self, rng: random.Random) -> list[Meeting]:
        material, found = self._material, []
        for _ in range(self.settings.person_times):
            found += material.meetings
            found += [meeting for few in material.strangers for meeting in few.draw(rng)]
        return found

    def _form(self, item: Item, rng: random.Random, epoch: int) -> Example:
        """Which form of a post this epoch sees: as it is, without context, with other words or no names."""
        settings, chance = self.settings, rng.random()
        if chance < settings.no_context:
            return without_context(item, own_example(item))
        school = self._material.schools[item["school"]]
        if chance < settings.no_context + settings.swapped:
            others = [self._material.schools[name] for name in sorted(self._material.schools)]
            return own_example(swapped(item, others, school, epoch))
        if item["relevant"] and chance < settings.no_context + settings.swapped + settings.masked:
            return own_example(masked(item, school))
        return own_example(item)

    def _mixed(self, row: Row, rows: Sequence[Row], rng: random.Random) -> Row:
        if rng.random() >= self.settings.mix:
            return row
        end, size = self.windows.pieces.marks[1], self.settings.post_tokens
        return join(row, rng.choice(rows), end, size, swap=rng.random() < 0.5) or row


_GRAVE = tuple(COLUMNS.index(label) for label in ("severity:3", "severity:4"))
_OF = [column.partition(":")[0] for column in COLUMNS]
_SPANS = {name: slice(_OF.index(name), len(_OF) - _OF[::-1].index(name)) for name in dict.fromkeys(_OF)}
_LEAST_WORDS = 20


def join(one: Row, other: Row, end: int, size: int, *, swap: bool) -> Row | None:
    """Two posts as one, under the context of the graver, with the labels that hold of either.

    Tone is known where both agree, the route where the graver decides it; whom it is about is not. None
    where either has no severity, or where there is no room for the other. `end` is the mark at the end of a
    part; with `swap` the other's words come first.
    """
    first, second = _gravity(one.labels), _gravity(other.labels)
    if first is None or second is None:
        return None
    if second > first:
        one, other, first, second = other, one, second, first
    cut = one.ids.index(end) + 1
    head, words, more = one.ids[:cut], one.ids[cut:-1], other.ids[other.ids.index(end) + 1 : -1]
    room = size - len(head) - len(words) - 1
    if room < _LEAST_WORDS:
        return None
    more = more[:room]
    labels = [_either(a, b) for a, b in zip(one.labels, other.labels, strict=True)]
    for name in ("sentiment", "about", "route"):
        span = _SPANS[name]
        decided = list(one.labels[span]) == list(other.labels[span])
        holds = (decided and name != "about") or (name == "route" and first > second)
        labels[span] = one.labels[span] if holds else [UNKNOWN] * len(labels[span])
    return Row([*head, *(more + words if swap else words + more), end], labels=labels)


def _gravity(labels: Sequence[float]) -> int | None:
    known = [labels[place] for place in _GRAVE]
    return None if any(map(math.isnan, known)) else int(sum(known))


def _either(one: float, other: float) -> float:
    """A label holds of both together where it holds of one."""
    if 1.0 in (one, other):
        return 1.0
    return UNKNOWN if math.isnan(one) or math.isnan(other) else 0.0


def _is_there(who: DescribedPerson, words: str) -> bool:
    return who.name.split()[-1].lower() in words


def _count(path: Path, own: Sequence[Item]) -> int:
    ids = {item["id"] for item in read_items(path)}
    return sum(item["id"] in ids for item in own)


def _source(path: Path, rows: int, licence: str = "the project's own (MIT)") -> dict[str, Any]:
    return {"name": path.name, "licence": licence, "rows": rows, "sha256": file_digest(path)}


def _as_own(folders: Iterable[Path]) -> dict[str, dict[str, Any]]:
    """The hands' schools in the form of the project's own ones, by id."""
    read = [json.loads((folder / SCHOOLS).read_text(encoding="utf-8")) for folder in folders]
    return {
        school["id"]: school
        | {
            "locality": school["town"],
            "head": next((one["name"] for one in school["people"] if one["role"] == "head"), ""),
        }
        for schools in read
        for school in schools
    }
