"""Hard case: fair comment that names the head. She may not call it anything else; the governors count it."""

from __future__ import annotations

from builders.town import TALK

HEAD, DEPUTY, CHAIR, IT = "t-quillfeather", "n-ashdown", "o-fennimore", "c-dray"
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
    assert "No removal is offered" in tale(f"case open STORY --as {DEPUTY}", STORY=story["id"]).out
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
    assert "fair comment" in tale(f"case show 1 --as {HEAD}").out

    # Somebody is at the gate all the same: that 999 was rung is written down, and it stays fair comment.
    tale(f'case step ask 1 --rung police --imminent --as {IT} --why "A man is at the gate and shouts"')
    assert "fair comment" in tale(f"case show 1 --as {HEAD}").out

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
