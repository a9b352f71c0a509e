// SPDX-License-Identifier: Apache-2.0
// <llm-token-limit>, <azure-openai-token-limit>: bounds the tokens of a key, as a rate per minute, as a quota per
// calendar period, or both.   Sections: inbound. All scopes. On admission the estimated prompt is reserved (when
// estimating, and for streams always); what the answer reports, or else the estimate, replaces the reservation: before
// the head goes out when the whole answer is known by then, otherwise after its last byte. A rate that is used up
// answers 429, a quota 403. Source: API Management policy reference, llm-token-limit and azure-openai-token-limit.
#include <sluice/policy.hpp>

#include "ai/answer_watch.hpp"
#include "ai/prompt_tokens.hpp"
#include "ai/request_prompt.hpp"
#include "ai/reservation.hpp"
#include "ai/token_charge.hpp"
#include "ai/token_encoding.hpp"
#include "base/cohorts.hpp"
#include "base/document_workspace.hpp"
#include "base/forwarding_state.hpp"
#include "base/limit_parts.hpp"

namespace sluice::policies {
namespace {

constexpr std::string_view policy_name = "llm-token-limit";
constexpr std::int64_t max_tokens = std::int64_t{1} << 40;
constexpr std::string_view documented_periods = "Hourly Daily Weekly Monthly Yearly";
/// The second five are spellings of public tools.
constexpr std::string_view periods = "Hourly Daily Weekly Monthly Yearly hour day week month year";
constexpr std::size_t period_count = 5;
/// In the order of TokenLimitMode.
constexpr std::string_view modes = "documented reservation";

constexpr AttributeSpec attributes[] = {
    {.name = "counter-key", .required = true, .expressions = true, .doc = "What is counted apart."},
    {.name = "tokens-per-minute",
     .type = ValueType::integer,
     .expressions = true,
     .min = 1,
     .max = max_tokens,
     .doc = "Tokens of prompts and completions in a minute."},
    {.name = "token-quota",
     .type = ValueType::integer,
     .expressions = true,
     .min = 1,
     .max = max_tokens,
     .doc = "Tokens of prompts and completions in a period."},
    {.name = "token-quota-period",
     .expressions = true,
     .one_of = periods,
     .doc = "Hourly, Daily, Weekly, Monthly or Yearly; starts at the truncated UTC time, weeks on Monday."},
    {.name = "estimate-prompt-tokens",
     .type = ValueType::boolean,
     .expressions = true,
     .doc = "Whether the prompt is estimated and must fit before the request goes on."},
    {.name = "estimate-prompt-token",
     .type = ValueType::boolean,
     .expressions = true,
     .doc = "Not documented: public tools write estimate-prompt-tokens so."},
    {.name = "mode",
     .expressions = true,
     .one_of = modes,
     .doc = "Of this gateway alone: documented charges what an answer cost; reservation takes prompt and completion "
            "before the request is sent, so that nothing goes over. Without it the setting ai.tokenLimits decides."},
    parts::retry_after_header_attribute,
    parts::retry_after_variable_attribute,
    {.name = "remaining-quota-tokens-header-name", .doc = "Header of the answer with the tokens left of the quota."},
    {.name = "remaining-quota-tokens-variable-name", .doc = "Variable with the tokens left of the quota."},
    {.name = "remaining-tokens-header-name", .doc = "Header of the answer with the tokens left of the rate."},
    {.name = "remaining-tokens-variable-name", .doc = "Variable with the tokens left of the rate."},
    {.name = "tokens-consumed-header-name", .doc = "Header of the answer with the tokens it consumed."},
    {.name = "tokens-consumed-variable-name", .doc = "Variable with the tokens that the request consumed."}};

constexpr ElementSpec children[] = {
    {.name = "llm-token-limit-backend-id",
     .occurs = Occurs::optional,
     .text = TextRule::expression,
     .doc = "Not documented: names the backend that the limit is meant for. Has no effect."}};

struct Config {
  Template key, tokens_per_minute, quota, period, estimate, mode;
  parts::NumberNames retry_after, remaining_quota, remaining, consumed;
  parts::DocumentWorkspace workspace;
};

/// One execution, from admission until the answer has been delivered.
class Execution final : public Readmission {
 public:
  Execution(const Config& config, ai::UsualCompletions& usual, RequestContext& context)
      : config_(config), usual_(usual), context_(context), charge_(context) {}

  Task<Outcome> admit() {
    co_await cohorts_of_thread().at(Cohorts::Place::prompt);
    auto prompt = ai::prompt_of(context_);
    if (!prompt) co_return Outcome::fail(std::move(prompt.error()));
    prompt_ = *prompt;
    auto estimates = config_.estimate.is_set() ? config_.estimate.boolean(context_) : Result<bool>(false);
    if (!estimates) co_return Outcome::fail(std::move(estimates.error()));
    const auto key = counter_key_of();
    if (!key) co_return Outcome::fail(Error(key.error()));
    auto counters = add_counters(*key);
    if (!counters) co_return Outcome::fail(std::move(counters.error()));

    const auto mode = mode_of();
    if (!mode) co_return Outcome::fail(Error(mode.error()));
    // A stream is estimated whatever the attribute says: its answer need not report anything.
    const bool reserves = *mode == TokenLimitMode::reservation;
    if (reserves || *estimates || prompt_->stream) {
      co_await cohorts_of_thread().at(Cohorts::Place::counting);
      Result<void> counted = co_await count_prompt();
      if (!counted) co_return Outcome::fail(std::move(counted.error()));
    }
    co_await cohorts_of_thread().at(Cohorts::Place::admission);
    if (reserves) reservation_.emplace(context_, charge_, *prompt_, *prompt_tokens_, usual_, *key);

    Result<std::optional<ai::TokenCounter>> refused = co_await take();
    if (!refused) co_return Outcome::fail(std::move(refused.error()));
    auto told = tell_remaining();
    if (!told) co_return Outcome::fail(std::move(told.error()));
    if (*refused) co_return Outcome::fail(refuse(**refused));
    if (!config_.consumed.variable.empty()) {
      told = parts::set_variable(context_, config_.consumed.variable, prompt_tokens_.value_or(0));
      if (!told) co_return Outcome::fail(std::move(told.error()));
    }
    if (reservation_) context_.state<ForwardingState>().add(*this);
    watch_ = &ai::AnswerWatch::of(context_);
    const bool shows_numbers = !config_.consumed.header.empty() || !config_.remaining.header.empty() ||
                               !config_.remaining_quota.header.empty();
    if (shows_numbers && !prompt_->stream) watch_->want_before_send();
    context_.before_send(Settle{this});
    context_.after_send(SettleAtEnd{this});
    co_return Outcome::next();
  }

  /// What was reserved may have left its minute while a retry waited.
  Task<Result<void>> readmit() override {
    Result<std::optional<ai::TokenCounter>> refused = co_await charge_.renew();
    if (!refused) co_return fail(std::move(refused.error()));
    auto told = tell_remaining();
    if (!told) co_return told;
    if (*refused) co_return fail(refuse(**refused).with_source(std::string(policy_name)));
    co_return Result<void>();
  }

 private:
  /// Charges what is known for good before the head goes out.
  struct Settle {
    Execution* execution;
    Task<void> operator()() {
      const RequestContext& context = execution->context_;
      execution->from_backend_ = context.answered_by_backend;
      execution->succeeded_ = context.answered_by_backend && context.response.status < 400;
      if (execution->reservation_) execution->reservation_->hold(execution->context_.response, *execution->watch_);
      if (execution->watch_->is_complete() || !execution->succeeded_) co_await execution->settle();
    }
  };
  struct SettleAtEnd {
    Execution* execution;
    Task<void> operator()(DeliveryOutcome) { return execution->settle(); }
  };

  Result<TokenLimitMode> mode_of() {
    if (!config_.mode.is_set()) return context_.services.ai.token_limits;
    const auto mode = config_.mode.choice(context_, modes);
    if (!mode) return fail(mode.error());
    return static_cast<TokenLimitMode>(*mode);
  }

  Task<Result<std::optional<ai::TokenCounter>>> take() {
    if (reservation_) return reservation_->admit();
    return charge_.reserve(prompt_tokens_.value_or(0));
  }

  Task<Result<void>> count_prompt() {
    const Result<std::int64_t> tokens = co_await ai::prompt_tokens(context_);
    if (!tokens) co_return fail(tokens.error());
    prompt_tokens_ = *tokens;
    ai::note_counted(context_, "prompt", prompt_->encoding);
    co_return Result<void>();
  }

  Result<std::string_view> counter_key_of() {
    const auto text = config_.key.text(context_);
    if (!text) return fail(text.error());
    return counter_key(context_.arena, {config_.workspace.id(), *text});
  }

  Result<void> add_counters(std::string_view key) {
    if (config_.tokens_per_minute.is_set()) {
      const auto limit = config_.tokens_per_minute.integer(context_, 0, max_tokens);
      if (!limit) return fail(limit.error());
      charge_.add_rate(key, *limit);
    }
    if (!config_.quota.is_set()) return {};
    const auto quota = config_.quota.integer(context_, 0, max_tokens);
    if (!quota) return fail(quota.error());
    const auto period = config_.period.choice(context_, periods);
    if (!period) return fail(period.error());
    charge_.add_quota(key, *quota, static_cast<CalendarPeriod>(*period % period_count));
    return {};
  }

  Result<void> tell_remaining() {
    if (const ai::TokenCounter* rate = charge_.rate()) {
      auto told = parts::tell(config_.remaining, context_, rate->state.remaining);
      if (!told) return told;
    }
    if (const ai::TokenCounter* quota = charge_.quota())
      return parts::tell(config_.remaining_quota, context_, quota->state.remaining);
    return {};
  }

  Error refuse(const ai::TokenCounter& counter) {
    const bool is_rate = counter.kind == ai::TokenCounter::Kind::rate;
    const ErrorCode code = is_rate ? ErrorCode::token_limit_exceeded : ErrorCode::token_quota_exceeded;
    std::string message = is_rate ? "Token limit is exceeded." : "Token quota is exceeded.";
    std::optional<std::chrono::microseconds> wait = counter.state.retry_after;
    if (wait == CounterState::never) {
      // The prompt alone is larger than the limit. A 429 carries Retry-After all the same (C5).
      wait = is_rate ? std::optional(counter.rule.period) : std::nullopt;
    } else if (is_rate) {
      message += " Try again in " + std::to_string(retry_after_seconds(*wait)) + " seconds.";
    } else {
      message += " Try again in " + format_duration_words(*wait) + ".";
    }
    return parts::refusal(code, config_.retry_after, context_, message, message, wait);
  }

  /// What the request cost. What a policy, a cache or an error answered cost nothing; nor did an answer that failed
  /// and reports nothing, or whose cost another answer tells.
  Task<Result<std::int64_t>> consumed_tokens() {
    if (watch_->is_told_elsewhere()) return 0;
    if (from_backend_ && watch_->usage()) return watch_->usage()->total;
    if (reservation_ && reservation_->ended_at()) return *reservation_->ended_at();
    if (!succeeded_) return 0;
    return estimated_tokens();
  }

  Task<Result<std::int64_t>> estimated_tokens() {
    if (!prompt_tokens_) {
      Result<void> counted = co_await count_prompt();
      if (!counted) co_return fail(std::move(counted.error()));
    }
    co_return *prompt_tokens_ + watch_->estimated_completion_tokens();
  }

  Task<void> settle() {
    if (std::exchange(settled_, true)) return {};
    return charge();
  }

  Task<void> charge() {
    if (reservation_ && from_backend_ && watch_->usage()) reservation_->learn(*watch_->usage());
    const Result<std::int64_t> consumed = co_await consumed_tokens();
    if (!consumed) co_return parts::note_failure(context_, policy_name, consumed.error());
    Result<void> charged = co_await charge_.settle(*consumed);
    if (!charged) parts::note_failure(context_, policy_name, charged.error());
    auto told = tell_remaining();
    if (told && succeeded_) told = parts::tell(config_.consumed, context_, *consumed);
    if (!told) parts::note_failure(context_, policy_name, told.error());
  }

  const Config& config_;
  ai::UsualCompletions& usual_;
  RequestContext& context_;
  ai::TokenCharge charge_;
  std::optional<ai::Reservation> reservation_;
  const ai::Prompt* prompt_ = nullptr;
  ai::AnswerWatch* watch_ = nullptr;
  std::optional<std::int64_t> prompt_tokens_;      ///< Once they have been counted.
  bool from_backend_ = false, succeeded_ = false;  ///< Known from when the answer is.
  bool settled_ = false;
};

class LlmTokenLimit final : public WaitingStep {
 public:
  explicit LlmTokenLimit(Config config) : config_(std::move(config)) {}
  Task<Outcome> run(RequestContext& context, Cancellation&) const override {
    return context.arena.make<Execution>(config_, usual_, context)->admit();
  }

 private:
  Config config_;
  mutable ai::UsualCompletions usual_{ai::max_usual_completions};
};

/// The attribute that says whether to estimate, by its documented name or the other one.
Template compile_estimate(const PolicyElement& element, CompileContext& context) {
  const PolicyAttribute* other = element.attribute("estimate-prompt-token");
  if (other == nullptr) return context.value(element, "estimate-prompt-tokens");
  if (!context.behaviour().lenient_aliases) {
    context.error(*other, "SL2104", "<" + element.name + "> has no attribute 'estimate-prompt-token'",
                  "write estimate-prompt-tokens");
  } else {
    context.warning(element, "SL2120", "'estimate-prompt-token' is not documented", "write estimate-prompt-tokens");
  }
  return context.value(element, "estimate-prompt-token");
}

void check_period(const PolicyElement& element, CompileContext& context) {
  const PolicyAttribute* attribute = element.attribute("token-quota-period");
  if (attribute == nullptr || attribute->value.is_expression) return;
  for (const std::string_view period : split_words(documented_periods)) {
    if (equal_ignoring_case(period, attribute->value.text)) return;
  }
  context.warning(element, "SL2120", "token-quota-period '" + attribute->value.text + "' is not documented",
                  "write Hourly, Daily, Weekly, Monthly or Yearly");
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config;
  config.key = context.value(element, "counter-key");
  config.workspace = parts::DocumentWorkspace(context);
  config.tokens_per_minute = context.value(element, "tokens-per-minute");
  config.quota = context.value(element, "token-quota");
  config.period = context.value(element, "token-quota-period");
  config.estimate = compile_estimate(element, context);
  config.mode = context.value(element, "mode");
  config.retry_after = parts::compile_names(element, context, "retry-after-header-name", "retry-after-variable-name");
  config.remaining_quota = parts::compile_names(element, context, "remaining-quota-tokens-header-name",
                                                "remaining-quota-tokens-variable-name");
  config.remaining =
      parts::compile_names(element, context, "remaining-tokens-header-name", "remaining-tokens-variable-name");
  config.consumed =
      parts::compile_names(element, context, "tokens-consumed-header-name", "tokens-consumed-variable-name");
  if (!config.tokens_per_minute.is_set() && !config.quota.is_set()) {
    context.error(element, "SL2115", "<" + element.name + "> needs 'tokens-per-minute' or 'token-quota', or both");
  }
  if (config.quota.is_set() != config.period.is_set()) {
    context.error(element, "SL2115",
                  "'token-quota' and 'token-quota-period' of <" + element.name + "> need one another");
  }
  check_period(element, context);
  for (const PolicyElement& child : element.children) {
    context.warning(child, "SL2120", "<" + child.name + "> is not documented and has no effect");
  }
  context.needs(Effects::reads_request_body);
  ai::load_encodings();
  return make_step<LlmTokenLimit>(std::move(config));
}

}  // namespace

SLUICE_POLICY(llm_token_limit){
    .elements = "llm-token-limit azure-openai-token-limit",
    .sections = Sections::inbound,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Bounds the tokens of a key by minute, by calendar period, or both.",
    .differs =
        "Tokens of a prompt, and of answers that report none, are counted exactly for models of cl100k_base, "
        "o200k_base and p50k_base, by the name of the model or of the deployment; others are counted with o200k_base. "
        "What "
        "messages and functions add is what is published of it; the metric sluice_llm_counted_total tells encodings "
        "and whether "
        "models were known. Expressions of outbound see the consumed tokens as they were on admission; the variable is "
        "brought up to date when the answer goes out. A quota counts for one gateway; weeks start on Monday. A "
        "prompt whose deciding fields stand twice, or are written with escapes, is refused with 400. What an answer "
        "reports is believed but for counts that are none, nothing at all for an answer with words, and less than half "
        "of the words of a stream. A run of assistants, or a response in the background, costs what the first answer "
        "that tells its usage says: the end of its stream, or a poll. Images count 1200 in an estimate, whatever "
        "their size, and sounds a token for a tenth of a second; the answer's report puts it right. The backend is "
        "asked for an answer that is not compressed, and, where the setting ai.askUsage has it, for the usage of "
        "streamed chat completions and completions (stream_options.include_usage): a caller who had not asked does not "
        "see it. Azure OpenAI is asked from api-version 2024-09-01-preview on, Azure AI Model Inference is not. With "
        "reservation, what has left a sliding minute is taken again before a retry forwards the request once more, and "
        "a request that does not bound its answer is sent with what answers to the key usually have, or a sixteenth of "
        "what is left when that is more. A stream takes tokens as its events pass, and where plenty is left some "
        "before it "
        "needs them, so that its events need not wait to be counted; they are given back at its end. A store that "
        "fails lets requests pass a rate, and refuses them for a quota."};

}  // namespace sluice::policies
