"""py3langid, loaded where it is first needed and let go when idle: it holds some 60 MB.

Of its 142 languages it is asked only about those that are likely here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_KNOWN = (
    "en", "cy", "ga", "gd", "pl", "ro", "ur", "pa", "bn", "so", "ar", "pt", "es", "lt", "uk", "fr", "de",
    "it", "tr", "hu", "sk", "cs", "bg", "lv", "nl", "tl", "sq", "gu", "hi", "ta", "zh", "fa", "ku", "ru",
)  # fmt: skip


def identified(text: str) -> tuple[str, float]:
    """The likeliest of the languages it is asked about, as ISO 639 code, and how sure it is, 0..1."""
    code, sure = _identifier().classify(text)
    return str(code), float(sure)


def let_go() -> None:
    """Frees what it holds until the next text that needs it."""
    _identifier.cache_clear()


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    whole = LanguageIdentifier.from_model_file(MODEL_FILE)
    whole.set_languages(_KNOWN)
    few = whole.nb_ptc, whole.nb_pc, whole.nb_classes
    return LanguageIdentifier(*few, whole.tk_nextmove, whole.tk_output, norm_probs=True, tk_row=whole.tk_row)
