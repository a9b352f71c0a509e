// SPDX-License-Identifier: Apache-2.0
// Circuit breaker rules, which stand in backends and in pools of the reference architecture alike.
#pragma once

#include "model/object_reader.hpp"

#include <sluice/model.hpp>

#include <optional>

namespace sluice::model {

/// Reads the field `circuitBreaker` of `owner`: its first rule, when it has one.
std::optional<CircuitBreakerRule> read_circuit_breaker(ObjectReader& owner);

/// Reads the field `failureResponse: { "statusCode": n }` of `owner`.
std::optional<int> read_failure_status(ObjectReader& owner);

}  // namespace sluice::model
