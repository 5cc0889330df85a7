"""`schoolgate serve` as a process of its own, at a home folder that reads local feeds."""

import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

from support.forked import Forked
from support.web_server import free_port, serve

from data.effects import utc_now
from data.store.engine.open import Store
from data.store.engine.turn import find_lease

SERVE = """
import sys
from dataclasses import replace
from pathlib import Path
from monitor.terminal.output import set_up_log
from monitor.terminal.program import run_app
from monitor.service.serve import run_service
from sources.http.politeness import Limits
set_up_log(verbose=True)
home, ports = Path(sys.argv[1]), [int(p) for p in sys.argv[2].split(",")]
run_app(lambda: sys.exit(run_service(
    home, home / "schoolgate.toml", say=lambda line: print(line, flush=True),
    limits=replace(Limits(), per_host_interval_s=0.0),
    allow_loopback=frozenset(("127.0.0.1", port) for port in ports),
)))
"""
DANGER = (
    "I am going to stab Mrs Quillfeather at Oakfield Primary in Northvale tomorrow morning, I have the knife"
)


def feed(*texts):
    rows = "".join(
        f"<item><title>{n}</title><guid>{n}</guid><link>https://gazette.example.org/{n}</link>"
        f"<description>{text}</description></item>"
        for n, text in enumerate(texts)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>G</title>{rows}</channel></rss>'.encode()


def a_home(folder, site, *names, smtp=None):
    """A home folder with a configuration; gives its health port."""
    port = free_port()
    sources = "".join(
        f'[[sources]]\nid = "{n}"\nkind = "feed"\nurl = "{site}/{n}.xml"\nsurfaced = true\n' for n in names
    )
    mail = f'[mail]\nhost = "127.0.0.1"\nport = {smtp}\nsecurity = "none"\nsender = "sg@example.org"\n'
    (folder / "schoolgate.toml").write_text(
        '[dpia]\nrecorded_on = 2026-09-01\nrecorded_by = "Mrs A Example"\n'
        '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\naliases = ["Oakfield Primary"]\n'
        f'locality = "Northvale"\n{sources}'
        '[[people]]\nid = "head"\nname = "Mrs Tamsin Quillfeather"\nroles = ["head"]\n'
        'email = "head@example.org"\n'
        '[[people]]\nid = "dsl"\nname = "Ms Imogen Larkspur"\nroles = ["dsl"]\nemail = "dsl@example.org"\n'
        f"[model]\nthreads = 1\n[serve]\nhealth_port = {port}\n" + (mail if smtp else ""),
        encoding="utf-8",
    )
    return port


def _from_the_start(code, *words):
    """Not forked: what it holds in memory is its own."""
    return subprocess.Popen(
        [sys.executable, "-P", "-c", code, *map(str, words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@contextmanager
def serving(home, site, before=""):
    process = (
        Forked(SERVE, home, site.port) if not before else _from_the_start(before + SERVE, home, site.port)
    )
    try:
        yield process
    except AssertionError:
        process.kill()
        sys.stderr.write(process.communicate()[1])
        raise
    finally:
        process.kill()
        process.communicate()


@contextmanager
def calm(home):
    """A service that reads one calm feed: its site, its health port, its process."""
    with serve({"/a.xml": feed("Calm.")}) as site:
        port = a_home(home, site, "a")
        with serving(home, site) as process:
            yield site, port, process


def until(true, seconds=15.0):
    """Waits for something; gives how long that took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, "it did not come"
        time.sleep(0.05)
    return time.monotonic() - began


def ended(process, number=signal.SIGTERM):
    began = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=15)
    return process.returncode, time.monotonic() - began, said


def answers(port):
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return answer.status == 200
    except URLError:
        return False


def read(home, sql):
    store = Store(home, clock=utc_now, sleep=time.sleep)
    with store.open_reader() as con:
        return con.execute(sql).fetchall()


def lease_of(home):
    store = Store(home, clock=utc_now, sleep=time.sleep)
    with store.open_reader() as con:
        return find_lease(con, "service")
