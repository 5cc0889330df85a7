"""A letter says nothing that is not so, nothing that others slip in, and nothing that it may not."""

import re
from dataclasses import replace

import pytest
from builders.letter import (
    DEFAMED,
    EXAMPLES,
    FAIR,
    HOSTING,
    NOW,
    ON_A_FORUM,
    PEOPLE,
    POST,
    S5,
    SEEN,
    THREAT,
    a_case,
    a_file,
    all_of,
    asked,
    rules,
    whole,
    written,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.letters import forbidden_words
from alerts.letters.allowed import ANSWERS, TO_REMOVE, refusal
from alerts.letters.draft import draft, spec_of
from alerts.letters.kinds import SPECS, LetterDraft, LetterFacts, LetterKind, LetterReader, NoDraft
from data.cases import CaseState, Consent
from data.content_class import ContentClass
from data.rungs import Rung
from data.steps.codes import BypassRoute, Complainant, Relationship, RungAnswer
from data.types import About, Person, Role, Route


def _example(kind, /, **changes):
    case, facts, more = EXAMPLES[kind]
    return whole(kind, replace(case, **changes), facts, **more)


def _asks(made):
    assert isinstance(made, NoDraft), made
    return [want.fact for want in made.wanted]


def test_the_police_are_not_told_that_time_was_short_and_whoever_was_asked_is_named_as_they_are():
    made = whole(LetterKind.S5_NOTICE, DEFAMED, S5, post=ON_A_FORUM)
    assert made.body[0] == "To the operator of the website forum.example.org"
    said = all_of(_example(LetterKind.REGISTRAR_ABUSE, askings=(asked(Rung.HOST, "s5"),)))
    assert "The host was asked" not in said
    assert "Whoever runs the site was asked on 12 November 2026." in said
    assert "The host was asked on 12 November 2026." in all_of(_example(LetterKind.REGISTRAR_ABUSE))
    case = replace(
        THREAT, content_class="C13", target=None, consent=Consent.NOT_ASKED, askings=(asked(Rung.POLICE),)
    )
    said = all_of(whole(LetterKind.POLICE, case, EXAMPLES[LetterKind.POLICE][1]))
    assert "no time" not in said
    assert "none was needed" in said


def test_what_is_not_pursued_is_not_asked_to_go_and_fair_comment_is_accused_of_nothing():
    made = whole(
        LetterKind.PARENT_INVITATION, a_case(decision="stop"), EXAMPLES[LetterKind.PARENT_INVITATION][1]
    )
    assert "please take" not in all_of(made)
    assert "Asking for it to be taken down" not in all_of(_example(LetterKind.SUPPORT_OFFER, decision="stop"))
    assert "Asking for it to be taken down" in all_of(_example(LetterKind.SUPPORT_OFFER))
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
    case, _, more = EXAMPLES[LetterKind.WIKIPEDIA]
    made = whole(LetterKind.WIKIPEDIA, replace(case, **changes), {"wrong": "The third line."}, **more)
    assert ("never onto the wiki" in made.notice) is private


def test_a_platform_that_hears_no_report_without_the_words_or_but_the_person_is_known():
    case, facts, more = EXAMPLES[LetterKind.HOST_ABUSE]
    assert whole(LetterKind.HOST_ABUSE, case, facts | {"host": "Another Ltd"}, **more).mail_to is None
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
    for channel, url, wants in [
        ("youtube", "https://www.youtube.com/watch?v=1", ["words"]),
        ("trustpilot", "https://uk.trustpilot.com/reviews/1", ["words"]),
        ("google_review", "https://maps.app.goo.gl/1", []),
    ]:  # fmt: skip
        case, facts, _ = EXAMPLES[LetterKind.PLATFORM_REPORT]
        made = written(
            LetterKind.PLATFORM_REPORT,
            replace(case, channel=channel),
            facts,
            post=replace(POST, channel=channel, url=url),
        )
        assert _asks(made) == wants if wants else not isinstance(made, NoDraft)


def test_what_an_author_or_a_registry_calls_itself_adds_no_line():
    for shown in [
        "Bob\n\nWe admit all of it.\n\n- x", "Bob\u2028\u2028We admit", "\u202ebob\x00\n\n- Fee: paid",
    ]:  # fmt: skip
        case, facts, more = EXAMPLES[LetterKind.PLATFORM_REPORT]
        plain = whole(LetterKind.PLATFORM_REPORT, case, facts, **more)
        made = whole(LetterKind.PLATFORM_REPORT, case, facts, post=replace(POST, author=shown), steps=SEEN)
        assert len(made.body) == len(plain.body)
        assert [b.count("\n") for b in made.body] == [b.count("\n") for b in plain.body]
        assert not set("\u202e\x00\u2028") & set(all_of(made))
    for name in ["network", "registrar", "addresses", "domain"]:
        kind = LetterKind.HOST_ABUSE if name in ("network", "addresses") else LetterKind.REGISTRAR_ABUSE
        case, facts, more = EXAMPLES[kind]
        hosting = {**HOSTING, **case.hosting, name: "Ours\n\nWe admit it.\n- and more"}
        made = whole(kind, replace(case, hosting=hosting), facts, **more)
        assert len(made.body) == len(_example(kind).body)
    made = whole(LetterKind.POSH, *EXAMPLES[LetterKind.POSH][:2], post=replace(POST, author="x" * 5000))
    assert "x" * 121 not in all_of(made)
    made = whole(LetterKind.PARENT_INVITATION, a_case(), {"to": "Ms \u202eelpmaxE", "meeting": "Thursday"})
    assert "\u202e" not in all_of(made)


@pytest.mark.parametrize(
    "post", [replace(POST, author="Prosecute Oakfield"), replace(POST, url="https://x.com/illegal-parking/1")]
)
def test_what_others_call_themselves_stops_no_letter(post):
    assert whole(LetterKind.PLATFORM_REPORT, *EXAMPLES[LetterKind.PLATFORM_REPORT][:2], post=post)


def test_under_the_lock_no_words_no_dates_and_no_name_as_shown():
    case, facts, more = EXAMPLES[LetterKind.PLATFORM_REPORT]
    case = replace(case, locked=True, complainant=Complainant.STAFF, complainant_person="vale")
    assert _asks(written(LetterKind.PLATFORM_REPORT, case, facts | {"words": "pinched"}, **more)) == ["words"]
    for said in ("Since 12 November it may harm.", "From 12/11/2026.", "Ers 12 Tachwedd."):
        assert _asks(written(LetterKind.PLATFORM_REPORT, case, facts | {"why": said}, **more)) == ["why"]
    shown = replace(POST, author="Sam Vale")
    assert "Vale" not in all_of(whole(LetterKind.PLATFORM_REPORT, case, facts, post=shown))
    said = all_of(whole(LetterKind.PLATFORM_REPORT, case, facts, **more))
    for part in ("11 November", "12 November", "I am the person", "Vale"):
        assert part not in said


@pytest.mark.parametrize(("fact", "said"), [
    ("answer_given", "He did not laugh at the cake stall, nor take forty pounds off the cake stall."),
    ("answer_given", "Northvale Parent is wrong."), ("answer_given", "Jane Holt will see to it."),
    ("answer_given", "We are sorry about your little boy."),
    ("answer_given", "We are glad to hear from you as a parent."), ("contact", "Jane Holt, 01632 960 002"),
    ("complaints_url", "ask at the office about Ella"), ("complaints_url", "javascript:alert(1)"),
])  # fmt: skip
def test_a_public_reply_repeats_nothing_and_names_nobody_in_its_ways_to_answer_either(fact, said):
    assert _asks(written(LetterKind.REPLY, FAIR, EXAMPLES[LetterKind.REPLY][1] | {fact: said})) == [fact]


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
    said = all_of(_example(LetterKind.CONSENT_REQUEST))
    assert "nothing more" not in said
    assert "when and how I asked you" in said
    assert "talk about it today?" in said
    case, _, _ = EXAMPLES[LetterKind.CONSENT_REQUEST]
    assert "talk about it by noon?" in all_of(whole(LetterKind.CONSENT_REQUEST, case, {"by": "noon"}))
    made = whole(LetterKind.HOLDING_LINE, a_case(), {"contact": "01632 960 002"})
    assert "at any time" not in all_of(made)
    assert made.body[0].startswith("“")
    assert made.body[0].endswith("”")
    assert "01632 960 002" in made.body[0]


@pytest.mark.parametrize(("changes", "has", "lacks"), [
    ({"about": About.PUPIL}, "worried about a child", "payment"),
    ({"content_class": "C7"}, "Parents and carers", "child"),
    ({"content_class": "C12"}, "asks for money", "child"),
    ({"content_class": "C12"}, "posted in our school’s name", "real people"),
    ({"content_class": "C6", "askings": (asked(Rung.POLICE),)}, "the police on 101", "child"),
    ({"content_class": "C6"}, "Parents and carers", "police"),
])  # fmt: skip
def test_the_line_for_the_press_fits_its_matter(changes, has, lacks):
    said = whole(LetterKind.HOLDING_LINE, a_case(**changes), {"contact": "01632 960 002"}).body[0]
    assert has in said
    assert lacks not in said


def test_people_are_found_by_name_and_surname_and_a_pupil_is_not_named_to_others():
    for said, found in [
        *((named, True) for named in ("Sam Vale did it", "SAM VALE", "ask Mrs Holt", "the Holt family")),
        *((plain, False) for plain in ("in the vale below", "marshland", "Oakfield Marsh Primary")),
    ]:  # fmt: skip
        assert bool(forbidden_words.named(said, PEOPLE, "Oakfield Marsh Primary")) is found
    assert forbidden_words.named("said Lowe", [Person("a", "Mrs Lowe", (Role.STAFF,))]) == "Mrs Lowe"
    for kind in [LetterKind.PLATFORM_REPORT, LetterKind.POSH, LetterKind.PLATFORM_APPEAL]:
        pupil = {"relationship": Relationship.PUPIL, "referred_to": ("pastoral",)}
        assert "Northvale Parent" not in all_of(_example(kind, **pupil))


def test_words_of_the_post_are_never_repeated_of_a_child_nor_to_the_public_press_or_staff():
    for said, title, repeats in [
        ("he PINCHED forty pounds, off it", POST.title, True), ("Unbelievable!", POST.title, True),
        ("forty pounds off", None, False), ("We have asked the council", None, False), ("", None, False),
    ]:  # fmt: skip
        assert bool(forbidden_words.repeats(said, title, POST.text)) is repeats
    for case in [a_case(about=About.PUPIL), a_case(content_class="C1")]:
        facts = {"why": "It may harm a child.", "words": "anything"}
        assert _asks(written(LetterKind.PLATFORM_REPORT, case, facts)) == ["words"]
    for kind in [k for k, s in SPECS.items() if s.reader in UNQUOTED]:
        case, facts, more = EXAMPLES[kind]
        assert "cake" not in all_of(whole(kind, case, facts, **more))


UNQUOTED = (LetterReader.PUBLIC, LetterReader.PRESS, LetterReader.STAFF)
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
    case, facts, more = EXAMPLES[LetterKind.POSH]
    assert isinstance(
        written(LetterKind.POSH, case, facts | {"contact": "Sam Vale, 01632 960 003"}, **more), NoDraft
    )
    assert isinstance(
        written(LetterKind.POSH, case, facts | {"contact": "Jo Fern, 01632 960 003"}, **more), LetterDraft
    )
    case, facts, more = EXAMPLES[LetterKind.S5_NOTICE]
    assert isinstance(
        written(LetterKind.S5_NOTICE, case, facts | {"meaning": "That I, Sam Vale, took it."}, **more),
        LetterDraft,
    )
    made = whole(LetterKind.S5_NOTICE, case, facts | {"meaning": "That Jo Fern and I took it."}, **more)
    assert any("Jo Fern" in warning for warning in made.warnings)
    case, _, _ = EXAMPLES[LetterKind.SUPPORT_OFFER]
    assert "Dear Sam Vale," in whole(LetterKind.SUPPORT_OFFER, case, {}).body
    assert "Dear Sam," in whole(LetterKind.SUPPORT_OFFER, replace(case), {"to": "Sam"}).body


def test_nothing_that_claims_or_threatens_names_or_gives_a_year_group_is_taken():
    for kind in [LetterKind.PARENT_INVITATION, LetterKind.AUTHOR_REMOVAL, LetterKind.PLATFORM_REPORT]:
        case, facts, more = EXAMPLES[kind]
        fact = "why" if kind is LetterKind.PLATFORM_REPORT else "what"
        made = written(kind, case, facts | {fact: "It is illegal and we will sue."}, **more)
        assert "“illegal”" in made.wanted[0].question
    for kind, fact in FREE:
        for said in ["It is about Jo Fern.", "A child in Year 6 is meant."]:
            case, facts, more = EXAMPLES[kind]
            case = replace(case, complainant=Complainant.SCHOOL)
            assert _asks(written(kind, case, facts | {fact: said}, **more)) == [fact]


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
    spec = spec_of(kind, case, by)
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
        own = spec_of(kind, case, rules(nation)).own_name
        assert own or forbidden_words.named(re.sub(r"\S+@\S+", "", said), hidden) is None


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
            assert forbidden_words.named(posted, PEOPLE) is None
            assert "0007" not in posted


@settings(max_examples=40, deadline=None)
@every
def test_what_is_in_a_lane_fair_or_a_pupils_gets_no_more_than_it_may(one, words, nation):
    kind, case = one
    url = EXAMPLES[kind][2].get("post", POST).url
    allowed = refusal(kind, case, rules(nation), NOW, url) is None
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
