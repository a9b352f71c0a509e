// SPDX-License-Identifier: Apache-2.0
// Any bytes as a GraphQL document and as a schema. A valid document stays valid when a field is taken out of it.
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
  (void)depth_of(*document);
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
