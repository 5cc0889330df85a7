"""One test of many cases, given as to pytest's parametrize, which makes a test of each: to collect, set up
and report one takes longer than most of these cases take themselves.
"""

import functools
import inspect
import reprlib


def for_each(names, cases):
    """All cases are run whatever became of those before, and each that fails is named with how."""
    named = names.replace(" ", "").split(",") if isinstance(names, str) else list(names)
    rows = list(cases)
    assert rows, "a test of nothing"

    def made(test):
        @functools.wraps(test)
        def all_of_them(**fixtures):
            faults = []
            for row in rows:
                given = dict(zip(named, [row] if len(named) == 1 else row, strict=True))
                try:
                    test(**fixtures, **given)
                except Exception as fault:  # noqa: BLE001 - the others are tried as well
                    fault.add_note(f"of the case {reprlib.repr(row)}")
                    faults.append(fault)
            if faults:
                raise ExceptionGroup(f"{len(faults)} of {len(rows)} cases", faults)

        known = inspect.signature(test).parameters.values()
        all_of_them.__signature__ = inspect.Signature([p for p in known if p.name not in named])
        return all_of_them

    return made
