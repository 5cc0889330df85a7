"""A mailbox of Debian's Dovecot, where it is installed: a server that nobody scripted."""

import getpass
import grp
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
import trustme
from support.mails import TABLE, expected, raw, told

from data.types import FetchFailure, Outcome, Request, Source, SourceState
from monitor.pipeline.collect import collect, scope_of
from sources.fetch import Fetcher
from sources.http.politeness import Limits
from sources.mailbox.collector import bundle_of
from sources.mailbox.mail import mail_of
from sources.registry import collector

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
DOVECOT = shutil.which("dovecot") or "/usr/sbin/dovecot"
pytestmark = pytest.mark.skipif(
    not (os.access(DOVECOT, os.X_OK) and Path("/usr/lib/dovecot/imap").exists()),
    reason="Dovecot is not installed here (Debian: dovecot-imapd)",
)
CONFIG = """
protocols = imap
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/log
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
listen = 127.0.0.1
ssl = required
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
auth_mechanisms = plain login
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{home}/mail
passdb {{
  driver = static
  args = password=correct-horse
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
"""


def _account() -> pwd.struct_passwd:
    """Who runs it: we ourselves; where that is root, somebody who may do nothing."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwnam(getpass.getuser())


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def a_mail(n: int) -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = "p@example.org", f"Seen {n}", f"<{n}@example.org>"
    made["Date"] = "Mon, 16 Nov 2026 18:00:00 +0000"
    made.set_content(f"Post {n} about tŷ bach: https://forum.example.org/t/gate/{n}\n")
    made.add_alternative(f"<p>Post {n}</p>", subtype="html")
    if n == 1:
        made.add_attachment(b"\xff\xd8 poster", maintype="image", subtype="jpeg", filename="x.jpg")
    return made.as_bytes()


class Dovecot:
    """The running server, the certificate it shows, and where its mails lie."""

    def __init__(self, home: Path) -> None:
        self.home, self.tls, self.plain = home, _free(), _free()
        self.context = ssl.create_default_context()
        authority = trustme.CA()
        authority.configure_trust(self.context)
        shown = authority.issue_cert("localhost")
        shown.private_key_pem.write_to_path(str(home / "key.pem"))
        (home / "cert.pem").write_bytes(b"".join(blob.bytes() for blob in shown.cert_chain_pems))
        for folder in ("cur", "new", "tmp"):
            (home / "mail" / folder).mkdir(parents=True)
        for n in range(1, 8):
            self.put(n)

    def put(self, n: int, mail: bytes = b"") -> None:
        file = self.home / "mail" / "new" / f"{1700000000 + n}.{n}.example"
        file.write_bytes(mail or a_mail(n))
        account = _account()
        os.chown(file, account.pw_uid, account.pw_gid)

    def files(self) -> list[str]:
        """What lies in the mailbox, with its flags, as the server leaves it."""
        return sorted(path.name for path in (self.home / "mail").glob("[cn]*/*.example*"))


@pytest.fixture(scope="module")
def server(tmp_path_factory):

    # a short path: sockets lie in it
    with tempfile.TemporaryDirectory(prefix="dovecot-", dir="/tmp") as folder:
        home, account = Path(folder), _account()
        made = Dovecot(home)
        (home / "conf").write_text(
            CONFIG.format(
                home=home,
                user=account.pw_name,
                uid=account.pw_uid,
                gid=account.pw_gid,
                tls=made.tls,
                group=grp.getgrgid(account.pw_gid).gr_name,
                plain=made.plain,
            )
        )
        for path in (home, *home.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid)
        as_them = {"user": account.pw_uid, "group": account.pw_gid} if os.geteuid() == 0 else {}
        running = subprocess.Popen(
            [DOVECOT, "-F", "-c", str(home / "conf")], **as_them, extra_groups=[] if as_them else None
        )
        try:
            _wait(made.tls, running)
            yield made
        finally:
            running.terminate()
            running.wait(10)


def _wait(port: int, running: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 20
    while time.monotonic() < ends and running.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("Dovecot did not begin")


def source(server: Dovecot, scheme: str = "imaps") -> Source:
    port = server.tls if scheme == "imaps" else server.plain
    return Source("alerts", "mailbox", f"{scheme}://localhost:{port}/INBOX", ("900001",))


def fetcher(server: Dovecot, password: str = "correct-horse") -> Fetcher:
    return Fetcher(
        agent="x", clock=lambda: NOW, sleep=lambda _: None, tls=server.context,
        limits=Limits(deadline_s=20, per_host_interval_s=0), credentials={"alerts": ("alerts", password)}.get,
    )  # fmt: skip


def read(server: Dovecot, resume: str | None = None, scheme: str = "imaps"):
    of = source(server, scheme)
    state = SourceState("alerts", resume=resume, scope=scope_of(of))
    return collect(of, state, collector("mailbox"), fetcher(server).fetch, lambda: NOW)


def test_its_mails_are_read_once_resumed_and_left_as_they_were(server):
    first = read(server)
    assert first.run.outcome is Outcome.OK, first.run
    assert sorted(m.url[-1] for m in first.mentions) == list("1234567")
    assert read(server, first.run.resume).run.outcome is Outcome.NOT_MODIFIED
    server.put(8)
    assert [m.url[-1] for m in read(server, first.run.resume).mentions] == ["8"]
    assert not [name for name in server.files() if "S" in name.partition(":2,")[2]]


def test_what_is_enclosed_is_told_and_fetched_only_by_its_own_number(server):
    (post,) = (m for m in read(server).mentions if m.enclosed)
    assert post.enclosed == ("image/jpeg",)
    got = fetcher(server).fetch(Request(f"{post.mail};SECTION=1", auth="alerts"))
    assert got.body == b"\xff\xd8 poster"


def test_all_that_a_mail_says_is_read(server):
    for n, name in enumerate(TABLE, start=20):
        server.put(n, raw(name))
    answer = fetcher(server).fetch(Request(source(server).url, auth="alerts"))
    mails = bundle_of(answer.body.decode()).mails[-len(TABLE) :]
    assert [told(mail_of(one, NOW)) for one in mails] == [*map(expected, TABLE)]


def test_starttls_is_used_where_the_line_begins_in_the_clear(server):
    assert len(read(server, scheme="imap").mentions) >= 7


def test_a_wrong_password_and_a_folder_that_is_not_there_are_told_apart(server):
    refused = fetcher(server, "another").fetch(Request(source(server).url, auth="alerts"))
    absent = fetcher(server).fetch(Request(source(server).url.replace("INBOX", "Nowhere"), auth="alerts"))
    assert isinstance(refused, FetchFailure)
    assert (refused.outcome, absent.outcome) == (Outcome.MISCONFIGURED, Outcome.GONE)
