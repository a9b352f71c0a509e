// SPDX-License-Identifier: Apache-2.0
#include "ai/pii_guard.hpp"

#include "ai/answer_head.hpp"
#include "ai/event_filter.hpp"
#include "ai/pii_recognition.hpp"
#include "ai/request_prompt.hpp"
#include "ai/text_windows.hpp"
#include "base/filtering_stream.hpp"
#include "base/gather_body.hpp"
#include "base/json_limits.hpp"
#include "base/message_parts.hpp"

#include <algorithm>
#include <chrono>

namespace sluice::ai {
namespace {

constexpr std::string_view source = "llm-pii";
constexpr std::string_view blocked_text = "Request failed personal data check.";
constexpr std::chrono::milliseconds call_timeout{10'000};
constexpr std::size_t max_service_answer_bytes = 1u << 20;
/// Characters that windows of a long text have in common, so that what is cut stands whole in one of them.
constexpr std::size_t window_overlap = 128;

/// The placeholders of a request, in its arena.
struct Placeholders {
  explicit Placeholders(Arena&) {}
  std::unique_ptr<pii::Replacements> table;
};

Error blocked(const GuardRules& rules, std::string message) {
  return Error(ErrorCode::personal_data_blocked, std::move(message))
      .with_status(rules.blocked_status)
      .with_wire_message(std::string(blocked_text));
}

/// Tells what was found: kinds and numbers, never values.
void tell(Telemetry& telemetry, const FindingReport& report, std::string_view where) {
  for (std::size_t i = 0; i < report.findings.size(); ++i) {
    if (report.findings[i] == 0) continue;
    const Label labels[] = {{"kind", pii::to_string(static_cast<pii::Kind>(i))}, {"where", where}};
    telemetry.count("sluice_pii_findings_total", static_cast<double>(report.findings[i]), labels);
  }
}

void tell(RequestContext& context, const FindingReport& report, std::string_view where) {
  if (report.total() == 0) return;
  tell(context.services.telemetry, report, where);
  context.trace(source, "information", "Found in the " + std::string(where) + ": " + report.summary() + ".");
}

/// What cannot be looked at: an error, or nothing where it may go on.
Result<void> unreadable(RequestContext& context, const GuardRules& rules, std::string message) {
  context.trace(source, rules.fails_open ? "information" : "error", message);
  if (rules.fails_open) return {};
  return fail(blocked(rules, std::move(message)));
}

std::vector<JsonPlace> prompt_places(const Prompt& prompt) {
  std::vector<JsonPlace> places;
  for (const PromptText& piece : prompt.texts) {
    places.push_back({piece.offset, piece.text, piece.is_json});
  }
  return places;
}

/// The findings of the detecting service in all texts.
class Recognition {
 public:
  Recognition(RequestContext& context, std::string_view backend_id, Cancellation& cancellation)
      : context_(context), backend_id_(backend_id), cancellation_(cancellation) {}

  Task<Result<std::vector<std::vector<pii::Match>>>> run(const std::vector<JsonPlace>& places) {
    std::vector<Window> windows;
    for (std::size_t i = 0; i < places.size(); ++i) {
      for (const std::string_view text : text_windows(places[i].text, max_recognition_characters, window_overlap)) {
        windows.push_back({i, text});
      }
    }
    std::vector<std::vector<pii::Match>> found(places.size());
    if (windows.size() > max_recognition_calls * max_recognition_documents) {
      co_return fail(ErrorCode::personal_data_blocked, "The prompt is too long to be checked.");
    }
    for (std::size_t first = 0; first < windows.size(); first += max_recognition_documents) {
      const std::size_t count = std::min(max_recognition_documents, windows.size() - first);
      std::vector<std::string_view> texts;
      for (std::size_t i = first; i < first + count; ++i) texts.push_back(windows[i].text);
      Result<std::string_view> answer = co_await call(recognition_request(texts));
      if (!answer) co_return fail(std::move(answer.error()));
      auto all = read_recognition(*answer, texts, context_.arena);
      if (!all) co_return fail(ErrorCode::personal_data_blocked, "The service's answer is unclear.");
      for (std::size_t i = 0; i < count; ++i) {
        const Window& window = windows[first + i];
        const auto offset = static_cast<std::size_t>(window.text.data() - places[window.place].text.data());
        for (pii::Match match : (*all)[i]) {
          match.begin += offset;
          match.end += offset;
          found[window.place].push_back(match);
        }
      }
    }
    for (auto& matches : found) join_findings(matches);
    co_return found;
  }

 private:
  struct Window {
    std::size_t place;
    std::string_view text;
  };

  Task<Result<std::string_view>> call(std::string body) {
    auto& request = *context_.arena.make<OutgoingRequest>(context_.arena);
    request.method = "POST";
    request.url.path = recognition_path;
    request.url.query = recognition_query;
    request.headers.append("Content-Type", "application/json");
    request.body = Body::bytes(context_.arena.copy(body));
    request.timeout = call_timeout;
    Result<Response> answer = co_await context_.services.backends.call(context_, request, backend_id_, cancellation_);
    if (!answer) co_return fail(std::move(answer.error()));
    auto buffered = co_await buffer_body(answer->body, context_.arena, max_service_answer_bytes,
                                         ErrorCode::response_body_too_large);
    if (!buffered) co_return fail(std::move(buffered.error()));
    if (answer->status != 200) {
      co_return fail(ErrorCode::personal_data_blocked,
                     "The service answered with status " + std::to_string(answer->status) + ".");
    }
    co_return answer->body.data();
  }

  RequestContext& context_;
  std::string_view backend_id_;
  Cancellation& cancellation_;
};

pii::Replacements* table_of(RequestContext& context, FindingAction action) {
  auto& kept = context.state<Placeholders>();
  if (action == FindingAction::replace && kept.table == nullptr) {
    kept.table = std::make_unique<pii::Replacements>(context.request.body.data());
  }
  return kept.table.get();
}

/// The edits that the places need; others get their turn meanwhile.
Task<std::vector<StringEdit>> find_edits(RequestContext& context, FindingFilter& filter,
                                         const std::vector<JsonPlace>& places) {
  EditSearch search(filter, places);
  while (!search.step(search_step_bytes)) co_await context.services.clock.yield();
  co_return std::move(search.edits());
}

Result<void> put_body(RequestContext& context, Headers& headers, Body& body, std::string_view bytes, ErrorCode error) {
  if (bytes.size() > context.services.limits.request.buffered_body_bytes) return fail(error);
  parts::replace_body(headers, body, context.arena.copy(bytes));
  return {};
}

/// An event stream on its way through a filter.
class FilteredStream final : public FilteringStream {
 public:
  FilteredStream(std::unique_ptr<BodyStream> inner, std::shared_ptr<const pii::Detector> detector, FindingFilter filter,
                 JsonLimits limits, bool passes_unreadable, Telemetry& telemetry)
      : FilteringStream(std::move(inner)),
        detector_(std::move(detector)),
        filter_(std::move(filter), limits, passes_unreadable),
        telemetry_(telemetry) {}
  ~FilteredStream() override { tell(telemetry_, filter_.report(), "completion"); }

 private:
  void feed(std::string_view bytes, std::string& out) override { filter_.feed(bytes, out); }
  void finish(std::string& out) override { filter_.finish(out); }
  bool is_stopped() const override { return filter_.is_stopped(); }

  std::shared_ptr<const pii::Detector> detector_;
  EventFilter filter_;
  Telemetry& telemetry_;
};

Result<void> guard_events_in_memory(RequestContext& context, const GuardRules& rules, FindingFilter findings) {
  EventFilter filter(std::move(findings), json_limits(context), rules.fails_open);
  std::string out;
  Response& response = context.response;
  filter.feed(response.body.data(), out);
  filter.finish(out);
  tell(context, filter.report(), "completion");
  if (filter.report().is_blocked) return fail(blocked(rules, "The completion holds personal data."));
  if (filter.is_stopped()) return fail(blocked(rules, "The completion could not be read."));
  return put_body(context, response.headers, response.body, out, ErrorCode::response_body_too_large);
}

Task<Result<void>> guard_whole_answer(RequestContext& context, const GuardRules& rules, FindingFilter filter) {
  Response& response = context.response;
  const std::string_view body = response.body.data();
  const AnswerPlaces answer = read_answer_places(body, context.arena, json_limits(context));
  if (!answer.readable) co_return unreadable(context, rules, "The completion could not be read.");
  std::vector<JsonPlace> places;
  for (const AnswerPlace& place : answer.places) places.push_back({place.offset, place.text, place.is_json});
  std::vector<StringEdit> edits = co_await find_edits(context, filter, places);
  tell(context, filter.report(), "completion");
  if (filter.report().is_blocked) co_return fail(blocked(rules, "The completion holds personal data."));
  if (edits.empty()) co_return Result<void>();
  co_return put_body(context, response.headers, response.body, splice_json(body, std::move(edits)),
                     ErrorCode::response_body_too_large);
}

}  // namespace

bool has_placeholders(RequestContext& context) {
  const auto& kept = context.state<Placeholders>();
  return kept.table != nullptr && !kept.table->is_empty();
}

Task<Result<void>> guard_prompt(RequestContext& context, const GuardRules& rules, Cancellation& cancellation) {
  const std::string_view body = context.request.body.data();
  if (body.empty()) co_return Result<void>();
  auto prompt = prompt_of(context);
  if (!prompt) co_return fail(std::move(prompt.error()));
  if (!(*prompt)->readable) co_return unreadable(context, rules, "The prompt could not be read.");
  const std::vector<JsonPlace> places = prompt_places(**prompt);
  pii::Replacements* table = rules.action == FindingAction::replace ? table_of(context, rules.action) : nullptr;
  FindingFilter filter(*rules.detector, rules.action, rules.keep_last, table);
  std::vector<StringEdit> edits;
  if (rules.backend_id.empty()) {
    edits = co_await find_edits(context, filter, places);
  } else {
    Recognition recognition(context, rules.backend_id, cancellation);
    auto found = co_await recognition.run(places);
    if (!found) {
      if (found.error().code() == ErrorCode::cancelled) co_return fail(std::move(found.error()));
      co_return unreadable(context, rules, "The prompt could not be checked: " + std::string(found.error().message()));
    }
    for (std::size_t i = 0; i < places.size(); ++i) filter.edit(places[i], (*found)[i], edits);
  }
  tell(context, filter.report(), "prompt");
  if (filter.report().is_blocked) co_return fail(blocked(rules, "The prompt holds personal data."));
  if (filter.report().is_exhausted) co_return fail(blocked(rules, "The prompt holds too much personal data."));
  if (edits.empty()) co_return Result<void>();
  co_return put_body(context, context.request.headers, context.request.body, splice_json(body, std::move(edits)),
                     ErrorCode::request_body_too_large);
}

Task<Result<void>> guard_answer(RequestContext& context, const GuardRules& rules) {
  Response& response = context.response;
  if (!context.has_response || response.status >= 400 || response.body.is_none()) co_return Result<void>();
  if (is_compressed(response.headers)) co_return unreadable(context, rules, "The completion is compressed.");
  // What placeholders stand for is put back, whatever is done with findings.
  const FindingAction action = rules.action == FindingAction::block ? FindingAction::block : FindingAction::mask;
  FindingFilter filter(*rules.detector, action, rules.keep_last, table_of(context, action));
  if (is_event_stream(response.headers)) {
    if (!response.body.is_stream()) co_return guard_events_in_memory(context, rules, std::move(filter));
    response.headers.remove("Content-Length");
    response.body = Body::stream(std::make_unique<FilteredStream>(response.body.take_stream(), rules.detector,
                                                                  std::move(filter), json_limits(context),
                                                                  rules.fails_open, context.services.telemetry));
    co_return Result<void>();
  }
  const std::size_t limit = context.services.limits.request.buffered_body_bytes;
  const bool is_in_memory = co_await gather_body(response.body, context.arena, limit);
  if (!is_in_memory) co_return unreadable(context, rules, "The completion is too long, or broke off.");
  if (response.body.data().empty()) co_return Result<void>();
  co_return co_await guard_whole_answer(context, rules, std::move(filter));
}

}  // namespace sluice::ai
