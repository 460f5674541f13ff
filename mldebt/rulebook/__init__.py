"""What we call debt and what the libraries' APIs do: the records of `rules/`, read and checked."""

from mldebt.rulebook.apis import catalogue_key, load_apis
from mldebt.rulebook.catalogue import HOOKS, KINDS, MEDIA, ORDERS, ROLES, Api, Catalogue, TypeRecord
from mldebt.rulebook.folder import rules_folder
from mldebt.rulebook.rules import FAMILIES, Rule, load_rules
from mldebt.rulebook.selection import choose_rules, covers, shows_all

__all__ = [
    "FAMILIES",
    "HOOKS",
    "KINDS",
    "MEDIA",
    "ORDERS",
    "ROLES",
    "Api",
    "Catalogue",
    "Rule",
    "TypeRecord",
    "catalogue_key",
    "choose_rules",
    "covers",
    "load_apis",
    "load_rules",
    "rules_folder",
    "shows_all",
]
