from mldebt.git import isolated, main_line, open_repository, read_touches


def test_the_main_line_leaves_out_what_was_merged_and_a_clock_that_went_wrong_turns_nothing_around(recorder):
    first = recorder.commit({"a.py": "1\n"}, day=5)
    recorder.commit({"a.py": "2\n"}, day=2)
    recorder.commit({"b.py": "2\n"}, day=7, parents=[first])
    recorder.commit({"a.py": "2\n", "b.py": "2\n"}, day=8, parents=[2, 3])
    with isolated(open_repository(recorder.write())) as isolation:
        line = main_line(isolation)
    assert [commit for commit, _ in line] == [recorder.id(1), recorder.id(2), recorder.id(4)]
    assert line[0][1] == line[1][1] < line[2][1]


def test_who_touched_what_between_two_commits(recorder):
    odd = "Bo\u202e \N{SNOWMAN} <bo@corp.org>"
    recorder.commit({"a.py": "1\n"})
    recorder.commit({"a.py": "2\n", "new\nline.py": "1\n"}, author=odd, message="a\x1eb\x1fc\n")
    recorder.commit({"a.py": None})
    with isolated(open_repository(recorder.write())) as isolation:
        found = read_touches(isolation, recorder.id(1), recorder.id(3))
        assert read_touches(isolation, recorder.id(3), recorder.id(3)) == ()
    assert [(touch.commit, touch.email, touch.paths) for touch in found] == [
        (recorder.id(3), "ann@corp.org", {"a.py"}),
        (recorder.id(2), "bo@corp.org", {"a.py", "new\nline.py"}),
    ]
