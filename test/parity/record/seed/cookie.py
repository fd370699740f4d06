from fastapi import Cookie, FastAPI
from typing import Annotated


def make():
    app = FastAPI()

    @app.get("/items/")
    async def read_items(*, ads_id: Annotated[str | None, Cookie()] = None):
        return {"ads_id": ads_id}

    @app.get("/visits/")
    async def read_visits(*, visits: Annotated[int, Cookie(ge=1)], theme: Annotated[str, Cookie()] = "light"):
        return {"visits": visits, "theme": theme}

    return app


c = lambda u, v: ("GET", u, {"headers": [("cookie", v)]})
apps = {
    "": (
        make,
        [
            ("GET", "/items/"),
            c("/items/", "ads_id=ads_track"),
            c("/items/", "ads_id=ads_track; session=cookiesession"),
            c("/items/", "session=cookiesession"),
            c("/items/", 'ads_id="quoted value"'),
            c("/items/", "ads_id="),
            c("/items/", "ads_id=a; ads_id=b"),
            c("/items/", "ads_id=%20x"),
            ("GET", "/visits/"),
            c("/visits/", "visits=3"),
            c("/visits/", "visits=0; theme=dark"),
            c("/visits/", "visits=x"),
            c("/visits/", "visits=2; theme="),
            ("GET", "/openapi.json"),
        ],
    )
}
apps[""][1].extend(
    [
        c("/items/", "ADS_ID=x"),
        c("/items/", "ads-id=x"),
        c("/items/", " ads_id = spaced ; other=1"),
        c("/items/", "ads_id"),
        c("/items/", "ads_id=a=b=c"),
        c("/items/", "ads_id=a,b"),
        c("/items/", ""),
        c("/items/", ";;; ads_id=z;"),
        ("GET", "/items/?ads_id=q"),
        ("GET", "/items/", {"headers": [("ads_id", "header")]}),
        ("GET", "/items/", {"headers": [("cookie", "a=1"), ("cookie", "ads_id=second")]}),
        c("/items/", 'ads_id="a\\"b"'),
        c("/items/", 'ads_id="a\\054b"'),
        c("/items/", "ads_id=caf\xc3\xa9"),
        c("/visits/", "visits=1"),
        c("/visits/", "visits=-1"),
        c("/visits/", "visits="),
        c("/visits/", "visits=1.0"),
        c("/visits/", "visits=1.5"),
        c("/visits/", "visits=1; visits=0"),
        c("/visits/", "theme=dark"),
        c("/visits/", "visits=2; theme=dark; extra=1"),
        c("/items", "ads_id=x"),
        ("POST", "/items/"),
        ("GET", "/cookies/"),
    ]
)
