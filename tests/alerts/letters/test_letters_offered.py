"""Which letters a case allows, and what a police call handler asks."""

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
    POST,
    REPORTED,
    THREAT,
    THREAT_STEPS,
    a_case,
    a_file,
    all_of,
    asked,
    rules,
    step,
    whole,
    written,
)

from alerts.letters import allowed
from alerts.letters.allowed import ANSWERS, FOR_STAFF, NOT_OF_A_PUPIL, TO_REMOVE, offered, refusal
from alerts.letters.draft import draft
from alerts.letters.kinds import LetterFacts, LetterKind, NoDraft
from alerts.pack.facts import exhibits
from alerts.places import at_place
from data.cases import CasePlace, CaseState, Consent
from data.content_class import CLASSES, ContentClass, Police
from data.rungs import Rung
from data.steps.codes import BypassRoute, Complainant, HowTold, Relationship, RungAnswer, StepKind
from data.types import About, Route


def possible(case, nation="england", url=POST.url):
    return {o.kind for o in offered(case, rules(nation), NOW, url or "") if o.possible}


def why_not(kind, case, nation="england", url=""):
    return refusal(kind, case, rules(nation), NOW, url)


def test_each_letter_is_there_for_its_case_and_each_other_says_why_not():
    for kind in list(LetterKind):
        case, _, more = EXAMPLES[kind]
        post = more.get("post", POST)
        assert kind in possible(case, url=post.url)
    found = offered(a_case(), rules(), NOW)
    assert [o.kind for o in found] == list(LetterKind)
    assert all(bool(o.why_not) is not o.possible for o in found)
    case, facts, _ = EXAMPLES[LetterKind.PLATFORM_REPORT]
    made = written(LetterKind.PLATFORM_REPORT, replace(case, lane=BypassRoute.SAFEGUARDING), facts)
    assert made.why_not
    assert not made.wanted
    assert possible(replace(THREAT, restricted=True)) == {LetterKind.POLICE, LetterKind.SUPPORT_OFFER}


def test_what_leaves_the_ladder_gets_no_letter_and_fair_comment_answers_alone():
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


def test_what_is_not_pursued_is_answered_and_before_a_decision_nobody_outside_is_asked():
    found = possible(a_case(decision="stop"))
    assert LetterKind.PLATFORM_REPORT not in found
    assert {LetterKind.SUPPORT_OFFER, LetterKind.REPLY} <= found
    assert possible(a_case(state=CaseState.TRIAGE, decision=None)) == {
        *(FOR_STAFF - {LetterKind.RECORDED_FOR_YOU}),
        LetterKind.HOLDING_LINE,
        LetterKind.SOLICITOR_FACTS,
    }
    assert LetterKind.POLICE in possible(replace(THREAT, decision=None, state=CaseState.TRIAGE))
    assert LetterKind.POLICE not in possible(replace(THREAT, decision=None, route=Route.REQUEST_REMOVAL))


CALL = asked(Rung.POLICE, answer=RungAnswer.NONE)
CALLED = replace(THREAT, askings=(asked(Rung.POLICE),))
APPEALED = asked(Rung.PLATFORM_REPORT, "appeal", RungAnswer.REFUSED)
POSH_CASE, RHC_CASE = EXAMPLES[LetterKind.POSH][0], EXAMPLES[LetterKind.RHC][0]
GONE = {"state": CaseState.CONFIRMING}
NOBODY_ASKED = {"target": None, "consent": Consent.NOT_ASKED}
UNKNOWN = {"relationship": Relationship.UNKNOWN}
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
    (LetterKind.AUTHOR_REMOVAL, a_case(relationship=Relationship.STAFF), "our_own"),
    (LetterKind.AUTHOR_REMOVAL, a_case(relationship=Relationship.GOVERNOR), "our_own"),
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


def test_of_a_pupil_pastoral_care_hears_first_and_no_letter_goes_to_them():
    for kind in sorted(EXAMPLES):
        case = replace(EXAMPLES[kind][0], relationship=Relationship.PUPIL)
        assert not possible(case) & NOT_OF_A_PUPIL
    for to in ["pastoral", "dsl"]:
        case = a_case(relationship=Relationship.PUPIL, referred_to=(to,))
        assert {LetterKind.PLATFORM_REPORT, LetterKind.POSH} <= possible(case)
    for kind in sorted(TO_REMOVE):
        case = replace(EXAMPLES[kind][0], relationship=Relationship.PUPIL, referred_to=("parent",))
        assert kind not in possible(case)


def test_nobody_writes_to_the_author_of_a_threat_and_the_police_only_after_consent():
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


@pytest.mark.parametrize("kind", sorted(set(EXAMPLES) - {*OF_WHAT_IS_GONE}))
def test_what_is_said_to_be_gone_is_asked_of_nobody_but_the_police(kind):
    case, _, more = EXAMPLES[kind]
    url = more.get("post", POST).url
    assert why_not(kind, case, url=url) is None
    assert why_not(kind, replace(case, state=CaseState.CONFIRMING), url=url) == "said_gone"


def test_a_search_engine_gets_no_notice_and_a_platform_is_known_by_the_address():
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
    (LetterKind.AUTHOR_REMOVAL, {"relationship": Relationship.STAFF}, "our_own"),
])  # fmt: skip
def test_a_letter_to_an_author_that_has_no_condition_has_its_readers(kind, changes, code, monkeypatch):
    monkeypatch.setattr(allowed, "_OF_ITS_OWN", {})
    case = a_case(**{"relationship": Relationship.PARENT, **changes})
    assert why_not(kind, case) == code


def test_once_999_was_rung_no_consent_is_waited_for_and_an_overruled_danger_is_one_to_ring_for():
    """It says so there too: the call is the matter's, whichever place the case is at."""
    called = replace(
        THREAT, consent=Consent.NOT_ASKED, askings=(asked(Rung.POLICE),), others=(CasePlace(n=2),)
    )
    assert refusal(LetterKind.POLICE, called, rules(), NOW) is None
    assert refusal(LetterKind.POLICE, at_place(called, 2), rules(), NOW) is None
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


def test_words_go_to_the_police_as_they_were_posted_but_of_a_child_or_under_the_lock_are_offered():
    assert POST.text in police()
    said = police(given={"words": "wait till Year 6"}, about=About.PUPIL, target=None, restricted=True)
    assert "\nwait till Year 6\n" in said
    made = written(LetterKind.POLICE, replace(THREAT, locked=True), FACTS | {"words": "x"})
    assert isinstance(made, NoDraft)
    for changes in [{"about": About.PUPIL, "target": None}, {"restricted": True}, {"locked": True}]:
        said = police(**changes)
        assert "cake" not in said
        assert "We will give them to your officer." in said


def test_the_target_is_named_once_they_agreed_or_were_overruled_and_not_under_the_lock():
    for changes in [{}, {"consent_told": HowTold.MAIL}, {"consent": Consent.OVERRIDDEN}]:
        assert "Who it is aimed at: Sam Vale" in police(**changes)
    for changes in [
        {"consent": Consent.NOT_ASKED, "askings": (asked(Rung.POLICE),)},
        {"consent": Consent.ASKED, "askings": (asked(Rung.POLICE),)}, {"locked": True},
    ]:  # fmt: skip
        said = police(post=replace(POST, text="Wait at the gate"), **changes)
        assert "Vale" not in said
        assert "your officer" in said


def test_nobody_is_said_to_be_safe_and_danger_is_asked_of_a_threat_alone():
    said = police()
    assert not re.search(r"nobody is in danger|nid oes neb mewn perygl", said)
    assert FACTS["danger"] in said
    without = {name: said for name, said in FACTS.items() if name != "danger"}
    made = written(LetterKind.POLICE, THREAT, without)
    assert [want.fact for want in made.wanted] == ["danger"]
    other = replace(THREAT, content_class="C3")
    assert "What we know about any danger" not in all_of(whole(LetterKind.POLICE, other, without))


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
    assert "It may be a threatening communication (Online Safety Act 2023, section 181)." in police()
    assert "Licensing (Scotland) Act 2010, section 38" in police(nation="scotland")
    assert "for you to decide" in police(content_class=ContentClass.UNLAWFUL)


def test_who_saw_it_and_who_brought_it_are_said_with_the_time():
    brought = step(3, StepKind.EVIDENCE, 2, kind="supplied")
    said = police(steps=(*THREAT_STEPS[:2], brought), given={"seen": "Jo Fern saw it on her own telephone"})
    assert "Jane Holt had the public page saved, without signing in, on 12 November 2026, 10:00." in said
    assert "Jane Holt recorded on 13 November 2026, 10:00 what somebody brought." in said
    assert "Jo Fern saw it on her own telephone." in said
    assert "found it on 11 November 2026, 12:00" in police(steps=(), captures=0)
    brought = replace(POST, source_ids=("report-in",))
    said = police(steps=(), captures=0, post=brought)
    assert "Somebody brought it to the school on 11 November 2026, 12:00." in said
    assert "The program that the school uses" not in said


def test_the_exhibits_are_listed_as_the_pack_numbers_them():
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


def test_who_saw_what_was_handed_in_is_said_as_far_as_it_is_known():
    ours, theirs = {"person": "deputy", "said": None}, {"person": None, "said": "Ella, in Year 6"}
    seen = {"utc": "2026-11-11T17:40:00Z", "zone": "Europe/London"}
    name = next(p.name for p in rules().people if p.id == "deputy")
    assert f"{name} saw it on 11 November 2026, 17:40." in handed_in(seen_by=ours, seen=seen)
    assert "saw it on 11 November 2026." in handed_in(seen_by=ours, seen={"day": "2026-11-11"})
    assert f"{name} saw it; the time is not recorded." in handed_in(seen_by=ours, seen=None)
    said = handed_in(seen_by=theirs, seen=seen)
    assert "Somebody we can name to your officer saw it on" in said
    assert "Ella" not in said
    assert "Somebody (who is not recorded) saw it on" in handed_in(seen_by=None, seen=seen)
    assert " saw it on" not in handed_in(seen_by=None, seen=None)
    assert "Jane Holt recorded on 13 November 2026, 10:00 what somebody brought." in handed_in()


def warnings(**changes):
    steps = changes.pop("steps")
    made = whole(LetterKind.POLICE, replace(THREAT, **changes), FACTS, steps=steps, post=POST)
    return " ".join(made.warnings)


def test_a_message_of_a_private_group_is_no_public_post_and_what_is_only_reported_no_removal():
    assert "to report a public post." in police()
    assert "to report a message in a private group or conversation." in police(channel="whatsapp")
    assert "to report something that was said or sent to somebody." in police(channel="email")
    assert "whether we should stop asking for its removal" in " ".join(police().split())
    assert "asking for its removal" not in " ".join(police(decision="report_only").split())


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
    assert "We have no record of a call to 999" in police()
    unasked = {"consent": Consent.NOT_ASKED, "askings": (asked(Rung.POLICE),)}
    assert "999 was rung first" in police(steps=(*THREAT_STEPS, rung), **unasked)
    said = police(**unasked)
    assert "999 was rung first" not in said
    assert "has not agreed to our telling you, as far as is recorded" in said
