# max_body_size: one byte counter a request, the most specific limit counts
from typing import Annotated
from fastapi import APIRouter, Body, Depends, FastAPI, File, Request, UploadFile
from fastapi.responses import PlainTextResponse

B = lambda n: b'"' + b"a" * (n - 2) + b'"'  # a JSON text of n bytes


def p(url, body, **kw):
    return ("POST", url, {"raw": body, "headers": [["content-type", "application/json"]], **kw})


def c(url, body, **kw):
    return p(url, body, chunked=True, **kw)


def make():
    app = FastAPI(max_body_size=10)

    @app.post("/value")
    def value(d: Annotated[object, Body()]):
        return d

    @app.post("/unread")
    def unread():
        return "not read"

    @app.post("/raw")
    async def raw(request: Request):
        return PlainTextResponse(await request.body())

    @app.post("/more", max_body_size=20)
    def more(d: Annotated[object, Body()]):
        return d

    @app.post("/nothing", max_body_size=0)
    def nothing(d: Annotated[object, Body()] = None):
        return d

    @app.post("/inherit", max_body_size=None)
    def inherit(d: Annotated[object, Body()]):
        return d

    @app.get("/get")
    def get():
        return 1

    r = APIRouter(prefix="/r", max_body_size=15)

    @r.post("/a")
    def ra(d: Annotated[object, Body()]):
        return d

    @r.post("/b", max_body_size=5)
    def rb(d: Annotated[object, Body()]):
        return d

    app.include_router(r)
    r2 = APIRouter(prefix="/included")

    @r2.post("/a")
    def r2a(d: Annotated[object, Body()]):
        return d

    app.include_router(r2, max_body_size=12)
    r3 = APIRouter(prefix="/own", max_body_size=15)

    @r3.post("/a")
    def r3a(d: Annotated[object, Body()]):
        return d

    app.include_router(r3, max_body_size=3)
    sub = FastAPI()

    @sub.post("/x")
    def sx(d: Annotated[object, Body()]):
        return d

    app.mount("/sub", sub)
    sub2 = FastAPI(max_body_size=20)

    @sub2.post("/x")
    def sx2(d: Annotated[object, Body()]):
        return d

    app.mount("/sub2", sub2)
    return app


def files():
    app = FastAPI()

    @app.post("/file", max_body_size=200)
    def file(f: UploadFile):
        return {"filename": f.filename, "size": f.size}

    @app.post("/free")
    def free(d: Annotated[object, Body()]):
        return len(str(d))

    return app


def reading():
    # a middleware that reads the body is under the app's limit, whatever the route allows; a handler may catch the error of a counted body
    app = FastAPI(max_body_size=10)

    @app.middleware("http")
    async def mw(request: Request, call_next):
        if request.url.path == "/early":
            await request.body()
        response = await call_next(request)
        response.headers["x-mw"] = "1"
        return response

    @app.post("/early", max_body_size=100)
    def early(d: Annotated[object, Body()]):
        return d

    @app.post("/late", max_body_size=100)
    def late(d: Annotated[object, Body()]):
        return d

    @app.post("/plain")
    def plain(d: Annotated[object, Body()]):
        return d

    @app.post("/caught")
    async def caught(request: Request):
        try:
            await request.body()
        except Exception as e:
            return {"status": getattr(e, "status_code", None), "detail": getattr(e, "detail", None)}
        return "read"

    return app


M = [["content-type", "multipart/form-data; boundary=X"]]


def part(n):
    return b'--X\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n' + b"x" * n + b"\r\n--X--\r\n"


apps = {
    "": (
        make,
        [
            p("/value", B(10)),
            p("/value", B(11)),
            c("/value", B(10)),
            c("/value", B(11)),
            p("/value", b"{" * 11),
            c("/value", b"{" * 11),
            p("/unread", B(11)),
            c("/unread", B(11)),
            p("/raw", B(10)),
            p("/raw", B(11)),
            c("/raw", B(11)),
            p("/more", B(20)),
            p("/more", B(21)),
            c("/more", B(20)),
            c("/more", B(21)),
            p("/nothing", b""),
            p("/nothing", b"1"),
            c("/nothing", b"1"),
            p("/inherit", B(10)),
            p("/inherit", B(11)),
            p("/r/a", B(15)),
            p("/r/a", B(16)),
            p("/r/b", B(5)),
            p("/r/b", B(6)),
            c("/r/b", B(6)),
            p("/included/a", B(12)),
            p("/included/a", B(13)),
            p("/own/a", B(15)),
            p("/own/a", B(16)),
            p("/sub/x", B(10)),
            p("/sub/x", B(11)),
            c("/sub/x", B(11)),
            p("/sub2/x", B(20)),
            p("/sub2/x", B(21)),
            c("/sub2/x", B(21)),
            p("/nope", B(11)),
            c("/nope", B(11)),
            p("/get", B(11)),
            ("GET", "/get", {"raw": B(11)}),
            ("GET", "/get?q=" + "x" * 50),
            ("GET", "/openapi.json"),
        ],
    ),
    "files": (
        files,
        [
            ("POST", "/file", {"raw": part(n), "headers": M, **k})
            for n in (5, 200 - len(part(0)) - 1, 200 - len(part(0)), 201 - len(part(0)), 300)
            for k in ({}, {"chunked": True})
        ]
        + [p("/free", B(5000)), c("/free", B(5000)), ("GET", "/openapi.json")],
    ),
    "reading": (
        reading,
        [
            p("/early", B(10)),
            p("/early", B(11)),
            c("/early", B(11)),
            p("/late", B(11)),
            c("/late", B(11)),
            p("/plain", B(11)),
            c("/plain", B(11)),
            p("/caught", B(11)),
            c("/caught", B(11)),
            c("/caught", B(3)),
        ],
    ),
}
