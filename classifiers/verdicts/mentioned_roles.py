"""Words for the people who run a school: which roles a text mentions. Pure.

A deputy's words are removed before the leader's are looked for, and so are phrases such as a head on
somebody's shoulders or a chair to sit on.
"""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import re
from functools import lru_cache

from classifiers.signals.possible import PossiblePatterns
from data.types import Role

HEAD = re.compile(
    r"\b(?:the|our|that|this|your|new|useless|worst|best|acting|executive|exec)\s+(?:so[ -]called\s+)?(?:executive\s+)?"
    r"heads?\b(?!\s*(?:of\b(?!\s+(?:the\s+|this\s+|that\s+|our\s+)?school\b)|(?:lice|lines?|long|start|boys?|girls?|count)\b|injur|wound))"
    r"|\bhead\s*-?\s*(?:teacher|master|mistress)|\bhead of (?:the |this |that |our )?school\b|\bheidie\b|\bprincipal\b"
    r"|\bht\b|\b(?:the|our|that|this) boss\b|\bboss of (?:the|that|this|our)\b"
    r"|\b(?:in charge of|who runs|runs|running) (?:the|that|this|our) school\b|\b(?:the )?one in charge\b"
    r"|\b(?:p|b|ph|mh)ennaeth|\b(?:p|b|ph|mh)rifathr",
)
_BODY = re.compile(
    r"\b(?:round|around|across|upside|over|above)\s+the\s+head\b(?!['’])"
    r"|\b(?:hit|smack|slap|kick|punch|struck|strik|clip|bang|bump|knock|tap|pat|shot|shoot|whack|bash|belt|thump|drop|fell|land|kiss|nail|sick|right|wrong|soft|messed|cut|bruis|lump|stab|touch)\w*"
    r"\W+(?:\w+\W+){0,6}?(?:on|in)\s+the\s+head\b(?!['’])"
    r"|\b(?:threw|throw\w*|kick\w*|aim\w*|fir(?:ed|ing)|lobb\w*|chuck\w*|flung|hurl\w*)\W+(?:\w+\W+){1,4}at\s+the\s+head\b(?!['’])"
    r"|\b(?:blow|kick|punch|knock|bang|bump|whack|slap|smack|injury|shot|gun)s?\s+to\s+the\s+head\b(?!['’])"
    r"|\bat\s+the\s+head\s+of\b|\bheads?\s+lice\b",
)
_SEAT = re.compile(
    r"\b(?:on|onto|in|into|off|under|over|behind|against|with|thr[eo]w\w*|kick\w*|pull\w*|push\w*|mov\w*|tip\w*|broke\w*|lift\w*)\s+"
    r"(?:the|a|that|his|her|this)\s+chairs?\b(?!\s*(?:man|woman|person|of\b))",
)
_FORMER = re.compile(
    r"\b(?:former|ex|previous|last|old)[ -]+(?:head\s*-?\s*(?:teacher|master|mistress)?|principal|chair)\b",
)
_DEPUTY_DSL = re.compile(
    r"\b(?:deputy|assistant)\s+(?:designated\s+)?(?:safeguarding\s+(?:lead|officer|person)|dsl|dsp)\b|\bddsl\b",
)
_DEPUTY = re.compile(
    r"\b(?:deputy|assistant|depute|vice|associate)[ -]+(?:head\s*-?\s*(?:teacher|master|mistress)?|principal)(?!\w)|\b(?:the|our|that) (?:deputy|depute)\b"
    r"|\bd?dirprwy(?:\s+\w+)?",
)
_VICE = re.compile(
    r"\bvice[ -]+chair(?:man|woman|person)?(?:\s+of\s+(?:the\s+)?(?:governors|trustees|governing\w*))?|\bis-?gadeirydd",
)
CHAIR = re.compile(
    r"\bchair(?:man|woman|person)\b|\bchair\s+(?:of\s+(?:the\s+)?)?(?:governors?|trustees|governing)"
    r"|\b(?:the|our|that|this)\s+chair\b(?!\s+(?:leg|back|seat|cover|lift))|\b(?:c|g|ch|ngh)adeirydd",
)
DSL = re.compile(
    r"\b(?:safeguarding (?:lead|officer|person|teacher|woman|man|lady)|head of safeguarding|designated (?:safeguarding|teacher|person)|dsl|dsp"
    r"|child protection (?:lead|officer|co-?ordinator))\b|\b(?:arweinydd|person|swyddog) diogelu\b",
)
_GOVERNOR = re.compile(
    r"\bgovernor\b|\b(?:one|some|two|member) of the governors\b|\b(?:l)?lywodraethwr\b", re.I
)
_LEADERS = re.compile(
    r"\bmember of (?:the )?(?:slt|senior leadership\w*|leadership team)\b|\bsenior leader\b|\bassistant[ -]+(?:head|principal)",
)
_IT = re.compile(
    r"\b(?:it|ict|computing|network)[ -]+(?:lead|guy|man|bloke|woman|manager|director|technician|tech|teacher|support|co-?ordinator)\b|\bdirector of (?:it|ict)\b",
)
_DPO = re.compile(r"\bdata protection (?:officer|lead)\b|\bdpo\b")

_IN_TURN: tuple[tuple[re.Pattern[str], tuple[str, ...], tuple[Role, ...]], ...] = (
    (_BODY, ("head",), ()),
    (_SEAT, ("chair",), ()),
    (_FORMER, ("head", "principal", "chair"), ()),
    (_LEADERS, ("slt", "leader", "assistant"), (Role.SLT, Role.DEPUTY_HEAD)),
    (_DEPUTY_DSL, ("safeguarding", "dsl", "dsp"), (Role.DEPUTY_DSL,)),
    (_DEPUTY, ("deput", "assistant", "vice", "associate", "irprwy"), (Role.DEPUTY_HEAD,)),
    (_VICE, ("vice", "gadeirydd"), (Role.VICE_CHAIR,)),
    (CHAIR, ("chair", "adeirydd"), (Role.CHAIR,)),
    (DSL, ("safeguarding", "designated", "dsl", "dsp", "protection", "diogelu"), (Role.DSL,)),
    (
        HEAD,
        ("head", "heidie", "principal", "ht", "boss", "charge", "run", "ennaeth", "rifathr"),
        (Role.HEAD,),
    ),
    (_GOVERNOR, ("governor", "lywodraethwr"), (Role.GOVERNOR, Role.CHAIR, Role.VICE_CHAIR)),
    (_IT, ("it", "ict", "computing", "network"), (Role.IT_LEAD,)),
    (_DPO, ("protection", "dpo"), (Role.DPO,)),
)
"""Patterns in the order of their removal, each with the pieces one of which is in whatever it finds."""


def roles_said(text: str) -> frozenset[Role]:
    """The roles that the text may mention, erring towards too many.

    A former holder does not count; “governors” and other bodies are not a person.
    """
    text = text.lower()
    possible = _possible().of(text)
    found: set[Role] = set()
    for i in sorted(possible):
        pattern, _, roles = _IN_TURN[i]
        text, times = pattern.subn(" , ", text)
        if times:
            found.update(roles)
    return frozenset(found)


@lru_cache(maxsize=1)
def _possible() -> PossiblePatterns:
    return PossiblePatterns("|".join(pieces) for _, pieces, _ in _IN_TURN)
