"""Searches for what lies near on the earth: how far away something is, no model says."""

from __future__ import annotations

import re

from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex

WALK_LIMIT = 60
_SEARCHES = ("query", "kneighbors", "radius_neighbors")
_NORTH = regex(r"(^|_)lat(s|itudes?)?(_|$)", re.IGNORECASE)
_EAST = regex(r"(^|_)(lon|lng|long)(s|gitudes?|itudes?)?(_|$)", re.IGNORECASE)


class MapSearches:
    """Tells the searches of an index that hold places of the world: it measures along the globe, or what it is made of
    or asked for is read from columns of latitudes and longitudes."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._known: dict[Value, bool] = {}

    def holds(self, call: Value) -> bool:
        if call not in self._known:
            self._known[call] = call.calls_method(*_SEARCHES) and self._is_on_map(call)
        return self._known[call]

    def _is_on_map(self, call: Value) -> bool:
        way = self._flow.walk(call.function.source, self._flow.back, limit=WALK_LIMIT)
        makers = [visit.value for visit in way if visit.value.kind == "call"]
        if any(_measures_globe(maker) for maker in makers):
            return True
        given = [maker.arguments[0] for maker in makers if maker.arguments]
        return any(map(self._is_read_by_place, [*given, *call.arguments[:1]]))

    def _is_read_by_place(self, rows: Value) -> bool:
        """Whether rows are made of columns that say how far north and how far east something is."""
        visits = self._flow.walk(rows, self._flow.back, limit=WALK_LIMIT)
        names = {name for visit in visits for name in _names(visit.value)}
        return any(map(_NORTH.search, names)) and any(map(_EAST.search, names))


def _measures_globe(maker: Value) -> bool:
    metric = dict(maker.named_arguments).get("metric")
    return metric is not None and metric.data == "haversine"


def _names(value: Value) -> list[str]:
    """The names of columns that a step on the way says: `rows[["lat", "lon"]]`, `np.c_[rows.lat, rows.lon]`."""
    keys = value.every("key")
    said = [value, *keys, *(item for key in keys for item in key.every("item"))]
    return [each.data for each in said if each.kind in ("item", "attr", "const") and isinstance(each.data, str)]
