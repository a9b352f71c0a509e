// SPDX-License-Identifier: Apache-2.0
// Products: `products/<id>/productInformation.json`, `policy.xml`, and what they hold: folders `apis/<api>` (with a
// productApiInformation.json) or a list `apis.json`; `groups` likewise.
#include "model/read/reading.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace sluice::model {
namespace {

namespace fs = std::filesystem;

void add_link(std::vector<std::string>& to, std::string id) {
  if (std::find(to.begin(), to.end(), id) == to.end()) to.push_back(std::move(id));
}

/// `apis.json`: names, or objects with a `name`.
void read_list(Reading& reading, const fs::path& file, std::vector<std::string>& to) {
  read_json(reading, file, [&](const JsonValue& list, Report& report) {
    if (!list.is_array()) {
      return report.error("SL5003", list, "a list of names is wanted, found " + std::string(name_of(list.kind)));
    }
    for (const JsonValue& item : list.items) {
      if (item.is_string()) {
        add_link(to, without_revision(last_segment(item.text)));
        continue;
      }
      ObjectReader link(item, "the list's item", report);
      link.ignore({"id", "properties"});
      const std::string name = link.required_text("name");
      link.finish();
      if (!name.empty()) add_link(to, without_revision(last_segment(name)));
    }
  });
}

/// The names of the folders in `apis/` or `groups/`; the files in them say nothing.
void read_links(Reading& reading, const fs::path& folder, std::vector<std::string>& to) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) { add_link(to, without_revision(entry.name)); });
}

void read_contents(Reading& reading, const fs::path& folder, Product& product) {
  for (const FolderEntry& entry : reading.files.list(folder)) {
    const std::string name = to_lower(entry.name);
    if (entry.is_folder) {
      if (name == "apis") {
        read_links(reading, entry.path, product.api_ids);
      } else if (name == "groups") {
        read_links(reading, entry.path, product.group_ids);
      } else if (name != "tags" && name != "wikis") {
        reading.files.add(Severity::info, "SL5004", entry.path, "is not part of a product and has no effect");
      }
    } else if (name == "apis.json") {
      read_list(reading, entry.path, product.api_ids);
    } else if (name == "groups.json") {
      read_list(reading, entry.path, product.group_ids);
    }
  }
}

}  // namespace

void read_products(Reading& reading, const fs::path& folder) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    Product product;
    product.id = product.display_name = entry.name;
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
