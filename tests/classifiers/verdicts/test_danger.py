"""Who may be in danger by a text, and who may be accused in it, whatever its severity and route."""

from datetime import UTC, datetime

from builders.verdict import ABOUT_US, HEAD, PEOPLE, SCHOOL, mention, scores
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each
from support.sentences import rows, sentences, yes

from classifiers.scoring.network import FACTS, LABELS, SCORED, THEME_LABELS
from classifiers.signals.catalogue import find_signals
from classifiers.verdicts.decide import decide
from classifiers.verdicts.gravity import (
    BESIDE_GRAVE,
    FACT,
    HARM_OF,
    LIMB,
    LINE,
    LOOK,
    LOW,
)
from classifiers.verdicts.post import read_post
from classifiers.verdicts.verdict_reasons import (
    MOST_THEMES,
    THEME_LINE,
    read_thresholds,
    themes_of,
    without_themes,
)
from data.judged import dangers, harms
from data.types import (
    ABUSE_LABELS,
    PERHAPS,
    SURE,
    THEMES,
    About,
    Harm,
    Match,
    Meant,
    Mention,
    MentionKind,
    Person,
    Relevance,
    Role,
    Route,
    School,
    Sentiment,
    Severity,
    Signal,
    Verdict,
)
from data.words.say import words

TEXTS = sentences("signals/who_is_in_danger")

HINT = Signal("some_threat", "It says so.", labels=("threat",), hint=True)
SAID = Signal("a_threat", "It says so.", labels=("threat",), severity=Severity.TODAY, route=Route.POLICE_NOW)


def of(text: str, *signals: Signal, route: str = "note", **labels: float) -> Verdict:
    model = scores(route, **labels) | {"about:staff": 0.6, "about:school": 0.2}
    return decide(read_post(mention(text), ABOUT_US, model, signals, SCHOOL, PEOPLE, read_thresholds()))


def judged_whole(text: str, **labels: float) -> Verdict:
    """The verdict on a text with its own signals, where the model finds it a child's matter."""
    model = scores("safeguarding", severe=0.9, abuse__safeguarding=0.8, **labels) | {"about:staff": 0.6}
    found = mention(text)
    signals = find_signals(found, SCHOOL, PEOPLE)
    return decide(read_post(found, ABOUT_US, model, signals, SCHOOL, PEOPLE, read_thresholds()))


def whom(meant: tuple[Meant, ...], least: float = 0.0) -> set[str]:
    return {m.who for m in meant if m.sure >= least}


def test_whom_a_signal_of_a_threat_names_is_surely_in_danger_and_nobody_where_nothing_speaks_of_it() -> None:
    found = of("Somebody will hurt Robin Pike.", SAID)
    assert {(m.who, m.harm) for m in found.endangers if m.sure >= SURE} == {("person:pike", Harm.VIOLENCE)}
    assert of("The fair was lovely.").endangers == ()


@for_each(
    ("text", "office"),
    [("Set fire to the head's car.", "head"), ("The chair of governors gets it.", "chair")],
)
def test_an_office_is_in_danger_where_a_threat_says_it(text: str, office: str) -> None:
    assert f"office:{office}" in whom(of(text, SAID).endangers, SURE)


FELL = Person("fell", "Mr Ira Fell", (Role.DEPUTY_HEAD,))


@for_each(
    ("text", "twin"),
    [
        ("That deputy is getting a kicking.", "That detective is getting a kicking."),
        ("For the deputy head, he gets a kicking.", "For a former deputy head, he gets a kicking."),
        ("our deputy head gets it", "their deputy chef gets it"),
        ("Set fire to the vice chair's car.", "Set fire to the chair."),
        ("wait for the deputy safeguarding lead", "wait for the safeguarding leaflet"),
    ],
)
def test_an_office_that_one_person_holds_is_in_danger_where_a_threat_says_it(text: str, twin: str) -> None:
    others = (Person("vice", "Kit Reed", (Role.VICE_CHAIR,)), Person("second", "Ms Orr", (Role.DEPUTY_DSL,)))

    def offices(text: str, *more: Person) -> set[str]:
        people, model = (*PEOPLE, FELL, *others, *more), scores() | {"about:staff": 0.6}
        given = (mention(text), ABOUT_US, model, (SAID,), SCHOOL, people, read_thresholds())
        return whom(decide(read_post(*given)).endangers, SURE) & {
            f"office:{p.roles[0]}" for p in (FELL, *others)
        }

    assert len(offices(text)) == 1
    assert offices(twin) == set()
    assert "office:deputy_head" not in offices(text, Person("fen", "Mr Fen", (Role.DEPUTY_HEAD,)))


@for_each(
    "text",
    [
        "Pike youre dead.", "That Pike woman gets it.",
        "The Pike woman gets it, and so does the pike in the pond.", "Somebody smash pikes windows.",
        "Pike's house burns tonight.", "We know when Pike park outside.", "Pike Street, then Ms Pike.",
    ],
)  # fmt: skip
def test_a_surname_alone_is_in_danger_where_it_is_used_as_one(text: str) -> None:
    assert "person:pike" in whom(of(text, SAID).endangers, SURE)


@for_each("text", TEXTS["a_street_a_firm_or_a"])
def test_a_street_a_firm_or_a_thing_that_is_called_as_somebody_is_nobody_in_danger(text: str) -> None:
    assert whom(of(text, SAID).endangers, SURE) == {"school"}


@for_each(("text", "found"), rows(TEXTS["a_surname_is_no_thing_where"]))
def test_a_surname_is_no_thing_where_it_is_no_everyday_word_or_somebody_is_to_be_hurt(text, found) -> None:
    assert whom(of(text, SAID).endangers, SURE) == {f"person:{found}"}


@for_each(
    ("text", "found"),
    [("A lad with a brown car comes for you.", "school"), ("Brown gets it.", "person:brown")],
)
def test_a_surname_that_says_what_a_thing_is_like_is_nobody_in_danger(text: str, found: str) -> None:
    brown = (*PEOPLE, Person("brown", "Mr Ian Brown", (Role.STAFF,)))
    model = scores() | {"about:other": 0.9}
    post = mention(text)
    seen = decide(read_post(post, ABOUT_US, model, (SAID,), SCHOOL, brown, read_thresholds()))
    assert whom(seen.endangers, SURE) == {found}


def test_a_hint_a_name_or_an_office_beside_what_is_likely_is_for_a_person_today() -> None:
    found = of("He gets it.", HINT, abuse__threat=LOW["threat"])
    assert found.severity is Severity.TODAY
    assert whom(found.endangers, SURE)
    known = {"severe": 0.22, "abuse__safeguarding": BESIDE_GRAVE}
    assert of("Robin Pike and the cupboard.", **known).severity is Severity.TODAY
    assert of("The lady who runs the school and the cupboard.", **known).severity is Severity.TODAY
    assert of("Somebody there and the cupboard.", **known).severity < Severity.TODAY


@for_each(("label", "harm"), [("threat", Harm.VIOLENCE), ("safeguarding", Harm.CHILD)])
def test_what_is_to_be_removed_is_danger_too_where_somebody_of_ours_is_named(label: str, harm: Harm) -> None:
    known = {"severe": 0.95, "abuse__harassment": 0.9, f"abuse__{label}": BESIDE_GRAVE}
    assert harm in harms(of("Robin Pike is a disgrace.", route="request_removal", **known))
    assert harm not in harms(of("What a disgrace.", route="request_removal", **known))


def read_twice(text: str, route: str = "safeguarding", **labels: float) -> Verdict:
    """The verdict on a text that the second reader read; facts that are not named are at nought."""
    facts = dict.fromkeys((fact.replace(":", "__") for fact in FACTS), 0.0)
    return of(text, route=route, **{**facts, "first__severity:3": 0.5, **labels})


def test_a_limb_of_an_allegation_alerts_from_the_line_and_another_fact_is_shown_and_says_who_is_meant() -> (
    None
):
    lines = read_thresholds()
    line = (lines.read or lines).alert
    told, shown = (
        read_twice("He does as he likes in there.", "note", severe=0.3, wrong__staff=0.9, limb__risk=p)
        for p in (line, line - 0.01)
    )
    assert (told.severity >= Severity.TODAY, Harm.CHILD in harms(told)) == (True, True)
    assert (shown.severity >= Severity.TODAY, shown.look) == (False, True)
    found = read_twice("He does as he likes in there.", "note", severe=0.3, danger__person=0.9)
    assert (found.severity >= Severity.TODAY, found.look, Harm.VIOLENCE in harms(found)) == (
        False,
        True,
        True,
    )


@for_each(
    ("facts", "accused"),
    [
        ({"limb__harmed": LIMB, "wrong__staff": 0.5}, True),
        ({"limb__harmed": LIMB / 2, "wrong__staff": 0.5}, False),
        ({"limb__harmed": 0.9, "wrong__staff": 0.3, "wrong__other": 0.9}, False),
    ],
)
def test_a_limb_accuses_in_what_is_grave_unless_others_did_it(facts: dict[str, float], accused: bool) -> None:
    known = {"severe": 0.9, "abuse__harassment": 0.9, **facts}
    found = read_twice("They do as they like in there.", "platform_report", **known)
    assert (whom(found.accuses) == {"office:head"}) is accused


@for_each(
    "known", [{"abuse__safeguarding": LOW["safeguarding"]}, {"limb__harmed": FACT, "first__severity:3": 0.1}]
)
def test_there_are_no_thanks_where_a_child_may_have_been_harmed(known: dict[str, float]) -> None:
    found = of("Brilliant care as always.", route="thank", severe=0.01, **known)
    assert (found.route, found.look) == (Route.NOTE, True)


def test_a_threat_may_accuse_whom_it_names_where_nobody_read_it_and_a_limb_must_be_plain_in_it() -> None:
    known = {"route": "police_now", "abuse__threat": 0.9}
    for child, accused in ((LINE, {"person:pike"}), (LINE - 0.01, set())):
        found = of("Robin Pike gets it.", SAID, **known, abuse__safeguarding=child)
        assert whom(found.accuses) == accused
        assert "person:pike" in {m.who for m in dangers(found) if m.harm is Harm.VIOLENCE}
    known = {"severe": 0.9, "severity__4": 0.8, "abuse__threat": 0.9, "wrong__staff": 0.9}
    found = [read_twice("Ms Marsh gets it.", "police_now", limb__harmed=p, **known) for p in (LIMB, FACT)]
    assert [whom(v.accuses) for v in found] == [set(), {"person:marsh"}]


@for_each("found", [of("He gets it.", HINT), of("He gets it.", abuse__threat=LOOK * LOW["threat"])])
def test_a_hint_or_twice_the_low_line_alone_is_a_look(found: Verdict) -> None:
    assert (found.severity < Severity.TODAY, found.look) == (True, True)
    assert {m.sure <= PERHAPS for m in found.endangers} == {True}


@for_each("text", TEXTS["the_head_may_be_meant_where"])
def test_the_head_may_be_meant_where_no_office_is_said(text: str) -> None:
    assert "office:head" in whom(of(text, route="safeguarding", severe=0.9, abuse__safeguarding=0.9).accuses)


@for_each("text", TEXTS["an_office_that_cannot_be_the"])
def test_an_office_that_cannot_be_the_heads_leaves_the_head_in(text: str) -> None:
    found = of(text, route="safeguarding", severe=0.9, abuse__safeguarding=0.9)
    assert not {"office:head", "person:holt"} & whom(found.accuses)


def test_neither_a_threat_nor_a_picture_of_a_child_accuses_by_itself() -> None:
    assert of("I will stab Robin Pike tomorrow.", SAID, abuse__threat=0.9).accuses == ()
    found = of("Robin Pike gets it.", HINT, abuse__threat=LOW["threat"])
    assert (found.route, found.accuses) == (Route.RESPOND, ())
    picture = Signal("a_picture", "It says so.", ("safeguarding", "sexual"), about=About.PUPIL, danger=True)
    assert of("Image of a child.", picture, route="safeguarding", severe=0.9, about__pupil=0.5).accuses == ()


@for_each(
    ("text", "about"),
    [("I will throttle the drama teacher.", "staff"), ("Everybody out by ten. It is set.", "pupil")],
)
def test_a_threat_to_somebody_else_does_not_accuse_the_head(text: str, about: str) -> None:
    model = scores("safeguarding", abuse__threat=0.5, abuse__safeguarding=0.6)
    model |= {"about:staff": 0.2, f"about:{about}": 0.6}
    found = decide(read_post(mention(text), ABOUT_US, model, (SAID,), SCHOOL, PEOPLE, read_thresholds()))
    assert "office:head" not in whom(found.accuses)


@for_each(("harm", "thanks"), rows(TEXTS["thanks_that_tell_of_harm_and_thanks"]))
def test_thanks_that_tell_of_harm_or_hold_a_complaint_are_no_praise_and_a_person_reads_them(
    harm: str, thanks: str
) -> None:
    found, calm = (of(text, route="thank", severe=0.001, sentiment__positive=0.9) for text in (harm, thanks))
    assert (found.route, found.sentiment, found.look) == (Route.NOTE, Sentiment.NEUTRAL, True)
    assert (calm.route, calm.sentiment, calm.look) == (Route.THANK, Sentiment.POSITIVE, False)


@for_each("concern", TEXTS["a_concern_beside_a_name"])
def test_a_concern_for_children_that_names_somebody_is_the_safeguarding_leads(concern: str) -> None:
    model = scores("safeguarding", severe=0.9, abuse__safeguarding=0.6, limb__harmed=0.05)
    found = decide(read_post(mention(concern), ABOUT_US, model, (), SCHOOL, PEOPLE, read_thresholds()))
    assert (found.route, found.restricted, Harm.CHILD in harms(found)) == (Route.SAFEGUARDING, True, True)


@for_each(("stars", "praise"), [(1.0, False), (2.0, False), (4.0, True), (None, True)])
def test_no_review_of_one_or_two_stars_is_praise(stars: float | None, praise: bool) -> None:
    model = scores("thank", severe=0.001, sentiment__positive=0.9)
    review = mention("Fantastic, the best school in the whole world.", channel="google_review", rating=stars)
    found = decide(read_post(review, ABOUT_US, model, (), SCHOOL, PEOPLE, read_thresholds()))
    assert (found.route is Route.THANK, found.sentiment is Sentiment.POSITIVE) == (praise, praise)


@for_each("text", TEXTS["harm_by_somebody_else_and_a"])
def test_harm_by_somebody_else_and_a_report_accuse_nobody(text: str) -> None:
    model = scores("safeguarding", severe=0.9, abuse__safeguarding=0.6) | {"about:pupil": 0.9}
    found = decide(read_post(mention(text), ABOUT_US, model, (), SCHOOL, PEOPLE, read_thresholds()))
    assert found.accuses == ()


@for_each(
    "text",
    [
        "Ms Marsh or Mr Pike slapped my girl.",
        "Something happened to a child there with Ms Marsh and Mr Pike.",
    ],
)
def test_all_who_are_named_are_accused_where_it_cannot_be_told_who_did_it(text: str) -> None:
    found = of(text, route="safeguarding", severe=0.9, abuse__safeguarding=0.9)
    assert whom(found.accuses) == {"person:marsh", "person:pike"}


@for_each(("text", "covered_up"), rows(TEXTS["a_head_who_knew_of_harm"], str, yes))
def test_a_head_who_knew_of_harm_and_did_not_act_is_accused(text: str, covered_up: bool) -> None:
    known = (
        {"severe": 0.9, "abuse__safeguarding": 0.9} if "slap" in text or "shak" in text else {"severe": 0.3}
    )
    found = of(text, route="safeguarding", **known)
    assert ("covered_up" in {m.by for m in found.accuses if m.who == "office:head"}) is covered_up


@for_each("words", ["her in charge", "whoever runs that place", "the head", "y pennaeth"])
def test_words_for_the_head_accuse_the_head(words: str) -> None:
    found = of(f"It was {words} who slapped him.", route="safeguarding", severe=0.9, abuse__safeguarding=0.9)
    assert f"person:{HEAD.id}" in whom(found.accuses)


@given(
    st.fixed_dictionaries({f"abuse:{label}": st.floats(0, 1) for label in ABUSE_LABELS}),
    st.sampled_from([*Route]),
    st.sampled_from(["He hit my lad.", "The chair gets it.", "Jane Holt will burn."]),
)
def test_what_is_urgent_says_who_may_be_in_danger(labels, route, text) -> None:
    model = scores(route.value, severe=0.9) | labels
    found = decide(read_post(mention(text), ABOUT_US, model, (), SCHOOL, PEOPLE, read_thresholds()))
    if found.route.urgent:
        assert whom(found.endangers, SURE)
    meant = {HARM_OF[label] for label in HARM_OF if label in found.abuse and found.severity >= Severity.TODAY}
    assert meant <= {m.harm for m in found.endangers if m.sure >= SURE}


NOW = datetime(2026, 11, 17, 9, tzinfo=UTC)
OAKFIELD = School("900001", "Oakfield Primary School", town="Northvale")
PLAIN = "They have changed the shop again and it costs the earth."
CALM = {
    "sentiment:negative": 0.9, "sentiment:neutral": 0.05, "sentiment:positive": 0.05,
    "route:respond": 0.9, "route:note": 0.04, "route:thank": 0.02, "route:safeguarding": 0.01,
    "about:school": 0.9, "relevant": 0.99, "severity:3": 0.02, "severity:4": 0.01,
}  # fmt: skip


def judged(
    text: str = PLAIN,
    scores: dict[str, float] | None = None,
    relevance: Relevance = Relevance.ABOUT,
    signals: tuple[Signal, ...] = (),
) -> Verdict:
    """The verdict on a post about Oakfield, with the themes uniform and costs unless `scores` say else."""
    found = CALM | ({"theme:costs": 0.7, "theme:uniform": 0.8} if scores is None else scores)
    mention = Mention("m1", "https://example.org/1", "facebook", MentionKind.POST, "", text, NOW)
    match = Match("900001", relevance, 0.99 if relevance is Relevance.ABOUT else 0.001)
    return decide(read_post(mention, match, found, signals, OAKFIELD, (), read_thresholds()))


def test_at_most_two_sure_themes_are_named_the_surest_first() -> None:
    assert themes_of({"theme:meals": 0.6, "theme:costs": 0.9}) == ("costs", "meals")
    assert themes_of({"theme:meals": THEME_LINE - 0.01, "abuse:threat": 0.99}) == ()
    assert len(themes_of(dict.fromkeys(THEME_LABELS, 0.9))) == MOST_THEMES == 2
    assert themes_of(dict.fromkeys(LABELS, 0.99)) == ()
    assert (*LABELS, *(f"theme:{theme}" for theme in THEMES)) == SCORED
    assert without_themes({"relevant": 0.4, "theme:meals": 0.2}, ()) == [("relevant", 0.4)]


def test_a_verdict_bears_its_themes_and_their_numbers_alone() -> None:
    verdict = judged(scores={"theme:costs": 0.7, "theme:uniform": 0.8, "theme:meals": 0.3})
    assert verdict.themes == ("uniform", "costs")
    assert {k: v for k, v in verdict.scores if k.startswith("theme:")} == {
        "theme:costs": 0.7,
        "theme:uniform": 0.8,
    }


def test_neither_what_is_with_the_dsl_nor_what_is_to_be_removed_nor_another_schools_matter_has_a_theme() -> (
    None
):
    hurt = Signal(
        "disclosure", "somebody tells of harm", ("safeguarding",), route=Route.SAFEGUARDING, danger=True
    )
    verdict = judged(signals=(hurt,))
    assert verdict.restricted
    assert verdict.themes == ()
    assert not [label for label, _ in verdict.scores if label.startswith("theme:")]
    attack = CALM | {
        "route:respond": 0.02, "route:request_removal": 0.95, "severity:3": 0.95, "abuse:harassment": 0.95,
        "theme:staff": 0.9,
    }  # fmt: skip
    verdict = judged(scores=attack)
    assert verdict.route.removal
    assert verdict.themes == ()
    verdict = judged(scores={"relevant": 0.001, "theme:meals": 0.99}, relevance=Relevance.NOT_ABOUT)
    assert verdict.relevance is Relevance.NOT_ABOUT
    assert verdict.themes == ()
    text = "Mae’r ysgol wedi newid y wisg eto ac mae’r pris yn ofnadwy i bob teulu yn y pentref."
    assert judged(text).themes == ()


@for_each("text", ["", "   ", "Ok", "👍"])
def test_no_words_have_no_theme(text: str) -> None:
    assert judged(text).themes == ()


def test_every_theme_has_a_phrase() -> None:
    w = words("en")
    phrases = [w(f"theme.{theme}") for theme in THEMES]
    assert len(set(phrases)) == len(THEMES)
    assert all(phrase and not phrase.endswith(".") for phrase in phrases)
