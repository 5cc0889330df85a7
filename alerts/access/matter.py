"""A matter: all that decides who may know of it, who may act in it and who is told. Made here, asked
elsewhere. And what part somebody has in it, for the same matter asks each for something else.

A case, an alert, a story and something done on the school's own account are each turned into a `Matter`
first; no answer looks at anything else. Nothing here holds a word of a post.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace

from alerts.access.offices import (
    DATA_PROTECTION,
    FACTS,
    OF_DANGER,
    OFFICE_ABOUT,
    WORKING,
    Concern,
    Fact,
    Tier,
    facts_of_class,
    hold,
    office_of_subject,
    roles_of,
)
from data.cases import Case, Profile
from data.content_class import ContentClass
from data.frozen import freeze
from data.ids import each_once
from data.judged import (
    DISCLOSED,
    ENQUIRY,
    LETS_OUT,
    MISCONDUCT,
    NAMED,
    OF_A_CHILD,
    calls_for_alert,
    harms,
    leading,
    may_be_grave,
    wrongs,
)
from data.matters import ReaderPart as ReaderPart
from data.people import people_of
from data.rungs import OF_PRIVACY
from data.steps.codes import BypassRoute
from data.types import (
    ADULTS_OF_THE_SCHOOL,
    SURE,
    About,
    Alert,
    Harm,
    Meant,
    People,
    Person,
    Policy,
    Reason,
    Role,
    Route,
    School,
    Verdict,
)
from data.words.say import words


def because(code: str, key: str = "", **values: object) -> Reason:
    """The reason of that code, in its words; `key` where these have another name."""
    return Reason(code, words("en")(f"describe.because.{key or code}", **values))


def alleged_in(verdicts: Iterable[Verdict], people: Sequence[Person]) -> frozenset[str]:
    """Ids of those of whom any of these may allege something."""
    return persons_meant((m for v in verdicts for m in v.accuses), people)


def list_threatened(verdicts: Iterable[Verdict], people: Sequence[Person]) -> frozenset[str]:
    """List the ids of those at whom violence or damage may be aimed, by name or by office."""
    return persons_meant((m for v in verdicts for m in aims(v)), people)


def aims(verdict: Verdict) -> tuple[Meant, ...]:
    """At whom it may aim violence, where it is grave and surely speaks of any."""
    surely = calls_for_alert(verdict) and Harm.VIOLENCE in harms(verdict)
    return tuple(m for m in verdict.endangers if m.harm is Harm.VIOLENCE) if surely else ()


def targets(
    verdicts: Iterable[Verdict], people: Sequence[Person], roles: Tier = FACTS[Fact.WRONGED].own
) -> frozenset[str]:
    """Ids of those whose own matter it is, so that others decide: at whom violence is aimed, and the holders
    of these offices whom it wrongs. They may be accused too."""
    severe = [v for v in verdicts if calls_for_alert(v)]
    wronged = persons_meant((m for v in severe for m in wronged_by(v)), people)
    return list_threatened(severe, people).union(p.id for p in people if p.id in wronged and hold(p, roles))


def wronged_by(verdict: Verdict) -> tuple[Meant, ...]:
    """Those of the school whom it surely wrongs; where it names none and accuses none, the leader whom it is
    about, of what is to be removed or stands in the press."""
    surely = tuple(m for m in wrongs(verdict) if m.sure >= SURE and m.who not in ("child", "school"))
    removed = verdict.route.removal and not verdict.route.urgent
    bare = not (surely or verdict.accuses) and (removed or verdict.event is not None)
    office = (Meant(f"office:{verdict.about}", 1.0, _OF_A_LABEL, Harm.WRONGED),)
    return office if bare and verdict.about in OFFICE_ABOUT else surely


def alleges(verdict: Verdict) -> bool:
    """Is it said, whatever its route and labels, that somebody who works with children there harmed one, or
    is a risk to one (Keeping Children Safe in Education, part four)? Not of whom it merely mentions or
    wrongs."""
    told = [m for m in verdict.accuses if m.sure >= SURE or m.by in _OF_NO_NAME]
    meant, told = harms(verdict), [m for m in told if m.by != MISCONDUCT]
    if meant.isdisjoint(OF_A_CHILD):
        return any(m.by not in _OF_ANYTHING for m in told)
    wronged = not verdict.accuses and any(m.by != _OF_A_LABEL for m in wronged_by(verdict))
    about = Harm.CHILD in meant and verdict.about in ADULTS_OF_THE_SCHOOL
    return bool(told) or (about and not wronged)


def accuses_otherwise(verdict: Verdict) -> bool:
    """Is somebody accused in it of what is no matter of a child: by its words or a headline, or as a
    person says?"""
    by = (MISCONDUCT, "person_said", NAMED, _OF_A_HEADLINE)
    return not alleges(verdict) and any(m.by in by and m.sure >= SURE for m in verdict.accuses)


_OF_A_LABEL = "about"
_OF_NO_NAME = ("nobody_named", "unnamed", "office_words", "person_said", "covered_up")
"""By these somebody is found only where an adult of the school is accused."""
_OF_A_HEADLINE = "headline"
_OF_ANYTHING = ("earlier", "linking", "person_said", NAMED, DISCLOSED, LETS_OUT, _OF_A_HEADLINE)
"""Those found by these may be accused of what is no matter of a child: as verdicts of before had it, as
people say who is meant, or as a headline has it, which may be of money or drink."""


def list_related(to: Iterable[str], people: Iterable[Person]) -> frozenset[str]:
    """List the ids of those related, by the settings, to one of these (ids) or their office, either way."""
    accused, here = frozenset(to), tuple(people)
    if not any(p.related_to for p in here):
        return frozenset()
    kin = {*accused, *roles_of(here, accused)}
    of_theirs = {i for p in here if p.id in accused for i in p.related_to}
    theirs = frozenset(p.id for p in here if not of_theirs.isdisjoint((p.id, *p.roles)))
    return theirs.union(p.id for p in here if not kin.isdisjoint(p.related_to)) - accused


def persons_meant(meant: Iterable[Meant], people: Iterable[Person]) -> frozenset[str]:
    """Ids of those who are meant: by name, or as holders of an office."""
    who = {m.who for m in meant}
    if not who:
        return frozenset()
    named = {of.removeprefix("person:") for of in who if of.startswith("person:")}
    return frozenset((*named, *(p.id for p in people if not who.isdisjoint(f"office:{r}" for r in p.roles))))


def name_holders(verdict: Verdict, holders: Mapping[str, Sequence[str]]) -> Verdict:
    """The verdict with the holders (ids) of these offices in the place of the offices, by `Meant.who`: what
    was said of the head is said of the person who was head then."""
    bare = [m for m in wronged_by(verdict) if m.by == _OF_A_LABEL and m.who in holders]
    who = {office: [f"person:{i}" for i in ids] for office, ids in holders.items()}

    def by_name(meant: Iterable[Meant]) -> tuple[Meant, ...]:
        return each_once(replace(m, who=w) for m in meant for w in who.get(m.who, [m.who]))

    aimed = (*verdict.endangers, *(bare if calls_for_alert(verdict) else ()))
    return replace(verdict, endangers=by_name(aimed), accuses=by_name(verdict.accuses))


def meant_as(person: Person) -> tuple[str, ...]:
    """List how words may mean this person (`Meant.who`): by name, or as holder of an office."""
    return (f"person:{person.id}", *(f"office:{role.value}" for role in person.roles))


@freeze
class Matter:
    """The facts that decide about access to it. People are ids.

    `school` holds the keys of its school (a school's own and its members'). `subjects` may be accused: they
    are told and shown nothing. `threatened` are those it is aimed at, and those at work who are wronged in
    it; at those `endangered`, whom it may accuse too, violence is aimed. `about` is whom it is about,
    `bypass` the route past the removal ladder, None on it. `fair` says that it is to be answered, or that it
    was not raised: then it is open to all who work on such matters but its subjects. `facts` are its rows of
    the table of who is told. `told` were told of it or asked to take it, and may read it; `numbered` were
    asked by number, and may take it and then read it; `assigned_to` was given it. `policy` is the school's
    own. `former` have left the school: what accuses one of them is about the office they held, as before.
    `disclosed`: somebody who works there blows the whistle by it, which goes past the head."""

    school: frozenset[str]
    about: About = About.OTHER
    subjects: frozenset[str] = frozenset()
    threatened: frozenset[str] = frozenset()
    bypass: BypassRoute | None = None
    restricted: bool = False
    locked: bool = False
    fair: bool = False
    disclosed: bool = False
    facts: frozenset[Fact] = frozenset()
    told: tuple[str, ...] = ()
    numbered: frozenset[str] = frozenset()
    assigned_to: str | None = None
    policy: Profile = field(default_factory=Profile)
    former: People = ()
    endangered: frozenset[str] = frozenset()

    @property
    def people_concerned(self) -> frozenset[str]:
        """Those (ids) whom it may accuse or is aimed at: nobody of them ends it."""
        return self.subjects | self.threatened | self.endangered


def keys_of(school: School) -> frozenset[str]:
    return frozenset((school.urn, *school.members))


def is_of_school(person: Person, matter: Matter) -> bool:
    """Does this person belong to the matter's school, or to every configured one?"""
    return not person.urns or not matter.school.isdisjoint(person.urns)


def people_here(matter: Matter, people: Iterable[Person]) -> People:
    return tuple([p for p in people if is_of_school(p, matter)])


def concern(matter: Matter, people: Iterable[Person], *, aimed: bool = False) -> Concern:
    """Which of head and chair it is about: by what it says, or because a holder of the office may be
    accused; with `aimed`, also because it is aimed at the head, who then decides nothing in it."""
    roles = roles_of((*people_here(matter, people), *matter.former), matter.subjects)
    head = matter.disclosed or matter.about is About.HEAD or Role.HEAD in roles
    head = head or (aimed and Role.HEAD in roles_of(people_here(matter, people), matter.threatened))
    chair = matter.about is About.CHAIR or Role.CHAIR in roles
    if head:
        return Concern.BOTH if chair else Concern.HEAD
    return Concern.CHAIR if chair else Concern.NEITHER


def matter_of_case(case: Case, school: School, policy: Profile | None = None) -> Matter:
    """The matter that a case is; `subjects` of the case must hold whoever its alert keeps out since."""
    return Matter(
        school=keys_of(school),
        about=case.about,
        subjects=frozenset(case.subjects),
        threatened=frozenset((case.target,) if case.target else ()).union(case.criticised),
        endangered=frozenset((case.target,)) if case.target and case.threatens else frozenset(),
        bypass=case.lane,
        restricted=case.restricted,
        locked=case.locked,
        fair=case.fair and not (case.is_whistleblowing or case.subjects),
        disclosed=case.is_whistleblowing,
        facts=facts_of_class(case.content_class, case.about)
        | ({Fact.ENQUIRY} if case.enquiry else set())
        | {Fact.OWED for wait in case.waits if wait.clock in OF_PRIVACY},
        told=case.audience,
        assigned_to=case.assigned_to,
        policy=policy or Profile(),
        former=school.former,
    )


def matter_of_story(
    verdicts: Sequence[Verdict],
    alert: Alert | None,
    school: School,
    people: Sequence[Person],
    policy: Profile | None = None,
    *,
    asked: Iterable[str] = (),
    numbered: Iterable[str] = (),
    former: Iterable[Verdict] = (),
) -> Matter:
    """The matter that a story is, or its alert. `verdicts` are its newest, `former` those on earlier
    versions; without any it goes by the alert alone. `asked` are those (ids) who were asked next about its
    alert or took it, `numbered` by number. Somebody who was told although it may mean them, because nobody
    else was left, is no subject."""
    matter = Matter(keys_of(school), policy=policy or Profile(), former=school.former)
    here = people_here(matter, people)
    audience, excluded = (alert.audience, alert.excluded) if alert else ((), ())
    grave = [v for v in (*verdicts, *former) if may_be_grave(v)]
    subjects = frozenset(excluded) | (alleged_in(grave, here) - frozenset(audience))
    lead = leading(verdicts) if verdicts else None
    grave_now = [v for v in verdicts if calls_for_alert(v)]
    gone = {p.id for p in school.former}
    left = {m.person for v in grave_now for m in wronged_by(v) if m.person and m.person in gone}
    aimed_at = (targets(grave_now, here, WORKING) | left) - subjects
    # not whom a threat is aimed at: they have its status, not its words, unless they come first and must act
    others = (p for p in (*audience[1:], *asked) if p not in aimed_at)
    told = tuple(dict.fromkeys((*audience[:1], *others)))
    whole = (*here, *school.former)
    accused = office_of_subject(subjects, whole)
    office = OFFICE_ABOUT.get(lead.about) if lead else None
    # not the head or another officer who was told of it, so that it means somebody else
    colleague = office in roles_of(here, frozenset(told) - aimed_at)
    about = accused or (About.STAFF if colleague else _subject(lead, whole) if lead else About.OTHER)
    of = alert or lead
    labels = lead.abuse if lead else ()
    of_a_child = any(not harms(v).isdisjoint(OF_A_CHILD) for v in grave_now)
    route = Route.SAFEGUARDING if of_a_child else of.route if of else None
    alleging = any(map(alleges, grave_now))
    alleged = alleging or (accused or (About.OTHER if grave_now else about)) in ADULTS_OF_THE_SCHOOL
    bypass = bypass_of(of.content_class, labels, route, alleged=alleged) if of else None
    if bypass is None and alleging and (alert is None or alert.restricted):
        bypass = BypassRoute.STAFF_ALLEGATION  # not what was raised as something else before
    if bypass is BypassRoute.STAFF_ALLEGATION and about not in ADULTS_OF_THE_SCHOOL:
        about = About.STAFF
    restricted = any(v.restricted for v in verdicts) or (alert is not None and alert.restricted)
    return replace(
        matter,
        about=about,
        subjects=subjects,
        threatened=aimed_at,
        endangered=list_threatened(grave_now, here),
        bypass=bypass,
        restricted=bypass is not None or restricted,
        fair=alert is None,
        facts=(facts_of_class(of.content_class, about) if of else frozenset())
        | ({Fact.PRESS} if verdicts and all(v.event is not None for v in verdicts) else set())
        | ({Fact.ENQUIRY} if any(r.code == ENQUIRY for v in verdicts for r in v.reasons) else set()),
        told=told,
        numbered=frozenset(numbered) - aimed_at,
    )


def matter_of_account(school: School, actor: str | None = None) -> Matter:
    """A matter of what `actor` did on an own account: open to all who work on such matters."""
    return Matter(keys_of(school), About.SCHOOL, fair=True, told=(actor,) if actor else ())


def bypass_of(
    content_class: ContentClass, abuse: Collection[str] = (), route: Route | None = None, *, alleged: bool
) -> BypassRoute | None:
    """The route of a content class past the ladder, told closer by the labels, or by what was judged is to
    become of it (`route`); None for the ladder's own. `alleged`: an adult of the school harmed a child."""
    if content_class == ContentClass.EXTREMISM:
        return BypassRoute.TERRORISM
    if content_class != ContentClass.SAFEGUARDING and route is not Route.SAFEGUARDING:
        return None
    if alleged:
        return BypassRoute.STAFF_ALLEGATION
    labels = abuse if content_class == ContentClass.SAFEGUARDING else ()
    if "sexual" in labels:
        return BypassRoute.CHILD_IMAGE
    if "self_harm" in labels:
        return BypassRoute.SELF_HARM
    return BypassRoute.TERRORISM if "extremism" in labels else BypassRoute.SAFEGUARDING


def with_more(
    matter: Matter, *, subjects: Iterable[str] = (), threatened: Iterable[str] = (), restricted: bool = False
) -> Matter:
    """The same with more of those it may accuse, or is aimed at; and restricted, where that is so."""
    accused = matter.subjects | frozenset(subjects)
    aimed_at = (matter.threatened | frozenset(threatened)) - accused
    few = matter.restricted or restricted
    return replace(matter, subjects=accused, threatened=aimed_at, restricted=few)


def has_conflict(person: Person, matter: Matter, people: Iterable[Person] = ()) -> bool:
    """Has this person a conflict of interest: may it accuse them, somebody related, or the holder of their
    office? Where `people` tells which holder, the others have none; nor has whom it only threatens, and of
    calm criticism nobody."""
    accused = matter.subjects
    if person.id in accused or (accused and person.id in list_related(accused, people)):
        return True
    if matter.fair or person.id in matter.threatened:
        return False
    if succeeds_accused(person, matter):
        return True
    office = OFFICE_ABOUT.get(matter.about)
    if office not in person.roles or office in roles_of(matter.former, matter.threatened):
        return False
    return office not in roles_of(people_here(matter, people), matter.subjects)


def succeeds_accused(person: Person, matter: Matter) -> bool:
    """Have they the office of somebody who has left, and whom it may accuse?"""
    held = roles_of(matter.former, matter.subjects).intersection(OFFICE_ABOUT.values())
    return not held.isdisjoint(person.roles)


def free_of_it(matter: Matter, people: Iterable[Person]) -> list[Person]:
    """Those of its school who have no conflict of interest in it."""
    here = people_here(matter, people)
    return [p for p in here if not has_conflict(p, matter, here)]


def part_of(person: Person | None, matter: Matter) -> ReaderPart:
    """The part of this person, None where nobody is named. A target who comes first acts all the same."""
    if person is None:
        return ReaderPart.OTHER
    target = person.id in matter.threatened
    if person.id not in matter.told:
        return ReaderPart.TARGET if target else ReaderPart.OTHER
    of_another = not target if matter.threatened else matter.about in ADULTS_OF_THE_SCHOOL
    return ReaderPart.ASKS if of_another else ReaderPart.ACTS


@freeze
class RaisedMatter:
    """Find what an alert is about, as the `verdicts` of a story have it. `accused` are those (ids) who learn
    nothing even where nobody else is left, part of the matter's subjects; at `targets` violence is aimed."""

    matter: Matter
    verdicts: tuple[Verdict, ...]
    accused: frozenset[str]
    targets: frozenset[str]

    @property
    def is_sealed(self) -> bool:
        return any(FACTS[fact].sealed for fact in self.matter.facts)

    @property
    def facts_by_number(self) -> list[Fact]:
        """The facts that tell nobody more than its number, since another keeps it, or somebody is in danger
        beside it; what the town reads of somebody of the staff who is not named is told to nobody whom it may
        mean."""
        facts = set(self.matter.facts)
        if Fact.ALLEGED in facts and not self.matter.subjects:
            facts.discard(Fact.REPORTED)
        sealed, danger = self.is_sealed, OF_DANGER & facts
        return [
            f for f, row in FACTS.items() if f in facts and (row.notice if sealed else row.apart and danger)
        ]

    def facts_by_notice(self, people: Sequence[Person]) -> list[Fact]:
        """The facts of which notice is given by number, where whom they tell are not told more; where head or
        chair may be accused of what is sealed those alone that are the data protection officer's."""
        led = concern(self.matter, people) is not Concern.NEITHER
        by_number = [] if led and self.is_sealed else self.facts_by_number
        return [
            f
            for f, row in FACTS.items()
            if f in self.matter.facts
            if f in by_number or (row.also == DATA_PROTECTION if led else f in (Fact.DATA_OUT, Fact.FRAUD))
        ]


def matter_to_raise(
    verdicts: Sequence[Verdict],
    lead: Verdict,
    people: Sequence[Person],
    school: School,
    policy: Policy,
    barred: Collection[str] = (),
    named: Collection[str] = (),
) -> RaisedMatter:
    """Find what an alert is about, of a story with this gravest verdict; `verdicts` are its severe ones.
    `barred` (ids) learn nothing; `named` (ids) are those whom calm words beside an allegation speak of."""
    here = people_of(school, people)
    accused = [m for v in verdicts for m in v.accuses]
    surely = frozenset(barred) | persons_meant((m for m in accused if m.sure >= SURE), here)
    subjects = surely.union(named, alleged_in(verdicts, here))
    alleging, aimed_at = any(map(alleges, (lead, *verdicts))), targets(verdicts, here) - subjects
    whole = (*here, *school.former)
    abouts = {_about(v, whole) for v in verdicts if not aims(v) or alleged_in([v], whole)}
    accusing = any(map(accuses_otherwise, verdicts)) or any(m.by == LETS_OUT for m in accused)
    if (
        alleging or accusing or abouts & ADULTS_OF_THE_SCHOOL
    ):  # the leaders too whom it may mean, not one only spoken of
        held = {m.who.removeprefix("office:") for m in accused} | roles_of(whole, subjects)
        abouts |= {about for about, role in OFFICE_ABOUT.items() if role in held}
    if not alleging and Role.HEAD in roles_of(here, aimed_at):
        abouts.add(About.HEAD)
    order = (About.HEAD, About.CHAIR, About.DSL, About.GOVERNOR, About.STAFF, About.PUPIL, About.SCHOOL)
    about = next((a for a in order if a in abouts), About.OTHER)
    found = _facts((lead, *verdicts), about, alleging=alleging)
    theirs = Profile(first_assessor=policy.first_assessor, press=policy.press)
    keys = keys_of(school)
    matter = Matter(keys, about, subjects, aimed_at, facts=found, policy=theirs, former=school.former)
    out = surely | alleged_in(verdicts, here) if alleging else surely
    if accused and all(m.by == "covered_up" for m in accused):
        out = frozenset(barred)  # who only did not act is told of a child in danger rather than nobody
    return RaisedMatter(matter, tuple(verdicts), out, list_threatened(verdicts, here))


def _facts(verdicts: Sequence[Verdict], about: About, *, alleging: bool) -> frozenset[Fact]:
    """The facts of what is raised. An allegation goes before a child at risk; beside what is `sealed` a class
    gives notice at most, and violence adds to what is the safeguarding leads' alone only where it is danger
    on site and about neither head nor chair."""
    meant = frozenset[Harm]().union(*map(harms, verdicts))
    found = {Fact.ALLEGED} if alleging else set() if meant.isdisjoint(OF_A_CHILD) else {Fact.CHILD}
    found |= {Fact.EXTREMISM} if Harm.EXTREMISM in meant else set()
    violent = [v for v in verdicts if Harm.VIOLENCE in harms(v)]
    whom = [{m.who for m in aims(v) if m.sure >= SURE} for v in violent]
    told = ((v, {r.code for r in v.reasons}) for v in verdicts)
    by_class = {f for v, codes in told for f in facts_of_class(v.content_class, v.about, v.event, codes)}
    if not found:
        found = {Fact.ACCUSED} if any(map(accuses_otherwise, verdicts)) else set()
        found |= by_class | {Fact.PRESS for v in verdicts if v.event is not None}
    else:
        found |= {fact for fact in by_class if FACTS[fact].notice or fact is Fact.WORD}
        found |= {Fact.VIOLENCE} if violent and not alleging else set()
    on_site = any(v.route is Route.POLICE_NOW for v in violent) or any(who != {"child"} for who in whom)
    if violent and (Fact.VIOLENCE not in found or (on_site and about not in (About.HEAD, About.CHAIR))):
        found.add(Fact.DANGER)
    if any("school" in who for who in whom):
        found.add(Fact.SITE)
    if not any(FACTS[fact].orders for fact in found - {Fact.WORD}):
        found.add(Fact.REMOVAL)
    return frozenset(found)


def _about(verdict: Verdict, here: Sequence[Person]) -> About:
    """Find whom it is about: a leader where something is alleged of them, or where it wrongs them."""
    about = _subject(verdict, here)
    if about not in OFFICE_ABOUT or alleges(verdict) or alleged_in([verdict], here):
        return about
    theirs, by = OFFICE_ABOUT[verdict.about], wronged_by(verdict)
    office = any(m.who == f"office:{theirs}" for m in by)
    return verdict.about if office or theirs in roles_of(here, persons_meant(by, here)) else About.STAFF


def _subject(verdict: Verdict, here: Sequence[Person]) -> About:
    """Return its subject: no chair whom it does not mean where it surely accuses somebody else."""
    accused = verdict.accuses
    if verdict.about is not About.CHAIR or all(m.sure < SURE for m in accused):
        return verdict.about
    meant = {*(m.who for m in accused), *roles_of(here, persons_meant(accused, here))}
    return About.STAFF if meant.isdisjoint((Role.CHAIR, f"office:{Role.CHAIR}")) else About.CHAIR


@freeze
class DangerFacts:
    """The danger of a grave post: its harms, and whom (ids, `child`) it surely endangers or accuses."""

    harms: frozenset[Harm]
    alleges: bool
    endangered: frozenset[str]
    accused: frozenset[str]

    def is_another(self, than: DangerFacts, *, copied: bool) -> bool:
        """Is another harm told of, or are others meant? Whom one of both leaves open may be the same."""
        meant = ((self.endangered, than.endangered), (self.accused, than.accused))
        if self.harms != than.harms or any(a and b and a.isdisjoint(b) for a, b in meant):
            return True
        return self.alleges is not than.alleges and not copied


def danger_of(verdict: Verdict, people: Sequence[Person]) -> DangerFacts:
    """Read the danger off a grave verdict; `people` are those of its school."""
    surely, accused = ([m for m in of if m.sure >= SURE] for of in (verdict.endangers, verdict.accuses))
    endangered = persons_meant(surely, people).union({"child"} & {m.who for m in surely})
    return DangerFacts(harms(verdict), alleges(verdict), endangered, persons_meant(accused, people))
