"""What people write down of own accounts and of written policies: who may, and what is kept."""

from datetime import date
from unittest.mock import patch

import pytest
from builders.accounts import AccountsDesk

from data.errors import SchoolgateError
from data.steps.acts import Done, Refused
from data.store import sources as source_store
from monitor.act import accounts
from monitor.act.accounts import NEW, log_action, row_hash, save_account, save_policy
from monitor.config.home.lookup import run_accounts

HIDDEN = {"source": "own", "school": "900001", "action": "hidden", "reason": "names a pupil"}


@pytest.fixture
def desk(tmp_path):
    return AccountsDesk(tmp_path)


@pytest.fixture(scope="module")
def as_it_was(tmp_path_factory):
    """The same for those who may change nothing of it."""
    return AccountsDesk(tmp_path_factory.mktemp("accounts"))


def save(desk, shown, values, who="it", act=save_account):
    return act(desk.store, desk.settings(), desk.person(who), shown, values, desk.clock())


def log(desk, who="dsl", **said):
    return log_action(desk.store, desk.settings(), desk.person(who), HIDDEN | said, desk.clock())


def logged(desk):
    with desk.store.open_reader() as con:
        return source_store.list_log(con, ["own", "town"])


def page(desk):
    return row_hash(desk.settings().accounts[0])


def test_an_account_is_entered_with_its_staff_by_id_and_others_by_name(desk):
    given = {"name": "YouTube", "staff": ["jo fern", "Ms J Example"], "since": date(2026, 9, 1)}
    assert save(desk, NEW, given) == Done("youtube")
    found = desk.settings().accounts[1]
    assert (found.name, found.staff, found.since) == ("YouTube", ("it", "Ms J Example"), date(2026, 9, 1))


def test_a_change_leaves_the_comments_of_the_file_and_is_audited(desk):
    assert save(desk, page(desk), {"purpose": "News"}) == Done("page")
    assert desk.settings().accounts[0].purpose == "News"
    text = desk.path_of_settings.read_text()
    assert "# two are needed" in text
    assert "# as the governors agreed" in text
    assert desk.audited("account_changed") == [("account_changed", "it", "page")]


def test_a_closed_account_needs_nobody_and_stays_in_the_register(desk):
    (run,) = run_accounts(desk.settings())
    assert (run.staff, run.gone) == (("Jo Fern", "Ms J Example"), ("gone-since",)), (
        "who has left runs it no more"
    )
    save(desk, page(desk), {"staff": ["it"]})
    assert [run.short for run in run_accounts(desk.settings())] == [True]
    save(desk, page(desk), {"closed_on": date(2026, 11, 20)})
    assert [run.short for run in run_accounts(desk.settings())] == [False]
    assert save(desk, page(desk), None) == Done("page")
    assert desk.settings().accounts == (), "one that was never the school's is taken out"


def test_what_is_refused_changes_nothing(as_it_was):
    desk = as_it_was
    before = desk.path_of_settings.read_text()
    for who, values, guard, wanted in (
        ("chair", {"purpose": "News"}, "office", ""), ("dsl", None, "office", ""),
        ("it", {"staff": ["jo"]}, "nobody", ""), ("it", {"url": "facebook"}, "value", "url"),
        ("it", {"since": "31.2.2026"}, "value", "since"),
        ("it", {"schools": ["Oakfield Primary"]}, "value", "schools"),
    ):  # fmt: skip
        refused = save(desk, page(desk), values, who)
        assert isinstance(refused, Refused)
        assert (refused.guard, refused.wanted) == (guard, wanted)
    assert desk.path_of_settings.read_text() == before
    assert desk.audited("account_changed") == []


def test_of_two_who_change_the_same_account_the_second_is_told(desk):
    shown, before = page(desk), desk.settings()
    save(desk, shown, {"purpose": "News"})
    assert save(desk, shown, {"purpose": "Sports"}).guard == "moved"
    meanwhile = save_account(desk.store, before, desk.person("it"), shown, None, desk.clock())
    assert meanwhile.guard == "moved"
    assert desk.settings().accounts[0].purpose == "News"


def test_a_file_that_cannot_be_written_is_said_to_be_so(as_it_was):
    desk = as_it_was
    with patch.object(accounts, "edit", side_effect=SchoolgateError("it belongs to another account")):
        refused = save(desk, page(desk), {"purpose": "News"})
    assert (refused.guard, refused.reason) == ("file", "it belongs to another account")


def test_a_review_is_written_down_by_who_owns_the_policy(desk):
    shown = row_hash(desk.settings().policies[0])
    values = {"version": "4", "review_due": date(2027, 9, 1), "owner": "Alex Reed"}
    assert isinstance(save(desk, shown, values, "chair", save_policy), Done)
    (policy,) = desk.settings().policies
    assert (policy.version, policy.review_due, policy.owner) == ("4", date(2027, 9, 1), "head")
    assert save(desk, row_hash(policy), values, "dsl", save_policy).guard == "office"
    save(desk, NEW, {"title": "Complaints policy"}, "head", save_policy)
    assert [p.title for p in desk.settings().policies] == ["Social media policy", "Complaints policy"]
    assert save(desk, NEW, {"title": ""}, "head", save_policy).guard == "value"


def test_what_was_done_is_kept_with_its_reason_and_who_did_it(desk):
    assert log(desk, url=" https://oakfield.example.sch.uk/7 ") == Done(made=False)
    (entry,) = logged(desk)
    assert (entry.person_id, entry.action, entry.reason) == ("dsl", "hidden", "names a pupil")
    assert entry.url == "https://oakfield.example.sch.uk/7"
    assert log(desk, url="https://forum.example.org/fair?utm_source=x") == Done(made=True), "fair criticism"


def test_what_is_not_said_whole_or_not_theirs_to_say_is_not_kept(as_it_was):
    for said in ({"source": "town"}, {"school": "900002"}, {"who": "vale"}):
        assert log(as_it_was, **said).guard == "source"
    for said in ({"action": "burnt"}, {"reason": " "}):
        assert log(as_it_was, **said).guard in said
    assert logged(as_it_was) == []
