"""Commands that are all given at once, beside a service: does each of them come to its turn?"""

import time
from contextlib import contextmanager

from builders.case_desk import Desk
from support.forked import COMMAND, Forked


def start(home, *words, said=""):
    return Forked(COMMAND, *words, "--home", home, said=said)


@contextmanager
def a_service(home):
    """`schoolgate serve`, until it is asked to end."""
    process = start(home, "serve")
    try:
        yield
        assert process.poll() is None, process.communicate()
    finally:
        process.terminate()
        process.communicate(timeout=60)


def all_at_once(folder, count):
    """So many commands that read the store beside a service; what went wrong."""
    desk = Desk(folder)
    with a_service(desk.home):
        time.sleep(1)
        asked = [start(desk.home, "alerts", "list", "--json", "--as", "holt") for _ in range(count)]
        told = [each.communicate()[1] or each.returncode for each in asked]
        return [fault for fault in told if fault]
