"""How much memory the service takes: begun, while it judges, and once its children are let go.

python -P benchmarks/idle.py [--register FILE] [--graph]

A true `schoolgate serve` on an invented feed of 400 posts on this machine, a threat among them: a digest and
alerts are written, the page that acknowledges is served, a short message goes out, and mail to a server
that is not there; with --graph by Microsoft Graph, as the tests have it on this machine. Told are the
megabytes that all its processes hold together, what they share counted once. The idle times of the model
(five minutes) and of what reads documents (one minute) are shortened to ten seconds, nothing else.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "tests")]

from held import begun_by, held_mb  # noqa: E402
from support.microsoft import CLIENT, TENANT, Microsoft, microsoft  # noqa: E402

SERVE = """
import sys
from pathlib import Path
from monitor.service import scoring
from sources import parser_process
scoring.AwayScorer.let_go.__defaults__ = scoring.IdleLinker.let_go.__defaults__ = (10.0,)
parser_process.ParserProcess.let_go.__defaults__ = (10.0,)
from monitor.service.serve import run_service
home, port = Path(sys.argv[1]), int(sys.argv[2])
sys.exit(run_service(home, home / "schoolgate.toml", say=lambda line: None,
               allow_loopback=frozenset({("127.0.0.1", port)})))
"""
POSTS = 400
THREAT = "I will stab the caretaker at Oakfield Primary School tomorrow morning, I have the knife"


def main() -> None:
    """Measures and prints."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--register", type=Path, help="A register of schools, to tell namesakes apart.")
    options.add_argument("--graph", action="store_true", help="Mail by Microsoft Graph.")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, microsoft() as there:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Feed)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        home, port = Path(folder), server.server_address[1]
        (home / "schoolgate.toml").write_text(_config(port, given.register), encoding="utf-8")
        if given.graph:
            _by_graph(home, there)
        service = subprocess.Popen(
            [sys.executable, "-P", "-c", SERVE, str(home), str(port)],
            env={**os.environ, "SCHOOLGATE_CHAT": f"json://127.0.0.1:{port}/chat", "S": "s"},
        )
        try:
            _watch(service.pid)
        finally:
            service.terminate()
            print(
                "ended with", service.wait(15), "short messages:", _Feed.messages, "mails:", len(there.mails)
            )
            server.shutdown()


def _watch(pid: int) -> None:
    began, most, judged = time.monotonic(), 0, False
    while time.monotonic() - began < 90:
        time.sleep(0.25)
        most, others = max(most, held_mb(pid)), begun_by(pid)
        if judged and not others:
            time.sleep(25)  # another sign of life, which gives freed memory back
            print(f"most, with the model: {most} MB; idle, both let go: {held_mb(pid)} MB")
            return
        judged = judged or len(others) > 1
    print("the model was not let go within 90 s")


def _config(port: int, register: Path | None) -> str:
    told = f'register_file = "{register.absolute()}"\n' if register else ""
    return (
        f'{told}base_url = "https://schoolgate.example.org"\n'
        '[dpia]\nrecorded_on = 2026-09-01\nrecorded_by = "Mrs A Example"\n'
        f'[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\nlocality = "Northvale"\n'
        f'[[sources]]\nid = "a"\nkind = "feed"\nurl = "http://127.0.0.1:{port}/feed.xml"\nsurfaced = true\n'
        '[[people]]\nid = "head"\nname = "Jane Holt"\nroles = ["head"]\nemail = "head@example.org"\n'
        '[[people]]\nid = "dsl"\nname = "Robin Pike"\nroles = ["dsl"]\nemail = "dsl@example.org"\n'
        'chat_env = "SCHOOLGATE_CHAT"\n'
        '[mail]\nhost = "127.0.0.1"\nport = 9\nsecurity = "none"\nsender = "schoolgate@example.org"\n'
        '[network]\nown_servers = ["127.0.0.1"]\n'
        '[serve]\nhealth_port = 9478\nlisten = "127.0.0.1:9479"\n'
    )


def _by_graph(home: Path, there: Microsoft) -> None:
    """Writes it into the settings."""
    file = home / "schoolgate.toml"
    before, _, after = file.read_text(encoding="utf-8").partition("[mail]")
    mail = f'[mail]\nsign_in = "graph"\nsender = "schoolgate@example.org"\ntenant = "{TENANT}"\n'
    mail += f'client_id = "{CLIENT}"\nsecret_env = "S"\n[network]\nproxy = "{there.way.url}"\n'
    mail += f'ca_file = "{there.trust_in(home)}"\n'
    file.write_text(before + mail + after.partition("[network]\n")[2], encoding="utf-8")


class _Feed(BaseHTTPRequestHandler):
    messages = 0

    def do_GET(self) -> None:
        rows = "".join(
            f"<item><guid>{n}</guid><link>https://example.org/{n}</link><description>Oakfield Primary School "
            f"in Northvale, note {n}: {'the choir sang and many came. ' * (n % 9)}{'' if n else THREAT}"
            "</description></item>"
            for n in range(POSTS)
        )
        body = f'<rss version="2.0"><channel><title>F</title>{rows}</channel></rss>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        _Feed.messages += 1
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


if __name__ == "__main__":
    main()
