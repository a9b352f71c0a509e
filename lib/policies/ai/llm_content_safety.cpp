// SPDX-License-Identifier: Apache-2.0
// <llm-content-safety>: has prompts (inbound) or completions (outbound) checked by Azure AI Content Safety.
// Sections: inbound, outbound. Scopes: all but operation. System text and the rest of a conversation are checked in
// calls of their own, long texts in windows. Whatever keeps a check from being made blocks, with the same 403.
// Source: API Management policy reference, llm-content-safety; the reference architecture for its second spelling.
#include <sluice/policy.hpp>

#include "ai/answer_text.hpp"
#include "ai/content_safety.hpp"
#include "ai/request_prompt.hpp"
#include "ai/sse_reader.hpp"
#include "ai/text_windows.hpp"
#include "base/document_workspace.hpp"
#include "base/message_parts.hpp"

#include <algorithm>

namespace sluice::policies {
namespace {

constexpr std::string_view category_names = "Hate SelfHarm Sexual Violence";
constexpr std::string_view output_types = "FourSeverityLevels EightSeverityLevels";
constexpr std::string_view blocked_text = "Request failed content safety check.";
/// Calls that one text may need; a longer text is blocked.
constexpr std::size_t max_windows = 64;
constexpr std::size_t max_answer_bytes = 256 * 1024;
constexpr std::chrono::milliseconds call_timeout{10'000};
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

/// What one execution checks for, and how.
struct Check {
  std::string_view backend_id;
  bool shields = false, enforces = false;
  std::size_t window = ai::max_checked_characters, overlap = 0;
  ai::SafetyRules rules;
};

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

Result<Check> make_check(const Config& config, RequestContext& context) {
  Check check;
  const auto backend = config.backend.text(context);
  if (!backend) return fail(backend.error());
  check.backend_id = context.arena.copy(config.workspace.key(*backend, context.arena));
  const auto shields = config.shield.boolean(context);
  if (!shields) return fail(shields.error());
  check.shields = *shields;
  const auto enforces = config.enforce.boolean(context);
  if (!enforces) return fail(enforces.error());
  check.enforces = *enforces;
  const auto window = config.window.integer(context, 1, ai::max_checked_characters);
  if (!window) return fail(window.error());
  check.window = static_cast<std::size_t>(*window);
  const auto overlap = config.overlap.integer(context, 0, ai::max_checked_characters);
  if (!overlap) return fail(overlap.error());
  check.overlap = static_cast<std::size_t>(*overlap);
  auto rules = read_rules(config, context, check.rules);
  if (!rules) return fail(std::move(rules.error()));
  if (check.rules.categories.empty() && check.rules.blocklists.empty() && !check.shields) {
    for (std::size_t i = 0; i < 4; ++i)
      check.rules.categories.push_back({nth_word(category_names, i), default_threshold});
  }
  return check;
}

/// One call of the service; its answer, which must be a 200.
Task<Result<std::string_view>> call(RequestContext& context, const Check& check, std::string_view path,
                                    std::string body, Cancellation& cancellation) {
  auto& request = *context.arena.make<OutgoingRequest>(context.arena);
  request.method = "POST";
  request.url.path = path;
  request.url.query = ai::content_safety_query;
  request.headers.append("Content-Type", "application/json");
  request.body = Body::bytes(context.arena.copy(body));
  request.timeout = call_timeout;
  Result<Response> answer = co_await context.services.backends.call(context, request, check.backend_id, cancellation);
  if (!answer) co_return fail(std::move(answer.error()));
  auto buffered =
      co_await buffer_body(answer->body, context.arena, max_answer_bytes, ErrorCode::response_body_too_large);
  if (!buffered) co_return fail(std::move(buffered.error()));
  if (answer->status != 200) {
    co_return fail(ErrorCode::content_safety_blocked,
                   "Content Safety answered with status " + std::to_string(answer->status) + ".");
  }
  co_return answer->body.data();
}

Error blocked(std::string message = {}) { return Error(ErrorCode::content_safety_blocked, std::move(message)); }

/// Checks one text. **Errors**: content_safety_blocked, for whatever reason; cancelled.
class TextCheck {
 public:
  TextCheck(RequestContext& context, const Check& check, Cancellation& cancellation)
      : context_(context), check_(check), cancellation_(cancellation) {}

  Task<Result<void>> run(std::string_view text, std::size_t window, std::size_t overlap, bool shields) {
    const std::vector<std::string_view> windows = ai::text_windows(text, window, overlap);
    if (windows.size() > max_windows) co_return fail(blocked("The text is too long to be checked."));
    const bool analyzes = !check_.rules.categories.empty() || !check_.rules.blocklists.empty();
    for (const std::string_view piece : windows) {
      if (analyzes) {
        Result<void> passed = co_await ask(ai::analyze_path, ai::analyze_request(piece, check_.rules));
        if (!passed) co_return passed;
      }
      if (shields) {
        Result<void> passed = co_await ask(ai::shield_path, ai::shield_request(piece));
        if (!passed) co_return passed;
      }
    }
    co_return Result<void>();
  }

 private:
  Task<Result<void>> ask(std::string_view path, std::string body) {
    Result<std::string_view> answer = co_await call(context_, check_, path, std::move(body), cancellation_);
    if (!answer) {
      if (answer.error().code() == ErrorCode::cancelled) co_return fail(std::move(answer.error()));
      context_.trace("llm-content-safety", "error", answer.error().message());
      co_return fail(blocked());
    }
    const ai::SafetyVerdict verdict =
        path == ai::analyze_path ? ai::judge_analysis(*answer, check_.rules) : ai::judge_shield(*answer);
    if (verdict == ai::SafetyVerdict::clean) co_return Result<void>();
    context_.trace("llm-content-safety", "information",
                   verdict == ai::SafetyVerdict::blocked ? "Content Safety found something."
                                                         : "Content Safety's answer is unclear.");
    co_return fail(blocked());
  }

  RequestContext& context_;
  const Check& check_;
  Cancellation& cancellation_;
};

/// The words of an answer in memory; nothing when they cannot be read.
std::optional<std::string> completion_text(RequestContext& context) {
  const Response& response = context.response;
  const std::string_view body = response.body.data();
  const ContentLimits& content = context.services.limits.content;
  const JsonLimits limits{content.depth, content.members};
  std::string text;
  bool readable = response.headers.get("Content-Encoding", "identity") == "identity";
  const auto add = [&](std::string_view json) {
    const ai::AnswerText answer = ai::read_answer(json, context.arena, limits);
    readable = readable && answer.readable;
    for (const std::string_view piece : answer.pieces) text += piece;
  };
  if (response.headers.get("Content-Type").starts_with("text/event-stream")) {
    ai::SseReader reader;
    const auto on_event = [&](const ai::SseReader::Event& event) {
      if (event.data != "[DONE]") add(event.data);
    };
    reader.feed(body, on_event);
    reader.finish(on_event);
    readable = readable && !reader.overflowed();
  } else {
    add(body);
  }
  return readable ? std::optional(std::move(text)) : std::nullopt;
}

Task<Result<void>> check_completion(RequestContext& context, const Check& check, Cancellation& cancellation) {
  if (!context.has_response || context.response.status >= 400) co_return Result<void>();
  auto buffered =
      co_await buffer_body(context.response.body, context.arena, context.services.limits.request.buffered_body_bytes,
                           ErrorCode::response_body_too_large);
  if (!buffered) co_return fail(blocked("The completion could not be read."));
  if (context.response.body.data().empty()) co_return Result<void>();
  const std::optional<std::string> text = completion_text(context);
  if (!text) co_return fail(blocked("The completion could not be read."));
  TextCheck checker(context, check, cancellation);
  co_return co_await checker.run(*text, check.window, check.overlap, false);
}

/// Checks the completion once the answer is known, and puts the refusal in its place.
struct CheckBeforeSend {
  RequestContext* context;
  const Check* check;

  Task<void> operator()() {
    Result<void> passed = co_await check_completion(*context, *check, context->request.cancellation);
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
    auto made = make_check(config_, context);
    if (!made) co_return Outcome::fail(std::move(made.error()));
    const Check& check = *context.arena.make<Check>(std::move(*made));
    Result<void> passed;
    if (config_.outbound) {
      passed = co_await check_completion(context, check, cancellation);
    } else {
      passed = co_await check_prompt(context, check, cancellation);
    }
    if (!passed) co_return Outcome::fail(std::move(passed.error()));
    if (!config_.outbound && check.enforces) {
      context.request.headers.remove("Accept-Encoding");
      context.before_send(CheckBeforeSend{&context, &check});
    }
    co_return Outcome::next();
  }

 private:
  static Task<Result<void>> check_prompt(RequestContext& context, const Check& check, Cancellation& cancellation) {
    if (context.request.body.data().empty() || is_embedding(context)) co_return Result<void>();
    auto prompt = ai::prompt_of(context);
    if (!prompt) co_return fail(std::move(prompt.error()));
    if (!(*prompt)->readable) co_return fail(blocked("The prompt could not be read."));
    std::string system, rest;
    for (const ai::PromptText& piece : (*prompt)->texts) {
      if (piece.role == ai::PromptRole::tools) continue;
      std::string& text = piece.role == ai::PromptRole::system ? system : rest;
      if (!text.empty()) text += '\n';
      text += piece.text;
    }
    TextCheck checker(context, check, cancellation);
    Result<void> passed = co_await checker.run(system, ai::max_checked_characters, 0, false);
    if (!passed) co_return passed;
    co_return co_await checker.run(rest, ai::max_checked_characters, 0, check.shields);
  }

  /// Texts to embed are not checked (observed).
  static bool is_embedding(const RequestContext& context) { return context.request.url.path.ends_with("/embeddings"); }

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
    if (child.name == "text-blocklist-ids") {
      context.warning(child, "SL2120", "<text-blocklist-ids> is not documented", "write <blocklists>");
    }
    for (const PolicyElement& id : child.children) config.blocklists.push_back(context.text(id));
  }
  if (const auto id = config.backend.constant_text()) check_backend(element, *id, context);
  context.needs(config.outbound ? Effects::reads_response_body : Effects::reads_request_body);
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
        "A streamed completion is held back until all of it has been checked, and refused with 403, not cut. A "
        "completion that enforce-on-completions refuses does not enter on-error. Texts beyond 64 windows, bodies "
        "that are no JSON, and prompts whose deciding fields stand twice are refused. Without categories, "
        "blocklists and shield-prompt all four categories are checked, from severity 4 on. Text of assistants and "
        "tools is checked with that of users; tool descriptions are not."};

}  // namespace sluice::policies
