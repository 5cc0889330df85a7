"""Is it somebody of the press who asks the school for comment, a statement or an interview? Pure.

It goes by all that is said: that they are of the press or are about to print something, and what they ask
for. A parent who may go to the press, a seller and a circular only sound like it; what was printed asks for
nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from classifiers.signals.rule import either
from classifiers.signals.word_files import WordFile
from classifiers.text.model_text import family_of, is_article
from data.types import Mention, MentionKind
from data.web.channels import domains_of, press_hosts

_WORDS = WordFile(Path(__file__).with_name("enquiry.toml"), others=("cue", "hints"))
_HINTS = tuple(hint.strip() for hint in _WORDS.table["hints"].split(","))
_CUES = tuple(
    (row["side"], row["weight"], _WORDS.compile(row["side"], f"(?i){either(row['words'])}"))
    for row in _WORDS.rows("cue", ("side", "weight", "words"))
)
_HOST = re.compile(r"@([\w.-]{3,80})")
_OF_THE_PRESS, _TOGETHER = 3, 4
"""So much tells that the press speaks; so much, with what it asks, that it is an enquiry."""
_BY_HOST = 3
"""What an address at a paper's own host weighs."""
_MOST_CHARS = 3_000
_PLAIN = str.maketrans("’‘“”", "''\"\"")


def asks_for_comment(mention: Mention) -> bool:
    """Does somebody of the press ask the school for a word on something?"""
    if is_article(mention) or mention.kind is MentionKind.REVIEW:
        return False
    said = f"{mention.title}\n{mention.text[:_MOST_CHARS]}\n{mention.author or ''}".translate(_PLAIN)
    plain, found = said.lower(), Counter[str]()
    if not any(hint in plain for hint in _HINTS):  # most posts: no pattern is tried on them
        return False
    for side, weight, cue in reversed(_CUES):
        if side != "asks" and not found["asks"]:
            return False
        if cue.search(said):
            found[side] += weight
    hosts = (of for host in _HOST.findall(said) for of in domains_of(host.lower().rstrip(".")))
    press = found["press"] + (0 if press_hosts().isdisjoint(hosts) else _BY_HOST) - found["other"]
    if family_of(mention.channel) == "report":
        press += max(found["taken"] - (mention.channel == "email"), 0)  # a mail may be anybody's
    enough = press >= _OF_THE_PRESS and press + found["asks"] >= _TOGETHER
    return enough and not found["never"]
