"""The words of a screenshot are proposed on “Tell us”, for its bringer to correct; what reads stands in."""

from __future__ import annotations

import html
import re

import pytest
from builders.desk import OpenDesk
from builders.page import form_of, words_of

PNG = b"\x89PNG\r\n\x1a\n no picture of anybody"
READ = "Oakfield Primary School never rings back,\nsaid a parent at the gate."
CALM = {"danger": "no", "about": "nobody", "picture": "no"}
CHILD = "A man touched a Year 4 pupil of Oakfield Primary School in the changing room."
EXTREME = "Join our brothers and bomb the unbelievers of Oakfield Primary School, the caliphate calls you."
BUTTON = 'value="read"'


class ReadDesk(OpenDesk):
    """The desk, with somebody signed in; `says` is what is read, `asked` which pictures were."""

    def __init__(self, home, *, reads=True):
        self.says, self.asked = READ, []
        super().__init__(home, raised=False, reads=self._read if reads else None)
        self.sign_in("head")
        self.token = form_of(self.browser.get("/tell"))["form"]

    def _read(self, content):
        self.asked.append(content)
        return self.says

    def send(self, file=PNG, **form):
        given = {"form": self.token, "step": "what", "do": "read"} | CALM | form
        return self.browser.post("/tell", data=given, files={"file": ("a.png", file)})


@pytest.fixture
def desk(tmp_path):
    return ReadDesk(tmp_path)


def box(page):
    return html.unescape(re.search(r'<textarea id="words"[^>]*>\n(.*?)</textarea>', page.text, re.DOTALL)[1])


def test_the_words_read_stand_in_the_box_and_the_page_says_whence(desk):
    page = desk.send()
    assert box(page) == READ
    assert "Read from the picture: please correct it" in words_of(page)


def test_nothing_is_kept_of_a_picture_that_was_read(desk):
    before = desk.rows()
    desk.send()
    assert desk.rows() == before


def test_what_was_typed_stays_above_what_is_read(desk):
    page = desk.send(words="At the gate:", url="example.org/one", shown_by="A parent")
    assert box(page) == f"At the gate:\n\n{READ}"
    assert 'value="example.org/one"' in page.text
    assert 'value="A parent"' in page.text


def test_what_is_read_twice_stands_there_once(desk):
    assert box(desk.send(words=box(desk.send()))) == READ


def test_a_picture_that_is_handed_in_alone_is_read_first(desk):
    before = desk.rows()
    assert box(desk.send(do="hand_in")) == READ
    assert desk.rows() == before


def test_what_is_sent_counts_and_not_what_was_read(desk):
    corrected = "Nobody at Oakfield Primary School rings back."
    sent = form_of(desk.send()) | {"words": corrected, "do": "hand_in"}
    answer = desk.browser.post("/tell", data=sent, files={"file": ("a.png", PNG)})
    assert answer.status_code == 303
    with desk.store.read() as con:
        texts = [text for (text,) in con.execute("SELECT text FROM mention_versions").fetchall()]
    assert corrected in texts
    assert READ not in texts


@pytest.mark.parametrize("picture", ["yes", "not_sure"])
@pytest.mark.parametrize("do", ["read", "hand_in"])
def test_nothing_is_read_where_a_picture_may_show_a_child_undressed(desk, picture, do):
    page = desk.send(picture=picture, do=do)
    assert desk.asked == []
    assert "<textarea" not in page.text
    assert BUTTON not in page.text


@pytest.mark.parametrize("words", [CHILD, EXTREME])
def test_nothing_is_read_of_child_protection_or_extremism(desk, words):
    page = desk.send(words=words)
    assert desk.asked == []
    assert box(page) == words


@pytest.mark.parametrize("says", [{"danger": "now", "who": "child"}, {"danger": "soon", "who": "child"}])
def test_nothing_is_read_where_a_child_is_in_danger(desk, says):
    desk.send(words="Look at this.", **says)
    assert desk.asked == []


@pytest.mark.parametrize("read", [CHILD, EXTREME])
def test_words_of_child_protection_or_extremism_are_not_proposed(desk, read):
    desk.says = read
    page = desk.send(words="Look at this.")
    assert read not in html.unescape(page.text)
    assert box(page) == "Look at this."


def test_where_nothing_can_be_read_what_was_typed_stays(desk):
    desk.says = ""
    page = desk.send(words="Half a sentence", url="example.org/one")
    assert "No words are proposed from this picture." in words_of(page)
    assert box(page) == "Half a sentence"
    assert 'value="example.org/one"' in page.text


def test_without_a_picture_one_is_asked_for(desk):
    assert "Choose a picture first." in words_of(desk.send(file=b"", words="Half"))


@pytest.mark.parametrize("file", [b"%PDF-1.7", b"<svg xmlns='x'><script/></svg>", b"MZ\x90", b"words"])
def test_what_is_no_picture_is_not_read(desk, file):
    assert "not a picture" in words_of(desk.send(file=file))
    assert desk.asked == []


@pytest.mark.parametrize(
    "read",
    [
        "</textarea><script>alert(1)</script>",
        '"><img src=x onerror=x>',
        "{{ 7*7 }}",
    ],
)
def test_hostile_words_on_a_picture_come_out_as_text(desk, read):
    desk.says = f"{READ} {read}"
    page = desk.send()
    assert box(page) == desk.says
    assert "<script" not in page.text
    assert "<img" not in page.text


def test_without_the_extra_there_is_no_button_and_nothing_is_read(tmp_path):
    desk = ReadDesk(tmp_path, reads=False)
    page = desk.send(words="Half a sentence")
    assert BUTTON not in page.text
    assert box(page) == "Half a sentence"
    assert "type what it said, or its address" in words_of(desk.send(do="hand_in"))


@pytest.mark.parametrize("missing", ["danger", "about", "picture"])
def test_nothing_is_read_before_every_question_is_answered(desk, missing):
    desk.send(**{missing: "perhaps"})
    assert desk.asked == []


def test_nobody_who_is_not_signed_in_has_a_picture_read(desk):
    answer = desk.another().post("/tell", data={"form": desk.token, "do": "read"} | CALM, files={"file": PNG})
    assert answer.headers["location"] == "/sign-in?to=/tell"
    assert desk.asked == []
