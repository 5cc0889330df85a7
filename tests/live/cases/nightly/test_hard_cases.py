"""Hard cases, whole: from what somebody handed in to what leaves the school."""

import pytest
from builders.capture import capture
from builders.case_desk import ActRefused, made_by, refused_to_open
from builders.town import PEOPLE, as_read
from support.case_numbers import number_of

from alerts.letters.kinds import LetterKind
from data.errors import InputError
from data.steps.codes import Check, StepKind
from data.store.cases import all_steps
from monitor.act.letter import NotDrafted
from monitor.act.step import find_host, look_again
from monitor.matters.reader import replay_cases

HEAD, DEPUTY, CHAIR, VICE = "t-quillfeather", "n-ashdown", "o-fennimore", "d-marrow"
DSL, IT, TEACHER = "i-larkspur", "c-dray", "b-thistlewood"
AUTHORITY = "l-vance"
THANKS = "Thank you, Oakfield Primary in Northvale, for a lovely autumn fair. The children loved it."


def governors_read_none_of(tale, *words) -> None:
    """On that Friday; and all that is kept still holds."""
    tale.until("2026-11-20T16:30")
    tale.tick()
    report = tale.governors("2026-W47")
    assert not any(word in report for word in words)
    assert "All holds" in tale("evidence verify").out
    tale.only_reads()


def refuses(guard, act, *given, **said) -> None:
    with pytest.raises(ActRefused, match=guard):
        act(*given, **said)


def cases_of(tale, who):
    """The numbers of the open cases of which somebody may know."""
    acts = tale.acts
    with acts.store.open_reader() as con:
        found = replay_cases(con, *all_steps(con, open_only=True).values())
        return [number for number, knows in acts.reader(who).cases(found).items() if knows]


def is_off_the_ladder(tale, by) -> None:
    """Nothing is asked, drafted or looked up."""
    acts = tale.acts
    session = acts.session(by)
    refuses("lane", lambda: made_by(find_host(session, "1", "x", acts.clock())))
    refuses("lane", lambda: made_by(look_again(session, "1", None, acts.clock)))
    refuses("lane", acts.look, Check.GONE, by)
    refuses("lane", acts.take, StepKind.ASKED, by, rung="platform_report")
    with pytest.raises(NotDrafted, match="no letter is written"):
        acts.draft(LetterKind.POLICE, by)


# What may accuse the head and the chair together reaches neither.
EVERYBODY = {**PEOPLE, AUTHORITY: ("Ms Lida Vance", ("la_contact",)), "p-idle": ("Mr Piers Idle", ("dpo",))}
ALLEGATION = (
    "Mrs Quillfeather, the head of Oakfield Primary in Northvale, grabbed my son by the neck, and Mr "
    "Fennimore the chair of governors watched and held the door. He is seven."
)


def test_of_the_head_and_the_chair_both_the_vice_chair_and_the_authority_are_told_first(begins):
    tale = begins("2026-11-17T19:20", "", EVERYBODY)
    tale.hands_in(THANKS, "/t/70")
    tale.hands_in(ALLEGATION, "/t/79", author="Willow")
    tale.tick()
    told = tale.told()
    assert set(told) == {VICE, AUTHORITY, DSL}
    alert, story, acts = tale.alert(), tale.story(), tale.acts

    # Neither of the accused, nor anybody who need not know, finds that there is anything.
    for who in (HEAD, CHAIR, "c-dray", "p-idle", "g-wren"):
        its, none = (refused_to_open(acts, one, who) for one in (story, "0" * len(story)))
        assert its.replace(story, "0" * len(story)) == none
        assert cases_of(tale, who) == []
    acts.open(story, DSL)
    tale.tick()
    assert set(tale.told()) == {DEPUTY}

    # It is locked by itself.
    assert "grabbed my son" in acts.posts(story, VICE, "I act for the school")
    assert acts.case().locked
    for who in (HEAD, CHAIR):
        with pytest.raises(InputError, match="There is no case 0001"):
            acts.page(who, reason="x")

    # Nothing is asked, drafted, kept or looked up. The authority gets the words and the address, no picture.
    refuses("no_capture", capture, acts, person=VICE)
    is_off_the_ladder(tale, VICE)
    refuses("may_unlock", acts.take, StepKind.UNLOCKED, DEPUTY, ground="waiver", why="He says so")
    lane = {"class_": "C10", "lane": "staff_allegation"}
    acts.take(StepKind.CLASSIFIED, VICE, why="It says that she hurt a boy", **lane)
    opened = tale.packed("la", VICE, "For the LADO")
    assert "grabbed my son by the neck" in (said := as_read(opened))
    assert "/t/79" in said
    assert not [name for name in opened.files() if name.endswith((".png", ".wacz", ".html"))]
    withheld = as_read(tale.packed("solicitor", VICE, "Advice"))
    assert not any(word in withheld for word in ("Quillfeather", "Fennimore", "grabbed", "/t/79"))
    acts.take(StepKind.REFERRED, VICE, to="lado", reference="LADO-3")
    acts.take(StepKind.CLOSED, VICE, ending="handed_over", why="With the council")

    # In the week nothing of it reached either: no mail, no digest, no report.
    tale.until("2026-11-20T16:30")
    tale.tick()
    assert not {HEAD, CHAIR} & set(tale.told())
    tale(f"digest --as {HEAD}")
    hers = " ".join(
        text for name, text in tale.outputs() if f"mail to {HEAD}" in name or f"mail to {CHAIR}" in name
    )
    words = ("neck", "Willow", number_of(alert), "LADO")
    assert not any(word in hers for word in words)
    governors_read_none_of(tale, *words)
