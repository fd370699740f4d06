from typing import Annotated
from fastapi import Body, FastAPI
from pydantic import BaseModel, Field


class Image(BaseModel):
    url: str
    name: str


class Item(BaseModel):
    name: str
    description: Annotated[str | None, Field(title="The description of the item", max_length=6)] = None
    price: Annotated[float, Field(gt=0, description="The price must be greater than zero")]
    tax: float | None = None
    tags0: list = []
    tags1: list[str] = []
    tags2: set[str] = set()
    image: Image | None = None
    images: list[Image] = []


def make():
    app = FastAPI()

    @app.post("/index-weights/")
    async def create_index_weights(weights: dict[int, float]):
        return weights

    @app.put("/items/{item_id}")
    async def update_item(
        *,
        item_id: int,
        item: Annotated[Item, Body(embed=True, examples=[{"name": "Foo", "description": "A very nice Item", "price": 0, "toooo": 3.2}])]
    ):
        return {"item_id": item_id, "item": item}

    @app.post("/items/")
    async def create_items(items: list[Item]):
        return items

    return app


j = lambda m, u, b: (m, u, {"json": b})
I = lambda **k: {"item": {"name": "n", "price": 1, **k}}
apps = {
    "": (
        make,
        [
            j("POST", "/index-weights/", {"1": 2.2, "2": 3}),
            j("POST", "/index-weights/", {"a": 1, "2": "x"}),
            j("POST", "/index-weights/", {"1": "1.5", "01": 2, "1.0": 3}),
            j("POST", "/index-weights/", {}),
            j("POST", "/index-weights/", [1]),
            j("POST", "/index-weights/", {"1": None}),
            j("PUT", "/items/1", I()),
            j("PUT", "/items/1", I(description="sixsix")),
            j("PUT", "/items/1", I(description="seven77")),
            j("PUT", "/items/1", {"item": {"name": "n", "price": 0}}),
            j("PUT", "/items/1", {"item": {"name": "n", "price": -1, "tags1": [1, "a", None], "tags2": "x"}}),
            j("PUT", "/items/1", I(tags0=[1, "a", {}], tags1=["a", "a"], tags2=["only"])),
            j("PUT", "/items/1", I(image={"url": "u", "name": "n"}, images=[{"url": "u", "name": "n"}, {"url": "u"}])),
            j("PUT", "/items/1", I(image={"url": "u", "name": "n"}, images=[{"url": "u", "name": "m"}])),
            j("PUT", "/items/1", I(image="x")),
            j("PUT", "/items/x", {"item": {}}),
            j("PUT", "/items/1", {"name": "n", "price": 1}),
            j("PUT", "/items/1", I(tags0={})),
            j("POST", "/items/", [{"name": "a", "price": 1}, {"name": "b"}]),
            j("POST", "/items/", [{"name": "a", "price": 1}]),
            j("POST", "/items/", {"name": "a", "price": 1}),
            j("POST", "/items/", []),
            ("GET", "/openapi.json"),
        ],
    )
}


def first():
    # the first Item of the section: bounded description, and the body not embedded
    class Item(BaseModel):
        name: str
        description: Annotated[str | None, Field(title="The description of the item", max_length=6)] = None
        price: Annotated[float, Field(gt=0, description="The price must be greater than zero")]
        tax: float | None = None

    app = FastAPI()

    @app.put("/items/{item_id}")
    async def update_item(*, item_id: int, item: Item):
        return {"item_id": item_id, "item": item.name, "item_price": item.price}

    return app


W = lambda d: j("POST", "/index-weights/", d)
X = lambda **k: j("PUT", "/items/1", I(**k))
apps[""][1].extend(
    [
        W({"-1": 0}),
        W({" 1 ": 1}),
        W({"1": True}),
        W({"1": "x", "b": None, "2": 1}),
        W({"": 1}),
        W({"1e0": 1}),
        W({"99999999999999999999": 1}),
        W(None),
        W("x"),
        ("POST", "/index-weights/"),
        ("POST", "/index-weights/", {"raw": '{"1": 1, "1": 2}', "headers": [("content-type", "application/json")]}),
        X(description=""),
        X(description=None),
        X(description="é😀abcd"),
        X(description="é😀abcde"),
        X(description=5),
        X(price=0.0001),
        X(price="0.5"),
        X(price="0"),
        X(price=None),
        X(price=True),
        X(price=False),
        X(tax="x"),
        X(tax=None),
        X(name=None),
        X(tags0=None),
        X(tags0="x"),
        X(tags1=None),
        X(tags1="x"),
        X(tags1=[1, True, None]),
        X(tags2=["a", "a", "a"]),
        X(tags2=["a", 1]),
        X(tags2={}),
        X(toooo=3.2),
        X(image={}),
        X(image={"url": 1, "name": None}),
        X(image=[]),
        X(images=None),
        X(images={}),
        X(images=[None, "x", {}]),
        X(image={"url": "u", "name": "n", "extra": 1}),
        j("PUT", "/items/1", {"item": None}),
        j("PUT", "/items/1", {}),
        j("PUT", "/items/1", []),
        j("PUT", "/items/1", {"item": {"name": "Foo", "description": "A very nice Item", "price": 0, "toooo": 3.2}}),
        ("PUT", "/items/1"),
        ("PUT", "/items/x"),
        j("PUT", "/items/1.5", I()),
        ("GET", "/items/1"),
        j(
            "POST",
            "/items/",
            [{"name": "a", "price": 1}, {"name": "b", "price": 0}, None, [], {"name": "c", "price": "2", "tags1": ["x", 1]}],
        ),
        j("POST", "/items/", None),
        ("POST", "/items/"),
        j("POST", "/items", []),
    ]
)
apps["first"] = (
    first,
    [
        j("PUT", "/items/1", {"name": "n", "price": 1}),
        j("PUT", "/items/1", {"name": "n", "price": 0}),
        j("PUT", "/items/1", {"name": "n", "price": -0.5, "description": "seven77"}),
        j("PUT", "/items/1", {"name": "n", "price": 1, "description": "sixsix"}),
        j("PUT", "/items/1", {"item": {"name": "n", "price": 1}}),
        j("PUT", "/items/x", {}),
        j("PUT", "/items/1", None),
        j("PUT", "/items/1", [{"name": "n", "price": 1}]),
        ("GET", "/openapi.json"),
    ],
)
