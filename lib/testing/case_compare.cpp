// SPDX-License-Identifier: Apache-2.0
#include "testing/case_compare.hpp"

#include "base/crypto_certificate.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace sluice::testing {
namespace {

/// Most of a text that a difference shows.
constexpr std::size_t shown_bytes = 400;

std::string shown(std::string_view text) {
  std::string result;
  append_json_string(result, text.substr(0, shown_bytes));
  return text.size() > shown_bytes ? result + "…" : result;
}

std::string listed(const std::vector<std::string>& values) {
  if (values.empty()) return "nothing";
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ", ") + shown(value);
  return text;
}

class Comparison {
 public:
  CaseFindings findings;

  void differ(int line, const std::string& what, const std::string& expected, const std::string& got) {
    findings.push_back({line, what + ": expected " + expected + ", got " + got});
  }

  void text(int line, const std::string& what, const std::optional<std::string>& expected, const std::string& got) {
    if (expected && *expected != got) differ(line, what, shown(*expected), shown(got));
  }

  /// `null`: absent; a list: several lines; a text: one.
  void fields(const YAML::Node& expected, const std::string& what, const FieldList& got) {
    if (!expected || !expected.IsMap()) return;
    for (const auto& member : expected) {
      const std::string& name = member.first.Scalar();
      std::vector<std::string> wanted;
      if (member.second.IsSequence()) {
        for (const YAML::Node& value : member.second) wanted.push_back(value.Scalar());
      } else if (!is_null(member.second)) {
        wanted.push_back(member.second.Scalar());
      }
      std::vector<std::string> found;
      for (const auto& [field, value] : got) {
        if (equal_ignoring_case(field, name)) found.push_back(value);
      }
      if (wanted != found) differ(line_of(member.first), what + " " + name, listed(wanted), listed(found));
    }
  }

  void json(const YAML::Node& expected, const std::string& what, const std::string& got) {
    if (!expected.IsDefined()) return;
    const std::string wanted = to_json(expected);
    Arena arena;
    const auto left = parse_json(wanted, arena);
    const auto right = parse_json(got, arena);
    if (left && right && equal(**left, **right)) return;
    differ(line_of(expected), what + " as JSON", wanted, right ? got.substr(0, shown_bytes) : "no JSON: " + shown(got));
  }

 private:
  static bool equal(const JsonValue& left, const JsonValue& right) {
    if (left.kind != right.kind) return false;
    switch (left.kind) {
      case JsonKind::null: return true;
      case JsonKind::boolean: return left.truth == right.truth;
      case JsonKind::string: return left.text == right.text;
      case JsonKind::number: return left.text == right.text || left.number() == right.number();
      case JsonKind::array:
        return std::equal(left.items.begin(), left.items.end(), right.items.begin(), right.items.end(), equal);
      case JsonKind::object:
        return left.members.size() == right.members.size() &&
               std::all_of(left.members.begin(), left.members.end(), [&](const JsonMember& member) {
                 const JsonValue* other = right.find(member.name);
                 return other != nullptr && equal(member.value, *other);
               });
    }
    return false;
  }
};

std::string describe_calls(const std::vector<RecordedCall>& calls) {
  std::vector<std::string> texts;
  for (const RecordedCall& call : calls) texts.push_back(call.method + " " + call.url);
  return listed(texts);
}

/// Of the certificate that the backend is shown.
std::string shown_subject(const RecordedCall& call) {
  if (call.tls.certificate.empty()) return {};
  const auto certificate = read_certificate(call.tls.certificate);
  return certificate ? certificate->subject : "no certificate: " + certificate.error();
}

void compare_calls(const Expectation& expect, const BenchAnswer& answer, Comparison& comparison) {
  if (!expect.backend) return;
  if (expect.backend->size() != answer.calls.size()) {
    comparison.differ(expect.line, "calls to backends", std::to_string(expect.backend->size()),
                      std::to_string(answer.calls.size()) + ": " + describe_calls(answer.calls));
  }
  for (std::size_t i = 0; i < std::min(expect.backend->size(), answer.calls.size()); ++i) {
    const ExpectedCall& wanted = (*expect.backend)[i];
    const RecordedCall& call = answer.calls[i];
    const std::string what = "call " + std::to_string(i + 1) + ": ";
    comparison.text(wanted.line, what + "method", wanted.method, call.method);
    comparison.text(wanted.line, what + "URL", wanted.url, call.url);
    comparison.text(wanted.line, what + "body", wanted.body, call.body);
    comparison.text(wanted.line, what + "proxy", wanted.proxy, call.proxy);
    comparison.text(wanted.line, what + "authorization of the proxy", wanted.proxy_authorization,
                    call.proxy_authorization);
    comparison.text(wanted.line, what + "certificate", wanted.certificate, shown_subject(call));
    comparison.fields(wanted.headers, what + "header", call.headers);
    comparison.json(wanted.json, what + "body", call.body);
  }
}

void compare_variables(const Expectation& expect, const BenchAnswer& answer, Comparison& comparison) {
  if (!expect.variables || !expect.variables.IsMap()) return;
  for (const auto& member : expect.variables) {
    const auto found = answer.variables.find(member.first.Scalar());
    const bool is_set = found != answer.variables.end();
    const std::string what = "variable " + member.first.Scalar();
    const int line = line_of(member.first);
    if (is_null(member.second)) {
      if (is_set) comparison.differ(line, what, "none", shown(found->second));
    } else if (!is_set) {
      comparison.differ(line, what, shown(member.second.Scalar()), "none");
    } else {
      comparison.text(line, what, member.second.Scalar(), found->second);
    }
  }
}

void compare_last_error(const Expectation& expect, const BenchAnswer& answer, Comparison& comparison) {
  if (!expect.last_error.IsDefined()) return;
  const int line = line_of(expect.last_error);
  if (is_null(expect.last_error)) {
    if (answer.last_error) {
      comparison.differ(line, "last error", "none", answer.last_error->source + ": " + answer.last_error->message);
    }
    return;
  }
  if (!answer.last_error) {
    comparison.differ(line, "last error", "one", "none");
    return;
  }
  const BenchError& error = *answer.last_error;
  CaseMap fields(expect.last_error, "the last error", comparison.findings);
  comparison.text(line, "last error's source", fields.optional_text("source"), error.source);
  comparison.text(line, "last error's reason", fields.optional_text("reason"), error.reason);
  comparison.text(line, "last error's message", fields.optional_text("message"), error.message);
  comparison.text(line, "last error's scope", fields.optional_text("scope"), error.scope);
  comparison.text(line, "last error's section", fields.optional_text("section"), error.section);
  comparison.text(line, "last error's path", fields.optional_text("path"), error.path);
  comparison.text(line, "last error's policy id", fields.optional_text("policy_id"), error.policy_id);
  fields.finish();
}

void compare_metrics(const Expectation& expect, const RecordingTelemetry& telemetry, Comparison& comparison) {
  if (!expect.metrics || !expect.metrics.IsMap()) return;
  for (const auto& member : expect.metrics) {
    const auto value = telemetry.counter(member.first.Scalar());
    const std::string what = "metric " + member.first.Scalar();
    const int line = line_of(member.first);
    const auto wanted = is_null(member.second) ? std::nullopt : parse_double(member.second.Scalar());
    if (wanted == value) continue;
    std::vector<std::string> known;
    for (const auto& [name, count] : telemetry.counters()) known.push_back(name);
    comparison.differ(line, what, wanted ? member.second.Scalar() : "none",
                      value ? std::to_string(*value) : "none; there are " + listed(known));
  }
}

}  // namespace

CaseFindings compare_answer(const Expectation& expect, const BenchAnswer& answer, const RecordingTelemetry& telemetry) {
  Comparison comparison;
  if (answer.is_stuck) comparison.findings.push_back({expect.line, "the request waits for something that never comes"});
  if (expect.status && *expect.status != answer.status) {
    comparison.differ(
        expect.line, "status", std::to_string(*expect.status),
        std::to_string(answer.status) + " " + shown(answer.body) +
            (answer.last_error ? " after the error of " + answer.last_error->source + ": " + answer.last_error->message
                               : std::string()));
  }
  comparison.text(expect.line, "reason", expect.reason, answer.reason);
  comparison.fields(expect.headers, "header", answer.headers);
  comparison.text(expect.line, "body", expect.body, answer.body);
  for (const std::string& part : expect.body_contains) {
    if (answer.body.find(part) == std::string::npos) {
      comparison.differ(expect.line, "body", "one that holds " + shown(part), shown(answer.body));
    }
  }
  comparison.json(expect.json, "body", answer.body);
  if (expect.is_cut && *expect.is_cut == answer.is_complete && !answer.is_stuck) {
    comparison.differ(expect.line, "end of the body", *expect.is_cut ? "broken off" : "whole",
                      *expect.is_cut ? "whole" : "broken off");
  }
  compare_calls(expect, answer, comparison);
  compare_variables(expect, answer, comparison);
  compare_last_error(expect, answer, comparison);
  compare_metrics(expect, telemetry, comparison);
  if (expect.trace.IsDefined()) {
    std::vector<std::string> wanted;
    for (const YAML::Node& message : expect.trace) wanted.push_back(message.Scalar());
    if (wanted != answer.trace) comparison.differ(line_of(expect.trace), "trace", listed(wanted), listed(answer.trace));
  }
  if (expect.elapsed && *expect.elapsed != answer.elapsed) {
    comparison.differ(expect.line, "time taken", std::to_string(expect.elapsed->count()) + "ms",
                      std::to_string(answer.elapsed.count() / 1000.0) + "ms");
  }
  return std::move(comparison.findings);
}

std::string diagnostic_text(const Diagnostic& diagnostic) {
  return std::string(to_string(diagnostic.severity)) + " " + diagnostic.code + " " +
         std::to_string(diagnostic.pos.line) + ":" + std::to_string(diagnostic.pos.column);
}

CaseFindings compare_diagnostics(const std::vector<std::string>& expected, int line, const Diagnostics& diagnostics) {
  std::vector<std::string> got;
  std::string details;
  // Warnings about entities (the test service is plain http) count only where a case is about such.
  const bool about_entities = std::any_of(
      expected.begin(), expected.end(), [](const std::string& text) { return text.find(" SL5") != std::string::npos; });
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!about_entities && diagnostic.severity != Severity::error && diagnostic.code.starts_with("SL5")) continue;
    got.push_back(diagnostic_text(diagnostic));
    details += "\n    " + got.back() + ": " + diagnostic.message;
  }
  if (got == expected) return {};
  return {{line, "diagnostics: expected " + listed(expected) + ", got " + listed(got) + details}};
}

}  // namespace sluice::testing
