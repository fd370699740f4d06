"""Asks again what is written of a value: by a response model, without one, and in a stream; and the types of errors."""

import asyncio
import json
import re
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import AnyUrl, SecretStr, create_model
from pydantic_core._pydantic_core import list_all_errors

from exchange import exchange
from vectors import TYPES

Color = Enum("Color", {"red": "red"})
Number = Enum("Number", {"one": 1})

# The values of the matrix, by the labels of its rows, and their types.
MATRIX: dict[str, tuple[Any, Any]] = {
    "datetime naive": (datetime(2020, 1, 2, 3, 4, 5), datetime),
    "datetime us": (datetime(2020, 1, 2, 3, 4, 5, 120000), datetime),
    "datetime utc": (datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone.utc), datetime),
    "datetime +2": (datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))), datetime),
    "date": (date(2020, 1, 2), date),
    "time": (time(3, 4, 5), time),
    "time us tz": (time(3, 4, 5, 500000, tzinfo=timezone.utc), time),
    "timedelta": (timedelta(days=1, seconds=5.5), timedelta),
    "timedelta neg": (timedelta(seconds=-90), timedelta),
    "UUID": (UUID("123e4567-e89b-12d3-a456-426614174000"), UUID),
    "Decimal 1": (Decimal("1"), Decimal),
    "Decimal 1.10": (Decimal("1.10"), Decimal),
    "Decimal 1E+3": (Decimal("1E+3"), Decimal),
    "bytes": (b"abc", bytes),
    "Enum str": (Color.red, Color),
    "Enum int": (Number.one, Number),
    "set": ({1, 2, 3}, set[int]),
    "tuple": ((1, "a"), tuple[int, str]),
    "frozenset": (frozenset(["a"]), frozenset[str]),
    "float int": (1.0, float),
    "float nan": (float("nan"), float),
    "float inf": (float("inf"), float),
    "float 1e22": (1e22, float),
    "float 1e16": (1e16, float),
    "float 1e-5": (1e-5, float),
    "float 0.1+0.2": (0.1 + 0.2, float),
    "int big": (2**70, int),
    "dict int keys": ({1: 2.0}, dict[int, float]),
    "url": (AnyUrl("http://a.com"), AnyUrl),
    "secret": (SecretStr("x"), SecretStr),
    "ip": (IPv4Address("1.2.3.4"), IPv4Address),
    "path": (PurePosixPath("/a"), PurePosixPath),
    "pattern": (re.compile("a+"), re.Pattern[str]),
    "bool": (True, bool),
    "none": (None, None),
    "str uni": ("\u00e9\u2028</\x7f\x01", str),
}


async def written(app: FastAPI, path: str) -> str:
    answer = await exchange(app, "GET", path, [], None)
    return f"HTTP {answer.status}" if answer.status != 200 else answer.body.decode().rstrip("\n")


def matrix_row(value: Any, kind: Any) -> list[str]:
    """Without a model, with one, with one and a class of response, and as a line of a stream."""
    app = FastAPI()
    model = create_model("Model", v=(kind, ...))

    @app.get("/none")
    def none():
        return {"v": value}

    @app.get("/model", response_model=model)
    def by_model():
        return {"v": value}

    @app.get("/class", response_model=model, response_class=JSONResponse)
    def by_class():
        return {"v": value}

    @app.get("/lines")
    async def lines():
        yield model(v=value)

    return [asyncio.run(written(app, path)) for path in ("/none", "/model", "/class", "/lines")]


def model_rows(kind: Any, inputs: list[Any]) -> list[list[Any]]:
    app = FastAPI()
    model = create_model("Model", v=(kind, ...))
    value: Any = None

    @app.get("/", response_model=model)
    def read():
        return {"v": value}

    rows = []
    for value in inputs:
        answer = asyncio.run(exchange(app, "GET", "/", [], None))
        rows.append([value, json.loads(answer.body)["v"] if answer.status == 200 else answer.status])
    return rows


def record_answers(name: str, before: Any) -> Any:
    """The table with the rows that it has, answered anew; all types of errors."""
    if name == "serialization-matrix":
        return {label: matrix_row(*MATRIX[label]) for label in before}
    if name == "coercion-response-model":
        return {label: model_rows(TYPES[label], [sent for sent, _ in rows]) for label, rows in before.items()}
    keys = list(before[0])
    return [{key: error.get(key) for key in keys} for error in list_all_errors()]
