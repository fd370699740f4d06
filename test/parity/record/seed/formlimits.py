# form_limits: each key inherits on its own; a form read by hand is not limited by it
from typing import Annotated
from fastapi import APIRouter, FastAPI, File, Form, Request, UploadFile


def make():
    app = FastAPI()

    @app.post("/default")
    def default(a: Annotated[list[str], Form()] = []):
        return {"count": len(a), "size": sum(map(len, a))}

    @app.post("/fields", form_limits={"max_fields": 3})
    def fields(a: Annotated[list[str], Form()]):
        return len(a)

    @app.post("/part", form_limits={"max_part_size": 5})
    def part(a: Annotated[str, Form()]):
        return a

    @app.post("/files", form_limits={"max_files": 1})
    def files(f: list[UploadFile], a: Annotated[str, Form()] = ""):
        return [x.filename for x in f]

    @app.post("/manual", form_limits={"max_fields": 1})
    async def manual(request: Request):
        return len((await request.form()).multi_items())

    return app


def inherit():
    app = FastAPI(form_limits={"max_fields": 2, "max_files": 1})
    r = APIRouter(form_limits={"max_fields": 4})

    @r.post("/x")
    def x(a: Annotated[list[str], Form()]):
        return len(a)

    @r.post("/y", form_limits={"max_files": 0})
    def y(a: Annotated[list[str], Form()] = [], f: list[UploadFile] = []):
        return [len(a), len(f)]

    @app.post("/z")
    def z(a: Annotated[list[str], Form()]):
        return len(a)

    app.include_router(r)
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


A = (b"a", None, b"1")
raw = lambda b, ct="multipart/form-data; boundary=X": ("POST", "/default", {"raw": b, "headers": [["content-type", ct]]})
apps = {
    "": (
        make,
        [
            u("/default", "&".join(["a=1"] * 1000)),
            u("/default", "&".join(["a=1"] * 1001)),
            m("/default", *[A] * 1001),
            m("/default", *[(b"f", b"x", b"1")] * 1001),
            u("/fields", "a=1&a=2&a=3"),
            u("/fields", "a=1&a=2&a=3&b=4"),
            m("/fields", A, A, A),
            m("/fields", A, A, A, A),
            m("/part", (b"a", None, b"12345")),
            m("/part", (b"a", None, b"123456")),
            u("/part", "a=1234"),
            u("/part", "a=12345"),
            u("/part", "a=1&bbbbbbb=1"),
            u("/part", "a=%41"),
            u("/part", "a=%41%41"),
            m("/part", (b"a", None, b"1"), (b"f", b"x", b"0123456789")),
            m("/files", (b"f", b"a", b"x" * 100)),
            m("/files", (b"f", b"a", b"x"), (b"f", b"b", b"x")),
            m("/files", (b"f", b"a", b"x"), (b"f", b"", b"")),
            u("/manual", "a=1&b=2"),
            raw(b"garbage"),
            raw(b"garbage", "multipart/form-data"),
            raw(b'--X\r\nContent-Disposition: form-data; name="a"\r\n\r\n12'),
            raw(b"--X\r\nContent-Disposition: form-data\r\n\r\n12\r\n--X--\r\n"),
            raw(b""),
            ("GET", "/openapi.json"),
        ],
    ),
    "inherit": (
        inherit,
        [
            u("/z", "a=1&a=1"),
            u("/z", "a=1&a=1&a=1"),
            u("/x", "a=1&a=1&a=1&a=1"),
            u("/x", "a=1&a=1&a=1&a=1&a=1"),
            m("/y", A, A, A, A),
            m("/y", A, A, A, A, A),
            m("/y", (b"f", b"a", b"x")),
        ],
    ),
}
