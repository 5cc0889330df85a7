"""A mailbox at the desk: what is needed is given; it is tried, its mails counted, and written."""

import stat
from email.message import EmailMessage
from time import sleep

import pytest
from builders.config import PERSON, SCHOOL, act_on, faults, read
from builders.desk import SettingsDesk
from builders.home import migrated
from builders.judges import OAKFIELD as JUDGED
from builders.judges import judges
from builders.mention import Clock, a_store
from builders.page import PEOPLE, form_of, words_of
from support.for_each import for_each
from support.graph_mailbox import GraphBox
from support.imap_server import PASSWORD, USER, imap_server
from support.microsoft import CLIENT, TENANT, microsoft

from data.effects import here
from data.steps.acts import Refused
from data.types import Outcome
from data.words.say import words
from monitor.act import places as acts
from monitor.config.hosts import hosts
from monitor.desk.app import desk_app
from monitor.home import wiring
from monitor.pipeline.scan import scan_sources
from monitor.setup.check_machine import mailboxes
from monitor.setup.desk.pages import setup_pages
from monitor.setup.findings import Level

W = words("en")
ALERTS, SECRET = "alerts@example.org", "q8Q~planted-Value"
HEADS_BOX = next(p.email for p in PEOPLE if p.id == "head")
OURS = f'contact = "office@example.org"\n{SCHOOL}{PERSON}email = "head@example.org"\n'
GRAPH = {
    "user": ALERTS, "tenant": TENANT, "client_id": CLIENT, "other_mailbox": HEADS_BOX, "secret": SECRET,
}  # fmt: skip


@pytest.fixture(scope="module")
def tenant():
    with microsoft() as there:
        yield there


@pytest.fixture
def desk(tmp_path, tenant, monkeypatch):
    monkeypatch.setattr(wiring, "start_reading", lambda: here)
    tenant.trust_in(tmp_path)
    network = f'\n[network]\nproxy = "{tenant.way.url}"\nca_file = "authority.pem"\n'
    desk = SettingsDesk(tmp_path, more=network)
    desk.app = desk_app(desk.store, lambda: desk.context, desk.clock, more=setup_pages)
    desk.browser = desk.another()
    desk.come("it")
    return desk


def tried(desk, where="microsoft", **form):
    """The page once what they had tried has come to its end."""
    page = desk.send(f"/mailbox?where={where}", "try", **form)
    while page.status_code == 303 or 'http-equiv="refresh"' in page.text:
        sleep(0.1)
        page = desk.browser.get(page.headers.get("location", f"/mailbox?where={where}&looked=1"))
    return page


def kept(desk, page, where="microsoft"):
    return desk.browser.post(f"/mailbox?where={where}", data={**form_of(page), "do": "keep"})


def test_a_mailbox_at_microsoft_365_is_tried_counted_and_written_with_its_secret_apart(desk, tenant):
    assert "/mailbox" in desk.browser.get("/sources").text
    assert W("places.mailbox.microsoft") in words_of(desk.browser.get("/mailbox"))
    box = GraphBox(tenant, ALERTS, refuses=[HEADS_BOX])
    box.put("A parent's own words.")
    box.put("Away.", headers=[("Auto-Submitted", "auto-replied")])
    page = tried(desk, **GRAPH)
    said = words_of(page)
    assert "2 emails" in said
    assert W("places.mailbox.refused", other=HEADS_BOX) in said
    assert not [word for word in ("parent's own", SECRET) if word in page.text]
    assert desk.reload().sources == ()
    kept(desk, page)
    config = desk.reload()
    (source,) = config.sources
    assert (source.url, source.settings["other_mailbox"]) == (f"graph://{ALERTS}", HEADS_BOX)
    file = desk.file.parent / source.settings["secret_file"]
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == (f"{SECRET}\n", 0o600)
    assert SECRET not in repr(config)
    assert [(f.level, HEADS_BOX in f.what) for f in mailboxes(config)] == [(Level.OK, True)]
    named = {one.host for one in hosts(config) if any("mailbox" in why for why in one.what_for)}
    assert named == {"login.microsoftonline.com", "graph.microsoft.com"}

    again = tried(desk, **{**GRAPH, "secret": f"{SECRET}-2"})
    kept(desk, again)
    assert (file.read_text(), len(desk.reload().sources)) == (f"{SECRET}-2\n", 1), "the secret is replaced"

    (desk.file.parent / "apart").mkdir()
    store = a_store(desk.file.parent / "apart", Clock())
    migrated(store)
    given = {"store": store, "judges": lambda: judges(JUDGED), "clock": Clock()}
    with wiring.fetcher(config) as fetcher:
        runs = [
            done.batch.run.outcome
            for _ in range(2)
            for done in scan_sources(config.sources, fetcher=fetcher, **given)
        ]
    assert runs == [Outcome.OK, Outcome.NOT_MODIFIED]


def test_where_another_mailbox_can_be_read_it_is_not_written_and_not_switched_on(desk, tenant):
    GraphBox(tenant, ALERTS, open_too=[HEADS_BOX])
    page = tried(desk, **GRAPH)
    assert f"may read {HEADS_BOX} too" in words_of(page)
    kept(desk, page)
    assert desk.reload().sources == ()
    assert not (desk.file.parent / "alert-mailbox-secret").exists()

    (desk.file.parent / "secret").write_text(SECRET)
    with desk.file.open("a") as file:
        file.write(
            f'[[sources]]\nid = "box"\nkind = "mailbox"\nurl = "graph://{ALERTS}"\ndisabled = "not yet"\n'
            f'settings = {{ tenant = "{TENANT}", client_id = "{CLIENT}", secret_file = "secret" }}\n'
        )
    assert isinstance(act_on(desk.file, acts.resume, "box"), Refused)
    assert desk.reload().sources[0].disabled == "not yet"


def test_a_mailbox_by_imap_is_tried_and_written_the_same_way(desk):
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = "p@example.org", "Seen", "<1@example.org>"
    made.set_content("A parent's own words about Oakfield.")
    with imap_server({"INBOX": [made.as_bytes()]}) as server:
        server.authority.cert_pem.write_to_path(str(desk.file.parent / "authority.pem"))
        form = {"host": f"localhost:{server.port}", "folder": "", "user": USER, "secret": PASSWORD}
        page = tried(desk, "imap", **form, senders="example.org")
    assert "1 email." in words_of(page)
    kept(desk, page, "imap")
    (source,) = desk.reload().sources
    assert source.settings == {
        "user": USER, "senders": ["example.org"], "password_file": "alert-mailbox-secret",
    }  # fmt: skip


@for_each(
    ("field", "typed", "why"),
    [
        ("user", HEADS_BOX.upper(), "where Jane Holt has mail"),
        ("user", "alerts", "not an email address"),
        ("other_mailbox", ALERTS, "This is the mailbox itself"),
        ("secret", "two words", "contains a space"),
        ("secret", "", "are needed"),
        ("client_id", "Schoolgate", "is not the number"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field_and_nothing_is_asked(desk, field, typed, why):
    page = tried(desk, **{**GRAPH, field: typed})
    assert (page.status_code, why in words_of(page), f'id="{field}-wrong"' in page.text) == (422, True, True)
    assert SECRET not in page.text
    assert desk.reload().sources == ()


def test_what_it_lacks_may_be_that_of_the_application_that_sends_mail(tmp_path):
    mail = (
        f'[mail]\nsign_in = "graph"\nsender = "s@example.org"\ntenant = "{TENANT}"\nclient_id = "{CLIENT}"\n'
    )
    table = f'[[sources]]\nid = "box"\nkind = "mailbox"\nurl = "graph://{ALERTS}"\n'
    config = read(tmp_path, f'{OURS}{table}{mail}secret_env = "S"\n', S=SECRET)
    box = config.mailboxes["box"]
    assert (box.tenant, box.password.get_secret_value(), box.other) == (TENANT, SECRET, "head@example.org")
    said = "\n".join(faults(tmp_path, OURS + table))
    assert "Missing: tenant, client_id, secret_file" in said


def test_the_example_of_a_server_is_one_that_is_read_and_not_one_that_sends(desk):
    said = words_of(desk.browser.get("/mailbox?where=imap"))
    assert "imap.example.sch.uk" in said
    assert "smtp" not in said
