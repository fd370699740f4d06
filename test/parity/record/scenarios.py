"""Plays the sections of `seed/`: each module has `apps = {variant: (factory, [(method, url, options)])}`; a step ("FILE", name) reads a file."""

import asyncio
import importlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any, Callable

from exchange import content_of, exchange, expectation_of

NOTES = ("ignore", "ignore_headers", "unordered", "save", "use", "note")
# They differ from run to run.
VOLATILE = {"etag", "last-modified"}


def request_of(options: dict[str, Any], saved: dict[str, str]) -> tuple[list[tuple[str, str]], bytes | None]:
    given = options.get("headers") or []
    headers = [(name.lower(), value) for name, value in (given.items() if isinstance(given, dict) else given)]
    body, content_type = None, None
    if "json" in options:
        body, content_type = json.dumps(options["json"], ensure_ascii=False, separators=(",", ":")).encode(), "application/json"
    elif "form" in options:
        body, content_type = options["form"].encode(), "application/x-www-form-urlencoded"
    elif "raw" in options:
        body = options["raw"] if isinstance(options["raw"], bytes) else options["raw"].encode()
    names = {name for name, _ in headers}
    if content_type is not None and "content-type" not in names:
        headers.append(("content-type", content_type))
    if options.get("chunked"):
        headers.append(("transfer-encoding", "chunked"))
    elif body is not None and "content-length" not in names:
        headers.append(("content-length", str(len(body))))
    if "host" not in names:
        headers.insert(0, ("host", "testserver"))
    if options.get("use"):
        headers.append(("authorization", f"Bearer {saved[options['use']]}"))
    return headers, body


async def play(app: Any, requests: list[tuple]) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    saved: dict[str, str] = {}
    for method, url, *rest in requests:
        if method == "FILE":
            steps.append({"type": "file", "path": url, "expect": {"text": Path(url).read_bytes().decode()}})
            continue
        options = dict(rest[0]) if rest else {}
        headers, body = request_of(options, saved)
        scheme = options.get("scheme", "http")
        answer = await exchange(app, method, url, headers, body, scheme)
        path, _, query = url.partition("?")
        step: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": path,
            "query": query,
            "headers": [list(header) for header in headers],
            "body": None if body is None else content_of(body),
            "deterministic": options.get("det", True),
        }
        if scheme != "http":
            step["scheme"] = scheme
        step.update({key: options[key] for key in NOTES if options.get(key)})
        step["expect"] = expectation_of(answer)
        if answer.exception:
            step["server_exception"] = answer.exception
        if options.get("save"):
            saved[options["save"]] = step["expect"]["json"]["access_token"]
        steps.append(step)
    return steps


def stable(step: dict[str, Any]) -> dict[str, Any]:
    """What has to be the same when a step is played again."""
    if step["type"] == "file":
        return step
    step = json.loads(json.dumps(step))
    expected = step["expect"]
    if not step["deterministic"]:
        return {"method": step["method"], "path": step["path"], "status": expected["status"]}
    dropped = VOLATILE | set(step.get("ignore_headers", [])) | ({"content-length"} if step.get("ignore") else set())
    expected["headers"] = [header for header in expected["headers"] if header[0] not in dropped]
    for pointer in step.get("ignore", []):
        *keys, last = pointer.split("/")[1:]
        part = expected["json"]
        for key in keys:
            part = part[int(key) if isinstance(part, list) else key]
        part.pop(last, None)
    if step.get("use"):
        step.pop("headers")
    return step


def once(factory: Callable[[], Any], requests: list[tuple]) -> list[dict[str, Any]]:
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        try:
            return asyncio.run(play(factory(), requests))
        finally:
            os.chdir(before)


def record_section(section: str, prefix: str) -> list[dict[str, Any]]:
    """The scenarios of a section, each played twice: a difference that is not marked is an error."""
    scenarios = []
    for variant, (factory, requests) in importlib.import_module(f"seed.{section}").apps.items():
        app = ".".join(filter(None, (prefix, section, variant)))
        first, second = once(factory, requests), once(factory, requests)
        for index, (one, other) in enumerate(zip(first, second)):
            if stable(one) != stable(other):
                raise SystemExit(f"{app}, step {index}: differs from run to run. Mark what differs, or the step as not deterministic")
        scenarios.append({"app": app, "steps": first})
    return scenarios
