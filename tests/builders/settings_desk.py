"""The desk over a home whose settings stand in a file, for tests of what changes them."""

import os
from dataclasses import replace

from builders.desk import OpenDesk
from builders.page import BASE, PEOPLE, SCHOOL, form_of, links_of, prove

from data.types import Person, Role
from monitor.config.load import load
from monitor.config.writing.text import Draft, render

IT = Person("it", "Ivo Tern", (Role.IT_LEAD,), "it@example.org")
CHAIR = Person("chair", "Dr Bo Larch", (Role.CHAIR,), "chair@example.org")
ADMINS = (*PEOPLE, IT, CHAIR)


class SettingsDesk(OpenDesk):
    """Ivo Tern, the IT lead, has just signed in; the settings are read again for every request."""

    def __init__(self, home, people=ADMINS, schools=(SCHOOL,), more="", by="it"):
        super().__init__(home)
        self.file = home / "schoolgate.toml"
        text = render(Draft(schools=schools, people=people))
        text = text.replace('# base_url = "https://schoolgate.example.sch.uk"', f'base_url = "{BASE}"')
        self.file.write_text(text + more)
        self.reload()
        self.store.migrate()
        self.browser = self.another()
        self.come(by)

    def reload(self):
        """As the service does, a few seconds later."""
        config = load(self.file, os.environ)
        self.context = replace(self.context, config=config, links=links_of(config.people))
        return config

    def come(self, who, browser=None):
        prove(browser or self.browser, self.store, self.person(who), self.clock())

    def person(self, who):
        return next(p for p in self.reload().people if p.id == who)

    def send(self, path, do, browser=None, **form):
        """What the form of that page brings, with what it was shown with."""
        browser = browser or self.browser
        return browser.post(path, data={**form_of(browser.get(path)), **form, "do": do})

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
