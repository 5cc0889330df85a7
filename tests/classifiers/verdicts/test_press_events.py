"""What an article tells of, and that a phrase and its opposite are told apart."""

from builders.verdict import CHAIR, DSL, HEAD, judged, mention, scores
from support.for_each import for_each
from support.processor import within
from support.sentences import rows, sentences, yes

from alerts.access.matter import accuses_otherwise, alleges
from classifiers.verdicts.press import PressReading, read_press, without_paper
from data.judged import PRESS_ARREST, has_reason, passes_on_news
from data.types import MentionKind, Person, PressEvent, Role, Route, Sentiment, Severity

SAID = sentences("press/headlines")

PLEASED = scores("thank", severe=0.02, sentiment__positive=0.9)
NEWS = {"kind": MentionKind.ARTICLE, "channel": "google_news"}


def reading(title: str, text: str = "") -> PressReading | None:
    return read_press(mention(text, title=title, **NEWS))


OPPOSITES = rows(SAID["opposites"])


@for_each(("adverse", "calm"), OPPOSITES)
def test_a_phrase_and_its_opposite_are_told_apart(adverse: str, calm: str) -> None:
    against, over = reading(adverse), reading(calm)
    assert over is not None
    assert against.adverse
    assert against.floor >= Severity.RESPOND
    assert not over.adverse
    assert over.floor is Severity.NOTE


@for_each(("title", "event", "floor"), rows(SAID["what_it_tells_of_has_a"], str, PressEvent, int))
def test_what_it_tells_of_has_a_class_and_a_least_severity(title: str, event: PressEvent, floor: int) -> None:
    found = reading(title)
    assert (found.event, found.floor) == (event, floor)


def test_an_alarm_that_moved_pupils_and_harm_beside_what_clears_somebody_stay_as_grave() -> None:
    found = reading("Security alert at Oakfield was a hoax", "Pupils had been sent home.")
    assert found.floor is Severity.RESPOND
    found = reading("Pupil stabbed by man who was not a parent at Northvale school")
    assert (found.clears, found.adverse) == (True, True)


def test_only_an_article_is_read_as_the_press_and_not_what_readers_write() -> None:
    assert read_press(mention("Oakfield head suspended")) is None
    assert judged("Oakfield head suspended").event is None
    assert reading("Comments: 'Requires improvement' for Oakfield", "Best school in town.") is None
    assert reading("LETTERS: What are they teaching them?") is None


@for_each("word", ["wins £5 £6 ", "man ", "pupil's ", "teacher ", "a-", " "])
def test_no_text_holds_it_up(word: str) -> None:
    with within(1.0):
        reading("Oakfield Primary", word * 5000)


def test_the_name_of_the_paper_is_no_headline() -> None:
    found = reading("Northvale Gazette", "A teacher at Oakfield has been charged. The school is open.")
    assert (found.event, found.floor) == (PressEvent.STAFF, 3)
    assert without_paper("choir sings - northvale crisis gazette") == "choir sings"
    assert without_paper("choir - and band - sings") == "choir - and band"


CHEERED = scores("note", severe=0.01, sentiment__positive=0.95)
GRAVE = scores("platform_report", severe=0.3, abuse__threat=0.9)


def test_what_an_article_tells_of_decides_whatever_the_model_thinks() -> None:
    found = judged("", CHEERED, title="Oakfield Primary rated inadequate", **NEWS)
    assert (found.route, found.severity) == (Route.RESPOND, Severity.TODAY)
    assert (found.sentiment, found.event) == (Sentiment.NEGATIVE, PressEvent.INSPECTION)
    found = judged("", GRAVE, title="Lockdown drill at Oakfield Primary", **NEWS)
    assert (found.route, found.severity) == (Route.NOTE, Severity.NOTE)
    model = scores("platform_report", severe=0.95, abuse__defamation=0.95)
    found = judged("", model, title="Something was said of Oakfield Primary", **NEWS)
    assert found.route is Route.RESPOND
    assert found.abuse == ()
    title = "Man tried to drag pupil into van outside Oakfield Primary"
    found = judged("He has not been traced.", scores("note"), title=title, **NEWS)
    assert (found.route, found.severity) == (Route.SAFEGUARDING, Severity.THIS_HOUR)
    found = judged("", scores("respond", severe=0.02), title="Northvale teacher charged with theft", **NEWS)
    (meaning,) = [reason.text for reason in found.reasons if reason.code == "route_respond"]
    assert "press" in meaning
    assert "criticism" not in meaning


@for_each(
    ("title", "look"),
    [
        ("Oakfield Primary teacher cleared of assault, second teacher charged", True),
        ("Fire drill at Oakfield Primary", False),
        ("Oakfield rated good by Ofsted", False),
    ],
)
def test_a_hard_headline_beside_what_undoes_it_is_shown_to_a_person_and_what_is_calm_is_not(title, look):
    found = judged("", scores("note", severe=0.0001), title=title, **NEWS)
    assert (found.route, found.look) == (Route.NOTE, look)


@for_each(("title", "text"), rows(SAID["a_drill_a_hoax_an_award"]))
def test_a_drill_a_hoax_an_award_or_a_rating_beside_a_real_event_clears_nothing(title, text):
    found = reading(title, text)
    assert found.adverse
    told = judged(text, scores("respond"), title=title, **NEWS)
    assert (told.route, told.severity >= Severity.RESPOND) == (Route.RESPOND, True)


@for_each(("title", "text"), rows(SAID["a_play_or_a_drill_a"]))
def test_a_play_or_a_drill_a_hoax_an_award_or_a_rating_that_is_the_news_itself_is_calm(
    title: str, text: str
) -> None:
    found = reading(title, text)
    assert not found.adverse


@for_each(("title", "over"), rows(SAID["what_is_over_says_so_in"], str, yes))
def test_what_is_over_says_so_in_its_reasons_and_nothing_else_does(title: str, over: bool) -> None:
    found = judged("", scores("note" if over else "respond", severe=0.02), title=title, **NEWS)
    assert ("press_over" in {reason.code for reason in found.reasons}) is over


@for_each("title", SAID["what_clears_somebody_says_so_in"])
def test_what_clears_somebody_says_so_in_its_reasons_and_is_calm(title: str) -> None:
    found = judged("", scores("note", severe=0.02), title=title, **NEWS)
    assert "press_clears" in {reason.code for reason in found.reasons}
    assert found.severity < Severity.TODAY


@for_each("title", ["Driver who hit pupil was a teacher, say police", "Parents not told of crash by school"])
def test_what_accuses_or_complains_clears_nobody(title: str) -> None:
    found = reading(title)
    assert found is None or not found.clears


SHARED = [
    "BBC News: Oakfield head suspended https://example.org/1",
    "Oakfield head suspended - Northvale Gazette",
    "Oakfield head suspended | ITV News",
    "Oakfield head suspended (Sky News)",
    "Northvale Star: Oakfield head suspended",
    "Oakfield head suspended via @NorthvaleEcho",
    "Oakfield head suspended... read more in the Herald",
    "Oakfield head suspended\nhttps://www.northvalenews.co.uk/news/1",
]


@for_each("text", SHARED)
def test_the_headline_of_a_paper_named_or_linked_is_read_in_any_post(text: str) -> None:
    found = judged(text, PLEASED)
    assert (found.severity, found.route, found.sentiment) == (
        Severity.TODAY,
        Route.RESPOND,
        Sentiment.NEGATIVE,
    )
    assert passes_on_news(found)


@for_each(
    "text",
    ["Oakfield rated requires improvement – Northvale Echo", "Wales Online: Oakfield posts £90,000 deficit"],
)
def test_adverse_news_passed_on_is_answered_and_never_praise(text: str) -> None:
    assert (judged(text, PLEASED).severity, judged(text, PLEASED).route) == (Severity.RESPOND, Route.RESPOND)


def test_a_paper_s_own_account_is_read_and_a_link_below_a_title() -> None:
    for told in (
        {"title": "@NorthvaleGazette", "text": "Oakfield head suspended", "channel": "x"},
        {"title": "Oakfield head suspended", "text": "https://www.bbc.co.uk/news/1", "channel": "reddit"},
    ):
        assert passes_on_news(judged(model=PLEASED, **told))


@for_each("text", SAID["a_paper_in_passing_and_good_news"])
def test_a_paper_in_passing_and_good_news_change_nothing(text: str) -> None:
    assert not passes_on_news(judged(text, PLEASED))


def test_what_a_poster_says_below_or_behind_a_headline_counts_as_their_own() -> None:
    said = judged(
        "he was good to us when my husband died", PLEASED, title="Northvale Gazette: Oakfield head suspended"
    )
    assert not passes_on_news(said)
    found = judged("BBC News: Oakfield rated inadequate. There is a bomb in the school", PLEASED)
    assert (found.severity, found.route) == (Severity.THIS_HOUR, Route.POLICE_NOW)
    hate = scores("platform_report", severe=0.95, abuse__hate=0.95)
    found = judged("Northvale Gazette: Muslims at Oakfield should be banned, head suspended", hate)
    assert (found.route, found.abuse) == (Route.PLATFORM_REPORT, ("hate",))
    assert not passes_on_news(found)


DEPUTIES = (
    Person("fell", "Mr Ira Fell", (Role.DEPUTY_HEAD,)),
    Person("orr", "Ms Kim Orr", (Role.DEPUTY_HEAD,)),
)
OFFICERS = (HEAD, DSL, CHAIR, *DEPUTIES)


def accused(title: str, text: str, **of: object) -> set[str]:
    found = judged(text, title=title, people=OFFICERS, **(of or NEWS))
    return {m.who.removeprefix("person:") for m in found.accuses}


@for_each(
    ("title", "read", "meant", "twin"),
    [
        (
            "Deputy head of Oakfield School suspended", "A deputy headteacher was suspended on Monday.",
            {"fell", "orr"}, "Former deputy head of Oakfield School suspended",
        ),
        (
            "Oakfield headteacher arrested", "The headteacher of Oakfield was arrested.",
            {"holt"}, "Hexley School headteacher arrested; Oakfield School pupils sad",
        ),
        (
            "Head suspended at Oakfield - Northvale Gazette", "The head was suspended.",
            {"holt"}, "Head suspends caretaker at Oakfield - Northvale Gazette",
        ),
        (
            "Chair of governors at Oakfield accused of theft", "The chair of governors denies it.",
            {"marsh"}, "Ex-chair of governors at Oakfield accused of theft",
        ),
        (
            "Safeguarding lead at Oakfield charged", "The safeguarding lead was charged on Monday.",
            {"pike"}, "Teacher at Oakfield charged",
        ),
        (
            "Police arrest deputy head at Oakfield School", "A deputy head was arrested.",
            {"fell", "orr"}, "Police arrest deputy head of Hexley School",
        ),
        (
            "Deputy head of Oakfield School charged", "Ira Fell, deputy head, was charged.",
            {"fell"}, "Deputy head of Oakfield School cleared",
        ),
    ],
)  # fmt: skip
def test_an_office_in_an_accusing_headline_is_its_present_holders_read_or_unread(
    title: str, read: str, meant: set[str], twin: str
) -> None:
    assert accused(title, read) == meant
    assert accused(title, "") == (meant if "Fell" not in read else {"fell", "orr"})
    assert accused(twin, "") == set()


VICE = Person("reed", "Kit Reed", (Role.VICE_CHAIR,))
GOVERNORS = (Person("orme", "Gale Orme", (Role.GOVERNOR,)), Person("penn", "Ash Penn", (Role.GOVERNOR,)))


@for_each(
    ("title", "twin"),
    [
        ("Governor suspended at Oakfield", "Former governor suspended at Oakfield"),
        ("Oakfield School governor charged with theft", "Governor of Hexley School charged with theft"),
        ("Police arrest Oakfield governor", "Governors back Oakfield head"),
        ("Llywodraethwr Oakfield wedi'i wahardd", "Governor suspends caretaker at Oakfield"),
    ],
)
def test_a_governor_in_an_accusing_headline_is_chair_vice_chair_and_each_governor_until_one_is_named(
    title: str, twin: str
) -> None:
    people = (*OFFICERS, VICE, *GOVERNORS)
    read = {
        text: {m.person for m in judged("", title=text, people=people, **NEWS).accuses}
        for text in (title, twin)
    }
    assert read == {title: {"marsh", "reed", "orme", "penn"}, twin: set()}
    named = judged("", title=f"{title}: Gale Orme denies it", people=people, **NEWS)
    assert {m.person for m in named.accuses} == {"orme"}


def test_an_office_in_the_headline_that_a_post_passes_on_is_its_holders_too() -> None:
    text = "Deputy head of Oakfield School suspended - Northvale Gazette"
    assert accused("", text, channel="facebook") == {"fell", "orr"}
    assert accused("", text.replace("Deputy", "Former deputy"), channel="facebook") == set()


@for_each(
    ("arrest", "none"),
    [
        ("Man arrested at Oakfield Primary School", "Teacher at Oakfield saves boy after cardiac arrest"),
        ("Police arrest teacher of Oakfield near Northvale", "Man arrested near Oakfield Primary School"),
        ("Two under arrest after knife at Oakfield School", "Arresting views on the Oakfield School trip"),
    ],
)
def test_an_arrest_is_of_somebody_and_not_of_a_heart_nor_merely_near_the_school(
    arrest: str, none: str
) -> None:
    found = [has_reason(judged("", title=title, **NEWS), PRESS_ARREST) for title in (arrest, none)]
    assert found == [True, False]


@for_each(
    ("title", "alleged"),
    [
        ("Chair of governors at Oakfield charged with fraud", False),
        ("Oakfield Primary deputy head charged with drink-driving", False),
        ("Oakfield Primary head sacked", False),
        ("Safeguarding lead at Oakfield suspended over finances", False),
        ("Oakfield Primary head suspended over safeguarding concerns", True),
        ("Deputy head at Oakfield sacked for inappropriate messages", True),
        ("Headteacher of Oakfield charged with assaulting boy", True),
    ],
)
def test_an_accusing_headline_concerns_a_child_only_where_it_says_so(title: str, alleged: bool) -> None:
    model = scores("safeguarding", severe=0.9) if "boy" in title else scores()
    found = judged("", model, title=title, people=OFFICERS, **NEWS)
    assert accused(title, "")
    assert (alleges(found), accuses_otherwise(found)) == (alleged, not alleged)
