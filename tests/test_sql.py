"""What a SQL text says."""

import pytest

from mldebt.sql import DISTANCE, Statement, parse_sql


def one(text: str) -> Statement:
    found = parse_sql(text)
    assert found is not None
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "Select your favourite item from the menu",
        "with great power comes",
        "SELECT FROM WHERE (",
        "MATCH (n) RETURN n ORDER BY n.score",
        "",
    ],
)
def test_what_is_no_sql_says_nothing(text: str) -> None:
    assert parse_sql(text) is None


@pytest.mark.parametrize("operator", ["<->", "<=>", "<#>", "<+>"])
def test_vector_databases_order_by_distance(operator: str) -> None:
    (term,) = one(f"SELECT id FROM items ORDER BY embedding {operator} %s LIMIT 10").order
    assert DISTANCE in term.names


@pytest.mark.parametrize("cast", ["%s::vector", "%(taste)s::vector(384)", ":taste::vector", "?::public", "$1::vector"])
def test_a_cast_of_a_placeholder_is_of_no_matter(cast: str) -> None:
    (term,) = one(f"SELECT id FROM items ORDER BY embedding <=> {cast} LIMIT 10").order
    assert DISTANCE in term.names


def test_marks_of_templates_stand_for_something() -> None:
    statement = one("SELECT id FROM items ${condition} WHERE kind = '{{ kind }}' ORDER BY score DESC")
    assert [term.text for term in statement.order] == ["score"]


def test_how_many_rows_a_query_takes() -> None:
    assert one("SELECT a FROM t LIMIT 100").first == 100
    assert one("SELECT a FROM t LIMIT :n").first == 0
    assert one("SELECT a FROM t LIMIT 100 OFFSET 100").first == 0
    assert one("SELECT a FROM t").first == 0
    assert one("SELECT a FROM t LIMIT -100").first == 0


@pytest.mark.parametrize(
    "rest",
    [
        "WHERE RAND() < 0.01",
        "WHERE a > 3 AND NEWID() < 'a'",
        "TABLESAMPLE BERNOULLI (1)",
        "WHERE MOD(ABS(FARM_FINGERPRINT(CAST(id AS STRING))), 100) < 2",
        "WHERE xxhash64(id) % 100 < 2",
        "GROUP BY a",
    ],
)
def test_a_sample_and_groups_are_no_first_rows(rest: str) -> None:
    assert one(f"SELECT a FROM t {rest} LIMIT 100").first == 0
    assert one("SELECT a FROM t WHERE hashtag = 'x' AND share > 3 LIMIT 100").first == 100


def test_names_of_columns_are_opened() -> None:
    by_name = one("SELECT id, 1 - (embedding <=> %(q)s::vector) AS near FROM items ORDER BY near DESC")
    by_number = one("SELECT id, similarity(title, :q) FROM items ORDER BY 2 DESC")
    assert DISTANCE in by_name.order[0].names
    assert by_name.order[0].descending
    assert "similarity" in by_number.order[0].names


def test_names_of_columns_are_opened_through_the_query_within() -> None:
    within = "SELECT id, random() AS place, cube_distance(color, %s) AS far FROM items ORDER BY far LIMIT 50"
    statement = one(f"SELECT id, far FROM ({within}) AS near ORDER BY place LIMIT 5")
    assert statement.order[0].is_random
    assert statement.is_limited
    assert statement.first == 5
    assert statement.lost_by == "ORDER BY"


@pytest.mark.parametrize("function", ["RANDOM()", "RAND()", "NEWID()"])
def test_a_random_order(function: str) -> None:
    (term,) = one(f"SELECT * FROM items ORDER BY {function}").order
    assert term.is_random


@pytest.mark.parametrize(
    "order",
    [
        "array_position(%(ids)s::uuid[], id)",
        "FIELD(id, %s)",
        "CASE id WHEN 7 THEN 0 WHEN 3 THEN 1 END",
        "position",
    ],
)
def test_an_order_by_place(order: str) -> None:
    statement = one(f"SELECT * FROM items WHERE id = ANY(%(ids)s) ORDER BY {order}")
    assert statement.order[0].is_place
    assert statement.looked_up == ("",)


@pytest.mark.parametrize(
    ("condition", "looked_up"),
    [
        ("id IN (hole_1)", ("hole_1",)),
        ("id IN (%s, %s)", ("", "")),
        ("id IN %s", ("",)),
        ("id IN :ids AND shown", ("",)),
        ("id = ANY($1)", ("",)),
        ("id = ANY(%s::text[])", ("",)),
        ("id = ANY(:ids::uuid[])", ("",)),
        ("id IN ({})", ("",)),
        ("id IN (1, 2)", ()),
        ("id IN (SELECT id FROM shown)", ()),
        ("id = %s", ()),
    ],
)
def test_rows_that_are_looked_up(condition: str, looked_up: tuple[str, ...]) -> None:
    assert one(f"SELECT * FROM items WHERE {condition}").looked_up == looked_up


@pytest.mark.parametrize(
    ("second", "looked_up"),
    [
        ("SELECT * FROM old WHERE id = ANY(%(old)s)", ("", "")),
        ("SELECT * FROM old WHERE shop = 1", ("",)),
        ("(SELECT * FROM old ORDER BY score DESC LIMIT 5)", ()),
    ],
)
def test_rows_that_are_looked_up_in_a_union(second: str, looked_up: tuple[str, ...]) -> None:
    assert one(f"SELECT * FROM items WHERE id = ANY(%(ids)s) UNION {second}").looked_up == looked_up


@pytest.mark.parametrize(
    ("text", "lost_by"),
    [
        ("SELECT DISTINCT a FROM (SELECT a FROM t ORDER BY score DESC LIMIT 9) s", "DISTINCT"),
        ("WITH c AS (SELECT id FROM t ORDER BY score LIMIT 9) SELECT * FROM c JOIN d USING (id)", "JOIN"),
        ("(SELECT a FROM t ORDER BY score LIMIT 9) UNION (SELECT a FROM u)", "UNION"),
        ("(SELECT a FROM t ORDER BY score LIMIT 9) UNION ALL (SELECT a FROM u)", ""),
        ("WITH b AS (SELECT a FROM t ORDER BY score LIMIT 9) SELECT a FROM b UNION SELECT a FROM u", "UNION"),
        ("WITH b AS (SELECT a FROM t ORDER BY score LIMIT 9) SELECT a FROM b UNION ALL SELECT a FROM u", ""),
        ("WITH b AS (SELECT a FROM t ORDER BY score) SELECT a FROM b UNION SELECT a FROM u", ""),
        ("SELECT * FROM (SELECT a FROM t ORDER BY score LIMIT 9) s ORDER BY RANDOM()", "ORDER BY"),
        ("SELECT a, COUNT(*) FROM (SELECT a FROM t ORDER BY score LIMIT 9) s GROUP BY a ORDER BY 2", ""),
        ("SELECT * FROM (SELECT a FROM t ORDER BY score LIMIT 9) s", ""),
        ("SELECT DISTINCT a FROM (SELECT a FROM t ORDER BY score) s", ""),
    ],
)
def test_the_order_of_a_query_within(text: str, lost_by: str) -> None:
    assert one(text).lost_by == lost_by


def test_a_query_that_only_wraps_another_has_its_order() -> None:
    assert [term.text for term in one("SELECT * FROM (SELECT a FROM t ORDER BY score) s").order] == ["score"]


@pytest.mark.parametrize(
    ("text", "reads", "writes"),
    [
        ("SELECT * FROM a JOIN b USING (id)", {"a", "b"}, set()),
        ("INSERT INTO a (x) SELECT x FROM b", {"b"}, {"a"}),
        ("UPDATE a SET x = 1 WHERE id = %s", set(), {"a"}),
        ("WITH c AS (SELECT * FROM b) SELECT * FROM c", {"b"}, set()),
        ("CREATE TABLE a AS SELECT * FROM b", {"b"}, {"a"}),
        ("MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN UPDATE SET x = 1", {"b"}, {"a"}),
    ],
)
def test_tables(text: str, reads: set[str], writes: set[str]) -> None:
    statement = one(text)
    assert statement.reads == reads
    assert statement.writes == writes


@pytest.mark.parametrize(
    ("text", "keeps_order"),
    [
        ("SELECT 1", False),
        ("CREATE TABLE a (x int)", False),
        ("REPLACE INTO a VALUES (1)", True),
        ("COPY a FROM STDIN", True),
        ("UPDATE a SET ids = ? WHERE user_id = ?", True),
        ("UPDATE a SET seen = true WHERE id = ANY(?)", False),
        ("DELETE FROM a WHERE id IN (?)", False),
        ("TRUNCATE TABLE a", False),
    ],
)
def test_statements_that_keep_an_order(text: str, keeps_order: bool) -> None:
    assert one(text).keeps_order == keeps_order


def test_a_statement_without_a_table_reads_and_writes_none() -> None:
    (statement,) = parse_sql("DELETE  ?  LIMIT %s") or ()
    assert (statement.verb, statement.writes) == ("delete", frozenset())


def test_a_text_of_several_statements() -> None:
    found = parse_sql("SELECT 1; SELECT a FROM b")
    assert found is not None
    assert [statement.reads for statement in found] == [frozenset(), {"b"}]


@pytest.mark.parametrize(
    ("query", "by_own_ids"),
    [
        ("SELECT * FROM items WHERE id = ANY(%(ids)s)", True),
        ("SELECT i.price FROM items i WHERE i.item_no IN %s", True),
        ("SELECT * FROM reviews WHERE item_id IN %s", False),
        ("SELECT * FROM items WHERE price = %s", False),
    ],
)
def test_rows_that_are_looked_up_by_ids_of_their_own(query: str, by_own_ids: bool) -> None:
    assert one(query).by_own_ids is by_own_ids
