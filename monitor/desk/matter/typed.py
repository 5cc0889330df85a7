"""What somebody typed while their check ran out: it goes through the page that asks for a code, sealed.

It stands in that page alone, in no cookie and in nothing that is kept here, and is opened for its link alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from alerts.links import Links

_LONGEST = 6000
_OURS = ("proof", "form", "typed", "code")
"""Fields that nobody typed."""


def seal_typed(links: Links, token: str, holder: bytes, form: Mapping[str, str]) -> str:
    """These fields, for nobody to read but us, at that link, for whose it is; "" for more than any form of
    ours takes."""
    typed = {name: said for name, said in form.items() if name not in _OURS}
    whole = json.dumps([token, holder.hex(), typed], ensure_ascii=False).encode(errors="replace")
    return links.seal("typed", whole) if len(whole) <= _LONGEST else ""


def unseal_typed(links: Links, token: str, holder: bytes, sealed: str) -> Mapping[str, str]:
    """The fields again; none where that was not sealed by us, for that link and that person."""
    opened = links.unseal("typed", sealed)
    of, whose, typed = json.loads(opened) if opened else ("", "", {})
    return typed if (of, whose) == (token, holder.hex()) else {}
