// SPDX-License-Identifier: Apache-2.0
// The half of an exchange that changes something: conditions, the change on a copy of the files, and what it has come
// to.
#include "base/json.hpp"
#include "management/exchange.hpp"

namespace sluice::management {
namespace {

tl::unexpected<Failure> precondition_failed(std::string message) {
  return refuse(412, "PreconditionFailed", std::move(message));
}

}  // namespace

Outcome<void> Exchange::check_conditions(const std::optional<Resource>& now) const {
  const std::string etag = now ? etag_of(*now) : std::string();
  if (!call_.if_match.empty() && !names_etag(call_.if_match, etag)) {
    return precondition_failed(now ? "The resource has changed: its ETag is not the one of If-Match."
                                   : "There is no resource that If-Match could name.");
  }
  if (names_etag(call_.if_none_match, etag)) return precondition_failed("The resource is there already.");
  return {};
}

Outcome<Properties> Exchange::properties_of_body() const {
  if (route_->kind->is_link()) return Properties();
  Arena arena;
  const auto body = parse_json(call_.body, arena);
  if (!body) {
    return refuse(
        400, "InvalidRequestContent",
        "The body is no JSON: " + body.error().message + " at byte " + std::to_string(body.error().offset) + ".");
  }
  const JsonValue* properties = (*body)->find("properties");
  if (properties == nullptr || !properties->is_object()) {
    return refuse(400, "InvalidRequestContent", "The body must be an object with 'properties'.");
  }
  return Properties::of(*properties);
}

Outcome<Answer> Exchange::put_or_patch() {
  const Outcome<Properties> properties = properties_of_body();
  if (!properties) return tl::unexpected(properties.error());
  const bool is_patch = call_.method == "PATCH";
  bool is_new = false;
  Answer answer;
  const Outcome<bool> changed = store_.change([&](model::OverlayFiles& files) -> Outcome<bool> {
    Edit edit{files, services_};
    const Outcome<Found> found = find_resource(edit.layout());
    if (!found) return tl::unexpected(found.error());
    const auto& [target, before] = *found;
    if (auto fulfilled = check_conditions(before); !fulfilled) return tl::unexpected(fulfilled.error());
    is_new = !before;
    if (is_new && is_patch) return not_found(target.collection + '/' + target.id);
    const Kind& kind = *route_->kind;
    Outcome<void> done =
        is_patch ? kind.patch(edit, target, properties->value()) : kind.put(edit, target, properties->value());
    if (!done) return tl::unexpected(done.error());
    const Outcome<std::optional<Resource>> after = kind.find(edit.layout(), target);
    if (!after) return tl::unexpected(after.error());
    if (!*after) return refuse(500, "InternalServerError", "The resource was not stored.");
    answer = answer_of(is_new ? 201 : 200, target, **after);
    return true;
  });
  if (!changed) return tl::unexpected(changed.error());
  has_changed_ = true;
  return answer;
}

Outcome<Answer> Exchange::remove() {
  const Outcome<bool> changed = store_.change([&](model::OverlayFiles& files) -> Outcome<bool> {
    Edit edit{files, services_};
    const Outcome<Found> found = find_resource(edit.layout());
    if (!found) return tl::unexpected(found.error());
    const auto& [target, before] = *found;
    if (!before) return false;
    if (auto fulfilled = check_conditions(before); !fulfilled) return tl::unexpected(fulfilled.error());
    if (auto done = route_->kind->remove(edit, target); !done) return tl::unexpected(done.error());
    return true;
  });
  if (!changed) return tl::unexpected(changed.error());
  has_changed_ = *changed;
  return Answer{*changed ? 200 : 204, {}, {}, {}};
}

Outcome<Answer> Exchange::action(const Action& action) {
  if (call_.method != "POST") {
    return Answer{405, error_body({405, "MethodNotAllowed", "This is done by POST.", {}}), {}, "POST"};
  }
  const std::size_t count = path_.segments.size() - 1;
  if (action.tell != nullptr) {
    return store_.look([&](const model::OverlayFiles& files) -> Outcome<Answer> {
      const Layout layout(files, files.folder());
      const Outcome<Target> target = find_target(layout, *route_, count);
      if (!target) return tl::unexpected(target.error());
      const Outcome<Properties> told = action.tell(layout, services_, *target);
      if (!told) return tl::unexpected(told.error());
      return Answer{200, told->text(), {}, {}};
    });
  }
  const Outcome<bool> changed = store_.change([&](model::OverlayFiles& files) -> Outcome<bool> {
    Edit edit{files, services_};
    const Outcome<Target> target = find_target(edit.layout(), *route_, count);
    if (!target) return tl::unexpected(target.error());
    if (auto done = action.change(edit, *target); !done) return tl::unexpected(done.error());
    return true;
  });
  if (!changed) return tl::unexpected(changed.error());
  has_changed_ = true;
  return Answer{204, {}, {}, {}};
}

}  // namespace sluice::management
