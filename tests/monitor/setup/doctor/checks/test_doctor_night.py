"""`doctor`: who would hear nothing at night, in the morning or on Friday."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from builders.doctor import HEXLEY, OAKFIELD, SECRET, configured, told

from data.types import Person, Role, School, Source
from monitor.config.load import Config
from monitor.config.settings import Secret
from monitor.setup.doctor import night


def person(id_: str, *roles: Role, email: bool = True, urns: tuple[str, ...] = ()) -> Person:
    return Person(id_, id_.title(), roles, f"{id_}@example.org" if email else None, urns)


FULL = (
    person("head", Role.HEAD),
    person("dsl", Role.DSL),
    person("ddsl", Role.DEPUTY_DSL),
    person("chair", Role.CHAIR),
    person("it", Role.IT_LEAD),
)
OUR_PAGE = Source("our-page", "own.page", "https://example.org/news", urns=("900001",), own=True)


def reached(
    *ids: str, persons: tuple[Person, ...] = FULL, schools: tuple[School, ...] = (OAKFIELD,)
) -> Config:
    """These people, of whom those of `ids` have a short message."""
    config = configured(*persons, schools=schools)
    return replace(config, chats={id_: Secret(f"ntfy://{SECRET}/{id_}") for id_ in ids})


def test_a_short_message_to_head_and_lead_and_chair_is_enough() -> None:
    assert not told(night.telling(reached("head", "dsl")))


@pytest.mark.parametrize(
    ("ids", "title"),
    [
        (("head", "chair", "it"), "only mail reaches the safeguarding leads,"),
        (("dsl", "chair", "it"), "only mail reaches the heads,"),
        ((), "only mail reaches the safeguarding leads and the heads,"),
    ],
)
def test_a_role_of_the_night_that_only_mail_reaches_is_told(ids: tuple[str, ...], title: str) -> None:
    (what,) = told(night.telling(reached(*ids)))
    assert what == f"Oakfield Primary School: {title} counting deputies, and an email does not wake anybody."


def test_one_address_for_several_is_told_once() -> None:
    config = reached("head", "dsl", "ddsl")
    shared = replace(config, chats={**config.chats, "dsl": config.chats["head"]})
    (what,) = told(night.telling(shared))
    assert what.startswith("One address for short messages reaches dsl, head:")


def test_a_deputy_with_a_short_message_is_enough() -> None:
    assert not told(night.telling(reached("head", "ddsl", "chair")))


def test_what_would_be_told_by_mail_alone_though_the_roles_are_reached_is_told() -> None:
    people = (*(p for p in FULL if p.id != "dsl"), person("dsl", Role.DSL, Role.DEPUTY_HEAD))
    found = told(night.telling(reached("head", "ddsl", persons=people)))
    assert found == [
        "Oakfield Primary School: at night only email would report an allegation against the head."
    ]


def test_a_short_message_that_cannot_be_read_is_told_by_person_alone() -> None:
    config = replace(reached("head", "dsl"), unreadable_chats=("ddsl", "it"))
    (what,) = told(night.telling(config))
    assert what == "The address for short messages to ddsl, it cannot be read."


def test_a_file_with_an_address_that_others_may_read_is_told(tmp_path: Path) -> None:
    file = tmp_path / "chat-dsl"
    file.write_text(f"ntfy://{SECRET}\n")
    file.chmod(0o644)
    config = replace(reached("head", "dsl"), chat_files={"dsl": file})
    (what,) = told(night.telling(config))
    assert what == "Others on this machine may read the address for short messages to dsl."
    file.chmod(0o600)
    assert not told(night.telling(config))


def test_no_address_of_a_chat_is_shown() -> None:
    for finding in night.telling(replace(reached("it"), unreadable_chats=("dsl",))):
        assert SECRET not in finding.what + finding.remedy


def test_a_school_without_leadership_has_no_reader_of_the_digest() -> None:
    people = tuple(p for p in FULL if p.id != "head")
    found = told(night.telling(reached("dsl", persons=people)))
    assert "Oakfield Primary School: nobody receives the daily digest." in found


def test_a_school_without_leadership_or_chair_has_nobody_to_sign_the_report() -> None:
    people = tuple(p for p in FULL if p.id not in ("head", "chair"))
    governor = person("governor", Role.GOVERNOR)
    found = told(night.telling(reached("dsl", persons=(*people, governor))))
    assert (
        "Oakfield Primary School: nobody may sign the governors' weekly report, so it stays a draft." in found
    )


def test_a_school_without_governors_has_no_reader_of_the_report() -> None:
    people = tuple(p for p in FULL if p.id != "chair")
    assert told(night.telling(reached("head", "dsl", persons=people))) == [
        "Oakfield Primary School: nobody receives the governors' weekly report."
    ]


def test_an_own_page_without_anybody_of_it_is_told() -> None:
    people = tuple(p for p in FULL if p.id != "it")
    config = replace(reached("head", "dsl", persons=people), sources=(OUR_PAGE,))
    (what,) = told(night.telling(config))
    assert what.endswith("nobody in IT is told about an odd post on the school's own pages (our-page).")
    off = replace(OUR_PAGE, disabled="asked us to stop")
    assert not told(night.telling(replace(config, sources=(off,))))
    assert not told(night.telling(replace(reached("head", "dsl"), sources=(OUR_PAGE,))))


def test_an_own_account_of_which_only_the_feed_is_read_has_no_notice_that_is_looked_for() -> None:
    feed = replace(OUR_PAGE, id="our-posts", kind="feed")
    (what,) = told(night.telling(replace(reached("head", "dsl"), sources=(feed,))))
    assert what.endswith("nothing checks that the notice is on the school's own pages (our-posts).")
    assert not told(night.telling(replace(reached("head", "dsl"), sources=(feed, OUR_PAGE))))


def test_schools_with_one_lack_are_one_line() -> None:
    (what,) = told(night.telling(reached("head", schools=(OAKFIELD, HEXLEY))))
    assert what.startswith("Oakfield Primary School, Hexley Primary School: only mail reaches")
