"""A mention made ready for linking, and what is found in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from classifiers.names import normalise
from data.types import Mention

Found = dict[str, str]
"""Code of the evidence → what was found, in the text's words or the school's; two parts are joined by `|`."""

_YEAR = re.compile(r" (?:year|yr|bl|blwyddyn) ?(\d\d?)(?= )")


@dataclass(frozen=True, slots=True)
class Doc:
    """`title` in normal form; `both` is title and text, parted by `|`, in normal form between blanks.

    `raw` is both as they stood; `words` those of `both`, with “Year 6” as `y6` too.
    """

    raw: str
    title: str
    both: str
    words: frozenset[str]
    channel: str


def document(mention: Mention, title: str | None = None, text: str | None = None) -> Doc:
    """`title` and `text` may be handed in, already in normal form."""
    title = normalise(mention.title) if title is None else title
    text = normalise(mention.text) if text is None else text
    both = f" {title} | {text} "
    years = {f"y{year}" for year in _YEAR.findall(both)}
    return Doc(
        f"{mention.title} | {mention.text}", title, both, frozenset(both.split()) | years, mention.channel
    )
