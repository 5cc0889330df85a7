"""`benchmarks/house.py` over the whole product."""

import runpy

from support.checkout import ROOT

TOOL = runpy.run_path(str(ROOT / "benchmarks" / "house.py"))


def test_every_ceiling_is_of_a_figure_that_is_measured():
    measured = {*TOOL["sizes"](ROOT)}
    measured |= {f"{act}_{what}" for act in ("scan", "today") for what in ("files", "functions")}
    assert TOOL["read_ceilings"](ROOT).keys() == measured
