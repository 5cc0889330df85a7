"""Tell us what you saw: the door's questions, what is taken, and the words of a screenshot."""

import html
import json
import re
import struct
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from builders.desk import OpenDesk, come, settle
from builders.home import do_in, rows_of
from builders.page import BASE, PEOPLE, POST, form_of, words_of
from builders.taken_in import taken_in
from support.for_each import for_each

from data.digest import Window
from data.errors import StoreBusy
from data.evidence.handed_in import Danger, PictureShows, SaidOfPost, Says, Whom
from data.evidence.vault import Vault
from data.steps.acts import Refused
from data.store.digest import fresh_stories
from data.store.stories import put_enclosures
from data.types import Response, School, Source
from monitor.act import report_in
from monitor.act.casework import make_judges
from monitor.config.home.paths import Paths
from monitor.desk import page as desk_page
from monitor.desk.app import desk_app
from monitor.desk.page import form_token
from monitor.desk.pages import tell
from monitor.desk.pages.tell import MOST_READ, PictureReader
from monitor.home import wiring
from monitor.matters.reader import Reader
from monitor.pipeline.supplied import Kept, Report, without_image
from monitor.service.health import Health
from monitor.service.serve import watch_guesses
from sources.parser_process import Bounds, ParserProcess

PNG = b"\x89PNG\r\n\x1a\n no picture of anybody"
CALM = {"danger": "no", "about": "nobody", "picture": "no"}
WORDS = "Oakfield Primary School never rings back, said a parent at the gate."
CHILD = "A man touched a Year 4 pupil of Oakfield Primary School in the changing room."
EXTREME = "Join our brothers and bomb the unbelievers of Oakfield Primary School, the caliphate calls you."


def token_of(browser):
    """What the forms of whoever is signed in there bear."""
    return form_token(browser.cookies["__Host-desk"])


class TellDesk(OpenDesk):
    """The desk, with a member of staff signed in who has no office."""

    def __init__(self, home, **given):
        super().__init__(home, raised=False, **given)
        config = self.context.config
        people = tuple(replace(p, email="vale@example.org") if p.id == "vale" else p for p in PEOPLE)
        people = tuple(replace(p, phone="extension 204") if p.id == "dsl" else p for p in people)
        self.context = replace(self.context, config=replace(config, people=people))
        come(self, "vale", self.browser)
        self.token = token_of(self.browser)

    def send(self, file=None, **form):
        given = file if isinstance(file, list) else [b"" if file is None else file]
        files = [("file", ("shot.png" if each else "", each)) for each in given]
        return self.browser.post("/tell", data={"form": self.token} | form, files=files)

    def ask(self, **answered):
        return self.browser.get("/tell", params=answered)

    def hand_in(self, file=None, **form):
        return self.send(file, **CALM | {"step": "what", "do": "hand_in"} | form)

    def number(self, **form):
        answer = self.hand_in(**form)
        assert answer.status_code == 303, words_of(answer)
        return answer.headers["location"].rpartition("=")[2]

    def state(self, number, browser=None):
        return (browser or self.browser).get(f"/tell/state?number={number}")

    def texts(self):
        """What was handed in, whether it is restricted or not."""
        return [t for t, in self.read(
            "SELECT text FROM mention_versions UNION SELECT text FROM restricted_texts"
        ) if t]  # fmt: skip

    def pictures(self):
        return self.read("SELECT media_type FROM evidence WHERE media_type LIKE 'image/%'")


@pytest.fixture
def desk(tmp_path):
    return TellDesk(tmp_path)


def test_what_judges_is_made_once_however_much_is_handed_in(tmp_path, monkeypatch):
    desk = TellDesk(tmp_path)
    judges = make_judges(desk.context.config, tmp_path)
    desk.app = desk_app(
        *(desk.store, lambda: desk.context, desk.clock, desk._send, desk._send),
        judged=lambda config, home: judges,
    )
    desk.browser = desk.another()
    come(desk, "vale", desk.browser)
    monkeypatch.setattr(wiring, "judges", None)
    desk.token = token_of(desk.browser)
    assert len({desk.number(words=f"{WORDS} {n}") for n in range(3)}) == 3


def asked(page):
    return html.unescape(re.search(r"<h1>(.*?)</h1>", page.text)[1])


def test_what_came_with_a_mail_is_fetched_for_who_reads_its_matter_and_says_what_it_does_not_show(
    tmp_path, monkeypatch
):
    mail, fetched = "imaps://imap.example.org/INBOX;UIDVALIDITY=7;UID=1:1", []

    @contextmanager
    def fetcher(config):
        yield lambda one: fetched.append(one.url) or Response(one.url, 200, (), PNG, desk.clock())

    monkeypatch.setattr(wiring, "fetcher", fetcher)
    desk = TellDesk(tmp_path)
    do_in(desk.store, put_enclosures, [(replace(POST, mail=mail, enclosed=("image/png",)), "alerts")])
    given = {"mail": POST.id, "words": WORDS}
    assert "We could not get what came with the email" in words_of(desk.hand_in(**given)), (
        "somebody who does not read the matter"
    )
    come(desk, "head", desk.browser)
    desk.token = token_of(desk.browser)
    assert f'"/tell?mail={POST.id}"' in desk.browser.get(desk.context.links.at_desk("s-one")).text
    for answered in ({}, CALM):
        assert f'name="mail" value="{POST.id}"' in desk.ask(mail=POST.id, **answered).text
    assert desk.hand_in(**given | {"picture": "not_sure"}).status_code == 303
    assert (fetched, [text for text in desk.texts() if mail in text] != []) == ([], True)
    assert desk.hand_in(**given).status_code == 303
    assert (fetched, desk.pictures()) == ([f"{mail};SECTION=1"], [("image/png",)])


def test_staff_without_an_office_begin_where_they_can_tell(desk):
    assert desk.sign_in("vale").headers["location"] == "/tell"
    assert 'href="/tell"' in desk.browser.get("/").text


def test_the_questions_of_the_door_come_first_one_a_page_at_addresses_so_that_back_works(desk):
    door = [desk.ask(), desk.ask(danger="now", step="danger")]
    last = desk.ask(danger="now", picture="no", step="picture", about="head", who="head", words=WORDS)
    first = ["Is anybody in danger", "Does a picture", "What did you"]
    for page, said in zip((*door, last), first, strict=True):
        assert asked(page).startswith(said)
    for page in door:
        form = page.text.partition('<form method="get" action="/tell">')[2].partition("</form>")[0]
        assert {*re.findall(r' name="(\w+)"', form)} <= {"do", "step", "danger", "picture", "to"}
    assert '<form method="post" action="/tell"' in last.text
    assert ("selected" in last.text, WORDS in last.text) == (False, False)  # an address accuses nobody
    asks = [re.findall(r'<select id="(\w+)"', desk.ask(danger=d, picture="no").text) for d in ("no", "soon")]
    assert asks == [["about", "place"], ["who", "about", "place"]]
    assert "Please choose one of these" in words_of(desk.ask(danger="perhaps", step="danger"))


ANSWERS = (
    *({"danger": danger} for danger in (*Danger, "unknown")),
    *({"danger": "soon", "who": who} for who in ("child", "staff", "school", "unknown", "head")),
    *({"danger": "no", "about": about} for about in Whom),
    *({"danger": "no", "picture": picture} for picture in PictureShows),
)


@for_each("given", ANSWERS)
def test_each_answer_to_a_question_of_the_door_is_taken(desk, given):
    page = desk.send(**{"picture": "no"} | given, words=WORDS)
    chosen = re.findall(r'<option value="([^"]+)" selected', page.text)
    assert {*chosen, *form_of(page).values()} >= {*given.values()}


def test_somebody_of_the_school_in_danger_is_chosen_by_name(desk):
    assert '<option value="head">Jane Holt' in desk.ask(danger="now", picture="no").text
    desk.number(words=WORDS, danger="now", who="head")
    ((said,),) = desk.read("SELECT says FROM handed_in")
    assert '"head"' in said


@for_each("given", ({"about": ""}, {"danger": "now"}, {"danger": "now", "who": "nobody-here"}))
def test_nothing_is_handed_in_while_a_question_has_no_answer(desk, given):
    page = desk.hand_in(words=WORDS, **given)
    assert "Please say who it is about" in words_of(page)
    assert WORDS not in desk.texts()


IMAP = Source("box", "mailbox", "imaps://imap.example.org/INBOX", settings={"user": "alerts@example.org"})
GRAPH = Source("365", "mailbox", "graph://tips@example.org")
ELSEWHERE = (
    replace(GRAPH, urns=("900002",)),
    replace(GRAPH, disabled="By choice."),
    replace(IMAP, settings={"user": "alerts"}),
    Source("bluesky", "feed", "https://example.org/", settings={"user": "alerts@example.org"}),
)


def test_a_telephone_is_told_its_ways_and_given_the_addresses_of_mail_as_contacts(desk):
    settle(desk, sources=(IMAP, GRAPH))
    page = desk.browser.get("/tell/phone")
    assert f'location.href="{BASE}/tell#"' in html.unescape(page.text)
    assert page.text.count("<svg") == 2
    card = desk.browser.get("/tell/phone?card")
    assert card.headers["content-type"].startswith("text/vcard")
    name = "Schoolgate: Oakfield Primary School"
    first = ("BEGIN:VCARD", "VERSION:3.0", f"N:{name};;;;", f"FN:{name}", "EMAIL:alerts@example.org")
    assert card.text.startswith("\r\n".join((*first, "END:VCARD", "BEGIN:VCARD")))
    assert card.text.count("EMAIL:tips@example.org\r\n") == 1
    assert "/tell/phone" in desk.browser.get("/tell").text


@for_each("source", ELSEWHERE)
def test_no_address_is_given_to_which_mail_does_not_come_for_them(desk, source):
    settle(desk, sources=(source,))
    assert "<svg" not in desk.browser.get("/tell/phone").text
    assert desk.browser.get("/tell/phone?card").text == ""


def test_a_second_tap_hands_in_nothing_more(desk, monkeypatch):
    taken, begun = [], threading.Event()
    once = report_in.take_in
    monkeypatch.setattr(report_in, "take_in", lambda *given: begun.set() or time.sleep(0.2) or once(*given))
    first = threading.Thread(target=lambda: taken.append(desk.number(words=WORDS, file=PNG)))
    first.start()
    begun.wait(10)
    taken.append(desk.number(words=WORDS, file=PNG))
    first.join()
    assert len({*taken}) == 1
    assert desk.read("SELECT count(*) FROM audit WHERE action = 'reported_in'") == [(1,)]
    desk.wait(minutes=2)
    assert desk.number(words=WORDS, file=PNG) not in taken


def test_an_answer_is_changed_and_the_others_stay(desk):
    page = desk.send(**CALM, step="what", to="danger", words="Half a sentence")
    assert asked(page) == "Is anybody in danger, now or soon?"
    assert 'value="no" checked' in page.text
    kept = form_of(page)
    assert (kept["about"], kept["picture"], kept["words"]) == ("nobody", "no", "Half a sentence")


def test_who_to_ring_stands_on_every_page_and_looking_at_them_changes_nothing(desk):
    before = desk.rows()
    pages = [words_of(page) for page in (desk.ask(), desk.ask(danger="now"), desk.send(**CALM))]
    for said in pages:
        assert said.index("If anyone is in danger, ring 999.") < said.index("Tell us what you saw", 40)
        assert "extension 204" in said
    assert pages[1].index("extension 204") < pages[1].index("Does a picture")
    page = words_of(desk.send(**CALM | {"about": "dsl"}))  # never the lead whom it is about
    assert "extension 204" not in page
    assert "At school, ring: head, Jane Holt" in page
    desk.state("123456")
    assert desk.rows() == before


def test_what_is_handed_in_is_judged_and_kept_under_a_number(desk):
    """Over a second: the rules that judge are loaded once."""
    number = desk.number(words=WORDS, url="\u200bwww.tiktok.com/@some\u00adbody/video/73123\ufeff")
    assert WORDS in desk.texts()
    page = words_of(desk.state(number))
    assert number in page
    assert "We have it." in page
    assert "so nobody has been told. If it is urgent, tell the safeguarding lead or the head yourself" in page
    own = come(desk, "dsl").get(f"/tell/state?number={number}")
    assert "so nobody else has been told" in words_of(own)
    assert ("Sam Vale",) in desk.read("SELECT note FROM audit_notes")
    assert ("https://www.tiktok.com/@somebody/video/73123",) in desk.read("SELECT url FROM mentions")


WRONG = (
    ({}, "type what it said, or give its address or a file"),
    ({"url": "at the gate"}, "not the address of a page"),
    ({"url": "javascript:alert(1)"}, "not the address of a page"),
    ({"url": "https://www.instagram.com/somebody/"}, "somebody’s profile"),
)


@for_each(("given", "said"), WRONG)
def test_what_cannot_be_taken_is_said_and_what_was_typed_stays(desk, given, said):
    before = desk.rows()
    page = desk.hand_in(supplied_by="A parent", **given)
    assert said in words_of(page)
    assert 'value="A parent"' in page.text
    assert desk.rows() == before


@for_each(("picture", "barred"), (("no", False), ("yes", True), ("not_sure", True)))
def test_where_a_picture_may_show_a_child_undressed_only_addresses_are_asked_and_taken(desk, picture, barred):
    page = desk.ask(danger="no", picture=picture)
    boxes = re.findall(r'<(?:input|textarea|select) id="(\w+)"', page.text)
    assert (boxes == ["about", "url", "list"]) is barred
    url = f"https://forum.example.org/t/{picture}"
    given = {"words": f"Her words, {picture}", "supplied_by": f"Her friend, {picture}"}
    answer = desk.hand_in(picture=picture, url=url, file=PNG, **given)
    page = words_of(desk.browser.get(answer.headers["location"]))
    assert ("do not open, copy, print" in page) is barred
    assert page.index("If anyone is in danger, ring 999.") < page.index("We have it.")
    kept = str(desk.texts()) + str(desk.read("SELECT note FROM audit_notes"))
    assert (f"Her words, {picture}" in kept) is not barred
    assert ((url,) in desk.read("SELECT url FROM restricted_texts")) is barred
    assert desk.pictures() == [("image/png",)]  # of the first alone


def test_no_screenshot_of_child_protection_or_extremism_is_kept_and_of_others_it_is(desk):
    for words in (CHILD, EXTREME):
        desk.number(words=words, file=PNG)
    grave = "SELECT count(*) FROM verdicts WHERE content_class IN ('C9', 'C10')"
    assert desk.read(grave) == [(2,)]
    assert desk.pictures() == []
    assert desk.read("SELECT place FROM files_not_taken") == [("Sam Vale’s own device",)] * 2
    desk.number(words=WORDS, file=PNG)
    assert desk.pictures() == [("image/png",)]


def test_a_picture_is_held_in_memory_until_it_is_judged_and_touches_no_disk(desk, monkeypatch):
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **given: pytest.fail("it was written to a disk"))
    desk.number(words=CHILD, file=PNG + bytes(5_000_000))
    assert desk.pictures() == []


def test_a_program_a_damaged_file_and_what_only_outlook_reads_are_refused_by_name(desk):
    given = {"a.exe": b"MZ\x90", "b.msg": b"\xd0\xcf\x11\xe0", "c.docx": b"PK\x03\x04 broken", "d.png": b""}
    page = desk.browser.post(
        "/tell",
        data={"form": desk.token, "do": "hand_in", "words": WORDS} | CALM,
        files=[("file", each) for each in given.items()],
    )
    said = words_of(page)
    assert [f"{name} is" in said for name in given] == [True] * 4
    assert WORDS in page.text
    assert WORDS not in desk.texts()


MAIL = f"From: a@example.org\nSubject: The gate\n\n{WORDS}\n".encode()
WITHIN = MAIL.replace(b"Subject", b"Content-Type: multipart/mixed; boundary=B\nSubject").replace(
    b"\n\n", b"\n\n--B\n\n", 1
) + b"--B\nContent-Type: image/png; name=Ann.png\n\nx\n--B--\n"  # fmt: skip


def test_files_of_every_kind_are_kept_together_and_what_has_words_is_read(desk):
    files = [MAIL, b"%PDF-1.7", b"OggS\x00 a voice", "More of it, said a cook.".encode("utf-16"), PNG]
    assert desk.hand_in(file=files).status_code == 303
    kept = dict(desk.read("SELECT name, media_type FROM evidence WHERE name LIKE 'supplied%'"))
    assert {name.rpartition(".")[2] for name in kept} == {"eml", "pdf", "ogg", "txt", "png"}
    assert f"The gate\n\n{WORDS}\n\nMore of it, said a cook." in desk.texts()


UNREAD_FILES = (
    (PNG, "File without words. Picture "),
    (b"OggS\x00 a voice", "File without words. Recording "),
    (b"%PDF-1.7", "File without words. File "),
)


@for_each(("file", "said"), UNREAD_FILES)
def test_a_file_without_words_is_taken_and_is_for_somebody_to_look_at(desk, file, said):
    first, other = (desk.number(words="", file=each) for each in (file, file + b" another"))
    desk.wait(minutes=2)
    again = desk.number(words="", file=file)
    texts = [text for text in desk.texts() if said in text]
    assert len(texts) == len({first, other}) == 2
    assert again != first  # each report has its own number
    looks = "SELECT look FROM verdicts JOIN mention_versions USING (mention_id) WHERE text = ?"
    with desk.store.open_reader() as con:
        assert {*con.execute(looks, [texts[0]]).fetchall()} == {(True,)}


def test_words_that_begin_as_ours_of_a_file_are_judged_whole(desk):
    desk.number(words="File without words. I will stab the head of Oakfield Primary School at the gate.")
    assert desk.read("SELECT route FROM alerts WHERE severity = 4") == [("police_now",)]


def test_a_picture_alone_of_a_danger_now_tells_the_lead_at_once_though_nobody_has_read_it(desk):
    desk.number(words="", file=PNG, danger="now", who="child", about="child")
    told = desk.read("SELECT audience FROM alerts WHERE route = 'safeguarding'")
    assert len(told) == 1
    assert "dsl" in told[0][0]


def test_each_file_within_another_is_asked_about_by_its_name_before_it_is_kept(desk):
    page = desk.hand_in(file=WITHIN)
    assert "Ann.png" in page.text
    assert desk.read("SELECT count(*) FROM audit WHERE action = 'reported_in'") == [(0,)]
    assert desk.hand_in(file=WITHIN, inside="no").status_code == 303
    assert desk.read("SELECT name FROM evidence WHERE name = 'supplied-1.eml'")


def test_all_that_is_to_be_asked_of_files_is_asked_at_once(desk):
    page = desk.hand_in(file=[b"%PDF-1.7 <</EF 1>>", b"MZ"], words="", url="at the gate")
    said = words_of(page)
    assert "what else may be inside shot.png" in said
    assert "shot.png is a program" in said
    assert "not the address of a page" in said


@for_each("shows", ("yes", "not_sure"))
def test_a_file_within_another_that_may_show_a_child_bars_all_of_them_and_none_is_then_looked_at(desk, shows):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Vault, "store_bytes", lambda *given: pytest.fail("it was kept"))
        assert form_of(desk.hand_in(file=[WITHIN, PNG], inside=shows))["picture"] == shows
        patched.setattr("monitor.desk.handing.files_within", lambda file: pytest.fail("it was opened"))
        patched.setattr("monitor.desk.pages.tell.words_within", lambda file: pytest.fail("it was opened"))
        desk.number(file=[WITHIN, PNG], picture=shows, url="https://forum.example.org/t/9")
    assert desk.read("SELECT count(*) FROM evidence") == [(0,)]


def test_what_is_known_beside_the_words_is_kept_with_the_evidence(desk):
    known = {"seen_by": "Jane Holt", "seen_at": "2026-11-16", "author": "larch-dad", "posted": "3 h"}
    desk.number(words=WORDS, file=PNG, **known)
    ((sha256,),) = desk.read("SELECT sha256 FROM evidence WHERE name = 'manifest.json'")
    told = json.loads(Vault(desk.store.evidence).get(sha256))["handed_in"]
    assert told["seen_by"] == {"person": "head", "said": None}
    assert (told["seen"], told["author_as_shown"], told["posted_as_displayed"]) == (
        {"day": "2026-11-16"}, "larch-dad", "3 h",
    )  # fmt: skip


def test_a_time_still_to_come_is_asked_again_and_a_fake_account_taken_once_it_is_said_to_be_one(desk):
    page = desk.hand_in(words=WORDS, seen_at="2030-01-01 10:00")
    assert "it is in the future" in words_of(page)
    assert '<details class="fold" open>' in page.text
    given = {"url": "https://www.instagram.com/somebody/", "words": WORDS}
    assert 'name="fake"' in page.text, "before anybody is refused"
    assert "tick “The account itself is the problem”" in words_of(desk.hand_in(**given))
    desk.number(**given, fake="yes")


FILM = "https://www.tiktok.com/@oakfield.confessions/video/73{:02}"


def listed(desk):
    return desk.read("SELECT count(DISTINCT m.id), count(DISTINCT x.story_id) FROM mentions m, matches x "
                     "WHERE x.mention_id = m.id AND m.channel = 'tiktok'")  # fmt: skip


def test_a_list_is_as_many_reports_with_numbers_and_one_matter(desk):
    lines = "\n".join(FILM.format(n) for n in range(6))
    page = desk.hand_in(list=lines)
    assert desk.hand_in(list=lines).text == page.text  # tapped twice
    numbers = re.findall(r"number=(\d{6})", page.text)
    assert len({*numbers}) == 6
    assert listed(desk) == [(6, 1)]
    assert "We have it." in words_of(desk.state(numbers[5]))
    with desk.store.open_reader() as con:
        window = Window(desk.clock() - timedelta(days=1), desk.clock() + timedelta(days=1))
        counted = [(s.mentions, len(s.people_keys)) for s in fresh_stories(con, "900001", window)]
    assert (6, 1) in counted


def test_of_a_list_what_is_twice_or_came_before_adds_nothing_and_what_is_wrong_stands_there_again(desk):
    lines = [FILM.format(1), "the second one", FILM.format(1), "https://www.instagram.com/somebody/"]
    page = desk.hand_in(list="\n".join(lines))
    assert listed(desk) == [(1, 1)]
    (box,) = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.DOTALL)
    assert box.splitlines() == lines[1:]
    assert form_of(page).items() >= CALM.items()
    page = desk.hand_in(list=FILM.format(1) + "\n" + FILM.format(3))
    assert "reported these before" in words_of(page)
    assert listed(desk)[0][0] == 2


def test_a_list_comes_as_a_file_beside_others(desk):
    table = "\ufeffaddress;words\r\n" + "".join(f"{FILM.format(n)};\r\n" for n in range(3))
    desk.hand_in(file=[table.encode(), MAIL, b"%PDF-1.7"])
    assert listed(desk)[0][0] == 3
    assert [t for t in desk.texts() if WORDS in t]
    assert desk.read("SELECT count(*) FROM evidence WHERE name IN ('supplied-1.eml', 'supplied-2.pdf')") == [
        (2,)
    ]
    links = "".join(f"{FILM.format(n)}\n" for n in range(10, 12))
    desk.hand_in(file=f"From: a@example.org\nSubject: The gate\n\n{links}".encode())
    assert [text for text in desk.texts() if text.startswith("The gate") and FILM.format(11) in text]
    desk.hand_in(file=PNG, words=CHILD, list="\n".join(map(FILM.format, range(5, 8))))
    assert desk.read("SELECT count(*) FROM files_not_taken") == [(1,)]


def test_lines_that_turn_a_list_past_the_head_are_named_first_and_what_is_not_saved_stands_there_again(
    desk, monkeypatch
):
    lines = f"{FILM.format(1)} He is useless\n{FILM.format(2)} The headteacher takes the trip money"
    page = desk.hand_in(list=lines)
    assert "lines of the list mention the headteacher: 2" in words_of(page)
    assert listed(desk) == [(0, 0)]
    desk.hand_in(list=lines, do="hand_in_all")
    assert listed(desk)[0][0] == 2
    broken = "monitor.act.joining.hand_in_list"
    monkeypatch.setattr(broken, lambda *given: (_ for _ in ()).throw(StoreBusy("It is held.")))
    page = desk.hand_in(list=FILM.format(3))
    assert "nobody has been told" in words_of(page)
    assert FILM.format(3) in page.text


def test_what_was_typed_stays_where_there_is_too_much_which_is_not_read_to_its_end(desk, monkeypatch):
    def refused(files, **given):
        page = desk.send(files, **CALM, step="what", words=WORDS, **given)
        assert "larger than 250 MB together" in words_of(page)
        assert WORDS in page.text

    refused([PNG + bytes([n]) for n in range(11)], do="hand_in")
    refused([PNG], author="x" * 70_000, do="hand_in")
    monkeypatch.setattr(desk_page, "MOST_FILE", 1000)
    monkeypatch.setattr(desk_page, "MOST_FILMS", 1000)
    refused(PNG + bytes(1001), do="hand_in")
    refused(PNG + bytes(200_000))  # a browser names the button last
    assert WORDS not in desk.texts()


def test_nobody_who_is_not_signed_in_is_read_ten_megabytes_of(desk, monkeypatch):
    monkeypatch.setattr("monitor.desk.app.read_upload", lambda request: pytest.fail("it was read"))
    answer = desk.another().post("/tell", data={"form": desk.token}, files={"file": ("a", PNG)})
    assert answer.headers["location"] == "/sign-in?to=/tell"


@for_each("charset", ("; charset=unicode_escape", "; charset=utf-7", "; Charset=idna"))
def test_a_form_in_another_charset_hands_in_nothing(desk, charset):
    fields = CALM | {"form": desk.token, "words": "+2AA-\\ud800", "do": "hand_in"}
    part = '--B\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    body = "".join(part.format(name, value) for name, value in fields.items()) + "--B--\r\n"
    kind = {"content-type": f"multipart/form-data; boundary=B{charset}"}
    assert desk.browser.post("/tell", content=body.encode(), headers=kind).status_code == 403


def test_its_bringer_is_told_the_same_of_what_is_grave_as_of_what_is_not(desk):
    calm = desk.number(words=WORDS)
    grave = desk.number(
        words="I will stab the head of Oakfield Primary School tomorrow.", danger="now", who="staff"
    )
    pages = [words_of(desk.state(n)).replace(n, "N") for n in (calm, grave)]
    assert pages[0] == pages[1]


def test_a_number_answers_its_bringer_and_whoever_may_know_and_is_nothing_to_others(desk, monkeypatch):
    words = "The head of Oakfield Primary School grabbed my boy in the corridor and bruised his arm."
    number, accused, lead = desk.number(words=words, about="head"), come(desk, "head"), come(desk, "dsl")
    looks, read = Reader.look, []  # what is hidden is looked for as much as what is not there
    monkeypatch.setattr(Reader, "look", lambda self, con, of: read.append(len(of)) or looks(self, con, of))
    nothing, hidden = desk.state("000000", accused), desk.state(number, accused)
    assert read == [1, 1]
    assert (hidden.status_code, nothing.status_code, hidden.content) == (404, 404, nothing.content)
    assert "no report with this number" in words_of(nothing)
    assert [desk.state(number, by).status_code for by in (desk.browser, lead)] == [200, 200]


def test_after_ten_wrong_numbers_a_person_waits_an_hour_in_every_session_and_it_is_told(desk):
    number, again, other = desk.number(words=WORDS), come(desk, "vale"), come(desk, "head")
    for n in range(9):  # right ones and those of others do not count
        desk.state(f"90000{n}", other)
        assert desk.state(number).status_code == 200
    for n in range(5):
        assert desk.state(f"90000{n}").status_code == 404
        assert again.get(f"/case/90000{n}").status_code == 404
    for browser in (desk.browser, again):
        waits = desk.state(number, browser)
        assert (waits.status_code, waits.headers["retry-after"]) == (429, "3600")
        assert (
            "If anyone is in danger, ring 999. Please check the number, and try again in an hour."
            in words_of(waits)
        )
    health = Health(desk.clock())
    watch_guesses(desk.strangers, health, desk.clock)
    assert [trouble.work for trouble in health.troubles(desk.clock())] == ["numbers"]
    desk.wait(hours=1)
    assert desk.state(number).status_code == 200
    watch_guesses(desk.strangers, health, desk.clock)
    assert "numbers" not in [trouble.work for trouble in health.troubles(desk.clock())]


def test_where_it_cannot_be_saved_they_are_told_that_nobody_knows(desk, monkeypatch):
    def broken(*_):
        raise RuntimeError("judge")

    monkeypatch.setattr("monitor.act.report_in.take_in", broken)
    page = desk.hand_in(words=WORDS)
    assert page.status_code == 503
    assert "nobody has been told" in words_of(page)
    assert "ring 999" in words_of(page)


def test_somebody_of_several_schools_says_at_which(desk):
    had = desk.context.config
    lead = next(p for p in had.people if p.id == "dsl")
    both = replace(lead, urns=(URN,)), replace(lead, id="wold", name="Ina Wold", urns=("900002",))
    schools = (*had.schools, School("900002", "Hexley Primary School"))
    trust, people = School("trust-arden", "Arden Trust"), (*(p for p in had.people if p != lead), *both)
    settle(desk, schools=(*schools, trust), people=people)
    page = desk.browser.get("/tell")
    assert "<b>Arden Trust</b>" in page.text
    assert asked(page) == "At which school?"
    ring = [
        f"At {s.name}, ring: safeguarding lead, {n}"
        for s, n in zip(schools, ("Robin Pike", "Ina Wold"), strict=True)
    ]
    assert [line in words_of(page) for line in ring] == [True, True]
    answer = desk.hand_in(words=WORDS, school="900002")
    receipt = words_of(desk.browser.get(answer.headers["location"]))
    assert [line in receipt for line in ring] == [False, True]
    assert ("900002",) in desk.read("SELECT urn FROM audit WHERE action = 'reported_in'")


@for_each("before", (0, 1))
def test_what_was_typed_while_the_store_was_busy_is_handed_in_by_sending_it_again(desk, before):
    """Busy from its very first reading, or from the second."""

    def held(store):
        if next(reads) >= before:
            raise StoreBusy("held by another")
        return real(store)

    words = f"He said he will bring a knife to the gate, {before}."
    given = {"form": desk.token, **CALM, "step": "what", "words": words, "do": "hand_in"}
    reads, real = count(), type(desk.store).open_reader
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(desk.store), "open_reader", held)
        busy = desk.browser.post("/tell", data=given, files={"file": ("", b"")})
    assert busy.status_code == 503
    assert 'enctype="multipart/form-data"' in busy.text
    assert "No picture was kept" in words_of(busy)
    again = desk.browser.post("/tell", data=form_of(busy), files={"file": ("", b"")})
    assert again.headers["location"].startswith("/tell/state?number=")


def test_the_places_stand_in_the_order_of_their_names_and_after_an_error_a_picture_is_chosen_again(desk):
    pages = desk.ask(danger="no", picture="no"), desk.hand_in(PNG, url="at the gate")
    assert ["choose them again" in words_of(page) for page in pages] == [False, True]
    select = re.search(r'<select id="place".*?</select>', pages[0].text, re.DOTALL)
    names = [html.unescape(each) for each in re.findall(r"<option[^>]*>([^<]*)<", select[0])][1:]
    assert len(names) > 9
    assert names == sorted(names, key=str.casefold)


def test_whom_to_ring_is_an_office_with_its_name_and_a_number_to_tap_and_never_oneself(desk):
    page = desk.browser.get("/tell")
    assert "At school, ring: safeguarding lead, Robin Pike, extension 204" in words_of(page)
    assert "tel:" not in page.text  # no telephone dials that
    settle(desk, people=tuple(replace(p, phone="01632 960 204") for p in desk.context.config.people))
    assert '<a href="tel:01632960204">01632 960 204</a>' in desk.browser.get("/tell").text
    other = come(desk, "dsl")
    assert "At school, ring: head, Jane Holt, 01632 960 204" in words_of(other.get("/tell"))
    settle(desk, people=tuple(replace(p, phone="") for p in desk.context.config.people))
    said = words_of(desk.ask())
    assert "Robin Pike" in said
    assert "the office has" not in said


def test_what_was_typed_as_the_session_ended_is_shown_to_be_copied(desk):
    desk.wait(days=30)
    page = desk.hand_in(words=WORDS, url="example.org/one")
    assert page.status_code == 403
    assert "You have been signed out." in words_of(page)
    assert WORDS in html.unescape(page.text)
    assert "example.org/one" in page.text
    assert 'href="/sign-in?to=/tell"' in page.text
    assert desk.hand_in(words="").status_code == 303


# ----------------------------- the words of a screenshot, for its bringer to correct; what reads stands in


READ = "Oakfield Primary School never rings back,\nsaid a parent at the gate."
BUTTON = 'value="read"'


class ReadDesk(OpenDesk):
    """The desk, with somebody signed in; `says` is what is read, `asked` which pictures were."""

    def __init__(self, home, *, reads=True):
        self.says, self.asked = READ, []
        super().__init__(home, raised=False, reads=self._read if reads else None)
        come(self, "head", self.browser)
        self.token = token_of(self.browser)

    def _read(self, content):
        self.asked.append(content)
        return self.says

    def send(self, file=PNG, **form):
        given = {"form": self.token, "step": "what", "do": "read"} | CALM | form
        return self.browser.post("/tell", data=given, files={"file": ("a.png", file)})


@pytest.fixture
def reading_desk(tmp_path):
    return ReadDesk(tmp_path)


def box(page):
    return html.unescape(re.search(r'<textarea id="words"[^>]*>\n(.*?)</textarea>', page.text, re.DOTALL)[1])


@for_each("do", ("read", "hand_in"))
def test_the_words_read_stand_in_the_box_the_page_says_whence_and_nothing_is_kept(reading_desk, do):
    before = reading_desk.rows()
    page = reading_desk.send(do=do)
    assert box(page) == READ
    assert "Read from the picture: please correct it" in words_of(page)
    assert reading_desk.rows() == before


def test_what_was_typed_stays_above_what_is_read_and_what_is_read_twice_stands_there_once(reading_desk):
    page = reading_desk.send(words="By the hall:", url="example.org/one", supplied_by="A parent")
    assert box(page) == f"By the hall:\n\n{READ}"
    assert 'value="example.org/one"' in page.text
    assert 'value="A parent"' in page.text
    assert box(reading_desk.send(words=box(page))) == box(page)


def test_what_is_sent_counts_and_not_what_was_read(reading_desk):
    corrected = "At Oakfield Primary School the telephone is never answered."
    sent = CALM | form_of(reading_desk.send()) | {"words": corrected, "do": "hand_in"}
    answer = reading_desk.browser.post("/tell", data=sent, files={"file": ("a.png", PNG)})
    assert answer.status_code == 303
    texts = [text for (text,) in rows_of(reading_desk.store, "SELECT text FROM mention_versions")]
    assert corrected in texts
    assert READ not in texts


@for_each(("picture", "do"), (("yes", "read"), ("not_sure", "hand_in")))
def test_nothing_is_read_where_a_picture_may_show_a_child_undressed(reading_desk, picture, do):
    page = reading_desk.send(picture=picture, do=do)
    assert reading_desk.asked == []
    assert 'id="words"' not in page.text
    assert BUTTON not in page.text


UNREAD = (
    {"words": CHILD},
    {"words": EXTREME},
    {"words": "Look at this.", "danger": "now", "who": "child"},
    {"words": "Look at this.", "danger": "soon", "who": "child"},
    {"danger": "perhaps"},
    {"about": "perhaps"},
    {"picture": "perhaps"},
)


@for_each("given", UNREAD)
def test_nothing_is_read_of_what_is_kept_apart_or_before_every_question_is_answered(reading_desk, given):
    page = reading_desk.send(**given)
    assert reading_desk.asked == []
    assert "words" not in given or box(page) == given["words"]


@for_each("read", (CHILD, EXTREME))
def test_words_of_child_protection_or_extremism_are_not_proposed(reading_desk, read):
    reading_desk.says = read
    page = reading_desk.send(words="Look at this.")
    assert read not in html.unescape(page.text)
    assert box(page) == "Look at this."


def test_where_nothing_can_be_read_what_was_typed_stays(reading_desk):
    reading_desk.says = ""
    page = reading_desk.send(words="Half a sentence", url="example.org/one")
    assert "We could not read any words in this picture." in words_of(page)
    assert box(page) == "Half a sentence"
    assert 'value="example.org/one"' in page.text


@for_each("file", (b"", b"%PDF-1.7", b"<svg xmlns='x'><script/></svg>", b"MZ\x90", b"words"))
def test_what_is_no_picture_is_not_read(reading_desk, file):
    assert "Choose a picture first." in words_of(reading_desk.send(file=file))
    assert reading_desk.asked == []


@for_each("read", ("</textarea><script>alert(1)</script>", '"><img src=x onerror=x>', "{{ 7*7 }}"))
def test_hostile_words_on_a_picture_come_out_as_text(reading_desk, read):
    reading_desk.says = f"{READ} {read}"
    page = reading_desk.send()
    assert box(page) == reading_desk.says
    assert "<script>" not in page.text
    assert "<img" not in page.text


def test_without_the_extra_there_is_no_button_and_nothing_is_read(tmp_path):
    desk = ReadDesk(tmp_path, reads=False)
    page = desk.send(words="Half a sentence")
    assert BUTTON not in page.text
    assert box(page) == "Half a sentence"
    assert desk.send(do="hand_in").status_code == 303


# --------------------------- what reads: a process of its own, one at a time, whose words are a stranger's


PICTURE = b"\x89PNG\r\n\x1a\n of nobody"
_TAKES = "import sys, struct, time; i = sys.stdin.buffer; i.read(struct.unpack('>Q', i.read(8))[0])"


def standing_in(answer, before="0", bounds=None):
    """A process that takes a picture, waits, and answers with these bytes whatever was on it."""
    told = struct.pack(">Q", len(answer)) + answer
    said = f"o = sys.stdout.buffer; o.write({told!r}); o.flush(); time.sleep(60)"
    command = (sys.executable, "-c", f"{_TAKES}; time.sleep({before}); {said}")
    return ParserProcess(time.monotonic, bounds or Bounds(5.0, 10.0, 512), command)


def read_by(answer, **given):
    return PictureReader(standing_in(b"f" + json.dumps(answer).encode(), **given))(PICTURE)


def test_the_words_come_back_line_by_line():
    assert read_by(" One\nTwo ") == "One\nTwo"


def test_signs_that_cannot_be_seen_are_shown():
    assert read_by("Come\u202e here\u200b.\x1b[2J") == "Come⟦U+202E⟧ here⟦U+200B⟧.⟦U+001B⟧[2J"


@for_each("answer", ("word " * 100_000, "\u202e." * 9_000))
def test_no_more_comes_back_than_a_screen_shows(answer):
    assert len(read_by(answer)) <= MOST_READ


@pytest.mark.parametrize("answer", [b"f7", b"", b'r["LookupError", "a.py:1", ""]', b'f"\xff"'])
def test_a_reader_that_fails_proposes_nothing_and_ends(answer, caplog):
    apart = standing_in(answer)
    assert PictureReader(apart)(PICTURE) == ""
    assert apart.pid is None
    assert "a picture was not read" in caplog.text


def test_one_that_takes_too_long_is_ended_and_proposes_nothing():
    apart = standing_in(b'f"late"', before="60", bounds=Bounds(5.0, 0.3, 512))
    assert PictureReader(apart)(PICTURE) == ""
    assert apart.pid is None


def test_one_picture_is_read_at_a_time_by_a_process_that_ends_and_nobody_waits_long_for_another():
    apart = standing_in(b'f"One"', before="0.6")
    reads, found = PictureReader(apart, turn_s=0.05), []
    first = threading.Thread(target=lambda: found.append(reads(PICTURE)))
    first.start()
    while apart.pid is None:
        time.sleep(0.01)
    assert reads(PICTURE) == ""
    first.join()
    assert (found, apart.pid) == (["One"], None)
    assert [reads(PICTURE), apart.pid] == ["One", None]


def test_nothing_of_a_picture_or_its_words_is_logged(caplog):
    caplog.set_level("DEBUG")
    read_by("She said it at the gate")
    PictureReader(standing_in(b'r["OSError", "a.py:1", "She said it"]'))(PICTURE)
    assert "She said" not in caplog.text
    assert "of nobody" not in caplog.text


# ------------------------------------- what is settled after handing in: a file not taken, an image somewhere

URN = "900001"
SUNG = "The choir of Oakfield Primary School sang at the gate on Friday, and it rained."
AT = "https://forum.example.org/t/9"


class SettlingDesk(OpenDesk):
    """The desk, at which the safeguarding lead is signed in and has just proved it."""

    def __init__(self, home, who="dsl"):
        super().__init__(home, raised=False)
        come(self, who, self.browser)

    def hand_in(self, text=SUNG, url="", says=None, image=False):
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
    report_in.report_in(desk.context.config, home, Kept(report, URN, desk.clock(), files=(PNG,)), desk.clock)
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
        assert desk.hand_in(SUNG, f"{AT}{do}").warned is warned


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
