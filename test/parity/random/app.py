"""Serves FastAPI apps that are made of descriptions: `python app.py FILE`. Prints the versions and the port. App N answers below `/N`."""

import enum
import inspect
import json
import logging
import math
import re
import socket
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from importlib.metadata import version
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Any, Literal, Optional, Union
from uuid import UUID

import uvicorn
from fastapi import Body, Cookie, FastAPI, File, Form, Header, Query, UploadFile
from fastapi import Path as PathParameter
from pydantic import AnyUrl, BaseModel, ConfigDict, EmailStr, Field, HttpUrl, Json, TypeAdapter, create_model

SIMPLE: dict[str, Any] = {
    "int": int,
    "float": float,
    "str": str,
    "bool": bool,
    "datetime": datetime,
    "offset_datetime": datetime,
    "offset_time": time,
    "date": date,
    "time": time,
    "timedelta": timedelta,
    "uuid": UUID,
    "decimal": Decimal,
    "email": EmailStr,
    "http_url": HttpUrl,
    "any_url": AnyUrl,
    "ipv4": IPv4Address,
    "bytes": bytes,
    "any": Any,
    "json": Json,
    "file": UploadFile,
}
CONSTRAINTS = ("ge", "gt", "le", "lt", "multiple_of", "min_length", "max_length", "pattern", "allow_inf_nan", "max_digits", "decimal_places")
PLACES = {"path": PathParameter, "query": Query, "header": Header, "cookie": Cookie, "body": Body, "form": Form, "file": File}


class Types:
    """The types of one app."""

    def __init__(self, models: list[dict[str, Any]]) -> None:
        self.enums: dict[str, Any] = {}
        self.models: dict[str, Any] = {}
        for model in models:
            fields = {field["name"]: self.field(field) for field in model["fields"]}
            config = ConfigDict(extra=model["extra"]) if model.get("extra") else None
            self.models[model["name"]] = create_model(model["name"], __config__=config, **fields)

    def field(self, field: dict[str, Any]) -> tuple[Any, Any]:
        options = {"alias": field["alias"]} if "alias" in field else {}
        annotation = self.of(field["type"])
        default = self.default(field)
        return annotation, Field(default, **options)

    def default(self, field: dict[str, Any]) -> Any:
        if "default" not in field:
            return ...
        kind = field["type"]
        while kind["k"] == "nullable":
            kind = kind["of"]
        value = field["default"]
        return self.enums[kind["name"]](value) if kind["k"] == "enum" and value is not None else value

    def of(self, kind: dict[str, Any]) -> Any:
        base = self.base(kind)
        constraints = {name: kind[name] for name in CONSTRAINTS if name in kind}
        return Annotated[base, Field(**constraints)] if constraints else base

    def base(self, kind: dict[str, Any]) -> Any:
        name = kind["k"]
        if name in SIMPLE:
            return SIMPLE[name]
        if name == "enum":
            values = kind["values"]
            if kind["name"] not in self.enums:
                members = {f"m{index}": value for index, value in enumerate(values)}
                self.enums[kind["name"]] = enum.IntEnum(kind["name"], members) if isinstance(values[0], int) else enum.Enum(kind["name"], members, type=str)
            return self.enums[kind["name"]]
        if name == "literal":
            return Literal[tuple(kind["values"])]
        if name == "list":
            return list[self.of(kind["of"])]
        if name == "set":
            return set[self.of(kind["of"])]
        if name == "tuple":
            return tuple[tuple(self.of(item) for item in kind["of"])]
        if name == "dict":
            return dict[self.of(kind["key"]), self.of(kind["value"])]
        if name == "nullable":
            return Optional[self.of(kind["of"])]
        if name == "union":
            union = Union[tuple(self.of(item) for item in kind["of"])]
            return Annotated[union, Field(discriminator=kind["discriminator"])] if "discriminator" in kind else union
        return self.models[kind["name"]]


def plain(value: Any) -> Any:
    """What JSON has of a value."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, (list, tuple)) else value


async def echo(annotation: Any, value: Any) -> Any:
    if isinstance(value, list) and value and hasattr(value[0], "filename"):
        return [await echo(annotation, item) for item in value]
    if hasattr(value, "filename"):
        content = await value.read()
        return {"filename": value.filename, "size": value.size, "content": content.decode("latin-1")}
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, list) and value and isinstance(value[0], bytes):
        return [item.decode("latin-1") for item in value]
    return plain(TypeAdapter(annotation).dump_python(value, mode="json", by_alias=True, warnings=False))


def endpoint_of(route: dict[str, Any], types: Types) -> Any:
    parameters, annotations = [], {}
    for given in route["parameters"]:
        annotation = types.of(given["type"])
        annotations[given["name"]] = annotation
        options = {"alias": given["alias"]} if "alias" in given else {}
        if given.get("embed"):
            options["embed"] = True
        place = PLACES[given["in"]](**options)
        default = types.default(given)
        parameters.append(
            inspect.Parameter(
                given["name"],
                inspect.Parameter.KEYWORD_ONLY,
                annotation=Annotated[annotation, place],
                default=inspect.Parameter.empty if default is ... else default,
            )
        )

    if "response" in route:
        # The body, unseen by any model, so that the response model is what sees it first.
        async def endpoint(**values: Any) -> Any:
            return values["body"]
    else:
        async def endpoint(**values: Any) -> Any:
            return {name: await echo(annotations[name], value) for name, value in values.items()}

    endpoint.__name__ = route["name"]
    endpoint.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    endpoint.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return endpoint


def app_of(description: dict[str, Any]) -> FastAPI:
    types = Types(description["models"])
    app = FastAPI()
    for route in description["routes"]:
        options = {}
        if "response" in route:
            response = route["response"]
            options = {f"response_model_{name}": True for name in ("exclude_unset", "exclude_defaults", "exclude_none") if response.get(name)}
            if response.get("by_name"):
                options["response_model_by_alias"] = False
            options["response_model"] = types.of(response["type"])
        app.add_api_route(route["path"], endpoint_of(route, types), methods=[route["method"]], status_code=route["status"], **options)
    return app


def fault_of(error: Exception) -> dict[str, Any]:
    """What went wrong in FastAPI itself. A 422 that could not be written is the context of the error: these are its issues."""
    cause = error if hasattr(error, "errors") else error.__context__
    issues = cause.errors() if cause is not None and hasattr(cause, "errors") else None
    named = [{name: issue[name] for name in ("type", "loc", "msg")} for issue in issues] if issues is not None else None
    return {"type": type(error).__name__, "message": str(error)[:200], "issues": named}


class Apps:
    """
    Hands a request to the app whose number its path begins with, as if it had been sent to that app alone.
    The answer to a request at which the app fails says how it failed.
    """

    def __init__(self, apps: list[FastAPI]) -> None:
        self.apps = apps

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        number = re.match(r"/(\d+)", scope["path"])
        assert number is not None
        length = len(number[0])
        raw = scope["raw_path"][length:] or b"/"
        start: dict[str, Any] = {}
        content = bytearray()

        async def keep(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                content.extend(message.get("body", b""))

        try:
            await self.apps[int(number[1])]({**scope, "path": scope["path"][length:] or "/", "raw_path": raw}, receive, keep)
        except Exception as error:
            text = content.decode()
            content[:] = json.dumps({"text": text, "fault": fault_of(error)}).encode()
            start["headers"] = [(name, value) for name, value in start["headers"] if name != b"content-length"]
            start["headers"] += [(b"content-length", str(len(content)).encode()), (b"parity-fault", b"1")]
        await send(start)
        await send({"type": "http.response.body", "body": bytes(content)})


def main(file: Path) -> None:
    apps = Apps([app_of(description) for description in json.loads(file.read_text())])
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    config = uvicorn.Config(apps, log_level="critical", lifespan="off", access_log=False)
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    print(json.dumps({package: version(package) for package in ("fastapi", "starlette", "pydantic", "python-multipart", "email-validator")}), flush=True)
    main(Path(sys.argv[1]))
