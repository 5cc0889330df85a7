"""`schoolgate case letter | host`: a draft shown or written, recorded by its hash; nothing sent."""

from __future__ import annotations

import io
import stat
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from builders.case_desk import NOW as SEEN
from builders.case_desk import Desk, a_desk, about_the_head, disclosure, insult, restricted, review
from builders.letter import DEFAMED, NOW, ON_A_FORUM, S5, a_file, rules, whole
from builders.mention import a_batch, a_mention, a_run, a_verdict
from builders.registries import PUBLIC, RIPE, Registers, document, resolving

from alerts.letters.kinds import LetterFacts, LetterKind, WantedFact
from data.steps.codes import StepKind
from data.store.cases import cases as case_store
from data.store.engine.audit_chain import links
from data.store.mentions.batch import save
from data.types import About, Policy, Route, Severity
from monitor.act.casework import hosting
from monitor.act.letter import NotDrafted, drafted
from monitor.cli.commands.case.letter import somebody_to_ask, warning_lines

AS_HEAD = ("--as", "holt")
REPLY = ("letter", "2", "reply", "--fact", "contact=01632 960 002")
LINK = ("--fact", "complaints_url=https://oakfield.example.sch.uk/complaints")


def _three(desk):
    desk("open", insult(desk), *AS_HEAD)
    desk("open", review(desk), *AS_HEAD)
    desk("open", disclosure(desk), "--as", "pike")
    desk("open", about_the_head(desk), "--as", "marsh")


@pytest.fixture
def desk(tmp_path):
    """0001: an insult, 0002: a fair review, 0003: with the DSL, 0004: it may accuse the head."""
    return a_desk(tmp_path, _three)


def letters(desk, number="0002"):
    with desk.store.read() as con:
        return [s for s in case_store.steps(con, number) if s.kind is StepKind.LETTER]


def test_a_letter_is_shown_and_recorded_by_its_hash_without_its_words(desk):
    ran = desk(*REPLY, *LINK, *AS_HEAD)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("DRAFT. ")
    assert "Nothing was sent." in ran.out
    (step,) = letters(desk)
    assert step.written["letter"] == "reply"
    assert step.written["form"] == "txt"
    assert len(step.written["sha256"]) == 64
    assert "01632" not in str(step)
    assert step.actor == "holt"


def test_a_letter_is_written_as_text_mail_and_pdf_for_its_owner_alone(desk, tmp_path):
    out = tmp_path / "letters"
    ran = desk(*REPLY, *LINK, *AS_HEAD, "--out", str(out))
    assert ran.code == 0, ran.err
    files = sorted(out.iterdir())
    assert [f.suffix for f in files] == [".eml", ".pdf", ".txt"]
    assert all(stat.S_IMODE(f.stat().st_mode) == 0o600 for f in files)
    assert all(f.name.startswith("900001-0002-reply-") and "DRAFT" in f.name for f in files)
    (step,) = letters(desk)
    hashes = dict(zip(step.written["form"].split(), step.written["sha256"].split(), strict=True))
    assert hashes == {f.suffix[1:]: sha256(f.read_bytes()).hexdigest() for f in files}


def test_what_is_missing_is_told_with_its_questions_and_nothing_is_recorded(desk, tmp_path):
    ran = desk(*REPLY, *AS_HEAD, "--out", str(tmp_path / "letters"))
    assert ran.code == 1
    assert "complaints_url" in ran.err
    assert "Where is your complaints procedure?" in ran.err
    assert not (tmp_path / "letters").exists()
    assert not letters(desk)


def at_a_terminal(desk, ask, *words):
    """The command where somebody is there to answer."""
    with patch("monitor.cli.commands.case.letter.somebody_to_ask", lambda: ask):
        return desk("letter", "2", *words, *AS_HEAD)


def test_what_is_missing_is_asked_where_somebody_is_there(desk):
    asked = []

    def ask(want: WantedFact) -> str:
        asked.append(want.question)
        return (
            "https://oakfield.example.sch.uk/complaints" if "complaints" in want.question else "01632 960 002"
        )

    ran = at_a_terminal(desk, ask, "reply")
    assert ran.code == 0
    assert len(asked) == 2
    assert "01632 960 002" in ran.out


def test_an_answer_that_may_not_stand_is_asked_for_again(desk):
    answers = iter(["It names Jane Holt", "We have asked for a crossing."])
    facts = ["contact=01632 960 002", LINK[1], "answer_given=Jane Holt will."]
    given = [word for fact in facts for word in ("--fact", fact)]
    ran = at_a_terminal(desk, lambda _: next(answers), "reply", *given)
    assert "We have asked for a crossing." in ran.out.replace("\n", " ")


def test_the_list_says_which_letters_there_are_and_why_not_the_others(desk):
    ran = desk("letter", "2", "--list", *AS_HEAD)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert any(line.startswith("reply") and "Reply to a fair review" in line for line in lines)
    assert any(line.startswith("s5_notice") and "no: This is fair comment" in line for line in lines)
    assert not letters(desk)


def test_the_list_as_data(desk):
    rows = {row["kind"]: row for row in desk("letter", "2", "--list", "--json", *AS_HEAD).data}
    assert rows["reply"] == {"kind": "reply", "possible": True, "why_not": ""}
    assert not rows["police"]["possible"]


def test_a_letter_as_data_holds_its_text_and_hash(desk):
    held = desk(*REPLY, *LINK, *AS_HEAD, "--json").data
    assert sha256(held["text"].encode()).hexdigest() == held["sha256"]["txt"]
    assert held["case"] == "0002"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("letter", "2", "ransom", *AS_HEAD), "ransom: there is no such thing"),
        (("letter", "2", *AS_HEAD), "--list"),
        ((*REPLY, *AS_HEAD, "--fact", "nonsense"), "name=value"),
        ((*REPLY, *AS_HEAD, "--fact", "pupil=x"), "takes no such fact"),
        (("letter", "2", "reply", "--as", "nobody-here"), "no such person"),
        (("letter", "99", "--list", *AS_HEAD), "no case 0099"),
    ],
)
def test_wrong_use_is_told_and_changes_nothing(desk, words, said):
    ran = desk(*words)
    assert ran.code == 2
    assert said in ran.err
    assert not letters(desk)


@pytest.mark.parametrize(
    ("number", "person"), [("3", "holt"), ("4", "holt"), ("2", "vale"), ("2", "elsewhere")]
)
def test_who_may_not_read_the_case_gets_no_letter_of_it(desk, number, person):
    ran = desk("letter", number, "--list", "--as", person)
    assert ran.code == 2
    assert not ran.out


def test_where_there_is_no_letter_at_all_that_is_said_once_with_what_to_do_instead(desk):
    said = desk("letter", "3", "--list", "--as", "pike").out
    assert said.count("bypasses the ladder") == 1
    assert 'schoolgate case show 0003 --restricted --reason "…" --as pike' in said
    assert len(said.splitlines()) == 2


def test_a_letter_that_cannot_be_written_was_not_made(desk, tmp_path):
    (tmp_path / "file").write_text("here", encoding="utf-8")
    with pytest.raises(OSError, match="file"):
        desk(*REPLY, *LINK, *AS_HEAD, "--out", str(tmp_path / "file"))
    assert not letters(desk)


def _threat(desk):
    story = desk.story(
        "threat", route=Route.POLICE_NOW, severity=Severity.THIS_HOUR, about=About.PUPIL,
        content_class="C6", restricted=True, abuse=("threat",), alert=True,
    )  # fmt: skip
    desk("open", story, "--as", "pike")


GIVEN = {"force": "Northvale Police", "why": "It may be one.", "contact": "01632 960 002", "danger": "No."}
FACTS = [word for name, said in GIVEN.items() for word in ("--fact", f"{name}={said}")]
TO_THE_POLICE = ("letter", "1", "police", "--as", "pike", *FACTS)


def test_reading_a_restricted_post_for_a_letter_is_recorded(tmp_path):
    desk = a_desk(tmp_path, _threat)
    ran = desk(*TO_THE_POLICE)
    assert ran.code == 0, ran.err
    assert "https://" in ran.out
    with desk.store.read() as con:
        read = [link.entry for link in links(con) if link.entry.action == "restricted_read"]
    assert [(entry.actor, entry.codes[0]) for entry in read] == [("pike", "case:0001")]


def test_listing_the_letters_of_a_restricted_case_reads_nothing(tmp_path):
    desk = a_desk(tmp_path, _threat)
    assert desk("letter", "1", "--list", "--as", "pike").code == 0
    with desk.store.read() as con:
        assert not [link for link in links(con) if link.entry.action == "restricted_read"]


def test_whom_a_post_is_aimed_at_knows_where_it_stands_but_gets_no_letter_of_it(desk):
    desk("step", "target", "1", "--person", "vale", *AS_HEAD)
    ran = desk("letter", "1", "--list", "--as", "vale")
    assert ran.code == 2
    assert not ran.out


def test_what_may_be_unwise_is_said_beside_the_draft(desk):
    assert desk(*REPLY, *LINK, *AS_HEAD, "--json").data["warnings"] == []
    made = whole(LetterKind.S5_NOTICE, DEFAMED, S5 | {"statement": "Jo Fern stole it"}, post=ON_A_FORUM)
    first, *more = warning_lines(made)
    assert first == "Before this goes to anybody:"
    assert more == [f"  - {warning}" for warning in made.warnings]
    assert list(warning_lines(replace(made, warnings=()))) == []


def test_what_was_posted_is_typed_over_as_many_lines_as_it_has(monkeypatch):
    typed = io.StringIO("“He stole it\n\n- all of it”\n\n\nthe next answer\n")
    monkeypatch.setattr("sys.stdin", typed)
    monkeypatch.setattr("monitor.terminal.private_words._more_is_there", lambda: False)
    monkeypatch.setattr("monitor.cli.commands.case.letter.at_a_terminal", lambda: True)
    ask = somebody_to_ask()
    assert ask is not None
    assert ask(WantedFact("statement", "What is it?")) == "“He stole it\n\n- all of it”"
    assert typed.readline() == "the next answer\n"


def test_the_police_are_not_given_changed_words_without_a_warning(tmp_path):
    desk = a_desk(tmp_path, _threat)
    assert "is not what was sealed" not in desk(*TO_THE_POLICE).out
    with desk.store.write("tampering") as con:
        con.execute("UPDATE mentions SET author = 'Somebody else'")
        con.execute("UPDATE restricted_texts SET text = 'He is a lovely man', author = 'Somebody else'")
    ran = desk(*TO_THE_POLICE)
    assert "What is held about this case is not what was sealed." in ran.out


def test_an_answer_that_rules_a_notice_out_ends_the_questions_before_the_long_ones():
    asked: list[str] = []

    def says_no(want: WantedFact) -> str:
        asked.append(want.fact)
        return "no"

    given = LetterFacts(NOW, "en", {"email": "sam.vale@example.org"})
    with pytest.raises(NotDrafted, match="Ask a lawyer"):
        drafted(LetterKind.S5_NOTICE, a_file(DEFAMED, post=ON_A_FORUM), given, rules(), says_no)
    assert asked == ["no_details"]


# `schoolgate case host`: the platform's own way, or who hosts the website, recorded in the case.


ORG = "https://rdap.publicinterestregistry.org/rdap/domain/example.org"
ASKED_AT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


@pytest.fixture
def empty(tmp_path):
    return Desk(tmp_path)


def _insult(empty):
    opened(empty, insult(empty))


@pytest.fixture
def insulted(tmp_path):
    """A home with a case about a post in a local forum, which is a website of its own."""
    return a_desk(tmp_path, _insult)


@pytest.fixture
def registers(monkeypatch):
    """The registers as they answer here; no other machine is asked."""
    fetch = Registers({ORG: document("nominet"), RIPE + PUBLIC: document("ripe")})

    look = partial(hosting.look, fetch=fetch, resolve=resolving(PUBLIC))
    monkeypatch.setattr(hosting, "look", look)
    return fetch


def opened(empty, story):
    assert empty("open", story, "--as", "pike").code == 0


def steps(empty):
    with empty.store.read() as con:
        return case_store.steps(con, "0001")


def on_facebook(empty):
    mention = a_mention("fb", channel="facebook", url="https://www.facebook.com/groups/1/posts/2")
    verdict = a_verdict(
        mention, route=Route.REQUEST_REMOVAL, severity=Severity.TODAY, about=About.STAFF, content_class="C11"
    )
    batch = a_batch(mention, verdicts=[verdict], story_id="story-fb", run=a_run("feed:fb"))
    with empty.store.write("test") as con:
        save(con, batch, now=SEEN, policy=Policy())
    return "story-fb"


def test_a_website_is_looked_up_and_what_is_found_is_recorded(insulted, registers):
    ran = insulted("host", "1", "--as", "holt")
    assert ran.code == 0
    assert "example.org, registered through Example Registrations Ltd" in ran.out
    assert "abuse@host.example" in ran.out
    assert "A local forum: “Report” at the post where there is one" in ran.out
    step = steps(insulted)[-1]
    assert (step.kind, step.actor, step.written["network"]) == (
        StepKind.HOSTED,
        "holt",
        "Example Hosting Ltd",
    )


def test_the_address_of_the_post_is_not_asked_for(insulted, registers):
    insulted("host", "1", "--as", "holt")
    assert not [url for url in registers.urls if "forum.example.org/insult" in url]


def test_offline_nobody_is_asked_and_what_is_known_is_shown(insulted, registers):
    before = insulted("host", "1", "--as", "holt", "--offline")
    assert "Who hosts it was not asked yet: schoolgate case host 0001 --as holt\n" in before.out
    assert "by hand: https://rdap.publicinterestregistry.org/rdap/domain/example.org" in before.out
    assert not registers.asked
    insulted("host", "1", "--as", "holt")
    asked = len(registers.asked)
    after = insulted("host", "1", "--as", "holt", "--offline")
    assert "Example Hosting Ltd" in after.out
    at = steps(insulted)[-1].done_at.astimezone(ZoneInfo("Europe/London"))
    assert f"Asked on    {at:%d %B %Y}" in after.out
    assert len(registers.asked) == asked
    assert sum(s.kind is StepKind.HOSTED for s in steps(insulted)) == 1


def test_a_front_is_said_to_be_one(insulted, registers):
    registers.answers[RIPE + PUBLIC] = document("arin")
    assert "Cloudflare only stands in front of the site" in insulted("host", "1", "--as", "holt").out
    said = "perhaps only in front of the site, which somebody else may hold: Cloudflare"
    assert said in " ".join(insulted("show", "1", "--as", "holt").out.split())


def test_what_is_not_found_is_said_and_the_rest_is_recorded(insulted, registers):
    registers.answers[ORG] = 503
    ran = insulted("host", "1", "--as", "holt")
    assert ran.code == 0
    assert "Not found   The register of .org was asked for forum.example.org" not in ran.out
    assert "The register of .org was asked for example.org: It answered 503." in ran.out
    assert steps(insulted)[-1].written["network_abuse"] == "abuse@host.example"


def test_a_platform_has_its_own_way_and_no_register_is_asked(empty, registers):
    opened(empty, on_facebook(empty))
    ran = empty("host", "1", "--as", "holt")
    assert "Facebook: The menu (three dots) at the post itself" in ran.out
    assert "grounds   private or personal details" in ran.out
    assert "A whole account: The three dots at the profile or the page" in ran.out
    assert "An account that poses as somebody: The three dots at the profile" in ran.out
    assert "  address   https://www.facebook.com/help/contact/295309487309948" in ran.out
    data = empty("host", "1", "--as", "holt", "--json").data
    assert [way["of"] for way in data["route"]["ways"]] == ["account", "posing"]
    assert not registers.asked
    assert steps(empty)[-1].kind is not StepKind.HOSTED


def test_json_has_the_facts_and_the_way(insulted, registers):
    data = insulted("host", "1", "--as", "holt", "--json").data
    assert data["case"] == "0001"
    assert data["hosting"]["domain"] == "example.org"
    assert (data["route"]["platform"], data["route"]["old"]) == ("forum", False)
    assert data["route"]["grounds"] == ["bullying", "harassment"]


def test_a_way_looked_at_long_ago_is_shown_as_old(empty, registers, monkeypatch):
    monkeypatch.setattr("data.effects.utc_now", lambda: datetime(2027, 6, 1, tzinfo=UTC))
    opened(empty, on_facebook(empty))
    assert "over six months ago: check it" in empty("host", "1", "--as", "holt").out


def test_whom_it_accuses_learns_nothing(empty, registers):
    opened(empty, about_the_head(empty))
    ran = empty("host", "1", "--as", "holt")
    assert (ran.code, registers.asked) == (2, [])
    assert "There is no case 0001" in ran.err


@pytest.mark.parametrize("more", [(), ("--offline",), ("--restricted", "--reason", "I am on duty")])
@pytest.mark.parametrize(("story", "guard"), [(disclosure, "“lane”"), (review, "“fair_comment”")])
def test_where_nobody_is_asked_no_way_of_asking_is_shown(empty, registers, story, guard, more):
    opened(empty, story(empty))
    ran = empty("host", "1", "--as", "pike", *more)
    assert (ran.code, ran.out, guard in ran.err) == (1, "", True)
    assert not registers.asked


@pytest.mark.parametrize("more", [(), ("--offline",), ("--json",), ("--reason", "I am on duty")])
def test_where_a_restricted_post_stands_is_not_shown_without_being_asked_for(empty, registers, more):
    opened(empty, restricted(empty))
    ran = empty("host", "1", "--as", "pike", *more)
    assert (ran.code, ran.out) == (2, "")
    assert "schoolgate case host 0001 --restricted --as pike --reason “…”" in ran.err
    assert not registers.asked
    assert reads(empty) == []


def test_where_a_restricted_post_stands_is_shown_with_a_reason_that_is_kept(empty, registers):
    opened(empty, restricted(empty))
    without = empty("host", "1", "--as", "pike", "--restricted")
    assert (without.code, "--reason" in without.err) == (2, True)
    ran = empty("host", "1", "--as", "pike", "--restricted", "--reason", "To write to the host")
    assert "Example Hosting Ltd" in ran.out
    assert reads(empty) == ["pike"]


def reads(empty):
    with empty.store.read() as con:
        return [link.entry.actor for link in links(con) if link.entry.action == "restricted_read"]


def test_the_registers_are_asked_without_robots_txt_and_the_rest_of_the_guard(tmp_path, monkeypatch):
    asked = []

    def fetcher(config, **options):
        asked.append(options)
        return nullcontext(Registers({ORG: document("nominet")}))

    monkeypatch.setattr(hosting.wiring, "fetcher", fetcher)
    found = hosting.look(None, tmp_path, "https://example.org/x", ASKED_AT, resolve=resolving(PUBLIC))
    assert asked == [{"obey_robots": False}]
    assert found.domain == "example.org"
