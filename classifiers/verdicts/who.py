"""Ask who is in a post: whom it is about, who may be in danger by it or wronged, whom it accuses. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from classifiers.text.words import undisguise
from classifiers.verdicts.gravity import HARM_OF, LOW, WRONGS, is_by_model_alone, raised_by_misconduct
from classifiers.verdicts.post import ReadPost
from classifiers.verdicts.press import headline_of, offices_accused
from classifiers.verdicts.staff import (
    BULLIED,
    DENIED,
    HURTS,
    NO_WORDS,
    StaffMention,
    StaffWords,
    read_staff_words,
)
from classifiers.verdicts.subject import (
    OF_TRUST,
    ROLE_OF,
    NameReading,
    chiefs_of,
    find_subject,
    held_by,
    is_named,
    mark_names,
    officers_in_doubt,
    offices_of_one,
    only_a_thing,
    people_named,
    possible_subjects,
    prepare_names,
    replace_school_name,
    roles_said,
    sign_in_full,
)
from classifiers.verdicts.weigh import may_be_praise, noted_and_shown, says_data_out, was_read, without_child
from data.judged import FRAUDS, LETS_OUT, MISCONDUCT, OF_A_CHILD
from data.register.school_names import separate_names
from data.types import (
    ADULTS_OF_THE_SCHOOL,
    PERHAPS,
    SURE,
    About,
    Harm,
    Meant,
    Person,
    Role,
    Route,
    Sentiment,
    Severity,
)

HEARD = 0.01
"""Below it, what names nobody and says no office is not read for an allegation, unless it says what hurts."""
WRONG = 0.3
"""From here the model alone finds that somebody is wronged."""
UNNAMED = "unnamed"
"""By what somebody of the staff is accused of whom only what they do there is said."""
_CHEATS = re.compile(
    r"(?: ?\([\w ]+\))?(?: (?:has|have|had|is|was|who|himself|herself|also|then|secretly|quietly)){0,3} "
    r"(?:(?:changed|took) (?!a\b|an\b|them\b|it\b)|set up\b|behind\b|(?:made|created|opened) the\b)"
)
"""Words that accuse the person named right before them of cheating."""
_WRONGED = ("wronged:filmed", "wronged:impersonated", "wronged:exposed", "wronged:smeared")
"""The facts that tell of it."""


def ask_names(post: ReadPost) -> ReadPost:
    """The post with whom it names and whom it is about: nobody who is only greeted, signs or was told of it,
    unless it speaks to them. No child is at risk by whoever is threatened and said to have harmed none."""
    text, quoted = post.text, post.mention.quoted
    if quoted:
        text = f"{text}\n{replace_school_name(quoted, post.school, post.here)}"
    post = read_names(post, text)
    spoken_of = [p for p in post.surely_named if p in (post.people_meant or post.spoken_to)]
    text = post.reading.plain if post.framed else post.text
    scores = post.scores
    if post.words.mentions and post.only_frames:  # the model does not know that they are only written to
        scores = {**scores, **{f"about:{about.value}": 0.0 for about in ADULTS_OF_THE_SCHOOL}}
    known = (text, scores, post.weighed.signals, post.school, post.people)
    about, person = find_subject(*known, spoken_of)
    if person is None and post.mention.parent and spoken_of:  # “it was Ms N”, to what says no name
        person = spoken_of[0].id
    # who must not be told is found generously: a surname that may be a thing counts
    likeliest = find_subject(*known, [p for p in post.here if p in spoken_of or is_named(p.name, text)])
    post = replace(post, about=about, person=person, likeliest=likeliest)
    if "threat" in post.weighed.asserted and post.words.spares and not post.weighed.dangers:
        return replace(post, weighed=without_child(post.weighed))
    return post


def ask_who(post: ReadPost) -> ReadPost:
    """The post with whom it endangers or wrongs, and whom it accuses."""
    post = _find_reported(post) if post.is_press else _find_in_post(post)
    if post.passes_on or (post.press is not None and post.press.adverse):
        offices = offices_accused(headline_of(post.mention), post.school)
        return replace(post, accuses=accuse_holders(post, *offices))
    return post


def _find_reported(post: ReadPost) -> ReadPost:
    """The article with who is in danger by it, and whom it accuses: what a court or a panel heard."""
    found = replace(post, endangers=find_endangered(post))
    found = replace(found, accuses=find_accused(found))
    if is_by_model_alone(post.allegation) and all(m.by == UNNAMED for m in found.accuses):
        # nobody there is said to have done it
        found = replace(post, allegation=(0.0, ""))
        found = replace(found, endangers=find_endangered(found))
    return replace(found, accuses=(*found.accuses, *find_misconduct(found)))


def _find_in_post(post: ReadPost) -> ReadPost:
    """The post with who is in danger by it or wronged, and whom it accuses, who let data out among them.
    Where it accuses somebody, or tells of what no praise tells of, a person looks, and nobody is thanked."""
    post = replace(post, endangers=find_endangered(post))
    post = replace(post, accuses=find_accused(post))
    if post.words.blamed and not was_read(post.scores):
        post = raised_by_misconduct(post)
    leaks = post.outcome.route.removal and says_data_out(post.weighed)
    leakers = find_leakers(post) if leaks else ()
    post = replace(post, accuses=(*post.accuses, *find_misconduct(post), *leakers))
    post = replace(post, endangers=(*post.endangers, *find_wronged(post)))
    praises = post.outcome.route is Route.THANK or post.outcome.sentiment is Sentiment.POSITIVE
    if praises and (post.accuses or not may_be_praise(post.mention)):
        return replace(post, outcome=noted_and_shown(post.outcome))
    return post


def doubts_a_name(post: ReadPost) -> bool:
    """Is it in doubt whether a word of an allegation, of whatever kind, or of a child at risk, names an
    officer?"""
    child = any(m.harm in OF_A_CHILD for m in post.endangers)
    grave = post.accuses or post.words.wrongs or child
    return bool(grave and officers_in_doubt(post.reading, post.school, post.people))


def read_names(post: ReadPost, text: str) -> ReadPost:
    """Read whom a post and its quotation (`text`) may name, and what it says of the staff."""
    reading = prepare_names(text)
    named = people_named(reading, post.here)
    names = [*(p.name for p in named), *separate_names(post.school.head)]
    heads = [n for n, _ in enumerate(names) if n >= len(named) or held_by(named[n], {Role.HEAD})]
    office = roles_said(reading.plain) or OF_TRUST.search(reading.plain)
    heard = named or office or HURTS.search(reading.plain) or post.weighed.label("safeguarding") >= HEARD
    words = NO_WORDS
    if heard or post.weighed.signals:
        marked = mark_names(text, names)
        words = read_staff_words(undisguise(marked[0]).text, marked[1])
    if words.by_writer and (in_full := sign_in_full(text, post.here)) != text:
        return read_names(post, in_full)
    framed = frozenset[int]()
    if any(m.part for m in words.mentions):
        framed, reading = _without_frame(words, names, named, reading)
    found = replace(post, reading=reading, words=words, named=named)
    return replace(found, heads=frozenset(heads), framed=framed)


def _without_frame(
    words: StaffWords, names: Sequence[str], named: Sequence[Person], reading: NameReading
) -> tuple[frozenset[int], NameReading]:
    """The numbers of those who stand in the frame of a letter alone, and the text prepared without it;
    whoever is addressed and did it stays."""
    persons, offices = words.whom() or (frozenset[int](), frozenset[Role]())
    did = [m for m in words.mentions if m.person in persons or m.offices & offices]
    frame = [m for m in words.mentions if m.part and m not in did]
    meant = {m.person for m in words.mentions if m not in frame}
    plain = words.text
    for m in reversed(frame):
        plain = f"{plain[: m.start]}, {plain[m.end :]}"
    plain = re.sub(r"person_(\d+)", lambda hit: names[int(hit[1])], plain)
    without = replace(prepare_names(plain), capital=reading.capital, bare=reading.bare)
    greeted = prepare_names(" ".join(words.text[m.start : m.end] for m in frame if m.person is None))
    misspelt = {
        n
        for n, person in enumerate(named)
        if n not in meant and people_named(greeted, [person]) and not people_named(without, [person])
    }
    return frozenset({m.person for m in frame if m.person is not None} - meant | misspelt), without


def find_endangered(post: ReadPost) -> tuple[Meant, ...]:
    """Find who may be in danger, and how. A child is, surely, by what is surely alleged of somebody there,
    and not by a threat to one of the staff that alleges nothing."""
    found: list[Meant] = []
    alleged = post.allegation[0] >= (0.01 if post.outcome.severity >= Severity.TODAY else SURE)
    for label, harm in HARM_OF.items():
        sure, by = _weigh_harm(post, label)
        if label == "safeguarding" and alleged:
            sure, by = 1.0, by or post.allegation[1]
        whom = _targets(post) if harm is Harm.VIOLENCE else ("child",)
        found += [Meant(who, sure, by, harm) for who in whom if by]
    return tuple(found)


def _weigh_harm(post: ReadPost, label: str) -> tuple[float, str]:
    """Weigh how sure it is, and by what; by nothing where nothing speaks of it. In an article no signal is
    sure: it reports a danger after others were told of it."""
    outcome, asserted = post.outcome, not post.is_press and label in post.weighed.asserted
    signal = next((f"signal:{s.name}" for s in post.weighed.signals if label in s.labels), "")
    p = post.weighed.label(label)
    if asserted or (label in outcome.abuse and outcome.severity >= Severity.TODAY):
        return 1.0, signal or f"model:{label}"
    if outcome.route is Route.POLICE_NOW and label == "threat" and "extremism" not in outcome.abuse:
        return 1.0, signal or "model:route"
    if label in post.beside:
        return max(SURE, round(p, 2)), signal or f"model:{label}"
    if p >= LOW[label] or signal:
        return min(PERHAPS, max(round(p, 2), 0.01)), signal or f"model:{label}"
    return 0.0, ""


def _targets(post: ReadPost) -> tuple[str, ...]:
    """At whom violence may be aimed: who is named, or whose office is; a child, or else the school."""
    things = {p.id for p in post.aimed_at if only_a_thing(p.name, post.reading)}
    named = [i for i in dict.fromkeys([post.person, *(p.id for p in post.aimed_at)]) if i and i not in things]
    said = roles_said(post.reading.plain).union(*(m.offices for m in post.words.mentions if post.aims_at(m)))
    offices = [role for role in ROLE_OF.values() if role in said or (role == post.about.value and not named)]
    beside = {r for m in post.words.mentions if m.beside for r in m.offices} if named else set()
    beside -= {r for m in post.words.mentions if not m.beside for r in m.offices}
    if said - beside:
        offices += offices_of_one(said - beside, post.school, post.people)
    found = (*(f"person:{i}" for i in named), *(f"office:{role}" for role in offices))
    return found or (("child",) if post.about is About.PUPIL else ("school",))


def find_wronged(post: ReadPost) -> tuple[Meant, ...]:
    """Find who of those named, or whose office is said, may be wronged by it: posed as, filmed in secret,
    exposed, smeared or mocked. Nobody who is surely threatened or may be accused by it, nor who only was told
    of it or signs."""
    threatened = (m for m in post.endangers if m.sure >= SURE)
    words, already = post.words, {m.who for m in (*threatened, *post.accuses)}
    likely = max(map(post.weighed.label, WRONGS))
    read = (post.fact(*_WRONGED) or 0.0) >= SURE
    signal = next((f"signal:{s.name}" for s in post.weighed.signals if {*WRONGS} & {*s.labels}), "")
    filmed = any(m.shown for m in words.mentions)
    smeared = any(m.cleared for m in words.mentions) and DENIED.search(words.text)
    by = "words" if words.poses or words.wrongs or filmed or smeared else signal
    grave = post.outcome.severity >= Severity.TODAY and post.may_be_adult and not post.accuses
    if not (by or grave or likely >= WRONG or read):
        return ()
    sure = max(round(likely, 2), SURE if by else PERHAPS)
    first = [m for m in words.mentions if m.signs and words.wrongs]
    meant = [*first, *(m for m in words.mentions if (m.saw and not m.part) or not m.beside)]
    meant = meant or [m for m in words.mentions if by and not m.part]  # whom a recorder met
    whom = (who for who in _list_who(meant, post) if who not in already)
    return tuple(Meant(who, sure, by or "model:wrong", Harm.WRONGED) for who in whom)


def _list_who(meant: Sequence[StaffMention], post: ReadPost) -> list[str]:
    """List those of these mentions, as `Meant.who`, with who is named and has no place in the text; else the
    offices."""
    placed, spoken_of = {m.person for m in meant}, {m.person for m in post.words.mentions} | post.framed
    whom = [f"person:{p.id}" for n, p in enumerate(post.named) if n in placed or n not in spoken_of]
    return whom or sorted({f"office:{r}" for m in meant for r in m.offices})


def find_misconduct(post: ReadPost) -> tuple[Meant, ...]:
    """Find who is accused of what is no matter of a child, beside those whom an allegation accuses: those of
    whom the words say it; where it is judged to defame and accuses nobody else, all whom it may mean. Not
    whom somebody only poses as, nor by an insult or by criticism of what they decided. Of fraud, who did
    it."""
    words, already = post.words, {m.who for m in post.accuses}
    said: Sequence[StaffMention] = words.blamed
    if words.mentions and any(s.name in FRAUDS for s in post.weighed.signals):
        free = (m for m in words.mentions if not (m.beside or m.is_spared))
        said = [*said, *(m for m in free if _CHEATS.match(words.text, m.end))]
    if "defamation" in post.outcome.abuse and not (said or post.accuses or words.poses):
        said = [m for m in words.mentions if (m.saw or not m.beside) and not m.is_spared]
        if post.only_frames or any(m.is_spared for m in words.mentions):
            pass  # of whoever is only addressed, or shown, nothing is said
        elif not any(m.is_identified for m in said):
            whom = _list_who(said, post) or [f"office:{post.about.value}"] * (post.about in ROLE_OF)
            return tuple(Meant(who, 1.0, MISCONDUCT) for who in whom)
    numbers = {m.person for m in said}
    whom = [f"person:{p.id}" for n, p in enumerate(post.named) if n in numbers]
    offices = {role for m in said for role in m.offices}
    offices |= {Role.HEAD} if numbers & post.heads and not whom else set()
    whom += [f"office:{role}" for role in sorted(offices)]
    return tuple(Meant(who, 1.0, MISCONDUCT) for who in whom if who not in already)


def find_accused(post: ReadPost) -> tuple[Meant, ...]:
    """Find who may be accused of harm to a child; with the head who is said to have known and not acted."""
    alleged = post.allegation[0] > 0
    found = _find_alleged(post) if alleged else ()
    harmed = any(m.harm in OF_A_CHILD and m.sure >= SURE for m in post.endangers)
    harmed = harmed and not BULLIED.search(post.words.text)
    called = [name.lower().split()[0] for name in separate_names(post.school.head) if " " in name.strip()]
    if (alleged or harmed) and post.words.untold_by(post.heads, called, alleged=alleged):
        return (*found, Meant(f"office:{Role.HEAD}", SURE, "covered_up"))
    return found


def _find_alleged(post: ReadPost) -> tuple[Meant, ...]:
    """Find those of whom the words say it, by name or office, or all whom linking finds where that cannot be
    told; the head where nobody is said, else somebody of the staff, whom nobody names."""
    sure, about = post.allegation[0], post.likeliest[0]
    pool = possible_subjects(post.reading, *post.likeliest, post.school, post.people)
    chiefs = chiefs_of(post.school, post.people)
    framed = {post.named[n].id for n in post.framed if n < len(post.named)}
    whom = [p.id for p in post.people if p.id not in framed and _is_meant(p, post, pool, chiefs)]
    if whom:
        return tuple(Meant(f"person:{i}", sure, "linking") for i in whom)
    if not post.people and about in ROLE_OF:
        return (Meant(f"office:{about.value}", sure, "linking"),)
    if _may_mean_the_head(post):
        return (Meant(f"office:{Role.HEAD}", PERHAPS, "nobody_named"),)
    if about in ADULTS_OF_THE_SCHOOL or post.may_be_adult or post.words.clear:
        return (Meant("staff", sure, UNNAMED),)
    return ()


def find_leakers(post: ReadPost) -> tuple[Meant, ...]:
    """Find who is said to have let data out, by mistake or not: nothing more is alleged of them."""
    by = [m for m in post.words.mentions if (m.saw or not m.beside) and post.words.lets_out(m)]
    persons = [f"person:{p.id}" for n, p in enumerate(post.named) if n in {m.person for m in by}]
    offices = [f"office:{role}" for m in by if m.person is None for role in sorted(m.offices)]
    return tuple(Meant(who, SURE, LETS_OUT) for who in dict.fromkeys((*persons, *offices)))


def accuse_holders(
    post: ReadPost, offices: Collection[Role], elsewhere: Collection[Role]
) -> tuple[Meant, ...]:
    """Accuse who holds these offices, of which a headline says it: those who are named, else all; beside whom
    the words accuse otherwise. By an office `elsewhere` it accuses nobody here. What it is for may be no
    matter of a child, unless it says so."""
    held = [p for p in post.here if held_by(p, offices)]
    meant = [p for p in held if p in post.named] or held
    free = {p.id for p in post.here if p in held or (held_by(p, elsewhere) and p not in post.named)}
    accused = post.accuses if post.words.whom() is not None or not held else ()
    others = (m for m in accused if m.who.removeprefix("person:") not in free)
    by = "words" if _SAFEGUARDING.search(post.reading.plain) else "headline"
    return (*(Meant(f"person:{p.id}", SURE, by) for p in meant), *others)


_SAFEGUARDING = re.compile(r"safeguarding (?!lead)|inappropriate", re.IGNORECASE)


def _is_meant(one: Person, post: ReadPost, pool: Collection[str], chiefs: Collection[str]) -> bool:
    """Is it said of them, by name or office? Or cannot it be told of whom of the `pool`, them among it? The
    `chiefs` of a trust (ids) are meant by the words for its head."""
    said = post.words.whom()
    if said is None:
        return one.id in pool
    numbers, roles = said
    own = {n for n, p in enumerate(post.named) if p.id == one.id}
    own |= post.heads if held_by(one, {Role.HEAD}) else frozenset()
    free = {m.person for m in post.words.mentions if not m.beside}
    holders = {n for n, p in enumerate(post.named) if n in free | numbers and held_by(p, roles)}
    if holders:  # “a governor”, and then which
        numbers, roles = numbers | holders, frozenset()
    unplaced = one in post.people_meant and own.isdisjoint(m.person for m in post.words.mentions)
    head = Role.HEAD in roles and one.id in chiefs
    return unplaced or not own.isdisjoint(numbers) or held_by(one, roles) or head


def _may_mean_the_head(post: ReadPost) -> bool:
    """Is it an adult of the school who is said to have harmed a child, and nobody said who?"""
    about = post.likeliest[0]
    if about not in ADULTS_OF_THE_SCHOOL and not post.may_be_adult:
        return False
    of_pupil = (s for s in post.weighed.signals if s.about is About.PUPIL)
    if about is About.PUPIL and any("sexual" in s.labels for s in of_pupil):
        return False  # of a picture nothing says who made it
    said = post.words
    to_head = [m for m in said.mentions if m.part and (m.person in post.heads or Role.HEAD in m.offices)]
    if to_head:
        return False  # who writes to the head of a deed of theirs says “you”
    others = (
        [m for m in said.mentions if not m.beside] if not said.some else [m for d in said.deeds for m in d.by]
    )
    return not others and not roles_said(post.reading.plain)
