// SPDX-License-Identifier: Apache-2.0
// libxslt as a library of the process, and what it has to say while a style sheet is compiled or run.
#pragma once

#include <libxml/xmlerror.h>

#include <string>
#include <vector>

namespace sluice::xslt {

/// Makes libxml2 and libxslt ready; only the first call does something.
void prepare_libraries();

/// While it lives, messages of both libraries on this thread go to it and nowhere else. One at a time on a thread.
class Messages {
 public:
  Messages();
  ~Messages();
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;

  /// libxslt prints in pieces: a line with the place, then what is wrong.
  const std::string& text() const { return text_; }
  void add(const char* message);

  /// For libxslt, `self` being the object.
  static void print(void* self, const char* format, ...) __attribute__((format(printf, 2, 3)));

 private:
  std::string text_;
  xmlStructuredErrorFunc outer_function_;
  void* outer_context_;
  xmlGenericErrorFunc outer_print_;
  void* outer_print_context_;
};

/// A message on one line, without the place at its beginning.
std::string brief(const std::string& message);

/// Place (the number that stands behind `line`, 0 for none) and wording of each mistake in what libxslt has printed.
struct Finding {
  unsigned line = 0;
  std::string message;
};
std::vector<Finding> findings_of(const std::string& printed);

}  // namespace sluice::xslt
