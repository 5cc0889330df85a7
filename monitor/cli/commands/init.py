"""`schoolgate init`: writes a commented `schoolgate.toml` from what is typed and what the register says."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from data.effects import utc_now
from data.errors import InputError
from data.register.find_schools import school_line
from data.register.national_lists import SHIPPED, attribution, lists_of, read_register
from data.register.school_names import key_of_a_trust
from data.types import School
from data.words.say import words
from monitor.cli.commands.options import Home, Register, end_command
from monitor.config.home.paths import CONFIG_NAME, find_paths
from monitor.config.load import Config, from_text
from monitor.home import wiring
from monitor.terminal.output import say, say_lines, terminal_columns
from monitor.terminal.wording import count_words, some

if TYPE_CHECKING:
    from monitor.config.first_file import Draft
    from monitor.pipeline.judges import Judges


def init(
    urn: list[str] | None = None,
    register: Register = None,
    proxy: str | None = None,
    ca_file: Path | None = None,
    no_network: bool = False,
    one: Annotated[bool | None, Option("--one/--several")] = None,
    trust: str | None = None,
    table: Annotated[Path | None, Option("--people", metavar="FILE")] = None,
    home: Home = None,
) -> None:
    """Write schoolgate.toml for a school of the register; with no option, open set-up in a browser."""
    where = find_paths(os.environ, home)
    if not (urn or trust):
        if any((register, proxy, ca_file, no_network, one is not None, table)):
            raise InputError(words("en")("setup.refused.no_school"))
        from monitor.service.own_desk import open_own_desk
        from monitor.setup.desk.pages import setup_pages

        return open_own_desk(where, None, setup_pages, sets_up=True)

    from monitor.config.first_file import refuse_overwriting, write_first_file

    path = where.home / CONFIG_NAME
    refuse_overwriting(path)
    way = _read_way_out(proxy, ca_file)
    file = register or _own_register()
    all_schools = read_register(file)
    draft = replace(_draft(urn or [], trust, all_schools, file, one=one), **way)
    draft = _with_people(draft, table) if table else draft
    draft = _places(path, draft, all_schools, no_network=no_network)
    write_first_file(path, draft, all_schools)
    say_lines(_written_lines(path, draft))
    end_command(3 if draft.untried and not no_network else 0)


def _own_register() -> Path:
    """The register that comes with the program, once whose it is has been said."""
    say(attribution(lists_of(SHIPPED)))
    return SHIPPED


def _read_way_out(proxy: str | None, ca_file: Path | None) -> dict[str, Any]:
    """The proxy and the file of authorities. Raises InputError for what is none."""
    from monitor.setup.way_out import whole_proxy, with_certificates

    authorities = ca_file and with_certificates(str(ca_file))
    return {"proxy": proxy and whole_proxy(proxy), "ca_file": authorities}


def _draft(
    urns: Sequence[str], trust: str | None, all_schools: Sequence[School], register: Path, *, one: bool | None
) -> Draft:
    """The draft of the schools of these numbers, or of the trust. Raises InputError where it is not said
    whether they are one school or several."""
    from monitor.config.first_file import (
        Draft,
        entries,
        find_by_number,
        schools_of,
        shared_places,
        trust_entries,
    )

    kept = str(register.absolute())
    found = find_by_number(urns, all_schools, register) if urns else schools_of(trust or "", all_schools)
    _refuse_unclear(found, trust, one)
    if not trust:
        made = entries(found, all_schools, [found] if one else ())
        return Draft(tuple(entry.school for entry in made), register_file=kept)
    schools = trust_entries(trust, found, all_schools)
    shared = shared_places(trust, schools, all_schools)
    return Draft(schools, register_file=kept, trust=trust, places=shared)


def _refuse_unclear(found: Sequence[School], trust: str | None, one: bool | None) -> None:
    """Raises InputError where schools may be one or several, and what was typed does not say which."""
    from monitor.config.first_file import alike

    if trust and one:
        raise InputError(words("en")("setup.refused.one_of_a_trust"))
    if not trust and one is None and (groups := alike(found)):
        schools = "\n".join(f"  {school_line(school)}" for group in groups for school in group)
        raise InputError(words("en")("setup.refused.one_or_several", schools=schools))


def _with_people(draft: Draft, table: Path) -> Draft:
    """The draft with the people of a table, and the heads that it names."""
    from monitor.config.first_file import name_heads
    from monitor.setup.people_table import people_from_csv

    trust = [School(key_of_a_trust(draft.trust), draft.trust, aliases=("trust",))] if draft.trust else []
    people = people_from_csv(table, (*draft.schools, *trust))
    return replace(draft, people=people, schools=name_heads(draft.schools, people))


def _places(path: Path, draft: Draft, all_schools: Sequence[School], *, no_network: bool) -> Draft:
    from classifiers.linking.linker import Linker
    from monitor.config.first_file import render_file
    from monitor.pipeline.looking import LIMITS
    from monitor.setup.first_places import Setting, draft_places, without_network

    def read_draft(draft: Draft) -> Config:
        return from_text(path, render_file(replace(draft, places=())), os.environ)

    def make_judges(draft: Draft) -> Judges:
        config = read_draft(draft)
        return wiring.judges(config, path.parent, Linker(config.schools, all_schools))

    if no_network:
        return without_network(draft)
    setting = Setting(
        say=say,
        clock=utc_now,
        open=lambda draft: wiring.fetcher(read_draft(draft), limits=LIMITS),
        judges=make_judges,
        env=os.environ,
    )
    return draft_places(draft, setting)


def _written_lines(path: Path, draft: Draft) -> Iterator[str]:
    """Say what was taken and written, then what is missing and how to add it."""
    from monitor.setup.check_settings import from_the_file, sort_findings
    from monitor.setup.findings import Level, finding_lines

    w, width = words("en"), terminal_columns()
    for school in draft.schools:
        yield w("setup.taken.school", school=school_line(school))
        yield from (f"  {fact}" for fact in _facts_taken(school))
    if draft.people:
        yield w("setup.taken.people", names=some([person.name for person in draft.people]))
    on = [place for place in draft.places if not place.source.disabled]
    yield f"{count_words(on, 'source')} on, {len(draft.places) - len(on)} off with the reason."
    if draft.untried:
        yield w("setup.taken.untried")
    yield f"Written: {path}"
    wrong = [f for f in from_the_file(path, os.environ, utc_now().date()) if f.level is not Level.OK]
    yield ""
    yield w("setup.taken.missing")
    for finding in sort_findings(wrong):
        yield from finding_lines(finding, "  - ", width)


def _facts_taken(school: School) -> Iterator[str]:
    """Say what else the register gave, and which names were proposed."""
    w = words("en")
    for number in school.members[1:]:
        yield w("setup.taken.member", number=number)
    if school.head:
        yield w("setup.taken.head", head=school.head)
    if school.aliases:
        yield w("setup.taken.names", names=some(school.aliases))
    if school.namesakes:
        yield w("setup.taken.apart", n=len(school.namesakes))
