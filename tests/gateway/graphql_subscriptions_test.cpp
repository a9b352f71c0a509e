// SPDX-License-Identifier: Apache-2.0
// Who is told of events, and threads that publish, subscribe, leave and reload at the same time: what the thread
// sanitizer looks at.
#include "gateway/graphql_subscriptions.hpp"

#include "gateway/graphql_socket_support.hpp"

#include <atomic>
#include <thread>

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr GraphqlTopic topic{"api", "onSaid"};

struct Place {
  explicit Place(const Limits& limits)
      : mailbox(std::make_shared<GraphqlMailbox>(home_thread(), limits.graphql_sockets, [this] { ++calls; })) {}
  std::vector<std::string> texts() {
    std::vector<std::string> all;
    for (const auto& letter : mailbox->take().letters) {
      all.emplace_back(letter.event->value().text);
      mailbox->finish(letter);
    }
    return all;
  }
  int calls = 0;
  std::shared_ptr<GraphqlMailbox> mailbox;
};

}  // namespace

TEST_CASE("a topic's subscribers are told, in the order of what is published", "[gateway][graphql][subscriptions]") {
  HandLoop loop;
  const Limits limits;
  GraphqlSubscriptions subscriptions(limits);
  Place one(limits), two(limits);
  CHECK(subscriptions.publish(topic, "\"nobody\"") == 0);
  CHECK(subscriptions.join(topic, one.mailbox, 1));
  CHECK(subscriptions.join({"api", "onOther"}, two.mailbox, 1));
  CHECK(subscriptions.join({"other", "onSaid"}, two.mailbox, 2));
  CHECK(subscriptions.publish(topic, "\"a\"") == 1);
  CHECK(subscriptions.publish(topic, "b") == 1);
  loop.run();
  CHECK(one.calls == 1);
  CHECK(two.calls == 0);
  CHECK(one.texts() == std::vector<std::string>{"a", "b"});
  subscriptions.leave(topic, *one.mailbox, 1);
  CHECK(subscriptions.publish(topic, "c") == 0);
  CHECK(subscriptions.count() == 2);
}

TEST_CASE("a mailbox that is full says so, and takes more when there is room again",
          "[gateway][graphql][subscriptions]") {
  HandLoop loop;
  Limits limits;
  limits.graphql_sockets.waiting_events = 2;
  GraphqlSubscriptions subscriptions(limits);
  Place place(limits);
  subscriptions.join(topic, place.mailbox, 1);
  for (int i = 0; i < 3; ++i) subscriptions.publish(topic, "1");
  GraphqlMailbox::Mail mail = place.mailbox->take();
  CHECK(mail.letters.size() == 2);
  CHECK(mail.is_overfull);
  subscriptions.publish(topic, "2");  // what was taken is not finished
  CHECK(place.mailbox->take().is_overfull);
  for (const auto& letter : mail.letters) place.mailbox->finish(letter);
  subscriptions.publish(topic, "3");
  CHECK(place.texts() == std::vector<std::string>{"3"});
  place.mailbox->close();
  subscriptions.publish(topic, "4");
  CHECK(place.mailbox->take().letters.empty());
  loop.run();
  CHECK(place.calls == 0);  // nobody is told after the end
}

TEST_CASE("leaving is exact: the same subscriber may be there under other numbers",
          "[gateway][graphql][subscriptions]") {
  HandLoop loop;
  Limits limits;
  limits.graphql_sockets.subscriptions = 2;
  GraphqlSubscriptions subscriptions(limits);
  Place place(limits);
  CHECK(subscriptions.join(topic, place.mailbox, 1));
  CHECK(subscriptions.join(topic, place.mailbox, 2));
  CHECK_FALSE(subscriptions.join(topic, place.mailbox, 3));
  subscriptions.leave(topic, *place.mailbox, 3);
  subscriptions.leave({"api", "onOther"}, *place.mailbox, 1);
  CHECK(subscriptions.count() == 2);
  subscriptions.leave(topic, *place.mailbox, 1);
  subscriptions.leave(topic, *place.mailbox, 1);
  CHECK(subscriptions.count() == 1);
  CHECK(subscriptions.publish(topic, "x") == 1);
}

TEST_CASE("threads publish, subscribe, leave and reload at the same time",
          "[gateway][graphql][subscriptions][threads]") {
  constexpr int rounds = 40;
  SocketBench bench;  // whose own loop is this thread's
  bench.answer("say", "\"x\"");
  bench.answer("create", R"({"id":3,"name":"Eve"})");
  std::atomic<int> running{3}, heard{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      HandLoop loop;
      for (int round = 0; round < rounds; ++round) {
        TestSocket socket(bench.gateway, loop);
        socket.send(R"({"type":"connection_init"})");
        socket.subscribe("1", "subscription { onSaid }")
            .subscribe("2", "subscription { onUserCreated { id boss { id } } }");
        socket.subscribe("3", "mutation { say }");
        for (int turn = 0; turn < 5; ++turn) heard += static_cast<int>(socket.take().size());
        if (round % 3 == 0) socket.complete("1").send_bytes(client_goodbye(1000));
      }
      loop.run();
      --running;
    });
  }
  threads.emplace_back([&] {
    for (int round = 0; round < rounds / 4; ++round)
      ensure(!bench.gateway.load(user_service()).has_errors(), "a model without errors");
    --running;
  });
  while (running > 0) {
    bench.post("mutation { say }");
    bench.post("mutation { createUser(name: 1) { id } }");
    bench.post("mutation { createUser(name: \\\"x\\\") { id } }");
  }
  for (std::thread& thread : threads) thread.join();
  bench.loop.run();
  CHECK(bench.gateway.running() == 0);
  CHECK(heard > 2 * rounds);
}
