"""Asks again for each type and input of the coercion tables."""

import asyncio
import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from ipaddress import IPv4Address
from typing import Annotated, Any, Literal, Union
from urllib.parse import quote
from uuid import UUID

from fastapi import Body, FastAPI, Query
from pydantic import AnyUrl, EmailStr, HttpUrl, Json, SecretStr

from exchange import exchange

ABSENT = "<<absent>>"

Color = Enum("Color", {"red": "red", "green": "green"}, type=str)
Number = IntEnum("Number", {"one": 1, "two": 2})

TYPES: dict[str, Any] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "datetime": datetime,
    "date": date,
    "time": time,
    "timedelta": timedelta,
    "UUID": UUID,
    "Decimal": Decimal,
    "bytes": bytes,
    "Enum(str)": Color,
    "IntEnum": Number,
    "Literal[a,b]": Literal["a", "b"],
    "Literal[1,2]": Literal[1, 2],
    "list[int]": list[int],
    "list[str]": list[str],
    "set[int]": set[int],
    "set[str]": set[str],
    "tuple[int,str]": tuple[int, str],
    "dict[int,float]": dict[int, float],
    "dict[str,int]": dict[str, int],
    "Union[int,str]": Union[int, str],
    "Union[int,float]": Union[int, float],
    "Union[int,bool]": Union[int, bool],
    "Union[float,str]": Union[float, str],
    "Union[date,datetime]": Union[date, datetime],
    "Union[UUID,int,str]": Union[UUID, int, str],
    "int|None": int | None,
    "str|None": str | None,
    "EmailStr": EmailStr,
    "HttpUrl": HttpUrl,
    "AnyUrl": AnyUrl,
    "IPv4Address": IPv4Address,
    "SecretStr": SecretStr,
    "Any": Any,
    "Json": Json,
}


def outcome_of(status: int, body: bytes, loc: list[str]) -> dict[str, Any]:
    if status == 500:
        return {"status": 500}
    answer = json.loads(body)
    if status == 200:
        return {"ok": answer}
    errors = []
    for error in answer["detail"]:
        suffix = error["loc"][len(loc) :]
        errors.append(
            {"type": error["type"], "msg": error["msg"]}
            | ({"loc_suffix": suffix} if suffix else {})
            | ({"ctx": error["ctx"]} if "ctx" in error else {})
        )
    return {"errors": errors}


async def strings(kind: Any, inputs: list[Any]) -> list[list[Any]]:
    app = FastAPI()

    @app.get("/")
    def read(value: Annotated[kind, Query()]):
        return value

    rows = []
    for sent in inputs:
        url = "/" if sent == ABSENT else f"/?value={quote(sent, safe='')}"
        answer = await exchange(app, "GET", url, [], None)
        rows.append([sent, outcome_of(answer.status, answer.body, ["query", "value"])])
    return rows


async def values(kind: Any, inputs: list[Any]) -> list[list[Any]]:
    app = FastAPI()

    @app.post("/")
    def read(value: Annotated[kind, Body()]):
        return value

    rows = []
    for sent in inputs:
        body = b"" if sent == ABSENT else json.dumps(sent).encode()
        answer = await exchange(app, "POST", "/", [("content-type", "application/json")], body)
        rows.append([sent, outcome_of(answer.status, answer.body, ["body"])])
    return rows


def record_table(name: str, before: dict[str, Any]) -> dict[str, Any]:
    """The table with the inputs that it has, answered anew."""
    ask = {"coercion-strings": strings, "coercion-json": values}[name]
    return {"types": {label: asyncio.run(ask(TYPES[label], [sent for sent, _ in rows])) for label, rows in before["types"].items()}}
