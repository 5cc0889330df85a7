"""What a draft holds that may be unwise: said beside it to whoever drafts it. It refuses and changes nothing.

A notice under section 5 has to set out the statement itself (section 5(6)(b)), so the statement is quoted as
it is whatever it holds; and what the person complaining says of it is their own account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from alerts.letters import forbidden_words
from alerts.letters.facts.fillings import SWITCHES, whole_post
from alerts.letters.facts.for_the_police import overruled
from alerts.letters.facts.missing_facts import LetterCheck, own_account, unnamed
from alerts.letters.facts.of_the_post import posted_words
from alerts.letters.kinds import QUOTED_FACTS, LetterKind, LetterReader
from data.cases import Consent
from data.types import About

if TYPE_CHECKING:
    from data.types import Person


def unwise(check: LetterCheck, values: Mapping[str, object]) -> Iterator[str]:
    """Each thing to think about before this goes out, in the language of whoever drafts it."""
    ask = check.rules.w
    if not check.given.holds:
        yield ask("letter.unwise.broken", case=check.case.id)
    if (ground := _no_call(check, values)) is not None:
        yield ask("letter.unwise.no_call", ground=ground)
    whole = whole_post(check.kind, check.spec, check.file, check.given)
    if whole:
        edited = check.file.post is not None and check.file.post.version > 1
        yield ask(f"letter.unwise.{'whole_edited' if edited else 'whole'}", fact=whole)
    if check.case.about is About.PUPIL and any(values[fact] for fact in QUOTED_FACTS):
        yield ask("letter.unwise.child")
    if name := _begins_with_a_name(check, values):
        yield ask("letter.unwise.begins", name=name)
    for fact, said in values.items():
        if isinstance(said, str) and said and (fact in QUOTED_FACTS or own_account(check, fact)):
            yield from _of(check, fact, said, given=fact != whole)


def _begins_with_a_name(check: LetterCheck, values: Mapping[str, object]) -> str | None:
    """Whom the first words of the post name, where they are said back to its author; None for nobody."""
    if check.spec.reader is not LetterReader.AUTHOR:
        return None
    return forbidden_words.named(str(values["first_words"]), check.rules.people, check.rules.school.name)


def _no_call(check: LetterCheck, values: Mapping[str, object]) -> str | None:
    """Why consent was overruled, in a report to the police where no call to 999 is known; None elsewhere."""
    if check.kind is not LetterKind.POLICE or check.case.consent is not Consent.OVERRIDDEN:
        return None
    return None if values["imminent"] else overruled(check.file, check.rules.w)


def _of(check: LetterCheck, fact: str, said: str, *, given: bool) -> Iterator[str]:
    ask, others = check.rules.w, "" if check.spec.reader not in _PASSED_ON else "_passed_on"
    posted = posted_words(check.file)
    if fact in QUOTED_FACTS and given and posted and said not in posted:
        yield ask("letter.unwise.not_there", fact=fact)
    if check.spec.reader is LetterReader.AUTHOR:  # their own words, back to them
        return
    if name := forbidden_words.named(said, _others(check, fact), check.rules.school.name):
        yield ask(f"letter.unwise.name{others}", fact=fact, name=name)
    if forbidden_words.year_group(said):
        yield ask(f"letter.unwise.year{others}", fact=fact)
    if fact not in QUOTED_FACTS and (phrase := forbidden_words.threat(said)):
        yield ask("letter.unwise.threat", fact=fact, phrase=phrase)


_PASSED_ON = frozenset((LetterReader.OPERATOR,))
"""An operator sends whoever posted it a copy of the notice."""


def _others(check: LetterCheck, fact: str) -> list[Person]:
    """Whose name is worth a thought: everybody but who signs or complains, and these too where they do not
    agree to their name being passed on.
    """
    kept = list(unnamed(check, fact))
    if check.spec.reader in _PASSED_ON and not check.agrees(SWITCHES[0]):
        kept += [p for p in check.rules.people if p.id == check.case.complainant_person]
    return kept
