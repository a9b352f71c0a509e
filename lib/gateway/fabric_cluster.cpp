// SPDX-License-Identifier: Apache-2.0
#include "gateway/fabric_cluster.hpp"

#include "base/backend_url.hpp"
#include "base/fabric_name.hpp"
#include "base/json.hpp"
#include "base/query_edit.hpp"
#include "base/read_within.hpp"
#include "base/text.hpp"
#include "base/url.hpp"

#include <algorithm>

namespace sluice {
namespace {

constexpr int ok = 200;
constexpr int bad_request = 400;
constexpr int not_found = 404;

tl::unexpected<Error> unreachable(std::string_view why) {
  return fail(ErrorCode::backend_connection_failure, "The Service Fabric cluster " + std::string(why) + ".");
}

/// What an endpoint's silence means. A look-up that was given up stays so.
tl::unexpected<Error> unreachable(const Error& error) {
  switch (error.code()) {
    case ErrorCode::cancelled: return fail(error);
    case ErrorCode::timeout: return unreachable("did not answer in time");
    case ErrorCode::response_body_too_large: return unreachable("answered with too much");
    case ErrorCode::backend_answer_invalid: return unreachable("answered something that is not HTTP");
    default: return unreachable("could not be reached");
  }
}

/// The code in `{"Error": {"Code": "FABRIC_E_…"}}`; empty for anything else.
std::string fabric_code(std::string_view text) {
  constexpr std::size_t most_bytes = 100;
  Arena arena;
  const auto parsed = parse_json(text, arena);
  const JsonValue* code = parsed ? (*parsed)->at({"Error", "Code"}) : nullptr;
  if (code == nullptr || !code->is_string() || code->text.size() > most_bytes) return {};
  const bool is_code =
      std::all_of(code->text.begin(), code->text.end(), [](char c) { return is_alpha(c) || is_digit(c) || c == '_'; });
  return is_code ? std::string(code->text) : std::string();
}

Result<FabricPartition> read_answer(int status, std::string_view text) {
  if (status == ok) return read_fabric_partition(text);
  if (status == bad_request || status == not_found) {
    // Another server's 404 says nothing of the service.
    const std::string code = fabric_code(text);
    if (!code.empty())
      return fail(ErrorCode::backend_not_found, "The Service Fabric cluster has no such partition: " + code + ".");
  }
  return unreachable("answered with status " + std::to_string(status));
}

void add_field(std::string& query, std::string_view name, std::string_view value) {
  query += "&" + std::string(name) + "=" + percent_encode(value);
}

void add_key(std::string& query, std::string_view key) {
  constexpr std::string_view none = "1", int64_range = "2", named = "3";
  const auto number = parse_integer(key);
  add_field(query, "PartitionKeyType", key.empty() ? none : number ? int64_range : named);
  if (!key.empty()) add_field(query, "PartitionKeyValue", number ? std::to_string(*number) : std::string(key));
}

}  // namespace

FabricCluster::FabricCluster(std::vector<std::string> endpoints, const ServiceFabricLimits& limits)
    : endpoints_(std::move(endpoints)), limits_(limits), partitions_(limits.cached_partitions) {}

Move FabricCluster::decide(const Knowledge<FabricPartition>& known, const FabricPartition* outdated,
                           SteadyTime now) const {
  const auto age = now - known.fetched;
  const bool failed_lately = known.error && now < known.failed + limits_.refetch_interval;
  if (known.value == nullptr || age >= limits_.partition_age + limits_.outage_age)
    return failed_lately ? Move::fail : Move::fetch;
  if (failed_lately) return Move::use;
  if (known.value.get() == outdated) return Move::fetch;
  return age < limits_.partition_age ? Move::use : Move::refresh;
}

Task<Result<FabricPartition>> FabricCluster::ask_endpoint(const FabricDoors& doors, const std::string& endpoint,
                                                          const Question& question, Cancellation& cancellation) const {
  Arena arena;
  OutgoingRequest request(arena);
  auto url = parse_backend_url(endpoint, arena);
  if (!url) co_return unreachable("has a management endpoint whose URL is none");
  request.url = *url;
  request.url.path = join_paths(url->path, question.path, arena);
  std::string query = question.query;
  if (!question.version.empty()) add_field(query, "PreviousRspVersion", question.version);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(limits_.timeout);
  add_field(query, "timeout", std::to_string(seconds.count()));
  request.url.query = join_queries(url->query, query, arena);
  request.headers.append("Accept", "application/json");
  request.timeout = limits_.timeout;
  request.tls = question.tls;
  doors.origins.apply(request.url, arena);
  const SteadyTime deadline = doors.clock.steady_now() + limits_.timeout;
  Result<Response> answer = co_await doors.transport.send(request, arena, cancellation);
  if (!answer) co_return unreachable(answer.error());
  Result<std::string> text = co_await read_within(answer->body, limits_.answer_bytes, doors.clock, deadline);
  if (!text) co_return unreachable(text.error());
  Result<FabricPartition> partition = read_answer(answer->status, *text);
  // One that is too long to be sent again is none.
  if (partition && partition->version.size() > limits_.name_bytes) partition->version.clear();
  co_return partition;
}

Task<Result<FabricPartition>> FabricCluster::ask(const FabricDoors& doors, const Question& question,
                                                 Cancellation& cancellation) {
  const std::size_t first = first_.load(std::memory_order_relaxed);
  Result<FabricPartition> answer = unreachable("has no management endpoint");
  for (std::size_t i = 0; i < endpoints_.size(); ++i) {
    const std::size_t index = (first + i) % endpoints_.size();
    answer = co_await ask_endpoint(doors, endpoints_[index], question, cancellation);
    if (!answer && answer.error().code() == ErrorCode::cancelled) break;
    if (answer || answer.error().code() == ErrorCode::backend_not_found) {
      first_.store(index, std::memory_order_relaxed);
      break;
    }
    const Label fields[] = {{"endpoint", endpoints_[index]}, {"why", answer.error().message()}};
    doors.telemetry.log(LogLevel::warning, "A management endpoint of a Service Fabric cluster gave no answer.", fields);
  }
  co_return answer;
}

Task<FabricCluster::Answer> FabricCluster::resolve(FabricDoors doors, std::string_view service,
                                                   std::string_view partition_key, const BackendTls* tls,
                                                   std::shared_ptr<const FabricPartition> outdated,
                                                   Cancellation& cancellation) {
  if (service.size() > limits_.name_bytes || partition_key.size() > limits_.name_bytes)
    co_return fail(ErrorCode::policy_value_invalid, "The name of a service or the key of its partition is too long.");
  const auto id = fabric_service_id(service);
  if (!id) {
    co_return fail(ErrorCode::policy_value_invalid,
                   "'" + std::string(service.substr(0, 100)) + "' names no service of a Service Fabric cluster.");
  }
  Question question{"/Services/" + *id + "/$/ResolvePartition", "api-version=6.0", {}, tls};
  add_key(question.query, partition_key);
  if (outdated != nullptr) question.version = outdated->version;
  const std::shared_ptr<FetchedOnce<FabricPartition>> kept = partitions_.find(question.path + "?" + question.query);
  const auto choose = [&](const Knowledge<FabricPartition>& known) {
    return decide(known, outdated.get(), doors.clock.steady_now());
  };
  const auto work = [&] { return ask(doors, question, cancellation); };
  Answer answer = co_await kept->get(doors.clock, choose, work, cancellation);
  co_return answer;
}

}  // namespace sluice
