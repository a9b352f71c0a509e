// SPDX-License-Identifier: Apache-2.0
// A simulated Azure AI Content Safety resource: text:analyze and text:shieldPrompt. A text is as severe as the words in
// it: `hate2`, `violence4`, `sexual6`, `selfharm4` name category and severity; `ignore previous instructions` is an
// attack; the text of a blocklist's items is settable.
#pragma once

#include "upstream.hpp"

#include <map>
#include <vector>

namespace sluice::simulated {

class ContentSafety final : public Upstream {
 public:
  using Upstream::Upstream;

 private:
  Task<Response> serve(Request& request) override;
  bool set(std::string_view name, const JsonValue& value) override;
  void write_settings(JsonWriter& writer) override;
  Response analyze(Request& request, const JsonValue& body);
  Response shield(Request& request, const JsonValue& body);

  /// Terms by blocklist name; `custom-blocklist-1` is there from the start.
  std::map<std::string, std::vector<std::string>> blocklists_ = {{"custom-blocklist-1", {"forbidden-term"}}};
};

}  // namespace sluice::simulated
