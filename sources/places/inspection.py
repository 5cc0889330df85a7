"""The page of the school's inspectorate, by nation; by its number where the address is formed from it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from data.types import School, Source
from sources.places.proposal import Proposal
from sources.places.table import proposed

_KIND = "inspection"
_OFSTED = "https://reports.ofsted.gov.uk"
_OFSTED_TYPES = {"primary": "21", "secondary": "23"}
_ANY_TYPE = "ELS"
"""Ofsted's addresses name the type of provider; this one stands for any that is a school."""
_NAMES = {
    "ofsted": "Ofsted",
    "ofsted_search": "Ofsted",
    "estyn": "Estyn",
    "estyn_search": "Estyn",
    "education_scotland": "Education Scotland",
    "eti": "Education and Training Inspectorate",
    "isi": "Independent Schools Inspectorate",
    "care_inspectorate": "Care Inspectorate",
    "ciw": "Care Inspectorate Wales",
}
_YEARS_BEFORE_SCHOOL = ("nursery", "pre-school", "preschool", "playgroup", "early years")


def inspections(school: School, *, independent: bool = False) -> tuple[Proposal, ...]:
    """One inspectorate's page for most schools; the care inspectorate's too for a nursery."""
    return tuple(_page(row, url, school) for row, url in _pages(school, independent))


def _page(row: str, url: str, school: School) -> Proposal:
    key = row.removesuffix("_search").replace("_", "-")
    source = Source(
        key,
        _KIND,
        url,
        urns=(school.urn,),
        name=_NAMES[row],
        listing=True,
        channel="website",
        interval_s=86_400.0,
    )
    return proposed(row, source)


def _pages(school: School, independent: bool) -> Iterator[tuple[str, str]]:
    match school.nation:
        case "wales":
            yield _wales(school)
            if _is_nursery(school):
                yield "ciw", "https://careinspectorate.wales/service-directory"
        case "scotland":
            yield (
                "education_scotland",
                "https://education.gov.scot/inspection-and-review/find-an-inspection-report/",
            )
            if _is_nursery(school):
                yield "care_inspectorate", "https://www.careinspectorate.com/index.php/care-services"
        case "northern_ireland":
            yield "eti", "https://www.etini.gov.uk/publications/type/inspection-reports"
        case _:
            if independent:
                yield "isi", "https://www.isi.net/school-search"
            yield _england(school)


def _england(school: School) -> tuple[str, str]:
    number = _number(school, 6)
    if not number:
        return "ofsted_search", f"{_OFSTED}/search?{urlencode({'q': school.name})}"
    return "ofsted", f"{_OFSTED}/provider/{_OFSTED_TYPES.get(school.phase.lower(), _ANY_TYPE)}/{number}"


def _wales(school: School) -> tuple[str, str]:
    number = _number(school, 7)
    if not number:
        return "estyn_search", "https://www.estyn.gov.wales/inspection/search"
    return "estyn", f"https://www.estyn.gov.wales/provider/{number}"


def _number(school: School, digits: int) -> str:
    """Its own number in the register's form: a school without one has a key of its own making."""
    numbers = (school.urn, *school.members)
    return next((number for number in numbers if len(number) == digits and number.isdecimal()), "")


def _is_nursery(school: School) -> bool:
    told = f"{school.phase} {school.name}".lower()
    return any(word in told for word in _YEARS_BEFORE_SCHOOL)
