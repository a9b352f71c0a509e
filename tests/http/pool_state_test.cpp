// SPDX-License-Identifier: Apache-2.0
#include "http/pool_state.hpp"

#include <catch2/catch.hpp>

namespace {
struct Connection {};
struct Waiter {};
using Pool = sluice::http::PoolState<Connection, Waiter>;
}  // namespace

TEST_CASE("an empty pool opens connections up to its cap, then lets wait", "[http][pool]") {
  Pool pool(2, 10);
  CHECK(pool.lease().may_open);
  CHECK(pool.lease().may_open);
  const auto third = pool.lease();
  CHECK_FALSE(third.may_open);
  CHECK(third.idle == nullptr);
  CHECK(pool.open() == 2);
}

TEST_CASE("the connection released last is leased first", "[http][pool]") {
  Pool pool(4, 10);
  Connection a, b;
  pool.lease();
  pool.lease();
  CHECK(pool.release(a) == nullptr);
  CHECK(pool.release(b) == nullptr);
  CHECK(pool.lease().idle == &b);
  CHECK(pool.lease().idle == &a);
  CHECK(pool.lease().may_open);
}

TEST_CASE("those in line get released connections in their order", "[http][pool]") {
  Pool pool(1, 10);
  Connection connection;
  Waiter first, second;
  pool.lease();
  REQUIRE(pool.enqueue(first));
  REQUIRE(pool.enqueue(second));
  CHECK(pool.release(connection) == &first);
  CHECK(pool.idle().empty());
  CHECK(pool.release(connection) == &second);
  CHECK(pool.release(connection) == nullptr);
  CHECK(pool.idle().size() == 1);
}

TEST_CASE("an ended connection makes room for the first in line", "[http][pool]") {
  Pool pool(1, 10);
  Waiter waiter;
  pool.lease();
  REQUIRE(pool.enqueue(waiter));
  CHECK(pool.closed() == &waiter);
  CHECK(pool.open() == 1);  // counted for the waiter already
  CHECK(pool.closed() == nullptr);
  CHECK(pool.is_empty());
}

TEST_CASE("who leaves the line is not served", "[http][pool]") {
  Pool pool(1, 10);
  Connection connection;
  Waiter gone, stays;
  pool.lease();
  pool.enqueue(gone);
  pool.enqueue(stays);
  pool.leave_line(gone);
  CHECK(pool.waiting() == 1);
  CHECK(pool.release(connection) == &stays);
}

TEST_CASE("the line has a bound", "[http][pool][limits]") {
  Pool pool(1, 1);
  Waiter a, b;
  pool.lease();
  CHECK(pool.enqueue(a));
  CHECK_FALSE(pool.enqueue(b));
}

TEST_CASE("an idle connection that ends leaves the pool, one that is leased does not count as idle", "[http][pool]") {
  Pool pool(2, 10);
  Connection idle, leased;
  pool.lease();
  pool.lease();
  pool.release(idle);
  pool.idle_closed(leased);
  CHECK(pool.open() == 2);
  pool.idle_closed(idle);
  CHECK(pool.open() == 1);
  CHECK(pool.idle().empty());
}
