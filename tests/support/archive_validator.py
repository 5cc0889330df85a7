"""For the process that forks runs of `wacz validate`: all that the first of them would load."""

from __future__ import annotations

import frictionless
import jsonschema.validators  # noqa: F401
import wacz.main  # noqa: F401

assert frictionless.system.plugins  # looks for each of its parts once
