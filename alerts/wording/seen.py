"""What is known of the post behind an alert, as far as a message may tell it. Pure."""

from __future__ import annotations

from datetime import datetime

from alerts.wording.lag import UNKNOWN, Lag
from data.frozen import dataclass
from data.types import Verdict


@dataclass(frozen=True, slots=True)
class Seen:
    """Its gravest verdict, the kinds of place where it is (the gravest post's first), when that was posted,
    and how far behind we may be there.

    Nothing of it goes into a message about a restricted matter.
    """

    verdict: Verdict | None = None
    channels: tuple[str, ...] = ()
    posted_at: datetime | None = None
    lag: Lag = UNKNOWN


NOTHING_SEEN = Seen()
