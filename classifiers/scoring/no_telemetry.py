"""Keeps the libraries that read texts from reporting to their makers.

Since 1.29 onnxruntime collects events on Linux, macOS and Windows and sends them to Microsoft, unless
ORT_DISABLE_TELEMETRY is set before it is first imported (its Privacy.md, Disabling Telemetry): then it
creates no uploader, no events, no device id and no cache. Hugging Face's libraries have variables of their
own, read when they are imported. See docs/decisions, 0009-no-telemetry.md.
"""

from __future__ import annotations

import os

SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
}
"""Environment variables and what each is set to, whatever it was before."""


def switch_off() -> None:
    """Sets the switches. Call before each import of onnxruntime or transformers."""
    os.environ.update(SWITCHES)
