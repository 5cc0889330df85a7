"""Find what is odd about posts on the school's own accounts: a pupil named, an account taken over."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from rapidfuzz.distance import Levenshtein

from classifiers.text.language import Language, recognise_language
from classifiers.text.words import WordFile, late_pattern
from classifiers.verdicts.verdict_reasons import ENDED, OTHER_SCHOOL_DANGER
from data.content_class import ContentClass
from data.frozen import freeze
from data.judged import NAMES_PUPIL, ON_OWN_ACCOUNT, OWN_COMMENT, PUPILS_PICTURED, has_reason
from data.letters import plain_address, plain_letters
from data.types import (
    About,
    Mention,
    MentionKind,
    Reason,
    Relevance,
    Route,
    School,
    Sentiment,
    Severity,
    Source,
    Verdict,
)

# What gives away an account that somebody has taken over: the words of scams, and suspicious links. Pure.

_WORDS = WordFile(Path(__file__).with_name("own.toml"), others=("scam", "named"))
_WARNS, _LINK, _COMMENT, _ADDRESS, _SHORTENED = _WORDS.patterns(
    "warns", "link", "comment", "address", "shortened"
)
_PATTERNS = tuple(
    (row["name"], row["reason"], late_pattern(row["pattern"]))
    for row in _WORDS.rows("scam", ("name", "reason", "pattern"))
)
_SHORT = frozenset(_WORDS.words("shorteners"))
_LOOKS_AS = str.maketrans("0135", "oies")
_LEAST_LETTERS = 6
_CLOSED = tuple(_WORDS.words("closed"))


def scam_in(text: str) -> tuple[tuple[str, str], ...]:
    """The names and reasons of the scam patterns found in a text, in their order."""
    plain = _plain(text)
    return tuple((name, reason) for name, reason, pattern in _PATTERNS if pattern.search(plain))


def warns_of_scams(text: str) -> bool:
    """Does it read like a warning about scams, which a school may well post?"""
    return _WARNS.search(_plain(text)) is not None


def links_in(text: str) -> tuple[str, ...]:
    """The hosts that a text links to, in lower case, without user, port and `www.`."""
    found = (match[1] or match[2] for match in _LINK.finditer(plain_address(text)))
    hosts = (host.rpartition("@")[2].partition(":")[0].lower().rstrip(".,;!") for host in found)
    return tuple(host.removeprefix("www.") for host in hosts)


def looks_like(host: str, own: str | None) -> bool:
    """Does a host imitate the school's own domain, or is it a bare number?

    It does if its letters are those of the school's with dots and dashes elsewhere, other words before or
    after, a single letter changed, or digits in place of letters. The school's own domain and its subdomains
    never do. Nor does a name that only contains the school's, such as a parents' association's, nor a domain
    reserved for public bodies.
    """
    if _ADDRESS.fullmatch(host):
        return True
    own = (own or "").lower().removeprefix("www.")
    if not own or host == own or host.endswith((f".{own}", *_CLOSED)):
        return False
    theirs, ours = _letters_as_seen(host), _letters_as_seen(own)
    if len(ours) < _LEAST_LETTERS:
        return False
    return ours in theirs or Levenshtein.distance(theirs, ours, score_cutoff=1) <= 1


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", plain_letters(text)).replace("’", "'")


def _letters_as_seen(host: str) -> str:
    """Rewrite a host as the eye reads it: letters alone, and what looks like a letter as that letter."""
    plain = "".join(c for c in plain_letters(host).translate(_LOOKS_AS) if c.isalnum())
    return plain.replace("rn", "m").replace("vv", "w")


# Posts on the school's own pages and accounts: whose they are, and whether they look odd. Pure.

OWN_POST = "own_post"
"""The reason code of an ordinary post by the school itself: not opinion, and in no digest or report."""

_OTHERS = (MentionKind.REPLY, MentionKind.COMMENT, MentionKind.REVIEW)
_ROUGH = frozenset(("threat", "harassment", "hate", "sexual", "profanity", "extremism"))
_SAME_AUTHOR = 3
_OLD = timedelta(days=7)
_NIGHT = (23, 5)
_BEFORE = 3
_WORDS_OF_A_LANGUAGE = 6
_LOOK_RANK = 0.5
_OURS = Reason(OWN_POST, "The school's own post: nobody's opinion of it.")
_ON_OURS = Reason(ON_OWN_ACCOUNT, "It is on one of the school's own accounts, or tags it.")
_BY_VISITOR = Reason(OWN_COMMENT, "A visitor wrote it on one of the school's own pages.")
_SHORT_LINK = Reason("own_short_link", "It links to a short address, which does not show where it leads.")


@freeze
class Signs:
    """The odd things about a post; a single `weak` sign proves nothing."""

    strong: tuple[Reason, ...] = ()
    weak: tuple[Reason, ...] = ()

    @property
    def odd(self) -> bool:
        """One strong sign, or two weak ones."""
        return bool(self.strong) or len(self.weak) > 1


def own_author(mentions: Sequence[Mention]) -> str | None:
    """The one name on every post of a reading, where there are three or more: the account's."""
    names = Counter(_key(m.author) for m in mentions if m.kind not in _OTHERS and not m.parent)
    return next(iter(names)) if len(names) == 1 and names.total() >= _SAME_AUTHOR else None


def posted_by_account(mention: Mention, source: Source, school: School, author: str | None) -> bool:
    """Did the account itself post it? Replies, comments and reviews are other people's, and so are other
    names. `author` is what `own_author` found. On the school's own website everybody who posts is the
    school."""
    if mention.kind in _OTHERS or mention.parent:
        return False
    # a comment feed's entries look like articles on the school's site; only their addresses differ
    if _COMMENT.search(urlsplit(mention.url).fragment) or _COMMENT.search(urlsplit(source.url).path):
        return False
    if mention.author is None or on_site(mention.url, school):
        return True
    names = {source.name, str(source.settings.get("account") or ""), school.name, *school.aliases}
    return _key(mention.author) in {author, *map(_key, names)} - {""}


def find_signs(
    mention: Mention, verdict: Verdict, school: School, zone: ZoneInfo, earlier: Sequence[Language]
) -> Signs:
    """Find what is odd about a post by the account; `earlier` are the languages of its previous posts."""
    text = f"{mention.title}\n{mention.text}"
    scam = _scam(text, school)
    told = scam if warns_of_scams(text) else []
    short = [] if _SHORT.isdisjoint(links_in(text)) else [_SHORT_LINK]
    strong = [s for s in scam if s not in told]
    rough = _ROUGH & set(verdict.abuse)
    if rough and (verdict.severity >= Severity.TODAY or "profanity" in rough):
        said = f"The school's own account posts what reads as {', '.join(sorted(rough))}."
        strong.insert(0, Reason("own_abuse", said))
    known = len(earlier) >= _BEFORE and Language.OTHER not in earlier
    if known and len(text.split()) >= _WORDS_OF_A_LANGUAGE and recognise_language(text) is Language.OTHER:
        strong.append(
            Reason("own_language", "It is neither in English nor in Welsh, and no earlier post was.")
        )
    return Signs(tuple(strong), (*told[:1], *short, *_at_night(mention, zone)))


def settle_own_post(
    verdict: Verdict, mention: Mention, school: School, zone: ZoneInfo, earlier: Sequence[Language]
) -> Verdict:
    """The verdict on a post by the account: odd, a look, or news; the most protective route wins."""
    from classifiers.verdicts.press import find_ending

    found = find_signs(mention, verdict, school, zone, earlier)
    own_gallery = {m.by for m in verdict.endangers} == {f"signal:{PUPILS_PICTURED}"}
    if _kept_as_it_is(verdict) and not own_gallery:
        return replace(verdict, reasons=(*found.strong, *found.weak, *verdict.reasons))
    if found.odd:
        severity = Severity.TODAY if _is_old(mention) else Severity.THIS_HOUR
        return _odd(verdict, severity, (*found.strong, *found.weak))
    grave = verdict.severity >= Severity.TODAY
    look = bool(found.weak) or grave
    ended = [ENDED] * bool(find_ending(mention.title, mention.text))
    return replace(
        verdict,
        relevance=Relevance.ABOUT,
        sentiment=Sentiment.NEUTRAL,
        abuse=(),
        about=About.SCHOOL,
        severity=Severity.NOTE if look else Severity.NOTHING,
        route=Route.NOTE if look else Route.IGNORE,
        look=look,
        look_rank=_LOOK_RANK if look else 0.0,
        subject_person=None,
        endangers=(),
        accuses=verdict.accuses if look else (),
        content_class=ContentClass.FAIR_COMMENT,
        restricted=False,
        reasons=(*found.weak, *(verdict.reasons if grave else ()), *ended, _OURS),
        themes=(),
    )


def with_pupil_named(verdict: Verdict, sentence: str) -> Verdict:
    """The verdict on the school's own news that gives a pupil's full name in that sentence: a slip, to be
    told to who looks after it; nobody's opinion, and no more grave than it was."""
    if verdict.route not in (Route.IGNORE, Route.NOTE) or verdict.restricted:
        return verdict
    said = Reason(NAMES_PUPIL, f"It gives a pupil's full name with their year, age or award: “{sentence}”")
    return replace(
        verdict,
        about=About.PUPIL,
        severity=Severity.NOTE,
        route=Route.NOTE,
        content_class=ContentClass.PRIVACY,
        reasons=(said, *verdict.reasons),
    )


def _kept_as_it_is(verdict: Verdict) -> bool:
    """Does it stay as it was judged, whoever posted it?"""
    return verdict.route.urgent or verdict.restricted or has_reason(verdict, OTHER_SCHOOL_DANGER)


def tags_account(mention: Mention, school: School) -> bool:
    """Does a post name an account of the school's: an alias that begins with @?"""
    said = plain_letters(f"{mention.title}\n{mention.text}").casefold()
    handles = (re.escape(plain_letters(alias).casefold()) for alias in school.aliases if alias[:1] == "@")
    return any(re.search(rf"(?<![\w@.]){handle}(?!\w)", said) for handle in handles)


def settle_tag(verdict: Verdict, mention: Mention, school: School, *, by_visitor: bool = False) -> Verdict:
    """The verdict on a post by others on the account or tagging it: a scam is reported to IT too, what else
    is grave to the leadership. Grave matters about a person stay with those who deal with them. One surely
    `by_visitor` is a comment to be taken down: nobody else has the account."""
    if _kept_as_it_is(verdict):
        return verdict
    text, grave = f"{mention.title}\n{mention.text}", verdict.severity >= Severity.TODAY
    found = _scam(text, school)
    if not found or warns_of_scams(text):
        return replace(verdict, reasons=(*verdict.reasons, _ON_OURS)) if grave else verdict
    if grave and verdict.about is not About.SCHOOL:
        return verdict
    odd = _odd(verdict, max(verdict.severity, Severity.TODAY), tuple(found))
    if not by_visitor:
        return odd
    code = ContentClass.IMPERSONATION
    return replace(odd, content_class=code, reasons=(_BY_VISITOR, _ON_OURS, *odd.reasons))


def _odd(verdict: Verdict, severity: Severity, because: tuple[Reason, ...]) -> Verdict:
    return replace(
        verdict,
        relevance=Relevance.ABOUT,
        severity=severity,
        route=Route.PLATFORM_REPORT,
        content_class=ContentClass.OWN_ACCOUNT,
        look=False,
        look_rank=0.0,
        reasons=(*because, *verdict.reasons),
    )


def _scam(text: str, school: School) -> list[Reason]:
    found = [Reason(f"own_scam_{name}", reason) for name, reason in scam_in(text)]
    if any(looks_like(host, school.domain) for host in links_in(text)):
        found.append(Reason("own_lookalike", "It links to an address that imitates the school's own."))
    return found


def _at_night(mention: Mention, zone: ZoneInfo) -> list[Reason]:
    """Between 23:00 and 05:00. Midnight to the second is a date whose time the page does not give."""
    if mention.published is None or _is_old(mention):
        return []
    local = mention.published.astimezone(zone)
    late, early = _NIGHT
    if early <= local.hour < late or (local.hour, local.minute, local.second) == (0, 0, 0):
        return []
    return [Reason("own_at_night", f"It was posted at night, at {local:%H:%M}.")]


def _is_old(mention: Mention) -> bool:
    """Has it been up for a week? A page is read from its beginning when it is new to us."""
    return mention.published is not None and mention.fetched_at - mention.published > _OLD


def on_site(url: str, school: School) -> bool:
    """Is the address on the school's own website?"""
    host = (urlsplit(url).hostname or "").lower()
    own = (school.domain or "").lower().removeprefix("www.")
    return bool(own) and (host == own or host.endswith(f".{own}"))


def _key(name: str | None) -> str:
    return " ".join((name or "").casefold().split())


# A pupil's full name beside what tells their year, in what the school itself published. Pure.

_WORTH_A_LOOK, _ADULT_BEFORE, _ADULT_NEAR, _ADULT_AFTER, _THING_AFTER, _CUE, _SENTENCES = _WORDS.patterns(
    "worth_a_look", "adult_before", "adult_near", "adult_after", "thing_after", "cue", "sentences"
)
_FOUND = tuple(late_pattern(row["pattern"]) for row in _WORDS.rows("named", ("pattern",)))
_OLDEST, _YOUNGEST = 18, 3
_LONGEST = 600
"""So much of a sentence is looked at: a page that has no full stops is no sentence."""


@cache
def _names() -> tuple[dict[str, frozenset[str]], tuple[str, ...]]:
    """The words of each list of `pupil_names.toml`, and the names of those in books."""
    read = tomllib.loads(files("classifiers").joinpath("pupil_names.toml").read_text(encoding="utf-8"))
    in_books = tuple(" ".join(name.split()) for name in read.pop("in_books").split("|"))
    return {which: frozenset(listed.split()) for which, listed in read.items()}, in_books


def names_pupil(text: str, people: Collection[str] = ()) -> str | None:
    """The first sentence with a pupil's full name beside their year or award; `people` are the adults."""
    if _WORTH_A_LOOK.search(plain_letters(text)) is None:
        return None
    adults = [frozenset(_words(name)) for name in people]
    sentences = (part[0].strip()[:_LONGEST] for part in _SENTENCES.finditer(_SHORTENED.sub(r"\1 ", text)))
    return next((s for s in sentences if _names_one(plain_letters(s), adults)), None)


def _names_one(sentence: str, adults: Collection[frozenset[str]]) -> bool:
    hits = (hit for found in _FOUND for hit in found.finditer(sentence))
    return _WORTH_A_LOOK.search(sentence) is not None and any(_is_pupil(hit, adults) for hit in hits)


def _is_pupil(hit: re.Match[str], adults: Collection[frozenset[str]]) -> bool:
    said = hit.groupdict()
    name = _name_of(hit["name"])
    age = said.get("age")
    if name is None or (age and not _YOUNGEST <= int(age) <= _OLDEST):
        return False
    before, after = hit.string[: hit.start("name")], hit["after"]
    lead = hit["name"].removesuffix(" ".join(name))
    if _ADULT_BEFORE.search(f"{before}{lead}") or _ADULT_NEAR.search(hit.string):
        return False
    if _ADULT_AFTER.search(after) or _THING_AFTER.search(after):
        return False
    if name[0].casefold() not in _names()[0]["given"] and _CUE.search(hit.string) is None:
        return False
    words = frozenset(_words(" ".join(name)))
    return not any(len(words & adult) > 1 for adult in adults)


def _name_of(run: str) -> list[str] | None:
    """The name at the end of words with a capital, without what leads to it; None where it is none."""
    words, (lists, in_books) = run.split(), _names()
    while words and words[0].casefold() in lists["leads_in"]:
        del words[0]
    plain = [word.casefold() for word in words]
    if not 2 <= sum(word[:1].isupper() for word in words) <= 3 or not lists["no_name"].isdisjoint(plain):
        return None
    if any(word.endswith(("'s", "’s")) for word in words):
        return None
    known = " ".join(plain).endswith(in_books)
    return None if known or any(word.isupper() and len(word) > 2 for word in words) else words


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", name.casefold())
