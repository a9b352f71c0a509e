// SPDX-License-Identifier: Apache-2.0
// An endpoint's address is a URL, or JSON as text: `{"Endpoints": {"name": "http://10.0.0.4:8081/…"}}`.
#include "gateway/fabric_partition.hpp"

#include "base/json.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <optional>

namespace sluice {
namespace {

using Kind = FabricEndpoint::Kind;

tl::unexpected<Error> invalid(std::string_view what) {
  return fail(ErrorCode::backend_answer_invalid,
              "The Service Fabric cluster's answer cannot be used: " + std::string(what) + ".");
}

/// Older versions write numbers. Nothing for kinds that take no requests.
std::optional<Kind> kind_of(const JsonValue* value) {
  constexpr std::int64_t stateless = 1, primary = 2, secondary = 3;
  if (value == nullptr) return std::nullopt;
  const std::int64_t number = value->integer().value_or(0);
  if (number == stateless || value->string() == "Stateless") return Kind::stateless;
  if (number == primary || value->string() == "StatefulPrimary") return Kind::primary;
  if (number == secondary || value->string() == "StatefulSecondary") return Kind::secondary;
  return std::nullopt;
}

std::vector<FabricListener> listeners_of(std::string_view address, Arena& arena) {
  std::vector<FabricListener> listeners;
  if (trim(address).substr(0, 1) != "{") {
    if (!address.empty()) listeners.push_back({{}, std::string(address)});
    return listeners;
  }
  const auto parsed = parse_json(address, arena);
  const JsonValue* named = parsed ? (*parsed)->find("Endpoints") : nullptr;
  if (named == nullptr) return listeners;
  for (const JsonMember& member : named->members) {
    if (member.value.is_string()) listeners.push_back({std::string(member.name), std::string(member.value.text)});
  }
  return listeners;
}

bool is_http(std::string_view address) {
  const std::string scheme = to_lower(address.substr(0, std::min(address.find("://"), address.size())));
  return scheme == "http" || scheme == "https";
}

/// The one that is named, the one without a name, or the first that speaks HTTP. Null: there is none.
const FabricListener* listener_of(const FabricEndpoint& endpoint, std::string_view wanted) {
  const FabricListener* first = nullptr;
  for (const FabricListener& listener : endpoint.listeners) {
    if (!is_http(listener.address)) continue;
    if (listener.name == wanted) return &listener;
    if (first == nullptr) first = &listener;
  }
  return wanted.empty() ? first : nullptr;
}

/// Instances of a stateless service are all alike; of a stateful one the primary is meant when nothing is said.
bool fits(Kind kind, FabricReplica wanted) {
  if (kind == Kind::stateless) return true;
  return (kind == Kind::secondary) == (wanted == FabricReplica::secondary);
}

/// What there is, for whoever looks for something else. Names come from the cluster: few of them, and short.
std::string inventory(const FabricPartition& partition) {
  constexpr std::size_t most_listed = 8, most_name_bytes = 60;
  if (partition.endpoints.empty()) return "it has none that listens";
  std::string text = "it has";
  for (std::size_t i = 0; i < partition.endpoints.size(); ++i) {
    if (i == most_listed) return text + ", …";
    const FabricEndpoint& endpoint = partition.endpoints[i];
    text += i == 0 ? " " : ", ";
    text += endpoint.kind == Kind::stateless ? "an instance"
            : endpoint.kind == Kind::primary ? "a primary"
                                             : "a secondary";
    text += " (";
    for (std::size_t j = 0; j < endpoint.listeners.size() && j <= most_listed; ++j) {
      const FabricListener& listener = endpoint.listeners[j];
      if (j > 0) text += ", ";
      text += j == most_listed ? "…" : "'" + listener.name.substr(0, most_name_bytes) + "'";
      if (j < most_listed && !is_http(listener.address)) text += " without HTTP";
    }
    text += ")";
  }
  return text;
}

std::string wish(const FabricChoice& choice) {
  std::string text = choice.replica == FabricReplica::secondary ? "secondary replica"
                     : choice.replica == FabricReplica::primary ? "primary replica"
                                                                : "replica or instance";
  if (!choice.listener.empty()) text += " with the listener '" + std::string(choice.listener.substr(0, 100)) + "'";
  return text;
}

}  // namespace

Result<FabricPartition> read_fabric_partition(std::string_view text) {
  Arena arena;
  const auto parsed = parse_json(text, arena);
  if (!parsed || !(*parsed)->is_object()) return invalid("it is no JSON object");
  const JsonValue* endpoints = (*parsed)->find("Endpoints");
  if (endpoints == nullptr || !endpoints->is_array()) return invalid("it has no Endpoints");
  FabricPartition partition;
  if (const JsonValue* version = (*parsed)->find("Version")) partition.version = version->string().value_or("");
  for (const JsonValue& item : endpoints->items) {
    const auto kind = kind_of(item.find("Kind"));
    const JsonValue* address = item.find("Address");
    if (!kind || address == nullptr || !address->is_string()) continue;
    FabricEndpoint endpoint{*kind, listeners_of(address->text, arena)};
    if (!endpoint.listeners.empty()) partition.endpoints.push_back(std::move(endpoint));
  }
  return partition;
}

Result<std::string_view> choose_address(const FabricPartition& partition, const FabricChoice& choice,
                                        std::string_view avoided, Random& random) {
  std::vector<std::string_view> addresses, others;
  for (const FabricEndpoint& endpoint : partition.endpoints) {
    if (!fits(endpoint.kind, choice.replica)) continue;
    const FabricListener* listener = listener_of(endpoint, choice.listener);
    if (listener == nullptr) continue;
    (listener->address == avoided ? others : addresses).push_back(listener->address);
  }
  if (addresses.empty()) addresses = std::move(others);
  if (addresses.empty()) {
    return fail(ErrorCode::backend_not_found,
                "The service's partition has no " + wish(choice) + " to call: " + inventory(partition) + ".");
  }
  return addresses.size() == 1 ? addresses.front() : addresses[random.below(addresses.size())];
}

}  // namespace sluice
