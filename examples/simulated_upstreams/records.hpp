// SPDX-License-Identifier: Apache-2.0
// A simulated business service: records of one kind (orders, products, customers) as JSON, listed, read and created.
#pragma once

#include "upstream.hpp"

#include <vector>

namespace sluice::simulated {

class Records final : public Upstream {
 public:
  /// `kind` in the plural: `orders`.
  Records(const std::string& kind, Clock& clock);

 private:
  static constexpr std::size_t max_records = 10'000;
  Task<Response> serve(Request& request) override;
  bool set(std::string_view, const JsonValue&) override { return false; }
  void write_settings(JsonWriter& writer) override;

  std::vector<std::string> records_;  ///< JSON texts; the id is the index from 1.
};

}  // namespace sluice::simulated
