// SPDX-License-Identifier: Apache-2.0
// RequestContext: one running request, as policy steps and expressions see it. Built by the gateway for every
// request in that request's arena; everything in it ends with the request.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/message.hpp>
#include <sluice/model.hpp>
#include <sluice/services.hpp>
#include <sluice/value.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace sluice {

/// 100 nanoseconds, as .NET counts time.
using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;

/// The four sections of a policy document.
enum class Section : std::uint8_t { inbound, backend, outbound, on_error };
/// Where a document hangs, broad to narrow.
/// `resolver` stands apart: a document of a GraphQL field, which inherits nothing.
enum class Scope : std::uint8_t { global, workspace, product, api, operation, resolver };
std::string_view to_string(Section section);  ///< `on-error`
std::string_view to_string(Scope scope);

/// FNV-1a; variable names are case-sensitive.
constexpr std::uint32_t variable_hash(std::string_view name) {
  std::uint32_t hash = 2166136261u;
  for (char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

/// A variable's name with its hash, made once when a pipeline is compiled.
struct VariableName {
  std::string_view text;
  std::uint32_t hash;
  constexpr VariableName(std::string_view name) : text(name), hash(variable_hash(name)) {}  // NOLINT: implicit
  constexpr VariableName(const char* name) : VariableName(std::string_view(name)) {}        // NOLINT: implicit
  /// A name whose hash is known.
  constexpr VariableName(std::string_view name, std::uint32_t known) : text(name), hash(known) {}
};

/// `context.Variables`: few entries, found by hash in one pass. Values and names live in the request's arena.
class Variables {
 public:
  explicit Variables(Arena& arena, std::size_t limit) : arena_(&arena), limit_(limit) {}
  struct Entry {
    std::string_view name;
    std::uint32_t hash;
    Value value;
  };
  const Value* find(const VariableName& name) const;
  /// Sets or replaces; the name is copied into the arena when new. False when there are too many variables.
  bool set(const VariableName& name, const Value& value);
  bool remove(const VariableName& name);
  std::span<const Entry> entries() const { return {entries_, count_}; }

 private:
  Arena* arena_;
  std::size_t limit_;
  Entry* entries_ = nullptr;
  std::uint32_t count_ = 0;
  std::uint32_t capacity_ = 0;
};

/// `context.LastError`. Views into the arena.
struct LastError {
  std::string_view source, reason, message, scope, section, path, policy_id;
};

/// `context.Request.MatchedParameters`.
struct MatchedParameter {
  std::string_view name;
  std::string_view value;  ///< Percent-decoded.
};

/// Where the request will be sent: a base that set-backend-service changes, and the rest that rewrite-uri changes.
struct BackendTarget {
  std::string_view backend_id;          ///< Not empty: that backend entity; `base` is then only what expressions see.
  Url base;                             ///< Scheme, host, port and base path.
  bool has_base = false;                ///< False: the API has no service URL and no policy chose one.
  std::string_view path = "/";          ///< Relative to the base path.
  std::string_view query;               ///< Without `?`.
  Scope backend_scope = Scope::global;  ///< Scope of the policy that set `backend_id`.
};

/// What became of an answer on its way to the caller.
enum class DeliveryOutcome : std::uint8_t { complete, aborted };

/// Sees the bytes of the answer's body as they go to the caller. Never delays or changes them.
class BodyObserver {
 public:
  virtual ~BodyObserver() = default;
  virtual void on_data(std::string_view data) = 0;
};

/// One line of trace output.
struct TraceEntry {
  std::string_view source;
  std::string_view severity;  ///< verbose, information, error
  std::string_view message;
};

class RequestContext {
 public:
  RequestContext(Request& request, const Services& services, const Deployment& deployment);
  RequestContext(const RequestContext&) = delete;
  RequestContext& operator=(const RequestContext&) = delete;

  Arena& arena;
  Request& request;  ///< Method, headers and body are what will be forwarded; `url` stays the original one.
  const Services& services;

  // Who and what: set by the gateway before inbound runs; null where there is none.
  const Deployment& deployment;
  const Api* api = nullptr;
  const Operation* operation = nullptr;
  const Product* product = nullptr;
  const Subscription* subscription = nullptr;
  const User* user = nullptr;
  const ServiceModel* model = nullptr;  ///< The snapshot's entities, for groups of users and products.
  std::string_view subscription_key;    ///< As the caller sent it.
  std::string_view original_method;
  std::array<std::uint8_t, 16> request_id{};  ///< RFC 4122 order.
  std::chrono::time_point<std::chrono::system_clock, Ticks> timestamp{};
  SteadyTime started{};
  bool tracing = false;
  std::span<const MatchedParameter> matched_parameters;
  std::string_view workspace_id, workspace_name;  ///< Empty outside of workspaces.
  std::string_view foundry_deployment;            ///< Model deployment that the request names; empty for none.
  std::string_view graphql_arguments;             ///< JSON objects; empty outside of GraphQL resolvers.
  std::string_view graphql_parent;

  BackendTarget target;
  std::string_view chosen_backend_id;  ///< The member that was used last (`context.Backend.Id`).
  /// The URL that the request would be sent to now: base and rest joined. Lives as long as the request, unchanged;
  /// where a policy has changed the target meanwhile, another one is made.
  const Url& current_url() const;

  // The answer so far. `has_response` is false until a backend, a policy or an error made one.
  Response response;
  bool has_response = false;
  /// `response` is what the last forwarding brought, however changed since; false for one that a policy or an error
  /// made.
  bool answered_by_backend = false;
  /// Makes a fresh response (status 200, no headers, no body) the current one; it comes from no backend.
  Response& replace_response();

  Variables variables;
  LastError* last_error = nullptr;
  /// How often retry policies have run their content again, all of them together (`RequestLimits::nested_forwards`).
  unsigned repeated_attempts = 0;
  Section section = Section::inbound;

  /// Fields put on whatever answer goes out, also built-in errors (rate-limit headers; last value wins).
  Headers final_headers;
  /// An outbound policy or the accounting needs the whole answer in memory before its head goes out.
  bool wants_buffered_response = false;

  /// Runs `action` (a callable returning `Task<void>`) once the final answer is known, before its head goes out.
  template <class Action>
  void before_send(Action action) {
    add_hook(before_send_, std::move(action));
  }
  /// Runs `action` (a callable taking `DeliveryOutcome` and returning `Task<void>`) when the body has been
  /// delivered or given up.
  template <class Action>
  void after_send(Action action) {
    add_hook(after_send_, std::move(action));
  }
  bool has_before_send() const { return before_send_ != nullptr; }
  bool has_after_send() const { return after_send_ != nullptr; }
  /// `observer` must live in the arena.
  void observe_response_body(BodyObserver& observer);
  std::span<BodyObserver* const> observers() const { return {observers_, observer_count_}; }
  Task<void> run_before_send();
  Task<void> run_after_send(DeliveryOutcome outcome);

  void trace(std::string_view source, std::string_view severity, std::string_view message);
  std::span<const TraceEntry> trace_entries() const { return {trace_, trace_count_}; }

  /// What code that runs in several places of one request keeps between them: one object of each type, made from the
  /// arena when it is first asked for and destroyed with it.
  template <class State>
  State& state() {
    for (const Kept* kept = kept_; kept != nullptr; kept = kept->next) {
      if (kept->type == &kept_type<State>) return *static_cast<State*>(kept->object);
    }
    auto* made = arena.make<State>(arena);
    kept_ = arena.make<Kept>(Kept{kept_, &kept_type<State>, made});
    return *made;
  }

  /// Members of a pool that this request has met failing: not chosen again while others are left.
  void avoid_backend(std::string_view id);
  bool avoids_backend(std::string_view id) const;

 private:
  struct Hook {
    Hook* next;
    void* action;
    Task<void> (*run)(void* action, DeliveryOutcome outcome);
  };
  template <class Action>
  void add_hook(Hook*& list, Action action) {
    auto* stored = arena.make<Action>(std::move(action));
    append_hook(list, stored, [](void* held, DeliveryOutcome outcome) -> Task<void> {
      if constexpr (std::is_invocable_v<Action&, DeliveryOutcome>) {
        return (*static_cast<Action*>(held))(outcome);
      } else {
        (void)outcome;
        return (*static_cast<Action*>(held))();
      }
    });
  }
  struct Kept {
    const Kept* next;
    const char* type;
    void* object;
  };
  template <class State>
  inline static char kept_type = 0;  // Its address tells types apart.

  void append_hook(Hook*& list, void* action, Task<void> (*run)(void*, DeliveryOutcome));

  struct CurrentUrl {
    BackendTarget target;  ///< What it was made of.
    Url url;
  };
  mutable const CurrentUrl* current_url_ = nullptr;

  const Kept* kept_ = nullptr;
  Hook* before_send_ = nullptr;
  Hook* after_send_ = nullptr;
  BodyObserver** observers_ = nullptr;
  std::uint32_t observer_count_ = 0, observer_capacity_ = 0;
  TraceEntry* trace_ = nullptr;
  std::uint32_t trace_count_ = 0, trace_capacity_ = 0;
  std::size_t trace_bytes_ = 0;
  std::string_view* avoided_ = nullptr;
  std::uint32_t avoided_count_ = 0, avoided_capacity_ = 0;
};

}  // namespace sluice
