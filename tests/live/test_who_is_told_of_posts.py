"""Posts, each with a twin on the other side of a rule, are told as `triage` at a home says they would be.

The rules are those of docs/access.md: who may be accused is told nothing, even where they are threatened; a
grievance accuses nobody; who is accused of theft, a bribe or an affair is left out until the decider lets
them in, and otherwise nobody who is wronged; whoever hands something in is not accused by that; a head who
knew and did nothing is left out. Each post says what they surely ask of it (`expect`):

- `alleged`: whom it accuses by one of the four limbs of Keeping children safe in education, part 4 (the head
  as “office:head”), and `left_out`: who is left out, nobody else;
- `threatened`: at whom violence is aimed, nobody else, and `wronged`: who at least is wronged;
- `told` and `warned`: who at least is, and `dsl`, that the safeguarding lead or her deputy is told.
"""

import json
import time
from typing import Any

import pytest
from support.checkout import ROOT

from data.effects import utc_now
from data.store.engine.open import Store
from data.types import SURE
from monitor.config.home.paths import Paths
from monitor.config.load import from_text
from monitor.config.model import ModelSettings
from monitor.home import wiring
from monitor.pipeline.beforehand import try_posts
from monitor.pipeline.judges import reader_folder

FOLDER = ROOT / "tests" / "fixtures" / "beforehand"
POSTS: list[dict[str, Any]] = list(map(json.loads, (FOLDER / "posts.jsonl").read_text("utf-8").splitlines()))
HEAD, LEADS = "t-quillfeather", {"i-larkspur", "b-merrow"}
SHORTFALLS = {
    "03b": "who signs what they did themselves is not found to have done it, and the head is not told of it",
    "19b": "who passes on what another did is left out too",
    "27b": "a teacher's racist remark, which the models find calm, is only looked at",
    "30a": "a picture of a teacher in a shop is taken for an allegation",
    "42b": "a head who tells of what they did is left out, and the chair is not told",
    "44b": "who asks what to do about another is left out too",
    "45b": "harm told in passing on a page of questions is not read again",
    "53b": "who is posed as is left out of what the false account asks children for",
    "56b": "a volunteer tells of what they did, and the head is not told",
}
"""Posts that do not go so yet, and why. In none of them is anybody told who is accused."""
SHORTFALLS_WITH = SHORTFALLS | {
    "04a": "the head is taken to have covered up a theft",
    "11a": "criticism of how a coach picks a team is taken for a crime",
    "17a": "a governor in a rumour about a deputy head is left out of it too",
    "38a": "Valleys English is taken to tell of harm",
    "48a": "a letter home about a skirt is taken for harm",
}
"""Where a second reader is installed."""
SHORTFALLS_WITHOUT = SHORTFALLS | {
    "02a": "a film of a harmless thing is taken for a child's matter: the leads are told, the head is not",
    "14b": "all governors are left out, though one of them is named",
    "16a": "who is posed as is not found to be wronged; left out they are not",
    "31a": "who is threatened is warned, and left out",
    "36a": "whose health is told is not found to be wronged; left out they are not",
    "36b": "everybody named is left out",
    "37b": "everybody named is left out",
    "43b": "a safeguarding lead who signs what a child told them is left out",
    "46a": "a pupil's exaggeration is taken for a threat",
    "53a": "who is posed as is not found to be wronged; left out they are not",
    "54a": "who is threatened is warned, and left out",
    "54b": "a father's threat to put a teacher through a window is not found; what he alleges is",
    "58b": "harm told as an answer of a poll is not found",
    "60b": "harm in an isolation booth is only looked at",
}
"""Where no second reader is installed."""
NOT_YET = SHORTFALLS_WITH if reader_folder(ModelSettings()) else SHORTFALLS_WITHOUT


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    home = tmp_path_factory.mktemp("home", numbered=True)
    settings = FOLDER / "schoolgate.toml"
    config = from_text(settings, settings.read_text("utf-8"), {})
    store = Store(home, clock=utc_now, sleep=time.sleep, keep=True)
    store.migrate()
    intake = wiring.make_intake(config, Paths(home, settings), store)
    schools = {school.urn: school for school in config.schools}
    return {answer["id"]: answer for answer in try_posts(POSTS, schools, intake, utc_now)}


def faults(expected: dict[str, Any], got: dict[str, Any]) -> list[str]:
    """What is not as the rules say."""
    told, warned, left_out = ({*got[key]} for key in ("told", "warned", "left_out"))
    danger, wronged = (
        {who for who, sure in got["facts"][key].items() if sure >= SURE} for key in ("danger", "wronged")
    )
    threatened = expected.get("threatened", ())
    lacking = {
        "left out": {*expected.get("left_out", ())} - left_out,
        "in danger": {*threatened} - danger,
        "warned or told of the danger": {*threatened} - told - warned,
        "wronged": {*expected.get("wronged", ())} - wronged,
        "told": {*expected.get("told", ())} - told,
        "warned": {*expected.get("warned", ())} - warned,
        "told, a safeguarding lead": LEADS if expected.get("dsl") and not told & LEADS else set(),
    }
    too_many = {
        "left out": left_out.difference(expected.get("left_out", left_out)),
        "in danger": danger.difference(expected.get("threatened", danger), ("child", "staff", "site")),
    }
    return [
        f"{'not ' if of is lacking else ''}{what}: {', '.join(sorted(who))}"
        for of in (lacking, too_many)
        for what, who in of.items()
        if who
    ]


def accused(post: dict[str, Any]) -> set[str]:
    return {HEAD if who == "office:head" else who for who in post["expect"].get("alleged", ())}


def test_each_post_has_a_twin_on_the_other_side() -> None:
    assert {post["id"] for post in POSTS} == {f"{post['pair']:02}{side}" for post in POSTS for side in "ab"}


def test_nobody_accused_is_told(answers: dict[str, dict[str, Any]]) -> None:
    assert [post["id"] for post in POSTS if accused(post) & {*answers[post["id"]]["told"]}] == []


@pytest.mark.parametrize(
    "post",
    [
        pytest.param(post, marks=pytest.mark.xfail(reason=NOT_YET[post["id"]], strict=True))
        if post["id"] in NOT_YET
        else post
        for post in POSTS
    ],
    ids=[post["id"] for post in POSTS],
)
def test_a_post_goes_as_the_rules_say(post: dict[str, Any], answers: dict[str, dict[str, Any]]) -> None:
    assert faults(post["expect"], answers[post["id"]]) == []
