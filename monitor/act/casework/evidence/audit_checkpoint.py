"""The end of the audit chain, stamped by an authority outside, and kept with the evidence.

What is stamped is a small file that names the last row and its hash. Anybody who later cuts off the chain's
end, or rewrites it, contradicts the stamp.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from data.effects import Fetch
from data.evidence.file_faults import END_FORMAT, MANIFEST
from data.evidence.vault import Vault
from data.store.cases.proof_rows import END
from data.store.engine import audit_chain
from data.store.engine.open import Store
from monitor.config.load import Config
from monitor.pipeline.supplied import CaptureFile, keep_files
from sources.timestamps import NoStamp, TimeStamp, stamp


def authorities_file(config: Config) -> bytes | None:
    """The PEM file, None where none is named or it cannot be read."""
    name = config.evidence.timestamp_ca
    try:
        return config.near(name).read_bytes() if name else None
    except OSError:
        return None


def stamp_files(stamped: TimeStamp | NoStamp) -> tuple[CaptureFile, ...]:
    """The files of a time stamp, which stand beside the manifest that it is of."""
    if isinstance(stamped, NoStamp):
        return ()
    return (
        CaptureFile(f"{MANIFEST}.tsq", stamped.query, "application/timestamp-query"),
        CaptureFile(f"{MANIFEST}.tsr", stamped.reply, "application/timestamp-reply"),
        CaptureFile("tsa-chain.pem", stamped.chain, "application/x-pem-file"),
    )


_BY = "schoolgate"


def end_of(chain: Sequence[audit_chain.Link]) -> str | None:
    """`HASH@ROW`, None where nothing was ever done."""
    return f"{chain[-1].hash}@{chain[-1].n}" if chain else None


def stamp_end(store: Store, config: Config, fetch: Fetch, now: datetime) -> TimeStamp | NoStamp:
    """Has the end stamped and keeps file and stamp; where there is no stamp, nothing is kept."""
    with store.read() as con:
        last = audit_chain.links(con)[-1]
    told = {"format": END_FORMAT, "row": last.n, "hash": last.hash, "files": []}
    content = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    url, ca_pem = config.evidence.timestamp_url, authorities_file(config)
    found = stamp(content, url=url, ca_pem=ca_pem, fetch=fetch)
    if isinstance(found, NoStamp):
        return found
    files = [CaptureFile(MANIFEST, content, "application/json"), *stamp_files(found)]
    about = (config.schools[0].urn, None, None)
    with store.write("the chain's end") as con:
        keep_files(con, Vault(store.evidence), files, about, f"end-{last.n}", at=now, by=_BY, how=END)
    return found
