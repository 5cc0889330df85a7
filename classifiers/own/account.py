"""Posts on the school's own pages and accounts: whose they are, and whether they look odd. Pure.

The school's own news is not opinion about it. An odd post there suggests that somebody else has the account
(Monkhouse 401: suspicious activity, posts and tags are reported to the leadership and ICT at once; the domain
guide's class C14). One strong sign is enough, and so are two weak ones; a single weak one is shown as worth a
look, because a school may well post at night or use a short address.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from classifiers.own.takeover import links_in, looks_like, scam_in, shortened, warns_of_scams
from classifiers.text.language import Language, recognise
from classifiers.verdicts.verdict_reasons import OTHER_SCHOOL_DANGER
from data.content_class import ContentClass
from data.judged import NAMES_PUPIL
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

OWN_POST = "own_post"
"""The reason code of an ordinary post by the school itself: not opinion, and in no digest or report."""

_OTHERS = (MentionKind.REPLY, MentionKind.COMMENT, MentionKind.REVIEW)
_ROUGH = frozenset(("threat", "harassment", "hate", "sexual", "profanity", "extremism"))
_COMMENT = re.compile(r"(?:^|[/_-])(?:comments?|replies)(?:$|[/_-])", re.IGNORECASE)
_SAME_AUTHOR = 3
_OLD = timedelta(days=7)
_NIGHT = (23, 5)
_BEFORE = 3
_WORDS_OF_A_LANGUAGE = 6
_LOOK_RANK = 0.5
_OURS = Reason(OWN_POST, "The school's own post: nobody's opinion of it.")
_SHORT_LINK = Reason("own_short_link", "It links to a short address, which does not show where it leads.")


@dataclass(frozen=True, slots=True)
class Signs:
    """What is odd about a post; a single `weak` sign proves nothing."""

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
    names.

    `author` is what `own_author` found. On the school's own website everybody who posts is the school.
    """
    if mention.kind in _OTHERS or mention.parent:
        return False
    # a comment feed's entries look like articles on the school's site; only their addresses differ
    if _COMMENT.search(urlsplit(mention.url).fragment) or _COMMENT.search(urlsplit(source.url).path):
        return False
    if mention.author is None or on_site(mention.url, school):
        return True
    names = {source.name, str(source.settings.get("account") or ""), school.name, *school.aliases}
    return _key(mention.author) in {author, *map(_key, names)} - {""}


def signs(
    mention: Mention, verdict: Verdict, school: School, zone: ZoneInfo, earlier: Sequence[Language]
) -> Signs:
    """What is odd about a post by the account itself; `earlier` are the languages of its previous posts."""
    text = f"{mention.title}\n{mention.text}"
    scam = _scam(text, school)
    told = scam if warns_of_scams(text) else []
    short = [_SHORT_LINK] if any(map(shortened, links_in(text))) else []
    strong = [*_rough(verdict), *(s for s in scam if s not in told), *_stranger(text, earlier)]
    return Signs(tuple(strong), (*told[:1], *short, *_at_night(mention, zone)))


def settle(
    verdict: Verdict, mention: Mention, school: School, zone: ZoneInfo, earlier: Sequence[Language]
) -> Verdict:
    """The verdict on a post by the account itself: odd, worth a look, or the school's own news.

    A verdict for the police or the safeguarding lead stays: the most protective route wins.
    """
    found = signs(mention, verdict, school, zone, earlier)
    if _kept_as_it_is(verdict):
        return replace(verdict, reasons=(*found.strong, *found.weak, *verdict.reasons))
    if found.odd:
        severity = Severity.TODAY if _is_old(mention) else Severity.THIS_HOUR
        return _odd(verdict, severity, (*found.strong, *found.weak))
    grave = verdict.severity >= Severity.TODAY
    look = bool(found.weak) or grave
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
        reasons=(*found.weak, *(verdict.reasons if grave else ()), _OURS),
        themes=(),
    )


def with_pupil_named(verdict: Verdict, sentence: str) -> Verdict:
    """The verdict on the school's own news that gives a pupil's full name in that sentence: a slip, to be
    told to who looks after it; nobody's opinion, and no more grave than it was."""
    if verdict.route not in (Route.IGNORE, Route.NOTE) or verdict.restricted:
        return verdict
    said = Reason(NAMES_PUPIL, f"It gives a pupil's full name beside their year, age or award: “{sentence}”")
    return replace(
        verdict,
        about=About.PUPIL,
        severity=Severity.NOTE,
        route=Route.NOTE,
        content_class=ContentClass.PRIVACY,
        reasons=(said, *verdict.reasons),
    )


def _kept_as_it_is(verdict: Verdict) -> bool:
    elsewhere = any(reason.code == OTHER_SCHOOL_DANGER for reason in verdict.reasons)
    return verdict.route.urgent or verdict.restricted or elsewhere


def tags_account(mention: Mention, school: School) -> bool:
    """Does a post name an account of the school's: an alias that begins with @?"""
    said = f"{mention.title}\n{mention.text}".casefold()
    handles = (re.escape(alias.casefold()) for alias in school.aliases if alias[:1] == "@")
    return any(re.search(rf"(?<![\w@.]){handle}(?!\w)", said) for handle in handles)


def settle_tag(verdict: Verdict, mention: Mention, school: School) -> Verdict:
    """The verdict on a post by others on the account or tagging it: unchanged, except that a scam is reported
    to IT too.

    Grave matters about a person stay with those who deal with them.
    """
    text = f"{mention.title}\n{mention.text}"
    found = _scam(text, school)
    if not found or warns_of_scams(text) or _kept_as_it_is(verdict):
        return verdict
    if verdict.severity >= Severity.TODAY and verdict.about is not About.SCHOOL:
        return verdict
    return _odd(verdict, max(verdict.severity, Severity.TODAY), tuple(found))


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


def _rough(verdict: Verdict) -> list[Reason]:
    rough = _ROUGH & set(verdict.abuse)
    if not rough or (verdict.severity < Severity.TODAY and "profanity" not in rough):
        return []
    return [Reason("own_abuse", f"The school's own account posts what reads as {', '.join(sorted(rough))}.")]


def _scam(text: str, school: School) -> list[Reason]:
    found = [Reason(f"own_scam_{name}", reason) for name, reason in scam_in(text)]
    if any(looks_like(host, school.domain) for host in links_in(text)):
        found.append(Reason("own_lookalike", "It links to an address that imitates the school's own."))
    return found


def _stranger(text: str, earlier: Sequence[Language]) -> list[Reason]:
    if len(earlier) < _BEFORE or Language.OTHER in earlier or len(text.split()) < _WORDS_OF_A_LANGUAGE:
        return []
    if recognise(text) is not Language.OTHER:
        return []
    return [Reason("own_language", "It is neither in English nor in Welsh, and no earlier post was.")]


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
    """A post that has been up for a week wakes nobody: a page is read from its beginning when it is new to
    us.
    """
    return mention.published is not None and mention.fetched_at - mention.published > _OLD


def on_site(url: str, school: School) -> bool:
    """Is the address on the school's own website?"""
    host = (urlsplit(url).hostname or "").lower()
    own = (school.domain or "").lower().removeprefix("www.")
    return bool(own) and (host == own or host.endswith(f".{own}"))


def _key(name: str | None) -> str:
    return " ".join((name or "").casefold().split())
