"""What each reader of a digest is told, how, and what never."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from builders.case import a_step
from builders.digest import (
    DEPUTY,
    HEAD,
    OAKFIELD,
    TUESDAY,
    URN,
    a_busy_day,
    a_home,
    a_quiet_day,
    alert_on,
    grave,
    mark,
    news,
    praise,
    queue,
    ran,
    restricted,
    say,
    story_id,
    together,
    two_grave,
)
from builders.digest_reader import (
    LINKS,
    all_of,
    facts_of,
    flat,
    of,
    parts,
    sections,
    told_of,
    unsigned,
    whole,
)
from builders.home import do_in
from builders.kept_open import kept_open
from builders.mention import a_mention, a_message, a_verdict, an_alert
from builders.view import a_post, fresh, raised, with_article

from alerts.ladder.replay import replay
from alerts.links import Links
from alerts.wording.digest.compose import compose_digest
from alerts.wording.digest.view import digest_html
from data.steps.codes import StepKind
from data.store import cases as case_store
from data.store.alerts import ack, hand_over_alert
from data.store.owners import record_mark
from data.types import (
    About,
    Mark,
    Marked,
    Meant,
    MentionKind,
    Outcome,
    Owner,
    Policy,
    PressEvent,
    Reason,
    Relevance,
    Route,
    School,
    Sentiment,
    Severity,
)
from monitor.config.model import DigestSettings

BEFORE, LONG_BEFORE = TUESDAY - timedelta(hours=10), TUESDAY - timedelta(days=9)
NEXT_DAY = TUESDAY + timedelta(days=1, seconds=9)
DANGER = {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW}
LOOK = {"look": True, "scores": (("abuse:threat", 0.4),)}
NOTED = {"severity": Severity.NOTE, "route": Route.NOTE, "sentiment": Sentiment.NEUTRAL}


# ---------------------------------------------------------------------------------- whole days


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    with kept_open(a_home(tmp_path_factory.mktemp("busy"))) as store:
        a_busy_day(store)
        yield store


@pytest.fixture(scope="module")
def letters(busy, config):
    """The busy day of the head and of the deputy, whom something in it accuses."""
    return all_of(busy, config, [HEAD, DEPUTY])


def snap(prepared):
    return f"{prepared.letter.subject}\n\n{unsigned(prepared.letter.body)}"


def test_a_busy_day_for_the_head(letters, snapshot):
    assert snap(letters[0]) == snapshot


def test_a_busy_day_for_the_deputy_who_is_accused(letters, snapshot):
    assert snap(letters[1]) == snapshot


def test_a_busy_day_as_a_page(letters, snapshot):
    assert unsigned(letters[0].letter.html) == snapshot


def test_a_quiet_day_is_sent_and_says_what_was_not_seen(store, config, snapshot):
    a_quiet_day(store)
    assert snap(of(store, config, HEAD)) == snapshot


def test_a_day_without_school(store, config, snapshot):
    saturday = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
    two_grave(store, saturday)
    say(store, "parking", saturday - timedelta(hours=9))
    ran(store, "mumsnet", saturday - timedelta(hours=3), Outcome.BLOCKED)
    assert snap(of(store, config, HEAD, saturday)) == snapshot


@pytest.mark.parametrize(
    "day", [date(2026, 11, 27), date(2027, 1, 11)], ids=["three weeks before", "past it"]
)
def test_that_the_last_term_ends_is_asked_in_a_line_and_then_said_first(store, config, snapshot, day):
    morning = datetime.combine(day, TUESDAY.time(), UTC)
    a_quiet_day(store, morning)
    assert snap(of(store, config, HEAD, morning)) == snapshot


class Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)


def test_the_page_is_small_and_made_of_headings_and_lists_without_anything_fetched(letters):
    page = letters[0].letter.html
    outline = Outline()
    outline.feed(page)
    assert len(page.encode()) < 20_000
    assert [t for t in outline.seen if t in ("h1", "h2", "h3")] == ["h1", *["h2"] * outline.seen.count("h2")]
    assert not {"img", "script", "link", "iframe", "table", "form", "object"} & set(outline.seen)
    assert not [word for word in ("url(", "@import", 'class="danger"') if word in page]
    assert "prefers-color-scheme: dark" in page
    assert '<meta name="color-scheme" content="light dark">' in page


def test_no_handle_stands_in_it_and_no_word_or_address_of_what_may_not_be_repeated(letters):
    for letter in (one.letter for one in letters):
        assert "secret" not in (letter.body + letter.html + letter.subject).lower()
        assert "They speak of uniform again" in letter.body


def test_without_excerpts_there_are_neither_words_nor_addresses_of_posts(busy, config):
    none = replace(config, digest=DigestSettings(excerpts="none"))
    letter = of(busy, none, HEAD, links=Links()).letter
    assert not [word for word in ("Choir", "They speak") if word in letter.body + letter.html]
    assert "http" not in letter.body
    assert "pass on" in letter.body


def test_without_pages_commands_stand_once_at_the_end_and_codes_on_the_lines(busy, config):
    without_pages = of(busy, config, HEAD, links=Links())
    said = flat(without_pages)
    (command,) = [m.start() for m in re.finditer("schoolgate ", said)]
    assert command > said.index("To take on a matter")
    assert f"[{story_id('call')[:8]}]" in without_pages.letter.body


def test_with_pages_every_line_that_can_be_opened_has_its_page_and_no_command(letters):
    found = letters[0]
    pages = re.findall(r'href="https://alerts\.example\.org/m/([a-z2-7]+)"', found.letter.html)
    tickets = [LINKS.ticket(page) for page in pages]
    names = ("street", "accused", "van", "uniform", "call", "gate-0", "gate-1")
    assert sorted(t.story_id for t in tickets) == sorted(story_id(name) for name in names)
    assert {t.holder for t in tickets} == {LINKS.holder("head")}
    assert "schoolgate " not in flat(found)
    assert f"[{story_id('call')[:8]}]" not in found.letter.body


def test_addresses_in_the_plain_text_stand_whole_on_lines_of_their_own(letters):
    addressed = [line for line in letters[0].letter.body.splitlines() if "http" in line]
    assert len(addressed) > 10
    assert all(re.fullmatch(r" +https://\S+", line) for line in addressed)


# ------------------------------------------------------------------- who is told of which matter


def open_case(store, case_id, story, at=BEFORE, **facts):
    due = datetime(2026, 11, 19, 10, 12, tzinfo=UTC)
    told = {"story": story_id(story), "route": "platform_report", "proposed_class": "C7", "about": "staff"}
    host = {"rung": "host", "kind": "s5"}
    steps = (
        a_step(case_id=case_id, at=at, facts={**told, **facts}),
        a_step(2, StepKind.DECIDED, case_id=case_id, at=at, facts={"decision": "seek"}),
        a_step(3, StepKind.EVIDENCE, case_id=case_id, at=at, facts={"capture": "c", "manifest": "m"}),
        a_step(4, StepKind.ASKED, case_id=case_id, at=at, facts=host, due_at=due, clock="operator_s5_48h"),
    )
    do_in(store, case_store.append_steps, replay(steps), steps, (), at)


def put_mark(store, name, mark, at=BEFORE):
    do_in(store, record_mark, Marked(story_id(name), URN, mark, "deputy", at))


def out(name, at=BEFORE, **changes):
    return alert_on(name, at, excluded=("deputy",), **changes)


BOTH, HEADS, NOBODY = ("both", "head", "nobody")
APART = {
    "accused": HEADS, "by office": NOBODY, "kept out": HEADS, "calm edit": HEADS, "may accuse": HEADS,
    "cannot be placed": HEADS, "another look first": HEADS, "criticised": BOTH, "turned restricted": NOBODY,
    "handed over": NOBODY, "restricted reply": BOTH, "taken": HEADS, "danger": HEADS,
    "case, kept out": HEADS, "case, alleged": HEADS, "child": NOBODY, "told child": BOTH,
}  # fmt: skip
"""Of each matter who has a line of it, of the head and the deputy, whom it may accuse or who is kept out."""


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    """All of `APART`; of two that the deputy may not know a message to the head was lost."""
    to_deputy = {"subjects": ("deputy",)}
    with kept_open(a_home(tmp_path_factory.mktemp("apart"))) as found:
        with together(found) as one:
            first = grave(one, "accused", BEFORE, out("accused"), abuse=("defamation",), **to_deputy)
            grave(one, "by office", BEFORE, alert_on("by office", BEFORE, audience=("chair",)),
                  about=About.HEAD)  # fmt: skip
            grave(one, "kept out", BEFORE, out("kept out"))
            at = TUESDAY - timedelta(hours=30)
            ack(one.con, grave(one, "calm edit", at, out("calm edit", at), **to_deputy).id, "head", at)
            say(one, "later", BEFORE, story="calm edit", **to_deputy)
            say(one, "may accuse", BEFORE, look=True, about=About.STAFF, **to_deputy)
            say(one, "cannot be placed", BEFORE, look=True, relevance=Relevance.UNSURE, **to_deputy)
            say(one, "one", BEFORE, story="another look first", look=True, look_rank=2.0, about=About.SCHOOL)
            say(one, "two", BEFORE, story="another look first", look=True, look_rank=1.0, **to_deputy)
            say(one, "criticised", BEFORE, about=About.HEAD, subjects=("head",), subject_person="head")
            grave(one, "turned restricted", BEFORE)
            say(one, "turned", BEFORE, story="turned restricted", restricted=True, content_class="C10",
                severity=Severity.THIS_HOUR)  # fmt: skip
            hand_over_alert(one.con, restricted(one, "handed over", BEFORE).id, "dsl", BEFORE)
            say(one, "harmless", BEFORE, story="handed over", themes=("meals",))
            news(one, "restricted reply", BEFORE, "Choir sings at hospice")
            say(one, "reply", BEFORE, parent=a_mention("restricted reply").id, restricted=True,
                content_class="C10", route=Route.SAFEGUARDING, severity=Severity.THIS_HOUR)  # fmt: skip
            for name, marks in (("answered", Mark.ANSWERED), ("taken", Mark.TAKEN)):
                say(one, name, BEFORE, look=True, **to_deputy)
                record_mark(one.con, Marked(story_id(name), URN, marks, "deputy", BEFORE))
            say(
                one, "danger", BEFORE, alert=alert_on("danger", BEFORE, **DANGER), abuse=("threat",), **DANGER
            )
            say(one, "beside", BEFORE, story="danger", look=True, accuses=(Meant("person:deputy", 0.9, "x"),))
            for name, number, changes in (
                ("case, kept out", "0004", {}),
                ("case, alleged", "0005", to_deputy),
            ):
                alert = alert_on(name, LONG_BEFORE) if changes else out(name, LONG_BEFORE)
                grave(one, name, LONG_BEFORE, alert, **changes)
                ack(one.con, alert.id, "head", LONG_BEFORE)
                open_case(one, number, name)
            ack(one.con, restricted(one, "child", LONG_BEFORE).id, "dsl", LONG_BEFORE)
            open_case(one, "0006", "child")
            child = restricted(one, "told child", BEFORE, audience=("dsl", "head"))
            messages = [a_message(key, person_id="head", alert_id=alert.id)
                        for key, alert in (("x", first), ("y", child))]  # fmt: skip
            queue(one, messages, BEFORE)
            for message in messages:
                mark(one, message.key, "failed_at", BEFORE)
        yield found


@pytest.fixture(scope="module")
def told_apart(apart, config):
    return parts(apart, replace(config, policy=Policy(look_share=1.0)), [HEAD, DEPUTY])


def test_no_line_of_a_matter_is_for_whom_it_may_accuse_or_who_may_not_know_it(told_apart):
    by_id = {story_id(name): name for name in APART}
    seen = {who: {by_id[story] for story in sections(part)} for who, part in told_apart.items()}
    assert seen["deputy"] <= seen["head"]
    told = {name: BOTH if name in seen["deputy"] else HEADS for name in seen["head"]}
    assert told == {name: who for name, who in APART.items() if who != NOBODY}


def test_neither_their_numbers_nor_a_lost_message_of_them_is(told_apart):
    said = {who: f"{whole(part).subject} {flat(whole(part))}" for who, part in told_apart.items()}
    assert "Case 0004" in said["head"]
    assert "Case 0005" in said["head"]
    assert "2 messages to you could not be sent" in said["head"]
    assert "0006" not in said["head"]
    assert "Choir sings" not in said["head"]
    assert "message" not in said["deputy"]
    assert "If anyone is in danger, ring 999." in said["head"]
    for never in ("0004", "0005", "0006", "waiting", "to decide"):
        assert never not in said["deputy"].lower()


def test_what_its_taker_may_no_longer_read_is_asked_of_the_others(told_apart):
    under = sections(told_apart["head"])
    assert under[story_id("taken")] == "look"
    assert under[story_id("calm edit")] == under[story_id("case, alleged")] == "mine"


def test_the_accused_sees_neither_the_line_nor_a_count_of_it(store, config):
    grave(store, "accused", BEFORE, out("accused"), abuse=("defamation",), subjects=("deputy",))
    ran(store, "gazette", BEFORE)
    heads, deputys = all_of(store, config, [HEAD, DEPUTY])
    assert heads.letter.subject.startswith("Accusation about staff: not taken on yet")
    said = f"{deputys.letter.subject} {flat(deputys)}"
    assert not [word for word in ("decide", "accused") if word in said.lower()]
    assert "quiet day" in said


def test_a_restricted_matter_gives_no_line_and_no_number_to_open_it_by(store, config):
    alert = restricted(store, "child", BEFORE, severity=Severity.TODAY)
    say(store, "parking", BEFORE)
    letter = of(store, config, HEAD).letter
    for hint in (alert.id[:8], story_id("child")[:8], "safeguarding matter", "pupil", "0 to decide"):
        assert hint not in letter.body + letter.subject
    assert "With the safeguarding lead: 1." in letter.body


PARKING = fresh("parking", a_verdict(a_mention(), severity=Severity.RESPOND, route=Route.RESPOND, reasons=()))
OF_CHILD = a_verdict(
    a_mention("child"), severity=Severity.TODAY, route=Route.SAFEGUARDING, content_class="C10",
    about=About.PUPIL, restricted=True, reasons=(),
)  # fmt: skip


def a_child(name="child", **alert):
    given = {"route": Route.SAFEGUARDING, "severity": Severity.TODAY, "content_class": "C10", "because": (),
             "restricted": True, "audience": ("dsl",), "raised_at": BEFORE, **alert}  # fmt: skip
    return raised(an_alert(name, **given), (OF_CHILD,), BEFORE, restricted=True)


TO_TWO = {"audience": ("dsl", "head")}


@pytest.mark.parametrize(
    ("children", "beside", "head", "deputy"),
    [
        ([a_child()], True, 1, 1),
        ([a_child()], False, 0, 0),
        ([a_child(**TO_TWO)], False, 1, 0),
        ([a_child(**TO_TWO, excluded=("deputy",))], True, 1, 0),
        ([a_child(**TO_TWO, excluded=("chair",))], True, 1, 0),
        ([a_child(), a_child("second", excluded=("deputy",))], True, 0, 1),
    ],
    ids=[
        "beside something",
        "nothing else",
        "told of it",
        "reader kept out",
        "another kept out",
        "all or none",
    ],
)
def test_the_bare_count_is_given_where_it_reveals_nothing_or_to_who_was_told(children, beside, head, deputy):
    facts = facts_of(alerts=tuple(children), stories=(PARKING,) if beside else ())
    assert [told_of(facts, person).chosen.with_dsl for person in (HEAD, DEPUTY)] == [head, deputy]


# --------------------------------------------------------------------- in the posts' own words


def articles(*titles, **post):
    kind = a_verdict(a_mention(), severity=Severity.NOTE, route=Route.THANK, sentiment=Sentiment.POSITIVE,
                     reasons=())  # fmt: skip
    given = {"channel": "google_news", "kind": MentionKind.ARTICLE, "at": BEFORE, **post}
    views = (fresh(f"s{n}", kind, channels=("google_news",)) for n, _ in enumerate(titles))
    return tuple(
        with_article(v, a_post(title=title, **given)) for v, title in zip(views, titles, strict=True)
    )


def test_markup_in_a_headline_is_shown_as_text():
    title = '<img src=x onerror="alert(1)"><b>Choir</b> & “friends”'
    page = digest_html(
        whole(told_of(facts_of(stories=articles(title, url="https://g.example.org/'\"><i>")), HEAD))
    )
    assert not [tag for tag in ("<img", "<b>", "<i>") if tag in page]
    assert "&lt;b&gt;Choir&lt;/b&gt; &amp; ‘friends" in page


def test_line_breaks_and_direction_marks_reach_neither_subject_nor_lines():
    school = School(URN, "Oakfield\r\nBcc: all@example.org\u202eevil")
    stories = articles("Choir\r\nBcc: x@example.org\u202e sings", source_ids=("gazette",))
    facts = facts_of(stories=stories, source_names={"gazette": "Gazette\r\nX\u202e"}, papers={"gazette"})
    view = whole(told_of(replace(facts, school=school), HEAD))
    assert "\n" not in view.subject
    assert "\u202e" not in view.subject + flat(view) + digest_html(view)
    assert "“Choir Bcc: x@example.org sings”" in flat(view)


def test_looks_are_ranked_and_no_more_than_their_share(store, config):
    with together(store) as one:
        for n in range(5):
            say(one, f"look-{n}", BEFORE, look_rank=n / 10, **LOOK)
    found = of(store, replace(config, policy=Policy(look_share=0.4)), HEAD)
    assert len(re.findall(r"figure of speech\?", flat(found))) == 2
    assert "3 less likely to matter." in flat(found)
    assert "look-4" in found.letter.body
    assert "look-2" not in found.letter.body


def test_what_may_be_severity_4_and_what_nobody_judged_lose_to_nobodys_share_however_many_there_are(
    store, config
):
    polish = (Reason("language_other", "It is in another language."),)
    with together(store) as one:
        for n in range(21):
            say(one, f"hour-{n}", BEFORE, look_rank=1.1 + n, **LOOK)
        for n in range(6):
            say(one, f"polish-{n}", BEFORE, look=True, look_rank=0.01, reasons=polish)
        say(one, "doubtful", BEFORE, look_rank=0.5, **LOOK)
    (part,) = parts(store, replace(config, policy=Policy(look_share=0.01)), [HEAD]).values()
    assert len(re.findall(r"figure of speech\?", flat(whole(part)))) == 22
    assert (
        len(re.findall(r"do not judge this language|language that we do not judge", flat(whole(part)))) == 6
    )
    with_rest = flat(compose_digest(part.facts, part.chosen))
    assert len(re.findall(r"figure of speech\?", with_rest)) == 21
    assert "7 worth a look." in with_rest


GMAIL_CUTS = 102_000
"""Bytes of a page after which Gmail hides the rest behind a link."""


def test_the_busiest_digest_is_not_cut_by_gmail():
    words = "Parents say that nobody at all answers telephone calls about uniforms and lunches"
    themes = ("meals", "uniform", "traffic", "results", "costs", "events", "safety")
    post = a_post(text=words, url=f"https://paper.example.org/{'x' * 200}", at=BEFORE)
    private = a_verdict(a_mention(), severity=Severity.TODAY, route=Route.REQUEST_REMOVAL, abuse=("privacy",),
                        about=About.STAFF, content_class="C11", reasons=())  # fmt: skip
    calm = replace(private, severity=Severity.RESPOND, route=Route.RESPOND, abuse=(), content_class=None)
    welsh = replace(calm, look=True, reasons=(Reason("language_cy", "It is in Welsh."),))
    alerts, stories = [], list(articles(*[words] * 14, url=post.url))
    for n in range(14):
        taken = Owner("head", BEFORE)
        for name, severity, had in (("danger", Severity.THIS_HOUR, None), ("grave", Severity.TODAY, None),
                                    ("taken", Severity.TODAY, taken)):  # fmt: skip
            alert = an_alert(
                f"{name}-{n}", severity=severity, because=(), audience=("head",), raised_at=BEFORE
            )
            view = raised(alert, (private,), BEFORE, channels=("local_forum",), post=post)
            alerts.append(replace(view, acknowledged=had))
        look = replace(calm, look=True, look_rank=2.0, mention_id=f"look-{n}")
        calls = replace(calm, themes=(themes[n % 7],))
        thanks = replace(calls, severity=Severity.NOTE, route=Route.THANK, sentiment=Sentiment.POSITIVE)
        unsure = replace(calm, severity=Severity.NOTE, route=Route.NOTE)
        stories += [fresh(f"look-{n}", look, post, look=look), fresh(f"welsh-{n}", welsh, post, look=welsh)]
        stories += [fresh(f"unsure-{n}", unsure, post, relevance=Relevance.UNSURE)]
        stories += [fresh(f"{key}-{n}-{m}", of, post) for m in range(2)
                    for key, of in (("answer", calls), ("praise", thanks))]  # fmt: skip
    part = told_of(facts_of(alerts=tuple(alerts), stories=tuple(stories), look_share=1.0), HEAD)
    page = digest_html(compose_digest(part.facts, part.chosen))
    assert page.count('class="button') + page.count('class="open') > 40
    assert len(page.encode()) < 0.9 * GMAIL_CUTS


# ------------------------------------------------------- under which heading what stands, and once


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """A day of what the press, parents and colleagues said and did; of one matter a case is locked."""
    with kept_open(a_home(tmp_path_factory.mktemp("mixed"))) as found:
        with together(found) as one:
            for name in ("lunch", "queue", "gone", "lane"):
                say(one, name, BEFORE)
            say(one, "emails", BEFORE, themes=("uniform",))
            news(one, "blog", BEFORE, "Choir sings in a blog", channel="blog")
            praise(one, "post", BEFORE, title="Choir sings in a post")
            news(one, "choir", BEFORE, "Choir sings at hospice")
            news(one, "fete", BEFORE, "Fete at Oakfield", route=Route.NOTE, sentiment=Sentiment.NEUTRAL)
            news(
                one, "knife", BEFORE, "Pupil found with knife at Oakfield", severity=Severity.TODAY,
                route=Route.RESPOND, sentiment=Sentiment.NEGATIVE, event=PressEvent.WEAPON,
                alert=alert_on("knife", BEFORE, route=Route.RESPOND, content_class="C0"),
            )  # fmt: skip
            news(one, "later", BEFORE, "Knife: what parents say", story="knife", route=Route.NOTE)
            news(one, "fair", BEFORE, "Fair at Oakfield")
            say(one, "elsewhere", BEFORE, relevance=Relevance.UNSURE, themes=("meals",))
            say(one, "film", BEFORE, relevance=Relevance.UNSURE, **NOTED)
            grave(one, "unsure", BEFORE, alert_on("unsure", BEFORE), relevance=Relevance.UNSURE)
            grave(one, "street", BEFORE)
            grave(one, "not us", BEFORE)
            odd = {"severity": Severity.THIS_HOUR, "route": Route.PLATFORM_REPORT, "content_class": "C14"}
            say(one, "voucher", BEFORE, alert=alert_on("voucher", BEFORE, **odd), **odd)
            con = one.con
            con.execute(
                "INSERT INTO spikes (urn, began_at, lasted_to, told_at, mentions, usual, themes) "
                "VALUES ('900001', $b, $b, $b, 31, 6.0, ['traffic', 'meals'])",
                {"b": BEFORE},
            )
            con.execute(
                "INSERT INTO account_log VALUES "
                "('a1', '900001', 'page', $b, 'head', 'blocked', 'secret', NULL)",
                {"b": BEFORE},
            )
            con.execute(
                "INSERT INTO cases (id, story_id, urn, content_class, opened_at, opened_by, hold, locked, "
                "closed_at) VALUES ('0009', $s, '900001', 'C10', $at, 'dsl', false, true, $at)",
                {"s": story_id("lane"), "at": BEFORE},
            )
        facts = {"route": "platform_report", "proposed_class": "C2", "about": "staff"}
        opened = [a_step(case_id="0007", at=BEFORE, facts={"story": story_id("street"), **facts})]
        do_in(found, case_store.append_steps, replay(opened), opened, (), BEFORE)
        put_mark(found, "lunch", Mark.ANSWERED)
        for name in ("queue", "fair"):
            put_mark(found, name, Mark.TAKEN)
        for name in ("gone", "not us"):
            put_mark(found, name, Mark.NOT_US)
        yield found


@pytest.fixture(scope="module")
def told_mixed(mixed, config):
    """What the head and the deputy are told of it."""
    return parts(mixed, config, [HEAD, DEPUTY])


def test_another_schools_posts_are_not_told(mixed, config):
    elsewhere = replace(config, schools=(replace(OAKFIELD, urn="900009"),))
    assert sections(parts(mixed, elsewhere, [HEAD])["head"]) == {}


@pytest.fixture(scope="module")
def said_mixed(told_mixed):
    return flat(whole(told_mixed["head"]))


UNDER = {
    "lunch": None, "queue": "others", "fair": "others", "lane": "answer", "emails": "answer",
    "blog": "praise", "post": "praise", "choir": "news", "fete": "news", "knife": "decide",
    "elsewhere": "answer", "film": "unsure", "unsure": "decide", "street": "decide", "voucher": "overdue",
}  # fmt: skip


def test_each_matter_stands_once_and_what_is_not_about_us_nowhere(told_mixed, said_mixed):
    under = sections(told_mixed["head"])
    assert {name: under.get(story_id(name)) for name in (*UNDER, "gone", "not us")} == {
        **UNDER, "gone": None, "not us": None,
    }  # fmt: skip
    once = ("queue", "film", "elsewhere", "emails")
    titles = ("Fair at Oakfield", "Choir sings at hospice", "Pupil found with knife at Oakfield")
    for words in (*(f"speak of {name} again" for name in once), *titles):
        assert said_mixed.count(words) == 1, words
    assert "Knife: what parents say" not in said_mixed


@pytest.mark.parametrize("words", [
    "“Choir sings in a blog”",
    "“Choir sings in a post”",
    "“Fete at Oakfield”, Northvale Gazette",
    "“Pupil found with knife at Oakfield”, Northvale Gazette",
    "“They speak of film again”, yesterday 21:30 · perhaps another school",
    "“They speak of queue again”, yesterday 21:30. Deputy head has been dealing with it since",
    "31 posts in three hours from yesterday 21:30; about 6 is usual.",
    "Mostly about: parking, buses and the school gate; meals.",
    "Our Facebook page: 1 account was blocked.",
    "Matter that the law keeps apart. A complaint about the school.",
    "change the password",
    "was due",
    "Open 0007:",
])  # fmt: skip
def test_it_says_what_and_where_and_who_has_it(said_mixed, words):
    assert words in said_mixed


def test_it_says_none_of_what_is_secret_or_locked(said_mixed):
    for words in ("secret", "speak of lane", "If anyone is in danger, ring 999."):
        assert words not in said_mixed
    assert said_mixed.count("0007") == 2  # in its line and in the words of its button
    assert said_mixed.count("perhaps another school") == len(["elsewhere", "film", "unsure"])


def test_what_somebody_has_is_told_each_day_until_it_is_ended(mixed, told_mixed, config):
    """`told_mixed` was read before more is said of it."""
    say(mixed, "queue-more", TUESDAY + timedelta(hours=1), story="queue")
    told = parts(mixed, config, [HEAD, DEPUTY], NEXT_DAY)
    under = sections(told["head"])
    assert (under.get(story_id("queue")), under.get(story_id("fair"))) == ("others", "others")
    assert story_id("lunch") not in under
    assert flat(whole(told["head"])).count("Deputy head has been dealing with it since") == 2
    assert flat(whole(told["deputy"])).count("You have been dealing with it since") == 2


# ------------------------------------------------------------------------- danger, and by when


def test_a_matter_of_999_stands_first_in_a_block_of_its_own_that_says_so_apart_from_a_second(store, config):
    grave(store, "street", BEFORE)
    alert = alert_on("threat", BEFORE, id="73eb6a0000", content_class="C6", **DANGER)
    say(store, "threat", BEFORE, alert=alert, abuse=("threat",), content_class="C6", **DANGER)
    found = of(store, config, HEAD)
    assert found.letter.subject.startswith("Threat: not taken on yet, police: not yet")
    text, page = found.letter.body, found.letter.html
    assert text.index("somebody may be in danger") < text.index("To decide")
    assert text.count("If anyone is in danger, ring 999.") == 1
    assert text.count("=" * 72) == 2
    assert page.count('class="danger"') == 1
    assert 'class="one next"' not in page
    at = TUESDAY - timedelta(minutes=30)
    say(store, "gate", at, alert=alert_on("gate", at, **DANGER), abuse=("threat",), **DANGER)
    found = of(store, config, HEAD)
    page = found.letter.html
    assert page.count('class="one"') == page.count('class="one next" style="margin-top: 18px;"') == 1
    assert "You · by 08:00" in flat(found)
    assert "was due Tuesday 08:00" in flat(of(store, config, HEAD, TUESDAY + timedelta(hours=2)))


def test_a_threat_that_somebody_has_is_told_until_its_cases_are_closed_with_who_has_it_since_when(
    store, config
):
    calm = {"severity": Severity.TODAY, "route": Route.REQUEST_REMOVAL}
    with together(store) as one:
        for name, changes in (("threat", DANGER), ("street", calm)):
            alert = alert_on(name, LONG_BEFORE, **changes)
            grave(one, name, LONG_BEFORE, alert, abuse=("threat",), content_class="C6")
            ack(one.con, alert.id, "head", LONG_BEFORE)
    since, _ = re.findall(r"You have been dealing with it since [^.]*", flat(of(store, config, HEAD)))
    assert "8 November" in since
    open_case(store, "0004", "threat")
    with store.write("close") as con:
        con.execute("UPDATE cases SET closed_at = $at, state = 'closed'", {"at": BEFORE - timedelta(days=3)})
    assert not any(section.grave for section in of(store, config, HEAD).view.sections)


def test_a_case_says_until_when_it_waits(store, config):
    say(store, "open", BEFORE)
    open_case(store, "0004", "open")
    said = flat(of(store, config, HEAD))
    assert "Case 0004: the website’s operator has until Thursday 10:12 (48 hours" in said
