"""What the database itself refuses, whoever asks: the register's past is append-only.

* An amendment is never updated or deleted, nor is a change of the admission register.
* A mark is never moved to another session, and its version goes up by one with every change.
* A mark is never deleted without the amendment that says why it is taken back; a mark made there
  again goes on where its versions ended.
* A mark's code never changes without the amendment of that version.
* A mark is never made after its register has ended without an amendment that says why.
* A row of the table of codes is never deleted and keeps its symbol: figures count marks by it. That
  a mark has a code of the list is a check of its table.

SQLite drops triggers when it rebuilds a table, so `install` runs after every migrate and the
health page is red while `missing` names any. The statements check whole sets on PostgreSQL (one
check for a register of thirty) and single rows on SQLite.
"""

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

NO_UPDATE = "an amendment is never changed: the register's history is append-only"
NO_DELETE = "an amendment is never deleted: the register's history is append-only"
NO_MARK_DELETE = "a mark is never deleted without its amendment: take it back and say why"
NO_MOVE = "a mark stays with its enrolment, date and session, and its version goes up by one"
NO_SILENT_CHANGE = "a mark's code changes only with its amendment"
NO_LATE_ENTRY = "a mark made after its register ended needs an amendment that says why"
NO_CODE_DELETE = "a code is never deleted and keeps its symbol: marks are counted by it"
NO_ROLL_CHANGE = "a change of the admission register is never changed or deleted"
FIRST_VERSION = "a new mark starts at version 1, or after the version that was taken back"

# The register of record is that of the pupil's registration group on the day.
REGISTER_HAS_ENDED = """EXISTS (
    SELECT 1 FROM registers_membership member
      JOIN registers_group grp ON grp.id = member.group_id AND grp.kind = 'registration'
      JOIN registers_session half_day
        ON half_day.school_id = grp.school_id
       AND half_day.date = {new}.date AND half_day.half = {new}.half
      JOIN registers_register register
        ON register.group_id = grp.id AND register.session_id = half_day.id
     WHERE member.enrolment_id = {new}.enrolment_id
       AND member.from_on <= {new}.date
       AND (member.until_on IS NULL OR member.until_on >= {new}.date)
       AND register.ended_at IS NOT NULL)"""

# One look for all the marks of an import's piece, before the look at each of them.
SCHOOL_HAS_ENDED_REGISTERS = """EXISTS (
    SELECT 1 FROM registers_session half_day
      JOIN registers_register register ON register.session_id = half_day.id
     WHERE register.ended_at IS NOT NULL
       AND half_day.date >= (SELECT min(date) FROM became)
       AND half_day.date <= (SELECT max(date) FROM became)
       AND half_day.school_id IN (
           SELECT school_id FROM registers_enrolment
            WHERE id IN (SELECT DISTINCT enrolment_id FROM became)))"""

AMENDED = """EXISTS (
    SELECT 1 FROM registers_amendment amendment
     WHERE amendment.enrolment_id = {new}.enrolment_id AND amendment.date = {new}.date
       AND amendment.half = {new}.half AND amendment.version = {new}.version
       AND amendment.code_before = {before} AND amendment.code_after = {new}.code)"""

# The amendment that took a mark back: after it there is no code.
TAKEN_BACK = """EXISTS (
    SELECT 1 FROM registers_amendment amendment
     WHERE amendment.enrolment_id = {old}.enrolment_id AND amendment.date = {old}.date
       AND amendment.half = {old}.half AND amendment.version = {old}.version + 1
       AND amendment.code_before = {old}.code AND amendment.code_after = '')"""
GOES_ON = """EXISTS (
    SELECT 1 FROM registers_amendment amendment
     WHERE amendment.enrolment_id = {new}.enrolment_id AND amendment.date = {new}.date
       AND amendment.half = {new}.half AND amendment.version = {new}.version - 1
       AND amendment.code_after = '')"""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


POSTGRESQL_FUNCTIONS = {
    "rollbook_amendment_is_append_only": f"""
        BEGIN
            IF TG_OP = 'UPDATE' THEN RAISE EXCEPTION {_quoted(NO_UPDATE)}; END IF;
            RAISE EXCEPTION {_quoted(NO_DELETE)};
        END""",
    "rollbook_roll_change_is_kept": f"BEGIN RAISE EXCEPTION {_quoted(NO_ROLL_CHANGE)}; END",
    "rollbook_code_is_kept": f"BEGIN RAISE EXCEPTION {_quoted(NO_CODE_DELETE)}; END",
    "rollbook_mark_is_kept": f"""
        BEGIN
            IF TG_OP = 'TRUNCATE' THEN RAISE EXCEPTION {_quoted(NO_MARK_DELETE)}; END IF;
            IF NOT {TAKEN_BACK.format(old="OLD")} THEN
                RAISE EXCEPTION {_quoted(NO_MARK_DELETE)};
            END IF;
            RETURN OLD;
        END""",
    "rollbook_mark_change_is_amended": f"""
        BEGIN
            IF (SELECT count(*) FROM was JOIN became USING (enrolment_id, date, half)
                 WHERE became.version = was.version + 1) <> (SELECT count(*) FROM became) THEN
                RAISE EXCEPTION {_quoted(NO_MOVE)};
            END IF;
            IF EXISTS (SELECT 1 FROM was JOIN became USING (enrolment_id, date, half)
                        WHERE was.code <> became.code
                          AND NOT {AMENDED.format(new="became", before="was.code")}) THEN
                RAISE EXCEPTION {_quoted(NO_SILENT_CHANGE)};
            END IF;
            RETURN NULL;
        END""",
    "rollbook_late_entry_says_why": f"""
        BEGIN
            IF EXISTS (SELECT 1 FROM became WHERE version <> 1
                        AND NOT {GOES_ON.format(new="became")}) THEN
                RAISE EXCEPTION {_quoted(FIRST_VERSION)};
            END IF;
            IF (SELECT count(*) FROM became) >= 500 AND NOT {SCHOOL_HAS_ENDED_REGISTERS} THEN
                RETURN NULL;
            END IF;
            IF EXISTS (SELECT 1 FROM became WHERE {REGISTER_HAS_ENDED.format(new="became")}
                        AND NOT {AMENDED.format(new="became", before="''")}) THEN
                RAISE EXCEPTION {_quoted(NO_LATE_ENTRY)};
            END IF;
            RETURN NULL;
        END""",
}

POSTGRESQL_TRIGGERS = {
    "amendment_is_append_only": (
        "registers_amendment",
        "BEFORE UPDATE OR DELETE ON registers_amendment FOR EACH ROW",
        "rollbook_amendment_is_append_only",
    ),
    "amendment_is_not_truncated": (
        "registers_amendment",
        "BEFORE TRUNCATE ON registers_amendment FOR EACH STATEMENT",
        "rollbook_amendment_is_append_only",
    ),
    "roll_change_is_append_only": (
        "registers_rollchange",
        "BEFORE UPDATE OR DELETE ON registers_rollchange FOR EACH ROW",
        "rollbook_roll_change_is_kept",
    ),
    "roll_change_is_not_truncated": (
        "registers_rollchange",
        "BEFORE TRUNCATE ON registers_rollchange FOR EACH STATEMENT",
        "rollbook_roll_change_is_kept",
    ),
    "code_is_kept": (
        "registers_code",
        "BEFORE DELETE OR UPDATE OF symbol ON registers_code FOR EACH ROW",
        "rollbook_code_is_kept",
    ),
    "code_is_not_truncated": (
        "registers_code",
        "BEFORE TRUNCATE ON registers_code FOR EACH STATEMENT",
        "rollbook_code_is_kept",
    ),
    "mark_is_kept": (
        "registers_mark",
        "BEFORE DELETE ON registers_mark FOR EACH ROW",
        "rollbook_mark_is_kept",
    ),
    "mark_is_not_truncated": (
        "registers_mark",
        "BEFORE TRUNCATE ON registers_mark FOR EACH STATEMENT",
        "rollbook_mark_is_kept",
    ),
    "mark_change_is_amended": (
        "registers_mark",
        "AFTER UPDATE ON registers_mark REFERENCING OLD TABLE AS was NEW TABLE AS became"
        " FOR EACH STATEMENT",
        "rollbook_mark_change_is_amended",
    ),
    "mark_late_entry_says_why": (
        "registers_mark",
        "AFTER INSERT ON registers_mark REFERENCING NEW TABLE AS became FOR EACH STATEMENT",
        "rollbook_late_entry_says_why",
    ),
}


def _abort(message: str) -> str:
    return f"SELECT RAISE(ABORT, {_quoted(message)})"


SQLITE_TRIGGERS = {
    "amendment_is_not_updated": (
        "registers_amendment",
        f"BEFORE UPDATE ON registers_amendment BEGIN {_abort(NO_UPDATE)}; END",
    ),
    "amendment_is_not_deleted": (
        "registers_amendment",
        f"BEFORE DELETE ON registers_amendment BEGIN {_abort(NO_DELETE)}; END",
    ),
    "roll_change_is_not_updated": (
        "registers_rollchange",
        f"BEFORE UPDATE ON registers_rollchange BEGIN {_abort(NO_ROLL_CHANGE)}; END",
    ),
    "roll_change_is_not_deleted": (
        "registers_rollchange",
        f"BEFORE DELETE ON registers_rollchange BEGIN {_abort(NO_ROLL_CHANGE)}; END",
    ),
    "code_is_not_deleted": (
        "registers_code",
        f"BEFORE DELETE ON registers_code BEGIN {_abort(NO_CODE_DELETE)}; END",
    ),
    "code_keeps_its_symbol": (
        "registers_code",
        f"BEFORE UPDATE OF symbol ON registers_code BEGIN {_abort(NO_CODE_DELETE)}; END",
    ),
    "mark_is_kept": (
        "registers_mark",
        f"BEFORE DELETE ON registers_mark WHEN NOT {TAKEN_BACK.format(old='OLD')}"
        f" BEGIN {_abort(NO_MARK_DELETE)}; END",
    ),
    "mark_stays_where_it_is": (
        "registers_mark",
        "AFTER UPDATE ON registers_mark"
        " WHEN (NEW.enrolment_id, NEW.date, NEW.half, NEW.version)"
        " IS NOT (OLD.enrolment_id, OLD.date, OLD.half, OLD.version + 1)"
        f" BEGIN {_abort(NO_MOVE)}; END",
    ),
    "mark_change_is_amended": (
        "registers_mark",
        "AFTER UPDATE ON registers_mark WHEN NEW.code <> OLD.code"
        f" AND NOT {AMENDED.format(new='NEW', before='OLD.code')}"
        f" BEGIN {_abort(NO_SILENT_CHANGE)}; END",
    ),
    "mark_starts_at_version_1": (
        "registers_mark",
        f"AFTER INSERT ON registers_mark WHEN NEW.version <> 1"
        f" AND NOT {GOES_ON.format(new='NEW')} BEGIN {_abort(FIRST_VERSION)}; END",
    ),
    "mark_late_entry_says_why": (
        "registers_mark",
        f"AFTER INSERT ON registers_mark WHEN {REGISTER_HAS_ENDED.format(new='NEW')}"
        f" AND NOT {AMENDED.format(new='NEW', before=chr(39) * 2)}"
        f" BEGIN {_abort(NO_LATE_ENTRY)}; END",
    ),
}


TABLES = {
    "registers_mark",
    "registers_code",
    "registers_amendment",
    "registers_register",
    "registers_rollchange",
}


def _run(connection: BaseDatabaseWrapper, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _postgresql_statements() -> Iterable[str]:
    for name, body in POSTGRESQL_FUNCTIONS.items():
        yield f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
    for name, (_, when, function) in POSTGRESQL_TRIGGERS.items():
        yield f"CREATE OR REPLACE TRIGGER {name} {when} EXECUTE FUNCTION {function}()"


def _sqlite_statements() -> Iterable[str]:
    for name, (_, body) in SQLITE_TRIGGERS.items():
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield f"CREATE TRIGGER {name} {body}"


def _tables(connection: BaseDatabaseWrapper) -> set[str]:
    return set(connection.introspection.table_names())


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in its place; safe to repeat."""
    if not _tables(connection) >= TABLES:
        return  # half way through the migrations; it is called again after the last
    postgresql = connection.vendor == "postgresql"
    _run(connection, _postgresql_statements() if postgresql else _sqlite_statements())


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take every guard away: for the flush of a test database, and on SQLite while a migration
    makes tables anew; for nothing else."""
    if connection.vendor == "postgresql":
        _run(
            connection,
            (
                f"DROP TRIGGER IF EXISTS {name} ON {table}"
                for name, (table, *_) in POSTGRESQL_TRIGGERS.items()
            ),
        )
    else:
        _run(connection, (f"DROP TRIGGER IF EXISTS {name}" for name in SQLITE_TRIGGERS))


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of the guards that are not there, or are switched off; empty when all is well."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
                " AND tgrelid IN (to_regclass('registers_mark'), to_regclass('registers_code'),"
                " to_regclass('registers_amendment'), to_regclass('registers_rollchange'))"
            )
            wanted = list(POSTGRESQL_TRIGGERS)
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            wanted = list(SQLITE_TRIGGERS)
        there = {name for (name,) in cursor.fetchall()}
    return [name for name in wanted if name not in there]
