// SPDX-License-Identifier: Apache-2.0
// Every bound that untrusted input can meet, with its default. Numbers L1..T9 refer to docs/limits.md.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sluice {

/// Something that may be done so often: a bucket of `burst` that fills again.
struct AllowedRate {
  std::uint32_t burst;
  std::uint32_t per_second;
};

/// HTTP/2 connections of callers, and of backends where that applies (L12, H3, H4, T7).
struct Http2Limits {
  std::uint32_t concurrent_streams = 100;            ///< Beyond: REFUSED_STREAM.
  std::uint32_t stream_window_bytes = 64 * 1024;     ///< What a peer may send of one body before it has been read.
  std::uint32_t connection_window_bytes = 1u << 20;  ///< The same for all bodies of a connection.
  std::uint32_t frame_bytes = 16 * 1024;             ///< The longest frame that is taken.
  std::uint32_t header_table_bytes = 4 * 1024;       ///< HPACK's dynamic table.
  std::uint32_t continuation_frames = 8;             ///< In one header block. Beyond: GOAWAY.
  AllowedRate resets{200, 33};              ///< Streams that the peer resets or makes us reset. Beyond: GOAWAY.
  AllowedRate pings_and_settings{100, 10};  ///< Beyond: GOAWAY.
  AllowedRate empty_frames{100, 10};        ///< DATA, HEADERS, CONTINUATION without a byte. Beyond: GOAWAY.
  AllowedRate small_updates{1'000, 100};    ///< WINDOW_UPDATE below 16, PRIORITY, unknown frames. Beyond: GOAWAY.
  std::chrono::milliseconds stall_timeout{30'000};  ///< T7: a window at zero with data waiting. Then RST_STREAM.
};

/// Sizes and times of HTTP connections.
struct HttpLimits {
  std::size_t request_line_bytes = 8 * 1024;             ///< L1. Beyond: 414.
  std::size_t header_section_bytes = 32 * 1024;          ///< L2: names + values + 32 each. Beyond: 431.
  std::size_t header_lines = 100;                        ///< L3. Beyond: 431.
  std::uint64_t request_body_bytes = 100ull << 20;       ///< L4: streamed request body. Beyond: 413. 0: no bound.
  std::size_t chunk_line_bytes = 256;                    ///< L6: chunk-size line with extensions.
  std::size_t chunk_extension_bytes = 8 * 1024;          ///< L6: sum of extensions per message.
  std::size_t trailer_bytes = 8 * 1024;                  ///< L6.
  std::size_t response_head_bytes = 64 * 1024;           ///< L8: answer head from a backend. Beyond: the request fails.
  std::size_t response_header_lines = 200;               ///< L8.
  unsigned interim_responses = 16;                       ///< L9: 1xx answers per request.
  std::size_t connections = 10'000;                      ///< L10.
  std::size_t connections_per_client = 1'024;            ///< L10.
  std::size_t requests_per_connection = 10'000;          ///< L11.
  std::size_t buffered_bytes_per_direction = 64 * 1024;  ///< L13: before reading stops.
  std::chrono::milliseconds handshake_timeout{10'000};   ///< T1: TLS. Then closed.
  std::chrono::milliseconds header_timeout{10'000};      ///< T2: first byte to end of head. Then 408.
  std::chrono::milliseconds body_gap_timeout{30'000};    ///< T3: between body bytes. Then 408.
  std::size_t body_least_bytes_per_second = 240;         ///< T3: over the time waited for a body, after the first 10 s.
  std::chrono::milliseconds connection_age{3'600'000};   ///< L11: after that (plus up to 10 %) `Connection: close`.
  std::chrono::milliseconds idle_timeout{60'000};        ///< T4: keep-alive connection without a request.
  std::chrono::milliseconds write_timeout{30'000};       ///< T5: no write progress. Then reset.
  std::chrono::milliseconds connect_timeout{5'000};      ///< T6: backend connect.
  std::chrono::milliseconds answer_gap_timeout{60'000};  ///< T6: between bytes of a backend's answer.
  std::chrono::milliseconds pool_idle_timeout{50'000};   ///< Idle backend connection.
  std::size_t pool_connections_per_origin = 512;         ///< Backend connections of one worker to one origin.
  std::chrono::milliseconds lingering_close{2'000};      ///< R10: reading and dropping after an early answer.
  std::chrono::milliseconds drain_timeout{30'000};       ///< O3: running requests after SIGTERM.
  std::chrono::milliseconds upgraded_idle_timeout{600'000};  ///< A connection that left HTTP and moves no byte.
  std::size_t name_cache_entries = 1'024;                    ///< Names of backends whose addresses a worker keeps.
  std::chrono::milliseconds name_cache_time{30'000};         ///< How long it keeps them.
  std::size_t running_requests = 10'000;       ///< O1: of one server, at once. Beyond: 503 with Retry-After.
  std::chrono::milliseconds queue_delay{100};  ///< O1: what has waited longer for its turn is refused likewise.
  std::size_t memory_bytes = 0;                ///< O1: of the process; refused from 90 % of it on. 0: no bound.
  Http2Limits http2;
};

/// What one evaluation of an expression may use (E2, T8).
struct ExpressionLimits {
  std::uint64_t steps = 1'000'000;              ///< Instructions, and work inside library calls that grows with input.
  std::size_t memory_bytes = 32u << 20;         ///< Strings, lists and JSON made by one evaluation.
  std::size_t string_bytes = 2u << 20;          ///< One string (L5).
  unsigned nesting_depth = 200;                 ///< At parse.
  unsigned call_depth = 200;                    ///< Local functions and lambdas.
  std::size_t source_bytes = 256 * 1024;        ///< One expression's text.
  std::size_t regex_pattern_bytes = 4 * 1024;   ///< E3.
  std::uint32_t regex_match_steps = 1'000'000;  ///< PCRE2 match limit.
};

/// Policy documents (L14).
struct DocumentLimits {
  std::size_t bytes = 256 * 1024;
  std::size_t fragment_bytes = 512 * 1024;
  unsigned depth = 64;
  std::size_t elements = 10'000;
  std::size_t attributes_per_element = 64;
};

/// JSON and XML bodies that policies read (L15).
struct ContentLimits {
  unsigned depth = 64;
  std::size_t members = 100'000;
};

/// Tokens, and the keys that they are checked with.
struct IdentityLimits {
  std::size_t token_bytes = 64 * 1024;                  ///< One JSON Web Token.
  std::size_t document_bytes = 1u << 20;                ///< An answer of an identity provider.
  std::size_t cached_documents = 1'000;                 ///< Configurations, and tokens of each source.
  std::chrono::milliseconds document_age{3'600'000};    ///< Keys are fetched again after that.
  std::chrono::milliseconds refetch_interval{300'000};  ///< For unknown key ids and after failures, at the soonest.
  std::chrono::milliseconds fetch_timeout{10'000};      ///< One call to an identity provider.
};

/// What one rendering of a Liquid template may use.
struct LiquidLimits {
  std::uint64_t steps = 1'000'000;      ///< Nodes rendered, and work of filters that grows with input.
  std::size_t output_bytes = 2u << 20;  ///< L5.
  unsigned nesting_depth = 100;         ///< Blocks inside blocks, at parse.
};

/// Messages for event hubs (log-to-eventhub), on their way beside the requests. What finds no room is dropped.
struct EventLimits {
  std::size_t message_bytes = 200 * 1024;     ///< One message; the rest of it is cut off.
  std::size_t waiting_messages = 10'000;      ///< Not sent yet, of the whole gateway.
  std::size_t waiting_bytes = 32u << 20;      ///< The same in bytes.
  std::size_t sends = 64;                     ///< Under way at a time.
  std::chrono::milliseconds timeout{10'000};  ///< To the hub's answer.
};

/// Schemas that bodies, parameters and GraphQL requests are held against.
struct SchemaLimits {
  std::size_t bytes = 4u << 20;  ///< One schema's text.
  unsigned depth = 64;           ///< Of schemas inside schemas, and of what is checked.
  std::size_t findings = 100;    ///< Reported of one message.
  unsigned graphql_depth = 50;   ///< Of selections and values in a GraphQL document.
  std::size_t graphql_tokens = 10'000;
};

/// What the resolvers of one GraphQL request may use.
struct GraphqlLimits {
  std::size_t resolver_calls = 200;       ///< Calls of resolvers. Fields that want more are errors.
  std::size_t concurrent_calls = 16;      ///< Of these at a time.
  std::size_t values = 100'000;           ///< JSON values that resolvers give, and fields looked at.
  std::size_t resolver_bytes = 8u << 20;  ///< Bodies that resolvers give, all together.
};

/// Partitions of Service Fabric, and where they are.
struct ServiceFabricLimits {
  std::size_t answer_bytes = 256 * 1024;              ///< One answer of a cluster.
  std::size_t cached_partitions = 1'000;              ///< Of one cluster; the least recently used leaves first.
  std::size_t name_bytes = 2'000;                     ///< Name of a service, key of a partition, name of a listener.
  std::chrono::milliseconds partition_age{60'000};    ///< They are looked up again after that.
  std::chrono::milliseconds outage_age{3'600'000};    ///< Used for so long when the cluster does not answer.
  std::chrono::milliseconds refetch_interval{1'000};  ///< After a failure, at the soonest.
  std::chrono::milliseconds timeout{5'000};           ///< One call to a management endpoint.
};

/// GraphQL subscriptions: WebSockets of subscribers, and what publish-event has for them.
struct GraphqlSocketLimits {
  std::size_t subscriptions = 10'000;               ///< Of the whole gateway, at a time. Beyond: an error message.
  std::size_t operations = 100;                     ///< Under way on one WebSocket. Beyond: an error message.
  std::size_t message_bytes = 64 * 1024;            ///< One message of a subscriber. Beyond: Close 1009.
  std::size_t waiting_events = 100;                 ///< For one WebSocket. Beyond: Close 1013.
  std::size_t waiting_bytes = 1u << 20;             ///< The same in bytes; one event always finds room.
  std::chrono::milliseconds init_timeout{10'000};   ///< To connection_init. Then Close 4408.
  std::chrono::milliseconds ping_interval{30'000};  ///< Between Pings. Silence for as long after one: cut.
};

/// Prompts, answers and queues of AI APIs.
struct AiLimits {
  std::size_t vector_bytes = 64u << 20;   ///< Of the memory vector store; the one unused for longest leaves first.
  std::size_t vector_dimensions = 4'096;  ///< Of one embedding. Longer ones are not kept.
  std::size_t queued_requests = 10'000;   ///< Waiting in priority queues, of the whole gateway. Beyond: 429.
};

/// One running request.
struct RequestLimits {
  std::size_t buffered_body_bytes = 2u << 20;   ///< L5: a body a policy reads or replaces.
  std::size_t variables = 1'000;                ///< Distinct context variables.
  unsigned nested_forwards = 100;               ///< Attempts of one request, over all retries.
  std::size_t cached_answer_bytes = 2u << 20;   ///< An answer that cache-store keeps; longer ones are not kept.
  std::size_t trace_bytes = 256 * 1024;         ///< Trace output kept for one request.
  std::chrono::milliseconds store_timeout{25};  ///< T9: one counter or cache operation.
};

struct Limits {
  HttpLimits http;
  ExpressionLimits expression;
  DocumentLimits document;
  ContentLimits content;
  IdentityLimits identity;
  LiquidLimits liquid;
  EventLimits events;
  SchemaLimits schema;
  GraphqlLimits graphql;
  ServiceFabricLimits service_fabric;
  GraphqlSocketLimits graphql_sockets;
  AiLimits ai;
  RequestLimits request;
  std::size_t counter_keys = 1'000'000;  ///< Keys of the memory counter store; the least recently used leaves first.
  std::size_t metric_series = 10'000;    ///< Label sets per metric; more are counted under `overflow`.
};

}  // namespace sluice
