"""Private facts published about a person, and accounts that impersonate somebody."""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import re

from classifiers.signals.rule import PreparedText, Rule, pattern_of, rule
from data.types import Route

_PERSON = pattern_of(
    r"(?:mr|mrs|ms|miss|dr|head|teacher|ta|receptionist|governor|caretaker|she|he|her|his|him|they|their)"
).search
_POSTCODE = re.compile(r"\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}\b")
_PHONE = re.compile(r"(?<!\d)(?:\+44 ?7\d{3}|07\d{3})[ -]?\d{3}[ -]?\d{3}(?!\d)")
_HOUSE = re.compile(
    r"(?<![\w£.:])(?:number |no\.? ?|flat )?\d{1,3}[a-d]? (?:[a-z']+ ){1,3}"
    r"(?:street|st|road|rd|lane|avenue|ave|close|drive|crescent|terrace|row|court|gardens|grove|way|place|hill|wynd|brae"
    r"|rise|walk|square|mews|heol|stryd|rhes|ffordd)\b"
)
_LIVES = pattern_of(r"""
    (?:lives?|living|stays|bides) (?:at|on|up|in|down|over|opposite|next|round|behind)
    (?:his|her|their|home) (?:house|home|address|gaff|place|flat)
    goes home to|end (?:house|cottage)|address is|(?:blue|red|green|white|black|yellow) (?:door|gate)
    """)
_STREET_AND_DOOR = re.compile(
    r"\blives? (?:at|on|in|up|down) (?:[a-z']+ ){1,3}(?:street|st|road|rd|lane|avenue|ave|close|drive|crescent|terrace|row|grove"
    r"|hill|mews|heol|stryd|ffordd)\b.{0,40}\b(?:blue|red|green|white|black|yellow|end|corner) (?:door|gate|house|cottage)"
).search
_LOST = pattern_of(r"""
    for sale|lost|found|ring the office|school office|contact (?:us|me)|to book|tickets?|call me on|text me on|email|uniform shop
    open (?:day|evening)|estate agents?|bedroom|planning|application|venue|postcode|admissions?|satnav|sat nav
    """).search

_SECRET = r"(?:secret(?:ly)?|covert(?:ly)?|hidden|undercover|sneak(?:y|ily)|on the sly|without (?:(?:her|him|them|anyone|his|their) )?(?:knowing|knowledge)|(?:did|does)(?:n'?t| not) (?:even )?(?:know|realise|notice)|ha(?:d|s)n'?t a clue|no (?:idea|clue)|none the wiser|under the (?:desk|table))"
_TAPED = r"(?:film(?:ed|ing)|video(?:ed|ing)|(?:record(?:ed|ing)|tap(?:ed|ing)) (?:[\w']+ ){0,4}?(?:mr|mrs|ms|miss|dr|sir|head\w*|teachers?|meeting|call|lesson|conversation|her|him|them))"
_IN_SECRET = pattern_of(rf"""
    {_TAPED}\b[^\n]{{0,80}}?\b{_SECRET}
    (?:secret(?:ly)?|covert(?:ly)?|hidden|undercover|on the sly|(?:no idea|n'?t know) (?:\w+ ){{0,2}}(?:being|was|were)) (?:\w+ )?{_TAPED}
    (?:phone|recorder|camera) (?:\w+ )?(?:running|recording|going|on|hidden) (?:\w+ )?in my (?:\w+ )?(?:pocket|bag|jacket|coat)
    """)
_OF_STAFF = pattern_of(r"(?:mr|mrs|ms|miss|dr|sir|head|headteacher|teachers?|governor|caretaker)").search


def _address(p: PreparedText) -> bool:
    where = _POSTCODE.search(p.plain) or _HOUSE.search(p.plain) or _STREET_AND_DOOR(p.plain)
    return bool(where and _PERSON(p.plain) and _LIVES.search(p.plain)) and not _LOST(p.plain)


RULES: tuple[Rule, ...] = (
    rule(
        "home_address",
        "It gives what is presented as a person's home address.",
        _address,
        needs=_LIVES.pattern,
        labels=("privacy",), severity=3,
    ),
    rule(
        "phone_number",
        "It gives a person's mobile number.",
        lambda p: bool(_PHONE.search(p.plain) and _PERSON(p.plain)) and not _LOST(p.plain),
        needs=_PHONE.pattern,
        labels=("privacy",), severity=3,
    ),
    rule(
        "recorded_in_secret",
        "It films or records somebody in secret.",
        lambda p: bool(_IN_SECRET.search(p.plain) and _OF_STAFF(p.plain)),
        needs=r"filmed|filming|video|record|tap(?:ed|ing)|phone|camera",
        unless=rf"{_TAPED} (?:[\w']+ ){{0,3}}?(?:girls?|boys?|kids?|child|children|pupils?|son|daughter)|chang(?:ing|ed)|toilets?|cctv|documentary|novel|polic(?:y|e)",
        labels=("privacy",), severity=3, route=Route.PLATFORM_REPORT,
    ),
    rule(
        "leaked_record",
        "It shares a record of the school's or of a child's that is not public.",
        r"""
        (?:full |whole )?list of (?:all |every )(?:the )?(?:sen|send|pp|pupil premium|fsm|lac|ehcp) (?:kids|children|pupils|students)
        (?:leaked|here'?s the|attached|sharing|got hold of|printed|screenshots? of) (?:\w+ ){0,5}(?:class list|register|spreadsheet|ehcps?|sen (?:list|register|file)|medical (?:records?|list|notes)|exclusion (?:list|letter)s?|staff list|payroll|addresses)
        """,
        unless=r"complain\w*|breach|sent (?:to me|us) by mistake|gdpr|ico|apolog\w*|waiting for|asked for|request(?:ed)? ",
        labels=("privacy",),
    ),
    rule(
        "poses_as_school",
        "An account or message seems to pose as the school or its staff.",
        r"""
        (?:fake|spoof|copycat|parody|bogus) (?:\w+ ){0,2}(?:account|page|profile|email|letter)s? (?:\w+ ){0,6}(?:school|head\w*|teacher|office|principal|staff)
        (?:account|page|profile|someone|somebody) (?:\w+ ){0,5}(?:pretending|posing|impersonat\w+|claiming) (?:\w+ ){0,3}(?:to be|as) (?:\w+ ){0,3}(?:school|head\w*|teacher|office|mr|mrs|miss|ms|principal)
        (?:confirm|update|send|enter) (?:\w+ ){0,3}(?:bank|card|account) (?:details|number)s?
        dear parents\b.{0,200}\b(?:bank details|bank transfer|transfer to|gift cards?|pay (?:now|today|below|here)|link (?:below|in bio)|shut|closed)
        """,
        unless=r"phishing (?:training|workshop)|lesson|assembly|parentpay|labelled parody|obviously a joke",
        labels=("impersonation",),
    ),
)  # fmt: skip
