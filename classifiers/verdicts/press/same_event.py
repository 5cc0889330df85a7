"""One event, one matter: articles that tell of the same thing in other words. Pure.

Two are of one event where they tell of the same kind of event within three days and share whom, where or what
it is about, and nothing in their headlines says otherwise: another age, another vehicle, another street. What
all of a school's news share, its name and its town, counts for nothing.
"""

# ruff: noqa: E501 - a pattern has one line, however long
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from classifiers.verdicts.press.events import without_paper
from data.register.school_names import normalise, words_of
from data.types import PressEvent, School

EVENT_SPAN = timedelta(hours=72)
"""Articles further apart than this are of two events."""
_MOST_CHARS = 300
_ENOUGH_WORDS = 2
_LEAST_OF_A_HEADLINE = 5
_SHARED = 0.8
MOST_OF_ITS_OWN = 8
"""A post with more words of its own than this says something itself."""


def _groups(**lines: str) -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(rf"\b(?:{given})\b", re.IGNORECASE) for name, given in lines.items()}


_VEHICLES = _groups(
    car=r"cars?(?! (?:parks?|boot|wash|free))|vans?|4x4|suv|ceir",
    coach=r"(?:mini)?bus(?:es)?(?! (?:stops?|services?|routes?|fares?|passes))|coach(?= (?:crash|trip|driver|fire|overturn\w*|carrying|passengers?))|bws",
    lorry=r"lorr(?:y|ies)|hgv|truck",
    bike=r"cyclists?|bicycles?|e-?scooters?|(?:motor)?bikes?|motorcycl\w+",
    train=r"trains?(?! (?:teachers|staff|pupils))|level crossing",
)  # fmt: skip
_SITES = _groups(
    hall=r"(?:sports|assembly|dining|main|village) hall|gym(?:nasium)?|neuadd",
    kitchen=r"kitchens?|canteen|cegin",
    science=r"science (?:block|lab\w*)|laborator(?:y|ies)",
    library="library|llyfrgell",
    pool="swimming pool|pool",
    boarding="boarding house|dormitor(?:y|ies)",
    bin="bins?|skip|shed",
    field="playing fields?|pitch",
    toilets="toilets?",
    playground="playground|climbing frame|iard",
)
_PERSONS = _groups(boy=r"(?:school)?boys?(?! school)|bachgen", girl=r"(?:school)?girls?(?! school)|merch")
_OFFICES = _groups(
    head=r"head ?(?:teacher|master|mistress)|principal|pennaeth",
    teacher=r"(?<!head )teachers?|(?<!head)teacher|athr(?:o|awes)",
    assistant="teaching assistant|cynorthwy-?ydd",
    caretaker="caretaker|site manager",
    governor="governors?",
    bursar="bursar|business manager|clerk",
    coach="coach(?! (?:crash|trip|driver|fire|carrying))|instructor",
)
_GRADES = _groups(
    special=r"inadequate|special measures|mesurau arbennig|urgent improvement",
    weaknesses=r"inadequate|serious weaknesses",
    improvement=r"requires? improvement",
    good="good|da",
    outstanding="outstanding|excellent|rhagorol",
)
_LEFT = re.compile(
    r"\b(?:out of|no longer|loses?|lost|stripped of|from) (?:its |a )?['‘\"]?"
    r"(special measures|good|outstanding|excellent|inadequate|requir\w+ improvement)",
    re.IGNORECASE,
)
"""A grade that a school has no more."""
_KINDS = _groups(
    road=r"crash\w*|collision|collided|knocked (?:down|over)|hit by|run over|hit-and-run|overturn\w*|drivers?|motorists?|(?:zebra |pedestrian )?crossing|gwrthdrawiad",
    fire=r"(?<!under )fires?|blaze|arson|firefighters?|smoke|flames|t[âa]n",
    flood=r"flood\w*|burst (?:pipe|main)|llif(?:ogydd)?",
    snow="snow|ice|icy|eira",
    gas="gas (?:leak|smell)|smell of gas|carbon monoxide|arogl nwy",
    heating="heating|boiler",
    illness=r"norovirus|measles|meningitis|vomiting|sickness|tummy bug|outbreak|legionella",
    food=r"allerg\w+|anaphyla\w+|food poisoning",
    fall=r"fall|fell|falls from",
    water=r"drown\w*|river|lake|sea|pool",
    violence=r"stabb\w+|kni(?:fe|ves)|attack\w*|assault\w*|brawl|fight|beaten|trywanu|ymosod\w*",
    gun="gun(?:man|s)?|firearm|shooting",
    threat=r"threats?|bomb|bygythiad",
    missing="missing|vanished|last seen|ar goll",
    court=r"court|charged|trial|jailed|sentenced|convicted|acquitted|cleared|guilty|llys",
    tribunal="tribunal|tribiwnlys",
    suspended="suspended|suspension",
    inspection=r"ofsted|estyn|hmie|inspect\w+|special measures|arolyg\w+",
    merger=r"merg(?:er|e|ing)|federation|consultation|closure plans?|to close for good",
    strike=r"strik(?:e|es|ing)|picket\w*|walk-?out|streic",
    data=r"data breach|ransomware|hack(?:ed|ers?)|cyber\w*|leaked",
    building=r"raac|asbestos|mould|collapsed? (?:roof|ceiling|wall)|(?:roof|ceiling|wall) (?:collapse\w*|fell|falls)",
    results=r"gcses?|a-?levels?|league tables?|canlyniadau",
    dog="dogs?",
)  # fmt: skip
_OF_SOMEBODY = frozenset(("court", "violence", "suspended", "tribunal", "missing"))
"""Of these one school may have several at a time: they are told apart by whom they are about."""
_OF_STAFF = frozenset((PressEvent.STAFF, PressEvent.TRIBUNAL))
"""Here the office tells whom; elsewhere a head only speaks of it."""
_NOT = re.compile(
    r"(?:\b(?:not|nor|neither|no)|n['’]t) (?:an? |any |the )?(?:member of )?"
    r"(?:staff|teachers?|pupils?|parents?|governors?)\b",
    re.IGNORECASE,
)
_AGE = re.compile(r"(?:,|\baged|\() ?(\d{1,2})(?=[,) ]|$)|\b(\d{1,2})[- ]year[- ]olds?\b")
_GROWN = 18
_HURT = r"(?:\W+\w+){0,3}?\W+(?:dies|died|killed|hurt|injured|hit|struck|knocked|falls|fell|airlifted|collapse[sd]|in hospital)\b"
_HARMED = _groups(
    adult=r"(?:head ?teacher|head|worker|teacher|caretaker|parent|mum|mother|dad|father|pensioner|man|woman)"
    + _HURT,
    child=r"(?:pupils?|students?|child(?:ren)?|(?:school)?(?:boys?|girls?)|teenagers?)" + _HURT,
)
_ROAD = re.compile(
    r"\b(?:[A-Z][\w'’-]+ )+(?:Road|Street|Lane|Avenue|Drive|Hill|Close|Way|Bridge)\b|\b[AMB]\d{1,4}\b"
)
_ONE_MORE = re.compile(
    r"\b(?:(?:second|third|another)(?! (?:day|week|month|year|time|form|hospital|school|update|look|appeal|statement|vigil)s?\b)"
    r"|(?:new|fresh) (?:\w+ )?(?:attack(?:s|ed)?|stabbings?|assault(?:s|ed)?|fires?|blazes?|crash(?:es)?|floods?|threats?|outbreaks?|victims?|fights?|shootings?|collisions?|leaks?|breach(?:es)?)"
    r"(?! (?:details|footage|video|images|pictures|evidence|appeal|probe|update|theory|inquiry|investigation)\b)"
    r"|(?<!open )(?<!opens )(?<!reopens )(?<!back )again(?!st)|ail(?![ -]?agor)|eto|arall)\b",
    re.IGNORECASE,
)
"""One more event of the kind; not “new details of the attack”."""
_WORD = re.compile(r"[^\W\d_][\w'’-]{3,}")
_POSSESSIVE = re.compile(r"['’]?s?['’]?$")
_OF_ALL = words_of(
    """
    school primary secondary academy college pupil student children child parent teacher head headteacher staff
    governor class year police council local town community after before over amid with from into about outside
    near says said tell told will have been being were this that they their more than week today yesterday
    morning new report call called emergency service praise praised award win winner named title county
    national first great best good ysgol disgyblion wedi hurt injured killed hospital seriously closed shut
    closes shuts closure forced charged court accused arrested jailed trial guilty sentenced suspended
    """
)
_COMMON = frozenset(word.removesuffix("s") for word in _OF_ALL)
"""What any two articles about a school may hold."""


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What an article tells of, as far as it can be compared: of which `kinds` of event; what in its headline
    tells one of them from another (`by`, under the name of its sort); who was `harmed`; its other words that
    are not those of all a school's news; whether it is `one_more` of its kind."""

    event: PressEvent
    at: datetime
    kinds: frozenset[str]
    by: Mapping[str, frozenset[str]]
    harmed: frozenset[str]
    words: frozenset[str]
    one_more: bool


@dataclass(frozen=True, slots=True)
class Article:
    """An article: in which story, under which headline, and what it tells of."""

    story_id: str
    title: str
    told: EventFacts


def read_event(title: str, text: str, event: PressEvent, at: datetime, school: School) -> EventFacts:
    """What an article tells of, by its headline and, where that says too little, the beginning of its text."""
    headline = _NOT.sub(" ", without_paper(title))
    vehicles, ours = _in(_VEHICLES, headline), _ours(school)
    kinds = _in(_KINDS, headline) | ({"road"} if vehicles and event is PressEvent.INJURY else set())
    ages = [int(one or other) for one, other in _AGE.findall(headline)]
    by = {
        "child": frozenset(str(age) for age in ages if age < _GROWN),
        "adult": frozenset(str(age) for age in ages if age >= _GROWN),
        "vehicle": vehicles,
        "site": _in(_SITES, headline),
        "person": _in(_PERSONS, headline),
        "office": _in(_OFFICES, headline) if event in _OF_STAFF else frozenset(),
        "grade": _grades(headline) if event is PressEvent.INSPECTION else frozenset(),
        "road": frozenset(road for road in _ROAD.findall(headline) if not set(_words(road)) <= ours),
    }
    return EventFacts(
        event,
        at,
        kinds or _in(_KINDS, text[:_MOST_CHARS]),
        {sort: said for sort, said in by.items() if said},
        _in(_HARMED, headline),
        frozenset(_words(headline)) - ours - _COMMON,
        _ONE_MORE.search(headline) is not None,
    )


def _grades(headline: str) -> frozenset[str]:
    left = frozenset(f"no longer {grade.casefold()}" for grade in _LEFT.findall(headline))
    return _in(_GRADES, _LEFT.sub(" ", headline)) | left


def _in(groups: Mapping[str, re.Pattern[str]], said: str) -> frozenset[str]:
    return frozenset(name for name, pattern in groups.items() if pattern.search(said))


def _words(said: str) -> list[str]:
    return [_POSSESSIVE.sub("", word.casefold()) for word in _WORD.findall(said)]


@lru_cache(maxsize=256)
def _ours(school: School) -> frozenset[str]:
    """The words of a school's names and places."""
    given = (school.name, *school.aliases, school.locality, school.town, school.county, school.street)
    return frozenset(_words(" ".join(given)))


def is_same_event(one: EventFacts, other: EventFacts) -> bool:
    """Do both tell of one event? It is the same whichever is asked of the other."""
    if abs(one.at - other.at) > EVENT_SPAN or _differ(one, other):
        return False
    kinds = bool((one.kinds & other.kinds) - _OF_SOMEBODY)
    by = any(one.by[sort] & other.by[sort] for sort in one.by.keys() & other.by.keys() - {"office"})
    told = by or len(one.words & other.words) >= _ENOUGH_WORDS
    alone = kinds and not (one.by and other.by)
    if one.event is other.event:
        return told or alone
    return (kinds and told) or (alone and PressEvent.OTHER in (one.event, other.event))


def _differ(one: EventFacts, other: EventFacts) -> bool:
    """Does anything that both say tell them apart, or does one alone say that it is one more?"""
    if one.one_more is not other.one_more:
        return True
    pairs = [(one.by[sort], other.by[sort]) for sort in one.by.keys() & other.by.keys()]
    pairs += [(one.kinds, other.kinds), (one.harmed, other.harmed)]
    return any(a and b and a.isdisjoint(b) for a, b in pairs)


def matter_of(told: EventFacts, known: Iterable[Article]) -> str | None:
    """The story of these to which the article belongs, None where it is news: that which it is likest, of two
    the older. No article of that story may tell of something else."""
    stories: dict[str, list[EventFacts]] = defaultdict(list)
    for article in known:
        stories[article.story_id].append(article.told)
    same = [
        (-max(_likeness(told, each) for each in of), min(each.at for each in of), story)
        for story, of in stories.items()
        if any(is_same_event(told, each) for each in of) and not any(_differ(told, each) for each in of)
    ]
    return min(same)[-1] if same else None


def _likeness(one: EventFacts, other: EventFacts) -> int:
    """How much they have in common; what tells events apart counts twice."""
    by = sum(len(one.by[sort] & other.by[sort]) for sort in one.by.keys() & other.by.keys())
    return 2 * by + len(one.words & other.words) + len(one.kinds & other.kinds)


def shared_in(said: str, at: datetime, known: Iterable[Article]) -> str | None:
    """The story of the article that a post shares: that bears its headline, nearly whole, and few words more."""
    words = set(normalise(said).split())
    for article in known:
        headline = set(normalise(without_paper(article.title)).split())
        near = abs(article.told.at - at) <= EVENT_SPAN and len(headline) >= _LEAST_OF_A_HEADLINE
        near = near and article.told.one_more is (_ONE_MORE.search(said) is not None)
        if near and len(headline & words) >= _SHARED * len(headline) >= _SHARED * (
            len(words) - MOST_OF_ITS_OWN
        ):
            return article.story_id
    return None
