// SPDX-License-Identifier: Apache-2.0
// Products: `products/<id>/productInformation.json`, `policy.xml`, and what they hold: folders `apis/<api>` (with a
// productApiInformation.json) or a list `apis.json`; `groups` and `tags` likewise.
#include "model/read/reading.hpp"

#include "base/text.hpp"

namespace sluice::model {
namespace {

namespace fs = std::filesystem;

void read_contents(Reading& reading, const fs::path& folder, Product& product) {
  for (const FolderEntry& entry : reading.files.list(folder)) {
    if (read_links(reading, entry, "apis", product.api_ids) ||
        read_links(reading, entry, "groups", product.group_ids) ||
        read_links(reading, entry, "tags", product.tag_ids)) {
      continue;
    }
    if (entry.is_folder && to_lower(entry.name) != "wikis") {
      reading.files.add(Severity::info, "SL5004", entry.path, "is not part of a product and has no effect");
    }
  }
}

}  // namespace

void read_products(Reading& reading, const fs::path& folder) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    Product product;
    product.id = product.display_name = entry.name;
    product.workspace_id = reading.workspace_id;
    const fs::path file = entry.path / "productInformation.json";
    product.file = file.generic_string();
    read_information(reading, file, "the product", [&](ObjectReader& fields) {
      product.display_name = fields.required_text("displayName");
      product.description = fields.text("description");
      product.subscription_required = fields.boolean("subscriptionRequired", true);
      product.approval_required = fields.boolean("approvalRequired", false);
      if (const auto limit = fields.integer("subscriptionsLimit", 0, 1'000'000'000)) {
        product.subscriptions_limit = static_cast<int>(*limit);
      }
      product.published = fields.one_of<bool>("state", {{"published", true}, {"notPublished", false}}, true);
      fields.ignore({"terms", "authenticationType", "application"});
    });
    product.policy = read_policy(reading, entry.path);
    read_contents(reading, entry.path, product);
    reading.model.products.push_back(std::move(product));
  });
}

}  // namespace sluice::model
