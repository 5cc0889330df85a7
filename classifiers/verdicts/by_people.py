"""Apply what people recorded about a verdict: corrected, named, confirmed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

from classifiers.linking.match_reasons import NAMES_ANOTHER, OTHER_OF_YOURS
from classifiers.linking.school_profile import COMMON_WORDS, DANGER, TITLES
from classifiers.scoring.ngrams import STEP, count, damp_counts
from classifiers.text.words import WordFile
from classifiers.verdicts.subject import about_of
from classifiers.verdicts.weigh import content_class, log_odds
from data.content_class import BYPASSING, ContentClass
from data.evidence.handed_in import Danger, Says, Whom
from data.frozen import freeze
from data.judged import (
    A_PERSON_DECIDES,
    DATA_OUT,
    DISCLOSED,
    HANDED_IN,
    NAMED,
    PUPILS_DATA,
    calls_for_alert,
    dangers,
    harms,
    may_be_grave,
    never_cut,
    route_rank,
    wrongs,
)
from data.matters import SaidWrong, WrongKind
from data.register.school_names import INSTITUTION, normalise, words_of
from data.types import (
    ABUSE_LABELS,
    ADULTS_OF_THE_SCHOOL,
    PERHAPS,
    SURE,
    About,
    Harm,
    Match,
    Meant,
    Mention,
    Person,
    Reason,
    Relevance,
    Route,
    School,
    SchoolNaming,
    Sentiment,
    Severity,
    Signal,
    Verdict,
)
from data.web.channels import ELSEWHERE

# What people say of a post, in its verdict: who hands it in, and who may decide on it. Pure.

BY = "person_said"
_OWN_WORDS = "own_words"
_LOOKED_AT = Reason(HANDED_IN, "A person reported it, so a person reads it.")
_WHO_WAS_NAMED = Reason("who_was_named", "Somebody who may decide has said who is meant.")
_BY_TWO = Reason("said_by_two", "Two people of the school have said that it was judged wrongly.")
_SAID_MISSED = Reason("said_missed", "Somebody of the school said that it was judged too lightly.")
_PUPILS_DATA = Reason(PUPILS_DATA, "The person who reported it says that it is children's data.")
_DISCLOSED = Reason(DISCLOSED, "Staff may tell of wrong-doing by it: open a case, which asks what it is.")
LEADERS = (About.HEAD, About.CHAIR)
_LED = tuple(f"office:{about}" for about in LEADERS)
_CHILDREN = (Whom.CHILD, Whom.CHILDREN)
_ADULTS = {Whom.STAFF: About.STAFF, Whom.HEAD: About.HEAD, Whom.DSL: About.DSL, Whom.CHAIR: About.CHAIR}
_IN_DANGER = {"child": "a child is", "school": "the school is", "": "somebody is"}
_ABOUT = {
    Whom.CHILD: "a child",
    Whom.CHILDREN: "several children",
    Whom.STAFF: "a member of staff",
    Whom.HEAD: "the head",
    Whom.DSL: "the safeguarding lead",
    Whom.CHAIR: "the chair or a governor",
    Whom.BEFRIENDS: "a pupil or a stranger who tries to befriend or to follow staff",
    Whom.NOBODY: "nobody of the school",
}


def leading_offices(verdict: Verdict) -> tuple[str, ...]:
    """The offices of head and chair that it may accuse, else is about; in that order."""
    led = [m.who for m in verdict.accuses if m.who in _LED] or [f"office:{verdict.about}"]
    return tuple(office for office in _LED if office in led)


def apply_disclosure(verdict: Verdict) -> Verdict:
    """Raise what staff say of wrong-doing by the head or the chair to today, for those who act instead."""
    led, unrelated = leading_offices(verdict), verdict.relevance is Relevance.NOT_ABOUT
    if not led or verdict.route.urgent or verdict.event is not None or unrelated:
        return verdict
    others = (m for m in verdict.accuses if m.who not in led)
    accused = (*(Meant(office, 1.0, DISCLOSED) for office in led), *others)
    about = About(led[0].removeprefix("office:"))
    found = _send(replace(verdict, about=about, look=False, accuses=accused), Route.RESPOND)
    return replace(found, reasons=_ending_with(_DISCLOSED, found.reasons))


def apply_report(verdict: Verdict, says: Says, writer: str | None = None) -> Verdict:
    """The verdict with what was said: at least a look, since a person handed it in; what is about an adult of
    the school asks for something, and is an allegation where it surely tells of harm to a child.

    `writer` (an id) says in it that they harmed a child themselves: handing something in never makes one
    accused, the words still can.
    """
    reasons = list(verdict.reasons)
    if says.in_danger and says.danger:
        endangered = _IN_DANGER.get(says.who, "somebody of the staff is")
        text = f"The person who reported it says that {endangered} in danger {says.danger.value}."
        reasons.append(Reason(f"said_danger_{says.danger.value}", text))
    if says.about in _ABOUT:
        code = f"said_about_{says.about.value}".replace("-", "_")
        reasons.append(
            Reason(code, f"The person who reported it says that it is about {_ABOUT[says.about]}.")
        )
    found = replace(verdict, reasons=tuple(reasons))
    if says.about in _CHILDREN and DATA_OUT & {reason.code for reason in reasons}:
        found = replace(found, about=About.PUPIL, reasons=(*reasons, _PUPILS_DATA))
    harmed = Harm.CHILD in harms(verdict)
    if writer is not None or (harmed and says.about in _ADULTS):
        by, who = (_OWN_WORDS, writer) if writer is not None else (BY, found.subject_person)
        found = _raise_to(found, Route.SAFEGUARDING, Severity.TODAY)
        child = Meant("child", 1.0, by, Harm.CHILD)
        accused = (Meant(f"person:{who}" if who else "staff", 1.0, by),)
        found = replace(found, endangers=(*found.endangers, child), accuses=(*found.accuses, *accused))
    if says.about is Whom.BEFRIENDS:
        found = replace(_raise_to(found, Route.SAFEGUARDING, Severity.TODAY), about=About.OTHER)
    if says.in_danger:
        of_child = _endangers_a_child(says)
        severity = Severity.THIS_HOUR if says.danger is Danger.NOW else Severity.TODAY
        found = _raise_to(found, Route.SAFEGUARDING if of_child else Route.POLICE_NOW, severity)
        found = replace(found, endangers=(*found.endangers, *_people_in_danger(found, says)))
    found = _at_least_a_look(_accuse_as_reported(found, says))
    if says.about in _ADULTS and found.route in (Route.IGNORE, Route.NOTE):
        return replace(found, route=Route.RESPOND, severity=max(found.severity, Severity.RESPOND))
    return found


@freeze
class Naming:
    """The people whom a matter means, as the person who decides on it says: ids of those it threatens
    (`aimed_at`), of those it wrongs otherwise, and of those `about` whom it alleges one of the four limbs of
    KCSIE part 4. None: nothing is said of that; no ids: nobody."""

    aimed_at: tuple[str, ...] | None = None
    wronged: tuple[str, ...] | None = None
    about: tuple[str, ...] | None = None

    @property
    def targets(self) -> tuple[str, ...]:
        """Those it is aimed at, as a threat or otherwise."""
        return (*(self.aimed_at or ()), *(self.wronged or ()))


Means = Callable[[Iterable[Meant]], frozenset[str]]
"""Ids of those who are meant: one by name, or all holders of an office."""


def apply_naming(
    verdict: Verdict,
    naming: Naming,
    people: Iterable[Person],
    *,
    lead: bool,
    left_out: Collection[str] = (),
    means: Means = lambda _: frozenset(),
) -> Verdict:
    """The verdict with those who were named in the place of all whom it may mean by guess; of these it still
    may accuse those of `left_out` (ids), whom one person does not let in. `means` says who is meant.

    `lead` is the gravest of the matter: somebody at whom it is aimed is in danger by that one at least. Calm
    words stay as they are.
    """
    here, found = tuple(people), verdict
    if naming.aimed_at is not None and (lead or any(m.harm is Harm.VIOLENCE for m in verdict.endangers)):
        found = _aimed_at(found, naming.aimed_at)
    if naming.wronged is not None and lead:
        kept = (m for m in found.endangers if m.harm is not Harm.WRONGED)
        wronged = (Meant(f"person:{i}", 1.0, NAMED, Harm.WRONGED) for i in naming.wronged)
        likeliest = naming.wronged[0] if naming.wronged else found.subject_person
        found = replace(found, endangers=(*kept, *wronged), subject_person=likeliest)
    if naming.about is not None and (lead or may_be_grave(verdict)):
        still = (m for m in found.accuses if means([m]) & {*left_out} - {*naming.about})
        named = (Meant(f"person:{i}", 1.0, NAMED) for i in naming.about)
        found = replace(found, accuses=(*still, *named))
    if found == verdict:
        return verdict
    reasons = _ending_with(_WHO_WAS_NAMED, found.reasons)
    return replace(found, about=_subject_of(found, here), reasons=reasons)


def apply_letting_in(
    verdict: Verdict, ids: Collection[str], people: Iterable[Person], means: Means, *, lead: bool
) -> Verdict:
    """The verdict that accuses none of these (ids), as two people say; others who hold the same office it may
    accuse as before. `means` says who is meant."""
    here, accuses = tuple(people), list[Meant]()
    for meant in verdict.accuses:
        of = means([meant])
        left = sorted(of - {*ids})
        accuses += [replace(meant, who=f"person:{i}") for i in left] if of & {*ids} else [meant]
    if tuple(accuses) == verdict.accuses:
        return verdict
    found = replace(verdict, accuses=tuple(accuses), reasons=_ending_with(_BY_TWO, verdict.reasons))
    return replace(found, about=_subject_of(found, here)) if lead else found


def apply_lane(verdict: Verdict, route: Route, *, lead: bool) -> Verdict:
    """The verdict in the lane that is right, as two people say where that lowers it. It then accuses only
    whom a person named, and endangers only whom that lane is about. Calm words stay as they are."""
    if not (lead or calls_for_alert(verdict)):
        return verdict
    threat = route is Route.POLICE_NOW
    labels = {*verdict.abuse} - {*_OF_A_LANE, "threat"} | ({"threat"} if threat else set())
    abuse = tuple(one for one in ABUSE_LABELS if one in labels)
    code = content_class(route, abuse, verdict.about)
    aimed = tuple(m for m in verdict.endangers if m.harm in _AIMED)
    # else whoever was threatened is wronged still
    endangers = aimed if threat else tuple(replace(m, harm=Harm.WRONGED) for m in aimed)
    severity = max(verdict.severity, Severity.TODAY)
    if route is Route.RESPOND:
        severity = Severity.RESPOND
    elif verdict.route.urgent and not route.urgent:
        severity = Severity.TODAY
    return replace(
        verdict,
        reasons=_ending_with(_BY_TWO, _without_way(verdict)),
        abuse=abuse,
        route=route,
        severity=severity,
        content_class=code,
        restricted=code in BYPASSING,
        look=False,
        endangers=endangers,
        accuses=tuple(m for m in verdict.accuses if m.by == NAMED),
    )


_OF_A_LANE = ("safeguarding", "self_harm", "extremism")
_AIMED = (Harm.VIOLENCE, Harm.WRONGED)


def _aimed_at(verdict: Verdict, ids: tuple[str, ...]) -> Verdict:
    if ids and not calls_for_alert(verdict):
        verdict = _raise_to(verdict, Route.POLICE_NOW, Severity.TODAY)
    guessed = ("person:", "office:")
    kept = (m for m in verdict.endangers if m.harm is not Harm.VIOLENCE or not m.who.startswith(guessed))
    targets = (Meant(f"person:{i}", 1.0, NAMED, Harm.VIOLENCE) for i in ids)
    likeliest = ids[0] if ids else verdict.subject_person
    return replace(verdict, endangers=(*kept, *targets), subject_person=likeliest)


def _subject_of(verdict: Verdict, people: tuple[Person, ...]) -> About:
    """The office of those it accuses, else of those at whom it is aimed, if it is no child's matter."""
    aimed = () if verdict.content_class in BYPASSING else verdict.endangers
    meant = verdict.accuses or [m for m in aimed if m.harm is Harm.VIOLENCE and m.person]
    if not meant:
        return About.OTHER if verdict.about in ADULTS_OF_THE_SCHOOL else verdict.about
    if any(m.by != NAMED for m in meant):
        return verdict.about
    return about_of({m.person for m in meant}, people)


def carry_over(verdict: Verdict, former: Verdict | None, marked: Iterable[SaidWrong] = ()) -> Verdict:
    """The verdict on other words of the same post, with whom people said they endanger or may accuse, and its
    tone and whose it is as they `marked` it, the newest last; no milder, where somebody is in danger by that.
    """
    for one in marked:
        if one.urn == verdict.urn and one.kind in (WrongKind.OURS, WrongKind.TONE):
            ours, tone = one.relevance or verdict.relevance, one.tone or verdict.sentiment
            verdict = replace(verdict, relevance=ours, sentiment=tone)
    if former is None:
        return verdict
    endangers, accuses = ([m for m in of if m.by in (BY, NAMED)] for of in (former.endangers, former.accuses))
    if not (endangers or accuses):
        return verdict
    found = replace(
        verdict,
        endangers=tuple(dict.fromkeys((*verdict.endangers, *endangers))),
        accuses=tuple(dict.fromkeys((*verdict.accuses, *accuses))),
    )
    if former.route.urgent and endangers:
        found = _raise_to(found, former.route, former.severity)
    return _at_least_a_look(found)


def apply_forwarding(verdict: Verdict) -> Verdict:
    """The verdict on what somebody sent on by mail, if perhaps ours: handed in, and at least a look."""
    if verdict.relevance is Relevance.NOT_ABOUT:
        return verdict
    found = _at_least_a_look(verdict)
    return found if _LOOKED_AT in found.reasons else replace(found, reasons=(*found.reasons, _LOOKED_AT))


def apply_missed(verdict: Verdict, route: Route | None) -> Verdict:
    """The verdict on what somebody says was missed: as of today, or of this hour in a lane, on the way that
    they say; without one, for a person to read."""
    found = replace(verdict, relevance=_perhaps_ours(verdict), reasons=(_SAID_MISSED, *verdict.reasons))
    if route is None:
        rank = never_cut(verdict.look_rank)
        return found if calls_for_alert(verdict) else replace(found, look=True, look_rank=rank)
    if route.urgent:
        return _raise_to(found, route, Severity.THIS_HOUR)
    return _send(found, route)


def raises(says: Says) -> bool:
    """Does what was said change more than that a person looks?"""
    return says.in_danger or says.about in (*_ADULTS, Whom.BEFRIENDS)


def _endangers_a_child(says: Says) -> bool:
    """A child, also where nobody said who, and it is about a child, or an adult of the school."""
    return says.who == "child" or (not says.who and says.about in (*_CHILDREN, *_ADULTS))


def _people_in_danger(verdict: Verdict, says: Says) -> tuple[Meant, ...]:
    """List the people in danger; where nobody said who, those of the staff whom the words name too."""
    office = _office(says)
    target = f"person:{says.who}" if says.who not in ("child", "staff", "school", "") else None
    if target is None and office and says.who in ("staff", ""):
        target = office
    child = (Meant("child", 1.0, BY, Harm.CHILD),) if _endangers_a_child(says) else ()
    others = (Meant(target or "school", 1.0, BY, Harm.VIOLENCE),) if target or not child else ()
    likeliest = [f"person:{verdict.subject_person}"] if verdict.subject_person else []
    named = dict.fromkeys((*likeliest, *(m.who for m in (*verdict.endangers, *verdict.accuses) if m.person)))
    staff = named if says.who == "staff" and not target else ()
    return (*child, *others, *(Meant(who, SURE, BY, Harm.VIOLENCE) for who in staff))


def _accuse_as_reported(verdict: Verdict, says: Says) -> Verdict:
    """Add whom it may accuse; a wrong or a danger to somebody else than a child accuses nobody."""
    about = _ADULTS.get(says.about) if says.about else None
    if about is None:
        return verdict
    office = _office(says)
    if says.in_danger and says.who not in ("child", ""):
        surely = any(m.who == "child" and m.sure >= SURE for m in verdict.endangers)
        surely = surely or verdict.content_class in BYPASSING or verdict.about in ADULTS_OF_THE_SCHOOL
        return replace(verdict, about=verdict.about if surely or says.who == "school" else about)
    child = says.in_danger and _endangers_a_child(says)
    harm = child or verdict.route is Route.SAFEGUARDING
    meant = (Meant(office, 1.0 if harm else PERHAPS, BY),) if office and (harm or not wrongs(verdict)) else ()
    of = about if harm and (office or verdict.about not in ADULTS_OF_THE_SCHOOL) else verdict.about
    return replace(verdict, about=of, accuses=(*verdict.accuses, *meant))


def _office(says: Says) -> str | None:
    return f"office:{says.about.value}" if says.about in (Whom.HEAD, Whom.DSL, Whom.CHAIR) else None


def _raise_to(verdict: Verdict, route: Route, severity: Severity) -> Verdict:
    """At least so grave and so urgent, and of the class that this makes it."""
    label = "threat" if route is Route.POLICE_NOW else "safeguarding"
    abuse = tuple(one for one in ABUSE_LABELS if one in (*verdict.abuse, label))
    way = max(verdict.route, route, key=route_rank)
    code = content_class(way, abuse, verdict.about)
    return replace(
        verdict,
        relevance=_perhaps_ours(verdict),
        reasons=verdict.reasons if way is verdict.route else _without_way(verdict),
        abuse=abuse,
        route=way,
        severity=max(verdict.severity, severity),
        content_class=code,
        restricted=verdict.restricted or code in BYPASSING,
        themes=(),
    )


def _send(verdict: Verdict, route: Route) -> Verdict:
    """Raise it to today at least, on this way or one more urgent."""
    way = max(verdict.route, route, key=route_rank)
    return replace(
        verdict,
        route=way,
        severity=max(verdict.severity, Severity.TODAY),
        content_class=content_class(way, verdict.abuse, verdict.about),
        reasons=_without_route(verdict),
    )


def _perhaps_ours(verdict: Verdict) -> Relevance:
    return Relevance.UNSURE if verdict.relevance is Relevance.NOT_ABOUT else verdict.relevance


def _without_route(verdict: Verdict) -> tuple[Reason, ...]:
    """Its reasons without the meaning of its route."""
    return tuple(r for r in verdict.reasons if not r.code.startswith("route_"))


def _without_way(verdict: Verdict) -> tuple[Reason, ...]:
    """Those, without that it has no way of acting yet."""
    return tuple(r for r in _without_route(verdict) if r.code != A_PERSON_DECIDES)


def _ending_with(last: Reason, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """The reasons, with this one once, as the last."""
    return (*(r for r in reasons if r != last), last)


def _at_least_a_look(verdict: Verdict) -> Verdict:
    """Raise to a look what would be “nothing to do”, or may accuse somebody as was said."""
    accused = any(meant.by in (BY, NAMED) for meant in verdict.accuses)
    nothing = verdict.look or accused or verdict.route in (Route.IGNORE, Route.NOTE)
    if calls_for_alert(verdict) or not nothing:
        return verdict
    reasons = (*verdict.reasons, _LOOKED_AT)
    return replace(verdict, look=True, relevance=_perhaps_ours(verdict), reasons=reasons)


# What people marked as judged wrongly, carried over to what is nearly the same: at their school alone. Pure.

ALIKE = 0.7
"""Two texts of which words and pairs of words have so much in common (cosine) are nearly the same."""
_FAR_ABOVE = 2.0
"""In log-odds, some seven times: so much likelier to be grave, it is another matter, whatever it is like."""
_OTHERS = NAMES_ANOTHER - {OTHER_OF_YOURS} | {"other_place", "other_county"}
"""Codes of a match that name another place, another school, or whatever else bears the name."""
_OUR_TIES = words_of(
    "urn domain own_page listing listing_title thread head trust chief postcode street place name_and_place "
    "alias_handle"
)
"""Codes of a match that tie it to the school by more than its name."""
_SETTLE = words_of("local_board own_group source_place our_people")
"""Codes of a match, or of its verdict, that do so where it is surely about the school by them."""
_BY_HAND = frozenset((*SchoolNaming, "reported", HANDED_IN))
"""Codes of what was handed in by a person: nothing lowers it."""
_NAME = re.compile(r"(?P<within>(?<=[\w,;:(] ))?\b[A-Z][\w'’-]{3,}")
_WORDS = WordFile(Path(__file__).with_name("by_people.toml"))
_NO_NAMES = COMMON_WORDS | INSTITUTION | TITLES | {*_WORDS.words("no_names")}
_FILLERS, _DENIES = frozenset(_WORDS.words("fillers")), frozenset(_WORDS.words("denies"))
_MILD = frozenset(("profanity", "harassment", "defamation"))
"""Labels in which one namesake's false alarm may differ from the next."""
_NEVER = frozenset(("threat", "safeguarding", "self_harm", "extremism"))
_NOT_US = Reason("like_not_us", "People said of one like it here that it is not about the school.")
_TOO_GRAVE = Reason("like_too_grave", "People here said that a similar post was less serious than we judged.")
_MISSED = Reason("like_missed", "People said of one like it here that it was missed: a person reads it.")


@freeze
class Corrected:
    """A correction that people made: its kind, the post, its match and verdict as judged, the signals in it,
    and the `names` of another place or school in it that its maker gave as the reason, in normal form; the
    `route` that is right where it was missed."""

    kind: str
    mention: Mention
    match: Match
    verdict: Verdict
    signals: tuple[Signal, ...] = ()
    names: frozenset[str] = frozenset()
    route: Route | None = None
    words: Mapping[str, float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", weigh_words(self.mention))

    def likeness(self, other: Mapping[str, float]) -> float:
        """The cosine of its words and pairs, and those of another post (`weigh_words`), 0..1."""
        return sum(weight * other.get(key, 0.0) for key, weight in self.words.items())


def apply_corrections(
    verdict: Verdict, mention: Mention, match: Match, signals: Sequence[Signal], made: Sequence[Corrected]
) -> Verdict:
    """The verdict on a later post of the same school, as what people `made` of its like says."""
    codes = {reason.code for reason in (*match.reasons, *verdict.reasons)}
    by_hand = bool(codes & _BY_HAND) or mention.channel == ELSEWHERE
    if not made or verdict.relevance is Relevance.NOT_ABOUT or by_hand:
        return verdict
    words = weigh_words(mention)
    near = [one for one in made if one.likeness(words) >= ALIKE]
    missed = [one for one in near if one.kind == WrongKind.MISSED]
    if lane := next((one.route for one in missed if one.route is not None and one.route.urgent), None):
        severity = Severity.THIS_HOUR if lane is Route.POLICE_NOW else Severity.TODAY
        return _raise_to(replace(verdict, reasons=(_MISSED, *verdict.reasons)), lane, severity)
    if missed:
        found = verdict if calls_for_alert(verdict) or verdict.look else _looked_at(verdict, _MISSED)
        return replace(found, look_rank=never_cut(found.look_rank)) if found.look else found
    tied = bool(codes & (_OUR_TIES if verdict.relevance is Relevance.UNSURE else _OUR_TIES | _SETTLE))
    unsure = verdict.relevance is Relevance.UNSURE and not tied
    for one in made:
        not_us = one.kind == WrongKind.NOT_US
        same = one in near and verdict.event is None and _adds_nothing(mention, one.mention)
        # the same other place, school or thing that the marked one named
        others = {reason for reason in one.match.reasons if reason.code in _OTHERS}
        same_other = not others.isdisjoint(match.reasons) or not one.names.isdisjoint(_words(mention))
        other = not_us and not tied and same_other
        if not (same or other) or not _no_graver(verdict, mention, signals, one):
            continue
        if calls_for_alert(verdict) and not (same and not_us and unsure):
            return _lower(verdict, _NOT_US if not_us else _TOO_GRAVE)
        if not_us and unsure and same:  # another place alone may lower an alert to a look, never dismiss
            return _not_about(verdict)
    return verdict


def _adds_nothing(mention: Mention, marked: Mention) -> bool:
    """Does it say nothing that the marked one did not, and deny nothing else?"""
    said, before = {*_words(mention)}, {*_words(marked)}
    stems = {word.removesuffix("s") for word in before}
    new = {word for word in said - before if word.removesuffix("s") not in stems}
    return new <= _FILLERS and said & _DENIES == before & _DENIES


def named_elsewhere(why: str, mention: Mention, school: School) -> frozenset[str]:
    """Names, in normal form, of a reason that stand in the post too and are none of the school's own."""
    own = (school.name, school.town, school.street, school.head, school.trust, *school.aliases)
    ours = {word for name in own for word in normalise(name or "").split()}
    found = [
        {normalise(m[0]): m["within"] is not None for m in _NAME.finditer(text)}
        for text in (why, _words_of(mention))
    ]
    both = found[0].keys() & found[1].keys() - ours - _NO_NAMES
    return frozenset(name for name in both if any(of[name] for of in found))


def _words_of(mention: Mention) -> str:
    return f"{mention.title} {mention.text} {mention.quoted}"


def _words(mention: Mention) -> list[str]:
    return normalise(_words_of(mention)).split()


def weigh_words(mention: Mention) -> Mapping[str, float]:
    """Words and pairs of words, of length 1 in all; days are one word, and so are sorts of people."""
    found = count([_words_of(mention)])
    heavy = zip(found.word, damp_counts(found.times), strict=True)
    weights = {f"word {found.words[word]}": float(times) for word, times in heavy}
    weights |= {f"pair {pair}": float(STEP) for pair in found.pair}
    size = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {key: weight / size for key, weight in weights.items()} if size else {}


def _no_graver(verdict: Verdict, mention: Mention, signals: Sequence[Signal], marked: Corrected) -> bool:
    """May it be lowered: is it neither danger nor a child's, and in no way graver than the marked one?"""
    was, known = marked.verdict, {s.name for s in marked.signals}
    if verdict.severity >= Severity.THIS_HOUR or verdict.route.urgent or verdict.restricted:
        return False
    if verdict.content_class in BYPASSING or dangers(verdict) or _NEVER & {*verdict.abuse}:
        return False
    if {*_words(mention)} & DANGER - {*_words(marked.mention)}:
        return False
    if any(s.danger or _NEVER & {*s.labels} or (s.severity and s.name not in known) for s in signals):
        return False
    # whom of the school it may accuse, or is likeliest about
    meant, known_to_be = ({*v.subjects, *filter(None, [v.subject_person])} for v in (verdict, was))
    if not {*verdict.abuse} <= {*was.abuse} | _MILD or not meant <= known_to_be:
        return False
    odds, before = (log_odds(dict(v.scores).get("weighed:severe", 0.0)) for v in (verdict, was))
    return odds <= before + _FAR_ABOVE


def _not_about(verdict: Verdict) -> Verdict:
    return replace(
        verdict,
        relevance=Relevance.NOT_ABOUT,
        sentiment=Sentiment.NEUTRAL,
        abuse=(),
        severity=Severity.NOTHING,
        route=Route.IGNORE,
        content_class=ContentClass.FAIR_COMMENT,
        look=False,
        look_rank=0.0,
        accuses=(),
        themes=(),
        reasons=(_NOT_US,),
        weighed_most=None,
    )


def _lower(verdict: Verdict, why: Reason) -> Verdict:
    """One step lower: for a person to look at."""
    lowered = replace(
        verdict,
        severity=Severity.RESPOND,
        route=Route.RESPOND,
        content_class=ContentClass.FAIR_COMMENT,
        reasons=_without_route(verdict),
    )
    return _looked_at(lowered, why)


def _looked_at(verdict: Verdict, why: Reason) -> Verdict:
    rank = max(verdict.look_rank, dict(verdict.scores).get("weighed:severe", 0.0))
    return replace(verdict, look=True, look_rank=rank, reasons=(why, *verdict.reasons))
