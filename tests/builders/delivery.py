"""What the tests of delivery share: a configuration of invented people, and a home whose messages go out."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from builders.home import tend
from builders.mention import URN
from pydantic import SecretStr

from alerts.links import Links
from data.store.outbox import SELECTED, message, put_outbox
from data.types import Person, Role, School
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.config.model import MailSettings
from monitor.service.delivery import deliver
from monitor.service.owed import failures

SENDER = "schoolgate@example.org"
OAKFIELD = School(URN, "Oakfield Primary School")
HEXLEY = School("900002", "Hexley Primary School")
PEOPLE = (
    Person("p-head", "Jane Holt", (Role.HEAD,), "head@example.org", (URN,)),
    Person("p-dsl", "Robin Pike", (Role.DSL,), "dsl@example.org", (URN,)),
    Person("p-deputy", "Noor Vane", (Role.DEPUTY_DSL,), "deputy@example.org", (URN,)),
    Person("p-chair", "Alex Marsh", (Role.CHAIR,), "chair@example.org", (URN,)),
    Person("p-it", "Jo Fern", (Role.IT_LEAD,), "it@example.org"),
    Person("p-silent", "Kit Reed", (Role.GOVERNOR,), None, (URN,)),
    Person("p-hexley", "Siân Owen", (Role.HEAD,), "hexley@example.org", ("900002",)),
)
MAIL = MailSettings(host="localhost", port=25, security="none", sender=SENDER)


def configured(people=PEOPLE, mail=MAIL, **chats):
    """`chats` are apprise addresses by the end of a person's id: dsl for p-dsl."""
    return Config(
        Path("/nowhere/schoolgate.toml"), (OAKFIELD, HEXLEY), people=people, mail=mail,
        chats={f"p-{who}": SecretStr(address) for who, address in chats.items()},
    )  # fmt: skip


class Home:
    """A store, its clock and its configuration, and what the service does with its outbox."""

    def __init__(self, store, clock, office=None, **given):
        self.store, self.clock, self.office = store, clock, office
        self.context = Context(configured(**given), store.home, Links())

    def configure(self, **given):
        self.context = replace(self.context, config=configured(**given))

    def put(self, *messages):
        with self.store.write("put messages") as con:
            put_outbox(con, messages, self.clock())

    def deliver(self, server=None, **given):
        if server is None and self.office is not None:
            server = self.office.server()
        more: dict = {"jitter": lambda: 0.0} | given
        return deliver(self.store, self.context, clock=self.clock, server=server, **more)

    def tell(self):
        """As a tick of the service tells of failures; how many writes that were."""
        return tend(self.store, failures, self.context, self.clock())

    def later(self, **span):
        self.clock.at += timedelta(**span)

    def outbox(self, kind=None):
        with self.store.open_reader() as con:
            rows = con.execute(f"SELECT {SELECTED} FROM outbox ORDER BY key").fetchall()
        found = [message(row) for row in rows]
        return [m for m in found if kind in (None, m.kind)]

    def state(self, key="m1"):
        """sent, failed, unsure, withdrawn, expired or waiting."""
        with self.store.open_reader() as con:
            (state,) = con.execute(
                """SELECT CASE WHEN sent_at IS NOT NULL THEN 'sent' WHEN failed_at IS NOT NULL THEN 'failed'
                    WHEN unsure_at IS NOT NULL THEN 'unsure' WHEN withdrawn_at IS NOT NULL THEN 'withdrawn'
                    WHEN expires_at <= $now THEN 'expired' ELSE 'waiting' END FROM outbox WHERE key = $key""",
                {"key": key, "now": self.clock()},
            ).fetchall()[0]
        return str(state)

    def tries(self, key="m1"):
        with self.store.open_reader() as con:
            return con.execute(
                "SELECT attempt, outcome, detail FROM deliveries WHERE outbox_key = $key ORDER BY attempt",
                {"key": key},
            ).fetchall()
