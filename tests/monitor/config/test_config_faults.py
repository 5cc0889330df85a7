"""Faults of `schoolgate.toml`, as a person reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders.config import MAIL, PERSON, SCHOOL, SOURCE, faults, read

from data.errors import ConfigError
from monitor.config.load import load

TERMS = """terms = [
{ first = 2026-09-02, last = 2026-10-23 },
{ first = 2026-11-02, last = 2026-12-18 },
]
"""
FAULTS = {
    "a wrong address": (
        SCHOOL + SOURCE.replace("https://example.org/feed.xml", "mumsnet"),
        "schoolgate.toml, [[sources]] number 1, “url” (line 7): “mumsnet” is not a web address. "
        'Write, for example: url = "https://example.org/feed.xml"',
    ),
    "an unknown key": (
        SCHOOL + 'heed = "x"\n',
        "schoolgate.toml, [[schools]] number 1, “heed” (line 4): there is no such key here. "
        "Did you mean “head”?",
    ),
    "a key of the file below a header": (
        SCHOOL + 'contact = "office@example.org"\n',
        "schoolgate.toml, [[schools]] number 1, “contact” (line 4): this key belongs at the top of the file, "
        "before the first table. Move it there.",
    ),
    "a missing key": (
        SCHOOL + "[[people]]\nid = 'x'\nname = 'X'\n",
        "schoolgate.toml, [[people]] number 1, “roles” (line 4): is missing. "
        'Add it, for example: roles = ["head", "dsl"]',
    ),
    "a number without quotes": (
        SCHOOL.replace('"900001"', "900001"),
        "schoolgate.toml, [[schools]] number 1, “urn” (line 2): 900001 must be text in quotes. "
        'Write, for example: urn = "900001"',
    ),
    "an unknown role": (
        SCHOOL + PERSON.replace('["head"]', '["head", "haed"]'),
        "schoolgate.toml, [[people]] number 1, “roles” number 2 (line 7): “haed” is not known here. "
        "Did you mean “head”?",
    ),
    "no role": (
        SCHOOL + PERSON.replace('["head"]', "[]"),
        "schoolgate.toml, [[people]] number 1, “roles” (line 7): what stands there is empty. "
        'Write, for example: roles = ["head", "dsl"]',
    ),
    "an e-mail address that mail servers do not take": (
        SCHOOL + PERSON + 'email = "b\u00fcro@example.org"\n',
        "schoolgate.toml, [[people]] number 1, “email” (line 8): “b\u00fcro@example.org” is not an e-mail "
        "address: mail servers want plain letters, and xn--… for others. "
        'Write, for example: email = "head@example.sch.uk"',
    ),
    "an unknown kind of source": (
        SCHOOL + SOURCE.replace('"feed"', '"phpbb"'),
        "schoolgate.toml, [[sources]] number 1, “kind” (line 6): “phpbb” is not a kind of source. "
        "Did you mean “forum.phpbb”?",
    ),
    "a setting the kind does not have": (
        SCHOOL + SOURCE + 'settings = { datess = "auto" }\n',
        "schoolgate.toml, [[sources]] number 1, “settings”, “datess” (line 8): there is no such key here. "
        "Did you mean “dates”?",
    ),
    "an unknown school": (
        SCHOOL + SOURCE + 'schools = ["900011"]\n',
        "schoolgate.toml, [[sources]] number 1, “schools” number 1 (line 8): “900011” is not the number of a "
        "school in this file. Did you mean “900001”?",
    ),
    "a source given twice": (
        SCHOOL + SOURCE + SOURCE,
        "schoolgate.toml, [[sources]] number 2, “id” (line 9): “gazette” is the id of number 1 too. "
        "Give each its own.",
    ),
    "a school given twice": (
        SCHOOL + SCHOOL,
        "schoolgate.toml, [[schools]] number 2, “urn” (line 5): “900001” is given at number 1 too. "
        "A number belongs to one school.",
    ),
    "a listing of two schools": (
        SCHOOL + SCHOOL.replace("900001", "900002") + SOURCE + "listing = true\n",
        "schoolgate.toml, [[sources]] number 1, “listing” (line 11): a listing is one school's own page, and "
        'this is watched for 2. Write, for example: schools = ["900001"]',
    ),
    "a table with one bracket": (
        SCHOOL.replace("[[", "[").replace("]]", "]"),
        "schoolgate.toml, “schools” (line 1): this is a table. Write [[schools]], once for each.",
    ),
    "a table with two brackets": (
        SCHOOL + "[[policy]]\n",
        "schoolgate.toml, “policy” (line 4): this is a table. Write [policy], once.",
    ),
    "no school": (
        "zone = 'Europe/London'\n",
        "schoolgate.toml, “schools”: is missing. The schools: one `[[schools]]` each.",
    ),
    "an unknown zone": (
        "zone = 'Europe/Londn'\n" + SCHOOL,
        "schoolgate.toml, “zone” (line 1): “Europe/Londn” is not a time zone of the IANA list. "
        'Write, for example: zone = "Europe/London"',
    ),
    "a domain that is an address": (
        SCHOOL + "domain = 'https://oakfield.example.sch.uk/'\n",
        "schoolgate.toml, [[schools]] number 1, “domain” (line 4): “https://oakfield.example.sch.uk/” is not "
        "a domain: leave out “https://” and whatever follows the first “/”. "
        'Write, for example: domain = "oakfield.example.sch.uk"',
    ),
    "an interval of a second": (
        SCHOOL + SOURCE + "interval = '1m'\n",
        "schoolgate.toml, [[sources]] number 1, “interval” (line 8): “1m” is too short or too long: from "
        '5 minutes to 31 days. Write, for example: interval = "1h"',
    ),
    "a channel nobody knows": (
        SCHOOL + SOURCE + "channel = 'trust pilot'\n",
        "schoolgate.toml, [[sources]] number 1, “channel” (line 8): “trust pilot” is not a channel. "
        "Did you mean “trustpilot”?",
    ),
    "a date in words": (
        SCHOOL + "[dpia]\nrecorded_on = 'soon'\n",
        "schoolgate.toml, [dpia], “recorded_on” (line 5): “soon” is not a day with its year. "
        "Write, for example: recorded_on = 2026-09-01",
    ),
    "labels without a model": (
        SCHOOL + "[model]\nlabels = { toxic = 'abuse:hate' }\n",
        "schoolgate.toml, [model], “name” (line 4): is missing: “labels” belong to another model. "
        "Name it, or remove “labels”.",
    ),
    "a term that ends before it begins": (
        SCHOOL + "terms = [{ first = 2026-10-23, last = 2026-09-02 }]\n",
        "schoolgate.toml, [[schools]] number 1, “terms” number 1, “last” (line 4): 2026-09-02 is before its "
        "first day, 2026-10-23.",
    ),
    "terms over one another": (
        SCHOOL + TERMS.replace("2026-11-02", "2026-10-23"),
        "schoolgate.toml, [[schools]] number 1, “terms” number 2, “first” (line 6): 2026-10-23 is not after "
        "the last day of the term before it, 2026-10-23. Write them in the order of the year, none over "
        "another.",
    ),
    "terms out of order": (
        SCHOOL + TERMS.replace("2026-11-02", "2025-11-02").replace("2026-12-18", "2025-12-18"),
        "schoolgate.toml, [[schools]] number 1, “terms” number 2, “first” (line 6): 2025-11-02 is not after "
        "the last day of the term before it, 2026-10-23. Write them in the order of the year, none over "
        "another.",
    ),
    "a closed day in words": (
        SCHOOL + "closed = ['Christmas']\n",
        "schoolgate.toml, [[schools]] number 1, “closed” number 1 (line 4): “Christmas” is not a day with "
        "its year. Write, for example: closed = [2026-09-01, 2027-01-04]",
    ),
    "a school day that ends before it begins": (
        SCHOOL + "day = ['15:15', '08:40']\n",
        "schoolgate.toml, [[schools]] number 1, “day” (line 4): what stands there must be when the day "
        'begins, then when it ends. Write, for example: day = ["08:40", "15:10"]',
    ),
    "a language there is not": (
        SCHOOL + "language = 'welsh'\n",
        "schoolgate.toml, [[schools]] number 1, “language” (line 4): “welsh” is not a language there is: "
        '“en” (English). Write, for example: language = "en"',
    ),
    "a notice of a page that is not the school's own": (
        SCHOOL + SOURCE + "notice = 'We look on school days.'\n",
        "schoolgate.toml, [[sources]] number 1, “notice” (line 8): only a page of the school's own has a "
        "notice. Add own = true, or remove this line.",
    ),
    "a notice of a feed, which has no place for one": (
        SCHOOL + SOURCE + "own = true\nnotice = 'We look on school days.'\n",
        "schoolgate.toml, [[sources]] number 1, “notice” (line 9): only a page has a place for a notice. "
        'Write kind = "own.page" and the page\'s address.',
    ),
    "two places for where a short message goes": (
        SCHOOL + PERSON + "chat_env = 'SCHOOLGATE_CHAT_HEAD'\nchat_file = 'chat-head'\n",
        "schoolgate.toml, [[people]] number 1, “chat_file” (line 9): “chat_env” is given too. "
        "Keep one of them.",
    ),
    "mail for all to read": (
        SCHOOL + MAIL + "security = 'none'\n",
        "schoolgate.toml, [mail], “security” (line 7): “none” sends password and mails for all to read, and "
        '“smtp.example.org” is not this machine. Write: security = "starttls", or "tls".',
    ),
    "a time of day that no clock shows": (
        SCHOOL + "[digest]\nat = '7.30'\n",
        "schoolgate.toml, [digest], “at” (line 5): “7.30” is not a time of day, from 00:00 to 23:59. "
        'Write, for example: at = "07:30"',
    ),
    "excerpts nobody offers": (
        SCHOOL + "[digest]\nexcerpts = 'all'\n",
        "schoolgate.toml, [digest], “excerpts” (line 5): “all” is not known here. "
        "Known are: none, news, public.",
    ),
    "an address of pages that goes on": (
        "base_url = 'https://schoolgate.example.sch.uk/desk?x=1'\n" + SCHOOL,
        "schoolgate.toml, “base_url” (line 1): “https://schoolgate.example.sch.uk/desk?x=1” goes on after "
        'the host: leave out what follows it. Write, for example: base_url = "https://schoolgate.example.sch.uk"',
    ),
    "one port for two": (
        SCHOOL + "[serve]\nhealth_port = 8477\n",
        "schoolgate.toml, [serve], “health_port” (line 5): 8477 is the port of health page and pages alike. "
        "Give each its own.",
    ),
    "a place to listen without a port": (
        SCHOOL + "[serve]\nlisten = 'localhost'\n",
        "schoolgate.toml, [serve], “listen” (line 5): “localhost” is not an address to listen at: write host "
        'and port. Write, for example: listen = "127.0.0.1:8477"',
    ),
    "a value that is not TOML": (
        SCHOOL + "head = Mrs A\n",
        "schoolgate.toml, line 4: the value is missing or is not quoted. Write text in quotes.",
    ),
    "curly quotation marks": (
        SCHOOL + "head = “Mrs A”\n",
        'schoolgate.toml, line 4: the quotation marks are curly. Use straight ones: "like this".',
    ),
    "a folder of Windows": (
        'register_file = "C:\\Users\\gias.csv"\n' + SCHOOL,
        "schoolgate.toml, line 1: a backslash stands in double quotes. Use single quotes: 'C:\\Schoolgate'.",
    ),
    "a key given twice": (
        SCHOOL + "name = 'x'\n",
        "schoolgate.toml, line 4: this key or table was given before. Keep one of them.",
    ),
    "a backslash": (
        SCHOOL + 'head = "A\\q"\n',
        "schoolgate.toml, line 4: a backslash stands in double quotes. Use single quotes: 'C:\\Schoolgate'.",
    ),
    "a colon for an equals sign": (
        SCHOOL + "head: 'x'\n",
        "schoolgate.toml, line 4: this is neither a key with a value (key = value) nor a table ([name]).",
    ),
    "a header left open": (
        SCHOOL + "[[sources]\n",
        "schoolgate.toml, line 4: the header is not closed. Write [name], or [[name]] where "
        "there are several.",
    ),
    "a text left open": (
        SCHOOL + "head = 'x\n",
        "schoolgate.toml, line 4: a text is not closed. Add a quotation mark at its end.",
    ),
    "two values": (
        SCHOOL + "head = 'x', 'y'\n",
        "schoolgate.toml, line 4: something follows the value. One key a line; text in quotes.",
    ),
    "braces over two lines": (
        SCHOOL + "namesakes = [{ name = 'x',\n}]\n",
        "schoolgate.toml, line 4: what begins with “{” must end with “}” on the same line.",
    ),
    "a setting that the kind needs": (
        SCHOOL + SOURCE.replace('"feed"', '"reviews.generic"') + "settings = { text = 'p' }\n",
        "schoolgate.toml, [[sources]] number 1, “settings”, “item” (line 8): is missing. "
        'Add it, for example: item = "div.review"',
    ),
    "a list left open at the end of the file": (
        SCHOOL + "aliases = [\n",
        "schoolgate.toml, line 4: a list is not closed. Add “]”.",
    ),
    "a list left open before a table": (
        SCHOOL + "aliases = [\n" + SOURCE,
        "schoolgate.toml, line 5: a list is not closed before this. Add “]”.",
    ),
    "a text without quotes in a list": (
        SCHOOL + "aliases = [Oakfield]\n",
        "schoolgate.toml, line 4: the value is missing or is not quoted. Write text in quotes.",
    ),
    "a list left open": (
        SCHOOL + "aliases = ['x'\n",
        "schoolgate.toml, line 4: a list is not closed. Add “]”.",
    ),
}


@pytest.mark.parametrize(("text", "told"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_names_file_table_key_and_line_and_how_to_mend_it(
    tmp_path: Path, text: str, told: str
) -> None:
    assert faults(tmp_path, text) == [told]


def test_an_unknown_kind_is_told_even_where_the_same_source_has_another_fault(tmp_path: Path) -> None:
    broken = SOURCE.replace('kind = "feed"', 'kind = "fed"').replace(
        "https://example.org/feed.xml", "mumsnet"
    )
    told = " ".join(faults(tmp_path, SCHOOL + broken))
    assert "“fed” is not a kind of source. Did you mean “feed”?" in told
    assert "“mumsnet” is not a web address" in told


BROKEN = {
    "a duplicate id of a source": (
        SOURCE + SOURCE, "“gazette” is the id of number 1 too. Give each its own."
    ),
    "a duplicate id of a person": (PERSON + PERSON, "“head” is the id of number 1 too. Give each its own."),
    "a duplicate number": (SCHOOL, "“900001” is given at number 1 too. A number belongs to one school."),
    "an unknown school": (
        SOURCE + 'schools = ["900011"]\n',
        "“900011” is not the number of a school in this file. Did you mean “900001”?",
    ),
    "a listing of two schools": (
        SCHOOL.replace("900001", "900002") + SOURCE + "listing = true\n",
        "a listing is one school's own page, and this is watched for 2.",
    ),
    "two places for a password": (
        MAIL + "password_env = 'SMTP_PASSWORD'\npassword_file = 'smtp-password'\n",
        "“password_env” is given too. Keep one of them.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "told"), BROKEN.values(), ids=BROKEN.keys())
def test_a_fault_between_tables_is_told_though_keys_have_faults_of_their_own(
    tmp_path: Path, text: str, told: str
) -> None:
    found = faults(tmp_path, "zone = 'Europe/Londn'\n" + SCHOOL + text + "[dpia]\nrecorded_on = 'soon'\n")
    assert len(found) == 3
    assert sum(told in line for line in found) == 1


def test_a_key_with_a_fault_of_its_own_is_told_once(tmp_path: Path) -> None:
    twice = SOURCE.replace('"gazette"', '"My Gazette"') * 2
    found = faults(tmp_path, SCHOOL + twice)
    assert [line.count("is not an id") for line in found] == [1, 1]


def test_while_a_school_has_no_readable_number_no_other_is_called_unknown(tmp_path: Path) -> None:
    found = faults(tmp_path, SCHOOL.replace('"900001"', "900001") + SOURCE + 'schools = ["900001"]\n')
    assert len(found) == 1
    assert "must be text in quotes" in found[0]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_mail_to_this_machine_needs_no_encryption(tmp_path: Path, host: str) -> None:
    text = SCHOOL + MAIL.replace("smtp.example.org", host) + "security = 'none'\n"
    config = read(tmp_path, text)
    assert config.mail is not None
    assert config.mail.security == "none"


def test_terms_in_the_order_of_the_year_load(tmp_path: Path) -> None:
    assert len(read(tmp_path, SCHOOL + TERMS).calendar("900001").terms) == 2


@pytest.mark.parametrize("mode", [0o660, 0o606])
def test_a_file_that_others_can_write_to_is_not_used_until_it_is_closed(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "schoolgate.toml"
    path.write_text(SCHOOL, encoding="utf-8")
    path.chmod(mode)
    tmp_path.chmod(0o755)
    with pytest.raises(ConfigError, match=rf"who is asked and who is told\..*chmod go-w {path}$"):
        load(path, {})
    path.chmod(mode & ~0o022)
    assert load(path, {}).schools


def test_a_file_in_a_folder_that_others_cannot_enter_is_used_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "schoolgate.toml"
    path.write_text(SCHOOL, encoding="utf-8")
    path.chmod(0o664)
    tmp_path.chmod(0o700)
    assert load(path, {}).schools
