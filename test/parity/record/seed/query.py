from fastapi import FastAPI, Query
from typing import Annotated

db = [{"item_name": "Foo"}, {"item_name": "Bar"}, {"item_name": "Baz"}]


def make():
    app = FastAPI()

    @app.get("/items/")
    async def read_item(skip: int = 0, limit: int = 10):
        return db[skip : skip + limit]

    @app.get("/items/list/")
    async def read_item_list(q: Annotated[list[str], Query()] = ["fool", "bar"]):
        return {"q": q}

    @app.get("/items/1/")
    async def read_item1(q: Annotated[str | None, Query(min_length=3, max_length=50, pattern="^nice", deprecated=True)] = None):
        r = {"items": [{"item_id": "Foo"}, {"item_id": "Bar"}]}
        if q:
            r.update({"q": q})
        return r

    @app.get("/items/2")
    async def read_item2(q: Annotated[str | None, Query(alias="item-query")] = None):
        r = {"items": [{"item_id": "Foo"}, {"item_id": "Bar"}]}
        if q:
            r.update({"q": q})
        return r

    return app


g = lambda u, **k: ("GET", u, k)
apps = {
    "": (
        make,
        [
            g("/items/"),
            g("/items/?skip=1"),
            g("/items/?skip=0&limit=2"),
            g("/items/?limit=1&skip=2"),
            g("/items/?skip=x"),
            g("/items/?skip=1.5&limit=y"),
            g("/items/?skip=%201%20"),
            g("/items/?skip=1.0"),
            g("/items/?skip=1_0"),
            g("/items/?skip="),
            g("/items/?skip=1&skip=2"),
            g("/items/?skip=+1"),
            g("/items/?skip=99999999999999999999999"),
            g("/items/?unknown=1"),
            g("/items/?skip=true"),
            g("/items/list/"),
            g("/items/list/?q=a"),
            g("/items/list/?q=a&q=b%20c&q="),
            g("/items/list/?q=a,b"),
            g("/items/list/?q[]=a"),
            g("/items/1/"),
            g("/items/1/?q=ni"),
            g("/items/1/?q=nice"),
            g("/items/1/?q=notnice"),
            g("/items/1/?q=" + "nice" + "x" * 46),
            g("/items/1/?q=" + "nice" + "x" * 47),
            g("/items/1/?q="),
            g("/items/1/?q=%F0%9F%98%80%F0%9F%98%80"),
            g("/items/1/?q=nice&q=no"),
            g("/items/2?item-query=z"),
            g("/items/2?q=z"),
            g("/items/2?item-query="),
            g("/items/2"),
            g("/openapi.json"),
            ("POST", "/items/", {}),
        ],
    )
}
apps[""][1].extend(
    [
        g("/items/?skip=-1"),
        g("/items/?limit=-1"),
        g("/items/?limit=0"),
        g("/items/?skip=3"),
        g("/items/?skip=2&limit=100"),
        g("/items/?skip"),
        g("/items/?limit=&skip="),
        g("/items/?SKIP=1"),
        g("/items/?skip=1;limit=1"),
        g("/items/?skip=null"),
        g("/items/?skip=0x1"),
        g("/items/?skip=1e0"),
        g("/items/?skip=%D9%A1"),
        g("/items/?skip=-0"),
        g("/items/?skip=01"),
        g("/items/?skip=%2B1"),
        g("/items/?&&skip=1&"),
        g("/items/?skip[]=1"),
        g("/items/?skip=x&skip=1"),
        g("/items/?skip=1&skip=x"),
        g("/items/list/?q="),
        g("/items/list/?q"),
        g("/items/list/?q=1&q=2&q=2"),
        g("/items/list/?q=a+b&q=%2B&q=%26"),
        g("/items/list/?q=%C3%BC&q=%F0%9F%98%80"),
        g("/items/list/?q=a%2Cb"),
        g("/items/list/?Q=a"),
        g("/items/1/?q=nic"),
        g("/items/1/?q=%20nice"),
        g("/items/1/?q=nice%0A"),
        g("/items/1/?q=Nice"),
        g("/items/1/?q=xx%0Anice"),
        g("/items/1/?q=" + "x" * 51),
        g("/items/1/?q=nice%F0%9F%98%80" + "x" * 45),
        g("/items/1/?q=nice%F0%9F%98%80" + "x" * 46),
        g("/items/1/?q=no&q=nice"),
        g("/items/1/?q=null"),
        g("/items/1/?q=%FFnice"),
        g("/items/1/?q=nice%zz"),
        g("/items/2?item-query=a%20b%2Bc"),
        g("/items/2?item_query=z"),
        g("/items/2?item-query=a&item-query=b"),
        g("/items/2?item-query=a&q=b"),
        g("/items/2/"),
        g("/items/2/?item-query=z"),
        g("/items/1?q=nice"),
        g("/items"),
        g("/items?skip=1"),
        g("/items/3"),
        g("/"),
        ("DELETE", "/items/list/"),
        ("HEAD", "/items/"),
        ("POST", "/items/1/", {"json": {"q": "nice"}}),
        g("/items/", headers=[("content-type", "application/json")]),
    ]
)
