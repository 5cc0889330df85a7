"""Mails by which a form says that somebody has filled it in: its questions and answers, in their order.

What forms write around the answers is data: [forms] of mail_words.toml. Pure; of one mail at a time.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from lxml import etree

from data.frozen import freeze
from sources.html.dom import Element, find, plain_text, take_out
from sources.html.parsers import parse_html
from sources.html.sanitise import piece
from sources.mailbox import whose_words as wording
from sources.mailbox.mail import (
    AROUND,
    E_MAIL,
    LINK,
    MailAsFetched,
    MailWords,
    ReadMail,
    bytes_to_text,
    dangers_in,
    mail_of,
    unpack_part,
    without_links,
)
from sources.mailbox.signed import Holds


@freeze
class FieldAnswer:
    """An answer, and its question (“” of words that stand at none). `sure`: the question is surely
    the form's, and says nothing that its answer does not; `beside`: both stand in one line; `ruled`: it
    stands between rules, as people write too."""

    question: str
    said: str
    sure: bool = False
    beside: bool = False
    ruled: bool = False


@freeze
class FilledForm:
    """A form as somebody filled it in. `answers` are those to be kept, none where the mail has none of what
    was written; `people` are the addresses, names and telephone numbers of whoever sent it. `by_program`:
    its title says that a form was sent, which nobody wrote who filled it in."""

    title: str
    answers: tuple[FieldAnswer, ...]
    people: tuple[str, ...] = ()
    by_program: bool = False

    @property
    def text(self) -> str:
        """Return the answers, each below its question where that says what it answers; of whoever sent it
        neither whole names nor numbers."""
        shown = (one.said if one.sure and _speaks_alone(one) else _below(one) for one in self.answers)
        text = "\n\n".join(shown)
        for one in filter(_WHOLE_NAME.fullmatch, self.people):
            text = re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", "…", text, flags=re.IGNORECASE)
        return text


_WHOLE_NAME = re.compile(r"[^\W\d_a-z][\w.'’-]*(?: [^\W\d_a-z][\w.'’-]*){1,4}|\+?(?:[\s()-]?\d){7,15}")


_FEW, _LONGEST_NAME, _LONGEST_LABEL, _LONGEST_QUESTION, _LONGEST_INTRO = 5, 8, 80, 300, 25
_MOST_CELLS, _MOST_PEOPLE = 2_000, 20


def filled_form_in(fetched: MailAsFetched, mail: ReadMail, homes: Sequence[str]) -> FilledForm | None:
    """Read what a form sends when somebody has filled it in; None of any other mail."""
    if mail.enclosed_mails or Holds.ENCRYPTED in mail.holds:
        return None
    signs = _signs_of(mail, homes)
    if not signs or (wording.label_less(mail.subject) != mail.subject and not signs & _BY_PROGRAM):
        return None  # a person answers one, or sends it on
    intro, answers, rest = _read_lines(_labelled_lines(fetched, mail), mail.subject)
    sure = bool(signs & _BY_PROGRAM and signs & _BY_WORDS)
    if not answers:
        return _without_fields(mail, intro) if sure else None
    has_own = any(map(_is_forms_own if signs - {"site"} else _asks_freely, answers))
    if not sure and (len(" ".join(intro).split()) > _LONGEST_INTRO or not has_own):
        return None
    return _without_sender(mail, intro, answers, rest, by_person=not signs & _BY_PROGRAM)


_BY_PROGRAM, _BY_WORDS = frozenset(("service", "site")), frozenset(("footer", "subject"))


def _signs_of(mail: ReadMail, homes: Sequence[str]) -> frozenset[str]:
    """List what says that it is a form's: its sender, its subject, a line. A website's name counts alone
    only at a domain of the school."""
    site = mail.sender.partition("@")[0] in AROUND["forms"]["sites"]
    signs = {
        "service": wording.is_from(mail, AROUND["forms"]["services"]),
        "footer": any(_says("sent").match(without_links(line)) for line in mail.lines),
        "subject": bool(_says("subject").search(mail.subject)),
    }
    signs["site"] = site and (wording.is_from(mail, homes) or any(signs.values()))
    return frozenset(name for name, is_so in signs.items() if is_so)


@cache
def _says(name: str) -> re.Pattern[str]:
    """The regular expressions of [forms] with that name, as one."""
    return re.compile("|".join(f"(?:{one})" for one in AROUND["forms"][name]), re.IGNORECASE)


def _below(answer: FieldAnswer) -> str:
    return f"{answer.question}\n{answer.said}" if answer.question else answer.said


def _speaks_alone(answer: FieldAnswer) -> bool:
    """Is it said in words of its own, no yes or no, no choice, no name; or below a label without meaning?"""
    return len(answer.said.split()) > _FEW or _is_of(answer, "free")


def _plain_label(label: str) -> str:
    """Return a label in lower case, without what stands in brackets or marks that it must be answered."""
    return " ".join(re.sub(r"\([^)]*\)|[*:]", " ", label.replace("’", "'")).lower().strip(" ?.").split())


_FIELDS = ("name", "reach", "added", "free")


def _is_of(answer: FieldAnswer, *fields: str) -> bool:
    return any(_plain_label(answer.question) in AROUND["forms"][field] for field in fields)


def _is_forms_own(answer: FieldAnswer) -> bool:
    """Is its field one that forms have: who sent it, or words of their own?"""
    return _is_of(answer, "name", "reach") or _asks_freely(answer)


def _asks_freely(answer: FieldAnswer) -> bool:
    return _is_of(answer, "free") or answer.question.rstrip(" *").endswith("?")


def _is_brief(said: str) -> bool:
    """Is it no longer than a name or an address, with no word of danger beside one?"""
    words = len(said.split())
    return words <= _LONGEST_NAME and (words < 3 or not wording.speaks_of_danger(said))


def _without_fields(mail: ReadMail, lines: Sequence[str]) -> FilledForm | None:
    """A notice without fields: what its lines say, or nothing where they only say that there is one."""
    if not any(map(_says("empty").search, (mail.subject, *mail.lines))):
        return None
    said = "\n".join(lines)
    return FilledForm(mail.subject, (FieldAnswer("", said),) if len(said.split()) > _FEW else ())


def _without_sender(
    mail: ReadMail,
    intro: Sequence[str],
    answers: Sequence[FieldAnswer],
    rest: Sequence[str],
    *,
    by_person: bool,
) -> FilledForm:
    """The answers without what says who sent it. Words at no question stay where nothing else is said, where
    those below the answers speak of danger, and where a person may have written those above."""
    kept, theirs = _part_senders_own(answers)
    silent = not any(map(_speaks_alone, kept))
    above = "\n".join(intro if silent or by_person else ())
    below = "\n".join(line for line in rest if silent or wording.speaks_of_danger(line))
    before, after = ([FieldAnswer("", said)] if said else [] for said in (above, below))
    names = [E_MAIL.sub("", one.said).strip(" <>,") for one in theirs if _is_of(one, "name")]
    people = (*names, *(part for one in theirs for part in one.said.split("\n")))[:_MOST_PEOPLE]
    title = _title(wording.label_less(mail.subject), names)
    by_program = _says("subject").search(mail.subject) is not None
    return FilledForm(title, (*before, *kept, *after), people, by_program)


def _part_senders_own(answers: Sequence[FieldAnswer]) -> tuple[list[FieldAnswer], list[FieldAnswer]]:
    """The answers to be kept, and those that say who sent it: a name once, and no more than its line where it
    stands beside its label, so that what somebody pasted into another answer stays. Nor does a label say
    nothing below what somebody wrote."""
    kept, theirs, seen, written = list[FieldAnswer](), list[FieldAnswer](), set[str](), False
    for one in answers:
        if not _is_of(one, "name", "reach", "added"):
            kept.append(replace(one, sure=one.sure and not (one.beside and written)))
            written = written or _asks_freely(one)
            continue
        kind = "name" if _is_of(one, "name") else _plain_label(one.question)
        said, _, more = one.said.partition("\n") if one.beside else (one.said, "", "")
        again = not one.sure and written and kind in seen
        if again or not (_is_brief(said) or _is_of(one, "added")):
            kept.append(replace(one, sure=False))
            continue
        seen.add(kind)
        theirs += [] if _is_of(one, "added") else [replace(one, said=said)]
        kept += [FieldAnswer("", more.strip())] if more.strip() else []
    return kept, theirs


def _title(subject: str, names: Sequence[str]) -> str:
    """A subject without who sent it."""
    for name in (name for name in names[:_MOST_PEOPLE] if len(name) > 1):
        named = rf"(?:\s*[-–—:|,(]|\s+(?:from|by))?\s*(?<!\w){re.escape(name)}(?!\w)\)?"
        subject = re.sub(named, "", subject, flags=re.IGNORECASE)
    return subject.strip(" -–—:|,")


# The lines of a mail, those that are labels by its markup between marks; what is marked is written as text.

_OPENS, _CLOSES, _ENDS = "\ue000", "\ue001", "\ue002"
"""Stand around a label, and where an answer ends. Letters for private use (Unicode, 23.5)."""
_MARKS = re.compile(f"[{_OPENS}{_CLOSES}{_ENDS}]")
_BOLD = ".//b | .//strong | .//h2 | .//h3 | .//h4 | .//h5 | .//h6 | .//dt | .//th | .//*[@style]"
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_HEAVY = ("b", "strong", "h2", "h3", "h4", "h5", "h6", "dt", "th")


def _labelled_lines(fetched: MailAsFetched, mail: ReadMail) -> list[str]:
    """The lines of its HTML with labels marked, and below them what another alternative alone says of danger;
    those of its text where it has no HTML."""
    parts = [part for part in fetched.parts if part.html and part.of == 0 and not part.holds]
    if not parts:
        return [*mail.lines]
    marked = tuple(map(_with_labels_marked, parts))
    lines = mail_of(replace(fetched, parts=marked, heads=()), _NEVER).lines
    shown = dangers_in("\n".join(lines))
    others = [line for line in mail.lines if dangers_in(line) - shown]
    return [*lines, _ENDS, *others] if lines else [*mail.lines]


_NEVER = datetime.min.replace(tzinfo=UTC)


def _with_labels_marked(part: MailWords) -> MailWords:
    body = bytes_to_text(base64.b64encode(_mark_labels(unpack_part(part)).encode("utf-8", "replace")))
    return replace(part, branches=(), charset="utf-8", encoding="base64", body=body)


def _mark_labels(markup: str) -> str:
    """The HTML with marks around what is a label: the first of two cells, what is bold or a heading."""
    tree = parse_html(piece(_MARKS.sub("", markup)))
    if tree is None:
        return markup
    labels: list[Element] = []
    for table in find(tree, ".//table")[:_MOST_CELLS]:
        _write_heads_beside(table)
    for row in find(tree, ".//tr")[:_MOST_CELLS]:
        label = _label_of_row(row)
        labels += [label] if label is not None else []
    cells = {*labels}
    for bold in find(tree, _BOLD)[:_MOST_CELLS]:
        heavy = bold.tag in _HEAVY or _BOLD_STYLE.search(bold.get("style") or "")
        within = bold in cells or any(above in cells for above in bold.iterancestors())
        if heavy and not within and not _holds_table(bold) and any(map(str.strip, bold.itertext())):
            cells.add(bold)
            labels.append(bold)
    for label in labels:
        _put_around(label)
    return str(etree.tostring(tree, encoding="unicode", method="html"))


def _write_heads_beside(table: Element) -> None:
    """Writes what stands at the head of each column above its answer, in a table of one row below them."""
    rows = [] if _holds_table(table) else find(table, ".//tr")
    heads, row = ([*each] for each in rows) if len(rows) == 2 else ([], [])
    as_heads = {cell.tag for cell in heads} == {"th"} and {cell.tag for cell in row} == {"td"}
    if not as_heads or len(heads) != len(row):
        return
    for label, cell in zip(heads, row, strict=True):
        line = etree.Element("h4")
        line.text, line.tail, cell.text = plain_text(label), cell.text, None
        cell.insert(0, line)
        take_out(label)


def _label_of_row(row: Element) -> Element | None:
    """Find the label of a row: the first of its two cells, or its only one where that is bold and the next
    row holds the answer. Marks where the answer ends."""
    following = row.getnext()
    full = _full_cells(row)
    if len(full) == 2:
        _append(full[1], _ENDS)
        return full[0]
    bold = find(full[0], ".//b | .//strong") if len(full) == 1 else []
    if not bold or plain_text(bold[0]) != plain_text(full[0]) or following is None:
        return None
    for answer in _full_cells(following)[:1]:
        _append(answer, _ENDS)
    return full[0]


def _full_cells(row: Element) -> list[Element]:
    """The cells of a row that hold words; none of a row with tables in it."""
    cells = [] if _holds_table(row) else [cell for cell in row if cell.tag in ("td", "th")]
    return [cell for cell in cells if plain_text(cell)]


def _holds_table(element: Element) -> bool:
    return next(element.iterdescendants("table"), None) is not None


def _append(element: Element, words: str) -> None:
    last = element[-1] if len(element) else None
    if last is None:
        element.text = f"{element.text or ''}{words}"
    else:
        last.tail = f"{last.tail or ''}{words}"


def _put_around(label: Element) -> None:
    label.text = f"{_OPENS}{label.text or ''}"
    _append(label, _CLOSES)
    if label.tag in ("td", "th"):
        etree.SubElement(label, "br")


# From lines to answers.

_BOLD_LINE = re.compile(rf"{_OPENS}([^{_OPENS}{_CLOSES}]*){_CLOSES}\s*[*:]*\s*")
_BOLD_FIRST = re.compile(rf"{_OPENS}([^{_OPENS}{_CLOSES}]*){_CLOSES}\s*:?\s*(?=\S)(.*)")
_RULED = re.compile(r"(?:-{2,}\s*|\*)([^-*\s].{0,200}?)(?:\s*-{2,}|\*)")
_INLINE = re.compile(rf"([^\W\d_][^:\n<>]{{0,{_LONGEST_LABEL}}}?)\s*\*?\s*[:：]\s+(\S.*)")
_QUESTION = re.compile(rf"[^\W_].{{0,{_LONGEST_QUESTION}}}[?:：]\s*\*?")
_RULE = re.compile(r"[-_=*]{2,}")


def _read_lines(lines: Sequence[str], subject: str) -> tuple[list[str], list[FieldAnswer], list[str]]:
    """Part the lines into those above all labels, the answers, and those that are in none."""
    lines = _without_footer(lines)
    marked = sum(_OPENS in line for line in lines) > 1
    loose, answers = (list[str](), list[str]()), list[FieldAnswer]()
    last: FieldAnswer | None = None
    for before, line, following in _with_neighbours(lines):
        bare = _MARKS.sub("", line).strip()
        ends = _ENDS in line or bool(_RULE.fullmatch(bare))
        above = last if answers[1:] or not _may_open(last, marked=marked) else None
        found = _label_in(line, before, following, above, marked=marked)
        title = found and not (answers or found.said or _is_of(found, *_FIELDS))
        if title and _names_form(_plain_label(bare), subject):
            found = None
        elif found:
            answers.append(found)
            last = found
        elif last and not _RULE.fullmatch(bare):
            last = answers[-1] = replace(last, said=f"{last.said}\n{bare}".lstrip())
        elif bare and not _is_around(bare):
            loose[bool(answers)].append(bare)
        last = None if ends else last
    answers[-1:] = [replace(one, said=_without_notes(one.said, int(one.beside))) for one in answers[-1:]]
    read = map(_with_words, (replace(one, said=one.said.strip()) for one in answers))
    return loose[0], [one for one in read if one.said], loose[1]


def _names_form(label: str, subject: str) -> bool:
    """Is it the form's own title, as its subject has it?"""
    return label == subject.lower() or (" " in label and label in subject.lower())


def _may_open(label: FieldAnswer | None, *, marked: bool) -> bool:
    """May it say that answers follow (“below are the details:”), or be a title, and no question?"""
    if label is None or label.said or label.question.endswith("?"):
        return False
    return not (marked or _is_of(label, "free")) if label.sure else True


def _with_neighbours(lines: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Each line with the one above it, and the next that is not empty."""
    for n, line in enumerate(lines):
        yield lines[n - 1] if n else "", line, next(filter(None, lines[n + 1 : n + 4]), "")


def _with_words(answer: FieldAnswer) -> FieldAnswer:
    """An answer; what a writer put between rules is no label where nothing stands below it."""
    return answer if answer.said or not answer.ruled else FieldAnswer("", answer.question)


def _is_note(line: str) -> bool:
    """Is it a button, or a note of the form's?"""
    words = without_links(line)
    furniture = _says("beside").fullmatch(words) and not wording.speaks_of_danger(words)
    return bool(words) and bool(furniture or _says("abuse").fullmatch(words))


def _is_around(line: str) -> bool:
    """Is it a note, or what stands above or below all answers?"""
    words = without_links(line)
    around = _says("above").fullmatch(words) or _says("sent").match(words)
    return _is_note(line) or bool(around and not wording.speaks_of_danger(words))


def _without_notes(said: str, least: int) -> str:
    """An answer without the notes below it, but with at least that many lines."""
    lines = said.strip().split("\n")
    while lines[least:] and (not lines[-1] or _is_note(lines[-1])):
        lines.pop()
    return "\n".join(lines)


def _without_footer(lines: Sequence[str]) -> list[str]:
    """The lines as far as what stands below all answers."""
    left = [*lines]
    while left:
        bare = left[-1].strip(_ENDS)
        link_below = bare and not without_links(bare) and left[1:] and _is_around(left[-2])
        if (bare and not (link_below or _is_around(bare))) or (bare and _ENDS in left[-1]):
            break
        left.pop()
    return left


def _label_in(
    line: str, before: str, following: str, last: FieldAnswer | None, *, marked: bool
) -> FieldAnswer | None:
    """The label that a line is, or begins with, with as much of its answer as the line has; `last` is the
    answer that would go on. Where labels are `marked`, nothing else is one within an answer."""
    empty = last is not None and not last.said
    in_a_row = not empty and (last is None or (last.beside and "\n" not in last.said))
    if found := _BOLD_LINE.fullmatch(line.replace(_ENDS, "").strip()):
        is_answer = empty and before.rstrip().endswith(":")
        return None if is_answer else FieldAnswer(_clean_label(found[1]), "", sure=True)
    if found := _BOLD_FIRST.fullmatch(line):
        by_colon = found[1].rstrip().endswith((":", "?")) or line[found.end(1) + 1 :].lstrip().startswith(":")
        return FieldAnswer(_clean_label(found[1]), _clean_label(found[2]), sure=True) if by_colon else None
    if last is None and _is_around(_MARKS.sub("", line)):
        return None
    bold_below = line.endswith(":") and _BOLD_LINE.fullmatch(following.replace(_ENDS, "").strip())
    if bold_below:
        return FieldAnswer(_clean_label(line), "", sure=True)
    label = _label_by_words(_MARKS.sub("", line), before, following, last, in_a_row=in_a_row or marked)
    within = marked and not in_a_row and _OPENS not in line
    return None if within and label and not _is_of(label, "added") else label


def _label_by_words(
    line: str, before: str, following: str, last: FieldAnswer | None, *, in_a_row: bool
) -> FieldAnswer | None:
    """The same of a line that has only its words: fields follow each other, or stand below a blank line."""
    if (found := _RULED.fullmatch(line)) and not before:
        label = FieldAnswer(_clean_label(found[1]), "", ruled=True)
        return replace(label, sure=_is_of(label, "free"))
    label = FieldAnswer(_clean_label(line), "")
    apart = in_a_row or (last is not None and bool(last.said) and not before)
    is_field = line.rstrip(" *").endswith((":", "?")) or (apart and not before and following)
    if is_field and _is_of(label, *_FIELDS):
        return replace(label, sure=_is_of(label, "free"))
    if (found := _INLINE.fullmatch(line)) and not LINK.search(found[1]):
        one = FieldAnswer(_clean_label(found[1]), found[2], beside=True)
        is_label = apart or found[1].endswith("?") or _is_of(one, "added")
        return replace(one, sure=_is_of(one, "free")) if is_label else None
    goes_on = not in_a_row and last is not None and last.sure
    return label if following and apart and not goes_on and _QUESTION.fullmatch(line) else None


def _clean_label(label: str) -> str:
    """A label as it is shown above its answer."""
    return " ".join(_MARKS.sub("", label).split()).strip("*: ：").strip()
