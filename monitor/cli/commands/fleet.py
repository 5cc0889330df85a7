"""`schoolgate fleet run`: one round over many homes, spread by Ray."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli.commands.options import end_command
from monitor.terminal.groups import group
from monitor.terminal.output import say_lines, say_on_stderr, stdout_to_stderr
from monitor.terminal.wording import count_many

if TYPE_CHECKING:
    from monitor.fleet.rounds import FleetRound


def fleet_run(homes: Path, address: str = "auto", contact: str = "", no_send: bool = False) -> None:
    """Make one round over all homes: read each place that is due once, judge it in each home, tell people."""
    from monitor.fleet.homes import find_homes, one_round
    from monitor.fleet.rounds import run_round

    found, remarks = find_homes(homes)
    for remark in remarks:
        say_on_stderr(remark)
    with one_round(homes), stdout_to_stderr():  # Ray remarks on what dies there
        done = run_round(found, address, say=say_on_stderr, contact=contact, send=not no_send)
    say_lines(round_lines(done))
    end_command(exit_of(done))


def exit_of(done: FleetRound) -> int:
    """0, or 3 where homes, places or tasks failed, 1 where every home did."""
    if len(done.failed) == done.homes:
        return 1
    return 3 if done.failed or any(one.unseen or one.undone for one in done.done) else 0


def round_lines(done: FleetRound) -> Iterator[str]:
    """The round for a person: what was done, then what failed and why."""
    new, alerts = sum(one.new for one in done.done), sum(one.alerts for one in done.done)
    waiting = sum(one.waiting for one in done.done)
    homes, sources = count_many(done.homes, "home"), count_many(done.places, "source")
    yield f"{homes}, {len(done.failed):,} failed. {sources} asked."
    yield (
        f"{count_many(done.posts, 'post')}; {done.to_nobody:,} point to no school of these homes and went to "
        f"nobody. New in homes: {new:,}. Alerts: {alerts:,}. Messages that wait: {waiting:,}."
    )
    for one in done.failed:
        yield f"! {one.home}: {one.why}"
    for home in done.done:
        if home.undone:
            yield f"! {home.home}: not done, and tried again in the next round: {', '.join(home.undone)}."
        for place in home.unseen:
            yield f"! {home.home}: could not see {place.place} ({place.outcome.value}). {place.detail}"


fleet_app = group("Many homes in one round: an authority's, or a federation's.")
fleet_app.command("run")(fleet_run)
