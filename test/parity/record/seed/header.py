from fastapi import FastAPI, Header
from typing import Annotated


def make():
    app = FastAPI()

    @app.get("/items/")
    async def read_items(*, user_agent: Annotated[str | None, Header()] = None, users_agent: Annotated[str | None, Header()] = None):
        return {"User-Agent": user_agent}, {"AAAAA": user_agent}, {"ABCD": users_agent}

    @app.get("/tokens/")
    async def read_tokens(x_token: Annotated[list[str] | None, Header()] = None):
        return {"X-Token values": x_token}

    @app.get("/counted/")
    async def counted(
        x_count: Annotated[int, Header(ge=1)], strange_header: Annotated[str | None, Header(convert_underscores=False)] = None
    ):
        return {"count": x_count, "strange": strange_header}

    return app


h = lambda u, *v: ("GET", u, {"headers": list(v)})
apps = {
    "": (
        make,
        [
            ("GET", "/items/"),
            h("/items/", ("user-agent", "ua/1")),
            h("/items/", ("users-agent", "b")),
            h("/items/", ("users_agent", "b")),
            h("/items/", ("User-Agent", "A"), ("Users-Agent", "B")),
            ("GET", "/tokens/"),
            h("/tokens/", ("x-token", "foo")),
            h("/tokens/", ("x-token", "foo"), ("x-token", "bar")),
            h("/tokens/", ("x-token", "foo, bar")),
            ("GET", "/counted/"),
            h("/counted/", ("x-count", "2")),
            h("/counted/", ("x-count", "0")),
            h("/counted/", ("x-count", "z")),
            h("/counted/", ("x-count", "2"), ("strange_header", "s")),
            h("/counted/", ("x-count", "2"), ("strange-header", "s")),
            ("GET", "/openapi.json"),
        ],
    )
}
apps[""][1].extend(
    [
        h("/items/", ("User-agent", "")),
        h("/items/", ("user-agent", "a"), ("user-agent", "b")),
        h("/items/", ("users-agent", "caf\xe9")),
        ("GET", "/items/?user_agent=q"),
        h("/tokens/", ("x-token", "")),
        h("/tokens/", ("X-Token", "A"), ("x-token", "b"), ("X-TOKEN", "c")),
        h("/tokens/", ("x_token", "foo")),
        h("/tokens/", ("x-token", "a"), ("x-token", "a")),
        h("/counted/", ("x-count", "1")),
        h("/counted/", ("x-count", "-1")),
        h("/counted/", ("x-count", "")),
        h("/counted/", ("x-count", "1.0")),
        h("/counted/", ("x-count", "1.5")),
        h("/counted/", ("x_count", "2")),
        h("/counted/", ("x-count", "2"), ("x-count", "0")),
        h("/counted/", ("x-count", "0"), ("x-count", "2")),
        h("/counted/", ("x-count", "x"), ("strange_header", "")),
        h("/items"),
        ("POST", "/items/"),
        ("GET", "/headers/"),
    ]
)
