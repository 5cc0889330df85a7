"""A pack as it is read: the words of its document, and what its own program says of it."""

import pypdf
import pytest


def text_of(opened):
    """The words of its PDF, also of one that was made of its words alone."""
    content = _document(opened).read_bytes()
    if not content.startswith(b"%PDF"):
        return content.decode()
    return " ".join(" ".join(p.extract_text() for p in pypdf.PdfReader(_document(opened)).pages).split())


def _document(opened):
    return opened.folder / f"{opened.folder.name}.pdf"


def checked(opened):
    """What verify.py says against it, run in this process: a process each would take a minute."""
    program = opened.folder / "verify.py"
    said: list[str] = []
    code = compile(program.read_text(encoding="utf-8"), "verify.py", "exec")
    with pytest.raises(SystemExit) as end:
        exec(code, {"__file__": str(program), "print": said.append})
    assert bool(end.value.code) is (said != ["OK"])
    return "" if said == ["OK"] else said[0]


def words_of(value):
    """Each word of what a document is made of."""
    match value:
        case str():
            yield from value.split()
        case dict():
            yield from words_of(list(value.values()))
        case list() | tuple():
            for held in value:
                yield from words_of(held)
