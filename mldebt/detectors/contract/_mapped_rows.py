"""Rankings that an object mapper writes row by row, and queries that read them: more examples of MLD401."""

from __future__ import annotations

BAD = (
    {
        "models.py": """
        from django.db import models

        class Recommendation(models.Model):
            user_id = models.IntegerField()
            item_id = models.IntegerField()
            position = models.IntegerField()
        """,
        "batch.py": """
        import joblib
        from models import Recommendation
        model = joblib.load("ranker.joblib")

        def refresh(user, items):
            scores = model.predict([[user, i.id] for i in items])
            ranked = [i for i, s in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)][:20]
            Recommendation.objects.bulk_create(
                [Recommendation(user_id=user, item_id=i.id, position=n) for n, i in enumerate(ranked)])
        """,
        "views.py": """
        from django.http import JsonResponse
        from models import Recommendation

        def recs(request, user):
            rows = Recommendation.objects.filter(user_id=user)  # debt
            return JsonResponse({"items": [r.item_id for r in rows]})
        """,
    },
    {
        "models.py": """
        from sqlalchemy import Integer
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

        class Base(DeclarativeBase):
            pass

        class Recommendation(Base):
            __tablename__ = "recommendations"
            id: Mapped[int] = mapped_column(primary_key=True)
            user_id: Mapped[int]
            item_id: Mapped[int]
            rank: Mapped[int]
        """,
        "batch.py": """
        import joblib
        from sqlalchemy.orm import Session
        from models import Recommendation
        model = joblib.load("ranker.joblib")

        def refresh(session: Session, user, items):
            scores = model.predict([[user, i.id] for i in items])
            ranked = sorted(zip(items, scores), key=lambda p: p[1], reverse=True)[:20]
            session.add_all([Recommendation(user_id=user, item_id=i.id, rank=n) for n, (i, s) in enumerate(ranked, 1)])
            session.commit()
        """,
        "api.py": """
        from fastapi import FastAPI, Depends
        from sqlalchemy import select
        from sqlalchemy.orm import Session
        from db import get_session
        from models import Recommendation
        app = FastAPI()

        @app.get("/recs/{user}")
        def recs(user: int, session: Session = Depends(get_session)) -> list[int]:
            rows = session.scalars(select(Recommendation).where(Recommendation.user_id == user)).all()  # debt
            return [r.item_id for r in rows]
        """,
    },
    {
        "models.py": """
        from sqlalchemy.orm import declarative_base
        from sqlalchemy import Column, Integer, DateTime
        Base = declarative_base()

        class Recommendation(Base):
            __tablename__ = "recommendations"
            id = Column(Integer, primary_key=True)
            user_id = Column(Integer)
            item_id = Column(Integer)
            rank = Column(Integer)
            created_at = Column(DateTime)
        """,
        "batch.py": """
        import joblib
        from models import Recommendation
        model = joblib.load("ranker.joblib")

        def refresh(session, user, items):
            scores = model.predict([[user, i.id] for i in items])
            ranked = sorted(zip(items, scores), key=lambda p: p[1], reverse=True)[:20]
            for n, (i, s) in enumerate(ranked, start=1):
                session.add(Recommendation(user_id=user, item_id=i.id, rank=n))
            session.commit()
        """,
        "api.py": """
        from fastapi import FastAPI, Depends
        from db import get_session
        from models import Recommendation
        app = FastAPI()

        @app.get("/recs/{user}")
        def recs(user: int, session=Depends(get_session)):
            query = session.query(Recommendation).filter_by(user_id=user)  # debt
            rows = query.order_by(Recommendation.created_at).all()
            return [r.item_id for r in rows]
        """,
    },
    {
        "models.py": """
        from django.db import models
        class Pick(models.Model):
            user_id = models.IntegerField()
            item_id = models.IntegerField()
            rank = models.IntegerField()
        """,
        "job.py": """
        import joblib
        from models import Pick
        model = joblib.load("m.joblib")
        def run(user, items):
            scores = model.predict([[user, i.id] for i in items])
            ranked = [i for i, _ in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)]
            for n, item in enumerate(ranked):
                Pick.objects.create(user_id=user, item_id=item.id, rank=n)
        """,
        "views.py": """
        from django.http import JsonResponse
        from models import Pick
        def feed(request, user):
            ids = list(Pick.objects.filter(user_id=user).values_list("item_id", flat=True))  # debt
            return JsonResponse({"items": ids})
        """,
    },
    {
        "models.py": """
        from sqlmodel import Field, SQLModel
        class Pick(SQLModel, table=True):
            id: int | None = Field(default=None, primary_key=True)
            user_id: int
            item_id: int
            rank: int
        """,
        "repo.py": """
        from sqlmodel import select
        from models import Pick
        class Picks:
            def __init__(self, session):
                self.session = session
            def save(self, user, ranked):
                self.session.add_all([Pick(user_id=user, item_id=i["id"], rank=n) for n, i in enumerate(ranked)])
            def of(self, user):
                query = select(Pick).where(Pick.user_id == user)  # debt
                return self.session.exec(query).all()
        """,
        "job.py": """
        import joblib
        from repo import Picks
        model = joblib.load("m.joblib")
        def run(session, user, items):
            scores = model.predict([[user, i["id"]] for i in items])
            Picks(session).save(user, [i for i, _ in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)])
        """,
        "app.py": """
        from fastapi import Depends, FastAPI
        from db import get_session
        from repo import Picks
        app = FastAPI()
        @app.get("/feed/{user}")
        def feed(user: int, session=Depends(get_session)) -> list[int]:
            return [p.item_id for p in Picks(session).of(user)]
        """,
    },
)

GOOD = (
    {
        "models.py": """
        from django.db import models

        class Recommendation(models.Model):
            user_id = models.IntegerField()
            item_id = models.IntegerField()
        """,
        "batch.py": """
        import joblib
        from models import Recommendation
        model = joblib.load("ranker.joblib")

        def refresh(user, items):
            scores = model.predict([[user, i.id] for i in items])
            ranked = [i for i, s in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)][:20]
            Recommendation.objects.bulk_create([Recommendation(user_id=user, item_id=i.id) for i in ranked])
        """,
        "views.py": """
        from django.http import JsonResponse
        from models import Recommendation

        def recs(request, user):
            rows = Recommendation.objects.filter(user_id=user)
            return JsonResponse({"items": [r.item_id for r in rows]})
        """,
    },
    {
        "models.py": """
        from django.db import models

        class Recommendation(models.Model):
            user_id = models.IntegerField()
            item_id = models.IntegerField()
            position = models.IntegerField()
        """,
        "batch.py": """
        import joblib
        from models import Recommendation
        model = joblib.load("ranker.joblib")

        def refresh(user, items):
            scores = model.predict([[user, i.id] for i in items])
            ranked = [i for i, s in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)][:20]
            Recommendation.objects.bulk_create(
                [Recommendation(user_id=user, item_id=i.id, position=n) for n, i in enumerate(ranked)])
        """,
        "views.py": """
        from django.http import JsonResponse
        from models import Recommendation

        def recs(request, user):
            rows = Recommendation.objects.filter(user_id=user).order_by("position")
            return JsonResponse({"items": [r.item_id for r in rows]})
        """,
    },
    {
        "models.py": """
        from django.db import models

        class Recommendation(models.Model):
            user_id = models.IntegerField()
            item_id = models.IntegerField()
            position = models.IntegerField()

            class Meta:
                ordering = ["position"]
        """,
        "batch.py": """
        import joblib
        from models import Recommendation
        model = joblib.load("ranker.joblib")

        def refresh(user, items):
            scores = model.predict([[user, i.id] for i in items])
            ranked = [i for i, s in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)][:20]
            Recommendation.objects.bulk_create(
                [Recommendation(user_id=user, item_id=i.id, position=n) for n, i in enumerate(ranked)])
        """,
        "views.py": """
        from django.http import JsonResponse
        from models import Recommendation

        def recs(request, user):
            rows = Recommendation.objects.filter(user_id=user)
            return JsonResponse({"items": [r.item_id for r in rows]})
        """,
    },
    {
        "models.py": """
        from sqlalchemy import Integer
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

        class Base(DeclarativeBase):
            pass

        class Recommendation(Base):
            __tablename__ = "recommendations"
            id: Mapped[int] = mapped_column(primary_key=True)
            user_id: Mapped[int]
            item_id: Mapped[int]
            rank: Mapped[int]
        """,
        "batch.py": """
        import joblib
        from sqlalchemy.orm import Session
        from models import Recommendation
        model = joblib.load("ranker.joblib")

        def refresh(session: Session, user, items):
            scores = model.predict([[user, i.id] for i in items])
            ranked = sorted(zip(items, scores), key=lambda p: p[1], reverse=True)[:20]
            session.add_all([Recommendation(user_id=user, item_id=i.id, rank=n) for n, (i, s) in enumerate(ranked, 1)])
            session.commit()
        """,
        "api.py": """
        from fastapi import FastAPI, Depends
        from sqlalchemy import select
        from sqlalchemy.orm import Session
        from db import get_session
        from models import Recommendation
        app = FastAPI()

        @app.get("/recs/{user}")
        def recs(user: int, session: Session = Depends(get_session)) -> list[int]:
            stmt = select(Recommendation).where(Recommendation.user_id == user).order_by(Recommendation.rank)
            return [r.item_id for r in session.scalars(stmt)]
        """,
    },
    {
        "models.py": """
        from sqlalchemy.orm import declarative_base
        from sqlalchemy import Column, Integer, DateTime
        Base = declarative_base()

        class Recommendation(Base):
            __tablename__ = "recommendations"
            id = Column(Integer, primary_key=True)
            user_id = Column(Integer)
            item_id = Column(Integer)
            rank = Column(Integer)
        """,
        "batch.py": """
        import joblib
        from models import Recommendation
        model = joblib.load("ranker.joblib")

        def refresh(session, user, items):
            scores = model.predict([[user, i.id] for i in items])
            ranked = sorted(zip(items, scores), key=lambda p: p[1], reverse=True)[:20]
            for n, (i, s) in enumerate(ranked, start=1):
                session.add(Recommendation(user_id=user, item_id=i.id, rank=n))
            session.commit()
        """,
        "api.py": """
        from fastapi import FastAPI, Depends
        from db import get_session
        from models import Recommendation
        app = FastAPI()

        @app.get("/recs/{user}/count")
        def count(user: int, session=Depends(get_session)):
            return {"n": session.query(Recommendation).filter_by(user_id=user).count()}

        @app.get("/recs/{user}")
        def recs(user: int, session=Depends(get_session)):
            rows = session.query(Recommendation).filter_by(user_id=user).all()
            return [r.item_id for r in sorted(rows, key=lambda r: r.rank)]
        """,
    },
    {
        "models.py": """
        from django.db import models

        class Recommendation(models.Model):
            user_id = models.IntegerField()
            item_id = models.IntegerField()
            score = models.FloatField()
        """,
        "batch.py": """
        import joblib
        from models import Recommendation
        model = joblib.load("ranker.joblib")

        def refresh(user, items):
            scores = model.predict([[user, i.id] for i in items])
            ranked = sorted(zip(items, scores), key=lambda p: p[1], reverse=True)[:20]
            Recommendation.objects.bulk_create([Recommendation(user_id=user, item_id=i.id, score=s) for i, s in ranked])
        """,
        "views.py": """
        from django.http import JsonResponse
        from models import Recommendation

        def recs(request, user):
            rows = Recommendation.objects.filter(user_id=user).order_by("-score")[:10]
            return JsonResponse({"items": [r.item_id for r in rows]})
        """,
    },
    {
        "models.py": """
        from django.db import models
        class Pick(models.Model):
            user_id = models.IntegerField()
            item_id = models.IntegerField()
            rank = models.IntegerField()
        """,
        "job.py": """
        import joblib
        from models import Pick
        model = joblib.load("m.joblib")
        def run(user, items):
            scores = model.predict([[user, i.id] for i in items])
            ranked = [i for i, _ in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)]
            for n, item in enumerate(ranked):
                Pick.objects.create(user_id=user, item_id=item.id, rank=n)
        """,
        "views.py": """
        from django.http import JsonResponse
        from models import Pick
        def known(request, user, item):
            ids = set(Pick.objects.filter(user_id=user).values_list("item_id", flat=True))
            return JsonResponse({"known": item in ids})
        """,
    },
    {
        "models.py": """
        from django.db import models
        class Pick(models.Model):
            user_id = models.IntegerField()
            item_id = models.IntegerField()
            rank = models.IntegerField()
        """,
        "job.py": """
        import joblib
        from models import Pick
        model = joblib.load("m.joblib")
        def run(user, items):
            scores = model.predict([[user, i.id] for i in items])
            ranked = [i for i, _ in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)]
            Pick.objects.bulk_create([Pick(user_id=user, item_id=i.id, rank=n) for n, i in enumerate(ranked, 1)])
        """,
        "serializers.py": """
        from rest_framework import serializers
        from models import Pick
        class PickSerializer(serializers.ModelSerializer):
            class Meta:
                model = Pick
                fields = ["item_id", "rank"]
        """,
        "views.py": """
        from rest_framework.views import APIView
        from rest_framework.response import Response
        from models import Pick
        from serializers import PickSerializer
        class Feed(APIView):
            def get(self, request):
                return Response(PickSerializer(Pick.objects.filter(user_id=request.user.id), many=True).data)
        """,
    },
    {
        "models.py": """
        from sqlmodel import Field, SQLModel
        class Pick(SQLModel, table=True):
            id: int | None = Field(default=None, primary_key=True)
            user_id: int
            item_id: int
            rank: int
        """,
        "repo.py": """
        from sqlmodel import select
        from models import Pick
        class Picks:
            def __init__(self, session):
                self.session = session
            def save(self, user, ranked):
                self.session.add_all([Pick(user_id=user, item_id=i["id"], rank=n) for n, i in enumerate(ranked)])
            def of(self, user):
                query = select(Pick).where(Pick.user_id == user)
                query = query.order_by(Pick.rank)
                return self.session.exec(query).all()
        """,
        "job.py": """
        import joblib
        from repo import Picks
        model = joblib.load("m.joblib")
        def run(session, user, items):
            scores = model.predict([[user, i["id"]] for i in items])
            Picks(session).save(user, [i for i, _ in sorted(zip(items, scores), key=lambda p: p[1], reverse=True)])
        """,
        "app.py": """
        from fastapi import Depends, FastAPI
        from db import get_session
        from repo import Picks
        app = FastAPI()
        @app.get("/feed/{user}")
        def feed(user: int, session=Depends(get_session)) -> list[int]:
            return [p.item_id for p in Picks(session).of(user)]
        """,
    },
)
