"""`network hosts`: what the settings reach, and nothing that is a secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders.config import SCHOOL
from support.command_call import called
from support.documents import content

from monitor.cli.commands.setup import network
from monitor.config.load import load
from monitor.setup.hosts import hosts

TEXT = """
[[sources]]
id = "gazette"
kind = "feed"
url = "https://gazette.example.org:8443/feed.xml"
[[sources]]
id = "off"
kind = "feed"
url = "https://off.example.org/feed.xml"
disabled = "asked us to stop"
[[sources]]
id = "box"
kind = "mailbox"
url = "imap://mail.example.org/INBOX"
[sources.settings]
user = "a"
password_env = "BOX"
[[people]]
id = "head"
name = "Mrs Ada Example"
roles = ["head"]
chat_env = "CHAT"
[evidence]
timestamp_url = "http://tsa.example.org/tsr"
timestamp_ca = "ca.pem"
[serve]
heartbeat_env = "BEAT"
[sign_in]
provider = "google"
domain = "oakfield.example.sch.uk"
client_id = "123-abc.apps.googleusercontent.com"
secret_env = "SECRET"
"""
GRAPH = """
[mail]
sign_in = "graph"
sender = "sg@oakfield.example.sch.uk"
tenant = "oakfield.example.sch.uk"
client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
secret_env = "SECRET"
"""
RELAY = """
[mail]
sender = "sg@oakfield.example.sch.uk"
host = "relay.example.org"
port = 2525
[network]
proxy = "http://proxy.example.org:8080"
"""


def reached(folder: Path, text: str, chat: str = "ntfys://tk_hush@ntfy.example.org/hushed") -> dict[str, str]:
    path = folder / "schoolgate.toml"
    path.write_text(f'base_url = "https://sg.example.org"\n{SCHOOL}{text}')
    config = load(
        path, {"CHAT": chat, "BEAT": "https://beats.example.org/hush", "SECRET": "hush", "BOX": "hush"}
    )
    found = {f"{each.host}:{each.port}": ", ".join(each.what_for) for each in hosts(config)}
    return {host: why for host, why in found.items() if "RDAP" not in why}


def test_each_host_that_the_settings_reach_is_named_with_its_port_and_what_for(tmp_path):
    assert reached(tmp_path, TEXT + GRAPH) == {
        "gazette.example.org:8443": "places that are read",
        "mail.example.org:143": "the mailbox box",
        "login.microsoftonline.com:443": "signing in to send mail",
        "graph.microsoft.com:443": "sending mail",
        "accounts.google.com:443": "signing in at the desk",
        "oauth2.googleapis.com:443": "signing in at the desk",
        "www.googleapis.com:443": "signing in at the desk",
        "ntfy.example.org:443": "short messages",
        "tsa.example.org:80": "time stamps",
        "beats.example.org:443": "the heartbeat",
    }


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/", "hooks.slack.com"),
        ("ntfy://hushed", "ntfy.sh"),
        ("sendgrid://SG.hush.hush:sg@example.org/a@example.org", "api.sendgrid.com"),
    ],
)
def test_a_service_for_short_messages_is_named_and_no_token_of_its_address(tmp_path, address, host):
    found = reached(tmp_path, TEXT, chat=address)
    assert f"{host}:443" in found
    assert "hush" not in " ".join(found).lower()


def test_what_no_proxy_leads_to_is_said_and_programs_get_it_as_data(tmp_path):
    (tmp_path / "schoolgate.toml").write_text(SCHOOL + RELAY)
    _, said = called(network.hosts, home=tmp_path)
    told = "through proxy.example.org:8080, which has to let it out; directly: relay.example.org:2525."
    assert said[-1].endswith(told)
    _, (data,) = called(network.hosts, home=tmp_path, as_json=True)
    first, *_, rdap = content(data)
    assert first == {
        "host": "relay.example.org",
        "port": 2525,
        "what_for": ["sending mail"],
        "proxied": False,
    }
    assert rdap["what_for"] == ["who hosts a page (RDAP)"]
