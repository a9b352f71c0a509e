// SPDX-License-Identifier: Apache-2.0
// One walk over the known places of the tree; nothing recursive, so that the depth of a body costs nothing here.
#include "ai/prompt.hpp"

#include "ai/json_skim.hpp"
#include "base/json_members.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory_resource>
#include <vector>

namespace sluice::ai {
namespace {

constexpr std::array<std::string_view, 24> deciding_fields = {"model",
                                                              "stream",
                                                              "max_tokens",
                                                              "max_completion_tokens",
                                                              "max_output_tokens",
                                                              "n",
                                                              "best_of",
                                                              "tools",
                                                              "functions",
                                                              "messages",
                                                              "input",
                                                              "prompt",
                                                              "system",
                                                              "instructions",
                                                              "role",
                                                              "content",
                                                              "text",
                                                              "output",
                                                              "arguments",
                                                              "refusal",
                                                              "thinking",
                                                              "tool_calls",
                                                              "function",
                                                              "function_call"};

/// Whether a name stands twice, which hardly ever happens: nearly all objects are as small as this.
bool may_be_doubled(std::span<const JsonMember> members) {
  constexpr std::size_t few = 16;
  if (members.size() > few) return true;
  for (std::size_t i = 1; i < members.size(); ++i) {
    for (std::size_t before = 0; before < i; ++before) {
      if (members[before].name == members[i].name) return true;
    }
  }
  return false;
}

/// A token of sound is a tenth of a second; of 24,000 samples a second, or of 128 kbit/s.
constexpr std::size_t plain_bytes_per_token = 4'800, packed_bytes_per_token = 1'600;

/// The name of a deciding member that the object holds twice.
std::string_view doubled_member(const JsonValue& object) {
  if (!may_be_doubled(object.members)) return {};
  for (const std::string_view name : deciding_fields) {
    bool seen = false;
    for (const JsonMember& member : object.members) {
      if (member.name != name) continue;
      if (seen) return name;
      seen = true;
    }
  }
  return {};
}

class PromptReader {
 public:
  explicit PromptReader(Prompt& prompt) : prompt_(prompt) {}

  void read(const JsonValue& root, Arena& arena) {
    read_root(root);
    prompt_.texts = kept(texts_, arena);
    prompt_.chat = kept(chat_, arena);
  }

 private:
  template <class Item>
  static std::span<const Item> kept(const std::pmr::vector<Item>& items, Arena& arena) {
    const auto all = arena.make_array<Item>(items.size());
    std::copy(items.begin(), items.end(), all.begin());
    return all;
  }

  void read_root(const JsonValue& root) {
    static constexpr std::array<std::string_view, 8> names = {
        "stream", "model", "system", "instructions", "additional_instructions", "messages", "input", "prompt"};
    note_doubled(root);
    const auto [stream, model, system, instructions, additional, messages, input, prompt] = find_members(root, names);
    if (stream != nullptr) prompt_.stream = stream->boolean().value_or(false);
    if (model != nullptr) prompt_.model = model->string().value_or(std::string_view());
    prompt_.encoding = tokenizer::encoding_of_model(prompt_.model);
    for (const JsonValue* told : {system, instructions, additional}) {
      if (told != nullptr) content(*told, PromptRole::system);
    }
    for (const JsonValue* asked : {messages, input, prompt}) {
      if (asked != nullptr) items(*asked);
    }
    of_assistants(root);
  }

  /// A message for a thread is a body of its own; runs may bring some, those that make a thread bring it.
  void of_assistants(const JsonValue& root) {
    static constexpr std::array<std::string_view, 5> names = {"role", "content", "additional_messages", "thread",
                                                              "tool_outputs"};
    const auto [role, content, messages, thread, outputs] = find_members(root, names);
    if (role != nullptr && content != nullptr) message(root);
    if (messages != nullptr) items(*messages);
    const JsonValue* const of_thread = thread != nullptr ? thread->find("messages") : nullptr;
    if (of_thread != nullptr) items(*of_thread);
    if (outputs != nullptr) items(*outputs);
  }

  void note_doubled(const JsonValue& object) {
    if (prompt_.doubled_field.empty()) prompt_.doubled_field = doubled_member(object);
  }

  void add(PromptRole role, const JsonValue& string, bool is_json = false) {
    if (!string.text.empty()) texts_.push_back({role, string.text, string.offset, is_json});
  }

  /// `messages`, `input` or `prompt`: a text, or a list of texts, of token numbers, of lists of them, or of messages.
  void items(const JsonValue& value) {
    if (value.is_string()) add(PromptRole::user, value);
    for (const JsonValue& item : value.items) {
      if (item.is_string()) {
        add(PromptRole::user, item);
      } else if (item.is_number()) {
        ++prompt_.token_ids;
      } else if (item.is_array()) {
        prompt_.token_ids += static_cast<std::int64_t>(item.items.size());
      } else if (item.is_object()) {
        message(item);
      }
    }
  }

  void message(const JsonValue& message) {
    note_doubled(message);
    ++prompt_.messages;
    chat_.push_back({&message, texts_.size()});
    static constexpr std::array<std::string_view, 8> names = {"role",      "content",       "text",       "output",
                                                              "arguments", "function_call", "tool_calls", "type"};
    const auto [said_by, said, text, output, arguments, called, calls, type] = find_members(message, names);
    const std::string_view name =
        said_by != nullptr ? said_by->string().value_or(std::string_view()) : std::string_view();
    const PromptRole role = name == "system" || name == "developer" ? PromptRole::system : PromptRole::user;
    // The latter are of items of responses without a role: texts, results of tools, calls of tools.
    for (const JsonValue* words : {said, text, output}) {
      if (words != nullptr) content(*words, role);
    }
    if (arguments != nullptr) content(*arguments, role, true);
    if (called != nullptr) call(*called, role);
    if (calls != nullptr) {
      for (const JsonValue& each : calls->items) {
        note_doubled(each);
        if (const JsonValue* function = each.find("function")) call(*function, role);
      }
    }
    if (type != nullptr) count_image(message, *type);
  }

  void call(const JsonValue& function, PromptRole role) {
    note_doubled(function);
    if (const JsonValue* arguments = function.find("arguments")) content(*arguments, role, true);
  }

  /// A text, or a list of parts: texts, images, results of tools.
  void content(const JsonValue& value, PromptRole role, bool is_json = false) {
    if (value.is_string()) add(role, value, is_json);
    for (const JsonValue& part : value.items) {
      if (part.is_string()) add(role, part);
      if (!part.is_object()) continue;
      note_doubled(part);
      for (const std::string_view member : {"text", "refusal", "content", "thinking"}) {
        const JsonValue* text = part.find(member);
        if (text == nullptr) continue;
        if (text->is_string()) add(role, *text);
        // The result of a tool holds parts of its own.
        for (const JsonValue& inner : text->items) {
          if (const JsonValue* piece = inner.find("text"); piece != nullptr && piece->is_string()) add(role, *piece);
          if (const JsonValue* type = inner.find("type")) count_image(inner, *type);
        }
      }
      if (const JsonValue* type = part.find("type")) count_image(part, *type);
    }
  }

  /// An image, or a sound.
  void count_image(const JsonValue& part, const JsonValue& type) {
    const std::string_view name = type.string().value_or(std::string_view());
    for (const std::string_view image : {"image_url", "input_image", "image", "image_file"}) {
      if (name == image) ++prompt_.images;
    }
    if (name != "input_audio") return;
    const JsonValue* data = part.at({"input_audio", "data"});
    const JsonValue* format = part.at({"input_audio", "format"});
    const bool is_packed = format == nullptr || (format->text != "wav" && format->text != "pcm16");
    if (data == nullptr) return;
    const std::size_t bytes = data->text.size() / 4 * 3;  // Base64
    prompt_.audio_tokens +=
        static_cast<std::int64_t>(bytes / (is_packed ? packed_bytes_per_token : plain_bytes_per_token)) + 1;
  }

  Prompt& prompt_;
  // Room for what most requests need, so that reading them allocates nothing but in the arena.
  std::array<std::byte, 2048> room_;
  std::pmr::monotonic_buffer_resource memory_{room_.data(), room_.size()};
  std::pmr::vector<PromptText> texts_{&memory_};
  std::pmr::vector<PromptMessage> chat_{&memory_};
};

/// Notes a field that decides and is written with escapes: whoever reads fields as they are written would not see it.
void note_disguised(Prompt& prompt, std::string_view body, Arena& arena) {
  for_each_json_member(body, [&](std::string_view name, std::string_view) {
    if (name.find('\\') == std::string_view::npos) return;
    const auto plain = parse_json({name.data() - 1, name.size() + 2}, arena);
    const bool decides =
        plain && std::find(deciding_fields.begin(), deciding_fields.end(), (*plain)->text) != deciding_fields.end();
    if (decides) prompt.disguised_field = (*plain)->text;
  });
}

}  // namespace

Prompt read_prompt(std::string_view body, Arena& arena, const JsonLimits& limits) {
  Prompt prompt;
  const auto root = parse_json(body, arena, limits, JsonText::viewed);
  if (!root || !(*root)->is_object()) return prompt;
  prompt.readable = true;
  prompt.root = *root;
  PromptReader(prompt).read(**root, arena);
  if (body.find("\\u00") != std::string_view::npos) note_disguised(prompt, body, arena);
  return prompt;
}

}  // namespace sluice::ai
