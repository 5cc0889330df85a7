"""Whatever Schoolgate writes into its audit, a home that nobody touched holds, and a touched one does not."""

from dataclasses import replace

import pytest
from builders.case_desk import run
from builders.every_action import a_home_of_every_action

from data.evidence.faults import Wrong, chain_faults, step_faults
from data.evidence.vault import Vault
from data.steps.codes import StepKind
from data.store.engine.audit_actions import ACTIONS
from data.store.engine.audit_chain import Code
from monitor.act.proving import prove, read_evidence


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return a_home_of_every_action(tmp_path_factory.mktemp("every") / "home")


@pytest.fixture(scope="module")
def held(store):
    with store.open_reader() as con:
        return read_evidence(con)


def test_the_home_holds_every_act_that_the_audit_knows(held):
    assert {link.entry.action for link in held.chain} == ACTIONS
    prefixes = {code.partition(":")[0] for link in held.chain for code in link.entry.codes if ":" in code}
    assert prefixes <= set(Code)


def test_evidence_verify_finds_nothing_in_it_and_nothing_case_by_case(store):
    done = run("evidence", "verify", "--home", str(store.home))
    assert (done.code, "All holds: " in done.out) == (0, True), done.out
    for case in ("0041", "0042", "0043"):
        with store.open_reader() as con:
            assert prove(read_evidence(con, case), Vault(store.evidence), case_id=case).faults == ()


def test_a_row_of_any_action_that_was_changed_or_taken_out_is_found(store, held):
    last = held.chain[-1].n, held.chain[-1].hash
    places = {link.entry.action: place for place, link in enumerate(held.chain)}

    def without(place, *instead):
        return (*held.chain[:place], *instead, *held.chain[place + 1 :])

    def changed(place):
        link = held.chain[place]
        return without(place, replace(link, entry=replace(link.entry, codes=(*link.entry.codes, "x"))))

    touched = {(action, way): way(place) for action, place in places.items() for way in (without, changed)}
    assert len(touched) == 2 * len(ACTIONS)
    assert [which for which, chain in touched.items() if not [*chain_faults(chain, last)]] == []
    for way in (without, changed):
        faults = prove(replace(held, chain=way(3)), Vault(store.evidence), last=last).faults
        assert Wrong.CHAIN in {fault.wrong for fault in faults}


def test_a_step_of_any_kind_that_was_taken_out_is_found(held):
    for n in range(1, len(StepKind) + 1):
        left = [step for step in held.steps if (step.case_id, step.n) != ("0042", n)]
        faults = [*step_faults(left, held.chain, case_id=None)]
        assert (Wrong.MISSING, "case 0042") in {(fault.wrong, fault.where) for fault in faults}, n
