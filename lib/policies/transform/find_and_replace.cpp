// SPDX-License-Identifier: Apache-2.0
// <find-and-replace>: replaces every occurrence of a text in the body by another one. Sections and scopes: all.
// Bytes are compared as they are: case and accents matter, and no character has a special meaning.
// Source: API Management policy reference, find-and-replace.
#include <sluice/policy.hpp>

#include "base/current_message.hpp"

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "from", .required = true, .expressions = true, .doc = "The text to look for."},
    {.name = "to", .required = true, .expressions = true, .doc = "What takes its place; empty: nothing does."}};

/// The text with the replacements; stops once it is longer than `limit` bytes.
std::string replaced(std::string_view text, std::string_view from, std::string_view to, std::size_t limit) {
  std::string result;
  std::size_t at = 0;
  for (std::size_t found = text.find(from); found != std::string_view::npos; found = text.find(from, at)) {
    result.append(text.substr(at, found - at)).append(to);
    at = found + from.size();
    if (result.size() > limit) return result;
  }
  return result.append(text.substr(at));
}

class FindAndReplace final : public Step {
 public:
  FindAndReplace(Template from, Template to, bool on_request)
      : from_(std::move(from)), to_(std::move(to)), on_request_(on_request) {}

  Outcome run(RequestContext& context) const override {
    const auto from = from_.text(context);
    if (!from) return Outcome::fail(from.error());
    if (from->empty()) {
      return Outcome::fail(Error(ErrorCode::policy_value_invalid, "The text to look for must not be empty."));
    }
    const auto to = to_.text(context);
    if (!to) return Outcome::fail(to.error());
    const auto message = parts::current_message(context, on_request_);
    if (message.body.data().find(*from) == std::string_view::npos) return Outcome::next();
    const std::size_t limit = context.services.limits.request.buffered_body_bytes;
    auto done = parts::put_body(context, message, replaced(message.body.data(), *from, *to, limit));
    return done ? Outcome::next() : Outcome::fail(std::move(done.error()));
  }

 private:
  Template from_, to_;
  bool on_request_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Template from = context.value(element, "from");
  if (const auto text = from.constant_text(); text && text->empty()) {
    context.error(*element.attribute("from"), "SL2106", "attribute 'from' of <" + element.name + "> must not be empty");
  }
  context.needs(parts::reads_current_body(context.section()));
  return make_step<FindAndReplace>(std::move(from), context.value(element, "to"),
                                   parts::works_on_request(context.section()));
}

}  // namespace

SLUICE_POLICY(find_and_replace){
    .elements = "find-and-replace",
    .sections = Sections::all,
    .scopes = Scopes::all | Scopes::resolver,
    .attributes = attributes,
    .compile = compile,
    .summary = "Replaces a text in the body by another one.",
    .differs =
        "A body in a content coding (gzip) is searched as it came. Blanks at the ends of literal "
        "texts do not count: write such a text as an expression. A 'from' that is "
        "computed to be empty fails."};

}  // namespace sluice::policies
