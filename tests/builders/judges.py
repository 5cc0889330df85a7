"""Two invented schools, their people, a model that knows a few words, and readings: for the pipeline."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from classifiers.linking.linker import Linker
from classifiers.scoring.network import LABELS
from classifiers.verdicts.verdict_reasons import read_thresholds
from data.types import Mention, MentionKind, Outcome, Person, Policy, Role, School, Scores, SourceRun
from monitor.pipeline.collect import Collected
from monitor.pipeline.judge import judge, keep_all
from monitor.pipeline.judges import Judges

NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
OAKFIELD = School("900001", "Oakfield Primary School", aliases=("Oakfield Primary",), locality="Northvale")
HEXLEY = School("900002", "Hexley Primary School", aliases=("Hexley Primary",), locality="Hexley")
PEOPLE = (
    Person("head", "Mrs Tamsin Quillfeather", (Role.HEAD,), "head@example.org"),
    Person("dsl", "Ms Imogen Larkspur", (Role.DSL, Role.DEPUTY_HEAD), "dsl@example.org"),
    Person("teacher", "Mr Barnaby Thistlewood", (Role.STAFF,), None),
)
INSULT = (
    "Mr Thistlewood of Oakfield Primary, Northvale is a useless moron and a pathetic pig, everybody says so."
)
OTHER_INSULT = (
    "And that Mr Thistlewood at Oakfield Primary is an ugly, stupid creep as well, laugh at him all of you."
)
CALM = "Does anybody know when Oakfield Primary in Northvale has its winter fair this year, please?"


class Words:
    """A model that knows a few words; every other text is a calm note."""

    def score(self, texts):
        values = np.zeros((len(texts), len(LABELS)), dtype=np.float32)
        for i, text in enumerate(texts):
            for label, share in self._shares(text.lower()).items():
                values[i, LABELS.index(label)] = share
        return Scores(LABELS, values, (False,) * len(texts), "words")

    def _shares(self, text):
        if "moron" in text or "creep" in text:
            return {
                "sentiment:negative": 0.97, "abuse:harassment": 0.97, "about:staff": 0.95, "relevant": 0.98,
                "route:platform_report": 0.95, "severity:3": 0.97,
            }  # fmt: skip
        if "at the gate" in text:
            return {
                "sentiment:negative": 0.97, "abuse:threat": 0.97, "about:staff": 0.95, "relevant": 0.98,
                "route:police_now": 0.97, "severity:3": 0.98, "severity:4": 0.97,
            }  # fmt: skip
        if "stepdad" in text:
            return {
                "sentiment:neutral": 0.95, "abuse:safeguarding": 0.97, "about:pupil": 0.95,
                "relevant": 0.98, "route:safeguarding": 0.97, "severity:3": 0.99, "severity:4": 0.95,
            }  # fmt: skip
        ours = 0.98 if "primary" in text else 0.02
        return {"sentiment:neutral": 0.95, "about:school": 0.95, "route:note": 0.95, "relevant": ours}


def judges(*schools):
    schools = schools or (OAKFIELD,)
    return Judges(
        schools={s.urn: s for s in schools}, people=PEOPLE, policy=Policy(),
        linker=Linker(schools), scorer=Words, thresholds=read_thresholds(),
    )  # fmt: skip


def posted(n, text, **changes):
    """A post on a town's forum, of an hour ago."""
    base = Mention(
        id=f"{n:016x}", url=f"https://talk.example.org/{n}", channel="local_forum", kind=MentionKind.POST,
        title="", text=text, fetched_at=NOW, author=f"person{n}", published=NOW - timedelta(hours=1),
    )  # fmt: skip
    return replace(base, **changes)


def brought(source, *mentions, at=NOW, outcome=Outcome.OK, **more):
    """A reading of that source."""
    run = SourceRun(source.id, at, at, outcome, pages=1, mentions_read=len(mentions))
    return Collected(source, run, mentions, **more)


def read_in(store, with_, reading, at=NOW):
    """Judges and saves a reading; gives what was saved."""
    judged = judge(reading, store, with_, at)
    with store.write("test") as con:
        return keep_all(con, [judged], with_, at)[0]
