// SPDX-License-Identifier: Apache-2.0
// GraphqlCalls: the calls that a GraphQL request makes to resolvers and to the service behind the API: some at a time,
// each in a context of its own, within what one request may use.
#pragma once

#include "gateway/graphql_api.hpp"

#include <sluice/context.hpp>
#include <sluice/outcome.hpp>
#include <sluice/services.hpp>

#include <atomic>
#include <deque>
#include <string>
#include <vector>

namespace sluice {

struct PublishedEvents;

class GraphqlCalls {
 public:
  /// All of it outlives the calls.
  GraphqlCalls(const GraphqlApi& api, RequestContext& context, const ForwardOptions& options,
               Cancellation& cancellation);

  /// Makes all calls and comes back when each has ended.
  Task<void> make(const std::deque<graphql::Call>& calls);
  /// Gives what number `call` of the last ones has brought to the execution.
  void supply(graphql::Execution& execution, std::size_t call);

 private:
  /// How one call ended: with a body, or with an error.
  struct Ended {
    std::string body;
    std::optional<Error> error;
    std::vector<std::string> trace;
  };

  Task<void> work(Cancellation& cancellation);
  Task<void> make_one(std::size_t number, Cancellation& cancellation);
  void publish(const PublishedEvents& events, Ended& ended) const;
  Task<Outcome> run(const graphql::Call& call, RequestContext& inner, Cancellation& cancellation);
  Task<Outcome> pass_on(RequestContext& inner, Cancellation& cancellation);

  const GraphqlApi& api_;
  RequestContext& context_;
  const ForwardOptions& options_;
  Cancellation& cancellation_;
  std::size_t bytes_left_, values_left_;
  const std::deque<graphql::Call>* calls_ = nullptr;
  std::atomic<std::size_t> next_{0};  ///< The first call that nobody has begun.
  std::deque<Ended> ended_;
};

}  // namespace sluice
