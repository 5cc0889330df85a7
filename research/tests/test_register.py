"""The register that comes with the program is what its maker makes of the public lists."""

import pytest
from support.corpus import corpus_path

from data.register.national_lists import SHIPPED
from research.register import make_register

pytestmark = pytest.mark.corpus


def test_the_register_is_made_of_the_public_lists_to_the_byte():
    assert make_register(corpus_path("gias")) == SHIPPED.read_bytes()
