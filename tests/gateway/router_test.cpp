// SPDX-License-Identifier: Apache-2.0
#include "gateway/router.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

namespace {

Api make_api(std::string id, std::string path, std::vector<std::pair<std::string, std::string>> operations) {
  Api api;
  api.id = std::move(id);
  api.path = std::move(path);
  for (auto& [method, url_template] : operations) {
    Operation operation;
    operation.id = method + " " + url_template;
    operation.method = method;
    operation.url_template = url_template;
    api.operations.push_back(std::move(operation));
  }
  return api;
}

/// A model and what it answers: `api: operation`, `api: -` without operation, `-` without API.
struct Bench {
  explicit Bench(ServiceModel with) : model(std::move(with)), router(model) {}

  Route route(std::string_view method, std::string_view url, std::string_view header = {},
              std::string_view value = {}) {
    request.reset();
    REQUIRE(request.set_url("http://host.test" + std::string(url)));
    if (!header.empty()) request.headers.append(HeaderName(header), value);
    return router.match(method, request.url, request.headers, request.arena);
  }
  std::string found(const Route& route) {
    if (!route.has_api()) return "-";
    const Api& api = model.apis[route.api];
    return api.id + ": " + (route.has_operation() ? api.operations[route.operation].id : "-");
  }
  std::string get(std::string_view url) { return found(route("GET", url)); }

  ServiceModel model;
  Router router;
  Request request;
};

ServiceModel of(std::vector<Api> apis) {
  ServiceModel model;
  model.apis = std::move(apis);
  return model;
}

std::string parameters(const Route& route) {
  std::string text;
  for (const MatchedParameter& parameter : route.parameters) {
    text += std::string(parameter.name) + "=" + std::string(parameter.value) + ";";
  }
  return text;
}

}  // namespace

TEST_CASE("the API with the longest path that ends on a segment wins", "[gateway][router]") {
  Bench bench(of({make_api("short", "a", {{"GET", "/*"}}), make_api("long", "a/b", {{"GET", "/*"}})}));
  CHECK(bench.get("/a/x") == "short: GET /*");
  CHECK(bench.get("/a/b/x") == "long: GET /*");
  CHECK(bench.get("/a/bc") == "short: GET /*");
  CHECK(bench.get("/ab") == "-");
  CHECK(bench.get("/A/B") == "long: GET /*");
}

TEST_CASE("an API with an empty path takes what no other does", "[gateway][router]") {
  Bench bench(of({make_api("root", "", {{"GET", "/status"}}), make_api("a", "a", {{"GET", "/*"}})}));
  CHECK(bench.get("/status") == "root: GET /status");
  CHECK(bench.get("/a/status") == "a: GET /*");
  CHECK(bench.get("/other") == "root: -");
}

TEST_CASE("literal segments come before patterns, parameters and the rest", "[gateway][router]") {
  Bench bench(of({make_api("a", "a", {{"GET", "/*"}, {"GET", "/{id}"}, {"GET", "/f({x})"}, {"GET", "/mine"}})}));
  CHECK(bench.get("/a/mine") == "a: GET /mine");
  CHECK(bench.get("/a/f(1)") == "a: GET /f({x})");
  CHECK(bench.get("/a/f()") == "a: GET /{id}");
  CHECK(bench.get("/a/other") == "a: GET /{id}");
  CHECK(bench.get("/a/other/more") == "a: GET /*");
  CHECK(bench.get("/a") == "a: GET /*");
}

TEST_CASE("the search goes back when a literal branch leads nowhere", "[gateway][router]") {
  Bench bench(of({make_api("a", "a", {{"GET", "/x/y"}, {"GET", "/{id}/z"}, {"POST", "/x/z"}})}));
  CHECK(bench.get("/a/x/y") == "a: GET /x/y");
  CHECK(bench.get("/a/x/z") == "a: GET /{id}/z");
  CHECK(parameters(bench.route("GET", "/a/x/z")) == "id=x;");
}

TEST_CASE("a parameter takes one segment that is not empty, decoded", "[gateway][router]") {
  Bench bench(of({make_api("a", "a", {{"GET", "/o/{id}/l/{line}"}})}));
  const Route route = bench.route("GET", "/a/o/J%C3%BCrgen%20x/l/2");
  CHECK(bench.found(route) == "a: GET /o/{id}/l/{line}");
  CHECK(parameters(route) == "id=J\xC3\xBCrgen x;line=2;");
  CHECK(route.path == "/o/J%C3%BCrgen%20x/l/2");
  CHECK(bench.get("/a/o//l/2") == "a: -");
}

TEST_CASE("the rest of a path is captured when it has a name", "[gateway][router]") {
  Bench bench(of({make_api("a", "a", {{"GET", "/files/{*path}"}, {"GET", "/any/*"}})}));
  CHECK(parameters(bench.route("GET", "/a/files/x/y%20z")) == "path=x/y z;");
  CHECK(parameters(bench.route("GET", "/a/files")) == "path=;");
  CHECK(parameters(bench.route("GET", "/a/any/x")) == "");
  CHECK(bench.get("/a/any/x/y") == "a: GET /any/*");
}

TEST_CASE("several parameters in a segment are told apart by the text between them", "[gateway][router]") {
  Bench bench(of({make_api("a", "a", {{"GET", "/{from}-{to}.json"}})}));
  CHECK(parameters(bench.route("GET", "/a/1-22.json")) == "from=1;to=22;");
  CHECK(bench.get("/a/1-.json") == "a: -");
  CHECK(bench.get("/a/1-2.xml") == "a: -");
}

TEST_CASE("a slash at the end changes nothing", "[gateway][router]") {
  Bench bench(of({make_api("a", "a", {{"GET", "/items/"}, {"GET", "/"}})}));
  CHECK(bench.get("/a/items") == "a: GET /items/");
  CHECK(bench.get("/a/items/") == "a: GET /items/");
  CHECK(bench.get("/a") == "a: GET /");
  CHECK(bench.get("/a/") == "a: GET /");
}

TEST_CASE("another method is noted, not matched", "[gateway][router]") {
  Bench bench(of({make_api("a", "a", {{"POST", "/x"}, {"get", "/y"}})}));
  const Route route = bench.route("GET", "/a/x");
  CHECK_FALSE(route.has_operation());
  CHECK(route.has_other_method);
  CHECK_FALSE(bench.route("GET", "/a/z").has_other_method);
  CHECK(bench.get("/a/y") == "a: get /y");
}

TEST_CASE("the query part of a template decides and is captured", "[gateway][router]") {
  Api api = make_api("a", "a", {{"GET", "/o"}, {"GET", "/o?date={date}"}, {"GET", "/o?kind=open&date={d}"}});
  Bench bench(of({api}));
  CHECK(bench.get("/a/o") == "a: GET /o");
  CHECK(bench.get("/a/o?date=today") == "a: GET /o?date={date}");
  CHECK(bench.get("/a/o?date=today&kind=open") == "a: GET /o?kind=open&date={d}");
  CHECK(bench.get("/a/o?date=today&kind=shut") == "a: GET /o?date={date}");
  CHECK(parameters(bench.route("GET", "/a/o?date=a%20b")) == "date=a b;");
}

TEST_CASE("a query parameter that is declared optional may be missing", "[gateway][router]") {
  Api api = make_api("a", "a", {{"GET", "/o?page={page}"}});
  api.operations[0].template_parameters.push_back({"page", "integer", false, {}, {}});
  Bench bench(of({api}));
  CHECK(bench.get("/a/o") == "a: GET /o?page={page}");
  CHECK(parameters(bench.route("GET", "/a/o")) == "");
  CHECK(parameters(bench.route("GET", "/a/o?page=2")) == "page=2;");
}

namespace {

ServiceModel versioned(VersioningScheme scheme) {
  ServiceModel model = of({make_api("v1", "a", {{"GET", "/x"}}), make_api("v2", "a", {{"GET", "/x"}})});
  model.version_sets.push_back(
      {.id = "set", .scheme = scheme, .version_query_name = "api-version", .version_header_name = "X-Version"});
  for (Api& api : model.apis) {
    api.version_set_id = "set";
    api.version = api.id;
  }
  return model;
}

}  // namespace

TEST_CASE("versions are chosen by segment", "[gateway][router]") {
  Bench bench(versioned(VersioningScheme::segment));
  CHECK(bench.get("/a/v1/x") == "v1: GET /x");
  CHECK(bench.get("/a/V2/x") == "v2: GET /x");
  CHECK(bench.get("/a/v3/x") == "-");
  CHECK(bench.get("/a/x") == "-");
  CHECK(bench.route("GET", "/a/v2/x").path == "/x");
}

TEST_CASE("versions are chosen by query", "[gateway][router]") {
  Bench bench(versioned(VersioningScheme::query));
  CHECK(bench.get("/a/x?api-version=v2") == "v2: GET /x");
  CHECK(bench.get("/a/x?api-version=v9") == "-");
  CHECK(bench.get("/a/x") == "-");
}

TEST_CASE("versions are chosen by header", "[gateway][router]") {
  Bench bench(versioned(VersioningScheme::header));
  CHECK(bench.found(bench.route("GET", "/a/x", "x-version", "v1")) == "v1: GET /x");
  CHECK(bench.found(bench.route("GET", "/a/x", "x-version", "v7")) == "-");
}

TEST_CASE("the original version needs no identifier, and an unknown one does not lead to it", "[gateway][router]") {
  ServiceModel model = versioned(VersioningScheme::query);
  model.apis.push_back(make_api("original", "a", {{"GET", "/x"}}));
  model.apis.back().version_set_id = "set";
  Bench bench(std::move(model));
  CHECK(bench.get("/a/x") == "original: GET /x");
  CHECK(bench.get("/a/x?api-version=v1") == "v1: GET /x");
  CHECK(bench.get("/a/x?api-version=v9") == "-");
}

TEST_CASE("a revision is named behind the API's part, the current one needs no name", "[gateway][router]") {
  ServiceModel model = of({make_api("one", "a/b", {{"GET", "/x"}}), make_api("two", "a/b", {{"GET", "/x"}}),
                           make_api("three", "a/b", {{"GET", "/x"}})});
  for (std::size_t i = 0; i < 3; ++i) {
    model.apis[i].revision = std::to_string(i + 1);
    model.apis[i].is_current = i == 1;
    model.apis[i].is_online = i != 2;
  }
  Bench bench(std::move(model));
  CHECK(bench.get("/a/b/x") == "two: GET /x");
  CHECK(bench.get("/a/b;rev=1/x") == "one: GET /x");
  CHECK(bench.get("/a/b;rev=2/x") == "two: GET /x");
  CHECK(bench.get("/a/b;rev=3/x") == "-");
  CHECK(bench.get("/a/b;rev=9/x") == "-");
  CHECK(bench.get("/a;rev=1/b/x") == "-");
}

TEST_CASE("a revision may follow the version's segment", "[gateway][router]") {
  ServiceModel model = versioned(VersioningScheme::segment);
  model.apis.push_back(model.apis[0]);
  model.apis.back().id = "v1 old";
  model.apis.back().version = "v1";
  model.apis.back().revision = "7";
  model.apis.back().is_current = false;
  Bench bench(std::move(model));
  CHECK(bench.get("/a/v1/x") == "v1: GET /x");
  CHECK(bench.get("/a/v1;rev=7/x") == "v1 old: GET /x");
}

TEST_CASE("paths compare without case, literals of templates in normal form", "[gateway][router]") {
  Bench bench(of({make_api("a", "Shop/Api", {{"GET", "/Order Items/{id}"}})}));
  CHECK(bench.get("/shop/api/order%20items/7") == "a: GET /Order Items/{id}");
}

TEST_CASE("ten thousand operations are told apart", "[gateway][router]") {
  std::vector<Api> apis;
  for (int a = 0; a < 100; ++a) {
    Api api = make_api("api" + std::to_string(a), "group/service-" + std::to_string(a), {});
    for (int o = 0; o < 100; ++o) {
      Operation operation;
      operation.id = std::to_string(o);
      operation.method = "GET";
      operation.url_template = "/things-" + std::to_string(o) + "/{id}/parts/{part}";
      api.operations.push_back(operation);
    }
    apis.push_back(std::move(api));
  }
  Bench bench(of(std::move(apis)));
  for (int i = 0; i < 100; ++i) {
    const std::string number = std::to_string(i);
    CHECK(bench.get("/group/service-" + number + "/things-" + number + "/1/parts/2") == "api" + number + ": " + number);
  }
  CHECK(bench.get("/group/service-7/things-100/1/parts/2") == "api7: -");
}

TEST_CASE("a path with many segments that lead nowhere ends quickly", "[gateway][router]") {
  std::vector<std::pair<std::string, std::string>> operations;
  std::string literal;
  for (int i = 0; i < 20; ++i) {
    literal += "/a";
    operations.push_back({"POST", literal});
    operations.push_back({"POST", literal + "/{x}"});
  }
  Bench bench(of({make_api("a", "", operations)}));
  std::string path;
  for (int i = 0; i < 4'000; ++i) path += "/a";
  CHECK(bench.get(path) == "a: -");
}
