"""Read files of words, and undo disguised spelling: k1ll, f.u.c.k, k i l l, p*do, letters of other alphabets,
accents, invisible characters. Pure.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from data.frozen import freeze
from data.letters import LOOKALIKES, ByCharacter, plain_letters

# Files of words: patterns in TOML beside the code that reads them. Of three tables each key names a
# pattern: those of `[words]` are alternatives, one a line, matched at word boundaries (`either`); of
# `[patterns]` expressions, whose lines are joined; of `[parts]` pieces of others. In all of them, and in
# the rows of other tables, «name» stands for the pattern of that name in the same file. `[lists]` are
# words, parted by blanks.

_NAMED = re.compile("«([^»]*)»")


def either(lines: str) -> str:
    """One pattern from alternatives, each on its own line, matched at word boundaries."""
    parts = [line.strip() for line in lines.splitlines() if line.strip()]
    return rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)"


class _LatePattern:
    """A pattern, its lines joined, that is compiled at its first use: few are used where nothing is new."""

    _USES = ("search", "match", "fullmatch", "finditer", "findall", "sub", "split", "pattern", "flags")

    def __init__(self, expression: str) -> None:
        self._expression = expression.replace("\n", "")

    def __getattr__(self, name: str) -> Any:
        if name not in self._USES:
            raise AttributeError(name)
        compiled = re.compile(self._expression)
        self.__dict__.update({use: getattr(compiled, use) for use in self._USES})
        return getattr(compiled, name)


late_pattern = cast("Callable[[str], re.Pattern[str]]", _LatePattern)
"""Makes a pattern that behaves as a compiled one. Its first use raises re.error where it is none."""


class WordFileError(ValueError):
    """A file of words is wrong; it says which, and where."""


class WordFile:
    """One file of words. `others` are tables and keys of it that the code reads itself, from `table`."""

    def __init__(self, path: Path, others: Collection[str] = ()) -> None:
        self._path = path
        self.table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        self.check_keys("the file", self.table, ("parts", "words", "patterns", "lists", *others))
        self._named: dict[str, tuple[str, str]] = {}
        for kind in ("parts", "words", "patterns"):
            for name, text in self.table.get(kind, {}).items():
                if name in self._named:
                    raise self.fault(name, "it is there twice")
                self._named[name] = kind, text
        self._read: dict[str, str] = {}

    def words(self, name: str) -> list[str]:
        """The words of a list, in its order."""
        return str(self.table["lists"][name]).split()

    def give(self, **parts: str) -> None:
        """Adds parts that the code makes."""
        self._named |= {name: ("parts", text) for name, text in parts.items()}

    def patterns(self, *names: str) -> tuple[re.Pattern[str], ...]:
        return tuple(late_pattern(self._expression(name, name)) for name in names)

    def rows(self, table: str, keys: Collection[str]) -> Iterator[dict[str, Any]]:
        """The rows of a table, which may have these keys, with names filled in."""
        for row in self.table.get(table, ()):
            name = str(row.get("name", table))
            self.check_keys(name, row, keys)
            yield {k: self.fill(name, value, alternatives=k != "needs") for k, value in row.items()}

    def fill(self, place: str, value: Any, *, alternatives: bool = True) -> Any:
        """A value with the patterns of the names in it, of words among alternatives without boundaries."""
        if not isinstance(value, str):
            return value
        read = self._lines if alternatives else self._expression
        filled = _NAMED.sub(lambda found: read(found[1], place), value)
        if "«" in filled or "»" in filled:
            raise self.fault(place, "of « and » one stands alone")
        return filled

    def _expression(self, name: str, place: str) -> str:
        lines = self._lines(name, place)
        return either(lines) if name in self.table.get("words", ()) else lines

    def _lines(self, name: str, place: str) -> str:
        if name not in self._read:
            if name not in self._named:
                raise self.fault(place, f"no pattern has the name “{name}”, or only through itself")
            kind, text = self._named.pop(name)
            filled = str(self.fill(name, text, alternatives=kind != "patterns"))
            self._read[name] = filled.replace("\n", "") if kind == "patterns" else filled
        return self._read[name]

    def check_keys(self, place: str, given: Collection[str], known: Collection[str]) -> None:
        for key in given:
            if key not in known:
                raise self.fault(place, f"“{key}” is not known")

    def fault(self, place: str, what: str) -> WordFileError:
        return WordFileError(f"{self._path.name}, {place}: {what}.")


def is_word(surname: str) -> bool:
    """Is a surname, in small letters, a word of every day too, and heard as one?"""
    return surname in _common_words()


@lru_cache(maxsize=1)
def _common_words() -> frozenset[str]:
    """The words of SCOWL's smaller lists that may be surnames (NOTICE)."""
    return frozenset(Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8").split())


_LOOKALIKES = LOOKALIKES | str.maketrans("ıłøđ’‘“”–—ηɛħŧ", "ilod''\"\"--neht")
_UNSEEN_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"
_MARKS = frozenset(("Mn", "Me", "Cf"))
_LEET = str.maketrans("0134578$@!", "oieastbsai")
_TOKEN = re.compile(r"(?<![a-z0-9$@!*])[a-z!]*[0-9$@*][a-z0-9$@!*]*")
_SIGN = re.compile(r"[0-9$@*]")
"""Without one of these no word hides letters behind figures and signs."""
_LETTER = re.compile(r"[a-z]")
_PLAIN_NUMBER = re.compile(
    r"[a-z]\d{1,4}[a-z]?|[a-z]{2}\d{1,4}|\d+[a-z]{1,3}|[a-z0-9]*\d{3,}[a-z0-9]*|[a-z]+\d{1,2}|[a-z]+!+|@[a-z0-9]+"
)
_BLANKS = re.compile(r"[ \t]{2,}|\t")
_SPACED = re.compile(r"(?<![a-z0-9])[a-z](?:([. \-_*/|,~+·])[a-z])(?:\1[a-z])+(?![a-z0-9'])")
_LONELY = re.compile(r"[. \-_*/|,~+·][a-z][. \-_*/|,~+·][a-z](?![a-z0-9'])")
"""How a word that is spaced out ends."""
_EMOJI = "(?:(?![🔪🔫💣🧨🗡😂🤣])[\U0001f300-\U0001faff\u2600-\u27bf])"
_BETWEEN = re.compile(rf"[\w']+(?: ?{_EMOJI}+ ?[\w']+){{3,}}")
"""A sentence with an emoji between any two words."""
_EMOJIS = re.compile(rf" ?{_EMOJI}+ ?")
_IN_A_WORD = re.compile(rf"(?<![\w'])([b-hj-z]){_EMOJI}+(?=[a-z])")
_CHAINED = re.compile(r"(?<!\S)[a-z']+(?:([-_~|+])[a-z']+)(?:\1[a-z']+){3,}(?![^\s.,!?])")
"""Five words or more that a sign joins instead of a blank."""
_LINK = re.compile(r"[-_~|+][a-z']+[-_~|+]")
_TAGGED = re.compile(r"(?<!\S)#[\w']+(?:\s+#[\w']+){3,}")
"""Four hashtags or more in a row: a sentence, where one of them is such a word as no topic has."""
_FEW = 3
_SHORT = 2000
_LONGEST_MASKED = 40


def _fold(char: str) -> int | None:
    """Nothing for accents and invisible characters, the Latin letter for its look-alikes."""
    dropped = unicodedata.category(char) in _MARKS or char in _UNSEEN_LETTERS
    return None if dropped else _LOOKALIKES.get(ord(char), ord(char))


_FOLDED = ByCharacter(_fold)


_WORDS = WordFile(Path(__file__).with_name("undisguise.toml"), ("slang",))
(_NO_TOPIC,) = _WORDS.patterns("no_topic")
_MASKABLE = _WORDS.words("masked")
_BY_LENGTH: dict[int, list[str]] = {}
for _word in _MASKABLE:
    _BY_LENGTH.setdefault(len(_word), []).append(_word)
_SLANG: dict[str, str] = _WORDS.table["slang"]
_SLANG_WORD = re.compile(rf"\b(?:{'|'.join(_SLANG)})\b")


@freeze
class Undisguised:
    """A text in lower case, plain quotes and single blanks, no accents, and the words hidden in it."""

    text: str
    disguised: tuple[str, ...]


def undisguise(text: str) -> Undisguised:
    """The text as it is meant; emoji, class names, times and prices stay. Short ones are remembered."""
    return _remembered(text) if len(text) <= _SHORT else _undo_disguise(text)


def _undo_disguise(text: str) -> Undisguised:
    plain = _rejoin_letters(text.lower() if text.isascii() else _fold_letters(text))
    found: list[str] = []
    if _SIGN.search(plain):
        plain = _TOKEN.sub(lambda match: _replace_word(match, _reveal(match[0]), found), plain)
    if _LONELY.search(plain):
        plain = _SPACED.sub(lambda match: _replace_word(match, _closed_up(match), found), plain)
    if "  " in plain or "\t" in plain:
        plain = _BLANKS.sub(" ", plain)
    if any(map(plain.__contains__, _SLANG)):
        plain = _SLANG_WORD.sub(lambda m: _SLANG[m[0]], plain)
    return Undisguised(plain, tuple(found))


def _replace_word(match: re.Match[str], word: str, found: list[str]) -> str:
    if word != match[0]:
        found.append(word)
    return word


def _closed_up(match: re.Match[str]) -> str:
    """A spaced-out word in one, where it is one: “a k i l l” is “a kill”, “p t a” stays."""
    word = match[0].replace(match[1], "")
    if match[1] == " " and word[0] == "a" and word[1:] in _MASKABLE:
        word = f"a {word[1:]}"
    return word if len(word) >= _FEW and word not in ("pta", "phd") else match[0]


_remembered = lru_cache(maxsize=1024)(_undo_disguise)
forget_texts = _remembered.cache_clear
"""Called when a scan ends, however it does. Words handed in stay until the next ends, or the program."""


def _rejoin_letters(text: str) -> str:
    """Words that something other than blanks keeps apart: emoji, hashes, dashes."""
    if not text.isascii():
        text = _BETWEEN.sub(lambda m: _EMOJIS.sub(" ", _IN_A_WORD.sub(r"\1", m[0])), text)
        text = _IN_A_WORD.sub(r"\1", text)
    if "#" in text:
        text = _TAGGED.sub(lambda m: m[0].replace("#", "") if _NO_TOPIC.search(m[0]) else m[0], text)
    return _CHAINED.sub(lambda m: m[0].replace(m[1], " "), text) if _LINK.search(text) else text


def _fold_letters(text: str) -> str:
    """In lower case, without accents or invisible characters, look-alikes made Latin."""
    return unicodedata.normalize("NFKD", plain_letters(text)).lower().translate(_FOLDED)


@lru_cache(maxsize=8192)
def _reveal(token: str) -> str:
    if not _LETTER.search(token):
        return token
    if "*" in token:
        return _unmask(token) if len(token) <= _LONGEST_MASKED else token
    bare = token.rstrip("!")
    if _PLAIN_NUMBER.fullmatch(bare) or not any(c in "013457$@!8" for c in bare):
        return token
    return bare.translate(_LEET)


def _unmask(token: str) -> str:
    """A word with letters starred out, where exactly one known word fits; otherwise the token unchanged."""
    pattern = re.compile(re.escape(token).replace(r"\*", "[a-z]"))
    fits = [word for word in _BY_LENGTH.get(len(token), ()) if pattern.fullmatch(word)]
    if len(fits) == 1 or (fits and len({w[0] for w in fits}) == 1 and token[0] != "*"):
        return fits[0]
    loose = re.compile(re.sub(r"(?:\\\*)+", "[a-z]{1,6}", re.escape(token)))
    fits = [word for words in _BY_LENGTH.values() for word in words if loose.fullmatch(word)]
    return fits[0] if fits and token[0] != "*" and len(token) >= _FEW else token
