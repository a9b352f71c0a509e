// SPDX-License-Identifier: Apache-2.0
// The table of diagnostic codes, and how a diagnostic is shown. A code is never given another meaning; a test proves
// that each one is produced by some file in tests/diagnostics.
#include <sluice/diagnostic.hpp>

#include "base/json.hpp"

#include <algorithm>
#include <string>

namespace sluice {

const std::vector<DiagnosticCode>& diagnostic_codes() {
  static const std::vector<DiagnosticCode> codes = {
      // SL1xxx: the document as text and as XML.
      {"SL1001", "the file cannot be read"},
      {"SL1002", "the text is not valid UTF-8 or holds a character that XML forbids"},
      {"SL1003", "the markup is malformed"},
      {"SL1004", "an expression does not end"},
      {"SL1005", "an attribute stands twice"},
      {"SL1006", "more than one root element, or text outside the root"},
      {"SL1007", "a document type, entity declaration or processing instruction"},
      {"SL1008", "an entity that is not one of the five of XML"},
      {"SL1009", "an unknown named value"},
      {"SL1010", "literal text and an expression are mixed"},
      // SL2xxx: elements and attributes against the declarations of the policies.
      {"SL2001", "the root is neither <policies> nor <fragment>"},
      {"SL2002", "an unknown section"},
      {"SL2003", "a section stands twice"},
      {"SL2101", "an unknown policy"},
      {"SL2102", "a policy in a section where it may not stand"},
      {"SL2103", "a policy in a scope where it may not stand"},
      {"SL2104", "an unknown attribute"},
      {"SL2105", "a required attribute is missing"},
      {"SL2106", "an attribute's value is not of its type"},
      {"SL2107", "an attribute's value is not one of those allowed"},
      {"SL2108", "an expression where only a literal may stand"},
      {"SL2109", "an unknown child element"},
      {"SL2110", "a required child element is missing"},
      {"SL2111", "a child element stands too often"},
      {"SL2112", "text where none may stand, or none where some must"},
      {"SL2113", "a policy stands more than once in a section"},
      {"SL2114", "the backend section holds more than one policy"},
      {"SL2115", "attributes that exclude or need one another"},
      {"SL2116", "<base /> where it may not stand"},
      {"SL2117", "fragments that include one another, or what a fragment may not hold"},
      {"SL2118", "an unknown fragment"},
      {"SL2119", "an unknown backend, or a certificate that is not at hand"},
      {"SL2120", "a spelling that is accepted but not documented"},
      {"SL2121", "a policy that makes a streamed body wait"},
      {"SL2122", "a documented part of a policy that this version does not carry out"},
      {"SL2123", "a value that is allowed and hardly meant"},
      {"SL2124", "a schema or definition that cannot be used"},
      {"SL2125", "an unknown schema"},
      {"SL2126", "an unknown logger, or one that is no event hub"},
      // SL3xxx: syntax of expressions and templates.
      {"SL3001", "an unexpected character or token"},
      {"SL3002", "a literal that is malformed"},
      {"SL3003", "an expression that is malformed"},
      {"SL3004", "a statement that is malformed"},
      {"SL3005", "a part of C# that policy expressions do not have"},
      {"SL3101", "a Liquid template that is malformed"},
      {"SL3102", "a tag, filter or operator that Liquid templates do not have"},
      {"SL3103", "a style sheet that cannot be used"},
      // SL4xxx: names and types of expressions.
      {"SL4001", "an unknown name"},
      {"SL4002", "a type that expressions may not use"},
      {"SL4003", "an unknown member"},
      {"SL4004", "no overload takes these arguments"},
      {"SL4005", "a conversion that does not exist"},
      {"SL4006", "an operator that these types do not have"},
      {"SL4007", "not every path returns a value"},
      {"SL4008", "a variable that is used before it has a value, or declared twice"},
      {"SL4009", "a constant that overflows or divides by zero"},
      {"SL4010", "a value of the wrong type for the place of the expression"},
      // SL5xxx: the entities of a service and the settings of a host.
      {"SL5001", "JSON or YAML that cannot be read"},
      {"SL5002", "a required field is missing"},
      {"SL5003", "a field of the wrong type or with a value that is not allowed"},
      {"SL5004", "an unknown field"},
      {"SL5005", "a reference to something that does not exist"},
      {"SL5006", "an identifier, path or key that stands twice"},
      {"SL5007", "a pool that holds a pool, or itself"},
      {"SL5008", "a file or folder that is missing where the layout wants one"},
      {"SL5009", "a specification that is not supported"},
      // SL9xxx: limits.
      {"SL9001", "the document is too large"},
      {"SL9002", "the document is nested too deeply"},
      {"SL9003", "the document has too many elements or attributes"},
      {"SL9004", "the expression is too long or nested too deeply"},
  };
  return codes;
}

void Diagnostics::add(Diagnostic diagnostic) {
  if (items_.size() < most_) {
    items_.push_back(std::move(diagnostic));
  } else {
    dropped_error_ = dropped_error_ || diagnostic.severity == Severity::error;
  }
}

void Diagnostics::append(const Diagnostics& other) {
  for (const Diagnostic& one : other) add(one);
  dropped_error_ = dropped_error_ || other.dropped_error_;
}

void Diagnostics::sort() {
  std::stable_sort(items_.begin(), items_.end(), [](const Diagnostic& left, const Diagnostic& right) {
    return left.file != right.file ? left.file < right.file : left.pos < right.pos;
  });
  // A document that is part of several pipelines is compiled several times, and says the same each time.
  std::vector<Diagnostic> once;
  for (Diagnostic& item : items_) {
    const bool known = std::any_of(once.rbegin(), once.rend(), [&](const Diagnostic& other) {
      return other.file == item.file && other.pos == item.pos && other.code == item.code &&
             other.message == item.message;
    });
    if (!known) once.push_back(std::move(item));
  }
  items_ = std::move(once);
}

bool Diagnostics::has_errors() const {
  return dropped_error_ ||
         std::any_of(items_.begin(), items_.end(), [](const Diagnostic& d) { return d.severity == Severity::error; });
}

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::error: return "error";
    case Severity::warning: return "warning";
    case Severity::deprecated: return "deprecated";
    case Severity::info: return "info";
  }
  return "error";
}

std::string render_text(const Diagnostic& diagnostic) {
  std::string text = diagnostic.file;
  if (diagnostic.pos.line != 0) {
    text += ':' + std::to_string(diagnostic.pos.line) + ':' + std::to_string(diagnostic.pos.column);
  }
  text += ": ";
  text += to_string(diagnostic.severity);
  text += ' ' + diagnostic.code + ": " + diagnostic.message + '\n';
  if (diagnostic.pos.line != 0) {
    text += "  " + diagnostic.source_line + "\n  ";
    // Tabs are kept, so that the caret stands under its character whatever a tab's width is.
    std::uint32_t column = 1;
    for (char c : diagnostic.source_line) {
      if (column >= diagnostic.pos.column) break;
      if ((static_cast<unsigned char>(c) & 0xC0) == 0x80) continue;
      text += c == '\t' ? '\t' : ' ';
      ++column;
    }
    text += '^';
    std::uint32_t underlined = diagnostic.length;
    if (diagnostic.pos.column + underlined > 2000) underlined = 1;
    for (std::uint32_t i = 1; i < underlined; ++i) text += '~';
    text += '\n';
  }
  if (!diagnostic.hint.empty()) text += "  hint: " + diagnostic.hint + '\n';
  return text;
}

std::string render_json(const Diagnostic& diagnostic) {
  JsonWriter writer;
  writer.begin_object();
  writer.member("severity", to_string(diagnostic.severity));
  writer.member("code", diagnostic.code);
  writer.member("line", static_cast<std::int64_t>(diagnostic.pos.line));
  writer.member("column", static_cast<std::int64_t>(diagnostic.pos.column));
  writer.member("message", diagnostic.message);
  writer.member("hint", diagnostic.hint);
  writer.end_object();
  return std::move(writer).take();
}

}  // namespace sluice
