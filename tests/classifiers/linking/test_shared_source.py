"""Two schools that share a source: what is grave at one is not told at the other."""

from dataclasses import replace

from builders.verdict import mention, scores

from classifiers.linking.linker import Linker
from classifiers.signals.catalogue import find_signals
from classifiers.verdicts.decide import decide
from classifiers.verdicts.post import read_post
from classifiers.verdicts.verdict_reasons import read_thresholds
from data.types import Mention, MentionKind, Relevance, School, Severity, Source, Verdict

SCHOOLS = {
    "900001": School("900001", "Oakfield Primary School", locality="Northvale", head="Mrs Jane Holt"),
    "900003": School("900003", "Beechmoor Primary School", locality="Northvale", head="Mr Leo Fenn"),
}
FORUM = Source("forum", "forum", "https://example.org/f", urns=tuple(SCHOOLS))
OF_THE_TOWN = replace(FORUM, name="Northvale Talk")
GRAVE = scores("safeguarding", severe=0.97, severity__4=0.9, relevant=0.99)
LIMITS = read_thresholds()


def judged(*mentions: Mention, source: Source = FORUM) -> dict[str, Verdict]:
    """The verdict on the last of them for each school."""
    found = Linker(list(SCHOOLS.values())).link(mentions, source)[-1]
    last = mentions[-1]
    return {
        match.urn: decide(
            read_post(
                last, match, GRAVE, find_signals(last, SCHOOLS[match.urn], ()), SCHOOLS[match.urn], (), LIMITS
            )
        )
        for match in found
    }


def told(verdicts: dict[str, Verdict]) -> set[str]:
    return {urn for urn, verdict in verdicts.items() if verdict.severity >= Severity.TODAY}


def codes(verdict: Verdict) -> set[str]:
    return {reason.code for reason in verdict.reasons}


def test_an_allegation_at_one_school_is_told_at_that_school_only_and_so_is_a_reply_about_it() -> None:
    found = judged(mention("Mrs Holt, the head of Oakfield Primary in Northvale, grabbed my son by the arm."))
    assert told(found) == {"900001"}
    other = found["900003"]
    assert (other.relevance, other.restricted) == (Relevance.NOT_ABOUT, False)
    assert "other_school_danger" not in codes(other)
    post = mention("Oakfield Primary in Northvale, any news of the new head?")
    reply = replace(
        post, id="m2", text="She grabbed my son by the arm, he has bruises.", kind=MentionKind.REPLY,
        parent=post.id,
    )  # fmt: skip
    assert told(judged(post, reply)) == {"900001"}


def test_where_a_third_is_named_neither_is_told() -> None:
    found = judged(mention("A teacher at Hexley Primary grabbed my son by the arm, he has bruises."))
    assert told(found) == set()
    assert all("other_school_danger" in codes(verdict) for verdict in found.values())


def test_where_nobody_is_named_both_are_shown_what_a_child_of_their_town_suffers() -> None:
    said = mention("The head grabbed my son by the arm, he has bruises, and school says nothing.")
    found = judged(said, source=OF_THE_TOWN)
    assert all("perhaps_another_school" in codes(verdict) for verdict in found.values())
    assert all(verdict.look or verdict.severity >= Severity.TODAY for verdict in found.values())
    assert {verdict.relevance for verdict in judged(said).values()} == {Relevance.NOT_ABOUT}
