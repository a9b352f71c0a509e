// SPDX-License-Identifier: Apache-2.0
// Who somebody is, as values: what validate-jwt and get-authorization-context leave in variables, and expressions see
// as Jwt and Authorization.
#pragma once

#include <sluice/context.hpp>
#include <sluice/value.hpp>

#include <optional>
#include <string_view>

namespace sluice {

/// A `Jwt` made of a token's header and payload, JSON objects that hold to the rules for tokens. Nothing when they do
/// not. Lives in the request's arena.
std::optional<Value> make_jwt_value(RequestContext& context, std::string_view header, std::string_view payload);

/// An `Authorization`: the token, and what was said beside it as a JSON object. Claims that cannot be read are none.
Value make_authorization_value(RequestContext& context, std::string_view access_token, std::string_view claims);

}  // namespace sluice
