"""What the page of a case holds."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.desk.case.questions import AskedField, StepQuestion


@dataclass(frozen=True, slots=True)
class Lead:
    """Where one goes from here: what it says, and the address."""

    said: str
    to: str


@dataclass(frozen=True, slots=True)
class SideForm:
    """One form: its fields, its buttons (what each does, what it says), what goes along unseen."""

    buttons: tuple[tuple[str, str], ...] = ()
    fields: tuple[AskedField, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    heading: str = ""
    quiet: bool = False

    @property
    def brings(self) -> bool:
        """Does it bring a file?"""
        return any(each.how == "file" for each in self.fields)


@dataclass(frozen=True, slots=True)
class LadderRung:
    """One step of the ladder: how far it is (`done`, `now`, `waits`, `barred`, `open`), in words too; what is
    said of it, what bars it, what would help, and where one goes to take it or to help."""

    name: str
    how: str
    state: str
    told: tuple[str, ...] = ()
    barred: str = ""
    remedy: str = ""
    leads: tuple[Lead, ...] = ()


@dataclass(frozen=True, slots=True)
class Happening:
    """One step that was taken: its number, when, what, by whom, and what was typed for it."""

    n: int
    when: str
    did: str
    who: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case. `next` is the one thing to do and `by` its date; `asked` its question, where it is one,
    `forms` where these do it, `next_lead` where it is done elsewhere; `later` puts it off; `playbook` is
    the next step of the playbook that fits. `readable` says
    that its words are shown after a tap on record; `status` stands in place of all that, for whoever may know
    how far it is and no more; `told` is what became of what was just done, `wrong` where that was nothing.
    `version` goes into forms.
    """

    number: str
    school: str
    state: str
    version: str
    next: str
    by: str
    back: str = ""
    status: str = ""
    playbook: tuple[str, ...] = ()
    danger: str = ""
    told: str = ""
    wrong: bool = False
    remedy: str = ""
    remedy_leads: tuple[Lead, ...] = ()
    asked: StepQuestion | None = None
    forms: tuple[SideForm, ...] = ()
    later: str = ""
    next_lead: Lead | None = None
    readable: bool = False
    clocks: tuple[str, ...] = ()
    nobody_yet: tuple[str, str] = ("", "")
    rungs: tuple[LadderRung, ...] = ()
    people: tuple[tuple[str, str, Lead | None], ...] = ()
    post: tuple[tuple[str, str], ...] = ()
    places: tuple[tuple[str, str, Lead], ...] = ()
    here: str = ""
    words: str = ""
    leads: tuple[Lead, ...] = ()
    others: tuple[Lead, ...] = ()
    steps: tuple[Happening, ...] = ()
