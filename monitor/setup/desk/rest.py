"""The further steps of setting a home up: places, names, email, reaching the desk, the start."""

from __future__ import annotations

import os
import re
import shlex
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import Response

from alerts.links import Links
from data.effects import Clock
from data.errors import InputError, SchoolgateError, write_commands
from data.frozen import freeze
from data.ids import digest
from data.register.school_names import doubtful_aliases, initials_said, propose_aliases
from data.steps.acts import Done, Refused
from data.types import Person, Relevance
from data.web.channels import host_of
from data.web.public_addresses import HostReach, reach_of
from data.words.say import capital
from monitor.act import people, places, settings
from monitor.act.report_in import Judged
from monitor.config.check import required_reader
from monitor.config.load import Config
from monitor.config.model import BaseAddress, Listen, NetworkOfProxies
from monitor.desk.page import led_to
from monitor.desk.pages.people import Desk, Errand, Errands, done_or_shown
from monitor.desk.pages.places import shown_find
from monitor.service.notebook import complaints_of
from monitor.setup import mail
from monitor.setup.desk.frame import PATH, Answer, Step, StepPage, TypedAnswers, Wrong, go_on, step_page
from monitor.setup.findings import end_sentence
from monitor.setup.way_out import proxy_of, whole_proxy, with_certificates
from sources.http.connection import MAY_ENTER, SIGN_IN, UNKNOWN_AUTHORITY
from sources.places import Proposal

if TYPE_CHECKING:
    from monitor.pipeline.looking import PlaceRead


def further_steps(clock: Clock, judged: Judged) -> Mapping[Step, StepPage]:
    """The pages of PLACES, NAMES, MAIL, REACH and START."""
    errands = Errands()
    looked, names, tried = PlacesStep(clock, judged, errands), NamesStep(errands), MailStep(errands)
    return {
        Step.PLACES: StepPage(looked.show, looked.take, answer_places),
        Step.NAMES: StepPage(names.show, names.take, answer_names),
        Step.MAIL: StepPage(tried.show, tried.take, answer_mail),
        Step.REACH: StepPage(show_reach, take_reach, answer_reach),
        Step.START: StepPage(partial(show_start, clock), partial(take_start, clock), answer_start),
    }


def _who(desk: Desk) -> str:
    return desk.asking.signed_in.session.id_hash


def _mark(desk: Desk, *keys: str) -> str:
    """Return what a form holds of the settings that it was made from: tables and keys, by name."""
    return digest(*(desk.mark(key, "") for key in keys))


def _refuse_late(desk: Desk, mark: str) -> Desk | None:
    """The desk that says so, where something else was answered since the form was shown; else None."""
    late = desk.asking.form.get("mark") != mark
    return replace(desk, wrong=desk.w("setup.late"), typed={}) if late else None


# ------------------------------------------------------------------------------------------------ places

_ADDRESS = "address"


@freeze
class PlaceShown:
    """A place that may be kept: its `mark` in the form, what reading it gave; `asked` is what it is."""

    mark: str
    place: Proposal
    read: PlaceRead
    how: str
    asked: bool


class PlacesStep:
    """The places where people write about the school: looked for, read once, kept or left out."""

    def __init__(self, clock: Clock, judged: Judged, errands: Errands) -> None:
        self._clock, self._judged, self._errands = clock, judged, errands

    def show(self, desk: Desk, wrong: Wrong | None = None) -> Response:
        from monitor.pipeline.looking import NATURES

        errand, config = self._find_latest(desk), desk.at.config
        looked = _read_outcome(errand)
        shown = list(_places_shown(desk, looked)) if looked else []
        unreached = _explain_unreached(desk, looked) if looked and not looked.answered else []
        finds = [(f.source_id, shown_find(desk, f)) for f in looked.finds if f.said] if looked else []
        view = {
            "running": errand is not None and not errand.ended.is_set(),
            "failed": _find_failure(desk, errand), "asked": desk.asking.query.get("address", ""),
            "shown": shown, "finds": finds, "mark": _places_mark(desk, shown),
            "off": [s.place for s in shown if s.place.source.disabled],
            "unreached": unreached,
            "silent": ", ".join(looked.silent if looked else config.to_look_up),
            "nothing": looked and not any((shown, looked.answered, looked.unreached, looked.silent)),
            "filter": looked is not None and UNKNOWN_AUTHORITY in looked.unreached,
            "ca_file": config.network.ca_file, "proxy": config.network.proxy or proxy_of(os.environ),
            "natures": [n.value for n in NATURES],
            "on": [s.name or s.id for s in config.sources if not s.disabled],
            "left": [s.name or s.id for s in config.sources if s.disabled],
        }  # fmt: skip
        return step_page(desk, Step.PLACES, "setup_places.html", wrong, **view)

    def take(self, desk: Desk) -> Response:
        """Looks, through another way out too; looks at one address; keeps what is ticked."""
        form, do = desk.asking.form, desk.asking.form.get("do", "")
        if do == "keep":
            return self._keep(desk)
        if do in ("proxy", "ca_file"):
            return self._another_way(desk, do)
        if do == "address":
            if not (address := form.get("address", "").strip()):
                return self.show(desk, {"address": desk.w("setup.places.no_address")})
            return self._look(desk, partial(self._look_at, desk, address), address)
        return self._look_around(desk)

    def _look_around(self, desk: Desk) -> Response:
        return self._look(desk, partial(places.look_around, desk.at, self._clock, self._judged))

    def _look_at(self, desk: Desk, address: str) -> Done[places.LookedAround] | Refused:
        """One address that somebody gives, as the page of the sources looks at it."""
        at, urns = desk.at, tuple(s.urn for s in desk.at.config.proper)
        found = places.look_at_address(
            at.config, at.home, address, urns, self._clock, self._judged, own=False
        )
        if isinstance(found, Refused):
            return found
        if not found.made.read:
            failure, w = found.made.looked.failure, desk.w
            said = w("places.not_read", why=failure.detail) if failure else w("places.found_none")
            return Refused("address", said)
        return Done(places.LookedAround(found.made.read[:1], found.made.finds))

    def _find_latest(self, desk: Desk) -> Errand | None:
        """Find what was looked at last: all around, or one address."""
        found = (self._errands.find(_who(desk), what) for what in (Step.PLACES, _ADDRESS))
        return max(filter(None, found), key=lambda errand: errand.begun, default=None)

    def _look(self, desk: Desk, work: Callable[[], object], address: str = "") -> Response:
        if not self._errands.begin(_who(desk), _ADDRESS if address else Step.PLACES, work):
            return self.show(replace(desk, wrong=desk.w("places.busy.already")))
        return led_to(f"{PATH}/{Step.PLACES}{f'?address={quote(address)}' if address else ''}")

    def _another_way(self, desk: Desk, key: str) -> Response:
        """Saves the proxy or the filter's authority, or that there is none any more, and looks again."""
        typed = desk.asking.form.get(key, "").strip()
        try:
            if not typed and not getattr(desk.at.config.network, key):
                raise InputError(desk.w(f"setup.places.no_{key}"))
            read = with_certificates if key == "ca_file" else whole_proxy
            value = read(typed) if typed else None
        except InputError as error:
            return self.show(desk, {key: error.text})

        act = partial(settings.set_way_out, desk.at, **{key: value})
        return done_or_shown(desk, act, self.show, lambda now, _: self._look_around(now))

    def _keep(self, desk: Desk) -> Response:
        errand = self._find_latest(desk)
        looked = _read_outcome(errand)
        if errand is None or looked is None:
            return self.show(replace(desk, wrong=desk.w("places.over")))
        from monitor.pipeline.looking import NATURES, with_nature

        shown = list(_places_shown(desk, looked))
        if late := _refuse_late(desk, _places_mark(desk, shown)):
            return self.show(late)
        form, wrong, kept = desk.asking.form, dict[str, str](), list[Proposal]()
        for each in shown:
            said = next((n for n in NATURES if n.value == form.get(f"nature_{each.mark}")), None)
            if not each.place.source.disabled and not form.get(f"keep_{each.mark}"):
                continue
            if each.asked and said is None:
                wrong[f"nature_{each.mark}"] = desk.w("setup.places.no_nature", name=each.place.source.name)
            kept.append(with_nature(each.place, said))
        if wrong:
            return self.show(desk, wrong)

        def then(now: Desk, _: object) -> Response:
            errand.made = Done(replace(looked, read=(), answered=True))
            return led_to(f"{PATH}/{Step.PLACES}")

        act = partial(places.watch_places, desk.at, kept, looked.silent)
        return done_or_shown(desk, act, self.show, then) if kept else then(desk, None)


def _read_outcome(errand: Errand | None) -> places.LookedAround | None:
    """Return what came of the looking; None while it lasts, and where it failed."""
    found = getattr(errand.made, "made", None) if errand else None
    return found if isinstance(found, places.LookedAround) else None


def _find_failure(desk: Desk, errand: Errand | None) -> str:
    if errand is None or not errand.ended.is_set() or isinstance(errand.made, Done):
        return ""
    return errand.made.reason if isinstance(errand.made, Refused) else desk.w("places.over")


def _places_shown(desk: Desk, looked: places.LookedAround) -> Iterator[PlaceShown]:
    """List what was read as it would be written, without what is watched by now."""
    from monitor.pipeline.looking import decide_places, is_unknown, same_place, say_outcome

    for read, place in zip(looked.read, decide_places(looked.read, desk.at.now), strict=True):
        source = place.source
        if same_place(source.url, desk.at.config.sources) is None:
            asked = not source.disabled and source.kind == "feed" and is_unknown(source)
            mark = digest(source.url, *source.urns)[:16]
            yield PlaceShown(mark, place, read, capital(say_outcome(read)), asked)


def _places_mark(desk: Desk, shown: Sequence[PlaceShown]) -> str:
    return digest(_mark(desk, "sources"), *(each.mark for each in shown))


def _explain_unreached(desk: Desk, looked: places.LookedAround) -> list[str]:
    """Say what was tried, what came of it, and what to do now."""
    w, why, proxy = desk.w, looked.unreached, desk.at.config.network.proxy
    if not why:
        return []
    asked = dict.fromkeys(host_of(read.source.url) for read in looked.read if read.run)
    tried = w("setup.places.tried", n=len(asked), hosts=w.list_items(list(asked)[:2]))
    if UNKNOWN_AUTHORITY in why:
        return [tried, w("setup.places.filter")]
    if proxy and SIGN_IN in why:
        return [tried, w("setup.places.sign_in", proxy=proxy)]
    if proxy:
        why = why.replace(MAY_ENTER, "").strip()
        return [tried, w("setup.places.by_proxy", proxy=proxy, why=why), w("setup.places.do_proxy")]
    return [tried, w("setup.places.nameless") if "name server" in why else why, w("setup.places.do")]


def answer_places(desk: Desk) -> Answer:
    config = desk.at.config
    on = sum(not s.disabled for s in config.sources)
    said = desk.w("setup.places.said", n=on, off=len(config.sources) - on) if on else ""
    hosts = ", ".join(config.to_look_up)
    return Answer(Step.PLACES, said, desk.w("setup.places.silent", hosts=hosts) if said and hosts else "")


# ------------------------------------------------------------------------------------------------- names


class NamesStep:
    """The names that people call the school: what the register proposes, how people wrote, what is typed."""

    def __init__(self, errands: Errands) -> None:
        self._errands, self._known = errands, dict[str, tuple[tuple[str, ...], ...]]()

    def show(self, desk: Desk, wrong: Wrong | None = None) -> Response:
        looked = _read_outcome(self._errands.find(_who(desk), Step.PLACES))
        finds = [f for f in (looked.finds if looked else ()) if f.relevance is not Relevance.NOT_ABOUT]
        schools, named = desk.at.config.proper, _schools_named(desk)
        if new := [s for s in schools if s.urn not in self._known]:  # to read the register takes a second
            found = places.schools_of_register(desk.at.config, [s.urn for s in new])
            likely = {s.urn: (replace(s, aliases=propose_aliases(s)), doubtful_aliases(s)) for s in new}
            self._known |= {urn: (s.aliases, asked) for urn, (s, asked) in (likely | found).items()}
        listed = []
        for school in schools:  # what is likely is ticked where nothing was said before
            proposed, doubtful = self._known[school.urn]
            proposed = (*proposed, *initials_said(school, (f.said for f in finds)))
            ticked = [
                *school.aliases,
                *(n for n in proposed if school.urn not in named and n not in doubtful),
            ]
            names = dict.fromkeys((*school.aliases, *proposed, *doubtful))
            listed.append((school, [(name, name in ticked) for name in names], doubtful))
        view = {
            "schools": listed, "mark": desk.mark("schools", ""),
            "finds": [shown_find(desk, f) for f in finds if f.said],
        }  # fmt: skip
        return step_page(desk, Step.NAMES, "setup_names.html", wrong, **view)

    def take(self, desk: Desk) -> Response:
        form, names, named = desk.asking.form, dict[str, list[str]](), _schools_named(desk)
        for school in desk.at.config.proper:
            ticked = [said for key, said in form.items() if key.startswith(f"name_{school.urn}_")]
            more = map(str.strip, re.split(r"[,;\n]", form.get(f"more_{school.urn}", "")))
            said = dict.fromkeys((*ticked, *filter(None, more)))
            called = [name for name in said if name != school.name]
            if school.urn not in named or called != list(school.aliases):
                names[school.urn] = called
        act = partial(settings.set_names, desk.at, names, form.get("mark", ""))
        return done_or_shown(desk, act, self.show, lambda now, _: go_on(Step.NAMES))


def _schools_named(desk: Desk) -> set[str]:
    """The numbers of the schools of which was said what people call them, or that there is nothing else."""
    return {row["urn"] for row in tomllib.loads(desk.text).get("schools", ()) if "aliases" in row}


def answer_names(desk: Desk) -> Answer:
    w, named = desk.w, _schools_named(desk)
    schools = [s for s in desk.at.config.proper if s.urn in named]
    return Answer(Step.NAMES, "; ".join(", ".join(s.aliases) or w("setup.names.said_none") for s in schools))


# ------------------------------------------------------------------------------------------------- email

_MAIL = ("mail", "without_mail")
"""What of the settings says how emails go out."""


@freeze
class MailTried:
    """A trial of a way: what was typed, without its secret; what became of it, or why it could not be."""

    typed: Mapping[str, str]
    trial: mail.Trial | None = None
    refused: str = ""


class MailStep:
    """The way that email goes out: which one, what that needs, one email to try it; or none."""

    def __init__(self, errands: Errands) -> None:
        self._errands = errands

    def show(self, desk: Desk, wrong: Wrong | None = None) -> Response:
        config, asked = desk.at.config, desk.asking.query.get("way", "")
        errand = self._errands.find(_who(desk), Step.MAIL) if "tried" in desk.asking.query else None
        tried = errand.made if errand and isinstance(errand.made, MailTried) else None
        way = mail.WAYS[mail.WayName(asked)] if asked in set(mail.WayName) else None
        now = mail.sending_way(config.mail) if config.mail else None
        trial, failed = (tried.trial, tried.refused) if tried else (None, _find_failure(desk, errand))
        view = {
            "now": config.mail, "way_now": now, "mark": _mark(desk, *_MAIL),
            "at": mail.destination_words(config.mail) if config.mail else "",
            "way": way, "providers": [(each, mail.ways_of(each)) for each in mail.PROVIDERS],
            "fields": _mail_fields(desk, way, tried.typed if tried else desk.typed) if way else [],
            "kept": now is way and _held_secret(config), "reached": [p for p in config.people if p.email],
            "running": errand is not None and not errand.ended.is_set(),
            "failed": failed,
            "sent": trial if trial and trial.was_sent and not failed else None,
            "why": _explain_refusal(desk, trial) if trial else [],
            "first": (tried.typed if tried else desk.typed).get("to") or _choose_first(desk),
            "without": config.without_mail, "lines": mail.SECURITY,
        }  # fmt: skip
        return step_page(desk, Step.MAIL, "setup_mail.html", wrong, **view)

    def take(self, desk: Desk) -> Response:
        form, way = desk.asking.form, desk.asking.form.get("way", "")
        if (way == "none" or form.get("do") == "try") and (late := _refuse_late(desk, _mark(desk, *_MAIL))):
            return self.show(late)
        if way == "none":
            act = partial(settings.do_without_mail, desk.at)
            return done_or_shown(desk, act, self.show, lambda now, _: go_on(Step.MAIL))
        if way not in set(mail.WayName):
            return self.show(desk, {"way": desk.w("setup.mail.no_way")})
        if form.get("do") != "try":
            return led_to(f"{PATH}/{Step.MAIL}?way={way}")
        person = next((p for p in desk.at.config.people if p.email and p.id == form.get("to")), None)
        if person is None:
            return self.show(replace(desk, wrong=desk.w("setup.mail.nobody")))
        try:
            chosen = _mail_choice(desk, way)
        except InputError as error:
            of_field = error.text.partition("⟩: ")[2] or error.text
            said = desk.w("setup.mail.missing") if isinstance(error, mail.MissingAnswer) else of_field
            return self.show(desk, {error.field or "secret": said})
        typed = {key: said for key, said in form.items() if key != "secret"}
        if not self._errands.begin(_who(desk), Step.MAIL, partial(_try_mail, desk, chosen, person, typed)):
            return self.show(replace(desk, wrong=desk.w("places.busy.already")))
        return led_to(f"{PATH}/{Step.MAIL}?way={way}&tried=1")


def _mail_choice(desk: Desk, way: str) -> settings.MailChoice:
    """Read what the form says of that way, what is empty as empty. Raises InputError. A secret that is left
    out stays as it is, and goes to no other server."""
    config, form = desk.at.config, desk.asking.form
    options = mail.WAYS[mail.WayName(way)].options.split()
    given = {name: form.get(name.replace("-", "_"), "").strip() for name in options}
    typed = form.get("secret", "").strip() or None
    there = config.mail if config.mail and mail.sending_way(config.mail).name == way else None
    held = _held_secret(config) if there and given.get("host") in (None, there.host) else None
    chosen = mail.read_choice(mail.WAYS[mail.WayName(way)], given, typed or held)
    if typed and chosen.secret is None:
        raise InputError(f"⟨user⟩: {desk.w('setup.mail.whose')}")
    return chosen


def _held_secret(config: Config) -> str | None:
    held = config.mail_secret or config.mail_password
    return held.get_secret_value() if held else None


def _try_mail(desk: Desk, chosen: settings.MailChoice, to: Person, typed: Mapping[str, str]) -> MailTried:
    """Send one email by the new way; only where that was taken is it the way from now on."""
    try:
        config = mail.preview_mail(desk.at.config, desk.at.home, chosen)
        trial = mail.send(config, desk.at.home, to, desk.at.now)
        done = settings.set_mail(desk.at, chosen) if trial.was_sent else None
    except SchoolgateError as error:
        return MailTried(typed, refused=error.text)
    return MailTried(typed, trial, done.reason if isinstance(done, Refused) else "")


def _mail_fields(desk: Desk, way: mail.SendingWay, typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """The fields of that way, each with what was typed, what is set or what is likely; its secret is last."""
    sender = mail.propose_sender(desk.at.config) or ""
    domain = sender.rpartition("@")[2]
    there = {"sender": sender, "tenant": domain, "user": sender if way.secret else "", "port": "587"}
    there |= {"host": mail.entrance_of(domain) if way.name == "connector" and domain else ""}
    there |= mail.present_options(desk.at.config.mail, way)
    names = [(name.replace("-", "_"), there.get(name, "")) for name in way.options.split()]
    secret = [("secret", "")] if way.secret or way.name == "relay" else []
    return [*((name, typed.get(name, "") if typed else value) for name, value in names), *secret]


def _choose_first(desk: Desk) -> str:
    """Choose whom the trial is proposed to go to: whoever is at the page, else who looks after Schoolgate."""
    if desk.at.by and desk.at.by.email:
        return desk.at.by.id
    try:
        return people.who_administers(desk.at.config).id
    except InputError:
        return ""


def _explain_refusal(desk: Desk, trial: mail.Trial) -> list[str]:
    """Say what came back, what it means, what to do, where more is told; nothing where it was sent."""
    if trial.was_sent:
        return []
    found = mail.find_remedy(trial.result, trial.mail)
    read = desk.w("setup.mail.read", heading=found.heading, page=found.page)
    said = (mail.result_words(trial.result, trial.mail), found.means, end_sentence(found.do))
    return [*(line.replace("'", "’") for line in said), read]


def answer_mail(desk: Desk) -> Answer:
    config = desk.at.config
    if config.mail:
        at = mail.destination_words(config.mail)
        return Answer(Step.MAIL, desk.w("setup.mail.said", sender=config.mail.sender, at=at))
    return Answer(Step.MAIL, desk.w("setup.mail.said_none") if config.without_mail else "")


# ------------------------------------------------------------------------------------- reaching the desk


_REACH = ("base_url", "serve")


def show_reach(desk: Desk, wrong: Wrong | None = None) -> Response:
    config = desk.at.config
    here = "here" if config.serve.here_only else "web" if config.base_url else ""
    asks = desk.w("setup.reach.inside") in (wrong or {}).values() or bool(desk.asking.form.get("inside"))
    view = {
        "inside": asks or reach_of(config.base_url or "") is HostReach.INSIDE,
        "chosen": here, "base_url": config.base_url, "proxy": settings.web_server_elsewhere(config),
        "listen": settings.listen_of_ones_own(config), "mark": _mark(desk, *_REACH),
    }  # fmt: skip
    return step_page(desk, Step.REACH, "setup_reach.html", wrong, **view)


def take_reach(desk: Desk) -> Response:
    if late := _refuse_late(desk, _mark(desk, *_REACH)):
        return show_reach(late)
    typed, how = TypedAnswers(desk.asking.form), desk.asking.form.get("how")
    address = typed.read("base_url", partial(_read_address, desk), wanted=how == "web")
    proxy = typed.read("proxy", required_reader(NetworkOfProxies), wanted=False)
    listen = typed.read("listen", required_reader(Listen), wanted=False)
    if how not in ("here", "web"):
        typed.wrong["how"] = desk.w("setup.reach.no_how")
    if typed.wrong:
        return show_reach(desk, typed.wrong)
    act = partial(settings.set_address, desk.at, address if how == "web" else None, proxy or "", listen or "")
    return done_or_shown(desk, act, show_reach, lambda now, _: go_on(Step.REACH))


def _read_address(desk: Desk, said: str) -> str:
    address: str = required_reader(BaseAddress)(said if "//" in said or not said else f"https://{said}")
    if not Links(address).is_private:
        raise InputError(desk.w("setup.reach.not_https"))
    reach = reach_of(address)
    if reach is HostReach.NOWHERE or (reach is HostReach.INSIDE and not desk.asking.form.get("inside")):
        raise InputError(desk.w(f"setup.reach.{reach.value}"))
    return address


def answer_reach(desk: Desk) -> Answer:
    config = desk.at.config
    here = desk.w("setup.reach.said") if config.serve.here_only else ""
    return Answer(Step.REACH, config.base_url or here)


# ------------------------------------------------------------------------------------------------- start


def show_start(clock: Clock, desk: Desk) -> Response:
    """Show the start with this computer, that by hand, and what IT support would do."""
    from monitor.setup.installing import Machine, install_service, service_home
    from monitor.setup.own_start import find_own_start

    wanted, lines, refused = service_home(desk.at.home), list[str](), ""
    own = find_own_start(wanted.old, wanted.program)
    try:
        install_service(wanted, Machine(), lines.append, clock, dry_run=True)
    except SchoolgateError as error:
        refused = write_commands(error.text)
    home, program = shlex.quote(str(desk.at.home)), shlex.quote(str(wanted.program))
    view: dict[str, object] = {
        "runs": _runs(desk), "looked": desk.asking.query.get("looked"),
        "signed": desk.at.config.dpia.recorded_on, "own": own, "own_page": _own_page(desk.at.config),
        "steps": [line.removeprefix("Would: ") for line in lines[:-1]],
        "refused": refused.splitlines(), "systemd": Machine().systemd,
        "install": f"sudo {program} service install --home {home}",
        "serve": f"{program} serve --home {home}", "open": f"{program} desk --home {home}",
    }  # fmt: skip
    return step_page(desk, Step.START, "setup_start.html", None, **view)


def _own_page(config: Config) -> str:
    from monitor.service.own_desk import HOST, own_port

    port = own_port(config)
    return f"http://{HOST}:{port}" if port else ""


def take_start(clock: Clock, desk: Desk) -> Response:
    """Start with this computer, now and at each sign-in, or no more."""
    from monitor.setup.installing import Machine, service_home
    from monitor.setup.own_start import find_own_start

    wanted = service_home(desk.at.home)
    own = find_own_start(wanted.old, wanted.program)
    if own is None or not desk.at.config.dpia.recorded_on:
        return show_start(clock, desk)
    try:
        if desk.asking.form.get("do") == "end":
            own.end(Machine())
            return led_to(f"{PATH}/{Step.START}")
        own.begin(Machine())
    except SchoolgateError as error:
        return show_start(clock, replace(desk, wrong=error.text))
    await_answer(partial(_runs, desk))
    return led_to(f"{PATH}/{Step.START}?looked=1")


_ANSWERS_WITHIN_S = 10


def await_answer(runs: Callable[[], bool], sleep: Callable[[float], None] = time.sleep) -> None:
    """Wait until the service answers, for ten seconds at most."""
    for _ in range(_ANSWERS_WITHIN_S):
        if runs():
            return
        sleep(1.0)


def _runs(desk: Desk) -> bool:
    return complaints_of(desk.at.home, desk.at.config.serve.health_port) is not None


def answer_start(desk: Desk) -> Answer:
    return Answer(Step.START, desk.w("setup.start.said") if _runs(desk) else "")
