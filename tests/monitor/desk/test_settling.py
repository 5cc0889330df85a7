"""What is settled after handing in: a file not taken, an image at an address."""

from __future__ import annotations

import pytest
from builders.desk import OpenDesk, come, settle
from builders.page import form_of, words_of
from builders.taken_in import taken_in

from data.evidence.handed_in import SaidOfPost, Says
from data.steps.acts import Refused
from data.types import School
from monitor.act.report_in import report_in
from monitor.config.home.paths import Paths
from monitor.desk.pages import tell
from monitor.pipeline.sighting import Report, without_image
from monitor.pipeline.spool import Kept

URN = "900001"
CALM = "The choir of Oakfield Primary School sang at the gate on Friday, and it rained."
AT = "https://forum.example.org/t/9"
PNG = b"\x89PNG\r\n\x1a\n no picture of anybody"


class SettlingDesk(OpenDesk):
    """The desk, at which the safeguarding lead is signed in and has just proved it."""

    def __init__(self, home, who="dsl"):
        super().__init__(home, raised=False)
        come(self, who, self.browser)

    def hand_in(self, text=CALM, url="", says=None, image=False):
        report = Report(text, url, "facebook", None, "Sam Vale", self.clock(), says=says or Says())
        report = without_image(report) if image else report
        return taken_in(self.store, self.clock, report, URN)

    def numbers(self):
        sql = "SELECT unnest([c[8:] FOR c IN codes IF starts_with(c, 'number:')]) FROM audit"
        return [number for (number,) in self.read(f"{sql} WHERE action = 'reported_in'")]

    def settle(self, file=None, **form):
        form = form_of(self.browser.get("/tell/picture")) | form
        files = {"file": ("a.png", file)} if file else None
        return self.browser.post("/tell/picture", data=form, files=files)


def test_a_lead_has_a_file_kept_that_was_not_taken(tmp_path):
    desk = SettlingDesk(tmp_path)
    said = "A man touched a Year 4 pupil of Oakfield Primary School in the changing room."
    own = SaidOfPost(file_at="Sam Vale’s own device")
    report = Report(said, "", "facebook", None, "Sam Vale", desk.clock(), handed=own)
    home = Paths(desk.context.home, desk.context.config.path)
    report_in(desk.context.config, home, Kept(report, URN, desk.clock(), files=(PNG,)), desk.clock)
    assert desk.read("SELECT count(*) FROM evidence WHERE media_type = 'image/png'") == [(0,)]
    (number,) = desk.numbers()
    page = desk.settle(PNG, do="keep", number=number, why_file="It is the crossing at the gate.")
    assert "The file is kept." in words_of(page)
    assert desk.read("SELECT count(*) FROM evidence WHERE media_type = 'image/png'") == [(1,)]


def test_without_why_or_a_file_nothing_is_kept_and_what_was_typed_stays(tmp_path):
    desk = SettlingDesk(tmp_path)
    page = desk.settle(do="keep", number="482913", why_file="It is the gate.")
    assert "Nothing was changed" in words_of(page)
    assert "It is the gate." in page.text


def test_a_lead_says_what_an_image_at_an_address_shows_of_which_somebody_said_so(tmp_path):
    desk = SettlingDesk(tmp_path)
    assert 'role="alert"' in desk.settle(do="nothing", url=AT, why_url="I looked.").text
    for do, warned in (("nothing", False), ("shows", True)):
        desk.hand_in("", f"{AT}{do}", image=True)
        told = desk.settle(do=do, url=f"{AT}{do}", why_url="I was told by the police.")
        assert "recorded" in words_of(told)
        assert desk.hand_in(CALM, f"{AT}{do}").warned is warned


@pytest.mark.parametrize("first", [0, 1])
def test_of_several_schools_the_refusal_that_matters_is_shown(tmp_path, monkeypatch, first):
    desk = SettlingDesk(tmp_path)
    settle(desk, schools=(*desk.context.config.schools, School("900002", "Larchfield Primary School")))
    said = [Refused("lead", "Only a lead may."), Refused("one_post", "There is none.")]
    given = iter(said[first:] + said[:first])
    monkeypatch.setattr(tell, "judge_image", lambda *_, **__: next(given))
    page = words_of(desk.settle(do="nothing", url=AT, why_url="I looked."))
    assert ("Only a lead may." in page, "There is none." in page) == (True, False)


def test_to_everybody_else_the_page_is_not_there(tmp_path):
    desk = SettlingDesk(tmp_path, "head")
    found, nothing = desk.browser.get("/tell/picture"), desk.browser.get("/tell/pictures")
    assert (found.status_code, found.content) == (404, nothing.content)
