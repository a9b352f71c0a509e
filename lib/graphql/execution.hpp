// SPDX-License-Identifier: Apache-2.0
// Execution of a GraphQL operation against a schema whose fields have resolvers, without waiting for any:
//
//   begin ─▶ calls() ─▶ [somebody makes them] ─▶ supply(…) each ─▶ calls() … none left ─▶ answer()
//
// Values come from resolvers, from the value around them by the field's name, and from the schema itself. Root fields
// without a resolver may be passed on to a service, all that may go together in one call. Fields of mutations are
// resolved one after another.
// Source: GraphQL specification, October 2021, section 6.
#pragma once

#include "graphql/answer_tree.hpp"
#include "graphql/collection.hpp"
#include "graphql/introspection.hpp"

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::graphql {

/// Fields that have resolvers, by their definition, with the resolver's number.
using ResolverFields = std::map<const Field*, std::size_t>;

struct ExecutionOptions {
  bool passes_on = false;            ///< Root fields without a resolver are asked of somebody else.
  const JsonValue* event = nullptr;  ///< Of a subscription: the value of its one root field (section 6.2.3.2).
  std::size_t most_calls = 0;        ///< Of resolvers.
  std::size_t most_values = 0;       ///< Values put into the answer and selections looked at, together.
  std::size_t most_bytes = 0;        ///< Of the answer; also what variables put into arguments.
  std::size_t most_errors = 0;
};

/// Something to find out.
struct Call {
  bool is_passed_on = false;
  std::size_t resolver = 0;
  std::string_view arguments;         ///< JSON object.
  const JsonValue* parent = nullptr;  ///< The value around the field; null at the root.
  std::string body;                   ///< What is passed on: a request as JSON.
};

/// Why a value could not be found out.
struct CallFailure {
  std::string message;
  std::string_view code;  ///< For machines; empty: none. A constant.
};

class Execution {
 public:
  /// A valid document, no deeper than the limits of its parser; all that is given outlives the execution.
  Execution(std::string_view text, const Document& document, const Operation& operation, const Schema& schema,
            const ResolverFields& resolvers, const VariableValues& variables, const ExecutionOptions& options);

  /// The calls that can be made side by side now; each is answered by `supply` before this is asked again. Empty: all
  /// is known.
  const std::deque<Call>& calls();
  /// The value that number `call` of `calls()` has brought: of a resolver the field's (null: none), of what was passed
  /// on the service's whole answer. It outlives the execution.
  void supply(std::size_t call, const tl::expected<const JsonValue*, CallFailure>& value);
  /// What a resolver brought that is no JSON, as a text, and why. Fields of scalars and enumerations take it.
  void supply_text(std::size_t call, const JsonValue& text, std::string_view why);

  /// The answer. Where a bound is passed, one that tells of that alone.
  std::string answer();

 private:
  using Node = AnswerTree::Node;
  /// Where the fields of a value come from: its JSON, or the schema.
  struct Source {
    const JsonValue* json = nullptr;
    Described described = {};
    bool is_described() const { return described.kind != Described::Kind::nothing; }
    bool is_null() const { return !is_described() && (json == nullptr || json->is_null()); }
  };
  /// A place that waits for a call. What is passed on has several.
  struct Waiting {
    Node* node;
    const FieldGroup* group;
  };

  bool spend();
  /// Begins what can be begun, and makes calls of what waits.
  void gather();
  void begin_next();
  void write_passed(Call& call, const std::vector<Waiting>& waiting) const;
  void begin_field(Node& object, const TypeDefinition& type, const FieldGroup& group, const Source& source);
  void begin_call(Node& node, const FieldGroup& group, std::size_t resolver, const Source& source);
  void pass_on(Node& node, const FieldGroup& group);
  void supply_passed(std::size_t call, const JsonValue& answer);
  void complete(Node& node, const TypeReference& type, const FieldGroup& group, const Source& value);
  void complete_list(Node& node, const TypeReference& type, const FieldGroup& group, const Source& value);
  void complete_leaf(Node& node, const TypeDefinition& type, const FieldGroup& group, const Source& value);
  void complete_object(Node& node, const TypeDefinition& type, const FieldGroup& group, const Source& value);
  const TypeDefinition* object_type(const TypeDefinition& type, const Source& value, std::string& fault) const;
  void fail(Node& node, const FieldGroup& group, std::string_view message, std::string_view code = {});

  const std::string_view text_;
  const Document& document_;
  const Operation& operation_;
  const Schema& schema_;
  const ResolverFields& resolvers_;
  const ExecutionOptions options_;
  std::size_t values_left_, calls_left_, argument_bytes_left_;
  bool is_exhausted_ = false;
  AnswerTree tree_;
  Collection collection_;
  Introspection introspection_;
  const TypeDefinition& root_type_;
  const std::vector<FieldGroup>* root_groups_ = nullptr;
  std::size_t next_root_ = 0;  ///< The first root field that has not been begun.
  std::map<const FieldGroup*, tl::expected<std::string, Fault>> arguments_;
  const VariableValues& variables_;
  std::deque<Call> calls_, next_calls_;
  std::deque<std::vector<Waiting>> waiting_, next_waiting_;
};

}  // namespace sluice::graphql
