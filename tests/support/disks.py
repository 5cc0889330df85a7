"""A disk that can be filled to its last byte, and freed."""

import os
import subprocess
from contextlib import contextmanager

SIZE = "64m"
"""The store is some 20 MB, and a purge writes a second one beside it."""
_CHUNK = 4096


class Disk:
    """The home's. `way` says how it comes to be full: by a file that takes all that a small disk has, or,
    where none could be mounted, by a limit (`most_bytes`) to how far a process's files may grow."""

    def __init__(self, home, *, mounted):
        self.way = "a disk of 64 MB" if mounted else "a limit to the size of files"
        self.is_full = False
        self.most_bytes = 0
        self._home, self._mounted = home, mounted

    def fill(self):
        if self._mounted:
            self._take_all()
        else:
            self.most_bytes = max(path.stat().st_size for path in self._home.iterdir())
        self.is_full = True

    def free(self):
        self._filler.unlink(missing_ok=True)
        self.most_bytes, self.is_full = 0, False

    @property
    def _filler(self):
        return self._home / "filler"

    def _take_all(self):
        with self._filler.open("ab", buffering=0) as filler:
            while True:
                try:
                    filler.write(bytes(_CHUNK))
                except OSError:
                    return


@contextmanager
def small_disk(home, *, mount):
    """`home` on a disk of its own while the block lasts, where that is wanted and we may mount one."""
    mounted = (
        mount
        and os.getuid() == 0
        and _ran("mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "tmpfs", home)
    )
    try:
        yield Disk(home, mounted=mounted)
    finally:
        if mounted:
            _ran("umount", "--lazy", home)


def _ran(*words):
    return subprocess.run([*map(str, words)], check=False, capture_output=True).returncode == 0
