"""`schoolgate privacy search`: what is found about whoever asked, for whom, and what is left behind."""

from __future__ import annotations

import logging
import os
import subprocess
import sys

import pytest
from builders.case_desk import NOW, Desk, about_the_head, disclosure, insult, review, run
from builders.mention import POLICY, a_batch, a_mention, a_run, a_verdict
from builders.privacy import DPO, a_request, privacy
from builders.two_homes import GRAVE, KINDS, OURS, Kind, two_homes

from data.evidence.handed_in import Danger, Says
from data.judged import NAMED
from data.privacy.terms import SearchTerm, TermKind, folded
from data.store.engine.audit_chain import links
from data.store.mentions.batch import save
from data.store.mentions.person_reports import put_says
from data.types import About, Meant, Route
from monitor.act.matter.note import write_note
from monitor.act.requests.finding import MOST_OF_A_NAME, held_about
from monitor.act.requests.office import open_office

PLANT = "quincunx-plant-kestrel"
HANDLE = "100%_Larch"


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def post(desk, name, **fields):
    """One post and a plain verdict on it; gives its id."""
    verdict = fields.pop("verdict", {})
    mention = a_mention(name, **fields)
    judged = a_verdict(mention, **verdict)
    with desk.store.write("a post") as con:
        batch = a_batch(mention, verdicts=[judged], story_id=f"story-{name}", run=a_run(f"feed:{name}"))
        save(con, batch, now=NOW, policy=POLICY)
    return mention.id


def found(desk, by, said, *more, kind="access"):
    number = a_request(desk, kind)
    return privacy(desk, "search", number, "--by", by, "--as", DPO, *more, said=said)


def ids(done, theirs=True):
    return [one["id"] for one in done.data["posts"] if one["theirs"] is theirs]


def test_their_posts_are_found_by_handle_however_it_is_written_and_nobody_elses(desk):
    mine = post(desk, "a", author="Larch Dad")
    post(desk, "b", author="Larch Dad 2")
    assert ids(found(desk, "handle", "@larch  dad\n", "--json")) == [mine]


@pytest.mark.parametrize("said", ["%", "_", "*", ".*", "100%", "' OR 1=1 --", "%Larch%"])
def test_no_sign_in_a_handle_stands_for_others(desk, said):
    post(desk, "a", author=HANDLE)
    post(desk, "b", author="1000_Larch")
    assert ids(found(desk, "handle", said, "--json")) == []
    assert len(ids(found(desk, "handle", HANDLE, "--json"))) == 1


def test_what_names_them_is_found_in_whole_words_and_in_earlier_versions(desk):
    named = post(desk, "a", text="Ask Jane\nHarrow, who knows.")
    post(desk, "b", text="Janet Harrowgate said so.")
    assert ids(found(desk, "name", "jane harrow", "--json"), theirs=False) == [named]


def test_a_post_is_found_by_its_address_however_it_is_written(desk):
    mine = post(desk, "a")
    done = found(desk, "address", "http://www.forum.example.org/a/?utm_source=x", "--json")
    assert ids(done) == [mine]


def test_what_was_typed_about_them_and_the_cases_about_their_posts_are_found(desk):
    insult(desk)
    assert desk("open", "story-insult", "--as", "holt").code == 0
    assert desk("note", "1", "poster-insult rang us", "--as", "holt").code == 0
    told = found(desk, "handle", "poster-insult").out
    assert ", to be weighed and decided\n" in told
    assert f"schoolgate privacy sar P0001 --by handle --to DIR --as {DPO}" in told
    done = found(desk, "handle", "poster-insult", "--json")
    assert done.data["cases"] == ["0001"]
    assert [note["by"] for note in done.data["notes"]] == ["holt"]


def test_how_a_post_was_weighed_was_typed_about_its_author_too(desk):
    insult(desk)
    desk("open", "story-insult", "--as", "holt")
    weighed = ("--nature", "spite", "--visible", "two days", "--spread", "the gate", "--impact", "he is ill")
    assert desk("step", "weigh", "1", *weighed, "--as", "holt").code == 0
    done = found(desk, "handle", "poster-insult", "--json")
    assert len(done.data["notes"]) == 1


def test_who_handed_something_in_finds_that_it_was_noted(desk):
    words = ("--text", "-", "--seen-by", "Jane Harrow", "--school", "900001", "--home", str(desk.home))
    assert run("report-in", *words, said="Oakfield is mentioned in passing.").code == 0
    done = found(desk, "name", "Jane Harrow", "--json")
    assert [note["by"] for note in done.data["notes"]] == ["report-in"]


MEANS_VALE = {
    "endangered": ({"endangers": (Meant("person:holt", 1.0, NAMED), Meant("person:vale", 1.0, NAMED))}, ""),
    "said at the door": ({}, "vale"),
}


@pytest.mark.parametrize("case", MEANS_VALE)
def test_what_endangers_somebody_beside_another_or_was_said_to_at_the_door_is_found_for_them(desk, case):
    verdict, who = MEANS_VALE[case]
    post(desk, "b")
    mine = post(desk, "a", verdict=verdict)
    if who:
        with desk.store.write("at the door") as con:
            put_says(con, mine, "900001", Says(Danger.NOW, who).as_json, NOW)
    assert ids(found(desk, "name", "Sam Vale", "--json"), theirs=False) == [mine]


def test_what_is_with_the_safeguarding_lead_is_counted_with_its_exemption_and_not_shown(desk):
    disclosure(desk)
    done = found(desk, "handle", "poster-disclosure")
    assert "Withheld: 1, with the safeguarding lead" in done.out
    assert "Schedule 3, paragraphs 19 and 21" in done.out
    assert "Title disclosure" not in done.out


def test_what_may_accuse_whoever_asked_is_not_given_to_them(desk):
    about_the_head(desk)
    done = found(desk, "name", "Jane Holt", "--json")
    assert done.data["posts"] == []
    assert done.data["withheld"] == {"accuses": 1}


def test_a_locked_case_is_counted_and_not_given(desk):
    insult(desk)
    desk("open", "story-insult", "--as", "holt")
    locked = desk("step", "lock", "1", "--as", "pike", "--why", "A pupil may accuse a teacher")
    assert locked.code == 0, locked.err
    done = found(desk, "handle", "poster-insult", "--json")
    assert (done.data["cases"], done.data["notes"], done.data["withheld"]) == ([], [], {"locked": 1})


def test_what_may_accuse_whoever_answers_is_as_if_it_were_not_there(desk):
    post(desk, "a", author="Larch Dad", verdict={"about": About.STAFF, "subjects": (DPO,), "severity": 3})
    done = found(desk, "handle", "Larch Dad", "--json")
    assert done.data == {"posts": [], "cases": [], "notes": [], "withheld": {}}


def test_a_name_that_is_in_half_of_all_posts_is_refused_without_saying_it(desk):
    batch = [a_mention(f"n{i}", text=f"Mrs Smith again, {i}.") for i in range(MOST_OF_A_NAME + 1)]
    with desk.store.write("many posts") as con:
        save(con, a_batch(*batch, story_id="many"), now=NOW, policy=POLICY)
    done = found(desk, "name", "smith")
    assert (done.code, "is in 51 posts" in done.err) == (2, True)
    assert "smith" not in done.err.lower()


@pytest.mark.parametrize(
    ("by", "said", "why"),
    [
        ("name", "Jo", "fewer than 4 letters"),
        ("name", "oakfield primary", "name of the school"),
        ("name", "", "Nothing was given"),
        ("handle", "@", "Nothing was given"),
        ("address", "forum", "no web address"),
        ("handle", "one\ntwo", "several lines"),
        ("shoe size", "43", "no such thing"),
    ],
)
def test_what_would_find_too_much_or_nothing_is_refused(desk, by, said, why):
    done = found(desk, by, said)
    assert (done.code, why in done.err) == (2, True), done.err


def test_it_is_only_for_a_request_that_is_open(desk):
    done = privacy(desk, "search", "P0001", "--by", "handle", "--as", DPO, said="x")
    assert "There is no request P0001" in done.err
    number = a_request(desk)
    privacy(desk, "answer", number, "granted", "--as", DPO, "--why", "Done")
    done = privacy(desk, "search", number, "--by", "handle", "--as", DPO, said="x")
    assert (done.code, "was answered" in done.err) == (2, True)


@pytest.mark.parametrize("person", ["holt", "pike", "fern", "vale", "marsh"])
def test_nobody_without_the_office_searches_and_nothing_is_recorded(desk, person):
    number = a_request(desk)
    review(desk)
    done = privacy(desk, "search", number, "--by", "handle", "--as", person, said="poster-review")
    assert (done.code, "is for the data protection officer" in done.err) == (2, True)
    with desk.store.read() as con:
        assert [x for x in links(con) if x.entry.action == "data_searched"] == []


def test_the_audit_says_who_searched_for_which_request_and_the_words_stand_nowhere(desk, caplog):
    caplog.set_level(logging.DEBUG)
    done = found(desk, "handle", PLANT)
    with desk.store.read() as con:
        last = links(con)[-1].entry
    assert (last.actor, last.action, last.subject) == (DPO, "data_searched", "P0001")
    assert last.codes == ("kind:handle", "found:0")
    assert PLANT not in done.out + done.err + caplog.text
    everywhere = b"".join(p.read_bytes() for p in desk.home.rglob("*") if p.is_file())
    assert PLANT.encode() not in everywhere


def test_no_word_is_taken_from_the_command_line(desk):
    number = a_request(desk)
    words = ["privacy", "search", number, "--by", "handle", PLANT, "--as", DPO, "--home", str(desk.home)]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "monitor.cli.app", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ},
    )
    assert done.returncode == 2


def test_an_officer_whom_a_matter_accuses_finds_no_note_on_it(tmp_path, monkeypatch):
    judged = {
        "route": Route.REQUEST_REMOVAL,
        "about": About.STAFF,
        "content_class": "C7",
        "subjects": ("moss",),
    }
    words = "Ira Moss of Oakfield Primary is a thief and steals the school's money every single month."
    monkeypatch.setitem(KINDS, "a lie about the officer", Kind(words, GRAVE | judged, ""))
    homes = two_homes(tmp_path, "a lie about the officer", "collected", "raised")
    head, home = homes.full.reader("holt"), homes.full
    with head.store.write("a note") as con:
        for story in (homes.hidden.STORY, homes.shared.STORY):
            write_note(con, head, story, OURS, f"Kit Larkin saw it: {story}", home.clock())
    office = open_office("moss", home.folder / "home", None, OURS)
    with head.store.read() as con:
        found = held_about(con, office, SearchTerm(TermKind.NAME, folded("Kit Larkin")))
    assert [note.words for note in found.notes] == [f"Kit Larkin saw it: {homes.shared.STORY}"]
