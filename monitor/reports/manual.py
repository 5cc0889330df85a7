"""Pages of the manual made on the spot from the program's tables, letters and sentences. A page of `docs/`
names a table, `<!-- made: rungs -->`, and `filled` puts it there; letters (`letter police`) have no file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from pydantic import BaseModel

from alerts.access.guidance import Guidance, guidance
from alerts.access.knowing import Access, access
from alerts.access.matter import Matter
from alerts.access.offices import ACTS, ASKED_NEXT, FACTS, LAST_RESORT, REPORTS_TO, Concern, Fact, FactRow
from alerts.escalation import BEFORE, MORNING, PATIENCE
from alerts.escalation import TABLE as TABLE_OF_ALARM
from alerts.ladder.advance import OF_RUNGS
from alerts.ladder.rules import Guard
from alerts.letters.kinds import SPECS, LetterKind
from alerts.letters.layout import ANY, names_in, source, without_tag_lines
from alerts.ways import body_words, playbooks
from classifiers.scoring.onnx_scorer import CARD, MODEL_DIR
from data.content_class import CLASSES, ContentClass
from data.rungs import Rung
from data.shipped import read_table
from data.steps.codes import BypassRoute
from data.store.engine.audit_chain import Code
from data.types import About, Person, Role
from data.web.channels import CHANNELS, OF_SOURCES, OPEN_TO_ALL, Reporter
from data.words.say import asking_words, words
from monitor.config.model import MODEL_LABELS, NATIONS, Table
from monitor.config.toml_text import toml
from sources.keys import key_kinds
from sources.registry import CATALOGUE, settings_of

_MARK = re.compile(r"<!-- made: ([a-z_]+) -->")
_W = words("en")
Lines = Iterator[str]


def fill_page(page: str, commands: Callable[[], Lines] | None = None) -> str:
    """Return a page with each table that it names, that of the commands where they are given. Raises KeyError
    for one that there is not."""
    tables = {**TABLES, **({"commands": commands} if commands else {})}
    return _MARK.sub(lambda mark: "\n".join(tables[mark[1]]()), page)


def generated_pages() -> Mapping[str, Callable[[], str]]:
    """The pages without a file, by the names they are asked for."""
    return {f"letter {kind.value}": partial(_letter, kind) for kind in LetterKind}


def _letter(kind: LetterKind) -> str:
    spec = SPECS[kind]
    lines = [f"# {_W(f'letter.title.{kind.value}')}", ""]
    lines += ["For a person to read, change and send; Schoolgate sends nothing.", ""]
    for label, names in (("Must be known", spec.wants), ("May be given", spec.may)):
        lines += [f"{label}: {_codes(names)}.", ""] if names else []
    lines += [
        "‹name› is filled in; what is in brackets appears only if that is so. A case’s page at the "
        "desk drafts it.",
        "",
    ]
    sources = {ANY: source(kind, "en", ANY, None)[1]}
    sources |= {nation: source(kind, "en", nation, None)[1] for nation in NATIONS}
    for nation, text in sources.items():
        if nation == ANY or text != sources[ANY]:
            lines += [] if nation == ANY else [f"## {nation.replace('_', ' ').title()}", ""]
            lines += ["```text", _readable(text), "```", ""]
    return "\n".join(lines)


_TAGS = (
    (r"\{\{\s*(.+?)\s*\}\}", r"‹\1›"),
    (r"\{%\s*(if|for) (.+?)\s*%\} ?", r"[\1 \2: "),
    (r"\{%\s*elif (.+?)\s*%\}", r"; or if \1: "),
    (r"\{%\s*else\s*%\}", "; otherwise: "),
    (r"\{%\s*end(if|for)\s*%\}", "]"),
)


def _readable(template: str) -> str:
    text = without_tag_lines(template)
    for tag, shown in _TAGS:
        text = re.sub(tag, shown, text)
    return text.strip()


def alarm_lines() -> Lines:
    """Say what happens while nobody has an alert of severity 4, row by row, and what comes after the last."""
    yield from ("| after | is asked | only by number | learns the bare fact |", "|---|---|---|---|")
    for row in TABLE_OF_ALARM:
        cells = (
            ", ".join(_W(f"manual.alarm.{each}") for each in of)
            for of in (row.asked, row.by_number, row.fact)
        )
        yield f"| {row.minutes} minutes | {' | '.join(cells)} |"
    before = f"{BEFORE.seconds // 3600} hours before a time that the post names"
    after = f"{MORNING:%H:%M} each day, {before}, when it grows"
    over = f"after {PATIENCE} mornings {_W('manual.alarm.overseer')}"
    yield f"| {after} | {_W('manual.alarm.first')}, {_W('manual.alarm.next')} | {over} | |"


def letter_lines() -> Lines:
    """Every kind of letter, with what must be known for it."""
    yield from ("| kind | letter | must be known | may be given |", "|---|---|---|---|")
    for kind in LetterKind:
        title = _W(f"letter.title.{kind.value}")
        yield f"| `{kind.value}` | {title} | {_codes(SPECS[kind].wants)} | {_codes(SPECS[kind].may)} |"


def letter_names() -> Lines:
    """Every name that our own letters hold."""
    nations = (ANY, *NATIONS)
    sources = {source(kind, "en", nation, None)[1] for kind in LetterKind for nation in nations}
    yield f"{_codes(sorted({name for text in sources for name in names_in(text)}))}."


def class_lines() -> Lines:
    """Every class of a post, with those that no rung is for."""
    yield from ("| class | what it is | |", "|---|---|---|")
    for code, spec in CLASSES.items():
        fair = code == ContentClass.FAIR_COMMENT
        way = "off the ladder" if spec.bypasses else "answered, never removed" if fair else ""
        yield f"| {code} | {_W(ContentClass(code).key)} | {way} |"


def channel_lines() -> Lines:
    """The places where something may have been: what is evidence of it, and what to ask for there."""
    yield from ("| where | evidence | what can be asked for |", "|---|---|---|")
    alike: dict[tuple[str, str], list[str]] = {}
    for key, at in CHANNELS.items():
        who = "by a member" if at.reporter is Reporter.MEMBER else "by the school"
        asked = _W(f"manual.asked_there.{at.place}", who=who)
        alike.setdefault((_W(f"manual.evidence.{at.keeping}"), asked), []).append(key)
    for (evidence, asked), keys in alike.items():
        yield f"| {_codes(keys)} | {evidence} | {asked} |"


def rungs() -> Lines:
    """Each rung with what it wants, and the clock that it starts."""
    yield from ("| rung | who is asked | also needs | its clock | its letters |", "|---|---|---|---|---|")
    for rung in Rung:
        row = rung.spec
        own = "".join(f"; asked as `{way.kind}`: `{way.clock}`" for way in row.ways if way.clock)
        ways = {kind: asking_words(rung, kind, _W) for kind in row.kinds}
        others = (f"`{kind}`: {asked}" for kind, asked in ways.items() if asked != _W(rung.key))
        who, needs = "; ".join((_W(rung.key), *others)), _guard_names(OF_RUNGS[rung])
        yield f"| `{rung}` | {who} | {needs} | `{row.clock}`{own} | {_codes(row.letters) or '–'} |"


_EVERY_OFFICE = tuple(Person(role.value, role.value, (role,), "office@example.org") for role in Role)


def lanes() -> Lines:
    """List what each lane asks for, in the words of each nation where they differ."""
    yield from ("| lane | where | first | then | never |", "|---|---|---|---|---|")
    for lane in BypassRoute:
        matter = Matter(frozenset(), About.STAFF, bypass=lane, restricted=True)
        alike: dict[Guidance, list[str]] = {}
        for nation in NATIONS:
            alike.setdefault(guidance(matter, _EVERY_OFFICE, nation, _W), []).append(nation)
        for guide, nations in alike.items():
            where = ", ".join(nations).replace("_", " ").title()
            yield f"| `{lane}` | {where} | {guide.first} | {guide.then} | {guide.never} |"


_ABOUT = {
    Concern.NEITHER: "anybody else",
    Concern.HEAD: "the head",
    Concern.CHAIR: "the chair",
    Concern.BOTH: "head and chair",
}


def acts() -> Lines:
    """The offices that act in turn, by which of head and chair it is about."""
    yield from ("| it is about | in turn |", "|---|---|")
    for about, tiers in ACTS.items():
        yield f"| {_ABOUT[about]} | {', then '.join(' and '.join(map(_office, tier)) for tier in tiers)} |"


def fact_lines() -> Lines:
    """Every fact: who is told of it how and when, and what those whom it means learn."""
    yield from ("| fact | who is told | when | whom it means learns | outside the school |", "|---" * 5 + "|")
    for row in FACTS.values():
        told = "; ".join(_recipient_lines(row)) or "–"
        when = "at once" if row.at_once else "by its severity"
        when = when if row.orders or row.also or row.bare else "digest" if row.digest else "–"
        classes = f" ({_codes(sorted(row.classes))})" if row.classes else ""
        yield f"| {row.said}{classes} | {told} | {when} | {row.themselves} | {row.advice} |"


def _recipient_lines(row: FactRow) -> Lines:
    """Say who is told by a row, in the words of each of its columns."""
    for about, order in row.orders.items():
        then = f", then {_offices(order.then)}" if order.then else ""
        of = "" if about is Concern.NEITHER else f"about {_ABOUT[about]}: "
        assessor = "the first assessor, " if row.assessed and not of else ""
        yield f"{of}{assessor}{_offices(order.first)}{then}"
    columns = {
        "also": row.also,
        "the bare fact" + ", also if accused" * row.everybody: row.bare,
        "in the digest": row.digest,
        "may read it": row.reads,
    }
    yield from (f"{column}: {_offices(of)}" for column, of in columns.items() if of)
    yield from ["by number where another row keeps it"] if row.notice else ()


_EXAMPLE = Matter(frozenset(("900001",)), About.STAFF)
_EXAMPLES = {
    "to remove": _EXAMPLE,
    "C1, C11, or owed about their data": replace(_EXAMPLE, facts=frozenset((Fact.OWED,))),
    "to answer": replace(_EXAMPLE, about=About.SCHOOL, fair=True),
    "about the head": replace(_EXAMPLE, about=About.HEAD),
    "a child at risk": replace(_EXAMPLE, about=About.PUPIL, bypass=BypassRoute.SAFEGUARDING, restricted=True),
    "an allegation against staff": replace(_EXAMPLE, bypass=BypassRoute.STAFF_ALLEGATION, restricted=True),
}
_LEVELS = dict(zip(Access, ("–", "“with the DSL”", "status", "words"), strict=True))


def reading_lines() -> Lines:
    """Table how much of a matter each office may know by itself."""
    yield f"| office | {' | '.join(_EXAMPLES)} |"
    yield "|---" * (len(_EXAMPLES) + 1) + "|"
    for role, person in zip(Role, _EVERY_OFFICE, strict=True):
        known = (access(person, matter, _EVERY_OFFICE) for matter in _EXAMPLES.values())
        yield f"| {_office(role)} | {' | '.join(_LEVELS[level] for level in known)} |"


def reporting_lines() -> Lines:
    """The offices that each office reports to."""
    yield from ("| office | reports to |", "|---|---|")
    for role in Role:
        over = ", ".join(_office(above) for above in Role if above in REPORTS_TO.get(role, ()))
        yield f"| {_office(role)} | {over or '–'} |"


def play_steps() -> Lines:
    """Every step of every playbook, with its guidance."""
    for book in playbooks().values():
        yield f"## {_W(f'playbook.title.{book.key}')}\n"
        for n, step in enumerate(book.steps, start=1):
            yield f"{n}. {_W(f'playbook.{book.key}.{step.key}')}"
            letter = f" Letter: `{step.letter}`." if step.letter else ""
            who, by = _W(f"playbook.who.{step.who}"), _W(f"playbook.by.{step.by}")
            yield f"   Who: {who}. By when: {by}.{letter}\\"
            yield from (f"   {line}\\" for line in body_words(step, _W))
            dated = f", {step.day}" if step.day else ""
            read = f"[The page]({step.page}), read on {step.read_on:%-d %B %Y}."
            yield f"   Guidance: {step.source}{dated}. {read}\n"


def source_kinds() -> Lines:
    """Table every kind of source, with what it reads and what its terms allow."""
    yield from ("| kind | what it reads | its terms |", "|---|---|---|")
    for kind in CATALOGUE.values():
        yield f"| `{kind.name}` | {kind.what} | {kind.terms} |"


def key_kind_lines() -> Lines:
    """Table what each kind of key costs, allows and wants, and what an empty answer may mean."""
    yield from ("| place | cost | asks | what it wants | an empty answer |", "|---|---|---|---|---|")
    for kind in key_kinds().values():
        place = f"[{kind.title}]({kind.get_at}); [terms]({kind.terms}), read on {kind.checked:%-d %B %Y}"
        yield f"| {place} | {kind.cost} | {kind.asks_said} | {kind.must} | {kind.empty} |"


def setting_lines(table: type[BaseModel]) -> Lines:
    """Table keys of `schoolgate.toml`, or of a kind of source: what each is, an example, and the default."""
    yield from ("| key | what | example | default |", "|---|---|---|---|")
    for key, field in table.model_fields.items():
        shown = f"`{key} = {toml(field.examples[0])}`" if field.examples else ""
        unset = field.default in (None, "", (), {}) or isinstance(field.default, Table)
        default = "needed" if field.is_required() else "" if unset else f"`{toml(field.default)}`"
        yield f"| `{key}` | {field.description} | {shown} | {default} |"


def remedy_lines(ways: str) -> Lines:
    """Table what mail servers answer on these ways of sending, what that means, and what to do."""
    yield from ("| code or sign | what it means | what to do |", "|---|---|---|")
    for row in read_table("monitor.setup", "remedies.toml")["remedy"]:
        if not set(ways.split()).isdisjoint(row.get("pages", row.get("ways", ways)).split()):
            signs = (_W(f"failure.cause.{cause}") for cause in row.get("causes", "").split())
            codes = f"{row.get('codes', '')} {row.get('seen', '')}".split()
            came = "; ".join([*([_codes(codes)] if codes else []), *signs]) or "anything else"
            yield f"| {came} | {row['means']} | {row['do']}. |"


def table_lines() -> Lines:
    """List the tables of the store, with their columns."""
    for name, table in read_table("data.store.engine", "columns.toml").items():
        yield from (f"### {name}", "")
        yield from (table["about"], "") if "about" in table else ()
        yield from (*(f"- {column}" for column in table["columns"]), "")


FIGURES: Mapping[str, tuple[str, str]] = read_table("monitor.reports", "figures.toml")
"""Each figure of the model's card in words, and the aim for it."""


def score_lines() -> Lines:
    """A table for each time the sealed set was scored, the last first, then one for each other set."""
    card = json.loads((MODEL_DIR / CARD).read_text(encoding="utf-8"))["measured"]
    for n, entry in reversed(list(enumerate(card.get("sealed", ()), 1))):
        yield from _figures(f"sealed set, time {n}: {entry['date'][:10]}, {entry['model']}", entry["figures"])
    for name, one in card.get("sets", {}).items():
        yield from _figures(name, one["figures"])


def _figures(title: str, figures: Mapping[str, Mapping[str, Any]]) -> Lines:
    yield from (f"| {title} | aim | measured | range | posts |", "|---|---|---|---|---|")
    for name, one in figures.items():
        figure, aim = FIGURES[name]
        if one["value"] is not None:
            numbers = f"{_number(one['value'])} | {_number(one['low'])} to {_number(one['high'])}"
            yield f"| {figure} | {aim} | {numbers} | {one['n']:,} |"
    yield ""


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}".lstrip("0")


TABLES: Mapping[str, Callable[[], Lines]] = {
    "rungs": rungs,
    "lanes": lanes,
    "acts": acts,
    "reading": reading_lines,
    "facts": fact_lines,
    "last": lambda: iter((", then ".join(map(_office, LAST_RESORT)) + ".",)),
    "alarm": alarm_lines,
    "next": lambda: iter((", then ".join(map(_office, ASKED_NEXT)) + ".",)),
    "reports": reporting_lines,
    "letters": letter_lines,
    "letter_names": letter_names,
    "classes": class_lines,
    "channels": channel_lines,
    "open_channels": lambda: iter((_codes(sorted(OPEN_TO_ALL)),)),
    "audit_codes": lambda: iter((_codes(f"{code}:" for code in Code),)),
    "playbooks": play_steps,
    "kinds": source_kinds,
    "place_keys": key_kind_lines,
    "remedies_microsoft": partial(remedy_lines, "graph xoauth2 connector m365-password"),
    "remedies_google": partial(remedy_lines, "app-password google-relay"),
    "remedies_relay": partial(remedy_lines, "relay"),
    "tables": table_lines,
    "channel_codes": lambda: iter((_codes(OF_SOURCES) + ".",)),
    "labels": lambda: iter((_codes(MODEL_LABELS) + ".",)),
    "measured": score_lines,
    **{
        f"keys_{str(of.model_config['title']).replace('.', '_')}": partial(setting_lines, of)
        for of in Table.__subclasses__()
    },
    **{f"settings_{name.replace('.', '_')}": partial(setting_lines, settings_of(name)) for name in CATALOGUE},
}
"""Each table by the name that a page has for it."""


def _office(role: Role) -> str:
    title = _W(f"letter.role.{role.value}")
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _offices(roles: Iterable[Role]) -> str:
    return ", ".join(map(_office, roles))


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _guard_names(guarded: Iterable[Guard]) -> str:
    return _codes(guard.__name__ for guard in guarded)
