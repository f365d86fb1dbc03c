"""The tool `summarize` for programs that speak the Model Context Protocol (MCP).

Its inputs, its answer and its errors are those of `POST /summarize`. Needs the extra `mcp`.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import APIRouter, Request
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import ValidationError
from starlette.routing import Route

from service import __version__
from service.api.contract import problems
from service.api.contract.requests import SummarizeBody
from service.api.contract.responses import SummaryBody
from service.api.observing.logs import note_problem
from service.api.work.answers import Answer
from service.api.work.dependencies import Parts, client_of
from service.api.work.tickets import take_ticket
from service.api.work.validation import Order, validate
from service.api.work.waiting import ClientLeft, while_connected

PATH: Final = "/mcp"
# The HTTP statuses of answers. A problem of an article is a result of the tool, with status 200.
STATUSES: Final = "200 202 400 401 405 406 408 413 415 421 422 500 503".split()
TOOL: Final = "summarize"
INPUTS: Final = ("text", "html", "url", "language", "length", "headline")
_ABOUT: Final = (
    "Summarises a French tech-news article in a few sentences, in French or in English. Give the "
    "article once, as {sources}. Each sentence comes with the article's sentences behind it "
    "(evidence). Check those that are not supported, and read the warnings."
)


async def _begin_nothing() -> None:
    """Does nothing before a call: the model of a service is loaded already, or is loading."""


class SummarizeTool:
    """An MCP server with the one tool `summarize`.

    `parts` do the work. `begin` is awaited before each valid call.
    """

    def __init__(self, parts: Parts, begin: Callable[[], Awaitable[None]] = _begin_nothing) -> None:
        self._parts, self._begin = parts, begin
        self._tool = _describe_tool(parts.settings.allow_urls)
        self.server: Server[Any, Request] = Server("breve", __version__)
        self.server.request_handlers[types.ListToolsRequest] = self._list_tools
        self.server.request_handlers[types.CallToolRequest] = self._call

    async def _list_tools(self, _: types.ListToolsRequest) -> types.ServerResult:
        return types.ServerResult(types.ListToolsResult(tools=[self._tool]))

    async def _call(self, call: types.CallToolRequest) -> types.ServerResult:
        """The summary, or the problem as an error of the tool."""
        request = self.server.request_context.request  # None over standard input and output.
        identifier = problems.request_id(request) if request else ""
        try:
            return _result(await self._answer(call.params, request))
        except ValidationError as error:
            problem = problems.invalid_body(error.errors(), identifier)
        except ClientLeft:
            return _error_result("The client has left.")  # Nobody reads this.
        except Exception as error:
            problem, _ = problems.report_error(error, identifier)
        if request:
            note_problem(request.scope, problem.code)
        return _error_result(problem.detail)

    async def _answer(self, call: types.CallToolRequestParams, request: Request | None) -> Answer:
        """The answer to a call, within its deadline and only while the client waits.

        Raises what the routes of the service raise.
        """
        if call.name != TOOL:
            detail = f"There is no tool of this name; the only one is {TOOL}."
            raise problems.ApiError(404, "not_found", detail)
        order = validate(self._parts, SummarizeBody.model_validate(call.arguments or {}))
        await self._begin()
        self._parts.answers.check(order.request)
        if request is None:
            return await self._finish(order)
        await self._parts.limit.take(client_of(request), 1)
        return await while_connected(request, self._finish(order))

    async def _finish(self, order: Order) -> Answer:
        ticket = await take_ticket(self._parts, order)
        return await self._parts.answers.wait(ticket)


def _describe_tool(with_url: bool) -> types.Tool:
    """The description of the tool for clients and their models."""
    sources = "`text`, `html` or `url`" if with_url else "`text` or `html`"
    return types.Tool(
        name=TOOL,
        title="Summarise a French article",
        description=_ABOUT.format(sources=sources),
        inputSchema=_input_schema(with_url),
        outputSchema=SummaryBody.model_json_schema(),
        annotations=types.ToolAnnotations(readOnlyHint=True, openWorldHint=with_url),
    )


def _input_schema(with_url: bool) -> dict[str, Any]:
    """The schema of those fields of `POST /summarize` that the tool has."""
    schema = SummarizeBody.model_json_schema()
    names = [name for name in INPUTS if with_url or name != "url"]
    return {
        "type": "object",
        "properties": {name: schema["properties"][name] for name in names},
        "additionalProperties": False,
        "$defs": schema["$defs"],
    }


def _result(answer: Answer) -> types.ServerResult:
    """The summary as an object, and as the same JSON for clients that read texts only."""
    text = types.TextContent(type="text", text=answer.json.decode())
    result = types.CallToolResult(content=[text], structuredContent=json.loads(answer.json))
    return types.ServerResult(result)


def _error_result(detail: str) -> types.ServerResult:
    text = types.TextContent(type="text", text=detail)
    return types.ServerResult(types.CallToolResult(content=[text], isError=True))


def make_manager(parts: Parts) -> StreamableHTTPSessionManager:
    """Makes the manager that answers MCP over HTTP. It runs as long as the application.

    There are no sessions: each request gets one JSON answer. The guards of `entry` have checked
    its host and its body. A second list of hosts could only disagree.
    """
    return StreamableHTTPSessionManager(
        SummarizeTool(parts).server,
        json_response=True,
        stateless=True,
        security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        max_request_body_size=parts.settings.max_body_bytes,
    )


def router(manager: StreamableHTTPSessionManager) -> APIRouter:
    """The route of the protocol, which has a contract of its own."""
    # Without sessions there is nothing to listen to (GET) or to end (DELETE).
    route = Route(PATH, manager.asgi_app, methods=["POST"], include_in_schema=False)
    return APIRouter(routes=[route])
