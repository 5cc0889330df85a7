"""One home with a matter of each kind: each command that shows something is asked by everybody, and nobody.

Each matter's words bear a mark of its own: a mark in what is printed says that its words were shown.
"""

import shutil
from contextlib import suppress
from datetime import timedelta

import pytest
from builders.case_desk import Acts, run
from builders.config import HEXLEY, OUR_PAGE, SCHOOL, a_person
from builders.home import a_migrated_store
from builders.mention import NOW, Clock, a_batch, a_mention, a_run, a_verdict, save

from alerts.links import Links
from alerts.raise_alert import StoryNow, raise_alert
from data.digest import Window
from data.errors import InputError
from data.people import people_of
from data.store import alerts as alert_store
from data.store import stories as story_store
from data.store.weekly import WeeklyReport, put_report, sign
from data.types import About, Alert, MentionKind, Policy, Route, Sentiment, Severity, Story
from monitor.cli.commands.options import HomeOptions
from monitor.config.load import load_file
from monitor.matters.reader import read_matters
from monitor.matters.today import due_of, gather_day
from monitor.matters.views import alert_views, find_alert, find_matter, story_views
from monitor.matters.views import read_matter as read_one
from monitor.terminal.wording import WHO_YOU_ARE

ROLES = {
    "holt": ["head"], "ash": ["deputy_head", "slt"], "pike": ["dsl"], "vane": ["deputy_dsl"],
    "marsh": ["chair"], "reed": ["vice_chair"], "gore": ["governor"], "fern": ["it_lead"], "moss": ["dpo"],
    "vale": ["staff"], "penn": ["press"], "lamb": ["la_contact"],
}  # fmt: skip
SETTINGS = f"""
{SCHOOL}nation = "england"
{HEXLEY}{OUR_PAGE}
{a_person("wold", "Ina Wold", "head", "dsl", schools=["900002"])}"""

GRAVE = {"severity": Severity.TODAY, "sentiment": Sentiment.NEGATIVE}
CHILD = GRAVE | {
    "route": Route.SAFEGUARDING, "content_class": "C10", "restricted": True, "abuse": ("safeguarding",),
}  # fmt: skip
INSULT = GRAVE | {"route": Route.PLATFORM_REPORT, "content_class": "C2", "abuse": ("harassment",)}
THREAT = GRAVE | {
    "route": Route.POLICE_NOW, "content_class": "C6", "abuse": ("threat",), "severity": Severity.THIS_HOUR,
}  # fmt: skip
MATTERS = {
    "fair": {"route": Route.RESPOND},
    "fair-of-the-head": {"route": Route.RESPOND, "about": About.HEAD},
    "praise": {"route": Route.THANK, "sentiment": Sentiment.POSITIVE, "severity": Severity.NOTE},
    "look-at-the-head": {"route": Route.RESPOND, "about": About.HEAD, "look": True, "look_rank": 0.4},
    "child": CHILD | {"about": About.PUPIL},
    "head-and-child": CHILD | {"about": About.HEAD, "subjects": ("holt",)},
    "chair-and-child": CHILD | {"about": About.CHAIR, "subjects": ("marsh",)},
    "lead-and-child": CHILD | {"about": About.DSL, "subjects": ("pike",)},
    "teacher-and-child": CHILD | {"about": About.STAFF, "subjects": ("vale",)},
    "head-and-chair": CHILD | {"about": About.HEAD, "subjects": ("holt", "marsh")},
    "insult-of-a-teacher": INSULT | {"about": About.STAFF, "subject_person": "vale"},
    "insult-of-the-head": INSULT | {"about": About.HEAD, "subject_person": "holt"},
    "lie-about-the-chair": GRAVE
    | {"route": Route.REQUEST_REMOVAL, "content_class": "C7", "about": About.CHAIR, "abuse": ("defamation",)},
    "threat-to-the-head": THREAT | {"about": About.HEAD, "subject_person": "holt"},
    "threat-to-the-school": THREAT | {"about": About.SCHOOL},
    "address-of-staff": GRAVE
    | {"route": Route.REQUEST_REMOVAL, "content_class": "C1", "about": About.STAFF, "abuse": ("privacy",)},
    "our-own-page": GRAVE
    | {"route": Route.REQUEST_REMOVAL, "content_class": "C14", "abuse": ("impersonation",)},
}
ACCUSED = {
    "look-at-the-head": {"holt"}, "head-and-child": {"holt"}, "chair-and-child": {"marsh"},
    "lead-and-child": {"pike"}, "teacher-and-child": {"vale"}, "head-and-chair": {"holt", "marsh"},
    "insult-of-a-teacher": {"vale"}, "insult-of-the-head": {"holt"}, "lie-about-the-chair": {"marsh"},
}  # fmt: skip
RESTRICTED = {name for name, judged in MATTERS.items() if judged.get("restricted")}
NUMBER = {name: n for n, name in enumerate(MATTERS, 10)}
STORY = {name: f"{n}5a7e{n}" for name, n in NUMBER.items()}
EVERYBODY = [*ROLES, "wold", None]


def mark(name):
    return f"zq{NUMBER[name]}"


def marks_in(text):
    """The matters whose words are in a text."""
    return {name for name in MATTERS if mark(name) in text}


def configured(folder):
    text = SETTINGS + "".join(
        a_person(who, f"Person {who}", *roles, schools=["900001"]) for who, roles in ROLES.items()
    )
    (folder / "schoolgate.toml").write_text(text, encoding="utf-8")
    return load_file(folder / "schoolgate.toml", {})


def saved(store, config, name):
    """One post of that kind, judged and raised as the product raises it; the id of its alert, if any."""
    m = mark(name)
    news = MentionKind.ARTICLE if name in ("fair", "praise") else MentionKind.POST
    mention = a_mention(
        name, kind=news, title=f"{m} title", text=f"{m} text", author=f"{m} author", url=f"https://example.org/{m}",
    )  # fmt: skip
    judged = a_verdict(mention, **MATTERS[name])
    school = config.school("900001")
    story = Story(STORY[name], "900001", "", NOW, NOW, (mention.id,))
    people = people_of(school, config.people)
    alert = raise_alert(StoryNow(story, school, people, Policy(), NOW, (judged,)))
    alerts = [alert] if isinstance(alert, Alert) else []
    run = a_run("our-page" if name == "our-own-page" else "feed:one")
    with store.write("test") as con:
        save(
            con,
            a_batch(mention, verdicts=[judged], story_id=STORY[name], alerts=alerts, run=run),
            now=NOW,
            policy=Policy(),
        )
    return alerts[0].id if alerts else None


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(home, ids of the alerts by matter)"""
    folder = tmp_path_factory.mktemp("home")
    config = configured(folder)
    store = a_migrated_store(folder, Clock(NOW))
    raised = {name: alert for name in MATTERS if (alert := saved(store, config, name))}
    for name, who in (("threat-to-the-school", "holt"), ("insult-of-the-head", "marsh"), ("child", "pike")):
        Acts(folder, store).open(STORY[name], who)
    return folder, raised


def asked(made, person, *words):
    """What somebody is answered; nobody where `person` is None."""
    named = ["--as", person] if person else []
    done = run(*words, *named, "--home", str(made[0]))
    return done.code, done.out, done.err


def viewer_of(made, person):
    return HomeOptions(home=made[0]).reader(person)


def may_read(made, person):
    """The matters of which the rule gives somebody all."""
    viewer = viewer_of(made, person)
    with viewer.store.open_reader() as con:
        known = viewer.look(con, dict.fromkeys(STORY.values(), "900001"))
    return {name for name, key in STORY.items() if known.words(key)}


SHOWING = [
    ("alerts", "list", "--json"), ("account", "list", "--json"), ("digest", "--date", "2026-11-18"),
]  # fmt: skip


@pytest.mark.parametrize("person", ["holt", "pike", "marsh", "lamb", "wold", None])
def test_no_command_shows_words_to_somebody_who_may_not_read_them(made, person):
    open_to_them = may_read(made, person) - RESTRICTED
    for words in SHOWING:
        _, out, err = asked(made, person, *words)
        assert marks_in(out) <= open_to_them, words
        assert not marks_in(err)


@pytest.fixture(scope="module")
def _read_once():
    """What is stored of the same stories, in a home to which nobody writes, is the same whoever asks."""
    stored = {}

    def read(con, config, stories):
        wanted = tuple(stories.items())
        if wanted not in stored:
            stored[wanted] = read_matters(con, config, stories)
        return stored[wanted]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("monitor.matters.reader.read_matters", read)
        yield


@pytest.mark.parametrize("person", EVERYBODY)
@pytest.mark.usefixtures("_read_once")
def test_a_list_and_what_is_shown_of_one_agree_and_show_words_to_whoever_may_read_them(made, person):
    """Of what a list tells somebody, each looks at every fifth; of what it does not, at all. What they may
    only know to exist is found by its number, and no id leads to its post."""
    viewer, turn = viewer_of(made, person), EVERYBODY.index(person)
    open_to_them = may_read(made, person) - RESTRICTED
    with viewer.store.open_reader() as con:
        rows = {s.story_id: s for s in story_views(con, viewer, story_store.list_stories(con))}
        listed = alert_views(con, viewer, alert_store.list_alerts(con, open_only=False), NOW)
        alerts = {a.alert_id: a for a in listed}
        for n, (name, key) in enumerate(STORY.items()):
            if key in rows and n % 5 != turn % 5:
                continue
            found = one(lambda key=key: find_matter(con, viewer, key))
            assert found == (None if key not in rows or rows[key].apart else key), name
            assert marks_in(repr(read_one(con, viewer, key, NOW))) == {name} & open_to_them
            raised = made[1].get(name, "0" * 16)
            alert = alerts.get(raised)
            typed = alert.number if alert and alert.apart else raised
            found = one(lambda typed=typed: find_alert(con, viewer, typed))
            assert (found and found.id) == (alert and alert.alert_id), name
            assert (raised in alerts) is (key in rows and name in made[1])
    for alert in alerts.values():
        assert not marks_in(repr(alert))


def refusal(find, con, viewer, key):
    """What somebody is answered who names what they may not know of."""
    with pytest.raises(InputError) as no:
        find(con, viewer, key)
    return str(no.value).replace(key, "ID")


def one(find):
    try:
        return find()
    except InputError:
        return None


def test_whoever_it_may_accuse_is_answered_as_where_there_is_no_such_matter_and_nobody_unnamed_hears(made):
    for name, accused in ACCUSED.items():
        for person in accused:
            viewer = viewer_of(made, person)
            with viewer.store.open_reader() as con:
                alert = made[1].get(name, "1" * 16)
                for find, key in ((find_matter, STORY[name]), (find_alert, alert)):
                    its, none = (refusal(find, con, viewer, one) for one in (key, "0" * len(key)))
                    assert its == none, (name, person)
    viewer = viewer_of(made, None)
    with viewer.store.open_reader() as con:
        known = {view.story_id for view in story_views(con, viewer, story_store.list_stories(con))}
    of_officers = {name for name, accused in ACCUSED.items() if accused - {"vale"}}
    assert {name for name in ACCUSED if STORY[name] not in known} == of_officers


def test_the_governors_report_and_the_status_show_nobodys_words(made):
    for words in (("report", "--week", "2026-W47"), ("status", "--json")):
        _, out, err = asked(made, None, *words)
        assert not marks_in(out + err), words


def test_where_nobody_is_named_one_line_says_how_to_name_oneself(made):
    code, out, err = asked(made, None, "alerts", "list")
    assert (code, err.splitlines(), marks_in(out)) == (0, [WHO_YOU_ARE], set())
    assert not asked(made, "holt", "alerts", "list")[2]


@pytest.mark.parametrize("person", ["pike", "lamb", "fern"])
def test_every_look_at_restricted_words_is_recorded(made, person, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(made[0], home)
    acts, read = Acts(home, a_migrated_store(home, Clock(NOW))), 0
    for name in sorted(RESTRICTED):
        with suppress(InputError):
            assert marks_in(acts.posts(STORY[name], person, "on duty")) == {name}
            read += 1
    assert [entry.actor for entry in acts.entries("restricted_read")] == [person] * read
    assert (read > 0) is (person in ("pike", "lamb"))


def test_whoever_signs_the_weeks_report_is_reminded_of_it_until_it_is_signed(tmp_path):
    config = configured(tmp_path)
    school, window = config.school("900001"), Window(NOW - timedelta(days=1), NOW)
    due = due_of(config, school, NOW.date())
    with a_migrated_store(tmp_path, Clock(NOW)).write("a report") as con:
        put_report(con, school.urn, "2026-W46", "{}", NOW)
        assert gather_day(con, config, school, due, window, NOW, {}, Links()).unsigned == ("2026-W46", NOW)
        sign(con, WeeklyReport(school.urn, "2026-W46", "{}", NOW, NOW, "holt", "0" * 64, "0" * 64))
        assert gather_day(con, config, school, due, window, NOW, {}, Links()).unsigned is None
