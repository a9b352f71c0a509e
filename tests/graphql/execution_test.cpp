// SPDX-License-Identifier: Apache-2.0
#include "graphql/execution.hpp"

#include "graphql/parser.hpp"
#include "graphql/validate.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace sluice;
using namespace sluice::graphql;

namespace {

constexpr std::string_view shop = R"(
"What the shop tells."
schema { query: Query mutation: Mutation }
type Query { pets: [Pet!] pet(id: ID!, filter: Filter): Pet any: [CatOrDog] matrix: [[Int!]!] count: Int json: Json
  self: Query kind: Kind need: Dog! }
type Mutation { add(name: String!): Dog rename(name: String!): Dog }
"""
What one may
  keep.
"""
interface Pet { name: String! }
type Dog implements Pet { name: String! owner: Human size: Float @deprecated(reason: "too \"big\"") good: Boolean }
type Cat implements Pet { name: String! lives: Int! }
type Human { name: String! pets: [Pet!]! age: Int @deprecated }
union CatOrDog = Cat | Dog
enum Kind { "A cat." CAT DOG @deprecated }
input Filter { kind: Kind = CAT sizes: [Int!] = [1] inner: Filter text: String }
scalar Json @specifiedBy(url: "https://json.test")
)";

std::shared_ptr<const Schema> schema() {
  static const auto made = [] {
    std::vector<Fault> faults;
    auto schema = Schema::make(std::string(shop), 1 << 20, 50, faults);
    for (const Fault& fault : faults) UNSCOPED_INFO(fault.message);
    REQUIRE(schema != nullptr);
    return schema;
  }();
  return made;
}

/// Resolvers that answer by the paths of their fields: JSON, or `!` and a message.
using Answers = std::map<std::string, std::string>;

struct Ran {
  std::string answer;
  std::vector<std::string> calls;  ///< `Type/field arguments parent`, a line `--` behind each round.
};

class Run {
 public:
  Run(std::string_view text, Answers answers, std::string_view variables = "{}") : answers_(std::move(answers)) {
    auto document = parse_document(text, {});
    REQUIRE(document);
    for (const Fault& fault : validate(*document, *schema(), 10)) FAIL(fault.message);
    for (const auto& [path, json] : answers_) {
      const std::size_t slash = path.find('/');
      const Field* field = schema()->field(*schema()->type(path.substr(0, slash)), path.substr(slash + 1));
      REQUIRE(field != nullptr);
      fields_.emplace(field, paths_.size());
      paths_.push_back(path);
    }
    const auto given = parse_json(variables, arena_);
    REQUIRE(given);
    auto values = coerce_variables(document->operations[0], *given, *schema());
    REQUIRE(values);
    Execution execution(text, *document, document->operations[0], *schema(), fields_, *values, options);
    for (;;) {
      const auto& calls = execution.calls();
      if (calls.empty()) break;
      for (std::size_t i = 0; i < calls.size(); ++i) answer(execution, i, calls[i]);
      ran_.calls.emplace_back("--");
    }
    ran_.answer = execution.answer();
  }
  operator Ran() const { return ran_; }  // NOLINT: implicit by design

  static inline ExecutionOptions options{
      .passes_on = false, .most_calls = 100, .most_values = 10'000, .most_bytes = 10'000, .most_errors = 10};

 private:
  void answer(Execution& execution, std::size_t number, const Call& call) {
    std::string text;
    if (call.is_passed_on) {
      ran_.calls.push_back(call.body);
      text = "{\"data\":{}}";
    } else {
      std::string line = paths_[call.resolver] + " " + std::string(call.arguments) + " ";
      if (call.parent != nullptr) append_json(line, *call.parent);
      ran_.calls.push_back(line);
      text = answers_[paths_[call.resolver]];
    }
    if (text.starts_with('!')) {
      execution.supply(number, tl::unexpected(CallFailure{text.substr(1), "Code"}));
      return;
    }
    const auto value = parse_json(arena_.copy(text), arena_);
    REQUIRE(value);
    execution.supply(number, *value);
  }

  Arena arena_;
  Answers answers_;
  ResolverFields fields_;
  std::vector<std::string> paths_;
  Ran ran_;
};

Ran run(std::string_view text, Answers answers, std::string_view variables = "{}") {
  return Run(text, std::move(answers), variables);
}

}  // namespace

TEST_CASE("values come from resolvers and from the values around them", "[graphql][execution]") {
  const Ran ran = run("{ pets { name ... on Dog { owner { age n: name } } } }",
                      {{"Query/pets", R"([{"__typename":"Dog","name":"Rex","owner":{"name":"Ada","age":7}}])"}});
  CHECK(ran.answer == R"({"data":{"pets":[{"name":"Rex","owner":{"age":7,"n":"Ada"}}]}})");
  CHECK(ran.calls == std::vector<std::string>{"Query/pets {} ", "--"});
}

TEST_CASE("resolvers of one round see their parents and arguments", "[graphql][execution]") {
  const Ran ran = run(
      "query ($f: Filter) { pet(id: 1, filter: $f) { name ... on Dog { owner { name } } } count }",
      {{"Query/pet", R"({"__typename":"Dog","name":"Rex"})"}, {"Query/count", "3"}, {"Dog/owner", R"({"name":"Ada"})"}},
      R"({"f":{"kind":"DOG","inner":{"text":"\"x\""}}})");
  CHECK(ran.answer == R"({"data":{"pet":{"name":"Rex","owner":{"name":"Ada"}},"count":3}})");
  CHECK(
      ran.calls ==
      std::vector<std::string>{
          R"(Query/pet {"id":"1","filter":{"kind":"DOG","sizes":[1],"inner":{"kind":"CAT","sizes":[1],"text":"\"x\""}}} )",
          "Query/count {} ", "--", R"(Dog/owner {} {"__typename":"Dog","name":"Rex"})", "--"});
}

TEST_CASE("arguments that are written down are JSON", "[graphql][execution]") {
  const auto argument = [](std::string_view filter, std::string_view variables = "{}") {
    const std::string head = filter.find('$') == std::string_view::npos ? "" : "query ($t: String, $n: Int! = 5) ";
    const Ran ran = run(head + "{ pet(id: \"a\", filter: " + std::string(filter) + ") { name } }",
                        {{"Query/pet", "null"}}, variables);
    return ran.calls.at(0).substr(std::string_view("Query/pet {\"id\":\"a\",\"filter\":").size());
  };
  CHECK(argument("null") == "null} ");
  CHECK(argument("{kind: DOG, sizes: 4}") == R"({"kind":"DOG","sizes":[4]}} )");
  CHECK(argument("{sizes: [1, 2], text: \"\\u00e9\\n\\\"\"}") ==
        "{\"kind\":\"CAT\",\"sizes\":[1,2],\"text\":\"\xC3\xA9\\n\\\"\"}} ");
  CHECK(argument("{text: \"\"\"\n    a\n      b\n  \"\"\"}") == R"({"kind":"CAT","sizes":[1],"text":"a\n  b"}} )");
  CHECK(argument("{text: $t, sizes: [$n]}") == R"({"kind":"CAT","sizes":[5]}} )");
  CHECK(argument("{text: $t, sizes: [$n]}", R"({"t":null,"n":6})") == R"({"kind":"CAT","sizes":[6],"text":null}} )");
}

TEST_CASE("an error makes its place null, or the nearest around it that may be", "[graphql][execution]") {
  CHECK(
      run("{ count }", {{"Query/count", "!gone"}}).answer ==
      R"({"data":{"count":null},"errors":[{"message":"gone","locations":[{"line":1,"column":3}],"path":["count"],"extensions":{"code":"Code"}}]})");
  CHECK(
      run("{ count need { name } }", {{"Query/count", "1"}, {"Query/need", "null"}}).answer ==
      R"({"data":null,"errors":[{"message":"The field 'need' must not be null.","locations":[{"line":1,"column":9}],"path":["need"]}]})");
  CHECK(
      run("{ matrix }", {{"Query/matrix", "[[1],[2,null],[3]]"}}).answer ==
      R"({"data":{"matrix":null},"errors":[{"message":"The field 'matrix' must not be null.","locations":[{"line":1,"column":3}],"path":["matrix",1,1]}]})");
  CHECK(
      run("{ any { ... on Cat { lives } } }",
          {{"Query/any", R"([{"__typename":"Cat","lives":9},{"__typename":"Cat"},null,{"__typename":"Human"}])"}})
          .answer ==
      R"({"data":{"any":[{"lives":9},null,null,null]},"errors":[)"
      R"({"message":"The field 'lives' must not be null.","locations":[{"line":1,"column":22}],"path":["any",1,"lives"]},)"
      R"({"message":"The value's __typename is 'Human', which is no kind of 'CatOrDog'.","locations":[{"line":1,"column":3}],"path":["any",3]}]})");
}

TEST_CASE("what is lost already is not asked for", "[graphql][execution]") {
  const Ran ran = run("{ need { owner { name } name } }", {{"Query/need", R"({"name":null})"}, {"Dog/owner", "null"}});
  CHECK(ran.calls == std::vector<std::string>{"Query/need {} ", "--"});
}

TEST_CASE("values of scalars are those of their types", "[graphql][execution]") {
  struct Row {
    const char *field, *value, *answer;  // An answer of "": an error.
  };
  const Row row = GENERATE(Row{"count", "1", "1"}, Row{"count", "1.0", "1"}, Row{"count", "\"12\"", "12"},
                           Row{"count", "true", "1"}, Row{"count", "1.5", ""}, Row{"count", "3000000000", ""},
                           Row{"count", "\"x\"", ""}, Row{"count", "[1]", ""}, Row{"count", "1e400", ""},
                           Row{"kind", "\"CAT\"", "\"CAT\""}, Row{"kind", "\"COW\"", ""}, Row{"kind", "1", ""},
                           Row{"json", "{\"a\":[1.50,null]}", "{\"a\":[1.50,null]}"}, Row{"json", "\"x\"", "\"x\""},
                           Row{"matrix", "[[1],[]]", "[[1],[]]"}, Row{"matrix", "[1]", ""});
  INFO(row.field << " " << row.value);
  const std::string answer =
      run("{ " + std::string(row.field) + " }", {{"Query/" + std::string(row.field), row.value}}).answer;
  if (*row.answer == '\0') {
    CHECK(answer.find("\"errors\"") != std::string::npos);
  } else {
    CHECK(answer == "{\"data\":{\"" + std::string(row.field) + "\":" + row.answer + "}}");
  }
}

TEST_CASE("fields of a mutation are resolved one after another", "[graphql][execution]") {
  const Ran ran = run(
      "mutation { a: add(name: \"a\") { owner { name } } b: rename(name: \"b\") { name } }",
      {{"Mutation/add", R"({"name":"a"})"}, {"Mutation/rename", R"({"name":"b"})"}, {"Dog/owner", R"({"name":"o"})"}});
  CHECK(ran.answer == R"({"data":{"a":{"owner":{"name":"o"}},"b":{"name":"b"}}})");
  CHECK(ran.calls == std::vector<std::string>{R"(Mutation/add {"name":"a"} )", "--", R"(Dog/owner {} {"name":"a"})",
                                              "--", R"(Mutation/rename {"name":"b"} )", "--"});
}

TEST_CASE("what is passed on is one request a run of fields", "[graphql][execution]") {
  Run::options.passes_on = true;
  const Ran query = run("{ count a: count ...F } fragment F on Query { kind pets { name } }", {{"Query/pets", "[]"}});
  const Ran mutation =
      run("mutation { a: rename(name: \"a\") { name } b: rename(name: \"b\") { name } "
          "add(name: \"c\") { name } d: rename(name: \"d\") { name } }",
          {{"Mutation/add", "null"}});
  Run::options.passes_on = false;
  CHECK(query.calls ==
        std::vector<std::string>{R"({"query":"query {count a: count kind } "})", "Query/pets {} ", "--"});
  CHECK(mutation.calls ==
        std::vector<std::string>{
            R"({"query":"mutation {a: rename(name: \"a\") { name } b: rename(name: \"b\") { name } }"})", "--",
            R"(Mutation/add {"name":"c"} )", "--", R"({"query":"mutation {d: rename(name: \"d\") { name } }"})", "--"});
}

TEST_CASE("a schema tells of its types, notes and defaults", "[graphql][execution][introspection]") {
  CHECK(
      run(R"({ __schema { description } __type(name: "Dog") { fields { name } all: fields(includeDeprecated: true)
      { name isDeprecated deprecationReason } } })",
          {})
          .answer ==
      R"({"data":{"__schema":{"description":"What the shop tells."},"__type":{"fields":[{"name":"name"},{"name":"owner"},{"name":"good"}],)"
      R"("all":[{"name":"name","isDeprecated":false,"deprecationReason":null},{"name":"owner","isDeprecated":false,"deprecationReason":null},)"
      R"({"name":"size","isDeprecated":true,"deprecationReason":"too \"big\""},{"name":"good","isDeprecated":false,"deprecationReason":null}]}}})");
  CHECK(
      run(R"(query ($all: Boolean = true) { i: __type(name: "Pet") { description possibleTypes { name } } k: __type(name: "Kind")
      { enumValues { name description } all: enumValues(includeDeprecated: $all) { name deprecationReason } } })",
          {})
          .answer ==
      R"({"data":{"i":{"description":"What one may\n  keep.","possibleTypes":[{"name":"Cat"},{"name":"Dog"}]},)"
      R"("k":{"enumValues":[{"name":"CAT","description":"A cat."}],"all":[{"name":"CAT","deprecationReason":null},)"
      R"({"name":"DOG","deprecationReason":"No longer supported"}]}}})");
  CHECK(
      run(R"({ f: __type(name: "Filter") { kind inputFields { name defaultValue type { kind ofType { kind ofType { name } } } } }
      s: __type(name: "Json") { specifiedByURL fields { name } } })",
          {})
          .answer ==
      R"({"data":{"f":{"kind":"INPUT_OBJECT","inputFields":[{"name":"kind","defaultValue":"CAT","type":{"kind":"ENUM","ofType":null}},)"
      R"({"name":"sizes","defaultValue":"[1]","type":{"kind":"LIST","ofType":{"kind":"NON_NULL","ofType":{"name":"Int"}}}},)"
      R"({"name":"inner","defaultValue":null,"type":{"kind":"INPUT_OBJECT","ofType":null}},)"
      R"({"name":"text","defaultValue":null,"type":{"kind":"SCALAR","ofType":null}}]},)"
      R"("s":{"specifiedByURL":"https://json.test","fields":null}}})");
  const Ran types = run("{ __schema { types { name } directives { name locations isRepeatable args { name } } } }", {});
  CHECK(types.answer.find("__Introspection") == std::string::npos);
  CHECK(
      types.answer.find(
          R"({"name":"skip","locations":["FIELD","FRAGMENT_SPREAD","INLINE_FRAGMENT"],"isRepeatable":false,"args":[{"name":"if"}]})") !=
      std::string::npos);
}

TEST_CASE("calls, values, bytes and errors are bounded", "[graphql][execution]") {
  const ExecutionOptions before = Run::options;
  Run::options.most_calls = 1;
  CHECK(
      run("{ a: count b: count }", {{"Query/count", "1"}}).answer ==
      R"({"data":{"a":1,"b":null},"errors":[{"message":"The request needs more than 1 calls of resolvers.","locations":[{"line":1,"column":12}],"path":["b"]}]})");
  Run::options = before;
  Run::options.most_values = 20;
  CHECK(run("{ matrix }", {{"Query/matrix", "[[1,2],[3],[4]]"}}).answer.starts_with(R"({"data":{"matrix":)"));
  CHECK(run("{ matrix }", {{"Query/matrix", "[[1,2,3,4,5,6,7,8,9],[1,2,3,4,5,6,7,8,9]]"}})
            .answer.find("more than 20 values") != std::string::npos);
  // Fragments inside fragments double what is looked at with each level.
  std::string doubling = "{ ...F0 }";
  for (int i = 0; i < 20; ++i) {
    const std::string next = "{ ...F" + std::to_string(i + 1) + " }";
    doubling += " fragment F" + std::to_string(i) + " on Query { a: self " + next + " b: self " + next + " }";
  }
  Run::options.most_values = 1'000;
  Run::options.most_calls = 10'000;
  CHECK(run(doubling + " fragment F20 on Query { count }", {{"Query/self", "{}"}, {"Query/count", "1"}})
            .answer.find("more than 1000 values") != std::string::npos);
  Run::options = before;
  Run::options.most_bytes = 40;
  CHECK(run("{ a: json b: json }", {{"Query/json", R"("123456789")"}}).answer.find("more than 40 bytes") !=
        std::string::npos);
  Run::options = before;
  Run::options.most_errors = 2;
  const std::string answer = run("{ a: count b: count c: count }", {{"Query/count", "!no"}}).answer;
  CHECK(answer.starts_with(R"({"data":{"a":null,"b":null,"c":null})"));
  CHECK(answer.find("[\"b\"]") != std::string::npos);
  CHECK(answer.find("[\"c\"]") == std::string::npos);
  Run::options = before;
}

TEST_CASE("what variables put into arguments is bounded", "[graphql][execution]") {
  const ExecutionOptions before = Run::options;
  Run::options.most_bytes = 300;
  std::string text = "query ($t: String) {";
  for (int i = 0; i < 3; ++i) text += " a" + std::to_string(i) + ": pet(id: 1, filter: {text: $t}) { name }";
  const Ran ran = run(text + " }", {{"Query/pet", "null"}}, "{\"t\":\"" + std::string(120, 'x') + "\"}");
  Run::options = before;
  CHECK(ran.calls.size() == 3);  // Two calls, and the end of the round.
  CHECK(ran.answer.find("too large for so many fields") != std::string::npos);
}

TEST_CASE("variables are checked against their types", "[graphql][variables]") {
  struct Row {
    const char *type, *json, *result;
  };
  const Row row =
      GENERATE(Row{"Int", "1", "1"}, Row{"Int", "1.0", "!"}, Row{"Int", "\"1\"", "!"}, Row{"Int", "3000000000", "!"},
               Row{"Float", "1", "1"}, Row{"Float", "1.50", "1.50"}, Row{"Float", "\"1\"", "!"},
               Row{"String", "\"a\"", "\"a\""}, Row{"String", "1", "!"}, Row{"Boolean", "true", "true"},
               Row{"Boolean", "0", "!"}, Row{"ID", "7", "\"7\""}, Row{"ID", "\"x\"", "\"x\""}, Row{"ID", "1.5", "!"},
               Row{"Kind", "\"CAT\"", "\"CAT\""}, Row{"Kind", "\"COW\"", "!"}, Row{"[Int]", "5", "[5]"},
               Row{"[Int]", "[1,null]", "[1,null]"}, Row{"[Int!]", "[1,null]", "!"}, Row{"[[Int]]", "[1]", "[[1]]"},
               Row{"Int!", "null", "!"}, Row{"Int", "null", "null"}, Row{"Json", "{\"a\":[1]}", "{\"a\":[1]}"},
               Row{"Filter", "{}", R"({"kind":"CAT","sizes":[1]})"}, Row{"Filter", "{\"x\":1}", "!"},
               Row{"Filter", "1", "!"}, Row{"Filter", "{\"sizes\":null}", R"({"kind":"CAT","sizes":null})"});
  INFO(row.type << " " << row.json);
  const std::string text = "query ($v: " + std::string(row.type) + ") { count }";
  const auto document = parse_document(text, {});
  REQUIRE(document);
  Arena arena;
  const std::string given = "{\"v\":" + std::string(row.json) + "}";
  const auto values = coerce_variables(document->operations[0], *parse_json(given, arena), *schema());
  if (*row.result == '!') {
    CHECK_FALSE(values);
  } else {
    REQUIRE(values);
    CHECK(values->at("v") == row.result);
  }
}
