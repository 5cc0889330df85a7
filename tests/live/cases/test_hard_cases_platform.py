"""Hard case: a parent's insult in a Facebook group that members read, from a screenshot to its removal."""

from __future__ import annotations

from builders.town import TALK, as_read
from support.web_server import Answer

HEAD, DEPUTY, TEACHER = "t-quillfeather", "n-ashdown", "b-thistlewood"
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
    tale(f"case open ALERT --as {HEAD}", ALERT=tale.alert())
    tale(f'case step target 1 --person {TEACHER} --accuses-nobody --as {HEAD} --why "It calls him names"')
    tale(f"case support offered 1 --as {HEAD}")
    tale(f"case step author 1 --relationship parent --as {HEAD}")
    tale(f'case classify 1 C2 --as {HEAD} --why "Abuse, and a call to shout at him"')
    tale(
        f'case step weigh 1 --nature names --visible "since Monday" --spread "a group of 900" '
        f'--impact "he dreads the gate" --as {HEAD}'
    )
    tale(f'case step decide 1 --seek --as {HEAD} --why "It is abuse, not an opinion"')

    # A conversation comes first, and has its time: that nothing came of it is not known before.
    platform = f"case step ask 1 --rung platform-report --as-drafted --reference FB-77 --as {HEAD}"
    tale.refused(f"case step ask 1 --rung platform-report --as {HEAD}", "author_first")
    tale(f"case step ask 1 --rung author-request --kind conversation --as {HEAD}")
    nothing = f"case step answered 1 --rung author-request --result none --as {HEAD}"
    assert "Wait until Thursday 12 November 00:00" in tale.refused(nothing, "silence_over").err
    tale.until("2026-11-11T17:00")
    listed = " ".join(tale(f"case list --as {HEAD}").out.split())
    assert "0001 Wed 11 Nov you have it" in listed
    assert "due: the author's time to take it down · over since Wed 11 Nov, 16:04: the school's own" in listed
    assert "next:" not in listed
    tale.until("2026-11-12T08:00")
    tale(nothing)

    # The platform is asked, and what it was sent is kept. Its 48 hours run; then it refuses.
    tale(f'case letter 1 platform_report --out letters --as {HEAD} --fact why="{HARM}"')
    tale(platform)
    tale.refused(f"case step ask 1 --rung posh --as {HEAD}", "posh_after_platform")
    tale.until("2026-11-13T08:30")
    tale.tick()
    digest = " ".join(tale(f"digest --as {HEAD}").out.split())
    assert "our own target for it to be gone was Wednesday 16:04; the platform has until Saturday" in digest
    assert "overdue" not in digest
    tale.until("2026-11-14T08:01")
    tale.tick()
    listed = " ".join(tale(f"case list --as {HEAD}").out.split())
    assert "0001 overdue: Sat 14 Nov, 08:00 you have it" in listed
    assert "over: 48 hours for the platform · next: record what came" in listed
    tale(f"case step answered 1 --rung platform-report --result refused --as {HEAD}")

    # The helpline is closed at the weekend. What it brings about is seen gone twice, by people.
    shown = tale(f"case show 1 --as {HEAD}").out
    assert "The helpline is closed until Mon 16 Nov 2026, 10:00." in shown
    tale.until("2026-11-16T10:05")
    tale.tick()
    digest = " ".join(tale(f"digest --as {HEAD}").out.split())
    assert "what was asked for was refused" in digest
    assert "our own target" in digest, "it was told, and is told again since nobody is being asked"
    tale(f'case letter 1 posh --out letters --as {HEAD} --fact contact="01632 960 001" --fact why="{HARM}"')
    tale(f"case step ask 1 --rung posh --as-drafted --as {HEAD}")
    assert "asked: the Professionals Online Safety Helpline" in tale(f"case show 1 --as {HEAD}").out
    tale.until("2026-11-17T11:00")
    tale(f"case step answered 1 --rung posh --result removed --as {HEAD}")
    looked = tale(f"case recheck 1 --as {HEAD}", code=1).out
    assert "behind a log-in: cannot tell" in looked
    assert "where only members read it, have a member look" in " ".join(looked.split())
    tale(f'case recheck 1 --saw gone --as {HEAD} --why "Looked with Mrs Parr"')
    tale.refused(f'case close 1 --removed --as {HEAD} --why "Gone"', "two_checks")
    tale.wait(hours=25)
    tale(f'case recheck 1 --saw gone --as {HEAD} --why "Looked with Mrs Parr again"')
    tale(f'case close 1 --removed --as {HEAD} --why "Gone twice"')

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
    tale.until("2026-11-20T16:30")
    report = tale.governors("2026-W47")
    assert not any(word in report for word in ("Lambe", "Thistlewood", "pig", "Facebook group"))
    assert "All holds" in tale("evidence verify").out
    tale.only_reads()
