from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.httpsredirect import HTTPSRedirectMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware


def base_app():
    app = FastAPI()

    @app.get("/")
    async def main():
        return {"message": "Hello World"}

    @app.post("/items/")
    async def post():
        return {"made": True}

    return app


def cors():
    app = base_app()
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["https://gzky.live", "https://google.com", "http://localhost:5000", "http://localhost:8000"],
        allow_credentials=True,
        allow_methods=["*"],
        allow_headers=["*"],
    )
    return app


def narrow():
    app = base_app()
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["https://a.example"],
        allow_methods=["GET"],
        allow_headers=["X-One"],
        expose_headers=["X-Two"],
        max_age=5,
    )
    return app


def trusted():
    app = base_app()
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["example.com", "*.example.com"])
    return app


def https():
    app = base_app()
    app.add_middleware(HTTPSRedirectMiddleware)
    return app


g = lambda u, *h, m="GET": (m, u, {"headers": list(h)}) if h else (m, u)
O = lambda o: ("origin", o)
R = lambda m, h=None: [("access-control-request-method", m)] + ([("access-control-request-headers", h)] if h else [])
H = lambda h: ("host", h)
apps = {
    "cors": (
        cors,
        [
            g("/"),
            g("/", O("https://google.com")),
            g("/", O("https://evil.example")),
            g("/", O("null")),
            g("/", O("http://localhost:5000"), *R("POST", "X-Any, Content-Type"), m="OPTIONS"),
            g("/", O("https://evil.example"), *R("GET"), m="OPTIONS"),
            g("/items/", O("https://gzky.live"), m="POST"),
            g("/nowhere", O("https://google.com")),
            g("/", O("https://google.com.evil.example")),
        ],
    ),
    "narrow": (
        narrow,
        [
            g("/", O("https://a.example")),
            g("/", O("https://a.example"), *R("GET", "X-One"), m="OPTIONS"),
            g("/", O("https://a.example"), *R("POST"), m="OPTIONS"),
            g("/", O("https://a.example"), *R("GET", "X-Other"), m="OPTIONS"),
            g("/", O("https://b.example"), *R("PUT", "X-Other"), m="OPTIONS"),
        ],
    ),
    "trusted": (
        trusted,
        [
            g("/", H("example.com")),
            g("/", H("www.example.com")),
            g("/", H("a.b.example.com:8080")),
            g("/", H("EXAMPLE.com")),
            g("/", H("evil.com")),
            g("/", H("example.com.evil.com")),
            g("/", H("notexample.com")),
            g("/", H("example.com@evil.com")),
        ],
    ),
    "https": (https, [g("/", H("example.com")), g("/items/?a=1&b=c%20d", H("example.com:8080")), g("/items/", H("example.com"), m="POST")]),
}


def everything():
    # the seed's order: https redirect, trusted host, CORS added last and so outermost
    app = https_trusted(base_app())
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["https://gzky.live", "https://google.com", "http://localhost:5000", "http://localhost:8000"],
        allow_credentials=True,
        allow_methods=["*"],
        allow_headers=["*"],
    )
    return app


def https_trusted(app):
    app.add_middleware(HTTPSRedirectMiddleware)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["example.com", "*.example.com"])
    return app


def anyone():
    app = base_app()
    app.add_middleware(CORSMiddleware, allow_origins=["*"])
    return app


s = lambda u, *h, m="GET": (m, u, {"headers": list(h), "scheme": "https"})
E_ = H("example.com")
GO = O("https://google.com")
apps["cors"][1].extend(
    [
        g("/", O("https://gzky.live")),
        g("/", O("http://localhost:8000")),
        g("/", O("http://localhost:8001")),
        g("/", O("HTTPS://GOOGLE.COM")),
        g("/", O("https://google.com/")),
        g("/", O("")),
        g("/", O("https://sub.google.com")),
        g("/", GO, ("cookie", "a=1")),
        g("/", GO, m="OPTIONS"),
        g("/", *R("GET"), m="OPTIONS"),
        g("/", GO, *R("DELETE"), m="OPTIONS"),
        g("/", GO, *R("NONSENSE"), m="OPTIONS"),
        g("/", GO, *R("GET", ""), m="OPTIONS"),
        g("/nowhere", GO, *R("GET"), m="OPTIONS"),
        g("/items/", GO, *R("POST", "x-a,x-b"), m="OPTIONS"),
        g("/items/", GO),
        g("/items", GO, m="POST"),
        g("/openapi.json", GO),
    ]
)
apps["narrow"][1].extend(
    [
        g("/"),
        g("/", O("https://b.example")),
        g("/items/", O("https://a.example"), m="POST"),
        g("/", O("https://a.example"), *R("GET", "x-one"), m="OPTIONS"),
        g("/", O("https://a.example"), *R("GET", "X-One, Content-Type"), m="OPTIONS"),
        g("/", O("https://a.example"), *R("GET", "Accept, Accept-Language, Content-Language"), m="OPTIONS"),
        g("/", O("https://a.example"), *R("get"), m="OPTIONS"),
        g("/", O("https://a.example"), m="OPTIONS"),
    ]
)
apps["anyone"] = (
    anyone,
    [
        g("/"),
        g("/", GO),
        g("/", O("null")),
        g("/", GO, ("cookie", "a=1")),
        g("/", GO, *R("GET"), m="OPTIONS"),
        g("/", GO, *R("POST"), m="OPTIONS"),
        g("/", GO, *R("GET", "X-A"), m="OPTIONS"),
        g("/items/", GO, m="POST"),
    ],
)
apps["trusted"][1].extend(
    [
        g("/", H("example.com:80")),
        g("/", H("a.b.c.example.com")),
        g("/", H(".example.com")),
        g("/", H("")),
        g("/", H("127.0.0.1")),
        g("/", H("[::1]:8000")),
        g("/", H("example.com.")),
        g("/nowhere", H("evil.com")),
        g("/nowhere", E_),
        g("/items/", E_, m="POST"),
        g("/openapi.json", E_),
    ]
)
apps["https"][1].extend(
    [
        g("/", H("example.com:80")),
        g("/", H("example.com:443")),
        g("/nowhere", E_),
        g("/caf%C3%A9?q=%20", E_),
        s("/", E_),
        s("/items/", E_, m="POST"),
        s("/nowhere", E_),
        g("/", H("[::1]:8000")),
    ]
)
apps["all"] = (
    everything,
    [
        g("/", E_),
        s("/", E_),
        g("/", H("evil.com")),
        s("/", H("evil.com")),
        g("/", E_, GO),
        s("/", E_, GO),
        s("/", H("evil.com"), GO),
        g("/", H("evil.com"), GO, *R("GET"), m="OPTIONS"),
        g("/", E_, GO, *R("GET"), m="OPTIONS"),
        s("/", H("api.example.com"), O("https://evil.example")),
        s("/items/", E_, GO, m="POST"),
        g("/items/?a=1", H("www.example.com:8080"), GO, m="POST"),
        s("/nowhere", E_, GO),
        s("/openapi.json", E_),
    ],
)
