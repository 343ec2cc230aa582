"""Moulds: cases that the engine played, and where each copy of one is put.

Every case of the large database is a copy of one that went through the real engine, with all its
rows: shifted in time, given to another person, moved to offices of other counties and to one of
several matters alike. So shapes, lengths and states are the engine's own; only what a copy can't
have is invented, its numbers and its people. Hashes keep their length and prove nothing.

All of it lies in a schema of its own, `bench`.
"""

from __future__ import annotations

from django.db import connection

# One copy in ten stays at the offices of its mould, where the demonstration people work: theirs are
# the busy offices. The others spread over this many shifts of the map.
SPREADS = 50
STAYS_PER_MILLE = 100
# 482 real matters; with three likenesses of each there are about as many as a province has.
LIKENESSES = 3
STAFF_AN_OFFICE = 3
CASES_A_CITIZEN = 5

_CALENDAR = "AT TIME ZONE 'Asia/Shanghai'"

_SCHEMA = [
    "DROP SCHEMA IF EXISTS bench CASCADE",
    "CREATE SCHEMA bench",
    # Moments of today are pressed into what has passed of it, in their order.
    """
    CREATE FUNCTION bench.moved(moment timestamptz, shift interval, midnight timestamptz, now timestamptz)
    RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT CASE WHEN moment IS NULL THEN NULL WHEN moment + shift < midnight THEN moment + shift
            ELSE midnight + LEAST(1, extract(epoch FROM moment + shift - midnight) / 86400.0)
                            * (now - midnight) END
    $$
    """,
    """
    CREATE FUNCTION bench.shifted(clocks jsonb, shift interval)
    RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT COALESCE(jsonb_object_agg(key, CASE WHEN jsonb_typeof(value) <> 'object' THEN value
            ELSE value || COALESCE((
                SELECT jsonb_object_agg(inner_key, to_jsonb((kept #>> '{}')::timestamptz + shift))
                FROM jsonb_each(value) AS inside (inner_key, kept)
                WHERE inner_key IN ('started_at', 'due_at', 'yellow_at', 'stopped_at')
                    AND jsonb_typeof(kept) = 'string'), '{}') END), '{}')
        FROM jsonb_each(clocks)
    $$
    """,
]

_REGIONS = """
CREATE TABLE bench.region AS
WITH places AS (
    SELECT code, level, province_id, row_number() OVER peers - 1 AS nth, count(*) OVER kind AS n
    FROM offices_region
    WHERE level <> 'township' AND valid_to IS NULL
    WINDOW kind AS (PARTITION BY level, province_id),
           peers AS (PARTITION BY level, province_id ORDER BY code)
)
SELECT one.code, k, other.code AS moved
FROM places AS one CROSS JOIN generate_series(0, %(spreads)s) AS k
JOIN places AS other ON (other.level, other.province_id) = (one.level, one.province_id)
    AND other.nth = (one.nth + k * 7) %% one.n
"""

_OFFICES = """
CREATE TABLE bench.office AS
WITH numbered AS (
    SELECT *, row_number() OVER (ORDER BY id) - 1 AS nth FROM offices_office
), chief AS (
    SELECT DISTINCT ON (region_id, kind, department_id) * FROM numbered
    ORDER BY region_id, kind, department_id, id
)
SELECT one.id, k.k, COALESCE(other.id, one.id) AS moved, COALESCE(other.nth, one.nth) AS nth
FROM numbered AS one CROSS JOIN generate_series(0, %(spreads)s) AS k (k)
LEFT JOIN bench.region AS place ON place.code = one.region_id AND place.k = k.k
LEFT JOIN chief AS other ON k.k > 0 AND other.region_id = place.moved AND other.kind = one.kind
    AND other.department_id = one.department_id
"""

_MATTERS = """
CREATE TABLE bench.matter AS
SELECT m.id, v.id AS version_id, copy, 0::bigint AS moved, 0::bigint AS moved_version
FROM catalogue_matter m JOIN catalogue_matterversion v ON v.matter_id = m.id
CROSS JOIN generate_series(0, %(likenesses)s) AS copy
"""

# Per mould and spread: the case's offices, region and matter.
_PLACED = """
CREATE TABLE bench.placed AS
SELECT c.id AS mould, k.k,
    (SELECT COALESCE(jsonb_object_agg(seat, place || jsonb_build_object(
            'office', COALESCE(o.moved, (place ->> 'office')::bigint),
            'region', COALESCE(r.moved, place ->> 'region'))), '{}')
     FROM jsonb_each(c.seats) AS each_seat (seat, place)
     LEFT JOIN bench.office o ON o.id = (place ->> 'office')::bigint AND o.k = k.k
     LEFT JOIN bench.region r ON r.code = place ->> 'region' AND r.k = k.k) AS seats,
    ARRAY(SELECT o.moved FROM unnest(c.office_ids) AS held
          JOIN bench.office o ON o.id = held AND o.k = k.k ORDER BY 1) AS office_ids,
    holder.moved AS holder_office_id,
    CASE WHEN k.k = 0 THEN c.claimed_by_id WHEN c.claimed_by_id IS NOT NULL
         THEN %(staff)s + holder.nth * %(each)s + c.claimed_by_id %% %(each)s END AS claimed_by_id,
    COALESCE(home.moved, c.origin_region_id) AS origin_region_id,
    m.moved AS matter_id, m.moved_version AS version_id
FROM bench.mould t JOIN cases_case c ON c.id = t.id CROSS JOIN generate_series(0, %(spreads)s) AS k (k)
LEFT JOIN bench.office holder ON holder.id = c.holder_office_id AND holder.k = k.k
LEFT JOIN bench.region home ON home.code = c.origin_region_id AND home.k = k.k
JOIN bench.matter m ON m.version_id = c.version_id AND m.copy = k.k %% (%(likenesses)s + 1)
"""

# Cases in several parts stay as they were played: a copy would need its whole family.
_MOULDS = f"""
CREATE TABLE bench.mould AS
SELECT id, number, closed_at IS NULL AS is_open, (opened_at {_CALENDAR})::date AS opened_on,
    clocks ? 'timer' AS has_timer, (SELECT p.user_id FROM cases_party p
        WHERE p.case_id = c.id AND p.role = 'applicant' ORDER BY p.id LIMIT 1) AS user_id,
    GREATEST((last.at {_CALENDAR})::date - (opened_at {_CALENDAR})::date, 0) AS days
FROM cases_case c,
    LATERAL (SELECT max(at) AS at FROM cases_event e WHERE e.case_id = c.id) AS last
WHERE parent_id IS NULL AND NOT EXISTS (SELECT FROM cases_case child WHERE child.parent_id = c.id)
"""  # noqa: S608

_STEPS = f"""
CREATE TABLE bench.step AS
SELECT e.id, e.case_id AS mould, (e.at {_CALENDAR})::date - t.opened_on AS day
FROM cases_event e JOIN bench.mould t ON t.id = e.case_id
"""  # noqa: S608


def make_moulds() -> None:
    """From the cases that were played; adds likenesses of the matters, and staff to every office."""
    given = {
        "spreads": SPREADS,
        "likenesses": LIKENESSES,
        "each": STAFF_AN_OFFICE,
    }
    with connection.cursor() as cursor:
        for statement in _SCHEMA:
            cursor.execute(statement)
        cursor.execute(_MOULDS)
        cursor.execute(_STEPS)
        cursor.execute("CREATE INDEX ON bench.step (mould, day)")
        cursor.execute(_REGIONS, given)
        cursor.execute("CREATE INDEX ON bench.region (code, k)")
        cursor.execute(_OFFICES, given)
        cursor.execute("CREATE UNIQUE INDEX ON bench.office (id, k)")
        cursor.execute(_MATTERS, given)
        _liken_matters()
        first = _post_staff()
        cursor.execute("CREATE TABLE bench.kept AS SELECT %s::bigint AS staff", [first])
        cursor.execute("ANALYZE")
        cursor.execute(_PLACED, {**given, "staff": first})
        cursor.execute("CREATE UNIQUE INDEX ON bench.placed (mould, k)")
        cursor.execute("ANALYZE bench.placed, bench.step, bench.mould, bench.office")


def columns_of(table: str) -> list[str]:
    """Its columns without `id`, as the database has them now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass"
            " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname <> 'id'"
            " ORDER BY attnum",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]


def copied(table: str, alias: str, changed: dict[str, str]) -> tuple[str, str]:
    """(columns, expressions): every column as it is in `alias`, but for those that are changed."""
    names = columns_of(table)
    extra = [name for name in changed if name not in names]
    values = [changed.get(name, f"{alias}.{name}") for name in names]
    values += [changed[name] for name in extra]
    return ", ".join(names + extra), ", ".join(values)


def _liken_matters() -> None:
    """Matters with other names and the same contents, each with its version in force."""
    matter = {
        "slug": "m.slug || '-' || k",
        "name": "m.name || '（' || k || '）'",
        "source_url": "m.source_url || '#' || k",
    }
    names, values = copied("catalogue_matter", "m", matter)
    with connection.cursor() as cursor:
        for k in range(1, LIKENESSES + 1):
            likened = values.replace("|| k", f"|| '{k}'")
            cursor.execute(
                f"INSERT INTO catalogue_matter ({names}) SELECT {likened} FROM catalogue_matter m"  # noqa: S608
                " WHERE m.id IN (SELECT id FROM bench.matter)"
            )
            into, version = copied("catalogue_matterversion", "v", {"matter_id": "n.id"})
            cursor.execute(
                f"INSERT INTO catalogue_matterversion ({into}) SELECT {version}"  # noqa: S608
                " FROM bench.matter b JOIN catalogue_matter m ON m.id = b.id"
                " JOIN catalogue_matterversion v ON v.id = b.version_id"
                " JOIN catalogue_matter n ON n.slug = m.slug || '-' || %s WHERE b.copy = 0",
                [str(k)],
            )
        cursor.execute(
            "UPDATE bench.matter b SET moved = n.id, moved_version = w.id"
            " FROM catalogue_matter m, catalogue_matter n, catalogue_matterversion v,"
            " catalogue_matterversion w"
            " WHERE m.id = b.id AND v.id = b.version_id AND w.matter_id = n.id"
            " AND w.number = v.number"
            " AND n.slug = CASE WHEN b.copy = 0 THEN m.slug ELSE m.slug || '-' || b.copy END"
        )


def _post_staff() -> int:
    """Three clerks for every office; the id of the first: office `nth` has that + 3 × nth and on."""
    person = {
        "id": "base.first + n",
        "username": "'bench-staff-' || n",
        "id_number_index": "md5('staff' || n) || md5('s' || n)",
        "phone_index": "md5('staff-phone' || n) || md5('p' || n)",
        "is_demonstration": "false",
    }
    names, values = copied("accounts_user", "u", person)
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) + 1 FROM accounts_user")
        (first,) = cursor.fetchone()
        cursor.execute(
            f"INSERT INTO accounts_user ({names}) SELECT {values}"  # noqa: S608
            " FROM (SELECT %s::bigint AS first) base,"
            " (SELECT * FROM accounts_user WHERE kind = 'staff' ORDER BY id LIMIT 1) u,"
            " generate_series(0, %s * (SELECT count(*) FROM offices_office) - 1) AS n",
            [first, STAFF_AN_OFFICE],
        )
        cursor.execute(
            "INSERT INTO accounts_posting (user_id, office_id, role, valid_from)"
            " SELECT %s + nth * %s + each, id, 'clerk', date '2020-01-01'"
            " FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS nth FROM offices_office) o,"
            " generate_series(0, %s) AS each",
            [first, STAFF_AN_OFFICE, STAFF_AN_OFFICE - 1],
        )
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('accounts_user', 'id'), max(id))"
            " FROM accounts_user"
        )
    return int(first)
