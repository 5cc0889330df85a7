"""Places that are read, schools and their terms: looked at, added, changed, off, removed; for page and
command alike. Each raises as `monitor.act.people.write_settings` does."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from data.effects import Clock
from data.errors import InputError
from data.frozen import freeze
from data.ids import PLAIN_FEED
from data.register.find_schools import SchoolSearch, pick_number
from data.register.national_lists import SHIPPED, read_register
from data.search import search_names
from data.steps.acts import Done, Refused
from data.store.cases import count_standing
from data.store.engine.connect import Connection
from data.store.outbox import withdraw_of_school
from data.store.service import end_all
from data.store.sources import READ_BACK, articles_of, latest_runs, list_back_fills, put_back_fill
from data.store.stories import open_posts
from data.types import BackFill, FetchFailure, Mention, Outcome, Request, School, Source
from data.web.channels import WEBSITE, channel_at, host_of, is_closed
from data.web.public_addresses import public_name
from data.web.urls import canonical_url, is_profile
from data.words.say import words
from monitor.act.people import Became, Changed, HandedOver, Keeper, Shown, write_settings
from monitor.config import edit
from monitor.config.check import value_fault
from monitor.config.first_file import entries, name_heads, school_values
from monitor.config.home.lookup import free
from monitor.config.load import Config
from monitor.config.model import MAILBOX, Host, WebAddress
from monitor.home import wiring
from sources.mailbox.address import is_graph
from sources.nature import CHANNEL_OF, Nature
from sources.places import Proposal, names_no_school, person_sought, searched_words
from sources.propose import reason_off

if TYPE_CHECKING:
    from data.store.engine.open import Store
    from monitor.pipeline.judges import Judges
    from monitor.pipeline.looking import Find, Looked, PlacePreview, PlaceRead
    from sources.mailbox.archive import ArchiveReader

_MOST = 4
"""So many of the places behind one address are read; the others are seldom what was meant."""


@freeze
class LookedAt:
    """Places that an address leads to and that are not watched yet: the first few, each read once, and the
    finds.
    """

    looked: Looked
    read: Sequence[PlaceRead] = ()
    finds: Sequence[Find] = ()


Judged = Callable[[Config, Path], "Judges"]
"""Gives what judges what is read."""


def look_at_address(
    config: Config,
    home: Path,
    address: str,
    urns: tuple[str, ...],
    clock: Clock,
    judged: Judged | None = None,
    *,
    own: bool,
    known: Sequence[Source] | None = None,
) -> Done[LookedAt] | Refused:
    """Look once behind an address, through the guarded fetcher, for a minute at most. Store nothing; what is
    `known` is not added twice."""
    # late, as below: what judges is not loaded by a service before it is needed
    from monitor.pipeline.looking import LIMITS, InTime, finds, look_behind, same_place, try_places

    sources = config.sources if known is None else known
    url = address.strip() if "://" in address else f"https://{address.strip()}"
    why = value_fault(WebAddress, url)
    if why or "." not in (urlsplit(url).hostname or ""):
        sort = "that of a public site" if "://" in address else "a web address"
        return _refuse(config, "no_address", why=why or f"is not {sort}")
    if is_closed(url):
        return _refuse(config, "closed", name=words("en")(f"describe.channel.{channel_at(url)}"))
    if is_profile(url) and not own:
        return _refuse(config, "profile")
    sought, people = searched_words(url), [person.name for person in config.people]
    if names_no_school(sought, config.schools) or person_sought(sought, people, config.schools):
        return _refuse(config, "person_sought")
    if same := same_place(url, sources):
        return _refuse(config, "known", name=same.name or same.id)
    with wiring.fetcher(config, clock=clock, limits=LIMITS) as fetcher:
        reader = InTime.for_a_minute(fetcher, clock)
        looked = look_behind(url, urns, {s.id for s in config.sources}, reader, own=own)
        if looked.failure is not None and looked.failure.outcome is Outcome.MISCONFIGURED:
            return Refused("address", looked.failure.detail)
        new = tuple(p for p in looked.places if same_place(p.source.url, sources) is None)
        if looked.places and not new:
            same = same_place(looked.places[0].source.url, sources)
            return _refuse(config, "known", name=same.name if same else "")
        found = replace(looked, places=new)
        if not new or (looked.failure is not None and looked.failure.outcome is Outcome.UNREACHABLE):
            return Done(LookedAt(found))
        everywhere = [school.urn for school in config.schools]
        judges = (judged or wiring.judges)(config, home)
        read = try_places(new[:_MOST], everywhere, reader, judges)
        return Done(LookedAt(found, read, finds([one for place in read for one in place.found], judges)))


_MOST_HELD, _MOST_JUDGED = 10_000, 50
"""So many of the newest posts are held against a query, within a second, and of those that it misses so many
are judged as to whether they are shown."""


@freeze
class QueryTried:
    """A query beside what is held of ninety days: how many posts it would find, how many there are `about`
    its schools, how many of those it would miss; the first of these."""

    found: int
    about: int
    missed: int
    misses: Sequence[Find]


def try_query(
    at: Keeper, text: str, urns: Sequence[str], judged: Judged | None = None
) -> Done[QueryTried] | Refused:
    """Hold a query for these schools, or all, against the public posts in the store. Nobody is asked."""
    from monitor.pipeline.looking import Linked, finds
    from sources.query import read_query

    schools = [school for school in at.config.schools if not urns or school.urn in urns]
    if not schools or not at.keeps(urns):
        return _refuse(at.config, "schools")
    try:
        query = read_query(text, schools, [person.name for person in at.config.people])
    except InputError as error:
        return Refused("query", error.text)
    span = [school.urn for school in schools], at.now - READ_BACK, at.now, _MOST_HELD
    assert at.store is not None
    with at.store.open_reader() as con:
        held = open_posts(con, *span, [search_names(one.wanted) for one in query.alternatives])
        about = open_posts(con, *span)
    found = sum(query.matches(f"{post.title}\n{post.text}") for post, _, _ in held)
    known = {s.id: s for s in at.config.sources}
    missed = [
        Linked(post, match, known.get(source, Source(source, "", "")))
        for post, source, match in about
        if match and not query.matches(f"{post.title}\n{post.text}")
    ]
    misses = finds(missed[:_MOST_JUDGED], (judged or wiring.judges)(at.config, at.home))
    return Done(QueryTried(found, len(about), len(missed), misses))


@freeze
class LookedAround:
    """The places proposed for the schools and not watched yet, each read once, and the first finds. `silent`
    are hosts that did not answer when they were looked up; `unreached` is why nothing could be, if so. It is
    `answered` once somebody said which to keep."""

    read: Sequence[PlaceRead]
    finds: Sequence[Find] = ()
    silent: tuple[str, ...] = ()
    unreached: str = ""
    answered: bool = False


def look_around(at: Keeper, clock: Clock, judged: Judged | None = None) -> Done[LookedAround]:
    """Look for places that speak of the schools and read each once, within a minute. Store nothing but that
    hosts which were silent before have answered now."""
    from monitor.pipeline import looking

    config = at.config
    with wiring.fetcher(config, clock=clock, limits=looking.LIMITS) as fetcher:
        reader = looking.InTime.for_a_minute(fetcher, clock)
        known = looking.look_up_schools(config.proper, reader.within(looking.LOOK_UP_S))
        silent = looking.hosts_without_answer(known)
        if at.keeps(()):
            note_silent(config, silent)
        new = looking.propose_places(config.proper, config.sources, _brought(at), reader, known)
        judges = (judged or wiring.judges)(config, at.home)
        read = looking.try_places(new, [school.urn for school in config.proper], reader, judges)
    found = looking.finds([one for place in read for one in place.found], judges)
    unreached = looking.first_failure(read) if looking.is_offline(read) else ""
    return Done(LookedAround(read, found, tuple(silent), unreached))


def _brought(at: Keeper) -> Sequence[Mention]:
    """List the articles that the searches have brought; none before the first scan."""
    if at.store is None:
        return ()
    with at.store.open_reader() as con:
        return articles_of(con, [source.id for source in at.config.sources if source.surfaced])


def note_silent(config: Config, silent: Sequence[str]) -> None:
    """Writes which of the hosts that were to be looked up again are still silent, where some were."""
    if config.to_look_up and list(config.to_look_up) != list(silent):
        edit.set_values(config.path, {("", "to_look_up"): list(silent) or None})


def try_place(
    config: Config,
    home: Path,
    source: Source,
    clock: Clock,
    judged: Judged | None = None,
    *,
    theirs: Container[str] | None = None,
    for_danger: bool = False,
) -> Done[PlacePreview] | Refused:
    """Read a place once, unless its terms forbid; give what is about these schools, or all, and look
    `for_danger` among it. Store nothing."""
    from monitor.pipeline.looking import preview_place

    if source.disabled and reason_off(source.kind, source.url):
        return Refused("terms", source.disabled)
    store = wiring.open_store(home) if config.keys else None
    with wiring.fetcher(config, clock=clock, store=store) as fetch:
        judges = (judged or wiring.judges)(config, home)
        place = replace(source, disabled=None)
        return Done(preview_place(place, fetch, judges, clock, theirs, for_danger=for_danger))


def watch_places(at: Keeper, places: Sequence[Proposal], silent: Sequence[str] = ()) -> Became:
    """Watches these from now on, each by an id of which no reading is known; hosts that were `silent` when
    they were looked up are asked again later."""
    from monitor.pipeline.looking import off_until_leave

    new, used = [off_until_leave(place) for place in places], {s.id for s in at.config.sources}
    if at.store:
        with at.store.open_reader() as con:
            used |= {*latest_runs(con)}
    for n, place in enumerate(new):
        new[n] = replace(place, source=replace(place.source, id=free(place.source.id, used)))
        used.add(new[n].source.id)
    if not all(at.keeps(place.source.urns) for place in new):
        return _refuse(at.config, "schools")
    asked = [edit.set_in("", {"to_look_up": list(silent)})] if silent else []
    return write_settings(at, [edit.places_added(new), *asked], new[0].source.id)


def read_archive(store: Store, config: Config, source: Source, file: ArchiveReader) -> Done[str] | Refused:
    """Read a file of old mails as those of a mailbox, on from where its reading ended; give its hash."""
    if source.kind != MAILBOX or not file.is_archive:
        return _refuse(config, "no_archive" if source.kind == MAILBOX else "no_mailbox", name=source.name)
    urns, now = source.urns or tuple(school.urn for school in config.schools), file.clock()
    with store.write("reading back") as con:
        if all(f.file != file.hash for f in list_back_fills(con, [source.id])):
            first = (Request("mbox:0"),)
            put_back_fill(con, BackFill(source.id, urns, now, now - READ_BACK, file.hash, left=first))
    return Done(file.hash)


def pause(at: Keeper, source: Source, why: str, mark: str | None = None) -> Became:
    """Switches a place off: it stays in the settings, and is not read until it is resumed."""
    w = words(at.config.schools[0].language)
    said = why.strip() or w("places.paused", day=w.full_day(at.config.day_of(at.now)))
    return _change_source(at, source, edit.change_table("sources", source.id, {"disabled": said}), mark)


def resume(at: Keeper, source: Source, mark: str | None = None) -> Became:
    """Switches a place on again, where its terms and its mailbox let it be read."""
    if is_graph(source.url):
        with wiring.fetcher(at.config) as asking:
            answer = asking.fetch(Request(source.url, auth=source.id))
        if isinstance(answer, FetchFailure):
            return Refused("terms", answer.detail)
    done = _change_source(at, source, edit.change_table("sources", source.id, {"disabled": None}), mark)
    left = None
    if isinstance(done, Done):
        left = next((s.disabled for s in done.made.config.sources if s.id == source.id), None)
    return Refused("terms", left) if left else done


def remove(at: Keeper, source: Source, mark: str | None = None) -> Became:
    """Takes a place out of the settings; what of it is stored stays until its time is over."""
    return _change_source(at, source, edit.remove_table("sources", source.id), mark)


def set_place_nature(at: Keeper, source: Source, nature: Nature, mark: str | None = None) -> Became:
    """Says what a place is: what it brings from then on is judged as that."""
    if not may_be_said(source):
        return _refuse(at.config, "nature")
    first = str(source.settings.get("ids") or source.channel or PLAIN_FEED)
    return _change_source(at, source, edit.channel_set(source.id, CHANNEL_OF[nature], first), mark)


def name_host(at: Keeper, address: str, nature: Nature) -> Became:
    """Says what a site is on which searches find things, by its address: it is judged so from now on."""
    url = address.strip() if "://" in address else f"https://{address.strip()}"
    host = host_of(canonical_url(url))
    found = public_name(host) and "@" not in url
    if not found or value_fault(Host, host) or channel_at(url) != WEBSITE:
        return _refuse(at.config, "no_address", why="is not that of a site")
    if not at.keeps(()):
        return _refuse(at.config, "schools")
    return write_settings(at, [edit.set_in("natures", {host: nature.value})], "natures")


def may_be_said(source: Source) -> bool:
    """Is it somebody's to say what it is? Else its kind or its address says so."""
    plain = source.kind == "feed" and not source.own and not source.surfaced
    return plain and channel_at(source.url) == WEBSITE


def school_of_register(config: Config, urn: str) -> Done[tuple[School, tuple[str, ...]]] | Refused:
    """The school as the register has it, and short names of it that only the school knows are said."""
    known = next(iter(schools_of_register(config, [urn]).values()), None)
    return Done(known) if known else _refuse(config, "not_in_register", urn=urn)


def find_schools(config: Config, words: str) -> list[School]:
    """List the schools of the register that words of name and town, or a number like theirs, may mean."""
    return SchoolSearch(read_register(config.register or SHIPPED)).offer(words)


def schools_of_register(config: Config, urns: Iterable[str]) -> dict[str, tuple[School, tuple[str, ...]]]:
    """The same of several schools at once, by number, without those that the register lacks."""
    everybody = read_register(config.register or SHIPPED)
    there = [school for urn in urns for school in pick_number(everybody, urn)[:1]]
    return {entry.school.urn: (entry.school, entry.asked) for entry in entries(there, everybody)}


def watch_school(at: Keeper, school: School, values: Mapping[str, Any]) -> Became:
    """Watches one school more. What was for the only one so far stays for that alone."""
    if there := at.config.school(school.urn):
        return _refuse(at.config, "there", name=there.name)
    if not at.keeps(()):
        return _refuse(at.config, "schools")
    changes = [*edit.joining(at.config, school), edit.change_table("schools", school.urn, values)]
    return write_settings(at, changes, school.urn)


def correct_school(at: Keeper, school: School, values: Mapping[str, Any], mark: str | None = None) -> Became:
    """Put right what the settings say of a school; None takes a value away. Its head is who holds that office
    among the people, where somebody does."""
    had, (led,) = school_values(school), name_heads([school], at.config.people)
    given = {**values, "head": led.head}
    new = {key: value for key, value in given.items() if (value or None) != (had.get(key) or None)}
    if not at.keeps([school.urn]):
        return _refuse(at.config, "schools")
    if not new:
        return Done(Changed(at.config))
    change, shown = edit.change_table("schools", school.urn, new), Shown("schools", school.urn, mark)
    return write_settings(at, [change], school.urn, shown)


def may_not_go(at: Keeper, school: School) -> Refused | None:
    """Why a school has to stay: it is the only one, or has a case open or on hold. None where it may go."""
    if len(at.config.proper) == 1:
        return _refuse(at.config, "only_school", name=school.name)
    if not at.keeps([school.urn]):
        return _refuse(at.config, "schools")
    if at.store is None:
        return None
    with at.store.open_reader() as con:
        return _standing(at, school, con)


def _standing(at: Keeper, school: School, con: Connection) -> Refused | None:
    open_cases, held = count_standing(con, [school.urn, *school.members])
    given = {"name": school.name, "open": open_cases, "held": held}
    return _refuse(at.config, "standing", **given) if open_cases or held else None


def stop_watching_school(at: Keeper, school: School, mark: str | None = None) -> Became:
    """Watches a school no more, where it may go. Its own places and people go with it."""
    if refused := may_not_go(at, school):
        return refused
    going = edit.find_school_parts(at.config, school)

    def end(con: Connection, _: Config) -> Sequence[HandedOver]:
        if refused := _standing(at, school, con):
            raise InputError(refused.reason)
        withdraw_of_school(con, school.urn, at.now)
        for person in going.people:
            end_all(con, person.id, at.actor, at.now)
        return ()

    changes = edit.leaving_changes(at.config, going, at.config.day_of(at.now))
    return write_settings(at, changes, school.urn, Shown("schools", school.urn, mark), end)


def set_terms(
    at: Keeper, urns: Sequence[str], terms: Sequence[tuple[date, date]], closed_on: Sequence[date]
) -> Became:
    """Adds terms, and days without pupils, for these schools."""
    if not at.keeps(urns):
        return _refuse(at.config, "schools")
    return write_settings(at, [edit.terms_added(urns, terms, closed_on)], urns[0])


def _change_source(at: Keeper, source: Source, change: edit.Change, mark: str | None) -> Became:
    if not at.keeps(source.urns):
        return _refuse(at.config, "schools")
    return write_settings(at, [change], source.id, Shown("sources", source.id, mark))


def _refuse(config: Config, guard: str, **given: object) -> Refused:
    return Refused(guard, words(config.schools[0].language)(f"places.refused.{guard}", **given))
