// SPDX-License-Identifier: Apache-2.0
// The events of yaml-cpp build the tree bottom-up: each open sequence or mapping is a frame, and what it gathered is
// copied into the arena when it closes. yaml-cpp reports mistakes by exceptions; they end here, and so does the
// handler's own one for bounds.
#include "model/yaml_tree.hpp"

#include "base/text.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <istream>
#include <map>
#include <optional>
#include <streambuf>
#include <string>
#include <vector>

namespace sluice::model {
namespace {

/// Text that counts as one more value.
constexpr std::size_t bytes_per_value = 64;

/// Reads from text in place.
class TextBuffer final : public std::streambuf {
 public:
  explicit TextBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // The interface wants it; a read-only buffer never writes.
    setg(begin, begin, begin + text.size());
  }
};

/// Thrown through yaml-cpp's parser and caught in parse_yaml.
struct BoundPassed {
  std::uint32_t offset;
  std::string message;
};

/// Whether `text` is a number as JSON writes numbers; other spellings of YAML (0x1F, .5, +1) stay text.
bool is_json_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - start;
  };
  if (at < text.size() && text[at] == '-') ++at;
  const std::size_t first = at;
  const std::size_t whole = digits();
  if (whole == 0 || (whole > 1 && text[first] == '0')) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && to_lower(text[at]) == 'e') {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

JsonValue plain_scalar(std::string_view text) {
  JsonValue value;
  value.text = text;
  if (text == "null" || text == "Null" || text == "NULL" || text == "~" || text.empty()) {
    value.text = {};
  } else if (text == "true" || text == "True" || text == "TRUE") {
    value.kind = JsonKind::boolean;
    value.truth = true;
  } else if (text == "false" || text == "False" || text == "FALSE") {
    value.kind = JsonKind::boolean;
  } else if (is_json_number(text)) {
    value.kind = JsonKind::number;
  } else {
    value.kind = JsonKind::string;
  }
  return value;
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, Arena& arena, const JsonLimits& limits)
      : arena_(arena), limits_(limits), start_(text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0) {}

  std::uint32_t offset(const YAML::Mark& mark) const {
    return mark.pos < 0 ? 0 : static_cast<std::uint32_t>(mark.pos) + start_;
  }
  const JsonValue* root() const { return root_ ? arena_.make<JsonValue>(*root_) : nullptr; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    JsonValue value;
    value.offset = offset(mark);
    place(value, 1, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    // An anchor that is still open (`&a [*a]`) would be a tree without end.
    if (found == anchors_.end()) throw BoundPassed{offset(mark), "an alias to something that has not ended"};
    place(found->second.value, found->second.weight, 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    const std::string_view kept = arena_.copy(text);
    JsonValue value;
    // yaml-cpp gives "?" to plain scalars and "!" to quoted ones.
    if (tag == "?" && !awaits_key()) {
      value = plain_scalar(kept);
    } else {
      value.kind = JsonKind::string;
      value.text = kept;
    }
    value.offset = offset(mark);
    // Long texts weigh more, so that aliases to one are bounded too.
    place(value, 1 + kept.size() / bytes_per_value, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(JsonKind::array, mark, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(JsonKind::object, mark, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    JsonKind kind;
    std::uint32_t offset;
    YAML::anchor_t anchor;
    std::size_t weight = 1;
    std::vector<JsonValue> items;
    std::vector<JsonMember> members;
    std::optional<JsonMember> key;
  };
  struct Anchored {
    JsonValue value;
    std::size_t weight;
  };

  bool awaits_key() const {
    return !frames_.empty() && frames_.back().kind == JsonKind::object && !frames_.back().key.has_value();
  }

  void open(JsonKind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (awaits_key()) throw BoundPassed{offset(mark), "a key must be text"};
    if (frames_.size() >= limits_.depth) {
      throw BoundPassed{offset(mark), "nested more than " + std::to_string(limits_.depth) + " deep"};
    }
    frames_.push_back(Frame{.kind = kind, .offset = offset(mark), .anchor = anchor});
  }

  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    JsonValue value;
    value.kind = frame.kind;
    value.offset = frame.offset;
    value.items = keep(frame.items);
    value.members = keep(frame.members);
    place(value, frame.weight, frame.anchor);
  }

  template <class T>
  std::span<const T> keep(const std::vector<T>& from) {
    std::span<T> to = arena_.make_array<T>(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) to[i] = from[i];
    return to;
  }

  /// Puts a finished value where it belongs: as key, member, item or root.
  void place(const JsonValue& value, std::size_t weight, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = {value, weight};
    if (frames_.empty()) {
      root_ = value;
      return check_weight(weight, value.offset);
    }
    Frame& frame = frames_.back();
    frame.weight += weight;
    check_weight(frame.weight, value.offset);
    if (frame.kind == JsonKind::array) {
      frame.items.push_back(value);
    } else if (!frame.key) {
      if (value.is_object() || value.is_array()) throw BoundPassed{value.offset, "a key must be text"};
      frame.key = JsonMember{value.is_null() ? std::string_view("null") : value.text, value.offset, {}};
    } else {
      frame.key->value = value;
      frame.members.push_back(*frame.key);
      frame.key.reset();
    }
  }

  void check_weight(std::size_t weight, std::uint32_t at) const {
    if (weight > limits_.members) throw BoundPassed{at, "more than " + std::to_string(limits_.members) + " values"};
  }

  Arena& arena_;
  const JsonLimits& limits_;
  std::uint32_t start_;  ///< Length of the byte-order mark, which yaml-cpp does not count.
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::optional<JsonValue> root_;
};

}  // namespace

tl::expected<const JsonValue*, JsonError> parse_yaml(std::string_view text, Arena& arena, const JsonLimits& limits) {
  if (!is_valid_utf8(text)) return tl::unexpected(JsonError{0, "the text is not valid UTF-8"});
  TextBuffer buffer(text);
  std::istream stream(&buffer);
  TreeBuilder builder(text, arena, limits);
  try {
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return tl::unexpected(JsonError{0, "the text is empty"});
  } catch (const BoundPassed& passed) {
    return tl::unexpected(JsonError{passed.offset, passed.message});
  } catch (const YAML::Exception& exception) {
    return tl::unexpected(JsonError{builder.offset(exception.mark), exception.msg});
  }
  const JsonValue* root = builder.root();
  if (root == nullptr) return tl::unexpected(JsonError{0, "the text is empty"});
  return root;
}

}  // namespace sluice::model
