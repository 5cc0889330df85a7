import tomllib
from pathlib import Path

import pytest
from support.for_each import for_each

from classifiers.scoring.onnx_scorer import Scorer
from classifiers.verdicts.verdict_reasons import THRESHOLDS_FILE, Thresholds, read_thresholds
from classifiers.verdicts.weigh import STACK_FILE
from data.errors import InputError
from data.types import ABUSE_LABELS
from research.thresholds.calibrate import write


def test_the_shipped_file_can_be_read_and_is_in_order() -> None:
    found = read_thresholds()
    for lines in filter(None, (found, found.read)):
        assert 0 < lines.look < lines.alert <= lines.removal < 1
        assert set(lines.abuse) == set(ABUSE_LABELS)
    assert found.read, "posts that were read again have lines of their own"


@for_each("file", [THRESHOLDS_FILE, STACK_FILE])
def test_the_shipped_file_was_found_for_the_shipped_model(file: Path) -> None:
    measured = tomllib.loads(file.read_text(encoding="utf-8"))["measured"]
    told = "the model has changed: run python -P -m research.thresholds.calibrate --corpus DIR"
    assert measured["model"] == Scorer().version, told


def test_what_is_written_is_read_again_and_a_label_without_a_line_has_a_half(tmp_path: Path) -> None:
    before = Thresholds(alert=0.4, abuse={"threat": 0.3}, read=Thresholds(alert=0.6))
    write(tmp_path / "t.toml", before, {"model": "one"})
    assert read_thresholds(tmp_path / "t.toml") == before
    assert Thresholds(abuse={}).label("threat") == 0.5


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("alert = true", "“alert” must be a number"),
        ("alrt = 0.5", "“alert” is missing"),
        ("alert = 0.5\nunknown = 1", "“unknown” is not a threshold"),
        ("alert = 0.5\n[abuse]\nrudeness = 0.5", "“rudeness” is not an abuse label"),
        ("alert =", "cannot be read"),
        ("alert = 0.5\n[read]\nalert = 0.5", "“look” is missing"),
    ],
)
def test_a_fault_names_its_key(tmp_path: Path, change: str, told: str) -> None:
    path = tmp_path / "t.toml"
    write(path, Thresholds(), {})
    rest = [x for x in path.read_text().splitlines() if "=" in x and not x.startswith("alert ")]
    kept = [x for x in rest if x.split(" = ")[0] in Thresholds.__dataclass_fields__]
    path.write_text("\n".join(kept) + "\n" + change + "\n")
    with pytest.raises(InputError, match=told):
        read_thresholds(path)
