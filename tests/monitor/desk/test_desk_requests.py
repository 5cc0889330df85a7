"""Privacy requests at the desk: who comes to them, what each page asks, shows and does."""

import re
import shutil
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
from builders.case_page import CaseDesk
from builders.desk import come, settle
from builders.page import form_of, words_of
from builders.privacy import signed

from data.ids import digest
from data.privacy import RequestEnding, RequestKind
from data.steps.codes import StepKind
from data.store import privacy as privacy_store
from data.store.engine.audit_chain import Code, links
from data.types import Person, Role, School

PAGES = ("", "/due", "/foi", "/P0001", "/P0001/answer", "/P0001/search")
THEIRS = School("900002", "Hexley Primary School")
FIRST = {"by": "handle", "words": "gate-dad"}


class RequestDesk(CaseDesk):
    """The head answers, for nobody is named as data protection officer."""

    def sign_in(self, who, browser=None, **form):
        come(self, who, browser or self.browser)


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A case is open."""
    opened = RequestDesk(tmp_path_factory.mktemp("begun"), told=("head",))
    opened.rename("vale", email="vale@example.org")
    opened.begin_by_act("vale")
    return opened


@pytest.fixture
def desk(begun, tmp_path):
    copied = RequestDesk(tmp_path, told=("head",))
    shutil.copy(begun.store.path, copied.store.path)
    copied.rename("vale", email="vale@example.org")
    copied.case, copied.clock.at = begun.case, begun.clock.at
    come(copied, "head", copied.browser)
    return copied


def record(desk, kind="access", **said):
    page = desk.browser.get("/requests")
    given = {"kind": kind, "reference": "R-1", "why": "By letter.", "came": "2026-11-16"} | said
    return desk.browser.post("/requests", data=form_of(page) | given)


def post(desk, act, number="P0001", **said):
    form = form_of(desk.browser.get("/requests"))
    return desk.browser.post(f"/requests/{number}/{act}", data=form | said)


def kept(desk, number="P0001"):
    with desk.store.open_reader() as con:
        return privacy_store.request(con, number)


def audited(desk, what="action"):
    with desk.store.open_reader() as con:
        return [getattr(link.entry, what) for link in links(con)]


def test_a_request_is_recorded_and_listed_with_when_it_is_due(desk):
    assert record(desk).headers["location"] == "/requests/P0001"
    one = kept(desk)
    assert (one.kind, one.reference, one.recorded_by) == (RequestKind.ACCESS, "R-1", "head")
    listed = words_of(desk.browser.get("/requests"))
    assert "P0001 · R-1" in listed
    assert "Answer by the end of Wednesday 16 December." in listed
    page = record(desk, came="2999-01-01", why="She rang twice.")
    assert 'role="alert"' in page.text
    assert "She rang twice." in page.text
    assert kept(desk, "P0002") is None


def test_the_first_due_is_at_the_top_and_a_late_one_says_so_and_needs_whoever_answers_it_today(desk):
    record(desk, came="2026-11-10")
    record(desk, came="2026-09-01")
    page = desk.browser.get("/requests")
    assert re.findall(r'href="/requests/(P\d+)"', page.text) == ["P0002", "P0001"]
    assert page.text.count('class="by"') == 1
    assert "its month is over" in words_of(desk.browser.get("/requests/P0002/answer"))
    today = desk.browser.get("/")
    assert "Late: the time ended on 1 October 2026." in words_of(today)
    assert 'href="/requests/P0002"' in today.text
    assert "Late: the time ended" not in come(desk, "deputy").get("/").text


def test_whoever_does_not_protect_the_data_is_answered_as_if_no_page_were_there(desk):
    record(desk)
    for who in ("dsl", "deputy", "vale"):
        browser = come(desk, who)
        nothing = browser.get("/requests-that-are-not").content
        for path in (*(f"/requests{p}" for p in PAGES), "/papers", "/papers/dpia"):
            assert browser.get(path).content == nothing, (who, path)
        assert "/requests" not in browser.get("/school").text
    assert "/requests" in desk.browser.get("/school").text


def test_a_request_of_another_school_is_as_if_it_were_not_there(desk):
    record(desk)
    lead, config = (
        Person("wold", "Ina Wold", (Role.HEAD,), "wold@example.org", urns=(THEIRS.urn,)),
        desk.context.config,
    )
    settle(desk, lead, schools=(*config.schools, THEIRS))
    desk.rename("head", urns=(config.schools[0].urn,))
    browser = come(desk, "wold")
    assert "P0001" not in browser.get("/requests").text
    for path in ("", "/answer", "/search"):
        of_ours, of_none = (browser.get(f"/requests/{n}{path}") for n in ("P0001", "P0009"))
        assert (of_ours.status_code, of_ours.content) == (404, of_none.content)
    sent = {"form": form_of(browser.get("/requests"))["form"]} | FIRST
    ours, none = (browser.post(f"/requests/{n}/search", data=sent) for n in ("P0001", "P0009"))
    assert (ours.status_code, ours.content) == (404, none.content)
    assert "data_searched" not in audited(desk)


def test_the_officer_of_several_schools_chooses_which_one_a_request_and_a_paper_are_of(desk):
    settle(desk, schools=(*desk.context.config.schools, THEIRS))
    record(desk, school=THEIRS.urn)
    assert kept(desk).urn == THEIRS.urn
    assert "Hexley Primary School" in words_of(desk.browser.get("/requests"))
    for path in ("/papers/retention", "/requests/foi"):
        assert f'value="{THEIRS.urn}"' in desk.browser.get(path).text
        assert "Hexley Primary School" in desk.browser.get(f"{path}?school={THEIRS.urn}").text


def test_a_search_shows_their_posts_and_cases_and_is_on_record(desk):
    record(desk)
    page = words_of(post(desk, "search", **FIRST))
    assert "Mr Vale of Oakfield Primary is a thief." in page
    assert "Mr Vale of Oakfield Primary is a thief." in words_of(
        post(desk, "search", by="name", words="Mr Vale")
    )
    assert f"Case {desk.case.rpartition('/')[2]}" in page
    assert audited(desk)[-1] == "data_searched"
    page = post(desk, "search", by="name", words="Jo")
    assert 'role="alert"' in page.text
    assert 'value="Jo"' in page.text
    assert "section 173" in words_of(post(desk, "erase", **FIRST, do="erase"))  # not for access


def test_a_copy_is_downloaded_once_each_kind_is_decided_and_what_to_check_was_shown(desk):
    record(desk)
    asked = post(desk, "copy", **FIRST)
    assert audited(desk)[-1] == "data_searched"
    assert re.findall(r'name="(\w+)" value="withhold"', asked.text) == ["consent"]
    assert post(desk, "copy", **FIRST, do="download").headers["content-type"].startswith("text/html")
    check = post(desk, "copy", **FIRST, consent="withhold")
    assert "this is withheld" in words_of(check)
    assert 'name="consent" value="withhold"' in check.text
    assert "data_copied" not in audited(desk)
    saved = post(desk, "copy", **FIRST, consent="withhold", do="download")
    with ZipFile(BytesIO(saved.content)) as files:
        assert {"to-send/held.txt", "for-the-school/check-first.txt"} <= {*files.namelist()}
    assert saved.headers["content-disposition"] == 'attachment; filename="P0001.zip"'
    assert audited(desk)[-1] == "data_copied"


def test_nothing_is_erased_before_its_page_has_said_what_goes_and_what_stays(desk):
    record(desk, "erasure")
    case = desk.case.rpartition("/")[2]
    for do in ("look", "erase"):
        page = words_of(post(desk, "erase", **FIRST, do=do))
        assert f"Case {case} is open" in page
    with desk.store.open_reader() as con:
        assert con.execute("SELECT count(*) FROM mentions WHERE author = 'gate-dad'").fetchone() == (1,)


def test_single_posts_are_erased_once_that_was_asked_again(tmp_path):
    desk = RequestDesk(tmp_path, raised=False)
    record(desk, "erasure")
    found = post(desk, "search", **FIRST)
    ticked = {re.search(r'name="(post-\w+)"', found.text)[1]: "yes"}
    look = post(desk, "erase", **FIRST, **ticked, do="look")
    assert "text_deleted" not in audited(desk)
    assert f'name="{next(iter(ticked))}" value="yes"' in look.text
    done = post(desk, "erase", **FIRST, **ticked, do="erase")
    assert "/requests/P0001/answer?how=granted" in done.text
    assert "text_deleted" in audited(desk)
    page = desk.browser.get("/requests/P0001")
    assert "17 November 2026: one post erased" in words_of(page)
    assert 'value="withdraw"' not in page.text


def test_an_objection_is_upheld_and_withdrawn(desk):
    record(desk, "objection")
    for do, n in (("uphold", 1), ("withdraw", 0)):
        page = post(desk, "object", **FIRST, do=do).text
        assert ('role="status"' in page, 'value="withdraw"' in page) == (True, do == "uphold")
        with desk.store.open_reader() as con:
            assert con.execute("SELECT count(*) FROM suppressions").fetchone() == (n,)


def test_what_they_say_of_a_post_is_added_to_it(desk):
    record(desk, "rectification")
    found = post(desk, "search", **FIRST)
    one = re.search(r'type="radio" name="post" value="(\w+)"', found.text)[1]
    assert "I never said that" in words_of(post(desk, "rectify", post="", note="I never said that."))
    assert 'role="status"' in post(desk, "rectify", post=one, note="I never said that.").text
    with desk.store.open_reader() as con:
        assert con.execute("SELECT words FROM corrections").fetchall() == [("I never said that.",)]


def test_a_case_is_put_on_hold_and_released_by_another_with_a_fresh_proof_and_by_no_odd_form(desk):
    case = desk.case.rpartition("/")[2]
    hold = {"do": "hold", "case": case, "why": "A claim may follow.", "review": "2027-02-01"}
    sent = {"form": form_of(desk.browser.get("/requests"))["form"]}
    assert "A claim may follow" in words_of(
        desk.browser.post("/requests/due", data=sent | hold | {"review": "2020-01-01"})
    )
    assert 'role="status"' in desk.browser.post("/requests/due", data=sent | hold).text
    same = desk.browser.post("/requests/due", data=sent | hold | {"do": "release"})
    assert 'role="alert"' in same.text
    assert desk.step(case)[-1] == "held"
    answers = [desk.browser.post("/requests/due", data=sent | hold | said).status_code for said in ODD]
    assert answers == [404] * 14 + [429]
    desk.take(StepKind.LOCKED, "head", why="A pupil says so.")
    desk.wait(hours=1)
    page = desk.browser.post("/requests/due", data=sent | hold | {"do": "release"})
    assert f"/check?to={desk.case}" in page.text
    assert "released" not in desk.step(case)


ODD = (*({"do": do} for do in ("perhaps", "", "perhaps", "")), *[{"case": "0999"}] * 11)
"""Forms that are none of the page's, and cases that are not there: after ten of these one waits."""


def test_each_paper_is_a_page_and_a_file(desk):
    listed = desk.browser.get("/papers").text
    for paper in ("dpia", "ropa", "notice", "apd", "retention", "due-diligence", "briefing"):
        assert f"/papers/{paper}" in listed
        page = desk.browser.get(f"/papers/{paper}?basis=public_task")
        assert page.text.count("<h1>") == 1
        assert "<blockquote>" in desk.browser.get(f"/papers/{paper}?as=html").text
        saved = desk.browser.get(f"/papers/{paper}?as=md")
        assert saved.headers["content-disposition"] == f'attachment; filename="{paper}.md"'


def test_proof_of_who_asks_is_written_down_with_its_day_and_an_answer_once(desk):
    record(desk)
    post(desk, "answer", how="proof_asked", why="By letter.", day="2026-11-16")
    assert "proof was asked for on 16 November 2026" in words_of(desk.browser.get("/requests"))
    post(desk, "answer", how="proof_came", why="A passport.", day="2026-11-17")
    page = words_of(desk.browser.get("/requests/P0001"))
    assert "Answer by the end of Thursday 17 December." in page
    assert "A passport." in page
    assert "It took long" in words_of(post(desk, "answer", how="", why="It took long."))
    post(desk, "answer", how="extended", why="Three years of posts.")
    assert "Three years of posts." in words_of(desk.browser.get("/requests/P0001"))
    assert 'value="extended"' not in desk.browser.get("/requests/P0001/answer").text
    post(desk, "answer", how="part", why="Handed over.")
    one = kept(desk)
    assert (one.ending, one.answered_by) == (RequestEnding.PART, "head")
    assert one.answer.splitlines() == ["By letter.", "A passport.", "Three years of posts.", "Handed over."]
    again = post(desk, "answer", how="refused", why="Too late.")
    assert "Too late." in words_of(again)
    assert kept(desk).ending is RequestEnding.PART


def test_a_complaint_is_acknowledged_first(desk):
    record(desk, "complaint")
    assert 'value="acknowledged"' in desk.browser.get("/requests/P0001/answer").text
    for _ in range(2):
        post(desk, "answer", how="acknowledged", why="Written today.")
    assert (kept(desk).due_at, kept(desk).answer) == (None, "Written today.")
    record(desk)
    post(desk, "answer", "P0002", how="acknowledged", why="Today.")
    assert kept(desk, "P0002").acknowledged_at is None
    assert (Code.RESULT.of("acknowledged"), Code.NOTE.of(digest("Written today."))) in audited(desk, "codes")


def test_the_basis_of_an_independent_school_is_refused_to_others_and_no_other_paper_is_there(desk):
    assert 'role="alert"' in desk.browser.get("/papers/lia").text
    assert 'role="alert"' in desk.browser.get("/papers/dpia?basis=legitimate_interests").text
    assert desk.browser.get("/papers/foi").status_code == 404


def test_freedom_of_information_has_its_day_and_shows_what_to_check_before_the_reports_are_saved(desk):
    record(desk, "freedom")
    page = desk.browser.get("/requests/P0001")
    assert "Answer by the end of Monday 14 December." in words_of(page)
    assert ("/requests/foi" in page.text, 'name="by"' in page.text) == (True, False)
    empty = desk.browser.get("/requests/foi")
    assert "Which law" in words_of(empty)
    assert "Answer:" not in words_of(empty)
    assert ("as=zip" in empty.text, "<h1>" in desk.browser.get("/requests/foi?as=zip").text) == (False, True)
    signed(desk, "2026-W46")
    assert "as=zip" in desk.browser.get("/requests/foi").text
    with ZipFile(BytesIO(desk.browser.get("/requests/foi?as=zip").content)) as files:
        assert {"to-send/counts.json", "for-the-school/check-first.html"} <= {*files.namelist()}
    settle(desk, schools=(replace(desk.context.config.schools[0], sector="independent"),))
    assert 'role="alert"' in desk.browser.get("/requests/foi?as=zip").text
