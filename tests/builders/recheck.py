"""A case about a post on a site of this machine, for looks at it again."""

import shutil
from datetime import timedelta
from functools import cache

from builders.case_desk import NOW, Desk
from builders.fetcher import fetcher_for
from builders.mention import a_batch, a_mention, a_run, a_verdict, save
from builders.thread_page import INSULT, MEANT, TITLE

from alerts.links import Links
from data.store import cases as case_store
from data.types import About, Policy, Route, Severity
from monitor.config.home.context import Context
from monitor.config.load import load_file

PATH = "/threads/gate.12/post-2"
_fetcher = cache(fetcher_for)
"""One for each site: making one takes longer than a look."""


class Rechecks:
    """One home with one case, its clock, and a fetcher that may visit the site."""

    def __init__(self, home, site, by="pike", **verdict):
        self._at(home, site)
        self.post("insult", f"{site}{PATH}", **verdict)
        self.desk.open("story-insult", by)

    def _at(self, home, site):
        self.desk = Desk(home)
        self.store, self.clock, self.steps = self.desk.store, self.desk.clock, self.desk.steps
        self.now = NOW
        self.site = site
        self.context = Context(load_file(home / "schoolgate.toml", {}), home, Links())

    @classmethod
    def copied(cls, made, home):
        """The same home again, as it is now, in another folder."""
        shutil.copytree(made.desk.home, home)
        again = cls.__new__(cls)
        again._at(home, made.site)
        return again

    def post(self, name, url, *, text=INSULT, at=NOW, **verdict):
        """One more post of the story; gives its id."""
        fields = {"channel": "local_forum", "title": TITLE, "text": text, "published": MEANT.at}
        mention = a_mention(name, url=url, fetched_at=at, **fields)
        judged = a_verdict(
            mention,
            **(
                {"route": Route.REQUEST_REMOVAL, "severity": Severity.TODAY, "about": About.STAFF}
                | {"content_class": "C7", "abuse": ("defamation",)}
                | verdict
            ),
        )
        run = a_run(f"feed:{name}", at)
        batch = a_batch(mention, verdicts=[judged], story_id="story-insult", run=run)
        with self.store.write("test") as con:
            save(con, batch, now=at, policy=Policy())
        return mention.id

    @property
    def now(self):
        return self.desk.clock()

    @now.setter
    def now(self, now):
        self.desk.now = now

    def wait(self, **span):
        self.now += timedelta(**span)

    @property
    def fetch(self):
        return _fetcher(self.site)

    def due(self):
        with self.store.open_reader() as con:
            return case_store.due_rechecks(con, self.now)
