"""What no single key can show: that ids are unique, and that each name stands for something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pydantic import ValidationError

from monitor.config_faults import Fault, from_errors, quoted
from monitor.config_model import File
from monitor.nearest import did_you_mean
from monitor.toml_lines import Path


def all_checks(file: File) -> list[Fault]:
    """Every fault between the tables of a file whose keys are each well formed."""
    return [
        *_unique_numbers(file),
        *_unique("sources", [s.id for s in file.sources]),
        *_unique("people", [p.id for p in file.people]),
        *_known_schools(file),
        *_listings(file),
        *_mail(file),
        *_model(file),
    ]


def _unique(table: str, ids: list[str]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for i, name in enumerate(ids):
        if name in first:
            yield Fault(
                (table, i, "id"), f"“{name}” is the id of number {first[name] + 1} too. Give each its own."
            )
        first.setdefault(name, i)


def _unique_numbers(file: File) -> Iterator[Fault]:
    """A register number belongs to one school; a school's `members` may name its own key."""
    owner: dict[str, int] = {}
    for i, school in enumerate(file.schools):
        for key, number in (("urn", school.urn), *(("members", m) for m in school.members)):
            if owner.setdefault(number, i) != i:
                what = (
                    f"“{number}” is given at number {owner[number] + 1} too. A number belongs to one school."
                )
                yield Fault(("schools", i, key), what)


def _known_schools(file: File) -> Iterator[Fault]:
    known = sorted(_keys(file))
    named = {
        "sources": [row.schools for row in file.sources],
        "people": [row.schools for row in file.people],
        "policies": [row.schools for row in file.policies],
    }
    for table, rows in named.items():
        for i, urns in enumerate(rows):
            yield from _unknown(known, urns, (table, i, "schools"))


def _keys(file: File) -> dict[str, str]:
    """The key of the school that each number belongs to."""
    return {number: school.urn for school in file.schools for number in (school.urn, *school.members)}


def _unknown(known: list[str], named: Iterable[str], path: Path) -> Iterator[Fault]:
    for n, urn in enumerate(named):
        if urn not in known:
            what = f"{quoted(urn)} is not the number of a school in this file. {did_you_mean(urn, known)}"
            yield Fault((*path, n), what)


def _listings(file: File) -> Iterator[Fault]:
    """A listing is one school's own page."""
    keys = _keys(file)
    for i, source in enumerate(file.sources):
        watched = len({keys.get(number, number) for number in source.schools}) or len(file.schools)
        if source.listing and watched != 1:
            what = (
                f"a listing is one school's own page, and this is watched for {watched}. Write, for example: "
            )
            yield Fault(("sources", i, "listing"), what + f'schools = ["{file.schools[0].urn}"]')


def _mail(file: File) -> Iterator[Fault]:
    if file.mail and file.mail.password_env and file.mail.password_file:
        yield Fault(("mail", "password_file"), "“password_env” is given too. Keep one of them.")


def _model(file: File) -> Iterator[Fault]:
    model = file.model
    if model.name and not model.labels:
        what = "is missing: the labels of another model are not ours. Add, for example: "
        what += 'labels = { toxic = "abuse:harassment" }'
        yield Fault(("model", "labels"), what)
    if model.labels and not model.name:
        yield Fault(
            ("model", "name"), "is missing: “labels” belong to another model. Name it, or remove “labels”."
        )


def kinds(sources: Iterable[tuple[int, str, Mapping[str, object]]]) -> list[Fault]:
    """What the catalogue of sources says: kinds that nobody knows, and settings their kind refuses.

    `sources` are position in the file, kind and settings. Only the kinds that are used are imported.
    """
    from sources.registry import CATALOGUE

    faults: list[Fault] = []
    for i, kind, settings in sources:
        if kind in CATALOGUE:
            faults += _settings(i, kind, settings)
        else:
            what = f"{quoted(kind)} is not a kind of source. {did_you_mean(kind, list(CATALOGUE))}"
            faults.append(Fault(("sources", i, "kind"), what))
    return faults


def _settings(i: int, kind: str, settings: Mapping[str, object]) -> list[Fault]:
    from sources.registry import collector

    model = collector(kind).settings
    try:
        model.model_validate(settings)
    except ValidationError as error:
        return from_errors(error.errors(include_url=False), model, ("sources", i, "settings"))
    return []
