"""Hard cases, whole: from what somebody handed in to what leaves the school, by the product's commands."""

from __future__ import annotations

import pytest
from builders.registries import PUBLIC, RIPE, document
from builders.town import BLOG, PEOPLE, TALK, as_read
from support.case_numbers import number_of
from support.web_server import Answer

HEAD, DEPUTY, CHAIR, VICE = "t-quillfeather", "n-ashdown", "o-fennimore", "d-marrow"
DSL, IT, TEACHER = "i-larkspur", "c-dray", "b-thistlewood"
AUTHORITY = "l-vance"
THANKS = "Thank you, Oakfield Primary in Northvale, for a lovely autumn fair. The children loved it."


def opened_for_him(tale) -> None:
    """The head opens a case about what names the teacher, who is offered support."""
    tale(f"case open ALERT --as {HEAD}", ALERT=tale.alert())
    tale(f'case step target 1 --person {TEACHER} --accuses-nobody --as {HEAD} --why "It accuses nobody"')
    tale(f"case support offered 1 --as {HEAD}")


def sought(tale, content_class) -> None:
    """It is read, weighed, and its removal decided on."""
    tale(f'case classify 1 {content_class} --as {HEAD} --why "It is false or abuse, and names him"')
    tale(
        'case step weigh 1 --nature names --visible "since Monday" --spread "a group of 900" '
        f'--impact "he dreads the gate" --as {HEAD}'
    )
    tale(f'case step decide 1 --seek --as {HEAD} --why "Nobody is helped by it"')


def seen_gone_twice(tale) -> None:
    """Somebody who is logged in looks, and again a day later."""
    tale(f'case recheck 1 --saw gone --as {HEAD} --why "Looked with a parent"')
    tale.refused(f'case close 1 --removed --as {HEAD} --why "Gone"', "two_checks")
    tale.wait(hours=25)
    tale(f'case recheck 1 --saw gone --as {HEAD} --why "Looked again"')
    tale(f'case close 1 --removed --as {HEAD} --why "Gone twice"')


def governors_read_none_of(tale, *words) -> None:
    """On that Friday; and all that is kept still holds."""
    tale.until("2026-11-20T16:30")
    report = tale.governors("2026-W47")
    assert not any(word in report for word in words)
    assert "All holds" in tale("evidence verify").out
    tale.only_reads()


# -------------------- a threat in Welsh tonight, and one that was only spoken

KNIFE = (
    "Mae gen i gyllell a bydd Mr Thistlewood o Ysgol Oakfield yn Northvale yn ei chael hi wrth y giât heno."
)
HANDED_IN = f"report-in --channel facebook --url {TALK}/t/88 --author Tad --seen-by Dray --text -"


def test_a_knife_in_welsh_tonight_alerts_and_999_is_written_down_by_whoever_rang(begins):
    tale = begins("2026-11-17T14:10")
    tale(HANDED_IN, said=KNIFE)
    shown = " ".join(tale(f"alerts show #1 --as {HEAD}").out.split())
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


THREAT = (
    "I will be waiting for Mr Thistlewood outside Oakfield Primary in Northvale after school "
    "on Thursday with a bat. He will not walk home."
)


def test_a_threat_that_was_only_spoken_is_called_so_by_mail_letter_and_exhibit(begins):
    tale = begins("2026-11-17T14:10")
    tale(
        f"report-in --channel in_person --author Tad --seen-by {IT} --seen-at 2026-11-17T13:50 --text -",
        said=THREAT,
    )
    tale.tick()
    told = tale.told()
    assert "Threat said in person" in told[HEAD]
    assert not any(part in mail for mail in told.values() for part in ("in public", "had been there"))
    tale(f'case classify 1 C6 --as {HEAD} --why "He says that he will wait for him"')
    tale(f'case step decide 1 --report-only --as {HEAD} --why "It may be a threat"')
    tale(f"case consent ask 1 --how in-person --as {HEAD}")
    tale(f"case consent give 1 --as {TEACHER}")
    facts = ("force=Police", "why=He may be hurt", "contact=01632 960 001", "danger=Nothing is known")
    letter = " ".join(
        tale(f"case letter 1 police --as {HEAD} " + " ".join(f'--fact "{f}"' for f in facts)).out.split()
    )
    assert "Mr Caspian Dray heard it on 17 November 2026" in letter
    pack = as_read(tale.packed(f"evidence pack 1 --to police --out exhibits --as {HEAD}"))
    for part in ("How said in person", "Who said it, as told Tad", "Heard by Mr Caspian Dray", "with a bat"):
        assert part in pack
    assert "Address, as seen" not in pack
    assert "the website to keep its records" not in letter


# -------------------- a parent’s insult in a group that members read, from a screenshot to its removal

INSULT = (
    "Mr Thistlewood at Oakfield Primary in Northvale is a useless fat pig and everyone should tell him so at "
    "the gate."
)
POST = "/groups/northvale/posts/1234567890"
HARM = "It is meant to humiliate somebody before his neighbours and may bring people to shout at him"


def test_a_parents_insult_on_facebook_is_kept_as_it_was_handed_in_and_goes_by_the_helpline(begins):
    tale = begins("2026-11-10T16:04")
    tale.pages[POST] = Answer(403, b"Log in to continue")
    tale(
        f'report-in --channel facebook --url {TALK}{POST} --author "Kay Lambe" --posted "Yesterday at 20:14" '
        '--seen-by "Mrs Parr, a parent" --seen-at 2026-11-10T08:20 --logged-in --supplied-by "Mrs Parr, a '
        f'parent" --came parents-phone --file {tale.screenshot()} --no-child-image --text -',
        said=INSULT,
    )
    tale.tick()
    assert set(tale.told()) == {HEAD, DEPUTY}
    opened_for_him(tale)
    tale(f"case step author 1 --relationship parent --as {HEAD}")
    sought(tale, "C2")

    # A conversation comes first, and has its time: that nothing came of it is not known before.
    sent = f"--letter letters/900001-1-{{}}.txt --no-child-image --as {HEAD}"
    tale.refused(f"case step ask 1 --rung platform-report --as {HEAD}", "author_first")
    tale(f"case step ask 1 --rung author-request --kind conversation --as {HEAD}")
    nothing = f"case step answered 1 --rung author-request --result none --as {HEAD}"
    assert "Wait until Thursday 12 November 00:00" in tale.refused(nothing, "silence_over").err
    tale.until("2026-11-11T17:00")
    shown = tale(f"case show 1 --as {HEAD}").out
    assert "Due the end of Wednesday: the author’s time to take it down" in shown
    assert "Over since Wednesday 16:04: the school’s own target" in shown
    assert "Next: " not in shown
    tale.until("2026-11-12T08:00")
    tale(nothing)

    # The platform is asked, and what it was sent is kept. Its 48 hours run; then it refuses.
    tale(f'case letter 1 platform_report --out letters --as {HEAD} --fact why="{HARM}"')
    tale(f"case step ask 1 --rung platform-report --reference FB-77 {sent.format('platform_report')}")
    tale.refused(f"case step ask 1 --rung posh --as {HEAD}", "posh_after_platform")
    tale.until("2026-11-13T08:30")
    tale.tick()
    digest = " ".join(tale(f"digest --as {HEAD}").out.split())
    assert "our own target for it to be gone was Wednesday 16:04; the platform has until Saturday" in digest
    assert "overdue" not in digest
    tale.until("2026-11-14T08:01")
    tale.tick()
    shown = tale(f"case show 1 --as {HEAD}").out
    assert "Over since Saturday 08:00: 48 hours for the platform" in shown
    assert "Next: record what came" in shown
    tale(f"case step answered 1 --rung platform-report --result refused --as {HEAD}")

    # The helpline is closed at the weekend. What it brings about is seen gone twice, by people.
    assert "Helpline answers from Monday to Friday, 10:00 to 16:00" in tale(f"case show 1 --as {HEAD}").out
    tale.until("2026-11-16T10:05")
    tale.tick()
    digest = " ".join(tale(f"digest --as {HEAD}").out.split())
    assert "what was asked for was refused" in digest
    assert "our own target" in digest, "it was told, and is told again since nobody is being asked"
    tale(f'case letter 1 posh --out letters --as {HEAD} --fact contact="01632 960 001" --fact why="{HARM}"')
    tale(f"case step ask 1 --rung posh {sent.format('posh')}")
    assert "Waiting for the Professionals Online Safety Helpline" in tale(f"case show 1 --as {HEAD}").out
    tale.until("2026-11-17T11:00")
    tale(f"case step answered 1 --rung posh --result removed --as {HEAD}")
    assert "The site asks for a log-in" in tale(f"case recheck 1 --as {HEAD}").out
    seen_gone_twice(tale)

    # What a solicitor is given says where, who, what, when and from whom, and holds both letters as sent.
    pack = as_read(tale.packed(f"evidence pack 1 --to solicitor --out exhibits --as {HEAD}"))
    for said in (
        POST,
        "Kay Lambe",
        "Yesterday at 20:14",
        "Mrs Parr, a parent",
        "useless fat pig",
        "FB-77",
        HARM,
    ):
        assert said in pack
    assert "from a parent’s telephone" in pack
    assert "while logged in there" in pack
    assert pack.count("it was sent just as it had been drafted") >= 2
    governors_read_none_of(tale, "Lambe", "Thistlewood", "pig", "Facebook group")


# -------------------- a pupil wrote it: nobody writes to them, and pastoral care comes first

OF_A_PUPIL = (
    "Mr Thistlewood at Oakfield Primary in Northvale is a useless fat pig and everybody hates his lessons."
)


def test_a_pupils_insult_goes_to_pastoral_care_and_then_to_the_platform_and_no_letter_to_anybody(begins):
    tale = begins("2026-11-17T12:30")
    tale(
        f"report-in --channel snapchat --url {TALK}/t/90 --author larch.boy --seen-by Dray --text -",
        said=OF_A_PUPIL,
    )
    tale.tick()
    assert set(tale.told()) == {HEAD, DEPUTY}
    opened_for_him(tale)
    tale(
        f"case capture 1 --file {tale.screenshot()} --no-child-image --author larch.boy --came pupils-phone "
        f"--seen-by c-dray --logged-in --not-known rest --as {HEAD}"
    )
    sought(tale, "C2")

    # That a pupil wrote it is told to the safeguarding leads; nobody is asked before pastoral care has it.
    tale(f"case step author 1 --relationship pupil --as {HEAD}")
    tale.tick()
    told = tale.told()
    assert {DSL, DEPUTY} <= set(told)
    assert ": please take it on (0001)" in told[DSL]
    for rung in ("author-request", "host", "isp"):
        tale.refused(f"case step ask 1 --rung {rung} --as {HEAD}", "pupil_letters")
    for rung in ("platform-report", "posh", "police"):
        tale.refused(f"case step ask 1 --rung {rung} --as {HEAD}", "pupil_referred")
    tale.refused(f"case capture 1 --pictures --because evidence --as {HEAD}", "no_pictures")
    may = tale(f"case show 1 --json --as {HEAD}").data["letters"]
    assert {*may} <= {"holding_line", "support_offer", "recorded_for_you", "consent_request"}
    for kind in ("platform_report", "posh"):
        assert (
            "Hand it to one of them and record that." in tale(f"case letter 1 {kind} --as {HEAD}", code=1).err
        )
    for kind in ("parent_invitation", "parent_removal", "author_removal", "s5_notice", "police", "reply"):
        assert "pastoral care" in tale(f"case letter 1 {kind} --as {HEAD}", code=1).err

    # Pastoral care speaks to the parents; then the platform is asked, and given a pack without his name.
    tale(f"case step referred 1 --to pastoral --as {HEAD}")
    assert "platform_report" in tale(f"case show 1 --json --as {HEAD}").data["letters"]
    tale(f"case step ask 1 --rung platform-report --reference SC-4 --as {HEAD}")
    opened = tale.packed(f"evidence pack 1 --to platform --out for-the-platform --as {HEAD}")
    assert "larch.boy" in as_read(opened)
    assert "pupil" not in as_read(opened).replace("pupils", "").casefold().replace("a pupil’s phone", "")
    tale.until("2026-11-18T08:30")
    tale.tick()
    digest = " ".join(tale(f"digest --as {HEAD}").out.split())
    assert "the platform has until Thursday 12:30 (48 hours)" in digest
    assert not any(word in digest for word in ("pig", "larch.boy", "Thistlewood", "pupil"))

    # It goes. Somebody who is logged in sees so, twice, a day apart.
    tale(f"case step answered 1 --rung platform-report --result removed --as {HEAD}")
    seen_gone_twice(tale)
    assert [row["ending"] for row in tale(f"case list --all --as {HEAD}").data] == ["removed"]
    governors_read_none_of(tale, "larch.boy", "Snapchat", "Thistlewood")


# -------------------- fair comment that names the head: she may not call it anything else

CRITICISM = (
    "One star for Oakfield Primary in Northvale. The head, Mrs Quillfeather, has not answered four of my "
    "e-mails about the reading groups. Very poor communication."
)
MINE = "This is bullying of me personally and it damages my standing with every family at the gate"
THEIRS = "It gives the private address of a member of staff, which is nobody's business, and asks us there"
ALONE = "It names her, and it asks the other parents to film her at the gate and to post the films"


def test_the_head_may_not_make_bullying_of_criticism_and_the_governors_read_a_number(begins):
    tale = begins("2026-11-16T12:30")
    seen = f"report-in --channel facebook --url {TALK}/t/91 --author Willow --seen-by Dray --text -"
    tale(f"{seen} --as {DEPUTY}", said=CRITICISM)
    tale.tick()
    assert tale.told() == {}
    (story,) = tale(f"story list --json --as {DEPUTY}").data
    assert "to be answered, not removed" in tale(f"case open STORY --as {DEPUTY}", STORY=story["id"]).out
    for rung in ("author-request", "platform-report", "host", "isp", "posh", "police"):
        tale.refused(f"case step ask 1 --rung {rung} --as {DEPUTY}", "fair_comment")

    # The head may not say that it is something else; the deputy, who reports to her, may only propose it.
    tale.refused(f'case classify 1 C2 --as {HEAD} --why "{MINE}"', "not_their_own")
    tale.tick()
    tale.told()
    tale(f'case classify 1 C2 --as {DEPUTY} --why "{ALONE}"')
    tale.tick()
    told = tale.told()
    assert set(told) == {CHAIR}
    assert ": agree or refuse (0001)" in told[CHAIR]
    assert not any(word in told[CHAIR] for word in ("film", "Quillfeather has", "e-mails", "Willow"))
    tale.refused(f"case step ask 1 --rung platform-report --as {DEPUTY}", "fair_comment")
    for who, guard in ((HEAD, "not_their_own"), (DEPUTY, "second_person"), (IT, "second_person")):
        tale.refused(f'case step confirm 1 --as {who} --why "Yes, it is"', guard)
    assert "four of my" in " ".join(tale(f"case show 1 --as {CHAIR}").out.split())
    tale(f'case step confirm 1 --turn-down --as {CHAIR} --why "She asks for an answer: give her one"')
    tale.tick()
    assert "has been turned down" in tale.told()[DEPUTY]
    fair = "Fair comment: to be answered, not removed"
    assert fair in tale(f"case show 1 --as {HEAD}").out

    # Somebody is at the gate all the same: that 999 was rung is written down, and it stays fair comment.
    tale(f'case step ask 1 --rung police --imminent --as {IT} --why "A man is at the gate and shouts"')
    assert fair in tale(f"case show 1 --as {HEAD}").out

    # It is answered, and closed. This week nobody called criticism something else: the report says nought.
    tale(f'case step responded 1 --how phone --as {HEAD} --why "The chair rang her; they meet on Thursday"')
    tale(f'case close 1 --answered --as {HEAD} --why "Answered"')
    tale.until("2026-11-17T08:30")
    tale.tick()
    digest = tale(f"digest --as {HEAD}").out
    assert not any(word in digest for word in ("Willow", "four of my", "film"))
    tale.until("2026-11-20T16:30")
    assert "How often that was done this week: 0." in tale.governors("2026-W47")

    # In the week after one is confirmed by the chair: the number is one, not “fewer than five”.
    tale.until("2026-11-23T10:00")
    tale(f"{seen.replace('/t/91', '/t/92')} --as {DEPUTY}", said=CRITICISM.replace("four", "nine"))
    (again,) = [s for s in tale(f"story list --json --as {DEPUTY}").data if s["id"] != story["id"]] or [story]
    tale(f"case open STORY --as {DEPUTY}", STORY=again["id"])
    tale(f'case classify 2 C11 --as {DEPUTY} --why "{THEIRS}"')
    tale(f'case step confirm 2 --as {CHAIR} --why "I have read it: it gives her address"')
    gone = tale(f'case step decide 2 --seek --as {HEAD} --why "Mine"', code=2).err
    assert gone.replace("0002", "0077") == tale(f"case show 77 --as {HEAD}", code=2).err
    tale(f'case step decide 2 --stop --as {CHAIR} --why "She has taken the address out herself"')
    tale(f'case close 2 --standing --as {CHAIR} --why "What is left is criticism"')
    tale.until("2026-11-27T16:30")
    report = tale.governors("2026-W48")
    assert "How often that was done this week: 1." in report
    assert not any(word in report for word in ("Willow", "Quillfeather", "address of a member"))
    assert "All holds" in tale("evidence verify").out
    tale.only_reads()


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
    answer = tale(seen, said=TOLD).out
    assert "The file was not opened, hashed or copied." in answer
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
    assert "Its file was not taken, and lies at file:" in tale(f"alerts show {refused} {on_duty}").out
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


# -------------------- what is law in England and Wales is refused elsewhere, by naming what is there instead

LIE = (
    "Mr Thistlewood of Oakfield Primary School, Larch Road, Northvale, is a thief. He takes the dinner money "
    "home and everybody knows it."
)
ARTICLE = "/2026/11/the-dinner-money"
PAGE = f"<!doctype html><html><head><title>Dinner</title></head><body><article><p>{LIE}</p></article></body>"
WHO_HOSTS = {
    "https://rdap.publicinterestregistry.org/rdap/domain/example.org": document("nominet"),
    RIPE + PUBLIC: document("ripe"),
}


def test_in_scotland_a_lie_on_a_website_has_no_section_5_and_the_host_is_asked_until_it_is_gone(begins):
    tale = begins("2026-11-23T09:05", nation="scotland")
    tale.registers.update(WHO_HOSTS)
    tale.pages[ARTICLE] = PAGE
    tale(f"report-in --channel website --url {BLOG}{ARTICLE} --seen-by Dray --text -", said=LIE)
    tale.tick()
    assert set(tale.told()) == {HEAD, DEPUTY}
    opened_for_him(tale)
    tale(f"case capture 1 --no-browser --as {HEAD}")
    sought(tale, "C7")
    tale(f"case step complainant 1 --who staff --person {TEACHER} --as {HEAD}")
    tale(f"case host 1 --as {HEAD}")

    # The law of England and Wales is refused by name: the notice, its letter, the lock, the officer.
    tale.refused(f"case step ask 1 --rung host --kind s5 --as {HEAD}", "s5_nation")
    assert "England and Wales" in tale(f"case letter 1 s5_notice --as {HEAD}", code=1).err
    tale.refused(f'case step lock 1 --as {HEAD} --why "A pupil accuses him"', "lock_nation")
    said = tale.refused(f"case step referred 1 --to lado --as {HEAD}", "place_of_nation").err
    assert "the police (police), social work (social-work) and the General Teaching Council" in said
    tale.refused(f"case step referred 1 --to report-fraud --as {HEAD}", "place_of_nation")

    # There is the complaints procedure, and whoever hosts it.
    letter = (
        f"case letter 1 complaints_procedure --as {HEAD} --fact to=Reader "
        '--fact contact="the office, 01632 960 000"'
    )
    assert "https://oakfield.example.sch.uk/complaints" in tale(letter).out
    tale(f"case step ask 1 --rung host --kind host --as {HEAD}")
    shown = tale(f"case show 1 --as {HEAD}").out
    assert "Due Wednesday 09:05: asking them again" in shown
    tale.until("2026-11-25T09:10")
    tale.tick()
    tale.pages[ARTICLE] = Answer(410, b"gone")
    tale(f"case step answered 1 --rung host --kind host --result removed --as {HEAD}")
    tale.wait(hours=1)
    tale.tick()
    tale.wait(hours=25)
    tale.tick()
    pack = as_read(tale.packed(f"evidence pack 1 --to solicitor --out exhibits --as {HEAD}"))
    assert "He takes the dinner money" in pack
    tale(f'case close 1 --removed --as {HEAD} --why "Gone on Wednesday and on Thursday"')
    tale.until("2026-11-27T16:30")
    assert "Thistlewood" not in tale.governors("2026-W48")
    assert "All holds" in tale("evidence verify").out


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
