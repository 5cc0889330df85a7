"""What a document is written in that declares nothing and is not UTF-8. A guess, and said to be one.

It is windows-1252, as browsers in Britain take it, unless its bytes cannot well be that: in English, Welsh
and their neighbours a letter above ASCII stands alone or beside one other, in the other scripts of the
world they stand in rows. So only of a document with enough of them, most in rows of three or more and of
many kinds, is a script guessed; of a short one never, for there the guess is worse than none.
"""

from __future__ import annotations

import re

_ROWS = re.compile(rb"[\x80-\xff]+")
_FEWEST = 30  # of 10 to 24 bytes it is wrong for 4 scripts of 11, of 30 and more for none
_FEWEST_KINDS = 8
_IN_ROWS = 0.6
_ROW = 3
_SAMPLE = 20_000
_GUESSED = [  # the encodings of the web whose letters are not Latin ones
    *("euc_jp", "cp932", "gb18030", "big5hkscs", "cp949"),
    *("koi8_r", "cp1251", "iso8859_5", "cp1255", "iso8859_8", "cp1256", "cp1253", "cp874"),
]


def guess(body: bytes) -> str | None:
    """Python's name of an encoding of another script, None where there is no reason for one."""
    sample = _sample(body)
    rows = _ROWS.findall(sample)
    high = sum(map(len, rows))
    in_rows = sum(len(row) for row in rows if len(row) >= _ROW)
    if high < _FEWEST or in_rows < _IN_ROWS * high or len(set(b"".join(rows))) < _FEWEST_KINDS:
        return None
    from charset_normalizer import from_bytes

    found = from_bytes(sample, cp_isolation=_GUESSED, preemptive_behaviour=False).best()
    return found.encoding if found else None


def _sample(body: bytes) -> bytes:
    """From the first byte above ASCII; cut where no letter of several bytes can be."""
    first = _ROWS.search(body)
    start = first.start() if first else len(body)
    sample = body[start : start + _SAMPLE]
    if start + _SAMPLE >= len(body):
        return sample
    end = max(sample.rfind(b"<"), sample.rfind(b" "), sample.rfind(b"\n"))
    return sample[:end] if end > 0 else sample
