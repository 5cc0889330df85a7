"""`schoolgate case letter`: a draft for a person to read, change and send. Nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from alerts.ladder.rules import Rules
from alerts.letters import draft as letters
from alerts.letters.eml import eml
from alerts.letters.kinds import Draft, Kind, LetterFacts, Missing
from alerts.letters.layout import text
from alerts.letters.offered import offered, refusal
from alerts.letters.pdf import pdf
from data.cases import Case, CaseFile, Event, StepKind
from data.effects import Clock, utc_now
from data.errors import InputError, SchoolgateError
from data.store import cases as case_store
from data.words.say import LANGUAGES, words
from monitor.casework.act import act, rules
from monitor.commands.case_common import Desk, Say, accepted, desk, find, one_of
from monitor.private_file import keep
from monitor.terminal import Document, in_json

Ask = Callable[[str], str]
WIDTH = 78
_WHICH = "Which letter? To see which there are: schoolgate case letter {} --list --as {}"


class NotDrafted(SchoolgateError):
    """There is no draft: this letter is not for the case, or more must be known."""


def letter(
    number: str,
    kind: str | None,
    *,
    person: str,
    facts: Sequence[str],
    listing: bool,
    language: str | None,
    out: Path | None,
    home: Path | None,
    config: Path | None,
    as_json: bool,
    say: Say,
    ask: Ask | None = None,
    clock: Clock = utc_now,
) -> int:
    """Drafts one letter and records that it was; or lists which there are, and why the others are not.

    `ask` puts what is missing to somebody at the terminal; without it, it is told. Raises InputError for a
    kind, a fact or a language that there is not, NotDrafted where something is missing.
    """
    at = desk(person, home, config)
    now = clock()
    with at.store.read() as con:
        case = find(con, at, number)
        file = case_store.whole_file(con, case)
    ruled = rules(at.context, case.urn)
    if listing:
        return _list(file, ruled, at, now, as_json, say)
    if kind is None:
        raise InputError(_WHICH.format(case.id, at.person.id))
    wanted = one_of(kind, "KIND", Kind)
    if case.restricted and refusal(wanted, case, ruled, now) is None:
        file = _read(at, case, wanted, now)
    given = LetterFacts(now, _language(language or ruled.school.language), _facts(facts))
    made = _drafted(wanted, file, given, ruled, ask)
    return _put(made, at, case, out, now, as_json, say)


def _read(at: Desk, case: Case, kind: Kind, now: datetime) -> CaseFile:
    """A restricted post's address and author, which the letter bears; that they were read is recorded."""
    with at.store.write("reading a restricted matter") as con:
        reason = f"to draft the letter {kind.value}"
        case_store.record_read(con, case, person=at.person.id, reason=reason, now=now)
        return case_store.whole_file(con, case, restricted=True)


def _language(given: str) -> str:
    if given not in LANGUAGES:
        raise InputError(f"--language {given}: letters are in one of: {', '.join(LANGUAGES)}.")
    return given


def _facts(given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in given:
        name, has, said = one.partition("=")
        if not has or not said.strip():
            raise InputError(f'--fact {one}: write it as name=value, for example --fact to="Ms Example".')
        found[name.strip().replace("-", "_")] = said.strip()
    return found


def _list(file: CaseFile, ruled: Rules, at: Desk, now: datetime, as_json: bool, say: Say) -> int:
    """Every kind of letter: those that there are for the case first, then why not the others."""
    url = (file.post.url or "") if file.post else ""
    found = sorted(offered(file.case, ruled, now, url), key=lambda offer: not offer.possible)
    if as_json:
        rows = [{"kind": o.kind.value, "possible": o.possible, "why_not": o.why_not} for o in found]
        say(in_json(rows))
        return 0
    if not found[0].possible and len({offer.why_not for offer in found}) == 1:
        reading = ' --restricted --reason "…"' if file.case.restricted else ""
        say(f"There is no letter for case {file.case.id}. {found[0].why_not}")
        say(f"What to do instead: schoolgate case show {file.case.id}{reading} --as {at.person.id}")
        return 0
    w = words("en")
    for offer in found:
        title = w(f"letter.title.{offer.kind.value}")
        said = title if offer.possible else f"no: {offer.why_not}"
        say(f"{offer.kind.value:<21}{said}")
    return 0


def _drafted(kind: Kind, file: CaseFile, given: LetterFacts, ruled: Rules, ask: Ask | None) -> Draft:
    """Asks for what is missing, each thing once, where somebody is there to answer."""
    made = letters.draft(kind, file, given, ruled)
    while isinstance(made, Missing) and ask is not None and made.wanted:
        asked = {want.fact: ask(want.question) for want in made.wanted if want.fact not in _UNASKED}
        if not asked:
            break
        given = LetterFacts(given.now, given.language, {**given.facts, **asked})
        made = letters.draft(kind, file, given, ruled)
    if isinstance(made, Missing):
        raise NotDrafted(_missing(made))
    return made


_UNASKED = frozenset(("signer",))
"""What no answer at the terminal can mend."""


def _missing(missing: Missing) -> str:
    if missing.why_not:
        return f"There is no letter {missing.kind.value} for this case. {missing.why_not}"
    lines = [f"  {want.fact:<20}{want.question}" for want in missing.wanted]
    said = f"The letter {missing.kind.value} is not complete. What it must know, each as --fact name=value:"
    return "\n".join((said, *lines, "Nothing was written."))


def _put(made: Draft, at: Desk, case: Case, out: Path | None, now: datetime, as_json: bool, say: Say) -> int:
    """Writes or shows the draft, and records it: its kind, its forms and their hashes, never its words."""
    files = _files(made) if out else {".txt": text(made).encode()}
    paths = {ending: (out or Path()) / f"{_name(made)}{ending}" for ending in files} if out else {}
    recorded = {
        "letter": made.kind.value,
        "form": " ".join(ending[1:] for ending in files),
        "sha256": " ".join(sha256(held).hexdigest() for held in files.values()),
    }
    with at.store.write("letter") as con:
        event = Event(StepKind.LETTER, at.person.id, facts=recorded)
        accepted(act(con, at.context, case.id, event, now), case, at)
        for ending, path in paths.items():  # a letter that cannot be written was not made
            keep(path, files[ending])
    _tell(made, recorded, list(paths.values()), as_json, say)
    return 0


def _files(made: Draft) -> Mapping[str, bytes]:
    return {".txt": text(made).encode(), ".eml": eml(made), ".pdf": pdf(made)}


def _name(made: Draft) -> str:
    """Names nobody: school, case, kind and day."""
    return f"{made.urn}-{made.case_id}-{made.kind.value}-{made.day:%Y%m%d}-DRAFT"


def _tell(made: Draft, recorded: Mapping[str, str], paths: Sequence[Path], as_json: bool, say: Say) -> None:
    if as_json:
        held = {**recorded, "case": made.case_id, "files": [str(path) for path in paths], "text": text(made)}
        say(in_json(held))
        return
    if not paths:
        say(Document(text(made, WIDTH).rstrip()))
    for path in paths:
        say(str(path))
    say(f"Case {made.case_id}: a draft was made and recorded, by its hash. Nothing was sent.")
