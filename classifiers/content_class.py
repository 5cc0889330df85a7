"""The content class a verdict proposes (domain guide, content classes C0 to C14). Pure."""

from __future__ import annotations

from collections.abc import Collection

from data.types import About, Route

RESTRICTED = frozenset(("C9", "C10"))
"""Classes that only the safeguarding lead reads."""

_BY_LABEL = (
    ("extremism", "C9"),
    ("threat", "C6"),
    ("sexual", "C5"),
    ("hate", "C3"),
    ("privacy", "C11"),
    ("impersonation", "C12"),
    ("defamation", "C7"),
    ("harassment", "C2"),
)


def content_class(route: Route, abuse: Collection[str], about: About, signals: Collection[str] = ()) -> str:
    """One class for a verdict; where several fit, the most protective: C10, C9, C6, then the rest.

    `signals` are the names of those that fired: a leaked record is C1, not C11.
    """
    if not route.urgent and not route.removal:
        return "C0"
    if route is Route.SAFEGUARDING or {"safeguarding", "self_harm"} & set(abuse):
        return "C10"
    found = next((code for label, code in _BY_LABEL if label in abuse), "C0")
    if found == "C5" and about is About.PUPIL:
        return "C10"
    return "C1" if found == "C11" and "leaked_record" in signals else found
