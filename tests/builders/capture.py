"""An invented forum thread on this machine, a case about a post of it, and its capture."""

import atexit
import json
import shutil
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

from builders.case_desk import NOW, Desk, made_by
from builders.fetcher import fetcher_for
from builders.mention import a_batch, a_mention, a_run, a_verdict, save
from support.web_server import Answer

from data.evidence.handed_in import FIELDS, HowItCame, SaidOfPost
from data.evidence.vault import Vault
from data.steps.codes import StepKind
from data.store import cases as case_store
from data.store.evidence import files_of
from data.types import About, Policy, Route, Severity
from monitor.act import keeping
from monitor.act.capture import CaptureOptions, Supplied, approve_capture
from monitor.act.capture import capture as capture_of

AUTHOR = "disgruntled_dad"
TEXT = (
    "The office at Oakfield Primary “lost” the dinner money again.\n"
    "Mr Example takes it home, everybody knows that.\n"
    "Somebody ought to ask him where the new car is from."
)
STYLE = b".post{background:#fff;border:1px solid #99b;margin:14px;padding:12px}"
PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\xdac\xfc\xcf\xc0P\x0f\x00\x04\x85\x01\x80\x84\xa9\x8c!\x00\x00\x00\x00IEND\xaeB`\x82"
)


def thread(within="", head=""):
    """A page of three posts; the second is the one."""
    return f"""<!doctype html><html><head><title>Parking again | Northvale Forum</title>
<link rel="stylesheet" href="/f.css">{head}</head><body>
<header><h1>Northvale Forum</h1></header>
<article class="post" id="p1"><div><b class="author">walnut_tree</b>
<time datetime="2026-11-16T19:41">Yesterday, 19:41</time></div>
<div class="body"><p>Has anybody else noticed the queue at the gate on Larch Road? It was back to the church
this morning, and nobody from the council was there to see it, as usual on a Monday.</p></div></article>
<article class="post" id="p2"><div><img src="/avatar.png" width="40" height="40">
<b class="author">{AUTHOR}</b> <time datetime="2026-11-16T20:14">Yesterday, 20:14</time></div>
<div class="body"><p>The office at Oakfield Primary “lost” the dinner money again.<br>
Mr Example takes it home, everybody knows that.</p>
<p>Somebody ought to ask him where the new car is from.</p>{within}</div></article>
<article class="post" id="p3"><div><b class="author">lamp_post</b> <time>Today, 07:02</time></div>
<div class="body"><p>That is quite a claim. Do you have anything to show for it? I have known the family for
twenty years and never heard a word against any of them.</p></div></article>
</body></html>"""


def routes(page=None, **more):
    """The forum's own; `page` is the thread or an answer in its place."""
    return {
        "/t/1": thread() if page is None else page,
        "/f.css": Answer(200, STYLE, {"Content-Type": "text/css"}),
        "/avatar.png": Answer(200, PIXEL, {"Content-Type": "image/png"}),
        **more,
    }


def a_case(desk, site, by="pike", **verdict):
    """A case about the post, at the site's address."""
    shutil.copy(_read(tuple(sorted(verdict.items()))), desk.store.path)
    with desk.store.write("test") as con:  # before the opening, which seals it
        for table in ("mentions", "restricted_texts"):
            con.execute(f"UPDATE {table} SET url = $url WHERE url IS NOT NULL", {"url": f"{site}/t/1#p2"})
    desk.open("story-post", by)


@cache
def _read(verdict):
    """The store of a home that has read the post, made once."""
    folder = Path(tempfile.mkdtemp(prefix="schoolgate-case-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    desk = Desk(folder)
    mention = a_mention(
        "post", channel="forum", url="http://127.0.0.1:1/t/1#p2", text=TEXT, author=AUTHOR, title=""
    )
    given = {
        "route": Route.REQUEST_REMOVAL, "severity": Severity.TODAY, "about": About.STAFF,
        "content_class": "C7", "abuse": ("defamation",),
    } | dict(verdict)  # fmt: skip
    batch = a_batch(
        mention, verdicts=[a_verdict(mention, **given)], story_id="story-post", run=a_run("feed:post")
    )
    with desk.store.write("test") as con:
        save(con, batch, now=NOW, policy=Policy())
    return desk.store.path


def capture(
    desk, *sites, person="pike", number="1", files=(), known=None, attachment=False,
    fetching=None, **options,
):  # fmt: skip
    """What is kept of the post, or of `files` that somebody hands in; `attachment` is what came with the
    mail. Nothing is known of a file but what is given as `known`."""
    session, wanted = desk.session(person), CaptureOptions(**{"browser": False} | options)
    found = made_by(approve_capture(session, number, wanted, desk.clock()))
    supplied = None
    with fetching() if fetching else closing(fetcher_for(*sites)) as fetch:
        if attachment:
            files = keeping.fetch_enclosures(keeping.case_enclosures(session, found.case), fetch)
            known = known or SaidOfPost(came=HowItCame.EMAIL)
        if files:
            supplied = Supplied(tuple(files), known or SaidOfPost(not_known=FIELDS))
        return made_by(capture_of(session, found, wanted, supplied, fetch, desk.clock))


def kept(desk, case_id="0001"):
    """The newest capture's files by name, read from the vault."""
    with desk.store.open_reader() as con:
        files = files_of(con, case_id)
        steps = [s for s in case_store.steps_of_case(con, case_id) if s.kind is StepKind.EVIDENCE]
    newest = steps[-1].stored_facts["capture"] if steps else ""
    return {f.name: Vault(desk.store.evidence).get(f.sha256) for f in files if f.capture_id == newest}


def manifest(desk):
    return json.loads(kept(desk)["manifest.json"])
