from collections.abc import Callable
from typing import Any

Linked = Callable[..., Any]


def test_a_global_has_its_last_value_and_its_versions(linked: Linked) -> None:
    program = linked("n = 1\nn = 2\ndef reset():\n    global n\n    n = 3\ndef read():\n    return n")
    read = program.body("read").returns.source
    assert program.flow.global_value(read).data == 2
    assert [value.data for value in program.flow.global_versions(read)] == [1, 2, 3]


def test_of_many_versions_the_last_are_kept(linked: Linked) -> None:
    program = linked("".join(f"n = {i}\n" for i in range(12)) + "def read():\n    return n")
    assert [value.data for value in program.flow.global_versions(program.body("read").returns.source)] == list(
        range(4, 12)
    )


def test_a_global_is_read_from_functions_and_other_modules(linked: Linked) -> None:
    texts = {"data.py": "N = 1\ndef f():\n    print(N)\ndef g(N):\n    print(N, 'own')", "other.py": "N = 2\nprint(N)"}
    program = linked("import data\nfrom data import N\nprint('one', data.N)\ndef h():\n    print('two', N)", texts)
    reads = program.flow.global_reads(program.module("data.py").index, "N")
    lines = {program.text(read) for read in reads}
    assert lines == {"print(N)", "from data import N", "print('one', data.N)", "print('two', N)"}
    assert {read.body.module.path for read in reads} == {"data.py", "main.py"}


def test_a_closure_variable_has_the_value_at_the_end_or_the_parameter(linked: Linked) -> None:
    program = linked("def f(a):\n    b = 1\n    def g():\n        return a, b\n    b = 2\n    return g")
    a, b = (source for _, source in program.body("f.g").returns.source.inputs)
    assert program.flow.free_value(a).kind == "param"
    assert program.flow.free_value(b).data == 2
