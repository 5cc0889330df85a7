"""`schoolgate report` and `schoolgate digest`: drafted, signed, printed, written, sent."""

import email
import email.policy
import re
import shutil
import smtplib
import stat
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from shutil import copytree

import pytest
from builders.case_desk import NOW, SETTINGS, a_desk, review
from builders.config import SCHOOL, a_person
from builders.digest import LONG_AGO, TUESDAY, alert_on, grave, ran, say, together
from builders.home import do_in, migrated, rows_of
from builders.mention import POLICY, Clock, a_batch, a_mention, a_run, a_store, a_verdict, save
from builders.report import CONFIG, FRIDAY, a_home, fill, filled_home
from support.command_call import called
from support.for_each import for_each
from support.mail_server import post_office

from alerts.layout.pdf import Paragraph
from alerts.weekly.facts import from_json, parse_week
from alerts.weekly.wording import document
from data.errors import InputError
from data.retention.deleting import purge
from data.steps.acts import Done
from data.steps.codes import StepKind
from data.store import owners as owner_store
from data.store import stories as story_store
from data.store import weekly as weekly_store
from data.types import Mark, Marked, Sentiment
from monitor.act.sign import sign
from monitor.cli.commands import report as command
from monitor.cli.commands.report import digest
from monitor.config.load import load_file
from monitor.reports.weekly import NotFit, gather_report, make_report, sample_facts


@pytest.fixture
def report(tmp_path_factory, tmp_path):
    """Runs the command on a copy of a filled home, an hour after the week's end."""
    return Report(shutil.copytree(filled_home(tmp_path_factory), tmp_path / "home"))


@pytest.fixture(scope="module")
def signed_home(tmp_path_factory):
    """A home whose report the chair has signed, at 17:00."""
    home = tmp_path_factory.mktemp("signed") / "home"
    shutil.copytree(filled_home(tmp_path_factory), home)
    assert isinstance(Report(home).sign(), Done)
    return home


@pytest.fixture
def signed(signed_home, tmp_path):
    return Report(shutil.copytree(signed_home, tmp_path / "home"))


class Report:
    def __init__(self, home):
        self.home = home
        self.said: list[str] = []
        self.clock = Clock(FRIDAY + timedelta(hours=1))

    def sign(self, person="o-fennimore"):
        """As it is signed at the desk."""
        self()
        config, store = load_file(self.home / "schoolgate.toml", {}), a_store(self.home)
        with store.open_reader() as con:
            kept = weekly_store.report(con, "900001", "2026-W47")
        (who,) = [p for p in config.people if p.id == person]
        return sign(store, config, config.schools[0], kept, who, self.home, self.clock())

    def __call__(self, **given):
        code, said = called(command.report, self.clock, home=self.home, **given)
        self.said += said
        return code

    def rows(self, sql):
        return rows_of(a_store(self.home), sql)


def test_the_numbers_of_its_first_paragraph_are_fixed_when_they_are_first_counted(report):
    assert report() == 0
    before, first = report.rows("SELECT facts FROM reports"), "\n".join(report.said)
    assert "In the week to Friday 20 November people mentioned the school publicly 41 times" in first
    assert "at the desk" in first
    do_in(a_store(report.home), fill, range(200, 230), seen=FRIDAY - timedelta(hours=3))
    report.said.clear()
    report()
    assert report.rows("SELECT facts FROM reports") == before
    assert any("41 times" in line for line in report.said)


def test_a_draft_is_written_with_its_mark_and_sent_to_nobody(report, tmp_path):
    assert report(out=tmp_path / "out") == 0
    names = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert names == ["governors-900001-2026-W47-DRAFT.html", "governors-900001-2026-W47-DRAFT.pdf"]
    assert "DRAFT. Not yet read and signed." in (tmp_path / "out" / names[0]).read_text()
    assert report.rows("SELECT key FROM outbox") == []
    assert not (report.home / "reports").exists()


def test_a_terms_papers_want_a_term_that_is_over_and_go_with_no_week(report):
    for given, said in (
        ({"term": True}, "We know no term that is over"),
        ({"term": True, "month": True}, "--term goes"),
    ):
        with pytest.raises(InputError, match=said):
            report(**given)


def test_signing_keeps_the_files_and_queues_one_mail_for_each_governor(signed):
    report = signed
    kept = sorted((report.home / "reports").iterdir())
    assert [p.name for p in kept] == ["900001-2026-W47.html", "900001-2026-W47.pdf"]
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o600 for p in kept)
    assert "DRAFT" not in kept[0].read_text()
    sent = report.rows("SELECT person_id, kind, attachment FROM outbox ORDER BY person_id")
    path = "reports/900001-2026-W47.pdf"
    assert sent == [("g-larch", "report", path), ("o-fennimore", "report", path)]
    (stored,) = report.rows("SELECT signed_by, sha256 FROM reports")
    assert stored == ("o-fennimore", sha256(kept[1].read_bytes()).hexdigest())
    assert report.rows("SELECT actor FROM audit WHERE action = 'report_signed'") == [("o-fennimore",)]


def test_what_was_refused_can_be_signed_once_the_settings_are_mended(report):
    a_home(report.home, CONFIG.replace("Social media policy", "Policy after Mr Thistlewood’s post"))
    assert report.sign().guard == "fit_to_publish"
    a_home(report.home, CONFIG.replace("Social media policy", "Complaints policy"))
    assert isinstance(report.sign(), Done)
    (stored,) = report.rows("SELECT facts FROM reports")
    assert "Complaints policy" in stored[0]
    assert "Thistlewood" not in stored[0]


def test_a_week_that_a_later_report_has_shown_gets_none_of_its_own(report):
    """Two tables of one week, each hiding other numbers, would together give small ones away."""
    report()
    with pytest.raises(InputError, match="2026-W46 stands in the table of the report for 2026-W47"):
        report(week="2026-W46")
    assert report.rows("SELECT week FROM reports") == [("2026-W47",)]


def test_a_place_is_of_the_kind_that_its_posts_are(report):
    """A feed may carry anything; what it carried of late says what it is."""
    with a_store(report.home).open_reader() as con:
        (place,) = weekly_store.places(con, "900001", FRIDAY - timedelta(days=7), FRIDAY)
    assert (place.kind, place.channel) == ("feed", "local_forum")


def test_what_the_demo_reports_passes_the_check_before_signing(report):
    config = load_file(report.home / "schoolgate.toml", {})
    facts = sample_facts(parse_week("2026-W12"), config.schools[0])
    with a_store(report.home).open_reader() as con:
        assert make_report(con, config, facts).findings == ()


def test_on_the_first_day_it_says_when_the_first_report_comes_and_where_one_is_shown(tmp_path):
    home = tmp_path / "home"
    a_home(home)
    with pytest.raises(InputError) as refused:
        Report(home)()
    assert str(refused.value).splitlines() == [
        "There is nothing to report of 2026-W47: nothing had been read or reported by then.",
        "The first report is of the week that ends on Friday 27 November 2026 at 16:00, if something has "
        "been read or reported by then.",
        "To see what it will be like: schoolgate demo",
    ]


@for_each(
    ("given", "why"),
    [
        ({"week": "2026-W48"}, r"that week has not ended\. It ends on Fri 27 Nov 2026, 16:00"),
        ({"week": "2026-47"}, "not a week"),
        ({"week": "2020-W10"}, "nothing had been read or reported by then"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_reason(report, given, why):
    with pytest.raises(InputError, match=why):
        report(**given)
    assert report.rows("SELECT week FROM reports") == []


def test_a_folder_that_cannot_be_written_to_is_named(report, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"--out .*file: cannot be written to"):
        report(out=tmp_path / "file")


def test_what_is_not_signed_is_not_sent(report):
    with pytest.raises(InputError, match=r"is not signed, so it is sent to nobody"):
        report(send=True)
    assert report.rows("SELECT key FROM outbox") == []


def test_what_was_deleted_since_still_counts_once(report):
    """Plain criticism goes after thirty days and leaves a count by day."""
    from builders.mention import a_store

    week = "2026-W42"
    assert report(week=week) == 0
    store = a_store(report.home)
    (before,) = report.rows(f"SELECT facts FROM reports WHERE week = '{week}'")
    with store.write("forget") as con:
        con.execute("DELETE FROM reports")
        for story, urn in story_store.beginning(con, "").items():  # what nobody ended leaves a stub
            owner_store.record_mark(con, Marked(story, urn, Mark.ANSWERED, "o-fennimore", FRIDAY))
    assert purge(store, FRIDAY, POLICY).deleted > 100
    report(week=week)
    (after,) = report.rows(f"SELECT facts FROM reports WHERE week = '{week}'")
    one, other = from_json(before[0]), from_json(after[0])
    assert [row.cells for row in one.weeks] == [row.cells for row in other.weeks]
    assert other.own.by_days
    assert not one.own.by_days


def test_of_a_signed_report_the_very_files_that_were_signed_are_given_out(signed, tmp_path):
    kept = (signed.home / "reports" / "900001-2026-W47.pdf").read_bytes()
    signed(out=tmp_path / "out")
    assert (tmp_path / "out" / "governors-900001-2026-W47.pdf").read_bytes() == kept
    (signed.home / "reports" / "900001-2026-W47.pdf").write_bytes(b"another")
    with pytest.raises(NotFit, match="is not the file that o-fennimore signed"):
        signed(out=tmp_path / "out")


def test_a_signed_page_that_was_changed_and_a_file_that_is_gone_are_refused(signed, tmp_path):
    page = signed.home / "reports" / "900001-2026-W47.html"
    page.write_text(page.read_text().replace("41 times", "4 times"))
    with pytest.raises(NotFit, match=r"2026-W47\.html is not the file that o-fennimore signed"):
        signed(out=tmp_path / "out")
    page.unlink()
    with pytest.raises(NotFit, match=r"which o-fennimore signed, is gone\. A backup may hold it"):
        signed(out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_signed_pdf_reaches_each_governor_once_and_its_mail_tells_nothing(signed):
    with post_office() as office:
        text = CONFIG.replace("port = 2525", f"port = {office.port}").replace("127.0.0.1", "localhost")
        a_home(signed.home, text)
        assert signed(send=True) == 0
        assert signed(send=True) == 0
    assert sorted(taken.to[0] for taken in office.taken) == [
        "chair@example.sch.uk",
        "governor@example.sch.uk",
    ]
    kept = (signed.home / "reports" / "900001-2026-W47.pdf").read_bytes()
    for taken in office.taken:
        (attached,) = taken.mail.iter_attachments()
        assert attached.get_content() == kept
        assert attached.get_content_type() == "application/pdf"
        assert taken.mail["Subject"] == "Governors’ report, week 47"
        for kind in ("plain", "html"):
            whole = taken.mail.get_body((kind,)).get_content()
            body = re.sub(r"(?s)<style.*?</style>|<[^>]+>", " ", whole)
            assert "It names nobody." in body
            assert "41" not in body
    assert signed.said[-1] == "0 messages sent, 0 wait."


def test_it_says_where_mail_could_not_be_handed_over_and_the_report_waits(signed):
    a_home(signed.home, CONFIG.replace("port = 2525", "port = 1").replace("127.0.0.1", "localhost"))
    assert signed(send=True) == 1
    assert signed.said[-2:] == [
        "0 messages sent, 2 wait.",
        "Not all could be sent. To see what is wrong: schoolgate doctor",
    ]


def test_four_weeks_add_up_what_was_counted_week_by_week_whatever_was_hidden_since(report):
    """Counted anew, the four weeks would be one less: and everybody would know that one was hidden."""
    with a_store(report.home).write("a small school") as con:
        for table in ("mentions", "mention_versions", "matches", "verdicts", "sightings"):
            con.execute(f"DELETE FROM {table}")
        for back in range(4):
            seen = FRIDAY - timedelta(days=7 * back + 2)
            fill(con, range(9), seen=seen)
            fill(con, range(6), seen=seen, tone=Sentiment.POSITIVE, channel="google_review")
            fill(con, range(5), seen=seen, tone=Sentiment.NEUTRAL, channel="facebook")
    for week in ("2026-W44", "2026-W45", "2026-W46"):
        report(week=week)
    with a_store(report.home).write("one was for the safeguarding lead") as con:
        (hidden,) = con.execute("SELECT min(id) FROM mentions WHERE channel = 'google_review'").fetchone()
        con.execute("UPDATE mentions SET restricted = TRUE WHERE id = $id", {"id": hidden})
    report()
    facts = from_json(report.rows("SELECT facts FROM reports WHERE week = '2026-W47'")[0][0])
    assert (facts.window.first, facts.window.last, facts.window.left_out) == ("2026-W40", "2026-W47", 4)
    totals = [row.cells["all"] for row in facts.weeks if row.week >= "2026-W44"]
    assert facts.window.cells["all"] == sum(totals)


# The governors' report of a school that looks at no place: what people handed in, and what became of it.


WEEK = parse_week("2026-W47")
LATER = NOW + timedelta(days=5)
LONG = "It names her and says that she steals from the tuck shop, which is false."


def facts(desk):
    config = load_file(desk.home / "schoolgate.toml", {})
    with desk.store.open_reader() as con:
        return gather_report(con, config, config.schools[0], WEEK, LATER).facts


def handed_in(desk, **verdict):
    mention = a_mention("handed", channel="manual_report", fetched_at=NOW)
    batch = a_batch(
        mention, verdicts=[a_verdict(mention, **verdict)], story_id="handed", run=a_run("by:hand", NOW)
    )
    do_in(desk.store, save, batch, now=NOW, policy=POLICY)


@pytest.fixture
def desk(tmp_path):
    return a_desk(tmp_path, lambda desk: None)


def test_what_was_handed_in_is_something_to_report(desk):
    with pytest.raises(InputError, match="nothing had been read or reported by then"):
        facts(desk)
    handed_in(desk)
    assert facts(desk).week == "2026-W47"


def test_what_was_handed_in_for_the_safeguarding_lead_alone_is_not(desk):
    handed_in(desk, content_class="C10", restricted=True)
    with pytest.raises(InputError, match="nothing had been read or reported by then"):
        facts(desk)


def test_a_reclassification_of_it_is_told_exactly_and_none_as_none(desk):
    handed_in(desk)
    assert facts(desk).reclassified == 0
    desk.now = NOW
    desk.open(review(desk), "holt")
    desk.now += timedelta(hours=1)
    desk.take(StepKind.CLASSIFIED, "holt", class_="C7", why=LONG)
    made = facts(desk)
    assert made.reclassified == 1
    told = [b.text for b in document(made, desk_zone(desk)).blocks if isinstance(b, Paragraph)]
    assert [t for t in told if t.endswith("How often that was done: 1.")]


def desk_zone(desk):
    return load_file(desk.home / "schoolgate.toml", {}).zone


# `schoolgate digest`: printed, written, sent.


PEOPLE = "".join(
    a_person(*who, schools=["900001"])
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
def digest_made(tmp_path_factory):
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
def home(digest_made, tmp_path):
    return copytree(digest_made, tmp_path / "home")


def run_digest(home, now=TUESDAY + timedelta(hours=1), **given):
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


def test_it_prints_the_view_of_whoever_asks_or_with_as_of_another(home):
    code, said = run_digest(home)
    assert code == 0
    assert said[0].startswith("Oakfield Primary School: Staff details: not taken on yet")
    assert "To decide" in said[1]
    assert "To decide" not in run_digest(home, person="deputy")[1][1]


def test_where_nobody_is_named_nobodys_view_is_shown(home):
    (home / "schoolgate.toml").write_text(TOML.replace('me = "head"', ""), encoding="utf-8")
    with pytest.raises(
        InputError, match=r"Say whose digest you want to see: --as PERSON.* goes to: head, deputy"
    ):
        run_digest(home, out=Path("digests"))
    with pytest.raises(InputError, match=r"^Oakfield .* goes to: head, deputy.* is not one of them\.$"):
        run_digest(home, person="chair")


def test_printing_changes_nothing(home):
    run_digest(home)
    assert rows_of(a_store(home), "SELECT count(*) FROM editions")[0] == (0,)


def test_out_writes_a_page_a_text_and_a_mail(home, tmp_path):
    out = tmp_path / "new" / "out"
    code, said = run_digest(home, out=out)
    assert code == 0
    names = [f"digest-2026-11-17-900001{e}" for e in (".eml", ".html", ".txt")]
    assert sorted(p.name for p in out.iterdir()) == names
    assert sorted(said) == sorted(str(out / n) for n in names)
    mail = email.message_from_bytes((out / names[0]).read_bytes(), policy=email.policy.default)
    assert mail["X-Unsent"] == "1"
    assert mail["To"] == "Mrs Jane Holt <head@example.org>"
    assert mail["Subject"].strip().startswith("Staff details: not taken on yet")
    plain = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert plain == (out / names[2]).read_text(encoding="utf-8")


def test_the_written_mail_is_taken_by_a_mail_server_as_it_is(home, tmp_path, office):
    run_digest(home, out=tmp_path / "out")
    written = (tmp_path / "out" / "digest-2026-11-17-900001.eml").read_bytes()
    with smtplib.SMTP(office.host, office.port) as server:
        refused = server.sendmail("sg@example.sch.uk", ["head@example.org"], written)
    assert not refused
    mail = office.taken[0].mail
    assert [p.get_content_type() for p in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert "To decide" in mail.get_body(("html",)).get_content()
    assert max(map(len, office.taken[0].content.splitlines())) <= 998


def test_send_sends_one_to_each_leader_and_never_a_second(home, office):
    with_mail(home, office)
    assert run_digest(home, send=True) == (0, ["2 queued · 2 sent · 0 failed · 0 wait"])
    code, said = run_digest(home, send=True, now=TUESDAY + timedelta(hours=2))
    assert code == 0
    assert "None is sent twice" in said[0]
    assert sorted(t.to for t in office.taken) == [("deputy@example.org",), ("head@example.org",)]


def test_what_is_written_is_for_its_owner_alone_and_no_link_leads_it_elsewhere(home, tmp_path):
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.write_text("not ours")
    for ending in ("html", "txt", "eml"):
        (out / f"digest-2026-11-17-900001.{ending}").symlink_to(elsewhere)
    run_digest(home, out=out)
    assert elsewhere.read_text() == "not ours"
    assert {stat.S_IMODE(p.lstat().st_mode) for p in out.iterdir()} == {0o600}
    assert not any(p.is_symlink() for p in out.iterdir())


def test_without_a_mail_server_it_says_that_they_wait(home):
    code, said = run_digest(home, send=True)
    assert code == 0
    assert said == [
        "2 queued · 0 sent · 0 failed · 2 wait",
        "They wait: no mail server is set up. To set one up: the desk’s page /setup/mail",
    ]


def test_a_day_that_was_composed_is_shown_with_the_time_it_covered(home):
    run_digest(home, send=True)
    later = TUESDAY + timedelta(days=2)
    say(a_store(home), "later", TUESDAY + timedelta(hours=5))
    assert "Since yesterday 07:30 we read" in run_digest(home, day="2026-11-17", now=later)[1][1]


@for_each(
    ("given", "told"),
    [
        ({"day": "18/11/2026"}, "in the future"),
        ({"day": "2026-02-30"}, "--date: There is no day"),
        ({"day": "2026-11-18"}, "in the future"),
        ({"day": "2026-11-16", "send": True}, "can be sent for twelve hours, until 19:30"),
        ({"person": "nobody"}, "there is no such person"),
        ({"person": "chair"}, "goes to: head, deputy."),
        ({"out": "x", "send": True}, "Either --out or --send"),
        ({"school": "900009"}, "no such school"),
    ],
)
def test_what_cannot_be_done_is_said(home, given, told):
    with pytest.raises(InputError, match=told):
        run_digest(home, **given)


def test_where_nobody_is_sent_it_that_is_said(home):
    nobody = TOML.replace('"head"]', '"governor"]').replace('"deputy_head"', '"governor"')
    (home / "schoolgate.toml").write_text(nobody, encoding="utf-8")
    with pytest.raises(InputError, match="Nobody gets the digest of Oakfield"):
        run_digest(home, send=True)


def test_of_several_schools_somebody_is_shown_the_digest_of_their_own(home):
    (home / "schoolgate.toml").write_text(f"{SETTINGS}{REST}", encoding="utf-8")
    code, said = run_digest(home, person="head")
    assert (code, len(said)) == (0, 2)
    assert "Oakfield Primary School" in said[0]
    with pytest.raises(InputError, match="Oakfield Primary School's goes to: head"):
        run_digest(home, person="chair")
