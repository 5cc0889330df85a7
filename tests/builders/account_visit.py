"""The desk of a school whose people sign in with accounts, and the provider of these."""

from dataclasses import replace

from builders.desk import OpenDesk
from builders.fetcher import fetcher_for
from support.oidc_provider import CLIENT, SECRET, TENANT

from monitor.config.model import SignInSettings
from monitor.config.settings import Secret
from monitor.desk.sign_in.oidc import OidcSignIn

SETTINGS = {
    "microsoft": SignInSettings(provider="microsoft", tenant=TENANT, client_id=CLIENT),
    "google": SignInSettings(provider="google", domain="oakfield.example.org", client_id=CLIENT),
}


class AccountVisit(OpenDesk):
    """The desk of a school whose people have accounts there."""

    def __init__(self, home, there, **given):
        fetcher = fetcher_for(there.site, obey_robots=False)
        super().__init__(home, OidcSignIn(lambda: self.context, fetcher, authority=str(there.site)), **given)
        settings = {"sign_in": SETTINGS[there.kind], "sign_in_secret": Secret(SECRET)}
        self.context = replace(self.context, config=replace(self.context.config, **settings))
        self.there = there
        self.becomes("head")

    def becomes(self, who):
        """From now on that person signs in there."""
        self.there.claims |= {"preferred_username": self.address(who), "oid": f"oid-of-{who}"}

    def go(self, **query):
        """What the browser is told when it begins."""
        return self.browser.get("/sign-in/account", params=query)

    def through(self, **query):
        """What it is told when it comes back."""
        self.there.now = self.clock()
        return self.browser.get(
            "/sign-in/return", params=self.there.come_back(self.go(**query).headers["location"])
        )
