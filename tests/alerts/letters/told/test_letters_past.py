"""Each sentence of a letter about the past rests on a recorded step of its kind, over histories that are made
up.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.ladder import HOUR, NOW, Climb, rules
from builders.steps import as_stored
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.ladder.replay import replay
from alerts.ladder.rules import imminent
from alerts.letters.draft import draft
from alerts.letters.kinds import SPECS, LetterDraft, LetterFacts, LetterKind
from alerts.letters.layout import text
from alerts.letters.places import takes_the_formal_way
from data.cases import CaseFile, CaseStep, Post, Profile
from data.evidence.handed_in import BY_HAND
from data.rungs import Rung
from data.steps.asking import Answered, Asked, ConsentAsked, ConsentGiven
from data.steps.codes import Check, Decision, EvidenceKind, RungAnswer, Sender, StepKind
from data.steps.judging import Decided
from data.steps.keeping import CameBack, Checked, EvidenceKept
from data.web.channels import channel

POST = Post(
    "m1", "facebook", "post", "https://example.org/p/1", "A Parent", None, "Mr Reeve is late again", None,
    NOW - 2 * HOUR, NOW, source_ids=("feed",),
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


def said(file, of, **facts):
    """Is there a step of that class with these facts?"""
    return any(
        isinstance(s.said, of) and all(getattr(s.said, name) == value for name, value in facts.items())
        for s in file.steps
    )


def asked(file, rung, *, host=None, own=True):
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
    return asked(file, Rung.PLATFORM_REPORT, own=False)


def page(file):
    return any(isinstance(s.said, EvidenceKept) and s.said.what is EvidenceKind.PAGE for s in file.steps)


def runs_it(file):
    return asked(file, Rung.HOST, host=False)


def hosts_it(file):
    return asked(file, Rung.HOST, host=True) or asked(file, Rung.ISP, host=True)


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
    "(?:Whoever runs the website was asked on|Whoever runs the website, on)": runs_it,
    "(?:The host was asked on|The host, on)": hosts_it,
    "reported to you on|Reported to the platform: [0-9]|Reported to .* on: [0-9]": reported,
    "our call to 999|999 was rung first": lambda f: any(map(imminent, f.steps)),
    "agreed on .* to our telling": lambda f: said(f, ConsentGiven),
    "was asked whether we may tell you": lambda f: said(f, ConsentAsked),
    "signed out, on|without signing in": page,
    "looked at again: gone": lambda f: said(f, Checked, result=Check.GONE),
}
"""What may stand in a letter, and the step without which it may not."""

ASKED = [
    {"rung": "author_request", "kind": "conversation"}, {"rung": "author_request", "kind": "removal"},
    {"rung": "platform_report"}, {"rung": "platform_report", "kind": "own"}, {"rung": "host", "kind": "host"},
    {"rung": "host", "kind": "s5"}, {"rung": "host", "kind": "s5", "sender": "solicitor"},
    {"rung": "host", "kind": "s5", "sender": "themselves"}, {"rung": "isp", "kind": "registrar"},
    {"rung": "posh"}, {"rung": "police", "imminent": "yes"},
]  # fmt: skip
ANSWERED = [{"rung": rung.value, "result": result} for rung in Rung for result in ("none", "refused")]
TALKED = {"rung": "author_request", "result": "refused", "talked_at": NOW.isoformat()}
PAGE = {"capture": "c2", "manifest": "0" * 64, "files": "3", "kind": "page"}
STEPS = [
    *[(StepKind.ASKED, facts) for facts in ASKED],
    *[(StepKind.ANSWERED, facts) for facts in (*ANSWERED, TALKED)],
    (StepKind.CHECKED, {"result": "gone"}),
    (StepKind.CAME_BACK, {}),
    (StepKind.CAME_BACK, {"mention": "m2"}),
    (StepKind.EVIDENCE, PAGE),
    (StepKind.EVIDENCE, {**PAGE, "kind": "supplied"}),
    (StepKind.CONSENT_ASKED, {"person": "teacher", "how": "phone"}),
    (StepKind.CONSENT_GIVEN, {"person": "teacher"}),
    (StepKind.CONSENT_REFUSED, {"person": "teacher"}),
    (StepKind.CONSENT_OVERRIDDEN, {"ground": "risk_to_life"}),
    (StepKind.HOSTED, HOSTING),
]  # fmt: skip
_TO_TALK = (StepKind.ASKED, ASKED[0])
TALKS = [
    [],
    [_TO_TALK],
    *[[_TO_TALK, (StepKind.ANSWERED, answer)] for answer in (*ANSWERED[:2], TALKED)],
]
_MAY_WE = (StepKind.CONSENT_ASKED, {"person": "teacher", "how": "phone"})
_ANYWAY = (StepKind.CONSENT_OVERRIDDEN, {"ground": "risk_to_life"})
CONSENTS = [
    [],
    [_MAY_WE],
    [_MAY_WE, (StepKind.CONSENT_GIVEN, {"person": "teacher", "informed": "mail"})],
    [_MAY_WE, _ANYWAY],
    [_ANYWAY],
]
LATE = {"due_at": NOW - HOUR, "clock": "platform_48h"}


@st.composite
def files(draw) -> CaseFile:
    """A case of any steps, whether a guard would let them pass or not: a letter rests on what is recorded."""
    place = draw(st.sampled_from(["facebook", "facebook_group", "mumsnet", "blog", "local_forum"]))
    code = draw(st.sampled_from(["C2", "C6", "C7", "C11", "C12"]))
    author = draw(st.sampled_from(["parent", "unknown"]))
    who = draw(st.sampled_from(["school", "staff"]))
    lived = draw(st.lists(st.sampled_from(STEPS), max_size=14))
    begun = Climb(code, channel=place)
    known = [
        (StepKind.CLASSIFIED, {"class": code}),
        (StepKind.AUTHOR, {"relationship": author}),
        (StepKind.TARGET, {"person": "teacher"}),
        (StepKind.COMPLAINANT, {"who": who, "person": "teacher" if who == "staff" else ""}),
        *draw(st.sampled_from([[], [(StepKind.HOSTED, HOSTING)]])),
        *draw(st.sampled_from(TALKS)),
        *draw(st.sampled_from(CONSENTS)),
        (StepKind.DECIDED, {"decision": "seek"}),
    ]
    steps = [*begun.steps]
    for n, (kind, facts) in enumerate((*known, *lived), start=len(steps) + 1):
        told, otherwise = as_stored(kind, facts)
        at = NOW + n * HOUR
        runs = LATE if kind is StepKind.ASKED else {}
        steps.append(CaseStep("0001", n, "900001", told, "head", at, at, otherwise=otherwise, **runs))
    sources = draw(st.sampled_from([("feed",), (BY_HAND,), ("feed", BY_HAND)]))
    post = replace(POST, channel=place, source_ids=sources, url=f"https://{place}.example.org/p/1")
    return CaseFile(replay(steps), tuple(steps), post)


def letters(file):
    """Every letter that the case allows."""
    by = rules(Profile(support="A helpline.", complaints_url="https://example.org/c"))
    for kind, spec in SPECS.items():
        if kind is LetterKind.MUMSNET and takes_the_formal_way(file.case, by):
            spec = SPECS[LetterKind.S5_NOTICE]
        facts = {name: FACTS[name] for name in spec.wants if name in FACTS}
        at = max(step.recorded_at for step in file.steps)
        made = draft(kind, file, LetterFacts(at, "en", facts), by)
        if isinstance(made, LetterDraft):
            yield kind, text(made)


@settings(max_examples=40, deadline=None)
@given(files())
def test_each_sentence_about_the_past_rests_on_a_step_of_its_kind(file):
    """Dear: every letter of every history is drafted."""
    for kind, letter in letters(file):
        for sentence, rests in RESTS_ON.items():
            if found := re.search(sentence, letter):
                assert rests(file), (kind, found[0])


def of_a_parent(*steps) -> str:
    """What a parent is written after these answers."""
    climb = Climb("C11").sought().author("parent").ask(Rung.AUTHOR_REQUEST, kind="conversation")
    climb.now += timedelta(days=4)
    for facts in steps:
        climb.take(StepKind.ANSWERED, rung="author_request", kind="conversation", **facts)
    return dict(letters(CaseFile(climb.case, tuple(climb.steps), POST)))[LetterKind.PARENT_REMOVAL]


def test_a_parent_who_refused_to_come_is_not_thanked_for_talking():
    letter = of_a_parent({"result": "refused"})
    assert "Thank you for talking" not in letter
    assert "you were asked to talk with us. You are still welcome" in letter


def test_a_parent_who_talked_is_thanked_for_that_day_and_not_for_that_of_the_invitation():
    letter = of_a_parent({"result": "refused", "talked_at": "2026-11-19T15:30:00+00:00"})
    assert "Thank you for talking with us on 19 November 2026." in letter


def test_a_parent_who_did_not_answer_is_told_that_it_did_not_come_to_talking():
    assert "it did not come to that" in of_a_parent({"result": "none"})


def test_what_a_solicitor_sent_is_told_as_the_solicitors_and_each_answer_says_whose_it_is():
    climb = Climb("C7", channel="blog").sought()
    climb.take(StepKind.TARGET, person="teacher")
    climb.take(StepKind.COMPLAINANT, who="staff", person="teacher")
    climb.take(StepKind.HOSTED, host="host.example")
    climb.ask(Rung.HOST, kind="s5", sender="solicitor").answer(Rung.HOST, "refused", kind="s5")
    file = CaseFile(climb.case, tuple(climb.steps), replace(POST, channel="blog"))
    sheet = dict(letters(file))[LetterKind.SOLICITOR_FACTS]
    assert "contacted by a solicitor, for the person it is about: the website’s operator" in sheet.replace(
        "\n", " "
    )
    assert "answer of the website’s operator: refused" in sheet


@pytest.mark.parametrize("seen", [{"day": "2026-11-16"}, {"utc": "2026-11-16T20:00:00+00:00"}])
def test_first_seen_is_the_first_day_on_which_it_was_seen_by_anybody(seen):
    case = Climb("C11").sought().author("parent").case
    manifest = json.dumps({"handed_in": {"seen": seen}}).encode()
    facts = {"to": "Ms Example", "meeting": "Thursday"}
    told = LetterFacts(NOW, "en", facts, {"a": manifest})
    made = draft(LetterKind.PARENT_INVITATION, CaseFile(case, (), POST), told, rules())
    assert isinstance(made, LetterDraft)
    assert "first seen on 16 November 2026" in text(made).replace("\n", " ")
