"""Evidence for and against a school."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from classifiers.linking.match_reasons import AGAINST, HERE, LIFE, NAMES, SEARCHED, UNTIED
from classifiers.linking.school_profile import (
    ABROAD,
    BEFORE,
    CITIES,
    COMMON_WORDS,
    COUNTIES,
    DANGER,
    ESTATE_WORDS,
    GROUP_WORDS,
    JOURNEY_KINDS,
    JOURNEYS,
    LEVEL_WORDS,
    NEAR,
    NO_PLACE,
    PASSING,
    PATTERNS,
    PEOPLE_OF,
    ROADS,
    SCHOOL_HINTS,
    SCHOOL_WORDS,
    SIGHTS,
    SPAM_WORDS,
    STAYS,
    THINGS,
    TITLES,
    TRADES,
    Doc,
    Form,
    Found,
    SchoolProfile,
    count_bearers,
    count_in_one_phrase,
    is_common,
    phrases,
    says,
)
from data.frozen import freeze
from data.register.school_names import INSTITUTION, SCHOOLISH, core, normalise, words_of
from data.types import Source

_LONGEST = 3
_LEADS_TO, _LASTS, _WHOSE = (frozenset(PATTERNS.words(name)) for name in ("leads_to", "lasts", "whose"))


@lru_cache(maxsize=4)
def gone_to(raw: str) -> frozenset[str]:
    """Words, in normal form, where the place of a journey stands: a place one goes to is not where it is."""
    return frozenset(place for phrase in phrases(raw).split("|") for place in _phrase_places(phrase.split()))


def _phrase_places(words: Sequence[str]) -> Iterator[str]:
    for i, word in enumerate(words):
        if word in JOURNEYS or word in SIGHTS:
            end = _start_of_kind(words, i) if word in JOURNEYS else i
            yield from _ending(words[:end])
        if word in JOURNEYS or word in SIGHTS or word in STAYS:
            yield from _stayed_in(words, _start_of_kind(words, i))
        if word in JOURNEYS and words[i + 1 : i + 2] and words[i + 1] in _LEADS_TO:
            yield from _beginning([w for w in words[i + 2 : i + 3 + _LONGEST] if w != "the"])


def _start_of_kind(words: Sequence[str], at: int) -> int:
    """Find where the words begin that say what kind of journey it is: “coach trip”, “Year 6 residential”."""
    while at and (words[at - 1] in JOURNEY_KINDS or words[at - 1].isdigit()):
        at -= 1
    return at


def _stayed_in(words: Sequence[str], end: int) -> Iterator[str]:
    """The place before “on their residential” or “for the day”."""
    while end and words[end - 1] in _WHOSE:
        end -= 1
    if end and words[end - 1] in _LASTS:
        yield from _ending(words[: end - 1])


def _ending(words: Sequence[str]) -> Iterator[str]:
    return (" ".join(words[-n:]) for n in range(1, min(_LONGEST, len(words)) + 1))


def _beginning(words: Sequence[str]) -> Iterator[str]:
    return (" ".join(words[:n]) for n in range(1, min(_LONGEST, len(words)) + 1))


_OWN = ("place", "postcode", "street", "head", "district", "place_within", "trust", "domain", "urn")
_FIRMLY = frozenset(("in", "near", "("))
_INSIDE = frozenset(("in", "near", "r"))
_OF_DENOMINATIONS = frozenset(PATTERNS.words("denominations"))
_SOMEBODYS, _COURT_OR_HOSPITAL = (one.pattern for one in PATTERNS.patterns("somebodys", "court_or_hospital"))
_PLACED, _JOINED, _CAPITALS, _GROUP, _AREA, _SCHOOL_NAME, _KIND_OF_SCHOOL, _HEAD_NAMED = PATTERNS.patterns(
    "placed", "joined", "capitals", "group", "area", "school_name", "kind_of_school", "head_named"
)
_SAYS_MORE = re.compile(r" [-–—|>] |[:>,(]")


def neighbourhood(doc: Doc) -> str:
    """The neighbourhood by which a board's title calls it (“Mums of Hexley”), in normal form; "" for none."""
    first = _SAYS_MORE.split(doc.raw)[0].strip()
    found = _AREA.match(first)
    if found is None or (found[3] and doc.channel != "nextdoor"):
        return ""
    words = normalise(next(filter(None, found.groups()))).split()
    return "" if set(words) & (NO_PLACE | COMMON_WORDS) else " ".join(words)


def add_place(found: Found, doc: Doc, rest: str, who: SchoolProfile) -> None:
    """Adds `elsewhere` where the name is in a town or county that is not ours, `elsewhere_beside` where it
    may be, `other_place` where another place is only in the text. `rest` is the text without the name."""
    own = any(code in found for code in _OWN)
    for how, shown in _after(doc, who):
        sure = _away(normalise(shown), how, who)
        if sure is not None:
            code = "elsewhere" if sure else "elsewhere_beside"
            found.setdefault(f"{code}_too" if own and sure else code, shown)
    if own or "elsewhere" in found or "unnamed" in found:
        return
    for county in who.other_counties:
        inside = county not in CITIES and f" {county} " in rest and _before(rest, county) in _INSIDE
        if inside and not any(county in place for place in who.places) and county not in gone_to(doc.raw):
            found["elsewhere"] = county.title()
    _known_places(found, doc, rest, who)
    group = _GROUP.match(doc.raw) if not who.gazetteer and "elsewhere" not in found else None
    if group and not is_own_place(normalise(group[1]), who):
        found["other_place"] = group[1].strip()
    other = found.get("other_place")
    if other and doc.article and "common_name" in found and "county" not in found:
        # makes the other place in an article that of another of a common name, or of none where it is by the
        # way; less the place of somebody's home, a court or a hospital: “44, of Castlebury”
        said = re.escape(other)
        raw = re.sub(rf"{_SOMEBODYS}{said}\b|\b{said} {_COURT_OR_HOSPITAL}\b", "§", doc.raw)
        before = re.findall(rf"([\w'’-]{{1,30}}|[^\w\s]|^)\s*\b{said}\b", raw)
        # by itself, not after a first name: “in Castlebury”, no “Jo Castlebury”
        if any(not word[:1].isupper() or word.lower() in _LEADS_TO | _INSIDE for word in before):
            found["elsewhere"] = found.pop("other_place")
        elif raw != doc.raw:
            found.pop("other_place")


def _known_places(found: Found, doc: Doc, rest: str, who: SchoolProfile) -> None:
    """Places of the register: beside the name, with people or a school of theirs, or just somewhere."""
    named = [form.text for form in who.forms if doc.has(form.text)]
    for place, capital in _places(doc, rest, who):
        if _is_joined(place, named, doc) or (capital and _next(rest, place) in PEOPLE_OF):
            found["elsewhere"] = place.title()
        elif capital:
            found.setdefault("other_place", place.title())


def _after(doc: Doc, who: SchoolProfile) -> Iterator[tuple[str, str]]:
    """Give each place after the name and how it is joined to it; past a comma it is oftener a person."""
    end = 0
    for match in _PLACED.finditer(doc.raw) if _may_be_placed(doc, who) else ():
        how = (match[2].strip().lower().removeprefix(",").split() or [","])[-1]
        named = normalise(match[1]) in who.last_words and (how in _FIRMLY or match.start() >= end)
        # not of a journey: “Oakfield (Leeds coach trip)”, “(York Minster)”
        words = normalise(match[3]).split()
        visited = {" ".join(words), *([" ".join(words[:-1])] if len(words) > 1 else [])}
        if named and visited.isdisjoint(gone_to(doc.raw)):
            yield how, match[3]
        end = match.end(3)


def _may_be_placed(doc: Doc, who: SchoolProfile) -> bool:
    """Is a word there that may end the name, and anything joined to a word as a place is?"""
    last = who.last_words
    named = not last.isdisjoint(doc.words) or not last.isdisjoint(_OF_DENOMINATIONS)
    return named and _JOINED.search(doc.raw) is not None


def _away(place: str, how: str, who: SchoolProfile) -> bool | None:
    """Is the place after the name surely (True) or perhaps (False) another's? None where it is not."""
    words = place.split()
    if not words or words[0] in NO_PLACE or set(words) & THINGS or is_own_place(place, who):
        return None
    known = who.gazetteer.elsewhere(place, who.school)
    if known is False:
        return None
    return bool(place in COUNTIES or known or how in _FIRMLY)


def _places(doc: Doc, rest: str, who: SchoolProfile) -> Iterator[tuple[str, bool]]:
    """Each place of the register in the text that is away from the school, and whether it has its capital."""
    capitals = {normalise(match[0]) for match in _CAPITALS.finditer(doc.raw)}
    words = rest.split()
    phrases = (" ".join(words[i : i + n]) for i in range(len(words)) for n in (3, 2, 1))
    for place in dict.fromkeys(phrases):
        for said in (place, place.removesuffix("s")):
            if (
                said not in NO_PLACE
                and who.gazetteer.elsewhere(said, who.school)
                and not is_own_place(said, who)
            ):
                meant = said not in COMMON_WORDS and _before(rest, place) not in PASSING | TITLES
                if meant and _next(rest, place) not in ROADS and said not in gone_to(doc.raw):
                    yield said, any(f" {place} " in f" {capital} " for capital in capitals)


def _is_joined(place: str, named: list[str], doc: Doc) -> bool:
    """Do name and place stand in one phrase: “Leeds St Mary's”, “oakfield primary in leeds”?"""
    return any(
        f" {phrase} " in f" {doc.title} " or (doc.has(phrase) and count_in_one_phrase(doc, phrase))
        for name in named
        for phrase in (
            f"{place} {name}",
            f"{place}s {name}",
            f"{name} {place}",
            f"{name} in {place}",
            f"{name} near {place}",
        )
    )


def _before(text: str, place: str) -> str:
    return text.partition(f" {place} ")[0].rpartition(" ")[2]


def _next(text: str, place: str) -> str:
    return text.partition(f" {place} ")[2].partition(" ")[0]


def is_own_place(place: str, who: SchoolProfile) -> bool:
    """Is the place one of the school's own, or part of one, or part of its name?"""
    return any(place in own or own in place for own in who.places) or any(place in text for text in who.texts)


_MOST_SHOWN = 3
_OF_TRADES = tuple(TRADES[name] for name in sorted(TRADES))
_TIES = words_of("alias_handle head trust")
_SCHOOL_LIFE = words_of("school_words school_words_many")
_BY_ITSELF = words_of("full_name alias alias_handle former_name short_name core_name")
_NO_NAME = frozenset(PATTERNS.words("no_name"))


def add_rivals(found: Found, doc: Doc, rest: str, who: SchoolProfile) -> None:
    """Adds the places, names, people and trades of the name's other bearers; `rest` is without the name."""
    own = "place" in found or "postcode" in found or "street" in found
    for rival in who.rivals:
        said = (p for p in rival.places if says(p, rest, doc) and _means_place(p, rest, doc.raw))
        if place := next((p for p in said if p not in gone_to(doc.raw)), ""):
            code = "namesake_place" if rival.school else "rival_place"
            found.setdefault(f"{code}_too" if own else code, f"{place}|{rival.shown}")
        if rival.distinct and doc.has(rival.name) and count_in_one_phrase(doc, rival.name):
            code = "namesake_named_too" if found.keys() & _BY_ITSELF else "namesake_named"
            code = "namesake_school" if rival.school else code
            if code != "namesake_named_too" or "thing_too" not in found:
                found.setdefault(code, rival.shown)
        if tie := next(filter(doc.has, rival.ties), ""):
            found.setdefault("namesake_tie", f"{tie}|{rival.shown}")
        if words := TRADES.get(rival.trade, frozenset()) & doc.words:
            code = "trade_many" if len(words) > 1 else "trade_hint" if "unnamed" in found else "trade"
            # a school's name, or one of ours together with school life
            ours = "school_named" in found or (found.keys() & _TIES and found.keys() & _SCHOOL_LIFE)
            found.setdefault("trade_too" if ours else code, f"{_join_words(words)}|{rival.shown}")


def _means_place(place: str, rest: str, raw: str) -> bool:
    """Is it spoken of as a place: no road, no person, no other word spelt so, and not only gone to?"""
    for match in re.finditer(rf" {place}s? (?=(\S*))", rest):
        before = rest[max(0, match.start() - 12) : match.start()].split()[-1:]
        if match[1] in ROADS or set(before) & (PASSING | TITLES):
            continue
        if place not in COMMON_WORDS or re.search(rf"[\w,;:)(] ?\b{place.title()}\b", raw):
            return True
    return False


def add_other_schools(found: Found, doc: Doc, who: SchoolProfile, *, named: bool) -> None:
    """Adds other schools, places, heads and areas; `named` says that the school's own name is in the text."""
    for match in _SCHOOL_NAME.finditer(doc.raw) if _KIND_OF_SCHOOL.search(doc.raw) else ():
        kernel = core(match[0]).split()
        said = normalise(match[0]).split()
        own = not who.own_words.isdisjoint((*normalise(match[1]).split(), *kernel))
        own = own and not any(" ".join(said[n:]) in who.neighbours for n in range(len(said)))
        if set(kernel) - INSTITUTION - _NO_NAME - {"the"} and not own:
            found.setdefault("other_school_too" if named else "other_school", match[0].strip())
    lasts = {last for _, last in who.heads}
    for match in _HEAD_NAMED.finditer(doc.raw) if lasts else ():
        last = normalise(match[1])
        if last not in lasts and last not in INSTITUTION and last != "head":
            found.setdefault("other_head", match[0])
    counties = [
        county
        for county in who.other_counties
        if (county in doc.words or " " in county) and doc.has(county) and county not in gone_to(doc.raw)
    ]
    if counties and not any(county in place for county in counties for place in who.places):
        found["other_county"] = counties[0]
    if abroad := ABROAD & doc.words:
        found["abroad"] = min(abroad)


def add_words_of_a_kind(found: Found, doc: Doc, who: SchoolProfile, *, named: bool) -> None:
    """Adds whose words they are: a school's, another trade's, an advertisement's, another age group's."""
    school = SCHOOL_WORDS & doc.words
    hints = SCHOOL_HINTS & doc.words
    if school:
        found["school_words" if len(school) == 1 else "school_words_many"] = _join_words(school)
    elif hints:
        found["school_hint"] = _join_words(hints)
    trade = max([of & doc.words for of in _OF_TRADES], key=len)
    if len(trade) > 1:
        code = "other_words" if len(trade) == 2 else "other_words_many"
        found["other_words_too" if "school_named" in found else code] = _join_words(trade)
    estate = ESTATE_WORDS & doc.words
    if len(estate) > 1 or ("catchment" in doc.words and not school - {"school", "year"}):
        found["estate_agent"] = _join_words(estate)
    if len(spam := SPAM_WORDS & doc.words) > 1:
        found["spam"] = _join_words(spam)
    if danger := DANGER & doc.words:
        found["danger"] = _join_words(danger)
    foreign = _other_ages(who.level) & doc.words
    if foreign and not LEVEL_WORDS[who.level] & doc.words:
        found["other_level"] = min(foreign)
    uses = (doc.both.find(f" {form.text} ") for form in who.forms) if named else ()
    at = next((at for at in uses if at >= 0), -1)
    if at >= 0 and NEAR & set(doc.both[max(0, at - 24) : at].split()[-3:]):
        found["landmark"] = who.school.name  # where something is: “2 min from Park Primary”


@cache
def _other_ages(level: str) -> frozenset[str]:
    """The words for ages that a school of this level does not teach; none where the level is not known."""
    if not level:
        return frozenset()
    if level == "secondary":
        return LEVEL_WORDS["primary"]
    other = {"infant": "junior", "junior": "infant"}.get(level)
    return LEVEL_WORDS["secondary"] | (LEVEL_WORDS[other] if other else frozenset())


def _join_words(words: frozenset[str]) -> str:
    return ", ".join(sorted(words)[:_MOST_SHOWN])


# Where the school's name occurs in a text, and whether it means the school there.

_ORDER = (
    "full_name", "alias_handle", "alias", "former_name", "short_name", "core_name", "shared_name",
    "place_name", "initials",
)  # fmt: skip
_PHASES = words_of(
    "primary infant infants junior juniors nursery prep preparatory high college grammar comprehensive "
    "academy sixth hs ps"
)
_LEET = str.maketrans("0134578@$", "oieastbas")
_FIGURES = re.compile(r"[a-z][0-9]|[0-9][a-z]")
_LONG = 7
_A_FEW = 5
_TELLING = words_of("full_name alias former_name short_name core_name shared_name place_name")


@freeze
class _Use:
    """One place where the name occurs; `thing` and `phase` are what else it names there, if anything."""

    text: str
    code: str
    shown: str
    thing: str
    phase: str


def add_names(found: Found, doc: Doc, who: SchoolProfile) -> str:
    """Add how the text names the school; the text without it: “Larkham Primary” does not say Larkham."""
    for text in [form.text for form in who.longest if f" {form.text}s " in doc.both]:
        if f"{text}s" not in who.texts and says(text, f" {text}s ", doc):
            doc = replace(doc, both=doc.both.replace(f" {text}s ", f" {text} "))
    uses = _uses(doc, who)
    free = [use for use in uses if not use.thing and not use.phase]
    _names(found, uses, free)
    if not uses:
        code, form = _hidden_name(doc, who)
        found[code] = form.shown if form else ""
    rest = doc.both
    own = set(normalise(who.school.name).split())
    # beside a longer one, a place that is part of the name is only that place
    longer = [use for use in free if use.code != "place_name" or set(use.text.split()) & SCHOOLISH]
    for use in longer or free:
        more = " ".join(word for word in use.text.split() if word not in own)
        rest = rest.replace(f" {use.text} ", f" § {more} " if more else " § ")
    _borne(found, free, rest, doc, who)
    return rest


def _borne(found: Found, free: list[_Use], rest: str, doc: Doc, who: SchoolProfile) -> None:
    """Adds how many schools bear the name and lie where the text says, if others are known at all."""
    told = {use.text.removeprefix("the ") for use in free if use.code in _TELLING}
    if not told or not who.bearers:
        return
    said = [place for place in who.places if says(place, rest, doc)]
    count, name = min((max(count_bearers(text, said, of) for of in who.bearers), text) for text in told)
    if count > 1:
        shown = next(use.shown for use in free if use.text.removeprefix("the ") == name)
        found["few_bearers" if count <= _A_FEW else "many_bearers"] = f"{count}|{shown}"
    elif set(name.split()) & SCHOOLISH:
        found["only_bearer"] = name


def _uses(doc: Doc, who: SchoolProfile) -> list[_Use]:
    uses = []
    taken: set[int] = set()
    seen: Counter[str] = Counter()
    for form in who.longest:
        at = -1
        while (at := doc.both.find(f" {form.text} ", at + 1)) >= 0:
            span = range(at + 1, at + 1 + len(form.text))
            if at + 1 not in taken and span[-1] not in taken:
                taken.update(span)
                parts = [
                    _named_thing(doc.both, at, span.stop, form, who),
                    _phase(doc.both, span.stop, form.text, who),
                ]
                # punctuation parts it: “a knife at Oakfield! Park staff saw it” names no park
                for n, whole in enumerate(parts):
                    seen[whole] += 1
                    if whole and seen[whole] > count_in_one_phrase(doc, whole):
                        parts[n] = ""
                uses.append(_Use(form.text, form.code, form.shown, *parts))
    return uses


def _named_thing(both: str, start: int, stop: int, form: Form, who: SchoolProfile) -> str:
    """Return what the name is part of: a road, a church, a namesake with a longer name."""
    text = form.text
    after = both[stop : stop + 40].split("|")[0].split()
    full = text in who.full and not (text.endswith(" high") and after[:1] == ["street"])
    if thing := _thing_after(after, text, who, full=full):
        return f"{text} {thing}"
    before = both[max(0, start - 20) : start].split()
    for words in (" ".join(before[-2:]), *before[-1:]):
        if words in BEFORE and not full:
            return f"{words} {text}"
    for rival in who.rivals:
        if rival.distinct and len(rival.name) > len(text) and text in rival.name:
            offset = rival.name.find(text)
            if both.startswith(f"{rival.name} ", start + 1 - offset):
                return rival.name
    return ""


def _thing_after(after: list[str], text: str, who: SchoolProfile, *, full: bool) -> str:
    """The words after the name that make it something else, unless they belong to the school's own name."""
    for count in (3, 2, 1):
        words = " ".join(after[:count])
        kind = words if words in THINGS else words.removesuffix("s")
        if kind not in THINGS or (full and not words.startswith("of ")):
            continue
        if not any(name.startswith(f"{text} {kind}") for name in who.texts):
            return words
    return ""


def _phase(both: str, stop: int, text: str, who: SchoolProfile) -> str:
    """`drumcarra primary` where the school is Drumcarra College and nobody calls it that."""
    after = both[stop : stop + 24].split()
    if text in who.full or not after or text.split()[-1] in INSTITUTION:
        return ""
    phase, one = after[0], after[0].removesuffix("s")
    own = {word for name in who.texts for word in name.split()}
    if not {phase, one} & _PHASES or {phase, one} & own:
        return ""
    if any(form.startswith(f"{text} {one}") for form in who.texts):
        return ""
    if phase in {"academy", "college", "sixth"} and who.level == "secondary":
        return ""
    return f"{text} {phase}"


def _names(found: Found, uses: list[_Use], free: list[_Use]) -> None:
    for use in sorted(free, key=lambda use: _ORDER.index(use.code))[:1]:
        found[use.code] = use.shown
    if told := next((use.text for use in free if set(use.text.split()) & SCHOOLISH), ""):
        found["school_named"] = told
    for use in uses:
        if use.thing and use.code == "place_name":
            continue
        if use.thing:
            found["thing_too" if free else "named_thing"] = use.thing
        elif use.phase:
            found["other_phase_too" if free else "other_phase"] = use.phase


def _hidden_name(doc: Doc, who: SchoolProfile) -> tuple[str, Form | None]:
    """The name inside a longer word, with figures for letters, or misspelt; `unnamed` where none of these."""
    plain = ""
    if _FIGURES.search(doc.both):
        plain = f" {normalise(doc.raw.lower().translate(_LEET))} "
    for kernel, form in who.kernels:
        if len(kernel) >= _LONG and kernel in doc.both:
            return "name_within", form
        if f" {form.text} " in plain:
            return "name_disguised", form
    words = list(doc.words)
    for kernel, form in who.kernels:
        if len(kernel) >= _LONG and kernel == form.text and _misspelt(kernel, words):
            return "name_misspelt", form
    return "unnamed", None


def _misspelt(kernel: str, words: list[str]) -> bool:
    near = extractOne(kernel, words, scorer=OSA.distance, score_cutoff=1)
    return near is not None and near[0][0] == kernel[0]


# Evidence for and against one school in one text: small facts, each with a code and what was found.

_REVIEWS = words_of(
    "google_review google_reviews school_review_site trustpilot reviews review facebook_review glassdoor"
)
_BOARDS = words_of("local_forum nextdoor")
"""Channels on which people of one neighbourhood write."""
_GROUPS = words_of("facebook facebook_group whatsapp discord nextdoor local_forum")
"""Channels whose title is the name of the group or page."""
_WEAK = words_of("core_name shared_name place_name initials alias full_name")
_TIED = words_of(
    "school_words school_words_many place county street postcode district head head_surname trust domain urn "
    "own_page listing listing_title handed_in handed_in_named reported source_place"
)
_SURE = _TIED - words_of("place county district")
_WITHIN = 5
_POINTS = words_of(
    "urn domain trust postcode street own_page own_group listing listing_title handed_in handed_in_named "
    "review reported thread school_there"
)
_OTHERWISE = words_of("named_thing thing_too other_phase other_phase_too place_name")
_ANOTHERS_PAGE = words_of("named_thing elsewhere elsewhere_beside namesake_place")
_SOMEWHERE = words_of("place place_within place_name district")
_HEADS = words_of("head head_surname")
_AT_US = words_of("place place_within postcode district street")
_BORNE_BY_OTHERS = ("full_name", "alias", "short_name", "core_name", "shared_name")
_NO_SURNAMES = SCHOOL_WORDS | SCHOOL_HINTS | COMMON_WORDS | INSTITUTION
"""Words that are too common in a school to be somebody's surname by themselves."""
_CLASS = re.compile(r"(?:[a-z]{0,2}\d{1,4}[a-z]{0,2})+|\W+")
"""A class, a year or when: “y7”, “4b”, “2026”; or a sign."""
_SORTS = SCHOOLISH - {"high"} | {"teens", "headteachers", "schoolchildren"}


def evidence(doc: Doc, who: SchoolProfile, source: Source) -> Found:
    """Everything that speaks for or against; codes are those of `weights`."""
    found: Found = {}
    rest = add_names(found, doc, who)
    named = rest != doc.both or bool(found.keys() & _OTHERWISE)
    run_on = rest.replace(" ", "")
    for place, (code, shown) in who.places.items():
        if says(place, rest, doc):
            found.setdefault(code, shown)
        elif code == "place" and len(place) >= _WITHIN and place.replace(" ", "") in run_on:
            found.setdefault("place_within", shown)
    # Adds that the name is one of many, where no register that has the school knows who else bears it
    code = next((code for code in _BORNE_BY_OTHERS if code in found), "")
    known = who.gazetteer.lists(who.school) or found.keys() & {"few_bearers", "many_bearers"}
    if code and not known and not found.keys() & _AT_US and is_common(found[code], who.towns):
        found.pop("only_bearer", None)
        found["common_name"] = found[code]
    raw = doc.raw.lower()
    if who.domain and who.domain in raw:
        found["domain"] = who.domain
    if urn := next(filter(doc.has, reversed(who.urns)), ""):
        found["urn"] = urn
    if any(map(doc.has, who.trusts)):
        found["trust"] = who.school.trust or ""
    _heads(found, doc, rest, who)
    add_place(found, doc, rest, who)
    add_words_of_a_kind(found, doc, who, named=named)
    add_rivals(found, doc, rest, who)
    add_other_schools(found, doc, who, named=named)
    _add_setting(found, doc, who, source)
    _add_worth(found)
    if code := _code_of_untied(found, doc, source):
        found[code] = ""
    return found


def _code_of_untied(found: Found, doc: Doc, source: Source) -> str:
    """The code where it neither names the school nor points to it by its people in its place, or by where it
    was posted; "" where it does.

    A post found by a search for the school that may speak of school life does, unless only a street or a
    church of the name was found. An article does not: what it reports may have happened anywhere. Nor does a
    head's surname by itself: it may be a word.
    """
    unnamed, headed = "unnamed" in found, not _HEADS.isdisjoint(found)
    if found.keys() & (NAMES | _POINTS) or (headed and not unnamed):
        return ""
    life = not (LIFE | {"school_hint"}).isdisjoint(found)
    if source.surfaced and not doc.article and "named_thing" not in found:
        return SEARCHED if unnamed and not (life or headed) else ""
    if not unnamed:
        return "" if found.keys() & _SOMEWHERE and found.keys() & LIFE else UNTIED
    ours = "head" in found or (life and headed)
    return "" if ours and ("danger" in found or found.keys() & HERE) else UNTIED


def _heads(found: Found, doc: Doc, rest: str, who: SchoolProfile) -> None:
    for full, last in who.heads:
        if doc.has(full):
            found["head"] = full
        elif any(doc.has(f"{title} {last}") for title in (*TITLES, "head")):
            found.setdefault("head", last)
        elif f" {last} " in rest and last not in _NO_SURNAMES and _with_capital(last, doc.raw):
            found.setdefault("head_surname", last)  # the name of the school is no surname


def _with_capital(last: str, raw: str) -> bool:
    """Is it written as a name or in a handle, or, in a text without capitals, not as a thing is?"""
    said, low = raw.partition(" | ")[2], re.escape(last)
    name = rf"\b{last[:1].upper()}(?i:{low[1:]})\b|[@#._]{low}\b|\b{low}[._]\w"
    alone = rf"(?<!\ba )(?<!\ban )(?<!\bno )(?<!\bthe )(?<!\bsome ){low}\b" if said == said.lower() else name
    return re.search(f"{name}|{alone}", raw) is not None


def _add_setting(found: Found, doc: Doc, who: SchoolProfile, source: Source) -> None:
    """Add where it was posted: the school's own listing, a person's report, a search for its name."""
    if source.handed_in:
        found[source.handed_in.value] = ""
    elif source.listing:
        ours = source.own and source.urns == (who.school.urn,)
        found["own_page" if ours else "listing"] = source.name or source.id
    elif doc.channel in _REVIEWS:
        _review(found, doc, who)
    if doc.channel == "report" or doc.channel.endswith("_report"):
        found["reported"] = doc.channel
    if not (source.surfaced or source.listing or source.handed_in):
        found["not_searched"] = ""
    if "unnamed" in found and doc.article:
        # a school in our place: “Headteacher suspended at Larkham secondary”
        there = "place" in found and bool(LIFE & found.keys() or _SORTS & doc.words)
        found["school_there" if there else "article_unnamed"] = found.get("place", "")
    # the source's name has our place: “Northvale Talk”; a search's says what it seeks
    name = f" {normalise(source.name)} " if source.name and not source.surfaced else ""
    if any(code == "place" and f" {place} " in name for place, (code, _) in who.places.items()):
        found["posted_here" if "unnamed" in found else "source_place"] = source.name
    _board(found, doc, who, source)
    if not source.surfaced and _is_group_title(f" {normalise(source.name)} ", who):
        found["own_group"] = source.name


def _add_worth(found: Found) -> None:
    """Adds what the name and the place are worth together, or how little one is worth without the other."""
    if {"school_named", "alias_handle"} & found.keys():
        if {"place", "street", "postcode"} & found.keys():
            found["school_and_place"] = ""
    elif _WEAK & found.keys() and not _TIED & found.keys():
        found["name_alone"] = ""
    elif _WEAK & found.keys() and not _SURE & found.keys():
        found["place_alone"] = ""


def _board(found: Found, doc: Doc, who: SchoolProfile, source: Source) -> None:
    """Adds that the school is named on a board of one neighbourhood, or in a group that bears its name, where
    nothing speaks for another; one word that goes with another is but a hint there.

    A board that a search found may be of any neighbourhood: its title must not give another. Nor is what
    merely names us in its title, as a headline does, a group of ours.
    """
    if doc.channel not in _GROUPS or (AGAINST & found.keys()) - {"trade"}:
        return
    title = f" {doc.title} "
    board = doc.channel in _BOARDS and "unnamed" not in found
    headed = _named_in(title, who)
    if not board and (not headed or ("trade" in found and not LIFE & found.keys())):
        return
    if "trade" in found:
        found["trade_hint"] = found.pop("trade")
    area = neighbourhood(doc) if source.surfaced else ""
    if board and (not area or is_own_place(area, who)):
        found["local_board"] = ""
    elif _is_group_title(title, who):
        found["own_group"] = doc.title


def _is_group_title(title: str, who: SchoolProfile) -> bool:
    """Is it our name, with words beside it and our places that groups of a school's people are called by? A
    headline says more, and another place is another school's: “Oakfield Primary Hexley parents”."""
    if not _named_in(title, who):
        return False
    for text in (*(form.text for form in who.longest), *sorted(who.places, key=len, reverse=True)):
        title = title.replace(f" {text} ", "  ")
    return all(word in GROUP_WORDS or _CLASS.fullmatch(word) for word in title.split())


def _named_in(title: str, who: SchoolProfile) -> bool:
    return any(f" {form.text} " in title for form in who.forms if form.code in NAMES)


def _review(found: Found, doc: Doc, who: SchoolProfile) -> None:
    """A review's title is the page's name, or a heading of the reviewer's."""
    title = doc.title.removeprefix("the ")
    own = any(
        title == text or title.startswith(f"{text} ")
        for text in who.texts | {form.text.removeprefix("the ") for form in who.forms}
    )
    words = title.split()
    thing = bool(words) and words[-1] in THINGS and title not in who.texts
    if own and not thing and not _ANOTHERS_PAGE & found.keys():
        found["listing_title"] = doc.title
    elif words and (thing or "other_school" in found or "named_thing" in found):
        found["title_other"] = doc.title
    else:
        found["review"] = doc.title
