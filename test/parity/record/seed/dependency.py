from typing import Annotated
from fastapi import Cookie, Depends, FastAPI, Header, HTTPException

db = [{"item_name": "Foo"}, {"item_name": "Bar"}, {"item_name": "Baz"}]


async def common_parameters(q: str | None = None, skip: int = 0, limit: int = 100):
    limit = 66
    return {"q": q, "skip": skip, "limit": limit}


class CommonQueryParams:
    def __init__(self, q: str | None = None, skip: int = 0, limit: int = 100):
        self.q, self.skip, self.limit = q, skip, limit


def query_extractor(q: str | None = None):
    return q


def query_or_cookie(q: Annotated[str | None, Depends(query_extractor)], last_query: Annotated[str | None, Cookie()] = None):
    return q or last_query


async def verify_token(x_token: Annotated[str, Header()]):
    if x_token != "fake-super-secret-token":
        raise HTTPException(status_code=400, detail="X-Token header invalid")
    return x_token


async def verify_key(x_key: Annotated[str, Header()]):
    if x_key != "fake-super-secret-key":
        raise HTTPException(status_code=400, detail="X-Key header invalid")
    return x_key


def make():
    log = []
    app = FastAPI()

    def counter():
        log.append("count")
        return len([x for x in log if x == "count"])

    def a(c: Annotated[int, Depends(counter)]):
        return c

    def b(c: Annotated[int, Depends(counter)]):
        return c

    async def resource():
        log.append("open")
        try:
            yield "resource"
        except ValueError:
            log.append("seen")
            raise HTTPException(status_code=409, detail="converted")
        finally:
            log.append("close")

    @app.get("/items/")
    async def read_items(commons: Annotated[dict, Depends(common_parameters)]):
        commons["skip"] += 10
        return commons

    @app.get("/items/class/")
    async def read_class(commons: Annotated[CommonQueryParams, Depends(CommonQueryParams)]):
        r = {}
        if commons.q:
            r.update({"q": commons.q})
        r.update({"items": db[commons.skip : commons.skip + commons.limit]})
        return r

    @app.get("/items/sub/")
    async def read_sub(query_or_default: Annotated[str | None, Depends(query_or_cookie)]):
        return {"q_or_cookie": query_or_default}

    @app.get("/items/guarded/", dependencies=[Depends(verify_token), Depends(verify_key)])
    async def guarded(n: int = 1):
        return [{"item": "Foo"}, {"n": n}]

    @app.get("/cached/")
    async def cached(x: Annotated[int, Depends(a)], y: Annotated[int, Depends(b)], z: Annotated[int, Depends(counter, use_cache=False)]):
        return {"x": x, "y": y, "z": z}

    @app.get("/resource/{how}")
    async def use(how: str, r: Annotated[str, Depends(resource)]):
        if how == "value":
            raise ValueError("x")
        if how == "http":
            raise HTTPException(status_code=404, detail="gone")
        return {"r": r}

    @app.get("/log/")
    async def read_log():
        return [x for x in log if x != "count"]

    return app


g = lambda u, *h: ("GET", u, {"headers": list(h)}) if h else ("GET", u)
T = ("x-token", "fake-super-secret-token")
K = ("x-key", "fake-super-secret-key")
apps = {
    "": (
        make,
        [
            g("/items/"),
            g("/items/?q=foo&skip=5&limit=7"),
            g("/items/?skip=x"),
            g("/items/?skip=x&limit=y"),
            g("/items/class/"),
            g("/items/class/?q=a&skip=1&limit=1"),
            g("/items/class/?limit=z"),
            g("/items/sub/"),
            g("/items/sub/?q=z"),
            g("/items/sub/", ("cookie", "last_query=old")),
            g("/items/sub/?q=new", ("cookie", "last_query=old")),
            g("/items/guarded/"),
            g("/items/guarded/", T),
            g("/items/guarded/", T, K),
            g("/items/guarded/", ("x-token", "bad"), ("x-key", "bad")),
            g("/items/guarded/", T, ("x-key", "bad")),
            g("/items/guarded/?n=x", T, K),
            g("/items/guarded/?n=x", ("x-token", "bad"), K),
            g("/items/guarded/?n=x", T),
            g("/cached/"),
            g("/cached/"),
            g("/resource/ok"),
            g("/log/"),
            g("/resource/value"),
            g("/log/"),
            g("/resource/http"),
            g("/log/"),
            g("/openapi.json"),
        ],
    )
}


def original():
    # the seed's first dependency before limit=66 was put in, used by two routes; and a dependency shared as an alias
    app = FastAPI()

    async def commons(q: str | None = None, skip: int = 0, limit: int = 100):
        return {"q": q, "skip": skip, "limit": limit}

    C = Annotated[dict, Depends(commons)]

    @app.get("/items/")
    async def read_items(c: C):
        return c

    @app.get("/users/")
    async def read_users(c: C):
        return c

    @app.get("/users/{user_id}")
    async def read_user(user_id: int, c: C, p: Annotated[CommonQueryParams, Depends()], limit: int = 5):
        return {"user_id": user_id, "commons": c, "class_skip": p.skip, "limit": limit}

    return app


def order():
    # yield dependencies: nesting, order of opening and closing, errors thrown on both sides
    app = FastAPI()
    log = []

    async def dep_a():
        log.append("a open")
        try:
            yield "a"
        finally:
            log.append("a close")

    async def dep_b(a: Annotated[str, Depends(dep_a)]):
        log.append("b open")
        try:
            yield a + "b"
        finally:
            log.append("b close")

    def dep_c(b: Annotated[str, Depends(dep_b)], fail: bool = False):
        log.append("c open")
        if fail:
            raise HTTPException(status_code=400, detail="c failed")
        try:
            yield b + "c"
        except KeyError:
            log.append("c saw KeyError")
            raise
        finally:
            log.append("c close")

    async def swallow():
        try:
            yield
        except KeyError:
            log.append("swallowed")
            raise HTTPException(status_code=418, detail="from KeyError")

    @app.get("/chain/")
    async def chain(c: Annotated[str, Depends(dep_c)], a: Annotated[str, Depends(dep_a)]):
        log.append("handler")
        return {"c": c, "a": a}

    @app.get("/chain/error/")
    async def chain_error(c: Annotated[str, Depends(dep_c)]):
        raise HTTPException(status_code=404, detail="no such chain")

    @app.get("/chain/key/", dependencies=[Depends(swallow)])
    async def chain_key(c: Annotated[str, Depends(dep_c)]):
        raise KeyError("k")

    @app.get("/chain/crash/")
    async def chain_crash(c: Annotated[str, Depends(dep_c)]):
        raise RuntimeError("x")

    @app.get("/chain/invalid/")
    async def chain_invalid(c: Annotated[str, Depends(dep_c)], n: int):
        return {"n": n}

    @app.get("/log/")
    async def read_log():
        out = list(log)
        log.clear()
        return out

    return app


apps[""][1].extend(
    [
        g("/items/?q="),
        g("/items/?skip=-10"),
        g("/items/?limit=y"),
        g("/items/?limit=1000"),
        g("/items/?skip="),
        g("/items/?q=a&q=b"),
        g("/items"),
        ("POST", "/items/"),
        g("/items/class/?q="),
        g("/items/class/?skip=2"),
        g("/items/class/?skip=3&limit=0"),
        g("/items/class/?skip=-1"),
        g("/items/class/?limit=-1"),
        g("/items/class/?skip=x&limit=y"),
        g("/items/sub/?q="),
        g("/items/sub/?q=", ("cookie", "last_query=old")),
        g("/items/sub/", ("cookie", "last_query=")),
        g("/items/guarded/", K),
        g("/items/guarded/", ("x-token", ""), K),
        g("/items/guarded/", ("X-Token", T[1]), ("X-Key", K[1])),
        g("/items/guarded/?n=7", T, K),
        g("/items/guarded/?n=x"),
        g("/items/guarded/?n=x", T, ("x-key", "bad")),
        g("/resource/%20"),
        g("/log/"),
        g("/cached/"),
    ]
)
apps["original"] = (
    original,
    [
        g("/items/"),
        g("/items/?q=foo"),
        g("/items/?q=foo&skip=5"),
        g("/items/?q=foo&skip=5&limit=30"),
        g("/users/"),
        g("/users/?q=foo&skip=5&limit=30"),
        g("/users/?limit=x"),
        g("/users/7"),
        g("/users/7?skip=2&limit=3&q=z"),
        g("/users/7?limit=x"),
        g("/users/7?skip=x"),
        g("/users/x?skip=y&limit=z"),
        g("/openapi.json"),
    ],
)
apps["order"] = (
    order,
    [
        x
        for u in (
            "/chain/",
            "/chain/?fail=true",
            "/chain/?fail=maybe",
            "/chain/error/",
            "/chain/key/",
            "/chain/crash/",
            "/chain/invalid/?n=1",
            "/chain/invalid/?n=x",
            "/chain/invalid/",
        )
        for x in (g(u), g("/log/"))
    ]
    + [g("/openapi.json")],
)
