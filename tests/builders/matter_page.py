"""What somebody does at the address of a matter, as its page does, without a browser; nothing stays."""

import atexit
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, cached_property
from pathlib import Path

from builders.kept_open import rolled_back
from builders.mention import NOW
from builders.page import PageDesk, links_of

from alerts.links import Ticket
from data.matters import ActKind
from data.steps.acts import Done
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import owners as owner_store
from data.store.engine import audit_chain
from data.store.engine.connect import Connection
from monitor.act.wrong import consequences
from monitor.config.home.context import Context
from monitor.desk.matter.facts import open_posts, shown_posts
from monitor.desk.matter.forms import Pressed, carry_out
from monitor.desk.matter.page import Moment, look_up_visit, matter_response, texts
from monitor.desk.matter.telling import matter_page, with_outcome
from monitor.desk.page import FormFields


@cache
def _desk(**given):
    folder = Path(tempfile.mkdtemp(prefix="schoolgate-behind-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return PageDesk(folder, proved=False, **given)


class Shown:
    """A page as somebody sees it: what it holds, its text, what became of acts. Made at the first look."""

    def __init__(self, make, became=None):
        self._make, self.became = make, became

    @cached_property
    def page(self):
        return self._make()

    @property
    def text(self):
        return matter_response(self.page, 200, None, "", lambda _: "").body.decode()

    @property
    def buttons(self):
        """What they may do there, at once or by the question that a link leads to."""
        page, undo = self.page, (line.undo for line in (*self.page.wishes, *self.page.done) if line.undo)
        leads = (
            to.partition("?ask=")[2].partition("&")[0] for _, to in (*page.leads, *page.more, *page.known)
        )
        pressed = (
            button.act.value for button in (*page.buttons, *undo, *(form.button for form in page.forms))
        )
        return [*pressed, *dict.fromkeys(filter(None, leads))]

    def offers(self, name):
        """What may be chosen of a field of a form; none where it is not there."""
        named = (c for form in self.page.forms for c in form.choices if c[0] == name)
        return [value for _, _, options in named for value, _ in options if value]


@dataclass
class MatterPage:
    """One transaction over a matter; it is `now` until somebody waits."""

    desk: PageDesk
    con: Connection
    context: Context = field(init=False)
    now: datetime = NOW

    def __post_init__(self):
        self.context = self.desk.context

    @classmethod
    @contextmanager
    def of(cls, desk):
        """Over what this home holds."""
        with rolled_back(desk.store) as con:
            yield cls(desk, con, now=desk.clock())

    @classmethod
    @contextmanager
    def made(cls, **given):
        """Over a matter that is judged so, made once."""
        with cls.of(_desk(**given)) as behind:
            yield behind

    def wait(self, **how):
        self.now += timedelta(**how)

    def look(self, who="head"):
        """What is behind their address, None where it opens nothing for them."""
        ticket = Ticket("s-one", self.desk.context.links.holder(who), NOW)
        return look_up_visit(self.con, self.context, self.desk.store, ticket, self.now)

    def page(self, who="head", *, came=None, became=None, read=False, ask="", what="", desk=""):
        """The page as they see it, or the question `ask`; words of what is sealed after a tap alone, of all
        else by `read`."""
        return Shown(lambda: self._page(who, came, ask, what, desk, read=read), became)

    def _page(self, who, came, ask, what, desk, *, read):
        seen = self.look(who)
        assert seen is not None
        posts = None
        if read and seen.view.words:
            posts = (
                shown_posts(texts(self.con, seen, self.now)) if seen.view.is_sealed else open_posts(seen.view)
            )
        elif read and seen.own_posts:
            posts = shown_posts(seen.own_posts)
        moment = Moment(self.now, None, None, self.context.config.zone, "", ask, what, desk)
        page = matter_page(seen, moment, posts)
        return with_outcome(page, seen, came, self.now) if came else page

    def press(self, act, who="head", **form):
        """What they see once they have pressed that button of the page as it is now, having read it."""
        seen = self.look(who)
        assert seen is not None
        form = FormFields({"told": seen.view.stamp} | form)
        came = carry_out(Pressed(seen.handling(self.con, self.now), seen, form), ActKind(act))
        became = (came.made or act) if isinstance(came, Done) else f"not {came.guard}"
        return self.page(who, came=came, became=became, read=became == "read" or not seen.view.is_sealed)

    def rename(self, who, **given):
        """The settings, read again, say this of somebody."""
        people = tuple(replace(p, **given) if p.id == who else p for p in self.context.config.people)
        config = replace(self.context.config, people=people)
        links = replace(self.context.links, mails=links_of(people).mails)
        self.context = replace(self.context, config=config, links=links)

    def follows(self, who="head"):
        """What follows from what they marked just now."""
        seen = self.look(who)
        assert seen is not None
        return list(consequences(seen.handling(self.con, self.now)))

    def holder(self):
        return alert_store.owners_of_alerts(self.con, [self.desk.alert.id]).get(self.desk.alert.id)

    def has(self):
        """Who has it."""
        holder = self.holder()
        return holder.person if holder else ""

    def mark(self):
        found = owner_store.marks(self.con, ["s-one"]).get("s-one")
        return (found.mark, found.person_id) if found else None

    def is_open(self):
        return bool(alert_store.list_alerts(self.con))

    def steps(self):
        """What was done in its case: the kind of step, by whom, what is written of it, and why."""
        found = case_store.all_steps(self.con, story_ids=["s-one"])
        return [(s.kind, s.actor, s.stored_facts, s.why) for one in found.values() for s in one]

    def rows(self, sql):
        return self.con.execute(sql).fetchall()

    def audited(self, *actions):
        entries = (link.entry for link in audit_chain.links(self.con))
        return [(e.action, e.actor, e.subject) for e in entries if e.action in actions]
