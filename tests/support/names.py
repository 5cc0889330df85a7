"""A name server of ours for a command that runs in a process of its own: real names lead to this machine.

    alex = Technician(home, answers, more=named(folder, {"smtp.gmail.com": office.port}, office.authority))

Every other name that is not this machine's is unknown at once, so nothing is asked outside. Whoever signed
for the servers is trusted as this machine's own authority.
"""

import json

from support.checkout import paths

_PATCH = """
import json, os, socket
places, real = json.loads(os.environ["SERVERS_OF_OURS"]), socket.getaddrinfo
def getaddrinfo(host, port, *given, **more):
    if host in places:
        return real("127.0.0.1", places[host], *given, **more)
    if host not in (None, "localhost", "127.0.0.1", "::1"):
        raise socket.gaierror(socket.EAI_NONAME, "not known here")
    return real(host, port, *given, **more)
socket.getaddrinfo = getaddrinfo
"""


def named(folder, places, authority=None):
    """What has to stand in the environment of the command."""
    (folder / "names").mkdir()
    (folder / "names" / "sitecustomize.py").write_text(_PATCH)
    given = {"PYTHONPATH": paths(folder / "names"), "SERVERS_OF_OURS": json.dumps(dict(places))}
    if authority is not None:
        authority.cert_pem.write_to_path(str(folder / "names" / "authority.pem"))
        given["SSL_CERT_FILE"] = str(folder / "names" / "authority.pem")
    return given
