"""obsei over the feeds of `benchmarks/scan.py`: run by the Python of an environment with obsei in it.

Its argument is JSON: the server's port, how many feeds, a folder. A line of JSON is printed for each run: all
new, and the same once more. The start of Python and obsei is left out.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from obsei import __version__
from obsei.config import ObseiConfig, build_context
from obsei.runner import run_pipelines
from obsei.store import Store


def main() -> None:
    given = json.loads(sys.argv[1])
    folder = Path(given["folder"])
    os.chdir(folder)
    sources = [
        {
            "type": "rss",
            "key": f"f{n}",
            "config": {"url": f"http://127.0.{n // 250}.{n % 250 + 1}:{given['port']}/{n}.xml"},
        }
        for n in range(given["feeds"])
    ]
    config = ObseiConfig.model_validate(
        {
            "store": {"path": str(folder / "obsei.duckdb"), "unencrypted": True},
            "pipelines": [{"name": "feeds", "sources": sources}],
        }
    )
    with build_context(config) as context, Store(config.store.path, allow_unencrypted=True) as store:
        for name in ("all new", "the same once more"):
            began, worked = time.perf_counter(), time.process_time()
            (ended,) = run_pipelines(config, context, store, ["feeds"])
            wall, worked = time.perf_counter() - began, time.process_time() - worked
            print(ended.summary(), file=sys.stderr)
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            told = f"obsei {__version__}, RSS → redaction → its store, no classifier: {name}"
            print(json.dumps({"name": told, "wall": wall, "worked": worked, "mb": most}), flush=True)


if __name__ == "__main__":
    main()
