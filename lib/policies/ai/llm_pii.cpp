// SPDX-License-Identifier: Apache-2.0
// <llm-pii>: finds personal data and secrets in prompts (inbound) and completions (inbound and outbound), and blocks,
// masks or replaces them. Sections: inbound, outbound. A policy of Sluice's own: API Management has none like it.
// What is found and how is in lib/pii; only words of the model's traffic are looked at, and only they are changed.
#include <sluice/policy.hpp>

#include "ai/pii_guard.hpp"
#include "base/document_workspace.hpp"
#include "base/message_parts.hpp"
#include "base/text.hpp"
#include "pii/national_ids.hpp"

#include <algorithm>

namespace sluice::policies {
namespace {

constexpr std::string_view actions = "block mask replace";
constexpr std::string_view confidences = "low medium high";
constexpr std::string_view all_kinds = "email phone card iban national-id ip key jwt private-key";

constexpr AttributeSpec attributes[] = {
    {.name = "action",
     .required = true,
     .expressions = true,
     .one_of = actions,
     .doc = "block: the message is refused; mask: a mask takes the place of each finding; replace: a placeholder does, "
            "which becomes the value again in the completion."},
    {.name = "apply-to",
     .one_of = "prompt completion both",
     .doc = "What is looked at: prompt (inbound's default), completion (outbound's default) or both. Replacing prompts "
            "always changes placeholders in completions back."},
    {.name = "kinds", .fallback = all_kinds, .doc = "Kinds to look for, separated by blanks."},
    {.name = "countries",
     .doc = "Countries whose national ids are looked for, two letters each, separated by blanks; absent: all."},
    {.name = "confidence",
     .one_of = confidences,
     .fallback = "medium",
     .doc = "How sure a finding must be. low: bare numbers whose check digit agrees too; high: only those with a word "
            "near them that says what they are, or whose form nothing else has."},
    {.name = "keep-last",
     .type = ValueType::integer,
     .expressions = true,
     .fallback = "0",
     .min = 0,
     .max = pii::max_kept_characters,
     .doc = "Last characters that masks of cards, accounts, telephones and national ids keep."},
    {.name = "status-code",
     .type = ValueType::integer,
     .expressions = true,
     .fallback = "403",
     .min = 400,
     .max = 599,
     .doc = "Status of what is refused."},
    {.name = "failure-mode",
     .one_of = "closed open",
     .fallback = "closed",
     .doc = "What cannot be read or checked is refused (closed) or goes on as it is (open)."},
    {.name = "backend-id",
     .expressions = true,
     .doc = "Backend of an Azure AI Language resource that detects in place of the built-in detector. Streams wait for "
            "it in windows of 5,120 characters."}};

constexpr AttributeSpec pattern_attributes[] = {
    {.name = "name", .required = true, .doc = "What masks call the findings."}};
constexpr ElementSpec children[] = {{.name = "pattern",
                                     .occurs = Occurs::many,
                                     .text = TextRule::literal,
                                     .attributes = pattern_attributes,
                                     .doc = "A pattern of your own, in RE2 syntax; finds 63 bytes at most."},
                                    {.name = "allow",
                                     .occurs = Occurs::many,
                                     .text = TextRule::literal,
                                     .doc = "A value that is nothing to be found; compared without case."}};

struct Config {
  Template action, keep_last, status, backend;
  std::shared_ptr<const pii::Detector> detector;
  std::shared_ptr<const pii::Detector> restorer;  ///< Finds nothing but placeholders.
  bool prompt = false, completion = false;
  bool is_outbound = false;
  bool fails_open = false;
  parts::DocumentWorkspace workspace;
};

Result<ai::GuardRules> make_rules(const Config& config, RequestContext& context) {
  ai::GuardRules rules;
  rules.detector = config.detector;
  rules.fails_open = config.fails_open;
  const auto action = config.action.choice(context, actions);
  if (!action) return fail(action.error());
  rules.action = static_cast<ai::FindingAction>(*action);
  const auto keep_last = config.keep_last.integer(context, 0, pii::max_kept_characters);
  if (!keep_last) return fail(keep_last.error());
  rules.keep_last = static_cast<std::size_t>(*keep_last);
  const auto status = config.status.integer(context, 400, 599);
  if (!status) return fail(status.error());
  rules.blocked_status = static_cast<int>(*status);
  if (!config.backend.is_set()) return rules;
  const auto backend = config.backend.text(context);
  if (!backend) return fail(backend.error());
  rules.backend_id = context.arena.copy(config.workspace.key(*backend, context.arena));
  rules.detector = config.restorer;
  return rules;
}

/// Guards the answer once it is known, and puts the refusal in its place.
struct GuardBeforeSend {
  RequestContext* context;
  const ai::GuardRules* rules;

  Task<void> operator()() {
    Result<void> passed = co_await ai::guard_answer(*context, *rules, context->request.cancellation);
    if (passed) co_return;
    const Error& error = passed.error();
    context->trace("llm-pii", "error", error.message());
    Response& refusal = context->replace_response();
    refusal.status = error.status();
    refusal.headers.set("Content-Type", "application/json");
    refusal.body =
        Body::bytes(context->arena.concat({"{ \"statusCode\": ", context->arena.copy(std::to_string(error.status())),
                                           ", \"message\": \"", error.detail().wire_message, "\" }"}));
  }
};

class LlmPii final : public WaitingStep {
 public:
  explicit LlmPii(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    auto made = make_rules(config_, context);
    if (!made) co_return Outcome::fail(std::move(made.error()));
    ai::GuardRules& rules = *context.arena.make<ai::GuardRules>(std::move(*made));
    Result<void> passed;
    if (config_.is_outbound) {
      passed = co_await ai::guard_answer(context, rules, cancellation);
    } else if (config_.prompt) {
      passed = co_await ai::guard_prompt(context, rules, cancellation);
    }
    if (!passed) co_return Outcome::fail(std::move(passed.error()));
    if (!config_.is_outbound) guard_answer_later(context, rules);
    co_return Outcome::next();
  }

 private:
  void guard_answer_later(RequestContext& context, ai::GuardRules& rules) const {
    const bool restores = rules.action == ai::FindingAction::replace && ai::has_placeholders(context);
    if (!config_.completion && !restores) return;
    if (!config_.completion) {
      rules.detector = config_.restorer;
      rules.backend_id = {};
      rules.fails_open = true;  // An answer that cannot be read has placeholders at worst.
    }
    context.request.headers.remove("Accept-Encoding");
    context.before_send(GuardBeforeSend{&context, &rules});
  }

  Config config_;
};

void read_kinds(const PolicyElement& element, CompileContext& context, pii::DetectorOptions& options) {
  options.kinds = {};
  const std::string text = context.literal(element, "kinds");
  for (const std::string_view name : split_words(text)) {
    if (const auto kind = pii::parse_kind(name)) {
      options.kinds.add(*kind);
    } else if (!parts::has_placeholder(name)) {
      context.error(*element.attribute("kinds"), "SL2107",
                    "attribute 'kinds' of <llm-pii> has an unknown kind, '" + std::string(name) + "'",
                    "known are " + std::string(all_kinds));
    }
  }
}

void read_countries(const PolicyElement& element, CompileContext& context, pii::DetectorOptions& options) {
  const PolicyAttribute* attribute = element.attribute("countries");
  if (attribute == nullptr) return;
  for (const std::string_view name : split_words(attribute->value.text)) {
    const std::string country = to_lower(name);
    options.countries += (options.countries.empty() ? "" : " ") + country;
    if (parts::has_placeholder(name) || pii::has_national_ids(country)) continue;
    context.error(
        *attribute, "SL2107",
        "attribute 'countries' of <llm-pii> names '" + std::string(name) + "', whose national ids are not known");
  }
}

pii::DetectorOptions read_options(const PolicyElement& element, CompileContext& context) {
  pii::DetectorOptions options;
  read_kinds(element, context, options);
  read_countries(element, context, options);
  const std::string confidence = to_lower(context.literal(element, "confidence"));
  options.least = confidence == "low"    ? pii::Confidence::low
                  : confidence == "high" ? pii::Confidence::high
                                         : pii::Confidence::medium;
  for (const PolicyElement& child : element.children) {
    if (child.name == "pattern") {
      options.patterns.push_back(
          {child.attribute("name") != nullptr ? child.attribute("name")->value.text : std::string(), child.text.text});
    } else {
      options.allowed.push_back(child.text.text);
    }
  }
  return options;
}

void read_place(const PolicyElement& element, CompileContext& context, Config& config) {
  config.is_outbound = context.section() == Section::outbound;
  const PolicyAttribute* attribute = element.attribute("apply-to");
  const std::string place = attribute != nullptr ? to_lower(attribute->value.text)
                            : config.is_outbound ? "completion"
                                                 : "prompt";
  config.prompt = place == "prompt" || place == "both";
  config.completion = place == "completion" || place == "both";
  if (config.is_outbound && config.prompt) {
    context.error(*attribute, "SL2115", "attribute 'apply-to' of <llm-pii> must be 'completion' in outbound",
                  "the prompt has been sent by then");
  }
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config;
  config.action = context.value(element, "action");
  config.keep_last = context.value(element, "keep-last");
  config.status = context.value(element, "status-code");
  config.backend = context.value(element, "backend-id");
  config.fails_open = equal_ignoring_case(context.literal(element, "failure-mode"), "open");
  config.workspace = parts::DocumentWorkspace(context);
  read_place(element, context, config);
  config.detector = std::make_shared<const pii::Detector>(read_options(element, context));
  if (!config.detector->error().empty()) {
    context.error(element, "SL2106", "<llm-pii> has a pattern that cannot be used: " + config.detector->error());
  }
  pii::DetectorOptions nothing;
  nothing.kinds = {};
  config.restorer = std::make_shared<const pii::Detector>(std::move(nothing));
  if (config.prompt) context.needs(Effects::reads_request_body);
  return make_step<LlmPii>(std::move(config));
}

}  // namespace

SLUICE_POLICY(llm_pii){
    .elements = "llm-pii",
    .sections = Sections::inbound | Sections::outbound,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Blocks, masks or replaces personal data and secrets in prompts and completions.",
    .differs =
        "A policy of Sluice's own. Looked at are the texts of messages, prompts, inputs, tool calls' arguments and "
        "tools' results; not descriptions of tools, images, file parts, log probabilities and objects that are no "
        "text (the input of Anthropic's tool_use). In streams a finding's mask stands in the event in which it begins, "
        "an event waits while at most 64 bytes of its text are undecided, and a finding that blocks ends the stream "
        "with an error event. Where a service detects, events wait for it: it is asked when 4,992 new characters have "
        "come, a text has ended, the model pauses for 1 s, or words have waited for 10 s, and the last 128 characters "
        "of a window wait for the next; what it cannot tell of ends the stream unless failures are open. Answers from "
        "status 400 on are not looked at. In completions, replace masks what did "
        "not come from the prompt. A refusal's LastError has the reason PersonalDataCheckFailed."};

}  // namespace sluice::policies
