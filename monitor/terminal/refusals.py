"""What the machine refuses (a file, a folder, a full disk) in words, with the remedy."""

from __future__ import annotations

import errno

_ELSEWHERE = "or name another folder: --home FOLDER"
_REASONS = {
    errno.ENOENT: ("it is not there.", "Check the name."),
    errno.EACCES: ("this account has no right to it.", f"Give it the right, {_ELSEWHERE}"),
    errno.EPERM: ("this account has no right to it.", f"Give it the right, {_ELSEWHERE}"),
    errno.EROFS: ("nothing can be written there.", f"Make the disk writable, {_ELSEWHERE}"),
    errno.ENOTDIR: ("a file stands where a folder is needed.", f"Move that file away, {_ELSEWHERE}"),
    errno.EEXIST: ("a file stands where a folder is needed.", f"Move that file away, {_ELSEWHERE}"),
    errno.EISDIR: ("it is a folder where a file is needed.", "Check the name."),
    errno.ENOSPC: ("the disk is full.", "Make room, and begin again."),
}


def refused(error: OSError) -> str:
    """What the machine refused, why, and how to put it right, in one line."""
    name = error.filename2 or error.filename
    what = f"{name} cannot be used" if name else "The machine refused something"
    usual = f"{(error.strerror or type(error).__name__).rstrip('.').lower()}."
    why, remedy = _REASONS.get(error.errno or 0, (usual, "Look with: schoolgate doctor"))
    return f"{what}: {why} {remedy}"
