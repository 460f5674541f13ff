"""Near-clones: stretches of code that do the same in almost the same way, in one file or across files and notebooks.

    shapes = Shapes(flow.program)
    regions = [shapes.region(module, number) for module, number in functions]      # whole scopes, or
    regions += [shapes.region(module, number, loop.body) for …]                    # some statements of one
    for family in find_families(regions, similarity=0.7, least=6):
        family.members                     # regions, in the order given
        for twin in family.twins:          # each member but the first, with the member it is most like
            twin.alignment.similarity      # 0 … 1
            twin.alignment.differences     # what differs, line by line, each with its place

Code is compared as facts, not as text. A line is one statement (the head of a compound one); the repository's own
names, texts and numbers are blanked out in its *shape*; attributes, keywords and libraries' names stand. Lines that
print or log, imports and docstrings are left out. Which regions to compare is decided by MinHash and locality-sensitive
hashing over the shapes of all sub-expressions, so that work grows with the number of regions and not with its square;
every candidate is then aligned line by line, lines that moved found again, and only the alignment decides. The same
input always gives the same families.
"""

from __future__ import annotations

from mldebt.pipeline.clones.alignment import Alignment, Difference, align
from mldebt.pipeline.clones.families import Family, Twin, find_families, in_two_modules
from mldebt.pipeline.clones.lines import Line, Region, Shapes

__all__ = [
    "Alignment",
    "Difference",
    "Family",
    "Line",
    "Region",
    "Shapes",
    "Twin",
    "align",
    "find_families",
    "in_two_modules",
]
