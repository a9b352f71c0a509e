// SPDX-License-Identifier: Apache-2.0
// What the validation policies share: actions, the list of errors in a variable, and how `prevent` ends a section.
// Inline for the reason that message_parts.hpp gives. Source: API Management policy reference, "Content validation
// policies".
#pragma once

#include <sluice/json_value.hpp>
#include <sluice/policy.hpp>

#include "base/json.hpp"
#include "base/message_parts.hpp"
#include "base/variable_part.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::parts {

inline constexpr std::string_view validation_action_names = "ignore prevent detect";
/// In the order of their names.
enum class ValidationAction : std::uint8_t { ignore, prevent, detect };

inline constexpr AttributeSpec errors_variable_attribute = {
    .name = "errors-variable-name", .doc = "Variable that the errors are added to, a list of objects."};

/// What callers read where the details are none of their business.
inline constexpr std::string_view internal_fault =
    "The request could not be processed due to an internal error. Contact the API owner.";

inline Result<ValidationAction> action_of(const Template& action, RequestContext& context) {
  const auto chosen = action.choice(context, validation_action_names);
  if (!chosen) return fail(chosen.error());
  return static_cast<ValidationAction>(*chosen);
}

/// An action that a child has for itself, or its parent's.
inline const Template& own_or(const Template& own, const Template& parent) { return own.is_set() ? own : parent; }

/// Text of a message as it may stand in an error: not too long, and no part of a character.
inline std::string shown_text(std::string_view text) {
  constexpr std::size_t longest = 100;
  std::size_t size = std::min(text.size(), longest);
  while (size > 0 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return std::string(text.substr(0, size));
}

/// One error, as the variable has it.
struct ValidationError {
  std::string name;       ///< Of the parameter or header, or the content type; empty: none.
  std::string_view type;  ///< `RequestBody`, `QueryParameter`, …
  std::string_view rule;  ///< `Unspecified`, `IncorrectMessage`, …; empty: none.
  std::string details;
  bool is_internal = false;  ///< The caller is not told the details.
};

/// The errors of one message, as they are found.
class ValidationReport {
 public:
  ValidationReport(RequestContext& context, std::string_view policy, bool on_request)
      : context_(context), policy_(policy), on_request_(on_request) {}

  /// Notes an error, unless it is to be ignored. What is wrong with an answer is never told to the caller.
  void add(ValidationError error, ValidationAction action) {
    if (action == ValidationAction::ignore) return;
    context_.trace(policy_, action == ValidationAction::prevent ? "error" : "information", error.details);
    write(error, action);
    ++count_;
    if (action != ValidationAction::prevent) return;
    is_prevented_ = true;
    join(details_, error.details);
    join(told_, on_request_ && !error.is_internal ? std::string_view(error.details) : internal_fault);
  }
  std::size_t count() const { return count_; }

  /// Adds the errors to the variable; fails when one of them is to prevent what follows.
  Outcome finish(const std::string& variable) && {
    if (count_ == 0) return Outcome::next();
    if (!variable.empty()) {
      auto kept = keep(VariableName(variable));
      if (!kept) return Outcome::fail(std::move(kept.error()));
    }
    if (!is_prevented_) return Outcome::next();
    const ErrorCode code = on_request_ ? ErrorCode::request_content_invalid : ErrorCode::response_content_invalid;
    return Outcome::fail(Error(code, std::move(details_)).with_wire_message(std::move(told_)));
  }

 private:
  static void join(std::string& to, std::string_view sentence) {
    if (to == sentence) return;  // One internal fault says it for all.
    if (!to.empty()) to += '\n';
    to += sentence;
  }

  void write(const ValidationError& error, ValidationAction action) {
    JsonWriter writer;
    const auto text = [&](std::string_view name, std::string_view value) {
      writer.key(name);
      if (value.empty()) return writer.null();
      writer.value(value);
    };
    writer.begin_object();
    text("Name", error.name);
    text("Type", error.type);
    text("ValidationRule", error.rule);
    text("Details", error.details);
    text("Action", action == ValidationAction::prevent ? "prevent" : "detect");
    writer.end_object();
    if (!items_.empty()) items_ += ',';
    items_ += writer.text();
  }

  Result<void> keep(const VariableName& name) {
    std::string list = "[";
    const Value* earlier = context_.variables.find(name);
    const auto known = earlier == nullptr ? std::nullopt : json_text_of(*earlier, context_);
    if (known && known->size() > 2 && known->starts_with('[')) {
      list += known->substr(1, known->size() - 2) + ',';
    }
    list += items_ + ']';
    const auto value = make_json_value(list, context_);
    if (!value) return fail(value.error());
    return put_variable(context_, name.text, *value);
  }

  RequestContext& context_;
  std::string_view policy_;
  bool on_request_;
  bool is_prevented_ = false;
  std::size_t count_ = 0;
  std::string items_;
  std::string details_;
  std::string told_;
};

}  // namespace sluice::parts
