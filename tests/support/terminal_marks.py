"""What can be seen of a text, and what cannot."""

import unicodedata

KEPT = ("\n", "\t")


def unseen(text):
    """What a reader cannot see in it: controls, marks of direction, no width. Emoji are put aside first."""
    for whole in WHOLE:
        text = text.replace(whole, "")
    return [c for c in text if c not in KEPT and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


WHOLE = (
    "👨‍👩‍👧‍👦", "👩🏽‍🏫", "❤️‍🔥", "🏳️‍🌈", "🏴‍☠️", "🙂‍↔️", "👨🏻‍❤️‍💋‍👨🏿",
    "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "☺️", "1️⃣",
)  # fmt: skip
