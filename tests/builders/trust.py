"""Six academies of an invented trust, in the register's shape: one website, two of one postcode."""

import csv

TRUST = "Brightwater Learning Trust"
COLUMNS = (
    "URN", "EstablishmentName", "EstablishmentStatus (name)", "Town", "LA (name)", "Postcode",
    "SchoolWebsite", "HeadTitle (name)", "HeadFirstName", "HeadLastName", "Trusts (name)",
)  # fmt: skip
ACADEMIES = [
    ("900101", "East Larch Academy", "ZA1 1AA", "Mrs", "Ada", "Example"),
    ("900102", "Elm Free School", "ZA2 2BB", "Mr", "Bo", "Sample"),
    ("900103", "Great Northvale Primary Academy", "ZA3 3CC", "Miss", "Cy", "Specimen"),
    ("900104", "Mill Lane Academy", "ZA1 1AA", "Mr", "Dan", "Instance"),
    ("900105", "Sir Ada Example Academy", "ZA5 5EE", "Ms", "Eve", "Case"),
    ("900106", "Thorn High School", "ZA6 6FF", "Mrs", "Ada", "Example"),
]
OTHER = ("900201", "Elm Primary School", "ZB1 1AA", "Mr", "Flo", "Other")


def a_register(folder, *, named=True):
    """The six and a school of nobody; with `named`, the column of trusts is filled."""
    path = folder / "register.csv"
    with path.open("w", newline="", encoding="cp1252") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for urn, name, postcode, *head in ACADEMIES:
            site = f"https://www.brightwater.example.org/{urn}"
            trust = TRUST if named else ""
            rows.writerow([urn, name, "Open", "Great Northvale", "Loamshire", postcode, site, *head, trust])
        urn, name, postcode, *head = OTHER
        site = "https://elm-primary.example.org/"
        rows.writerow([urn, name, "Open", "Hexley", "Arden", postcode, site, *head, ""])
    return path
