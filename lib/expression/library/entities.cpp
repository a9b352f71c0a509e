// SPDX-License-Identifier: Apache-2.0
// What a request belongs to: API, operation, product, subscription, user, and where this gateway stands.
#include "expression/entity.hpp"
#include "expression/library/context_objects.hpp"
#include "expression/objects.hpp"
#include "expression/temporal.hpp"

#include "base/backend_url.hpp"
#include "base/entity_lookup.hpp"
#include "base/text.hpp"

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"IApi", "context:IApi"},
    {"IOperation", "context:IOperation"},
    {"IProduct", "context:IProduct"},
    {"ISubscription", "context:ISubscription"},
    {"IUser", "context:IUser"},
    {"IGroup", "context:IGroup"},
    {"IUserIdentity", "context:IUserIdentity"},
    {"IDeployment", "context:IDeployment"},
    {"IGateway", "context:IGateway"},
    {"IBackend", "context:IBackend"},
    {"ISubscriptionKeyParameterNames", "context:ISubscriptionKeyParameterNames"},
};
constexpr EnumRow enums[] = {
    {"ProductState", "context:ProductState", "NotPublished=0 Published=1"},
    {"BackendType", "context:BackendType", "Single=0 Pool=1"},
};

Value text(std::string_view from) { return Value::string(from); }
Value text_or_null(std::string_view from) { return from.empty() ? Value() : Value::string(from); }

Value api_id(Call& call) { return text(target_of<Api>(call).id); }
Value api_name(Call& call) { return text(target_of<Api>(call).display_name); }
Value api_path(Call& call) { return text(target_of<Api>(call).path); }
Value api_revision(Call& call) { return text(target_of<Api>(call).revision); }
Value api_version(Call& call) { return text_or_null(target_of<Api>(call).version); }
Value api_current(Call& call) { return Value::boolean(target_of<Api>(call).is_current); }
Value api_protocols(Call& call) {
  const auto& protocols = target_of<Api>(call).protocols;
  Value* items = call.run.make_array<Value>(protocols.size());
  if (items == nullptr) return {};
  for (std::size_t i = 0; i < protocols.size(); ++i) items[i] = text(protocols[i]);
  return adopt_array(call.run, core().string_array, items, static_cast<std::uint32_t>(protocols.size()));
}
Value api_service_url(Call& call) {
  const std::string& service = target_of<Api>(call).service_url;
  if (service.empty()) return {};
  const Result<Url> url = parse_backend_url(service, call.arena());
  return url ? entity_value(Entity::url, call.arena().make<Url>(*url)) : Value();
}
Value api_key_names(Call& call) {
  return entity_value(Entity::key_names, &target_of<Api>(call).subscription_key_parameter_names);
}
Value key_header(Call& call) { return text(target_of<SubscriptionKeyParameterNames>(call).header); }
Value key_query(Call& call) { return text(target_of<SubscriptionKeyParameterNames>(call).query); }
Value operation_id(Call& call) { return text(target_of<Operation>(call).id); }
Value operation_name(Call& call) { return text(target_of<Operation>(call).display_name); }
Value operation_method(Call& call) { return text(target_of<Operation>(call).method); }
Value operation_template(Call& call) { return text(target_of<Operation>(call).url_template); }
Value product_id(Call& call) { return text(target_of<Product>(call).id); }
Value product_name(Call& call) { return text(target_of<Product>(call).display_name); }
Value product_approval(Call& call) { return Value::boolean(target_of<Product>(call).approval_required); }
Value product_subscription(Call& call) { return Value::boolean(target_of<Product>(call).subscription_required); }
Value product_limit(Call& call) {
  const auto& limit = target_of<Product>(call).subscriptions_limit;
  return limit ? Value::int32(*limit) : Value();
}
Value product_state(Call& call) {
  static const Type* type = read_type("ProductState");
  return Value::enumeration(*type, target_of<Product>(call).published ? 1 : 0);
}
const ServiceModel* model(Call& call) { return call.run.context == nullptr ? nullptr : call.run.context->model; }
Value product_groups(Call& call) { return entity_value(Entity::product_groups, call[0].data()); }
Value product_apis(Call& call) { return entity_value(Entity::product_apis, call[0].data()); }
Value user_groups(Call& call) { return entity_value(Entity::user_groups, call[0].data()); }
Value user_identities(Call& call) { return entity_value(Entity::user_identities, call[0].data()); }
Value date_of(std::string_view from) {
  const std::optional<Value> date = parse_date_time(from, true);
  return date ? *date : Value();
}
Value user_id(Call& call) { return text(target_of<User>(call).id); }
Value user_email(Call& call) { return text(target_of<User>(call).email); }
Value user_first(Call& call) { return text(target_of<User>(call).first_name); }
Value user_last(Call& call) { return text(target_of<User>(call).last_name); }
Value user_note(Call& call) { return text_or_null(target_of<User>(call).note); }
Value user_registered(Call& call) {
  const Value date = date_of(target_of<User>(call).registration_date);
  return date.is_null() ? Value::date_time(0, unspecified_kind) : date;
}
Value identity_id(Call& call) { return text(target_of<UserIdentity>(call).id); }
Value identity_provider(Call& call) { return text(target_of<UserIdentity>(call).provider); }
Value group_id(Call& call) { return text(target_of<Group>(call).id); }
Value group_name(Call& call) { return text(target_of<Group>(call).display_name); }
Value subscription_id(Call& call) { return text(target_of<Subscription>(call).id); }
Value subscription_name(Call& call) { return text(target_of<Subscription>(call).display_name); }
Value subscription_key(Call& call) {
  const std::string_view key = call.run.context->subscription_key;
  return key.empty() ? text(target_of<Subscription>(call).primary_key) : text(key);
}
Value subscription_primary(Call& call) { return text(target_of<Subscription>(call).primary_key); }
Value subscription_secondary(Call& call) { return text(target_of<Subscription>(call).secondary_key); }
Value subscription_created(Call& call) {
  const Value date = date_of(target_of<Subscription>(call).created_date);
  return date.is_null() ? Value::date_time(0, unspecified_kind) : date;
}
Value subscription_start(Call& call) { return date_of(target_of<Subscription>(call).start_date); }
Value subscription_end(Call& call) { return date_of(target_of<Subscription>(call).end_date); }
Value deployment_region(Call& call) { return text(target_of<Deployment>(call).region); }
Value deployment_id(Call& call) { return text(target_of<Deployment>(call).service_id); }
Value deployment_name(Call& call) { return text(target_of<Deployment>(call).service_name); }
Value deployment_gateway_id(Call& call) { return text(target_of<Deployment>(call).gateway_id); }
Value deployment_gateway(Call& call) { return entity_value(Entity::gateway, call[0].data()); }
Value gateway_instance(Call& call) { return text(target_of<Deployment>(call).gateway_instance_id); }
Value gateway_managed(Call& call) { return Value::boolean(target_of<Deployment>(call).gateway_id == "managed"); }
Value backend_id(Call& call) { return text(name_of_key(call.run.context->chosen_backend_id).id); }
const Backend* backend(Call& call) {
  if (model(call) == nullptr) return nullptr;
  return find_entity(model(call)->backends, call.run.context->chosen_backend_id);
}
Value backend_type(Call& call) {
  static const Type* type = read_type("BackendType");
  return Value::enumeration(*type, backend(call) != nullptr && backend(call)->is_pool() ? 1 : 0);
}
Value backend_region(Call& call) {
  return backend(call) == nullptr ? Value() : text_or_null(backend(call)->azure_region);
}
constexpr Trait dynamic = Trait::impure;
constexpr MemberRow members[] = {
    {"IApi", "Id", "", "string", api_id},
    {"IApi", "Name", "", "string", api_name},
    {"IApi", "Path", "", "string", api_path},
    {"IApi", "Revision", "", "string", api_revision},
    {"IApi", "Version", "", "string", api_version},
    {"IApi", "IsCurrentRevision", "", "bool", api_current},
    {"IApi", "Protocols", "", "string[]", api_protocols},
    {"IApi", "ServiceUrl", "", "IUrl", api_service_url},
    {"IApi", "SubscriptionKeyParameterNames", "", "ISubscriptionKeyParameterNames", api_key_names},
    {"ISubscriptionKeyParameterNames", "Header", "", "string", key_header},
    {"ISubscriptionKeyParameterNames", "Query", "", "string", key_query},
    {"IOperation", "Id", "", "string", operation_id},
    {"IOperation", "Name", "", "string", operation_name},
    {"IOperation", "Method", "", "string", operation_method},
    {"IOperation", "UrlTemplate", "", "string", operation_template},
    {"IProduct", "Id", "", "string", product_id},
    {"IProduct", "Name", "", "string", product_name},
    {"IProduct", "ApprovalRequired", "", "bool", product_approval},
    {"IProduct", "SubscriptionRequired", "", "bool", product_subscription},
    {"IProduct", "SubscriptionLimit", "", "int?", product_limit},
    {"IProduct", "SubscriptionsLimit", "", "int?", product_limit},
    {"IProduct", "State", "", "ProductState", product_state},
    {"IProduct", "Groups", "", "IEnumerable<IGroup>", product_groups, "", dynamic},
    {"IProduct", "Apis", "", "IEnumerable<IApi>", product_apis, "", dynamic},
    {"IUser", "Id", "", "string", user_id, "", dynamic},
    {"IUser", "Email", "", "string", user_email, "", dynamic},
    {"IUser", "FirstName", "", "string", user_first, "", dynamic},
    {"IUser", "LastName", "", "string", user_last, "", dynamic},
    {"IUser", "Note", "", "string", user_note, "", dynamic},
    {"IUser", "RegistrationDate", "", "DateTime", user_registered, "", dynamic},
    {"IUser", "Groups", "", "IEnumerable<IGroup>", user_groups, "", dynamic},
    {"IUser", "Identities", "", "IEnumerable<IUserIdentity>", user_identities, "", dynamic},
    {"IUserIdentity", "Id", "", "string", identity_id},
    {"IUserIdentity", "Provider", "", "string", identity_provider},
    {"IGroup", "Id", "", "string", group_id},
    {"IGroup", "Name", "", "string", group_name},
    {"ISubscription", "Id", "", "string", subscription_id, "", dynamic},
    {"ISubscription", "Name", "", "string", subscription_name, "", dynamic},
    {"ISubscription", "Key", "", "string", subscription_key, "The key the caller sent.", dynamic},
    {"ISubscription", "PrimaryKey", "", "string", subscription_primary, "", dynamic},
    {"ISubscription", "SecondaryKey", "", "string", subscription_secondary, "", dynamic},
    {"ISubscription", "CreatedDate", "", "DateTime", subscription_created, "", dynamic},
    {"ISubscription", "StartDate", "", "DateTime?", subscription_start, "", dynamic},
    {"ISubscription", "EndDate", "", "DateTime?", subscription_end, "", dynamic},
    {"IDeployment", "Region", "", "string", deployment_region},
    {"IDeployment", "ServiceId", "", "string", deployment_id},
    {"IDeployment", "ServiceName", "", "string", deployment_name},
    {"IDeployment", "GatewayId", "", "string", deployment_gateway_id},
    {"IDeployment", "Gateway", "", "IGateway", deployment_gateway},
    {"IGateway", "Id", "", "string", deployment_gateway_id},
    {"IGateway", "InstanceId", "", "string", gateway_instance},
    {"IGateway", "IsManaged", "", "bool", gateway_managed},
    {"IBackend", "Id", "", "string", backend_id, "", dynamic},
    {"IBackend", "Type", "", "BackendType", backend_type, "", dynamic},
    {"IBackend", "AzureRegion", "", "string", backend_region, "", dynamic},
};

/// The next of the entities with these ids; ids that name nothing are passed over.
template <class Named>
bool next_named(Evaluation& run, std::string_view workspace_id, const std::vector<std::string>& ids,
                std::vector<Named> ServiceModel::*all, Entity kind, std::uint32_t& position, Value& item) {
  if (run.context == nullptr || run.context->model == nullptr) return false;
  const std::vector<Named>& candidates = run.context->model->*all;
  while (position < ids.size()) {
    const Named* found = find_entity(candidates, workspace_id, ids[position++]);
    if (found == nullptr) continue;
    item = entity_value(kind, found);
    return true;
  }
  return false;
}

}  // namespace

bool next_group_of_user(Evaluation& run, const void* user, std::uint32_t& position, Value& item) {
  return next_named(run, {}, static_cast<const User*>(user)->group_ids, &ServiceModel::groups, Entity::group, position,
                    item);
}
bool next_identity_of_user(Evaluation&, const void* user, std::uint32_t& position, Value& item) {
  const auto& identities = static_cast<const User*>(user)->identities;
  if (position >= identities.size()) return false;
  item = entity_value(Entity::identity, &identities[position++]);
  return true;
}
bool next_group_of_product(Evaluation& run, const void* product, std::uint32_t& position, Value& item) {
  const auto& holder = *static_cast<const Product*>(product);
  return next_named(run, holder.workspace_id, holder.group_ids, &ServiceModel::groups, Entity::group, position, item);
}
bool next_api_of_product(Evaluation& run, const void* product, std::uint32_t& position, Value& item) {
  const auto& holder = *static_cast<const Product*>(product);
  return next_named(run, holder.workspace_id, holder.api_ids, &ServiceModel::apis, Entity::api, position, item);
}

extern const Family entities_family{"entities",
                                    "APIs, products, subscriptions, users, this gateway.",
                                    "API Management policy expressions: context variable",
                                    types,
                                    enums,
                                    members};

}  // namespace sluice::expression
