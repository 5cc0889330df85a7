"""A case that has closed as removed, and the same words elsewhere."""

from dataclasses import replace
from datetime import UTC, datetime

from builders.mention import a_batch, a_fold, a_mention, a_run, a_verdict
from builders.privacy import at
from builders.thread_page import AFTER, BEFORE, INSULT, MEANT, thread

from classifiers.stories.fingerprints import runs, sketch
from data.store.mentions.batch import save
from data.types import Policy
from monitor.matters.replaying import load_case
from monitor.service.tasks.rechecks import copies, rechecks

THERE, GONE = thread(BEFORE, MEANT, AFTER), thread(BEFORE, AFTER)
WHY = ("--as", "holt", "--why", "It is false, and names him")
WEIGHED = ("--nature", "a lie", "--visible", "two days", "--spread", "little", "--impact", "distress")
LATER = datetime(2027, 1, 4, 10, 0, tzinfo=UTC)
MIRROR, ARCHIVED = "/mirror/gate.12/post-2", "https://web.archive.org/web/2026/https://example.org/post-2"


def typed(home, *words, code=0):
    home.wait(minutes=1)
    with at(home.now, "case"):
        ran = home.desk(*words)
    assert ran.code == code, ran.err
    return ran.out or ran.err


def case(home):
    with home.store.read() as con:
        return load_case(con, "0001")


def stands(home):
    return [here.stands for here in case(home).places]


def elsewhere(home, path, text=INSULT, alerts=(), **verdict):
    """The same words in another story, as a scan reads them."""
    at, story = home.now, f"story-{path}"
    mention = a_mention(path, url=f"{home.site}{path}", fetched_at=at, channel="reddit", title="", text=text)
    run, judged = a_run(f"feed:{path}", at), a_verdict(mention, **verdict)
    batch = a_batch(mention, verdicts=[judged], story_id=story, run=run, alerts=alerts)
    fold = a_fold(mention, story)
    batch = replace(batch, folded=(replace(fold, sketch=replace(fold.sketch, minhash=sketch(runs(text)))),))
    with home.store.write("test") as con:
        save(con, batch, now=at, policy=Policy())
    home.wait(minutes=1)
    return mention.id


def go_through(home):
    """What the service does each minute."""
    done = [*rechecks(home.store, home.context, home.fetch, home.clock)]
    return [*done, *copies(home.store, home.context, home.clock)]


def told(home):
    with home.store.read() as con:
        return con.execute("SELECT person_id, body FROM outbox WHERE subject LIKE '%back online%'").fetchall()
