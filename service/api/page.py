"""Serves the page: the files of `service.web`.

Its headers keep a browser from loading anything from elsewhere.
"""

import hashlib
from dataclasses import dataclass
from importlib import resources
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.routing import BaseRoute, Route

INDEX: Final = "index.html"
FOLDER: Final = "web"
MEDIA_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",  # The page sends with fetch only.
        "frame-ancestors 'none'",
        # Browsers that know this directive refuse innerHTML and the like.
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Browsers ask each time, and mostly get a 304. So none mixes old files with new ones after
    # an update.
    "Cache-Control": "no-cache",
}


@dataclass(frozen=True)
class PageFile:
    """One file, read when the application is made.

    Its ETag is a digest of its content. Starlette's StaticFiles makes the ETag of time and size,
    but builders of container images give all files the same time.
    """

    content: bytes
    media_type: str

    async def answer(self, request: Request) -> Response:
        """The file, or 304 if the client has it."""
        tag = f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'
        headers = {**HEADERS, "ETag": tag}
        known = request.headers.get("if-none-match", "")
        if tag in (part.strip().removeprefix("W/") for part in known.split(",")):
            return Response(status_code=304, headers=headers)
        return Response(self.content, media_type=self.media_type, headers=headers)


def page_files() -> dict[str, PageFile]:
    """The files of the page by their paths; `/` is the page itself."""
    files: dict[str, PageFile] = {}
    for entry in resources.files("service.web").iterdir():
        media_type = MEDIA_TYPES.get(entry.name.rpartition(".")[2])
        if media_type is not None:
            path = "/" if entry.name == INDEX else f"/{FOLDER}/{entry.name}"
            files[path] = PageFile(entry.read_bytes(), media_type)
    return files


def router() -> APIRouter:
    """The routes of the page, which are no part of the contract."""
    routes: list[BaseRoute] = [
        Route(path, file.answer, include_in_schema=False) for path, file in page_files().items()
    ]
    return APIRouter(routes=routes)
