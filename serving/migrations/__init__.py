"""Migrations: bring the ledger's database from any earlier version to this one, by Alembic."""
