"""The model card: `card.json` for the program, `README.md` for people. Written by the trainer only."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from classifiers.scoring.network import HEADS, SCORED, THEME_LABELS
from classifiers.scoring.onnx_scorer import (
    CARD,
    MODEL_DIR,
    MODEL_FILE,
    NGRAM_FILE,
    TOKENIZER_FILE,
    file_digest,
)
from data.errors import InputError
from research.evaluation.report import FACTS
from research.sealed import FOLDER, scored
from research.training.base import BASE_FILE, BASE_PACKAGE, BASE_SHA256
from research.training.calibrate import Calibration

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
_CODE = _ROOT / "classifiers"
_READS = tuple(_CODE / "text" / name for name in ("model_text.py", "words.py", "undisguise.toml"))
_REAL = "school posts r.jsonl"
"""The set of real posts, as the card names it."""

TOOLS = ("torch", "transformers", "onnx", "onnxruntime", "onnxscript", "numpy")


def code_digests() -> dict[str, str]:
    """SHA-256 of every module the model depends on, by path in the project."""
    return _digests(
        [
            _CODE / "scoring" / "network.py",
            *_READS,
            *_HERE.glob("*.py"),
            *(_HERE / "own_posts").glob("*.py"),
        ]
    )


def _digests(paths: Sequence[Path]) -> dict[str, str]:
    return {path.relative_to(_ROOT).as_posix(): file_digest(path) for path in sorted(paths)}


def facts(
    folder: Path,
    settings: Mapping[str, Any],
    calibration: Calibration,
    sources: Sequence[Mapping[str, Any]],
    agreement: Mapping[str, float],
    figures: Mapping[str, float],
) -> dict[str, Any]:
    """Everything the card says, from the contents of `folder` and what the run measured."""
    files = {name: file_digest(folder / name) for name in (MODEL_FILE, TOKENIZER_FILE)}
    return {
        "version": version_of(files),
        "labels": SCORED,
        "window": {"tokens": settings["window_tokens"], "overlap": settings["overlap_tokens"]},
        "files": files,
        "calibration": {"scale": calibration.scale, "shift": calibration.shift},
        "base": {"package": BASE_PACKAGE, "file": BASE_FILE, "sha256": BASE_SHA256},
        "data": list(sources),
        "code": code_digests(),
        "settings": dict(settings),
        "tools": {name: version(name) for name in TOOLS},
        "agreement": dict(agreement),
        "figures": {name: round(value, 4) for name, value in figures.items()},
    }


def with_themes(folder: Path, card: Mapping[str, Any], themes: Mapping[str, Any]) -> dict[str, Any]:
    """The card after `training.themes` has added its output to the model of `folder`.

    What it says of the encoder, its heads and the n-grams stays: they are unchanged.
    """
    files = {name: file_digest(folder / name) for name in card["files"]}
    code = _digests([_CODE / "scoring" / "network.py", *(_HERE / "themes").glob("*.py")])
    tools = {name: version(name) for name in TOOLS}
    made = {"labels": SCORED, "themes": {**themes, "code": code, "tools": tools}}
    return _remade(card, files) | made


def with_ngrams(folder: Path, card: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """The card after `training.ngrams.teach` has put its member beside the network."""
    files = {**card["files"], NGRAM_FILE: file_digest(folder / NGRAM_FILE)}
    code = _digests([_CODE / "scoring" / "ngrams.py", *_READS, *(_HERE / "ngrams").glob("*.py")])
    return _remade(card, files) | {"ngrams": {**found, "code": code}}


def _remade(card: Mapping[str, Any], files: Mapping[str, str]) -> dict[str, Any]:
    """The card of a model with these files: what was measured on another is left out."""
    name = version_of(files)
    kept = {k: v for k, v in card.items() if k != "measured" or name == card["version"]}
    return {**kept, "version": name, "files": dict(files)}


def with_report(
    card: Mapping[str, Any], report: Mapping[str, Any], sealed: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The card with what `research.evaluate --report` measured, and every time the sealed set was scored.

    Raises InputError where the report is on another model.
    """
    if report["model"] != card["version"]:
        raise InputError(f"The report is on {report['model']}, and this is {card['version']}.")
    sets = {name: {k: one[k] for k in ("figures", "baselines")} for name, one in report["sets"].items()}
    kept = {name: report[name] for name in ("functions", "identity", "figures", "hatecheck")}
    return {**card, "measured": {"model": report["model"], "sets": sets, **kept, "sealed": list(sealed)}}


def version_of(files: Mapping[str, str]) -> str:
    """The model's name from the SHA-256 of its files: it changes with every training of a member."""
    ngrams = f"-{files[NGRAM_FILE][:6]}" if NGRAM_FILE in files else ""
    return f"minilm-{files[MODEL_FILE][:12]}{ngrams}"


def write_card(folder: Path, card: Mapping[str, Any]) -> None:
    """Writes both forms of the card beside the model."""
    (folder / CARD).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(card_page(card), encoding="utf-8")


def card_page(card: Mapping[str, Any]) -> str:
    """The card as a page of Markdown."""
    parts = (
        _what(card),
        _data(card),
        _figures(card),
        _measured(card),
        _ngrams(card),
        _themes(card),
        _limits(card),
        _origin(card),
        ("",),
    )
    return "\n".join(line for part in parts for line in part)


def _what(card: Mapping[str, Any]) -> list[str]:
    heads = [
        f"- **{head.name}**: {', '.join(head.labels)}{' (one of them)' if head.exclusive else ''}"
        for head in HEADS
    ]
    return [
        f"# Model card: {card['version']}",
        "",
        "Written by `python -P -m research.training.run`; changes by hand are lost.",
        "",
        "A six-layer MiniLM (22.7 million parameters) fine-tuned to sort public posts about a school, so",
        "that a person reads the grave ones first. ONNX, eight bits a weight. It reads one line of context",
        "(family of the channel, stars, title) and the words; see `classifiers/text/model_text.py`.",
        "",
        *heads,
        f"- **theme**: {', '.join(label.partition(':')[2] for label in THEME_LABELS)}",
        "",
        f"Longer texts are cut in windows of {card['window']['tokens']} tokens that overlap by"
        f" {card['window']['overlap']}: independent labels and the route take the strongest window,",
        "sentiment, about and the themes the mean.",
        "",
    ]


def _data(card: Mapping[str, Any]) -> list[str]:
    rows = [f"| {s['name']} | {s['licence']} | {s['rows']:,} | `{s['sha256'][:16]}…` |" for s in card["data"]]
    return [
        "## Trained on",
        "",
        "| set | licence | rows | SHA-256 |",
        "|---|---|---|---|",
        *rows,
        "",
        "The school posts are invented: written one by one for Schoolgate, about invented schools and",
        *(_REAL_POSTS if _has_real(card) else _NO_REAL_POST),
        "Calibrated on `triage/dev.jsonl`, which was never trained on. No text of a test or dev split was",
        f"taken from the public sets{_OVERLAP if _has_real(card) else '.'}",
        "",
    ]


def _has_real(card: Mapping[str, Any]) -> bool:
    return any(source["name"] == _REAL for source in card["data"])


def _on_what(card: Mapping[str, Any]) -> str:
    return "one in ten of `holdout` is real, the rest invented" if _has_real(card) else _ALL_INVENTED


_ALL_INVENTED = "`dev` and `holdout` are invented posts"
_NO_REAL_POST = ("people. No real post is among them. Public sets teach language and tone only.",)
_REAL_POSTS = (
    "people; but `r.jsonl` holds real public posts, each with the set, split and row it is from, labelled as",
    "if a school's search had found them. Public sets teach language and tone only.",
)
_OVERLAP = (
    "; but `r.jsonl` has posts of\ndev splits, and 31 that lie in the parts of NHS feedback (9 of 3,535) and"
    " Jigsaw (22 of 3,204)\nheld for measuring."
)


def _figures(card: Mapping[str, Any]) -> list[str]:
    rows = [f"| {name} | {value:.3f} |" for name, value in sorted(card["figures"].items())]
    kept = [f"| {name} | {value:.4f} |" for name, value in card["agreement"].items()]
    return [
        "## Measured",
        "",
        f"With the file shipped here; {_on_what(card)}, so expect less of real ones.",
        "What each figure is stands in `docs/model.md`.",
        "",
        "| figure | value |",
        "|---|---|",
        *rows,
        "",
        "Agreement of the eight-bit file with the trained network (share of equal answers):",
        "",
        "| head | share |",
        "|---|---|",
        *kept,
        "",
    ]


def _measured(card: Mapping[str, Any]) -> list[str]:
    """The whole program, figure by figure, with ranges."""
    found = card.get("measured")
    if found is None:
        return []
    lines = [
        "## The whole program",
        "",
        "Ranges hold 95 in 100 draws; what each is stands in `docs/model.md`.",
        "",
    ]
    for name, one in found["sets"].items():
        lines += _ranged(name, one["figures"])
    for n, entry in enumerate(found["sealed"], 1):
        title = f"the sealed set, time {n} ({entry['date'][:10]}, {entry['model']})"
        lines += _ranged(title, entry["figures"])
    lines += _ranged("public sets in full, identity words", found["figures"])
    for side, title in (
        ("seen", "functions: what should come to somebody does"),
        ("harmless", "functions: no alert"),
    ):
        lines += _ranged(
            title, {name.replace("_", " "): row[side] for name, row in found["functions"].items()}
        )
    return lines


def _ranged(title: str, figures: Mapping[str, Mapping[str, Any]]) -> list[str]:
    rows = [
        f"| {name} | {one['value']:.3f} | {one['low']:.3f}–{one['high']:.3f} | {one['n']:,} |"
        for name, one in figures.items()
        if one["value"] is not None
    ]
    return [f"| {title} | value | range | posts |", "|---|---|---|---|", *rows, ""] if rows else []


def _themes(card: Mapping[str, Any]) -> list[str]:
    found = card.get("themes")
    if found is None:
        return []
    data = [f"| {s['name']} | {s['licence']} | `{s['sha256'][:16]}…` |" for s in found["data"]]
    code = [f"| {name} | `{digest}` |" for name, digest in found["code"].items()]
    settings = ", ".join(f"{name} {value}" for name, value in found["settings"].items())
    return [
        "## Themes",
        "",
        "Added by `python -P -m research.training.themes.teach` as one more output of the graph, whose",
        f"encoder and heads it leaves as they were (`{found['encoder']}…` without the themes): attention",
        "over the tokens of two layers. A theme is named from one half on: the output is shifted so that",
        f"one half stands for a probability of {found['line']:.3f}, from where on, of the themes that each",
        f"of the {found['settings']['nets']} networks named on the part of the posts it had not seen,"
        f" {found['settings']['precision']:.0%} were right.",
        "",
        f"Learnt from {found['rows']['posts']:,} posts and {found['rows']['said']:,} put together from"
        " sentences, all invented:",
        "",
        "| set | licence | SHA-256 |",
        "|---|---|---|",
        *data,
        "",
        f"Settings: {settings}.",
        "",
        "| file | SHA-256 |",
        "|---|---|",
        *code,
        "",
    ]


def _ngrams(card: Mapping[str, Any]) -> list[str]:
    found = card.get("ngrams")
    if found is None:
        return []
    settings = ", ".join(f"{name} {value}" for name, value in found["settings"].items())
    return [
        "## N-grams",
        "",
        "Added by `python -P -m research.training.ngrams.teach`: a logistic regression a label, in eight",
        f"bits, fitted on {found['rows']:,} of the school posts.",
        "By members that were fitted without the post:",
        "",
        "| figure | value |",
        "|---|---|",
        *(f"| {name} | {value:.4f} |" for name, value in found["out_of_fold"].items()),
        "",
        f"Settings: {settings}.",
        "",
        "| file | SHA-256 |",
        "|---|---|",
        *(f"| {name} | `{digest}` |" for name, digest in found["code"].items()),
        "",
    ]


def _limits(card: Mapping[str, Any]) -> list[str]:
    which = "Nearly all posts it learnt from" if _has_real(card) else "The posts it learnt from"
    return [line.format(which=which) for line in _LIMITS]


_LIMITS = (
    "## Limits",
    "",
    "- Not to be used unattended: it ranks for a person who reads. A low score is no all-clear.",
    "- {which} are invented and a little too well written; one kind of author wrote them.",
    "- No native speaker has checked its Welsh or any other language; such posts go to a person.",
    "- Severity 4 against 3 is hardly learnt; signals of immediate danger do not wait for the model.",
    "- Public sets of abuse are mostly American and adult, and carry their annotators' errors and biases.",
    "- `relevant` is a hint only: which school a post is about is decided by linking.",
    "- Themes are named where the model is sure and missed as often; one reader labelled what it learnt.",
    "",
)


def _origin(card: Mapping[str, Any]) -> list[str]:
    tools = ", ".join(f"{name} {number}" for name, number in card["tools"].items())
    files = [f"| {name} | `{digest}` |" for name, digest in {**card["files"], **card["code"]}.items()]
    settings = ", ".join(f"{name} {value}" for name, value in card["settings"].items())
    return [
        "## Where it comes from",
        "",
        f"Base: all-MiniLM-L6-v2 (Apache-2.0) from {card['base']['package']}, `{card['base']['file']}`,",
        f"SHA-256 `{card['base']['sha256']}`.",
        "",
        f"Settings: {settings}.",
        "",
        f"Made with {tools}.",
        "",
        "| file | SHA-256 |",
        "|---|---|",
        *files,
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Puts a report of `research.evaluate --report`, and the scores on the sealed set, on the card."""
    parser = argparse.ArgumentParser(prog="research.training.card", description=main.__doc__)
    parser.add_argument("report", type=Path, help="the folder of the report")
    parser.add_argument("--model", type=Path, default=MODEL_DIR)
    chosen = parser.parse_args(arguments)
    card = json.loads((chosen.model / CARD).read_text(encoding="utf-8"))
    report = json.loads((chosen.report / FACTS).read_text(encoding="utf-8"))
    write_card(chosen.model, with_report(card, report, scored(FOLDER)))


if __name__ == "__main__":
    main()
