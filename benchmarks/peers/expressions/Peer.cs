// SPDX-License-Identifier: Apache-2.0
// The rows of benchmarks/expressions.jsonl as compiled C# with Json.NET, against plain objects in place of `context`.
// Prints a line of JSON for each: id and median nanoseconds of one evaluation. Usage: Peer.exe FIXTURES
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

class Body {
  public string Text;
  public T As<T>(bool preserveContent = false) where T : class { return JObject.Parse(Text) as T; }
}
class Url { public string Path; }
class Message {
  public string Method;
  public Url Url = new Url();
  public Body Body = new Body();
  public Dictionary<string, string[]> Headers = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase);
}
class Named { public string Id, Name; }
class User { public List<Named> Groups = new List<Named>(); }
class Context {
  public Message Request = new Message(), Response = new Message();
  public Dictionary<string, object> Variables = new Dictionary<string, object>();
  public Named Subscription = new Named(), Api = new Named(), Operation = new Named();
  public User User = new User();
  public DateTime Timestamp = new DateTime(2024, 3, 15, 10, 20, 30, DateTimeKind.Utc);
}
static class Extensions {
  public static string GetValueOrDefault(this Dictionary<string, string[]> headers, string name, string otherwise) {
    string[] values;
    return headers.TryGetValue(name, out values) ? (values.Length == 1 ? values[0] : string.Join(",", values)) : otherwise;
  }
  public static T GetValueOrDefault<T>(this Dictionary<string, object> variables, string name, T otherwise = default(T)) {
    object value;
    return variables.TryGetValue(name, out value) ? (T)value : otherwise;
  }
}

static class Peer {
  static object sink;

  static Context Read(string folder, string name) {
    var fixture = JObject.Parse(File.ReadAllText(Path.Combine(folder, name + ".json")));
    var context = new Context();
    Action<JToken, Message> fill = (from, to) => {
      if (from == null || from.Type == JTokenType.Null) return;
      foreach (var header in (JObject)from["headers"])
        to.Headers[header.Key] = header.Value.Select(value => (string)value).ToArray();
      if (from["body"] is JObject) to.Body.Text = (string)from["body"]["text"];
    };
    context.Request.Method = (string)fixture["request"]["method"];
    context.Request.Url.Path = new Uri((string)fixture["request"]["url"]).AbsolutePath;
    fill(fixture["request"], context.Request);
    fill(fixture["response"], context.Response);
    foreach (var variable in (JObject)fixture["variables"]) {
      var text = (string)variable.Value["value"];
      switch ((string)variable.Value["type"]) {
        case "int": context.Variables[variable.Key] = int.Parse(text); break;
        case "jarray": context.Variables[variable.Key] = JArray.Parse(text); break;
        default: context.Variables[variable.Key] = text; break;
      }
    }
    if (fixture["subscription"] is JObject) context.Subscription.Id = (string)fixture["subscription"]["id"];
    if (fixture["api"] is JObject) context.Api.Id = (string)fixture["api"]["id"];
    if (fixture["operation"] is JObject) context.Operation.Id = (string)fixture["operation"]["id"];
    if (fixture["user"] is JObject)
      foreach (var group in fixture["user"]["groups"]) context.User.Groups.Add(new Named { Name = (string)group["name"] });
    return context;
  }

  static double Batch(Func<object> run, int count) {
    var watch = Stopwatch.StartNew();
    for (var i = 0; i < count; i++) sink = run();
    return watch.Elapsed.TotalMilliseconds * 1e6 / count;
  }

  static void Measure(string id, Func<object> run) {
    var count = 1000;
    while (Batch(run, count) * count < 20e6) count *= 2;
    var times = new List<double>();
    for (var i = 0; i < 11; i++) times.Add(Batch(run, count));
    times.Sort();
    Console.WriteLine("{{\"id\":\"{0}\",\"median_ns\":{1:0.0}}}", id, times[5]);
  }

  static void Main(string[] arguments) {
    var context = Read(arguments[0], "plain-get");
    var chat = Read(arguments[0], "chat-post");
    var answer = Read(arguments[0], "chat-response");
    Measure("header-compare", () => context.Request.Headers.GetValueOrDefault("X-Tenant", "") == "alpha");
    Measure("header-lower-contains",
            () => context.Request.Headers.GetValueOrDefault("Accept", "").ToLowerInvariant().Contains("json"));
    Measure("method-and-path", () => context.Request.Method == "GET" &&
                                     context.Request.Url.Path.StartsWith("/orders", StringComparison.Ordinal));
    Measure("variable-compare", () => context.Variables.GetValueOrDefault<string>("tenant") == "alpha");
    Measure("variable-arithmetic", () => context.Variables.GetValueOrDefault<int>("attempt", 0) + 1 < 5);
    Measure("interpolation", () => $"{context.Subscription.Id}:{context.Api.Id}:{context.Operation.Id}");
    Measure("null-conditional", () => context.User?.Groups?.FirstOrDefault()?.Name ?? "none");
    Measure("linq-headers", () => string.Join(";",
        context.Request.Headers.Where(h => h.Key.StartsWith("X-", StringComparison.Ordinal)).Select(h => h.Key + "=" + h.Value[0])));
    Measure("datetime-format", () => context.Timestamp.AddMinutes(5).ToString("yyyy-MM-ddTHH:mm:ssZ"));
    Measure("base64", () => Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + context.Subscription.Id)));
    Measure("hmac-sha256", () => Convert.ToBase64String(new HMACSHA256(Encoding.UTF8.GetBytes("secret"))
        .ComputeHash(Encoding.UTF8.GetBytes(context.Request.Method + context.Request.Url.Path))));
    Measure("json-body-read", () => (string)chat.Request.Body.As<JObject>(preserveContent: true)["model"]);
    Measure("json-body-edit", () => {
      var body = chat.Request.Body.As<JObject>(preserveContent: true);
      body["model"] = "gpt-4o";
      body.Remove("user");
      if ((int?)body["max_tokens"] > 128) body["max_tokens"] = 128;
      return body.ToString(Formatting.None);
    });
    Measure("backend-select", () => {
      var backends = (JArray)chat.Variables["backendPool"];
      int best = -1, priority = int.MaxValue;
      for (var i = 0; i < backends.Count; i++) {
        var b = (JObject)backends[i];
        if (!b.Value<bool>("isThrottling") && b.Value<int>("priority") < priority) {
          best = i;
          priority = b.Value<int>("priority");
        }
      }
      return best;
    });
    Measure("json-usage-read", () => (int)answer.Response.Body.As<JObject>(true)["usage"]["total_tokens"]);
    Measure("regex-max-age", () => Regex.Match(answer.Response.Headers.GetValueOrDefault("Cache-Control", ""),
                                               @"max-age=(?<maxAge>\d+)").Groups["maxAge"]?.Value);
  }
}
