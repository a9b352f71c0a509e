// SPDX-License-Identifier: Apache-2.0
// The document is read into a small tree first, for members of one name must stand together. Walks are as deep as
// `ContentLimits::depth`.
// Source: Json.NET, "Converting between JSON and XML".
#include "base/xml_to_json.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/xml_events.hpp"
#include "base/xml_text.hpp"

#include <sluice/arena.hpp>

#include <map>
#include <optional>
#include <span>
#include <vector>

namespace sluice {
namespace {

constexpr std::string_view json_space = "http://james.newtonking.com/projects/json";
constexpr std::string_view instance_space = "http://www.w3.org/2001/XMLSchema-instance";

/// What becomes a member. `name` is the member's.
struct Node {
  enum class Kind : std::uint8_t { element, attribute, text, cdata, value };
  Kind kind = Kind::element;
  bool is_empty_tag = false;
  bool is_array = false;
  bool is_nil = false;
  bool has_attributes = false;  ///< Also one that is left out.
  std::string_view name, local, value;
  Node* parent = nullptr;
  Node* next = nullptr;
  Node *first = nullptr, *last = nullptr;  ///< Attributes before all others.
};

class Builder final : public XmlHandler {
 public:
  Builder(Arena& arena, XmlToJsonKind kind) : arena_(arena), is_direct_(kind == XmlToJsonKind::direct) {}
  Node root;

  bool declaration(const XmlEventDeclaration& declaration) override {
    if (!is_direct_) return true;
    Node& node = add(Node::Kind::element, "?xml");
    node.has_attributes = true;
    const auto put = [&](std::string_view name, const std::optional<std::string_view>& value) {
      if (value) add_to(node, Node::Kind::attribute, name).value = arena_.copy(*value);
    };
    put("@version", declaration.version);
    put("@encoding", declaration.encoding);
    put("@standalone", declaration.standalone);
    return true;
  }
  bool start(const XmlEventName& name, std::span<const XmlEventAttribute> attributes) override {
    finish_text();
    Node& node = add(Node::Kind::element, decoded(is_direct_ ? name.written : name.local));
    node.local = arena_.copy(name.local);
    level_ = &node;
    for (const XmlEventAttribute& attribute : attributes) add_attribute(node, attribute);
    return true;
  }
  bool end(bool is_empty_tag) override {
    finish_text();
    level_->is_empty_tag = is_empty_tag;
    level_ = level_->parent;
    return true;
  }
  bool text(std::string_view text, bool is_white) override {
    if (!is_white) text_ += text;
    return true;
  }
  /// Something of its own in Json.NET, text like other text otherwise.
  bool cdata(std::string_view text) override {
    if (is_direct_) {
      finish_text();
      add(Node::Kind::cdata, "#cdata-section").value = arena_.copy(text);
    } else {
      text_ += text;
    }
    return true;
  }
  bool comment(std::string_view) override { return true; }
  bool instruction(std::string_view target, std::string_view text) override {
    if (!is_direct_) return true;
    finish_text();
    add(Node::Kind::value, arena_.concat({"?", target})).value = arena_.copy(text);
    return true;
  }

 private:
  std::string_view decoded(std::string_view name) {
    if (name.find("_x") == std::string_view::npos) return arena_.copy(name);
    return arena_.copy(decode_xml_name(name));
  }
  Node& add(Node::Kind kind, std::string_view name) { return add_to(*level_, kind, name); }
  Node& add_to(Node& parent, Node::Kind kind, std::string_view name) {
    Node* node = arena_.make<Node>();
    node->kind = kind;
    node->name = name;
    node->parent = &parent;
    (parent.last != nullptr ? parent.last->next : parent.first) = node;
    parent.last = node;
    return *node;
  }
  /// Comments are left out: the text around one is one text.
  void finish_text() {
    if (text_.empty()) return;
    add(Node::Kind::text, is_direct_ ? "#text" : "$text").value = arena_.copy(text_);
    text_.clear();
  }
  void add_attribute(Node& node, const XmlEventAttribute& attribute) {
    const auto& [name, value] = attribute;
    const bool declares = name.space == xmlns_space || name.written == "xmlns";
    if (name.space == json_space) {
      if (name.local == "Array") {
        node.is_array = value == "true" || value == "1";
        return;
      }
    } else if (declares && (value == json_space || !is_direct_)) {
      return;
    } else if (!is_direct_ && name.space == instance_space) {
      node.is_nil = node.is_nil || (name.local == "nil" && (value == "true" || value == "1"));
      if (name.local == "nil") return;
    }
    const std::string_view mark = !is_direct_ ? "" : name.space == json_space ? "$" : "@";
    const bool is_local = !is_direct_ || name.space == json_space;
    const std::string_view member = arena_.concat({mark, decoded(is_local ? name.local : name.written)});
    add_to(node, Node::Kind::attribute, member).value = arena_.copy(value);
    node.has_attributes = true;
  }

  Arena& arena_;
  const bool is_direct_;
  Node* level_ = &root;
  std::string text_;
};

class Writer {
 public:
  explicit Writer(const XmlToJsonOptions& options) : options_(options) {}

  /// Nothing when the result is too long.
  std::optional<std::string> write(const Node& document) {
    json_.begin_object();
    write_members(document, false);
    json_.end_object();
    if (!is_within()) return std::nullopt;
    return std::move(json_).take();
  }

 private:
  using Group = std::vector<const Node*>;

  bool is_within() const { return json_.text().size() <= options_.most_bytes; }

  /// The nodes inside, those of one name together, in the order of the first of each.
  static std::vector<Group> groups_of(const Node& node) {
    std::vector<Group> groups;
    std::map<std::string_view, std::size_t> places;
    for (const Node* at = node.first; at != nullptr; at = at->next) {
      const auto [place, is_new] = places.emplace(at->name, groups.size());
      if (is_new) groups.emplace_back();
      groups[place->second].push_back(at);
    }
    return groups;
  }
  bool is_array(const Group& group, bool is_inside) const {
    const Node& first = *group.front();
    if (group.size() > 1) return true;
    return first.kind == Node::Kind::element && (first.is_array || (is_inside && options_.always_arrays));
  }
  void write_members(const Node& node, bool is_inside) {
    for (const Group& group : groups_of(node)) {
      if (!is_within()) return;
      json_.key(group.front()->name);
      if (is_array(group, is_inside)) {
        write_array(group);
      } else {
        write_value(*group.front());
      }
    }
  }
  void write_array(const Group& group) {
    json_.begin_array();
    for (const Node* node : group) {
      if (!is_within()) break;
      write_value(*node);
    }
    json_.end_array();
  }
  void write_value(const Node& node) {
    if (node.kind != Node::Kind::element) return json_.value(node.value);
    if (node.is_nil) return json_.null();
    if (is_nested_array(node)) {
      Group items;
      for (const Node* at = node.first; at != nullptr; at = at->next) items.push_back(at);
      return write_array(items);
    }
    const bool is_single = node.first != nullptr && node.first->next == nullptr;
    if (!node.has_attributes && is_single && node.first->kind == Node::Kind::text) {
      return json_.value(node.first->value);
    }
    if (node.first == nullptr) return node.is_empty_tag ? json_.null() : json_.value("");
    json_.begin_object();
    write_members(node, true);
    json_.end_object();
  }
  /// An array of arrays: `<a json:Array="true"><a>1</a><a>2</a></a>`.
  static bool is_nested_array(const Node& node) {
    if (!node.is_array || node.first == nullptr) return false;
    for (const Node* at = node.first; at != nullptr; at = at->next) {
      if (at->kind != Node::Kind::element || at->local != node.local) return false;
    }
    return true;
  }

  const XmlToJsonOptions& options_;
  JsonWriter json_;
};

}  // namespace

Result<std::string> xml_to_json(std::string_view xml, const XmlToJsonOptions& options) {
  Arena arena;
  Builder builder(arena, options.kind);
  if (const auto read = read_xml_events(xml, builder, options.limits); !read) {
    return fail(ErrorCode::content_conversion_failed, "The body cannot be read as XML: " + read.error().message);
  }
  auto json = Writer(options).write(builder.root);
  if (!json) {
    return fail(options.too_large, "The body has more than " + std::to_string(options.most_bytes) + " bytes.");
  }
  return std::move(*json);
}

}  // namespace sluice
