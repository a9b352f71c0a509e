// SPDX-License-Identifier: Apache-2.0
// <mock-response>: ends the pipeline with what the operation's definition says about an answer: an example, a sample
// made from the schema, or an empty body.   Sections: inbound, outbound, on-error. All scopes.
// Source: API Management policy reference, mock-response; `index` as the policy toolkit has it.
#include <sluice/policy.hpp>

#include "base/message_parts.hpp"
#include "base/schema_sample.hpp"

#include <string>

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "status-code",
     .type = ValueType::integer,
     .fallback = "200",
     .min = parts::min_status,
     .max = parts::max_status,
     .doc = "Status code of the answer, and which of the operation's answers is meant."},
    {.name = "content-type", .doc = "Which representation is meant; the first one when absent."},
    {.name = "index",
     .type = ValueType::integer,
     .fallback = "0",
     .min = 0,
     .max = 1'000'000,
     .doc = "Which example of the representation is meant, from 0."}};

struct Config {
  int status = 200;
  std::string content_type;
  std::size_t index = 0;
};

/// `application/json; charset=utf-8` without its parameters.
std::string_view media_type(std::string_view content_type) {
  return trim(content_type.substr(0, content_type.find(';')));
}

const Representation* find_representation(const Operation* operation, const Config& config) {
  if (operation == nullptr) return nullptr;
  for (const OperationResponse& response : operation->responses) {
    if (response.status_code != config.status) continue;
    for (const Representation& representation : response.representations) {
      if (config.content_type.empty() ||
          equal_ignoring_case(media_type(representation.content_type), media_type(config.content_type))) {
        return &representation;
      }
    }
  }
  return nullptr;
}

std::string_view sample(const Representation& representation, std::size_t index, Arena& arena) {
  if (index < representation.examples.size()) return arena.copy(representation.examples[index].value);
  // An index beyond the examples means the schema, as no example does.
  const auto made = sample_of_schema(representation.schema);
  return made ? arena.copy(*made) : std::string_view();
}

class MockResponse final : public Step {
 public:
  explicit MockResponse(Config config) : config_(std::move(config)) {}

  Outcome run(RequestContext& context) const override {
    Response& answer = context.replace_response();
    answer.status = config_.status;
    const Representation* representation = find_representation(context.operation, config_);
    if (representation == nullptr) return Outcome::respond();
    const std::string_view body = sample(*representation, config_.index, context.arena);
    if (is_field_text(representation->content_type)) answer.headers.set("Content-Type", representation->content_type);
    if (!body.empty()) answer.body.set_bytes(body);
    return Outcome::respond();
  }

 private:
  Config config_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  return make_step<MockResponse>(Config{static_cast<int>(context.literal_integer(element, "status-code")),
                                        context.literal(element, "content-type"),
                                        static_cast<std::size_t>(context.literal_integer(element, "index"))});
}

}  // namespace

SLUICE_POLICY(mock_response){.elements = "mock-response",
                             .sections = Sections::inbound | Sections::outbound | Sections::on_error,
                             .attributes = attributes,
                             .compile = compile,
                             .summary = "Ends the pipeline with an example answer of the operation.",
                             .differs =
                                 "The wording of samples made from a schema is not documented: text is "
                                 "\"string\", numbers are 0, booleans true."};

}  // namespace sluice::policies
