"""What a text is about, from probabilities; and what the verdict makes of it."""

from datetime import UTC, datetime

from support.for_each import for_each

from classifiers.scoring.heads import LABELS, SCORED, THEME_LABELS
from classifiers.verdicts.decide import decide
from classifiers.verdicts.verdict_reasons import (
    MOST_THEMES,
    THEME_LINE,
    read_thresholds,
    themes_of,
    without_themes,
)
from data.types import THEMES, Match, Mention, MentionKind, Policy, Relevance, Route, School, Signal, Verdict
from data.words.say import words

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
    return decide(mention, 1, match, found, signals, Policy(), OAKFIELD, (), read_thresholds())


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
