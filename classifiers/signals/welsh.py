"""Plain danger words in Welsh. Everything else in Welsh is left to a person."""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

from classifiers.signals.rules import Rule, rule
from data.types import About, Route

_SG = Route.SAFEGUARDING
_NOT_MEANT = r"""
    drama|nofel|ffilm|llyfr|gwers|gweithdy|hanes|chwarae|pel-droed|rygbi|tan gwyllt|larwm|joc
"""

RULES: tuple[Rule, ...] = (
    rule(
        "welsh_threat",
        "In Welsh: somebody is threatened with being killed, stabbed, shot or burnt.",
        r"""
        (?:mi|fe|dwi(?:'n)?|dw i|wna i|bydda i|byddan ni|ni(?:'n)?) (?:\S+ ){0,3}(?:ladd|lladd|saethu|trywanu|losgi|llosgi)(?: \S+){0,3}
        (?:caiff|geith|gaiff|ceith) (?:\S+ ){0,3}(?:fwled|cyllell|gyllell|stid|gael stid)
        (?:mae|ma'?) (?:'na |yna )?f?bom (?:yn|dan|ar)
        """,
        unless=_NOT_MEANT,
        labels=("threat",), severity=4, route=Route.POLICE_NOW, danger=True,
    ),
    rule(
        "welsh_suicide",
        "In Welsh: somebody wants to die, or is told to.",
        r"""
        (?:eisiau|isio|isie|moyn) marw
        (?:lladd|ladd) (?:fy hun|fy hunan|ei hun|ei hunan|dy hun|dy hunan|'n hun)
        (?:ddim|dim) (?:eisiau|isio|moyn) byw
        """,
        unless=_NOT_MEANT,
        labels=("self_harm", "safeguarding"), severity=4, route=_SG, about=About.PUPIL, danger=True,
    ),
    rule(
        "welsh_child_hurt",
        "In Welsh: a child seems to be hurt or afraid.",
        r"""
        (?:cleisiau|gleisiau|clais|glais) (?:ar|dros|hyd)(?: \S+){0,4}
        (?:mae|ma'?) (?:dad|mam|tad|llystad|fy nhad|'nhad) (?:\S+ ){0,3}(?:curo|taro|dyrnu|brifo)
        ofn mynd adre\w*
        llun(?:iau)? noeth(?: \S+){0,4}
        """,
        unless=_NOT_MEANT + r"""
        trampolin|cwympo|syrthio
        """,
        labels=("safeguarding",), severity=3, route=_SG, about=About.PUPIL,
    ),
    rule(
        "welsh_weapon",
        "In Welsh: a child is said to carry a knife or a gun.",
        r"""
        (?:cyllell|gyllell|gwn|dryll) (?:ym|yn|mewn|yng|gan|'da) (?:\S+ ){0,2}(?:mag|bag|hosan|boced|poced|locer|disgybl|fachgen|bl\.?|blwyddyn)
        """,
        unless=_NOT_MEANT,
        labels=("safeguarding",), severity=4, route=_SG, about=About.PUPIL,
    ),
)  # fmt: skip
