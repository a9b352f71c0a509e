// SPDX-License-Identifier: Apache-2.0
#include "ai/pii_guard.hpp"

#include "ai/answer_head.hpp"
#include "ai/asked_text.hpp"
#include "ai/event_filter.hpp"
#include "ai/recognized_stream.hpp"
#include "ai/request_prompt.hpp"
#include "base/answer_copy.hpp"
#include "base/filtering_stream.hpp"
#include "base/gather_body.hpp"
#include "base/json_limits.hpp"
#include "base/message_parts.hpp"

namespace sluice::ai {
namespace {

constexpr std::string_view source = "llm-pii";
constexpr std::string_view blocked_text = "Request failed personal data check.";

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

std::string unchecked(std::string_view where, const Error& error) {
  return "The " + std::string(where) + " could not be checked: " + std::string(error.message());
}

std::vector<JsonPlace> prompt_places(const Prompt& prompt) {
  std::vector<JsonPlace> places;
  for (const PromptText& piece : prompt.texts) {
    places.push_back({piece.offset, piece.text, piece.is_json});
  }
  return places;
}

pii::Replacements* table_of(RequestContext& context, FindingAction action) {
  auto& kept = context.state<Placeholders>();
  if (action == FindingAction::replace && kept.table == nullptr) {
    kept.table = std::make_unique<pii::Replacements>(context.request.body.data());
  }
  return kept.table.get();
}

/// The placeholders that stand in a text.
Task<std::vector<pii::Match>> find_placeholders(RequestContext& context, const FindingFilter& filter,
                                                std::string_view text) {
  std::vector<pii::Match> found;
  if (filter.placeholders() == nullptr) co_return found;
  pii::Scanner scanner = filter.scanner();
  while (!scanner.scan_step(text, search_step_bytes, found)) co_await context.services.clock.yield();
  co_return found;
}

/// The edits that the places need, by what a service finds in them.
Task<Result<std::vector<StringEdit>>> ask_for_edits(RequestContext& context, const GuardRules& rules,
                                                    FindingFilter& filter, const std::vector<JsonPlace>& places,
                                                    std::string_view where, Cancellation& cancellation) {
  std::vector<std::string_view> texts;
  for (const JsonPlace& place : places) texts.push_back(place.text);
  RecognitionService service(context, rules.backend_id, cancellation);
  auto found = co_await service.run(texts, context.arena);
  if (!found) {
    if (found.error().code() == ErrorCode::cancelled) co_return fail(std::move(found.error()));
    Result<void> open = unreadable(context, rules, unchecked(where, found.error()));
    if (!open) co_return fail(std::move(open.error()));
    found = std::vector<std::vector<pii::Match>>(places.size());
  }
  std::vector<StringEdit> edits;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::vector<pii::Match> placeholders = co_await find_placeholders(context, filter, places[i].text);
    filter.edit(places[i], apart_from((*found)[i], placeholders), edits);
  }
  co_return edits;
}

/// The edits that the places need; others get their turn meanwhile.
Task<Result<std::vector<StringEdit>>> find_edits(RequestContext& context, const GuardRules& rules,
                                                 FindingFilter& filter, const std::vector<JsonPlace>& places,
                                                 std::string_view where, Cancellation& cancellation) {
  if (!rules.backend_id.empty()) {
    co_return co_await ask_for_edits(context, rules, filter, places, where, cancellation);
  }
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

EventRecognition recognition_of(RequestContext& context, const GuardRules& rules, Cancellation& cancellation) {
  return EventRecognition(
      RecognitionService(context, rules.backend_id, cancellation),
      [&context, &rules](const Error& error) { return unreadable(context, rules, unchecked("completion", error)); });
}

/// An event stream on its way, of which a service is asked.
std::unique_ptr<BodyStream> recognized_stream(RequestContext& context, const GuardRules& rules, FindingFilter filter,
                                              std::unique_ptr<BodyStream> inner) {
  auto cancellation = std::make_unique<Cancellation>(context.request.cancellation);
  EventRecognition recognition = recognition_of(context, rules, *cancellation);
  RecognizedStream::Ears ears{[&context] { context.state<AnswerEnd>().is_early = true; },
                              [&telemetry = context.services.telemetry, detector = rules.detector](
                                  const FindingReport& report) { tell(telemetry, report, "completion"); }};
  return std::make_unique<RecognizedStream>(std::move(inner), std::move(filter), json_limits(context), rules.fails_open,
                                            std::move(recognition), std::move(cancellation), std::move(ears),
                                            context.services.clock);
}

Task<Result<void>> guard_events_in_memory(RequestContext& context, const GuardRules& rules, FindingFilter findings,
                                          Cancellation& cancellation) {
  EventFilter filter(std::move(findings), json_limits(context), rules.fails_open, !rules.backend_id.empty());
  EventRecognition recognition = recognition_of(context, rules, cancellation);
  std::string out;
  Response& response = context.response;
  std::string_view rest = response.body.data();
  for (bool is_over = false; !is_over && !filter.is_stopped();) {
    const std::string_view step = rest.substr(0, feed_step_bytes);
    rest.remove_prefix(step.size());
    is_over = step.empty();
    if (is_over) {
      filter.finish(out);
    } else {
      filter.feed(step, out);
    }
    if (filter.has_questions() && (is_over || filter.is_full())) {
      Result<void> asked = co_await recognition.ask(filter);
      if (!asked) co_return fail(std::move(asked.error()));
      recognition.answer(filter, out);
    } else if (!rest.empty()) {
      co_await context.services.clock.yield();
    }
  }
  tell(context, filter.report(), "completion");
  if (filter.report().is_blocked) co_return fail(blocked(rules, "The completion holds personal data."));
  if (filter.is_stopped()) co_return fail(blocked(rules, "The completion could not be read."));
  co_return put_body(context, response.headers, response.body, out, ErrorCode::response_body_too_large);
}

Task<Result<void>> guard_whole_answer(RequestContext& context, const GuardRules& rules, FindingFilter filter,
                                      Cancellation& cancellation) {
  Response& response = context.response;
  const std::string_view body = response.body.data();
  const AnswerPlaces answer = read_answer_places(body, context.arena, json_limits(context));
  if (!answer.readable) co_return unreadable(context, rules, "The completion could not be read.");
  std::vector<JsonPlace> places;
  for (const AnswerPlace& place : answer.places) places.push_back({place.offset, place.text, place.is_json});
  auto edits = co_await find_edits(context, rules, filter, places, "completion", cancellation);
  if (!edits) co_return fail(std::move(edits.error()));
  tell(context, filter.report(), "completion");
  if (filter.report().is_blocked) co_return fail(blocked(rules, "The completion holds personal data."));
  if (edits->empty()) co_return Result<void>();
  co_return put_body(context, response.headers, response.body, splice_json(body, std::move(*edits)),
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
  auto edits = co_await find_edits(context, rules, filter, places, "prompt", cancellation);
  if (!edits) co_return fail(std::move(edits.error()));
  tell(context, filter.report(), "prompt");
  if (filter.report().is_blocked) co_return fail(blocked(rules, "The prompt holds personal data."));
  if (filter.report().is_exhausted) co_return fail(blocked(rules, "The prompt holds too much personal data."));
  if (edits->empty()) co_return Result<void>();
  co_return put_body(context, context.request.headers, context.request.body, splice_json(body, std::move(*edits)),
                     ErrorCode::request_body_too_large);
}

Task<Result<void>> guard_answer(RequestContext& context, const GuardRules& rules, Cancellation& cancellation) {
  Response& response = context.response;
  if (!context.has_response || response.status >= 400 || response.body.is_none()) co_return Result<void>();
  if (is_compressed(response.headers)) co_return unreadable(context, rules, "The completion is compressed.");
  // What placeholders stand for is put back, whatever is done with findings.
  const FindingAction action = rules.action == FindingAction::block ? FindingAction::block : FindingAction::mask;
  FindingFilter filter(*rules.detector, action, rules.keep_last, table_of(context, action));
  if (is_event_stream(response.headers)) {
    if (!response.body.is_stream()) {
      co_return co_await guard_events_in_memory(context, rules, std::move(filter), cancellation);
    }
    response.headers.remove("Content-Length");
    std::unique_ptr<BodyStream> inner = response.body.take_stream();
    if (!rules.backend_id.empty()) {
      response.body = Body::stream(recognized_stream(context, rules, std::move(filter), std::move(inner)));
    } else {
      response.body = Body::stream(std::make_unique<FilteredStream>(std::move(inner), rules.detector, std::move(filter),
                                                                    json_limits(context), rules.fails_open,
                                                                    context.services.telemetry));
    }
    co_return Result<void>();
  }
  const std::size_t limit = context.services.limits.request.buffered_body_bytes;
  const bool is_in_memory = co_await gather_body(response.body, context.arena, limit);
  if (!is_in_memory) co_return unreadable(context, rules, "The completion is too long, or broke off.");
  if (response.body.data().empty()) co_return Result<void>();
  co_return co_await guard_whole_answer(context, rules, std::move(filter), cancellation);
}

}  // namespace sluice::ai
