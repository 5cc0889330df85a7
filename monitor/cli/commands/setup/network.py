"""`schoolgate network hosts`: what a school's filter or firewall has to let out."""

from __future__ import annotations

from dataclasses import asdict

from monitor.cli.commands.options import JsonOptions
from monitor.home import wiring
from monitor.terminal.groups import group
from monitor.terminal.output import in_json, say, say_lines

_BESIDES = (
    "Besides: the papers’ own pages, where headlines lead to; to install, pypi.org, files.pythonhosted.org.",
)


def hosts(opts: JsonOptions) -> None:
    """Hosts and ports for a filter’s allow list, by the settings as they are, each with what for.

    Nothing is asked. Whatever is switched on or set up later comes to it.

    \b
    Examples:
      schoolgate network hosts
      schoolgate network hosts --json
    """
    from monitor.setup.hosts import hosts as named
    from monitor.terminal.table import table

    _, settings = wiring.settings(opts.home, opts.config)
    found = named(settings)
    if opts.as_json:
        say(in_json([asdict(each) for each in found]))
        return
    rows = [(each.host, str(each.port), ", ".join(each.what_for)) for each in found]
    say_lines(table(("Host", "Port", "What for"), rows, wraps=("What for",)))
    say_lines(_BESIDES)
    if (proxy := wiring.way_out(settings.network)) is not None:
        direct = ", ".join(f"{each.host}:{each.port}" for each in found if not each.proxied) or "nothing"
        say(f"All is asked through {proxy.host}:{proxy.port}, which has to let it out; directly: {direct}.")


network_app = group("The network that it stands in.")
network_app.command("hosts")(hosts)
