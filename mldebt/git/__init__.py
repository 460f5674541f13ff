"""The only room that starts git or opens a repository: safely, and never through the repository's own configuration."""

from mldebt.git.command import GitProcess
from mldebt.git.isolation import IsolatedRepository, isolated
from mldebt.git.listing import head_files, tracked_files
from mldebt.git.repository import Repository, open_repository

__all__ = [
    "GitProcess",
    "IsolatedRepository",
    "Repository",
    "head_files",
    "isolated",
    "open_repository",
    "tracked_files",
]
