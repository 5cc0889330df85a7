"""Names of days and months as CLDR has them for Great Britain, in the order of the calendar.

They stand here since loading babel for them takes longer than many a command; a test holds them to babel's.
"""

from __future__ import annotations

from collections.abc import Mapping

Names = tuple[str, ...]

DAYS: Mapping[str, Mapping[str, Names]] = {
    "en": {
        "EEEE": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        "EEE": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    },
    "cy": {
        "EEEE": (
            "Dydd Llun",
            "Dydd Mawrth",
            "Dydd Mercher",
            "Dydd Iau",
            "Dydd Gwener",
            "Dydd Sadwrn",
            "Dydd Sul",
        ),
        "EEE": ("Llun", "Maw", "Mer", "Iau", "Gwen", "Sad", "Sul"),
    },
}
"""From Monday, in full and short, by CLDR’s letters for them."""
MONTHS: Mapping[str, Mapping[str, Names]] = {
    "en": {
        "MMMM": (
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ),
        "MMM": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"),
    },
    "cy": {
        "MMMM": (
            "Ionawr",
            "Chwefror",
            "Mawrth",
            "Ebrill",
            "Mai",
            "Mehefin",
            "Gorffennaf",
            "Awst",
            "Medi",
            "Hydref",
            "Tachwedd",
            "Rhagfyr",
        ),
        "MMM": ("Ion", "Chwef", "Maw", "Ebr", "Mai", "Meh", "Gorff", "Awst", "Medi", "Hyd", "Tach", "Rhag"),
    },
}
"""From January, in full and short."""
