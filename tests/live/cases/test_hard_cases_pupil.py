"""Hard case: a pupil wrote it. Nobody writes to them, and pastoral care comes before anybody else."""

from __future__ import annotations

from builders.town import TALK, as_read

HEAD, DEPUTY, DSL, TEACHER = "t-quillfeather", "n-ashdown", "i-larkspur", "b-thistlewood"
INSULT = (
    "Mr Thistlewood at Oakfield Primary in Northvale is a useless fat pig and everybody hates his lessons."
)


def test_a_pupils_insult_goes_to_pastoral_care_and_then_to_the_platform_and_no_letter_to_anybody(begins):
    tale = begins("2026-11-17T12:30")
    tale(
        f"report-in --channel snapchat --url {TALK}/t/90 --author larch.boy --seen-by Dray --text -",
        said=INSULT,
    )
    tale.tick()
    assert set(tale.told()) == {HEAD, DEPUTY}
    tale(f"case open ALERT --as {HEAD}", ALERT=tale.alert())
    tale(
        f"case step target 1 --person {TEACHER} --accuses-nobody --as {HEAD} "
        '--why "It calls him names and accuses him of nothing"'
    )
    tale(f"case support offered 1 --as {HEAD}")
    tale(f'case classify 1 C2 --as {HEAD} --why "Insults before the whole year"')
    tale(
        f"case capture 1 --file {tale.screenshot()} --no-child-image --author larch.boy --came pupils-phone "
        f"--seen-by c-dray --logged-in --not-known rest --as {HEAD}"
    )
    tale(
        f'case step weigh 1 --nature "names" --visible "today" --spread "his class" --impact "he is upset" '
        f"--as {HEAD}"
    )
    tale(f'case step decide 1 --seek --as {HEAD} --why "It names him before his class"')

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
    letters = tale(f"case letter 1 --list --as {HEAD}").out.splitlines()
    may = {line.split()[0] for line in letters if " no: " not in line}
    assert may <= {"holding_line", "support_offer", "recorded_for_you", "consent_request"}
    for kind in ("platform_report", "posh"):
        assert (
            "Hand it to one of them and record that." in tale(f"case letter 1 {kind} --as {HEAD}", code=1).err
        )
    for kind in ("parent_invitation", "parent_removal", "author_removal", "s5_notice", "police", "reply"):
        assert "pastoral care" in tale(f"case letter 1 {kind} --as {HEAD}", code=1).err

    # Pastoral care speaks to the parents; then the platform is asked, and given a pack without his name.
    tale(f"case step referred 1 --to pastoral --as {HEAD}")
    assert " no: " not in next(
        line
        for line in tale(f"case letter 1 --list --as {HEAD}").out.splitlines()
        if "platform_report" in line
    )
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
    tale(f'case recheck 1 --saw gone --as {HEAD} --why "Looked with his mother on his telephone"')
    tale.refused(f'case close 1 --removed --as {HEAD} --why "Gone"', "two_checks")
    tale.wait(hours=25)
    tale(f'case recheck 1 --saw gone --as {HEAD} --why "Looked again with his mother"')
    tale(f'case close 1 --removed --as {HEAD} --why "Gone twice; the parents were in"')
    assert "closed: removed, and seen gone twice" in tale(f"case list --all --as {HEAD}").out
    tale.until("2026-11-20T16:30")
    report = tale.governors("2026-W47")
    assert not any(word in report for word in ("larch.boy", "Snapchat", "Thistlewood"))
    assert "All holds" in tale("evidence verify").out
    tale.only_reads()
