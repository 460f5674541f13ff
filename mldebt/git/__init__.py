"""The only room that starts git or opens a repository: safely, and never through the repository's own configuration."""

from mldebt.git.bases import Span, find_span
from mldebt.git.command import GitProcess
from mldebt.git.commits import Commit, read_commits
from mldebt.git.isolation import IsolatedRepository, isolated
from mldebt.git.listing import Tracked, head_files, read_tracked, tracked_files
from mldebt.git.objects import BlobReader, tree_entry, write_blob, write_tree
from mldebt.git.remote import default_branch, remote_address
from mldebt.git.repository import Repository, open_repository
from mldebt.git.states import TreeFile, laid_out, tree_files
from mldebt.git.touches import Touch, main_line, read_touches

__all__ = [
    "BlobReader",
    "Commit",
    "GitProcess",
    "IsolatedRepository",
    "Repository",
    "Span",
    "Touch",
    "Tracked",
    "TreeFile",
    "default_branch",
    "find_span",
    "head_files",
    "isolated",
    "laid_out",
    "main_line",
    "open_repository",
    "read_commits",
    "read_touches",
    "read_tracked",
    "remote_address",
    "tracked_files",
    "tree_entry",
    "tree_files",
    "write_blob",
    "write_tree",
]
