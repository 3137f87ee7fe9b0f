"""The services that other tests lean on are real, and are each test's own."""

import pytest
import redis
from sqlalchemy import create_engine, text

from tests.services.postgres import PostgresServer
from tests.services.redis import RedisServer

pytestmark = pytest.mark.store


def test_a_database_of_each_kind_answers(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("select 1")).scalar_one() == 1
    engine.dispose()


def test_the_postgresql_is_of_a_supported_version(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert int(connection.execute(text("show server_version_num")).scalar_one()) >= 150000
    engine.dispose()


def test_two_databases_know_nothing_of_each_other(postgres_server: PostgresServer) -> None:
    first, second = postgres_server.create_database(), postgres_server.create_database()
    with create_engine(first).begin() as connection:
        connection.execute(text("create table only_here (id int)"))
    with create_engine(second).connect() as connection:
        found = connection.execute(text("select to_regclass('only_here')")).scalar_one()
    assert found is None
    for url in (first, second):
        postgres_server.drop_database(url)


def test_redis_starts_empty_for_each_test(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


def test_redis_comes_back_after_a_kill(redis_server: RedisServer) -> None:
    redis_server.kill()
    assert not redis_server.is_up()
    redis_server.start()
    assert redis_server.is_up()
