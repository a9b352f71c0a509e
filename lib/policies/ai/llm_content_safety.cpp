// SPDX-License-Identifier: Apache-2.0
// <llm-content-safety>: has prompts (inbound) or completions (outbound) checked by Azure AI Content Safety.
// Sections: inbound, outbound. Scopes: all but operation. System text and the rest of a conversation are checked in
// calls of their own, long texts and streams in windows (lib/ai/safety_guard). Whatever keeps a check from being made
// blocks, with the same 403.
// Source: API Management policy reference, llm-content-safety; the reference architecture for its second spelling.
#include <sluice/policy.hpp>

#include "ai/safety_guard.hpp"
#include "base/document_workspace.hpp"
#include "base/message_parts.hpp"

namespace sluice::policies {
namespace {

constexpr std::string_view category_names = "Hate SelfHarm Sexual Violence";
constexpr std::string_view output_types = "FourSeverityLevels EightSeverityLevels";
constexpr std::string_view blocked_text = "Request failed content safety check.";
/// A policy that names nothing to look for looks for all, at this severity.
constexpr std::int64_t default_threshold = 4;

constexpr AttributeSpec attributes[] = {
    {.name = "backend-id", .required = true, .expressions = true, .doc = "Backend of the Content Safety resource."},
    {.name = "shield-prompt",
     .type = ValueType::boolean,
     .expressions = true,
     .fallback = "false",
     .doc = "Whether prompts are checked for attacks too."},
    {.name = "enforce-on-completions",
     .type = ValueType::boolean,
     .expressions = true,
     .fallback = "false",
     .doc = "In inbound: whether the completion is checked too."},
    {.name = "window-size",
     .type = ValueType::integer,
     .expressions = true,
     .fallback = "10000",
     .min = 1,
     .max = ai::max_checked_characters,
     .doc = "Characters of a completion that are checked in one call."},
    {.name = "window-overlap-size",
     .type = ValueType::integer,
     .expressions = true,
     .fallback = "0",
     .min = 0,
     .max = ai::max_checked_characters,
     .doc = "Characters that windows of a completion have in common."}};

constexpr AttributeSpec category_attributes[] = {
    {.name = "name", .required = true, .expressions = true, .one_of = category_names, .doc = "The category."},
    {.name = "threshold",
     .required = true,
     .expressions = true,
     .doc = "Severity from which on text is blocked, 0 to 7; Low, Medium and High stand for 2, 4 and 6."}};
constexpr ElementSpec category_elements[] = {
    {.name = "category", .occurs = Occurs::many, .attributes = category_attributes, .doc = "A category to look for."}};
constexpr AttributeSpec categories_attributes[] = {{.name = "output-type",
                                                    .expressions = true,
                                                    .one_of = output_types,
                                                    .fallback = "FourSeverityLevels",
                                                    .doc = "Scale of the severities."}};
constexpr ElementSpec id_elements[] = {
    {.name = "id", .occurs = Occurs::many, .text = TextRule::expression, .doc = "Name of a blocklist."}};
constexpr ElementSpec children[] = {
    {.name = "categories",
     .attributes = categories_attributes,
     .children = category_elements,
     .doc = "What to look for."},
    {.name = "blocklists", .children = id_elements, .doc = "Lists of words to look for."},
    {.name = "block-lists", .children = id_elements, .doc = "Not documented: public tools write <blocklists> so."},
    {.name = "text-blocklist-ids", .children = id_elements, .doc = "Not documented: the same as <blocklists>."}};

struct Category {
  Template name, threshold;
};

struct Config {
  Template backend, shield, enforce, window, overlap, output_type;
  std::vector<Category> categories;
  std::vector<Template> blocklists;
  bool outbound = false;
  parts::DocumentWorkspace workspace;
};

/// 0 to 7, or one of the three words.
std::optional<std::int64_t> parse_threshold(std::string_view text) {
  constexpr std::string_view words[] = {"Low", "Medium", "High"};
  for (std::size_t i = 0; i < std::size(words); ++i) {
    if (equal_ignoring_case(text, words[i])) return static_cast<std::int64_t>(2 * (i + 1));
  }
  const auto number = parse_integer(text);
  return number && *number >= 0 && *number <= ai::max_severity ? number : std::nullopt;
}

constexpr std::string_view nth_word(std::string_view words, std::size_t index) {
  for (; index > 0; --index) words.remove_prefix(words.find(' ') + 1);
  return words.substr(0, words.find(' '));
}

Result<void> read_rules(const Config& config, RequestContext& context, ai::SafetyRules& rules) {
  if (config.output_type.is_set()) {
    const auto type = config.output_type.choice(context, output_types);
    if (!type) return fail(type.error());
    rules.output_type = nth_word(output_types, *type);
  }
  for (const Category& category : config.categories) {
    const auto name = category.name.choice(context, category_names);
    if (!name) return fail(name.error());
    const auto text = category.threshold.text(context);
    if (!text) return fail(text.error());
    const auto threshold = parse_threshold(*text);
    if (!threshold) return fail(ErrorCode::policy_value_invalid, "'" + std::string(*text) + "' is no threshold.");
    rules.categories.push_back({nth_word(category_names, *name), *threshold});
  }
  for (const Template& list : config.blocklists) {
    const auto name = list.text(context);
    if (!name) return fail(name.error());
    rules.blocklists.push_back(context.arena.copy(*name));
  }
  return {};
}

Result<ai::SafetyCheck> make_check(const Config& config, RequestContext& context, bool checks_completion) {
  ai::SafetyCheck check;
  const auto backend = config.backend.text(context);
  if (!backend) return fail(backend.error());
  check.backend_id = context.arena.copy(config.workspace.key(*backend, context.arena));
  const auto shields = config.shield.boolean(context);
  if (!shields) return fail(shields.error());
  check.shields = *shields;
  const auto window = config.window.integer(context, 1, ai::max_checked_characters);
  if (!window) return fail(window.error());
  check.window = static_cast<std::size_t>(*window);
  const auto overlap = config.overlap.integer(context, 0, ai::max_checked_characters);
  if (!overlap) return fail(overlap.error());
  check.overlap = static_cast<std::size_t>(*overlap);
  auto rules = read_rules(config, context, check.rules);
  if (!rules) return fail(std::move(rules.error()));
  const bool looks_for_words = !check.shields || checks_completion;
  if (check.rules.categories.empty() && check.rules.blocklists.empty() && looks_for_words) {
    for (std::size_t i = 0; i < 4; ++i)
      check.rules.categories.push_back({nth_word(category_names, i), default_threshold});
  }
  return check;
}

/// Checks the completion once the answer is known, and puts the refusal in its place.
struct CheckBeforeSend {
  RequestContext* context;
  const ai::SafetyCheck* check;

  Task<void> operator()() {
    Result<void> passed = co_await ai::check_completion(*context, *check, context->request.cancellation);
    if (passed) co_return;
    Response& refusal = context->replace_response();
    refusal.status = describe(ErrorCode::content_safety_blocked).status;
    refusal.headers.set("Content-Type", "application/json");
    refusal.body = Body::bytes(context->arena.concat({"{ \"statusCode\": 403, \"message\": \"", blocked_text, "\" }"}));
  }
};

class LlmContentSafety final : public WaitingStep {
 public:
  explicit LlmContentSafety(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    const auto enforces = config_.outbound ? Result<bool>(true) : config_.enforce.boolean(context);
    if (!enforces) co_return Outcome::fail(Error(enforces.error()));
    auto made = make_check(config_, context, *enforces);
    if (!made) co_return Outcome::fail(std::move(made.error()));
    const ai::SafetyCheck& check = *context.arena.make<ai::SafetyCheck>(std::move(*made));
    Result<void> passed;
    if (config_.outbound) {
      passed = co_await ai::check_completion(context, check, cancellation);
    } else {
      passed = co_await ai::check_prompt(context, check, cancellation);
    }
    if (!passed) co_return Outcome::fail(std::move(passed.error()));
    if (!config_.outbound && *enforces) {
      context.request.headers.remove("Accept-Encoding");
      context.before_send(CheckBeforeSend{&context, &check});
    }
    co_return Outcome::next();
  }

 private:
  Config config_;
};

void compile_categories(const PolicyElement& categories, CompileContext& context, Config& config) {
  config.output_type = context.value(categories, "output-type");
  for (const PolicyElement& child : categories.children) {
    config.categories.push_back({context.value(child, "name"), context.value(child, "threshold")});
    const PolicyAttribute* attribute = child.attribute("threshold");
    const auto text = config.categories.back().threshold.constant_text();
    if (attribute == nullptr || !text || parts::has_placeholder(*text)) continue;
    if (!parse_threshold(*text)) {
      context.error(*attribute, "SL2106", "attribute 'threshold' of <category> must be 0 to 7, found '" + *text + "'",
                    "Low, Medium and High are understood too");
    } else if (!parse_integer(*text)) {
      context.warning(child, "SL2120", "the threshold '" + *text + "' of <category> is not documented",
                      "Low, Medium and High are read as 2, 4 and 6");
    }
  }
}

void check_backend(const PolicyElement& element, const std::string& id, CompileContext& context) {
  if (parts::has_placeholder(id)) return;
  if (context.model() == nullptr) {
    context.warning(element, "SL2119", "the backend '" + id + "' of <" + element.name + "> is not known here",
                    "check the folder that the document belongs to");
    return;
  }
  const auto& known = context.model()->backends;
  if (find_entity(known, parts::DocumentWorkspace(context).id(), id) != nullptr) return;
  context.error(*element.attribute("backend-id"), "SL2119",
                "the backend '" + id + "' of <" + element.name + "> does not exist");
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config;
  config.backend = context.value(element, "backend-id");
  config.shield = context.value(element, "shield-prompt");
  config.enforce = context.value(element, "enforce-on-completions");
  config.window = context.value(element, "window-size");
  config.overlap = context.value(element, "window-overlap-size");
  config.outbound = context.section() == Section::outbound;
  config.workspace = parts::DocumentWorkspace(context);
  for (const PolicyElement& child : element.children) {
    if (child.name == "categories") {
      compile_categories(child, context, config);
      continue;
    }
    if (child.name != "blocklists") {
      context.warning(child, "SL2120", "<" + child.name + "> is not documented", "write <blocklists>");
    }
    for (const PolicyElement& id : child.children) config.blocklists.push_back(context.text(id));
  }
  if (const auto id = config.backend.constant_text()) check_backend(element, *id, context);
  if (!config.outbound) context.needs(Effects::reads_request_body);
  return make_step<LlmContentSafety>(std::move(config));
}

}  // namespace

SLUICE_POLICY(llm_content_safety){
    .elements = "llm-content-safety",
    .sections = Sections::inbound | Sections::outbound,
    .scopes = Scopes::global | Scopes::workspace | Scopes::product | Scopes::api,
    .attributes = attributes,
    .children = children,
    .compile = compile,
    .summary = "Has prompts or completions checked by Azure AI Content Safety.",
    .differs =
        "Events of a streamed completion pass as soon as the window that holds their words has been found clean. A "
        "window closes when the next event does not fit, also when the model pauses for 1 s, when its first words "
        "have waited for 10 s, and at the end of the stream. A window that is refused or cannot be checked, and the "
        "event that cannot be read, end the stream: not by just stopping, but as if the model's own filter had "
        "stopped it (finish_reason content_filter, stop_reason refusal, response.incomplete); no cache keeps "
        "such a stream, and sluice_content_safety_ended_streams_total counts it. What deltas have said "
        "is not checked again where an event repeats all of it. A completion that enforce-on-completions refuses "
        "does not enter on-error. Texts beyond 64 windows, streams beyond 4,096, bodies that are no JSON or "
        "compressed, and prompts whose deciding fields stand twice are refused. Without categories and blocklists "
        "completions, and without shield-prompt prompts too, are checked for all four categories, from severity 4 "
        "on. Text of assistants and tools is checked with that of users; tool descriptions are not."};

}  // namespace sluice::policies
