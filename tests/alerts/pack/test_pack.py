"""What a pack tells, of which place, to whom, and how what was handed in is printed."""

import io
import random
import struct
import zipfile
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from unicodedata import category
from zoneinfo import ZoneInfo

import pypdf
import pytest
from builders.case import a_step
from builders.case_desk import PNG
from builders.ladder import NOW, Climb
from builders.letter import KEPT, a_case, a_file, step
from builders.mention import NOW as PRINTED
from builders.steps import names_of_facts, said
from hypothesis import given as given_any
from hypothesis import strategies as st
from support.for_each import for_each

from alerts.access.guidance import PLACES
from alerts.ladder.guards import OVERRIDES, UNLOCK_GROUNDS
from alerts.layout.pdf import _PRINTED, Paragraph, names_any, printable
from alerts.letters.kinds import LetterKind
from alerts.pack.compose import TOLD, chronology, compose_pack, exhibit_blocks, letter_text
from alerts.pack.facts import (
    Exhibit,
    Heading,
    PackDocument,
    PackFacts,
    Picture,
    Quote,
    Recipient,
    Rows,
    guard,
    is_given,
    needs_withholding,
    render_pack,
)
from data.cases import LETTER_SENT, CaseFile, CasePlace, CaseStep, Consent, EvidenceFile, Post
from data.rungs import Rung
from data.steps.codes import (
    BypassRoute,
    Check,
    Complainant,
    Ending,
    KeptLetter,
    PlaceRole,
    Relationship,
    RungAnswer,
    StepKind,
    Support,
    Wellbeing,
)
from data.types import About, Person, Role, School
from data.words.say import asking_words, place_words, words

CODES = UNLOCK_GROUNDS | OVERRIDES
IN_THE_RECORD = {
    StepKind.OPENED: (
        "story route about mention restricted lane subjects audience target alert own_site danger_now enquiry"
        " sealed author_says"
    ),
    StepKind.STAFF_POST: "meant",
    StepKind.CLASSIFIED: "lane meant overseers about",
    StepKind.RECLASSIFIED: "lane meant overseers about",
    StepKind.PROPOSED: "lane meant overseers",
    StepKind.TARGET: "subjects about",
    StepKind.ACCUSED: "about",
    StepKind.DECIDED: "as",
    StepKind.CONSENT_GIVEN: "informed",
    StepKind.CONSENT_REFUSED: "informed",
    StepKind.CONSENT_WITHDRAWN: "informed",
    StepKind.CONSENT_OVERRIDDEN: "informed",
    StepKind.SUPPORT: "informed",
    StepKind.SAFE: "says",
    StepKind.PLACE: "place",
    StepKind.PLACE_LEFT: "place",
    StepKind.CAME_BACK: "place",
    StepKind.ASKED: "place kind route sha256 capture manifest files",
    StepKind.ANSWERED: "place kind sha256 capture manifest files",
    StepKind.EVIDENCE: "place capture manifest files known adds_to",
    StepKind.LETTER: "place form sha256",
    StepKind.HOSTED: "place domain registrar_abuse network_abuse addresses nominet front failed",
    StepKind.CHECKED: "place nth amended barred",
    StepKind.COPY_FOUND: "subjects sealed",
    StepKind.NOTED: "pack",
    StepKind.JOINED: "closes taken",
}
"""Facts that a chronology does not show: ids, hashes, who may know; the way of asking is in its name."""
WAYS = [(rung, kind) for rung in Rung for kind in ("", *rung.spec.kinds)]
AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
MIRROR = CasePlace(n=2, role=PlaceRole.MIRROR, url="https://mirror.example.org/7", channel="blog")
WHERE = "0007-2, mirror.example.org"
LETTER = {"kind": "sent", "rung": "host", "way": "host", "kept": "as_sent", "sent": AT.isoformat()}
OF_LETTER = {"capture": "c3", "kept": "as_sent", "manifest": "0" * 64, "files": "1"}
STEPS = {
    StepKind.OPENED: {}, StepKind.COPY_FOUND: {"url": MIRROR.url, "what": "mirror"},
    StepKind.ASKED: {"rung": "host", "kind": "host", "place": "2", **OF_LETTER},
    StepKind.ANSWERED: {"rung": "host", "kind": "host", "result": "refused", "place": "2"},
    StepKind.CHECKED: {"result": "present", "place": "2"},
    StepKind.HOSTED: {"host": "mirror.example.org", "place": "2"},
    StepKind.EVIDENCE: {"capture": "c2", "kind": "supplied", "manifest": "1" * 64, "files": "1",
     "place": "2"},
}  # fmt: skip
MAY_KNOW = {Recipient.POLICE, Recipient.LA, Recipient.DSL}
OF_PEOPLE = (StepKind.SUPPORT, StepKind.CONSENT_GIVEN, StepKind.WEIGHED, StepKind.NOTED, StepKind.ASSIGNED)
POST = Post("m1", "forum", "post", "https://forum.example.org/1", "A Poster", None, "x", NOW, NOW, NOW)
APPROVED = a_case(
    content_class="C2", chronology_by="head", chronology_author="A Poster", chronology_person="p-teacher"
)
CODES |= {
    code.value
    for kind in (RungAnswer, Check, Complainant, Ending, Relationship, Support, KeptLetter)
    for code in kind
}
CODES |= {
    "seek", "report_only", "answer", "stop", "page", "supplied", "wall", "in_person", "meeting",
    "public_reply", "target", "site", "authority", "child", "nobody", "yes", "no", "lawyer", "art14_month",
    "dp_complaint_30d",
}  # fmt: skip


def test_every_fact_step_and_code_is_told_in_words_or_left_to_the_record_on_purpose():
    for kind in StepKind:
        must, may = names_of_facts(kind)
        left = set(IN_THE_RECORD.get(kind, "").split())
        assert {*TOLD.get(kind, ())} | left == {*must, *may}
        assert not left & {*TOLD.get(kind, ())}
    w = words("en")
    wanted = {f"pack.name.{kind}.{name}" for kind, names in TOLD.items() for name in names}
    assert {key for key in w.lines if key.startswith("pack.name.")} == wanted | {"pack.name.recorded"}
    assert [k for k, said in w.lines.items() if said == "What was kept"] == ["pack.name.evidence.kind"]
    assert not [code for code in sorted(CODES) if not w.has(f"pack.code.{code}")]
    assert not [place for place in sorted(PLACES) if place_words(place, w) == place != "999"]
    assert not [kind for kind in LetterKind if not w.has(f"letter.title.{kind.value}")]
    assert not [kind for kind in (*StepKind, *Wellbeing) if not w.has(f"pack.step.{kind.value}")]


def _facts(climb, recipient=Recipient.FILE):
    rules = climb.rules
    return PackFacts(
        CaseFile(climb.case, tuple(climb.steps), None), rules.school, rules.people, rules.people[0],
        recipient, NOW, "1", rules.means.zone, (), {}, (), "",
    )  # fmt: skip


def _told(climb, recipient=Recipient.FILE):
    (table,) = [b for b in chronology(_facts(climb, recipient), words("en")) if isinstance(b, Rows)]
    return "\n".join("\n".join(row) for row in table.rows)


@pytest.mark.parametrize(("says", "told"), [
    ({}, "said that they were safe."), ({"says": "not_safe"}, "said that they were not safe."),
    ({"says": "ring_me"}, "asked for a call."),
])  # fmt: skip
def test_what_somebody_said_of_how_they_are_is_told_as_they_said_it(says, told):
    climb = Climb("C2", target="teacher").sought()
    climb.take(StepKind.SAFE, person="teacher", **says)
    assert told in _told(climb)


def test_the_police_read_in_their_pack_which_officer_was_told():
    climb = Climb("C2", target="teacher").sought()
    climb.take(StepKind.NOTED, "head", "Officer: PC Larkin 412. They come at ten.")
    assert "Officer: PC Larkin 412." in _told(climb, Recipient.POLICE)
    assert "PC Larkin" not in _told(climb, Recipient.PLATFORM)


def test_report_harmful_content_is_never_told_as_the_schools_helpline():
    climb = Climb("C2", target="teacher").sought()
    climb.take(StepKind.COMPLAINANT, who="staff", person="teacher")
    climb.ask(Rung.PLATFORM_REPORT).answer(Rung.PLATFORM_REPORT, "refused")
    climb.ask(Rung.POSH, kind="rhc").answer(Rung.POSH, "refused")
    told = _told(climb)
    assert "Who was asked: Report Harmful Content" in told
    assert "Who had been asked: Report Harmful Content" in told
    assert "Professionals Online Safety Helpline" not in told


def test_a_notice_is_told_with_when_it_was_written_sent_received_and_recorded():
    climb = Climb("C7", target="teacher").sought()
    climb.take(StepKind.COMPLAINANT, who="staff", person="teacher")
    climb.ask(Rung.PLATFORM_REPORT).answer(Rung.PLATFORM_REPORT, "refused")
    climb.take(StepKind.HOSTED, "schoolgate", host="forum.example.org")
    hours = [climb.now + timedelta(hours=n) for n in (1, 2, 3, 9)]
    written, sent, received, climb.now = hours
    climb.take(
        StepKind.ASKED, at=sent, rung=Rung.HOST, kind="s5", written_at=written.isoformat(),
        received_at=received.isoformat(), kept="not_kept",
    )  # fmt: skip
    step = climb.steps[-1]
    asked = _told(climb).split("Somebody was asked to act.")[-1]
    assert "Who was asked: the website’s operator, by a notice under section 5" in asked
    assert f"Written: {written:%-d %B %Y, %H:%M:%S} GMT ({written:%Y-%m-%d %H:%M:%S} UTC)" in asked
    assert f"Received by them: {received:%-d %B %Y, %H:%M:%S} GMT" in asked
    assert f"Recorded: {step.recorded_at:%-d %B %Y, %H:%M:%S} GMT" in asked
    assert "What was sent: no copy was kept" in asked
    assert f"{sent:%Y-%m-%d %H:%M:%S}" in _told(climb)


def test_the_police_are_given_a_name_with_consent_and_a_locked_case_whole():
    climb = Climb("C6", target="teacher").sought()
    climb.take(StepKind.TARGET, person="teacher")
    name = climb.rules.person("teacher").name
    assert name not in _told(climb, Recipient.POLICE)
    assert name in _told(climb, Recipient.SOLICITOR)
    climb.case = replace(climb.case, consent=Consent.GIVEN)
    assert name in _told(climb, Recipient.POLICE)
    for to in Recipient:
        assert needs_withholding(a_case(locked=True), to) is (to not in MAY_KNOW)
        assert not needs_withholding(a_case(locked=False), to)
    w = words("en")
    assert w(Recipient.LA.key("northern_ireland")) == "the Education Authority"
    assert {w(Recipient.LA.key(n)) for n in ("england", "wales", "scotland")} == {"the local authority"}
    assert all(w.has(to.key("northern_ireland")) for to in Recipient)


@for_each(("rung", "kind"), WAYS)
def test_who_was_asked_and_who_answered_is_told_by_the_one_name_there_is(rung, kind):
    climb = Climb("C2")
    asked = {"rung": rung.value, "kind": kind} if kind else {"rung": rung.value}
    for kind_of_step, facts in (
        (StepKind.ASKED, asked), (StepKind.ANSWERED, {"rung": rung.value, "result": "refused"}),
    ):  # fmt: skip
        climb.steps.append(
            CaseStep("0001", len(climb.steps) + 1, "900001", said(kind_of_step, facts), "head", NOW, NOW)
        )
    w, told = words("en"), _told(climb)
    name = asking_words(rung, kind, w)
    for part in ("asked", "answered"):
        heading = w(f"pack.name.{part}.rung")
        assert w("pack.value.facts", name=heading, value=name) in told


def test_what_was_recorded_later_stands_where_it_happened_and_places_as_they_stand():
    climb = Climb("C2", target="teacher").sought()
    before = climb.now
    climb.now += timedelta(days=2)
    climb.take(StepKind.NOTED, "head", "Later.")
    climb.take(StepKind.RESPONDED, at=before, how="phone")
    told = _told(climb)
    assert told.index("The school answered.") < told.index("Later.")
    blocks = chronology(_facts(climb), words("en"))
    assert any("order in which they happened" in str(block) for block in blocks)
    first, second = rows(under="The places of this matter")
    assert first == (
        "0007",
        "the post, Facebook, https://facebook.example.org/p/1",
        "still there; nobody has been asked",
    )
    assert second[:2] == ("0007-2", "a mirror, blog or site, https://mirror.example.org/7")
    assert rows(under="The places of this matter", lane=BypassRoute.SAFEGUARDING) == ()


def an_exhibit(n, capture, facts):
    file = replace(KEPT, id=f"e{n}", capture_id=capture, mention_id=None, name="supplied-1.pdf")
    return Exhibit(n, "A", "head", AT, (file,), facts)


EXHIBITS = (an_exhibit(1, "c2", {"kind": "supplied", "handed_in": {}}), an_exhibit(2, "c3", LETTER))


def blocks(*, recipient=Recipient.FILE, held=EXHIBITS, **changes):
    case = a_case(**{"others": (MIRROR,)} | changes)
    steps = [step(n, kind, 1, **facts) for n, (kind, facts) in enumerate(STEPS.items(), start=1)]
    first = step(9, StepKind.ASKED, 1, rung="platform_report")
    call = step(10, StepKind.ASKED, 1, rung="police", imminent="yes")
    drafted = step(11, StepKind.LETTER, 1, letter="police", form="txt", sha256="0" * 64)
    maker = Person("head", "Jane Holt", (Role.HEAD,), phone="01632 960001")
    facts = PackFacts(
        a_file(case, steps=(*steps, first, call, drafted)), School("900001", "Oakfield"), (maker,), maker,
        recipient, AT, "1", ZoneInfo("UTC"), held, {"0" * 64: b"%PDF"}, (), "",
    )  # fmt: skip
    return compose_pack(facts, words("en")).blocks


def rows(*, under, **more):
    """The rows of the table that stands next after that heading."""
    found = blocks(**more)
    at = next((n for n, b in enumerate(found) if isinstance(b, Heading) and b.text == under), len(found))
    return next((b.rows for b in found[at:] if isinstance(b, Rows)), ())


def did(**more):
    return {row[0]: row[-1] for row in rows(under="Chronology of the case", **more)}


def test_while_a_name_is_protected_nobody_reads_a_place_and_else_each_by_its_number():
    for n in range(2, len(STEPS) + 1):
        assert f"Place: {WHERE}\n" in f"{did()[str(n)]}\n"
    told = did()
    assert "Place: 0007, facebook.example.org" in told["9"]
    assert "Place" not in told["10"] + told["11"]
    assert "Place:" not in "".join(did(others=()).values())
    assert rows(under="The places of this matter", others=()) == ()
    assert [row[1].splitlines()[-1] for row in rows(under="List of exhibits")] == [WHERE, WHERE]
    assert ("Place", WHERE) in rows(under="Exhibit A/1")
    assert ("Where it is", WHERE) in rows(under="Exhibit A/2")
    said = str(blocks(locked=True, recipient=Recipient.PLATFORM))
    assert "mirror.example.org" not in said


def test_on_the_first_page_whom_it_is_aimed_at_is_named_to_the_police_with_their_consent_alone():
    for consent, named in ((Consent.ASKED, False), (Consent.GIVEN, True)):
        of = {"target": "head", "relationship": Relationship.PARENT}
        found = blocks(recipient=Recipient.POLICE, consent=consent, **of)
        at = next(n for n, b in enumerate(found) if isinstance(b, Heading) and "pack" in b.text)
        assert ("aimed at Jane Holt" in str(found[:at])) is named
        assert ("has not agreed to be named" in str(found[:at])) is not named
        assert "No statement in their own words" in str(found[:at])
        assert ("help you to take one" in str(found[:at])) is named
        assert "as the school recorded: a parent." in str(found[:at])
        assert "Jane Holt (Headteacher), 01632 960001." in str(found[:at])


def test_a_picture_is_called_somebodys_only_where_the_page_showed_who_wrote_it():
    for post, is_by in (({}, "example.org: the part"), ({"author_as_shown": "kit"}, "by “kit”: the part")):
        asked = {"address_asked": "https://forum.example.org/1"}
        page = an_exhibit(1, "c9", {"kind": "page", "page": asked, "post": post})
        assert is_by in str(blocks(held=(replace(page, files=(replace(page.files[0], name="post.png"),)),)))


def test_what_is_for_outside_tells_nothing_about_people_nor_how_staff_were_supported():
    for kind in OF_PEOPLE:
        assert not is_given(a_step(kind=kind), Recipient.PLATFORM)
    for to in Recipient:
        assert is_given(a_step(kind=StepKind.SUPPORT), to) is (
            to in (Recipient.FILE, Recipient.LA, Recipient.DSL)
        )
        offer = a_step(kind=StepKind.LETTER, facts={"letter": "support_offer"})
        assert is_given(offer, to) is (to in (Recipient.FILE, Recipient.LA, Recipient.DSL))
        assert is_given(a_step(kind=StepKind.ASKED), to)


@pytest.mark.parametrize(("changes", "post", "name"), [
    *(({"content_class": code}, POST, None) for code in ("C2", "C3", "C6")),
    ({"closed_at": NOW}, POST, "open_case"), ({"content_class": "C7"}, POST, "harassment_case"),
    ({"content_class": "unjudged"}, POST, "harassment_case"),
    ({"chronology_by": None}, POST, "chronology_approved"),
    ({"chronology_person": None}, POST, "chronology_approved"),
    ({}, replace(POST, author="Another"), "author_of_this_post"),
    ({}, replace(POST, author=None), "author_of_this_post"), ({}, None, "author_of_this_post"),
])  # fmt: skip
def test_what_is_missing_of_an_approved_open_case_of_harassment_refuses_by_its_name(changes, post, name):
    assert guard(replace(APPROVED, **changes), post) == name


def document(*blocks):
    return PackDocument(
        "en", "Title", "Title", "Sub", ("A line.",), "{page} of {pages}", "2026-11-20", blocks
    )


def test_everything_printable_has_a_shape_and_a_word_too_wide_is_broken():
    letters = "".join(c for c in map(chr, range(0x20, 0x10000)) if _PRINTED.match(c) and category(c) != "Cn")
    assert render_pack(document(Heading(letters), Quote((letters,))), {}).startswith(b"%PDF")
    body = "<w:p><w:r><w:t>Dear</w:t><w:tab/><w:t>all</w:t></w:r></w:p>"
    body += "<w:p><w:r><w:t>a</w:t><w:br/><w:t>b</w:t></w:r></w:p>"
    assert words_of("letter.docx", word(body)) == "Dear\tall\na\nb"
    pdf = render_pack(document(Quote(("W" * 69, "0123456789abcdef" * 4))), {})
    read = pypdf.PdfReader(BytesIO(pdf)).pages[0].extract_text()
    assert "W" * 69 not in read
    assert "W" * 69 in read.replace("\n", "")
    assert "0123456789abcdef" * 4 in read
    address = "the.office.of.the.safeguarding.team@oakfieldprimaryschool.example.org"
    rows = Rows("", ("a", "b"), (("It is", address),), (1, 5))
    read = pypdf.PdfReader(BytesIO(render_pack(document(Quote((f"From: {address}",)), rows), {})))
    assert read.pages[0].extract_text().count(address) == 2
    for text, shown in [
        ("“naïve” — £5, ŵŷ\nnext", "“naïve” — £5, ŵŷ\nnext"),
        ("ha 😀👍", "ha [grinning face][thumbs up sign]"),
        ("see عربي here", "see عربي here"), ("漢字", "[CJK ×2]"), ("a\u200db\u202ec", "abc"),
        ("e\u0301", "é"), ("a\u00a0b\u3000c", "a b c"), ("a\tb\r\nc", "a b\nc"),
        ("\U0001d421\U0001d41e\U0001d425\U0001d429 \uff4d\uff45 \U0001d7d7 ﬁre", "help me 9 fire"),
        ("ok 👍🏽", "ok [thumbs up sign]"),
    ]:  # fmt: skip
        assert printable(text) == shown
    for text, named in [
        ("a\r\nb\tc\u00a0d\u3000e", False), ("cafe\u0301", False), ("ha 😀", True), ("ﬁre", True),
    ]:  # fmt: skip
        assert names_any(text) is named


@for_each(
    "name",
    [
        "Nguyễn Thị Hồng", "Ṣadé Adébáyọ̀", "Ọláyínká Bello", "Ẽlia G̃andara", "Ḥusayn Ali", "Ŵyn ap Gŵyr",
        "Đỗ Quỳnh Như", "Łucja Dźwigoń", "Ștefan Țepeș", "Kūʻoko Keʻali", "Ñeẽ M̃bo", "Gə̀lìtə́ N̈aŋ",
        "Ґалаґан Їжакевич", "Қасым Әбіш", "Αθηνά Ϊωνα", "רחל כהן", "Անի Բագրատ", "ქეთევან", "محمد علي خان",
        "عائشة صديق", "پروین چوهان", "Ặng Ứng Ỹ Lệ",
    ],
)  # fmt: skip
def test_a_name_is_printed_as_it_is_written(name):
    assert printable(name) == name
    rows = Rows("", ("a", "b"), ((name, name),), (1, 1))
    pdf = render_pack(document(Heading(name), Quote((name,)), rows), {})
    assert pdf.startswith(b"%PDF")


@for_each(
    ("text", "shown"),
    [
        ("ڈاکٹر زینب", "[ARABIC ×5] زینب"), ("اردو میں", "اردو [ARABIC ×3]"),
        ("Z\u0300\u0301\u0302\u0303\u0304\u0305a", "Z\u0300\u0301a"),
        ("😀\u0301", "[grinning face]"), ("\u0301a", "a"),
    ],
)  # fmt: skip
def test_a_word_with_a_letter_that_the_fonts_lack_is_named_whole_and_marks_pile_no_higher_than_two(
    text, shown
):
    assert printable(text) == shown


@given_any(st.lists(st.text(max_size=120), min_size=1, max_size=4))
def test_whatever_was_posted_can_be_printed(lines):
    rows = Rows("", ("a", "b"), ((lines[0], "x"),), (1, 1), (0,))
    assert render_pack(document(Quote(tuple(lines)), rows), {}).startswith(b"%PDF")


def test_a_tall_picture_stands_whole_on_one_page_below_its_heading():
    rows = zlib.compress(b"\0\0" * 8000)
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 8, 8000, 1, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b"")]
    tall = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    pdf = render_pack(document(Heading("As it was"), Picture("1" * 64, "a picture")), {"1" * 64: tall})
    assert [len(page.images) for page in pypdf.PdfReader(BytesIO(pdf)).pages] == [1]


NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ENTITY = '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x20\x00\x40\x03\xff\xd9"
"""The header of one that is 64 wide and 32 high, without a picture."""


def a_letter_file(name):
    return EvidenceFile(
        "e1", "900001", None, "0001", "c1", name, "0" * 64, "", 1, PRINTED, "holt", LETTER_SENT
    )


def word(body, before=""):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("word/document.xml", f"{before}<w:document {NS}><w:body>{body}</w:body></w:document>")
    return held.getvalue()


def words_of(name, content):
    return letter_text([(a_letter_file(name), content)])


def test_a_mail_is_printed_by_its_plain_part_else_its_words():
    mail = (
        b"From: a@example.org\r\nTo: b@example.org\r\nSubject: =?utf-8?q?T=C5=B7?=\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/alternative; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: text/html\r\n\r\n<p>in a page</p>\r\n"
        b"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nin words\r\n--x--\r\n"
    )
    told = words_of("letter.eml", mail)
    assert told.splitlines()[:3] == ["From: a@example.org", "To: b@example.org", "Subject: Tŷ"]
    assert told.endswith("in words")
    mail = b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>Please <b>look</b>.</p>"
    assert words_of("letter.eml", mail) == "Subject: x\n\nPlease look."
    forms = [(a_letter_file("letter.eml"), b"Subject: x\r\n\r\nmail"), (a_letter_file("letter.txt"), b"text")]
    assert letter_text(forms) == "text"


@pytest.mark.parametrize(("name", "content"), [
    ("letter.docx", b"PK\x03\x04 no archive"), ("letter.docx", word("<w:p>")),
    ("letter.docx", word("<w:p><w:r><w:t>x</w:t></w:r></w:p>" + " " * (9 * 1024 * 1024))),
    ("letter.docx", word("<w:p><w:r><w:t>&e;</w:t></w:r></w:p>", ENTITY)),
    ("letter.eml", b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=no-such\r\n\r\nx"),
    ("letter.pdf", b"%PDF-1.7"),
])  # fmt: skip
def test_what_cannot_be_read_as_words_is_left_to_its_file(name, content):
    assert words_of(name, content) in (None, "x")


def test_a_damaged_letter_or_picture_ends_no_pack():
    for seed in range(20):
        dice = random.Random(seed)
        mail = b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>Please <b>look</b>.</p>"
        for name, whole in (
            ("letter.docx", word("<w:p><w:r><w:t>x</w:t></w:r></w:p>")), ("letter.eml", mail),
        ):  # fmt: skip
            for _ in range(60):
                content = bytearray(whole)
                for _ in range(dice.randint(1, 6)):
                    content[dice.randrange(len(content))] = dice.randrange(256)
                words_of(name, bytes(content))
    # Dear: it makes a PDF.
    for content in [JPEG, PNG, b"GIF89a"]:
        blocks = (Paragraph("What was handed in."), Picture("1" * 64, "a picture"))
        document = PackDocument("en", "t", "t", "s", (), "{page} {pages}", "2026-11-20", blocks)
        assert render_pack(document, {"1" * 64: content}).startswith(b"%PDF")


def printed(case, name="supplied-1.png", media_type="image/png"):
    """The pictures on the page of what was handed in."""
    file = EvidenceFile(
        "e2", "900001", "m1", "0007", "c2", name, "1" * 64, media_type, 9, AT, "head", "supplied"
    )
    exhibit = Exhibit(1, "A/1", "head", AT, (file,), {"kind": "supplied", "handed_in": {}})
    facts = replace(_facts(Climb(), Recipient.POLICE), file=a_file(case), exhibits=(exhibit,))
    return [block for block in exhibit_blocks(exhibit, facts, words("en")) if isinstance(block, Picture)]


@pytest.mark.parametrize(
    ("name", "media_type", "shown"),
    [
        ("supplied-1.png", "image/png", True),
        ("supplied-1.jpg", "image/jpeg", True),
        *(
            ("supplied-1.bin", media_type, False)
            for media_type in ("application/pdf", "text/plain", "image/svg+xml")
        ),
    ],
)
def test_a_plain_picture_that_was_handed_in_is_printed_and_says_what_it_is(name, media_type, shown):
    alts = [shot.alt for shot in printed(a_case(), name, media_type)]
    assert alts == [f"The picture that was supplied as {name}"] * shown


@pytest.mark.parametrize("changes", [
    {"about": About.PUPIL}, {"relationship": Relationship.PUPIL}, {"content_class": "C5"},
    {"proposed_class": "C5"}, {"lane": BypassRoute.SAFEGUARDING}, {"returned_at": AT}, {"restricted": True},
])  # fmt: skip
def test_no_picture_is_printed_that_may_show_a_child_or_nudity_or_of_what_bypasses_the_ladder(changes):
    assert printed(replace(a_case(), **changes)) == []


@pytest.mark.parametrize("recipient", Recipient)
def test_the_cover_says_what_it_is_about_to_those_who_read_no_summary(recipient):
    cover = compose_pack(_facts(Climb("C2", target="teacher").sought(), recipient), words("en")).cover
    assert any("This is about" in line for line in cover) is recipient.removes
