"""A real case with a real capture and time stamp; its pack; what README.txt of it says to type."""

import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import builders.case_desk
from builders.capture import a_case, capture, routes
from builders.case_desk import ActRefused, Desk
from builders.home import a_migrated_store
from support import forked
from support.time_server import an_authority, time_server
from support.web_server import serve

from alerts.ladder.advance import Refusal
from alerts.pack.facts import Recipient
from data.evidence.vault import Vault
from data.steps.codes import StepKind
from data.store.engine.open import Store
from monitor.act import packing
from monitor.act.casework import find_case
from monitor.act.step import explain_refusal


def a_kept_case(home, *, stamped=True, **verdict):
    """Case 0001, classified, weighed, captured without the browser, decided; every step by its act."""
    home.mkdir(parents=True, exist_ok=True)
    desk = Desk(home)
    authority = an_authority(home / "authority")
    with serve(routes()) as site, time_server(authority) as server:
        if stamped:
            settings = home / "schoolgate.toml"
            table = f'\n[evidence]\ntimestamp_url = "{server}/tsr"\ntimestamp_ca = "{authority.ca_file}"\n'
            settings.write_text(settings.read_text(encoding="utf-8") + table, encoding="utf-8")
        a_case(desk, site, **verdict)
        code = verdict.get("content_class", "C7")
        desk.take(StepKind.CLASSIFIED, "holt", class_=str(code), why="It states as a fact what is not so.")
        desk.take(StepKind.WEIGHED, "holt", nature="says that he steals", visible="since last night",
                  spread="one thread", impact="he is upset")  # fmt: skip
        assert capture(desk, site, server, because="before it is edited").counts
    desk.take(StepKind.DECIDED, "holt", decision="seek", why="Untrue, and it names him.")
    return desk


def another(desk, home):
    """A home of its own with the same in it: copying is faster than capturing again."""
    shutil.copytree(desk.home, home)
    again = Desk.__new__(Desk)
    again.home, again.store = home, a_migrated_store(home)
    return again


def evidence(desk, *words):
    """The home is up to date already: to look at that again opens the store twice for each command."""
    with patch.object(Store, "migrate", return_value=()):
        return builders.case_desk.run("evidence", *words, "--home", str(desk.home))


def pack(desk, out, to="file", person="holt", reason="", *, number="1", chronology=False):
    """Packs a case for somebody outside, and writes ZIP and PDF into that folder."""
    session, now = desk.session(person), desk.clock()
    with session.store.open_reader() as con:
        case = find_case(con, session, number)
        wanted = packing.PackRequest(case, session.person, Recipient(to), chronology)
        packing.refuse_reading(session, wanted, reason)
        if no := packing.pack_refusal(con, wanted):
            raise ActRefused(explain_refusal(session, case, no))
        facts = packing.gather_pack(con, session.context, wanted, Vault(session.store.evidence), now)
    made = packing.make_pack(facts)
    done = packing.hand_out(session, wanted, made, reason, now)
    assert not isinstance(done, Refusal), done
    out.mkdir(exist_ok=True, parents=True)
    for ending, content in (("zip", made.zip), ("pdf", made.pdf)):
        (out / f"{made.name}.{ending}").write_bytes(content)
    return made


@dataclass(frozen=True)
class Opened:
    """A pack as somebody outside has it: its folder."""

    folder: Path

    @property
    def readme(self):
        return (self.folder / "for-checking/README.txt").read_text(encoding="utf-8")

    @property
    def commands(self):
        """What README.txt says to type: the lines that stand four blanks in."""
        return [line.strip() for line in self.readme.splitlines() if line.startswith("    ")]

    def type(self, command, *, in_a_shell=False):
        """Types it in a shell, in the pack's folder, without a way to the network. The archive's slow
        validator is forked from a process that has imported it, unless it is to be typed."""
        tools = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        nowhere = "http://127.0.0.1:9"
        env = {"PATH": tools, "HOME": str(self.folder), "http_proxy": nowhere, "https_proxy": nowhere}
        tool, *words = shlex.split(command)
        if tool == "wacz" and not in_a_shell:
            return forked.run(forked.WACZ, *words, env=env, cwd=self.folder, modules=("wacz",))
        return subprocess.run(
            ["sh", "-c", command], cwd=self.folder, env=env, capture_output=True, text=True, check=False
        )

    def files(self):
        held = (p for p in sorted(self.folder.rglob("*")) if p.is_file())
        return {p.relative_to(self.folder).as_posix(): p.read_bytes() for p in held}


def unzipped(out, into):
    """The one ZIP in that folder, as `unzip` leaves it in a folder with blanks in its name."""
    (archive,) = out.glob("*.zip")
    into /= "from a school"
    with zipfile.ZipFile(archive) as held:
        held.extractall(into)
    return Opened(into / archive.stem)


def copied(opened, into):
    shutil.copytree(opened.folder, into)
    return Opened(into)
