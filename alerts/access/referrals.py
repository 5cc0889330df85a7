"""Whom a matter may be handed to, nation by nation: the one table of it. No rules here.

An allegation against somebody of the school has its own bodies in each nation, and so has a child's safety.
The program tells none of them: a person does, and records that it was done.
"""

from __future__ import annotations

from collections.abc import Mapping

_ENGLAND, _WALES, _SCOTLAND, _NI = "england", "wales", "scotland", "northern_ireland"
NATIONS = (_ENGLAND, _WALES, _SCOTLAND, _NI)
_EVERYWHERE = frozenset(NATIONS)
PLACES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            *("dsl", "pastoral", "chair", "head", "dpo", "parent", "complaints"),
            *("la_contact", "trust_contact", "lawyer", "ico"),
            *("police", "999", "ceop", "iwf", "report_remove", "ctiru", "childline", "crisis_service"),
            *("posh", "rhc", "revenge_porn_helpline", "stopncii"),
        ),
        _EVERYWHERE,
    ),
    "social_care": _EVERYWHERE - {_SCOTLAND},
    "social_work": frozenset((_SCOTLAND,)),
    "lado": frozenset((_ENGLAND,)),
    "designated_officer": frozenset((_WALES,)),
    "ewc": frozenset((_WALES,)),
    "gtcs": frozenset((_SCOTLAND,)),
    "cpss": frozenset((_NI,)),
    "gtcni": frozenset((_NI,)),
    "prevent": _EVERYWHERE - {_NI},
    "report_fraud": _EVERYWHERE - {_SCOTLAND},
}
"""Who a matter may be handed to, and where: in Scotland fraud is reported to the police, and the Prevent duty
is not law in Northern Ireland."""
OF_ALLEGATIONS: Mapping[str, tuple[str, ...]] = {
    _ENGLAND: ("lado",),
    _WALES: ("designated_officer", "ewc"),
    _SCOTLAND: ("police", "social_work", "gtcs"),
    _NI: ("cpss", "gtcni"),
}
"""Who is told of an allegation against somebody of the school, whoever comes first, first; then the
regulator."""


def places_in(nation: str) -> tuple[str, ...]:
    """Who a matter may be handed to in that nation, by name."""
    return tuple(sorted(place for place, where in PLACES.items() if nation in where))
