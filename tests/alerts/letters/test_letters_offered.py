"""Which letters a case allows, and that none says what is not so, what others slip in or what it may not."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.letter import (
    DEFAMED,
    EXAMPLES,
    FAIR,
    HOSTING,
    KEPT,
    NOW,
    ON_A_FORUM,
    PEOPLE,
    POST,
    REPORTED,
    S5,
    SEEN,
    THREAT,
    THREAT_STEPS,
    a_case,
    a_file,
    all_of,
    asked,
    asks,
    changed,
    example,
    rules,
    step,
    whole,
    written,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.letters import forbidden_words, kinds
from alerts.letters.draft import draft, spec_of
from alerts.letters.kinds import (
    ANSWERS,
    FOR_STAFF,
    NOT_OF_A_PUPIL,
    SPECS,
    TO_REMOVE,
    LetterDraft,
    LetterFacts,
    LetterKind,
    LetterReader,
    NoDraft,
    letter_refusal,
    list_offers,
)
from alerts.pack.facts import exhibits
from alerts.places import at_place
from data.cases import CasePlace, CaseState, Consent
from data.content_class import CLASSES, ContentClass, Police
from data.rungs import Rung
from data.steps.codes import (
    BypassRoute,
    Complainant,
    NoticeWay,
    Relationship,
    RungAnswer,
    StaffMatter,
    StepKind,
)
from data.types import About, Person, Role, Route


def possible(case, nation="england", url=POST.url):
    return {o.kind for o in list_offers(case, rules(nation), NOW, url or "") if o.possible}


def why_not(kind, case, nation="england", url=""):
    return letter_refusal(kind, case, rules(nation), NOW, url)


def test_each_letter_is_there_for_its_case_and_each_other_says_why_not():
    for kind in list(LetterKind):
        case, _, more = EXAMPLES[kind]
        post = more.get("post", POST)
        assert kind in possible(case, url=post.url)
    found = list_offers(a_case(), rules(), NOW)
    assert [o.kind for o in found] == list(LetterKind)
    assert all(bool(o.why_not) is not o.possible for o in found)
    made = changed(LetterKind.PLATFORM_REPORT, lane=BypassRoute.SAFEGUARDING)
    assert made.why_not
    assert not made.wanted
    assert possible(replace(THREAT, restricted=True)) == {LetterKind.POLICE, LetterKind.SUPPORT_OFFER}


def test_what_leaves_the_ladder_gets_no_letter_and_what_is_gone_but_to_the_police():
    for changes in [
        *({"lane": lane} for lane in BypassRoute), *({"content_class": code} for code in ("C9", "C10")),
        *({"state": state} for state in (CaseState.BYPASSED, CaseState.CLOSED)),
    ]:  # fmt: skip
        for case, _, _ in EXAMPLES.values():
            assert not possible(replace(case, **changes))
    for case in [
        FAIR, replace(FAIR, relationship=Relationship.UNKNOWN), replace(FAIR, complainant=Complainant.STAFF),
        a_case(decision="answer"),
    ]:  # fmt: skip
        assert possible(case) <= {*ANSWERS, LetterKind.HOLDING_LINE}
        assert {LetterKind.REPLY, LetterKind.THANKS} <= possible(case)
    for kind in sorted(set(EXAMPLES) - {*OF_WHAT_IS_GONE}):
        case, _, more = EXAMPLES[kind]
        url = more.get("post", POST).url
        assert why_not(kind, case, url=url) is None
        assert why_not(kind, replace(case, state=CaseState.CONFIRMING), url=url) == "said_gone"


def test_what_is_not_pursued_is_answered_and_of_a_pupil_pastoral_care_hears_first():
    found = possible(a_case(decision="stop"))
    assert LetterKind.PLATFORM_REPORT not in found
    assert {LetterKind.SUPPORT_OFFER, LetterKind.REPLY} <= found
    assert possible(a_case(state=CaseState.TRIAGE, decision=None)) == {
        *(FOR_STAFF - {LetterKind.RECORDED_FOR_YOU, LetterKind.BREACH_REPORT}),
        LetterKind.HOLDING_LINE,
        LetterKind.SOLICITOR_FACTS,
    }
    assert LetterKind.POLICE in possible(replace(THREAT, decision=None, state=CaseState.TRIAGE))
    assert LetterKind.POLICE not in possible(replace(THREAT, decision=None, route=Route.REQUEST_REMOVAL))
    for kind in sorted(EXAMPLES):
        case = replace(EXAMPLES[kind][0], relationship=Relationship.PUPIL)
        assert not possible(case) & NOT_OF_A_PUPIL
    for to in ["pastoral", "dsl"]:
        case = a_case(relationship=Relationship.PUPIL, referred_to=(to,))
        assert {LetterKind.PLATFORM_REPORT, LetterKind.POSH} <= possible(case)
    for kind in sorted(TO_REMOVE):
        case = replace(EXAMPLES[kind][0], relationship=Relationship.PUPIL, referred_to=("parent",))
        assert kind not in possible(case)


CALL = asked(Rung.POLICE, answer=RungAnswer.NONE)
CALLED = replace(THREAT, askings=(asked(Rung.POLICE),))
APPEALED = asked(Rung.PLATFORM_REPORT, "appeal", RungAnswer.REFUSED)
POSH_CASE, RHC_CASE = EXAMPLES[LetterKind.POSH][0], EXAMPLES[LetterKind.RHC][0]
GONE = {"state": CaseState.CONFIRMING}
NOBODY_ASKED = {"target": None, "consent": Consent.NOT_ASKED}
UNKNOWN = {"relationship": Relationship.UNKNOWN}
OURS = {"relationship": Relationship.STAFF, "staff_matter": StaffMatter.NONE}
ON_A_BLOG = {"channel": "blog", "content_class": "C12", **UNKNOWN}
OF_STAFF = {"content_class": "C2", "complainant": Complainant.STAFF, "complainant_person": "vale"}
HOST_ASKED = a_case(**ON_A_BLOG, hosting=HOSTING, askings=(asked(Rung.HOST),))
OF_WHAT_IS_GONE = (
    *ANSWERS - {LetterKind.PARENT_INVITATION}, *FOR_STAFF, LetterKind.POLICE, LetterKind.HOLDING_LINE,
    LetterKind.SOLICITOR_FACTS,
)  # fmt: skip
FACTS = EXAMPLES[LetterKind.POLICE][1]


def unanswered(**more):
    """What a week without an answer makes of a case, and a moment more."""
    return {"askings": (asked(Rung.PLATFORM_REPORT, at=NOW - timedelta(days=7, **more)),)}


@pytest.mark.parametrize(("kind", "case", "code"), [
    # what is asked to go is not answered in public
    (LetterKind.REPLY, a_case(), "being_removed"),
    # nobody’s consent is needed where no member of staff is its target, nor for crime in its name
    (LetterKind.POLICE, replace(THREAT, about=About.PUPIL, **NOBODY_ASKED), None),
    (LetterKind.POLICE, replace(THREAT, content_class="C13", **NOBODY_ASKED), None),
    (LetterKind.CONSENT_REQUEST, replace(THREAT, content_class="C13", **NOBODY_ASKED), "no_target"),
    # a threat to a member of staff who is not recorded waits for their name and consent
    (LetterKind.POLICE, replace(THREAT, **NOBODY_ASKED), "no_target"),
    # a refusal of consent holds even after the police were told
    (LetterKind.POLICE, replace(CALLED, consent=Consent.REFUSED), "consent"),
    (LetterKind.POLICE, replace(CALLED, consent=Consent.WITHDRAWN), "consent"),
    # the police take a referral with an answer awaited only after a call
    (LetterKind.POLICE, replace(THREAT, consent=Consent.ASKED, askings=(CALL,)), None),
    # what the police were told of by the ladder may be written down for them
    (LetterKind.POLICE, replace(CALLED, content_class="C1"), None),
    # what is said to be gone may still be told to the police
    (LetterKind.POLICE, replace(THREAT, **GONE), None),
    # consent is asked until it is answered, of a target and of nothing that is not for the police
    (LetterKind.CONSENT_REQUEST, THREAT, "consent_answered"),
    (LetterKind.CONSENT_REQUEST, a_case(target=None), "no_target"),
    (LetterKind.CONSENT_REQUEST, a_case(content_class="C8"), "police_class"),
    (LetterKind.SUPPORT_OFFER, a_case(target=None), "no_target"),
    # of a pupil nobody is written to before pastoral care or the lead has it
    (LetterKind.POSH, a_case(relationship=Relationship.PUPIL), "pupil_first"),
    # a stranger is written to through a website and never on a platform
    (LetterKind.AUTHOR_REMOVAL, a_case(**UNKNOWN), "no_contact"),
    (LetterKind.AUTHOR_REMOVAL, a_case(**UNKNOWN, channel="local_forum"), None),
    # a parent is heard before anything is asked in writing
    (LetterKind.PARENT_REMOVAL, a_case(), "talk_first"), (LetterKind.AUTHOR_REMOVAL, a_case(), "a_parent"),
    # our own people are spoken to, not written to
    (LetterKind.AUTHOR_REMOVAL, a_case(**OURS), "our_own"),
    (LetterKind.AUTHOR_REMOVAL, a_case(relationship=Relationship.GOVERNOR), "staff_first"),
    (LetterKind.STAFF_REMOVAL, a_case(), "not_our_own"),
    (LetterKind.STAFF_REMOVAL, a_case(**OURS | {"staff_matter": StaffMatter.UNION}), "stays_up"),
    (LetterKind.STAFF_REMOVAL, replace(EXAMPLES[LetterKind.STAFF_REMOVAL][0], captures=0), "no_evidence"),
    # nobody writes where contact may not be safe
    (LetterKind.PARENT_INVITATION, a_case(contact_safe=False), "not_safe"),
    # a platform is asked to look again once, and only after a refusal
    (LetterKind.PLATFORM_APPEAL, a_case(askings=(REPORTED, APPEALED)), "appealed"),
    (LetterKind.PLATFORM_APPEAL, a_case(askings=(asked(Rung.PLATFORM_REPORT),)), "not_refused"),
    # the schools’ helpline hears schools, and of people
    (LetterKind.POSH, replace(POSH_CASE, complainant=Complainant.PARENT), "posh_schools"),
    (LetterKind.POSH, replace(POSH_CASE, content_class="C8"), "posh_class"),
    # Report Harmful Content takes the harms that it names
    (LetterKind.RHC, replace(RHC_CASE, content_class="C2"), None),
    (LetterKind.RHC, replace(RHC_CASE, content_class="C7"), "rhc_harm"),
    (LetterKind.RHC, replace(RHC_CASE, content_class="C8"), "rhc_harm"),
    (LetterKind.RHC, replace(RHC_CASE, content_class="C11"), "rhc_harm"),
    # it takes a refusal or more than a week’s silence, of a person
    (LetterKind.RHC, a_case(**OF_STAFF), "rhc_early"),
    (LetterKind.RHC, a_case(**OF_STAFF, askings=(REPORTED,)), None),
    (LetterKind.RHC, a_case(**OF_STAFF, **unanswered()), "rhc_early"),
    (LetterKind.RHC, a_case(**OF_STAFF, **unanswered(seconds=1)), None),
    (LetterKind.RHC, a_case(askings=(REPORTED,)), "rhc_person"),
    # a notice under section 5 is the person defamed’s, of an unknown poster
    (LetterKind.S5_NOTICE, replace(DEFAMED, content_class="C2"), "s5_class"),
    (LetterKind.S5_NOTICE, replace(DEFAMED, complainant=Complainant.SCHOOL), "s5_person"),
    (LetterKind.S5_NOTICE, replace(DEFAMED, complainant=Complainant.PUPIL), "s5_person"),
    (LetterKind.S5_NOTICE, replace(DEFAMED, relationship=Relationship.PARENT), "s5_known"),
    (LetterKind.S5_NOTICE, replace(DEFAMED, relationship=Relationship.THIRD_PARTY), "s5_known"),
    (LetterKind.S5_NOTICE, replace(DEFAMED, channel="mumsnet"), "its_own_way"),
    # a website has no platform to report to; Mumsnet and Wikipedia are asked in their own way
    (LetterKind.PLATFORM_REPORT, a_case(channel="blog"), "no_platform"),
    (LetterKind.PLATFORM_REPORT, a_case(channel="mumsnet"), "its_own_way"),
    (LetterKind.PLATFORM_REPORT, a_case(channel="wikipedia"), "its_own_way"),
    (LetterKind.MUMSNET, a_case(), "other_place"), (LetterKind.WIKIPEDIA, a_case(), "other_place"),
    # a host is written to even if not looked up, and a registrar after it and of crime only
    (LetterKind.HOST_ABUSE, a_case(**ON_A_BLOG), None),
    (LetterKind.REGISTRAR_ABUSE, a_case(**ON_A_BLOG), "not_hosted"),
    (LetterKind.HOST_ABUSE, a_case(**ON_A_BLOG, hosting=HOSTING), None),
    (LetterKind.REGISTRAR_ABUSE, a_case(**ON_A_BLOG, hosting=HOSTING), "host_first"),
    (LetterKind.REGISTRAR_ABUSE, HOST_ASKED, None),
    (LetterKind.REGISTRAR_ABUSE, replace(HOST_ASKED, content_class="C7"), "crime_only"),
    (LetterKind.HOST_ABUSE, a_case(hosting=HOSTING), "a_platform"),
    # under the lock only what cannot name a teacher is drafted
    (LetterKind.S5_NOTICE, replace(DEFAMED, locked=True), "locked"),
    (LetterKind.PARENT_INVITATION, a_case(locked=True), "locked"),
    (LetterKind.PLATFORM_REPORT, a_case(locked=True), None),
])  # fmt: skip
def test_why_a_case_has_no_such_letter(kind, case, code):
    assert why_not(kind, case) == code


def test_a_search_engine_gets_no_notice_and_the_author_of_a_threat_no_letter():
    for consent in [Consent.NOT_ASKED, Consent.ASKED, Consent.REFUSED, Consent.WITHDRAWN]:
        assert why_not(LetterKind.POLICE, replace(THREAT, consent=consent)) == "consent"
    for code in ["C5", "C6", "C14"]:
        for relationship in Relationship:
            case = a_case(content_class=code, relationship=relationship)
            assert not possible(case) & {
                LetterKind.PARENT_INVITATION,
                LetterKind.PARENT_REMOVAL,
                LetterKind.AUTHOR_REMOVAL,
            }
    for address in ["https://www.google.com/search?q=oakfield", "https://www.bing.com/search?q=o"]:
        assert (
            why_not(LetterKind.S5_NOTICE, replace(DEFAMED, channel="manual_report"), url=address)
            == "s5_search"
        )
    case = a_case(channel="manual_report")
    assert why_not(LetterKind.PLATFORM_REPORT, case, url="https://www.facebook.com/p/1") is None


@pytest.mark.parametrize(("kind", "changes", "code"), [
    (LetterKind.PARENT_REMOVAL, {"relationship": Relationship.UNKNOWN}, "not_a_parent"),
    (LetterKind.PARENT_REMOVAL, {"content_class": "C6"}, "never_to_the_author"),
    (LetterKind.PARENT_REMOVAL, {"contact_safe": False}, "not_safe"),
    (LetterKind.AUTHOR_REMOVAL, {"relationship": Relationship.PARENT}, "a_parent"),
    (LetterKind.AUTHOR_REMOVAL, OURS, "our_own"),
])  # fmt: skip
def test_a_letter_to_an_author_that_has_no_condition_has_its_readers(kind, changes, code, monkeypatch):
    monkeypatch.setattr(kinds, "_OF_ITS_OWN", {})
    case = a_case(**{"relationship": Relationship.PARENT, **changes})
    assert why_not(kind, case) == code


def test_once_999_was_rung_no_consent_is_waited_for_and_an_overruled_danger_is_one_to_ring_for():
    """It says so there too: the call is the matter's, whichever place the case is at."""
    called = replace(
        THREAT, consent=Consent.NOT_ASKED, askings=(asked(Rung.POLICE),), others=(CasePlace(n=2),)
    )
    assert letter_refusal(LetterKind.POLICE, called, rules(), NOW) is None
    assert letter_refusal(LetterKind.POLICE, at_place(called, 2), rules(), NOW) is None
    overruled = step(8, StepKind.CONSENT_OVERRIDDEN, 2, ground="risk_to_life")
    rang = step(9, StepKind.ASKED, 2, rung="police", imminent="yes")
    case = {"consent": Consent.OVERRIDDEN}
    assert "a life may be in danger, and no call to 999 is recorded" in warnings(steps=(overruled,), **case)
    assert "no call to 999" not in warnings(steps=(overruled, rang), **case)
    assert "no call to 999" not in warnings(steps=THREAT_STEPS)


def police(given=None, **changes):
    steps = changes.pop("steps", THREAT_STEPS)
    post = changes.pop("post", POST)
    nation = changes.pop("nation", "england")
    case = replace(THREAT, **changes)
    facts = FACTS | (given or {})
    return all_of(whole(LetterKind.POLICE, case, facts, steps=steps, post=post, rules=rules(nation)))


def test_words_go_to_the_police_as_posted_and_whom_it_is_aimed_at_once_they_agreed():
    assert POST.text in police()
    said = police(given={"words": "wait till Year 6"}, about=About.PUPIL, target=None, restricted=True)
    assert "\nwait till Year 6\n" in said
    made = written(LetterKind.POLICE, replace(THREAT, locked=True), FACTS | {"words": "x"})
    assert isinstance(made, NoDraft)
    for changes in [{"about": About.PUPIL, "target": None}, {"restricted": True}, {"locked": True}]:
        said = police(**changes)
        assert "cake" not in said
        assert "We will give them to your officer." in said
    for changes in [{}, {"consent_told": NoticeWay.MAIL}, {"consent": Consent.OVERRIDDEN}]:
        assert "Who it is aimed at: Sam Vale" in police(**changes)
    for changes in [
        {"consent": Consent.NOT_ASKED, "askings": (asked(Rung.POLICE),)},
        {"consent": Consent.ASKED, "askings": (asked(Rung.POLICE),)}, {"locked": True},
    ]:  # fmt: skip
        said = police(post=replace(POST, text="Wait at the gate"), **changes)
        assert "Vale" not in said
        assert "your officer" in said


def test_any_danger_is_asked_about_and_a_private_message_is_no_public_post():
    without = {name: said for name, said in FACTS.items() if name != "danger"}
    assert asks(written(LetterKind.POLICE, THREAT, without)) == ["danger"]
    other = replace(THREAT, content_class="C3")
    assert "What we know about any danger" not in all_of(whole(LetterKind.POLICE, other, without))
    assert "to report a message in a private group or conversation." in police(channel="whatsapp")
    assert "to report something that was said or sent to somebody." in police(channel="email")
    assert "asking for its removal" not in " ".join(police(decision="report_only").split())


def test_which_crime_it_may_be_is_said_with_may_and_by_the_law_of_the_nation():
    crimes = [c for c, spec in CLASSES.items() if spec.police is not Police.NO and c not in ("C13",)]
    for nation in ["england", "wales", "scotland", "northern_ireland"]:
        for code in crimes if nation in ("england", "scotland") else ("C6",):
            said = police(content_class=code, nation=nation)
            assert "It may be" in said
            assert not re.search(r"\b(is|are) (an? )?(crime|offence|criminal)", said)
            if nation == "scotland":
                assert "Online Safety Act" not in said
                assert "Malicious Communications" not in said
    assert "Licensing (Scotland) Act 2010, section 38" in police(nation="scotland")
    assert "for you to decide" in police(content_class=ContentClass.UNLAWFUL)


def test_the_exhibits_are_listed_and_who_saw_it_is_said_as_far_as_it_is_known():
    brought = step(3, StepKind.EVIDENCE, 2, kind="supplied")
    said = police(steps=(*THREAT_STEPS[:2], brought), given={"seen": "Jo Fern saw it on her own telephone"})
    assert "Jane Holt recorded on 13 November 2026, 10:00 what somebody brought." in said
    assert "Jo Fern saw it on her own telephone." in said
    assert "found it on 11 November 2026, 12:00" in police(steps=(), captures=0)
    brought = replace(POST, source_ids=("report-in",))
    said = police(steps=(), captures=0, post=brought)
    assert "Somebody brought it to the school on 11 November 2026, 12:00." in said
    assert "The program that the school uses" not in said
    ours, theirs = {"person": "deputy", "said": None}, {"person": None, "said": "Ella, in Year 6"}
    seen = {"utc": "2026-11-11T17:40:00Z", "zone": "Europe/London"}
    name = next(p.name for p in rules().people if p.id == "deputy")
    assert f"{name} saw it on 11 November 2026, 17:40." in handed_in(seen_by=ours, seen=seen)
    assert "saw it on 11 November 2026." in handed_in(seen_by=ours, seen={"day": "2026-11-11"})
    assert f"{name} saw it." in handed_in(seen_by=ours, seen=None)
    said = handed_in(seen_by=theirs, seen=seen)
    assert "Somebody whom the school can name to you saw it on" in said
    assert "Ella" not in said
    assert "Somebody saw it on" in handed_in(seen_by=None, seen=seen)
    assert " saw it on" not in handed_in(seen_by=None, seen=None)
    assert "Jane Holt recorded on 13 November 2026, 10:00 what somebody brought." in handed_in()
    assert "Time shown with it: “at 20:01”" in handed_in(posted_as_displayed="at 20:01")
    later = replace(KEPT, id="e2", capture_id=None, name="screen shot.png", captured_by="head")
    manifest = replace(KEPT, id="e0", name="manifest.json")
    file = replace(a_file(THREAT, POST, THREAT_STEPS), evidence=(KEPT, manifest, later))
    by = rules()
    made = draft(LetterKind.POLICE, file, LetterFacts(NOW, "en", FACTS), by)
    numbered = exhibits("0007", file.evidence, by.people, by.means.zone, lambda _: b"{}")
    assert len(numbered) == 2
    for exhibit in numbered:
        assert f"- {exhibit.name}: " in all_of(made)
    assert "screen_shot.png" in all_of(made)
    assert "manifest" not in all_of(made)


def handed_in(**known):
    """The letter where a picture was handed in, of which this is known."""
    manifest = json.dumps({"kind": "supplied", "handed_in": known}).encode()
    files = (
        replace(KEPT, id="e5", capture_id="c5", name="manifest.json", sha256="5" * 64),
        replace(KEPT, id="e6", capture_id="c5", name="supplied-1.png", how="supplied by a third party"),
    )
    steps = (*THREAT_STEPS[:1], step(3, StepKind.EVIDENCE, 2, kind="supplied", capture="c5"))
    file = replace(a_file(THREAT, POST, steps), evidence=files)
    given = LetterFacts(NOW, "en", FACTS, {"5" * 64: manifest})
    return all_of(draft(LetterKind.POLICE, file, given, rules()))


def warnings(**changes):
    steps = changes.pop("steps")
    made = whole(LetterKind.POLICE, replace(THREAT, **changes), FACTS, steps=steps, post=POST)
    return " ".join(made.warnings)


def test_of_what_was_only_said_the_police_read_who_said_it_and_of_no_website():
    said = police(
        {"why": "He means the teacher.", "danger": "Nothing is known."},
        channel="in_person",
        post=replace(POST, channel="in_person", url=None, published=None),
        steps=(step(1, StepKind.OPENED, 0), step(4, StepKind.CONSENT_GIVEN, 1, person="vale")),
        captures=0,
        decision="report_only",
    )
    said = " ".join(said.split())
    spoken = ("How: said in person", "Who said it, as we were told", "What was said, as it was written down")
    assert all(part in said for part in spoken), said
    for part in ("website", "the post", "posted", "the account"):
        assert part not in said, part


def test_a_call_to_999_is_said_where_there_was_one_and_that_it_came_first_where_it_was_alone():
    rung = step(9, StepKind.ASKED, 4, rung="police", imminent="yes", reference="CAD 12")
    said = police(steps=(*THREAT_STEPS, rung))
    assert "follows our call to 999 (reference CAD 12)" in said
    assert "We have no record of a call to 999" not in said
    unasked = {"consent": Consent.NOT_ASKED, "askings": (asked(Rung.POLICE),)}
    assert "999 was rung first" in police(steps=(*THREAT_STEPS, rung), **unasked)
    said = police(**unasked)
    assert "999 was rung first" not in said
    assert "has not agreed to our telling you, as far as is recorded" in said


def test_what_is_not_so_is_not_said_of_time_of_whoever_was_asked_or_of_what_is_pursued():
    made = whole(LetterKind.S5_NOTICE, DEFAMED, S5, post=ON_A_FORUM)
    assert made.body[0] == "To the operator of the website forum.example.org"
    said = all_of(example(LetterKind.REGISTRAR_ABUSE, askings=(asked(Rung.HOST, "s5"),)))
    assert "The host was asked" not in said
    assert "The site’s operator was asked on 12 November 2026." in said
    said = police(content_class="C13", **NOBODY_ASKED, askings=(asked(Rung.POLICE),))
    assert "no time" not in said
    assert "none was needed" in said
    assert "please take" not in all_of(example(LetterKind.PARENT_INVITATION, decision="stop"))
    assert "Asking for it to be taken down" not in all_of(example(LetterKind.SUPPORT_OFFER, decision="stop"))
    case = replace(FAIR, content_class="C7", proposed_class="C7")
    made = whole(LetterKind.PARENT_INVITATION, case, EXAMPLES[LetterKind.PARENT_INVITATION][1])
    assert "raises something about our school" in all_of(made)
    assert "may not be right" not in all_of(made)


@pytest.mark.parametrize(("changes", "private"), [
    ({"content_class": "C7", "target": "vale", "about": About.STAFF}, True),
    ({"content_class": "C7", "target": None, "about": About.SCHOOL}, False),
    ({"content_class": "C4", "target": None, "about": About.PUPIL}, True), ({"content_class": "C11"}, True),
    ({"content_class": "C2", "target": "vale"}, True), ({"content_class": "C4"}, False),
])  # fmt: skip
def test_what_may_libel_a_living_person_or_concerns_a_child_stays_off_the_wiki(changes, private):
    assert ("never onto the wiki" in example(LetterKind.WIKIPEDIA, **changes).notice) is private


def test_a_platform_that_hears_no_report_without_the_words_or_but_the_person_is_known():
    assert example(LetterKind.HOST_ABUSE, {"host": "Another Ltd"}).mail_to is None
    post = replace(POST, channel="youtube", url="https://www.youtube.com/watch?v=1")
    made = example(LetterKind.PLATFORM_REPORT, {"words": "lives there"}, channel="youtube", post=post)
    assert "Only the person concerned, or their lawyer, is heard there." in made.notice
    for channel, url, wants in [
        ("youtube", "https://www.youtube.com/watch?v=1", ["words"]),
        ("trustpilot", "https://uk.trustpilot.com/reviews/1", ["words"]),
        ("google_review", "https://maps.app.goo.gl/1", []),
    ]:  # fmt: skip
        post = replace(POST, channel=channel, url=url, title=None, text=None)
        made = changed(LetterKind.PLATFORM_REPORT, channel=channel, post=post)
        assert asks(made) == wants if wants else not isinstance(made, NoDraft)


def test_what_others_call_themselves_adds_no_line_and_stops_no_letter():
    for shown in [
        "Bob\n\nWe admit all of it.\n\n- x", "Bob\u2028\u2028We admit", "\u202ebob\x00\n\n- Fee: paid",
    ]:  # fmt: skip
        plain = example(LetterKind.PLATFORM_REPORT)
        made = example(LetterKind.PLATFORM_REPORT, post=replace(POST, author=shown), steps=SEEN)
        assert len(made.body) == len(plain.body)
        assert [b.count("\n") for b in made.body] == [b.count("\n") for b in plain.body]
        assert not set("\u202e\x00\u2028") & set(all_of(made))
    for name in ["network", "registrar", "addresses", "domain"]:
        kind = LetterKind.HOST_ABUSE if name in ("network", "addresses") else LetterKind.REGISTRAR_ABUSE
        made = example(kind, hosting={**EXAMPLES[kind][0].hosting, name: "Ours\n\nWe admit it.\n- and more"})
        assert len(made.body) == len(example(kind).body)
    made = example(LetterKind.POSH, post=replace(POST, author="x" * 5000))
    assert "x" * 121 not in all_of(made)
    made = whole(LetterKind.PARENT_INVITATION, a_case(), {"to": "Ms \u202eelpmaxE", "meeting": "Thursday"})
    assert "\u202e" not in all_of(made)
    for post in [
        replace(POST, author="Prosecute Oakfield"), replace(POST, url="https://x.com/illegal-parking/1"),
    ]:  # fmt: skip
        assert example(LetterKind.PLATFORM_REPORT, post=post)


def test_under_the_lock_no_words_no_dates_and_no_name_as_shown():
    kind = LetterKind.PLATFORM_REPORT
    barred = {"locked": True, "complainant": Complainant.STAFF, "complainant_person": "vale"}
    assert asks(changed(kind, {"words": "pinched"}, **barred)) == ["words"]
    for said in ("Since 12 November it may harm.", "From 12/11/2026.", "Ers 12 Tachwedd."):
        assert asks(changed(kind, {"why": said}, **barred)) == ["why"]
    assert "Vale" not in all_of(example(kind, **barred, post=replace(POST, author="Sam Vale")))
    said = all_of(example(kind, **barred))
    for part in ("11 November", "12 November", "I am the person", "Vale"):
        assert part not in said


@pytest.mark.parametrize(("fact", "said"), [
    ("answer_given", "He did not laugh at the cake stall, nor take forty pounds off the cake stall."),
    ("answer_given", "Northvale Parent is wrong."), ("answer_given", "Jane Holt will see to it."),
    ("answer_given", "𝐉𝐚𝐧𝐞 Ho\u00adlt will see to it."),
    ("answer_given", "Northva\u200ble Ｐａｒｅｎｔ is wrong."),
    ("answer_given", "We are sorry about your little boy."),
    ("answer_given", "We are glad to hear from you as a parent."), ("contact", "Jane Holt, 01632 960 002"),
    ("complaints_url", "ask at the office about Ella"), ("complaints_url", "javascript:alert(1)"),
])  # fmt: skip
def test_a_public_reply_repeats_nothing_and_names_nobody_in_its_ways_to_answer_either(fact, said):
    assert asks(changed(LetterKind.REPLY, {fact: said})) == [fact]


def test_a_year_group_is_found_and_what_is_none_passed_over():
    for said in [
        "a girl in Year 6", "Yr 4", "year three", "our P7 class", "Blwyddyn 5", "class 3B",
        "reception children", "year group 9", "a Y6 child", "the Year 6s", "y11s", "ym Mlwyddyn 6",
        "i Flwyddyn pump", "year eleven", "Form 7B", "dosbarth derbyn", "plant Meithrin",
    ]:  # fmt: skip
        assert forbidden_words.year_group(said)
    for said in ["in 2026", "last year 40 people wrote", "ring reception", "nine years ago", "the year 2026"]:
        assert not forbidden_words.year_group(said)


def test_law_as_a_fact_and_threats_are_found_and_what_only_may_be_is_said():
    for said in [
        "This is an offence.", "What you did is a criminal offence", "You have committed libel",
        "it is unlawful", "illegal content", "we will sue", "legal action may follow", "Take it down or else",
        "you will be prosecuted", "Our solicitors will write", "Mae hyn yn drosedd",
        "banned from the premises", "It is a serious offence.", "This is a hate crime",
        "These are criminal offences", "that is libellous", "which constitutes harassment",
        "it amounts to an offence", "she committed a crime", "It is against the law", "That breaks the law",
    ]:  # fmt: skip
        assert forbidden_words.claim(said)
    for said in [
        "it may be a matter for the police", "it may break the law", "or somebody else", "you may be right",
        "It may be unlawful.", "It might be illegal where you are", "It may be a hate crime",
        "It may be libellous", "It may amount to an offence", "Gall fod yn anghyfreithlon",
        "You are asked to look",
    ]:  # fmt: skip
        assert forbidden_words.claim(said) is None


def test_letters_for_staff_and_the_press_promise_no_more_than_is_kept():
    assert "talk about it by noon?" in all_of(example(LetterKind.CONSENT_REQUEST, {"by": "noon"}))
    made = example(LetterKind.HOLDING_LINE, {"contact": "01632 960 002"})
    assert "01632 960 002" in made.body[0]
    for who, named in (("agency_worker", True), ("volunteer", False), ("governor", False)):
        letter = all_of(example(LetterKind.STAFF_REMOVAL, relationship=Relationship(who)))
        assert ("Employment Rights Act" in letter) is named
    talked = asked(Rung.AUTHOR_REQUEST, "conversation", talked_at=NOW)
    for target, spoken_of in (("head", "somebody at our school"), (None, "It speaks of people in a way")):
        held = {"content_class": "C2", "target": target, "askings": (talked,)}
        letter = all_of(example(LetterKind.STAFF_REMOVAL, **held))
        assert spoken_of in letter
        assert "Thank you for talking with us on 20 November 2026." in letter


@pytest.mark.parametrize(("changes", "has", "lacks"), [
    ({"about": About.PUPIL}, "worried about a child", "payment"),
    ({"content_class": "C7"}, "Parents and carers", "child"),
    ({"content_class": "C12"}, "asks for money", "child"),
    ({"content_class": "C12"}, "posted in our school’s name", "real people"),
    ({"content_class": "C6", "askings": (asked(Rung.POLICE),)}, "the police on 101", "child"),
    ({"content_class": "C6"}, "Parents and carers", "police"),
    ({"fair": True, "content_class": "C0", "enquiry": True}, "received it, and will answer", "real people"),
])  # fmt: skip
def test_the_line_for_the_press_fits_its_matter(changes, has, lacks):
    said = example(LetterKind.HOLDING_LINE, {"contact": "01632 960 002"}, **changes).body[0]
    assert has in said
    assert lacks not in said


def test_people_are_found_by_name_and_surname_and_a_pupil_is_not_named_to_others():
    for said, found in [
        *((named, True) for named in ("Sam Vale did it", "SAM VALE", "ask Mrs Holt", "the Holt family")),
        *((plain, False) for plain in ("in the vale below", "marshland", "Oakfield Marsh Primary")),
    ]:  # fmt: skip
        assert bool(forbidden_words.find_name(said, PEOPLE, "Oakfield Marsh Primary")) is found
    assert forbidden_words.find_name("said Lowe", [Person("a", "Mrs Lowe", (Role.STAFF,))]) == "Mrs Lowe"
    for kind in [LetterKind.PLATFORM_REPORT, LetterKind.POSH, LetterKind.PLATFORM_APPEAL]:
        pupil = {"relationship": Relationship.PUPIL, "referred_to": ("pastoral",)}
        assert "Northvale Parent" not in all_of(example(kind, **pupil))


def test_nothing_that_claims_or_repeats_the_post_is_taken():
    for said, title, repeats in [
        ("he PINCHED forty pounds, off it", POST.title, True), ("Unbelievable!", POST.title, True),
        ("forty pounds off", None, False), ("We have asked the council", None, False), ("", None, False),
    ]:  # fmt: skip
        assert bool(forbidden_words.repeats(said, title, POST.text)) is repeats
    for case in [a_case(about=About.PUPIL), a_case(content_class="C1")]:
        facts = {"why": "It may harm a child.", "words": "anything"}
        assert asks(written(LetterKind.PLATFORM_REPORT, case, facts)) == ["words"]
    for kind in [LetterKind.PARENT_INVITATION, LetterKind.AUTHOR_REMOVAL, LetterKind.PLATFORM_REPORT]:
        fact = "why" if kind is LetterKind.PLATFORM_REPORT else "what"
        made = changed(kind, {fact: "It is illegal and we will sue."})
        assert "“illegal”" in made.wanted[0].question
    for kind, fact in FREE:
        for said in ["It is about Jo Fern.", "A child in Year 6 is meant."]:
            assert asks(changed(kind, {fact: said}, complainant=Complainant.SCHOOL)) == [fact]


FREE = [
    (LetterKind.PLATFORM_REPORT, "why"), (LetterKind.POSH, "why"), (LetterKind.HOST_ABUSE, "why"),
    (LetterKind.POLICE, "why"), (LetterKind.WIKIPEDIA, "wrong"), (LetterKind.REPLY, "answer_given"),
    (LetterKind.PARENT_INVITATION, "what"), (LetterKind.AUTHOR_REMOVAL, "what"),
]  # fmt: skip
ANSWERED = {
    "to": "Ms Example", "meeting": "Thursday at 15:30", "by": "Tuesday",
    "contact": "01632 960 002", "why": "It may do harm.", "what": "It may do harm.", "answer": "No.",
    "name": "Sam Vale", "email": "sam.vale@example.org", "age_13": "yes", "harm": "abuse",
    "force": "Northvale Police", "wrong": "The date is another.", "host": "Example Hosting Ltd",
    "domain": "example.org", "registrar": "Example Registrar Ltd", "operator": "Northvale Chat",
    "theme": "traffic", "answer_given": "We have asked for a crossing.", "support": "A helpline.",
    "provider": "Example Hosting Ltd", "danger": "Nothing is known.", "ground": "bullying",
    "profile": "https://example.org/@p", "original": "https://example.org/o", "owner": "school",
    "works": "Twelve pictures.", "material": "All of them.", "law": "us", "telephone": "01632 960 002",
    "good_faith": "yes", "authority": "yes",
    "complaints_url": "https://example.org/c", "url": "https://example.org/p", **S5,
}  # fmt: skip
OUTSIDE = [k for k, spec in SPECS.items() if spec.reader is not LetterReader.STAFF]
OF_A_POST = {
    *(LetterReader.AUTHOR, LetterReader.STRANGER, LetterReader.PLATFORM, LetterReader.OPERATOR),
    *(LetterReader.HOST, LetterReader.HELPLINE, LetterReader.POLICE, LetterReader.SOLICITOR),
}
NEVER = re.compile(
    r"is an? (?:\w+ )?offence|you have committed|unlawful|illegal|legal action|\bsue\b|prosecut|or else"
    r"|consequences",
    re.I,
)
words_of_a_post = st.lists(st.sampled_from(["qua", "zeb", "yax", "vog", "wud"]), min_size=1, max_size=12)
FIELDS = {
    "content_class": st.sampled_from(list(ContentClass)),
    "state": st.sampled_from(CaseState),
    "lane": st.sampled_from(BypassRoute),
    "relationship": st.sampled_from(Relationship),
    "complainant": st.sampled_from(Complainant),
    "complainant_person": st.sampled_from([None, "vale", "head"]),
    "consent": st.sampled_from(Consent),
    "decision": st.sampled_from([None, "seek", "answer", "stop"]),
    "about": st.sampled_from(About),
    "subjects": st.sampled_from([(), ("head",), ("head", "dsl"), ("vale",)]),
    "target": st.sampled_from([None, "vale", "head"]),
    "hosting": st.sampled_from([{}, HOSTING]),
    "route": st.sampled_from(Route),
    "restricted": st.just(True),
    "locked": st.just(True),
    "fair": st.just(True),
    "contact_safe": st.just(False),
    "channel": st.sampled_from(["facebook", "mumsnet", "wikipedia", "blog", "local_forum", "elsewhere"]),
    "askings": st.sampled_from(
        [
            (),
            (asked(Rung.AUTHOR_REQUEST, "conversation"), asked(Rung.PLATFORM_REPORT, "", RungAnswer.REFUSED)),
            (asked(Rung.HOST, "host"), asked(Rung.POLICE)),
        ]
    ),
}


def test_whom_it_is_about_is_named_in_their_own_letter_alone_and_reached_through_none():
    assert isinstance(changed(LetterKind.POSH, {"contact": "Sam Vale, 01632 960 003"}), NoDraft)
    assert example(LetterKind.POSH, {"contact": "Jo Fern, 01632 960 003"})
    assert example(LetterKind.S5_NOTICE, {"meaning": "That I, Sam Vale, took it."})
    made = example(LetterKind.S5_NOTICE, {"meaning": "That Jo Fern and I took it."})
    assert any("Jo Fern" in warning for warning in made.warnings)
    assert "Dear Sam," in example(LetterKind.SUPPORT_OFFER, {"to": "Sam"}).body


@st.composite
def cases(draw):
    """A kind, and the case that it is for with up to three things changed, so that most get a letter."""
    kind = draw(st.sampled_from(LetterKind))
    changed = draw(st.sets(st.sampled_from(sorted(FIELDS)), max_size=3))
    return kind, replace(EXAMPLES[kind][0], **{name: draw(FIELDS[name]) for name in sorted(changed)})


def drawn(case, kind, words, nation):
    post = EXAMPLES[kind][2].get("post", POST)
    post = replace(post, title=words[0], text=" ".join(words), author="Kerfuffle")
    by = rules(nation)
    spec = spec_of(kind, case, by, {})
    facts = {name: said for name, said in ANSWERED.items() if name in (*spec.wants, *spec.may)}
    if case.channel == "facebook":
        facts.pop("ground", None)
    return draft(kind, a_file(case, post, SEEN), LetterFacts(NOW, "en", facts), by)


every = given(
    one=cases(),
    words=words_of_a_post,
    nation=st.sampled_from(["england", "wales", "scotland", "northern_ireland"]),
)


@settings(max_examples=40, deadline=None)
@every
def test_no_letter_claims_threatens_names_or_leaves_anything_unfilled(one, words, nation):
    kind, case = one
    made = drawn(case, kind, words, nation)
    if not isinstance(made, LetterDraft):
        return
    said = all_of(made)
    assert not NEVER.search(said)
    assert forbidden_words.claim(said) is None
    assert not re.search(r"[{}]|\bNone\b|\bundefined\b", said)
    if SPECS[kind].reader not in OF_A_POST:
        assert not set(words) & set(re.findall(r"\w+", said))
    assert case.id in made.reference
    if kind in OUTSIDE:
        complains = case.complainant is Complainant.STAFF and not case.locked
        police = kind is LetterKind.POLICE and not case.locked
        theirs = kind is LetterKind.SOLICITOR_FACTS
        aimed_at = case.target or (case.complainant_person if theirs else None)
        aimed_at = aimed_at if police or theirs else None
        named = {
            case.complainant_person if complains else None,
            *(p.id for p in PEOPLE if p.name in (*made.signed,)),
            *((aimed_at, "head") if police else (aimed_at,)),
        }
        accused = {*case.subjects} - {aimed_at}
        hidden = [p for p in PEOPLE if p.id not in named or p.id in accused]
        own = spec_of(kind, case, rules(nation), {}).own_name
        assert own or forbidden_words.find_name(re.sub(r"\S+@\S+", "", said), hidden) is None


@settings(max_examples=40, deadline=None)
@every
def test_a_reply_holds_nothing_of_the_post_nor_of_who_wrote_it(one, words, nation):
    _, case = one
    case = replace(
        case, lane=None, state=CaseState.FAIR_COMMENT, content_class="C0", fair=True, locked=False,
        restricted=False,
    )  # fmt: skip
    for answer in (LetterKind.REPLY, LetterKind.THANKS):
        made = drawn(case, answer, words, nation)
        if isinstance(made, LetterDraft):
            posted = " ".join(made.body)
            assert "Kerfuffle" not in posted
            assert not set(words) & set(posted.split())
            assert not forbidden_words.year_group(posted)
            assert forbidden_words.find_name(posted, PEOPLE) is None
            assert "0007" not in posted


@settings(max_examples=40, deadline=None)
@every
def test_what_is_in_a_lane_fair_or_a_pupils_gets_no_more_than_it_may(one, words, nation):
    kind, case = one
    url = EXAMPLES[kind][2].get("post", POST).url
    allowed = letter_refusal(kind, case, rules(nation), NOW, url) is None
    if case.lane is not None or case.content_class in ("C9", "C10") or case.state is CaseState.CLOSED:
        assert not allowed
    if (case.fair or case.content_class == "C0") and kind not in (*ANSWERS, LetterKind.HOLDING_LINE):
        assert not allowed
    legal = (
        LetterKind.S5_NOTICE, LetterKind.HOST_ABUSE, LetterKind.REGISTRAR_ABUSE, LetterKind.ISP_TERMS,
        LetterKind.POLICE, LetterKind.AUTHOR_REMOVAL,
    )  # fmt: skip
    if case.relationship is Relationship.PUPIL and kind in legal:
        assert not allowed
    if case.relationship is Relationship.PUPIL and not case.referred_to and kind in TO_REMOVE:
        assert not allowed
    if nation in ("scotland", "northern_ireland") and kind is LetterKind.S5_NOTICE:
        assert not allowed
    made = drawn(case, kind, words, nation)
    assert allowed or not isinstance(made, LetterDraft)


@settings(max_examples=40, deadline=None)
@given(given_=st.sets(st.sampled_from(sorted((*S5, "name", "email", "url")))))
def test_a_notice_is_whole_exactly_when_every_item_is_there(given_):
    case = replace(DEFAMED, complainant_person=None)
    nameless = replace(ON_A_FORUM, url=None, title=None, text=None)
    facts = {name: ANSWERED[name] for name in given_}
    made = draft(
        LetterKind.S5_NOTICE,
        a_file(case, nameless),
        LetterFacts(NOW, "en", facts | {"operator": "Northvale Chat"}),
        rules(),
    )
    missing = {*S5, "name", "email", "url"} - given_
    assert isinstance(made, LetterDraft) is not bool(missing)
    if not isinstance(made, LetterDraft):
        assert {want.fact for want in made.wanted} == missing
