"""`schoolgate alerts` and `schoolgate story`: what may be shown, to whom, and what is written down of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
from builders.case_desk import NOW, Desk
from builders.case_desk import run as typed
from builders.matter import of_story
from builders.mention import POLICY, Clock, a_batch, a_match, a_mention, a_store, a_verdict, an_alert
from conftest import DEMO_NOW
from support.documents import content
from support.rows import rows
from typer.testing import CliRunner

from data.errors import InputError
from data.store import owners as owner_store
from data.store.engine import connect
from data.store.mentions.batch import save
from data.store.verdicts.stories import StoryRow, list_stories
from data.types import (
    About,
    Harm,
    Meant,
    MentionKind,
    Owner,
    PressEvent,
    Reason,
    Relevance,
    Route,
    Sentiment,
    Severity,
)
from monitor.cli.app import app
from monitor.cli.views.screen import Screen
from monitor.cli.views.stories import listed, row_json

ANOTHER_SCHOOL = """
[[schools]]
urn = "900002"
name = "Hexley Primary School"
locality = "Hexley"
county = "Northshire"
postcode = "ZZ9 9AA"
nation = "england"

[[people]]
id = "h-dsl"
name = "Ms Hester Dunmow"
roles = ["dsl"]
email = "dsl@hexley.example.org"
schools = ["900002"]
"""
SECRETS = ("stepdad", "sadfrog11", "finger bruises", "My son's arm", "Year 3", "Year 6")


def run(home, *words):
    result = CliRunner().invoke(app, [*words, "--home", str(home)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def alerts_of(home):
    return content(run(home, "alerts", "list", "--json").stdout)


def one(home, *, restricted):
    return next(a for a in alerts_of(home) if a["restricted"] is restricted)


def insult(home):
    return next(a for a in alerts_of(home) if "insulted" in (a["what"] or ""))


def raised(home, name, text, **judged):
    """A post of now that was judged so, with its alert."""
    post = a_mention(name, text=text, published=DEMO_NOW, fetched_at=DEMO_NOW, title="")
    weighed = judged.pop("weighed_most", ())
    alert = an_alert(f"s-{name}", **judged)
    verdict = a_verdict(post, **judged, weighed_most=weighed)
    batch = a_batch(post, verdicts=[verdict], story_id=f"s-{name}", alerts=[alert])
    with a_store(home, Clock(DEMO_NOW)).write(name) as con:
        save(con, batch, now=DEMO_NOW, policy=POLICY)
    return alert


THREAT = {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW, "content_class": "C6"}
TODAY = {"severity": Severity.TODAY, "route": Route.RESPOND}


@pytest.mark.parametrize(
    ("text", "judged", "lists", "time"),
    [
        ("Half 3 tomorrow at the gates with a bat", THREAT, ("alerts list", "alerts show ID"), "15:30"),
        ("Christmas fair tomorrow at 3pm", TODAY, ("alerts list", "story list"), "15:00"),
    ],
    ids=["a threat", "no danger"],
)
def test_the_time_that_a_post_names_stands_in_lists_and_alert_as_in_its_mail(home, text, judged, lists, time):
    alert = raised(home, "gates", text, **judged)
    for words in lists:
        said = as_read(home, *words.replace("ID", alert.id).split())
        assert re.search(rf"It name[sd] a time.*about {time}", said), said


def another_school(home):
    """Adds a second school with a DSL of its own, who sees no other."""
    path = home / "schoolgate.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("listing = true", 'listing = true\nschools = ["900001"]')
    path.write_text(text + ANOTHER_SCHOOL, encoding="utf-8")


def nobody_named(home):
    """Takes out of the demo's settings who looks around in it."""
    path = home / "schoolgate.toml"
    text = path.read_text(encoding="utf-8").replace('[cli]\nme = "i-larkspur"\n', "")
    assert "i-larkspur" in text
    assert "[cli]" not in text
    path.write_text(text, encoding="utf-8")


def about_the_head(home):
    return rows(home, "SELECT id FROM alerts WHERE list_contains(excluded, 't-quillfeather')")[0][0]


def about_a_child(home):
    return rows(home, "SELECT id FROM alerts WHERE restricted AND len(excluded) = 0")[0][0]


def number_about_a_child(home):
    return rows(home, "SELECT number FROM alerts WHERE restricted AND len(excluded) = 0")[0][0]


def audit(home, action):
    found = rows(home, "SELECT actor FROM audit WHERE action = $a", {"a": action})
    return [actor for (actor,) in found]


@pytest.mark.parametrize("extra", [(), ("--json",)])
def test_a_restricted_matter_shows_only_as_with_the_dsl(home, extra):
    listed = run(home, "alerts", "list", *extra).stdout
    shown = run(home, "alerts", "show", one(home, restricted=True)["id"], *extra).stdout
    for text in (listed, shown):
        assert "with the DSL" in text
        assert not [s for s in SECRETS if s.lower() in text.lower()]


def test_another_alert_says_what_why_and_who(home):
    alert = insult(home)
    shown = run(home, "alerts", "show", alert["id"]).stdout
    assert "A member of staff is insulted or targeted." in shown
    assert "report to the platform" in shown
    assert "to tell:" in shown
    assert alert["reasons"]
    assert all(f"  - {reason['text']}" in shown for reason in alert["reasons"])


def test_the_list_says_what_happened_without_the_class(home):
    listed = run(home, "alerts", "list").stdout
    said = " ".join(listed.split())
    assert "A member of staff is insulted or targeted. Next: report to the platform" in said
    assert not re.search(r"\bC\d+\b", listed)
    assert not re.search(r"route \w+_\w+", run(home, "alerts", "show", insult(home)["id"]).stdout)


def test_of_a_restricted_matter_the_people_told_are_named_only_to_one_who_may_read_it(home):
    wanted = about_the_head(home)
    shown = run(home, "alerts", "show", wanted, "--as", "o-fennimore").stdout
    assert "with the DSL" in shown
    assert "to tell" not in shown
    assert not [name for name in ("Fennimore", "Larkspur", "Quillfeather") if name in shown]
    read = run(
        home, "alerts", "show", wanted, "--restricted", "--as", "o-fennimore", "--reason", "I am the chair"
    ).stdout
    assert "to tell: Mr Osbert Fennimore" in read
    assert "not told, being its subject: Mrs Tamsin Quillfeather" in read


def test_an_unknown_id_says_how_to_see_the_known_ones(home):
    with pytest.raises(InputError, match=r"No alert begins with “zzzz”. To see them: schoolgate alerts list"):
        run(home, "alerts", "show", "zzzz")


def test_a_restricted_text_is_printed_to_the_dsl_and_audited(home):
    shown = []
    for alert in alerts_of(home):
        if alert["restricted"]:
            shown.append(
                run(
                    home,
                    "alerts",
                    "show",
                    alert["id"],
                    "--restricted",
                    "--as",
                    "i-larkspur",
                    "--reason",
                    "I am the DSL on duty",
                ).stdout
            )
    assert any("stepdad" in text for text in shown)
    assert audit(home, "restricted_read") == ["i-larkspur"] * len(shown)


READ = ("show", "--restricted", "--reason", "curious")


@pytest.mark.parametrize("words", [READ, ("show",), ("ack",)], ids=["read", "show", "acknowledge"])
@pytest.mark.parametrize("asked_next", [False, True], ids=["never asked", "asked next"])
def test_its_subject_in_any_role_is_answered_as_where_there_is_no_such_alert(home, words, asked_next):
    wanted, answers = about_the_head(home), []
    if asked_next:
        ask_next(home, wanted, "t-quillfeather")
    for alert_id in (wanted, "0" * 16):
        with pytest.raises(InputError, match="No alert begins with") as refused:
            run(home, "alerts", words[0], alert_id, *words[1:], "--as", "t-quillfeather")
        answers.append(str(refused.value).replace(alert_id, "ID"))
    assert answers[0] == answers[1]
    assert audit(home, "restricted_read") == audit(home, "alert_acked") == []


@pytest.mark.parametrize(
    ("which", "person", "told"),
    [
        (number_about_a_child, "c-dray", "not for c-dray"),
        (number_about_a_child, "b-thistlewood", "No alert begins with"),
        (about_the_head, "c-dray", "No alert begins with"),
        (lambda home: one(home, restricted=True)["id"], "h-dsl", "No alert begins with"),
    ],
    ids=["outside the audience", "no office", "of the head", "another school"],
)
def test_nobody_outside_its_audience_reads_or_acknowledges_what_is_restricted(home, which, person, told):
    another_school(home)
    wanted = which(home)
    for words in (READ, ("ack",)):
        with pytest.raises(InputError, match=told):
            run(home, "alerts", words[0], wanted, *words[1:], "--as", person)
    assert audit(home, "restricted_read") == audit(home, "alert_acked") == []


def test_a_restricted_text_needs_a_reason_and_somebody_who_says_who_they_are(home):
    wanted = one(home, restricted=True)["id"]
    with pytest.raises(InputError, match="--reason"):
        run(home, "alerts", "show", wanted, "--restricted", "--as", "i-larkspur")
    nobody_named(home)
    wanted = one(home, restricted=True)["id"]
    for words in (READ, ("ack",)):
        with pytest.raises(InputError, match="Say who you are: --as PERSON"):
            run(home, "alerts", words[0], wanted, *words[1:])


def test_whoever_does_not_say_who_asks_finds_neither_alert_nor_story_that_keeps_out_a_safeguarding_lead(home):
    nobody_named(home)
    asked = "SELECT id, story_id FROM alerts WHERE list_contains(excluded, 't-quillfeather')"
    ((alert, story),) = rows(home, asked)
    for group, wanted in (("alerts", alert), ("story", story)):
        with pytest.raises(InputError, match="begins with"):
            run(home, group, "show", wanted)


@pytest.mark.parametrize("group", ["alerts", "story"])
def test_no_list_names_what_a_safeguarding_lead_is_kept_out_of(home, group):
    nobody_named(home)
    (about_her,) = rows(
        home, "SELECT id, story_id FROM alerts WHERE restricted AND list_contains(excluded, 't-quillfeather')"
    )
    ((others,),) = rows(home, "SELECT count(*) FROM alerts WHERE restricted")
    whole = ["--all"] if group == "alerts" else []
    listed = content(run(home, group, "list", "--json", *whole).stdout)
    assert not {about_her[0], about_her[1]} & {one["id"] for one in listed}
    assert sum(one["restricted"] for one in listed) == others - 1 > 0


def test_whoever_acknowledged_first_keeps_it_and_a_later_one_is_told_who(home):
    wanted = about_the_head(home)
    run(home, "alerts", "ack", wanted, "--as", "o-fennimore")
    later = run(home, "alerts", "ack", wanted, "--as", "i-larkspur").stdout
    assert "is with Mr Osbert Fennimore (chair of governors) already" in later
    assert audit(home, "alert_acked") == ["o-fennimore"]


@pytest.mark.parametrize("restricted", [True, False])
def test_who_acknowledged_and_when_is_shown(home, restricted):
    wanted = about_a_child(home) if restricted else one(home, restricted=False)["id"]
    run(home, "alerts", "ack", wanted, "--as", "i-larkspur")
    for words in (("list", "--all"), ("show", wanted)):
        for reader, known in (("t-quillfeather", "Larkspur"), ("i-larkspur", "you")):
            assert known in as_read(home, "alerts", *words, "--as", reader)
        found = content(run(home, "alerts", *words, "--json").stdout)
        alert = found if isinstance(found, dict) else next(a for a in found if a["id"] == wanted)
        assert alert["acknowledged"]["by"] == "i-larkspur"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", alert["acknowledged"]["at"])


def ask_next(home, alert_id, person):
    """As the service does where nobody acknowledges."""
    con = duckdb.connect(str(home / "schoolgate.duckdb"))
    con.execute(
        "INSERT INTO escalations VALUES ($a, '900001', 1, 1, $p, now(), 'untaken')",
        {"a": alert_id, "p": person},
    )
    con.close()


def test_whoever_was_asked_next_may_read_and_acknowledge(home):
    wanted = about_the_head(home)
    ask_next(home, wanted, "c-dray")
    read = run(
        home, "alerts", "show", wanted, "--restricted", "--as", "c-dray", "--reason", "I was asked next"
    )
    assert read.exit_code == 0
    run(home, "alerts", "ack", wanted, "--as", "c-dray")
    assert audit(home, "alert_acked") == ["c-dray"]


@pytest.mark.parametrize("restricted", [True, False])
def test_who_was_asked_next_is_shown_only_to_one_who_may_read_it(home, restricted):
    wanted = one(home, restricted=restricted)["id"]
    ask_next(home, wanted, "c-dray")
    shown = run(home, "alerts", "show", wanted).stdout
    assert ("asked next" in shown) is not restricted
    if restricted:
        shown = run(
            home, "alerts", "show", wanted, "--restricted", "--as", "i-larkspur", "--reason", "on duty"
        ).stdout
    assert re.search(r"asked next, \w{3} \d\d? \w{3} \d{4}, \d\d:\d\d: ", shown)
    listed = run(home, "alerts", "show", wanted, "--json").stdout
    assert ("c-dray" in listed) is not restricted


def test_how_to_read_a_restricted_matter_is_said_only_to_one_who_may(home):
    child = number_about_a_child(home)
    hints = {
        person: "To read it:" in run(home, "alerts", "show", child, "--as", person).stdout
        for person in ("i-larkspur", "c-dray")
    }
    assert hints == {"i-larkspur": True, "c-dray": False}


def as_read(home, *words):
    return " ".join(run(home, *words).stdout.split())


def test_whoever_reads_a_restricted_matter_sees_in_the_list_what_it_is_about_and_what_to_do(home):
    listed = as_read(home, "alerts", "list", "--as", "i-larkspur")
    assert "with the DSL: A child may be at risk. Next: if a child is in danger now" in listed
    assert "An allegation about the head concerns a child. Next: if a child is in danger" in listed
    assert listed.count("if a child is in danger now, ring 999") == 2
    assert not [s for s in SECRETS if s.lower() in listed.lower()]


@pytest.mark.parametrize("who", ["c-dray", "nobody"])
def test_everybody_else_sees_only_that_it_is_with_the_safeguarding_lead(home, who):
    nobody_named(home)
    listed = as_read(home, "alerts", "list", *(["--as", who] if who != "nobody" else []))
    assert "with the DSL" in listed
    telling = ("child", "allegation", "safeguarding procedure", "--restricted")
    assert not [word for word in telling if word in listed]


def test_the_list_ends_with_how_to_read_one_and_what_needs_a_reason(home):
    *_, plain, restricted = run(home, "alerts", "list", "--as", "i-larkspur").stdout.splitlines()
    assert plain == "To read one: schoolgate alerts show ID"
    assert restricted == "What is with the DSL: schoolgate alerts show ID --restricted --reason “…”"


@pytest.mark.parametrize(
    ("who", "whoever", "told"),
    [
        ("i-larkspur", "anybody is", "ask whoever is threatened, then ring 101"),
        ("t-quillfeather", "anybody is", "ask whoever is threatened, then ring 101"),
        ("b-thistlewood", "you are", "you are asked before anybody rings 101"),
        ("c-dray", "anybody is", "those who were told ring 101"),
    ],
)
def test_of_a_threat_each_reader_has_one_plain_instruction(home, who, whoever, told):
    whole = f"if {whoever} in danger now, ring 999; if not, {told}"
    listed = as_read(home, "alerts", "list", "--as", who)
    assert listed.count("999; if not, ") == 1
    assert whole in listed
    assert whole in as_read(home, "story", "list", "--as", who)


def test_an_alert_of_the_press_shows_headline_and_paper_to_whoever_reads_its_words(home):
    title = "Oakfield headteacher suspended - Hexley Herald"
    article = a_mention("news", title=title, channel="google_news", kind=MentionKind.ARTICLE)
    graver = {"severity": Severity.TODAY, "route": Route.RESPOND, "event": PressEvent.STAFF}
    told = an_alert(
        "s-news", audience=("i-larkspur",), severity=Severity.TODAY, route=Route.RESPOND, because=()
    )
    batch = a_batch(article, story_id="s-news", verdicts=[a_verdict(article, **graver)], alerts=[told])
    with a_store(home, Clock(DEMO_NOW)).write("test") as con:
        save(con, batch, now=DEMO_NOW, policy=POLICY)
    listed = as_read(home, "alerts", "list", "--as", "i-larkspur")
    assert "“Oakfield headteacher suspended" in listed
    assert "agree who speaks to the press and what parents are told" in listed
    nobody_named(home)
    assert "headteacher suspended" not in as_read(home, "alerts", "list")


@pytest.mark.parametrize(("group", "most"), [("alerts", 12), ("case", 6), ("story", 28)])
def test_a_list_asks_no_more_of_the_store(home, monkeypatch, group, most):
    """Each statement costs some milliseconds of planning, however little it finds; these may only fall."""
    asked = []
    execute = connect.ParsedOnce.execute

    def counted(con, *given):
        asked.append(given[0])
        return execute(con, *given)

    monkeypatch.setattr(connect.ParsedOnce, "execute", counted)
    run(home, group, "list")
    assert 0 < len(asked) <= most


def test_what_weighed_most_stands_among_the_reasons_of_an_alert_and_of_its_story(home):
    alert = raised(
        home, "van", "They never ring. He drives a van at them! Bye.", **TODAY, weighed_most=(17, 41)
    )
    for words in (("alerts", "show", alert.id), ("story", "show", "s-van")):
        said = run(home, *words).stdout
        assert "- What weighed most: “He drives a van at them!”" in said, said
        found = content(run(home, *words, "--json").stdout)
        assert next(iter(found.get("posts", [found])))["weighed_most"] == "He drives a van at them!"


# `schoolgate alerts give`: a matter is somebody else's, or comes back at a time.


@pytest.fixture
def desk(tmp_path, monkeypatch):
    desk = Desk(tmp_path)
    told = ("holt", "ash")
    desk.story("fair", alert=True, told=told, severity=Severity.TODAY, route=Route.PLATFORM_REPORT)
    monkeypatch.setattr("data.effects.utc_now", lambda: NOW)
    return desk


def give(desk, to, *words, by="holt"):
    home = ("--home", str(desk.home))
    (alert,) = typed("alerts", "list", "--as", "holt", "--json", *home).data
    return typed("alerts", "give", alert["id"], "--to", to, "--as", by, *words, *home)


def owner(desk):
    with desk.store.read() as con:
        return owner_store.records(con, ["story-fair"]).owners.get("story-fair")


def mails(desk):
    with desk.store.read() as con:
        return con.execute("SELECT person_id, subject, body FROM outbox WHERE kind = 'question'").fetchall()


def test_it_is_theirs_and_a_mail_with_the_note_says_so(desk):
    done = give(desk, "ash", "--why", "You know the family.")
    assert (done.code, done.err) == (0, "")
    assert "is with Lee Ash" in done.out
    assert owner(desk) == Owner("ash", NOW, "holt")
    ((to, subject, body),) = mails(desk)
    assert to == "ash"
    assert "it is yours now" in subject
    assert "Jane Holt has given it to you" in body
    assert "“You know the family.”" in body


def test_it_may_come_back_and_whoever_has_it_may_be_asked_again(desk):
    give(desk, "ash", "--until", "2026-11-18T12:00")
    assert owner(desk).until is not None
    assert "It goes back on" in mails(desk)[0][2]
    give(desk, "ash", "--ask-again", "2026-11-18T12:00", by="ash")
    assert owner(desk).ask_at is not None
    assert len(mails(desk)) == 1


def test_a_case_of_it_is_theirs_too_and_the_ladder_says_so(desk):
    opened = typed(
        "case", "open", "story-fair", "--why", "It insults.", "--as", "holt", "--home", str(desk.home)
    )
    assert opened.code == 0, opened.err
    assert give(desk, "ash").code == 0
    assert owner(desk).person == "ash"
    assert mails(desk) == []
    (row,) = typed("case", "list", "--as", "ash", "--json", "--home", str(desk.home)).data
    assert (row["assigned_to"], row["has_it"]["person"]) == ("ash", "ash")
    with desk.store.read() as con:
        told = con.execute("SELECT person_id FROM outbox WHERE kind = 'case'").fetchall()
    assert ("ash",) in told


# `schoolgate alerts person`: who is meant, said in one act.


CHILD = {
    "severity": Severity.THIS_HOUR, "route": Route.SAFEGUARDING, "abuse": ("safeguarding",),
    "about": About.HEAD, "content_class": "C10", "restricted": True,
    "endangers": (Meant("child", 1.0, "model:safeguarding", Harm.CHILD),),
    "accuses": (Meant("office:head", 0.25, "nobody_named"),),
}  # fmt: skip
LOOK = {"severity": Severity.NOTE, "route": Route.NOTE, "look": True, "look_rank": 0.5}
WHY = ("--why", "He takes that class")


@pytest.fixture
def meant(tmp_path):
    meant = Desk(tmp_path)
    meant.story("child", alert=True, told=("pike", "marsh"), **CHILD)
    meant.story("look", **LOOK)
    return meant


def person(meant, given, *words, by="pike"):
    return typed("alerts", "person", given, *words, "--as", by, "--home", str(meant.home))


def number_of(meant, by="pike"):
    (alert,) = typed("alerts", "list", "--as", by, "--json", "--home", str(meant.home)).data
    return alert["id"]


def test_it_says_who_is_told_and_who_is_left_out(meant):
    done = person(meant, number_of(meant), "--about", "vale", *WHY)
    assert done.code == 0, done.err
    assert "A second person is asked to agree; until then nobody is let in." in done.out
    assert "Jane Holt" in done.out.partition("Told nothing: ")[2]
    done = person(meant, number_of(meant), "--about", "vale", *WHY, by="marsh")
    assert "Jane Holt" in done.out.partition("Told nothing: ")[0]
    assert "Sam Vale" in done.out.partition("Told nothing: ")[2]


def test_it_says_of_a_target_whom_no_mail_reaches_to_tell_them_in_person(meant):
    settings = meant.home / "schoolgate.toml"
    settings.write_text(settings.read_text().replace('email = "vale@example.org"', ""))
    assert "Jane Holt must tell them in person" in person(meant, "story-look", "--aimed-at", "vale", *WHY).out


def test_whom_it_may_accuse_does_not_know_of_it(meant):
    assert "no alert" in person(meant, number_of(meant), "--about", "vale", *WHY, by="holt").err.lower()


def test_what_was_said_at_the_door_is_confirmed_or_withdrawn_not_both(meant):
    words = (
        "alerts",
        "said",
        number_of(meant),
        "--why",
        "I asked",
        "--as",
        "pike",
        "--home",
        str(meant.home),
    )
    assert typed(*words).code == typed(*words, "--confirm", "--withdraw").code == 2
    refused = typed(*words, "--withdraw")
    assert refused.code == 2
    assert "Nothing was said when it was handed in" in refused.err


# `schoolgate story`: each place, each verdict, each reason; nothing of a restricted matter.


WORDS_HIDDEN = ("stepdad", "sadfrog11", "finger bruises", "My son's arm", "Dad, Year 3")


def printed(home, *words):
    result = CliRunner().invoke(app, [*words, "--home", str(home)], catch_exceptions=False)
    assert result.exit_code == 0, result.stdout
    return result.stdout


def stories_of(home, *extra):
    return content(printed(home, "story", "list", "--json", *extra))


def test_every_story_is_listed_newest_first(home):
    seen = [r["last_seen"] for r in stories_of(home)]
    assert len(seen) > 5
    assert seen == sorted(seen, reverse=True)


def test_the_story_in_three_feeds_shows_every_place_and_its_edit(home):
    wanted = next(r for r in stories_of(home) if "choir" in (r["title"] or "").lower())
    assert wanted["mentions"] == 3
    text = printed(home, "story", "show", wanted["id"][:10])
    assert "version 2" in text
    assert text.count("choir") >= 3


@pytest.mark.parametrize("extra", [(), ("--json",)])
def test_a_restricted_story_gives_away_nothing(home, extra):
    texts = [printed(home, "story", "list", *extra)]
    texts += [printed(home, "story", "show", r["id"], *extra) for r in stories_of(home) if r["restricted"]]
    assert len(texts) > 1
    for text in texts:
        assert "with the DSL" in text
        assert not [s for s in WORDS_HIDDEN if s.lower() in text.lower()]


def saved(home, *mentions, **changes):
    store = a_store(home, Clock(DEMO_NOW))
    with store.write("test") as con:
        save(con, a_batch(*mentions, **changes), now=DEMO_NOW, policy=POLICY)


def test_unsure_lists_only_what_may_be_another_school(home):
    unsure = a_mention("unsure")
    saved(
        home, unsure, story_id="s-unsure",
        match=a_match(relevance=Relevance.UNSURE), verdicts=[a_verdict(unsure, relevance=Relevance.UNSURE)],
    )  # fmt: skip
    listed = stories_of(home, "--unsure")
    assert "s-unsure" in [r["id"] for r in listed]
    assert {r.get("relevance", "unsure") for r in listed} == {"unsure"}
    assert len(listed) < len(stories_of(home))


def test_a_story_whose_title_is_hidden_says_why(home):
    opening, reply = a_mention("opening", title="Her secret"), a_mention("reply", title="Her secret")
    hidden = a_verdict(opening, restricted=True, route=Route.SAFEGUARDING, content_class="C10")
    saved(home, opening, story_id="s-opening", verdicts=[hidden])
    saved(home, replace(reply, parent=opening.id), story_id="s-reply")
    listed = printed(home, "story", "list")
    assert "Her secret" not in listed
    below = " ".join(listed.partition("\ns-reply ")[2].split())
    assert "(a thread with a matter that is with the DSL), forum (feed:one)" in below


def test_a_verdict_is_shown_in_plain_words(home):
    wanted = next(r for r in stories_of(home) if not r["restricted"] and r["route"] == "platform_report")
    shown = printed(home, "story", "show", wanted["id"])
    assert re.search(r"About you · about a member of staff · .*act today: report to the platform", shown)
    assert "platform_report" not in shown


def test_an_unknown_story_says_how_to_see_the_known_ones(home):
    with pytest.raises(InputError, match=r"No story begins with “zzzz”. To see them: schoolgate story list"):
        printed(home, "story", "show", "zzzz")


def test_look_lists_only_what_is_worth_a_look(home):
    listed = stories_of(home, "--look")
    assert listed
    assert not any(r["restricted"] for r in listed)


def test_a_story_has_the_severity_of_its_alert_in_every_list(home):
    alerts = content(printed(home, "alerts", "list", "--all", "--json"))
    told = {a["story"]: a["severity"] for a in alerts if a["story"]}
    listed = {r["id"]: r["severity"] for r in stories_of(home, "--limit", "500")}
    assert told
    assert {story: listed[story] for story in told} == told


def entry(shown, zone=None, names=None):
    """The row of a story in a list, as one line."""
    return " ".join(" ".join(listed([shown], Screen(DEMO_NOW, zone or LONDON, places=names))[1:]).split())


def test_what_an_alert_raised_by_one_is_shown_so_in_the_list_of_stories():
    verdict = replace(a_verdict(a_mention()), severity=Severity.TODAY)
    row = StoryRow(
        "s1", "900001", "A post", DEMO_NOW, DEMO_NOW, restricted=False, relevance=Relevance.ABOUT,
        mentions=1, places=1, authors=1, channels=("facebook",), top=verdict,
    )  # fmt: skip
    shown = of_story(row, words=True, raised=Severity.THIS_HOUR)
    assert row_json(shown)["severity"] == 4
    assert "this hour" in entry(shown)
    assert row_json(of_story(row, words=True))["severity"] == 3


def test_a_post_in_welsh_has_no_tone_in_any_list(home):
    welsh = a_mention("welsh", title="Ysgol")
    said = a_verdict(welsh, sentiment=Sentiment.NEGATIVE, reasons=(Reason("language_cy", "It is in Welsh."),))
    saved(home, welsh, story_id="s-welsh", verdicts=[said])
    assert next(r for r in stories_of(home) if r["id"] == "s-welsh")["sentiment"] is None
    whole = content(printed(home, "story", "show", "s-welsh", "--json"))
    assert [m["sentiment"] for m in whole["posts"]] == [None]
    shown = printed(home, "story", "show", "s-welsh")
    assert "It is in Welsh." in shown
    assert "negative" not in shown


LONDON = ZoneInfo("Europe/London")
ROW = StoryRow(
    "0123456789abcdef", "900001", "Uniform prices", DEMO_NOW, DEMO_NOW, restricted=False,
    relevance=Relevance.ABOUT, mentions=1, places=1, authors=1, channels=("facebook",),
    top=a_verdict(a_mention(), route=Route.RESPOND),
)  # fmt: skip


def test_a_story_says_when_it_was_posted_and_apart_when_it_was_read_in_the_time_of_the_school():
    posted = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    row = replace(ROW, published=posted, last_seen=posted + timedelta(hours=9))
    assert "Wed 1 Jul, 23:30 “Uniform prices”, Facebook. Next: answer" in entry(of_story(row, True))
    assert "Thu 2 Jul, 00:30" in entry(of_story(row, True), ZoneInfo("Europe/Warsaw"))
    late = replace(row, last_seen=posted + timedelta(days=2))
    assert "Facebook. Read on Fri 3 Jul, 23:30. Next: answer" in entry(of_story(late, True))
    assert row_json(of_story(row, True))["published"] == "2026-07-01T22:30:00Z"


def test_the_year_is_said_where_it_is_another():
    row = replace(ROW, published=datetime(2018, 1, 31, 9, tzinfo=UTC))
    assert "Wed 31 Jan 2018, 09:00" in entry(of_story(row, True))


def test_stories_whose_words_are_kept_back_are_told_apart_by_place_and_time():
    masked = [
        of_story(replace(ROW, id=id_, title="", published=DEMO_NOW - timedelta(hours=n), sources=(id_,)),
                   words=True, beside=True)
        for n, id_ in enumerate(("board", "town"))
    ]  # fmt: skip
    names = {"board": "Larch Road board", "town": "Town talk"}
    first, second = (entry(story, names=names) for story in masked)
    masked_as = "(a thread with a matter that is with the DSL), Facebook"
    assert f"Tue 17 Nov, 16:04 {masked_as} (Larch Road board)" in first
    assert f"Tue 17 Nov, 15:04 {masked_as} (Town talk)" in second


def test_more_than_three_places_are_counted():
    row = replace(ROW, published=DEMO_NOW, sources=("a", "b", "c", "d", "e"))
    assert "Facebook (a, b, c and 2 more)" in entry(of_story(row, True))


def test_a_place_of_a_restricted_post_is_not_named(home):
    open_post, hidden = a_mention("open"), a_mention("hidden")
    verdicts = [a_verdict(open_post), a_verdict(hidden, restricted=True, route=Route.SAFEGUARDING)]
    saved(home, open_post, hidden, story_id="s-mixed", verdicts=verdicts)
    with a_store(home, Clock(DEMO_NOW)).write("test") as con:
        con.execute("UPDATE sightings SET source_id = 'whisper' WHERE mention_id = ?", [hidden.id])
        (row,) = list_stories(con, story_ids=["s-mixed"])
    assert (row.places, row.sources) == (2, ("feed:one",))


def test_a_post_without_a_time_says_so_and_a_restricted_one_not_when_it_was_posted():
    assert "no time “Uniform prices”, Facebook. Read on Tue 17 Nov, 16:04." in entry(of_story(ROW, True))
    hidden = replace(ROW, published=datetime(2026, 1, 2, tzinfo=UTC), restricted=True, sources=("board",))
    said = entry(of_story(hidden, True))
    assert "with the DSL" in said
    assert "2 Jan" not in said
    assert "board" not in said


def test_the_time_of_a_story_is_that_of_its_first_post(home):
    first = datetime(2026, 11, 1, 9, tzinfo=UTC)
    posts = [replace(a_mention(f"t{n}"), published=first + timedelta(days=n)) for n in (1, 0)]
    saved(home, *posts, story_id="s-times")
    assert next(r for r in stories_of(home) if r["id"] == "s-times")["published"] == "2026-11-01T09:00:00Z"


@pytest.mark.parametrize("title", ["word " * 60, "Two\nlines and a\ttab"])
def test_no_line_of_a_list_is_wider_than_a_narrow_terminal_nor_any_title_without_end(title):
    row = replace(ROW, title=title, published=DEMO_NOW, channels=("facebook", "x", "reddit", "mumsnet"))
    shown = listed([of_story(row, True)], Screen(DEMO_NOW, LONDON))
    assert max(map(len, shown)) <= 80
    assert len(shown) <= 10
    assert not any("\n" in line for line in shown)


def test_a_list_ends_with_how_to_read_one(home):
    assert printed(home, "story", "list").splitlines()[-1] == "To read one: schoolgate story show ID"


# `schoolgate story show` says what a post is about.


def shown(home, **verdict):
    mention = a_mention("themed")
    with a_store(home, Clock(DEMO_NOW)).write("test") as con:
        batch = a_batch(mention, verdicts=[a_verdict(mention, **verdict)], story_id="fffe01")
        save(con, batch, now=DEMO_NOW, policy=POLICY)
    return printed(home, "story", "show", "fffe01")


def test_its_themes_and_what_an_article_tells_of_stand_in_lines_of_their_own_and_in_the_json(home):
    said = {"themes": ("uniform", "costs"), "event": PressEvent.INSPECTION}
    lines = shown(home, **said)
    assert "  Themes: uniform; costs and fees\n" in lines
    assert "press: an inspection" in lines
    (mention,) = content(printed(home, "story", "show", "fffe01", "--json"))["posts"]
    assert (mention["themes"], mention["event"]) == (["uniform", "costs"], "inspection")
