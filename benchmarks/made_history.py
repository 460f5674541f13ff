"""Makes a repository with a long history, the same each time, for measuring: `python benchmarks/made_history.py DEST`.

24,000 commits over 3,900 Python files by default: edits of one to four files, branches that are merged, files that
come, move and go. Nothing in it is anybody's."""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

WORDS = "load split fit score rank save rows items users model frame value index batch query cache".split()
LINES = (40, 120, 180, 260, 420)
BRANCHES = 6
START = 1_500_000_000


class Story:
    """One history, told commit by commit to `git fast-import`."""

    def __init__(self, commits: int, files: int) -> None:
        self.dice = random.Random(2020)  # noqa: S311 -- dice, not secrets
        self.commits = commits
        self.files = files
        self.branches: list[tuple[int, dict[str, list[str]]]] = [(0, {})]
        self.made = 0

    def tell(self) -> Iterator[bytes]:
        """The whole stream."""
        for number in range(1, self.commits + 1):
            place = self.dice.randrange(len(self.branches)) if self.dice.random() < 0.5 else 0
            parent, tree = self.branches[place]
            if place and self.dice.random() < 0.1:
                yield from self._merge(number, place)
                continue
            changed = dict(self._change(tree, number))
            yield self._commit(number, [parent], changed)
            self.branches[place] = (number, {path: now for path, now in {**tree, **changed}.items() if now})
            if not place and len(self.branches) < BRANCHES and self.dice.random() < 0.05:
                self.branches.append(self.branches[0])
        yield from self._last()

    def _change(self, tree: dict[str, list[str]], number: int) -> Iterator[tuple[str, list[str]]]:
        """Files with their new lines; none for one that goes."""
        paths = list(tree) if len(tree) < 50 else self.dice.sample(list(tree), 4)
        for path in self.dice.sample(paths, min(len(paths), self.dice.randint(1, 4))):
            if self.dice.random() < 0.01:
                yield path, []
                yield self._name(number), self._edited(tree[path], number)
            else:
                yield path, self._edited(tree[path], number)
        due = self.files * number // self.commits + 1
        while self.made < due:
            self.made += 1
            yield self._name(number), [self._line(number) for _ in range(self.dice.choice(LINES))]

    def _edited(self, lines: list[str], number: int) -> list[str]:
        lines = list(lines)
        for _ in range(self.dice.randint(1, 4)):
            at = self.dice.randrange(len(lines) + 1)
            lines[at : at + self.dice.randint(0, 3)] = [self._line(number) for _ in range(self.dice.randint(1, 4))]
        return lines

    def _line(self, number: int) -> str:
        return f"    {self.dice.choice(WORDS)} = {self.dice.choice(WORDS)}({self.dice.choice(WORDS)}, {number % 997})"

    def _name(self, number: int) -> str:
        return f"pkg{number % 23}/part{number % 7}/{self.dice.choice(WORDS)}_{self.made}_{number}.py"

    def _merge(self, number: int, place: int) -> Iterator[bytes]:
        """Into the main line goes what the branch has, but for files that both changed: there the main line stays."""
        (main, ours), (side, theirs) = self.branches[0], self.branches.pop(place)
        merged = {**theirs, **ours}
        changed = {path: merged[path] for path in merged.keys() - ours.keys()}
        self.branches[0] = (number, merged)
        yield self._commit(number, [main, side], changed)

    def _last(self) -> Iterator[bytes]:
        yield b"reset refs/heads/main\nfrom :%d\n\n" % self.branches[0][0]

    def _commit(self, number: int, parents: list[int], changed: dict[str, list[str]]) -> bytes:
        who = f"Person {number % 37} <person{number % 37}@corp.example> {START + number * 3600} +0000"
        parts = [f"commit refs/heads/main\nmark :{number}\ncommitter {who}\ndata 9\nchange it\n"]
        for word, parent in zip(("from", *["merge"] * 9), [each for each in parents if each], strict=False):
            parts.append(f"{word} :{parent}\n")
        for path, lines in changed.items():
            text = "\n".join(lines) + "\n"
            parts.append(f"M 100644 inline {path}\ndata {len(text)}\n{text}\n" if lines else f"D {path}\n")
        return "".join(parts).encode()


def main() -> int:
    """Writes the repository, bare, and packs it as a server would."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("dest", type=Path)
    parser.add_argument("--commits", type=int, default=24_000)
    parser.add_argument("--files", type=int, default=3_900)
    options = parser.parse_args()
    subprocess.run(["git", "init", "-q", "--bare", options.dest], check=True)
    line = ["git", "-C", options.dest, "fast-import", "--quiet", "--force"]
    with subprocess.Popen(line, stdin=subprocess.PIPE) as importer:
        assert importer.stdin is not None
        for part in Story(options.commits, options.files).tell():
            importer.stdin.write(part)
    subprocess.run(["git", "-C", options.dest, "symbolic-ref", "HEAD", "refs/heads/main"], check=True)
    subprocess.run(["git", "-C", options.dest, "repack", "-a", "-d", "-q"], check=True)
    return importer.returncode


if __name__ == "__main__":
    sys.exit(main())
