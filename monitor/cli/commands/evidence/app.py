"""The commands of `schoolgate evidence`, and under which name each is found."""

from __future__ import annotations

from monitor.cli.commands.evidence.pack import pack
from monitor.cli.commands.evidence.verify import end, verify
from monitor.terminal.groups import group

evidence_app = group("What is kept of posts: proved unchanged, and handed to somebody outside.")
evidence_app.command("verify")(verify)
evidence_app.command("end")(end)
evidence_app.command("pack")(pack)
