// SPDX-License-Identifier: Apache-2.0
#include "ai/asked_usage.hpp"

#include "ai/json_skim.hpp"
#include "base/text.hpp"
#include "base/url.hpp"

#include <tuple>
#include <utility>

namespace sluice::ai {
namespace {

/// The first version of Azure OpenAI that takes `stream_options`; later ones compare greater, names of no date too.
constexpr std::string_view first_version = "2024-09-01";

std::string_view version_in(std::string_view query) {
  QueryReader reader(query);
  while (const auto item = reader.next()) {
    if (item->has_value && item->name == "api-version") return item->value;
  }
  return {};
}

/// The one member of that name, null when there is none; nothing when there are several.
std::optional<const JsonValue*> only_member(const JsonValue& object, std::string_view name) {
  const JsonValue* found = nullptr;
  for (const JsonMember& member : object.members) {
    if (member.name != name) continue;
    if (found != nullptr) return std::nullopt;
    found = &member.value;
  }
  return found;
}

/// `body` with `text` in the place of `length` bytes at `at`.
AskingBody spliced(std::string_view body, std::size_t at, std::size_t length, std::string_view text, Arena& arena) {
  return {arena.concat({body.substr(0, at), text, body.substr(at + length)})};
}

constexpr std::size_t null_length = 4, false_length = 5;

/// The data of an event without its last member of that name, whose value is `value`.
std::string without_member(std::string_view data, std::string_view name, std::string_view value) {
  auto begin = static_cast<std::size_t>(name.data() - data.data()) - 1;  // its quote
  auto end = static_cast<std::size_t>(value.data() - data.data()) + value.size();
  const std::size_t behind = data.find_first_not_of(" \t\r\n", end);
  const std::size_t before = data.find_last_not_of(" \t\r\n", begin - 1);
  if (behind != std::string_view::npos && data[behind] == ',') {
    end = behind + 1;
  } else if (data[before] == ',') {
    begin = before;
  }
  return std::string(data.substr(0, begin)).append(data.substr(end));
}

}  // namespace

bool can_be_asked_for_usage(std::string_view path, std::string_view query) {
  if (!path.ends_with("/completions")) return false;
  const bool is_deployment = path.find("/deployments/") != std::string_view::npos;
  const std::string_view version = version_in(query);
  if (version.empty()) return !is_deployment;
  return (is_deployment || path.find("/v1/") != std::string_view::npos) && version >= first_version;
}

std::optional<AskingBody> asking_for_usage(const Prompt& prompt, std::string_view body, Arena& arena) {
  if (prompt.root == nullptr || !prompt.stream) return std::nullopt;
  const auto options = only_member(*prompt.root, "stream_options");
  if (!options) return std::nullopt;
  if (*options == nullptr) {
    AskingBody asking = spliced(body, body.rfind('}'), 0, R"(,"stream_options":{"include_usage":true})", arena);
    asking.is_appended = true;
    return asking;
  }
  if ((*options)->is_null()) return spliced(body, (*options)->offset, null_length, R"({"include_usage":true})", arena);
  if (!(*options)->is_object()) return std::nullopt;
  const auto asked = only_member(**options, "include_usage");
  if (!asked) return std::nullopt;
  if (*asked == nullptr) {
    const bool is_alone = (*options)->members.empty();
    return spliced(body, (*options)->offset + 1, 0, is_alone ? R"("include_usage":true)" : R"("include_usage":true,)",
                   arena);
  }
  if ((*asked)->is_null()) return spliced(body, (*asked)->offset, null_length, "true", arena);
  if ((*asked)->boolean() != false) return std::nullopt;
  return spliced(body, (*asked)->offset, false_length, "true", arena);
}

void UsageFilter::feed(std::string_view bytes, std::string& out) {
  while (!is_passing_) {
    const auto event = cutter_.next(bytes);
    if (!event) break;
    take(*event, out);
  }
  if (!is_passing_ && cutter_.is_too_long()) {
    is_passing_ = true;
    out += cutter_.finish()->bytes;
  }
  if (is_passing_) out += bytes;
}

void UsageFilter::finish(std::string& out) {
  if (const auto event = cutter_.finish()) take(*event, out);
}

void UsageFilter::take(const CutEvent& event, std::string& out) {
  if (event.goes_on && is_taken_out_) return;
  is_taken_out_ = false;
  std::string_view choices, usage, name;
  if (event.data.find("\"usage\"") != std::string_view::npos) {
    for_each_json_member(event.data, [&](std::string_view member, std::string_view value) {
      if (member == "choices") choices = value;
      if (member == "usage") std::tie(name, usage) = std::pair(member, value);
    });
  }
  const bool has_no_choice = choices.starts_with('[') && trim(choices.substr(1, choices.size() - 2)).empty();
  if (has_no_choice && usage.starts_with('{')) {
    is_taken_out_ = true;
    on_usage_(event.data);
  } else if (usage == "null" && !choices.empty() && event.is_in_place()) {
    const auto before = static_cast<std::size_t>(event.data.data() - event.bytes.data());
    out.append(event.bytes.substr(0, before)).append(without_member(event.data, name, usage));
    out += event.bytes.substr(before + event.data.size());
  } else {
    out += event.bytes;
  }
}

}  // namespace sluice::ai
