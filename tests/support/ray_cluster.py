"""A Ray cluster of several nodes on this machine, each with processes of its own that can be killed.

python ray_cluster.py FOLDER

begins one node for each line “begin NAME” that it reads, the first as the head, and ends one at once, with
all its processes, for “kill NAME”; it answers with the cluster's address. It listens on 127.0.0.1 alone, and
whoever joins must show its token. A node that is gone is noticed within seconds.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SMALL = 80_000_000


class RayCluster:
    """One that is run by a process of its own. `env` is what whoever joins it needs."""

    def __init__(self, folder: Path) -> None:
        self.env = {
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN_PATH": str(folder / "token"),
            "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_health_check_initial_delay_ms": "1000",
            "RAY_health_check_period_ms": "500",
            "RAY_health_check_timeout_ms": "2000",
            "RAY_health_check_failure_threshold": "3",
        }
        (folder / "token").write_text(secrets.token_hex(32))
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", __file__, str(folder)], env=os.environ | self.env, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip

    def ask(self, line: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(line, file=self.process.stdin, flush=True)
        return self.process.stdout.readline().strip()


@contextmanager
def ray_cluster(*nodes: str) -> Iterator[tuple[RayCluster, str]]:
    """One of these nodes, the first its head, and its address."""
    folder = Path(tempfile.mkdtemp(prefix="ray-"))
    cluster = RayCluster(folder)
    try:
        yield cluster, [cluster.ask(f"begin {name}") for name in nodes][-1]
    finally:
        cluster.process.communicate()
        shutil.rmtree(folder, ignore_errors=True)


def main(folder: str) -> None:
    said, os.environ["RAY_TMPDIR"] = os.fdopen(os.dup(1), "w"), folder
    os.dup2(2, 1)
    from ray.cluster_utils import Cluster

    cluster, nodes = Cluster(shutdown_at_exit=True), {}
    for line in sys.stdin:
        deed, name = line.split()
        if deed == "begin":
            nodes[name] = cluster.add_node(
                num_cpus=1, object_store_memory=SMALL, resources={f"machine:{name}": 1000},
                include_dashboard=False,
            )  # fmt: skip
        else:
            cluster.remove_node(nodes.pop(name), allow_graceful=False)
        print(cluster.address, file=said, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
