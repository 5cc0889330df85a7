"""`schoolgate people`: who is in the file and who has left."""

from __future__ import annotations

from alerts.access.offices import holding
from alerts.wording.cases import office
from data.words.say import words
from monitor.cli.commands.options import HomeOptions
from monitor.terminal.groups import group
from monitor.terminal.output import say, say_lines
from monitor.terminal.table import draw_table


def list_people(opts: HomeOptions) -> None:
    """List the people of the school, and who has left."""
    _, settings = opts.open_settings()
    several, w = len(settings.schools) > 1, words("en")
    heads = ("Id", "Name", "Roles", "E-mail", "Away until", *(["Schools"] if several else []))
    rows = [
        (
            *(p.id, p.name, ", ".join(office(role, settings.schools[0], w) for role in holding(p, ()))),
            p.email or "none",
            f"{p.away_until:%-d %b %Y}" if p.away_until else "",
            *([", ".join(p.urns) or "all"] * several),
        )
        for p in settings.people
    ]
    nobody = "Nobody yet. To add somebody: schoolgate setup"
    say_lines(draw_table(heads, rows, wraps=("Name", "Roles")) or [nobody])
    if settings.former:
        say(f"Left: {', '.join(f'{p.name} ({p.id})' for p in settings.former)}")


people_app = group("The people of the school: who is told, and who may be meant.")
people_app.command("list")(list_people)
