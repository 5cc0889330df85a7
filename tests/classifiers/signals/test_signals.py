"""Each signal: a text on which it fires, and its lawful neighbour on which it does not."""

import re

from builders.letters import CAPITALS, WAYS
from builders.verdict import SCHOOL, fired, mention
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each
from support.sentences import rows, sentences

from classifiers.signals.catalogue import RULES, find_signals, mutate
from data.types import ABUSE_LABELS, MentionKind, Person, Role, Route

SAID = sentences("signals/each_rule")

FIRES_AND_NOT = rows(SAID["fires_and_not"])


@for_each(("name", "fires", "neighbour"), FIRES_AND_NOT)
def test_the_signal_fires_and_leaves_its_lawful_neighbour_alone(
    name: str, fires: str, neighbour: str
) -> None:
    assert name in fired(fires)
    assert name not in fired(neighbour)


def test_each_rule_is_tried_here_and_has_a_name_a_reason_labels_and_a_lane_of_its_own():
    assert {rule.signal.name for rule in RULES} == {name for name, *_ in FIRES_AND_NOT}
    hints = [rule.signal for rule in RULES if rule.signal.hint]
    assert hints
    assert not [signal.name for signal in hints if signal.danger or signal.severity]
    names = [rule.signal.name for rule in RULES]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[A-Z].*\.", rule.signal.reason) for rule in RULES)
    assert all(set(r.signal.labels) | set(r.signal.clears) <= set(ABUSE_LABELS) for r in RULES)
    dangers = [rule.signal for rule in RULES if rule.signal.danger]
    assert dangers
    assert all(s.route in (Route.SAFEGUARDING, Route.POLICE_NOW) and s.severity == 4 for s in dangers)
    assert not [rule.signal.name for rule in RULES if "thank" in rule.signal.reason]


def test_wanting_to_die_is_a_hint_a_will_a_danger_and_welsh_is_known_in_its_mutations() -> None:
    signals = {rule.signal.name: rule.signal for rule in RULES}
    assert signals["wish_to_die"].hint
    assert signals["suicidal_intent"].danger
    assert "suicidal_intent" not in fired("back monday and i want to die fs")
    assert "suicidal_intent" in fired("im going to end it all tonight")
    assert "welsh_suicide" in fired("dwi isio marw")
    assert "welsh_suicide" not in fired("dwi isio marw o chwerthin")
    assert {"cyllell", "gyllell", "nghyllell", "chyllell", "cyllall"} <= mutate("cyllell")
    assert {"cleisiau", "gleisia", "nghleisie"} <= mutate("cleisiau")
    assert (mutate("gwallt") & {"wallt", "ngwallt"}, mutate("ofn")) == ({"wallt", "ngwallt"}, {"ofn", "hofn"})


@for_each(
    "text",
    [
        "k1ll y0urself", "K I L L yourself", "kys", "k\u200bill yourself", "kíll yourself",
        "K I L L  Y O U R S E L F",
    ],
)  # fmt: skip
def test_obfuscation_does_not_hide_danger(text: str) -> None:
    assert "urged_to_die" in fired(text)


@for_each(("text", "name"), rows(SAID["plain_cases_are_caught"]))
def test_plain_cases_are_caught(text: str, name: str) -> None:
    assert name in fired(text)


@for_each(("text", "name"), rows(SAID["plain_neighbours_are_left_alone"]))
def test_plain_neighbours_are_left_alone(text: str, name: str) -> None:
    assert name not in fired(text)


def test_neither_a_replys_title_nor_an_article_raises_danger() -> None:
    assert "bomb_threat" in fired("see above", title="there's a bomb in the school")
    assert "bomb_threat" not in fired(
        "see above", title="there's a bomb in the school", kind=MentionKind.REPLY
    )
    found = find_signals(
        mention("there's a bomb in the school", kind=MentionKind.ARTICLE, channel="google_news"), SCHOOL, ()
    )
    assert [s.danger for s in found if s.name == "bomb_threat"] == [False]


@given(st.text(max_size=300))
def test_any_text_can_be_tried(text: str) -> None:
    assert isinstance(find_signals(mention(text), SCHOOL, ()), tuple)


def test_the_people_of_another_school_wake_no_signal_of_this_one() -> None:
    threat = mention("I am going to kill Quillfeather")
    elsewhere = Person("q", "Mrs Tamsin Quillfeather", (Role.HEAD,), urns=("900009",))
    here = Person("q", "Mrs Tamsin Quillfeather", (Role.HEAD,), urns=(SCHOOL.urn,))
    assert find_signals(threat, SCHOOL, (elsewhere,)) == ()
    assert "threat_in_person" in {signal.name for signal in find_signals(threat, SCHOOL, (here,))}


@for_each("write", [*WAYS.values(), *CAPITALS.values()])
def test_a_signal_fires_whatever_letters_are_used(write) -> None:
    text = "I'll bomb the first staff-room tomorrow"
    assert fired(text)
    assert fired(write(text)) == fired(text)


@for_each("write", [*WAYS.values()])
def test_a_child_named_beside_a_year_group_is_noticed_whatever_letters_are_used(write) -> None:
    text = "Poppy Fforest in Year 6 at Oakfield hits other children"
    assert "child_identifiable" in fired(text)
    assert fired(write(text)) == fired(text)
