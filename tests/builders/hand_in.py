"""What somebody hands in at “Tell us”, by the acts of that page."""

from dataclasses import replace

from builders.taken_in import what_became_of

from data import effects
from data.evidence.handed_in import PictureShows, SaidOfPost, Says
from data.web.channels import ELSEWHERE, place_said
from monitor.act import report_in as acts
from monitor.act.casework import make_judges
from monitor.act.joining import Becomes, hand_in_list, read_list, without_known
from monitor.home import wiring
from monitor.pipeline.supplied import Kept, Report

CHILD_IMAGE = Says(picture=PictureShows.YES)
UNSURE = Says(picture=PictureShows.NOT_SURE)


def hand_in(home, words="", *, urn=None, files=(), **said):
    """Hands in one post; without a `urn` at the one school there is, of which nobody said that it is it."""
    where, config = wiring.open_settings(home, None)
    report = _report(named=urn is not None, **said)(str(said.get("url", "")), words)
    files = () if acts.is_barred(report.says) else files
    if files:
        report = replace(report, handed=replace(report.handed, file_at="their own device"))
    kept = Kept(report, wiring.pick_urn(config, urn), effects.utc_now(), files=files)
    return acts.report_in(config, where, kept, effects.utc_now).made


def became(home, kept):
    """What became of what was handed in, which nobody who hands something in is told."""
    return what_became_of(wiring.open_store(home), kept.urn, kept.number, kept.report.url)


def hand_in_lines(home, text, **said):
    """Hands in a list; of an image that may show a child no words are taken."""
    where, config = wiring.open_settings(home, None)
    urn, report, by = wiring.pick_urn(config, None), _report(named=False, **said), said.get("by")
    lines, before = read_list(text, lambda url, words: ""), frozenset[str]()
    if by:
        with wiring.open_store(home).open_reader() as con:
            lines, before = without_known(con, lines, urn, str(by))
    reports = [report(line.address, line.words) for line in lines.of(Becomes.RECORDED)]
    return (
        hand_in_list(config, where, reports, (), before, urn, effects.utc_now, make_judges) if reports else []
    )


def _report(
    *, named, url="", channel=ELSEWHERE, author=None, seen_by=None, seen_at=None, by=None, says=None,
    known=None,
):  # fmt: skip
    """A report of an address and of words, with what is said besides."""
    seen, more = seen_at or effects.utc_now(), {"by": by, "says": says or Says()}

    def report(url, words):
        where = url, place_said(channel, url)
        told = Report(words, *where, author, seen_by, seen, school_named=named, **more)
        return acts.check_picture(replace(told, handed=known or SaidOfPost()))

    return report
