"""Capturing a post: what is kept of a post or came with it by mail, and what is never asked for."""

import hashlib
import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import builders.case
import pytest
from builders.capture import AUTHOR, TEXT, a_case, capture, kept, manifest, routes, thread
from builders.case_desk import NOW, ActRefused, Desk, made_by
from builders.fetcher import fetcher_for
from builders.home import do_in
from builders.mention import a_batch, a_mention, a_run, a_verdict, save
from builders.pack import another
from builders.pack_read import facts_of, told_in
from support.imap_server import PASSWORD, USER, imap_server
from support.time_server import an_authority, time_server
from support.web_server import Answer, serve

from data.errors import InputError
from data.retention.deleting import drop_texts, purge
from data.steps.codes import StepKind
from data.store.engine.audit_chain import verify
from data.store.stories import enclosures_of
from data.types import (
    About,
    FetchFailure,
    Mention,
    Policy,
    Request,
    Response,
    Route,
    School,
    Severity,
    Source,
)
from monitor.act import keeping
from monitor.act.capture import CaptureOptions, CaptureRequest, approve_capture, moments
from monitor.act.capture import manifest as manifest_of
from monitor.home import wiring
from monitor.pipeline.intake import make_mention
from monitor.pipeline.supplied import Report
from sources.capture.browser import find_browser
from sources.registry import collector


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


WITH_THE_DSL = {"content_class": "C10", "restricted": True, "route": Route.SAFEGUARDING}


@pytest.fixture
def site(desk):
    """The forum, and a case about the post there."""
    with serve(routes()) as running:
        a_case(desk, running)
        yield running


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """One capture of the post: the home, and what the site was asked."""
    desk = Desk(tmp_path_factory.mktemp("home"))
    with serve(routes()) as site:
        a_case(desk, site)
        assert capture(desk, site, because="before it is edited").counts
    return desk, site


def keep(desk, mention, story_id, now=NOW, source="", **verdict):
    run, judged = a_run(source or f"feed:{mention.id}"), a_verdict(mention, **verdict)
    batch = a_batch(mention, verdicts=[judged], story_id=story_id, run=run)
    do_in(desk.store, save, batch, now=now, policy=Policy())


def reported(desk, url):
    """Somebody reported that an image at this address may show a child; gives the id of the report."""
    mention = make_mention(Report("", url, "forum", None, None, NOW, child_image=True), None, NOW)
    keep(desk, mention, "story-image", **WITH_THE_DSL)
    return mention.id


def classify(desk, content_class="C7", **lane):
    desk.take(StepKind.CLASSIFIED, "pike", class_=content_class, why="It is so.", **lane)


def refused(desk, site, kind=ActRefused, **given):
    """Why nothing was kept."""
    with pytest.raises(kind) as told:
        capture(desk, site, **given)
    assert desk.steps(kind=StepKind.EVIDENCE) == []
    assert not desk.store.evidence.exists() or not list(desk.store.evidence.rglob("*"))
    return str(told.value)


def refused_before_network(desk, site, **given):
    asked = len(site.asked)
    said = refused(desk, site, (ActRefused, InputError), **given)
    assert len(site.asked) == asked
    return said


def test_a_page_is_asked_for_once_and_kept_as_files_with_a_manifest_that_lists_each(done):
    assert done[1].paths == ["/t/1", "/f.css"]
    files = kept(done[0])
    assert set(files) == {"response.warc.gz", "capture.wacz", "page.html", "post.txt", "manifest.json"}
    listed = {f["name"]: (f["sha256"], f["size"]) for f in json.loads(files["manifest.json"])["files"]}
    assert listed == {
        name: (hashlib.sha256(content).hexdigest(), len(content))
        for name, content in files.items()
        if name != "manifest.json"
    }
    text = files["post.txt"].decode()
    assert TEXT.splitlines()[1] in text
    assert "Posted, as displayed: Yesterday, 20:14" in text
    assert not [other for other in ("lamp_post", "walnut_tree") if other in text]


def test_the_manifest_says_what_stood_there_when_and_who_kept_it(done):
    """The case has a step with its hash, and the audit holds."""
    desk, site = done
    told = manifest(desk)
    assert told["page"]["address_asked"] == f"{site}/t/1#p2"
    assert (told["page"]["status"], told["page"]["stands"]) == (200, "page")
    assert ["content-type", "text/html; charset=utf-8"] in told["page"]["headers"]
    assert "unpacked" in told["page"]["method"]
    assert told["post"]["posted_as_displayed"] == "Yesterday, 20:14"
    assert told["post"]["author_as_shown"] == AUTHOR
    assert told["post"]["words_found"] is True
    assert told["captured"] == {
        "utc": "2026-11-17T09:00:00Z", "local": "2026-11-17T09:00:00+00:00", "zone": "Europe/London",
    }  # fmt: skip
    assert (told["by"], told["class"]) == ("pike", "C7")
    assert told["logged_out"] is True
    assert told["pictures"]["left_out"]["pictures"] == 1
    assert told["time_server"] is None
    (step,) = desk.steps(kind=StepKind.EVIDENCE)
    assert step.stored_facts["manifest"] == hashlib.sha256(kept(desk)["manifest.json"]).hexdigest()
    assert (step.stored_facts["kind"], step.stored_facts["files"], step.actor) == ("page", "5", "pike")
    assert step.why == "before it is edited"
    with desk.store.open_reader() as con:
        assert verify(con) == []


@pytest.mark.skipif(find_browser(None) is None, reason="no chromium here")
def test_with_a_browser_there_are_a_picture_and_a_pdf_of_the_post(desk):
    with serve(routes()) as site:
        a_case(desk, site)
        assert capture(desk, site, browser=True).counts
        assert site.paths == ["/t/1", "/f.css"]
    files, drawn = kept(desk), manifest(desk)["drawn"]
    assert files["post.png"].startswith(b"\x89PNG")
    assert files["post.pdf"].startswith(b"%PDF")
    assert (drawn["kept"], drawn["cropped_to"], drawn["scripts"]) == (True, "post", False)


WALL = "<html><title>Log in</title><body>You must log in to view this page<input type=password></html>"
PROFILE = Answer(302, b"", {"Location": "/u/ann/summary"})


@pytest.mark.parametrize("page", [WALL, PROFILE], ids=["wall", "leads to a profile"])
def test_a_wall_is_recorded_as_one_and_is_no_evidence(desk, page):
    with serve(routes(page, **{"/u/ann/summary": thread()})) as site:
        a_case(desk, site)
        assert not capture(desk, site, browser=True).counts
    assert set(kept(desk)) == {"manifest.json"}
    assert manifest(desk)["page"]["stands"] == "wall"
    assert desk.steps(kind=StepKind.EVIDENCE)[0].stored_facts["kind"] == "wall"


def test_a_page_without_the_posts_words_is_kept_but_is_no_evidence(desk):
    with serve(routes(thread().replace("dinner money", "lunch"))) as site:
        a_case(desk, site)
        assert not capture(desk, site, browser=True).counts
    assert manifest(desk)["post"]["words_found"] is False
    assert TEXT.splitlines()[0] in kept(desk)["post.txt"].decode(), "the words as they were read before"
    assert "page.html" in kept(desk)
    assert "post.png" not in kept(desk)
    assert desk.steps(kind=StepKind.EVIDENCE)[0].stored_facts["kind"] == "wall"


def test_where_nothing_answers_nothing_is_recorded(desk):
    with serve(routes()) as site:
        a_case(desk, site)
    assert isinstance(capture(desk, site), FetchFailure)
    assert desk.steps(kind=StepKind.EVIDENCE) == []


def test_what_is_with_the_dsl_is_never_asked_for(desk):
    with serve(routes()) as site:
        a_case(
            desk, site, content_class="C10", route=Route.SAFEGUARDING, severity=Severity.THIS_HOUR,
            about=About.PUPIL, abuse=("safeguarding",), restricted=True,
        )  # fmt: skip
        said = refused_before_network(desk, site)
    assert "DSL" in said


def test_pictures_that_may_show_a_child_are_never_kept_whoever_asks(desk):
    with serve(routes()) as site:
        a_case(desk, site, about=About.PUPIL)
        classify(desk)
        said = refused_before_network(desk, site, pictures=True, because="the picture is the point")
    assert "no_pictures" in said


def test_pictures_within_the_post_are_kept_where_a_person_decided_so(desk):
    """One that was reported is not fetched, whoever decided for pictures."""
    within = '<img src="/proof.png"><img src="/reported.png"><img src="http://127.0.0.1:9/other.png">'
    pictures = dict.fromkeys(("/proof.png", "/reported.png", "/other.png"), routes()["/avatar.png"])
    with serve(routes(thread(within), **pictures)) as site:
        a_case(desk, site)
        classify(desk)
        reported(desk, f"{site}/reported.png")
        assert capture(desk, site, pictures=True, because="the picture is the libel").counts
    told = manifest(desk)["pictures"]
    assert (told["allowed"], told["kept"]) == (True, 1)
    assert site.paths == ["/t/1", "/f.css", "/proof.png"]
    (allowed,) = desk.steps(kind=StepKind.PICTURES_ALLOWED)
    assert (allowed.actor, allowed.why) == ("pike", "the picture is the libel")
    assert not [name for name, content in kept(desk).items() if b"the picture is the libel" in content]


def test_what_a_third_party_supplied_is_marked_as_such_under_a_name_of_ours(desk, site):
    assert capture(desk, site, files=[b"\x89PNG\r\n rest"]).counts
    assert site.asked == []
    assert set(kept(desk)) == {"supplied-1.png", "capture.wacz", "manifest.json"}
    told = manifest(desk)
    assert (told["kind"], told["handed_in"]["supplied_by"], told["page"]) == ("supplied", None, None)
    assert told["logged_out"] is None


@pytest.mark.parametrize("answers", ["good", "another_nonce"])
def test_a_capture_is_stamped_where_a_time_server_is_configured_or_kept_and_said_not_to_be(
    desk, tmp_path, answers
):
    authority, path = an_authority(tmp_path / "tsa"), desk.home / "schoolgate.toml"
    with serve(routes()) as site, time_server(authority, answers) as server:
        table = f'\n[evidence]\ntimestamp_url = "{server}/tsr"\ntimestamp_ca = "{authority.ca_file}"\n'
        path.write_text(path.read_text() + table)
        a_case(desk, site)
        assert capture(desk, site, server).counts
    files, stamped = kept(desk), answers == "good"
    assert ({"manifest.json.tsq", "manifest.json.tsr", "tsa-chain.pem"} < set(files)) is stamped
    assert ("manifest.json.tsr" in files) is stamped
    assert manifest(desk)["time_server"] == f"{server}/tsr"
    assert hashlib.sha256(files["manifest.json"]).digest() in server.asked[0].body


def test_a_case_is_not_captured_by_whom_it_is_not_for(desk):
    with serve(routes()) as site:
        a_case(desk, site, by="marsh", about=About.HEAD, subjects=("holt",), subject_person="holt")
        said = refused_before_network(desk, site, person="holt")
    assert "There is no case" in said


def test_files_without_their_rows_are_taken_away_by_the_purge(desk, site, monkeypatch):
    monkeypatch.setattr("monitor.pipeline.supplied.put_files", _crash)
    with pytest.raises(RuntimeError):
        capture(desk, site)
    assert desk.steps(kind=StepKind.EVIDENCE) == []
    assert len(list(desk.store.evidence.glob("??/*"))) == 5
    purge(desk.store, datetime.now(UTC) + timedelta(days=2), Policy())
    assert list(desk.store.evidence.glob("??/*")) == []


def _crash(*args):
    raise RuntimeError("the machine stops here")


def test_a_reported_childs_image_keeps_its_address_shut_after_it_was_handed_over_too(desk, site):
    given = {"now": NOW, "id": reported(desk, f"{site}/t/1")}
    assert "may show a child" in refused_before_network(desk, site)
    with desk.store.write("test") as con:
        con.execute("UPDATE mentions SET retain_until = $now WHERE id = $id", given)
    purge(desk.store, NOW, Policy())
    assert "may show a child" in refused_before_network(desk, site)


def test_nothing_is_kept_of_a_reported_page_that_the_address_has_come_to_lead_to(desk):
    turn = Answer(302, b"", {"Location": "/t/9"})
    with serve(routes(turn, **{"/t/9": thread()})) as site:
        a_case(desk, site)
        reported(desk, f"{site}/t/9")
        said = refused(desk, site)
    assert "The address alone goes to the DSL" in said


@pytest.mark.parametrize("where", [{"path": "/t/1#p3"}, {"path": "/t/1?page=2#p40", "parent": "post"}])
def test_of_a_page_with_a_post_that_is_with_the_dsl_the_cases_own_post_alone_is_kept(desk, site, where):
    parent = a_mention("post", channel="forum", url=f"{site}/t/1#p2").id if "parent" in where else None
    told = a_mention(
        "told", channel="forum", url=f"{site}{where['path']}", text="He told me at bedtime.",
        author="lamp_post", title="", parent=parent,
    )  # fmt: skip
    keep(desk, told, "story-told", **WITH_THE_DSL)
    assert capture(desk, site).counts
    assert set(kept(desk)) == {"post.txt", "manifest.json"}
    assert "lamp_post" not in b"".join(kept(desk).values()).decode()
    assert manifest(desk)["page"]["kept_whole"] is False


def test_a_post_that_was_edited_after_it_was_classified_counts_as_what_it_was_judged_since(desk, site):
    classify(desk)
    words = {"text": f"{TEXT} He hits them.", "author": AUTHOR, "title": ""}
    edited = a_mention("post", channel="forum", url=f"{site}/t/1#p2", **words)
    keep(desk, edited, "story-post", datetime.now(UTC) + timedelta(minutes=1), **WITH_THE_DSL)
    assert "a child’s safety" in refused_before_network(desk, site)


def a_lane(desk, site):
    classify(desk, "C10")


@pytest.mark.parametrize("happens", [lambda desk, site: reported(desk, f"{site}/t/1"), a_lane])
def test_what_happens_while_the_page_is_fetched_counts_and_leaves_no_file(desk, site, happens):
    def fetching():
        happens(desk, site)
        return closing(fetcher_for(site))

    refused(desk, site, fetching=fetching)
    assert site.paths == ["/t/1", "/f.css"]


@pytest.mark.parametrize("what", [{"content_class": "C10", "lane": "child_image"}, {"content_class": "C9"}])
def test_what_was_captured_before_the_case_was_known_for_what_it_is_is_handed_to_nobody(done, tmp_path, what):
    desk = another(done[0], tmp_path / "home")
    classify(desk, **what)
    facts = facts_of(desk, "police", "pike")
    assert facts.exhibits == ()
    said = told_in(facts)
    assert "/t/1" in said
    assert "First seen" in said


@pytest.mark.parametrize(("at", "local", "offset"), [
    (datetime(2026, 10, 25, 0, 30, 5, 999, tzinfo=UTC), "2026-10-25 01:30:05", "+01:00"),
    (datetime(2026, 10, 25, 1, 30, 5, 999, tzinfo=UTC), "2026-10-25 01:30:05", "+00:00"),
    (datetime(2027, 3, 28, 0, 59, 59, tzinfo=UTC), "2027-03-28 00:59:59", "+00:00"),
    (datetime(2027, 3, 28, 1, 0, 0, tzinfo=UTC), "2027-03-28 02:00:00", "+01:00"),
])  # fmt: skip
def test_the_hour_that_comes_twice_is_told_apart_by_its_offset(at, local, offset):
    case = builders.case.a_case()
    asked = CaptureRequest("0" * 12, case, School("900001", "Oakfield Primary"), None, "pike", {}, None)
    told = json.loads(manifest_of(asked, [], kind="supplied", at=at))["captured"]
    utc = f"{at:%Y-%m-%d %H:%M:%S}"
    assert told == {
        "utc": f"{utc.replace(' ', 'T')}Z", "local": f"{local.replace(' ', 'T')}{offset}",
        "zone": "Europe/London",
    }  # fmt: skip
    assert moments(at) == {"utc": utc, "local": local, "offset": f"UTC{offset}"}


JPEG = b"\xff\xd8\xff\xe0 a picture of a poster"
PDF = b"%PDF-1.7 a leaflet"


def a_mail(*enclosed: tuple[bytes, str]) -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = "p@example.org", "Fwd: see this", "<1@example.org>"
    made["Date"] = "Mon, 16 Nov 2026 18:00:00 +0000"
    made.set_content("The poster about Mr Example is up again: https://forum.example.org/t/1#p2")
    for content, kind in enclosed:
        main, _, sub = kind.partition("/")
        made.add_attachment(content, maintype=main, subtype=sub, filename="Mr Example.jpg")
    return made.as_bytes()


def fetching(server):
    return lambda: closing(fetcher_for(tls=server.context, credentials={"alerts": (USER, PASSWORD)}.get))


@pytest.fixture(scope="module")
def server():
    mails = [a_mail((JPEG, "image/jpeg"), (PDF, "application/pdf")), a_mail((b"MZ\x90", "image/png"))]
    with imap_server({"INBOX": mails}) as running:
        yield running


def read(server, number: int) -> Mention:
    """The post of that mail, as the mailbox brings it."""
    url = f"imaps://localhost:{server.port}/INBOX;UIDVALIDITY=7;UID={number}:{number}"
    with fetching(server)() as asking:
        answer = asking.fetch(Request(url, auth="alerts"))
    assert isinstance(answer, Response)
    page = collector("mailbox").parse(Source("alerts", "mailbox", url.partition(";")[0]), answer)
    return page.mentions[0]


def a_mailed_case(desk: Desk, mention: Mention) -> None:
    given = {
        "route": Route.REQUEST_REMOVAL, "severity": Severity.TODAY, "about": About.STAFF,
        "content_class": "C7", "abuse": ("defamation",),
    }  # fmt: skip
    keep(desk, mention, "story-post", source="alerts", **given)
    desk.open("story-post", "pike")


@pytest.fixture
def mailed(desk, server):
    a_mailed_case(desk, read(server, 1))
    server.told.clear()
    return desk


def test_it_is_kept_as_what_is_handed_in_once_somebody_has_said_what_it_is_not(mailed, server):
    assert capture(mailed, attachment=True, fetching=fetching(server)).counts
    files = kept(mailed)
    assert files["supplied-1.jpg"] == JPEG
    assert files["supplied-2.pdf"] == PDF
    listed = {f["name"]: f["sha256"] for f in manifest(mailed)["files"]}
    assert listed["supplied-1.jpg"] == hashlib.sha256(JPEG).hexdigest()
    assert manifest(mailed)["handed_in"]["came"]["how"] == "email"
    assert "Mr Example.jpg" not in str(manifest(mailed))
    assert set(server.verbs) <= {"CAPABILITY", "AUTHENTICATE", "EXAMINE", "UID FETCH", "LOGOUT", ""}


def test_where_it_may_show_a_child_it_is_not_fetched_and_the_safeguarding_lead_is_told_where_it_lies(
    mailed, server
):
    session = mailed.session("pike")
    found = made_by(approve_capture(session, "1", CaptureOptions(), NOW))
    intake = wiring.make_intake(session.config, wiring.open_settings(mailed.home, None)[0], session.store)
    where = keeping.case_enclosures(session, found.case)
    keeping.tell_of_child_image(session, found.case, found.post, where, intake, NOW)
    assert server.told == []
    with mailed.store.open_reader() as con:
        (text,) = con.execute("SELECT text FROM restricted_texts").fetchone()
        audience = con.execute("SELECT audience FROM alerts WHERE restricted").fetchone()[0]
    assert text.startswith("Image of a child. Mail: imaps://localhost:")
    assert "poster" not in text
    assert audience


def test_a_mail_that_is_gone_is_said_to_be_gone(mailed, server, monkeypatch):
    monkeypatch.setattr(server, "validity", 8)
    with pytest.raises(InputError, match="no longer where it was"):
        capture(mailed, attachment=True, fetching=fetching(server))


def test_a_post_that_came_alone_has_nothing_to_fetch(desk, server):
    a_mailed_case(desk, a_mention("post"))
    with pytest.raises(InputError, match="Nothing came with the post"):
        capture(desk, attachment=True, fetching=fetching(server))


def test_where_it_lay_is_forgotten_with_the_post(mailed, server):
    found = read(server, 1)
    with mailed.store.write("test") as con:
        assert enclosures_of(con, found.id).kinds == ("image/jpeg", "application/pdf")
        drop_texts(con, [found.id])
        assert enclosures_of(con, found.id) is None
