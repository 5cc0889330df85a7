"""Which language a text is in, as far as that decides who judges it. Stop words, no model."""

from __future__ import annotations

import re
from enum import StrEnum


class Language(StrEnum):
    """English, Welsh, or a language the model was not trained for."""

    ENGLISH = "en"
    WELSH = "cy"
    OTHER = "other"


_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_WELSH_SHAPE = re.compile(r"[ŵŷ]|dd|^(?:ll|rh|ff|ngh|mh|nh)|wy|(?:wch|iad|aeth|odd|iol|edd|wyr)$")
_LATIN_END = 0x24F
_FOREIGN_SHARE = 0.3


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ENGLISH = _words("""
    the a an and of to in is it for on that was my i you he she they we with at but not are be have this
    so all as her his our your from just has had will who what if or by when there me no do can up out
    their been one get got like about were them would how more than now any only
""")
_WELSH = _words("""
    yn yr ac mae wedi ddim dim dwi ydy yw oedd roedd sydd sy bod fod fy ei eu ein eich chi ni nhw hi fo fe
    efo gyda gan ar o'r i'r a'r y'r am wrth i'w pan ond hefyd iawn plant ysgol athro athrawes pennaeth nos
    bore heddiw fory neithiwr neb rhywun pawb bob pob hwn hon hyn dyma dyna beth pwy pam sut lle blwyddyn bl
    gael cael mynd dod wneud gwneud bydd fydd rhaid isio eisiau diolch mor dy mi ges gath rhieni arall un dau
    yma yno acw rwan nawr eto felly achos hogia hogyn hogan merch bachgen gwych da'r na'r ma' 'da 'di
    odi gweld
    cer dos wyt ladd lladd ofn gwybod gwbod dweud wastad yw'r mae'r sy'n mae'n dwi'n hi'n cyn heno cinio
""")
_OTHERS = _words("""
    der die das und nicht ist ein eine mit auf wir ich sie zu nie jest się czy dla proszę szkoła dzieci tak
    ale jak je les des est dans pour pas que qui une nous vous avec el los las por para muy pero como más está
    não uma com mais muito são em os da na și este pentru copii școala nu la mai care cu hai ke ka ki ko se
    mein nahi aur kya bahut waa iyo ku ka ay ve bir bu için çok değil ini dan yang
""")


def recognise(text: str) -> Language:
    """The language of a text. Welsh and bilingual Welsh are WELSH; a text too short to tell is ENGLISH.

    A script other than Latin in three of ten letters, or mostly stop words of other languages, is OTHER.
    """
    words = _WORD.findall(text.casefold().replace("’", "'"))
    if not words:
        return Language.ENGLISH
    if not text.isascii() and _mostly_foreign(words):
        return Language.OTHER
    english = sum(map(_ENGLISH.__contains__, words))
    welsh = sum(map(_WELSH.__contains__, words))
    others = sum(map(_OTHERS.__contains__, words))
    if welsh >= max(2, others) and (welsh >= 6 or welsh > 0.5 * english):
        return Language.WELSH
    if english == 0 and others <= welsh and _looks_welsh(words, welsh):
        return Language.WELSH
    if others >= 2 and others > english and len(words) >= 4:
        return Language.OTHER
    return Language.ENGLISH


def _mostly_foreign(words: list[str]) -> bool:
    letters = "".join(words)
    return sum(ord(c) > _LATIN_END for c in letters) > _FOREIGN_SHARE * len(letters)


def _looks_welsh(words: list[str], known: int) -> bool:
    shaped = sum(bool(_WELSH_SHAPE.search(w)) for w in words)
    return shaped >= 1 and known + shaped >= max(2, 0.35 * len(words))
