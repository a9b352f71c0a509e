// SPDX-License-Identifier: Apache-2.0
// JSON objects of many names.
#include "expression/support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using test::text_of;

namespace {

/// Statements on `o`, an object of that many names k0, k1, … with their numbers as values.
std::string on_object(int names, const std::string& statements) {
  return "@{ var o = new JObject(); for (int i = 0; i < " + std::to_string(names) + "; i++) o[\"k\" + i] = i; " +
         statements + " }";
}

}  // namespace

TEST_CASE("names are found in objects of every width", "[expression][json]") {
  for (const int names : {1, 22, 23, 24, 25, 48, 49, 5000}) {
    INFO(names);
    CHECK(text_of(
              on_object(names, R"cs(int sum = 0; foreach (var p in o.Properties()) sum += (int)o[p.Name] - (int)p.Value;
                                        return sum + "," + o.Count + "," + (o["none"] == null) + "," + (o["k"] == null);)cs")) ==
          "0," + std::to_string(names) + ",True,True");
  }
}

TEST_CASE("a wide object is changed as a narrow one", "[expression][json]") {
  for (const int names : {3, 100}) {
    INFO(names);
    CHECK(
        text_of(on_object(
            names,
            R"cs(o.Remove("k1"); o["k1"] = "again"; o["k2"] = null; o.Property("k0").Replace(new JProperty("other", 7));
                                        return o["k1"] + "," + (o["k0"] == null) + "," + o["other"] + "," + o.Properties().Last().Name;)cs")) ==
        "again,True,7,k1");
    CHECK(
        text_of(on_object(
            names,
            R"cs(o.RemoveAll(); var gone = o["k1"] == null; o["k1"] = 1; return gone + "," + o.Count + "," + o["k1"];)cs")) ==
        "True,1,1");
    CHECK(
        text_of(on_object(
            names,
            R"cs(return o.GetValue("K2", StringComparison.OrdinalIgnoreCase) + "," + (o.GetValue("K2") == null);)cs")) ==
        "2,True");
    CHECK(text_of(on_object(
              names, R"cs(var copy = (JObject)o.DeepClone(); copy["k2"] = 9; return o["k2"] + "," + copy["k2"];)cs")) ==
          "2,9");
  }
}

TEST_CASE("the last of several values of one name counts, in wide objects too", "[expression][json]") {
  CHECK(text_of(on_object(100, R"cs(var text = o.ToString(Formatting.None);
                                    var twice = JObject.Parse(text.Substring(0, text.Length - 1) + ",\"k7\":70}");
                                    return twice.Count + "," + twice["k7"];)cs")) == "100,70");
}

TEST_CASE("names that are taken out and added again do not fill an object", "[expression][json]") {
  // Again and again, because where names stand in the index is another matter in each run.
  for (int round = 0; round < 40; ++round) {
    CHECK(text_of(on_object(24 + round, R"cs(for (int i = 0; i < 300; i++) { o.Remove("x" + (i - 1)); o["x" + i] = i; }
                                   return o.Count + "," + o["x299"] + "," + (o["x298"] == null) + "," + o["k23"];)cs")) ==
          std::to_string(25 + round) + ",299,True,23");
  }
}

TEST_CASE("a property is replaced by a property only", "[expression][json]") {
  CHECK(text_of(on_object(1, R"cs(try { o.Property("k0").Replace(new JValue(1)); return "replaced"; }
                                  catch (ArgumentException e) { return e.Message; })cs")) ==
        "Can not add Newtonsoft.Json.Linq.JValue to Newtonsoft.Json.Linq.JObject.");
}
