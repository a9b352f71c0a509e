// SPDX-License-Identifier: Apache-2.0
// The one pass. `find_at` looks at the byte that a finding could begin with and asks the recognisers that this byte
// calls for; the scanner goes from one such byte to the next.
#include "pii/detector.hpp"

#include "base/text.hpp"
#include "pii/addresses.hpp"
#include "pii/cards.hpp"
#include "pii/custom_patterns.hpp"
#include "pii/national_ids.hpp"
#include "pii/number_run.hpp"
#include "pii/phones.hpp"
#include "pii/secrets.hpp"

#include <algorithm>
#include <array>

namespace sluice::pii {

struct Detector::Compiled {
  explicit Compiled(DetectorOptions given) : options(std::move(given)), patterns(options.patterns) {}
  DetectorOptions options;
  CustomPatterns patterns;
};

namespace {

/// The first byte of letters outside ASCII that mail addresses have (addresses.cpp).
constexpr bool is_lead_byte(int c) { return c >= 0xC3 && c <= 0xD3; }

constexpr auto make_starts() {
  std::array<bool, 256> table{};
  for (int c = 0; c < 256; ++c) {
    table[static_cast<std::size_t>(c)] =
        is_word_byte(c) || is_lead_byte(c) || c == '+' || c == '(' || c == '-' || c == ':' || c == '/' || c == '<';
  }
  return table;
}
constexpr std::array<bool, 256> can_begin = make_starts();

/// The longest placeholder, and what it is made of: `<EMAIL_1>`.
std::size_t placeholder_length(Window& window) {
  std::size_t at = 1;
  while (is_upper_byte(window[at]) || is_digit_byte(window[at]) || window[at] == '_') ++at;
  return at > 1 && window[at] == '>' ? at + 1 : 0;
}

/// Looks at one place.
class Look {
 public:
  Look(const DetectorOptions& options, const KnownPlaceholders* placeholders, Window& window)
      : options_(options), placeholders_(placeholders), window_(window) {}

  Found run() {
    const int c = window_[0], before = window_.back(1);
    if (is_word_byte(c)) {
      word(c, is_word_byte(before));
    } else if (c == '+') {
      if (!is_word_byte(before)) want(Kind::phone, [&] { return find_phone(window_); });
      want(Kind::key, [&] { return find_named_key(window_); });
    } else if (c == '(') {
      if (!is_word_byte(before)) want(Kind::phone, [&] { return find_phone(window_); });
    } else if (c == '/') {
      want(Kind::key, [&] { return find_named_key(window_); });
    } else if (c == '-') {
      want(Kind::private_key, [&] { return find_private_key(window_); });
    } else if (c == ':') {
      if (window_[1] == ':' && !is_word_byte(before)) want(Kind::ip, [&] { return find_ipv6(window_); });
    } else if (c == '<') {
      placeholder();
    } else if (!is_word_byte(before) && before < 0x80) {
      email(local_part_length(window_));
    }
    return best_;
  }
  /// How far the next place is when nothing was found.
  std::size_t skip() const { return skip_; }

 private:
  template <class Find>
  void want(Kind kind, Find find) {
    if (!options_.kinds.contains(kind)) return;
    const Found found = find();
    if (found && found.confidence >= options_.least && found.beats(best_)) best_ = found;
  }

  void email(std::size_t local) {
    want(Kind::email, [&] { return find_email(window_, local); });
  }

  void word(int first, bool is_inside) {
    const std::size_t local = local_part_length(window_);
    const std::string_view known = window_.known();
    std::size_t length = 0, digits = 0;
    for (; length < local && is_word_byte(static_cast<unsigned char>(known[length])); ++length) {
      digits += is_digit_byte(known[length]) ? 1 : 0;
    }
    // Of what marks join to it: `X-1234567-L`.
    const bool is_joined = length < local && window_[length] == '-' && is_digit_byte(window_[length + 1]);
    skip_ = length > max_local_bytes ? long_word_stride : length;
    email(local);
    if (is_inside) return;
    if (local >= min_secret_bytes || window_[local] == '~') {
      want(Kind::key, [&] { return find_key(window_); });
      if (first == 'e') want(Kind::jwt, [&] { return find_jwt(window_); });
    }
    if (follows_name()) want(Kind::key, [&] { return find_named_key(window_); });
    if (is_digit_byte(first)) {
      number(digits);
    } else if (is_digit_byte(window_[2]) && is_letter_byte(window_[1])) {
      want(Kind::iban, [&] { return find_iban(window_); });
    }
    if (window_[length] == ':' && length <= 4) want(Kind::ip, [&] { return find_ipv6(window_); });
    const bool is_mixed = digits > 0 && digits < local;
    const bool has_blanks = length == 2 && window_[2] == ' ' && is_upper_byte(first) && is_digit_byte(window_[3]);
    if (is_mixed || has_blanks || (is_joined && digits == 0) || (digits > 0 && window_[length] == '.')) {
      want(Kind::national_id, [&] { return find_letter_id(window_, options_.countries); });
    }
  }

  /// `name=`, `name: `, `"name":"` and the like may stand before.
  bool follows_name() const {
    int last = window_.back(1);
    if (last == ' ') last = window_.back(2);
    return last == '=' || last == ':' || last == '"' || last == '\'';
  }

  void number(std::size_t digits) {
    if (digits <= 3 && window_[digits] == '.') want(Kind::ip, [&] { return find_ipv4(window_); });
    if (digits >= 8 && digits <= 10 && window_[digits] == ':') want(Kind::key, [&] { return find_key(window_); });
    const NumberRun run(window_);
    if (run.groups() == 0) return;
    const std::size_t all = run.digits(run.groups()).size();
    const std::size_t end = run.length(run.groups());
    const bool has_brackets = window_[end] == '(' || (window_[end] == ' ' && window_[end + 1] == '(');
    if (all < 7 && !has_brackets) return;
    if (all >= 13) want(Kind::card, [&] { return find_card(window_, run); });
    if (all >= 8) {
      want(Kind::national_id, [&] { return find_number_id(window_, run, options_.countries); });
    }
    want(Kind::phone, [&] { return find_phone(window_); });
  }

  void placeholder() {
    if (placeholders_ == nullptr) return;
    const std::size_t length = placeholder_length(window_);
    if (length == 0) return;
    const std::string_view name = placeholders_->find(window_.seen(0, length));
    if (!name.empty()) best_ = {length, Kind::placeholder, name, Confidence::high};
  }

  const DetectorOptions& options_;
  const KnownPlaceholders* placeholders_;
  Window& window_;
  Found best_;
  std::size_t skip_ = 1;
};

bool is_allowed(const DetectorOptions& options, std::string_view text) {
  return std::any_of(options.allowed.begin(), options.allowed.end(),
                     [&](const std::string& allowed) { return equal_ignoring_case(allowed, text); });
}

}  // namespace

Detector::Detector(DetectorOptions options) : compiled_(std::make_unique<Compiled>(std::move(options))) {}
Detector::~Detector() = default;
Detector::Detector(Detector&&) noexcept = default;

const std::string& Detector::error() const { return compiled_->patterns.error(); }
const DetectorOptions& Detector::options() const { return compiled_->options; }

std::vector<Match> Detector::find(std::string_view text) const {
  std::vector<Match> matches;
  Scanner(*this).scan_whole(text, matches);
  return matches;
}

void Scanner::push(std::string_view piece, std::vector<Match>& matches) {
  if (at_ > 4 * max_context_bytes) {
    const std::size_t gone = at_ - max_context_bytes;
    text_.erase(0, gone);
    base_ += gone;
    at_ -= gone;
  }
  text_ += piece;
  scan(text_, false, matches);
}

void Scanner::finish(std::vector<Match>& matches) { scan(text_, true, matches); }

void Scanner::scan_whole(std::string_view text, std::vector<Match>& matches) { scan(text, true, matches); }

bool Scanner::scan_step(std::string_view text, std::size_t bytes, std::vector<Match>& matches) {
  // What may be held back is known beside, so that each step gets on.
  const std::size_t rest = text.size() - at_;
  const bool is_last = rest <= max_held_bytes || rest - max_held_bytes <= bytes;
  const std::size_t before = matches.size();
  scan(is_last ? text : text.substr(0, at_ + max_held_bytes + bytes), is_last, matches);
  if (before > 0 && before < matches.size() && matches[before].goes_on) {
    matches[before - 1].end = matches[before].end;
    matches.erase(matches.begin() + static_cast<std::ptrdiff_t>(before));
  }
  return is_last;
}

void Scanner::scan(std::string_view text, bool ends_here, std::vector<Match>& matches) {
  if (!scan_tail(text, ends_here, matches, false)) return;
  const Detector::Compiled& compiled = *detector_->compiled_;
  CustomSearch custom(compiled.patterns, text, ends_here);
  while (at_ < text.size()) {
    std::size_t next = at_;
    while (next < text.size() && !can_begin[static_cast<unsigned char>(text[next])]) ++next;
    if (const Found found = custom.find(at_, next);
        found && !is_allowed(compiled.options, text.substr(at_, found.length))) {
      take(found, matches);
      continue;
    }
    if (next >= custom.limit()) {
      at_ = std::max(at_, std::min(next, custom.limit()));
      return;
    }
    at_ = next;
    if (at_ == text.size()) return;
    Window window(text, at_, ends_here);
    Look look(compiled.options, placeholders_, window);
    const Found found = look.run();
    if (window.is_starved()) return;
    if (!found) {
      at_ += look.skip();
    } else if (found.tail == Tail::none && is_allowed(compiled.options, text.substr(at_, found.length))) {
      at_ += found.length;
    } else {
      take(found, matches);
      if (!scan_tail(text, ends_here, matches, true)) return;
    }
  }
}

void Scanner::take(const Found& found, std::vector<Match>& matches) {
  const std::size_t begin = base_ + at_;
  matches.push_back({found.kind, found.name, found.confidence, begin, begin + found.length});
  at_ += found.length;
  tail_ = TailReader(found.tail);
}

bool Scanner::scan_tail(std::string_view text, bool ends_here, std::vector<Match>& matches, bool is_fresh) {
  if (!tail_.is_reading()) return true;
  const std::size_t length = tail_.read(text.substr(at_), ends_here);
  at_ += length;
  if (is_fresh) {
    matches.back().end += length;
  } else if (length > 0) {
    Match more;
    more.begin = base_ + at_ - length;
    more.end = base_ + at_;
    more.goes_on = true;
    matches.push_back(more);
  }
  return !tail_.is_reading();
}

}  // namespace sluice::pii
