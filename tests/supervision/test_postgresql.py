"""Connections to PostgreSQL that were lost while nobody used them."""

import psycopg
import pytest
import sqlalchemy as sa

from supervision.database import engine_of

_PID = sa.text("SELECT pg_backend_pid()")


def end(url: str, backend: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 10000)", (backend,))


def test_a_connection_that_was_lost_is_not_given_out_again(postgresql: str) -> None:
    engine = engine_of(postgresql)
    with engine.connect() as one, engine.connect() as other:
        first, second = one.execute(_PID).scalar_one(), other.execute(_PID).scalar_one()
    end(postgresql, first)
    end(postgresql, second)
    with engine.connect() as one, engine.connect() as other:
        found = {one.execute(_PID).scalar_one(), other.execute(_PID).scalar_one()}
    engine.dispose()
    assert len(found) == 2
    assert not found & {first, second}


def test_a_connection_that_stands_is_used_again_whatever_it_was_told(postgresql: str) -> None:
    engine = engine_of(postgresql)
    with engine.connect() as connection:
        first = connection.execute(_PID).scalar_one()
        connection.execute(sa.text("LISTEN news"))
        connection.commit()
    with psycopg.connect(postgresql, autocommit=True) as other:
        other.execute("NOTIFY news")
    with engine.connect() as connection:
        assert connection.execute(_PID).scalar_one() == first
        assert connection.connection.driver_connection is not None
    engine.dispose()


def test_a_server_that_is_away_is_told_at_once(postgresql: str) -> None:
    away = sa.make_url(postgresql).set(database="nowhere").render_as_string(False)
    engine = engine_of(away)
    with pytest.raises(sa.exc.OperationalError, match="nowhere"), engine.connect():
        pass
    engine.dispose()
