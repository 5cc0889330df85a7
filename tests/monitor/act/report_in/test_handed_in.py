"""A platform's post that somebody hands in: what is asked, what is kept of it, and what a pack says of it."""

import hashlib
import io
import json
import struct
import zipfile
from dataclasses import replace
from unittest.mock import patch

import pytest
from builders.capture import capture
from builders.case_desk import PNG, ActRefused, Desk, a_desk, insult, made_by
from builders.hand_in import CHILD_IMAGE, became, hand_in
from builders.home import rows_of
from builders.judges import Words
from builders.mention import NOW
from builders.pack import evidence, pack, unzipped
from builders.pack_read import checked, facts_of, text_of, told_in
from support.time_server import an_authority, time_server

from alerts.letters.kinds import LetterKind
from data.cases import Event
from data.evidence.handed_in import SaidOfPost
from data.evidence.vault import Vault
from data.steps.classes import Noted
from data.steps.codes import StepKind
from data.store import cases as case_store
from data.store import evidence as evidence_store
from data.store.cases import stories_of_posts
from data.store.engine import audit_chain
from data.store.evidence import evidence_file, put_files
from monitor.act import capture as capturing
from monitor.act.step import take_step
from monitor.matters.reader import load_case
from monitor.pipeline.supplied import canonical, files_within, media_type, tells_place, unfit, words_within

URL = "https://www.facebook.com/groups/northvale.example/posts/7741"
WORDS = "Mrs Example is useless.\nShe never answers, ask anybody 🙄"
KNOWN = SaidOfPost(
    address=URL, author="Kayleigh Sample", posted="Yesterday at 20:14", words=WORDS,
    seen_at="2026-11-16T20:30:00Z", seen_by="a parent in Year 2", logged_in=True,
    supplied_by="a parent in Year 2", came="parents_phone", came_words="sent to the office by e-mail",
)  # fmt: skip
NAMES = ["address", "author", "posted", "words", "seen_at", "seen_by", "logged_in", "supplied_by", "came"]


@pytest.fixture
def desk(tmp_path):
    return a_desk(tmp_path / "home", lambda desk: desk.open(insult(desk), "holt"))


def add(desk, *sites, file=PNG, **changed):
    """A picture becomes evidence of the case, with what is known of it."""
    return capture(desk, *sites, person="holt", files=[file], known=replace(KNOWN, **changed))


def manifests(desk):
    with desk.store.open_reader() as con:
        held = [f for f in evidence_store.files(con) if f.name == "manifest.json"]
    return [json.loads(Vault(desk.store.evidence).get(f.sha256)) for f in held]


def steps(desk):
    return desk.steps(kind=StepKind.EVIDENCE)


def packed(desk, folder, to="police", person="holt", reason=""):
    """A pack as its recipient opens it, and what its document says."""
    pack(desk, folder / "out", to, person, reason)
    opened = unzipped(folder / "out", folder / "opened")
    return opened, text_of(opened)


def test_a_pack_of_a_facebook_screenshot_holds_address_author_words_time_and_supplier(desk, tmp_path):
    authority = an_authority(tmp_path / "tsa")
    with time_server(authority) as server:
        settings = desk.home / "schoolgate.toml"
        table = f'\n[evidence]\ntimestamp_url = "{server}/tsr"\ntimestamp_ca = "{authority.ca_file}"\n'
        settings.write_text(settings.read_text(encoding="utf-8") + table, encoding="utf-8")
        add(desk, server)
    opened, said = packed(desk, tmp_path)
    for wanted in (
        URL, "Kayleigh Sample", "Yesterday at 20:14", "Mrs Example is useless.", "[face with rolling eyes]",
        "2026-11-16 20:30:00 UTC", "Seen by a parent in Year 2", "Produced by a parent in Year 2",
        "from a parent’s phone: sent to the office by e-mail", "while logged in there",
        "Added by Jane Holt", "As typed by Jane Holt from the picture.",
    ):  # fmt: skip
        assert wanted in said, wanted
    held = [content for name, content in opened.files().items() if name.count("/") > 1]
    for words in ("facebook.com", "kayleigh", "useless", "yesterday at 20:14", "a parent in year 2"):
        assert any(words.encode() in content.lower() for content in held), words
    tools = [" ".join(c.split()[:2]) for c in opened.commands]
    assert tools == ["sha256sum -c", *["openssl ts"] * 2, "wacz validate", "python3 for-checking/verify.py"]
    # everything that its README says to type succeeds
    for command in opened.commands:
        done = opened.type(command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        assert any(ok in done.stdout + done.stderr for ok in ("OK", "Validation succeeded")), command
    assert evidence(desk, "verify").code == 0


def test_the_manifest_says_what_is_known_and_the_step_names_its_hash_and_what_is_known_of_it(desk):
    add(desk, seen_by="vale", supplied_by="vale")
    (told,), (step,) = manifests(desk), steps(desk)
    assert (told["kind"], told["logged_out"], told["by"]) == ("supplied", False, "holt")
    handed = told["handed_in"]
    assert handed["address"] == URL
    assert handed["seen_by"] == handed["supplied_by"] == {"person": "vale", "said": None}
    assert handed["seen"] == {
        "utc": "2026-11-16T20:30:00Z", "local": "2026-11-16T20:30:00+00:00", "zone": "Europe/London",
    }  # fmt: skip
    assert handed["came"] == {"how": "parents_phone", "said": "sent to the office by e-mail"}
    assert (handed["words_typed"], handed["not_known"]) == (True, [])
    assert step.stored_facts["known"].split() == NAMES
    kept = {f["name"]: f["sha256"] for f in told["files"]}
    first = f"Capture {told['capture']}, {told['captured']['utc']}, {told['salt']}"
    assert kept["words.txt"] == hashlib.sha256(f"{first}\n\n{WORDS}\n".encode()).hexdigest()
    assert kept["supplied-1.png"] == hashlib.sha256(PNG).hexdigest()


def test_what_nobody_knows_is_null_and_said_to_be_not_known(desk):
    capture(desk, files=[PNG], known=SaidOfPost(address=URL, not_known=tuple(NAMES[1:])))
    (told,) = manifests(desk)
    assert told["logged_out"] is None
    assert told["handed_in"]["not_known"] == NAMES[1:]
    said = told_in(facts_of(desk, "police"))
    assert "Produced by not known" in said
    assert "not recorded" not in said


# ------------------------------------------------------ handed in before there is a case

SAID = f"Mr Example at Oakfield is a fat useless moron and an ugly pig, everybody laugh at him. {WORDS}"


def reported(desk, said=SAID, **given):
    """What became of what somebody handed in."""
    kept = hand_in(desk.home, said, urn="900001", **{"channel": "facebook"} | given)
    return became(desk.home, kept)


def open_case(desk, found, who="holt"):
    """A case about what was handed in."""
    with desk.store.open_reader() as con:
        (story,) = stories_of_posts(con, "900001", found.mention)[found.mention]
    desk.open(story, who)


@pytest.fixture
def fresh(tmp_path):
    (home := tmp_path / "home").mkdir()
    return Desk(home)


TOLD_POLICE = {
    "force": "Northvale Police", "danger": "nothing is known", "why": "It is a threat.",
    "contact": "Lee Ash, 01632 960 000",
}  # fmt: skip
ADDRESSED = {"url": URL, "author": "Kayleigh Sample"}
WHAT_WAS_SAID = ADDRESSED | {
    "seen_by": "a parent",
    "known": SaidOfPost(
        posted="Yesterday at 20:14", seen_at="2026-11-16", seen_by="a parent", logged_in=True,
        supplied_by="vale", came="message", came_words="to Sam",
    ),
}  # fmt: skip


def test_what_is_typed_with_a_report_reaches_the_cases_evidence_and_its_pack(fresh, tmp_path, plainly):
    open_case(fresh, reported(fresh, **WHAT_WAS_SAID, by="fern", files=(PNG,)))
    (step,) = steps(fresh)
    assert (step.stored_facts["kind"], step.actor) == ("supplied", "schoolgate")
    assert step.stored_facts["known"].split() == NAMES
    assert fresh.case().captures == 1
    assert evidence(fresh, "verify").code == 0
    opened, said = packed(fresh, tmp_path)
    for wanted in (
        URL, "Kayleigh Sample", "Yesterday at 20:14", "useless moron", "Seen 2026-11-16 Seen by a parent",
        "Produced by Sam Vale", "in a message: to Sam", "Added by Jo Fern",
        "As typed by Jo Fern from the picture.",
    ):  # fmt: skip
        assert wanted in said, wanted
    assert not checked(opened)


def test_a_report_without_a_file_is_told_and_sealed_but_is_no_evidence_by_itself(fresh, tmp_path, plainly):
    """A step of its case reads the case once."""
    open_case(fresh, reported(fresh, **ADDRESSED))
    (told,), (step,) = manifests(fresh), steps(fresh)
    assert (told["kind"], told["logged_out"], told["by"]) == ("told", None, "report-in")
    assert (step.stored_facts["kind"], step.stored_facts["known"]) == ("told", "address author words")
    assert fresh.case().captures == 0
    opened, said = packed(fresh, tmp_path, "file")
    assert "Seen by" not in said
    assert (
        "As typed by the person who reported it, who is not named in the record; there is no picture of it."
        in said
    )
    assert not checked(opened)
    session, note = fresh.session("holt"), Event(Noted(), "holt", "She rang")
    with patch.object(case_store, "steps_of_case", wraps=case_store.steps_of_case) as read:
        made_by(take_step(session, "1", note, fresh.clock()))
    assert read.call_count == 1


@pytest.fixture
def in_a_case(tmp_path):
    """A home in which what somebody said of a post without a file has a case."""
    return a_desk(tmp_path / "home", lambda desk: open_case(desk, reported(desk, **WHAT_WAS_SAID), "pike"))


def test_a_second_picture_of_a_post_that_has_a_case_becomes_its_evidence_with_the_next_step(in_a_case):
    fresh = in_a_case
    reported(fresh, **WHAT_WAS_SAID, files=(PNG,))
    reported(fresh, **WHAT_WAS_SAID, files=(PNG,))
    fresh.take(StepKind.NOTED, "holt", why="A parent sent a picture, twice.")
    assert [s.stored_facts["kind"] for s in steps(fresh)] == ["told", "supplied"]
    assert evidence(fresh, "verify").code == 0


def test_no_hash_that_stays_in_the_audit_can_be_guessed_from_the_words(in_a_case):
    fresh = in_a_case
    with fresh.store.open_reader() as con:
        codes = {code for link in audit_chain.links(con) for code in link.entry.codes}
    for said in (SAID, f"{SAID}\n"):
        assert hashlib.sha256(said.encode()).hexdigest() not in codes
    salts = [m["salt"] for m in manifests(fresh)]
    assert [len(salt) for salt in salts] == [32]


def test_of_what_is_restricted_no_word_is_kept_beside_the_table_for_it(fresh):
    hurt = "My dad hits me every night when I get home from Oakfield Primary School and I am scared."
    assert reported(fresh, hurt, author="walnut").restricted
    (kept,) = fresh.store.evidence.glob("??/*")
    assert "walnut" in (held := kept.read_text(encoding="utf-8"))
    assert "hits me" not in held


THREAT = (
    "My stepdad hits me every night when I get home from Oakfield Primary School and I am scared. "
    "He says that he will smash Mr Vale's face in."
)


@pytest.mark.parametrize("files", [(PNG,), ()])
def test_what_was_handed_in_of_a_childs_matter_is_the_first_exhibit_once_it_is_back(
    fresh, files, monkeypatch
):
    monkeypatch.setattr("monitor.pipeline.judges.scorer", lambda _: Words())
    found = reported(fresh, THREAT, **WHAT_WAS_SAID, by="fern", files=files, channel="whatsapp")
    assert found.restricted
    open_case(fresh, found, "pike")
    assert steps(fresh) == []
    fresh.take(StepKind.CLASSIFIED, "pike", class_="C6", why="It threatens a teacher")
    fresh.take(StepKind.ABOUT, "pike", who="staff", why="It threatens a man")
    (step,) = steps(fresh)
    assert step.stored_facts["known"].split() == [name for name in NAMES if name != "words"]
    if not files:
        return
    said = told_in(facts_of(fresh, "police", "pike"))
    for wanted in (
        URL, "Kayleigh Sample", "Yesterday at 20:14", "when I get home",
        "Seen 2026-11-16 Seen by a parent", "Produced by Sam Vale", "in a message: to Sam",
    ):  # fmt: skip
        assert wanted in said, wanted
    fresh.take(StepKind.DECIDED, "holt", decision="report_only", why="It is for the police")
    fresh.take(StepKind.TARGET, "holt", person="vale", why="So")
    fresh.take(StepKind.CONSENT_OVERRIDDEN, "holt", ground="child_at_risk", why="A boy")
    drafted = fresh.draft(LetterKind.POLICE, "holt", **TOLD_POLICE)
    letter = " ".join(drafted[".txt"].decode().split())
    for wanted in ("a message in a private group", "Kayleigh Sample", "when I get home"):
        assert wanted in letter, wanted
    assert not [told for told in ("found it on", "no time to ask", "stop asking") if told in letter]


def test_whom_a_post_accuses_changes_nothing_of_it_in_case_or_pack_by_handing_in_other_words(fresh):
    accusing = "The head of Oakfield Primary School grabbed my son, he is seven, and his arm is all bruised."
    open_case(fresh, reported(fresh, accusing, **WHAT_WAS_SAID, by="pike"), "pike")
    near = f"{accusing} She said sorry since, it was all a mistake."
    for words in ("Lovely concert at Oakfield Primary.", near):
        reported(fresh, words, url=URL, author="Pat", by="holt")
    with fresh.store.open_reader() as con:
        shown = case_store.post_of(con, fresh.case(), restricted=True)
    assert (shown.text, shown.author, shown.version) == (accusing, "Kayleigh Sample", 1)
    said = told_in(facts_of(fresh, "police", "pike"))
    assert "grabbed my son" in said
    assert "concert" not in said


# ------------------------------------------------------------------------ what a file is


def a_photograph(*, place: bool) -> bytes:
    """A JPEG's beginning with EXIF, as a telephone writes it, with or without where it was taken."""
    gps = struct.pack("<HHHII", 1, 2, 5, 3, 0) + b"\0" * 4
    tags = struct.pack("<HHII", 0x8825, 4, 1, 26) if place else struct.pack("<HHII", 0x0112, 3, 1, 1)
    tiff = b"II*\0" + struct.pack("<IH", 8, 1) + tags + b"\0" * 4 + gps
    exif = b"Exif\0\0" + tiff
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + b"\xff\xd9"


def test_a_picture_that_says_where_it_was_taken_is_kept_as_it_came_and_that_is_said(desk, tmp_path, plainly):
    photograph = a_photograph(place=True)
    add(desk, file=photograph)
    (told,) = manifests(desk)
    assert [f["name"] for f in told["files"] if f.get("tells_place")] == ["supplied-1.jpg"]
    opened, said = packed(desk, tmp_path, "file")
    assert photograph in opened.files().values()
    assert "supplied-1.jpg contains the place where it was taken; it is as it was supplied" in said


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (a_photograph(place=True), True), (a_photograph(place=False), False), (PNG, False),
        (b"\x89PNG\r\n\x1a\n....eXIf" + a_photograph(place=True)[12:], True),
        (b"RIFF....WEBP" + b"EXIF\0\0\0\0" + a_photograph(place=True)[12:], True),
        (b'<x:xmpmeta exif:GPSLatitude="51,30N"/>', True), (b"Exif\0\0II*\0", False),
    ],
)  # fmt: skip
def test_where_a_picture_was_taken_is_found_in_it_whatever_kind_it_is(content, told):
    assert tells_place(content) is told


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x00\x00\x00\x18ftypmp42", ".mp4"), (b"\x00\x00\x00\x18ftypheic", ".heic"),
        (b"\x00\x00\x00\x18ftypzzzz", ".bin"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", ".webp"), (b"From: a@example.org\nSubject: look\n\nx", ".eml"),
        (b"<!DOCTYPE html><p>x", ".html"), (b"Dear Mrs Example,\nsee below", ".txt"),
        (b"PK\x03\x04docx", ".zip"), (b"\x00\x01\x02\xff", ".bin"), (b"%PDF-1.7", ".pdf"),
        ("Dear Mrs Example".encode("utf-16"), ".txt"), (b"caf\xe9 there", ".txt"), (b"caf\xe9\x07", ".bin"),
        (b"ID3\x04\x00", ".mp3"), (b"OggS\x00", ".ogg"), (b"#!AMR\n\x00", ".amr"),
        (b"RIFF....WAVEfmt ", ".wav"),
        (b"\x00\x00\x00\x18ftypM4A ", ".m4a"), (b"\xd0\xcf\x11\xe0", ".msg"),
    ],
)  # fmt: skip
def test_a_letter_a_mail_a_film_are_named_for_what_they_are(content, kind):
    assert media_type(content)[1] == kind


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "empty"), (b"MZ\x90", "program"), (b"#!/bin/sh\n", "program"), (b"\xd0\xcf\x11\xe0", "msg"),
     (b"PK\x03\x04 broken", "damaged"), (b"#!AMR\n", ""), (PNG, ""), (b"%PDF-1.7", "")],
)  # fmt: skip
def test_what_is_empty_damaged_or_a_program_or_only_outlook_reads_is_not_kept(content, why):
    assert unfit(content) == why


MAIL = b"""From: parent@example.org
Subject: =?utf-8?q?Caf=C3=A9?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: multipart/alternative; boundary=C

--C
Content-Type: text/html; charset=utf-8

<p>See <b>this</b></p>
--C
Content-Type: text/plain; charset=windows-1252

See \x93this\x94
--C--
--B
Content-Type: image/jpeg
Content-Disposition: attachment; filename="Ann.jpg"
Content-Transfer-Encoding: base64

AAAA
--B--
"""


def test_of_a_mail_the_words_are_read_and_the_files_in_it_named_alone():
    assert words_within(MAIL) == "Café\n\nSee “this”"
    assert files_within(MAIL) == ["Ann.jpg"]


@pytest.mark.parametrize("begins", ["", "From: a@b\nTo: b@c\n\n"])
def test_of_a_text_as_many_words_are_read_as_of_a_mail(begins):
    assert len(words_within((begins + "word " * 9_000).encode())) == 20_000


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_a_mail_is_one_whatever_comes_first_in_it(codec):
    said = MAIL.decode("cp1252").replace("text/plain; charset=windows-1252", "text/plain")
    for before in (
        "To: a@example.org\n", "Reply-To:a@example.org\n", "Sender: a@example.org\n", "List-Id: <a>\n",
        "\ufeff", "Content-Type: text/plain\n", "User-Agent: x\n", "Thread-Topic: x\n", "\r\n\n",
        "From a@b Mon\n",
    ):  # fmt: skip
        mail = (before + said).encode(codec)
        assert media_type(mail)[1] == ".eml", before
        if "Type" not in before:
            assert files_within(mail) == ["Ann.jpg"]
            assert "AAAA" not in words_within(mail)


@pytest.mark.parametrize(
    "broken", [MAIL[:200], b"Subject: \xff\nContent-Type: text/x; charset=y\n\nx", MAIL * 2]
)
def test_a_mail_that_is_broken_ends_nothing(broken):
    assert isinstance(words_within(broken), str)
    assert isinstance(files_within(broken), list)


def test_an_archive_and_a_pdf_say_what_they_hold():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in ("a/", "a/b.png", "word/document.xml"):
            archive.writestr(name, b"")
    assert files_within(held.getvalue()) == ["a/b.png"]
    pdfs = [files_within(b"%PDF-1.7 " + held) for held in (b"/EmbeddedFile", b"<</EF 1>>", b"/ObjStm", b"")]
    assert pdfs == [[""], [""], [""], []]


@pytest.mark.parametrize(("named", "name"), [
    (b"/F (a.txt)", "a.txt"),
    (rb"/F (old.txt) /UF (Caf\351 \(1\).png)", "Café (1).png"),
    (b"/UF <FEFF00410142>", "Ał"),
])  # fmt: skip
def test_a_file_in_a_pdf_is_named_as_it_is_there(named, name):
    pdf = b"%%PDF-1.7\n5 0 obj\n<< /Type /Filespec %s /EF << /F 6 0 R >> >>\nendobj\n<< /EmbeddedFile"
    assert files_within(pdf % named) == [name]


# ------------------------------------------------------------------------ who is given what


def test_a_platform_is_given_the_picture_and_the_words_and_not_who_saw_it_or_handed_it_in(
    desk, tmp_path, plainly
):
    add(desk, seen_by="Mrs Walnut of Year 2", supplied_by="vale")
    opened, said = packed(desk, tmp_path, "platform")
    held = opened.files()
    assert {name.rpartition("/")[2] for name in held if name.startswith("exhibits/")} == {
        "supplied-1.png", "words.txt",
    }  # fmt: skip
    assert URL in said
    assert "Kayleigh Sample" in said
    everything = said.encode() + b"".join(held.values())
    assert not [name for name in (b"Walnut", b"Sam Vale", b"e-mail") if name in everything]
    assert [opened.type(c).returncode for c in opened.commands] == [0, 0]


def test_what_was_kept_before_anybody_was_asked_is_packed_with_its_address_and_no_empty_lines(
    desk, tmp_path, plainly
):
    of_before = {"format": "schoolgate-capture/1", "logged_out": True, "supplied_by": "third party"}
    gone = ("handed_in", "adds_to")

    def as_before(told):
        return canonical({k: v for k, v in {**told, **of_before}.items() if k not in gone})

    def untold(kept, said=capturing._capture_step):
        return replace(said(kept), known=())

    with (
        patch("monitor.act.capture.canonical", as_before),
        patch("monitor.act.capture._capture_step", untold),
    ):
        capture(desk, files=[PNG])
    assert evidence(desk, "verify").code == 0
    opened, said = packed(desk, tmp_path)
    assert ("Address, as seen" in said, "Produced by" in said, "not recorded" in said) == (False,) * 3
    assert "Address http" in said
    assert "without being logged in" not in said
    assert not checked(opened)


def test_a_file_named_at_an_address_where_a_childs_image_was_reported_is_not_kept(desk):
    reported(desk, "", url=URL, says=CHILD_IMAGE)
    with pytest.raises(ActRefused, match="no_child_image"):
        add(desk)
    assert manifests(desk) == []


def test_a_file_that_was_handed_in_alone_before_it_was_asked_about_is_packed_without_what_was_not_asked(
    desk, tmp_path, plainly
):
    with desk.store.write("as before") as con:
        sha256 = Vault(desk.store.evidence).store_bytes(PNG)
        mention = load_case(con, "0001").mention_id
        came = (NOW, "report-in", "supplied")
        put_files(
            con,
            [evidence_file("900001", mention, sha256, "image/png", len(PNG), *came)],
        )
        other = Vault(desk.store.evidence).store_bytes(b"another school's")
        put_files(con, [evidence_file("900002", mention, other, "image/png", 16, *came)])
    opened, said = packed(desk, tmp_path)
    assert ("Seen by" in said, "Added by" in said, "not recorded" in said) == (False,) * 3
    assert PNG in opened.files().values()
    assert b"another school's" not in opened.files().values()
    assert not checked(opened)


@pytest.mark.parametrize("what", [{"class_": "C10", "lane": "child_image"}, {"class_": "C9"}])
def test_words_that_were_reported_alone_bar_no_pack_of_a_case_that_turned_out_worse_and_are_no_exhibit_of_it(
    in_a_case, what
):
    fresh = in_a_case
    fresh.take(StepKind.CLASSIFIED, "pike", **what, why="So it turned out.")
    facts = facts_of(fresh, "dsl", "pike")
    said = told_in(facts)
    assert facts.exhibits == ()
    assert ("useless moron" in said) is ("lane" in what)


def test_of_a_reported_childs_image_nothing_that_was_said_is_kept_but_its_address(fresh):
    reported(fresh, SAID, **WHAT_WAS_SAID, says=CHILD_IMAGE)
    assert not fresh.store.evidence.exists() or list(fresh.store.evidence.glob("??/*")) == []
    held = str([rows_of(fresh.store, f"SELECT * FROM {t}") for t in ("mentions", "restricted_texts")])
    assert not [one for one in ("Kayleigh", "Yesterday at", "to Sam") if one in held]
