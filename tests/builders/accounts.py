"""A desk whose settings stand in a file: a school with own accounts, an odd post, and a written policy."""

from dataclasses import replace
from datetime import timedelta

from builders.config import a_person
from builders.desk import OpenDesk
from builders.mention import NOW, a_batch, a_mention, a_run, a_verdict, an_alert, save
from builders.page import BASE, links_of

from data.types import Policy
from monitor.config.load import load_file

SETTINGS = f"""
base_url = "{BASE}"

[[schools]]
urn = "900001"
name = "Oakfield Primary School"
[schools.ladder]
first_assessor = "it_lead"

{a_person("head", "Alex Reed", "head")}
{a_person("it", "Jo Fern", "it_lead")}
{a_person("chair", "Kit Marsh", "chair")}
{a_person("dsl", "Ash Holt", "dsl")}
{a_person("vale", "Sam Vale", "staff")}
[[sources]]
id = "own"
kind = "own.page"
url = "https://oakfield.example.sch.uk/"
name = "School website"
own = true
[[sources]]
id = "town"
kind = "feed"
url = "https://town.example.org/feed"

# as the governors agreed
[[policies]]
title = "Social media policy"
version = "3"
review_due = 2026-09-01

[[accounts]]
id = "page"
name = "Our page"
staff = ["it", "gone-since", "Ms J Example"] # two are needed
"""


class AccountsDesk(OpenDesk):
    """The desk of that school."""

    def __init__(self, home, **given):
        super().__init__(home, **given)
        self.path_of_settings = home / "schoolgate.toml"
        self.path_of_settings.write_text(SETTINGS, encoding="utf-8")
        config = self.settings()
        self.context = replace(self.context, config=config, links=links_of(config.people))
        odd = a_mention("odd")
        batch = a_batch(
            odd, verdicts=[a_verdict(odd, content_class="C14")], story_id="s-odd",
            run=a_run("own", NOW, notice=True), alerts=[an_alert("s-odd", content_class="C14")],
        )  # fmt: skip
        fair = a_batch(a_mention("fair"), run=a_run("own", NOW + timedelta(hours=1), notice=False))
        with self.store.write("test") as con:
            save(con, batch, now=NOW, policy=Policy())
            save(con, fair, now=NOW, policy=Policy())

    def settings(self):
        return load_file(self.path_of_settings, {})

    def person(self, who):
        return next(p for p in self.settings().people if p.id == who)
