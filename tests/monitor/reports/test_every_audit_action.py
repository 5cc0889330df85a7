"""Whatever Schoolgate writes into its audit, a home that nobody touched holds, and a touched one does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.case_desk import run
from builders.every_action import a_home_of_every_action, written_actions

from data.evidence.file_faults import Wrong
from data.evidence.vault import Vault
from data.steps.codes import StepKind
from data.store.engine import audit_chain
from data.store.engine.audit_chain import Code
from monitor.act.casework.evidence.proving import prove, read_evidence


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return a_home_of_every_action(tmp_path_factory.mktemp("every") / "home")


def test_the_home_holds_every_action_that_the_code_can_write(store):
    with store.read() as con:
        chain = audit_chain.links(con)
    assert {link.entry.action for link in chain} == written_actions()
    prefixes = {code.partition(":")[0] for link in chain for code in link.entry.codes if ":" in code}
    assert prefixes <= set(Code)


def test_evidence_verify_finds_nothing_in_it(store):
    done = run("evidence", "verify", "--home", str(store.home))
    assert "All holds: " in done.out, done.out
    assert done.code == 0


def test_nor_does_it_case_by_case(store):
    for case in ("0041", "0042", "0043"):
        done = run("evidence", "verify", case, "--home", str(store.home))
        assert (done.code, "All holds: " in done.out) == (0, True), done.out


@pytest.fixture(scope="module")
def held(store):
    with store.read() as con:
        return read_evidence(con)


@pytest.mark.parametrize("action", sorted(written_actions()))
def test_a_row_of_any_action_that_was_changed_or_taken_out_is_found(store, held, action):
    vault = Vault(store.evidence)
    place = next(i for i, link in enumerate(held.chain) if link.entry.action == action)
    link = held.chain[place]
    for instead in ((), (replace(link, entry=replace(link.entry, codes=(*link.entry.codes, "x"))),)):
        chain = (*held.chain[:place], *instead, *held.chain[place + 1 :])
        faults = prove(replace(held, chain=chain), vault, last=(held.chain[-1].n, held.chain[-1].hash)).faults
        assert any(fault.wrong is Wrong.CHAIN for fault in faults)


@pytest.mark.parametrize("n", range(1, len(StepKind) + 1))
def test_a_step_of_any_kind_that_was_taken_out_is_found(store, held, n):
    steps = [step for step in held.steps if (step.case_id, step.n) != ("0042", n)]
    faults = prove(replace(held, steps=steps), Vault(store.evidence)).faults
    assert any(fault.wrong is Wrong.MISSING and fault.where == "case 0042" for fault in faults)
