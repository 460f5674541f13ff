"""What the baselines that the settings name accept of an outcome."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from mldebt.domains import Domains
from mldebt.gate.baseline import Baseline, Entry, parse_baseline, without_known
from mldebt.outcome import Outcome
from mldebt.settings import Settings
from mldebt.store import read_text


def read_baseline(settings: Settings) -> tuple[Entry, ...] | None:
    """The baseline that the settings name, if they do."""
    if settings.baseline is None:
        return None
    return parse_baseline(read_text(settings.baseline, "`mldebt baseline write` makes it"), str(settings.baseline))


def less_known(
    outcome: Outcome, settings: Settings, only: str = "", *, unread: Callable[[str], bool] | None = None
) -> Outcome:
    """The outcome without what the baselines take in that the settings name; each speaks of the findings to which it is
    the nearest. `only` is the one file that was scanned, if it was one. Where some files were scanned and what is near
    them, `unread` says which others there are: what is known of these did not move here, and nobody can tell which
    entries would be found no longer."""
    if unread is None:
        return without_known(outcome, *_baselines(outcome, settings, only))
    baselines, nearest = _baselines(outcome, settings, only)
    read = [
        replace(
            each,
            entries=tuple(
                entry for entry in each.entries if not unread(each.folder + entry.path.removeprefix(each.prefix))
            ),
        )
        for each in baselines
    ]
    return replace(without_known(outcome, read, nearest), gone=())


def _baselines(outcome: Outcome, settings: Settings, only: str) -> tuple[list[Baseline], Callable[[str], str]]:
    """The baselines that count, and of which each path is told."""
    if "baseline" in settings.given or not settings.nested:
        entries = read_baseline(settings)
        top = [Baseline(entries, prefix=settings.prefix, only=only)] if entries is not None else []
        return top, lambda _: ""
    domains = Domains(settings)
    asked = {"": settings} | domains.baselines(finding.location.path for finding in outcome.findings)
    found = {folder: read_baseline(each) for folder, each in asked.items()}
    below = [
        Baseline(entries, folder=folder, prefix=asked[folder].prefix)
        for folder, entries in found.items()
        if entries is not None
    ]
    return below, domains.baseline
