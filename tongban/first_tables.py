"""The tables of an empty database, made from the models as they are now.

Replaying ninety migrations renders every model hundreds of times and takes a third of a first start. The
outcome is the same, and a test compares the two column by column; from then on migrations are applied as ever.
"""

from __future__ import annotations

from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunSQL

OURS = ("tongban.", "matters.", "workflows.")


def is_empty() -> bool:
    """Whether nothing was ever migrated here."""
    return "django_migrations" not in connection.introspection.table_names()


def lay_tables() -> None:
    """Migrate; an empty database gets its tables at once. All or nothing of ours; safe to repeat."""
    if is_empty():
        for label in _theirs():
            call_command("migrate", label, interactive=False, verbosity=0)
        with transaction.atomic():
            _lay()
    call_command("migrate", interactive=False, verbosity=0)


def _theirs() -> list[str]:
    """The libraries' apps that have migrations: a few small tables, and code that fills them."""
    known = MigrationExecutor(connection).loader.migrated_apps
    return sorted(label for label in known if not _is_ours(label))


def _is_ours(label: str) -> bool:
    return apps.get_app_config(label).name.startswith(OURS)


def _lay() -> None:
    """Tables with their indexes and constraints, then what only SQL says: triggers, in their order."""
    executor = MigrationExecutor(connection)
    plan = [
        migration
        for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())
        if _is_ours(migration.app_label)
    ]
    with connection.schema_editor(atomic=False) as editor:
        for config in apps.get_app_configs():
            if _is_ours(config.label):
                for model in config.get_models():
                    if model._meta.can_migrate(connection):
                        editor.create_model(model)
    with connection.schema_editor(atomic=False) as editor:
        for migration in plan:
            for operation in migration.operations:
                if isinstance(operation, RunSQL):
                    editor.execute(_in_one_go(operation), params=None)
            executor.recorder.record_applied(migration.app_label, migration.name)


def _in_one_go(operation: RunSQL) -> str:
    """Its SQL for tables that nobody uses yet: an index built beside others' work cannot be in a transaction."""
    if not isinstance(operation.sql, str):
        raise TypeError("RunSQL with parameters is not laid")
    return operation.sql.replace("CONCURRENTLY", "")
