"""Commands that write the settings: `schoolgate set`, `policy add`, `terms add` and those of `schools`."""

from __future__ import annotations

import csv
import tomllib
from datetime import date
from pathlib import Path

import pytest
from builders.case_desk import a_desk, insult
from builders.case_desk import run as typed
from builders.config import SCHOOL, write
from hypothesis import given
from hypothesis import strategies as st
from support.command_call import called
from support.documents import content
from support.every_command import ended

from data.errors import InputError
from data.types import School
from monitor.cli.commands.schools.register import find
from monitor.cli.commands.setup.set import policy_add, set_keys
from monitor.cli.commands.setup.terms import days_in, read_dates
from monitor.config.load import load
from monitor.config.values import Nation
from monitor.setup.answers import fault
from monitor.setup.doctor import settings as checks
from monitor.setup.entries import near, near_numbers, search

FILE = """# ours
[[schools]]
urn = "900001"  # the infants
name = "Oakfield Primary School"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "schoolgate.toml"
    path.write_text(FILE)
    return path


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What is answered, by key; a question that it has not is answered by Enter alone."""
    given: dict[str, str] = {}

    def ask(question: str, default: str | None) -> str:
        key = question.rpartition("(“")[2].partition("”")[0]
        if key not in given and default is None:
            raise AssertionError(f"asked for {key}")
        return given.get(key, default or "")

    monkeypatch.setattr("monitor.cli.commands.setup.set.ask", ask)
    return given


def put(path: Path, *keys: str) -> list[str]:
    return called(set_keys, keys=list(keys), home=path.parent)[1]


def test_values_are_written_as_toml_holds_them_and_comments_stay(path: Path) -> None:
    put(path, "contact=office@example.org", "dpia.recorded_on=2026-09-01", "serve.health_port=9500")
    put(path, "network.own_servers=a.example.org, b.example.org")
    held = tomllib.loads(path.read_text())
    assert held["contact"] == "office@example.org"
    assert held["dpia"] == {"recorded_on": date(2026, 9, 1)}
    assert held["serve"] == {"health_port": 9500}
    assert held["network"] == {"own_servers": ["a.example.org", "b.example.org"]}
    assert FILE in path.read_text()


def test_it_says_what_was_written_and_what_to_do_next(path: Path) -> None:
    said = put(path, "contact=office@example.org")
    assert said[0] == "Written into schoolgate.toml: contact."
    assert said[1].startswith("Next: ")
    assert said[-1].strip() == "schoolgate people add"


def test_a_key_without_a_value_is_asked_for(path: Path, answers: dict[str, str]) -> None:
    answers["contact"] = " office@example.org "
    put(path, "contact")
    assert tomllib.loads(path.read_text())["contact"] == "office@example.org"


def test_a_table_is_asked_for_key_by_key_and_enter_leaves_one_out(
    path: Path, answers: dict[str, str]
) -> None:
    answers |= {"mail.host": "smtp.example.org", "mail.port": "465", "mail.security": "tls"}
    answers["mail.sender"] = "sg@example.org"
    put(path, "mail")
    assert tomllib.loads(path.read_text())["mail"] == {
        "host": "smtp.example.org", "port": 465, "security": "tls", "sender": "sg@example.org",
    }  # fmt: skip


def test_where_nothing_is_answered_nothing_is_changed(path: Path, answers: dict[str, str]) -> None:
    assert put(path, "digest") == ["Nothing was given, so nothing was changed."]
    assert path.read_text() == FILE


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("contcat=office@example.org", "Did you mean “contact”?"),
        ("mail.hots=x", "Did you mean “mail.host”?"),
        ("contact.name=x", "there is no such key"),
        ("sources=x", "schoolgate source --help"),
        ("people", "schoolgate people add"),
        ("contact=nobody", "“nobody” is not an e-mail address"),
        ("dpia.recorded_on=soon", "dpia.recorded_on: “soon” is not a day"),
        ("serve.health_port=many", "health_port"),
        ("network.ca_file=/no/such.pem", "/no/such.pem is not there, or holds no certificate."),
    ],
)
def test_what_cannot_be_set_is_refused_with_what_is_meant_and_nothing_changes(
    path: Path, key: str, said: str
) -> None:
    with pytest.raises(InputError) as refused:
        put(path, key)
    assert said in str(refused.value)
    assert path.read_text() == FILE


def test_a_secret_is_not_taken_from_the_command_line(path: Path, answers: dict[str, str]) -> None:
    secret = "https://beats.example.org/hush-hush"
    with pytest.raises(InputError) as refused:
        put(path, f"serve.heartbeat_url={secret}")
    assert secret not in str(refused.value)
    answers["serve.heartbeat_url"] = secret
    assert secret not in "".join(put(path, "serve.heartbeat_url"))
    assert tomllib.loads(path.read_text())["serve"] == {"heartbeat_url": secret}


def test_a_policy_is_asked_for_and_stands_after_those_that_are_there(
    path: Path, answers: dict[str, str]
) -> None:
    answers |= {"title": "Social media policy", "review_due": "2027-09-01"}
    called(policy_add, home=path.parent)
    answers["title"] = "Complaints policy"
    called(policy_add, home=path.parent)
    assert [p["title"] for p in tomllib.loads(path.read_text())["policies"]] == [
        "Social media policy", "Complaints policy",
    ]  # fmt: skip


def test_a_day_is_taken_as_people_write_it_and_said_as_it_was_understood(path: Path) -> None:
    said = put(path, "dpia.recorded_on=10.11.26")
    assert said[0] == "Written into schoolgate.toml: dpia.recorded_on (Tuesday 10 November 2026)."
    assert tomllib.loads(path.read_text())["dpia"]["recorded_on"] == date(2026, 11, 10)


def test_a_day_that_cannot_be_read_is_asked_for_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["the 10th", "10 Nov 2026"])
    monkeypatch.setattr("monitor.cli.commands.setup.set.ask", lambda *_, **__: next(answers))
    monkeypatch.setattr("monitor.terminal.answers.say", lambda _: None)
    put(path, "dpia.recorded_on")
    assert tomllib.loads(path.read_text())["dpia"]["recorded_on"] == date(2026, 11, 10)


def test_a_nation_is_taken_with_capitals_and_a_blank() -> None:
    assert not fault(Nation, "Northern Ireland")


# `schoolgate terms add`: days as schools publish them, into the file.


PUBLISHED = """\
Term dates 2026 to 2027

Autumn term 2026
Term starts: Wednesday 2nd September 2026
Half term: Monday 26 October 2026 to Friday 30 October 2026
Term ends: Friday 18 December 2026
Christmas holiday: Monday 21 December 2026 to Friday 1 January 2027

Spring term 2027
Monday 4 January to Thursday 25 March 2027
Half term: 15 – 19 February 2027

INSET days: Tuesday 1 September 2026, Monday 12 April 2027
School closed for pupils: 24 to 26 May 2027
See you on 3 May 2027!
"""
AUTUMN = [(date(2026, 9, 2), date(2026, 10, 23)), (date(2026, 11, 2), date(2026, 12, 18))]
SPRING = [(date(2027, 1, 4), date(2027, 2, 12)), (date(2027, 2, 22), date(2027, 3, 25))]
CLOSED = [date(2026, 9, 1), date(2027, 4, 12), date(2027, 5, 24), date(2027, 5, 25), date(2027, 5, 26)]


@pytest.fixture
def terms_file(tmp_path: Path) -> Path:
    return write(tmp_path, f"# ours\n{SCHOOL}\n[policy]\ncriticism_days = 30 # as agreed\n")


def add_terms(terms_file: Path, *words: str, typed: str = "") -> tuple[int, str, str]:
    return ended(["terms", "add", *words, "--home", str(terms_file.parent)], typed)


def of(terms_file: Path) -> tuple[list[tuple[date, date]], list[date]]:
    calendar = load(terms_file, {}).calendar("900001")
    return [(term.first, term.last) for term in calendar.terms], sorted(calendar.closed)


def test_a_list_as_schools_publish_it_gives_terms_cut_at_half_term_and_days_without_pupils():
    found = read_dates(PUBLISHED)
    assert found.terms == AUTUMN + SPRING
    assert found.closed == CLOSED
    assert found.unread == ["See you on 3 May 2027!"]


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(["%d %B %Y", "%d/%m/%Y", "%a %d %b %Y"]))
def test_every_day_that_is_written_is_read_back(day, form):
    assert days_in(day.strftime(form)) == [day]


def test_a_term_given_by_options_is_written_and_the_rest_of_the_file_stays(terms_file):
    before = terms_file.read_text()
    code, out, _ = add_terms(
        terms_file, "--first", "2 September 2026", "--last", "23/10/2026", "--closed", "1 Sept 2026"
    )
    assert code == 0
    assert of(terms_file) == ([AUTUMN[0]], [date(2026, 9, 1)])
    assert "Oakfield Primary School: 1 term, 2 Sep 2026 to 23 Oct 2026; 1 day without pupils." in out
    added = ["terms = [{ first = 2026-09-02, last = 2026-10-23 }]", "closed = [2026-09-01]"]
    assert [line for line in terms_file.read_text().split("\n") if line not in added] == before.split("\n")


def test_without_options_it_asks_for_term_after_term_and_says_what_cannot_be(terms_file):
    typed = "2 September 2026\n1 September 2026\n23 October 2026\n4 January to 12 February 2027\n-\nsoon\n"
    code, out, _ = add_terms(terms_file, typed=typed + "1 September 2026\n-\ny\n")
    assert code == 0
    assert of(terms_file) == ([AUTUMN[0], SPRING[0]], [date(2026, 9, 1)])
    assert "1 September 2026 is before 2 September 2026" in out
    assert "“soon” is not a day" in out


def test_a_published_list_is_shown_and_written_after_a_yes(terms_file, tmp_path):
    (tmp_path / "dates.txt").write_text(PUBLISHED)
    before = terms_file.read_text()
    code, out, err = add_terms(terms_file, "--file", str(tmp_path / "dates.txt"), typed="n\n")
    assert code == 2
    assert "Nothing was changed" in err
    assert terms_file.read_text() == before
    assert "Term      Mon 2 Nov 2026 to Fri 18 Dec 2026" in out
    assert "Not read: See you on 3 May 2027!" in out
    assert add_terms(terms_file, "--file", "-", "--yes", typed=PUBLISHED)[0] == 0
    assert of(terms_file) == (AUTUMN + SPRING, CLOSED)


def test_terms_over_one_another_are_refused_in_the_words_of_the_question(terms_file):
    add_terms(terms_file, "--first", "2 September 2026", "--last", "23 October 2026")
    before = terms_file.read_text()
    code, _, err = add_terms(terms_file, "--first", "20 October 2026", "--last", "18 December 2026")
    assert code == 2
    assert err.startswith(
        "First day: 2026-10-20 is not after the last day of the term before it, 2026-10-23."
    )
    assert "Nothing was changed" in err
    assert terms_file.read_text() == before


@pytest.mark.parametrize("words", [("--first", "2 September 2026"), ("--closed", "soon")])
def test_half_a_term_and_what_is_no_day_are_wrong_use(terms_file, words):
    before = terms_file.read_text()
    assert add_terms(terms_file, *words)[0] == 2
    assert terms_file.read_text() == before


def test_terms_are_for_all_schools_of_the_file_or_for_those_named(terms_file):
    terms_file.write_text(
        terms_file.read_text() + SCHOOL.replace("900001", "900002").replace("Oakfield", "Larchfield")
    )
    add_terms(terms_file, "--school", "900002", "--first", "2 September 2026", "--last", "23 October 2026")
    assert of(terms_file)[0] == []
    add_terms(terms_file, "--first", "2 September 2026", "--last", "23 October 2026")
    assert of(terms_file)[0] == [AUTUMN[0]]
    assert terms_file.read_text().count("2026-09-02") == 2


# Finding a school in a register.


OAKFIELD = School("900001", "Oakfield Primary School", town="Northvale", postcode="ZA4 2QR")
HEXLEY = School("900002", "Oakfield Church of England Primary School", town="Hexley", postcode="ZB1 1AA")
STANNES = School("900010", "St Anne's RC High School", town="Northvale", local_authority="Northshire")
SCHOOLS = (HEXLEY, OAKFIELD, STANNES)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    watched = tmp_path / "register.csv"
    with watched.open("w", newline="", encoding="cp1252") as file:
        rows = csv.writer(file)
        rows.writerow(["URN", "EstablishmentName", "EstablishmentStatus (name)", "Town", "Postcode"])
        rows.writerows([s.urn, s.name, "Open", s.town, s.postcode] for s in SCHOOLS)
    return watched


def run(register: Path, query: str, *, as_json: bool = False, limit: int = 10) -> tuple[int, list[str]]:
    return called(find, query=query.split(), register=register, limit=limit, as_json=as_json)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("oakfield hexley", [HEXLEY]),
        ("Saint Annes roman catholic", [STANNES]),
        ("za4 2qr", [OAKFIELD]),
        ("oakf northv", [OAKFIELD]),
        ("oakfield primary school", [OAKFIELD, HEXLEY]),
        (" 900010 ", [STANNES]),
        *((nothing, []) for nothing in ("", "  ", "…")),
    ],
)
def test_all_words_or_its_number_find_a_school_the_most_like_first(query: str, found: list[School]) -> None:
    assert search(SCHOOLS, query, 5) == found


def test_a_slip_of_the_pen_finds_what_is_near() -> None:
    assert near(SCHOOLS, "okfield northvale", 1) == [OAKFIELD]
    assert near_numbers(SCHOOLS, "900100", 5) == [STANNES]


def test_a_find_prints_number_name_place_and_postcode(register: Path) -> None:
    assert run(register, "oakfield northvale") == (
        0,
        [
            "Number  Name                     Place      Postcode",
            "900001  Oakfield Primary School  Northvale  ZA4 2QR",
        ],
    )


def test_a_cut_list_says_so(register: Path) -> None:
    code, said = run(register, "oakfield", limit=1)
    assert (code, len(said)) == (0, 3)
    assert said[2].startswith("The first 1.")


def test_finding_nothing_exits_1_and_says_what_is_near(register: Path) -> None:
    code, said = run(register, "okfield northvale")
    assert code == 1
    assert said[1:] == [
        "Names like it:",
        "Number  Name                     Place      Postcode",
        "900001  Oakfield Primary School  Northvale  ZA4 2QR",
        "Closed schools are left out. Try fewer words, the postcode or the number.",
    ]


def test_json_is_one_list_with_every_fact(register: Path) -> None:
    code, said = run(register, "900001", as_json=True)
    assert code == 0
    (row,) = content("\n".join(said))
    assert (row["urn"], row["name"], row["town"]) == ("900001", "Oakfield Primary School", "Northvale")


def test_json_of_nothing_is_an_empty_list(register: Path) -> None:
    code, said = run(register, "nothing of the kind", as_json=True)
    assert (code, content("".join(said))) == (1, [])


# `schoolgate schools add`, `change` and `remove`: which schools are watched, and what goes with one.


ONE = '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'
REST = """
# its own page
[[sources]]
id = "our-website"
kind = "own.page"
url = "https://oakfield.example.sch.uk/"
listing = true

[[people]]
id = "head"
name = "Mrs A Example"
roles = ["head"]
"""
REGISTER = """\
URN,EstablishmentName,EstablishmentStatus (name),Town,Postcode,SchoolWebsite,HeadFirstName,HeadLastName
900001,Oakfield Primary School,Open,Northvale,ZA4 2QR,https://oakfield.example.sch.uk,Ann,Example
900002,Larchfield Primary School,Open,Northvale,ZA4 2QS,https://larchfield.example.sch.uk,Bo,Pattern
900003,Larchfield Primary School,Open,Hexley,ZA5 2QS,,,
"""


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    (tmp_path / "register.csv").write_text(REGISTER)
    return write(tmp_path, f'register_file = "register.csv"\n{ONE}{REST}')


def schools(watched: Path, *words: str) -> tuple[int, str]:
    done = typed("schools", *words, "--home", str(watched.parent))
    return done.code, done.out + done.err


def test_a_school_is_added_with_all_that_the_register_says_and_the_first_keeps_what_is_its_own(watched):
    code, said = schools(watched, "add", "900002")
    assert code == 0, said
    then = load(watched, {})
    new = then.schools[1]
    assert (new.name, new.town, new.head, new.domain) == (
        "Larchfield Primary School", "Northvale", "Bo Pattern", "larchfield.example.sch.uk",
    )  # fmt: skip
    assert new.aliases
    assert new.namesakes
    assert (then.sources[0].urns, then.people[0].urns) == (("900001",), ("900001",))
    assert "schoolgate source propose --school 900002" in said
    assert "# its own page\n[[sources]]" in watched.read_text()


def test_a_school_without_a_number_is_added_by_its_name(watched):
    assert schools(watched, "add", "--set", "name=Little Acorns", "--set", "town=Northvale")[0] == 0
    assert [(s.urn, s.town) for s in load(watched, {}).schools[1:]] == [("own-little-acorns", "Northvale")]


def test_of_a_school_with_no_more_than_its_name_doctor_gives_the_command_that_fills_the_rest(watched):
    found, social_care = checks.schools(load(watched, {}))
    assert found.command == "schoolgate schools change 900001 --fill"
    assert social_care.command == 'schoolgate schools change 900001 social_care="…"'
    given = ("--fill", "aliases=Oakfield, The Oak", "social_care=01632 960100")
    assert schools(watched, "change", "900001", *given)[0] == 0
    then = load(watched, {})
    assert (then.schools[0].town, then.schools[0].aliases) == ("Northvale", ("Oakfield", "The Oak"))
    assert list(checks.schools(then)) == []


def test_one_more_namesake_is_added_beside_those_that_are_there_once(watched):
    given = ("change", "900001", "--namesake", "Oakfield Primary", "--place", "Hexley")
    assert schools(watched, *given)[0] == schools(watched, *given)[0] == 0
    (found,) = [n for n in load(watched, {}).schools[0].namesakes if n.place == "Hexley"]
    assert (found.name, found.kind) == ("Oakfield Primary", "school")


def test_what_the_file_would_refuse_is_said_and_nothing_is_changed(watched):
    before = watched.read_text()
    assert "colour=red" in schools(watched, "change", "900001", "colour=red")[1]
    assert schools(watched, "change", "900001", "postcode=nowhere")[0] == 2
    assert "the only school here" in schools(watched, "remove", "900001", "--yes")[1]
    assert watched.read_text() == before


def test_a_school_is_removed_with_what_is_its_alone(watched):
    schools(watched, "add", "900002")
    code, said = schools(watched, "remove", "900001", "--yes")
    assert code == 0, said
    then = load(watched, {})
    assert ([s.urn for s in then.schools], then.sources, then.people) == (["900002"], (), ())
    assert [p.name for p in then.former] == ["Mrs A Example"]
    assert "our-website" in said


def test_a_school_with_an_open_case_or_a_hold_stays_whatever_was_backed_up(tmp_path):
    desk = a_desk(tmp_path, insult)
    desk("open", "1", "--as", "holt", "--why", "x")
    gone = ("schools", "remove", "900001", "--yes", "--home", str(desk.home))
    assert "Cases of it open: 1; on hold: 0" in typed(*gone).err
    desk("close", "1", "--mistaken", "--as", "holt", "--why", "x")
    desk("step", "hold", "1", "--as", "moss", "--why", "x", "--review", "2099-01-01")
    assert "Cases of it open: 0; on hold: 1" in typed(*gone).err
    desk("step", "release", "1", "--as", "holt", "--why", "x")
    assert typed(*gone).code == 0


def test_what_several_who_go_with_a_school_leave_behind_is_all_written(watched):
    before = REST.replace(
        'roles = ["head"]', 'roles = ["head"]\nschools = ["900001"]\nrelated_to = ["stays"]'
    )
    before = before.replace("listing = true", 'schools = ["900001"]')
    more = before.partition("[[people]]")[2].replace('"head"', '"it_lead"')
    account = '[[accounts]]\nid = "page"\nname = "Page"\nschools = ["900001", "900002"]\n'
    stays = '[[people]]\nid = "stays"\nname = "Mx D Example"\nroles = ["staff"]\n'
    both = f'[digest]\ntogether = ["head", "it_lead", "stays"]\n{account}{stays}'
    second = ONE.replace("900001", "900002").replace("Oakfield", "Larchfield")
    watched.write_text(f"{ONE}{second}{before}\n[[people]]{more}{both}")
    code, said = schools(watched, "remove", "900001", "--yes")
    assert code == 0, said
    then = load(watched, {})
    assert [p.related_to for p in then.people] == [("head", "it_lead")]
    assert then.digest.together == ("stays",)
    assert then.accounts[0].schools == ("900002",)
