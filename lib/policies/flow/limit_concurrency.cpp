// SPDX-License-Identifier: Apache-2.0
// <limit-concurrency>: bounds how many requests are inside its policies at once; one too many is refused, not queued.
// Sections and scopes: all.
// Source: API Management policy reference, limit-concurrency.
#include <sluice/policy.hpp>

#include "base/document_workspace.hpp"

#include <string>

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {{.name = "key",
                                         .required = true,
                                         .expressions = true,
                                         .doc = "Name of the counter; policies with the same key share it."},
                                        {.name = "max-count",
                                         .type = ValueType::integer,
                                         .required = true,
                                         .min = 1,
                                         .max = UINT32_MAX,
                                         .doc = "How many requests may be inside at once."}};

/// A place inside, given back when it ends.
class Place {
 public:
  Place(ConcurrencyLimiter& limiter, std::string_view key, std::uint32_t limit)
      : limiter_(limiter), key_(key), entered_(limiter.try_enter(key, limit)) {}
  ~Place() {
    if (entered_) limiter_.leave(key_);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool entered() const { return entered_; }

 private:
  ConcurrencyLimiter& limiter_;
  std::string_view key_;
  bool entered_;
};

class LimitConcurrency final : public WaitingStep {
 public:
  LimitConcurrency(Template key, parts::DocumentWorkspace workspace, std::uint32_t max_count, StepList content)
      : key_(std::move(key)), workspace_(std::move(workspace)), max_count_(max_count), content_(std::move(content)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    auto key = key_.text(context);
    if (!key) co_return Outcome::fail(std::move(key.error()));
    const std::string_view name = counter_key(context.arena, {workspace_.id(), *key});
    const Place place(context.services.concurrency, name, max_count_);
    if (!place.entered()) co_return Outcome::fail(Error(ErrorCode::concurrency_limit_exceeded));
    co_return co_await content_.run(context, cancellation);
  }

 private:
  Template key_;
  parts::DocumentWorkspace workspace_;
  std::uint32_t max_count_;
  StepList content_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Template key = context.value(element, "key");
  const auto max_count = static_cast<std::uint32_t>(context.literal_integer(element, "max-count"));
  return make_step<LimitConcurrency>(std::move(key), parts::DocumentWorkspace(context), max_count,
                                     context.compile_children(element));
}

}  // namespace

SLUICE_POLICY(limit_concurrency){.elements = "limit-concurrency",
                                 .sections = Sections::all,
                                 .attributes = attributes,
                                 .policies = true,
                                 .compile = compile,
                                 .summary = "Bounds how many requests are inside its policies at once.",
                                 .differs =
                                     "Reason and text of the refusal are not documented: they are "
                                     "ConcurrencyLimitExceeded and the gateway's own."};

}  // namespace sluice::policies
