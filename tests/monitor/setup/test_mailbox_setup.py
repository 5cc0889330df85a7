"""`source add mailbox`: what is needed is given; the mailbox is tried, its mails counted, and written."""

from __future__ import annotations

import stat
import tomllib
from email.message import EmailMessage

import pytest
from builders.config import faults, read
from builders.home import migrated
from builders.judges import OAKFIELD, judges
from builders.mention import Clock, a_store
from support.graph_mailbox import GraphBox
from support.imap_server import PASSWORD, USER, imap_server
from support.microsoft import CLIENT, TENANT, microsoft
from typer.testing import CliRunner

from data.types import Outcome
from monitor.cli.app import app
from monitor.home import wiring
from monitor.pipeline.scan import scan
from monitor.setup.doctor.findings import Level
from monitor.setup.doctor.mail import mailboxes
from monitor.setup.hosts import hosts

ALERTS, HEAD, SECRET = "alerts@example.org", "head@example.org", "q8Q~planted-Value"
SCHOOL = """contact = "office@example.org"
[[schools]]
urn = "900001"
name = "Oakfield Primary School"
[[people]]
id = "head"
name = "Mrs A Example"
roles = ["head"]
email = "head@example.org"
"""
AT_MICROSOFT = ("--tenant", TENANT, "--client-id", CLIENT)


@pytest.fixture(scope="module")
def tenant():
    with microsoft() as there:
        yield there


@pytest.fixture
def home(tmp_path, tenant):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    tenant.trust_in(home)
    network = f'[network]\nproxy = "{tenant.way.url}"\nca_file = "authority.pem"\n'
    (home / "schoolgate.toml").write_text(SCHOOL + network)
    (home / "schoolgate.toml").chmod(0o600)
    return home


def add(home, *words, secret=SECRET):
    told = ["source", *words, "--home", str(home)]
    return CliRunner().invoke(app, told, input=f"{secret}\n")


def written(home):
    return tomllib.loads((home / "schoolgate.toml").read_text()).get("sources", [])


def test_a_mailbox_at_microsoft_365_is_tried_counted_and_written_with_its_secret_apart(home, tenant):
    box = GraphBox(tenant, ALERTS, refuses=[HEAD])
    box.put("A parent's own words.")
    box.put("Away.", headers=[("Auto-Submitted", "auto-replied")])
    ran = add(home, "add", f"graph://{ALERTS}", *AT_MICROSOFT, "--secret-file", "-", "--yes")
    assert ran.exit_code == 0, ran.output
    assert "2 mails" in ran.output
    assert f"{HEAD} is refused, as it must be" in ran.output
    assert not [word for word in ("parent's own", SECRET) if word in ran.output]
    (source,) = written(home)
    assert (source["url"], source["settings"]["other_mailbox"]) == (f"graph://{ALERTS}", HEAD)
    file = home / source["settings"]["secret_file"]
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == (f"{SECRET}\n", 0o600)

    config = wiring.configured(wiring.paths.find({}, home))
    assert SECRET not in repr(config)
    assert [(f.level, HEAD in f.what) for f in mailboxes(config)] == [(Level.OK, True)]
    named = {one.host for one in hosts(config) if any("mailbox" in why for why in one.what_for)}
    assert named == {"login.microsoftonline.com", "graph.microsoft.com"}

    store = a_store(home, Clock())
    migrated(store)
    given = {"store": store, "judges": lambda: judges(OAKFIELD), "clock": Clock()}
    with wiring.fetcher(config) as fetcher:
        runs = [
            done.batch.run.outcome
            for _ in range(2)
            for done in scan(config.sources, fetcher=fetcher, **given)
        ]
    assert runs == [Outcome.OK, Outcome.NOT_MODIFIED]


def test_where_another_mailbox_can_be_read_it_is_neither_written_nor_switched_on(home, tenant):
    GraphBox(tenant, ALERTS, open_too=[HEAD])
    told = (f"graph://{ALERTS}", *AT_MICROSOFT, "--secret-file", "-", "--yes")
    ran = add(home, "add", *told)
    assert (ran.exit_code, written(home)) == (1, [])
    assert f"may read {HEAD} too" in ran.output
    assert not (home / "alert-mailbox-secret").exists()

    (home / "secret").write_text(SECRET)
    with (home / "schoolgate.toml").open("a") as file:
        file.write(
            f'[[sources]]\nid = "box"\nkind = "mailbox"\nurl = "graph://{ALERTS}"\ndisabled = "not yet"\n'
            f'settings = {{ tenant = "{TENANT}", client_id = "{CLIENT}", secret_file = "secret" }}\n'
        )
    ran = add(home, "resume", "box")
    assert (ran.exit_code, "stays off" in ran.output) == (1, True)
    assert written(home)[0]["disabled"] == "not yet"


def test_a_secret_that_microsoft_refuses_is_said_in_words(home, tenant):
    from support.microsoft import JSON, refused
    from support.web_server import Answer

    tenant.token = Answer(401, refused(7000222), JSON)
    try:
        ran = add(
            home, "add", f"graph://{ALERTS}", *AT_MICROSOFT, "--secret-file", "-", "--yes", secret="old"
        )
    finally:
        tenant.token = None
    assert (ran.exit_code, written(home)) == (1, [])
    assert "has expired (AADSTS7000222)" in ran.output


def test_a_mailbox_by_imap_is_tried_and_written_the_same_way(home):
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = "p@example.org", "Seen", "<1@example.org>"
    made.set_content("A parent's own words about Oakfield.")
    with imap_server({"INBOX": [made.as_bytes()]}) as server:
        server.authority.cert_pem.write_to_path(str(home / "authority.pem"))
        address = f"imaps://localhost:{server.port}/INBOX"
        told = ("--user", USER, "--secret-file", "-", "--sender", "example.org", "--yes")
        ran = add(home, "add", address, *told, secret=PASSWORD)
        again = add(home, "add", address, *told, secret=PASSWORD)
    assert (ran.exit_code, "1 mail." in ran.output) == (0, True), ran.output
    (source,) = written(home)
    assert source["settings"] == {
        "user": USER, "senders": ["example.org"], "password_file": "alert-mailbox-secret",
    }  # fmt: skip
    assert "has that mailbox already" in str(again.exception)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("graph://HEAD@example.org", "where Mrs A Example has mail"),
        ("graph://alerts", "not an e-mail address"),
    ],
)
def test_somebodys_own_mailbox_and_half_an_address_are_refused(home, address, why):
    ran = add(home, "add", address, *AT_MICROSOFT, "--yes")
    assert why in str(ran.exception)
    assert written(home) == []


def test_what_it_lacks_may_be_that_of_the_application_that_sends_mail(tmp_path):
    mail = (
        f'[mail]\nsign_in = "graph"\nsender = "s@example.org"\ntenant = "{TENANT}"\nclient_id = "{CLIENT}"\n'
    )
    table = f'[[sources]]\nid = "box"\nkind = "mailbox"\nurl = "graph://{ALERTS}"\n'
    config = read(tmp_path, f'{SCHOOL}{table}{mail}secret_env = "S"\n', S=SECRET)
    box = config.mailboxes["box"]
    assert (box.tenant, box.password.get_secret_value(), box.other) == (TENANT, SECRET, HEAD)
    said = "\n".join(faults(tmp_path, SCHOOL + table))
    assert "Missing: tenant, client_id, secret_file" in said
