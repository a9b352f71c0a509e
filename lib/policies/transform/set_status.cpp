// SPDX-License-Identifier: Apache-2.0
// <set-status>: sets status code and reason phrase of the answer.   Sections and scopes: all.
// Source: API Management policy reference, set-status (`reason` is called required there, and left out in samples).
#include <sluice/policy.hpp>

#include "base/message_parts.hpp"

namespace sluice::policies {
namespace {

class SetStatus final : public Step {
 public:
  explicit SetStatus(parts::StatusPart part) : part_(std::move(part)) {}

  Outcome run(RequestContext& context) const override {
    auto done = parts::apply(part_, context, context.response);
    return done ? Outcome::next() : Outcome::fail(std::move(done.error()));
  }

 private:
  parts::StatusPart part_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  return make_step<SetStatus>(parts::compile_status(element, context));
}

}  // namespace

SLUICE_POLICY(set_status){.elements = "set-status",
                          .sections = Sections::all,
                          .attributes = parts::status_attributes,
                          .compile = compile,
                          .summary = "Sets status code and reason phrase of the answer.",
                          .differs = "Only final status codes, 200 to 599, are accepted."};

}  // namespace sluice::policies
