"""Takes from this process what a reader of strangers' documents never needs, by Linux's own means.

`shut_in` takes what the system lets it take. `shut_in_with` is for code that strangers wrote: it takes all
the rest too, and refuses where something cannot be taken.
"""

from __future__ import annotations

import ctypes
import os
import signal
import struct
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

_DIES_WITH_PARENT, _NEW_USER, _NEW_NETWORK = 1, 0x1000_0000, 0x4000_0000
"""Of Linux: prctl(2) and unshare(2)."""
_NO_NEW_PRIVILEGES, _SECCOMP, _BY_FILTER = 38, 22, 2
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASKS_VERSION, _BENEATH = 1, 1
_RIGHTS_TO_FILES = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many rights landlock(7) knows, by its version; later ones 16."""
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_SIGNALS_AND_SOCKETS = 0b11

_ARCHITECTURES = {"x86_64": (0xC000_003E, 0, 72), "aarch64": (0xC000_00B7, 1, 25)}
"""As seccomp(2) names them, the column of the table of calls, and fcntl(2), part of which is let be."""
_CALLS = """
read 0 63, write 1 64, readv 19 65, writev 20 66, pread64 17 67, lseek 8 62, close 3 57, dup 32 23, dup2 33 -,
dup3 292 24, pipe2 293 59, ioctl 16 29, poll 7 -, ppoll 271 73, select 23 -, pselect6 270 72,
open 2 -, openat 257 56, stat 4 -, fstat 5 80, lstat 6 -, newfstatat 262 79, statx 332 291, access 21 -,
faccessat 269 48, faccessat2 439 439, readlink 89 -, readlinkat 267 78, getdents64 217 61, getcwd 79 17,
statfs 137 43, fstatfs 138 44, fadvise64 221 223, mmap 9 222, munmap 11 215, mprotect 10 226, mremap 25 216,
madvise 28 233, mincore 27 232, brk 12 214, rt_sigaction 13 134, rt_sigprocmask 14 135, rt_sigreturn 15 139,
sigaltstack 131 132, futex 202 98, set_robust_list 273 99, rseq 334 293, membarrier 324 283,
sched_yield 24 124, sched_getaffinity 204 123, getcpu 309 168, getpid 39 172, gettid 186 178, getppid 110 173,
getuid 102 174, geteuid 107 175, getgid 104 176, getegid 108 177, uname 63 160, sysinfo 99 179,
getrusage 98 165, times 100 153, time 201 -, gettimeofday 96 169, clock_gettime 228 113, clock_getres 229 114,
clock_nanosleep 230 115, nanosleep 35 101, setitimer 38 103, getitimer 36 102, getrandom 318 278,
arch_prctl 158 -, restart_syscall 219 128, exit 60 93, exit_group 231 94
"""
"""What Python needs to read, reckon and answer, with each call's number on either architecture. Of what is
not here (sockets, programs, further processes and threads, signals to others, changed files and rights) the
system says that there is no such call."""
_LOAD, _EQUALS, _RETURN = 0x20, 0x15, 0x06
_AT_CALL, _AT_ARCHITECTURE, _AT_SECOND = 0, 4, 24
_SET_OWNER, _SET_OWNERS = 8, 15
"""Of fcntl(2): who is sent a signal when a file can be read; a way to end another process."""
_ALLOW, _NO_SUCH_CALL, _KILL = 0x7FFF_0000, 0x0005_0026, 0x8000_0000

_OF_THE_SYSTEM = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/usr/share/zoneinfo",
    "/dev/null", "/dev/urandom",
)  # fmt: skip


def shut_in() -> None:
    """Takes files to write, dumps of its memory, the network where the system allows that, and a life after
    its parent's. Before any thread starts."""
    with suppress(ImportError, ValueError, OSError):  # a system without such bounds
        import resource

        for what in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
            resource.setrlimit(what, (0, 0))
    with suppress(OSError, AttributeError):  # another system than Linux
        system = ctypes.CDLL(None)
        system.prctl(_DIES_WITH_PARENT, int(signal.SIGKILL))
        system.unshare(_NEW_USER | _NEW_NETWORK)


def shut_in_with(folders: Iterable[str]) -> None:
    """The same, and every file but those in these folders and the system's own libraries, every socket, other
    programs, processes and threads. Raises OSError where the system cannot take one of them: it wants Linux
    with Landlock (since 5.13) and seccomp, on x86-64 or ARM of 64 bits.
    """
    shut_in()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # it ends a process that is not let have more
    try:
        architecture, column, control = _ARCHITECTURES[os.uname().machine]
        libc = ctypes.CDLL(None, use_errno=True)
        libc.syscall.restype = ctypes.c_long
        _done(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        _files(libc, folders)
        allowed = [numbers[column] for numbers in _numbers() if numbers[column] != "-"]
        _calls(libc, architecture, allowed, control)
    except (KeyError, AttributeError) as missing:
        raise OSError("this system has no way to take files and network from a process") from missing


def _numbers() -> list[list[str]]:
    return [call.split()[1:] for call in _CALLS.split(",")]


def _done(answer: int) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return answer


def _files(libc: ctypes.CDLL, folders: Iterable[str]) -> None:
    """Landlock: no right to any file but to read these; no signal, no socket without a name, to others."""
    version = _done(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASKS_VERSION))
    rights = (1 << _RIGHTS_TO_FILES.get(version, 16)) - 1
    asked = (
        struct.pack("=QQQ", rights, 0, _SIGNALS_AND_SOCKETS) if version >= 6 else struct.pack("=Q", rights)
    )
    ruleset = _done(libc.syscall(_CREATE_RULESET, asked, ctypes.c_size_t(len(asked)), 0))
    for path in filter(os.path.exists, (*_OF_THE_SYSTEM, *folders)):
        at = os.open(path, os.O_PATH | os.O_CLOEXEC)
        right = _READ_FILE | (_READ_FOLDER if Path(path).is_dir() else 0)
        _done(libc.syscall(_ADD_RULE, ruleset, _BENEATH, struct.pack("=Qi", right, at), 0))
        os.close(at)
    _done(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def _calls(libc: ctypes.CDLL, architecture: int, allowed: Sequence[str], control: int) -> None:
    """seccomp: these calls alone, by a filter that asks for each in turn; and `control`, fcntl(2), but for
    naming who is sent signals: before Linux 6.12 Landlock does not keep that within this process."""
    lines = [(_LOAD, 0, 0, _AT_ARCHITECTURE), (_EQUALS, 1, 0, architecture), (_RETURN, 0, 0, _KILL)]
    lines.append((_LOAD, 0, 0, _AT_CALL))
    lines += [(_EQUALS, len(allowed) - n + 4, 0, int(number)) for n, number in enumerate(allowed)]
    lines += [(_EQUALS, 0, 3, control), (_LOAD, 0, 0, _AT_SECOND)]
    lines += [(_EQUALS, 1, 0, _SET_OWNER), (_EQUALS, 0, 1, _SET_OWNERS)]
    lines += [(_RETURN, 0, 0, _NO_SUCH_CALL), (_RETURN, 0, 0, _ALLOW)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in lines))
    program = struct.pack("@HP", len(lines), ctypes.addressof(code))
    _done(libc.prctl(_SECCOMP, _BY_FILTER, program, 0, 0))
