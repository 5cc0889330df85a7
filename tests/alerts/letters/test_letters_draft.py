"""What each letter says, who signs it, what must be known before it is whole, and its files."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from functools import cache
from pathlib import Path

import pytest
from builders.letter import (
    DEFAMED,
    EXAMPLES,
    FAIR,
    HOSTING,
    NOW,
    ON_A_FORUM,
    PEOPLE,
    POST,
    PROFILE,
    REPORTED,
    S5,
    THREAT,
    a_case,
    a_file,
    all_of,
    asks,
    changed,
    rules,
    whole,
    written,
)
from builders.letter import example as drafted
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from alerts.letters.facts import values
from alerts.letters.kinds import SPECS, LetterCheck, LetterFacts, LetterKind, LetterReader, NoDraft
from alerts.letters.layout import eml, fill_letter, make_letter_pdf, parts, source, write_draft
from alerts.ways import helplines, platforms
from data.errors import InputError
from data.steps.codes import Complainant, Relationship, RungAnswer
from data.types import About, Role
from monitor.reports import manual


@pytest.mark.parametrize("kind", list(LetterKind))
def test_the_letter_in_english(kind, snapshot):
    assert write_draft(example(kind), 78) == snapshot


def test_no_letter_of_any_nation_has_anything_unfilled():
    for nation in NATIONS:
        kinds = [k for k in LetterKind if nation in ("england", "wales") or k is not LetterKind.S5_NOTICE]
        for kind in kinds:
            said = all_of(drafted(kind, rules=rules(nation)))
            assert not re.search(
                r"[{}<>\[\]]|\bNone\b|\bFalse\b|\bTrue\b|  |\bundefined\b| [,.;:?!](?!uk)", said
            ), said


def test_a_notice_asks_for_what_the_case_does_not_know_and_again_for_another_kind():
    case = replace(DEFAMED, complainant=Complainant.PARENT, complainant_person=None)
    assert asks(written(LetterKind.S5_NOTICE, case, S5, post=ON_A_FORUM)) == ["name", "email"]
    addressless = replace(ON_A_FORUM, url=None)
    assert asks(written(LetterKind.S5_NOTICE, DEFAMED, S5, post=addressless)) == ["url", "operator"]
    made = written(LetterKind.S5_NOTICE, DEFAMED, {}, post=ON_A_FORUM)
    assert all("?" in want.question for want in made.wanted)
    for fact, said in [
        ("share_name", "perhaps"), ("share_email", "perhaps"), ("email", "sam at home"), ("no_details", "no"),
    ]:  # fmt: skip
        assert asks(written(LetterKind.S5_NOTICE, DEFAMED, S5 | {fact: said}, post=ON_A_FORUM)) == [fact]
    for operator in ["Google", "a broadband provider", "Bing search engine"]:
        made = written(LetterKind.S5_NOTICE, DEFAMED, S5 | {"operator": operator}, post=ON_A_FORUM)
        assert asks(made) == ["operator"]


def test_consent_to_passing_on_name_and_address_are_two_things_though_one_answer_was_once_asked():
    for name, email in [("yes", "no"), ("no", "yes"), ("yes", "yes"), ("no", "no")]:
        given = S5 | {"share_name": name, "share_email": email}
        said = all_of(whole(LetterKind.S5_NOTICE, DEFAMED, given, post=ON_A_FORUM))
        assert ("I consent to your giving my name" in said) is (name == "yes")
        assert ("I consent to your giving them my email" in said) is (email == "yes")
        assert said.count("I do not consent") == (name, email).count("no")
    for answer in ["yes", "no"]:
        given = {name: said for name, said in S5.items() if not name.startswith("share_")}
        then = whole(LetterKind.S5_NOTICE, DEFAMED, given | {"share_details": answer}, post=ON_A_FORUM)
        apart = given | {"share_name": answer, "share_email": answer}
        both = whole(LetterKind.S5_NOTICE, DEFAMED, apart, post=ON_A_FORUM)
        assert write_draft(then) == write_draft(both)


@pytest.mark.parametrize(
    ("changes", "signs", "signed"),
    [
        ({"about": About.HEAD, "subjects": ("head",)}, None, ("Alex Marsh", "Chair of governors")),
        ({"target": "head"}, None, ("Lee Ash", "Deputy headteacher")),
        ({}, Role.IT_LEAD, ("Jo Fern", "IT lead")),
    ],
    ids=["the chair where it is about the head", "not whom it is aimed at", "as the policy says"],
)
def test_who_signs(changes, signs, signed):
    by = rules(profile=replace(PROFILE, signs=signs))
    assert drafted(LetterKind.PARENT_INVITATION, rules=by, **changes).signed[:2] == signed


def test_where_nobody_may_sign_it_says_so_and_the_press_contact_answers_the_press_unless_it_is_about_them():
    made = written(LetterKind.THANKS, FAIR, {}, rules=rules(people=(PEOPLE[-1],)))
    assert asks(made) == ["signer"]
    by = rules(profile=replace(PROFILE, press=Role.IT_LEAD))
    made = drafted(LetterKind.HOLDING_LINE, rules=by)
    assert made.signed[0] == "Jo Fern"
    assert "Jo Fern (IT lead)" in all_of(made)
    made = drafted(LetterKind.HOLDING_LINE, subjects=("it",), target=None, rules=by)
    assert "Jo Fern" not in all_of(made)
    assert made.signed[0] == "Jane Holt"


def test_offices_and_the_one_force_are_called_as_the_nation_calls_them_and_wales_has_either_language():
    for nation, office in [
        ("england", "Headteacher"), ("wales", "Headteacher"), ("northern_ireland", "Principal"),
    ]:  # fmt: skip
        assert drafted(LetterKind.PARENT_INVITATION, rules=rules(nation)).signed[1] == office
    for nation, force in [("scotland", "Police Scotland"), ("england", None)]:
        case, facts, _ = EXAMPLES[LetterKind.POLICE]
        less = {name: said for name, said in facts.items() if name != "force"}
        made = written(LetterKind.POLICE, case, less, rules=rules(nation))
        assert (made.to == (force,)) if force else (asks(made) == ["force"])
    made = drafted(LetterKind.COMPLAINTS_PROCEDURE, rules=rules("wales"))
    assert "in Welsh or in English" in all_of(made)


def test_a_platforms_ground_is_its_own_and_whoever_complains_in_their_own_name_says_so():
    made = changed(LetterKind.PLATFORM_REPORT, {"ground": "bad manners"})
    assert asks(made) == ["ground"]
    assert "private or personal details" in made.wanted[0].question
    taken = drafted(LetterKind.PLATFORM_REPORT, {"ground": "harassment or a personal attack"})
    assert "harassment or a personal attack" in all_of(taken)
    made = drafted(
        LetterKind.PLATFORM_REPORT, complainant=Complainant.STAFF, complainant_person="vale"
    )  # fmt: skip
    assert "I am the person the post is about." in made.body
    assert made.signed == ("Sam Vale",)


def test_wikipedia_mumsnet_and_report_harmful_content_are_written_to_by_their_ways():
    post = EXAMPLES[LetterKind.MUMSNET][2]["post"]
    case = replace(DEFAMED, channel="mumsnet")
    first = whole(LetterKind.MUMSNET, case, {"why": "It may be untrue and harm a person."}, post=post)
    assert first.subject.startswith("Report")
    assert "I am the person the post is about." in first.body
    assert first.signed == ("Sam Vale",)
    assert "our school" not in " ".join(first.body)
    then = whole(LetterKind.MUMSNET, replace(case, askings=(REPORTED,)), S5, post=post)
    assert then.subject == "Formal complaint of defamation"
    assert (then.to, then.signed) == (("Mumsnet",), ("Sam Vale",))
    made = drafted(LetterKind.WIKIPEDIA, content_class="C11")
    assert "put none of this on a page of the wiki" in all_of(made)
    case, facts, _ = EXAMPLES[LetterKind.RHC]
    less = {k: v for k, v in facts.items() if k not in ("age_13", "answer")}
    made = written(LetterKind.RHC, case, less)
    assert asks(made) == ["age_13", "answer"]
    assert "United Kingdom" in made.wanted[0].question
    for wrong in ({"age_13": "no"}, {"harm": "rudeness"}):
        assert asks(changed(LetterKind.RHC, wrong)) == [*wrong]


UNHEARD = {"askings": (replace(REPORTED, answer=RungAnswer.NONE),)}
WATCHED = replace(THREAT, relationship=Relationship.THIRD_PARTY, askings=())
POSED = replace(EXAMPLES[LetterKind.PLATFORM_REPORT][0], content_class="C12")
OF_PRIVACY = replace(EXAMPLES[LetterKind.SOLICITOR_FACTS][0], content_class="C11")
BY_A_WAY = [
    kind for kind in LetterKind if SPECS[kind].reader in (LetterReader.PLATFORM, LetterReader.HELPLINE)
]
example = cache(drafted)
FOLDER = Path(__file__).resolve().parents[3] / "alerts" / "letters" / "templates"
NATIONS = ("england", "wales", "scotland", "northern_ireland")
_NAME = re.compile(r"\{\{\s*(\w+)|\{%-? (?:if|elif) (?:not )?(\w+)|\b(?:or|and) (?:not )?(\w+)|in (\w+) %\}")
DOCS = manual.fill_page((FOLDER.parents[2] / "docs" / "letters.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("kind", "case", "facts", "has", "lacks"),
    [
        (LetterKind.PARENT_INVITATION, FAIR, {}, ("every right to say",), ("please take",)),
        (
            LetterKind.POLICE, replace(EXAMPLES[LetterKind.POLICE][0], locked=True), {}, ("Section 141F",),
            ("Vale",),
        ),
        (LetterKind.PLATFORM_REPORT, WATCHED, {}, ("keep your records",), ()),
        (
            LetterKind.RHC, replace(EXAMPLES[LetterKind.RHC][0], **UNHEARD), {"answer": "no answer came"},
            ("no answer came.",), (),
        ),
        (LetterKind.SOLICITOR_FACTS, OF_PRIVACY, {}, (), ("court",)),
        (LetterKind.PLATFORM_REPORT, POSED, {"author": "Sam Vale"}, (), ("Vale",)),
    ],
    ids=[
        "fair comment is invited to talk and not asked to go",
        "the police are told of the lock, which keeps the name out",
        "of a threat the platform is asked to keep its records",
        "silence may be the platform's answer too",
        "a sheet of another class holds no limit of the law",
        "an account that poses as one of us is not named by that name",
    ],
)  # fmt: skip
def test_what_a_letter_says_of_its_case(kind, case, facts, has, lacks):
    first, given, more = EXAMPLES[kind]
    if "author" in facts:
        more = {**more, "post": replace(POST, text="Ring us", author=facts["author"])}
        facts = {}
    said = all_of(whole(kind, case or first, given | facts, **more))
    assert all(part in said for part in has)
    assert not any(part in said for part in lacks)


def test_an_abuse_desk_and_an_archive_are_addressed_where_known_and_what_is_no_address_is_nobodys():
    assert example(LetterKind.HOST_ABUSE).mail_to == "abuse@hosting.example"
    assert example(LetterKind.REGISTRAR_ABUSE).mail_to == "abuse@registrar.example"
    assert not [
        kind
        for kind in LetterKind
        if kind not in (LetterKind.HOST_ABUSE, LetterKind.REGISTRAR_ABUSE, LetterKind.ISP_TERMS)
        and example(kind).mail_to
        and kind is not LetterKind.ARCHIVE_REQUEST
    ]
    case, facts, more = EXAMPLES[LetterKind.ARCHIVE_REQUEST]
    assert example(LetterKind.ARCHIVE_REQUEST).mail_to == "info@archive.org"
    elsewhere = replace(more["post"], channel="archive_today", url="https://archive.ph/AbCdE")
    given = facts | {"original": "https://blog.example.org/1"}
    made = whole(LetterKind.ARCHIVE_REQUEST, replace(case, channel="archive_today"), given, post=elsewhere)
    assert made.mail_to is None
    assert mail(example(LetterKind.HOST_ABUSE))["To"] == "abuse@hosting.example"
    assert not mail(example(LetterKind.PARENT_INVITATION))["To"]
    hosting = {**HOSTING, "network_abuse": "a@b.example\nBcc: c@d.example"}
    assert drafted(LetterKind.HOST_ABUSE, hosting=hosting).mail_to is None


def test_a_fact_wanted_has_a_question_and_a_time_that_may_be_another_is_asked_again():
    for kind in list(LetterKind):
        case, _, more = EXAMPLES[kind]
        made = written(kind, case, {}, **more)
        if isinstance(made, NoDraft):
            assert set(asks(made)) <= {*SPECS[kind].wants, *SPECS[kind].may}
    with pytest.raises(InputError, match=r"pupil.*It takes: to, meeting"):
        written(LetterKind.PARENT_INVITATION, a_case(), {"pupil": "x"})
    made = written(LetterKind.PARENT_INVITATION, a_case(), {"to": "x" * 301, "meeting": "Thursday"})
    assert asks(made) == ["to"]
    made = whole(LetterKind.PARENT_INVITATION, a_case(), {"to": "{{ today }}", "meeting": "{% if %}"})
    assert "Dear {{ today }}," in made.body
    # It was drafted on a Friday: “Friday” may be that day or one a week on.
    for said in ["soon", "yesterday", "12 November", "Friday", "as soon as you can"]:
        assert asks(changed(LetterKind.PARENT_REMOVAL, {"by": said})) == ["by"]
    timed = {LetterKind.PARENT_REMOVAL, LetterKind.AUTHOR_REMOVAL, LetterKind.STAFF_REMOVAL}
    assert {k for k in LetterKind if example(k).by} == timed


@pytest.mark.parametrize(("said", "until"), [
    ("", "2026-11-23T23:59:59"), ("Tuesday", "2026-11-24T23:59:59"),
    ("Tuesday at noon", "2026-11-24T12:00:00"), ("dydd Mawrth am 12:00", "2026-11-24T12:00:00"),
    ("Monday 30 November", "2026-11-30T23:59:59"), ("30 Nov at 15:30", "2026-11-30T15:30:00"),
])  # fmt: skip
def test_the_time_that_a_letter_gives_is_read_as_it_says_it(said, until):
    made = drafted(LetterKind.PARENT_REMOVAL, {"by": said} if said else {})
    assert made.by is not None
    assert (made.by - timedelta(seconds=until.endswith("59"))).isoformat() == f"{until}+00:00"


@pytest.mark.parametrize("nation", ["england", "wales", "scotland", "northern_ireland"])
def test_a_solicitors_sheet_says_until_when_the_law_gives_time_and_by_which_act(nation):
    said = all_of(drafted(LetterKind.SOLICITOR_FACTS, rules=rules(nation)))
    act = {"scotland": "(Scotland) Act 2021", "northern_ireland": "Order 1989"}.get(
        nation, "Act 1980, section 4A"
    )
    assert act in said
    assert "until 11 November 2027" in said
    assert "0" * 64 in said


def mail(made):
    return message_from_bytes(eml(made), policy=default)


def test_a_mail_opens_for_writing_never_looks_sent_and_holds_the_whole_letter():
    for kind in list(LetterKind):
        read = mail(example(kind))
        assert read["X-Unsent"] == "1"
        assert not {"Date", "Message-ID", "From", "Sender", "Received", "Cc", "Bcc"} & set(read.keys())
        assert read["Subject"].startswith("DRAFT: ")
        assert read.get_content().startswith("DRAFT. ")
    made = example(LetterKind.S5_NOTICE)
    held = mail(made).get_content()
    assert all(part in held for part in (*made.body, *made.signed, made.dated, made.reference))
    assert b"\n" not in eml(example(LetterKind.THANKS)).replace(b"\r\n", b"")


@given(said=st.text(min_size=1, max_size=60))
def test_nothing_in_a_subject_adds_a_header(said):
    made = replace(example(LetterKind.THANKS), subject=f"{said}\r\nBcc: a@b.example\n\nBody")
    read = mail(made)
    assert set(read.keys()) == {
        "X-Unsent", "To", "Subject", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"
    }  # fmt: skip


def read_pdf(made):
    return PdfReader(io.BytesIO(make_letter_pdf(made)))


def test_a_parents_letter_about_a_pupil_points_to_the_nspcc_and_childline_and_no_other_does():
    said = all_of(drafted(LetterKind.PARENT_INVITATION, about=About.PUPIL, target=None))
    assert "NSPCC" in said
    assert helplines()["report_remove"].phone in said
    assert "NSPCC" not in all_of(drafted(LetterKind.PARENT_INVITATION))


@pytest.mark.parametrize("kind", [LetterKind.PARENT_INVITATION, LetterKind.REPLY, LetterKind.S5_NOTICE])
def test_a_pdf_is_marked_titled_in_its_language_and_for_screen_readers(kind):
    made = example(kind)
    read = read_pdf(made)
    said = " ".join(" ".join(page.extract_text() for page in read.pages).split())
    assert made.mark in said
    assert made.reference in said
    assert made.signed[0] in said
    assert read.metadata.title == f"{made.mark}: {made.title}"
    assert read.trailer["/Root"]["/Lang"].startswith("en")
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in make_letter_pdf(made)


def test_every_page_says_that_it_is_a_draft_and_who_signs_stands_on_that_of_the_last_words():
    made = example(LetterKind.POLICE)
    read = read_pdf(replace(made, body=made.body * 4))
    assert len(read.pages) > 2
    assert all("DRAFT" in page.extract_text() and "0007" in page.extract_text() for page in read.pages)
    made = example(LetterKind.S5_NOTICE)
    for lines in range(0, 30, 3):
        pages = read_pdf(replace(made, body=(*("A line of it.",) * lines, *made.body))).pages
        (last,) = [page for page in pages if "Yours faithfully" in page.extract_text()]
        assert "Sam Vale" in last.extract_text().partition("Yours faithfully")[2]


def test_a_name_in_any_letters_and_what_is_typed_are_set_as_they_are_and_nothing_can_be_printed():
    made = whole(
        LetterKind.PARENT_INVITATION,
        a_case(),
        {"to": "Ms #Ex*ample_ $x$", "meeting": '@home <here> \\ "then"'},
    )
    said = " ".join(read_pdf(made).pages[0].extract_text().split())
    assert "Dear Ms #Ex*ample_ $x$," in said
    assert '@home <here> \\ "then"' in said
    for name in ["🦊 Foxy", "李雷", "مريم", "\ufffe?", "Ŵyn Llŷr"]:
        made = whole(LetterKind.PARENT_INVITATION, a_case(), {"to": name, "meeting": f"Thursday {name}"})
        assert make_letter_pdf(made).startswith(b"%PDF")
        assert f"Dear {name}," in mail(made).get_content()
    for body in [(), ("word " * 3000,)]:
        assert read_pdf(replace(example(LetterKind.THANKS), body=body, public=False)).pages


def test_text_is_wrapped_between_words_and_a_helplines_own_words_are_not_warned_of():
    lines = write_draft(example(LetterKind.WIKIPEDIA), 60).splitlines()
    assert all(len(line) <= 60 or " " not in line.strip() for line in lines)
    assert any(line.startswith("  ") for line in lines)
    subject, body = parts("About\n\n\nOne\nand two.\n\n- a\n- b\n  c\n\nEnd")
    assert (subject, body) == ("About", ("One and two.", "- a\n- b c", "End"))
    by = rules(profile=replace(PROFILE, support="Mr Vale and Mrs Holt listen"))
    made = drafted(LetterKind.S5_NOTICE, rules=by)
    assert not [warning for warning in made.warnings if "support" in warning]


@pytest.fixture
def looked_at(monkeypatch):
    def on(day):
        for rows in (platforms(), helplines()):
            for key, row in rows.items():
                other = [replace(way, checked_on=day) for way in getattr(row, "ways", ())]
                aged = replace(row, checked_on=day, **({"ways": tuple(other)} if other else {}))
                monkeypatch.setitem(rows, key, aged)

    return on


def test_over_six_months_after_a_way_was_looked_at_its_letters_alone_say_so(looked_at):
    for kind in BY_A_WAY:
        looked_at(date(2026, 5, 19))
        said = "on 19 May 2026, over six months ago: check it before you send this."
        assert said in drafted(kind).notice
        looked_at(date(2026, 5, 20))
        assert "over six months" not in drafted(kind).notice
    looked_at(date(2020, 1, 1))
    assert "over six months" not in drafted(LetterKind.PARENT_INVITATION).notice


def names(path):
    inside = " ".join(re.findall(r"\{[{%].*?[}%]\}", path.read_text(encoding="utf-8")))
    return {name for found in _NAME.findall(inside) for name in found if name}


def test_there_is_a_letter_of_every_kind_and_the_nations_wording_comes_first():
    assert {p.name for p in (FOLDER / "en" / "any").iterdir()} == {f"{kind.value}.txt" for kind in LetterKind}
    for path in FOLDER.glob("*/*/*.txt"):
        assert names(path) <= names(FOLDER / path.parts[-3] / "any" / path.name), path
        text = re.sub(r"\{[{%].*?[}%]\}", "", path.read_text(encoding="utf-8"))
        assert not re.search(r"[\"'`\t]", text), path
    for nation in NATIONS:
        name, _ = source(LetterKind.COMPLAINTS_PROCEDURE, "en", nation, None)
        assert name.split("/")[1] == ("any" if nation == "england" else nation)
    with pytest.raises(InputError, match="undefined"):
        fill_letter(LetterKind.THANKS, "en", "england", None, {})


def own(tmp_path, text, folder="any"):
    path = tmp_path / "en" / folder / "thanks.txt"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return tmp_path


def thanks(letters):
    return whole(LetterKind.THANKS, FAIR, {}, rules=rules(profile=replace(PROFILE, letters=letters)))


@pytest.mark.parametrize("folder", ["any", "england"])
def test_a_schools_own_letter_takes_the_place_of_ours(tmp_path, folder):
    made = thanks(own(tmp_path, "Ours\n\nFrom {{ school }}, with thanks.\n", folder))
    assert (made.body, made.mark) == (("From Oakfield Primary School, with thanks.",), "DRAFT")
    assert made.reference.endswith("0007")


def test_a_schools_own_letter_comes_before_the_nations_and_is_told_where_it_is_not_utf8(tmp_path):
    path = tmp_path / "en" / "any" / "complaints_procedure.txt"
    path.parent.mkdir(parents=True)
    path.write_text("Ours\n\nText.\n", encoding="utf-8")
    assert source(LetterKind.COMPLAINTS_PROCEDURE, "en", "wales", tmp_path)[0] == str(path)
    folder = own(tmp_path / "damaged", "")
    (folder / "en" / "any" / "thanks.txt").write_bytes(b"Thanks\n\n\xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        thanks(folder)


@pytest.mark.parametrize(("text", "said"), [
    ("For {{ pupil_name }}.", r"thanks\.txt.*pupil_name.*schoolgate docs letters"),
    ("{% if %}", r"thanks\.txt"), ("We shall take legal action.", "legal action"),
    ("{{ school.__class__.__mro__ }}", None),
], ids=["a name that there is not", "damaged", "a threat", "a way to the machine"])  # fmt: skip
def test_a_schools_own_letter_that_does_not_do_is_refused_and_says_why(tmp_path, text, said):
    with pytest.raises(InputError, match=said):
        thanks(own(tmp_path, f"Ours\n\n{text}\n"))


def test_the_manual_lists_every_letter_and_names_everything_that_one_may_hold():
    rows = [line.split("|")[1:-1] for line in DOCS.splitlines() if line.startswith("| `")]
    found = {cells[0].strip(" `"): cells for cells in rows if len(cells) == 4}
    assert list(found) == [kind.value for kind in LetterKind]
    for kind, spec in SPECS.items():
        _, _, wants, may = found[kind.value]
        assert tuple(re.findall(r"`(\w+)`", wants)) == spec.wants
        assert tuple(re.findall(r"`(\w+)`", may)) == spec.may
    case, facts, _ = EXAMPLES[LetterKind.POLICE]
    given = LetterFacts(NOW, "en", facts)
    held = values(LetterCheck(LetterKind.POLICE, SPECS[LetterKind.POLICE], a_file(case), given, rules()))
    assert not {name for name in held if f"`{name}`" not in DOCS}
    used = {name for path in FOLDER.glob("*/*/*.txt") for name in names(path)} - {"line", "chronology"}
    assert used <= held.keys()
