"""Who a pack is for, and what each of them is given of a case. Pure.

People outside the school are given what the matter needs, not how the school looked after its staff. Under
section 141F of the Education Act 2002 nothing may be published that could identify a teacher whom a
pupil accuses: the pack of such a case leaves all that out, except for the police, the local authority's
designated officer and the safeguarding leads.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from data.cases import Case, CaseStep, Consent
from data.rungs import Rung
from data.steps.asking import Answered, Asked
from data.steps.codes import StepKind
from data.steps.keeping import LetterDrafted


class Recipient(StrEnum):
    """Who a pack is handed to; FILE is the school's own file."""

    FILE = "file"
    POLICE = "police"
    SOLICITOR = "solicitor"
    PLATFORM = "platform"
    HELPLINE = "helpline"
    LA = "la"
    DSL = "dsl"

    @property
    def removes(self) -> bool:
        """Are they given no more than what removing the post needs?"""
        return self in (Recipient.PLATFORM, Recipient.HELPLINE)

    def key(self, nation: str) -> str:
        """What they are called there, in data/words: in Northern Ireland no council runs schools."""
        elsewhere = self is Recipient.LA and nation == "northern_ireland"
        return f"pack.to.{self.value}{'_northern_ireland' if elsewhere else ''}"


_MAY_KNOW = frozenset((Recipient.POLICE, Recipient.LA, Recipient.DSL))
_OF_REMOVAL = frozenset(
    (
        StepKind.EVIDENCE,
        StepKind.ASKED,
        StepKind.ANSWERED,
        StepKind.CHECKED,
        StepKind.COPY_FOUND,
        StepKind.CAME_BACK,
        StepKind.REMOVED,
        StepKind.CHANGED,
        StepKind.STANDING,
    )
)
_LETTERS_OF_STAFF = frozenset(("support_offer", "recorded_for_you"))


def withheld(case: Case, recipient: Recipient) -> bool:
    """Must everything that could identify somebody be left out?"""
    return case.locked and recipient not in _MAY_KNOW


def may_have_any(case: Case, recipient: Recipient) -> bool:
    """May a pack of it be made for them? Of what is off the ladder nobody is asked to remove anything."""
    return case.lane is None or not recipient.removes


def given(step: CaseStep, recipient: Recipient) -> bool:
    """Is this step in the chronology that the recipient is given?"""
    if recipient.removes:
        of_others = isinstance(step.said, Asked | Answered) and not step.said.rung.spec.of_site
        return step.kind in _OF_REMOVAL and not of_others
    if recipient in (Recipient.POLICE, Recipient.SOLICITOR):
        letter = step.said.letter if isinstance(step.said, LetterDrafted) else ""
        return step.kind is not StepKind.SUPPORT and letter not in _LETTERS_OF_STAFF
    return True


def given_letter(exhibit: Mapping[str, Any], recipient: Recipient) -> bool:
    """May the recipient have this exhibit? For removing the post a letter is needed only if it is of those
    who run or host the site; what was written to the police or the author is nobody else's concern.
    """
    of_site = "rung" not in exhibit or Rung(exhibit["rung"]).spec.of_site
    return not recipient.removes or of_site


def keeps_letters(case: Case, recipient: Recipient) -> bool:
    """May they have any letter of the case? Those of a restricted one go to whoever acts on such matters."""
    return not case.restricted or recipient in (*_MAY_KNOW, Recipient.FILE)


def may_name(person_id: str, case: Case, recipient: Recipient) -> bool:
    """May this recipient be given the name? The police, of whoever it is aimed at, only where that person
    agreed to their being told, or was overruled.
    """
    unasked = case.consent not in (Consent.GIVEN, Consent.OVERRIDDEN)
    return not (recipient is Recipient.POLICE and person_id == case.target and unasked)


def with_reasons(recipient: Recipient) -> bool:
    """Are they given the deciders' own words?"""
    return not recipient.removes
