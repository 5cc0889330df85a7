from dataclasses import replace

from builders.letters import CAPITALS, WAYS
from builders.verdict import (
    ABOUT_US,
    CHAIR,
    DSL,
    HEAD,
    PEOPLE,
    SCHOOL,
    SEVERITIES_OF,
    judged,
    mention,
    scores,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from support.for_each import for_each
from support.sentences import rows, sentences, yes

from classifiers.linking.match_reasons import BESIDE, NAMES_ANOTHER, SEARCHED, UNTIED
from classifiers.text.language import Language
from classifiers.triage import limit_looks
from classifiers.verdicts.decide import decide
from classifiers.verdicts.post import read_post
from classifiers.verdicts.subject import (
    find_subject,
    is_named,
    list_in_doubt,
    people_named,
    possible_subjects,
    prepare_names,
    replace_school_name,
    roles_said,
    strictly_named,
)
from classifiers.verdicts.verdict_reasons import Thresholds, read_thresholds
from classifiers.verdicts.weigh import CONTENT_LABELS, Likelihoods, weigh
from classifiers.verdicts.whose import settle_relevance, worth_scoring
from data.content_class import ContentClass
from data.judged import WORD_OR_NAME, beyond_cap, is_unplaced, was_judged
from data.types import (
    ABUSE_LABELS,
    About,
    Match,
    MentionKind,
    Person,
    Policy,
    Reason,
    Relevance,
    Role,
    Route,
    Sentiment,
    Severity,
    Signal,
    Verdict,
)

REMOVALS = (Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT)
NOT_US = Match("900001", Relevance.NOT_ABOUT, 0.02, (Reason("namesake", "The one in Hexley."),))
UNSURE = Match("900001", Relevance.UNSURE, 0.5)

DEFAULT = read_thresholds()


@for_each(
    "text",
    [
        "Worst head ever. An absolute shambles, and heads should roll.",
        "Should be sacked. Gaslit us for a year. Complaint to Ofsted sent.",
        "F*cking useless. Nobody ever rings back.",
        "Killing his love of reading, that school.",
    ],
)
def test_fair_criticism_is_answered_however_harsh(text: str) -> None:
    model = scores("respond", severe=0.4, abuse__profanity=0.9, abuse__harassment=0.3)
    found = judged(text, model)
    assert (found.route, found.severity) == (Route.RESPOND, Severity.RESPOND)
    assert set(found.abuse) <= {"profanity"}


THREAT = scores("police_now", severe=0.9, abuse__threat=0.9)
DRUNK = "The safeguarding lead was drunk in charge of the ski trip again, what a legend"
AIR = "The air ambulance has just taken a boy off the school field"
SAME_DAY = {
    "profanity alone removes nothing": (
        "what a f*cking mess",
        scores("platform_report", severe=0.95, abuse__profanity=0.99), Route.RESPOND, True,
    ),
    "a removal takes more than an alert": (
        "Mrs Vane cannot teach",
        scores("platform_report", severe=0.6, abuse__harassment=0.9), Route.RESPOND, True,
    ),
    "it is grave beyond the four lanes": (
        AIR, scores("respond", severe=0.3) | {"severity:3": 0.9}, Route.RESPOND, False,
    ),
    "a signal is firm though the model sees no harm": (
        DRUNK, scores("thank", severe=0.001, sentiment__positive=0.9), Route.SAFEGUARDING, False,
    ),
}  # fmt: skip


@for_each(("text", "model", "route", "cannot_place"), SAME_DAY.values())
def test_what_may_be_grave_is_for_the_same_day_and_says_where_it_was_not_judged(
    text, model, route, cannot_place
):
    found = judged(text, model)
    assert (found.route, found.severity, is_unplaced(found)) == (route, Severity.TODAY, cannot_place)
    if route is Route.RESPOND:
        assert (was_judged(found), found.content_class) == (not cannot_place, ContentClass.FAIR_COMMENT)


@for_each("text", ["Look elsewhere, that is all I will say", "Pick another place for your little ones"])
def test_a_review_that_the_model_alone_takes_for_a_false_account_is_looked_at_and_alerts_nobody(text):
    model = scores("platform_report", severe=0.95, abuse__impersonation=0.6)
    review = judged(text, model, channel="school_review_site")
    assert (review.severity, review.look, review.abuse) == (Severity.RESPOND, True, ())
    assert judged(text, model).route is Route.PLATFORM_REPORT


def test_a_review_that_tells_of_a_false_account_or_of_more_is_reported_as_ever() -> None:
    poses, more = "A fake Oakfield page asks parents to pay money", {"abuse__hate": 0.9}
    model = scores("platform_report", severe=0.95, abuse__impersonation=0.6)
    both = scores("platform_report", severe=0.95, abuse__impersonation=0.6, **more)
    for found in (
        judged(poses, model, channel="school_review_site"),
        judged("Look elsewhere, that is all I will say", both, channel="school_review_site"),
    ):
        assert (found.severity, found.route) == (Severity.TODAY, Route.PLATFORM_REPORT)


def test_what_is_said_in_thanks_is_no_more_than_it_is_and_hides_no_child_in_danger() -> None:
    assert judged("Thank you all, she has bruises again", scores("thank")).route is Route.NOTE
    assert judged("Thank you all", scores("thank")).sentiment is Sentiment.POSITIVE
    assert judged("Ring me back", scores("respond")).sentiment is not Sentiment.POSITIVE
    other = scores("safeguarding", severe=0.95, abuse__safeguarding=0.9)
    assert (
        judged("We'll smash Brackenford in the cup. He sends her pictures.", other).severity >= Severity.TODAY
    )
    grave = scores("safeguarding", severe=0.95)
    assert judged("RIP me, she took my phone and I sleep in the car", grave).severity >= Severity.TODAY


def test_in_welsh_a_person_decides_where_action_is_not_likelier_than_not_and_calm_is_judged() -> None:
    text, early = "Mae'r plant wedi bod yn sôn am rywbeth yn yr ysgol heddiw", replace(DEFAULT, alert=0.25)
    unsure = judged(text, scores("safeguarding", severe=0.49), thresholds=early)
    sure = judged(text, scores("safeguarding", severe=0.95), thresholds=early)
    assert (unsure.severity < Severity.TODAY, unsure.look) == (True, True)
    assert (sure.severity, is_unplaced(sure)) == (Severity.TODAY, True)
    found = judged("Mae'r ysgol wedi bod yn wych i'n plant ni.", scores("thank"))
    assert (found.route, found.look, was_judged(found)) == (Route.THANK, False, True)
    assert judged("Szkoła jest bardzo dobra dla naszych dzieci.", scores("thank")).look


def other(code: str, score: float = 0.02) -> Match:
    """Linking rules it out, for this reason."""
    return Match("900001", Relevance.NOT_ABOUT, score, (Reason(code, "It names somebody else."),))


def passed_on(text: str, model: dict[str, float], match: Match, **changes: object) -> bool:
    found = judged(text, model, match, **changes)  # type: ignore[arg-type]
    assert found.severity is Severity.NOTHING
    return found.reasons[0].code == "other_school_danger"


GRAVE = scores("safeguarding", severe=0.95, severity__4=0.9, relevant=0.99)
CALM = scores("note", relevant=0.2)


SCHOOL_BOMB, BOMB = "there's a bomb in the school", "there's a bomb in the place"


@for_each(
    ("text", "model", "why", "passed"),
    [
        (SCHOOL_BOMB, CALM, "other_school namesake_place namesake_school other_head school_words", True),
        ("a boy has a knife in his bag at school", CALM, "other_school namesake_place", True),
        ("a boy has a knife in his bag at school", CALM, "namesake_school other_head", True),
        ("She has bruises again", GRAVE, "namesake_place", True),
        ("She has bruises again", CALM, "school_words", False),
        ("The fete is off", CALM, "namesake_place", False),
        (BOMB, GRAVE, "namesake_named rival_place", False),  # the street or the club of that name
        (SCHOOL_BOMB, GRAVE, "other_of_yours", False),  # it is watched, and told itself
    ],
)
def test_what_is_grave_at_another_school_is_passed_on(text, model, why, passed):
    assert [passed_on(text, model, other(code)) for code in why.split()] == [passed] * len(why.split())


def test_another_schools_danger_is_scored_and_the_press_passed_on_where_signal_and_model_agree() -> None:
    assert worth_scoring(other("namesake_place", score=0.001))
    assert not worth_scoring(other("namesake_named", score=0.4))
    assert not worth_scoring(other("other_of_yours", score=0.4))
    assert not worth_scoring(other("unnamed", score=0.001))
    article = {"kind": MentionKind.ARTICLE, "channel": "google_news"}
    bomb = "there's a bomb in the school"
    assert passed_on(bomb, GRAVE, other("namesake_place"), **article)
    assert not passed_on(bomb, CALM, other("namesake_place"), **article)
    assert not passed_on("A man was jailed last year", GRAVE, other("namesake_place"), **article)


@for_each("code", sorted(BESIDE))
def test_what_may_be_grave_is_unsure_though_a_word_beside_the_name_speaks_for_another(code: str) -> None:
    assert worth_scoring(other(code, score=0.001))
    by_signal, by_model, unscored = (
        judged(BOMB, CALM, other(code)),
        judged("He has bruises", GRAVE, other(code)),
        judged(BOMB, {}, other(code)),
    )
    assert {v.relevance for v in (by_signal, by_model, unscored)} == {Relevance.UNSURE}
    assert by_signal.severity is unscored.severity is Severity.THIS_HOUR
    assert by_model.severity >= Severity.TODAY


@for_each("code", sorted(BESIDE))
def test_what_is_calm_stays_dismissed_for_a_word_beside_the_name(code: str) -> None:
    calm = scores("note", relevant=0.99)
    assert judged("The road is shut", calm, other(code, score=0.4)).relevance is Relevance.NOT_ABOUT


def test_danger_where_the_name_stands_is_never_dismissed_unless_another_school_is_named() -> None:
    landmark = replace(NOT_US, reasons=(Reason("landmark", "Near it."), Reason("full_name", "It names it.")))
    assert judged(BOMB, scores("note", relevant=0.01), landmark).severity is Severity.THIS_HOUR
    assert judged("Bins are late", scores("note", relevant=0.01), landmark).relevance is Relevance.NOT_ABOUT
    both = replace(NOT_US, reasons=(Reason("named_thing", "A road."), Reason("other_school", "Another.")))
    assert judged(BOMB, GRAVE, both).relevance is Relevance.NOT_ABOUT
    pub = tuple(Reason(code, "") for code in ("thing_too", "rival_place"))
    assert judged(BOMB, CALM, replace(NOT_US, reasons=pub)).relevance is Relevance.NOT_ABOUT
    here = (pub[0], Reason("namesake_named", ""))
    for why in ((*pub, Reason("full_name", "")), here):
        assert judged(BOMB, CALM, replace(NOT_US, reasons=why)).relevance is Relevance.UNSURE


UNNAMED = replace(UNSURE, reasons=(Reason(UNTIED, "Nothing in it points to you."),))


PLACE = Reason("place", "“Larkham” is where you are.")
IN_TOWN = replace(UNNAMED, reasons=(*UNNAMED.reasons, PLACE))
BY_SEARCH = replace(UNSURE, reasons=(Reason(SEARCHED, "Only a search for you found it."), PLACE))
BESIDE_SCHOOL = Reason("school_hint", "Some words may be about school life (gate).")


@for_each(
    ("text", "model", "match", "relevance"),
    [
        ("Best fish and chips?", CALM, IN_TOWN, Relevance.NOT_ABOUT),
        ("Best fish and chips?", CALM, BY_SEARCH, Relevance.NOT_ABOUT),
        (BOMB, CALM, UNNAMED, Relevance.NOT_ABOUT),
        (BOMB, CALM, IN_TOWN, Relevance.UNSURE),
        ("She drags a boy about", GRAVE, UNNAMED, Relevance.NOT_ABOUT),
        ("She drags a boy about", GRAVE, IN_TOWN, Relevance.UNSURE),
        ("She drags a boy about", GRAVE, BY_SEARCH, Relevance.UNSURE),
        ("Mr Pike at the gate again", CALM, IN_TOWN, Relevance.NOT_ABOUT),
        (
            "Mr Pike at the gate again", CALM, replace(IN_TOWN, reasons=(*IN_TOWN.reasons, BESIDE_SCHOOL)),
            Relevance.UNSURE,
        ),
    ],
)  # fmt: skip
def test_what_names_no_school_is_dismissed_but_for_danger_and_our_people_in_our_town(
    text, model, match, relevance
):
    assert judged(text, model, match, thresholds=DEFAULT).relevance is relevance


@for_each("code", ["handed_in", "handed_in_named", "own_group"])
def test_what_was_handed_in_or_stands_where_only_we_are_talked_about_stays_unsure(code: str) -> None:
    calm, said = scores("note", relevant=0.01), "Parents of Hexley Academy meet at six"
    named = (Reason("other_school", "It names another."), Reason(code, ""))
    for why in (named, (*UNNAMED.reasons, Reason(code, ""))):
        assert judged(said, calm, replace(NOT_US, reasons=why)).relevance is Relevance.UNSURE
    told = (Reason("other_of_yours", "It is told itself."), Reason(code, ""))
    assert judged(said, calm, replace(NOT_US, reasons=told)).relevance is Relevance.NOT_ABOUT


def test_what_names_no_school_never_alerts_by_the_model_alone_but_may_by_our_people() -> None:
    rant = "This town is a dump, they should burn it all down and start again"
    alone = judged(rant, GRAVE, IN_TOWN, thresholds=DEFAULT)
    assert (alone.severity < Severity.TODAY, alone.look) == (True, True)
    assert judged(rant, GRAVE, UNSURE, thresholds=DEFAULT).severity >= Severity.TODAY
    assert (
        judged("Someone should hurt Mr Pike", GRAVE, UNNAMED, thresholds=DEFAULT).severity >= Severity.TODAY
    )


def test_a_name_of_several_is_ours_beside_our_people() -> None:
    shared = replace(UNSURE, score=0.9, reasons=(Reason("few_bearers", ""), Reason("full_name", "")))
    away = replace(shared, reasons=(*shared.reasons, Reason("other_place", "")))
    said, model = "Mr Pike of Oakfield never rings back", scores("note", relevant=0.35)
    told = [judged(said, model, match) for match in (shared, away)]
    assert [v.relevance for v in told] == [Relevance.ABOUT, Relevance.UNSURE]
    assert [v.reasons[0].code for v in told] == ["our_people", "perhaps_another_school"]
    assert judged("Mr Vane of Oakfield rings", model, shared).relevance is Relevance.UNSURE


@for_each(
    ("codes", "ours", "severe", "relevance"),
    [
        ("few_bearers full_name", 0.99, 0.02, Relevance.ABOUT),
        ("shared_name common_name", 0.99, 0.02, Relevance.ABOUT),
        ("place unnamed", 0.99, 0.02, Relevance.ABOUT),
        ("review unnamed", 0.99, 0.02, Relevance.ABOUT),
        ("few_bearers full_name", 0.6, 0.02, Relevance.UNSURE),
        ("many_bearers full_name", 0.999, 0.02, Relevance.UNSURE),
        ("few_bearers full_name other_place", 0.99, 0.02, Relevance.UNSURE),
        ("few_bearers full_name rival_place", 0.999, 0.02, Relevance.UNSURE),
        ("school_words unnamed", 0.99, 0.02, Relevance.UNSURE),
        ("few_bearers full_name", 0.1, 0.02, Relevance.NOT_ABOUT),
        ("few_bearers full_name", 0.1, 0.3, Relevance.UNSURE),
        ("place_alone shared_name", 0.1, 0.02, Relevance.NOT_ABOUT),
        ("unnamed", 0.1, 0.02, Relevance.NOT_ABOUT),
    ],
)
def test_what_several_may_be_meant_by_goes_to_the_likelier(codes, ours, severe, relevance):
    match = replace(UNSURE, score=0.9, reasons=tuple(Reason(code, "") for code in codes.split()))
    for model, found in ((scores("note"), relevance), ({}, Relevance.UNSURE)):
        weighed = weigh(model, (), DEFAULT, Likelihoods(grave=severe, hour=0.0, ours=ours))
        assert settle_relevance(match, weighed, Language.ENGLISH, named=False) is found


FOR_SALE = replace(NOT_US, score=0.6, reasons=(Reason("estate_agent", ""), PLACE))
DOUBTFUL = replace(NOT_US, score=0.3)


@for_each(
    ("text", "model", "match", "unsure"),
    [
        ("Two bed flat", scores("note", relevant=0.95), FOR_SALE, False),
        ("He has bruises", GRAVE, FOR_SALE, True),
        ("She grabbed a boy", GRAVE, other("unnamed", score=0.4), True),
        ("Three bed semi", scores("note", relevant=0.01), UNSURE, False),
        ("Three bed semi", scores("note", relevant=0.6), UNSURE, True),
        ("No call back", scores("respond", relevant=0.2), DOUBTFUL, False),
        ("No call back", scores("respond", relevant=0.95), DOUBTFUL, True),
        ("He has bruises", scores("note", relevant=0.5), DOUBTFUL, False),
        ("He has bruises", scores("safeguarding", severe=0.95, relevant=0.5), DOUBTFUL, True),
    ],
)
def test_the_graver_and_the_more_like_a_schools_the_sooner_it_may_be_ours(text, model, match, unsure):
    found = judged(text, model, match).relevance
    assert found is (Relevance.UNSURE if unsure else Relevance.NOT_ABOUT)


@for_each("text", ["", "y", "hello", "https://example.org/a", "well then"])
def test_of_a_word_or_two_the_model_makes_nothing_grave(text: str) -> None:
    found = judged(text, GRAVE, UNSURE)
    assert (found.severity, found.route, found.abuse, found.look) == (Severity.NOTE, Route.NOTE, (), True)
    assert "too_few_words" in {reason.code for reason in found.reasons}
    assert not found.restricted


def test_a_word_or_two_are_judged_by_themselves() -> None:
    title = "Somebody will come for them tomorrow"
    assert judged("yes", GRAVE, title=title, kind=MentionKind.REPLY).severity is Severity.NOTE
    assert judged("yes", GRAVE, title=title).severity > Severity.NOTE
    assert judged("kill yourself", scores("note")).severity is Severity.THIS_HOUR
    found = judged("thanks", scores("thank", severe=0.01))
    assert (found.route, found.look) == (Route.THANK, False)
    assert judged("Awful", scores("respond"), rating=1.0).route is Route.RESPOND
    calm = [
        w for w in GRAVE_BEGINNINGS.split() if judged(f"{w.title()}ly Vane", GRAVE).severity < Severity.TODAY
    ]
    assert not calm


GRAVE_BEGINNINGS = (
    "kill stab shank shoot bomb burn torch hang gun knife die dead murder rape suicid nonce pedo paedo"
)


def test_unsure_is_judged_like_about_and_says_so() -> None:
    model = scores("safeguarding", severe=0.95)
    sure, unsure = (
        judged("He came in with bruises again", model),
        judged("He came in with bruises again", model, UNSURE),
    )
    assert (sure.route, sure.severity, sure.abuse) == (unsure.route, unsure.severity, unsure.abuse)
    assert unsure.reasons[0].code == "perhaps_another_school"


def test_restricted_reasons_never_quote_the_post_and_name_a_child_that_can_be_told() -> None:
    words = "zzyzx quagga bruises on his arm from dad"
    found = judged(words, scores("safeguarding", severe=0.99))
    assert found.restricted
    assert not any(
        word in reason.text for reason in found.reasons for word in ("zzyzx", "quagga", "Oakfield")
    )
    text = "They say Poppy in 7B has bruises, her stepdad hits her, she is scared, cutting herself, a knife"
    found = judged(text, scores("safeguarding", severe=0.99))
    assert "child_identifiable" in {reason.code for reason in found.reasons}


def test_without_scores_signals_alone_decide_and_with_them_every_number_is_kept() -> None:
    assert judged("there's a bomb in the school", {}).route is Route.POLICE_NOW
    assert judged("A nice day", {}).severity is Severity.NOTE
    kept = dict(judged("Fine.", scores("note")).scores)
    assert {"severity:3", "abuse:threat", "weighed:severe"} - set(kept) <= {"abuse:threat"}
    unsure, wants_none = scores("respond", severe=0.4), Policy(look_share=0)
    assert not decide(
        read_post(mention("Hm."), ABOUT_US, unsure, (), SCHOOL, (), Thresholds(), policy=wants_none)
    ).look


OF_HEAD = scores("safeguarding", severe=0.95, about__school=0.1, about__head=0.8)
OF_PUPIL = scores("safeguarding", severe=0.95, about__school=0.1, about__pupil=0.7, about__staff=0.2)
OF_STAFF = scores("respond", about__school=0.1, about__staff=0.9)
OF_CHAIR = scores("respond", about__school=0.1, about__governor=0.9)
GRABBED = "Mrs Holt, the head, grabbed my son by the arm, he has bruises"


@for_each(
    ("text", "model", "about", "subject"),
    [
        ("Mrs Holt locked him in a room", OF_HEAD, About.HEAD, HEAD.id),
        ("The head locked him in a room", OF_HEAD, About.HEAD, HEAD.id),
        ("Robin Pike keeps him behind alone", OF_PUPIL, About.PUPIL, "pike"),
        (GRABBED, OF_PUPIL, About.HEAD, HEAD.id),  # though a child suffers
        ("The deputy head never rings back", OF_STAFF, About.STAFF, None),
        ("The chair of governors bought a car", OF_CHAIR, About.CHAIR, "marsh"),
        ("The safeguarding lead ignored us", OF_STAFF, About.DSL, "pike"),
    ],
)
def test_whom_a_post_is_about_is_told_by_name_or_role(text, model, about, subject):
    found = judged(text, model)
    assert (found.about, found.subject_person) == (about, subject)


def test_a_person_of_another_school_or_of_the_schools_name_is_not_the_subject():
    elsewhere = replace(HEAD, id="other", urns=("900009",), roles=(Role.HEAD,))
    assert judged("Jane Holt shouts", OF_HEAD, people=(elsewhere,)).subject_person is None
    teacher = Person("oakfield", "Mr Otto Oakfield", (Role.STAFF,))
    model = scores("respond", severe=0.4, about__school=0.3, about__staff=0.6)
    said = ("Oakfield pupils were slapped by a teacher", "Mr Oakfield slapped pupils")
    found = [judged(text, model, people=(*PEOPLE, teacher)) for text in said]
    assert ["oakfield" in str(verdict.accuses) for verdict in found] == [False, True]


def test_a_threat_is_a_childs_matter_only_where_it_is_to_a_child() -> None:
    model = scores("police_now", severe=0.97, abuse__threat=0.95, abuse__safeguarding=0.9)
    found = judged("I will be at the gate with a bat for Mr Pike at four tomorrow", model)
    assert (found.abuse, found.content_class, found.restricted) == (("threat",), "C6", False)
    model = scores("police_now", severe=0.97, abuse__threat=0.95) | {
        "about:pupil": 0.95,
        "about:school": 0.01,
    }
    found = judged("Those kids at the bus stop will get stabbed tomorrow at four", model)
    assert found.about is About.PUPIL
    assert "safeguarding" in found.abuse


def test_without_a_signal_the_police_are_thought_of_only_where_it_is_likelier_than_not() -> None:
    text = "Somebody ought to have a word at the gate one of these days"
    assert judged(text, scores("police_now", severe=0.3, abuse__threat=0.9)).route is not Route.POLICE_NOW
    assert judged(text, scores("police_now", severe=0.95, abuse__threat=0.9)).route is Route.POLICE_NOW


@for_each("text", ["stab dunmore", "dunmore nonce", "bomb oakfield", "Oakfield \U0001f52a"])
def test_a_grave_word_needs_no_company(text: str) -> None:
    found = judged(text, scores("police_now", severe=0.97, abuse__threat=0.95))
    assert found.severity is Severity.THIS_HOUR


@for_each("beside", ["", " The choir was lovely.", " Nothing else." * 40])
def test_a_threat_with_all_its_parts_is_shown_whatever_stands_beside_it(beside: str) -> None:
    threat = "On Monday I am bringing a gun to the school and I will shoot everyone in Year 6."
    found = judged(threat + beside, scores("note", severe=0.001))
    assert found.severity >= Severity.TODAY or (found.look and found.look_rank >= 1)


def test_looks_are_ranked_and_an_address_without_words_is_for_a_person_to_look_at() -> None:
    surely, perhaps = (
        judged("Not sure what to make of the new gate rule", scores("respond", severe=0.3, relevant=seen))
        for seen in (0.9, 0.6)
    )
    graver = judged("Not sure what to make of the new gate rule", scores("respond", severe=0.4))
    assert perhaps.look_rank < surely.look_rank < graver.look_rank < 1
    found = judged("", {})
    assert (found.route, found.severity, found.sentiment) == (Route.NOTE, Severity.NOTE, Sentiment.NEUTRAL)
    assert found.look
    assert "too_few_words" in {reason.code for reason in found.reasons}


@for_each(
    "found",
    [
        judged("Not sure what to make of it", scores("respond", severe=0.3, severity__4=0.6)),
        judged("Szkoła jest bardzo dobra dla naszych dzieci.", scores("thank", severe=0.05)),
    ],
)
def test_what_may_be_severity_4_or_was_not_judged_loses_to_nobodys_cap(found: Verdict) -> None:
    assert found.look
    assert beyond_cap(found)
    others = [replace(found, mention_id=f"{i:016x}", look_rank=0.9, reasons=()) for i in range(8)]
    assert limit_looks([*others, found], 0.01)[-1].look


LINES = Thresholds(alert=0.25, removal=0.7)


@for_each(
    "text",
    [
        "A pupil at Oakfield is self harming, she cuts herself every night",
        "He hit my son in class, he has bruises on his arm, Oakfield",
        "My daughter says the TA at Oakfield locked him in a cupboard again",
    ],
)
def test_a_child_at_risk_is_for_the_safeguarding_lead_however_likely_an_answer_is(text: str) -> None:
    found = judged(text, scores("respond", severe=0.05) | {"severity:3": 0.4}, thresholds=LINES)
    assert (found.route, found.restricted) == (Route.SAFEGUARDING, True)


@for_each("route", ["respond", "platform_report", "police_now"])
def test_no_matter_of_a_child_that_cannot_be_placed_is_for_the_leadership_to_read(route: str) -> None:
    model = scores(route, severe=0.4, abuse__safeguarding=0.9)
    found = judged("Something happened again in the changing rooms", model, thresholds=LINES)
    assert (found.route, found.restricted) == (Route.SAFEGUARDING, True)


@for_each("text", ["he now says he wants to die most days", "she doesn't want to live any more"])
def test_a_wish_to_die_is_shown_however_harmless_the_model_finds_it(text: str) -> None:
    found = judged(text, scores("thank", severe=0.0001, sentiment__positive=0.9))
    assert (found.route, found.look) == (Route.NOTE, True)


# --------------------------------------------------------- whatever the models and signals say


probability = st.floats(0, 1)
labels = [
    *(f"route:{r.value}" for r in Route if r is not Route.IGNORE),
    *(f"abuse:{label}" for label in ABUSE_LABELS),
    *(f"sentiment:{s.value}" for s in Sentiment),
    *(f"about:{a}" for a in ("school", "staff", "pupil", "head", "governor", "other")),
    "severity:3",
    "severity:4",
    "relevant",
]
any_scores = st.fixed_dictionaries(dict.fromkeys(labels, probability))
any_signal = st.builds(
    Signal,
    name=st.sampled_from(["one", "two"]),
    reason=st.just("It says so."),
    labels=st.lists(st.sampled_from(ABUSE_LABELS), max_size=2, unique=True).map(tuple),
    clears=st.lists(st.sampled_from(ABUSE_LABELS), max_size=2, unique=True).map(tuple),
    severity=st.sampled_from([Severity.NOTHING, Severity.TODAY, Severity.THIS_HOUR]),
    route=st.sampled_from([None, *Route]),
)
danger = st.builds(
    Signal,
    name=st.just("danger"),
    reason=st.just("It says so."),
    labels=st.just(("threat",)),
    severity=st.just(Severity.THIS_HOUR),
    route=st.sampled_from([Route.SAFEGUARDING, Route.POLICE_NOW]),
    danger=st.just(True),
)
any_match = st.sampled_from([ABOUT_US, NOT_US, UNSURE])


def verdict(model: dict[str, float], signals: list[Signal], match: Match) -> Verdict:
    return decide(read_post(mention("Something was said."), match, model, signals, SCHOOL, PEOPLE, DEFAULT))


@given(any_scores, st.lists(any_signal, max_size=4))
def test_not_about_us_is_ignored_at_severity_nothing(model: dict[str, float], signals: list[Signal]) -> None:
    found = verdict(model | {"relevant": 0.1}, signals, replace(NOT_US, score=0.0))
    assert (found.severity, found.route, found.abuse) == (Severity.NOTHING, Route.IGNORE, ())


@given(any_scores, st.lists(any_signal, max_size=6), any_match)
def test_each_route_has_its_severity_labels_and_reasons_and_nothing_grave_is_filed_as_harmless(
    model, signals, match
):
    found = verdict(model, signals, match)
    codes = [reason.code for reason in found.reasons]
    assert 1 <= len(codes) <= 5
    assert len(set(codes)) == len(codes)
    grave = dict(found.scores).get("weighed:severe", 0.0) >= DEFAULT.alert + 1e-4
    assert found.severity >= Severity.TODAY or not grave or found.relevance is Relevance.NOT_ABOUT
    if found.route is Route.SAFEGUARDING:
        assert "safeguarding" in found.abuse
        assert found.restricted
    if found.route is Route.POLICE_NOW:
        assert {"threat", "extremism"} & set(found.abuse)
    if found.severity < Severity.TODAY:
        assert set(found.abuse) <= {"profanity"}
    assert found.severity in SEVERITIES_OF[found.route]
    if found.route in REMOVALS:
        assert set(found.abuse) & set(CONTENT_LABELS)
    assert found.restricted == (found.content_class in ("C9", "C10"))


@given(any_scores, st.lists(any_signal, max_size=3), danger, st.sampled_from([ABOUT_US, UNSURE]))
def test_danger_alerts_whatever_the_model_thinks(model, signals, grave, match):
    found = verdict(model, [*signals, grave], match)
    assert found.severity is Severity.THIS_HOUR
    assert found.route.urgent
    assert found.route is Route.POLICE_NOW or grave.route is Route.SAFEGUARDING


@given(any_scores)
def test_an_alert_asks_for_no_look_and_a_look_is_no_alert(model: dict[str, float]) -> None:
    found = verdict(model, [], ABOUT_US)
    assert not (found.look and found.severity >= Severity.TODAY)


@given(any_scores, st.lists(any_signal, max_size=2), st.floats(0, 1))
def test_relevance_moves_one_step_at_most(model, signals, score):
    assert verdict(model, signals, replace(ABOUT_US, score=score)).relevance is Relevance.ABOUT
    ruled_out = verdict(model, signals, replace(NOT_US, score=score)).relevance
    assert ruled_out is not Relevance.ABOUT


@settings(max_examples=50)
@given(any_scores, st.permutations(PEOPLE))
def test_the_order_of_people_changes_nothing_but_ties(model: dict[str, float], people: list[Person]) -> None:
    one = judged("Mrs Holt and nobody else", model, people=PEOPLE)
    other = judged("Mrs Holt and nobody else", model, people=tuple(people))
    assert one == other


@given(any_scores, st.lists(any_signal, max_size=2), st.floats(0, 1), st.sampled_from(sorted(NAMES_ANOTHER)))
def test_what_is_not_worth_scoring_is_judged_the_same_without_scores(model, signals, score, code):
    named = replace(NOT_US, score=score, reasons=(Reason(code, "It names somebody else."),))
    if not worth_scoring(named):
        with_scores, without = verdict(model, signals, named), verdict({}, signals, named)
        assert replace(with_scores, scores=()) == replace(without, scores=())


@given(
    any_scores,
    st.lists(any_signal, max_size=2),
    st.floats(0, 1),
    st.sampled_from(sorted(NAMES_ANOTHER - BESIDE)),
)
def test_what_names_anybody_else_is_never_lifted(model, signals, score, code):
    named = replace(NOT_US, score=score, reasons=(Reason(code, "It names somebody else."),))
    assert verdict(model, signals, named).relevance is Relevance.NOT_ABOUT


@given(any_scores, any_match)
def test_what_nothing_ties_to_the_school_alerts_by_no_model(model: dict[str, float], match: Match) -> None:
    untied = replace(match, reasons=(Reason(UNTIED, "Nothing points to it."),))
    assert verdict(model, [], untied).severity < Severity.TODAY


SAID = sentences("own/people_said")

STAFF = {"about:staff": 0.8, "about:school": 0.2}
UNCLEAR = {"about:school": 0.6, "about:staff": 0.3}


def who(text: str, odds: dict[str, float], people: tuple[Person, ...] = PEOPLE) -> tuple[About, str | None]:
    return find_subject(text, odds, (), SCHOOL, people)


LEANS = {"about:staff": 0.5, "about:head": 0.4}
HEADS = [
    ("Mrs Holt", STAFF, True), ("jane holt", STAFF, True), ("HOLT", STAFF, True),
    ("Holt's daughter", STAFF, True),
    ("the head", LEANS, True), ("our headteacher", LEANS, True), ("that head teacher", LEANS, True),
    ("the head of maths", STAFF, False), ("head lice again: she", STAFF, False),
    ("the deputy head", STAFF, False), ("the assistant head", STAFF, False),
]  # fmt: skip


@for_each(("said", "odds", "head"), HEADS)
def test_a_head_is_known_by_name_or_by_role_where_the_model_leans_to_one(said, odds, head) -> None:
    assert who(f"{said} shouts", odds) == ((About.HEAD, HEAD.id) if head else (About.STAFF, None))


@for_each(("text", "named"), rows(SAID["the_schools_name_names_no_head"], str, yes))
def test_the_schools_name_names_no_head_of_that_name(text: str, named: bool) -> None:
    head = replace(HEAD, name="Mr Otto Oakfield")
    school = replace(SCHOOL, head=head.name)
    plain = replace_school_name(text, school, (head,))
    assert possible_subjects(prepare_names(plain), About.SCHOOL, None, school, (head,)) == (
        (head.id,) if named else ()
    )


def test_a_person_of_the_settings_is_known_by_name_and_part_of_a_longer_word_is_none() -> None:
    assert who("Holtby is a village", STAFF)[1] is None
    vane = Person("vane", "Mr Lee Vane", (Role.STAFF,))
    assert who("Mr Vane shouts", STAFF, (*PEOPLE, vane)) == (About.STAFF, "vane")
    joined = replace(SCHOOL, members=("900011", "900012"))
    vane = Person("vane", "Mr Lee Vane", (Role.STAFF,), urns=("900012",))
    assert find_subject("Mr Vane shouts", STAFF, (), joined, (vane,)) == (About.STAFF, "vane")


def test_a_role_means_whoever_alone_holds_it() -> None:
    second = replace(HEAD, id="second", name="Kim Orr")
    assert who("the head shouts", {"about:head": 0.9}, (HEAD, second)) == (About.HEAD, None)
    assert who("Alex Marsh bought a car", {"about:governor": 0.9}) == (About.CHAIR, CHAIR.id)
    unnamed = (Person("office", "The headteacher", (Role.HEAD,)),)
    found = possible_subjects(prepare_names("Mrs Holt hit me"), About.PUPIL, None, SCHOOL, unnamed)
    assert found == ("office",)
    assert who("parking is bad", UNCLEAR) == (About.SCHOOL, None)
    assert who("ask Robin Pike about parking", UNCLEAR) == (About.SCHOOL, DSL.id)


def test_an_allegation_outweighs_the_child_it_harms_and_self_harm_whoever_was_told() -> None:
    alleged = Signal("staff_hurt_child", "Hurt.", about=About.STAFF)
    harmed = Signal("signs_of_harm", "Signs.", about=About.PUPIL)
    odds = {"about:pupil": 0.8, "about:staff": 0.1}
    assert find_subject("a teacher hurt him", odds, (alleged, harmed), SCHOOL, ())[0] is About.STAFF
    assert find_subject("somebody hurt him", odds, (harmed,), SCHOOL, ())[0] is About.PUPIL
    harm = Signal("suicidal_intent", "Intent.", labels=("self_harm",), about=About.PUPIL)
    hurt = Signal("staff_hurt_child", "Hurt.", labels=("safeguarding",), about=About.STAFF)
    text, odds = "I told Mrs Holt and she laughed", {"about:staff": 0.5, "about:pupil": 0.3}
    assert find_subject(text, odds, (harm,), SCHOOL, PEOPLE)[0] is About.PUPIL
    assert find_subject(text, odds, (harm, hurt), SCHOOL, PEOPLE)[0] is About.HEAD


BARKER = Person("barker", "Colin Barker", (Role.DEPUTY_HEAD, Role.DSL))
VICE = Person("reed", "Kit Reed", (Role.VICE_CHAIR,))
GOVERNOR = Person("dunne", "Sam Dunne", (Role.GOVERNOR,))
ELSEWHERE = Person("moss", "Ira Moss", (Role.HEAD,), urns=("900009",))
ALL = (HEAD, BARKER, CHAIR, VICE, GOVERNOR, ELSEWHERE)


def meant(text: str, about: About = About.PUPIL, likeliest: str | None = None) -> set[str]:
    return set(possible_subjects(prepare_names(text), about, likeliest, SCHOOL, ALL))


@for_each(("text", "ids"), rows(SAID["everyone_who_may_be_meant"]))
def test_everyone_named_and_every_holder_of_a_role_may_be_meant(text: str, ids: str) -> None:
    assert meant(text) == {*ids.split()}


def test_the_likeliest_and_the_holders_of_the_role_it_is_about_may_be_meant() -> None:
    assert meant("she slapped him", about=About.HEAD) == {"holt"}
    assert meant("she slapped him", about=About.STAFF, likeliest="barker") == {"barker"}
    assert meant("Colin Barker slapped him", about=About.DSL) == {"barker"}


@given(
    st.text(max_size=80), st.sampled_from(list(About)),
    st.dictionaries(st.sampled_from(["about:head", "about:staff"]), st.floats(0, 1)),
)  # fmt: skip
def test_only_people_of_the_settings_may_be_meant_each_once(text: str, about: About, odds) -> None:
    found = possible_subjects(prepare_names(text), about, "holt", SCHOOL, ALL)
    assert len(set(found)) == len(found)
    assert {"holt"} <= set(found) <= {p.id for p in ALL}
    assert who(text, odds)[1] in {None, *(p.id for p in PEOPLE)}


# ------------------------------------------------------------------------ roles by their words
@for_each(("text", "role"), rows(SAID["a_role_is_known_by_its"], str, Role))
def test_a_role_is_known_by_its_words(text: str, role: Role) -> None:
    assert role in roles_said(text)


@for_each("text", SAID["other_words_are_no_role"])
def test_other_words_are_no_role(text: str) -> None:
    assert roles_said(text) == frozenset()


def test_a_deputy_is_not_the_leader() -> None:
    assert Role.HEAD not in roles_said("the deputy head grabbed my son")
    assert roles_said("the deputy head of our school grabbed my son") == {Role.DEPUTY_HEAD}
    assert roles_said("our former deputy head, the ex-deputy") == frozenset()
    assert Role.DSL not in roles_said("the deputy safeguarding lead grabbed my son")
    assert Role.CHAIR not in roles_said("the vice chair grabbed my son")


# -------------------------------------------------------------- names however they are written


JANE_HOLT = Person("holt", "Mrs Jane Holt", (Role.HEAD,))
BARKER_DSL = Person("barker", "Colin Barker", (Role.DSL,))
THREE = (JANE_HOLT, BARKER_DSL, Person("marsh", "Alex Marsh", (Role.CHAIR,)))


def named(text: str) -> set[str]:
    return {p.id for p in people_named(prepare_names(text), THREE)}


NAMES_HER = [
    "Jane Holt slapped my son", "JANE HOLT SLAPPED MY SON", "Mrs.Holt slapped my girl",
    "Ms. Holt's been hitting kids", "Mrs Holt‑Smith slapped my son", "janeholt slapped my son",
    "Mrs H*lt slapped my son", "mrs h**t slapped my son", "Mrs H*** slapped my son",
    "H*lt slapped my son", "H**t slapped my son", "Mrs H_lt slapped my son", "H0lt slapped my son",
    "H o l t slapped my son", "Mrs H slapped my son", "mrs h. slapped my son", "Jane H slapped my son",
    "Miss Jane slapped my son", "Mrs Hollt slapped my son", "mrs hotl slapped my son",
    "Hoult slapped my son", "Mrs Hôlt slapped my son", "Mrs\u200b Ho\u200blt slapped my son",
    "Mrs Но\u04cft slapped my son", "@JaneHolt_Oakfield slapped my son", "@jane_holt slapped my son",
    "@janeholt72 slapped my son", "@jholt slapped my son", "@MrsHolt slapped my son", "#HoltOut now",
    "#holtout now", "#Holt slaps kids",
]  # fmt: skip
NAMES_NOBODY = [
    "Holtby is a village", "@Holtby slapped my son", "in march he marched to the market",
    "It was March before anyone rang", "the dog barked, and a banker came", "halt at the gate",
    "Mr Vane shouts", "Miss, he hit me", "s*** school", "h*** of a day", "Jane in year 4 cried", "",
]  # fmt: skip


@for_each(("text", "ids"), [*((t, {"holt"}) for t in NAMES_HER), *((t, set()) for t in NAMES_NOBODY)])
def test_a_name_is_known_however_it_is_written_and_other_words_are_none(text: str, ids: set[str]) -> None:
    assert named(text) == ids


@for_each("write", [*WAYS.values(), *CAPITALS.values()])
def test_who_is_named_is_known_whatever_letters_are_used(write) -> None:
    assert named(write("Mrs Holt slapped my son")) == {"holt"}
    her = (Person("o", write("Ffion O'Fflynn-Stark"), (Role.HEAD,)),)
    assert people_named(prepare_names("Ffion O'Fflynn-Stark hit him"), her)


def test_everyone_named_is_found_and_a_short_surname_after_a_title() -> None:
    assert named("Told Jane Holt that Colin Barkr kissed my daughter") == {"holt", "barker"}
    orr = (Person("orr", "Kim Orr", (Role.HEAD,)),)
    assert not people_named(prepare_names("either orr nothing"), orr)
    assert people_named(prepare_names("Miss Orr hit him"), orr)


@given(st.sampled_from(THREE), st.text(max_size=30), st.text(max_size=30))
def test_any_text_and_name_can_be_read_and_who_is_named_strictly_is_generously(person, before, after) -> None:
    text = f"{before} {person.name} {after}"
    people_named(prepare_names(before), (Person("p", after, ()),))
    assert not is_named(person.name, text) or person in people_named(prepare_names(text), THREE)


@given(
    words=st.lists(
        st.sampled_from(("Mrs", "Jane", "HOLT", "holt", "Okafor's", "hit", "orr", "Orr,")), max_size=6
    )
)
def test_several_are_looked_for_as_one_by_one(words: list[str]) -> None:
    text = " ".join(words)
    assert strictly_named(THREE, text) == [person for person in THREE if is_named(person.name, text)]


@for_each(
    ("text", "named"),
    [
        ("I'd not let mine serve for the Canon", True),
        ("that canon again", True),
        ("Canon Street is shut", False),
    ],
)
def test_a_rare_title_may_name_whoever_is_called_so(text: str, named: bool) -> None:
    canon = (Person("c", "Canon Edwin Bligh", ()),)
    assert bool(people_named(prepare_names(text), canon)) is named


# ------------------------------------------------------------------- a surname that is a word too
WORDS = sentences("signals/word_or_name")


def heard(name: str, text: str) -> str:
    somebody, reading = (Person("p", name, (Role.DSL,)),), prepare_names(text)
    if people_named(reading, somebody):
        return "name"
    return "doubt" if list_in_doubt(reading, somebody) else "word"


@for_each(("name", "as_name", "as_word"), rows(WORDS["names"]))
def test_a_surname_that_is_a_word_is_a_name_where_it_is_written_or_used_as_one(
    name, as_name, as_word
) -> None:
    assert (heard(name, as_name), heard(name, as_word)) == ("name", "word")
    assert not is_named(name, as_word)


@for_each(("name", "text"), rows(WORDS["doubt"]))
def test_at_the_start_of_a_sentence_without_capitals_or_beside_another_it_is_in_doubt(name, text) -> None:
    assert heard(name, text) == "doubt"


@for_each(
    ("text", "accused", "in_doubt"),
    [
        ("The head of year dragged him by the arm.", set(), False),
        ("head dragged him by the arm, he has bruises", set(), True),
        ("I saw Head drag him by the arm. She dragged him twice.", {"person:head"}, False),
        ("head was not there, i was out", set(), False),  # it tells of no child and accuses nobody
    ],
)
def test_a_word_accuses_nobody_and_doubt_is_said_where_a_child_is_at_risk(text, accused, in_doubt) -> None:
    lead, weir = Person("head", "Mrs Ann Head", (Role.DSL,)), Person("weir", "Mr Tobias Weir", (Role.STAFF,))
    found = judged(text, people=(HEAD, lead, weir))
    assert {m.who for m in found.accuses} - {"office:head", "person:holt"} >= accused
    assert ("person:head" in {m.who for m in found.accuses}) is ("person:head" in accused)
    assert (WORD_OR_NAME in {reason.code for reason in found.reasons}) is in_doubt
