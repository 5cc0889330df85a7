"""Asking a service that runs on this machine how it is: what it tells while the store is held, or full."""

from __future__ import annotations

from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from data.ids import digest

HOME_HEADER = "Schoolgate-Home"
WAIT_S = 2.0
_LONGEST = 65_536


def known_as(home: Path) -> str:
    """A home by a name that tells nothing of it."""
    return digest("home", str(home.resolve()))


def complaints_of(home: Path, port: int, wait_s: float = WAIT_S) -> tuple[str, ...] | None:
    """Why the service of this home is not well; empty where it is, None where none answers for it."""
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/healthz", timeout=wait_s) as answer:
            return () if answer.headers[HOME_HEADER] == known_as(home) else None
    except HTTPError as error:
        with error:
            if error.headers[HOME_HEADER] != known_as(home):
                return None
            return tuple(error.read(_LONGEST).decode("utf-8", "replace").splitlines())
    except (OSError, HTTPException):
        return None
