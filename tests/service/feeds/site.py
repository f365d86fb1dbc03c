"""A local site with feeds that tests write: what is at each path, and what was asked for."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Headers = dict[str, str]


@dataclass
class Answer:
    """What a path answers. `stream` writes the body in place of `body`, and may do so for long."""

    body: bytes = b""
    kind: str = "application/xml"
    status: int = 200
    headers: Headers = field(default_factory=dict)
    stream: Callable[[Callable[[bytes], Any]], None] | None = None


@dataclass
class Site:
    """A running site. `asked` has the path and headers of each request."""

    url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, Headers]] = field(default_factory=list)

    def put(self, path: str, text: str | bytes, kind: str = "application/xml", **more: Any) -> str:
        """Puts a document at a path, and returns its address."""
        body = text.encode() if isinstance(text, str) else text
        self.answers[path] = Answer(body.replace(b"{url}", self.url.encode()), kind, **more)
        return self.url + path


@contextmanager
def serving() -> Iterator[Site]:
    """A site on a free port of this machine."""
    site = Site("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            answer = site.answers.get(self.path, Answer(b"", "text/plain", 404))
            etag = answer.headers.get("ETag")
            if etag and self.headers.get("If-None-Match") == etag:
                answer = Answer(b"", answer.kind, 304, answer.headers)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.stream is None and answer.status != 304:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            with suppress(OSError):  # The client has read enough.
                if answer.stream is not None:
                    answer.stream(self.wfile.write)
                else:
                    self.wfile.write(answer.body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
