import socket

import uvicorn

from serving.server import at_once


def test_answers_of_several_workers_do_not_wait_for_the_other_side() -> None:
    """40 ms a call, with a socket that uvicorn binds beforehand for all of them."""
    config = uvicorn.Config("nobody", host="127.0.0.1", port=0, workers=2, log_level="critical")
    with at_once(config.bind_socket()) as listening:
        listening.listen(1)
        with socket.create_connection(listening.getsockname()):
            taken, _ = listening.accept()
            with taken:
                assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
