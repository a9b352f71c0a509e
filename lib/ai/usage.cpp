// SPDX-License-Identifier: Apache-2.0
// What is told is read at the known places, never guessed from elsewhere in the text. To skim the members of an event
// takes no longer than to search it for their names.
#include "ai/usage.hpp"

#include "ai/json_skim.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>

namespace sluice::ai {
namespace {

using Count = std::optional<std::int64_t>;

Count count_of(std::string_view value) {
  const Count count = parse_integer(value);
  return count && *count >= 0 && *count <= max_reported_tokens ? count : std::nullopt;
}

/// A member that is wanted, and where its text goes.
struct Wanted {
  std::string_view name;
  std::string_view& value;
};

/// Reads the members of `object` in one pass; of several with one name the last. Those that are missing stay empty, all
/// of them when `object` is no object as far as it is read.
void read_members(std::string_view object, std::initializer_list<Wanted> all) {
  const bool is_object = for_each_json_member(object, [&](std::string_view name, std::string_view value) {
    for (const Wanted& wanted : all) {
      const bool may_be = wanted.name.size() == name.size() && wanted.name.front() == name.front();
      if (may_be && same_text(wanted.name, name)) wanted.value = value;
    }
  });
  if (is_object) return;
  for (const Wanted& wanted : all) wanted.value = {};
}

/// What one usage object tells.
struct Report {
  Count prompt, completion, total, cached, reasoning;
  bool is_nonsense = false;
};

Count count_in(std::string_view object, std::string_view name) {
  const auto value = json_member(object, name);
  return value ? count_of(*value) : std::nullopt;
}

/// The first of the two that is a count.
Count first_of(Count first, Count second) { return first ? first : second; }

Report read_usage(std::string_view usage) {
  std::string_view prompt, completion, input, output, total, cache_read, cache_creation;
  std::string_view prompt_details, completion_details, input_details, output_details;
  read_members(usage, {{"prompt_tokens", prompt},
                       {"completion_tokens", completion},
                       {"input_tokens", input},
                       {"output_tokens", output},
                       {"total_tokens", total},
                       {"cache_read_input_tokens", cache_read},
                       {"cache_creation_input_tokens", cache_creation},
                       {"prompt_tokens_details", prompt_details},
                       {"completion_tokens_details", completion_details},
                       {"input_tokens_details", input_details},
                       {"output_tokens_details", output_details}});
  Report report;
  const auto told = [&](std::string_view value) {
    const Count count = count_of(value);
    const bool is_said = !value.empty() && value != "null";
    report.is_nonsense = report.is_nonsense || (is_said && !count);
    return count;
  };
  const Count of_input = told(input), of_output = told(output);
  report.prompt = told(prompt);
  report.completion = first_of(told(completion), of_output);
  report.total = told(total);
  report.cached =
      first_of(first_of(count_in(prompt_details, "cached_tokens"), count_in(input_details, "cached_tokens")),
               count_of(cache_read));
  report.reasoning =
      first_of(count_in(completion_details, "reasoning_tokens"), count_in(output_details, "reasoning_tokens"));
  if (!report.prompt) {
    report.prompt = of_input;
    // Anthropic tells what went through the cache beside the input, not within it.
    for (const Count beside : {count_of(cache_read), count_of(cache_creation)}) {
      if (report.prompt && beside) *report.prompt += *beside;
    }
  }
  return report;
}

/// The members of an answer or event, or of the response that it carries, which tell what it is and what it cost.
struct Members {
  std::string_view usage, response, message, object, id, status, background;
};

Members members_of(std::string_view json) {
  Members found;
  read_members(json, {{"usage", found.usage},
                      {"response", found.response},
                      {"message", found.message},
                      {"object", found.object},
                      {"id", found.id},
                      {"status", found.status},
                      {"background", found.background}});
  return found;
}

bool is_at_work(std::string_view status) {
  constexpr std::string_view all[] = {"\"queued\"", "\"in_progress\"", "\"requires_action\"", "\"cancelling\""};
  return std::find(std::begin(all), std::end(all), status) != std::end(all);
}

StreamUsage::Telling telling_of(const Members& members) {
  using Telling = StreamUsage::Telling;
  if (members.object == "\"thread.run\"" && members.status == "\"requires_action\"") return Telling::waits;
  if (members.object == "\"thread.run\"") return is_at_work(members.status) ? Telling::later : Telling::polled;
  if (members.object.starts_with("\"thread") || members.object.starts_with("\"assistant")) return Telling::later;
  if (members.object == "\"chat.completion\"") return Telling::kept;
  if (members.object != "\"response\"") return Telling::once;
  if (members.background != "true") return Telling::kept;
  return is_at_work(members.status) ? Telling::later : Telling::polled;
}

/// All of these have a member `object` but the messages of Anthropic, and events have it within a response.
bool may_tell(const Members& members) {
  return !members.usage.empty() || members.object.starts_with("\"thread") || members.object.starts_with("\"assistant");
}

void merge(std::optional<TokenUsage>& into, const Report& report) {
  if (report.is_nonsense || (!report.prompt && !report.completion && !report.total)) return;
  TokenUsage usage = into.value_or(TokenUsage{});
  usage.prompt = report.prompt.value_or(usage.prompt);
  usage.completion = report.completion.value_or(usage.completion);
  usage.cached = report.cached.value_or(usage.cached);
  usage.reasoning = report.reasoning.value_or(usage.reasoning);
  usage.total = std::max(report.total.value_or(0), usage.prompt + usage.completion);
  into = usage;
}

}  // namespace

std::optional<TokenUsage> usage_of_answer(std::string_view json) {
  StreamUsage usage;
  usage.add(json);
  return usage.usage();
}

void StreamUsage::add(std::string_view data) {
  Members members = members_of(data);
  const bool is_object = members.usage.starts_with('{');
  for (const std::string_view holder : {members.response, members.message}) {
    if (!is_object && holder.starts_with('{')) members = members_of(holder);
  }
  if (!may_tell(members)) return;
  telling_ = telling_of(members);
  if (telling_ == Telling::polled) id_ = members.id;
  if (!members.usage.starts_with('{')) return;
  const bool is_part = members.object == "\"thread.run.step\"" || members.object == "\"thread.run.step.delta\"";
  if (!is_part) merge(usage_, read_usage(members.usage));
}

}  // namespace sluice::ai
