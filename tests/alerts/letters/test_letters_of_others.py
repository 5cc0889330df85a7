"""Letters about an account, an archived page, a search result, and works that others use without leave."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.letter import (
    DEFAMED,
    EXAMPLES,
    HOSTING,
    NOW,
    OF_OWNER,
    ON_A_BLOG,
    ON_A_FORUM,
    PARENTS,
    POST,
    STOLEN,
    a_case,
    all_of,
    asked,
    example,
    rules,
    whole,
    written,
)

from alerts.letters.allowed import refusal
from alerts.letters.kinds import LetterDraft, LetterKind, NoDraft
from data.rungs import Rung
from data.steps.codes import Complainant, Decision, RungAnswer
from data.types import About


def why_not(kind: LetterKind, case) -> str | None:
    return refusal(kind, case, rules(), NOW)


ACCOUNT, ARCHIVE, SEARCH = LetterKind.ACCOUNT_REPORT, LetterKind.ARCHIVE_REQUEST, LetterKind.SEARCH_RESULT


def test_an_account_is_named_by_its_address_and_by_what_was_brought():
    case, facts, more = EXAMPLES[ACCOUNT]
    said = all_of(whole(ACCOUNT, case, facts, **more))
    assert f"Address of the account: {facts['profile']}" in " ".join(said.split())
    assert facts["items"] in " ".join(said.split())
    bare = {name: said for name, said in facts.items() if name != "items"}
    assert "brought to the school" not in all_of(whole(ACCOUNT, case, bare, **more))


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("tiktok", None), ("facebook", None), ("instagram", "no_account_way"), ("reddit", "no_account_way"),
        ("blog", "no_platform"), ("manual_report", "place_unknown"),
    ],
)  # fmt: skip
def test_a_whole_account_is_reported_where_it_is_known_how(place, code):
    assert why_not(ACCOUNT, a_case(content_class="C2", channel=place)) == code


def test_of_an_account_that_poses_as_somebody_it_is_asked_as_whom_and_its_own_form_is_named():
    case = a_case(content_class="C12", channel="facebook", about=About.SCHOOL, target=None)
    facts = {"profile": "https://facebook.example.org/fake", "why": "It may take parents’ money."}
    asks = written(ACCOUNT, case, facts)
    assert isinstance(asks, NoDraft)
    assert [want.fact for want in asks.wanted] == ["posed_as"]
    made = whole(ACCOUNT, case, facts | {"posed_as": "our school"})
    assert "https://www.facebook.com/help/contact/295309487309948" in made.notice
    assert "They deal only with the person concerned" in made.notice
    assert why_not(ACCOUNT, replace(case, channel="instagram")) is None


def test_an_archive_is_asked_about_an_archived_page_alone():
    assert why_not(ARCHIVE, a_case(channel="archive_org")) is None
    assert why_not(ARCHIVE, a_case(channel="blog")) == "other_place"
    assert why_not(LetterKind.PLATFORM_REPORT, a_case(channel="archive_org")) == "its_own_way"


def test_the_page_that_was_archived_is_read_from_the_address_or_asked_for():
    assert "Address of the page that was archived: https://blog.example.org/1" in all_of(example(ARCHIVE))
    case, facts, _ = EXAMPLES[ARCHIVE]
    post = replace(POST, channel="archive_org", url="https://archive.org/details/example")
    asks = written(ARCHIVE, case, facts, post=post)
    assert isinstance(asks, NoDraft)
    assert [want.fact for want in asks.wanted] == ["original"]


@pytest.mark.parametrize("place", ["google_search", "bing_search", "local_forum"])
@pytest.mark.parametrize(
    ("who", "code"),
    [
        (Complainant.SCHOOL, "search_person"), (Complainant.PUPIL, "search_person"),
        (Complainant.STAFF, None), (Complainant.PARENT, None),
    ],
)  # fmt: skip
def test_a_search_result_is_the_persons_to_ask_about_and_never_the_schools(place, who, code):
    assert why_not(SEARCH, replace(DEFAMED, channel=place, complainant=who)) == code


def test_the_request_says_that_nothing_is_removed_and_is_signed_by_the_person_alone():
    made = example(SEARCH)
    said = " ".join(all_of(made).split())
    assert "this takes nothing off the page itself" in said
    assert made.signed == made.head == ("Sam Vale",)
    assert "is not removed" in made.notice
    for form in ("https://reportcontent.google.com/forms/rtbf", "https://www.bing.com/webmaster/tools"):
        assert form in made.notice
    assert "Article 17 of the UK GDPR" in said


def test_another_name_may_have_been_searched_for():
    case, facts, _ = EXAMPLES[SEARCH]
    made = whole(SEARCH, case, facts | {"searched": "Samuel V."}, post=ON_A_FORUM)
    assert "The name that is searched for: Samuel V." in all_of(made)


def test_the_person_may_ask_where_the_school_goes_no_further():
    assert why_not(SEARCH, replace(DEFAMED, decision=Decision.STOP)) is None
    assert why_not(SEARCH, replace(DEFAMED, decision=Decision.REPORT_ONLY)) == "only_reported"


def test_a_parent_asks_for_a_childs_name_which_has_to_be_said():
    case, facts, _ = EXAMPLES[SEARCH]
    parents = replace(case, complainant=Complainant.PARENT)
    own = {**facts, "name": "Ann Vale", "email": "ann@example.org"}
    assert "searched" in {one.fact for one in written(SEARCH, parents, own, post=ON_A_FORUM).wanted}
    made = whole(SEARCH, parents, own | {"searched": "Kit Vale"}, post=ON_A_FORUM)
    said = " ".join(all_of(made).split())
    assert "I ask you for my child, under Article 17" in said
    assert "results of searches for the name below" in said
    assert "my child’s: Kit Vale" in said
    assert "you weigh my child’s privacy" in said


@pytest.mark.parametrize("place", ["google_search", "bing_search"])
def test_a_search_engine_gets_no_notice_under_section_5_and_no_report_by_the_school(place):
    assert why_not(LetterKind.S5_NOTICE, replace(DEFAMED, channel=place)) == "s5_search"
    assert why_not(LetterKind.PLATFORM_REPORT, a_case(channel=place)) == "search_person"


NOTICE = LetterKind.COPYRIGHT_NOTICE
SCHOOLS = {"owner": "school", **OF_OWNER}


def made(facts: dict[str, str]) -> str:
    return all_of(whole(NOTICE, STOLEN, facts, post=ON_A_BLOG))


def wanted(facts: dict[str, str]) -> list[str]:
    found = written(NOTICE, STOLEN, facts, post=ON_A_BLOG)
    assert isinstance(found, NoDraft)
    return [want.fact for want in found.wanted]


@pytest.mark.parametrize("facts", [SCHOOLS, PARENTS])
def test_a_notice_to_a_host_in_the_united_states_has_every_element_of_512_c_3(facts):
    said = made(facts)
    for element in ("works", "material", "host", "telephone", "email"):
        assert facts[element] in said
    assert ON_A_BLOG.url in said
    assert facts.get("address", "Larch Road, Northvale, ZA4 2QR") in said
    assert "512(c)(3)" in said


def test_good_faith_accuracy_perjury_and_signature_are_those_of_the_section():
    said = " ".join(made(SCHOOLS).split())
    assert "good faith belief that use of the material in the manner complained of is not authorised" in said
    assert "by the copyright owner, its agent, or the law" in said
    assert "The information in this notice is accurate." in said
    assert "Under penalty of perjury I state that I am authorised to act on behalf of the owner" in said
    assert said.partition("Signed by a person authorised to act on behalf of the owner:")[2].strip()


@pytest.mark.parametrize("fact", sorted(OF_OWNER))
def test_each_element_that_is_missing_is_asked_for(fact):
    assert wanted({name: said for name, said in SCHOOLS.items() if name != fact}) == [fact]


@pytest.mark.parametrize("fact", ["owner", "works"])
def test_until_the_owner_and_the_works_are_said_there_is_no_notice(fact):
    found = written(NOTICE, STOLEN, {n: s for n, s in SCHOOLS.items() if n != fact}, post=ON_A_BLOG)
    assert isinstance(found, NoDraft)
    assert {"owner": "Who owns the copyright", "works": "Which works are they"}[fact] in found.wanted[
        0
    ].question


def test_the_schools_notice_is_signed_for_the_school_and_a_parents_by_the_parent_alone():
    assert whole(NOTICE, STOLEN, SCHOOLS, post=ON_A_BLOG).signed[-1] == "Oakfield Primary School"
    own = whole(NOTICE, STOLEN, PARENTS, post=ON_A_BLOG)
    assert own.signed == own.head == ("Ms Pat Example",)
    assert "I state that I am the owner" in " ".join(all_of(own).split())
    assert "Oakfield" not in "\n".join(own.body).replace(OF_OWNER["works"], "")


def test_a_parent_gives_their_own_name_and_address():
    assert wanted({n: s for n, s in PARENTS.items() if n not in ("name", "address")}) == ["name", "address"]


def test_nobody_but_the_school_or_a_parent_is_taken_as_the_owner():
    assert wanted(SCHOOLS | {"owner": "the photographer"}) == ["owner"]


@pytest.mark.parametrize("fact", ["good_faith", "authority"])
def test_without_a_yes_to_what_is_sworn_there_is_no_notice(fact):
    found = written(NOTICE, STOLEN, SCHOOLS | {fact: "no"}, post=ON_A_BLOG)
    assert isinstance(found, NoDraft)
    assert "without a yes this letter cannot be made" in found.wanted[0].question


def test_a_host_in_the_united_kingdom_is_given_what_regulation_22_names():
    said = " ".join(made(SCHOOLS | {"law": "uk"}).split())
    assert "Copyright, Designs and Patents Act 1988, sections 16 to 21" in said
    assert "regulation 19 of the Electronic Commerce (EC Directive) Regulations 2002" in said
    for american in ("512(c)", "perjury", "designated agent", "97A", "copyright.gov"):
        assert american not in said


@pytest.mark.parametrize("law", ["fr", "Germany"])
def test_for_another_country_a_lawyer_is_asked(law):
    assert wanted(SCHOOLS | {"law": law}) == ["law"]


def test_a_host_that_is_given_need_not_have_been_looked_up_and_one_that_was_is_not_asked_for():
    assert not STOLEN.hosting
    assert "Example Hosting Inc" in made(SCHOOLS)
    facts = {name: said for name, said in SCHOOLS.items() if name != "host"}
    looked_up = replace(STOLEN, hosting=HOSTING)
    assert "Example Hosting Ltd" in all_of(whole(NOTICE, looked_up, facts, post=ON_A_BLOG))
    on_facebook = replace(STOLEN, channel="facebook")
    assert isinstance(written(NOTICE, on_facebook, facts), LetterDraft)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"complainant": Complainant.PARENT}, None),
        ({"channel": "facebook"}, None),
        ({"channel": "archive_org"}, None),
        ({"channel": "snapchat"}, "no_copyright_way"),
        ({"content_class": "C7"}, "copyright_class"),
        ({"complainant": Complainant.STAFF}, "copyright_owner"),
    ],
)
def test_it_is_for_what_is_used_without_leave_where_it_can_be_given(changes, code):
    assert why_not(NOTICE, replace(STOLEN, **changes)) == code


def test_a_notice_to_the_host_is_not_told_as_a_request_to_whoever_runs_the_site():
    asked_by_notice = asked(Rung.HOST, "copyright", RungAnswer.REFUSED)
    case = replace(STOLEN, hosting=HOSTING, askings=(asked_by_notice,))
    facts = {"why": "The pictures are used to mock.", "contact": "01632 960 002"}
    said = all_of(whole(LetterKind.ISP_TERMS, case, facts, post=ON_A_BLOG))
    assert "The host, on 12 November 2026. They refused." in said
    assert "Whoever runs the website" not in said


def test_the_directory_of_agents_is_named_beside_a_notice_for_the_united_states_alone():
    notice = whole(NOTICE, STOLEN, SCHOOLS, post=ON_A_BLOG).notice
    assert "https://www.copyright.gov/dmca-directory" in notice
    assert "designated agent, whom this directory names" in notice
