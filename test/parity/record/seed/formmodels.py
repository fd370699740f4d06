# several form models, optional ones, unions; unselected files; a file field read twice
from typing import Annotated, Literal, Optional, Union
from fastapi import FastAPI, File, Form, UploadFile
from pydantic import BaseModel


class Person(BaseModel):
    kind: Literal["person"]
    name: str
    news: bool = False


class Company(BaseModel):
    kind: Literal["company"]
    vat: str
    n: list[int] = []


class Addr(BaseModel):
    street: str
    zip: Optional[int] = None


class Dates(BaseModel):
    start: str
    end: str


class Strict(BaseModel):
    model_config = {"extra": "forbid"}
    a: int


def make():
    app = FastAPI()

    @app.post("/two")
    def two(p: Annotated[Addr, Form()], d: Annotated[Dates, Form()], note: Annotated[str, Form()] = "n"):
        return [p, d, note]

    @app.post("/optional")
    def optional(a: Annotated[Optional[Addr], Form()] = None, note: Annotated[str, Form()] = "n"):
        return [a, note]

    @app.post("/only")
    def only(a: Annotated[Optional[Addr], Form()] = None):
        return a

    @app.post("/nullable")
    def nullable(a: Annotated[Optional[Addr], Form()]):
        return a

    @app.post("/union")
    def union(c: Annotated[Union[Person, Company], Form(discriminator="kind")]):
        return c

    @app.post("/union-optional")
    def uniono(c: Annotated[Union[Person, Company, None], Form(discriminator="kind")] = None, note: Annotated[str, Form()] = "n"):
        return [c, note]

    @app.post("/union-plain")
    def unionp(c: Annotated[Union[Person, Company], Form()]):
        return c

    @app.post("/strict")
    def strict(s: Annotated[Strict, Form()], note: Annotated[str, Form()] = "n"):
        return [s, note]

    @app.post("/with-file")
    def withfile(a: Annotated[Addr, Form()], f: Optional[UploadFile] = None):
        return [a, f and f.filename]

    return app


def files():
    app = FastAPI()

    @app.post("/optional")
    def optional(f: Optional[UploadFile] = None, l: list[UploadFile] = [], b: Annotated[Optional[bytes], File()] = None):
        return [f and f.filename, [x.filename for x in l], b and len(b)]

    @app.post("/required")
    def required(f: UploadFile):
        return f.filename

    @app.post("/bytes")
    def byts(f: Annotated[bytes, File()]):
        return len(f)

    @app.post("/list")
    def lst(f: list[UploadFile]):
        return [x.filename for x in f]

    @app.post("/both")
    async def both(b: Annotated[bytes, File(alias="f")], u: Annotated[UploadFile, File(alias="f")]):
        return [len(b), len(await u.read())]

    @app.post("/byte-list")
    def bytelist(f: Annotated[list[bytes], File()]):
        return [len(x) for x in f]

    @app.post("/fields")
    def fields(l: Annotated[list[str], Form()] = ["d"], s: Annotated[Optional[str], Form()] = "dd"):
        return [l, s]

    @app.post("/checkbox")
    def checkbox(yes: Annotated[bool, Form()] = False):
        return yes

    return app


def media():
    # the media type in the document; Form() is application/x-www-form-urlencoded
    app = FastAPI()
    U, M = "application/x-www-form-urlencoded", "multipart/form-data"

    def one(a: Annotated[str, Form(media_type=M)]):
        return a

    def first(a: Annotated[str, Form(media_type=M)], b: Annotated[str, Form()]):
        return b

    def last(a: Annotated[str, Form()], b: Annotated[str, Form(media_type=M)]):
        return b

    def charset(a: Annotated[str, Form(media_type=U + "; charset=utf-8")]):
        return a

    def mixed(a: Annotated[str, Form(media_type=U + "; charset=utf-8")], b: Annotated[str, Form()]):
        return b

    def same(a: Annotated[str, Form(media_type="text/x")], b: Annotated[str, Form(media_type="text/x")]):
        return b

    def other(a: Annotated[str, Form(media_type="text/x")], b: Annotated[str, Form(media_type="text/y")]):
        return b

    def models(a: Annotated[Addr, Form()], b: Annotated[Dates, Form(media_type=M)]):
        return b

    for f in (one, first, last, charset, mixed, same, other, models):
        app.post("/" + f.__name__)(f)
    return app


u = lambda url, t: ("POST", url, {"form": t})


def m(url, *parts):
    b = b""
    for name, fn, v in parts:
        b += (
            b'--X\r\nContent-Disposition: form-data; name="'
            + name
            + b'"'
            + (b'; filename="' + fn + b'"' if fn is not None else b"")
            + b"\r\n\r\n"
            + v
            + b"\r\n"
        )
    return ("POST", url, {"raw": b + b"--X--\r\n", "headers": [["content-type", "multipart/form-data; boundary=X"]]})


E = (b"f", b"", b"")
apps = {
    "": (
        make,
        [
            u(*x)
            for x in (
                ("/two", ""),
                ("/two", "street=s&start=a&end=b"),
                ("/two", "street=&start=a&zip="),
                ("/two", "street=s&start=a&end=b&zip=x&note="),
                ("/optional", ""),
                ("/optional", "note=x"),
                ("/optional", "street="),
                ("/optional", "zip=3"),
                ("/optional", "street=s&zip=x"),
                ("/optional", "street=s&note=q"),
                ("/only", ""),
                ("/only", "other=1"),
                ("/only", "street=s"),
                ("/only", "zip="),
                ("/nullable", ""),
                ("/nullable", "street=s"),
                ("/union", "kind=person&name=A&news=on"),
                ("/union", "kind=company&vat=1&n=1&n=2"),
                ("/union", "kind=x"),
                ("/union", "name=A"),
                ("/union", ""),
                ("/union", "kind=person&name="),
                ("/union", "kind=company&vat=1&n=x"),
                ("/union-optional", ""),
                ("/union-optional", "note=q"),
                ("/union-optional", "kind="),
                ("/union-optional", "name=A"),
                ("/union-optional", "kind=person&name=A&note=z"),
                ("/union-plain", "kind=company&vat=2"),
                ("/union-plain", "kind=company"),
                ("/union-plain", ""),
                ("/strict", "a=1"),
                ("/strict", "a=1&note=x"),
                ("/strict", "a=1&q=x"),
            )
        ]
        + [
            m("/with-file", (b"street", None, b"s"), E),
            m("/with-file", (b"street", None, b"s"), (b"f", b"a.txt", b"1")),
            m("/with-file", (b"f", b"a.txt", b"1")),
            ("GET", "/openapi.json"),
        ],
    ),
    "files": (
        files,
        [
            m("/optional", E, (b"l", b"", b""), (b"b", b"", b"")),
            m("/optional", (b"l", b"", b""), (b"l", b"a", b"1")),
            m("/optional", (b"f", b"a", b"")),
            m("/optional", (b"f", b"", b"1")),
            m("/required", E),
            m("/required", (b"f", b"", b"1")),
            m("/required", (b"f", None, b"hello")),
            m("/required", (b"f", None, b"")),
            m("/bytes", E),
            m("/bytes", (b"f", b"a", b"")),
            m("/bytes", (b"f", None, b"text")),
            m("/list", E),
            m("/list", E, (b"f", b"a", b"1")),
            m("/list"),
            m("/both", (b"f", b"a", b"hello")),
            u("/byte-list", "f=abc"),
            u("/byte-list", "f="),
            u("/byte-list", ""),
            m("/byte-list", E, (b"f", b"a", b"12")),
            m("/byte-list", (b"f", None, b"t"), (b"f", b"a", b"12")),
            u("/fields", "l=&s="),
            u("/fields", "l=&l=a"),
            u("/fields", ""),
            u("/fields", "s=x"),
            u("/checkbox", ""),
            u("/checkbox", "yes=on"),
            u("/checkbox", "yes="),
            u("/checkbox", "yes=x"),
            ("GET", "/openapi.json"),
        ],
    ),
    "media": (media, [("GET", "/openapi.json")]),
}
