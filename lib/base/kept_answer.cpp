// SPDX-License-Identifier: Apache-2.0
#include "base/kept_answer.hpp"

#include "base/byte_record.hpp"
#include "base/field_role.hpp"
#include "base/head_syntax.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace sluice {
namespace {

constexpr char version = 1;
constexpr std::uint32_t most_lines = 10'000;

bool is_kept(const Header& line) {
  const FieldRole role = role_of(line);
  if (contains(connection_roles, role) || role == FieldRole::content_length || role == FieldRole::date) return false;
  return !line.is("Set-Cookie") && !line.is("Age");
}

/// The lines of a head. The store may be one that others write to: what may not stand in a head is not believed (P5).
bool read_lines(RecordReader& reader, Headers& headers) {
  const auto count = reader.number<std::uint32_t>();
  if (!count || *count > most_lines) return false;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto name = reader.text();
    const auto value = reader.text();
    if (!name || !value || !is_token(*name) || !is_field_text(*value)) return false;
    headers.append(*name, *value);
  }
  return true;
}

}  // namespace

std::string write_answer_head(const Response& answer, WallTime expires) {
  std::string bytes(1, version);
  append_number(
      bytes, std::int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(expires.time_since_epoch()).count()});
  append_number(bytes, std::int32_t{answer.status});
  append_text(bytes, answer.reason);
  append_number(bytes,
                static_cast<std::uint32_t>(std::count_if(answer.headers.begin(), answer.headers.end(), is_kept)));
  for (const Header& line : answer.headers) {
    if (!is_kept(line)) continue;
    append_text(bytes, line.name);
    append_text(bytes, line.value);
  }
  return bytes;
}

std::optional<KeptAnswer> read_answer(std::string_view bytes, Arena& arena) {
  RecordReader reader(bytes);
  if (reader.number<char>() != version) return std::nullopt;
  const auto expires = reader.number<std::int64_t>();
  const auto status = reader.number<std::int32_t>();
  const auto reason = reader.text();
  if (!expires || !status || !reason || *status < 200 || *status > 599 || !is_field_text(*reason)) return std::nullopt;
  KeptAnswer kept{Response(arena), WallTime(std::chrono::milliseconds(*expires))};
  if (!read_lines(reader, kept.answer.headers)) return std::nullopt;
  kept.answer.status = *status;
  kept.answer.reason = arena.copy(*reason);
  kept.answer.body = Body::bytes(arena.copy(reader.rest()));
  return kept;
}

std::string_view cache_control(std::string_view downstream, WallTime now, WallTime expires, Arena& arena) {
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(expires - now).count();
  return arena.concat({downstream, ", max-age=", std::to_string(std::max<std::int64_t>(left, 0))});
}

}  // namespace sluice
