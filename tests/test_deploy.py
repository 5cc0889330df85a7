"""The unit, the container file and what composes it with a web server: as described, and without rights."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from data.errors import ConfigError, SchoolgateError, StoreBusy, StoreTooNew
from data.web.channels import OPEN_TO_ALL
from monitor.config.model import ServeSettings
from monitor.reports.manual import fill_page
from monitor.service.serve import ENDS_WITHIN_S
from sources.runs import PUPILS_WRITE_KINDS

ROOT = Path(__file__).resolve().parents[1]
UNIT = (ROOT / "deploy" / "schoolgate.service").read_text(encoding="utf-8")
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
PAGE = fill_page((ROOT / "docs" / "service.md").read_text(encoding="utf-8"))
CONTAINERS = (ROOT / "docs" / "container.md").read_text(encoding="utf-8")
COMPOSED = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))["services"]
LINES = {line for line in UNIT.splitlines() if re.match(r"[A-Z]\w+=", line)}


@pytest.mark.parametrize(
    "line",
    [
        "User=schoolgate", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict",
        "PrivateTmp=yes",
    ],
)  # fmt: skip
def test_the_unit_runs_as_a_user_without_rights_read_only_but_for_its_home(line):
    assert line in LINES
    assert not re.search(r"ReadWritePaths|AmbientCapabilities=\S|User=root", UNIT)


def test_the_units_folder_is_the_home_it_serves():
    assert "StateDirectory=schoolgate" in LINES
    assert "Environment=SCHOOLGATE_HOME=/var/lib/schoolgate" in LINES


def test_the_unit_leaves_the_service_its_time_to_end():
    (seconds,) = re.findall(r"TimeoutStopSec=(\d+)", UNIT)
    assert int(seconds) >= 10 > ENDS_WITHIN_S


def test_a_service_that_no_start_can_help_is_not_begun_again_for_ever():
    assert f"RestartPreventExitStatus={StoreTooNew.exit_code}" in LINES
    assert "Restart=on-failure" in LINES
    others = {SchoolgateError.exit_code, ConfigError.exit_code, StoreBusy.exit_code}
    assert StoreTooNew.exit_code not in others


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_systemd_knows_every_line_of_the_unit():
    run = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(ROOT / "deploy" / "schoolgate.service")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    told = [line for line in run.stderr.splitlines() if "schoolgate.service" in line]
    assert [line for line in told if "not executable" not in line] == []


STAGES = {part.split()[2]: part for part in re.split(r"^FROM ", CONTAINER, flags=re.MULTILINE)[1:]}


def test_the_container_runs_as_a_user_without_rights_and_asks_how_it_is():
    service = STAGES["service"]
    assert re.search(r"^USER 10001$", service, re.MULTILINE)
    assert service.index("USER") < service.index("ENTRYPOINT")
    assert f"127.0.0.1:{ServeSettings().health_port}/healthz" in service
    assert "VOLUME /home/schoolgate" in service
    assert STAGES["browser"].rstrip().endswith("USER 10001")


def test_no_image_and_no_registry_is_named_in_what_we_ship():
    assert {part.split()[0] for part in STAGES.values()} - STAGES.keys() == {"${BASE}"}
    assert COMPOSED["schoolgate"]["build"]["args"]["BASE"].startswith("${BASE:?")
    assert COMPOSED["caddy"]["image"].startswith("${CADDY:?")


def test_what_is_installed_in_the_container_is_checked_by_hashes():
    installs = re.findall(r"pip install (.*)", STAGES["build"])
    assert ["--require-hashes -r hashes.txt" in line for line in installs] == [True, False]
    assert "--no-deps --no-build-isolation ./reader ." in installs[1]


@pytest.mark.parametrize("name", ["schoolgate", "caddy"])
def test_both_containers_are_read_only_and_gain_no_rights(name):
    one = COMPOSED[name]
    assert (one["read_only"], one["cap_drop"]) == (True, ["ALL"])
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert one.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])


def test_the_container_is_held_to_what_the_unit_is():
    one = COMPOSED["schoolgate"]
    assert f"MemoryMax={one['mem_limit'].upper()}" in LINES
    assert f"TasksMax={one['pids_limit']}" in LINES
    assert f"TimeoutStopSec={one['stop_grace_period'].removesuffix('s')}" in LINES
    assert "--stop-timeout 15" in CONTAINERS


def test_only_where_chromium_is_wanted_the_container_gets_the_one_right_of_its_sandbox():
    beside = yaml.safe_load((ROOT / "deploy" / "browser.yaml").read_text(encoding="utf-8"))["services"]
    assert beside == {"schoolgate": {"build": {"target": "browser"}, "cap_add": ["SYS_CHROOT"]}}
    assert COMPOSED["schoolgate"]["build"]["target"] == "service"
    assert "-f deploy/browser.yaml" in CONTAINERS


def test_what_the_service_reads_from_a_file_is_put_into_its_home_not_named_where_only_commands_see_it():
    named = re.findall(r"--ca-file (\S+?)`", CONTAINERS)
    assert named == ["/home/schoolgate/filter.pem"]
    assert "--entrypoint install schoolgate -m 600 /mnt/filter.pem /home/schoolgate/\n" in CONTAINERS


def test_a_filters_certificate_is_taken_in_where_the_base_has_authorities_already():
    base = CONTAINERS.partition("## Behind a web filter")[2]
    assert "install -y ca-certificates && update-ca-certificates\n" in base


def test_going_back_names_the_backup_of_before():
    back = CONTAINERS.partition("## Upgrading, and going back")[2].partition("\n## ")[0]
    assert re.findall(r"restore (\S+) --replace", back) == ["/backup/schoolgate-…"]


def test_nobody_but_the_web_server_beside_it_reaches_the_desk():
    assert COMPOSED["caddy"]["network_mode"] == "service:schoolgate"
    assert [port.rpartition(":")[2] for port in COMPOSED["schoolgate"]["ports"]] == ["80", "443"]


def test_each_line_that_the_page_of_containers_describes_stands_in_the_file():
    text = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    table = CONTAINERS.partition("## What holds")[2].partition("The image's")[0]
    lines = [line for line in re.findall(r"`([^`]+)`", table) if "/" not in line or ":" in line]
    assert len(lines) >= 10
    assert [line for line in lines if line not in text] == []


def test_the_places_where_pupils_can_write_are_told():
    told = PAGE.partition("Places where pupils can write are")[2].partition("News,")[0]
    kinds = set(re.findall(r"`([a-z]+\.)…`", told)) | {"mailbox"}
    assert set(re.findall(r"`([a-z_]+)`", told)) == OPEN_TO_ALL | {"channel", "mailbox"}
    assert kinds == set(PUPILS_WRITE_KINDS)
