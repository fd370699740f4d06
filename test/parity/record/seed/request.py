from fastapi import FastAPI, Body
from pydantic import BaseModel
from typing import Annotated


class Item(BaseModel):
    name: str = "test data model"
    description: str | None = None
    price: float = 123
    tax: float | None = None


def make():
    app = FastAPI()

    @app.post("/items/")
    async def create_item(item: Item, importance: Annotated[int, Body()]):
        return item

    @app.post("/items/single/")
    async def create_single(item: Item):
        return item

    @app.post("/items/embedded/")
    async def create_embedded(item: Annotated[Item, Body(embed=True)]):
        return item

    return app


p = lambda u, j, **k: ("POST", u, {"json": j, **k})
r = lambda u, t, ct="application/json": ("POST", u, {"raw": t, "headers": ([("content-type", ct)] if ct else [])})
apps = {
    "": (
        make,
        [
            p("/items/", {"item": {"name": "a", "price": 1}, "importance": 5}),
            p("/items/", {"item": {}, "importance": 5}),
            p("/items/", {"item": {"price": "not float"}, "importance": "x"}),
            p("/items/", {"item": {"price": "12.5", "tax": None}, "importance": "7"}),
            p("/items/", {}),
            p("/items/", []),
            p("/items/", {"item": None, "importance": None}),
            p("/items/", {"item": [], "importance": 1.5}),
            p("/items/", {"item": {"name": None}, "importance": True}),
            p("/items/", {"item": {"name": 5, "description": ["x"], "price": None, "tax": {}}, "importance": []}),
            p("/items/", {"item": {"extra": 1}, "importance": 1, "more": 2}),
            ("POST", "/items/", {}),
            p("/items/single/", {"name": "x"}),
            p("/items/single/", {"price": True}),
            p("/items/single/", None),
            p("/items/single/", "s"),
            p("/items/single/", 5),
            r("/items/single/", '{"name": "x",}'),
            r("/items/single/", '{"name": "x"'),
            r("/items/single/", "{'name': 1}"),
            r("/items/single/", '{"price": 1e2, "name": "\\u00e9"}'),
            r("/items/single/", '{"name":"x"}', "text/plain"),
            r("/items/single/", '{"name":"x"}', None),
            r("/items/single/", '{"name":"x"}', "application/vnd.api+json"),
            r("/items/single/", '{"name":"x"}', "application/json; charset=utf-8"),
            r("/items/single/", '{"name":"a","name":"b"}'),
            r("/items/single/", ""),
            r("/items/single/", "   "),
            p("/items/embedded/", {"item": {"name": "e"}}),
            p("/items/embedded/", {"name": "e"}),
            p("/items/embedded/", {"item": {"tax": "x"}}),
            ("GET", "/openapi.json"),
        ],
    )
}
import json as _json
from pydantic import ValidationError
from fastapi import FastAPI as _F


def check():
    # "error handling": the model used by hand, its ValidationError shown
    app = _F()

    @app.post("/check/")
    async def check(values: Annotated[dict, Body()]):
        try:
            return {"ok": True, "item": Item(**values)}
        except ValidationError as e:
            return {"ok": False, "count": e.error_count(), "errors": _json.loads(e.json(include_url=False))}

    return app


apps[""][1].extend(
    [
        p("/items/", {"item": {"name": ""}, "importance": 0}),
        p("/items/", {"item": {"price": "1e3"}, "importance": -3}),
        p("/items/", {"item": {"price": " 1.5 "}, "importance": " 5 "}),
        p("/items/", {"item": {"price": ""}, "importance": ""}),
        p("/items/", {"item": {"price": False, "tax": True}, "importance": False}),
        p("/items/", {"item": {"tax": "x", "price": "y", "description": 1, "name": False}, "importance": {}}),
        p("/items/", {"item": {"name": "a"}, "importance": 5.0}),
        p("/items/", {"item": {"name": "a"}, "importance": "5.0"}),
        p("/items/", {"item": {"name": "a"}, "importance": "5.5"}),
        p("/items/", {"item": "x", "importance": 1}),
        p("/items/", {"item": {"price": "inf"}, "importance": 1}),
        p("/items/", {"importance": 1}),
        p("/items/", {"item": {}}),
        p("/items/", {"name": "a", "importance": 1}),
        p("/items/", None),
        p("/items/", "x"),
        p("/items/", 5),
        p("/items/", True),
        p("/items/", [{"item": {}}]),
        r("/items/", "item=1&importance=5", "application/x-www-form-urlencoded"),
        r("/items/", '{"item":{"price":NaN},"importance":1}'),
        r("/items/", '{"item":{"price":123456789012345678901234567890},"importance":123456789012345678901234567890}'),
        r("/items/single/", b"\xff\xfe"),
        r("/items/single/", b'\xef\xbb\xbf{"name":"bom"}'),
        r("/items/single/", '{"name":"\\ud83d\\ude00"}'),
        r("/items/single/", '{"name":"x"} trailing'),
        r("/items/single/", "[1,2"),
        r("/items/single/", "nul"),
        r("/items/single/", '{"name":"x"}', "APPLICATION/JSON"),
        r("/items/single/", '{"name":"x"}', "application/octet-stream"),
        r("/items/single/", '{"name":"x"}', ""),
        r("/items/single/", '{"name":"x"}', "application/jsonx"),
        ("GET", "/items/single/"),
        ("PUT", "/items/", {"json": {}}),
        ("POST", "/items", {"json": {"item": {}, "importance": 1}}),
        ("POST", "/nope/", {"json": {}}),
    ]
)
apps["check"] = (
    check,
    [
        p("/check/", {}),
        p("/check/", {"price": "not float"}),
        p("/check/", {"price": "1.5", "tax": "x", "name": None}),
        p("/check/", {"name": "a", "description": "d", "price": 1, "tax": 2}),
        p("/check/", {"price": {}, "description": 5}),
        p("/check/", {"extra": 1}),
        p("/check/", []),
        ("GET", "/openapi.json"),
    ],
)
apps[""][1].insert(-2, ("POST", "/items/single/"))
