"""The desk over a home with one matter, and browsers at it: for tests of its pages."""

from builders.home import rows_of
from builders.page import BASE, PageDesk, form_of
from starlette.testclient import TestClient

from monitor.desk.app import desk_app
from monitor.desk.sign_in.strangers import Strangers


class OpenDesk(PageDesk):
    """The desk, open; `mailed` are the codes that went out."""

    def __init__(self, home, accounts=None, reads=None, **given):
        super().__init__(home, proved=False, **given)
        self.strangers = Strangers()
        self.app = desk_app(
            *(self.store, lambda: self.context, self.clock, self._send, self._send), accounts=accounts,
            reads=reads, strangers=self.strangers,
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
