from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID
from fastapi import Body, FastAPI
from pydantic import BaseModel


class Shipment(BaseModel):
    id: UUID
    created: datetime
    day: date
    at: time
    within: timedelta
    price: Decimal
    labels: frozenset[str] = frozenset()
    payload: bytes = b""


def make():
    app = FastAPI()

    @app.put("/items/{item_id}")
    async def read_items(
        item_id: UUID,
        start_datetime: Annotated[datetime, Body()],
        end_datetime: Annotated[datetime, Body()],
        process_after: Annotated[timedelta, Body()],
        repeat_at: Annotated[time | None, Body()] = None,
    ):
        start_process = start_datetime + process_after
        return {
            "item_id": item_id,
            "start_datetime": start_datetime,
            "end_datetime": end_datetime,
            "process_after": process_after,
            "repeat_at": repeat_at,
            "start_process": start_process,
            "duration": end_datetime - start_process,
        }

    @app.post("/shipments/", response_model=Shipment)
    async def create_shipment(shipment: Shipment):
        return shipment

    @app.get("/days/{day}")
    async def read_day(day: date, at: time | None = None, within: timedelta | None = None):
        return {"day": day, "at": at, "within": within}

    return app


U = "cf29cb0e-5a4f-4b8f-8f5e-3c5c4a9d1b2e"
B = {"start_datetime": "2018-12-22T14:00:00Z", "end_datetime": "2018-12-24T15:00:00Z", "repeat_at": "15:30:00", "process_after": 300}
S = {
    "id": U,
    "created": "2026-01-02T03:04:05Z",
    "day": "2026-01-02",
    "at": "03:04:05",
    "within": "P1DT2H",
    "price": "1.10",
    "labels": ["a"],
    "payload": "hi",
}
put = lambda u, b: ("PUT", u, {"json": b})
post = lambda **k: ("POST", "/shipments/", {"json": {**S, **k}})
g = lambda u: ("GET", u)
apps = {
    "": (
        make,
        [
            put(f"/items/{U}", B),
            put("/items/nope", B),
            put(f"/items/{U.upper()}", {**B, "repeat_at": None}),
            put(f"/items/{U}", {}),
            put(f"/items/{U}", {**B, "process_after": "PT5M", "start_datetime": "2018-12-22 14:00:00Z"}),
            put(f"/items/{U}", {**B, "start_datetime": "yesterday", "process_after": "soon", "repeat_at": "25:00"}),
            put(f"/items/{U.replace('-', '')}", B),
            post(),
            post(labels=["a", "a"]),
            post(price=1),
            post(price="x", within="x", at="x", day="x", created="x", id="x"),
            post(price="1e3", within=90, at="03:04"),
            post(within="-PT1M30S", payload="é"),
            post(day="2026-01-02T00:00:00Z"),
            post(day="2026-01-02T01:00:00Z"),
            post(created=1700000000),
            post(created="2026-13-01T00:00:00Z"),
            post(labels="abc"),
            post(price=None),
            post(price="NaN"),
            g("/days/2026-01-02"),
            g("/days/2026-02-30"),
            g("/days/2026-01-02?at=10:20&within=PT1H"),
            g("/days/2026-01-02?at=x&within=30"),
            g("/days/20260102"),
            g("/openapi.json"),
        ],
    )
}
apps[""][1].extend(
    [
        put(f"/items/{U}", {**B, "process_after": -300}),
        put(f"/items/{U}", {**B, "process_after": 0.5}),
        put(f"/items/{U}", {**B, "process_after": "300"}),
        put(f"/items/{U}", {**B, "process_after": "P1Y"}),
        put(f"/items/{U}", {**B, "process_after": "3 days, 01:02:03"}),
        put(f"/items/{U}", {**B, "process_after": "01:02:03"}),
        put(f"/items/{U}", {**B, "process_after": None}),
        put(f"/items/{U}", {**B, "start_datetime": "2018-12-22T14:00:00+02:00", "end_datetime": "2018-12-24T15:00:00+02:00"}),
        put(f"/items/{U}", {**B, "start_datetime": "2018-12-22T14:00:00", "end_datetime": "2018-12-24T15:00:00.5"}),
        put(f"/items/{U}", {**B, "start_datetime": "2018-12-22"}),
        put(f"/items/{U}", {**B, "start_datetime": 1545487200, "end_datetime": 1545663600000}),
        put(f"/items/{U}", {**B, "start_datetime": "1545487200"}),
        put(f"/items/{U}", {**B, "start_datetime": ""}),
        put(f"/items/{U}", {**B, "repeat_at": "15:30"}),
        put(f"/items/{U}", {**B, "repeat_at": "15:30:00.123456"}),
        put(f"/items/{U}", {**B, "repeat_at": "15:30:00Z"}),
        put(f"/items/{U}", {**B, "repeat_at": "15"}),
        put(f"/items/{U}", {**B, "repeat_at": "24:00"}),
        put(f"/items/{U}", {**B, "repeat_at": 3600}),
        put(f"/items/%7B{U}%7D", B),
        put(f"/items/urn:uuid:{U}", B),
        put(f"/items/{U[:-1]}", B),
        put(f"/items/{U[:-1]}g", B),
        put(f"/items/{U}", []),
        ("PUT", f"/items/{U}"),
        ("GET", f"/items/{U}"),
        post(id="nope"),
        post(id=5),
        post(id=U.replace("-", "")),
        post(created="2026-01-02"),
        post(created="2026-01-02T03:04"),
        post(created="2026-01-02T03:04:05.123456789Z"),
        post(created="2026-01-02T24:00:00Z"),
        post(created=None),
        post(created="2026-01-02T03:04:05-03:30"),
        post(day="2026-1-2"),
        post(day="2026-02-29"),
        post(day="2024-02-29"),
        post(day=1767312000),
        post(day=1767312001),
        post(day="01/02/2026"),
        post(at="3:04"),
        post(at="03:60"),
        post(at=86400),
        post(within=0),
        post(within=1.5),
        post(within="P1W"),
        post(within="-P1DT1S"),
        post(within="1 day"),
        post(within="PT0.000001S"),
        post(within=True),
        post(price="1.1000"),
        post(price=1.1),
        post(price="-0"),
        post(price="1_000.5"),
        post(price=" 2 "),
        post(price="Infinity"),
        post(price=True),
        post(price="123456789012345678901234567890.123456789"),
        post(price=0.1),
        post(labels=[]),
        ("POST", "/shipments/", {"json": {**S, "labels": ["b", "a", "b"]}, "unordered": ["/labels"]}),
        post(labels=[1]),
        post(labels=None),
        post(labels={"a": 1}),
        post(payload=""),
        post(payload=5),
        post(payload=None),
        post(payload="a\u0000b"),
        ("POST", "/shipments/", {"json": {k: S[k] for k in ("id", "created", "day", "at", "within", "price")}}),
        ("POST", "/shipments/", {"json": {}}),
        post(extra=1),
        g("/days/2026-1-2"),
        g("/days/0"),
        g("/days/1767312000"),
        g("/days/2026-01-02T00:00:00"),
        g("/days/2026-01-02?at="),
        g("/days/2026-01-02?within=-P1D"),
        g("/days/2026-01-02?within=x&at=99"),
        g("/days/2026-01-02?at=10:20:30.5%2B02:00"),
        g("/days/2026-01-02/"),
        g("/days/"),
    ]
)
