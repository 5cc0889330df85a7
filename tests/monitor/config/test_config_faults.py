"""Faults of `schoolgate.toml` as a person reads them, its changes by program, and its secrets."""

from __future__ import annotations

import os
import stat
import threading
import tomllib
from datetime import date
from pathlib import Path

import pytest
from builders.config import MAIL, PERSON, SCHOOL, SOURCE, faults, read, write
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from support.for_each import for_each
from support.oidc_provider import CLIENT, TENANT

from data.errors import ConfigError, InputError, SchoolgateError
from data.ids import squeeze
from data.store.engine.turn import give_turn_back as give_back
from data.store.engine.turn import take_turn as take
from data.types import Source
from monitor.config import edit
from monitor.config.edit import EditRefused, with_element, with_key, with_table, without_table
from monitor.config.load import Config, load_file
from monitor.config.model import SignInSettings
from monitor.config.toml_text import find_line, find_toml_lines
from sources.places import Proposal

TERMS = """terms = [
{ first = 2026-09-02, last = 2026-10-23 },
{ first = 2026-11-02, last = 2026-12-18 },
]
"""
FAULTS = {
    "a wrong address": (SCHOOL + SOURCE.replace("https://example.org/feed.xml", "mumsnet"),
        "[[sources]] number 1, “url” (line 7)", 'url = "https://example.org/feed.xml"'),
    "an unknown key": (SCHOOL + 'heed = "x"\n',
        "[[schools]] number 1, “heed” (line 4)", "Did you mean “head”?"),
    "a key of the file below a header": (SCHOOL + 'contact = "office@example.org"\n',
        "[[schools]] number 1, “contact” (line 4)", "Move it there."),
    "a missing key": (SCHOOL + "[[people]]\nid = 'x'\nname = 'X'\n",
        "[[people]] number 1, “roles” (line 4)", 'Add it, for example: roles = ["head", "dsl"]'),
    "a number without quotes": (SCHOOL.replace('"900001"', "900001"),
        "[[schools]] number 1, “urn” (line 2)", 'urn = "900001"'),
    "an unknown role": (SCHOOL + PERSON.replace('["head"]', '["head", "haed"]'),
        "[[people]] number 1, “roles” number 2 (line 7)", "Did you mean “head”?"),
    "no role": (SCHOOL + PERSON.replace('["head"]', "[]"),
        "[[people]] number 1, “roles” (line 7)", 'roles = ["head", "dsl"]'),
    "an e-mail address that mail servers do not take": (SCHOOL + PERSON + 'email = "b\u00fcro@example.org"\n',
        "[[people]] number 1, “email” (line 8)", 'email = "head@example.sch.uk"'),
    "an unknown kind of source": (SCHOOL + SOURCE.replace('"feed"', '"phpbb"'),
        "[[sources]] number 1, “kind” (line 6)", "Did you mean “forum.phpbb”?"),
    "a setting the kind does not have": (SCHOOL + SOURCE + 'settings = { datess = "auto" }\n',
        "[[sources]] number 1, “settings”, “datess” (line 8)", "Did you mean “dates”?"),
    "an unknown school": (SCHOOL + SOURCE + 'schools = ["900011"]\n',
        "[[sources]] number 1, “schools” number 1 (line 8)", "Did you mean “900001”?"),
    "a source given twice": (SCHOOL + SOURCE + SOURCE,
        "[[sources]] number 2, “id” (line 9)", "Give each its own."),
    "a person given twice": (SCHOOL + PERSON + PERSON,
        "[[people]] number 2, “id” (line 9)", "Give each its own."),
    "two places for a password": (
        SCHOOL + MAIL + "password_env = 'SMTP_PASSWORD'\npassword_file = 'smtp-password'\n",
        "[mail], “password_file” (line 8)",
        "Keep one of them.",
    ),
    "a school given twice": (SCHOOL + SCHOOL,
        "[[schools]] number 2, “urn” (line 5)", "A number belongs to one school."),
    "a listing of two schools": (SCHOOL + SCHOOL.replace("900001", "900002") + SOURCE + "listing = true\n",
        "[[sources]] number 1, “listing” (line 11)", 'schools = ["900001"]'),
    "a table with one bracket": (SCHOOL.replace("[[", "[").replace("]]", "]"),
        "“schools” (line 1)", "Write [[schools]], once for each."),
    "a table with two brackets": (SCHOOL + "[[policy]]\n", "“policy” (line 4)", "Write [policy], once."),
    "no school": ("zone = 'Europe/London'\n", "“schools”", "The schools: one `[[schools]]` each."),
    "an unknown zone": ("zone = 'Europe/Londn'\n" + SCHOOL, "“zone” (line 1)", 'zone = "Europe/London"'),
    "a domain that is an address": (SCHOOL + "domain = 'https://oakfield.example.sch.uk/'\n",
        "[[schools]] number 1, “domain” (line 4)", 'domain = "oakfield.example.sch.uk"'),
    "an interval of a second": (SCHOOL + SOURCE + "interval = '1m'\n",
        "[[sources]] number 1, “interval” (line 8)", 'interval = "1h"'),
    "a channel nobody knows": (SCHOOL + SOURCE + "channel = 'trust pilot'\n",
        "[[sources]] number 1, “channel” (line 8)", "Did you mean “trustpilot”?"),
    "a date in words": (SCHOOL + "[dpia]\nrecorded_on = 'soon'\n",
        "[dpia], “recorded_on” (line 5)", "recorded_on = 2026-09-01"),
    "labels without a model": (SCHOOL + "[model]\nlabels = { toxic = 'abuse:hate' }\n",
        "[model], “name” (line 4)", "Name it, or remove “labels”."),
    "a term that ends before it begins": (
        SCHOOL + "terms = [{ first = 2026-10-23, last = 2026-09-02 }]\n",
        "[[schools]] number 1, “terms” number 1, “last” (line 4)",
        "2026-09-02 is before its first day, 2026-10-23.",
    ),
    "terms over one another": (
        SCHOOL + TERMS.replace("2026-11-02", "2026-10-23"),
        "[[schools]] number 1, “terms” number 2, “first” (line 6)",
        "Write them in the order of the year, without overlaps.",
    ),
    "a school day that ends before it begins": (SCHOOL + "day = ['15:15', '08:40']\n",
        "[[schools]] number 1, “day” (line 4)", 'day = ["08:40", "15:10"]'),
    "a notice of a page that is not the school's own": (
        SCHOOL + SOURCE + "notice = 'We look on school days.'\n",
        "[[sources]] number 1, “notice” (line 8)",
        "Add own = true, or remove this line.",
    ),
    "a notice of a feed, which has no place for one": (
        SCHOOL + SOURCE + "own = true\nnotice = 'We look on school days.'\n",
        "[[sources]] number 1, “notice” (line 9)",
        'Write kind = "own.page" and the page\'s address.',
    ),
    "mail for all to read": (SCHOOL + MAIL + "security = 'none'\n",
        "[mail], “security” (line 7)", 'Write: security = "starttls" (STARTTLS), or "tls" (TLS).'),
    "a time of day that no clock shows": (SCHOOL + "[digest]\nat = '7.30'\n",
        "[digest], “at” (line 5)", 'at = "07:30"'),
    "an address of pages that goes on": ("base_url = 'https://schoolgate.example.sch.uk/desk?x=1'\n" + SCHOOL,
        "“base_url” (line 1)", 'base_url = "https://schoolgate.example.sch.uk"'),
    "one port for two": (SCHOOL + "[serve]\nhealth_port = 8477\n",
        "[serve], “health_port” (line 5)", "Give each its own."),
    "a place to listen without a port": (SCHOOL + "[serve]\nlisten = 'localhost'\n",
        "[serve], “listen” (line 5)", 'listen = "127.0.0.1:8477"'),
    "a value that is not TOML": (SCHOOL + "head = Mrs A\n", "line 4", "Write text in quotes."),
    "curly quotation marks": (SCHOOL + "head = “Mrs A”\n", "line 4", 'Use straight ones: "like this".'),
    "a folder of Windows": ('register_file = "C:\\Users\\gias.csv"\n' + SCHOOL,
        "line 1", "Use single quotes: 'C:\\Schoolgate'."),
    "a key given twice": (SCHOOL + "name = 'x'\n", "line 4", "Keep one of them."),
    "a colon for an equals sign": (SCHOOL + "head: 'x'\n",
        "line 4", "this is neither a key with a value (key = value) nor a table ([name])."),
    "a header left open": (SCHOOL + "[[sources]\n",
        "line 4", "Write [name], or [[name]] where there are several."),
    "a text left open": (SCHOOL + "head = 'x\n", "line 4", "Add a quotation mark at its end."),
    "two values": (SCHOOL + "head = 'x', 'y'\n", "line 4", "One key a line; text in quotes."),
    "braces over two lines": (SCHOOL + "namesakes = [{ name = 'x',\n}]\n",
        "line 4", "what begins with “{” must end with “}” on the same line."),
    "a setting that the kind needs": (
        SCHOOL + SOURCE.replace('"feed"', '"reviews.generic"') + "settings = { text = 'p' }\n",
        "[[sources]] number 1, “settings”, “item” (line 8)",
        'Add it, for example: item = "div.review"',
    ),
    "a list left open at the end of the file": (SCHOOL + "aliases = [\n",
        "line 4", "a list is not closed. Add “]”."),
    "a text without quotes in a list": (SCHOOL + "aliases = [Oakfield]\n", "line 4", "Write text in quotes."),
    "a list left open": (SCHOOL + "aliases = ['x'\n", "line 4", "a list is not closed. Add “]”."),
}  # fmt: skip


@for_each(("query", "said"), {
    "Larchford": "“Larchford” has no name of it.",
    "Oakfield Bo Sample": "Take the name out: Bo Sample.",
    "Oakfield AND": "missing beside “AND” at character 10.",
}.items())  # fmt: skip
def test_a_query_names_the_school_and_nobody_of_it_not_even_who_has_left(tmp_path, query, said):
    left = "[[former]]\nid = 'bo'\nname = 'Bo Sample'\nleft = 2026-07-01\n"
    told = faults(tmp_path, f"{SCHOOL}{SOURCE}settings = {{ query = '{query}' }}\n{left}")
    assert any("“settings”, “query” (line 8): " in fault and said in fault for fault in told)


@pytest.mark.parametrize(("text", "where", "mend"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_names_file_table_key_and_line_and_how_to_mend_it(
    tmp_path: Path, text: str, where: str, mend: str
) -> None:
    (told,) = faults(tmp_path, text)
    assert told.startswith(f"schoolgate.toml, {where}: ")
    assert mend in told


def test_an_unknown_kind_is_told_even_where_the_same_source_has_another_fault(tmp_path: Path) -> None:
    broken = SOURCE.replace('kind = "feed"', 'kind = "fed"').replace(
        "https://example.org/feed.xml", "mumsnet"
    )
    told = " ".join(faults(tmp_path, SCHOOL + broken))
    assert "“fed” is not a kind of source. Did you mean “feed”?" in told
    assert "“mumsnet” is not a web address" in told


BETWEEN_TABLES = (
    "a source given twice", "a person given twice", "a school given twice", "an unknown school",
    "a listing of two schools", "two places for a password",
)  # fmt: skip


@pytest.mark.parametrize("fault", BETWEEN_TABLES)
def test_a_fault_between_tables_is_told_though_keys_have_faults_of_their_own(
    tmp_path: Path, fault: str
) -> None:
    text, where, mend = FAULTS[fault]
    found = faults(tmp_path, "zone = 'Europe/Londn'\n" + text + "[dpia]\nrecorded_on = 'soon'\n")
    assert len(found) == 3
    assert sum(where.partition(" (line")[0] in line and mend in line for line in found) == 1


def test_a_key_with_a_fault_of_its_own_is_told_once(tmp_path: Path) -> None:
    twice = SOURCE.replace('"gazette"', '"My Gazette"') * 2
    found = faults(tmp_path, SCHOOL + twice)
    assert [line.count("is not an id") for line in found] == [1, 1]


def test_while_a_school_has_no_readable_number_no_other_is_called_unknown(tmp_path: Path) -> None:
    found = faults(tmp_path, SCHOOL.replace('"900001"', "900001") + SOURCE + 'schools = ["900001"]\n')
    assert len(found) == 1
    assert "must be text in quotes" in found[0]


def test_mail_to_this_machine_needs_no_encryption_and_terms_in_the_order_of_the_year_load(
    tmp_path: Path,
) -> None:
    for host in ("localhost", "127.0.0.1", "127.9.9.9", "::1"):
        mail = MAIL.replace("smtp.example.org", host) + "security = 'none'\n"
        config = read(tmp_path, SCHOOL + TERMS + mail)
        assert config.mail.security == "none"
        assert len(config.calendar("900001").terms) == 2


@pytest.mark.parametrize("mode", [0o660, 0o606])
def test_a_file_that_others_can_write_to_is_not_used_unless_they_cannot_enter_its_folder(
    tmp_path: Path, mode: int
) -> None:
    path = write(tmp_path, SCHOOL)
    path.chmod(mode)
    tmp_path.chmod(0o755)
    with pytest.raises(ConfigError, match=rf"who is asked and who is told\..*chmod go-w {path}$"):
        load_file(path, {})
    tmp_path.chmod(0o700)
    assert load_file(path, {}).schools
    path.chmod(mode & ~0o022)
    tmp_path.chmod(0o755)
    assert load_file(path, {}).schools


# ---------------------------------------------------------- changes to `schoolgate.toml` by program

NEW = {"id": "new", "kind": "feed", "url": "https://paper.example.org/rss", "name": "The “paper” # 1"}
SEES = "What the paper publishes."
FILE = f"""\
# The top.
zone = "Europe/London"   # ours

{SCHOOL}# what the office says
# terms = [{{ first = 2026-09-02, last = 2026-10-23 }}]

# ---- people
{PERSON}# chat_env = "SCHOOLGATE_CHAT_HEAD"

# ---- sources
{SOURCE}
# ---- the rest
[policy]
criticism_days = 30
"""

COMMENTS = st.sampled_from(
    ["", "# a remark\n", '\n# [[sources]]\n# id = "example"\n\n', "\n\n# -- [x] = #\n"]
)
ENDINGS = st.sampled_from(["", "  # beside it"])
VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12).filter(lambda text: text not in ("",)),
    st.integers(1, 9),
    st.booleans(),
    st.just(["a", "b"]),
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Tables of three names in any order, several of a name apart, with comments in many places."""
    text = draw(COMMENTS) + draw(st.sampled_from(["", "zone = 1 # top\n", "contact = '''\n[[a]]\n'''\n"]))
    for n in range(draw(st.integers(1, 6))):
        name = draw(st.sampled_from(["sources", "people", "schools"]))
        text += f"{draw(COMMENTS)}[[{name}]]{draw(ENDINGS)}\nid = {n}{draw(ENDINGS)}\n"
        text += draw(st.sampled_from(["", "list = [\n  1, # one\n\n  2,\n]\n", 'many = """\n[no]\n"""\n']))
        text += draw(st.sampled_from(["", f"[{name}.below]\nx = {n}\n"])) + draw(COMMENTS)
    return text if draw(st.booleans()) else text.rstrip("\n")


def add(path: Path, values: dict[str, str]) -> None:
    place = Proposal(Source(**values), SEES, "Feeds are for programs.", date(2026, 11, 21))
    edit.edit(path, edit.places_added([place]))


def rows(text: str, name: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = tomllib.loads(text).get(name, [])
    return found


def remarks(text: str) -> list[str]:
    return sorted(line.strip() for line in text.split("\n") if line.strip().startswith("#"))


@given(documents(), st.dictionaries(st.sampled_from(["id", "url", "list"]), VALUES, min_size=1))
def test_a_table_that_is_added_stands_after_its_like_and_removing_it_gives_the_file_back(text, values):
    added = with_table(text, "sources", values)
    before = rows(text, "sources")
    assert rows(added, "sources") == [*before, values]
    assert all(rows(added, name) == rows(text, name) for name in ("people", "schools"))
    assert remarks(added) == remarks(text)
    again = without_table(added, ("sources", len(before)))
    assert tomllib.loads(again) == tomllib.loads(text)
    assert [line for line in again.split("\n") if line] == [line for line in text.split("\n") if line]


@given(documents(), st.data())
def test_a_table_that_is_removed_takes_nothing_of_the_others_with_it(text, data):
    name = data.draw(st.sampled_from(sorted(set(tomllib.loads(text)) - {"zone", "contact"})))
    n = data.draw(st.integers(0, len(rows(text, name)) - 1))
    left = without_table(text, (name, n))
    kept = [row for i, row in enumerate(rows(text, name)) if i != n]
    assert rows(left, name) == kept
    assert {k: v for k, v in tomllib.loads(left).items() if k != name} == {
        k: v for k, v in tomllib.loads(text).items() if k != name
    }


@given(documents(), st.data(), VALUES)
def test_a_key_that_is_set_and_set_back_gives_the_file_back_to_the_letter(text, data, value):
    name = data.draw(st.sampled_from(sorted(set(tomllib.loads(text)) - {"zone", "contact"})))
    path = (name, data.draw(st.integers(0, len(rows(text, name)) - 1)))
    changed = with_key(text, path, "disabled", value)
    assert rows(changed, name)[path[1]]["disabled"] == value
    assert with_key(changed, path, "disabled", None) == text
    other = with_key(text, path, "id", 7)
    assert rows(other, name)[path[1]]["id"] == 7
    assert with_key(other, path, "id", rows(text, name)[path[1]]["id"]) == text
    assert remarks(changed) == remarks(other) == remarks(text)


@given(st.lists(st.dates(date(2026, 1, 1), date(2027, 1, 1)), unique=True, max_size=4), documents())
def test_elements_are_put_in_at_their_place_and_the_comments_of_a_list_stay(days, text):
    text += "\n[[schools]]\nclosed = [\n  2020-01-01, # long ago\n  # nothing yet\n]\n"
    at = ("schools", len(rows(text, "schools")) - 1)
    there = [date(2020, 1, 1)]
    for day in days:
        place = sum(other < day for other in there)
        text = with_element(text, at, "closed", day, place)
        there.insert(place, day)
    assert rows(text, "schools")[-1]["closed"] == sorted([date(2020, 1, 1), *days])
    assert "# long ago" in text
    assert "  # nothing yet" in text


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = write(tmp_path, FILE)
    found.chmod(0o600)
    return found


def test_a_source_stands_behind_the_others_and_not_a_letter_else_has_changed(path):
    add(path, NEW)
    at = FILE.index("\n# ---- the rest")
    block = path.read_text().removeprefix(FILE[:at]).removesuffix(FILE[at:])
    told, table = block.split("[[sources]]\n")
    assert squeeze(told.replace("#", "")).startswith(
        f"{SEES} Looked at every 15 minutes. Its terms, as read on"
    )
    assert table == (
        'id = "new"\nkind = "feed"\nurl = "https://paper.example.org/rss"\nname = "The “paper” # 1"\n'
    )
    edit.edit(path, edit.remove_table("sources", "new"))
    assert path.read_text() == FILE


def test_a_person_stands_behind_what_belongs_to_the_one_before(path):
    edit.edit(
        path, edit.add_table("people", {"id": "dsl", "name": "Mr B Example", "roles": ["dsl"], "email": None})
    )
    block = '[[people]]\nid = "dsl"\nname = "Mr B Example"\nroles = ["dsl"]\n'
    assert f'# chat_env = "SCHOOLGATE_CHAT_HEAD"\n\n{block}\n# ---- sources' in path.read_text()


def test_the_first_of_its_kind_stands_where_the_file_shows_an_example(tmp_path):
    example = '\n# ---- people\n# Who is told.\n\n# A head:\n# [[people]]\n# id = "head"\n\n[policy]\n'
    path = write(tmp_path, SCHOOL + example)
    edit.edit(path, edit.add_table("people", {"id": "dsl", "name": "Mr B Example", "roles": ["dsl"]}))
    assert '# Who is told.\n\n[[people]]\nid = "dsl"' in path.read_text()
    assert 'roles = ["dsl"]\n\n# A head:' in path.read_text()
    assert load_file(path, {}).people[0].id == "dsl"


def test_terms_stand_in_the_order_of_the_year_and_are_not_written_twice(path):
    autumn, late = (date(2026, 9, 2), date(2026, 10, 23)), (date(2026, 11, 2), date(2026, 12, 18))
    edit.edit(path, edit.terms_added(["900001"], [late]))
    edit.edit(path, edit.terms_added(["900001"], [autumn, late], [date(2027, 1, 4), date(2026, 9, 1)]))
    school = tomllib.loads(path.read_text())["schools"][0]
    assert school["terms"] == [{"first": a, "last": b} for a, b in (autumn, late)]
    assert school["closed"] == [date(2026, 9, 1), date(2027, 1, 4)]
    lines = path.read_text().split("\n")
    assert lines[lines.index("# what the office says") + 2].startswith("terms = [")


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
@pytest.mark.parametrize("windows", [-1, 3], ids=["as on Windows", "in two ways"])
def test_however_lines_end_they_and_a_mark_at_the_beginning_stay(path, mark, windows):
    before = mark + FILE.encode().replace(b"\n", b"\r\n", windows)
    path.write_bytes(before)
    edit.edit(path, edit.change_table("sources", "gazette", {"disabled": "for the summer"}))
    added = b'disabled = "for the summer"' + (b"\r\n" if windows < 0 else b"\n")
    assert path.read_bytes().replace(added, b"", 1) == before
    edit.edit(path, edit.change_table("sources", "gazette", {"disabled": None}))
    assert path.read_bytes() == before


def test_a_file_with_faults_is_told_with_their_lines_and_left_alone(path):
    path.write_text(FILE.replace("criticism_days = 30", "criticism_days = 0"))
    before = path.read_bytes()
    with pytest.raises(ConfigError, match=r"schoolgate.toml, \[policy\], “criticism_days” \(line 25\)"):
        add(path, NEW)
    path.write_text(FILE + "\nthis is no line\n")
    with pytest.raises(ConfigError, match="line 27"):
        add(path, NEW)
    assert before != path.read_bytes() == (FILE + "\nthis is no line\n").encode()


def test_what_the_rules_refuse_is_named_and_nothing_is_changed(path):
    with pytest.raises(EditRefused, match=r"“url”.*is not a web address.*Nothing was changed") as refused:
        add(path, NEW | {"url": "paper"})
    assert [fault.path for fault in refused.value.faults] == [("sources", 1, "url")]
    with pytest.raises(EditRefused, match="“id”"):
        add(path, NEW | {"id": "gazette"})
    assert path.read_text() == FILE


def test_what_is_written_in_another_way_is_left_to_an_editor(tmp_path):
    in_one = 'sources = [{ id = "gazette", kind = "feed", url = "https://example.org/feed.xml" }]\n' + SCHOOL
    path = write(tmp_path, in_one)
    with pytest.raises(InputError, match=r"“sources”.*only an editor can change.*Nothing was changed"):
        add(path, NEW)
    with pytest.raises(InputError, match="“sources”"):
        edit.edit(path, edit.change_table("sources", "gazette", {"name": "Gazette"}))
    assert path.read_text() == in_one
    apart = SCHOOL + "[[schools.terms]]\nfirst = 2026-09-02\nlast = 2026-10-23\n"
    path = write(tmp_path, apart)
    with pytest.raises(InputError, match="“terms”"):
        edit.edit(path, edit.terms_added(["900001"], [(date(2026, 11, 2), date(2026, 12, 18))]))
    assert path.read_text() == apart


def test_the_file_keeps_its_rights_and_a_link_is_followed_to_it(path, tmp_path):
    link = tmp_path / "elsewhere" / "schoolgate.toml"
    link.parent.mkdir()
    link.symlink_to(path)
    add(link, NEW)
    assert link.is_symlink()
    assert "new" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    edit.edit(link, edit.remove_table("sources", "new"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_what_an_editor_saved_meanwhile_is_not_written_over_and_who_holds_the_file_is_named(
    path, monkeypatch
):
    saved = FILE + "# theirs\n"
    real = os.fsync
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(os, "fsync", lambda handle: (path.write_text(saved), real(handle)))
        with pytest.raises(SchoolgateError, match="saved by somebody else"):
            add(path, NEW)
    monkeypatch.setattr(edit, "WAIT_S", 0.0)
    handle = take(path.with_name(".schoolgate.toml.lock"), shared=False)
    try:
        with pytest.raises(SchoolgateError, match="being changed by another command"):
            add(path, NEW)
    finally:
        give_back(handle)
    assert path.read_text() == saved


@pytest.mark.parametrize("broken", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_whatever_breaks_off_leaves_the_file_whole_and_nothing_beside_it(path, monkeypatch, broken):
    def fail(handle: int) -> None:
        raise broken

    monkeypatch.setattr(os, "fsync", fail)
    expected = KeyboardInterrupt if isinstance(broken, KeyboardInterrupt) else SchoolgateError
    with pytest.raises(expected) as raised:
        add(path, NEW)
    if expected is SchoolgateError:
        assert str(raised.value).endswith(
            "the disk is full. Make room, and begin again. Nothing was changed."
        )
    assert path.read_text() == FILE
    assert {each.name for each in path.parent.iterdir()} == {"schoolgate.toml", ".schoolgate.toml.lock"}


def test_of_two_at_once_neither_loses_the_others_change(path):
    wanted = [f"new-{n}" for n in range(8)]
    threads = [threading.Thread(target=add, args=(path, NEW | {"id": each})) for each in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(s.id for s in load_file(path, {}).sources) == sorted(["gazette", *wanted])


# ------------------------------------------------------------------------------- lines of keys


DOCUMENT = '''# a comment with = and [brackets]
zone = "Europe/London"  # = not a key

[[schools]]
name = "Oakfield # 1 = [x]"
aliases = [
  "Oakfield",   # with a comment, and = signs
  "Oakfield Primary",
]
"quoted key" = """
[[not a table]]
url = 3
"""
namesakes = [
  { name = "Oakfield", place = "Hexley" },
  { name = "Oakfield FC", place = "Hexley" },
]

[[schools]]
name = \'\'\'
x = 1
\'\'\'

[[schools.namesakes]]
place = "Hexley"

[mail]
deep.key = 1
'''


def test_every_key_and_element_has_the_line_it_stands_on_and_a_missing_one_that_of_its_table() -> None:
    lines = find_toml_lines(DOCUMENT)
    assert lines[("zone",)] == 2
    assert lines[("schools", 0)] == 4
    assert lines[("schools", 0, "name")] == 5
    assert lines[("schools", 0, "aliases", 1)] == 8
    assert lines[("schools", 0, "quoted key")] == 10
    assert lines[("schools", 1, "name")] == 20
    assert lines[("schools", 1, "namesakes", 0, "place")] == 25
    assert lines[("mail", "deep", "key")] == 28
    assert find_line(lines, ("schools", 0, "namesakes", 1, "place")) == 16
    assert find_line(lines, ("schools", 1, "urn")) == 19
    assert find_line(lines, ("nothing",)) is None


KEYS = st.text("abcdefgh", min_size=1, max_size=4)
LINE_VALUES = st.one_of(
    st.integers(0, 9).map(str),
    st.sampled_from(
        ['"x # = [y]"', "'[[a]]'", '"""\n[b]\nc = 1\n"""', "[\n 1, # x\n 2\n]", "{ a = [1, 2] }", '"\\""']
    ),
)


@given(st.lists(st.dictionaries(KEYS, LINE_VALUES, max_size=4), max_size=5))
def test_every_key_that_is_read_is_found_on_the_line_that_says_it(tables: list[dict[str, str]]) -> None:
    text = "".join("[[t]]\n" + "".join(f"{k} = {v}\n" for k, v in table.items()) for table in tables)
    lines = find_toml_lines(text)
    rows = text.splitlines()
    for i, table in enumerate(tomllib.loads(text).get("t", [])):
        for key in table:
            assert rows[lines[("t", i, key)] - 1].startswith(f"{key} = ")


# ------------------ secrets come from the environment or a file, and never show; how people sign in


PLANTED = "Hunter2-planted"
SECRETS = {
    "a password": SCHOOL + MAIL + f'password = "{PLANTED}"\n',
    "a password in place of a variable's name": SCHOOL + MAIL + f'password_env = "{PLANTED}"\n',
    "a password in an address": SCHOOL + SOURCE.replace("https://", f"https://me:{PLANTED}@"),
    "a key in a source's settings": SCHOOL + SOURCE + f'settings = {{ api_key = "{PLANTED}" }}\n',
    "a token in a table nobody knows": SCHOOL + f'[extra]\ntoken = "{PLANTED}"\n',
    "a password on a line that is not TOML": SCHOOL + MAIL + f"password = {PLANTED}\n",
    "a password under a misspelt key": SCHOOL + MAIL + f'pasword = "{PLANTED}"\n',
    "an address of a chat": SCHOOL + PERSON + f'chat = "ntfys://tk_{PLANTED}@ntfy.example.org/t"\n',
    "an address of a chat in place of a variable": SCHOOL + PERSON + f'chat_env = "tgram://1:{PLANTED}/2"\n',
    "an address of a chat in place of a file": SCHOOL + PERSON + f'chat_file = "ntfy://{PLANTED}"\n',
    "an address of a chat under a misspelt key": SCHOOL + PERSON + f'chat_evn = "ntfy://{PLANTED}"\n',
    "an address of a chat as a number": SCHOOL + PERSON + f'chat_env = ["ntfy://{PLANTED}"]\n',
    "an address of a heartbeat that is not private": SCHOOL
    + f'[serve]\nheartbeat_url = "http://beats.example.org/{PLANTED}"\n',
    "an address of a heartbeat under a misspelt key": SCHOOL
    + f'[serve]\nheartbeat = "https://beats.example.org/{PLANTED}"\n',
    "an address of a heartbeat in place of a variable": SCHOOL
    + f'[serve]\nheartbeat_env = "https://beats.example.org/{PLANTED}"\n',
    "a key in a broken address": SCHOOL
    + SOURCE.replace("https://example.org/feed.xml", f"ftp://x?key={PLANTED}"),
}


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS.keys())
def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    error: BaseException | None = caught.value
    while error is not None:
        assert PLANTED not in f"{error!s} {error!r}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


@pytest.mark.parametrize(
    ("text", "mend", "line"),
    [
        (MAIL + 'password = "x"\n', 'password_env = "SCHOOLGATE_SMTP_PASSWORD"', 7),
        (PERSON + 'chat = "ntfy://oakfield-dsl"\n', 'chat_env = "SCHOOLGATE_CHAT_DSL"', 8),
    ],
    ids=["password", "chat"],
)
def test_a_secret_written_into_the_file_says_where_it_belongs(
    tmp_path: Path, text: str, mend: str, line: int
) -> None:
    (told,) = faults(tmp_path, SCHOOL + text)
    assert mend in told
    assert f"(line {line})" in told


def shows(config: Config, secret: SecretStr | None) -> bool:
    """Is it what was planted, and does it show?"""
    assert secret is not None
    assert secret.get_secret_value().endswith(PLANTED)
    return PLANTED in f"{config!r} {config!s}"


def test_a_password_comes_from_the_environment_or_the_first_line_of_a_file_and_never_shows(
    tmp_path: Path,
) -> None:
    (tmp_path / "smtp-password").write_text(f"{PLANTED}\n")
    for key in ("password_env = 'SMTP_PASSWORD'\n", "password_file = 'smtp-password'\n"):
        config = read(tmp_path, SCHOOL + MAIL + key, SMTP_PASSWORD=PLANTED)
        assert not shows(config, config.mail_password)
    for key in ("password_env = 'NOT_SET'\n", "password_file = 'not-there'\n"):
        assert read(tmp_path, SCHOOL + MAIL + key).mail_password is None


def test_a_chat_comes_from_the_environment_or_a_file_and_never_shows(tmp_path: Path) -> None:
    (tmp_path / "chat-it").write_text(f"ntfy://{PLANTED}\n")
    people = (
        PERSON
        + "chat_env = 'CHAT_HEAD'\n"
        + PERSON.replace('"head"', '"it"', 1).replace('["head"]', '["it_lead"]')
        + "chat_file = 'chat-it'\n"
    )
    config = read(tmp_path, SCHOOL + people, CHAT_HEAD=f"ntfy://{PLANTED}")
    assert {k: v.get_secret_value() for k, v in config.chats.items()} == dict.fromkeys(
        ("head", "it"), f"ntfy://{PLANTED}"
    )
    assert PLANTED not in f"{config!r} {config!s}"
    assert config.chat_files == {"it": tmp_path / "chat-it"}
    assert config.people_sharing() == {"head": frozenset({"it"}), "it": frozenset({"head"})}


@pytest.mark.parametrize("number", ["07700900123", "447700900123", "+447700900123", "00447700900123",
                                    "07700-900123", "%2B44%20(0)7700%20900123"])  # fmt: skip
def test_one_telephone_is_one_however_its_number_is_written_and_by_which_template(number: str) -> None:
    written = {"it": f"govuk-notify://{number}/t/k", "head": "govuk-notify://07700900123/another/k"}
    written["dsl"] = "twilio://sid:token@+447700900777/07700900124"
    config = Config(Path(), (), chats={who: SecretStr(address) for who, address in written.items()})
    assert config.people_sharing() == {"head": frozenset({"it"}), "it": frozenset({"head"})}


@pytest.mark.parametrize("key", ["chat_env = 'NOT_SET'", "chat_file = 'not-there'"])
def test_a_chat_that_cannot_be_read_is_remembered_by_person(tmp_path: Path, key: str) -> None:
    config = read(tmp_path, SCHOOL + PERSON + key + "\n")
    assert (dict(config.chats), config.unreadable_chats) == ({}, ("head",))


@pytest.mark.parametrize("by", ["url", "env", "file"])
def test_the_address_of_a_heartbeat_never_shows(tmp_path: Path, by: str) -> None:
    address = f"https://beats.example.org/{PLANTED}"
    (tmp_path / "beat").write_text(f"{address}\n")
    value = {"url": address, "env": "BEAT", "file": "beat"}[by]
    config = read(tmp_path, SCHOOL + f'[serve]\nheartbeat_{by} = "{value}"\n', BEAT=address)
    assert not shows(config, config.heartbeat)


def test_the_heartbeat_may_go_to_this_machine_without_tls(tmp_path: Path) -> None:
    assert read(tmp_path, SCHOOL + '[serve]\nheartbeat_url = "http://127.0.0.1:3001/push/x"\n').heartbeat


# ------------------------------------------------------------ [mail], three ways of signing in


APP = 'tenant = "oakfield.example.sch.uk"\nclient_id = "00001111-aaaa-2222-bbbb-3333cccc4444"\n'
SECRET = 'secret_file = "mail-secret"\n'
GRAPH = '[mail]\nsign_in = "graph"\nsender = "sg@example.sch.uk"\n'
XOAUTH2 = MAIL + 'sign_in = "xoauth2"\n'

WORKS = {
    "password": MAIL,
    "password, named": MAIL + 'sign_in = "password"\nuser = "sg"\npassword_file = "p"\n',
    "xoauth2 with a secret in a variable": XOAUTH2 + APP + 'secret_env = "MAIL_SECRET"\n',
    "xoauth2 of another mailbox": XOAUTH2 + APP + SECRET + 'user = "box@example.sch.uk"\nport = 25\n',
    "graph with a secret in a file": GRAPH + APP + SECRET,
    "graph with a certificate": GRAPH + APP + 'certificate_file = "app.pem"\n',
    "a tenant by its number": GRAPH
    + APP.replace("oakfield.example.sch.uk", "aaaabbbb-0000-cccc-1111-dddd2222eeee")
    + SECRET,
}

REFUSED = {
    "no server": (MAIL.replace('host = "smtp.example.org"\n', ""), "host", "is missing. Add it, for example"),
    "xoauth2 without a tenant": (XOAUTH2 + APP.partition("\n")[2] + SECRET, "tenant",
        "is missing. Add it, for example: tenant ="),
    "graph without an application": (GRAPH + APP.partition("\n")[0] + "\n" + SECRET, "client_id",
        "is missing. Add it, for example: client_id"),
    "graph without a secret": (GRAPH + APP, "secret_file",
        "is missing: what the application signs in with. Add, for example: secret_file"),
    "a secret and a certificate": (GRAPH + APP + SECRET + 'certificate_file = "app.pem"\n',
        "certificate_file", "“secret_file” is given too. Keep one of them."),
    "a secret in two places": (XOAUTH2 + APP + SECRET + 'secret_env = "MAIL_SECRET"\n', "secret_file",
        "“secret_env” is given too. Keep one of them."),
    "graph with a mail server": (GRAPH + APP + SECRET + 'host = "smtp.example.org"\n', "host",
        'is for a mail server, and sign_in = "graph" needs none. Remove this line.'),
    "graph with a password": (GRAPH + APP + SECRET + 'password_file = "p"\n', "password_file",
        "is for a mail server"),
    "xoauth2 with a password": (XOAUTH2 + APP + SECRET + 'password_env = "SMTP_PASSWORD"\n', "password_env",
        'is for sign_in = "password"; here a token takes its place. Remove this line.'),
    "a password with a tenant": (MAIL + 'tenant = "oakfield.example.sch.uk"\n', "tenant",
        'this signs in with a password. Write: sign_in = "graph", or "xoauth2"; or remove this line.'),
    "a password with a secret": (MAIL + SECRET, "secret_file", "belongs to an application of Microsoft 365"),
    "another way": (MAIL + 'sign_in = "oauth"\n', "sign_in",
        "“oauth” is not known here. Did you mean “xoauth2”?"),
    "a tenant that is an address": (GRAPH + APP.replace("oakfield.", "https://oakfield.") + SECRET, "tenant",
        "is not a tenant: its number"),
    "a tenant of everybody": (GRAPH + APP.replace("oakfield.example.sch.uk", "common") + SECRET, "tenant",
        "is not a tenant"),
    "an application by name": (
        GRAPH + APP.replace("00001111-aaaa-2222-bbbb-3333cccc4444", "Schoolgate") + SECRET, "client_id",
        "“Schoolgate” is not the number of an application"),
    "xoauth2 for all to read": (XOAUTH2 + APP + SECRET + 'security = "none"\n', "security",
        "“none” sends the password and emails unencrypted"),
    "a secret in the file": (
        GRAPH + APP + f'client_secret = "{PLANTED}"\n',
        "client_secret",
        "a secret may not be in this file. Put it into an environment variable and give the variable's name: "
        'secret_env = "SCHOOLGATE_MAIL_SECRET"; or into its own file: secret_file = "mail-secret".',
    ),
    "a secret in place of a variable's name": (GRAPH + APP + f'secret_env = "{PLANTED}"\n', "secret_env",
        "is not the name of an environment variable"),
}  # fmt: skip


@pytest.mark.parametrize("text", WORKS.values(), ids=WORKS.keys())
def test_each_way_of_signing_in_loads_with_what_it_needs(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, SCHOOL + text).mail is not None


@pytest.mark.parametrize(("text", "key", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_work_is_told_at_its_key(tmp_path: Path, text: str, key: str, told: str) -> None:
    found = [line for line in faults(tmp_path, SCHOOL + text) if f"[mail], “{key}” (line " in line]
    assert len(found) == 1
    assert told in found[0]
    assert PLANTED not in found[0]


def test_a_secret_comes_from_elsewhere_and_never_shows(tmp_path: Path) -> None:
    (tmp_path / "mail-secret").write_text(f"{PLANTED}\n")
    by_file = read(tmp_path, SCHOOL + GRAPH + APP + SECRET)
    by_env = read(tmp_path, SCHOOL + GRAPH + APP + 'secret_env = "MAIL_SECRET"\n', MAIL_SECRET=PLANTED)
    for config in (by_file, by_env):
        assert not shows(config, config.mail_secret)
    assert read(tmp_path, SCHOOL + GRAPH + APP + 'secret_env = "NOT_SET"\n').mail_secret is None


# ----------------------------------------------------------------------------------- [sign_in]


BASE = 'base_url = "https://schoolgate.example.sch.uk"\n'
APPLICATION = f'tenant = "{TENANT}"\nclient_id = "{CLIENT}"\n'
GRAPH_MAIL = GRAPH + APPLICATION
MICROSOFT = '[sign_in]\nprovider = "microsoft"\n'
GOOGLE = '[sign_in]\nprovider = "google"\nclient_id = "0-a.apps.example.org"\nsecret_env = "OF_GOOGLE"\n'
DOMAIN = 'domain = "Oakfield.example.org"\n'


def test_google_is_known_by_the_schools_domain(tmp_path: Path) -> None:
    config = read(tmp_path, BASE + SCHOOL + GOOGLE + DOMAIN, OF_GOOGLE="theirs")
    assert config.sign_in == SignInSettings(
        provider="google", domain="oakfield.example.org", client_id="0-a.apps.example.org",
        secret_env="OF_GOOGLE",
    )  # fmt: skip
    assert config.sign_in_secret == SecretStr("theirs")


def test_microsoft_takes_from_the_mail_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "mail-secret").write_text("of mail\n")
    mail = GRAPH_MAIL + 'secret_file = "mail-secret"\n'
    config = read(tmp_path, BASE + SCHOOL + mail + MICROSOFT)
    assert (config.sign_in.tenant, config.sign_in.client_id) == (TENANT, CLIENT)
    assert config.sign_in_secret == SecretStr("of mail")
    own = read(tmp_path, BASE + SCHOOL + mail + MICROSOFT + 'secret_env = "OWN"\n', OWN="of its own")
    assert own.sign_in_secret == SecretStr("of its own")
    assert own.sign_in.secret_file is None


def test_google_takes_nothing_from_the_mail_and_without_the_table_nobody_signs_in_so(tmp_path: Path) -> None:
    mail = GRAPH_MAIL + 'secret_env = "OF_MAIL"\n'
    config = read(tmp_path, BASE + SCHOOL + mail + GOOGLE + DOMAIN, OF_MAIL="of mail", OF_GOOGLE="theirs")
    assert (config.sign_in.tenant, config.sign_in_secret) == (None, SecretStr("theirs"))
    config = read(tmp_path, SCHOOL + mail)
    assert (config.sign_in, config.sign_in_secret) == (None, None)


def test_a_change_of_its_secret_is_a_change_of_the_settings(tmp_path: Path) -> None:
    file = 'secret_file = "sign-in-secret"\n'
    config = read(tmp_path, BASE + SCHOOL + MICROSOFT + APPLICATION + file)
    assert tmp_path / "sign-in-secret" in config.secret_files()
    assert config.sign_in_secret is None


def test_a_person_may_sign_in_under_another_name_than_that_of_their_mail(tmp_path: Path) -> None:
    (person,) = read(tmp_path, SCHOOL + PERSON + 'account = "a.example@example.sch.uk"\n').people
    assert (person.account, person.email) == ("a.example@example.sch.uk", None)


CANNOT_WORK = (
    (BASE, MICROSOFT + 'secret_env = "S"\n', "“tenant”… is missing"),
    (BASE, MICROSOFT + f'tenant = "{TENANT}"\nsecret_env = "S"\n', "“client_id”… is missing"),
    (BASE, MICROSOFT + APPLICATION, "“secret_file”… is missing"),
    (BASE, GRAPH_MAIL + 'certificate_file = "c.pem"\n' + MICROSOFT, "“secret_file”… is missing"),
    (BASE, MICROSOFT + APPLICATION + 'secret_env = "S"\nsecret_file = "s"\n', "“secret_env” is given too"),
    (BASE, MICROSOFT + APPLICATION + 'secret_env = "S"\n' + DOMAIN, "is not for “microsoft”"),
    (BASE, MICROSOFT + APPLICATION + 'secret = "planted-in-the-file"\n', "may not be in this file"),
    (BASE, GOOGLE, "“domain”… is missing"),
    (BASE, GOOGLE + DOMAIN + f'tenant = "{TENANT}"\n', "is not for “google”"),
    (BASE, '[sign_in]\nprovider = "facebook"\n', "provider"),
    ("", GOOGLE + DOMAIN, "base_url ="),
)  # fmt: skip


@for_each(("top", "table", "told"), CANNOT_WORK)
def test_what_cannot_work_is_told(tmp_path: Path, top: str, table: str, told: str) -> None:
    found = faults(tmp_path, top + SCHOOL + table)
    assert any(all(part in fault for part in told.split("…")) for fault in found), found
    assert "planted-in-the-file" not in "".join(found)
