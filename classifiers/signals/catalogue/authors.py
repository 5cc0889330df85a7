"""Who seems to be speaking to whom: the community, strangers, a question, an advertisement.

None of these says anything about gravity; they only help to choose a route.
"""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import re

from classifiers.signals.rule import REVIEWS, PreparedText, Rule, pattern_of, rule
from data.types import Route
from data.web.channels import PRESS

_NOTED = PRESS | {"wikipedia"}
_FEW_STARS = 2
_MANY_STARS = 4

_member = pattern_of(r"""
    (?:mum|mam|dad|nan|gran|grandad|parent|carer|mother|father|grandmother|auntie) (?:of|to|here)
    my (?:son|daughter|lad|lass|boy|girl|kids|twins|eldest|youngest|wean|bairn|grandson|granddaughter)\b.{0,60}\b(?:year|class|reception|form|y\d+|p\d|s\d)
    (?:ex|former|retired)[- ](?:teacher|ta|staff|caretaker|cook|cleaner|governor|employee|secretary|member of staff)
    (?:i|we) (?:work|worked|used to work|taught|cleaned|volunteered) (?:\w+ ){0,4}(?:there|here|at|in the (?:office|kitchen))
    as (?:a|the|an|outgoing|current|former|co-?) ?(?:parent )?(?:governor|chair|pta|treasurer|parent|ta|teaching assistant|secretary|class rep)
    (?:pta|parent council|friends of|class rep|parent governor|fellow governor)
    my name(?:'s| is) [a-z]+|i'?m [a-z]+ [a-z]+ and|i'?ll put my name to
    """).search
_member_title = pattern_of(r"""
    (?:y(?:ea)?r? ?\d+|p\d|s\d|reception|nursery|class|form) (?:\w+ ){0,2}(?:parents?|mums?|mams|dads|families|group|chat)
    (?:mums?|mams|parents?|families|dads) (?:and|&|group|chat|of)
    pta|parent council|friends of|governors?|ex[- ](?:\w+ )?(?:staff|ta|governor|teacher|chef|caretaker|employee)|former staff|staff room
    \(?(?:mum|mam|dad|grandad|nan|gran) (?:of|to)|'s (?:mum|mam|dad|nan)
    """).search
_stranger_title = re.compile(
    r"(?:^@|anon|truth|exposed|uncensored|unfiltered|confession|watch\b|gossip|secrets|insider|\bfan acct\b|throwaway|tea\b)"
)


def _community(p: PreparedText) -> bool:
    return bool(_member(p.plain) or (p.channel not in REVIEWS and _member_title(p.title)))


RULES: tuple[Rule, ...] = (
    rule(
        "few_stars",
        "It gives one or two stars: more likely to want an answer.",
        lambda p: p.rating is not None and p.rating <= _FEW_STARS,
        route=Route.RESPOND,
        hint=True,
    ),
    rule(
        "many_stars",
        "It gives four or five stars: more likely praise.",
        lambda p: p.rating is not None and p.rating >= _MANY_STARS,
        route=Route.THANK,
        hint=True,
    ),
    rule(
        "press",
        "It is from the press or an encyclopaedia.",
        lambda p: p.channel in _NOTED,
        route=Route.NOTE,
        hint=True,
    ),
    rule(
        "community_member",
        "The author seems to be known to the school: a parent, staff, a governor.",
        _community,
        route=Route.REQUEST_REMOVAL,
    ),
    rule(
        "stranger",
        "The author hides behind an account that names nobody.",
        lambda p: bool(_stranger_title.search(p.title)) and not _member(p.plain),
        route=Route.PLATFORM_REPORT,
    ),
)  # fmt: skip
