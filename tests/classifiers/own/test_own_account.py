"""Posts on the school's own accounts: whose they are, and which are odd."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from builders.letters import WAYS
from builders.mention import by_labels
from builders.verdict import mention
from support.checkout import FIXTURES
from support.for_each import for_each
from support.sentences import rows, sentences

from alerts.wording.matters import describe, next_of
from classifiers.own import (
    OWN_POST,
    find_signs,
    links_in,
    looks_like,
    names_pupil,
    own_author,
    posted_by_account,
    scam_in,
    settle_own_post,
    settle_tag,
    tags_account,
)
from classifiers.text.language import Language
from classifiers.verdicts.verdict_reasons import OTHER_SCHOOL_DANGER
from data.content_class import ContentClass
from data.judged import ON_OWN_ACCOUNT, PUPILS_PICTURED
from data.types import (
    About,
    Harm,
    Meant,
    MentionKind,
    Reason,
    Relevance,
    Route,
    School,
    Sentiment,
    Severity,
    Source,
    Verdict,
)
from data.words.say import words

SAID = sentences("own/scams")

LONDON = ZoneInfo("Europe/London")
DOMAIN = "oakfield.northshire.sch.uk"
SCHOOL = School("900001", "Oakfield Primary School", aliases=("Oakfield Primary",), domain=DOMAIN)
SOURCE = Source("own", "own.page", "https://social.example.org/oakfield", name="Our page", own=True)
NOON = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ENGLISH = [Language.ENGLISH] * 3
CALM = Verdict(
    "0123456789abcdef", 1, "900001", Relevance.ABOUT, Sentiment.POSITIVE, (), About.SCHOOL,
    Severity.NOTE, Route.THANK, reasons=(Reason("praise", "It praises."),),
)  # fmt: skip

SCAMS = rows(SAID["scams"])
LAWFUL = SAID["lawful"]


def post(text: str = "Book fair in the hall all week.", **fields: object):
    return mention(text, **{"published": NOON, "fetched_at": NOON + 6 * HOUR, "author": "Our page", **fields})


def settled(
    text: str, verdict: Verdict = CALM, earlier: list[Language] = ENGLISH, **fields: object
) -> Verdict:
    return settle_own_post(verdict, post(text, **fields), SCHOOL, LONDON, earlier)


def odd(verdict: Verdict) -> bool:
    return verdict.content_class == ContentClass.OWN_ACCOUNT


# ------------------------------------------------------------------ odd posts
@for_each(("name", "text"), SCAMS)
def test_words_of_those_who_take_over_accounts_are_odd(name: str, text: str) -> None:
    assert name in dict(scam_in(text))
    found = settled(text)
    assert odd(found)
    assert (found.severity, found.route) == (Severity.THIS_HOUR, Route.PLATFORM_REPORT)
    assert f"own_scam_{name}" in {r.code for r in found.reasons}


@for_each("text", LAWFUL)
def test_what_schools_say_themselves_is_not(text: str) -> None:
    found = settled(text)
    assert not odd(found)
    assert (found.route, found.severity, found.look) == (Route.IGNORE, Severity.NOTHING, False)


@for_each(
    "host",
    [
        "oakfield-northshire-sch-uk.example",
        "oakfield.northshire.sch.uk.example.net",
        "oakfie1d.northshire-sch.uk",
        "oakfield.northshire.sch.vk",
        "оakfield-northshire-sch-uk.example",  # the first letter is Cyrillic
        "192.0.2.7",
    ],
)
def test_a_link_that_imitates_the_schools_address_is_odd(host: str) -> None:
    assert looks_like(host, DOMAIN)
    assert odd(settled(f"Dinner menus are at https://{host}/menus"))


@for_each(
    "host",
    [DOMAIN, f"www.{DOMAIN}", f"learn.{DOMAIN}", "oakfieldpta.example.org", "oakfields.northshire.sch.uk",
     "northshire.gov.uk", "dinnermoney.example"],
)  # fmt: skip
def test_other_links_are_not(host: str) -> None:
    assert not looks_like(host.removeprefix("www."), DOMAIN)
    assert not odd(settled(f"Dinner menus are at https://{host}/menus"))


def test_the_schools_own_address_in_letters_that_only_look_alike_imitates_it() -> None:
    (host,) = links_in("Pay at https://оakfield.example.org/pay")  # the first letter is Cyrillic
    assert looks_like(host, "oakfield.example.org")


def test_links_are_found_without_their_scheme_and_nobody_imitates_a_school_without_a_domain() -> None:
    text = "See https://user@A.example:8443/x, www.b.example and bit.ly/abc; mail office@c.example/"
    assert links_in(text) == ("a.example", "b.example", "bit.ly")
    assert not looks_like("oakfield.example", None)
    assert links_in("ｂｉｔ．ｌｙ／abc and ht\u200btps://𝐚.example") == ("bit.ly", "a.example")


def test_a_short_address_or_the_night_alone_is_worth_a_look_and_both_are_odd() -> None:
    night = datetime(2026, 11, 17, 2, 30, tzinfo=UTC)
    short = "Photos of the play: https://bit.ly/3abcd"
    assert (settled(short).look, odd(settled(short))) == (True, False)
    late = settled("Photos of the play are up.", published=night)
    assert (late.look, late.route, odd(late)) == (True, Route.NOTE, False)
    assert odd(settled(short, published=night))


@for_each(("hour", "minute", "weak"), [(22, 59, False), (23, 0, True), (4, 59, True), (5, 0, False)])
def test_night_is_from_eleven_to_five(hour: int, minute: int, weak: bool) -> None:
    found = find_signs(post(published=NOON.replace(hour=hour, minute=minute)), CALM, SCHOOL, LONDON, ENGLISH)
    assert bool(found.weak) is weak


def test_the_night_is_the_schools_and_a_date_without_a_time_is_not_midnight() -> None:
    summer = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert settled("Sports day photos are up.", published=summer, fetched_at=summer + HOUR).look
    snow = "School is closed today because of snow. Work is on the learning page."
    assert settled(snow, published=NOON.replace(hour=5, minute=30)).route is Route.IGNORE
    assert settled("Term dates are up.", published=NOON.replace(hour=0)).route is Route.IGNORE
    in_summer = datetime(2026, 6, 30, 23, 0, tzinfo=UTC)
    assert (
        settled("Term dates are up.", published=in_summer, fetched_at=in_summer + HOUR).route is Route.IGNORE
    )


def test_what_has_stood_for_a_week_is_a_matter_of_today_and_its_hour_counts_for_nothing() -> None:
    old = datetime(2026, 11, 3, 2, 30, tzinfo=UTC)
    found = settled("Claim your free gift card, click here", published=old)
    assert (odd(found), found.severity) == (True, Severity.TODAY)
    assert settled("Photos of the play are up.", published=old).route is Route.IGNORE


SPANISH = "Gana dinero desde casa con este método que los bancos no quieren que conozcas para tu familia"


def test_a_strange_language_is_odd_only_where_all_before_were_not() -> None:
    assert odd(settled(SPANISH))
    assert odd(settled(SPANISH, earlier=[Language.WELSH, Language.ENGLISH, Language.WELSH]))
    assert not odd(settled(SPANISH, earlier=[*ENGLISH, Language.OTHER]))
    assert not odd(settled(SPANISH, earlier=ENGLISH[:2]))
    assert not odd(settled("Mae'r cyngerdd ar nos Fawrth yn y neuadd. Croeso i bawb."))
    assert not odd(settled("Bonjour! Hola! The children learnt to say hello in ten languages today."))


def test_abuse_and_swearing_by_the_account_itself_are_odd() -> None:
    insult = by_labels(
        CALM, abuse=("harassment",), severity=Severity.TODAY, route=Route.REQUEST_REMOVAL,
        about=About.STAFF, subject_person="p-cook", subjects=("p-cook",),
    )  # fmt: skip
    found = settled("The cook is a useless liar.", insult)
    assert odd(found)
    assert (found.subject_person, found.subjects) == ("p-cook", ("p-cook",))
    assert odd(settled("Something rude.", replace(CALM, abuse=("profanity",))))


def test_what_is_for_the_police_or_the_safeguarding_lead_stays_so() -> None:
    for route, code in ((Route.SAFEGUARDING, "C10"), (Route.POLICE_NOW, "C6")):
        urgent = replace(
            CALM, route=route, severity=Severity.THIS_HOUR, content_class=code, restricted=code == "C10"
        )
        found = settled("Claim your free gift card, click here", urgent)
        assert (found.route, found.content_class, found.restricted) == (route, code, urgent.restricted)
        assert found.reasons[0].code == "own_scam_prize"


def test_what_is_grave_but_not_odd_is_looked_at_and_what_is_anothers_passed_on() -> None:
    grave = replace(CALM, abuse=("impersonation",), severity=Severity.TODAY, route=Route.PLATFORM_REPORT)
    found = settled("There is an account that poses as our office. It is not ours.", grave)
    assert (found.look, found.route, found.content_class) == (True, Route.NOTE, "C0")
    elsewhere = replace(
        CALM, relevance=Relevance.NOT_ABOUT, route=Route.IGNORE, severity=Severity.NOTHING,
        reasons=(Reason(OTHER_SCHOOL_DANGER, "Grave, and another's."),),
    )  # fmt: skip
    assert settled("A visit to Hexley.", elsewhere) == elsewhere
    found = settled("What a wonderful concert!")
    assert (found.sentiment, found.route, found.severity) == (
        Sentiment.NEUTRAL,
        Route.IGNORE,
        Severity.NOTHING,
    )
    assert [r.code for r in found.reasons] == [OWN_POST]
    found = settled("Beware: a fake page says “claim your free gift card, click here”. It is not from us.")
    assert not odd(found)
    assert found.look


# ------------------------------------------------------------------ whose it is
def mine(author: str | None, sole: str | None = None, source: Source = SOURCE, **fields: object) -> bool:
    return posted_by_account(post(author=author, **fields), source, SCHOOL, sole)


def test_a_post_is_the_accounts_under_its_name_or_on_the_schools_website() -> None:
    assert mine("our  PAGE")
    assert mine("Oakfield Primary")
    assert mine(None)
    assert mine("The Office", source=replace(SOURCE, settings={"account": "The office"}))
    assert not mine("Sam W")
    for kind in (MentionKind.REPLY, MentionKind.COMMENT, MentionKind.REVIEW):
        assert not mine("Our page", kind=kind)
    assert not mine("Our page", parent="fedcba9876543210")
    assert mine("Mrs Example", url=f"https://www.{DOMAIN}/news/1")
    assert not mine("Mrs Example", url=f"https://{DOMAIN}.example.net/news/1")


def test_the_one_name_under_every_post_is_the_accounts_and_what_a_feed_of_comments_holds_is_not() -> None:
    posts = [post(author="Office of Oakfield", id=str(n)) for n in range(3)]
    comment = post(author="Sam W", kind=MentionKind.COMMENT, id="9")
    assert own_author([*posts, comment]) == "office of oakfield"
    assert mine("Office of Oakfield", sole="office of oakfield")
    assert own_author(posts[:2]) is None
    assert own_author([*posts, post(author="Sam W", id="8")]) is None
    comment = f"https://{DOMAIN}/2026/11/book-fair#comment-7"
    assert not mine("Sam W", url=comment, kind=MentionKind.ARTICLE)
    assert not mine(None, url=comment, kind=MentionKind.ARTICLE)
    of_comments = replace(SOURCE, kind="feed", url=f"https://{DOMAIN}/comments/feed")
    assert not mine("Sam W", url=f"https://{DOMAIN}/2026/11/book-fair", source=of_comments)
    assert mine(None, url=f"https://{DOMAIN}/news/comments-on-our-inspection#top")


# ------------------------------------------------------------------ what others write there
def test_a_scam_in_a_comment_is_a_matter_of_the_account_and_as_grave_as_before() -> None:
    found = settle_tag(CALM, post("Claim your free gift card, click here", kind=MentionKind.COMMENT), SCHOOL)
    assert (found.severity, found.route, found.content_class) == (
        Severity.TODAY,
        Route.PLATFORM_REPORT,
        ContentClass.OWN_ACCOUNT,
    )
    rough = replace(CALM, severity=Severity.THIS_HOUR, abuse=("sexual",), content_class="C4")
    found = settle_tag(rough, post("Hot singles near the school gate"), SCHOOL)
    assert (found.severity, found.content_class) == (Severity.THIS_HOUR, ContentClass.OWN_ACCOUNT)


def test_a_visitors_comment_with_a_link_like_ours_is_to_be_taken_down_and_nobody_has_the_account() -> None:
    text = f"Lovely! Pay for the trip here: https://www.{DOMAIN.replace('.', '-')}.example.com/pay"
    found = settle_tag(CALM, post(text, kind=MentionKind.COMMENT), SCHOOL, by_visitor=True)
    assert (found.severity, found.route) == (Severity.TODAY, Route.PLATFORM_REPORT)
    assert found.content_class is not ContentClass.OWN_ACCOUNT
    assert "visitor’s comment" in describe(found, words("en"))
    assert next_of(found, words("en")).startswith("take the comment down")
    taken_over = settle_own_post(CALM, post(text), SCHOOL, LONDON, ENGLISH)
    assert taken_over.content_class is ContentClass.OWN_ACCOUNT


def test_the_schools_own_gallery_is_no_matter_of_the_lead_alone() -> None:
    of_pupils = Meant("child", 1.0, f"signal:{PUPILS_PICTURED}", Harm.CHILD)
    raised = replace(
        CALM, severity=Severity.TODAY, route=Route.SAFEGUARDING, content_class="C10", restricted=True,
        endangers=(of_pupils,),
    )  # fmt: skip
    found = settle_own_post(
        raised, post("Photos of all the children in their swimsuits"), SCHOOL, LONDON, ENGLISH
    )
    assert (found.route, found.look, found.restricted) == (Route.NOTE, True, False)
    harmed = replace(raised, endangers=(of_pupils, Meant("child", 1.0, "signal:grooming", Harm.CHILD)))
    assert settle_own_post(harmed, post("…"), SCHOOL, LONDON, ENGLISH).route is Route.SAFEGUARDING


def test_what_else_is_harmful_there_says_so_and_keeps_its_way() -> None:
    rough = replace(
        CALM, severity=Severity.TODAY, abuse=("harassment",), content_class=ContentClass.HARASSMENT
    )
    found = settle_tag(rough, post("You are all useless cows"), SCHOOL)
    assert (found.route, found.reasons[-1].code) == (rough.route, ON_OWN_ACCOUNT)


@for_each("text", [*LAWFUL, "Do not click here to claim anything, it is a scam"])
def test_any_other_comment_is_judged_as_ever(text: str) -> None:
    assert settle_tag(CALM, post(text, kind=MentionKind.COMMENT), SCHOOL) is CALM


@for_each(
    "grave",
    [
        {"route": Route.SAFEGUARDING, "restricted": True},
        {"route": Route.REQUEST_REMOVAL, "about": About.STAFF, "content_class": "C2"},
    ],
)
def test_a_graver_verdict_about_a_person_is_not_made_another_matter(grave: dict[str, object]) -> None:
    verdict = replace(CALM, severity=Severity.TODAY, **grave)  # type: ignore[arg-type]
    assert settle_tag(verdict, post("Claim your free gift card, click here"), SCHOOL) is verdict


@for_each(
    ("text", "tagged"),
    [
        ("Free cash, ask @OakfieldPrimary now", True), ("@oakfieldprimary", True),
        ("@oakfieldprimaryfans sing", False), ("mail me@oakfieldprimary", False),
        ("@@oakfieldprimary", False), ("oakfieldprimary", False), ("#oakfieldprimary", False),
    ],
)  # fmt: skip
def test_a_post_tags_the_account_where_it_names_its_handle(text: str, tagged: bool) -> None:
    school = replace(SCHOOL, aliases=("Oakfield Primary", "@OakfieldPrimary", "#oakfieldprimary"))
    assert tags_account(post(text), school) is tagged


# ------------------------------------------------------------------------- a pupil's full name
def _read(name: str) -> tuple[list[str], list[str]]:
    lines = (FIXTURES / "own" / name).read_text(encoding="utf-8").splitlines()
    return [line[2:] for line in lines if line[0] == "+"], [line[2:] for line in lines if line[0] == "-"]


@for_each("write", [*WAYS.values()])
def test_a_pupil_named_in_other_letters_is_found_and_the_sentence_is_shown_as_it_came(write) -> None:
    said = write("Well done to Poppy Fflynn of Year 6 who came first.")
    assert names_pupil(f"Good news.\n{said}") == said


def test_a_post_tags_the_account_in_whatever_letters() -> None:
    assert tags_account(mention("Ask ＠ｏａｋｆｉｅｌｄ now"), replace(SCHOOL, aliases=("@oakﬁeld",)))


def test_most_sentences_that_name_a_pupil_are_found_and_hardly_any_other() -> None:
    slips, others = _read("pupils.txt")
    assert min(len(slips), len(others)) > 30
    assert [s for s in slips if not names_pupil(s)] == []
    assert [s for s in others if names_pupil(s)] == []
    slips, others = _read("pupils_held_out.txt")
    assert sum(names_pupil(s) is not None for s in slips) >= 14  # of 20
    assert sum(names_pupil(s) is not None for s in others) <= 1  # of 30
    said = "Year 6 swam on Tuesday. Well done to Amelia Hartley, Year 4! Dinner is pie."
    assert names_pupil(said) == "Well done to Amelia Hartley, Year 4!"
    assert names_pupil("Amelia Hartley, Year 4, ran the marathon.")
    assert names_pupil("Amelia Hartley, Year 4, ran the marathon.", ["Mrs Amelia Hartley"]) is None
