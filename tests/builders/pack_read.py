"""A pack as it is read: the words of its document, and what its own program says of it."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pypdf
import pytest
from builders.case_desk import Acts
from builders.pack import Opened

from alerts.pack.compose import compose_pack
from alerts.pack.facts import PackFacts, Recipient
from data.evidence.vault import Vault
from data.words.say import words
from monitor.act.casework import find_case
from monitor.act.packing import PackRequest, gather_pack


def text_of(opened: Opened) -> str:
    """The words of its PDF, also of one that was made of its words alone."""
    content = _document(opened).read_bytes()
    if not content.startswith(b"%PDF"):
        return content.decode()
    return " ".join(" ".join(p.extract_text() for p in pypdf.PdfReader(_document(opened)).pages).split())


def _document(opened: Opened) -> Path:
    return opened.folder / f"{opened.folder.name}.pdf"


def checked(opened: Opened) -> str:
    """What verify.py says against it, run in this process: a process each would take a minute."""
    program = opened.folder / "for-checking/verify.py"
    said: list[str] = []
    code = compile(program.read_text(encoding="utf-8"), "verify.py", "exec")
    with pytest.raises(SystemExit) as end:
        exec(code, {"__file__": str(program), "print": said.append})
    assert bool(end.value.code) is (said != ["OK"])
    return "" if said == ["OK"] else said[0]


def facts_of(desk: Acts, to: str, person: str = "holt", number: str = "1") -> PackFacts:
    """What a pack for them would be made of; nothing of it is made or recorded."""
    session = desk.session(person)
    with session.store.open_reader() as con:
        wanted = PackRequest(find_case(con, session, number), session.person, Recipient(to), course=False)
        return gather_pack(con, session.context, wanted, Vault(session.store.evidence), desk.clock())


def told_in(facts: PackFacts) -> str:
    """The words of the document of such a pack."""
    return " ".join(words_of(asdict(compose_pack(facts, words(facts.school.language)))))


def words_of(value: object) -> Iterator[str]:
    """Each word of what a document is made of."""
    match value:
        case str():
            yield from value.split()
        case dict():
            yield from words_of(list(value.values()))
        case list() | tuple():
            for held in value:
                yield from words_of(held)
