"""A server that misbehaves as a test wants."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

PAGE = b"<html><body><p>L'h\xc3\xa9bergeur ouvre.</p></body></html>"
# Answers the request for a path with a function that sends bytes.
Answer = Callable[[str, Callable[[bytes], None]], None]


def page(content: bytes = PAGE, kind: str | None = "text/html; charset=utf-8") -> bytes:
    """A whole answer."""
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\n" + (
        f"Content-Type: {kind}\r\n" if kind is not None else ""
    )
    return head.encode() + b"\r\n" + content


@contextmanager
def site(answer: Answer) -> Iterator[str]:
    """A server that sends what `answer` wants, one request a connection."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):  # The client has heard enough
            path = connection.recv(65_536).split()[1].decode()
            answer(path, connection.sendall)

    def accept() -> None:
        with suppress(OSError):  # Closed
            while True:
                threading.Thread(target=serve, args=[listening.accept()[0]], daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def drip(send: Callable[[bytes], None], piece: bytes) -> None:
    """Sends a piece every now and then, for longer than anybody should wait."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        send(piece)
        time.sleep(0.05)
