"""Whoever is accused of what is no matter of a child: theft, forgery, favours, drink, an affair."""

from builders.verdict import ABOUT_US, CHAIR, DSL, HEAD, SCHOOL, mention, scores
from support.for_each import for_each
from support.sentences import sentences

from classifiers.verdicts.decide import decide
from classifiers.verdicts.post import read_post
from classifiers.verdicts.verdict_reasons import read_thresholds
from data.judged import MISCONDUCT, wrongs
from data.types import Person, Role, Verdict

DEPUTY = Person("ash", "Mr Lee Ash", (Role.DEPUTY_HEAD,))
TEACHER = Person("wraith", "Mr Owen Wraith", (Role.STAFF,))
PEOPLE = (HEAD, DSL, CHAIR, DEPUTY, TEACHER)
TEXTS = sentences("signals/accused_of_anything_else")


def of(text: str, route: str = "note", **labels: float) -> Verdict:
    model = scores(route, **labels) | {"about:staff": 0.6, "about:school": 0.2}
    return decide(read_post(mention(text), ABOUT_US, model, (), SCHOOL, PEOPLE, read_thresholds()))


def accused(found: Verdict) -> set[str]:
    offices = {f"office:{role}": p.id for p in PEOPLE for role in p.roles}
    return {m.person or offices[m.who] for m in found.accuses if m.by == MISCONDUCT}


@for_each("text", TEXTS["of others"])
def test_what_others_did_or_nobody_and_plain_criticism_accuse_nobody(text) -> None:
    assert accused(of(text, "respond", severe=0.1)) == set()


def test_what_is_judged_to_defame_accuses_whom_it_names_and_an_insult_wrongs_them() -> None:
    known = {"route": "platform_report", "severe": 0.95}
    found = of("Ask Robin Pike where it all went.", **known, abuse__defamation=0.9)
    assert (accused(found), wrongs(found)) == ({"pike"}, ())
    found = of("Robin Pike is a disgrace.", **known, abuse__harassment=0.9)
    assert (accused(found), {m.person for m in wrongs(found)}) == (set(), {"pike"})
