"""A service of this machine: a home moved to where it runs, the unit that runs it, and whether it can judge.

Each step says what it does before it is done, so that what would be done can be said without doing it.
"""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path

from alerts.access.offices import holders
from data.effects import Clock
from data.errors import InputError, SchoolgateError
from data.types import Role
from monitor.config.home.paths import CONFIG_NAME, HOME_VARIABLE, Paths
from monitor.config.load import Config, load
from monitor.home import wiring
from monitor.service.state.holder import complaints_of
from monitor.setup import moving
from monitor.setup.moving import Account
from monitor.terminal.output import Say

UNIT = "schoolgate.service"
USUAL = Path("/var/lib/schoolgate")
_IN_THE_UNIT = "/opt/schoolgate/bin/schoolgate"
_STATE = Path("/var/lib")
_STARTS_WITHIN_S = 60.0
_IN_OPT = (
    "sudo /usr/bin/python3 -m venv --clear /opt/schoolgate",
    "sudo /opt/schoolgate/bin/pip install -c constraints.txt .",
)


@dataclass(frozen=True, slots=True)
class Machine:
    """Where things are on it, and how its programs are run; a test has its own."""

    units: Path = Path("/etc/systemd/system")
    booted: Path = Path("/run/systemd/system")
    run: Callable[[Sequence[str]], subprocess.CompletedProcess[str]] = lambda command: subprocess.run(
        command, capture_output=True, text=True, check=False
    )

    @property
    def systemd(self) -> bool:
        """Is it what starts services here?"""
        return self.booted.is_dir() and shutil.which("systemctl") is not None


@dataclass(frozen=True, slots=True)
class ServiceHome:
    """What is to be: the home as it is and where it is to be, the account by its name, our program."""

    old: Path
    new: Path
    account: str
    program: Path

    @property
    def moves(self) -> bool:
        """Is there anything to be moved? Not where an earlier run has."""
        return self.old.resolve() != self.new.resolve()

    @property
    def aside(self) -> Path:
        return self.old.with_name(f"{self.old.name}.moved")

    def command(self, *words: str) -> str:
        """These words of ours, as they are typed for the service's home."""
        return shlex.join(["sudo", "-u", self.account, str(self.program), *words, "--home", str(self.new)])


def unit(wanted: ServiceHome) -> str:
    """The text of the unit, for this program, home and account."""
    text = files("monitor.setup").joinpath(UNIT).read_text(encoding="utf-8")
    text = text.replace(_IN_THE_UNIT, str(wanted.program)).replace(str(USUAL), str(wanted.new))
    text = text.replace("User=schoolgate", f"User={wanted.account}").replace(
        "Group=schoolgate\n", f"Group={_group(wanted.account)}\n"
    )
    if wanted.new.parent == _STATE:
        return text.replace("StateDirectory=schoolgate", f"StateDirectory={wanted.new.name}")
    beside = text.replace("StateDirectory=schoolgate\nStateDirectoryMode=0700\n", "")
    return beside.replace("ProtectSystem=strict\n", f"ProtectSystem=strict\nReadWritePaths={wanted.new}\n")


def _group(name: str) -> str:
    import grp

    try:
        return grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name
    except KeyError:
        return name


def refuse(wanted: ServiceHome) -> None:
    """Raises InputError where it cannot be done, with what would let it; ConfigError for faulty settings."""
    there = wanted.new / CONFIG_NAME
    if not (wanted.old / CONFIG_NAME).exists():
        raise InputError(
            f"There is no {CONFIG_NAME} in {wanted.old}. Name the home that is to be moved, --home FOLDER; "
            "or set one up first: schoolgate init"
        )
    if moving.hidden(wanted.new):
        raise InputError(f"The service does not see what lies in {wanted.new}. Name another folder: --to")
    lies = {"it": wanted.program.parent, "its Python": Path(sys.base_prefix)}
    if unseen := next((f"{what} lies in {at}" for what, at in lies.items() if moving.hidden(at)), None):
        lines = "\n".join(_IN_OPT)
        raise InputError(
            f"The service would not see this program: {unseen}, and what lies in people's homes is hidden "
            "from it. In the checkout, install it for the machine, with the machine's own Python:\n"
            f"{lines}\nThen: "
            f"sudo {_IN_THE_UNIT} service install --home {shlex.quote(str(wanted.old))}"
        )
    wiring.configured(Paths(wanted.old, wanted.old / CONFIG_NAME))
    if not wanted.moves:
        return
    if there.exists():
        raise InputError(
            f"{wanted.new} holds a home already, and {wanted.old} is another. Nothing was moved. To see to "
            f"the one that is there: --home {wanted.new}"
        )
    if wanted.new.exists() and any(wanted.new.iterdir()):
        raise InputError(f"{wanted.new} is not empty, and no home. Name another folder: --to")
    if wanted.aside.exists():
        raise InputError(f"{wanted.aside} is there already, from an earlier move: put it elsewhere first.")


Step = tuple[str, Callable[[], Sequence[str]]]
"""What it does, and what does it, which says what more came of it."""


def steps(wanted: ServiceHome, machine: Machine, clock: Clock) -> Iterator[Step]:
    """What is done, in order; each is done before the next is asked for."""
    if not _is_there(wanted.account):
        yield (
            f"Make the account {wanted.account}, which nobody signs in with.",
            partial(_account, wanted, machine),
        )
    part = wanted.new.with_name(f".{wanted.new.name}.moving") if wanted.moves else wanted.new
    if wanted.moves:
        yield (
            f"Copy {wanted.old} to {wanted.new}, and read the copy again.",
            partial(_copy, wanted, part, clock),
        )
    yield (
        "Bring what the settings name elsewhere into it: the register, what is read of it; certificates.",
        lambda: moving.taken_in(part, wanted.old),
    )
    yield f"Give all of it to {wanted.account} alone.", lambda: _give(part, wanted.account)
    yield f"Judge a sentence of our own as {wanted.account}.", lambda: _judge(part, wanted, machine)
    if wanted.moves:
        yield (
            f"Put it in place. The old home becomes {wanted.aside}, and {wanted.old} leads to the new one.",
            lambda: _switch(wanted, part),
        )
    if machine.systemd:
        yield (
            f"Write {machine.units / UNIT}, and start it, now and with the machine.",
            lambda: _start(wanted, machine),
        )
    settings = _settings(wanted)
    people = [person for person in settings.people if person.email] if settings.mail else []
    first = [*holders(people, Role.IT_LEAD), *people]
    to = first[0].id if first else None
    if to is None:
        yield "Send no mail: no mail server is set up, or nobody has an address.", tuple
    else:
        yield f"Send one mail, to {to}.", lambda: _mail(wanted, machine, to)


def install(wanted: ServiceHome, machine: Machine, say: Say, clock: Clock, *, dry_run: bool) -> bool:
    """Does it, or says what it would do. Was it started?

    Raises SchoolgateError where a step fails; of a home that was not put in place yet nothing is left then.
    """
    refuse(wanted)
    if dry_run:
        for what, _ in steps(wanted, machine, clock):
            say(f"Would: {what}")
        say("Nothing was changed.")
        return True
    if wanted.moves:
        moving.refuse_busy(wanted.old, clock())
    with _nothing_half_done(wanted):
        for what, do in steps(wanted, machine, clock):
            say(what)
            for more in do():
                say(f"  {more}")
    return machine.systemd


@contextmanager
def _nothing_half_done(wanted: ServiceHome) -> Iterator[None]:
    """The copy goes where a step fails before it is in place; of a later step it is said that it is."""
    part, moves = wanted.new.with_name(f".{wanted.new.name}.moving"), wanted.moves
    shutil.rmtree(part, ignore_errors=True)  # of one that was killed
    try:
        yield
    except SchoolgateError as error:
        how = "Nothing was moved."
        if (wanted.new / CONFIG_NAME).exists():
            again = f"sudo {wanted.program} service install --home {shlex.quote(str(wanted.new))}"
            how = f"The home in {wanted.new} is whole. Once that is mended, to do the rest: {again}"
        raise SchoolgateError(f"{error}\n{how}") from error
    finally:
        if moves:
            shutil.rmtree(part, ignore_errors=True)


def _is_there(name: str) -> bool:
    try:
        return bool(pwd.getpwnam(name))
    except KeyError:
        return False


def _account(wanted: ServiceHome, machine: Machine) -> Sequence[str]:
    shell = next((s for s in ("/usr/sbin/nologin", "/sbin/nologin") if Path(s).exists()), "/bin/false")
    home = ["--home-dir", str(wanted.new), "--no-create-home", "--shell", shell]
    _ran(machine, ["useradd", "--system", *home, wanted.account])
    return ()


def _copy(wanted: ServiceHome, part: Path, clock: Clock) -> Sequence[str]:
    moving.copied(wanted.old, part, clock())
    many = [path.stat().st_size for path in part.rglob("*") if path.is_file()]
    return (f"{len(many):,} files, {sum(many) / 2**20:,.1f} MB.",)


def _give(part: Path, name: str) -> Sequence[str]:
    found = pwd.getpwnam(name)
    moving.given(part, Account(name, found.pw_uid, found.pw_gid))
    return [
        f"The service has no environment but its unit's. Put what {variable} holds into a file instead."
        for variable in moving.variables(part)
    ]


def _judge(part: Path, wanted: ServiceHome, machine: Machine) -> Sequence[str]:
    return _as(wanted, machine, part, "service", "check")


def _switch(wanted: ServiceHome, part: Path) -> Sequence[str]:
    moving.switched(wanted.old, part, wanted.new, wanted.aside)
    gone = f"rm -r {shlex.quote(str(wanted.aside))}"
    return (f"The old one holds names and posts. Once you have seen that all is well: {gone}",)


def _start(wanted: ServiceHome, machine: Machine) -> Sequence[str]:
    (machine.units / UNIT).write_text(unit(wanted), encoding="utf-8")
    for words in (["daemon-reload"], ["enable", UNIT], ["restart", UNIT]):
        _ran(machine, ["systemctl", *words])
    port = _settings(wanted).serve.health_port
    until = time.monotonic() + _STARTS_WITHIN_S
    while (said := complaints_of(wanted.new, port)) is None:
        if time.monotonic() > until:
            raise SchoolgateError(
                f"The home is in place, the unit is written and was started, and it does not answer within "
                f"{_STARTS_WITHIN_S:g} seconds. To see why: journalctl -u schoolgate. Then begin this again."
            )
        time.sleep(0.5)
    return (
        ("It runs, and complains of nothing.",)
        if not said
        else [f"It runs, and says: {one}." for one in said]
    )


def _settings(wanted: ServiceHome) -> Config:
    """Whichever of both is there: as root reads them, who may."""
    home = wanted.new if (wanted.new / CONFIG_NAME).exists() else wanted.old
    return load(home / CONFIG_NAME, os.environ)


def _mail(wanted: ServiceHome, machine: Machine, to: str) -> Sequence[str]:
    """What came of it; a mail that was refused undoes nothing."""
    try:
        return _as(wanted, machine, wanted.new, "mail", "test", to)
    except SchoolgateError as error:
        return str(error).splitlines()[1:]


def _as(wanted: ServiceHome, machine: Machine, home: Path, *words: str) -> Sequence[str]:
    """What our command says as the service's account, by its program, with nothing of our environment."""
    found = pwd.getpwnam(wanted.account)
    who = [f"--reuid={found.pw_uid}", f"--regid={found.pw_gid}", "--clear-groups"]
    env = [f"{HOME_VARIABLE}={home}", f"HOME={wanted.new}", "PATH=/usr/bin:/bin", "LANG=C.UTF-8"]
    return (
        _ran(machine, ["setpriv", *who, "env", "-i", *env, str(wanted.program), *words]).strip().splitlines()
    )


def _ran(machine: Machine, command: Sequence[str]) -> str:
    """What it printed. Raises SchoolgateError with what it said where it failed."""
    try:
        done = machine.run(command)
    except OSError as error:
        raise SchoolgateError(f"{command[0]} cannot be run: {error.strerror}.") from error
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()) or f"It ended with {done.returncode}."
        raise SchoolgateError(f"{shlex.join(command)}\n{said}")
    return done.stdout
