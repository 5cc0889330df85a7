"""Hard cases, whole: from what somebody handed in to what leaves the school."""

from __future__ import annotations

import pytest
from builders.capture import capture
from builders.case_desk import ActRefused, made_by, refused_to_open
from builders.hand_in import CHILD_IMAGE
from builders.thread_page import AFTER, BEFORE, Posted, thread
from builders.town import PEOPLE, TALK, as_read
from support.case_numbers import number_of

from alerts.letters.kinds import LetterKind
from data.errors import InputError
from data.steps.codes import Check, StepKind
from monitor.act.letter import NotDrafted
from monitor.act.step import find_host, look_again
from monitor.matters.searching import cases_listed

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
    """The numbers of the cases that somebody finds in their list."""
    acts = tale.acts
    with acts.store.read() as con:
        return [view.number for view in cases_listed(con, acts.reader(who), acts.clock())]


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


# A threat in Welsh tonight.
KNIFE = (
    "Mae gen i gyllell a bydd Mr Thistlewood o Ysgol Oakfield yn Northvale yn ei chael hi wrth y giât heno."
)


def test_a_knife_in_welsh_tonight_alerts_and_999_is_written_down_by_whoever_rang(begins):
    tale = begins("2026-11-17T14:10")
    tale.hands_in(KNIFE, "/t/88", author="Tad")
    tale.tick()
    told, acts = tale.told(), tale.acts
    assert set(told) == {HEAD, DSL, TEACHER}
    assert not any("gyllell" in mail or "Tad" in mail for mail in told.values())
    assert acts.case().rung == "police"

    # The IT lead rings and writes it down, with no reason yet: nothing is in the way, and all in charge hear.
    acts.take(StepKind.ASKED, IT, rung="police", imminent=True)
    tale.tick()
    assert set(tale.told()) == {HEAD, DEPUTY, DSL}
    acts.take(StepKind.REFERRED, HEAD, to="999")
    acts.take(StepKind.CLASSIFIED, HEAD, class_="C6", why="He says that he has a knife and comes tonight")
    acts.take(StepKind.SUPPORT, HEAD, status="offered")
    ended = {"ending": "handed_over", "why": "With the police"}
    for who in ("target", "site", "authority"):
        refuses("danger_warned", acts.take, StepKind.CLOSED, HEAD, **ended)
        acts.take(StepKind.WARNED, HEAD, who=who)
    refuses("imminent_reason", acts.take, StepKind.CLOSED, HEAD, **ended)
    acts.take(StepKind.NOTED, IT, why="A knife, at the gate, tonight")

    # The police get a pack that says who saw it and when, and can be checked; the digest says nothing of it.
    pack = as_read(tale.packed("police", HEAD))
    assert "Mae gen i gyllell" in pack
    assert "/t/88" in pack
    tale.until("2026-11-18T08:30")
    tale.tick()
    digest = tale(f"digest --as {HEAD}").out
    assert not any(word in digest for word in ("gyllell", "Thistlewood", "Tad"))
    assert acts.take(StepKind.CLOSED, HEAD, **ended).case.ending == "handed_over"
    governors_read_none_of(tale, "gyllell", "Thistlewood", "Facebook", "999")


# What may accuse the head and the chair together reaches neither.
EVERYBODY = {
    **PEOPLE,
    AUTHORITY: ("Ms Lida Vance", ("la_contact",)),
    "p-idle": ("Mr Piers Idle", ("dpo",)),
}
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


# An image of a child: nothing of it is anywhere.
PICTURE = b"\x89PNG\r\n\x1a\n" + b"NOT A PICTURE OF ANYBODY, AND YET NEVER TO BE KEPT" * 20
TOLD = "Somebody has put up a picture of a girl of year 9 from Oakfield Primary in Northvale without clothes."


def kept_anywhere(tale):
    inside = [path for path in tale.home.rglob("*") if path.is_file()]
    return [path for path in inside if PICTURE[8:58] in path.read_bytes()]


def test_nothing_of_a_childs_image_is_fetched_kept_asked_for_or_written_whatever_is_tried(begins):
    tale = begins("2026-11-16T12:30")
    tale.pages["/t/55"] = "<html><body><p>It is here.</p></body></html>"
    tale.hands_in(THANKS, "/t/70")
    tale.hands_in(TOLD, "/t/55", channel="website", files=(PICTURE,), says=CHILD_IMAGE)
    tale.tick()
    assert set(tale.told()) == {DSL, DEPUTY}
    story, acts = tale.story(), tale.acts
    acts.open(story, DSL)
    shown = acts.posts(story, DSL, "I am on duty") + acts.page(DSL, reason="I am on duty")
    assert "girl of year 9" not in shown
    assert "/t/55" in shown

    ways = ({}, {"pictures": True, "because": "seen"}, {"files": [PICTURE]})
    for way in ways:
        refuses("no_child_image", capture, acts, person=DSL, **way)
    is_off_the_ladder(tale, DSL)
    with pytest.raises(InputError, match="is not for"):
        acts.take(StepKind.CLASSIFIED, HEAD, class_="C2", why="mine")
    for by in (DSL, IT):
        tale.hands_in("I have looked: she is dressed", "/t/55", files=(PICTURE,), by=by)

    # The safeguarding lead takes it back onto the ladder: the address stays one that nobody asks for.
    acts.take(StepKind.CLASSIFIED, DSL, class_="C2", why="It turned out that she is dressed, and an adult")
    for way in ways:
        refuses("no_child_image", capture, acts, person=DSL, **way)
    acts.take(StepKind.CLASSIFIED, DSL, class_="C10", lane="child_image", why="She may be fifteen")

    # What is handed over says where it is and holds no exhibit, since there is none that could be.
    opened = tale.packed("police", DSL, "For the police")
    pack = as_read(opened)
    assert "/t/55" in pack
    assert "Reported to the school by Dray" in pack
    assert not [name for name in opened.files() if name.endswith((".png", ".wacz", ".html"))]
    for to in ("police", "iwf"):
        acts.take(StepKind.REFERRED, DSL, to=to, reference="R-1")
    acts.take(StepKind.CLOSED, DSL, ending="handed_over", why="With the police and the IWF")
    governors_read_none_of(tale, "girl")
    assert kept_anywhere(tale) == []
    assert tale.fetched == []
    assert tale.site.asked == []


# What is law in England and Wales is refused elsewhere.
OF_A_TEACHER = (
    "Mr Thistlewood of Oakfield Primary in Northvale grabbed my son by the neck. He is seven and is hurt."
)


@pytest.mark.parametrize(
    ("nation", "to", "elsewhere"),
    [
        ("northern_ireland", "cpss", "gtcs"),
        ("scotland", "social_work", "social_care"),
        ("wales", "designated_officer", "cpss"),
    ],
)
def test_an_allegation_is_handed_to_the_bodies_of_the_schools_own_nation(begins, nation, to, elsewhere):
    tale = begins("2026-11-17T19:20", nation=nation)
    tale.hands_in(OF_A_TEACHER, "/t/79")
    tale.tick()
    assert set(tale.told()) == {HEAD, DSL}
    acts = tale.acts
    assert acts.open(tale.story(), DSL).locked is (nation == "wales")
    for wrong in ("lado", elsewhere):
        refuses("place_of_nation", acts.take, StepKind.REFERRED, DSL, to=wrong)
    refuses("known_place", acts.take, StepKind.REFERRED, DSL, to="nobody")
    acts.take(StepKind.REFERRED, DSL, to=to, reference="X-1")
    acts.take(StepKind.CLOSED, DSL, ending="handed_over", why="With those who are responsible")


# A pupil's disclosure: nothing of it is anywhere but with the safeguarding lead.
THREAD, POST = "/threads/gate.12/", "/threads/gate.12/post-2"
THE_FORUM = f"""
[[sources]]
id = "talk"
name = "Northvale Talk"
kind = "forum.xenforo"
url = "{TALK}{THREAD}"
"""
DISCLOSURE = (
    "i am in year 5 at Oakfield Primary in Northvale and my stepdad hits me every night with his belt and "
    "nobody believes me please help"
)
HERS = ("stepdad", "belt", "bluebell_x", "year 5", "post-2", "parking at the gate")
"""What nobody but the safeguarding leads may find anywhere: words, author, year group, address, title."""


def test_of_a_pupils_disclosure_nothing_stands_anywhere_but_with_the_safeguarding_lead(begins):
    tale = begins("2026-11-17T19:20", THE_FORUM)
    tale.pages[THREAD] = tale.pages[POST] = thread(BEFORE, Posted(2, DISCLOSURE, "bluebell_x"), AFTER)
    assert "● WITH THE DSL   1" in tale("--verbose scan").out
    seen = list(tale.fetched)
    assert set(tale.told()) == {DSL, DEPUTY}
    story, acts = tale.story(), tale.acts

    # Whoever else looks finds that something is with the safeguarding lead, or not even that.
    for who in (HEAD, CHAIR, IT, TEACHER, "g-wren"):
        refused_to_open(acts, story, who)
    acts.open(story, DSL)
    tale.tick()
    assert tale.told() == {}
    for who, finds in ((HEAD, ["0001"]), (IT, ["0001"]), (CHAIR, []), (TEACHER, [])):
        assert cases_of(tale, who) == finds
        with pytest.raises(InputError):
            acts.page(who, reason="I am curious")
        with pytest.raises(InputError):
            acts.posts(story, who, "I am curious")
    for line in ("alerts list", "alerts list --json", "scan --json", "status"):
        tale(line, code=None)

    # The safeguarding lead reads it, on record. Nothing is fetched, asked or written: it is handed on.
    assert "my stepdad hits me every night" in acts.posts(story, DSL, "I am the DSL on duty")
    acts.take(StepKind.CLASSIFIED, DSL, class_="C10", why="A child tells of harm at home")
    refuses("no_capture", capture, acts, person=DSL)
    is_off_the_ladder(tale, DSL)
    handed = {path.rpartition("/")[2] for path in tale.packed("dsl", DSL, "For her file").files()}
    assert not [name for name in handed if name.endswith((".png", ".wacz", ".html"))]
    acts.take(StepKind.REFERRED, DSL, to="social_care", reference="SC-77")
    acts.take(StepKind.CLOSED, DSL, ending="handed_over", why="With social care, and in her file")
    assert tale.fetched[len(seen) :] in ([], seen)

    # Nor is it in what goes out later: the digests, the governors' report, the proof of the evidence.
    tale.until("2026-11-21T09:00")
    tale.tick()
    for who in (HEAD, DEPUTY):
        tale(f"digest --out digests --as {who}")
    tale("report --week 2026-W47 --out report")
    tale("evidence verify")
    assert tale.told() == {}

    outputs = list(tale.outputs())
    separate = {name.partition("/")[0] for name, text in outputs if "under a separate procedure" in text}
    assert "report" in separate, "the report is searched as its reader sees it"
    assert sum(name.startswith("mail to") for name, _ in outputs) == 3
    found = {
        name for name, text in outputs if any(word in " ".join(text.casefold().split()) for word in HERS)
    }
    assert {name.partition("/")[0] for name in found} == {"pack-for-dsl"}
