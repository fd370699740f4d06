from datetime import datetime
from fastapi import FastAPI
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel


class Item(BaseModel):
    title: str
    timestamp: datetime
    description: str | None = None


def make():
    db = {}
    app = FastAPI()

    @app.put("/item/{id}")
    def update_item(id: str, item: Item):
        db[id] = jsonable_encoder(item)

    @app.get("/item/{id}")
    def read_item(id: str):
        return db.get(id)

    return app


j = lambda u, b: ("PUT", u, {"json": b})
apps = {
    "": (
        make,
        [
            ("GET", "/item/a"),
            j("/item/a", {"title": "t", "timestamp": "2026-01-02T03:04:05Z"}),
            ("GET", "/item/a"),
            j("/item/a", {"title": "t", "timestamp": "2026-01-02T03:04:05.678Z", "description": "d"}),
            ("GET", "/item/a"),
            j("/item/a", {"title": "t", "timestamp": "x"}),
            ("GET", "/item/a"),
            j("/item/b", {}),
            ("GET", "/openapi.json"),
        ],
    )
}


def kinds():
    # jsonable_encoder over Python values, stored and read back
    import dataclasses, enum, uuid
    from datetime import date, time, timedelta
    from decimal import Decimal
    from pathlib import PurePosixPath

    class Colour(str, enum.Enum):
        red = "r"

    class Level(enum.IntEnum):
        low = 1

    class Sub(BaseModel):
        when: datetime
        left_out: str | None = None

    @dataclasses.dataclass
    class Point:
        x: int
        y: float = 0.5

    values = {
        "datetime": datetime(2026, 1, 2, 3, 4, 5),
        "datetime_us": datetime(2026, 1, 2, 3, 4, 5, 600),
        "date": date(2026, 1, 2),
        "time": time(3, 4),
        "timedelta": timedelta(days=1, milliseconds=1500),
        "uuid": uuid.UUID(int=5),
        "decimal_int": Decimal("3"),
        "decimal": Decimal("1.10"),
        "decimal_exp": Decimal("1E+2"),
        "bytes": b"hi",
        "set": {1},
        "frozenset": frozenset({"a"}),
        "tuple": (1, "a", None),
        "enum": Colour.red,
        "int_enum": Level.low,
        "path": PurePosixPath("a/b"),
        "model": Sub(when=datetime(2026, 1, 2)),
        "models": [Sub(when=datetime(2026, 1, 2), left_out="x")],
        "dataclass": Point(1),
        "dict": {1: "int key", None: "none key", 2.5: "float key", "s": None},
        "nested": {"a": [{"b": (date(2026, 1, 2),)}]},
        "none": None,
        "true": True,
        "float": 1.0,
        "big": 2**60,
        "generator": (i for i in (1, 2)),
    }
    app = FastAPI()
    encoded = {}
    for k, v in values.items():
        encoded[k] = jsonable_encoder(v)

    @app.get("/kinds/{kind}")
    def kind(kind: str):
        return {"value": encoded[kind]}

    @app.get("/options/{how}")
    def options(how: str):
        m = Sub(when=datetime(2026, 1, 2))
        return jsonable_encoder(
            m,
            **{
                "unset": {"exclude_unset": True},
                "none": {"exclude_none": True},
                "include": {"include": {"left_out"}},
                "exclude": {"exclude": {"when"}},
                "plain": {},
            }[how]
        )

    kinds.names = list(values)
    return app


kinds()
T = lambda ts, **k: j("/item/t", {"title": "t", "timestamp": ts, **k})
R = ("GET", "/item/t")
apps[""][1].extend(
    [
        T("2026-01-02"),
        R,
        T("2026-01-02T03:04:05+02:00"),
        R,
        T("2026-01-02T03:04:05"),
        R,
        T("2026-01-02T03:04:05.000001Z"),
        R,
        T(1767323045),
        R,
        T("1767323045.5"),
        R,
        T(None),
        T(True),
        T(""),
        T("2026-02-30T00:00:00Z"),
        T("2026-01-02T03:04:05Z", description=None, extra=1),
        R,
        T("2026-01-02T03:04:05Z", description=5),
        j("/item/t", {"title": 5, "timestamp": "2026-01-02"}),
        j("/item/t", []),
        ("PUT", "/item/t"),
        R,
        ("GET", "/item/nothing"),
        j("/item/a%20b", {"title": "space", "timestamp": "2026-01-02"}),
        ("GET", "/item/a%20b"),
        ("POST", "/item/t", {"json": {}}),
        ("PUT", "/item/"),
        ("GET", "/item/b"),
    ]
)
apps["kinds"] = (
    kinds,
    [
        *[("GET", "/kinds/" + k) for k in kinds.names],
        *[("GET", "/options/" + k) for k in ("plain", "unset", "none", "include", "exclude")],
        ("GET", "/openapi.json"),
    ],
)
