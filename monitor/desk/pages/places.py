"""Places that are read, schools and terms, and the machine: what is set, how each is, how it is changed.

A place is looked at through the guarded fetcher in a thread; nothing is kept but what somebody keeps.
`doctor` runs as a process of its own: it loads what a service that waits does without."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from data.effects import Clock
from data.errors import InputError
from data.frozen import freeze
from data.ids import digest
from data.people import people_of
from data.register.calendar import TermDates, read_dates
from data.register.find_schools import school_line
from data.steps.acts import Refused
from data.store import sources as source_store
from data.store.engine.connect import Connection
from data.types import Outcome, School, Source, SourceRun, SourceState
from data.words.say import capital
from monitor.act import places as act
from monitor.act.people import Became
from monitor.act.report_in import Judged, NotYetTaken, report_in
from monitor.config.edit import find_school_parts
from monitor.config.first_file import key_without_number, school_values, usable
from monitor.config.home.paths import Paths
from monitor.config.hosts import hosts
from monitor.config.load import Config
from monitor.desk.page import DeskRequest, NotThere, led_to
from monitor.desk.pages.people import Desk, Errands, ask_for_proof, done_and_said, open_desk
from monitor.home.wiring import way_out
from monitor.matters.assessment import only_looks
from monitor.pipeline.supplied import Kept, Report
from monitor.terminal.program import run_doctor
from monitor.terminal.wording import outcome_words, say_read_back
from sources.nature import Nature, nature_of
from sources.places import Proposal
from sources.registry import SourceKind
from sources.runs import next_due_at, unseen

if TYPE_CHECKING:
    from monitor.act.keyed import TriedPlace, WantedPlace
    from monitor.pipeline.looking import Find, Linked, PlacePreview, PlaceRead

log = logging.getLogger("schoolgate.desk")
PATH, KEYED = "/sources", "/keyed"
SCHOOLS, TERMS, MACHINE = "/schools", "/terms", "/machine"
FIELDS = (
    *("name", "aliases", "former_names", "street", "locality", "town", "county", "postcode"),
    *("local_authority", "website", "domain", "nation", "phase", "sector", "trust", "social_care"),
    "allegations",
)
"""What may be said of a school here, in this order."""
_LISTS = ("aliases", "former_names")
_CHOICES = {
    "nation": ("england", "wales", "scotland", "northern_ireland"),
    "sector": ("", "maintained", "academy", "independent"),
}
_LEADS = re.compile(r"(.+): the desk’s page (/\S+)$")
"""A remedy that ends with the page of the desk that does it."""


@freeze
class MachineFinding:
    """The fault that was found: `leads` to where it is put right at the desk, else `command` does that."""

    level: str
    what: str
    remedy: str
    leads: str
    command: str


class PlacesDesk:
    """The pages; `judged` gives what judges what is looked at, `examined` what `doctor` finds."""

    def __init__(
        self, clock: Clock, judged: Judged, errands: Errands | None = None,
        examined: Callable[[Path, Path], Mapping[str, Any] | None] = run_doctor,
    ) -> None:  # fmt: skip
        self._clock, self._judged, self._examined = clock, judged, examined
        self._errands = errands or Errands()

    # ------------------------------------------------------------------------------------ places

    def take(self, asking: DeskRequest) -> Response:
        """Looks at an address, or keeps what was found there."""
        desk = open_desk(asking)
        form, config = asking.form, desk.config
        address, own = form["address"], bool(form["own"])
        if form["do"] == "keep":
            return self._keep(desk)
        if form["do"] == "set":
            says = partial(act.name_host, desk.at, address, _nature(form["nature"]))
            return done_and_said(desk, says, self.list_places, desk.w("places.done.set", name=address))
        urns = tuple(s.urn for s in desk.schools if form[f"school_{s.urn}"])
        if not desk.at.keeps(urns):
            urns = tuple(s.urn for s in desk.schools)
        given = (config, desk.at.home, address, urns, self._clock, self._judged)
        return self._begin(
            desk, "", partial(act.look_at_address, *given, own=own, known=_sources(desk)), self.list_places
        )

    def take_one(self, asking: DeskRequest) -> Response:
        """Reads it once, switches it off or on, says what it is, takes it out."""
        desk = open_desk(asking)
        source = _source(desk)
        at, do, mark = desk.at, asking.form["do"], asking.form["mark"]
        if do == "test":
            given = (at.config, at.home, source, self._clock, self._judged)
            tries = partial(act.try_place, *given, theirs=_theirs(desk), for_danger=_only_looks(desk))
            return self._begin(desk, source.id, tries, self.show_place)
        if do == "hand_in":
            return self._hand_in(desk, source)
        said = {"pause": "paused", "resume": "resumed", "remove": "removed", "set": "set"}.get(do)
        if do == "remove" and not asking.form["sure"]:
            yes = desk.w("places.remove_sure")
            return self.show_place(replace(desk, wrong=desk.w("places.refused.not_sure", yes=yes)))
        if said is None:
            return self.show_place(desk)
        acts: Mapping[str, Callable[[], Became]] = {
            "pause": lambda: act.pause(at, source, asking.form["why"], mark),
            "resume": lambda: act.resume(at, source, mark),
            "remove": lambda: act.remove(at, source, mark),
            "set": lambda: act.set_place_nature(at, source, _nature(asking.form["nature"]), mark),
        }
        name = source.name or source.id
        told = desk.w(f"places.done.{said}", name=name)
        to = PATH if do == "remove" else ""
        return done_and_said(desk, acts[do], self.show_place, told, to)

    def _find_preview(self, desk: Desk, source: Source) -> PlacePreview | None:
        """Find what they last saw at that place, within a quarter of an hour."""
        errand = self._errands.find(_who(desk), f"{PATH}/{source.id}")
        return getattr(errand.made, "made", None) if errand else None

    def _hand_in(self, desk: Desk, source: Source) -> Response:
        """Hands in what a look found that may be a danger, in the name of who looked, once."""
        tried, who = self._find_preview(desk, source), desk.at.by
        if tried is None or who is None or not tried.dangers:
            return self.show_place(replace(desk, wrong=desk.w("places.over")))
        number = ""
        for one in tried.dangers:
            number = self._hand_in_post(desk, one, who.id)
        self._errands.forget(_who(desk), f"{PATH}/{source.id}")
        return led_to(f"/tell/state?number={number}")

    def _hand_in_post(self, desk: Desk, one: Linked, by: str) -> str:
        """Hands in one post; gives its number, also where it is not taken yet."""
        at, post = desk.at, one.mention
        words = "\n".join(filter(None, (post.title, post.text)))
        report = Report(words, post.url, post.channel, post.author, None, at.now, by=by)
        kept = Kept(report, one.match.urn, at.now)
        try:
            done = report_in(at.config, Paths(at.home, at.config.path), kept, self._clock, self._judged)
        except NotYetTaken as failed:
            log.error("page=source fault=%s", type(failed.fault).__name__)
            return failed.number
        return done.made.number

    # ------------------------------------------------------------------------- a source with a key

    def take_keyed(self, asking: DeskRequest) -> Response:
        """Tries a place with its key, or keeps what was tried."""
        from monitor.act import keyed

        desk = open_desk(asking)
        kind, form = _kind(desk), asking.form
        ask_for_proof(asking, f"{KEYED}/{kind.name}")
        if form["do"] == "keep":
            tried = self._find_tried(desk)[1]
            if not isinstance(tried, keyed.TriedPlace) or _place_mark(tried) != form["place"]:
                return self.show_keyed(replace(desk, wrong=desk.w("places.over")))
            done = "places.done.kept" if tried.wanted.changes else "places.done.set"
            said = desk.w(done, name=tried.wanted.proposal.source.name)
            watch = partial(keyed.watch_place, desk.at, tried.wanted)
            return done_and_said(desk, watch, self.show_keyed, said, PATH)
        urns = tuple(s.urn for s in desk.schools if form[f"school_{s.urn}"])
        urns = urns or tuple(s.urn for s in desk.schools if not s.is_trust)
        wanted = keyed.plan_place(desk.at, kind, urns, form)
        if isinstance(wanted, Refused):
            return self.show_keyed(replace(desk, wrong=wanted.reason))

        def tries() -> tuple[keyed.WantedPlace, object]:
            tried = keyed.try_with_key(wanted.made, desk.at, self._clock, self._judged, _theirs(desk))
            return wanted.made, getattr(tried, "made", tried)

        if not self._errands.begin(_who(desk), KEYED, tries):
            return self.show_keyed(replace(desk, wrong=desk.w("places.busy.already")))
        return led_to(f"{KEYED}/{kind.name}?looked=1")

    def list_keyed(self, desk: Desk) -> Response:
        from monitor.act import keyed
        from sources.keys import key_kinds

        kinds = [(name, key_kinds()[each.key], each) for name, each in keyed.KEYED.items()]
        return desk.page("source_key.html", kinds=kinds, kind=None, running=False)

    def show_keyed(self, desk: Desk) -> Response:
        from monitor.act import keyed
        from sources.keys import key_kinds

        kind = _kind(desk)
        ask_for_proof(desk.asking, f"{KEYED}/{kind.name}")
        looked = "looked" in desk.asking.query
        errand = self._errands.find(_who(desk), KEYED) if looked else None
        wanted, tried = self._find_tried(desk) if looked else (None, None)
        made = tried if isinstance(tried, keyed.TriedPlace) else None
        view = {
            "kind": kind, "wants": key_kinds()[kind.key], "schools": desk.ticks, "tried": made,
            "mark": _place_mark(made) if made else "",
            "finds": [shown_find(desk, f) for f in made.preview.finds if f.said] if made else [],
            "misses": [shown_find(desk, f) for f in made.held.misses if f.said] if made and made.held else [],
            "fields": keyed.list_fields(desk.config, kind, [s.urn for s in desk.schools]),
            "said": {**(wanted.answers if wanted else {}), **desk.typed},
            "running": errand is not None and not errand.ended.is_set(),
            "why": tried.reason if isinstance(tried, Refused) else "",
            "over": looked and (errand is None or (errand.ended.is_set() and tried is None)),
        }  # fmt: skip
        return desk.page("source_key.html", **view)

    def _find_tried(self, desk: Desk) -> tuple[WantedPlace | None, object]:
        """Find the place with a key that they tried last, and what came of it."""
        errand = self._errands.find(_who(desk), KEYED)
        made = errand.made if errand else None
        return made if isinstance(made, tuple) else (None, made)

    def _begin(
        self, desk: Desk, what: str, work: Callable[[], object], again: Callable[[Desk], Response]
    ) -> Response:
        if not self._errands.begin(_who(desk), f"{PATH}/{what}", work):
            return again(replace(desk, wrong=desk.w("places.busy.already")))
        return led_to(f"{PATH}/{what}" if what else f"{PATH}?looked=1")

    def _keep(self, desk: Desk) -> Response:
        chosen = dict(self._list_found(desk)).get(desk.asking.form["place"])
        if chosen is None:
            return self.list_places(replace(desk, wrong=desk.w("places.over")))
        from monitor.pipeline.looking import with_nature

        nature = desk.asking.form["nature"]
        place = with_nature(chosen, _nature(nature)) if nature else chosen
        said = desk.w("places.done.kept", name=place.source.name)
        watch = partial(act.watch_places, desk.at, [place])
        return done_and_said(desk, watch, self.list_places, said)

    def _list_found(self, desk: Desk) -> Iterator[tuple[str, Proposal]]:
        """List what may be kept of what they looked at, as it would be written, each by its mark."""
        from monitor.pipeline.looking import decide_places

        errand = self._errands.find(_who(desk), f"{PATH}/")
        looked = getattr(errand.made, "made", None) if errand else None
        if isinstance(looked, act.LookedAt):
            given = list(decide_places(looked.read, desk.at.now)) or list(looked.looked.places[:1])
            for s, place in ((place.source, place) for place in given):
                yield digest(s.url, s.disabled or "", *s.urns), place

    def list_places(self, desk: Desk) -> Response:
        config = desk.config
        mine = _sources(desk)
        with desk.asking.store.open_reader() as con:
            runs, states = _health(con, mine)
        lines = [_place_line(desk, s, runs.get(s.id), states[s.id]) for s in mine]
        errand = self._errands.find(_who(desk), f"{PATH}/") if "looked" in desk.asking.query else None
        looked = errand.made if errand else None
        made = getattr(looked, "made", None)
        read: Mapping[str, PlaceRead] = {p.source.id: p for p in made.read} if made else {}
        shown = [(f.source_id, shown_find(desk, f)) for f in made.finds if f.said] if made else []
        found = [(n, p, read.get(p.source.id)) for n, p in self._list_found(desk)]
        view = {
            "lines": lines, "running": errand is not None and not errand.ended.is_set(), "errand": errand,
            "found": found, "finds": shown, "looked": made.looked if made else None,
            "why": looked.reason if isinstance(looked, Refused) else "",
            "natures": _natures(), "schools": desk.ticks, "names": _names(config),
        }  # fmt: skip
        return desk.page("sources.html", **view)

    def show_place(self, desk: Desk) -> Response:
        from monitor.act.keyed import use_words

        source = _source(desk)
        with desk.asking.store.open_reader() as con:
            runs, states = _health(con, [source])
            fills = [f for f in source_store.list_back_fills(con, [source.id]) if not f.file]
        errand, tried = (
            self._errands.find(_who(desk), f"{PATH}/{source.id}"),
            self._find_preview(desk, source),
        )
        line = _place_line(desk, source, runs.get(source.id), states[source.id])
        if _only_looks(desk):
            line["next"] = ""
        nature, key = nature_of(source), desk.config.keys.get(str(source.settings.get("credential")))
        view = {
            "query": source.settings.get("query", ""),
            "used": list(use_words(desk.asking.store, key, desk.at.now)) if key else [],
            "line": line, "tried": tried,
            "back": " ".join(say_read_back(f, desk.w, desk.at.now, desk.config.zone) for f in fills),
            "how": capital(_ending_words(tried.run)) if tried else "",
            "finds": [shown_find(desk, f) for f in tried.finds if f.said] if tried else [],
            "danger": tried is not None and bool(tried.dangers),
            "why": errand.made.reason if errand and isinstance(errand.made, Refused) else "",
            "running": errand is not None and not errand.ended.is_set(),
            "theirs": desk.at.keeps(source.urns), "mark": desk.mark("sources", source.id),
            "nature": nature.value if nature else "",
            "natures": _natures() if act.may_be_said(source) else [],
            "for_schools": ", ".join(_names(desk.config).get(u, u) for u in source.urns),
        }  # fmt: skip
        return desk.page("source.html", **view)

    # ------------------------------------------------------------------------------ schools, terms

    def take_schools(self, asking: DeskRequest) -> Response:
        """Adds one: from the register, else by what is typed."""
        desk = open_desk(asking)
        ask_for_proof(asking, SCHOOLS)
        urn, name = asking.form["urn"].strip(), asking.form["name"].strip()
        asked: tuple[str, ...] = ()
        if urn and not name:
            known = act.school_of_register(desk.config, urn)
            if isinstance(known, Refused):
                said = known.reason if urn.isdecimal() else desk.w("places.schools.which")
                return show_schools(replace(desk, wrong=said), act.find_schools(desk.config, urn))
            school, asked = known.made
        elif name:
            school = School(urn or key_without_number(name), name)
        else:
            return show_schools(replace(desk, wrong=desk.w("places.refused.no_name")))
        town = {"town": asking.form["town"].strip()} if asking.form["town"].strip() else {}
        said = desk.w("places.done.added", name=school.name)
        said += " " + desk.w("places.schools.asked", names=", ".join(asked)) if asked else ""
        watch = partial(act.watch_school, desk.at, school, town)
        return done_and_said(desk, watch, show_schools, said)

    def take_school(self, asking: DeskRequest) -> Response:
        """Changes that, names a namesake, takes what is missing from the register, or watches it no more."""
        desk = open_desk(asking)
        school = _school(desk)
        form, at, mark = asking.form, desk.at, asking.form["mark"]
        if form["do"] == "remove":
            if not form["sure"]:
                yes = desk.w("places.schools.remove_sure")
                return show_school(replace(desk, wrong=desk.w("places.refused.not_sure", yes=yes)))
            ask_for_proof(asking, f"{SCHOOLS}/{school.urn}")
            gone = desk.w("places.done.removed", name=school.name)
            leaves = partial(act.stop_watching_school, at, school, mark)
            return done_and_said(desk, leaves, show_school, gone, SCHOOLS)
        if form["do"] == "fill":
            known = act.school_of_register(at.config, school.urn)
            if isinstance(known, Refused):
                return show_school(replace(desk, wrong=known.reason))
            had = school_values(school)
            values = {k: v for k, v in school_values(usable(known.made[0])).items() if k not in had}
        elif form["do"] == "namesake" and form["namesake"].strip():
            other = {"name": form["namesake"].strip(), "place": form["place"].strip(), "kind": "school"}
            values = {"namesakes": [*school_values(school).get("namesakes", []), other]}
        elif form["do"] == "save":
            was = _school_fields(school)
            values = {k: _value(k, form[k]) for k in FIELDS if k in form and form[k] != was[k]}
        else:
            return show_school(desk)
        said = desk.w("places.done.changed", name=school.name)
        corrects = partial(act.correct_school, at, school, values, mark)
        return done_and_said(desk, corrects, show_school, said)

    def take_terms(self, asking: DeskRequest) -> Response:
        """Reads what was pasted, and shows it; saves it, once that was seen."""
        desk = open_desk(asking)
        urns = [s.urn for s in desk.schools if not s.is_trust and asking.form[f"school_{s.urn}"]]
        urns = urns or [s.urn for s in desk.schools if not s.is_trust]
        try:
            found = read_dates(asking.form["text"])
        except InputError as error:
            return show_terms(replace(desk, wrong=error.text))
        if not (found.terms or found.closed):
            return show_terms(replace(desk, wrong=desk.w("places.refused.no_term")))
        if asking.form["do"] != "save":
            return show_terms(desk, found)
        adds = partial(act.set_terms, desk.at, urns, found.terms, found.closed)
        return done_and_said(desk, adds, show_terms, desk.w("places.done.terms"))

    # ---------------------------------------------------------------------------------- the machine

    def take_machine(self, asking: DeskRequest) -> Response:
        """Has everything checked."""
        desk = open_desk(asking)
        if not desk.at.keeps(()):
            raise NotThere
        where = (desk.at.home, desk.config.path.absolute())
        self._errands.begin(_who(desk), MACHINE, lambda: (self._clock(), self._examined(*where)))
        return led_to(f"{MACHINE}?checked=1")

    def show_machine(self, desk: Desk) -> Response:
        if not desk.at.keeps(()):
            return desk.page("machine.html", not_theirs=True)
        errand, config = self._errands.find(_who(desk), MACHINE), desk.config
        at, found = errand.made if errand and isinstance(errand.made, tuple) else (None, None)
        findings = [_finding(each) for each in found["findings"]] if found else []
        proxy = way_out(config.network)
        view = {
            "not_theirs": False,
            "running": errand is not None and not errand.ended.is_set(),
            "failed": errand is not None and errand.ended.is_set() and found is None,
            "at": _when(desk, "places.machine.at", at) if at else "",
            "groups": [(level, [f for f in findings if f.level == level]) for level in ("fault", "warn")],
            "fine": sum(f.level == "ok" for f in findings), "checked": found is not None,
            "hosts": hosts(config), "proxy": f"{proxy.host}:{proxy.port}" if proxy else "",
        }  # fmt: skip
        return desk.page("machine.html", **view)


def _sources(desk: Desk) -> list[Source]:
    return [s for s in desk.config.sources if not s.urns or _theirs(desk) & set(s.urns)]


def _place_mark(tried: TriedPlace) -> str:
    return digest(repr(tried.preview.source.settings))


def _kind(desk: Desk) -> SourceKind:
    from monitor.act.keyed import KEYED as KINDS

    if (kind := KINDS.get(desk.asking.query["kind"])) is None:
        raise NotThere
    return kind


def _theirs(desk: Desk) -> set[str]:
    return {school.urn for school in desk.schools}


def _who(desk: Desk) -> str:
    return desk.asking.signed_in.session.id_hash


def _nature(said: str) -> Nature:
    return next((n for n in Nature if n.value == said), Nature.BLOG)


def _natures() -> list[str]:
    return [nature.value for nature in Nature if nature is not Nature.OWN]


def _names(config: Config) -> dict[str, str]:
    return {s.urn: s.name for s in config.schools}


def _health(con: Connection, of: list[Source]) -> tuple[Mapping[str, SourceRun], Mapping[str, SourceState]]:
    ids = [s.id for s in of]
    return source_store.latest_runs(con, ids), source_store.states(con, ids)


def _when(desk: Desk, key: str, at: datetime, **given: object) -> str:
    zone = desk.config.zone
    return desk.w(key, day=desk.w.day(at, desk.at.now, zone), clock=desk.w.clock(at, zone), **given)


def _place_line(desk: Desk, source: Source, run: SourceRun | None, state: SourceState) -> dict[str, object]:
    """Say how it is, whether it is silent or fails for longer than ever, and when it is read next."""
    w, config, now = desk.w, desk.config, desk.at.now
    if source.disabled:
        return {"source": source, "how": "", "trouble": w("places.off", why=source.disabled), "next": ""}
    how = (
        _when(desk, "places.last", run.finished_at, outcome=_ending_words(run)) if run else w("places.never")
    )
    bad = unseen(state, now, config.school_hours(source), source, run)
    trouble = w(f"places.{bad.trouble.value}", day=w.day(bad.since, now, config.zone)) if bad else ""
    due = next_due_at(source, state, now, config.zone)
    later = due is not None and due > now
    return {
        "source": source,
        "how": how,
        "trouble": trouble,
        "next": _when(desk, "places.next", due) if later and due else w("places.next_now"),
    }


def _ending_words(run: SourceRun) -> str:
    """Say how it ended, but not whether it brought anything: that may be what its reader is kept from."""
    if run.outcome.is_seen and run.outcome is not Outcome.PARTLY:
        return outcome_words(Outcome.OK)
    return ": ".join(filter(None, (outcome_words(run.outcome), run.detail))).rstrip(".")


def shown_find(desk: Desk, find: Find) -> tuple[str, str, str, str]:
    """Show one find: whose it is, where, its first words, and why we think so."""
    day = desk.w.day(find.published, desk.at.now, desk.config.zone) if find.published else ""
    return (
        desk.w(f"places.{find.relevance.value}"),
        " · ".join(filter(None, (day, find.place))),
        find.said,
        find.why,
    )


def _only_looks(desk: Desk) -> bool:
    with desk.asking.store.open_reader() as con:
        return only_looks(con, desk.config, desk.at.now)


def _school(desk: Desk) -> School:
    for school in desk.schools:
        if school.urn == desk.asking.query["urn"] and not school.is_trust:
            return school
    raise NotThere


def _source(desk: Desk) -> Source:
    for source in _sources(desk):
        if source.id == desk.asking.query["id"]:
            return source
    raise NotThere


def show_schools(desk: Desk, found: Sequence[School] = ()) -> Response:
    """Show the schools; those of the register that were `found` can be added by a press."""
    theirs = [s for s in desk.schools if not s.is_trust]
    counted = [(s, len(people_of(s, desk.config.people))) for s in theirs]
    offered = [(school.urn, school_line(school)) for school in found]
    return desk.page("schools.html", schools=counted, may_add=desk.at.keeps(()), found=offered)


def show_school(desk: Desk) -> Response:
    school = _school(desk)
    going = find_school_parts(desk.config, school)
    fields = [(key, text, _CHOICES.get(key, ())) for key, text in _school_fields(school).items()]
    view = {
        "school": school, "fields": fields, "lists": _LISTS, "mark": desk.mark("schools", school.urn),
        "places": ", ".join(going.places), "people": ", ".join(p.name for p in going.people),
        "only": len(desk.config.proper) == 1,
    }  # fmt: skip
    return desk.page("school_one.html", **view)


def _school_fields(school: School) -> dict[str, str]:
    had = {**dict.fromkeys(FIELDS, ""), **school_values(school), "nation": school.nation}
    return {k: ", ".join(v) if isinstance(v := had[k], list) else str(v) for k in FIELDS}


def _value(key: str, typed: str) -> object:
    if key in _LISTS:
        return [part.strip() for part in typed.split(",") if part.strip()] or None
    return typed.strip() or None


def show_terms(desk: Desk, found: TermDates | None = None) -> Response:
    w, config = desk.w, desk.config

    def term_lines(terms: Iterator[tuple[date, date]], closed: Iterator[date]) -> list[str]:
        spans = [w("places.terms.term", first=w.full_day(a), last=w.full_day(b)) for a, b in terms]
        return spans + [w("places.terms.closed", day=w.full_day(day)) for day in closed]

    known = []
    for school in (s for s in desk.schools if not s.is_trust):
        calendar = config.calendar(school.urn)
        spans = ((term.first, term.last) for term in calendar.terms)
        known.append((school.name, term_lines(spans, iter(sorted(calendar.closed)))))
    read = term_lines(iter(found.terms), iter(found.closed)) if found else []
    view = {"known": known, "read": read, "unread": found.unread if found else [], "schools": desk.ticks}
    return desk.page("terms.html", **view)


def _finding(found: Mapping[str, Any]) -> MachineFinding:
    command, remedy = found["command"] or "", found["remedy"] or ""
    at_desk = _LEADS.match(remedy)
    remedy, leads = at_desk.groups() if at_desk else (remedy.removesuffix(f": {command}"), "")
    what, remedy = (said.replace("'", "’") for said in (found["what"], remedy))  # as all of a page
    return MachineFinding(found["level"], what, remedy, leads, command)
