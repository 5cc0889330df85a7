"""Ask who is in a post: whom it is about, who may be in danger by it or wronged, whom it accuses. Pure.

Where the second reader was asked about somebody (`ReadPost.parts`), it says which part they have. Where it
was not, whoever may be meant by what is alleged is left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from classifiers.text.words import WordFile
from classifiers.verdicts.gravity import BESIDE_GRAVE, HARM_OF, LOW, REASON, WRONGS, is_by_model_alone
from classifiers.verdicts.parts import ACCUSED, DOUBTED, PRAISED, THREATENED, WRONGED
from classifiers.verdicts.post import ReadPost
from classifiers.verdicts.press import headline_of, offices_accused
from classifiers.verdicts.subject import (
    HEAD,
    OF_STAFF,
    ROLE_OF,
    called_by_first_name,
    chiefs_of,
    find_subject,
    held_by,
    is_named,
    officers_in_doubt,
    offices_of_one,
    only_a_thing,
    people_named,
    possible_subjects,
    prepare_names,
    replace_school_name,
    roles_said,
)
from classifiers.verdicts.weigh import may_be_praise, noted_and_shown, says_data_out
from data.judged import LETS_OUT, MISCONDUCT, OF_A_CHILD
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

WRONG = 0.3
"""From here the model alone finds that somebody is wronged."""
UNNAMED = "unnamed"
"""By what somebody of the staff is accused of whom only what they do there is said."""
NOBODY_NAMED = "nobody_named"
"""By what the head may be meant where nobody says who did it."""
OF_NOBODY = (UNNAMED, NOBODY_NAMED)
READ = "reader"
"""By what whoever the second reader finds to have a part has it."""
_WRONGED = ("wronged:filmed", "wronged:impersonated", "wronged:exposed", "wronged:smeared")
"""The facts that tell of it."""


def ask_names(post: ReadPost) -> ReadPost:
    """The post with whom it names and whom it is about: nobody who is only greeted, signs or was told."""
    text, quoted = post.text, post.mention.quoted
    if quoted:
        text = f"{text}\n{replace_school_name(quoted, post.school, post.here)}"
    reading = prepare_names(text)
    named = people_named(reading, post.here)
    framed = frozenset(p.id for p in named if post.is_framed(p.id))
    by_first_name = called_by_first_name(reading, post.here) if post.parts else ()
    by_name = frozenset(p.id for p in (*named, *by_first_name))
    post = replace(post, reading=reading, named=named, framed=framed, by_name=by_name)
    spoken_of = [p for p in post.surely_named if p.id not in framed]
    spoken_of.sort(key=lambda p: -post.part(p.id, *_OF_WHOM))
    scores = post.scores
    if named and not post.people_meant:  # the model does not know that they are only written to
        scores = {**scores, **{f"about:{about.value}": 0.0 for about in ADULTS_OF_THE_SCHOOL}}
    known = (post.text, scores, post.weighed.signals, post.school, post.people)
    about, person = find_subject(*known, spoken_of)
    if person is None and post.mention.parent and spoken_of:  # “it was Ms N”, to what says no name
        person = spoken_of[0].id
    # who must not be told is found generously: a surname that may be a thing counts
    generously = [p for p in post.here if p in spoken_of or (p.id not in framed and is_named(p.name, text))]
    return replace(post, about=about, person=person, likeliest=find_subject(*known, generously))


_OF_WHOM = ("harm", "crime", "threatened", "wronged", "criticised")
"""The parts by which a post is about somebody rather than about others who are named in it."""


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
    leakers = find_leakers(post) if post.outcome.route.removal and says_data_out(post.weighed) else ()
    post = replace(post, accuses=(*post.accuses, *find_misconduct(post), *leakers))
    post = replace(post, endangers=(*post.endangers, *find_wronged(post)))
    praises = post.outcome.route is Route.THANK or post.outcome.sentiment is Sentiment.POSITIVE
    if praises and (post.accuses or not may_be_praise(post.mention)):
        return replace(post, outcome=noted_and_shown(post.outcome))
    return post


def doubts_a_name(post: ReadPost) -> bool:
    """Is it in doubt whether a word of an allegation, of whatever kind, or of a child at risk, names an
    officer?"""
    grave = post.accuses or any(m.harm in OF_A_CHILD for m in post.endangers)
    return bool(grave and officers_in_doubt(post.reading, post.school, post.people))


def find_endangered(post: ReadPost) -> tuple[Meant, ...]:
    """Find who may be in danger, and how. A child is, surely, by what is surely alleged of somebody there,
    and not by a threat to one of the staff that alleges nothing."""
    found: list[Meant] = []
    alleged = post.allegation[0] >= (0.01 if post.outcome.severity >= Severity.TODAY else SURE)
    for label, harm in HARM_OF.items():
        sure, by = _weigh_harm(post, label)
        if label == "safeguarding" and alleged:
            sure, by = 1.0, by or post.allegation[1]
        whom = find_targets(post) if harm is Harm.VIOLENCE else ("child",)
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


def find_targets(post: ReadPost) -> tuple[str, ...]:
    """Find at whom violence may be aimed, as `Meant.who`: whom the reader finds threatened, else who is named
    and it was not asked about; where it was asked about nobody, also whose office is said; a child, or else
    the school."""
    if threatened := post.with_part("threatened", least=THREATENED):
        return tuple(f"person:{p.id}" for p in threatened)
    nobody = ("child",) if post.about is About.PUPIL else ("school",)
    things = {p.id for p in post.people_meant if only_a_thing(p.name, post.reading)}
    named = [i for i in dict.fromkeys([post.person, *(p.id for p in post.people_meant)]) if i]
    named = [i for i in named if i not in things and i not in post.parts]
    if post.parts:
        return tuple(f"person:{i}" for i in named) or nobody
    said = roles_said(post.reading.plain)
    offices = [role for role in ROLE_OF.values() if role in said or (role == post.about.value and not named)]
    offices += offices_of_one(said, post.school, post.people)
    return (*(f"person:{i}" for i in named), *(f"office:{role}" for role in offices)) or nobody


def find_wronged(post: ReadPost) -> tuple[Meant, ...]:
    """Find who may be wronged by it: posed as, filmed in secret, exposed, smeared or mocked. Nobody who is
    surely threatened or may be accused by it."""
    already = {m.who for m in (*(m for m in post.endangers if m.sure >= SURE), *post.accuses)}
    if post.parts:
        wronged = post.with_part("wronged", least=WRONGED)
        return _wrong([f"person:{p.id}" for p in wronged], already, SURE, READ)
    signal = next((f"signal:{s.name}" for s in post.weighed.signals if {*WRONGS} & {*s.labels}), "")
    likely = max(map(post.weighed.label, WRONGS))
    read = (post.fact(*_WRONGED) or 0.0) >= SURE
    grave = post.outcome.severity >= Severity.TODAY and post.may_be_adult and not post.accuses
    if not (signal or grave or likely >= WRONG or read):
        return ()
    sure = max(round(likely, 2), SURE if signal else PERHAPS)
    return _wrong(_list_meant(post), already, sure, signal or "model:wrong")


def _wrong(whom: Collection[str], already: Collection[str], sure: float, by: str) -> tuple[Meant, ...]:
    return tuple(Meant(who, sure, by, Harm.WRONGED) for who in whom if who not in already)


def _list_meant(post: ReadPost) -> list[str]:
    """List those of whom it speaks, as `Meant.who`: who is named and the reader was not asked about; where it
    was asked about nobody, else the offices that are said."""
    named = [f"person:{p.id}" for p in post.people_meant if p.id not in post.parts]
    if named or post.parts:
        return named
    return sorted(f"office:{role}" for role in roles_said(post.reading.plain))


def find_misconduct(post: ReadPost) -> tuple[Meant, ...]:
    """Find who is accused of what is no matter of a child: of a crime, as the reader finds; else all of whom
    a post speaks that is judged to defame, and the reader was not asked."""
    already = {m.who for m in post.accuses}
    whom = [f"person:{p.id}" for p in post.with_part("crime", least=ACCUSED)]
    if not whom and "defamation" in post.outcome.abuse and not post.accuses:
        whom = _list_meant(post)
        if not whom and not post.parts and post.about in ROLE_OF:
            whom = [f"office:{post.about.value}"]
    return tuple(Meant(who, 1.0, MISCONDUCT) for who in whom if who not in already)


def find_accused(post: ReadPost) -> tuple[Meant, ...]:
    """Find who may be accused of harm to a child, or of having known of it and not acted: whom the reader
    finds so; where harm is alleged, also whom it doubts, and all whom linking finds and it was not asked
    about; where that is nobody, the head, or somebody of the staff, whom nobody names."""
    accused = post.with_part("harm", least=ACCUSED)
    sure = [max(SURE, round(post.part(p.id, "harm"), 2)) for p in accused]
    found = tuple(Meant(f"person:{p.id}", at, READ) for p, at in zip(accused, sure, strict=True))
    found = (*found, *_find_possible(post)) or _find_unnamed(post)
    likely = post.weighed.label("safeguarding") >= BESIDE_GRAVE
    harmed = found or likely or any(m.harm in OF_A_CHILD and m.sure >= SURE for m in post.endangers)
    surnames = [name.lower().split()[-1] for name in separate_names(post.school.head) if name.strip()]
    if harmed and head_did_nothing(post.reading.plain, surnames):
        return (*found, Meant(f"office:{Role.HEAD}", SURE, "covered_up"))
    return found


# A head who knew of harm and did nothing. The second reader hardly finds it: of five it doubted one. Whoever
# covers harm up is left out as whoever did it is (Keeping children safe in education, Part 4).

_KNEW_WORDS = WordFile(Path(__file__).with_name("head_knew.toml"))
_NOT_DONE, _NO_ANSWER, _KNEW, _WRITTEN_TO, _YOU_DO, _BULLIED = _KNEW_WORDS.patterns(
    "not_done", "no_answer", "knew", "written_to", "you_do", "bullied"
)
_BEFORE, _AFTER, _RIGHT_AFTER = 100, 220, 120
"""So many characters around the words for the head may say it, and right after them."""


def head_did_nothing(text: str, names: Sequence[str]) -> bool:
    """Is the head, by office or by one of these surnames, said to have known of it and not acted? `text` is
    in small letters and tells of harm. Of bullying by other children it is criticism."""
    if _BULLIED.search(text):
        return False
    for start, end in _places_of_head(text, names):
        if _KNEW.match(text[end : end + _RIGHT_AFTER]):
            return True
        if _WRITTEN_TO.search(text[max(0, start - 12) : start]):
            near = text[start:]
        else:
            near = _YOU_DO.sub(" ", text[max(0, start - _BEFORE) : end + _AFTER])
        if _NOT_DONE.search(near) or _NO_ANSWER.search(near):
            return True
    return False


def _places_of_head(text: str, names: Sequence[str]) -> Iterator[tuple[int, int]]:
    for found in HEAD.finditer(text):
        yield found.span()
    for name in names:
        for found in re.finditer(rf"(?<!\w)(?:(?:mr|mrs|ms|miss|dr) )?{re.escape(name)}(?!\w)", text):
            yield found.span()


def _find_possible(post: ReadPost) -> tuple[Meant, ...]:
    """Find who may be accused of what is alleged: whom the reader doubts, or who is threatened for a reason;
    and whom the reader was not asked about."""
    sure, by = post.allegation
    if not sure:
        return ()
    whom = [f"person:{p.id}" for p in _list_doubted(post)]
    if by == REASON:
        whom += [who for who in find_targets(post) if ":" in who and who not in whom]
    return (
        *(Meant(who, PERHAPS, "linking") for who in whom),
        *(Meant(f"person:{i}", sure, "linking") for i in _list_not_asked(post)),
    )


def _list_doubted(post: ReadPost) -> list[Person]:
    """List those named whom the reader doubts, and whom a reply names to what it answers, unless it praises
    them."""
    doubted = [p for p in post.with_part("harm", least=DOUBTED) if p.id in post.by_name]
    if post.mention.parent and post.mention.quoted:
        named = (p for p in post.surely_named if p.id in post.parts and p.id not in post.framed)
        doubted += [p for p in named if p not in doubted and post.part(p.id, "praised") < PRAISED]
    return [p for p in doubted if post.part(p.id, "harm") < ACCUSED]


def _list_not_asked(post: ReadPost) -> list[str]:
    """List the ids of all whom linking finds and the reader was not asked about, and the chiefs of a trust
    where its head may be meant."""
    pool = {*possible_subjects(post.reading, *post.likeliest, post.school, post.people)} - post.framed
    if Role.HEAD in roles_said(post.reading.plain):
        pool |= chiefs_of(post.school, post.people)
    return [p.id for p in post.people if p.id in pool and p.id not in post.parts]


def _find_unnamed(post: ReadPost) -> tuple[Meant, ...]:
    """Find who may be accused of what is alleged and said of nobody by name."""
    sure, about = post.allegation[0], post.likeliest[0]
    if not sure:
        return ()
    if not post.people and about in ROLE_OF:
        return (Meant(f"office:{about.value}", sure, "linking"),)
    if _may_mean_the_head(post):
        return (Meant(f"office:{Role.HEAD}", PERHAPS, NOBODY_NAMED),)
    if about in ADULTS_OF_THE_SCHOOL or post.may_be_adult:
        return (Meant("staff", sure, UNNAMED),)
    return ()


def find_leakers(post: ReadPost) -> tuple[Meant, ...]:
    """Find who may have let data out, by mistake or not: nothing more is alleged of them."""
    return tuple(
        Meant(f"person:{p.id}", SURE, LETS_OUT)
        for p in post.people_meant
        if p.id not in post.parts or post.part(p.id, "criticised", "harm", "crime") >= ACCUSED
    )


def accuse_holders(
    post: ReadPost, offices: Collection[Role], elsewhere: Collection[Role]
) -> tuple[Meant, ...]:
    """Accuse who holds these offices, of which a headline says it: those who are named, else all; beside whom
    the reader finds accused. By an office `elsewhere` it accuses nobody here. What it is for may be no
    matter of a child, unless it says so."""
    held = [p for p in post.here if held_by(p, offices)]
    meant = [p for p in held if p in post.named] or held
    free = {p.id for p in post.here if p in held or (held_by(p, elsewhere) and p not in post.named)}
    accused = [m for m in post.accuses if not held or (post.parts and m.who.startswith("person:"))]
    others = (m for m in accused if m.who.removeprefix("person:") not in free)
    by = "words" if _SAFEGUARDING.search(post.reading.plain) else "headline"
    return (*(Meant(f"person:{p.id}", SURE, by) for p in meant), *others)


_SAFEGUARDING = re.compile(r"safeguarding (?!lead)|inappropriate", re.IGNORECASE)


def _may_mean_the_head(post: ReadPost) -> bool:
    """Is it an adult of the school who is said to have harmed a child, and nobody said who? Where the reader
    was asked about the head, it would have doubted them."""
    if any(held_by(p, {Role.HEAD}) for p in post.here if p.id in post.parts):
        return False
    about = post.likeliest[0]
    if about not in ADULTS_OF_THE_SCHOOL and not post.may_be_adult:
        return False
    of_pupil = (s for s in post.weighed.signals if s.about is About.PUPIL)
    if about is About.PUPIL and any("sexual" in s.labels for s in of_pupil):
        return False  # of a picture nothing says who made it
    said = roles_said(post.reading.plain) or OF_STAFF.search(post.reading.plain)
    return not (post.people_meant or said)
