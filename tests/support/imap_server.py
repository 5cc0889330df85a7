"""A mail server on this machine that speaks as much IMAP4rev1 as a reader needs, badly on demand.

    with imap_server({"INBOX": [mail, mail]}) as server:
        ... read imaps://localhost:{server.port}/INBOX, trusting server.context ...
        assert server.verbs == [...]

A folder is a list of mails (bytes) with the numbers 1, 2, …, or a mapping of number to mail. `instead`
answers a command by its first word in place of the server: bytes to send, or a function of the `Session`.
"""

import base64
import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from functools import cache

import trustme
from support.proxies import Server

USER, PASSWORD = "alerts@example.org", "correct horse"
Folder = Mapping[int, bytes]
Trick = bytes | Callable[["Session"], None]


@dataclass
class ImapServer:
    """The running server: where it is, what it holds, what it was told."""

    folders: dict[str, Folder]
    port: int = 0
    context: ssl.SSLContext | None = None
    authority: trustme.CA | None = None
    validity: int = 7
    capability: str = "IMAP4rev1 AUTH=PLAIN LITERAL+"
    user: str = USER
    password: str = PASSWORD
    greeting: bytes = b"* OK ready\r\n"
    instead: dict[str, Trick] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    connections: int = 0
    next_numbers: bool = True

    @property
    def verbs(self):
        """The commands in their order, without their arguments."""
        return [" ".join(line.split()[: 2 if line.startswith("UID") else 1]) for line in self.told]

    def put(self, mail, folder="INBOX"):
        """Delivers a mail; gives its number."""
        held = dict(self.folders[folder])
        number = max(held, default=0) + 1
        self.folders[folder] = held | {number: mail}
        return number


class Session:
    """One connection, as a trick sees it."""

    def __init__(self, server, wire, stopping, tls):
        self.server, self._wire, self._stopping, self._tls = server, wire, stopping, tls
        self._file = wire.makefile("rb")
        self.tag, self.line = "", ""
        self.folder: Folder = {}

    def send(self, data):
        self._wire.sendall(data)

    def close(self):
        self._file.close()
        self._wire.close()

    def wait(self, seconds):
        """Waits; False when the server ends."""
        return not self._stopping.wait(seconds)

    def ok(self, said="done"):
        self.send(f"{self.tag} OK {said}\r\n".encode())

    def no(self, said):
        self.send(f"{self.tag} NO {said}\r\n".encode())

    def run(self):
        self.send(self.server.greeting)
        while line := self._file.readline(100_000):
            self.tag, _, self.line = line.decode("utf-8", "replace").strip().partition(" ")
            verb = self.line.split()[0].upper() if self.line.split() else ""
            if verb == "UID":
                verb = " ".join(self.line.split()[:2]).upper()
            self.server.told.append(self.line)
            trick = self.server.instead.get(verb)
            if isinstance(trick, bytes):
                self.send(trick.replace(b"{tag}", self.tag.encode()))
            elif trick is not None:
                trick(self)
            elif self.answer(verb):
                return

    def answer(self, verb):
        """The usual answer; True at the end of the line."""
        handler = {
            "CAPABILITY": self._capability, "LOGIN": self._login, "AUTHENTICATE": self._authenticate,
            "EXAMINE": self._examine, "UID SEARCH": self._search, "UID FETCH": self._fetch,
            "STARTTLS": self._starttls,
        }.get(verb)  # fmt: skip
        if verb == "LOGOUT":
            with suppress(OSError):
                self.send(b"* BYE\r\n")
                self.ok()
            return True
        if handler is None:
            self.send(f"{self.tag} BAD what is {verb}\r\n".encode())
        else:
            handler()
        return False

    def _capability(self):
        self.send(f"* CAPABILITY {self.server.capability}\r\n".encode())
        self.ok()

    def _starttls(self):
        self.ok()
        self._wire = self._tls.wrap_socket(self._wire, server_side=True)
        self._file = self._wire.makefile("rb")

    def _login(self):
        user, password = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', self.line.partition(" ")[2])[:2]
        self._admit(
            user[0] or user[1], (password[0] or password[1]).replace('\\"', '"').replace("\\\\", "\\")
        )

    def _authenticate(self):
        self.send(b"+ \r\n")
        _, user, password = base64.b64decode(self._file.readline()).decode().split("\0")
        self._admit(user, password)

    def _admit(self, user, password):
        if (user, password) == (self.server.user, self.server.password):
            self.ok("welcome")
        else:
            self.no("[AUTHENTICATIONFAILED] wrong")

    def _examine(self):
        name = self.line.partition(" ")[2].strip('"')
        if name not in self.server.folders:
            self.no("[NONEXISTENT] no such folder")
            return
        self.folder = self.server.folders[name]
        beyond = max(self.folder, default=0) + 1
        told = [f"* {len(self.folder)} EXISTS", "* 0 RECENT", f"* OK [UIDVALIDITY {self.server.validity}] x"]
        told += [f"* OK [UIDNEXT {beyond}] x"] if self.server.next_numbers else []
        self.send(("\r\n".join(told) + "\r\n").encode())
        self.ok("[READ-ONLY] done")

    def _search(self):
        wanted = self.among(self.line.split()[-1])
        self.send(("* SEARCH" + "".join(f" {n}" for n in wanted) + "\r\n").encode())
        self.ok()

    def among(self, asked):
        """The numbers that a set names."""
        found: set[int] = set()
        top = max(self.folder, default=0)
        for piece in asked.split(","):
            ends = [top if end == "*" else int(end) for end in piece.split(":")]
            found |= {n for n in self.folder if min(ends) <= n <= max(ends)}
        return sorted(found)

    def _fetch(self):
        asked, _, items = self.line.split(" ", 2)[2].partition(" ")
        for number in self.among(asked):
            seq = sorted(self.folder).index(number) + 1
            mail = message_from_bytes(self.folder[number])
            told = b" ".join(_item(item, mail, self.folder[number]) for item in _items(items))
            self.send(f"* {seq} FETCH (UID {number} ".encode() + told + b")\r\n")
        self.ok()


def _items(text):
    return re.findall(r"BODY\.PEEK\[[^\]]*\](?:<[\d.]+>)?|[A-Z0-9.]+", text.strip("()"))


def _item(item, mail, raw):
    if item == "INTERNALDATE":
        return b'INTERNALDATE "17-Nov-2026 08:00:00 +0000"'
    if item == "BODYSTRUCTURE":
        return b"BODYSTRUCTURE " + structure(mail)
    found = re.fullmatch(r"BODY\.PEEK\[(HEADER\.FIELDS \(([^)]*)\)|[\d.]+)\]<0\.(\d+)>", item)
    assert found, f"not asked for by PEEK, or without an end: {item}"
    if found[2]:
        names = found[2].split()
        lines = [f"{k}: {v}" for k, v in mail.raw_items() if k.upper() in names]
        content = ("\r\n".join([*lines, "", ""])).encode("utf-8", "surrogateescape")
    else:
        content = part_of(mail, found[1])
    content = content[: int(found[3])]
    return b"BODY[%s]<0> {%d}\r\n%s" % (found[1].encode(), len(content), content)


def part_of(mail, number):
    """A part's bytes as they were sent."""
    part, *numbers = mail, *number.split(".")
    for deeper, n in enumerate(numbers):
        if deeper and part.get_content_type() == "message/rfc822":
            part = part.get_payload(0)
        if part.get_content_maintype() == "multipart":
            part = part.get_payload(int(n) - 1)
    if part.is_multipart():
        return part.get_payload(0).as_bytes()
    return part._payload.encode("ascii", "surrogateescape")


def structure(part):
    """A BODYSTRUCTURE as servers write it."""
    kind, _, sort = part.get_content_type().upper().partition("/")
    if kind == "MULTIPART":
        inside = b"".join(structure(each) for each in part.get_payload())
        return b'(%s "%s" NIL NIL NIL NIL)' % (inside, sort.encode())
    given = [(k, v) for k, v in (part.get_params() or [])[1:]]
    named = " ".join(f'"{k.upper()}" "{v}"' for k, v in given)
    if part.is_multipart():
        within = part.get_payload(0)
        date, subject = (b"{%d}\r\n%s" % (len(v), v) for v in (_raw(within, "date"), _raw(within, "subject")))
        by, to = (_named(_raw(within, name)) for name in ("from", "to"))
        said = b" ".join((date, subject, by, by, by, to, *[b"NIL"] * 4))
        size, rest = 10, b"(%s) %s 1 " % (said, structure(within))
    else:
        size = len(part._payload)
        rest = b"1 " if kind == "TEXT" else b""
    shown = part.get_content_disposition()
    disposition = f'("{shown.upper()}" ("FILENAME" "{part.get_filename("")}"))' if shown else "NIL"
    encoding = str(part.get("content-transfer-encoding", "7BIT")).upper()
    head = f'("{kind}" "{sort}" {f"({named})" if named else "NIL"} NIL NIL "{encoding}" {size} '
    return head.encode() + rest + f"NIL {disposition} NIL NIL)".encode()


def _named(said):
    each = [b'(NIL NIL "%s" "%s")' % one for one in re.findall(rb"([\w.+-]+)@([\w.-]+)", said)]
    return b"(%s)" % b"".join(each) if each else b"NIL"


def _raw(mail, name):
    return next((v for k, v in mail.raw_items() if k.lower() == name), "").encode("ascii", "surrogateescape")


@cache
def _authority():
    return trustme.CA()


@contextmanager
def imap_server(folders=None, *, security="tls", certificate_for="localhost", **changes):
    """Runs it while the block lasts: `security` none, starttls or tls."""
    held = {
        name: mails if isinstance(mails, Mapping) else dict(enumerate(mails, start=1))
        for name, mails in (folders or {"INBOX": []}).items()
    }
    state = ImapServer(held, **changes)
    authority = _authority()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(certificate_for).configure_cert(tls)
    state.context, state.authority = ssl.create_default_context(), authority
    authority.configure_trust(state.context)
    if security == "starttls":
        state.capability += " STARTTLS"
    stopping = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            state.connections += 1
            self.request.settimeout(10)
            self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            wire = tls.wrap_socket(self.request, server_side=True) if security == "tls" else self.request
            session = Session(state, wire, stopping, tls)
            try:
                session.run()
            finally:
                with suppress(OSError):
                    session.close()

    with Server(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield state
        finally:
            stopping.set()
            server.shutdown()
            thread.join()
