"""Was a post judged, or must a person read it; and how grave is it, or may it be? One rule, for everything
that says what should happen to a post.

A model of this size cannot read everything: another language, a word or two, a text longer than its windows.
It still guesses a route, but nobody relies on that guess: it is not shown as a judgement, and no case is
opened as fair comment because of it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from data.content_class import ContentClass
from data.ids import digest
from data.matters import MatterView
from data.types import (
    ADULTS_OF_THE_SCHOOL,
    ALLEGING_LABELS,
    PERHAPS,
    SURE,
    TITLE,
    About,
    Alert,
    Harm,
    Meant,
    PressEvent,
    Reason,
    Relevance,
    Route,
    Sentiment,
    Severity,
    Span,
    Verdict,
)

A_PERSON_DECIDES = "a_person_decides"
"""The code of the reason for which something grave has no way of acting yet."""

HANDED_IN = "said_handed_in"
"""The code of the reason that a person looks because somebody handed it in."""

NAMED = "named"
"""By what somebody is meant whom a person named who may decide."""

MISCONDUCT = "misconduct"
"""By what somebody is accused of wrong-doing that is no matter of a child."""

NAMES_PUPIL = "own_names_pupil"
"""The code of the reason that a post of the school's own gives a pupil's full name beside their year."""

ON_OWN_ACCOUNT = "on_own_account"
"""The code of the reason that something harmful stands on an account of the school's own, or tags it."""

OWN_COMMENT = "own_comment"
"""The code of the reason that a visitor wrote it on a page of the school's own."""

ARTICLE_READ = "article_read"
"""The code of the reason that an article was judged with what stands behind its headline."""

PRESS_OVER = "press_over"
"""The code of the reason that an article tells of something that is over, or was nothing."""

PRESS_CLEARS = "press_clears"
"""The code of the reason that an article clears somebody: nobody of the school, or not to blame."""

PRESS_ARREST = "press_arrest"
"""The code of the reason that an article tells of an arrest."""

PUPILS_DATA = "pupils_data_out"
DATA_OUT = frozenset(("data_out", PUPILS_DATA))
"""Codes of the reasons that personal data of the school's has got out, the first that of pupils."""

LETS_OUT = "lets_out"
"""By what somebody is meant who is said to have let data out; nothing more is alleged of them."""

FRAUDS = frozenset(("fraud_in_our_name", "false_account_asks_money"))
"""Codes of the reasons that somebody cheats in the school's name, or cheats the school."""

BY_MAIL, BY_TEXT = "fraud_by_mail", "fraud_by_text"
"""Codes of the reasons by which way a fraud comes: nobody is told of it by the same."""

PUPILS_PICTURED = "pupils_pictured"
"""The code of the reason that somebody puts up pictures of other people's children."""

ENQUIRY = "enquiry"
"""The code of the reason that somebody of the press asks the school for comment."""

DISCLOSED = "disclosed"
"""The code of the reason, and of who is accused by it, that somebody who works there tells of wrong-doing."""

WORD_OR_NAME = "word_or_name"
"""The code of the reason that a word may be the surname of somebody who would be told."""

SAYS_ENDED = "says_ended"
"""The code of the reason that somebody who may know says that something has ended."""

PASSES_ON_NEWS = "passes_on_news"
"""The code of the reason that a post was judged by the news that it passes on."""

UNREAD = frozenset(
    ("language_cy", "language_other", "too_few_words", "not_read_whole", "worth_a_look", A_PERSON_DECIDES)
)
"""Codes of the reasons why a person has to read it: its route is only a guess."""
TONELESS = ("language_cy", "language_other", "too_few_words")
"""Codes of the reasons for which nothing could tell its tone."""
_NOT_READ_WHOLE = Reason("not_read_whole", "Not all of so long a text was read: please read it yourself.")
_MOST = 5
_OFFICES = (About.HEAD, About.CHAIR, About.DSL)
_OF_ROUTES = frozenset(f"route_{route.value}" for route in Route)


def has_reason(judged: Verdict | Alert | MatterView, *codes: str) -> bool:
    """Is one of these codes among its reasons?"""
    reasons = judged.reasons if isinstance(judged, Verdict) else judged.because
    return any(reason.code in codes for reason in reasons)


def was_judged(verdict: Verdict) -> bool:
    """Was the kind of matter recognised? For anything grave enough to be raised, its class decides. A matter
    that was raised without a class is for a person to decide, and so is anything that nothing could read."""
    if verdict.route.urgent:
        return True
    if verdict.severity >= Severity.TODAY and verdict.route.removal:
        return verdict.content_class != ContentClass.FAIR_COMMENT
    if verdict.relevance is Relevance.NOT_ABOUT:
        return True
    # where the signals' numbers are the only ones behind it, no model was there to read it
    by_no_model = verdict.scores and all(label.startswith("weighed:") for label, _ in verdict.scores)
    return not (verdict.look or has_reason(verdict, *UNREAD) or by_no_model)


def is_unplaced(verdict: Verdict) -> bool:
    """Is it grave, while what becomes of it is for a person to say?"""
    return has_reason(verdict, A_PERSON_DECIDES)


def sayable_event(verdict: Verdict) -> PressEvent | None:
    """Return what an article tells of, as a sentence may say it: no more than that it is in the press, where
    it was judged by its headline, we are not sure, or it may be nothing about the staff."""
    event = verdict.event
    of_staff = event is PressEvent.STAFF and verdict.about not in ADULTS_OF_THE_SCHOOL
    sure = has_reason(verdict, ARTICLE_READ) and not (verdict.look or of_staff)
    return event if event is None or sure else PressEvent.OTHER


def may_say_label(verdict: Verdict, label: str) -> bool:
    """Does it bear the label, and did the second reader find so too? A rule or the first reading alone puts
    none into a sentence. Where no number of it is kept, nothing is known against it."""
    scores = dict(verdict.scores)
    likely = scores.get(f"abuse:{label}")
    found = likely is None or (likely >= SURE and "first:severity:3" in scores)
    return label in verdict.abuse and found


def is_over(verdict: Verdict) -> bool:
    """Does an article tell that something is over, came to nothing, or was only practised?"""
    return has_reason(verdict, PRESS_OVER)


def clears_somebody(verdict: Verdict) -> bool:
    """Does an article say of somebody that they are nobody of the school, or not to blame?"""
    return has_reason(verdict, PRESS_CLEARS)


def is_enquiry(judged: Verdict | Alert | MatterView) -> bool:
    """Does somebody of the press ask the school for comment?"""
    return has_reason(judged, ENQUIRY)


def passes_on_news(verdict: Verdict) -> bool:
    """Is it a post that was judged by the news it passes on, and adds nothing as grave?"""
    return has_reason(verdict, PASSES_ON_NEWS)


def names_pupil(verdict: Verdict) -> bool:
    """Is it a post of the school's own that gives a pupil's full name beside their year?"""
    return has_reason(verdict, NAMES_PUPIL)


def in_another_language(verdict: Verdict) -> bool:
    """Is it in a language that nothing could judge? Welsh is known by its words of harm."""
    return has_reason(verdict, "language_other")


def tone_of(verdict: Verdict) -> Sentiment | None:
    """Its tone as it may be shown; None where nothing could tell it."""
    return None if has_reason(verdict, *TONELESS) else verdict.sentiment


def beyond_cap(verdict: Verdict) -> bool:
    """Does it keep its look whatever else asks for one: may it be severity 4, or did nobody judge it?"""
    return maybe_grave(verdict) or in_another_language(verdict)


def maybe_grave(verdict: Verdict) -> bool:
    """May what we cannot tell be severity 4?"""
    return verdict.look and verdict.look_rank >= 1.0


def never_cut(rank: float) -> float:
    """The rank of a look that was of this rank, so that no cap cuts it (`beyond_cap`)."""
    return rank if rank >= 1.0 else 1.0 + rank


def reasons_of(verdict: Verdict) -> tuple[Reason, ...]:
    """Its reasons as they may be shown: without the meaning of its route where that is only a guess."""
    if was_judged(verdict):
        return verdict.reasons
    return tuple(reason for reason in verdict.reasons if reason.code not in _OF_ROUTES)


def part_at(span: Span | None, title: str | None, text: str | None, article: str | None = None) -> str:
    """The words of a part of a post, as far as these may be shown; "" where there is none."""
    if span == TITLE:
        return (title or "").strip()
    words = f"{text or ''}\n{article or ''}"
    return words[slice(*span)] if span and span[1] <= len(words) else ""


def not_read_whole(verdict: Verdict) -> Verdict:
    """The verdict on a text that was not read to its end, with a reason that says so."""
    if verdict.relevance is Relevance.NOT_ABOUT:
        return verdict
    reasons = (*verdict.reasons[:2], _NOT_READ_WHOLE, *verdict.reasons[2:])[:_MOST]
    return replace(verdict, reasons=reasons)


ROUTE_ORDER = (
    Route.IGNORE, Route.NOTE, Route.THANK, Route.RESPOND, Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT,
    Route.SAFEGUARDING, Route.POLICE_NOW,
)  # fmt: skip
"""Routes from least to most urgent: a total order, so that "rises" means one thing."""


route_rank = ROUTE_ORDER.index
"""The place of a route in that order: 0 least urgent, 7 most."""


_LINE = 0.1
"""From so low a likelihood a picture is left out: it is found for recall, and a person may let it in."""


def may_picture_a_child(verdict: Verdict) -> bool:
    """May a picture of what it speaks of show somebody under 18 undressed or in a sexual way?"""
    likely = dict(verdict.scores)
    child = max(likely.get("abuse:safeguarding", 0.0), likely.get("about:pupil", 0.0))
    if min(likely.get("abuse:sexual", 0.0), child) >= _LINE:
        return True
    if has_reason(verdict, PUPILS_PICTURED):
        return True
    a_child = verdict.content_class == ContentClass.SAFEGUARDING or verdict.about is About.PUPIL
    return a_child and "sexual" in verdict.abuse


def asks_something(verdict: Verdict) -> bool:
    """Does it want an answer, a decision, or a person's eye? What asks for nothing is not open."""
    return verdict.look or verdict.route is Route.RESPOND or calls_for_alert(verdict)


def calls_for_alert(verdict: Verdict) -> bool:
    """Does it need action today, or bypass the removal ladder, and is it not surely about somebody else's
    school?"""
    grave = verdict.severity >= Severity.TODAY or verdict.route.urgent
    return grave and verdict.relevance is not Relevance.NOT_ABOUT


def stamp(story_id: str, times: int, judged: Iterable[Verdict]) -> str:
    """Another once there is more of a matter: `times` is how often it was raised, `judged` its newest
    verdicts, all of them."""
    grave = sum(verdict.version for verdict in judged if calls_for_alert(verdict))
    return digest(story_id, str(times), str(grave))[:8]


OF_A_CHILD = frozenset((Harm.CHILD, Harm.SELF_HARM))
"""Harms by which a matter is a child's."""
GRADED = "inspection_grade"
"""The code of the reason that an article tells what inspectors judged the school to be."""
DANGER = "danger"
"""The code of the reason that violence or damage is meant."""


def dangers(verdict: Verdict) -> tuple[Meant, ...]:
    """List who may be in danger by it, and how."""
    return tuple(m for m in verdict.endangers if m.harm is not Harm.WRONGED)


def wrongs(verdict: Verdict) -> tuple[Meant, ...]:
    """List who may be wronged by it, in danger or not: whom a threat is aimed at is wronged too."""
    return tuple(m for m in verdict.endangers if m.harm in (Harm.WRONGED, Harm.VIOLENCE))


def harms(verdict: Verdict) -> frozenset[Harm]:
    """The harms that are surely meant by it; never fewer than its route and class tell."""
    found = {m.harm for m in dangers(verdict) if m.harm is not None and m.sure >= SURE}
    if verdict.content_class == ContentClass.EXTREMISM:
        found.add(Harm.EXTREMISM)
    elif verdict.route is Route.SAFEGUARDING or verdict.content_class == ContentClass.SAFEGUARDING:
        found |= set() if found & OF_A_CHILD else {Harm.CHILD}
    if verdict.route is Route.POLICE_NOW and not found:
        found.add(Harm.VIOLENCE)
    return frozenset(found)


CHILD_WORDS = (
    r"(?:child(?:ren)?|kids?|weans?|bairns?|boys?|girls?|lads?|lass(?:es)?|daughters?|sons?|pupils?|toddlers?"
    r"|baby|little ones?|reception|year \d+s?|y\d+s?|infants|students?|teenagers?)"
)
"""By what a child is called, in small letters (a regular expression)."""
_OF_CHILDREN = re.compile(
    rf"\b(?:{CHILD_WORDS}|class lists?|our class|plant|plentyn|disgybl(?:ion)?|bachgen|merch)\b",
    re.IGNORECASE,
)


def speaks_of_child(verdicts: Iterable[Verdict], words: str) -> bool:
    """May a child be meant: by these verdicts, or by the words?"""
    judged = any(
        v.about is About.PUPIL
        or not harms(v).isdisjoint(OF_A_CHILD)
        or not {"safeguarding", "self_harm"}.isdisjoint(v.abuse)
        or any(m.who == "child" for m in v.endangers)
        for v in verdicts
    )
    return judged or bool(_OF_CHILDREN.search(words))


def means_violence(raised: Alert | MatterView) -> bool:
    """Was it raised since violence or damage is meant, whatever is to become of it?"""
    return has_reason(raised, DANGER)


def is_of_this_hour(raised: Alert | MatterView) -> bool:
    """Is somebody to act within the hour: is it of severity 4, or is violence meant?"""
    return raised.severity >= Severity.THIS_HOUR or means_violence(raised)


SAID_NOW = "said_danger_now"
"""The code of the reason that whoever handed it in says that somebody is in danger now."""


def said_now(judged: Alert | Verdict) -> bool:
    """Did whoever handed it in say that somebody is in danger now?"""
    return has_reason(judged, SAID_NOW)


def may_endanger(judged: Alert | Verdict) -> bool:
    """May somebody be in danger by it, so that 999 is named first? Not by an odd post on an account of the
    school's own, though that is of this hour too."""
    if isinstance(judged, Alert):
        meant = means_violence(judged)
    else:
        meant = calls_for_alert(judged) and any(m.sure >= SURE for m in dangers(judged))
    if meant:
        return True
    kept_apart = judged.restricted or judged.route is Route.SAFEGUARDING
    odd_post = judged.content_class == ContentClass.OWN_ACCOUNT and not kept_apart
    return not odd_post and (judged.severity >= Severity.THIS_HOUR or judged.route is Route.POLICE_NOW)


def is_danger(view: MatterView) -> bool:
    """Is it a matter of 999: of severity 4, while somebody may be in danger; or was 999 rung?"""
    if view.endangers:
        return True
    judged = [view.alert] if view.alert else view.verdicts
    if any(j.severity >= Severity.THIS_HOUR and may_endanger(j) for j in judged):
        return True
    return any(case.danger_now or case.call_to_999 for case in view.cases if case.closed_at is None)


def meant_by_labels(
    route: Route,
    abuse: Collection[str],
    about: About,
    person: str | None = None,
    subjects: Sequence[str] = (),
    by: str = "earlier",
) -> tuple[tuple[Meant, ...], tuple[Meant, ...]]:
    """Return who may be in danger and who may be accused, as route, labels and subject alone tell it: of
    verdicts given before they said it themselves. `person` and `subjects` are ids. A bare threat accuses
    nobody whom it does not name; an insult, surely, the person it is likeliest about."""
    office = f"office:{about.value}" if about in _OFFICES else None
    likeliest = f"person:{person}" if person else office
    threat, adult = route is Route.POLICE_NOW, about in ADULTS_OF_THE_SCHOOL
    named = tuple(f"person:{i}" for i in subjects)
    if threat:
        target = likeliest or {About.SCHOOL: "school", About.PUPIL: "child"}.get(about)
        danger = (Meant(target, 1.0, by, Harm.VIOLENCE),) if target else ()
        surely = named if adult and ALLEGING_LABELS & {*abuse} else ()
        accused = named
    else:
        danger = (Meant("child", 1.0, by, Harm.CHILD),) if route is Route.SAFEGUARDING else ()
        more = [likeliest] if likeliest and (person or not named) else []
        accused = tuple(dict.fromkeys((*named, *more)))
        one = f"person:{person}" if person and not route.urgent else None
        surely = (one,) if one else accused if adult else ()
    return danger, tuple(Meant(who, 1.0 if who in surely else PERHAPS, by) for who in accused)


def supposed_verdict(urn: str, route: Route, about: About, subjects: tuple[str, ...] = ()) -> Verdict:
    """Make a grave verdict that nobody has given, to ask who would be told of such a one."""
    abuse = ("safeguarding",) if route is Route.SAFEGUARDING else ("threat",)
    endangers, accuses = meant_by_labels(route, abuse, about, None, subjects)
    of = "supposed", 1, urn, Relevance.ABOUT, Sentiment.NEGATIVE, abuse, about, Severity.THIS_HOUR, route
    return Verdict(*of, endangers=endangers, accuses=accuses)


def may_be_grave(verdict: Verdict) -> bool:
    """Does it call for an alert, or for a person's eye because we cannot tell?"""
    return calls_for_alert(verdict) or verdict.look


def gravest_verdict(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict a story is known by: severity first, then the route's order. Raises ValueError on
    none."""
    return max(verdicts, key=lambda v: (v.severity, route_rank(v.route), v.look, v.mention_id))


def leading(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict that a story goes by: what is raised, of that what is urgent, then what nobody has judged;
    then the gravest."""
    return max(
        verdicts,
        key=lambda v: (
            calls_for_alert(v),
            v.route.urgent,
            not was_judged(v),
            route_rank(v.route),
            v.severity,
        ),
    )


def top_of(view: MatterView) -> Verdict:
    """The gravest verdict of a matter that has one. Raises ValueError on none."""
    if view.top is None:
        raise ValueError("nothing of it was judged")
    return view.top


def urgency(story: MatterView) -> tuple[int, int, int, int, str]:
    """An order: the most urgent first, then what most people speak of."""
    top = top_of(story)
    return -top.severity, -route_rank(top.route), -len(story.people_keys), -story.mentions, story.story_id
