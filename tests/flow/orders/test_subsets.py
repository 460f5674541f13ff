from collections.abc import Callable

from mldebt.flow import Flow
from mldebt.flow.orders.subsets import Subsets
from mldebt.flow.value import Value

Link = Callable[..., Flow]
CallOf = Callable[[Flow, str, str], Value]


def test_a_part_of_several_results_and_of_one_that_calls_itself(link: Link, call_of: CallOf) -> None:
    flow = link(
        """
        def split(items):
            good, bad = [], []
            for item in items:
                good.append(item)
            return good, bad

        def again(items):
            return again(items)[0], items

        first = split(rows)[0]
        second = again(rows)[0]
        use(first, second)
        """
    )
    first, second = call_of(flow, "example.py", "use").arguments
    subsets = Subsets(flow)
    source = subsets.source_of(first)
    assert source is not None
    assert source.name == "rows"
    assert subsets.source_of(second) is None
