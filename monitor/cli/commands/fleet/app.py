"""The commands of `schoolgate fleet`, and under which name each is found."""

from __future__ import annotations

from monitor.cli.commands.fleet.add import add_homes
from monitor.cli.commands.fleet.counts import fleet_counts
from monitor.cli.commands.fleet.serve import fleet_doctor, fleet_serve
from monitor.cli.commands.fleet.status import fleet_status
from monitor.terminal.groups import group

fleet_app = group("Many homes collected together: a nation's schools, or an authority's.")
fleet_app.command("add")(add_homes)
fleet_app.command("counts")(fleet_counts)
fleet_app.command("doctor")(fleet_doctor)
fleet_app.command("serve")(fleet_serve)
fleet_app.command("status")(fleet_status)
