"""What messages about an alert are made from, as the store holds it: the post behind it, its open cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alerts.gravity import calls_for_alert, leading
from alerts.instant.lag import UNKNOWN, Lag
from alerts.instant.seen import NOTHING_SEEN, Seen
from alerts.instant.subject import is_restricted
from data.store.cases.case_posts import posts_of
from data.store.engine.connect import Connection
from data.store.verdicts.verdicts import story_verdicts
from data.types import Alert


def seen_of(con: Connection, alerts: Sequence[Alert], lags: Mapping[str, Lag]) -> dict[str, Seen]:
    """By alert; `lags` say how far behind we may be, by alert. Of what is restricted nothing is read."""
    found = dict.fromkeys((a.id for a in alerts), NOTHING_SEEN)
    told = [a for a in alerts if not is_restricted(a)]
    judged = story_verdicts(con, [a.story_id for a in told]) if told else {}
    for alert in told:
        mine = [v for v in judged.get(alert.story_id, ()) if v.urn == alert.urn]
        lag = lags.get(alert.id, UNKNOWN)
        if not mine:
            found[alert.id] = Seen(lag=lag)
            continue
        lead = leading(mine)
        grave = dict.fromkeys((lead.mention_id, *(v.mention_id for v in mine if calls_for_alert(v))))
        posts = {p.mention_id: p for p in posts_of(con, list(grave))}
        channels = dict.fromkeys(posts[i].channel for i in grave if i in posts)
        at = posts[lead.mention_id].published if lead.mention_id in posts else None
        found[alert.id] = Seen(lead, tuple(channels), at, lag)
    return found
