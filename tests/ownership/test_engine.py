"""Every line of every file has the commit that plain `git blame` names."""

LINES = [f"line {number} of the loader\n" for number in range(40)]


def text(*lines):
    return "".join(lines)


def test_plain_line_of_edits(recorder, assert_as_blame):
    recorder.commit({"a.py": text(*LINES)})
    recorder.commit({"a.py": text(*LINES[:10], "new\n", *LINES[12:])})
    recorder.commit({"b.py": "other\n"})
    recorder.commit({"a.py": text("top\n", *LINES[:10], "new\n", *LINES[12:], "end without newline")})
    found = assert_as_blame(recorder.write())
    assert found.lines(b"b.py") == [recorder.id(3).encode()]
    assert found.lines(b"a.py")[0] == recorder.id(4).encode()


def test_rename_with_edits_across_folders(recorder, assert_as_blame):
    recorder.commit({"src/old.py": text(*LINES), "src/x.py": "x\n"})
    recorder.commit({"src/old.py": None, "lib/deep/new.py": text(*LINES[:20], "changed\n", *LINES[21:])})
    recorder.commit({"lib/deep/new.py": text(*LINES[:20], "changed again\n", *LINES[21:])})
    found = assert_as_blame(recorder.write())
    assert set(found.lines(b"lib/deep/new.py")) == {recorder.id(1).encode(), recorder.id(3).encode()}


def test_exact_renames_prefer_the_same_name(recorder, assert_as_blame):
    recorder.commit({"a/x.py": text(*LINES), "b/y.py": text(*LINES)})
    recorder.commit({"b/y.py": text(*LINES)}, day=3)
    recorder.commit({"a/x.py": None, "b/y.py": None, "c/y.py": text(*LINES)})
    assert_as_blame(recorder.write())


def test_equally_similar_sources_fall_as_git_lets_them(recorder, assert_as_blame):
    # which of several equals git takes depends on everything that was deleted before them
    heads = {f"old/{name}/__init__.py": text(*LINES, f"import {name}\n") for name in ("aaa", "bbb", "ccc", "ddd")}
    far = {f"old/a{number}/__init__.py": f"{number}\n" * 3 for number in range(6)}
    empty = {"old/a/__init__.py": "", "old/c/__init__.py": ""}
    for path, content in (heads | far | empty).items():
        recorder.commit({path: content})
    gone = dict.fromkeys(heads | far | empty, None)
    recorder.commit({**gone, "new/zzz/__init__.py": text(*LINES, "import zzz\n")})
    assert_as_blame(recorder.write())


def test_rows_of_one_character_look_alike_to_git(recorder, assert_as_blame):
    recorder.commit({"n.py": "score\r\n" + "y" * 95 + "\n", "z.py": "z\n"})
    recorder.commit({"n.py": None, "z.py": None, "m.py": "score\r\n\n" + "z" * 110 + "\nsplit save\n"})
    assert recorder.write()
    assert recorder.id(1).encode() in assert_as_blame(recorder.root).lines(b"m.py")


def test_merge_takes_lines_from_both_sides(recorder, assert_as_blame):
    base = recorder.commit({"a.py": text(*LINES)})
    left = recorder.commit({"a.py": text("left\n", *LINES)}, parents=[base])
    right = recorder.commit({"a.py": text(*LINES, "right\n")}, parents=[base])
    recorder.commit({"a.py": text("left\n", *LINES, "right\n")}, parents=[left, right])
    found = assert_as_blame(recorder.write()).lines(b"a.py")
    assert (found[0], found[-1]) == (recorder.id(left).encode(), recorder.id(right).encode())


def test_evil_merge_owns_what_no_parent_has(recorder, assert_as_blame):
    base = recorder.commit({"a.py": text(*LINES)})
    left = recorder.commit({"a.py": text("left\n", *LINES)}, parents=[base])
    right = recorder.commit({"a.py": text(*LINES, "right\n")}, parents=[base])
    evil = recorder.commit(
        {"a.py": text("left\n", *LINES[:20], "evil\n", *LINES[20:], "right\n")}, parents=[left, right]
    )
    assert recorder.write()
    assert recorder.id(evil).encode() in assert_as_blame(recorder.root).lines(b"a.py")


def test_criss_cross_merges(recorder, assert_as_blame):
    base = recorder.commit({"a.py": text(*LINES)})
    left = recorder.commit({"a.py": text("l1\n", *LINES)}, parents=[base])
    right = recorder.commit({"a.py": text(*LINES, "r1\n")}, parents=[base])
    one = recorder.commit({"a.py": text("l1\n", *LINES, "r1\n", "m1\n")}, parents=[left, right])
    two = recorder.commit({"a.py": text("m2\n", "l1\n", *LINES, "r1\n")}, parents=[right, left])
    recorder.commit({"a.py": text("m2\n", "l1\n", *LINES, "r1\n", "m1\n")}, parents=[one, two])
    assert_as_blame(recorder.write())


def test_octopus_of_unrelated_roots(recorder, assert_as_blame):
    one = recorder.commit({"a.py": text(*LINES[:10])}, whole=True, parents=[])
    two = recorder.commit({"b.py": text(*LINES[10:20])}, whole=True, parents=[])
    three = recorder.commit({"c.py": text(*LINES[20:30])}, whole=True, parents=[])
    everything = {"a.py": text(*LINES[:10]), "b.py": text(*LINES[10:20]), "c.py": text("mine\n", *LINES[20:30])}
    recorder.commit(everything, parents=[one, two, three])
    assert_as_blame(recorder.write())


def test_rename_on_one_side_and_edit_on_the_other(recorder, assert_as_blame):
    base = recorder.commit({"a.py": text(*LINES)})
    moved = recorder.commit({"a.py": None, "b.py": text(*LINES)}, parents=[base])
    edited = recorder.commit({"b.py": None, "a.py": text(*LINES, "edit\n")}, parents=[base])
    recorder.commit({"a.py": None, "b.py": text(*LINES, "edit\n")}, parents=[moved, edited])
    found = assert_as_blame(recorder.write()).lines(b"b.py")
    assert found[-1] == recorder.id(edited).encode()


def test_change_and_revert_keeps_the_revert(recorder, assert_as_blame):
    recorder.commit({"a.py": text(*LINES)})
    recorder.commit({"a.py": text(*LINES[:5], "x\n", *LINES[6:])})
    back = recorder.commit({"a.py": text(*LINES)})
    found = assert_as_blame(recorder.write())
    assert found.lines(b"a.py")[5] == recorder.id(back).encode()


def test_odd_contents(recorder, assert_as_blame):
    recorder.commit(
        {"crlf.py": "a\nb\nc\n", "nul.py": b"a\0b\nc\n", "empty.py": "", "bare.py": "no end", "latin.py": b"\xe9\n"}
    )
    recorder.commit(
        {"crlf.py": "a\r\nb\r\nc\r\n", "nul.py": b"a\0b\nc\nd\0\n", "bare.py": "no end\nmore", "was.py": ""}
    )
    recorder.commit({"empty.py": "now\n", "latin.py": b"\xe9\n\xff\xfe\n", "long.py": "x" * 5_000 + "\n" + "y" * 300})
    found = assert_as_blame(recorder.write())
    assert found.lines(b"was.py") == []


def test_odd_names(recorder, assert_as_blame):
    names = [
        b"sp ace.py",
        b"new\nline.py",
        b"tab\t.py",
        b'quo"te.py',
        b"latin-\xe9.py",
        b":colon.py",
        b"-dash.py",
        b"*.py",
    ]
    recorder.commit({name: b"%b\n" % name.replace(b"\n", b"") for name in names})
    recorder.commit({name: b"top\n%b\n" % name.replace(b"\n", b"") for name in names})
    assert set(assert_as_blame(recorder.write(checkout=False)).files) == set(names)


def test_commit_messages_cannot_pass_for_parents(recorder, assert_as_blame):
    first = recorder.commit({"a.py": "a\n"}, message="0123456789abcdef0123456789abcdef01234567 (from 1) x")
    second = recorder.commit({"a.py": "a\nb\n"}, message="f" * 40 + " " + "e" * 40 + "\tx (from " + "d" * 40 + ")")
    third = recorder.commit({"a.py": "c\na\n"}, parents=[first], message=":100644 100644 tab\t (from " + "a" * 40 + ")")
    recorder.commit({"a.py": "c\na\nb\n"}, parents=[second, third], message=b"\xff\xfe (from " + b"b" * 40 + b") \t")
    assert_as_blame(recorder.write())


def test_links_and_submodules_are_no_files_and_no_sources(recorder, assert_as_blame):
    modes = {"link.py": "120000", "sub.py": "160000"}
    recorder.commit({"link.py": "target.py", "target.py": "x = 1\n", "sub.py": "1" * 40}, modes=modes)
    recorder.commit({"link.py": None, "new.py": "target.py"}, modes=modes)
    recorder.commit({"link.py": "target.py", "target.py": "was a file"}, modes={**modes, "target.py": "120000"})
    recorder.commit({"target.py": "a file again\n"}, modes=modes)
    found = assert_as_blame(recorder.write(checkout=False))
    assert set(found.files) == {b"new.py", b"target.py"}
    assert found.lines(b"new.py") == [recorder.id(2).encode()]


def test_mode_change_is_no_edit(recorder, assert_as_blame):
    recorder.commit({"a.py": text(*LINES)})
    recorder.commit({}, modes={"a.py": "100755"})
    assert set(assert_as_blame(recorder.write()).lines(b"a.py")) == {recorder.id(1).encode()}


def test_a_large_move_of_similar_files(recorder, assert_as_blame):
    files = {f"pkg/m{n}/model.py": text(*LINES[n % 7 :], f"n = {n}\n") for n in range(60)}
    recorder.commit(files)
    moved = {path.replace("pkg/", "src/lib/"): content + "# moved\n" for path, content in files.items()}
    recorder.commit({**dict.fromkeys(files, None), **moved})
    assert_as_blame(recorder.write())


def test_update_to_a_head_without_files(recorder, attribute, plain_git):
    recorder.commit({"a.py": "1\n"})
    recorder.commit({"a.py": None})
    root = recorder.write(checkout=False)
    plain_git(root, "update-ref", "refs/heads/main", recorder.ids[0])
    known = attribute(root)
    plain_git(root, "update-ref", "refs/heads/main", recorder.ids[1])
    assert attribute(root, known).files == {}
