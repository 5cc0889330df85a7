"""Abuse of people: profanity, slurs, insults, sexual remarks, pile-ons, accusations of crime."""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2s

from classifiers.signals.rule import PreparedText, Rule, either, pattern_of, rule
from data.register.school_names import words_of

_NAMED = r"(?:mr|mrs|ms|miss|dr|sir|head|headteacher|heidie|principal|governor|caretaker|receptionist)"

_PROFANE = either(r"""
    f+u+c+k\w*|fck\w*|fuk(?:in\w*|er|ed)?|ffs|wtf|stfu|clusterfuck|\w+fuck\w*|f\*+\w*|f[-_]+(?:k|ck|ing)\w*
    c+u+n+t\w*|c\*+ts?|c[-_*]+nts?
    sh+i+t+\w*|shite?\w*|bull ?shit\w*|sh\*+\w*|s\*+t\w*|shitshow
    bollo(?:ck|x)\w*|b\*+(?:ll)?\*?(?:cks|ks|x)|bawbag
    wank\w*|w\*+(?:nk\w*|k\w*|er\w*)|prick\w*|pr\*+k\w*|twat\w*|tw\*+ts?
    bitch\w*|b1tch\w*|b\*+tch\w*|b\*+ch\w*
    ffyc\w*|ffwc\w*|ffycin|cachu
""")
_profane = re.compile(_PROFANE).search
_not_profane = pattern_of(r"shitake|shiitake|scunthorpe|prickl\w*|pricked|pricking|f\*+d|c\*+p").sub


_WORD = re.compile(r"[a-z*]{3,}")
_VOWELS = re.compile(r"[aeiou*]")


_SLURS = words_of("""
    044c6a27dab9 052a6e41e650 0baac3f12d93 1029c42ceb84 1a229304737c 258d815c01c4 2c86c293215a
    3356139175d1 3d7bb0bdbacb 4142499575a4 499bedb0063c 51c649a248aa 52dc9f4c6aa1 541b6fc9da46
    5762276b22f4 576fbd5ce171 5dc83f4c388e 6732424a3645 698221b0723d 6d05c82d011b 74e9392f430a
    758f256a67c2 782cfacb55f9 7afec08a3908 7f1b3707f364 844e069404ba 8a9d1f11abcf 8eb1547db596
    918548a9d290 95ab8830dbe9 9737ef703ff5 977c43bae074 9ccd3f0173bc a49bece26b4b aa8e767a545b
    b45940e7c3c9 bb752b7c793b bfb7f6e414c1 c20a6030a5ff c3603e40315e cb45c6560446 cf6a953295d7
    d35ec070cc60 dbbd2585e006 e2431556018d f092f291ebed f209d8ff6893 f4d1a871b0ed f8e47ee07b7d
""")
"""Digests of slurs, as written and with vowels starred: the words themselves are nowhere in the program."""


@lru_cache(maxsize=32768)
def _is_slur(word: str) -> bool:
    form = _VOWELS.sub("*", word) if "*" in word else word
    digests = (
        blake2s(each.encode(), digest_size=6, person=b"slur").hexdigest()
        for each in {form, form.removesuffix("s")}
    )
    return any(digest in _SLURS for digest in digests)


def _has_slur(p: PreparedText) -> bool:
    words = set(_WORD.findall(p.plain))
    if p.disguised or "*" in p.raw:
        words.update(_WORD.findall(p.raw))
    return any(map(_is_slur, words))


_MOCKED = r"fat|ugly|obese|lard\w*|chubby|flabby|tubby|skinny|spotty|greasy|smelly|hairy|ginger|mingers?|whale|hippo|pig|piggy|fatso|fatty|double chins?|buck teeth"
_mocks_a_body = pattern_of(rf"""
    (?:fat|ugly|greasy|smelly|spotty|hairy|ginger|skinny) (?:\w+ ){{0,2}}(?:cow|pig|lump|slob|freak|git|toad|troll|mess|thing|whale|hippo|minger|face|\w*ass|arse)
    (?:is|'s|are|'re|looks?(?: like)?|was|were|such|you|what) (?:\w+ ){{0,3}}(?:{_MOCKED})
    """).search
_protected = pattern_of(r"""
    black|brown|asian|white|indian|pakistani|bangladeshi|polish|romanian|ukrainian|african|caribbean|chinese|irish|english|welsh|scottish|arabs?
    foreign\w*|immigrants?|migrants?|refugees?|asylum|gyps\w+|travellers?|roma|race|racial|racist|country|go (?:back|home)
    muslims?|islam\w*|jew\w*|christians?|catholics?|protestants?|hindus?|sikhs?|hijab|burqa|turban|mosque|synagogue|halal|kosher|religio\w+
    gay|gays|lesbian\w*|bi|bisexual|queer|homo\w*|lgbt\w*|trans|transgender|drag
    disab\w+|autis\w+|wheelchair|deaf|blind|adhd|dyslexi\w+|special needs|send?|mental(?:ly)?|downs?(?: syndrome)?|spastic\w*|tourette\w*
    wom[ae]n|females?|feminis\w+|pregnan\w+|menopaus\w+|too old|old (?:hag|bat|crone|codger|git)
    """).search
"""Words of the characteristics that the Equality Act 2010 protects: mocking a body is hate only beside one."""


RULES: tuple[Rule, ...] = (
    rule(
        "profanity",
        "It swears strongly: a flag, never a reason to remove.",
        lambda p: _profane(_not_profane(" ", p.plain)) is not None,
        needs=_PROFANE,
        labels=("profanity",),
    ),
    rule(
        "slur",
        "It uses a slur against a group of people.",
        _has_slur,
        labels=("hate",),
        hint=True,
    ),
    rule(
        "insult_named",
        "It insults a person by name or post.",
        rf"""
        {_NAMED} (?:\w+ ){{0,4}}(?:is|'s|looks|was|are) (?:a |an |the )?(?:\w+ ){{0,4}}(?:fat|ugly|cow|witch|hag|slag|pig|troll|toad|greasy|smelly|minger|freak|snake|rat|bitch|scum|waste of (?:space|oxygen))
        (?:fat|ugly|greasy|smelly|lying|evil|dried[- ]up|miserable) (?:\w+ ){{0,2}}(?:cow|witch|hag|slag|pig|troll|toad|bitch|snake|freak|pr\w+|bat)
        face like (?:a|an|the|two|someone)\b.{{0,60}}
        waste of (?:space|oxygen|skin)
        """,
        unless=r"""
        pantomime|panto|play|drama|wicked witch|nativity|school cow|farm|pet|guinea pigs?|face like thunder|costume|novel|dahl|twits|macbeth
        halloween
        """,
        labels=("harassment",),
    ),
    rule(
        "body_shaming",
        "It mocks somebody's body or looks: bullying, and no attack on what the law protects.",
        lambda p: bool(_mocks_a_body(p.plain)) and not (_protected(p.plain) or _has_slur(p)),
        needs=_MOCKED,
        unless=r"panto\w*|play|drama|nativity|farm|pet|guinea pigs?|costume|novel|dahl|twits|ugly duckling|ugly sisters?|chips|pigs in blankets|buildings?|uniforms?|logo|carpets?|jumpers?|scenes?|truth",
        labels=("harassment",), clears=("hate",),
    ),
)  # fmt: skip
