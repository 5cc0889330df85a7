"""Hard cases: a threat in Welsh tonight, a call that waits for nobody, a consent written down by others."""

from __future__ import annotations

from builders.town import TALK, as_read

HEAD, DEPUTY, DSL = "t-quillfeather", "n-ashdown", "i-larkspur"
IT, TEACHER = "c-dray", "b-thistlewood"
KNIFE = (
    "Mae gen i gyllell a bydd Mr Thistlewood o Ysgol Oakfield yn Northvale yn ei chael hi wrth y giât heno."
)
HANDED_IN = f"report-in --channel facebook --url {TALK}/t/88 --author Tad --seen-by Dray --text -"


def test_a_knife_in_welsh_tonight_alerts_and_999_is_written_down_by_whoever_rang(begins):
    tale = begins("2026-11-17T14:10")
    tale(HANDED_IN, said=KNIFE)
    shown = " ".join(tale(f"alerts show #1 --as {HEAD}").out.split())
    assert "if anybody is in danger now, ring 999; if not, ask whoever is threatened, then ring 101" in shown
    assert "It is in Welsh, which is not guessed at: please read it yourself." in shown
    tale.tick()
    told = tale.told()
    assert set(told) == {HEAD, DSL, TEACHER}
    assert "ring 999 first: do not wait for anybody’s permission" in told[HEAD]
    assert not any("gyllell" in mail or "Tad" in mail for mail in told.values())
    shown = tale(f"case show 1 --as {HEAD}").out
    assert "C6, a possible threat (proposed; nobody has set it yet)" in shown
    assert "No removal is offered" not in shown

    # The IT lead rings and writes it down, with no reason yet: nothing is in the way, and all in charge hear.
    tale(f"case step ask 1 --rung police --imminent --as {IT}")
    tale.tick()
    told = tale.told()
    assert set(told) == {HEAD, DEPUTY, DSL}
    assert "999 was rung" in told[HEAD]
    shown = tale(f"case show 1 --as {HEAD}").out
    assert "999 was rung, and why is not written down yet:" in shown
    assert "schoolgate case note 0001" in shown
    tale(f"case step referred 1 --to 999 --as {HEAD}")
    tale(f'case classify 1 C6 --as {HEAD} --why "He says that he has a knife and comes tonight"')
    tale(f"case support offered 1 --as {HEAD}")
    tale(f"evidence pack 1 --to police --out for-the-officer --as {HEAD}")
    for who in ("target", "site", "authority"):
        tale.refused(f'case close 1 --handed-over --as {HEAD} --why "With the police"', "danger_warned")
        tale(f"case step warned 1 --{who} --as {HEAD}")
    tale.refused(f'case close 1 --handed-over --as {HEAD} --why "With the police"', "imminent_reason")
    tale(f'case note 1 "A knife, at the gate, tonight" --as {IT}')
    assert "why is not written down" not in tale(f"case show 1 --as {HEAD}").out

    # The police get a pack that says who saw it and when, and can be checked; the digest says nothing of it.
    pack = as_read(tale.packed(f"evidence pack 1 --to police --out exhibits --as {HEAD}"))
    assert "Mae gen i gyllell" in pack
    assert "/t/88" in pack
    tale.until("2026-11-18T08:30")
    tale.tick()
    digest = tale(f"digest --as {HEAD}").out
    assert not any(word in digest for word in ("gyllell", "Thistlewood", "Tad"))
    tale(f'case close 1 --handed-over --as {HEAD} --why "With the police since Tuesday"')
    assert "closed: handed over" in tale(f"case list --all --as {HEAD}").out
    tale.until("2026-11-20T16:30")
    report = tale.governors("2026-W47")
    assert not any(word in report for word in ("gyllell", "Thistlewood", "Facebook", "999"))
    assert "All holds" in tale("evidence verify").out
    tale.only_reads()


THREAT = (
    "I will be waiting for Mr Thistlewood outside Oakfield Primary in Northvale after school "
    "on Thursday with a bat. He will not walk home."
)


def test_a_consent_that_the_head_writes_down_counts_once_the_teacher_was_told_and_is_his_to_take_back(begins):
    tale = begins("2026-11-17T12:30")
    tale(HANDED_IN, said=THREAT)
    tale.tick()
    tale.told()
    tale(f'case classify 1 C6 --as {HEAD} --why "He says that he will wait for him"')
    tale(
        f'case step weigh 1 --nature "a threat" --visible "since noon" --spread "shared twice" '
        f'--impact "he is afraid" --as {HEAD}'
    )
    tale(f'case step decide 1 --seek --as {HEAD} --why "It may be a threat"')
    tale(f"case support offered 1 --as {HEAD}")
    tale(
        f"case capture 1 --file {tale.screenshot()} --no-child-image --seen-by {IT} --logged-in "
        f"--seen-at 2026-11-17T12:10 --supplied-by {IT} --came own-screen --not-known rest --as {HEAD}"
    )
    police = f"case step ask 1 --rung police --not-imminent --reference CR/9/26 --as {HEAD}"

    # The head asks and writes down “yes”. Until he has been told so by mail, that is not enough.
    tale.refused(police, "consent")
    tale(f"case consent ask 1 --how in-person --as {HEAD}")
    tale(f"case consent give 1 --as {HEAD}")
    tale.refused(police, "consent_told")
    tale.tick()
    told = " ".join(tale.told()[TEACHER].split())
    assert "Mrs Tamsin Quillfeather recorded that you agree to the police being told" in told

    # He never said so: he takes it back, and nobody but he can turn that round.
    tale(f"case consent withdraw 1 --as {TEACHER}")
    tale.refused(police, "consent")
    tale.refused(f"case consent give 1 --as {HEAD}", "consent_asked")
    mine = " ".join(tale(f"case list --as {TEACHER}").out.split())
    assert "consent to tell the police withdrawn" in mine
    tale(f"case consent give 1 --as {TEACHER}")
    tale(police)
    assert "due Thu 19 Nov 2026, 12:30: asking them again" in tale(f"case show 1 --as {HEAD}").out

    # Two working days later nothing has come: the list says so and what comes next, and once it is answered
    # no longer.
    tale.until("2026-11-19T12:31")
    late = " ".join(tale(f"case list --as {HEAD}").out.split())
    assert "0001 overdue: Thu 19 Nov, 12:30 you have it" in late
    assert "over: asking them again · next: ask them again" in late
    assert "Cases in which a time is over: 1." in tale(f"status --as {HEAD}", code=None).out
    tale(f"case step answered 1 --rung police --result more-wanted --as {HEAD}")
    pack = as_read(tale.packed(f"evidence pack 1 --to police --out exhibits --as {HEAD}"))
    assert "I will be waiting for Mr Thistlewood" in pack
    tale(f"case step referred 1 --to police --reference CR/9/26 --as {HEAD}")
    tale(f'case close 1 --handed-over --as {HEAD} --why "With the police"')
    assert "All holds" in tale("evidence verify").out


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
