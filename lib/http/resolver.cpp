// SPDX-License-Identifier: Apache-2.0
// Literal addresses are taken as they are, `localhost` is the loopback interface. Other names go to the system's
// resolver, on a thread that may block; a wait that has been given up leaves it running and ignores what it finds.
#include "http/resolver.hpp"

#include "base/text.hpp"
#include "http/address_rules.hpp"

#include <boost/asio/post.hpp>
#include <boost/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <netdb.h>

#include <cstring>

namespace sluice::http {
namespace {

Error refused_address() {
  return Error(ErrorCode::backend_connection_failure,
               "The address of the backend is one that no request may be sent to.");
}

AddressBytes bytes_of(const boost::asio::ip::address& address) {
  if (address.is_v6()) return address.to_v6().to_bytes();
  return boost::asio::ip::make_address_v6(boost::asio::ip::v4_mapped, address.to_v4()).to_bytes();
}

/// Blocks.
std::vector<Endpoint> ask_system(const std::string& host, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* answers = nullptr;
  std::vector<Endpoint> found;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &answers) != 0) return found;
  for (const addrinfo* one = answers; one != nullptr && found.size() < most_addresses; one = one->ai_next) {
    Endpoint endpoint;
    if (one->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), one->ai_addr, one->ai_addrlen);
    endpoint.resize(one->ai_addrlen);
    found.push_back(endpoint);
  }
  ::freeaddrinfo(answers);
  return found;
}

/// A look-up under way. Kept by its completion as long as that is to come.
struct LookUp : boost::intrusive_ref_counter<LookUp, boost::thread_unsafe_counter>, DeadlineWheel::Entry {
  explicit LookUp(Worker& on) : Entry([](Entry& entry) { static_cast<LookUp&>(entry).end(); }), worker(on) {}

  /// Resumes the waiter, with what has been found until now.
  void end() {
    worker.remove_deadline(*this);
    if (waiting) std::exchange(waiting, nullptr).resume();
  }

  Worker& worker;
  std::coroutine_handle<> waiting;
  std::vector<Endpoint> found;
  bool answered = false;
};

struct AwaitLookUp {
  LookUp& look_up;
  SteadyTime limit;
  bool await_ready() const { return look_up.answered; }
  void await_suspend(std::coroutine_handle<> waiting) const {
    look_up.waiting = waiting;
    look_up.worker.add_deadline(look_up, limit);
  }
  void await_resume() const {}
};

}  // namespace

bool is_loopback_name(std::string_view host) {
  constexpr std::string_view name = "localhost";
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.size() < name.size() || !equal_ignoring_case(host.substr(host.size() - name.size()), name)) return false;
  return host.size() == name.size() || host[host.size() - name.size() - 1] == '.';
}

Task<Result<std::vector<Endpoint>>> resolve(Worker& worker, std::string host, std::uint16_t port, SteadyTime limit,
                                            Cancellation& cancellation) {
  if (const auto literal = read_address(host)) {
    if (is_refused_target(*literal)) co_return fail(refused_address());
    const bool bracketed = host.front() == '[';
    const auto address = boost::asio::ip::make_address(bracketed ? host.substr(1, host.size() - 2) : host);
    co_return std::vector<Endpoint>{Endpoint(address, port)};
  }
  if (is_loopback_name(host)) {
    co_return std::vector<Endpoint>{Endpoint(boost::asio::ip::address_v4::loopback(), port),
                                    Endpoint(boost::asio::ip::address_v6::loopback(), port)};
  }
  boost::intrusive_ptr<LookUp> look_up(new LookUp(worker));
  // Kept alive by hand: its count of references is this worker's alone.
  LookUp* const held = look_up.get();
  intrusive_ptr_add_ref(held);
  boost::asio::post(worker.blocking_threads(), [held, &worker, host, port] {
    worker.post([held, found = ask_system(host, port)]() mutable {
      const boost::intrusive_ptr<LookUp> look_up_alive(held, false);
      held->answered = true;
      held->found = std::move(found);
      held->end();
    });
  });
  {
    Cancellation::Registration on_cancel(cancellation, [look_up] {
      const boost::intrusive_ptr<LookUp> alive = look_up;
      alive->end();
    });
    AwaitLookUp awaiting{*look_up, limit};
    co_await awaiting;
  }
  if (cancellation.requested()) co_return fail(ErrorCode::cancelled);
  if (!look_up->answered)
    co_return fail(ErrorCode::backend_connection_failure, "The backend's name was not resolved in time.");
  if (look_up->found.empty())
    co_return fail(ErrorCode::backend_connection_failure, "The backend's name cannot be resolved.");
  std::vector<Endpoint> allowed;
  for (const Endpoint& endpoint : look_up->found) {
    if (!is_refused_target(bytes_of(endpoint.address()))) allowed.push_back(endpoint);
  }
  if (allowed.empty()) co_return fail(refused_address());
  co_return allowed;
}

}  // namespace sluice::http
