// SPDX-License-Identifier: Apache-2.0
#include "model/settings/sections.hpp"

namespace sluice::model {
namespace {

void read_keys(ObjectReader& keys, HostSettings& to) {
  for (const JsonMember& member : keys.value().members) {
    if (member.name == "$comment") continue;
    keys.ignore({member.name});
    ObjectReader pair(member.value, "the subscription's keys", keys.report());
    SubscriptionKeys read;
    read.primary_key = pair.required_text("primaryKey");
    read.secondary_key = pair.text("secondaryKey");
    pair.finish(UnknownFields::error);
    to.subscription_keys[std::string(member.name)] = std::move(read);
  }
}

void read_named_values(ObjectReader& values, HostSettings& to) {
  for (const JsonMember& member : values.value().members) {
    if (member.name == "$comment") continue;
    values.ignore({member.name});
    if (member.value.is_string()) {
      to.named_values[std::string(member.name)] = member.value.text;
    } else {
      values.report().error("SL5003", member.value,
                            "a named value must be a string, found " + std::string(name_of(member.value.kind)));
    }
  }
}

/// As read_section, for parts whose values must not be shown.
template <class Read>
void read_hidden(ObjectReader& settings, std::string_view name, Read read) {
  const JsonValue* value = settings.find(name, JsonKind::object);
  if (value == nullptr) return;
  Report report = settings.report().hiding();
  ObjectReader section(*value, name, report);
  section.ignore({"$comment"});
  read(section);
  section.finish(UnknownFields::error);
}

}  // namespace

void read_secrets(ObjectReader& settings, HostSettings& to) {
  read_hidden(settings, "namedValues", [&](ObjectReader& values) { read_named_values(values, to); });
  read_hidden(settings, "subscriptionKeys", [&](ObjectReader& keys) { read_keys(keys, to); });
}

void read_behaviour(ObjectReader& settings, Behaviour& behaviour) {
  read_section(settings, "behaviour", [&](ObjectReader& reader) {
    behaviour.rate_window = reader.one_of<WindowKind>(
        "rateWindow",
        {{"sliding", WindowKind::sliding}, {"token_bucket", WindowKind::token_bucket}, {"fixed", WindowKind::fixed}},
        behaviour.rate_window);
    behaviour.missing_section_is_base = reader.boolean("missingSectionIsBase", behaviour.missing_section_is_base);
    behaviour.gateway_status_codes = reader.boolean("gatewayStatusCodes", behaviour.gateway_status_codes);
    behaviour.tolerate_consumed_body = reader.boolean("tolerateConsumedBody", behaviour.tolerate_consumed_body);
    behaviour.lenient_aliases = reader.boolean("lenientAliases", behaviour.lenient_aliases);
    behaviour.forward_subscription_key = reader.boolean("forwardSubscriptionKey", behaviour.forward_subscription_key);
    const bool crlf = reader.one_of<bool>("expressionNewline", {{"\n", false}, {"\r\n", true}},
                                          behaviour.expression_newline == "\r\n");
    behaviour.expression_newline = crlf ? "\r\n" : "\n";
  });
}

void read_deployment(ObjectReader& settings, Deployment& deployment) {
  deployment.region = settings.text("region", deployment.region);
  read_section(settings, "deployment", [&](ObjectReader& reader) {
    deployment.service_id = reader.text("serviceId", deployment.service_id);
    deployment.service_name = reader.text("serviceName", deployment.service_name);
    deployment.gateway_id = reader.text("gatewayId", deployment.gateway_id);
    deployment.gateway_instance_id = reader.text("gatewayInstanceId", deployment.gateway_instance_id);
  });
}

void read_stores(ObjectReader& settings, StoreSettings& stores) {
  read_section(settings, "stores", [&](ObjectReader& reader) {
    for (std::string_view store : {"counters", "cache"}) reader.one_of<bool>(store, {{"memory", true}}, true);
    constexpr std::int64_t most_bytes = std::int64_t{64} << 30;
    if (const auto bytes = reader.integer("cacheCapacityBytes", 0, most_bytes)) {
      stores.cache_capacity_bytes = static_cast<std::size_t>(*bytes);
    }
  });
}

}  // namespace sluice::model
