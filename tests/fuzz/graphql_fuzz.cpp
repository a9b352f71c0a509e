// SPDX-License-Identifier: Apache-2.0
// Any bytes as a GraphQL document and as a schema. A valid document stays valid when a field is taken out of it, and is
// executed to its end, within its bounds and with JSON for an answer, whatever resolvers bring.
#include "graphql/execution.hpp"
#include "graphql/parser.hpp"
#include "graphql/request.hpp"
#include "graphql/validate.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace sluice;
using namespace sluice::graphql;

namespace {

constexpr unsigned depth = 50;

void must(bool holds) {
  if (!holds) std::abort();
}

const Schema& service() {
  static const auto made = [] {
    std::vector<Fault> faults;
    return Schema::make(
        "type Query { a: A u: U f(i: I, n: Int = 1, l: [Int!]): Int } type A implements N { n: String! a: A } type B { "
        "b: E "
        "u: U } interface N { n: String! } union U = A | B enum E { X Y } input I { x: Int! i: I } type Mutation { "
        "m(v: "
        "Any): A } scalar Any type Subscription { s: Int }",
        1u << 20, depth, faults);
  }();
  return *made;
}

/// Each field of objects has a resolver or none, as a bit of `chance` says.
ResolverFields resolvers(std::uint64_t chance) {
  ResolverFields fields;
  for (const auto& [name, type] : service().types()) {
    if (type.kind != TypeKind::object || name.starts_with("__")) continue;
    for (const Field& field : type.fields) {
      if ((chance >> (fields.size() % 64) & 1) != 0) fields.emplace(&field, fields.size());
      chance = chance * 6'364'136'223'846'793'005u + 1;
    }
  }
  return fields;
}

constexpr std::string_view brought[] = {"null",
                                        "1",
                                        "\"X\"",
                                        "[]",
                                        "{\"__typename\":\"A\",\"n\":\"n\",\"a\":{\"n\":1,\"a\":null}}",
                                        "{\"__typename\":\"B\",\"b\":\"X\",\"u\":{\"__typename\":\"A\"}}",
                                        "{\"data\":{\"a\":{\"n\":1},\"f\":null},\"errors\":[{\"message\":\"m\"}]}"};

void execute(std::string_view text, const Document& document, std::uint64_t chance) {
  const Operation& operation = document.operations[chance % document.operations.size()];
  if (operation.kind == OperationKind::subscription) return;
  Arena arena;
  const auto variables = coerce_variables(operation, nullptr, service());
  if (!variables) return;
  const ResolverFields fields = resolvers(chance);
  const ExecutionOptions options{
      .passes_on = chance % 2 == 0, .most_calls = 50, .most_values = 2'000, .most_bytes = 20'000, .most_errors = 5};
  Execution execution(text, document, operation, service(), fields, *variables, options);
  std::size_t calls = 0, rounds = 0;
  for (;;) {
    const auto& round = execution.calls();
    if (round.empty()) break;
    must(++rounds <= 20'000);
    for (std::size_t i = 0; i < round.size(); ++i) {
      must(round[i].is_passed_on || ++calls <= options.most_calls);
      chance = chance * 6'364'136'223'846'793'005u + 1;
      const std::string_view json = brought[(chance >> 33) % std::size(brought)];
      const auto value = parse_json(json, arena);
      must(!round[i].is_passed_on || parse_json(round[i].body, arena).has_value());
      if (round[i].is_passed_on && !(*value)->is_object()) {
        execution.supply(i, tl::unexpected(CallFailure{"broken", {}}));
      } else {
        execution.supply(i, *value);
      }
    }
  }
  const std::string answer = execution.answer();
  must(answer.size() <= options.most_bytes);
  must(parse_json(answer, arena).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::vector<Fault> faults;
  const auto schema = Schema::make(std::string(bytes), 1u << 20, depth, faults);
  must((schema == nullptr) != faults.empty());
  for (const Fault& fault : faults) must(fault.offset <= size);
  Arena arena;
  (void)read_request(bytes, arena, {});
  const auto document = parse_document(bytes, {depth, 10'000});
  if (!document) {
    must(document.error().offset <= size);
    return 0;
  }
  if (!validate(*document, service(), 10).empty()) return 0;
  if (depth_of(*document) <= depth) execute(bytes, *document, size * 0x9E3779B97F4A7C15u);
  const auto fields = asked_fields(*document, service());
  if (fields.empty()) return 0;
  const std::string rest = without_fields(bytes, {fields[size % fields.size()].selection}, depth);
  const auto again = parse_document(rest, {depth, 2 * rest.size() + 2});
  must(again.has_value());
  const auto is_subscription = [](const Operation& each) { return each.kind == OperationKind::subscription; };
  // Without its one field nothing is left of a subscription.
  if (std::any_of(document->operations.begin(), document->operations.end(), is_subscription)) return 0;
  must(validate(*again, service(), 10).empty());
  return 0;
}
