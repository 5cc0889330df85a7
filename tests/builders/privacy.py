"""A home whose data protection officer answers requests, by the acts of their office."""

import json
import os
import sys
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from unittest.mock import patch

from builders.case_desk import NOW

from data.privacy import RequestKind, TermKind, term
from data.store.weekly import WeeklyReport, put_report, sign
from monitor.act import privacy as acts
from monitor.act.requests import list_offices, one_post
from monitor.config.home.lookup import known_person
from monitor.config.load import load_file

DPO = "moss"


@contextmanager
def at(now, group):
    """Every command of the group reads this as its time."""
    with ExitStack() as stack:
        of = ("data.effects", f"monitor.cli.commands.{group}.")
        for name in [n for n in sys.modules if n.startswith(of)]:
            if hasattr(sys.modules[name], "utc_now"):
                stack.enter_context(patch.object(sys.modules[name], "utc_now", lambda: now))
        yield


def an_office(desk, person=DPO, urn="900001"):
    """The person who protects the data of a school, at work in that home."""
    config = load_file(desk.home / "schoolgate.toml", os.environ)
    ours = list_offices(desk.store, config, known_person(config, person))
    return next(one for one in ours if one.school.urn == urn)


def a_request(desk, kind="access", now=NOW, **by):
    """Written down by the data protection officer; gives its number."""
    done = acts.record_request(an_office(desk, **by), RequestKind(kind), "R-1", "By letter", None, now)
    return done.made.id


def by(kind, said):
    """What somebody is found by."""
    return term(TermKind(kind), said)


def search(desk, kind, said, number=None, now=NOW):
    """What is held about somebody."""
    number = number or a_request(desk, now=now)
    return acts.search_held(an_office(desk), number, by(kind, said), now).made


def copy(desk, kind, said, decided=None, number=None):
    """The copy that is handed over; each kind must have been decided on."""
    given = (number or a_request(desk), by(kind, said), decided or {}, NOW)
    done = acts.hand_copy(an_office(desk), *given)
    assert isinstance(done, acts.Done), done
    return done.made


def to_erase(desk, kind="", said="", *posts, number=None, now=NOW):
    """What would be erased: all of an author's, or those posts."""
    office, number = an_office(desk), number or a_request(desk, "erasure", now)
    with office.store.open_reader() as con:
        chosen = [one_post(con, office, post) for post in posts]
        return acts.plan_erasure(con, office, number, now, by(kind, said) if kind else None, chosen)


def erase(desk, *words, number=None, now=NOW):
    """How many posts were erased, and what stays."""
    meant = to_erase(desk, *words, number=number, now=now)
    stays = acts.erase(an_office(desk), meant, now).made
    return len(meant.posts) - len(stays), list(stays)


PDF, PAGE = b"%PDF-1.7 of the week", b"<html>of the week</html>"


def signed(desk, week):
    """A report of that week, signed; its numbers are named by the week."""
    (desk.store.home / "reports").mkdir(exist_ok=True)
    for ending, content in ((".pdf", PDF), (".html", PAGE)):
        (desk.store.home / "reports" / f"900001-{week}{ending}").write_bytes(content)
    with desk.store.write("a report") as con:
        put_report(con, "900001", week, json.dumps({"week": week}), NOW)
        hashes = (sha256(PDF).hexdigest(), sha256(PAGE).hexdigest())
        sign(con, WeeklyReport("900001", week, json.dumps({"week": week}), NOW, NOW, "holt", *hashes))
