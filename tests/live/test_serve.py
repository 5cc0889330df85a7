"""`schoolgate serve` as a process of its own: it reads, tells whom it must, and ends as it is told to."""

import signal
import time

import pytest
import support.forked
from aiosmtpd.controller import Controller
from builders.serving import DANGER, a_home, answers, calm, ended, feed, lease_of, read, serving, until
from support.documents import content
from support.forked import COMMAND
from support.web_server import free_port, serve

from monitor.service.notebook import read_book


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_ends_with_0_and_gives_the_home_back(tmp_path, number):
    with calm(tmp_path) as (site, port, process):
        until(lambda: answers(port) and site.paths)
        assert lease_of(tmp_path).holder.startswith(f"PID {process.pid} on ")
        code, seconds, _ = ended(process, number)
    assert (code, lease_of(tmp_path)) == (0, None)
    assert read_book(tmp_path).ended, "somebody ended it: that is no fault of ours"
    assert seconds < 10


class Box:
    """A mail server that notes whom it was given mail for, and when."""

    def __init__(self) -> None:
        self.got: list[tuple[str, float]] = []

    async def handle_DATA(self, server, session, envelope) -> str:
        self.got += [(rcpt, time.monotonic()) for rcpt in envelope.rcpt_tos]
        return "250 OK"


def test_danger_is_with_its_people_within_ten_seconds_of_its_being_seen_and_status_works_beside(tmp_path):
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        with serve({"/a.xml": feed(DANGER)}) as site:
            a_home(tmp_path, site, "a", smtp=controller.port)
            with serving(tmp_path, site) as process:
                until(lambda: "/a.xml" in site.paths)
                until(lambda: len(box.got) >= 2, 30)
                run = support.forked.run(COMMAND, "status", "--json", "--home", tmp_path)
                assert content(run.stdout)["running"], run.stderr
                code, _, said = ended(process)
    finally:
        controller.stop()
    assert code == 0
    ((waited,),) = read(
        tmp_path,
        "SELECT max(epoch(sent_at) - epoch(written_at)) FROM outbox WHERE kind = 'instant' AND via = 'mail'",
    )
    assert waited < 10
    assert "stab" not in said
    assert len({rcpt for rcpt, _ in box.got}) == 2
