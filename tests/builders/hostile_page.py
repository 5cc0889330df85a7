"""A page that tries everything to reach somewhere else, who it would reach, and the drawing of a post."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from builders.capture import AUTHOR, STYLE, TEXT, thread
from builders.fetcher import NOW

from data.types import Response
from sources.capture.browser import DrawingJob, find_browser

CHROMIUM = find_browser(None)
URL = "https://forum.example.org/t/1"


def job(text: str | None = None, words: str = TEXT, **given: object) -> DrawingJob:
    written = thread() if text is None else text
    style = Response("https://forum.example.org/f.css", 200, (("content-type", "text/css"),), STYLE, NOW)
    return DrawingJob(
        Response(URL, 200, (("content-type", "text/html; charset=utf-8"),), written.encode(), NOW),
        f"{URL}#p2",
        words,
        AUTHOR,
        {style.url: style},
        **given,
    )  # type: ignore[arg-type]


@contextmanager
def recorder():
    """Whatever connects is noted: its first bytes, whether they are HTTP or not."""
    met: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(0.5)
            try:
                met.append(self.request.recv(200))
            except OSError:
                met.append(b"")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    told.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}", met
    finally:
        server.shutdown()
        server.server_close()
        told.join()


def hostile(to: str, within: str = "") -> str:
    """Everything a page without scripts, or with them, may do to reach somewhere else."""
    pixel = "data:image/png;base64,iVBORw0KGgo="
    return thread(
        f"""{within}<img src="http://{to}/img"><img srcset="http://{to}/srcset 2x" src="{pixel}">
        <picture><source srcset="http://{to}/source"><img alt=""></picture><video src="http://{to}/video"
        poster="http://{to}/poster" autoplay></video><audio src="http://{to}/audio" autoplay></audio>
        <iframe src="http://{to}/frame"></iframe><iframe srcdoc="<img src=http://{to}/srcdoc>"></iframe>
        <object data="http://{to}/object"></object><embed src="http://{to}/embed">
        <svg><image href="http://{to}/svg"/></svg><input type="image" src="http://{to}/input">
        <form action="http://{to}/form"></form><a ping="http://{to}/ping" href="http://{to}/a">a</a>
        <div style="background:url(http://{to}/background)">.</div>
        <script>new WebSocket("ws://{to}/ws"); fetch("http://{to}/fetch"); new Image().src="http://{to}/js";
        new RTCPeerConnection({{iceServers: [{{urls: "stun:{to}"}}]}});</script>""",
        f"""<meta http-equiv="refresh" content="0; url=http://{to}/refresh">
        <link rel="stylesheet" href="http://{to}/css"><link rel="prefetch" href="http://{to}/prefetch">
        <link rel="preload" as="image" href="http://{to}/preload"><link rel="icon" href="http://{to}/icon">
        <link rel="dns-prefetch" href="//{to}"><link rel="preconnect" href="http://{to}">
        <link rel="manifest" href="http://{to}/manifest"><link rel="modulepreload" href="http://{to}/module">
        <style>@import url(http://{to}/import); @font-face {{font-family: f; src: url(http://{to}/font)}}
        body {{font-family: f; cursor: url(http://{to}/cursor), auto; list-style: url(http://{to}/list)}}
        </style><script src="http://{to}/script"></script>
        <script type="speculationrules">{{"prefetch": [{{"urls": ["http://{to}/rules"]}}]}}</script>""",
    )
