// SPDX-License-Identifier: Apache-2.0
// libxml2 finds what a schema includes by its location. Every location is replaced before it sees one: by a name of our
// own for a schema that the caller gave, or by none. An input of libxml2 that knows only these names gives their texts,
// and only while this thread compiles a schema.
#include "schema/xml_schema.hpp"

#include "base/text.hpp"
#include "base/xml_events.hpp"
#include "base/xml_library.hpp"
#include "schema/bounds.hpp"
#include "schema/shared.hpp"

#include <libxml/parser.h>
#include <libxml/xmlIO.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlschemastypes.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

namespace sluice::schema {
namespace {

constexpr std::string_view schema_namespace = "http://www.w3.org/2001/XMLSchema";
constexpr std::string_view soap_namespaces[] = {"http://schemas.xmlsoap.org/soap/envelope/",
                                                "http://www.w3.org/2003/05/soap-envelope"};
constexpr std::string_view own_scheme = "sluice-schema:/";

/// The texts that this thread's compilation may include, by the number behind the scheme.
thread_local const std::vector<std::string>* included = nullptr;

struct TextReader {
  std::string_view rest;
};

int is_own(const char* uri) { return included != nullptr && std::string_view(uri).starts_with(own_scheme) ? 1 : 0; }
void* open_own(const char* uri) {
  const auto number = parse_unsigned(std::string_view(uri).substr(own_scheme.size()));
  if (included == nullptr || !number || *number >= included->size()) return nullptr;
  return new TextReader{(*included)[static_cast<std::size_t>(*number)]};
}
int read_own(void* reader, char* to, int size) {
  auto& rest = static_cast<TextReader*>(reader)->rest;
  const std::size_t count = std::min(rest.size(), static_cast<std::size_t>(size));
  std::memcpy(to, rest.data(), count);
  rest.remove_prefix(count);
  return static_cast<int>(count);
}
int close_own(void* reader) {
  delete static_cast<TextReader*>(reader);
  return 0;
}

/// Makes libxml2 ready for schemas, once for all threads.
void prepare_libxml() {
  static std::once_flag once;
  std::call_once(once, [] {
    prepare_xml_library();
    xmlSchemaInitTypes();
    xmlRegisterDefaultInputCallbacks();  // Ours alone would take the place of those for files.
    xmlRegisterInputCallbacks(is_own, open_own, read_own, close_own);
  });
}

struct FreeDocument {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using Document = std::unique_ptr<xmlDoc, FreeDocument>;

/// Lets everything pass but processing instructions (X1): what is asked for is whether the text can be read at all.
class Accept final : public XmlHandler {
 public:
  bool declaration(const XmlEventDeclaration&) override { return true; }
  bool start(const XmlEventName&, std::span<const XmlEventAttribute>) override { return true; }
  bool end(bool) override { return true; }
  bool text(std::string_view, bool) override { return true; }
  bool cdata(std::string_view) override { return true; }
  bool comment(std::string_view) override { return true; }
  bool instruction(std::string_view, std::string_view) override { return false; }
};

/// A text as libxml2's tree, which knows lines. The reader that all XML from outside goes through has seen it before:
/// there is no document type in it and no more than the limits allow. **Errors**: a sentence.
tl::expected<Document, std::string> parse(std::string_view text, const ContentLimits& limits) {
  Accept accept;
  const auto read = read_xml_events(text, accept, limits);
  if (!read && read.error().kind == XmlFailure::Kind::stopped) {
    return tl::unexpected(std::string("Processing instructions are not allowed."));
  }
  if (!read) return tl::unexpected(read.error().message);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  constexpr int options =
      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC | XML_PARSE_COMPACT;
  Document document(xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, "UTF-8", options));
  if (document == nullptr) return tl::unexpected(std::string("The text is not well-formed XML."));
  return document;
}

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}
bool is_element(const xmlNode* node, std::string_view uri, std::string_view name) {
  return node != nullptr && node->type == XML_ELEMENT_NODE && node->ns != nullptr && view(node->ns->href) == uri &&
         view(node->name) == name;
}
const xmlNode* first_element(const xmlNode* node) {
  while (node != nullptr && node->type != XML_ELEMENT_NODE) node = node->next;
  return node;
}

/// A schema and all that it includes, with locations of our own.
class Documents {
 public:
  Documents(const SchemaLimits& limits, const SchemaSource& others) : limits_(limits), others_(others) {}

  /// False after an error. The first document is number 0.
  bool add_all(std::string_view text) {
    add(text);
    for (std::size_t i = 0; i < sources_.size() && error_.empty(); ++i) rewrite(std::string(sources_[i]));
    return error_.empty();
  }
  const std::vector<std::string>& texts() const { return texts_; }
  std::string& error() { return error_; }

 private:
  std::size_t add(std::string_view text) {
    bytes_ += text.size();
    if (bytes_ > limits_.bytes) error_ = "it has more than " + std::to_string(limits_.bytes) + " bytes";
    if (sources_.size() >= documents_per_schema) {
      error_ = "it is made of more than " + std::to_string(documents_per_schema) + " documents";
    }
    sources_.emplace_back(text);
    return sources_.size() - 1;
  }

  void rewrite(const std::string& text) {
    const auto parsed = parse(text, {.depth = limits_.depth, .members = schemas_per_document});
    if (!parsed) {
      error_ = "it cannot be read: " + parsed.error();
      return;
    }
    xmlNode* root = xmlDocGetRootElement(parsed->get());
    if (!is_element(root, schema_namespace, "schema")) {
      error_ = "its root is no element 'schema' of XML Schema";
      return;
    }
    for (xmlNode* child = root->children; child != nullptr && error_.empty(); child = child->next) {
      for (std::string_view name : {"include", "import", "redefine"}) {
        if (is_element(child, schema_namespace, name)) rewrite_location(*child, name == "import");
      }
    }
    const std::unique_ptr<xmlBuffer, decltype(&xmlBufferFree)> written(xmlBufferCreate(), &xmlBufferFree);
    xmlNodeDump(written.get(), parsed->get(), root, 0, 0);
    // Empty lines before it keep the numbers of the lines behind its first tag.
    const auto line = static_cast<std::size_t>(std::max(xmlGetLineNo(root), 1L));
    texts_.push_back(std::string(line - 1, '\n') + std::string(view(xmlBufferContent(written.get()))));
  }

  void rewrite_location(xmlNode& node, bool is_import) {
    const auto attribute = reinterpret_cast<const xmlChar*>("schemaLocation");
    xmlChar* written = xmlGetNoNsProp(&node, attribute);
    if (written == nullptr) return;
    const std::string location(view(written));
    xmlFree(written);
    auto known = numbers_.find(location);
    if (known == numbers_.end()) {
      const std::string* text = others_ ? others_(location) : nullptr;
      if (text != nullptr) {
        known = numbers_.emplace(location, add(*text)).first;
      } else if (!is_import) {
        error_ = "the schema '" + location + "' that it includes is not known";
        return;
      }
    }
    if (known == numbers_.end()) {
      xmlUnsetProp(&node, attribute);  // What it declares is missing then, unless nobody needs it.
    } else {
      const std::string own = std::string(own_scheme) + std::to_string(known->second);
      xmlSetProp(&node, attribute, reinterpret_cast<const xmlChar*>(own.c_str()));
    }
  }

  SchemaLimits limits_;
  const SchemaSource& others_;
  std::vector<std::string> sources_;  ///< As they were given; `texts_` as they are compiled.
  std::vector<std::string> texts_;
  std::map<std::string, std::size_t> numbers_;
  std::size_t bytes_ = 0;
  std::string error_;
};

/// Keeps the first of libxml2's errors.
void keep_first(void* kept, xmlErrorPtr error) {
  auto& text = *static_cast<std::string*>(kept);
  if (!text.empty() || error == nullptr || error->message == nullptr || error->level < XML_ERR_ERROR) return;
  text = "line " + std::to_string(error->line) + ": " + std::string(trim(error->message));
}

struct Findings {
  std::vector<Finding>& all;
  std::size_t most;
};
void keep_finding(void* kept, xmlErrorPtr error) {
  auto& findings = *static_cast<Findings*>(kept);
  if (error == nullptr || error->message == nullptr || findings.all.size() >= findings.most) return;
  findings.all.push_back(
      {std::string(trim(error->message)), {}, {static_cast<std::uint32_t>(std::max(error->line, 0)), 0}});
}

struct Validator {
  explicit Validator(xmlSchema* schema) : context(xmlSchemaNewValidCtxt(schema)) {}
  ~Validator() { xmlSchemaFreeValidCtxt(context); }
  Validator(const Validator&) = delete;
  Validator& operator=(const Validator&) = delete;
  xmlSchemaValidCtxt* context;
};

/// Runs `check(context)`, which gives what libxml2 gives: 0, the number of an error, or -1 after a failure of its own.
template <class Check>
void validate(void* schema, std::size_t most, CheckResult& result, Check check) {
  Validator validator(static_cast<xmlSchema*>(schema));
  if (validator.context == nullptr) {
    result.failure = "there is no memory for the check";
    return;
  }
  Findings findings{result.findings, most};
  xmlSchemaSetValidStructuredErrors(validator.context, keep_finding, &findings);
  if (check(validator.context) < 0) result.failure = "the schema's validator failed";
}

/// The body of a message; nothing after a finding.
Document parse_body(std::string_view body, const ContentLimits& limits, CheckResult& result) {
  auto document = parse(body, limits);
  if (document) return std::move(*document);
  result.findings.push_back({"The body is no valid XML: " + document.error(), {}, {}});
  return nullptr;
}

/// The child of an envelope that holds its content; null when the root is no envelope.
const xmlNode* soap_body(const xmlNode* root) {
  for (std::string_view uri : soap_namespaces) {
    if (!is_element(root, uri, "Envelope")) continue;
    for (const xmlNode* child = first_element(root->children); child != nullptr; child = first_element(child->next)) {
      if (is_element(child, uri, "Body")) return child;
    }
  }
  return nullptr;
}

}  // namespace

tl::expected<std::shared_ptr<const XmlSchema>, std::string> XmlSchema::get(std::string_view text,
                                                                           const SchemaLimits& limits,
                                                                           const SchemaSource& others) {
  const std::string key = shared_key({"xml", text}, limits);
  if (auto known = Shared<XmlSchema>::instance().find(key)) return known;
  prepare_libxml();
  Documents documents(limits, others);
  if (!documents.add_all(text)) return tl::unexpected(std::move(documents.error()));
  std::shared_ptr<XmlSchema> made(new XmlSchema(limits));
  const std::string& first = documents.texts().front();
  const std::unique_ptr<xmlSchemaParserCtxt, decltype(&xmlSchemaFreeParserCtxt)> parser(
      xmlSchemaNewMemParserCtxt(first.data(), static_cast<int>(first.size())), &xmlSchemaFreeParserCtxt);
  std::string error;
  if (parser != nullptr) {
    xmlSchemaSetParserStructuredErrors(parser.get(), keep_first, &error);
    included = &documents.texts();
    made->schema_ = xmlSchemaParse(parser.get());
    included = nullptr;
  }
  if (made->schema_ == nullptr) return tl::unexpected(error.empty() ? "it is no XML Schema" : error);
  if (documents.texts().size() == 1) Shared<XmlSchema>::instance().add(key, made);
  return std::shared_ptr<const XmlSchema>(std::move(made));
}

XmlSchema::~XmlSchema() { xmlSchemaFree(static_cast<xmlSchema*>(schema_)); }

CheckResult XmlSchema::check_document(std::string_view body, const ContentLimits& limits) const {
  CheckResult result;
  const Document document = parse_body(body, limits, result);
  if (document == nullptr) return result;
  validate(schema_, limits_.findings, result,
           [&](xmlSchemaValidCtxt* context) { return xmlSchemaValidateDoc(context, document.get()); });
  return result;
}

CheckResult XmlSchema::check_envelope(std::string_view body, const ContentLimits& limits) const {
  CheckResult result;
  const Document document = parse_body(body, limits, result);
  if (document == nullptr) return result;
  const xmlNode* content = soap_body(xmlDocGetRootElement(document.get()));
  if (content == nullptr) {
    result.findings.push_back({"The body is no SOAP envelope with a body in it.", {}, {1, 1}});
    return result;
  }
  const std::string_view soap = view(content->ns->href);
  for (const xmlNode* child = first_element(content->children); child != nullptr; child = first_element(child->next)) {
    if (is_element(child, soap, "Fault")) continue;
    validate(schema_, limits_.findings, result, [&](xmlSchemaValidCtxt* context) {
      return xmlSchemaValidateOneElement(context, const_cast<xmlNode*>(child));
    });
  }
  return result;
}

}  // namespace sluice::schema
