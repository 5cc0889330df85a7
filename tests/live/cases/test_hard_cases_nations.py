"""Hard cases: what is law in England and Wales is refused elsewhere, by naming what is there instead."""

from __future__ import annotations

import pytest
from builders.registries import PUBLIC, RIPE, document
from builders.town import BLOG, TALK, as_read
from support.web_server import Answer

HEAD, DEPUTY, DSL, TEACHER = "t-quillfeather", "n-ashdown", "i-larkspur", "b-thistlewood"
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
    tale(f"case open ALERT --as {HEAD}", ALERT=tale.alert())
    tale(f'case step target 1 --person {TEACHER} --accuses-nobody --as {HEAD} --why "No money is missing"')
    tale(f"case support offered 1 --as {HEAD}")
    tale(f'case classify 1 C7 --as {HEAD} --why "It is false, and names him"')
    tale(f"case capture 1 --no-browser --as {HEAD}")
    tale(f"case step weigh 1 --nature theft --visible week --spread gate --impact ill --as {HEAD}")
    tale(f'case step decide 1 --seek --as {HEAD} --why "It is false, and names him"')
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
    assert "due Wed 25 Nov 2026, 09:05: asking them again" in shown
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


ALLEGATION = (
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
    tale(f"report-in --channel facebook --url {TALK}/t/79 --seen-by Dray --text -", said=ALLEGATION)
    tale.tick()
    assert set(tale.told()) == {HEAD, DSL}
    tale(f"case open ALERT --as {DSL}", ALERT=tale.alert())
    shown = " ".join(tale(f'case show 1 --restricted --reason "On duty" --as {DSL}').out.split())
    assert lead in shown
    assert guidance in shown
    assert "LADO" not in shown
    assert ("section 141F" in shown) is (nation == "wales")
    for wrong in ("lado", elsewhere):
        said = tale.refused(f"case step referred 1 --to {wrong} --as {DSL}", "place_of_nation").err
        assert to in said
    assert "is one of" in tale(f"case step referred 1 --to nobody --as {DSL}", code=2).err
    tale(f"case step referred 1 --to {to} --reference X-1 --as {DSL}")
    tale(f'case close 1 --handed-over --as {DSL} --why "With those who are responsible"')
    assert "closed" in tale(f"case list --all --as {DSL}").out
