// SPDX-License-Identifier: Apache-2.0
#include "http/backend_contexts.hpp"

#include <algorithm>

namespace sluice::http {

BackendContext::BackendContext(const ClientTls& settings, const BackendTls& from) : content(from) {
  auto made = TlsContext::make(settings, content);
  if (made) {
    context = std::move(*made);
  } else {
    problem = std::string(made.error().message());
  }
}

bool BackendContext::is_of(const BackendTls& tls) const {
  // What tells them apart most often comes first.
  return content.certificate == tls.certificate && content.authorities == tls.authorities && content.key == tls.key &&
         content.thumbprints == tls.thumbprints && content.names == tls.names;
}

BackendContexts::BackendContexts(const ClientTls& settings)
    : settings_(settings), own_(std::make_shared<const BackendContext>(settings, BackendTls())) {}

BackendContextRef BackendContexts::find(const BackendTls& tls) {
  if (own_->is_of(tls)) return own_;
  const std::lock_guard lock(mutex_);
  const auto found =
      std::find_if(kept_.begin(), kept_.end(), [&](const BackendContextRef& one) { return one->is_of(tls); });
  if (found != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, found);
  } else {
    if (kept_.size() >= most_kept) kept_.pop_back();  // connections that use it keep it
    kept_.push_front(std::make_shared<const BackendContext>(settings_, tls));
  }
  return kept_.front();
}

std::size_t BackendContexts::size() {
  const std::lock_guard lock(mutex_);
  return kept_.size();
}

}  // namespace sluice::http
