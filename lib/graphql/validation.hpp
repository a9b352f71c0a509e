// SPDX-License-Identifier: Apache-2.0
// What the rules share: the faults found so far, and the values that were given to arguments.
#pragma once

#include "graphql/schema.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::graphql {

inline std::string quoted(std::string_view name) { return "'" + std::string(name.substr(0, 100)) + "'"; }

class Faults {
 public:
  explicit Faults(std::size_t most) : most_(most) {}
  void add(std::size_t offset, std::string message) {
    if (all_.size() < most_) all_.push_back({offset, std::move(message)});
  }
  bool is_full() const { return all_.size() >= most_; }
  bool empty() const { return all_.empty(); }
  std::vector<Fault> take() { return std::move(all_); }

 private:
  const std::size_t most_;
  std::vector<Fault> all_;
};

/// A variable where a value is wanted.
struct VariableUse {
  std::string_view name;
  TypeReference wanted;
  bool has_fallback = false;  ///< Where it stands another value would do in its absence.
  std::size_t offset = 0;
};

/// Holds a value against a type (section 5.6); variables in it are noted in `uses`. As deep as the parser allows.
void check_value(const Value& value, const TypeReference& type, bool has_fallback, const Schema& schema, Faults& faults,
                 std::vector<VariableUse>& uses);

/// Arguments against what is declared (section 5.4). `owner`: whose they are, for messages.
void check_arguments(const std::vector<Argument>& given, const std::vector<InputValue>& declared, std::size_t offset,
                     const std::string& owner, const Schema& schema, Faults& faults, std::vector<VariableUse>& uses);

/// What an operation or fragment refers to by itself.
struct References {
  std::vector<VariableUse> variables;
  std::vector<const Selection*> spreads;
};
using ReferencesByDefinition = std::map<const void*, References>;

/// Each field, fragment and directive against the schema (sections 5.3.1, 5.3.3, 5.5, 5.7), with its arguments.
ReferencesByDefinition check_selections(const Document& document, const Schema& schema, Faults& faults);

/// Whether fields of one response name can be one (section 5.3.2), for all sets of selections.
void check_merging(const Document& document, const Schema& schema, Faults& faults);

}  // namespace sluice::graphql
