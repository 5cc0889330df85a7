"""What is known to stand at an address, or beside a post, and so is not asked for or not kept."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pypdf
import pytest
from builders.capture import AUTHOR, PIXEL, TEXT, a_case, capture, kept, manifest, routes, thread
from builders.case_desk import NOW, Desk, run
from builders.fetcher import fetcher_for
from builders.mention import a_batch, a_mention, a_run, a_verdict
from builders.pack import unzipped
from support.web_server import Answer, serve

from data.retention.purge import purge
from data.store.mentions.batch import save
from data.types import Policy, Route
from monitor.cli.commands.case.record import ActRefused as Refused
from monitor.pipeline.same_post import as_mention
from monitor.pipeline.sighting import Report

WITH_THE_DSL = {"content_class": "C10", "restricted": True, "route": Route.SAFEGUARDING}


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def keep(desk, mention, story_id, now=NOW, **verdict):
    batch = a_batch(
        mention, verdicts=[a_verdict(mention, **verdict)], story_id=story_id, run=a_run(f"feed:{mention.id}")
    )
    with desk.store.write("test") as con:
        save(con, batch, now=now, policy=Policy())


def reported(desk, url):
    """Somebody reported that an image at this address may show a child; gives the id of the report."""
    mention = as_mention(Report("", url, "forum", None, None, NOW, child_image=True), None, NOW)
    keep(desk, mention, "story-image", **WITH_THE_DSL)
    return mention.id


def classified(desk):
    ran = desk("classify", "1", "C7", "--as", "pike", "--why", "It is false.")
    assert ran.code == 0, ran.err


def refused(desk, site, **given):
    with pytest.raises(Refused) as told:
        capture(desk, site, **given)
    assert not desk.store.evidence.exists()
    return str(told.value)


@pytest.mark.parametrize("place", ["/t/1", "/t/1#p2"])
def test_a_reported_childs_image_keeps_its_address_shut_after_it_was_handed_over(desk, place):
    with serve(routes()) as site:
        a_case(desk, site)
        mention_id = reported(desk, f"{site}{place}")
        with desk.store.write("test") as con:
            con.execute(
                "UPDATE mentions SET retain_until = $now WHERE id = $id", {"now": NOW, "id": mention_id}
            )
        purge(desk.store, NOW, Policy())
        said = refused(desk, site)
    assert "may show a child" in said
    assert site.asked == []


def test_a_picture_that_was_reported_is_not_fetched_whoever_decided_for_pictures(desk):
    proof = Answer(200, PIXEL, {"Content-Type": "image/png"})
    with serve(routes(thread('<img src="/proof.png">'), **{"/proof.png": proof})) as site:
        a_case(desk, site)
        classified(desk)
        reported(desk, f"{site}/proof.png")
        code, _ = capture(desk, site, pictures=True, because="the picture is the libel")
    assert (code, site.paths) == (0, ["/t/1", "/f.css"])
    assert manifest(desk)["pictures"]["kept"] == 0


def test_nothing_is_kept_of_a_reported_page_that_the_address_has_come_to_lead_to(desk):
    turn = Answer(302, b"", {"Location": "/t/9"})
    with serve(routes(turn, **{"/t/9": thread()})) as site:
        a_case(desk, site)
        reported(desk, f"{site}/t/9")
        said = refused(desk, site)
    assert "The address alone goes to the DSL" in said


def test_nothing_is_kept_of_a_profile_that_the_address_has_come_to_lead_to(desk):
    turn = Answer(302, b"", {"Location": "/u/ann/summary"})
    with serve(routes(turn, **{"/u/ann/summary": thread()})) as site:
        a_case(desk, site)
        code, said = capture(desk, site, browser=True)
    assert (code, set(kept(desk))) == (1, {"manifest.json"})
    assert "profile" in said
    assert manifest(desk)["page"]["stands"] == "wall"


@pytest.mark.parametrize("where", [{"path": "/t/1#p3"}, {"path": "/t/1?page=2#p40", "parent": "post"}])
def test_of_a_page_with_a_post_that_is_with_the_dsl_the_cases_own_post_alone_is_kept(desk, where):
    with serve(routes()) as site:
        a_case(desk, site)
        parent = a_mention("post", channel="forum", url=f"{site}/t/1#p2").id if "parent" in where else None
        told = a_mention(
            "told", channel="forum", url=f"{site}{where['path']}", text="He told me at bedtime.",
            author="lamp_post", title="", parent=parent,
        )  # fmt: skip
        keep(desk, told, "story-told", **WITH_THE_DSL)
        code, said = capture(desk, site)
    assert (code, set(kept(desk))) == (0, {"post.txt", "manifest.json"})
    assert "lamp_post" not in b"".join(kept(desk).values()).decode()
    assert manifest(desk)["page"]["kept_whole"] is False
    assert "The page itself was not kept" in said
    assert "DSL" not in said


def test_a_post_that_was_edited_after_it_was_classified_counts_as_what_it_was_judged_since(desk):
    with serve(routes()) as site:
        a_case(desk, site)
        classified(desk)
        edited = a_mention(
            "post",
            channel="forum",
            url=f"{site}/t/1#p2",
            text=f"{TEXT} He hits them.",
            author=AUTHOR,
            title="",
        )
        keep(desk, edited, "story-post", datetime.now(UTC) + timedelta(minutes=1), **WITH_THE_DSL)
        said = refused(desk, site)
    assert "a child's safety" in said
    assert site.asked == []


def a_report(desk, site):
    reported(desk, f"{site}/t/1")


def a_lane(desk, site):
    assert desk("classify", "1", "C10", "--as", "pike", "--why", "A child may be hurt.").code == 0


@pytest.mark.parametrize("happens", [a_report, a_lane])
def test_what_happens_while_the_page_is_fetched_counts_and_leaves_no_file(desk, happens):
    with serve(routes()) as site:
        a_case(desk, site)

        def fetching(config):
            happens(desk, site)
            return closing(fetcher_for(site))

        refused(desk, site, fetching=fetching)
    assert site.paths == ["/t/1", "/f.css"]


@pytest.mark.parametrize("what", [("C10", "--lane", "child_image"), ("C9",)])
def test_what_was_captured_before_the_case_was_known_for_what_it_is_is_handed_to_nobody(desk, tmp_path, what):
    with serve(routes()) as site:
        a_case(desk, site)
        assert capture(desk, site)[0] == 0
    assert desk("classify", "1", *what, "--as", "pike", "--why", "So it turned out.").code == 0
    do_pack = ("evidence", "pack", "1", "--as", "pike", "--to", "police", "--reason", "They asked.")
    packed = run(*do_pack, "--out", str(tmp_path / "out"), "--home", str(desk.home))
    assert packed.code == 0, packed.err
    opened = unzipped(tmp_path / "out", tmp_path / "opened")
    assert not [name for name in opened.files() if name.startswith("exhibits/")]
    said = "".join(page.extract_text() for page in pypdf.PdfReader(next(opened.folder.glob("*.pdf"))).pages)
    assert "/t/1" in said
    assert "First seen" in said
    for command in opened.commands:
        assert opened.type(command, in_a_shell=True).returncode == 0, command
