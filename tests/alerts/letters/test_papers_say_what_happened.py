"""Every paper of every kind of matter: whose words it quotes, what it says is kept, what it never says."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from builders.letter import BEFORE, KEPT, NOW, OAKFIELD, PEOPLE, POST, a_case, rules

from alerts.handover.sheet import compose_sheet
from alerts.layout.pdf import Paragraph
from alerts.letters.draft import draft
from alerts.letters.kinds import SPECS, LetterDraft, LetterFacts
from alerts.letters.layout import text
from alerts.pack.compose import compose
from alerts.pack.facts import PackFacts, Recipient
from alerts.pack.pdf import Quote
from data.cases import CaseFile, CaseState, Consent
from data.evidence.handed_in import BY_HAND, CHILD_IMAGE_TEXT
from data.matters import Access, MatterView, PostView
from data.steps.codes import BypassRoute, Relationship
from data.types import About, Route
from data.words.say import words

TOLD = "Account ’Oakfield Official’ with our badge, it asks parents for money"
SAID = "They pinched forty pounds off the cake stall and laughed"
FILE = "file:///C:/Users/Vale/Pictures/IMG_0042.jpg"
FACTS = {
    "url": "https://example.org/p/1", "by": "15:30 on 6 January 2027", "ground": "bullying", "harm": "abuse",
    "contact": "01632 960 002", "why": "It may do harm.", "answer": "No.", "force": "Northvale Police",
    "to": "Ms Example", "meeting": "Thursday at 15:30", "danger": "Nothing.", "posed_as": "our school",
    "host": "Example Hosting Ltd", "provider": "Example Hosting Ltd", "complaints_url": "https://example.org/c",
}  # fmt: skip
IMAGE = replace(KEPT, name="supplied-1.png", media_type="image/png", how="supplied by a person")
READ, BY = ("feed",), (BY_HAND,)
AS_READ = ("The words, as they were read", "word for word", "exactly as they were posted", "It begins: “")
NEVER = {
    "post": ("as it was reported", "reported to the school"), "reported": AS_READ,
    "account": (*AS_READ, "Address of the post", "It begins", "Report of a post", "the post that begins",
     "a public post", "the post of"),
    "no address": AS_READ, "spoken": AS_READ, "group": AS_READ, "review": ("as it was reported",),
    "website": ("Reported to the platform", "not yet", "your help with"),
    "image": (*AS_READ, CHILD_IMAGE_TEXT, FILE, "file://", "nothing is captured"),
    "leaflet": (*AS_READ, "nothing is captured", "keeps no file", "(C10)"),
    "no leaflet": (*AS_READ, "nothing is captured", "(C10)"), "disclosure": (*AS_READ, "nothing is captured"),
    "disclosure read": ("nothing is captured", "somebody reported"),
}  # fmt: skip


def seen(words_, *sources, channel="facebook", **more):
    return replace(POST, title=None, text=words_, channel=channel, source_ids=sources, **more)


def removed(code="C7", channel="facebook", **more):
    """A case on the ladder, of which letters may be written."""
    return a_case(
        content_class=code, proposed_class=code, channel=channel, relationship=Relationship.UNKNOWN,
        consent=Consent.GIVEN, route=Route.POLICE_NOW, **more,
    )  # fmt: skip


def apart(lane, **more):
    """A case that bypasses the ladder."""
    return a_case(
        content_class="C10", proposed_class="C10", lane=lane, restricted=True, state=CaseState.BYPASSED,
        about=About.PUPIL, target=None, decision=None, captures=0, **more,
    )  # fmt: skip


KINDS = {
    "post": CaseFile(removed(), (), seen(SAID, *READ), (), (KEPT,)),
    "reported": CaseFile(removed(), (), seen(SAID, *BY), (), (KEPT,)),
    "account": CaseFile(removed("C12"), (), seen(TOLD, *BY, author=None), (), (KEPT,)),
    "no address": CaseFile(removed(), (), seen(SAID, *BY, url=None), (), (KEPT,)),
    "spoken": CaseFile(removed("C6", "in_person"), (), seen(SAID, *BY, channel="in_person", url=None), (),
     ()),
    "group": CaseFile(removed("C6", "whatsapp"), (), seen(SAID, *BY, channel="whatsapp", url=None), (), ()),
    "review": CaseFile(removed("C7", "google_review"), (), seen(SAID, *READ, channel="google_review"), (),
     (KEPT,)),
    "website": CaseFile(removed("C7", "website"), (), seen(SAID, *READ, channel="website"), (), (KEPT,)),
    "image": CaseFile(apart(BypassRoute.CHILD_IMAGE), (),
     seen(f"{CHILD_IMAGE_TEXT} File: {FILE}", *BY, author=None), (), ()),
    "leaflet": CaseFile(apart(BypassRoute.TERRORISM), (), seen("Join us", *BY), (), (IMAGE,)),
    "no leaflet": CaseFile(apart(BypassRoute.TERRORISM), (), seen("Join us", *BY), (), ()),
    "disclosure": CaseFile(apart(BypassRoute.SAFEGUARDING), (), seen(SAID, *BY), (), ()),
    "disclosure read": CaseFile(apart(BypassRoute.SAFEGUARDING), (), seen(SAID, *READ), (), ()),
}  # fmt: skip


def letters(file):
    """Every letter that the case allows, by its kind."""
    found = {}
    for kind, spec in SPECS.items():
        takes = {name: FACTS[name] for name in (*spec.wants, *spec.may) if name in FACTS and name != "url"}
        made = draft(kind, file, LetterFacts(NOW, "en", takes), rules())
        if isinstance(made, LetterDraft):
            found[kind.value] = " ".join(text(made).split())
    return found


def pack(file, recipient):
    """A pack's words; a quotation as “| …” below its heading."""
    facts = PackFacts(
        file, OAKFIELD, PEOPLE, PEOPLE[0], recipient, NOW, "1", ZoneInfo("Europe/London"), (), {}, (), ""
    )
    made = compose(facts, words("en"))
    said = list(made.cover)
    for block in made.blocks:
        if isinstance(block, Quote):
            said += [f"| {line}" for line in block.lines]
        elif isinstance(block, Paragraph):
            said.append(block.text)
        else:
            said.append(str(getattr(block, "text", "") or getattr(block, "rows", "")))
    return "\n".join(said)


def sheet(file):
    post = file.post
    assert post is not None
    shown = PostView(
        post.channel, words=True, text=post.text, url=post.url, first_seen=BEFORE, source_ids=post.source_ids
    )
    view = MatterView("s-one", "900001", Access.WORDS, number="0007", lane=file.case.lane)
    made = compose_sheet(
        view, [shown], [], OAKFIELD, "Jane Holt", NOW, ZoneInfo("Europe/London"), words("en"), {}
    )
    return "\n".join(part.text for part in made.parts)


def papers(file):
    """All of them, by name."""
    packs = {f"pack for {r.value}": pack(file, r) for r in (Recipient.FILE, Recipient.DSL, Recipient.POLICE)}
    sheets = {"sheet": sheet(file)} if file.case.lane else {}
    return {**letters(file), **packs, **sheets}


@pytest.mark.parametrize("kind", KINDS)
def test_no_paper_says_what_is_not_so(kind):
    found = papers(KINDS[kind])
    assert found
    for name, said in found.items():
        for never in NEVER[kind]:
            assert never not in said, (name, never)


def test_each_kind_has_its_papers():
    assert {"platform_report", "posh", "police", "solicitor_facts"} <= set(papers(KINDS["reported"]))
    assert {"account_report", "posh", "police"} <= set(papers(KINDS["account"]))
    assert "platform_report" not in papers(KINDS["account"])
    assert {"posh", "host_abuse"} <= set(papers(KINDS["website"]))
    assert {"police"} <= set(papers(KINDS["spoken"])) & set(papers(KINDS["group"]))


def test_the_words_of_a_reporter_are_marked_as_reported():
    found = papers(KINDS["reported"])
    assert f"It begins (as it was reported to the school): “{SAID}”" in found["posh"]
    assert "What was posted, as it was reported to the school: -" in found["police"]
    assert f"The words of the report\n| {SAID}" in papers(KINDS["disclosure"])["pack for dsl"]
    assert "somebody reported to the school" in papers(KINDS["disclosure"])["sheet"]


def test_what_was_read_at_its_place_is_quoted_as_that():
    found = papers(KINDS["post"])
    assert f"It begins: “{SAID}”" in found["platform_report"]
    assert "What was posted, word for word: -" in found["police"]
    assert f"The words, as they were read\n| {SAID}" in papers(KINDS["disclosure read"])["pack for dsl"]


def test_an_account_is_reported_by_its_address_and_what_was_said_of_it_is_said_to_be_a_report():
    found = papers(KINDS["account"])
    address = KINDS["account"].post.url
    assert f"Address of the account: {address}" in found["account_report"]
    assert f"Address of the account: {address}" in found["posh"]
    assert f"in the words of whoever reported it: {TOLD}" in found["police"]
    for name in set(found) - {"police", "solicitor_facts"}:
        assert TOLD not in found[name], name


def test_of_an_image_that_was_declared_a_pack_says_so_and_quotes_nothing():
    for name in ("pack for dsl", "pack for police", "sheet"):
        assert "Nobody’s words are held of it." in papers(KINDS["image"])[name]
    assert "There is no exhibit. Schoolgate keeps no file of it." in papers(KINDS["image"])["pack for police"]


def test_what_is_kept_of_what_is_extremist_is_said_as_it_is():
    held, none = papers(KINDS["leaflet"])["pack for police"], papers(KINDS["no leaflet"])["pack for police"]
    assert "(C9)" in held
    assert "Schoolgate keeps 1 file of it, from before it was known what it is. Do not open" in held
    assert "Schoolgate keeps no file of it." in none
