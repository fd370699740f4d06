from fastapi import FastAPI
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel


class Item(BaseModel):
    name: str | None = None
    description: str | None = None
    price: float | None = None
    tax: float = 10.2
    tags: list[str] = []


class PutItem(BaseModel):
    name: str
    description: str | None = None
    price: float | None = None
    tax: float = 10.2
    tags: list[str] = []


def make():
    items = {
        "foo": {"name": "Foo", "price": 50.3},
        "bar": {"name": "Bar", "description": "The bartenders", "price": 62, "tax": 20.2},
        "baz": {"name": "Baz", "description": None, "price": 50.3, "tax": 10.8, "tags": []},
    }
    app = FastAPI()

    @app.get("/items/{item_id}", response_model=Item)
    async def read_item(item_id: str):
        return items[item_id]

    @app.put("/items/{item_id}")
    async def put_item(*, item_id: int, item: PutItem, q: str | None = None):
        r = {"item_id": item_id, **item.model_dump()}
        if q:
            r.update({"q": q})
        return r

    @app.patch("/items/{item_id}", response_model=Item)
    async def update_item(item_id: str, item: Item):
        stored = Item(**items[item_id])
        updated = stored.model_copy(update=item.model_dump(exclude_unset=True))
        items[item_id] = jsonable_encoder(updated)
        return updated

    return app


j = lambda m, u, b: (m, u, {"json": b})
g = lambda u: ("GET", u)
apps = {
    "": (
        make,
        [
            j("PUT", "/items/3", {"name": "n"}),
            j("PUT", "/items/3?q=z", {"name": "n", "price": "1.5", "tags": ["a"]}),
            j("PUT", "/items/x", {"name": "n"}),
            j("PUT", "/items/3", {}),
            j("PUT", "/items/x", {"tags": "a"}),
            g("/items/foo"),
            j("PATCH", "/items/foo", {"price": 1}),
            g("/items/foo"),
            j("PATCH", "/items/bar", {}),
            g("/items/bar"),
            j("PATCH", "/items/baz", {"name": None, "tags": ["x", "y"], "tax": 10.2}),
            g("/items/baz"),
            j("PATCH", "/items/foo", {"tags": [1]}),
            j("PATCH", "/items/foo", {"tax": None}),
            j("PATCH", "/items/foo", {"unknown": 1}),
            g("/items/foo"),
            g("/openapi.json"),
        ],
    )
}
apps[""][1].extend(
    [
        j("PUT", "/items/0", {"name": ""}),
        j("PUT", "/items/-3", {"name": "n", "description": None, "price": None}),
        j("PUT", "/items/3", {"name": None}),
        j("PUT", "/items/3", {"name": "n", "price": "x", "tax": None, "tags": None}),
        j("PUT", "/items/3", {"name": "n", "tags": "abc"}),
        j("PUT", "/items/3", {"name": "n", "tags": ["a", 1]}),
        j("PUT", "/items/3", {"name": "n", "extra": 1}),
        j("PUT", "/items/3", []),
        ("PUT", "/items/3"),
        j("PUT", "/items/3?q=", {"name": "n"}),
        j("PUT", "/items/3?q=a&q=b", {"name": "n"}),
        j("PUT", "/items/foo", {"name": "n"}),
        j("PUT", "/items/3.0", {"name": "n", "tax": "1e1"}),
        j("PUT", "/items/3", {"name": "n", "tax": 0}),
        j("PATCH", "/items/bar", {"description": None}),
        g("/items/bar"),
        j("PATCH", "/items/bar", {"tags": []}),
        j("PATCH", "/items/bar", {"price": "70.5"}),
        g("/items/bar"),
        j("PATCH", "/items/bar", {"price": "x"}),
        g("/items/bar"),
        j("PATCH", "/items/nope", {"price": 1}),
        g("/items/nope"),
        j("PATCH", "/items/baz", []),
        ("PATCH", "/items/baz"),
        ("POST", "/items/foo", {"json": {}}),
        ("DELETE", "/items/foo"),
        g("/items/"),
        j("PATCH", "/items/bar/", {}),
        g("/items/baz"),
    ]
)
