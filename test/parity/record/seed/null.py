# JSON null is a value; only what is not sent is missing. A default is not validated unless validate_default says so.
from typing import Annotated, Optional, Union
from fastapi import Body, FastAPI, Query
from pydantic import BaseModel


class I(BaseModel):
    n: int
    s: Optional[str] = "d"


class D(BaseModel):
    x: float = 1
    y: int = 5
    z: Annotated[int, Query(validate_default=True)] = "6"


def make():
    app = FastAPI()

    @app.post("/nullable")
    def nullable(x: Annotated[Optional[int], Body()]):
        return {"x": x}

    @app.post("/nullable-default")
    def nullabled(x: Annotated[Optional[int], Body()] = 7):
        return {"x": x}

    @app.post("/embedded")
    def embedded(x: Annotated[Optional[int], Body(embed=True)] = 7):
        return {"x": x}

    @app.post("/default")
    def default(x: Annotated[int, Body()] = 5):
        return {"x": x}

    @app.post("/model")
    def model(x: I):
        return {"x": x}

    @app.post("/model-nullable")
    def modeln(x: Optional[I] = None):
        return {"x": x}

    @app.post("/model-default")
    def modeld(x: I = I(n=1)):
        return {"x": x}

    @app.post("/two")
    def two(a: Annotated[int, Body()] = 5, b: Annotated[Optional[int], Body()] = 6):
        return [a, b]

    @app.post("/two-required")
    def twor(a: Annotated[Optional[int], Body()], b: I):
        return [a, b]

    return app


def defaults():
    app = FastAPI()

    @app.get("/as-is")
    def asis(a: float = 1, b: Annotated[int, Query()] = "x"):
        return [a, b]

    @app.get("/validated")
    def validated(a: Annotated[float, Query(validate_default=True)] = 1, b: Annotated[int, Query(validate_default=True)] = "x"):
        return [a, b]

    @app.get("/left")
    def left(a: Annotated[Union[int, str], Query(union_mode="left_to_right")]):
        return {"a": a}

    @app.get("/smart")
    def smart(a: Union[int, str]):
        return {"a": a}

    @app.get("/fast")
    def fast(a: Annotated[list[int], Query(fail_fast=True)]):
        return a

    @app.get("/factory")
    def factory(a: Annotated[int, Query(default_factory=lambda: "q")]):
        return {"a": a}

    @app.get("/model")
    def model(m: Annotated[D, Query()]):
        return m

    @app.get("/slow")
    def slow(a: Annotated[list[int], Query()]):
        return a

    return app


P = lambda u, b: ("POST", u, {"raw": b, "headers": [["content-type", "application/json"]]})
apps = {
    "": (
        make,
        [
            P(u, b)
            for u in (
                "/nullable",
                "/nullable-default",
                "/embedded",
                "/default",
                "/model",
                "/model-nullable",
                "/model-default",
                "/two",
                "/two-required",
            )
            for b in ("null", "", "{}", "[]", '{"x":null}', '{"a":null,"b":null}', "5", '{"n":null}', '{"n":1,"s":null}')
        ]
        + [("POST", "/model"), ("POST", "/nullable-default"), ("GET", "/openapi.json")],
    ),
    "defaults": (
        defaults,
        [
            ("GET", u)
            for u in (
                "/as-is",
                "/as-is?a=1&b=2",
                "/as-is?b=x",
                "/validated",
                "/validated?b=3",
                "/left?a=5",
                "/left?a=x",
                "/smart?a=5",
                "/fast?a=x&a=y",
                "/slow?a=x&a=y",
                "/factory",
                "/factory?a=1",
                "/model",
                "/model?x=2",
                "/openapi.json",
            )
        ],
    ),
}
