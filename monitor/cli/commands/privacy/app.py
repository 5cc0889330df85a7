"""The group `schoolgate privacy`."""

from __future__ import annotations

from monitor.cli.commands.privacy.erase import erase
from monitor.cli.commands.privacy.notice import due, notice
from monitor.cli.commands.privacy.object import object_, rectify
from monitor.cli.commands.privacy.requests import answer, record, requests
from monitor.cli.commands.privacy.search import sar, search
from monitor.terminal.groups import group

privacy_app = group("What people ask about their own data: for the data protection officer.")
privacy_app.command("record")(record)
privacy_app.command("requests")(requests)
privacy_app.command("answer")(answer)
privacy_app.command("search")(search)
privacy_app.command("sar")(sar)
privacy_app.command("erase")(erase)
privacy_app.command("object")(object_)
privacy_app.command("rectify")(rectify)
privacy_app.command("due")(due)
privacy_app.command("notice")(notice)
