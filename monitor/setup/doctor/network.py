"""Checks of the network around Schoolgate: its proxy, and the authorities it adds."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from monitor.config.load import Config
from monitor.home import wiring
from monitor.setup.doctor.findings import Finding, fault, ok, sentence, warn
from monitor.setup.doctor.settings import closed_to_others
from sources.http.aborted import FetchAborted
from sources.http.address_guard import Resolve, system_resolve, target_of
from sources.http.proxy import MAY_ENTER, SIGN_IN, led_on
from sources.http.sockets import Deadline, tls_context

WAIT_S = 5.0
"""So long the proxy may take to answer."""
_NAME_IT = "schoolgate set network.proxy"
_SET_FOR_OTHERS = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")


def network(config: Config, env: Mapping[str, str], resolve: Resolve = system_resolve) -> list[Finding]:
    """What is in the way out. The proxy is asked for a connection to one place that we read, no more."""
    return [*_authorities(config), *_password(config), *_proxy(config, env, resolve)]


def _authorities(config: Config) -> Iterator[Finding]:
    file = config.network.ca_file
    if file is None:
        return
    try:
        tls_context(str(file))
    except OSError:
        what = f"{file}, which [network] names as “ca_file”, is not there or holds no certificate."
        remedy = "Ask whoever runs the web filter for its authority as a PEM file (“BEGIN CERTIFICATE”)."
        yield fault("network", what, remedy)
        return
    yield ok("network", f"The authorities in {file} are trusted too.")


def _password(config: Config) -> Iterator[Finding]:
    table = config.network
    if table.proxy_user and table.proxy_password is None:
        what = "[network] names a “proxy_user”, and its password is not there or cannot be read."
        remedy = (
            "Set the variable of “proxy_password_env”, or write it into the file of “proxy_password_file”."
        )
        yield fault("network", what, remedy)
    elif table.password_file and not closed_to_others(table.password_file):
        what = "Others on this machine may read the file that holds the proxy's password."
        remedy = "Close it: chmod 600, then the file that [network] names as “proxy_password_file”."
        yield warn("network", what, remedy)


def _proxy(config: Config, env: Mapping[str, str], resolve: Resolve) -> Iterator[Finding]:
    proxy = wiring.way_out(config.network)
    if proxy is None:
        named = next((name for name in _SET_FOR_OTHERS if env.get(name)), None)
        if named:
            what = f"{named} names a proxy for other programs; Schoolgate does not use it."
            yield warn("network", what, "If nothing else leads out, name it", _NAME_IT)
        return
    place = next((s.url for s in config.sources if not s.disabled and s.url.startswith("https:")), None)
    try:
        target = target_of(place) if place else None
        led_on(proxy, target, resolve, Deadline(time.monotonic, WAIT_S), WAIT_S)
    except FetchAborted as stop:
        yield _refused(stop.detail)
    else:
        yield ok("network", f"The proxy answers ({proxy.host}, port {proxy.port}).")


def _refused(detail: str) -> Finding:
    if detail == SIGN_IN:
        what, _, remedy = detail.partition(": ")
        return fault("network", f"{what}.", f"{remedy[0].upper()}{remedy[1:]}")
    what, _, remedy = detail.partition(". ")
    if remedy == MAY_ENTER:
        return fault("network", f"{what}.", "Ask whoever runs the network, or correct the proxy", _NAME_IT)
    return warn("network", sentence(what), remedy or "Look again later, or ask whoever runs the network.")
