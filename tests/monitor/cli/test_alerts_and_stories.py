"""`schoolgate alerts`, and pages of matters: what may be shown, to whom, and what is written down of it."""

from __future__ import annotations

import re
from types import SimpleNamespace

import duckdb
import pytest
from builders.case_desk import NOW, Desk, insult
from builders.case_desk import run as typed
from builders.mention import POLICY, Clock, a_batch, a_mention, a_store, a_verdict, an_alert
from conftest import DEMO_NOW
from support.documents import content
from support.rows import rows
from typer.testing import CliRunner

from data.errors import InputError
from data.store import owners as owner_store
from data.store.engine import connect
from data.store.mentions.batch import save
from data.types import (
    About,
    Harm,
    Meant,
    MentionKind,
    Owner,
    PressEvent,
    Route,
    Severity,
)
from monitor.cli.app import app

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
    if words[:2] == ("story", "show"):  # read at the desk
        done = typed(*words, "--home", str(home))
        if done.code:
            raise InputError(done.err)
        return SimpleNamespace(stdout=done.out, exit_code=0)
    result = CliRunner().invoke(app, [*words, "--home", str(home)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def alerts_of(home):
    return content(run(home, "alerts", "list", "--json").stdout)


def one(home, *, restricted):
    return next(a for a in alerts_of(home) if a["restricted"] is restricted)


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
        ("Half 3 tomorrow at the gates with a bat", THREAT, ("alerts list",), "15:30"),
        ("Christmas fair tomorrow at 3pm", TODAY, ("alerts list",), "15:00"),
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
    assert "with the DSL" in listed
    assert not [s for s in SECRETS if s.lower() in listed.lower()]


def test_the_list_says_what_happened_without_the_class(home):
    listed = run(home, "alerts", "list").stdout
    said = " ".join(listed.split())
    assert "A member of staff is insulted or targeted. Next: report to the platform" in said
    assert not re.search(r"\bC\d+\b", listed)


def test_an_unknown_id_says_how_to_see_the_known_ones(home):
    with pytest.raises(InputError, match=r"No alert begins with “zzzz”. To see them: schoolgate alerts list"):
        run(home, "alerts", "show", "zzzz")


def test_a_restricted_text_is_printed_to_the_dsl_and_audited(home):
    on_duty = ("--as", "i-larkspur", "--reason", "I am the DSL on duty")
    wanted = [alert["id"] for alert in alerts_of(home) if alert["restricted"]]
    shown = [run(home, "alerts", "show", one, *on_duty).stdout for one in wanted]
    assert any("stepdad" in text for text in shown)
    assert audit(home, "restricted_read") == ["i-larkspur"] * len(shown)


READ = ("show", "--reason", "curious")


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
        run(home, "alerts", "show", wanted, "--as", "i-larkspur")
    nobody_named(home)
    wanted = one(home, restricted=True)["id"]
    for words in (READ, ("ack",)):
        with pytest.raises(InputError, match="Say who you are: --as PERSON"):
            run(home, "alerts", words[0], wanted, *words[1:])


def test_whoever_does_not_say_who_asks_finds_neither_alert_nor_story_that_keeps_out_a_safeguarding_lead(home):
    nobody_named(home)
    asked = "SELECT id, story_id FROM alerts WHERE list_contains(excluded, 't-quillfeather')"
    ((alert, story),) = rows(home, asked)
    for group, wanted, why in (("alerts", alert, "Say who you are"), ("story", story, "begins with")):
        with pytest.raises(InputError, match=why):
            run(home, group, "show", wanted)


def test_no_list_names_what_a_safeguarding_lead_is_kept_out_of(home):
    nobody_named(home)
    (about_her,) = rows(
        home, "SELECT id, story_id FROM alerts WHERE restricted AND list_contains(excluded, 't-quillfeather')"
    )
    ((others,),) = rows(home, "SELECT count(*) FROM alerts WHERE restricted")
    listed = content(run(home, "alerts", "list", "--json", "--all").stdout)
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
    for words in (("list", "--all"),):
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
    read = run(home, "alerts", "show", wanted, "--as", "c-dray", "--reason", "I was asked next")
    assert read.exit_code == 0
    run(home, "alerts", "ack", wanted, "--as", "c-dray")
    assert audit(home, "alert_acked") == ["c-dray"]


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
    telling = ("child", "allegation", "safeguarding procedure", "--reason")
    assert not [word for word in telling if word in listed]


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


def test_a_list_asks_no_more_of_the_store(home, monkeypatch):
    """Each statement costs some milliseconds of planning, however little it finds; these may only fall."""
    asked = []
    execute = connect.ParsedOnce.execute

    def counted(con, *given):
        asked.append(given[0])
        return execute(con, *given)

    monkeypatch.setattr(connect.ParsedOnce, "execute", counted)
    run(home, "alerts", "list")
    assert 0 < len(asked) <= 12


def test_what_is_locked_is_read_by_those_alone_who_may_read_it_at_the_desk(tmp_path):
    desk = Desk(tmp_path)
    insult(desk)
    ((number,),) = rows(desk.home, "SELECT number FROM alerts")
    show = ("alerts", "show", number, "--reason", "I look", "--as")
    assert "Title insult" in run(desk.home, *show, "ash").stdout
    opened = desk("open", number, "--as", "holt")
    assert (opened.code, desk("step", "lock", number, "--as", "holt", "--why", "A pupil").code) == (0, 0)
    for person in ("ash", "fern"):
        with pytest.raises(InputError, match="is locked"):
            run(desk.home, *show, person)
    assert "Title insult" in run(desk.home, *show, "pike").stdout


def test_a_long_post_is_read_to_its_end_where_no_page_shows_the_rest(home):
    raised(home, "long", f"The head is a bully. {'It goes on. ' * 400}The end.", severity=Severity.TODAY)
    ((number,),) = rows(home, "SELECT number FROM alerts WHERE story_id LIKE '%long%'")
    assert "The end." in run(home, "alerts", "show", number, "--as", "t-quillfeather", "--reason", "x").stdout


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
