"""What Alembic runs to migrate: the steps, in the transaction that :mod:`.migration` opened."""

from alembic import context

from serving.migrations.migration import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
context.run_migrations()
