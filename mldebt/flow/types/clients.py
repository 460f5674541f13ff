"""Which library types only ask a language model that somebody else runs."""

from __future__ import annotations

from mldebt.rulebook import Catalogue

_BASES = frozenset("LLM BaseLLM BaseChatModel SimpleChatModel BaseLanguageModel CustomLLM".split())
"""What one derives from to bring in a model of one's own."""


def client_types(catalogue: Catalogue) -> frozenset[str]:
    """The types with a method that asks a language model, and those below them."""
    owners = {owner for (owner, _), api in catalogue.methods.items() if "calls_llm" in api.roles}
    return frozenset(name for name in catalogue.types if owners & set(catalogue.lineage(name)))


def is_client(catalogue: Catalogue, name: str, clients: frozenset[str]) -> bool:
    """Whether a type is the client of a service, and not what a model of one's own derives from."""
    return name.rpartition(".")[2] not in _BASES and not clients.isdisjoint((name, *catalogue.lineage(name)))
