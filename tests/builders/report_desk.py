"""The desk over a home with the draft of a governors' report, and browsers at it."""

from dataclasses import replace
from datetime import timedelta

from builders.mention import Clock, a_store
from builders.page import BASE, form_of, links_of, prove
from builders.report import CONFIG, FRIDAY, a_home
from starlette.testclient import TestClient

from alerts.weekly.weeks import named
from data.store.reporting import signed_reports
from monitor.config.home.context import Context
from monitor.config.load import load
from monitor.desk.app import desk_app
from monitor.reports.weekly import gather

ONE = "/reports/900001/2026-W47"
IT = """
[[people]]
id = "i-lane"
name = "Ms Ida Lane"
roles = ["it_lead"]
email = "it@example.sch.uk"
"""


class ReportDesk:
    """The desk over a home with one draft."""

    def __init__(self, home):
        a_home(home, CONFIG.replace("[mail]", f'base_url = "{BASE}"\n[mail]', 1) + IT)
        self.clock = Clock(FRIDAY + timedelta(hours=1))
        self.store, config = a_store(home, self.clock), load(home / "schoolgate.toml", {})
        config = replace(config, base_url=BASE)
        self.people = {p.id: p for p in config.people}
        self.context = Context(config, home, links_of(config.people))
        (self.school,) = config.schools
        with self.store.write("test") as con:
            new = gather(con, config, self.school, named("2026-W47"), self.clock())
            signed_reports.put_report(con, "900001", "2026-W47", new.text, self.clock(), new.counted)
        self.app = desk_app(self.store, lambda: self.context, self.clock)

    def browser(self, who=None):
        browser = TestClient(self.app, base_url=BASE, follow_redirects=False)
        if who:
            prove(browser, self.store, self.people[who], self.clock())
        return browser

    def report(self):
        with self.store.read() as con:
            return signed_reports.report(con, "900001", "2026-W47")

    def mails(self):
        with self.store.read() as con:
            return con.execute("SELECT person_id, subject, body FROM outbox ORDER BY ALL").fetchall()

    def link(self, who):
        return self.context.links.report("900001", "2026-W47", who, self.clock()).removeprefix(BASE)

    def press(self, browser, path, **form):
        page = browser.get(path)
        self.clock.at += timedelta(seconds=5)
        return browser.post(path, data={**form_of(page), **form})
