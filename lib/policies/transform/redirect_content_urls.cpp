// SPDX-License-Identifier: Apache-2.0
// <redirect-content-urls>: outbound, links to the backend become links to the gateway; inbound, the other way round.
// Sections: inbound, outbound. All scopes.
// A link is the text of a base URL (scheme, host, port, path) where the next character cannot belong to a longer host
// name or path segment: `http://a.test` is not part of `http://a.test.example`.
// Source: API Management policy reference, redirect-content-urls.
#include <sluice/policy.hpp>

#include "base/backend_url.hpp"
#include "base/current_message.hpp"
#include "base/entity_lookup.hpp"

#include <algorithm>

namespace sluice::policies {
namespace {

/// `scheme://host[:port]/path`, without a slash at the end.
std::string_view base_text(const Url& url, Arena& arena) {
  std::string_view path = url.path;
  while (path.ends_with('/')) path.remove_suffix(1);
  return arena.concat({url.scheme, "://", url.authority(arena), path});
}

/// The part of the request's path that names the API: its own path, and the version where that is a segment.
std::string_view api_path(const RequestContext& context) {
  const Api* api = context.api;
  if (api == nullptr) return {};
  auto segments = std::count(api->path.begin(), api->path.end(), '/') + (trim(api->path).empty() ? 0 : 1);
  if (api->path.starts_with('/')) --segments;
  const VersionSet* set = find_entity(context.model->version_sets, api->workspace_id, api->version_set_id);
  if (set != nullptr && set->scheme == VersioningScheme::segment && !api->version.empty()) ++segments;
  std::string_view path = context.request.url.path;
  std::size_t end = 0;
  for (; segments > 0 && end < path.size(); --segments) end = std::min(path.find('/', end + 1), path.size());
  return path.substr(0, end);
}

std::string_view public_base(RequestContext& context) {
  Url url = context.request.url;
  url.path = api_path(context);
  return base_text(url, context.arena);
}

/// Where the request went, or would go now; empty when nothing says so.
std::string_view backend_base(RequestContext& context) {
  const std::string_view id = context.chosen_backend_id;
  if (!id.empty() && context.model != nullptr) {
    const Backend* backend = find_entity(context.model->backends, id);
    const auto url = backend != nullptr ? parse_backend_url(backend->url, context.arena) : fail(ErrorCode::internal);
    if (url) return base_text(*url, context.arena);
  }
  return context.target.has_base ? base_text(context.target.base, context.arena) : std::string_view();
}

bool goes_on(std::string_view rest) {
  const auto in_name = [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '~' || c == '%';
  };
  if (rest.empty()) return false;
  if (in_name(rest[0]) || rest[0] == '@') return true;
  return (rest[0] == '.' || rest[0] == ':') && rest.size() > 1 && in_name(rest[1]);
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to, std::size_t limit) {
  std::string result;
  std::size_t at = 0;
  for (std::size_t found = text.find(from); found != std::string_view::npos; found = text.find(from, at)) {
    const std::size_t end = found + from.size();
    result.append(text.substr(at, found - at)).append(goes_on(text.substr(end)) ? from : to);
    at = end;
    if (result.size() > limit) return result;
  }
  return result.append(text.substr(at));
}

class RedirectContentUrls final : public Step {
 public:
  explicit RedirectContentUrls(bool on_request) : on_request_(on_request) {}

  Outcome run(RequestContext& context) const override {
    const auto message = parts::current_message(context, on_request_);
    if (message.is_empty()) return Outcome::next();
    std::string_view from = backend_base(context);
    std::string_view to = public_base(context);
    if (from.empty()) return Outcome::next();
    if (on_request_) std::swap(from, to);
    if (message.body.data().find(from) == std::string_view::npos) return Outcome::next();
    const std::size_t limit = context.services.limits.request.buffered_body_bytes;
    auto done = parts::put_body(context, message, replaced(message.body.data(), from, to, limit));
    return done ? Outcome::next() : Outcome::fail(std::move(done.error()));
  }

 private:
  bool on_request_;
};

StepPtr compile(const PolicyElement&, CompileContext& context) {
  context.needs(parts::reads_current_body(context.section()));
  return make_step<RedirectContentUrls>(parts::works_on_request(context.section()));
}

}  // namespace

SLUICE_POLICY(redirect_content_urls){
    .elements = "redirect-content-urls",
    .sections = Sections::inbound | Sections::outbound,
    .compile = compile,
    .summary = "Makes links to the backend links to the gateway, and the other way round.",
    .differs =
        "A base URL is left alone where it is the beginning of a longer host name or path segment. With a pool the "
        "base is that of the member that was used last."};

}  // namespace sluice::policies
