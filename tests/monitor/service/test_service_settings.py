"""The settings in use by a service are read again when they change, in whatever file that is."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders.doctor import NOW, read
from builders.home import migrated

from data.store.engine.open import Store
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.service.serve import Settings
from monitor.service.state.health import Health

APPLICATION = """
[mail]
sign_in = "graph"
sender = "sg@example.org"
tenant = "example.org"
client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
secret_file = "one"
"""
PASSWORD = """
[mail]
host = "smtp.example.org"
sender = "sg@example.org"
user = "sg"
password_file = "one"
"""
CHAT = '[[people]]\nid = "dsl"\nname = "Mr B Example"\nroles = ["dsl"]\nchat_file = "one"\n'
MAILBOX = """
[[sources]]
id = "alerts"
kind = "mailbox"
url = "imaps://imap.example.org/INBOX"
settings = { user = "sg", password_file = "one" }
"""
PROXY = """
[network]
proxy = "http://proxy.example.org:8080"
proxy_user = "sg"
proxy_password_file = "one"
"""


class Beside:
    """What of the service the settings write to."""

    def __init__(self, context: Context) -> None:
        self.context, self.health = context, Health(NOW)


@pytest.mark.parametrize("table", [APPLICATION, PASSWORD, CHAT, MAILBOX, PROXY])
def test_another_secret_in_its_file_is_taken_without_a_change_of_the_settings(
    tmp_path: Path, table: str
) -> None:
    def held(config: Config) -> list[str]:
        boxes = [box.password for box in config.mailboxes.values()]
        of_the_network = config.network.proxy_password
        found = (config.mail_secret, config.mail_password, *config.chats.values(), *boxes, of_the_network)
        return [one.get_secret_value() for one in found if one is not None]

    (tmp_path / "one").write_text("ntfys://before.example.org/a\n")
    store = Store(tmp_path, clock=lambda: NOW, sleep=lambda seconds: None, wait_s=0)
    migrated(store)
    settings = Settings(read(tmp_path, table), tmp_path, store, lambda: NOW)
    service = Beside(settings.context)
    settings.reload(service)  # type: ignore[arg-type]
    assert held(service.context.config) == ["ntfys://before.example.org/a"]
    (tmp_path / "one").write_text("ntfys://after.example.org/b\n")
    settings.reload(service)  # type: ignore[arg-type]
    assert held(service.context.config) == ["ntfys://after.example.org/b"]
