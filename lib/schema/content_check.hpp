// SPDX-License-Identifier: Apache-2.0
// What validate-content does with one body: its size, its content type as the map has it, and the definition that this
// content type has. Inline for the reason that base/message_parts.hpp gives.
#pragma once

#include "base/current_message.hpp"
#include "base/inflate.hpp"
#include "base/validation_parts.hpp"
#include "schema/content_rules.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::parts {

/// The largest body that the service validates.
inline constexpr std::int64_t most_validated_bytes = 4 << 20;

struct TypeReplacement {
  std::string from, to;
  Template when;
};

/// <validate-content>, compiled.
struct ContentChecks {
  Template unspecified, max_size, size_exceeded;
  std::string any_type, missing_type;
  std::vector<TypeReplacement> replacements;
  std::vector<ContentRule> contents;
  std::vector<SpecifiedContent> specified;
  std::string variable;
  bool on_request = true;
};

/// One message held against them.
class ContentCheck {
 public:
  ContentCheck(const ContentChecks& config, RequestContext& context)
      : config_(config),
        context_(context),
        message_(current_message(context, config.on_request)),
        report_(context, "validate-content", config.on_request),
        status_(config.on_request ? 0 : context.response.status) {}

  Task<Outcome> run() {
    const auto most = config_.max_size.integer(context_, 1, most_validated_bytes);
    if (!most) co_return Outcome::fail(most.error());
    auto fits = check_size(static_cast<std::uint64_t>(*most), message_.body.length());
    if (!fits) co_return Outcome::fail(std::move(fits.error()));
    if (!*fits) co_return finish();
    if (message_.body.is_stream()) {
      auto read = co_await buffer_body(message_.body, context_.arena,
                                       context_.services.limits.request.buffered_body_bytes, message_.too_large);
      if (!read) co_return Outcome::fail(std::move(read.error()));
    }
    fits = decode(static_cast<std::uint64_t>(*most));
    if (!fits) co_return Outcome::fail(std::move(fits.error()));
    if (!*fits) co_return finish();
    auto checked = check_content();
    if (!checked) co_return Outcome::fail(std::move(checked.error()));
    co_return finish();
  }

 private:
  Outcome finish() { return std::move(report_).finish(config_.variable); }
  std::string_view body_kind() const { return config_.on_request ? "RequestBody" : "ResponseBody"; }
  std::string what() const { return config_.on_request ? "request" : "response"; }

  /// Undoes a content coding. False when the body is larger than it may be then.
  Result<bool> decode(std::uint64_t most) {
    const std::string_view body = message_.body.data();
    const std::size_t limit = decoded_limit(body.size(), context_.services.limits.request.buffered_body_bytes);
    const std::string_view coding = message_.headers.joined("Content-Encoding").value_or("");
    const auto decoded = inflate_body(body, coding, context_.arena, limit);
    if (decoded) {
      content_ = *decoded;
      return check_size(most, content_.size());
    }
    if (decoded.error() == InflateError::too_large && limit >= most) {
      return refuse_size(most, "more than " + std::to_string(limit));
    }
    problem_ = decoded.error() == InflateError::too_large   ? "it is too large to be decoded"
               : decoded.error() == InflateError::malformed ? "it is not coded as it says"
                                                            : "it is coded as '" + shown_text(coding) + "'";
    return true;
  }

  /// False when the body is larger: it is not looked at further.
  Result<bool> check_size(std::uint64_t most, std::optional<std::uint64_t> size) {
    if (!size || *size <= most) return true;
    return refuse_size(most, std::to_string(*size));
  }
  Result<bool> refuse_size(std::uint64_t most, const std::string& size) {
    const auto action = action_of(config_.size_exceeded, context_);
    if (!action) return fail(action.error());
    report_.add({{},
                 body_kind(),
                 "SizeLimit",
                 (config_.on_request ? "Request's" : "Response's") + std::string(" body is ") + size +
                     " bytes long and it exceeds the configured limit of " + std::to_string(most) + " bytes."},
                *action);
    return false;
  }

  /// The content type as the map has it; empty: there is none.
  Result<std::string_view> content_type() {
    const std::string_view sent = media_type(message_.headers.get("Content-Type"));
    for (const TypeReplacement& each : config_.replacements) {
      if (!each.from.empty() && !equal_ignoring_case(each.from, sent)) continue;
      if (each.when.is_set()) {
        const auto when = each.when.boolean(context_);
        if (!when) return fail(when.error());
        if (!*when) continue;
      }
      return std::string_view(each.to);
    }
    if (!config_.any_type.empty()) return std::string_view(config_.any_type);
    return sent.empty() ? std::string_view(config_.missing_type) : sent;
  }

  bool is_specified(std::string_view type) const {
    return std::any_of(config_.specified.begin(), config_.specified.end(), [&](const SpecifiedContent& each) {
      return each.status == status_ && equal_ignoring_case(each.type, type);
    });
  }

  /// The rule that names the type, else the first one for all types.
  const ContentRule* rule_for(std::string_view type) const {
    const ContentRule* general = nullptr;
    for (const ContentRule& rule : config_.contents) {
      if (!rule.speaks_of(type)) continue;
      if (!rule.type.empty()) return &rule;
      if (general == nullptr) general = &rule;
    }
    return general;
  }

  Result<void> check_content() {
    if (message_.is_empty() && !message_.headers.contains("Content-Type")) return {};
    const auto type = content_type();
    if (!type) return fail(type.error());
    const std::string name = shown_text(*type);
    const ContentRule* rule = rule_for(*type);
    if (!is_specified(*type) && (rule == nullptr || !rule->has_service)) return refuse_type(name);
    if (rule == nullptr) return {};
    const auto action = action_of(rule->action, context_);
    if (!action) return fail(action.error());
    if (*action == ValidationAction::ignore) return {};
    const schema::BodyDefinition* definition = rule->find(status_, *type);
    if (definition == nullptr) return note_missing(*rule, name, *action);
    if (!definition->problem().empty()) {
      report_.add({{},
                   "ApiSchema",
                   {},
                   "The schema '" + definition->name() + "' could not be resolved: " + definition->problem(),
                   true},
                  *action);
      return {};
    }
    check_body(*definition, name, *action);
    return {};
  }

  Result<void> refuse_type(const std::string& type) {
    const auto action = action_of(config_.unspecified, context_);
    if (!action) return fail(action.error());
    report_.add({type, body_kind(), "Unspecified", "Unspecified content type " + type + " is not allowed."}, *action);
    return {};
  }

  Result<void> note_missing(const ContentRule& rule, const std::string& type, ValidationAction action) {
    if (rule.has_service) {
      report_.add({{}, "ApiSchema", {}, "The schema does not exist.", true}, action);
    } else {
      report_.add(
          {type, body_kind(), "MissingDefinition",
           "The API's schema does not contain a definition that is associated with the content type " + type + ".",
           true},
          action);
    }
    return {};
  }

  void check_body(const schema::BodyDefinition& definition, const std::string& type, ValidationAction action) {
    schema::CheckResult result;
    if (problem_.empty()) {
      result = definition.check(content_, context_.services.limits.content);
    } else {
      result.failure = problem_;
    }
    if (!result.failure.empty()) {
      report_.add(
          {type, body_kind(), "ValidationException",
           "Body of the " + what() + " cannot be validated for the content type " + type + ": " + result.failure + ".",
           true},
          action);
    }
    for (const schema::Finding& finding : result.findings) {
      report_.add({type, body_kind(), "IncorrectMessage",
                   "Body of the " + what() + " does not conform to the definition " + definition.name() +
                       ", which is associated with the content type " + type + ". " + text_of(finding)},
                  action);
    }
  }
  static std::string text_of(const schema::Finding& finding) {
    std::string text = finding.message;
    if (!finding.path.empty()) text += " Path '" + finding.path + "'.";
    if (finding.place.line == 0) return text;
    text += " Line: " + std::to_string(finding.place.line);
    return text + ", Position: " + std::to_string(finding.place.position);
  }

  const ContentChecks& config_;
  RequestContext& context_;
  CurrentMessage message_;
  ValidationReport report_;
  int status_;
  std::string_view content_;  ///< The body without its coding.
  std::string problem_;       ///< Not empty: why there is none.
};

}  // namespace sluice::parts
