"""A person's digest of a school's day, as they read it."""

import re
from datetime import timedelta

from builders.digest import TUESDAY

from alerts.links import Links
from monitor.matters.today import due_of
from monitor.service.tasks.digests import prepare

LINKS = Links("https://alerts.example.org", b"a secret of ours")


def of(store, config, person, now=TUESDAY + timedelta(seconds=9), links=LINKS):
    school = config.schools[0]
    with store.read() as con:
        due = due_of(config, school, now.astimezone(config.zone).date())
        return prepare(con, config, school, due, [person], now, links=links)[0]


def flat(prepared):
    """The plain text without its line breaks."""
    return re.sub(r"\n\s*", " ", prepared.letter.body)


def unsigned(said):
    """Without what differs from page to page: the signs of our addresses."""
    return re.sub(r"(/m/)[a-z2-7]+", r"\1…", said)
