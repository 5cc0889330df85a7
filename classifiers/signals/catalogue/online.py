"""Children harmed online: grooming, sexual images, extortion, burn pages, drugs offered."""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import re

from classifiers.signals.rule import PreparedText, Rule, rule
from data.types import About, Route

_SG = Route.SAFEGUARDING
_CHILD = r"(?:child|kid|wean|bairn|pupil|boy|girl|lad|lass|son|daughter|brother|sister|toddler|baby|y(?:ea)?r? ?\d{1,2})"

_DRUG = re.compile("❄|🍃|🔌")
_DEAL = re.compile(r"£|\b(?:dm|hmu)\b|price|behind|bogs|toilets|shed|plug|dealer|🔌|need")


def _offers_by_emoji(p: PreparedText) -> bool:
    """Words of a deal on the same line as, and after, an emoji that stands for a drug."""
    for line in p.plain.splitlines():
        if (drug := _DRUG.search(line)) and _DEAL.search(line, drug.end()):
            return True
    return False


RULES: tuple[Rule, ...] = (
    rule(
        "grooming",
        "Somebody asks a child for pictures, secrecy or a meeting.",
        r"""
        (?:don'?t|dont|not to|never) tell (?:your|ur|yr) (?:mum|mam|dad|parents|teacher|nan|gran)
        our (?:little|wee) secret
        (?:asked|asking|asks|told|messaged) (?:her|him|me|my (?:daughter|son)|our (?:daughter|son)|the (?:girls?|boys?)) (?:to|for) (?:meet (?:him|her|up|me|after|alone|outside|in|at)|(?:send|share|take) (?:\w+ ){0,3}(?:nudes?|pics?|pictures?|photos?|selfies?|videos?)|nudes?|pics?|pictures?|(?:\w+ )?(?:photos?|selfies?|videos?) of (?:herself|himself|her|him|me))
        (?:mr \w+|mrs \w+|miss \w+|ms \w+|sir|teacher|coach|tutor)(?: (?:in|from|who|that) \w+)?(?: keeps| always)? (?:asks|asked|asking|begs|begging) (?:\w+ ){0,3}for (?:\w+ )?(?:pics?|selfies?|nudes?)
        send (?:me )?(?:a |some |ur |your )?(?:nudes?|pics? of (?:you|u)|pic in)
        (?:grown man|older man|man|bloke|adult|stranger) (?:\w+ ){0,4}(?:messaging|grooming|meet|sending|offer(?:ed|ing)|asking) (?:\w+ ){0,3}(?:girls?|boys?|kids|children|child|daughter|son|her|him|year \d+s?)
        """,
        within=r"""
        surprise|party|birthday|card|present|leavers|yearbook|photographer|assembly|workshop|online safety|lesson|play|novel|parents evening|training
        """,
        labels=("safeguarding",), severity=3, route=_SG, about=About.PUPIL,
    ),
    rule(
        "sexual_images",
        "Sexual images of a child are being asked for, threatened or passed round.",
        r"""
        (?:nudes?|naked (?:pics?|photos?|pictures?|images?|videos?)|explicit (?:pics?|photos?|images?|videos?)) (?:\w+ ){0,5}(?:going (?:a)?round|shared|sharing|posted|leaked|circulat\w+|sold|selling|of (?:girls?|boys?|pupils?|kids?|a girl|a boy|my|her|him|year|y\d+))
        (?:sharing|shared|sent|sending|selling|leaked|posted|circulating|trading|got|has|have) (?:\w+ ){0,3}(?:nudes?|naked (?:pics?|photos?)|deepfakes?)
        (?:pic|photo|picture|video) of (?:\w+ ){1,6}(?:naked|undressed|no clothes|with nothing on|topless)
        (?:post|share|send|leak|release)s? (?:my|her|his|the|ur|your) nudes? (?:unless|if|or|to everyone)
        (?:post|share|send|leak|release)s? (?:my|her|his) (?:pics?|photos?|pictures?|videos?) (?:unless|if (?:i|she|he|they) (?:don'?t|dont|doesn'?t|won'?t|wont)|to everyone)
        (?:fake|ai|deepfake) nudes?
        """,
        within=r"""
        consent|permission|newsletter|workshop|lesson|assembly|policy|training|life drawing|art class|gallery|statue|consultation|awareness|advice|talk on
        staff member'?s|her teacher'?s|press|sentenced|jailed|convicted|court
        """,
        labels=("sexual", "safeguarding"), severity=4, route=_SG, about=About.PUPIL, danger=True,
    ),
    rule(
        "sextortion",
        "A child is threatened with a picture unless they pay or send more.",
        r"""
        (?:blackmail\w*|sextort\w*|extort\w*) (?:\w+ ){0,5}(?:boy|girl|son|daughter|pupil|pics?|photos?|video|him|her|me|kids?)
        (?:pay|send|money|£\d+|gift cards?)\b.{0,60}\bor (?:he|she|they|it|i)(?:'ll| will)? (?:posts?|sends?|shares?|goes|go|leaks?)
        (?:will|gonna|going to) (?:post|send|share|leak) (?:it|them|the (?:pic|photo|video)s?) (?:to (?:everyone|my|her|his|the whole)|unless)
        (?:he|she|they|somebody|someone)'ll (?:post|send|share|leak) (?:it|them|the (?:pic|photo|video)s?)(?: to \w+)? (?:unless|if (?:i|she|he|they) (?:don'?t|dont|doesn'?t))
        """,
        within=r"school fund|raffle|charity|sponsor\w*|bake|workshop|assembly|lesson",
        labels=("sexual", "safeguarding"), severity=4, route=_SG, about=About.PUPIL, danger=True,
    ),
    rule(
        "drugs_to_children",
        "Drugs seem to be sold or given to children.",
        rf"""
        (?:selling|dealing|sells|deals|sold|running) (?:\w+ ){{0,3}}(?:weed|drugs|pills|spice|ket|coke|vapes|gear)
        county lines
        {_CHILD}s? (?:\w+ ){{0,6}}(?:running|dealing|carrying|holding) (?:\w+ ){{0,3}}(?:drugs|packages?|weed|gear)
        """,
        unless=r"lesson|assembly|workshop|talk|police visit|awareness|play|novel|garden|club|history|training|letter home",
        labels=("safeguarding",), route=_SG, about=About.PUPIL, hint=True,
    ),
    rule(
        "emoji_drugs",
        "Emoji that stand for drugs, beside a place, a price or a dealer.",
        _offers_by_emoji,
        needs=_DRUG.pattern,
        unless=r"snow ?(?:day|man|ball)?s?|closed|frost|winter|christmas|xmas|nature|forest|leaf|leaves|charger",
        labels=("safeguarding",), route=_SG, about=About.PUPIL,
    ),
    rule(
        "burn_page",
        "An account rates, mocks or shames children of the school.",
        r"""
        (?:ugliest|fattest|thickest|smelliest|fittest|biggest (?:slag|virgin|weirdo)) (?:\w+ ){0,3}(?:in|of|at|girl|boy|y\d+|year|kid)
        rate (?:the|these|her|him|them|y\d+|year)
        (?:girls|boys|kids|y\d+|year \d+)s? (?:\w+ ){0,3}(?:rated|ranked|rating|ranking)
        (?:burn|hate|tea|expos\w+|shame) (?:page|account)
        (?:fight|scrap) (?:vid|video|clip)s?
        """,
        unless=r"""
        ofsted|estyn|inspect\w+|school|lunch|dinners|revision|bake|cake|dog|pet|jumper|snowman|staff|attendance|first rate
        complaint|results
        """,
        labels=("safeguarding", "harassment"), route=_SG, about=About.PUPIL, hint=True,
    ),
    rule(
        "impersonation_contacts_children",
        "An account that poses as staff or as a child writes to children.",
        r"""
        (?:pretending to be|posing as|fake account (?:of|for|in)) (?:\w+\W+){0,20}(?:messag\w+|contact\w+|adding|asking|dms?|friend requests?) (?:\w+\W+){0,6}(?:girls?|boys?|pupils?|kids|children|year \d+s?|y\d+s?)
        """,
        labels=("impersonation", "safeguarding"), severity=4, route=_SG,
    ),
)  # fmt: skip
