"""The further steps of setting a home up: places, names, email, reaching the desk, cover, the start."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import Response

from alerts.access.offices import holders
from alerts.wording.cases import office
from data.effects import Clock
from data.errors import InputError, SchoolgateError, write_commands
from data.ids import digest
from data.people import people_of
from data.register.school_names import doubtful_aliases, propose_aliases
from data.steps.acts import Done, Refused
from data.types import Person, Role, School, Source
from data.words.say import capital
from monitor.act import people, places, settings
from monitor.act.report_in import Judged
from monitor.config.check import answer_fault, required_reader, value_fault
from monitor.config.load import load_file
from monitor.config.model import BaseAddress, Email
from monitor.desk.page import led_to
from monitor.desk.pages.people import Desk, Errand, Errands, done_or_shown
from monitor.desk.pages.places import shown_find
from monitor.service.notebook import complaints_of
from monitor.setup.checklist import Answer, Step, offices_to_ask
from monitor.setup.desk.frame import PATH, StepPage, TypedAnswers, Wrong, go_on, step_page
from monitor.setup.findings import end_sentence
from sources.http.connection import UNKNOWN_AUTHORITY
from sources.places import Proposal

if TYPE_CHECKING:
    from monitor.act.settings import MailChoice
    from monitor.pipeline.looking import PlaceRead
    from monitor.setup.mail import SendingWay, Trial


def further_steps(clock: Clock, judged: Judged) -> Mapping[Step, StepPage]:
    """The pages of PLACES, NAMES, MAIL, REACH, COVER and START."""
    errands = Errands()
    looked, names, tried = PlacesStep(clock, judged, errands), NamesStep(errands), MailStep(errands)
    return {
        Step.PLACES: StepPage(looked.show, looked.take, answer_places),
        Step.NAMES: StepPage(names.show, names.take, answer_names),
        Step.MAIL: StepPage(tried.show, tried.take, answer_mail),
        Step.REACH: StepPage(show_reach, take_reach, answer_reach),
        Step.COVER: StepPage(show_cover, take_cover, answer_cover),
        Step.START: StepPage(partial(show_start, clock), partial(show_start, clock), answer_start),
    }


def _who(desk: Desk) -> str:
    return desk.asking.signed_in.session.id_hash


def _address(step: Step) -> str:
    return f"{PATH}/{step.value}"


# ------------------------------------------------------------------------------------------------ places

_ADDRESS = "address"


@dataclass(frozen=True, slots=True)
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

        errand = self._find_latest(desk)
        looked = _read_outcome(errand)
        shown = list(_places_shown(desk, looked)) if looked else []
        finds = [(f.source_id, shown_find(desk, f)) for f in looked.finds if f.said] if looked else []
        on, off = _split(desk.at.config.sources)
        view = {
            "running": errand is not None and not errand.ended.is_set(),
            "failed": _find_failure(desk, errand), "shown": shown, "finds": finds,
            "off": [s.place for s in shown if s.place.source.disabled],
            "unreached": looked.unreached if looked else "", "silent": looked.silent if looked else (),
            "filter": looked is not None and UNKNOWN_AUTHORITY in looked.unreached,
            "proxy": _proposed_proxy(), "natures": [n.value for n in NATURES],
            "on": [s.name or s.id for s in on], "left": [s.name or s.id for s in off],
        }  # fmt: skip
        return step_page(desk, Step.PLACES, "setup_places.html", wrong, **view)

    def take(self, desk: Desk) -> Response:
        """Looks, through another way out too; looks at one address; keeps what is ticked."""
        form, do = desk.asking.form, desk.asking.form.get("do", "")
        if do == "keep":
            return self._keep(desk)
        if do == "way":
            return self._another_way(desk)
        if do == "address":
            if not (address := form.get("address", "").strip()):
                return self.show(desk, {"address": desk.w("setup.places.no_address")})
            return self._look(desk, partial(self._look_at, desk, address), _ADDRESS)
        return self._look(desk, self._around(desk))

    def _around(self, desk: Desk) -> Callable[[], object]:
        return partial(places.look_around, desk.at.config, desk.at.home, self._clock, self._judged)

    def _look_at(self, desk: Desk, address: str) -> Done[places.LookedAround] | Refused:
        """One address that somebody gives, as the page of the sources looks at it."""
        config, urns = desk.at.config, tuple(s.urn for s in desk.at.config.proper)
        found = places.look_at_address(
            config, desk.at.home, address, urns, self._clock, self._judged, own=False
        )
        if isinstance(found, Refused):
            return found
        failure = found.made.looked.failure
        if not found.made.read:
            why = failure.detail if failure else ""
            w = desk.w
            return Refused("address", w("places.not_read", why=why) if why else w("places.found_none"))
        return Done(places.LookedAround(found.made.read[:1], found.made.finds))

    def _find_latest(self, desk: Desk) -> Errand | None:
        """Find what was looked at last: all around, or one address."""
        found = (self._errands.find(_who(desk), what) for what in (Step.PLACES, _ADDRESS))
        return max(filter(None, found), key=lambda errand: errand.begun, default=None)

    def _look(self, desk: Desk, work: Callable[[], object], what: str = Step.PLACES) -> Response:
        if not self._errands.begin(_who(desk), what, work):
            return self.show(replace(desk, wrong=desk.w("places.busy.already")))
        return led_to(_address(Step.PLACES))

    def _another_way(self, desk: Desk) -> Response:
        """Saves the proxy or the filter's authority, and looks again."""
        from monitor.setup.asking import whole_proxy, with_certificates

        form = desk.asking.form
        key = "ca_file" if "ca_file" in form else "proxy"
        typed = form.get(key, "").strip()
        try:
            if not typed:
                raise InputError(desk.w(f"setup.places.no_{key}"))
            read = (lambda said: with_certificates(Path(said))) if key == "ca_file" else whole_proxy
            value = read(typed)
        except InputError as error:
            return self.show(desk, {key: error.text})

        def look_again(now: Desk, _: object) -> Response:
            return self._look(now, self._around(now))

        act = partial(settings.set_way_out, desk.at, **{key: value})
        return done_or_shown(desk, act, self.show, look_again)

    def _keep(self, desk: Desk) -> Response:
        errand = self._find_latest(desk)
        looked = _read_outcome(errand)
        if errand is None or looked is None:
            return self.show(replace(desk, wrong=desk.w("places.over")))
        from monitor.pipeline.looking import NATURES, with_nature

        form, wrong, kept = desk.asking.form, dict[str, str](), list[Proposal]()
        for each in _places_shown(desk, looked):
            said = next((n for n in NATURES if n.value == form.get(f"nature_{each.mark}")), None)
            if not each.place.source.disabled and not form.get(f"keep_{each.mark}"):
                continue
            if each.asked and said is None:
                wrong[f"nature_{each.mark}"] = desk.w("setup.places.no_nature", name=each.place.source.name)
            kept.append(with_nature(each.place, said))
        if wrong:
            return self.show(desk, wrong)

        def then(now: Desk, _: object) -> Response:
            errand.made = Done(places.LookedAround((), looked.finds))
            return led_to(_address(Step.PLACES))

        if not kept:
            return then(desk, None)
        return done_or_shown(
            desk, partial(places.watch_places, desk.at, kept, looked.silent), self.show, then
        )


def _read_outcome(errand: Errand | None) -> places.LookedAround | None:
    """Return what came of the looking; None while it lasts, and where it failed."""
    found = getattr(errand.made, "made", None) if errand else None
    return found if isinstance(found, places.LookedAround) else None


def _find_failure(desk: Desk, errand: Errand | None) -> str:
    if errand is None or not errand.ended.is_set() or isinstance(errand.made, Done):
        return ""
    return errand.made.reason if isinstance(errand.made, Refused) else desk.w("places.over")


def _proposed_proxy() -> str:
    from monitor.setup.asking import proxy_of

    return proxy_of(os.environ) or ""


def _places_shown(desk: Desk, looked: places.LookedAround) -> Iterator[PlaceShown]:
    """List what was read as it would be written, without what is watched by now."""
    from monitor.pipeline.looking import decide_places, is_unknown, same_place, say_outcome

    for read, place in zip(looked.read, decide_places(looked.read, desk.at.now), strict=True):
        source = place.source
        if same_place(source.url, desk.at.config.sources) is None:
            asked = not source.disabled and source.kind == "feed" and is_unknown(source)
            yield PlaceShown(
                digest(source.url, *source.urns)[:16], place, read, capital(say_outcome(read)), asked
            )


def _split(of: tuple[Source, ...]) -> tuple[list[Source], list[Source]]:
    return [s for s in of if not s.disabled], [s for s in of if s.disabled]


def answer_places(desk: Desk) -> Answer:
    config = desk.at.config
    on, off = _split(config.sources)
    said = desk.w("setup.places.said", n=len(on), off=len(off)) if on else ""
    hosts = ", ".join(config.to_look_up)
    return Answer(Step.PLACES, said, desk.w("setup.places.silent", hosts=hosts) if said and hosts else "")


# ------------------------------------------------------------------------------------------------- names


class NamesStep:
    """The names that people call the school: what the register proposes, how people wrote, what is typed."""

    def __init__(self, errands: Errands) -> None:
        self._errands, self._known = errands, dict[str, tuple[tuple[str, ...], ...]]()

    def show(self, desk: Desk, wrong: Wrong | None = None) -> Response:
        looked = _read_outcome(self._errands.find(_who(desk), Step.PLACES))
        schools = desk.at.config.proper
        view = {
            "schools": [(s, *self._names_of(desk, s), desk.mark("schools", s.urn)) for s in schools],
            "finds": [shown_find(desk, f) for f in looked.finds if f.said] if looked else [],
        }
        return step_page(desk, Step.NAMES, "setup_names.html", wrong, **view)

    def _names_of(self, desk: Desk, school: School) -> tuple[list[tuple[str, bool]], Sequence[str]]:
        """The names to be ticked, each with whether it is; and those that a place or a person has too."""
        if school.urn not in self._known:  # to read the register takes seconds
            known = places.school_of_register(desk.at.config, school.urn)
            likely = propose_aliases(school), doubtful_aliases(school)
            found = (known.made[0].aliases, known.made[1]) if isinstance(known, Done) else likely
            self._known[school.urn] = found
        proposed, doubtful = self._known[school.urn]
        first = not school.aliases  # nothing was said yet: what is likely is ticked
        names = dict.fromkeys((*school.aliases, *proposed, *doubtful))
        return [(n, n in school.aliases or (first and n not in doubtful)) for n in names], doubtful

    def take(self, desk: Desk) -> Response:
        form = desk.asking.form
        for school in desk.at.config.proper:
            ticked = [said for key, said in form.items() if key.startswith(f"name_{school.urn}_")]
            more = map(str.strip, re.split(r"[,;\n]", form.get(f"more_{school.urn}", "")))
            names = [n for n in dict.fromkeys((*ticked, *filter(None, more))) if n != school.name]
            mark = form.get(f"mark_{school.urn}")
            act = partial(places.correct_school, desk.at, school, {"aliases": names}, mark)
            answer = done_or_shown(desk, act, self.show, lambda now, _: go_on(Step.NAMES))
            if answer.status_code != 303:
                return answer
        return go_on(Step.NAMES)


def answer_names(desk: Desk) -> Answer:
    schools = desk.at.config.proper
    said = "; ".join(", ".join(s.aliases) for s in schools if s.aliases)
    return Answer(Step.NAMES, said)


# ------------------------------------------------------------------------------------------------- email


@dataclass(frozen=True, slots=True)
class MailTried:
    """A trial of a way: what was typed, without its secret; what became of it, or why it could not be."""

    typed: Mapping[str, str]
    trial: Trial | None = None
    refused: str = ""


class MailStep:
    """The way that email goes out: which one, what that needs, one email to try it; or none."""

    def __init__(self, errands: Errands) -> None:
        self._errands = errands

    def show(self, desk: Desk, wrong: Wrong | None = None) -> Response:
        from monitor.setup.mail import (
            PROVIDERS,
            SECURITY,
            WAYS,
            WayName,
            destination_words,
            sending_way,
            ways_of,
        )

        config, asked = desk.at.config, desk.asking.query.get("way", "")
        errand = self._errands.find(_who(desk), Step.MAIL) if "tried" in desk.asking.query else None
        tried = errand.made if errand and isinstance(errand.made, MailTried) else None
        way = WAYS[WayName(asked)] if asked in set(WayName) else None
        now = sending_way(config.mail) if config.mail else None
        trial, failed = (tried.trial, tried.refused) if tried else (None, _find_failure(desk, errand))
        view = {
            "now": config.mail, "way_now": now, "at": destination_words(config.mail) if config.mail else "",
            "way": way, "providers": [(each, ways_of(each)) for each in PROVIDERS],
            "fields": _mail_fields(desk, way, tried.typed if tried else desk.typed) if way else [],
            "kept": now is not None and now is way, "reached": [p for p in config.people if p.email],
            "running": errand is not None and not errand.ended.is_set(),
            "failed": failed,
            "sent": trial if trial and trial.was_sent and not failed else None,
            "why": _explain_refusal(desk, trial) if trial else [],
            "first": (tried.typed if tried else desk.typed).get("to") or _choose_first(desk),
            "without": config.without_mail, "lines": SECURITY,
        }  # fmt: skip
        return step_page(desk, Step.MAIL, "setup_mail.html", wrong, **view)

    def take(self, desk: Desk) -> Response:
        from monitor.setup.mail import MissingAnswer, WayName

        form, way = desk.asking.form, desk.asking.form.get("way", "")
        if way == "none":
            act = partial(settings.do_without_mail, desk.at)
            return done_or_shown(desk, act, self.show, lambda now, _: go_on(Step.MAIL))
        if way not in set(WayName):
            return self.show(desk, {"way": desk.w("setup.mail.no_way")})
        if form.get("do") != "try":
            return led_to(f"{_address(Step.MAIL)}?way={way}")
        person = next((p for p in desk.at.config.people if p.email and p.id == form.get("to")), None)
        if person is None:
            return self.show(replace(desk, wrong=desk.w("setup.mail.nobody")))
        try:
            chosen = _mail_choice(desk, WayName(way))
        except InputError as error:
            of_field = error.text.partition("⟩: ")[2] or error.text
            said = desk.w("setup.mail.missing") if isinstance(error, MissingAnswer) else of_field
            return self.show(desk, {error.field.removesuffix("_file") or "secret": said})
        typed = {key: said for key, said in form.items() if key != "secret"}
        if not self._errands.begin(_who(desk), Step.MAIL, partial(_try_mail, desk, chosen, person, typed)):
            return self.show(replace(desk, wrong=desk.w("places.busy.already")))
        return led_to(f"{_address(Step.MAIL)}?way={way}&tried=1")


def _mail_choice(desk: Desk, way: str) -> MailChoice:
    """Read what the form says of that way. Raises InputError; a secret that is left out stays as it is, and
    goes to no other server."""
    from monitor.setup.mail import (
        MailOptions,
        MailQuestions,
        ProposedProvider,
        option_names,
        propose_sender,
        sending_way,
    )

    config, form = desk.at.config, desk.asking.form
    given = {name: form.get(name.replace("-", "_"), "").strip() or None for name in option_names(way)}
    secret = form.get("secret", "").strip() or None
    same = config.mail and sending_way(config.mail).name == way
    if secret is None and config.mail and same and given.get("host") in (None, config.mail.host):
        held = config.mail_secret or config.mail_password
        secret = held.get_secret_value() if held else None
    options = MailOptions({**given, "way": way}, secret)
    asks = MailQuestions(options, None, str, lambda _: None, config.mail)
    return asks.choice(ProposedProvider(None, ""), propose_sender(config))


def _try_mail(desk: Desk, chosen: MailChoice, to: Person, typed: Mapping[str, str]) -> MailTried:
    """Send one email by the new way; only where that was taken is it the way from now on."""
    from monitor.setup.mail import preview_mail, send

    try:
        config = preview_mail(desk.at.config, desk.at.home, chosen)
        trial = send(config, desk.at.home, to, desk.at.now)
        done = settings.set_mail(desk.at, chosen) if trial.was_sent else None
    except SchoolgateError as error:
        return MailTried(typed, refused=error.text)
    return MailTried(typed, trial, done.reason if isinstance(done, Refused) else "")


def _mail_fields(desk: Desk, way: SendingWay, typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """The fields of that way, each with what was typed, what is set or what is likely; its secret is last."""
    from monitor.setup.mail import entrance_of, option_names, present_options, propose_sender

    sender = propose_sender(desk.at.config) or ""
    domain = sender.rpartition("@")[2]
    there = {"sender": sender, "tenant": domain, "user": sender if way.secret else "", "port": "587"}
    there |= {"host": entrance_of(domain) if way.name == "connector" and domain else ""}
    there |= present_options(desk.at.config.mail, way)
    names = [(name.replace("-", "_"), there.get(name, "")) for name in option_names(way.name)]
    secret = [("secret", "")] if way.secret or way.name == "relay" else []
    return [*((name, typed.get(name) or value) for name, value in names), *secret]


def _choose_first(desk: Desk) -> str:
    """Choose whom the trial is proposed to go to: whoever is at the page, else who looks after Schoolgate."""
    if desk.at.by and desk.at.by.email:
        return desk.at.by.id
    try:
        return people.who_administers(desk.at.config).id
    except InputError:
        return ""


def _explain_refusal(desk: Desk, trial: Trial) -> list[str]:
    """Say what came back, what it means, what to do, where more is told; nothing where it was sent."""
    from monitor.setup.mail import find_remedy, result_words

    if trial.was_sent:
        return []
    found = find_remedy(trial.result, trial.mail)
    read = desk.w("setup.mail.read", heading=found.heading, page=found.page)
    return [result_words(trial.result, trial.mail), found.means, end_sentence(found.do), read]


def answer_mail(desk: Desk) -> Answer:
    from monitor.setup.mail import destination_words

    config = desk.at.config
    if config.mail:
        at = destination_words(config.mail)
        return Answer(Step.MAIL, desk.w("setup.mail.said", sender=config.mail.sender, at=at))
    return Answer(Step.MAIL, desk.w("setup.mail.said_none") if config.without_mail else "")


# ------------------------------------------------------------------------------------- reaching the desk


def show_reach(desk: Desk, wrong: Wrong | None = None) -> Response:
    config = desk.at.config
    here = "here" if config.serve.here_only else "web" if config.base_url else ""
    view = {"chosen": here, "base_url": config.base_url or "", "proxy": settings.web_server_elsewhere(config)}
    return step_page(desk, Step.REACH, "setup_reach.html", wrong, **view)


def take_reach(desk: Desk) -> Response:
    form, w = desk.asking.form, desk.w
    how, address, proxy = (form.get(key, "").strip() for key in ("how", "base_url", "proxy"))
    if how not in ("here", "web"):
        return show_reach(desk, {"how": w("setup.reach.no_how")})
    if how == "web" and not address:
        return show_reach(desk, {"base_url": w("setup.reach.no_address")})
    if how == "web" and "//" not in address:
        address = f"https://{address}"
    if how == "web" and (why := value_fault(BaseAddress, address)):
        return show_reach(desk, {"base_url": answer_fault(address, why)})
    act = partial(settings.set_address, desk.at, *((address, proxy) if how == "web" else (None,)))
    return done_or_shown(desk, act, show_reach, lambda now, _: go_on(Step.REACH))


def answer_reach(desk: Desk) -> Answer:
    config = desk.at.config
    return Answer(
        Step.REACH, config.base_url or (desk.w("setup.reach.said") if config.serve.here_only else "")
    )


# ------------------------------------------------------------------------------------------------- cover


@dataclass(frozen=True, slots=True)
class Covered:
    """An office of a school: who holds it, who stands in, and the `key` of its form."""

    school: School
    deputy: Role
    office: str
    stands_in: str
    holds: list[Person]
    deputies: list[Person]

    @property
    def key(self) -> str:
        return f"{self.deputy.value}_{self.school.urn}"


def _list_cover(desk: Desk) -> Iterator[Covered]:
    for school in desk.at.config.proper:
        here = people_of(school, desk.at.config.people)
        for lead, deputy in ((each.holder, each.deputy) for each in offices_to_ask(school)):
            first, second = (office(role, school.nation, desk.w) for role in (lead, deputy))
            if deputy != lead:  # at an authority nobody has a deputy of ours
                yield Covered(school, deputy, first, second, holders(here, lead), holders(here, deputy))


def show_cover(desk: Desk, wrong: Wrong | None = None) -> Response:
    return step_page(desk, Step.COVER, "setup_cover.html", wrong, covered=list(_list_cover(desk)))


def take_cover(desk: Desk) -> Response:
    """Names the deputies that were typed, one after another."""
    typed, given = TypedAnswers(desk.asking.form), list[tuple[Covered, str, str | None]]()
    for each in _list_cover(desk):
        name = desk.asking.form.get(f"name_{each.key}", "").strip()
        email = typed.read(f"email_{each.key}", required_reader(Email), wanted=False)
        if email and not name:
            typed.wrong[f"name_{each.key}"] = desk.w("setup.people.no_name", email=email)
        elif name and each.holds and not each.deputies:
            given.append((each, name, email))
    if typed.wrong:
        return show_cover(desk, typed.wrong)
    for each, name, email in given:
        act = partial(_name_deputy, replace(desk.at, config=load_file(desk.at.config.path, os.environ)))
        answer = done_or_shown(
            desk, partial(act, each, name, email), show_cover, lambda now, _: go_on(Step.COVER)
        )
        if answer.status_code != 303:
            return answer
    return go_on(Step.COVER)


def _name_deputy(at: people.Keeper, each: Covered, name: str, email: str | None) -> people.Became:
    """Somebody new, or one more office for who has that name."""
    known, among = people.find_namesake(at.config.people, name), at.config.people
    new = people.comer(at.config, among, each.holds[0], name, email, None, (each.deputy,))
    return people.correct_person(at, known, new) if known else people.enter_person(at, new)


def answer_cover(desk: Desk) -> Answer:
    found = [each for each in _list_cover(desk) if each.holds]
    known = [p.name for each in found for p in each.deputies]
    lacks = [each.stands_in for each in found if not each.deputies]
    said = desk.w.list_items(list(dict.fromkeys(known)))
    waits = desk.w("setup.cover.waits", offices=desk.w.list_items(lacks)) if said and lacks else ""
    return Answer(Step.COVER, said, waits)


# ------------------------------------------------------------------------------------------------- start


def show_start(clock: Clock, desk: Desk) -> Response:
    """Show what starting with the machine would do, and the one command for it; nothing is started here."""
    from monitor.setup.installing import Machine, install_service, service_home

    wanted, lines, refused = service_home(desk.at.home), list[str](), ""
    try:
        install_service(wanted, Machine(), lines.append, clock, dry_run=True)
    except SchoolgateError as error:
        refused = write_commands(error.text)
    home = shlex.quote(str(desk.at.home))
    view: dict[str, object] = {
        "runs": _runs(desk), "steps": [line.removeprefix("Would: ") for line in lines[:-1]],
        "refused": refused.splitlines(), "systemd": Machine().systemd,
        "install": f"sudo {shlex.quote(str(wanted.program))} service install --home {home}",
        "serve": f"{shlex.quote(str(wanted.program))} serve --home {home}",
    }  # fmt: skip
    return step_page(desk, Step.START, "setup_start.html", None, **view)


def _runs(desk: Desk) -> bool:
    return complaints_of(desk.at.home, desk.at.config.serve.health_port) is not None


def answer_start(desk: Desk) -> Answer:
    return Answer(Step.START, desk.w("setup.start.said") if _runs(desk) else "")
