import os
from typing import Annotated
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException

LOG = "log.txt"  # in the working directory


def make():
    open(LOG, "w").close()
    app = FastAPI()

    def write_log(message: str):
        with open(LOG, mode="a", encoding="utf-8") as log:
            log.write(message)

    def get_query(background_tasks: BackgroundTasks, q: str | None = None):
        if q:
            background_tasks.add_task(write_log, f"found query: {q}\n")
        return q

    @app.post("/send-notification/{email}")
    async def send_notification(email: str, background_tasks: BackgroundTasks, q: Annotated[str | None, Depends(get_query)]):
        background_tasks.add_task(write_log, f"message to {email}\n")
        return {"message": "Message sent"}

    @app.get("/log/")
    async def read_log():
        with open(LOG, encoding="utf-8") as log:
            return log.read().splitlines(keepends=True)

    return app


def rules():
    # which tasks run: not after an exception; in order; async ones too; none after one that failed
    open(LOG, "w").close()
    app = FastAPI()

    def write(message: str, *, end: str = "\n"):
        with open(LOG, mode="a", encoding="utf-8") as log:
            log.write(message + end)

    async def write_async(message: str):
        write("async " + message)

    def bad():
        write("bad")
        raise RuntimeError("task failed")

    @app.post("/order/")
    async def order(t: BackgroundTasks):
        t.add_task(write, "one")
        t.add_task(write_async, "two")
        t.add_task(write, "three", end="!\n")
        write("handler")
        return {"ok": True}

    @app.post("/refused/")
    async def refused(t: BackgroundTasks):
        t.add_task(write, "never")
        raise HTTPException(status_code=400, detail="refused")

    @app.post("/invalid/")
    async def invalid(t: BackgroundTasks, n: int):
        t.add_task(write, f"n={n}")
        return {"n": n}

    @app.post("/failing/")
    async def failing(t: BackgroundTasks):
        t.add_task(write, "before")
        t.add_task(bad)
        t.add_task(write, "after")
        return {"ok": True}

    @app.post("/created/", status_code=202)
    async def created(t: BackgroundTasks):
        t.add_task(write, "accepted")
        return None

    return app


P = lambda u: ("POST", u)
L = ("GET", "/log/")
FL = ("FILE", LOG)
apps = {
    "": (
        make,
        [
            P("/send-notification/foo@example.com?q=some-query"),
            L,
            FL,
            P("/send-notification/bar@example.com"),
            L,
            P("/send-notification/x?q="),
            L,
            ("GET", "/openapi.json"),
            FL,
            P("/send-notification/caf%C3%A9%20x?q=%E4%BD%A0+b"),
            FL,
            P("/send-notification/y?q=a&q=b"),
            P("/send-notification/"),
            P("/send-notification/a/b"),
            ("GET", "/send-notification/foo"),
            P("/send-notification/z/"),
            P("/send-notification/%7Bemail%7D?Q=upper"),
            ("POST", "/send-notification/json@example.com", {"json": {"q": "body"}}),
            L,
            FL,
        ],
    ),
    "rules": (
        rules,
        [
            P("/order/"),
            FL,
            P("/refused/"),
            FL,
            P("/invalid/?n=x"),
            P("/invalid/"),
            FL,
            P("/invalid/?n=3"),
            FL,
            ("POST", "/failing/", {"note": "the answer is out before the task fails; the server logs the error"}),
            FL,
            P("/created/"),
            FL,
            ("GET", "/openapi.json"),
        ],
    ),
}
