from typing import Annotated
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Boolean, Column, Integer, String, create_engine
from sqlalchemy.orm import Session, declarative_base, sessionmaker
from sqlalchemy.pool import StaticPool


class UserBase(BaseModel):
    email: str


class UserCreate(UserBase):
    password: str


class User(UserBase):
    model_config = ConfigDict(from_attributes=True)
    id: int
    is_active: bool


def make():
    Base = declarative_base()

    class M_User(Base):
        __tablename__ = "users"
        id = Column(Integer, primary_key=True, index=True)
        email = Column(String, unique=True, index=True)
        hashed_password = Column(String)
        is_active = Column(Boolean, default=True)

    engine = create_engine("sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool)
    Base.metadata.create_all(bind=engine)
    SessionLocal = sessionmaker(autocommit=False, autoflush=False, bind=engine)

    async def get_db():
        db = SessionLocal()
        try:
            yield db
        finally:
            db.close()

    D = Annotated[Session, Depends(get_db)]
    app = FastAPI()

    @app.post("/users/", response_model=User)
    async def create_user(user: UserCreate, db: D):
        if db.query(M_User).filter(M_User.email == user.email).first():
            raise HTTPException(status_code=400, detail="Email already registered")
        u = M_User(email=user.email, hashed_password=user.password + "notreallyhashed")
        db.add(u)
        db.commit()
        db.refresh(u)
        return u

    @app.get("/users/", response_model=list[User])
    async def read_users(db: D, skip: int = 0, limit: int = 100):
        return db.query(M_User).order_by(M_User.id).offset(skip).limit(limit).all()

    @app.get("/users/{user_id}", response_model=User)
    async def read_user(user_id: int, db: D):
        u = db.query(M_User).filter(M_User.id == user_id).first()
        if u is None:
            raise HTTPException(status_code=404, detail="User not found")
        return u

    return app


p = lambda **k: ("POST", "/users/", {"json": k})
g = lambda u: ("GET", u)
apps = {
    "": (
        make,
        [
            g("/users/"),
            p(email="a@example.com", password="x"),
            p(email="a@example.com", password="y"),
            p(email="b@example.com", password="x"),
            p(email="c"),
            p(),
            p(email=1, password=None),
            p(email="c@example.com", password="x", is_active=False, id=99),
            g("/users/"),
            g("/users/?skip=1&limit=1"),
            g("/users/?skip=9"),
            g("/users/?limit=x"),
            g("/users/1"),
            g("/users/99"),
            g("/users/x"),
            g("/openapi.json"),
        ],
    )
}
raw = lambda t: ("POST", "/users/", {"raw": t, "headers": [("content-type", "application/json")]})
apps[""][1].extend(
    [
        p(email="", password=""),
        p(email="", password="again"),
        p(email="A@example.com", password="x"),
        p(email="é😀@example.com", password="x"),
        p(email="x' OR '1'='1", password="x"),
        p(email=None, password="x"),
        p(password="x"),
        p(email="d@example.com"),
        p(email="e@example.com", password=5),
        ("POST", "/users/", {"json": []}),
        ("POST", "/users/"),
        raw('{"email":'),
        g("/users/"),
        g("/users/?limit=0"),
        g("/users/?limit=2"),
        g("/users/?skip=2&limit=2"),
        g("/users/?skip=100"),
        g("/users/?skip=x&limit=y"),
        g("/users/?skip="),
        g("/users/?limit=1&limit=2"),
        g("/users/?skip=-1"),
        g("/users/?limit=-1"),
        g("/users/4"),
        g("/users/0"),
        g("/users/-1"),
        g("/users/1.0"),
        g("/users/1.5"),
        g("/users/01"),
        g("/users/1/"),
        g("/users"),
        g("/users/9"),
        ("PUT", "/users/1", {"json": {}}),
        ("DELETE", "/users/1"),
        ("PATCH", "/users/"),
        g("/user/1"),
        g("/users/1%20OR%201"),
    ]
)
