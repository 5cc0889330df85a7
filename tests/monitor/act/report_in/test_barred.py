"""What may never be captured, and of what no picture is kept: by class, lane, and what was judged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.mention import NOW, URN, a_mention, a_verdict

from data.cases import Case, CaseState
from data.steps.codes import BypassRoute, Complainant, Relationship
from data.types import About, Route
from monitor.act.casework.evidence.capture_policy import capture_refusal, picture_refusal
from monitor.pipeline.sighting import RestrictedAddresses, looked_for

CASE = Case(
    "0001", URN, "story-post", NOW, "pike", Route.REQUEST_REMOVAL, About.STAFF,
    proposed_class="C7", content_class="C7", state=CaseState.TRIAGE,
)  # fmt: skip
JUDGED = a_verdict(a_mention("post"), content_class="C7", abuse=("defamation",))


def test_a_post_that_may_be_defamatory_may_be_captured_with_its_pictures():
    assert capture_refusal(CASE, [JUDGED], child_image=False) is None
    assert picture_refusal(CASE, [JUDGED]) is None


@pytest.mark.parametrize("content_class", ["C9", "C10"])
def test_of_childrens_safety_and_extremism_nothing_is_captured(content_class):
    refused = capture_refusal(replace(CASE, content_class=content_class), [], child_image=False)
    assert refused is not None
    assert "DSL" in refused.remedy


@pytest.mark.parametrize("lane", BypassRoute)
def test_of_what_is_off_the_ladder_nothing_is_captured(lane):
    assert capture_refusal(replace(CASE, lane=lane), [], child_image=False) is not None


def test_what_the_post_was_judged_counts_until_a_person_has_said_what_it_is():
    judged = replace(JUDGED, content_class="C10")
    assert capture_refusal(CASE, [judged], child_image=False) is not None
    assert capture_refusal(replace(CASE, classified_by="pike"), [judged], child_image=False) is None


def test_a_report_of_a_childs_image_counts_whatever_the_case_says():
    assert capture_refusal(replace(CASE, classified_by="pike"), [JUDGED], child_image=True) is not None


@pytest.mark.parametrize(
    ("case", "judged"),
    [
        (replace(CASE, content_class="C5"), JUDGED),
        (replace(CASE, proposed_class="C10"), JUDGED),
        (replace(CASE, about=About.PUPIL), JUDGED),
        (replace(CASE, relationship=Relationship.PUPIL), JUDGED),
        (replace(CASE, complainant=Complainant.PUPIL), JUDGED),
        (CASE, replace(JUDGED, about=About.PUPIL)),
        (CASE, replace(JUDGED, abuse=("sexual",))),
        (CASE, replace(JUDGED, abuse=("safeguarding",))),
    ],
)
def test_a_picture_that_may_show_a_child_or_be_sexual_is_never_kept(case, judged):
    assert picture_refusal(case, [judged]) is not None


@pytest.mark.parametrize(
    "way",
    [
        "https://forum.example.org/t/Girl-1", "http://www.forum.example.org:80/t/girl-1/",
        "https://forum.example.org/a/../t/./Girl-1", "https://forum.example.org//t///Girl-1?utm_source=x#p2",
        "https://forum.example.org/%74/%2e/Girl-1",
    ],
)  # fmt: skip
def test_an_address_that_was_warned_of_is_known_however_it_is_written(way):
    known = RestrictedAddresses(
        frozenset((looked_for("https://forum.example.org/t/Girl-1"),)), (), frozenset()
    )
    assert known.warns_of(way)
    assert not known.warns_of("https://forum.example.org/t/girl-12")
