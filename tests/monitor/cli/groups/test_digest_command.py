"""`schoolgate digest`: printed, written, sent."""

from __future__ import annotations

import email
import email.policy
import smtplib
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest
from builders.case_desk import PERSON, SETTINGS
from builders.config import SCHOOL
from builders.digest import LONG_AGO, TUESDAY, alert_on, grave, ran, say, together
from builders.home import migrated
from builders.mention import Clock, a_store
from support.command_call import called
from support.mail_server import post_office

from data.errors import InputError
from monitor.cli.commands.digest import digest

PEOPLE = "".join(
    PERSON.format(*who)
    for who in (
        ("head", "Mrs Jane Holt", "head"),
        ("deputy", "Mr Lee Ash", "deputy_head"),
        ("chair", "Alex Marsh", "chair"),
    )
)
FORUM = '[[sources]]\nid = "forum"\nkind = "feed"\nurl = "https://forum.example.org/feed.xml"\n'
REST = f'{PEOPLE}{FORUM}[cli]\nme = "head"\n'
TOML = f"{SCHOOL}{REST}"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A home made once, of which each test takes a copy."""
    home = tmp_path_factory.mktemp("made")
    (home / "schoolgate.toml").write_text(TOML, encoding="utf-8")
    store = a_store(home)
    migrated(store)
    at = TUESDAY - timedelta(hours=9)
    with together(store) as one:
        ran(one, "forum", LONG_AGO)
        say(one, "parking", at)
        grave(one, "accused", at, alert_on("accused", at, excluded=("deputy",)), subjects=("deputy",))
    return home


@pytest.fixture
def home(made, tmp_path):
    return copytree(made, tmp_path / "home")


def run(home, now=TUESDAY + timedelta(hours=1), **given):
    return called(digest, Clock(now), home=home, **given)


@pytest.fixture
def office():
    with post_office() as found:
        yield found


def with_mail(home, office):
    lines = [
        "[mail]", f'host = "{office.host}"', f"port = {office.port}", 'security = "none"',
        'sender = "sg@example.sch.uk"',
    ]  # fmt: skip
    (home / "schoolgate.toml").write_text("\n".join([TOML, *lines]), encoding="utf-8")
    return home


def test_it_prints_the_view_of_whoever_asks(home):
    code, said = run(home)
    assert code == 0
    assert said[0].startswith("Oakfield Primary School: Staff details: nobody has it yet")
    assert "Decide today" in said[1]


def test_with_as_it_prints_another_readers_view(home):
    assert "Decide today" not in run(home, person="deputy")[1][1]


@pytest.mark.parametrize("more", [{}, {"out": Path("digests")}])
def test_where_nobody_is_named_nobodys_view_is_shown(home, more):
    (home / "schoolgate.toml").write_text(TOML.replace('me = "head"', ""), encoding="utf-8")
    with pytest.raises(
        InputError, match=r"Say whose digest you want to see: --as PERSON\. It goes to: head, deputy"
    ):
        run(home, **more)


def test_printing_changes_nothing(home):
    run(home)
    with a_store(home).read() as con:
        assert con.execute("SELECT count(*) FROM editions").fetchone() == (0,)


def test_out_writes_a_page_a_text_and_a_mail(home, tmp_path):
    out = tmp_path / "new" / "out"
    code, said = run(home, out=out)
    assert code == 0
    names = [f"digest-2026-11-17-900001{e}" for e in (".eml", ".html", ".txt")]
    assert sorted(p.name for p in out.iterdir()) == names
    assert sorted(said) == sorted(str(out / n) for n in names)
    mail = email.message_from_bytes((out / names[0]).read_bytes(), policy=email.policy.default)
    assert mail["X-Unsent"] == "1"
    assert mail["To"] == "Mrs Jane Holt <head@example.org>"
    assert mail["Subject"].strip().startswith("Staff details: nobody has it yet")
    plain = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert plain == (out / names[2]).read_text(encoding="utf-8")


def test_the_written_mail_is_taken_by_a_mail_server_as_it_is(home, tmp_path, office):
    run(home, out=tmp_path / "out")
    written = (tmp_path / "out" / "digest-2026-11-17-900001.eml").read_bytes()
    with smtplib.SMTP(office.host, office.port) as server:
        refused = server.sendmail("sg@example.sch.uk", ["head@example.org"], written)
    assert not refused
    mail = office.taken[0].mail
    assert [p.get_content_type() for p in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert "Decide today" in mail.get_body(("html",)).get_content()
    assert max(map(len, office.taken[0].content.splitlines())) <= 998


def test_send_sends_one_to_each_leader_and_never_a_second(home, office):
    with_mail(home, office)
    assert run(home, send=True) == (0, ["2 queued · 2 sent · 0 failed · 0 wait"])
    code, said = run(home, send=True, now=TUESDAY + timedelta(hours=2))
    assert code == 0
    assert "None is sent twice" in said[0]
    assert sorted(t.to for t in office.taken) == [("deputy@example.org",), ("head@example.org",)]


def test_the_service_does_not_send_again_what_was_sent_by_hand(home, office):
    from builders.digest import a_context

    from monitor.home import wiring
    from monitor.service.tasks.digests import digests

    with_mail(home, office)
    run(home, send=True, now=TUESDAY - timedelta(hours=1))
    _, config = wiring.settings(home, None)
    with a_store(home).read() as con:
        assert not digests(con, a_context(config), TUESDAY + timedelta(minutes=1))
        assert digests(con, a_context(config), TUESDAY + timedelta(days=1))


def test_what_is_written_is_for_its_owner_alone_and_no_link_leads_it_elsewhere(home, tmp_path):
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.write_text("not ours")
    for ending in ("html", "txt", "eml"):
        (out / f"digest-2026-11-17-900001.{ending}").symlink_to(elsewhere)
    run(home, out=out)
    assert elsewhere.read_text() == "not ours"
    assert {stat.S_IMODE(p.lstat().st_mode) for p in out.iterdir()} == {0o600}
    assert not any(p.is_symlink() for p in out.iterdir())


def test_a_place_that_cannot_be_written_to_is_told(home, tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(InputError, match="cannot be written to"):
        run(home, out=tmp_path / "out")


def test_without_a_mail_server_it_says_that_they_wait(home):
    code, said = run(home, send=True)
    assert code == 0
    assert said == [
        "2 queued · 0 sent · 0 failed · 2 wait",
        "They wait: no mail server is set up. To set one up: schoolgate mail setup",
    ]


def test_what_waited_from_before_goes_out_with_the_next_send(home, office):
    run(home, send=True)
    with_mail(home, office)
    code, said = run(home, send=True)
    assert code == 0
    assert said == [
        "Oakfield Primary School: the digest of 2026-11-17 was queued for everyone. None is sent twice.",
        "0 queued · 2 sent · 0 failed · 0 wait",
    ]


def test_a_day_that_was_composed_is_shown_with_the_time_it_covered(home):
    run(home, send=True)
    later = TUESDAY + timedelta(days=2)
    say(a_store(home), "later", TUESDAY + timedelta(hours=5))
    assert "Since yesterday 07:30 we read" in run(home, day="2026-11-17", now=later)[1][1]


def test_on_a_day_without_school_nothing_is_sent_where_nothing_is_new(home, office):
    with_mail(home, office)
    sunday = datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert run(home, send=True, now=sunday - timedelta(days=4))[0] == 0  # Wednesday
    code, said = run(home, send=True, now=sunday)
    assert code == 0
    assert "is no school day, and nothing in it cannot wait" in said[0]
    assert len(office.taken) == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"day": "18/11/2026"}, "still to come"),
        ({"day": "2026-02-30"}, "--date: There is no day"),
        ({"day": "2026-11-18"}, "still to come"),
        ({"day": "2026-11-16", "send": True}, "can be sent for twelve hours, until 19:30"),
        ({"person": "nobody"}, "there is no such person"),
        ({"person": "chair"}, "It goes to: head, deputy."),
        ({"person": "head", "send": True}, "leave out --as"),
        ({"out": "x", "send": True}, "Either --out or --send"),
        ({"school": "900009"}, "no such school"),
    ],
)
def test_what_cannot_be_done_is_said(home, given, told):
    with pytest.raises(InputError, match=told):
        run(home, **given)


@pytest.mark.parametrize("send", [True, False])
def test_where_nobody_is_sent_it_that_is_said(home, send):
    nobody = TOML.replace('"head"]', '"governor"]').replace('"deputy_head"', '"governor"')
    (home / "schoolgate.toml").write_text(nobody, encoding="utf-8")
    with pytest.raises(InputError, match="Nobody is sent the digest of Oakfield"):
        run(home, send=send)


def test_of_several_schools_somebody_is_shown_the_digest_of_their_own(home):
    (home / "schoolgate.toml").write_text(f"{SETTINGS}{REST}", encoding="utf-8")
    code, said = run(home, person="head")
    assert (code, len(said)) == (0, 2)
    assert "Oakfield Primary School" in said[0]
    with pytest.raises(InputError, match="--as chair: is not sent the digest of Oakfield Primary School"):
        run(home, person="chair")


def test_its_commands_name_whoever_reads_it(home):
    assert "alerts show CODE --as head" in " ".join(str(run(home)[1][1]).split())
