"""The comments and examples of the `schoolgate.toml` that `init` writes, part by part."""

from data.errors import as_typed

HEAD = """\
# Schoolgate's configuration. Lines that begin with “#” are comments: remove the “#” to use one.
# Every key is explained by: schoolgate docs configuration. After a change: schoolgate doctor
# No password stands in this file; see [mail] at its end.
"""

DAY = ("08:45", "15:15")
DAYS = as_typed(
    """\
# The digest comes on school days, the governors' report in term. Without terms, every weekday that is no
# bank holiday counts.
# terms = [{ first = 2026-09-02, last = 2026-10-23 }, { first = 2026-11-02, last = 2026-12-18 }]
# INSET days and other days without pupils:
# closed = [2026-09-01, 2027-01-04]
# Children's social care outside office hours, for an alarm about a child that nobody answers:
# social_care = "01632 960 777"
# When its day begins and ends, for “after school” in a post:
{day}

# What your own policy says of removals; each has a default: ⟪docs⟫ policies
# [schools.ladder]
# first_assessor = "it_lead"
# support = "Counselling by our employee helpline, 01632 960 001."
# complaints_url = "https://oakfield.example.sch.uk/complaints"
"""
)

TRUST = as_typed(
    """\
# The trust itself: what is said of it, and of no school of it in particular, is told to its people. Those are
# whoever has no “schools” below, and whoever has schools = ["trust"]: there the head is the chief executive,
# and the chair the chair of trustees: ⟪docs⟫ trust
[trust]
name = {name}
# aliases = ["BLT"]
# chief = "Mrs C Example"
"""
)

PEOPLE = """\
# ------------------------------------------------------------------------------------ people
# Who is told, and who may be meant. One person may hold several roles:
#   head, deputy_head, dsl, deputy_dsl, chair, vice_chair, governor, slt, staff, it_lead, dpo,
#   press, la_contact, trust_contact
# Two people should hold each of dsl and head (deputies count), and one the chair: whoever is the
# subject of a matter is not told of it.
"""

PEOPLE_EXAMPLES = """\
# [[people]]
# id = "head"
# name = "Mrs A Example"
# roles = ["head"]
# email = "head@example.sch.uk"

# [[people]]
# id = "dsl"
# name = "Mr B Example"
# roles = ["dsl"]
# email = "dsl@example.sch.uk"
# An email does not wake anybody. Where a short message reaches this person at night (apprise: ntfy,
# a text message gateway, Teams, Slack) goes in an environment variable, or in a file that only you can read:
# chat_env = "SCHOOLGATE_CHAT_DSL"
# chat_file = "chat-dsl"

# [[people]]
# id = "deputy-dsl"
# name = "Ms C Example"
# roles = ["deputy_dsl", "deputy_head"]
# email = "deputy@example.sch.uk"

# [[people]]
# id = "chair"
# name = "Dr D Example"
# roles = ["chair"]
# email = "chair@example.org"
"""

REST = """\
# ------------------------------------------------------------------------------------ the rest

[policy]
# Whose decision is asked first: head, it_lead, …
first_assessor = "head"
# Days that plain criticism is kept; after that only counts.
criticism_days = 30

# The mail server. Without it messages wait, and a scan says how many.
# [mail]
# host = "smtp.example.org"
# port = 587
# security = "starttls"
# sender = "schoolgate@example.sch.uk"
# user = "schoolgate@example.sch.uk"
# The password stands in an environment variable, or in a file that only you can read:
# password_env = "SCHOOLGATE_SMTP_PASSWORD"
# password_file = "smtp-password"

# Sign-in with the accounts that people have at Microsoft or Google, beside the code by mail. Needs base_url.
# What has to be registered there: schoolgate docs microsoft-365, schoolgate docs google-workspace
# [sign_in]
# provider = "microsoft"
# tenant = "0000aaaa-1111-bbbb-2222-cccc3333dddd"
# client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
# secret_file = "sign-in-secret"

# The daily digest of the leadership team, on school days. excerpts = "news" keeps to the words of news
# articles, "none" to no words of any post.
[digest]
at = "07:30"
excerpts = "public"

# The service, schoolgate serve: where it says how it is, and where the pages behind links are served
# for a web server in front that speaks TLS (schoolgate docs reaching).
# [serve]
# health_port = 9477
# listen = "127.0.0.1:8477"
# Who has this address is told every 5 minutes that posts are read and judged, and tells you when that ends
# (schoolgate docs service). Treat it as a secret: heartbeat_env or heartbeat_file keep it out of this file.
# heartbeat_url = "https://beats.example.org/your-check"

# Who uses the commands on this machine, by id. If neither this nor --as PERSON names anybody, commands show
# that a matter is there and how it stands, but no words. If you look after the machine and are not one of the
# people above, leave it like that: you will see what you need. It is not a log-in: anyone who can use this
# account can name anybody.
# [cli]
# me = "head"

# The day the data protection impact assessment was signed; collecting should not begin before.
# [dpia]
# recorded_on = 2026-09-01

# The policies this work rests on, so that their review is not forgotten.
# [[policies]]
# title = "Social media policy"
# version = "3"
# approved_on = 2025-09-01
# review_due = 2026-09-01
"""

NETWORK_WORDS = as_typed(
    """\
# Behind a proxy, or a web filter that reads encrypted pages (⟪docs⟫ configuration):
"""
)

NETWORK = """\
# [network]
# proxy = "http://proxy.example.sch.uk:8080"
# ca_file = "filter-ca.pem"
"""

SOURCES = """\
# ----------------------------------------------------------------------------------- sources
# Where to look. One with a line “disabled” is off, and that line says why. For each there is a command:
#   schoolgate source test ID      what it brings now
#   schoolgate source pause ID     switch it off; source resume ID switches it on again
#   schoolgate source add ADDRESS  another place, by the address of any page of it
# Every kind of place, what it sees and what its terms allow: schoolgate docs sources
"""

UNTRIED = """\
# None of these has been tried yet, as nothing could be reached when this was written. Each scan asks first
# whether a site allows it (robots.txt). To try one: schoolgate source test ID
"""

SOURCES_EXAMPLES = """\
# The local paper: look for the feed's address at the foot of its pages.
# [[sources]]
# id = "local-paper"
# kind = "feed"
# url = "https://paper.example.org/news/rss.xml"
# name = "The local paper"

# The school's own page at a review site: all that is there is about the school.
# [[sources]]
# id = "reviews"
# kind = "reviews.schema_org"
# url = "https://reviews.example.org/the-school"
# channel = "school_review_site"
# listing = true
"""
