"""What is handed in, captured and packed at the desk, in the few words in which tests say them."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from builders.home import open_session
from builders.typed_options import options
from support import act_refused as record

from alerts.ladder.advance import Refusal
from alerts.pack.facts import Recipient
from data import effects
from data.errors import InputError
from data.evidence.handed_in import FIELDS, Danger, HowItCame, PictureShows, SaidOfPost, Says, Whom, as_seen
from data.evidence.vault import Vault
from data.register.typed_days import read_moment
from data.types import FetchFailure
from data.web.channels import ELSEWHERE, place_of
from monitor.act import report_in as door
from monitor.act.capture import CaptureOptions, Supplied, approve_capture, capture
from monitor.act.casework.evidence import enclosed, packing
from monitor.act.casework.finding import find_case
from monitor.act.casework.from_alert import judging
from monitor.act.matter.joining import Becomes, hand_in_list, read_list, speaking_of, without_known
from monitor.act.step import refused
from monitor.home import wiring
from monitor.matters.reader import Reader
from monitor.pipeline.sighting import Report
from monitor.pipeline.spool import Kept
from monitor.pipeline.supplied import text_of
from monitor.terminal.output import in_json, say

HAND_INS = (("case", "capture"), ("evidence", "pack"))


def take_typed_hand_in(*words: str) -> None:
    """Does it, and prints what came of it. Raises InputError, ActRefused."""
    if words[0] == "report-in":
        _report(options(words[1:]))
    elif words[1] == "capture":
        _capture(options(words[2:], "case"))
    else:
        _pack(options(words[2:], "case"))


def _first(said, name, otherwise=None):
    return said[name][0] if said.get(name) else otherwise


def _picture(said):
    if "image_not_sure" in said or ("file" in said and not {"child_image", "no_child_image"} & said.keys()):
        return PictureShows.NOT_SURE
    return (
        PictureShows.YES if "child_image" in said else PictureShows.NO if "no_child_image" in said else None
    )


def _known(said, people, now, zone, words=None):
    ids = {p.name.casefold(): p.id for p in people}
    given = {name: _first(said, {"address": "url"}.get(name, name)) for name in FIELDS}
    given |= {n: ids.get(given[n].casefold(), given[n]) for n in ("seen_by", "supplied_by") if given[n]}
    given["seen_at"] = as_seen(given["seen_at"], now, zone) if given["seen_at"] else None
    given |= {"logged_in": "logged_in" in said or (False if "logged_out" in said else None), "words": words}
    came, _, more = (given["came"] or "").partition(":")
    given["came"] = HowItCame(came.replace("-", "_")).value if came else None
    found = SaidOfPost(**given, came_words=more.strip())
    nothing = [n for n in FIELDS if n not in found.known] if "rest" in said.get("not_known", ()) else ()
    return replace(found, not_known=tuple(nothing or said.get("not_known", ())))


def _words(said, name):
    if _first(said, name) == "-":
        return sys.stdin.read().strip()
    file = _first(said, f"{name}_file") or _first(said, "words_file")
    return Path(file).read_text(encoding="utf-8").strip() if file else ""


def _report(said):
    now, home = effects.utc_now(), _first(said, "home")
    where, config = wiring.settings(Path(home) if home else None, None)
    urn, by = (
        wiring.pick_urn(config, _first(said, "school")),
        _first(said, "as", os.environ.get("SCHOOLGATE_AS")),
    )
    who = next((p for p in config.people if p.id == by), None)
    if "state" in said:
        reader = Reader(config, wiring.open_store(where.home), who)
        with reader.store.read() as con:
            found = door.state_for(con, reader, where.home, urn, _first(said, "state"))
        if found is None:
            raise InputError("nothing was handed in under that number by you, nor that you may know of.")
        say(f"{found.value.capitalize()}.")
        return
    about, danger = _first(said, "about"), _first(said, "danger")
    to, about = _first(said, "danger_to", ""), Whom(about) if about else None
    says = Says(Danger(danger) if danger else None, to, about, _picture(said))
    url, barred = _first(said, "url", ""), door.is_barred(says)
    any_account = barred or "false_account" in said
    if wrong := door.wrong_address(url, settings=config, urn=urn, any_account=any_account):
        raise InputError(wrong)
    if "of" in said:
        content, of = Path(_first(said, "file")).read_bytes(), (urn, _first(said, "of"))
        why = _first(said, "shows_nothing")
        say(record.made(door.hand_in_picture(config, where, who, of, content, why, effects.utc_now)))
        return
    if {"shows_nothing", "shows_child"} & said.keys():
        shows = "shows_child" in said
        why = _first(said, "shows_child" if shows else "shows_nothing")
        say(str(record.made(door.judge_image(config, where, who, (urn, url), why, now, shows=shows))))
        return
    seen_at = _first(said, "seen_at")

    def report_of(url, words):
        return door.checked_report(Report(
            words, url, place_of(_first(said, "channel", ELSEWHERE), url), _first(said, "author"),
            _first(said, "seen_by"), read_moment(seen_at, now, config.zone, past=True) if seen_at else now,
            school_named="school" in said, by=who.id if who else None, says=says,
            handed=replace(_known(said, config.people, now, config.zone), address=None, author=None),
        ))  # fmt: skip

    if "list" in said:
        _list(said, config, where, urn, who, lambda url, words: report_of(url, "" if barred else words))
        return
    report = report_of(url, _words(said, "text"))
    files = () if barred else tuple(Path(file).read_bytes() for file in said.get("file", ()))
    if files:
        report = replace(report, handed=replace(report.handed, file_at="their own device"))
    kept = door.report_in(config, where, Kept(report, urn, now, files=files), effects.utc_now).made
    told = {"received": f"{kept.at:%Y-%m-%dT%H:%M:%SZ}", "number": kept.number, "advice": []}
    say(in_json(told) if "json" in said else f"Received, number {kept.number}.")


def _list(said, config, where, urn, who, report_of):
    """Each line and what became of it, and the lines that speak of an office."""

    def wrong(url, words):
        any_account = "child_image" in said
        return door.wrong_address(url, settings=config, urn=urn, any_account=any_account)

    text, _ = text_of(Path(_first(said, "list")).read_bytes())
    read, before = read_list(text, wrong), frozenset()
    if who is not None:
        with wiring.open_store(where.home).read() as con:
            read, before = without_known(con, read, urn, who.id)
    reports = [report_of(line.address, line.words) for line in read.of(Becomes.RECORDED)]
    clock, kept = effects.utc_now, []
    if reports:
        kept = hand_in_list(config, where, reports, (), before, urn, clock, judging)
    spoken = speaking_of(read, config.school(urn), config.people)
    say(in_json({
        "numbers": [one.number for one in kept], "lines": [(o.n, o.becomes.value, o.why) for o in read.lines],
        "speaks": {role.value: list(lines) for role, lines in spoken.items()},
    }))  # fmt: skip


def _capture(said):
    home, now = _first(said, "home"), effects.utc_now()
    session, number = open_session(_first(said, "as"), Path(home) if home else None, None), said["case"][0]
    wanted = CaptureOptions(_first(said, "because", ""), "pictures" in said, "no_browser" not in said)
    found = record.made(approve_capture(session, number, wanted, now))
    config, supplied = session.config, None
    if {"file", "attachment"} & said.keys():
        if _picture(said) is not PictureShows.NO:
            if "attachment" in said:
                there = enclosed.enclosed_with(session, found.case)
                intake = wiring.intake(config, wiring.settings(Path(home), None)[0], session.store)
                enclosed.tell_of_child_image(session, found.case, found.post, there, intake, now)
            raise InputError("Nothing was fetched, opened, hashed or copied.")
        if found.words_alone and "words_alone" not in said:
            raise InputError("Nothing was opened: no picture is kept in this case.")
    with wiring.fetcher(config) as fetch:
        if {"file", "attachment", "adds_to"} & said.keys():
            files = tuple(Path(file).read_bytes() for file in said.get("file", ()))
            if "attachment" in said:
                files, came = enclosed.fetched(enclosed.enclosed_with(session, found.case), fetch), ["email"]
                said = {"not_known": ["rest"], "came": came} | said
            known = _known(said, config.people, now, config.zone, _words(said, "words") or None)
            supplied = Supplied(files, known, _first(said, "adds_to", ""))
        kept = record.made(capture(session, found, wanted, supplied, fetch, effects.utc_now))
    if isinstance(kept, FetchFailure):
        say(f"nothing was captured. {kept.detail}")
        sys.exit(1)
    as_json = {"capture": kept.capture_id, "kind": kept.kind, "files": [f.name for f in kept.files]}
    say(
        in_json(as_json) if "json" in said else f"Case {number}: capture {kept.capture_id} {kept.drawn or ''}"
    )
    sys.exit(0 if kept.counts else 1)


def _pack(said):
    home, now, why = _first(said, "home"), effects.utc_now(), _first(said, "reason", "")
    session = open_session(_first(said, "as"), Path(home) if home else None, None)
    with session.store.read() as con:
        found = find_case(con, session, said["case"][0])
        to = Recipient(_first(said, "to", "file"))
        wanted = packing.PackRequest(found, session.person, to, "chronology" in said)
        packing.refuse_reading(session, wanted, why)
        if no := packing.refusal(con, wanted):
            raise record.ActRefused(refused(session, found, no))
        facts = packing.gather(con, session.context, wanted, Vault(session.store.evidence), now)
    packed, out = packing.make(facts), Path(_first(said, "out"))
    done = packing.hand_out(session, wanted, packed, why, now)
    if isinstance(done, Refusal):
        raise record.ActRefused(refused(session, found, done))
    out.mkdir(exist_ok=True, parents=True)
    written = [out / f"{packed.name}.{ending}" for ending in ("zip", "pdf")]
    for path, content in zip(written, (packed.zip, packed.pdf), strict=True):
        path.write_bytes(content)
    told = {"case": found.id, "to": to.value, "exhibits": len(facts.exhibits), "sha256": packed.sha256,
            "files": [str(path) for path in written], "withheld": facts.withheld}  # fmt: skip
    say(in_json(told) if "json" in said else "\n".join((*map(str, written), packed.sha256)))
