// SPDX-License-Identifier: Apache-2.0
// <priority-queue>: lets requests go on to a backend or pool as fast as that can take them, and has the others wait:
// class by class, fairly among the keys of each, not longer than they want.   Section: backend. All scopes.
// A policy of this gateway's own. In which order requests go on stands in ai/fair_order.hpp, with the bound on waiting.
#include <sluice/policy.hpp>

#include "ai/answer_watch.hpp"
#include "ai/priority_queue.hpp"
#include "ai/request_cost.hpp"
#include "ai/token_encoding.hpp"
#include "base/document_workspace.hpp"
#include "base/limit_parts.hpp"

#include <algorithm>

namespace sluice::policies {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t max_seconds = 3'600;
constexpr std::int64_t max_tokens = std::int64_t{1} << 40;
constexpr std::int64_t max_concurrent = 1'000'000;
constexpr std::int64_t max_weight = 1'000'000;
constexpr std::size_t max_classes = 32;

constexpr AttributeSpec attributes[] = {
    {.name = "class",
     .required = true,
     .expressions = true,
     .doc = "Name of the request's class; any other: the last."},
    {.name = "key", .required = true, .expressions = true, .doc = "Keys of a class get the same share of it."},
    {.name = "max-wait",
     .type = ValueType::integer,
     .expressions = true,
     .fallback = "10",
     .min = 0,
     .max = max_seconds,
     .doc = "Seconds. Who would wait longer is refused at once."},
    {.name = "backend-id", .expressions = true, .doc = "Whose capacity counts; without it the request's own backend."},
    {.name = "tokens-per-minute",
     .type = ValueType::integer,
     .fallback = "0",
     .min = 0,
     .max = max_tokens,
     .doc = "Capacity. 0: what is known of the backend (setting ai.capacities, and what its answers say)."},
    {.name = "max-concurrent",
     .type = ValueType::integer,
     .fallback = "0",
     .min = 0,
     .max = max_concurrent,
     .doc = "Requests that may be under way at a time. 0: any number."},
    {.name = "name", .doc = "Of the queue: policies with the same name share one. Without it that of the backend."},
    {.name = "wait-variable-name", .doc = "Variable with the milliseconds that the request has waited."},
    {.name = "position-variable-name", .doc = "Variable with the number of requests that were waiting when it came."},
    parts::retry_after_header_attribute,
    parts::retry_after_variable_attribute};

constexpr AttributeSpec class_attributes[] = {
    {.name = "name", .required = true, .doc = "What `class` says."},
    {.name = "weight", .fallback = "1", .doc = "Share among the classes, 1 to 1000000; or strict: before all others."},
    {.name = "reserved",
     .type = ValueType::integer,
     .fallback = "0",
     .min = 0,
     .max = 100,
     .doc = "Percent of the capacity that is kept for this class, which then waits for no other."},
    {.name = "age-after",
     .type = ValueType::integer,
     .fallback = "30",
     .min = 1,
     .max = max_seconds,
     .doc = "Seconds. Who has waited longer shares an eighth of the tokens with others like it, the oldest first."}};

constexpr ElementSpec children[] = {
    {.name = "class",
     .occurs = Occurs::at_least_once,
     .attributes = class_attributes,
     .doc = "A class of requests. Of strict ones the first comes first."},
    {.name = "admitted", .occurs = Occurs::once, .policies = true, .doc = "What requests do when it is their turn."}};

struct Config {
  Template of_class, key, max_wait, backend;
  std::string name;
  std::vector<std::string> class_names;
  ai::QueueRules rules;
  parts::NumberNames retry_after;
  std::string wait_variable, position_variable;
  parts::DocumentWorkspace workspace;
  StepList admitted;
};

/// A request's place among those that a queue has let go on, until it ends or comes again.
class Turn {
 public:
  void begin(std::shared_ptr<ai::PriorityQueue> queue, const ai::QueueClaim& claim, ai::RoomOfPool room) {
    queue_ = std::move(queue);
    claim_ = claim;
    room_ = std::move(room);
  }
  void end(std::int64_t used, SteadyTime now) {
    if (const auto queue = std::exchange(queue_, nullptr)) queue->leave(claim_, used, room_, now);
  }
  const ai::QueueClaim& claim() const { return claim_; }

 private:
  std::shared_ptr<ai::PriorityQueue> queue_;
  ai::QueueClaim claim_;
  ai::RoomOfPool room_;
};

/// What the policy keeps for a request, however often it runs.
struct Held {
  explicit Held(Arena&) {}
  Turn turn;
  bool ends_by_itself = false;
};

std::int64_t used_tokens(RequestContext& context, const ai::QueueClaim& claim) {
  if (!context.answered_by_backend) return 0;
  const auto& usage = ai::AnswerWatch::of(context).usage();
  return usage ? usage->total : claim.tokens;
}

class PriorityQueueStep final : public WaitingStep {
 public:
  explicit PriorityQueueStep(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    const auto tokens = co_await ai::expected_tokens(context);
    if (!tokens) co_return Outcome::fail(Error(tokens.error()));
    auto claim = make_claim(context, *tokens);
    if (!claim) co_return Outcome::fail(std::move(claim.error()));
    const auto backend = backend_of(context);
    if (!backend) co_return Outcome::fail(Error(backend.error()));
    const std::string_view id = *backend;
    const ai::RoomOfPool room = [&context, id] {
      const auto known = id.empty() ? Result<BackendRoom>(BackendRoom()) : context.services.backends.room(context, id);
      return known.value_or(BackendRoom());
    };
    const std::string name = counter_key({config_.workspace.id(), config_.name.empty() ? id : config_.name});
    const auto queue = context.services.queues.of(name, config_.rules);

    auto& held = context.state<Held>();
    end_turn(context, held);  // a retry comes again
    auto verdict = co_await queue->enter(*claim, room, context.services.clock, cancellation);
    if (!verdict) co_return Outcome::fail(std::move(verdict.error()));
    auto told = tell(context, *claim, *verdict);
    if (!told) co_return Outcome::fail(std::move(told.error()));
    if (!verdict->admitted) co_return Outcome::fail(refuse(context, *verdict));
    held.turn.begin(queue, *claim, room);
    if (!std::exchange(held.ends_by_itself, true)) {
      ai::AnswerWatch::of(context);
      context.after_send(EndTurn{&context, &held});
    }
    Outcome outcome = co_await config_.admitted.run(context, cancellation);
    if (outcome.is_failure()) end_turn(context, held);
    co_return outcome;
  }

 private:
  struct EndTurn {
    RequestContext* context;
    Held* held;
    Task<void> operator()(DeliveryOutcome) {
      end_turn(*context, *held);
      co_return;
    }
  };

  static void end_turn(RequestContext& context, Held& held) {
    held.turn.end(used_tokens(context, held.turn.claim()), context.services.clock.steady_now());
  }

  Result<ai::QueueClaim> make_claim(RequestContext& context, std::int64_t tokens) const {
    const auto name = config_.of_class.text(context);
    if (!name) return fail(name.error());
    const auto key = config_.key.text(context);
    if (!key) return fail(key.error());
    const auto wait = config_.max_wait.integer(context, 0, max_seconds);
    if (!wait) return fail(wait.error());
    std::size_t index = 0;
    while (index + 1 < config_.class_names.size() && !equal_ignoring_case(config_.class_names[index], trim(*name)))
      ++index;
    return ai::QueueClaim{index, context.arena.copy(*key), tokens, std::chrono::seconds(*wait)};
  }

  Result<std::string_view> backend_of(RequestContext& context) const {
    if (!config_.backend.is_set()) return context.target.backend_id;
    const auto id = config_.backend.text(context);
    if (!id) return fail(id.error());
    const std::string_view key = config_.workspace.key(*id, context.arena);
    if (!context.services.backends.contains(key)) {
      return fail(ErrorCode::backend_not_found,
                  "The backend '" + std::string(id->substr(0, 100)) + "' does not exist.");
    }
    return key;
  }

  Result<void> tell(RequestContext& context, const ai::QueueClaim& claim, const ai::QueueVerdict& verdict) const {
    const auto waited = std::chrono::duration_cast<milliseconds>(verdict.waited).count();
    const Label labels[] = {{"class", config_.class_names[claim.of_class]},
                            {"outcome", verdict.admitted ? "admitted" : "refused"}};
    context.services.telemetry.count("sluice_queue_requests_total", 1, labels);
    context.services.telemetry.count("sluice_queue_wait_milliseconds_total", static_cast<double>(waited), labels);
    if (!config_.wait_variable.empty()) {
      auto told = parts::set_variable(context, config_.wait_variable, waited);
      if (!told) return told;
    }
    if (config_.position_variable.empty()) return {};
    return parts::set_variable(context, config_.position_variable, static_cast<std::int64_t>(verdict.position));
  }

  Error refuse(RequestContext& context, const ai::QueueVerdict& verdict) const {
    const auto wait = std::max<std::chrono::microseconds>(verdict.retry_after, std::chrono::seconds(1));
    const std::string message =
        "The queue is full. Try again in " + std::to_string(retry_after_seconds(wait)) + " seconds.";
    return parts::refusal(ErrorCode::queue_limit_exceeded, config_.retry_after, context, message, message, wait);
  }

  Config config_;
};

void compile_class(const PolicyElement& element, CompileContext& context, Config& config) {
  ai::QueueRules::Class made;
  const std::string weight = context.literal(element, "weight");
  const auto number = parse_integer(trim(weight));
  made.strict = equal_ignoring_case(trim(weight), "strict");
  if (!made.strict && (!number || *number < 1 || *number > max_weight)) {
    context.error(*element.attribute("weight"), "SL2106",
                  "attribute 'weight' of <class> must be strict, or 1 to 1000000, found '" + weight + "'");
  }
  made.weight = static_cast<double>(number.value_or(1));
  made.reserved = static_cast<double>(context.literal_integer(element, "reserved")) / 100.0;
  made.age_after = std::chrono::seconds(context.literal_integer(element, "age-after"));
  config.rules.classes.push_back(made);
  config.class_names.push_back(context.literal(element, "name"));
}

void compile_classes(const PolicyElement& element, CompileContext& context, Config& config) {
  double reserved = 0;
  for (const PolicyElement& child : element.children) {
    if (child.name != "class") continue;
    compile_class(child, context, config);
    reserved += config.rules.classes.back().reserved;
  }
  if (config.rules.classes.size() > max_classes)
    context.error(element, "SL2115", "<priority-queue> has more than " + std::to_string(max_classes) + " classes");
  if (reserved > 1) context.error(element, "SL2115", "the classes of <priority-queue> reserve more than all there is");
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config;
  config.of_class = context.value(element, "class");
  config.key = context.value(element, "key");
  config.max_wait = context.value(element, "max-wait");
  config.backend = context.value(element, "backend-id");
  config.name = context.literal(element, "name");
  config.rules.tokens_per_minute = context.literal_integer(element, "tokens-per-minute");
  config.rules.concurrent = context.literal_integer(element, "max-concurrent");
  config.wait_variable = context.literal(element, "wait-variable-name");
  config.position_variable = context.literal(element, "position-variable-name");
  config.retry_after = parts::compile_names(element, context, "retry-after-header-name", "retry-after-variable-name");
  config.workspace = parts::DocumentWorkspace(context);
  compile_classes(element, context, config);
  config.admitted = context.compile_children(*element.child("admitted"));
  context.needs(Effects::reads_request_body);
  ai::load_encodings();
  return make_step<PriorityQueueStep>(std::move(config));
}

}  // namespace

SLUICE_POLICY(priority_queue){
    .elements = "priority-queue",
    .sections = Sections::backend,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Has requests wait for their turn in front of a backend, by class and fairly.",
    .differs =
        "API Management has no such policy. A queue is of one gateway. An eighth of the tokens goes to those who "
        "have waited longer than their class allows, the oldest first. Who is refused gets 429 with the estimated wait "
        "in Retry-After."};

}  // namespace sluice::policies
