"""A command run in a real terminal of a given width, and all that it wrote there."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios


def shown_at(width, command, env=None):
    """What the command wrote onto a terminal that is so many letters wide, with its codes of colour."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    known = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "LINES")}
    child = subprocess.Popen(
        command, stdout=theirs, stderr=theirs, env={**known, "TERM": "xterm", **(env or {})}
    )
    os.close(theirs)
    found = b""
    try:
        while chunk := os.read(ours, 65536):
            found += chunk
    except OSError:  # Linux says so where nobody holds the other end any more
        pass
    os.close(ours)
    child.wait()
    return found.decode().replace("\r\n", "\n")
