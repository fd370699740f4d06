# several parameter models, optional ones, and alias choices
from typing import Annotated, Optional
from fastapi import Body, Cookie, Depends, FastAPI, Form, Header, Query
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, computed_field


class Page(BaseModel):
    limit: int = Field(10, ge=1)
    offset: int = 0


class Dates(BaseModel):
    start: str
    end: str


class Forbid(BaseModel):
    model_config = {"extra": "forbid"}
    z: int = 1


class Allow(BaseModel):
    model_config = {"extra": "allow"}
    k: int


class Client(BaseModel):
    x_name: str
    x_size: int = 0


def make():
    app = FastAPI()

    @app.get("/two")
    def two(p: Annotated[Page, Query()], d: Annotated[Dates, Query()], s: Optional[str] = None):
        return [p, d, s]

    @app.get("/optional")
    def optional(p: Annotated[Page, Query()], d: Annotated[Optional[Dates], Query()] = None, s: Optional[str] = None):
        return [p, d, s]

    @app.get("/nullable")
    def nullable(d: Annotated[Optional[Dates], Query()]):
        return d

    @app.get("/forbid")
    def forbid(p: Annotated[Page, Query()], f: Annotated[Forbid, Query()]):
        return [p, f]

    @app.get("/forbid-optional")
    def forbido(s: str = "", f: Annotated[Optional[Forbid], Query()] = None):
        return [s, f]

    @app.get("/allow")
    def allow(s: str, a: Annotated[Optional[Allow], Query()] = None):
        return [s, a]

    @app.get("/same")
    def same(a: Annotated[Page, Query()], limit: Annotated[str, Query()] = "x"):
        return [a, limit]

    def dep(d: Annotated[Optional[Dates], Query()] = None):
        return d

    @app.get("/dependency")
    def dependency(p: Annotated[Page, Query()], d: Annotated[Optional[Dates], Depends(dep)]):
        return [p, d]

    @app.get("/header")
    def header(c: Annotated[Optional[Client], Header()] = None):
        return c

    @app.get("/header-allow")
    def headera(c: Annotated[Optional[Allow], Header()] = None):
        return c

    @app.get("/header-two")
    def headert(
        c: Annotated[Client, Header()], d: Annotated[Optional[Dates], Header()] = None, x_other: Annotated[Optional[str], Header()] = None
    ):
        return [c, d, x_other]

    @app.get("/cookie")
    def cookie(c: Annotated[Optional[Dates], Cookie()] = None):
        return c

    return app


class Choices(BaseModel):
    v: int = Field(validation_alias=AliasChoices("first", "second"))


def aliases():
    app = FastAPI()

    @app.get("/query")
    def query(v: Annotated[int, Query(validation_alias=AliasChoices("first", "second"))]):
        return v

    @app.get("/list")
    def lst(v: Annotated[list[int], Query(validation_alias=AliasChoices("first", "second"))] = []):
        return v

    @app.get("/header")
    def header(v: Annotated[int, Header(validation_alias=AliasChoices("x_one", "x-two"))]):
        return v

    @app.get("/model")
    def model(v: Annotated[Choices, Query()]):
        return v

    @app.post("/body")
    def body(v: Annotated[int, Body(embed=True, validation_alias=AliasChoices("first", "second"))]):
        return v

    @app.post("/model-body")
    def modelb(v: Choices):
        return v

    # an alias, title, description or example given by pydantic's Field counts as if it were given to Query
    @app.get("/field-alias")
    def fielda(v: Annotated[int, Query(), Field(alias="al", title="T", description="D", gt=3, examples=[5])]):
        return v

    @app.get("/field-title")
    def fieldt(v: Annotated[int, Field(alias="al", title="F", deprecated=True), Query(title="Q")] = 9):
        return v

    return app


class Part(BaseModel):
    a: int = 1
    b: Optional[str] = None
    c: list[int] = []


def unset():
    # a field that was not sent stays unset, whatever its default
    app = FastAPI()

    @app.get("/query")
    def query(m: Annotated[Part, Query()]):
        return m.model_dump(exclude_unset=True)

    @app.get("/header")
    def header(m: Annotated[Part, Header()]):
        return m.model_dump(exclude_unset=True)

    @app.get("/cookie")
    def cookie(m: Annotated[Part, Cookie()]):
        return m.model_dump(exclude_unset=True)

    @app.post("/form")
    def form(m: Annotated[Part, Form()]):
        return m.model_dump(exclude_unset=True)

    @app.post("/body")
    def body(m: Part):
        return m.model_dump(exclude_unset=True)

    return app


class Item(BaseModel):
    name: str

    @computed_field
    @property
    def label(self) -> str:
        return "Item: " + self.name


class Envelope(BaseModel):
    item: Item
    children: list["Envelope"] = []


class Plain(BaseModel):
    n: int = 1


class ByName(BaseModel):
    model_config = ConfigDict(validate_by_alias=False, validate_by_name=True)
    int_value: Annotated[int, Field(alias="legacy")]


def computed():
    # one schema a model, but not where the output has computed fields, however deep
    app = FastAPI(separate_input_output_schemas=False)

    @app.post("/item")
    def item(x: Item) -> Item:
        return x

    @app.post("/envelope")
    def envelope(x: Envelope) -> Envelope:
        return x

    @app.post("/plain")
    def plain(x: Plain) -> Plain:
        return x

    @app.get("/by-name")
    def byname(d: Annotated[ByName, Query()]):
        return d

    return app


g = lambda u, *h: ("GET", u, {"headers": [list(x) for x in h]})
P = lambda u, b: ("POST", u, {"raw": b, "headers": [["content-type", "application/json"]]})
apps = {
    "": (
        make,
        [
            g(u)
            for u in (
                "/two",
                "/two?start=a&limit=0",
                "/two?start=a&end=b&s=1&limit=5",
                "/optional",
                "/optional?limit=3&s=x",
                "/optional?start=1",
                "/optional?start=1&end=",
                "/optional?start=1&end=2&limit=x",
                "/nullable",
                "/nullable?start=1",
                "/nullable?x=1",
                "/nullable?start=1&end=2",
                "/forbid?limit=3",
                "/forbid?z=2&limit=3",
                "/forbid?z=2",
                "/forbid?z=2&y=3",
                "/forbid-optional",
                "/forbid-optional?s=1",
                "/forbid-optional?z=2",
                "/forbid-optional?q=1",
                "/allow?s=1",
                "/allow?s=1&k=2&m=3&m=4",
                "/allow",
                "/same?limit=3",
                "/same?limit=q",
                "/same",
                "/dependency",
                "/dependency?limit=2&start=1",
                "/dependency?start=1&end=2",
                "/header",
                "/header-allow",
                "/header-two",
                "/cookie",
            )
        ]
        + [
            g("/header", ("x-name", "n")),
            g("/header", ("x-size", "1")),
            g("/header", ("x-size", "q"), ("x-name", "n")),
            g("/header", ("x_name", "n")),
            g("/header-allow", ("k", "1")),
            g("/header-two", ("x-name", "n"), ("x-other", "o")),
            g("/header-two", ("x-name", "n"), ("start", "1")),
            g("/cookie", ("cookie", "start=1")),
            g("/cookie", ("cookie", "start=1; end=2")),
            g("/cookie", ("cookie", "other=1")),
            g("/openapi.json"),
        ],
    ),
    "aliases": (
        aliases,
        [
            g(u)
            for u in (
                "/query",
                "/query?first=1",
                "/query?second=2",
                "/query?second=2&first=1",
                "/query?second=x",
                "/query?v=1",
                "/query?first=&second=2",
                "/list",
                "/list?second=1&second=2",
                "/list?first=1&second=2",
                "/list?second=x",
                "/model",
                "/model?second=2",
                "/model?second=x",
                "/model?second=2&first=1",
                "/header",
                "/field-alias?v=4",
                "/field-alias?al=4",
                "/field-alias?al=1",
                "/field-title",
                "/field-title?al=3",
            )
        ]
        + [g("/header", ("x-one", "1")), g("/header", ("x_one", "1")), g("/header", ("x-two", "2")), g("/header", ("x-two", "q"))]
        + [
            P(u, b)
            for u in ("/body", "/model-body")
            for b in (
                "{}",
                '{"second":2}',
                '{"second":"x"}',
                '{"first":null,"second":3}',
                '{"first":1,"second":2}',
                '{"v":1}',
                "null",
                "[]",
            )
        ]
        + [g("/openapi.json")],
    ),
    "unset": (
        unset,
        [
            g("/query"),
            g("/query?a=1"),
            g("/query?b="),
            g("/query?c=1&c=2&b=x"),
            g("/header"),
            g("/header", ("a", "1"), ("c", "2")),
            g("/cookie"),
            g("/cookie", ("cookie", "a=1; b=")),
            ("POST", "/form", {"form": ""}),
            ("POST", "/form", {"form": "a=1&b="}),
            ("POST", "/form", {"form": "b=x&c=1"}),
            P("/body", "{}"),
            P("/body", '{"a":1,"b":null}'),
        ],
    ),
    "computed": (
        computed,
        [
            P("/item", '{"name":"a"}'),
            P("/envelope", '{"item":{"name":"a"},"children":[{"item":{"name":"b"}}]}'),
            g("/by-name?int_value=1"),
            g("/by-name?legacy=1"),
            P("/plain", "{}"),
            g("/openapi.json"),
        ],
    ),
}
