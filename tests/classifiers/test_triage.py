import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders.verdict import STACK
from support.command_call import called
from support.for_each import for_each

from classifiers.scoring.heads import LABELS
from classifiers.triage import mention_of, read_lines, source_of, triage_items
from classifiers.verdicts.verdict_reasons import Thresholds
from data.errors import InputError
from data.types import MentionKind, Route, School, Scores, Sentiment
from monitor.cli.commands.model import triage, write_whole

SCHOOLS = {
    "s1": School(
        "900001", "Oakfield Primary School", aliases=("Oakfield Primary Northvale",), locality="Northvale"
    )
}
KEYS = ["id", "relevant", "sentiment", "abuse", "about", "severity", "route", "look", "reasons"]


class Model:
    """Gives every text the same probabilities, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def score(self, texts: Sequence[str]) -> Scores:
        self.asked.append(len(texts))
        row = [0.1 if ":" in label else 0.9 for label in LABELS]
        return Scores(LABELS, np.asarray([row] * len(texts), dtype=np.float32))


def item(**changes: Any) -> dict[str, Any]:
    return {
        "id": "i1",
        "channel": "facebook",
        "school": "s1",
        "title": "Northvale chat",
        "text": "Oakfield Primary in Northvale never rings back.",
        "rating": None,
        "published": "2026-11-20T09:00:00Z",
    } | changes


def answers(*items: dict[str, Any]) -> list[dict[str, Any]]:
    return list(triage_items(items, SCHOOLS, Model()))


def test_a_line_has_the_keys_and_values_of_the_contract() -> None:
    assert list(answers(item())[0]) == KEYS
    (line,) = answers(item())
    assert line["relevant"] in ("about", "unsure", "not_about")
    assert line["sentiment"] in set(Sentiment)
    assert line["route"] in set(Route)
    assert line["severity"] in range(5)
    assert isinstance(line["look"], bool)
    assert all(isinstance(reason, str) for reason in line["reasons"])
    json.dumps(line)


class CutShort(Model):
    """Reads no text to its end."""

    def score(self, texts: Sequence[str]) -> Scores:
        return replace(super().score(texts), truncated=(True,) * len(texts))


def test_an_answer_says_where_a_text_was_longer_than_what_was_read_of_it() -> None:
    (whole,), (cut,) = answers(item()), triage_items([item()], SCHOOLS, CutShort())
    said = "not_read_whole: Not all of so long a text was read: please read it yourself."
    assert said in cut["reasons"]
    assert said not in whole["reasons"]


def test_texts_are_scored_in_batches_and_answers_come_in_the_order_of_the_items() -> None:
    model, many = Model(), [item(id=f"i{n}", text=f"Oakfield Primary, day {n}") for n in range(530)]
    assert [line["id"] for line in triage_items(many, SCHOOLS, model)] == [one["id"] for one in many]
    assert model.asked == [512, 18]


def test_at_most_one_in_eight_is_looked_at_and_another_language_takes_no_place_of_these() -> None:
    text = "Oakfield Primary Northvale"
    polish = [item(id=f"p{n}", text=f"{text} jest bardzo dobra dla moich dzieci {n}") for n in range(40)]
    doubtful = [item(id=f"d{n}", text=f"Not sure what to make of {text}, part {n}") for n in range(40)]
    lines = Thresholds(alert=0.5, look=0.1)
    found = list(triage_items([*polish, *doubtful], SCHOOLS, Model(), thresholds=lines, stack=STACK))
    assert all(line["look"] for line in found[:40])
    assert sum(line["look"] for line in found[40:]) == 10


def test_danger_is_told_whatever_the_model_says() -> None:
    (line,) = answers(item(text="There's a bomb in Oakfield Primary, Northvale"))
    assert (line["route"], line["severity"]) == ("police_now", 4)


@for_each(
    ("channel", "kind"),
    [
        ("google_review", MentionKind.REVIEW),
        ("google_news", MentionKind.ARTICLE),
        ("wikipedia", MentionKind.EDIT),
        ("facebook", MentionKind.POST),
    ],
)
def test_the_kind_follows_from_the_channel(channel: str, kind: MentionKind) -> None:
    assert mention_of(item(channel=channel)).kind is kind


def test_a_review_under_the_schools_own_name_stands_on_its_listing() -> None:
    school = SCHOOLS["s1"]
    own = item(channel="google_review", title="Oakfield Primary School")
    assert source_of(own, school).listing
    assert not source_of(own | {"title": "Oakfield Garden Centre"}, school).listing
    assert not source_of(own | {"channel": "facebook"}, school).listing


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 2: not JSON"),
        ("[]", "line 2: an object with"),
        (json.dumps(item(id="")), "line 2: “id” must be given"),
        (json.dumps(item(school="s9")), "line 2: school “s9” is not in the schools file"),
        (json.dumps(item(rating="five")), "line 2: “rating” must be a number"),
        (json.dumps({"id": "x"}), "line 2: “channel” must be given"),
        (json.dumps(item(rating=10**400)), "line 2: “rating” is no number of stars"),
        (json.dumps(item(rating=float("nan"))), "line 2: “rating” is no number of stars"),
        (json.dumps(item(text="a\ud800b")), "line 2: “text” has half a character"),
        ("[" * 100_000, "line 2: not JSON"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(json.dumps(item()) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read_lines(path, SCHOOLS)


def test_blank_lines_and_a_byte_order_mark_are_passed_over_and_a_missing_file_is_named(
    tmp_path: Path,
) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text("\ufeff" + json.dumps(item()) + "\n\n", encoding="utf-8")
    assert len(read_lines(path, SCHOOLS)) == 1
    with pytest.raises(InputError, match="cannot be read"):
        read_lines(tmp_path / "none.jsonl", SCHOOLS)


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\u0085"])
def test_a_mark_that_is_no_end_of_line_in_json_ends_none(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "items.jsonl"
    line = json.dumps(item(text="one" + mark + "two"), ensure_ascii=False)
    path.write_text(line + "\n", encoding="utf-8")
    assert len(read_lines(path, SCHOOLS)) == 1


def test_the_output_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("before\n", encoding="utf-8")

    def breaks() -> Any:
        yield {"route": "note"}
        raise InputError("half way")

    with pytest.raises(InputError, match="half way"):
        write_whole(out, breaks())
    assert out.read_text(encoding="utf-8") == "before\n"
    assert [p.name for p in tmp_path.iterdir()] == ["out.jsonl"]
    with pytest.raises(InputError, match="cannot be written"):
        write_whole(tmp_path / "none" / "out.jsonl", [])


def test_the_output_holds_a_line_an_item_as_json_may_write_it_and_counts_routes(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    counts = write_whole(out, [{"route": "note", "x": "é"}, {"route": "note"}])
    assert counts == {"note": 2}
    assert out.read_text(encoding="utf-8").splitlines()[0] == '{"route": "note", "x": "é"}'
    write_whole(out, [{"route": "note", "id": "a\u202eb\x9b"}])
    (line,) = out.read_text(encoding="utf-8").splitlines()
    assert line == r'{"route": "note", "id": "a\u202eb\u009b"}'
    assert json.loads(line)["id"] == "a\u202eb\x9b"


def test_labels_beside_an_item_are_ignored_and_that_is_said_once(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr("classifiers.scoring.onnx_scorer.Scorer", lambda **_: Model())
    schools, items, out = (tmp_path / name for name in ("schools.json", "items.jsonl", "out.jsonl"))
    schools.write_text('[{"id": "s1", "urn": "900001", "name": "Oakfield Primary School"}]')
    lines = [item(id=f"i{n}", severity=4, route="ignore") for n in range(3)]
    items.write_text("\n".join(map(json.dumps, lines)))
    assert called(triage, items=items, schools=schools, out=out)[0] == 0
    assert (
        capsys.readouterr().err
        == f"{items}: keys that mean nothing here, and are ignored: route, severity.\n"
    )
    assert list(json.loads(out.read_text().splitlines()[2])) == KEYS
