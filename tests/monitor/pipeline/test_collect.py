"""The loop over a source's pages: what it reads, where it stops, what it never loses."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from builders.config import SCHOOL, SIGNED, faults
from builders.config import read as read_settings
from builders.fetcher import fetcher_for
from builders.home import migrated
from builders.judges import OAKFIELD, judges
from builders.mention import Clock, a_store, pending_outbox
from support.imap_server import PASSWORD, USER, imap_server

from alerts.links import Links
from data.errors import Unreadable
from data.judged import HANDED_IN
from data.types import (
    Aggregate,
    FetchFailure,
    Mention,
    MentionKind,
    Outcome,
    Page,
    PartReason,
    Relevance,
    Request,
    Response,
    Source,
    SourceState,
)
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.home import wiring
from monitor.pipeline.collect import collect, scope_of
from monitor.pipeline.scan import scan_sources
from monitor.service.delivery import Delivered
from monitor.service.step import Service
from monitor.setup.check_machine import mailboxes
from monitor.setup.findings import Level
from sources.runs import pupils_write, reasons_of, wait_s

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SOURCE = Source("s", "feed", "https://forum.example.org/1", urns=("900001",), max_pages=4)
NEW = SourceState("s")


def mention(n, published=NOW):
    return Mention(
        f"{n:016x}", url(n), "local_forum", MentionKind.POST, "", f"post {n}", fetched_at=NOW,
        published=published,
    )  # fmt: skip


class Pages:
    """A collector over pages by address."""

    def __init__(self, pages):
        self.pages = pages

    def requests(self, source, state, now):
        return [Request(source.url)]

    def parse(self, source, response):
        return self.pages[response.url]


def fetched(request, state):
    return Response(request.url, 200, (("etag", '"e"'),), b"x", NOW)


def read(pages, *, fetch=fetched, state=NEW, source=SOURCE):
    return collect(source, state, Pages(pages), fetch, lambda: NOW)


def url(n):
    return f"https://forum.example.org/{n}"


def failing_at(*addresses, outcome=Outcome.UNREACHABLE, detail="no answer", **more):
    """A fetch that brings nothing from these addresses, and notes in `asked` what it was asked for."""

    def fetch(request, state):
        fetch.asked.append(request.url)
        if request.url in addresses:
            return FetchFailure(outcome, request.url, detail, NOW, **more)
        return fetched(request, state)

    fetch.asked = []
    return fetch


def listed(*pages):
    """Pages of a list by address, each leading to the next: of posts, by their numbers."""
    return {
        url(n): Page(
            tuple(one if isinstance(one, Mention) else mention(one) for one in found),
            next=Request(url(n + 1)) if n < len(pages) else None,
        )
        for n, found in enumerate(pages, 1)
    }


def test_every_page_of_a_list_is_read_each_mention_once_and_the_documents_behind_headlines():
    got = read(listed((1, 2), (1, 3)))
    assert [m.text for m in got.mentions] == ["post 1", "post 2", "post 3"]
    assert (got.run.outcome, got.run.pages, got.run.mentions_read) == (Outcome.OK, 2, 3)
    assert read({url(1): Page((mention(1),), next=Request(url(1)))}).run.pages == 1
    behind = read({url(1): Page(follow=(Request(url(5)),)), url(5): Page((mention(5),))})
    assert [m.text for m in behind.mentions] == ["post 5"]


def test_no_page_leads_on_to_somebodys_profile_but_one_of_the_schools_own():
    profile = "https://forum.example.org/members/ann.7/"
    pages = {url(1): Page((mention(1),), follow=(Request(profile),), next=Request(f"{profile}page-2"))}
    pages |= {profile: Page((mention(2),)), f"{profile}page-2": Page((mention(3),))}
    assert read(pages).run.pages == 1
    assert read(pages, source=replace(SOURCE, own=True)).run.pages == 3


def test_the_page_limit_stops_and_says_so():
    got = read(listed(*((n,) for n in range(1, 9))))
    assert got.run.pages == 4
    assert "More is there" in got.run.warnings[0]


def test_a_list_newest_first_is_left_where_it_is_known_and_a_thread_oldest_first_read_to_its_end():
    old = NOW - timedelta(days=30)
    state = SourceState("s", watermark=NOW - timedelta(days=1), scope=scope_of(SOURCE))
    newest_first = listed((1, mention(2, old)), (mention(3, old),))
    oldest_first = listed((mention(1, old), mention(2, old + timedelta(hours=1))), (3,))
    assert [read(pages, state=state).run.pages for pages in (newest_first, oldest_first)] == [1, 2]


def gone(address):
    return failing_at(address, outcome=Outcome.GONE, detail="the page is gone", status=404)


def test_a_failure_on_the_first_page_is_how_the_run_ended():
    run = read({}, fetch=gone(url(1))).run
    assert (run.outcome, run.detail, run.status) == (Outcome.GONE, "the page is gone", 404)


def test_a_tag_that_nobody_has_used_yet_is_empty_not_gone():
    tag = replace(SOURCE, url="https://social.example.org/tags/oakfieldprimary.rss")
    assert read({}, fetch=gone(tag.url), source=tag).run.outcome is Outcome.EMPTY


def test_a_failure_later_keeps_what_was_read_warns_and_leaves_neither_etag_nor_watermark():
    got = read({url(1): Page((mention(1),), next=Request(url(2)))}, fetch=failing_at(url(2)))
    assert len(got.mentions) == 1
    assert (got.run.outcome, got.run.etag, got.run.watermark) == (Outcome.OK, None, None)
    assert any("no answer" in w for w in got.run.warnings)


def test_a_page_read_in_part_says_so_and_is_asked_for_whole_again():
    got = read({url(1): Page((mention(1),), unread=("8 of 9 were read.",))})
    assert (got.run.outcome, got.run.detail) == (Outcome.PARTLY, "8 of 9 were read.")
    assert (got.run.etag, got.run.watermark) == (None, None)
    part = replace(fetched(Request(url(1)), None), status=206)
    run = read(listed((1,)), fetch=lambda *asked: part).run
    assert (run.outcome, run.etag, reasons_of(run.detail)) == (Outcome.PARTLY, None, (PartReason.DAMAGED,))


def refusing(*barred):
    """An `Apart` in which the pages at these addresses cannot be read to their end."""

    def apart(work, source, response):
        if response.url in barred:
            raise Unreadable("It takes too long.")
        return work(source, response)

    return apart


def test_a_first_page_that_cannot_be_read_to_its_end_is_how_the_run_ended():
    got = collect(
        SOURCE, NEW, Pages({}), fetched, lambda: NOW, refusing(SOURCE.url)
    )  # fmt: skip
    assert (got.run.outcome, got.run.detail) == (Outcome.MALFORMED, "It takes too long.")
    assert (got.run.etag, got.run.watermark, got.mentions) == (None, None, ())


def test_a_later_page_that_cannot_be_read_to_its_end_keeps_what_was_read_and_warns():
    second = "https://forum.example.org/2"
    pages = {SOURCE.url: Page((mention(1),), next=Request(second))}
    got = collect(SOURCE, NEW, Pages(pages), fetched, lambda: NOW, refusing(second))
    assert (got.run.outcome, len(got.mentions), got.run.etag) == (Outcome.OK, 1, None)
    assert got.run.warnings == ("page 2 could not be read: It takes too long.",)


def test_how_a_reading_that_brings_nothing_ended():
    def unchanged(request, state):
        return Response(request.url, 304, (), b"", NOW)

    assert read({}, fetch=unchanged).run.outcome is Outcome.NOT_MODIFIED
    nothing = {url(1): Page()}
    assert read(nothing).run.outcome is Outcome.EMPTY
    assert read(nothing, state=SourceState("s", usual_mentions=6.0)).run.outcome is Outcome.SUSPICIOUS


def test_a_source_that_is_off_is_not_asked_and_says_why():
    source = Source("s", "feed", url(1), disabled="the terms forbid it")
    run = read({}, source=source, fetch=None).run
    assert (run.outcome, run.detail) == (Outcome.DISABLED, "the terms forbid it")


def test_the_watermark_is_the_newest_time_read_and_none_to_come():
    days = [NOW + timedelta(days=n) for n in (-2, -1, 400)]
    pages = {url(1): Page(tuple(mention(n, at) for n, at in enumerate(days[:2])))}
    assert read(pages).run.watermark == days[1]
    assert read({url(1): Page((mention(1, days[2]), mention(2)))}).run.watermark == NOW


def test_a_site_that_asked_to_be_left_alone_is_not_asked_before_the_time():
    state = SourceState("s", not_before=NOW + timedelta(minutes=30))
    run = read({}, state=state, fetch=None).run
    assert (run.outcome, run.retry_after_s) == (Outcome.BLOCKED, 1800.0)
    assert not read({}, state=state, fetch=None).asked
    assert "no request before 09:30" in run.detail


# ------------------------------------------------------------------ what may be relied on next time


def posts(first, *numbers, next_page=None):
    """A page of a thread: posts and replies, oldest first."""
    kinds = [MentionKind.POST if n == first else MentionKind.REPLY for n in numbers]
    found = tuple(replace(mention(n), kind=kind) for n, kind in zip(numbers, kinds, strict=True))
    return Page(found, next=Request(url(next_page)) if next_page else None)


def test_a_single_whole_page_leaves_its_etag_and_the_first_of_several_none():
    assert read(listed((1,))).run.etag == '"e"'
    assert read({url(1): posts(1, 1, 2, next_page=2), url(2): posts(1, 3)}).run.etag is None


def asked_with(state, source=SOURCE):
    seen = []

    def fetch(request, conditional):
        seen.append(conditional)
        return fetched(request, conditional)

    read({url(1): Page((mention(1),))}, fetch=fetch, state=state, source=source)
    return seen[0]


def test_what_was_learnt_is_asked_with_for_the_same_schools_alone():
    state = SourceState("s", etag='"e"', scope=scope_of(SOURCE))
    assert asked_with(state) is state
    assert asked_with(state, replace(SOURCE, urns=("900001", "900002"))) is None


# ------------------------------------------------------------------------------------- long threads


def test_a_long_thread_is_read_on_from_where_the_last_reading_ended():
    pages = {url(n): posts(1, 2 * n - 1, 2 * n, next_page=n + 1) for n in range(1, 20)}
    first = read(pages).run
    assert first.resume == url(4)
    assert "reads on from there" in first.warnings[0]
    second = read(pages, state=SourceState("s", resume=first.resume, scope=scope_of(SOURCE)))
    assert [m.text for m in second.mentions][-2:] == ["post 11", "post 12"]
    assert second.run.resume == url(6)
    assert read(listed((1, 2), (3,))).run.resume is None, "a list is read from its beginning"


def test_a_thread_that_grew_on_its_last_page_is_seen():
    pages = {url(1): posts(1, 1, 2, next_page=2), url(2): posts(1, 3)}
    resume = read(pages).run.resume
    pages[url(2)] = posts(1, 3, 4, next_page=3)
    pages[url(3)] = posts(1, 5)
    grown = read(pages, state=SourceState("s", resume=resume, scope=scope_of(SOURCE)))
    assert [m.text for m in grown.mentions][-2:] == ["post 4", "post 5"]


def test_a_thread_whose_last_page_is_gone_is_read_from_its_second():
    pages = {url(1): posts(1, 1, 2, next_page=2), url(2): posts(1, 3)}
    state = SourceState("s", resume=url(9), scope=scope_of(SOURCE))
    got = read(pages, state=state, fetch=failing_at(url(9), outcome=Outcome.GONE))
    assert [m.text for m in got.mentions] == ["post 1", "post 2", "post 3"]
    assert got.run.resume == url(2)


# ---------------------------------------------------------------------------------- lists and trouble


def listing(*numbers):
    return Page(follow=tuple(Request(url(n)) for n in numbers))


MANY = range(100, 140)
BEHIND = {url(1): listing(*MANY)} | {url(n): Page((mention(n),)) for n in MANY}


def test_documents_behind_a_list_have_a_limit_of_their_own_towards_which_those_count_that_fail():
    got = read(BEHIND)
    assert len(got.mentions) == 16
    assert "More is there" in got.run.warnings[0]
    fetch = failing_at(*map(url, MANY))
    read(BEHIND, fetch=fetch)
    assert len(fetch.asked) == 17


def test_a_site_that_bars_us_or_whose_documents_keep_breaking_is_read_no_further_in_the_same_run():
    fetch = failing_at(*map(url, MANY), outcome=Outcome.BLOCKED)
    assert read(BEHIND, fetch=fetch).run.outcome is Outcome.BLOCKED
    assert len(fetch.asked) == 2
    broken = refusing(*map(url, (100, 102, 104)))
    got = collect(SOURCE, NEW, Pages(BEHIND), fetched, lambda: NOW, broken)
    assert [m.id for m in got.mentions] == [mention(n).id for n in (101, 103)]
    assert "More is there" in got.run.warnings[0]


def test_a_wait_that_a_later_page_asked_for_and_a_pages_overall_score_are_kept_with_the_run():
    fetch = failing_at(url(2), outcome=Outcome.BLOCKED, retry_after_s=3600.0)
    assert read(listed((1,), (2,)), fetch=fetch).run.retry_after_s == 3600.0
    score = Aggregate(4.2, 31)
    assert read({url(1): Page((mention(1),), aggregate=score)}).run.aggregate == score


def test_one_number_with_other_words_on_a_later_page_is_told():
    got = read(listed((1,), (replace(mention(1), text="quite another"),)))
    assert "1 posts bore the number of another" in got.run.warnings[0]
    assert read(listed((1,), (1,))).run.warnings == ()


# ---------------------------------------------------- a mailbox as a source: from the settings to an alert


AT_NINE = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
JUDGES = judges(OAKFIELD)
TABLE = """
[[sources]]
id = "alerts"
kind = "mailbox"
url = "{url}"
[sources.settings]
user = "alerts@oakfield.example.sch.uk"
{password}
"""
URL = "imaps://imap.example.org/INBOX"
BY_VARIABLE = 'password_env = "SCHOOLGATE_MAILBOX_PASSWORD"'


def a_mail(words: str, n: int = 1, **changes: str) -> bytes:
    made = EmailMessage()
    head = {"From": "Jo Parent <jo@example.org>", "Subject": "Seen", "Message-ID": f"<{n}@example.org>"}
    for name, value in (head | changes).items():
        made[name] = value
    made["Date"] = "Tue, 17 Nov 2026 08:50:00 +0000"
    made.set_content(words)
    return made.as_bytes()


def the_source(server) -> Source:
    url = f"imaps://localhost:{server.port}/INBOX"
    return Source("alerts", "mailbox", url, ("900001",), surfaced=True, settings={"user": USER})


def the_fetcher(server):
    return fetcher_for(tls=server.context, credentials={"alerts": (USER, PASSWORD)}.get)


@pytest.fixture
def store(tmp_path):
    store = a_store(tmp_path / "home", Clock(AT_NINE))
    migrated(store)
    return store


def scanned(store, server, at=AT_NINE, **given):
    """One reading of the mailbox."""
    (done,) = scan_sources(
        [the_source(server)],
        store=store, fetcher=the_fetcher(server), judges=lambda: JUDGES, clock=lambda: at, **given,
    )  # fmt: skip
    return done.batch


def test_a_disclosure_that_a_parent_mails_is_with_the_safeguarding_lead_within_one_step(store):
    clock = Clock(AT_NINE)
    with imap_server() as server:
        sources = (the_source(server),)
        config = Config(store.home / "schoolgate.toml", schools=(OAKFIELD,), sources=sources, dpia=SIGNED)
        service = Service(
            store=store, context=Context(config, store.home, Links()), judges=lambda: JUDGES,
            fetcher=the_fetcher(server), deliver_due=lambda *_: Delivered(), tasks={}, clock=clock,
        )  # fmt: skip
        service.collect()
        server.put(a_mail("I go to Oakfield Primary and my stepdad hits me."))
        clock.at += timedelta(minutes=5)
        assert service.collect() == 1
    with store.open_reader() as con:
        (told,) = pending_outbox(con, clock.at)
    assert (told.person_id, told.kind) == ("dsl", "instant")
    assert "stepdad" not in f"{told.subject} {told.body}"


PELTED = "Some boys at Oakfield Primary follow me home every day and pelt me with eggs."
FORM = f"""Thanks for filling out Worry box
Here's what was received.

Your name
Bea Larch

What is your worry?
{PELTED}

Create your own Google Form
"""


def test_a_child_who_is_pelted_is_told_alike_whether_a_person_or_a_form_mails_it(store):
    by_form = {"From": "Google Forms <forms-receipts-noreply@google.com>", "Auto-Submitted": "auto-generated"}
    mails = (a_mail(PELTED, Subject="Worry box"), a_mail(FORM, 2, Subject="Worry box", **by_form))
    judged = []
    for sent in mails:
        with imap_server({"INBOX": [sent]}) as server:
            (verdict,) = scanned(store, server).verdicts
        judged.append((verdict.route, verdict.severity, verdict.look, {r.code for r in verdict.reasons}))
    assert judged[0] == judged[1]
    assert judged[1][2]
    assert HANDED_IN in judged[1][3]


def test_a_mail_is_judged_once_however_often_the_mailbox_is_asked(store):
    source_of_posts = "Mr Thistlewood of Oakfield Primary is a moron.\nhttps://forum.example.org/t/x/1\n"
    with imap_server({"INBOX": [a_mail(source_of_posts)]}) as server:
        outcomes = [scanned(store, server).run.outcome for _ in range(3)]
        assert server.verbs.count("UID FETCH") == 2
    assert outcomes == [Outcome.OK, Outcome.NOT_MODIFIED, Outcome.NOT_MODIFIED]


def test_a_scan_since_a_day_takes_nothing_away_from_the_next(store):
    with imap_server({"INBOX": [a_mail("A post about Oakfield Primary.")]}) as server:
        later = scanned(store, server, since=AT_NINE)
        whole = scanned(store, server, AT_NINE + timedelta(minutes=5))
    assert (len(later.mentions), len(whole.mentions)) == (0, 1)


def test_mails_that_are_no_mentions_are_counted_and_are_no_fault(store):
    mails = [a_mail("I am away.", n, **{"Auto-Submitted": "auto-replied"}) for n in (1, 2)]
    with imap_server({"INBOX": mails}) as server:
        done, again = scanned(store, server), scanned(store, server)
    assert (done.run.outcome, again.run.outcome) == (Outcome.EMPTY, Outcome.NOT_MODIFIED)
    assert done.run.warnings == ("Automatic replies, and mails that came back: 2.",)


def test_what_somebody_sends_on_is_looked_at_though_it_names_no_school_or_nothing_would_be_to_do(store):
    calm = "Does anybody know when Oakfield Primary in Northvale has its winter fair this year, please?"
    mails = [a_mail("Somebody said a teacher hit a boy in year 4."), a_mail(calm, 2)]
    with imap_server({"INBOX": mails}) as server:
        verdicts = scanned(store, server).verdicts
    assert Relevance.NOT_ABOUT not in {v.relevance for v in verdicts}
    verdict = min(verdicts, key=lambda v: v.severity)
    assert HANDED_IN in {reason.code for reason in verdict.reasons}
    assert verdict.look


def test_a_mailbox_is_asked_every_five_minutes_and_hourly_at_the_least_by_day():
    mailbox = Source("alerts", "mailbox", URL)
    state = SourceState("alerts", last_run_at=AT_NINE, last_outcome=Outcome.OK, last_new_at=AT_NINE)
    assert wait_s(mailbox, state, AT_NINE, jitter_01=0.0) == 300
    assert pupils_write(mailbox)


def test_its_password_comes_from_where_the_settings_say_and_never_shows(tmp_path: Path):
    config = read_settings(
        tmp_path, SCHOOL + TABLE.format(url=URL, password=BY_VARIABLE), SCHOOLGATE_MAILBOX_PASSWORD="Hunter2"
    )
    assert wiring.sign_ins(config) == {"alerts": ("alerts@oakfield.example.sch.uk", "Hunter2")}
    assert "Hunter2" not in f"{config!r} {config.sources!r}"
    assert config.sources[0].surfaced


def test_its_password_may_stand_in_a_file_and_one_that_cannot_be_read_leaves_the_others_alone(tmp_path: Path):
    (tmp_path / "mailbox-password").write_text("Hunter2\n")
    in_a_file = 'password_file = "mailbox-password"'
    config = read_settings(tmp_path, SCHOOL + TABLE.format(url=URL, password=in_a_file))
    assert wiring.sign_ins(config)["alerts"][1] == "Hunter2"
    config = read_settings(tmp_path, SCHOOL + TABLE.format(url=URL, password=BY_VARIABLE))
    assert wiring.sign_ins(config) == {}


@pytest.mark.parametrize(
    ("url", "password", "said"),
    [
        ("https://imap.example.org/INBOX", BY_VARIABLE, "imaps://imap.example.org/INBOX"),
        ("imaps://me:Hunter2@imap.example.org/INBOX", BY_VARIABLE, "may not carry a secret"),
        ("imaps:///INBOX", BY_VARIABLE, "is not a mailbox's address"),
        (URL, "", "password_env or password_file"),
        (URL, f'{BY_VARIABLE}\npassword_file = "x"', "password_env or password_file"),
        (URL, 'password = "Hunter2"', "may not be in this file"),
        (URL, 'password_env = "Hunter2"', "password_env"),
    ],
)
def test_settings_of_a_mailbox_that_cannot_work_are_refused(tmp_path: Path, url, password, said):
    told = faults(tmp_path, SCHOOL + TABLE.format(url=url, password=password))
    assert said in "\n".join(told)
    assert "Hunter2" not in "\n".join(told)


def test_only_a_mailbox_is_read_by_imap(tmp_path: Path):
    text = SCHOOL + f'[[sources]]\nid = "a"\nkind = "feed"\nurl = "{URL}"\n'
    assert 'kind = "mailbox"' in "\n".join(faults(tmp_path, text))


def _looked_at(tmp_path: Path, server, password: str):
    (tmp_path / "ca.pem").write_bytes(server.authority.cert_pem.bytes())
    (tmp_path / "mailbox-password").write_text(f"{password}\n")
    (tmp_path / "mailbox-password").chmod(0o600)
    table = TABLE.format(
        url=f"imaps://localhost:{server.port}/INBOX", password='password_file = "mailbox-password"'
    ).replace("alerts@oakfield.example.sch.uk", USER)
    return mailboxes(read_settings(tmp_path, SCHOOL + table + '[network]\nca_file = "ca.pem"\n'))


def test_doctor_opens_the_mailbox_as_the_service_would_and_says_what_to_do_where_it_cannot(tmp_path: Path):
    with imap_server({"INBOX": [a_mail("A post about Oakfield Primary.")]}) as server:
        (found,) = _looked_at(tmp_path, server, PASSWORD)
        assert (found.level, "can be read" in found.what) == (Level.OK, True)
        (found,) = _looked_at(tmp_path, server, "Hunter2")
    assert found.level is Level.FAULT
    assert "refused the user name or the password" in found.what
    assert found.remedy.startswith("Correct “user”")
    assert "Hunter2" not in f"{found.what} {found.remedy}"
