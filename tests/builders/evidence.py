"""A case with evidence, put together by hand: steps as the ladder writes them, files as captures do."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from builders.steps import as_stored

from alerts.ladder.replay import replay
from data.cases import Case, CaseState, CaseStep
from data.evidence.vault import Vault
from data.rungs import Rung
from data.steps.codes import StepKind
from data.store import cases as case_store
from data.store.engine.open import Store
from data.store.evidence import evidence_file, put_files
from data.types import About, Route

OPENED = datetime(2026, 11, 17, 9, 5, tzinfo=UTC)
URN = "900001"
TYPES = {
    "response.warc.gz": "application/warc", "capture.wacz": "application/wacz", "page.html": "text/html",
    "post.txt": "text/plain", "post.png": "image/png", "post.pdf": "application/pdf",
    "manifest.json": "application/json", "manifest.json.tsq": "application/timestamp-query",
    "manifest.json.tsr": "application/timestamp-reply", "tsa-chain.pem": "application/x-pem-file",
}  # fmt: skip


def a_case(case_id: str = "0042", **fields: object) -> Case:
    case = Case(
        id=case_id,
        urn=URN,
        story_id="s-one",
        opened_at=OPENED,
        opened_by="b-patel",
        route=Route.REQUEST_REMOVAL,
        about=About.STAFF,
        proposed_class="C7",
        content_class="C7",
        state=CaseState.SEEKING,
        mention_id="0123456789abcdef",
        channel="local_forum",
        rung=Rung.PLATFORM_REPORT,
    )
    return replace(case, **fields)  # type: ignore[arg-type]


def a_step(n: int, kind: StepKind, facts: Mapping[str, str], case: Case, **fields: object) -> CaseStep:
    at = OPENED + timedelta(minutes=n)
    told, otherwise = as_stored(kind, facts)
    step = CaseStep(case.id, n, case.urn, told, "b-patel", at, at, otherwise=otherwise)
    return replace(step, **fields)  # type: ignore[arg-type]


def some_steps(case: Case, captures: Sequence[tuple[str, Mapping[str, bytes]]] = ()) -> list[CaseStep]:
    """A short course: opened, classified, weighed, evidence kept, decided, a platform asked."""
    opened = {
        "story": case.story_id, "route": case.route.value, "proposed_class": case.proposed_class,
        "about": case.about.value, "mention": case.mention_id or "", "channel": case.channel,
    }  # fmt: skip
    weighed = {"nature": "names a teacher", "visible": "two days", "spread": "3 copies", "impact": "upset"}
    made: list[tuple[StepKind, Mapping[str, str], str]] = [
        (StepKind.OPENED, opened, ""),
        (StepKind.CLASSIFIED, {"class": "C7"}, "It says as a fact what is not so."),
        (StepKind.WEIGHED, weighed, ""),
    ]
    for capture_id, files in captures:
        sha256 = hashlib.sha256(files["manifest.json"]).hexdigest()
        facts = {"capture": capture_id, "manifest": sha256, "files": str(len(files)), "kind": "page"}
        made.append((StepKind.EVIDENCE, facts, ""))
    made += [
        (StepKind.DECIDED, {"decision": "seek"}, "Untrue, and it names her."),
        (StepKind.ASKED, {"rung": "platform_report", "channel": "local_forum", "reference": "T-118"}, ""),
    ]
    steps = [a_step(n, kind, facts, case, why=why) for n, (kind, facts, why) in enumerate(made, start=1)]
    waits = {"due_at": OPENED + timedelta(days=2), "clock": "platform_48h"}
    return [*steps[:-1], replace(steps[-1], **waits)]  # type: ignore[arg-type]


def some_files(**more: bytes) -> dict[str, bytes]:
    """The files of a capture, small; its manifest lists them."""
    files = {"page.html": b"<p>x</p>\n", "post.txt": "Oakfield: Mr Ash \N{EM DASH} untrue.".encode(), **more}
    manifest = {"files": {name: hashlib.sha256(b).hexdigest() for name, b in sorted(files.items())}}
    return {**files, "manifest.json": json.dumps(manifest).encode()}


def keep(
    store: Store, case: Case, capture_id: str, files: Mapping[str, bytes], at: datetime = OPENED
) -> None:
    """Writes a capture's files into the vault, and their rows."""
    with store.write("keep a capture") as con:
        # as `keep`, in a transaction that is open
        vault = Vault(store.evidence)
        rows = [
            evidence_file(
                case.urn, case.mention_id, vault.store_bytes(content), TYPES[name], len(content), at,
                "b-patel", "captured", case.id, capture_id, name,
            )
            for name, content in files.items()
        ]  # fmt: skip
        put_files(con, rows)


def a_kept_case(store: Store, *captures: tuple[str, Mapping[str, bytes]], case: Case | None = None) -> Case:
    """A case in the store with these captures; one small one where none is given."""
    case = case or a_case()
    given = captures or (("cap1", some_files()),)
    for capture_id, files in given:
        keep(store, case, capture_id, files)
    steps = some_steps(case, given)
    with store.write("a case") as con:
        case_store.append_steps(con, replay(steps), steps, (), OPENED)
    return case


def vault_file(store: Store, content: bytes) -> Path:
    sha256 = hashlib.sha256(content).hexdigest()
    return store.evidence / sha256[:2] / sha256


def tamper(store: Store, *statements: str) -> None:
    with store.write("tamper") as con:
        for statement in statements:
            con.execute(statement)
