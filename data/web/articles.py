"""What became of asking for the article behind a headline."""

from __future__ import annotations

from datetime import datetime

from data.frozen import dataclass
from data.ids import digest
from data.types import Outcome
from data.web.urls import canonical_url


@dataclass(frozen=True, slots=True)
class ArticleRead:
    """One address that was asked for. It is asked for once; once more where it only failed for the moment.

    `key` stands for the address; `text` is what the article says, "" unless the outcome is `ok`; `paid` that
    it is for those who pay. `again_at` is when it may be asked for once more, None where it is settled.
    `mention_id` is the post that the text is kept with; `new` that it was asked for in this scan.
    """

    key: str
    mention_id: str
    at: datetime
    outcome: Outcome
    text: str = ""
    paid: bool = False
    again_at: datetime | None = None
    new: bool = False


def article_key(url: str) -> str:
    """Stands for an address, however it is written."""
    return digest("article", canonical_url(url))
