// SPDX-License-Identifier: Apache-2.0
#include "management/exchange.hpp"

#include "base/crypto.hpp"
#include "base/hexadecimal.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "management/bounds.hpp"

#include <algorithm>
#include <cstdint>

namespace sluice::management {
namespace {

/// A count from the query, between `least` and `most`.
Outcome<std::size_t> count_of(std::string_view query, std::string_view name, std::size_t fallback, std::size_t least,
                              std::size_t most) {
  Arena arena;
  const auto text = query_value(query, name, arena);
  if (!text) return fallback;
  const auto number = parse_unsigned(*text);
  if (number && *number >= least && *number <= most) return static_cast<std::size_t>(*number);
  return invalid("'" + std::string(name) + "' must be a number from " + std::to_string(least) + " to " +
                 std::to_string(most) + ".");
}

}  // namespace

bool names_etag(std::string_view list, std::string_view etag) {
  if (etag.empty()) return false;
  for (std::string_view each : split(list, ',')) {
    each = trim(each);
    if (each.starts_with("W/")) each.remove_prefix(2);
    if (each == "*" || each == etag) return true;
  }
  return false;
}

std::string etag_of(const Resource& resource) {
  constexpr std::size_t bytes = 16;
  const Digest hash = digest(HashAlgorithm::sha256, resource.content);
  return '"' + to_hexadecimal(hash.view().substr(0, bytes), lower_hexadecimal) + '"';
}

Outcome<Answer> Exchange::run() {
  const std::vector<std::string>& segments = path_.segments;
  route_ = find_route(segments, segments.size());
  if (route_ != nullptr) return resource();
  route_ = find_collection(segments);
  if (route_ != nullptr) return collection();
  for (const Action& each : actions()) {
    if (segments.empty() || !equal_ignoring_case(each.name, segments.back())) continue;
    route_ = find_route(segments, segments.size() - 1);
    if (route_ != nullptr && route_->pattern == each.pattern) return action(each);
  }
  std::string path;
  for (const std::string& segment : segments) path += (path.empty() ? "" : "/") + segment;
  return not_found(path);
}

Outcome<Target> Exchange::find_target(const Layout& layout, const Route& route, std::size_t count) const {
  const std::vector<std::string_view> words = segments_of(route.pattern);
  Target target;
  target.parent = layout.folder();
  target.query = call_.query;
  std::string path;
  for (std::size_t i = 0; i < count; i += 2) {
    target.collection = words[i];
    path += (path.empty() ? "" : "/") + target.collection;
    if (i + 1 >= count) return target;
    target.id = path_.segments[i + 1];
    if (!is_valid_id(target.id)) {
      return invalid(
          "An id must be made of letters, digits, '-', '_' and '.', and not begin with '.'; an API's may end in "
          "';rev=' and a revision.");
    }
    path += '/' + target.id;
    if (i + 2 >= count) return target;
    const Route* above = find_route(path_.segments, i + 2);
    const Outcome<std::optional<Resource>> found = above->kind->find(layout, target);
    if (!found) return tl::unexpected(found.error());
    if (!*found) return not_found(path);
    target.parent = above->kind->folder(layout, target);
    target.parent_id = std::exchange(target.id, {});
  }
  return target;
}

std::string Exchange::id_of(const Target& target, std::string_view id) const {
  const std::vector<std::string_view> words = segments_of(route_->pattern);
  std::string whole = path_.service;
  for (std::size_t i = 0; i + 2 < words.size(); i += 2) {
    whole += '/' + std::string(words[i]) + '/' + path_.segments[i + 1];
  }
  return whole + '/' + target.collection + '/' + std::string(id);
}

std::string Exchange::told(const Target& target, const Resource& resource) const {
  if (route_->kind->is_bare()) return resource.properties.text();
  JsonWriter writer;
  writer.begin_object();
  writer.member("id", std::string_view(id_of(target, resource.id)));
  writer.member("type", std::string_view(type_of(*route_)));
  writer.member("name", std::string_view(resource.id));
  writer.key("properties");
  writer.raw(resource.properties.text());
  writer.end_object();
  return std::move(writer).take();
}

Answer Exchange::answer_of(int status, const Target& target, const Resource& resource) const {
  return {status, told(target, resource), etag_of(resource), {}};
}

Outcome<Answer> Exchange::resource() {
  if (call_.method == "GET" || call_.method == "HEAD") {
    return store_.look([&](const model::OverlayFiles& files) { return read({files, files.folder()}); });
  }
  const Kind& kind = *route_->kind;
  const bool is_known = call_.method == "PUT" || call_.method == "DELETE" || call_.method == "PATCH";
  if (is_known && kind.can_change() && (call_.method != "PATCH" || kind.can_patch())) {
    return call_.method == "DELETE" ? remove() : put_or_patch();
  }
  Answer answer{405, error_body({405, "MethodNotAllowed", "The resource has no such method.", {}}), {}, "GET, HEAD"};
  if (kind.can_change()) answer.allow += kind.can_patch() ? ", PUT, PATCH, DELETE" : ", PUT, DELETE";
  return answer;
}

Outcome<Exchange::Found> Exchange::find_resource(const Layout& layout) const {
  Outcome<Target> target = find_target(layout, *route_, path_.segments.size());
  if (!target) return tl::unexpected(target.error());
  Outcome<std::optional<Resource>> resource = route_->kind->find(layout, *target);
  if (!resource) return tl::unexpected(resource.error());
  return Found{std::move(*target), std::move(*resource)};
}

Outcome<Answer> Exchange::read(const Layout& layout) {
  const Outcome<Found> found = find_resource(layout);
  if (!found) return tl::unexpected(found.error());
  const auto& [target, resource] = *found;
  if (!resource) return not_found(target.collection + '/' + target.id);
  Answer answer = answer_of(200, target, *resource);
  if (names_etag(call_.if_none_match, answer.etag)) return Answer{304, {}, answer.etag, {}};
  if (call_.method == "HEAD") {
    answer.body.clear();
    if (route_->kind->is_link()) answer.status = 204;
  }
  return answer;
}

Outcome<Answer> Exchange::collection() {
  if (call_.method != "GET") {
    return Answer{405, error_body({405, "MethodNotAllowed", "A collection can be listed.", {}}), {}, "GET"};
  }
  Arena arena;
  for (std::string_view name : {"$filter", "$orderby"}) {
    // What is asked for and not done must not look as if it had been.
    if (query_value(call_.query, name, arena))
      return refuse(400, "NotSupported", "'" + std::string(name) + "' is not carried out.");
  }
  return store_.look([&](const model::OverlayFiles& files) -> Outcome<Answer> {
    const Layout layout(files, files.folder());
    const Outcome<Target> target = find_target(layout, *route_, path_.segments.size());
    if (!target) return tl::unexpected(target.error());
    return page(layout, *target, route_->kind->ids(layout, *target));
  });
}

Outcome<Answer> Exchange::page(const Layout& layout, const Target& target, const std::vector<std::string>& ids) const {
  const Outcome<std::size_t> top = count_of(call_.query, "$top", page_items, 1, page_items);
  if (!top) return tl::unexpected(top.error());
  const Outcome<std::size_t> skip = count_of(call_.query, "$skip", 0, 0, SIZE_MAX / 2);
  if (!skip) return tl::unexpected(skip.error());
  JsonWriter writer;
  writer.begin_object();
  writer.key("value");
  writer.begin_array();
  const std::size_t begin = std::min(ids.size(), *skip), end = std::min(ids.size(), *skip + *top);
  const Outcome<std::vector<Resource>> found =
      route_->kind->find_all(layout, target, std::span(ids).subspan(begin, end - begin));
  if (!found) return tl::unexpected(found.error());
  for (const Resource& each : *found) writer.raw(told(target, each));
  writer.end_array();
  writer.member("count", static_cast<std::int64_t>(ids.size()));
  if (end < ids.size()) writer.member("nextLink", std::string_view(next_link(end)));
  writer.end_object();
  return Answer{200, std::move(writer).take(), {}, {}};
}

std::string Exchange::next_link(std::size_t skip) const {
  Arena arena;
  std::string link(call_.origin);
  link += path_.service;
  for (const std::string& segment : path_.segments) link += '/' + percent_encode(segment);
  link += '?';
  QueryReader reader(call_.query);
  while (const auto item = reader.next()) {
    if (percent_decode(item->name, arena, true) == "$skip") continue;
    link += std::string(item->name) + '=' + std::string(item->value) + '&';
  }
  return link + "%24skip=" + std::to_string(skip);
}

}  // namespace sluice::management
