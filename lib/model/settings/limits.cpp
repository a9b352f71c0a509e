// SPDX-License-Identifier: Apache-2.0
// Every bound by its name, with the most that may be set (threats.md, section 2): a bound that is far too large is no
// bound. Sizes are integers; times are integers of milliseconds or texts such as "500ms", "30s", "5m", "1h", "PT30S".
#include "base/text.hpp"
#include "base/time.hpp"
#include "model/settings/sections.hpp"

#include <chrono>
#include <limits>
#include <type_traits>

namespace sluice::model {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kibibyte = 1024;
constexpr std::int64_t mebibyte = 1024 * kibibyte;
constexpr std::int64_t gibibyte = 1024 * mebibyte;
constexpr milliseconds day{24 * 3'600'000};

template <class Number>
void bound(ObjectReader& reader, std::string_view name, Number& to, std::int64_t most, std::int64_t least = 1) {
  static_assert(std::is_integral_v<Number>);
  if (const auto number = reader.integer(name, least, most)) to = static_cast<Number>(*number);
}

std::optional<milliseconds> parse_time(const JsonValue& value) {
  if (value.is_number()) {
    const auto number = value.integer();
    return number && *number >= 0 && *number <= day.count() ? std::optional<milliseconds>(*number) : std::nullopt;
  }
  const std::string_view text = trim(value.text);
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  const auto number = parse_unsigned(text.substr(0, digits));
  const std::string_view unit = text.substr(digits);
  const std::int64_t factor = unit == "ms"  ? 1
                              : unit == "s" ? 1'000
                              : unit == "m" ? 60'000
                              : unit == "h" ? 3'600'000
                                            : 0;
  if (number && factor > 0) {
    if (*number > static_cast<std::uint64_t>(day.count() / factor)) return std::nullopt;
    return milliseconds(static_cast<std::int64_t>(*number) * factor);
  }
  const auto iso = parse_iso_duration(text);
  if (!iso || *iso > day) return std::nullopt;
  return std::chrono::duration_cast<milliseconds>(*iso);
}

void bound(ObjectReader& reader, std::string_view name, milliseconds& to) {
  const JsonValue* value = reader.find(name);
  if (value == nullptr) return;
  const auto time = parse_time(*value);
  if (time && *time > milliseconds(0)) {
    to = *time;
  } else {
    reader.report().error("SL5003", *value, "'" + std::string(name) + "' must be a time above zero and up to a day",
                          "milliseconds as a number, or a text such as \"30s\"");
  }
}

void read_http_sizes(ObjectReader& reader, HttpLimits& http) {
  bound(reader, "request_line_bytes", http.request_line_bytes, 64 * kibibyte);
  bound(reader, "header_section_bytes", http.header_section_bytes, 256 * kibibyte);
  bound(reader, "header_lines", http.header_lines, 1'000);
  bound(reader, "request_body_bytes", http.request_body_bytes, std::numeric_limits<std::int64_t>::max(), 0);
  bound(reader, "chunk_line_bytes", http.chunk_line_bytes, 2 * kibibyte);
  bound(reader, "chunk_extension_bytes", http.chunk_extension_bytes, 64 * kibibyte);
  bound(reader, "trailer_bytes", http.trailer_bytes, 64 * kibibyte);
  bound(reader, "response_head_bytes", http.response_head_bytes, 256 * kibibyte);
  bound(reader, "response_header_lines", http.response_header_lines, 1'000);
  bound(reader, "interim_responses", http.interim_responses, 100);
  bound(reader, "connections", http.connections, 1'000'000);
  bound(reader, "connections_per_client", http.connections_per_client, 1'000'000);
  bound(reader, "requests_per_connection", http.requests_per_connection, 1'000'000'000);
  bound(reader, "buffered_bytes_per_direction", http.buffered_bytes_per_direction, mebibyte);
  bound(reader, "body_least_bytes_per_second", http.body_least_bytes_per_second, mebibyte, 0);
  bound(reader, "pool_connections_per_origin", http.pool_connections_per_origin, 100'000);
  bound(reader, "name_cache_entries", http.name_cache_entries, 1'000'000);
  bound(reader, "running_requests", http.running_requests, 10'000'000);
  bound(reader, "memory_bytes", http.memory_bytes, std::numeric_limits<std::int64_t>::max(), 0);
}

void read_http_times(ObjectReader& reader, HttpLimits& http) {
  bound(reader, "handshake_timeout", http.handshake_timeout);
  bound(reader, "header_timeout", http.header_timeout);
  bound(reader, "body_gap_timeout", http.body_gap_timeout);
  bound(reader, "connection_age", http.connection_age);
  bound(reader, "idle_timeout", http.idle_timeout);
  bound(reader, "write_timeout", http.write_timeout);
  bound(reader, "connect_timeout", http.connect_timeout);
  bound(reader, "answer_gap_timeout", http.answer_gap_timeout);
  bound(reader, "pool_idle_timeout", http.pool_idle_timeout);
  bound(reader, "lingering_close", http.lingering_close);
  bound(reader, "drain_timeout", http.drain_timeout);
  bound(reader, "upgraded_idle_timeout", http.upgraded_idle_timeout);
  bound(reader, "name_cache_time", http.name_cache_time);
  bound(reader, "queue_delay", http.queue_delay);
}

void bound(ObjectReader& owner, std::string_view name, AllowedRate& to) {
  read_section(owner, name, [&](ObjectReader& reader) {
    bound(reader, "burst", to.burst, 1'000'000);
    bound(reader, "per_second", to.per_second, 1'000'000);
  });
}

void read_http2(ObjectReader& reader, Http2Limits& http2) {
  constexpr std::int64_t most_window = (std::int64_t{1} << 31) - 1;  // of the protocol, as are the bounds of a frame
  bound(reader, "concurrent_streams", http2.concurrent_streams, 10'000);
  bound(reader, "stream_window_bytes", http2.stream_window_bytes, 16 * mebibyte);
  bound(reader, "connection_window_bytes", http2.connection_window_bytes, most_window, 65'535);
  bound(reader, "frame_bytes", http2.frame_bytes, 16 * mebibyte - 1, 16 * kibibyte);
  bound(reader, "header_table_bytes", http2.header_table_bytes, 64 * kibibyte, 0);
  bound(reader, "continuation_frames", http2.continuation_frames, 64, 0);
  bound(reader, "resets", http2.resets);
  bound(reader, "pings_and_settings", http2.pings_and_settings);
  bound(reader, "empty_frames", http2.empty_frames);
  bound(reader, "small_updates", http2.small_updates);
  bound(reader, "stall_timeout", http2.stall_timeout);
}

void read_expression(ObjectReader& reader, ExpressionLimits& expression) {
  bound(reader, "steps", expression.steps, 1'000'000'000);
  bound(reader, "memory_bytes", expression.memory_bytes, gibibyte);
  bound(reader, "string_bytes", expression.string_bytes, 64 * mebibyte);
  bound(reader, "nesting_depth", expression.nesting_depth, 1'000);
  bound(reader, "call_depth", expression.call_depth, 1'000);
  bound(reader, "source_bytes", expression.source_bytes, mebibyte);
  bound(reader, "regex_pattern_bytes", expression.regex_pattern_bytes, 64 * kibibyte);
  bound(reader, "regex_match_steps", expression.regex_match_steps, 100'000'000);
}

void read_document(ObjectReader& reader, DocumentLimits& document) {
  bound(reader, "bytes", document.bytes, mebibyte);
  bound(reader, "fragment_bytes", document.fragment_bytes, mebibyte);
  bound(reader, "depth", document.depth, 256);
  bound(reader, "elements", document.elements, 100'000);
  bound(reader, "attributes_per_element", document.attributes_per_element, 1'000);
}

void read_content(ObjectReader& reader, ContentLimits& content) {
  bound(reader, "depth", content.depth, 512);
  bound(reader, "members", content.members, 10'000'000);
}

void read_identity(ObjectReader& reader, IdentityLimits& identity) {
  bound(reader, "token_bytes", identity.token_bytes, mebibyte);
  bound(reader, "document_bytes", identity.document_bytes, 16 * mebibyte);
  bound(reader, "cached_documents", identity.cached_documents, 100'000);
  bound(reader, "document_age", identity.document_age);
  bound(reader, "refetch_interval", identity.refetch_interval);
  bound(reader, "fetch_timeout", identity.fetch_timeout);
}

void read_events(ObjectReader& reader, EventLimits& events) {
  bound(reader, "message_bytes", events.message_bytes, 1 * mebibyte);
  bound(reader, "waiting_messages", events.waiting_messages, 10'000'000);
  bound(reader, "waiting_bytes", events.waiting_bytes, 1024 * mebibyte);
  bound(reader, "sends", events.sends, 10'000);
  bound(reader, "timeout", events.timeout);
}

void read_liquid(ObjectReader& reader, LiquidLimits& liquid) {
  bound(reader, "steps", liquid.steps, 1'000'000'000);
  bound(reader, "output_bytes", liquid.output_bytes, 64 * mebibyte);
  bound(reader, "nesting_depth", liquid.nesting_depth, 500);
}

void read_schema(ObjectReader& reader, SchemaLimits& schema) {
  bound(reader, "bytes", schema.bytes, 64 * mebibyte);
  bound(reader, "depth", schema.depth, 512);
  bound(reader, "findings", schema.findings, 10'000);
  bound(reader, "graphql_depth", schema.graphql_depth, 500);
  bound(reader, "graphql_tokens", schema.graphql_tokens, 1'000'000);
}

void read_graphql(ObjectReader& reader, GraphqlLimits& graphql) {
  bound(reader, "resolver_calls", graphql.resolver_calls, 10'000);
  bound(reader, "concurrent_calls", graphql.concurrent_calls, 1'000);
  bound(reader, "values", graphql.values, 10'000'000);
  bound(reader, "resolver_bytes", graphql.resolver_bytes, 256 * mebibyte);
}

void read_service_fabric(ObjectReader& reader, ServiceFabricLimits& fabric) {
  bound(reader, "answer_bytes", fabric.answer_bytes, 16 * mebibyte);
  bound(reader, "cached_partitions", fabric.cached_partitions, 100'000);
  bound(reader, "name_bytes", fabric.name_bytes, 16 * kibibyte);
  bound(reader, "partition_age", fabric.partition_age);
  bound(reader, "outage_age", fabric.outage_age);
  bound(reader, "refetch_interval", fabric.refetch_interval);
  bound(reader, "timeout", fabric.timeout);
}

void read_graphql_sockets(ObjectReader& reader, GraphqlSocketLimits& sockets) {
  bound(reader, "subscriptions", sockets.subscriptions, 10'000'000);
  bound(reader, "operations", sockets.operations, 10'000);
  bound(reader, "message_bytes", sockets.message_bytes, 16 * mebibyte);
  bound(reader, "waiting_events", sockets.waiting_events, 100'000);
  bound(reader, "waiting_bytes", sockets.waiting_bytes, 256 * mebibyte);
  bound(reader, "init_timeout", sockets.init_timeout);
  bound(reader, "ping_interval", sockets.ping_interval);
}

void read_ai(ObjectReader& reader, AiLimits& ai) {
  bound(reader, "vector_bytes", ai.vector_bytes, 64 * gibibyte);
  bound(reader, "vector_dimensions", ai.vector_dimensions, 65'536);
  bound(reader, "queued_requests", ai.queued_requests, 1'000'000);
}

void read_request(ObjectReader& reader, RequestLimits& request) {
  bound(reader, "buffered_body_bytes", request.buffered_body_bytes, 64 * mebibyte);
  bound(reader, "variables", request.variables, 100'000);
  bound(reader, "nested_forwards", request.nested_forwards, 10'000);
  bound(reader, "cached_answer_bytes", request.cached_answer_bytes, 64 * mebibyte);
  bound(reader, "trace_bytes", request.trace_bytes, 16 * mebibyte);
  bound(reader, "store_timeout", request.store_timeout);
}

}  // namespace

void read_limits(ObjectReader& settings, Limits& limits) {
  read_section(settings, "limits", [&](ObjectReader& all) {
    read_section(all, "http", [&](ObjectReader& reader) {
      read_http_sizes(reader, limits.http);
      read_http_times(reader, limits.http);
      read_section(reader, "http2", [&](ObjectReader& own) { read_http2(own, limits.http.http2); });
    });
    read_section(all, "expression", [&](ObjectReader& reader) { read_expression(reader, limits.expression); });
    read_section(all, "document", [&](ObjectReader& reader) { read_document(reader, limits.document); });
    read_section(all, "content", [&](ObjectReader& reader) { read_content(reader, limits.content); });
    read_section(all, "identity", [&](ObjectReader& reader) { read_identity(reader, limits.identity); });
    read_section(all, "events", [&](ObjectReader& reader) { read_events(reader, limits.events); });
    read_section(all, "liquid", [&](ObjectReader& reader) { read_liquid(reader, limits.liquid); });
    read_section(all, "schema", [&](ObjectReader& reader) { read_schema(reader, limits.schema); });
    read_section(all, "graphql", [&](ObjectReader& reader) { read_graphql(reader, limits.graphql); });
    read_section(all, "service_fabric",
                 [&](ObjectReader& reader) { read_service_fabric(reader, limits.service_fabric); });
    read_section(all, "graphql_sockets",
                 [&](ObjectReader& reader) { read_graphql_sockets(reader, limits.graphql_sockets); });
    read_section(all, "ai", [&](ObjectReader& reader) { read_ai(reader, limits.ai); });
    read_section(all, "request", [&](ObjectReader& reader) { read_request(reader, limits.request); });
    bound(all, "counter_keys", limits.counter_keys, 100'000'000);
    bound(all, "metric_series", limits.metric_series, 1'000'000);
  });
}

}  // namespace sluice::model
