"""Secrets that were written into the file itself, and where they belong."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.config.checks.document import Document
from monitor.config.faults import Fault
from monitor.config.toml_lines import Path
from monitor.config.values import SECRET_KEY

_NO_SECRET = "a secret may not stand in this file."
_ELSEWHERE: Mapping[str | int, str] = {
    "mail": "Put it into an environment variable and write that one's name: "
    'password_env = "SCHOOLGATE_SMTP_PASSWORD"; or into a file of its own: password_file = "smtp-password".',
    "sources": "Put it into an environment variable and write that one's name: "
    'settings = { password_env = "SCHOOLGATE_MAILBOX_PASSWORD" }; or into a file of its own: '
    'settings = { password_file = "mailbox-password" }.',
    "people": "Put it into an environment variable and write that one's name: "
    'chat_env = "SCHOOLGATE_CHAT_DSL"; or into a file of its own: chat_file = "chat-dsl".',
}
_SECRET_OF_MAIL = (
    "Put it into an environment variable and write that one's name: "
    'secret_env = "SCHOOLGATE_MAIL_SECRET"; or into a file of its own: secret_file = "mail-secret".'
)


def secrets(document: Document) -> list[Fault]:
    """Secrets written into the file itself, wherever they are. Their values are not repeated."""
    faults: list[Fault] = []
    inside: list[tuple[Path, object]] = [((), document)]
    while inside:
        path, value = inside.pop()
        if isinstance(value, Mapping):
            inside += [((*path, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            inside += [((*path, i), inner) for i, inner in enumerate(value)]
        elif SECRET_KEY.search(str(path[-1])):
            elsewhere = _ELSEWHERE.get(path[0], "Nothing here needs one: remove it.")
            if path[0] == "mail" and "secret" in str(path[-1]).lower():
                elsewhere = _SECRET_OF_MAIL
            faults.append(Fault(path, f"{_NO_SECRET} {elsewhere}"))
    return faults
