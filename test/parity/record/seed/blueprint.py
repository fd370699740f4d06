from typing import Annotated
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException


async def get_token_header(x_token: Annotated[str, Header()]):
    if x_token != "fake-super-secret-token":
        raise HTTPException(status_code=400, detail="X-Token header invalid")


async def get_query_token(token: str):
    if token != "jessica":
        raise HTTPException(status_code=400, detail="No Jessica token provided")


db = {"plumbus": {"name": "Plumbus"}, "gun": {"name": "Portal Gun"}}


def make():
    app = FastAPI(dependencies=[Depends(get_query_token)])
    users = APIRouter()
    items = APIRouter()
    admin = APIRouter()

    @users.get("/", tags=["users"])
    async def read_users():
        return [{"username": "Rick"}, {"username": "Morty"}]

    @users.get("/{username}", tags=["users"])
    async def read_user(username: str):
        return {"username": username}

    @items.get("/")
    async def read_items():
        return db

    @items.get("/{item_id}")
    async def read_item(item_id: str):
        if item_id not in db:
            raise HTTPException(status_code=404, detail="Item not found")
        return {"name": db[item_id]["name"], "item_id": item_id}

    @items.put("/{item_id}", tags=["custom"], responses={403: {"description": "Operation forbidden"}})
    async def update_item(item_id: str):
        if item_id != "plumbus":
            raise HTTPException(status_code=403, detail="You can only update the item: plumbus")
        return {"item_id": item_id, "name": "The great Plumbus"}

    @admin.post("/")
    async def update_admin():
        return {"message": "Admin getting schwifty"}

    app.include_router(users, prefix="/user")
    app.include_router(
        items, prefix="/items", tags=["items"], dependencies=[Depends(get_token_header)], responses={404: {"description": "Not found"}}
    )
    app.include_router(
        admin, prefix="/admin", tags=["admin"], dependencies=[Depends(get_token_header)], responses={418: {"description": "I'm a teapot"}}
    )

    @app.get("/")
    async def root():
        return {"message": "Hello Bigger Applications!"}

    return app


g = lambda u, *h, m="GET": (m, u, {"headers": list(h)}) if h else (m, u)
T = ("x-token", "fake-super-secret-token")
B = ("x-token", "bad")
apps = {
    "": (
        make,
        [
            g("/?token=jessica"),
            g("/"),
            g("/?token=x"),
            g("/user/?token=jessica"),
            g("/user/"),
            g("/user/foo?token=jessica"),
            g("/user/foo?token=monica"),
            g("/items/?token=jessica", T),
            g("/items/?token=jessica"),
            g("/items/", T),
            g("/items/"),
            g("/items/?token=jessica", B),
            g("/items/?token=x", B),
            g("/items/plumbus?token=jessica", T),
            g("/items/bar?token=jessica", T),
            g("/items/plumbus?token=jessica", T, m="PUT"),
            g("/items/bar?token=jessica", T, m="PUT"),
            g("/admin/?token=jessica", T, m="POST"),
            g("/admin/?token=jessica", m="POST"),
            g("/nowhere?token=jessica"),
            g("/user/foo?token=jessica", m="POST"),
            g("/openapi.json"),
        ],
    )
}


def views():
    # the seed's own user views: a router without prefix, one with, add_api_route with two methods, a form, a redirect, templates
    import os
    from fastapi import Form, Request
    from fastapi.responses import RedirectResponse
    from fastapi.templating import Jinja2Templates
    from pydantic import BaseModel

    class UserOut(BaseModel):
        username: str
        email: str | None = None

    stored = [
        {"username": "rick", "email": "rick@example.com", "password": "portal"},
        {"username": "morty", "email": None, "password": "jeez"},
    ]
    templates = Jinja2Templates(directory=os.path.dirname(os.path.abspath(__file__)) + "/templates")
    app = FastAPI()
    index_router = APIRouter()
    user_router = APIRouter()

    @index_router.get("/index")
    async def index():
        return {"page": "index"}

    @user_router.post("/login/", response_model=UserOut)
    async def login(*, username: Annotated[str | None, Form()] = None, password: Annotated[str | None, Form()] = None):
        if not any(u["username"] == username for u in stored):
            raise HTTPException(status_code=400, detail="not exist...")
        return RedirectResponse("/index")

    async def user_list(request: Request):
        return templates.TemplateResponse(request, "users.html", {"users": stored})

    async def user_json():
        return stored

    user_router.add_api_route(
        methods=["GET", "POST"], path="/list", endpoint=user_list, response_class=__import__("fastapi").responses.HTMLResponse
    )
    user_router.add_api_route(methods=["GET", "POST"], path="/json", endpoint=user_json, response_model=list[UserOut])
    app.include_router(index_router)
    app.include_router(user_router, prefix="/user", tags=["user"])
    return app


def nested():
    # prefixes, tags, dependencies and responses add up from outside to inside
    seen = []

    def mark(name):
        def dep():
            seen.append(name)

        return dep

    app = FastAPI(dependencies=[Depends(mark("app"))])
    outer = APIRouter(
        prefix="/outer",
        tags=["outer"],
        dependencies=[Depends(mark("outer"))],
        responses={404: {"description": "outer 404"}, 418: {"description": "tea"}},
    )
    inner = APIRouter(
        prefix="/inner",
        tags=["inner"],
        dependencies=[Depends(mark("inner"))],
        responses={404: {"description": "inner 404"}},
        deprecated=True,
    )

    def flush():
        out = list(seen)
        seen.clear()
        return out

    @inner.get("/leaf", tags=["leaf"], dependencies=[Depends(mark("route"))], responses={403: {"description": "route 403"}})
    async def leaf():
        return flush()

    @inner.get("")
    async def bare():
        return flush()

    @outer.get("/{name}")
    async def by_name(name: str):
        return {"name": name, "seen": flush()}

    outer.include_router(inner, prefix="/mid", tags=["included"], dependencies=[Depends(mark("include"))])
    app.include_router(outer)
    app.include_router(outer, prefix="/v2", include_in_schema=False)

    @app.get("/outer/static")
    async def late():
        return "never reached"

    return app


FL = lambda s, u="/user/login/": ("POST", u, {"form": s})
apps[""][1].extend(
    [
        g("/?token="),
        g("/?token=jessica&token=x"),
        g("/user/?token=x"),
        g("/user/a%20b?token=jessica"),
        g("/user?token=jessica"),
        g("/items/?token=jessica", ("x-token", "")),
        g("/items/?token=jessica", ("X-Token", T[1]), ("X-Token", "bad")),
        g("/items/gun?token=jessica", T),
        g("/items/gun?token=jessica", B),
        g("/items/gun", B),
        g("/items/bar?token=x", T, m="PUT"),
        g("/items/plumbus?token=jessica", T, m="DELETE"),
        g("/items/plumbus", T, m="PATCH"),
        g("/admin/?token=jessica", B, m="POST"),
        g("/admin/?token=x", m="POST"),
        g("/admin/", m="POST"),
        g("/admin/?token=jessica", T),
        g("/admin?token=jessica", T, m="POST"),
        g("/nowhere"),
    ]
)
apps["views"] = (
    views,
    [
        g("/index"),
        g("/user/index"),
        FL("username=rick&password=portal"),
        FL("username=rick"),
        FL("username=nobody&password=x"),
        FL(""),
        FL("username="),
        ("POST", "/user/login/"),
        ("POST", "/user/login/", {"json": {"username": "rick"}}),
        g("/user/login/"),
        FL("username=rick", "/user/login"),
        FL("username=rick", "/login/"),
        g("/user/list"),
        g("/user/list", m="POST"),
        g("/user/list", m="PUT"),
        g("/user/json"),
        g("/user/json", m="POST"),
        g("/user/json", m="DELETE"),
        g("/user/"),
        g("/openapi.json"),
    ],
)
apps["nested"] = (
    nested,
    [
        g("/outer/mid/inner/leaf"),
        g("/outer/mid/inner"),
        g("/outer/x"),
        g("/outer/static"),
        g("/v2/outer/mid/inner/leaf"),
        g("/v2/outer/x"),
        g("/outer/mid/inner/nope"),
        g("/mid/inner/leaf"),
        g("/outer/mid/inner/"),
        g("/outer"),
        g("/outer/mid"),
        g("/openapi.json"),
    ],
)
