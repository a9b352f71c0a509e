// SPDX-License-Identifier: Apache-2.0
#include "ai/answer_places.hpp"

namespace sluice::ai {
namespace {

// Channels of a speaker; calls of tools have one each behind these.
constexpr std::uint32_t words = 0, refusal = 1, reasoning = 2, arguments = 3, first_tool = 16;
// Who says the same beside the speaker.
constexpr AnswerSpeaker beside = 1u << 30;

/// Numbers from outside, as part of a speaker or channel.
std::uint32_t small_number(const JsonValue* value, std::uint32_t fallback) {
  constexpr std::int64_t most = 0xFFF;
  const auto number = value != nullptr ? value->integer() : std::nullopt;
  return number && *number >= 0 && *number <= most ? static_cast<std::uint32_t>(*number) : fallback;
}

std::string_view text_of(const JsonValue* value) {
  return value != nullptr ? value->string().value_or(std::string_view()) : std::string_view();
}

class PlaceReader {
 public:
  explicit PlaceReader(AnswerPlaces& answer) : answer_(answer) {}

  void read(const JsonValue& root) {
    if (const JsonValue* choices = root.find("choices")) read_choices(*choices);
    const bool is_kept = text_of(root.find("object")) == "thread.message";
    parts(root.find("content"), {.is_repeat = is_kept});  // Anthropic, threads
    read_list(root);
    if (const JsonValue* output = root.find("output")) items(*output, false);  // Responses
    const std::string_view type = text_of(root.find("type"));
    if (const JsonValue* delta = root.find("delta")) read_delta(root, *delta, type);
    if (const JsonValue* block = root.find("content_block")) {
      add(block->find("text"), {.speaker = small_number(root.find("index"), 0), .channel = words, .is_delta = true});
    }
    if (type.starts_with("response.")) read_repeats(root);
    note_end(type);
  }

 private:
  /// Adds the string; `like` tells the rest.
  void add(const JsonValue* value, AnswerPlace like) {
    if (value == nullptr || !value->is_string() || value->text.empty()) return;
    like.text = value->text;
    like.offset = value->offset;
    answer_.places.push_back(like);
  }

  /// A text or a list of parts with text.
  void parts(const JsonValue* value, const AnswerPlace& like) {
    add(value, like);
    if (value == nullptr) return;
    for (const JsonValue& part : value->items) {
      for (const std::string_view name : {"text", "refusal", "thinking"}) add(part.find(name), like);
      add(part.at({"text", "value"}), like);  // Messages of threads
    }
  }

  /// Messages of a thread: what runs have said.
  void read_list(const JsonValue& root) {
    const JsonValue* data = root.find("data");
    if (data == nullptr) return;
    for (const JsonValue& item : data->items) {
      if (text_of(item.find("object")) == "thread.message") parts(item.find("content"), {.is_repeat = true});
    }
  }

  void read_choices(const JsonValue& choices) {
    std::uint32_t position = 0;
    for (const JsonValue& choice : choices.items) {
      const AnswerSpeaker speaker = small_number(choice.find("index"), position++);
      add(choice.find("text"), {.speaker = speaker, .channel = words, .is_delta = true});
      message(choice.find("message"), {.speaker = speaker});
      message(choice.find("delta"), {.speaker = speaker, .is_delta = true});
      const JsonValue* reason = choice.find("finish_reason");
      if (reason != nullptr && !reason->is_null())
        answer_.ended.insert(answer_.ended.end(), {speaker, speaker | beside});
    }
  }

  void message(const JsonValue* message, AnswerPlace like) {
    if (message == nullptr) return;
    like.channel = words;
    parts(message->find("content"), like);
    like.channel = refusal;
    add(message->find("refusal"), like);
    like.channel = reasoning;
    add(message->find("reasoning_content"), like);
    AnswerPlace other = like;  // Some servers say it under both names, in one event.
    other.speaker |= beside;
    other.is_repeat = true;
    add(message->find("reasoning"), other);
    const JsonValue* calls = message->find("tool_calls");
    if (calls == nullptr) return;
    std::uint32_t position = 0;
    for (const JsonValue& call : calls->items) {
      like.channel = first_tool + 2 * small_number(call.find("index"), position++);
      like.is_json = false;
      add(call.at({"function", "name"}), like);
      like.channel += 1;
      like.is_json = true;
      add(call.at({"function", "arguments"}), like);
    }
  }

  void items(const JsonValue& list, bool is_repeat) {
    for (const JsonValue& item : list.items) read_item(item, is_repeat);
  }

  void read_item(const JsonValue& item, bool is_repeat) {
    parts(item.find("content"), {.is_repeat = is_repeat});
    parts(item.find("summary"), {.is_repeat = true});
    add(item.find("arguments"), {.is_repeat = is_repeat, .is_json = true});
  }

  /// Responses have the text itself as delta, Anthropic's messages an object.
  void read_delta(const JsonValue& root, const JsonValue& delta, std::string_view type) {
    AnswerPlace like{.speaker = small_number(root.find("index"), 0), .is_delta = true};
    if (delta.is_string()) {
      like.speaker = small_number(root.find("output_index"), 0) << 12 | small_number(root.find("content_index"), 0);
      like.is_json = type.find("arguments") != std::string_view::npos;
      like.channel = like.is_json                                       ? arguments
                     : type.find("refusal") != std::string_view::npos   ? refusal
                     : type.find("reasoning") != std::string_view::npos ? reasoning
                                                                        : words;
      add(&delta, like);
    }
    add(delta.find("text"), like);
    if (const JsonValue* content = delta.find("content")) {  // Messages of threads
      for (const JsonValue& part : content->items) {
        like.speaker = small_number(part.find("index"), 0);
        add(part.at({"text", "value"}), like);
      }
      like.speaker = small_number(root.find("index"), 0);
    }
    like.channel = reasoning;
    add(delta.find("thinking"), like);
    like.channel = arguments;
    like.is_json = true;
    add(delta.find("partial_json"), like);
  }

  /// Events of responses that end a text carry all of it.
  void read_repeats(const JsonValue& root) {
    const AnswerPlace like{.is_repeat = true};
    for (const std::string_view name : {"text", "refusal"}) add(root.find(name), like);
    add(root.find("arguments"), {.is_repeat = true, .is_json = true});
    if (const JsonValue* part = root.find("part")) {
      for (const std::string_view name : {"text", "refusal"}) add(part->find(name), like);
    }
    if (const JsonValue* item = root.find("item")) read_item(*item, true);
    if (const JsonValue* output = root.at({"response", "output"})) items(*output, true);
  }

  void note_end(std::string_view type) {
    const bool is_block_end = type == "content_block_stop" || type == "message_delta" || type == "message_stop";
    const bool is_response_end =
        type.starts_with("response.") && (type.ends_with(".done") || type.ends_with(".completed") ||
                                          type.ends_with(".incomplete") || type.ends_with(".failed"));
    answer_.all_ended = is_block_end || is_response_end;
  }

  AnswerPlaces& answer_;
};

}  // namespace

AnswerPlaces read_answer_places(std::string_view json, Arena& arena, const JsonLimits& limits) {
  AnswerPlaces answer;
  const auto root = parse_json(json, arena, limits);
  if (!root) return answer;
  answer.readable = true;
  PlaceReader(answer).read(**root);
  return answer;
}

}  // namespace sluice::ai
