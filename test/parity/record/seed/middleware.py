import time
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, StreamingResponse


def make():
    app = FastAPI()

    @app.middleware("http")
    async def add_process_time_header(request: Request, call_next):
        t = time.perf_counter()
        response = await call_next(request)
        response.headers["X-Process-Time"] = str(time.perf_counter() - t)
        return response

    @app.get("/")
    async def main():
        return {"message": "Hello World"}

    @app.get("/n/{n}")
    async def n(n: int):
        return {"n": n}

    return app


def several():
    # two more, to see the order: the one added last is outermost; one that answers itself; one that rewrites
    app = FastAPI()
    log = []

    @app.middleware("http")
    async def inner(request: Request, call_next):
        log.append("inner in")
        response = await call_next(request)
        log.append(f"inner out {response.status_code}")
        response.headers["X-Inner"] = "1"
        return response

    @app.middleware("http")
    async def outer(request: Request, call_next):
        log.append("outer in")
        if request.headers.get("x-stop"):
            return JSONResponse({"stopped": request.url.path}, status_code=403)
        response = await call_next(request)
        log.append("outer out")
        response.headers["X-Outer"] = response.headers.get("X-Inner", "none")
        return response

    @app.get("/")
    async def main():
        return {"message": "Hello World"}

    @app.post("/echo/")
    async def echo(body: dict):
        return body

    @app.get("/n/{n}")
    async def n(n: int):
        if n == 0:
            raise HTTPException(status_code=418, detail="teapot", headers={"X-Inner": "from handler"})
        if n == 1:
            return RedirectResponse("/")
        if n == 2:
            return StreamingResponse(iter(["a", "b", "c"]), media_type="text/plain")
        return {"n": n}

    @app.get("/log/")
    async def read_log():
        out = list(log)
        log.clear()
        return out

    return app


X = {"ignore_headers": ["x-process-time"]}
apps = {
    "": (
        make,
        [
            (m, u, dict(X))
            for m, u in (
                ("GET", "/"),
                ("GET", "/n/1"),
                ("GET", "/n/x"),
                ("GET", "/nowhere"),
                ("GET", "/?x=1"),
                ("GET", "/n/-1"),
                ("GET", "/n/"),
                ("GET", "/n/1/"),
                ("POST", "/"),
                ("HEAD", "/"),
                ("OPTIONS", "/n/1"),
            )
        ]
        + [("GET", "/openapi.json", dict(X)), ("GET", "/docs", {"det": False})],
    ),
    "several": (
        several,
        [
            ("GET", "/"),
            ("GET", "/log/"),
            ("GET", "/", {"headers": [("x-stop", "1")]}),
            ("GET", "/log/"),
            ("GET", "/nowhere"),
            ("GET", "/n/x"),
            ("GET", "/log/"),
            ("GET", "/n/0"),
            ("GET", "/n/1"),
            ("GET", "/n/2"),
            ("GET", "/n/3"),
            ("GET", "/log/"),
            ("POST", "/echo/", {"json": {"a": 1}}),
            ("POST", "/echo/", {"json": []}),
            ("POST", "/echo/", {"json": {"a": 1}, "headers": [("x-stop", "1")]}),
            ("DELETE", "/"),
            ("GET", "/nowhere", {"headers": [("x-stop", "1")]}),
            ("GET", "/log/"),
            ("GET", "/openapi.json"),
        ],
    ),
}
