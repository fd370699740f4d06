from fastapi import FastAPI, Path, Query
from typing import Annotated


def make():
    app = FastAPI()

    @app.get("/items/{item_id}")
    async def read_items(
        item_id: Annotated[int, Path(title="The ID of the item to get", ge=50, le=100)],
        q: Annotated[str | None, Query(alias="item-query")] = None,
        size: Annotated[float, Query(gt=0, lt=10.5)] = 1,
    ):
        r = {"item_id": item_id, "size": size}
        if q:
            r.update({"q": q})
        return r

    return app


g = lambda u, **k: ("GET", u, k)
apps = {
    "": (
        make,
        [
            g("/items/50"),
            g("/items/100"),
            g("/items/49"),
            g("/items/101"),
            g("/items/abc"),
            g("/items/75?size=0"),
            g("/items/75?size=10.5"),
            g("/items/75?size=10.49"),
            g("/items/75?size=0.0001&item-query=hi"),
            g("/items/75?size=x"),
            g("/items/1?size=11"),
            g("/items/abc?size=abc&item-query=1"),
            g("/items/75.0"),
            g("/items/75.5"),
            g("/items/%2075"),
            g("/items/75?size=nan"),
            g("/items/75?size=1e1"),
            g("/items/75?size=inf"),
            g("/items/"),
            g("/items/75/x"),
            g("/items/7%35"),
            g("/openapi.json"),
            ("PUT", "/items/75", {}),
        ],
    )
}
apps[""][1].extend(
    [
        g("/items/075"),
        g("/items/%2B75"),
        g("/items/+75"),
        g("/items/-75"),
        g("/items/7_5"),
        g("/items/75.00"),
        g("/items/7.5e1"),
        g("/items/0x4b"),
        g("/items/%D9%A7%D9%A5"),
        g("/items/75%20"),
        g("/items/75%0A"),
        g("/items/true"),
        g("/items/99999999999999999999"),
        g("/items/49?size=0"),
        g("/items/100?size=10.499999"),
        g("/items/75?size="),
        g("/items/75?size=-1"),
        g("/items/75?size=%201.5%20"),
        g("/items/75?size=1_0.5"),
        g("/items/75?size=.5"),
        g("/items/75?size=5."),
        g("/items/75?size=1&size=20"),
        g("/items/75?size=20&size=1"),
        g("/items/75?size=-inf"),
        g("/items/75?size=true"),
        g("/items/75?item-query="),
        g("/items/75?q=x"),
        g("/items/75?item-query=a%26b&item-query=c"),
        g("/items/75?item-query=%E4%BD%A0"),
        g("/items/75/"),
        g("/items/7%2F5"),
        g("/items/75;v=1"),
        g("/items"),
        g("/Items/75"),
        ("POST", "/items/75", {"json": {"item_id": 75}}),
        ("DELETE", "/items/abc"),
        ("HEAD", "/items/75"),
        ("OPTIONS", "/items/75"),
        g("/"),
    ]
)
