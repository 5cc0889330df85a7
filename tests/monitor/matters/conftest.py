"""A home of a school that is opened once for a file of tests, and is empty for each; and its settings."""

import pytest
from builders.digest import LONG_AGO, OFF, a_config, a_home, ran
from builders.kept_open import emptied, kept_open


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with kept_open(a_home(tmp_path_factory.mktemp("opened"))) as found:
        yield found


@pytest.fixture
def store(opened, tmp_path):
    with emptied(opened, tmp_path) as found:
        yield found
    ran(opened, OFF.id, LONG_AGO)


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    return a_config(tmp_path_factory.mktemp("config"))
