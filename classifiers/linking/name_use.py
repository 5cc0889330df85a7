"""Where the school's name occurs in a text, and whether it means the school there."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from classifiers.linking.bearers import how_many
from classifiers.linking.document import BEFORE, THINGS, Doc, Found, in_one_phrase, says
from classifiers.linking.name_forms import Form
from classifiers.linking.school_profile import SchoolProfile
from data.register.school_names import INSTITUTION, SCHOOLISH, normalise, words_of

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


@dataclass(frozen=True, slots=True)
class _Use:
    """One place where the name occurs; `thing` and `phase` are what else it names there, if anything."""

    text: str
    code: str
    shown: str
    thing: str
    phase: str


def names(found: Found, doc: Doc, who: SchoolProfile) -> str:
    """Adds how the text names the school; returns the text, in normal form, without the name or name's.

    So a place counts only where it is more than part of the name: “Larkham Primary” does not say Larkham.
    """
    for text in [form.text for form in who.longest if f" {form.text}s " in doc.both]:
        if f"{text}s" not in who.texts and says(text, f" {text}s ", doc):
            doc = replace(doc, both=doc.both.replace(f" {text}s ", f" {text} "))
    uses = _uses(doc, who)
    _names(found, uses)
    if not uses:
        code, form = _hidden(doc, who)
        found[code] = form.shown if form else ""
    free = [use for use in uses if not use.thing and not use.phase]
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
    count, name = min((max(how_many(text, said, of) for of in who.bearers), text) for text in told)
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
        at = doc.both.find(f" {form.text} ")
        while at >= 0:
            span = range(at + 1, at + 1 + len(form.text))
            if at + 1 not in taken and span[-1] not in taken:
                taken.update(span)
                thing, phase = (
                    _if_in_one_phrase(whole, doc, seen)
                    for whole in (
                        _thing(doc.both, at, span.stop, form, who),
                        _phase(doc.both, span.stop, form.text, who),
                    )
                )
                uses.append(_Use(form.text, form.code, form.shown, thing, phase))
            at = doc.both.find(f" {form.text} ", at + 1)
    return uses


def _if_in_one_phrase(whole: str, doc: Doc, seen: Counter[str]) -> str:
    """`whole`, if it is in one phrase as often as it was found; otherwise nothing.

    The compared texts have lost their punctuation: “a knife at Oakfield! Park staff saw it” names no park.
    """
    if not whole:
        return ""
    seen[whole] += 1
    return whole if seen[whole] <= in_one_phrase(doc, whole) else ""


def _thing(both: str, start: int, stop: int, form: Form, who: SchoolProfile) -> str:
    """What the name is part of: a road, a church, a namesake with a longer name."""
    text = form.text
    after = both[stop : stop + 40].split("|")[0].split()
    full = text in who.full and not (text.endswith(" high") and after[:1] == ["street"])
    thing = _thing_after(after, text, who, full=full)
    if thing:
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
    if (
        text in who.full
        or not after
        or not {after[0], after[0].removesuffix("s")} & _PHASES
        or text.split()[-1] in INSTITUTION
    ):
        return ""
    own = {word for name in who.texts for word in name.split()}
    if {after[0], after[0].removesuffix("s")} & own:
        return ""
    if any(form.startswith(f"{text} {after[0].removesuffix('s')}") for form in who.texts):
        return ""
    if after[0] in {"academy", "college", "sixth"} and who.level == "secondary":
        return ""
    return f"{text} {after[0]}"


def _names(found: Found, uses: list[_Use]) -> None:
    free = [use for use in uses if not use.thing and not use.phase]
    for use in sorted(free, key=lambda use: _ORDER.index(use.code))[:1]:
        found[use.code] = use.shown
    told = next((use.text for use in free if set(use.text.split()) & SCHOOLISH), None)
    if told:
        found["school_named"] = told
    for use in uses:
        if use.thing and use.code == "place_name":
            continue
        if use.thing:
            found["named_thing" if not free else "thing_too"] = use.thing
        elif use.phase:
            found["other_phase" if not free else "other_phase_too"] = use.phase


def _hidden(doc: Doc, who: SchoolProfile) -> tuple[str, Form | None]:
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
