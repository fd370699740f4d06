from datetime import datetime, timedelta, timezone
from typing import Annotated
import hashlib, jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel

SECRET_KEY = "09dsffs-a-test-secret-of-32-bytes!"
hashp = lambda p: hashlib.sha256(p.encode()).hexdigest()
users = {
    "johndoe": {
        "username": "johndoe",
        "full_name": "John Doe",
        "email": "johndoe@example.com",
        "hashed_password": hashp("secret"),
        "disabled": False,
    },
    "alice": {
        "username": "alice",
        "full_name": "Alice Wonderson",
        "email": "alice@example.com",
        "hashed_password": hashp("secret2"),
        "disabled": True,
    },
}


class User(BaseModel):
    username: str
    email: str | None = None
    full_name: str | None = None
    disabled: bool | None = None


class Token(BaseModel):
    access_token: str
    token_type: str


def make():
    app = FastAPI()
    scheme = OAuth2PasswordBearer(tokenUrl="token")

    async def get_current_user(token: Annotated[str, Depends(scheme)]):
        exc = HTTPException(status_code=401, detail="Could not validate credentials", headers={"WWW-Authenticate": "Bearer"})
        try:
            name = jwt.decode(token, SECRET_KEY, algorithms=["HS256"]).get("sub")
        except Exception:
            raise exc
        u = users.get(name)
        if u is None:
            raise exc
        return User(**u)

    @app.post("/token", response_model=Token)
    async def login(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
        u = users.get(form.username)
        if not u or u["hashed_password"] != hashp(form.password):
            raise HTTPException(status_code=401, detail="Incorrect username or password", headers={"WWW-Authenticate": "Bearer"})
        return {
            "access_token": jwt.encode(
                {"sub": u["username"], "exp": datetime.now(timezone.utc) + timedelta(minutes=30)}, SECRET_KEY, algorithm="HS256"
            ),
            "token_type": "bearer",
        }

    @app.get("/users/me", response_model=User)
    async def me(current_user: Annotated[User, Depends(get_current_user)]):
        if current_user.disabled:
            raise HTTPException(status_code=400, detail="inactive user")
        return current_user

    return app


mk = lambda key=SECRET_KEY, alg="HS256", **c: jwt.encode(c, key, algorithm=alg)
F = lambda s, **k: ("POST", "/token", {"form": s, **k})
A = lambda v: ("GET", "/users/me", {"headers": [("authorization", v)]})
far = 4102444800
apps = {
    "": (
        make,
        [
            ("GET", "/users/me"),
            F("username=johndoe&password=secret", ignore=["/access_token"], save="john"),
            ("GET", "/users/me", {"use": "john"}),
            F("username=alice&password=secret2&scope=&grant_type=password", ignore=["/access_token"], save="alice"),
            ("GET", "/users/me", {"use": "alice"}),
            F("username=johndoe&password=wrong"),
            F("username=nobody&password=secret"),
            F("username=johndoe"),
            F(""),
            F("username=johndoe&password=secret&grant_type=client_credentials"),
            ("POST", "/token", {"json": {"username": "johndoe", "password": "secret"}}),
            A("Bearer nope"),
            A("Basic am9obmRvZTpzZWNyZXQ="),
            A("Bearer"),
            A("bearer " + mk(sub="johndoe", exp=far)),
            A("BEARER " + mk(sub="johndoe", exp=far)),
            A("Bearer " + mk(sub="ghost", exp=far)),
            A("Bearer " + mk(exp=far)),
            A("Bearer " + mk(sub="johndoe", exp=1)),
            A("Bearer " + mk(key="another-secret-of-at-least-32-bytes", sub="johndoe", exp=far)),
            A("Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJqb2huZG9lIn0."),
            A("Bearer " + mk(alg="HS512", sub="johndoe", exp=far)),
            A(mk(sub="johndoe", exp=far)),
            A("Bearer " + mk(sub="johndoe", exp=far) + "x"),
            ("GET", "/openapi.json"),
        ],
    )
}


def fake():
    # the seed's "simple" way: the user name is the token
    app = FastAPI()
    scheme = OAuth2PasswordBearer(tokenUrl="token")

    def fake_decode_token(token):
        return User(username=token + "fakedecoded", email="abc@example.com", full_name="john Doe")

    async def get_current_user(token: Annotated[str, Depends(scheme)]):
        return fake_decode_token(token)

    @app.post("/token", response_model=Token)
    async def login(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
        return {"access_token": form.username, "token_type": "bearer"}

    @app.get("/items/")
    async def read_items(token: Annotated[str, Depends(scheme)]):
        return {"token": token}

    @app.get("/users/me")
    async def me(current_user: Annotated[User, Depends(get_current_user)]):
        return current_user

    return app


J = mk(sub="johndoe", exp=far)
apps[""][1].extend(
    [
        F("username=johndoe&password="),
        F("password=secret"),
        F("username=&password="),
        F("username=johndoe&password=secret&grant_type=", ignore=["/access_token"]),
        F("username=johndoe&password=secret&grant_type=Password"),
        F("username=johndoe&password=secret&grant_type=xpassword"),
        F("username=johndoe&password=secret&scope=a+b&client_id=c&client_secret=s", ignore=["/access_token"]),
        F("username=JohnDoe&password=secret"),
        F("username=johndoe&password=secret&password=wrong"),
        (
            "POST",
            "/token",
            {
                "raw": '--B\r\nContent-Disposition: form-data; name="username"\r\n\r\njohndoe\r\n--B\r\nContent-Disposition: form-data; name="password"\r\n\r\nsecret\r\n--B--\r\n',
                "headers": [("content-type", "multipart/form-data; boundary=B")],
                "ignore": ["/access_token"],
            },
        ),
        ("POST", "/token"),
        ("GET", "/token"),
        ("POST", "/token/", {"form": "username=johndoe&password=secret"}),
        A(""),
        A("Bearer "),
        A("Bearer  " + J),
        A("Bearer\t" + J),
        A("Token " + J),
        A("Bearer " + J + " extra"),
        A("Bearer " + mk(sub="alice", exp=far)),
        A("Bearer " + mk(sub="johndoe")),
        A("Bearer " + mk(sub=None, exp=far)),
        A("Bearer " + jwt.encode({"sub": "johndoe", "exp": far}, SECRET_KEY, algorithm="HS256", headers={"typ": "at+jwt"})),
        A("Bearer " + mk(sub="johndoe", exp=far, nbf=far)),
        A("Bearer " + mk(sub="johndoe", exp=far, iat=far)),
        A("Bearer " + mk(sub="johndoe", exp="soon")),
        A("Bearer " + mk(sub="johndoe", exp=far, aud="someone")),
        A("Bearer " + J.rsplit(".", 1)[0] + "."),
        A("Bearer " + ".".join([J.split(".")[0], mk(sub="alice", exp=far).split(".")[1], J.split(".")[2]])),
        A("Bearer ..."),
        A("Bearer " + J.replace(".", "")),
        ("GET", "/users/me", {"headers": [("authorization", "Bearer nope"), ("authorization", "Bearer " + J)]}),
        ("GET", "/users/me?token=" + J),
        ("GET", "/users/me/", {"headers": [("authorization", "Bearer " + J)]}),
        ("POST", "/users/me", {"headers": [("authorization", "Bearer " + J)]}),
        ("GET", "/users/you"),
    ]
)
apps["fake"] = (
    fake,
    [
        F("username=johndoe&password=x"),
        F("username=anyone&password="),
        F("username=anyone"),
        ("GET", "/items/"),
        ("GET", "/items/", {"headers": [("authorization", "Bearer testtoken")]}),
        ("GET", "/items/", {"headers": [("authorization", "Notexistent testtoken")]}),
        ("GET", "/items/", {"headers": [("authorization", "Bearer")]}),
        ("GET", "/items/", {"headers": [("authorization", "bearer a b c")]}),
        A("Bearer johndoe"),
        A("Basic x"),
        ("GET", "/users/me"),
        ("GET", "/openapi.json"),
    ],
)
