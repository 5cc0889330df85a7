"""The desk over a home with one matter, browsers at it, and settings in a file: for tests of its pages."""

import os
from dataclasses import replace
from urllib.parse import urljoin

from builders.home import rows_of
from builders.page import BASE, PEOPLE, SCHOOL, PageDesk, form_of, links_of, prove
from starlette.testclient import TestClient

from data.types import Person, Role
from monitor.act.casework import make_judges
from monitor.config.first_file import Draft, render_file
from monitor.config.load import load_file
from monitor.desk.app import desk_app
from monitor.desk.page import Strangers


class OpenDesk(PageDesk):
    """The desk, open; `mailed` are the codes that went out."""

    def __init__(self, home, accounts=None, reads=None, more_pages=None, judged=make_judges, **given):
        super().__init__(home, proved=False, **given)
        self.strangers, self.more_pages = Strangers(), more_pages
        self.app = desk_app(
            *(self.store, lambda: self.context, self.clock, self._send, self._send), accounts=accounts,
            reads=reads, strangers=self.strangers, more=more_pages, judged=judged,
        )  # fmt: skip
        self.browser = self.another()

    def another(self, host="203.0.113.1"):
        """One more browser, at that address."""
        return TestClient(self.app, base_url=BASE, follow_redirects=False, client=(host, 5000))

    def address(self, who):
        return next(p.email for p in self.context.config.people if p.id == who)

    def ask_for_code(self, address, browser=None, **form):
        browser = browser or self.browser
        form = {"address": address, "device": "shared", "to": "/", "do": "send_code"} | form
        return browser.post("/sign-in", data=form_of(browser.get("/sign-in")) | form)

    def code(self):
        """The newest that was mailed."""
        return self.mailed[-1].body.splitlines()[0]

    def sign_in(self, who, browser=None, **form):
        """What the desk answers to somebody who types the code that they were sent."""
        browser = browser or self.browser
        asked = self.ask_for_code(self.address(who), browser, **form)
        return browser.post("/sign-in", data={**form_of(asked), "code": self.code(), "do": "prove"})

    def sessions(self):
        return self.read("SELECT person_id, device FROM sessions ORDER BY ALL")

    def read(self, sql):
        return rows_of(self.store, sql)


def come(desk, who, browser=None):
    """A browser, that one or a new one, in which that person has just proved who they are."""
    browser = browser or desk.another()
    prove(browser, desk.store, next(p for p in desk.context.config.people if p.id == who), desk.clock())
    return browser


def settle(desk, *more, **given):
    """The settings, read again, name these people too, and say this."""
    config, links = desk.context.config, desk.context.links
    config = replace(config, **given)
    config = replace(config, people=(*config.people, *more))
    mails = {p.id: p.email for p in config.people if p.email}
    desk.context = replace(desk.context, config=config, links=replace(links, mails=mails))


IT = Person("it", "Ivo Tern", (Role.IT_LEAD,), "it@example.org")
CHAIR = Person("chair", "Dr Bo Larch", (Role.CHAIR,), "chair@example.org")
ADMINS = (*PEOPLE, IT, CHAIR)


class SettingsDesk(OpenDesk):
    """Ivo Tern, the IT lead, has just signed in; the settings are read again for every request."""

    def __init__(self, home, people=ADMINS, schools=(SCHOOL,), more="", by="it", **given):
        super().__init__(home, **given)
        self.file = home / "schoolgate.toml"
        text = render_file(Draft(schools=schools, people=people))
        text = text.replace('# base_url = "https://schoolgate.example.sch.uk"', f'base_url = "{BASE}"')
        self.file.write_text(text + more)
        self.reload()
        self.store.migrate()
        self.browser = self.another()
        self.come(by)

    def reload(self):
        """As the service does, a few seconds later."""
        config = load_file(self.file, os.environ)
        self.context = replace(self.context, config=config, links=links_of(config.people))
        return config

    def come(self, who, browser=None):
        prove(browser or self.browser, self.store, self.person(who), self.clock())

    def person(self, who):
        return next(p for p in self.reload().people if p.id == who)

    def send(self, path, do, browser=None, **form):
        """What the form of that page brings, with what it was shown with, or what that leads to."""
        browser = browser or self.browser
        came = browser.post(path, data={**form_of(browser.get(path)), **form, "do": do})
        leads = came.headers.get("location", "")
        return browser.get(urljoin(path, leads)) if "became=" in leads else came

    def save(self, who, browser=None, **changed):
        """The form of a person as it stands, but for what is changed."""
        p = self.person(who)
        form = {"name": p.name, "email": p.email or "", "phone": p.phone or "", "account": p.account or ""}
        form |= {"related_to": ", ".join(p.related_to)} | {f"role_{r.value}": "yes" for r in p.roles}
        form |= {key: value for key, value in changed.items() if value is not None}
        kept = {key: value for key, value in form.items() if key not in changed or changed[key] is not None}
        return self.send(f"/people/{who}", "save", browser, **kept)

    def mailed_to(self):
        """To whom changes of who may see what are waiting to go."""
        return {row[0] for row in self.read("SELECT person_id FROM outbox WHERE kind = 'offices'")}
