"""`schoolgate desk`: the pages of the school's people, on the demo's invented school, to look around in."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from typer import Option

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands.options import HomeOptions
from monitor.config.home import paths
from monitor.home import wiring
from monitor.terminal.output import say, say_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.applications import Starlette
    from starlette.routing import Route

    from data.store.engine.open import Store
    from monitor.config.home.context import Context

_HOST = "127.0.0.1"


def desk(
    opts: HomeOptions,
    demo: Annotated[bool, Option("--demo", help="On invented documents: anybody may be anybody.")] = False,
    port: Annotated[int, Option("--port", help="Where on this machine.", min=1024, max=65535)] = 8478,
) -> None:
    """Look around at the desk as anybody of the demo's school, without signing in. On this machine only.

    `schoolgate serve` serves the desk of your own school, at the address that `base_url` names.

    \b
    Examples:
      schoolgate desk --demo
      schoolgate desk --demo --port 8500
    """
    if not demo:
        raise InputError(
            "The desk of your school is served by ⟪serve⟫, at the address that base_url names in "
            "schoolgate.toml. To look around on invented documents: ⟪desk⟫ ⟨demo⟩"
        )
    from monitor.cli.demo.run import alone, play
    from monitor.service.web import Web
    from monitor.terminal.progress import Progress

    folder = paths.find(os.environ, opts.home).demo
    with alone(folder):
        _, config = play(folder, utc_now, Progress(quiet=True))
        here = wiring.context(replace(config, base_url=f"http://localhost:{port}"), folder)
        web = Web(demo_app(wiring.open_store(folder), lambda: here), _HOST, port, "--port")
        web.start()
        say("The desk of an invented school. Open it as one of these people, and end it with Ctrl+C:")
        say_lines(
            f"  http://localhost:{port}/as/{p.id}  {p.name} ({', '.join(p.roles)})" for p in config.people
        )
        try:
            while True:
                time.sleep(1)
        finally:
            web.stop()


def demo_app(store: Store, context: Callable[[], Context]) -> Starlette:
    """The desk, and at `/as/ID` a way in that asks for nothing: for the demo alone."""
    from monitor.desk.app import desk_app

    app = desk_app(store, context, utc_now, _sends_nothing, _sends_nothing)
    app.router.routes.insert(0, _as_anybody(store, context))
    return app


def _as_anybody(store: Store, context: Callable[[], Context]) -> Route:
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, RedirectResponse, Response
    from starlette.routing import Route

    from data.store.service.sessions import Device
    from monitor.config.home.lookup import known_person
    from monitor.desk import session

    def come_in(request: Request) -> Response:
        try:
            person = known_person(context().config, request.path_params["person"])
        except InputError as error:
            return PlainTextResponse(str(error), 404)
        with store.write("the demo") as con:
            kept = session.begin(con, person, Device.OWN, utc_now())
        answer = RedirectResponse("/", 303)
        session.keep(answer, context().links.base_url, kept, Device.OWN)
        return answer

    return Route("/as/{person}", come_in)


def _sends_nothing(_: object) -> bool:
    return False
