"""Hard case: an image of a child. Twelve attempts to fetch, keep or ask, and nothing of it is anywhere."""

from __future__ import annotations

import pytest
from builders.town import TALK, as_read

HEAD, DEPUTY, DSL = "t-quillfeather", "n-ashdown", "i-larkspur"
PICTURE = b"NOT A PICTURE OF ANYBODY, AND YET NEVER TO BE KEPT"
SAID = "Somebody has put up a picture of a girl of year 9 from Oakfield Primary in Northvale without clothes."
THANKS = "Thank you, Oakfield Primary in Northvale, for a lovely autumn fair. The children loved it."
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
    answer = tale(seen, said=SAID).out
    assert "The file was not opened, hashed or copied." in answer
    tale.tick()
    told = tale.told()
    assert set(told) == {DSL, DEPUTY}
    assert "ring 999 first" in told[DSL]
    tale("case open ALERT --as " + DSL, ALERT=tale.alert())
    shown = " ".join(tale(f'case show 1 --restricted --reason "I am on duty" --as {DSL}').out.split())
    assert "Do not open, save, print, copy or send on anything." in shown
    assert "girl of year 9" not in shown
    assert "/t/55" in shown
    assert "or: --to police, --to ceop, --to report-remove, --to iwf" in shown
    assert "On paper, for the police (or --to la): where it is" in shown
    assert f"evidence pack 0001 --to police --out exhibits --as {DSL}" in shown

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
    read = f'alerts show REFUSED --restricted --reason "I am on duty" --as {DSL}'
    assert "its file was not taken, and lies at file:" in tale(read, REFUSED=refused).out
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
    assert "in such a matter nothing is captured" in pack
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
