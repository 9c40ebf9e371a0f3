"""Abstract models and database helpers shared by all stages."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import DEFAULT_DB_ALIAS, connection, migrations, models, transaction
from django.db.models.functions import Upper

Row = TypeVar("Row", bound=models.Model)


class Stamped(models.Model):
    """A row that knows when it came to be."""

    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class Versioned(Stamped):
    """A row with an optimistic lock: forms carry `version`, a stale one is refused."""

    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


@contextmanager
def joined_transaction() -> Iterator[None]:
    """The transaction under way, or a new one: for building blocks that never fail alone.

    Unlike a nested `atomic` it sets no savepoint, so an error undoes the caller's work as well.
    """
    if connection.in_atomic_block:
        yield
    else:
        with transaction.atomic():
            yield


def search_index(name: str, field: str) -> GinIndex:
    """A trigram index under which `field__icontains` stays fast on large tables."""
    return GinIndex(OpClass(Upper(field), name="gin_trgm_ops"), name=name)


def next_numbers(prefix: str, year: int, count: int = 1) -> list[str]:
    """`count` fresh document numbers such as SO-2026-00041.

    Unique for ever; gaps are allowed, so no transaction ever waits for another one's number.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT next_number(%s, %s) FROM generate_series(1, %s)", [prefix, year, count])
        return [f"{prefix}-{year}-{value:05d}" for (value,) in cursor.fetchall()]


class Columns(Generic[Row]):
    """The columns of a model in hand-written SQL under `alias`; those left out are read when asked for."""

    def __init__(self, model: type[Row], alias: str, *, leave_out: Sequence[str] = ()) -> None:
        fields = [field for field in model._meta.concrete_fields if field.name not in leave_out]
        self._model, self._names = model, [field.attname for field in fields]
        self.sql = ", ".join(f"{alias}.{field.column}" for field in fields)
        self.count = len(fields)
        self._converted = [
            (place, getattr(field, "from_db_value"))  # noqa: B009 - only some kinds of field have it
            for place, field in enumerate(fields)
            if hasattr(field, "from_db_value")
        ]

    def read(self, row: Sequence[Any], start: int = 0) -> Row:
        """The object whose columns stand in the row from `start` on."""
        values = list(row[start : start + self.count])
        for place, convert in self._converted:
            values[place] = convert(values[place], None, connection)
        return self._model.from_db(DEFAULT_DB_ALIAS, self._names, values)


def fetch(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of one SQL statement: for the few that run so often that building them anew would cost."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def update_rows(table: str, key: str, columns: dict[str, str], rows: Sequence[Sequence[Any]]) -> int:
    """One UPDATE for many rows: `rows` holds (key, value of each column …); returns the rows changed.

    `columns` maps a column to its SQL type; `key` must be a bigint column. All names come from code,
    never from input.
    """
    if not rows:
        return 0
    names = list(columns)
    arrays = ", ".join(["%s::bigint[]", *(f"%s::{columns[name]}[]" for name in names)])
    sets = ", ".join(f"{name} = data.{name}" for name in names)
    sql = (
        f"UPDATE {table} AS target SET {sets} "
        f"FROM unnest({arrays}) AS data(row_key, {', '.join(names)}) WHERE target.{key} = data.row_key"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(column) for column in zip(*rows, strict=True)])
        return int(cursor.rowcount)


def append_only(table: str) -> migrations.RunSQL:
    """A migration step after which PostgreSQL refuses UPDATE, DELETE and TRUNCATE on `table`."""
    trigger = f"{table}_append_only"
    return migrations.RunSQL(
        sql=f"CREATE TRIGGER {trigger} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
        "EXECUTE FUNCTION refuse_change();",
        reverse_sql=f"DROP TRIGGER IF EXISTS {trigger} ON {table};",
    )


NUMBERS_AND_GUARDS = migrations.RunSQL(
    sql="""
    CREATE FUNCTION next_number(prefix text, year int) RETURNS bigint LANGUAGE plpgsql AS $$
    DECLARE sequence_name text := format('number_%s_%s', lower(prefix), year);
    BEGIN
        RETURN nextval(sequence_name::regclass);
    EXCEPTION WHEN undefined_table THEN
        PERFORM pg_advisory_xact_lock(hashtext(sequence_name));
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', sequence_name);
        RETURN nextval(sequence_name::regclass);
    END $$;
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '55000';
    END $$;
    """,
    reverse_sql="""
    DROP FUNCTION IF EXISTS next_number(text, int);
    DROP FUNCTION IF EXISTS refuse_change() CASCADE;
    """,
)
