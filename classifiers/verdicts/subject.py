"""Tell whom a text names, and what it is about: the kind of subject, and the person where it is somebody in
the configuration. Pure.

`is_named` is strict, for what the text is about. `people_named` is generous, for who must not be told: it
also finds names misspelt, starred out, with an initial, in a handle or a hashtag.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA

from classifiers.scoring.persons import DescribedPerson
from classifiers.signals.patterns import PossiblePatterns
from classifiers.text.words import WordFile, is_word, late_pattern, undisguise
from data.frozen import freeze
from data.letters import ByCharacter, plain_letters
from data.people import people_of
from data.register.school_names import core_of, separate_names
from data.types import About, Mention, Person, Role, School, Signal

_WORDS = WordFile(Path(__file__).with_name("named_people.toml"))
_HONORIFIC, _RARE, _AFTER_TITLE, _MAN, _WOMAN, _INITIAL, _HANDLE, _CAMEL, _WORD, _MASKS = _WORDS.patterns(
    "honorific", "rare", "after_title", "man", "woman", "initial", "handle", "camel", "word", "masks"
)
_AT_SOMEBODY, _ONLY_KNOWS = _WORDS.patterns("at_somebody", "only_knows")
_NAMED = "titles", "called", "owned", "neighbour", "person", "alike", "everyday", "like"
_TITLES, _CALLED, _OWNED, _NEIGHBOUR, _PERSON, _ALIKE, _EVERYDAY, _LIKE, _HURT, _DOOMED, _OF_ONE, _MAY = (
    one.pattern for one in _WORDS.patterns(*_NAMED, "hurt", "doomed", "of_one", "may")
)
_PLAIN_TITLES, _VIOLENCE, _LIMB = (one.pattern for one in _WORDS.patterns("plain_titles", "violence", "limb"))
_WORD_BEFORE, _SMALL_BEFORE, _WORD_AFTER, _WITH_CAPITALS = _WORDS.patterns(
    "word_before", "small_before", "word_after", "with_capitals"
)
_BEGINS, _CAPITAL_BEFORE, _CAPITAL_AFTER = _WORDS.patterns("begins", "capital_before", "capital_after")
_ALONE = 4
"""A surname at least this long is recognised without anything before it."""
_MISSPELT_ALONE = 6
"""At least this long, even with one letter wrong, if it has a capital."""
_SHOWN = 2


@freeze
class NameReading:
    """A text prepared for finding names.

    `bare` is as written and `plain` in lower case, also with disguises undone, both without accents and
    invisible characters.
    `called` are titles and the words after them, `starred` those with hidden letters, `capital` those with a
    capital, by their first letter, `handles` handles and hashtags without their sign.
    """

    bare: str
    plain: str
    called: tuple[tuple[str, str], ...]
    starred: tuple[str, ...]
    capital: Mapping[str, list[str]]
    handles: tuple[str, ...]


def is_named(name: str, text: str) -> bool:
    """Is the name there in full, its surname after a title, or a distinctive surname alone?"""
    return _is_in_text(name, text, text.lower())


def strictly_named(people: Iterable[Person], text: str) -> list[Person]:
    """Those of the people who are `is_named` there as people, in their order."""
    lowered = text.lower()
    named = [person for person in people if _is_in_text(person.name, text, lowered)]
    return [p for p in named if is_named(p.name, _without_things(_surname(p.name), text))]


def _is_in_text(name: str, text: str, lowered: str) -> bool:
    surname = _surname(name)
    if not surname or surname not in lowered:  # every form ends with the surname
        return False
    pattern = _pattern(name)
    if not pattern or not pattern.search(text):
        return False
    return not is_word(surname) or bool(pattern.search(write_names(name, text)))


@lru_cache(maxsize=4096)
def _surname(name: str) -> str:
    return (name.lower().split() or [""])[-1]


def replace_school_name(text: str, school: School, people: Iterable[Person]) -> str:
    """The text with “the school” for the school's name where it is a surname of its people too: Mr Oakfield,
    of Oakfield School. It stays a person's after a title or a first name, and where somebody does, is, has or
    suffers what no school can."""
    own = set(core_of(school).split())
    names = [_words(name) for name in (*separate_names(school.head), *(person.name for person in people))]
    for last, first in {(words[-1], words[0]) for words in names if words and words[-1] in own}:
        text = _school_pattern(last, first).sub("the school", text)
    return text


@lru_cache(maxsize=256)
def _school_pattern(last: str, first: str) -> re.Pattern[str]:
    before = (*_CALLED.split("|"), re.escape(first), *_WORDS.words("done_to"))
    kept = "".join(rf"(?<!\b{word} )(?<!\b{word}\. )" for word in before)
    somebody = rf"['’]?s?\s+(?:{_OWNED})|{_MAY}\s+(?:{_OF_ONE})"
    return re.compile(rf"(?<![\w@#]){kept}{re.escape(last)}(?!\w)(?!(?:{somebody})(?!\w))", re.I)


def prepare_names(text: str) -> NameReading:
    """A text prepared for `people_named`."""
    bare = _bare(text)
    handles = _HANDLE.findall(bare)
    spread = _HANDLE.sub(lambda m: f" {_CAMEL.sub(' ', m[1])} ", bare) if handles else bare
    plain = "\n".join(dict.fromkeys((bare.lower(), spread.lower(), undisguise(bare).text)))
    words = _WORD.findall(spread)
    initials = {m[1].lower() for m in _INITIAL.finditer(bare)}
    capital: dict[str, list[str]] = {}
    for word in [w.lower() for w in words if len(w) > _ALONE and w[0].isupper()]:
        capital.setdefault(word[0], []).append(word)
    return NameReading(
        bare=bare,
        plain=plain,
        called=tuple(
            [called for called in dict.fromkeys(_AFTER_TITLE.findall(plain)) if called[1] not in initials]
        ),
        starred=tuple([w.lower() for w in words if "*" in w]) if "*" in spread else (),
        capital=capital,
        handles=tuple([h.lower().replace("_", "") for h in handles]),
    )


def people_named(reading: NameReading, people: Sequence[Person]) -> tuple[Person, ...]:
    """Everyone whom the text may name. A first name alone does not name anybody."""
    return tuple(p for p in people if _may_be(p.name, reading))


def means_somebody(mention: Mention, people: Sequence[Person]) -> bool:
    """May its words name any of these people, or say the office of one?"""
    reading = prepare_names(mention.text)
    named = people_named(reading, people) or called_by_first_name(reading, people)
    return bool(named or roles_said(reading.plain))


def called_by_first_name(reading: NameReading, people: Iterable[Person]) -> list[Person]:
    """List those whose first name, of some length and with a capital, stands in the text."""
    firsts = ((p, _words(p.name)) for p in people)
    return [p for p, words in firsts if len(words) > 1 and _first_name(words[0]).search(reading.bare)]


@lru_cache(maxsize=4096)
def _first_name(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(word.title())}(?!\w)" if len(word) >= _ALONE else r"(?!)")


def only_a_thing(name: str, reading: NameReading) -> bool:
    """Is the surname of somebody who is named no more than that of a street or a firm, or a word, in it?"""
    last = _words(name)[-1]
    plain = _without_things(last, reading.plain)
    capital = {last[0]: [word for word in reading.capital.get(last[0], ()) if word != last]}
    bare = _without_things(last, reading.bare)
    left = replace(reading, bare=bare, plain=plain, capital=capital)
    return plain != reading.plain and not _may_be(name, left)


def _without_things(last: str, text: str) -> str:
    """The text without the surname where it names no person; an everyday word does if it is aimed at."""
    of_a_place, as_a_word, aimed = _thing(last)
    text = of_a_place.sub(" ", text)
    if not re.fullmatch(_EVERYDAY, last) or _AT_SOMEBODY.search(text) or aimed.search(text):
        return text
    return as_a_word.sub(" ", text)


@lru_cache(maxsize=4096)
def _thing(last: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """The surname as part of another name or of what a thing is like (Baker Street); as a word or a firm (the
    wood, Pike & Sons); and where violence is aimed at it."""
    said, sons = re.escape(last), r"\s+(?:and|&)\s+sons"
    of = f"{_NEIGHBOUR}|{_LIKE}" if re.fullmatch(_ALIKE, last) else _NEIGHBOUR
    article = r"(?:the|an?|some)\s+"
    word = rf"{article}{said}(?!['’]?s?\s+(?:{_PERSON})(?!\w))|{said}{sons}"
    doomed = rf"{said}(?:{sons})?(?:['’]s|\s+\w+){{0,2}}?\s+(?:{_DOOMED})"
    forms = (rf"{said}\s+(?:{of})", word, rf"(?:{_HURT})\s+(?:{article})?{said}|{doomed}")
    place, as_a_word, aimed = (re.compile(rf"(?<!\w)(?:{form})(?!\w)", re.I) for form in forms)
    return place, as_a_word, aimed


# A surname that is a word too: Head, Hope, Page. It names somebody after a title or their first name, with a
# capital inside a sentence, or where somebody of that name is to be hurt. In small letters among capitals, or
# after “the” or “his”, it is the word; else, at the start of a sentence or in a text without capitals, that
# is in doubt.


def write_names(name: str, text: str) -> str:
    """The text without the surname where it is the word, or may be."""
    heard = {found.start(): found[0] if person else " " for found, person in _places(name, text)}
    return _word_pattern(_words(name)[-1]).sub(lambda found: heard[found.start()], text)


def list_in_doubt(reading: NameReading, people: Iterable[Person]) -> tuple[Person, ...]:
    """Those whose surname is there, and it is in doubt whether as a word; nobody who is named as well."""
    heard = [
        (p, {person for _, person in _places(p.name, reading.bare)}) for p in people if _is_said(p, reading)
    ]
    return tuple(p for p, kinds in heard if None in kinds and True not in kinds)


def _is_said(person: Person, reading: NameReading) -> bool:
    last = _words(person.name)[-1:]
    return bool(last) and last[0] in reading.plain and is_word(last[0])


def _places(name: str, text: str) -> Iterator[tuple[re.Match[str], bool | None]]:
    """Each place of a surname that is a word, and whether it names somebody there; None where in doubt."""
    first, last = _words(name)[0], _words(name)[-1]
    capitals = _WITH_CAPITALS.search(text) is not None
    for found in _word_pattern(last).finditer(text):
        yield found, _names_somebody(found, text, first, capitals=capitals)


def _names_somebody(found: re.Match[str], text: str, first: str, *, capitals: bool) -> bool | None:
    said, last = found[0], found[0].lower().lstrip("@#")
    before, after = text[max(0, found.start() - 40) : found.start()], text[found.end() : found.end() + 40]
    titled, called, robbed = _person_patterns(first, last)
    if titled.search(before):
        return True
    small = not said[0].isupper()
    article = _WORD_BEFORE.search(before) and not re.match(rf"\s+(?:{_PERSON})(?!\w)", after, re.I)
    if _WORD_AFTER.match(after) or (small and (article or capitals or _SMALL_BEFORE.search(before))):
        return False
    near = text[max(0, found.start() - 20) : found.end() + 40]
    limb = (small or article) and re.fullmatch(_LIMB, last)  # “hit head on the wall”
    if not limb and (robbed.search(near) or _thing(last)[2].search(near)):
        return True
    if small or article or said.isupper():
        return None
    if called.search(before) or re.match(rf"['’]s\s+(?:{_OWNED})(?!\w)", after):
        return True
    alone = not (_BEGINS.search(before) or _CAPITAL_BEFORE.search(before) or _CAPITAL_AFTER.match(after))
    return True if alone else None


@lru_cache(maxsize=4096)
def _word_pattern(last: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\w)[@#]?{re.escape(last)}(?!\w)|(?<!\w){re.escape(last)}(?=s\s+(?:{_OWNED})(?!\w))", re.I
    )


@lru_cache(maxsize=4096)
def _person_patterns(first: str, last: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Patterns of what stands before a surname where it is one whatever its letters, and where it has a
    capital; and of violence that is aimed at it."""
    one, said = re.escape(first), re.escape(last)
    title = rf"(?:{_PLAIN_TITLES})(?:\.\s*|\s+)(?:(?:{one}|[b-hj-z]\.?)\s+)?"
    titled = rf"(?<!\w)(?:{title}|{one}\s+(?:[a-z]\.?\s+)?)$"
    robbed = rf"(?:{_VIOLENCE})\s+{said}s\s+(?:{_OWNED})"
    forms = (titled, rf"(?<!\w)(?:{_CALLED})\.?\s+$", rf"(?<!\w){robbed}(?!\w)")
    before, called, aimed = (re.compile(form, re.I) for form in forms)
    return before, called, aimed


def _bare(text: str) -> str:
    if text.isascii():
        return text
    return unicodedata.normalize("NFKD", plain_letters(text)).translate(_UNMARKED)


_UNMARKED = ByCharacter(lambda c: None if unicodedata.category(c) in ("Mn", "Cf") else c)
"""Nothing for accents and invisible characters, all others as they are."""


def _may_be(name: str, reading: NameReading) -> bool:
    words = _words(name)
    if not words:
        return False
    first, last = words[0], words[-1]
    word = last in reading.plain and is_word(last)
    if word:
        reading = prepare_names(write_names(name, reading.bare))
    title = _RARE.match(name)  # somebody of a rare title, which the text says
    if title and re.search(
        rf"(?<!\w)(?:the|that|our|good) {re.escape(title[1].lower())}(?!\w)", reading.plain
    ):
        return True
    pattern = _pattern(" ".join(words))
    if last in reading.plain and ((pattern and pattern.search(reading.plain)) or _has(last, reading.plain)):
        return True
    if reading.called and any(
        _follows_title(called, first, last, (title, name))
        for title, called in reading.called
        if not word or re.fullmatch(_PLAIN_TITLES, title)
    ):
        return True
    if reading.starred and any(
        _fits(word, last) and len(_MASKS.sub("", word)) >= _SHOWN for word in reading.starred
    ):
        return True
    if not word and any(_misspelt_alone(other, last) for other in reading.capital.get(last[0], ())):
        return True
    if reading.handles and any(
        last in handle and _in_handle(handle, first, last) for handle in reading.handles
    ):
        return True
    said = len(words) > 1 and first in reading.plain
    return said and _first_and_more(first, last).search(reading.plain) is not None


def _has(last: str, plain: str) -> bool:
    """Does somebody of that surname have something, written without apostrophe?"""
    return len(last) >= _ALONE and bool(re.search(rf"(?<!\w){re.escape(last)}s (?:{_OWNED})(?!\w)", plain))


@lru_cache(maxsize=4096)
def _words(name: str) -> tuple[str, ...]:
    return tuple(_HONORIFIC.sub("", _bare(name).strip().lower()).split())


def _follows_title(word: str, first: str, last: str, both: tuple[str, str]) -> bool:
    """Match after a title an initial, the surname with a letter wrong or starred out, or the first name."""
    word = word.rstrip(".,;:?!'-")
    word = word.removesuffix("'s")
    if len(word) == 1:  # “Mr N” is no Mrs Nightjar
        men = [bool(_MAN.match(title)) for title in both if _MAN.match(title) or _WOMAN.match(title)]
        return word == last[0] and len({*men}) < len(both)
    return word in (first, last) or _misspelt(word, last) or _fits(word, last)


def _misspelt(word: str, name: str) -> bool:
    """One letter wrong, missing, extra, or two swapped; never the first letter."""
    if word[:1] != name[:1] or abs(len(word) - len(name)) > 1 or min(len(word), len(name)) < _ALONE - 1:
        return False
    return OSA.distance(word, name, score_cutoff=1) <= 1


def _misspelt_alone(word: str, name: str) -> bool:
    """In a short name only an extra letter counts: March is a month."""
    long = len(name) >= _MISSPELT_ALONE or (len(name) >= _ALONE and len(word) > len(name))
    return long and _misspelt(word, name)


def _fits(word: str, name: str) -> bool:
    """Is it the name with some letters starred out? The first letter must be visible."""
    if word[:1] != name[:1] or not _MASKS.search(word):
        return False
    loose = "".join(
        "[a-z]{0,8}" if _MASKS.match(c) else re.escape(c) for c in re.sub(r"([^\w'])\1+", r"\1", word)
    )
    return bool(re.fullmatch(loose, name))


def _in_handle(handle: str, first: str, last: str) -> bool:
    """@janeholt, @holtjane, @jholt, @mrsholt, #holt, #holtout."""
    start, end = re.escape(first), re.escape(last)
    whole = rf"(?:{_TITLES})?(?:{end}{start}|{start}{end}|{start[0]}{end})|(?:{_TITLES}){end}"
    alone = rf"{end}(?:\d*|out|mustgo|resign|gate|lies|liar)"
    return bool(re.match(whole, handle) or (len(last) >= _ALONE and re.fullmatch(alone, handle)))


@lru_cache(maxsize=4096)
def _first_and_more(first: str, last: str) -> re.Pattern[str]:
    """The first name with the surname's initial, with the surname attached, or with a surname near it."""
    run_on = rf"{re.escape(first)}[\W_]*{re.escape(last)}"
    return re.compile(rf"(?<!\w)(?:{run_on}|{re.escape(first)}\s+{re.escape(last[0])})(?!\w)")


@lru_cache(maxsize=4096)
def _pattern(name: str) -> re.Pattern[str] | None:
    words = _HONORIFIC.sub("", name.strip()).split()
    if not words:
        return None
    surname = re.escape(words[-1])
    forms = [r"\s+".join(re.escape(w) for w in words)]
    forms.append(rf"(?:mr|mrs|ms|miss|mx|dr|rev|cllr|head|headteacher|principal)\.?\s*{surname}")
    if len(words[-1]) >= _ALONE:
        forms.append(surname)
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?:['’]s)?(?!\w)", re.I)


# What a mention is about.

_SUBJECTS = WordFile(Path(__file__).with_name("subject.toml"), others=("in_turn",))
HEAD, _CHAIR, _DSL, OF_TRUST = _SUBJECTS.patterns("head", "chair", "dsl", "of_trust")
OF_STAFF = _SUBJECTS.patterns("staff")[0]
"""By what somebody of the staff is called in small letters, who need not be named."""
_IN_TURN: tuple[tuple[re.Pattern[str], tuple[str, ...], tuple[Role, ...]], ...] = tuple(
    (late_pattern(row["finds"]), tuple(row["pieces"]), tuple(map(Role, row["roles"])))
    for row in _SUBJECTS.rows("in_turn", ("finds", "pieces", "roles"))
)
"""Patterns in the order of their removal, each with the pieces one of which is in whatever it finds."""


@lru_cache(maxsize=4)  # each verdict asks it of one text several times
def offices_said(text: str) -> Mapping[Role, tuple[str, ...]]:
    """Find the words by which the text may mention each role, in small letters, erring towards too many, of
    people who hold them now."""
    text = text.lower()
    found = defaultdict[Role, tuple[str, ...]](tuple)
    for i in sorted(_may_say_role().of(text)):
        pattern, _, roles = _IN_TURN[i]
        words = tuple(filter(None, (_whole_words(match) for match in pattern.finditer(text))))
        text = pattern.sub(" , ", text)
        if words:
            found.update((role, (*found[role], *words)) for role in roles)
    return dict(found)


def _whole_words(match: re.Match[str]) -> str:
    """Give what matched up to the end of its last word, with single blanks: “brifathr” is “brifathrawes”."""
    rest = _REST_OF_WORD.match(match.string, match.end())
    return " ".join(f"{match[0]}{rest[0] if rest else ''}".split())


_REST_OF_WORD = re.compile(r"(?<=\w)\w+")


def roles_said(text: str) -> frozenset[Role]:
    """The roles that the text may mention, as `offices_said` finds them."""
    return frozenset(offices_said(text))


@lru_cache(maxsize=1)
def _may_say_role() -> PossiblePatterns:
    return PossiblePatterns("|".join(pieces) for _, pieces, _ in _IN_TURN)


ROLE_OF = {About.HEAD: Role.HEAD, About.DSL: Role.DSL, About.CHAIR: Role.CHAIR}
_ABOUTS = {
    about: f"about:{about.value}"
    for about in (About.SCHOOL, About.STAFF, About.PUPIL, About.HEAD, About.GOVERNOR, About.OTHER)
}
_BY_NAME = 0.9
_BY_ROLE = 0.5
_SCHOOL_SHARE = 0.1
_NOT_SAID = 0.8
ADULT_SHARE = 0.15
"""From here it may be about an adult of the school, though more likely about something else."""
_SIGNAL_SHARE = 0.6
_SUFFERS = 0.25


def find_subject(
    text: str,
    scores: Mapping[str, float],
    signals: Sequence[Signal],
    school: School,
    people: Sequence[Person],
    named: Sequence[Person] | None = None,
) -> tuple[About, str | None]:
    """Find what the mention is about, and the id of the person meant; None if that is nobody in `people`.

    The model's `about:*` decides, adjusted by signals and by names and roles in the text. A person who is
    named, or whose role is named and held by nobody else, is meant where the subject is an adult of the
    school. Where that is only possible, a named person is still the likeliest. For others who may be meant
    see `possible_subjects`. `named` are those of the school's people who are named, where they are known.
    """
    here = people_of(school, people)
    if named is None:
        named = strictly_named(here, text)
    odds = {a: scores.get(label, 0.0) for a, label in _ABOUTS.items()}
    _weigh_signals(odds, signals)
    _weigh_head(odds, text, school, named)
    best = max(_ABOUTS, key=lambda a: odds[a])
    if best in (About.SCHOOL, About.PUPIL, About.OTHER):
        possible = sum(odds[a] for a in (About.STAFF, About.HEAD, About.GOVERNOR)) >= ADULT_SHARE
        return best, named[0].id if named and possible else None
    about = _finer(best, text, named)
    role = ROLE_OF.get(about)
    holders = [p for p in here if role in p.roles] if role else []
    meant = [p for p in named if not role or role in p.roles] or (holders if len(holders) == 1 else [])
    return about, meant[0].id if meant else None


def about_of(ids: Collection[str | None], people: Iterable[Person]) -> About:
    """About whom it is where it means these (ids): an officer, else a member of staff."""
    meant = [p for p in people if p.id in ids]
    return next((a for a, role in ROLE_OF.items() if any(role in p.roles for p in meant)), About.STAFF)


def officers_in_doubt(reading: NameReading, school: School, people: Sequence[Person]) -> tuple[Person, ...]:
    """Those of `list_in_doubt` at the school who hold an office."""
    return list_in_doubt(reading, [p for p in people_of(school, people) if set(p.roles) - {Role.STAFF}])


def offices_of_one(said: Collection[Role], school: School, people: Sequence[Person]) -> list[Role]:
    """Those of the offices said that mean somebody because one person holds them: “that deputy”."""
    held = [role for p in people_of(school, people) for role in p.roles]
    return [role for role in _DEPUTIES if role in said and held.count(role) == 1]


_DEPUTIES = (Role.DEPUTY_HEAD, Role.DEPUTY_DSL, Role.VICE_CHAIR)


def describe_person(person: Person, said: Mapping[Role, tuple[str, ...]]) -> DescribedPerson:
    """Describe somebody of the school as the second reader is asked about them, of a post that has said
    offices in these words."""
    called = tuple(words for role in person.roles for words in said.get(role, ()))
    return DescribedPerson(person.name, tuple(person.roles), called)


def held_by(person: Person, offices: Collection[Role]) -> bool:
    """Does this person hold one of these offices?"""
    return not {*offices}.isdisjoint(person.roles)


def chiefs_of(school: School, people: Sequence[Person]) -> frozenset[str]:
    """Ids of those who are the chief of this trust, whatever their office; of a school nobody."""
    return frozenset(p.id for p in people_named(prepare_names(school.head or ""), people) if school.is_trust)


def possible_subjects(
    reading: NameReading, about: About, likeliest: str | None, school: School, people: Sequence[Person]
) -> tuple[str, ...]:
    """Ids of everyone about whom a text may be, in the order of `people`. Everyone whom the text names, at
    any school, every holder at this school of a role it mentions, and the likeliest person. This errs towards
    too many, so that nobody reads what is alleged of them."""
    if not people:
        return ()
    found = {p.id for p in people_named(reading, people)} | ({likeliest} if likeliest else set())
    here = people_of(school, people)
    roles = set(roles_said(reading.plain))
    if people_named(reading, [Person("", name, ()) for name in separate_names(school.head)]):
        roles.add(Role.HEAD)
    role = ROLE_OF.get(about)
    if role and not any(p.id in found and role in p.roles for p in here):
        roles.add(role)
    if school.is_trust and Role.HEAD in roles:
        found |= chiefs_of(school, here)
    elif OF_TRUST.search(reading.plain):  # who of them it is no school knows
        roles.add(Role.TRUST_CONTACT)
    found |= {p.id for p in here if roles & set(p.roles)}
    return tuple(p.id for p in people if p.id in found)


def _weigh_signals(odds: dict[About, float], signals: Sequence[Signal]) -> None:
    """An allegation against an adult is about the adult; else words of self-harm are about a child."""
    abouts = {s.about for s in signals if s.about in odds}
    if not abouts & {About.STAFF, About.HEAD} and any("self_harm" in s.labels for s in signals):
        for adult in (About.STAFF, About.HEAD, About.GOVERNOR):
            odds[adult] *= _SUFFERS
    if abouts & {About.STAFF, About.HEAD}:
        abouts.discard(About.PUPIL)
        odds[About.PUPIL] *= _SUFFERS
    told = {s.about for s in signals if s.danger}
    for about in abouts:
        odds[about] += 1.0 if about in told else _SIGNAL_SHARE


def _weigh_head(odds: dict[About, float], text: str, school: School, named: Sequence[Person]) -> None:
    """The model cannot know who the head is: what it attributes to staff goes to a head who is named."""
    by_name = any(is_named(name, text) for name in separate_names(school.head))
    by_name = by_name or any(Role.HEAD in p.roles for p in named)
    by_role = Role.HEAD in roles_said(_ONLY_KNOWS.sub(" , ", text) if named else text)
    if not by_name and not by_role:
        odds[About.STAFF] += odds[About.HEAD] * _NOT_SAID
        odds[About.HEAD] *= 1 - _NOT_SAID
        return
    from_staff = odds[About.STAFF] * (_BY_NAME if by_name else _BY_ROLE)
    from_school = odds[About.SCHOOL] * _SCHOOL_SHARE * (by_name + by_role)
    odds[About.HEAD] += from_staff + from_school
    odds[About.STAFF] -= from_staff
    odds[About.SCHOOL] -= from_school


def _finer(best: About, text: str, named: Sequence[Person]) -> About:
    """Also tells the chair and the safeguarding lead apart, which the model does not."""
    if best is About.HEAD:
        return best
    if _CHAIR.search(text.lower()) or (best is About.GOVERNOR and any(Role.CHAIR in p.roles for p in named)):
        return About.CHAIR
    dsl = any(Role.DSL in p.roles and Role.HEAD not in p.roles for p in named)
    if best is About.STAFF and (dsl or _DSL.search(text.lower())):
        return About.DSL
    return best
