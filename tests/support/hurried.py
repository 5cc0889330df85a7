"""The program as it is, but that its time to ask sites in runs four times as fast.

It waits a quarter as long between two requests to a host, and its survey has a quarter of the minute: what
there is time for stays the same. The true pace and the true minute have tests of their own:
tests/sources/fetching/test_fetch.py, tests/monitor/setup/test_init_places.py.
"""

from unittest.mock import patch

from support.forked import COMMAND

FASTER = 4
CODE = f"from support.hurried import hurry; hurry()\n{COMMAND}"
"""What a technician's `schoolgate` is to be who has not so long."""


def hurry() -> None:
    """Makes this process one of those."""
    from monitor.pipeline.looking import survey
    from sources.http.politeness import Limits

    true = Limits.pace_s
    patch.object(Limits, "pace_s", lambda limits, host: true(limits, host) / FASTER).start()
    survey.MINUTE_S /= FASTER
    survey.LOOK_UP_S /= FASTER
