import os
from typing import Annotated
from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

D = os.path.dirname(__file__)


def make():
    app = FastAPI()
    t = Jinja2Templates(directory=D + "/templates")

    @app.post("/user/")
    async def users(username: Annotated[str, Form()], password: Annotated[str, Form()]):
        return {"username": username, "password": password}

    @app.post("/survey/")
    async def survey(age: Annotated[int, Form(ge=0)], colours: Annotated[list[str], Form()] = [], agree: Annotated[bool, Form()] = False):
        return {"age": age, "colours": colours, "agree": agree}

    @app.get("/", response_class=HTMLResponse)
    async def index(request: Request):
        return t.TemplateResponse(request, "post.html", {})

    return app


f = lambda u, s: ("POST", u, {"form": s})
apps = {
    "": (
        make,
        [
            ("GET", "/"),
            f("/user/", "username=a&password=b"),
            f("/user/", "username=a"),
            f("/user/", ""),
            f("/user/", "username=&password=b"),
            f("/user/", "username=a+b&password=%C3%A9%26"),
            f("/user/", "username=a&username=z&password=b"),
            ("POST", "/user/", {"json": {"username": "a", "password": "b"}}),
            ("POST", "/user/", {"raw": "username=a&password=b", "headers": [("content-type", "text/plain")]}),
            (
                "POST",
                "/user/",
                {
                    "raw": '--B\r\nContent-Disposition: form-data; name="username"\r\n\r\na\r\n--B\r\nContent-Disposition: form-data; name="password"\r\n\r\nb\r\n--B--\r\n',
                    "headers": [("content-type", "multipart/form-data; boundary=B")],
                },
            ),
            f("/survey/", "age=5"),
            f("/survey/", "age=-1"),
            f("/survey/", "age=x&agree=maybe"),
            f("/survey/", "age=5&colours=red&colours=blue&agree=on"),
            f("/survey/", "age="),
            ("GET", "/openapi.json"),
        ],
    )
}
mp = lambda u, parts, b="B", ct=None: (
    "POST",
    u,
    {
        "raw": "".join(f"--{b}\r\nContent-Disposition: form-data; {d}\r\n\r\n{v}\r\n" for d, v in parts) + f"--{b}--\r\n",
        "headers": [("content-type", ct or f"multipart/form-data; boundary={b}")],
    },
)
apps[""][1].extend(
    [
        f("/user/", "password=b"),
        f("/user/", "username=a&password="),
        f("/user/", "username&password"),
        f("/user/", "username=a&password=b&extra=c"),
        f("/user/", "Username=a&password=b"),
        f("/user/", "username=%E4%BD%A0&password=%F0%9F%98%80"),
        f("/user/", "username=%00&password=%zz"),
        f("/user/", "username=a;password=b"),
        ("POST", "/user/?username=a&password=b"),
        ("POST", "/user/"),
        ("POST", "/user/", {"raw": "username=a&password=b"}),
        (
            "POST",
            "/user/",
            {"form": "username=a&password=b", "headers": [("content-type", "application/x-www-form-urlencoded; charset=utf-8")]},
        ),
        ("POST", "/user/", {"form": "username=a&password=b", "headers": [("content-type", "Application/X-WWW-Form-Urlencoded")]}),
        mp("/user/", [('name="username"', "a"), ('name="password"', "")]),
        mp("/user/", [('name="username"', "a")]),
        mp("/user/", [('name="username"', "a"), ('name="username"', "z"), ('name="password"', "é")]),
        mp("/user/", [('name="username"; filename="u.txt"', "file text"), ('name="password"', "b")])[:2]
        + (
            {
                **mp("/user/", [('name="username"; filename="u.txt"', "file text"), ('name="password"', "b")])[2],
                "ignore": ["/detail/0/input"],
                "note": "input is Python's dump of the upload object",
            },
        ),
        mp("/user/", [('name="username"', "a"), ('name="password"', "b")], ct="multipart/form-data"),
        ("POST", "/user/", {"raw": "--B\r\nbroken", "headers": [("content-type", "multipart/form-data; boundary=B")]}),
        ("POST", "/user/", {"raw": "", "headers": [("content-type", "multipart/form-data; boundary=B")]}),
        mp("/user/", []),
        f("/survey/", "age=0"),
        f("/survey/", "age=+5"),
        f("/survey/", "age=%2B5"),
        f("/survey/", "age=5.0"),
        f("/survey/", "age=5.5"),
        f("/survey/", ""),
        f("/survey/", "age=5&age=6"),
        f("/survey/", "age=5&colours="),
        f("/survey/", "age=5&colours=a,b&colours=a"),
        f("/survey/", "age=5&colours=&colours=x"),
        *[f("/survey/", "age=5&agree=" + v) for v in ("true", "1", "yes", "Y", "T", "off", "0", "no", "False", "2", "")],
        mp("/survey/", [('name="age"', "7"), ('name="colours"', "red"), ('name="colours"', "blue"), ('name="agree"', "true")]),
        ("POST", "/survey/", {"json": {"age": 5}}),
        ("GET", "/user/"),
        ("PUT", "/user/", {"form": "username=a&password=b"}),
        ("POST", "/"),
        ("POST", "/user", {"form": "username=a&password=b"}),
        ("GET", "/?x=1"),
        ("GET", "/nope"),
    ]
)
