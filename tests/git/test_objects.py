import contextlib
import os

from mldebt.git import (
    AwaitedBlobs,
    BlobReader,
    BlobStream,
    isolated,
    open_repository,
    tree_entry,
    write_blob,
    write_tree,
)


def test_contents_and_sizes_in_order_with_holes(recorder):
    recorder.commit({f"{number}.py": os.urandom(number * 7) for number in range(1_200)})
    root = recorder.write(checkout=False)
    with isolated(open_repository(root)) as isolation, BlobReader(isolation) as reader:
        listed = isolation.run(["ls-tree", "-r", "HEAD"]).splitlines()
        blobs = [line.split()[2] for line in listed]
        blobs.insert(700, b"1" * 40)
        contents, sizes = list(reader.contents(blobs)), list(reader.sizes(blobs))
        for asked in (blobs * 3, []):
            with contextlib.closing(AwaitedBlobs(isolation, asked)) as awaited:
                assert list(awaited.contents()) == (contents * 3 if asked else [])
        assert contents[700] is None
        assert sizes[700] is None
        assert sizes == [None if content is None else len(content) for content in contents]
        assert sorted(len(content) for content in contents if content is not None) == [n * 7 for n in range(1_200)]
        assert next(iter(reader.contents(blobs[:3]))) == contents[0]  # whoever stops early disturbs nobody
        assert list(reader.contents(blobs[:2])) != []


def test_what_was_expected_comes_in_groups_and_what_nobody_takes_is_let_go(recorder):
    recorder.commit({f"{number}.py": os.urandom(2_000) for number in range(900)})
    root = recorder.write(checkout=False)
    with isolated(open_repository(root)) as isolation, BlobReader(isolation) as reader:
        blobs = [line.split()[2] for line in isolation.run(["ls-tree", "-r", "HEAD"]).splitlines()]
        known = dict(zip(blobs, reader.contents(blobs), strict=True))
        known[b"1" * 40] = None
        stream = BlobStream(isolation)
        one, two, three = (stream.expect(part) for part in (blobs[:5], [], [*blobs[5:800], b"1" * 40]))
        four = stream.expect(reversed(blobs))
        assert stream.take(two) == {}
        assert stream.take(one) == {}
        assert stream.take(three) == {name: known[name] for name in (*blobs[5:800], b"1" * 40)}
        assert stream.take(four) == {name: known[name] for name in blobs}
        assert stream.take(four) == {}
        stream.end()


def test_made_up_objects_are_git_s(recorder):
    for object_format in ("sha1", "sha256"):
        recorder.object_format = object_format
        recorder.root = recorder.root.with_name(object_format)
        recorder.commit({"a.py": "1\n"})
        with isolated(open_repository(recorder.write())) as isolation:
            blob = write_blob(isolation, b"made up\n")
            tree = write_tree(isolation, [tree_entry(b"x.py", blob)])
            outer = write_tree(isolation, [tree_entry(b"d", tree, folder=True)])
            assert isolation.run(["cat-file", "-p", outer + b":d/x.py"]) == b"made up\n"
            assert isolation.run(["hash-object", "--stdin"], stdin=b"made up\n").strip() == blob
