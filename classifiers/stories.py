"""Folding mentions into stories: one story however many places carry it."""

from __future__ import annotations

import re
import zlib
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.text.language import IN_ENGLISH, IN_NEWS, IN_WELSH
from classifiers.text.model_text import family_of
from data.frozen import freeze
from data.ids import digest, text_hash
from data.register.school_names import SCHOOLISH, normalise
from data.types import Folded, Match, Mention, MentionKind, Relevance, Sketch
from data.web.urls import canonical_url

# Fingerprints of texts: MinHash over words, at most 480 bytes, and how alike two of them are.

SHORT = 8
"""Texts with fewer words than this are never joined for similarity."""

_HASHES = 64
_TITLE_HASHES = 32
TEXT_BYTES, TITLE_BYTES = _HASHES * 4, _TITLE_HASHES * 4
"""The sizes of a fingerprint's parts, where they are there."""
_BAND = 16
"""Bytes of a band: four numbers of 32 bits."""
_TITLE_LEAST = 4
_NUMBER = 4
"""A number of a headline weighs as much as so many words: note 12 is not note 13."""
_LEAD = 24
"""So many of the first words of a body are kept, without common ones and those of its headline."""
_LEAD_CHARS = 400
_STEM = 5
_WORD = re.compile(r"[^\W\d_]+|\d+")
_BEGINNING = re.compile(r"(?:\A|[.!?…:]\s)\W*\w")
_NEAR = frozenset(("in", "at", "near", "of"))
_IN_ANY = IN_NEWS | IN_ENGLISH | IN_WELSH
_rng = np.random.default_rng(20261120)
_A = _rng.integers(0, 2**63, _HASHES, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_B = _rng.integers(0, 2**63, _HASHES, dtype=np.uint64)
del _rng


def runs(text: str) -> frozenset[int]:
    """The text's runs of three words, hashed; empty for a text of fewer than eight words."""
    words = normalise(text).split()
    if len(words) < SHORT:
        return frozenset()
    of_three = zip(words, words[1:], words[2:], strict=False)
    return frozenset([zlib.crc32(f"{a} {b} {c}".encode()) for a, b, c in of_three])


def sketch(parts: Set[int], title: str = "", body: str = "") -> bytes:
    """The fingerprint of a text's runs, of a headline of four words, and of an article's beginning."""
    words = set(normalise(title).split())
    numbers = {f"{word} {n}" for word in words if word.isdigit() for n in range(1, _NUMBER)}
    heading = {zlib.crc32(word.encode()) for word in words | numbers}
    return (
        _least(parts, _HASHES)
        + _least(heading if len(words) >= _TITLE_LEAST else (), _TITLE_HASHES)
        + b"".join(zlib.crc32(word.encode()).to_bytes(4, "little") for word in _lead(body, title))
    )


def _lead(body: str, title: str) -> list[str]:
    """The beginnings of the first words of a body that may tell it from others: no common ones and no names,
    of the school and its place least of all; any where there are no others. None where all are its
    headline's."""
    words = _WORD.findall(_BEGINNING.sub(lambda found: found[0].lower(), body[:_LEAD_CHARS]))
    small, of_title = [word.casefold() for word in words], _WORD.findall(title)
    places = {one for one, of in pairwise(small) if of in SCHOOLISH}
    pairs = zip(small, pairwise(small[1:]), strict=False)
    places |= {at for of, (near, at) in pairs if of in SCHOOLISH and near in _NEAR}
    places |= {word.casefold() for word in of_title if word.istitle()}
    every = zip(small, words, strict=True)
    own = {one: word for one, word in every if not (one in places or one.removesuffix("s") in _IN_ANY)}
    if own.keys() <= {word.casefold() for word in of_title}:
        return []
    telling = [one for one, word in own.items() if (len(word) > 3 or word.isdigit()) and not word.istitle()]
    return [*dict.fromkeys(one[:_STEM] for one in telling or own)][:_LEAD]


def _least(values: Iterable[int], count: int) -> bytes:
    hashes = np.fromiter(values, dtype=np.uint64)
    if not len(hashes):
        return b""
    mixed = (hashes[:, None] * _A[:count] + _B[:count]) >> np.uint64(32)
    return bytes(mixed.min(axis=0).astype("<u4").tobytes())


def parts_of(minhash: bytes) -> tuple[bytes, bytes, bytes]:
    """The parts of a fingerprint, empty for none: of the text, the headline and a body's first words."""
    text = minhash[:TEXT_BYTES] if len(minhash) >= TEXT_BYTES else b""
    rest = minhash[len(text) :]
    at = TITLE_BYTES if len(rest) >= TITLE_BYTES else 0
    return text, rest[:at], rest[at:]


def fingerprint_likeness(one: bytes, other: bytes) -> float:
    """The share that two texts have in common (Jaccard, estimated), 0..1; 0 where either is empty."""
    if not one or len(one) != len(other):
        return 0.0
    numbers = (np.frombuffer(part, dtype="<u4") for part in (one, other))
    return int(np.count_nonzero(np.equal(*numbers))) / (len(one) // 4)


def bands(part: bytes) -> list[bytes]:
    """Keys of which two similar texts share at least one; none for an empty part."""
    return [bytes((i,)) + part[i * _BAND : (i + 1) * _BAND] for i in range(len(part) // _BAND)]


# Recent mentions of a school, kept so that those like a new one are found again: prints, no texts.

CROWD = 40
"""What more mentions than this share is no clue to those that came after."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ROW = np.dtype(
    [
        ("seen", "<i8"), ("id", "<i8"), ("url", "<i8"), ("hash", "<i8"),
        ("mention", "O"), ("story", "O"), ("lead", "O"), ("text", "?"), ("title", "?"),
    ]
)  # fmt: skip
_SIZES = {"text": TEXT_BYTES, "title": TITLE_BYTES}


@freeze
class Print:
    """The facts of one mention that folding compares; `seen` in microseconds (`micros`)."""

    mention_id: str
    story_id: str
    seen: int
    text: bytes
    title: bytes
    lead: bytes


def shares_body(one: bytes, other: bytes) -> bool:
    """Have both bodies, by how they begin, words in common, or has one of them none of its own?"""
    first, second = ({lead[i : i + 4] for i in range(0, len(lead), 4)} for lead in (one, other))
    least = max(_WORDS_ALIKE, _LEADS_ALIKE * min(len(first), len(second)))
    return not (one and other) or len(first & second) >= least


def tells_the_same(title: str, one: str, other: str) -> bool:
    """May both be bodies of the article of this headline?"""
    return shares_body(*(parts_of(sketch(frozenset(), title, body))[-1] for body in (one, other)))


def facts_to_fold(known: Sketch) -> Print:
    """Return what folding compares of it."""
    return Print(known.mention_id, known.story_id, micros(known.seen_at), *parts_of(known.minhash))


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


class Shelf:
    """One school's prints, oldest first and those of one time by id; never changed, so it may be shared. Ids,
    addresses and hashes of texts are looked for by numbers of 64 bits. A fingerprint's numbers stand one
    below the other, those of all mentions side by side: so all of them are compared with another at once."""

    __slots__ = ("_numbers", "_rows")

    def __init__(self, sketches: Iterable[Sketch] = ()) -> None:
        known = sorted(sketches, key=lambda one: (one.seen_at, one.mention_id))
        prints = [facts_to_fold(one) for one in known]
        parts = {"text": [one.text for one in prints], "title": [one.title for one in prints]}
        rows = []
        for one, of in zip(known, prints, strict=True):
            values = (one.mention_id, one.canonical_url, one.text_hash)
            hashes = (hash(value) if value else 0 for value in values)
            has = bool(of.text), bool(of.title)
            rows.append((of.seen, *hashes, of.mention_id, of.story_id, of.lead, *has))
        self._rows: NDArray[Any] = np.array(rows, dtype=_ROW)
        self._numbers: dict[str, NDArray[np.uint64]] = {}
        for kind, size in _SIZES.items():  # a column for each of these, zeros where there is none
            whole = np.frombuffer(b"".join(part or bytes(size) for part in parts[kind]), dtype="<u8")
            self._numbers[kind] = np.ascontiguousarray(whole.reshape(len(known), size // 8).T)

    def __len__(self) -> int:
        return len(self._rows)

    def since(self, moment: datetime) -> Shelf:
        """The same without what was posted before."""
        first = int(np.searchsorted(self._rows["seen"], micros(moment)))
        if not first:
            return self
        return _shelf(self._rows[first:], {kind: part[:, first:] for kind, part in self._numbers.items()})

    def joined_by(self, sketches: Sequence[Sketch]) -> Shelf:
        """The same with these; of one time and mention, those here come first."""
        if not sketches:
            return self
        more = Shelf(sketches)
        seen, ids, there = self._rows["seen"], self._rows["mention"], range(len(self))
        at = [
            bisect_right(there, (row["seen"], row["mention"]), key=lambda i: (seen[i], ids[i]))
            for row in more._rows
        ]
        numbers = {
            kind: np.insert(part, at, more._numbers[kind], axis=1) for kind, part in self._numbers.items()
        }
        return _shelf(np.insert(self._rows, at, more._rows), numbers)

    def having(self, kind: str, value: str) -> list[Print]:
        """The first with this id, url or hash."""
        return [self._print(i) for i in np.flatnonzero(self._rows[kind] == hash(value))[:CROWD].tolist()]

    def sharing(self, kind: str, part: bytes) -> Mapping[int, list[Print]]:
        """The first that share a band with the text's or the title's part, by the number of the band."""
        if not part:
            return {}
        same = self._numbers[kind] == np.frombuffer(part, dtype="<u8")[:, None]
        both = same[::2] & same[1::2]
        bands_shared = np.flatnonzero(both.any(axis=1)).tolist()
        found = {n: np.flatnonzero(both[n] & self._rows[kind])[:CROWD].tolist() for n in bands_shared}
        prints = {i: self._print(i) for i in {i for at in found.values() for i in at}}
        return {n: [prints[i] for i in at] for n, at in found.items()}

    def _print(self, i: int) -> Print:
        row = self._rows[i]
        text, title = (self._numbers[kind][:, i].tobytes() if row[kind] else b"" for kind in _SIZES)
        return Print(row["mention"], row["story"], int(row["seen"]), text, title, row["lead"])


def _shelf(rows: NDArray[Any], numbers: dict[str, NDArray[np.uint64]]) -> Shelf:
    made = Shelf.__new__(Shelf)
    made._rows, made._numbers = rows, numbers
    return made


# One story however many places carry it: groups a school's mentions that tell the same thing.

ALIKE = 0.6
"""The share of three-word runs in common from which two texts are copies."""

TITLES_ALIKE = 0.7
"""The share of words in common from which two headlines are the same."""

_WORDS_ALIKE, _LEADS_ALIKE = 2, 0.2
"""Bodies tell of the same thing where so many, and such a share, of their first words are in common."""

TITLE_SPAN = timedelta(days=3)
"""Similar headlines further apart than this are two stories."""

COPY_SPAN = timedelta(days=14)
"""Similar texts further apart than this are two stories: the open day comes round every year."""

_OUTLET = re.compile(r"\s+[-–—|]\s+[^-–—|]{2,40}$")
"""The paper's name, which search feeds append to a headline."""

_NOTHING = Shelf()

_BOILERPLATE = 5
"""Word runs found in more texts of a batch than this, and in a tenth of them, are left out."""


@freeze
class _Facts:
    """The facts of a mention that folding needs; `quoted` is the fingerprint of what it quotes."""

    mention: Mention
    sketch: Sketch
    quoted: bytes


class _School:
    """The mentions of one school by what they are found again by: those of before, and those placed now."""

    def __init__(self, before: Shelf) -> None:
        self._before = before
        self._placed: dict[tuple[str, str | bytes], list[Print]] = defaultdict(list)

    def add_mention(self, known: Sketch) -> None:
        placed = facts_to_fold(known)
        keys: list[tuple[str, str | bytes]] = [("id", known.mention_id)]
        exact = (("url", known.canonical_url), ("hash", known.text_hash))
        keys += [(kind, value) for kind, value in exact if value]
        keys += [("text", band) for band in bands(placed.text)]
        for key in keys + [("title", band) for band in bands(placed.title)]:
            if len(self._placed[key]) < CROWD:
                self._placed[key].append(placed)

    def exact(self, kind: str, value: str) -> list[Print]:
        """The first mentions with this value."""
        found = [*self._before.having(kind, value), *self._placed.get((kind, value), ())] if value else []
        return found[:CROWD]

    def alike(self, kind: str, part: bytes, least: float) -> list[Print]:
        """The mentions that are at least so similar, the most similar first; of equals the first found."""
        found: dict[str, tuple[float, Print]] = {}
        before = self._before.sharing(kind, part)
        for n, band in enumerate(bands(part)):
            for known in [*before.get(n, ()), *self._placed.get((kind, band), ())][:CROWD]:
                if known.mention_id not in found:
                    share = fingerprint_likeness(part, known.text if kind == "text" else known.title)
                    found[known.mention_id] = share, known
        near = sorted((one for one in found.values() if one[0] >= least), key=lambda one: -one[0])
        return [known for _, known in near]


class Anywhere:
    """Lets every mention into every story."""

    def fits(self, mention_id: str, urn: str, story_id: str, how: str) -> bool:
        """May this mention of this school come into that story in this way (`Folded.how`)?"""
        return True

    def note_story(self, mention_id: str, urn: str, story_id: str) -> None:
        """Note that it is in that story."""


ANYWHERE = Anywhere()


def fold(
    mentions: Sequence[Mention],
    matches: Sequence[tuple[Match, ...]],
    recent: Mapping[str, Shelf],
    now: datetime,
    rule: Anywhere = ANYWHERE,
) -> list[Folded]:
    """One `Folded` for each mention and each school it is or may be about, in the order of `mentions`.

    `matches` is aligned with `mentions`; `recent` are the mentions of the last days, by school, and stays as
    it is. `now` replaces times in the future. A mention without `parent` is outside its thread. Into a story
    that it does not fit by the `rule` it comes as an edit alone. To fold again changes nothing.
    """
    wanted = [
        (i, match.urn)
        for i, found in enumerate(matches)
        for match in found
        if match.relevance is not Relevance.NOT_ABOUT
    ]
    facts = _facts(mentions, {i for i, _ in wanted}, now)

    def rank(pair: tuple[int, str]) -> tuple[bool, datetime, str, str]:
        """Posts before replies, older before newer."""
        mention = facts[pair[0]].mention
        return mention.parent is not None, facts[pair[0]].sketch.seen_at, mention.id, pair[1]

    order = sorted(wanted, key=rank)
    schools = {urn: _School(recent.get(urn) or _NOTHING) for _, urn in wanted}
    done = {(i, urn): _place(facts[i], urn, schools[urn], rule) for i, urn in order}
    return [done[pair] for pair in wanted]


def _facts(mentions: Sequence[Mention], wanted: set[int], now: datetime) -> dict[int, _Facts]:
    bodies = {i: mentions[i].text or mentions[i].title for i in wanted}
    texts = {i: runs(body) for i, body in bodies.items()}
    # word runs found in many different texts: a signature, a footer, “read more”
    different = set(texts.values())
    counts = Counter(run for text in different for run in text)
    least = max(_BOILERPLATE, len(different) // 10)
    common = frozenset(run for run, count in counts.items() if count > least)
    found = {}
    for i in wanted:
        mention, body = mentions[i], bodies[i]
        review = mention.kind is MentionKind.REVIEW or family_of(mention.channel) == "review"
        article = mention.kind is MentionKind.ARTICLE and not review
        long = len(body.split()) >= SHORT and not review
        said = (_OUTLET.sub("", mention.title), mention.text) if article else ("", "")
        known = Sketch(
            mention_id=mention.id,
            story_id="",
            urn="",
            canonical_url=canonical_url(mention.url) if article and mention.url else "",
            text_hash=text_hash("", body) if long else "",
            minhash=sketch(texts[i] - common if long else frozenset(), *said),
            seen_at=min(mention.published or mention.fetched_at, now),
        )
        found[i] = _Facts(mention, known, sketch(runs(mention.quoted) - common) if mention.quoted else b"")
    return found


def _place(facts: _Facts, urn: str, school: _School, rule: Anywhere) -> Folded:
    mention = facts.mention
    story, how = _choose_story(facts, urn, school, rule)
    known = replace(facts.sketch, story_id=story or digest(urn, mention.id)[:16], urn=urn)
    school.add_mention(known)
    rule.note_story(mention.id, urn, known.story_id)
    return Folded(mention_id=mention.id, story_id=known.story_id, urn=urn, how=how, sketch=known)


def _choose_story(facts: _Facts, urn: str, school: _School, rule: Anywhere) -> tuple[str | None, str]:
    """The story it belongs to and why; (None, "new") where it starts one."""
    mention, mine, ever = facts.mention, facts_to_fold(facts.sketch), timedelta.max
    tries: tuple[tuple[str, timedelta, Callable[[], list[Print]]], ...] = (
        ("edit", ever, lambda: school.exact("id", mention.id)),
        ("thread", ever, lambda: school.exact("id", mention.parent or "")),
        ("url", ever, lambda: school.exact("url", facts.sketch.canonical_url)),
        ("same_text", COPY_SPAN, lambda: school.exact("hash", facts.sketch.text_hash)),
        ("copy", COPY_SPAN, lambda: school.alike("text", mine.text, ALIKE)),
        ("headline", TITLE_SPAN, lambda: _under_heading(mine, school)),
        ("quote", COPY_SPAN, lambda: school.alike("text", facts.quoted, ALIKE)),
    )
    for how, span, look in tries:
        for known in look():
            near = abs(known.seen - mine.seen) <= span // _MICROSECOND
            # a page's posts may have its address
            apart = how == "url" and mine.text and known.text and not shares_body(mine.lead, known.lead)
            if near and not apart and (how == "edit" or rule.fits(mention.id, urn, known.story_id, how)):
                return known.story_id, how
    return None, "new"


def _under_heading(mine: Print, school: _School) -> list[Print]:
    """Those under its headline, the likest first. Where that stands over unlike bodies it is the heading of a
    place, a page or a thread, and only those count that share its body."""
    near, most = school.alike("title", mine.title, TITLES_ALIKE), TITLE_SPAN // _MICROSECOND
    near = [known for known in near if abs(known.seen - mine.seen) <= most]
    bodies = [known for known in near if known.lead]
    share = [known for known in bodies if shares_body(known.lead, (mine if mine.lead else bodies[0]).lead)]
    return near if len(share) == len(bodies) else share if mine.lead else []
