"""The forms a school's name takes in running text."""

from __future__ import annotations

from dataclasses import dataclass

from data.register.namesakes import name_without_place, spoken_core
from data.register.school_names import INSTITUTION, SCHOOLISH, core, normalise, spoken_name
from data.types import School

_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing a school: `text` in normal form, `code` the kind of evidence it is, `shown` as
    given.

    Codes: full_name, alias, alias_handle, former_name, short_name, core_name, initials.
    """

    text: str
    code: str
    shown: str


def forms(school: School) -> tuple[Form, ...]:
    """Every form of the school's name, most distinctive first; no duplicates, none under three letters."""
    name = name_without_place(school)
    kernel = core(name)
    spoken = [name, *(alias for alias in school.aliases if alias[:1] not in "@#")]
    given = [("full_name", one) for one in dict.fromkeys((school.name, name))]
    given += [("alias_handle", alias) for alias in school.aliases if alias[:1] in "@#"]
    given += [("alias", alias) for alias in school.aliases if alias[:1] not in "@#"]
    given += [("former_name", name) for name in school.former_names]
    whole = ("full_name", "alias")
    written = [
        Form(text, "core_name" if code in whole and text.removeprefix("the ") == kernel else code, shown)
        for code, shown in given
        for text in _spellings(shown)
    ]
    written += [Form(text, "short_name", name) for name in spoken for text in _short(name)]
    written += [Form(core(name), "core_name", spoken_core(name) or name) for name in spoken]
    written += [Form(core(_bare(name)), "core_name", name) for name in spoken if "'" in name or "’" in name]
    written += [
        Form("".join(word[0] for word in normalise(name).split()), "initials", name) for name in spoken
    ]
    if school.nation == "wales" or normalise(school.name).startswith("ysgol"):
        written += [
            Form(text, form.code, form.shown)
            for form in tuple(written)
            for text in _welsh_mutations(form.text)
        ]
    found: dict[str, Form] = {}
    for form in written:
        if len(form.text) >= _SHORTEST and form.text not in INSTITUTION:
            found.setdefault(form.text, form)
    return tuple(found.values())


_SOFT = (
    ("ll", "l"), ("rh", "r"), ("c", "g"), ("p", "b"), ("t", "d"),
    ("b", "f"), ("d", "dd"), ("m", "f"), ("g", ""),
)  # fmt: skip
_NASAL = (("c", "ngh"), ("p", "mh"), ("t", "nh"), ("b", "m"), ("d", "n"), ("g", "ng"))


def _welsh_mutations(text: str) -> list[str]:
    """Welsh changes the first letter after many words: Cwm → Gwm, Nghwm; after “Ysgol” too."""
    head, name = ("ysgol ", text[6:]) if text.startswith("ysgol ") else ("", text)
    return [
        head + put + name.removeprefix(old)
        for table in (_SOFT, _NASAL)
        for old, put in [next(((o, p) for o, p in table if name.startswith(o)), ("", ""))]
        if old and (len(old) > 1 or name[:2] not in ("ch", "ph", "th", "dd"))
    ]


def _bare(name: str) -> str:
    """The name without its possessive: “King James School” for “King James's School”."""
    return name.replace("’", "'").replace("s's", "s").replace("'s", "")


def _spellings(name: str) -> list[str]:
    """The name in normal form; also without its possessive, without “the”, and in one word."""
    plain = normalise(name)
    bare = normalise(_bare(name))
    texts = [plain, bare, plain.removeprefix("the "), plain.removesuffix(" school")]
    if name[:1] not in "@#" and len(plain) >= 10:
        texts.append(plain.replace(" ", ""))
    return [text for text in dict.fromkeys(texts) if text not in INSTITUTION]


def _short(name: str) -> list[str]:
    """The core with one institution word from the name: “park primary”, “park academy”."""
    words = normalise(spoken_name(name)).split()
    kernel = core(name)
    return [f"{kernel} {word}" for word in words if word in SCHOOLISH and word not in kernel.split()]
