"""DuckDB, without what its package adds for other libraries: nothing here uses that, and loading it takes
longer than most commands.

`_duckdb` is the package's own part, and no promise of it. Where it lacks what is used here, there is the
package, which is the same and slower.
"""

from typing import TYPE_CHECKING

__all__ = ["duckdb"]

if TYPE_CHECKING:
    import duckdb
else:
    try:
        import _duckdb as duckdb

        _USED = (duckdb.connect, duckdb.DuckDBPyConnection, duckdb.Statement, duckdb.Error)
    except (ImportError, AttributeError):
        import duckdb
