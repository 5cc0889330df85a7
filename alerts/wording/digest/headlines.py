"""Whether the words of a post may be repeated in a mail or on a page, and how they stand there. Pure.

What is public may be said, but never of what is restricted or locked, nor what is likely to identify a
teacher accused by or on behalf of a pupil (section 141F of the Education Act 2002): a headline often does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Set
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from data.content_class import BYPASSING, ContentClass, class_spec
from data.digest import Headline
from data.judged import clears_somebody, is_unplaced, tone_of
from data.matters import PostView
from data.types import ALLEGING_LABELS, About, Person, PressEvent, Route, Sentiment, Verdict
from data.web.urls import strip_tracking
from data.words.say import Words

MOST_CHARS = 90
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
MOST_WORDS = 12
_NO_LIMIT = 1000
_MOST_OF_A_NAME = 40
_MOST_TO_ITS_END = 400
_SENTENCES = re.compile(r"(?<=[.!?…])\s+|\n+")
_IN_ADDRESSES = "%/:=&?#+!$,;@()*[]"
_ADDRESS = re.compile(
    r"[\w+.-]:/|\bwww\.\w|\w\.[^\W\d_]{2,}[/:?#]\w|\b(?:javascript|data|mailto|tel):\w", re.IGNORECASE
)
"""What a mail program may make a link of, so that a post’s words could pass for a link of ours."""
_NO_ADDRESS = "(…)"
_MOST_OF_AN_ADDRESS = 1000
_QUOTES = str.maketrans("“”„‟", "‘’‘‘")
_GUILLEMETS = re.compile("«([^«»]*)»")
"""Marks that end a quotation of ours, as they stand within one; a “»” alone parts the name of a site."""
_ACCUSING = re.compile(
    r"\b(abus|accus|alleg|arrest|assault|bail|banned|charged|convict|court|crime|criminal|dismiss|"
    r"guilty|harass|investigat|jail|misconduct|offence|police|prison|prosecut|sack|scandal|sentenced|"
    r"struck off|suspend|trial|tribunal|victim|violen|"
    r"arestio|camdrin|cam-drin|carchar|cyhudd|diswyddo|heddlu|honiad|llys|rheithgor|trais|ymosod)",
    re.IGNORECASE,
)
"""Beginnings of words by which news speak of an accused person, English and Welsh."""
_OF_STAFF = re.compile(
    r"\b(teacher|head ?teacher|head\b|heads\b|deputy|principal|staff|assistant|tutor|coach|caretaker|"
    r"governor|chaplain|instructor|lecturer|mentor|nurse|worker|employee|ex-|former\b|TAs?\b|athro|athrawes|athrawon|pennaeth|"
    r"dirprwy|cynorthwy|gofalwr|llywodraethw)",
    re.IGNORECASE,
)
"""Beginnings of words for those who work at a school: with one of `_ACCUSING` they may be the accused."""
_AGED = re.compile(r"\b((?i:man|woman|dyn|menyw)|[A-Z][\w'’-]+ [A-Z][\w'’-]+),? (?:aged )?[2-9]\d\b")
"""A grown-up by age, as news name the accused."""
_NO_NAME = (
    r"(?!(?:\w+ )?(?:Primary|Junior|Infant|Secondary|High|Grammar|School|Academy|College|Council|Police|"
    r"Court|Road|Crown|Gazette|Herald|Courier|Echo|News|Online|Live|Times|Telegraph|Chronicle|Express|Argus)\b)"
)
_PERSON = re.compile(rf"\b{_NO_NAME}[^\W\d_a-zß-ÿ][\w'’.-]* [^\W\d_a-zß-ÿ][\w'’-]*\w\b")
"""A name of two words that is of no school, place, court or paper."""
_CHARGED = re.compile(
    r"\b(?:accused|arrest|bailed|charged|convicted|court|dismissed|guilty|jailed|sacked|sentenced|suspended)",
    re.IGNORECASE,
)
"""Beginnings of words that, beside a name, say that this person is accused."""
_NEVER = re.compile(
    r"\b(grooming|indecen|paedophil|rape|raping|rapist|sex(?!ton)|treis|rhywiol)", re.IGNORECASE
)
"""Beginnings of words of sexual offences: the law names no victim of them, and often nobody else either."""
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|Prof|Canon|Rev|Fr|Mme|Señor\w*)\.? [A-Z]")
"""Somebody by name, as pupils and parents speak of staff."""
_UNFIT_LABELS = frozenset(
    (*ALLEGING_LABELS, "threat", "harassment", "hate", "privacy", "profanity", "self_harm")
)
_UNFIT_CLASSES = frozenset(
    (
        ContentClass.CONFIDENTIAL,
        ContentClass.HATE,
        ContentClass.SEXUAL,
        ContentClass.PRIVACY,
        ContentClass.OWN_ACCOUNT,  # whoever may have taken it over would bid our reader to click
    )
)
_UNFIT_IN_PRESS = frozenset((*BYPASSING, ContentClass.SEXUAL, ContentClass.DEFAMATION, ContentClass.PRIVACY))


def fit(
    said: str, verdicts: Collection[Verdict], people: Iterable[Person], *,
    press: bool = False, told: bool = False,
) -> bool:  # fmt: skip
    """May these public words, of which we think this, be repeated?

    Not of what is restricted, of a class or label that is itself the harm (private details, insults, a
    threat, what somebody may have put on an account that they took over) or may be it, nor where they may
    identify an accused member of staff. Nor of what is unkind and names somebody of the school, or is about
    a pupil; but with `told` to somebody who was told of that very matter. What is in the `press` is known to
    all: there only who may be accused, and what the law protects, stay out; whom it clears is accused no
    more.
    """
    shown = plain_headline(said)
    accused = _ACCUSING.search(shown) and (_OF_STAFF.search(shown) or _AGED.search(shown))
    accused = accused or (_CHARGED.search(shown) and _PERSON.search(shown))
    clears = press and bool(verdicts) and all(map(clears_somebody, verdicts))
    if not shown or _NEVER.search(shown) or (accused and not clears):
        return False
    of_somebody = any(pattern.search(shown) for pattern in (_OF_STAFF, _TITLED, _PERSON))
    if any(_unfit(v, press=press, of_somebody=of_somebody) for v in verdicts):
        return False
    unkind = any(v.abuse or tone_of(v) in (None, Sentiment.NEGATIVE) for v in verdicts)
    if not unkind or told:
        return True
    of_a_child = not press and any(v.about is About.PUPIL for v in verdicts)
    return not (of_a_child or _TITLED.search(shown) or names_somebody(shown, people))


def _unfit(verdict: Verdict, *, press: bool, of_somebody: bool) -> bool:
    """Is it a matter whose words stay out, whatever they are? Of news of staff only where they speak
    `of_somebody`: buildings are cleared too."""
    if verdict.restricted or verdict.route is Route.SAFEGUARDING:
        return True
    if verdict.event is PressEvent.STAFF and (of_somebody or not press):
        return True
    if press:
        return verdict.content_class in _UNFIT_IN_PRESS or bool(ALLEGING_LABELS & set(verdict.abuse))
    grave = class_spec(verdict.content_class).grave or verdict.content_class in _UNFIT_CLASSES
    return grave or is_unplaced(verdict) or bool(_UNFIT_LABELS & set(verdict.abuse))


def fullest(printed: Iterable[PostView], people: Collection[Person]) -> PostView | None:
    """Choose of the gravest of a matter's articles that whose headline says most, the newest of those that
    say as much; None where none may be repeated.
    """
    may = [
        post
        for post in printed
        if fit(post.title or "", [post.verdict] if post.verdict else [], people, press=True)
    ]
    gravity = {p.id: p.verdict.severity if p.verdict else 0 for p in may}
    return max(
        may,
        key=lambda p: (
            gravity[p.id],
            len((p.title or "").rsplit(" - ", 1)[0].split()),
            p.at or _LONG_AGO,
            p.id,
        ),
        default=None,
    )


def clearing(printed: Iterable[PostView], people: Collection[Person]) -> PostView | None:
    """The newest of a matter's articles that clears somebody; None where none does that may be repeated."""
    return fullest((p for p in printed if p.verdict and clears_somebody(p.verdict)), people)


def names_somebody(shown: str, people: Iterable[Person]) -> bool:
    """Does it hold the last name of anybody of the school?"""
    words = set(re.findall(r"[\w'’-]+", shown.casefold()))
    last_names = {p.name.split()[-1].casefold() for p in people if p.name.split()}
    return any({last, f"{last}'s", f"{last}’s"} & words for last in last_names)


def plain_headline(text: str, most_chars: int = MOST_CHARS) -> str:
    """Return one line of visible signs: control and direction marks become blanks, long ones are cut at a
    word.

    Addresses are left out, and “ and ” within it are ‘ and ’, so that no words pass for ours.
    """
    kept = "".join(" " if unicodedata.category(c).startswith("C") or c in "\u2028\u2029" else c for c in text)
    line = " ".join(_NO_ADDRESS if _ADDRESS.search(word) else word for word in kept.split())
    line = _GUILLEMETS.sub(r"‘\1’", line.strip('“”" ').translate(_QUOTES))
    return line if len(line) <= most_chars else line[:most_chars].rsplit(" ", 1)[0].rstrip(",;:–-") + " …"


def beginning(text: str, of: Collection[Verdict] = ()) -> str:
    """Return its first dozen words, `plain`; of praise its last sentence too, "" where too long."""
    words = text.split()
    shown = plain_headline(" ".join(words[:MOST_WORDS]), most_chars=_NO_LIMIT).split()
    more = max(len(words), len(shown)) > MOST_WORDS
    said = plain_headline(" ".join(shown[:MOST_WORDS]).rstrip(",;:–-") + (" …" if more else ""))
    if more and of and all(tone_of(v) is Sentiment.POSITIVE for v in of):
        last = _SENTENCES.split(text.strip())[-1]
        whole = len(words) <= len(last.split()) + MOST_WORDS
        said = plain_headline(text if whole else f"{said} {last}", most_chars=_NO_LIMIT)
    return said if len(said) <= _MOST_TO_ITS_END else ""


def headline_and_paper(headline: Headline, papers: Set[str], names: Mapping[str, str]) -> tuple[str, str]:
    """Return the headline and who published it, "" where nothing tells: the name of a paper's own source,
    else the end of a title that a search names the outlet in (“… - Northvale Gazette”), else the site.
    """
    paper = next((plain_headline(names[i]) for i in headline.source_ids if i in papers and i in names), "")
    said, dash, end = plain_headline(headline.title, most_chars=_NO_LIMIT).rpartition(" - ")
    host = _host(headline.url)
    is_search = host in ("news.google.com", "bing.com")  # the address of a news search, not the paper's own
    if dash and (end.casefold() == paper.casefold() or (not paper and is_search)):
        accuses = _NEVER.search(end) or _ACCUSING.search(end) or _NO_ADDRESS in end
        return plain_headline(said), paper or ("" if accuses or len(end) > _MOST_OF_A_NAME else end)
    return plain_headline(headline.title), paper or ("" if is_search else plain_headline(host))


def in_print(headline: Headline, papers: Set[str], names: Mapping[str, str], w: Words) -> str:
    """“The headline”, and the paper where that is known."""
    said, paper = headline_and_paper(headline, papers, names)
    if not paper:
        return w("digest.say.headline", headline=said)
    return w("digest.say.headline_in", headline=said, paper=paper)


def link(headline: Headline) -> str | None:
    """Its address where it is one of the web, untracked, without signs that end an attribute or a line; None
    where it is very long, or begins with a name for signing in, as only somebody who deceives has it."""
    url = quote(strip_tracking(headline.url or ""), safe=_IN_ADDRESSES)
    honest = url.startswith(("http://", "https://")) and "@" not in url.split("/")[2]
    return url if honest and _host(url) and len(url) <= _MOST_OF_AN_ADDRESS else None


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""
