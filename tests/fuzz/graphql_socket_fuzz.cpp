// SPDX-License-Identifier: Apache-2.0
// Any bytes as what a subscriber sends: read whole and byte by byte they give the same items, messages and answers
// stay within their bounds, and answers are JSON.
#include "base/websocket_messages.hpp"
#include "graphql/socket_protocol.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

using namespace sluice;

namespace {

constexpr std::size_t most_bytes = 4096;
constexpr std::size_t most_operations = 4;

struct Item {
  WebSocketItem::Kind kind;
  std::string payload;
  std::uint16_t code;
  bool operator==(const Item&) const = default;
};

std::vector<Item> read(std::string_view bytes, std::size_t step) {
  WebSocketReceiver receiver(WebSocketEnd::client, most_bytes);
  std::vector<Item> items;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
    std::string_view part = bytes.substr(0, step);
    while (const auto item = receiver.read(part)) items.push_back({item->kind, std::string(item->payload), item->code});
    if (!part.empty()) std::abort();
  }
  return items;
}

void check_message(graphql::SocketProtocol& protocol, const std::string& text) {
  Arena arena;
  const auto action = protocol.receive(text, arena, {20, 1000});
  if (protocol.operations() > most_operations) std::abort();
  if (action.kind == graphql::SocketAction::Kind::send && !parse_json(action.text, arena, {})) std::abort();
  if (action.kind == graphql::SocketAction::Kind::close && action.code < 4400) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::vector<Item> items = read(bytes, std::size_t{1} << 20);
  if (items != read(bytes, 1)) std::abort();
  graphql::SocketProtocol protocol(most_operations);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const bool is_end = items[i].kind == WebSocketItem::Kind::close || items[i].kind == WebSocketItem::Kind::fault;
    if (is_end && i + 1 != items.size()) std::abort();
    if (items[i].payload.size() > most_bytes) std::abort();
    if (items[i].kind != WebSocketItem::Kind::text) continue;
    if (!is_valid_utf8(items[i].payload)) std::abort();
    check_message(protocol, items[i].payload);
  }
  check_message(protocol, std::string(bytes));
  return 0;
}
