// SPDX-License-Identifier: Apache-2.0
// How nghttp2 calls a client's session.
#pragma once

#include "http/h2_library.hpp"

namespace sluice::http {

class H2ClientSession;

/// A client's session of nghttp2 that calls `session`.
H2Owned<nghttp2_session> make_h2_client(const Http2Limits& limits, H2ClientSession& session);

/// Where the bodies of its requests come from: `H2ClientSession::read_upload`.
nghttp2_data_provider upload_provider();

}  // namespace sluice::http
