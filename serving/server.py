"""The server: uvicorn workers at one address of this machine."""

import os
import socket
from contextlib import ExitStack, suppress
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from serving.jobs.process import working
from serving.settings import VARIABLE, Settings
from supervision.errors import CargoworthyError

_SHARED = "PROMETHEUS_MULTIPROC_DIR"  # as in serving.metrics, which must not be imported before
_FINISHING = 30
"""Seconds that calls in flight are given at the end."""
_PATIENCE = 60
"""Seconds after which a worker that says nothing is replaced; loading the model takes some."""


def run(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until told to stop.

    Parameters
    ----------
    settings : Settings
    host : str
        Name or address to listen on.
    port : int
    workers : int
        Processes that answer; each makes an application of its own.

    Raises
    ------
    CargoworthyError
        If the address cannot be listened on.
    """
    check_address(host, port)
    os.environ[VARIABLE] = settings.model_dump_json()
    with ExitStack() as stack:
        if workers > 1:
            folder = TemporaryDirectory(prefix="cargoworthy-metrics-")
            os.environ[_SHARED] = stack.enter_context(folder)
        if settings.jobs.work:
            stack.enter_context(working())
        asked: dict[str, Any] = {
            # Named, not made here: with several workers this process only watches over them.
            "app": "serving.app:from_environment",
            "factory": True,
            "host": host,
            "port": port,
            "workers": workers,
            "access_log": False,
            "server_header": False,
            "timeout_graceful_shutdown": _FINISHING,
            "timeout_worker_healthcheck": _PATIENCE,
        }
        if workers == 1:
            uvicorn.run(**asked)
        else:
            config = uvicorn.Config(**asked)
            with suppress(KeyboardInterrupt):
                Multiprocess(config, sockets=[at_once(config.bind_socket())]).run()


def at_once(listening: socket.socket) -> socket.socket:
    """Let what is written to a socket's connections go at once.

    Of a socket that was bound beforehand, asyncio does not see that it is TCP and leaves this out;
    then the end of each answer waits 40 ms for the other side's receipt of its beginning.
    """
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def check_address(host: str, port: int) -> None:
    """Try an address before any worker starts, so that a fault is told in one line.

    Raises
    ------
    CargoworthyError
        If it is no address of this machine, or somebody listens there already.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise CargoworthyError(
            f"expected an address of this machine as --host, found {host!r:.60} "
            f"({error.strerror}); try 127.0.0.1"
        ) from error
    family, kind, _, _, address = found[0]
    with socket.socket(family, kind) as probe:
        try:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
        except OSError as error:
            raise CargoworthyError(
                f"expected a free address, found that {host}:{port} cannot be used "
                f"({error.strerror}); stop what listens there, or choose another with --port"
            ) from error
