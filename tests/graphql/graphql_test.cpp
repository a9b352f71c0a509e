// SPDX-License-Identifier: Apache-2.0
#include "graphql/validate.hpp"

#include "graphql/parser.hpp"

#include <catch2/catch.hpp>

using namespace sluice::graphql;

namespace {

constexpr std::string_view pets = R"(
"A pet shop."
schema { query: Query mutation: Mutation subscription: Subscription }
directive @mark(on: Boolean) repeatable on FIELD | QUERY
type Query { dog: Dog pet: Pet catOrDog: CatOrDog find(filter: Filter, first: Int = 10, ids: [ID!]): [Pet!]! cat(id: ID!): Cat
  arguments(f: Float, s: String, b: Boolean, e: Command, any: Any, list: [[Int]]): String }
type Mutation { rename(name: String!): Dog }
type Subscription { born: Dog died: Dog }
interface Pet { name: String! }
type Dog implements Pet { name: String! barks: Boolean owner: Human knows(command: Command!): Boolean size: Int }
type Cat implements Pet { name: String! meows: Boolean size: String }
type Human { name: String! pets: [Pet] }
union CatOrDog = Cat | Dog
enum Command { SIT DOWN }
input Filter { name: String! size: Int = 1 inner: Filter }
scalar Any
extend type Human { age: Int }
)";

std::shared_ptr<const Schema> schema() {
  static const auto made = [] {
    std::vector<Fault> faults;
    auto schema = Schema::make(std::string(pets), 1 << 20, 50, faults);
    for (const Fault& fault : faults) UNSCOPED_INFO(fault.message);
    REQUIRE(schema != nullptr);
    return schema;
  }();
  return made;
}

/// All that is wrong with a document, one line each; empty for a valid one.
std::string check(std::string_view text) {
  const auto document = parse_document(text, {});
  if (!document) return "syntax: " + document.error().message;
  std::string all;
  for (const Fault& fault : validate(*document, *schema(), 100)) all += fault.message + "\n";
  return all;
}

}  // namespace

TEST_CASE("valid documents are valid", "[graphql]") {
  const char* text = GENERATE(
      "{ dog { name } }", "query Q { dog { n: name barks } }", "mutation { rename(name: \"x\") { name } }",
      "subscription { born { name } }", "{ __typename __schema { types { name } } __type(name: \"Dog\") { kind } }",
      "query ($id: ID!) { cat(id: $id) { name } }", "query ($f: Filter) { find(filter: $f) { name } }",
      "query ($n: Int = 5) { find(first: $n) { name } }", "query ($n: Int) { find(first: $n) { name } }",
      "{ find(filter: {name: \"x\", inner: {name: \"y\"}}, ids: [1, \"a\"]) { name } }", "{ find(ids: 7) { name } }",
      "{ find(filter: null) { name } }", "{ pet { ... on Dog { barks } ...F } } fragment F on Pet { name }",
      "{ catOrDog { __typename ... on Cat { meows } ... @include(if: true) { __typename } } }",
      "query ($b: Boolean!) { dog { name @skip(if: $b) barks @mark @mark } }",
      "{ arguments(f: 1, s: \"\"\"block \"quoted\" \\\"\"\" \"\"\", b: false, e: SIT, any: {a: [1, $v]}, list: [[1], "
      "2, null]) }",
      "{ dog { name name } }",
      "{ dog { ...A ...B } } fragment A on Dog { owner { name } } fragment B on Dog { owner { name } }",
      "{ pet { ... on Dog { x: barks } ... on Cat { x: meows } } }", "# comment\n{,dog,{,name,}}",
      "query ($a: [ID!]!) { find(ids: $a) { name } }");
  INFO(text);
  const std::string found = check(text);
  // $v stands in a value of any type, and is not defined: the one thing that is wrong there.
  CHECK((found.empty() || found == "The variable 'v' is not defined.\n"));
}

TEST_CASE("every rule of the specification is kept", "[graphql]") {
  struct Row {
    const char *text, *message;
  };
  const Row row =
      GENERATE(Row{"query A { dog { name } } query A { dog { name } }", "There is another operation 'A'.\n"},
               Row{"{ dog { name } } query A { dog { name } }", "An anonymous operation must be the only one.\n"},
               Row{"fragment F on Dog { name }", "The document has no operation.\nThe fragment 'F' is not used.\n"},
               Row{"subscription { born { name } died { name } }", "A subscription has one field only.\n"},
               Row{"subscription { __typename }", "A subscription needs a field of its own.\n"},
               Row{"{ dog { nam } }", "The type 'Dog' has no field 'nam'.\n"},
               Row{"{ pet { barks } }", "The type 'Pet' has no field 'barks'.\n"},
               Row{"{ catOrDog { name } }", "The type 'CatOrDog' has no field 'name'.\n"},
               Row{"{ dog { __schema { types { name } } } }", "The type 'Dog' has no field '__schema'.\n"},
               Row{"{ dog }", "The field 'dog' of the type 'Dog' needs a selection of its fields.\n"},
               Row{"{ dog { name { x } } }", "The field 'name' of the type 'String!' has no fields of its own.\n"},
               Row{"{ dog { x: name x: barks } }", "The field 'x' conflicts with another one: their types differ.\n"},
               Row{"{ dog { x: barks x: knows(command: SIT) } }",
                   "The field 'x' conflicts with another one: they are different fields.\n"},
               Row{"{ dog { knows(command: SIT) knows(command: DOWN) } }",
                   "The field 'knows' conflicts with another one: their arguments differ.\n"},
               Row{"{ pet { ... on Dog { size } ... on Cat { size } } }",
                   "The field 'size' conflicts with another one: their types differ.\n"},
               Row{"{ cat(id: 1) { name } cat(id: 2) { name } }",
                   "The field 'cat' conflicts with another one: their arguments differ.\n"},
               Row{"{ cat { name } }", "'id' of the field 'cat' is required.\n"},
               Row{"{ cat(id: 1, x: 2) { name } }", "Unknown 'x' of the field 'cat'.\n"},
               Row{"{ cat(id: 1, id: 1) { name } }", "'id' stands twice.\n"},
               Row{"{ dog { ...F } } fragment F on Dog { name } fragment F on Dog { name }",
                   "There is another fragment 'F'.\nThe fragment 'F' is not used.\n"},
               Row{"{ dog { ...F } } fragment F on Nothing { name }", "Unknown type 'Nothing'.\n"},
               Row{"{ dog { ... on Int { x } } }", "A fragment cannot be on the type 'Int'.\n"},
               Row{"{ dog { name } } fragment F on Dog { name }", "The fragment 'F' is not used.\n"},
               Row{"{ dog { ...F } }", "Unknown fragment 'F'.\n"},
               Row{"{ dog { ...F } } fragment F on Dog { name ...F }", "The fragment 'F' includes itself.\n"},
               Row{"{ dog { ...A } } fragment A on Dog { ...B } fragment B on Dog { ...A }",
                   "The fragment 'A' includes itself.\n"},
               Row{"{ dog { ... on Cat { name } } }", "A value of the type 'Dog' is never of the type 'Cat'.\n"},
               Row{"{ arguments(f: \"x\") }", "Expected a value of the type 'Float'.\n"},
               Row{"{ find(first: 3000000000) { name } }", "Expected a value of the type 'Int'.\n"},
               Row{"{ find(first: 1.0) { name } }", "Expected a value of the type 'Int'.\n"},
               Row{"{ arguments(e: \"SIT\") }", "Expected a value of the enumeration 'Command'.\n"},
               Row{"{ arguments(e: RUN) }", "Expected a value of the enumeration 'Command'.\n"},
               Row{"{ arguments(list: [[\"x\"]]) }", "Expected a value of the type 'Int'.\n"},
               Row{"{ find(ids: [null]) { name } }", "Expected a value of the type 'ID!', found null.\n"},
               Row{"{ find(filter: {size: 1}) { name } }", "'name' of the type 'Filter' is required.\n"},
               Row{"{ find(filter: {name: \"x\", y: 1}) { name } }", "Unknown 'y' of the type 'Filter'.\n"},
               Row{"{ find(filter: 1) { name } }", "Expected an object of the type 'Filter'.\n"},
               Row{"{ dog @nothing { name } }", "Unknown directive 'nothing'.\n"},
               Row{"query @skip(if: true) { dog { name } }", "The directive 'skip' may not stand here.\n"},
               Row{"{ dog @skip(if: true) @skip(if: true) { name } }", "The directive 'skip' stands twice.\n"},
               Row{"{ dog @skip { name } }", "'if' of the directive 'skip' is required.\n"},
               Row{"query ($a: Int, $a: Int) { find(first: $a) { name } }", "The variable 'a' is defined twice.\n"},
               Row{"query ($a: Dog) { dog { name } }",
                   "A variable cannot be of the type 'Dog'.\nThe variable 'a' is not used.\n"},
               Row{"query ($a: No) { dog { name } }", "Unknown type 'No'.\nThe variable 'a' is not used.\n"},
               Row{"{ find(first: $a) { name } }", "The variable 'a' is not defined.\n"},
               Row{"query ($a: String) { find(first: $a) { name } }",
                   "The variable 'a' of the type 'String' stands where 'Int' is expected.\n"},
               Row{"query ($a: ID) { cat(id: $a) { name } }",
                   "The variable 'a' of the type 'ID' stands where 'ID!' is expected.\n"},
               Row{"query ($a: ID) { find(ids: [$a]) { name } }",
                   "The variable 'a' of the type 'ID' stands where 'ID!' is expected.\n"},
               Row{"query ($a: [ID]) { find(ids: $a) { name } }",
                   "The variable 'a' of the type '[ID]' stands where '[ID!]' is expected.\n"},
               Row{"query ($a: Int = \"x\") { find(first: $a) { name } }", "Expected a value of the type 'Int'.\n"},
               Row{"query A($c: Command!) { ...F } query B { ...F } fragment F on Query { dog { knows(command: $c) } }",
                   "The variable 'c' is not defined.\n"});
  INFO(row.text);
  CHECK(check(row.text) == row.message);
}

TEST_CASE("what is no document is refused where it is none", "[graphql]") {
  struct Row {
    const char* text;
    std::size_t offset;
  };
  const Row row =
      GENERATE(Row{"", 0}, Row{"{", 1}, Row{"{}", 1}, Row{"{ a", 3}, Row{"query {", 7}, Row{"{ a(b: ) }", 7},
               Row{"{ a(b: 01) }", 7}, Row{"{ a(b: 1x) }", 7}, Row{"{ a(b: -) }", 7}, Row{"{ a(b: 1.) }", 7},
               Row{"{ a(b: \"x) }", 7}, Row{"{ a(b: \"\\q\") }", 7}, Row{"{ a(b: \"\"\"x) }", 7}, Row{"{ a ? }", 4},
               Row{"query ($a: Int = $b) { a }", 18}, Row{"fragment on on A { a }", 9}, Row{"type A { a: Int }", 0},
               Row{"{ a } x", 6}, Row{"{ a(b: {c}) }", 9});
  INFO(row.text);
  const auto document = parse_document(row.text, {});
  REQUIRE_FALSE(document);
  CHECK(document.error().offset == row.offset);
}

TEST_CASE("depth and tokens are bounded", "[graphql]") {
  const auto nested = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += "{a";
    return text + std::string(static_cast<std::size_t>(depth), '}');
  };
  CHECK(parse_document(nested(50), {}));
  CHECK_FALSE(parse_document(nested(51), {}));
  CHECK_FALSE(parse_document(nested(3'000), {.depth = 50, .tokens = 100'000}));
  CHECK(parse_document("{ a(b: " + std::string(50, '[') + std::string(50, ']') + ") }", {}));
  CHECK_FALSE(parse_document("{ a(b: " + std::string(51, '[') + std::string(51, ']') + ") }", {}));
  CHECK_FALSE(parse_document("query ($a: " + std::string(60, '[') + "Int" + std::string(60, ']') + ") { a }", {}));
  CHECK(parse_document("{ a b c }", {.depth = 50, .tokens = 5}));
  CHECK_FALSE(parse_document("{ a b c d }", {.depth = 50, .tokens = 5}));
}

TEST_CASE("the depth of a document counts fields, through fragments", "[graphql]") {
  const auto depth = [](std::string_view text) { return depth_of(*parse_document(text, {})); };
  CHECK(depth("{ a }") == 1);
  CHECK(depth("{ a { b { c } d } }") == 3);
  CHECK(depth("{ a { ... on T { b { c } } } }") == 3);
  CHECK(depth("{ a { ...F } } fragment F on T { b { ...G } } fragment G on T { c }") == 3);
}

TEST_CASE("fields that would be compared without end are refused", "[graphql]") {
  std::string wide = "{ dog { ";
  for (int i = 0; i < 1'000; ++i) wide += "name ";
  CHECK(check(wide + "} }") == "The document is too complex.\n");
}

TEST_CASE("a chain of fragments ends", "[graphql]") {
  std::string text = "{ ...F0 }";
  for (int i = 0; i < 300; ++i)
    text += " fragment F" + std::to_string(i) + " on Query { ...F" + std::to_string(i + 1) + " }";
  CHECK(check(text + " fragment F300 on Query { dog { name } }").empty());
}

TEST_CASE("a schema is checked", "[graphql]") {
  struct Row {
    const char *text, *message;
  };
  const Row row = GENERATE(
      Row{"type Query { a: Nothing }", "The type 'Nothing' does not exist."},
      Row{"type Query { a: Int } type Query { b: Int }", "The type 'Query' is defined twice."},
      Row{"type Query { a: Int a: Int }", "'a' stands twice in 'Query'."},
      Row{"type A { a: Int }", "The schema has no type for queries."},
      Row{"schema { query: A } scalar A", "The root type 'A' is no object."},
      Row{"type Query { a: I } input I { x: Int }", "The type 'I' may not stand here."},
      Row{"type Query { a(b: Query): Int }", "The type 'Query' may not stand here."},
      Row{"type Query implements I { a: Int } interface I { b: Int }",
          "'Query' lacks the field 'b' of the interface 'I'."},
      Row{"type Query { a: U } union U = Int", "'Int' in 'U' is no object type."},
      Row{"type Query { a: Int } extend type B { a: Int }", "There is no such type 'B' to extend."},
      Row{"type Query", "The type 'Query' has no fields."}, Row{"type Query {", "Expected a name, found the end."},
      Row{"enum E { true }", "Expected a value of an enumeration, found 'true'."},
      Row{"query { a }", "Expected a definition of a type, found 'query'."});
  std::vector<Fault> faults;
  CHECK(Schema::make(row.text, 1 << 20, 50, faults) == nullptr);
  REQUIRE_FALSE(faults.empty());
  CHECK(faults[0].message == row.message);
  faults.clear();
  CHECK(Schema::make(row.text, 5, 50, faults) == nullptr);
}

TEST_CASE("places are lines and columns", "[graphql]") {
  const Place place = place_of("ab\r\n\xC3\xA9x\ny", 7);
  CHECK(place.line == 2);
  CHECK(place.column == 3);
}
