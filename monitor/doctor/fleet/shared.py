"""Checks of what the homes of a fleet share: who is named to sites, the register, the engine, the places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from data.errors import RegisterError
from data.web.public_addresses import is_this_machine
from monitor.doctor.findings import Finding, fault, ok, sentence, warn
from monitor.doctor.settings import beats
from monitor.fleet.settings import Fleet
from monitor.terminal.wording import KEY_OF_OUR_OWN, some

if TYPE_CHECKING:
    from monitor.config.load import Config


def contact(fleet: Fleet) -> Iterator[Finding]:
    """Sites are told who asks; without a contact some refuse, and none can write to us."""
    if not fleet.contact:
        what = "Sites are not told who to contact about our visits."
        yield warn("contact", what, "Say at the top of fleet.toml who it is: “contact” (docs/fleet.md).")


def heartbeat(fleet: Fleet, configs: Mapping[str, Config]) -> Iterator[Finding]:
    """Whether somebody elsewhere would notice a machine that is dead. A home's own heartbeat is not sent."""
    yield beats(
        fleet.heartbeat, fleet.heartbeat_elsewhere, "name it at the top of fleet.toml: “heartbeat_url”."
    )
    own = [name for name, config in configs.items() if config.heartbeat is not None]
    if own:
        what = f"A heartbeat of its own is not sent while the fleet serves the home: {some(own)}."
        yield warn(
            "heartbeat", what, "End the checks that wait for it, and give the fleet one (docs/fleet.md)."
        )


def register(fleet: Fleet, configs: Mapping[str, Config]) -> Iterator[Finding]:
    """Thousands of schools share a name: the register tells them apart."""
    from data.register.national_lists import read_register

    if fleet.register is None:
        what = "No register: schools of the same name cannot be told apart well."
        remedy = (
            "Download it from get-information-schools.service.gov.uk, and name the file at the top of "
            "fleet.toml: “register_file” (docs/fleet.md)."
        )
        yield warn("register", what, remedy)
        return
    try:
        known = {school.urn for school in read_register(fleet.register)}
    except RegisterError as error:
        remedy = "Fetch the file again, or name another at the top of fleet.toml: “register_file”."
        yield fault("register", str(error), remedy)
        return
    missing = {
        n: name
        for name, config in configs.items()
        for school in config.schools
        for n in (school.members or (school.urn,))
        if n not in known and not n.startswith(KEY_OF_OUR_OWN)
    }
    if missing:
        told = some([f"{n} (of {name})" for n, name in sorted(missing.items())])
        what = f"Not among the open schools of {fleet.register.name}: URN {told}."
        yield warn("register", what, "Look for the number, and correct it in the home's schoolgate.toml.")
    else:
        yield ok("register", f"{fleet.register.name}: {len(known):,} schools.")


def engine(fleet: Fleet) -> Iterator[Finding]:
    """Whether Ray is there where it is wanted, and who may reach the cluster."""
    if fleet.engine.kind != "ray":
        yield ok("engine", "Processes of this machine.")
        return
    if find_spec("ray") is None:
        remedy = 'In Schoolgate\'s checkout: pip install -c constraints.txt ".[fleet]"; or write: “local”.'
        yield fault("engine", "The engine “ray” needs Ray, which is not installed.", remedy)
        return
    address = fleet.engine.address
    if address and not is_this_machine(address.rpartition(":")[0]):
        what = (
            f"The Ray cluster is reached at {address}. Whoever else reaches it may run anything on its "
            "machines: by default a Ray cluster has no sign-in."
        )
        yield warn(
            "engine", what, "See that it is in a private network that nobody else is in (docs/fleet.md)."
        )
    else:
        yield ok("engine", f"Ray, at {address}." if address else "Ray, a cluster of our own on this machine.")


def places(fleet: Fleet, configs: Mapping[str, Config]) -> Iterator[Finding]:
    """Shared places that are off, and those where what names no school is handed to nobody."""
    from classifiers.linking.linker import MANY  # late: it takes a fifth of a second

    off = [place.source for place in fleet.places if place.source.disabled]
    for source in off[:3]:
        remedy = "See what is said there: “disabled”, “leave” (docs/fleet.md)."
        yield warn("off", sentence(f"{source.id} is off: {source.disabled}"), remedy)
    if len(off) > 3:
        names = some([source.id for source in off[3:]])
        yield warn("off", f"Off besides: {names}.", "See what is said of each in fleet.toml.")
    schools = {name: len(config.schools) for name, config in configs.items()}
    on = [place for place in fleet.places if not place.source.disabled]
    broad = [p for p in on if sum(schools.get(name, 0) for name in (p.homes or schools)) > MANY]
    for_all = [place.source.id for place in broad if not place.homes]
    narrowed = [place.source.id for place in broad if place.homes]
    nobody = "What points to none of them, such as a threat that names no school, is handed to nobody."
    if narrowed:
        yield ok("places", f"Asked for more than {MANY} schools: {some(narrowed)}. {nobody}")
    if for_all:
        what = f"Asked for the schools of all homes, more than {MANY}: {some(for_all)}. {nobody}"
        yield warn("places", what, "Where it is for some homes alone, name them: “homes” (docs/fleet.md).")
