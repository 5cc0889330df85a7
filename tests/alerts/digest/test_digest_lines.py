"""The lines of a digest: what happened, where, who acts and by when, in whose words."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.alert import EVERYBODY, HEAD
from builders.mention import NOW, a_mention, a_verdict, an_alert
from builders.view import a_post as read_post
from builders.view import fresh, raised, with_article, with_post
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.facts import Agenda, Blind, Facts, NotSeen, OpenMatter, Phrase, SchoolPart, Selection
from alerts.select import list_to_read, select, with_posts
from alerts.wording.digest import lines
from alerts.wording.digest.compose import compose_digest, compose_for_schools
from alerts.wording.digest.headlines import (
    MOST_CHARS,
    MOST_WORDS,
    beginning,
    fit,
    headline_and_paper,
    link,
    plain_headline,
)
from alerts.wording.digest.lines import not_seen, switched_off, to_sign
from alerts.wording.digest.matters import (
    asked_of_all,
    in_the_news,
    look_line,
    news_order,
    saying,
    who_answers,
)
from alerts.wording.digest.view import Saying, digest_text, greeting
from data.digest import Fate, Headline, ReadingCounts, Surge, Window
from data.judged import A_PERSON_DECIDES, HANDED_IN
from data.matters import PostView
from data.register.calendar import Calendar
from data.types import (
    ALLEGING_LABELS,
    About,
    MentionKind,
    Outcome,
    Person,
    PressEvent,
    Reason,
    Relevance,
    Role,
    Route,
    School,
    Sentiment,
    Severity,
)
from data.web.channels import CHANNELS, PRESS
from data.words.say import words

TUESDAY = datetime(2026, 11, 17, 7, 30, tzinfo=UTC)
TODAY = TUESDAY.date()
DEPUTY = Person("deputy", "Mr Lee Ash", (Role.DEPUTY_HEAD,), "deputy@example.org")
LINES = {"threat": 0.15, "hate": 0.2, "safeguarding": 0.25, "privacy": 0.2}
PAST = a_verdict(
    a_mention(), about=About.SCHOOL, route=Route.RESPOND, sentiment=Sentiment.NEGATIVE, reasons=()
)
HANDED = Reason(HANDED_IN, "A person reported it.")
MAILS = "Worst school we have ever dealt with. Three emails about the missing coat and nothing since Ofsted"
PRINTED = {"channel": "google_news", "kind": MentionKind.ARTICLE, "text": "", "source_ids": ("search",)}
HEADLINE = Headline("Choir brings tears to hospice", "https://gazette.example.org/choir", ("gazette",))
PRAISE = a_verdict(a_mention(), route=Route.THANK, severity=Severity.NOTE, sentiment=Sentiment.POSITIVE)
CROSS = replace(PRAISE, route=Route.RESPOND, severity=Severity.RESPOND, sentiment=Sentiment.NEGATIVE)
READER = Person("deputy", "Mr Lee Ash", (Role.DEPUTY_HEAD,), "deputy@example.org")
JUDGED = a_verdict(a_mention(), reasons=())


def said_on(day=TODAY, people=(HEAD, DEPUTY), **fields):
    now = datetime.combine(day, TUESDAY.time(), UTC)
    facts = Facts(
        School("900001", "Oakfield Primary School"), day, day.weekday() < 5,
        Window(now - timedelta(days=1), now), now, ZoneInfo("Europe/London"), people,
        **{"calendar": Calendar(), "label_lines": LINES, **fields},
    )  # fmt: skip
    return Saying(facts, people[0], words("en"))


def a_story(channels=("local_forum",), places=("forum",), people=1, heated=False, look=None, **verdict):
    top = replace(PAST, **verdict)
    return fresh(
        f"story-{len(verdict)}", top, PostView(channels[0]), place_keys=frozenset(places),
        people_keys=frozenset(range(people)), look=top if look else None, channels=tuple(channels),
        heated=heated,
    )  # fmt: skip


def decision(say, alert):
    (known,) = select(replace(say.facts, alerts=(alert,)), say.reader).matters
    return lines.decision(say, known.view)


def danger(say, alert):
    (known,) = select(replace(say.facts, alerts=(alert,)), say.reader).of(Agenda.DANGER)
    return lines.danger(say, known.view)


def standing(raised_at=TUESDAY - timedelta(hours=9), channels=("local_forum",), **alert):
    verdict = replace(PAST, abuse=("privacy",), about=About.STAFF, severity=Severity.TODAY)
    told = an_alert("s1", **{"raised_at": raised_at, "because": (), "audience": ("head",), **alert})
    return raised(told, (verdict,), raised_at, channels=channels)


def a_look(**verdict):
    return look_line(said_on(), a_story(look=True, **verdict)).said


def test_every_kind_of_place_has_words_and_heated_but_fair_is_said_of_no_praise():
    said = {channel: said_on().at(channel) for channel in CHANNELS}
    assert all(said.values())
    assert len({said[channel] for channel in PRESS}) == 1
    assert len(set(said.values())) == len(CHANNELS) - len(PRESS) + 1
    hot = a_story(heated=True)
    assert whole(saying(said_on(), hot)) == "A complaint about the school. [heated but fair]"
    glad = replace(hot, top=replace(PRAISE, about=About.SCHOOL))
    assert whole(saying(said_on(), glad)) == "Praise: the school. []"


def test_a_decision_says_what_where_and_by_whom_also_where_it_is_told_late():
    line = decision(said_on(), standing())
    assert line.title == "A member of staff, local forum, private details"
    assert line.said == "Private details of a member of staff are given."
    say = said_on()
    late = Saying(replace(say.facts, now=TUESDAY + timedelta(hours=3)), HEAD, say.w)
    assert decision(late, standing(TUESDAY + timedelta(hours=2))).about == "You · today"
    assert decision(said_on(), standing(audience=("deputy", "head"))).about == "Deputy head · today"
    assert decision(said_on(), standing(audience=("left", "deputy"))).about == "Deputy head · today"
    nursery = replace(say, facts=replace(say.facts, school=School("own-acorn", "Acorn Nursery")))
    assert decision(nursery, standing(audience=("deputy",))).about == "Deputy manager · today"
    assert who_answers(nursery) == "Deputy manager · this week"
    assert decision(said_on(), standing(audience=("left",))).about == "Nobody could be told · today"


@pytest.mark.parametrize(("day", "raised", "said"), [
    (17, "2026-11-16T21:30", "today"), (17, "2026-11-17T07:29", "today"),
    (18, "2026-11-16T21:30", "was due Tue 17 Nov"), (18, "2026-11-17T07:30", "was due Tue 17 Nov"),
    (14, "2026-11-13T21:30", "by Monday"), (16, "2026-11-13T21:30", "today"),
    (17, "2026-11-13T21:30", "was due Mon 16 Nov"),
])  # fmt: skip
def test_it_is_due_on_the_working_day_on_which_its_mail_tells_of_it(day, raised, said):
    at = datetime.fromisoformat(f"{raised}+00:00")
    assert decision(said_on(date(2026, 11, day)), standing(at)).about == f"You · {said}"


def test_a_look_says_where_and_what_it_may_be_and_claims_no_label_that_is_not_near():
    near = (("abuse:threat", 0.1), ("abuse:hate", 0.05))
    assert a_look(scores=near, about=About.STAFF) == (
        "A remark on a local forum about a member of staff: a threat or a figure of speech?"
    )
    assert a_look(scores=(("abuse:hate", 0.11), ("abuse:threat", 0.1))).endswith("figure of speech?")
    shared = replace(
        a_story(look=True, people=3, scores=(("abuse:threat", 0.1),)), relevance=Relevance.UNSURE
    )
    line = look_line(said_on(), shared)
    assert line.said.endswith("figure of speech?")
    assert line.where == "3 people · perhaps another school"
    for scores in [(), (("abuse:threat", 0.07),)]:
        assert a_look(scores=scores) == (
            "A remark on a local forum about the school: we cannot tell whether you need to do anything."
        )
    for label in ["safeguarding", "self_harm", "sexual"]:
        for as_label in [True, False]:
            found = a_look(abuse=(label,)) if as_label else a_look(scores=((f"abuse:{label}", 0.9),))
            assert "we cannot tell whether you need to do anything" in found


def test_what_somebody_handed_in_is_never_cut_and_says_what_it_may_be():
    say = said_on()
    by_hand = replace(a_story(look=True, reasons=(HANDED,), look_rank=0.0), story_id="by-hand")
    found = [replace(a_story(look=True, look_rank=0.5), story_id=f"found-{n}") for n in range(9)]
    say = replace(say, facts=replace(say.facts, stories=(by_hand, *found), look_share=0.1))
    chosen = select(say.facts, say.reader)
    assert [one.view.story_id for one in chosen.of(Agenda.LOOK)] == ["by-hand", "found-0"]
    assert chosen.more_looks == 8
    near = (("abuse:threat", 0.1),)
    assert a_look(reasons=(HANDED,), scores=near).endswith("a threat or a figure of speech?")
    assert a_look(reasons=(HANDED,), scores=()) == (
        "Something on a local forum that somebody reported: please read it."
    )


@pytest.mark.parametrize(("code", "said"), [
    ("language_cy", "Something in Welsh on a local forum: we know only plain words of Welsh"),
    ("language_other", "Something on a local forum in a language that we do not judge"),
    ("too_few_words", "A few words on a local forum about the school: too few to judge."),
    ("own_at_night", "Something odd on one of your own accounts"),
])  # fmt: skip
def test_what_kept_us_from_judging_is_said_instead_of_a_guess(code, said):
    assert a_look(reasons=(Reason(code, ""),), scores=(("abuse:threat", 0.9),)).startswith(said)


def whole(line):
    return f"{line.said} [{line.where}]"


def test_what_may_not_be_quoted_says_its_tone():
    say = said_on()
    assert whole(saying(say, a_story())) == "A complaint about the school. []"
    assert saying(say, a_story(sentiment=Sentiment.NEUTRAL)).said == "A question or remark about the school."
    assert saying(say, a_story(sentiment=Sentiment.POSITIVE)).said == "Praise: the school."


def a_post(text=MAILS, title="", at=TUESDAY - timedelta(hours=21), **fields):
    given = {"channel": "school_review_site", "kind": MentionKind.REVIEW, **fields}
    return read_post(url="https://reviews.example.org/1?utm_source=x", title=title, text=text, at=at, **given)


def test_a_post_is_told_in_a_dozen_words_and_praise_with_how_it_ends():
    story = with_post(a_story(themes=("results",), channels=("school_review_site",)), a_post())
    line = saying(said_on(), story)
    assert line.said == "“Worst school we have ever dealt with. Three emails about the missing …”"
    assert (line.where, line.url) == ("yesterday 10:30", "https://reviews.example.org/1")
    assert "Results" not in line.said + line.then
    glad, ended = a_story(sentiment=Sentiment.POSITIVE), a_post(f"{MAILS}. Then you lost my son!")
    assert saying(said_on(), with_post(glad, ended)).said.endswith(
        "about the missing … Then you lost my son!”"
    )


@pytest.mark.parametrize(("title", "kind", "said"), [
    ("Never again", MentionKind.REVIEW, "“Never again: Nobody rings back”"),
    ("Parking at the gate of the school", MentionKind.POST, "“Parking at the gate of the school”"),
    ("Parking at the gate of the school", MentionKind.REPLY, "“Nobody rings back”"),
    ("", MentionKind.POST, "“Nobody rings back”"),
])  # fmt: skip
def test_a_post_is_told_by_its_own_title_unless_that_says_too_little_or_is_its_threads(title, kind, said):
    story = with_post(a_story(), a_post("Nobody rings back", title, kind=kind))
    assert saying(said_on(), story).said == said


@pytest.mark.parametrize(("at", "dated", "said"), [
    ("2026-11-17T06:10", True, "today 06:10"), ("2026-11-16T21:30", True, "yesterday 21:30"),
    ("2026-11-15T18:20", True, "Sunday 18:20"), ("2026-07-21T18:20", True, "21 Jul"),
    ("2018-01-31T18:20", True, "31 Jan 2018"), ("2026-11-16T21:30", False, "read yesterday 21:30"),
])  # fmt: skip
def test_when_is_a_day_or_a_time_with_its_year_where_that_is_another(at, dated, said):
    post = a_post(at=datetime.fromisoformat(f"{at}+00:00"), dated=dated)
    assert said_on().time_posted(post) == said


@pytest.mark.parametrize(
    ("hour", "said"),
    [(0, "Good morning."), (11, "Good morning."), (12, "Good afternoon."), (17, "Good afternoon."),
     (18, "Good evening."), (23, "Good evening.")],
)  # fmt: skip
def test_the_greeting_goes_by_the_hour(hour, said):
    say = said_on()
    assert greeting(replace(say, facts=replace(say.facts, now=TUESDAY.replace(hour=hour)))) == said


def test_what_is_not_public_is_neither_quoted_nor_linked_and_the_settings_say_whose_words_are():
    for channel in ["facebook_group", "whatsapp", "in_person", "email", "manual_report"]:
        story = with_post(a_story(channels=(channel,)), a_post(channel=channel))
        line = saying(said_on(), story)
        assert line.said == "A complaint about the school."
        assert line.url is None
    for excerpts, quoted in [("public", (True, True)), ("news", (False, True)), ("none", (False, False))]:
        say = said_on(excerpts=excerpts)
        post = saying(say, with_post(a_story(), a_post()))
        article = in_the_news(say, of_the_press(POOR, event=PressEvent.INSPECTION))
        assert (post.url is not None, article.url is not None) == quoted
        assert ("Worst" in post.said, "improvement" in article.said) == quoted


@pytest.mark.parametrize(("people", "said"), [
    ((HEAD, DEPUTY), "Deputy head · this week"), ((DEPUTY, HEAD), "You · this week"),
    ((replace(DEPUTY, id="a"), replace(DEPUTY, id="b")), "Deputy head · this week"),
    ((replace(HEAD, roles=(Role.SLT,)), replace(DEPUTY, roles=(Role.SLT,))), "Leadership team · this week"),
])  # fmt: skip
def test_who_answers_is_the_deputy_where_there_is_one(people, said):
    assert who_answers(said_on(people=people)) == said


def test_a_report_to_sign_is_told_to_the_head_first_and_what_is_off_to_who_mends_alone():
    friday = datetime(2026, 11, 13, 16, 0, tzinfo=UTC)
    for day, deputys in ((date(2026, 11, 17), False), (date(2026, 11, 18), True)):
        say = said_on(day, unsigned=("2026-W46", friday))
        (line,) = to_sign(say, HEAD)
        assert line.said.startswith(
            "The governors’ report for week 46 has been waiting for your signature since Friday"
        )
        assert bool(to_sign(say, DEPUTY)) is deputys
    assert to_sign(said_on(), HEAD) == []
    it = Person("it", "Mr Example", (Role.IT_LEAD,))
    said = ["2 sources are off, because of their terms or because somebody switched them off."]
    assert switched_off(said_on(people=(it, HEAD), off=2)) == said
    assert switched_off(said_on(people=(HEAD, it), off=2)) == []
    now = ["Switched off, and no longer read: Town forum."]
    assert switched_off(said_on(people=(it, HEAD), off_now=("Town forum",))) == now


FIRST = tuple(NotSeen(f"Place {n}", Blind.FIRST) for n in range(40))


def test_before_the_first_look_one_sentence_says_that_it_is_due():
    say = said_on(not_seen=FIRST, reading=ReadingCounts(0, 0), last_read=None)
    view = compose_digest(say.facts, Selection(HEAD))
    body = " ".join(digest_text(view).split())
    assert view.subject == "Nothing was read yet (Tuesday)"
    assert body.count("The first look at 40 places has not been made yet; it is due now") == 1
    assert ("Place" in body, "single source" in body) == (False, False)
    both = compose_for_schools([SchoolPart(say.facts, Selection(HEAD))] * 2)
    together = " ".join(digest_text(both).split())
    assert together.count("The first look at 40 places") == 1


def test_without_email_what_was_set_up_promises_nobody_to_be_told():
    part = SchoolPart(said_on(set_up=("Town forum",), mails=False).facts, Selection(HEAD))
    for view in (compose_digest(part.facts, part.chosen), compose_for_schools([part] * 2)):
        body = " ".join(digest_text(view).split())
        assert ("nobody is told at once of anything" in body, "Told " in body) == (True, False)


@pytest.mark.parametrize(("found", "said"), [
    (NotSeen("A", Blind.FAILED, Outcome.SUSPICIOUS, TUESDAY - timedelta(hours=18)),
     "A: empty since yesterday 13:30, which is unusual."),
    (NotSeen("A", Blind.SILENT, since=TUESDAY - timedelta(days=2)),
     "A: nothing new since Sunday, which is unusual."),
    (NotSeen("A", Blind.SILENT), "A: nothing new, which is unusual."),
    (NotSeen("A", Blind.FAILED, Outcome.BLOCKED, TUESDAY - timedelta(days=2)),
     "A: blocked since Sunday, asked once a day."),
    (NotSeen("A", Blind.FAILED, Outcome.BLOCKED), "A: blocked, asked once a day."),
    (NotSeen("A", Blind.NOT_ASKED), "A: not asked."),
    (NotSeen("A", Blind.FAILED, Outcome.BLOCKED, TUESDAY, detail="Its budget is used up."),
     "A: Its budget is used up."),
    (NotSeen("A", Blind.FAILED, Outcome.MISCONFIGURED, detail="Get a new key: https://example.org"),
     "A: Get a new key: https://example.org"),
    (NotSeen("A", Blind.UNMATCHED, since=TUESDAY - timedelta(days=31)),
     "A: its search has found nothing new since Saturday 17 October."),
    (NotSeen("A", Blind.CUT, since=TUESDAY), "A: its search finds more than we read (Tuesday 07:30)."),
])  # fmt: skip
def test_what_was_not_seen_says_why_and_since_when(found, said):
    assert not_seen(said_on(), found) == said


def test_of_a_threat_the_reader_is_told_what_is_theirs_and_of_a_lost_digest_that_it_was():
    for day, claimed in [(16, True), (14, False)]:
        say = said_on(date(2026, 11, day), lost={HEAD.id: ((date(2026, 11, 13), Fate.FAILED),)})
        opening = " ".join(compose_digest(say.facts, Selection(HEAD)).opening)
        assert ("Your digest of Friday 13 November could not be sent" in opening) is claimed
    for told, then in [((HEAD.id,), "ring 101."), ((DEPUTY.id,), "those who were told ring 101.")]:
        alert = an_alert("s1", route=Route.POLICE_NOW, severity=Severity.THIS_HOUR, audience=told)
        line = danger(said_on(), raised(alert, (), TUESDAY))
        assert line.suggested == f"If nobody is in danger now, {then}"


def test_what_nobody_judged_is_neither_a_complaint_nor_taken_for_kind():
    welsh = (Reason("language_cy", "It is in Welsh."),)
    line = saying(said_on(), a_story(reasons=welsh))
    assert line.said.startswith("A question or remark about")
    name = EVERYBODY[0].name.split()[-1]
    welsh = (Reason("language_cy", "It is in Welsh."),)
    assert not printed(f"Mae {name} yn Northvale", reasons=welsh, sentiment=Sentiment.POSITIVE)
    assert printed(f"Mae {name} yn Northvale", reasons=(), sentiment=Sentiment.POSITIVE)


CHARGED = a_post(title="Teacher charged with theft - Northvale Gazette", **PRINTED)
CHARGED = replace(CHARGED, url="https://news.google.com/x")
POOR = replace(CHARGED, title="School requires improvement - Northvale Gazette")


def of_the_press(post=CHARGED, look=False, **verdict):
    given = {"event": PressEvent.STAFF, **verdict}
    return with_article(a_story(channels=("google_news",), look=look, **given), post)


def test_a_headline_stands_with_paper_day_and_copies_and_one_that_may_accuse_by_what_it_is():
    line = in_the_news(said_on(), of_the_press())
    assert line.said == "The press reports on the school."
    read = {"reasons": (Reason("article_read", "It was read."),), "about": About.STAFF}
    line = in_the_news(said_on(), of_the_press(**read))
    assert line.said == "The press reports on a member of staff: a suspension, a charge or an allegation."
    assert line.where == "Northvale Gazette · yesterday 10:30"
    assert line.then.startswith("Suggested: agree who speaks to the press and what parents are told")
    assert line.url is None
    told = replace(of_the_press(POOR, event=PressEvent.INSPECTION), articles=3)
    line = in_the_news(said_on(), told)
    assert whole(line) == "“School requires improvement” [Northvale Gazette · yesterday 10:30 · 2 copies]"
    assert line.url == "https://news.google.com/x"
    line = in_the_news(said_on(excerpts="none"), of_the_press())
    assert "Gazette" not in line.said + line.where


def test_an_acquittal_is_no_remark_adverse_news_come_first_and_who_agrees_on_what_is_said():
    read, gone = Reason("article_read", "It was read."), Reason("press_over", "It is over.")
    over = {"route": Route.NOTE, "reasons": (read, gone), "about": About.STAFF}
    line = in_the_news(said_on(), of_the_press(look=True, **over))
    assert line.said == "The press reports that a matter about a member of staff has ended."
    assert not line.then
    kind = {"route": Route.THANK, "sentiment": Sentiment.POSITIVE, "event": PressEvent.ACHIEVEMENT}
    note = {"route": Route.NOTE, "sentiment": Sentiment.NEUTRAL, "event": PressEvent.OTHER}
    stories = [
        of_the_press(replace(POOR, title="Choir wins prize"), **kind),
        of_the_press(replace(POOR, title="New bus stop"), **note),
        of_the_press(POOR, event=PressEvent.INSPECTION),
    ]
    said = [in_the_news(said_on(), story).said for story in sorted(stories, key=news_order)]
    assert said == ["“School requires improvement”", "“New bus stop”", "“Choir wins prize”"]
    (said,) = asked_of_all(said_on(), [of_the_press(route=Route.RESPOND, event=None)])
    assert said == "For unfavourable reports: agree who speaks to the press and what parents are told."
    assert asked_of_all(said_on(), [of_the_press(route=Route.THANK, sentiment=Sentiment.POSITIVE)]) == ()


def test_reviews_are_told_by_their_own_words_a_rush_as_that_and_none_is_a_false_account():
    page = "Oakfield Primary School, Northvale: ★☆☆☆☆"
    never = a_post("We left in March.", "Never again, and here is why")
    review = a_story(channels=("school_review_site",))
    found = [with_post(review, post) for post in (a_post("Nobody rings back, ever.", page), never)]
    first, second = (saying(said_on(), story) for story in found)
    assert (first.said, second.said) == ("“Nobody rings back, ever.”", "“Never again, and here is why”")
    said = "9 reviews in six hours from yesterday 09:10; there are usually hardly any."
    began = TUESDAY - timedelta(hours=22, minutes=20)
    told = Surge("900001", began, began, 9, 0.1, (), began, of_reviews=True)
    assert lines.spike(said_on(), told).said == said
    say, near = said_on(label_lines={"impersonation": 0.3}), (("abuse:impersonation", 0.9),)
    asked = {
        channel: look_line(say, a_story(channels=(channel,), look=True, scores=near)).said
        for channel in ("local_forum", "school_review_site")
    }
    assert "genuine" in asked["local_forum"]
    assert "genuine" not in asked["school_review_site"]


def printed(said=HEADLINE.title, **verdict):
    return fit(said, [replace(CROSS, **verdict)], EVERYBODY, press=True)


def posted(said="Nobody rings back", told=False, **verdict):
    return fit(said, [replace(CROSS, **verdict)], EVERYBODY, told=told)


@pytest.mark.parametrize("title", [
    "Police called to Oakfield Primary after pupil found with knife",
    "Oakfield Primary requires improvement, say inspectors", "School banned phones and parents are divided",
    "Oakfield Primary to close in July", "Pupil in hospital after minibus crash",
    "Council investigates loss of pupils’ records",
])  # fmt: skip
@pytest.mark.parametrize("severity", [Severity.NOTE, Severity.RESPOND, Severity.TODAY])
def test_bad_news_is_public_and_is_said(title, severity):
    assert printed(title, severity=severity, event=PressEvent.OTHER)


@pytest.mark.parametrize("fields", [
    {"restricted": True}, {"route": Route.SAFEGUARDING}, {"content_class": "C10"}, {"content_class": "C9"},
    {"content_class": "C7"},
    *({"abuse": (label,)} for label in sorted(ALLEGING_LABELS)),
], ids=str)  # fmt: skip
def test_never_of_a_restricted_matter_nor_of_one_in_which_somebody_of_the_school_may_be_accused(fields):
    assert not printed(**fields)
    assert not posted(**fields)
    assert not posted(told=True, **fields)


@pytest.mark.parametrize("title", [
    "Teacher at Oakfield accused of hitting pupil", "Oakfield teacher arrested",
    "Headteacher suspended during investigation", "Music teacher in court over pupil",
    "Teaching assistant, 34, jailed", "Jane Doe, 45, charged with assault at Oakfield",
    "Man, 51, arrested at Oakfield Primary", "Oakfield pupil raped, police say", "Coach guilty of grooming",
    "Athro wedi’i gyhuddo o ymosod ar ddisgybl", "John Smith charged with fraud at Oakfield Primary",
    "Siân Évans sacked by Oakfield Primary", "Oakfield Primary employee arrested",
    "Ex-Oakfield man charged with child cruelty",
])  # fmt: skip
def test_never_where_its_words_may_accuse_a_teacher_or_tell_of_a_sexual_offence(title):
    assert not printed(title)
    assert not posted(title)
    assert not posted(title, told=True)


def test_of_news_of_the_staff_a_headline_that_speaks_of_none_is_said():
    for title in ("Buildings cleared at Oakfield Primary", "Old huts cleared from school field"):
        assert printed(title, event=PressEvent.STAFF)
    for title in ("Oakfield teacher cleared", "Old head leaves Oakfield Primary"):
        assert not printed(title, event=PressEvent.STAFF)
    assert not posted("Buildings cleared at Oakfield Primary", event=PressEvent.STAFF)


def test_never_where_it_names_somebody_and_is_unkind_but_to_whoever_was_told():
    for fields in [{"abuse": ("harassment",)}, {"sentiment": Sentiment.NEGATIVE}]:
        assert not printed("Parents cross with Mrs Holt", **fields)
        assert not printed("Parents cross with Holt’s rules", **fields)
        assert not printed("Parents cross with Mr Nobody-Configured", **fields)
        assert printed("Parents cross about parking", **fields)
    assert printed("Man arrested near Oakfield Primary - Northvale Gazette", event=PressEvent.OTHER)
    assert printed("Boy charged with arson, says Crown Court", event=PressEvent.OTHER)
    assert not posted("Mrs Holt never rings back")
    assert posted("Mrs Holt never rings back", told=True)
    assert printed("Jane Holt is head of the year", sentiment=Sentiment.POSITIVE)
    assert not fit("A fair remark", [PRAISE, replace(PRAISE, abuse=("safeguarding",))], EVERYBODY)
    assert not posted(about=About.PUPIL)
    assert posted(about=About.PUPIL, sentiment=Sentiment.POSITIVE)
    assert printed(about=About.PUPIL)
    unplaced = (Reason(A_PERSON_DECIDES, ""),)
    assert not posted(told=True, severity=Severity.TODAY, reasons=unplaced)
    assert printed(severity=Severity.TODAY, reasons=unplaced)


@pytest.mark.parametrize("fields", [
    {"content_class": "C11"}, {"content_class": "C6"}, {"content_class": "C3"}, {"content_class": "C14"},
    *({"abuse": (label,)} for label in ("privacy", "threat", "hate", "harassment", "profanity")),
], ids=str)  # fmt: skip
def test_a_post_whose_words_are_the_harm_is_not_repeated(fields):
    assert posted()
    assert not posted(**fields)


@given(st.text(max_size=600))
@example("0 0 0 0 0 0 0\U00016b780 0 0 0 0 0")
def test_the_beginning_is_a_dozen_words_at_most(text):
    assert len(beginning(text).removesuffix(" …").split()) <= MOST_WORDS


@given(st.text(max_size=300))
def test_it_is_one_line_without_control_or_direction_marks(title):
    shown = plain_headline(title)
    assert shown.isprintable() or not shown
    assert "\n" not in shown
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u200b")
    assert len(shown) <= MOST_CHARS + 2


@pytest.mark.parametrize(("title", "url", "papers", "said"), [
    ("A - Northvale Gazette", "https://g.example.org/1", {"gazette"}, ("A", "Northvale Gazette")),
    ("A - B", "https://g.example.org/1", {"gazette"}, ("A - B", "Northvale Gazette")),
    ("A - The Paper", "https://news.google.com/x", set(), ("A", "The Paper")),
    ("A", "https://news.google.com/x", set(), ("A", "")),
    ("A - B", "https://www.paper.example.org/x", set(), ("A - B", "paper.example.org")),
    ("A", None, set(), ("A", "")),
])  # fmt: skip
def test_who_published_it_stands_beside_it_once(title, url, papers, said):
    assert (
        headline_and_paper(Headline(title, url, ("gazette",)), papers, {"gazette": "Northvale Gazette"})
        == said
    )


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "https://", "//x", None, "https://[x",
     "https://oakfield.example.org@evil.example/m/a", "https://evil.example/" + "a" * 2000],
)  # fmt: skip
def test_only_addresses_of_the_web_that_neither_deceive_nor_flood_are_links(url):
    assert link(replace(HEADLINE, url=url)) is None


def test_a_link_tells_not_how_a_reader_came_and_what_is_no_address_or_outlet_stays_as_it_is():
    url = "https://gazette.example.org/a?id=7&utm_source=rss&utm_medium=feed&fbclid=x#top"
    assert link(replace(HEADLINE, url=url)) == "https://gazette.example.org/a?id=7#top"
    assert plain_headline("lunch”, on a forum. “All is well") == "lunch’, on a forum. ‘All is well"
    for said in ["Results: what the data: say", "8.30am/3.15pm", "St. John’s and/or St. Mary’s"]:
        assert plain_headline(said) == said
    for end in ["Mr Example is a rapist", "teacher arrested", "https://evil.example/m/a", "word " * 30]:
        found = Headline(f"Lunches - {end}", "https://www.bing.com/news/a", ())
        assert headline_and_paper(found, frozenset(), {})[1] == ""


@pytest.mark.parametrize("said", [
    "Open: https://alerts.example.org.evil.example/m/abcdef now", "read alerts.example.org/m/abcdef today",
    "javascript:alert(1) data:text/html,x www.evil.example HTTPS://EVIL.EXAMPLE/m/a",
    "＂https://oakfield.example@evil.example/m/a＂",
])  # fmt: skip
def test_no_address_in_a_posts_words_can_pass_for_a_link_of_ours(said):
    shown = plain_headline(said)
    assert "(…)" in shown
    for sign in ("/m/", "evil.example", "javascript:", "data:"):
        assert sign not in shown.casefold()


def numbered(n, people=1, theme="traffic", **fields):
    return fresh(
        f"s{n:04}", replace(JUDGED, themes=(theme,)), mentions=people, people_keys=tuple(range(people)),
        post_id=f"p{n:04}", **fields,
    )  # fmt: skip


def short_post(text="Nobody rang back.", id=""):
    return read_post(text=text, at=NOW - timedelta(hours=3), id=id)


def open_matters(group, wording, views):
    return tuple(OpenMatter(view, group, wording) for view in views)


def test_the_posts_of_the_first_seven_of_a_group_are_read_and_of_looks_all_that_may_be_severity_4():
    answers = open_matters(Agenda.ANSWER, Phrase.SAYING, [numbered(n) for n in range(900)])
    news = open_matters(Agenda.NEWS, Phrase.NEWS, [numbered(n, article_id=f"a{n:04}") for n in range(40)])
    assert list(list_to_read(Selection(READER, answers))[0]) == [f"p{n:04}" for n in range(7)]
    assert sum(i.startswith("a") for i in list_to_read(Selection(READER, news))[0]) == 7
    grave = tuple(numbered(n, look=replace(JUDGED, look=True, look_rank=1.0)) for n in range(30))
    assert len(list_to_read(Selection(READER, open_matters(Agenda.LOOK, Phrase.LOOK, grave)))[0]) == 30


def test_each_post_stands_in_its_story_and_an_article_as_one():
    told = open_matters(Agenda.ANSWER, Phrase.SAYING, (numbered(1), numbered(2)))
    chosen = Selection(
        READER, (*told, *open_matters(Agenda.NEWS, Phrase.NEWS, [numbered(3, article_id="a3")]))
    )
    given = with_posts(chosen, {"p0001": short_post("one", "p0001"), "a3": short_post("three", "a3")}, {}, ())
    one, two, article = (each.view for each in given.matters)
    assert (one.post and one.post.text, two.post) == ("one", None)
    assert article.article is not None
    assert article.post is None


def test_what_may_be_over_is_said_by_number_to_those_who_may_end_it_in_every_digest():
    facts = said_on(over={"s1": ("482913", frozenset(("head",)))}).facts
    for person, said in (HEAD, True), (DEPUTY, False):
        chosen = select(facts, person)
        for view in compose_digest(facts, chosen), compose_for_schools([SchoolPart(facts, chosen)]):
            assert any("482913" in line.said for part in view.sections for line in part.lines) is said
