// SPDX-License-Identifier: Apache-2.0
// HTTP messages as the gateway sees them: head fields as views into an arena, bodies in memory or as streams.
// Nothing here knows HTTP framing; servers and transports add and remove it.
#pragma once

#include <sluice/arena.hpp>
#include <sluice/error.hpp>
#include <sluice/names.hpp>
#include <sluice/task.hpp>

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace sluice {

namespace detail {

/// The `size` bytes at `from` as a number, each with the bit of the case set. At most 8.
constexpr std::uint64_t caseless_word(const char* from, std::size_t size) {
  std::uint64_t word = 0;
  if (!std::is_constant_evaluated() && std::endian::native == std::endian::little) {
    const auto load = [&](auto part, std::size_t at) {
      std::memcpy(&part, from + at, sizeof part);
      return static_cast<std::uint64_t>(part) << (8 * at);  // Parts may overlap.
    };
    if (size == 8) {
      word = load(std::uint64_t{}, 0);
    } else if (size >= 4) {
      word = load(std::uint32_t{}, 0) | load(std::uint32_t{}, size - 4);
    } else if (size >= 2) {
      word = load(std::uint16_t{}, 0) | load(std::uint16_t{}, size - 2);
    } else if (size == 1) {
      word = load(std::uint8_t{}, 0);
    }
    return word | (0x2020202020202020u & (size == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * size)) - 1));
  }
  for (std::size_t i = 0; i < size; ++i)
    word |= static_cast<std::uint64_t>(static_cast<unsigned char>(from[i]) | 0x20u) << (8 * i);
  return word;
}

}  // namespace detail

/// Hash of a field name that does not depend on its case: of its length and of the eight bytes at each end. Names that
/// differ may share it: compare them then.
constexpr std::uint32_t header_hash(std::string_view name) {
  constexpr std::uint64_t factor = 0x9E3779B97F4A7C15u;
  const bool is_short = name.size() <= 8;
  std::uint64_t hash = (detail::caseless_word(name.data(), is_short ? name.size() : 8) ^ name.size()) * factor;
  hash ^= hash >> 32;
  if (!is_short) hash ^= detail::caseless_word(name.data() + name.size() - 8, 8);
  hash *= factor;
  return static_cast<std::uint32_t>(hash >> 32);
}

/// A field name with its hash. A literal converts at compile time; make one constant per name on hot paths.
struct HeaderName {
  std::string_view text;
  std::uint32_t hash;
  constexpr HeaderName(std::string_view name) : text(name), hash(header_hash(name)) {}  // NOLINT: implicit by design
  constexpr HeaderName(const char* name) : HeaderName(std::string_view(name)) {}        // NOLINT: implicit by design
  /// A name whose hash is known.
  constexpr HeaderName(std::string_view name, std::uint32_t known) : text(name), hash(known) {}
};

/// One field line.
struct Header {
  std::string_view name;
  std::string_view value;
  std::uint32_t hash;
  bool is_checked = false;  ///< Known to hold nothing that a head may not: not looked at again when it is written.
  std::uint8_t role = unknown_role;  ///< What HTTP makes of the name (lib/base/field_role.hpp), where it is known.
  static constexpr std::uint8_t unknown_role = 0xFF;
  bool is_verbatim = false;  ///< Checked, and stands in a head as `name: value CR LF`, so that it can be copied whole.
  bool is_never_indexed = false;  ///< Came as not to be kept in any table (RFC 7541 section 7.1.3), and goes on so.
  bool is(const HeaderName& other) const { return hash == other.hash && same_name(name, other.text); }
  HeaderName key() const { return {name, hash}; }
};

/// Field lines in the order received; names compare without case. Text lives in the arena: `set` and `append` copy
/// what they are given, the `_view` forms keep the caller's text, which must then outlive the arena's use.
class Headers {
 public:
  explicit Headers(Arena& arena) : arena_(&arena) {}

  std::span<const Header> lines() const { return {lines_, count_}; }
  std::size_t size() const { return count_; }
  auto begin() const { return lines().begin(); }
  auto end() const { return lines().end(); }

  /// The first line of that name, or null.
  const Header* find(const HeaderName& name) const;
  bool contains(const HeaderName& name) const { return find(name) != nullptr; }
  /// Value of the first line of that name, or `fallback`.
  std::string_view get(const HeaderName& name, std::string_view fallback = {}) const;
  std::size_t count(const HeaderName& name) const;
  /// All values of that name joined with `separator`; nothing when there is none.
  std::optional<std::string_view> joined(const HeaderName& name, std::string_view separator = ",") const;

  /// Replaces all lines of that name by one (in the place of the first).
  void set(const HeaderName& name, std::string_view value);
  void append(const HeaderName& name, std::string_view value);
  void set_view(const HeaderName& name, std::string_view value);
  void append_view(const HeaderName& name, std::string_view value);
  /// As `set_view`, with what is known of the line.
  void set_line(const Header& line);
  /// Appends a line of other headers as it is; its text must outlive the arena's use.
  void append_line(const Header& line) { push(line); }
  /// Removes all lines of that name; true when there were any.
  bool remove(const HeaderName& name);
  void clear() {
    count_ = 0;
    names_ = 0;
  }
  /// Takes the lines as they are, in memory of the arena that holds `capacity` of them. There must be none yet.
  void adopt(std::span<Header> lines, std::uint32_t capacity);
  /// Removes the lines for which `drop(line)` holds; true when there were any.
  template <class Drop>
  bool remove_if(Drop drop);
  /// Takes over the lines of `other`, copying their text.
  void assign(const Headers& other);

  Arena& arena() const { return *arena_; }

 private:
  /// A bit for each hash; several share one.
  static constexpr std::uint64_t name_bit(std::uint32_t hash) { return std::uint64_t{1} << (hash % 64); }
  /// False when no line can have that name: what most look-ups are for, and what removed names mostly are.
  bool may_hold(std::uint32_t hash) const { return (names_ & name_bit(hash)) != 0; }
  void push(const Header& line) {
    if (count_ == capacity_) grow();
    lines_[count_++] = line;
    names_ |= name_bit(line.hash);
  }
  void grow();

  Arena* arena_;
  Header* lines_ = nullptr;
  std::uint64_t names_ = 0;  ///< Bits of all names; those of lines that have been removed may stay.
  std::uint32_t count_ = 0;
  std::uint32_t capacity_ = 0;
};

template <class Drop>
bool Headers::remove_if(Drop drop) {
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < count_; ++i) {
    if (drop(std::as_const(lines_[i]))) continue;
    if (kept != i) lines_[kept] = lines_[i];
    ++kept;
  }
  return std::exchange(count_, kept) != kept;
}

/// An absolute URL in parts. `path` starts with `/` and is in normal form; `query` has no `?`.
struct Url {
  std::string_view scheme = "http";  ///< Lower case.
  std::string_view host;             ///< Lower case, no brackets removed.
  std::uint16_t port = 0;            ///< 0: the scheme's default.
  std::string_view path = "/";
  std::string_view query;

  std::uint16_t effective_port() const;
  bool has_default_port() const;
  /// `host` or `host:port` without the default port.
  std::string_view authority(Arena& arena) const;
  std::string_view to_string(Arena& arena) const;
};

/// Parses an absolute http(s) URL. No userinfo (S1), no fragment kept. **Errors**: policy_value_invalid.
Result<Url> parse_url(std::string_view text, Arena& arena);

/// Why the reading of a body ended early, or data. Empty data means the regular end.
using BodyChunk = Result<std::string_view>;

/// The receiving end of a body that arrives over time. Pull: one `read` at a time, each chunk valid until the next.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  /// The next piece, as soon as there is one; empty at the end. After an error or the end it is not called again.
  virtual Task<BodyChunk> read() = 0;
  /// Gives up: whatever still feeds the stream is stopped. A pending `read` completes with `cancelled`.
  virtual void cancel() = 0;
  /// Gives up, and completes when nothing that feeds or watches the stream uses its request any more. Whoever drops
  /// the body of a gateway's answer before its end awaits this before the request is reset.
  virtual Task<void> close() {
    cancel();
    return Task<void>();
  }
  /// The fields that came behind the body, once `read` has found its end; null: none. They live as long as the stream.
  /// A stream that stands before another one passes its trailers on. **Source**: RFC 9110 section 6.5.
  virtual const Headers* trailers() const { return nullptr; }
};

/// A message body: none, bytes in memory, or a stream of known or unknown length.
class Body {
 public:
  Body() = default;
  /// Bytes that live at least as long as the request.
  static Body bytes(std::string_view data);
  static Body stream(std::unique_ptr<BodyStream> stream, std::optional<std::uint64_t> length = std::nullopt);

  Body(Body&&) noexcept = default;
  Body& operator=(Body&&) noexcept = default;

  bool is_none() const { return kind_ == Kind::none; }
  bool is_bytes() const { return kind_ == Kind::bytes; }
  bool is_stream() const { return kind_ == Kind::stream; }
  /// The bytes of a body in memory; empty for none. Not for streams.
  std::string_view data() const { return data_; }
  /// Length if known; 0 for none.
  std::optional<std::uint64_t> length() const;
  BodyStream* stream() const { return stream_.get(); }
  std::unique_ptr<BodyStream> take_stream();

  /// A number that changes with every change of the content: caches of parsed bodies compare it.
  std::uint32_t version() const { return version_; }
  void set_bytes(std::string_view data);
  void clear();

  /// Set by expressions that read without `preserveContent`.
  bool consumed() const { return consumed_; }
  void consume() { consumed_ = true; }

 private:
  enum class Kind : std::uint8_t { none, bytes, stream };
  Kind kind_ = Kind::none;
  bool consumed_ = false;
  std::uint32_t version_ = 0;
  std::string_view data_;
  std::optional<std::uint64_t> length_;
  std::unique_ptr<BodyStream> stream_;
};

/// Reads a streamed body into `arena`, so that it becomes bytes. **Errors**: `too_large` when it has more than
/// `limit_bytes`; what the stream reports otherwise. A body that is no stream is left as it is.
Task<Result<void>> buffer_body(Body& body, Arena& arena, std::size_t limit_bytes, ErrorCode too_large);

/// A request as a server or an embedding program hands it to the gateway. Owns the arena in which everything made
/// for it lives, the answer included: keep the request until the answer has been used up, then `reset` and reuse it.
struct Request {
  Request() : headers(arena) {}
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  Arena arena;
  std::string_view method = "GET";
  Url url;  ///< As the caller sent it, in normal form (P1).
  Headers headers;
  Body body;
  std::string_view client_address;      ///< IP address of the caller, without port.
  std::string_view client_certificate;  ///< DER; empty when the caller sent none.
  /// The protocol that the caller asks to change to (`websocket`); empty: none. `body` is then the stream of what the
  /// caller sends after an answer of 101, whose own body is the stream of what the caller gets.
  std::string_view upgrade;
  Cancellation cancellation;  ///< Request it when the caller has gone.

  /// Sets `url` from text. **Errors**: bad_request.
  Result<void> set_url(std::string_view text);
  /// Ends everything that was made for this request and makes it new.
  void reset();
};

/// An answer. Refers to the arena of its request.
struct Response {
  explicit Response(Arena& arena) : headers(arena) {}
  Response(Response&&) noexcept = default;
  Response& operator=(Response&&) noexcept = default;

  int status = 200;
  std::string_view reason;  ///< Empty: the standard phrase.
  Headers headers;
  Body body;
};

/// Standard reason phrase of a status code; empty when there is none. Source: RFC 9110 section 15.
std::string_view reason_phrase(int status);

}  // namespace sluice
