"""The sealed test set is scored three times at most, and only as it was sealed. The set here is made up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pytest

from classifiers.scoring.network import LABELS
from classifiers.scoring.onnx_scorer import file_digest
from data.errors import InputError
from data.types import Scores
from research.evaluation.labelled_items import normal_form
from research.sealed import MOST_TIMES, main, score_sealed, scored

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
REAL = ["Our school bus was late again.", "I love the new school hall, well done to all."]
SCHOOLS = [{"id": "s1", "name": "Larkspur Hill School", "urn": "900101", "locality": "Northvale"}]


class ByLength:
    """Scores a text by its length, in every label alike."""

    version = "length"

    def score(self, texts: Sequence[str]) -> Scores:
        column = np.asarray([[min(len(text) / 200, 0.99)] for text in texts], dtype=np.float32)
        return Scores(LABELS, np.tile(column, (1, len(LABELS))), (False,) * len(texts), self.version)


def _item(number: int, severity: int, text: str, channel: str = "facebook") -> dict[str, object]:
    return {
        "id": f"x{number}", "channel": channel, "school": "s1", "title": "Larkspur Hill School, Northvale",
        "text": text, "rating": None, "relevant": severity > 0, "abuse": [], "pair": None, "trait": "made_up",
        "sentiment": "negative" if severity > 1 else "neutral", "severity": severity, "about": "school",
        "route": ("ignore", "note", "respond", "safeguarding", "police_now")[severity],
    }  # fmt: skip


def _key(number: int, text: str) -> dict[str, object]:
    item = _item(number, number, text, "x")
    form = hashlib.sha256(normal_form(text).encode()).hexdigest()
    return {**{k: v for k, v in item.items() if k not in ("text", "id", "school")}, "form": form,
            "origin": "invented_set/train"}  # fmt: skip


def _parquet(folder: Path, name: str, query: str) -> None:
    duckdb.sql(query).write_parquet(str(folder / "datasets" / f"{name}.parquet"))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus with the real posts in a set, and TweetEval in small."""
    folder = tmp_path / "corpus"
    (folder / "datasets").mkdir(parents=True)
    real = ", ".join(f"('train', '{text}')" for text in REAL)
    _parquet(folder, "invented_set", f"select * from (values {real}) t(split, text)")
    tones = "['negative', 'neutral', 'positive'][1 + i % 3]"
    _parquet(
        folder,
        "tweeteval_sentiment",
        f"select 'test' as split, 'tweet ' || i as text, {tones} as sentiment from range(30) t(i)",
    )
    _parquet(
        folder,
        "tweeteval_offensive",
        "select case when i < 20 then 'test' else 'dev' end as split, 'tweet ' || repeat('x', 3 * i) as text,"
        " i % 2 as offensive from range(40) t(i)",
    )
    return folder


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """A set of five school posts and two real ones, sealed."""
    folder = tmp_path / "sealed"
    folder.mkdir()
    posts = [_item(i, i, f"Post {i} about the school. " * (i + 1)) for i in range(5)]
    _lines(folder / "school.jsonl", posts)
    _lines(folder / "real_keys.jsonl", [_key(i, text) for i, text in enumerate(REAL)])
    (folder / "schools.json").write_text(json.dumps(SCHOOLS))
    names = ("school.jsonl", "schools.json", "real_keys.jsonl")
    (folder / "SHA256").write_text("".join(f"{file_digest(folder / name)}  {name}\n" for name in names))
    return folder


def _lines(path: Path, rows: Sequence[object]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def _score(sealed: Path, corpus: Path) -> dict[str, object]:
    return score_sealed(sealed, corpus, "somebody", ByLength(), NOW)  # type: ignore[arg-type]


def test_every_figure_is_kept_with_its_range_the_model_and_the_day(sealed: Path, corpus: Path) -> None:
    given = _score(sealed, corpus)
    (entry,) = scored(sealed)
    assert entry == json.loads(json.dumps(given))
    assert (entry["model"], entry["by"], entry["date"]) == ("length", "somebody", "2026-11-21T12:00:00+00:00")
    asked = {
        "grave_alerted", "grave_seen", "at_once_alerted", "at_once_seen", "urgent_alerted", "urgent_seen",
        "false_alarms", "looks", "fair_comment_to_removal", "about_precision", "about_dismissed",
        "route_groups", "tone", "press_adverse_seen", "press_adverse_severity", "press_praise_calm",
        "press_cleared_above_note", "calibration_error", "real_calibration_error", "real_alerts_per_1000",
        "real_grave_seen", "identity_seen",
        "identity_group_seen", "functions_harmless", "tweeteval_sentiment",
        "tweeteval_offensive",
    }  # fmt: skip
    assert asked <= set(entry["figures"])
    assert all(set(figure) == {"value", "low", "high", "n"} for figure in entry["figures"].values())
    assert entry["figures"]["grave_alerted"]["n"] == 2
    assert entry["figures"]["real_alerts_per_1000"]["n"] == len(REAL)


def test_a_fourth_time_is_refused_before_anything_is_scored(sealed: Path, corpus: Path) -> None:
    before = json.dumps([{"figures": {}}] * MOST_TIMES)
    (sealed / "scored.json").write_text(before)
    with pytest.raises(InputError, match="scored 3 times"):
        _score(sealed, corpus)
    assert (sealed / "scored.json").read_text() == before


def test_a_set_without_real_posts_is_scored_by_its_own_alone_and_the_one_kept_twice(
    sealed: Path, corpus: Path
) -> None:
    kept = sealed.rename(sealed.with_name("kept"))
    (kept / "real_keys.jsonl").unlink()
    assert "real_grave_seen" not in _score(kept, corpus)["figures"]
    _score(kept, corpus)
    with pytest.raises(InputError, match="scored 2 times"):
        _score(kept, corpus)


@pytest.mark.parametrize("name", ["school.jsonl", "schools.json", "real_keys.jsonl"])
def test_a_set_that_is_not_the_sealed_one_is_refused(sealed: Path, corpus: Path, name: str) -> None:
    with (sealed / name).open("a") as file:
        file.write("\n")
    with pytest.raises(InputError, match=f"{name} is not the file that was sealed"):
        _score(sealed, corpus)
    assert not (sealed / "scored.json").exists()


def test_a_corpus_without_a_real_post_is_refused_and_does_not_count(sealed: Path, corpus: Path) -> None:
    _parquet(corpus, "invented_set", "select 'train' as split, 'Another post.' as text")
    with pytest.raises(InputError, match="lacks 2 of the 2 real posts"):
        _score(sealed, corpus)
    assert scored(sealed) == []


def test_a_damaged_record_is_not_taken_for_an_empty_one(sealed: Path, corpus: Path) -> None:
    (sealed / "scored.json").write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        _score(sealed, corpus)


def test_that_it_is_whole_can_be_checked_without_scoring(
    sealed: Path, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--check", "--corpus", str(corpus), "--folder", str(sealed)])
    assert "all 2 real posts are there; nothing was scored" in capsys.readouterr().out
    assert scored(sealed) == []


def test_nobody_scores_it_without_a_name(sealed: Path, corpus: Path) -> None:
    with pytest.raises(SystemExit):
        main(["--corpus", str(corpus), "--folder", str(sealed)])
    assert scored(sealed) == []
