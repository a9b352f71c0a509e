// SPDX-License-Identifier: Apache-2.0
// What requests took according to OpenAI's API: numbers published in OpenAI's cookbook and in the tests of
// openai-chat-tokens (https://github.com/hmarr/openai-chat-tokens).
#include "ai/chat_overhead.hpp"
#include "ai/prompt_tokens.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;

namespace {

std::int64_t count(const std::string& model, const std::string& rest) {
  Arena arena;
  const std::string body = R"({"model":")" + model + "\"," + rest + "}";
  const ai::Prompt prompt = ai::read_prompt(body, arena);
  REQUIRE(prompt.readable);
  return ai::count_prompt_tokens(prompt, body);
}

std::string definitions(std::string_view request) {
  Arena arena;
  const auto root = parse_json(request, arena);
  REQUIRE(root);
  return ai::definitions_text(**root);
}

struct Row {
  std::string rest;
  std::int64_t tokens;
};

const std::string hello = R"("messages":[{"role":"user","content":"hello"}])";
const std::string nothing = R"("parameters":{"type":"object","properties":{}})";

}  // namespace

TEST_CASE("Usual roles are a token each", "[ai][chat_overhead]") {
  using tokenizer::Encoding;
  for (const Encoding encoding : {Encoding::cl100k_base, Encoding::o200k_base}) {
    for (const std::string_view role : ai::roles_of_one_token) {
      INFO(role);
      CHECK(tokenizer::tokenizer(encoding).count(role) == 1);
    }
  }
}

TEST_CASE("Messages and names take what the cookbook says", "[ai][chat_overhead]") {
  const std::string messages = R"("messages":[
    {"role":"system","content":"You are a helpful, pattern-following assistant that translates corporate jargon into plain English."},
    {"role":"system","name":"example_user","content":"New synergies will help drive top-line growth."},
    {"role":"system","name":"example_assistant","content":"Things working well together will increase revenue."},
    {"role":"system","name":"example_user","content":"Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage."},
    {"role":"system","name":"example_assistant","content":"Let's talk later when we're less busy about how to do better."},
    {"role":"user","content":"This late pivot means we don't have time to boil the ocean for the client deliverable."}])";
  for (const char* model : {"gpt-3.5-turbo", "gpt-4-0613", "gpt-4"}) CHECK(count(model, messages) == 129);
  for (const char* model : {"gpt-4o", "gpt-4o-mini"}) CHECK(count(model, messages) == 124);
}

TEST_CASE("A request with tools takes what the cookbook says", "[ai][chat_overhead]") {
  const std::string request = R"("messages":[
    {"role":"system","content":"You are a helpful assistant that can answer to questions about the weather."},
    {"role":"user","content":"What's the weather like in San Francisco?"}],
    "tools":[{"type":"function","function":{"name":"get_current_weather","description":"Get the current weather in a given location",
      "parameters":{"type":"object","properties":{
        "location":{"type":"string","description":"The city and state, e.g. San Francisco, CA"},
        "unit":{"type":"string","description":"The unit of temperature to return","enum":["celsius","fahrenheit"]}},"required":["location"]}}}])";
  for (const char* model : {"gpt-3.5-turbo", "gpt-4"}) CHECK(count(model, request) == 105);
  for (const char* model : {"gpt-4o", "gpt-4o-mini"}) CHECK(count(model, request) == 101);
}

TEST_CASE("Messages take what the API has reported of them", "[ai][chat_overhead]") {
  const auto row = GENERATE(values<Row>({
      {hello, 8},
      {R"("messages":[{"role":"user","content":"hello world"}])", 9},
      {R"("messages":[{"role":"system","content":"hello:"}])", 9},
      {R"("messages":[{"role":"system","content":"# Important: you're the best robot"},{"role":"user","content":"hello robot"},
         {"role":"assistant","content":"hello world"}])",
       27},
      {R"("messages":[{"role":"user","content":"hello world"},{"role":"function","name":"do_stuff","content":"{}"}])",
       15},
      {R"("messages":[{"role":"user","content":"hello world"},
         {"role":"function","name":"do_stuff","content":"{\"foo\": \"bar\", \"baz\": 1.5}"}])",
       28},
      {R"("messages":[{"role":"function","name":"dance_the_tango","content":"{\"a\": { \"b\" : { \"c\": false}}}"}])",
       24},
      {R"("messages":[{"role":"assistant","content":"","function_call":{"name":"do_stuff","arguments":"{\"foo\": \"bar\", \"baz\": 1.5}"}}])",
       26},
      {R"("messages":[{"role":"assistant","content":"","function_call":{"name":"do_stuff","arguments":"{\"foo\":\"bar\", \"baz\":\n\n 1.5}"}}])",
       25},
  }));
  INFO(row.rest);
  CHECK(count("gpt-3.5-turbo", row.rest) == row.tokens);
}

TEST_CASE("Functions take what the API has reported of them", "[ai][chat_overhead]") {
  const std::string two = R"({"role":"user","content":"Hi there"}],"functions":[{"name":"do_stuff",)" + nothing + "}]";
  const auto row = GENERATE_COPY(values<Row>({
      {hello + R"(,"functions":[{"name":"foo",)" + nothing + "}]", 31},
      {hello + R"(,"functions":[{"name":"foo","description":"Do a foo",)" + nothing + "}]", 36},
      {hello +
           R"(,"functions":[{"name":"bing_bong","description":"Do a bing bong","parameters":{"type":"object","properties":
         {"foo":{"type":"string"}}}}])",
       49},
      {hello +
           R"(,"functions":[{"name":"bing_bong","description":"Do a bing bong","parameters":{"type":"object","properties":
         {"foo":{"type":"string"},"bar":{"type":"number","description":"A number"}}}}])",
       57},
      {hello +
           R"(,"functions":[{"name":"bing_bong","description":"Do a bing bong","parameters":{"type":"object","properties":
         {"foo":{"type":"object","properties":{"bar":{"type":"string","enum":["a","b","c"]},"baz":{"type":"boolean"}}}}}}])",
       68},
      {R"("messages":[{"role":"system","content":"Hello"},)" + two, 35},
      {R"("messages":[{"role":"system","content":"Hello:"},)" + two, 35},
      {R"("messages":[{"role":"system","content":"Hello:"},{"role":"system","content":"Hello"},)" + two, 40},
      {hello +
           R"x(,"functions":[{"name":"get_recipe","parameters":{"type":"object","required":["ingredients","instructions","time_to_cook"],
         "properties":{"ingredients":{"type":"array","items":{"type":"object","required":["name","unit","amount"],"properties":
         {"name":{"type":"string"},"unit":{"enum":["grams","ml","cups","pieces","teaspoons"],"type":"string"},"amount":{"type":"number"}}}},
         "instructions":{"type":"array","items":{"type":"string"},"description":"Steps to prepare the recipe (no numbering)"},
         "time_to_cook":{"type":"number","description":"Total time to prepare the recipe in minutes"}}}}])x",
       106},
  }));
  INFO(row.rest);
  CHECK(count("gpt-3.5-turbo", row.rest) == row.tokens);
}

TEST_CASE("Choosing a function takes tokens, and so does forbidding one", "[ai][chat_overhead]") {
  const std::string request = hello + R"(,"functions":[{"name":"foo",)" + nothing + "}]";
  CHECK(count("gpt-4", request + R"(,"function_call":"auto")") == 31);
  CHECK(count("gpt-4", request + R"(,"function_call":"none")") == 32);
  CHECK(count("gpt-4", request + R"(,"function_call":{"name":"foo"})") == 36);
  CHECK(count("gpt-4", request + R"(,"tool_choice":{"type":"function","function":{"name":"foo"}})") == 36);
}

TEST_CASE("Functions are written as types of TypeScript, from all formats alike", "[ai][chat_overhead]") {
  const std::string wanted =
      "namespace functions {\n\n// Do it\ntype f = (_: {\na: string,\n// how many\nb?: number[],\n}) => any;\n\n} // "
      "namespace functions";
  const std::string schema =
      R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"array","description":"how many","items":{"type":"integer"}}},"required":["a"]})";
  CHECK(definitions(R"({"functions":[{"name":"f","description":"Do it","parameters":)" + schema + "}]}") == wanted);
  CHECK(definitions(R"({"tools":[{"type":"function","name":"f","description":"Do it","parameters":)" + schema +
                    "}]}") == wanted);
  CHECK(definitions(R"({"tools":[{"type":"function","function":{"name":"f","description":"Do it","parameters":)" +
                    schema + "}}]}") == wanted);
  CHECK(definitions(R"({"tools":[{"name":"f","description":"Do it","input_schema":)" + schema + "}]}") == wanted);
}

TEST_CASE("Schemas of every kind are written, and those that nothing is known of are any", "[ai][chat_overhead]") {
  CHECK(definitions(R"({"functions":[{"name":"f","parameters":{"type":"object","properties":{
      "a":{"type":"boolean"},"b":{"type":"null"},"c":{"type":"integer","enum":[1,2]},"d":{"anyOf":[]},"e":{"type":["string","null"]},
      "f":{"type":"array"},"g":{"type":"array","items":{"type":"array","items":{"type":"string"}}},
      "h":{"type":"object","properties":{"x":{"type":"object"}}}}}}]})") ==
        "namespace functions {\n\ntype f = (_: {\na?: boolean,\nb?: null,\nc?: 1 | 2,\nd?: any,\ne?: any,\nf?: any[],\n"
        "g?: string[][],\nh?: {\n  x?: {\n\n},\n},\n}) => any;\n\n} // namespace functions");
  CHECK(definitions(R"({"functions":[{"name":"f"},{"description":"no name"},5]})") ==
        "namespace functions {\n\ntype f = () => any;\n\n} // namespace functions");
  CHECK(definitions(R"({"tools":[{"type":"web_search"}],"functions":7})").empty());
}

TEST_CASE("Schemas are followed only so deep", "[ai][chat_overhead][limits]") {
  std::string schema = R"({"type":"string"})";
  for (unsigned i = 0; i < ai::max_schema_depth + 1; ++i) {
    schema = R"({"type":"object","properties":{"p":)" + schema + "}}";
  }
  Arena arena;
  const std::string request = R"({"functions":[{"name":"f","parameters":)" + schema + "}]}";
  const auto root = parse_json(request, arena, {.depth = 200});
  REQUIRE(root);
  const std::string text = ai::definitions_text(**root);
  CHECK(text.find("p?: string") != std::string::npos);
  const std::string deeper =
      R"({"functions":[{"name":"f","parameters":{"type":"object","properties":{"q":)" + schema + "}}}]}";
  const auto below = parse_json(deeper, arena, {.depth = 200});
  REQUIRE(below);
  CHECK(ai::definitions_text(**below).find("p?: any") != std::string::npos);
}
