from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.exceptions import HTTPException as StarletteHTTPException


class UnicornException(Exception):
    def __init__(self, name: str):
        self.name = name


items = {"foo": "The foo body"}


def routes(app):
    @app.get("/items/{item_id}")
    async def read_item(item_id: str):
        if item_id not in items:
            raise HTTPException(status_code=404, detail="Item not found", headers={"X-Error": "This is my error message"})
        return {"item": items[item_id]}

    @app.get("/unicorns/{name}")
    async def read_unicorn(name: str):
        if name == "yolo":
            raise UnicornException(name=name)
        return {"unicorn_name": name}

    @app.get("/numbers/{n}")
    async def read_number(n: int):
        if n == 3:
            raise HTTPException(status_code=418, detail="Nope! I don't like 3.")
        if n == 4:
            raise HTTPException(status_code=409, detail={"code": "taken", "values": [1, 2]})
        if n == 5:
            raise HTTPException(status_code=403)
        if n == 6:
            raise HTTPException(status_code=204)
        return {"n": n}

    @app.post("/items/", status_code=404)
    async def create_item(name: str):
        return {"name": name}

    @app.post("/made/", status_code=201)
    async def made(name: str):
        return {"name": name}


def make():
    app = FastAPI()

    @app.exception_handler(UnicornException)
    async def unicorn(request: Request, exc: UnicornException):
        return JSONResponse(status_code=418, content={"message": f"Oops! {exc.name} did something..."})

    routes(app)
    return app


def text():
    app = make()

    @app.exception_handler(StarletteHTTPException)
    async def http(request, exc):
        return PlainTextResponse(str(exc.detail), status_code=exc.status_code)

    @app.exception_handler(RequestValidationError)
    async def validation(request, exc):
        return PlainTextResponse("; ".join(f"{'.'.join(str(x) for x in e['loc'])}: {e['msg']}" for e in exc.errors()), status_code=400)

    return app


reqs = [
    ("GET", "/items/foo"),
    ("GET", "/items/bar"),
    ("GET", "/unicorns/yolo"),
    ("GET", "/unicorns/shinny"),
    ("GET", "/numbers/1"),
    ("GET", "/numbers/3"),
    ("GET", "/numbers/4"),
    ("GET", "/numbers/5"),
    ("GET", "/numbers/6"),
    ("GET", "/numbers/x"),
    ("POST", "/items/?name=a"),
    ("POST", "/items/"),
    ("POST", "/made/?name=a"),
    ("GET", "/nowhere"),
    ("DELETE", "/items/foo"),
    ("PATCH", "/made/"),
]
apps = {"": (make, reqs + [("GET", "/openapi.json")]), "text": (text, reqs)}
more = [
    ("GET", "/items/Foo"),
    ("GET", "/items/%66oo"),
    ("GET", "/items/foo/"),
    ("GET", "/items/caf%C3%A9"),
    ("GET", "/unicorns/YOLO"),
    ("GET", "/unicorns/%F0%9F%A6%84"),
    ("GET", "/numbers/4.0"),
    ("GET", "/numbers/3.5"),
    ("GET", "/numbers/"),
    ("POST", "/items/?name="),
    ("POST", "/items/?name=a&name=b"),
    ("POST", "/made/"),
    ("POST", "/made/", {"json": {"name": "a"}}),
    ("PUT", "/items/"),
    ("OPTIONS", "/items/foo"),
    ("DELETE", "/nowhere"),
    ("POST", "/items"),
    ("HEAD", "/unicorns/yolo"),
]


def raising():
    # what is thrown where: a dependency-free tour of the default handlers
    app = FastAPI()

    class Item(__import__("pydantic").BaseModel):
        title: str
        size: int

    @app.exception_handler(RequestValidationError)
    async def validation(request, exc):
        return JSONResponse(status_code=422, content={"detail": exc.errors(), "body": exc.body})

    @app.post("/items/")
    async def create_item(item: Item):
        return item

    @app.get("/plain/{kind}")
    async def plain(kind: str):
        if kind == "starlette":
            raise StarletteHTTPException(status_code=404)
        if kind == "none":
            raise HTTPException(status_code=404, detail=None)
        if kind == "list":
            raise HTTPException(status_code=400, detail=["a", {"b": 1}])
        if kind == "empty":
            raise HTTPException(status_code=400, detail="")
        if kind == "number":
            raise HTTPException(status_code=400, detail=5)
        if kind == "headers":
            raise HTTPException(status_code=401, detail="no", headers={"WWW-Authenticate": "Basic", "X-Two": "2"})
        if kind == "304":
            raise HTTPException(status_code=304)
        if kind == "503":
            raise HTTPException(status_code=503, headers={"Retry-After": "120"})
        if kind == "boom":
            raise RuntimeError("secret detail")
        return {"kind": kind}

    return app


J = lambda b: ("POST", "/items/", {"json": b})
_soft = {
    "/numbers/4": "the body is Python's repr of the dict",
    "/numbers/4.0": "the body is Python's repr of the dict",
    "/numbers/6": "a 204 made with a text: no server sends the body",
}
apps[""][1].extend(more)
apps["text"] = (
    text,
    [(m, u, {"det": False, "note": _soft[u]}) if u in _soft else (m, u, *k) for m, u, *k in reqs + more] + [("GET", "/openapi.json")],
)
apps["raising"] = (
    raising,
    [
        J({"title": "towel", "size": "XL"}),
        J({}),
        J([]),
        J({"title": "t", "size": 1}),
        ("POST", "/items/", {"raw": '{"title": "t"', "headers": [("content-type", "application/json")]}),
        ("POST", "/items/"),
        *[("GET", "/plain/" + k) for k in ("starlette", "none", "list", "empty", "number", "headers", "304", "503", "boom", "fine")],
        ("GET", "/openapi.json"),
    ],
)
