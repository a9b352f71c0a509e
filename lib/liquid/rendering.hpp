// SPDX-License-Identifier: Apache-2.0
// One rendering of a template: its output, its variables, its message. Variables have places that were given out when
// the template was parsed.
#pragma once

#include "liquid/values.hpp"

#include <cstdint>
#include <string_view>

namespace sluice::liquid {

/// A name of the template.
struct Slot {
  Value value;
  bool is_set = false;
  std::int64_t count = 0;  ///< What increment and decrement have made of it; shown while nothing is assigned.
  bool is_counted = false;
};

/// How a piece of the template has ended.
enum class Flow : std::uint8_t {
  next,
  break_loop,
  continue_loop,
  failed  ///< `run.raised` says why.
};

class Rendering {
 public:
  Rendering(Evaluation& evaluation, const LiquidOptions& of_template, std::size_t slots, std::size_t cursors);

  Evaluation& run;
  const LiquidOptions& options;

  /// Appends to the output. False when a limit is passed.
  bool write(std::string_view text);
  bool write(const Value& value);
  /// Puts `text` into the output, before its byte `place`.
  bool insert(std::size_t place, std::string_view text);
  const expression::ArenaText& output() const { return *output_; }
  /// Writes go to `other` from now on; gives what was written to before.
  expression::ArenaText* redirect(expression::ArenaText* other) { return std::exchange(output_, other); }

  Slot& slot(std::size_t index) { return slots_[index]; }
  /// Where a cycle stands, or a loop with `offset:continue`.
  std::uint32_t& cursor(std::size_t index) { return cursors_[index]; }

  /// The message's body as JSON or XML, by its Content-Type; null when it is neither.
  Value body();

 private:
  bool admit(std::size_t bytes);
  Value read_body();

  expression::ArenaText own_;
  expression::ArenaText* output_ = &own_;
  Slot* slots_;
  std::uint32_t* cursors_;
  std::size_t written_ = 0;
  std::optional<Value> body_;
};

}  // namespace sluice::liquid
