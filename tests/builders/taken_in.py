"""What became of a report: nobody who hands something in is told, so it is asked of the store."""

from dataclasses import dataclass, replace

from builders.judges import judges

from data.store.mentions import handed_in
from data.types import Verdict
from monitor.pipeline.intake import Intake, shut_to_pictures, take_in
from monitor.pipeline.supplied import Kept, restricted_addresses


@dataclass(frozen=True)
class TakenIn:
    """`verdict` is None where it was known, `raised` says that it raised an alert; `alert` is the newest."""

    mention: str
    verdict: Verdict | None = None
    new: bool = False
    raised: bool = False
    alert: str | None = None
    restricted: bool = False
    warned: bool = False
    shut: bool = False


def taken_in(store, clock, report, urn, content=None, file=None, judges=judges):
    """Takes in a report, now."""
    intake = Intake(store, judges, store.evidence, ())
    if file is not None:
        report = replace(report, handed=replace(report.handed, file_at=file.as_uri()))
    files = () if content is None else (content,)
    batch = take_in(Kept(report, urn, clock(), files=files), intake, clock)
    verdict = batch.verdicts[0] if batch.verdicts else None
    given = {"verdict": verdict, "new": bool(batch.mentions), "raised": bool(batch.alerts)}
    return what_became(store, batch.seen[0], urn, report.url, **given)


def what_became_of(store, urn, number, url=""):
    """The same of the report of that number."""
    with store.open_reader() as con:
        (mention,) = handed_in(con, urn, number)
    return what_became(store, mention, urn, url)


def what_became(store, mention, urn, url, **given):
    with store.open_reader() as con:
        sql = """SELECT a.id FROM alerts a JOIN matches m USING (story_id, urn)
            WHERE m.mention_id = $id AND urn = $urn ORDER BY a.raised_at DESC, a.id LIMIT 1"""
        alert = con.execute(sql, {"id": mention, "urn": urn}).fetchone()
        hidden = con.execute("SELECT restricted FROM mentions WHERE id = $id", {"id": mention}).fetchone()
        warned = bool(url) and restricted_addresses(con).warns_of(url)
        shut = shut_to_pictures(con, mention, urn)
    alerted, restricted = alert[0] if alert else None, bool(hidden and hidden[0])
    found = {"alert": alerted, "restricted": restricted, "warned": warned, "shut": shut}
    return TakenIn(mention, **found, **given)
