"""What holds of every letter of every case."""

from __future__ import annotations

import re
from dataclasses import replace

from builders.letter import (
    DEFAMED,
    EXAMPLES,
    HOSTING,
    NOW,
    ON_A_FORUM,
    PEOPLE,
    POST,
    S5,
    SEEN,
    a_file,
    all_of,
    asked,
    rules,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.letters import forbidden_words
from alerts.letters.allowed import ANSWERS, TO_REMOVE, refusal
from alerts.letters.draft import draft, spec_of
from alerts.letters.kinds import SPECS, LetterDraft, LetterFacts, LetterKind, LetterReader, NoDraft
from data.cases import Case, CaseState, Consent
from data.content_class import ContentClass
from data.rungs import Rung
from data.steps.codes import BypassRoute, Complainant, Relationship, RungAnswer
from data.types import About, Route

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


FIELDS: dict[str, st.SearchStrategy[object]] = {
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


@st.composite
def cases(draw: st.DrawFn) -> tuple[LetterKind, Case]:
    """A kind, and the case that it is for with up to three things changed, so that most get a letter."""
    kind = draw(st.sampled_from(LetterKind))
    changed = draw(st.sets(st.sampled_from(sorted(FIELDS)), max_size=3))
    return kind, replace(EXAMPLES[kind][0], **{name: draw(FIELDS[name]) for name in sorted(changed)})


def drawn(case: Case, kind: LetterKind, words: list[str], nation: str) -> LetterDraft | NoDraft:
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


@settings(max_examples=120, deadline=None)
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


@settings(max_examples=80, deadline=None)
@every
def test_a_reply_holds_nothing_of_the_post_nor_of_who_wrote_it(one, words, nation):
    _, case = one
    case = replace(
        case,
        lane=None,
        state=CaseState.FAIR_COMMENT,
        content_class="C0",
        fair=True,
        locked=False,
        restricted=False,
    )
    for answer in (LetterKind.REPLY, LetterKind.THANKS):
        made = drawn(case, answer, words, nation)
        if isinstance(made, LetterDraft):
            posted = " ".join(made.body)
            assert "Kerfuffle" not in posted
            assert not set(words) & set(posted.split())
            assert not forbidden_words.year_group(posted)
            assert forbidden_words.named(posted, PEOPLE) is None
            assert "0007" not in posted


@settings(max_examples=80, deadline=None)
@every
def test_what_is_in_a_lane_fair_or_a_pupils_gets_no_more_than_it_may(one, words, nation):
    kind, case = one
    url = EXAMPLES[kind][2].get("post", POST).url
    allowed = refusal(kind, case, rules(nation), NOW, url) is None
    if case.lane is not None or case.content_class in ("C9", "C10") or case.state is CaseState.CLOSED:
        assert not allowed
    if (case.fair or case.content_class == "C0") and kind not in ANSWERS:
        assert not allowed
    legal = (
        LetterKind.S5_NOTICE,
        LetterKind.HOST_ABUSE,
        LetterKind.REGISTRAR_ABUSE,
        LetterKind.ISP_TERMS,
        LetterKind.POLICE,
        LetterKind.AUTHOR_REMOVAL,
    )
    if case.relationship is Relationship.PUPIL and kind in legal:
        assert not allowed
    if case.relationship is Relationship.PUPIL and not case.referred_to and kind in TO_REMOVE:
        assert not allowed
    if nation in ("scotland", "northern_ireland") and kind is LetterKind.S5_NOTICE:
        assert not allowed
    made = drawn(case, kind, words, nation)
    assert allowed or not isinstance(made, LetterDraft)


@settings(max_examples=60, deadline=None)
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
