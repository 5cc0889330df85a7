"""The sheet by which a safeguarding matter is handed over to the school's own record."""
