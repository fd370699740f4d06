from typing import Union, Literal
from fastapi import FastAPI
from pydantic import BaseModel, EmailStr


class UserIn(BaseModel):
    username: str
    password: str
    email: EmailStr
    full_name: str | None = None


class UserOut(BaseModel):
    username: str
    email: EmailStr
    full_name: str | None = None


class UserOutFakedPW(BaseModel):
    username: str
    faked_password: str
    email: EmailStr
    full_name: str | None = None


class Item(BaseModel):
    name: str
    description: str | None = None
    price: float
    tax: float = 10.2
    tags: list[str] = []


class BaseItem(BaseModel):
    description: str
    type: str


class CarItem(BaseItem):
    type: str = "car"


class PlaneItem(BaseItem):
    type: str = "plane"
    size: int


items = {
    "foo": {"name": "Foo", "price": 50.3},
    "bar": {"name": "Bar", "description": "The bartenders", "price": 62, "tax": 20.2},
    "baz": {"name": "Baz", "description": None, "price": 50.3, "tax": 10.8, "tags": []},
}
vehicles = {
    "item1": {"description": "All my friends drive a low rider", "type": "car"},
    "item2": {"description": "Music is my aeroplane, it's my aeroplane", "type": "plane", "size": 5},
}


def make():
    app = FastAPI()

    @app.post("/user/", response_model=UserOut)
    async def create_user(*, user: UserIn):
        return user

    @app.post("/user/hashed/", response_model=UserOutFakedPW)
    async def create_user_hashed(*, user: UserIn):
        return UserOutFakedPW(**user.model_dump(), faked_password="secret" + user.password)

    @app.get("/items/{item_id}", response_model=Item, response_model_exclude_unset=True)
    async def read_item(item_id: str):
        return items[item_id]

    @app.get("/items/{item_id}/full", response_model=Item)
    async def read_item_full(item_id: str):
        return items[item_id]

    @app.get("/items/{item_id}/public", response_model=Item, response_model_exclude={"price"})
    async def read_item_public_data(item_id: str):
        return items[item_id]

    @app.get("/items/{item_id}/name", response_model=Item, response_model_include=["name", "description", "tax"])
    async def read_item_name(item_id: str):
        return items[item_id]

    @app.get("/items/{item_id}/nodefaults", response_model=Item, response_model_exclude_defaults=True)
    async def read_item_nodefaults(item_id: str):
        return items[item_id]

    @app.get("/items/{item_id}/nonull", response_model=Item, response_model_exclude_none=True)
    async def read_item_nonull(item_id: str):
        return items[item_id]

    @app.get("/vehicles/{item_id}", response_model=Union[PlaneItem, CarItem])
    async def read_vehicle(item_id: str):
        return vehicles[item_id]

    @app.get("/vehicles/", response_model=list[Union[PlaneItem, CarItem]])
    async def read_vehicles():
        return list(vehicles.values())

    @app.get("/weights/", response_model=dict[str, float])
    async def read_weights():
        return {"foo": 2.3, "bar": 3, "baz": "4.5"}

    @app.get("/broken/", response_model=Item)
    async def broken():
        return {"name": "x", "price": "not a number", "secret": "s3cret"}

    return app


p = lambda u, j, **k: ("POST", u, {"json": j, **k})
g = lambda u: ("GET", u)
apps = {
    "": (
        make,
        [
            p("/user/", {"username": "johndoe", "password": "secret", "email": "john@example.com"}),
            p("/user/", {"username": "j", "password": "p", "email": "John <John@EXAMPLE.com>", "full_name": "John Doe"}),
            p("/user/", {"username": "j", "password": "p", "email": "nope"}),
            p("/user/", {"username": "j", "email": "a@b.co"}),
            p("/user/", {"username": "j", "password": "p", "email": "a@b.co", "full_name": None, "admin": True}),
            p("/user/hashed/", {"username": "johndoe", "password": "secret", "email": "john@example.com"}),
            *[g(f"/items/{i}{s}") for i in ("foo", "bar", "baz") for s in ("", "/full", "/public", "/name", "/nodefaults", "/nonull")],
            g("/vehicles/item1"),
            g("/vehicles/item2"),
            g("/vehicles/"),
            g("/weights/"),
            g("/broken/"),
            g("/openapi.json"),
        ],
    )
}


def union():
    # unions both ways and in both orders; the models as the seed has them
    app = FastAPI()
    stored = {
        **vehicles,
        "item3": {"description": "no type", "size": 7},
        "item4": {"description": "neither", "type": "boat"},
        "item5": {"description": "text size", "type": "plane", "size": "8"},
        "item6": {"description": "bad size", "type": "plane", "size": "x"},
        "item7": {"type": "car"},
        "item8": {"description": "extra", "type": "car", "size": 4, "wheels": 4},
    }

    @app.get("/items/{item_id}", response_model=Union[PlaneItem, CarItem])
    async def read_item(item_id: str):
        return stored[item_id]

    @app.get("/reversed/{item_id}", response_model=Union[CarItem, PlaneItem])
    async def read_reversed(item_id: str):
        return stored[item_id]

    @app.get("/models/{kind}", response_model=Union[PlaneItem, CarItem])
    async def read_model(kind: str):
        return PlaneItem(description="p", size=1) if kind == "plane" else CarItem(description="c")

    @app.post("/items/")
    async def create_item(item: Union[PlaneItem, CarItem]):
        return {"model": type(item).__name__, "item": item}

    @app.post("/reversed/")
    async def create_reversed(item: Union[CarItem, PlaneItem]):
        return {"model": type(item).__name__, "item": item}

    @app.post("/scalars/")
    async def create_scalar(value: Union[int, str, float, bool, None]):
        return {"value": value}

    return app


_both = [
    {"description": "d", "size": 5},
    {"description": "d"},
    {"description": "d", "type": "car", "size": 5},
    {"description": "d", "type": "plane"},
    {"description": "d", "size": "5"},
    {"description": "d", "size": "x"},
    {"type": "car"},
    {},
    {"description": 1, "size": 1},
    None,
    [],
]
apps[""][1].extend(
    [
        p("/user/", {}),
        p("/user/", {"username": 1, "password": None, "email": "a@b.co"}),
        p("/user/", {"username": "", "password": "", "email": "a@b.co"}),
        p("/user/", {"username": "j", "password": "p", "email": ""}),
        p("/user/", {"username": "j", "password": "p", "email": "a@b"}),
        p("/user/", {"username": "j", "password": "p", "email": "a@b@c.co"}),
        p("/user/", {"username": "j", "password": "p", "email": "a b@c.co"}),
        p("/user/", {"username": "j", "password": "p", "email": "User.Name+tag@Sub.Example.COM"}),
        p("/user/", {"username": "j", "password": "p", "email": 5}),
        p("/user/", []),
        ("POST", "/user/"),
        p("/user/hashed/", {"username": "j", "password": "", "email": "a@b.co", "full_name": "J"}),
        p("/user/hashed/", {"username": "j", "email": "a@b.co"}),
        g("/items/nope"),
        g("/items/nope/name"),
        g("/vehicles/nope"),
        g("/items/foo/nope"),
        g("/items/"),
        g("/weights"),
        ("POST", "/items/foo"),
        ("GET", "/user/"),
    ]
)
apps["union"] = (
    union,
    [
        *[g(f"/items/item{i}") for i in range(1, 9)],
        *[g(f"/reversed/item{i}") for i in range(1, 9)],
        g("/models/plane"),
        g("/models/car"),
        *[p("/items/", b) for b in _both],
        *[p("/reversed/", b) for b in _both],
        *[("POST", "/scalars/?value=" + v) for v in ("1", "1.5", "x", "true", "", "null")],
        ("POST", "/scalars/"),
        g("/openapi.json"),
    ],
)
