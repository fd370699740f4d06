# what is not finite becomes null in streams without a declared item type; streams that fail; QUERY; hosts and caches
import asyncio
import math
from typing import Annotated, AsyncIterable, Iterable
from fastapi import Body, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel


class MM(BaseModel):
    v: float
    d: dict = {}


def make():
    nan, inf = math.nan, math.inf
    app = FastAPI()

    @app.get("/lines")
    def lines():
        yield {"a": nan, "b": [inf, -inf, {"c": nan}], "t": (nan,)}
        yield nan
        yield MM(v=nan, d={"x": inf})
        yield "NaN"

    @app.get("/typed")
    def typed() -> Iterable[MM]:
        yield MM(v=nan, d={"x": inf})

    @app.get("/events", response_class=EventSourceResponse)
    def events():
        yield {"a": nan}
        yield ServerSentEvent(data={"x": inf}, event="e")
        yield ServerSentEvent(raw_data="NaN")
        yield MM(v=inf)

    @app.get("/plain")
    def plain():
        return {"a": nan}

    return app


def failing():
    app = FastAPI()

    # Long enough that the first item has been sent.
    async def later():
        await asyncio.sleep(0.05)

    @app.get("/unfit")
    async def unfit() -> AsyncIterable[MM]:
        yield MM(v=1.5)
        await later()
        yield {"v": "x"}

    @app.get("/unfit-first")
    async def unfit_first() -> AsyncIterable[MM]:
        yield {"v": "x"}

    @app.get("/unfit-second")
    async def unfit_second() -> AsyncIterable[MM]:
        yield MM(v=1.5)
        yield {"v": "x"}

    @app.get("/lines")
    async def lines():
        yield 1
        await later()
        raise RuntimeError("lines")

    @app.get("/lines-first")
    async def lines_first():
        raise RuntimeError("lines")
        yield 1

    @app.get("/events", response_class=EventSourceResponse)
    async def events():
        yield 1
        await later()
        raise RuntimeError("events")

    @app.get("/text")
    async def text():
        async def chunks():
            yield "one"
            await later()
            raise RuntimeError("text")

        return StreamingResponse(chunks(), media_type="text/plain")

    return app


def query():
    app = FastAPI()

    @app.api_route("/q", methods=["QUERY"])
    def q(b: Annotated[dict, Body()] = {}):
        return {"q": b}

    @app.get("/g")
    def g():
        return 1

    return app


def hosts():
    app = FastAPI()
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["Example.com", "*.x.org", "[::1]"])

    @app.get("/")
    def root():
        return 1

    return app


def cors():
    app = FastAPI()
    app.add_middleware(CORSMiddleware, allow_origins=["https://a.example"], allow_methods=["*"])

    @app.get("/")
    def root():
        return 1

    return app


J = [["content-type", "application/json"]]
h = lambda v: ("GET", "/", {"headers": [["host", v]]})
apps = {
    "": (make, [("GET", "/lines"), ("GET", "/typed"), ("GET", "/events"), ("GET", "/plain"), ("GET", "/openapi.json")]),
    "failing": (failing, [("GET", u) for u in ("/unfit", "/unfit-first", "/unfit-second", "/lines", "/lines-first", "/events", "/text")]),
    "query": (
        query,
        [
            ("QUERY", "/q", {"raw": '{"a":1}', "headers": J}),
            ("QUERY", "/q"),
            ("QUERY", "/q", {"raw": "[]", "headers": J}),
            ("GET", "/q"),
            ("QUERY", "/g"),
            ("GET", "/openapi.json"),
        ],
    ),
    "hosts": (
        hosts,
        [
            h(x)
            for x in (
                "example.com",
                "EXAMPLE.COM:80",
                "example.com:abc",
                "a.X.org",
                "[::1]:80",
                "exa mple.com",
                "example.com:",
                "x.org",
                "other.com",
            )
        ],
    ),
    "cors": (
        cors,
        [
            ("GET", "/"),
            ("GET", "/", {"headers": [["origin", "https://a.example"]]}),
            ("GET", "/", {"headers": [["origin", "https://b.example"]]}),
            ("OPTIONS", "/", {"headers": [["origin", "https://a.example"], ["access-control-request-method", "QUERY"]]}),
            ("OPTIONS", "/", {"headers": [["origin", "https://b.example"], ["access-control-request-method", "GET"]]}),
            ("OPTIONS", "/"),
        ],
    ),
}
