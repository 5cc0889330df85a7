"""Read what a text says of the staff: who, it says, harmed a child or may be unsafe with children; and
whether its author works for or with the school, and what it may be then. Pure.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path

from classifiers.signals.patterns import with_the_school
from classifiers.text.words import WordFile, either
from classifiers.verdicts.letter import AT_YOU, I_DID_IT, YOU_DID, YOU_DID_IT, YOURS, Part, part_in_letter
from classifiers.verdicts.subject import BODY, HEAD, OF_TRUST, roles_said
from data.frozen import freeze
from data.steps.codes import Relationship, StaffMatter
from data.types import Role, School

# The rule is Part 4 of *Keeping children safe in education* (England, 2026): an allegation is that somebody
# who works with children at the school (staff, supply, volunteer, governor, contractor) has harmed or may
# have harmed a child; may have committed an offence against or related to a child; behaved so as to
# indicate a risk of harm; or may be unsuitable to work with children. An act of the job (a detention, a
# mark, a phone taken, a refusal, a report to social services) is none of these, nor is a smear, or a theft
# but from children; unless it tells of force, injury, locking in, isolation for hours, a child left alone,
# food, toilet or medicine refused, something sexual or discriminatory, a disclosure that was not passed on,
# a conviction or a ban.

_WORDS = WordFile(Path(__file__).with_name("alleged.toml"))
_WORDS.give(head=HEAD.pattern, of_trust=OF_TRUST.pattern.removeprefix("(?i)"))
_LIMBS = {
    limb: _WORDS.patterns(limb)[0]
    for limb in (
        "force", "shut_away", "left", "refused", "sexual", "discriminates", "unfit", "hurt", "reason",
        "called_so", "hint",
    )
}  # fmt: skip
_UNSURE = ("hurt", "reason")
"""Kinds that tell of no deed by themselves."""
_BEFORE = 120
"""So many characters before a denial may say that it is another's."""
_HINT = "hint"
"""The kind that needs more beside it."""
_OWN = ("force", "sexual", "unfit")
"""Kinds that whoever writes may tell of themselves."""
_OF_ANYBODY = ("reason", "called_so", "shut_away")
"""Kinds that need not say that it was a child."""
_SHOW_A_CHILD = ("force", "shut_away", "left", "refused")
"""Kinds that nobody does to anybody but a child."""
_TITLE, _HARM_TOLD, _UNTOLD, _NOTHING_DONE, _NO_ANSWER, _ACTS, _KNEW, _MENTION = _WORDS.patterns(
    "title", "harm_told", "not_passed_on", "not_done", "no_answer", "acts", "knew", "mention"
)
_CHILD, _AGAINST_A_CHILD, _HIM, _PRONOUN, _ONE_HIT, _PUPILS_VOICE, _END, _LATER = _WORDS.patterns(
    "child", "against_a_child", "him", "pronoun", "one_hit", "pupils_voice", "end", "later"
)
_WRITER, _MINE, _TO_ME, _CARED, _SOMEBODY, _NOT, _PEER, _AT_HOME = _WORDS.patterns(
    "writer", "mine", "to_me", "cared", "somebody", "not", "peer", "at_home"
)
_HOME, _WITH, _GOING_ON, _AT_STAFF, _STAFF_HELD, _THEY, _AT_SCHOOL, DENIED = _WORDS.patterns(
    "home", "with", "going_on", "at_staff", "staff_held", "they", "at_school", "denied"
)
_RESCUED, _THREATENS, BULLIED, _POSES, _JOB, _WRONGS, _TOLD_THEM, _THEY_TOLD = _WORDS.patterns(
    "rescued", "threatens", "bullied", "poses", "job", "wrongs", "told_them", "they_told"
)
_SAME, _AND, _JOINS, _BY, _WRITTEN_TO, _ARTICLE, HURTS, TITLED = _WORDS.patterns(
    "same", "and", "joins", "by", "written_to", "article", "hurts", "titled"
)
_IMAGE_OF, _IMAGE_OF_ONE, _IMAGERY, _MAKES, _WITH_A_CHILD, _ACTIVE, _BY_PEER = _WORDS.patterns(
    "image_of", "image_of_one", "imagery", "makes", "with_a_child", "active", "by_peer"
)
_GENUINE, _YOU_DO = _WORDS.patterns("genuine", "you_do")
_DENIES, _DOUBTED, _CLEARED, _CLEARED_OF_IT, _LETS_OUT, _LET_OUT_BY = _WORDS.patterns(
    "denies", "doubted", "cleared", "cleared_of_it", "lets_out", "let_out_by"
)
_SOMEBODY_ELSE = re.compile(
    r"\b(?:who|some(?:body|one)|no(?:body| one)|they|mums?|dads?|parent|husband|wife|partner|son|brother"
    r"|burglars?|thieves|thief|scammers?)\b"
)
_HE = re.compile(r"\b(?:he|she|his|her)\b")


@freeze
class StaffMention:
    """A place in the text that speaks of somebody of the staff: from, to; the number of one who is named, the
    offices said. `beside` is one who only was told, `saw` it or helped, or has a `part` in the frame of a
    letter; `shown` one of whom a picture is made, `cleared` one who is said to have done nothing."""

    start: int
    end: int
    person: int | None
    offices: frozenset[Role]
    beside: bool
    saw: bool = False
    part: Part | None = None
    shown: bool = False
    cleared: bool = False

    @property
    def is_spared(self) -> bool:
        """Does it accuse them of nothing by that?"""
        return self.shown or self.cleared

    @property
    def signs(self) -> bool:
        """Does this name give whoever writes?"""
        return self.part is Part.WRITER

    @property
    def is_identified(self) -> bool:
        """Is somebody named, or their office said?"""
        return self.person is not None or bool(self.offices)


@freeze
class Deed:
    """A deed done to a child: which kind, `by` whom of the mentions, or by the `writer`."""

    limb: str
    by: tuple[StaffMention, ...] = ()
    writer: bool = False


@freeze
class StaffWords:
    """The words of a text about the adults who work with children: their deeds, and where they are spoken of.
    `others`: a child was harmed by another child or by somebody at home. `poses`: somebody acts in their
    name. `job`: they are complained of for an act of the job; `wrongs`: they are filmed in secret, or accused
    of what is no matter of a child: `blamed` are those of whom the words say that.
    """

    text: str
    deeds: tuple[Deed, ...]
    hints: tuple[Deed, ...]
    mentions: tuple[StaffMention, ...]
    others: bool
    poses: bool
    job: bool
    wrongs: bool
    blamed: tuple[StaffMention, ...] = ()

    @property
    def threatens(self) -> bool:
        """Do the words threaten somebody of the staff, or tell that somebody did?"""
        return bool(self.mentions) and _THREATENS.search(self.text) is not None

    @property
    def clear(self) -> bool:
        """Do the words themselves say a deed of somebody of the staff?"""
        return any(d.by and d.limb not in _UNSURE for d in self.deeds)

    @property
    def some(self) -> bool:
        """Is there a deed, by whomever of the staff or the school, or the hurt of a child?"""
        return any(d.by or not (d.writer or self.others) for d in self.deeds)

    @property
    def frame_alone(self) -> bool:
        """Is nobody of the staff spoken of but in the frame of a letter, and no deed of anybody?"""
        framed = bool(self.mentions) and all(m.part for m in self.mentions)
        return framed and all(d.limb in _UNSURE for d in self.deeds)

    @property
    def spares(self) -> bool:
        """Is all of whom it speaks spared, and nothing said that anybody did to a child?"""
        return any(m.is_spared for m in self.mentions) and not (self.deeds or self.hints_at_deed)

    @property
    def hints_at_deed(self) -> bool:
        """Does a word at least hint at one, by somebody of the staff?"""
        return any(d.by and d.limb == _HINT for d in self.hints)

    @property
    def by_writer(self) -> bool:
        """Does whoever writes say it of themselves?"""
        return any(d.writer for d in self.deeds)

    def lets_out(self, one: StaffMention) -> bool:
        """Do the words say that this one sent, showed or lost something?"""
        before = self.text[max(0, one.start - 60) : one.start]
        return bool(_LETS_OUT.match(self.text, one.end) or _LET_OUT_BY.search(before))

    def whom(self) -> tuple[frozenset[int], frozenset[Role]] | None:
        """The numbers of those named, and the offices, of whom it is said; None where that cannot be told."""
        by = [m for d in self.deeds or self.hints for m in d.by]
        own = self.by_writer or (not by and any(d.limb == "called_so" for d in self.deeds))
        by += [m for m in self.mentions if m.signs and own]
        meant = [m for m in by if m.is_identified] or [
            m for m in self.mentions if m.is_identified and not (m.beside or m.is_spared)
        ]
        free = [m for m in self.mentions if not (m.part or m.is_spared)]
        apart = self.mentions and not any(m.is_identified or not self.spares for m in free)
        if not (meant or by or self.others or apart):
            return None
        persons = frozenset(m.person for m in meant if m.person is not None)
        return persons, frozenset[Role]().union(*(m.offices for m in meant))

    def untold_by(self, heads: frozenset[int], called: Collection[str], *, alleged: bool) -> bool:
        """Is the head (by name, `heads`, or office; or `called` by a first name) said to have known of it,
        covered it up or not acted? That nobody answered, or knew and nothing more, says so where somebody
        there is `alleged` to have harmed a child."""
        first = (
            rf"(?<![\w'])(?:{'|'.join(map(re.escape, called))})(?= (?:{_ACTS.pattern})\b)"
            if called
            else r"(?!)"
        )
        spans = [m for m in self.mentions if m.person in heads or Role.HEAD in m.offices]
        untold = [m for d in self.deeds if d.limb == "untold" for m in d.by]
        others = any(m.is_identified and m not in spans for m in untold)
        for start, end in [
            *((m.start, m.end) for m in spans),
            *(m.span() for m in re.finditer(first, self.text)),
        ]:
            written = _WRITTEN_TO.search(self.text[max(0, start - 12) : start])
            if written and others and not AT_YOU.search(self.text):  # of somebody else
                continue
            near = self.text[max(0, start - 100) : len(self.text) if written else end + 220]
            near = near if written else _YOU_DO.sub(" ", near)
            if _NOTHING_DONE.search(near) or (alleged and _NO_ANSWER.search(near)):
                return True
            if alleged and _KNEW.match(self.text[end : end + 120]):
                return True
        return False


NO_WORDS = StaffWords("", (), (), (), others=False, poses=False, job=False, wrongs=False)


def read_staff_words(plain: str, names: Sequence[str] = ()) -> StaffWords:
    """Read what a text in lower case, its disguises undone, says of the staff and those of these `names`."""
    text = _with_numbers(plain, names)
    denials, denied = _denials(text), list[int]()
    mentions: Sequence[StaffMention] = _spare_the_cleared(_mentions(text), [end for _, end in denials])
    ends = [m.span() for m in _END.finditer(text)]
    starts = [0, *(end for _, end in ends)]
    parts = list(zip(starts, [*(start for start, _ in ends), len(text)], strict=True))
    addressed = tuple(m for m in mentions if m.part is Part.ADDRESSED)
    deeds = [*_untold(text, mentions), *_said_to(addressed, text)]
    rescues = [m.span() for m in _RESCUED.finditer(text)]
    genuine = _GENUINE.search(text) is not None
    others, signed, posed = bool(rescues), any(m.signs for m in mentions), False
    for k, (a, b) in enumerate(parts):
        sentence = text[a:b]
        near = text[parts[max(0, k - 2)][0] : parts[min(len(parts) - 1, k + 2)][1]]
        here = [m for m in mentions if a <= m.start < b]
        free = [m for m in mentions if not m.is_spared]
        doers = free if any(not (m.is_spared or m.beside) for m in here) else mentions
        own = any(_MAKES.match(text, m.end + 1) for m in here)  # they make the picture, or pose themselves
        posed = posed or (_POSES.search(sentence) is not None and not (own or genuine))
        if posed and not own and (_POSES.search(sentence) or not here):
            others = True  # what an account does that poses as somebody
            continue
        for limb, hit in _hits(sentence, shown=any(m.is_spared for m in here)):
            before, after = sentence[: hit.start()], sentence[hit.end() :]
            start, end = a + hit.start(), a + hit.end()
            if _is_denied(limb, before, after) or any(x < end and start < y for x, y in denials):
                denied += [end] * (limb != _HINT)
                continue
            rescued = limb == "force" and any(x <= start < y for x, y in rescues)
            to_come = limb != "reason" and _LATER.search(before)  # or wished for
            if rescued or to_come or (signed and _TO_ME.search(hit[0])):
                continue
            if addressed and _is_by_you(before, hit[0], after):
                deeds.append(Deed(limb, addressed))
            elif limb in _OWN and (_WRITER.search(before) or _MINE.search(hit[0])):
                if not _CARED.match(hit[0]) and _SOMEBODY.search(near):
                    deeds.append(Deed(limb, writer=True))
            elif _by_others(limb, hit[0], before, after):
                others = others or limb != _HINT
            elif limb in _OF_ANYBODY or _was_done_to_child(limb, hit[0], before, sentence, near):
                they = _is_by_them(before, start, mentions)
                by = () if they else _doers(doers, start, end, text, limb)
                deeds.append(Deed(limb, by))
    hints = tuple(d for d in deeds if d.limb == _HINT)
    joined = tuple(m for m in mentions if not m.beside and _JOINS.match(text, m.end))
    told = tuple(
        replace(d, by=(*d.by, *(m for m in joined if m not in d.by))) if d.by else d
        for d in deeds
        if d.limb != _HINT
    )
    mentions = _spare_the_cleared(mentions, denied)
    others = others or (bool(mentions) and _all_spared(mentions, deeds))
    if not any(d.by or d.writer or d.limb not in _UNSURE for d in told) and all(m.beside for m in mentions):
        others = others or bool(re.search(rf"\b{_AT_HOME.pattern}\b", text))
    poses, job, wrongs = (bool(pattern.search(text)) for pattern in (_POSES, _JOB, _WRONGS))
    blamed = _find_blamed(text, mentions, parts)
    poses = poses and not genuine
    return StaffWords(text, told, hints, tuple(mentions), others, poses, job, wrongs, blamed)


def _said_to(addressed: tuple[StaffMention, ...], text: str) -> list[Deed]:
    """The deed of whoever is addressed or writes, where it says no more: “it was you”, “it was me”."""
    found = [Deed("reason", addressed)] if addressed and YOU_DID_IT.search(text) else []
    return [*found, Deed("reason", writer=True)] if I_DID_IT.search(text) else found


def _is_by_you(before: str, hit: str, after: str) -> bool:
    """Did whoever is addressed do it?"""
    return bool(YOU_DID.search(before) or YOURS.search(hit)) or after.startswith(" by you")


def _hits(sentence: str, *, shown: bool) -> Iterator[tuple[str, re.Match[str]]]:
    """Each place that may tell of a deed, with its kind; where somebody is `shown`, not what a picture of
    them shows."""
    for limb, pattern in _LIMBS.items():
        found: Iterator[re.Match[str]] = pattern.finditer(sentence)
        if shown:
            found = (hit for hit in found if _CHILD.search(hit[0]) or not _IMAGERY.search(hit[0]))
        for hit in islice(found, 1) if limb == _HINT else found:
            yield limb, hit


@cache
def _misconduct() -> re.Pattern[str]:
    return _WORDS.patterns("misconduct")[0]


def _find_blamed(
    text: str, mentions: Sequence[StaffMention], parts: Sequence[tuple[int, int]]
) -> tuple[StaffMention, ...]:
    """Those accused of what is no matter of a child: the nearest before it in its sentence; where nobody
    stands there but “he” or “she”, in the sentence before."""
    found: list[StaffMention] = []
    for hit in _misconduct().finditer(text) if mentions else ():
        k = next(n for n, (_, b) in enumerate(parts) if hit.start() <= b)
        start, before = parts[k][0], text[parts[k][0] : hit.start()]
        if _is_denied("force", before, text[hit.end() : parts[k][1]]) or _LATER.search(before):
            continue
        named = any(start <= m.start < hit.start() for m in mentions)
        if k and not named and _HE.search(f"{before}{hit[0]}"):
            start = parts[k - 1][0]
        near = [m for m in mentions if start <= m.start < hit.start() and not m.beside][-1:]
        gap = text[near[0].end : hit.start()] if near else ""
        found += near * (not (_CHILD.search(gap) or _SOMEBODY_ELSE.search(gap)))
    return tuple(dict.fromkeys(found))


def _all_spared(mentions: Sequence[StaffMention], deeds: Sequence[Deed]) -> bool:
    """Is there a picture of somebody, or a denial, and nobody else of whom it speaks or who did anything?"""
    free = [m for m in mentions if m.is_identified and not m.beside]
    return bool(free) and all(m.is_spared for m in free) and not any(d.by for d in deeds)


def _is_denied(limb: str, before: str, after: str) -> bool:
    """Is it said around a deed, by whoever writes and without doubt, that nobody did it?"""
    if _CLEARED_OF_IT.search(f"{limb} {before}|{after}"):
        return True
    denied = _CLEARED.search(before) or (limb not in _UNSURE and _NOT.search(before))
    return bool(denied) and not _DOUBTED.search(before)


def _by_others(limb: str, hit: str, before: str, after: str) -> bool:
    """Was it done by another child or at home, or to somebody of the staff?"""
    if limb == "force" and (
        _AT_STAFF.search(after) or (hit.startswith("by ") and _STAFF_HELD.search(before))
    ):
        return True
    if _ACTIVE.search(hit) or _BY_PEER.match(after):  # “a boy has been kicking”
        return True
    if hit.split(" ")[0].endswith("ing"):  # “has been offering”, not “has been hit”
        before = _GOING_ON.sub("", before)
    if limb in ("called_so", "reason"):
        return False
    return bool((not _WITH.match(hit) and _PEER.search(before)) or _HOME.search(before))


def _is_by_them(before: str, start: int, mentions: Sequence[StaffMention]) -> bool:
    """Did “they” do it, or the club, and not “the breakfast club lady”?"""
    them = _THEY.search(_AT_SCHOOL.sub(" ", before))
    if them is None:
        return False
    since = start - len(them[0])
    return not any(since < m.end <= start for m in mentions if not (m.beside or m.is_identified))


def _untold(text: str, mentions: Sequence[StaffMention]) -> list[Deed]:
    """Harm to a child that somebody was told of and did not pass on, and who."""
    found = []
    for hit in _UNTOLD.finditer(text):
        told = text[max(0, hit.start() - 200) : hit.end() + 60]
        if _HARM_TOLD.search(told) and _CHILD.search(told) and not BULLIED.search(text):
            by = [m for m in mentions if hit.start() - 60 < m.start < hit.start() + 40]
            by.sort(key=lambda m: abs(m.start - hit.start()))
            found.append(Deed("untold", tuple(by[:1])))
    return found


def _was_done_to_child(limb: str, hit: str, before: str, sentence: str, near: str) -> bool:
    """Was it done to a child, or to one whom the deed alone shows to be one, or does a pupil tell of it?"""
    if limb in _SHOW_A_CHILD and (
        _ONE_HIT.search(hit) or (hit.startswith("by ") and _PRONOUN.search(sentence)) or _HIM.search(before)
    ):
        return True
    if limb == "unfit" and _AGAINST_A_CHILD.search(hit):
        return True
    return bool(_CHILD.search(near) or _PUPILS_VOICE.search(sentence))


def _with_numbers(plain: str, names: Sequence[str]) -> str:
    """The text in which each name that is there has become `person_N`, by its place in `names`; “Marshs” has
    its apostrophe."""
    for n, name in enumerate(names):
        words = name.lower().split()
        if words and words[-1] in plain:
            plain = _name_pattern(name).sub(f"person_{n}", plain)
    return re.sub(r"(person_\d+)s\b", r"\1's", plain)


@lru_cache(maxsize=4096)
def _name_pattern(name: str) -> re.Pattern[str]:
    words = [re.escape(w) for w in re.sub(rf"^{_TITLE.pattern}\b\.? ", "", name.lower()).split()]
    first = rf"(?:{words[0]} |{words[0][0]}\.? )?" if len(words) > 1 else ""
    return re.compile(rf"(?<!\w)(?:{_TITLE.pattern}\b\.? ?)?{first}{words[-1]}(?='?s?(?!\w))")


def _mentions(text: str) -> list[StaffMention]:
    """Those of whom it speaks, in turn; “Mr N, the deputy” is one."""
    found: list[StaffMention] = []
    limbs = {m.end() for m in BODY.finditer(text)}
    for hit in _MENTION.finditer(text):
        if hit.end() in limbs:
            continue
        n = re.match(r"person_(\d+)", hit[0])
        before, after = text[max(0, hit.start() - 40) : hit.start()], text[hit.end() : hit.end() + 60]
        article = _ARTICLE.search(before)
        bare = hit[0] in ("deputy", "head")
        office = f"the {hit[0]}" if bare else (article[0] if article else "") + hit[0]
        roles = frozenset[Role]() if n else roles_said(office)
        roles |= {Role.TRUST_CONTACT} if OF_TRUST.search(office) else set()
        last = found[-1] if found else None
        framed = (last.end, last.part) if last else (0, None)
        part = part_in_letter(text, *hit.span(), framed, named=n is not None)
        told, saw = _TOLD_THEM.search(before) is not None, _THEY_TOLD.search(after) is not None
        shown = bool(_IMAGE_OF.search(before)) and not (_WITH_A_CHILD.match(after) or _GENUINE.search(text))
        person = int(n[1]) if n else None
        beside, saw = part is not None or told or saw, saw and not told
        one = StaffMention(hit.start(), hit.end(), person, roles, beside, saw, part, shown)
        greeted = last is not None and last.part is Part.ADDRESSED
        if (
            last
            and not greeted
            and None in (last.person, person)
            and _SAME.search(text[last.end : hit.start()])
        ):
            person = person if last.person is None else last.person
            roles = last.offices | roles if person is None else frozenset()
            flags = (last.beside or one.beside, last.saw or one.saw, last.part or part, last.shown or shown)
            found[-1] = StaffMention(last.start, one.end, person, roles, *flags)
        else:
            found.append(one)
    return _spare_the_filmed(text, found)


def _spare_the_filmed(text: str, mentions: list[StaffMention]) -> list[StaffMention]:
    """Spare the only one who is named where a film of “her” comes first, or somebody else films her."""
    free = [m for m in mentions if m.is_identified and not m.beside]
    hit = _IMAGE_OF_ONE.search(text)
    if not hit or len({(m.person, m.offices) for m in free}) != 1:
        return mentions
    theirs = free[0].start < hit.start() and not hit["others"]
    if theirs or _CHILD.search(text[: hit.start()]) or any(_MAKES.match(text, m.end + 1) for m in free):
        return mentions
    return [replace(m, shown=m.shown or m in free) for m in mentions]


def _denials(text: str) -> list[tuple[int, int]]:
    """The places where whoever writes says, without doubt, that nothing was done: from, to."""
    spans = (m.span() for m in _DENIES.finditer(text))
    return [(a, b) for a, b in spans if not _DOUBTED.search(text, max(0, a - _BEFORE), a)]


def _spare_the_cleared(mentions: Sequence[StaffMention], places: Sequence[int]) -> list[StaffMention]:
    """Spare whoever is named last before each of these places, at which something is denied."""
    known = [m for m in mentions if m.is_identified and not m.beside]
    last = [([m for m in known if m.start < place] or known)[-1] for place in places if known]
    cleared = {(m.person, m.offices) for m in (*last, *(m for m in known if m.is_spared))}
    return [replace(m, cleared=(m.person, m.offices) in cleared) for m in mentions]


def _doers(
    mentions: Sequence[StaffMention], start: int, end: int, text: str, limb: str
) -> tuple[StaffMention, ...]:
    """Whoever is said to have done it: who was asked for what they refused; after “by”, else the nearest
    before who is not merely beside it, with those joined to them by “and”; else the first after."""
    asked = [m for m in mentions if limb == "refused" and start <= m.start < end and not m.signs]
    if asked:
        return (asked[0],)
    for m in mentions:
        if m.start >= end and _BY.fullmatch(text[end : m.start]):
            return (m,)
    free = [m for m in mentions if not m.beside]
    free = free or [m for m in mentions if m.saw and " and " in text[m.end : end]]
    before = [m for m in free if m.start <= start]
    if not before:
        return tuple(free[:1])
    found = [before.pop()]
    while before and _AND.search(text[before[-1].end : found[-1].start]):
        found.append(before.pop())
    return tuple(found)


# A post of somebody who works there. It proposes, where it can tell; a person answers. What has most signs
# is proposed: harm to a child, a concern about one, whistle-blowing (the wrongs of the Employment Rights
# Act 1996, s.43B), a union matter.

_POSTS = WordFile(Path(__file__).with_name("staff_posts.toml"), others=("by", "what"))
_OF_OTHERS, _QUOTED, _SCHOOL, _WORK, _SENTENCE_END = _POSTS.patterns(
    "of_others", "quoted", "school", "work", "end"
)
_MAY_BE_CHILD, _WRONG, _CLAUSE, _LITTLE = _POSTS.patterns("may_be_child", "may_be_wrong", "clause", "little")
_AUTHORS = tuple(
    (Relationship(row["is"]), _POSTS.compile(row["is"], either(row["words"])))
    for row in _POSTS.rows("by", ("is", "words"))
)
_WHAT = tuple(
    (StaffMatter(row["is"]), row.get("weight", 1), _POSTS.compile(row["is"], either(row["words"])))
    for row in _POSTS.rows("what", ("is", "weight", "words"))
)
_MOST_CHARS = 4000
_OF_CHILDREN = (StaffMatter.ALLEGATION, StaffMatter.CHILD)
_MAY_GO = (StaffMatter.NONE, StaffMatter.LOW_LEVEL)
_PLENTY = 3
"""So many signs tell, even where the school is not spoken of or there are half as many of what stays up."""
_SHOWN = 3
_PLAINLY = tuple(words for what, weight, words in _WHAT if what is StaffMatter.WHISTLEBLOWING and weight > 1)
_SAYS = 2
"""So many words of its own say something, beside what is known and little words."""


def author_relationship(text: str, school: School) -> Relationship | None:
    """Find what the author plainly says that they are to the school, of those who may blow the whistle there;
    None where they say nothing of it, or speak of somebody else.
    """
    plain = _QUOTED.sub(" ", _plain(text, school))
    if not _SCHOOL.search(plain):
        return None
    own = ". ".join(said for said in _SENTENCE_END.split(plain) if not _OF_OTHERS.search(said))
    return next((who for who, words in _AUTHORS if words.search(own)), None)


def read_staff_post(text: str, school: School) -> tuple[StaffMatter | None, str]:
    """Read what it has most signs of, and its words that say so; None where we cannot tell: what may come
    down is proposed only of what is read whole and tells of no harm or wrong plainly, whatever abuse is
    beside it.
    """
    plain, many, sure = _plain(text, school), Counter[StaffMatter](), set[StaffMatter]()
    found = defaultdict[StaffMatter, list[str]](list)
    for kind, weight, words in _WHAT:
        for hit in words.finditer(plain):
            if not any(hit[0] in other for other in found[kind]):
                found[kind].append(hit[0])
                many[kind] += weight
                sure |= {kind} if weight > 1 else set()
    child, low = (max(of, key=lambda what: many[what]) for of in (_OF_CHILDREN, _MAY_GO))
    stays = {child: sum(many[what] for what in _OF_CHILDREN)}
    stays |= {what: many[what] for what in (StaffMatter.WHISTLEBLOWING, StaffMatter.UNION)}
    most, signs = max(stays, key=lambda what: stays[what]), sum(stays.values())
    goes, private = sum(many[what] for what in _MAY_GO), many[StaffMatter.OUTSIDE]
    work, whole = _WORK.search(plain), len(text) <= _MOST_CHARS
    what: StaffMatter | None = None
    if stays[most] > goes and (work or stays[most] > max(private, _PLENTY)):
        what = most
    elif sure & {*stays, *_OF_CHILDREN}:
        pass
    elif whole and work and (max(2 * signs, _PLENTY) <= goes or (goes and _says_no_more(plain))):
        what = low
    elif whole and not work and max(signs, 2 * stays[child], goes, 1) <= private:
        what = StaffMatter.OUTSIDE
    return what, " … ".join(found[what][:_SHOWN]) if what else ""


def discloses(text: str, school: School) -> bool:
    """Does somebody who says that they work there speak of wrong-doing?"""
    if author_relationship(text, school) is None:
        return False
    what, plain = read_staff_post(text, school)[0], _plain(text, school)
    told = what is None and _WORK.search(plain) and any(words.search(plain) for words in _PLAINLY)
    return what is StaffMatter.WHISTLEBLOWING or bool(told)


def _says_no_more(plain: str) -> bool:
    if _MAY_BE_CHILD.search(plain) or _WRONG.search(plain):
        return False
    for words in (*(words for _, words in _AUTHORS), *(words for what, _, words in _WHAT if what in _MAY_GO)):
        plain = words.sub(" ", plain)
    return all(len(_LITTLE.sub(" ", said).split()) < _SAYS for said in _CLAUSE.split(plain))


def _plain(text: str, school: School) -> str:
    return re.sub(r"\s+", " ", with_the_school(text[:_MOST_CHARS].lower(), school).replace("’", "'"))
