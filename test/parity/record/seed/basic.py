from fastapi import FastAPI


def meta():
    app = FastAPI(
        title="My Super Project", description="This is a very fancy project, with auto docs for the API and everything", version="6.6.6"
    )

    @app.get("/")
    async def main():
        return {"message": "Hello World"}

    return app


def urls():
    app = FastAPI(openapi_url="/api/v1/openapi.json", docs_url="/documentation", redoc_url=None)

    @app.get("/")
    async def main():
        return {"message": "Hello World"}

    return app


apps = {
    "": (
        meta,
        [
            ("GET", "/"),
            ("GET", "/openapi.json"),
            ("GET", "/docs", {"det": False}),
            ("GET", "/redoc", {"det": False}),
            ("GET", "/nope"),
            ("POST", "/"),
            ("DELETE", "/"),
        ],
    ),
    "urls": (
        urls,
        [
            ("GET", "/"),
            ("GET", "/api/v1/openapi.json"),
            ("GET", "/openapi.json"),
            ("GET", "/documentation", {"det": False}),
            ("GET", "/docs"),
            ("GET", "/redoc"),
        ],
    ),
}


def downloads():
    # the seed's second snippet alone: only the document moves
    app = FastAPI(openapi_url="/api/v1/openapi.json")

    @app.get("/")
    async def main():
        return {"message": "Hello World"}

    return app


def combined():
    # the three snippets in one app
    app = FastAPI(
        title="My Super Project",
        description="This is a very fancy project, with auto docs for the API and everything",
        version="6.6.6",
        openapi_url="/api/v1/openapi.json",
        docs_url="/documentation",
        redoc_url=None,
    )

    @app.get("/")
    async def main():
        return {"message": "Hello World"}

    return app


apps[""][1].extend(
    [
        ("GET", "/docs/oauth2-redirect", {"det": False}),
        ("GET", "/?unknown=1"),
        ("HEAD", "/"),
        ("OPTIONS", "/"),
        ("PUT", "/", {"json": {"a": 1}}),
        ("PATCH", "/"),
        ("POST", "/openapi.json"),
        ("POST", "/docs"),
        ("GET", "/nope/"),
        ("GET", "/Docs"),
        ("GET", "/openapi.json/"),
        ("GET", "/%6Fpenapi.json"),
        ("GET", "/openapi.json?x=1"),
    ]
)
apps["urls"][1].extend(
    [
        ("GET", "/documentation/oauth2-redirect"),
        ("GET", "/docs/oauth2-redirect", {"det": False}),
        ("GET", "/api/v1/"),
        ("GET", "/api/v1/openapi.json/"),
        ("POST", "/"),
        ("GET", "/nope"),
    ]
)
apps["downloads"] = (
    downloads,
    [
        ("GET", "/"),
        ("GET", "/api/v1/openapi.json"),
        ("GET", "/openapi.json"),
        ("GET", "/docs", {"det": False}),
        ("GET", "/redoc", {"det": False}),
        ("GET", "/documentation"),
    ],
)
apps["combined"] = (
    combined,
    [
        ("GET", "/"),
        ("GET", "/api/v1/openapi.json"),
        ("GET", "/openapi.json"),
        ("GET", "/documentation", {"det": False}),
        ("GET", "/docs"),
        ("GET", "/redoc"),
    ],
)
