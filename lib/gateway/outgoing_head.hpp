// SPDX-License-Identifier: Apache-2.0
// What goes into the head of a request to a backend, and what is taken out of the head of its answer: pure functions.
#pragma once

#include <sluice/context.hpp>
#include <sluice/transport.hpp>

#include <optional>

namespace sluice {

/// Copies the end-to-end fields of a message as views: nothing hop-by-hop, nothing that Connection names (P4), none
/// of the framing.
void copy_end_to_end_fields(const Headers& from, Headers& to);

/// The fields of the caller's request that travel on: end-to-end ones, without Expect (R11), without the Host that
/// the caller named (a policy's own Host stays).
void copy_request_fields(const RequestContext& context, Headers& to);

/// Removes the subscription key from head and query (`Behaviour::forward_subscription_key` off).
void remove_subscription_key(const Api& api, OutgoingRequest& request, Arena& arena);

/// Puts a backend entity's credentials into the request; they replace fields and parameters of the same name.
void apply_credentials(const BackendCredentials& credentials, OutgoingRequest& request, Arena& arena);

/// Removes what belongs to the connection with the backend from its answer (P4).
void clean_answer(Response& response);

/// What a redirect points to; nothing when it is not a redirect that can be followed: no Location, another scheme
/// than http(s), from https to http, malformed.
std::optional<Url> redirect_target(const Response& response, const Url& from, Arena& arena);

/// Turns `request` into the one that follows a redirect with `status` to `to`. Leaving the origin drops credentials:
/// Authorization, Cookie, the subscription key and those of the entity (S3, S4). False when the body would have to
/// be sent again and is gone.
bool follow_redirect(OutgoingRequest& request, const Url& to, int status, const Api* api,
                     const BackendCredentials* credentials);

}  // namespace sluice
