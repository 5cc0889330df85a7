"""Hard cases, whole: from what somebody handed in to what leaves the school, by the product's commands."""

from __future__ import annotations

import pytest
from builders.thread_page import AFTER, BEFORE, Posted, thread
from builders.town import PEOPLE, TALK, as_read
from support.case_numbers import number_of

HEAD, DEPUTY, CHAIR, VICE = "t-quillfeather", "n-ashdown", "o-fennimore", "d-marrow"
DSL, IT, TEACHER = "i-larkspur", "c-dray", "b-thistlewood"
AUTHORITY = "l-vance"
THANKS = "Thank you, Oakfield Primary in Northvale, for a lovely autumn fair. The children loved it."


def governors_read_none_of(tale, *words) -> None:
    """On that Friday; and all that is kept still holds."""
    tale.until("2026-11-20T16:30")
    report = tale.governors("2026-W47")
    assert not any(word in report for word in words)
    assert "All holds" in tale("evidence verify").out
    tale.only_reads()


# -------------------- a threat in Welsh tonight

KNIFE = (
    "Mae gen i gyllell a bydd Mr Thistlewood o Ysgol Oakfield yn Northvale yn ei chael hi wrth y giât heno."
)
HANDED_IN = f"report-in --channel facebook --url {TALK}/t/88 --author Tad --seen-by Dray --text -"


def test_a_knife_in_welsh_tonight_alerts_and_999_is_written_down_by_whoever_rang(begins):
    tale = begins("2026-11-17T14:10")
    tale(HANDED_IN, said=KNIFE)
    shown = " ".join(tale(f"alerts show #1 --restricted --reason Mine --as {HEAD}").out.split())
    assert "if anybody is in danger now, ring 999; if not, ask whoever is threatened, then ring 101" in shown
    assert "It is in Welsh, of which only plain words are known: please read it yourself." in shown
    tale.tick()
    told = tale.told()
    assert set(told) == {HEAD, DSL, TEACHER}
    assert "ring 999 first: do not wait for anybody’s permission" in told[HEAD]
    assert not any("gyllell" in mail or "Tad" in mail for mail in told.values())
    shown = tale(f"case show 1 --as {HEAD}").out
    assert "Decide whether the police are told: by 999, or by 101" in shown
    assert "A possible threat" in shown

    # The IT lead rings and writes it down, with no reason yet: nothing is in the way, and all in charge hear.
    tale(f"case step ask 1 --rung police --imminent --as {IT}")
    tale.tick()
    told = tale.told()
    assert set(told) == {HEAD, DEPUTY, DSL}
    assert "999 was rung" in told[HEAD]
    assert "The police, by 999." in tale(f"case show 1 --as {HEAD}").out
    tale(f"case step referred 1 --to 999 --as {HEAD}")
    tale(f'case classify 1 C6 --as {HEAD} --why "He says that he has a knife and comes tonight"')
    tale(f"case support offered 1 --as {HEAD}")
    tale(f"evidence pack 1 --to police --out for-the-officer --as {HEAD}")
    for who in ("target", "site", "authority"):
        tale.refused(f'case close 1 --handed-over --as {HEAD} --why "With the police"', "danger_warned")
        tale(f"case step warned 1 --{who} --as {HEAD}")
    tale.refused(f'case close 1 --handed-over --as {HEAD} --why "With the police"', "imminent_reason")
    assert "Write a note" in tale(f"case show 1 --as {HEAD}").out.splitlines()[4]
    tale(f'case note 1 "A knife, at the gate, tonight" --as {IT}')

    # The police get a pack that says who saw it and when, and can be checked; the digest says nothing of it.
    pack = as_read(tale.packed(f"evidence pack 1 --to police --out exhibits --as {HEAD}"))
    assert "Mae gen i gyllell" in pack
    assert "/t/88" in pack
    tale.until("2026-11-18T08:30")
    tale.tick()
    digest = tale(f"digest --as {HEAD}").out
    assert not any(word in digest for word in ("gyllell", "Thistlewood", "Tad"))
    tale(f'case close 1 --handed-over --as {HEAD} --why "With the police since Tuesday"')
    assert [row["ending"] for row in tale(f"case list --all --as {HEAD}").data] == ["handed_over"]
    governors_read_none_of(tale, "gyllell", "Thistlewood", "Facebook", "999")


# -------------------- what may accuse the head and the chair together reaches neither

EVERYBODY = {
    **PEOPLE,
    AUTHORITY: ("Ms Lida Vance", ("la_contact",)),
    "p-idle": ("Mr Piers Idle", ("dpo",)),
}
ALLEGATION = (
    "Mrs Quillfeather, the head of Oakfield Primary in Northvale, grabbed my son by the neck, and Mr "
    "Fennimore the chair of governors watched and held the door. He is seven."
)
READ = 'show {} --restricted --reason "I act for the school" --as {}'


def test_of_the_head_and_the_chair_both_the_vice_chair_and_the_authority_are_told_first(begins):
    tale = begins("2026-11-17T19:20", "", EVERYBODY)
    tale(f"report-in --channel facebook --url {TALK}/t/70 --seen-by Ashdown --text -", said=THANKS)
    answer = tale(
        f"report-in --channel facebook --url {TALK}/t/79 --author Willow --seen-by Ashdown --text -",
        said=ALLEGATION,
    ).out
    assert "neck" not in answer
    tale.tick()
    told = tale.told()
    assert set(told) == {VICE, AUTHORITY, DSL}
    assert "You are the first to be asked." in told[VICE]
    alert = tale.alert()

    # Neither of the accused, nor anybody who need not know, finds that there is anything.
    for who in (HEAD, CHAIR, "c-dray", "p-idle", "g-wren"):
        its, none = (tale(f"case open {one} --as {who}", code=2).err for one in (alert, "0" * len(alert)))
        assert its.replace(alert, "0" * len(alert)) == none
        assert tale(f"case list --as {who}").data == []
    tale("case open ALERT --as " + DSL, ALERT=alert)
    tale.tick()
    assert set(tale.told()) == {DEPUTY}

    # It is locked by itself. The guidance names who is told; the chair is not among them.
    shown = tale("alerts " + READ.format(alert, VICE)).out
    assert "Tell the local authority’s contact and the designated safeguarding lead" in shown
    assert "The headteacher and the chair of governors are told nothing." in shown
    shown = tale("case " + READ.format(1, VICE)).out
    assert "Names and dates were locked (Education Act 2002, section 141F)." in shown
    assert "Record who was told" in shown
    for who in (HEAD, CHAIR):
        its, none = (tale("case " + READ.format(number, who), code=2).err for number in (1, 77))
        assert its.replace("0001", "0077") == none

    # Nothing is asked, drafted, kept or looked up. The authority gets the words and the address, no picture.
    tale.refused(f"case capture 1 --as {VICE}", "no_capture")
    tale.refused(f"case host 1 --as {VICE}", "lane")
    tale.refused(f"case step ask 1 --rung platform-report --as {VICE}", "lane")
    assert "no letter is written" in tale(f"case letter 1 police --as {VICE}", code=1).err
    tale.refused(f'case step unlock 1 --ground waiver --as {DEPUTY} --why "He says so"', "may_unlock")
    tale(
        f"case classify 1 C10 --lane staff-allegation --as {VICE} --why -", said="It says that she hurt a boy"
    )
    opened = tale.packed(f'evidence pack 1 --to la --out for-the-la --reason "For the LADO" --as {VICE}')
    pack = as_read(opened)
    assert "grabbed my son by the neck" in pack
    assert "/t/79" in pack
    assert not [name for name in opened.files() if name.endswith((".png", ".wacz", ".html"))]
    withheld = as_read(
        tale.packed(f'evidence pack 1 --to solicitor --out for-a-lawyer --reason "Advice" --as {VICE}')
    )
    assert not any(word in withheld for word in ("Quillfeather", "Fennimore", "grabbed", "/t/79"))
    tale(f"case step referred 1 --to lado --reference LADO-3 --as {VICE}")
    tale(f'case close 1 --handed-over --as {VICE} --why "With the council"')

    # In the week nothing of it reached either: no mail, no digest, no report.
    tale.until("2026-11-20T16:30")
    tale.tick()
    assert not {HEAD, CHAIR} & set(tale.told())
    tale(f"digest --as {HEAD}")
    report = tale.governors("2026-W47")
    assert "Safeguarding matters, if any, are handled under a separate procedure." in report
    hers = " ".join(
        text for name, text in tale.outputs() if f"mail to {HEAD}" in name or f"mail to {CHAIR}" in name
    )
    for word in ("neck", "Willow", number_of(alert), "LADO"):
        assert word not in hers + report
    assert "All holds" in tale("evidence verify").out
    tale.only_reads()


# -------------------- an image of a child: nothing of it is anywhere

PICTURE = b"NOT A PICTURE OF ANYBODY, AND YET NEVER TO BE KEPT"
TOLD = "Somebody has put up a picture of a girl of year 9 from Oakfield Primary in Northvale without clothes."
AT = f"{TALK}/t/55"
FILE = "--no-child-image --not-known rest"


@pytest.fixture
def tale(begins):
    tale = begins("2026-11-16T12:30")
    tale.pages["/t/55"] = "<html><body><p>It is here.</p></body></html>"
    return tale


def kept_anywhere(tale):
    inside = [path for path in tale.home.rglob("*") if path.is_file()]
    return [path for path in inside if PICTURE in path.read_bytes()]


def test_nothing_of_a_childs_image_is_fetched_kept_asked_for_or_written_whatever_is_tried(tale):
    shot = tale.screenshot()
    shot.write_bytes(b"\x89PNG\r\n\x1a\n" + PICTURE * 20)
    tale(f"report-in --channel facebook --url {TALK}/t/70 --seen-by Dray --text -", said=THANKS)
    seen = f"report-in --channel website --url {AT} --seen-by Dray --file {shot} --child-image --text -"
    tale(seen, said=TOLD)
    tale.tick()
    told = tale.told()
    assert set(told) == {DSL, DEPUTY}
    assert "ring 999 first" in told[DSL]
    alert = tale.alert()
    tale("case open ALERT --as " + DSL, ALERT=alert)
    on_duty = f'--restricted --reason "I am on duty" --as {DSL}'
    page = tale(f"alerts show {alert} {on_duty}").out
    assert "Do not open, save, print, copy or send on anything." in page
    shown = tale(f"case show 1 {on_duty}").out
    assert "girl of year 9" not in page + shown
    assert "/t/55" in shown

    image, lane = "no_child_image", "lane"
    for attempt, guard in (
        (f"case capture 1 --no-browser --as {DSL}", image),
        (f"case capture 1 --no-browser --pictures --because seen --as {DSL}", image),
        (f"case capture 1 --file {shot} {FILE} --as {DSL}", image),
        (f"case capture 1 --file {shot} --words-alone --not-known rest --as {DSL}", image),
        (f"case recheck 1 --as {DSL}", lane),
        (f'case recheck 1 --saw gone --as {DSL} --why "I looked"', lane),
        (f"case host 1 --as {DSL}", lane),
        (f"case step ask 1 --rung platform-report --as {DSL}", lane),
    ):
        tale.refused(attempt, guard)
    assert "no letter" in tale(f"case letter 1 platform_report --as {DSL}", code=1).err
    assert "is not for" in tale(f"case classify 1 C2 --as {HEAD} --why mine", code=2).err
    again = f"report-in --url {AT} --channel facebook --file {shot} --no-child-image --as {DSL} --text -"
    before = {one["id"] for one in tale(f"alerts list --json --as {DSL}").data}
    tale(again, said="I have looked: she is dressed")
    (refused,) = {one["id"] for one in tale(f"alerts list --json --as {DSL}").data} - before
    assert "A file with it was not taken" in tale(f"alerts show {refused} {on_duty}").out
    tale(again.replace(f"--as {DSL}", "--as c-dray"), said="Here it is again")

    # The safeguarding lead takes it back onto the ladder: the address stays one that nobody asks for.
    tale(f'case classify 1 C2 --as {DSL} --why "It turned out that she is dressed, and an adult"')
    for attempt in (f"--file {shot} {FILE}", "--no-browser", "--no-browser --pictures --because seen"):
        tale.refused(f"case capture 1 {attempt} --as {DSL}", image)
    tale(f"case classify 1 C10 --lane child-image --as {DSL} --why -", said="She may be fifteen")

    # What is handed over says where it is and holds no exhibit, since there is none that could be.
    opened = tale.packed(f'evidence pack 1 --to police --out exhibits --reason "For the police" --as {DSL}')
    pack = as_read(opened)
    assert "/t/55" in pack
    assert "First seen" in pack
    assert "Reported to the school by Dray" in pack
    assert "In such a matter Schoolgate fetches nothing" in pack
    assert not [name for name in opened.files() if name.endswith((".png", ".wacz", ".html"))]
    assert PICTURE.decode() not in pack
    assert kept_anywhere(tale) == []
    assert tale.fetched == []
    assert tale.site.asked == []
    tale(f"case step referred 1 --to police --reference P-1 --as {DSL}")
    tale(f"case step referred 1 --to iwf --reference IWF-1 --as {DSL}")
    tale(f'case close 1 --handed-over --as {DSL} --why "With the police and the IWF"')
    tale.until("2026-11-20T16:30")
    tale.tick()
    assert "girl" not in tale.governors("2026-W47")
    assert "All holds" in tale("evidence verify").out
    assert tale.fetched == []
    assert kept_anywhere(tale) == []


# -------------------- what is law in England and Wales is refused elsewhere


OF_A_TEACHER = (
    "Mr Thistlewood of Oakfield Primary in Northvale grabbed my son by the neck. He is seven and is hurt."
)


@pytest.mark.parametrize(
    ("nation", "lead", "guidance", "to", "elsewhere"),
    [
        ("northern_ireland", "designated teacher", "Child Protection Support Service (CPSS)", "cpss", "gtcs"),
        ("scotland", "child protection co-ordinator", "General Teaching Council for Scotland", "social-work",
         "social-care"),
        ("wales", "designated safeguarding person (DSP)", "Education Workforce Council", "designated-officer",
         "cpss"),
    ],
)  # fmt: skip
def test_an_allegation_is_handed_to_the_bodies_of_the_schools_own_nation(
    begins, nation, lead, guidance, to, elsewhere
):
    tale = begins("2026-11-17T19:20", nation=nation)
    tale(f"report-in --channel facebook --url {TALK}/t/79 --seen-by Dray --text -", said=OF_A_TEACHER)
    tale.tick()
    assert set(tale.told()) == {HEAD, DSL}
    alert = tale.alert()
    tale(f"case open ALERT --as {DSL}", ALERT=alert)
    shown = tale(f'alerts show {alert} --restricted --reason "I am on duty" --as {DSL}').out
    assert lead in shown
    assert guidance in shown
    assert "LADO" not in shown
    assert tale(f"case show 1 --json --as {DSL}").data["locked"] is (nation == "wales")
    for wrong in ("lado", elsewhere):
        said = tale.refused(f"case step referred 1 --to {wrong} --as {DSL}", "place_of_nation").err
        assert to in said
    tale.refused(f"case step referred 1 --to nobody --as {DSL}", "known_place")
    tale(f"case step referred 1 --to {to} --reference X-1 --as {DSL}")
    tale(f'case close 1 --handed-over --as {DSL} --why "With those who are responsible"')
    assert [row["ending"] for row in tale(f"case list --all --as {DSL}").data] == ["handed_over"]


# -------------------- a pupil's disclosure: nothing of it is anywhere but with the safeguarding lead

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
    told = tale.told()
    assert set(told) == {DSL, DEPUTY}
    assert "ring 999 first" in told[DSL]
    alert = tale.alert()

    # Whoever else looks finds that something is with the safeguarding lead, or not even that.
    for who in (HEAD, CHAIR, "c-dray", TEACHER, "g-wren"):
        tale(f"case open ALERT --as {who}", code=2, ALERT=alert)
    tale(f"case open ALERT --as {DSL}", ALERT=alert)
    tale.tick()
    assert tale.told() == {}
    apart = [{"case": "0001", "has_it": ""}]
    for who, finds in ((HEAD, apart), ("c-dray", apart), (CHAIR, []), (TEACHER, [])):
        assert tale(f"case list --as {who}").data == finds
        tale(f"case show 1 --as {who}", code=2)
        tale(f"alerts show ALERT --restricted --reason Curious --as {who}", code=2, ALERT=alert)
    for line in (
        *("case list", "alerts list", "alerts list --json", "story list"),
        *("scan --json", "status", f"case show 1 --as {DSL}"),
    ):
        tale(line, code=None)
    for line in ("alerts show ALERT", f"alerts show ALERT --as {DSL}", "story show STORY"):
        tale(line, code=None, ALERT=alert, STORY=tale("story list --json").data[0]["id"])

    # The safeguarding lead reads it, on record. Nothing is fetched, asked or written: it is handed on.
    read = f'alerts show ALERT --restricted --reason "I am the DSL on duty" --as {DSL}'
    page = tale(read, ALERT=alert).out
    assert "my stepdad hits me every night" in page
    assert "do not write to the child" in page
    tale(f"case classify 1 C10 --as {DSL} --why -", said="A child tells of harm at home")
    tale.refused(f"case capture 1 --as {DSL}", "no_capture")
    for refused in ("recheck 1", "host 1", "step ask 1 --rung platform-report", "step ask 1 --rung police"):
        tale.refused(f"case {refused} --as {DSL}", "lane")
    assert "no letter is written" in tale(f"case letter 1 police --as {DSL}", code=1).err
    pack = f'evidence pack 1 --to dsl --out for-the-dsl --reason "For her file" --json --as {DSL}'
    assert tale(pack).data["exhibits"] == 0
    tale(f"case step referred 1 --to social-care --reference SC-77 --as {DSL}")
    tale(f'case close 1 --handed-over --as {DSL} --why "With social care, and in her file"')
    assert tale.fetched[len(seen) :] in ([], seen)

    # Nor is it in what goes out later: the digests, the governors' report, the proof of the evidence.
    tale.until("2026-11-21T09:00")
    tale.tick()
    for line in (
        f"digest --out digests --as {HEAD}",
        f"digest --out digests --as {DEPUTY}",
        "case list --all",
    ):
        tale(line)
    tale("report --week 2026-W47 --out report")
    tale("evidence verify")
    assert tale.told() == {}

    outputs = list(tale.outputs())
    said = {name.partition("/")[0] for name, text in outputs if "under a separate procedure" in text}
    to_sign = {name for name in said if name.startswith("mail to ")}
    assert said - to_sign == {"report"}, "the report is searched as its reader sees it"
    assert {name.removeprefix("mail to ").partition("@")[0] for name in to_sign} == {HEAD}
    assert sum(name.startswith("mail to") for name, _ in outputs) == 3
    found = {
        name for name, text in outputs if any(word in " ".join(text.casefold().split()) for word in HERS)
    }
    handed = {name for name in found if name.startswith("for-the-dsl/")}
    assert {name[-4:] for name in handed} == {".pdf", ".zip"}
    assert found - handed == {f"schoolgate {read}"}
