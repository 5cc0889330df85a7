"""A service of this machine: a home moved to where it runs, the unit that runs it, and whether it can judge.

Each step says what it does before it is done, so that what would be done can be said without doing it.
"""

from __future__ import annotations

import filecmp
import grp
import os
import pwd
import re
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from alerts.access.offices import holders
from data.effects import Clock, utc_now
from data.errors import InputError, SchoolgateError, StoreOlder
from data.frozen import freeze
from data.register.national_lists import name_register, pack_register, read_register
from data.retention import backup
from data.shipped import read_shipped
from data.store.engine.open import Store
from data.store.engine.turn import running
from data.types import Role
from monitor.config.edit import NoTable, with_key
from monitor.config.home.paths import CONFIG_NAME, HOME_VARIABLE, Paths, write_private
from monitor.config.load import Config, load_file
from monitor.config.toml_text import Path as Place
from monitor.config.toml_text import leaves
from monitor.home import wiring
from monitor.service.notebook import complaints_of
from monitor.setup.home_copy import faults_of, hold_lock, prove_whole
from monitor.terminal.output import Say

UNIT = "schoolgate.service"
USUAL = Path("/var/lib/schoolgate")
_IN_THE_UNIT = "/opt/schoolgate/bin/schoolgate"
_STATE = Path("/var/lib")
_STARTS_WITHIN_S = 60.0
_IN_OPT = (
    "sudo /usr/bin/python3 -m venv --clear /opt/schoolgate",
    "sudo /opt/schoolgate/bin/pip install -c constraints.txt ./reader .",
)


@freeze
class Machine:
    """The machine: where things are on it, and how its programs are run; a test has its own."""

    units: Path = Path("/etc/systemd/system")
    booted: Path = Path("/run/systemd/system")
    run: Callable[[Sequence[str]], subprocess.CompletedProcess[str]] = lambda command: subprocess.run(
        command, capture_output=True, text=True, check=False
    )

    @property
    def systemd(self) -> bool:
        """Is it what starts services here?"""
        return self.booted.is_dir() and shutil.which("systemctl") is not None


@freeze
class ServiceHome:
    """The service to install: the home as it is and where it is to be, its account, our program."""

    old: Path
    new: Path
    account: str
    program: Path

    @property
    def moves(self) -> bool:
        """Is there anything to be moved? Not where an earlier run has."""
        return self.old.resolve() != self.new.resolve()

    @property
    def part(self) -> Path:
        """Return where it lies until it is in place."""
        return self.new.with_name(f".{self.new.name}.moving") if self.moves else self.new

    @property
    def aside(self) -> Path:
        return self.old.with_name(f"{self.old.name}.moved")

    def command(self, *words: str) -> str:
        """These words of ours, as they are typed for the service's home."""
        return shlex.join(["sudo", "-u", self.account, str(self.program), *words, "--home", str(self.new)])


def service_home(home: Path, to: Path = USUAL, account: str = "schoolgate") -> ServiceHome:
    """The service to install for this home, by the program that runs now; one that was moved stays there."""
    if (to / CONFIG_NAME).exists() and not (home / CONFIG_NAME).exists():
        home = to
    ours = Path(sys.argv[0]).absolute()
    program = ours if ours.name == "schoolgate" else Path(sys.prefix, "bin", "schoolgate")
    return ServiceHome(home, to, account, program)


def unit(wanted: ServiceHome) -> str:
    """The text of the unit, for this program, home and account."""
    text = read_shipped("monitor.setup", UNIT)
    text = text.replace(_IN_THE_UNIT, str(wanted.program)).replace(str(USUAL), str(wanted.new))
    text = text.replace("User=schoolgate", f"User={wanted.account}").replace(
        "Group=schoolgate\n", f"Group={_group(wanted.account)}\n"
    )
    if wanted.new.parent == _STATE:
        return text.replace("StateDirectory=schoolgate", f"StateDirectory={wanted.new.name}")
    beside = text.replace("StateDirectory=schoolgate\nStateDirectoryMode=0700\n", "")
    return beside.replace("ProtectSystem=strict\n", f"ProtectSystem=strict\nReadWritePaths={wanted.new}\n")


def _group(name: str) -> str:
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
            "or set one up first: schoolgate setup"
        )
    if is_hidden(wanted.new):
        raise InputError(f"The service cannot see what is in {wanted.new}. Name another folder: --to")
    lies = {"The program": wanted.program.parent, "Its Python": Path(sys.base_prefix)}
    if unseen := next((f"{what} is in {at}" for what, at in lies.items() if is_hidden(at)), None):
        lines, then = "\n".join(_IN_OPT), replace(wanted, program=Path(_IN_THE_UNIT))
        does = "\n".join(f"- {what}" for what, _ in install_steps(then, Machine(), utc_now))
        raise InputError(
            f"{unseen}. A service cannot use people's own folders, or those for temporary files. "
            "So install it for the whole machine first, in the folder with Schoolgate's source:\n"
            f"{lines}\nThen start the service:\n"
            f"sudo {_IN_THE_UNIT} service install --home {shlex.quote(str(wanted.old))}\n"
            f"That does:\n{does}"
        )
    wiring.load_config(Paths(wanted.old, wanted.old / CONFIG_NAME))
    if not wanted.moves:
        return
    if there.exists():
        raise InputError(
            f"{wanted.new} holds a home already, and {wanted.old} is another. Nothing was moved. To see to "
            f"the one that is there: --home {wanted.new}"
        )
    if wanted.new.exists() and any(wanted.new.iterdir()):
        raise InputError(f"{wanted.new} is not empty, and is not a home. Name another folder: --to")
    if wanted.aside.exists():
        raise InputError(f"{wanted.aside} is there already, from an earlier move: put it elsewhere first.")


Step = tuple[str, Callable[[], Sequence[str]]]
"""What it does, and what does it, which says what more came of it."""


def install_steps(wanted: ServiceHome, machine: Machine, clock: Clock) -> Iterator[Step]:
    """List what is done, in order; each is done before the next is asked for."""
    if not _is_there(wanted.account):
        yield (
            f"Make the account {wanted.account}, which nobody signs in with.",
            partial(_make_account, wanted, machine),
        )
    part = wanted.part
    if wanted.moves:
        yield (
            f"Copy {wanted.old} to {wanted.new}, and read the copy again.",
            lambda: copy_home_folder(wanted.old, part, clock()),
        )
    yield (
        "Bring what the settings name elsewhere into it: the register, what is read of it; certificates.",
        lambda: take_in_files(part, wanted.old),
    )
    yield f"Give all of it to {wanted.account} alone.", lambda: give_to(part, wanted.account)
    yield (
        f"Judge a sentence of our own as {wanted.account}.",
        lambda: _run_as(wanted, machine, part, "service", "check"),
    )
    if wanted.moves:
        yield (
            f"Put it in place. The old home becomes {wanted.aside}, and {wanted.old} leads to the new one.",
            lambda: switch_homes(wanted),
        )
    if machine.systemd:
        yield (
            f"Write {machine.units / UNIT}, and start it, now and with the machine.",
            lambda: _start(wanted, machine),
        )
    else:
        yield "Say how to start it: this machine has no systemd, which starts services.", tuple
    settings = _settings(wanted)
    people = [person for person in settings.people if person.email] if settings.mail else []
    first = [*holders(people, Role.IT_LEAD), *people]
    if first:
        yield f"Send one email, to {first[0].name}.", lambda: _try_mail(wanted, machine, first[0].id)
    else:
        yield "Send no email: none goes out, or nobody has an address.", tuple


def install_service(wanted: ServiceHome, machine: Machine, say: Say, clock: Clock, *, dry_run: bool) -> bool:
    """Does it, or says what it would do. Was it started?

    Raises SchoolgateError where a step fails; of a home that was not put in place yet nothing is left then.
    """
    refuse(wanted)
    if dry_run:
        for what, _ in install_steps(wanted, machine, clock):
            say(f"Would: {what}")
        say("Nothing was changed.")
        return True
    if wanted.moves:
        refuse_busy(wanted.old, clock())
    with _nothing_half_done(wanted):
        for what, do in install_steps(wanted, machine, clock):
            say(what)
            for more in do():
                say(f"  {more}")
    return machine.systemd


@contextmanager
def _nothing_half_done(wanted: ServiceHome) -> Iterator[None]:
    """The copy goes where a step fails before it is in place; of a later step it is said that it is."""
    part, moves = wanted.part, wanted.moves
    if moves:
        shutil.rmtree(part, ignore_errors=True)  # of one that was killed
    try:
        yield
    except SchoolgateError as error:
        how = "Nothing was moved."
        if (wanted.new / CONFIG_NAME).exists():
            again = f"sudo {wanted.program} service install --home {shlex.quote(str(wanted.new))}"
            how = f"The home in {wanted.new} is whole. Once that is fixed, to do the rest: {again}"
        raise SchoolgateError(f"{error}\n{how}") from error
    finally:
        if moves:
            shutil.rmtree(part, ignore_errors=True)


def _is_there(name: str) -> bool:
    try:
        return bool(pwd.getpwnam(name))
    except KeyError:
        return False


def _make_account(wanted: ServiceHome, machine: Machine) -> Sequence[str]:
    shell = next((s for s in ("/usr/sbin/nologin", "/sbin/nologin") if Path(s).exists()), "/bin/false")
    home = ["--home-dir", str(wanted.new), "--no-create-home", "--shell", shell]
    run_command(machine, ["useradd", "--system", *home, wanted.account])
    return ()


def _start(wanted: ServiceHome, machine: Machine) -> Sequence[str]:
    (machine.units / UNIT).write_text(unit(wanted), encoding="utf-8")
    for words in (["daemon-reload"], ["enable", UNIT], ["restart", UNIT]):
        run_command(machine, ["systemctl", *words])
    port = _settings(wanted).serve.health_port
    until = time.monotonic() + _STARTS_WITHIN_S
    while (said := complaints_of(wanted.new, port)) is None:
        if time.monotonic() > until:
            raise SchoolgateError(
                f"The home is in place, the unit is written and was started, and it does not answer within "
                f"{_STARTS_WITHIN_S:g} seconds. To see why: journalctl -u schoolgate. Then start this again."
            )
        time.sleep(0.5)
    return [f"It runs, and says: {one}." for one in said] or ["It runs without complaints."]


def _settings(wanted: ServiceHome) -> Config:
    """Whichever of both is there: as root reads them, who may."""
    home = wanted.new if (wanted.new / CONFIG_NAME).exists() else wanted.old
    return load_file(home / CONFIG_NAME, os.environ)


def _try_mail(wanted: ServiceHome, machine: Machine, to: str) -> Sequence[str]:
    """Try a mail and say what came of it; a mail that was refused undoes nothing."""
    try:
        return _run_as(wanted, machine, wanted.new, "mail", "test", to)
    except SchoolgateError as error:
        return str(error).splitlines()[1:]


def _run_as(wanted: ServiceHome, machine: Machine, home: Path, *words: str) -> Sequence[str]:
    """Run our command as the service's account, by its program, with nothing of our environment."""
    found = pwd.getpwnam(wanted.account)
    who = [f"--reuid={found.pw_uid}", f"--regid={found.pw_gid}", "--clear-groups"]
    env = [f"{HOME_VARIABLE}={home}", f"HOME={wanted.new}", "PATH=/usr/bin:/bin", "LANG=C.UTF-8"]
    command = ["setpriv", *who, "env", "-i", *env, str(wanted.program), *words]
    return run_command(machine, command).strip().splitlines()


def run_command(machine: Machine, command: Sequence[str]) -> str:
    """Run it and return what it printed. Raises SchoolgateError with what it said where it failed."""
    try:
        done = machine.run(command)
    except OSError as error:
        raise SchoolgateError(f"{command[0]} cannot be run: {error.strerror}.") from error
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()) or f"It ended with {done.returncode}."
        raise SchoolgateError(f"{shlex.join(command)}\n{said}")
    return done.stdout


HIDDEN = tuple(map(Path, ("/home", "/root", "/run/user", "/tmp", "/var/tmp")))
"""What the unit hides from the service."""
_FILE = re.compile("(.*_)?file|letters|timestamp_ca")
"""How keys of schoolgate.toml are called that name a file or a folder."""
_TAKEN_IN = "files"
_WAIT_S = 10.0
_LEFT_BEHIND = shutil.ignore_patterns("demo", "*.lock*")


def is_hidden(path: Path) -> bool:
    """Would the service not see it, since the unit hides people's homes and shared temporary files?"""
    real = path.resolve()
    return any(real.is_relative_to(folder) for folder in HIDDEN)


def refuse_busy(home: Path, now: datetime) -> None:
    """Raises InputError where a service runs for that home."""
    if not (home / backup.STORE).exists():
        return
    store = Store(home, clock=lambda: now, sleep=lambda _: None, wait_s=_WAIT_S)
    with _locks_stay_its_own(home), suppress(StoreOlder), store.open_reader() as con:
        if (lease := running(con, now)) is not None:
            raise InputError(
                f"A service runs for {home}: {lease.holder}. Stop it first (Ctrl-C where it was started, or "
                "kill). Nothing was moved."
            )


def copy_home_folder(old: Path, part: Path, now: datetime) -> Sequence[str]:
    """Copy all of the home into a new folder, checked: each file against its own, the store and the evidence
    whole. Say how much that was.

    Nothing is written to the old one but its lock, which stays its own account's. Raises SchoolgateError
    where it does not hold, or is in use.
    """
    part.mkdir(mode=0o700)
    with hold_lock(old, _WAIT_S, "begin again"), _locks_stay_its_own(old):
        shutil.copytree(old, part, symlinks=True, dirs_exist_ok=True, ignore=_LEFT_BEHIND)
        for file in (path for path in part.rglob("*") if path.is_file() and not path.is_symlink()):
            if not filecmp.cmp(file, old / file.relative_to(part), shallow=False):
                raise SchoolgateError(f"{file} was not copied as it is. Nothing was moved.")
    if (part / backup.STORE).exists():
        wiring.open_store(part, lambda: now)
        _, proved, _ = prove_whole(part)
        if faults := faults_of(proved):
            said = f"The data there is faulty, so nothing was moved: {backup.sum_up_faults(faults)} "
            raise SchoolgateError(f"{said}To see it: schoolgate evidence verify")
    many = [path.stat().st_size for path in part.rglob("*") if path.is_file()]
    return (f"{len(many):,} files, {sum(many) / 2**20:,.1f} MB.",)


def take_in_files(home: Path, old: Path) -> list[str]:
    """Bring what the settings named elsewhere into the home, and name it there; return what was done.

    `old` is where the home was: what is named by its path there is named by its place in the home.
    """
    path = home / CONFIG_NAME
    text, said = path.read_text(encoding="utf-8-sig"), list[str]()
    for place, key, name in _named_files(tomllib.loads(text)):
        there = old / Path(name).expanduser()
        if there.is_relative_to(old):
            new = str(there.relative_to(old))
        elif not _may_read(old, there):
            said.append(f"{key}: whose home this is cannot read {name}, so that was left as it is.")
            continue
        else:
            new = _into(home, there, key)
            said.append(f"{key}: {there} is {new} in the home now.")
        if new != name:
            try:
                text = with_key(text, place, key, new)
            except NoTable as table:
                said_so = f"{path.name} has “{table}” written in a way that only an editor can change"
                raise InputError(f"{said_so}. Write {key} = {new!r} there, then begin again.") from None
    if text != path.read_text(encoding="utf-8-sig"):
        write_private(path, text.encode())
    return said


def _may_read(home: Path, path: Path) -> bool:
    """May the home's own account? Root brings nothing into it that was never that account's to read."""
    owner = home.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return os.access(path, os.R_OK)
    account: dict[str, Any] = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": ()}
    return subprocess.run(["test", "-r", str(path)], **account, check=False).returncode == 0


def _into(home: Path, there: Path, key: str) -> str:
    """A file or folder from outside, copied into the home; of a register what is read of it."""
    if key == "register_file":
        packed = pack_register(read_register(there), there)
        write_private(home / (name := name_register(home, packed)), packed)
        return name
    place = home / _TAKEN_IN / there.name
    while place.exists():
        place = place.with_name(f"_{place.name}")
    place.parent.mkdir(mode=0o700, exist_ok=True)
    if there.is_dir():
        shutil.copytree(there, place)
    else:
        shutil.copyfile(there, place)
    return str(place.relative_to(home))


def _named_files(settings: Mapping[str, Any]) -> list[tuple[Place, str, str]]:
    """Each file that the settings name: its table, its key, its name."""
    named = ((path[:-1], path[-1], value) for path, value in leaves(settings))
    return [
        (place, key, value)
        for place, key, value in named
        if isinstance(key, str) and _FILE.fullmatch(key) and isinstance(value, str) and value.strip()
    ]


def give_to(home: Path, name: str) -> Sequence[str]:
    """Give all in the folder to that account, to read for nobody else; say which variables of the environment
    hold what its settings do not, since the service has none of them."""
    account = pwd.getpwnam(name)
    for path in (*home.rglob("*"), home):
        with suppress(FileNotFoundError):  # a service that runs there makes files and deletes them
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & 0o700)
    settings = tomllib.loads((home / CONFIG_NAME).read_text(encoding="utf-8-sig"))
    named = dict.fromkeys(value for path, value in leaves(settings) if str(path[-1]).endswith("_env"))
    return [
        f"The service has no environment but its unit's. Put what {variable} holds into a file instead."
        for variable in named
    ]


def switch_homes(wanted: ServiceHome) -> Sequence[str]:
    """The copy takes its place and the old home steps aside, a link in its own; or nothing is changed."""
    old, part, new, aside = wanted.old, wanted.part, wanted.new, wanted.aside
    owner = old.lstat()
    if new.exists():
        new.rmdir()
    part.rename(new)
    try:
        old.rename(aside)
        try:
            old.symlink_to(new)
            os.chown(old, owner.st_uid, owner.st_gid, follow_symlinks=False)
        except BaseException:
            old.unlink(missing_ok=True)
            aside.rename(old)
            raise
    except BaseException:
        new.rename(part)
        raise
    gone = f"rm -r {shlex.quote(str(aside))}"
    return (f"The old one holds names and posts. Once you have checked that everything works: {gone}",)


@contextmanager
def _locks_stay_its_own(home: Path) -> Iterator[None]:
    """The files of locks, made before or meanwhile, are given to the account whose home it is."""
    _give_locks(home)
    try:
        yield
    finally:
        _give_locks(home)


def _give_locks(home: Path) -> None:
    owner = home.stat()
    for path in home.glob(f"{backup.LOCK}*"):
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
