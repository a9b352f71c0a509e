// SPDX-License-Identifier: Apache-2.0
// The way to the instance metadata service, where machines in clouds ask for tokens of their identity. Its address is
// refused to everybody (S2) but to a URL whose host is the text of this file itself: texts of policies and of callers
// read the same and are others, so that none of them can name it.
#pragma once

#include <sluice/message.hpp>

#include <string_view>

namespace sluice {

inline constexpr char instance_metadata_host[] = "169.254.169.254";

/// Whether the URL was made by `to_instance_metadata`.
inline bool is_instance_metadata(const Url& url) { return url.host.data() == instance_metadata_host; }

/// Lets `url` reach the service.
inline void to_instance_metadata(Url& url) { url.host = instance_metadata_host; }

}  // namespace sluice
