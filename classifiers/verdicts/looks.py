"""What a person must see, whatever it is judged to be: the half sure, the short, what holds a grave word. Pure."""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from classifiers.signals.rule import either
from classifiers.text.language import Language
from classifiers.text.undisguise import undisguise
from classifiers.verdicts.danger import MAYBE_GRAVE
from classifiers.verdicts.severity import SeverityOutcome
from classifiers.verdicts.thresholds import Thresholds
from classifiers.verdicts.weigh import WeighedEvidence
from data.types import Mention, MentionKind, Route, Sentiment, Severity, Signal

NEVER = math.inf
"""The line where an alert begins, of what the model alone never alerts of."""
_ENOUGH_WORDS = 3
_ANSWERS = (MentionKind.REPLY, MentionKind.COMMENT)
_WORDS = r"""
    k[il]{1,3}l+(?:ed|in[g']?|ers?|s|a)?|kiled|murd[ea]r\w*|merder\w*|manslaughter|massacre\w*|slaughter\w*|behead\w*|lynch\w*|execut(?:e|ed|ion)|assassinat\w*|strang(?:le|l)\w*|chok(?:e|ed|ing)|throttl\w*
    stab+(?:s|e?d|in[g']?)?|shank\w*|chib(?:bed)?|slash(?:ed|ing)|kni(?:f|v)\w*|machetes?|zombie blades?|blades?|axe[ds]?|acid|crossbow|hammer(?: attack)?|weapons?
    sho+t(?:in[g']?|ers?|s)?|got shot|shot (?:at|him|her|dead|them|me)|gun(?:s|m[ae]n|fire|shots?)?|pistol|rifle|shotgun|firearms?|bullets?
    bom+b?(?:s|ed|in[g']?|ers?)?|explo(?:d|s)\w+|detonat\w*|grenade|blow (?:\w+ ){0,3}up|blown up|petrol|arson\w*|(?:set|sets|setting) (?:\w+ ){0,3}(?:fire|alight)|torch(?:ed|ing)?|burn(?:s|t|ed|in[g']?)?
    die+s?|died|dying|dead|deid|deth|deaths?|suicid\w*|suicde|sewer ?slid\w*|self[- ]?harm\w*|overdos\w*|kms+|unaliv\w*|noose|hang(?:ed|ing)? (?:him|her|them|your?|my|me|our|it)\w*|hanged|slit\w*|wrists?|end it all|(?:my|her|his) (?:own )?life
    rap(?:e|ed|es|in[g']|ists?|ey)|grape?d|grop(?:e|ed|ing)|molest\w*|groom(?:s|ed|ers?|in[g'])?|nonc\w+|nons(?:e|ing) ?(?:case)|p(?:a?e|ea)d+o\w*|pdf ?files?|kidd(?:y|ie)[- ]?(?:fiddl|diddl)\w*|fiddl(?:ed|es|ing) with|touch(?:ed|es|ing)? (?:up|me|my|her|him|them|kids|girls|boys|the (?:kids|girls|boys|children)|young|little|children|pupils|himself)
    sexual\w*|nudes?|naked|upskirt\w*|abus(?:e|ed|er|ers|es|ing)|(?:beat|beats|beaten|beating|batter|battered|battering|punch|punched|hit|hits|kick|kicked|smack|smacked|slap|slapped) (?:me|him|her|them|my|his|your|a|the|up|us|kids)|bruis\w+|black eye|broke (?:his|her|my) (?:arm|jaw|nose|leg|ribs?)
    kidnap\w*|abduct\w*|snatch(?:ed|ing)|hostage|missing|terror\w*|isis|jihad\w*|columbine|nazis?|shooter|overdose|traffick\w*|county lines
    l?ladd(?:a|wyd|odd|ed)?|lladd|(?:c|g|ch)yllell|d?dryll|[bf]om|l?losg\w+|[td]rywan\w+|saethu|[mf]arw|hunan-?laddiad|[td]reisi\w*|trais|[cg]am-?drin\w*|pedoffeil\w*|[cg]rogi|herwgip\w*
"""
_GRAVE = re.compile(rf"{either(_WORDS)}|[🔪🔫💣🧨🗡⚔🪓⚰🪦🩸]")
"""Danger to life, weapons, fire, abuse, terror; English with its usual misspellings, and the plainest of Welsh."""


def in_doubt_by_words(mention: Mention, weighed: WeighedEvidence) -> WeighedEvidence:
    """The evidence, in doubt where it may be grave and holds a grave word: no cap cuts its look."""
    if weighed.severe < MAYBE_GRAVE or not _says_grave_word(mention):
        return weighed
    return replace(weighed, in_doubt=True)


def _says_grave_word(mention: Mention) -> bool:
    """Most posts with one are harmless: alone it judges nothing."""
    return _GRAVE.search(undisguise(_own(mention)).text) is not None


def too_few_words(mention: Mention, signals: Sequence[Signal], outcome: SeverityOutcome) -> bool:
    """The model's guess about a word or two is worthless, unless one of them is a grave one."""
    if not few_words(mention, signals):
        return False
    no_words = not _own(mention).split()
    return no_words or outcome.severity > (Severity.RESPOND if signals else Severity.NOTE)


def few_words(mention: Mention, signals: Sequence[Signal]) -> bool:
    """Is it a word or two, none of them a grave one, of which no signal says anything?"""
    if len(_own(mention).split()) >= _ENOUGH_WORDS or any(s.labels or s.severity for s in signals):
        return False
    return not _says_grave_word(mention)


def _own(mention: Mention) -> str:
    return mention.text if mention.kind in _ANSWERS else f"{mention.title} {mention.text}"


def look_rank(weighed: WeighedEvidence, t: Thresholds) -> float:
    """The order for a person's look: how likely it is about the school and grave; 1 or more where it may be
    severity 4, which no cap cuts.
    """
    above = 1.0 if weighed.this_hour >= t.this_hour or weighed.in_doubt else 0.0
    return round(above + weighed.ours * weighed.severe, 4)


def shown(
    outcome: SeverityOutcome, weighed: WeighedEvidence, line: float, signals: Sequence[Signal]
) -> SeverityOutcome:
    """The outcome; what is calm and may hold more is shown, neither thanked for nor filed as praise."""
    if outcome.severity >= Severity.TODAY or not _may_hold_more(weighed, line, signals):
        return outcome
    route = Route.NOTE if outcome.route is Route.THANK else outcome.route
    tone = Sentiment.NEUTRAL if outcome.sentiment is Sentiment.POSITIVE else outcome.sentiment
    return replace(outcome, route=route, sentiment=tone, unsure=True)


def _may_hold_more(weighed: WeighedEvidence, line: float, signals: Sequence[Signal]) -> bool:
    """Is there a grave sign that the rest outweighs? A wish to die is never passed over."""
    told = weighed.grave_signal or weighed.in_doubt or line == NEVER
    return told or any("self_harm" in s.labels for s in signals)


def asks_a_look(
    outcome: SeverityOutcome, weighed: WeighedEvidence, language: Language, t: Thresholds
) -> bool:
    """Must a person look: is it too uncertain, or in a language the model was not trained for?"""
    if outcome.severity >= Severity.TODAY:
        return False
    return outcome.unsure or weighed.severe >= t.look or language is not Language.ENGLISH
