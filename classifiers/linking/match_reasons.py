"""The reasons for a match in words a person can read, weightiest first."""

from __future__ import annotations

from classifiers.linking.document import Found
from classifiers.linking.school_profile import SchoolProfile
from classifiers.linking.weights import WEIGHTS
from data.register.school_names import words_of
from data.types import Reason, Relevance, SchoolTold
from data.words.say import words

_NAMES = ("full_name", "alias", "short_name", "core_name", "shared_name")
_PLACES_FOUND = words_of("namesake_place namesake_place_too rival_place rival_place_too other_county")
_PLACES = ("postcode", "street", "place", "district", "county")
_HANDED_IN = frozenset(SchoolTold)
_MOST = 5

OTHER_OF_YOURS = "other_of_yours"
"""The code where another watched school is meant, which is told itself."""

NAMES_ANOTHER_SCHOOL = words_of(
    "other_school other_school_too other_phase other_phase_too other_head namesake_school namesake_place "
    "namesake_place_too namesake_tie elsewhere elsewhere_too"
) | {OTHER_OF_YOURS}
"""Codes of a match where the text names another school, its head or its place."""

NAMES_ANOTHER = NAMES_ANOTHER_SCHOOL | words_of(
    "namesake_named namesake_named_too named_thing thing_too rival_place rival_place_too elsewhere_beside "
    "title_other"
)
"""Codes of a match where the text names anybody else: another school, or a street, a church, a club."""

BESIDE = frozenset(("named_thing", "thing_too", "elsewhere_beside", "title_other"))
"""Codes of a match where only a word beside the name suggests that it is somebody else's."""

NAMES_US = words_of("full_name alias alias_handle former_name short_name core_name name_and_place")
"""Codes of a match where the school's own name is in the text by itself."""

NAMES = NAMES_US | words_of("shared_name initials name_within name_disguised name_misspelt")
"""Codes of a match where the name is in the text, or another's name that is the same, or nearly the name."""

UNTIED = "untied"
"""The code where the text neither names the school nor points to it in any other way."""

HERE = words_of("place place_within street postcode district source_place posted_here local_board")
"""Codes of a match where the text, or where it stands, is in a place of the school's own."""

SEARCHED = "search_alone"
"""The code where a search for the school is all that points to it."""

BORNE = frozenset(("only_bearer", "few_bearers", "many_bearers", "common_name"))
"""How many schools bear the name that is used: none other, up to five, more, or probably several."""

OURS_TO_JUDGE = frozenset((*SchoolTold, "own_group"))
"""Codes of what a person handed in, and of what stands where only this school is talked about."""

_TOLD_APART = (OURS_TO_JUDGE, NAMES_ANOTHER_SCHOOL, NAMES_ANOTHER, NAMES_US, {UNTIED}, BORNE)
_TOLD_OF_UNTIED = ({UNTIED, SEARCHED}, HERE)
"""Groups of codes that the decision asks for: the reasons always include one of each group found."""

_W = words("en")


def reasons(found: Found, who: SchoolProfile, answer: Relevance) -> tuple[Reason, ...]:
    """At most five; those that support the answer come first."""
    sign = -1 if answer is Relevance.NOT_ABOUT else 1
    ranked = sorted(
        (c for c in found if _W.has(f"match.{c}") or c in BORNE),
        key=lambda code: (-sign * WEIGHTS[code], code),
    )
    name = next((code for code in found if code in _NAMES), None)
    place = next((code for code in _PLACES if code in found), None)
    if _HANDED_IN & found.keys():
        ranked = [code for code in ranked if code != "reported"]
    told = {}
    if name and place and answer is not Relevance.NOT_ABOUT:
        ranked = ["name_and_place", *(code for code in ranked if code not in (name, place))]
        told["name_and_place"] = _together(found, who, name, place)
    for code in _most(ranked):
        if code not in told:
            told[code] = (
                _count_of_bearers(code, found[code], who) if code in BORNE else sentence(code, found[code])
            )
    return tuple([Reason(code, told[code]) for code in _most(ranked)])


def _most(given: list[str]) -> list[str]:
    """The first five codes, but always one from each group that the decision asks for."""
    if len(given) <= _MOST:
        return given
    groups = (*_TOLD_OF_UNTIED, *_TOLD_APART) if {UNTIED, SEARCHED} & {*given} else _TOLD_APART
    needed = [next((code for code in given if code in group), None) for group in groups]
    kept = list(dict.fromkeys([*filter(None, needed), *given]))[:_MOST]
    return [code for code in given if code in kept]


def _count_of_bearers(code: str, detail: str, who: SchoolProfile) -> str:
    """Say how many schools bear the name, in the school's language."""
    w = words(who.school.language)
    if code == "common_name":
        return w("match.common", name=detail)
    count, several, name = detail.partition("|")
    return w("match.several", count=count, name=name) if several else w("match.only")


def sentence(code: str, detail: str) -> str:
    """The reason of that code; `detail` is what was found."""
    first, _, second = detail.partition("|")
    return _W(f"match.{code}", found=first.title() if code in _PLACES_FOUND else first, whose=second)


def _together(found: Found, who: SchoolProfile, name: str, place: str) -> str:
    where = {"street": " (your street)", "county": " (your area)"}.get(place, "")
    text = f"“{found[name]}” and “{found[place]}”{where} together"
    others = [rival for rival in who.rivals if rival.school]
    if others and not {"namesake_place_too", "namesake_place"} & found.keys():
        return f"{text}; the other of that name ({others[0].shown}) is not near any place named."
    return f"{text}."
