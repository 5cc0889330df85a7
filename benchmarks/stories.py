"""Plays the eleven stories at the desk in Chromium at 375 px: python -P benchmarks/stories.py [LETTER …]

Printed are taps, typed fields, refused steps and how each ended. It ends with 1 where one did not end as it
must, or took more taps than it may.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import pytest  # noqa: E402 - the project's own folders first
from builders.served import chromium  # noqa: E402
from live.desk.stories import STORIES  # noqa: E402


def main(letters: list[str]) -> int:
    """Plays them, by letter or all; 1 where one went wrong."""
    wrong, sums = 0, [0, 0, 0]
    print("    taps fields refused  ended")
    with chromium() as browser:
        for key, story in ((key, STORIES[key]) for key in letters or STORIES):
            with (
                tempfile.TemporaryDirectory() as folder,
                pytest.MonkeyPatch.context() as patch,
                story.town(Path(folder), patch, browser) as town,
            ):
                try:
                    ended = story.acts(town)
                except Exception as error:  # noqa: BLE001 - the others are played all the same
                    ended = f"not: {type(error).__name__} {str(error).splitlines()[0] if str(error) else ''}"
            counted = (town.taps, town.fields, len(town.refused))
            sums = [a + b for a, b in zip(sums, counted, strict=True)]
            is_right = ended == story.ends and town.taps <= story.taps
            wrong += not is_right
            print("{}  {:6} {:6} {:7}  {}".format(key, *counted, ended), "" if is_right else "WRONG")
            print(f"    {story.what}", *(f"\n    refused: {said}" for said in town.refused), flush=True)
    print("   {:6} {:6} {:7}".format(*sums))
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
