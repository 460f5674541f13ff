"""The only room that starts git or opens a repository: safely, and never through the repository's own configuration."""

from mldebt.git.command import GitProcess
from mldebt.git.commits import Commit, read_commits
from mldebt.git.isolation import IsolatedRepository, isolated
from mldebt.git.listing import head_files, tracked_files
from mldebt.git.objects import BlobReader, tree_entry, write_blob, write_tree
from mldebt.git.repository import Repository, open_repository

__all__ = [
    "BlobReader",
    "Commit",
    "GitProcess",
    "IsolatedRepository",
    "Repository",
    "head_files",
    "isolated",
    "open_repository",
    "read_commits",
    "tracked_files",
    "tree_entry",
    "write_blob",
    "write_tree",
]
