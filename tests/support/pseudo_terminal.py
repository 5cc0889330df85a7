"""A command run in a real terminal of a given width, and all that it wrote there."""

import fcntl
import os
import pty
import struct
import termios

from support.forked import Forked


def shown_at(width, code, *words, env=None):
    """What `python -c` wrote onto a terminal that is so many letters wide, with its codes of colour."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    known = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "LINES")}
    child = Forked(code, *words, env={**known, "TERM": "xterm", **(env or {})}, at=theirs)
    os.close(theirs)
    found = b""
    try:
        while chunk := os.read(ours, 65536):
            found += chunk
    except OSError:  # Linux says so where nobody holds the other end any more
        pass
    os.close(ours)
    child.communicate()
    return found.decode().replace("\r\n", "\n")
