// SPDX-License-Identifier: Apache-2.0
#include "records.hpp"

#include "base/text.hpp"

namespace sluice::simulated {

Records::Records(const std::string& kind, Clock& clock) : Upstream(kind, clock) {
  for (int id = 1; id <= 3; ++id) {
    JsonWriter writer;
    writer.begin_object();
    writer.member("id", id);
    writer.member("name", std::string_view(kind.substr(0, kind.size() - 1) + " " + std::to_string(id)));
    writer.end_object();
    records_.push_back(std::move(writer).take());
  }
}

Task<Response> Records::serve(Request& request) {
  const std::string_view path = request.url.path;
  const std::string_view last = path.substr(path.rfind('/') + 1);
  std::lock_guard lock(mutex());
  if (request.method == "POST") {
    Arena arena;
    if (!parse_json(request.body.data(), arena)) return error(request, 400, "BadRequest", "the body must be JSON");
    if (records_.size() == max_records) return error(request, 507, "Full", "no more records are kept");
    records_.emplace_back(request.body.data());
    Response response = json(request, 201, records_.back());
    response.headers.set("Location", "/" + name() + "/" + std::to_string(records_.size()));
    return response;
  }
  if (const auto id = parse_unsigned(last)) {
    if (*id == 0 || *id > records_.size()) return error(request, 404, "NotFound", "there is no such record");
    return json(request, 200, records_[*id - 1]);
  }
  JsonWriter writer;
  writer.begin_array();
  for (const std::string& record : records_) writer.raw(record);
  writer.end_array();
  return json(request, 200, writer.text());
}

void Records::write_settings(JsonWriter& writer) {
  writer.member("records", static_cast<std::int64_t>(records_.size()));
}

}  // namespace sluice::simulated
