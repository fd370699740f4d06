"""Asks the app of the edge cases again: odd bodies, content types, parameters, errors and security headers."""

import asyncio
import base64
from typing import Annotated, Any

from fastapi import Body, Cookie, Depends, FastAPI, File, Form, Header, HTTPException, Path, Query, Security, UploadFile
from fastapi.security import (
    APIKeyCookie,
    APIKeyHeader,
    APIKeyQuery,
    HTTPBasic,
    HTTPBearer,
    HTTPDigest,
    OAuth2,
    OAuth2AuthorizationCodeBearer,
    OAuth2PasswordBearer,
    OAuth2PasswordRequestForm,
    OAuth2PasswordRequestFormStrict,
    OpenIdConnect,
)
from fastapi.security.http import HTTPBase
from pydantic import BaseModel

from exchange import content_of, exchange


class Sub(BaseModel):
    x: int


class Item(BaseModel):
    name: str
    price: float
    tags: list[str] = []
    sub: Sub | None = None
    d: dict[str, Sub] | None = None


class P(BaseModel):
    model_config = {"extra": "forbid"}
    a: int
    b: list[str] = []


def add_bodies(app: FastAPI) -> None:
    @app.post("/item")
    def item(item: Item):
        return item

    @app.post("/item-opt")
    def item_opt(item: Item | None = None):
        return item

    @app.post("/two")
    def two(item: Item, user: Sub):
        return {"item": item, "user": user}

    @app.post("/two-opt")
    def two_opt(item: Item, imp: Annotated[int, Body(gt=0)]):
        return {"item": item, "imp": imp}

    @app.post("/embed")
    def embed(item: Annotated[Item, Body(embed=True)]):
        return item

    @app.post("/scalar")
    def scalar(n: Annotated[int, Body()]):
        return n

    @app.post("/scalar-null")
    def scalar_null(n: Annotated[int | None, Body()]):
        return n

    @app.post("/scalar-null-embed")
    def scalar_null_embed(n: Annotated[int | None, Body(embed=True)]):
        return n

    @app.post("/list")
    def items(items: list[Item]):
        return items

    @app.post("/dict")
    def weights(weights: dict[int, float]):
        return weights

    @app.post("/union")
    def union(either: Item | Sub):
        return either


def add_forms(app: FastAPI) -> None:
    @app.post("/form")
    def form(a: Annotated[str, Form()], b: Annotated[int, Form()] = 3):
        return [a, b]

    @app.post("/fm")
    def model(p: Annotated[P, Form()]):
        return p

    @app.post("/file")
    def file(f: Annotated[bytes, File()]):
        return len(f)

    @app.post("/upload")
    def upload(f: UploadFile):
        return f.filename

    @app.post("/uploads")
    def uploads(f: list[UploadFile]):
        return [one.filename for one in f]


def add_parameters(app: FastAPI) -> None:
    @app.get("/p/{item_id}")
    def bounds(
        item_id: Annotated[int, Path(ge=1, le=10)],
        size: Annotated[float, Query(gt=0, lt=10.5)],
        q: Annotated[str, Query(alias="item-query", min_length=3, max_length=5, pattern="^nice")],
    ):
        return {"item_id": item_id, "size": size, "q": q}

    @app.get("/order/{z}")
    def order(b: Annotated[int, Body()], q: int, h: Annotated[int, Header()], c: Annotated[int, Cookie()], z: int):
        return {"z": z, "q": q, "body": b}

    def inner(dq: int):
        return dq

    @app.get("/depord")
    def depord(q: int, d: Annotated[int, Depends(inner)], q2: int):
        return {"q": q, "q2": q2, "d": d}

    @app.get("/qm")
    def query_model(p: Annotated[P, Query()]):
        return p

    @app.get("/h")
    def header(x_token: Annotated[str, Header()], user_agent: Annotated[str | None, Header()] = None):
        return [x_token, user_agent]

    @app.get("/hl")
    def header_list(x_token: Annotated[list[str], Header()]):
        return x_token

    @app.get("/c")
    def cookie(ads_id: Annotated[str, Cookie()]):
        return ads_id


ERRORS: dict[str, Exception] = {
    "str": HTTPException(404, "Item not found", {"X-Error": "There goes my error"}),
    "dict": HTTPException(400, {"a": [1, 2]}),
    "304": HTTPException(304),
    "500": RuntimeError("boom"),
    "unicode": HTTPException(400, 'é☃"<>'),
}


def add_answers(app: FastAPI) -> None:
    @app.get("/e/{k}")
    def error(k: str):
        raise ERRORS[k]

    @app.get("/path/{p:path}")
    def path(p: str):
        return p

    @app.get("/slash/")
    def slash():
        return 1

    @app.get("/noslash")
    def noslash():
        return 1

    @app.post("/noslash")
    def post_noslash():
        return 1

    @app.get("/float/{f:float}")
    def number(f: float):
        return f

    @app.get("/none")
    def none():
        return None

    @app.get("/rm", response_model=Item)
    def wrong():
        return {"name": "a", "price": "x"}

    @app.get("/ret")
    def returned() -> Item:
        return Item(name="a", price=1)

    @app.get("/r/x")
    def get_x():
        return 1

    @app.put("/r/x")
    def put_x():
        return 1


SCHEMES: dict[str, Any] = {
    "api": APIKeyHeader(name="x-key"),
    "apiq": APIKeyQuery(name="k"),
    "apic": APIKeyCookie(name="k"),
    "basic": HTTPBasic(),
    "basicr": HTTPBasic(realm="simple"),
    "bearer": HTTPBearer(),
    "dig": HTTPDigest(),
    "base": HTTPBase(scheme="Other"),
    "o2": OAuth2PasswordBearer(tokenUrl="token"),
    "oc": OAuth2AuthorizationCodeBearer(authorizationUrl="a", tokenUrl="t"),
    "oid": OpenIdConnect(openIdConnectUrl="/o"),
    "o2b": OAuth2(),
}


def add_scheme(app: FastAPI, name: str, scheme: Any) -> None:
    @app.get(f"/sec/{name}")
    def secured(value: Annotated[Any, Security(scheme)]):
        return value


def fields_of(form: OAuth2PasswordRequestForm) -> dict[str, Any]:
    names = ("grant_type", "username", "password", "scopes", "client_id", "client_secret")
    return {name: getattr(form, name) for name in names}


def add_security(app: FastAPI) -> None:
    for name, scheme in SCHEMES.items():
        add_scheme(app, name, scheme)

    @app.post("/token")
    def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
        return fields_of(form)

    @app.post("/token-strict")
    def token_strict(form: Annotated[OAuth2PasswordRequestFormStrict, Depends()]):
        return fields_of(form)


def edge_app() -> FastAPI:
    app = FastAPI()
    for add in (add_bodies, add_forms, add_parameters, add_answers, add_security):
        add(app)
    return app


# What the test does not ask: the document of routes of which there are no cases.
KEPT = {"Docs endpoints"}


async def asked(app: FastAPI, request: dict[str, Any]) -> dict[str, Any]:
    body = request["body"]
    content = None if body is None else base64.b64decode(body["base64"]) if "base64" in body else body["text"].encode()
    headers = [("host", "testserver"), *map(tuple, request["headers"])]
    if content is not None and not any(name == "content-length" for name, _ in headers):
        headers.append(("content-length", str(len(content))))
    answer = await exchange(app, request["method"], request["path"], headers, content)
    return {"status": answer.status, "headers": sorted(answer.headers), "body": content_of(answer.body)}


def record_edges(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cases that there are, answered anew."""
    app = edge_app()
    return [case if case["group"] in KEPT else {**case, "response": asyncio.run(asked(app, case["request"]))} for case in cases]
