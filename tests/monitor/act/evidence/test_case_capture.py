"""`schoolgate case capture`: what is kept of a post, what is never asked for, and what is said of it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders.capture import AUTHOR, TEXT, a_case, capture, kept, manifest, routes, thread
from builders.case_desk import NOW, Desk
from builders.mention import a_batch, a_verdict
from support.time_server import an_authority, time_server
from support.web_server import serve

from data.errors import InputError
from data.retention.purge import purge
from data.steps.codes import StepKind
from data.store.cases import cases as case_store
from data.store.engine.audit_chain import verify
from data.store.mentions.batch import save
from data.types import About, Policy, Route, Severity
from monitor.cli.commands.case.record import ActRefused as Refused
from monitor.pipeline.same_post import as_mention
from monitor.pipeline.sighting import Report
from sources.capture.browser import find_browser


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def steps(desk, kind=StepKind.EVIDENCE):
    with desk.store.read() as con:
        return [s for s in case_store.steps(con, "0001") if s.kind is kind]


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """One capture of the post: the home, what the site was asked, and what the command said."""
    desk = Desk(tmp_path_factory.mktemp("home"))
    with serve(routes()) as site:
        a_case(desk, site)
        code, said = capture(desk, site, because="before it is edited")
    assert code == 0, said
    return desk, site


def test_a_page_is_kept_as_files_with_a_manifest_that_lists_each(done):
    files = kept(done[0])
    assert set(files) == {"response.warc.gz", "capture.wacz", "page.html", "post.txt", "manifest.json"}
    listed = {f["name"]: (f["sha256"], f["size"]) for f in json.loads(files["manifest.json"])["files"]}
    assert listed == {
        name: (hashlib.sha256(content).hexdigest(), len(content))
        for name, content in files.items()
        if name != "manifest.json"
    }


def test_the_page_is_asked_for_once_and_its_pictures_not_at_all(done):
    assert done[1].paths == ["/t/1", "/f.css"]


def test_the_manifest_says_what_stood_there_when_and_who_kept_it(done):
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


def test_the_text_file_holds_the_words_as_shown(done):
    text = kept(done[0])["post.txt"].decode()
    assert TEXT.splitlines()[1] in text
    assert "Posted, as displayed: Yesterday, 20:14" in text
    assert "lamp_post" not in text
    assert "walnut_tree" not in text


def test_the_case_has_a_step_with_the_manifests_hash_and_the_audit_holds(done):
    desk, _ = done
    (step,) = steps(desk)
    sha256 = hashlib.sha256(kept(desk)["manifest.json"]).hexdigest()
    assert dict(step.written)["manifest"] == sha256
    assert (step.written["kind"], step.written["files"], step.actor) == ("page", "5", "pike")
    assert step.why == "before it is edited"
    with desk.store.read() as con:
        assert verify(con) == []


@pytest.mark.skipif(find_browser(None) is None, reason="no chromium here")
def test_with_a_browser_there_are_a_picture_and_a_pdf_of_the_post(desk):
    with serve(routes()) as site:
        a_case(desk, site)
        code, said = capture(desk, site, browser=True)
        assert site.paths == ["/t/1", "/f.css"]
    assert code == 0
    assert "A picture and a PDF of the post alone" in said
    files, drawn = kept(desk), manifest(desk)["drawn"]
    assert files["post.png"].startswith(b"\x89PNG")
    assert files["post.pdf"].startswith(b"%PDF")
    assert (drawn["kept"], drawn["cropped_to"], drawn["scripts"]) == (True, "post", False)


def test_a_wall_is_recorded_as_one_and_is_no_evidence(desk):
    wall = "<html><title>Log in</title><body>You must log in to view this page<input type=password></html>"
    with serve(routes(wall)) as site:
        a_case(desk, site)
        code, said = capture(desk, site, browser=True)
    assert code == 1
    assert "not evidence of the post" in said
    assert set(kept(desk)) == {"manifest.json"}
    assert manifest(desk)["page"]["stands"] == "wall"
    assert steps(desk)[0].written["kind"] == "wall"


def test_a_page_without_the_posts_words_is_kept_but_is_no_evidence(desk):
    with serve(routes(thread().replace("dinner money", "lunch"))) as site:
        a_case(desk, site)
        code, said = capture(desk, site, browser=True)
    assert code == 1
    assert "are not on it" in said
    assert manifest(desk)["post"]["words_found"] is False
    assert "page.html" in kept(desk)
    assert "post.png" not in kept(desk)
    assert steps(desk)[0].written["kind"] == "wall"


def test_where_nothing_answers_nothing_is_recorded(desk):
    with serve(routes()) as site:
        a_case(desk, site)
    code, said = capture(desk, site)
    assert code == 1
    assert "nothing was captured" in said
    assert "schoolgate case capture 0001 --as pike --file FILE" in said
    assert steps(desk) == []


def refused_before_network(desk, site, **given):
    asked = len(site.asked)
    with pytest.raises((Refused, InputError)) as told:
        capture(desk, site, **given)
    assert len(site.asked) == asked
    assert steps(desk) == []
    assert not desk.store.evidence.exists() or not list(desk.store.evidence.rglob("*"))
    return str(told.value)


def test_what_is_with_the_dsl_is_never_asked_for(desk):
    with serve(routes()) as site:
        a_case(
            desk, site, content_class="C10", route=Route.SAFEGUARDING, severity=Severity.THIS_HOUR,
            about=About.PUPIL, abuse=("safeguarding",), restricted=True,
        )  # fmt: skip
        said = refused_before_network(desk, site)
    assert "DSL" in said


def test_an_address_where_somebody_reported_a_childs_image_is_never_asked_for_again(desk):
    with serve(routes()) as site:
        a_case(desk, site)
        reported = Report("", f"{site}/t/1", "forum", None, None, NOW, child_image=True)
        mention = as_mention(reported, None, NOW)
        with desk.store.write("test") as con:
            batch = a_batch(mention, verdicts=[a_verdict(mention, content_class="C10", restricted=True)])
            save(con, batch, now=NOW, policy=Policy())
        said = refused_before_network(desk, site)
    assert "may show a child" in said


@pytest.mark.parametrize("verdict", [{"about": About.PUPIL}, {"abuse": ("sexual",)}, {"content_class": "C5"}])
def test_pictures_that_may_show_a_child_are_never_kept_whoever_asks(desk, verdict):
    with serve(routes()) as site:
        a_case(desk, site, **verdict)
        desk("classify", "1", verdict.get("content_class", "C7"), "--as", "pike", "--why", "It is false.")
        said = refused_before_network(desk, site, pictures=True, because="the picture is the point")
    assert "no_pictures" in said


def test_pictures_need_a_persons_reason(desk):
    with serve(routes()) as site:
        a_case(desk, site)
        desk("classify", "1", "C7", "--as", "pike", "--why", "It is false.")
        assert "--because" in refused_before_network(desk, site, pictures=True)


def test_pictures_within_the_post_are_kept_where_a_person_decided_so(desk):
    within = '<img src="/proof.png"><img src="http://127.0.0.1:9/other.png">'
    pixel = routes()["/avatar.png"]
    with serve(routes(thread(within), **{"/proof.png": pixel, "/other.png": pixel})) as site:
        a_case(desk, site)
        classified = desk("classify", "1", "C7", "--as", "pike", "--why", "It is false.")
        assert classified.code == 0, classified.err
        code, said = capture(desk, site, pictures=True, because="the picture is the libel")
    assert code == 0, said
    told = manifest(desk)["pictures"]
    assert (told["allowed"], told["kept"]) == (True, 1)
    assert site.paths == ["/t/1", "/f.css", "/proof.png"]
    (allowed,) = steps(desk, StepKind.PICTURES_ALLOWED)
    assert (allowed.actor, allowed.why) == ("pike", "the picture is the libel")
    assert not [name for name, content in kept(desk).items() if b"the picture is the libel" in content]


def test_a_file_that_might_show_a_child_is_not_opened(desk, tmp_path, monkeypatch):
    shot = tmp_path / "shot.png"
    shot.write_bytes(b"\x89PNG")
    opened = []
    with serve(routes()) as site:
        a_case(desk, site)
        real = Path.read_bytes
        monkeypatch.setattr(Path, "read_bytes", lambda self: opened.append(self) or real(self))
        for answer in ("yes", "unknown", ""):
            said = refused_before_network(desk, site, files=[shot], ask=lambda question, a=answer: a)
            assert "and the DSL has it" in said
        refused_before_network(desk, site, files=[shot], child_image=True)
    assert shot not in opened


def test_what_a_third_party_supplied_is_marked_as_such_under_a_name_of_ours(desk, tmp_path):
    shot = tmp_path / "Mr Example is a thief.png"
    shot.write_bytes(b"\x89PNG\r\n rest")
    with serve(routes()) as site:
        a_case(desk, site)
        code, said = capture(desk, site, files=[shot], child_image=False)
    assert (code, site.asked) == (0, [])
    assert "Marked as handed in" in said
    assert set(kept(desk)) == {"supplied-1.png", "capture.wacz", "manifest.json"}
    told = manifest(desk)
    assert (told["kind"], told["handed_in"]["supplied_by"], told["page"]) == ("supplied", None, None)
    assert told["logged_out"] is None
    assert "thief" not in json.dumps(told)


def test_a_capture_is_stamped_where_a_time_server_is_configured(desk, tmp_path):
    authority = an_authority(tmp_path / "tsa")
    with serve(routes()) as site, time_server(authority) as server:
        _with_time_server(desk, server, authority.ca_file)
        a_case(desk, site)
        code, said = capture(desk, site, server)
    files = kept(desk)
    assert code == 0
    assert "Time-stamped" in said
    assert {"manifest.json.tsq", "manifest.json.tsr", "tsa-chain.pem"} < set(files)
    assert hashlib.sha256(files["manifest.json"]).digest() in server.asked[0].body


def test_a_capture_whose_stamp_fails_is_kept_and_says_so(desk, tmp_path):
    authority = an_authority(tmp_path / "tsa")
    with serve(routes()) as site, time_server(authority, "another_nonce") as server:
        _with_time_server(desk, server, authority.ca_file)
        a_case(desk, site)
        code, said = capture(desk, site, server)
    assert code == 0
    assert "Not time-stamped." in said
    assert "manifest.json.tsr" not in kept(desk)
    assert manifest(desk)["time_server"] == f"{server}/tsr"


def _with_time_server(desk, server, ca_file):
    path = desk.home / "schoolgate.toml"
    table = f'\n[evidence]\ntimestamp_url = "{server}/tsr"\ntimestamp_ca = "{ca_file}"\n'
    path.write_text(path.read_text() + table)


@pytest.mark.parametrize("verdict", [{"about": About.PUPIL}, {"content_class": "C5"}])
def test_where_no_picture_may_be_kept_a_file_needs_a_persons_word_that_it_shows_words_alone(
    desk, tmp_path, verdict
):
    shot = tmp_path / "shot.png"
    shot.write_bytes(b"\x89PNG")
    with serve(routes()) as site:
        a_case(desk, site, **verdict)
        for answer in ("no", "unknown", ""):
            said = refused_before_network(
                desk, site, files=[shot], child_image=False, ask=lambda question, a=answer: a
            )
            assert "text file" in said
        code, _ = capture(desk, site, files=[shot], child_image=False, words_alone=True)
    assert (code, "supplied-1.png" in kept(desk)) == (0, True)


def test_a_case_is_not_captured_by_whom_it_is_not_for(desk):
    with serve(routes()) as site:
        a_case(desk, site, by="marsh", about=About.HEAD, subjects=("holt",), subject_person="holt")
        said = refused_before_network(desk, site, person="holt")
    assert "There is no case" in said


def test_files_without_their_rows_are_taken_away_by_the_purge(desk, monkeypatch):
    with serve(routes()) as site:
        a_case(desk, site)
        monkeypatch.setattr("monitor.pipeline.supplied.put_files", _crash)
        with pytest.raises(RuntimeError):
            capture(desk, site)
    assert steps(desk) == []
    assert len(list(desk.store.evidence.glob("??/*"))) == 5
    purge(desk.store, datetime.now(UTC) + timedelta(days=2), Policy())
    assert list(desk.store.evidence.glob("??/*")) == []


def _crash(*args):
    raise RuntimeError("the machine stops here")
