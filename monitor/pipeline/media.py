"""What kind of file somebody handed in: told by its first bytes, never by its name."""

from __future__ import annotations

_STARTS = {
    b"\x89PNG": ("image/png", ".png"),
    b"\xff\xd8": ("image/jpeg", ".jpg"),
    b"%PDF": ("application/pdf", ".pdf"),
    b"GIF8": ("image/gif", ".gif"),
}


def media_type(content: bytes) -> tuple[str, str]:
    """The media type and a name's ending; `application/octet-stream` and `.bin` for what is not known."""
    found = (kind for start, kind in _STARTS.items() if content.startswith(start))
    return next(found, ("application/octet-stream", ".bin"))
