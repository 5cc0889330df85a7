"""A letter or a paper says which post, account, page or works it is about, and no more than happened."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from builders.ladder import Climb
from builders.letter import (
    BEFORE,
    DEFAMED,
    EXAMPLES,
    HOSTING,
    KEPT,
    NOW,
    OAKFIELD,
    OF_OWNER,
    ON_A_BLOG,
    ON_A_FORUM,
    PARENTS,
    PEOPLE,
    POST,
    S5,
    STOLEN,
    YOUNG,
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
from builders.mention import a_mention, a_verdict

from alerts.handover import compose_sheet
from alerts.layout.pdf import Paragraph
from alerts.letters.draft import draft
from alerts.letters.facts import time_named
from alerts.letters.kinds import (
    SPECS,
    LetterDraft,
    LetterFacts,
    LetterKind,
    LetterReader,
    NoDraft,
    letter_refusal,
)
from alerts.letters.layout import salutation, write_draft
from alerts.pack.compose import compose_pack
from alerts.pack.facts import PackFacts, Quote, Recipient
from data.cases import CaseFile, CaseState, Consent
from data.evidence.handed_in import BY_HAND, CHILD_IMAGE_TEXT
from data.matters import Access, MatterView, PostView, Reported
from data.rungs import Rung
from data.steps.codes import BypassRoute, Complainant, Decision, PlaceRole, Relationship, RungAnswer, StepKind
from data.types import PERHAPS, About, Harm, Meant, Route
from data.words.say import words

DULL = "They never ring back, and on the third day nobody came to the gate at all, not one of them"
THEIRS = "The takings were counted by two people. He kept forty pounds of them, and everybody knows it."
LONG = " ".join(("The queue was long and the tea was cold.",) * 20 + (THEIRS,) + ("It rained all day.",) * 20)
"""A long post, of which two sentences are meant; the second says it."""
TO_THEIR_AUTHOR = (LetterKind.PARENT_INVITATION, LetterKind.PARENT_REMOVAL, LetterKind.AUTHOR_REMOVAL)
ABOUT_A_POST = [
    kind
    for kind, spec in SPECS.items()
    if spec.reader not in (LetterReader.PUBLIC, LetterReader.PRESS, LetterReader.STAFF)
    and kind
    not in (
        *(LetterKind.WIKIPEDIA, LetterKind.ACCOUNT_REPORT, LetterKind.ARCHIVE_REQUEST),
        LetterKind.UNDER_AGE_REPORT,
        *(LetterKind.SEARCH_RESULT, LetterKind.COPYRIGHT_NOTICE),
    )
]
"""Not about an article, an account, an archived page, a result or works: their addresses say which."""
QUOTING = [
    *(k for k in TO_THEIR_AUTHOR), LetterKind.STAFF_REMOVAL, LetterKind.PLATFORM_REPORT,
    LetterKind.PLATFORM_APPEAL, LetterKind.ACCOUNT_REPORT, LetterKind.MUMSNET, LetterKind.HOST_ABUSE,
    LetterKind.REGISTRAR_ABUSE, LetterKind.ISP_TERMS, LetterKind.POSH, LetterKind.RHC,
]  # fmt: skip
CAME_BACK = (step(2, StepKind.CAME_BACK, 7),)
ACCOUNT, ARCHIVE, SEARCH = LetterKind.ACCOUNT_REPORT, LetterKind.ARCHIVE_REQUEST, LetterKind.SEARCH_RESULT
UNDER_AGE = LetterKind.UNDER_AGE_REPORT
NOTICE = LetterKind.COPYRIGHT_NOTICE
SEARCHES = ("google_search", "bing_search")
WHO_ASKS = {
    Complainant.SCHOOL: "search_person", Complainant.PUPIL: "search_person",
    Complainant.STAFF: None, Complainant.PARENT: None,
}  # fmt: skip
SCHOOLS = {"owner": "school", **OF_OWNER}
UNSWORN = "without a yes this letter cannot be made"


def of(kind, post_changes=None, /, **changes):
    post = replace(EXAMPLES[kind][2].get("post", POST), **{"text": DULL, **(post_changes or {})})
    return all_of(example(kind, post=post, **changes))


def test_every_letter_about_a_post_names_it_by_its_day_or_when_it_was_seen():
    for kind in ABOUT_A_POST:
        assert "11 November 2026" in of(kind)
    said = of(LetterKind.PARENT_INVITATION, {"published": None})
    assert "the post on Facebook that was first seen on 11 November 2026." in said
    assert "First seen, as far as is known: 11 November 2026" in of(
        LetterKind.PLATFORM_REPORT, {"published": None}
    )
    assert "the post of 11 November 2026 on Facebook that begins “They never ring" in of(
        LetterKind.PARENT_INVITATION, content_class="C0", fair=True, decision=None
    )


def test_the_words_complained_of_stand_in_every_letter_that_asks_for_them_to_go():
    for kind in QUOTING:
        made = example(kind, post=replace(EXAMPLES[kind][2].get("post", POST), text=DULL))
        assert DULL in made.body, kind
        if kind not in (*TO_THEIR_AUTHOR, LetterKind.STAFF_REMOVAL):
            assert EXAMPLES[kind][1]["why"] in all_of(made)
    for kind in TO_THEIR_AUTHOR:
        made = example(kind, {"words": "laughed"})
        assert "take these words down" in all_of(made)
        assert "laughed" in made.body
        assert "under your name" not in of(kind)


def test_a_host_a_registrar_and_a_network_read_the_name_used_there_and_which_rule_may_be_broken():
    for kind in (LetterKind.HOST_ABUSE, LetterKind.ISP_TERMS, LetterKind.REGISTRAR_ABUSE):
        assert "- Name used there: Northvale Parent" in of(kind)
    rule = "- Which of your own rules it may break: what your terms say on"
    assert f"{rule} false and damaging statements about a person" in of(LetterKind.HOST_ABUSE)
    assert f"{rule} private details of other people" in of(LetterKind.ISP_TERMS, content_class="C11")
    assert "Which of your Talk guidelines it may break: " in of(LetterKind.MUMSNET)


def quoted(said, meant, kind=LetterKind.HOST_ABUSE):
    case, facts, more = EXAMPLES[kind]
    post = replace(more.get("post", POST), text=said)
    made = draft(kind, a_file(case, post), LetterFacts(NOW, "en", facts, meant=meant), rules())
    assert isinstance(made, LetterDraft), made
    return made


def test_of_a_long_post_the_sentences_that_are_meant_are_quoted_or_so_much_of_it_as_has_room():
    kept = "He kept forty pounds of them"
    made = quoted(LONG, kept)
    assert "… He kept forty pounds of them, and everybody knows it. …" in made.body
    assert "a part of a long post" in made.warnings[0]
    assert f"… {THEIRS} …" in quoted(LONG, f"counted by two people. {kept}").body
    for meant in ("", "words of an older version"):
        begins = max(quoted(LONG, meant).body, key=len)
        assert begins.startswith("The queue was long")
        assert begins.endswith(" …")
        assert len(begins) <= 1202
    assert DULL in quoted(DULL, "nobody came").body
    assert LONG in quoted(LONG, kept, LetterKind.POLICE).body
    endless = max(quoted("x" * 5000, "").body, key=len)
    assert (endless.strip("x"), len(endless) < 1210) == (" …", True)


@pytest.mark.parametrize("changes", [
    {"about": About.PUPIL}, {"relationship": Relationship.PUPIL, "referred_to": ("pastoral",)},
    {"content_class": "C1"}, {"content_class": "C5"}, {"locked": True},
])  # fmt: skip
def test_of_a_child_in_confidence_or_under_the_lock_no_words_are_said(changes):
    said = of(LetterKind.PLATFORM_REPORT, **changes)
    assert "They never" not in said
    assert POST.url in said
    assert ("11 November" in said) is not changes.get("locked", False)


def test_a_quotation_that_names_somebody_or_a_class_is_warned_of_beside_the_letter():
    for kind in (LetterKind.HOST_ABUSE, LetterKind.AUTHOR_REMOVAL, LetterKind.PARENT_INVITATION):
        post = replace(
            EXAMPLES[kind][2].get("post", POST), text="Jo Fern never rings the Year 6 parents back"
        )
        warned = " ".join(example(kind, post=post).warnings)
        assert "“words” names Jo Fern" in warned
        assert "“words” gives a year group" in warned
    assert "please pass it on" in of(LetterKind.AUTHOR_REMOVAL)
    assert not [said for said in example(LetterKind.HOST_ABUSE, post=ON_A_FORUM).warnings if "names" in said][
        1:
    ]


@pytest.mark.parametrize(("why", "word"), [
    ("It says that he steals, which is false.", "he"),
    ("It hurts them; the teacher wants it gone.", "them"),
    ("It says that the teacher steals. He counted nothing: two parents did.", ""),
    ("It may mislead families who then lose their money.", ""),
])  # fmt: skip
def test_a_pronoun_that_nobody_stands_before_is_warned_of(why, word):
    warned = [w for w in example(LetterKind.HOST_ABUSE, {"why": why}).warnings if "Say who" in w]
    assert bool(warned) is bool(word)
    assert all(f"says “{word}”" in said for said in warned)


def test_people_are_addressed_by_title_and_surname_and_reached_by_number_or_address():
    for name, said in [
        ("Miss Heledd Aberlas", "Miss Aberlas"), ("Mrs Gwendolen Arkwright", "Mrs Arkwright"),
        ("Dr. Anna P. Marsh", "Dr. Marsh"), ("Mr J. P. Lowe", "Mr Lowe"), ("Ms Example", "Ms Example"),
        ("Ms Ann Smith-Jones", "Ms Smith-Jones"), ("Sam Vale", "Sam Vale"),
        ("Ms Maria Garcia Lopez", "Ms Maria Garcia Lopez"), ("Mr and Mrs Example", "Mr and Mrs Example"),
        ("Mr Jan van Dyke", "Mr Jan van Dyke"), ("Sir John Marsh", "Sir John Marsh"),
        ("the parents of the choir", "the parents of the choir"), ("", ""),
    ]:  # fmt: skip
        assert salutation(name) == said
    given = {"to": "Miss Heledd Aberlas", "meeting": "15:30"}
    made = whole(LetterKind.PARENT_INVITATION, a_case(), given)
    assert (made.to[0], made.body[0]) == ("Miss Heledd Aberlas", "Dear Miss Aberlas,")
    for said in ["Mr Fenwright", "the office", "ask for Ann"]:
        for kind in [LetterKind.POSH, LetterKind.POLICE, LetterKind.AUTHOR_REMOVAL]:
            assert asks(changed(kind, {"contact": said})) == ["contact"]
    for said in ["01632 960 002", "the office, office@example.org", "(01632) 960-002, Mr Fern"]:
        assert f"How to reach us: {said}" in all_of(example(LetterKind.POSH, {"contact": said}))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/t/7", "http://[::1]/t/7", "http://localhost/t/7"])
def test_an_operator_is_named_by_a_domain_and_never_by_a_number(url):
    post = replace(ON_A_FORUM, url=url)
    assert asks(written(LetterKind.S5_NOTICE, DEFAMED, S5, post=post)) == ["operator"]
    numbered = replace(DEFAMED, hosting={"host": "192.0.2.7", "domain": "192.0.2.7"})
    assert isinstance(written(LetterKind.S5_NOTICE, numbered, S5, post=post), NoDraft)
    named = replace(DEFAMED, hosting=HOSTING)
    assert "the website example.org" in all_of(whole(LetterKind.S5_NOTICE, named, S5, post=post))


def test_who_is_asked_is_told_that_it_came_back_but_not_of_what_stands_elsewhere_only():
    for kind in [
        LetterKind.HOST_ABUSE, LetterKind.REGISTRAR_ABUSE, LetterKind.ISP_TERMS, LetterKind.PLATFORM_REPORT,
        LetterKind.PLATFORM_APPEAL, LetterKind.POSH,
    ]:  # fmt: skip
        assert "On 18 November 2026" in all_of(example(kind, steps=CAME_BACK))
        assert "On 18 November 2026" not in all_of(example(kind, steps=()))
    for steps in [
        (Climb("C2").steps[0], step(2, StepKind.COPY_FOUND, 7, url="https://copied.example/1", what="copy"),
         step(3, StepKind.CAME_BACK, 7)),
        (step(2, StepKind.CAME_BACK, 7, place="2"),),
    ]:  # fmt: skip
        assert "On 18 November 2026" not in all_of(example(LetterKind.HOST_ABUSE, steps=steps))


def test_an_account_is_called_one_and_named_by_its_address_and_as_whom_it_poses():
    case, facts, more = EXAMPLES[ACCOUNT]
    for kind in [LetterKind.POSH, LetterKind.RHC, LetterKind.PLATFORM_APPEAL]:
        assert "Address of the profile: https" in all_of(example(kind, role=PlaceRole.ACCOUNT))
        at_it, _, files = EXAMPLES[kind]
        at_it = replace(at_it, role=PlaceRole.ACCOUNT)
        report = all_of(whole(ACCOUNT, at_it, without(facts, "profile"), **files))
        assert "Address of the profile: https" in report
    assert "brought to the school" not in all_of(whole(ACCOUNT, case, without(facts, "items"), **more))
    case = a_case(content_class="C12", channel="facebook", about=About.SCHOOL, target=None)
    facts = {"profile": "https://facebook.example.org/fake", "why": "It may take parents’ money."}
    assert asks(written(ACCOUNT, case, facts)) == ["posed_as"]
    made = whole(ACCOUNT, case, facts | {"posed_as": "our school"})
    assert [said for said in made.warnings if "A plain parody stays" in said]
    assert "https://www.facebook.com/help/contact/295309487309948" in made.notice
    assert "Only the person concerned" in made.notice
    assert why_not(ACCOUNT, replace(case, channel="instagram")) is None


def isp(**changes):
    return all_of(example(LetterKind.ISP_TERMS, **changes))


def test_the_letter_of_terms_is_for_the_rung_above_the_host_from_network_to_registrar():
    for code in ["C1", "C2", "C7", "C8", "C11"]:
        said = isp(content_class=code)
        assert "does it break your own terms" in said
        assert "We are not reporting a crime." in said
        assert ("no notice" in said or "not a notice under section 5" in said.replace("\n", " ")) is (
            code == "C7"
        )
    said = isp(askings=(asked(Rung.HOST, "s5"),))
    assert "The website’s operator, on 12 November 2026. We have had no answer." in said
    assert "The host, on" not in said
    assert "They refused." in isp(askings=(asked(Rung.HOST, "s5", RungAnswer.REFUSED),))
    first = example(LetterKind.ISP_TERMS, askings=(asked(Rung.HOST, "s5"),))
    assert (first.to, first.mail_to) == (("Example Hosting Ltd",), "abuse@hosting.example")
    assert "is on your network" in all_of(first)
    assert example(LetterKind.ISP_TERMS).mail_to == "abuse@registrar.example"
    assert example(LetterKind.ISP_TERMS, {"provider": "Another Ltd"}).mail_to is None
    asked_by_notice = asked(Rung.HOST, "copyright", RungAnswer.REFUSED)
    case = replace(STOLEN, hosting=HOSTING, askings=(asked_by_notice,))
    facts = {"why": "The pictures are used to mock.", "contact": "01632 960 002"}
    said = all_of(whole(LetterKind.ISP_TERMS, case, facts, post=ON_A_BLOG))
    assert "The host, on 12 November 2026. They refused." in said
    assert "The website’s operator" not in said


def test_whether_somebody_agreed_is_not_mixed_with_whether_they_were_asked():
    override = step(9, StepKind.CONSENT_OVERRIDDEN, 2, ground="risk_to_life")
    for kind, says in (
        (None, "was not asked"), (StepKind.CONSENT_ASKED, "has not answered yet"),
        (StepKind.CONSENT_REFUSED, "has not agreed"), (StepKind.CONSENT_WITHDRAWN, "has withdrawn that"),
    ):  # fmt: skip
        steps = (*((step(8, kind, 1, person="vale"),) if kind else ()), override)
        said = all_of(example(LetterKind.POLICE, consent=Consent.OVERRIDDEN, steps=steps))
        assert says in said
        assert "because a life may be in danger" in said


def test_how_the_first_words_are_quoted_where_nothing_is_asked():
    fair = {"content_class": "C0", "fair": True, "decision": None}
    said = of(LetterKind.PARENT_INVITATION, {"text": "“He”\n\n- took\u202e it."}, **fair)
    assert "begins “‘He’ - took it”" in said
    said = of(LetterKind.PARENT_INVITATION, {"text": None, "title": None}, **fair)
    assert "about the post of 11 November 2026 on Facebook." in said


def test_the_helpline_gets_every_address_of_the_case_in_one_letter():
    case, facts, _ = EXAMPLES[LetterKind.POSH]
    others = tuple(replace(POST, mention_id=f"m{n}", url=f"https://tiktok.example.org/{n}") for n in (2, 3))
    file = replace(a_file(case), copies=others)
    made = draft(LetterKind.POSH, file, LetterFacts(NOW, "en", facts), rules())
    assert isinstance(made, LetterDraft)
    assert all(write_draft(made).count(p.url) == 1 for p in (POST, *others))


def why_not(kind, case):
    return letter_refusal(kind, case, rules(), NOW)


@pytest.mark.parametrize(("kind", "case", "code"), [
    # a whole account is reported where it is known how
    (ACCOUNT, a_case(content_class="C2", channel="tiktok"), None),
    (ACCOUNT, a_case(content_class="C2", channel="facebook"), None),
    (ACCOUNT, a_case(content_class="C2", channel="instagram"), None),
    # one of a child under age by the way for that, once pastoral care has it
    (UNDER_AGE, YOUNG, None),
    (UNDER_AGE, replace(YOUNG, referred_to=()), "pupil_first"),
    (UNDER_AGE, replace(YOUNG, channel="reddit"), "no_under_age_way"),
    (UNDER_AGE, a_case(channel="instagram", role=PlaceRole.ACCOUNT), "not_a_pupil"),
    (ACCOUNT, a_case(content_class="C2", channel="reddit"), "no_account_way"),
    (ACCOUNT, a_case(content_class="C2", channel="blog"), "no_platform"),
    (ACCOUNT, a_case(content_class="C2", channel="manual_report"), "place_unknown"),
    # an archive is asked about an archived page alone
    (ARCHIVE, a_case(channel="archive_org"), None),
    (ARCHIVE, a_case(channel="blog"), "other_place"),
    (LetterKind.PLATFORM_REPORT, a_case(channel="archive_org"), "its_own_way"),
    # a search result is the person's to ask about and never the school's
    *(
        (SEARCH, replace(DEFAMED, channel=place, complainant=who), code)
        for place in (*SEARCHES, "local_forum")
        for who, code in WHO_ASKS.items()
    ),
    # the person may ask where the school goes no further
    (SEARCH, replace(DEFAMED, decision=Decision.STOP), None),
    (SEARCH, replace(DEFAMED, decision=Decision.REPORT_ONLY), "only_reported"),
    # a search engine gets no notice under section 5 and no report by the school
    *((LetterKind.S5_NOTICE, replace(DEFAMED, channel=place), "s5_search") for place in SEARCHES),
    *((LetterKind.PLATFORM_REPORT, a_case(channel=place), "search_person") for place in SEARCHES),
    # a notice of copyright is for what is used without leave, where it can be given
    (NOTICE, STOLEN, None),
    (NOTICE, replace(STOLEN, complainant=Complainant.PARENT), None),
    (NOTICE, replace(STOLEN, channel="facebook"), None),
    (NOTICE, replace(STOLEN, channel="archive_org"), None),
    (NOTICE, replace(STOLEN, channel="snapchat"), "no_copyright_way"),
    (NOTICE, replace(STOLEN, content_class="C7"), "copyright_class"),
    (NOTICE, replace(STOLEN, complainant=Complainant.STAFF), "copyright_owner"),
])  # fmt: skip
def test_why_there_is_no_letter_about_an_account_a_page_a_result_or_works(kind, case, code):
    assert why_not(kind, case) == code


def test_a_request_about_a_search_result_is_the_persons_or_a_parents_for_a_child():
    own = {"name": "Ann Vale", "email": "ann@example.org"}
    assert "searched" in asks(changed(SEARCH, own, complainant=Complainant.PARENT))
    made = example(SEARCH, own | {"searched": "Kit Vale"}, complainant=Complainant.PARENT)
    said = " ".join(all_of(made).split())
    assert "I ask you for my child, under Article 17" in said
    assert "results of searches for the name below" in said
    assert "my child’s: Kit Vale" in said
    assert "you weigh my child’s privacy" in said
    post = replace(POST, channel="archive_org", url="https://archive.org/details/example")
    assert asks(changed(ARCHIVE, post=post)) == ["original"]
    said = all_of(example(SEARCH, {"searched": "Samuel V."}))
    assert "The name that is searched for: Samuel V." in said


def made(facts):
    return all_of(whole(NOTICE, STOLEN, facts, post=ON_A_BLOG))


def test_each_element_is_there_asked_for_where_it_is_missing_and_sworn_to():
    for facts in [SCHOOLS, PARENTS]:
        said = made(facts)
        for element in ("works", "material", "host", "telephone", "email"):
            assert facts[element] in said
        assert ON_A_BLOG.url in said
        assert facts.get("address", "Larch Road, Northvale, ZA4 2QR") in said
        assert "512(c)(3)" in said
    # A parent gives their own name and address; for another country a lawyer is asked.
    for facts, wanted in [
        *((without(SCHOOLS, fact), [fact]) for fact in sorted(OF_OWNER)),
        (without(PARENTS, "name", "address"), ["name", "address"]),
        (SCHOOLS | {"owner": "the photographer"}, ["owner"]),
        *((SCHOOLS | {"law": law}, ["law"]) for law in ("fr", "Germany")),
    ]:  # fmt: skip
        assert asks(written(NOTICE, STOLEN, facts, post=ON_A_BLOG)) == wanted
    for facts, question in [
        (without(SCHOOLS, "owner"), "Who owns the copyright"),
        (without(SCHOOLS, "works"), "Which works are they"), (SCHOOLS | {"good_faith": "no"}, UNSWORN),
        (SCHOOLS | {"authority": "no"}, UNSWORN),
    ]:  # fmt: skip
        found = written(NOTICE, STOLEN, facts, post=ON_A_BLOG)
        assert question in found.wanted[0].question


def test_a_parents_notice_is_sworn_and_signed_by_the_parent():
    own = whole(NOTICE, STOLEN, PARENTS, post=ON_A_BLOG)
    assert own.signed == own.head == ("Ms Pat Example",)
    assert "I state that I am the owner" in " ".join(all_of(own).split())
    assert "Oakfield" not in "\n".join(own.body).replace(OF_OWNER["works"], "")


def without(facts, *names):
    return {name: said for name, said in facts.items() if name not in names}


def test_a_host_need_not_have_been_looked_up_and_in_the_united_kingdom_reads_of_regulation_22():
    said = " ".join(made(SCHOOLS | {"law": "uk"}).split())
    assert "Copyright, Designs and Patents Act 1988, sections 16 to 21" in said
    assert "regulation 19 of the Electronic Commerce (EC Directive) Regulations 2002" in said
    for american in ("512(c)", "perjury", "designated agent", "97A", "copyright.gov"):
        assert american not in said
    assert not STOLEN.hosting
    facts = without(SCHOOLS, "host")
    looked_up = replace(STOLEN, hosting=HOSTING)
    assert "Example Hosting Ltd" in all_of(whole(NOTICE, looked_up, facts, post=ON_A_BLOG))
    on_facebook = replace(STOLEN, channel="facebook")
    assert isinstance(written(NOTICE, on_facebook, facts), LetterDraft)


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
AS_READ = ("The words, as they were read", "word for word", "exactly as they were posted")
NEVER = {
    "post": ("as it was reported", "reported to the school"), "reported": AS_READ,
    **dict.fromkeys(
        ("account", "bullies", "elsewhere"),
        (*AS_READ, "Address of the post", "Report of a post", "the post that begins",
         "a public post", "the post of", "It was posted", "not said"),
    ),
    "no address": AS_READ, "spoken": (*AS_READ, "It was posted"), "group": AS_READ,
    "review": ("as it was reported",),
    "website": ("Reported to the platform", "not yet", "your help with"),
    "image": (*AS_READ, CHILD_IMAGE_TEXT, FILE, "file://", "nothing is captured"),
    "leaflet": (*AS_READ, "nothing is captured", "keeps no file", "(C10)"),
    "no leaflet": (*AS_READ, "nothing is captured", "(C10)"), "disclosure": (*AS_READ, "nothing is captured"),
    "disclosure read": ("nothing is captured", "somebody reported"),
}  # fmt: skip


def seen(words_, *sources, channel="facebook", **more):
    return replace(POST, title=None, text=words_, channel=channel, source_ids=sources, **more)


ON_THREADS = "https://www.threads.net/@northvale_exposed"
OF_A_PROFILE = seen(TOLD, *BY, author=None, url="https://www.tiktok.com/@northvale_exposed")


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
    "bullies": CaseFile(removed("C2", "tiktok"), (), OF_A_PROFILE, (), (KEPT,)),
    "elsewhere": CaseFile(removed("C2", "threads"), (), replace(OF_A_PROFILE, url=ON_THREADS), (), (KEPT,)),
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


APART = "-" * 40


def letters(file):
    """Every letter that the case allows, by its kind."""
    found = {}
    for kind, spec in SPECS.items():
        takes = {name: FACTS[name] for name in (*spec.wants, *spec.may) if name in FACTS and name != "url"}
        made = draft(kind, file, LetterFacts(NOW, "en", takes), rules())
        if isinstance(made, LetterDraft):
            found[kind.value] = " ".join(write_draft(made).split())
    return found


def pack(file, recipient):
    """A pack's words; a quotation as “| …” below its heading."""
    facts = PackFacts(
        file, OAKFIELD, PEOPLE, PEOPLE[0], recipient, NOW, "1", ZoneInfo("Europe/London"), (), {}, (), ""
    )
    made = compose_pack(facts, words("en"))
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
        post.channel, words=True, text=post.text, url=post.url, first_seen=BEFORE, source_ids=post.source_ids,
        reported=(Reported(BEFORE, "Front office", "P-7", None, datetime(2026, 11, 10, tzinfo=UTC)),),
    )  # fmt: skip
    view = MatterView("s-one", "900001", Access.WORDS, number="0007", lane=file.case.lane)
    made = compose_sheet(
        view, [shown], [], [], OAKFIELD, "Jane Holt", NOW, ZoneInfo("Europe/London"), words("en"), {}
    )
    return "\n".join(part.text for part in made.parts)


def test_a_sheet_is_filed_by_its_facts_and_says_apart_who_is_in_danger_and_who_is_accused():
    accused, child = Meant("person:coach", 0.8, "linking"), Meant("child", 0.9, "rule", Harm.SELF_HARM)
    verdict = a_verdict(a_mention("m"), accuses=(accused,), endangers=(child,))
    lane = BypassRoute.CHILD_IMAGE
    view = MatterView("s-one", "900001", Access.WORDS, number="0007", lane=lane, verdicts=(verdict,))
    zone = ZoneInfo("Europe/London")
    known = ["It may put a child in danger.", "It says that somebody did wrong."]
    made = compose_sheet(view, [], known, [], OAKFIELD, "Jane Holt", NOW, zone, words("en"), {})
    found = {part.key: part.text.splitlines() for part in made.parts}
    assert [line.split()[0] for line in found["category"]] == ["An", "Something", "Self-harm"]
    assert found["people"] == known
    perhaps = replace(verdict, accuses=(replace(accused, sure=PERHAPS, by="nobody_named"),))
    view = replace(view, verdicts=(perhaps,))
    made = compose_sheet(view, [], known, [], OAKFIELD, "Jane Holt", NOW, zone, words("en"), {})
    assert "allegation" not in "".join(part.text for part in made.parts)


def test_what_was_done_twice_within_a_minute_is_told_once():
    kept = [step(n, StepKind.EVIDENCE, days, kind="page") for n, days in ((2, 1), (3, 1 + 1 / 1440), (4, 2))]
    said = all_of(example(LetterKind.POSH, steps=(Climb("C2").steps[0], *kept)))
    assert said.count("evidence was kept") == 2


AT_THE_GATE = "He grassed us up. Turning up at the top gate tmrw 3.15 with my cousins. Not long now."


def to_police(said=AT_THE_GATE, given=(), /, **changes):
    at = datetime(2026, 11, 17, 12, tzinfo=UTC)
    post = replace(POST, text=said, title="", published=None, first_seen=at)
    return all_of(example(LetterKind.POLICE, given, post=post, **changes))


def test_the_police_read_the_hour_day_and_place_that_a_threat_names_though_somebody_typed_something_else():
    said = to_police()
    assert "- It names a time: Wednesday 18 November, about 15:15." in said
    own = "“Turning up at the top gate tmrw 3.15 with my cousins”"
    assert f"- When and where, in its own words: {own}" in said
    named = "It names a time: Wednesday 18 November, about 15:15."
    assert to_police(AT_THE_GATE, {"danger": named}).count(named) == 1
    assert "in its own words" not in to_police("You are finished. He grassed us up.")
    assert "“Turning up" not in to_police(AT_THE_GATE, locked=True)


def test_a_post_is_called_public_to_the_police_only_where_it_was_read_without_signing_in():
    brought = replace(POST, source_ids=(BY_HAND,))
    page = (step(2, StepKind.EVIDENCE, 1, kind="page"),)
    picture = (step(2, StepKind.EVIDENCE, 1, kind="supplied"),)
    for post, steps, called in (
        (brought, picture, "to report a post on Facebook"), (brought, page, "to report a public post"),
        (replace(POST, source_ids=("feed",)), picture, "to report a public post"),
    ):  # fmt: skip
        assert called in " ".join(all_of(example(LetterKind.POLICE, post=post, steps=steps)).split())


def test_the_police_read_who_wrote_it_where_the_school_knows():
    said = to_police(AT_THE_GATE, {"author_name": "Pat Example, a parent"})
    assert "- Who wrote it, as far as the school knows: Pat Example, a parent" in said
    assert "Who wrote it" not in to_police()


def test_the_day_and_hour_that_a_threat_names_are_known_to_the_police_and_those_of_a_fete_are_not():
    post = replace(POST, title="", text="I will be at the gate at quarter past 3 thursday", published=None)
    threat = replace(post, first_seen=datetime(2026, 11, 17, 12, tzinfo=UTC))
    for code, found in (("C6", "It names a time: Thursday 19 November, about 15:15."), ("C7", "")):
        assert time_named(a_file(a_case(content_class=code), threat), rules(), words("en")) == found


def papers(file):
    """All of them, by name."""
    packs = {f"pack for {r.value}": pack(file, r) for r in (Recipient.FILE, Recipient.DSL, Recipient.POLICE)}
    sheets = {"sheet": sheet(file)} if file.case.lane else {}
    return {**letters(file), **packs, **sheets}


def test_each_kind_has_its_papers_and_none_says_what_is_not_so():
    for kind in KINDS:
        found = papers(KINDS[kind])
        assert found
        said = found.get("sheet", "The post shows no date. by Front office on 11 November 2026 at 10:00")
        assert "The post shows no date." in said
        assert "by Front office on 11 November 2026 at 10:00" in said
        assert ("saw it on 10 November 2026." in said) is ("sheet" in found)
        for name, said in found.items():
            for never in NEVER[kind]:
                assert never not in said, (name, never)
    assert {"platform_report", "posh", "police", "solicitor_facts"} <= set(papers(KINDS["reported"]))
    for kind in ("account", "bullies", "elsewhere"):  # by whichever way the platform takes a report
        assert {"account_report", "posh", "police"} <= set(papers(KINDS[kind]))
        assert "platform_report" not in papers(KINDS[kind])
    assert {"posh", "host_abuse"} <= set(papers(KINDS["website"]))
    assert {"police"} <= set(papers(KINDS["spoken"])) & set(papers(KINDS["group"]))


def test_a_paper_marks_whose_words_it_holds_and_that_what_was_reported_is_a_report():
    found = papers(KINDS["reported"])
    assert f"complained of, as they were reported to the school: {APART} {SAID}" in found["posh"]
    assert "What was posted, as it was reported to the school: -" in found["police"]
    assert f"The words of the report\n| {SAID}" in papers(KINDS["disclosure"])["pack for dsl"]
    assert "somebody reported to the school" in papers(KINDS["disclosure"])["sheet"]
    found = papers(KINDS["post"])
    assert f"complained of, exactly as they were posted: {APART} {SAID}" in found["platform_report"]
    assert "What was posted, word for word: -" in found["police"]
    assert f"The words, as they were read\n| {SAID}" in papers(KINDS["disclosure read"])["pack for dsl"]
    found = papers(KINDS["account"])
    address = KINDS["account"].post.url
    assert f"Address of the profile: {address}" in found["account_report"]
    assert f"Address of the profile: {address}" in found["posh"]
    assert f"in the words of the person who reported it: {TOLD}" in found["police"]
    for name in set(found) - {"police", "solicitor_facts"}:
        assert TOLD not in found[name], name
    for name in ("pack for dsl", "pack for police", "sheet"):
        assert "We hold no words of it." in papers(KINDS["image"])[name]
    assert "There is no exhibit. Schoolgate keeps no file of it." in papers(KINDS["image"])["pack for police"]
    held, none = papers(KINDS["leaflet"])["pack for police"], papers(KINDS["no leaflet"])["pack for police"]
    assert "(C9)" in held
    assert "Schoolgate keeps 1 file of it, from before anybody knew what it is. Do not open" in held
    assert "Schoolgate keeps no file of it." in none
