"""Answers that `init` takes about the net: a proxy, what to leave out, addresses. Asked again where they are
of no use, and never without a word."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from data.errors import InputError
from data.types import Source
from data.web.channels import WEBSITE, channel_at
from monitor.config.faults import quoted
from monitor.config.values import ProxyAddress, WebAddress
from monitor.terminal.answers import until_right
from monitor.terminal.output import Say
from sources.http.sockets import tls_context
from sources.nature.nature import CHANNEL_OF, Nature, nature_of
from sources.places.table import Proposal

Ask = Callable[[str], str]

_NONE = frozenset({"", "-", "–", "none"})
_VARIABLES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")


def none(answer: str) -> bool:
    """Does it say that there is none?"""
    return answer.strip().lower() in _NONE


def proxy_of(env: Mapping[str, str]) -> str | None:
    """The proxy that other programs are told to use, without a name and password in it; None for no proxy."""
    for name in _VARIABLES:
        given = env.get(name, "").strip()
        bare = re.sub(r"//[^/@]*@", "//", given if "//" in given else f"http://{given}").rstrip("/")
        if given and not fault(ProxyAddress, bare):
            return bare
    return None


def asked_proxy(proposed: str | None, ask: Ask, say: Say) -> str | None:
    """The proxy's address, None for none."""
    enter = f"Enter for {proposed}, - for none" if proposed else "Enter if there is none"
    question = f"The proxy that leads out of this network: http://, its name and its port ({enter})"

    def read(answer: str) -> str | None:
        if proposed and not answer:
            return proposed
        if none(answer):
            return None
        found = answer if "//" in answer else f"http://{answer}"
        if why := fault(ProxyAddress, found):
            raise InputError(f"{quoted(answer)} {why}.")
        return found

    return until_right(question, read, ask, say)


def asked_file(ask: Ask, say: Say) -> str | None:
    """The file with a web filter's authority, as a whole path; None for none."""

    def read(answer: str) -> str | None:
        if none(answer):
            return None
        return with_certificates(Path(answer.strip("'\"")).expanduser().absolute())

    question = "The file with the authority of the web filter, PEM (Enter if there is none)"
    return until_right(question, read, ask, say)


def with_certificates(path: Path) -> str:
    """The path of a file of authorities. Raises InputError for what holds none."""
    try:
        tls_context(str(path))
    except OSError:
        raise InputError(f"{path} is not there, or holds no certificate.") from None
    return str(path)


def asked_marks(known: Collection[str], ask: Ask, say: Say) -> list[str]:
    """The numbers and letters of what is to be left out; none for all to be kept."""
    question = (
        "Which of these are not about you? Their numbers, or the letter of a search, with blanks between "
        "(Enter keeps all)"
    )

    def read(answer: str) -> list[str]:
        marks = [] if none(answer) else re.split(r"[\s,;]+", answer.lower())
        if unknown := [mark for mark in marks if mark not in known]:
            raise InputError(f"There is no {quoted(unknown[0])} in the table. Nothing was left out.")
        return marks

    return until_right(question, read, ask, say)


_IS = re.compile(r"(\d+)\s*=\s*([^\s,;]+)")
NATURES = (Nature.PAPER, Nature.BOARD, Nature.BLOG, Nature.REVIEWS, Nature.BODY)
"""What somebody may say of a place; a page of the school's own is watched as one."""


def what(source: Source) -> str:
    """What a place is, in a word; with “?” where nobody knows and it is taken for people's own words."""
    if nature := nature_of(source):
        return nature.value
    return "search" if source.surfaced or channel_at(source.url) != WEBSITE else f"{Nature.BLOG.value}?"


def nature_named(word: str) -> Nature:
    """The nature of that name. Raises InputError, which names them all."""
    found = next((nature for nature in NATURES if nature.value == word.strip().lower()), None)
    if found is None:
        known = ", ".join(nature.value for nature in NATURES)
        raise InputError(f"{quoted(word)} is no kind of place. One of: {known}.")
    return found


def with_natures(answer: str, most: int) -> tuple[dict[int, Nature], str]:
    """What an answer says places are, “3 = paper”, by their numbers; and the answer without that."""
    said = {int(number): nature_named(word) for number, word in _IS.findall(answer)}
    if beyond := [number for number in said if not 1 <= number <= most]:
        raise InputError(f"There is no number {beyond[0]}: they go from 1 to {most}.")
    return said, _IS.sub(" ", answer).strip(" ,;")


def asked_natures(places: Sequence[Proposal], ask: Ask, say: Say) -> list[Proposal]:
    """The places, each as somebody says what it is."""

    def read(answer: str) -> dict[int, Nature]:
        said, left = ({}, "") if none(answer) else with_natures(answer, len(places))
        if left:
            raise InputError(f"{quoted(left)}: write, for example, 1 = paper")
        return said

    question = "What each is, a paper, a board, a blog: right? (Enter if it is; else, for example, 1 = paper)"
    said = until_right(question, read, ask, say)
    return [as_said(place, said.get(number)) for number, place in enumerate(places, 1)]


def as_said(place: Proposal, nature: Nature | None) -> Proposal:
    """The place with the nature that somebody says it has; None says that what was shown is right."""
    source = place.source
    if nature is None and source.kind == "feed" and source.channel is None and not source.own:
        nature = nature_of(source)
    return replace(place, source=replace(source, channel=CHANNEL_OF[nature] if nature else source.channel))


def asked_addresses(ask: Ask, say: Say) -> list[str]:
    question = (
        "Boards, town sites and papers of your area, by the address of any page, with blanks between "
        "(Enter for none)"
    )

    def read(answer: str) -> list[str]:
        given = [] if none(answer) else re.split(r"[\s,;]+", answer)
        if wrong := [each for each in given if not _is_address(_whole(each))]:
            raise InputError(f"{quoted(wrong[0])} is not a web address.")
        return list(dict.fromkeys(map(_whole, given)))

    return until_right(question, read, ask, say)


def _whole(address: str) -> str:
    return address if "//" in address else f"https://{address}"


def _is_address(address: str) -> bool:
    return not fault(WebAddress, address) and "." in (urlsplit(address).hostname or "")


def needed(kind: Any) -> Callable[[str], Any]:
    """A reader of answers that gives each as the annotated type holds it: “England” is “england”.

    It raises InputError for none, and for what the type refuses.
    """

    def read(answer: str) -> Any:
        if not answer:
            raise InputError("This is needed.")
        if why := fault(kind, answer):
            raise InputError(refusal(answer, why))
        return TypeAdapter(kind).validate_python(answer)

    return read


def refusal(answer: str, why: str) -> str:
    """A fault of an answer, as a sentence."""
    return f"{quoted(answer)} {why}" + ("" if why.endswith(("?", ".")) else ".")


def fault(kind: Any, value: object) -> str:
    """What is wrong with a value of that annotated type, "" where it can be used."""
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        (found, *_) = error.errors(include_url=False)
        return str(found["ctx"]["error"]) if found["type"] == "value_error" else "is empty"
    return ""
