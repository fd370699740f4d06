"""Exchanges with an ASGI application at its own boundary: paths, repeated headers and bytes go through untouched."""

import asyncio
import base64
import json
from typing import Any
from urllib.parse import unquote_to_bytes

Header = tuple[str, str]


def content_of(data: bytes) -> dict[str, str]:
    """Bytes as they stand in a recording."""
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


class Answer:
    """What an application has sent."""

    status: int
    headers: list[list[str]]
    body: bytes
    exception: str | None = None


async def exchange(app: Any, method: str, url: str, headers: list[Header], body: bytes | None, scheme: str = "http") -> Answer:
    """Sends one request, and waits until the application is done with it."""
    path, _, query = url.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": unquote_to_bytes(path).decode("utf-8", "replace"),
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": scheme,
        "query_string": query.encode("latin-1"),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "client": ("127.0.0.1", 50000),
        "server": ("testserver", 443 if scheme == "https" else 80),
        "state": {},
    }
    answer = Answer()
    chunks: list[bytes] = []
    answered = asyncio.Event()
    has_sent = False

    async def receive() -> dict[str, Any]:
        nonlocal has_sent
        if not has_sent:
            has_sent = True
            return {"type": "http.request", "body": body or b"", "more_body": False}
        await answered.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = [[name.decode("latin-1").lower(), value.decode("latin-1")] for name, value in message["headers"]]
        elif message["type"] == "http.response.body":
            chunks.append(message.get("body", b""))
            if not message.get("more_body"):
                answered.set()

    try:
        await app(scope, receive, send)
    except Exception as error:  # the answer has been sent: a server would log this
        answer.exception = type(error).__name__
    # As on the wire.
    answer.body = b"" if method == "HEAD" else b"".join(chunks)
    return answer


def expectation_of(answer: Answer) -> dict[str, Any]:
    """An answer as it stands in a recording."""
    expected: dict[str, Any] = {"status": answer.status, "headers": answer.headers}
    content_type = dict(map(tuple, answer.headers)).get("content-type", "")
    if "json" in content_type and "jsonl" not in content_type and answer.body:
        return {**expected, "json": json.loads(answer.body)}
    return {**expected, "body": content_of(answer.body)}
