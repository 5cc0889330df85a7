"""Data that has got out, fraud in the school's name, and pictures that parents put up of others' children."""

from builders.verdict import fired, judged, scores
from support.for_each import for_each
from support.sentences import rows, sentences

from classifiers.verdicts.by_people import apply_report
from data.evidence.handed_in import Says, Whom
from data.judged import may_picture_a_child
from data.types import About, Route, Severity

TEXTS = sentences("signals/data_fraud_pictures")
RAISED = {Severity.TODAY, Severity.THIS_HOUR}


@for_each(("out", "within"), rows(TEXTS["data_has_got_out"]))
def test_data_that_has_got_out_is_confidential_and_for_today_and_its_like_within_school_is_not(out, within):
    found = judged(out, scores("safeguarding", 0.6))
    assert (found.content_class, found.severity, found.route) == ("C1", Severity.TODAY, Route.REQUEST_REMOVAL)
    assert not found.restricted
    assert judged(within).content_class == "C0"


@for_each(("cheats", "pays"), rows(TEXTS["somebody_cheats"]))
def test_fraud_is_for_today_and_what_is_honestly_paid_is_not(cheats, pays):
    found = judged(cheats)
    assert found.severity in RAISED
    assert found.content_class in ("C12", "C13")
    assert judged(pays).severity not in RAISED


@for_each(("of_others", "other"), rows(TEXTS["pictures_of_other_peoples_children"]))
def test_pictures_of_others_children_are_the_leads_and_no_file_of_them_is_taken(of_others, other):
    found = judged(of_others)
    assert (found.content_class, found.restricted, found.accuses) == ("C10", True, ())
    assert may_picture_a_child(found)
    assert judged(other).severity not in RAISED


def test_pupils_data_is_about_pupils_also_where_only_the_reporter_says_so():
    assert judged("The SEN list is going round.").about is About.PUPIL
    of_others = judged("The staff payroll is going round.")
    assert of_others.about is not About.PUPIL
    found = apply_report(of_others, Says(about=Whom.CHILDREN))
    assert found.about is About.PUPIL
    assert "pupils_data_out" in {reason.code for reason in found.reasons}
    calm = judged("The fair was lovely.")
    assert apply_report(calm, Says(about=Whom.CHILDREN)).about is calm.about


def test_danger_beside_it_stays_danger():
    text = "The SEN list is going round, and there is a bomb in the school."
    assert judged(text).route is Route.POLICE_NOW
    assert "pupils_data_out" in fired(text)


@for_each(
    ("text", "model"),
    [
        ("The staff contact list was posted on facebook. Ellie told me her dad hits her with a belt.", {}),
        ("Her EHCP was put on the class facebook group. Since then she has been cutting herself.", {}),
        (
            "A fake invoice came by email and we paid it. Her stepdad comes in at night.",
            {"abuse__safeguarding": 0.95},
        ),
    ],
)
def test_a_childs_disclosure_beside_it_reaches_the_lead(text, model):
    found = judged(text, scores(**model))
    assert (found.content_class, found.route) == ("C10", Route.SAFEGUARDING)
    assert found.severity in RAISED
