"""Hard case: a lie on a website without a name, over Christmas: notice, host, registrar. It comes back."""

from __future__ import annotations

from builders.registries import PUBLIC, RIPE, document
from builders.town import BLOG, as_read
from support.web_server import Answer

HEAD, DEPUTY, TEACHER = "t-quillfeather", "n-ashdown", "b-thistlewood"
LIE = (
    "Mr Thistlewood of Oakfield Primary School, Larch Road, Northvale, is a thief. He took the money of the "
    "Year 6 trip home and everybody knows it."
)
STATEMENT = "is a thief. He took the money of the Year 6 trip home and everybody knows it."
ARTICLE = "/2026/12/the-trip"
PAGE = (
    f"<!doctype html><html><head><title>The trip</title></head><body><article><p>{LIE}</p></article></body>"
)
WHO_HOSTS = {
    "https://rdap.publicinterestregistry.org/rdap/domain/example.org": document("nominet"),
    RIPE + PUBLIC: document("ripe"),
}
NOTICE = (
    f"case letter 1 s5_notice --out letters --as {HEAD} --fact email=b.thistlewood@example.org "
    f'--fact statement="{STATEMENT}" --fact defames="Parents ask whether I steal" '
    '--fact meaning="That I stole" --fact wrong="I have committed no crime; no money is missing" '
    "--fact share_name=yes --fact share_email=no --fact no_details=yes"
)


def two_looks(tale) -> None:
    tale(f"case recheck 1 --as {HEAD}")
    tale.wait(hours=25)
    tale(f"case recheck 1 --as {HEAD}")


def test_a_lie_without_a_name_goes_by_notice_host_and_registrar_and_is_gone_a_second_time(begins):
    tale = begins("2026-12-21T09:05")
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

    # The notice holds the statement word for word; what is unwise in it is said, and not refused.
    notice = tale(NOTICE)
    assert (
        "gives a year group or class, which may point to a child. Nothing was changed"
        in notice.out + notice.err
    )
    tale.until("2026-12-24T11:00")
    s5 = f"case step ask 1 --rung host --kind s5 --as-drafted --received-at 2026-12-24T10:00 --as {HEAD}"
    tale(s5)

    # The operator's 48 hours end on the 30th at ten; until then nothing can be said of its silence.
    nothing = f"case step answered 1 --rung host --kind s5 --result none --as {HEAD}"
    registrar = f"case step ask 1 --rung isp --as {HEAD}"
    tale.until("2026-12-29T10:00")
    assert "Wait until Wednesday 30 December 10:00" in tale.refused(nothing, "silence_over").err
    tale.refused(registrar, "host_first")
    listed = " ".join(tale(f"case list --as {HEAD}").out.split())
    assert "0001 Wed 30 Dec, 10:00 you have it" in listed
    assert "due: the operator's 48 hours, bank holidays and weekends left out · over since" in listed
    assert "over since Tue 22 Dec, 09:05: the school's own target for having it removed" in listed
    tale.until("2026-12-30T10:01")
    tale.tick()
    tale.told()
    listed = tale(f"case list --as {HEAD}").out
    assert "\n0001  overdue" in listed
    assert "next: record what came of it, or that nothing did" in " ".join(listed.split())
    tale(nothing)

    # The host is written to; two working days later, the registrar.
    host = f'case letter 1 host_abuse --out letters --as {HEAD} --fact why="It may be defamatory of somebody"'
    tale(host)
    tale(f"case step ask 1 --rung host --kind host --as-drafted --as {HEAD}")
    tale.until("2027-01-04T10:02")
    assert "asking them again" in " ".join(tale(f"case list --as {HEAD}").out.split())
    tale(f"case step answered 1 --rung host --kind host --result none --as {HEAD}")
    letters = tale(f"case letter 1 --list --as {HEAD}").out
    assert any(line.startswith("isp_terms ") and " no: " not in line for line in letters.splitlines())
    tale(registrar)
    tale.pages[ARTICLE] = Answer(410, b"gone")
    tale.until("2027-01-05T09:00")
    tale(f"case step answered 1 --rung isp --result removed --as {HEAD}")
    two_looks(tale)
    tale(f'case close 1 --removed --as {HEAD} --why "Gone on Tuesday and on Wednesday"')
    tale.told()

    # A week later it stands again: the case is open where it had been, and the host is asked anew.
    tale.until("2027-01-13T12:00")
    tale.pages[ARTICLE] = PAGE
    tale.tick()
    assert "Our reference: 0001." in tale.told()[HEAD]
    (row,) = tale(f"case list --as {HEAD} --json").data
    assert (row["state"], row["rung"]) == ("seeking", "isp")
    tale(host.replace("letters", "letters-again"))
    tale(f"case step ask 1 --rung host --kind host --as {HEAD}")
    tale.pages[ARTICLE] = Answer(404, b"no such page")
    tale.until("2027-01-14T09:00")
    tale(f"case step answered 1 --rung host --kind host --result removed --as {HEAD}")
    two_looks(tale)
    tale(f'case close 1 --removed --as {HEAD} --why "Gone a second time"')

    # A solicitor has the page, the words, each letter that went out as it did, and when the notice arrived.
    pack = as_read(tale.packed(f"evidence pack 1 --to solicitor --out exhibits --as {HEAD}"))
    for said in (
        ARTICLE,
        "is a thief",
        STATEMENT,
        "I have committed no crime",
        "It may be defamatory of somebody",
    ):
        assert said in pack
    assert "2026-12-24 10:00:00 UTC" in pack
    tale.until("2027-01-22T16:30")
    report = tale.governors("2027-W03")
    assert not any(word in report for word in ("Thistlewood", "thief", "larchroadtruths"))
    assert "All holds" in tale("evidence verify").out
    tale.only_reads()
