// SPDX-License-Identifier: Apache-2.0
// System.Uri: RFC 3986 as .NET reads it.
#include "expression/entity.hpp"
#include "expression/objects.hpp"
#include "expression/unicode.hpp"

#include "base/text.hpp"
#include "base/url.hpp"

#include <algorithm>
#include <vector>

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"Uri", "System.Uri", TypeKind::reference, "", true},
};
constexpr EnumRow enums[] = {
    {"UriPartial", "System.UriPartial", "Scheme=0 Authority=1 Path=2 Query=3"},
    {"UriKind", "System.UriKind", "RelativeOrAbsolute=0 Absolute=1 Relative=2"},
    {"UriHostNameType", "System.UriHostNameType", "Unknown=0 Basic=1 Dns=2 IPv4=3 IPv6=4"},
};

enum Kind : std::int32_t { relative_or_absolute, absolute_kind, relative_kind };
enum class HostType : std::int32_t { unknown, basic, dns, v4, v6 };

/// `text` (of TextObject): what makes two of them equal.
struct UriObject : TextObject {
  std::string_view original, scheme, user, host, path, query, fragment;
  int port;
  bool absolute;
};
const UriObject& uri(Call& call, std::size_t i = 0) { return call.object<UriObject>(i); }

int default_port(std::string_view scheme) {
  if (scheme == "http" || scheme == "ws") return 80;
  if (scheme == "https" || scheme == "wss") return 443;
  return scheme == "ftp" ? 21 : -1;
}

HostType host_type(std::string_view host) {
  if (host.empty()) return HostType::basic;
  if (host.starts_with('[')) return HostType::v6;
  std::size_t numbers = 0;
  for (const std::string_view label : split(host, '.')) {
    constexpr std::size_t longest_label = 63;
    if (label.empty() || label.size() > longest_label) return HostType::unknown;
    const auto number = parse_unsigned(label);
    numbers += number && *number < 256;
    for (const char c : label) {
      const bool fits = is_alpha(c) || is_digit(c) || c == '-' || c == '_' || static_cast<unsigned char>(c) >= 0x80;
      if (!fits) return HostType::unknown;
    }
  }
  return numbers == 4 && std::count(host.begin(), host.end(), '.') == 3 ? HostType::v4 : HostType::dns;
}

std::string authority(const UriObject& of) {
  std::string text(of.host);
  if (of.port >= 0 && of.port != default_port(of.scheme)) text += ":" + std::to_string(of.port);
  return text;
}
std::string left_part(const UriObject& of, int part) {
  std::string text = std::string(of.scheme) + ":";
  if (!of.host.empty() || of.scheme == "file") text += "//";
  if (part == 0) return text;
  if (!of.user.empty()) text += std::string(of.user) + "@";
  text += authority(of);
  if (part >= 2) text += of.path;
  if (part >= 3) text += of.query;
  return text;
}
std::string whole(const UriObject& of) { return left_part(of, 3) + std::string(of.fragment); }

/// RFC 3986, 5.2.4.
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  bool directory = false;
  if (path.starts_with('/')) path.remove_prefix(1);
  for (const std::string_view segment : split(path, '/')) {
    directory = segment == "." || segment == "..";
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (segment != ".") {
      kept.push_back(segment);
    }
  }
  if (directory) kept.emplace_back();
  std::string made;
  for (const std::string_view segment : kept) made.append("/").append(segment);
  return made.empty() ? "/" : made;
}

/// What a host, as part of a URI, cannot hold.
bool is_bad_host(std::string_view host) { return host.find_first_of(" <>\\^\"{}|`") != std::string_view::npos; }

/// Reads `user@host:port`; false when malformed.
bool read_authority(Arena& arena, std::string_view text, UriObject& to) {
  const std::size_t at = text.rfind('@');
  if (at != std::string_view::npos) {
    to.user = arena.copy(text.substr(0, at));
    text = text.substr(at + 1);
  }
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos && text.find(']', colon) == std::string_view::npos) {
    const auto number = parse_unsigned(text.substr(colon + 1));
    constexpr std::uint64_t largest_port = 65'535;
    if (colon + 1 < text.size() && (!number || *number > largest_port)) return false;
    if (number) to.port = static_cast<int>(*number);
    text = text.substr(0, colon);
  }
  if ((text.empty() && to.scheme != "file") || is_bad_host(text)) return false;
  to.host = arena.copy(to_lower(text));
  return true;
}

/// Length of the scheme; 0 when the text does not begin with one.
std::size_t scheme_length(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon < 2 || !is_alpha(text[0])) return 0;
  const bool fits = std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon),
                                [](char c) { return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; });
  return fits ? colon : 0;
}

/// Null when the text is no URI of that kind.
UriObject* read_uri(Call& call, std::string_view given, int kind) {
  static const Type* type = read_type("Uri");
  Arena& arena = call.arena();
  std::string_view text = trim(given);
  auto* made = call.run.make<UriObject>();
  if (made == nullptr || !call.run.charge(text.size() / 16 + 1)) return nullptr;
  made->type = type;
  made->original = made->text = arena.copy(given);
  made->port = -1;
  const std::size_t length = scheme_length(text);
  if (length == 0) return kind == absolute_kind ? nullptr : made;
  if (kind == relative_kind) return nullptr;
  made->absolute = true;
  made->scheme = arena.copy(to_lower(text.substr(0, length)));
  made->port = default_port(made->scheme);
  std::string_view rest = text.substr(length + 1);
  if (const std::size_t hash = rest.find('#'); hash != std::string_view::npos) {
    made->fragment = arena.copy("#" + percent_encode(rest.substr(hash + 1), "!#$%&'()*+,/:;=?@[]"));
    rest = rest.substr(0, hash);
  }
  if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
    made->query = arena.copy("?" + percent_encode(rest.substr(mark + 1), "!#$%&'()*+,/:;=?@[]"));
    rest = rest.substr(0, mark);
  }
  const bool hierarchical = rest.starts_with("//");
  if (hierarchical) {
    rest.remove_prefix(2);
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    if (!read_authority(arena, rest.substr(0, slash), *made)) return nullptr;
    rest = rest.substr(slash);
  } else if (default_port(made->scheme) >= 0) {
    return nullptr;
  }
  const std::string path = percent_encode(rest, "!#$%&'()*+,/:;=@[]");
  made->path = arena.copy(hierarchical ? without_dot_segments(path) : path);
  made->text = arena.copy(std::string(made->scheme) + "://" + authority(*made) + std::string(made->path) +
                          std::string(made->query));
  return made;
}

Value result(Call& call, const UriObject* made, std::string_view given) {
  if (made != nullptr || call.run.failed()) return made == nullptr ? Value() : Value::object(made);
  return call.raise(Fault::uri_format, given.empty() ? "Invalid URI: The URI is empty."
                                                     : "Invalid URI: The format of the URI could not be determined.");
}
Value uri_new(Call& call) {
  if (call.is_null(0)) return call.null_argument("uriString");
  return result(call, read_uri(call, call.text(0), call.count > 1 ? call[1].enum_value() : absolute_kind),
                call.text(0));
}

/// RFC 3986, 5.2.2: a reference against a base.
std::string resolved(const UriObject& base, std::string_view reference) {
  if (scheme_length(reference) != 0) return std::string(reference);
  const std::string root = left_part(base, 1);
  if (reference.starts_with("//")) return std::string(base.scheme) + ":" + std::string(reference);
  if (reference.empty()) return left_part(base, 3);
  if (reference.starts_with('#')) return left_part(base, 3) + std::string(reference);
  if (reference.starts_with('?')) return left_part(base, 2) + std::string(reference);
  if (reference.starts_with('/')) return root + std::string(reference);
  return root + std::string(base.path.substr(0, base.path.rfind('/') + 1)) + std::string(reference);
}
bool absolute(Call& call, std::size_t i = 0) {
  if (uri(call, i).absolute) return true;
  call.raise(Fault::invalid_operation, "This operation is not supported for a relative URI.");
  return false;
}
Value uri_combine(Call& call) {
  if (call.is_null(0)) return call.null_argument("baseUri");
  if (call.is_null(1)) return call.null_argument("relativeUri");
  if (!uri(call).absolute)
    return call.raise(Fault::argument_out_of_range,
                      "This operation is not supported for a relative URI. "
                      "(Parameter 'baseUri')");
  const std::string_view reference = call[1].is_string() ? call.text(1) : uri(call, 1).original;
  return result(call, read_uri(call, resolved(uri(call), trim(reference)), absolute_kind), reference);
}
Value uri_try_create(Call& call) {
  const bool combined = call[0].kind() == ValueKind::object;
  const UriObject* made = nullptr;
  if (!call.is_null(0) && !combined) made = read_uri(call, call.text(0), call[1].enum_value());
  if (combined && !call.is_null(1) && uri(call).absolute) {
    const std::string_view reference = call[1].is_string() ? call.text(1) : uri(call, 1).original;
    made = read_uri(call, resolved(uri(call), trim(reference)), absolute_kind);
  }
  call.out(2) = made == nullptr ? Value() : Value::object(made);
  return Value::boolean(made != nullptr);
}
Value uri_well_formed(Call& call) {
  const UriObject* made = call.is_null(0) ? nullptr : read_uri(call, call.text(0), call[1].enum_value());
  return Value::boolean(made != nullptr && call.text(0).find_first_of(" <>\"\\^`{|}") == std::string_view::npos);
}
Value uri_relative(Call& call) {
  if (call.is_null(1)) return call.null_argument("uri");
  if (!absolute(call) || !absolute(call, 1)) return {};
  const UriObject &from = uri(call), &to = uri(call, 1);
  if (from.scheme != to.scheme || authority(from) != authority(to)) return call[1];
  // Up from the directories that only the one has, down into those that only the other has.
  std::size_t common = 0;
  for (std::size_t i = 0; i < from.path.size() && i < to.path.size() && from.path[i] == to.path[i]; ++i) {
    if (from.path[i] == '/') common = i + 1;
  }
  std::string made;
  for (const char c : from.path.substr(common)) {
    if (c == '/') made += "../";
  }
  made.append(to.path.substr(common)).append(to.query).append(to.fragment);
  if (made.empty() && from.path != to.path) made = "./";
  return result(call, read_uri(call, made, relative_kind), made);
}

/// Decodes for reading: what has a meaning of its own in a URI stays encoded.
std::string readable(std::string_view text) {
  std::string made;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (text[i] != '%' || high < 0 || low < 0) {
      made += text[i];
      continue;
    }
    const auto byte = static_cast<char>(high * 16 + low);
    const bool keep = static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F ||
                      std::string_view("%;/?:@&=+$,#[]!'()*\\").find(byte) != std::string_view::npos;
    if (keep)
      made += text.substr(i, 3);
    else
      made += byte;
    i += 2;
  }
  return is_valid_utf8(made) ? made : std::string(text);
}

template <std::string_view UriObject::*part>
Value uri_part(Call& call) {
  return absolute(call) ? Value::string(uri(call).*part) : Value();
}
Value uri_safe_host(Call& call) {
  if (!absolute(call)) return {};
  const std::string_view host = uri(call).host;
  return Value::string(host.starts_with('[') ? host.substr(1, host.size() - 2) : host);
}
Value uri_host_type(Call& call) {
  return absolute(call) ? Value::enumeration(*call.result(), static_cast<std::int32_t>(host_type(uri(call).host)))
                        : Value();
}
Value uri_check_host(Call& call) {
  const std::string_view host = call.is_null(0) ? std::string_view() : call.text(0);
  HostType type = host.find(':') != std::string_view::npos ? HostType::v6 : host_type(host);
  if (host.empty()) type = HostType::unknown;
  return Value::enumeration(*call.result(), static_cast<std::int32_t>(type));
}
Value uri_port(Call& call) { return absolute(call) ? Value::int32(uri(call).port) : Value(); }
Value uri_authority(Call& call) { return absolute(call) ? call.text_result(authority(uri(call))) : Value(); }
Value uri_path_query(Call& call) {
  return absolute(call) ? call.text_result(std::string(uri(call).path) + std::string(uri(call).query)) : Value();
}
Value uri_absolute(Call& call) { return absolute(call) ? call.text_result(whole(uri(call))) : Value(); }
Value uri_left(Call& call) {
  return absolute(call) ? call.text_result(left_part(uri(call), call[1].enum_value())) : Value();
}
Value uri_original(Call& call) { return Value::string(uri(call).original); }
Value uri_is_absolute(Call& call) { return Value::boolean(uri(call).absolute); }
Value uri_is_loopback(Call& call) {
  if (!absolute(call)) return {};
  const std::string_view host = uri(call).host;
  return Value::boolean(host == "localhost" || host.starts_with("127.") || host == "[::1]" ||
                        (host.empty() && uri(call).scheme == "file"));
}
Value uri_is_default_port(Call& call) {
  return absolute(call) ? Value::boolean(uri(call).port == default_port(uri(call).scheme)) : Value();
}
Value uri_is_file(Call& call) { return absolute(call) ? Value::boolean(uri(call).scheme == "file") : Value(); }
Value uri_local_path(Call& call) {
  return absolute(call) ? Value::string(percent_decode(uri(call).path, call.arena())) : Value();
}
Value uri_to_string(Call& call) {
  return uri(call).absolute ? call.text_result(readable(whole(uri(call)))) : Value::string(uri(call).original);
}
Value uri_segments(Call& call) {
  if (!absolute(call)) return {};
  std::vector<Value> parts;
  const std::string_view path = uri(call).path;
  for (std::size_t start = 0; start < path.size();) {
    const std::size_t slash = path.find('/', start);
    const std::size_t end = slash == std::string_view::npos ? path.size() : slash + 1;
    parts.push_back(Value::string(path.substr(start, end - start)));
    start = end;
  }
  return make_array(call.run, core().string_array, parts.data(), static_cast<std::uint32_t>(parts.size()));
}
Value uri_is_base_of(Call& call) {
  if (call.is_null(1)) return call.null_argument("uri");
  if (!absolute(call)) return {};
  const UriObject &base = uri(call), &other = uri(call, 1);
  const std::string_view directory = base.path.substr(0, base.path.rfind('/') + 1);
  return Value::boolean(!other.absolute || (base.scheme == other.scheme && authority(base) == authority(other) &&
                                            other.path.starts_with(directory)));
}
Value equal(Call& call) { return Value::boolean(equal_values(call[0], call[1])); }
Value not_equal(Call& call) { return Value::boolean(!equal_values(call[0], call[1])); }

Value escape(Call& call) {
  if (call.is_null(0)) return call.null_argument("stringToEscape");
  return call.text_result(percent_encode(valid_utf8(call.text(0))));
}
Value escape_uri(Call& call) {
  if (call.is_null(0)) return call.null_argument("stringToEscape");
  return call.text_result(percent_encode(valid_utf8(call.text(0)), "!#$&'()*+,/:;=?@[]"));
}
Value unescape(Call& call) {
  if (call.is_null(0)) return call.null_argument("stringToUnescape");
  return Value::string(percent_decode(call.text(0), call.arena()));
}
Value hex_escape(Call& call) {
  const std::int64_t unit = call.integer(0);
  if (unit > 255)
    return call.raise(Fault::argument_out_of_range,
                      "Specified argument was out of the range of valid "
                      "values. (Parameter 'character')");
  return call.text_result(std::string{'%', "0123456789ABCDEF"[unit >> 4], "0123456789ABCDEF"[unit & 15]});
}
Value is_hex_digit(Call& call) {
  return Value::boolean(call.integer(0) < 128 && hex_value(static_cast<char>(call.integer(0))) >= 0);
}
Value check_scheme(Call& call) {
  return Value::boolean(!call.is_null(0) && scheme_length("x" + std::string(call.text(0)) + ":") != 0 &&
                        is_alpha(call.text(0).empty() ? '0' : call.text(0)[0]));
}
template <std::size_t i>
Value scheme_name(Call&) {
  static constexpr std::string_view names[] = {"http", "https", "ftp", "file", "mailto", "://"};
  return Value::string(names[i]);
}
Value url_to_uri(Call& call) {
  const Url& from = target_of<Url>(call);
  const std::string_view text = from.to_string(call.arena());
  return result(call, read_uri(call, text, absolute_kind), text);
}

constexpr Trait changes = Trait::impure;
constexpr MemberRow members[] = {
    {"Uri", "new", "(string uriString)", "Uri", uri_new, "UriFormatException unless absolute.", changes},
    {"Uri", "new", "(string uriString, UriKind uriKind)", "Uri", uri_new, "UriFormatException for anything else.",
     changes},
    {"Uri", "new", "(Uri baseUri, string relativeUri)", "Uri", uri_combine, "The reference against the base.", changes},
    {"Uri", "new", "(Uri baseUri, Uri relativeUri)", "Uri", uri_combine, "The reference against the base.", changes},
    {"static Uri", "TryCreate", "(string uriString, UriKind uriKind, out Uri result)", "bool", uri_try_create,
     "Whether the text is one.", changes},
    {"static Uri", "TryCreate", "(Uri baseUri, string relativeUri, out Uri result)", "bool", uri_try_create,
     "Whether the reference can be resolved.", changes},
    {"static Uri", "TryCreate", "(Uri baseUri, Uri relativeUri, out Uri result)", "bool", uri_try_create,
     "Whether the reference can be resolved.", changes},
    {"static Uri", "IsWellFormedUriString", "(string uriString, UriKind uriKind)", "bool", uri_well_formed,
     "Whether it is a URI with everything encoded."},
    {"static Uri", "EscapeDataString", "(string stringToEscape)", "string", escape, "All but unreserved characters."},
    {"static Uri", "EscapeUriString", "(string stringToEscape)", "string", escape_uri,
     "All but unreserved and reserved characters."},
    {"static Uri", "UnescapeDataString", "(string stringToUnescape)", "string", unescape, "Decodes `%xx`."},
    {"static Uri", "HexEscape", "(char character)", "string", hex_escape, "`%xx`."},
    {"static Uri", "IsHexDigit", "(char character)", "bool", is_hex_digit, "0-9, a-f, A-F."},
    {"static Uri", "CheckHostName", "(string name)", "UriHostNameType", uri_check_host, "What kind of host it names."},
    {"static Uri", "CheckSchemeName", "(string schemeName)", "bool", check_scheme, "Whether it may be a scheme."},
    {"static Uri", "UriSchemeHttp", "", "string", scheme_name<0>, "`http`"},
    {"static Uri", "UriSchemeHttps", "", "string", scheme_name<1>, "`https`"},
    {"static Uri", "UriSchemeFtp", "", "string", scheme_name<2>, "`ftp`"},
    {"static Uri", "UriSchemeFile", "", "string", scheme_name<3>, "`file`"},
    {"static Uri", "UriSchemeMailto", "", "string", scheme_name<4>, "`mailto`"},
    {"static Uri", "SchemeDelimiter", "", "string", scheme_name<5>, "`://`"},
    {"Uri", "Scheme", "", "string", uri_part<&UriObject::scheme>, "In lower case."},
    {"Uri", "Host", "", "string", uri_part<&UriObject::host>, "In lower case; IPv6 in brackets."},
    {"Uri", "DnsSafeHost", "", "string", uri_safe_host, "As Host, IPv6 without brackets."},
    {"Uri", "IdnHost", "", "string", uri_safe_host, "As DnsSafeHost."},
    {"Uri", "HostNameType", "", "UriHostNameType", uri_host_type, "What kind of host it names."},
    {"Uri", "Port", "", "int", uri_port, "The scheme's own when not told; -1 when it has none."},
    {"Uri", "AbsolutePath", "", "string", uri_part<&UriObject::path>, "Encoded."},
    {"Uri", "LocalPath", "", "string", uri_local_path, "Decoded."},
    {"Uri", "Query", "", "string", uri_part<&UriObject::query>, "With its `?`; empty for none."},
    {"Uri", "Fragment", "", "string", uri_part<&UriObject::fragment>, "With its `#`; empty for none."},
    {"Uri", "UserInfo", "", "string", uri_part<&UriObject::user>, "What stands before `@`."},
    {"Uri", "Authority", "", "string", uri_authority, "Host, and the port unless it is the scheme's own."},
    {"Uri", "PathAndQuery", "", "string", uri_path_query, "Encoded."},
    {"Uri", "AbsoluteUri", "", "string", uri_absolute, "The whole, encoded."},
    {"Uri", "OriginalString", "", "string", uri_original, "As it was given."},
    {"Uri", "IsAbsoluteUri", "", "bool", uri_is_absolute, "Whether it has a scheme."},
    {"Uri", "IsLoopback", "", "bool", uri_is_loopback, "Whether the host is this machine."},
    {"Uri", "IsDefaultPort", "", "bool", uri_is_default_port, "Whether the port is the scheme's own."},
    {"Uri", "IsFile", "", "bool", uri_is_file, "Whether the scheme is `file`."},
    {"Uri", "Segments", "", "string[]", uri_segments, "The parts of the path, each with its slash."},
    {"Uri", "GetLeftPart", "(UriPartial part)", "string", uri_left, "Up to scheme, authority, path or query."},
    {"Uri", "MakeRelativeUri", "(Uri uri)", "Uri", uri_relative, "The reference that leads there.", changes},
    {"Uri", "IsBaseOf", "(Uri uri)", "bool", uri_is_base_of, "Whether the other lies below."},
    {"Uri", "Equals", "(object comparand)", "bool", equal, "But for fragment and user."},
    {"Uri", "op ==", "(Uri uri1, Uri uri2)", "bool", equal, "But for fragment and user."},
    {"Uri", "op !=", "(Uri uri1, Uri uri2)", "bool", not_equal, "But for fragment and user."},
    {"Uri", "ToString", "()", "string", uri_to_string, "Decoded where that changes no meaning."},
    {"IUrl", "ToUri", "()", "Uri", url_to_uri, "The request's or backend's URL.", changes},
};

}  // namespace

extern const Family uri_family{"uri", "Addresses of resources.", "System.Uri", types, enums, members};

}  // namespace sluice::expression
