"""Allegations that an adult of the school harmed a child or behaved unsafely with one."""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

from classifiers.signals.rule import Rule, rule
from data.types import About, Route

_SG = Route.SAFEGUARDING
_ADULT = (
    r"(?:mr|mrs|ms|miss|sir|dr|teacher|ta|coach|head|headteacher|tutor|caretaker|dinner lady|lunchtime supervisor"
    r"|teaching assistant|staff member|member of staff|staff|housemaster|matron|chaplain|driver|technician|sub|supply|governor|safeguarding lead|dsl|senco|sendco|principal|headmistress|headmaster|deputy|houseparent|housemistress)"
)
_CHILD = r"(?:child|children|kids?|weans?|bairns?|pupils?|boys?|girls?|lads?|lass(?:es)?|son|daughter|him|her|year \d+s?|y\d+s?|sixth[- ]?form(?:er|ers)?)"
_NOT_HARM = r"""
    play|drama|novel|film|lesson|training|policy|fixture|football|rugby|tag|hockey|netball|panto\w*
    in the (?:19)?[4-8]0s|caned|punch\w* the air|hit the nail|smashed it|hit (?:it off|targets?|home|hard)|grabbed (?:a|the|some|our) (?:coffee|chance|cake|attention|headlines)
"""

RULES: tuple[Rule, ...] = (
    rule(
        "staff_sexual",
        "An adult of the school is said to have behaved sexually with a child.",
        rf"""
        {_ADULT} (?:\w+\W+){{0,10}}(?:touch(?:es|ed|ing)|grop(?:es|ed|ing)|kiss(?:es|ed|ing)|groom(?:s|ed|ing)|sleeping with|slept with|sexted|sexting) (?:\w+ ){{0,3}}{_CHILD}
        {_ADULT} (?:\w+\W+){{0,8}}(?:relationship|sex|affair) with (?:a |the |an? \w+ )?(?:pupil|student|girl|boy|year \d+|sixth former|child|y\d+)
        {_ADULT} (?:\w+\W+){{0,6}}(?:is|was|'s) (?:a |an |the )?(?:\w+ )?(?:paedo|pedo|nonce|groomer|paedophile|child molester)
        {_ADULT} (?:\w+\W+){{0,4}}(?:had|has|got|with) his hands all over (?:\w+ ){{0,3}}{_CHILD}
        (?:paedo|pedo|nonce|paedophile) (?:teacher|head|ta|caretaker|coach)
        {_ADULT} (?:\w+\W+){{0,8}}(?:messag(?:es|ed|ing)|text(?:s|ed|ing)|snapchats?|dms?|adds?|added) (?:\w+ ){{0,3}}(?:girls|boys|pupils|year \d+s?|y\d+s?|my daughter|our daughter|my son|kids)(?: \w+){{0,4}} (?:at night|privately|late|on snap\w*|heart|kisses)
        """,
        unless=r"""
        not a|isn'?t a|cleared|play|novel|film|lesson|training|workshop|sentenced|jailed|convicted
        (?:so|very|really) touched
        """,
        labels=("safeguarding", "sexual"), severity=4, route=_SG, about=About.STAFF, danger=True,
    ),
    rule(
        "staff_hurt_child",
        "An adult of the school is said to have hurt a child.",
        rf"""
        {_ADULT}\W+(?:\w+\W+){{0,6}}(?:hit|hits|slapped|slaps|smacked|smacks|grabbed|grabs|dragged|drags|shoved|pinched|pinches|kicked|yanked|yanks|pinned|threw|strangled|choked|punched) (?:\w+ ){{0,3}}(?:{_CHILD}|my|our|by the (?:arm|hair|collar|neck|hood|wrist))
        (?:was|been|got|is|being) (?:hit|slapped|smacked|punched|strangled|choked|grabbed|dragged|shoved|pinched|kicked|yanked|pinned|locked in|thrown) (?:\w+ ){{0,4}}by (?:a |the |his |her |their )?(?:\w+ )?{_ADULT}
        """,
        unless=_NOT_HARM,
        labels=("safeguarding",), severity=3, route=_SG, about=About.STAFF,
    ),
    rule(
        "staff_overfamiliar",
        "An adult of the school is said to seek children out in private.",
        rf"""
        {_ADULT} (?:\w+\W+){{0,8}}(?:gives?|gave|giving|offers?|offered) (?:\w+ ){{0,4}}(?:girls?|boys?|pupils?|kids?|year \d+s?|y\d+s?|daughter|son) (?:\w+ ){{0,2}}(?:lifts?|presents|gifts|rides?|alcohol|drink|vapes?)
        {_ADULT} (?:\w+\W+){{0,10}}(?:alone|by themselves|door (?:shut|locked|closed)) (?:\w+ ){{0,3}}with (?:\w+ ){{0,3}}(?:girls?|boys?|pupils?|a child|kids?)
        (?:told|tells|telling|asked) (?:them|her|him|the (?:girls?|boys?|kids?)|my (?:daughter|son)) not to (?:tell|say)
        """,
        unless=r"surprise|fundrais\w*|house points|prize|golden ticket|charity|policy|novel|party",
        labels=("safeguarding",), severity=3, route=_SG, about=About.STAFF,
    ),
    rule(
        "staff_drunk",
        "An adult of the school is said to have been drunk or drugged in charge of children.",
        rf"""
        {_ADULT} (?:\w+\W+){{0,8}}(?:drunk|stinking of (?:drink|booze|alcohol)|reeking of (?:drink|booze|alcohol)|hammered|paralytic|high as a kite|on drugs) (?:\w+\W+){{0,10}}(?:class|trip|lesson|duty|school|playground|bus|minibus|nursery|kids|children|ferry|assembly)
        {_ADULT} (?:\w+\W+){{0,4}}(?:reek\w*|stank|stunk|stink\w*|smel\w*) of (?:drink|booze|alcohol|wine|whisky|vodka|beer|gin)
        smell(?:ed|s|t|ing)? of (?:drink|booze|alcohol|wine|vodka) (?:\w+\W+){{0,10}}(?:class|trip|lesson|duty|school|playground|nursery|kids|children|teaching)
        """,
        unless=r"pto|quiz|staff (?:do|party|night)|prosecco|pub|play|drama|punch[- ]drunk|fundrais\w*",
        labels=("safeguarding",), severity=3, route=_SG, about=About.STAFF,
    ),
    rule(
        "child_left",
        "A child is said to have been left soiled, locked in or alone by the school.",
        r"""
        (?:left|sat|kept|made to sit) (?:\w+ ){0,5}(?:in (?:his|her|their) own (?:wee|poo|urine|mess)|soiled|soaking|in wet|in wee)
        (?:locked|shut) (?:\w+ ){0,4}in (?:a|the) (?:cupboard|room|store|toilet|isolation|dark|calm room|pod)
        (?:left|forgotten|forgot) (?:\w+ ){0,4}(?:on the (?:bus|coach|minibus)|at the (?:museum|pool|zoo|farm|park|services))
        """,
        unless=r"hamster|tortoise|coat|jumper|bag|lunch ?box|water bottle|hoodie|trophy|keys|policy|escape room|play",
        labels=("safeguarding",), severity=3, route=_SG, about=About.STAFF,
    ),
)  # fmt: skip
