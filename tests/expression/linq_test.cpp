// SPDX-License-Identifier: Apache-2.0
#include "expression/support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using test::text_of;

TEST_CASE("a sequence is computed when it is walked, and anew each time", "[expression][linq]") {
  CHECK(text_of(R"cs(@{ var n = 0; var q = new[] { 1, 2, 3 }.Select(x => { n++; return x; });
                        var before = n; q.ToList(); q.First(); return before + "," + n; })cs") == "0,4");
  CHECK(text_of(R"cs(@{ var list = new List<int> { 1 }; var q = list.Where(x => x > 0); list.Add(2);
                        return q.Count(); })cs") == "2");
  CHECK(text_of(R"cs(@(Enumerable.Range(0, int.MaxValue).Where(x => x % 7 == 6).Skip(2).First()))cs") == "20");
}

TEST_CASE("changing a list while it is walked is an error, lazily too", "[expression][linq]") {
  for (const char* change :
       {"foreach (var x in list) list.Add(x);", "list.Select(x => { list.Add(x); return x; }).ToList();",
        "list.Any(x => { list.Clear(); return false; });"}) {
    INFO(change);
    CHECK(text_of("@{ var list = new List<int> { 1, 2 }; try { " + std::string(change) +
                  " return \"walked\"; } catch (InvalidOperationException) { return \"refused\"; } }") == "refused");
  }
}

TEST_CASE("sorting is stable, by several keys and comparers", "[expression][linq]") {
  CHECK(text_of(R"cs(@(string.Join(" ", new[] { "b2", "a2", "B1", "a1" }
                        .OrderBy(s => s[1]).ThenByDescending(s => s.Substring(0, 1), StringComparer.OrdinalIgnoreCase))))cs") ==
        "B1 a1 b2 a2");
  CHECK(text_of(R"cs(@(string.Concat(new[] { "x1", "y0", "z1" }.OrderBy(s => s[1]))))cs") == "y0x1z1");
}

TEST_CASE("queries read as the calls they stand for", "[expression][linq]") {
  CHECK(text_of(R"cs(@(string.Join(";", from a in new[] { 1, 2 } from b in new[] { 10, 20 }
                        where a * b > 10 orderby b descending, a select a + b)))cs") == "21;22;12");
  CHECK(text_of(R"cs(@(string.Join(";", from w in new[] { "xx", "y", "zz" } group w.ToUpper() by w.Length into g
                        let n = g.Count() orderby g.Key select g.Key + ":" + n + string.Concat(g))))cs") ==
        "1:1Y;2:2XXZZ");
  CHECK(text_of(R"cs(@(string.Join(";", from a in new[] { 1, 2 } join b in new[] { 2, 2 } on a equals b into bs
                        select a + "=" + bs.Count())))cs") == "1=0;2=2");
}

TEST_CASE("a sequence of sequences cannot recurse to death", "[expression][linq][limits]") {
  CHECK(text_of(R"cs(@{ IEnumerable<int> f(int n) { return new[] { n }.SelectMany(x => f(x + 1)); }
                        return f(0).First(); })cs")
            .find("exceeds its limit of call depth") != std::string::npos);
  CHECK(text_of(R"cs(@{ IEnumerable<int> q = new[] { 1 };
                        for (var i = 0; i < 100000; i++) q = q.Select(x => x + 1);
                        return q.Sum(); })cs")
            .find("exceeds its limit") != std::string::npos);
}

TEST_CASE("variables without a value are refused where they are read", "[expression][assignment]") {
  for (const char* wrong :
       {"int x; return x;", "int x; if (DateTime.UtcNow.Year > 1) x = 1; return x;",
        "int x; while (DateTime.UtcNow.Year > 1) { x = 1; break; } return x;",
        "int x; try { x = 1; } catch { } return x;", "int x; Func<int> f = () => x; x = 1; return f();"}) {
    INFO(wrong);
    CHECK(text_of("@{ " + std::string(wrong) + " }").starts_with("SL4008"));
  }
  for (const char* right :
       {"int x; if (DateTime.UtcNow.Year > 1) x = 1; else x = 2; return x > 0;",
        "int x; while (true) { x = 1; break; } return x > 0;", "int x; try { x = 1; } finally { } return x > 0;",
        "int x; return int.TryParse(\"4\", out x) && x > 0;", "object o = 5; return o is int n && n > 0;",
        "int x; switch (1) { case 1: x = 1; break; default: x = 2; break; } return x > 0;",
        "int x; bool b = DateTime.UtcNow.Year < 0 || (x = 3) > 0; return b;"}) {
    INFO(right);
    CHECK(text_of("@{ " + std::string(right) + " }") == "True");
  }
}

TEST_CASE("a JSON object shows foreach its pairs, and LINQ its properties", "[expression][json]") {
  CHECK(text_of(
            R"cs(@{ var s = ""; foreach (var p in JObject.Parse("{a:1,b:2}")) s += p.Key + p.Value; return s; })cs") ==
        "a1b2");
  CHECK(text_of(R"cs(@{ var s = ""; foreach (JProperty p in JObject.Parse("{a:1}")) s += p.Name; return s; })cs") ==
        "a");
  CHECK(text_of(R"cs(@(string.Join(",", JObject.Parse("{a:1,b:2}").Select(p => p.Path))))cs") == "a,b");
}

TEST_CASE("values that have no order are not sorted", "[expression][linq]") {
  for (const char* values : {"new object[] { 1, \"a\", 2.5, true, 7L }", "new[] { new { A = 1 }, new { A = 2 } }",
                             "new Dictionary<string, int> { { \"a\", 1 }, { \"b\", 2 } }"}) {
    INFO(values);
    CHECK(text_of("@(string.Join(\",\", " + std::string(values) + ".OrderBy(x => x)))")
              .find("Failed to compare two elements in the array.") != std::string::npos);
    CHECK(text_of("@{ try { return " + std::string(values) + ".Max(x => (object)x).ToString(); }" +
                  " catch (ArgumentException) { return \"refused\"; } }") == "refused");
  }
  CHECK(text_of(R"cs(@(new object[] { null, 3, 1, null }.OrderBy(x => x).Last()))cs") == "3");
}

TEST_CASE("tuples are ordered by their items", "[expression][linq]") {
  CHECK(text_of(R"cs(@(string.Join(" ", new[] { Tuple.Create(2, "a"), Tuple.Create(1, "z"), Tuple.Create(1, "b") }
                        .OrderBy(x => x))))cs") == "(1, b) (1, z) (2, a)");
}
