"""Who may know, who may act, who is told: the one place that answers it.

Make the matter first, then ask. `school`, `people` and `policy` are the configured ones (`Config.school`,
`Config.people`, `Config.profile`); a person of another school is answered NOTHING.

    from alerts.access.matter import matter_of_account, matter_of_case, matter_of_story
    from alerts.access.knowing import Access, access, access_of_all, access_unnamed, reads_whole

    matter = matter_of_case(case, school, policy)
    matter = matter_of_story(verdicts, alert_or_none, school, people, policy, asked=asked)
    matter = matter_of_account(school, actor)

    access(person, matter, people) is Access.WORDS        # show it; STATUS: how far it is; EXISTS: “with the
    DSL” access(person, matter, people) is Access.NOTHING      # answer as for an id that was never given
    access_of_all(person, matters, people)                # lists, search, shell completion
    access_unnamed(matter, people)                        # no --as: STATUS at most reads_whole(person,
    matter, people)                   # a locked matter with names and dates

    from alerts.access.acts import Act, missing_offices, wanted_offices, who_may

    person in who_may(Act.WORK, matter, people)           # open, note, capture, ask
    who_may(Act.DECIDE, matter, people)                   # “ask …”; empty: nobody can, so name
    wanted_offices(matter, people)                        # these offices in the settings
    missing_offices(school, people, policy)               # doctor: in which matters nobody could decide

    from alerts.access.matter import matter_to_raise
    from alerts.access.recipients import asked_next, leadership, recipients

`offices` holds the table; `data/` stores what came of it and decides nothing.
"""
