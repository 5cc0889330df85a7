"""What a letter quotes is what was posted, and what it says of the past was recorded, at its place."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from functools import cache
from io import BytesIO

import pytest
from builders.ladder import HOUR, Climb
from builders.ladder import NOW as OPENED_AT
from builders.ladder import rules as ladder_rules
from builders.letter import (
    BEFORE,
    DEFAMED,
    EXAMPLES,
    KEPT,
    NOW,
    ON_A_FORUM,
    POST,
    S5,
    THREAT,
    THREAT_STEPS,
    a_file,
    all_of,
    asked,
    example,
    rules,
    step,
    whole,
    written,
)
from builders.steps import as_stored
from hypothesis import example as given_too
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from alerts.ladder.replay import replay
from alerts.ladder.rules import imminent
from alerts.letters.draft import draft
from alerts.letters.kinds import SPECS, LetterDraft, LetterFacts, LetterKind, takes_the_formal_way
from alerts.letters.layout import eml, make_letter_pdf, write_draft
from alerts.places import at_place
from data.cases import Assessment, CaseFile, CasePlace, CaseStep, Post, Profile
from data.evidence.handed_in import BY_HAND
from data.rungs import Rung
from data.steps.classes import (
    Answered,
    Asked,
    CameBack,
    Checked,
    ConsentAsked,
    ConsentGiven,
    Decided,
    EvidenceKept,
)
from data.steps.codes import (
    BypassRoute,
    Check,
    Complainant,
    Decision,
    EvidenceKind,
    PlaceRole,
    RungAnswer,
    Sender,
    StepKind,
)
from data.types import About
from data.web.channels import channel
from monitor.terminal.output import Document, printed_text

HARD = (
    "“Mr  Vale”\n\n- is a thief 🦊, meddai’r tŷ\n\n\u202eOn the Year 6 trip\u202c, 3 May 2026. "
    "{{ name }} \0statement\0\n\tend "
)
GIVEN = {name: said for name, said in S5.items() if name != "statement"}
TAKES_WORDS = [kind for kind, spec in SPECS.items() if "words" in spec.may]
MIRROR = CasePlace(n=2, role=PlaceRole.MIRROR, url="https://mirror.example.org/7", channel="blog")
ARCHIVE = CasePlace(n=3, role=PlaceRole.ARCHIVE, url="https://web.archive.org/web/1/x", channel="archive_org")
OTHERS = (replace(MIRROR, askings=(asked(Rung.HOST, "host", RungAnswer.REFUSED),)), ARCHIVE)
PAGE = {"kind": "page", "capture": "c2", "manifest": "2" * 64, "files": "1"}
AT_TWO = {
    "found elsewhere too: a mirror": (StepKind.COPY_FOUND, {"url": MIRROR.url, "what": "mirror"}),
    "contacted: the website’s host (reference H-1)": (StepKind.ASKED,
     {"rung": "host", "kind": "host", "reference": "H-1", "place": "2"}),
    "answer of the website’s host: refused": (StepKind.ANSWERED,
     {"rung": "host", "kind": "host", "result": "refused", "place": "2"}),
    "looked at again: still there": (StepKind.CHECKED, {"result": "present", "place": "2"}),
    "it was there again": (StepKind.CAME_BACK, {"place": "2"}),
    "evidence was kept": (StepKind.EVIDENCE, {**PAGE, "place": "2"}),
}  # fmt: skip
WEIGHED = Assessment("a lie", "two days", "a group of ninety", "he is ill", BEFORE)
CALLED = (StepKind.ASKED, {"rung": "police", "imminent": "yes", "reference": "CAD 12"})
A_POST = Post(
    "m1", "facebook", "post", "https://example.org/p/1", "A Parent", None, "Mr Reeve is late again", None,
    OPENED_AT - 2 * HOUR, OPENED_AT, source_ids=("feed",),
)  # fmt: skip
FACTS = {
    "to": "Ms Example", "meeting": "Thursday at 15:30", "by": "15:30 on 6 January 2027",
    "url": "https://example.org/p/1", "ground": "bullying", "harm": "abuse",
    "contact": "01632 960 002", "why": "It may do harm.", "answer": "No.", "force": "Northvale Police",
    "name": "Sam Reeve", "email": "reeve@example.org", "no_details": "yes", "statement": "is late again",
    "defames": "It harms me.", "meaning": "That I am late.", "wrong": "I am not.", "share_name": "no",
    "share_email": "no", "host": "Example Hosting Ltd", "domain": "example.org", "danger": "Nothing.",
    "registrar": "Example Registrar Ltd", "provider": "Example Hosting Ltd", "age_13": "yes",
    "complaints_url": "https://example.org/c", "support": "A helpline.", "operator": "A chat",
}  # fmt: skip
HOSTING = {"host": "host.example", "network": "Example Hosting Ltd", "registrar": "Example Registrar Ltd"}
ASKED = [
    {"rung": "author_request", "kind": "conversation"}, {"rung": "author_request", "kind": "removal"},
    {"rung": "platform_report"}, {"rung": "platform_report", "kind": "own"}, {"rung": "host", "kind": "host"},
    {"rung": "host", "kind": "s5"}, {"rung": "host", "kind": "s5", "sender": "solicitor"},
    {"rung": "host", "kind": "s5", "sender": "themselves"}, {"rung": "isp", "kind": "registrar"},
    {"rung": "posh"}, {"rung": "police", "imminent": "yes"},
]  # fmt: skip
ANSWERED = [{"rung": rung.value, "result": result} for rung in Rung for result in ("none", "refused")]
TALKED = {"rung": "author_request", "result": "refused", "talked_at": OPENED_AT.isoformat()}
PAGE_SAVED = {"capture": "c2", "manifest": "0" * 64, "files": "3", "kind": "page"}
STEPS = [
    *[(StepKind.ASKED, facts) for facts in ASKED],
    *[(StepKind.ANSWERED, facts) for facts in (*ANSWERED, TALKED)], (StepKind.CHECKED, {"result": "gone"}),
    (StepKind.CAME_BACK, {}), (StepKind.CAME_BACK, {"mention": "m2"}), (StepKind.EVIDENCE, PAGE_SAVED),
    (StepKind.EVIDENCE, {**PAGE_SAVED, "kind": "supplied"}),
    (StepKind.CONSENT_ASKED, {"person": "teacher", "how": "phone"}),
    (StepKind.CONSENT_GIVEN, {"person": "teacher"}), (StepKind.CONSENT_REFUSED, {"person": "teacher"}),
    (StepKind.CONSENT_OVERRIDDEN, {"ground": "risk_to_life"}), (StepKind.HOSTED, HOSTING),
]  # fmt: skip
_TO_TALK = (StepKind.ASKED, ASKED[0])
TALKS = [[], [_TO_TALK], *[[_TO_TALK, (StepKind.ANSWERED, answer)] for answer in (*ANSWERED[:2], TALKED)]]
_MAY_WE = (StepKind.CONSENT_ASKED, {"person": "teacher", "how": "phone"})
_ANYWAY = (StepKind.CONSENT_OVERRIDDEN, {"ground": "risk_to_life"})
CONSENTS = [
    [], [_MAY_WE], [_MAY_WE, (StepKind.CONSENT_GIVEN, {"person": "teacher", "informed": "mail"})],
    [_MAY_WE, _ANYWAY], [_ANYWAY],
]  # fmt: skip
LATE = {"due_at": OPENED_AT - HOUR, "clock": "platform_48h"}


def notice(statement, **facts):
    """The notice that quotes this, which stands in the sealed post; nobody typed it."""
    post = replace(ON_A_FORUM, text=statement)
    return whole(LetterKind.S5_NOTICE, DEFAMED, GIVEN | facts, post=post)


def apart(said):
    """How a quotation is set out: between two lines, where it is plain what belongs to it."""
    around = "-" * 40
    return f"\n\n{around}\n{said}\n{around}\n\n"


def mailed(made):
    """Its text as a mail program shows it: in a mail every line ends with CR and LF."""
    return message_from_bytes(eml(made), policy=default).get_content().replace("\r\n", "\n")


def attached(made):
    held = PdfReader(BytesIO(make_letter_pdf(made))).attachments
    return {name: content[0].decode() for name, content in held.items()}


def test_the_statement_is_the_sealed_post_and_what_a_pdf_cannot_show_is_attached():
    made = notice(HARD)
    assert made.verbatim == {"statement": HARD}
    assert apart(HARD).encode() in write_draft(made).encode()
    assert apart(HARD) in mailed(made)
    assert attached(made) == {"statement.txt": HARD}
    shown = printed_text(Document(write_draft(made, 78)))
    assert "\u202e" not in shown
    assert "\\u202eOn the Year 6 trip\\u202c, 3 May 2026." in shown
    assert "\n- is a thief 🦊, meddai’r tŷ\n" in shown
    assert make_letter_pdf(made) == make_letter_pdf(notice(HARD))
    said, plain = (
        "".join(page.extract_text() for page in PdfReader(BytesIO(make_letter_pdf(one))).pages)
        for one in (made, notice("Plain"))
    )
    assert "[fox face]" in said
    assert "The exact words are attached to it" in " ".join(said.split())
    assert "attached" not in plain


@cache
def parts_of_a_plain_one():
    return len(notice("plain").body)


@given(said=st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r"), min_size=1))
@given_too(said=HARD)
@given_too(said="- one\n- two")
@given_too(said="DRAFT")
def test_whatever_was_posted_is_quoted_as_it_is_in_text_and_mail(said):
    made = notice(said)
    assert made.verbatim["statement"] == said
    assert apart(said) in write_draft(made)
    assert apart(said) in mailed(made)
    assert len(made.body) == parts_of_a_plain_one()


@given(
    said=st.text(
        st.characters(exclude_categories=("Cs",), exclude_characters="\r\0"), min_size=1, max_size=80
    )
)
def test_what_a_pdf_cannot_show_is_attached_to_it_as_it_is(said):
    made = notice(said)
    assert attached(made) in ({}, {"statement.txt": said})
    if not attached(made):
        shown = PdfReader(BytesIO(make_letter_pdf(made))).pages[0].extract_text()
        assert "".join(said.split()) in "".join(shown.split())


def test_a_quotation_is_set_apart_whole_and_a_part_given_in_its_place_is_warned_of_where_it_is_not_in_it():
    made = notice("“Mr Vale” took it")
    assert apart("“Mr Vale” took it") in write_draft(made)
    assert "““" not in write_draft(made)
    assert "y" * 30_000 in write_draft(notice("y" * 30_000))
    made = whole(LetterKind.S5_NOTICE, DEFAMED, GIVEN | {"statement": "a\r\nb\rc"}, post=ON_A_FORUM)
    assert made.verbatim["statement"] == "a\nb\nc"
    made = whole(LetterKind.S5_NOTICE, DEFAMED, S5 | {"statement": "pinched forty pounds"}, post=ON_A_FORUM)
    assert (made.verbatim, made.warnings) == ({"statement": "pinched forty pounds"}, ())
    made = whole(LetterKind.S5_NOTICE, DEFAMED, S5 | {"statement": "He stole"}, post=ON_A_FORUM)
    assert made.verbatim == {"statement": "He stole"}
    assert "not in the post as we hold it" in made.warnings[0]


def test_words_of_a_post_are_quoted_as_they_are_in_every_letter_that_takes_them():
    for kind in TAKES_WORDS:
        made = example(kind, {"words": HARD})
        assert made.verbatim == {"words": HARD}
        assert apart(HARD) in write_draft(made)
        assert apart(HARD) in mailed(made)
        assert attached(made) == {"words.txt": HARD}


def test_what_is_quoted_or_told_by_the_complainant_is_never_refused_and_stops_no_letter():
    for said in [
        "Mrs Lowe did not help.", "On the Year 6 trip he shouted.", "It was on 3 May 2026.",
        "He broke the law.",
    ]:  # fmt: skip
        for kind in [LetterKind.S5_NOTICE, LetterKind.POLICE, LetterKind.PLATFORM_REPORT]:
            fact = "statement" if kind is LetterKind.S5_NOTICE else "words"
            assert example(kind, {fact: said}).verbatim == {fact: said}
    for fact in ["wrong", "defames", "meaning"]:
        for said in [
            "I have committed no crime.", "Mrs Holt saw it.", "I taught Year 6 on 3 May 2026.", "I will sue.",
        ]:  # fmt: skip
            made = whole(LetterKind.S5_NOTICE, DEFAMED, S5 | {fact: said}, post=ON_A_FORUM)
            assert any(said in paragraph for paragraph in made.body)
    post = replace(POST, text="I will sue you, you broke the law and are guilty")
    assert example(LetterKind.PLATFORM_REPORT, complainant=Complainant.SCHOOL, post=post)
    assert example(LetterKind.POLICE, post=post)


def warned(statement, **facts):
    return " ".join(notice(statement, **facts).warnings)


def test_it_is_warned_of_what_the_poster_may_read_and_what_the_law_bars_stays_barred():
    said = warned("Jo Fern knew, on the Year 6 trip.")
    assert "“statement” names Jo Fern" in said
    assert "“statement” gives a year group" in said
    assert "The person who posted it may be sent a copy" in said
    assert "“statement” names Sam Vale" in warned("Sam Vale did it.", share_name="no")
    assert "Sam Vale" not in warned("Sam Vale did it.", share_name="yes")
    post = replace(ON_A_FORUM, text="He shouted at her.")
    case = replace(DEFAMED, about=About.PUPIL)
    said = " ".join(whole(LetterKind.S5_NOTICE, case, GIVEN, post=post).warnings)
    assert "Speak to the safeguarding lead before this goes" in said
    assert "is the whole post" in said
    edited = whole(LetterKind.S5_NOTICE, DEFAMED, GIVEN, post=replace(post, version=2))
    assert "has been changed since" in " ".join(edited.warnings)
    facts = LetterFacts(NOW, "en", GIVEN, holds=False)
    made = draft(LetterKind.S5_NOTICE, a_file(DEFAMED, ON_A_FORUM), facts, rules())
    assert made.warnings[0].startswith("What we hold about this case is not what was sealed.")
    made = notice("Jo Fern knew, on the Year 6 trip.")
    assert made.warnings
    for held in (write_draft(made), mailed(made)):
        assert not any(warning in held for warning in made.warnings)
    for changes in [
        {"locked": True}, {"restricted": True}, {"lane": BypassRoute.CHILD_IMAGE}, {"content_class": "C10"},
    ]:  # fmt: skip
        made = written(LetterKind.S5_NOTICE, replace(DEFAMED, **changes), S5, post=ON_A_FORUM)
        assert made.why_not


def test_a_schools_own_letter_that_joins_the_statement_to_a_sentence_keeps_it_too(tmp_path):
    path = tmp_path / "en" / "any" / "s5_notice.txt"
    path.parent.mkdir(parents=True)
    path.write_text("Notice: {{ name }}\n\nIt says “{{ statement }}” of {{ name }}.\n", encoding="utf-8")
    post = replace(ON_A_FORUM, text=HARD)
    by = rules(profile=replace(rules().profile, letters=tmp_path))
    made = whole(LetterKind.S5_NOTICE, DEFAMED, GIVEN, post=post, rules=by)
    assert made.body == (f"It says “{HARD}” of Sam Vale.",)


def steps(*more):
    return (*THREAT_STEPS, *(step(20 + n, kind, 4, **facts) for n, (kind, facts) in enumerate(more)))


def police(*more, **changes):
    made = example(LetterKind.POLICE, steps=steps(*more), **{"others": OTHERS} | changes)
    return " ".join(all_of(made).split())


def sheet(**changes):
    case = replace(DEFAMED, **changes)
    made = whole(LetterKind.SOLICITOR_FACTS, case, {"contact": "01632 960 002"}, post=ON_A_FORUM)
    return " ".join(write_draft(made).split())


def test_the_police_read_each_place_and_what_was_done_there_by_its_number_and_host():
    for happened in AT_TWO:
        said = police(AT_TWO[happened])
        assert f"{happened} (0007-2, mirror.example.org)" in said
    for expected in [
        "0007-2, a mirror, blog or site, https://mirror.example.org/7: known to the school since",
        "Now: still there, although somebody was asked",
        "0007, the post, Facebook, https://facebook.example.org/p/1: posted on 11 November 2026",
    ]:  # fmt: skip
        assert expected in police(AT_TWO["found elsewhere too: a mirror"])


def test_what_was_done_is_told_with_its_place_once_and_exhibits_by_theirs():
    said = police(CALLED)
    assert "contacted: the platform (0007, facebook.example.org)" in said
    assert "first seen, as far as we know (0007, facebook.example.org)" in said
    assert "ask the people who run each place above to keep their records" in said
    assert "contacted: the police, by 999 (reference CAD 12) The exhibits" in said
    alone = police(others=())
    assert "contacted: the platform -" in alone
    assert "0007," not in alone
    assert "these places" not in alone
    found = AT_TWO["found elsewhere too: a mirror"]
    said = police(found, (StepKind.CAME_BACK, {"place": "2"}))
    assert said.count("found elsewhere") == 1
    assert "it was there again" not in said
    held = (KEPT, replace(KEPT, id="e2", capture_id="c2", mention_id=None))
    file = a_file(replace(THREAT, others=OTHERS), steps=steps(AT_TWO["evidence was kept"]))
    facts = LetterFacts(NOW, "en", EXAMPLES[LetterKind.POLICE][1])
    said = " ".join(
        write_draft(draft(LetterKind.POLICE, replace(file, evidence=held), facts, rules())).split()
    )
    assert "0007-2, mirror.example.org: Jane Holt had the public page saved" in said
    assert "11 November 2026, 13:00 (0007-2, mirror.example.org)" in said
    assert "Seen by us" not in at_two()
    seen = json.dumps({"handed_in": {"seen": {"day": "2026-11-01"}}}).encode()
    said = at_two(manifests={"2" * 64: seen})
    assert "First seen, as far as we know: 20 November 2026" in said


def test_the_police_read_the_time_that_was_shown_with_the_post():
    shown = json.dumps({"post": {"posted_as_displayed": "Yesterday, 20:14"}}).encode()
    file = replace(a_file(THREAT), evidence=(replace(KEPT, name="manifest.json"),))
    given = LetterFacts(NOW, "en", EXAMPLES[LetterKind.POLICE][1], {KEPT.sha256: shown})
    assert "Time shown with it: “Yesterday, 20:14”" in write_draft(
        draft(LetterKind.POLICE, file, given, rules())
    )


def at_two(**given):
    """A letter to the host of the second place, of which only the address is held."""
    case = at_place(replace(DEFAMED, others=(MIRROR,)), 2)
    post = replace(ON_A_FORUM, mention_id="", url=MIRROR.url, published=None, first_seen=NOW)
    file = a_file(case, post, (step(1, StepKind.EVIDENCE, 1, **PAGE | {"capture": "c1"}),))
    facts = {"host": "Example Hosting Ltd", "why": "It may do harm."}
    return write_draft(draft(LetterKind.HOST_ABUSE, file, LetterFacts(NOW, "en", facts, **given), rules()))


def test_a_solicitor_and_the_police_read_how_far_it_spread_and_whom_to_ask():
    assert "How far it had spread: a group of ninety" in sheet(weighed=WEIGHED)
    assert "what it did, is not recorded" not in sheet(weighed=WEIGHED)
    assert "what it did, is not recorded" in sheet()
    assert "another place may have its own date" in sheet(others=OTHERS)
    assert "another place may have its own date" not in sheet()
    assert "we will tell you who can give one" in police()
    assert "Please give us your reference" in police()
    assert "Please give us your reference" not in police(CALLED)


def said(file, of, **facts):
    """Is there a step of that class with these facts?"""
    return any(
        isinstance(s.said, of) and all(getattr(s.said, name) == value for name, value in facts.items())
        for s in file.steps
    )


def was_asked(file, rung, *, host=None, own=True):
    """Was that rung asked; of a site, its host or whoever runs it?"""
    found = [s.said for s in file.steps if isinstance(s.said, Asked) and s.said.rung is rung]
    return any(host in (None, a.way == "host") and (own or a.way != "own") for a in found)


def talked(file):
    return any(isinstance(s.said, Answered) and s.said.talked_at for s in file.steps)


def public(file):
    return channel(file.case.channel).public


def back(file):
    return said(file, CameBack, mention="")


def reported(file):
    return was_asked(file, Rung.PLATFORM_REPORT, own=False)


def page(file):
    return any(isinstance(s.said, EvidenceKept) and s.said.what is EvidenceKind.PAGE for s in file.steps)


def runs_it(file):
    return was_asked(file, Rung.HOST, host=False)


def hosts_it(file):
    return was_asked(file, Rung.HOST, host=True) or was_asked(file, Rung.ISP, host=True)


RESTS_ON = {
    "Thank you for talking|everything that you told us": talked,
    "it did not come to that": lambda f: said(f, Answered, rung=Rung.AUTHOR_REQUEST, result=RungAnswer.NONE),
    "you were asked to talk": lambda f: said(f, Asked, way="conversation"),
    r"\ba public (post|page)\b": public,
    "The program that the school uses found it": lambda f: BY_HAND not in f.post.source_ids,
    "Somebody brought it": lambda f: f.post.source_ids == (BY_HAND,),
    "gone for a time|it was there again": back,
    "decided to ask for its removal": lambda f: said(f, Decided, decision=Decision.SEEK),
    "[0-9]: contacted: ": lambda f: said(f, Asked, sender=None),
    "contacted by a solicitor": lambda f: said(f, Asked, sender=Sender.SOLICITOR),
    "contacted by the person": lambda f: said(f, Asked, sender=Sender.THEMSELVES),
    "answer of [^\n]*: refused|They refused": lambda f: said(f, Answered, result=RungAnswer.REFUSED),
    "no answer came": lambda f: said(f, Answered, result=RungAnswer.NONE),
    "evidence was kept": lambda f: said(f, EvidenceKept),
    "(?:The website’s operator was asked on|The website’s operator, on)": runs_it,
    "(?:The host was asked on|The host, on)": hosts_it,
    "reported to you on|Reported to the platform: [0-9]|Reported to .* on: [0-9]": reported,
    "our call to 999|999 was rung first": lambda f: any(map(imminent, f.steps)),
    "agreed on .* to our telling": lambda f: said(f, ConsentGiven),
    "was asked whether we may tell you": lambda f: said(f, ConsentAsked),
    "signed out, on|without signing in": page,
    "looked at again: gone": lambda f: said(f, Checked, result=Check.GONE),
}
"""What may stand in a letter, and the step without which it may not."""


@st.composite
def files(draw):
    """A case of any steps, whether a guard would let them pass or not: a letter rests on what is recorded."""
    place = draw(st.sampled_from(["facebook", "facebook_group", "mumsnet", "blog", "local_forum"]))
    code = draw(st.sampled_from(["C2", "C6", "C7", "C11", "C12"]))
    author = draw(st.sampled_from(["parent", "unknown"]))
    who = draw(st.sampled_from(["school", "staff"]))
    lived = draw(st.lists(st.sampled_from(STEPS), max_size=14))
    begun = Climb(code, channel=place)
    known = [
        (StepKind.CLASSIFIED, {"class": code}), (StepKind.AUTHOR, {"relationship": author}),
        (StepKind.TARGET, {"person": "teacher"}),
        (StepKind.COMPLAINANT, {"who": who, "person": "teacher" if who == "staff" else ""}),
        *draw(st.sampled_from([[], [(StepKind.HOSTED, HOSTING)]])), *draw(st.sampled_from(TALKS)),
        *draw(st.sampled_from(CONSENTS)), (StepKind.DECIDED, {"decision": "seek"}),
    ]  # fmt: skip
    steps = [*begun.steps]
    for n, (kind, facts) in enumerate((*known, *lived), start=len(steps) + 1):
        told, otherwise = as_stored(kind, facts)
        at = OPENED_AT + n * HOUR
        runs = LATE if kind is StepKind.ASKED else {}
        steps.append(CaseStep("0001", n, "900001", told, "head", at, at, otherwise=otherwise, **runs))
    sources = draw(st.sampled_from([("feed",), (BY_HAND,), ("feed", BY_HAND)]))
    post = replace(A_POST, channel=place, source_ids=sources, url=f"https://{place}.example.org/p/1")
    return CaseFile(replay(steps), tuple(steps), post)


def letter(kind, file):
    """That letter, where the case allows it."""
    by = ladder_rules(Profile(support="A helpline.", complaints_url="https://example.org/c"))
    mumsnets = kind is LetterKind.MUMSNET and takes_the_formal_way(file.case, by)
    spec = SPECS[LetterKind.S5_NOTICE if mumsnets else kind]
    facts = {name: FACTS[name] for name in spec.wants if name in FACTS}
    at = max(step.recorded_at for step in file.steps)
    made = draft(kind, file, LetterFacts(at, "en", facts), by)
    return write_draft(made) if isinstance(made, LetterDraft) else ""


@given(files(), st.sets(st.sampled_from(LetterKind), min_size=4, max_size=9))
def test_each_sentence_about_the_past_rests_on_a_step_of_its_kind(file, kinds):
    for kind in kinds:
        said = letter(kind, file)
        for sentence, rests in RESTS_ON.items():
            if found := re.search(sentence, said):
                assert rests(file), (kind, found[0])


def of_a_parent(*steps):
    """What a parent is written after these answers."""
    climb = Climb("C11").sought().author("parent").ask(Rung.AUTHOR_REQUEST, kind="conversation")
    climb.now += timedelta(days=4)
    for facts in steps:
        climb.take(StepKind.ANSWERED, rung="author_request", kind="conversation", **facts)
    return letter(LetterKind.PARENT_REMOVAL, CaseFile(climb.case, tuple(climb.steps), A_POST))


def test_a_parent_and_a_solicitor_read_what_happened_as_it_did():
    refused = of_a_parent({"result": "refused"})
    assert "Thank you for talking" not in refused
    assert "you were asked to talk with us. You are still welcome" in refused
    talked = of_a_parent({"result": "refused", "talked_at": "2026-11-19T15:30:00+00:00"})
    assert "Thank you for talking with us on 19 November 2026." in talked
    assert "it did not come to that" in of_a_parent({"result": "none"})
    climb = Climb("C7", channel="blog").sought()
    climb.take(StepKind.TARGET, person="teacher")
    climb.take(StepKind.COMPLAINANT, who="staff", person="teacher")
    climb.take(StepKind.HOSTED, host="host.example")
    climb.ask(Rung.HOST, kind="s5", sender="solicitor").answer(Rung.HOST, "refused", kind="s5")
    file = CaseFile(climb.case, tuple(climb.steps), replace(A_POST, channel="blog"))
    sheet = letter(LetterKind.SOLICITOR_FACTS, file).replace("\n", " ")
    assert "contacted by a solicitor, for the person it is about: the website’s operator" in sheet
    assert "answer of the website’s operator: refused" in sheet


@pytest.mark.parametrize("seen", [{"day": "2026-11-16"}, {"utc": "2026-11-16T20:00:00+00:00"}])
def test_first_seen_is_the_first_day_on_which_it_was_seen_by_anybody(seen):
    case = Climb("C11").sought().author("parent").case
    manifest = json.dumps({"handed_in": {"seen": seen}}).encode()
    facts = {"to": "Ms Example", "meeting": "Thursday"}
    told = LetterFacts(OPENED_AT, "en", facts, {"a": manifest})
    made = draft(LetterKind.PARENT_INVITATION, CaseFile(case, (), A_POST), told, ladder_rules())
    assert isinstance(made, LetterDraft)
    assert "first seen on 16 November 2026" in write_draft(made).replace("\n", " ")
