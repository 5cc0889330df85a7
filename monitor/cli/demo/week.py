"""What people of the demo's school have done already: its desk shows a week, and not a first morning."""

from __future__ import annotations

from datetime import datetime

from data.store.alerts import alerts as alert_store
from data.store.engine.open import Store
from data.types import Mark
from monitor.act.mark import mark
from monitor.config.home.lookup import known_person
from monitor.config.load import Config
from monitor.matters.reader import Reader
from monitor.matters.today import RecentDays, today

_HEAD, _DEPUTY = "t-quillfeather", "i-larkspur"


def play_week(store: Store, config: Config, now: datetime) -> None:
    """The head has taken one thing to be decided and one to be answered; the deputy has taken one of what is
    to be decided, and answered one."""
    head, deputy = (Reader(config, store, known_person(config, i)) for i in (_HEAD, _DEPUTY))
    with store.write("the demo") as con:
        chosen = [part.chosen for part in today(con, config, deputy.named, now, recent=RecentDays())]
        decide = [view for c in chosen for view in c.decide]
        answer = [story for c in chosen for story in c.answer]
        for view, who in zip(decide[-2:], (deputy, head), strict=False):
            alert_store.ack(con, view.alert_id, who.named.id, now)
        for story, who, what in zip(answer, (head, deputy), (Mark.TAKEN, Mark.ANSWERED), strict=False):
            mark(con, who, story.story_id, story.urn, what, now)
