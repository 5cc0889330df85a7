"""The PDF of a pack as blocks: contents, exhibits, chronology, method, how to check, hashes."""

from __future__ import annotations

from datetime import UTC, datetime

from alerts.layout.pdf import Heading, Paragraph, Points
from alerts.pack.chronology import chronology
from alerts.pack.exhibit_pages import exhibit_blocks
from alerts.pack.exhibits import Exhibit
from alerts.pack.facts import PackFacts, course, table
from alerts.pack.letter_pages import dated, is_letter, letter_blocks, what_it_is
from alerts.pack.pdf import Block, Break, PackDocument, Quote, Rows
from alerts.pack.recipients import Recipient, may_name
from alerts.wording.cases import kept_words, places_words, shown_class, where_kept, words_of
from alerts.wording.verdicts import channel_name
from data.cases import OtherWords, Post
from data.evidence.handed_in import WhoseWords
from data.steps.codes import BypassRoute
from data.words.say import Words

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
"""The file's own date when dates are left out."""
_HANDED_TO = frozenset((Recipient.DSL, Recipient.LA, Recipient.POLICE))


def compose(facts: PackFacts, w: Words) -> PackDocument:
    """The document in the school's language."""
    case, school = facts.file.case, facts.school
    new_page = [] if facts.withheld else [Break()]
    blocks: list[Block] = [*_contents(facts, w), *_list(facts, w), *new_page]
    blocks += [*_post(facts, w), *_places(facts, w), Heading(w("pack.head.exhibits"))]
    if not facts.exhibits:
        blocks.append(Paragraph(_none(facts, w)))
    for n, exhibit in enumerate(facts.exhibits):
        page = letter_blocks if is_letter(exhibit) else exhibit_blocks
        blocks += [*(new_page if n else []), *page(exhibit, facts, w)]
    blocks += [*new_page, Heading(w("pack.head.chronology")), *chronology(facts, w)]
    if facts.conduct is not None:
        blocks += [Heading(w("pack.head.conduct")), *course(facts, w)]
    blocks += [*_method(facts, w), *_check(facts, w), *_hashes(facts, w)]
    return PackDocument(
        language=w.language,
        title=w("pack.title", case=case.id),
        file_title=w("pack.file_title", case=case.id, school=school.name),
        subtitle=w("pack.subtitle", school=school.name, urn=case.urn),
        cover=_cover(facts, w),
        page=w("pack.page", page="{page}", pages="{pages}"),
        day=f"{(_FIRST if facts.withheld else facts.made_at).astimezone(facts.zone):%Y-%m-%d}",
        blocks=tuple(blocks),
    )


def _cover(facts: PackFacts, w: Words) -> tuple[str, ...]:
    case = facts.file.case
    count = _none(facts, w)
    if facts.exhibits:
        first = facts.exhibit_name(facts.exhibits[0])
        count = w("pack.count", n=len(facts.exhibits), name=first)
    lines = [w("pack.for", recipient=w(facts.recipient.key(facts.school.nation))), _made(facts, w), count]
    code = shown_class(case)
    lines.append(w("pack.matter", kind=w(code.key), code=code))
    lines += _of_people(facts, w)
    lines.append(w("pack.confidential"))
    if facts.withheld:
        lines.append(w("pack.withheld"))
    return tuple(lines)


def _of_people(facts: PackFacts, w: Words) -> list[str]:
    """Who was named as accused, and whom it is aimed at; nobody who is left out by guess."""
    case = facts.file.case
    if facts.withheld or facts.recipient.removes:
        return []
    accused = [facts.person(person) or person for person in case.accused]
    lines = [w("pack.accused", people=w.listed(accused))] if accused else []
    if case.target and may_name(case.target, case, facts.recipient):
        lines.append(w("pack.aimed_at", person=facts.person(case.target) or case.target))
    return lines


def _none(facts: PackFacts, w: Words) -> str:
    """That there is no exhibit, not yet or at all; and what is kept of what is given to nobody."""
    if facts.file.case.lane is None:
        return w("pack.count_none")
    return " ".join(filter(None, (w("pack.count_never"), kept_words(facts.file, w))))


def _made(facts: PackFacts, w: Words) -> str:
    """By whom, when and with what; only the program if names and dates are left out."""
    if facts.withheld:
        return w("pack.made_with", version=facts.version)
    at = facts.made_at
    return w(
        "pack.made", person=facts.maker.name, day=w.full_day(at, facts.zone), clock=w.clock(at, facts.zone),
        zone=facts.zone.key, utc=facts.utc(at), version=facts.version,
    )  # fmt: skip


def _contents(facts: PackFacts, w: Words) -> list[Block]:
    exhibits = ("exhibits",) if facts.exhibits else ()
    names = ("sums",) if facts.withheld else ("pdf", *exhibits, "record", "sums")
    return [
        Heading(w("pack.head.contents")),
        Points(tuple(w(f"pack.contents.{name}") for name in names)),
    ]


def _list(facts: PackFacts, w: Words) -> list[Block]:
    """Every exhibit in a line: its name, what it is, and when, unless dates are left out."""
    if not facts.exhibits:
        return []
    head = tuple(w(f"pack.column.{name}") for name in ("exhibit", "what", "when"))
    rows = tuple((facts.exhibit_name(e), _is(e, facts, w), _at(e, facts, w)) for e in facts.exhibits)
    return [Heading(w("pack.head.list")), Rows("", head, rows, (36, 38, 26))]


def _places(facts: PackFacts, w: Words) -> list[Block]:
    """Each place of a case of several, by the number that what follows names it by, and how it stands."""
    if facts.withheld or facts.file.case.lane is not None:
        return []
    rows = tuple(places_words(facts.file, w))
    head = tuple(w(f"pack.column.{name}") for name in ("n", "place", "stands"))
    return [Heading(w("pack.head.places")), Rows("", head, rows, (12, 58, 30))] if rows else []


def _is(exhibit: Exhibit, facts: PackFacts, w: Words) -> str:
    where = "" if facts.withheld else where_kept(facts.file, exhibit.files[0], w)
    return f"{what_it_is(exhibit, facts, w)}\n{where}".rstrip()


def _at(exhibit: Exhibit, facts: PackFacts, w: Words) -> str:
    return w("pack.withheld_value") if facts.withheld else f"{facts.utc(dated(exhibit))} UTC"


def _method(facts: PackFacts, w: Words) -> list[Block]:
    posts = [e for e in facts.exhibits if not is_letter(e)]
    captured = any(e.facts.get("page") for e in posts)
    supplied = any(not e.facts.get("page") for e in posts)
    told = {
        "capture": captured,
        "part": any(_in_part(e) for e in facts.exhibits),
        "picture": any(e.file("post.png") for e in facts.exhibits),
        "supplied": supplied,
        "letters": len(posts) < len(facts.exhibits),
    }
    said = [w(f"pack.method.{name}") for name, holds in told.items() if holds]
    said.append(w("pack.method.program", version=facts.version, zone=facts.zone.key))
    said += [w("pack.method.hash"), w(f"pack.method.{'stamped' if facts.stamps else 'not_stamped'}")]
    said.append(f"{w('pack.method.proves')} {w('pack.method.not_proves')}")
    said += [] if facts.withheld else [w("pack.method.record", last=facts.last)]
    said.append(w("pack.method.may"))
    return [Heading(w("pack.head.method")), *map(Paragraph, said)]


def _in_part(exhibit: Exhibit) -> bool:
    """Was only the post kept, of a page that was there?"""
    return exhibit.facts.get("kind") == "page" and exhibit.file("capture.wacz") is None


def _check(facts: PackFacts, w: Words) -> list[Block]:
    items = [w("pack.check.hashes")]
    if not facts.withheld:
        items += [w("pack.check.stamps")] if facts.stamps else []
        items += [w("pack.check.archive")] if any(e.file("capture.wacz") for e in facts.exhibits) else []
        items.append(w("pack.check.rows"))
    return [Heading(w("pack.head.check")), Points((*items, w("pack.check.readme")))]


def _hashes(facts: PackFacts, w: Words) -> list[Block]:
    head = (w("pack.column.file"), w("pack.column.size"), "SHA-256")
    blocks: list[Block] = [Heading(w("pack.head.hashes"))]
    for exhibit in facts.exhibits:
        rows = tuple((f.name or "–", w.number(f.size_bytes), f.sha256) for f in exhibit.files)
        caption = w("pack.head.exhibit", name=facts.exhibit_name(exhibit))
        blocks.append(Rows(caption, head, rows, (25, 12, 63), code=(2,)))
    return blocks


def _post(facts: PackFacts, w: Words) -> list[Block]:
    """The post of a case that bypasses the ladder, for those it is handed to: address, author, dates, words.

    Nothing of such a case is captured; nor of its words, once it is back on the ladder. Never a picture; of
    what may be extremist no words either: the police's unit asks for its address. Words that somebody
    reported are called that; an image that was declared has none, and where its file lies is no words.
    """
    case, post = facts.file.case, facts.file.post
    given = case.returned and not facts.withheld
    if post is None or not (given or (case.lane is not None and facts.recipient in _HANDED_TO)):
        return []
    unnamed = w("pack.unnamed")
    rows = [
        (w("pack.fact.address"), post.url or unnamed),
        (w("pack.fact.place"), channel_name(post.channel, w)),
        (w("pack.fact.author"), post.author or unnamed),
        (w("pack.fact.posted_read"), facts.moment(post.published) if post.published else unnamed),
        (w("pack.fact.first_seen"), facts.moment(post.first_seen)),
    ]
    rows += [(w("pack.fact.reported"), f"{who}\n{facts.utc(at)} UTC") for who, at in facts.reported]
    rows += [(w("pack.fact.copy"), copy.url or unnamed) for copy in facts.file.copies]
    whose = words_of(facts.file)
    blocks: list[Block] = [
        Heading(w("pack.head.post")),
        Paragraph(w(f"pack.post.{'returned' if given else 'intro'}")),
        Paragraph(w(f"pack.post.{whose.value}")),
        table(tuple(rows), w),
    ]
    if case.lane is BypassRoute.TERRORISM:
        return [*blocks, Paragraph(w("pack.post.no_words"))]
    if whose is not WhoseWords.NOBODYS and (lines := _lines(post)):
        head = "text" if whose is WhoseWords.READ else "reported"
        blocks += [Heading(w(f"pack.head.{head}"), 2), Quote(lines)]
    for other in facts.file.beside:
        if lines := _lines(other):
            blocks += [Paragraph(w("pack.post.beside", moment=f"{facts.utc(other.at)} UTC")), Quote(lines)]
    return blocks


def _lines(said: Post | OtherWords) -> tuple[str, ...]:
    words = "\n".join((said.title or "", said.text or ""))
    return tuple(line for line in words.splitlines() if line.strip())
