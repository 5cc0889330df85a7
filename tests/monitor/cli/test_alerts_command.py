"""`schoolgate alerts`: what may be shown, to whom, and what is written down about it."""

from __future__ import annotations

import re

import duckdb
import pytest
from builders.mention import POLICY, Clock, a_batch, a_mention, a_store, a_verdict, an_alert
from conftest import DEMO_NOW
from support.documents import content
from support.rows import rows
from typer.testing import CliRunner

from data.errors import InputError
from data.store.engine import connect
from data.store.mentions.batch import save
from data.types import MentionKind, PressEvent, Route, Severity
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


def run(*words):
    result = CliRunner().invoke(app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def alerts_of(home):
    return content(run("alerts", "list", "--json", "--home", str(home)).stdout)


def one(home, *, restricted):
    return next(a for a in alerts_of(home) if a["restricted"] is restricted)


def insult(home):
    return next(a for a in alerts_of(home) if "insulted" in (a["what"] or ""))


def test_the_time_that_a_threat_names_stands_in_the_list_and_in_the_alert(home):
    text = "Half 3 tomorrow at the gates with a bat"
    post = a_mention("gates", text=text, published=DEMO_NOW, fetched_at=DEMO_NOW)
    judged = {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW, "content_class": "C6"}
    verdict, alert = a_verdict(post, **judged), an_alert("s-gates", **judged)
    batch = a_batch(post, verdicts=[verdict], story_id="s-gates", alerts=[alert])
    with a_store(home, Clock(DEMO_NOW)).write("a threat") as con:
        save(con, batch, now=DEMO_NOW, policy=POLICY)
    for words in (("list",), ("show", alert.id)):
        said = " ".join(run("alerts", *words, "--home", str(home)).stdout.split())
        assert re.search(r"It name[sd] a time.*about 15:30", said), said


def test_the_time_that_no_danger_names_stands_in_both_lists_as_in_its_mail(home):
    post = a_mention("fair", text="Christmas fair tomorrow at 3pm", published=DEMO_NOW, fetched_at=DEMO_NOW)
    judged = {"severity": Severity.TODAY, "route": Route.RESPOND}
    batch = a_batch(post, verdicts=[a_verdict(post, **judged)], alerts=[an_alert("s-one", **judged)])
    with a_store(home, Clock(DEMO_NOW)).write("a fair") as con:
        save(con, batch, now=DEMO_NOW, policy=POLICY)
    for words in (("alerts", "list"), ("story", "list")):
        said = " ".join(run(*words, "--home", str(home)).stdout.split())
        assert re.search(r"It name[sd] a time.*about 15:00", said), said


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


def test_the_list_puts_the_gravest_first(home):
    severities = [a["severity"] for a in alerts_of(home)]
    assert severities == sorted(severities, reverse=True)


@pytest.mark.parametrize("extra", [(), ("--json",)])
def test_a_restricted_matter_shows_only_as_with_the_dsl(home, extra):
    listed = run("alerts", "list", *extra, "--home", str(home)).stdout
    shown = run("alerts", "show", one(home, restricted=True)["id"], *extra, "--home", str(home)).stdout
    for text in (listed, shown):
        assert "with the DSL" in text
        assert not [s for s in SECRETS if s.lower() in text.lower()]


def test_another_alert_says_what_why_and_who(home):
    alert = insult(home)
    shown = run("alerts", "show", alert["id"], "--home", str(home)).stdout
    assert "A member of staff is insulted or targeted." in shown
    assert "report to the platform" in shown
    assert "to tell:" in shown
    assert alert["reasons"]
    assert all(f"  - {reason['text']}" in shown for reason in alert["reasons"])


def test_the_list_says_what_happened_without_the_class(home):
    listed = run("alerts", "list", "--home", str(home)).stdout
    said = " ".join(listed.split())
    assert "A member of staff is insulted or targeted. Next: report to the platform" in said
    assert not re.search(r"\bC\d+\b", listed)
    assert not re.search(
        r"route \w+_\w+", run("alerts", "show", insult(home)["id"], "--home", str(home)).stdout
    )


def test_of_a_restricted_matter_the_people_told_are_named_only_to_one_who_may_read_it(home):
    wanted = about_the_head(home)
    shown = run("alerts", "show", wanted, "--as", "o-fennimore", "--home", str(home)).stdout
    assert "with the DSL" in shown
    assert "to tell" not in shown
    assert not [name for name in ("Fennimore", "Larkspur", "Quillfeather") if name in shown]
    read = run("alerts", "show", wanted, "--restricted", "--as", "o-fennimore", "--reason", "I am the chair",
               "--home", str(home)).stdout  # fmt: skip
    assert "to tell: Mr Osbert Fennimore" in read
    assert "not told, being its subject: Mrs Tamsin Quillfeather" in read


def test_an_alert_is_found_by_the_beginning_of_its_id(home):
    wanted = one(home, restricted=False)["id"]
    assert wanted in run("alerts", "show", wanted[:8].upper(), "--home", str(home)).stdout


def test_an_unknown_id_says_how_to_see_the_known_ones(home):
    with pytest.raises(InputError, match=r"No alert begins with “zzzz”. To see them: schoolgate alerts list"):
        run("alerts", "show", "zzzz", "--home", str(home))


def test_a_restricted_text_needs_a_reason(home):
    wanted = one(home, restricted=True)["id"]
    with pytest.raises(InputError, match="--reason"):
        run("alerts", "show", wanted, "--restricted", "--as", "i-larkspur", "--home", str(home))


def test_a_restricted_text_is_printed_to_the_dsl_and_audited(home):
    shown = []
    for alert in alerts_of(home):
        if alert["restricted"]:
            shown.append(run(
                "alerts", "show", alert["id"], "--restricted", "--as", "i-larkspur",
                "--reason", "I am the DSL on duty", "--home", str(home),
            ).stdout)  # fmt: skip
    assert any("stepdad" in text for text in shown)
    assert audit(home, "restricted_read") == ["i-larkspur"] * len(shown)


def test_the_subject_of_an_allegation_cannot_read_it_in_any_role(home):
    with pytest.raises(InputError, match="No alert begins with"):
        run("alerts", "show", about_the_head(home), "--restricted", "--as", "t-quillfeather",
            "--reason", "I am the deputy DSL", "--home", str(home))  # fmt: skip
    assert audit(home, "restricted_read") == []


@pytest.mark.parametrize("words", [("show",), ("show", "--restricted", "--reason", "x"), ("ack",)])
def test_its_subject_is_answered_as_where_there_is_no_such_alert(home, words):
    answers = []
    for alert_id in (about_the_head(home), "0" * 16):
        with pytest.raises(InputError) as refused:
            run("alerts", words[0], alert_id, *words[1:], "--as", "t-quillfeather", "--home", str(home))
        answers.append(str(refused.value).replace(alert_id, "ID"))
    assert answers[0] == answers[1]


def test_whoever_does_not_say_who_asks_finds_neither_alert_nor_story_that_keeps_out_a_safeguarding_lead(home):
    nobody_named(home)
    asked = "SELECT id, story_id FROM alerts WHERE list_contains(excluded, 't-quillfeather')"
    ((alert, story),) = rows(home, asked)
    for group, wanted in (("alerts", alert), ("story", story)):
        with pytest.raises(InputError, match="begins with"):
            run(group, "show", wanted, "--home", str(home))


@pytest.mark.parametrize("group", ["alerts", "story"])
def test_no_list_names_what_a_safeguarding_lead_is_kept_out_of(home, group):
    nobody_named(home)
    (about_her,) = rows(
        home, "SELECT id, story_id FROM alerts WHERE restricted AND list_contains(excluded, 't-quillfeather')"
    )
    ((others,),) = rows(home, "SELECT count(*) FROM alerts WHERE restricted")
    whole = ["--all"] if group == "alerts" else []
    listed = content(run(group, "list", "--json", *whole, "--home", str(home)).stdout)
    assert not {about_her[0], about_her[1]} & {one["id"] for one in listed}
    assert sum(one["restricted"] for one in listed) == others - 1 > 0


def test_somebody_outside_the_audience_cannot_read_a_restricted_text(home):
    for person, told in (("c-dray", "not for c-dray"), ("b-thistlewood", "No alert begins with")):
        with pytest.raises(InputError, match=told):
            run("alerts", "show", number_about_a_child(home), "--restricted", "--as", person,
                "--reason", "curious", "--home", str(home))  # fmt: skip
    assert audit(home, "restricted_read") == []


def test_the_dsl_of_another_school_cannot_read_a_restricted_text(home):
    another_school(home)
    with pytest.raises(InputError, match="No alert begins with"):
        run("alerts", "show", one(home, restricted=True)["id"], "--restricted", "--as", "h-dsl",
            "--reason", "curious", "--home", str(home))  # fmt: skip
    assert audit(home, "restricted_read") == []


def test_the_dsl_of_another_school_cannot_acknowledge(home):
    another_school(home)
    with pytest.raises(InputError, match="No alert begins with"):
        run("alerts", "ack", one(home, restricted=True)["id"], "--as", "h-dsl", "--home", str(home))


def test_somebody_outside_the_audience_cannot_acknowledge(home):
    with pytest.raises(InputError, match="not for c-dray"):
        run("alerts", "ack", number_about_a_child(home), "--as", "c-dray", "--home", str(home))
    with pytest.raises(InputError, match="No alert begins with"):
        run("alerts", "ack", about_the_head(home), "--as", "c-dray", "--home", str(home))
    assert audit(home, "alert_acked") == []


def test_whoever_acknowledged_first_keeps_it_and_a_later_one_is_told_who(home):
    wanted = about_the_head(home)
    run("alerts", "ack", wanted, "--as", "o-fennimore", "--home", str(home))
    later = run("alerts", "ack", wanted, "--as", "i-larkspur", "--home", str(home)).stdout
    assert "is with Mr Osbert Fennimore (chair of governors) already" in later
    assert audit(home, "alert_acked") == ["o-fennimore"]


@pytest.mark.parametrize("restricted", [True, False])
def test_who_acknowledged_and_when_is_shown(home, restricted):
    wanted = about_a_child(home) if restricted else one(home, restricted=False)["id"]
    run("alerts", "ack", wanted, "--as", "i-larkspur", "--home", str(home))
    for words in (("list", "--all"), ("show", wanted)):
        for reader, known in (("t-quillfeather", "Larkspur"), ("i-larkspur", "you")):
            assert known in as_read("alerts", *words, "--as", reader, "--home", str(home))
        found = content(run("alerts", *words, "--json", "--home", str(home)).stdout)
        alert = found if isinstance(found, dict) else next(a for a in found if a["id"] == wanted)
        assert alert["acknowledged"]["by"] == "i-larkspur"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", alert["acknowledged"]["at"])


def test_the_reader_who_is_not_named_is_asked_for(home):
    nobody_named(home)
    with pytest.raises(InputError, match="Say who you are: --as PERSON"):
        run("alerts", "show", one(home, restricted=True)["id"], "--restricted", "--reason", "on duty",
            "--home", str(home))  # fmt: skip
    with pytest.raises(InputError, match="Say who you are: --as PERSON"):
        run("alerts", "ack", one(home, restricted=True)["id"], "--home", str(home))


def test_an_acknowledged_alert_leaves_the_open_list_and_is_audited(home):
    wanted = one(home, restricted=False)["id"]
    assert "is with" in run("alerts", "ack", wanted, "--as", "i-larkspur", "--home", str(home)).stdout
    listed = run("alerts", "list", "--open", "--json", "--home", str(home)).stdout
    assert wanted not in [a["id"] for a in content(listed)]
    assert wanted in run("alerts", "list", "--all", "--json", "--home", str(home)).stdout
    assert "i-larkspur" in audit(home, "alert_acked")


def test_its_subject_cannot_acknowledge_an_alert(home):
    with pytest.raises(InputError, match="No alert begins with"):
        run("alerts", "ack", about_the_head(home), "--as", "t-quillfeather", "--home", str(home))


def test_an_unknown_person_is_told_who_is_known(home):
    with pytest.raises(InputError, match="i-larkspur"):
        run("alerts", "ack", one(home, restricted=False)["id"], "--as", "nobody", "--home", str(home))


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
    read = run("alerts", "show", wanted, "--restricted", "--as", "c-dray", "--reason", "I was asked next",
               "--home", str(home))  # fmt: skip
    assert read.exit_code == 0
    run("alerts", "ack", wanted, "--as", "c-dray", "--home", str(home))
    assert audit(home, "alert_acked") == ["c-dray"]


def test_asked_next_or_not_its_subject_may_neither_read_nor_acknowledge(home):
    wanted = about_the_head(home)
    ask_next(home, wanted, "t-quillfeather")
    for words in (("show", wanted, "--restricted", "--reason", "asked"), ("ack", wanted)):
        with pytest.raises(InputError, match="No alert begins with"):
            run("alerts", *words, "--as", "t-quillfeather", "--home", str(home))


@pytest.mark.parametrize("restricted", [True, False])
def test_who_was_asked_next_is_shown_only_to_one_who_may_read_it(home, restricted):
    wanted = one(home, restricted=restricted)["id"]
    ask_next(home, wanted, "c-dray")
    shown = run("alerts", "show", wanted, "--home", str(home)).stdout
    assert ("asked next" in shown) is not restricted
    if restricted:
        shown = run("alerts", "show", wanted, "--restricted", "--as", "i-larkspur", "--reason", "on duty",
                    "--home", str(home)).stdout  # fmt: skip
    assert re.search(r"asked next, \w{3} \d\d? \w{3} \d{4}, \d\d:\d\d: ", shown)
    listed = run("alerts", "show", wanted, "--json", "--home", str(home)).stdout
    assert ("c-dray" in listed) is not restricted


def test_how_to_read_a_restricted_matter_is_said_only_to_one_who_may(home):
    child = number_about_a_child(home)
    hints = {
        person: "To read it:" in run("alerts", "show", child, "--as", person, "--home", str(home)).stdout
        for person in ("i-larkspur", "c-dray")
    }
    assert hints == {"i-larkspur": True, "c-dray": False}


def as_read(*words):
    return " ".join(run(*words).stdout.split())


def test_whoever_reads_a_restricted_matter_sees_in_the_list_what_it_is_about_and_what_to_do(home):
    listed = as_read("alerts", "list", "--as", "i-larkspur", "--home", str(home))
    assert "with the DSL: A child may be at risk. Next: read it now" in listed
    assert "An allegation about the head concerns a child. Next: read it now" in listed
    assert listed.count("if a child is in danger now, ring 999") == 2
    assert not [s for s in SECRETS if s.lower() in listed.lower()]


@pytest.mark.parametrize("who", ["c-dray", "nobody"])
def test_everybody_else_sees_only_that_it_is_with_the_safeguarding_lead(home, who):
    nobody_named(home)
    listed = as_read("alerts", "list", *(["--as", who] if who != "nobody" else []), "--home", str(home))
    assert "with the DSL" in listed
    telling = ("child", "allegation", "safeguarding procedure", "--restricted")
    assert not [word for word in telling if word in listed]


def test_the_list_ends_with_how_to_read_one_and_what_needs_a_reason(home):
    *_, plain, restricted = run(
        "alerts", "list", "--as", "i-larkspur", "--home", str(home)
    ).stdout.splitlines()
    assert plain == "To read one: schoolgate alerts show ID"
    assert restricted == "What is with the DSL: schoolgate alerts show ID --restricted --reason “…”"


@pytest.mark.parametrize(
    ("who", "told"),
    [
        (
            "i-larkspur",
            "if anybody is in danger now, ring 999; if not, ask whoever is threatened, then ring 101",
        ),
        (
            "t-quillfeather",
            "if anybody is in danger now, ring 999; if not, ask whoever is threatened, then ring 101",
        ),
        (
            "b-thistlewood",
            "if you are in danger now, ring 999; if not, you are asked before anybody rings 101",
        ),
        ("c-dray", "if anybody is in danger now, ring 999; if not, those who were told ring 101"),
    ],
)
def test_of_a_threat_each_reader_has_one_plain_instruction(home, who, told):
    listed = as_read("alerts", "list", "--as", who, "--home", str(home))
    assert listed.count("999; if not, ") == 1
    assert told in listed
    stories = as_read("story", "list", "--as", who, "--home", str(home))
    assert told in stories


def test_no_line_of_the_list_is_wider_than_a_narrow_terminal(home):
    listed = run("alerts", "list", "--all", "--as", "i-larkspur", "--home", str(home)).stdout
    assert max(map(len, listed.splitlines())) <= 80


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
    listed = as_read("alerts", "list", "--as", "i-larkspur", "--home", str(home))
    assert "“Oakfield headteacher suspended" in listed
    assert "agree who speaks to the press and what parents are told" in listed
    nobody_named(home)
    assert "headteacher suspended" not in as_read("alerts", "list", "--home", str(home))


@pytest.mark.parametrize(("group", "most"), [("alerts", 12), ("case", 6), ("story", 28)])
def test_a_list_asks_no_more_of_the_store(home, monkeypatch, group, most):
    """Each statement costs some milliseconds of planning, however little it finds; these may only fall."""
    asked = []
    execute = connect.ParsedOnce.execute

    def counted(con, *given):
        asked.append(given[0])
        return execute(con, *given)

    monkeypatch.setattr(connect.ParsedOnce, "execute", counted)
    run(group, "list", "--home", str(home))
    assert 0 < len(asked) <= most


def test_what_weighed_most_stands_among_the_reasons_of_an_alert_and_of_its_story(home):
    post = a_mention("van", title="", text="They never ring. He drives a van at them! Bye.")
    judged = {"severity": Severity.TODAY, "route": Route.RESPOND}
    verdict, alert = a_verdict(post, **judged, weighed_most=(17, 41)), an_alert("s-van", **judged)
    batch = a_batch(post, verdicts=[verdict], story_id="s-van", alerts=[alert])
    with a_store(home, Clock(DEMO_NOW)).write("a van") as con:
        save(con, batch, now=DEMO_NOW, policy=POLICY)
    for words in (("alerts", "show", alert.id), ("story", "show", "s-van")):
        said = run(*words, "--home", str(home)).stdout
        assert "- What weighed most: “He drives a van at them!”" in said, said
        found = content(run(*words, "--json", "--home", str(home)).stdout)
        assert next(iter(found.get("posts", [found])))["weighed_most"] == "He drives a van at them!"
