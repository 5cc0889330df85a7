"""A case as somebody deals with it who does what comes next, while nobody answers."""

from builders.ladder import HOUR, PAGE

from alerts.ladder.replay import seen_from
from data.steps.codes import StepKind
from monitor.act.casework import next_act, next_steps, place_next

HOST = {"host": "example.org"}


def followed(case, hours, apart=1):
    """What its reader did, every so many hours, of what comes next, until a site was asked at each place;
    nobody answers."""
    for _ in range(0, hours, apart):
        case.now += (apart - 1) * HOUR
        here = place_next(case.case, "head", case.now + HOUR, case.rules)
        there = seen_from(case.case, here)
        ways = next_steps(there, "head", case.now + HOUR, case.rules)
        found = next_act(there, ways, "head", case.now + HOUR, case.rules)
        said = {name: f"{value}" for name, value in found.values}
        act = {"capture": StepKind.EVIDENCE, "find_host": StepKind.HOSTED}.get(found.act, found.act)
        if act in (StepKind.ANSWERED, "wait"):
            case.now += HOUR
        elif act:
            by = "schoolgate" if act in (StepKind.EVIDENCE, StepKind.HOSTED) else "head"
            more = {"place": here} if case.case.others and act in OF_PLACES else {}
            case.take(act, by, "Because.", **{**TYPED.get(act, {}), **said, **more})
            yield act, said
        if not act or all(any(a.rung.spec.of_site for a in p.askings) for p in case.case.places):
            return


TYPED = {
    StepKind.EVIDENCE: PAGE, StepKind.HOSTED: HOST, StepKind.PLACE: {"channel": "blog"},
    StepKind.COMPLAINANT: {"person": "teacher"}, StepKind.CLOSED: {},
}  # fmt: skip


OF_PLACES = (StepKind.ASKED, StepKind.EVIDENCE, StepKind.HOSTED)
