"""Options of command lines: what stands in for one that nobody gives."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

_NAMESPACES = frozenset({"argparse.Namespace", "optparse.Values"})
_ADDS = frozenset({"add_argument", "add_option"})
_ENVIRONMENT = ("os.getenv", "os.environ.get", "os.environ.setdefault", "decouple.config")
_DECLARES = frozenset({"option", "argument", "Option", "Argument"})


class Options:
    """Questions about options of argparse, click and typer."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def default(self, value: Value) -> Value | None:
        """The default of the option that a value is; None for anything else, and where options of one name differ."""
        if value.kind == "attr":
            return self._of_namespace(value)
        if value.kind == "param":
            return self._of_command(value)
        if value.kind == "call" and self._declares(value):
            return self._first(value)
        return None

    def of_environment(self, value: Value) -> Value | None:
        """What stands in for a variable of the environment that nobody sets: `os.getenv("MODEL", "acme/reader")`."""
        if not value.calls_external(*_ENVIRONMENT):
            return None
        told = value.arguments[1:2] if value.keywords[1:2] == ("",) else []
        return dict(value.named_arguments).get("default", told[0] if told else None)

    def is_switch(self, value: Value) -> bool:
        """Whether a value is an option that is off unless it is given."""
        added = self._adding(value) if value.kind == "attr" else []
        action = dict(added[0].named_arguments).get("action") if len(added) == 1 else None
        return action is not None and action.data == "store_true"

    def _of_namespace(self, value: Value) -> Value | None:
        """The one default that is said of an option; commands that need it to be given say none."""
        defaults = [dict(added.named_arguments).get("default") for added in self._adding(value)]
        said = [default for default in defaults if default is not None]
        return said[0] if len(said) == 1 else None

    def _adding(self, value: Value) -> list[Value]:
        """The calls that add the option which a value is: one, or one a command."""
        types = {each.name for each in self.flow.types(value.source)}
        if not types & _NAMESPACES:
            return []
        found = self._added.get(value.name, [])
        return [call for call in found if call.body.module is value.body.module] or found

    @cached_property
    def _added(self) -> dict[str, list[Value]]:
        """The calls that add an option, by the name under which its value is found."""
        found: dict[str, list[Value]] = defaultdict(list)
        for call in self.flow.calls_named(_ADDS):
            if (name := _destination(call)) and call.body.module.category == "product":
                found[name].append(call)
        return found

    def _of_command(self, param: Value) -> Value | None:
        """What `@click.option("--rate", default=0.1)` gives to a function's parameter."""
        body = param.body
        outer = self.flow.body(body.module.index, max(body.scope.parent, 0))
        for ref in body.scope.decorators:
            call = outer.values.get(ref)
            if call is not None and call.kind == "call" and self._declares(call) and _destination(call) == param.name:
                return dict(call.named_arguments).get("default")
        return None

    def _first(self, call: Value) -> Value | None:
        """The default that `typer.Option(0.1, "--rate")` names first."""
        named = dict(call.named_arguments)
        return named.get("default") or (call.arguments[0] if call.keywords[:1] == ("",) else None)

    def _declares(self, call: Value) -> bool:
        names = [target.name for target in self.flow.targets(call)] or [str(call.function.data)]
        return any(
            name.partition(".")[0] in ("click", "typer", "rich_click", "asyncclick")
            and name.rpartition(".")[2] in _DECLARES
            for name in names
        )


def _destination(call: Value) -> str:
    """The name under which an option's value is found."""
    named = dict(call.named_arguments)
    dest = named.get("dest")
    if dest is not None:
        return str(dest.data) if dest.kind == "const" else ""
    plain = [source.data for keyword, source in call.named_arguments if not keyword and source.kind == "const"]
    texts = [text for text in plain if isinstance(text, str)]
    text = next((each for each in texts if each.startswith("--")), texts[0] if texts else "")
    return text.lstrip("-").partition("/")[0].replace("-", "_")
