"""Six stories of an invented school, whole: from what somebody wrote to a case that is closed.

Each is lived through the product's own commands, service, mail and web pages (`stories.py`); what was written
is judged by the model that comes with the program.
"""

from __future__ import annotations

import re

from builders.registries import PUBLIC, RIPE, document
from builders.thread_page import AFTER, BEFORE, Posted, thread
from builders.town import BLOG, PEOPLE, TALK, as_read
from support.case_numbers import number_of
from support.web_server import Answer

HEAD, DEPUTY, DSL = "t-quillfeather", "n-ashdown", "i-larkspur"
CHAIR, TEACHER = "o-fennimore", "b-thistlewood"


# ------------------------------------------------------------------ 1. An insult, and a conversation

INSULT = (
    "Mr Thistlewood at Oakfield Primary in Northvale is a useless fat pig and everyone should tell him so "
    "at the parents' evening."
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
    tale = begins("2026-11-10T16:04", THE_FORUM)
    tale.pages[THREAD] = tale.pages[POST] = thread(BEFORE, Posted(2, INSULT, "gate_mum"), AFTER)

    # It is seen; the head and the deputy are written to, and nobody else.
    assert "A member of staff is insulted or targeted." in tale("scan").out
    told = tale.told()
    assert set(told) == {HEAD, DEPUTY}
    assert "You are the first to be asked." in told[HEAD]
    assert not any(
        word in mail for mail in told.values() for word in ("pig", "gate_mum", "Thistlewood", POST)
    )

    # The head opens a case. An insult is no allegation: whom it names is its target, and is told so.
    tale(f"case open ALERT --as {HEAD}", ALERT=tale.alert())
    assert tale(f"case list --as {TEACHER}").data == []
    tale(f"case step target 1 --person {TEACHER} --as {HEAD}")
    tale(f"case support offered 1 --as {HEAD}")
    tale.tick()
    told = tale.told()
    assert set(told) == {TEACHER}
    assert "recorded that support was offered to you" in " ".join(told[TEACHER].split())
    assert not any(word in told[TEACHER] for word in ("pig", "gate_mum", POST))
    tale(f"case step author 1 --relationship parent --as {HEAD}")
    tale(f'case classify 1 C2 --as {HEAD} --why "Abuse, and people are asked to shout at him"')

    # Nobody is asked for anything before it is kept, weighed and decided.
    asking = f"case step ask 1 --rung author-request --kind conversation --as {HEAD}"
    tale.refused(asking, "evidence_held")
    assert "The post's words are there" in tale(f"case capture 1 --no-browser --as {HEAD}").out
    tale.refused(asking, "weighed")
    tale(
        f'case step weigh 1 --nature "names, and a call to shame him" --visible "two days, a forum of 900" '
        f'--spread "two replies, no copy" --impact "he dreads the gate" --as {HEAD}'
    )
    tale(f'case step decide 1 --seek --as {HEAD} --why "It is abuse, not an opinion of the school"')

    # A parent is spoken to before being written to, and the forum is not asked before the parent.
    shown = tale(f"case show 1 --as {HEAD}").out
    assert "Ask the author, in a conversation" in shown
    assert "Due Wednesday 16:04: the school’s own target" in shown
    tale.refused(f"case step ask 1 --rung author-request --kind removal --as {HEAD}", "conversation_first")
    tale.refused(f"case step ask 1 --rung platform-report --as {HEAD}", "author_first")
    assert "A conversation comes first." in tale(f"case letter 1 parent_removal --as {HEAD}", code=1).err
    letter = tale(
        f'case letter 1 parent_invitation --as {HEAD} --fact to="Ms Example" --fact meeting="today at 17:00"'
    ).out
    assert "You have every right to say what you think of our decisions." in letter
    assert "I am writing about the post " in letter
    assert "that begins “" in " ".join(letter.split())
    assert not any(word in letter for word in ("offence", "libel"))

    # They talk. Her worry about the lunch queue is heard; she has until the end of the next school day.
    tale.until("2026-11-10T18:00")
    tale(f"{asking} --at 2026-11-10T17:00")
    tale(f'case step responded 1 --how meeting --as {HEAD} --why "The lunch queue: it is being changed"')
    shown = tale(f"case show 1 --as {HEAD}").out
    assert "Due Wednesday 16:04: the school’s own target" in shown
    assert "Due the end of Wednesday: the author’s time to take it down" in shown
    (mine,) = tale(f"case list --as {TEACHER}").data
    assert mine["support"] == "offered"
    assert "C2" not in str(mine)
    assert "is not for b-thistlewood" in tale(f"case show 1 --as {TEACHER}", code=2).err
    assert tale(f"case list --as {CHAIR}").data == []

    # The digest of the next morning says what is waited for, and nothing of what was posted.
    tale.until("2026-11-11T08:30")
    digest = " ".join(tale(f"digest --as {HEAD}").out.split())
    assert "Case 0001: our own target for it to be gone is Wednesday 16:04;" in digest
    assert "Decide today" not in digest
    assert not any(word in digest for word in ("pig", "gate_mum", "Thistlewood"))

    # She takes it down. That she says so closes nothing: it has to be seen, twice, a day apart.
    tale.pages[THREAD] = tale.pages[POST] = thread(BEFORE, AFTER)
    tale(f"case step answered 1 --rung author-request --result removed --as {HEAD}")
    assert "this post is not among them" in tale(f"case recheck 1 --as {HEAD}").out
    tale.refused(f'case close 1 --removed --as {HEAD} --why "She says so"', "two_checks")
    tale.until("2026-11-12T08:31")
    tale.tick()
    tale(f'case close 1 --removed --as {HEAD} --why "Gone on Wednesday and on Thursday"')
    assert [row["ending"] for row in tale(f"case list --all --as {HEAD}").data] == ["removed"]
    assert set(tale.told()) <= {HEAD, DEPUTY}
    assert "All holds" in tale("evidence verify").out
    tale.only_reads()


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
    "--fact share_name=no --fact share_email=no --fact no_details=yes"
)


def test_an_anonymous_lie_on_a_website_goes_after_christmas_and_comes_back(begins):
    tale = begins("2026-12-21T09:05", THE_BLOG)
    tale.pages["/feed.xml"] = FEED.format(link=tale.at(BLOG) + ARTICLE, words=LIE)
    tale.pages[ARTICLE] = PAGE
    tale.registers.update(WHO_HOSTS)
    assert "accused of something serious, as a fact" in tale("scan").out
    assert set(tale.told()) == {HEAD, DEPUTY}

    # The head looks into it: it is false. A theft is no harm to a child: the teacher is its target.
    tale(f"case open ALERT --as {HEAD}", ALERT=tale.alert())
    tale(f"case step target 1 --person {TEACHER} --as {HEAD}")
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
    wanted = tale(f"case letter 1 s5_notice --as {HEAD}", code=1).out.replace("|", "").split()
    assert set(wanted) == {"defames", "meaning", "wrong", "share_name", "share_email", "no_details"}
    letter = tale(NOTICE).out
    assert "section 5 gives operators a defence and puts no duty on you to" in letter
    assert "My name: Mr Barnaby Thistlewood" in letter
    assert "Quillfeather" not in letter

    # It reached them on Christmas Eve at ten. Their 48 hours end on the 30th, at ten.
    tale.until("2026-12-24T11:00")
    tale(f"case step ask 1 --rung host --kind s5 --received-at 2026-12-24T10:00 --as {HEAD}")
    nothing = f"case step answered 1 --rung host --kind s5 --result none --as {HEAD}"
    assert "Wait until Wednesday 30 December 10:00" in tale.refused(nothing, "silence_over").err
    tale.refused(f"case step ask 1 --rung isp --as {HEAD}", "host_first")
    assert "Due Wednesday 10:00: the operator’s 48 hours" in tale(f"case show 1 --as {HEAD}").out
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
    assert "Next: record what came of it, or that nothing did" in tale(f"case show 1 --as {HEAD}").out
    tale(nothing)
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

    # Nothing here is a crime, and there is still somebody above: who registered its domain, or hosts it.
    assert "act on crime" in tale(f"case letter 1 registrar_abuse --as {HEAD}", code=1).err
    terms = tale(f'case letter 1 isp_terms --as {HEAD} --fact why="It may be untrue, and may do harm"').out
    assert "does it break your own terms?" in " ".join(terms.split())
    assert "We have had no answer." in terms
    assert "Thistlewood" not in terms

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
    assert tale(f"case list --as {HEAD}").data == []
    tale.told()

    # A week later it is looked at once more, and stands again: the case is open, where it had been.
    tale.until("2027-01-11T10:00")
    tale.pages[ARTICLE] = PAGE
    tale.tick()
    again = tale.told()
    assert set(again) == {HEAD}
    assert "Our reference: 0001." in again[HEAD]
    (row,) = tale(f"case list --as {HEAD} --json").data
    assert (row["state"], row["rung"]) == ("seeking", "host")
    assert "It came back.\n| Schoolgate, the program" in tale(f"case show 1 --as {HEAD}").out
    abuse = tale(f'case letter 1 host_abuse --as {HEAD} --fact why="It is there again"').out
    assert "On 11 January 2027 it was found there again." in abuse
    assert "Case 0001" in tale(f"digest --date 2027-01-11 --as {HEAD}").out

    # A solicitor has the page, the words, and when the notice arrived; the governors read no name.
    pack = as_read(tale.packed(f"evidence pack 1 --to solicitor --out exhibits --as {HEAD}"))
    for said in (ARTICLE, "is a thief", "2026-12-24 10:00:00 UTC"):
        assert said in pack
    tale.until("2027-01-15T16:30")
    report = tale.governors("2027-W02")
    assert not any(word in report for word in ("Thistlewood", "thief", "larchroadtruths"))
    assert "All holds" in tale("evidence verify").out
    tale.only_reads()


# ------------------------------------------------------------------ 3. A threat to a teacher

THREAT = (
    "I will be waiting for Mr Thistlewood outside Oakfield Primary in Northvale after school on Thursday "
    "with a bat. He will not walk home."
)


def test_a_threat_to_a_teacher_goes_to_the_police_with_his_consent(begins):
    tale = begins("2026-11-17T12:30")
    tale.pages["/t/77"] = f"<html><body><article><p>{THREAT}</p></article></body></html>"
    tale(
        f'report-in --channel facebook --url {TALK}/t/77 --author "Larch Dad" --seen-by "Mr Dray" --text -',
        said=THREAT,
    )
    shown = " ".join(tale(f"alerts show #1 --as {HEAD}").out.split())
    assert "if anybody is in danger now, ring 999; if not, ask whoever is threatened, then ring 101" in shown

    # Told at once: the head, the safeguarding lead, and whom it is aimed at. A case opens by itself.
    tale.tick()
    told = tale.told()
    assert set(told) == {HEAD, DSL, TEACHER}
    assert "ring 999 first: do not wait for anybody’s permission." in told[HEAD]
    assert "read now. If anyone is in danger ring 999 (0001)" in told[HEAD]
    assert told[HEAD].count("Dear ") == 1  # the alert and its case are one mail
    assert "case 0001" not in told[TEACHER]
    assert not any(word in mail for mail in told.values() for word in ("detention", "Larch Dad", "/t/77"))
    assert "If anybody may be in danger now, ring 999 first." in tale(f"case show 1 --as {HEAD}").out

    # It is not imminent: he is on a trip until Thursday. So it is read, kept, weighed and decided on.
    tale(f'case classify 1 C6 --as {HEAD} --why "He says that he will wait for him"')
    tale(f"case capture 1 --no-browser --as {HEAD}")
    tale(
        f'case step weigh 1 --nature "a threat of violence" --visible "since noon" --spread "shared twice" '
        f'--impact "he is afraid to walk home" --as {HEAD}'
    )
    tale(f'case step decide 1 --seek --as {HEAD} --why "It may be a threat, and it frightens him"')
    police = f"case step ask 1 --rung police --not-imminent --reference CR/118/26 --as {HEAD}"
    tale.refused(police, "consent")
    tale.refused(f"case step ask 1 --rung author-request --as {HEAD}", "author_known")
    tale(f"case step author 1 --relationship parent --as {HEAD}")
    tale.refused(f"case step ask 1 --rung author-request --kind conversation --as {HEAD}", "author_class")

    # He is asked, and says no. That stands: no letter, and only the head might override it, for a life.
    asked = tale(f"case letter 1 consent_request --as {HEAD}").out
    assert "You can say no, or say yes and change your mind" in " ".join(asked.split())
    tale(f"case consent ask 1 --how in-person --as {HEAD}")
    tale(f"case consent refuse 1 --as {TEACHER}")
    tale.refused(police, "consent")
    letter = (
        f'case letter 1 police --as {HEAD} --fact force="Northshire Police" '
        '--fact why="It may be a threat to a member of our staff on his way home" '
        '--fact contact="the head, 01632 960 001" --fact danger="We do not know who wrote it"'
    )
    assert "has not consented" in tale(letter, code=1).err
    tale.refused(
        f'case consent override 1 --ground risk-to-life --as {DEPUTY} --why "I would ring"', "head_overrides"
    )
    tale(f"case support offered 1 --as {HEAD}")
    tale(f"case support accepted 1 --as {TEACHER}")
    (mine,) = tale(f"case list --as {TEACHER}").data
    assert (mine["support"], mine["consent"]) == ("accepted", "refused")
    assert not any(word in str(mine) for word in ("C6", "threat", "detention"))

    # That support was offered somebody else wrote down: so he is told, at once, who did and when.
    tale.tick()
    assert "recorded that support was offered to you" in " ".join(tale.told()[TEACHER].split())

    # Next morning he agrees; the head is told so. The head had it in hand: nobody else was roused meanwhile.
    tale.until("2026-11-18T08:05")
    tale(f"case consent give 1 --as {TEACHER}")
    tale.tick()
    told = tale.told()
    assert set(told) == {HEAD}
    assert "has answered, or has taken an answer back" in told[HEAD]

    # The letter says what may be, when and where, with the words; he is named, since he agreed.
    report = tale(letter).out
    assert "Whether any law was broken, and which, is for you to decide." in " ".join(report.split())
    assert f"\n| {THREAT}\n" in report
    assert "Who it is aimed at: Mr " in report
    assert "- Address of the post: http" in report
    assert "first seen" in report
    assert "Posted, as the page shows it" not in report
    tale(police)
    assert "Due Friday 08:05: asking them again" in tale(f"case show 1 --as {HEAD}").out
    tale(f"evidence pack 1 --to police --out exhibits --as {HEAD}")
    pack = "".join(text for name, text in tale.outputs() if name.startswith("exhibits/"))
    assert "will be waiting for" in pack
    assert "Chronology" in pack
    tale.refused(f'case close 1 --handed-over --as {HEAD} --why "With the police"', "referred")
    tale(f"case step referred 1 --to police --reference CR/118/26 --as {HEAD}")
    tale(f'case close 1 --handed-over --as {HEAD} --why "With the police"')
    assert "All holds" in tale("evidence verify").out
    tale.only_reads()


# ------------------------------------------------------------------ 4. A pupil's disclosure

DISCLOSURE = (
    "i am in year 5 at Oakfield Primary in Northvale and my stepdad hits me every night with his belt and "
    "nobody believes me please help"
)
HERS = ("stepdad", "belt", "bluebell_x", "year 5", "post-2", "parking at the gate")
"""What nobody but the safeguarding leads may find anywhere: words, author, year group, address, title."""


def test_of_a_pupils_disclosure_nothing_stands_anywhere_but_with_the_safeguarding_lead(begins):
    tale = begins("2026-11-17T19:20", THE_FORUM)
    tale.pages[THREAD] = tale.pages[POST] = thread(BEFORE, Posted(2, DISCLOSURE, "bluebell_x"), AFTER)
    assert "● WITH THE DSL   1" in tale("--verbose scan").out
    seen = list(tale.fetched)
    told = tale.told()
    assert set(told) == {DSL, DEPUTY}
    assert "ring 999 first" in told[DSL]
    alert = tale.alert()

    # Whoever else looks finds that something is with the safeguarding lead, or not even that.
    for who in (HEAD, CHAIR, "c-dray", TEACHER, "g-wren"):
        tale(f"case open ALERT --as {who}", code=2, ALERT=alert)
    tale(f"case open ALERT --as {DSL}", ALERT=alert)
    tale.tick()
    assert tale.told() == {}
    apart = [{"case": "0001", "has_it": ""}]
    for who, finds in ((HEAD, apart), ("c-dray", apart), (CHAIR, []), (TEACHER, [])):
        assert tale(f"case list --as {who}").data == finds
        tale(f"case show 1 --as {who}", code=2)
        tale(f"alerts show ALERT --restricted --reason Curious --as {who}", code=2, ALERT=alert)
    for line in (
        *("case list", "alerts list --all", "alerts list --all --json", "story list"),
        *("scan --json", "status", f"case show 1 --as {DSL}"),
    ):
        tale(line, code=None)
    for line in ("alerts show ALERT", f"alerts show ALERT --as {DSL}", "story show STORY"):
        tale(line, code=None, ALERT=alert, STORY=tale("story list --json").data[0]["id"])

    # The safeguarding lead reads it, on record. Nothing is fetched, asked or written: it is handed on.
    read = f'alerts show ALERT --restricted --reason "I am the DSL on duty" --as {DSL}'
    page = tale(read, ALERT=alert).out
    assert "my stepdad hits me every night" in page
    assert "do not write to the child" in page
    tale(f"case classify 1 C10 --as {DSL} --why -", said="A child tells of harm at home")
    tale.refused(f"case capture 1 --as {DSL}", "no_capture")
    for refused in ("recheck 1", "host 1", "step ask 1 --rung platform-report", "step ask 1 --rung police"):
        tale.refused(f"case {refused} --as {DSL}", "lane")
    assert "no letter is written" in tale(f"case letter 1 police --as {DSL}", code=1).err
    pack = tale(f'evidence pack 1 --to dsl --out for-the-dsl --reason "For her file" --as {DSL}').out
    assert "There is no evidence in it: the case is off the ladder." in pack
    tale(f"case step referred 1 --to social-care --reference SC-77 --as {DSL}")
    tale(f'case close 1 --handed-over --as {DSL} --why "With social care, and in her file"')
    assert tale.fetched[len(seen) :] in ([], seen)

    # Nor is it in what goes out later: the digests, the governors' report, the proof of the evidence.
    tale.until("2026-11-21T09:00")
    tale.tick()
    for line in (
        f"digest --out digests --as {HEAD}",
        f"digest --out digests --as {DEPUTY}",
        "case list --all",
    ):
        tale(line)
    tale("report --week 2026-W47 --out report")
    tale("evidence verify")
    assert tale.told() == {}

    outputs = list(tale.outputs())
    said = {name.partition("/")[0] for name, text in outputs if "under a separate procedure" in text}
    to_sign = {name for name in said if name.startswith("mail to ")}
    assert said - to_sign == {"report"}, "the report is searched as its reader sees it"
    assert {name.removeprefix("mail to ").partition("@")[0] for name in to_sign} == {HEAD}
    assert sum(name.startswith("mail to") for name, _ in outputs) == 3
    found = {
        name for name, text in outputs if any(word in " ".join(text.casefold().split()) for word in HERS)
    }
    handed = {name for name in found if name.startswith("for-the-dsl/")}
    assert {name[-4:] for name in handed} == {".pdf", ".zip"}
    assert found - handed == {f"schoolgate {read}"}


# ------------------------------------------------------------------ 5. An allegation against the head

ALLEGATION = (
    "Mrs Quillfeather, head of Oakfield Primary in Northvale, grabbed my son by the neck and locked him in "
    "her office. He is seven."
)
A_SMALL_SCHOOL = {
    **{who: given for who, given in PEOPLE.items() if who != DSL},
    HEAD: ("Mrs Tamsin Quillfeather", ("head", "dsl", "slt")),
}
"""Where the head is the safeguarding lead too."""


def test_an_allegation_against_the_head_reaches_the_chair_and_the_deputy_and_never_her(begins):
    tale = begins("2026-11-17T19:20", THE_FORUM, A_SMALL_SCHOOL)
    tale.pages[THREAD] = thread(BEFORE, AFTER)
    tale("scan")
    tale(
        f'report-in --channel facebook --url {TALK}/t/78 --author "Willow Mum" --seen-by "Mr Ashdown" '
        "--text -",
        said=ALLEGATION,
    )
    tale.tick()
    told = tale.told()
    assert set(told) == {CHAIR, DEPUTY}
    assert "You are the first to be asked." in told[CHAIR]
    alert = tale.alert()

    # The deputy, who is deputy safeguarding lead, opens it. Both were told of it already: nobody is written
    # to again, nor is either sent to the safeguarding lead, who is the head.
    its, none = (tale(f"case open {one} --as {HEAD}", code=2).err for one in (alert, "0" * len(alert)))
    assert its.replace(alert, "0" * len(alert)) == none
    tale(f"case open ALERT --as {DEPUTY}", ALERT=alert)
    tale.tick()
    assert tale.told() == {}
    unread = tale(f"case show 1 --as {CHAIR}").out
    assert not any(word in unread for word in ("C10", "Quillfeather", "allegation", "neck"))
    read = 'alerts show ALERT --restricted --reason "I stand in for her" --as '
    advice = tale(read + CHAIR, ALERT=alert).out
    assert "Tell the deputy of the designated safeguarding lead (DSL)" in advice
    assert "(LADO) is told within one working day" in advice
    assert "grabbed my son by the neck" in advice
    assert "The headteacher is told nothing." in tale(read + DEPUTY, ALERT=alert).out

    # She is told nothing, sees nothing, and is refused as if there were nothing.
    assert tale("case list").data == []
    for line in ("alerts list --all", "alerts list --all --json"):
        assert "with the DSL" not in tale(line).out
    assert len(tale("story list --json").data) == 0
    assert tale(f"case list --all --json --as {HEAD}").data == []
    for line in (
        *("case show {}", "case note {} hm", "case capture {}", "case recheck {}", "case host {}"),
        *("case letter {} reply", "case support offered {}", "evidence pack {} --out mine"),
        *("case step decide {} --stop --why enough", 'case close {} --mistaken --why "a mistake"'),
    ):
        its = tale(f"{line.format(1)} --as {HEAD}", code=2)
        none = tale(f"{line.format(77)} --as {HEAD}", code=2)
        assert its.err.replace("0001", "0077") == none.err

    # The designated officer of the council is told, and the matter is handed over.
    tale(
        f"case classify 1 C10 --lane staff-allegation --as {DEPUTY} --why -",
        said="It says that the head hurt a child",
    )
    tale(f"case step referred 1 --to lado --reference LADO-12 --as {DEPUTY}")
    tale(f'case close 1 --handed-over --as {DEPUTY} --why "With the council, who say what is next"')

    # In three days nothing of it reached her: no mail, no digest, no report.
    tale.until("2026-11-21T09:00")
    tale.tick()
    tale(f"digest --as {HEAD}")
    tale("report --week 2026-W47 --out report")
    assert HEAD not in tale.told()
    hers = [
        (name, text)
        for name, text in tale.outputs()
        if f"mail to {HEAD}" in name or f"--as {HEAD}" in name or name.startswith("report/")
        if alert not in name  # what she herself typed is said back to her
    ]
    assert len(hers) > 20
    gave_away = ("willow", "neck", "seven", "lado", "allegation", alert, number_of(alert), "with the dsl")
    assert [
        n for n, text in hers if any(word in text.casefold() for word in map(str.casefold, gave_away))
    ] == []
    for line in (f"alerts show {{}} --restricted --reason Mine --as {HEAD}", f"alerts ack {{}} --as {HEAD}"):
        its, none = (tale(line.format(one), code=2).err for one in (alert, "0" * len(alert)))
        assert its.replace(alert, "0" * len(alert)) == none
    tale.only_reads()


# ------------------------------------------------------------------ 6. A fair review

FAIR = (
    "My daughter was put in the wrong reading group for a term and nobody rang us back. "
    "Very poor communication."
)
SHORT = (
    "Nobody answers the phone in the afternoon.",
    "The car park is a danger every single morning.",
    "Lunches are cold and there is no choice.",
    "The website never has the right dates on it.",
    "Two supply teachers in one term and no word why.",
)
THE_REVIEWS = f"""
[[sources]]
id = "reviews"
name = "Parents' reviews"
kind = "reviews.generic"
url = "{TALK}/reviews.html"
listing = true
channel = "school_review_site"
[sources.settings]
item = "li.review"
text = "p.words"
title = "h3"
author = "p.by"
date = "time"
rating = ".stars"
rating_attr = "data-stars"
"""
LONG_ENOUGH = "It gives the private number of a member of staff in its picture, which is nobody's business"


def reviews(*words: str) -> str:
    rows = "".join(
        f'<li class="review"><h3>Review {n}</h3><p class="by">Parent {n}</p>'
        f'<time datetime="2026-11-16T20:0{n}Z">16 November</time>'
        f'<span class="stars" data-stars="1"></span><p class="words">{said}</p></li>'
        for n, said in enumerate(words)
    )
    return f"<!doctype html><title>Oakfield Primary School | reviews</title><body><ul>{rows}</ul></body>"


def test_a_fair_review_is_answered_and_a_reclassification_is_counted(begins):
    tale = begins("2026-11-17T10:00", THE_REVIEWS)
    tale.pages["/reviews.html"] = reviews(FAIR)
    assert "○ TO ANSWER  1" in tale("scan").out
    assert tale.told() == {}
    (story,) = tale("story list --json").data
    tale(f"case open STORY --as {HEAD}", STORY=story["id"])

    # Nobody is asked to take it down, whatever the rung; each refusal says why, and what to do instead.
    tale.refused(f'case step decide 1 --seek --as {HEAD} --why "It hurts"', "fair_comment")
    for rung in ("author-request", "platform-report", "host", "isp", "posh", "police"):
        said = tale.refused(f"case step ask 1 --rung {rung} --as {HEAD}", "fair_comment").err
        assert "lawful criticism is answered, not removed" in said
        assert "offer the complaints procedure" in said
    shown = tale(f"case show 1 --json --as {HEAD}").data
    assert (shown["state"], {*shown["letters"]}) == (
        "fair_comment", {"reply", "thanks", "complaints_procedure"},
    )  # fmt: skip

    # The reply names nobody, repeats nothing, and does not say whose child goes to the school.
    reply = f'case letter 1 reply --as {HEAD} --fact contact="the school office, 01632 960 000"'
    for given in ("We are sorry, Parent 0", "Your daughter is in the right group now", "Year 4 has moved on"):
        assert "answer_given" in tale(f'{reply} --fact answer_given="{given}"', code=1).out
    text = tale(reply).out.casefold()
    assert "our complaints procedure is here" in text
    assert not any(word in text for word in ("daughter", "reading", "rang", "parent 0", "review 0"))
    tale(f'case step responded 1 --how public-reply --as {HEAD} --why "Thanked, and asked to ring us"')
    tale(f'case close 1 --answered --as {HEAD} --why "Answered; the office waits for a call"')
    assert [row["ending"] for row in tale(f"case list --all --as {HEAD}").data] == ["answered"]

    # Who holds a fair comment to be something else says why, at some length; the governors read how often.
    tale.until("2026-11-18T12:00")
    tale.pages["/reviews.html"] = reviews(FAIR, *SHORT)
    tale("scan")
    others = [one["id"] for one in tale("story list --json").data if one["id"] != story["id"]]
    assert len(others) == len(SHORT)
    for n, other in enumerate(others, start=2):
        tale(f"case open STORY --as {HEAD}", STORY=other)
        tale(f'case classify {n} C11 --as {HEAD} --why "unfair"', code=2)
        tale(f'case classify {n} C11 --as {HEAD} --why "{LONG_ENOUGH}"')
    tale.until("2026-11-20T16:30")
    tale("report --week 2026-W47 --out report")
    report = " ".join(text for name, text in tale.outputs() if name.endswith(".html"))
    assert "with a written reason. How often that was done this week: 5." in " ".join(
        re.sub(r"<[^>]+>", " ", report).split()
    )
    tale.only_reads()
