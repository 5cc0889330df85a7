"""Where a post is, put right by a person, and what follows from it."""

from builders.ladder import Climb

from data.cases import StepKind


def test_where_it_is_can_be_put_right_and_stays_in_the_record():
    case = Climb(channel="manual_report")
    case.take(StepKind.PLACE, channel="whatsapp")
    assert case.case.channel == "whatsapp"
    assert case.steps[-1].facts == {"channel": "whatsapp"}


def test_a_place_that_there_is_not_and_the_one_it_has_already_are_refused():
    case = Climb(channel="facebook")
    assert case.refused(StepKind.PLACE, channel="village_noticeboard") == "facts"
    assert case.refused(StepKind.PLACE, channel="facebook") == "another_place"


def test_the_program_puts_nothing_right_by_itself():
    assert Climb().refused(StepKind.PLACE, "schoolgate", channel="x") == "actor"
