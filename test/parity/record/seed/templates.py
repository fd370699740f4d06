import os
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

D = os.path.dirname(__file__)


def make():
    app = FastAPI()
    app.mount("/static", StaticFiles(directory=D + "/static"), name="static")
    t = Jinja2Templates(directory=D + "/templates")

    @app.get("/data/{data}", response_class=HTMLResponse)
    async def read_data(request: Request, data: str):
        return t.TemplateResponse(request, "index.html", {"data": data})

    return app


apps = {
    "": (
        make,
        [
            ("GET", "/data/foo"),
            ("GET", "/data/%3Cscript%3Ealert(1)%3C%2Fscript%3E".replace("%2F", "")),
            ("GET", "/data/a%26b%22c'd"),
            ("GET", "/static/styles.css", {"ignore": []}),
            ("GET", "/static/nope.css"),
            ("GET", "/static/../s_templates.py"),
            ("GET", "/static/%2e%2e/rec.py"),
            ("POST", "/static/styles.css"),
            ("GET", "/openapi.json"),
        ],
    )
}
apps[""][1].clear()
apps[""][1].extend(
    [
        ("GET", "/data/foo"),
        ("GET", "/data/%3Cscript%3Ealert(1)%3Cscript%3E"),
        ("GET", "/data/a%26b%22c'd"),
        ("GET", "/data/a%20b"),
        ("GET", "/data/%E4%BD%A0%F0%9F%98%80"),
        ("GET", "/data/%7B%7B1%2B1%7D%7D"),
        ("GET", "/data/%25"),
        ("GET", "/data/a+b"),
        ("GET", "/data/foo?data=bar"),
        ("GET", "/data/a%2Fb"),
        ("GET", "/data/"),
        ("GET", "/data/foo/"),
        ("POST", "/data/foo"),
        ("GET", "/data/foo", {"headers": [("host", "example.com:8080")]}),
        ("GET", "/data/foo", {"scheme": "https", "headers": [("host", "example.com")]}),
        ("GET", "/static/styles.css", {"ignore_headers": ["etag", "last-modified"]}),
        ("GET", "/static/sub/hello.txt", {"ignore_headers": ["etag", "last-modified"]}),
        ("GET", "/static/nope.css"),
        ("GET", "/static/sub"),
        ("GET", "/static/sub/"),
        ("GET", "/static/"),
        ("GET", "/static"),
        ("GET", "/static/../templates/index.html"),
        ("GET", "/static/%2e%2e/templates/index.html"),
        ("GET", "/static/..%2ftemplates%2findex.html"),
        ("GET", "/static//styles.css", {"ignore_headers": ["etag", "last-modified"]}),
        ("POST", "/static/styles.css"),
        ("HEAD", "/static/styles.css", {"ignore_headers": ["etag", "last-modified"]}),
        ("GET", "/static/styles.css", {"headers": [("range", "bytes=0-1")], "ignore_headers": ["etag", "last-modified"]}),
        ("GET", "/static/styles.css", {"headers": [("range", "bytes=999-")], "ignore_headers": ["etag", "last-modified"]}),
        (
            "GET",
            "/static/styles.css",
            {"headers": [("if-modified-since", "Fri, 31 Dec 2100 23:59:59 GMT")], "ignore_headers": ["etag", "last-modified"]},
        ),
        ("GET", "/openapi.json"),
    ]
)
