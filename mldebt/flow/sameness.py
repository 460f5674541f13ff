"""The same value elsewhere: through names, calls, fields, tuples and keywords, without becoming another value."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.flow.linking import Target
from mldebt.flow.value import Value
from mldebt.flow.walk import STACK_LIMIT, Flow, Stack, Step

_KEEPING = frozenset(
    "str pathlib.Path os.path.abspath os.path.realpath os.path.expanduser os.path.normpath os.fspath".split()
)
_DATASETS = frozenset("airflow.Dataset airflow.datasets.Dataset airflow.sdk.Asset airflow.sdk.Dataset".split())
_OBJECTS = frozenset(
    """boto3.resource.s3.Object boto3.resource.s3.ObjectSummary boto3.resource.s3.Bucket.Object
    google.cloud.storage.Blob google.cloud.storage.Bucket.blob google.cloud.storage.Bucket.get_blob
    azure.storage.blob.BlobServiceClient.get_blob_client azure.storage.blob.ContainerClient.get_blob_client
    azure.storage.filedatalake.DataLakeServiceClient.get_file_client supabase.Client.table
    supabase.Client.from_""".split()
)
"""What makes the handle of an object in a store, or of a table: its name comes last."""
_OBJECT_NAMES = frozenset({"key", "blob", "blob_name", "name", "file_path"})
_FIRST_IN = "google.cloud.storage.Blob"
DECLARED_LIMIT = 6
KEEPING_METHODS = frozenset("resolve expanduser absolute as_posix strip lower".split())
SAME = frozenset({"phi", "same", "choice", "passed", "param", "attr", "item", "global", "free", "return"})
_OTHER_VALUE = frozenset({"changed", "object", "key", "call", "yield", "base"})


class Sameness:
    """Steps that lead to the same value."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.back = flow.remembered(self._back)
        """The same value, further back."""
        self.forth = flow.remembered(self._forth)
        """The same value, further on."""

    def _back(self, value: Value, stack: Stack) -> list[Step]:
        if value.kind == "call":
            if (named := self.by_keyword(value)) is not None:
                return self.keyword_given(*named, stack)
            functions = [target for target in self.flow.targets(value) if target.kind == "func"]
            steps = [step for target in functions for step in self.flow.enter_return(value, target, stack)]
            kept = self.kept(value)
            return [*steps, Step("same", kept, stack)] if kept is not None else steps
        if value.kind not in SAME:
            return []
        if value.kind == "attr" and value.name == "uri" and (address := self._declared(value.source)) is not None:
            return [Step("same", address, ())]
        allowed = _OTHER_VALUE - {"base"} if value.kind == "passed" else _OTHER_VALUE
        return [step for step in self.flow.back(value, stack) if step.label not in allowed]

    def _forth(self, value: Value, stack: Stack) -> list[Step]:
        steps: list[Step] = []
        for label, user in value.uses:
            kind = user.kind
            if kind == "call" and label == "arg":
                if self.kept(user) is value:
                    steps.append(Step("same", user, stack))
                else:
                    steps.extend(self._given(value, user, stack))
            elif kind == "return":
                steps.extend(self.flow.leave(user.body, stack))
            elif kind == "store" and label == "value":
                steps.extend(self.flow.reads_of_store(user))
            elif (kind in ("phi", "same", "choice") and label == "value") or (kind == "passed" and label == "base"):
                steps.append(Step(label, user, stack))
            elif kind == "collection" and label == "item":
                steps.extend(self._unpacked(user, value, stack))
        steps.extend(step for step in self.flow.outlive(value, stack) if step.label != "changed")
        return steps

    def _given(self, value: Value, call: Value, stack: Stack) -> list[Step]:
        steps: list[Step] = []
        for target in self.flow.targets(call):
            place = (target.module, target.scope) if target.kind == "func" else None
            if target.kind == "class":
                init = self.flow.initializer((target.module, target.scope))
                place = (init.module, init.scope) if init is not None and init.kind == "func" else None
            if place is not None:
                steps.extend(self._taken(value, self.flow.into_function(value, call, *place, stack)))
        return steps

    def _unpacked(self, collection: Value, value: Value, stack: Stack) -> Iterator[Step]:
        """From a place in a tuple to the parameters it is spread over, or to where callers unpack it."""
        place = next(i for i, (_, source) in enumerate(collection.inputs) if source is value)
        for _, user in collection.uses:
            if user.kind == "call" and len(stack) < STACK_LIMIT and user not in stack:
                for target in self.flow.targets(user):
                    if target.kind == "func":
                        yield from self._spread(value, user, target, stack)
            elif user.kind == "return":
                for step in self.flow.leave(user.body, stack):
                    uses = (use for _, use in step.value.uses if use.kind == "item" and use.data == place)
                    yield from (Step("item", use, step.stack) for use in uses)

    def _spread(self, value: Value, call: Value, target: Target, stack: Stack) -> Iterator[Step]:
        body = self.flow.body(target.module, target.scope)
        for name, param in body.params.items():
            if any(given is value for given in self.flow.argument(call, body, name)):
                yield Step("argument", param, (*stack, call))

    def _declared(self, dataset: Value) -> Value | None:
        """The address that a dataset of an orchestrator was declared with: `CLICKS = Dataset("s3://…")`."""
        for _ in range(DECLARED_LIMIT):
            if dataset.kind in ("global", "free"):
                versions = self.flow.global_versions(dataset) if dataset.kind == "global" else []
                found = versions[-1] if len(versions) == 1 else None
                found = self.flow.free_value(dataset) if dataset.kind == "free" else found
                if found is None:
                    return None
                dataset = found
            elif dataset.kind in ("phi", "same", "passed") and dataset.inputs:
                dataset = dataset.source
            else:
                break
        if dataset.kind != "call" or not any(target.name in _DATASETS for target in self.flow.targets(dataset)):
            return None
        given = dict(reversed(arguments(dataset)))
        return given.get("uri", given.get(""))

    def kept(self, call: Value) -> Value | None:
        """The argument of a call that hands the same path on."""
        function = call.inputs[0][1]
        if len(call.inputs) == 2 and any(target.name in _KEEPING for target in self.flow.targets(call)):
            return call.inputs[1][1]
        if function.kind == "attr" and function.data in KEEPING_METHODS and len(call.inputs) == 1:
            return function.inputs[0][1]
        api = self.flow.api(call)
        return _object_named(call, api.name) if api is not None and api.name in _OBJECTS else None

    # ------------------------------------------------------------------ arguments by name

    def by_keyword(self, call: Value) -> tuple[Value, str] | None:
        """`kwargs.get("name")` or `kwargs.pop("name")`: the parameter and the name."""
        function = call.inputs[0][1]
        if function.kind != "attr" or function.data not in ("get", "pop") or len(call.inputs) < 2:
            return None
        key, base = call.inputs[1][1], function.inputs[0][1]
        while base.kind in ("passed", "mutate", "same", "store"):
            base = base.inputs[0][1]
        return (base, str(key.data)) if key.kind == "const" and _takes_names(base) else None

    def keyword_given(self, param: Value, name: str, stack: Stack) -> list[Step]:
        if stack:
            calls = [(stack[-1], stack[:-1])]
        else:
            calls = [(call, ()) for call in self.flow.callers(param.body.module.index, param.body.number)]
        return [
            Step("argument", source, after)
            for call, after in calls
            for keyword, source in arguments(call)
            if keyword == name
        ]

    def _taken(self, value: Value, steps: list[Step]) -> Iterator[Step]:
        """From `**kwargs` on to where the argument that `value` is, is taken out of it."""
        for step in steps:
            param = step.value
            if not _takes_names(param):
                yield step
                continue
            names = {keyword for keyword, source in arguments(step.stack[-1]) if source is value}
            for call in param.body.calls:
                named = self.by_keyword(call)
                if named is not None and named[0] is param and named[1] in names:
                    yield Step("keyword", call, step.stack)


def arguments(call: Value) -> list[tuple[str, Value]]:
    """The arguments of a call as (keyword, value); the keyword is "" for a positional one."""
    keywords: tuple[str, ...] = call.data  # type: ignore[assignment]
    return [(keyword, source) for keyword, (_, source) in zip(keywords, call.inputs[1:], strict=True)]


def _takes_names(param: Value) -> bool:
    """Whether a value is a function's `**kwargs`."""
    return param.kind == "param" and any(p.name == param.data and p.kind == "**" for p in param.body.scope.parameters)


def _object_named(call: Value, name: str) -> Value | None:
    """The name of what a call makes a handle of: `s3.Object(bucket, key)`, `bucket.blob(name)`."""
    given = arguments(call)
    named = next((source for keyword, source in given if keyword in _OBJECT_NAMES), None)
    plain = [source for keyword, source in given if not keyword]
    return named or (plain[0 if name == _FIRST_IN else -1] if plain else None)
