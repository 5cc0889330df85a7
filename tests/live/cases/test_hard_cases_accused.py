"""Hard cases: what may accuse the head and the chair together reaches neither, and those above them."""

from __future__ import annotations

from builders.town import PEOPLE, TALK, as_read
from support.case_numbers import number_of

HEAD, CHAIR, DSL, DEPUTY = "t-quillfeather", "o-fennimore", "i-larkspur", "n-ashdown"
VICE, AUTHORITY = "d-marrow", "l-vance"
EVERYBODY = {
    **PEOPLE,
    AUTHORITY: ("Ms Lida Vance", ("la_contact",)),
    "p-idle": ("Mr Piers Idle", ("dpo",)),
}
ALLEGATION = (
    "Mrs Quillfeather, the head of Oakfield Primary in Northvale, grabbed my son by the neck, and Mr "
    "Fennimore the chair of governors watched and held the door. He is seven."
)
THANKS = "Thank you, Oakfield Primary in Northvale, for a lovely autumn fair. The children loved it."
READ = '--restricted --reason "I act for the school"'


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
        assert "No case is open." in tale(f"case list --as {who}").out
    tale("case open ALERT --as " + DSL, ALERT=alert)
    tale.tick()
    assert set(tale.told()) == {DEPUTY}

    # It is locked by itself. The guidance names who is told; the chair is not among them.
    shown = " ".join(tale(f"case show 1 {READ} --as {VICE}").out.split())
    assert "Tell the local authority’s contact and the designated safeguarding lead" in shown
    assert "The headteacher and the chair of governors are told nothing." in shown
    assert "locked: nothing that may identify an accused teacher leaves it (section 141F)" in shown
    assert "case step referred 0001 --to lado" in shown
    for who in (HEAD, CHAIR):
        its = tale(f"case show 1 {READ} --as {who}", code=2).err
        assert its.replace("0001", "0077") == tale(f"case show 77 {READ} --as {who}", code=2).err

    # Nothing is asked, drafted, kept or looked up. The authority gets the words and the address, no picture.
    tale.refused(f"case capture 1 --as {VICE}", "no_capture")
    tale.refused(f"case host 1 --as {VICE}", "lane")
    tale.refused(f"case step ask 1 --rung platform-report --as {VICE}", "lane")
    assert "There is no letter for case 0001." in tale(f"case letter 1 --list --as {VICE}").out
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
