"""Decide who may know, who may act and who is told: the one place that answers it.

Make the `matter` of a case, a story, an alert or an account first, then ask: `knowing.access` how much of it
a person may know (WORDS, STATUS, that it EXISTS, NOTHING: answer as for an id that was never given),
`acts.who_may` who does what, `recipients` who is told. `offices` holds the tables, facts.toml that of facts.
A person of another school is answered NOTHING; `data/` stores what came of it and decides nothing.
"""
