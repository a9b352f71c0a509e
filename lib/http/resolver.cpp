// SPDX-License-Identifier: Apache-2.0
// Literal addresses are taken as they are, `localhost` is the loopback interface. Other names go to the system's
// resolver, on a thread that may block; a wait that has been given up leaves it running, and the answer is kept.
#include "http/resolver.hpp"

#include "base/text.hpp"
#include "http/address_rules.hpp"

#include <boost/asio/post.hpp>

#include <netdb.h>

#include <algorithm>
#include <cstring>

namespace sluice::http {
namespace {

Error refused_address() {
  return Error(ErrorCode::backend_connection_failure,
               "The address of the backend is one that no request may be sent to.");
}

AddressBytes bytes_of(const Address& address) {
  if (address.is_v6()) return address.to_v6().to_bytes();
  return boost::asio::ip::make_address_v6(boost::asio::ip::v4_mapped, address.to_v4()).to_bytes();
}

}  // namespace

/// A request that waits for a look-up.
class Resolver::Wait : DeadlineWheel::Entry {
 public:
  enum class Outcome : std::uint8_t { waiting, answered, timeout, cancelled };

  Wait(Worker& worker, AskedRef asked, SteadyTime limit)
      : Entry([](Entry& entry) { static_cast<Wait&>(entry).end(Outcome::timeout); }),
        worker_(worker),
        asked_(std::move(asked)),
        limit_(limit) {
    asked_->waits.push_back(this);
  }
  ~Wait() { std::erase(asked_->waits, this); }

  bool await_ready() const { return outcome_ != Outcome::waiting; }
  void await_suspend(std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    worker_.add_deadline(*this, limit_);
  }
  Outcome await_resume() const { return outcome_; }

  void end(Outcome outcome) {
    if (outcome_ != Outcome::waiting) return;
    outcome_ = outcome;
    worker_.remove_deadline(*this);
    if (waiting_) std::exchange(waiting_, nullptr).resume();
  }

 private:
  Worker& worker_;
  AskedRef asked_;
  SteadyTime limit_;
  std::coroutine_handle<> waiting_;
  Outcome outcome_ = Outcome::waiting;
};

bool is_loopback_name(std::string_view host) {
  constexpr std::string_view name = "localhost";
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.size() < name.size() || !equal_ignoring_case(host.substr(host.size() - name.size()), name)) return false;
  return host.size() == name.size() || host[host.size() - name.size() - 1] == '.';
}

std::vector<Address> ask_system(const std::string& name) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_ADDRCONFIG;
  addrinfo* answers = nullptr;
  std::vector<Address> found;
  if (::getaddrinfo(name.c_str(), nullptr, &wanted, &answers) != 0) return found;
  for (const addrinfo* one = answers; one != nullptr && found.size() < NameCache::most_addresses; one = one->ai_next) {
    Endpoint endpoint;
    if (one->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), one->ai_addr, one->ai_addrlen);
    endpoint.resize(one->ai_addrlen);
    found.push_back(endpoint.address());
  }
  ::freeaddrinfo(answers);
  return found;
}

Resolver::AskedRef Resolver::ask(const std::string& name) {
  if (const auto found = asked_.find(name); found != asked_.end()) return found->second;
  if (asked_.size() >= most_look_ups) return nullptr;
  const AskedRef asked = asked_.emplace(name, std::make_shared<Asked>()).first->second;
  // The worker joins these threads before it ends, and outlives this object's last use.
  boost::asio::post(worker_.blocking_threads(), [this, name] {
    worker_.post([this, name, addresses = look_up_(name)] { answered(name, addresses); });
  });
  return asked;
}

void Resolver::answered(const std::string& name, const std::vector<Address>& addresses) {
  cache_.learned(name, addresses, worker_.coarse_now());
  const auto found = asked_.find(name);
  const AskedRef asked = found->second;
  asked_.erase(found);
  // Who goes on may end other waits.
  while (!asked->waits.empty()) {
    Wait* const first = asked->waits.front();
    asked->waits.erase(asked->waits.begin());
    first->end(Wait::Outcome::answered);
  }
}

void Resolver::tried(std::string_view host, const Endpoint& endpoint, bool worked) {
  cache_.tried(host, endpoint.address(), worked, worker_.coarse_now());
}

Task<Result<std::vector<Endpoint>>> Resolver::resolve(std::string_view host, std::uint16_t port, SteadyTime limit,
                                                      Cancellation& cancellation, bool is_metadata) {
  if (const auto literal = read_address(host)) {
    if (!is_metadata && is_refused_target(*literal)) co_return fail(refused_address());
    const bool bracketed = host.front() == '[';
    const auto address = boost::asio::ip::make_address(std::string(bracketed ? host.substr(1, host.size() - 2) : host));
    co_return std::vector<Endpoint>{Endpoint(address, port)};
  }
  if (is_loopback_name(host)) {
    co_return std::vector<Endpoint>{Endpoint(boost::asio::ip::address_v4::loopback(), port),
                                    Endpoint(boost::asio::ip::address_v6::loopback(), port)};
  }
  using State = NameCache::State;
  const std::string name(host);
  NameCache::Found found = cache_.find(name, worker_.coarse_now());
  if (found.state == State::aging) ask(name);
  if (found.state == State::missing || found.state == State::old) {
    const AskedRef asked = ask(name);
    if (asked != nullptr) {
      Wait wait(worker_, asked, limit);
      Cancellation::Registration on_cancel(cancellation, [&wait] { wait.end(Wait::Outcome::cancelled); });
      const Wait::Outcome outcome = co_await wait;
      if (outcome == Wait::Outcome::cancelled) co_return fail(ErrorCode::cancelled);
      if (outcome == Wait::Outcome::timeout && found.addresses.empty())
        co_return fail(ErrorCode::backend_connection_failure, "The backend's name was not resolved in time.");
      if (outcome == Wait::Outcome::answered) found = cache_.find(name, worker_.coarse_now());
    }
  }
  if (found.addresses.empty())
    co_return fail(ErrorCode::backend_connection_failure, "The backend's name cannot be resolved.");
  std::vector<Endpoint> allowed;
  for (const Address& address : found.addresses) {
    if (!is_refused_target(bytes_of(address))) allowed.emplace_back(address, port);
  }
  if (allowed.empty()) co_return fail(refused_address());
  co_return allowed;
}

}  // namespace sluice::http
