"""Which letters a case allows: by lane, state, class, author, nation and rung."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.letter import (
    DEFAMED,
    EXAMPLES,
    FAIR,
    HOSTING,
    NOW,
    POST,
    REPORTED,
    THREAT,
    a_case,
    asked,
    rules,
    written,
)

from alerts.letters import allowed
from alerts.letters.allowed import ANSWERS, FOR_STAFF, NOT_OF_A_PUPIL, TO_REMOVE, offered, refusal
from alerts.letters.kinds import LetterKind, NoDraft
from data.cases import CaseState, Consent
from data.rungs import Rung
from data.steps.codes import BypassRoute, Complainant, Relationship, RungAnswer
from data.types import About, Route


def possible(case, nation="england", url=POST.url) -> set[LetterKind]:
    return {o.kind for o in offered(case, rules(nation), NOW, url or "") if o.possible}


def why_not(kind: LetterKind, case, nation="england", url="") -> str | None:
    return refusal(kind, case, rules(nation), NOW, url)


@pytest.mark.parametrize("kind", list(LetterKind))
def test_each_letter_is_there_for_its_case(kind):
    case, _, more = EXAMPLES[kind]
    post = more.get("post", POST)
    assert kind in possible(case, url=post.url)


def test_every_kind_is_named_once_in_its_order_and_says_why_not():
    found = offered(a_case(), rules(), NOW)
    assert [o.kind for o in found] == list(LetterKind)
    assert all(bool(o.why_not) is not o.possible for o in found)


@pytest.mark.parametrize("lane", list(BypassRoute))
def test_what_leaves_the_ladder_gets_no_letter(lane):
    for _, (case, _, _) in EXAMPLES.items():
        assert not possible(replace(case, lane=lane))


@pytest.mark.parametrize("code", ["C9", "C10"])
def test_safeguarding_and_extremism_get_no_letter_by_class_alone(code):
    assert not possible(a_case(content_class=code))


def test_what_is_handed_over_and_what_is_closed_gets_no_letter():
    assert not possible(a_case(state=CaseState.BYPASSED))
    assert not possible(a_case(state=CaseState.CLOSED))


@pytest.mark.parametrize(
    "changes", [{}, {"relationship": Relationship.UNKNOWN}, {"complainant": Complainant.STAFF}]
)
def test_fair_comment_is_only_answered(changes):
    assert possible(replace(FAIR, **changes)) <= ANSWERS
    assert {LetterKind.REPLY, LetterKind.THANKS} <= possible(replace(FAIR, **changes))


def test_what_was_decided_to_be_answered_is_only_answered():
    assert possible(a_case(decision="answer")) <= ANSWERS


def test_what_is_not_pursued_is_answered_and_its_target_looked_after():
    found = possible(a_case(decision="stop"))
    assert LetterKind.PLATFORM_REPORT not in found
    assert {LetterKind.SUPPORT_OFFER, LetterKind.REPLY} <= found


def test_what_is_asked_to_go_is_not_answered_in_public():
    assert why_not(LetterKind.REPLY, a_case()) == "being_removed"


@pytest.mark.parametrize("kind", sorted(EXAMPLES))
def test_a_pupil_is_met_by_pastoral_care_and_never_by_a_letter(kind):
    case = replace(EXAMPLES[kind][0], relationship=Relationship.PUPIL)
    assert not possible(case) & NOT_OF_A_PUPIL


@pytest.mark.parametrize("to", ["pastoral", "dsl"])
def test_of_a_pupil_the_platform_and_the_helpline_may_be_asked_once_it_was_handed_on(to):
    case = a_case(relationship=Relationship.PUPIL, referred_to=(to,))
    assert {LetterKind.PLATFORM_REPORT, LetterKind.POSH} <= possible(case)


@pytest.mark.parametrize("kind", sorted(TO_REMOVE))
def test_of_a_pupil_nobody_is_written_to_before_pastoral_care_or_the_dsl_has_it(kind):
    case = replace(EXAMPLES[kind][0], relationship=Relationship.PUPIL, referred_to=("parent",))
    assert kind not in possible(case)
    assert why_not(LetterKind.POSH, a_case(relationship=Relationship.PUPIL)) == "pupil_first"


def test_before_a_decision_nothing_is_asked_of_anybody_outside():
    assert possible(a_case(state=CaseState.TRIAGE, decision=None)) == {
        *(FOR_STAFF - {LetterKind.RECORDED_FOR_YOU}),
        LetterKind.HOLDING_LINE,
        LetterKind.SOLICITOR_FACTS,
    }


def test_the_police_need_no_decision_where_the_matter_came_as_theirs():
    assert LetterKind.POLICE in possible(replace(THREAT, decision=None, state=CaseState.TRIAGE))
    assert LetterKind.POLICE not in possible(replace(THREAT, decision=None, route=Route.REQUEST_REMOVAL))


@pytest.mark.parametrize("consent", [Consent.NOT_ASKED, Consent.ASKED, Consent.REFUSED, Consent.WITHDRAWN])
def test_without_consent_there_is_no_report_to_the_police(consent):
    assert why_not(LetterKind.POLICE, replace(THREAT, consent=consent)) == "consent"


def test_nobodys_consent_is_needed_where_no_member_of_staff_is_its_target():
    case = replace(THREAT, target=None, about=About.PUPIL, consent=Consent.NOT_ASKED)
    assert why_not(LetterKind.POLICE, case) is None


def test_a_threat_to_a_member_of_staff_who_is_not_recorded_waits_for_their_name_and_consent():
    assert why_not(LetterKind.POLICE, replace(THREAT, target=None, consent=Consent.NOT_ASKED)) == "no_target"


def test_crime_in_the_schools_name_waits_for_nobodys_consent():
    case = replace(THREAT, content_class="C13", target=None, consent=Consent.NOT_ASKED)
    assert why_not(LetterKind.POLICE, case) is None
    assert why_not(LetterKind.CONSENT_REQUEST, case) == "no_target"


def test_consent_is_not_asked_for_what_is_nothing_for_the_police():
    assert why_not(LetterKind.CONSENT_REQUEST, a_case(content_class="C8")) == "police_class"


def test_what_the_police_were_told_of_by_the_ladder_may_be_written_down_for_them():
    case = replace(THREAT, content_class="C1", askings=(asked(Rung.POLICE),))
    assert why_not(LetterKind.POLICE, case) is None


OF_WHAT_IS_GONE = (
    *ANSWERS - {LetterKind.PARENT_INVITATION},
    *FOR_STAFF,
    LetterKind.POLICE,
    LetterKind.HOLDING_LINE,
    LetterKind.SOLICITOR_FACTS,
)


@pytest.mark.parametrize("kind", sorted(set(EXAMPLES) - {*OF_WHAT_IS_GONE}))
def test_what_is_said_to_be_gone_is_asked_of_nobody_but_the_police(kind):
    case, _, more = EXAMPLES[kind]
    url = more.get("post", POST).url
    assert why_not(kind, case, url=url) is None
    assert why_not(kind, replace(case, state=CaseState.CONFIRMING), url=url) == "said_gone"


def test_what_is_said_to_be_gone_may_still_be_told_to_the_police():
    assert why_not(LetterKind.POLICE, replace(THREAT, state=CaseState.CONFIRMING)) is None


def test_a_stranger_is_written_to_through_a_website_and_never_on_a_platform():
    case = a_case(relationship=Relationship.UNKNOWN)
    assert why_not(LetterKind.AUTHOR_REMOVAL, case) == "no_contact"
    assert why_not(LetterKind.AUTHOR_REMOVAL, replace(case, channel="local_forum")) is None


def test_a_platform_is_asked_to_look_again_once():
    case = a_case(askings=(REPORTED, asked(Rung.PLATFORM_REPORT, "appeal", RungAnswer.REFUSED)))
    assert why_not(LetterKind.PLATFORM_APPEAL, case) == "appealed"


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"complainant": Complainant.PARENT}, "posh_schools"), ({"content_class": "C8"}, "posh_class")],
)
def test_the_schools_helpline_hears_schools_and_of_people(changes, code):
    assert why_not(LetterKind.POSH, replace(EXAMPLES[LetterKind.POSH][0], **changes)) == code


@pytest.mark.parametrize(("code", "there"), [("C2", True), ("C7", False), ("C8", False), ("C11", False)])
def test_report_harmful_content_takes_the_harms_that_it_names(code, there):
    case = replace(EXAMPLES[LetterKind.RHC][0], content_class=code)
    assert (why_not(LetterKind.RHC, case) is None) is there


@pytest.mark.parametrize("consent", [Consent.REFUSED, Consent.WITHDRAWN])
def test_a_refusal_of_consent_holds_even_after_the_police_were_told(consent):
    case = replace(THREAT, consent=consent, askings=(asked(Rung.POLICE),))
    assert why_not(LetterKind.POLICE, case) == "consent"


def test_a_parent_is_heard_before_anything_is_asked_in_writing():
    assert why_not(LetterKind.PARENT_REMOVAL, a_case()) == "talk_first"
    assert why_not(LetterKind.AUTHOR_REMOVAL, a_case()) == "a_parent"


@pytest.mark.parametrize("code", ["C5", "C6", "C14"])
def test_nobody_writes_to_the_author_of_a_threat_or_of_sexual_matter(code):
    for relationship in Relationship:
        case = a_case(content_class=code, relationship=relationship)
        assert not possible(case) & {
            LetterKind.PARENT_INVITATION,
            LetterKind.PARENT_REMOVAL,
            LetterKind.AUTHOR_REMOVAL,
        }


def test_nobody_writes_where_contact_may_not_be_safe():
    assert why_not(LetterKind.PARENT_INVITATION, a_case(contact_safe=False)) == "not_safe"


@pytest.mark.parametrize("relationship", [Relationship.STAFF, Relationship.GOVERNOR])
def test_our_own_people_are_spoken_to_not_written_to(relationship):
    assert why_not(LetterKind.AUTHOR_REMOVAL, a_case(relationship=relationship)) == "our_own"


@pytest.mark.parametrize(
    ("nation", "there"),
    [("england", True), ("wales", True), ("scotland", False), ("northern_ireland", False)],
)
def test_section_5_is_offered_in_england_and_wales_only(nation, there):
    assert (LetterKind.S5_NOTICE in possible(DEFAMED, nation)) is there


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"content_class": "C2"}, "s5_class"),
        ({"complainant": Complainant.SCHOOL}, "s5_person"),
        ({"complainant": Complainant.PUPIL}, "s5_person"),
        ({"relationship": Relationship.PARENT}, "s5_known"),
        ({"relationship": Relationship.THIRD_PARTY}, "s5_known"),
        ({"channel": "mumsnet"}, "its_own_way"),
    ],
)
def test_a_notice_under_section_5_is_the_person_defameds_of_an_unknown_poster(changes, code):
    assert why_not(LetterKind.S5_NOTICE, replace(DEFAMED, **changes)) == code


@pytest.mark.parametrize(
    "address", ["https://www.google.com/search?q=oakfield", "https://www.bing.com/search?q=o"]
)
def test_a_search_engine_gets_no_notice(address):
    assert (
        why_not(LetterKind.S5_NOTICE, replace(DEFAMED, channel="manual_report"), url=address) == "s5_search"
    )


def test_a_website_has_no_platform_to_report_to():
    assert why_not(LetterKind.PLATFORM_REPORT, a_case(channel="blog")) == "no_platform"


def test_the_platform_is_known_by_the_address_of_what_somebody_brought():
    case = a_case(channel="manual_report")
    assert why_not(LetterKind.PLATFORM_REPORT, case, url="https://www.facebook.com/p/1") is None


def test_mumsnet_and_wikipedia_are_asked_in_their_own_way():
    assert why_not(LetterKind.PLATFORM_REPORT, a_case(channel="mumsnet")) == "its_own_way"
    assert why_not(LetterKind.PLATFORM_REPORT, a_case(channel="wikipedia")) == "its_own_way"
    assert why_not(LetterKind.MUMSNET, a_case()) == "other_place"
    assert why_not(LetterKind.WIKIPEDIA, a_case()) == "other_place"


def test_one_looks_again_only_after_a_refusal():
    assert (
        why_not(LetterKind.PLATFORM_APPEAL, a_case(askings=(asked(Rung.PLATFORM_REPORT),))) == "not_refused"
    )


def test_report_harmful_content_takes_a_refusal_or_more_than_a_weeks_silence():
    case = a_case(content_class="C2", complainant=Complainant.STAFF, complainant_person="vale")
    assert why_not(LetterKind.RHC, case) == "rhc_early"
    assert why_not(LetterKind.RHC, replace(case, askings=(REPORTED,))) is None
    silent = asked(Rung.PLATFORM_REPORT, at=NOW - timedelta(days=7))
    assert why_not(LetterKind.RHC, replace(case, askings=(silent,))) == "rhc_early"
    longer = replace(silent, at=NOW - timedelta(days=7, seconds=1))
    assert why_not(LetterKind.RHC, replace(case, askings=(longer,))) is None
    assert why_not(LetterKind.RHC, a_case(askings=(REPORTED,))) == "rhc_person"


def test_a_host_is_written_to_even_if_not_looked_up_and_a_registrar_after_it_and_of_crime_only():
    site = a_case(channel="blog", content_class="C12", relationship=Relationship.UNKNOWN)
    assert why_not(LetterKind.HOST_ABUSE, site) is None
    assert why_not(LetterKind.REGISTRAR_ABUSE, site) == "not_hosted"
    known = replace(site, hosting=HOSTING)
    assert why_not(LetterKind.HOST_ABUSE, known) is None
    assert why_not(LetterKind.REGISTRAR_ABUSE, known) == "host_first"
    then = replace(known, askings=(asked(Rung.HOST),))
    assert why_not(LetterKind.REGISTRAR_ABUSE, then) is None
    assert why_not(LetterKind.REGISTRAR_ABUSE, replace(then, content_class="C7")) == "crime_only"
    assert why_not(LetterKind.HOST_ABUSE, a_case(hosting=HOSTING)) == "a_platform"


def test_consent_is_asked_until_it_is_answered_and_only_of_a_target():
    assert why_not(LetterKind.CONSENT_REQUEST, THREAT) == "consent_answered"
    assert why_not(LetterKind.CONSENT_REQUEST, a_case(target=None)) == "no_target"
    assert why_not(LetterKind.SUPPORT_OFFER, a_case(target=None)) == "no_target"


def test_a_restricted_matter_that_is_still_on_the_ladder_goes_to_the_police_and_its_target_alone():
    assert possible(replace(THREAT, restricted=True)) == {LetterKind.POLICE, LetterKind.SUPPORT_OFFER}


def test_under_the_lock_only_what_cannot_name_a_teacher_is_drafted():
    assert why_not(LetterKind.S5_NOTICE, replace(DEFAMED, locked=True)) == "locked"
    assert why_not(LetterKind.PARENT_INVITATION, a_case(locked=True)) == "locked"
    assert LetterKind.PLATFORM_REPORT in possible(a_case(locked=True))


def test_a_letter_that_is_not_for_the_case_is_not_drafted_whatever_is_given():
    case, facts, _ = EXAMPLES[LetterKind.PLATFORM_REPORT]
    made = written(LetterKind.PLATFORM_REPORT, replace(case, lane=BypassRoute.SAFEGUARDING), facts)
    assert isinstance(made, NoDraft)
    assert made.why_not
    assert not made.wanted


def test_the_police_take_a_referral_with_an_answer_awaited_only_after_a_call():
    case = replace(THREAT, consent=Consent.ASKED, askings=(asked(Rung.POLICE, answer=RungAnswer.NONE),))
    assert why_not(LetterKind.POLICE, case) is None


@pytest.mark.parametrize(
    ("kind", "changes", "code"),
    [
        (LetterKind.PARENT_REMOVAL, {"relationship": Relationship.UNKNOWN}, "not_a_parent"),
        (LetterKind.PARENT_REMOVAL, {"content_class": "C6"}, "never_to_the_author"),
        (LetterKind.PARENT_REMOVAL, {"contact_safe": False}, "not_safe"),
        (LetterKind.AUTHOR_REMOVAL, {"relationship": Relationship.PARENT}, "a_parent"),
        (LetterKind.AUTHOR_REMOVAL, {"relationship": Relationship.STAFF}, "our_own"),
    ],
)
def test_a_letter_to_an_author_that_has_no_condition_has_its_readers(kind, changes, code, monkeypatch):
    monkeypatch.setattr(allowed, "_OF_ITS_OWN", {})
    case = a_case(**{"relationship": Relationship.PARENT, **changes})
    assert why_not(kind, case) == code
