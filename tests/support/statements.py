"""What is asked of the store."""


class CountedStatements:
    """A connection that keeps what it was asked."""

    def __init__(self, con):
        self.con = con
        self.asked = []

    def execute(self, sql, given=None):
        self.asked.append(" ".join(sql.split()))
        return self.con.execute(sql, given)

    def __getattr__(self, name):
        return getattr(self.con, name)
