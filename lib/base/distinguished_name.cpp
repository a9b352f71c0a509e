// SPDX-License-Identifier: Apache-2.0
#include "base/distinguished_name.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

constexpr std::pair<std::string_view, std::string_view> spellings[] = {
    {"ST", "S"},
    {"STATEORPROVINCENAME", "S"},
    {"EMAIL", "E"},
    {"EMAILADDRESS", "E"},
    {"GN", "G"},
    {"GIVENNAME", "G"},
    {"TITLE", "T"},
    {"SURNAME", "SN"},
    {"COMMONNAME", "CN"},
    {"ORGANIZATIONNAME", "O"},
    {"ORGANIZATIONALUNITNAME", "OU"},
    {"COUNTRYNAME", "C"},
    {"LOCALITYNAME", "L"},
    {"STREETADDRESS", "STREET"},
    {"DOMAINCOMPONENT", "DC"},
    {"2.5.4.3", "CN"},
    {"2.5.4.4", "SN"},
    {"2.5.4.5", "SERIALNUMBER"},
    {"2.5.4.6", "C"},
    {"2.5.4.7", "L"},
    {"2.5.4.8", "S"},
    {"2.5.4.9", "STREET"},
    {"2.5.4.10", "O"},
    {"2.5.4.11", "OU"},
    {"2.5.4.12", "T"},
    {"2.5.4.42", "G"},
    {"2.5.4.43", "INITIALS"},
    {"0.9.2342.19200300.100.1.25", "DC"},
    {"1.2.840.113549.1.9.1", "E"},
};

std::string type_of(std::string_view text) {
  std::string type;
  for (const char c : trim(text)) type += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (type.starts_with("OID.")) type.erase(0, 4);
  const auto found =
      std::find_if(std::begin(spellings), std::end(spellings), [&](const auto& one) { return one.first == type; });
  return found == std::end(spellings) ? type : std::string(found->second);
}

bool is_type(std::string_view type) {
  return !type.empty() && std::all_of(type.begin(), type.end(),
                                      [](char c) { return is_alpha(c) || is_digit(c) || c == '.' || c == '-'; });
}

/// In lower case, with single blanks and none at the ends.
std::string comparable(std::string_view value) {
  std::string text;
  for (const char c : trim(value)) {
    if (is_blank(c) && !text.empty() && text.back() == ' ') continue;
    text += is_blank(c) ? ' ' : to_lower(c);
  }
  return text;
}

class NameReader {
 public:
  explicit NameReader(std::string_view text) : rest_(text) {}

  std::optional<DistinguishedName> read() {
    DistinguishedName name;
    do {
      const std::size_t equals = rest_.find('=');
      if (equals == std::string_view::npos) return std::nullopt;
      const std::string type = type_of(rest_.substr(0, equals));
      rest_.remove_prefix(equals + 1);
      const auto value = read_value();
      if (!is_type(type) || !value) return std::nullopt;
      name.push_back({type, comparable(*value)});
    } while (next_part());
    if (!rest_.empty()) return std::nullopt;
    return name;
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
  }
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  static bool separates(char c) { return c == ',' || c == ';' || c == '+'; }

  bool next_part() {
    skip_blanks();
    if (rest_.empty() || !separates(rest_.front())) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<std::string> read_value() {
    skip_blanks();
    if (!rest_.empty() && rest_.front() == '"') return read_quoted();
    std::string value;
    while (!rest_.empty() && !separates(rest_.front())) {
      const char c = take();
      if (c != '\\') {
        value += c;
      } else if (!read_escape(value)) {
        return std::nullopt;
      }
    }
    return value;
  }

  /// `\,` or two hexadecimal digits.
  bool read_escape(std::string& to) {
    if (rest_.empty()) return false;
    const int high = hex_value(rest_[0]);
    const int low = rest_.size() > 1 ? hex_value(rest_[1]) : -1;
    if (high >= 0 && low >= 0) {
      to += static_cast<char>(high * 16 + low);
      rest_.remove_prefix(2);
    } else {
      to += take();
    }
    return true;
  }

  /// A quote within is doubled, or escaped.
  std::optional<std::string> read_quoted() {
    take();
    std::string value;
    while (!rest_.empty()) {
      const char c = take();
      if (c == '\\' && !rest_.empty() && (rest_.front() == '"' || rest_.front() == '\\')) {
        value += take();
      } else if (c != '"') {
        value += c;
      } else if (!rest_.empty() && rest_.front() == '"') {
        value += take();
      } else {
        return value;
      }
    }
    return std::nullopt;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<DistinguishedName> parse_distinguished_name(std::string_view text) { return NameReader(text).read(); }

}  // namespace sluice
