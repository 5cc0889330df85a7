"""Six stories of an invented school, whole: from what somebody wrote to a case that is closed.

Each is lived through the product's own commands, service, mail and web pages (`stories.py`); what was written
is judged by the model that comes with the program. docs/stories.md tells them to a headteacher, with commands
that were typed here.
"""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from registering import PUBLIC, RIPE, document
from servers import Answer
from stories import BLOG, TALK, a_tale, section
from threads import AFTER, BEFORE, Posted, thread

HEAD, DEPUTY, DSL = "t-quillfeather", "n-ashdown", "i-larkspur"
CHAIR, TEACHER = "o-fennimore", "b-thistlewood"


@pytest.fixture
def begins(tmp_path, monkeypatch):
    """Begins a story at that moment in London, with those sources and people."""
    with ExitStack() as stack:
        yield lambda at, *more: stack.enter_context(a_tale(tmp_path, monkeypatch, at, *more))


# ------------------------------------------------------------------ 1. An insult, and a conversation

INSULT = (
    "Mr Thistlewood at Oakfield Primary in Northvale is a useless fat pig and everyone should tell him so "
    "at the gate tomorrow."
)
THREAD, POST = "/threads/gate.12/", "/threads/gate.12/post-2"
THE_FORUM = f"""
[[sources]]
id = "talk"
name = "Northvale Talk"
kind = "forum.xenforo"
url = "{TALK}{THREAD}"
"""


def test_a_parents_insult_is_taken_down_after_a_conversation(begins):
    tale = begins("2026-11-17T16:04", THE_FORUM)
    tale.pages[THREAD] = tale.pages[POST] = thread(BEFORE, Posted(2, INSULT, "gate_mum"), AFTER)

    # It is seen; the head and the deputy are written to, and nobody else.
    assert "A member of staff is insulted or targeted." in tale("scan").out
    told = tale.told()
    assert set(told) == {HEAD, DEPUTY}
    assert "You are asked first." in told[HEAD]
    assert not any(
        word in mail for mail in told.values() for word in ("pig", "gate_mum", "Thistlewood", POST)
    )

    # The head opens a case. Whom it names was told nothing, since it might have accused him.
    tale(f"case open ALERT --as {HEAD}", ALERT=tale.alert())
    assert "No case is open." in tale(f"case list --as {TEACHER}").out
    tale.refused(f"case step target 1 --person {TEACHER} --as {HEAD}", "target_no_subject")
    tale(
        f"case step target 1 --person {TEACHER} --accuses-nobody --as {HEAD} "
        '--why "It calls him names and accuses him of nothing"'
    )
    tale(f"case support offered 1 --as {HEAD}")
    tale(f"case step author 1 --relationship parent --as {HEAD}")
    tale(f'case classify 1 C2 --as {HEAD} --why "Abuse, and people are asked to shout at him"')

    # Nobody is asked for anything before it is kept, weighed and decided.
    asking = f"case step ask 1 --rung author-request --kind conversation --as {HEAD}"
    tale.refused(asking, "evidence_held")
    assert "The post's words stand there" in tale(f"case capture 1 --no-browser --as {HEAD}").out
    tale.refused(asking, "weighed")
    tale(
        f'case step weigh 1 --nature "names, and a call to shame him" --visible "nine days, a forum of 900" '
        f'--spread "two replies, no copy" --impact "he dreads the gate" --as {HEAD}'
    )
    tale(f'case step decide 1 --seek --as {HEAD} --why "It is abuse, not an opinion of the school"')

    # A parent is spoken to before being written to, and the forum is not asked before the parent.
    shown = tale(f"case show 1 --as {HEAD}").out
    assert "now: speak to the author" in shown
    assert "due Wed 18 Nov 2026, 16:04: the school's own target" in shown
    tale.refused(f"case step ask 1 --rung author-request --kind removal --as {HEAD}", "conversation_first")
    tale.refused(f"case step ask 1 --rung platform-report --as {HEAD}", "author_first")
    assert "A conversation comes first." in tale(f"case letter 1 parent_removal --as {HEAD}", code=1).err
    letter = tale(
        f'case letter 1 parent_invitation --as {HEAD} --fact to="Ms Example" --fact meeting="today at 17:00"'
    ).out
    assert "Saying what you think of a decision of ours is your right." in letter
    assert not any(word in letter for word in ("Thistlewood", "pig", "offence", "libel"))

    # They talk. Her worry about the lunch queue is heard; she has until the end of the next school day.
    tale.until("2026-11-17T18:00")
    tale(f"{asking} --at 2026-11-17T17:00")
    tale(f'case step responded 1 --how meeting --as {HEAD} --why "The lunch queue: it is being changed"')
    assert "due Wed 18 Nov 2026, 16:04" in tale(f"case list --as {HEAD}").out
    mine = tale(f"case list --as {TEACHER}").out
    assert "support offered" in mine
    assert "C2" not in mine
    assert "is not for b-thistlewood" in tale(f"case show 1 --as {TEACHER}", code=2).err
    assert "No case is open." in tale(f"case list --as {CHAIR}").out

    # She takes it down. That she says so closes nothing: it has to be seen, twice, a day apart.
    tale.until("2026-11-18T08:30")
    tale.pages[THREAD] = tale.pages[POST] = thread(BEFORE, AFTER)
    tale(f"case step answered 1 --rung author-request --result removed --as {HEAD}")
    assert "this post is not among them" in tale(f"case recheck 1 --as {HEAD}").out
    tale.refused(f'case close 1 --removed --as {HEAD} --why "She says so"', "two_checks")
    tale.until("2026-11-19T08:31")
    tale.tick()
    tale(f'case close 1 --removed --as {HEAD} --why "Gone on Wednesday and on Thursday"')
    assert "closed: removed, and seen gone twice" in tale(f"case list --all --as {HEAD}").out
    assert set(tale.told()) <= {HEAD, DEPUTY}
    assert "All holds" in tale("evidence verify").out
    tale.only_reads()
    tale.is_told_in_the_docs(section("An insult, and a conversation"))


# ------------------------------------------------------------------ 2. A website, over Christmas

LIE = (
    "Mr Thistlewood of Oakfield Primary School, Larch Road, Northvale, is a thief. He takes the dinner money "
    "home and everybody knows it."
)
ARTICLE = "/2026/12/the-dinner-money"
THE_BLOG = f"""
[[sources]]
id = "truths"
name = "Larch Road Truths"
kind = "feed"
url = "{BLOG}/feed.xml"
channel = "blog"
"""
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Larch Road Truths</title><item>
<title>The dinner money</title><guid>1</guid><link>{link}</link>
<pubDate>Sun, 20 Dec 2026 19:00:00 +0000</pubDate>
<description>{words}</description></item></channel></rss>"""
PAGE = f"""<!doctype html><html lang="en"><head><title>The dinner money | Larch Road Truths</title></head>
<body><article><h1>The dinner money</h1><p>Posted on 20 December 2026</p><p>{LIE}</p></article></body>"""
WHO_HOSTS = {
    "https://rdap.publicinterestregistry.org/rdap/domain/example.org": document("nominet"),
    RIPE + PUBLIC: document("ripe"),
}
NOTICE = (
    f"case letter 1 s5_notice --as {HEAD} --fact email=b.thistlewood@example.org "
    '--fact statement="is a thief. He takes the dinner money home" '
    '--fact defames="Parents whose children I have taught for nine years ask whether I steal" '
    '--fact meaning="That I take money that is not mine" '
    '--fact wrong="No money is missing; the office counted it twice" '
    "--fact share_details=no --fact no_details=yes"
)


def test_an_anonymous_lie_on_a_website_goes_after_christmas_and_comes_back(begins):
    tale = begins("2026-12-21T09:05", THE_BLOG)
    tale.pages["/feed.xml"] = FEED.format(link=tale.at(BLOG) + ARTICLE, words=LIE)
    tale.pages[ARTICLE] = PAGE
    tale.registers.update(WHO_HOSTS)
    assert "accused of something serious, as a fact" in tale("scan").out
    assert set(tale.told()) == {HEAD, DEPUTY}

    # The head looks into it: it is false. Then it accuses nobody, and the teacher may be helped.
    tale(f"case open ALERT --as {HEAD}", ALERT=tale.alert())
    tale(
        f"case step target 1 --person {TEACHER} --accuses-nobody --as {HEAD} "
        '--why "The office counted twice: no money is missing"'
    )
    tale(f"case support offered 1 --as {HEAD}")
    tale(f'case classify 1 C7 --as {HEAD} --why "It says that he steals; it is false"')
    tale(f"case capture 1 --no-browser --as {HEAD}")
    tale(
        f'case step weigh 1 --nature "calls him a thief" --visible "since Sunday, to anybody" '
        f'--spread "passed on at the gate" --impact "he is ill with it; parents ask" --as {HEAD}'
    )
    tale(f'case step decide 1 --seek --as {HEAD} --why "It is false, and names him"')

    # Nobody knows who wrote it, and a blog has no platform: its operator is asked, in the teacher's own name.
    tale.refused(f"case step ask 1 --rung author-request --as {HEAD}", "author_known")
    tale.refused(f"case step ask 1 --rung platform-report --as {HEAD}", "platform_there")
    tale.refused(f"case step ask 1 --rung police --as {HEAD}", "police_matter")
    tale.refused(f"case step ask 1 --rung host --kind s5 --as {HEAD}", "s5_individual")
    tale(f"case step complainant 1 --who staff --person {TEACHER} --as {HEAD}")
    tale.refused(f"case step ask 1 --rung host --kind s5 --as {HEAD}", "hosting_known")
    host = tale(f"case host 1 --as {HEAD}").out
    assert "example.org, registered through Example Registrations Ltd" in host
    assert "Example Hosting Ltd" in host
    assert "abuse@host.example" in host

    # The notice asks for what it must hold, and is not made without it.
    wanted = tale(f"case letter 1 s5_notice --as {HEAD}", code=1).err
    for fact in ("statement", "defames", "meaning", "wrong", "share_details", "no_details"):
        assert f"\n  {fact} " in wanted
    letter = tale(NOTICE).out
    assert "section 5 gives operators a defence and puts no duty on you to" in letter
    assert "My name: Mr Barnaby Thistlewood" in letter
    assert "Quillfeather" not in letter

    # It reached them on Christmas Eve at ten. Their 48 hours end on the 30th, at ten.
    tale.until("2026-12-24T11:00")
    tale(f"case step ask 1 --rung host --kind s5 --received-at 2026-12-24T10:00 --as {HEAD}")
    assert "due Wed 30 Dec 2026, 10:00: the operator's 48 hours" in tale(f"case show 1 --as {HEAD}").out
    tale.until("2026-12-30T09:55")
    tale.tick()
    before = tale.told()
    assert not any("no answer is recorded" in mail for mail in before.values())
    tale.until("2026-12-30T10:01")
    tale.tick()
    late = tale.told()
    assert set(late) == {HEAD}
    assert "the website’s operator had until Wednesday 10:00 and no answer is recorded" in late[HEAD]

    # No answer: the host's abuse desk is written to.
    tale(f"case step answered 1 --rung host --kind s5 --result none --as {HEAD}")
    abuse = tale(
        f"case letter 1 host_abuse --as {HEAD} "
        '--fact why="It may be defamatory of a member of our staff, and its operator has not answered"'
    ).out
    assert "To the abuse desk of Example Hosting Ltd" in abuse
    assert "Thistlewood" not in abuse
    tale(f"case step ask 1 --rung host --kind host --as {HEAD}")
    assert (
        "The next thing is due by"
        in tale.refused(f"case step ask 1 --rung host --kind host --as {HEAD}", "already_asked").err
    )

    # It goes. It is looked at twice, a day apart, and the case is closed.
    tale.until("2027-01-04T09:30")
    tale.pages[ARTICLE] = Answer(410, b"gone")
    tale(f"case step answered 1 --rung host --kind host --result removed --as {HEAD}")
    tale.wait(hours=1)
    tale.tick()
    tale.refused(f'case close 1 --removed --as {HEAD} --why "Gone this morning"', "two_checks")
    tale.wait(hours=24)
    tale.tick()
    tale(f'case close 1 --removed --as {HEAD} --why "Gone on Monday and on Tuesday"')
    assert "No case is open." in tale(f"case list --as {HEAD}").out
    tale.told()

    # A week later it is looked at once more, and stands again: the case is open, where it had been.
    tale.until("2027-01-11T10:00")
    tale.pages[ARTICLE] = PAGE
    tale.tick()
    again = tale.told()
    assert set(again) == {HEAD}
    assert "case show 0001" in again[HEAD]
    (row,) = tale(f"case list --as {HEAD} --json").data
    assert (row["state"], row["rung"]) == ("seeking", "host")
    assert "it came back (schoolgate)" in tale(f"case show 1 --as {HEAD}").out
    assert "Case 0001" in tale("digest --date 2027-01-11").out
    tale.only_reads()
    tale.is_told_in_the_docs(section("A website, over Christmas"))
