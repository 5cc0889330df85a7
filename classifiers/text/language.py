"""The language of a text."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from data.frozen import freeze
from data.letters import plain_letters
from data.register.school_names import words_of

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# Which language a text is in, as far as that decides who judges it. Stop words and letters; where they do not
# tell, py3langid.

_DATA = tomllib.loads(Path(__file__).with_name("language.toml").read_text(encoding="utf-8"))
WORDS = {code: words_of(words) for code, words in _DATA["words"].items()}
"""Words by which languages that the model does not know are recognised, by ISO 639 code."""
NAMES: dict[str, str] = _DATA["names"]
"""What languages are called in a reason, by ISO 639 code."""
LETTERS = {code: frozenset(letters) for code, letters in _DATA["letters"].items()}
SCRIPTS: dict[str, str] = _DATA["scripts"]
URDU: str = _DATA["urdu"]
_ENGLISH, IN_WELSH = words_of(_DATA["english"]), words_of(_DATA["welsh"])
IN_ENGLISH = _ENGLISH | words_of(_DATA["common"])
"""Words that any text in that language may have."""
IN_NEWS = frozenset(word.removesuffix("s") for word in words_of(_DATA["news"]))
"""What any two articles about a school may hold, without the last s."""
_LOADING = Lock()


def identify_language(text: str) -> tuple[str, float]:
    """The likeliest of the languages it is asked about, as ISO 639 code, and how sure it is, 0..1."""
    with _LOADING:
        code, sure = _identifier().classify(text)
    return str(code), float(sure)


def let_go() -> None:
    """Frees what it holds until the next text that needs it."""
    _identifier.cache_clear()


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    whole = LanguageIdentifier.from_model_file(MODEL_FILE)
    whole.set_languages(_DATA["likely_here"].split())
    few = whole.nb_ptc, whole.nb_pc, whole.nb_classes
    return LanguageIdentifier(*few, whole.tk_nextmove, whole.tk_output, norm_probs=True, tk_row=whole.tk_row)


class Language(StrEnum):
    """English, Welsh, or a language the model was not trained for."""

    ENGLISH = "en"
    WELSH = "cy"
    OTHER = "other"


_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_WELSH_SHAPE, _CHAT_ARABIC = re.compile(_DATA["welsh_shape"]), re.compile(_DATA["chat_arabic"])
_LATIN_END = 0x24F
_FOREIGN_SHARE = 0.3
_ENOUGH = 2
_MIXED = 4
_BESIDE = 0.4
_FEW = 6
"""Of fewer words than that another language is named by words of its own alone."""
_HARDLY = 0.17
_SURE = 0.9

_KNOWN: dict[str, tuple[str, ...]] = {
    word: tuple(code for code, known in WORDS.items() if word in known)
    for word in frozenset[str]().union(*WORDS.values()) - IN_ENGLISH
}
_TELLING = IN_ENGLISH - words_of(_DATA["english_elsewhere"])
"""Those of them that no other language has."""
_TELLING_ALONE = _TELLING - {"i", "u", "dad"}
"""Those of them that no other language has even in a short text."""
_WELSH_ALONE = IN_WELSH - words_of(_DATA["welsh_elsewhere"])
"""Those of Welsh that English has not."""
_BEGINS = _WELSH_ALONE - {"ysgol"}
_PHRASE = re.compile(r"[\n.:;!?()|★☆]+")


@freeze
class Tongue:
    """The language of a text: who judges it, and the likeliest one's ISO 639 code, empty for none."""

    language: Language
    code: str


def recognise_language(text: str) -> Language:
    """Say who judges a text. Welsh and bilingual Welsh are WELSH; a text too short to tell is ENGLISH.

    A script other than Latin in three of ten letters, or more words of another language than of English, is
    OTHER; so is what py3langid is sure of, where it has hardly a word of English. Of fewer than six words,
    names left out, two have to be of one other language and none of English.
    """
    return find_tongue(text).language


def find_tongue(text: str) -> Tongue:
    text = plain_letters(text)
    words = _WORD.findall(text.casefold().replace("’", "'"))
    if not words:
        return _IN_ENGLISH
    letters = "" if text.isascii() else "".join(words)
    if letters and sum(ord(c) > _LATIN_END for c in letters) > _FOREIGN_SHARE * len(letters):
        return Tongue(Language.OTHER, _by_script(words))
    spoken = _words_but_names(text)
    if len(spoken) < _FEW:
        return _tongue_of_few(text, spoken)
    english = sum(map(_ENGLISH.__contains__, words))
    welsh = sum(map(IN_WELSH.__contains__, spoken))
    code, others = _likeliest(text, words)
    if welsh >= max(2, others) and (welsh >= 6 or welsh > 0.5 * english):
        return _IN_WELSH
    shaped = sum(bool(_WELSH_SHAPE.search(w)) for w in spoken) if english == 0 and others <= welsh else 0
    if shaped and welsh + shaped >= max(2, 0.35 * len(words)):
        return _IN_WELSH
    # more than English, or so much of it that an English reader loses the thread
    foreign = (others >= _ENOUGH and others > english) or (others >= _MIXED and others >= _BESIDE * english)
    if foreign:
        return Tongue(Language.OTHER, code)
    return _identify_unsure(text, words, welsh)


_IN_ENGLISH = Tongue(Language.ENGLISH, Language.ENGLISH.value)
_IN_WELSH = Tongue(Language.WELSH, Language.WELSH.value)


def _words_but_names(text: str) -> list[str]:
    """The words of a text in its order, without those of names: “Ysgol y Bont” says nothing of a language. A
    name is a word with a capital inside a phrase, with what joins two, and the first where all are, but for
    “Diolch” and its like."""
    spoken: list[str] = []
    for phrase in _PHRASE.split(text):
        said = [word.replace("’", "'") for word in _WORD.findall(phrase)]
        named = [word[0].isupper() and not phrase.isupper() for word in said]
        for i in range(1, len(said) - 1):
            named[i] |= len(said[i]) < 3 and named[i - 1] and named[i + 1]
        words = [word.casefold() for word in said]
        if words and (words[0] in _BEGINS or not (all(named[1:]) and named[1:])):
            named[0] = words[0] == "ysgol" and named[1:2] == [True]
        spoken += [word for word, is_name in zip(words, named, strict=True) if not is_name]
    return spoken


def _tongue_of_few(text: str, spoken: list[str]) -> Tongue:
    """Find the language of so few words: English, but for another script or two words of one language."""
    own = frozenset(spoken)
    if own & _TELLING_ALONE:
        return _IN_ENGLISH
    if strange := [word for word in spoken if min(map(ord, word)) > _LATIN_END]:
        return Tongue(Language.OTHER, _by_script(strange))
    welsh = len(own & _WELSH_ALONE)
    shaped = sum(bool(_WELSH_SHAPE.search(word)) for word in own - IN_WELSH)
    code, others = _likeliest(text, spoken)
    if welsh and welsh + shaped >= max(_ENOUGH, others):
        return _IN_WELSH
    if others < _ENOUGH <= len(own) - 2:
        code, sure = identify_language(" ".join(spoken))
        others = sum(identify_language(word)[0] == code for word in own) if sure >= _SURE else 0
    known = others >= _ENOUGH and code in NAMES
    return Tongue(Language.OTHER, code) if known else _IN_ENGLISH


def _likeliest(text: str, words: list[str]) -> tuple[str, int]:
    """The other language with most words in a text, each counted once, and their number."""
    own = frozenset(words)
    known = own & _KNOWN.keys()
    strange = [] if text.isascii() else sorted(w for w in own if not w.isascii() and w not in _KNOWN)
    if not known and not strange:
        return "", 0
    counts = Counter([code for word in sorted(known) for code in _KNOWN[word]])
    counts.update([code for word in strange for code, letters in LETTERS.items() if letters & {*word}])
    if counts["ar"]:
        counts["ar"] += len(_CHAT_ARABIC.findall(text))
    return counts.most_common(1)[0] if counts else ("", 0)


def _identify_unsure(text: str, words: list[str], welsh: int) -> Tongue:
    """Ask py3langid where hardly a word is English; English where it is not sure either."""
    common = sum(map(_TELLING.__contains__, words))
    if common > _HARDLY * len(words):
        return _IN_ENGLISH
    code, sure = identify_language(text)
    if sure < _SURE or code == Language.ENGLISH.value:
        return _IN_ENGLISH
    if code == Language.WELSH.value:
        return _IN_WELSH if welsh else _IN_ENGLISH
    return Tongue(Language.OTHER, code)


def _by_script(words: list[str]) -> str:
    """The likeliest language by its letters, “other” where they are those of many."""
    letters = "".join(words)
    if any(c in URDU for c in letters):
        return "ur"
    starts = Counter(unicodedata.name(c, "").partition(" ")[0] for c in letters if ord(c) > _LATIN_END)
    return SCRIPTS.get(starts.most_common(1)[0][0], Language.OTHER.value)
