"""`schoolgate report-in --list`: many posts at once, shown before they are recorded, and one matter then."""

from __future__ import annotations

import json
import re

import pytest
from builders.case_desk import run as typed
from support.rows import rows as query
from typer.testing import CliRunner

from data.errors import SchoolgateError, StoreBusy, as_typed
from data.store.engine.open import Store
from monitor.cli.app import app

AT = "https://www.tiktok.com/@thornleigh_exposed/video"
INSULTS = (
    "Mr Thistlewood at Oakfield is a fat useless moron and an ugly pig, everybody laugh at him.",
    "look at the state of Thistlewood from Oakfield Primary, what an ugly pathetic clown, post your pictures",
    "Oakfield Primary teachers are thick as mince and Thistlewood is the thickest moron of the lot of them",
)
THREAT = "I am going to stab Mr Thistlewood of Oakfield Primary at the gate tomorrow at half past three."
HEAD = "The headteacher of Oakfield Primary pockets the trip money, she is a thief."
CHILD = (
    "im in year 5 at oakfield primary. my stepdad hits me every night and i am scared to go home, please help"
)


def a_list(home, *lines, head="address,words", encoding="utf-8"):
    path = home / "list.csv"
    rows = [head, *(f'{address},"{words}"' for address, words in lines)]
    path.write_bytes("\r\n".join(rows).encode(encoding))
    return path


def films(*words, start=1):
    return [(f"{AT}/{n}", said) for n, said in enumerate(words, start=start)]


def run(home, path, *options, code=0):
    given = ["--list", str(path)] if path is not None else []
    result = CliRunner().invoke(app, ["report-in", *given, *options, "--home", str(home)])
    if isinstance(result.exception, SchoolgateError):
        assert result.exception.exit_code == code
        return as_typed(str(result.exception))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def said(home, *words):
    result = CliRunner().invoke(app, [*words, "--home", str(home)])
    assert result.exit_code == 0, result.output
    return result.stdout


def handed_in(home):
    sql = """SELECT x.story_id, m.url, x.how FROM matches x JOIN mentions m ON m.id = x.mention_id
        WHERE m.id IN (SELECT subject FROM audit WHERE action = 'reported_in') AND m.channel = 'tiktok'
        ORDER BY m.url"""
    return query(home, sql)


def test_nothing_is_written_until_that_is_asked_for(home):
    before = query(home, "SELECT max(n) FROM audit")
    shown = run(home, a_list(home, *films(*INSULTS)))
    assert "Nothing was written. To record 3 lines: the same command with --yes" in shown
    assert query(home, "SELECT max(n) FROM audit") == before


def test_its_lines_are_one_story_and_one_alert(home):
    before = query(home, "SELECT count(*) FROM alerts")[0][0]
    run(home, a_list(home, *films(*INSULTS)), "--yes", "--seen-by", "Front office")
    assert len({story for story, _, _ in handed_in(home)}) == 1
    assert len(handed_in(home)) == 3
    assert query(home, "SELECT count(*) FROM alerts")[0][0] == before + 1


def test_which_line_turns_all_of_it_past_the_head_is_said_before_and_after(home):
    path = a_list(home, *films(*INSULTS[:2], HEAD))
    for shown in (run(home, path), run(home, path, "--yes")):
        assert "Line 4 speaks of the headteacher. If that accuses them, they are told of no line" in shown
        assert "hand that in apart" in shown
    path = a_list(home, *films(INSULTS[0], HEAD, HEAD.upper(), start=7))
    (advice,) = json.loads(run(home, path, "--json"))["advice"]
    assert advice.startswith("Line 3 and line 4 speak of the headteacher.")


@pytest.mark.parametrize("lines", [INSULTS, (HEAD, HEAD.lower())], ids=["none", "all"])
def test_where_every_line_or_none_speaks_of_the_head_nothing_is_said_of_it(home, lines):
    assert "headteacher" not in run(home, a_list(home, *films(*lines)))


@pytest.mark.parametrize("words", [THREAT, CHILD])
def test_what_the_words_of_a_line_show_that_cannot_wait_is_a_matter_of_its_own(home, words):
    run(home, a_list(home, *films(INSULTS[0], words, INSULTS[2])), "--yes")
    sql = """SELECT a.route, count(DISTINCT x.mention_id), bool_or(s.restricted) FROM alerts a
        JOIN stories s ON s.id = a.story_id JOIN matches x ON x.story_id = a.story_id
        WHERE a.story_id IN (SELECT story_id FROM matches WHERE mention_id IN
            (SELECT subject FROM audit WHERE action = 'reported_in' AND done_at >=
                (SELECT max(done_at) - INTERVAL 1 MINUTE FROM audit)))
        GROUP BY a.route, a.story_id"""
    found = {route: rest for route, *rest in query(home, sql)}
    urgent = {"police_now", "safeguarding"} & set(found)
    assert len(urgent) == 1
    assert found[urgent.pop()][0] == 1
    (others,) = [rest for route, rest in found.items() if route not in ("police_now", "safeguarding")]
    assert others == [2, False]


def test_what_is_said_of_the_whole_list_holds_for_the_one_matter(home):
    run(home, a_list(home, *films(*INSULTS)), "--yes", "--danger", "soon", "--danger-to", "b-thistlewood")
    (story,) = {story for story, _, _ in handed_in(home)}
    assert query(home, f"SELECT route FROM alerts WHERE story_id = '{story}'") == [("police_now",)]


def test_a_second_run_adds_what_is_new_to_the_same_matter_and_says_so(home):
    run(home, a_list(home, *films(*INSULTS[:2])), "--yes", "--as", "c-dray")
    ((story, _, _), _) = handed_in(home)
    again = run(home, a_list(home, *films(*INSULTS)), "--yes", "--as", "c-dray")
    assert "Recorded: 1 line that you have not handed in before." in again
    assert re.search(r"line 2 +known +\S+/1: you handed it in before", " ".join(again.split()))
    assert {s for s, _, _ in handed_in(home)} == {story}
    assert query(home, "SELECT count(*) FROM audit WHERE action = 'reported_in' AND done_at > '2026-11-18'")


def test_a_third_run_has_nothing_to_record(home):
    path = a_list(home, *films(*INSULTS))
    run(home, path, "--yes", "--as", "c-dray")
    before = query(home, "SELECT max(n) FROM audit")
    assert "There is nothing new to record. Nothing was written." in run(
        home, path, "--yes", "--as", "c-dray"
    )
    assert query(home, "SELECT max(n) FROM audit") == before


def test_nobody_is_told_of_what_somebody_else_handed_in(home):
    path = a_list(home, *films(*INSULTS))
    mine = run(home, path, "--as", "i-larkspur")
    run(home, path, "--yes", "--as", "c-dray")
    assert run(home, path, "--as", "i-larkspur") == mine


def test_a_refused_line_is_named_with_why_and_the_others_are_recorded(home):
    lines = [
        *films(INSULTS[0]),
        ("https://www.tiktok.com/@thornleigh_exposed", "the account"),
        ("tiktok the second", "x"),
        ("", ""),
        (f"{AT}/9", "bell \x07 here"),
        *films(INSULTS[0]),
    ]
    shown = " ".join(run(home, a_list(home, *lines), "--yes", code=3).split())
    assert "line 3 refused https://www.tiktok.com/@thornleigh_exposed: this is somebody's profile" in shown
    assert "line 4 refused tiktok the second: not a web address." in shown
    assert "line 6 refused" in shown
    assert "words: sign 6 is a control character (U+0007). Delete it there." in shown
    assert f"line 7 refused {AT}/1: the same as line 2." in shown
    assert "Not recorded: 4 lines, as said above." in shown
    assert len(handed_in(home)) == 1


BAD = {
    "address,words\nhttps://example.org/1,one, two": "line 2: 3 cells where the first line names 2",
    'address,words\nhttps://example.org/1,"one\n': "line 2: a quotation mark is left open",
    "url,words\nhttps://example.org/1,one": "line 1: the column “address” is missing",
    "address,words,file\nhttps://example.org/1,one,a.png": "line 1: “file” is no column",
    "address,words\n": "no line below the first",
    "address,words\n" + "".join(f"https://example.org/{n},x\n" for n in range(201)): "201 lines; 200 at most",
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_such_table_is_refused_with_line_and_remedy(home, text):
    path = home / "list.csv"
    path.write_text(text, encoding="utf-8")
    assert BAD[text] in run(home, path, "--yes", code=2)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("address,words\n".encode("utf-16"), "it is in UTF-16. Save it as “CSV UTF-8”"),
        (b"address,words\n,caf\x8d", "line 2: a byte that is neither UTF-8 nor Windows-1252"),
    ],
)
def test_another_encoding_is_refused(home, raw, fault):
    path = home / "list.csv"
    path.write_bytes(raw)
    assert fault in run(home, path, code=2)


@pytest.mark.parametrize(
    ("encoding", "name"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("cp1252", "Windows-1252")]
)
def test_it_says_how_it_was_read(home, encoding, name):
    path = a_list(home, ("", "Café “Thistlewood” – what a moron"), encoding=encoding)
    shown = run(home, path)
    assert f"1 line, read as {name}." in shown
    assert "“Café “Thistlewood” – what a moron”" in shown


def test_columns_may_stand_the_other_way_and_be_parted_by_semicolons(home):
    path = home / "list.csv"
    path.write_text(f"Words;Address\n{INSULTS[0]};{AT}/1\n", encoding="utf-8")
    assert f"would be recorded {AT}/1" in " ".join(run(home, path).split())


def test_the_words_of_pictures_of_a_child_are_not_kept_and_each_is_told_by_itself(home):
    run(home, a_list(home, *films("one", "two")), "--yes", "--child-image")
    assert len({story for story, _, _ in handed_in(home)}) == 2
    assert query(home, "SELECT count(*) FROM restricted_texts WHERE text IN ('one', 'two')") == [(0,)]


@pytest.mark.parametrize("option", [("--url", f"{AT}/1"), ("--text", "-"), ("--file", "shot.png")])
def test_what_a_line_has_is_no_option_beside_it(home, option):
    assert "its lines have the addresses and the words" in run(
        home, a_list(home, *films("x")), *option, code=2
    )


def test_as_json_it_says_what_becomes_of_each_line(home):
    lines = json.loads(run(home, a_list(home, *films("one", ""), ("nowhere", "x")), "--json"))
    assert lines["number"] is None
    assert [(one["line"], one["becomes"]) for one in lines["lines"]] == [
        (2, "recorded"),
        (3, "recorded"),
        (4, "refused"),
    ]


def opened(home, *options, lines=INSULTS):
    """The number of a case that the head opens of a list."""
    run(home, a_list(home, *films(*lines)), "--yes", *options)
    story = next(story for story, _, _ in handed_in(home))
    said(home, "case", "open", story, "--as", "t-quillfeather")
    ((case,),) = query(home, f"SELECT id FROM cases WHERE story_id = '{story}'")
    return case, story


def test_a_case_about_it_has_every_line_and_says_so_of_each(home):
    case, story = opened(home)
    file = said(home, "case", "show", case, "--as", "t-quillfeather")
    assert all(f"{AT}/{n}" in file for n in (1, 2, 3))
    assert file.count("  another post of the same matter, ") == 2
    assert said(home, "story", "show", story, "--as", "t-quillfeather").count(f"  Case {case}: ") == 3


def test_a_line_that_comes_later_is_in_its_open_case_from_the_next_step(home):
    case, _ = opened(home, "--as", "c-dray", lines=INSULTS[:2])
    run(home, a_list(home, *films(*INSULTS)), "--yes", "--as", "c-dray")
    said(home, "case", "note", case, "The office found a third", "--as", "t-quillfeather")
    assert f"{AT}/3" in said(home, "case", "show", case, "--as", "t-quillfeather")


def test_a_matter_of_its_own_is_in_no_case_about_the_others(home):
    case, _ = opened(home, lines=(INSULTS[0], INSULTS[1], THREAT))
    assert f"{AT}/3" not in said(home, "case", "show", case, "--as", "t-quillfeather")


def test_what_could_not_be_saved_is_said_and_the_list_is_still_there(home, monkeypatch):
    def held(self, purpose="", *args, **kwargs):
        raise StoreBusy("The store is held by python (PID 7).")

    path = a_list(home, *films(*INSULTS))
    monkeypatch.setattr(Store, "write", held)
    told = run(home, path, "--yes", code=1)
    assert "Nothing of the list was recorded. The store is held by python (PID 7)." in told
    assert told.endswith(f"Once that is put right, hand in {path} once more.")


def test_two_lines_of_an_address_that_was_known_without_words_are_two_posts(home):
    run(home, a_list(home, (f"{AT}/1", "")), "--yes")
    run(home, a_list(home, *((f"{AT}/1", words) for words in INSULTS[:2])), "--yes")
    kept = query(
        home,
        f"SELECT text FROM mention_versions n JOIN mentions m ON m.id = n.mention_id \
        AND m.version = n.n WHERE m.url = '{AT}/1'",
    )
    assert {*INSULTS[:2]} <= {text for (text,) in kept}


def test_its_case_names_the_next_step_of_the_playbook_that_fits(home):
    case, _ = opened(home)
    by = ("--as", "t-quillfeather", "--why", "It mocks a teacher", "--home", str(home))
    assert typed("case", "classify", case, "C2", *by).code == 0
    file = " ".join(said(home, "case", "show", case, "--as", "t-quillfeather").split())
    assert "An account that mocks staff: Nobody answers it, follows it or joins in." in file
