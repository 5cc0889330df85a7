"""The same words at several schools of a trust: a line in each matter, for whoever reads both."""

from __future__ import annotations

import pytest
