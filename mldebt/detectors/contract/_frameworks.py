"""Ranked results that web frameworks serve, and what object mappers fetch again: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _RANKING

_VIEWS = """
from functools import reduce
from operator import or_

from django.db.models import Q
from rest_framework import generics, viewsets
from rest_framework.decorators import action, api_view
from rest_framework.response import Response
from ranking import rank
from shop.models import Item, Shop
from shop.serializers import ItemSerializer, ShopSerializer
"""


def _viewed(body: str) -> dict[str, str]:
    return {"ranking.py": _RANKING, "views.py": _VIEWS + body}


_LISTED = """
import random
from django.db.models import F

def best(posts, user):
    return posts.annotate(worth_score=F("score") * 2).order_by("-worth_score", "-created")

class Posts(generics.ListAPIView):
    def list(self, request, *args, **kwargs):
        response = super().list(request, *args, **kwargs)
        random.shuffle(response.data["results"])  # mixes
        return response

    def get_queryset(self):
        return best(Item.objects.all(), self.request.user)
"""

BAD = (
    # what the framework's own method lists
    _viewed(_LISTED.replace("# mixes", "# debt")),
    _viewed(
        """
def best(posts, user):
    return posts.order_by("-is_exact", "-score", "-created", "id")

class Newest(generics.ListAPIView):
    def get_queryset(self):
        return sorted(best(Item.objects.all(), self.request.user), key=lambda post: post.created)  # debt
"""
    ),
    _viewed(
        """
class Items(viewsets.ModelViewSet):
    @action(detail=True, methods=["get"])
    def similar(self, request, pk=None):
        ids = [item.id for item in rank(request.user, self.get_queryset())]
        found = Item.objects.filter(id__in=ids)  # debt
        return Response(self.get_serializer(found, many=True).data)

    @action(detail=False, methods=["get"])
    def page(self, request):
        ids = {int(item.id) for item in rank(request.user, self.get_queryset())}
        page = self.paginate_queryset(Item.objects.filter(pk__in=ids))  # debt
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
"""
    ),
    _viewed(
        """
@api_view(["GET"])
def feed(request):
    ids = [item.id for item in rank(request.user, Item.objects.all())]
    found = Item.objects.filter(reduce(or_, (Q(pk=each) for each in ids)))  # debt
    return Response(ItemSerializer(found, many=True).data)

@api_view(["GET"])
def sold(request):
    ids = [item.id for item in rank(request.user, Item.objects.all())]
    found = Item.objects.filter(Q(pk__in=ids) & Q(is_sold=False))  # debt
    return Response(ItemSerializer(found, many=True).data)

@api_view(["GET"])
def some(request):
    query = Q()
    for item in rank(request.user, Item.objects.all())[:10]:
        query |= Q(pk=item.pk)
    return Response(ItemSerializer(Item.objects.filter(query), many=True).data)  # debt
"""
    ),
    {
        "ranking.py": _RANKING,
        "app.py": """
from fastapi import FastAPI
from sqlalchemy import and_, or_
from ranking import rank
from shop.models import Item

app = FastAPI()

@app.get("/feed")
def feed(user, db):
    ids = [item.id for item in rank(user, candidates(user))]
    return db.query(Item).filter(and_(Item.id.in_(ids), Item.active)).all()  # debt

@app.get("/some")
def some(user, db):
    ids = [item.id for item in rank(user, candidates(user))]
    return db.query(Item).filter(or_(*[Item.id == each for each in ids])).all()  # debt
""",
    },
)
GOOD = (
    _viewed(_LISTED.replace('random.shuffle(response.data["results"])  # mixes', "tell(response.data)")),
    _viewed(_LISTED.replace("self.get_queryset", "self.items").replace("def get_queryset", "def items")),
    # ordered again by the score before anything else
    _viewed(
        """
class Again(generics.ListAPIView):
    def get_queryset(self):
        return Item.objects.order_by("-score").order_by("-score", "-created")
"""
    ),
    _viewed(
        """
class Items(viewsets.ModelViewSet):
    def list(self, request):
        best = rank(request.user, self.filter_queryset(self.get_queryset()))
        page = self.paginate_queryset(best)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @action(detail=False, methods=["get"])
    def similar(self, request):
        ids = [item.id for item in rank(request.user, self.get_queryset())]
        by_id = {item.id: item for item in Item.objects.filter(Q(id__in=set(ids)))}
        found = [by_id[each] for each in ids if each in by_id]
        return Response(self.get_serializer(found, many=True).data)

    @action(detail=False, methods=["get"])
    def fresh(self, request):
        best = rank(request.user, self.get_queryset())
        others = Item.objects.filter(~Q(pk__in=[item.id for item in best])).order_by("title")
        return Response({"best": self.get_serializer(best, many=True).data, "others": list(others)})

    @action(detail=False, methods=["get"])
    def sellers(self, request):
        best = rank(request.user, self.get_queryset())
        shops = Shop.objects.filter(Q(id__in={item.shop_id for item in best}))
        named = ShopSerializer(shops, many=True).data
        return Response({"items": self.get_serializer(best, many=True).data, "shops": named})
"""
    ),
)
