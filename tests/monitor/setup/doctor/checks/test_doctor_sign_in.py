"""`doctor` and the accounts that people sign in with: what the provider says, and the address to register."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from builders.delivery import configured
from builders.fetcher import fetcher_for
from support.oidc_provider import BACK, CLIENT, SECRET, TENANT, LocalProvider, oidc_provider

from monitor.config.load import Config
from monitor.config.settings import Secret, SignInSettings
from monitor.desk.sign_in import providers
from monitor.setup.doctor import mail
from monitor.setup.doctor.findings import Finding, Level


def a_config(home: Path, **given: object) -> Config:
    settings = SignInSettings(provider="microsoft", tenant=TENANT, client_id=CLIENT, secret_file="the-secret")
    (home / "the-secret").write_text(SECRET)
    (home / "the-secret").chmod(0o600)
    base = {
        "path": home / "schoolgate.toml", "base_url": "https://schoolgate.example.org",
        "sign_in": settings, "sign_in_secret": Secret(SECRET),
    }  # fmt: skip
    return replace(configured(), **base | given)


@pytest.fixture
def there(monkeypatch):
    with oidc_provider("microsoft") as there:
        monkeypatch.setattr(providers, "MICROSOFT", str(there.site))
        asking = fetcher_for(there.site, obey_robots=False)
        monkeypatch.setattr("monitor.home.wiring.fetcher", lambda *_, **given: nullcontext(asking))
        yield there


def look(config: Config, home: Path) -> list[Finding]:
    found = mail.accounts(config, home)
    assert not any(SECRET in one.what + one.remedy for one in found)
    return found


def test_a_provider_that_answers_is_in_order_and_the_address_to_register_is_told(tmp_path, there):
    (found,) = look(a_config(tmp_path), tmp_path)
    assert found.level is Level.OK
    assert found.what.startswith(f"Microsoft answers. The address to be registered there: {BACK}")


def test_a_tenant_that_is_not_the_schools_is_told(tmp_path, there):
    there.routes[there.discovery] = there._discovered
    other = TENANT.replace("0000aaaa", "9999aaaa")
    there.routes[there.discovery.replace(TENANT, other)] = there._discovered
    settings = replace(a_config(tmp_path).sign_in, tenant=other)
    (found,) = look(a_config(tmp_path, sign_in=settings), tmp_path)
    assert (found.level, "does not know the school" in found.what) == (Level.FAULT, True)


def test_a_provider_that_does_not_answer_is_told_with_the_way_that_is_left(tmp_path, there: LocalProvider):
    there.routes.clear()
    (found,) = look(a_config(tmp_path), tmp_path)
    assert (found.level, "The code by mail still works." in found.what) == (Level.FAULT, True)


def test_a_secret_that_is_not_there_or_that_others_may_read_is_told(tmp_path, there):
    (missing,) = look(a_config(tmp_path, sign_in_secret=None), tmp_path)
    assert (missing.level, there.site.asked) == (Level.FAULT, [])
    config = a_config(tmp_path)
    (tmp_path / "the-secret").chmod(0o644)
    (open_to_others, answers) = look(config, tmp_path)
    assert (open_to_others.level, answers.level) == (Level.WARN, Level.OK)


def test_without_such_a_sign_in_nothing_is_asked_or_told(tmp_path, there):
    assert look(a_config(tmp_path, sign_in=None), tmp_path) == []
    assert there.site.asked == []
