"""What the tests of the configuration share."""

import json
from datetime import date

import pytest
from builders.mention import NOW

from alerts.access.offices import holding, keeping
from data.effects import utc_now
from data.errors import ConfigError
from data.steps.acts import Done
from monitor.act.people import Keeper, comer, succeed_person
from monitor.config.edit import Succession
from monitor.config.load import load_file
from monitor.config.model import DpiaSettings
from monitor.home.wiring import open_store

SCHOOL = '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'
HEXLEY = '[[schools]]\nurn = "900002"\nname = "Hexley Primary School"\n'
SOURCE = '[[sources]]\nid = "gazette"\nkind = "feed"\nurl = "https://example.org/feed.xml"\n'
PERSON = '[[people]]\nid = "head"\nname = "Mrs A Example"\nroles = ["head"]\n'
OUR_PAGE = """
[[sources]]
id = "our-page"
kind = "feed"
url = "https://oakfield.example.org/feed"
own = true
schools = ["900001"]
"""
DPIA = "[dpia]\nrecorded_on = 2026-09-01\nrecorded_by = 'Mrs A Example'\n"
SIGNED = DpiaSettings(recorded_on=date(2026, 9, 1), recorded_by="Mrs A Example")
MAIL = '[mail]\nhost = "smtp.example.org"\nsender = "sg@example.sch.uk"\n'


def a_person(own, name, *roles, **more):
    """One person, whose address begins with their id."""
    given = {"id": own, "name": name, "roles": roles, "email": f"{own}@example.org", **more}
    rows = (f"{field} = {json.dumps(value, ensure_ascii=False)}\n" for field, value in given.items())
    return f"[[people]]\n{''.join(rows)}"


def write(folder, text):
    """The file with this text."""
    path = folder / "schoolgate.toml"
    path.write_text(text, encoding="utf-8")
    return path


def read(folder, text, **env):
    """What this text configures."""
    return load_file(write(folder, text), env)


def faults(folder, text):
    """What is told of this text."""
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    return caught.value.faults


def keeper_of(home):
    """Whoever keeps the machine of that home, with its settings as they are now."""
    config = load_file(home / "schoolgate.toml", {})
    store = open_store(home) if (home / "schoolgate.duckdb").exists() else None
    return Keeper(config, home, store, None, utc_now())


def put_in_office(home, who, name, email=None, *, gives=(), stays=False):
    """Somebody comes in another’s place, in all their offices or these; what was asked, and what came."""
    at = keeper_of(home)
    old = next(p for p in at.config.people if p.id == who)
    offices = gives or holding(old, ())
    new = comer(at.config, at.config.people, old, name, email, None, offices)
    going = Succession(old, new, keeping(old, offices) if stays else None)
    done = succeed_person(at, going)
    assert isinstance(done, Done), done
    return going, done.made


def act_on(settings, act, source_id, *given):
    """What that act of a place came to, done by whoever keeps the machine."""
    config = load_file(settings, {})
    source = next(one for one in config.sources if one.id == source_id)
    return act(Keeper(config, settings.parent, None, None, NOW), source, *given)
