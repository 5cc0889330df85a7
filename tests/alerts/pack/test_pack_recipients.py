"""Whom a pack is for decides what is in it."""

from __future__ import annotations

import pytest
from builders.case import a_case, a_step

from alerts.pack.recipients import Recipient, given, with_reasons, withheld
from data.steps.codes import StepKind
from data.words.say import words

MAY_KNOW = {Recipient.POLICE, Recipient.LA, Recipient.DSL}
OF_PEOPLE = (StepKind.SUPPORT, StepKind.CONSENT_GIVEN, StepKind.WEIGHED, StepKind.NOTED, StepKind.ASSIGNED)


@pytest.mark.parametrize("to", Recipient)
def test_a_locked_case_is_whole_for_police_designated_officer_and_safeguarding_leads_alone(to):
    assert withheld(a_case(locked=True), to) is (to not in MAY_KNOW)
    assert not withheld(a_case(locked=False), to)


def test_what_is_made_for_the_authority_names_the_one_that_the_nation_has():
    w = words("en")
    assert w(Recipient.LA.key("northern_ireland")) == "the Education Authority"
    assert {w(Recipient.LA.key(n)) for n in ("england", "wales", "scotland")} == {"the local authority"}
    assert all(w.has(to.key("northern_ireland")) for to in Recipient)


@pytest.mark.parametrize("kind", OF_PEOPLE)
def test_a_platform_is_told_nothing_about_people(kind):
    assert not given(a_step(kind=kind), Recipient.PLATFORM)
    assert not with_reasons(Recipient.PLATFORM)


@pytest.mark.parametrize("to", Recipient)
def test_how_staff_were_supported_stays_within_the_school_and_its_authority(to):
    assert given(a_step(kind=StepKind.SUPPORT), to) is (to in (Recipient.FILE, Recipient.LA, Recipient.DSL))
    offer = a_step(kind=StepKind.LETTER, facts={"letter": "support_offer"})
    assert given(offer, to) is (to in (Recipient.FILE, Recipient.LA, Recipient.DSL))
    assert given(a_step(kind=StepKind.ASKED), to)
