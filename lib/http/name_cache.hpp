// SPDX-License-Identifier: Apache-2.0
// The addresses of names, as one worker knows them: for how long they are good, in which order to try them, which
// were of no use lately. Pure: told what has been looked up and when.
//
//   learned ──keep──▶ fresh ──keep──▶ aging (used, and looked up again) ──▶ old (used when looking up fails) ──▶ gone
#pragma once

#include <sluice/clock.hpp>

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice::http {

using Address = boost::asio::ip::address;

class NameCache {
 public:
  static constexpr std::size_t most_addresses = 16;       ///< Of one name; the rest is not used.
  static constexpr std::chrono::seconds unknown_time{1};  ///< How long a name counts as unknown.
  static constexpr std::chrono::seconds avoid_time{30};   ///< How long an address that failed comes last.
  static constexpr std::chrono::hours longest_use{1};     ///< Of addresses that cannot be looked up again.

  enum class State : std::uint8_t { missing, unknown, fresh, aging, old };
  struct Found {
    State state = State::missing;
    std::vector<Address> addresses;  ///< In the order to try them: another one is first each time.
  };

  /// Keeps `most` names, each for `keep`; the name that was asked for least recently leaves first.
  NameCache(std::size_t most, std::chrono::microseconds keep) : most_(most), keep_(keep) {}

  Found find(std::string_view name, SteadyTime now);
  /// A look-up has ended; without addresses: it failed.
  void learned(std::string_view name, const std::vector<Address>& addresses, SteadyTime now);
  /// Whether a connection to an address of the name was made.
  void tried(std::string_view name, const Address& address, bool worked, SteadyTime now);
  std::size_t size() const { return names_.size(); }

 private:
  struct Known {
    Address address;
    SteadyTime avoid_until{};
  };
  struct Name {
    std::string name;
    std::vector<Known> addresses;
    std::size_t turn = 0;
    SteadyTime fresh_until{};  // or, without addresses, unknown until then
    SteadyTime aging_until{};
    SteadyTime old_until{};
  };

  Name* entry(std::string_view name);
  static std::vector<Address> in_order(Name& name, SteadyTime now);

  std::size_t most_;
  std::chrono::microseconds keep_;
  std::list<Name> names_;  // the one asked for last is first
  std::unordered_map<std::string_view, std::list<Name>::iterator> index_;
};

}  // namespace sluice::http
