// SPDX-License-Identifier: Apache-2.0
// System.Guid.
#include "expression/number_format.hpp"
#include "expression/objects.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstring>

namespace sluice::expression {
namespace {

Value guid_of(Call& call, const std::uint8_t* bytes) {
  auto* made = call.run.make_array<std::uint8_t>(16);
  if (made == nullptr) return {};
  std::memcpy(made, bytes, 16);
  return Value::pointer(ValueKind::guid, made);
}
Value new_guid(Call& call) {
  std::uint8_t bytes[16];
  for (int i = 0; i < 2; ++i) {
    const std::uint64_t bits = call.run.context->services.random.bits();
    std::memcpy(bytes + 8 * i, &bits, 8);
  }
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  return guid_of(call, bytes);
}
Value parse_guid_call(Call& call) {
  if (call.is_null(0)) return call.null_argument("input");
  std::uint8_t bytes[16];
  if (!parse_guid(call.text(0), bytes))
    return call.raise(Fault::format,
                      "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).");
  return guid_of(call, bytes);
}
Value parse_guid_exact(Call& call) {
  const Value made = parse_guid_call(call);
  if (call.run.failed()) return {};
  std::string fault;
  const std::string again = format_guid(static_cast<const std::uint8_t*>(made.data()), call.text(1), fault);
  if (!fault.empty() || to_lower(again) != to_lower(call.text(0)))
    return call.raise(Fault::format,
                      "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).");
  return made;
}
Value try_parse_guid(Call& call) {
  std::uint8_t bytes[16] = {};
  const bool ok = !call.is_null(0) && parse_guid(call.text(0), bytes);
  if (!ok) std::memset(bytes, 0, 16);
  call.out(1) = guid_of(call, bytes);
  return Value::boolean(ok);
}
/// .NET keeps the first three fields little-endian in byte arrays.
void swap_fields(std::uint8_t* bytes) {
  std::reverse(bytes, bytes + 4);
  std::reverse(bytes + 4, bytes + 6);
  std::reverse(bytes + 6, bytes + 8);
}
Value guid_from_bytes(Call& call) {
  if (call.is_null(0)) return call.null_argument("b");
  const std::string_view given = call.object<BytesObject>(0).view();
  if (given.size() != 16)
    return call.raise(Fault::argument, "Byte array for Guid must be exactly 16 bytes long. (Parameter 'b')");
  std::uint8_t bytes[16];
  std::memcpy(bytes, given.data(), 16);
  swap_fields(bytes);
  return guid_of(call, bytes);
}
Value guid_from_parts(Call& call) {
  std::uint8_t bytes[16];
  const auto a = static_cast<std::uint32_t>(call.integer(0));
  for (unsigned i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(a >> (24 - 8 * i));
  for (unsigned i = 0; i < 2; ++i) {
    bytes[4 + 2 * i] = static_cast<std::uint8_t>(call.integer(1 + i) >> 8);
    bytes[5 + 2 * i] = static_cast<std::uint8_t>(call.integer(1 + i));
  }
  for (unsigned i = 0; i < 8; ++i) bytes[8 + i] = static_cast<std::uint8_t>(call.integer(3 + i));
  return guid_of(call, bytes);
}
Value guid_to_bytes(Call& call) {
  std::uint8_t bytes[16];
  std::memcpy(bytes, call[0].data(), 16);
  swap_fields(bytes);
  return make_bytes(call.run, bytes, 16);
}
Value empty_guid(Call&) { return default_value(core().guid); }

constexpr MemberRow members[] = {
    {"static Guid", "NewGuid", "()", "Guid", new_guid, "", Trait::impure},
    {"static Guid", "Parse", "(string input)", "Guid", parse_guid_call},
    {"static Guid", "ParseExact", "(string input, string format)", "Guid", parse_guid_exact},
    {"static Guid", "TryParse", "(string input, out Guid result)", "bool", try_parse_guid, "", Trait::impure},
    {"static Guid", "Empty", "", "Guid", empty_guid},
    {"Guid", "new", "()", "Guid", empty_guid},
    {"Guid", "new", "(string g)", "Guid", parse_guid_call},
    {"Guid", "new", "(byte[] b)", "Guid", guid_from_bytes},
    {"Guid", "new", "(int a, short b, short c, byte d, byte e, byte f, byte g, byte h, byte i, byte j, byte k)", "Guid",
     guid_from_parts},
    {"Guid", "ToByteArray", "()", "byte[]", guid_to_bytes},
};

}  // namespace

extern const Family guid_family{"guid", "Identifiers of 128 bits.", "System.Guid", {}, {}, members};

}  // namespace sluice::expression
