"""The GET and the POST of the bench on FastAPI, one worker: `python app.py`. Prints its port; ends with its standard input."""

import os
import socket
import sys
import threading
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Path, Query
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, Field

app = FastAPI()

USERS = {"token-of-alice": "alice", "token-of-bob": "bob"}
ITEMS = [{"id": i + 1, "name": f"item {i + 1}", "price": 2.5 + i, "cost": 1} for i in range(20)]

bearer = OAuth2PasswordBearer(tokenUrl="token")


async def current_user(token: Annotated[str, Depends(bearer)]) -> str:
    user = USERS.get(token)
    if user is None:
        raise HTTPException(401)
    return user


class Item(BaseModel):
    id: int
    name: str
    price: float


class Items(BaseModel):
    userId: int
    owner: str
    skip: int
    limit: int
    items: list[Item]


@app.get("/users/{userId}/items", response_model=Items)
async def page(
    userId: Annotated[int, Path(ge=1)],
    user: Annotated[str, Depends(current_user)],
    skip: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
):
    return {"userId": userId, "owner": user, "skip": skip, "limit": limit, "items": ITEMS[skip : skip + limit]}


class Image(BaseModel):
    url: str
    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]


class Made(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=100)]
    description: Annotated[str | None, Field(max_length=300)] = None
    price: Annotated[float, Field(gt=0)]
    tax: float = 10.5
    tags: Annotated[list[str], Field(max_length=20)]
    images: list[Image]


@app.post("/items", response_model=Made)
async def create(item: Made):
    return item


def end_with_stdin() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=end_with_stdin, daemon=True).start()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(2048)
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(app, loop="uvloop", http="httptools", log_level="critical", access_log=False)
    uvicorn.Server(config).run(sockets=[listener])
