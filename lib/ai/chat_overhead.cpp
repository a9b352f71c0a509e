// SPDX-License-Identifier: Apache-2.0
#include "ai/chat_overhead.hpp"

#include "base/json_members.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace sluice::ai {
namespace {

using tokenizer::Tokenizer;

constexpr std::int64_t tokens_per_message = 3;
constexpr std::int64_t tokens_per_name = 1;
constexpr std::int64_t tokens_to_start_answer = 3;
constexpr std::int64_t tokens_per_call = 3;
constexpr std::int64_t tokens_less_per_result = 2;  ///< A message of the role `function` takes so many less.
constexpr std::int64_t tokens_for_definitions = 9;
/// Definitions stand in a system message, which is there already when the request has one.
constexpr std::int64_t tokens_less_with_system_message = 4;
constexpr std::int64_t tokens_to_forbid_calls = 1;
constexpr std::int64_t tokens_to_demand_call = 4;

std::string_view text_of(const JsonValue* value) {
  return value != nullptr && value->is_string() ? value->text : std::string_view();
}
std::string_view text_of(const JsonValue& object, std::string_view member) { return text_of(object.find(member)); }

/// Calls `visit` with each function that the request defines, in the shapes of chat completions, of responses and of
/// Anthropic, and the older `functions`.
template <class Visit>
void for_each_function(const JsonValue& request, Visit&& visit) {
  for (const std::string_view list : {"functions", "tools"}) {
    const JsonValue* values = request.find(list);
    if (values == nullptr) continue;
    for (const JsonValue& value : values->items) {
      const JsonValue* inner = value.find("function");
      const JsonValue& function = inner != nullptr ? *inner : value;
      if (!text_of(function, "name").empty()) visit(function);
    }
  }
}

/// Writes functions as TypeScript.
class DefinitionWriter {
 public:
  explicit DefinitionWriter(std::string& text) : text_(text) {}

  void write(const JsonValue& request) {
    put({"namespace functions {\n\n"});
    for_each_function(request, [this](const JsonValue& function) { write_function(function); });
    put({"} // namespace functions"});
  }

 private:
  void put(std::initializer_list<std::string_view> texts) {
    for (const std::string_view text : texts) text_ += text;
  }

  void write_function(const JsonValue& function) {
    if (const std::string_view doc = text_of(function, "description"); !doc.empty()) put({"// ", doc, "\n"});
    const JsonValue* parameters = function.find("parameters");
    if (parameters == nullptr) parameters = function.find("input_schema");
    const JsonValue* properties = parameters != nullptr ? parameters->find("properties") : nullptr;
    if (properties == nullptr || properties->members.empty()) {
      put({"type ", text_of(function, "name"), " = () => any;\n\n"});
      return;
    }
    put({"type ", text_of(function, "name"), " = (_: {\n"});
    write_properties(*parameters, 0);
    put({"\n}) => any;\n\n"});
  }

  void indent(unsigned depth) { text_.append(2 * depth, ' '); }

  static bool is_required(const JsonValue& schema, std::string_view name) {
    const JsonValue* required = schema.find("required");
    if (required == nullptr) return false;
    for (const JsonValue& item : required->items) {
      if (text_of(&item) == name) return true;
    }
    return false;
  }

  void write_properties(const JsonValue& schema, unsigned depth) {
    const JsonValue* properties = schema.find("properties");
    if (properties == nullptr) return;
    bool first = true;
    for (const JsonMember& property : properties->members) {
      if (!first) put({"\n"});
      first = false;
      indent(depth);
      if (const std::string_view doc = text_of(property.value, "description"); !doc.empty()) {
        put({"// ", doc, "\n"});
        indent(depth);
      }
      put({property.name, is_required(schema, property.name) ? ": " : "?: "});
      write_type(property.value, depth);
      put({","});
    }
  }

  void write_choices(const JsonValue& choices, std::string_view quote) {
    bool first = true;
    for (const JsonValue& choice : choices.items) {
      put({first ? "" : " | ", quote, choice.text, quote});
      first = false;
    }
  }

  void write_type(const JsonValue& schema, unsigned depth) {
    const std::string_view type = text_of(schema, "type");
    const JsonValue* choices = schema.find("enum");
    if (type == "string") {
      choices != nullptr ? write_choices(*choices, "\"") : put({"string"});
    } else if (type == "number" || type == "integer") {
      choices != nullptr ? write_choices(*choices, "") : put({"number"});
    } else if (type == "boolean" || type == "null") {
      put({type});
    } else if (type == "object" && depth < max_schema_depth) {
      put({"{\n"});
      write_properties(schema, depth + 1);
      put({"\n}"});
    } else if (type == "array") {
      write_items(schema, depth);
    } else {
      put({"any"});  // Nothing is published of unions and references.
    }
  }

  void write_items(const JsonValue& schema, unsigned depth) {
    // Arrays of arrays go down without braces.
    unsigned arrays = 1;
    const JsonValue* items = schema.find("items");
    while (items != nullptr && text_of(*items, "type") == "array") {
      ++arrays;
      items = items->find("items");
    }
    items != nullptr ? write_type(*items, depth) : put({"any"});
    for (unsigned i = 0; i < arrays; ++i) put({"[]"});
  }

  std::string& text_;
};

bool has_functions(const JsonValue& request) {
  bool found = false;
  for_each_function(request, [&found](const JsonValue&) { found = true; });
  return found;
}

/// What calls and names add to a message, and its marks. Arguments of calls are among the prompt's texts.
std::int64_t message_overhead(const JsonValue& message, const Tokenizer& tokens) {
  const auto count = [&tokens](std::string_view text) { return static_cast<std::int64_t>(tokens.count(text)); };
  static constexpr std::array<std::string_view, 4> names = {"role", "name", "function_call", "tool_calls"};
  const auto [said_by, named, called, calls] = find_members(message, names);
  const std::string_view role = text_of(said_by), name = text_of(named);
  const bool is_one_token =
      tokens.encoding() != tokenizer::Encoding::p50k_base &&
      std::find(roles_of_one_token.begin(), roles_of_one_token.end(), role) != roles_of_one_token.end();
  std::int64_t overhead = tokens_per_message + (is_one_token ? 1 : count(role));
  if (!name.empty()) overhead += tokens_per_name + count(name);
  if (role == "function") overhead -= tokens_less_per_result;
  if (called != nullptr && called->is_object()) overhead += tokens_per_call + count(text_of(*called, "name"));
  if (calls != nullptr) {
    for (const JsonValue& call : calls->items)
      overhead += tokens_per_call + count(text_of(call.at({"function", "name"})));
  }
  return overhead;
}

/// `function_call` or `tool_choice`: whether a function must or must not be called.
std::int64_t choice_overhead(const JsonValue& request, const Tokenizer& tokens) {
  for (const std::string_view member : {"function_call", "tool_choice"}) {
    const JsonValue* choice = request.find(member);
    if (choice == nullptr) continue;
    if (text_of(choice) == "none") return tokens_to_forbid_calls;
    const JsonValue* inner = choice->find("function");
    const std::string_view name = text_of(inner != nullptr ? *inner : *choice, "name");
    if (!name.empty()) return tokens_to_demand_call + static_cast<std::int64_t>(tokens.count(name));
  }
  return 0;
}

bool is_system(const JsonValue& message) {
  const std::string_view role = text_of(message, "role");
  return role == "system" || role == "developer";
}

/// The first system message gets a newline at its end when definitions follow it.
void add_definitions(const Prompt& prompt, const Tokenizer& tokens, ChatOverhead& overhead) {
  overhead.has_definitions = true;
  overhead.tokens += tokens_for_definitions + choice_overhead(*prompt.root, tokens);
  const auto system = std::find_if(prompt.chat.begin(), prompt.chat.end(),
                                   [](const PromptMessage& each) { return is_system(*each.message); });
  if (system == prompt.chat.end()) return;
  overhead.tokens -= tokens_less_with_system_message;
  const std::size_t behind = system + 1 == prompt.chat.end() ? prompt.texts.size() : (system + 1)->first_text;
  if (behind > system->first_text) {
    overhead.text_with_newline = behind - 1;
  } else {
    overhead.tokens += static_cast<std::int64_t>(tokens.count("\n"));
  }
}

}  // namespace

ChatOverhead chat_overhead(const Prompt& prompt, const Tokenizer& tokens) {
  ChatOverhead overhead;
  if (prompt.root == nullptr) return overhead;
  overhead.tokens = prompt.chat.empty() ? 0 : tokens_to_start_answer;
  for (const PromptMessage& message : prompt.chat) overhead.tokens += message_overhead(*message.message, tokens);
  if (has_functions(*prompt.root)) add_definitions(prompt, tokens, overhead);
  return overhead;
}

std::string definitions_text(const JsonValue& request) {
  std::string text;
  if (has_functions(request)) DefinitionWriter(text).write(request);
  return text;
}

}  // namespace sluice::ai
