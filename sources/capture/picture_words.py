"""The words on a picture, read by a model that came with the extra `ocr`.

Only in a process that can be ended: a picture is a stranger's, and reading one takes seconds and memory.
Nothing is fetched: a model that is not where it was installed is a fault.
"""

from __future__ import annotations

import io
from pathlib import Path

from data.child_process import shut_in

_MOST_PIXELS = 25_000_000
"""What a telephone's camera takes; decoded, it is 100 MB. Nothing larger is decoded."""
_FORMATS = ("PNG", "JPEG", "WEBP")
_LONGEST, _LONGEST_TO_FIND_LINES = 1600, 960
"""A telephone's screen is no longer, in pixels: more takes longer and reads no better."""


def words_on(content: bytes) -> str:
    """The lines on a picture from top to bottom; "" where there are none, or it is too large to decode."""
    shut_in()
    from PIL import Image, ImageOps

    picture = Image.open(io.BytesIO(content), formats=_FORMATS)
    if picture.width * picture.height > _MOST_PIXELS:
        return ""
    picture.draft("RGB", (_LONGEST, _LONGEST))
    picture = ImageOps.exif_transpose(picture.convert("RGB"))
    picture.thumbnail((_LONGEST, _LONGEST))  # before the models take memory of their own
    from rapidocr import RapidOCR

    return "\n".join(RapidOCR(params=_settings())(picture).txts or ())


def _settings() -> dict[str, object]:
    """Every model by its file: one that is only named would be fetched where it is missing. One thread and
    one line at a time take half the memory, and hardly longer."""
    import rapidocr

    models = Path(rapidocr.__file__).parent / "models"
    return {
        "Global.log_level": "critical",
        "Global.use_cls": False,
        "Global.max_side_len": _LONGEST,
        "Det.limit_type": "max",
        "Det.limit_side_len": _LONGEST_TO_FIND_LINES,
        "Det.model_path": str(models / "PP-OCRv6_det_small.onnx"),
        "Rec.model_path": str(models / "PP-OCRv6_rec_small.onnx"),
        "Rec.rec_batch_num": 1,
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
