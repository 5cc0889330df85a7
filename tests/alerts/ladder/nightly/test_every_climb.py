"""Each way up the ladder, for authors, sites and classes of every kind: the policy's 24 hours hold."""

from dataclasses import replace
from itertools import product

import pytest
from builders.climbing import followed
from builders.ladder import DAY, NOW, WEIGHED, Climb, rules

from data.cases import Profile
from data.content_class import CLASSES
from data.rungs import Rung
from data.steps.codes import StepKind
from data.web.channels import CHANNELS
from data.words.say import words

SITES = ("facebook", "facebook_group", "mumsnet", "blog", "google_search", "archive_org", "manual_report")
AUTHORS = [
    ("unknown", "yes", 1), ("parent", "yes", 0), ("parent", "yes", 1), ("parent", "no", 1),
    ("governor", "yes", 1), ("third_party", "yes", 0), ("staff", "no", 1), ("pupil", "yes", 1),
]  # fmt: skip
FORM = [words("en")(f"ladder.ready.spread_{n}") for n in (1, 3)]


@pytest.mark.parametrize("more", [(), ("blog",), ("mumsnet", "facebook")])
@pytest.mark.parametrize(("who", "safe", "days"), [*AUTHORS[:-1], ("staff", "yes", 1)])
def test_each_place_is_asked_within_24_hours_though_nobody_acts_for_four_in_between(who, safe, days, more):
    for code, first, spread in product(("C2", "C12"), ("facebook", "blog"), FORM):
        case = Climb(code, channel=first, by=rules(replace(Profile(), author_days=days))).classed()
        case.author(who, contact_safe=safe).take(StepKind.WEIGHED, **WEIGHED | {"spread": spread})
        case.take(StepKind.DECIDED, decision="seek")
        decided = case.now
        for n, site in enumerate(more):
            case.attempt(StepKind.COPY_FOUND, "schoolgate", url=f"https://{n}.example.org/", channel=site)
        case.now = decided
        done = [*followed(case, 24, apart=4)]
        for place in case.case.places:
            asked = [a.at for a in place.askings if a.rung.spec.of_site]
            assert min(asked, default=NOW + 9 * DAY) <= decided + DAY, (code, first, spread, place.n, done)


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize(("who", "safe", "days"), AUTHORS)
def test_who_follows_what_comes_next_asks_the_site_within_the_policys_24_hours_in_every_class(
    site, who, safe, days
):
    for code in [c for c, of in CLASSES.items() if c != "C0" and not of.bypasses]:
        case = Climb(code, channel=site, by=rules(replace(Profile(), author_days=days))).classed()
        case.author(who, contact_safe=safe).take(StepKind.WEIGHED, **WEIGHED)
        case.take(StepKind.DECIDED, decision="seek")
        decided, done = case.now, [*followed(case, 23)]
        if who == "pupil":
            assert done[0] == (StepKind.REFERRED, {"to": "pastoral"})
        if who == "pupil" and not CHANNELS[case.case.channel].reports:  # theirs alone: no letter to a host
            assert done[-1] == (StepKind.CLOSED, {"ending": "handed_over"})
            continue
        (asked,) = (a for a in case.case.askings if a.rung.spec.of_site)
        assert asked.at <= decided + DAY
        by = [a for a in case.case.askings if a.rung is Rung.AUTHOR_REQUEST]
        talked = safe == "yes" and code not in ("C5", "C6") and who not in ("unknown", "pupil")
        assert bool(by) is talked, (code, done)
