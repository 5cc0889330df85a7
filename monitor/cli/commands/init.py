"""`schoolgate init`: writes a commented `schoolgate.toml`, from the register or by asking."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from data.effects import utc_now
from data.errors import InputError
from data.register.national_lists import SHIPPED, attribution, lists_of, read_register
from data.register.school_names import key_of_a_trust
from data.types import School
from monitor.cli.commands.options import Home, Register, end_command
from monitor.config.home.paths import CONFIG_NAME, find_paths
from monitor.config.load import Config, from_text
from monitor.home import wiring
from monitor.terminal.answers import ask_at_terminal as ask_again
from monitor.terminal.output import say, say_lines, say_on_stderr, terminal_columns
from monitor.terminal.wording import count_words, school_key_words

if TYPE_CHECKING:
    from monitor.config.first_file import Draft
    from monitor.pipeline.judges import Judges


ask = partial(ask_again, default="")
"""You can press Enter at most questions here."""


def init(
    urn: list[str] | None = None,
    register: Register = None,
    proxy: str | None = None,
    ca_file: Path | None = None,
    no_network: bool = False,
    yes: bool = False,
    one: bool = False,
    trust: str | None = None,
    table: Annotated[Path | None, Option("--people", metavar="FILE")] = None,
    home: Home = None,
) -> None:
    """Write schoolgate.toml, from the register of schools or by asking, with the places to watch."""
    from monitor.config.first_file import refuse_overwriting, write_first_file
    from monitor.setup.people_table import refuse_no_table

    path = find_paths(os.environ, home).home / CONFIG_NAME
    refuse_overwriting(path)
    way = _read_way_out(proxy, ca_file)
    if table:
        refuse_no_table(table)
    try:
        all_schools, draft = _schools(urn or [], register or _own_register(), one=one, yes=yes, trust=trust)
        draft = _with_people(draft, table) if table else draft
        draft = replace(draft, **way)
        draft = _places(path, draft, all_schools, asks=not yes, no_network=no_network)
    except KeyboardInterrupt:
        if not yes:
            say_on_stderr("\nYour answers were not saved. To go on, type the same command again.")
        raise
    write_first_file(path, draft, all_schools)
    _say_next(path, draft)
    end_command(3 if draft.untried and not no_network else 0)


def _own_register() -> Path:
    """The register that comes with the program, once whose it is has been said."""
    say(attribution(lists_of(SHIPPED)))
    return SHIPPED


def _read_way_out(proxy: str | None, ca_file: Path | None) -> dict[str, Any]:
    """The proxy and the file of authorities. Raises InputError for what is none."""
    from monitor.setup.asking import whole_proxy, with_certificates

    authorities = ca_file and with_certificates(str(ca_file))
    return {"proxy": proxy and whole_proxy(proxy), "ca_file": authorities}


def _schools(
    urns: Sequence[str], register: Path, *, one: bool, yes: bool, trust: str | None
) -> tuple[Sequence[School], Draft]:
    """All schools of the register, and the draft of those that are set up."""
    if trust:
        return _draft_trust(trust, urns, register, yes=yes)
    if not yes:
        return _ask_for_schools(urns, register, one)
    if urns:
        from monitor.config.first_file import entries, find_by_number

        all_schools = read_register(register)
        found = find_by_number(urns, all_schools, register)
        schools = [entry.school for entry in entries(found, all_schools, [found] if one else ())]
        return all_schools, _draft(schools, register)
    raise InputError(
        "--yes asks nothing, so it needs the school's number. For example: schoolgate init --urn 900001 --yes"
    )


def _ask_for_schools(urns: Sequence[str], register: Path, one: bool) -> tuple[Sequence[School], Draft]:
    from monitor.config.first_file import alike, entries, find_by_number, name_heads
    from monitor.setup import asking as questions

    all_schools = read_register(register)
    found = (
        find_by_number(urns, all_schools, register) if urns else questions.pick_schools(all_schools, ask, say)
    )
    whole = partial(questions.confirm_schools, question=questions.ONE_SCHOOL, ask=ask, say=say)
    groups = [found] if one else [*filter(whole, alike(found))]
    drafted = entries(found, all_schools, groups)
    draft = _draft([entry.saying(questions.said_alone(entry, ask)) for entry in drafted], register)
    draft = replace(draft, contact=questions.ask_contact(ask, say))
    draft = replace(draft, people=questions.ask_people(found, ask, say))
    draft = replace(draft, heartbeat_url=questions.second_way(ask, say))
    draft = replace(draft, day=questions.school_day(ask, say))
    return all_schools, replace(draft, schools=name_heads(draft.schools, draft.people))


def _draft_trust(
    trust: str, urns: Sequence[str], register: Path, *, yes: bool
) -> tuple[Sequence[School], Draft]:
    """The schools of a trust, each by itself; by number, those that share a website are asked for."""
    from monitor.config.first_file import (
        find_by_number,
        schools_of,
        schools_sharing_site,
        shared_places,
        trust_entries,
    )
    from monitor.setup import asking as questions

    all_schools = read_register(register)
    found = find_by_number(urns, all_schools, register) if urns else schools_of(trust, all_schools)
    shared = schools_sharing_site(found, all_schools) if urns and not yes else []
    if shared and questions.confirm_schools(shared, questions.OF_THE_TRUST, ask, say):
        found += shared
    draft = replace(_draft(trust_entries(trust, found, all_schools), register), trust=trust)
    draft = replace(draft, places=shared_places(trust, draft.schools, all_schools))
    if not yes:
        draft = replace(
            draft, contact=questions.ask_contact(ask, say), people=questions.ask_central_team(ask, say)
        )
        draft = replace(draft, heartbeat_url=questions.second_way(ask, say))
        draft = replace(draft, day=questions.school_day(ask, say))
    return all_schools, draft


def _with_people(draft: Draft, table: Path) -> Draft:
    """The draft with the people of a table, beside those that were asked for; who is both is one person."""
    from monitor.config.first_file import name_heads
    from monitor.setup.asking import merge_people
    from monitor.setup.people_table import people_from_csv

    trust = [School(key_of_a_trust(draft.trust), draft.trust, aliases=("trust",))] if draft.trust else []
    people = merge_people(draft.people, people_from_csv(table, (*draft.schools, *trust)))
    return replace(draft, people=people, schools=name_heads(draft.schools, people))


def _draft(schools: Sequence[School], register: Path | None) -> Draft:
    from monitor.config.first_file import Draft

    return Draft(schools=tuple(schools), register_file=str(register.absolute()) if register else None)


def _places(
    path: Path, draft: Draft, all_schools: Sequence[School], *, asks: bool, no_network: bool
) -> Draft:
    from classifiers.linking.linker import Linker
    from monitor.config.first_file import render_file
    from monitor.pipeline.looking import LIMITS
    from monitor.setup.asking import Setting, draft_places, without_network

    def read_draft(draft: Draft) -> Config:
        return from_text(path, render_file(replace(draft, places=())), os.environ)

    def make_judges(draft: Draft) -> Judges:
        config = read_draft(draft)
        return wiring.judges(config, path.parent, Linker(config.schools, all_schools))

    if no_network:
        return without_network(draft)
    setting = Setting(
        ask=ask if asks else None,
        say=say,
        clock=utc_now,
        open=lambda draft: wiring.fetcher(read_draft(draft), limits=LIMITS),
        judges=make_judges,
        env=os.environ,
    )
    return draft_places(draft, setting)


def _say_next(path: Path, draft: Draft) -> None:
    """Say what was written, and the one thing to do next."""
    from monitor.setup.check_settings import next_lines

    say("")
    for school in draft.schools:
        numbers = ", ".join(school.members or (school.urn,))
        say(
            f"{school.name} ({school_key_words(numbers)}). Proposed: "
            f"{count_words(school.aliases, 'alias', 'aliases')}, "
            f"{count_words(school.namesakes, 'namesake', 'namesakes')}."
        )
    on = [place for place in draft.places if not place.source.disabled]
    say(f"{count_words(on, 'source', 'sources')} on, {len(draft.places) - len(on)} off with the reason.")
    say(f"Written: {path}")
    if draft.untried:
        say("No source has been tried yet. As soon as pages can be reached: schoolgate source test ID")
    say_lines(next_lines(path, utc_now().date(), terminal_columns()))
