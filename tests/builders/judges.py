"""Two invented schools, their people, and a model that knows a few words: for tests of the pipeline."""

from __future__ import annotations

import numpy as np

from classifiers.linking.linker import Linker
from classifiers.scoring.heads import LABELS
from classifiers.verdicts.thresholds import read_thresholds
from data.types import Person, Policy, Role, School, Scores
from monitor.pipeline.judges import Judges

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
                "route:police_now": 0.97, "severity:4": 0.97,
            }  # fmt: skip
        if "stepdad" in text:
            return {
                "sentiment:neutral": 0.95,
                "abuse:safeguarding": 0.97,
                "about:pupil": 0.95,
                "relevant": 0.98,
                "route:safeguarding": 0.97,
                "severity:3": 0.99,
                "severity:4": 0.95,
            }
        ours = 0.98 if "primary" in text else 0.02
        return {"sentiment:neutral": 0.95, "about:school": 0.95, "route:note": 0.95, "relevant": ours}


def judges(*schools):
    schools = schools or (OAKFIELD,)
    return Judges(
        schools={s.urn: s for s in schools}, people=PEOPLE, policy=Policy(),
        linker=Linker(schools), scorer=Words, thresholds=read_thresholds(),
    )  # fmt: skip
