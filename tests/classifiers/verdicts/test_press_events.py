"""What an article tells of, and that a phrase and its opposite are told apart."""

from builders.verdict import judged, mention, scores
from support.for_each import for_each
from support.processor import within
from support.sentences import rows, sentences, yes

from classifiers.verdicts.press import PressReading, read_press, without_paper
from data.judged import passes_on_news
from data.types import MentionKind, PressEvent, Route, Sentiment, Severity

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
    found = judged("BBC News: Oakfield rated inadequate. I'm going to burn the school down tonight", PLEASED)
    assert (found.severity, found.route) == (Severity.THIS_HOUR, Route.POLICE_NOW)
    hate = scores("platform_report", severe=0.95, abuse__hate=0.95)
    found = judged("Northvale Gazette: Muslims at Oakfield should be banned, head suspended", hate)
    assert (found.route, found.abuse) == (Route.PLATFORM_REPORT, ("hate",))
    assert not passes_on_news(found)
