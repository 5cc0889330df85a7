"""`doctor` and evidence: a browser that is not there, certificates that cannot be read or run out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders.doctor import NOW, configured
from support.time_server import an_authority

from monitor.config.settings import EvidenceSettings
from monitor.setup.doctor import install as evidence
from monitor.setup.doctor.findings import Level


def config(folder: Path = Path("/nowhere"), **given: str):
    table = EvidenceSettings(**given)
    return replace(configured(), path=folder / "schoolgate.toml", evidence=table)


def test_a_named_browser_that_is_not_there_is_a_fault(tmp_path):
    found = evidence.browser(config(browser=str(tmp_path / "chromium")))
    assert found.level is Level.FAULT
    assert "[evidence]" in found.remedy


def test_without_the_extra_or_a_browser_it_is_said_what_captures_are_without(monkeypatch):
    monkeypatch.setattr(evidence, "find_browser", lambda named: None)
    assert evidence.browser(config()).level is Level.WARN
    monkeypatch.setattr(evidence, "can_draw", lambda: False)
    assert ".[browser]" in evidence.browser(config()).remedy


def test_a_browser_that_is_there_is_in_order(monkeypatch, tmp_path):
    monkeypatch.setattr(evidence, "find_browser", lambda named: tmp_path / "chromium")
    monkeypatch.setattr(evidence, "can_draw", lambda: True)
    assert evidence.browser(config()).level is Level.OK


def test_no_time_server_is_said_and_is_no_fault():
    found = evidence.time_server(config(), NOW)
    assert (found.level, "without a time stamp" in found.what) == (Level.OK, True)


@pytest.mark.parametrize("pem", [None, b"", b"nothing of the kind"])
def test_a_time_server_whose_stamps_cannot_be_checked_is_a_fault(tmp_path, pem):
    given = {"timestamp_url": "https://timestamp.example.org/tsr"}
    assert evidence.time_server(config(tmp_path, **given), NOW).level is Level.FAULT
    if pem is not None:
        (tmp_path / "ca.pem").write_bytes(pem)
    found = evidence.time_server(config(tmp_path, timestamp_ca="ca.pem", **given), NOW)
    assert found.level is Level.FAULT


def test_certificates_are_in_order_until_they_are_about_to_run_out(tmp_path):
    authority = an_authority(tmp_path)
    given = {"timestamp_url": "https://timestamp.example.org/tsr", "timestamp_ca": authority.ca_file.name}
    assert evidence.time_server(config(tmp_path, **given), NOW).level is Level.OK
    late = datetime(2100, 12, 20, tzinfo=UTC)
    found = evidence.time_server(config(tmp_path, **given), late)
    assert (found.level, "31 Dec 2100" in found.what) == (Level.WARN, True)
