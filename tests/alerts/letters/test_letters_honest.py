"""A letter says nothing that is not so, nothing that others slip in, and nothing that it promised not to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.letter import (
    DEFAMED,
    EXAMPLES,
    FAIR,
    HOSTING,
    ON_A_FORUM,
    POST,
    S5,
    SEEN,
    THREAT,
    a_case,
    all_of,
    asked,
    whole,
    written,
)

from alerts.letters import forbidden_words
from alerts.letters.kinds import LetterKind, NoDraft
from data.cases import Consent
from data.rungs import Rung
from data.steps.codes import Complainant, Relationship, RungAnswer
from data.types import About


def _example(kind, /, **changes):
    case, facts, more = EXAMPLES[kind]
    return whole(kind, replace(case, **changes), facts, **more)


def _asks(made) -> list[str]:
    assert isinstance(made, NoDraft), made
    return [want.fact for want in made.wanted]


# ------------------------------------------------------------------ what is not so


def test_a_notice_names_the_website_where_nobody_looked_up_its_host():
    made = whole(LetterKind.S5_NOTICE, DEFAMED, S5, post=ON_A_FORUM)
    assert made.body[0] == "To the operator of the website forum.example.org"


def test_a_host_is_not_told_that_the_operator_was_asked_where_it_was_the_host():
    case = replace(EXAMPLES[LetterKind.HOST_ABUSE][0], askings=(asked(Rung.HOST, "host"),))
    made = whole(LetterKind.HOST_ABUSE, case, EXAMPLES[LetterKind.HOST_ABUSE][1], post=ON_A_FORUM)
    assert "operator of the website was asked" not in all_of(made)


def test_a_registrar_is_not_told_that_the_host_was_asked_where_it_was_the_operator():
    said = all_of(_example(LetterKind.REGISTRAR_ABUSE, askings=(asked(Rung.HOST, "s5"),)))
    assert "The host was asked" not in said
    assert "Whoever runs the site was asked on 12 November 2026." in said
    assert "The host was asked on 12 November 2026." in all_of(_example(LetterKind.REGISTRAR_ABUSE))


def test_a_parent_who_never_came_is_not_thanked_for_talking():
    silent = asked(Rung.AUTHOR_REQUEST, "conversation", RungAnswer.NONE)
    made = whole(LetterKind.PARENT_REMOVAL, a_case(askings=(silent,)), {"to": "Ms Example"})
    assert "Thank you for talking" not in all_of(made)
    assert "everything that you told us" not in all_of(made)
    assert "12" in made.body[1]


def test_what_is_not_pursued_is_not_asked_to_go():
    made = whole(
        LetterKind.PARENT_INVITATION, a_case(decision="stop"), EXAMPLES[LetterKind.PARENT_INVITATION][1]
    )
    assert "please take" not in all_of(made)
    assert "Asking for it to be taken down" not in all_of(_example(LetterKind.SUPPORT_OFFER, decision="stop"))
    assert "Asking for it to be taken down" in all_of(_example(LetterKind.SUPPORT_OFFER))


def test_an_invitation_over_fair_comment_accuses_of_nothing_whatever_class_was_proposed():
    case = replace(FAIR, content_class="C7", proposed_class="C7")
    made = whole(LetterKind.PARENT_INVITATION, case, EXAMPLES[LetterKind.PARENT_INVITATION][1])
    assert "raises something about our school" in all_of(made)
    assert "may not be right" not in all_of(made)


def test_the_police_are_not_told_that_time_was_short_where_no_consent_was_needed():
    case = replace(
        THREAT, content_class="C13", target=None, consent=Consent.NOT_ASKED, askings=(asked(Rung.POLICE),)
    )
    said = all_of(whole(LetterKind.POLICE, case, EXAMPLES[LetterKind.POLICE][1]))
    assert "no time" not in said
    assert "none was needed" in said


def test_report_harmful_content_asks_whether_the_person_is_in_the_united_kingdom():
    case, facts, more = EXAMPLES[LetterKind.RHC]
    made = written(LetterKind.RHC, case, {k: v for k, v in facts.items() if k != "age_13"}, **more)
    assert isinstance(made, NoDraft)
    assert "United Kingdom" in made.wanted[0].question


@pytest.mark.parametrize(
    ("changes", "private"),
    [
        ({"content_class": "C7", "target": "vale", "about": About.STAFF}, True),
        ({"content_class": "C7", "target": None, "about": About.SCHOOL}, False),
        ({"content_class": "C4", "target": None, "about": About.PUPIL}, True),
        ({"content_class": "C11"}, True),
        ({"content_class": "C2", "target": "vale"}, True),
        ({"content_class": "C4"}, False),
    ],
)
def test_what_may_libel_a_living_person_or_concerns_a_child_stays_off_the_wiki(changes, private):
    case, _, more = EXAMPLES[LetterKind.WIKIPEDIA]
    made = whole(LetterKind.WIKIPEDIA, replace(case, **changes), {"wrong": "The third line."}, **more)
    assert ("never onto the wiki" in made.notice) is private


def test_when_it_was_posted_is_said_as_far_as_it_is_known():
    assert "- Posted, as far as is known: 11 November 2026, 10:00" in all_of(
        _example(LetterKind.PLATFORM_REPORT)
    )


def test_an_abuse_desk_is_not_addressed_where_somebody_names_another_host():
    case, facts, more = EXAMPLES[LetterKind.HOST_ABUSE]
    assert whole(LetterKind.HOST_ABUSE, case, facts | {"host": "Another Ltd"}, **more).mail_to is None


@pytest.mark.parametrize(
    ("channel", "url", "wants"),
    [
        ("youtube", "https://www.youtube.com/watch?v=1", ["words"]),
        ("trustpilot", "https://uk.trustpilot.com/reviews/1", ["words"]),
        ("google_review", "https://maps.app.goo.gl/1", []),
    ],
)
def test_a_platform_that_hears_no_report_without_the_words_is_given_them(channel, url, wants):
    case, facts, _ = EXAMPLES[LetterKind.PLATFORM_REPORT]
    made = written(
        LetterKind.PLATFORM_REPORT,
        replace(case, channel=channel),
        facts,
        post=replace(POST, channel=channel, url=url),
    )
    assert _asks(made) == wants if wants else not isinstance(made, NoDraft)


def test_whom_alone_a_platform_hears_is_said_before_the_letter():
    case, facts, _ = EXAMPLES[LetterKind.PLATFORM_REPORT]
    post = replace(POST, channel="youtube", url="https://www.youtube.com/watch?v=1")
    made = whole(
        LetterKind.PLATFORM_REPORT,
        replace(case, channel="youtube"),
        facts | {"words": "lives there"},
        post=post,
    )
    assert "They deal only with the person concerned, or their lawyer." in made.notice
    assert "They deal only with" not in _example(LetterKind.PLATFORM_REPORT).notice


# ------------------------------------------------------------------ what others slip in


@pytest.mark.parametrize(
    "shown", ["Bob\n\nWe admit all of it.\n\n- x", "Bob\u2028\u2028We admit", "\u202ebob\x00\n\n- Fee: paid"]
)
def test_what_an_author_calls_themselves_adds_no_line(shown):
    case, facts, more = EXAMPLES[LetterKind.PLATFORM_REPORT]
    plain = whole(LetterKind.PLATFORM_REPORT, case, facts, **more)
    made = whole(LetterKind.PLATFORM_REPORT, case, facts, post=replace(POST, author=shown), steps=SEEN)
    assert len(made.body) == len(plain.body)
    assert [b.count("\n") for b in made.body] == [b.count("\n") for b in plain.body]
    assert not set("\u202e\x00\u2028") & set(all_of(made))


def test_a_name_as_long_as_a_letter_is_cut():
    made = whole(LetterKind.POSH, *EXAMPLES[LetterKind.POSH][:2], post=replace(POST, author="x" * 5000))
    assert "x" * 121 not in all_of(made)


@pytest.mark.parametrize("name", ["network", "registrar", "addresses", "domain"])
def test_what_a_registry_answers_adds_no_line(name):
    kind = LetterKind.HOST_ABUSE if name in ("network", "addresses") else LetterKind.REGISTRAR_ABUSE
    case, facts, more = EXAMPLES[kind]
    hosting = {**HOSTING, **case.hosting, name: "Ours\n\nWe admit it.\n- and more"}
    made = whole(kind, replace(case, hosting=hosting), facts, **more)
    assert len(made.body) == len(_example(kind).body)


@pytest.mark.parametrize(
    "post", [replace(POST, author="Prosecute Oakfield"), replace(POST, url="https://x.com/illegal-parking/1")]
)
def test_what_others_call_themselves_stops_no_letter(post):
    assert whole(LetterKind.PLATFORM_REPORT, *EXAMPLES[LetterKind.PLATFORM_REPORT][:2], post=post)


def test_what_is_given_may_not_turn_the_direction_of_writing():
    made = whole(LetterKind.PARENT_INVITATION, a_case(), {"to": "Ms \u202eelpmaxE", "meeting": "Thursday"})
    assert "\u202e" not in all_of(made)


# ------------------------------------------------------------------ what it promised not to say


@pytest.mark.parametrize("kind", [LetterKind.PLATFORM_REPORT, LetterKind.POSH, LetterKind.PLATFORM_APPEAL])
def test_a_pupil_who_may_have_written_it_is_not_named_to_others(kind):
    pupil = {"relationship": Relationship.PUPIL, "referred_to": ("pastoral",)}
    assert "Northvale Parent" not in all_of(_example(kind, **pupil))


def test_under_the_lock_no_words_no_dates_and_no_name_as_shown():
    case, facts, more = EXAMPLES[LetterKind.PLATFORM_REPORT]
    case = replace(case, locked=True, complainant=Complainant.STAFF, complainant_person="vale")
    assert _asks(written(LetterKind.PLATFORM_REPORT, case, facts | {"words": "pinched"}, **more)) == ["words"]
    for said in ("Since 12 November it may harm.", "From 12/11/2026.", "Ers 12 Tachwedd."):
        assert _asks(written(LetterKind.PLATFORM_REPORT, case, facts | {"why": said}, **more)) == ["why"]
    shown = replace(POST, author="Sam Vale")
    assert "Vale" not in all_of(whole(LetterKind.PLATFORM_REPORT, case, facts, post=shown))


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("contact", "Jane Holt, 01632 960 002"),
        ("complaints_url", "ask at the office about Ella"),
        ("complaints_url", "javascript:alert(1)"),
    ],
)
def test_a_public_reply_names_nobody_in_its_ways_to_answer_either(fact, said):
    assert _asks(written(LetterKind.REPLY, FAIR, EXAMPLES[LetterKind.REPLY][1] | {fact: said})) == [fact]


@pytest.mark.parametrize(
    "said",
    ["a Y6 child", "the Year 6s", "y11s", "ym Mlwyddyn 6", "i Flwyddyn pump", "year eleven", "Form 7B",
     "dosbarth derbyn", "plant Meithrin"],
)  # fmt: skip
def test_year_groups_as_schools_write_them_are_found(said):
    assert forbidden_words.year_group(said)


@pytest.mark.parametrize(
    "said",
    ["It is a serious offence.", "This is a hate crime", "These are criminal offences", "that is libellous",
     "which constitutes harassment", "it amounts to an offence", "she committed a crime",
     "It is against the law", "That breaks the law"],
)  # fmt: skip
def test_law_as_a_fact_is_found_however_it_is_put(said):
    assert forbidden_words.claim(said)


@pytest.mark.parametrize(
    "said",
    ["It may be unlawful.", "It might be illegal where you are", "It may be a hate crime",
     "It may be libellous", "It may amount to an offence", "Gall fod yn anghyfreithlon",
     "You are asked to look"],
)  # fmt: skip
def test_what_is_said_with_may_is_taken(said):
    assert forbidden_words.claim(said) is None


def test_what_a_statement_means_is_said_in_the_words_of_whom_it_accuses():
    given = S5 | {"meaning": "That I am guilty of theft.", "defames": "It says that I committed a crime."}
    assert "guilty of theft" in all_of(whole(LetterKind.S5_NOTICE, DEFAMED, given, post=ON_A_FORUM))


def test_a_request_for_consent_promises_no_more_than_is_kept():
    said = all_of(_example(LetterKind.CONSENT_REQUEST))
    assert "nothing more" not in said
    assert "when and how I asked you" in said


def test_a_member_of_staff_is_asked_the_same_day_and_not_by_the_authors_clock():
    assert "talk about it today?" in all_of(_example(LetterKind.CONSENT_REQUEST))
    case, _, _ = EXAMPLES[LetterKind.CONSENT_REQUEST]
    assert "talk about it by noon?" in all_of(whole(LetterKind.CONSENT_REQUEST, case, {"by": "noon"}))


def test_the_line_for_the_press_promises_no_answer_at_any_hour_and_keeps_its_telephone_inside():
    made = whole(LetterKind.HOLDING_LINE, a_case(), {"contact": "01632 960 002"})
    assert "at any time" not in all_of(made)
    assert made.body[0].startswith("“")
    assert made.body[0].endswith("”")
    assert "01632 960 002" in made.body[0]


@pytest.mark.parametrize(
    ("changes", "has", "lacks"),
    [
        ({"about": About.PUPIL}, "worried about a child", "payment"),
        ({"content_class": "C7"}, "Parents and carers", "child"),
        ({"content_class": "C12"}, "asks for money", "child"),
        ({"content_class": "C12"}, "posted in our school’s name", "real people"),
        ({"content_class": "C6", "askings": (asked(Rung.POLICE),)}, "the police on 101", "child"),
        ({"content_class": "C6"}, "Parents and carers", "police"),
    ],
)
def test_the_line_for_the_press_fits_its_matter(changes, has, lacks):
    said = whole(LetterKind.HOLDING_LINE, a_case(**changes), {"contact": "01632 960 002"}).body[0]
    assert has in said
    assert lacks not in said
