// SPDX-License-Identifier: Apache-2.0
// libxslt prints what is wrong with a style sheet by one function for the whole process: it asks here whose thread it
// is, and hands on what is nobody's.
#include "xslt/library.hpp"

#include "base/text.hpp"
#include "base/xml_library.hpp"

#include <libxslt/xslt.h>
#include <libxslt/xsltutils.h>

#include <cstdarg>
#include <cstdio>
#include <string_view>
#include <utility>

namespace sluice::xslt {
namespace {

/// More is not kept of one run.
constexpr std::size_t most_message_bytes = 16 * 1024;

thread_local Messages* listener = nullptr;

xmlGenericErrorFunc outer_print = nullptr;
void* outer_print_context = nullptr;

void print_to_listener(void*, const char* format, ...) __attribute__((format(printf, 2, 3)));
void print_to_listener(void*, const char* format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (listener != nullptr) {
    listener->add(text);
  } else if (outer_print != nullptr) {
    outer_print(outer_print_context, "%s", text);
  }
}

/// What libxml2 has to say comes before the place that libxslt prints: it is marked.
constexpr std::string_view detail_mark = "detail: ";
void take_error(void* self, xmlErrorPtr error) {
  if (error == nullptr || error->message == nullptr) return;
  static_cast<Messages*>(self)->add((std::string(detail_mark) + error->message + "\n").c_str());
}

unsigned number_behind(std::string_view line, std::string_view word) {
  const std::size_t at = line.find(word);
  unsigned number = 0;
  for (std::size_t i = at + word.size(); at != std::string_view::npos && i < line.size() && is_digit(line[i]); ++i)
    number = number * 10 + static_cast<unsigned>(line[i] - '0');
  return number;
}

bool prepare() {
  prepare_xml_library();
  xsltInit();
  outer_print = xsltGenericError;
  outer_print_context = xsltGenericErrorContext;
  xsltSetGenericErrorFunc(nullptr, &print_to_listener);
  return true;
}

}  // namespace

void prepare_libraries() { [[maybe_unused]] static const bool is_prepared = prepare(); }

Messages::Messages()
    : outer_function_(xmlStructuredError),
      outer_context_(xmlStructuredErrorContext),
      outer_print_(xmlGenericError),
      outer_print_context_(xmlGenericErrorContext) {
  xmlSetStructuredErrorFunc(this, &take_error);
  xmlSetGenericErrorFunc(this, &print);
  listener = this;
}
Messages::~Messages() {
  listener = nullptr;
  xmlSetStructuredErrorFunc(outer_context_, outer_function_);
  xmlSetGenericErrorFunc(outer_print_context_, outer_print_);
}

void Messages::add(const char* message) {
  if (text_.size() < most_message_bytes) text_ += message;
}

void Messages::print(void* self, const char* format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  static_cast<Messages*>(self)->add(text);
}

std::vector<Finding> findings_of(const std::string& printed) {
  std::vector<Finding> found;
  Finding current;
  bool has_place = false;
  std::string detail;  // Of the finding that follows.
  const auto finish = [&] {
    if (!current.message.empty()) found.push_back(std::move(current));
    current = {};
  };
  for (const std::string_view line : split(printed, '\n')) {
    const std::string text(trim(line));
    if (line.starts_with(detail_mark)) {
      detail = trim(line.substr(detail_mark.size()));
    } else if (line.starts_with("compilation error:") || line.starts_with("runtime error:")) {
      // What has no place of its own belongs to what follows, too.
      if (!has_place && !current.message.empty()) detail = std::exchange(current, {}).message;
      finish();
      current.message = std::exchange(detail, {});
      current.line = number_behind(line, " line ");
      has_place = true;
    } else if (text.find_first_not_of('^') != std::string::npos && text != "error") {
      current.message += (current.message.empty() ? "" : ": ") + text;
    }
  }
  finish();
  if (found.empty() && !detail.empty()) found.push_back({0, std::move(detail)});
  return found;
}

std::string brief(const std::string& printed) {
  const auto found = findings_of(printed);
  return found.empty() ? std::string("the transformation failed") : found.front().message;
}

}  // namespace sluice::xslt
