"""A mailbox at Microsoft 365 on this machine, as Graph shows it to an application: read by delta pages.

    with microsoft() as there:
        box = GraphBox(there, "alerts@example.org", refuses={"head@example.org"})
        box.put("The gate was shut.")

Its answers have the shapes that Microsoft documents; the live service was never met.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from urllib.parse import parse_qs, quote, urlsplit

from support.microsoft import GRAPH, JSON, failed
from support.web_server import Answer

BEGAN = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)


class GraphBox:
    """One mailbox, and how others of the tenant answer. `gone` are removed once they were listed; a `stop` is
    the answer to everything asked of it while it is set."""

    def __init__(self, there, owner, *, refuses=(), open_too=()):
        self.there, self.owner = there, owner
        self.mails: list[dict[str, object]] = []
        self.gone: set[str] = set()
        self.generation = 1
        self.stop: Answer | None = None
        there.routes[self._path("/mailFolders/inbox/messages/delta")] = self._let_in(self._delta)
        for other in refuses:
            there.routes[_first(other)] = Answer(403, failed("ErrorAccessDenied"), JSON)
        for other in open_too:
            there.routes[_first(other)] = Answer(200, b'{"value": [{"id": "AAA"}]}', JSON)

    @property
    def asked(self):
        """What Graph was asked for, without the tokens."""
        return [one.path for one in self.there.site.asked if one.path.startswith("/v1.0/")]

    def put(
        self, words="", *, sender=("A Parent", "p@example.org"), subject="Seen on the town page", html=False,
        headers=(), enclosed=(), **more,
    ):  # fmt: skip
        """A mail more; its id. Something `enclosed` is bytes, or an item as Graph tells it."""
        n, parts = len(self.mails) + 1, list(enclosed)
        at = f"{BEGAN + timedelta(minutes=n):%Y-%m-%dT%H:%M:%SZ}"
        told = words or f"Post {n}: the gate at Oakfield was shut.\nhttps://forum.example.org/t/gate/{n}\n"
        mail = {
            "id": f"AAk/{n}=", "receivedDateTime": at, "sentDateTime": at, "subject": subject,
            "internetMessageId": f"<{n}@example.org>",
            "from": {"emailAddress": {"name": sender[0], "address": sender[1]}},
            "internetMessageHeaders": [{"name": k, "value": v} for k, v in (("To", self.owner), *headers)],
            "body": {"contentType": "html" if html else "text", "content": told},
            "hasAttachments": bool(parts), **more,
        }  # fmt: skip
        self.mails.append(mail)
        whole = self.path_of(mail["id"])
        self.there.routes[whole] = self._let_in(lambda _: _said(mail, mail["id"] in self.gone))
        listed = []
        for i, (kind, held) in enumerate(parts):
            item = isinstance(held, dict)
            name = {"name": f"ATT0000{i}.txt" if kind == "text/plain" else "a child.png"}
            sort = f"#microsoft.graph.{'item' if item else 'file'}Attachment"
            listed.append({"@odata.type": sort, "id": f"p{i}", "contentType": None if item else kind} | name)
            below = self.there.routes
            if item:
                below[f"{whole}/attachments/p{i}/"] = self._let_in(lambda _, held=held: _json({"item": held}))
            else:
                below[f"{whole}/attachments/p{i}/$value"] = Answer(200, held)
        self.there.routes[f"{whole}/attachments"] = self._let_in(lambda _: _json({"value": listed}))
        return str(mail["id"])

    def path_of(self, mail):
        """Where a mail is asked for, by its id."""
        return self._path(f"/messages/{quote(mail, safe='')}")

    def put_mail(self, raw):
        """A mail as it came, shown as Exchange does: its HTML where it has any, else its texts."""
        mail = message_from_bytes(raw, policy=policy.default)
        body, files = _of_graph(mail)
        return self.put(
            body["content"] or "\n", subject=str(mail["subject"]), html=body["contentType"] == "html",
            enclosed=files, internetMessageId=str(mail["message-id"]),
        )  # fmt: skip

    def _path(self, below):
        return f"/v1.0/users/{self.owner}{below}"

    def _let_in(self, answer):
        def guarded(exchange):
            token = exchange.asked.headers.get("authorization", "").removeprefix("Bearer ")
            if self.there.good is not None and token not in self.there.good:
                return Answer(401, failed("InvalidAuthenticationToken"), JSON)
            return self.stop or answer(exchange)

        return guarded

    def _delta(self, exchange):
        asked = {k: v[0] for k, v in parse_qs(urlsplit(exchange.asked.path).query).items()}
        size = int(re.findall(r"maxpagesize=(\d+)", exchange.asked.headers["prefer"])[0])
        generation, low, high = self._place(asked)
        if generation != self.generation:
            return Answer(410, failed("SyncStateNotFound"), JSON)
        since = asked.get("$filter", "").removeprefix("receivedDateTime ge ")
        new = [m for m in self.mails[low:high] if str(m["receivedDateTime"]) >= since][::-1]
        link = f"https://{GRAPH}{self._path('/mailFolders/inbox/messages/delta')}"
        page = {"value": [{k: m[k] for k in ("id", "receivedDateTime")} for m in new[:size]]}
        if new[size:]:
            page["@odata.nextLink"] = f"{link}?$skiptoken={generation}.{low}.{high - size}.{len(self.mails)}"
        else:
            page["value"].append({"id": "AAk/0=", "@removed": {"reason": "deleted"}})
            page["@odata.deltaLink"] = f"{link}?$deltatoken={generation}.{asked.get('end') or high}"
        return _json(page)

    def _place(self, asked):
        """Of which generation, and the first and the last mail that is not listed yet."""
        if "$skiptoken" in asked:
            generation, low, high, asked["end"] = asked["$skiptoken"].split(".")
            return int(generation), int(low), int(high)
        generation, _, low = asked.get("$deltatoken", f"{self.generation}.0").partition(".")
        return int(generation), int(low), len(self.mails)


def _first(owner):
    return f"/v1.0/users/{owner}/mailFolders/inbox/messages"


def _of_graph(mail):
    """The body of a mail as Graph gives it, and its attachments."""
    words, files = {"plain": [], "html": []}, []
    for part in _leaves(mail):
        if part.get_content_type() == "message/rfc822":
            inner = part.get_content()
            item = {"subject": str(inner["subject"]), "body": _of_graph(inner)[0]}
            sent = {"sentDateTime": f"{inner['date'].datetime:%Y-%m-%dT%H:%M:%SZ}"} if inner["date"] else {}
            files.append(("message/rfc822", item | sent))
        elif part.get_content_maintype() == "text" and not part.is_attachment():
            words[part.get_content_subtype()].append(part.get_content())
        else:
            files.append((part.get_content_type(), part.get_payload(decode=True)))
    sort = "html" if words["html"] else "plain"
    return {"contentType": "html" if words["html"] else "text", "content": "\n".join(words[sort])}, files


def _leaves(part):
    whole = part.get_content_maintype() == "multipart"
    return (leaf for each in part.iter_parts() for leaf in _leaves(each)) if whole else [part]


def _said(mail, gone):
    return Answer(404, failed("ErrorItemNotFound"), JSON) if gone else _json(mail)


def _json(said):
    return Answer(200, json.dumps(said).encode(), JSON)
