"""Other words of the same kind in the place of days, identities, names and schools, so that none decides.

What is written of Monday, of a Sikh family or of Mrs Hale must be judged as if it were of Friday, a Polish
family or Mr Okoro. Slurs are left alone: they are not words of the same kind; nor is what was yesterday of
the kind of what is planned for tonight.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

from research.training.examples import OWN_DATA

_KINDS: tuple[tuple[str, ...], ...] = (
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    ("tonight", "tomorrow", "this evening"),
    ("today", "this morning", "this afternoon"),
    ("yesterday", "last night", "last week", "the other day"),
    ("last term", "last year"),
    ("this week", "this term"),
    ("muslim", "christian", "jewish", "hindu", "sikh", "catholic", "protestant", "buddhist", "quaker"),
    ("muslims", "christians", "jews", "hindus", "sikhs", "catholics", "protestants", "buddhists"),
    ("gay", "lesbian", "bisexual", "trans", "queer", "non-binary", "asexual", "lgbt"),
    ("autistic", "deaf", "disabled", "dyslexic", "epileptic", "diabetic"),
    ("autism", "adhd", "down's syndrome", "dyslexia", "cerebral palsy", "epilepsy", "diabetes"),
    ("traveller", "refugee", "immigrant", "migrant"),
)
_OF_PERSONS: tuple[tuple[str, ...], ...] = (
    (
        *("polish", "romanian", "irish", "pakistani", "indian", "nigerian", "somali", "bangladeshi", "welsh"),
        *("ukrainian", "chinese", "turkish", "portuguese", "lithuanian", "scottish", "english", "albanian"),
    ),
    ("black", "white", "asian", "brown", "mixed-race"),
)
"""Only before a word for persons: black shoes and an English lesson are something else."""
_PERSON = (
    r"(?= (?:boys?|girls?|kids?|lads?|child|children|men|man|wom[ae]n|people|famil(?:y|ies)|parents?|pupils?"
    r"|mums?|dads?|teachers?|students?|friends?|neighbours?|lass(?:es)?|couples?|community)\b)"
)
_DAYS = frozenset(_KINDS[0])
_OTHERS = {word: kind for kind in (*_KINDS, *_OF_PERSONS) for word in kind}


def _either(kinds: Sequence[Sequence[str]]) -> str:
    return "|".join(sorted((re.escape(word) for kind in kinds for word in kind), key=len, reverse=True))


_WORD = re.compile(
    rf"(?<![\w*@#])(?:(?:{_either(_KINDS)})(?![\w*])|(?:{_either(_OF_PERSONS)}){_PERSON})", re.IGNORECASE
)
_SURNAMES = (
    *("Hale", "Okoro", "Marsh", "Begum", "Kowalska", "Price", "Tindall", "Rahman", "Fox", "Ashdown", "Evans"),
    *("Singh", "Brook", "Mensah", "Lacey", "Doherty", "Nowak", "Pryce", "Ellery", "Shah", "Winter", "Cole"),
)
_TITLED = re.compile(r"\b(Mr|Mrs|Miss|Ms|Mx|Dr|Sir|mr|mrs|miss|ms|dr)\b(\.? )([A-Z][a-z]{2,})")
_CHILDREN = (
    *("Jayden", "Amira", "Kai", "Zofia", "Oliver", "Maryam", "Tyler", "Esme", "Ibrahim", "Callum", "Priya"),
    *("Rhys", "Chloe", "Dawid", "Ruby", "Hamza", "Lacey-Mae", "Noah", "Aisha", "Jake", "Megan", "Tomos"),
)
_SAID = ("title", "text", "quoted")
_CHILD = re.compile(rf"\b(?:{'|'.join(_CHILDREN)})\b")


def in_other_words(items: Sequence[Mapping[str, Any]], seed: int) -> list[dict[str, Any]]:
    """Each of the project's own items, swapped."""
    schools = own_schools()
    others = [schools[name] for name in sorted(schools)]
    return [swapped(item, others, schools[item["school"]], seed) for item in items]


def without_names(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each of the project's own items, masked; one that is not ours is so by its names and keeps them."""
    schools = own_schools()
    return [masked(item, schools[item["school"]]) if item["relevant"] else dict(item) for item in items]


def own_schools() -> dict[str, Mapping[str, Any]]:
    """The schools of the project's own items, by id."""
    read = (json.loads(path.read_text("utf-8")) for path in sorted(OWN_DATA.glob("*_schools.json")))
    return {school["id"]: school for file in read for school in file}


def swapped(
    item: Mapping[str, Any], schools: Sequence[Mapping[str, Any]], own: Mapping[str, Any], seed: int
) -> dict[str, Any]:
    """The item with other days, identities and names, and with another of `schools` in the place of `own`.

    The same seed gives the same words; one word is replaced alike wherever it stands, title and text.
    """
    rng = random.Random(f"{seed}:{item['id']}")
    other = rng.choice(schools)
    head = str(other.get("head") or "").split()[-1:]
    chosen = {surname: surname for surname in head}
    renamed = _renamed(own, other)
    return dict(item) | {
        name: _swap(str(item[name]), chosen, rng, renamed) for name in _SAID if item.get(name)
    }


def masked(item: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The item with no name in it, no place and no day: the school is “the school”, Mrs Hale “a teacher”."""
    names = (own["name"], *own["aliases"], *own.get("former_names", ()))
    hidden = dict.fromkeys(map(str, names), "the school") | {str(own["locality"]): "the town"}
    if own.get("head"):
        hidden[str(own["head"])] = "the head"
    longest = dict(sorted(hidden.items(), key=lambda pair: -len(pair[0])))
    return dict(item) | {name: _mask(str(item[name]), longest) for name in _SAID if item.get(name)}


def _mask(text: str, hidden: Mapping[str, str]) -> str:
    for name, stand_in in hidden.items():
        text = re.sub(rf"(?<!\w)(?:[Tt]he )?{re.escape(name)}(?!\w)", stand_in, text)
    text = _WORD.sub(lambda m: "that day" if m.group().lower() in _DAYS else m.group(), text)
    return _CHILD.sub("a child", _TITLED.sub("a teacher", text))


def _swap(text: str, chosen: dict[str, str], rng: random.Random, renamed: Mapping[str, str]) -> str:
    for ours, theirs in renamed.items():
        text = re.sub(rf"(?<!\w){re.escape(ours)}(?!\w)", theirs.replace("\\", ""), text)
    text = _WORD.sub(
        lambda m: _like(m.group(), _pick(m.group().lower(), _OTHERS[m.group().lower()], chosen, rng)), text
    )
    text = _TITLED.sub(lambda m: m.group(1) + m.group(2) + _pick(m.group(3), _SURNAMES, chosen, rng), text)
    return _CHILD.sub(lambda m: _pick(m.group(), _CHILDREN, chosen, rng), text)


def _pick(word: str, kind: Sequence[str], chosen: dict[str, str], rng: random.Random) -> str:
    if word not in chosen:
        chosen[word] = rng.choice(kind)
    return chosen[word]


def _like(before: str, after: str) -> str:
    """With a capital where the word before had one."""
    return after[:1].upper() + after[1:] if before[:1].isupper() else after


def _renamed(own: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, str]:
    """The school's own words and the other's, longest first: names, place, head."""
    pairs = {
        str(own["name"]): str(other["name"]).removeprefix("The "),
        str(own["locality"]): str(other["locality"]),
    }
    aliases = [str(alias) for alias in other["aliases"]] or [str(other["name"])]
    pairs |= {str(alias): aliases[i % len(aliases)] for i, alias in enumerate(own["aliases"])}
    if own.get("head") and other.get("head"):
        ours, theirs = str(own["head"]).split(), str(other["head"]).split()
        pairs |= {
            str(own["head"]): str(other["head"]),
            " ".join(ours[:1] + ours[-1:]): " ".join(theirs[:1] + theirs[-1:]),
        }
    return dict(sorted(pairs.items(), key=lambda pair: -len(pair[0])))
