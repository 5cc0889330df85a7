"""People by school out of a table: what their roles may be called."""

from dataclasses import replace
from itertools import product

from support.for_each import for_each

from alerts.wording.cases import office
from data.types import Role, School
from data.words.say import words
from monitor.setup.people_table import roles_named


@for_each("nation", ["england", "wales", "scotland", "northern_ireland"])
def test_each_role_is_known_by_its_title_in_the_nation_and_its_name_in_the_file(nation):
    kinds = (School("", ""), School("", "", phase="16 plus"), School("own-acorn", "Acorn Nursery"))
    for role, kind in product(Role, kinds):
        title = office(role, replace(kind, nation=nation), words("en"))
        assert roles_named(title, nation) == roles_named(role.value, nation) == (role,)
    assert roles_named("Owner", nation) == (Role.CHAIR,)
