"""`[sign_in]`: whose accounts people sign in with, and what is said where that cannot work."""

from __future__ import annotations

from pathlib import Path

from builders.config import PERSON, SCHOOL, faults, read
from support.for_each import for_each
from support.oidc_provider import CLIENT, TENANT

from monitor.config.settings import Secret, SignInSettings

BASE = 'base_url = "https://schoolgate.example.sch.uk"\n'
APPLICATION = f'tenant = "{TENANT}"\nclient_id = "{CLIENT}"\n'
GRAPH = '[mail]\nsign_in = "graph"\nsender = "sg@example.sch.uk"\n' + APPLICATION
MICROSOFT = '[sign_in]\nprovider = "microsoft"\n'
GOOGLE = '[sign_in]\nprovider = "google"\nclient_id = "0-a.apps.example.org"\nsecret_env = "OF_GOOGLE"\n'
DOMAIN = 'domain = "Oakfield.example.org"\n'


def test_google_is_known_by_the_schools_domain(tmp_path: Path) -> None:
    config = read(tmp_path, BASE + SCHOOL + GOOGLE + DOMAIN, OF_GOOGLE="theirs")
    assert config.sign_in == SignInSettings(
        provider="google", domain="oakfield.example.org", client_id="0-a.apps.example.org",
        secret_env="OF_GOOGLE",
    )  # fmt: skip
    assert config.sign_in_secret == Secret("theirs")


def test_microsoft_takes_from_the_mail_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "mail-secret").write_text("of mail\n")
    mail = GRAPH + 'secret_file = "mail-secret"\n'
    config = read(tmp_path, BASE + SCHOOL + mail + MICROSOFT)
    assert (config.sign_in.tenant, config.sign_in.client_id) == (TENANT, CLIENT)
    assert config.sign_in_secret == Secret("of mail")
    own = read(tmp_path, BASE + SCHOOL + mail + MICROSOFT + 'secret_env = "OWN"\n', OWN="of its own")
    assert own.sign_in_secret == Secret("of its own")
    assert own.sign_in.secret_file is None


def test_google_takes_nothing_from_the_mail(tmp_path: Path) -> None:
    mail = GRAPH + 'secret_env = "OF_MAIL"\n'
    config = read(tmp_path, BASE + SCHOOL + mail + GOOGLE + DOMAIN, OF_MAIL="of mail", OF_GOOGLE="theirs")
    assert (config.sign_in.tenant, config.sign_in_secret) == (None, Secret("theirs"))


def test_without_the_table_nobody_signs_in_so(tmp_path: Path) -> None:
    config = read(tmp_path, SCHOOL)
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
    (BASE, GRAPH + 'certificate_file = "c.pem"\n' + MICROSOFT, "“secret_file”… is missing"),
    (BASE, MICROSOFT + APPLICATION + 'secret_env = "S"\nsecret_file = "s"\n', "“secret_env” is given too"),
    (BASE, MICROSOFT + APPLICATION + 'secret_env = "S"\n' + DOMAIN, "is not for “microsoft”"),
    (
        BASE,
        MICROSOFT + APPLICATION + 'secret = "planted-in-the-file"\n',
        "may not stand in this file",
    ),
    (BASE, GOOGLE, "“domain”… is missing"),
    (BASE, GOOGLE + DOMAIN + f'tenant = "{TENANT}"\n', "is not for “google”"),
    (BASE, '[sign_in]\nprovider = "facebook"\n', "provider"),
    ("", GOOGLE + DOMAIN, "base_url ="),
)


@for_each(("top", "table", "told"), CANNOT_WORK)
def test_what_cannot_work_is_told(tmp_path: Path, top: str, table: str, told: str) -> None:
    found = faults(tmp_path, top + SCHOOL + table)
    assert any(all(part in fault for part in told.split("…")) for fault in found), found
    assert "planted-in-the-file" not in "".join(found)
